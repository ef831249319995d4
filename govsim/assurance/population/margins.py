"""Margins: every number of people, homes, organisations, offices and ties that a scenario specifies, beside what was built.

Shares and means that are drawn may be off by chance (:func:`~govsim.assurance.population.rows.tolerance`). Who is drawn
together (a household, a building) counts as fewer draws. Numbers that are dealt out may be off by rounding alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from govsim.assurance.population.rows import (
    HAZARD_WORDS,
    HOUSING_WORDS,
    LAYER_WORDS,
    ORGANISATION_WORDS,
    WORK_WORDS,
    Bilingual,
    Margin,
    dealt,
    deviations,
    drawn,
    independent_draws,
    of_mean,
)
from govsim.assurance.population.scale import office_margins
from govsim.engine.offices import Establishment
from govsim.scenario.schema import Scenario
from govsim.units import ADULT_AGE, PER_10000
from govsim.world import (
    Hazard,
    Housing,
    OrganisationKind,
    ParticipationType,
    Schooling,
    TieLayer,
    Work,
    World,
)
from govsim.world.composition import age_targets
from govsim.world.ties import sizes

_LUMPED = 0.1
"""Share of a community by which a hazard zone or a kind of housing may be off, be it by whole grids or by few buildings."""
_OVERLAP = {
    TieLayer.NEIGHBOUR: 0.02,
    TieLayer.KIN_WORK_SCHOOL: 0.02,
    TieLayer.BRANCH: 0.15,
    TieLayer.ORGANISATION: 0.15,
}
"""Share of the ties of a layer that may be missing: pairs that two layers, or both ends, name count once. Members of a branch
are neighbours and those of an organisation live in one community, so they are often tied already (assumed)."""
_TRIANGLE = 6.0**0.5
"""Half-width of a symmetric triangle over its standard deviation."""

_PLACES = Bilingual("places", "居住地")
_HOMES = Bilingual("households", "家庭户")
_PEOPLE = Bilingual("age, sex and origin", "年龄、性别和来源")
_SCHOOL = Bilingual("schooling", "受教育程度")
_WORK = Bilingual("work", "就业")
_PARTY = Bilingual("Party and volunteers", "党员和志愿者")
_MINDS = Bilingual("readiness and attitudes", "参与意愿和态度")
_HOUSING = Bilingual("housing", "住房")
_HAZARDS = Bilingual("mining-affected areas", "采煤影响区")
_ORGANISATIONS = Bilingual("organisations", "组织")
_TIES = Bilingual("ties", "社会联系")


def margins(scenario: Scenario, world: World, offices: Establishment) -> list[Margin]:
    """Return all margins of a world.

    Parameters
    ----------
    offices
        Offices of the district as it is, without what a governance model moves.
    """
    parts = (
        _places(scenario, world), _homes(scenario, world), _ages(scenario, world), _schooling(scenario, world),
        _work(scenario, world), _party(scenario, world), _minds(scenario, world), _housing(scenario, world),
        _hazards(scenario, world), _organisations(scenario, world), office_margins(scenario, world, offices),
        _ties(scenario, world),
    )  # fmt: skip
    return [row for part in parts for row in part]


def _named(world: World, community: int) -> Bilingual:
    en = world.community_names[community] or f"community {community + 1}"
    return Bilingual(en, world.community_names_zh[community] or f"第{community + 1}个社区（村）")


def _places(scenario: Scenario, world: World) -> Iterator[Margin]:
    population = scenario.population
    built = sizes(world.communities.first_resident)
    yield dealt(
        "residents",
        _PLACES,
        Bilingual("residents", "居民"),
        population.residents,
        len(world.residents.age),
        "people",
    )
    units = population.written_out()
    shares = np.array([unit.residents for unit in units]) / sum(unit.residents for unit in units)
    of_unit = np.bincount(world.communities.street, built, len(units))
    for s, unit in enumerate(units):
        name = Bilingual(unit.name.en or f"street unit {s + 1}", unit.name.zh or f"第{s + 1}个街道（乡镇）")
        yield dealt(
            f"residents.street_unit.{s + 1}", _PLACES, name, float(shares[s] * population.residents), float(of_unit[s]),
            "people", len(unit.communities),
        )  # fmt: skip
    places = [(s, place) for s, unit in enumerate(units) for place in unit.communities]
    inside = [sum(place.residents for place in unit.communities) for unit in units]
    for c, (s, place) in enumerate(places):
        quota = population.residents * shares[s] * place.residents / inside[s]
        yield dealt(
            f"residents.community.{c + 1}",
            _PLACES,
            _named(world, c),
            float(quota),
            float(built[c]),
            "people",
            1,
        )


def _homes(scenario: Scenario, world: World) -> Iterator[Margin]:
    population = scenario.population
    size = sizes(world.households.first)
    for people, share in enumerate(population.household_sizes, 1):
        label = Bilingual(f"households of {people}", f"{people}人户")
        yield drawn(
            f"households.size.{people}", _HOMES, label, share, float((size == people).mean()), len(size)
        )
    per_grid = sizes(world.grids.first_household)
    wanted = population.grid_households
    several = np.bincount(world.grids.community)[world.grids.community] > 1
    odd = several & ((per_grid < 2 * wanted / 3 - 1) | (per_grid > 5 * wanted / 3 + 1))
    verdict = "off" if odd.any() else "rounding"
    yield Margin(
        "grids.households", _HOMES, Bilingual("households in a grid, mean", "网格平均户数"), verdict, wanted,
        float(per_grid.mean()), "households", 0, 2 * wanted / 3,
    )  # fmt: skip
    for name, label, share in household_kinds(world):
        yield Margin(f"households.kind.{name}", _HOMES, label, "free", None, share, "share", len(size), 0.0)


def household_kinds(world: World) -> list[tuple[str, Bilingual, float]]:
    """Return kinds of households by the ages of their members, with their shares of all households."""
    first = world.households.first[:-1].astype(np.int64)
    size = sizes(world.households.first)
    age = world.residents.age.astype(np.int64)
    children = np.add.reduceat((age < 18).astype(np.int64), first)
    old = np.add.reduceat((age > 60).astype(np.int64), first)
    adults = size - children
    span = np.maximum.reduceat(age, first) - np.minimum.reduceat(age, first)
    kinds = (
        ("one_adult", Bilingual("one person aged 18 to 60", "18至60岁单人户"), (size == 1) & (old == 0)),
        ("one_old", Bilingual("one person aged 61 and over", "61岁及以上单人户"), (size == 1) & (old == 1)),
        ("two_adults", Bilingual("two people of 18 and over, not both over 60", "两名18岁及以上居民（非均为61岁及以上）"),
         (size == 2) & (adults == 2) & (old < 2)),
        ("two_old", Bilingual("two people aged 61 and over", "两名61岁及以上老人"), (size == 2) & (old == 2)),
        ("one_adult_children", Bilingual("one person of 18 and over with children", "一名18岁及以上居民带18岁以下居民"),
         (adults == 1) & (children > 0)),
        ("adults_children", Bilingual("several of 18 and over with children", "多名18岁及以上居民带18岁以下居民"),
         (adults > 1) & (children > 0)),
        ("three_generations", Bilingual("children and somebody over 60", "18岁以下居民与61岁及以上老人同住"),
         (children > 0) & (old > 0)),
        ("grown", Bilingual("three and more of 18 and over, two generations", "三名及以上18岁及以上居民、两代同住"),
         (children == 0) & (size > 2) & (span >= 20)),
    )  # fmt: skip
    return [(name, label, float(hit.mean())) for name, label, hit in kinds]


def _ages(scenario: Scenario, world: World) -> Iterator[Margin]:
    people, population = world.residents, scenario.population
    words = (
        Bilingual("under 18", "18岁以下"), Bilingual("18 to 39", "18至39岁"), Bilingual("40 to 60", "40至60岁"),
        Bilingual("61 to 74", "61至74岁"), Bilingual("75 and over", "75岁及以上"),
    )  # fmt: skip
    band = np.searchsorted([18, 40, 61, 75], people.age, side="right")
    for b, (label, share) in enumerate(zip(words, age_targets(population).tolist(), strict=True)):
        hit = band == b
        draws = independent_draws(hit, people.household, share)
        yield drawn(f"ages.{b + 1}", _PEOPLE, label, share, float(hit.mean()), draws)
    women = people.female == 1
    draws = independent_draws(women, people.household, population.female)
    yield drawn("female", _PEOPLE, Bilingual("women", "女性"), population.female, float(women.mean()), draws)
    newcomers = people.migrant[world.households.first[:-1]] == 1
    yield drawn(
        "migrant", _PEOPLE, Bilingual("households from elsewhere", "外来户"), population.migrant,
        float(newcomers.mean()), len(newcomers),
    )  # fmt: skip


def _schooling(scenario: Scenario, world: World) -> Iterator[Margin]:
    people, education = world.residents, scenario.population.education
    levels = {
        Schooling.PRIMARY: Bilingual("primary or less", "小学及以下"),
        Schooling.JUNIOR: Bilingual("junior secondary", "初中"),
        Schooling.SENIOR: Bilingual("senior secondary", "高中及中专"),
        Schooling.COLLEGE: Bilingual("college", "大专及以上"),
    }
    groups = (
        ("under_40", 18, 39, Bilingual("18 to 39", "18至39岁")),
        ("from_40_to_60", 40, 60, Bilingual("40 to 60", "40至60岁")),
        ("over_60", 61, 255, Bilingual("61 and over", "61岁及以上")),
    )
    for name, low, high, words in groups:
        spec = getattr(education, name)
        level = people.schooling[(people.age >= low) & (people.age <= high)]
        for kind, label in levels.items():
            key = kind.name.lower()
            share = getattr(spec, key, 1.0 - spec.junior - spec.senior - spec.college)
            both = Bilingual(f"{label.en}, {words.en}", f"{words.zh}：{label.zh}")
            built = float((level == kind).mean()) if len(level) else share
            yield drawn(f"schooling.{name}.{key}", _SCHOOL, both, share, built, len(level))


def _work(scenario: Scenario, world: World) -> Iterator[Margin]:
    people, spec = world.residents, scenario.population.work
    age, work = people.age, people.work
    retires = np.where(people.female == 1, spec.retirement_women, spec.retirement_men)
    young = (age >= ADULT_AGE) & (age <= 22) & (age < retires)
    share = float((work[young] == Work.STUDENT).mean()) if young.any() else spec.student
    yield drawn(
        "work.student",
        _WORK,
        Bilingual("students, 16 to 22", "16至22岁在校学生"),
        spec.student,
        share,
        int(young.sum()),
    )
    active = (age >= ADULT_AGE) & (age < retires) & (work != Work.STUDENT)
    for name, words, rows, laid_off in (
        ("under_40", Bilingual("under 40", "40岁以下"), active & (age < 40), spec.laid_off_under_40),
        ("from_40", Bilingual("from 40", "40岁及以上"), active & (age >= 40), spec.laid_off_from_40),
    ):
        shares = {
            Work.LAID_OFF: laid_off,
            Work.SELF_EMPLOYED: spec.self_employed,
            Work.NONE: spec.none,
            Work.EMPLOYED: 1.0 - laid_off - spec.self_employed - spec.none,
        }
        for kind, wanted in shares.items():
            label = Bilingual(
                f"{WORK_WORDS[kind].en}, working age {words.en}", f"劳动年龄{words.zh}：{WORK_WORDS[kind].zh}"
            )
            built = float((work[rows] == kind).mean()) if rows.any() else wanted
            yield drawn(f"work.{name}.{kind.name.lower()}", _WORK, label, wanted, built, int(rows.sum()))
    for sex, words, limit in (
        (0, Bilingual("men", "男性"), spec.retirement_men), (1, Bilingual("women", "女性"), spec.retirement_women)
    ):  # fmt: skip
        rows = (people.female == sex) & (age >= limit) & (age >= ADULT_AGE)
        label = Bilingual(f"retired, {words.en} from {limit}", f"{limit}岁及以上{words.zh}：退休")
        built = float((work[rows] == Work.RETIRED).mean()) if rows.any() else 1.0
        yield drawn(f"work.retired.{'women' if sex else 'men'}", _WORK, label, 1.0, built, int(rows.sum()))
    hours = scenario.population.free_hours
    for kind in Work:
        if kind is Work.CHILD:
            continue
        mean = getattr(hours, kind.name.lower())
        label = Bilingual(f"free hours, {WORK_WORDS[kind].en}", f"空闲时间：{WORK_WORDS[kind].zh}")
        values = people.free_hours[work == kind].astype(float)
        yield of_mean(
            f"free_hours.{kind.name.lower()}",
            _WORK,
            label,
            mean,
            values,
            mean * hours.spread / _TRIANGLE,
            "hours per week",
        )


def _party(scenario: Scenario, world: World) -> Iterator[Margin]:
    people, population = world.residents, scenario.population
    party, age = population.party, people.age
    major, member = age >= 18, people.party_member == 1
    members = int(member.sum())
    some = member if members else np.ones(len(member), bool)
    rows: list[tuple[str, Bilingual, float, NDArray[np.bool_]]] = [
        ("party.share_of_adults", Bilingual("Party members, of 18 and over", "18岁及以上居民中的党员"),
         party.share_of_adults, member[major]),
        ("party.over_60", Bilingual("61 and over, of members", "党员中61岁及以上"), party.over_60, (age > 60)[some]),
        ("party.under_40", Bilingual("under 40, of members", "党员中40岁以下"), party.under_40, (age < 40)[some]),
        ("party.women", Bilingual("women, of members", "党员中的女性"), party.women, (people.female == 1)[some]),
        ("registered", Bilingual("registered volunteers, of residents", "注册志愿者占居民比例"),
         population.participation.registered_share, people.registered == 1),
    ]  # fmt: skip
    for name, label, share, hit in rows:
        built = float(hit.mean()) if len(hit) and (members or not name.startswith("party.")) else share
        yield drawn(name, _PARTY, label, share, built, len(hit) if members or name == "registered" else 0)
    yield _college_ratio(scenario, world)
    sizes = np.bincount(people.branch[people.branch >= 0]) if members else np.zeros(1, np.int64)
    label = Bilingual("members of the largest branch", "最大党支部人数")
    most = int(sizes.max())
    yield Margin(
        "party.branch_size", _PARTY, label, "off" if most > party.branch_size else "rounding", party.branch_size, most,
        "people", 0, max(0, party.branch_size - most),
    )  # fmt: skip


def _college_ratio(scenario: Scenario, world: World) -> Margin:
    """Compare how many times likelier graduates are members, within age groups (Mantel and Haenszel 1959)."""
    people, wanted = world.residents, scenario.population.party.college_ratio
    group = np.searchsorted([18, 40, 61], people.age, side="right") * 2 + people.female
    graduate, member = people.schooling == Schooling.COLLEGE, people.party_member == 1
    above = below = variance = 0.0
    for g in range(2, 8):
        a, b = (member[(group == g) & some] for some in (graduate, ~graduate))
        whole = len(a) + len(b)
        if len(a) and len(b):
            above += a.sum() * len(b) / whole
            below += b.sum() * len(a) / whole
            variance += (whole * 1.0 * a.sum() + whole * 1.0 * b.sum()) * len(a) * len(b) / whole**3
    label = Bilingual("members, college over others", "大专及以上与其他人的入党倍数")
    if above <= 0 or below <= 0:
        return Margin("party.college_ratio", _PARTY, label, "chance", wanted, wanted, "ratio", 0, 0.0)
    built = above / below
    most = wanted * float(np.expm1(deviations() * np.sqrt(variance / (above * below))))
    verdict = "chance" if abs(built - wanted) <= most else "off"
    return Margin(
        "party.college_ratio", _PARTY, label, verdict, wanted, float(built), "ratio", int(member.sum()), most
    )


def _minds(scenario: Scenario, world: World) -> Iterator[Margin]:
    people, population = world.residents, scenario.population
    spec, adult = population.participation, people.age >= ADULT_AGE
    kind = people.participation_type[adult]
    for which, share, label in (
        (ParticipationType.CERTAIN, spec.certain_share, Bilingual("certain participants", "必然参与者")),
        (
            ParticipationType.CONTINGENT,
            spec.contingent_share,
            Bilingual("contingent participants", "条件参与者"),
        ),
    ):
        name = f"participation.{which.name.lower()}"
        yield drawn(name, _MINDS, label, share, float((kind == which).mean()), len(kind))
    limit = spec.threshold
    flat = limit.distribution == "uniform"
    mean, deviation = (
        ((limit.low + limit.high) / 2, (limit.high - limit.low) / 12**0.5) if flat else (limit.mean, limit.sd)
    )
    label = Bilingual("participation threshold, mean", "参与门槛均值")
    yield of_mean(
        "participation.threshold",
        _MINDS,
        label,
        mean,
        people.threshold[adult].astype(float),
        deviation,
        "0-1",
    )
    views = population.attitudes
    trust = (
        ("community", Bilingual("trust in the residents' committee", "对居（村）委会的信任")),
        ("street", Bilingual("trust in the street office or town", "对街道（乡镇）的信任")),
        ("district", Bilingual("trust in the district (county)", "对区（县）政府的信任")),
        ("centre", Bilingual("trust in the central government", "对中央政府的信任")),
    )
    parts = float(np.hypot(views.common, 1.0 - views.common))
    columns = [
        (f"trust_{name}", words, people.trust[:, tier].astype(float), parts)
        for tier, (name, words) in enumerate(trust)
    ]
    columns += [
        ("expectation", Bilingual("expectation", "预期"), people.expectation.astype(float), 1.0),
        ("efficacy", Bilingual("collective efficacy", "集体效能感"), people.efficacy.astype(float), 1.0),
    ]
    for name, words, values, part in columns:
        middle = getattr(views, name)
        width = min(views.spread, middle, 1.0 - middle)
        both = Bilingual(f"{words.en}, mean", f"{words.zh}均值")
        yield of_mean(f"attitudes.{name}", _MINDS, both, middle, values, width * part / _TRIANGLE, "0-1")
    major = people.age >= 18
    known = people.acquainted[major] == 1
    share = scenario.network.staff.share
    building = _building(scenario, world)[people.household[major]]
    draws = independent_draws(known, building - building.min(), share) if len(known) else 0
    label = Bilingual("know the community's staff, of 18 and over", "18岁及以上居民中认识社区干部")
    yield drawn("acquainted", _MINDS, label, share, float(known.mean()) if len(known) else share, draws)


def _building(scenario: Scenario, world: World) -> NDArray[np.int64]:
    """Return a number for each household's building, rising; shape (H,)."""
    where = world.households.community.astype(np.int64)
    inside = np.arange(len(where)) - world.communities.first_household.astype(np.int64)[where]
    new = np.ones(len(where), bool)
    own = inside // scenario.population.building_households
    new[1:] = (np.diff(where) != 0) | (np.diff(own) != 0)
    return np.cumsum(new) - 1


def _housing(scenario: Scenario, world: World) -> Iterator[Margin]:
    places = [place for unit in scenario.population.written_out() for place in unit.communities]
    building = _building(scenario, world)
    one = np.flatnonzero(np.diff(building, prepend=-1))
    kind, where = world.households.housing[one], world.households.community[one].astype(np.int64)
    shares = np.array([
        [1.0 - p.housing.resettlement - p.housing.commodity - p.housing.village,
         p.housing.resettlement, p.housing.commodity, p.housing.village] for p in places
    ])  # fmt: skip
    for k in Housing:
        words = HOUSING_WORDS[k]
        share, draws = float(shares[where, k].mean()), len(where)
        built = float((kind == k).mean())
        yield drawn(f"housing.{k.name.lower()}", _HOUSING, Bilingual(f"{words.en}, of buildings", f"{words.zh}占楼栋比例"),
                    share, built, draws)  # fmt: skip
    for c in range(len(places)):
        rows = kind[where == c]
        for k in Housing:
            if not len(rows) or (shares[c, k] <= 0 and not (rows == k).any()):
                continue
            words, there = HOUSING_WORDS[k], _named(world, c)
            label = Bilingual(f"{words.en}, {there.en}", f"{there.zh}：{words.zh}")
            name = f"housing.{k.name.lower()}.community.{c + 1}"
            row = drawn(
                name, _HOUSING, label, max(float(shares[c, k]), 0.0), float((rows == k).mean()), len(rows)
            )
            wild = row.verdict == "chance" and abs(row.built - float(shares[c, k])) > _LUMPED
            yield replace(row, verdict="lottery") if wild else row


def _hazards(scenario: Scenario, world: World) -> Iterator[Margin]:
    places = [place for unit in scenario.population.written_out() for place in unit.communities]
    grids, where = world.grids, world.grids.community.astype(np.int64)
    count = np.bincount(where, minlength=len(places))
    one = np.minimum(grids.first_household[:-1].astype(np.int64), len(world.households.exposure) - 1)
    home = world.households.community.astype(np.int64)
    homes = np.bincount(home, minlength=len(places))
    for hazard in Hazard:
        key, words = hazard.name.lower(), HAZARD_WORDS[hazard]
        share = np.array([getattr(place.hazards, key) for place in places])
        hit = (world.households.exposure[one] & hazard) > 0
        wanted = float(share @ count / count.sum())
        label = Bilingual(f"{words.en}, of grids", f"{words.zh}占网格比例")
        yield dealt(f"hazards.{key}", _HAZARDS, label, wanted, float(hit.mean()), "share", 1.0 / len(where))
        exposed = np.bincount(home, (world.households.exposure & hazard) > 0, len(places))
        for c in range(len(places)):
            if not count[c] or (share[c] == 0 and not exposed[c]):
                continue
            there, built = _named(world, c), float(hit[where == c].mean())
            label = Bilingual(f"{words.en}, {there.en}", f"{there.zh}：{words.zh}")
            row = dealt(
                f"hazards.{key}.community.{c + 1}",
                _HAZARDS,
                label,
                float(share[c]),
                built,
                "share",
                1.0 / count[c],
            )
            lumped = row.verdict == "rounding" and abs(exposed[c] / homes[c] - share[c]) > _LUMPED
            yield replace(row, verdict="lumped") if lumped else row


def _organisations(scenario: Scenario, world: World) -> Iterator[Margin]:
    population, people = scenario.population, world.residents
    table = world.organisations
    edges = world.communities.first_resident.astype(np.int64)
    size = sizes(table.first_member)
    may: dict[OrganisationKind, NDArray[np.bool_]] = dict.fromkeys(OrganisationKind, people.age >= ADULT_AGE)
    may[OrganisationKind.VOLUNTEER_TEAM] = people.registered == 1
    may[OrganisationKind.SERVICE_PROVIDER] = may[OrganisationKind.ENTERPRISE] = people.work == Work.EMPLOYED
    for kind in OrganisationKind:
        key, words = kind.name.lower(), ORGANISATION_WORDS[kind]
        spec, own = getattr(population.organisations, key), table.kind == kind
        wanted = spec.per_10000 * population.residents * PER_10000
        row = dealt(
            f"organisations.{key}.number", _ORGANISATIONS, words, wanted, float(own.sum()), "count", 0.5
        )
        vanished = spec.per_10000 > 0 and not own.any()
        yield replace(row, verdict="vanished") if vanished else row
        if not own.any():
            continue
        before = np.concatenate([[0], np.cumsum(may[kind])])
        there = table.community[own].astype(np.int64)
        room = np.where(there < 0, before[-1], before[edges[there + 1]] - before[edges[there]])
        full = np.minimum(spec.members, room)
        label = Bilingual(f"members, {words.en}", f"{words.zh}：成员数")
        built = float(size[own].mean())
        verdict = "off" if (size[own] != full).any() else "equal" if built == spec.members else "rounding"
        short = float(spec.members - full.mean())
        yield Margin(
            f"organisations.{key}.members",
            _ORGANISATIONS,
            label,
            verdict,
            spec.members,
            built,
            "people",
            0,
            short,
        )


def _ties(scenario: Scenario, world: World) -> Iterator[Margin]:
    network, people, ties = scenario.network, world.residents, world.ties
    n = len(people.age)
    ends = np.bincount(ties.layer, minlength=len(TieLayer))
    adults = int((people.age >= ADULT_AGE).sum())
    size = sizes(world.households.first)
    pairs = float((size * (size - 1)).sum()) / n if network.household else 0.0
    branch = (
        np.bincount(people.branch[people.branch >= 0])
        if (people.branch >= 0).any()
        else np.zeros(0, np.int64)
    )
    group = sizes(world.organisations.first_member)
    crowd = np.bincount(people.community[people.age >= ADULT_AGE])
    layers: list[tuple[TieLayer, float, int, NDArray[Any]]] = [
        (
            TieLayer.NEIGHBOUR,
            0.0 if network.neighbours.kind == "none" else network.neighbours.degree,
            adults,
            crowd,
        ),
        (TieLayer.KIN_WORK_SCHOOL, network.kin_work_school.degree, adults, np.array([adults])),
        (TieLayer.BRANCH, network.branch.degree, int(branch.sum()), branch),
        (TieLayer.ORGANISATION, network.organisation.degree, int(group.sum()), group),
    ]
    yield dealt("ties.household", _TIES, Bilingual("household ties a resident", "人均家庭联系"), pairs,
                float(ends[TieLayer.HOUSEHOLD]) / n, "ties")  # fmt: skip
    for layer, degree, heads, pools in layers:
        if not heads:
            continue
        # Nobody has more ties than others in the pool.
        wanted = float((pools * np.minimum(degree, np.maximum(pools - 1, 0))).sum()) / heads
        built = float(ends[layer]) / heads
        words = LAYER_WORDS[layer]
        # Pairs of the layers before that are tied anyhow, and what chance does to degrees that are no more than Poisson.
        known = _OVERLAP[layer] * wanted + float(ends[:layer].sum()) / n * wanted / max(1, int(pools.max()))
        chance = deviations() * float(np.sqrt(wanted / heads))
        short = (degree - wanted) + known + chance
        off = built > wanted + chance or built < wanted - known - chance
        label = Bilingual(f"ties, {words.en}", f"{words.zh}联系")
        yield Margin(
            f"ties.{layer.name.lower()}",
            _TIES,
            label,
            "off" if off else "chance",
            degree,
            built,
            "ties",
            heads,
            short,
        )
    wanted_links = network.liaison.linked_households
    members = int((people.branch >= 0).sum())
    if members:
        built, label = (
            len(world.links.household) / members,
            Bilingual("households linked to a member", "党员联系户数"),
        )
        _, number = np.unique(world.links.member, return_counts=True)
        verdict = (
            "off"
            if len(number) and number.max() > wanted_links
            else "equal"
            if built == wanted_links
            else "rounding"
        )
        yield Margin(
            "ties.liaison",
            _TIES,
            label,
            verdict,
            wanted_links,
            built,
            "households",
            0,
            max(0.0, wanted_links - built),
        )
