"""(e) An ensemble: many small runs on all cores against one run alone."""

from __future__ import annotations

import io
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import apart
from benchmarks.apart import Say
from benchmarks.tables import Aim, Section, Table, number, spread
from benchmarks.timing import Spread, load_now
from govsim.runner.options import RunOptions
from govsim.runner.planning import Choice, plan
from govsim.runner.progress import Reporter
from govsim.runner.replicates import run_all
from govsim.scenario import load

RESIDENTS = 5_000
RUNS, WEEKS = 1_000, 520
SECONDS_AT_MOST = 150.0
"""The ensemble has as many of the runs as fit into this."""

ALONE = 3
"""Runs alone before the ensemble, and as many after it."""


def _spread_out(seeds: range, weeks: int, jobs: int, folder: Path) -> float:
    """Run one arm over seeds through the study's own runner; return seconds.

    Raises
    ------
    RuntimeError
        If a run failed.
    """
    units = json.dumps([{"communities": [{}, {}]}])
    asked = [f"population.residents={RESIDENTS}", f"run.weeks={weeks}", f"population.street_units={units}"]
    loaded = load("yingzi", asked)
    model = next(choice for choice in loaded.governance if choice.name == "legacy_administrative")
    reporter = Reporter(io.StringIO())
    began = time.perf_counter()
    arms = [plan(Choice("yingzi", loaded, model, "neutral"), folder)]
    outcome = run_all(arms, seeds, RunOptions(folder, jobs, reporter=reporter))
    took = time.perf_counter() - began
    if outcome.failures or outcome.computed != len(seeds):
        raise RuntimeError(f"{len(outcome.failures)} of {len(seeds)} runs failed: {outcome.failures[:1]}")
    return took


def side_by_side(say: Say, runs: int, weeks: int) -> dict[str, Any]:
    """Measure runs alone, then the ensemble, then runs alone again."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with tempfile.TemporaryDirectory() as kept:
        folder = Path(kept)
        _spread_out(range(1, 2), 4, 1, folder)  # compiles
        load = load_now()
        say("runs alone")
        alone = [_spread_out(range(seed, seed + 1), weeks, 1, folder) for seed in range(1, 1 + ALONE)]
        fitting = int(SECONDS_AT_MOST * cores / Spread.of(alone).median)
        count = min(runs, max(fitting, 4 * cores))
        say(f"{count} runs, {cores} at a time")
        together = _spread_out(range(101, 101 + count), weeks, cores, folder)
        say("runs alone")
        alone += [_spread_out(range(seed, seed + 1), weeks, 1, folder) for seed in range(11, 11 + ALONE)]
    return {"alone": alone, "together": together, "runs": count, "cores": cores, "load": load}


def measure(quick: bool, say: Say) -> Section:
    """Measure an ensemble."""
    runs, weeks = (40, 52) if quick else (RUNS, WEEKS)
    found = apart.call("benchmarks.ensemble:side_by_side", say, runs, weeks)
    alone, together, count, cores = (found[name] for name in ("alone", "together", "runs", "cores"))
    ratio = Spread.of([together / (one * count / cores) for one in alone])
    what = f"{count:,} runs on {cores} cores / one run alone × {count / cores:,.0f}"
    rows = [[spread(Spread.of(alone)), number(together), number(count / together), spread(ratio)]]
    notes = [
        f"{RESIDENTS:,} residents, {weeks} weeks, through the study's own runner: each run builds its world, simulates, and is "
        "written to disk whole. Alone: six runs one after the other, three before the ensemble and three after it; the "
        "ratio's spread is over these six.",
        f"Load of the machine before: {found['load']:.1f}.",
    ]
    if count < runs:
        notes.append(f"Of {runs:,} runs as many as fit into {SECONDS_AT_MOST:.0f} seconds.")
    table = Table(
        "Many runs", ("one run alone, s", f"{count:,} runs, s", "runs a second", "ratio"), rows, tuple(notes)
    )
    return Section([Aim(what, ratio, 1.15, False)], [table])
