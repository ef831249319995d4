"""GovernanceModel: the same run as the engine's own, built from plain arguments."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref
from dataclasses import fields
from pathlib import Path
from typing import Any

import mesa
import numpy as np
import pytest

import govsim
from govsim.agents import Cadre, GovernanceModel, Resident
from govsim.engine import Recording, resolve_arm, simulate
from govsim.engine.recording import COUNTERS
from govsim.scenario import ScenarioError, load, load_governance
from govsim.world import build

MODELS = ("legacy_administrative", "party_led_cogovernance")


def simulated(governance: str, seed: int, *overrides: str, mode: Any = "neutral") -> Recording:
    scenario = load("tiny", overrides).scenario
    world = build(scenario.population, scenario.network, seed)
    return simulate(world, scenario, resolve_arm(load_governance(governance).model, mode), seed)


def assert_identical(one: Recording, other: Recording) -> None:
    """Compare two recordings bit by bit."""
    for item in fields(Recording):
        mine, its = getattr(one, item.name), getattr(other, item.name)
        if item.name == "offices":
            mine, its = vars(mine), vars(its)
        if isinstance(mine, dict):
            assert list(mine) == list(its)
            pairs = [(mine[key], its[key]) for key in mine]
        else:
            pairs = [(mine, its)]
        for a, b in pairs:
            assert type(a) is type(b), item.name
            same = a.tobytes() == b.tobytes() if isinstance(a, np.ndarray) else a == b
            assert same, item.name


@pytest.mark.parametrize("mode", ["neutral", "observed"])
@pytest.mark.parametrize("governance", MODELS)
def test_a_run_is_the_engines_own_to_the_bit(governance: str, mode: str) -> None:
    model = GovernanceModel("tiny", governance, seed=3, capacity_mode=mode)
    while model.running:
        if model.steps == 20:
            assert model.residents.agg("opinion", len) == 300  # looking at agents changes nothing
            model.agents.shuffle_do(lambda agent: agent.unique_id)
            assert model.rng.random() < 1.0
        model.step()
    assert model.steps == model.time == model.weeks == 52
    assert not model.changed_by_hand
    recording = model.recording()
    assert_identical(recording, simulated(governance, 3, mode=mode))
    assert recording.weekly["arrived"].sum() > 0
    assert recording.weekly["active"].sum() > 0


def test_threads_and_run_model_change_nothing() -> None:
    model = GovernanceModel("tiny", seed=5, weeks=12, threads=2)
    model.run_model()
    assert_identical(model.recording(), simulated("party_led_cogovernance", 5, "run.weeks=12"))


def test_steps_time_and_running() -> None:
    model = GovernanceModel(weeks=3)
    seen = [(model.steps, model.time, model.running)]
    for _ in range(3):
        model.step()
        seen.append((model.steps, model.time, model.running))
    assert seen == [(0, 0.0, True), (1, 1.0, True), (2, 2.0, True), (3, 3.0, False)]
    with pytest.raises(RuntimeError, match="ended after 3 weeks"):
        model.step()
    assert model.steps == 3
    assert model.engine.week == 3


def test_every_counter_of_every_week_is_collected() -> None:
    model = GovernanceModel(weeks=10, seed=2)
    model.run_model()
    table = model.datacollector.get_model_vars_dataframe()
    recording = model.recording()
    assert len(table) == 1 + 10
    assert (table["seed"] == 2).all()
    adults = recording.weekly["adults"].sum(axis=1)
    for counter in COUNTERS:
        expected = recording.weekly[counter.name].sum(axis=1)
        if counter.kind == "sum":
            expected = expected / adults
        np.testing.assert_array_equal(table[counter.name][1:], expected, err_msg=counter.name)
        if counter.name != "residents":
            assert getattr(model, counter.name) == expected[-1]
    start = table.iloc[0]
    assert start["residents"] == 300
    assert start["adults"] == adults[0]
    people = model.world.residents
    grown = people.age >= 16
    assert start["efficacy"] == pytest.approx(people.efficacy[grown].mean(), rel=1e-6)
    assert start["trust_centre"] == pytest.approx(people.trust[grown, 3].mean(), rel=1e-6)
    assert start["arrived"] == start["active"] == start["open"] == 0
    with pytest.raises(AttributeError, match="has no attribute 'opened'"):
        _ = model.opened


@pytest.mark.parametrize(
    "changed",
    [
        {"settings": "participation.call=0.05"},
        {"settings": ["participation.call=0.2", "participation.call=0.05"]},
        {"settings": {"participation.call": 0.05}},
        {"participation.call": 0.05},
        {"participation.call": np.float64(0.05)},
        {"settings": {"participation.call": 0.2}, "participation.call": 0.05},
    ],
)
def test_settings_in_every_form(changed: dict[str, Any]) -> None:
    model = GovernanceModel(weeks=8, **changed)
    assert model.engine.state.scenario.participation.call == 0.05
    model.run_model()
    expected = simulated("party_led_cogovernance", 1, "participation.call=0.05", "run.weeks=8")
    assert_identical(model.recording(), expected)


def test_loaded_objects_serve_as_well_as_names(tmp_path: Path) -> None:
    loaded, governance = load("tiny"), load_governance(MODELS[0])
    arm = resolve_arm(governance.model, "observed")
    expected = simulated(MODELS[0], 1)
    for scenario in (loaded, loaded.scenario):
        model = GovernanceModel(scenario, governance)
        model.run_model()
        assert_identical(model.recording(), expected)
    assert GovernanceModel(loaded, arm).arm is arm
    file = tmp_path / "mine.yaml"
    file.write_text("govsim: 1\nextends: tiny\nrun: {weeks: 4}\n", "utf-8")
    assert GovernanceModel(file).weeks == 4


@pytest.mark.parametrize(
    ("asked", "error", "words"),
    [
        ({"scenario": "tinny"}, ScenarioError, "tiny"),
        ({"governance": "legasy"}, ScenarioError, "legacy_administrative"),
        ({"settings": "participation.cal=0.1"}, ScenarioError, "did you mean  call "),
        ({"participation.call": "much"}, ScenarioError, "participation.call"),
        ({"weeks": 0}, ScenarioError, "run.weeks"),
        ({"capacity_mode": "free"}, ValueError, "neutral or observed"),
        ({"seed": -1}, ValueError, "from 0 upwards"),
        ({"week": 3}, TypeError, "did you mean weeks"),
        ({"flavour": 3}, TypeError, "has no argument 'flavour'"),
        ({"scenario": load("tiny"), "weeks": 3}, ValueError, "run.weeks=3 cannot be applied"),
    ],
)
def test_wrong_arguments_are_refused_in_words(
    asked: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        GovernanceModel(**asked)


def test_without_a_seed_one_is_drawn_and_repeats_the_run() -> None:
    with pytest.warns(UserWarning, match="no seed was given: this run has seed"):
        model = GovernanceModel(seed=None, weeks=6)
    model.run_model()
    assert_identical(model.recording(), simulated("party_led_cogovernance", model.seed, "run.weeks=6"))


def test_a_seed_sequence_gives_one_seed() -> None:
    seeds = [GovernanceModel(seed=np.random.SeedSequence(entropy), weeks=1).seed for entropy in (7, 7, 8)]
    assert seeds[0] == seeds[1] != seeds[2]


def test_a_model_is_let_go_with_its_agents() -> None:
    model = GovernanceModel(weeks=2, agent_reporters={"kind": "kind"})
    model.run_model()
    members = model.residents.select(lambda agent: agent.adult)
    known = weakref.ref(model), weakref.ref(next(iter(members))), weakref.ref(model.engine)
    del model, members
    gc.collect()
    assert [ref() for ref in known] == [None, None, None]


@pytest.mark.slow
def test_mesa_is_imported_only_by_who_asks_for_it() -> None:
    code = (
        "import sys, govsim, govsim.cli, govsim.engine\n"
        "assert 'mesa' not in sys.modules\n"
        "from govsim import GovernanceModel\n"
        "assert 'mesa' in sys.modules\n"
        "model = GovernanceModel(weeks=1)\n"
        "model.step()\n"
        "from govsim.engine.processes.measurement import measure_residents\n"
        "print(model.running, len(measure_residents.signatures))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False 1\n"  # the start is counted by a kernel that is compiled anyway
    assert govsim.GovernanceModel is GovernanceModel
    with pytest.raises(AttributeError, match="no attribute 'Governance'"):
        _ = govsim.Governance  # type: ignore[attr-defined]


def test_a_users_own_agents_live_beside_the_views() -> None:
    class Mayor(mesa.Agent):  # type: ignore[misc]
        def step(self) -> None:
            self.model.agents_by_type[Cadre].set("burnout", 0.0)

    model = GovernanceModel(weeks=2)
    mayors = [Mayor(model), Mayor(model)]
    numbers = model.agents.get("unique_id")
    assert len(set(numbers)) == len(numbers)
    assert model.agents_by_type[Mayor].get("unique_id") == [mayor.unique_id for mayor in mayors]
    assert Mayor in model.agent_types
    model.agents.select(agent_type=Mayor).do("step")
    assert model.changed_by_hand
    mayors[0].remove()
    assert list(model.agents_by_type[Mayor]) == mayors[1:]
    assert mayors[0] not in model.agents
    assert mayors[1] in model.agents


def test_people_can_be_neither_made_nor_removed() -> None:
    model = GovernanceModel(weeks=1)
    with pytest.raises(TypeError, match="comes from the scenario"):
        Resident(model)
    with pytest.raises(TypeError, match="comes from the scenario"):
        Cadre.create_agents(model, 2)
    with pytest.raises(TypeError, match="cannot be removed"):
        next(iter(model.residents)).remove()
    with pytest.raises(TypeError, match="make a new model"):
        model.remove_all_agents()
    assert len(model.residents) == 300
