"""Many comparisons at once: corrected p values, and estimates drawn towards their mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from govsim.results.values import Missing, Value
from govsim.statistics.paired import CONFIDENCE, Paired, chance_among_many, paired

Values = Sequence[Sequence[Value]]
"""By arm and seed."""


@dataclass(frozen=True)
class ArmPair:
    """Two arms in one measure.

    Attributes
    ----------
    first, second : int
        Places of the arms.
    difference : Value
        Mean over seeds of second minus first; missing where some seed has no number in one of them.
    interval : tuple of (float, float) or None
        Paired interval, widened for all comparisons that are made together.
    order : int
        1 or -1 where there is no mean difference, because some seed did not reach a number, and the order of the seeds tells
        that the second arm has the larger or the smaller ones; 0 otherwise.
    tested : bool
        Whether the sample can carry a verdict.
    """

    first: int
    second: int
    difference: Value
    interval: tuple[float, float] | None
    order: int = 0
    tested: bool = True

    @property
    def known(self) -> bool:
        """Whether there is anything to compare."""
        return self.tested

    @property
    def apart(self) -> bool:
        """Whether the interval leaves out zero, or the order of the seeds tells the arms apart."""
        outside = self.interval is not None and not self.interval[0] <= 0.0 <= self.interval[1]
        return self.tested and (outside or self.order != 0)

    @property
    def rises(self) -> bool:
        """Whether the second arm has the larger numbers."""
        return self.order > 0 if isinstance(self.difference, Missing) else self.difference > 0


def told_apart(values: Mapping[str, Values], places: Sequence[tuple[int, int]]) -> dict[str, list[ArmPair]]:
    """Compare arms in several measures; every measure and pair counts as one look.

    Parameters
    ----------
    values : by measure
        Numbers by arm and seed.
    places
        Pairs of arms to compare.

    Returns
    -------
    dict of lists of Pair
        By measure, in the order of ``places``.

    Notes
    -----
    Of the pairs called apart at most 5 % are expected not to be: see
    :func:`~govsim.statistics.paired.chance_among_many`.
    """
    found = {name: [(a, b, paired(rows[a], rows[b])) for a, b in places] for name, rows in values.items()}
    chance = chance_among_many(
        [result.p for results in found.values() for *_, result in results if result.carries]
    )
    return {name: [_pair(*item, chance) for item in results] for name, results in found.items()}


def _pair(first: int, second: int, result: Paired, chance: float) -> ArmPair:
    order = 0
    if result.by_order and result.p is not None and result.p <= chance:
        order = 1 if result.rises else -1
    return ArmPair(first, second, result.difference, result.interval_at(chance), order, result.carries)


def alike(values: Values, pairs: Sequence[ArmPair]) -> list[list[int]]:
    """Return groups of arms, neighbours in the order of their means (*not reached* last), of which no two are told apart.

    Largest groups only, each from the smallest mean to the largest; a group of one says nothing and is left out.
    """
    places = {arm: _place(row) for arm, row in enumerate(values) if row and Missing.NO_BASE not in row}
    order = sorted(places, key=lambda arm: (places[arm], arm))
    apart = {(p.first, p.second): p.apart for p in pairs if p.known}
    groups: list[list[int]] = []
    for start in range(len(order)):
        end = start
        while end + 1 < len(order) and not any(
            apart.get((min(arm, order[end + 1]), max(arm, order[end + 1])), True)
            for arm in order[start : end + 1]
        ):
            end += 1
        if end > start and (not groups or order[end] not in groups[-1]):
            groups.append(order[start : end + 1])
    return groups


def _place(row: Sequence[Value]) -> tuple[int, float]:
    numbers = [value for value in row if not isinstance(value, Missing)]
    return len(row) - len(numbers), float(np.mean(numbers)) if numbers else 0.0


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
