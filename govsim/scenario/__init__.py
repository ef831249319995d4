"""What is asked: YAML files read into a frozen scenario in which every value knows its file, line, unit and
status.

The names below are loaded when first used, so that declaring a section does not load the reader.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from govsim.scenario.loading import (
        Loaded,
        LoadedGovernance,
        list_governance,
        list_measures,
        list_scenarios,
        load,
        load_governance,
        load_measure,
    )
    from govsim.scenario.messages import Problem, ScenarioError
    from govsim.scenario.origins import Origin, content_hash

__all__ = [
    "Loaded",
    "LoadedGovernance",
    "Origin",
    "Problem",
    "ScenarioError",
    "content_hash",
    "list_governance",
    "list_measures",
    "list_scenarios",
    "load",
    "load_governance",
    "load_measure",
]

_HOMES = {"Problem": "messages", "ScenarioError": "messages", "Origin": "origins", "content_hash": "origins"}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(name)
    return getattr(import_module(f"govsim.scenario.{_HOMES.get(name, 'loading')}"), name)
