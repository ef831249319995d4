"""Where one governance model is better, where another is, and where that cannot be said.

At every point of a design two models are compared seed by seed. A point belongs to one of three classes: the first is
better, the second is better, or undecided. Because many points are looked at, the interval that decides is wider than
95 %: of all points (and pairs of models) that are called for one of the two, at most 5 % are expected to be called
wrongly (Benjamini and Hochberg 1995; Benjamini and Yekutieli 2005 for the intervals). What was not reached within a run
comes after everything that was: such points have no mean, and the sign test decides them.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from govsim.results.declare import Indicator
from govsim.scenario.studies import Factor
from govsim.statistics.paired import CONFIDENCE, FEWEST_SEEDS, chance_among_many
from govsim.studies.experiments import Design, Experiments

DOMINATING = 0.9
"""Share of points in which a model is best above which its costs are to be checked."""
MIDDLE = (0.1, 0.9)
"""Quantiles between which today's point is an ordinary one."""


class PointOwner(IntEnum):
    """To whom a point belongs."""

    SECOND = -1
    UNDECIDED = 0
    FIRST = 1
    NO_VALUE = 2


LETTERS = {PointOwner.FIRST: "A", PointOwner.UNDECIDED: ".", PointOwner.SECOND: "B", PointOwner.NO_VALUE: "?"}
"""One letter a point where classes are written in a row."""


class Rank(IntEnum):
    """How a model stands at a point among all of them."""

    NOT_BEST = -1
    UNDECIDED = 0
    BEST = 1


@dataclass(frozen=True)
class Map:
    """One indicator over all points, for every pair of models.

    Attributes
    ----------
    indicator : Indicator
        With a direction.
    pairs : tuple of (int, int)
        Positions of the first and the second model.
    difference : float64 array, shape (pairs, points)
        Second minus first, mean over seeds, in the indicator's unit; infinite where some seed did not reach it, NaN where
        some seed has no value.
    error : float64 array, shape (pairs, points)
        Standard error of it; NaN where there is no mean.
    seeds : int
        Pairs of runs at each point.
    chance : float
        Chance with which an interval that decides misses the truth; at most 0.05.
    sides : int8 array, shape (pairs, points)
        :class:`PointOwner` of each point.
    """

    indicator: Indicator
    pairs: tuple[tuple[int, int], ...]
    difference: NDArray[np.float64]
    error: NDArray[np.float64]
    seeds: int
    chance: float
    sides: NDArray[np.int8]

    def half_width(self, confidence: float) -> NDArray[np.float64]:
        """Return half of the t interval with this confidence, shape (pairs, points)."""
        from scipy import special

        return np.asarray(special.stdtrit(self.seeds - 1, 0.5 + confidence / 2) * self.error)

    def count(self, pair: int, side: PointOwner) -> int:
        """Return the number of points of a pair that belong to a side."""
        return int((self.sides[pair] == side).sum())


def pairs_of(models: int) -> tuple[tuple[int, int], ...]:
    """Return every pair of models by position, in order."""
    return tuple(itertools.combinations(range(models), 2))


@dataclass(frozen=True)
class Differences:
    """Differences over seeds, each with the chance to see one as large if there were none.

    Attributes
    ----------
    difference, error : float64 arrays
        As in :class:`Map`.
    sign : float64 array
        1 or -1, the way in which the test looks; 0 for neither.
    p : float64 array
        Of the paired t test; of the sign test where some seed is infinite or all seeds are equal, so that they have no
        spread. NaN where some seed has no value, 1 where there are fewer seeds than a verdict takes.
    """

    difference: NDArray[np.float64]
    error: NDArray[np.float64]
    sign: NDArray[np.float64]
    p: NDArray[np.float64]

    @property
    def counted(self) -> list[float]:
        """The p values that there are."""
        return [float(p) for p in self.p[np.isfinite(self.p)]]


def differences(first: NDArray[np.float64], second: NDArray[np.float64]) -> Differences:
    """Return second minus first, paired by seed.

    Parameters
    ----------
    first, second : shape (..., seeds)
        Two seeds or more; infinite where it was not reached, NaN where a run has no value.
    """
    from scipy import special

    seeds = first.shape[-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        d = np.where(np.isinf(first) & np.isinf(second), 0.0, second - first)
        mean, error = d.mean(axis=-1), d.std(axis=-1, ddof=1) / np.sqrt(seeds)
        p = 2.0 * special.stdtr(seeds - 1, -np.abs(mean) / error)
    known, late = ~np.isnan(d).any(axis=-1), (np.isinf(first) | np.isinf(second)).any(axis=-1)
    above, below = (d > 0).sum(axis=-1), (d < 0).sum(axis=-1)
    by_signs = known & (late | (error == 0))
    signs = np.minimum(1.0, 2.0 * special.bdtr(np.minimum(above, below), above + below, 0.5))
    sign = np.sign(np.where(by_signs, above - below, mean))
    error = np.where(known & ~late, error, np.nan)
    mean = np.where(known & late, np.inf, mean)
    p = np.where(by_signs, signs, p) if seeds >= FEWEST_SEEDS else np.ones(p.shape)
    return Differences(mean, error, sign, np.where(known, p, np.nan))


def classify(
    values: NDArray[np.float64],
    indicator: Indicator,
    pairs: Sequence[tuple[int, int]] | None = None,
    chance: float | None = None,
) -> Map:
    """Return the map of one indicator.

    Parameters
    ----------
    values : shape (points, models, seeds)
        Infinite where it was not reached, NaN where a run has no value.
    pairs
        Which models are compared; all pairs where not given.
    chance
        As in :class:`Map`, where more is looked at than this indicator.

    Raises
    ------
    ValueError
        Below two seeds, or where neither more nor less of the indicator is better.
    """
    seeds = values.shape[2]
    if seeds < 2:
        raise ValueError("an interval needs two seeds")
    if indicator.direction == 0:
        raise ValueError(f"of {indicator.name}, neither more nor less is better")
    chosen = tuple(pairs) if pairs is not None else pairs_of(values.shape[1])
    by_model = np.moveaxis(values, 1, 0)
    found = differences(*(by_model[[pair[side] for pair in chosen]] for side in (0, 1)))
    limit = chance_among_many(found.counted) if chance is None else chance
    sides = np.where(found.p <= limit, -indicator.direction * found.sign, PointOwner.UNDECIDED)
    sides = np.where(np.isnan(found.p), PointOwner.NO_VALUE, sides).astype(np.int8)
    return Map(indicator, chosen, found.difference, found.error, seeds, limit, sides)


def rank_models(pairs: Sequence[tuple[int, int]], sides: NDArray[np.int8], models: int) -> NDArray[np.int8]:
    """Return how each model stands at each point, shape (models, points), by :class:`Rank`.

    A model is best where it is better than every other one, not best where some other one is better than it, and
    undecided elsewhere.

    Parameters
    ----------
    pairs
        Every pair of models.
    sides : shape (pairs, points)
        :class:`PointOwner` of each point.
    """
    beaten = np.zeros((models, sides.shape[1]), np.bool_)
    ahead = np.zeros(beaten.shape, np.intp)
    for (first, second), here in zip(pairs, sides, strict=True):
        beaten[first] |= here == PointOwner.SECOND
        beaten[second] |= here == PointOwner.FIRST
        ahead[first] += here == PointOwner.FIRST
        ahead[second] += here == PointOwner.SECOND
    best = np.where(ahead == models - 1, Rank.BEST, Rank.UNDECIDED)
    return np.where(beaten, Rank.NOT_BEST, best).astype(np.int8)


def quantile(today: float, others: NDArray[np.float64]) -> float | None:
    """Return the share of points whose difference is below today's, ties half; None where there is none to count."""
    others = others[np.isfinite(others)]
    if not np.isfinite(today) or not len(others):
        return None
    return float(((others < today).sum() + 0.5 * (others == today).sum()) / len(others))


def ordinary(place: float) -> bool:
    """Return whether a quantile lies in the middle of the map."""
    return MIDDLE[0] <= place <= MIDDLE[1]


@dataclass(frozen=True)
class Separation:
    """How well one parameter tells the points of a region from the others.

    Attributes
    ----------
    factor : Factor
    chance_higher : float
        Chance that a point of the region has the higher value of two points, one from inside and one from outside.
    low, middle, high : float
        10 %, 50 % and 90 % quantile of the parameter in the region.
    """

    factor: Factor
    chance_higher: float
    low: float
    middle: float
    high: float


def region(design: Design, inside: NDArray[np.bool_], at_most: int = 3) -> list[Separation]:
    """Return the parameters that tell a region from the rest of the design, the best first.

    Parameters
    ----------
    inside : shape (points,)
    at_most
        How many are returned. Only those are whose difference would be seen by chance in less than 5 % of cases, all
        parameters taken together (rank-sum test of Mann and Whitney, corrected by Bonferroni).
    """
    count = int(inside.sum())
    if not 0 < count < len(design):
        return []
    from scipy import stats

    found = []
    for rank, factor in enumerate(design.factors):
        here, there = design.points[inside, rank], design.points[~inside, rank]
        test = stats.mannwhitneyu(here, there)
        if test.pvalue * len(design.factors) < 1.0 - CONFIDENCE:
            higher = float(test.statistic) / (len(here) * len(there))
            low, middle, high = (float(part) for part in np.quantile(here, [0.1, 0.5, 0.9]))
            found.append(Separation(factor, higher, low, middle, high))
    return sorted(found, key=lambda item: -abs(item.chance_higher - 0.5))[:at_most]


def influential(design: Design, difference: NDArray[np.float64], at_most: int) -> tuple[Factor, ...]:
    """Return the parameters that go with a difference most closely (rank correlation), the closest first."""
    from scipy import stats

    known = np.isfinite(difference)
    if len(design.factors) <= at_most and known.sum() < 3:
        return design.factors
    strength = []
    for rank, factor in enumerate(design.factors):
        varies = known.sum() >= 3 and np.ptp(design.points[known, rank]) and np.ptp(difference[known])
        found = stats.spearmanr(design.points[known, rank], difference[known]).statistic if varies else 0.0
        strength.append((-abs(float(found)), rank, factor))
    return tuple(factor for _, _, factor in sorted(strength, key=lambda item: item[:2])[:at_most])


def with_today(design: Design) -> Design:
    """Return the design with today's point, the scenario's own values, as its last."""
    today = np.array([factor.today for factor in design.factors])
    return Design(design.factors, np.vstack([design.points, today]))


@dataclass(frozen=True)
class Crossover:
    """Maps of several models over one design, and today's point beside them.

    Attributes
    ----------
    design : Design
        Without today's point.
    labels : tuple of str
        Of the models.
    seeds : int
    maps : tuple of Map
        One an indicator; classes are corrected over all points and pairs of that indicator.
    today : tuple of Map
        The same at today's point alone: one point.
    """

    design: Design
    labels: tuple[str, ...]
    seeds: int
    maps: tuple[Map, ...]
    today: tuple[Map, ...]

    def place(self, indicator: int, pair: int) -> float | None:
        """Return the quantile of today's difference among the differences of the map."""
        return quantile(
            float(self.today[indicator].difference[pair, 0]), self.maps[indicator].difference[pair]
        )


def crossover(experiments: Experiments, indicators: Sequence[Indicator]) -> Crossover:
    """Return the maps of a design whose last point is today's (see :func:`with_today`)."""
    values = [experiments.ordered(indicator.name) for indicator in indicators]
    design = experiments.design
    return Crossover(
        Design(design.factors, design.points[:-1]),
        experiments.labels,
        len(experiments.seeds),
        tuple(classify(v[:-1], indicator) for v, indicator in zip(values, indicators, strict=True)),
        tuple(classify(v[-1:], indicator) for v, indicator in zip(values, indicators, strict=True)),
    )


@dataclass(frozen=True)
class Switch:
    """Where the sign of a difference turns when one parameter moves and the others stay as today.

    Attributes
    ----------
    factor : Factor
    levels : float64 array, shape (levels,)
        Values that were run, ascending, today's among them.
    difference, half_width : float64 arrays, shape (levels,)
        Mean over seeds and half of the t interval that decides; NaN where some seed has no value, the difference infinite
        where some seed did not reach it.
    value : float or None
        Between two levels of which one is decided for the first and the other for the second, with none decided between
        them: where straight lines between the means cross zero. The one nearest to today's value; None where there are no
        two such levels.
    low, high : float or None
        Where the interval comes to leave zero out on both sides of the value: between them the sign is undecided.
    turns : int
        How often the decided sign turns.
    decided : int
        Levels that are decided.
    """

    factor: Factor
    levels: NDArray[np.float64]
    difference: NDArray[np.float64]
    half_width: NDArray[np.float64]
    value: float | None
    low: float | None
    high: float | None
    turns: int
    decided: int


def levels_of(factor: Factor, count: int) -> NDArray[np.float64]:
    """Return equally spaced values over the range of a parameter, and today's."""
    values = np.linspace(factor.low, factor.high, count)
    if factor.whole:
        values = np.round(values)
    return np.unique(np.append(values, factor.today))


def one_at_a_time(
    factors: Sequence[Factor], moved: Sequence[Factor], count: int
) -> tuple[Design, list[slice]]:
    """Return the design that moves each of ``moved`` alone, the others as today, and the points of each."""
    rows: list[NDArray[np.float64]] = []
    places = []
    paths = [factor.path for factor in factors]
    for factor in moved:
        levels = levels_of(factor, count)
        points = np.tile([item.today for item in factors], (len(levels), 1))
        points[:, paths.index(factor.path)] = levels
        places.append(slice(sum(map(len, rows)), sum(map(len, rows)) + len(levels)))
        rows.append(points)
    return Design(tuple(factors), np.concatenate(rows)), places


def switch(
    factor: Factor, levels: NDArray[np.float64], found: Differences, seeds: int, chance: float
) -> Switch:
    """Return where the sign turns.

    Parameters
    ----------
    levels : shape (levels,)
        Ascending.
    found
        Differences at the levels, over so many seeds.
    chance
        p value up to which a level is decided, see :func:`~govsim.statistics.paired.chance_among_many`: it should count all
        that is looked at together.
    """
    from scipy import special

    half = np.asarray(-special.stdtrit(seeds - 1, chance / 2) * found.error)
    decided = np.flatnonzero(found.p <= chance)
    ends = [(a, b) for a, b in pairwise(decided.tolist()) if found.sign[a] * found.sign[b] < 0]
    turns = [_turn(levels[a : b + 1], found.difference[a : b + 1], half[a : b + 1]) for a, b in ends]
    value, low, high = min(turns, key=lambda turn: abs(turn[0] - factor.today), default=(None, None, None))
    return Switch(factor, levels, found.difference, half, value, low, high, len(turns), len(decided))


def _turn(
    levels: NDArray[np.float64], mean: NDArray[np.float64], half: NDArray[np.float64]
) -> tuple[float, float, float]:
    """Return where the mean crosses zero between two decided levels, the first and the last, and where it is decided.

    Where there are no means, nothing is known between the ends but that the sign turns there.
    """
    first, last = float(levels[0]), float(levels[-1])
    if not np.isfinite(mean[[0, -1]]).all():
        return (first + last) / 2, first, last
    known = np.isfinite(mean) & (mean != 0)
    levels, half, up = levels[known], half[known], np.sign(mean[-1]) * mean[known]
    crossings = [
        float(x - (y - x) * a / (b - a))
        for (x, y), (a, b) in zip(pairwise(levels), pairwise(up), strict=True)
        if a * b < 0
    ]
    return (
        float(np.median(crossings)),
        _leaves(levels, -(up + half)),
        _leaves(levels[::-1], (up - half)[::-1]),
    )


def _leaves(levels: NDArray[np.float64], margin: NDArray[np.float64]) -> float:
    """Return where, coming from a decided level, the margin falls to zero."""
    here, above = float(levels[0]), float(margin[0])
    for x, y in zip(levels[1:].tolist(), margin[1:].tolist(), strict=True):
        if y <= 0:
            return here + (x - here) * above / (above - y) if above > y else here
        here, above = x, y
    return here
