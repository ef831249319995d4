"""How an outcome is spread over seeds, and whether it has two peaks, so that its mean is no typical outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from govsim.results.values import Missing, Value

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
FEWEST_SEEDS = 10
"""Below this, nothing is said about peaks."""
FEWEST_EACH = 3
"""Seeds that make a peak; fewer are strays."""
LEVEL = 0.05
"""Chance, at most, that an outcome with one peak is said to have two."""

Outcomes = Literal["one", "two", "unknown"]


@dataclass(frozen=True)
class Peak:
    """One of two outcomes: median of the seeds that came to it, and how many did."""

    at: float
    seeds: int


@dataclass(frozen=True)
class Distribution:
    """Spread of one number over seeds.

    Attributes
    ----------
    quantiles : tuple of float
        At :data:`QUANTILES`, interpolated; empty without seeds.
    range : tuple of (float, float) or None
        Smallest and largest.
    seeds : int
        Seeds that have the number.
    peaks : tuple of Peak
        The two outcomes, the lower one first; empty unless there are two.
    p : float or None
        Chance, at most, of a split as marked as the most marked one, if there were one peak; None below
        :data:`FEWEST_SEEDS`.
    """

    quantiles: tuple[float, ...]
    range: tuple[float, float] | None
    seeds: int
    peaks: tuple[Peak, ...]
    p: float | None

    @property
    def outcomes(self) -> Outcomes:
        """How many typical outcomes there are."""
        return "unknown" if self.p is None else "two" if self.peaks else "one"


def distribution(values: Sequence[Value]) -> Distribution:
    """Describe the spread of a number over seeds; seeds that lack it are left out and show in ``seeds``."""
    x = np.sort(np.array([v for v in values if not isinstance(v, Missing)], dtype=np.float64))
    if not x.size:
        return Distribution((), None, 0, (), None)
    quantiles = tuple(float(q) for q in np.quantile(x, QUANTILES))
    p, at = split(x)
    peaks: tuple[Peak, ...] = ()
    if p is not None and p < LEVEL:
        peaks = tuple(Peak(float(np.median(part)), int(part.size)) for part in (x[:at], x[at:]))
    return Distribution(quantiles, (float(x[0]), float(x[-1])), int(x.size), peaks, p)


def split(ordered: NDArray[np.float64]) -> tuple[float | None, int]:
    """Test whether sorted numbers come from one peak, by the emptiness between two groups of them.

    Parameters
    ----------
    ordered : array of float64, shape (seeds,)
        Ascending.

    Returns
    -------
    p : float or None
        Chance, at most, of such emptiness under any density with one peak; None below :data:`FEWEST_SEEDS`.
    at : int
        Where the upper group begins.

    Notes
    -----
    Take a gap with k numbers above it. If the peak lies below the gap, the density falls from there on, and the least of k
    numbers leaves a share u of the way to the largest one empty with chance (1 - u)^(k - 1) at most, which a flat density
    reaches. Likewise from above. The peak lies on one side, so the larger of both chances holds for any one peak; times the
    number of gaps looked at it holds for the most marked gap (Bonferroni). Equal numbers come from counting: they are taken
    as spread over one step of the count.
    """
    n = ordered.size
    if n < FEWEST_SEEDS:
        return None, 0
    if len(values := np.unique(ordered)) == 2:  # either this or that; there is no between to look into
        at = int(np.searchsorted(ordered, values[1]))
        return (0.0 if min(at, n - at) >= FEWEST_EACH else 1.0), at
    x = _unrounded(ordered)
    above = np.arange(FEWEST_EACH, n - FEWEST_EACH + 1)
    low, high = x[above - 1], x[above]
    gap = high - low
    with np.errstate(invalid="ignore", divide="ignore"):
        falling = np.where(gap > 0, (1.0 - gap / (x[-1] - low)) ** (n - above - 1), 1.0)
        rising = np.where(gap > 0, (1.0 - gap / (high - x[0])) ** (above - 1), 1.0)
    chance = np.maximum(falling, rising)
    best = int(np.argmin(chance))
    return min(1.0, float(chance[best]) * above.size), int(above[best])


def _unrounded(ordered: NDArray[np.float64]) -> NDArray[np.float64]:
    """Spread equal numbers evenly over the smallest step between different ones."""
    values, first, counts = np.unique(ordered, return_index=True, return_counts=True)
    if len(values) < 2 or counts.max() == 1:
        return ordered
    step = float(np.diff(values).min())
    rank = np.arange(ordered.size) - np.repeat(first, counts)
    many = np.repeat(counts, counts)
    return np.asarray(ordered + step * ((rank + 0.5) / many - 0.5))
