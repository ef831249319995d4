"""Which portfolios no other beats, how they do against doing nothing, and what is given up by choosing one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from govsim.statistics.paired import chance_among_many
from govsim.studies.crossover import differences as over_seeds

Floats = NDArray[np.float64]
Standing = Literal["better", "mixed", "worse", "undecided"]


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
        Interval widened for all differences looked at together; infinite where the seeds cannot carry one.
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
    :func:`~govsim.statistics.paired.chance_among_many`. Fewer seeds than a verdict takes, and equal differences too few
    for the sign test, have no bounds where they would leave out zero.
    """
    columns = np.swapaxes(differences, 1, 2)
    means, seeds = columns.mean(axis=2), columns.shape[2]
    half = np.full(means.shape, np.inf)
    if seeds > 1:
        from scipy import special

        found = over_seeds(np.zeros_like(columns), columns)
        chance = chance_among_many(found.counted)
        spread = -float(special.stdtrit(seeds - 1, chance / 2)) * found.error
        half = np.where((np.abs(means) > spread) & (found.p > chance), np.inf, spread)
    return [
        [Gap(mean, mean - wide, mean + wide) for mean, wide in zip(*row, strict=True)]
        for row in zip(means.tolist(), half.tolist(), strict=True)
    ]


def standing(row: Sequence[Gap], goals: Sequence[int]) -> Standing:
    """Return how a portfolio stands to doing nothing in these goals.

    ``better``: told apart as better in some and as worse in none; ``mixed``: better in some, worse in others; ``worse``:
    worse in some and better in none; ``undecided``: neither anywhere.
    """
    signs = {row[goal].sign for goal in goals}
    if 1 in signs:
        return "mixed" if -1 in signs else "better"
    return "worse" if -1 in signs else "undecided"


@dataclass(frozen=True)
class Order:
    """How portfolios stand to each other.

    Attributes
    ----------
    beaten_by : list of list of int
        For each portfolio, those that are told apart as better in some goal and have no worse mean in any.
    undecided : list of (int, int)
        Pairs that are told apart in no goal.
    """

    beaten_by: list[list[int]]
    undecided: list[tuple[int, int]]


def order(gains: Floats) -> Order:
    """Return how portfolios stand to each other over the same seeds.

    Parameters
    ----------
    gains : float64 array, shape (portfolios, seeds, goals)
        More is better in every goal.
    """
    count = len(gains)
    pairs = [(a, b) for a in range(count) for b in range(a + 1, count)]
    beaten: list[list[int]] = [[] for _ in range(count)]
    undecided = []
    found = gaps(np.array([gains[b] - gains[a] for a, b in pairs])) if pairs else []
    for (a, b), row in zip(pairs, found, strict=True):
        signs = {gap.sign for gap in row} - {0}
        if not signs:
            undecided.append((a, b))
        for sign, winner, loser in ((1, b, a), (-1, a, b)):
            if sign in signs and all(gap.mean * sign >= 0 for gap in row):
                beaten[loser].append(winner)
    return Order(beaten, undecided)


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
    """How a portfolio does over many districts, by goal.

    Attributes
    ----------
    better : list of float
        Share of districts in which its mean gains on doing nothing.
    change : list of Gap
        Mean gain on doing nothing over the districts.
    loss : list of Gap
        What it gives up, mean over the districts, to what is best in each district, see :func:`losses`; NaN with one seed.
    """

    better: list[float]
    change: list[Gap]
    loss: list[Gap]


def losses(gains: Floats) -> Floats:
    """Return what each portfolio gives up in each goal, shape (districts, portfolios, goals), in the goal's unit.

    The best of the others, or doing nothing, is picked in all seeds but one and compared in that one, each seed in turn: so the
    luck by which something looks best does not count as a loss, and between equal portfolios it is 0 on average. It may be
    below zero by chance.

    Parameters
    ----------
    gains : float64 array, shape (districts, portfolios, seeds, goals)
        On doing nothing; NaN comes back with one seed.
    """
    districts, _, seeds, goals = gains.shape
    options = np.concatenate([np.zeros((districts, 1, seeds, goals)), gains], axis=1)
    if seeds < 2:
        return np.full((districts, gains.shape[1], goals), np.nan)
    elsewhere = (options.sum(axis=2, keepdims=True) - options) / (seeds - 1)
    picked = np.take_along_axis(options, elsewhere.argmax(axis=1, keepdims=True), axis=1)
    return np.asarray((picked - gains).mean(axis=2))


def robustness(gains: Floats) -> list[Robustness]:
    """Return the robustness of each portfolio.

    Parameters
    ----------
    gains : float64 array, shape (districts, portfolios, seeds, goals)
        On doing nothing.
    """
    means = gains.mean(axis=2)
    better = (means > 0).mean(axis=0)
    change, loss = (gaps(np.swapaxes(of, 0, 1)) for of in (means, losses(gains)))
    return [
        Robustness(share, told, lost) for share, told, lost in zip(better.tolist(), change, loss, strict=True)
    ]
