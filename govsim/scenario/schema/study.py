"""What a study asks: which parameters vary in which range, over which scenario, models and seeds; what is calibrated or optimised."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from govsim.scenario.declare import Section, contradiction, parameter
from govsim.scenario.schema.run import Label

Ends = Annotated[list[float], Field(min_length=2, max_length=2)]


class Calibration(Section):
    """How a study is fitted to published figures."""

    fit: list[str] = parameter(
        ..., "fitted indicators", "拟合指标", "-", default_factory=list, status="design", max_length=60
    )
    """Indicators whose value is to lie in its range; every pattern check that is not held out where the list is empty."""
    held_out: list[str] = parameter(
        ...,
        "held-out indicators",
        "留出指标",
        "-",
        default_factory=lambda: ["pattern_admin", "pattern_decline", "pattern_ageing"],
        status="design",
        max_length=60,
    )
    """Indicators that are read only when the command is told to reveal them, so that nothing is fitted to them."""
    ranges: dict[str, Ends] = parameter(
        ...,
        "own ranges",
        "自定目标区间",
        "in the indicator's unit",
        default_factory=dict,
        status="design",
        max_length=60,
    )
    """Lowest and highest accepted value of an indicator, by name; instead of the published range of a pattern check."""
    rounds: int = parameter(2, "further rounds", "追加轮数", "rounds", status="design", ge=0, le=20)
    """Rounds of runs inside the region found so far, after the design."""
    points: int = parameter(
        64, "points of a round", "每轮样本点数", "points", status="design", ge=1, le=10_000
    )
    """Points of each further round."""
    region: int = parameter(
        100, "points of the region", "接受区域点数上限", "points", status="design", ge=1, le=10_000
    )
    """Most points that the file of the accepted region holds."""


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


class DesignSpec(Section):
    """How points are laid into the ranges."""

    kind: Literal["sobol", "latin_hypercube", "grid", "list"] = parameter(
        "sobol", "design", "抽样设计", "-", status="design"
    )
    """sobol: a scrambled Sobol sequence; latin_hypercube: a Latin hypercube; grid: every combination of equally spaced
    levels; list: the rows of a CSV file whose header names parameters."""
    points: int = parameter(64, "points", "样本点数", "points", status="design", ge=1, le=10_000_000)
    """Number of points of sobol and latin_hypercube."""
    levels: int = parameter(5, "levels", "水平数", "levels of each parameter", status="design", ge=2, le=1000)
    """Number of levels of each parameter in a grid, both ends included."""
    file: str = parameter("", "file of points", "样本点文件", "-", status="design", max_length=300)
    """CSV file of a list, relative to the study file."""
    seed: int = parameter(1, "seed of the design", "设计种子", "-", status="design", ge=0, le=2**31)
    """From which the scrambling of sobol and latin_hypercube is drawn."""


class Study(Section):
    """A design of runs over one scenario."""

    study: Literal[1] = parameter(..., "format version", "格式版本", "-", status="design", decoration=True)
    """Version of the file format."""
    name: Label = parameter(..., "name", "名称", "-", default_factory=Label, status="design", decoration=True)
    """Name in two languages; decoration, enters nothing."""
    description: Label = parameter(
        ..., "description", "说明", "-", default_factory=Label, status="design", decoration=True
    )
    """What is asked and why; decoration, enters nothing."""
    scenario: str = parameter(
        "yingzi", "scenario", "情景", "-", status="design", min_length=1, max_length=300
    )
    """Built-in name, or path of a scenario file relative to the study file."""
    settings: dict[str, int | float | bool | str] = parameter(
        ..., "settings", "固定设置", "-", default_factory=dict, status="design", max_length=100
    )
    """Parameters of the scenario that have another value in the whole study, by path, such as run.weeks."""
    over: dict[str, Ends] = parameter(
        ...,
        "varied parameters",
        "变动参数",
        "in the parameter's unit",
        status="design",
        min_length=1,
        max_length=200,
    )
    """Lowest and highest value of each parameter that varies, by path: {tasks.community_hours: [20, 60]}."""
    models: list[str] = parameter(
        ..., "governance models", "治理模式", "-", default_factory=list, status="design", max_length=40
    )
    """Names or files of governance models; the scenario's own where the list is empty."""
    capacity_mode: Literal["neutral", "observed"] = parameter(
        "neutral", "capacity mode", "资源口径", "-", status="design"
    )
    """neutral: the same total hours and money for every model; observed: with what a model brings."""
    seeds: int = parameter(2, "seeds", "种子数", "seeds of each point", status="design", ge=1, le=100_000)
    """Runs of each model at each point; the same seeds at every point."""
    first_seed: int = parameter(1, "first seed", "起始种子", "-", status="design", ge=0, le=2**31)
    """Seeds run from here upwards."""
    design: DesignSpec = parameter(
        ..., "design", "抽样设计", "-", default_factory=DesignSpec, status="design"
    )
    """How points are laid into the ranges."""
    calibration: Calibration = parameter(
        ..., "calibration", "校准", "-", default_factory=Calibration, status="design"
    )
    """How the study is fitted to published figures; read by calibrate alone."""
    optimise: Optimise | None = parameter(None, "optimisation", "优化", "-", status="design")
    """What `govsim optimise` looks for; the varied parameters are then what the answer must hold over."""
