"""What a sweep shows: ranges of indicators over the points, what each follows, and which model is best where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from govsim.results.declare import Indicator
from govsim.statistics.paired import chance_among_many, holm
from govsim.studies.crossover import Map, Rank, classify, differences, pairs_of, rank_models
from govsim.studies.experiments import Experiments

_LEAST_POINTS = 5
"""Fewer points have no rank correlation that could be told from none."""


@dataclass(frozen=True)
class Swept:
    """An indicator under one model, over the points of a design.

    Attributes
    ----------
    model : int
        Place among the models.
    points : int
        Points at which it has a value in every run, or was not reached in some.
    late : int
        Points of these at which it was not reached in some run: they count as beyond all others.
    low, mean, high : float
        Of the means over seeds, over those points; infinite where it was not reached, NaN where there are no points.
    follows : int or None
        The parameter, by place, with the largest rank correlation; None where none can be told from no correlation.
    correlation : float
        Kendall's, of that parameter; 0 without.
    """

    indicator: Indicator
    model: int
    points: int
    late: int
    low: float
    mean: float
    high: float
    follows: int | None
    correlation: float


@dataclass(frozen=True)
class Best:
    """Which model is best in an indicator, point by point.

    Attributes
    ----------
    winners : int array, shape (points,)
        Place of the model that is better than every other one; -1 where that is undecided, -2 where a run has no value.
    """

    indicator: Indicator
    winners: NDArray[np.int64]

    def share(self, winner: int) -> float:
        """Return the share of points with this winner."""
        return float((self.winners == winner).mean())


UNDECIDED, NO_VALUE = -1, -2


def swept(experiments: Experiments, indicators: Sequence[Indicator]) -> list[Swept]:
    """Return ranges of indicators and what they follow, model by model; points at which a run has no value are left out.

    All indicators, models and parameters are looked at together (Holm over the parameters of one, Benjamini and Hochberg over
    the rest).
    """
    found = [
        _swept(experiments, item, model) for item in indicators for model in range(len(experiments.models))
    ]
    chance = chance_among_many([p for _, p in found])
    return [item if p <= chance else replace(item, follows=None, correlation=0.0) for item, p in found]


def _swept(experiments: Experiments, indicator: Indicator, model: int) -> tuple[Swept, float]:
    """Return the range under one model, the parameter that it follows most, and the p value of that."""
    values = experiments.ordered(indicator.name)[:, model]
    whole = ~np.isnan(values).any(axis=1)
    means = values[whole].mean(axis=1)
    spread = (means.min(), means.mean(), means.max()) if whole.any() else (np.nan, np.nan, np.nan)
    low, mean, high = map(float, spread)
    late = int(np.isinf(means).sum())
    top, correlation, p = strongest(experiments.design.points[whole], means)
    return Swept(indicator, model, int(whole.sum()), late, low, mean, high, top, correlation), p


def strongest(points: NDArray[np.float64], means: NDArray[np.float64]) -> tuple[int, float, float]:
    """Return the column of ``points`` that ``means`` follow most, Kendall's correlation with it, and its p value.

    Few points have an exact p value, which Spearman's correlation has not. It is corrected over the columns (Holm); it is 1
    where there are too few points or nothing varies.
    """
    from scipy import stats

    ranks = stats.rankdata(means)
    if len(means) < _LEAST_POINTS or np.ptp(ranks) == 0:
        return 0, 0.0, 1.0
    found = [stats.kendalltau(column, ranks) if np.ptp(column) else None for column in points.T]
    correlations = [0.0 if one is None else float(one.statistic) for one in found]
    chances = holm([1.0 if one is None else float(one.pvalue) for one in found])
    top = int(np.argmax(np.abs(correlations)))
    return top, correlations[top], chances[top] or 0.0


def best(values: Sequence[NDArray[np.float64]], indicators: Sequence[Indicator]) -> list[Best]:
    """Return which model is best at each point, in each indicator.

    A model is best where it is told apart as better than every other one. All points, pairs of models and indicators are
    looked at together: of two equal models, at most 5 % of studies call one better anywhere.

    Parameters
    ----------
    values : one array an indicator, shape (points, models, seeds)
        Infinite where it was not reached, NaN where a run has no value.
    indicators
        Their directions say what better is; none may be 0.

    Raises
    ------
    ValueError
        If some indicator is neither better nor worse when it grows.
    """
    for item in indicators:
        if item.direction == 0:
            raise ValueError(f"{item.name} is neither better nor worse when it grows")
    missing = [np.isnan(found).any(axis=(1, 2)) for found in values]
    if any(found.shape[2] < 2 for found in values):  # one seed decides nothing
        level = [np.full(len(found), UNDECIDED) for found in values]
    else:
        pairs = np.array(pairs_of(values[0].shape[1]))
        by_model = [np.moveaxis(found, 1, 0) for found in values]
        chance = chance_among_many(
            [p for found in by_model for p in differences(found[pairs[:, 0]], found[pairs[:, 1]]).counted]
        )
        level = [
            _winners(classify(v, item, chance=chance)) for v, item in zip(values, indicators, strict=True)
        ]
    return [
        Best(item, np.where(without, NO_VALUE, winners))
        for item, without, winners in zip(indicators, missing, level, strict=True)
    ]


def _winners(found: Map) -> NDArray[np.int64]:
    """Return the place of the model that is best at each point, or that there is none."""
    models = found.pairs[-1][-1] + 1
    ranks = rank_models(found.pairs, found.sides, models) == Rank.BEST
    return np.where(ranks.any(axis=0), ranks.argmax(axis=0), UNDECIDED)


def judged(experiments: Experiments, chosen: Sequence[Indicator]) -> list[Best]:
    """Return which model is best where, for the indicators that have a better and a worse."""
    directed = [item for item in chosen if item.direction != 0]
    if len(experiments.models) < 2 or not directed:
        return []
    return best([experiments.ordered(item.name) for item in directed], directed)
