"""Paired differences over seeds, with what pairing was worth and what could have been seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from govsim.results.values import Missing, Value

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Paired:
    """Difference of two arms in one number, over seeds in which both have it.

    Attributes
    ----------
    pairs : int
        Seeds in which both arms have the number.
    baseline, other : Value
        Means over those seeds.
    baseline_range, other_range : tuple of (float, float) or None
        Smallest and largest over those seeds.
    baseline_spread, other_spread : float or None
        Standard deviation over those seeds, or of an arm that has the number in every seed though the other has
        not; None below two.
    difference : Value
        Mean of other minus baseline.
    half_width : float or None
        Half of the 95 % t interval: differences smaller than this could not have been told from none. None
        below two pairs.
    p : float or None
        Two-sided p value of the paired t test.
    gain : float or None
        Variance of an unpaired difference over that of the paired one; below 1 pairing made the interval
        wider.
    correlation : float or None
        Between the arms over seeds; None where one of them does not vary.
    freedom : float
        Degrees of freedom of the t interval; 0 without one.
    independent : bool
        Whether interval and p value are those of two independent samples rather than of pairs.
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

    def half_width_at(self, chance: float) -> float | None:
        """Return half of the interval that misses the truth with this chance; None below two pairs."""
        if self.half_width is None:
            return None
        from scipy import special

        usual, wanted = (
            float(special.stdtrit(self.freedom, 1.0 - c / 2)) for c in (1.0 - CONFIDENCE, chance)
        )
        return self.half_width * wanted / usual

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of the difference."""
        if self.half_width is None or isinstance(self.difference, Missing):
            return None
        return self.difference - self.half_width, self.difference + self.half_width

    @property
    def identical(self) -> bool:
        """Whether the arms are equal to the last bit in every seed."""
        return self.difference == 0.0 and self.half_width in (0.0, None)


def paired(baseline: Sequence[Value], other: Sequence[Value]) -> Paired:
    """Compare two arms seed by seed; both sequences are in the order of the same seeds.

    Seeds in which a value has no denominator are left out and show in ``pairs``. Where a quantile was not
    reached in some seed there is no difference at all.
    """
    if Missing.NOT_REACHED in (*baseline, *other):
        # Seeds that reached it are the fast ones: a difference over them alone would be one of luck.
        return without_pairs(baseline, other, Missing.NOT_REACHED)
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

        spread = float(d.std(ddof=1))
        error = spread / np.sqrt(d.size)
        half = float(special.stdtrit(d.size - 1, 0.5 + CONFIDENCE / 2) * error)
        if spread > 0:
            p = float(2 * special.stdtr(d.size - 1, -abs(d.mean()) / error))
            gain = float((a.var(ddof=1) + b.var(ddof=1)) / spread**2)
        else:
            p = 1.0 if d[0] == 0 else 0.0
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
    )


def without_pairs(baseline: Sequence[Value], other: Sequence[Value], reason: Missing) -> Paired:
    """Return what can be said of two arms that cannot be compared, and why they cannot."""
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
    )


def _alone(values: Sequence[Value]) -> Value:
    numbers = [value for value in values if not isinstance(value, Missing)]
    if numbers and len(numbers) == len(values):
        return float(np.mean(numbers))
    return next((value for value in values if isinstance(value, Missing)), Missing.NO_BASE)


def _spread(values: Sequence[Value]) -> float | None:
    numbers = [value for value in values if not isinstance(value, Missing)]
    return float(np.std(numbers, ddof=1)) if 2 <= len(numbers) == len(values) else None


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

    half = -float(special.stdtrit(d.size - 1, chance / 2)) * float(d.std(ddof=1)) / np.sqrt(d.size)
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
