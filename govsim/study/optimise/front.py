"""Which portfolios no other beats: by their means, by their intervals, and over many districts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from govsim.study.statistics import chance_among_many, interval_at, paired

Floats = NDArray[np.float64]
Standing = Literal["stands", "undecided", "dominated"]


def non_dominated(gains: Floats) -> NDArray[np.bool_]:
    """Return which rows no other row beats.

    Parameters
    ----------
    gains : float64 array, shape (portfolios, goals)
        More is better in every column.

    Notes
    -----
    A row beats another that is nowhere better and somewhere worse; equal rows do not beat each other.
    """
    better = (gains[:, None, :] >= gains[None, :, :]).all(axis=2) & (
        gains[:, None, :] > gains[None, :, :]
    ).any(axis=2)
    return np.asarray(~better.any(axis=0))


@dataclass(frozen=True)
class Gap:
    """A difference in one goal, over seeds.

    Attributes
    ----------
    mean : float
    low, high : float
        Interval widened for all differences looked at together; equal to the mean where every seed says the same.
    sign : int
        1 or -1 where the interval leaves out zero, else 0.
    """

    mean: float
    low: float
    high: float

    @property
    def sign(self) -> int:
        """1 or -1 where the interval leaves out zero, else 0."""
        return int(self.low > 0) - int(self.high < 0)


def gaps(differences: Floats) -> list[list[Gap]]:
    """Return mean and interval of each column of differences; all of them are looked at together.

    Parameters
    ----------
    differences : float64 array, shape (rows, seeds, goals)

    Notes
    -----
    Of those told apart from none at most 5 % are expected to be none, see
    :func:`~govsim.study.statistics.chance_among_many`.
    """
    rows, _, goals = differences.shape
    columns = [[differences[r, :, g].tolist() for g in range(goals)] for r in range(rows)]
    chance = chance_among_many([paired([0.0] * len(d), d).p for row in columns for d in row])
    return [[_gap(d, chance) for d in row] for row in columns]


def _gap(differences: Sequence[float], chance: float) -> Gap:
    mean = float(np.mean(differences))
    low, high = interval_at(differences, chance) or (-np.inf, np.inf)
    return Gap(mean, low, high)


@dataclass(frozen=True)
class Order:
    """How portfolios stand to each other.

    Attributes
    ----------
    standing : list of str
        ``dominated``: some other is told apart as better in a goal, and not worse in the mean of any; ``undecided``: no
        such other, but some that is told apart as better in a goal and as worse in none; ``stands``: neither.
    alike : list of (int, int)
        Pairs that cannot be told apart in any goal.
    beaten_by : list of list of int
        For each portfolio, those that dominate it, or may.
    """

    standing: list[Standing]
    alike: list[tuple[int, int]]
    beaten_by: list[list[int]]


def order(gains: Floats) -> Order:
    """Return how portfolios stand to each other over the same seeds.

    Parameters
    ----------
    gains : float64 array, shape (portfolios, seeds, goals)
        More is better in every goal.
    """
    count = len(gains)
    pairs = [(a, b) for a in range(count) for b in range(a + 1, count)]
    if not pairs:
        return Order(["stands"] * count, [], [[] for _ in range(count)])
    found = gaps(np.array([gains[b] - gains[a] for a, b in pairs]))
    sure: list[list[int]] = [[] for _ in range(count)]
    maybe: list[list[int]] = [[] for _ in range(count)]
    alike = []
    for (a, b), row in zip(pairs, found, strict=True):
        signs = {gap.sign for gap in row} - {0}
        if not signs:
            alike.append((a, b))
        elif len(signs) == 1:
            sign = signs.pop()
            winner, loser = (b, a) if sign > 0 else (a, b)
            everywhere = all(gap.mean * sign >= 0 for gap in row)
            (sure if everywhere else maybe)[loser].append(winner)
    standing: list[Standing] = [
        "dominated" if sure[n] else "undecided" if maybe[n] else "stands" for n in range(count)
    ]
    return Order(standing, alike, [sorted(sure[n] + maybe[n]) for n in range(count)])


def shortfalls(gains: Floats) -> Floats:
    """Return what each portfolio lacks to the best in each goal, as a share of the range, shape as ``gains``.

    Parameters
    ----------
    gains : float64 array, shape (..., portfolios, goals)
    """
    best, worst = gains.max(axis=-2, keepdims=True), gains.min(axis=-2, keepdims=True)
    width = best - worst
    return np.asarray(np.divide(best - gains, width, out=np.zeros_like(gains), where=width > 0))


def shortlist(gains: Floats, heads: Sequence[int], most: int) -> list[int]:
    """Return portfolios of a front that differ most, and what the first ones are.

    The one whose largest shortfall is smallest comes first, then the best in each of the goals ``heads``, then whichever is
    farthest from all that are chosen.

    Parameters
    ----------
    gains : float64 array, shape (portfolios, goals)
    heads
        Goals of which the best is wanted, most important first.
    most
        How many to return at most.
    """
    if not len(gains):
        return []
    lacks = shortfalls(gains)
    ranked = np.lexsort((lacks.mean(axis=1), lacks.max(axis=1)))
    chosen = [int(ranked[0])]
    for goal in heads:
        best = np.lexsort((lacks.mean(axis=1), lacks[:, goal]))
        if int(best[0]) not in chosen:
            chosen.append(int(best[0]))
    while len(chosen) < min(most, len(gains)):
        distance = np.linalg.norm(lacks[:, None, :] - lacks[None, chosen, :], axis=2).min(axis=1)
        farthest = int(distance.argmax())
        if distance[farthest] == 0:
            break
        chosen.append(farthest)
    return chosen[:most]


@dataclass(frozen=True)
class Robustness:
    """How a portfolio does over many districts, against nothing and against the others that are shown.

    Attributes
    ----------
    undominated : float
        Share of districts in which no other shown portfolio, nor doing nothing, beats it by means.
    better : float64 array, shape (goals,)
        Share of districts in which it gains on doing nothing in each goal.
    worst, middle : float64 array, shape (goals,)
        Smallest and median gain over districts.
    regret, worst_regret : float
        What it lacks to the best in each district, mean over goals, as a share of the range there: mean over
        districts and largest, 0-1.
    """

    undominated: float
    better: Floats
    worst: Floats
    middle: Floats
    regret: float
    worst_regret: float


def robustness(gains: Floats) -> list[Robustness]:
    """Return the robustness of each portfolio.

    Parameters
    ----------
    gains : float64 array, shape (districts, portfolios, goals)
        On doing nothing; means over seeds.
    """
    districts, _, goals = gains.shape
    all_of = np.concatenate([np.zeros((districts, 1, goals)), gains], axis=1)
    fronts = np.array([non_dominated(district) for district in all_of])[:, 1:]
    regret = shortfalls(all_of).mean(axis=2)[:, 1:]
    return [
        Robustness(
            float(fronts[:, n].mean()),
            np.asarray((gains[:, n] > 0).mean(axis=0)),
            np.asarray(gains[:, n].min(axis=0)),
            np.asarray(np.median(gains[:, n], axis=0)),
            float(regret[:, n].mean()),
            float(regret[:, n].max()),
        )
        for n in range(gains.shape[1])
    ]
