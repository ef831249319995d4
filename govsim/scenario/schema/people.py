"""Who the residents are: ages, schooling, work and free time."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from govsim.scenario.declare import Section, parameter
from govsim.scenario.schema.shares import at_most_one

_WANGJIAZHUANG = "Wangjiazhuang town profile, shzq.org (2011 figures)"


class Ages(Section):
    """Age structure; what is left between the two shares is aged 18 to 60."""

    under_18: float = parameter(
        0.1207,
        en="under 18",
        zh="18岁以下占比",
        unit="share of residents, 0-1",
        ge=0,
        le=0.6,
        status="found",
        source=_WANGJIAZHUANG,
        meaning="Share of residents aged 0 to 17.",
    )
    over_60: float = parameter(
        0.2023,
        en="aged 61 and over",
        zh="61岁及以上占比",
        unit="share of residents, 0-1",
        ge=0,
        le=1,
        status="found",
        source=_WANGJIAZHUANG,
        meaning="Share of residents aged 61 and over.",
    )
    young_of_working_age: float = parameter(
        0.42,
        en="under 40 among those of 18 to 60",
        zh="18至60岁中40岁以下占比",
        unit="share, 0-1",
        ge=0,
        le=1,
        meaning="Share of those aged 18 to 60 who are under 40.",
    )
    oldest_of_elderly: float = parameter(
        0.25,
        en="75 and over among the elderly",
        zh="61岁以上中75岁以上占比",
        unit="share, 0-1",
        ge=0,
        le=1,
        meaning="Share of those aged 61 and over who are 75 or more.",
    )

    @model_validator(mode="after")
    def _shares_fit(self) -> Self:
        at_most_one(self, "under_18", "over_60", rest="aged 18 to 60")
        return self


class Schooling(Section):
    """Highest schooling of one age group; what the three shares leave is primary school or less."""

    junior: float = parameter(
        0.4,
        en="junior secondary",
        zh="初中",
        unit="share of the group, 0-1",
        ge=0,
        le=1,
        meaning="Share who ended with junior secondary school.",
    )
    senior: float = parameter(
        0.25,
        en="senior secondary",
        zh="高中及中专",
        unit="share of the group, 0-1",
        ge=0,
        le=1,
        meaning="Share who ended with senior secondary or vocational school.",
    )
    college: float = parameter(
        0.15,
        en="college",
        zh="大专及以上",
        unit="share of the group, 0-1",
        ge=0,
        le=1,
        meaning="Share with college or university.",
    )

    @model_validator(mode="after")
    def _shares_fit(self) -> Self:
        at_most_one(self, "junior", "senior", "college", rest="primary school or less")
        return self


class Education(Section):
    """Schooling by age group."""

    under_40: Schooling = parameter(
        default_factory=lambda: Schooling(junior=0.35, senior=0.30, college=0.30),
        en="aged 18 to 39",
        zh="18至39岁",
        unit="-",
        status="assumed",
        meaning="Schooling of those aged 18 to 39.",
    )
    from_40_to_60: Schooling = parameter(
        default_factory=lambda: Schooling(junior=0.48, senior=0.27, college=0.12),
        en="aged 40 to 60",
        zh="40至60岁",
        unit="-",
        status="assumed",
        meaning="Schooling of those aged 40 to 60.",
    )
    over_60: Schooling = parameter(
        default_factory=lambda: Schooling(junior=0.35, senior=0.15, college=0.05),
        en="aged 61 and over",
        zh="61岁及以上",
        unit="-",
        status="assumed",
        meaning="Schooling of those aged 61 and over.",
    )


class Work(Section):
    """Work status; who is of working age, no student and in none of the groups here is employed."""

    student: float = parameter(
        0.55,
        en="students",
        zh="在校学生",
        unit="share of those aged 16-22, 0-1",
        ge=0,
        le=1,
        meaning="Share of those aged 16 to 22 who study.",
    )
    laid_off_under_40: float = parameter(
        0.06,
        en="laid off, under 40",
        zh="40岁以下下岗失业",
        unit="share of working age, 0-1",
        ge=0,
        le=1,
        meaning="Share of those of working age under 40 who are laid off or out of work.",
    )
    laid_off_from_40: float = parameter(
        0.22,
        en="laid off, 40 and over",
        zh="40岁以上下岗失业",
        unit="share of working age, 0-1",
        ge=0,
        le=1,
        meaning="Share of those of working age from 40 who are laid off or out of work.",
    )
    self_employed: float = parameter(
        0.15,
        en="self-employed",
        zh="个体经营",
        unit="share of working age, 0-1",
        ge=0,
        le=1,
        meaning="Share of those of working age who work on their own account, farmers included.",
    )
    none: float = parameter(
        0.08,
        en="without work",
        zh="无业",
        unit="share of working age, 0-1",
        ge=0,
        le=1,
        meaning="Share of those of working age who keep house or cannot work.",
    )
    retirement_men: int = parameter(
        60,
        en="retirement age of men",
        zh="男性退休年龄",
        unit="years",
        ge=16,
        le=120,
        meaning="Men of this age and over are retired (the statutory age before the reform of 2025).",
    )
    retirement_women: int = parameter(
        55,
        en="retirement age of women",
        zh="女性退休年龄",
        unit="years",
        ge=16,
        le=120,
        meaning="Women of this age and over are retired (statutory for cadres before 2025; 50 for workers).",
    )

    @model_validator(mode="after")
    def _shares_fit(self) -> Self:
        for laid_off in ("laid_off_under_40", "laid_off_from_40"):
            at_most_one(self, laid_off, "self_employed", "none", rest="employed")
        return self


class FreeHours(Section):
    """Mean hours a week that a resident could give away, by work status."""

    employed: float = parameter(
        12.0,
        en="employed",
        zh="在职",
        unit="hours per week",
        ge=0,
        le=100,
        meaning="Free hours of the employed.",
    )
    laid_off: float = parameter(
        26.0,
        en="laid off",
        zh="下岗失业",
        unit="hours per week",
        ge=0,
        le=100,
        meaning="Free hours of the laid-off.",
    )
    self_employed: float = parameter(
        9.0,
        en="self-employed",
        zh="个体经营",
        unit="hours per week",
        ge=0,
        le=100,
        meaning="Free hours of the self-employed.",
    )
    retired: float = parameter(
        28.0,
        en="retired",
        zh="退休",
        unit="hours per week",
        ge=0,
        le=100,
        meaning="Free hours of the retired.",
    )
    student: float = parameter(
        14.0,
        en="students",
        zh="学生",
        unit="hours per week",
        ge=0,
        le=100,
        meaning="Free hours of students from 16 on.",
    )
    none: float = parameter(
        18.0,
        en="without work",
        zh="无业",
        unit="hours per week",
        ge=0,
        le=100,
        meaning="Free hours of those who keep house or cannot work.",
    )
    spread: float = parameter(
        0.5,
        en="spread",
        zh="离散程度",
        unit="share of the mean, 0-1",
        ge=0,
        le=1,
        meaning="Free hours of one person lie within the mean plus or minus this share of it.",
    )
