"""Who gains and who loses: paired differences by group of residents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from govsim.results.csvtext import read_cells
from govsim.results.declare import Column
from govsim.results.equity import GAP_MEASURES, GROUP_MEASURES, SMALL_GROUP
from govsim.results.load import Results
from govsim.results.values import Missing, Value, parse
from govsim.study.compare import ArmRuns
from govsim.study.contrast import contrast, unpaired
from govsim.study.statistics import Paired, chance_among_many

LOOKED_AT = ("hidden", "resolved", "trust_community", "ever_active")
"""Detection, resolution, trust and participation: what is searched for groups that gain or lose."""
_OWN_CHOICE = ("all", "registration", "gap")
"""Groupings that are no groups, or that residents enter by what the arms make of them."""
_BY_TIES = ("tenth with fewest ties", "below the middle", "above the middle", "tenth with most ties")
"""Names of the parts by number of ties, whose bounds are other ones in each world."""

GroupVerdict = Literal["gain", "loss", "clear", "undecided", "not tested", "identical", "one seed", "n/a"]
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
    verdict : str
        ``gain`` or ``loss`` where the measure has a direction and the difference is clear among all that were looked at;
        "clear" where it has none; "not tested" where it was not looked at.
    """

    group: str
    category: str
    measure: Column
    paired: Paired
    people: float
    looked_at: bool
    verdict: GroupVerdict

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
    found = []
    for key in first[0]:
        if not all(key in run for run in (*first, *second)):
            continue
        group, category, name = key
        result = how([run[key][0] for run in first], [run[key][0] for run in second])
        sizes = [run[key][1] for run in (*first, *second)]
        people = sum(sizes) / len(sizes)
        looked_at = name in LOOKED_AT and group not in _OWN_CHOICE and people >= SMALL_GROUP
        measure = gaps[name] if group == "gap" else measures[name]
        found.append((group, category, measure, result, people, looked_at))
    chance = chance_among_many([result.p for *_, result, _, looked_at in found if looked_at])
    return [GroupDifference(*item, _verdict(item[2], item[3], item[5], chance)) for item in found]


def _verdict(measure: Column, result: Paired, looked_at: bool, chance: float) -> GroupVerdict:
    if isinstance(result.difference, Missing):
        return "n/a"
    if result.identical:
        return "identical"
    if result.p is None:
        return "one seed"
    if not looked_at:
        return "not tested"
    if result.p > chance:
        return "undecided"
    if not measure.direction:
        return "clear"
    return "gain" if result.difference * measure.direction > 0 else "loss"


def _rows(run: Results) -> dict[_Key, tuple[Value, float]]:
    header, rows = read_cells(run.folder / "groups.csv")
    at = {name: header.index(name) for name in header}
    names = _names([row[at["category"]] for row in rows if row[at["group"]] == "ties"])
    found = {}
    for row in rows:
        group, category, name = (row[at[column]] for column in ("group", "category", "indicator"))
        value = parse(row[at["value"]], f"run {run.folder.name}, groups, {category}, {name}")
        found[group, names.get(category, category), name] = value, float(row[at["people"]])
    return found


def _names(by_ties: Sequence[str]) -> dict[str, str]:
    """Return names for parts by number of ties under which the same part of every world is found."""
    parts = list(dict.fromkeys(by_ties))
    return dict(zip(parts, _BY_TIES, strict=True)) if len(parts) == len(_BY_TIES) else {}
