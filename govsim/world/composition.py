"""Which kinds of household there are, weighted so that sizes and ages come out as declared.

A *composition* says who lives together: a young couple with a child, a widow, three generations. Each has a
prior weight; the weights are then raked (maximum entropy: the nearest weights, in the Kullback-Leibler sense,
that meet the declared household sizes and age structure; Deming & Stephan 1940, Ireland & Kullback 1968).
Every expected share is therefore exact, and people in one household still fit together.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from govsim.scenario.messages import Place, Problem, ScenarioError
from govsim.scenario.schema.population import Population

MAX_SIZE = 6
CHILD, YOUNG, MIDDLE, OLD, OLDEST = range(5)
BAND_LOW = np.array([0, 18, 40, 61, 75], np.int64)
BAND_HIGH = np.array([17, 39, 60, 74, 95], np.int64)
"""Age bands: 0-17, 18-39, 40-60, 61-74, 75-95 (nobody is drawn older)."""

OWN, PARTNER, YOUNGER, OLDER = range(4)
"""How ages relate: free in the band, near the member before, a generation below or above the head."""
GENERATION = 20
"""Least years between parent and child."""


class Compositions(NamedTuple):
    """Tables for the kernels; ``T`` compositions.

    ``cumulative`` (T,): cumulative weight, last is 1. ``size`` (T,): members. ``low``, ``high`` (T, 6):
    youngest and oldest age of each member. ``relation`` (T, 6). ``partnered``: expected share of residents
    who live as a couple.
    """

    cumulative: NDArray[np.float64]
    size: NDArray[np.uint8]
    low: NDArray[np.uint8]
    high: NDArray[np.uint8]
    relation: NDArray[np.uint8]
    partnered: float


Member = tuple[int, int]


def _couple(band: int, *others: Member) -> tuple[Member, ...]:
    return ((band, PARTNER), *others)


def _rows() -> list[tuple[float, list[Member]]]:
    child, grown = (CHILD, YOUNGER), (YOUNG, YOUNGER)
    rows: list[tuple[float, int, tuple[Member, ...]]] = [
        (0.20, YOUNG, ()),
        (0.30, MIDDLE, ()),
        (0.30, OLD, ()),
        (0.20, OLDEST, ()),
        (0.12, YOUNG, _couple(YOUNG)),
        (0.30, MIDDLE, _couple(MIDDLE)),
        (0.25, OLD, _couple(OLD)),
        (0.10, OLDEST, _couple(OLDEST)),
        (0.05, YOUNG, (child,)),
        (0.05, MIDDLE, (child,)),
        (0.08, MIDDLE, (grown,)),
        (0.03, OLD, ((MIDDLE, YOUNGER),)),
        (0.02, OLDEST, ((OLD, YOUNGER),)),
        (0.02, OLD, (child,)),
        (0.30, YOUNG, _couple(YOUNG, child)),
        (0.20, MIDDLE, _couple(MIDDLE, child)),
        (0.30, MIDDLE, _couple(MIDDLE, grown)),
        (0.10, OLD, _couple(OLD, (MIDDLE, YOUNGER))),
        (0.10, MIDDLE, _couple(MIDDLE, (OLDEST, OLDER))),
        (0.05, OLD, _couple(OLD, child)),
        (0.30, YOUNG, _couple(YOUNG, child, child)),
        (0.15, MIDDLE, _couple(MIDDLE, child, grown)),
        (0.20, YOUNG, _couple(YOUNG, child, (OLD, OLDER))),
        (0.15, MIDDLE, _couple(MIDDLE, grown, (OLDEST, OLDER))),
        (0.10, MIDDLE, _couple(MIDDLE, child, (OLDEST, OLDER))),
        (0.10, MIDDLE, _couple(MIDDLE, grown, grown)),
        (0.50, YOUNG, _couple(YOUNG, child, (OLD, OLDER), (OLD, PARTNER))),
        (0.20, MIDDLE, _couple(MIDDLE, child, child, (OLDEST, OLDER))),
        (0.30, MIDDLE, _couple(MIDDLE, grown, (OLDEST, OLDER), (OLDEST, PARTNER))),
        (0.60, YOUNG, _couple(YOUNG, child, child, (OLD, OLDER), (OLD, PARTNER))),
        (0.40, MIDDLE, _couple(MIDDLE, child, grown, (OLDEST, OLDER), (OLDEST, PARTNER))),
    ]
    # Adults of one band sharing a home, and one adult with many children: rare, but they keep unusual
    # declared structures within reach.
    adults = (YOUNG, MIDDLE, OLD, OLDEST)
    for size in range(2, MAX_SIZE + 1):
        rows += [(0.01, band, ((band, OWN),) * (size - 1)) for band in adults]
        if size > 2:
            rows += [(0.001, band, (child,) * (size - 1)) for band in adults]
    return [(weight, [(head, OWN), *others]) for weight, head, others in rows]


def _head_range(members: list[Member]) -> tuple[int, int]:
    """Return the ages of a head for whom every relative's band holds somebody a generation away."""
    low, high = int(BAND_LOW[members[0][0]]), int(BAND_HIGH[members[0][0]])
    for band, relation in members[1:]:
        if relation == YOUNGER:
            low = max(low, int(BAND_LOW[band]) + GENERATION + (3 if band == CHILD else 0))
            if band == CHILD and members[0][0] in (YOUNG, MIDDLE):
                high = min(high, int(BAND_HIGH[band]) + 35)
        elif relation == OLDER:
            high = min(high, int(BAND_HIGH[band]) - GENERATION)
            low = max(low, int(BAND_LOW[band]) - 36)
    return low, high


def age_targets(population: Population) -> NDArray[np.float64]:
    """Return the declared share of residents in each of the five age bands."""
    ages = population.ages
    working = max(0.0, 1.0 - ages.under_18 - ages.over_60)
    return np.array(
        [
            ages.under_18,
            working * ages.young_of_working_age,
            working * (1.0 - ages.young_of_working_age),
            ages.over_60 * (1.0 - ages.oldest_of_elderly),
            ages.over_60 * ages.oldest_of_elderly,
        ]
    )


def compositions(population: Population) -> Compositions:
    """Return the compositions of a population with raked weights.

    Raises
    ------
    ScenarioError
        If no mixture of households has both the declared sizes and the declared ages.
    """
    rows = _rows()
    sizes = np.array(population.household_sizes, float)
    sizes /= sizes.sum()
    persons = age_targets(population) * (sizes @ np.arange(1, MAX_SIZE + 1))

    people = np.zeros((len(rows), 5))
    for t, (_, members) in enumerate(rows):
        for band, _ in members:
            people[t, band] += 1
    size = people.sum(axis=1).astype(np.int64)
    possible = (sizes[size - 1] > 0) & ~((people > 0) & (persons <= 0)).any(axis=1)
    prior = np.array([weight for weight, _ in rows])
    for s in range(1, MAX_SIZE + 1):
        chosen = possible & (size == s)
        prior[chosen] *= sizes[s - 1] / prior[chosen].sum() if chosen.any() else 0.0
    kept = np.flatnonzero(possible)
    weights = np.zeros(len(rows))
    weights[kept] = _rake(
        prior[kept],
        np.vstack([size[kept] == s for s in range(1, MAX_SIZE + 1)] + [people[kept].T]).astype(float),
        np.concatenate([sizes, persons]),
    )
    # Nine digits: what a linear-algebra library rounds differently must not reach a draw.
    cumulative = np.round(np.cumsum(weights / weights.sum()), 9)
    cumulative[-1] = 1.0
    low, high, relation = (np.zeros((len(rows), MAX_SIZE), np.uint8) for _ in range(3))
    couples = np.zeros(len(rows))
    for t, (_, members) in enumerate(rows):
        for m, (band, kin) in enumerate(members):
            low[t, m], high[t, m] = BAND_LOW[band], BAND_HIGH[band]
            relation[t, m] = kin
            couples[t] += 2 * (kin == PARTNER)
        low[t, 0], high[t, 0] = _head_range(members)
    partnered = float(np.round(weights @ couples / (weights @ size), 9))
    return Compositions(cumulative, size.astype(np.uint8), low, high, relation, partnered)


def _rake(
    prior: NDArray[np.float64], sums: NDArray[np.float64], target: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return ``prior * exp(sums.T @ x)`` with ``sums @ weights = target`` (damped Newton, dual problem)."""
    x = np.zeros(len(target))

    def dual(x: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = prior * np.exp(np.minimum(sums.T @ x, 60.0))
        return float(weights.sum() - target @ x), weights

    value, weights = dual(x)
    for _ in range(100):
        gap = sums @ weights - target
        if np.abs(gap).max() < 1e-10:
            break
        step = np.linalg.lstsq((sums * weights) @ sums.T, -gap, rcond=1e-12)[0]
        scale = 1.0
        while scale > 1e-6:
            trial, trial_weights = dual(x + scale * step)
            if trial <= value + 1e-4 * scale * float(gap @ step):
                break
            scale /= 2
        x, value, weights = x + scale * step, trial, trial_weights
    if not np.abs(sums @ weights - target).max() < 1e-3:
        raise ScenarioError(
            [
                Problem.at(
                    Place("scenario"),
                    "population",
                    "household_sizes and ages contradict one another: no mixture of households has both",
                    ["move the household sizes, ages.under_18 or ages.over_60 towards ordinary values"],
                )
            ]
        )
    return weights
