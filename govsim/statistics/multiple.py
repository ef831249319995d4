"""Which of many arms can be told apart, when all pairs and measures are looked at together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from govsim.results.values import Missing, Value
from govsim.statistics.paired import Paired, chance_among_many, paired

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
