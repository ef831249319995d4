"""Who is served first, whose hours resolve what, and how a case is answered without being resolved."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from govsim.engine import State
from govsim.engine import columns as col
from govsim.engine.processes import casework, effort
from govsim.engine.recording import Activity, CaseStatus, HourSource
from govsim.scenario.schema.offices import Handling
from govsim.scenario.schema.problems import ProblemClass
from tests.behaviour.kit import Keys, closed, declared, engine, examples, merged, rare, sent

WEEK, DAY = 40.0, 8.0
SOFT: Keys = {
    "kind": "local_soft",
    "rate": 0.0,
    "effort_hours": 1.0,
    "level": "community",
    "report_rate": 0.0,
}
OFFICE: Keys = {
    "population": {"residents": 100},
    "capacity": {"staff": {"community": 100.0, "street": 100.0, "department": 100.0}, "departments": {"works": 1.0}},
    "problems": {"classes": {"urgent": {**SOFT, "deadline_days": 3.0}, "slow": {**SOFT, "deadline_days": 30.0}}},
}  # fmt: skip
"""One person in each office, and two classes that the community resolves."""


def at_work(keys: Keys, *model: Keys) -> State:
    there = engine(keys, *model)
    effort.run(there)
    return there


# --- the agenda ----------------------------------------------------------------------------------------------------

Cases = dict[str, NDArray[Any]]
AGENDAS = {
    "first_come": lambda cases: cases["detected"],
    "severity": lambda cases: -cases["severity"],
    "deadline": lambda cases: cases["detected"] + np.where(cases["problem_class"] == 0, 3 * DAY, 30 * DAY),
    "easy_first": lambda cases: cases["effort"],
    "vote": lambda cases: -cases["votes"],
}
"""What each agenda puts first: least of this, and of equal ones the oldest problem."""


@pytest.mark.parametrize("rule", AGENDAS)
@examples(8)
@given(st.integers(3, 12), st.integers(0, 2**31))
def test_an_agenda_serves_in_its_own_order(rule: str, count: int, seed: int) -> None:
    """While one case is worked on the others queue up; then each is finished before the next begins."""
    luck = np.random.default_rng(seed)
    there = at_work(OFFICE, {"agenda": {"rule": rule}})
    drawn: Cases = {
        "severity": luck.choice([0.25, 0.5, 0.75, 1.0], count).astype(np.float32),
        "effort": luck.uniform(0.5, 2.0, count),
        "problem_class": luck.integers(0, 2, count),
        "votes": luck.integers(0, 4, count),
        "number": luck.permutation(count) + 1,
    }
    drawn["effort"][0] = 2.0
    times = np.concatenate([[0.0], luck.uniform(0.0, 1.9, count - 1)])
    jobs = sent(there, count, times, **drawn)
    casework.run(there)
    drawn["detected"] = times
    rest = np.arange(1, count)
    rank = AGENDAS[rule](drawn)
    order = [0, *rest[np.lexsort((drawn["number"][rest], rank[rest]))]]
    assert list(np.argsort(jobs["closed"])) == order
    np.testing.assert_allclose(jobs["closed"][order], np.cumsum(drawn["effort"][order]), rtol=1e-9)


# --- whose work can resolve what -----------------------------------------------------------------------------------

HELPERS = {
    "volunteers": (col.VOLUNTEERS, HourSource.VOLUNTEER, "hours_residents"),
    "organisations": (col.ORGANISATIONS, HourSource.ORGANISATION, "hours_organisations"),
    "enterprises": (col.ENTERPRISES, HourSource.ENTERPRISE, "hours_enterprises"),
    "members": (col.ORDERED_MEMBERS, HourSource.MEMBER, "hours_members"),
}
KINDS = ("mutual_aid", "volunteer_team", "service_provider", "owners_committee", "enterprise")
FIELDS: Keys = {"organisations": {"fields": {kind: ["local_soft"] for kind in KINDS}}}
"""Organisations and enterprises take what is local and soft, and nothing else."""


def helped(
    who: str, allowed: bool, kind: str, coproducible: float, worth: float, rate: float
) -> tuple[State, Any]:
    """Let one case of four hours be worked on, with hours of one kind of helper beside one person in the office."""
    item = {**SOFT, "kind": kind, "coproducible": coproducible, "substitutability": worth}
    keys = merged(OFFICE, {"problems": {"classes": {"urgent": item, "slow": item}}, **FIELDS})
    flags = {} if who == "members" else {"resolution": {who: allowed}}
    there = at_work(keys, flags)
    at = np.flatnonzero(there.servers["post"] == HELPERS[who][0])[:1]
    there.servers["rate"][at] = rate
    jobs = sent(there, 1, np.zeros(1), effort=4.0)
    casework.run(there)
    return there, jobs[0].copy()


@pytest.mark.parametrize("who", HELPERS)
@examples(8)
@given(
    st.booleans(), st.sampled_from(["local_soft", "livelihood"]), declared(ProblemClass, "coproducible"),
    st.floats(0.15, 1.0), st.floats(0.9, 1.0),
)  # fmt: skip
def test_helpers_do_the_part_that_they_can_do_at_what_their_hours_are_worth(
    who: str, allowed: bool, kind: str, share: float, worth: float, rate: float
) -> None:
    """``E * c / s`` helpers' hours for the co-producible part, then ``E * (1 - c)`` of staff; else staff do all."""
    there, job = helped(who, allowed, kind, share, worth, rate)
    able = who == "members" or (allowed and (who == "volunteers" or kind == "local_soft"))
    theirs = 4.0 * share / worth if able and share > 0.0 else 0.0
    staff = 4.0 * (1.0 - share) if theirs else 4.0
    if theirs / rate + staff > WEEK:
        return
    _, source, column = HELPERS[who]
    assert job["outcome"] == CaseStatus.RESOLVED
    assert job[column] == pytest.approx(theirs, abs=1e-9)
    assert job["hours_government"] == pytest.approx(staff, abs=1e-9)
    assert job["closed"] == pytest.approx(theirs / rate + staff, abs=1e-9)
    assert there.row.hours[0, source, Activity.CASEWORK] == pytest.approx(theirs, abs=1e-9)
    assert there.row.hours[0, source, Activity.IDLE] == pytest.approx(rate * WEEK - theirs, abs=1e-9)


@pytest.mark.parametrize("who", HELPERS)
def test_hours_that_are_worth_nothing_are_not_taken(who: str) -> None:
    _, job = helped(who, True, "local_soft", 0.5, 0.0, 1.0)
    assert job["hours_government"] == pytest.approx(4.0)
    assert job[HELPERS[who][2]] == 0.0


# --- answers instead of work ---------------------------------------------------------------------------------------


def answered(pressed: bool, rate: float, pressure: float, late: NDArray[np.float64]) -> NDArray[np.void]:
    """Let cases reach an office where nobody is; ``late`` is how long before the week they came to light."""
    keys = merged(
        OFFICE,
        {
            "capacity": {"staff": {"community": 0.0}},
            "handling": {"explain_rate": rate, "explain_pressure": pressure},
        },
    )
    there = at_work(keys, {"accountability": {"closure_target": pressed}})
    jobs = sent(there, len(late), np.linspace(0.0, 39.0, len(late)), effort=1.0)
    jobs["detected"] = -late
    casework.run(there)
    return jobs.copy()


@examples(8)
@given(st.floats(0.05, 10.0), declared(Handling, "explain_pressure", 20.0), st.integers(0, 99))
def test_explanations_come_an_exponential_time_after_the_deadline_and_sooner_under_pressure(
    rate: float, pressure: float, seed: int
) -> None:
    """The clock starts at the deadline or when the case is taken on, whichever is later; pressure divides it exactly.

    Mean of 2,000 exponential times; 4.5 standard errors.
    """
    late = np.random.default_rng(seed).uniform(0.0, 100.0, 2_000)
    free, pressed = (answered(target, rate, pressure, late) for target in (False, True))
    begins = np.maximum(free["competent"], free["detected"] + 3 * DAY)
    assert (begins > free["competent"]).any()
    assert (begins == free["competent"]).any()
    waits = free["explained_from"] - begins
    assert waits.min() > 0.0
    mean = waits.mean() * rate / WEEK
    assert abs(mean - 1.0) < 4.5 / np.sqrt(2_000)
    np.testing.assert_allclose(pressed["explained_from"] - begins, waits / pressure, rtol=1e-6, atol=1e-9)


@examples(12)
@given(st.lists(st.floats(-20.0, 20.0), min_size=1, max_size=8), st.booleans())
def test_a_case_whose_time_has_come_is_explained_and_costs_registration_only(
    begins: list[float], begun: bool
) -> None:
    """Taken up after that moment by staff, and not begun before, it is explained away; else it is worked on."""
    there = at_work(merged(OFFICE, {"handling": {"intake_hours": 0.25}}))
    count = len(begins)
    jobs = sent(there, count, np.zeros(count), effort=1.0, first_handled=0.0 if begun else -1.0)
    from_then = np.array(begins)
    there.servers["rate"][there.servers["office"] == 0] = 0.0
    casework.run(there)
    jobs["explained_from"] = WEEK + from_then
    there.week, there.row = 1, there.recorder.row(1)
    there.sent = 0
    effort.run(there)
    casework.run(there)
    clock = WEEK
    for n in range(count):
        explained = clock >= WEEK + from_then[n] and not begun
        clock += 0.25 if explained else 1.0
        assert jobs["outcome"][n] == (CaseStatus.EXPLAINED if explained else CaseStatus.RESOLVED)
        assert jobs["closed"][n] == pytest.approx(clock)
        assert jobs["hours_government"][n] == pytest.approx(0.0 if explained else 1.0)


@examples(10)
@given(declared(Handling, "reopening"), st.floats(0.0, 1.0), st.integers(0, 2**20))
def test_an_explanation_is_not_accepted_the_more_severe_the_problem(
    share: float, severity: float, first: int
) -> None:
    """Chance ``reopening * severity``; 3,000 cases, 4.5 standard errors. What is resolved stays resolved."""
    there, count = engine(OFFICE), 3_000
    jobs = closed(there, count, CaseStatus.EXPLAINED, severity=severity, hazard=0.5)
    jobs["entity"] += first
    jobs["outcome"][::4] = int(CaseStatus.RESOLVED)
    casework.reopen(
        there.pool.jobs, there.closings, share, there.key("casework.reopening"), there.key("arrivals.case"),
        there.pool.events, there.pool.counts,
    )  # fmt: skip
    back = jobs["state"] == col.LATENT
    assert not back[::4].any()
    assert not rare(back.sum(), count * 3 / 4, share * float(np.float32(severity)))
    assert (jobs["hazard"][back] == 0.0).all()
    assert (jobs["reopened"] == back).all()
