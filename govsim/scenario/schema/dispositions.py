"""How ready residents are to take part, what they think of government, and how well they report."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import model_validator

from govsim.scenario.declare import Section, parameter
from govsim.scenario.schema.shares import at_most_one, contradiction


class Threshold(Section):
    """Thresholds of contingent residents."""

    distribution: Literal["normal", "uniform"] = parameter(
        "normal",
        en="distribution",
        zh="分布",
        unit="-",
        meaning="normal uses mean and sd and is not cut off at 0 or 1; uniform uses low and high.",
    )
    mean: float = parameter(
        0.55, en="mean", zh="均值", unit="threshold", ge=-10, le=10, meaning="Mean of normal thresholds."
    )
    sd: float = parameter(
        0.18,
        en="standard deviation",
        zh="标准差",
        unit="threshold",
        ge=0,
        le=10,
        meaning="Spread of normal thresholds.",
    )
    low: float = parameter(
        0.0,
        en="lowest",
        zh="下限",
        unit="threshold",
        ge=-10,
        le=10,
        meaning="Lower end of uniform thresholds.",
    )
    high: float = parameter(
        1.0,
        en="highest",
        zh="上限",
        unit="threshold",
        ge=-10,
        le=10,
        meaning="Upper end of uniform thresholds.",
    )
    placement: Literal["random", "quantile"] = parameter(
        "random",
        en="placement",
        zh="取值方式",
        unit="-",
        meaning=(
            "random: each resident draws; quantile: types and thresholds are spread exactly over the "
            "distribution and dealt out at random, as threshold theory needs (Granovetter 1978)."
        ),
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low > self.high:
            raise contradiction("low is above high", "low", "high")
        return self


class Dispositions(Section):
    """Readiness to take part: three types (Wiedermann et al. 2020), thresholds and the cost of time."""

    certain_share: float = parameter(
        0.02,
        en="certain participants",
        zh="必然参与者",
        unit="share of residents from 16, 0-1",
        ge=0,
        le=1,
        meaning="Share who take part whatever others do.",
    )
    contingent_share: float = parameter(
        0.6,
        en="contingent participants",
        zh="条件参与者",
        unit="share of residents from 16, 0-1",
        ge=0,
        le=1,
        meaning="Share who take part when their threshold is passed; the rest never do.",
    )
    threshold: Threshold = parameter(
        default_factory=Threshold,
        en="thresholds",
        zh="参与阈值",
        unit="-",
        status="design",
        meaning="Thresholds of contingent residents.",
    )
    time_cost: float = parameter(
        0.15,
        en="cost of time",
        zh="时间成本",
        unit="threshold",
        ge=0,
        le=10,
        meaning="What is added to the threshold of somebody without any free time.",
    )
    ample_hours: float = parameter(
        40.0,
        en="ample free time",
        zh="充裕空闲时间",
        unit="hours per week",
        gt=0,
        le=168,
        meaning="Free hours from which time costs nothing; in between the cost falls in a straight line.",
    )
    registered_share: float = parameter(
        0.086,
        en="registered volunteers",
        zh="注册志愿者比例",
        unit="share of residents, 0-1",
        ge=0,
        le=1,
        status="found",
        source="Southern Weekly 2019-08-22: more than 120 m registered volunteers, over the population",
        meaning="Registered volunteers at week 0 over all residents; all of them are 18 or older.",
    )

    @model_validator(mode="after")
    def _shares_fit(self) -> Self:
        at_most_one(self, "certain_share", "contingent_share", rest="those who never take part")
        return self


class Attitudes(Section):
    """Trust by tier, expectation and efficacy at week 0; 0 is none, 1 is full."""

    trust_community: float = parameter(
        0.60,
        en="trust in the residents' committee",
        zh="对居委会信任",
        unit="trust, 0-1",
        ge=0,
        le=1,
        meaning="Mean trust in the residents' committee.",
    )
    trust_street: float = parameter(
        0.55,
        en="trust in the street office",
        zh="对街道乡镇信任",
        unit="trust, 0-1",
        ge=0,
        le=1,
        meaning="Mean trust in the street office or town.",
    )
    trust_district: float = parameter(
        0.62,
        en="trust in the district",
        zh="对区级信任",
        unit="trust, 0-1",
        ge=0,
        le=1,
        meaning="Mean trust in the district.",
    )
    trust_centre: float = parameter(
        0.82,
        en="trust in the centre",
        zh="对中央信任",
        unit="trust, 0-1",
        ge=0,
        le=1,
        meaning="Mean trust in the centre; above that in the street unit, as surveys find (Li 2016).",
    )
    expectation: float = parameter(
        0.55,
        en="expectation",
        zh="预期",
        unit="performance, 0-1",
        ge=0,
        le=1,
        meaning="Mean performance that residents expect of local government.",
    )
    efficacy: float = parameter(
        0.45,
        en="efficacy",
        zh="效能感",
        unit="efficacy, 0-1",
        ge=0,
        le=1,
        meaning="Mean belief that acting together helps.",
    )
    spread: float = parameter(
        0.35,
        en="spread",
        zh="离散程度",
        unit="half-width, 0-1",
        ge=0,
        le=0.5,
        meaning="Each attitude lies within its mean plus or minus this, or less where the scale ends sooner.",
    )
    common: float = parameter(
        0.6,
        en="common part of trust",
        zh="信任共同成分",
        unit="share, 0-1",
        ge=0,
        le=1,
        meaning="Share of a person's deviation in trust that is the same for all four tiers.",
    )


class Ability(Section):
    """How well a resident can report a problem to an office; 0 is not at all, 1 is fully."""

    base: float = parameter(
        0.55,
        en="base",
        zh="基础能力",
        unit="ability, 0-1",
        ge=0,
        le=1,
        meaning="Ability of a local resident under 61 with primary school or less.",
    )
    schooling: float = parameter(
        0.1,
        en="gain by schooling",
        zh="教育增益",
        unit="ability per step of schooling",
        ge=0,
        le=1,
        meaning="Ability gained by each of the three further steps of schooling.",
    )
    elderly: float = parameter(
        0.15,
        en="loss of the elderly",
        zh="老年人能力折减",
        unit="ability",
        ge=0,
        le=1,
        meaning="Ability lost from 61 on, for instance with phones and apps.",
    )
    migrant: float = parameter(
        0.15,
        en="loss of migrants",
        zh="外来人口能力折减",
        unit="ability",
        ge=0,
        le=1,
        meaning="Ability lost by residents from elsewhere, who know no office.",
    )
