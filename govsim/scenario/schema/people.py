"""Who the residents are: ages, schooling, work, free time; how ready they are to take part, what they think, how well they report."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import model_validator

from govsim.scenario.declare import Section, at_most_one, contradiction, parameter

_WANGJIAZHUANG = "Wangjiazhuang town profile, shzq.org (2011 figures)"


class Ages(Section):
    """Age structure; what is left between the two shares is aged 18 to 60."""

    under_18: float = parameter(
        0.1207,
        "under 18",
        "18岁以下占比",
        "share of residents, 0-1",
        ge=0,
        le=0.6,
        status="found",
        source=_WANGJIAZHUANG,
    )
    """Share of residents aged 0 to 17."""
    over_60: float = parameter(
        0.2023,
        "aged 61 and over",
        "61岁及以上占比",
        "share of residents, 0-1",
        ge=0,
        le=1,
        status="found",
        source=_WANGJIAZHUANG,
    )
    """Share of residents aged 61 and over."""
    young_of_working_age: float = parameter(
        0.42, "under 40 among those of 18 to 60", "18至60岁中40岁以下占比", "share, 0-1", ge=0, le=1
    )
    """Share of those aged 18 to 60 who are under 40."""
    oldest_of_elderly: float = parameter(
        0.25, "75 and over among the elderly", "61岁以上中75岁以上占比", "share, 0-1", ge=0, le=1
    )
    """Share of those aged 61 and over who are 75 or more."""

    @model_validator(mode="after")
    def _shares_fit(self) -> Self:
        at_most_one(self, "under_18", "over_60", rest="aged 18 to 60")
        return self


class SchoolingShares(Section):
    """Highest schooling of one age group; what the three shares leave is primary school or less."""

    junior: float = parameter(0.4, "junior secondary", "初中", "share of the group, 0-1", ge=0, le=1)
    """Share who ended with junior secondary school."""
    senior: float = parameter(0.25, "senior secondary", "高中及中专", "share of the group, 0-1", ge=0, le=1)
    """Share who ended with senior secondary or vocational school."""
    college: float = parameter(0.15, "college", "大专及以上", "share of the group, 0-1", ge=0, le=1)
    """Share with college or university."""

    @model_validator(mode="after")
    def _shares_fit(self) -> Self:
        at_most_one(self, "junior", "senior", "college", rest="primary school or less")
        return self


class Education(Section):
    """Schooling by age group."""

    under_40: SchoolingShares = parameter(
        ...,
        "aged 18 to 39",
        "18至39岁",
        "-",
        default_factory=lambda: SchoolingShares(junior=0.35, senior=0.30, college=0.30),
        status="assumed",
    )
    """Schooling of those aged 18 to 39."""
    from_40_to_60: SchoolingShares = parameter(
        ...,
        "aged 40 to 60",
        "40至60岁",
        "-",
        default_factory=lambda: SchoolingShares(junior=0.48, senior=0.27, college=0.12),
        status="assumed",
    )
    """Schooling of those aged 40 to 60."""
    over_60: SchoolingShares = parameter(
        ...,
        "aged 61 and over",
        "61岁及以上",
        "-",
        default_factory=lambda: SchoolingShares(junior=0.35, senior=0.15, college=0.05),
        status="assumed",
    )
    """Schooling of those aged 61 and over."""


class WorkShares(Section):
    """Work status; who is of working age, no student and in none of the groups here is employed."""

    student: float = parameter(0.55, "students", "在校学生", "share of those aged 16-22, 0-1", ge=0, le=1)
    """Share of those aged 16 to 22 who study."""
    laid_off_under_40: float = parameter(
        0.06, "laid off, under 40", "40岁以下下岗失业", "share of working age, 0-1", ge=0, le=1
    )
    """Share of those of working age under 40 who are laid off or out of work."""
    laid_off_from_40: float = parameter(
        0.22, "laid off, 40 and over", "40岁以上下岗失业", "share of working age, 0-1", ge=0, le=1
    )
    """Share of those of working age from 40 who are laid off or out of work."""
    self_employed: float = parameter(
        0.15, "self-employed", "个体经营", "share of working age, 0-1", ge=0, le=1
    )
    """Share of those of working age who work on their own account, farmers included."""
    none: float = parameter(0.08, "without work", "无业", "share of working age, 0-1", ge=0, le=1)
    """Share of those of working age who keep house or cannot work."""
    retirement_men: int = parameter(60, "retirement age of men", "男性退休年龄", "years", ge=16, le=120)
    """Men of this age and over are retired (the statutory age before the reform of 2025)."""
    retirement_women: int = parameter(55, "retirement age of women", "女性退休年龄", "years", ge=16, le=120)
    """Women of this age and over are retired (statutory for cadres before 2025; 50 for workers)."""

    @model_validator(mode="after")
    def _shares_fit(self) -> Self:
        for laid_off in ("laid_off_under_40", "laid_off_from_40"):
            at_most_one(self, laid_off, "self_employed", "none", rest="employed")
        return self


class FreeHours(Section):
    """Mean hours a week that a resident could give away, by work status."""

    employed: float = parameter(12.0, "employed", "在职", "hours per week", ge=0, le=100)
    """Free hours of the employed."""
    laid_off: float = parameter(26.0, "laid off", "下岗失业", "hours per week", ge=0, le=100)
    """Free hours of the laid-off."""
    self_employed: float = parameter(9.0, "self-employed", "个体经营", "hours per week", ge=0, le=100)
    """Free hours of the self-employed."""
    retired: float = parameter(28.0, "retired", "退休", "hours per week", ge=0, le=100)
    """Free hours of the retired."""
    student: float = parameter(14.0, "students", "学生", "hours per week", ge=0, le=100)
    """Free hours of students from 16 on."""
    none: float = parameter(18.0, "without work", "无业", "hours per week", ge=0, le=100)
    """Free hours of those who keep house or cannot work."""
    spread: float = parameter(0.5, "spread", "离散程度", "share of the mean, 0-1", ge=0, le=1)
    """Free hours of one person lie within the mean plus or minus this share of it."""


class Threshold(Section):
    """Thresholds of contingent residents."""

    distribution: Literal["normal", "uniform"] = parameter("normal", "distribution", "分布", "-")
    """normal uses mean and sd and is not cut off at 0 or 1; uniform uses low and high."""
    mean: float = parameter(0.55, "mean", "均值", "threshold", ge=-10, le=10)
    """Mean of normal thresholds."""
    sd: float = parameter(0.18, "standard deviation", "标准差", "threshold", ge=0, le=10)
    """Spread of normal thresholds."""
    low: float = parameter(0.0, "lowest", "下限", "threshold", ge=-10, le=10)
    """Lower end of uniform thresholds."""
    high: float = parameter(1.0, "highest", "上限", "threshold", ge=-10, le=10)
    """Upper end of uniform thresholds."""
    placement: Literal["random", "quantile"] = parameter("random", "placement", "取值方式", "-")
    """random: each resident draws; quantile: types and thresholds are spread exactly over the distribution and dealt out at
    random, as threshold theory needs (Granovetter 1978)."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low > self.high:
            raise contradiction("low is above high", "low", "high")
        return self


class Dispositions(Section):
    """Readiness to take part: three types (Wiedermann et al. 2020), thresholds and the cost of time."""

    certain_share: float = parameter(
        0.02, "certain participants", "必然参与者", "share of residents from 16, 0-1", ge=0, le=1
    )
    """Share who take part whatever others do."""
    contingent_share: float = parameter(
        0.6, "contingent participants", "条件参与者", "share of residents from 16, 0-1", ge=0, le=1
    )
    """Share who take part when their threshold is passed; the rest never do."""
    threshold: Threshold = parameter(
        ..., "thresholds", "参与阈值", "-", default_factory=Threshold, status="design"
    )
    """Thresholds of contingent residents."""
    time_cost: float = parameter(0.15, "cost of time", "时间成本", "threshold", ge=0, le=10)
    """What is added to the threshold of somebody without any free time."""
    ample_hours: float = parameter(40.0, "ample free time", "充裕空闲时间", "hours per week", gt=0, le=168)
    """Free hours from which time costs nothing; in between the cost falls in a straight line."""
    registered_share: float = parameter(
        0.086,
        "registered volunteers",
        "注册志愿者比例",
        "share of residents, 0-1",
        ge=0,
        le=1,
        status="found",
        source="Southern Weekly 2019-08-22: more than 120 m registered volunteers, over the population",
    )
    """Registered volunteers at week 0 over all residents; all of them are 18 or older."""

    @model_validator(mode="after")
    def _shares_fit(self) -> Self:
        at_most_one(self, "certain_share", "contingent_share", rest="those who never take part")
        return self


class Attitudes(Section):
    """Trust by tier, expectation and efficacy at week 0; 0 is none, 1 is full."""

    trust_community: float = parameter(
        0.60, "trust in the residents' committee", "对居委会信任", "trust, 0-1", ge=0, le=1
    )
    """Mean trust in the residents' committee."""
    trust_street: float = parameter(
        0.55, "trust in the street office", "对街道乡镇信任", "trust, 0-1", ge=0, le=1
    )
    """Mean trust in the street office or town."""
    trust_district: float = parameter(0.62, "trust in the district", "对区级信任", "trust, 0-1", ge=0, le=1)
    """Mean trust in the district."""
    trust_centre: float = parameter(0.82, "trust in the centre", "对中央信任", "trust, 0-1", ge=0, le=1)
    """Mean trust in the centre; above that in the street unit, as surveys find (Li 2016)."""
    expectation: float = parameter(0.55, "expectation", "预期", "performance, 0-1", ge=0, le=1)
    """Mean performance that residents expect of local government."""
    efficacy: float = parameter(0.45, "efficacy", "效能感", "efficacy, 0-1", ge=0, le=1)
    """Mean belief that acting together helps."""
    spread: float = parameter(0.35, "spread", "离散程度", "half-width, 0-1", ge=0, le=0.5)
    """Each attitude lies within its mean plus or minus this, or less where the scale ends sooner."""
    common: float = parameter(0.6, "common part of trust", "信任共同成分", "share, 0-1", ge=0, le=1)
    """Share of a person's deviation in trust that is the same for all four tiers."""


class Ability(Section):
    """How well a resident can report a problem to an office; 0 is not at all, 1 is fully."""

    base: float = parameter(0.55, "base", "基础能力", "ability, 0-1", ge=0, le=1)
    """Ability of a local resident under 61 with primary school or less."""
    schooling: float = parameter(
        0.1, "gain by schooling", "教育增益", "ability per step of schooling", ge=0, le=1
    )
    """Ability gained by each of the three further steps of schooling."""
    elderly: float = parameter(0.15, "loss of the elderly", "老年人能力折减", "ability", ge=0, le=1)
    """Ability lost from 61 on, for instance with phones and apps."""
    migrant: float = parameter(0.15, "loss of migrants", "外来人口能力折减", "ability", ge=0, le=1)
    """Ability lost by residents from elsewhere, who know no office."""
