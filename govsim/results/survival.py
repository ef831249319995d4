"""Time to an event when some cases are still waiting: the product-limit estimate (Kaplan and Meier 1958).

A mean over closed cases alone calls an overloaded office fast, because its slow cases are not in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from govsim.results.values import Missing, Value

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
