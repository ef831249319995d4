"""Routing in closed form: hops, refusals, desks, summons that wear out, and lists of admitted tasks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from govsim.assurance.theory.findings import Keys, arm, merged, run_engine, scenario
from govsim.engine import Recording
from govsim.engine.recording import Activity, CaseStatus, Channel, Level

STAFFED: Keys = {
    "run": {"weeks": 200},
    "capacity": {
        "staff": {"community": 400.0, "street": 400.0, "department": 400.0, "desk": 400.0},
        "departments": {"works": 1.0},
    },
}
"""Four people in each office, which is ample."""


def one_class(level: str, *more: Keys, **problem: Any) -> Keys:
    """Return keys of some 6,000 cases of one class."""
    item: Keys = {
        "kind": "local_hard",
        "rate": 15.0,
        "effort_hours": 0.5,
        "level": level,
        "department": "works",
        "report_rate": 1e9,
        **problem,
    }
    keys = merged(STAFFED, {"problems": {"classes": {"problem": item}}})
    for change in more:
        keys = merged(keys, change)
    return keys


def settled(recording: Recording) -> dict[str, np.ndarray]:
    """Return the cases that are closed and did not come back."""
    rows = recording.cases["closed"] >= 0
    assert rows.mean() > 0.99
    return {name: column[rows] for name, column in recording.cases.items()}


def assert_share(hits: np.ndarray, share: float) -> None:
    """Three standard errors: a false alarm in 0.3 % of the draws."""
    assert len(hits) > 2_000
    assert abs(hits.mean() - share) < 3.0 * np.sqrt(share * (1 - share) / len(hits))


@pytest.mark.parametrize(
    ("hotline", "orders", "level", "hops"),
    [
        (False, "hops", "community", 0), (False, "hops", "street", 1), (False, "hops", "department", 2),
        (True, "hops", "community", 1), (True, "hops", "street", 2), (True, "hops", "department", 3),
        (True, "dispatch", "community", 1), (True, "dispatch", "street", 1), (True, "dispatch", "department", 1),
        (True, "dispatch", "desk", 0), (False, "hops", "desk", 0),
    ],
)  # fmt: skip
def test_clear_cases_take_the_shortest_way(hotline: bool, orders: str, level: str, hops: int) -> None:
    reporting = {
        "reporting": {"hotline": float(hotline), "walk_in": float(not hotline)},
        "run": {"weeks": 30},
    }
    chosen = arm({"detection": {"hotline": hotline}, "routing": {"orders": orders}})
    recording = run_engine(scenario(one_class(level, reporting)), 1, chosen)
    cases = settled(recording)
    assert (cases["channel"] == (Channel.HOTLINE if hotline else Channel.WALK_IN)).all()
    assert (cases["hops"] == hops).all()
    assert (cases["outcome"] == CaseStatus.RESOLVED).all()
    where = {"community": Level.COMMUNITY, "street": Level.STREET, "department": Level.DEPARTMENT}
    expected = where.get(level, Level.DESK if hotline else Level.COMMUNITY)
    assert (recording.offices.level[cases["office"]] == expected).all()
    # Registration takes its time at each office passed, and nowhere else; the desk takes its own.
    passed = {0: 0, 1: 0, 2: 1, 3: 2}[hops] if hotline else hops
    spec = scenario(one_class(level, reporting, {"handling": {"intake_hours": 0.25}}))
    intake = run_engine(spec, 1, chosen).hours[..., Activity.INTAKE].sum()
    assert intake == pytest.approx(0.25 * passed * len(recording.cases["case"]), rel=0.01)


def test_refused_cases_end_in_an_explanation_or_come_again() -> None:
    """A department refuses with chance r, its sender then gives up with chance g."""
    refuses, gives_up = 0.6, 0.3
    handling = {"handling": {"reluctance": refuses, "give_up": gives_up}}
    cases = settled(run_engine(scenario(one_class("department", handling, ambiguity=1.0)), 2))
    assert_share(cases["refusals"] == 0, 1 - refuses)
    assert_share(
        cases["outcome"] == CaseStatus.EXPLAINED, refuses * gives_up / (1 - refuses * (1 - gives_up))
    )
    taken = cases["outcome"] == CaseStatus.RESOLVED
    again = refuses * (1 - gives_up)
    assert_share(cases["refusals"][taken] >= 1, again)
    # Community to street to department; each refusal leads back to the street and up again.
    np.testing.assert_array_equal(cases["hops"][taken], 2 + 2 * cases["refusals"][taken])


def test_clear_cases_are_not_refused() -> None:
    handling = {"handling": {"reluctance": 1.0, "give_up": 1.0}}
    cases = settled(run_engine(scenario(one_class("department", handling, ambiguity=0.3)), 3))
    assert_share(cases["refusals"] > 0, 0.3)
    assert (cases["outcome"][cases["refusals"] == 0] == CaseStatus.RESOLVED).all()
    assert (cases["outcome"][cases["refusals"] > 0] == CaseStatus.EXPLAINED).all()


def test_the_desk_answers_what_is_clear() -> None:
    keys = one_class("desk", {"reporting": {"hotline": 1.0, "walk_in": 0.0}}, ambiguity=0.2)
    recording = run_engine(scenario(keys), 4, arm({"detection": {"hotline": True}}))
    cases = settled(recording)
    at_desk = recording.offices.level[cases["office"]] == Level.DESK
    assert_share(at_desk, 0.8)
    total = {
        name: recording.weekly[name].sum() for name in ("contacts", "desk_answered", "dispatched", "arrived")
    }
    assert total["contacts"] == pytest.approx(total["arrived"], abs=2)
    assert total["desk_answered"] + total["dispatched"] == pytest.approx(total["contacts"], abs=2)
    assert total["dispatched"] == pytest.approx((~at_desk).sum(), abs=2)


def test_summons_wear_out() -> None:
    """Without recovery the n-th summons is obeyed with chance (1 - wear)^n; the sum over n is geometric."""
    wear, weeks = 0.002, 60
    keys = one_class(
        "department",
        {
            "run": {"weeks": weeks},
            "handling": {
                "summons_wear": wear,
                "summons_recovery": 0.0,
                "reluctance": 0.0,
                "convening_hours": 0.01,
            },
        },
        ambiguity=1.0,
    )
    cases = settled(run_engine(scenario(keys), 5, arm({"routing": {"convening": "street"}})))
    number = np.argsort(np.argsort(cases["detected"]))
    chance = (1 - wear) ** number
    assert abs(cases["convened"].sum() - chance.sum()) < 3.0 * np.sqrt((chance * (1 - chance)).sum())
    assert cases["convened"][number < 100].mean() > 0.8
    assert cases["convened"][number > 1_500].mean() < 0.1


def test_compliance_comes_back() -> None:
    """In balance, ``c = 1 - (what summons take)``: n summons a week, recovery r of what is missing at its end."""
    wear, recovery = 0.01, 0.3
    keys = one_class(
        "department",
        {
            "handling": {
                "summons_wear": wear,
                "summons_recovery": recovery,
                "reluctance": 0.0,
                "convening_hours": 0.01,
            }
        },
        ambiguity=1.0,
    )
    recording = run_engine(scenario(keys), 6, arm({"routing": {"convening": "street"}}))
    cases = settled(recording)
    late = cases["detected"] > 50 * 40.0
    weekly = np.bincount((cases["detected"] // 40.0).astype(int), minlength=200)
    compliance, obeyed = 1.0, []
    for n in weekly:
        obeyed.append(compliance * (1 - (1 - wear) ** n) / wear)
        compliance *= (1 - wear) ** n
        compliance += recovery * (1 - compliance)
    expected = sum(obeyed[50:]) / late.sum()
    assert 0.2 < expected < 0.9
    assert abs(cases["convened"][late].mean() - expected) < 3.0 * np.sqrt(0.25 / late.sum())


@pytest.mark.parametrize("admission", ["all", "permit_list", "moved_up"])
def test_unlisted_tasks_are_refused_or_moved_but_never_gone(admission: str) -> None:
    """What a community does not do is undone and counted, or done by the street with the street's hours."""
    tasks = {"community_hours": 300.0, "street_hours": 0.0, "effort_hours": 0.5, "listed_share": 0.6}
    keys = merged(
        STAFFED,
        {
            "tasks": {**tasks, "effort_distribution": "fixed"},
            "run": {"weeks": 150},
            "handling": {"list_wear": 0.0},
        },
    )
    recording = run_engine(scenario(keys), 7, arm({"tasks": {"admission": admission}}))
    arrived, refused, moved = (
        recording.weekly[f"task_hours_{what}"].sum() for what in ("arrived", "refused", "moved")
    )
    assert arrived == pytest.approx(0.1 * 300.0 * 150, rel=0.03)
    number = arrived / 0.5
    if admission != "all":
        unlisted = (refused if admission == "permit_list" else moved) / arrived
        assert abs(unlisted - 0.4) < 3.0 * np.sqrt(0.24 / number)
    assert (refused > 0) == (admission == "permit_list")
    assert (moved > 0) == (admission == "moved_up")
    done = recording.hours[..., Activity.TASKS].sum(axis=(0, 2))
    undone = recording.tasks_undone[-1].sum()
    assert done[0] + done[1] + undone == pytest.approx(arrived - refused, abs=2.0)
    assert done[1] == pytest.approx(moved, abs=2.0)


def test_overdue_cases_are_explained_away_after_an_exponential_time() -> None:
    """Nobody works here but one registrar too slow: cases taken up late are answered with an explanation."""
    keys = one_class(
        "community",
        {
            "run": {"weeks": 120},
            "capacity": {"staff": {"community": 100.0, "street": 0.0, "department": 0.0, "desk": 0.0}},
            "handling": {"explain_rate": 0.5},
        },
        rate=52.0 * 0.6,
        effort_hours=2.0,
        deadline_days=5.0,
    )
    recording = run_engine(scenario(keys), 8)
    cases = recording.cases
    explained, resolved = (
        cases["outcome"] == outcome for outcome in (CaseStatus.EXPLAINED, CaseStatus.RESOLVED)
    )
    assert explained.sum() > 2_000
    overdue = cases["closed"] - cases["detected"] - 40.0
    assert (overdue[explained] > 0.0).all(), "never before the deadline"
    # Among those taken up t weeks after the deadline, 1 - exp(-t / 2) are explained.
    taken = np.where(resolved, cases["first_handled"], cases["closed"]) - cases["detected"] - 40.0
    late = (explained | resolved) & (taken > 0.0)
    chance = -np.expm1(-0.5 * taken[late] / 40.0)
    assert abs(explained[late].sum() - chance.sum()) < 3.0 * np.sqrt((chance * (1 - chance)).sum())
