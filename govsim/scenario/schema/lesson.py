"""What a class sees of a scenario: two sides, a question to guess at, and answers that can be checked."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from govsim.scenario.declare import Section, parameter
from govsim.scenario.schema.run import Label
from govsim.scenario.schema.shares import contradiction

Statistic = Literal["left", "right", "difference", "left_higher"]


class Side(Section):
    """One of the two runs that a lesson plays in lockstep."""

    model: str = parameter(
        en="governance model",
        zh="治理模式",
        unit="-",
        status="design",
        meaning="Name of a shipped model, or path of a model file relative to this file.",
        min_length=1,
        max_length=200,
    )
    name: Label = parameter(
        default_factory=Label,
        en="name",
        zh="名称",
        unit="-",
        status="design",
        meaning="What the side is called on the page; without it, what the model is called.",
    )
    seeds_on: int = parameter(
        0,
        en="seeds further on",
        zh="种子偏移",
        unit="seeds",
        status="design",
        meaning="Added to every seed of this side, so that one model can be shown with two seeds.",
        ge=0,
        le=1_000_000,
    )
    set: list[str] = parameter(
        default_factory=list,
        en="settings",
        zh="改动",
        unit="-",
        status="design",
        meaning="Changes of the scenario for this side alone, written as for --set: path=value.",
        max_length=20,
    )


class Prediction(Section):
    """The guess that opens the page."""

    question: Label = parameter(
        en="question",
        zh="问题",
        unit="-",
        status="design",
        meaning="What is to be guessed before anything is shown.",
    )
    indicator: str = parameter(
        en="indicator",
        zh="指标",
        unit="-",
        status="design",
        meaning="Indicator of which the difference, right minus left, is guessed.",
        max_length=100,
    )
    reach: float = parameter(
        en="reach of the slider",
        zh="滑块范围",
        unit="in the unit of the indicator",
        status="design",
        meaning="Largest difference that can be guessed.",
        gt=0,
    )


class Grid(Section):
    """One parameter at several values, run beforehand."""

    moves: str = parameter(
        en="parameter",
        zh="参数",
        unit="-",
        status="design",
        meaning="Path of the parameter that is moved, the same on both sides.",
        max_length=200,
    )
    values: list[float] = parameter(
        en="values",
        zh="取值",
        unit="in the unit of the parameter",
        status="design",
        meaning="Values that are run.",
        min_length=2,
        max_length=24,
    )
    seeds: int = parameter(
        8,
        en="seeds",
        zh="种子数",
        unit="seeds",
        status="design",
        meaning="Seeds at each value.",
        ge=2,
        le=200,
    )


class Field(Section):
    """Many models in the same district, each a row of a table."""

    models: list[str] = parameter(
        default_factory=list,
        en="models",
        zh="模式",
        unit="-",
        status="design",
        meaning="Names of shipped models or paths of model files; without any, all that are shipped.",
        max_length=60,
    )
    seeds: int = parameter(
        10,
        en="seeds",
        zh="种子数",
        unit="seeds",
        status="design",
        meaning="Seeds of each model.",
        ge=2,
        le=200,
    )
    indicators: list[str] = parameter(
        en="indicators",
        zh="指标",
        unit="-",
        status="design",
        meaning="Columns of the table.",
        min_length=1,
        max_length=24,
    )


class Answer(Section):
    """A question whose answer is a number of the stored runs, or the name of a model."""

    question: Label = parameter(
        en="question",
        zh="问题",
        unit="-",
        status="design",
        meaning="What is asked.",
    )
    hint: Label = parameter(
        en="hint",
        zh="提示",
        unit="-",
        status="design",
        meaning="Where on the page to look; shown with a wrong answer.",
    )
    indicator: str = parameter(
        en="indicator",
        zh="指标",
        unit="-",
        status="design",
        meaning="Indicator that the answer is about.",
        max_length=100,
    )
    of: Statistic = parameter(
        "difference",
        en="of what",
        zh="统计量",
        unit="-",
        status="design",
        meaning="left, right: mean over seeds of that side; difference: mean of right minus left; left_higher: percentage of seeds in which left is higher.",
    )
    at: float | None = parameter(
        None,
        en="at",
        zh="取值处",
        unit="in the unit of the parameter",
        status="design",
        meaning="Value of the grid's parameter, where the question is about the grid.",
    )
    worst: bool = parameter(
        False,
        en="worst model",
        zh="最差模式",
        unit="-",
        status="design",
        meaning="Asks which model of the field has the worst mean of the indicator; the answer is its name.",
    )


class Lesson(Section):
    """A page for a class, made from the scenario around it."""

    question: Label = parameter(
        en="question",
        zh="核心问题",
        unit="-",
        status="design",
        meaning="What the lesson is about, in one sentence.",
    )
    story: Label = parameter(
        en="story",
        zh="情境",
        unit="-",
        status="design",
        meaning="What a class has to know before it begins.",
    )
    left: Side = parameter(
        en="left side", zh="左侧", unit="-", status="design", meaning="The run on the left."
    )
    right: Side = parameter(
        en="right side", zh="右侧", unit="-", status="design", meaning="The run on the right."
    )
    indicators: list[str] = parameter(
        en="indicators",
        zh="指标",
        unit="-",
        status="design",
        meaning="Indicators of the whole run that the page shows.",
        min_length=1,
        max_length=12,
    )
    curves: list[str] = parameter(
        en="curves",
        zh="曲线",
        unit="-",
        status="design",
        meaning="Columns of the weekly table that the page draws.",
        min_length=1,
        max_length=6,
    )
    prediction: Prediction = parameter(
        en="prediction", zh="预测", unit="-", status="design", meaning="What is guessed first."
    )
    seeds: int = parameter(
        24,
        en="stored seeds",
        zh="预存种子数",
        unit="seeds",
        status="design",
        meaning="Seeds that are run beforehand; a typed name is one of them.",
        ge=2,
        le=1000,
    )
    grid: Grid | None = parameter(
        None, en="grid", zh="参数网格", unit="-", status="design", meaning="A parameter to be moved."
    )
    field: Field | None = parameter(
        None, en="field", zh="多模式比较", unit="-", status="design", meaning="Many models beside each other."
    )
    steps: list[Label] = parameter(
        default_factory=list,
        en="steps",
        zh="步骤",
        unit="-",
        status="design",
        meaning="What the class does, in order.",
        max_length=20,
    )
    discussion: list[Label] = parameter(
        default_factory=list,
        en="discussion",
        zh="讨论",
        unit="-",
        status="design",
        meaning="Questions without one answer.",
        max_length=20,
    )
    answers: dict[str, Answer] = parameter(
        default_factory=dict,
        en="answers",
        zh="可核对的答案",
        unit="-",
        status="design",
        meaning="Questions that can be checked, by their short name.",
        max_length=20,
    )

    @model_validator(mode="after")
    def _answers_have_what_they_ask_about(self) -> Lesson:
        for name, answer in self.answers.items():
            here = f"answers.{name}"
            if answer.at is not None and (self.grid is None or answer.at not in self.grid.values):
                values = "there is no grid" if self.grid is None else f"its values are {self.grid.values}"
                raise contradiction(
                    "the value {at} is not one of the grid: {values}",
                    f"{here}.at",
                    at=f"{answer.at:g}",
                    values=values,
                )
            if answer.worst and self.field is None:
                raise contradiction("which model is worst can be asked only where there is a field", here)
        return self
