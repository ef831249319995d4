"""Which interval a difference gets: the paired one, or that of independent samples where pairing cost instead of gaining."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from govsim.results.values import Missing, Value
from govsim.statistics.paired import (
    CONFIDENCE,
    Paired,
    ordered,
    paired,
    smallest_step,
    spread_of,
    without_pairs,
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
