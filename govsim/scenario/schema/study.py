"""What a study asks: which parameters vary in which range, over which scenario, models and seeds."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from govsim.scenario.declare import Section, parameter
from govsim.scenario.schema.calibration import Calibration
from govsim.scenario.schema.optimise import Optimise
from govsim.scenario.schema.run import Label

Ends = Annotated[list[float], Field(min_length=2, max_length=2)]


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
