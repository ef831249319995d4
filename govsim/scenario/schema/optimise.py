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


class SpendingLimits(Section):
    """How much a portfolio may spend elsewhere than the district does today."""

    hours_moved: float | None = parameter(
        None,
        "hours moved, at most",
        "可调整工时上限",
        "hours per 1,000 residents and year",
        status="design",
        gt=0,
    )
    """Hours that some tier, source and use has more than when nothing is done, whoever gave them up; no limit where it is
    left out."""
    yuan_moved: float | None = parameter(
        None,
        "money moved, at most",
        "可调整资金上限",
        "yuan per 1,000 residents and year",
        status="design",
        gt=0,
    )
    """Money that some tier spends more than when nothing is done; no limit where it is left out."""


class Optimise(Section):
    """A search for portfolios of countermeasures that no other portfolio beats in every goal."""

    goals: list[str] = parameter(
        ...,
        "goals",
        "目标",
        "-",
        default_factory=lambda: [
            "resolved_existing_26w",
            "participation_4w",
            "trust_community",
            "resolved_laid_off",
            "burnout",
            "hours_moved",
            "yuan_moved",
        ],
        status="design",
        min_length=2,
        max_length=12,
    )
    """Indicators that are better or worse by their declaration, and hours_moved and yuan_moved, of which less is better."""  # fmt: skip
    measures: list[str] = parameter(
        ..., "countermeasures", "可选措施", "-", default_factory=list, status="design", max_length=100
    )
    """Names or files of the countermeasures to choose from; all that are shipped where the list is empty."""
    most: int = parameter(
        4, "measures in a portfolio, at most", "组合最多措施数", "measures", status="design", ge=1, le=12
    )
    """Most measures that one portfolio holds."""
    starts: list[Week] = parameter(
        ...,
        "starts",
        "可选开始周",
        "week, the first one is 0",
        default_factory=lambda: [0],
        status="design",
        min_length=1,
        max_length=50,
    )
    """Weeks in which a measure may start."""
    lengths: list[Week] = parameter(
        ...,
        "lengths",
        "可选持续周数",
        "weeks",
        default_factory=lambda: [0],
        status="design",
        min_length=1,
        max_length=50,
    )
    """How long a measure may last; 0 is to the end of the run."""
    strengths: list[Strength] = parameter(
        ...,
        "strengths",
        "可选强度",
        "share of the full strength, 0-1",
        default_factory=lambda: [0.5, 1.0],
        status="design",
        min_length=1,
        max_length=50,
    )
    """How much of a measure may be done."""
    limits: SpendingLimits = parameter(
        ..., "limits", "预算上限", "-", default_factory=SpendingLimits, status="design"
    )
    """The budget of a portfolio."""
    population: int = parameter(
        24, "portfolios in a generation", "每代组合数", "portfolios", status="design", ge=4, le=1000
    )
    """Size of a generation of the search."""
    generations: int = parameter(10, "generations", "代数", "generations", status="design", ge=1, le=10_000)
    """Generations of the search; the first one holds nothing and every measure alone, then random portfolios."""
    seed: int = parameter(1, "seed of the search", "搜索种子", "-", status="design", ge=0, le=2**31)
    """From which the search draws."""
    search: dict[str, int | float | bool | str] = parameter(
        ...,
        "settings of the search",
        "搜索时的设置",
        "-",
        default_factory=dict,
        status="design",
        max_length=100,
    )
    """Parameters of the scenario that have another value while searching, such as a smaller district; what is shown at the
    end is run without them."""
    search_points: int = parameter(
        2, "points in the search", "搜索样本点数", "points", status="design", ge=0, le=1000
    )
    """Points of the region at which every portfolio is tried while searching, beside the scenario as it is."""
    search_seeds: int = parameter(
        1, "seeds in the search", "搜索种子数", "seeds of each point", status="design", ge=1, le=1000
    )
    """Runs of every portfolio at every point while searching; what is shown at the end is run with other seeds."""
    region_points: int = parameter(
        12, "points of the region", "区域样本点数", "points", status="design", ge=1, le=100_000
    )
    """Points of the region at which what is shown is run again; of a longer list, evenly spaced ones."""
    region_seeds: int = parameter(
        1, "seeds in the region", "区域种子数", "seeds of each point", status="design", ge=1, le=1000
    )
    """Runs of what is shown at each point of the region, and under each change of the fragility table."""
    whole_region: bool = parameter(
        True, "region without the settings of the search", "区域检验不用搜索设置", "-", status="design"
    )
    """Whether what is shown is run in the region, and under each change of the fragility table, without the settings of the
    search; with them where it is false."""
    shown: int = parameter(8, "portfolios shown", "展示组合数", "portfolios", status="design", ge=1, le=12)
    """Portfolios of the front that are run again and shown, chosen to differ."""
    budget_change: float = parameter(
        0.2, "change of the budget", "预算变动幅度", "share, 0-1", status="design", gt=0, lt=1
    )
    """By how much the district's hours and money are raised and cut to see what the answer hangs on."""

    @model_validator(mode="after")
    def _no_doubles(self) -> Optimise:
        for name in ("goals", "measures", "starts", "lengths", "strengths"):
            values = getattr(self, name)
            double = [value for index, value in enumerate(values) if value in values[:index]]
            if double:
                raise contradiction("{name} holds {value} twice", name, name=name, value=str(double[0]))
        return self
