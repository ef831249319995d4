"""Mesa's own tools on a running model: AgentSet, DataCollector, batch_run."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Iterator
from typing import Any

import mesa
import numpy as np
import pytest

from govsim.agents import Cadre, GovernanceModel, PartyMember, Resident
from govsim.engine import resolve_arm, simulate
from govsim.scenario import load, load_governance
from govsim.world import build

pytestmark = pytest.mark.slow

BATCH_TAKES_RNG = "rng" in inspect.signature(mesa.batch_run).parameters
"""From Mesa 3.5 on."""

MODELS = ["legacy_administrative", "party_led_cogovernance"]


@pytest.fixture
def model() -> GovernanceModel:
    model = GovernanceModel("tiny", seed=6)
    for _ in range(10):
        model.step()
    return model


def test_select_and_agg(model: GovernanceModel) -> None:
    state = model.engine.state.residents
    laid_off = model.residents.select(lambda agent: agent.work == "laid_off")
    rows = np.flatnonzero(state.work == 2)
    assert laid_off.get("index") == rows.tolist()
    assert laid_off.agg("opinion", np.mean) == pytest.approx(
        float(state.opinion[rows].mean(dtype=np.float64))
    )
    assert laid_off.agg("age", [min, max]) == [state.age[rows].min(), state.age[rows].max()]
    assert model.agents.select(agent_type=PartyMember, at_most=3).get("party_member") == [True] * 3
    assert len(model.agents.select(at_most=0.5)) == len(model.agents) // 2


def test_get_and_set(model: GovernanceModel) -> None:
    table = model.residents.get(["age", "trust_community"])
    assert table[17] == [model.engine.state.residents.age[17], model.engine.state.residents.trust[17, 0]]
    assert model.agents.get("post", handle_missing="default", default_value="")[0] == ""
    some = model.residents.select(lambda agent: agent.adult and agent.community == 1)
    some.set("trust_community", 0.5)
    places = (model.world.residents.community == 1) & (model.engine.state.residents.age >= 16)
    assert (model.engine.state.residents.trust[places, 0] == 0.5).all()
    assert (model.engine.state.residents.trust[~places, 0] != 0.5).any()


def test_groupby(model: GovernanceModel) -> None:
    groups = model.residents.groupby("migrant")
    migrant = model.world.residents.migrant == 1
    assert groups.count() == {False: (~migrant).sum(), True: migrant.sum()}
    means = groups.agg("efficacy", np.mean)
    assert means[True] == pytest.approx(
        float(model.engine.state.residents.efficacy[migrant].mean(dtype=np.float64))
    )
    by_age = model.residents.groupby(lambda agent: agent.age >= 65, result_type="list")
    assert sorted(map(len, by_age.groups.values())) == sorted(
        [(model.engine.state.residents.age >= 65).sum(), (model.engine.state.residents.age < 65).sum()]
    )


def test_sort_shuffle_do_and_map(model: GovernanceModel) -> None:
    order = model.residents.sort("age", ascending=True).get("age")
    assert order == sorted(model.engine.state.residents.age.tolist())
    mixed = model.residents.shuffle()
    assert mixed.get("index") != model.residents.get("index")
    assert sorted(mixed.get("index")) == list(range(300))
    seen: list[int] = []
    model.residents.shuffle_do(lambda agent: seen.append(agent.index))
    assert seen != sorted(seen)
    assert sorted(seen) == list(range(300))
    visited: list[int] = []
    model.agents_by_type[Cadre].do(lambda cadre: visited.append(cadre.index))
    assert visited == np.flatnonzero(model.engine.state.servers["staff"]).tolist()
    assert model.residents.map(lambda agent: agent.index + 1) == list(range(1, 301))
    model.agents.do("step")  # what Mesa's agents have by default, nothing here
    assert not model.changed_by_hand


def test_shuffling_repeats_with_the_seed() -> None:
    orders = [
        [agent.unique_id for agent in GovernanceModel(seed=seed, weeks=1).agents.shuffle()]
        for seed in (1, 1, 2)
    ]
    assert orders[0] == orders[1]
    assert orders[0] != orders[2]


def test_reordering_in_place_keeps_everybody(model: GovernanceModel) -> None:
    count = len(model.agents)
    before = model.agents.get("unique_id")
    model.agents.shuffle(inplace=True)
    assert len(model.agents) == count
    assert model.agents.get("unique_id") != before
    model.agents.sort("unique_id", ascending=True, inplace=True)
    assert model.agents.get("unique_id") == before
    assert len(model.agents.select()) == count


def trust_of_adults(agent: Any) -> float | None:
    return agent.trust_community if isinstance(agent, Resident) and agent.adult else None


def test_collecting_over_several_steps() -> None:
    model = GovernanceModel(
        weeks=5,
        seed=6,
        model_reporters={
            "open": "open",
            "hours": lambda m: m.self_started_hours + m.called_hours,
            "burnout": lambda m: m.agents_by_type[Cadre].agg("burnout", max),
        },
        agent_reporters={"kind": "kind", "community": "community", "trust": trust_of_adults},
        agenttype_reporters={Resident: {"opinion": "opinion"}, Cadre: {"load": "load", "busy": "busy"}},
    )
    columns = []
    for _ in range(5):
        model.step()
        columns.append(
            (model.engine.state.residents.trust[:, 0].copy(), model.engine.state.residents.opinion.copy())
        )
    weekly = model.recording().weekly
    frame = model.datacollector.get_model_vars_dataframe()
    assert list(frame["open"]) == [0.0, *weekly["open"].sum(axis=1)]
    hours = (weekly["self_started_hours"].sum(axis=1) + weekly["called_hours"].sum(axis=1)).tolist()
    assert list(frame["hours"]) == [0.0, *hours]
    assert frame["burnout"].between(0, 1).all()

    agents = model.datacollector.get_agent_vars_dataframe()
    assert len(agents) == 6 * len(model.agents)
    plain = model.datacollector.get_agenttype_vars_dataframe(Resident)
    adult = model.engine.state.residents.age >= 16
    for step, (trust, opinion) in enumerate(columns, 1):
        taken = agents.loc[step]["trust"].dropna()
        np.testing.assert_array_equal(taken.index, np.flatnonzero(adult) + 1)
        np.testing.assert_array_equal(taken.astype(float), trust[adult])
        rows = plain.loc[step].index.to_numpy() - 1
        np.testing.assert_array_equal(plain.loc[step]["opinion"], opinion[rows])
    cadres = model.datacollector.get_agenttype_vars_dataframe(Cadre)
    assert (cadres.loc[0]["load"] == 0).all()
    assert (cadres.loc[5]["load"] > 0).any()


def test_a_collector_of_ones_own() -> None:
    class Mine(GovernanceModel):
        def __init__(self, **asked: Any) -> None:
            super().__init__(**asked)
            self.datacollector = mesa.DataCollector(model_reporters={"week": "steps"})

    model = Mine(weeks=3)
    model.run_model()
    assert model.datacollector.get_model_vars_dataframe()["week"].tolist() == [1, 2, 3]


@pytest.fixture
def no_warnings() -> Iterator[None]:
    """A batch may warn of Mesa's own changes to come, of nothing else."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        yield


def batch(seeds: list[int], **parameters: Any) -> list[dict[str, Any]]:
    """Run a batch with these seeds in the way of this generation of Mesa."""
    options: dict[str, Any] = {"max_steps": 8, "display_progress": False}
    asked = {"scenario": "tiny", "weeks": 12, **parameters}
    if BATCH_TAKES_RNG:
        return mesa.batch_run(GovernanceModel, asked, rng=seeds, **options)  # type: ignore[no-any-return]
    return mesa.batch_run(GovernanceModel, {**asked, "seed": seeds}, **options)  # type: ignore[no-any-return]


@pytest.mark.usefixtures("no_warnings")
@pytest.mark.parametrize("processes", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_batch_run_over_models_and_seeds(processes: int) -> None:
    rows = batch([1, 2], governance=MODELS) if processes == 1 else parallel()
    assert len(rows) == 4
    assert {(row["governance"], row["seed"]) for row in rows} == {(m, s) for m in MODELS for s in (1, 2)}
    for row in rows:
        assert row["Step"] == 8
        scenario = load("tiny", ["run.weeks=12"]).scenario
        world = build(scenario.population, scenario.network, row["seed"])
        arm = resolve_arm(load_governance(row["governance"]).model, "neutral")
        weekly = simulate(world, scenario, arm, row["seed"]).weekly
        for name in ("arrived", "open", "active", "called", "registered"):
            assert row[name] == weekly[name][7].sum(), name
        assert row["trust_street"] == weekly["trust_street"][7].sum() / weekly["adults"][7].sum()
    by_model = {m: {r["seed"]: r["called"] for r in rows if r["governance"] == m} for m in MODELS}
    assert by_model[MODELS[0]] != by_model[MODELS[1]]


def parallel() -> list[dict[str, Any]]:
    options: dict[str, Any] = {"max_steps": 8, "display_progress": False, "number_processes": 2}
    asked: dict[str, Any] = {"scenario": "tiny", "weeks": 12, "governance": MODELS}
    if BATCH_TAKES_RNG:
        return mesa.batch_run(GovernanceModel, asked, rng=[1, 2], **options)  # type: ignore[no-any-return]
    return mesa.batch_run(GovernanceModel, {**asked, "seed": [1, 2]}, **options)  # type: ignore[no-any-return]


@pytest.mark.usefixtures("no_warnings")
def test_batch_run_over_a_parameter_by_its_path() -> None:
    rows = batch([3], **{"participation.call": np.array([0.0, 1.0])})
    called = {row["participation.call"]: row["active_called"] for row in rows}
    assert called[0.0] == 0.0  # a call that weighs nothing moves nobody
    assert called[1.0] > 0.0
    settings = batch([3], settings=["participation.call=0.0", "participation.call=1.0"])
    assert [row["active_called"] for row in settings] == list(called.values())


@pytest.mark.usefixtures("no_warnings")
def test_batch_run_with_agents() -> None:
    rows = batch([3], agent_reporters=[{"opinion": opinion}], model_reporters=[{"open": "open"}])
    model = GovernanceModel(weeks=12, seed=3)
    for _ in range(8):
        model.step()
    assert len(rows) == len(model.agents)
    assert {row["open"] for row in rows} == {model.open}
    found = {row["AgentID"]: row["opinion"] for row in rows if row["opinion"] is not None}
    assert found == {agent.unique_id: agent.opinion for agent in model.residents}


def opinion(agent: Any) -> float | None:
    return agent.opinion if isinstance(agent, Resident) else None


def test_iterations() -> None:
    """Before Mesa 3.5 iterations repeat the seed; from then on each has a seed of its own, which is reported."""
    asked = {"scenario": "tiny", "weeks": 12}
    options: dict[str, Any] = {"iterations": 3, "max_steps": 8, "display_progress": False}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rows = mesa.batch_run(GovernanceModel, asked, **options)
    assert [row["iteration"] for row in rows] == [0, 1, 2]
    # From Mesa 3.5 on the seeds are from the operating system: two are equal once in 7e8 times.
    assert len({row["seed"] for row in rows}) == (3 if BATCH_TAKES_RNG else 1)
    for row in rows:
        again = GovernanceModel(weeks=12, seed=row["seed"])
        for _ in range(8):
            again.step()
        assert row["open"] == again.open
        assert row["trust_centre"] == again.trust_centre
