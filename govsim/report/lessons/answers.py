"""Checking what a class answered: a number within the spread over seeds, or the name of a model."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from govsim.report.lessons.runs import INDICATOR, Played, expected, worst
from govsim.report.lessons.shelf import LoadedLesson
from govsim.scenario import list_governance
from govsim.scenario.fields import nearest
from govsim.scenario.messages import Place, Problem, ScenarioError, quoted
from govsim.scenario.reader import read_bytes

Given = Mapping[str, float | str]
"""Answers by the short name of their question."""


@dataclass(frozen=True)
class Verdict:
    """What is said of one answer.

    Attributes
    ----------
    tolerance : float
        How far off a number may be; 0 for the name of a model.
    """

    name: str
    given: float | str | None
    right: bool
    tolerance: float
    unit: str
    hint: str

    def line(self) -> str:
        """Return it in words, without giving a wrong answer's right one away."""
        if self.given is None:
            return f"{self.name}: not answered. {self.hint}"
        shown = self.given if isinstance(self.given, str) else f"{self.given:g} {self.unit}"
        if not self.right:
            return f"{self.name}: {shown} is not right. {self.hint}"
        near = f" (within ±{self.tolerance:.2g}, from the spread over seeds)" if self.tolerance else ""
        return f"{self.name}: {shown} is right{near}"


def read_answers(file: Path, lesson: LoadedLesson) -> Given:
    """Return the answers of a YAML file: one line ``name: answer`` for each question.

    Raises
    ------
    ScenarioError
        If the file cannot be read, or holds something that the lesson does not ask.
    """
    try:
        document = read_bytes(file.read_bytes(), str(file))
    except OSError as error:
        raise ScenarioError(
            [Problem.at(Place(str(file)), "", f"cannot be read: {error.strerror or error}")]
        ) from None
    problems = list(document.problems)
    given: dict[str, float | str] = {}
    for name, value in document.data.items():
        spot = document.spots.get((name,))
        place = spot.value if spot is not None else Place(str(file))
        question = lesson.block.answers.get(name)
        if question is None:
            close = nearest(name, list(lesson.block.answers))
            hints = [f"did you mean  {close[0]}?"] if close else []
            hints.append(f"asked here: {', '.join(lesson.block.answers)}")
            problems.append(Problem.at(place, name, "is not asked in this lesson", hints))
        elif question.worst:
            models = lesson.block.field.models if lesson.block.field else []
            if value not in (models or list_governance()):
                near = nearest(str(value), models or list_governance())
                text = f"{quoted(value)} is not a model of this lesson"
                problems.append(Problem.at(place, name, text, [f"did you mean  {near[0]}?"] if near else []))
            else:
                given[name] = str(value)
        elif isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            unit = INDICATOR[question.indicator].unit
            problems.append(Problem.at(place, name, f"{quoted(value)} is not a number  ({unit})"))
        else:
            given[name] = float(value)
    if problems:
        raise ScenarioError(problems)
    return given


def verdicts(played: Played, given: Given) -> list[Verdict]:
    """Return what is to be said of the answer to every question, in the order of the lesson."""
    found = []
    for name, question in played.lesson.block.answers.items():
        answer = given.get(name)
        hint = question.hint.en or question.hint.zh
        if question.worst:
            right = answer is not None and answer == worst(played.over_field, question.indicator)
            found.append(Verdict(name, answer, right, 0.0, "", hint))
            continue
        wanted = expected(played, question)
        unit = INDICATOR[question.indicator].unit if question.of != "left_higher" else "% of seeds"
        tolerance = wanted[1] if wanted else 0.0
        near = (
            wanted is not None and isinstance(answer, float) and abs(answer - wanted[0]) <= tolerance + 1e-9
        )
        found.append(Verdict(name, answer, near, tolerance, unit, hint))
    return found
