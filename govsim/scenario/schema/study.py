"""What a study asks: which parameters vary in which range, over which scenario, models and seeds."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from govsim.scenario.declare import Section, parameter
from govsim.scenario.schema.calibration import Calibration
from govsim.scenario.schema.optimise import Optimise
from govsim.scenario.schema.run import Label

Ends = Annotated[list[float], Field(min_length=2, max_length=2)]


class Design(Section):
    """How points are laid into the ranges."""

    kind: Literal["sobol", "latin_hypercube", "grid", "list"] = parameter(
        "sobol",
        en="design",
        zh="抽样设计",
        unit="-",
        status="design",
        meaning="sobol: a scrambled Sobol sequence; latin_hypercube: a Latin hypercube; grid: every combination of equally spaced levels; list: the rows of a CSV file whose header names parameters.",
    )
    points: int = parameter(
        64,
        en="points",
        zh="样本点数",
        unit="points",
        status="design",
        meaning="Number of points of sobol and latin_hypercube.",
        ge=1,
        le=10_000_000,
    )
    levels: int = parameter(
        5,
        en="levels",
        zh="水平数",
        unit="levels of each parameter",
        status="design",
        meaning="Number of levels of each parameter in a grid, both ends included.",
        ge=2,
        le=1000,
    )
    file: str = parameter(
        "",
        en="file of points",
        zh="样本点文件",
        unit="-",
        status="design",
        meaning="CSV file of a list, relative to the study file.",
        max_length=300,
    )
    seed: int = parameter(
        1,
        en="seed of the design",
        zh="设计种子",
        unit="-",
        status="design",
        meaning="From which the scrambling of sobol and latin_hypercube is drawn.",
        ge=0,
        le=2**31,
    )


class Study(Section):
    """A design of runs over one scenario."""

    study: Literal[1] = parameter(
        en="format version",
        zh="格式版本",
        unit="-",
        status="design",
        meaning="Version of the file format.",
        decoration=True,
    )
    name: Label = parameter(
        default_factory=Label,
        en="name",
        zh="名称",
        unit="-",
        status="design",
        meaning="Name in two languages; decoration, enters nothing.",
        decoration=True,
    )
    description: Label = parameter(
        default_factory=Label,
        en="description",
        zh="说明",
        unit="-",
        status="design",
        meaning="What is asked and why; decoration, enters nothing.",
        decoration=True,
    )
    scenario: str = parameter(
        "yingzi",
        en="scenario",
        zh="情景",
        unit="-",
        status="design",
        meaning="Built-in name, or path of a scenario file relative to the study file.",
        min_length=1,
        max_length=300,
    )
    settings: dict[str, int | float | bool | str] = parameter(
        default_factory=dict,
        en="settings",
        zh="固定设置",
        unit="-",
        status="design",
        meaning="Parameters of the scenario that have another value in the whole study, by path, such as run.weeks.",
        max_length=100,
    )
    over: dict[str, Ends] = parameter(
        en="varied parameters",
        zh="变动参数",
        unit="in the parameter's unit",
        status="design",
        meaning="Lowest and highest value of each parameter that varies, by path: {tasks.community_hours: [20, 60]}.",
        min_length=1,
        max_length=200,
    )
    models: list[str] = parameter(
        default_factory=list,
        en="governance models",
        zh="治理模式",
        unit="-",
        status="design",
        meaning="Names or files of governance models; the scenario's own where the list is empty.",
        max_length=40,
    )
    capacity_mode: Literal["neutral", "observed"] = parameter(
        "neutral",
        en="capacity mode",
        zh="资源口径",
        unit="-",
        status="design",
        meaning="neutral: the same total hours and money for every model; observed: with what a model brings.",
    )
    seeds: int = parameter(
        2,
        en="seeds",
        zh="种子数",
        unit="seeds of each point",
        status="design",
        meaning="Runs of each model at each point; the same seeds at every point.",
        ge=1,
        le=100_000,
    )
    first_seed: int = parameter(
        1,
        en="first seed",
        zh="起始种子",
        unit="-",
        status="design",
        meaning="Seeds run from here upwards.",
        ge=0,
        le=2**31,
    )
    design: Design = parameter(
        default_factory=Design,
        en="design",
        zh="抽样设计",
        unit="-",
        status="design",
        meaning="How points are laid into the ranges.",
    )
    calibration: Calibration = parameter(
        default_factory=Calibration,
        en="calibration",
        zh="校准",
        unit="-",
        status="design",
        meaning="How the study is fitted to published figures; read by calibrate alone.",
    )
    optimise: Optimise | None = parameter(
        None,
        en="optimisation",
        zh="优化",
        unit="-",
        status="design",
        meaning="What `govsim optimise` looks for; the varied parameters are then what the answer must hold over.",
    )
