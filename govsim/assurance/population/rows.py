"""What an audit of a population is made of: rows with a verdict, in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from govsim.world import Hazard, Housing, OrganisationKind, TieLayer, Work


class Bilingual(NamedTuple):
    """A word or a sentence in both languages."""

    en: str
    zh: str


VERDICTS: dict[str, Bilingual] = {
    "equal": Bilingual("equal", "相符"),
    "chance": Bilingual("within sampling error", "在抽样误差内"),
    "rounding": Bilingual("whole numbers", "取整"),
    "off": Bilingual("off", "不符"),
    "lumped": Bilingual("off, whole grids only", "不符（只按整格划分）"),
    "lottery": Bilingual("off, by chance of few buildings", "不符（楼栋少，由偶然决定）"),
    "vanished": Bilingual("specified, none built", "已设定，未生成"),
    "free": Bilingual("not specified", "未设定"),
    "none": Bilingual("none", "无"),
    "impossible": Bilingual("impossible", "不可能"),
    "unlikely": Bilingual("hardly possible", "几乎不可能"),
    "parts": Bilingual("parts of a person", "不是整人"),
    "usual": Bilingual("in the range", "在范围内"),
    "unusual": Bilingual("outside the range", "超出范围"),
    "few": Bilingual("too few to tell", "人数过少，无法判断"),
    "described": Bilingual("described only", "仅作描述"),
    "same": Bilingual("as the reference", "与参照一致"),
    "scaled": Bilingual("off by more than a tenth", "与参照相差超过一成"),
    "gone": Bilingual("none here, some in the reference", "参照有，此处无"),
    "alone": Bilingual("no reference", "无参照"),
}
"""All words of verdicts; :data:`FINDINGS` names those that are findings."""
FINDINGS = frozenset(
    {"off", "lumped", "lottery", "vanished", "impossible", "unlikely", "parts", "unusual", "scaled", "gone"}
)


HOUSING_WORDS = {
    Housing.OLD_WORK_UNIT: Bilingual("work-unit housing", "老单位小区"),
    Housing.RESETTLEMENT: Bilingual("resettlement estates", "安置小区"),
    Housing.COMMODITY: Bilingual("commodity housing", "商品房"),
    Housing.VILLAGE: Bilingual("village houses", "村庄住宅"),
}
HAZARD_WORDS = {
    Hazard.SUBSIDENCE: Bilingual("mining subsidence", "采煤沉陷区"),
    Hazard.WATER: Bilingual("failing water supply", "水源枯竭区"),
    Hazard.FARMLAND: Bilingual("lost farmland", "耕地受损区"),
}
ORGANISATION_WORDS = {
    OrganisationKind.MUTUAL_AID: Bilingual("mutual-aid groups", "互助组织"),
    OrganisationKind.VOLUNTEER_TEAM: Bilingual("volunteer teams", "志愿服务队"),
    OrganisationKind.SERVICE_PROVIDER: Bilingual("service providers", "社会服务机构"),
    OrganisationKind.OWNERS_COMMITTEE: Bilingual("owners' committees", "业主委员会"),
    OrganisationKind.ENTERPRISE: Bilingual("enterprise partners", "共建企业"),
}
WORK_WORDS = {
    Work.CHILD: Bilingual("under 16", "16岁以下"),
    Work.EMPLOYED: Bilingual("employed", "在职"),
    Work.LAID_OFF: Bilingual("laid-off workers", "下岗失业人员"),
    Work.SELF_EMPLOYED: Bilingual("self-employed", "个体经营"),
    Work.RETIRED: Bilingual("retired", "退休"),
    Work.STUDENT: Bilingual("students from 16", "16岁及以上学生"),
    Work.NONE: Bilingual("without work", "无业"),
}
LAYER_WORDS = {
    TieLayer.HOUSEHOLD: Bilingual("household", "家庭"),
    TieLayer.NEIGHBOUR: Bilingual("neighbours", "邻里"),
    TieLayer.KIN_WORK_SCHOOL: Bilingual("kin, work and school", "亲属、工作和学校"),
    TieLayer.BRANCH: Bilingual("Party branch", "党支部"),
    TieLayer.LIAISON_MEMBER: Bilingual("liaison household to member", "联系户至党员"),
    TieLayer.LIAISON_HOUSEHOLD: Bilingual("member to liaison household", "党员至联系户"),
    TieLayer.ORGANISATION: Bilingual("organisations", "组织"),
}
TIER_WORDS = {
    "community": Bilingual("community workers", "社区工作者"),
    "grid": Bilingual("grid workers", "网格员"),
    "street": Bilingual("street officials", "街道（乡镇）干部"),
    "department": Bilingual("department clerks", "部门工作人员"),
    "desk": Bilingual("hotline operators", "热线坐席"),
}


@dataclass(frozen=True)
class Looked:
    """One thing that was looked at.

    Attributes
    ----------
    name : str
        Stable name, such as ``residents.community.3``; numbers count from 1.
    group, label : Bilingual
        For people.
    verdict : str
        Key of :data:`VERDICTS`.
    """

    name: str
    group: Bilingual
    label: Bilingual
    verdict: str

    @property
    def finding(self) -> bool:
        """Whether something is wrong."""
        return self.verdict in FINDINGS


@dataclass(frozen=True)
class Margin(Looked):
    """A number that the scenario specifies beside the one that was built.

    Attributes
    ----------
    specified : float or None
        None where the scenario says nothing.
    built : float
    unit : str
        Of both: ``share`` is between 0 and 1.
    draws : int
        Independent draws that the built number rests on; 0 where nothing is drawn.
    tolerance : float
        How far a right builder may be from what is specified, in the same unit.
    """

    specified: float | None
    built: float
    unit: str
    draws: int
    tolerance: float


@dataclass(frozen=True)
class Rule(Looked):
    """A rule that nobody should break, and who does.

    Attributes
    ----------
    count, base : int
        Who breaks it, out of how many.
    example : Bilingual
        The first of them, such as ``resident 17``, numbered from 0 as in the ledgers; the smallest of offices. Empty where
        there is none.
    """

    count: int
    base: int
    example: Bilingual


@dataclass(frozen=True)
class Measured(Looked):
    """A measure of people or ties.

    Attributes
    ----------
    value : float
        NaN where there is nothing to measure.
    expected : Bilingual
        What an ordinary district would show, with where that is from; empty where nothing is expected.
    """

    value: float
    unit: str
    expected: Bilingual


@dataclass(frozen=True)
class Scaled(Looked):
    """A number of a district beside that of the district it stands for.

    Attributes
    ----------
    here : float
    there : float or None
        None without a reference.
    """

    here: float
    there: float | None
    unit: str


FALSE_ALARM = 0.01
"""Chance that any margin of a right builder is called off; the rows share it equally (Bonferroni)."""
MOST_SHARING = 300
"""Rows that it is shared among: more than any shipped district but a prefecture draws."""


def tolerance(share: float, draws: int) -> float:
    """Return how far a share of ``draws`` independent draws may be from the specified one.

    From the quantiles of the binomial distribution, exact, both sides together with a false alarm of
    ``FALSE_ALARM / MOST_SHARING``.
    """
    from scipy.stats import binom

    if draws <= 0 or not 0.0 < share < 1.0:
        return 0.0
    half = FALSE_ALARM / MOST_SHARING / 2
    low, high = binom.ppf(half, draws, share), binom.isf(half, draws, share)
    return float(max(high - draws * share, draws * share - low)) / draws


def deviations() -> float:
    """Return the standard errors that a mean may be off at the same false alarm."""
    from scipy.stats import norm

    return float(norm.isf(FALSE_ALARM / MOST_SHARING / 2))


def independent_draws(hit: NDArray[np.bool_], cluster: NDArray[np.integer], share: float) -> int:
    """Return how many independent draws give a share of residents the spread that clusters give it.

    Parameters
    ----------
    hit : bool array, shape (N,)
        Who is counted.
    cluster : int array, shape (N,)
        Household or building of each; what is drawn together. Rising.
    share
        The specified share; its variance is taken about it.
    """
    if not 0.0 < share < 1.0 or not len(hit):
        return len(hit)
    sums = np.bincount(cluster, hit.astype(float) - share)
    spread = float(sums @ sums)
    return (
        len(hit)
        if spread <= 0
        else max(1, min(len(hit), round(share * (1 - share) * len(hit) ** 2 / spread)))
    )


def drawn(
    name: str, group: Bilingual, label: Bilingual, specified: float, built: float, draws: int
) -> Margin:
    """Return the margin of a share that is drawn."""
    most = tolerance(specified, draws)
    verdict = "chance" if abs(built - specified) <= most + 1e-9 or not draws else "off"
    return Margin(name, group, label, verdict, specified, built, "share", draws, most)


def dealt(
    name: str,
    group: Bilingual,
    label: Bilingual,
    specified: float,
    built: float,
    unit: str,
    most: float = 0.0,
) -> Margin:
    """Return the margin of a number that is dealt out, not drawn, so that rounding alone may move it."""
    off = abs(built - specified)
    verdict = (
        "equal" if off <= 1e-6 * max(1.0, abs(specified)) else "rounding" if off <= most + 1e-9 else "off"
    )
    return Margin(name, group, label, verdict, specified, built, unit, 0, most)


def of_mean(
    name: str,
    group: Bilingual,
    label: Bilingual,
    specified: float,
    values: NDArray[np.floating],
    deviation: float,
    unit: str,
) -> Margin:
    """Return the margin of a mean of drawn values with a known standard deviation."""
    built = float(values.mean()) if len(values) else specified
    most = deviations() * deviation / max(1, len(values)) ** 0.5
    verdict = "chance" if abs(built - specified) <= most + 1e-6 else "off"
    return Margin(name, group, label, verdict, specified, built, unit, len(values), most)
