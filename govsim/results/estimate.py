"""How far chance among so few people or problems could have moved a number of one group in one run.

Intervals here treat the group as a sample of people like them. They say nothing about other seeds: that is what the
intervals of a comparison are for.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from govsim.results.values import Missing, Value, difference, ratio
from govsim.units import PERCENT

NORMAL_95 = 1.959963984540054
"""Standard deviations on either side of the mean that hold 95 % of a normal distribution."""


@dataclass(frozen=True)
class Estimate:
    """A number with the size of what it is over.

    Attributes
    ----------
    value : Value
    low, high : Value
        Ends of the 95 % interval; missing where there are too few to tell.
    base : int
        People or problems it is over.
    """

    value: Value
    low: Value
    high: Value
    base: int


NOBODY = Estimate(Missing.NO_BASE, Missing.NO_BASE, Missing.NO_BASE, 0)
"""A group with nothing to divide by."""


def share(count: float, base: float) -> Estimate:
    """Return a percentage with the interval of Wilson (1927), which stays within 0-100 and needs no large base."""
    if base <= 0:
        return NOBODY
    p, z = count / base, NORMAL_95
    middle = (p + z * z / (2 * base)) / (1 + z * z / base)
    half = z / (1 + z * z / base) * sqrt(p * (1 - p) / base + (z / (2 * base)) ** 2)
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return Estimate(PERCENT * p, PERCENT * min(low, p), PERCENT * max(high, p), int(base))


def mean(values: NDArray[Any]) -> Estimate:
    """Return a mean with its normal interval; a single person has none."""
    if not values.size:
        return NOBODY
    centre = float(values.mean(dtype=np.float64))
    if values.size == 1:
        return Estimate(centre, Missing.NO_BASE, Missing.NO_BASE, 1)
    half = NORMAL_95 * float(values.std(ddof=1, dtype=np.float64)) / sqrt(values.size)
    return Estimate(centre, centre - half, centre + half, int(values.size))


def mean_of_ratio(amounts: NDArray[Any], exposure: NDArray[Any]) -> Estimate:
    """Return the sum of amounts over the sum of exposures of some people, with the normal interval of a ratio of sums."""
    total = float(exposure.sum(dtype=np.float64))
    if total <= 0:
        return NOBODY
    centre = float(amounts.sum(dtype=np.float64)) / total
    if amounts.size == 1:
        return Estimate(centre, Missing.NO_BASE, Missing.NO_BASE, 1)
    residual = amounts - centre * exposure
    half = NORMAL_95 * float(residual.std(ddof=1, dtype=np.float64)) * sqrt(amounts.size) / total
    return Estimate(centre, centre - half, centre + half, int(amounts.size))


def rate(events: float, exposure: float, scale: float) -> Estimate:
    """Return events per exposure with the interval of a Poisson count, by its square root."""
    if exposure <= 0:
        return NOBODY
    low = max(0.0, sqrt(events) - 0.5 * NORMAL_95) ** 2 if events else 0.0
    high = (sqrt(events) + 0.5 * NORMAL_95) ** 2
    ends = ratio(low, exposure, scale), ratio(high, exposure, scale)
    return Estimate(ratio(events, exposure, scale), *ends, int(events))


def minus(a: Estimate, b: Estimate) -> Estimate:
    """Return the difference of two groups, its interval made of theirs (Newcombe 1998); the base is that of ``a``."""
    gap = difference(a.value, b.value)
    below_a, above_a = difference(a.value, a.low), difference(a.high, a.value)
    below_b, above_b = difference(b.value, b.low), difference(b.high, b.value)
    return Estimate(gap, _moved(gap, below_a, above_b, -1.0), _moved(gap, above_a, below_b, 1.0), a.base)


def _moved(gap: Value, one: Value, other: Value, sign: float) -> Value:
    if isinstance(gap, Missing) or isinstance(one, Missing) or isinstance(other, Missing):
        return Missing.NO_BASE
    return gap + sign * hypot(one, other)
