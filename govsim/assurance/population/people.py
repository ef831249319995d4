"""People, homes and offices that cannot be: named rules over the columns of a world.

A world does not say who is whose partner or child; :func:`families` infers it from the order of a household, head first.
Laws: marriage from 22 (men) and 20 (women), Civil Code of China art. 1047; Party members from 18, Constitution of the CPC
art. 1; work from 16, Labour Law art. 15.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from govsim.assurance.population.rows import Bilingual, Rule
from govsim.engine.offices import Establishment
from govsim.engine.recording import Level
from govsim.units import ADULT_AGE
from govsim.world import (
    Households,
    OrganisationKind,
    Residents,
    Schooling,
    TieLayer,
    Work,
    World,
)
from govsim.world.ties import sizes

Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]

COUPLE_YEARS = 15
"""Most years between partners; farther apart two people are taken for parent and child."""
MOTHER_FROM = 15
"""Least age of a parent at birth."""
LEGAL = {"men": 22, "women": 20}
"""Legal ages of marriage."""
RETIRED_FROM = 45
"""Earliest age of early retirement of women in arduous work (State Council 1978, no. 104)."""
DEGREE_FROM = 20
"""Six years of age at school, twelve of school, two to three of college: nobody has finished sooner."""
SCHOOL_FROM = {Schooling.JUNIOR: 12, Schooling.SENIOR: 15, Schooling.COLLEGE: 17}
"""Least age of somebody who is at this kind of school or has left it."""
STUDENT_FROM, STUDENT_TO = 6, 30
OLDEST = 110
HALF_POST = 0.5
"""Full-time posts below which nobody can be found for an office."""

_HOMES = Bilingual("families", "家庭")
_AGES = Bilingual("ages, school and work", "年龄、上学和就业")
_ROLLS = Bilingual("rolls", "名册")
_SCALES = Bilingual("values out of range", "取值越界")
_PAIRS = Bilingual("ties", "社会联系")
_OFFICES = Bilingual("offices", "单位")


class Families(NamedTuple):
    """Who lives with whom, inferred; all arrays hold residents and have one entry a couple, or a child.

    Attributes
    ----------
    man, woman : int64 arrays, shape (couples,)
    child, mother, father : int64 arrays, shape (children,)
        Everybody under 18 and grown ones a generation below the head; woman and man among head and partner, -1 where
        there is none.
    """

    man: Whole
    woman: Whole
    child: Whole
    mother: Whole
    father: Whole


def families(residents: Residents, households: Households) -> Families:
    """Infer couples and parents.

    A couple are the head and the next member, or two later members a generation above the head, of different sex, both from 16 on
    and at most 15 years apart. Children are members under 18 that are not the head, and older ones at least 15 years younger than head and
    partner: a grown member who is not may be any relative.
    """
    first = households.first.astype(np.int64)
    size = sizes(households.first)
    age, female = residents.age.astype(np.int64), residents.female.astype(np.int64)
    head = np.repeat(first[:-1], size)
    at = np.arange(len(age))
    later = at > head
    before = np.maximum(at - 1, 0)
    pair = later & (female != female[before]) & (np.abs(age - age[before]) <= COUPLE_YEARS)
    pair &= (np.minimum(age, age[before]) >= ADULT_AGE) & (
        (at == head + 1) | ((before > head) & (np.minimum(age, age[before]) >= age[head] + MOTHER_FROM))
    )
    second = np.flatnonzero(pair)
    other = second - 1
    man = np.where(female[second] == 0, second, other)
    woman = np.where(female[second] == 0, other, second)
    partner = np.full(len(age), -1, np.int64)
    own = second[other == head[second]]
    partner[head[own]] = own
    younger = np.minimum(age[head], np.where(partner[head] >= 0, age[np.maximum(partner[head], 0)], 255))
    child = np.flatnonzero(later & ((age < 18) | (age <= younger - MOTHER_FROM)) & (partner[head] != at))
    ends = np.stack([head[child], partner[head[child]]])

    def parent(sex: int) -> Whole:
        fits = (ends >= 0) & (female[np.maximum(ends, 0)] == sex)
        return np.where(fits[0], ends[0], np.where(fits[1], ends[1], -1))

    return Families(man, woman, child, parent(1), parent(0))


def rules(world: World, offices: Establishment) -> list[Rule]:
    """Return every rule with who breaks it."""
    return [*_family_rules(world), *_age_rules(world), *_roll_rules(world), *_scale_rules(world), *_tie_rules(world),
            *_office_rules(world, offices)]  # fmt: skip


_RESIDENT = Bilingual("resident", "号居民")


def _rule(
    name: str,
    group: Bilingual,
    label: Bilingual,
    rows: Whole,
    base: int,
    verdict: str = "impossible",
    what: Bilingual = _RESIDENT,
) -> Rule:
    verdict = verdict if len(rows) else "none"
    example = Bilingual(f"{what.en} {rows[0]}", f"{rows[0]}{what.zh}") if len(rows) else Bilingual("", "")
    return Rule(name, group, label, verdict, len(rows), base, example)


def _broken(
    name: str,
    group: Bilingual,
    label: Bilingual,
    flags: Flags,
    base: Flags | None = None,
    verdict: str = "impossible",
) -> Rule:
    return _rule(
        name, group, label, np.flatnonzero(flags), len(flags) if base is None else int(base.sum()), verdict
    )


def _family_rules(world: World) -> Iterator[Rule]:
    people, homes = world.residents, world.households
    age = people.age.astype(np.int64)
    first = homes.first.astype(np.int64)
    size = sizes(homes.first)
    head = np.repeat(first[:-1], size)
    empty = np.flatnonzero(size <= 0)
    yield _rule(
        "household.empty",
        _HOMES,
        Bilingual("a household without people", "无人的家庭户"),
        empty,
        len(size),
        what=Bilingual("household", "号家庭户"),
    )
    lone = (size[people.household] == 1) & (age < ADULT_AGE)
    yield _broken(
        "child.alone",
        _HOMES,
        Bilingual("a child under 16 living alone", "16岁以下独居"),
        lone,
        age < ADULT_AGE,
    )
    oldest = np.maximum.reduceat(age, np.minimum(first[:-1], len(age) - 1))
    minors = np.flatnonzero((oldest < 18) & (size > 0))
    yield _rule("household.no_adult", _HOMES, Bilingual("a household without anybody of 18 and over", "没有18岁及以上居民的家庭户"),
                first[minors], len(size))  # fmt: skip
    yield _broken("household.elsewhere", _HOMES, Bilingual("a resident of another community than the own household",
                  "居民与其家庭户不在同一社区（村）"), people.community != homes.community[people.household])  # fmt: skip
    yield _broken("household.row", _HOMES, Bilingual("a resident counted in another household", "居民归入他户"),
                  first[people.household] != head)  # fmt: skip
    kin = families(people, homes)
    for word, which, label in (
        ("mother", kin.mother, Bilingual("a mother younger than 15 at birth", "生育时不满15岁的母亲")),
        ("father", kin.father, Bilingual("a father younger than 15 at birth", "生育时不满15岁的父亲")),
    ):
        known = which >= 0
        years = age[np.maximum(which, 0)] - age[kin.child]
        yield _rule(f"{word}.under_15", _HOMES, label, which[known & (years < MOTHER_FROM)], int(known.sum()))
        if word == "mother":
            early = known & (years >= MOTHER_FROM) & (years < 18)
            words = Bilingual("a mother aged 15 to 17 at birth", "15至17岁生育的母亲")
            yield _rule("mother.under_18", _HOMES, words, which[early], int(known.sum()), verdict="unlikely")
    early = (age[kin.man] < LEGAL["men"]) | (age[kin.woman] < LEGAL["women"])
    yield _rule("couple.underage", _HOMES, Bilingual("a couple below legal age (22 and 20)", "未达法定婚龄（男22、女20）的夫妻"),
                np.minimum(kin.man, kin.woman)[early], len(kin.man), verdict="unlikely")  # fmt: skip


def _age_rules(world: World) -> Iterator[Rule]:
    people = world.residents
    age, work, level = people.age.astype(np.int64), people.work, people.schooling
    student = work == Work.STUDENT
    yield _broken(
        "age.oldest", _AGES, Bilingual(f"somebody older than {OLDEST}", f"{OLDEST}岁以上"), age > OLDEST
    )
    yield _broken(
        "student.young",
        _AGES,
        Bilingual("a pupil younger than 6", "不满6岁的学生"),
        student & (age < STUDENT_FROM),
        student,
    )
    yield _broken(
        "student.old",
        _AGES,
        Bilingual("a student older than 30", "30岁以上的学生"),
        student & (age > STUDENT_TO),
        student,
    )
    yield _broken("child.works", _AGES, Bilingual("somebody under 16 with work, a pension or none", "16岁以下已就业、退休或无业"),
                  (age < ADULT_AGE) & (work != Work.CHILD) & ~student, age < ADULT_AGE)  # fmt: skip
    yield _broken("adult.child", _AGES, Bilingual("somebody from 16 counted as a child", "16岁及以上按儿童计"),
                  (age >= ADULT_AGE) & (work == Work.CHILD), age >= ADULT_AGE)  # fmt: skip
    early = np.zeros(len(age), bool)
    for kind, least in SCHOOL_FROM.items():
        early |= (level >= kind) & (age < least)
    yield _broken(
        "schooling.early",
        _AGES,
        Bilingual("further schooling than the age allows", "受教育程度高于年龄所允许"),
        early,
    )
    degree = (level == Schooling.COLLEGE) & ~student
    yield _broken("degree.early", _AGES, Bilingual("a finished degree before 20", "不满20岁已大专毕业"),
                  degree & (age < DEGREE_FROM), degree, verdict="unlikely")  # fmt: skip
    retired = work == Work.RETIRED
    yield _broken("retired.young", _AGES, Bilingual(f"a retired person younger than {RETIRED_FROM}", f"不满{RETIRED_FROM}岁的退休人员"),
                  retired & (age < RETIRED_FROM), retired)  # fmt: skip


def _roll_rules(world: World) -> Iterator[Rule]:
    people, table = world.residents, world.organisations
    age, member = people.age, people.party_member == 1
    yield _broken(
        "member.young",
        _ROLLS,
        Bilingual("a Party member under 18", "不满18岁的党员"),
        member & (age < 18),
        member,
    )
    yield _broken("member.branch", _ROLLS, Bilingual("a Party member without a branch, or somebody else in one",
                  "党员无支部或非党员在支部"), member != (people.branch >= 0), member)  # fmt: skip
    volunteer = people.registered == 1
    yield _broken(
        "volunteer.young",
        _ROLLS,
        Bilingual("a registered volunteer under 18", "不满18岁的注册志愿者"),
        volunteer & (age < 18),
        volunteer,
    )
    size = sizes(table.first_member)
    number = np.repeat(np.arange(len(size)), size)
    who, kind = table.member.astype(np.int64), np.repeat(table.kind, size)
    pair = number * len(age) + who
    twice = (
        np.flatnonzero(np.bincount(np.unique(pair, return_inverse=True)[1]) > 1)
        if len(pair)
        else np.zeros(0, np.int64)
    )
    yield _rule("organisation.twice", _ROLLS, Bilingual("somebody twice in an organisation", "重复加入同一组织"),
                np.unique(pair)[twice] % len(age) if len(pair) else twice, len(who))  # fmt: skip
    place = np.repeat(table.community, size)
    wrong = (age[who] < ADULT_AGE) | ((place >= 0) & (people.community[who] != place))
    wrong |= (kind == OrganisationKind.VOLUNTEER_TEAM) & (people.registered[who] == 0)
    yield _rule("organisation.member", _ROLLS, Bilingual("a member of an organisation who may not be one", "不符合条件的组织成员"),
                who[wrong], len(who))  # fmt: skip


def _scale_rules(world: World) -> Iterator[Rule]:
    people = world.residents
    columns: Mapping[str, tuple[NDArray[np.floating], float]] = {
        "trust": (people.trust, 1.0), "expectation": (people.expectation, 1.0), "efficacy": (people.efficacy, 1.0),
        "ability": (people.ability, 1.0), "free_hours": (people.free_hours, 112.0),
    }  # fmt: skip
    words = {
        "trust": Bilingual("trust outside 0 to 1", "信任超出0至1"),
        "expectation": Bilingual("expectation outside 0 to 1", "预期超出0至1"),
        "efficacy": Bilingual("efficacy outside 0 to 1", "效能感超出0至1"),
        "ability": Bilingual("ability to report outside 0 to 1", "反映问题能力超出0至1"),
        "free_hours": Bilingual("free hours below 0 or above 112 a week", "每周空闲时间小于0或大于112小时"),
    }
    for name, (values, most) in columns.items():
        bad = ~((values >= 0) & (values <= most))
        yield _broken(
            f"range.{name}", _SCALES, words[name], np.asarray(bad.reshape(len(bad), -1).any(axis=1))
        )


_BACK = np.array([
    TieLayer.LIAISON_HOUSEHOLD if layer == TieLayer.LIAISON_MEMBER
    else TieLayer.LIAISON_MEMBER if layer == TieLayer.LIAISON_HOUSEHOLD else layer for layer in TieLayer
])  # fmt: skip


def _tie_rules(world: World) -> Iterator[Rule]:
    """Yield the rules about ties; of a whole prefecture there are forty million, so long arrays go as soon as they are used."""
    ties, people = world.ties, world.residents
    n = len(people.age)
    ego = np.repeat(np.arange(n, dtype=np.uint32), sizes(ties.indptr))
    other, layer = ties.other, ties.layer
    total = len(other)
    beyond = (other >= n) | (layer >= len(TieLayer))
    yield _tie_rule("tie.nobody", "a tie to nobody", "指向不存在居民的联系", ego[beyond], total)
    if beyond.any():
        ego, other, layer = ego[~beyond], other[~beyond], layer[~beyond]
    yield _tie_rule("tie.self", "a tie to oneself", "与自己的联系", ego[ego == other], total)
    code = ego.astype(np.int64) * n + other
    code.sort()
    yield _tie_rule("tie.twice", "the same tie twice", "重复的联系", code[1:][np.diff(code) == 0] // n, total)
    del code
    yield _tie_rule(
        "tie.one_way",
        "a tie that the other end does not have",
        "单向联系",
        _one_way(ego, other, layer, n),
        total,
    )
    outside = layer != TieLayer.HOUSEHOLD
    young = people.age < ADULT_AGE
    rows = ego[outside & (young[ego] | young[other])]
    yield _tie_rule(
        "tie.child",
        "a child under 16 tied outside the household",
        "16岁以下居民在家庭之外有联系",
        rows,
        total,
    )
    apart = ego[~outside & (people.household[ego] != people.household[other])]
    yield _tie_rule("tie.household", "a household tie across households", "跨户的家庭联系", apart, total)


def _tie_rule(name: str, en: str, zh: str, rows: NDArray[np.integer], total: int) -> Rule:
    return _rule(name, _PAIRS, Bilingual(en, zh), rows.astype(np.int64), total)


def _one_way(
    ego: NDArray[np.integer], other: NDArray[np.integer], layer: NDArray[np.integer], n: int
) -> Whole:
    """Return at whose end each tie stands that the other end lacks, or has in another layer."""
    there = (ego.astype(np.int64) * n + other) * len(TieLayer) + layer
    back = (other.astype(np.int64) * n + ego) * len(TieLayer) + _BACK[layer]
    there.sort()
    if np.array_equal(there, np.sort(back)):
        return np.zeros(0, np.int64)
    at = np.minimum(np.searchsorted(there, back), len(there) - 1)
    rows: Whole = ego[there[at] != back].astype(np.int64)
    return rows


def _office_rules(world: World, offices: Establishment) -> Iterator[Rule]:
    table, servers = offices.offices, offices.servers
    staff = servers["staff"] == 1
    own = np.flatnonzero(table["level"] != Level.DESK)
    posts = np.bincount(servers["office"], servers["fte"] * staff, len(table))
    names = offices.table.names
    chinese = (*world.community_names_zh, *world.street_names_zh)

    def named(rule: Rule, office: int, size: float, of: Bilingual) -> Rule:
        zh = (chinese[office] if office < len(chinese) else "") or names[office]
        return replace(
            rule, example=Bilingual(f"{names[office]}, {size:.2g} {of.en}", f"{zh}，{size:.2g}{of.zh}")
        )

    for name, label, rows, verdict in (
        ("office.half", Bilingual("an office with less than half a person", "不足半个人的单位"),
         own[(posts[own] > 0) & (posts[own] < HALF_POST)], "impossible"),
        ("office.part", Bilingual("an office with half to one person", "不足一人的单位"),
         own[(posts[own] >= HALF_POST) & (posts[own] < 1.0 - 1e-9)], "parts"),
    ):  # fmt: skip
        made = _rule(name, _OFFICES, label, rows, len(own), verdict)
        least = int(rows[np.argmin(posts[rows])]) if len(rows) else 0
        yield named(made, least, float(posts[least]), Bilingual("posts", "个岗位")) if len(rows) else made
    broken = np.flatnonzero(staff & (servers["fte"] < 1.0 - 1e-9))
    label = Bilingual("a post that is a fraction of a full-time one", "非整数岗位")
    made = _rule("post.fraction", _OFFICES, label, broken, int(staff.sum()), verdict="parts")
    if len(broken):
        worst = broken[int(np.argmin(servers["fte"][broken]))]
        of = Bilingual("of full time", "个全时")
        made = named(made, int(servers["office"][worst]), float(servers["fte"][worst]), of)
    yield made
