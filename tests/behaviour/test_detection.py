"""How problems come to light: every channel by its equation, the first report kept, and what a week counts."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from govsim.engine import State
from govsim.engine.columns import ACTIVE, ADULT, LATENT, SENT
from govsim.engine.processes import detection, effort
from govsim.engine.recording import COUNTER, Activity, CaseStatus, Channel, HourSource
from govsim.scenario.schema import Scenario
from govsim.scenario.schema.behaviour import Reporting
from tests.behaviour.kit import SHARES, Keys, begun, cases, declared, engine, examples, merged, scale, whole
from tests.engine.specs import tiny
from tests.theory.specs import arm, run, scenario

LEAK = {
    "kind": "local_soft", "rate": 1.0, "effort_hours": 1.0, "level": "community", "report_rate": 0.7,
    "patrol_visibility": 0.3, "visit_visibility": 0.6, "meeting_visibility": 0.2,
}  # fmt: skip
RULE = st.fixed_dictionaries(
    {"floor": declared(Reporting, "floor"), "walk_in_stranger": declared(Reporting, "walk_in_stranger")}
    | {name: declared(Reporting, name, 2.0) for name in ("hotline", "walk_in", "neighbour")}
)


@cache
def district() -> Scenario:
    return tiny(f"problems.classes={json.dumps({'leak': LEAK})}")


def watching(rule: dict[str, float], hotline: bool, seed: int) -> State:
    """Return the tiny district with everybody's attitudes, who takes part and what was paid for drawn at random."""
    spec = district()
    spec = spec.model_copy(update={"reporting": spec.reporting.model_copy(update=rule)})
    blocks = {"detection": {"hotline": hotline, "member_contact_hours": 1.0}}
    there = begun(spec, blocks)
    luck, now = np.random.default_rng(seed), there.residents
    count = len(now.status)
    now.status[:] = np.where(now.status & ADULT, ADULT | (luck.random(count) < 0.5) * ACTIVE, now.status)
    now.opinion[:], now.expectation[:] = scale(count, seed), scale(count, seed + 1)
    now.active_share[:] = scale(count, seed + 2)
    plan = there.plan
    for column in (plan.patrol_rounds, plan.outreach_hours, plan.meetings, plan.neighbour_contacts):
        column[:] = luck.uniform(0.0, 2.0, 2)
    return there


@examples(20)
@given(RULE, st.booleans(), st.integers(0, 99))
def test_hazards_of_all_channels_add(rule: dict[str, float], hotline: bool, seed: int) -> None:
    """What accumulates in a week for a problem of every adult, whose luck is never met."""
    there = watching(rule, hotline, seed)
    now, people, exposure, plan = there.residents, there.world.residents, there.exposure, there.plan
    who = np.flatnonzero(now.status & ADULT)
    home, place = people.household[who].astype(int), people.community[who].astype(int)
    severity = scale(len(who), seed + 3)
    jobs = cases(
        there,
        len(who),
        state=LATENT,
        resident=who,
        household=home,
        community=place,
        severity=severity,
        detected=-1.0,
    )
    detection.run(there)
    attitude = (now.opinion[who].astype(float) + now.expectation[who]) / 2
    urge = (
        LEAK["report_rate"]
        * severity
        * people.ability[who]
        * (rule["floor"] + (1 - rule["floor"]) * attitude)
    )
    reports = rule["hotline"] * hotline + rule["walk_in"] * np.where(
        people.acquainted[who] == 1, 1.0, rule["walk_in_stranger"]
    )
    member = there.world.households.liaison[home]
    acts = (member >= 0) & (now.status[np.maximum(member, 0)] & ACTIVE > 0)
    handling = there.scenario.handling
    links = np.bincount(there.world.links.member.astype(int), minlength=len(now.status))
    contacts = np.where(acts, 1.0 / handling.contact_hours / np.maximum(links[np.maximum(member, 0)], 1), 0.0)
    believed = there.organisations.credibility()
    reached = np.bincount(people.community, exposure.in_organisation, 2)
    circle = plan.outreach_hours / handling.contact_hours * believed / reached
    seen = contacts + np.where(exposure.in_organisation[who] == 1, circle[place], 0.0)
    ties = now.active_share[who].astype(float) * there.tie_totals[who]
    seen = seen + rule["neighbour"] * plan.neighbour_contacts[place] * ties
    total = urge * reports + LEAK["visit_visibility"] * seen
    total = total + plan.patrol_rounds[place] * LEAK["patrol_visibility"]
    total = total + plan.meetings[place] * LEAK["meeting_visibility"]
    np.testing.assert_allclose(jobs["hazard"], total, rtol=1e-5)
    assert acts.any()
    assert (exposure.in_organisation[who] == 1).any()


@examples(10)
@given(SHARES, st.floats(0.5, 8.0))
def test_patrols_walk_through_all_grids_of_a_community(share: float, hours: float) -> None:
    """Rounds a week are hours of patrol over the grids and the hours that one of them takes."""
    spec = district()
    spec = spec.model_copy(update={"handling": spec.handling.model_copy(update={"patrol_hours": hours})})
    there = begun(spec, {"detection": {"patrol_share": share}})
    effort.run(there)
    grids = np.bincount(there.world.grids.community, minlength=2)
    assert (grids > 1).all()
    booked = there.row.hours[:2, HourSource.PAID, Activity.PATROL]
    np.testing.assert_allclose(there.plan.patrol_rounds, booked / (grids * hours), rtol=1e-12)
    if share > 0.0:
        assert (booked > 0.0).all()


def test_a_case_keeps_its_first_report() -> None:
    """A problem left by an explanation comes to light again, but was found once, and by the first channel."""
    item = {**LEAK, "report_rate": 100.0}
    there = engine({"population": {"residents": 20}, "problems": {"classes": {"leak": item}}})
    there.week = 2
    jobs = cases(
        there, 2, state=LATENT, severity=1.0, luck=0.001, resident=np.array([3, 4]), household=np.array([3, 4]),
        reopened=np.array([1, 0]), channel=np.array([int(Channel.PATROL), 0]), detected=np.array([5.0, -1.0]),
    )  # fmt: skip
    detection.run(there)
    assert (jobs["state"] == SENT).all()
    assert list(jobs["channel"]) == [Channel.PATROL, Channel.WALK_IN]
    assert jobs["detected"][0] == 5.0
    assert 80.0 <= jobs["detected"][1] < 120.0
    assert there.row.counters[0, COUNTER["detected"]] == 1


DESK: Keys = {
    "run": {"weeks": 10},
    "capacity": {"staff": {"desk": 400.0, "community": 400.0}},
    "reporting": {"hotline": 1.0, "walk_in": 0.0},
    "problems": {"classes": {"smoke": {
        "kind": "local_soft", "rate": 20.0, "effort_hours": 0.5, "level": "desk", "report_rate": 1e9,
    }}},
}  # fmt: skip


def test_who_solved_a_problem_at_the_desk_is_known() -> None:
    """Hours of the desk stand in the ledger of cases with all the others."""
    recording = run(scenario(DESK), 1, arm({"detection": {"hotline": True}}))
    done = recording.cases["outcome"] == CaseStatus.RESOLVED
    assert done.sum() > 200
    desk = recording.hours[:, -1, HourSource.PAID, Activity.DESK].sum()
    assert recording.cases["hours_government"].sum() == pytest.approx(desk, rel=1e-6)
    np.testing.assert_allclose(
        recording.cases["hours_government"][done], recording.cases["effort"][done], rtol=1e-6
    )


def test_who_leaves_at_the_end_of_a_week_was_there_in_it() -> None:
    """Adults are counted as the week began: nobody takes part without being counted."""
    keys = {
        "population": {"residents": 300, "participation": {"certain_share": 1.0}},
        "demography": {"moving_under_40": 0.95, "moving_from_40": 0.95, "deaths_over_60": 0.95},
    }
    run = whole(scenario(merged(keys, {"run": {"weeks": 10}})))
    there = run.state
    gone = 0
    for _ in range(10):
        adults = (there.residents.status != 0).sum()
        run.step()
        counters = there.row.counters[0]
        left = counters[COUNTER["left"]]
        assert (
            counters[COUNTER["adults"]]
            == counters[COUNTER["active"]]
            == counters[COUNTER["residents"]]
            == adults
        )
        assert (there.residents.status != 0).sum() == adults - left
        gone += left
    assert gone > 30
