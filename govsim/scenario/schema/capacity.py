"""Hours and money of the status quo, and what single acts of office work cost in hours."""

from __future__ import annotations

from govsim.scenario.declare import Section, parameter


class Staff(Section):
    """Full-time posts per 10,000 residents, by tier, as the district has them today."""

    community: float = parameter(
        12.0, "community workers", "社区工作者", "full-time posts per 10,000 residents", ge=0, le=5000
    )
    """Posts of the residents' committees."""
    grid: float = parameter(
        6.0, "grid workers", "网格员", "full-time posts per 10,000 residents", ge=0, le=5000
    )
    """Posts of grid workers, who belong to the community office."""
    street: float = parameter(
        14.0, "street officials", "街道干部", "full-time posts per 10,000 residents", ge=0, le=5000
    )
    """Posts of subdistrict offices and towns that deal with residents' affairs."""
    department: float = parameter(
        6.0, "department clerks", "部门工作人员", "full-time posts per 10,000 residents", ge=0, le=5000
    )
    """Posts of all departments together that deal with residents' affairs."""
    desk: float = parameter(
        0.25, "hotline operators", "热线坐席", "full-time posts per 10,000 residents", ge=0, le=5000
    )
    """Posts of the hotline desk."""


class Money(Section):
    """Money for problems, per year, by tier, as the district has it today."""

    community: float = parameter(
        40_000.0,
        "community office fund",
        "社区办公经费",
        "yuan per community and year",
        ge=0,
        le=1e12,
        status="found",
        source="Hebei Law News 2021-06-07: office funds in Chengde raised from 4,000 to 40,000 yuan per community and year",
    )
    """Fund that a community office may spend on problems."""
    street: float = parameter(20.0, "street fund", "街道经费", "yuan per resident and year", ge=0, le=1e9)
    """Money that street units may spend on problems."""
    department: float = parameter(
        300.0, "department budgets", "部门经费", "yuan per resident and year", ge=0, le=1e9
    )
    """Money that all departments together may spend on residents' problems, capital work included."""


class Prices(Section):
    """What money buys. The same in every model."""

    post: float = parameter(
        60_000.0,
        "post of a community worker",
        "社区工作者岗位成本",
        "yuan per full-time post and year",
        ge=1000,
        le=1e7,
    )
    """Cost of one further full-time post."""
    organisation_hour: float = parameter(40.0, "bought hour", "购买服务单价", "yuan per hour", ge=1, le=1e5)
    """Price of one hour of a social organisation."""
    task_hour: float = parameter(30.0, "fee of a task", "任务经费标准", "yuan per hour of work", ge=0, le=1e5)
    """Fee that comes with an unlisted task where tasks come with a fee."""
    rehousing: float = parameter(
        114_000.0,
        "rehousing",
        "搬迁安置成本",
        "yuan per household",
        ge=1,
        le=1e8,
        status="derived",
        source="800 m yuan for some 7,000 households in 2004-2014 (ifeng.com 2014-05-03)",
    )
    """Cost of moving one household out of the subsidence zone."""
    upkeep: float = parameter(4_000.0, "upkeep", "基础设施改善成本", "yuan per household", ge=1, le=1e8)
    """Money that brings the condition of a community's infrastructure down to 1/e of where it was."""


class Capacity(Section):
    """Supply of hours and money; governance models only move it about unless they run as observed."""

    hours_per_week: float = parameter(
        40.0,
        "working week",
        "每周工时",
        "hours",
        ge=1,
        le=168,
        status="assumed",
        source="the statutory week, from memory",
    )
    """Working hours of a full-time post in a week."""
    staff: Staff = parameter(..., "staff", "人员编制", "-", default_factory=Staff, status="design")
    """Posts by tier."""
    money: Money = parameter(..., "money", "资金", "-", default_factory=Money, status="design")
    """Money by tier."""
    prices: Prices = parameter(..., "prices", "价格", "-", default_factory=Prices, status="design")
    """What money buys."""
    departments: dict[str, float] = parameter(
        ..., "departments", "部门", "share of the department tier, 0-1", default_factory=dict, max_length=40
    )
    """The departments and each one's share of the tier's posts and money; normalised to sum 1."""
