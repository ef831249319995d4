"""Who gains and who loses: paired differences by group of residents, and the level of the group that is worst off."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from govsim.results.csvtext import read_cells
from govsim.results.declare import Column
from govsim.results.equity import GAP_MEASURES, GROUP_MEASURES, SMALL_GROUP
from govsim.results.load import Results
from govsim.results.values import Missing, Value, parse
from govsim.statistics.multiple import pooled, shrunken, worst_off
from govsim.statistics.paired import CONFIDENCE, Paired, chance_among_many, contrast, holm, unpaired
from govsim.studies.compare import ArmRuns, Verdict, verdict

LOOKED_AT = ("hidden", "resolved", "trust_community", "participation_26w")
"""Detection, resolution, trust and participation: what is searched for groups that gain or lose."""
_OWN_CHOICE = ("all", "registration", "gap")
"""Groupings that are no groups, or that residents enter by what the arms make of them."""
_BY_TIES = ("tenth with fewest ties", "below the middle", "above the middle", "tenth with most ties")
"""Names of the parts by number of ties, whose bounds are other ones in each world."""

WORST_OFF = "worst off"
"""Grouping of the rows about the worst-off group; its category is the group that it is in most seeds."""
_LEVELS = ("hidden", "resolved", "trust_community")
"""In what the worst-off group is looked for: what a group has done to it, not what it does."""
_Key = tuple[str, str, str]


@dataclass(frozen=True)
class GroupDifference:
    """One group in one measure.

    Attributes
    ----------
    people : float
        Residents in the group, mean over seeds and arms.
    looked_at : bool
        Whether it is one of those that were searched for gains and losses together.
    verdict : Verdict
        "not tested" where it was not looked at.
    shrunken, shrunken_sd : float or None
        Difference drawn towards those of all groups looked at in this measure, and what is left open of it: the largest of
        many differences are too large by chance. None where it was not looked at.
    """

    group: str
    category: str
    measure: Column
    paired: Paired
    people: float
    looked_at: bool
    verdict: Verdict
    shrunken: float | None = None
    shrunken_sd: float | None = None

    @property
    def told(self) -> Value:
        """The difference as it is named."""
        return self.paired.difference if self.shrunken is None else self.shrunken

    @property
    def small(self) -> bool:
        """Whether one household more or less would change its numbers."""
        return self.people < SMALL_GROUP


def compare_groups(baseline: ArmRuns, other: ArmRuns, *, independent: bool = False) -> list[GroupDifference]:
    """Return differences by group of residents, in the order of the runs' tables.

    Of the groups called gaining or losing at most 5 % are expected not to be, and with no difference anywhere none is named
    in 95 % of comparisons (Benjamini and Hochberg 1995, over the groups of :data:`LOOKED_AT` that are not small).

    Parameters
    ----------
    independent
        The arms have nothing in common seed by seed.
    """
    first, second = ([_rows(run) for run in arm.runs] for arm in (baseline, other))
    measures = {m.name: m for m in GROUP_MEASURES}
    gaps: Mapping[str, Column] = {m.name: m for m in GAP_MEASURES}
    how = unpaired if independent else contrast
    found: list[GroupDifference] = []
    for key in first[0]:
        if not all(key in run for run in (*first, *second)):
            continue
        group, category, name = key
        measure = (gaps if group == "gap" else measures).get(name)
        if measure is None:  # of a run of another version
            continue
        result = how([run[key].value for run in first], [run[key].value for run in second])
        people = float(np.mean([run[key].people for run in (*first, *second)]))
        looked_at = name in LOOKED_AT and group not in _OWN_CHOICE and people >= SMALL_GROUP
        found.append(GroupDifference(group, category, measure, result, people, looked_at, "not tested"))
    for name in LOOKED_AT:
        _together([n for n, item in enumerate(found) if item.looked_at and item.measure.name == name], found)
    tests = [item.paired.p for item in found if item.looked_at and item.paired.carries]
    chance = chance_among_many(tests)
    found = [replace(item, verdict=_verdict(item, item.paired.p, chance)) for item in found]
    return found + _worst_off(first, second, found, how, independent)


def _together(places: Sequence[int], found: list[GroupDifference]) -> None:
    """Pool the spreads of some groups, and draw their differences towards each other."""
    mine = [found[n] for n in places]
    results = pooled([item.paired for item in mine], [item.people for item in mine])
    known = [
        n
        for n, result in enumerate(results)
        if result.half_width and not isinstance(result.difference, Missing)
    ]
    for n, result in zip(places, results, strict=True):
        found[n] = replace(found[n], paired=result)
    effects = [results[n].difference for n in known]
    errors = [results[n].error or 0.0 for n in known]
    drawn = shrunken([e for e in effects if not isinstance(e, Missing)], errors) if known else ((), ())
    for n, value, left in zip(known, *drawn, strict=True):
        found[places[n]] = replace(found[places[n]], shrunken=float(value), shrunken_sd=float(left))


def _verdict(item: GroupDifference, p: float | None, chance: float) -> Verdict:
    result = item.paired
    if result.pairs == 0:
        return "n/a"
    if result.identical:
        return "no difference"
    if not item.looked_at or not result.carries or p is None:
        return "not tested"
    turned = item.shrunken is not None and (item.shrunken > 0) != result.rises
    return verdict(item.measure, result, p <= chance and not turned)


def _worst_off(
    first: Sequence[Mapping[_Key, _Cell]], second: Sequence[Mapping[_Key, _Cell]], found: Sequence[GroupDifference],
    how: Callable[[Sequence[Value], Sequence[Value]], Paired], independent: bool,
) -> list[GroupDifference]:  # fmt: skip
    """Return one row a measure about the level of the worst-off group, corrected for the number of these rows (Holm)."""
    rows = []
    for name in _LEVELS:
        groups = [item for item in found if item.looked_at and item.measure.name == name]
        keys = [(item.group, item.category, name) for item in groups]
        if len(keys) < 2:
            continue
        cells = [[[run[key] for run in arm] for key in keys] for arm in (first, second)]
        levels = [
            np.array([[np.nan if isinstance(c.value, Missing) else c.value for c in row] for row in arm])
            for arm in cells
        ]
        cases = [np.array([[c.base for c in row] for row in arm]) for arm in cells]
        values, chosen = worst_off(levels, cases, groups[0].measure.direction, independent=independent)
        a, b = ([Missing.NO_BASE if np.isnan(v) else float(v) for v in arm] for arm in values)
        places = [int(n) for n in np.concatenate(chosen) if n >= 0]
        if not places:
            continue
        usual = groups[max(set(places), key=lambda n: (places.count(n), -n))]
        rows.append(replace(usual, group=WORST_OFF, paired=how(a, b), shrunken=None, shrunken_sd=None))
    corrected = holm([row.paired.p if row.paired.carries else None for row in rows])
    return [
        replace(row, verdict=_verdict(row, p, 1.0 - CONFIDENCE))
        for row, p in zip(rows, corrected, strict=True)
    ]


@dataclass(frozen=True)
class _Cell:
    """One group and measure of one run: value, people or problems behind it, residents of the group."""

    value: Value
    base: float
    people: float


def _rows(run: Results) -> dict[_Key, _Cell]:
    header, rows = read_cells(
        run.folder / "groups.csv", "group", "category", "indicator", "value", "base", "people"
    )
    at = {name: header.index(name) for name in header}
    names = _names([row[at["category"]] for row in rows if row[at["group"]] == "ties"])
    found = {}
    for row in rows:
        group, category, name = (row[at[column]] for column in ("group", "category", "indicator"))
        value = parse(row[at["value"]], f"run {run.folder.name}, groups, {category}, {name}")
        found[group, names.get(category, category), name] = _Cell(
            value, float(row[at["base"]]), float(row[at["people"]])
        )
    return found


def _names(by_ties: Sequence[str]) -> dict[str, str]:
    """Return names for parts by number of ties under which the same part of every world is found."""
    parts = list(dict.fromkeys(by_ties))
    return dict(zip(parts, _BY_TIES, strict=True)) if len(parts) == len(_BY_TIES) else {}
