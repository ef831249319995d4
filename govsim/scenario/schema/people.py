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
