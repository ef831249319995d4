"""Do all implementations of the crowd follow one rule? Asked anew in every run of the benchmark, and by the tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from benchmarks.crowd.engine import EngineCrowd
from benchmarks.crowd.native import NativeCrowd
from benchmarks.crowd.town import AVERAGES, Crowd, Town, town_of
from benchmarks.districts import still
from govsim.world import build

FALSE_ALARM = 1e-3
"""Chance that implementations of one rule are called different, over all averages and weeks of one question."""

ROUNDING = 2e-5
"""By how much averages may differ for the precision they are kept in."""


@dataclass(frozen=True)
class Verdict:
    """What came of a comparison with the engine.

    Attributes
    ----------
    deviation : float
        Largest mean difference in standard errors of it, over averages and weeks.
    bound : float
        What that may be.
    worst : str
        Where it was.
    """

    deviation: float
    bound: float
    worst: str

    @property
    def agrees(self) -> bool:
        """Whether the implementation follows the engine's rule as far as can be told."""
        return self.deviation <= self.bound


def engine_averages(residents: int, weeks: Sequence[int], seed: int) -> tuple[Town, list[dict[str, float]]]:
    """Return a town and what the engine makes of it after so many weeks."""
    scenario, arm = still(residents, max(weeks))
    world = build(scenario.population, scenario.network, seed)
    engine = EngineCrowd(world, scenario, arm, seed)
    return town_of(world, scenario, arm, seed), _after(engine, weeks)


def statistically(
    make: Callable[[Town], Crowd], runs: Sequence[tuple[Town, list[dict[str, float]]]], weeks: Sequence[int]
) -> Verdict:
    """Compare an implementation with the engine by paired t tests over towns, corrected for their number (Bonferroni).

    Parameters
    ----------
    make
        From a town to the implementation; it draws its own numbers.
    runs
        From :func:`engine_averages`, each of another seed.
    """
    tables = []
    for town, expected in runs:
        found = _after(make(replace(town, seed=town.seed + 1_000_000)), weeks)
        tables.append(
            [[f[name] - e[name] for name in AVERAGES] for f, e in zip(found, expected, strict=True)]
        )
    difference = np.array(tables)  # (towns, weeks, averages)
    mean, count = difference.mean(axis=0), len(runs)
    error = difference.std(axis=0, ddof=1) / np.sqrt(count)
    excess = np.maximum(np.abs(mean) - ROUNDING, 0.0)
    deviation = np.divide(excess, error, out=np.where(excess == 0.0, 0.0, np.inf), where=error > 0.0)
    week, name = divmod(int(deviation.argmax()), len(AVERAGES))
    bound = float(stats.t.isf(FALSE_ALARM / 2 / deviation.size, count - 1))
    return Verdict(float(deviation.max()), bound, f"{AVERAGES[name]} in week {weeks[week]}")


def differing_residents(
    residents: int, weeks: int, seed: int, threads: int, sliced: bool, packed: bool
) -> float:
    """Return the share of residents who, with the engine's own draws, took part in another number of weeks in C."""
    scenario, arm = still(residents, weeks)
    world = build(scenario.population, scenario.network, seed)
    engine = EngineCrowd(world, scenario, arm, seed)
    native = NativeCrowd(town_of(world, scenario, arm, seed), threads, sliced, packed)
    engine.advance(weeks)
    native.advance(weeks)
    return float((engine.weeks_active() != native.weeks_active()).mean())


def _after(crowd: Crowd, weeks: Sequence[int]) -> list[dict[str, float]]:
    found, done = [], 0
    for week in weeks:
        crowd.advance(week - done)
        found.append(crowd.averages())
        done = week
    return found
