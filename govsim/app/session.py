"""What one person looks at: two runs in lockstep, and a slider for whatever number can be set in a scenario.

It knows nothing of pages and can be used without one.
"""

from __future__ import annotations

import math
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from govsim.engine import Recording, Run, resolve_arm
from govsim.report.docs.words import unit
from govsim.report.lessons.page import column_note, tellers, weekly_series
from govsim.report.stage import Frame, frame, setting
from govsim.results.story import HeldLedgers, UnknownNumberError, case_story, resident_story
from govsim.results.weekly import WEEKLY
from govsim.scenario import Loaded, load, load_governance
from govsim.scenario.catalogue import governance_choices, item_of, labels_of
from govsim.scenario.declare import Section
from govsim.scenario.fields import labels, walk
from govsim.scenario.schema import Scenario
from govsim.world import build

FIRST = (
    "population.residents",
    "tasks.community_hours",
    "capacity.staff.community",
    "population.participation.threshold.mean",
    "population.party.share_of_adults",
)
"""Shown at the start; the others are added by name."""

MOST_RESIDENTS = 5000
"""Above this, a picture of everybody is neither quick nor legible."""
MOST_WEEKS = 520
_STEPS = 40
_TIMES = 4.0
"""How far a slider without an upper limit reaches, as a multiple of the present value."""


@dataclass(frozen=True)
class Slider:
    """One number of a scenario, and how far its slider goes.

    Attributes
    ----------
    path : str
        As for ``--set``.
    label, unit : dict
        In English (``en``) and Chinese (``zh``).
    value, low, high, step : float
    whole : bool
        Whether only whole numbers are allowed.
    meaning : str
    """

    path: str
    label: dict[str, str]
    unit: dict[str, str]
    value: float
    low: float
    high: float
    step: float
    whole: bool
    meaning: str

    def setting(self, value: float) -> str:
        """Return the change as for ``--set``."""
        return f"{self.path}={round(value) if self.whole else f'{value:.6g}'}"


def movable_numbers(loaded: Loaded) -> dict[str, Slider]:
    """Return every number of a scenario that can be moved, by path, in the order of the declarations."""
    return {knob.path: knob for knob in _all(loaded.scenario)}


def _all(scenario: Scenario) -> Iterator[Slider]:
    for item in walk(Scenario):
        if "[]" in item.path or "*" in item.path or item.decoration:
            continue
        value = _value(scenario, item.path)
        if isinstance(value, bool) or not isinstance(value, int | float) or not item.shape.numeric:
            continue
        if item.path in ("govsim", "run.seeds", "run.first_seed"):
            continue
        whole = item.shape.scalars == {int}
        low, high = _reach(item.shape.bounds, float(value), item.path)
        if high <= low:
            continue
        step = max(1.0, _round_step((high - low) / _STEPS)) if whole else _round_step((high - low) / _STEPS)
        label = dict(zip(("en", "zh"), labels(Scenario, tuple(item.path.split("."))), strict=True))
        units = {"en": unit(item.extra("unit"), "en"), "zh": unit(item.extra("unit"), "zh")}
        yield Slider(item.path, label, units, float(value), low, high, step, whole, item.meaning)


def _value(section: Section, path: str) -> Any:
    value: Any = section
    for step in path.split("."):
        value = getattr(value, step, None)
        if value is None:
            return None
    return value


def _round_step(step: float) -> float:
    """Return 1, 2 or 5 times a power of ten, not above ``step``."""
    power = 10.0 ** math.floor(math.log10(step))
    return float(f"{max(times for times in (1, 2, 5) if times * power <= step * (1 + 1e-9)) * power:.6g}")


def _reach(bounds: dict[str, Any], value: float, path: str) -> tuple[float, float]:
    low = float(bounds.get("ge", bounds.get("gt", 0.0)))
    high = bounds.get("le", bounds.get("lt"))
    far = _TIMES * abs(value) or 1.0
    ceiling = far if high is None else min(float(high), far)
    if path == "population.residents":
        low, ceiling = 50.0, float(MOST_RESIDENTS)
    if path == "run.weeks":
        ceiling = float(MOST_WEEKS)
    if "gt" in bounds and "ge" not in bounds:
        low += (ceiling - low) / _STEPS
    return low, ceiling


SIDES = ("left", "right")
CURVES = ("open", "undetected", "active_4w_share", "load_community", "trust_community", "burnt_out")
"""Columns of the weekly table that are drawn."""


@dataclass(frozen=True)
class SessionRequest:
    """What is to be run.

    Attributes
    ----------
    scenario : str
        Name or file.
    models : tuple of str
        Left and right.
    seed : int
    moved : dict
        Values of knobs by path.
    """

    scenario: str
    models: tuple[str, str]
    seed: int
    moved: dict[str, float]


class Session:
    """Two runs over the same world; one to each person who has the page open.

    Parameters
    ----------
    scenario : str
        Name or file of the scenario to begin with.

    Raises
    ------
    ScenarioError
        If there is no such scenario, or something is wrong with it.
    """

    def __init__(self, scenario: str) -> None:
        loaded = load(scenario, (), must_fit=False)
        models = [one.name for one in loaded.governance]
        moved: dict[str, float] = {}
        if loaded.scenario.population.residents > MOST_RESIDENTS:
            moved["population.residents"] = float(MOST_RESIDENTS)
        if loaded.scenario.run.weeks > MOST_WEEKS:
            moved["run.weeks"] = float(MOST_WEEKS)
        self.asked = SessionRequest(
            scenario, (models[0], models[min(1, len(models) - 1)]), loaded.scenario.run.first_seed, moved
        )
        self.knobs: dict[str, Slider] = movable_numbers(loaded)
        self.choices = governance_choices(loaded)
        self.start(self.asked)

    def start(self, asked: SessionRequest) -> None:
        """Begin anew at week 0; the runs before stay if something is wrong with what is asked.

        Raises
        ------
        ScenarioError
            With every problem of the settings.
        """
        settings = [self.knobs[path].setting(value) for path, value in asked.moved.items()]
        loaded = load(asked.scenario, settings)
        scenario = loaded.scenario
        models = [load_governance(model) for model in asked.models]  # as their files are now
        arms = [resolve_arm(model.model, "neutral") for model in models]
        world = build(scenario.population, scenario.network, asked.seed)
        left, right = (Run(world, scenario, arm, asked.seed) for arm in arms)
        self.asked, self.loaded, self.settings = asked, loaded, tuple(settings)
        self.runs = left, right
        self.choices |= {model.name: item_of(model) for model in models}
        self._forget("setting")

    def called(self, model: str) -> dict[str, str]:
        """Return what a governance model is called in both languages."""
        return self.choices[model].label

    @property
    def week(self) -> int:
        """Weeks done."""
        return self.runs[0].week

    @property
    def weeks(self) -> int:
        """Length of the runs."""
        return self.loaded.scenario.run.weeks

    @property
    def over(self) -> bool:
        """Whether the last week is done."""
        return self.week >= self.weeks

    def step(self) -> None:
        """Advance both runs by a week, unless they are over."""
        if not self.over:
            for run in self.runs:
                run.step()
            self._forget()

    def frames(self) -> dict[str, Frame]:
        """Return what is seen of both sides."""
        return {side: frame(run.state) for side, run in zip(SIDES, self.runs, strict=True)}

    def curves(self) -> dict[str, dict[str, list[float | None]]]:
        """Return the drawn columns of the weekly table of both sides, up to now."""
        if not self.week:
            return {side: {name: [] for name in CURVES} for side in SIDES}
        return {side: weekly_series(one, CURVES) for side, one in zip(SIDES, self._recordings, strict=True)}

    def commands(self) -> list[str]:
        """Return the commands that give the same numbers."""
        words = [word for setting in self.settings for word in ("--set", setting)]
        words += ["--set", f"run.first_seed={self.asked.seed}", "--seeds", "1", "--capacity", "neutral"]
        return [
            shlex.join(["govsim", "run", self.asked.scenario, "--model", model, *words])
            for model in self.asked.models
        ]

    def story(self, side: int, what: str, number: int, language: str) -> list[str]:
        """Return the story of a problem (``what`` is ``case``) or of a ``resident`` so far; nothing where there is none."""
        if not self.week:
            return []
        recording = self._recordings[side]
        ledgers = HeldLedgers(recording)
        try:
            told = case_story(ledgers, number) if what == "case" else resident_story(ledgers, number)
        except UnknownNumberError:
            return []
        teller = tellers(recording, self.setting, under_way=not self.over)[language]
        return [teller.sentence(fact) for fact in told]

    @cached_property
    def setting(self) -> dict[str, Any]:
        """What stays the same; see :func:`govsim.report.stage.setting`."""
        return setting(self.runs[0].state)

    @cached_property
    def _recordings(self) -> list[Recording]:
        return [run.finish() for run in self.runs]

    def _forget(self, *names: str) -> None:
        for name in ("_recordings", *names):
            self.__dict__.pop(name, None)


def drawn_columns() -> dict[str, dict[str, Any]]:
    """Return label, unit and definition of the drawn columns in both languages."""
    found = {column.name: column_note(column) for column, _ in WEEKLY}
    return {name: found[name] for name in CURVES}


def plain(loaded: Loaded) -> dict[str, str]:
    """Return what a scenario is called in both languages."""
    return labels_of(loaded.scenario.name, loaded.label)
