"""(a) The crowd: the part of a week that touches every resident, on the real engine and in other ways."""

from __future__ import annotations

import gc
import importlib.util
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from benchmarks import apart, machine
from benchmarks.apart import Say
from benchmarks.crowd.native import compiler
from benchmarks.crowd.town import AVERAGES
from benchmarks.districts import PREFECTURE, YINGZI, still
from benchmarks.tables import ALL, Aim, Section, Table, number, spread
from benchmarks.timing import Spread, clock_for, interleaved, load_now, ratios, seconds

ENGINE, ENGINE_2, NUMPY, MESA, STARSIM = "govsim", "govsim, 2 threads", "NumPy + SciPy", "Mesa", "Starsim"
NATIVE = {"C": (False, False), "C, 16 lanes": (True, False), "C, 16 lanes, 16 bits": (True, True)}
"""Layouts in C: whether ties lie sixteen residents wide, and whether neighbours read 16 bits."""

HELD_TO = {"C": 0.8, "C, 16 lanes": 0.5}
"""Layouts in C that the engine is held to, and what share of their speed; both keep opinions as floats, as it does."""

TWICE = ", 2 threads"
NAMES = (ENGINE, ENGINE_2, *(name + more for name in NATIVE for more in ("", TWICE)), NUMPY, STARSIM, MESA)
SMALL = 1_000
SIZES = (SMALL, 10_000, YINGZI, 1_000_000, PREFECTURE)
MESA_UP_TO = YINGZI
BYTES_NEEDED = 2_500
"""Of memory for each resident, while all implementations are there at once."""

WEEKS_AT_MOST, SECONDS_WANTED = 40, 0.4
"""Of one measurement of one implementation."""

AGREEMENT_WEEKS = (4, 13, 26, 52)


def makers(town: Any, threads: tuple[int, ...] = (1, 2)) -> dict[str, Callable[[], Any]]:
    """Return how to make each implementation of a town that this machine has what it takes for."""
    from benchmarks.crowd.arrays import ArrayCrowd
    from benchmarks.crowd.native import NativeCrowd

    found: dict[str, Callable[[], Any]] = {NUMPY: partial(ArrayCrowd, town)}
    if compiler():
        for count in threads:
            for name, layout in NATIVE.items():
                found[name + ("" if count == 1 else TWICE)] = partial(NativeCrowd, town, count, *layout)
    if importlib.util.find_spec("mesa"):
        from benchmarks.crowd.objects import ObjectCrowd

        found[MESA] = partial(ObjectCrowd, town)
    if importlib.util.find_spec("starsim"):
        from benchmarks.crowd.modular import ModularCrowd

        found[STARSIM] = partial(ModularCrowd, town)
    return found


def side_by_side(say: Say, residents: int, rounds: int) -> dict[str, Any]:
    """Measure all implementations at one size; return resident-weeks a second by name and round, and bytes."""
    from benchmarks.crowd.engine import EngineCrowd
    from benchmarks.crowd.town import town_of
    from govsim.world import build

    where = f"{residents:,} residents"
    say(f"{where}: world")
    scenario, arm = still(residents, 2 + (rounds + 1) * WEEKS_AT_MOST)
    world = build(scenario.population, scenario.network, 1)
    town = town_of(world, scenario, arm, 1)
    crowds: dict[str, Any] = {
        ENGINE: EngineCrowd(world, scenario, arm, 1),
        ENGINE_2: EngineCrowd(world, scenario, arm, 1, threads=2),
    }
    for name, make in makers(town).items():
        if name != MESA or residents <= MESA_UP_TO:
            say(f"{where}: {name}")
            crowds[name] = make()
    sizes = {name: crowd.size() for name, crowd in crowds.items()}
    ties = len(town.other) / residents
    del town
    gc.collect()

    def rate(crowd: Any, weeks: int, threads: int = 1) -> float:
        if isinstance(crowd, EngineCrowd):
            crowd.seconds = 0.0
            crowd.advance(weeks)
            return residents * weeks / crowd.seconds
        return residents * weeks / seconds(lambda: crowd.advance(weeks), clock_for(threads))

    measures = {}
    for name, crowd in crowds.items():
        crowd.advance(1)  # compiles, and touches all memory
        threads = 2 if name.endswith(TWICE) else 1
        wanted = SECONDS_WANTED * rate(crowd, 1, threads) / residents
        measures[name] = partial(rate, crowd, int(np.clip(wanted, 1, WEEKS_AT_MOST)), threads)
    before = load_now()
    figures = interleaved(measures, rounds, lambda words: say(f"{where}: {words}"))
    return {"rates": figures, "bytes": sizes, "ties": ties, "load": before}


def memory(say: Say, residents: int, name: str) -> float:
    """Return the memory that one implementation holds while it runs, in bytes a resident, beside its libraries."""
    from benchmarks.crowd.engine import EngineCrowd
    from benchmarks.crowd.town import town_of
    from govsim.world import build

    say(f"memory of {name} at {residents:,} residents")

    def make(count: int) -> Any:
        scenario, arm = still(count, 10)
        world = build(scenario.population, scenario.network, 1)
        if name == ENGINE:
            return EngineCrowd(world, scenario, arm, 1)
        return makers(town_of(world, scenario, arm, 1), (1,))[name]()

    make(SMALL).advance(2)
    before = apart.held()
    crowd = make(residents)
    crowd.advance(2)
    return (apart.held() - before) / residents


def _make(name: str, town: Any) -> Any:
    return makers(town, (1,))[name]()


def agreement(say: Say, residents: int, towns: int) -> dict[str, str]:
    """Return how each implementation compares with the engine, in words; raises if one does not follow the rule."""
    from benchmarks.crowd import agree

    say(f"agreement: the engine in {towns} towns of {residents:,} residents")
    runs = [agree.engine_averages(residents, AGREEMENT_WEEKS, seed) for seed in range(1, towns + 1)]
    words = {}
    for name in makers(runs[0][0], (1,)):
        say(f"agreement: {name}")
        verdict = agree.statistically(partial(_make, name), runs, AGREEMENT_WEEKS)
        if not verdict.agrees:
            raise RuntimeError(f"{name} does not follow the engine's rule: {verdict}")
        words[name] = (
            f"largest deviation {verdict.deviation:.1f} standard errors, allowed {verdict.bound:.1f}"
        )
        if name in NATIVE:
            share = agree.differing_residents(residents, AGREEMENT_WEEKS[-1], 1, 1, *NATIVE[name])
            words[name] += (
                f"; with the engine's own draws {share:.2%} of residents took part in another number of weeks"
            )
    return words


def measure(quick: bool, say: Say) -> Section:
    """Measure the crowd."""
    section = Section()
    if not importlib.util.find_spec("starsim"):
        section.remarks.append("Starsim is left out: it is not installed (extra `bench`).")
    if not compiler():
        section.remarks.append("C is left out: there is no compiler.")
    agreed = apart.call("benchmarks.crowd:agreement", say, 2_000 if quick else 5_000, 6 if quick else 12)
    results: dict[int, dict[str, Any]] = {}
    for size in SIZES[:3] if quick else SIZES:
        if size * BYTES_NEEDED > machine.available():
            section.remarks.append(f"Left out for want of memory: {size:,} residents.")
            continue
        results[size] = apart.call("benchmarks.crowd:side_by_side", say, size, 3 if quick else 7)
    held = _memory(quick, say, agreed)
    section.aims = _aims(results)
    names = [name for name in NAMES if any(name in found["rates"] for found in results.values())]
    section.tables = [
        _rates(results, names),
        _relative(results, names),
        _bytes(results, names, held),
    ]
    section.remarks += [
        "Loads of the machine before each size: "
        + ", ".join(f"{size:,}: {found['load']:.1f}" for size, found in results.items())
        + ".",
        f"All follow one rule: {len(AVERAGES)} figures over adults in weeks {', '.join(map(str, AGREEMENT_WEEKS))}, "
        "paired t tests over towns with other draws, chance of a false alarm 1 in 1,000 for each:\n\n"
        + "\n".join(f"- {name}: {words}." for name, words in agreed.items()),
    ]
    return section


def _memory(quick: bool, say: Say, present: dict[str, str]) -> dict[str, tuple[int, float]]:
    held = {}
    for name in (ENGINE,) if quick else (ENGINE, *present):
        size = YINGZI if quick or name == MESA else 1_000_000
        if size * BYTES_NEEDED < machine.available():
            held[name] = size, float(apart.call("benchmarks.crowd:memory", say, size, name))
    return held


def _aims(results: dict[int, dict[str, Any]]) -> list[Aim]:
    aims = []
    for size, found in results.items():
        if size < YINGZI:
            continue
        bars = [(ENGINE, name, bar) for name, bar in HELD_TO.items()]
        bars += [(ENGINE_2, name + TWICE, bar) for name, bar in HELD_TO.items()]
        bars += [(ENGINE, NUMPY, 2.2), (ENGINE, MESA, 120.0)]
        for ours, theirs, bar in bars:
            if theirs in found["rates"]:
                reached = ratios(found["rates"][ours], found["rates"][theirs])
                aims.append(Aim(f"speed of {ours} / {theirs}, {size:,} residents", reached, bar, True))
    return aims


def _rates(results: dict[int, dict[str, Any]], names: list[str]) -> Table:
    sizes = sorted(results)
    rows = []
    for name in names:
        cells = [
            spread(Spread.of(results[size]["rates"][name]), 1e-6) if name in results[size]["rates"] else "–"
            for size in sizes
        ]
        rows.append([name, *cells, _exponent(results, name)])
    head = ["million residents a second", *(f"{size:,}" for size in sizes), "growth exponent"]
    return Table(
        "Residents times weeks a second, median (least–most)",
        head,
        rows,
        (
            "One thread by CPU time, two by the clock. Growth exponent: of the time of a week in residents, from 10,000 up, "
            "least squares on logarithms of medians.",
        ),
        more=tuple(f"{size:,}" for size in sizes),
        less=("growth exponent",),
    )


def _exponent(results: dict[int, dict[str, Any]], name: str) -> str:
    points = [
        (np.log(size), np.log(size / Spread.of(found["rates"][name]).median))
        for size, found in results.items()
        if size >= 10_000 and name in found["rates"]
    ]
    if len(points) < 2:
        return "–"
    x, y = np.array(points).T
    return f"{np.polyfit(x, y, 1)[0]:.2f}"


def _relative(results: dict[int, dict[str, Any]], names: list[str]) -> Table:
    sizes = sorted(results)
    rows = []
    for name in names:
        if name == ENGINE:
            continue
        cells = [
            spread(ratios(results[size]["rates"][ENGINE], results[size]["rates"][name]))
            if name in results[size]["rates"]
            else "–"
            for size in sizes
        ]
        rows.append([name, *cells])
    return Table(
        "How many times as fast as these govsim is on one thread",
        ["", *(f"{size:,}" for size in sizes)],
        rows,
        more=(ALL,),
    )


def _bytes(results: dict[int, dict[str, Any]], names: list[str], held: dict[str, tuple[int, float]]) -> Table:
    largest = max(results)
    rows = []
    for name in names:
        columns = results[largest]["bytes"].get(name, 0) / largest
        if name not in held:
            continue
        size, process = held[name]
        rows.append(
            [name, number(columns) if columns else "objects", f"{number(process)} ({size:,} residents)"]
        )
    ties = results[largest]["ties"]
    return Table(
        f"Bytes a resident, with {ties:.1f} ties each way",
        ["", f"columns and ties, {largest:,} residents", "memory of the process beside its libraries"],
        rows,
        ("govsim's bytes hold all columns of world and engine, those of other processes among them.",),
        less=(ALL,),
    )
