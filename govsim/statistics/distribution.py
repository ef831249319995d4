"""How a number is spread over seeds, and whether seeds fall into two groups of results, so that its mean is no typical one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from govsim.results.values import Missing, Value
from govsim.statistics.paired import CONFIDENCE, beyond, smallest_step, spread_of

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
FEWEST_SEEDS = 4
"""Below this, nothing is said about groups of results: three seeds at least must lie together."""
FEWEST_FOR_PEAKS = 10
"""Below this, an empty middle says nothing; only a few seeds that lie far from all others do."""
FEWEST_EACH = 3
"""Seeds that make a group for which the other need not lie close together."""
LEVEL = 0.01
"""Chance, at most, that a bell-shaped outcome, or one with one peak, is said to have two."""
_GAPS = 3
"""The widest gaps between neighbours are looked at; seeds that lie far from the rest have one of them before them."""
FAR = 8.0
"""Spreads of the rest that seeds must lie away from it, however many seeds there are."""

Outcomes = Literal["one", "two", "unknown"]


@dataclass(frozen=True)
class Peak:
    """One of two groups of results: median, mean and standard deviation of its seeds, and how many there are."""

    at: float
    seeds: int
    mean: float = 0.0
    spread: float | None = None


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
        The two groups of results, the lower one first; empty unless there are two and every seed has the number.
    p : float or None
        Chance, at most, of a split as marked as the most marked one, if there were one group; None below
        :data:`FEWEST_SEEDS`.
    apart : tuple of int
        Places of the seeds that make the smaller group; empty unless there are two.
    of : int
        All seeds.
    beyond : float or None
        Where some seed did not reach the number: what the mean lies beyond.
    """

    quantiles: tuple[float, ...]
    range: tuple[float, float] | None
    seeds: int
    peaks: tuple[Peak, ...]
    p: float | None
    apart: tuple[int, ...] = ()
    of: int = 0
    beyond: float | None = None

    @property
    def outcomes(self) -> Outcomes:
        """How many groups of results there are."""
        return "unknown" if self.p is None else "two" if self.peaks else "one"

    @property
    def rest(self) -> Peak:
        """The larger group; the lower one of two equal ones."""
        return max(self.peaks, key=lambda peak: peak.seeds)

    @property
    def chance(self) -> tuple[float, float]:
        """The exact interval of the share of all possible seeds that fall into the smaller group."""
        return exact(len(self.apart), self.seeds)


def exact(count: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of a probability (Clopper and Pearson 1934); one-sided where none or all were seen."""
    from scipy import special

    tail = (1.0 - CONFIDENCE) / (1 if count in (0, of) else 2)
    low = float(special.betaincinv(count, of - count + 1, tail)) if count else 0.0
    high = float(special.betaincinv(count + 1, of - count, 1.0 - tail)) if count < of else 1.0
    return low, high


def distribution(values: Sequence[Value]) -> Distribution:
    """Describe the spread of a number over seeds; seeds that lack it are left out and show in ``seeds``."""
    places = [place for place, value in enumerate(values) if not isinstance(value, Missing)]
    numbers = np.array([values[place] for place in places], dtype=np.float64)
    if not places:
        return Distribution((), None, 0, (), None, of=len(values))
    order = np.argsort(numbers, kind="stable")
    x = numbers[order]
    quantiles = tuple(float(q) for q in np.quantile(x, QUANTILES))
    p, at = split(x)
    peaks: tuple[Peak, ...] = ()
    apart: tuple[int, ...] = ()
    if (
        p is not None and p < LEVEL and x.size == len(values)
    ):  # of seeds without a number nobody knows where they lie
        peaks = tuple(_peak(part) for part in (x[:at], x[at:]))
        smaller = order[:at] if at < x.size - at else order[at:]
        apart = tuple(sorted(places[n] for n in smaller))
    return Distribution(
        quantiles, (float(x[0]), float(x[-1])), int(x.size), peaks, p, apart, len(values), beyond(values)
    )


def _peak(part: NDArray[np.float64]) -> Peak:
    spread = float(part.std(ddof=1)) if part.size >= 2 else None
    return Peak(float(np.median(part)), int(part.size), float(part.mean()), spread)


def split(ordered: NDArray[np.float64]) -> tuple[float | None, int]:
    """Test whether sorted numbers are one group, by seeds far from all others and by the emptiness between two groups.

    Parameters
    ----------
    ordered : array of float64, shape (seeds,)
        Ascending.

    Returns
    -------
    p : float or None
        Chance, at most, of such a split if there were one group (Bonferroni, over both tests); None below
        :data:`FEWEST_SEEDS`.
    at : int
        Where the upper group begins.
    """
    if ordered.size < FEWEST_SEEDS:
        return None, 0
    p, at = min(_far(ordered), _emptiness(ordered))
    return min(1.0, 2.0 * p), at


def _far(x: NDArray[np.float64]) -> tuple[float, int]:
    """Test whether some seeds, less than half of them, lie far from the rest, of which there are three at least.

    The gap between both is taken in standard deviations of the rest. Of bell-shaped numbers a given one lies as far from the
    mean of the others as Student's t says (the deleted residual); times both sides and all seeds (Bonferroni) that holds for
    any one, and more so for gaps. Many seeds make that limit small, and skewed numbers pass it: so the gap must be
    :data:`FAR` as well.
    """
    from scipy import special

    n = x.size
    best = (1.0, 0)
    for at in np.argsort(np.diff(x))[-_GAPS:].tolist():
        at += 1
        rest = x[at:] if at < n - at else x[:at]
        gap = float(x[at] - x[at - 1])
        if rest.size < max(3, n / 2) or gap <= 0.0:
            continue
        spread = _spread(rest, x)
        if gap < FAR * spread:
            continue
        t = gap / (spread * np.sqrt(1.0 + 1.0 / rest.size)) if spread else np.inf
        best = min(best, (2.0 * n * float(special.stdtr(rest.size - 1, -t)), at))
    return best


def _spread(rest: NDArray[np.float64], x: NDArray[np.float64]) -> float:
    """Return the standard deviation of a group, not smaller than what steps of the measure could hide."""
    return spread_of(rest, smallest_step(x))


def _emptiness(ordered: NDArray[np.float64]) -> tuple[float, int]:
    """Test whether numbers come from one peak of any shape; at least ten, and three in each group.

    Notes
    -----
    Take a gap with k numbers above it. If the peak lies below the gap, the density falls from there on, and the least of k
    numbers leaves a share u of the way to the largest one empty with chance (1 - u)^(k - 1) at most, which a flat density
    reaches. Likewise from above. The peak lies on one side, so the larger of both chances holds for any one peak; times the
    number of gaps looked at it holds for the most marked gap (Bonferroni). Equal numbers come from counting: they are taken
    as spread over one step of the count.
    """
    n = ordered.size
    if n < FEWEST_FOR_PEAKS:
        return 1.0, 0
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
    return float(chance[best]) * above.size, int(above[best])


def _unrounded(ordered: NDArray[np.float64]) -> NDArray[np.float64]:
    """Spread equal numbers evenly over the smallest step between different ones."""
    values, first, counts = np.unique(ordered, return_index=True, return_counts=True)
    if len(values) < 2 or counts.max() == 1:
        return ordered
    step = float(np.diff(values).min())
    rank = np.arange(ordered.size) - np.repeat(first, counts)
    many = np.repeat(counts, counts)
    return np.asarray(ordered + step * ((rank + 0.5) / many - 0.5))
