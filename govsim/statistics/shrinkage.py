"""Many effects at once: their spreads pooled, the effects drawn towards each other, and the worst-off group measured anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from govsim.results.values import Missing
from govsim.statistics.paired import CONFIDENCE, Paired

_FEWEST = 5
"""Effects, at least, of which spreads are pooled."""
_MOST_PRIOR = 10.0
"""Degrees of freedom, at most, that a spread borrows: that all are equal is never known."""

Numbers = NDArray[np.float64]


def pooled(results: Sequence[Paired], sizes: Sequence[float]) -> list[Paired]:
    """Return results of which each spread borrows from those of all others (Smyth 2004, moderated t).

    The spread over few seeds is itself a matter of chance. Spreads of many groups say how much they differ beyond that chance;
    each is drawn towards what is usual for a group of its size, and gets the degrees of freedom that this is worth.

    Parameters
    ----------
    results
        Results without an interval, or of arms that are identical, come back as they are.
    sizes
        People or cases behind each.
    """
    from scipy import special

    usable = [n for n, r in enumerate(results) if r.half_width and not isinstance(r.difference, Missing)]
    if len(usable) < _FEWEST:
        return list(results)
    freedom = np.array([results[n].freedom for n in usable])
    usual = special.stdtrit(freedom, 0.5 + CONFIDENCE / 2)
    variance = (np.array([results[n].half_width or 0.0 for n in usable]) / usual) ** 2
    size = np.log([max(1.0, sizes[n]) for n in usable])
    # The logarithm of a variance of so many degrees of freedom lies so far below the true one, and scatters so much.
    level = np.log(variance) - special.digamma(freedom / 2) + np.log(freedom / 2)
    trend = np.polynomial.polynomial.polyfit(size, level, 1 if np.ptp(size) > 0 else 0)
    expected = np.polynomial.polynomial.polyval(size, trend)
    scatter = float(((level - expected) ** 2).sum() / (len(usable) - len(trend)))
    more = scatter - float(special.polygamma(1, freedom / 2).mean())
    total = float(freedom.sum())
    prior = min(_MOST_PRIOR, 2.0 * _inverse_trigamma(more)) if more > 0 else _MOST_PRIOR
    centre = np.exp(expected + special.digamma(prior / 2) - np.log(prior / 2))
    both = np.minimum(prior + freedom, total)
    error = np.sqrt((prior * centre + freedom * variance) / (prior + freedom))
    found = list(results)
    for n, e, f in zip(usable, error.tolist(), both.tolist(), strict=True):
        gap = results[n].difference
        assert not isinstance(gap, Missing)
        half = float(special.stdtrit(f, 0.5 + CONFIDENCE / 2)) * e
        p = float(2 * special.stdtr(f, -abs(gap) / e))
        found[n] = replace(results[n], half_width=half, p=p, freedom=f)
    return found


def _inverse_trigamma(value: float) -> float:
    from scipy import special

    y = 0.5 + 1.0 / value
    for _ in range(50):  # Newton on 1 / trigamma, which is convex: it converges from below
        trigamma = float(special.polygamma(1, y))
        step = trigamma * (1.0 - trigamma / value) / float(special.polygamma(2, y))
        y += step
        if -step / y < 1e-8:
            break
    return y


def shrunken(effects: Sequence[float], errors: Sequence[float]) -> tuple[Numbers, Numbers]:
    """Return effects drawn towards their mean by how uncertain each is, and what is left open (empirical Bayes).

    The largest of many noisy effects are too large by chance. True effects are taken to scatter about their mean with a
    variance that is estimated from all of them (DerSimonian and Laird 1986); where they do not scatter more than chance
    makes them, all are the mean.
    """
    x, variance = np.asarray(effects, dtype=np.float64), np.asarray(errors, dtype=np.float64) ** 2
    between = _between(x, variance)
    total = between + variance
    weight = np.divide(1.0, total, out=np.ones_like(total), where=total > 0)
    mean = float((weight * x).sum() / weight.sum())
    kept = between * weight if between else np.zeros_like(x)
    return mean + kept * (x - mean), np.sqrt(kept * variance + (1.0 - kept) ** 2 / weight.sum())


def _between(x: Numbers, variance: Numbers) -> float:
    if x.size < 2 or not (variance > 0).all():
        return float(x.var(ddof=1)) if x.size > 1 else 0.0
    weight = 1.0 / variance
    mean = (weight * x).sum() / weight.sum()
    surplus = float((weight * (x - mean) ** 2).sum()) - (x.size - 1)
    return max(0.0, surplus / float(weight.sum() - (weight**2).sum() / weight.sum()))


def worst_off(
    levels: Sequence[Numbers], cases: Sequence[Numbers], direction: int, *, independent: bool = False
) -> tuple[list[Numbers], list[NDArray[np.int64]]]:
    """Return for each arm and seed the level of the group that is worst off in the other seeds.

    The lowest of many noisy levels is too low by chance, and the more so the fewer cases each has. So levels are first drawn
    towards their mean by how few cases they have, over both arms together; and the seed in which the worst-off group is
    measured has no part in choosing it.

    Parameters
    ----------
    levels, cases : for each arm, arrays of shape (groups, seeds)
        Level of each group, NaN where it has none, and the cases behind it.
    direction
        1 where more is better, -1 where less is.
    independent
        The arms have nothing in common seed by seed.

    Returns
    -------
    values : for each arm, array of shape (seeds,)
        NaN where the group has no level there, or no group could be chosen.
    chosen : for each arm, array of shape (seeds,)
        Place of the group; -1 where none could be chosen.
    """
    values = [np.full(arm.shape[1], np.nan) for arm in levels]
    chosen = [np.full(arm.shape[1], -1) for arm in levels]
    for n, arm in enumerate(levels):
        for seed in range(arm.shape[1]):
            kept = [
                np.arange(other.shape[1]) != seed
                if m == n or not independent
                else np.full(other.shape[1], True)
                for m, other in enumerate(levels)
            ]
            group = _lowest(
                [other[:, some] for other, some in zip(levels, kept, strict=True)],
                [other[:, some] for other, some in zip(cases, kept, strict=True)],
                direction,
            )
            if group is not None:
                values[n][seed], chosen[n][seed] = arm[group, seed], group
    return values, chosen


def _lowest(levels: Sequence[Numbers], cases: Sequence[Numbers], direction: int) -> int | None:
    """Return the group whose level is worst, after drawing all of them towards their mean."""
    total, mean, squares, freedom = np.zeros(len(levels[0])), np.zeros(len(levels[0])), 0.0, 0
    for x, c in zip(levels, cases, strict=True):
        weight = np.where(np.isnan(x), 0.0, c)
        filled = np.nan_to_num(x)
        base = weight.sum(axis=1)
        own = np.divide((weight * filled).sum(axis=1), base, out=np.zeros_like(base), where=base > 0)
        squares += float((weight * (filled - own[:, None]) ** 2).sum())
        freedom += int(np.maximum(0, (weight > 0).sum(axis=1) - 1).sum())
        mean += base * own
        total += base
    known = np.flatnonzero(total > 0)
    if not known.size or not freedom:
        return None
    drawn, _ = shrunken(
        (mean[known] / total[known]).tolist(), np.sqrt(squares / freedom / total[known]).tolist()
    )
    if np.ptp(drawn) == 0:  # nothing tells them apart: the one with most cases is measured best
        return int(known[np.argmax(total[known])])
    return int(known[np.argmin(direction * drawn)])
