"""From a constructor's plain arguments to a scenario and an arm."""

from __future__ import annotations

import difflib
import json
import os
from collections.abc import Mapping, Sequence
from typing import Any, Literal, cast

import numpy as np

from govsim.engine import Arm, resolve_arm
from govsim.scenario import Loaded, LoadedGovernance, load, load_governance
from govsim.scenario.schema import Scenario

Name = str | os.PathLike[str]
Settings = str | Sequence[str] | Mapping[str, Any]

_MODES = ("neutral", "observed")


def scenario_of(asked: Name | Loaded | Scenario, overrides: Sequence[str]) -> Scenario:
    """Return the scenario that was asked for.

    Raises
    ------
    ScenarioError
        With every problem of a file and the overrides.
    ValueError
        If a scenario that is loaded already shall be changed.
    """
    if isinstance(asked, str | os.PathLike):
        return load(asked, overrides).scenario
    if overrides:
        raise ValueError(
            f"{', '.join(overrides)} cannot be applied to a scenario that is already loaded; "
            "name the scenario by file or name, or give the settings to govsim.scenario.load"
        )
    return asked.scenario if isinstance(asked, Loaded) else asked


def arm_of(asked: Name | LoadedGovernance | Arm, mode: str) -> Arm:
    """Return the arm of a governance model under a capacity mode; an arm is returned as it is.

    Raises
    ------
    ScenarioError
        With every problem of a file.
    ValueError
        If there is no such mode.
    """
    if isinstance(asked, Arm):
        return asked
    if mode not in _MODES:
        raise ValueError(f"capacity_mode must be {' or '.join(_MODES)}, not {mode!r}")
    loaded = asked if isinstance(asked, LoadedGovernance) else load_governance(asked)
    return resolve_arm(loaded.model, cast(Literal["neutral", "observed"], mode))


def overrides_of(
    settings: Settings, dotted: Mapping[str, Any], weeks: int | None, known: Sequence[str]
) -> list[str]:
    """Return all changes of parameters as ``path=value``.

    Parameters
    ----------
    settings, dotted, weeks
        As in :class:`govsim.agents.GovernanceModel`.
    known
        Names of the constructor's own arguments.

    Raises
    ------
    TypeError
        If an argument is neither one of the constructor's own nor a dotted path.
    """
    for name in dotted:
        if "." not in name:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]}?" if near else "parameters go by their path, such as run.weeks"
            raise TypeError(f"GovernanceModel has no argument '{name}'; {hint}")
    named = {**settings, **dotted} if isinstance(settings, Mapping) else dict(dotted)
    if weeks is not None:
        named["run.weeks"] = weeks
    written = (
        [] if isinstance(settings, Mapping) else [settings] if isinstance(settings, str) else list(settings)
    )
    return [*written, *(f"{name}={_text(value)}" for name, value in named.items())]


def _text(value: Any) -> str:
    """Return a value as a scenario writes it; a sweep over an array hands over numpy's numbers."""
    if isinstance(value, str):
        return value
    return json.dumps(value.item() if isinstance(value, np.generic) else value, ensure_ascii=False)
