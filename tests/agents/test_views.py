"""Agents are views: they read and write the engine's own columns, and the engine goes on from what was written."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from govsim.agents import Cadre, GovernanceModel, PartyMember, Resident, SocialOrganization
from govsim.engine import columns as col
from govsim.engine.columns import ACTIVE, ADULT
from govsim.world import Hazard, OrganisationKind, Work

LEGACY = "legacy_administrative"


@pytest.fixture(scope="module")
def run() -> GovernanceModel:
    """A run that is looked at and not changed."""
    model = GovernanceModel("tiny", seed=4)
    for _ in range(30):
        model.step()
    return model


def after(steps: int, governance: str = LEGACY, **asked: object) -> GovernanceModel:
    model = GovernanceModel("tiny", governance, seed=4, **asked)
    for _ in range(steps):
        model.step()
    return model


def adults(model: GovernanceModel) -> Any:
    return model.residents.select(lambda agent: agent.adult)


def test_kinds_and_numbers(run: GovernanceModel) -> None:
    world = run.world
    by_type = {kind: len(agents) for kind, agents in run.agents_by_type.items()}
    members = int(world.residents.party_member.sum())
    assert by_type == {
        Resident: 300 - members,
        PartyMember: members,
        Cadre: int(run.engine.state.servers["staff"].sum()),
        SocialOrganization: len(world.organisations.kind),
    }
    assert members > 0
    assert len(run.agents) == sum(by_type.values())
    assert run.residents.get("unique_id") == list(range(1, 301))
    numbers = run.agents.get("unique_id")
    assert numbers == sorted(set(numbers))
    assert run.agents.select(agent_type=Resident).get("unique_id") == list(range(1, 301))


COLUMNS: dict[str, Callable[[GovernanceModel], object]] = {
    "age": lambda m: m.engine.state.residents.age,
    "household": lambda m: m.world.residents.household,
    "community": lambda m: m.world.residents.community,
    "female": lambda m: m.world.residents.female == 1,
    "migrant": lambda m: m.world.residents.migrant == 1,
    "party_member": lambda m: m.world.residents.party_member == 1,
    "acquainted": lambda m: m.world.residents.acquainted == 1,
    "work": lambda m: [Work(code).name.lower() for code in m.engine.state.residents.work],
    "free_hours": lambda m: m.world.residents.free_hours,
    "threshold": lambda m: m.world.residents.threshold,
    "time_cost": lambda m: m.world.residents.time_cost,
    "ability": lambda m: m.world.residents.ability,
    "degree": lambda m: np.diff(m.world.ties.indptr),
    "adult": lambda m: (m.engine.state.residents.status & ADULT) > 0,
    "opinion": lambda m: m.engine.state.residents.opinion,
    "trust_community": lambda m: m.engine.state.residents.trust[:, 0],
    "trust_street": lambda m: m.engine.state.residents.trust[:, 1],
    "trust_district": lambda m: m.engine.state.residents.trust[:, 2],
    "trust_centre": lambda m: m.engine.state.residents.trust[:, 3],
    "expectation": lambda m: m.engine.state.residents.expectation,
    "satisfaction": lambda m: m.engine.state.residents.satisfaction,
    "efficacy": lambda m: m.engine.state.residents.efficacy,
    "habit": lambda m: m.engine.state.residents.habit,
    "fatigue": lambda m: m.engine.state.residents.fatigue,
    "hours_given": lambda m: m.engine.state.residents.hours_given,
    "weeks_active": lambda m: m.engine.state.residents.weeks_active,
    "active_share": lambda m: m.engine.state.residents.active_share,
    "called": lambda m: m.engine.state.residents.called == 1,
    "needed_call": lambda m: m.engine.state.residents.needed_call == 1,
    "registered": lambda m: m.engine.state.residents.registered == 1,
    "active": lambda m: (m.engine.state.residents.status & ACTIVE) > 0,
}


@pytest.mark.parametrize("name", COLUMNS)
def test_residents_read_the_columns(run: GovernanceModel, name: str) -> None:
    expected = COLUMNS[name](run)
    values = run.residents.get(name)
    assert values == (expected.tolist() if isinstance(expected, np.ndarray) else expected)
    assert len(set(values)) > 1  # a column of one value would prove nothing
    assert {type(value) for value in values} <= {bool, int, float, str}


@pytest.mark.parametrize("name", ["age", "work", "threshold", "household", "degree", "housing", "ties"])
def test_the_world_can_only_be_read(run: GovernanceModel, name: str) -> None:
    before = run.world.residents.age.copy()
    with pytest.raises(AttributeError):
        setattr(next(iter(run.residents)), name, 1)
    np.testing.assert_array_equal(run.world.residents.age, before)


def test_refusals_say_why(run: GovernanceModel) -> None:
    first = next(iter(run.residents))
    with pytest.raises(AttributeError, match=r"age of <Resident 1> cannot be set: it is part of the world"):
        first.age = 30
    with pytest.raises(AttributeError, match=r"hours_given of .* records what happened"):
        first.hours_given = 9.0
    cadre = next(iter(run.agents_by_type[Cadre]))
    with pytest.raises(AttributeError, match=r"fte of .* granted"):
        cadre.fte = 2.0
    child = next(iter(run.residents.select(lambda agent: not agent.adult)))
    for name, value in (("active", True), ("registered", True), ("opinion", 0.5), ("habit", 0.5)):
        with pytest.raises(ValueError, match=f"{name} of .* a child takes no part; select adults"):
            setattr(child, name, value)
    for name in ("active", "registered"):
        with pytest.raises(ValueError, match=f"{name} of .* must be True or False, not 1"):
            setattr(first, name, 1)
    assert not run.changed_by_hand


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan"), float("inf"), "0.5", None, 2])
@pytest.mark.parametrize("name", ["opinion", "trust_street", "habit", "fatigue"])
def test_states_stay_within_bounds(run: GovernanceModel, name: str, value: object) -> None:
    agent = next(iter(run.residents))
    before = getattr(agent, name)
    with pytest.raises(ValueError, match=f"{name} of <Resident 1> must be a number from 0 to 1"):
        setattr(agent, name, value)
    assert getattr(agent, name) == before


def test_who_belongs_together(run: GovernanceModel) -> None:
    world = run.world
    agents = list(run.residents)
    for agent in agents[::7]:
        assert (
            sorted(agent.ties.get("index"))
            == np.flatnonzero([agent in other.ties for other in agents]).tolist()
        )  # every tie is known to both
        assert {other.household for other in agent.household_members} == {agent.household}
        assert agent in agent.household_members
        bits = sum(Hazard[name.upper()] for name in agent.hazards)
        assert bits == world.households.exposure[agent.household]
        for organisation in agent.organisations:
            assert agent in organisation.members
    for organisation in run.agents_by_type[SocialOrganization]:
        assert len(organisation.members) == organisation.size > 0
        assert all(organisation in member.organisations for member in organisation.members)
        assert (
            organisation.kind == OrganisationKind(world.organisations.kind[organisation.index]).name.lower()
        )
        expected = getattr(run.engine.state.scenario.organisations.hours, organisation.kind)
        assert organisation.hours == expected > 0
    linked = [member for member in run.agents_by_type[PartyMember] if member.linked_households]
    assert linked
    for member in linked:
        assert (world.households.liaison[list(member.linked_households)] == member.index).all()
        assert {agent.household for agent in member.linked_residents} == set(member.linked_households)
    branches = run.agents_by_type[PartyMember].get("branch")
    assert branches == [
        None if branch < 0 else branch
        for branch in world.residents.branch[world.residents.party_member == 1].tolist()
    ]


def test_cadres_read_the_servers(run: GovernanceModel) -> None:
    state, cadres = run.engine.state, run.agents_by_type[Cadre]
    rows = np.flatnonzero(state.servers["staff"])
    assert cadres.get("index") == rows.tolist()
    for name in ("skill", "burnout", "speed", "fte"):
        assert cadres.get(name) == state.servers[name][rows].tolist()
    assert cadres.get("busy") == (state.servers["job"][rows] >= 0).tolist()
    assert len(set(cadres.get("busy"))) == 2
    assert cadres.get("vacant") == (state.servers["vacant_until"][rows] >= 0).tolist()
    posts = cadres.groupby("post").count()
    assert posts["community_worker"] == (state.servers["post"] == col.COMMUNITY_WORKER).sum()
    assert set(cadres.groupby("level").groups) == {"community", "street", "department", "desk"}
    last = run.recording().load[-1]
    for cadre in cadres:
        office = int(state.servers["office"][cadre.index])
        assert cadre.load == last[office]
        assert cadre.office == state.establishment.table.names[office]
        assert cadre.community == (office if cadre.level == "community" else None)
        assert cadre.tenure == (0 if cadre.vacant else state.week - state.servers["hired"][cadre.index])


def test_newcomers_start_their_tenure_anew() -> None:
    model = after(40, **{"workforce.quit_rate": 0.01, "workforce.vacancy_weeks": 3})
    cadres = model.agents_by_type[Cadre]
    left = cadres.select(lambda cadre: cadre.person > 0)
    assert len(left) > 0
    assert all(cadre.tenure < 40 for cadre in left)
    stayed = cadres.select(lambda cadre: cadre.person == 0).get("tenure")
    assert min(stayed) >= 40
    assert len(set(stayed)) > 1, "some have been in post for long when the run begins"
    assert all(cadre.tenure == 0 for cadre in cadres if cadre.vacant)


@pytest.mark.parametrize("value", [True, False])
def test_who_is_set_active_is_seen_by_the_ties(value: bool) -> None:
    model, twin = after(5), after(5)
    adults(model).set("active", value)
    assert model.changed_by_hand
    model.step()
    twin.step()
    grown = model.residents.select(lambda agent: agent.degree > 0)
    shares = [agent.active_share for agent in grown if any(tie.adult for tie in agent.ties)]
    assert set(shares) == {float(value)}
    assert (model.self_started_hours > twin.self_started_hours) is value


def test_opinions_that_are_set_are_heard() -> None:
    model = after(5)
    adults(model).set("opinion", 0.25)
    model.step()
    heard = model.engine.state.residents.heard
    assert (heard >= 0).any()
    np.testing.assert_allclose(heard[heard >= 0], 0.25, rtol=1e-5)


def test_trust_that_is_set_makes_the_opinion() -> None:
    model = after(5)
    for tier in ("trust_community", "trust_street", "trust_district"):
        adults(model).set(tier, 0.875)
    model.step()
    state, hearing = model.engine.state.residents, model.engine.state.scenario.experience.hearing
    rows = np.flatnonzero(
        (state.trust[:, :3] == 0.875).all(axis=1) & (state.status & ADULT > 0) & (state.heard >= 0)
    )
    assert len(rows) > 200  # the others were served in this week and learnt
    expected = hearing * state.heard[rows] + (1 - hearing) * 0.875
    np.testing.assert_allclose(state.opinion[rows], expected, rtol=1e-5)


def test_fatigue_and_habit_that_are_set_fade() -> None:
    model = after(5)
    adults(model).set("fatigue", 0.5).set("habit", 0.5)
    model.step()
    rule = model.engine.state.scenario.participation
    idle = model.residents.select(
        lambda agent: agent.adult and not agent.called and not agent.active and not agent.party_member
    )
    assert len(idle) > 100
    np.testing.assert_allclose(idle.get("fatigue"), 0.5 * (1 - rule.fatigue_decay), rtol=1e-6)
    contingent = idle.select(lambda agent: agent.participation_type == "contingent")
    assert len(contingent) > 50
    np.testing.assert_allclose(contingent.get("habit"), 0.5 * (1 - rule.habit_decay), rtol=1e-6)


def test_efficacy_that_is_set_moves_people() -> None:
    counts = {}
    for value in (0.0, 1.0):
        model = after(5)
        adults(model).set("efficacy", value)
        model.step()
        counts[value] = model.self_started_hours
    assert counts[0.0] < counts[1.0]


def test_who_is_not_registered_is_not_called() -> None:
    model, twin = after(5), after(5)
    model.residents.set("registered", False)
    model.step()
    twin.step()
    assert twin.called > 0
    assert model.called == 0
    assert model.active_registered == 0


def test_skill_that_is_set_is_where_learning_goes_on() -> None:
    model = after(5)
    model.agents_by_type[Cadre].set("skill", 0.25)
    model.step()
    workforce = model.engine.state.scenario.workforce
    expected = 0.25 + (workforce.skill - 0.25) / workforce.learning_weeks
    there = model.agents_by_type[Cadre].select(lambda cadre: cadre.tenure > 1)
    assert len(there) > 5
    np.testing.assert_allclose(there.get("skill"), expected)


def test_burnout_that_is_set_makes_people_leave() -> None:
    quits = {}
    for value in (0.0, 1.0):
        model = after(5, **{"workforce.quit_rate": 1e-6, "workforce.quit_burnout": 20.0})
        model.agents_by_type[Cadre].set("burnout", value)
        model.step()
        quits[value] = int(model.recording().quits[-1].sum())
    staff = len(model.agents_by_type[Cadre])
    assert quits == {0.0: 0, 1.0: staff}  # hazards of about 1e-6 and 200


def test_views_of_a_whole_district_are_cheap() -> None:
    model = GovernanceModel("yingzi", weeks=1)
    assert model._people == []  # nobody asked for agents yet
    started = time.process_time()
    count = len(model.agents)
    assert time.process_time() - started < 1.0
    assert count > 59_143
    assert not any(vars(agent) for agent in model.agents)
    model._people, model._agents_by_type = [], {}
    model._all_agents = type(model._all_agents)([], random=model.random)
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        assert len(model.agents) == count
        assert len(model.residents) == 59_143
        taken = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert taken / count < 300
