"""Damage results, tables and scenarios at random and count what comes of it: ``python tools/fuzz.py 3000``.

Every trial must end in exit code 0, 2, 3 or 4: an internal error or a hang fails.
"""

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

SECONDS = 60
ODD: tuple[Any, ...] = (None, True, 0, -1, 10**30, 1e308, "", "x", "\ud800", "../secret", [], {}, [[]], "\0")
PIECES = (b"\xff", b"\0", b",", b"\n", b'"', b"-1", b"nan", b"1e999", b"[" * 50, b"\xd3\xa5", b": ", b"  ")
CELLS = ([99], [-1], [None], ["x"], [[1]], [float("nan")], [2**62], [True], [""], ["x" * 20_000])
STUDY = b"""study: 1
name: {en: one}
scenario: tiny
models: [legacy_administrative]
over: {tasks.community_hours: [20, 60], network.liaison.linked_households: [1, 9]}
design: {kind: list, file: points.csv}
"""
POINTS = "tasks.community_hours,network.liaison.linked_households\n30,2\n40.5,3\n# 备注\n50,9\n".encode("gbk")


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


def in_ledger(path: Path, dice: random.Random) -> bytes:
    """Return a ledger of which one column holds something else or is left out."""
    table = pq.read_table(path)
    name = dice.choice(table.column_names)
    cells = pa.array(dice.choice(CELLS) * table.num_rows)
    table = (
        table.drop([name])
        if dice.random() < 0.2
        else table.set_column(table.column_names.index(name), name, cells)
    )
    pq.write_table(table, into := io.BytesIO())
    return into.getvalue()


def damage(folder: Path, dice: random.Random) -> str:
    """Damage a file of a result, put its new hash into the manifest in most cases, and return its name."""
    path = dice.choice(
        [path for path in sorted(folder.iterdir()) if path.suffix in (".csv", ".json", ".parquet")]
    )
    raw, whole = path.read_bytes(), (folder / "manifest.json").read_text("utf-8")
    way = dice.random() if path.suffix != ".csv" else 1
    as_json = path.suffix == ".json" and way < 0.8
    path.write_bytes(
        json.dumps(in_json(json.loads(raw), dice)).encode() if as_json
        else in_ledger(path, dice) if path.suffix == ".parquet" and way < 0.7 else in_bytes(raw, dice)
    )  # fmt: skip
    if path.name != "manifest.json" and dice.random() < 0.9:
        manifest = json.loads(whole)
        manifest["files"][path.name] = file_digest(path)
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return path.name


def trial(made: Path, here: Path, dice: random.Random) -> tuple[str, int]:
    """Damage a scenario, or a copy of a result, in ``here``; return what was done and the exit code, -1 for trouble."""
    if dice.random() < 0.3:
        texts = {
            "tiny.yaml": (scenario_shelf().folder / "tiny.yaml").read_bytes(),
            "study.yaml": STUDY,
            "points.csv": POINTS,
        }
        name = dice.choice(sorted(texts))
        for file, raw in texts.items():
            (here / file).write_bytes(in_bytes(raw, dice) if file == name else raw)
        words = ["check", str(here / name.replace("points.csv", "study.yaml"))]
    else:
        shutil.copytree(made, here / "results")
        *runs, comparison = sorted(
            here.glob("results/tiny/*")
        )  # a comparison comes last, as its name begins with a letter
        run = dice.choice(runs)
        name = damage(dice.choice((run, comparison)), dice)
        case, page, packed = str(dice.randrange(5, 100)), str(here / "r.html"), str(here / "p.zip")
        told = [["explain", str(run), option, case] for option in ("--resident", "--case")]
        rest = [
            ["load", str(run)],
            ["status", str(here)],
            ["pack", str(here), "--out", packed],
            ["verify", str(comparison)],
        ]
        words = dice.choices(
            [*told, ["report", str(comparison), "--out", page], *rest], (3, 3, 6, 6, 1, 1, 0.2)
        )[0]
    if words[0] != "load":
        return f"{words[0]} with a damaged {name}", main(words)
    try:
        frames = govsim.load_results(here)
        _ = [
            getattr(frames, part) for part in ("summary", "weekly", "groups", "cases", "events", "parameters")
        ]
    except RefusedError:
        return "load", 4
    return "load", 0


def fuzz(trials: int, made: Path, first: int = 0) -> tuple[dict[int, int], list[str]]:
    """Return how often each exit code came, and what the trials that went wrong said."""
    counted, wrong = collections.Counter[int](), []

    def hang(*_: object) -> None:
        raise Hang

    signal.signal(signal.SIGALRM, hang)
    for number in range(first, first + trials):
        said = io.StringIO()
        signal.alarm(SECONDS)
        with (
            tempfile.TemporaryDirectory() as here,
            contextlib.redirect_stdout(said),
            contextlib.redirect_stderr(said),
        ):
            try:
                what, code = trial(made, Path(here), random.Random(number))
            except (Exception, Hang) as problem:
                what, code = f"{type(problem).__name__}: {problem}", -1
        signal.alarm(0)
        counted[code] += 1
        if code not in (0, 2, 3, 4):
            wrong.append(f"trial {number}: {what}: {said.getvalue()[-400:]}")
    return dict(counted), wrong


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        asked = [
            "run",
            "tiny",
            "--weeks",
            "8",
            "--seeds",
            "1",
            "--no-figures",
            "--capacity",
            "neutral",
            "--jobs",
            "1",
        ]
        assert main([*asked, "--out", folder]) == 0
        counted, wrong = fuzz(int(sys.argv[1]), Path(folder))
    print(
        "\n".join(
            [*wrong, "trials by exit code: " + ", ".join(f"{c}: {n}" for c, n in sorted(counted.items()))]
        )
    )
    sys.exit(bool(wrong))
