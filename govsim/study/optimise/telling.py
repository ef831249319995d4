"""What the page says of a front beyond its numbers: which measures recur, what trades against what, what a limit cuts off."""

from __future__ import annotations

import itertools
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from govsim.study.optimise.answer import Answer

if TYPE_CHECKING:
    from govsim.scenario.schema.optimise import Limits

TRADE = 0.3
"""Rank correlation from which on two goals are called at odds, or hand in hand."""


@dataclass(frozen=True)
class Recurrence:
    """How often a measure comes up.

    Attributes
    ----------
    shown : int
        Of the portfolios that are shown.
    front : float
        Share of the portfolios of the front.
    tried : float
        Share of all that were tried.
    """

    measure: str
    shown: int
    front: float
    tried: float


@dataclass(frozen=True)
class Trade:
    """How two goals go together over the front: Spearman's rank correlation of the gains."""

    first: str
    second: str
    correlation: float


def letters(count: int) -> list[str]:
    """Return the names A, B, C... of what is shown."""
    return list(string.ascii_uppercase[:count])


def recurrences(answer: Answer) -> list[Recurrence]:
    """Return how often each measure comes up, most often in the front first."""
    tried = answer.tried.candidates
    front = [tried[n] for n in answer.front]
    found = [
        Recurrence(
            name,
            sum(place in portfolio.measures for portfolio in answer.shown),
            sum(place in portfolio.measures for portfolio in front) / len(front),
            sum(place in portfolio.measures for portfolio in tried) / len(tried),
        )
        for place, name in enumerate(answer.space.names)
    ]
    return sorted(found, key=lambda item: (-item.shown, -item.front, item.measure))


def trades(answer: Answer) -> list[Trade]:
    """Return how goals go together over the front, the most at odds first; none where the front has fewer than four."""
    if len(answer.front) < 4:
        return []
    from scipy import stats

    gains = answer.tried.gains[answer.front]
    found = []
    for a, b in itertools.combinations(range(len(answer.goals)), 2):
        if np.ptp(gains[:, a]) > 0 and np.ptp(gains[:, b]) > 0:
            value = float(stats.spearmanr(gains[:, a], gains[:, b]).statistic)
            found.append(Trade(answer.goals[a].label, answer.goals[b].label, value))
    return sorted(found, key=lambda item: item.correlation)


def inside(answer: Answer, limits: Limits, factor: float) -> list[bool]:
    """Return which of what is shown keeps the limits times a factor, by means over the fresh seeds."""
    spent = answer.final.spent[0].mean(axis=1)
    kept = []
    for hours, yuan in spent.tolist():
        most = (limits.hours_moved, limits.yuan_moved)
        kept.append(
            all(
                limit is None or value <= limit * factor
                for value, limit in zip((hours, yuan), most, strict=True)
            )
        )
    return kept


def steady(answer: Answer) -> tuple[int, int]:
    """Return how many gains have the same sign with fresh seeds in the whole district as in the search, and of how many."""
    places = [answer.tried.candidates.index(portfolio) for portfolio in answer.shown]
    before = np.sign(answer.tried.gains[places])
    after = np.sign([[gap.mean for gap in row] for row in answer.gains])
    benefits = list(answer.heads)
    same = before[:, benefits] == after[:, benefits]
    return int(same.sum()), int(same.size)
