"""What an optimisation looks for: goals, countermeasures and when, limits on what they may move, size of the search."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from govsim.scenario.declare import Section, parameter
from govsim.scenario.schema.shares import contradiction

COSTS = ("hours_moved", "yuan_moved")
"""Goals beside the indicators: what a portfolio moves."""

Week = Annotated[int, Field(ge=0, le=5200)]
Strength = Annotated[float, Field(gt=0, le=1)]


class Limits(Section):
    """How much a portfolio may spend elsewhere than the district does today."""

    hours_moved: float | None = parameter(
        None,
        en="hours moved, at most",
        zh="可调整工时上限",
        unit="hours per 1,000 residents and year",
        status="design",
        meaning="Hours that some tier, source and use has more than when nothing is done, whoever gave them up; no limit where it is left out.",
        gt=0,
    )
    yuan_moved: float | None = parameter(
        None,
        en="money moved, at most",
        zh="可调整资金上限",
        unit="yuan per 1,000 residents and year",
        status="design",
        meaning="Money that some tier spends more than when nothing is done; no limit where it is left out.",
        gt=0,
    )


class Optimise(Section):
    """A search for portfolios of countermeasures that no other portfolio beats in every goal."""

    goals: list[str] = parameter(
        default_factory=lambda: [
            "resolved_existing_26w", "participation_4w", "trust_community", "resolved_laid_off", "burnout",
            "hours_moved", "yuan_moved",
        ],
        en="goals",
        zh="目标",
        unit="-",
        status="design",
        meaning="Indicators that are better or worse by their declaration, and hours_moved and yuan_moved, of which less is better.",
        min_length=2,
        max_length=12,
    )  # fmt: skip
    measures: list[str] = parameter(
        default_factory=list,
        en="countermeasures",
        zh="可选措施",
        unit="-",
        status="design",
        meaning="Names or files of the countermeasures to choose from; all that are shipped where the list is empty.",
        max_length=100,
    )
    most: int = parameter(
        4,
        en="measures in a portfolio, at most",
        zh="组合最多措施数",
        unit="measures",
        status="design",
        meaning="Most measures that one portfolio holds.",
        ge=1,
        le=12,
    )
    starts: list[Week] = parameter(
        default_factory=lambda: [0],
        en="starts",
        zh="可选开始周",
        unit="week, the first one is 0",
        status="design",
        meaning="Weeks in which a measure may start.",
        min_length=1,
        max_length=50,
    )
    lengths: list[Week] = parameter(
        default_factory=lambda: [0],
        en="lengths",
        zh="可选持续周数",
        unit="weeks",
        status="design",
        meaning="How long a measure may last; 0 is to the end of the run.",
        min_length=1,
        max_length=50,
    )
    strengths: list[Strength] = parameter(
        default_factory=lambda: [0.5, 1.0],
        en="strengths",
        zh="可选强度",
        unit="share of the full strength, 0-1",
        status="design",
        meaning="How much of a measure may be done.",
        min_length=1,
        max_length=50,
    )
    limits: Limits = parameter(
        default_factory=Limits,
        en="limits",
        zh="预算上限",
        unit="-",
        status="design",
        meaning="The budget of a portfolio.",
    )
    population: int = parameter(
        24,
        en="portfolios in a generation",
        zh="每代组合数",
        unit="portfolios",
        status="design",
        meaning="Size of a generation of the search.",
        ge=4,
        le=1000,
    )
    generations: int = parameter(
        10,
        en="generations",
        zh="代数",
        unit="generations",
        status="design",
        meaning="Generations of the search; the first one holds nothing and every measure alone, then random portfolios.",
        ge=1,
        le=10_000,
    )
    seed: int = parameter(
        1,
        en="seed of the search",
        zh="搜索种子",
        unit="-",
        status="design",
        meaning="From which the search draws.",
        ge=0,
        le=2**31,
    )
    search: dict[str, int | float | bool | str] = parameter(
        default_factory=dict,
        en="settings of the search",
        zh="搜索时的设置",
        unit="-",
        status="design",
        meaning="Parameters of the scenario that have another value while searching, such as a smaller district; what is shown at the end is run without them.",
        max_length=100,
    )
    search_points: int = parameter(
        2,
        en="points in the search",
        zh="搜索样本点数",
        unit="points",
        status="design",
        meaning="Points of the region at which every portfolio is tried while searching, beside the scenario as it is.",
        ge=0,
        le=1000,
    )
    search_seeds: int = parameter(
        1,
        en="seeds in the search",
        zh="搜索种子数",
        unit="seeds of each point",
        status="design",
        meaning="Runs of every portfolio at every point while searching; what is shown at the end is run with other seeds.",
        ge=1,
        le=1000,
    )
    region_points: int = parameter(
        12,
        en="points of the region",
        zh="区域样本点数",
        unit="points",
        status="design",
        meaning="Points of the region at which what is shown is run again; of a longer list, evenly spaced ones.",
        ge=1,
        le=100_000,
    )
    region_seeds: int = parameter(
        1,
        en="seeds in the region",
        zh="区域种子数",
        unit="seeds of each point",
        status="design",
        meaning="Runs of what is shown at each point of the region, and under each change of the fragility table.",
        ge=1,
        le=1000,
    )
    whole_region: bool = parameter(
        True,
        en="region without the settings of the search",
        zh="区域检验不用搜索设置",
        unit="-",
        status="design",
        meaning="Whether what is shown is run in the region, and under each change of the fragility table, without the settings of the search; with them where it is false.",
    )
    shown: int = parameter(
        8,
        en="portfolios shown",
        zh="展示组合数",
        unit="portfolios",
        status="design",
        meaning="Portfolios of the front that are run again and shown, chosen to differ.",
        ge=1,
        le=12,
    )
    budget_change: float = parameter(
        0.2,
        en="change of the budget",
        zh="预算变动幅度",
        unit="share, 0-1",
        status="design",
        meaning="By how much the district's hours and money are raised and cut to see what the answer hangs on.",
        gt=0,
        lt=1,
    )

    @model_validator(mode="after")
    def _no_doubles(self) -> Optimise:
        for name in ("goals", "measures", "starts", "lengths", "strengths"):
            values = getattr(self, name)
            double = [value for index, value in enumerate(values) if value in values[:index]]
            if double:
                raise contradiction("{name} holds {value} twice", name, name=name, value=str(double[0]))
        return self
