"""Hours and money of the status quo, and what single acts of office work cost in hours."""

from __future__ import annotations

from govsim.scenario.declare import Section, parameter


class Staff(Section):
    """Full-time posts per 10,000 residents, by tier, as the district has them today."""

    community: float = parameter(
        12.0,
        en="community workers",
        zh="社区工作者",
        unit="full-time posts per 10,000 residents",
        ge=0,
        le=5000,
        meaning="Posts of the residents' committees.",
    )
    grid: float = parameter(
        6.0,
        en="grid workers",
        zh="网格员",
        unit="full-time posts per 10,000 residents",
        ge=0,
        le=5000,
        meaning="Posts of grid workers, who belong to the community office.",
    )
    street: float = parameter(
        14.0,
        en="street officials",
        zh="街道干部",
        unit="full-time posts per 10,000 residents",
        ge=0,
        le=5000,
        meaning="Posts of subdistrict offices and towns that deal with residents' affairs.",
    )
    department: float = parameter(
        6.0,
        en="department clerks",
        zh="部门工作人员",
        unit="full-time posts per 10,000 residents",
        ge=0,
        le=5000,
        meaning="Posts of all departments together that deal with residents' affairs.",
    )
    desk: float = parameter(
        0.25,
        en="hotline operators",
        zh="热线坐席",
        unit="full-time posts per 10,000 residents",
        ge=0,
        le=5000,
        meaning="Posts of the hotline desk.",
    )


class Money(Section):
    """Money for problems, per year, by tier, as the district has it today."""

    community: float = parameter(
        40_000.0,
        en="community office fund",
        zh="社区办公经费",
        unit="yuan per community and year",
        ge=0,
        le=1e12,
        status="found",
        source="Hebei Law News 2021-06-07: office funds in Chengde raised from 4,000 to 40,000 yuan per community and year",
        meaning="Fund that a community office may spend on problems.",
    )
    street: float = parameter(
        20.0,
        en="street fund",
        zh="街道经费",
        unit="yuan per resident and year",
        ge=0,
        le=1e9,
        meaning="Money that street units may spend on problems.",
    )
    department: float = parameter(
        300.0,
        en="department budgets",
        zh="部门经费",
        unit="yuan per resident and year",
        ge=0,
        le=1e9,
        meaning="Money that all departments together may spend on residents' problems, capital work included.",
    )


class Prices(Section):
    """What money buys. The same in every model."""

    post: float = parameter(
        60_000.0,
        en="post of a community worker",
        zh="社区工作者岗位成本",
        unit="yuan per full-time post and year",
        ge=1000,
        le=1e7,
        meaning="Cost of one further full-time post.",
    )
    organisation_hour: float = parameter(
        40.0,
        en="bought hour",
        zh="购买服务单价",
        unit="yuan per hour",
        ge=1,
        le=1e5,
        meaning="Price of one hour of a social organisation.",
    )
    task_hour: float = parameter(
        30.0,
        en="fee of a task",
        zh="任务经费标准",
        unit="yuan per hour of work",
        ge=0,
        le=1e5,
        meaning="Fee that comes with an unlisted task where tasks come with a fee.",
    )
    rehousing: float = parameter(
        114_000.0,
        en="rehousing",
        zh="搬迁安置成本",
        unit="yuan per household",
        ge=1,
        le=1e8,
        status="derived",
        source="800 m yuan for some 7,000 households in 2004-2014 (ifeng.com 2014-05-03)",
        meaning="Cost of moving one household out of the subsidence zone.",
    )
    upkeep: float = parameter(
        4_000.0,
        en="upkeep",
        zh="基础设施改善成本",
        unit="yuan per household",
        ge=1,
        le=1e8,
        meaning="Money that brings the condition of a community's infrastructure down to 1/e of where it was.",
    )


class Capacity(Section):
    """Supply of hours and money; governance models only move it about unless they run as observed."""

    hours_per_week: float = parameter(
        40.0,
        en="working week",
        zh="每周工时",
        unit="hours",
        ge=1,
        le=168,
        status="assumed",
        source="the statutory week, from memory",
        meaning="Working hours of a full-time post in a week.",
    )
    staff: Staff = parameter(
        default_factory=Staff, en="staff", zh="人员编制", unit="-", status="design", meaning="Posts by tier."
    )
    money: Money = parameter(
        default_factory=Money, en="money", zh="资金", unit="-", status="design", meaning="Money by tier."
    )
    prices: Prices = parameter(
        default_factory=Prices, en="prices", zh="价格", unit="-", status="design", meaning="What money buys."
    )
    departments: dict[str, float] = parameter(
        default_factory=dict,
        en="departments",
        zh="部门",
        unit="share of the department tier, 0-1",
        meaning="The departments and each one's share of the tier's posts and money; normalised to sum 1.",
        max_length=40,
    )
