"""(d) Whole runs: Yingzi with everything that goes on there, from a thousand residents to the prefecture."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from benchmarks import apart, machine
from benchmarks.apart import OutOfMemoryError, Say
from benchmarks.crowd.engine import CROWD
from benchmarks.districts import PREFECTURE, YINGZI, yingzi
from benchmarks.tables import ALL, Aim, Section, Table, number, spread
from benchmarks.timing import Spread, load_now, ratios
from govsim.engine import ORDER, Run
from govsim.world import build

SIZES = (1_000, 10_000, YINGZI, 10 * YINGZI, PREFECTURE)
ROUNDS = {1_000: 7, 10_000: 7, YINGZI: 7, 10 * YINGZI: 3, PREFECTURE: 2}
WEEKS = 20
SHORT, LONG = 52, 520
"""Weeks of the two runs that tell whether memory grows with weeks."""

SMALL, YEARS_5 = 5_000, 260
"""Residents of a small run, and weeks of the main job."""

BYTES_NEEDED = 1_500
MIB = 2.0**20


def one_run(say: Say, residents: int, weeks: int) -> dict[str, Any]:
    """Run once in this process; return seconds of processes (CPU) and of the whole, and memory in bytes."""
    say(f"{residents:,} residents, {weeks} weeks")
    scenario, arm = yingzi(1_000, 4)
    warm = Run(build(scenario.population, scenario.network, 1), scenario, arm, 1)
    for _ in range(4):
        warm.step()
    warm.finish()
    scenario, arm = yingzi(residents, weeks)
    before, load = apart.held(), load_now()
    began = time.perf_counter()
    world = build(scenario.population, scenario.network, 1)
    built = time.perf_counter()
    engine = Run(world, scenario, arm, 1)
    inside = dict.fromkeys((process.name for process in ORDER), 0.0)
    started, used = time.perf_counter(), time.thread_time()
    for _ in range(weeks):
        engine.begin_week()
        for process in ORDER:
            if process.run is not None:
                clock = time.thread_time()
                process.run(engine.state)
                inside[process.name] += time.thread_time() - clock
        engine.end_week()
    used = time.thread_time() - used
    ticked, running = time.perf_counter(), apart.peak()
    with apart.Watch() as watch:
        recording = engine.finish()
    return {
        "world": built - began,
        "weeks": ticked - started,
        "cpu": used,
        "events": len(recording.events["case"]),
        "whole": time.perf_counter() - began,
        "inside": inside,
        "cases": len(recording.cases["case"]),
        "before": before,
        "running": running,
        "peak": apart.peak(),
        "own": watch.most,
        "load": load,
    }


def measure(quick: bool, say: Say) -> Section:
    """Measure whole runs."""
    section = Section()
    sizes = SIZES[:3] if quick else SIZES
    found: dict[int, list[dict[str, Any]]] = {}
    for turn in range(1 if quick else max(ROUNDS.values())):
        for size in sizes:
            if turn >= ROUNDS[size]:
                continue
            if size * BYTES_NEEDED > machine.available():
                if turn == 0:
                    section.remarks.append(f"Left out for want of memory: {size:,} residents.")
                continue
            try:
                found.setdefault(size, []).append(apart.call("benchmarks.runs:one_run", say, size, WEEKS))
            except OutOfMemoryError:
                section.remarks.append(f"Memory ran out: {size:,} residents.")
    section.tables = [_speeds(found), _processes(found[YINGZI])]
    section.aims = [_whole_over_crowd(runs, size) for size, runs in found.items() if size >= YINGZI]
    section.aims += _goals(found[YINGZI], quick, say)
    if PREFECTURE in found:
        section.aims += [
            Aim("growth exponent of a run's weeks, 59,143 to 3,354,444", _exponent(found), 1.05, False),
            Aim(
                "bytes a resident at 3,354,444, ties included",
                _bytes(found[PREFECTURE], PREFECTURE),
                300.0,
                False,
            ),
        ]
    section.aims += _memory_in_weeks(quick, say)
    loads = sorted(run["load"] for runs in found.values() for run in runs)
    section.remarks.append(f"Load of the machine before a run, processes: {loads[0]:.1f} to {loads[-1]:.1f}.")
    return section


def _speeds(found: dict[int, list[dict[str, Any]]]) -> Table:
    rows = []
    for size, runs in found.items():
        weeks = Spread.of([run["weeks"] / WEEKS for run in runs])
        speed = Spread.of([size * WEEKS / run["weeks"] for run in runs])
        peak = Spread.of([run["peak"] for run in runs])
        rows.append(
            [
                f"{size:,}",
                str(len(runs)),
                spread(Spread.of([run["world"] for run in runs])),
                spread(weeks, 1e3),
                spread(speed, 1e-6),
                number(peak.median / MIB),
                number(_bytes(runs, size).median),
            ]
        )
    return Table(
        f"Runs of {WEEKS} weeks in processes of their own, one thread",
        ("residents", "runs", "world, s", "a week, ms", "million resident-weeks a second", "peak MiB", "bytes a resident"),
        rows,
        (
            "Yingzi itself at 59,143; larger ones are so many districts like it, smaller ones some of its communities. "
            "Bytes a resident: the peak beside what the process held before it built the world (interpreter, libraries, "
            "compiled kernels), world, ties, ledgers and recording included.",
        ),
        more=("million resident-weeks a second",),
        less=("world, s", "a week, ms", "peak MiB", "bytes a resident"),
    )  # fmt: skip


def _processes(runs: list[dict[str, Any]]) -> Table:
    rows = []
    for name in runs[0]["inside"]:
        each = Spread.of([run["inside"][name] / WEEKS for run in runs])
        if each.high > 0.0:
            rows.append([name, spread(each, 1e3), number(each.median / YINGZI * 1e9)])
    return Table("Where a week of Yingzi goes, CPU", ("process", "ms", "ns a resident"), rows, less=(ALL,))


def _whole_over_crowd(runs: list[dict[str, Any]], size: int) -> Aim:
    crowd = [sum(run["inside"][name] for name in CROWD) for run in runs]
    return Aim(
        f"a week / its crowd part, {size:,} residents",
        ratios([run["cpu"] for run in runs], crowd),
        5.0,
        False,
    )


def _goals(runs: list[dict[str, Any]], quick: bool, say: Say) -> list[Aim]:
    """Return what a week may take, in CPU time, which other work on the machine moves least."""
    aims = [
        Aim("CPU of a week of Yingzi, ms", Spread.of([1e3 * run["cpu"] / WEEKS for run in runs]), 3.5, False),
        Aim(
            "millions of events that casework handles in a second",
            Spread.of([1e-6 * run["events"] / run["inside"]["casework"] for run in runs]),
            4.0,
            True,
        ),
    ]
    longer = [(YINGZI, YEARS_5, "Yingzi", 1.1)] + (
        [] if quick else [(SMALL, LONG, f"{SMALL:,} residents", 0.6)]
    )
    for size, weeks, where, bar in longer:
        cpu = Spread.of(
            [apart.call("benchmarks.runs:one_run", say, size, weeks)["cpu"] for _ in range(1 if quick else 3)]
        )
        aims.append(Aim(f"CPU of {weeks} weeks of {where}, s", cpu, bar, False))
    return aims


def _exponent(found: dict[int, list[dict[str, Any]]]) -> Spread:
    """Return the exponent between the two sizes from medians; its spread from the fastest and slowest runs of both."""
    small, large = (Spread.of([run["weeks"] for run in found[size]]) for size in (YINGZI, PREFECTURE))
    span = np.log(PREFECTURE / YINGZI)
    low, middle, high = (
        float(np.log(big / little) / span)
        for big, little in ((large.low, small.high), (large.median, small.median), (large.high, small.low))
    )
    return Spread(low, middle, high)


def _bytes(runs: list[dict[str, Any]], size: int) -> Spread:
    return Spread.of([(run["peak"] - run["before"]) / size for run in runs])


def _memory_in_weeks(quick: bool, say: Say) -> list[Aim]:
    weeks = (SHORT, 2 * SHORT) if quick else (SHORT, LONG)
    size = 10_000 if quick else YINGZI
    short, long = (apart.call("benchmarks.runs:one_run", say, size, count) for count in weeks)
    return [
        Aim(
            f"{what} in {weeks[1]} weeks / in {weeks[0]} weeks, {size:,} residents",
            Spread.of([long[peak] / short[peak]]),
            1.1,
            False,
        )
        for peak, what in (
            ("running", "most memory while weeks pass"),
            ("peak", "the same, recording made up"),
            ("own", "the same without pages of files, which the system takes back when it needs them"),
        )
    ]
