"""Switching values: how far one parameter must move from today's value for a difference to change its sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from govsim.scenario.studies import Factor
from govsim.study.design import Design
from govsim.study.statistics import CONFIDENCE


@dataclass(frozen=True)
class Switch:
    """Where the sign of a difference turns when one parameter moves and the others stay as today.

    Attributes
    ----------
    factor : Factor
    levels : float64 array, shape (levels,)
        Values that were run, ascending, today's among them.
    difference, half_width : float64 arrays, shape (levels,)
        Mean over seeds and half of its 95 % t interval; NaN where some seed has no value.
    value : float or None
        Where the mean is zero, between two levels on a straight line; the one nearest to today's value. None where
        the sign does not turn.
    low, high : float or None
        Nearest values on both sides at which the interval leaves zero out: between them the sign is undecided. None
        where it stays undecided up to the end of the range.
    turns : int
        How often the sign turns.
    """

    factor: Factor
    levels: NDArray[np.float64]
    difference: NDArray[np.float64]
    half_width: NDArray[np.float64]
    value: float | None
    low: float | None
    high: float | None
    turns: int

    @property
    def clear(self) -> bool:
        """Whether the sign is decided on both sides of the value, and is not the same on both."""
        if self.value is None or self.low is None or self.high is None:
            return False
        below, above = (float(np.interp(end, self.levels, self.difference)) for end in (self.low, self.high))
        return below * above < 0


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


def switch(factor: Factor, levels: NDArray[np.float64], differences: NDArray[np.float64]) -> Switch:
    """Return where the sign turns.

    Parameters
    ----------
    levels : shape (levels,)
        Ascending.
    differences : shape (levels, seeds)
        At least two seeds.
    """
    from scipy import special

    seeds = differences.shape[1]
    mean = differences.mean(axis=1)
    error = differences.std(axis=1, ddof=1) / np.sqrt(seeds)
    half = np.asarray(special.stdtrit(seeds - 1, 0.5 + CONFIDENCE / 2) * error)
    roots = _roots(levels, mean)
    if not roots:
        return Switch(factor, levels, mean, half, None, None, None, 0)
    value = min(roots, key=lambda root: abs(root - factor.today))
    margin = np.abs(mean) - half  # above zero where the interval leaves zero out
    known = np.isfinite(margin)
    at_value = -float(np.interp(value, levels[known], half[known]))
    low, high = (
        _decided(value, at_value, levels[side & known], margin[side & known], outwards)
        for side, outwards in ((levels < value, -1), (levels > value, 1))
    )
    return Switch(factor, levels, mean, half, value, low, high, len(roots))


def _decided(
    value: float, at_value: float, levels: NDArray[np.float64], margin: NDArray[np.float64], outwards: int
) -> float | None:
    """Return where, going outwards from the value, the margin rises above zero; None where it never does."""
    here, above = value, at_value
    for x, y in zip(levels[::outwards].tolist(), margin[::outwards].tolist(), strict=True):
        if y > 0:
            return float(here + (x - here) * above / (above - y))
        here, above = x, y
    return None


def _roots(x: NDArray[np.float64], y: NDArray[np.float64]) -> list[float]:
    """Return where straight lines between the points change their sign; stretches of zero do not."""
    known = np.isfinite(y) & (y != 0)
    x, y = x[known], y[known]
    return [
        float(x[k] - y[k] * (x[k + 1] - x[k]) / (y[k + 1] - y[k]))
        for k in range(len(x) - 1)
        if y[k] * y[k + 1] < 0
    ]
