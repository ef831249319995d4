"""Sliders from the declarations: whatever number can be set in a scenario can be moved in the app."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from govsim.report.docs.words import unit
from govsim.scenario import Loaded
from govsim.scenario.declare import Section
from govsim.scenario.fields import labels, walk
from govsim.scenario.schema import Scenario

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


def knobs(loaded: Loaded) -> dict[str, Slider]:
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
