"""Levers of the governance blocks: each does what its declaration says, and costs what it costs."""

from __future__ import annotations

import numpy as np
import pytest

from govsim.engine import Recording
from govsim.engine.recording import Activity, Channel, HourSource
from tests.theory.specs import Keys, arm, merged, run, scenario

TASKS: Keys = {
    "population": {"residents": 1000},
    "capacity": {
        "staff": {"community": 400.0, "street": 100.0, "department": 50.0},
        "departments": {"works": 1.0},
        "money": {"department": 500.0},
    },
    "tasks": {"community_hours": 100.0, "effort_hours": 0.5, "effort_distribution": "fixed", "listed_share": 0.5},
    "run": {"weeks": 200},
}  # fmt: skip


def admitted(rule: str, **handling: float) -> Recording:
    keys = merged(TASKS, {"handling": {"list_wear": 0.0, **handling}})
    return run(scenario(keys), 5, arm({"tasks": {"admission": rule}}))


def test_a_permit_list_wears_out_with_use_and_comes_back_slowly() -> None:
    """Compliance settles where what n refusals a week take is what comes back; within 5 %."""
    fresh, worn = admitted("permit_list"), admitted("permit_list", list_wear=0.005, list_recovery=0.1)
    share = [
        r.weekly["task_hours_refused"].sum(axis=1) / r.weekly["task_hours_arrived"].sum(axis=1)
        for r in (fresh, worn)
    ]
    assert share[0].mean() == pytest.approx(0.5, abs=0.01)
    compliance = 1.0
    mean = []
    for _ in range(200):
        n = 100  # 200 tasks a week, half of them on no list
        mean.append(compliance * (1 - (1 - 0.005) ** n) / (0.005 * n))
        compliance *= (1 - 0.005) ** n
        compliance += 0.1 * (1 - compliance)
    assert share[1][50:].mean() == pytest.approx(0.5 * np.mean(mean[50:]), rel=0.05)


def test_unlisted_tasks_come_with_a_fee_while_there_is_money_for_it() -> None:
    paid = admitted("with_fee")
    fees, refused = paid.weekly["fees"].sum(), paid.weekly["task_hours_refused"].sum()
    arrived = paid.weekly["task_hours_arrived"].sum()
    assert fees == pytest.approx(30.0 * (0.5 * arrived - refused), rel=0.03)
    assert refused > 0, "departments have 9,600 yuan a week for fees of 1,500 only after the first week"
    assert paid.money_granted.sum() == pytest.approx(500.0 * 1000 / 52 * 200)
    assert paid.money_granted[:, 0].sum() == pytest.approx(fees), "what departments pay, communities get"
    poor = run(
        scenario(merged(TASKS, {"capacity": {"money": {"department": 0.0}}, "handling": {"list_wear": 0.0}})),
        5,
        arm({"tasks": {"admission": "with_fee"}}),
    )
    assert poor.weekly["fees"].sum() == 0
    assert poor.weekly["task_hours_refused"].sum() == pytest.approx(0.5 * arrived, rel=0.03)


def test_a_reporting_quota_is_filled_up_with_trifles_that_cost_the_street_hours() -> None:
    keys: Keys = {
        "population": {"residents": 1200},
        "capacity": {"staff": {"grid": 50.0, "street": 100.0}},
        "handling": {"intake_hours": 0.5},
        "run": {"weeks": 30},
    }
    recording = run(
        scenario(keys),
        1,
        arm({"detection": {"patrol_share": 0.5}, "accountability": {"reporting_quota": 3.0}}),
    )
    trifles = recording.weekly["trifles"].sum(axis=1)
    grids = trifles[-1] / 3.0
    assert grids == int(grids) >= 1
    np.testing.assert_array_equal(trifles[1:], 3.0 * grids)
    street = recording.hours[:, 1, HourSource.PAID, Activity.TASKS]
    np.testing.assert_allclose(street[5:].mean(), 3.0 * grids * 0.5, rtol=0.05)


def test_neighbours_see_those_who_have_ties_and_give_their_hours_for_it() -> None:
    keys: Keys = {
        "population": {"residents": 2000, "participation": {"certain_share": 0.3}},
        "network": {"neighbours": {"kind": "lattice", "degree": 4.0, "rewired": 0.0}},
        "participation": {"hours_share": 0.5},
        "problems": {"classes": {"hidden": {
            "kind": "livelihood", "rate": 3.0, "effort_hours": 1.0, "level": "community", "visit_visibility": 0.8,
            "report_rate": 0.0,
        }}},
        "run": {"weeks": 40},
    }  # fmt: skip
    model: Keys = {"detection": {"neighbour_share": 0.5}, "resolution": {"volunteers": True}}
    seen = run(scenario(keys), 1, arm(model))
    known = seen.cases["channel"][seen.cases["detected"] >= 0]
    assert (known == Channel.NEIGHBOUR).all()
    assert len(known) > 200
    given = seen.hours[:, 0, HourSource.VOLUNTEER].sum()
    assert seen.hours[1:, 0, HourSource.VOLUNTEER, Activity.OUTREACH].sum() == pytest.approx(
        0.5 * seen.hours[1:, 0, HourSource.VOLUNTEER].sum()
    )
    assert given > 0
    without = run(scenario(merged(keys, {"controls": {"network": "none"}})), 1, arm(model))
    assert (without.cases["detected"] < 0).all(), "who has no ties is seen by nobody"


def votes(quorum: int, meetings: float) -> Recording:
    soft = {"kind": "local_soft", "effort_hours": 3.0, "level": "community", "report_rate": 5.0}
    keys: Keys = {
        "population": {"residents": 1500, "participation": {"certain_share": 0.2}},
        "participation": {"hours_share": 0.2},
        "problems": {"classes": {"many": soft | {"rate": 5.0}, "few": soft | {"rate": 1.0}}},
        "capacity": {"staff": {"community": 100.0}},
        "run": {"weeks": 60},
    }
    agenda: Keys = {"agenda": {"rule": "vote", "quorum": quorum, "cycle_weeks": 2}}
    return run(scenario(keys), 1, arm(merged(agenda, {"detection": {"meetings_per_month": meetings}})))


def test_a_vote_puts_first_what_most_of_those_who_take_part_have_and_needs_its_quorum() -> None:
    def days(recording: Recording, which: int) -> float:
        known = (recording.cases["problem_class"] == which) & (recording.cases["closed"] >= 0)
        return float((recording.cases["closed"] - recording.cases["detected"])[known].mean())

    held, missed, none = votes(5, 4.0), votes(10_000, 4.0), votes(1, 0.0)
    assert held.weekly["votes_due"].sum() == 30
    assert held.weekly["votes_missed"][4:].sum() == 0
    assert missed.weekly["votes_missed"].sum() == missed.weekly["votes_due"].sum() == 30
    assert none.weekly["votes_missed"].sum() == 30, "without a meeting nobody attends"
    assert days(held, 0) < days(held, 1), "the many come first"
    assert abs(days(missed, 0) / days(missed, 1) - 1) < abs(days(held, 0) / days(held, 1) - 1)


def test_bought_hours_work_on_problems_and_are_paid_for() -> None:
    keys: Keys = {
        "population": {"residents": 1000},
        "capacity": {"money": {"community": 104_000.0, "street": 52.0}, "prices": {"organisation_hour": 50.0}},
        "organisations": {"fields": {"mutual_aid": ["local_soft"]}},
        "problems": {"classes": {"soft": {
            "kind": "local_soft", "rate": 5.0, "effort_hours": 4.0, "level": "community", "report_rate": 1e9,
            "coproducible": 1.0, "substitutability": 1.0,
        }}},
        "run": {"weeks": 20},
    }  # fmt: skip
    recording = run(
        scenario(keys), 1, arm({"capacity": {"purchase_share": 0.5}, "resolution": {"organisations": True}})
    )
    hours = 0.5 * (104_000.0 + 52.0 * 1000) / 52 / 50.0
    np.testing.assert_allclose(recording.supplied[:, 0, HourSource.ORGANISATION], hours)
    assert recording.money_spent.sum() == pytest.approx(20 * hours * 50.0)
    assert recording.weekly["resolved"].sum() > 20


def test_authority_moved_down_by_kind_ends_at_the_lower_office() -> None:
    keys: Keys = {
        "problems": {"classes": {"pipe": {
            "kind": "local_hard", "rate": 20.0, "effort_hours": 1.0, "effort_distribution": "fixed",
            "level": "department", "department": "works", "report_rate": 1e9,
        }}},
        "capacity": {"staff": {"community": 300.0, "street": 300.0, "department": 300.0}, "departments": {"works": 1.0}},
        "handling": {"generalist_factor": 2.0},
        "run": {"weeks": 20},
    }  # fmt: skip
    for target, office, factor in ((None, 2, 1.0), ("street", 1, 2.0), ("community", 0, 2.0)):
        moved: Keys = {"local_hard": target} if target else {}
        cases = run(scenario(keys), 1, arm({"resolution": {"moved_down": moved}})).cases
        done = cases["closed"] >= 0
        assert (cases["office"][done] == office).all()
        np.testing.assert_allclose(cases["hours_government"][done], factor)
