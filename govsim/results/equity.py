"""Groups of residents, what each gets, and the gaps between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from govsim.results.declare import Column, Indicator
from govsim.results.estimate import NOBODY, Estimate, minus, rate, share
from govsim.results.values import Missing, Value
from govsim.results.view import HALF_YEAR, QUARTER, Group, Mask, Part, View, rows_by
from govsim.units import ELDERLY_AGE, PERCENT
from govsim.world.columns import Work

SMALL_GROUP = 20
"""Groups of fewer people are marked: one household more or less would change their numbers."""

_TIES_BETWEEN = (0.1, 0.5, 0.9)
"""Quantiles of the number of ties at which residents are divided; those below the first have the fewest."""

_FINE = 3
"""Decimals of what lies between 0 and 1."""


def _fewest_ties(view: View) -> Mask:
    degree = view.resident("degree")
    limit = np.quantile(degree[view.adult], _TIES_BETWEEN[0]) if view.adult.any() else 0
    return np.asarray(degree <= limit, dtype=np.bool_)


@dataclass(frozen=True)
class Disadvantaged:
    """A group whose gap to the rest is an indicator."""

    name: str
    en: str
    zh: str
    member: Callable[[View], Mask]


DISADVANTAGED: tuple[Disadvantaged, ...] = (
    Disadvantaged("migrant", "migrants", "外来人口", lambda v: v.resident("migrant") > 0),
    Disadvantaged("laid_off", "laid-off", "下岗人员", lambda v: v.resident("work") == Work.LAID_OFF),
    Disadvantaged(
        "elderly", "aged 65 and over", "65岁及以上老人", lambda v: v.resident("age") >= ELDERLY_AGE
    ),
    Disadvantaged("hazard", "hazard-zone residents", "灾害区居民", lambda v: v.resident("exposure") > 0),
    Disadvantaged("unconnected", "residents with fewest ties", "社会联系最少者", _fewest_ties),
)


GroupValue = Callable[[Group], Estimate]


def _hidden(group: Group) -> Estimate:
    return share(*group.view.count_hidden(QUARTER, group.problems))


def _resolved(group: Group) -> Estimate:
    return share(*group.view.count_resolved(HALF_YEAR, "onset", group.problems))


def _trust_in(tier: int) -> GroupValue:
    return lambda group: group.mean("trust", tier=tier)


def gap(measure: GroupValue, view: View, members: Mask) -> Estimate:
    """Return the value of a group minus that of all other residents."""
    return minus(measure(view.group(members)), measure(view.group(~members)))


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


def _gap_of(measure: GapMeasure, group: Disadvantaged) -> Callable[[View], Value]:
    return lambda view: gap(measure.compute, view, group.member(view)).value


def _widest(measure: GapMeasure) -> Callable[[View], Value]:
    def widest(view: View) -> Value:
        members = [group.member(view) for group in DISADVANTAGED]
        gaps = [gap(measure.compute, view, who).value for who in members if who.sum() >= SMALL_GROUP]
        known = [value for value in gaps if not isinstance(value, Missing)]
        at_a_loss = min if measure.direction > 0 else max
        return at_a_loss(known) if known else Missing.NO_BASE

    return widest


EQUITY: tuple[Indicator, ...] = (
    *(
        Indicator(
            f"gap_{measure.name}_{group.name}", f"{measure.label_en}: {group.en} minus rest",
            f"{measure.label_zh}：{group.zh}减其他", measure.unit,
            f"{measure.definition} of {group.en} minus that of all other residents.", measure.direction,
            definition_zh=f"{measure.definition_zh}：{group.zh}减去其他全部居民。",
            decimals=measure.decimals, compute=_gap_of(measure, group),
        )
        for measure in GAP_MEASURES
        for group in DISADVANTAGED
    ),
    *(
        Indicator(
            f"gap_{measure.name}_widest", f"{measure.label_en}: widest gap", f"{measure.label_zh}：最大者",
            measure.unit,
            f"{measure.definition}: that of migrants, laid-off, elderly, hazard-zone and unconnected residents "
            f"whose gap to the rest is most to their disadvantage; groups under {SMALL_GROUP} people left out.",
            measure.direction,
            definition_zh=f"{measure.definition_zh}：外来人口、下岗人员、老人、灾害区居民和社会联系最少者中，"
            f"与其他居民相比最为不利的差距；不足{SMALL_GROUP}人的群体不计。",
            decimals=measure.decimals, compute=_widest(measure),
        )
        for measure in GAP_MEASURES
    ),
)  # fmt: skip


@dataclass(frozen=True)
class GroupMeasure(Column):
    """A number about one group of residents."""

    compute: GroupValue = lambda group: NOBODY


def _ever_active(group: Group) -> Estimate:
    took_part = group.adults & (group.view.resident("weeks_active") > 0)
    return share(float(took_part.sum()), float(group.adults.sum()))


def _registered(group: Group) -> Estimate:
    registered = group.adults & (group.view.resident("registered") > 0)
    return share(float(registered.sum()), float(group.adults.sum()))


def _problem_rate(group: Group) -> Estimate:
    return rate(float(group.problems.sum()), float(group.members.sum()) * group.view.years, PERCENT)


GROUP_MEASURES: tuple[GroupMeasure, ...] = (
    GroupMeasure(
        "ever_active", "ever took part", "曾参与率", "% of adults",
        "Adults who took part voluntarily at least once in the run.",
        definition_zh="模拟期内至少自愿参与过一次的成年居民。", direction=1, compute=_ever_active,
    ),
    GroupMeasure(
        "hours", "voluntary hours", "人均志愿工时", "hours per adult-year",
        "Voluntary hours per adult and year.",
        definition_zh="每名成年居民每年的志愿工时。",
        direction=1, compute=lambda g: g.mean("hours_given", 1.0 / g.view.years),
    ),
    GroupMeasure(
        "registered", "registered as volunteers", "志愿者注册率", "% of adults",
        "Adults registered as volunteers at the end.",
        definition_zh="期末注册为志愿者的成年居民。", direction=0, compute=_registered,
    ),
    GroupMeasure(
        "problems", "problems", "问题发生率", "per 100 residents and year",
        "Problems that arose, per 100 residents and year.",
        definition_zh="每百名居民每年发生的问题数。", direction=0, compute=_problem_rate,
    ),
    GroupMeasure(
        "hidden", "not come to light in 13 weeks", "13周内未被发现占比", "% of problems",
        "Problems not come to light in 13 weeks.",
        definition_zh="13周内未被发现的问题。", direction=-1, compute=_hidden,
    ),
    GroupMeasure(
        "resolved", "truly resolved in 26 weeks", "26周内真实解决率", "% of problems",
        "Problems truly resolved in 26 weeks.",
        definition_zh="26周内真实解决的问题。", direction=1, compute=_resolved,
    ),
    *(
        GroupMeasure(
            f"trust_{tier}", f"trust in {en}", f"对{zh}的信任", "0-1",
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
        "satisfaction", "satisfaction with services", "服务满意度", "0-1",
        "Satisfaction at the end, mean over adults.",
        definition_zh="期末满意度，成年居民均值。", direction=1, compute=lambda g: g.mean("satisfaction"),
    ),
    GroupMeasure(
        "efficacy", "belief that acting together helps", "集体效能感", "0-1",
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
    ("registration", "registered", ("not registered", "registered volunteer")),
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
    for grouping, category, members in _divided(view):
        if members.any():
            yield grouping, category, view.group(members)
    community, names = view.resident("community"), view.recording.communities
    problems, owners = view.owners
    theirs = rows_by(community[owners], len(names))
    for name, people, owned in zip(names, rows_by(community, len(names)), theirs, strict=True):
        if len(people):
            yield "community", name, Part(view, people, problems[owned]).whole()


def _divided(view: View) -> Iterator[tuple[str, str, Mask]]:
    """Yield the groups across communities as masks over residents, one at a time."""
    age = view.resident("age")
    yield "all", "all residents", np.ones(age.size, dtype=np.bool_)
    for low, high, name in _AGES:
        yield "age", name, (age >= low) & (age <= high)
    for grouping, column, names in _CODED:
        code = view.resident(column)
        for index, name in enumerate(names):
            yield grouping, name, code == index
    exposure = view.resident("exposure")
    yield "hazard", "none", exposure == 0
    for bit, name in _HAZARDS:
        yield "hazard", name, (exposure & bit) > 0
    degree = view.resident("degree")
    edges = np.unique(np.quantile(degree, _TIES_BETWEEN)) if degree.size else np.empty(0)
    for low, high in pairwise([-np.inf, *edges, np.inf]):
        above = "" if np.isinf(low) else f"over {low:.0f}"
        upto = "" if np.isinf(high) else f"up to {high:.0f}"
        yield "ties", f"{above} {upto} ties".strip(), (degree > low) & (degree <= high)
    distance = view.resident("party_distance")
    for steps, name in enumerate(_DISTANCES):
        yield "distance", name, distance == steps
    yield "distance", _FARTHER, distance >= len(_DISTANCES)
    yield "distance", _NO_PATH, distance < 0
