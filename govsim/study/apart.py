"""Which of many arms can be told apart, when all pairs and measures are looked at together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from govsim.results.values import Missing, Value, difference
from govsim.study.statistics import chance_among_many, interval_at, paired

Values = Sequence[Sequence[Value]]
"""By arm and seed."""


@dataclass(frozen=True)
class Pair:
    """Two arms in one measure.

    Attributes
    ----------
    first, second : int
        Places of the arms.
    difference : Value
        Mean over seeds of second minus first; missing where some seed has no number in one of them.
    interval : tuple of (float, float) or None
        Paired interval, widened for all comparisons that are made together.
    """

    first: int
    second: int
    difference: Value
    interval: tuple[float, float] | None

    @property
    def known(self) -> bool:
        """Whether there is anything to compare."""
        return self.interval is not None

    @property
    def apart(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.interval is not None and not self.interval[0] <= 0.0 <= self.interval[1]


def told_apart(values: Mapping[str, Values], places: Sequence[tuple[int, int]]) -> dict[str, list[Pair]]:
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
    :func:`~govsim.study.statistics.chance_among_many`.
    """
    found = {
        name: [(a, b, _without_gaps(rows[a], rows[b])) for a, b in places] for name, rows in values.items()
    }
    results = [
        paired([0.0] * len(d), d).p for pairs in found.values() for *_, d in pairs if isinstance(d, list)
    ]
    chance = chance_among_many(results)
    return {
        name: [
            Pair(a, b, sum(d) / len(d), interval_at(d, chance))
            if isinstance(d, list)
            else Pair(a, b, d, None)
            for a, b, d in pairs
        ]
        for name, pairs in found.items()
    }


def _without_gaps(first: Sequence[Value], second: Sequence[Value]) -> list[float] | Missing:
    differences: list[float] = []
    for a, b in zip(first, second, strict=True):
        change = difference(b, a)
        if isinstance(change, Missing):
            return change
        differences.append(change)
    return differences or Missing.NO_BASE


def alike(values: Values, pairs: Sequence[Pair]) -> list[list[int]]:
    """Return the groups of arms, neighbours in the order of their means, of which no two can be told apart.

    Largest groups only, each from the smallest mean to the largest; a group of one says nothing and is left out.
    """
    means = {
        arm: float(np.mean([v for v in row if not isinstance(v, Missing)]))
        for arm, row in enumerate(values)
        if row and not any(isinstance(v, Missing) for v in row)
    }
    order = sorted(means, key=lambda arm: (means[arm], arm))
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
