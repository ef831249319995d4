"""Random damage to results, tables and scenarios: ``python -m tests.results.fuzz 3000``; exit codes 0, 2, 3 and 4 may come."""

from __future__ import annotations

import collections
import contextlib
import io
import json
import random
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

import govsim
from govsim.cli import main
from govsim.results.errors import RefusedError
from govsim.results.store import file_digest
from govsim.scenario.files import scenario_shelf
from tests.small import small_run

SECONDS = 60
ODD: tuple[Any, ...] = (None, True, 0, -1, 10**30, 1e308, "", "x", "\ud800", "../secret", [], {}, [[]], "\0")
PIECES = (b"\xff", b"\0", b",", b"\n", b'"', b"-1", b"nan", b"1e999", b"[" * 50, b"\xd3\xa5", b": ", b"  ")
CELLS = ([99], [-1], [None], ["x"], [[1]], [float("nan")], [2**62], [True], [""], ["x" * 20_000])
STUDY = b"""study: 1
scenario: tiny
models: [legacy_administrative]
over: {tasks.community_hours: [20, 60], network.liaison.linked_households: [1, 9]}
design: {kind: list, file: p.csv}
"""
POINTS = "tasks.community_hours,network.liaison.linked_households\n30,2\n40.5,3\n# 备注\n".encode("gbk")
TEXTS = {"p.csv": POINTS, "s.yaml": STUDY, "t.yaml": (scenario_shelf().folder / "tiny.yaml").read_bytes()}
WEIGHTS = {"load": 6, "--resident": 3, "--case": 3, "report": 6, "status": 1, "pack": 1, "verify": 0.2}
FRAMES = ("summary", "weekly", "groups", "cases", "events", "parameters")


class Hang(BaseException):
    """A trial that does not end."""


def in_bytes(raw: bytes, dice: random.Random) -> bytes:
    """Return bytes of which a few are changed, left out, doubled or exchanged for odd ones."""
    for _ in range(dice.choice((1, 1, 2, 5))):
        at = dice.randrange(len(raw) + 1)
        end = at + dice.choice((0, 1, 1, 4, 100))
        raw = raw[:at] + dice.choice((*PIECES, dice.randbytes(1), raw[at:end] * 2, b"")) + raw[end:]
    return raw


def in_json(value: Any, dice: random.Random) -> Any:
    """Return a value of which one entry somewhere is exchanged for an odd one or left out."""
    if not isinstance(value, dict | list) or not value or dice.random() < 0.15:
        return dice.choice(ODD)
    entries = list(value.items() if isinstance(value, dict) else enumerate(value))
    key, inner = entries.pop(at := dice.randrange(len(entries)))
    if dice.random() < 0.85:
        entries.insert(at, (key, in_json(inner, dice)))
    return dict(entries) if isinstance(value, dict) else [item for _, item in entries]


def damage(folder: Path, dice: random.Random) -> None:
    """Damage a file of a result, and put its new hash into the manifest in most cases."""
    path = dice.choice([path for path in sorted(folder.iterdir()) if path.suffix != ".yaml"])
    raw, manifest = path.read_bytes(), json.loads((folder / "manifest.json").read_bytes())
    made = in_bytes(raw, dice)
    if path.suffix == ".json" and dice.random() < 0.8:
        made = json.dumps(in_json(json.loads(raw), dice)).encode()
    if path.suffix == ".parquet" and dice.random() < 0.8:
        table = pq.read_table(path)
        at, cells = dice.randrange(table.num_columns), pa.array(dice.choice(CELLS) * table.num_rows)
        name = dice.choice(("x", table.column_names[at]))
        pq.write_table(table.set_column(at, name, cells), into := io.BytesIO())
        made = into.getvalue()
    path.write_bytes(made)
    if path.name != "manifest.json" and dice.random() < 0.9:
        manifest["files"][path.name] = file_digest(path)
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def trial(made: Path, here: Path, dice: random.Random) -> int:
    """Damage a scenario or a copy of a result in ``here`` and return the exit code of a command on it."""
    if dice.random() < 0.3:
        name = dice.choice(sorted(TEXTS))
        for file, raw in TEXTS.items():
            (here / file).write_bytes(in_bytes(raw, dice) if file == name else raw)
        return main(["check", str(here / name.replace("p.csv", "s.yaml"))])
    shutil.copytree(made, here / "r")
    run = dice.choice(sorted(here.glob("r/*/" + "?" * 16)))
    comparison = next(here.glob("r/*/comparison-*"))
    damage(dice.choice((run, comparison)), dice)
    what = dice.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
    if what.startswith("--"):
        return main(["explain", str(run), what, str(dice.randrange(5, 100))])
    if what != "load":
        more = ["--out", str(here / "written.zip")] if what in ("report", "pack") else []
        return main([what, str(comparison if what in ("report", "verify") else here / "r"), *more])
    with contextlib.suppress(RefusedError):
        frames = govsim.load_results(here)
        return len([getattr(frames, name) for name in FRAMES]) - len(FRAMES)
    return 4


def fuzz(trials: int, made: Path, first: int = 0) -> tuple[dict[int, int], list[str]]:
    """Return how often each exit code came (-1: an error or a hang), and what went wrong by number of the trial."""
    counted, wrong = collections.Counter[int](), []
    signal.signal(signal.SIGALRM, lambda *_: (_ for _ in ()).throw(Hang))
    for number in range(first, first + trials):
        said, code = io.StringIO(), -1
        signal.alarm(SECONDS)
        with (
            tempfile.TemporaryDirectory() as here,
            contextlib.redirect_stdout(said),
            contextlib.redirect_stderr(said),
        ):
            try:
                code = trial(made, Path(here), random.Random(number))
            except (Exception, Hang) as problem:
                print(f"{type(problem).__name__}: {problem}")
        signal.alarm(0)
        counted[code] += 1
        if code not in (0, 2, 3, 4):
            wrong.append(f"trial {number}: {said.getvalue()[-400:]}")
    return dict(counted), wrong


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as out:
        main(small_run(Path(out)))
        counted, wrong = fuzz(int(sys.argv[1]), Path(out))
    print("\n".join([*wrong, f"trials by exit code: {dict(sorted(counted.items()))}"]))
    sys.exit(bool(wrong))
