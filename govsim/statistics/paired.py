"""Paired differences over seeds, with what pairing was worth and what could have been seen.

Where pairing cost instead of gaining, a difference gets the interval of independent samples.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from govsim.results.values import Missing, Value

CONFIDENCE = 0.95


FEWEST_SEEDS = 4
"""Seeds that a verdict takes: of three, none can be seen to lie far from the rest."""
POWER = 0.8
"""Chance with which a detectable difference is found."""
_UPPER = 0.8
"""Confidence of the upper bound on a spread from which a detectable difference follows."""
_FEWEST_FOR_GAIN = 10
"""Below this, the interval of what pairing is worth says nothing, so neither is told."""
_TELLS = 1e-9
"""Of the largest number: smaller steps are rounding."""


@dataclass(frozen=True)
class Paired:
    """Difference of two arms in one number.

    Attributes
    ----------
    pairs : int
        Seeds in which both arms have the number; of two independent arms, of the one with fewer.
    seeds : int
        All seeds; of two independent arms, of the one with fewer.
    baseline_seeds, other_seeds : int
        Seeds in which an arm has the number.
    baseline, other : Value
        Means over ``pairs``; *not reached* where some seed did not reach it, for a mean would leave out the slowest.
    baseline_range, other_range : tuple of (float, float) or None
        Smallest and largest over those seeds.
    baseline_spread, other_spread : float or None
        Standard deviation over those seeds, or of an arm that has the number in every seed though the other has
        not; None below two.
    difference : Value
        Mean of other minus baseline.
    half_width : float or None
        Half of the 95 % t interval. None below two pairs.
    p : float or None
        Two-sided p value: of the t test, or of the order of the seeds where ``by_order``.
    gain : float or None
        Variance of an unpaired difference over that of the paired one; below 1 pairing made the interval
        wider.
    correlation : float or None
        Between the arms over seeds; None where one of them does not vary.
    freedom : float
        Degrees of freedom of the t interval; 0 without one.
    independent : bool
        Whether interval and p value are those of two independent samples rather than of pairs.
    larger, smaller : int
        Seeds (of independent arms: pairs of seeds) in which the other arm has the larger and the smaller number; a number
        that was not reached is larger than any.
    by_order : bool
        Whether the p value is that of the sign test, or of the rank test for independent arms.
    """

    pairs: int
    baseline: Value
    other: Value
    baseline_range: tuple[float, float] | None
    other_range: tuple[float, float] | None
    baseline_spread: float | None
    other_spread: float | None
    difference: Value
    half_width: float | None
    p: float | None
    gain: float | None
    correlation: float | None
    freedom: float = 0.0
    independent: bool = False
    seeds: int = 0
    baseline_seeds: int = 0
    other_seeds: int = 0
    larger: int = 0
    smaller: int = 0
    by_order: bool = False

    def detectable(self, chance: float) -> float | None:
        """Return the smallest difference that is found with 80 % power at this level; None below two pairs.

        The spread is the upper end of its one-sided 80 % interval (by chi-squared), so that the power is no less in 80 %
        of cases; the power is that of the t test, by the noncentral t distribution.
        """
        if not self.error:
            return None
        from scipy import special

        upper = self.error * np.sqrt(self.freedom / float(special.chdtri(self.freedom, _UPPER)))
        limit = float(special.stdtrit(self.freedom, 1.0 - chance / 2))
        return float(upper * special.nctdtrinc(self.freedom, 1.0 - POWER, limit))

    @property
    def error(self) -> float | None:
        """Standard error of the difference; None without an interval."""
        if self.half_width is None:
            return None
        from scipy import special

        return self.half_width / float(special.stdtrit(self.freedom, 0.5 + CONFIDENCE / 2))

    @property
    def gain_interval(self) -> tuple[float, float] | None:
        """The 95 % interval of the gain (Pitman and Morgan 1939); None below ten pairs, where it would say nothing."""
        if self.gain is None or self.correlation is None or self.pairs < _FEWEST_FOR_GAIN:
            return None
        from scipy import special

        # The gain is (1 + F) / 2, with F the variance of the sums of pairs over that of their differences.
        a, b = self.baseline_spread or 0.0, self.other_spread or 0.0
        product = 2.0 * self.correlation * a * b
        sums, gaps = a * a + b * b + product, a * a + b * b - product
        if gaps <= 0:
            return None
        if sums <= 0:
            return 0.5, 0.5
        alike = (b * b - a * a) / np.sqrt(sums * gaps)
        t = float(special.stdtrit(self.pairs - 2, 0.5 + CONFIDENCE / 2))
        middle = 1.0 + 2.0 * t * t * max(0.0, 1.0 - alike**2) / (self.pairs - 2)
        reach = np.sqrt(middle * middle - 1.0)
        return float((1 + sums / gaps * (middle - reach)) / 2), float(
            (1 + sums / gaps * (middle + reach)) / 2
        )

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of the difference."""
        if self.half_width is None or isinstance(self.difference, Missing):
            return None
        return self.difference - self.half_width, self.difference + self.half_width

    def interval_at(self, chance: float) -> tuple[float, float] | None:
        """Return the interval of the difference that misses the truth with this chance; None without one."""
        if self.error is None or isinstance(self.difference, Missing):
            return None
        from scipy import special

        half = self.error * float(special.stdtrit(self.freedom, 1.0 - chance / 2))
        return self.difference - half, self.difference + half

    @property
    def identical(self) -> bool:
        """Whether the arms are equal to the last bit in every seed, and lack the number in the same ones."""
        alike = self.baseline_seeds == self.other_seeds
        if self.by_order:
            return alike and self.baseline_seeds > 0 and self.larger == self.smaller == 0
        return (
            alike
            and self.pairs == self.baseline_seeds
            and self.difference == 0.0
            and self.half_width in (0.0, None)
        )

    @property
    def rises(self) -> bool:
        """Whether the other arm has the larger numbers."""
        if isinstance(self.difference, Missing):
            return self.larger > self.smaller
        return self.difference > 0

    @property
    def carries(self) -> bool:
        """Whether the sample can carry a verdict: seeds enough, none of them without a number, and a test of them."""
        return self.p is not None and self.pairs == self.seeds >= FEWEST_SEEDS


def spread_of(numbers: NDArray[np.float64], step: float | None = None) -> float:
    """Return a standard deviation, not smaller than what numbers that move in steps could hide.

    Parameters
    ----------
    numbers
        At least two.
    step
        In which they move, where others beside them tell; otherwise the least gap between different ones, zero included.

    Notes
    -----
    Numbers that never recur have no floor. Where some recur, the measure moves in steps, and n numbers on one step show no
    spread by chance: a neighbouring step that comes up with chance q stays unseen in n of n with chance (1 - q)^n, which is 5 %
    for q = 1 - 0.05^(1/n). The standard deviation of that is step * sqrt(q (1 - q)). Equal differences say no more than that
    all of them go one way: their spread is such that the t test finds what the sign test finds.
    """
    n = numbers.size
    found = float(numbers.std(ddof=1))
    tolerance = _TELLS * float(np.abs(numbers).max(initial=0.0))
    if (np.diff(np.sort(numbers)) > tolerance).all():
        return found
    if step is None and float(np.ptp(numbers)) <= tolerance:
        from scipy import special

        sure = -float(special.stdtrit(n - 1, max(0.5**n, 1e-300)))
        return float(np.abs(numbers).max()) * float(np.sqrt(n)) / sure
    if step is None:
        step = smallest_step(np.append(numbers, 0.0))
    unseen = min(0.5, 1.0 - (1.0 - CONFIDENCE) ** (1.0 / n))
    return max(found if found > tolerance else 0.0, step * float(np.sqrt(unseen * (1.0 - unseen))))


def smallest_step(numbers: NDArray[np.float64]) -> float:
    """Return the least gap between different numbers; 0 where all are equal."""
    gaps = np.diff(np.sort(numbers))
    gaps = gaps[gaps > _TELLS * float(np.abs(numbers).max(initial=0.0))]
    return float(gaps.min()) if gaps.size else 0.0


def paired(baseline: Sequence[Value], other: Sequence[Value]) -> Paired:
    """Compare two arms seed by seed; both sequences are in the order of the same seeds.

    Seeds in which a value has no denominator are left out of the means and show in ``pairs`` and ``seeds``: such a sample
    carries no verdict. Where a quantile was not reached in some seed there is no mean difference; the seeds are then
    compared by order, *not reached* last, with the exact sign test.
    """
    if Missing.NOT_REACHED in (*baseline, *other):
        return _by_order(baseline, other)
    both = [
        (a, b)
        for a, b in zip(baseline, other, strict=True)
        if not isinstance(a, Missing) and not isinstance(b, Missing)
    ]
    if not both:
        return without_pairs(baseline, other, Missing.NO_BASE)
    a, b = np.array(both, dtype=np.float64).T
    d = b - a
    half: float | None = None
    p: float | None = None
    gain: float | None = None
    correlation: float | None = None
    if d.size >= 2:
        from scipy import special  # scipy.stats takes ten times as long to import and to call

        spread = spread_of(d)
        error = spread / np.sqrt(d.size)
        half = float(special.stdtrit(d.size - 1, 0.5 + CONFIDENCE / 2) * error)
        p = 1.0
        if spread > 0:
            p = float(2 * special.stdtr(d.size - 1, -abs(d.mean()) / error))
            gain = float((a.var(ddof=1) + b.var(ddof=1)) / spread**2)
        if a.std() > 0 and b.std() > 0:
            correlation = float(np.corrcoef(a, b)[0, 1])
    return Paired(
        pairs=int(d.size),
        baseline=float(a.mean()),
        other=float(b.mean()),
        baseline_range=(float(a.min()), float(a.max())),
        other_range=(float(b.min()), float(b.max())),
        baseline_spread=float(a.std(ddof=1)) if d.size >= 2 else None,
        other_spread=float(b.std(ddof=1)) if d.size >= 2 else None,
        difference=float(d.mean()),
        half_width=half,
        p=p,
        gain=gain,
        correlation=correlation,
        freedom=float(d.size - 1),
        seeds=len(baseline),
        baseline_seeds=count_known(baseline),
        other_seeds=count_known(other),
        larger=int((d > 0).sum()),
        smaller=int((d < 0).sum()),
    )


def count_known(values: Sequence[Value]) -> int:
    """Return in how many seeds there is a number."""
    return sum(not isinstance(value, Missing) for value in values)


def ordered(values: Sequence[Value]) -> NDArray[np.float64]:
    """Return numbers that can be put in order: *not reached* is infinite, and what has no base is left out."""
    kept = [value for value in values if value is not Missing.NO_BASE]
    return np.array([np.inf if isinstance(v, Missing) else v for v in kept], dtype=np.float64)


def beyond(values: Sequence[Value]) -> float | None:
    """Return a number beyond which the mean lies, where some seed did not reach a value: the mean of those that did."""
    numbers = [value for value in values if not isinstance(value, Missing)]
    return float(np.mean(numbers)) if numbers and Missing.NOT_REACHED in values else None


def _by_order(baseline: Sequence[Value], other: Sequence[Value]) -> Paired:
    """Compare two arms by how many seeds have the larger number; *not reached* is larger than any number."""
    both = [pair for pair in zip(baseline, other, strict=True) if Missing.NO_BASE not in pair]
    result = without_pairs(baseline, other, Missing.NOT_REACHED)
    if not count_known(baseline) and not count_known(other):
        return result
    from scipy import special

    a, b = (ordered(side) for side in zip(*both, strict=True))
    larger, smaller = int((b > a).sum()), int((b < a).sum())
    decided = larger + smaller
    # A seed that neither reached is a tie: order says nothing of it.
    p = min(1.0, 2.0 * float(special.bdtr(min(larger, smaller), decided, 0.5))) if decided else 1.0
    return replace(result, pairs=len(both), p=p, larger=larger, smaller=smaller, by_order=True)


def without_pairs(baseline: Sequence[Value], other: Sequence[Value], reason: Missing) -> Paired:
    """Return what can be said of two arms of which there is no mean difference, and why there is none."""
    return Paired(
        pairs=0,
        baseline=_alone(baseline),
        other=_alone(other),
        baseline_range=None,
        other_range=None,
        baseline_spread=_spread(baseline),
        other_spread=_spread(other),
        difference=reason,
        half_width=None,
        p=None,
        gain=None,
        correlation=None,
        seeds=min(len(baseline), len(other)),
        baseline_seeds=count_known(baseline),
        other_seeds=count_known(other),
    )


def _alone(values: Sequence[Value]) -> Value:
    if Missing.NOT_REACHED in values:
        return Missing.NOT_REACHED
    numbers = [value for value in values if not isinstance(value, Missing)]
    return float(np.mean(numbers)) if numbers else Missing.NO_BASE


def _spread(values: Sequence[Value]) -> float | None:
    numbers = [value for value in values if not isinstance(value, Missing)]
    return float(np.std(numbers, ddof=1)) if 2 <= len(numbers) == len(values) else None


def about_ratio(numerators: Sequence[Value], denominators: Sequence[Value]) -> list[Value]:
    """Return numbers by seed whose mean is the ratio of the sums, and whose spread is that of this ratio.

    Every seed counts, also one with nothing in the denominator, which has no ratio of its own. The numbers are the ratio
    linearised in each seed's sums, R + (a - R b) / mean(b): their t interval is that of the delta method, and paired
    differences of them are those of two ratios.
    """
    if any(isinstance(value, Missing) for value in (*numerators, *denominators)):
        return [Missing.NO_BASE] * len(numerators)
    a, b = (np.array(side, dtype=np.float64) for side in (numerators, denominators))
    if b.sum() <= 0:
        return [Missing.NO_BASE] * len(numerators)
    total = a.sum() / b.sum()
    return [float(value) for value in total + (a - total * b) / b.mean()]


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Return p values corrected for looking at several (Holm 1979); None stays None and is not counted.

    The chance that any of the corrected ones falls below 0.05 although no difference exists is at most 0.05.
    """
    counted = sorted((p, index) for index, p in enumerate(p_values) if p is not None)
    corrected: list[float | None] = [None] * len(p_values)
    running = 0.0
    for rank, (p, index) in enumerate(counted):
        running = max(running, min(1.0, p * (len(counted) - rank)))
        corrected[index] = running
    return corrected


@dataclass(frozen=True)
class Quotient:
    """Ratio of two means over the same seeds.

    Attributes
    ----------
    value : Value
        Mean of the numerators over mean of the denominators.
    low, high : float or None
        Ends of the 95 % interval; None below two pairs, or where the denominator cannot be told from nothing, so
        that any ratio would fit.
    pairs : int
        Seeds in which both are there.
    """

    value: Value
    low: float | None
    high: float | None
    pairs: int

    @property
    def bounded(self) -> bool:
        """Whether the ratio means anything."""
        return self.low is not None


def quotient(numerators: Sequence[Value], denominators: Sequence[Value]) -> Quotient:
    """Return a ratio of means with the interval of Fieller (1954), which keeps what pairing is worth.

    Seeds in which one of the two is missing are left out; where a quantile was not reached there is no ratio.
    """
    if Missing.NOT_REACHED in (*numerators, *denominators):
        return Quotient(Missing.NOT_REACHED, None, None, 0)
    both = [
        (a, b)
        for a, b in zip(numerators, denominators, strict=True)
        if not isinstance(a, Missing) and not isinstance(b, Missing)
    ]
    if not both:
        return Quotient(Missing.NO_BASE, None, None, 0)
    a, b = np.array(both, dtype=np.float64).T
    top, bottom = float(a.mean()), float(b.mean())
    if bottom == 0:
        return Quotient(Missing.NO_BASE, None, None, int(a.size))
    if a.size < 2:
        return Quotient(top / bottom, None, None, int(a.size))
    from scipy import special

    limit = float(special.stdtrit(a.size - 1, 0.5 + CONFIDENCE / 2)) ** 2
    spread = np.cov(a, b) / a.size
    square = bottom**2 - limit * float(spread[1, 1])
    if square <= 0:
        return Quotient(top / bottom, None, None, int(a.size))
    middle = top * bottom - limit * float(spread[0, 1])
    inside = middle**2 - square * (top**2 - limit * float(spread[0, 0]))
    half = float(np.sqrt(max(0.0, inside)))
    return Quotient(top / bottom, (middle - half) / square, (middle + half) / square, int(a.size))


def interval_at(differences: Sequence[float], chance: float) -> tuple[float, float] | None:
    """Return the t interval of a mean difference that misses the truth with this chance; None below two seeds."""
    d = np.asarray(differences, dtype=np.float64)
    if d.size < 2:
        return None
    from scipy import special

    half = -float(special.stdtrit(d.size - 1, chance / 2)) * spread_of(d) / np.sqrt(d.size)
    return float(d.mean() - half), float(d.mean() + half)


def chance_among_many(p_values: Sequence[float | None]) -> float:
    """Return the p value up to which differences are called found, when many are looked at.

    Of those called found, at most 5 % are expected to be none (Benjamini and Hochberg 1995). Intervals that miss with
    this chance hold for 95 % of the found ones, and leave out zero exactly for these (Benjamini and Yekutieli 2005).
    None stands for a comparison that could not be made and is not counted.
    """
    counted = sorted(p for p in p_values if p is not None)
    if not counted:
        return 1.0 - CONFIDENCE
    limits = [(1.0 - CONFIDENCE) * rank / len(counted) for rank in range(1, len(counted) + 1)]
    return next(
        (limit for p, limit in zip(counted[::-1], limits[::-1], strict=True) if p <= limit), limits[0]
    )


_FEWEST_SEEDS = 10
"""Below this, a correlation says too little for the unpaired interval to be chosen."""
_OPPOSED = 0.2
"""A negative correlation with a smaller p value is taken for a real one: the arms are not independent then."""


def contrast(baseline: Sequence[Value], other: Sequence[Value]) -> Paired:
    """Compare two arms over the same seeds, with the unpaired interval where it is the narrower one and holds.

    The paired interval is the wider one exactly where the arms went opposite ways over seeds. Where that may be chance,
    Welch's interval for independent samples is used; where the arms really are opposed it would promise too much, and the
    paired one stays. So chosen, 95 % intervals cover the truth in 93.4-95.3 % of cases with 10 or more seeds, whatever
    the correlation; always taking the narrower one would go down to 89 %.
    """
    result = paired(baseline, other)
    if (
        result.half_width is None
        or result.pairs < _FEWEST_SEEDS
        or not result.correlation
        or result.correlation >= 0
    ):
        return result
    both = [
        (a, b)
        for a, b in zip(baseline, other, strict=True)
        if not isinstance(a, Missing) and not isinstance(b, Missing)
    ]
    loose = welch([a for a, _ in both], [b for _, b in both])
    if loose.half_width >= result.half_width or _chance_of(result.correlation, result.pairs) < _OPPOSED:
        return result
    return replace(result, half_width=loose.half_width, p=loose.p, freedom=loose.freedom, independent=True)


def unpaired(baseline: Sequence[Value], other: Sequence[Value]) -> Paired:
    """Compare two arms that have nothing in common seed by seed: other seeds, other residents or other weeks.

    Seeds without a number are left out on their own side; ``pairs`` and ``seeds`` are those of the side that has fewer.
    Where some seed did not reach a quantile, ranks are compared (Mann and Whitney), *not reached* last.
    """
    if Missing.NOT_REACHED in (*baseline, *other):
        return _by_rank(baseline, other)
    a = [value for value in baseline if not isinstance(value, Missing)]
    b = [value for value in other if not isinstance(value, Missing)]
    if not a or not b:
        return replace(without_pairs(baseline, other, Missing.NO_BASE), independent=True)
    enough = len(a) >= 2 and len(b) >= 2
    loose = welch(a, b) if enough else None
    return Paired(
        pairs=min(len(a), len(b)),
        baseline=float(np.mean(a)),
        other=float(np.mean(b)),
        baseline_range=(min(a), max(a)),
        other_range=(min(b), max(b)),
        baseline_spread=float(np.std(a, ddof=1)) if len(a) >= 2 else None,
        other_spread=float(np.std(b, ddof=1)) if len(b) >= 2 else None,
        difference=float(np.mean(b)) - float(np.mean(a)),
        half_width=loose.half_width if loose else None,
        p=loose.p if loose else None,
        gain=None,
        correlation=None,
        freedom=loose.freedom if loose else 0.0,
        independent=True,
        # A seed left out on either side is a seed left out.
        seeds=min(len(a), len(b)) + max(len(baseline) - len(a), len(other) - len(b)),
        baseline_seeds=len(a),
        other_seeds=len(b),
    )


def _by_rank(baseline: Sequence[Value], other: Sequence[Value]) -> Paired:
    result = replace(without_pairs(baseline, other, Missing.NOT_REACHED), independent=True)
    a, b = ordered(baseline), ordered(other)
    if not a.size or not b.size or not (np.isfinite(a).any() or np.isfinite(b).any()):
        return result
    from scipy import stats

    ranks = stats.rankdata(np.concatenate((a, b)))
    test = stats.mannwhitneyu(ranks[: a.size], ranks[a.size :], method="asymptotic")
    larger = int((b[:, None] > a[None, :]).sum())
    smaller = int((b[:, None] < a[None, :]).sum())
    return replace(
        result,
        pairs=min(a.size, b.size),
        seeds=min(a.size, b.size) + max(len(baseline) - a.size, len(other) - b.size),
        p=float(test.pvalue) if larger + smaller else 1.0,
        larger=larger,
        smaller=smaller,
        by_order=True,
    )


@dataclass(frozen=True)
class Welch:
    """Half of the 95 % interval of a difference of two means, two-sided p value and degrees of freedom (Welch 1947)."""

    half_width: float
    p: float
    freedom: float


def welch(baseline: Sequence[float], other: Sequence[float]) -> Welch:
    """Return interval and p value for two independent samples of at least two each, of any two variances."""
    from scipy import special

    a, b = np.asarray(baseline, dtype=np.float64), np.asarray(other, dtype=np.float64)
    step = smallest_step(np.concatenate((a, b)))
    first, second = (spread_of(side, step) ** 2 / side.size for side in (a, b))
    gap = float(b.mean() - a.mean())
    if first + second == 0.0:
        return Welch(0.0, 1.0 if gap == 0 else 0.0, float(a.size + b.size - 2))
    freedom = (first + second) ** 2 / (first**2 / (a.size - 1) + second**2 / (b.size - 1))
    error = np.sqrt(first + second)
    half = float(special.stdtrit(freedom, 0.5 + CONFIDENCE / 2) * error)
    return Welch(half, float(2 * special.stdtr(freedom, -abs(gap) / error)), float(freedom))


def _chance_of(correlation: float, pairs: int) -> float:
    """Return the two-sided p value of a correlation, by Student's t."""
    from scipy import special

    rest = 1.0 - correlation**2
    if rest <= 0.0:
        return 0.0
    t = abs(correlation) * np.sqrt((pairs - 2) / rest)
    return float(2 * special.stdtr(pairs - 2, -t))
