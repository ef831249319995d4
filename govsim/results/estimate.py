"""Estimates within one run: how far chance among few could have moved a number, and time to an event while some still wait."""

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


def mean_with_interval(values: NDArray[Any]) -> Estimate:
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


_TIE = 1e-12
"""Guards ``survival <= 1 - share`` against the last bits of a product; far below one case in any run."""


@dataclass(frozen=True)
class Curve:
    """A right-continuous step function.

    Attributes
    ----------
    time : float64 array, shape (steps,)
        Times at which at least one event happened, rising.
    survival : float64 array, shape (steps,)
        Share still waiting just after each time, 0-1.
    at_risk, events : int64 arrays, shape (steps,)
        Cases waiting just before each time, and events at it.
    cases : int
        Cases in all.
    watched : float
        Longest time over which a case was watched.
    """

    time: NDArray[np.float64]
    survival: NDArray[np.float64]
    at_risk: NDArray[np.int64]
    events: NDArray[np.int64]
    cases: int
    watched: float

    def at(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the share still waiting just after each of ``times``."""
        steps = np.concatenate(([1.0], self.survival))
        return np.asarray(steps[np.searchsorted(self.time, times, side="right")], dtype=np.float64)

    def quantile(self, share: float) -> Value:
        """Return the first time by which at least ``share`` of the cases had their event, if reached."""
        if self.cases == 0:
            return Missing.NO_BASE
        reached = np.flatnonzero(self.survival <= 1.0 - share + _TIE)
        return float(self.time[reached[0]]) if reached.size else Missing.NOT_REACHED

    def restricted_mean(self, limit: float) -> Value:
        """Return the mean time to the event, counted as ``limit`` where it takes longer: the area under the curve.

        Missing where no case was watched for that long, since the curve is not known there.
        """
        if self.cases == 0:
            return Missing.NO_BASE
        if self.watched < limit:
            return Missing.NOT_REACHED
        steps = np.concatenate(([0.0], self.time[self.time < limit], [limit]))
        height = np.concatenate(([1.0], self.survival[self.time < limit]))
        return float((np.diff(steps) * height).sum())


def product_limit(time: NDArray[np.float64], event: NDArray[np.bool_]) -> Curve:
    """Return the product-limit curve.

    Parameters
    ----------
    time : float64 array, shape (cases,)
        Time of the event, or time up to which the case was watched; not negative.
    event : bool array, shape (cases,)
        Whether the event was seen. A case that leaves at the time of an event still counts as at risk there.

    Notes
    -----
    A case that can no longer have the event (a problem that lapsed or was explained away) must be watched up
    to the end of the run, not up to its lapse: then the curve is one minus the cumulative incidence of the
    event, and closing problems by other means cannot make it look better (Gray 1988).
    """
    when = np.asarray(time, dtype=np.float64)
    seen = np.asarray(event, dtype=np.bool_)
    times, counts = np.unique(when[seen], return_counts=True)
    waiting: NDArray[Any] = when.size - np.searchsorted(np.sort(when), times, side="left")
    steps = 1.0 - counts / waiting if times.size else np.empty(0)
    return Curve(
        times,
        np.cumprod(steps),
        waiting.astype(np.int64),
        counts.astype(np.int64),
        int(when.size),
        float(when.max(initial=0.0)),
    )
