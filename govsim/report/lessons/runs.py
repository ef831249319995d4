"""What is run for a lesson: two runs to watch, many of which only the indicators are kept; and what a class answered."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from govsim.engine import Arm, Recording, Run, resolve_arm, simulate
from govsim.report.lessons.shelf import LoadedLesson
from govsim.report.stage import Frame, frame, setting
from govsim.results.indicators import INDICATORS
from govsim.results.values import Missing, Value
from govsim.results.view import View
from govsim.scenario import content_hash, list_governance, load
from govsim.scenario.fields import nearest
from govsim.scenario.messages import Place, Problem, ScenarioError, quoted
from govsim.scenario.reader import read_bytes
from govsim.scenario.schema import Scenario
from govsim.scenario.schema.lesson import ExpectedAnswer, LessonSide
from govsim.statistics.paired import CONFIDENCE, interval_at
from govsim.world import World, build

SIDES = ("left", "right")

INDICATOR = {indicator.name: indicator for indicator in INDICATORS}

Means = dict[str, list[float | None]]
"""Values of one indicator over seeds, by indicator; None where there is nothing to divide by."""


@dataclass(frozen=True)
class Watched:
    """One run with everything that a page shows of it."""

    seed: int
    world: World
    setting: dict[str, Any]
    frames: list[Frame]
    recording: Recording


class Played:
    """The runs of a lesson, each done when it is first asked for.

    Every number is that of ``govsim run`` with the same file, settings, model and seed under equal capacity.

    Parameters
    ----------
    lesson : LoadedLesson
    """

    def __init__(self, lesson: LoadedLesson) -> None:
        self.lesson = lesson
        self._worlds: dict[tuple[str, int], World] = {}
        self._done: dict[tuple[str, str, int], dict[str, float | None]] = {}

    @cached_property
    def watched(self) -> tuple[Watched, Watched]:
        """The left and the right run of the first seed."""
        return self._watch(self.lesson.block.left), self._watch(self.lesson.block.right)

    @cached_property
    def seeds(self) -> list[int]:
        """The stored seeds."""
        first = self.lesson.loaded.scenario.run.first_seed
        return [first + k for k in range(self.lesson.block.seeds)]

    @cached_property
    def over_seeds(self) -> tuple[Means, Means]:
        """Indicators of both sides, by name, over the stored seeds."""
        left, right = (
            self._many(side, (), self.seeds, self.lesson.block.indicators)
            for side in (self.lesson.block.left, self.lesson.block.right)
        )
        return left, right

    @cached_property
    def over_grid(self) -> list[tuple[float, Means, Means]]:
        """Indicators of both sides at every value of the grid."""
        grid, block = self.lesson.block.grid, self.lesson.block
        if grid is None:
            return []
        seeds = [self.seeds[0] + k for k in range(grid.seeds)]
        made = []
        for value in grid.values:
            moved = (f"{grid.moves}={_plain(value)}",)
            left, right = (
                self._many(side, moved, seeds, block.indicators) for side in (block.left, block.right)
            )
            made.append((value, left, right))
        return made

    @cached_property
    def over_field(self) -> dict[str, Means]:
        """Indicators of every model of the field."""
        field = self.lesson.block.field
        if field is None:
            return {}
        seeds = [self.seeds[0] + k for k in range(field.seeds)]
        return {
            model: self._many(LessonSide(model=model), (), seeds, field.indicators)
            for model in (field.models or list_governance())
        }

    def scenario(self, side: LessonSide, moved: Sequence[str] = ()) -> Scenario:
        """Return the scenario of a side, with what a grid moves."""
        if not side.set and not moved:
            return self.lesson.loaded.scenario
        return load(self.lesson.loaded.sources[0].file, (*side.set, *moved)).scenario

    def arm(self, side: LessonSide) -> Arm:
        """Return the governance model of a side under equal hours and money."""
        return resolve_arm(self.lesson.models[side.model].model, "neutral")

    def _world(self, scenario: Scenario, seed: int) -> World:
        spec = f"{scenario.population!r}{scenario.network!r}"
        if (spec, seed) not in self._worlds:
            if any(known != spec for known, _ in self._worlds):
                self._worlds.clear()
            self._worlds[spec, seed] = build(scenario.population, scenario.network, seed)
        return self._worlds[spec, seed]

    def _watch(self, side: LessonSide) -> Watched:
        scenario, seed = self.scenario(side), self.seeds[0] + side.seeds_on
        world = self._world(scenario, seed)
        run = Run(world, scenario, self.arm(side), seed)
        place, frames = setting(run.state), [frame(run.state)]
        for _ in range(scenario.run.weeks):
            run.step()
            frames.append(frame(run.state))
        return Watched(seed, world, place, frames, run.finish())

    def _many(
        self, side: LessonSide, moved: Sequence[str], seeds: Sequence[int], names: Sequence[str]
    ) -> Means:
        scenario, arm = self.scenario(side, moved), self.arm(side)
        asked = content_hash(scenario)
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            runs = list(pool.map(lambda seed: self._run(asked, scenario, arm, seed + side.seeds_on), seeds))
        return {name: [values[name] for values in runs] for name in names}

    def _run(self, asked: str, scenario: Scenario, arm: Arm, seed: int) -> dict[str, float | None]:
        """Return the lesson's indicators of one run; a run that several parts of a lesson show is done once."""
        key = asked, arm.key, seed
        if key not in self._done:
            view = View(simulate(self._world(scenario, seed), scenario, arm, seed))
            block = self.lesson.block
            names = (*block.indicators, *(block.field.indicators if block.field else ()))
            self._done[key] = {
                name: number_or_null(INDICATOR[name].compute(view)) for name in dict.fromkeys(names)
            }
        return self._done[key]


def number_or_null(value: Value) -> float | None:
    """Return a value as a page keeps it: null where there is none."""
    return None if isinstance(value, Missing) else float(value)


def values_there(values: Sequence[float | None]) -> list[float]:
    """Return the values that are there."""
    return [value for value in values if value is not None]


def mean_of(values: Sequence[float | None]) -> float | None:
    """Return the mean of the values that are there."""
    there = values_there(values)
    return float(np.mean(there)) if there else None


def paired_differences(left: Sequence[float | None], right: Sequence[float | None]) -> list[float | None]:
    """Return right minus left, seed by seed."""
    return [None if a is None or b is None else b - a for a, b in zip(left, right, strict=True)]


def worst(field: dict[str, Means], indicator: str) -> str | None:
    """Return the model with the worst mean of an indicator; None where no single one is, or nothing is better or worse."""
    direction = INDICATOR[indicator].direction
    found = {model: mean_of(values[indicator]) for model, values in field.items()}
    ranked = sorted((direction * value, model) for model, value in found.items() if value is not None)
    alone = len(ranked) == 1 or (len(ranked) > 1 and ranked[0][0] < ranked[1][0])
    return ranked[0][1] if direction and alone else None


def expected_number(played: Played, answer: ExpectedAnswer) -> tuple[float, float] | None:
    """Return the number that an answer should come near, and how near.

    The tolerance is half the 95 % interval over the stored seeds, and never below what the page rounds away.
    """
    left, right = played.over_seeds
    if answer.at is not None:
        left, right = next((a, b) for value, a, b in played.over_grid if value == answer.at)
    one, two = left[answer.indicator], right[answer.indicator]
    if answer.of == "left_higher":
        pairs = [(a, b) for a, b in zip(one, two, strict=True) if a is not None and b is not None]
        values: list[float | None] = [100.0 * (a > b) for a, b in pairs]
    else:
        values = {"left": one, "right": two, "difference": paired_differences(one, two)}[answer.of]
    there = values_there(values)
    if not there:
        return None
    rounding = 0.5 * 10.0 ** -(0 if answer.of == "left_higher" else INDICATOR[answer.indicator].decimals)
    interval = interval_at(there, 1.0 - CONFIDENCE)
    return float(np.mean(there)), max(rounding, 0.5 * (interval[1] - interval[0]) if interval else 0.0)


def _plain(value: float) -> str:
    return f"{value:g}"


def pairs(played: Played) -> Iterator[tuple[str, Watched]]:
    """Yield the sides by name."""
    yield from zip(SIDES, played.watched, strict=True)


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


def answer_verdicts(played: Played, given: Given) -> list[Verdict]:
    """Return what is to be said of the answer to every question, in the order of the lesson."""
    found = []
    for name, question in played.lesson.block.answers.items():
        answer = given.get(name)
        hint = question.hint.en or question.hint.zh
        if question.worst:
            right = answer is not None and answer == worst(played.over_field, question.indicator)
            found.append(Verdict(name, answer, right, 0.0, "", hint))
            continue
        wanted = expected_number(played, question)
        unit = INDICATOR[question.indicator].unit if question.of != "left_higher" else "% of seeds"
        tolerance = wanted[1] if wanted else 0.0
        near = (
            wanted is not None and isinstance(answer, float) and abs(answer - wanted[0]) <= tolerance + 1e-9
        )
        found.append(Verdict(name, answer, near, tolerance, unit, hint))
    return found
