"""Nobody works with hours or money that were not given, and all arms of a neutral comparison are given the same."""

from __future__ import annotations

import numpy as np
import pytest

from govsim.engine.recording import Activity, HourSource
from govsim.results.ledger import balance
from govsim.results.view import View
from govsim.scenario import load_governance
from govsim.scenario.schema.governance import Governance
from tests.engine.specs import MODELS, Mode, arm_of, both_modes, every_model, run, tiny
from tests.theory.specs import arm, governance, world_of
from tests.theory.specs import run as run_null
from tests.theory.specs import scenario as null_scenario

SEEDS = (1, 2, 3, 4, 5)
STAFF = [HourSource.PAID, HourSource.SECONDED]
CLOSE = 1e-9


@pytest.mark.assurance
@every_model
@both_modes
def test_hours_and_money_stay_within_what_was_given(model: str, mode: Mode) -> None:
    scenario = tiny()
    for seed in SEEDS:
        recording = run(scenario, model, seed, mode)
        assert balance(View(recording)).faults == []
        np.testing.assert_allclose(recording.hours.sum(axis=3), recording.supplied, rtol=0, atol=CLOSE)
        week = recording.granted_hours / recording.weeks
        staff = recording.hours[:, :, STAFF].sum(axis=(1, 2, 3))
        assert (staff <= week * (1 + CLOSE)).all()
        posts = np.cumsum(recording.money_spent - recording.money_granted, axis=0)
        assert posts.max() <= CLOSE
        assert recording.money_spent.sum() <= recording.money_granted.sum()


def test_every_arm_of_a_neutral_comparison_has_the_same_hours_and_money() -> None:
    scenario = tiny("run.weeks=10")
    for seed in SEEDS[:2]:
        recordings = {model: run(scenario, model, seed) for model in MODELS}
        hours = [recording.granted_hours for recording in recordings.values()]
        money = [recording.money_granted.sum() for recording in recordings.values()]
        np.testing.assert_allclose(hours, hours[0], rtol=CLOSE)
        np.testing.assert_allclose(money, money[0], rtol=CLOSE)
        posts = [recording.posts[0].sum() for recording in recordings.values()]
        np.testing.assert_allclose(posts, posts[0], rtol=CLOSE)


@every_model
def test_as_observed_adds_what_the_model_brings_and_nothing_else(model: str) -> None:
    scenario = tiny("run.weeks=10")
    neutral, observed = (run(scenario, model, 1, mode) for mode in ("neutral", "observed"))
    brought = load_governance(model).model.capacity.observed_seconded
    extra = brought * scenario.population.residents / 10_000 * scenario.capacity.hours_per_week * 10
    assert observed.granted_hours - neutral.granted_hours == pytest.approx(extra, abs=1e-6)
    money = load_governance(model).model.capacity.observed_money * scenario.population.residents * 10 / 52
    gained = observed.money_granted.sum() - neutral.money_granted.sum()
    assert gained == pytest.approx(money, abs=1e-6)


@every_model
def test_what_a_model_does_is_charged(model: str) -> None:
    """Each lever that a model pulls shows up as hours of somebody."""
    rules: Governance = load_governance(model).model
    hours = run(tiny(), model, 1, "observed").hours.sum(axis=(0, 1))
    staff = hours[STAFF].sum(axis=0)
    assert (staff[Activity.PATROL] > 0) == (rules.detection.patrol_share > 0)
    assert (staff[Activity.VISIT] > 0) == (rules.detection.visit_share > 0)
    assert (staff[Activity.CALL] > 0) == (rules.mobilisation.call_share > 0)
    assert (staff[Activity.MEETING] > 0) == (rules.detection.meetings_per_month > 0)
    assert staff[Activity.TASKS] > 0
    assert staff[Activity.INTAKE] > 0
    assert (hours[HourSource.MEMBER, Activity.VISIT] > 0) == (rules.detection.member_contact_hours > 0)
    outreach = rules.resolution.organisations and rules.detection.outreach_share > 0
    assert (hours[HourSource.ORGANISATION, Activity.OUTREACH] > 0) == outreach
    assert (staff[Activity.TRAINING] > 0) == (rules.capacity.training_share > 0)
    assert (staff[Activity.INCUBATION] > 0) == (rules.mobilisation.incubation_share > 0)
    assert (hours[HourSource.MEMBER, Activity.TRAINING] > 0) == (rules.mobilisation.member_training_hours > 0)
    looking_in = (
        rules.detection.neighbour_share > 0 and hours[HourSource.VOLUNTEER, Activity.CASEWORK].sum() > 0
    )
    assert (hours[HourSource.VOLUNTEER, Activity.OUTREACH] > 0) == looking_in
    seconded = (
        any(transfer.seconded for transfer in rules.capacity.transfers)
        or rules.capacity.observed_seconded > 0
    )
    assert (hours[HourSource.SECONDED].sum() > 0) == seconded


def test_joint_meetings_cost_everybody_at_the_table() -> None:
    """Two hours of the convenor and of each of three seats of the department for every case that was convened."""
    keys = {
        "run": {"weeks": 60},
        "problems": {
            "classes": {
                "unclear": {
                    "kind": "local_hard", "rate": 6.0, "effort_hours": 2.0, "effort_distribution": "fixed", "ambiguity": 1.0,
                    "level": "department", "department": "works", "report_rate": 1e9,
                }
            }
        },
        "capacity": {"staff": {"community": 200.0, "street": 200.0, "department": 500.0}, "departments": {"works": 1.0}},
        "handling": {"intake_hours": 0.5, "convening_hours": 2.0, "convening_seats": 3, "summons_wear": 0.0},
    }  # fmt: skip
    recording = run_null(null_scenario(keys), 1, arm({"routing": {"convening": "street"}}))
    cases = recording.cases
    settled = cases["closed"] >= 0
    assert settled.sum() > 400
    assert (cases["convened"][settled] == 1).all(), "with full compliance nobody refuses"
    assert (cases["refusals"] == 0).all()
    hours = recording.hours.sum(axis=(0, 2))
    convened = cases["convened"].sum()
    waiting = (recording.weekly["open"][-1].sum() + 2) * 6.0
    assert abs(hours[1, Activity.CONVENING] - 2.0 * convened) <= waiting
    assert abs(hours[2, Activity.CONVENING] - 6.0 * convened) <= waiting
    assert abs(hours[2, Activity.CASEWORK] - 2.0 * settled.sum()) <= waiting
    # Registration: at the community, and at the street before the summons.
    np.testing.assert_allclose(hours[:2, Activity.INTAKE], 0.5 * len(cases["case"]), atol=waiting)


def test_transfers_move_hours_and_money_and_add_none() -> None:
    keys = {
        "capacity": {
            "staff": {"community": 100.0, "grid": 60.0, "street": 80.0, "department": 40.0, "desk": 10.0},
            "money": {"community": 1000.0, "street": 50.0, "department": 100.0},
            "departments": {"works": 1.0, "welfare": 3.0},
        },
        "run": {"weeks": 4},
    }
    spec = null_scenario(keys)
    moves = {
        "capacity": {
            "transfers": [
                {"from_tier": "department", "to_tier": "community", "share": 0.5, "seconded": True},
                {"from_tier": "street", "to_tier": "community", "share": 0.25},
                {"from_tier": "community", "to_tier": "desk", "share": 0.1},
            ],
            "money_transfers": [{"from_tier": "department", "to_tier": "community", "share": 0.3}],
        }
    }
    still, moved = (run_null(spec, 1, arm(*more), world_of(spec, 1)) for more in ((), (moves,)))
    assert moved.granted_hours == pytest.approx(still.granted_hours, rel=CLOSE)
    assert moved.money_granted.sum() == pytest.approx(still.money_granted.sum(), rel=CLOSE)
    per = 100 / 10_000
    own, seconded = (moved.supplied[0, :, source] / 40.0 for source in STAFF)
    np.testing.assert_allclose(
        own, np.array([(100 + 0.25 * 80) * 0.9 + 60, 60, 0.25 * 20, 0.75 * 20, 10 + 12]) * per, rtol=CLOSE
    )
    np.testing.assert_allclose(seconded, np.array([20, 0, 0, 0, 0]) * per, rtol=CLOSE)
    granted = moved.money_granted[0] * 52
    np.testing.assert_allclose(granted, [1000 + 3000, 5000, 7000 * 0.25, 7000 * 0.75, 0], rtol=CLOSE)


def test_a_plain_model_is_what_it_says() -> None:
    """The model that the null tests use pulls no lever at all."""
    rules = governance()
    assert not rules.detection.hotline
    assert rules.detection.patrol_share == rules.detection.visit_share == rules.mobilisation.call_share == 0
    assert arm_of(MODELS[0]).key != arm().key
