"""What a sweep shows: ranges of indicators over the points, what each follows, and which model is best where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from govsim.results.declare import Indicator
from govsim.study.experiments import Experiments
from govsim.study.statistics import CONFIDENCE, holm, paired

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
        Points at which it has a value in every run.
    low, mean, high : float
        Of the means over seeds, over those points; NaN where there are none.
    follows : int or None
        The parameter, by place, with the largest rank correlation; None where none can be told from no correlation.
    correlation : float
        Spearman's, of that parameter; 0 without.
    """

    indicator: Indicator
    model: int
    points: int
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


def swept(experiments: Experiments, indicator: Indicator) -> list[Swept]:
    """Return an indicator's range and what it follows, model by model; points at which a run has no value are left out."""
    values = experiments.values(indicator.name, missing=True)
    points = experiments.design.points
    found = []
    for model in range(values.shape[1]):
        whole = np.isfinite(values[:, model]).all(axis=1)
        means = values[whole, model].mean(axis=1)
        follows, correlation = strongest(points[whole], means)
        spread = (means.min(), means.mean(), means.max()) if whole.any() else (np.nan, np.nan, np.nan)
        low, mean, high = map(float, spread)
        found.append(Swept(indicator, model, int(whole.sum()), low, mean, high, follows, correlation))
    return found


def strongest(points: NDArray[np.float64], means: NDArray[np.float64]) -> tuple[int | None, float]:
    """Return the column of ``points`` that ``means`` follow most, and Spearman's correlation with it.

    None unless that correlation is clear among as many as there are columns (Holm).
    """
    if len(means) < _LEAST_POINTS or np.ptp(means) == 0:
        return None, 0.0
    from scipy import stats

    correlations, chances = [], []
    for column in points.T:
        if np.ptp(column) == 0:
            correlations.append(0.0)
            chances.append(1.0)
            continue
        result = stats.spearmanr(column, means)
        correlations.append(float(result.statistic))
        chances.append(float(result.pvalue))
    top = int(np.argmax(np.abs(correlations)))
    corrected = holm(chances)[top]
    if corrected is None or corrected >= 1.0 - CONFIDENCE:
        return None, 0.0
    return top, correlations[top]


def best(values: NDArray[np.float64], indicator: Indicator) -> Best:
    """Return which model is best at each point, by paired 95 % intervals corrected over the pairs of models (Holm).

    Parameters
    ----------
    values
        Shape (points, models, seeds), NaN where a run has no value.
    indicator
        Its direction says what better is; it must not be 0.

    Raises
    ------
    ValueError
        If neither more nor less of it is better.
    """
    if indicator.direction == 0:
        raise ValueError(f"{indicator.name} is neither better nor worse when it grows")
    good = values * indicator.direction
    winners = np.full(len(values), UNDECIDED)
    pairs = list(combinations(range(values.shape[1]), 2))
    for point, at in enumerate(good):
        if not np.isfinite(at).all():
            winners[point] = NO_VALUE
            continue
        top = int(np.argmax(at.mean(axis=1)))
        tests = [paired(list(at[a]), list(at[b])) for a, b in pairs]
        chances = dict(zip(pairs, holm([test.p for test in tests]), strict=True))
        rivals = [chances[min(top, other), max(top, other)] for other in range(len(at)) if other != top]
        if rivals and all(p is not None and p < 1.0 - CONFIDENCE for p in rivals):
            winners[point] = top
    return Best(indicator, winners)


def judged(experiments: Experiments, chosen: Sequence[Indicator]) -> list[Best]:
    """Return which model is best where, for the indicators that have a better and a worse."""
    if len(experiments.models) < 2:
        return []
    return [best(experiments.values(item.name, missing=True), item) for item in chosen if item.direction != 0]
