"""How ready residents are to take part, what they think of government, and how well they report."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import model_validator

from govsim.scenario.declare import Section, parameter
from govsim.scenario.schema.shares import at_most_one, contradiction


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
