"""Move the values of Yingzi to an accepted point of its calibration and keep the old ones as a scenario of their own.

python tools/take_region_point.py            say which point would be taken, and change nothing
python tools/take_region_point.py --write    change scenarios/yingzi.yaml, write scenarios/yingzi_overloaded.yaml

The point is the accepted one nearest to the centre of all accepted points, where each parameter counts as a share of the range
that was tried; --point takes another one. Comments of the scenario stay as they are. What extends yingzi follows.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

_HEAD = re.compile(
    r"^# (?:Thirteen assumed values were calibrated|\d+ values have the status calibrated).*?(?=^govsim: 1)",
    re.DOTALL | re.MULTILINE,
)
_ABOUT = """# {count} values have the status calibrated: they have no source of their own and were fitted to published figures.
# They are accepted point {point} of {accepted} in scenarios/studies/{region},
# {rule}. docs/calibration.md says which of them the figures settle.
# The values set before that are in yingzi_overloaded.yaml.
"""
_OLD = """# yaml-language-server: $schema=schema/scenario.schema.json
# Yingzi with the {count} values that it had before the calibration. They lie outside of the accepted region: orders take
# too long and too few calls are answered at the desk. Community offices work near their limit, where a little more or less
# staff decides whether queues empty or grow. For the district as it is calibrated see yingzi.yaml.
govsim: 1
extends: yingzi
name: {{en: "Yingzi District, overloaded", zh: 鹰手营子矿区（高负荷）}}
description:
  en: Yingzi before its calibration, with community offices near their limit; to see what overload changes.
  zh: 校准之前的鹰手营子矿区，社区工作接近满负荷；用于考察高负荷的影响。

"""


def nearest_to_centre(shares: Any) -> int:
    """Return the row that is nearest to the mean of all rows; the first of several."""
    return int(np.argmin(((shares - shares.mean(axis=0)) ** 2).sum(axis=1)))


def annotated(value: object, status: str, source: str, note: str = "") -> str:
    """Write a value as in a scenario file."""
    plain = json.dumps(value, ensure_ascii=False)
    if status == "assumed" and not source and not note:
        return plain
    parts = [f"value: {plain}", f"status: {status}", f"source: {json.dumps(source, ensure_ascii=False)}"]
    return f"{{{', '.join([*parts, *([f'note: {json.dumps(note, ensure_ascii=False)}'] if note else [])])}}}"


def put(text: str, path: Sequence[str], written: str) -> str:
    """Return a scenario file with one value in the place of the old one, or at the end of its section; comments stay.

    Raises
    ------
    ValueError
        If the section in which it belongs is written in one line and does not hold it.
    """
    node: Any = yaml.compose(text)
    for depth, step in enumerate(path):
        found = next((value for key, value in node.value if key.value == step), None)
        if not isinstance(node, yaml.MappingNode) or found is None:
            return _put_new(text, node, path[depth:], written, depth == 0)
        node = found
    return text[: node.start_mark.index] + written + text[node.end_mark.index :]


def _put_new(text: str, parent: Any, rest: Sequence[str], written: str, at_top: bool) -> str:
    if parent.flow_style:
        raise ValueError(f"{'.'.join(rest)} belongs into a section written in one line")
    indent = parent.start_mark.column
    lines = [f"{' ' * (indent + 2 * depth)}{step}:" for depth, step in enumerate(rest)]
    new = "\n".join(lines) + f" {written}\n"
    if at_top:
        return f"{text.rstrip()}\n\n{new}"
    last = parent
    while isinstance(last, yaml.MappingNode) and not last.flow_style:
        last = last.value[-1][1]
    end = text.find("\n", last.end_mark.index) + 1 or len(text)
    return text[:end] + new + text[end:]


def main(arguments: Sequence[str] | None = None) -> int:
    """Choose the point and, where asked, write both scenarios; return 0."""
    from govsim.scenario import load
    from govsim.scenario.messages import dotted
    from govsim.scenario.origins import leaves
    from govsim.scenario.studies import load_study, read_points

    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0] if __doc__ else None)
    parser.add_argument("--study", default="calibrate_yingzi", help="study whose accepted points they are")
    parser.add_argument(
        "--region",
        type=Path,
        default=ROOT / "scenarios" / "studies" / "yingzi_region.csv",
        help="accepted points",
    )
    parser.add_argument("--point", type=int, help="number of the accepted point, from 1")
    parser.add_argument("--scenarios", type=Path, default=ROOT / "scenarios", help="folder of the scenarios")
    parser.add_argument("--write", action="store_true", help="change the files")
    asked = parser.parse_args(arguments)
    study = load_study(asked.study)
    points = np.array(read_points(asked.region, asked.region.name, study.factors))
    ranges = np.array([(factor.low, factor.high) for factor in study.factors])
    taken = nearest_to_centre((points - ranges[:, 0]) / np.ptp(ranges, axis=1))
    rule = "the one nearest to the centre of all accepted points"
    if asked.point is not None:
        if not 1 <= asked.point <= len(points):
            parser.error(f"--point {asked.point}: there are points 1 to {len(points)}")
        taken, rule = asked.point - 1, "chosen by number"
    print(f"point {taken + 1} of {len(points)}, {rule}")
    before = load(asked.scenarios / "yingzi.yaml")
    again = any(before.origins[factor.path].status == "calibrated" for factor in study.factors)
    if again:
        print(
            "yingzi.yaml has calibrated values already: they are replaced, and yingzi_overloaded.yaml stays"
        )
    old, text = (
        _OLD.format(count=len(points[0])),
        (asked.scenarios / "yingzi.yaml").read_text(encoding="utf-8"),
    )
    about = _ABOUT.format(
        count=len(points[0]), point=taken + 1, accepted=len(points), region=asked.region.name, rule=rule
    )
    text = _HEAD.sub(about, text)
    source = f"accepted point {taken + 1} of {asked.region.name} (govsim calibrate {asked.study})"
    now = {dotted(leaf.path): leaf.value for leaf in leaves(before.scenario)}
    for factor, value in zip(study.factors, points[taken].tolist(), strict=True):
        path, origin, today = factor.path.split("."), before.origins[factor.path], now[factor.path]
        print(f"  {factor.path}: {today:g} -> {value:g}")
        old = put(old, path, annotated(today, origin.status, origin.source, origin.note))
        text = put(text, path, annotated(value, "calibrated", source))
    if not asked.write:
        print("nothing was changed; --write changes it")
        return 0
    if not again:
        (asked.scenarios / "yingzi_overloaded.yaml").write_text(old, encoding="utf-8", newline="\n")
    (asked.scenarios / "yingzi.yaml").write_text(text, encoding="utf-8", newline="\n")
    (asked.scenarios / "yingzi_calibrated.yaml").unlink(missing_ok=True)
    print(
        "written: yingzi.yaml, yingzi_overloaded.yaml; removed: yingzi_calibrated.yaml, which is needless now"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
