"""The command verify --against: week, process and resident in which two runs part."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from govsim.assurance.divergence import Parting, Partings, RunRequest, find_divergence
from govsim.assurance.verify import RunToRepeat, compare_folders, moved_versions, subject
from govsim.report.exits import DONE, REFUSED
from govsim.results.differences import TableDifference
from govsim.runner.find_runs import refuse_unusable, runs_in
from govsim.runner.planning import arm_with_measures
from govsim.runner.progress import Reporter
from govsim.runner.stopping import Stop, Stopped
from govsim.scenario.messages import Place, Problem, ScenarioError

_SHOWN = 4


def against_command(result: Path, against: Path, json_output: bool = False) -> int:
    """Run two runs again in lockstep, print where they part, and return the exit code: 0 if they never do.

    Raises
    ------
    ScenarioError
        If one of them is not one run.
    RefusedError
        If a file of one of them is not what was written.
    """
    first, second = (subject(_one(folder), Path("unused")) for folder in (result, against))
    differences = compare_folders(first.folder, first.manifest, second.folder, second.manifest)[1]
    different = asked_differently(first, second)
    partings = _part(first, second)
    same = not partings.first and partings.world is None and all(item.same_values for item in differences)
    if json_output:
        print(
            json.dumps(
                _as_json(first, second, different, partings, differences), ensure_ascii=False, allow_nan=False
            )
        )
    else:
        print("\n".join(_lines(first, second, different, partings, differences)))
    return DONE if same else REFUSED


def _one(result: Path) -> Path:
    found = runs_in(result) if result.is_dir() else []
    if len(found) == 1:
        return found[0].folder
    if not found:
        refuse_unusable(result)
    text = f"holds {len(found)} runs: name one run folder" if found else "is no run folder"
    hints = [str(run.folder.name) + f"  ({run.model}, {run.mode}, seed {run.seed})" for run in found[:8]]
    raise ScenarioError([Problem.at(Place(str(result)), "", text, hints)])


def _part(first: RunToRepeat, second: RunToRepeat) -> Partings:
    from govsim.world import build

    reporter = Reporter()
    weeks = min(first.plan.weeks, second.plan.weeks)
    reporter.expect(1, weeks)
    try:
        worlds: dict[tuple[str, int], Any] = {}
        asked = []
        for item in (first, second):
            scenario, which = item.choice.loaded.scenario, (item.plan.world_spec, item.seed)
            if which not in worlds:
                worlds[which] = build(scenario.population, scenario.network, item.seed)
            asked.append(RunRequest(worlds[which], scenario, arm_with_measures(item.choice), item.seed))
        with Stop() as stop:

            def week_done(week: int) -> None:
                stop.check()
                reporter.at("both", week)

            found = find_divergence(asked[0], asked[1], week_done)
        reporter.run_finished("both")
        return found
    except Stopped:
        raise KeyboardInterrupt from None
    finally:
        reporter.close()


def asked_differently(first: RunToRepeat, second: RunToRepeat) -> list[tuple[str, str, str]]:
    """Return the parameters in which two runs were asked differently, with both values."""
    found = []
    for name in ("scenario", "governance"):
        ours, theirs = (_flat(_asked(item, name)) for item in (first, second))
        for path in dict.fromkeys([*ours, *theirs]):
            a, b = ours.get(path, "none"), theirs.get(path, "none")
            if a != b:
                found.append((f"{name}.{path}", a, b))
    return found


def _asked(item: RunToRepeat, name: str) -> dict[str, Any]:
    loaded = item.choice.loaded
    section = loaded.scenario if name == "scenario" else loaded.governance[0].model
    dumped: dict[str, Any] = section.model_dump(mode="json", exclude={"name", "description", "sources"})
    return dumped


def _flat(value: Any, path: str = "") -> dict[str, str]:
    if isinstance(value, Mapping):
        parts = [_flat(item, f"{path}.{key}" if path else str(key)) for key, item in value.items()]
    elif isinstance(value, list) and any(isinstance(item, Mapping | list) for item in value):
        parts = [_flat(item, f"{path}[{number}]") for number, item in enumerate(value)]
    else:
        return {path: json.dumps(value, ensure_ascii=False)}
    return {key: item for find_divergence in parts for key, item in find_divergence.items()}


def _lines(
    first: RunToRepeat,
    second: RunToRepeat,
    different: list[tuple[str, str, str]],
    partings: Partings,
    differences: list[TableDifference],
) -> list[str]:
    lines = [f"A  {first.what} ({first.folder.name})", f"B  {second.what} ({second.folder.name})"]
    for path, a, b in different[:_SHOWN]:
        lines.append(f"asked differently: {path}: {a} and {b}")
    if len(different) > _SHOWN:
        lines.append(f"                   and {len(different) - _SHOWN} more values")
    if partings.world is not None:
        lines.append(
            f"they part before the first week, in the world: {_entry(partings.world)}; different residents "
            "cannot be compared one by one"
        )
    elif partings.first:
        lines += _parted(partings)
    else:
        lines.append(f"run again here, they are the same through {partings.weeks} weeks, column by column")
    stored = [item for item in differences if not item.same_values]
    for item in stored[:1]:
        where = "" if item.first is None or item.first.week is None else f"in week {item.first.week}, "
        lines.append(f"first seen in what they hold: {where}{_stored(item)}")
    if stored and not partings.first and partings.world is None:
        lines += _unexplained(first, second)
    if not stored:
        lines.append("every table is the same")
    return lines


def _parted(partings: Partings) -> list[str]:
    head = partings.first[0]
    lines = [f"they part in week {head.week}, process {head.process}: {_entry(head)}"]
    shown = {head.kind}
    for item in partings.first[1:]:
        if item.kind not in shown:
            shown.add(item.kind)
            lines.append(f"  also {_entry(item)}")
    if partings.reads:
        tables = list(dict.fromkeys(partings.reads))
        more = f" and {len(tables) - 2 * _SHOWN} more" if len(tables) > 2 * _SHOWN else ""
        named = ", ".join(tables[: 2 * _SHOWN])
        lines.append(f"  it reads what was set up differently before the first week: {named}{more}")
    resident = partings.resident
    if resident is None:
        lines.append(f"  no resident differs in the {partings.weeks} weeks that both ran")
    elif resident is not head:
        lines.append(f"first resident: week {resident.week}, process {resident.process}: {_entry(resident)}")
    return lines


def _entry(item: Parting) -> str:
    rest = f" ({item.differing} entries differ)" if item.differing > 1 else ""
    return f"{item.entity}, {item.column}: {item.first} and {item.second}{rest}"


def _stored(item: TableDifference) -> str:
    return f"{item.file} {item.words}" if item.first is None else f"{item.file}: {item.first}"


def _unexplained(first: RunToRepeat, second: RunToRepeat) -> list[str]:
    """Say what can be the reason where the same was asked and the code here gives the same."""
    codes = [item.manifest["hashes"].get("code") for item in (first, second)]
    lines = ["what was asked does not explain it: `govsim verify` says which of them this code gives"]
    if codes[0] != codes[1]:
        lines.append(f"they were written by different code of govsim ({codes[0]} and {codes[1]})")
    for label, item in (("A", first), ("B", second)):
        moved = moved_versions(item.manifest)
        if moved:
            listed = ", ".join(f"{name} {then} -> {now}" for name, (then, now) in moved.items())
            lines.append(f"versions of {label} then -> now: {listed}")
    return lines


def _as_json(
    first: RunToRepeat,
    second: RunToRepeat,
    different: list[tuple[str, str, str]],
    partings: Partings,
    differences: list[TableDifference],
) -> dict[str, Any]:
    return {
        "first": {"folder": first.folder.name, "what": first.what},
        "second": {"folder": second.folder.name, "what": second.what},
        "asked_differently": [{"path": path, "first": a, "second": b} for path, a, b in different],
        "partings": asdict(partings),
        "tables": [asdict(item) for item in differences],
    }
