"""What the page says beyond its numbers: what is better and worse, which measures recur, what a limit cuts off."""

from __future__ import annotations

import string
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from govsim.studies.optimise.answer import OptimiseAnswer
from govsim.studies.optimise.front import Gap

if TYPE_CHECKING:
    from govsim.scenario.schema.study import SpendingLimits


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
class Verdicts:
    """Goals, by place, in which a portfolio is better and worse than doing nothing, and in which that is undecided."""

    better: tuple[int, ...]
    worse: tuple[int, ...]
    undecided: tuple[int, ...]


def verdicts(row: Sequence[Gap], goals: Sequence[int]) -> Verdicts:
    """Return what is said of a row of a table in these goals; every sentence about a table is made of it."""
    better, worse, undecided = (tuple(n for n in goals if row[n].sign == sign) for sign in (1, -1, 0))
    return Verdicts(better, worse, undecided)


def letters(count: int) -> list[str]:
    """Return the names A, B, C... of what is shown."""
    return list(string.ascii_uppercase[:count])


def recurrences(answer: OptimiseAnswer) -> list[Recurrence]:
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


def inside(answer: OptimiseAnswer, limits: SpendingLimits, factor: float) -> list[bool]:
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


def steady(answer: OptimiseAnswer) -> tuple[int, int]:
    """Return how many gains have the same sign with fresh seeds in the whole district as in the search, and of how many."""
    places = [answer.tried.candidates.index(portfolio) for portfolio in answer.shown]
    before = np.sign(answer.tried.gains[places])
    after = np.sign([[gap.mean for gap in row] for row in answer.gains])
    benefits = list(answer.heads)
    same = before[:, benefits] == after[:, benefits]
    return int(same.sum()), int(same.size)
