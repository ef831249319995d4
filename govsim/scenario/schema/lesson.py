"""What a class sees of a scenario: two sides, a question to guess at, and answers that can be checked."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from govsim.scenario.declare import Section, contradiction, parameter
from govsim.scenario.schema.run import Label

Statistic = Literal["left", "right", "difference", "left_higher"]


class LessonSide(Section):
    """One of the two runs that a lesson plays in lockstep."""

    model: str = parameter(
        ..., "governance model", "治理模式", "-", status="design", min_length=1, max_length=200
    )
    """Name of a shipped model, or path of a model file relative to this file."""
    name: Label = parameter(..., "name", "名称", "-", default_factory=Label, status="design")
    """What the side is called on the page; without it, what the model is called."""
    seeds_on: int = parameter(0, "seeds further on", "种子偏移", "seeds", status="design", ge=0, le=1_000_000)
    """Added to every seed of this side, so that one model can be shown with two seeds."""
    set: list[str] = parameter(
        ..., "settings", "改动", "-", default_factory=list, status="design", max_length=20
    )
    """Changes of the scenario for this side alone, written as for --set: path=value."""


class Prediction(Section):
    """The guess that opens the page."""

    question: Label = parameter(..., "question", "问题", "-", status="design")
    """What is to be guessed before anything is shown."""
    indicator: str = parameter(..., "indicator", "指标", "-", status="design", max_length=100)
    """Indicator of which the difference, right minus left, is guessed."""
    reach: float = parameter(
        ..., "reach of the slider", "滑块范围", "in the unit of the indicator", status="design", gt=0
    )
    """Largest difference that can be guessed."""


class Grid(Section):
    """One parameter at several values, run beforehand."""

    moves: str = parameter(..., "parameter", "参数", "-", status="design", max_length=200)
    """Path of the parameter that is moved, the same on both sides."""
    values: list[float] = parameter(
        ..., "values", "取值", "in the unit of the parameter", status="design", min_length=2, max_length=24
    )
    """Values that are run."""
    seeds: int = parameter(8, "seeds", "种子数", "seeds", status="design", ge=2, le=200)
    """Seeds at each value."""


class Field(Section):
    """Many models in the same district, each a row of a table."""

    models: list[str] = parameter(
        ..., "models", "模式", "-", default_factory=list, status="design", max_length=60
    )
    """Names of shipped models or paths of model files; without any, all that are shipped."""
    seeds: int = parameter(10, "seeds", "种子数", "seeds", status="design", ge=2, le=200)
    """Seeds of each model."""
    indicators: list[str] = parameter(
        ..., "indicators", "指标", "-", status="design", min_length=1, max_length=24
    )
    """Columns of the table."""


class ExpectedAnswer(Section):
    """A question whose answer is a number of the stored runs, or the name of a model."""

    question: Label = parameter(..., "question", "问题", "-", status="design")
    """What is asked."""
    hint: Label = parameter(..., "hint", "提示", "-", status="design")
    """Where on the page to look; shown with a wrong answer."""
    indicator: str = parameter(..., "indicator", "指标", "-", status="design", max_length=100)
    """Indicator that the answer is about."""
    of: Statistic = parameter("difference", "of what", "统计量", "-", status="design")
    """left, right: mean over seeds of that side; difference: mean of right minus left; left_higher: percentage of seeds in
    which left is higher."""
    at: float | None = parameter(None, "at", "取值处", "in the unit of the parameter", status="design")
    """Value of the grid's parameter, where the question is about the grid."""
    worst: bool = parameter(False, "worst model", "最差模式", "-", status="design")
    """Asks which model of the field has the worst mean of the indicator; the answer is its name."""


class Lesson(Section):
    """A page for a class, made from the scenario around it."""

    question: Label = parameter(..., "question", "核心问题", "-", status="design")
    """What the lesson is about, in one sentence."""
    story: Label = parameter(..., "story", "情境", "-", status="design")
    """What a class has to know before it begins."""
    left: LessonSide = parameter(..., "left side", "左侧", "-", status="design")
    """The run on the left."""
    right: LessonSide = parameter(..., "right side", "右侧", "-", status="design")
    """The run on the right."""
    indicators: list[str] = parameter(
        ..., "indicators", "指标", "-", status="design", min_length=1, max_length=12
    )
    """Indicators of the whole run that the page shows."""
    curves: list[str] = parameter(..., "curves", "曲线", "-", status="design", min_length=1, max_length=6)
    """Columns of the weekly table that the page draws."""
    prediction: Prediction = parameter(..., "prediction", "预测", "-", status="design")
    """What is guessed first."""
    seeds: int = parameter(24, "stored seeds", "预存种子数", "seeds", status="design", ge=2, le=1000)
    """Seeds that are run beforehand; a typed name is one of them."""
    grid: Grid | None = parameter(None, "grid", "参数网格", "-", status="design")
    """A parameter to be moved."""
    field: Field | None = parameter(None, "field", "多模式比较", "-", status="design")
    """Many models beside each other."""
    steps: list[Label] = parameter(
        ..., "steps", "步骤", "-", default_factory=list, status="design", max_length=20
    )
    """What the class does, in order."""
    discussion: list[Label] = parameter(
        ..., "discussion", "讨论", "-", default_factory=list, status="design", max_length=20
    )
    """Questions without one answer."""
    answers: dict[str, ExpectedAnswer] = parameter(
        ..., "answers", "可核对的答案", "-", default_factory=dict, status="design", max_length=20
    )
    """Questions that can be checked, by their short name."""

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
