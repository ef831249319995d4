"""Switching values: how far one parameter must move from today's value for a difference to change its sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from govsim.scenario.studies import Factor
from govsim.studies.crossover import Differences
from govsim.studies.design import Design


@dataclass(frozen=True)
class Switch:
    """Where the sign of a difference turns when one parameter moves and the others stay as today.

    Attributes
    ----------
    factor : Factor
    levels : float64 array, shape (levels,)
        Values that were run, ascending, today's among them.
    difference, half_width : float64 arrays, shape (levels,)
        Mean over seeds and half of the t interval that decides; NaN where some seed has no value, the difference infinite
        where some seed did not reach it.
    value : float or None
        Between two levels of which one is decided for the first and the other for the second, with none decided between
        them: where straight lines between the means cross zero. The one nearest to today's value; None where there are no
        two such levels.
    low, high : float or None
        Where the interval comes to leave zero out on both sides of the value: between them the sign is undecided.
    turns : int
        How often the decided sign turns.
    decided : int
        Levels that are decided.
    """

    factor: Factor
    levels: NDArray[np.float64]
    difference: NDArray[np.float64]
    half_width: NDArray[np.float64]
    value: float | None
    low: float | None
    high: float | None
    turns: int
    decided: int


def levels_of(factor: Factor, count: int) -> NDArray[np.float64]:
    """Return equally spaced values over the range of a parameter, and today's."""
    values = np.linspace(factor.low, factor.high, count)
    if factor.whole:
        values = np.round(values)
    return np.unique(np.append(values, factor.today))


def one_at_a_time(
    factors: Sequence[Factor], moved: Sequence[Factor], count: int
) -> tuple[Design, list[slice]]:
    """Return the design that moves each of ``moved`` alone, the others as today, and the points of each."""
    rows: list[NDArray[np.float64]] = []
    places = []
    paths = [factor.path for factor in factors]
    for factor in moved:
        levels = levels_of(factor, count)
        points = np.tile([item.today for item in factors], (len(levels), 1))
        points[:, paths.index(factor.path)] = levels
        places.append(slice(sum(map(len, rows)), sum(map(len, rows)) + len(levels)))
        rows.append(points)
    return Design(tuple(factors), np.concatenate(rows)), places


def switch(
    factor: Factor, levels: NDArray[np.float64], found: Differences, seeds: int, chance: float
) -> Switch:
    """Return where the sign turns.

    Parameters
    ----------
    levels : shape (levels,)
        Ascending.
    found
        Differences at the levels, over so many seeds.
    chance
        p value up to which a level is decided, see :func:`~govsim.statistics.paired.chance_among_many`: it should count all
        that is looked at together.
    """
    from scipy import special

    half = np.asarray(-special.stdtrit(seeds - 1, chance / 2) * found.error)
    decided = np.flatnonzero(found.p <= chance)
    ends = [(a, b) for a, b in pairwise(decided.tolist()) if found.sign[a] * found.sign[b] < 0]
    turns = [_turn(levels[a : b + 1], found.difference[a : b + 1], half[a : b + 1]) for a, b in ends]
    value, low, high = min(turns, key=lambda turn: abs(turn[0] - factor.today), default=(None, None, None))
    return Switch(factor, levels, found.difference, half, value, low, high, len(turns), len(decided))


def _turn(
    levels: NDArray[np.float64], mean: NDArray[np.float64], half: NDArray[np.float64]
) -> tuple[float, float, float]:
    """Return where the mean crosses zero between two decided levels, the first and the last, and where it is decided.

    Where there are no means, nothing is known between the ends but that the sign turns there.
    """
    first, last = float(levels[0]), float(levels[-1])
    if not np.isfinite(mean[[0, -1]]).all():
        return (first + last) / 2, first, last
    known = np.isfinite(mean) & (mean != 0)
    levels, half, up = levels[known], half[known], np.sign(mean[-1]) * mean[known]
    crossings = [
        float(x - (y - x) * a / (b - a))
        for (x, y), (a, b) in zip(pairwise(levels), pairwise(up), strict=True)
        if a * b < 0
    ]
    return (
        float(np.median(crossings)),
        _leaves(levels, -(up + half)),
        _leaves(levels[::-1], (up - half)[::-1]),
    )


def _leaves(levels: NDArray[np.float64], margin: NDArray[np.float64]) -> float:
    """Return where, coming from a decided level, the margin falls to zero."""
    here, above = float(levels[0]), float(margin[0])
    for x, y in zip(levels[1:].tolist(), margin[1:].tolist(), strict=True):
        if y <= 0:
            return here + (x - here) * above / (above - y) if above > y else here
        here, above = x, y
    return here
