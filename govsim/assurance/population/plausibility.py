"""What is unlike any ordinary district: pyramid, couples and attributes that go together in every real population."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from govsim.assurance.population.people import families
from govsim.assurance.population.rows import Bilingual, Measured
from govsim.world import Hazard, Housing, Work, World

_PEOPLE = Bilingual("people", "居民")
_TOGETHER = Bilingual("what goes together", "属性之间的关联")
_LEAST_YEARS = 200
"""People in a group below which nothing is said of it."""
_STEP = 2.0
_LOOSE = 0.1
"""Association below which two attributes count as independent (Cohen 1988: small)."""


def _measure(
    name: str,
    group: Bilingual,
    label: Bilingual,
    value: float,
    unit: str,
    expected: Bilingual,
    ok: bool,
    enough: bool = True,
) -> Measured:
    verdict = "few" if not enough or not np.isfinite(value) else "usual" if ok else "unusual"
    return Measured(name, group, label, verdict, float(value), unit, expected)


def _slack(share: float, draws: int) -> float:
    """Return three standard errors of a share, by which chance may take it out of a range."""
    return 3.0 * float(np.sqrt(max(share * (1.0 - share), 0.0) / max(1, draws)))


def plausibility(world: World) -> list[Measured]:
    """Return measures of people beside what ordinary districts show; thresholds are assumptions and say so."""
    return [*_pyramid_measures(world), *_associations(world)]


def _pyramid_measures(world: World) -> Iterator[Measured]:
    people = world.residents
    age = people.age.astype(np.int64)
    years = np.bincount(age, minlength=121).astype(float)
    pooled = np.maximum(years, 1.0)
    ratio = np.maximum(pooled[1:] / pooled[:-1], pooled[:-1] / pooled[1:])
    # Steps of single years that chance does not make: three standard errors of the logarithm below the ratio.
    sure = np.log(ratio) - 3.0 * np.sqrt(1.0 / pooled[1:] + 1.0 / pooled[:-1])
    sure[:2] = sure[90:] = -np.inf
    at = int(np.argmax(sure))
    label = Bilingual(
        f"largest step between single years (ages {at} and {at + 1})",
        f"相邻年龄最大人数比（{at}岁与{at + 1}岁）",
    )
    yield _measure("age.step", _PEOPLE, label, float(ratio[at]), "ratio", Bilingual("at most 2, beyond chance (assumed)", "不大于2（扣除偶然，假设）"),
                   float(np.exp(sure[at])) <= _STEP, len(age) >= _LEAST_YEARS)  # fmt: skip
    old = int((age > 60).sum())
    share = float((age >= 90).sum() / old) if old else float("nan")
    yield _measure("age.oldest_share", _PEOPLE, Bilingual("90 and over, of those over 60", "61岁及以上中90岁及以上"), share, "share",
                   Bilingual("at most 3% (assumed)", "不大于3%（假设）"), share - _slack(share, old) <= 0.03, old >= _LEAST_YEARS)  # fmt: skip
    oldest = age >= 75
    women = float(people.female[oldest].mean()) if oldest.any() else float("nan")
    most = 1.0 / np.sqrt(max(1, int(oldest.sum())))
    yield _measure("age.old_women", _PEOPLE, Bilingual("women, of 75 and over", "75岁及以上中女性"), women, "share",
                   Bilingual("above 50%: women live longer", "大于50%：女性寿命更长"), women - most > 0.5 or women >= 0.53,
                   int(oldest.sum()) >= _LEAST_YEARS)  # fmt: skip
    young = (age >= 16) & (age <= 17)
    out = float((people.work[young] != Work.STUDENT).mean()) if young.any() else float("nan")
    yield _measure("student.sixteen", _PEOPLE, Bilingual("16 and 17, not at school", "16至17岁不在学"), out, "share",
                   Bilingual("at most 15% (assumed)", "不大于15%（假设）"), out - _slack(out, int(young.sum())) <= 0.15, int(young.sum()) >= 50)  # fmt: skip
    kin = families(people, world.households)
    gap = float((age[kin.man] - age[kin.woman]).mean()) if len(kin.man) else float("nan")
    yield _measure("couple.gap", _PEOPLE, Bilingual("years by which husbands are older, mean", "丈夫比妻子平均年长"), gap, "years",
                   Bilingual("1 to 3 (assumed)", "1至3（假设）"), 1.0 <= gap <= 3.0, len(kin.man) >= _LEAST_YEARS)  # fmt: skip
    middle = (age >= 40) & (age <= 60)
    paired = np.zeros(len(age), bool)
    paired[kin.man] = paired[kin.woman] = True
    share = float(paired[middle].mean()) if middle.any() else float("nan")
    yield _measure("couple.middle", _PEOPLE, Bilingual("live as a couple, of 40 to 60", "40至60岁中夫妻同住"), share, "share",
                   Bilingual("at least 75% (assumed)", "不小于75%（假设）"), share + _slack(share, int(middle.sum())) >= 0.75, int(middle.sum()) >= _LEAST_YEARS)  # fmt: skip


def association(one: NDArray[np.integer], two: NDArray[np.integer]) -> float:
    """Return Cramér's V of two attributes, corrected for bias (Bergsma 2013); NaN where one does not vary."""
    table = np.bincount(
        one.astype(np.int64) * (int(two.max()) + 1) + two,
        minlength=(int(one.max()) + 1) * (int(two.max()) + 1),
    )
    counts = table.reshape(int(one.max()) + 1, int(two.max()) + 1).astype(float)
    counts = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    rows, columns = counts.shape
    n = counts.sum()
    if min(rows, columns) < 2:
        return float("nan")
    wanted = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / n
    phi = float(((counts - wanted) ** 2 / wanted).sum() / n)
    phi = max(0.0, phi - (rows - 1) * (columns - 1) / (n - 1))
    least = min(rows - (rows - 1) ** 2 / (n - 1), columns - (columns - 1) ** 2 / (n - 1)) - 1
    return float(np.sqrt(phi / least)) if least > 0 else float("nan")


def _associations(world: World) -> Iterator[Measured]:
    people, homes = world.residents, world.households
    prime = (people.age >= 25) & (people.age <= 49)
    housing = homes.housing[people.household]
    first = homes.first[:-1].astype(np.int64)
    kin = families(people, homes)
    expected = Bilingual(f"at least {_LOOSE} (assumed)", f"不小于{_LOOSE}（假设）")
    two = np.stack([kin.man, kin.woman])
    two = two[:, (people.age[two] >= 18).all(axis=0)]
    pairs = (
        ("work_sex", Bilingual("work and sex, 25 to 49", "就业与性别（25至49岁）"), people.work[prime], people.female[prime]),
        ("work_schooling", Bilingual("work and schooling, 25 to 49", "就业与受教育程度（25至49岁）"), people.work[prime], people.schooling[prime]),
        ("work_housing", Bilingual("work and housing, 25 to 49", "就业与住房（25至49岁）"), people.work[prime], housing[prime]),
        ("housing_origin", Bilingual("housing and origin, households", "住房与来源（户）"), homes.housing, people.migrant[first]),
        ("schooling_couple", Bilingual("schooling of partners", "夫妻受教育程度"), people.schooling[two[0]], people.schooling[two[1]]),
        ("member_couple", Bilingual("Party membership of partners", "夫妻党员身份"), people.party_member[two[0]], people.party_member[two[1]]),
        ("type_couple", Bilingual("readiness to take part of partners", "夫妻参与类型"),
         people.participation_type[two[0]], people.participation_type[two[1]]),
    )  # fmt: skip
    for name, label, one, other in pairs:
        value = association(one, other) if len(one) else float("nan")
        sure = value + 3.0 / np.sqrt(max(1, len(one)))
        enough = 3.0 / np.sqrt(max(1, len(one))) < _LOOSE
        yield _measure(
            f"together.{name}", _TOGETHER, label, value, "Cramér's V", expected, sure >= _LOOSE, enough
        )
    yield _resettled(world)


_BUILDING = 40
"""Households of a building, which share a kind of housing, in the shipped districts."""


def _resettled(world: World) -> Measured:
    """Return the share of resettlement flats among the households over subsiding ground, from where people were moved."""

    homes = world.households
    over = (homes.exposure & Hazard.SUBSIDENCE) > 0
    flat = homes.housing == Housing.RESETTLEMENT
    buildings = int(over.sum()) // _BUILDING
    value = float(flat[over].mean()) if over.any() else float("nan")
    label = Bilingual("resettlement flats, of households over subsiding ground", "沉陷区家庭户中住安置小区")
    expected = Bilingual(
        "at most 10%: people moved out of there (assumed)", "不大于10%：安置小区安置的正是迁出居民（假设）"
    )
    return _measure(
        "together.resettled",
        _TOGETHER,
        label,
        value,
        "share",
        expected,
        value - _slack(value, buildings) <= 0.1,
        buildings >= 50,
    )
