"""Checked mode: processes are held to what they declare to read, write and draw (C06)."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from govsim.engine import resolve_arm
from govsim.engine.checked import UndeclaredError, checked_step
from govsim.engine.loop import ORDER, Run
from govsim.engine.process import Process
from govsim.engine.state import State
from govsim.scenario import list_governance, load, load_governance
from govsim.scenario.schema import Scenario
from govsim.world import World, build

pytestmark = pytest.mark.slow

WEEKS = 3


@cache
def district() -> tuple[Scenario, World]:
    scenario = load("tiny", ["run.weeks=6"]).scenario
    return scenario, build(scenario.population, scenario.network, 1)


def engine(model: str) -> Run:
    scenario, world = district()
    return Run(world, scenario, resolve_arm(load_governance(model).model, "observed"), 1)


@pytest.mark.parametrize("model", list_governance())
def test_every_process_keeps_to_its_declaration(model: str) -> None:
    checked, plain = engine(model), engine(model)
    for _ in range(WEEKS):
        checked_step(checked)
        plain.step()
    assert (checked.state.residents.trust == plain.state.residents.trust).all()
    assert (checked.state.row.counters == plain.state.row.counters).all()


def test_reform_keeps_to_its_declaration() -> None:
    """Rules, offices and the service roll change, a condition starts a step, and people go on in their posts."""
    entries = (
        {"governance": "party_led_cogovernance", "start": 2, "weeks": 3},
        {"use": "task_surge", "when": {"measure": "open_cases", "above": 0.0, "not_before": 3}},
    )
    scenario = load("tiny", ["run.weeks=7", f"timeline={json.dumps(entries)}"]).scenario
    world = build(scenario.population, scenario.network, 1)
    arm = resolve_arm(load_governance("legacy_administrative").model, "observed")
    checked, plain = Run(world, scenario, arm, 1), Run(world, scenario, arm, 1)
    posts = [len(checked.state.servers)]
    for _ in range(7):
        checked_step(checked)
        plain.step()
        posts.append(len(checked.state.servers))
    assert len(set(posts)) > 1
    assert checked.state.timeline.started[1] is not None
    for name, column in checked.state.columns().items():
        np.testing.assert_array_equal(column, plain.state.columns()[name], name)


def _reader(state: State) -> None:
    state.residents.trust[:] = state.residents.efficacy[:, None]


def _writer(state: State) -> None:
    state.residents.habit[:] += 1


def _drawer(state: State) -> None:
    state.key("institutions.quit", state.week)


HOSTILE: dict[str, tuple[Callable[[State], None], tuple[str, ...], str]] = {
    "reader": (_reader, ("residents.trust",), r"'reader' writes 'residents\.trust' with the help of .*read"),
    "writer": (_writer, (), r"'writer' writes 'residents\.habit', which it does not declare"),
    "drawer": (_drawer, (), r"'drawer' draws for 'institutions\.quit', which it does not declare"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_not_declared_is_refused_with_process_and_column(name: str) -> None:
    run, writes, message = HOSTILE[name]
    hostile = Process(name, "", "", "", (), writes, (), run)
    with pytest.raises(UndeclaredError, match=message):
        checked_step(engine("legacy_administrative"), (*ORDER, hostile))


def test_the_same_process_passes_when_it_declares() -> None:
    honest = Process("reader", "", "", "", ("residents.efficacy",), ("residents.trust",), (), _reader)
    checked_step(engine("legacy_administrative"), (*ORDER, honest))
