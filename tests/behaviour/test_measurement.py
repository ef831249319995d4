"""What offices report beside what is true: orders done, and what people say when they are called back."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from govsim.engine import State
from govsim.engine.columns import LATENT, QUEUED
from govsim.engine.processes import measurement
from govsim.engine.recording import COUNTER, CaseStatus
from govsim.scenario.schema.behaviour import Measurement
from tests.behaviour.kit import SHARES, Keys, cases, closed, declared, engine, examples, merged, rare

COUNT = 4_000
DAY = 8.0
ITEM: Keys = {
    "rate": 0.0,
    "effort_hours": 1.0,
    "level": "community",
    "report_rate": 0.0,
    "deadline_days": 2.0,
}
DISTRICT: Keys = {
    "population": {"residents": 100},
    "problems": {"classes": {"leak": {**ITEM, "kind": "local_soft"}, "question": {**ITEM, "kind": "consultation"}}},
}  # fmt: skip
MEASUREMENT = st.fixed_dictionaries({name: declared(Measurement, name) for name in Measurement.model_fields})
Rule = dict[str, float]


def measuring(rule: Rule, pressed: bool) -> State:
    return engine(merged(DISTRICT, {"measurement": rule}), {"accountability": {"closure_target": pressed}})


def told(there: State, *names: str) -> list[float]:
    """Return counters of the week after it has been measured."""
    measurement.run(there)
    return [float(there.row.counters[:, COUNTER[name]].sum()) for name in names]


# --- call-backs ----------------------------------------------------------------------------------------------------

CALLS = ("callbacks", "callbacks_satisfied", "official_callbacks", "official_callbacks_satisfied")


def called_back(rule: Rule, pressed: bool, satisfaction: float, first: int) -> list[float]:
    there = measuring(rule, pressed)
    there.residents.satisfaction[:] = satisfaction
    jobs = closed(there, COUNT, detected=0.0, closed=1.0)
    jobs["entity"] += first
    return told(there, *CALLS)


@examples(20)
@given(MEASUREMENT, SHARES, st.integers(0, 2**20))
def test_satisfied_people_answer_official_calls_more(rule: Rule, satisfaction: float, first: int) -> None:
    """Binomial numbers; 4.5 standard errors. The independent call-back is blind to satisfaction."""
    satisfaction = float(np.float32(satisfaction))
    independent, pleased, official, official_pleased = called_back(rule, False, satisfaction, first)
    answers = rule["callback_share"] * rule["callback_answer"]
    more = min(rule["callback_answer"] + rule["satisfied_answer"] * satisfaction, 1.0)
    assert not rare(independent, COUNT, answers)
    assert not rare(official, COUNT, rule["callback_share"] * more)
    assert not rare(pleased, COUNT, answers * satisfaction)
    assert not rare(official_pleased, COUNT, rule["callback_share"] * more * satisfaction)
    assert official >= independent


@examples(20)
@given(MEASUREMENT, SHARES, st.integers(0, 2**20))
def test_under_a_closure_target_complaints_vanish_and_praise_stays(
    rule: Rule, satisfaction: float, first: int
) -> None:
    """Of complaints in official calls a share ``gaming`` is hidden; nothing else moves, by not one call."""
    free, pressed = (called_back(rule, target, satisfaction, first) for target in (False, True))
    assert pressed[:2] == free[:2], "independent calls know no target"
    assert pressed[3] == free[3]
    complaints, left = free[2] - free[3], pressed[2] - pressed[3]
    assert left <= complaints
    assert not rare(left, complaints, 1.0 - rule["gaming"])


# --- orders --------------------------------------------------------------------------------------------------------

ORDERS = ("reported_due", "reported_done", "truly_done")


@examples(20)
@given(MEASUREMENT, st.booleans(), st.integers(0, 2**20))
def test_missed_orders_are_reported_as_done_and_more_so_under_a_target(
    rule: Rule, pressed: bool, first: int
) -> None:
    """A share ``report_overdue`` of misses, and ``gaming`` of the rest under a closure target; none is truly done."""
    there = measuring(rule, pressed)
    jobs = cases(there, COUNT, state=QUEUED, detected=0.0)
    jobs["entity"] += first
    due, reported, true = told(there, *ORDERS)
    share = rule["report_overdue"]
    if pressed:
        share += (1.0 - share) * rule["gaming"]
    assert (due, true) == (COUNT, 0)
    assert not rare(reported, COUNT, share)
    assert reported >= COUNT * rule["report_overdue"] - 4.5 * np.sqrt(COUNT) / 2


WEEK_3 = 3 * 40.0


@examples(30)
@given(
    st.floats(-60.0, 39.0), st.floats(0.0, 1.0), st.sampled_from(["resolved", "explained", "open", "reopened"]),
    st.booleans(), st.sampled_from([0, 1]),
)  # fmt: skip
def test_an_order_is_due_once_in_the_week_in_which_it_is_closed_in_time_or_misses_its_deadline(
    detected: float, when: float, how: str, honest: bool, problem: int
) -> None:
    """Also when it is closed late in the week of its deadline; questions are no orders; only work done in time is true."""
    rule = {"report_overdue": 0.0 if honest else 1.0}
    there = measuring(rule, False)
    there.week = 3
    detected += WEEK_3
    deadline = detected + 2 * DAY
    closes = max(detected, WEEK_3) + when * (WEEK_3 + 40.0 - max(detected, WEEK_3))
    columns = {"detected": detected, "problem_class": problem}
    if how in ("resolved", "explained"):
        closed(there, 1, CaseStatus[how.upper()], closed=closes, **columns)
    elif how == "open":
        cases(there, 1, state=QUEUED, **columns)
    else:  # an explanation in this week that was not accepted
        jobs = closed(there, 1, CaseStatus.EXPLAINED, closed=closes, **columns)
        jobs["state"] = LATENT
    due, reported, true = told(there, *ORDERS)
    passed = WEEK_3 < deadline <= WEEK_3 + 40.0
    over = how in ("resolved", "explained")
    in_time = over and closes <= deadline
    expected = (problem == 0) and (in_time or passed)
    done = in_time or not honest or (how == "reopened" and closes <= deadline)
    assert due == expected
    assert reported == (expected and done)
    assert true == (expected and in_time and how == "resolved")
