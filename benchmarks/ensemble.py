"""(e) An ensemble: many small runs on all cores against one run alone."""

from __future__ import annotations

import io
import json
import os
import resource
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
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


def together(say: Say, runs: int, weeks: int, jobs: int) -> float:
    """Run an ensemble; return its seconds, start of workers and their first runs included."""
    with tempfile.TemporaryDirectory() as folder:
        return _spread_out(range(101, 101 + runs), weeks, jobs, Path(folder))


def alone(say: Say, first: int, runs: int, weeks: int) -> list[list[float]]:
    """Run one after the other in this process, on one thread; return wall and CPU seconds of each.

    What a first run does once (loading kernels, libraries) is done before.
    """
    import pyarrow as pa

    pa.set_cpu_count(1)
    took, used = [], []
    with tempfile.TemporaryDirectory() as kept:
        folder = Path(kept)
        _spread_out(range(1, 2), 4, 1, folder)
        for seed in range(first, first + runs):
            began = time.process_time()
            took.append(_spread_out(range(seed, seed + 1), weeks, 1, folder))
            used.append(time.process_time() - began)
    return [took, used]


def side_by_side(say: Say, runs: int, weeks: int) -> dict[str, Any]:
    """Measure runs alone, on all cores at once without a runner between them, the ensemble, and runs alone again."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    load = load_now()
    say("runs alone")
    took, used = apart.call("benchmarks.ensemble:alone", say, 1, ALONE, weeks)
    say(f"runs alone on each of {cores} cores")
    with ThreadPoolExecutor(cores) as pool:
        calls = [
            pool.submit(apart.call, "benchmarks.ensemble:alone", say, 20 * n, ALONE + 2, weeks)
            for n in range(1, 1 + cores)
        ]
        beside = [one for call in calls for one in call.result()[0][1:-1]]
    fitting = int(SECONDS_AT_MOST * cores / Spread.of(took).median)
    count = min(runs, max(fitting, 4 * cores))
    say(f"{count} runs, {cores} at a time")
    can_count = apart.adopt()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    wall = float(apart.call("benchmarks.ensemble:together", say, count, weeks, cores))
    apart.wait_for_all()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    say("runs alone")
    more = apart.call("benchmarks.ensemble:alone", say, 11, ALONE, weeks)
    return {
        "alone": took + more[0],
        "cpu alone": used + more[1],
        "beside": beside,
        "together": wall,
        "cpu": cpu if can_count else None,
        "runs": count,
        "cores": cores,
        "load": load,
    }


def measure(quick: bool, say: Say) -> Section:
    """Measure an ensemble."""
    runs, weeks = (60, 52) if quick else (RUNS, WEEKS)
    found = apart.call("benchmarks.ensemble:side_by_side", say, runs, weeks)
    alone, count, cores = (found[name] for name in ("alone", "runs", "cores"))
    ratio = Spread.of([found["together"] / (one * count / cores) for one in alone])
    what = (
        f"{RUNS:,} runs on {cores} cores / ideal"
        if not quick
        else f"{runs} short runs on {cores} cores / ideal"
    )
    aims = [Aim(what, ratio, 1.15, False)]
    if found["cpu"] is not None:
        used = Spread.of([found["cpu"] / (one * count) for one in found["cpu alone"]])
        aims.append(Aim(f"{what}, both in CPU time", used, 1.15, False))
    rows = [
        [
            spread(Spread.of(alone)),
            spread(Spread.of(found["cpu alone"])),
            spread(Spread.of(found["beside"])),
            number(found["together"]),
            number(count / found["together"]),
            spread(ratio),
        ]
    ]
    notes = [
        f"{RESIDENTS:,} residents, {weeks} weeks, through the study's own runner: each run builds its world, simulates, and is "
        "written to disk whole.",
        "*Ideal* is the time of one run alone, times the number of runs, divided by the number of cores. Alone: on one thread, "
        "in a process that has loaded everything, while the other cores have nothing to do; six runs one after the other, "
        "three before the ensemble and three after it, and the ratio's spread is over these six. The ensemble's time holds "
        "the start of the workers and what each loads for its first run. In CPU time: that of the program and all its workers "
        "from their start to their end, over that of one run alone times the number of runs.",
        f"*Beside others*: a run while one is under way on each of the {cores} cores, in processes that know of no other. "
        "What it takes longer then is the machine's share of the ratio (caches, memory, disk, clock).",
        f"Load of the machine before: {found['load']:.1f}.",
    ]
    if count < runs:
        notes.append(f"Of {runs:,} runs as many as fit into {SECONDS_AT_MOST:.0f} seconds: {count}.")
    head = (
        "one run alone, s", "CPU, s", "one run beside others, s", "all runs, s", "runs a second", "ratio",
    )  # fmt: skip
    table = Table("Many runs", head, rows, tuple(notes))
    return Section(aims, [table])
