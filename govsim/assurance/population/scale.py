"""Scale: what depends on the size of a district, beside the district it stands for; and its offices as it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np

from govsim.assurance.population.rows import ORGANISATION_WORDS, TIER_WORDS, Bilingual, Margin, Scaled, dealt
from govsim.engine import columns as col
from govsim.engine.offices import Establishment, set_up_offices
from govsim.engine.recording import Level
from govsim.scenario import Loaded, load
from govsim.scenario.messages import ScenarioError
from govsim.scenario.schema import Scenario
from govsim.scenario.schema.blocks import CapacityBlock
from govsim.units import PER_10000, WEEKS_PER_YEAR
from govsim.world import Communities, OrganisationKind, World
from govsim.world.places import lay_out

TENTH = 0.1
"""Share by which a number may differ from that of the reference."""
RESIDENTS = "population.residents"


def offices_of(loaded: Loaded, world: World) -> Establishment:
    """Return the offices of the district as it is: its hours and money where they stand, moved by no governance model."""
    model = loaded.governance[0].model
    return set_up_offices(
        loaded.scenario, model.model_copy(update={"capacity": CapacityBlock()}), world, world.seed
    )


def reference_of(scenario: str, overrides: Sequence[str]) -> Loaded | None:
    """Return what a scenario stands for: the district it extends, else itself without ``--set``; None where neither is there.

    Of several parents it is the first of the line that can stand alone, so that a part of a part is held against the whole. A
    district that is larger than its parent stands for itself.
    """
    own = load(scenario, overrides, must_fit=False)
    for parent in reversed(own.sources[1:]):
        try:
            whole = load(parent.file, must_fit=False)
        except ScenarioError:
            continue  # such as what all districts share, which has no residents
        if whole.scenario.population.residents >= own.scenario.population.residents:
            return whole
    return load(scenario, must_fit=False) if overrides else None


_ROOM = Bilingual("places", "居住地")
_OFFICES = Bilingual("offices", "单位")
_MONEY = Bilingual("money", "资金")
_ORGANISATIONS = Bilingual("organisations", "组织")
_COSTS = Bilingual("fixed costs", "固定成本")
_HEADS = (("community", Level.COMMUNITY), ("street", Level.STREET), ("department", Level.DEPARTMENT))
_OFFICE_WORDS = {
    "community": Bilingual("residents' committee", "居（村）委会"),
    "street": Bilingual("street office or town", "街道（乡镇）"),
    "department": Bilingual("department", "部门"),
}
_MONEY_WORDS = {
    "community": Bilingual("money of communities", "社区资金"),
    "street": Bilingual("money of street offices and towns", "街道（乡镇）资金"),
    "department": Bilingual("money of departments", "部门资金"),
}
_POSTS = Bilingual("posts and money", "岗位和资金")
_POST_OF = {
    "community": col.COMMUNITY_WORKER,
    "grid": col.GRID_WORKER,
    "street": col.STREET_OFFICIAL,
    "department": col.CLERK,
    "desk": col.OPERATOR,
}
Sizes = dict[str, tuple[Bilingual, Bilingual, float, str]]


def size_numbers(scenario: Scenario, world: World, offices: Establishment) -> Sizes:
    """Return by name what depends on the size of a district: group, label, value and unit."""
    residents = len(world.residents.age)
    per = residents * PER_10000
    servers, table = offices.servers, offices.offices
    staff = servers["staff"] == 1
    posts = np.bincount(servers["office"], servers["fte"] * staff, len(table))
    people = np.bincount(servers["office"], staff, len(table))
    communities, grids = len(world.communities.street), len(world.grids.community)
    found: Sizes = {
        "residents.community": (
            _ROOM,
            Bilingual("residents of a community, mean", "社区（村）平均人数"),
            residents / communities,
            "people",
        ),
        "grids": (_ROOM, Bilingual("grids", "网格数"), grids / per, "per 10,000 residents"),
        "patrol": (
            _COSTS,
            Bilingual("one patrol of all grids", "全部网格巡查一次所需工时"),
            grids * scenario.handling.patrol_hours / per,
            "hours per 10,000 residents",
        ),
        "meeting": (
            _COSTS,
            Bilingual(
                "one meeting in each community, hours of staff",
                "各社区开会一次所需人员工时",
            ),
            communities * scenario.handling.meeting_hours * scenario.handling.meeting_staff / per,
            "hours per 10,000 residents",
        ),
    }
    for tier, level in _HEADS:
        own = np.flatnonzero(table["level"] == level)
        words = _OFFICE_WORDS[tier]
        if not len(own):
            continue
        largest, least = own[int(np.argmax(posts[own]))], posts[own].min()
        found |= {
            f"offices.{tier}.largest": (
                _OFFICES,
                Bilingual(f"posts of the largest {words.en}", f"最大的{words.zh}岗位数"),
                float(posts[largest]),
                "full-time posts",
            ),
            f"offices.{tier}.people": (
                _OFFICES,
                Bilingual(f"people of the largest {words.en}", f"最大的{words.zh}人数"),
                float(people[largest]),
                "people",
            ),
            f"offices.{tier}.least": (
                _OFFICES,
                Bilingual(f"posts of the smallest {words.en}", f"最小的{words.zh}岗位数"),
                float(least),
                "full-time posts",
            ),
            f"offices.{tier}.below_one": (
                _OFFICES,
                Bilingual(f"{words.en}: share with less than one post", f"{words.zh}：不足一个岗位的占比"),
                float((posts[own] < 1.0 - 1e-9).mean()),
                "share",
            ),
        }
        money = float(offices.weekly_money[own].sum()) * WEEKS_PER_YEAR / residents
        found[f"money.{tier}"] = (
            _MONEY,
            _MONEY_WORDS[tier],
            money,
            "yuan per resident and year",
        )
    for tier, words in TIER_WORDS.items():
        own = staff & (servers["post"] == _POST_OF[tier])
        total = float(servers["fte"][own].sum())
        found[f"posts.{tier}"] = (
            _OFFICES,
            words,
            total / per,
            "per 10,000 residents",
        )
        least = float(servers["fte"][own].min()) if own.any() else 0.0
        found[f"posts.{tier}.least"] = (
            _OFFICES,
            Bilingual(f"smallest full-time share of a person, {words.en}", f"{words.zh}最小的全时比例"),
            least,
            "share",
        )
    hours = scenario.organisations.hours
    for kind in OrganisationKind:
        words, number = ORGANISATION_WORDS[kind], float((world.organisations.kind == kind).sum())
        key = kind.name.lower()
        found[f"organisations.{key}"] = (
            _ORGANISATIONS,
            words,
            number / per,
            "per 10,000 residents",
        )
        found[f"organisations.{key}.hours"] = (
            _ORGANISATIONS,
            Bilingual(f"hours a week of {words.en}", f"{words.zh}每周工时"),
            number * getattr(hours, key) / per,
            "hours per 10,000 residents",
        )
    return found


def scale(here: Sizes, there: Sizes | None) -> list[Scaled]:
    """Return what depends on size beside the reference: *off* from a tenth on; rows that neither has are left out."""
    rows = []
    for name, (group, label, value, unit) in here.items():
        if there is None:
            rows.append(Scaled(f"scale.{name}", group, label, "alone", value, None, unit))
            continue
        other = there[name][2] if name in there else 0.0
        if not value and not other:
            continue
        off = abs(value - other) > TENTH * abs(other) + 1e-12
        verdict = "gone" if not value and group is _ORGANISATIONS else "scaled" if off else "same"
        rows.append(Scaled(f"scale.{name}", group, label, verdict, value, other, unit))
    return rows


def office_margins(scenario: Scenario, world: World, offices: Establishment) -> Iterator[Margin]:
    """Yield the posts and the money of each tier, and the posts of each department, beside what the scenario specifies."""
    capacity, per = scenario.capacity, len(world.residents.age) * PER_10000
    servers, table = offices.servers, offices.offices
    for tier, words in TIER_WORDS.items():
        wanted = getattr(capacity.staff, tier) * per
        built = float(servers["fte"][(servers["post"] == _POST_OF[tier]) & (servers["staff"] == 1)].sum())
        yield dealt(f"posts.{tier}", _POSTS, words, wanted, built, "full-time posts", 1e-6 * max(1.0, wanted))
    departments = list(capacity.departments)
    total = sum(capacity.departments.values())
    own = np.flatnonzero(table["level"] == Level.DEPARTMENT)
    by_office = np.bincount(servers["office"], servers["fte"] * (servers["staff"] == 1), len(table))
    for d, name in enumerate(departments):
        wanted = capacity.departments[name] / total * capacity.staff.department * per if total else 0.0
        built = float(by_office[own[d :: len(departments)]].sum())
        label = Bilingual(f"posts of department {name}", f"部门岗位：{name}")
        yield dealt(
            f"posts.department.{name}",
            _POSTS,
            label,
            wanted,
            built,
            "full-time posts",
            1e-6 * max(1.0, wanted),
        )
    money = capacity.money
    yearly = {
        "community": (Level.COMMUNITY, money.community * len(world.communities.street), _MONEY_WORDS["community"]),
        "street": (Level.STREET, money.street * len(world.residents.age), _MONEY_WORDS["street"]),
        "department": (Level.DEPARTMENT, money.department * len(world.residents.age), _MONEY_WORDS["department"]),
    }  # fmt: skip
    for tier, (level, wanted, words) in yearly.items():
        built = float(offices.weekly_money[table["level"] == level].sum()) * WEEKS_PER_YEAR
        yield dealt(f"money.{tier}", _POSTS, words, wanted, built, "yuan per year", 1.0)


@dataclass(frozen=True)
class _Outline:
    """What offices are made of: people by place, without the people."""

    residents: _Heads
    communities: Communities
    community_names: tuple[str, ...]
    street_names: tuple[str, ...]
    district_names: tuple[str, ...]
    seed: int = 1


@dataclass(frozen=True)
class _Heads:
    age: range


def _outlined(loaded: Loaded) -> Establishment:
    """Return the offices of a scenario without building its people."""
    units = loaded.scenario.population.written_out()
    population = loaded.scenario.population.model_copy(update={"street_units": units})
    communities, _ = lay_out(population)
    names = tuple(place.name.en for unit in units for place in unit.communities)
    outline = _Outline(
        _Heads(range(population.residents)), communities, names, tuple(unit.name.en for unit in units),
        tuple(name.en for name in population.districts),
    )  # fmt: skip
    return offices_of(loaded, cast(World, outline))


@dataclass(frozen=True)
class _Strain:
    """What too few residents do to offices, organisations and money.

    Attributes
    ----------
    few, offices : int
        Offices beside the desk with less than one full-time post, and all of them.
    least : float
        Posts of the smallest.
    vanished : tuple of OrganisationKind
        Kinds that are specified and of which there is none.
    money : float
        Yuan of communities by resident and year.
    """

    few: int
    offices: int
    least: float
    vanished: tuple[OrganisationKind, ...]
    money: float


def _strain(loaded: Loaded) -> _Strain:
    offices, population = _outlined(loaded), loaded.scenario.population
    table, servers = offices.offices, offices.servers
    posts = np.bincount(servers["office"], servers["fte"] * (servers["staff"] == 1), len(table))
    own = posts[(table["level"] != Level.DESK) & (posts > 0)]
    vanished = tuple(
        kind
        for kind in OrganisationKind
        if 0
        < getattr(population.organisations, kind.name.lower()).per_10000 * population.residents * PER_10000
        < 0.5
    )
    money = (
        float(offices.weekly_money[table["level"] == Level.COMMUNITY].sum())
        * WEEKS_PER_YEAR
        / population.residents
    )
    return _Strain(
        int((own < 1.0 - 1e-9).sum()), len(own), float(own.min()) if len(own) else 0.0, vanished, money
    )


def warning(scenario: str, loaded: Loaded) -> Bilingual | None:
    """Return what to say where a scenario has other residents than the district that it stands for, and that changes offices.

    Said are a larger share of offices with less than one full-time post, kinds of organisations that vanish, and money of
    communities by resident that is off by more than a tenth.

    Parameters
    ----------
    scenario
        As it was asked for.
    loaded
        With the changes of ``--set``.
    """
    whole = reference_of(scenario, loaded.overrides)
    residents = loaded.scenario.population.residents
    if whole is None or whole.scenario.population.residents == residents:
        return None
    here, there = _strain(loaded), _strain(whole)
    full = whole.scenario.population.residents
    told: list[Bilingual] = []
    if here.few * there.offices > there.few * here.offices:
        told.append(Bilingual(
            f"{here.few} of {here.offices} offices have less than one full-time post ({there.few} of {there.offices} in the whole district), the smallest {here.least:.2g}",
            f"{here.offices}个单位中有{here.few}个不足一个全职岗位（原地区{there.offices}个中有{there.few}个），最小的只有{here.least:.2g}个",
        ))  # fmt: skip
    if gone := [kind for kind in here.vanished if kind not in there.vanished]:
        words = [ORGANISATION_WORDS[kind] for kind in gone]
        told.append(
            Bilingual(
                f"there are no {' and no '.join(word.en for word in words)}",
                f"没有{'和'.join(word.zh for word in words)}",
            )
        )
    if abs(here.money - there.money) > TENTH * there.money:
        told.append(Bilingual(
            f"communities have {here.money:,.3g} yuan a resident and year instead of {there.money:,.3g}",
            f"社区资金为每人每年{here.money:,.3g}元（原地区{there.money:,.3g}元）",
        ))  # fmt: skip
    if not told:
        return None
    asked, label = Path(scenario).name, whole.label
    changed = "".join(f" --set {item}" for item in loaded.overrides if item.startswith(RESIDENTS))
    command = f"govsim world check {asked}{changed}"
    return Bilingual(
        f"warning: with {residents:,} residents, {'; '.join(part.en for part in told)}. Results of such a district do not hold for {label}. "
        f"Use all {full:,} residents, or fewer communities of full size (population.street_units). Details:  {command}",
        f"注意：居民为{residents:,}人时，{'；'.join(part.zh for part in told)}。结果不适用于{whole.scenario.name.zh or label}。"
        f"请按{full:,}人模拟，或减少社区（村）数量、保持各社区规模（population.street_units）。详见：{command}",
    )
