"""(f) Starting: how long the first answer takes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import govsim
from benchmarks.apart import Say
from benchmarks.tables import ALL, Aim, Section, Table, spread
from benchmarks.timing import Spread, interleaved, load_now, ratios, seconds

FLOOR = "importing yaml, numpy, networkx"
IMPORTS = "importing the engine"
COMMANDS = {
    "govsim --help": ["--help"],
    "govsim check tiny": ["check", "tiny"],
}
FIRST_WEEK, COLD = "first week of tiny, kernels compiled", "first week of tiny, kernels to compile"
RUN = "govsim run tiny, one run with tables and figures"
IMPORTING = "from govsim.engine import Run, resolve_arm; from govsim.scenario import load; from govsim.world import build"
WEEK = f"""{IMPORTING}
asked = load("tiny")
world = build(asked.scenario.population, asked.scenario.network, 1)
Run(world, asked.scenario, resolve_arm(asked.governance[0].model, "neutral"), 1).step()
"""
ONE_RUN = [
    "run",
    "tiny",
    "--seeds",
    "1",
    "--model",
    "legacy_administrative",
    "--capacity",
    "neutral",
    "--jobs",
    "1",
]


def measure(quick: bool, say: Say) -> Section:
    """Measure starts, every command in a fresh interpreter.

    In full, over a copy of the package with compiled kernels of its own; quick, over the package itself, where they are.
    """
    rounds = 2 if quick else 9
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        home = Path(govsim.__file__).parent.parent if quick else scratch
        if not quick:
            _copy(home)
        load = load_now()

        def command(arguments: list[str]) -> float:
            return _timed(home, ["-c", "from govsim.cli import main; main()", *arguments])

        def run() -> float:
            shutil.rmtree(scratch / "results", ignore_errors=True)
            return command([*ONE_RUN, "--out", str(scratch / "results")])

        def cold() -> float:
            kernels = home / "govsim" / "__pycache__" / "kernels"
            shutil.rmtree(kernels, ignore_errors=True)
            took = _timed(home, ["-c", f"from govsim.runner.warming import warm\nwarm()\n{WEEK}"])
            assert any(kernels.rglob("*.nbi")), "nothing was compiled there: this is no time of a compilation"
            return took

        variants: dict[str, Callable[[], float]] = {
            FLOOR: lambda: _timed(home, ["-c", "import yaml, numpy, networkx"]),
            **{words: partial(command, arguments) for words, arguments in COMMANDS.items()},
            IMPORTS: lambda: _timed(home, ["-c", IMPORTING]),
            FIRST_WEEK: lambda: _timed(home, ["-c", WEEK]),
            RUN: run,
        }
        _timed(home, ["-c", IMPORTING])  # writes byte code
        compiled: dict[str, list[float]] = {}
        if not quick:
            say("a first week, kernels to compile")
            compiled = interleaved({COLD: cold}, 3, say)
        for variant in variants.values():
            variant()  # writes byte code, and compiles what a whole run needs
        found = interleaved(variants, rounds, say)
    floor = found[FLOOR]
    rows = [[words, spread(Spread.of(took)), spread(ratios(took, floor))] for words, took in found.items()]
    rows += [[words, spread(Spread.of(took)), "–"] for words, took in compiled.items()]
    more = [week - imports for week, imports in zip(found[FIRST_WEEK], found[IMPORTS], strict=True)]
    aims = [Aim(f"{words} / {FLOOR}", ratios(found[words], floor), 1.5, False) for words in COMMANDS]
    aims.append(Aim(f"seconds of the {FIRST_WEEK}, beyond imports", Spread.of(more), 1.5, False))
    aims += [Aim(f"seconds of the {words}", Spread.of(took), 12.0, False) for words, took in compiled.items()]
    note = f"Whole commands in fresh interpreters, byte code written. Load of the machine before: {load:.1f}."
    return Section(
        aims, [Table("Seconds to start", ("", "seconds", "over the floor"), rows, (note,), less=(ALL,))]
    )


def _copy(home: Path) -> None:
    """Copy the package with what it ships, without anything compiled."""
    package = Path(govsim.__file__).parent
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(package, home / "govsim", ignore=ignore)
    if (package.parent / "scenarios").is_dir():
        shutil.copytree(package.parent / "scenarios", home / "scenarios", ignore=ignore)


def _timed(home: Path, arguments: list[str]) -> float:
    """Return the seconds of a Python command with the copied package.

    Raises
    ------
    RuntimeError
        If it fails.
    """
    environment = {**os.environ, "PYTHONPATH": str(home)}
    environment.pop("NUMBA_CACHE_DIR", None)
    done: list[subprocess.CompletedProcess[str]] = []
    took = seconds(
        lambda: done.append(
            subprocess.run(
                [sys.executable, *arguments], cwd=home, env=environment, capture_output=True, text=True
            )
        )
    )
    if done[0].returncode:
        raise RuntimeError(f"{' '.join(arguments)} ended with {done[0].returncode}:\n{done[0].stderr}")
    return took
