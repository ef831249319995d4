"""Groups of residents, what each gets, and the gaps between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from govsim.engine.recording import HALF_YEAR
from govsim.results.declare import Column, Count, Indicator, Window
from govsim.results.estimate import NOBODY, Estimate, mean_of_ratio, minus, rate, share
from govsim.results.values import Value
from govsim.results.view import QUARTER, Group, Mask, View, ViewPart, how_many, rows_by
from govsim.units import ADULT_AGE, ELDERLY_AGE, PERCENT, WEEKS_PER_YEAR
from govsim.world.columns import Work

SMALL_GROUP = 20
"""Groups of fewer people are marked: one household more or less would change their numbers."""

_TIES_BETWEEN = (0.1, 0.5, 0.9)
"""Quantiles of the number of ties at which residents are divided; those below the first have the fewest."""

_FINE = 3
"""Decimals of what lies between 0 and 1."""


def _fewest_ties(view: View) -> Mask:
    degree = view.resident("degree")
    adults = view.resident("age") >= ADULT_AGE
    limit = np.quantile(degree[adults], _TIES_BETWEEN[0]) if adults.any() else 0
    return np.asarray(degree <= limit, dtype=np.bool_)


@dataclass(frozen=True)
class Disadvantaged:
    """A group whose gap to the rest is an indicator.

    Attributes
    ----------
    member : callable
        Who belongs to it, by what they were at the start.
    owner : callable, optional
        Whose problems are the group's, where that hangs on what the owner was when a problem arose.
    """

    name: str
    en: str
    zh: str
    member: Callable[[View], Mask]
    owner: Callable[[View], Mask] | None = None

    def both(self, view: View) -> tuple[Group, Group]:
        """Return the group and the rest."""
        members = self.member(view)
        theirs = self.owner(view) if self.owner else view.of_residents(members)
        return view.group(members, view.problem & theirs), view.group(~members, view.problem & ~theirs)


DISADVANTAGED: tuple[Disadvantaged, ...] = (
    Disadvantaged("migrant", "migrants", "外来人口", lambda v: v.resident("migrant") > 0),
    Disadvantaged(
        "laid_off", "laid-off", "下岗人员",
        lambda v: v.resident("work") == Work.LAID_OFF, lambda v: v.case("work") == Work.LAID_OFF,
    ),
    Disadvantaged(
        "elderly", "aged 65 and over", "65岁及以上老人",
        lambda v: v.resident("age") >= ELDERLY_AGE, lambda v: v.case("age") >= ELDERLY_AGE,
    ),
    Disadvantaged("hazard", "hazard-zone residents", "灾害区居民", lambda v: v.resident("exposure") > 0),
    Disadvantaged("unconnected", "residents with fewest ties", "社会联系最少者", _fewest_ties),
)  # fmt: skip


GroupValue = Callable[[Group], Estimate]


def _hidden(group: Group) -> Estimate:
    view, problems = group.view, group.problems
    return share(
        how_many(view.hidden_for(QUARTER, problems)), how_many(view.watched(QUARTER, "onset", problems))
    )


def _resolved(group: Group) -> Estimate:
    view, problems = group.view, group.problems
    solved = view.solved_within(HALF_YEAR, "onset", problems)
    return share(how_many(solved), how_many(view.watched(HALF_YEAR, "onset", problems)))


def _trust_in(tier: int) -> GroupValue:
    return lambda group: group.mean("trust", tier=tier)


class _Found(NamedTuple):
    """Gaps by the name of their measure; of the group's problems watched for half a year those solved, and all."""

    gaps: dict[str, Estimate]
    counted: tuple[float, float]


def gap(name: str, view: View, group: Disadvantaged) -> Estimate:
    """Return the value of a group minus that of all other residents, by the name of a gap's measure."""
    return _found(view, group).gaps[name]


def _found(view: View, group: Disadvantaged) -> _Found:
    """Return all that tables and indicators ask of a group and the rest, which are put together once."""
    found = view.found.get(group.name)
    if not isinstance(found, _Found):
        theirs, rest = group.both(view)
        solved = view.solved_within(HALF_YEAR, "onset", theirs.problems)
        watched = view.watched(HALF_YEAR, "onset", theirs.problems)
        gaps = {item.name: minus(item.compute(theirs), item.compute(rest)) for item in GAP_MEASURES}
        found = view.found[group.name] = _Found(gaps, (how_many(solved), how_many(watched)))
    return found


@dataclass(frozen=True)
class GapMeasure(Column):
    """What gaps between a group and the rest are measured in; indicators are named ``gap_<name>_<group>``."""

    decimals: int = 1
    compute: GroupValue = lambda group: NOBODY


GAP_MEASURES: tuple[GapMeasure, ...] = (
    GapMeasure(
        "hidden", "not come to light", "未被发现差距", "% points",
        "Percentage of problems not come to light in 13 weeks", -1,
        definition_zh="13周内未被发现的问题占比", decimals=1, compute=_hidden,
    ),
    GapMeasure(
        "resolved", "resolved in 26 weeks", "26周解决率差距", "% points",
        "Percentage of problems truly resolved in 26 weeks", 1,
        definition_zh="26周内真实解决的问题占比", decimals=1, compute=_resolved,
    ),
    GapMeasure(
        "trust", "trust in the committee", "社区信任差距", "0-1",
        "Mean trust in the residents' committee at the end", 1,
        definition_zh="期末对居委会的平均信任", decimals=_FINE, compute=_trust_in(0),
    ),
)  # fmt: skip


_WINDOW_OF = {"hidden": Window.COUNTED, "resolved": Window.COUNTED, "trust": Window.END}


def _gap_of(measure: GapMeasure, group: Disadvantaged) -> Callable[[View], Value]:
    return lambda view: gap(measure.name, view, group).value


def _level(which: int, group: Disadvantaged) -> Count:
    """Return what is counted of a group's problems that were watched for half a year: those solved, or all of them."""
    en, zh = (
        (f"of those, solved within {HALF_YEAR} weeks", f"其中{HALF_YEAR}周内解决的问题"),
        (f"problems of {group.en} watched for {HALF_YEAR} weeks", f"{group.zh}的问题（观察满{HALF_YEAR}周）"),
    )[which]
    return Count(en, zh, lambda view: _found(view, group).counted[which])


EQUITY: tuple[Indicator, ...] = (
    *(
        Indicator(
            f"gap_{measure.name}_{group.name}", f"{measure.label_en}: {group.en} minus rest",
            f"{measure.label_zh}：{group.zh}减其他", measure.unit,
            f"{measure.definition} of {group.en} minus that of all other residents.", measure.direction,
            definition_zh=f"{measure.definition_zh}：{group.zh}减去其他全部居民。",
            decimals=measure.decimals, window=_WINDOW_OF[measure.name], measure=_gap_of(measure, group),
        )
        for measure in GAP_MEASURES
        for group in DISADVANTAGED
    ),
    *(
        Indicator(
            f"resolved_{group.name}", f"truly resolved in {HALF_YEAR} weeks: {group.en}", f"{HALF_YEAR}周内解决率：{group.zh}",
            "% of their problems",
            f"Problems of {group.en} solved within {HALF_YEAR} weeks of arising, in percent of theirs whose {HALF_YEAR} weeks end in "
            "the counted weeks.",
            1, definition_zh=f"{group.zh}的问题中发生后{HALF_YEAR}周内解决者所占的百分比；只计满{HALF_YEAR}周之时落在统计期内的问题。",
            scale=PERCENT, events=_level(0, group), base=_level(1, group),
        )
        for group in DISADVANTAGED
    ),
)  # fmt: skip


@dataclass(frozen=True)
class GroupMeasure(Column):
    """A number about one group of residents."""

    compute: GroupValue = lambda group: NOBODY


def _took_part(group: Group) -> Estimate:
    took_part = group.adults & group.view.took_part_lately
    return share(how_many(took_part), how_many(group.adults))


def _hours(group: Group) -> Estimate:
    view, people = group.view, group.members & (group.view.weeks_adult > 0)
    given, weeks = view.resident("hours_given")[people], view.weeks_adult[people]
    return mean_of_ratio(given, weeks / WEEKS_PER_YEAR)


def _registered(group: Group) -> Estimate:
    registered = group.adults & (group.view.resident("registered") > 0)
    return share(how_many(registered), how_many(group.adults))


def _problem_rate(group: Group) -> Estimate:
    years = float(group.view.weeks_here[group.members].sum()) / WEEKS_PER_YEAR
    return rate(how_many(group.owned), years, PERCENT)


GROUP_MEASURES: tuple[GroupMeasure, ...] = (
    GroupMeasure(
        "participation_26w", "took part in the last half year", "半年内自愿参与率", "% of adults, 26 weeks",
        "Adults who took part voluntarily at least once in the last 26 weeks, in percent of adults, at the end.",
        definition_zh="最后26周内至少自愿参与过一次的成年居民占全部成年居民的百分比，按期末计算。", direction=1, compute=_took_part,
    ),
    GroupMeasure(
        "hours", "voluntary hours, whole run", "人均志愿工时（整个模拟期）", "hours per adult-year",
        "Voluntary hours over the whole run, per adult and year; who died or moved away counts for as long as he or she was there.",
        definition_zh="整个模拟期内每名成年居民每年的志愿工时；去世或迁出者按其在住时间计。",
        direction=1, compute=_hours,
    ),
    GroupMeasure(
        "registered", "registered as volunteers at the end", "期末志愿者注册率", "% of adults",
        "Adults registered as volunteers at the end.",
        definition_zh="期末注册为志愿者的成年居民。", direction=0, compute=_registered,
    ),
    GroupMeasure(
        "problems", "problems, whole run", "问题发生率（整个模拟期）", "per 100 residents and year",
        "Problems that arose over the whole run, per 100 residents and year; who died or moved away counts for as long as he or "
        "she was there.",
        definition_zh="整个模拟期内每百名居民每年发生的问题数；去世或迁出者按其在住时间计。", direction=0, compute=_problem_rate,
    ),
    GroupMeasure(
        "hidden", "not come to light in 13 weeks", "13周内未被发现占比", "% of problems arisen",
        "Problems of which no office knew 13 weeks after they arose, those included that lapsed unseen, in percent of problems whose "
        "13 weeks end in the counted weeks.",
        definition_zh="发生13周后仍无任何单位知晓的问题占比；只计满13周之时落在统计期内的问题。", direction=-1, compute=_hidden,
    ),
    GroupMeasure(
        "resolved", "truly resolved in 26 weeks, of existing", "26周内解决率（占实际）", "% of existing problems",
        "Problems solved within 26 weeks of arising, in percent of all problems, known or not, whose 26 weeks end in the counted weeks.",
        definition_zh="发生后26周内解决的问题占全部问题的百分比；只计满26周之时落在统计期内的问题。", direction=1, compute=_resolved,
    ),
    *(
        GroupMeasure(
            f"trust_{tier}", f"trust in {en} at the end", f"期末对{zh}的信任", "0-1",
            f"Trust in {en} at the end, mean over adults.",
            definition_zh=f"期末对{zh}的信任，成年居民均值。", direction=1, compute=_trust_in(index),
        )
        for index, (tier, en, zh) in enumerate((
            ("community", "the residents' committee", "居委会"),
            ("street", "the street office or town", "街道（镇）"),
            ("district", "the district", "区级政府"), ("centre", "the centre", "中央"),
        ))
    ),
    GroupMeasure(
        "satisfaction", "satisfaction with services at the end", "期末服务满意度", "0-1",
        "Satisfaction at the end, mean over adults.",
        definition_zh="期末满意度，成年居民均值。", direction=1, compute=lambda g: g.mean("satisfaction"),
    ),
    GroupMeasure(
        "efficacy", "belief that acting together helps at the end", "期末集体效能感", "0-1",
        "Collective efficacy at the end, mean over adults.",
        definition_zh="期末集体效能感，成年居民均值。", direction=1, compute=lambda g: g.mean("efficacy"),
    ),
)  # fmt: skip

_CODED: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("sex", "female", ("men", "women")),
    ("schooling", "schooling", ("primary or less", "junior secondary", "senior secondary", "college")),
    ("work", "work", ("child", "employed", "laid-off", "self-employed", "retired", "student", "none")),
    ("origin", "migrant", ("local", "migrant")),
    ("Party", "party_member", ("not a member", "member")),
    ("housing", "housing", ("old work-unit", "resettlement", "commodity", "village")),
    ("registration", "registered_start", ("not registered at the start", "registered at the start")),
)
_AGES = (
    (0, 15, "under 16"), (16, 34, "16 to 34"), (35, 59, "35 to 59"), (60, 74, "60 to 74"),
    (75, 255, "75 and over"),
)  # fmt: skip
_DISTANCES = ("Party members", "tied to a Party member", "two steps from a Party member")
_FARTHER, _NO_PATH = "three or more steps from a Party member", "no path to a Party member"
_HAZARDS = ((1, "subsidence"), (2, "water"), (4, "farmland"))


def groups(view: View) -> Iterator[tuple[str, str, Group]]:
    """Yield every group that has people as (grouping, category, group), in a fixed order."""
    for grouping, category, members, owned in _divided(view):
        if members.any():
            theirs = None if owned is None else view.problem & owned
            yield grouping, category, view.group(members, theirs)
    community, names = view.resident("community"), view.recording.communities
    problems, owners = view.owners
    by_community = rows_by(community[owners], len(names))
    for name, people, rows in zip(names, rows_by(community, len(names)), by_community, strict=True):
        if len(people):
            yield "community", name, ViewPart(view, people, problems[rows]).whole()


def _divided(view: View) -> Iterator[tuple[str, str, Mask, Mask | None]]:
    """Yield the groups across communities, one at a time: a mask over residents, by what they were at the start.

    A mask over cases comes with those that hang on what the owner of a problem was when it arose; of the others the problems
    are those of their members.
    """
    age, then = view.resident("age"), view.case("age")
    yield "all", "all residents", np.ones(age.size, dtype=np.bool_), None
    for low, high, name in _AGES:
        yield "age", name, (age >= low) & (age <= high), (then >= low) & (then <= high)
    for grouping, column, names in _CODED:
        code = view.resident(column)
        for index, name in enumerate(names):
            yield grouping, name, code == index, view.case("work") == index if column == "work" else None
    exposure = view.resident("exposure")
    yield "hazard", "none", exposure == 0, None
    for bit, name in _HAZARDS:
        yield "hazard", name, (exposure & bit) > 0, None
    degree = view.resident("degree")
    edges = np.unique(np.quantile(degree, _TIES_BETWEEN)) if degree.size else np.empty(0)
    for low, high in pairwise([-np.inf, *edges, np.inf]):
        above = "" if np.isinf(low) else f"over {low:.0f}"
        upto = "" if np.isinf(high) else f"up to {high:.0f}"
        yield "ties", f"{above} {upto} ties".strip(), (degree > low) & (degree <= high), None
    distance = view.resident("party_distance")
    for steps, name in enumerate(_DISTANCES):
        yield "distance", name, distance == steps, None
    yield "distance", _FARTHER, distance >= len(_DISTANCES), None
    yield "distance", _NO_PATH, distance < 0, None
