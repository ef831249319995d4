"""Inputs under which printed numbers were once wrong, with what is right."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from tests.accountant import books, tables
from tests.accountant.ledgers import Run, read
from tests.accountant.runs import Study, dictionary, make

pytestmark = pytest.mark.slow

MODELS = ("legacy_administrative", "party_led_cogovernance")
SHORT_DEADLINES: dict[str, Any] = {
    "govsim": 1, "extends": "tiny", "name": {"en": "Close deadlines", "zh": "时限紧"},
    "problems": {
        "classes": {
            "local_soft": {"rate": 2.0, "deadline_days": 6.0, "lapse_rate": 0.1},
            "local_hard": {"rate": 1.0, "deadline_days": 8.0},
        },
    },
}  # fmt: skip
OLD_AND_DYING: dict[str, Any] = {
    "govsim": 1, "extends": "tiny", "name": {"en": "Old and dying", "zh": "老龄化"},
    "demography": {"ageing": True, "deaths_over_60": 0.2, "moving_from_40": 0.05},
    "population": {"participation": {"certain_share": 0.3}},
}  # fmt: skip
TIPPING: dict[str, Any] = {
    "govsim": 1, "name": {"en": "Near the tipping point", "zh": "临界点附近"},
    "population": {
        "residents": 120,
        "participation": {
            "certain_share": 0.0, "contingent_share": 1.0,
            "threshold": {"distribution": "normal", "mean": 0.25, "sd": 0.122, "placement": "random"},
            "time_cost": 0.0,
        },
    },
    "participation": {
        "social": 1.0, "trust": 0.0, "efficacy": 0.0, "habit": 0.0, "call": 0.0, "visible_share": 1.0,
        "cost_noise": 0.0,
    },
    "problems": {
        "classes": {
            "local_soft": {
                "kind": "local_soft", "rate": 0.3, "severity_low": 0.1, "severity_high": 0.7, "effort_hours": 4.0,
                "level": "community", "report_rate": 0.1, "patrol_visibility": 0.3, "visit_visibility": 0.3,
                "meeting_visibility": 0.3,
            },
        },
    },
    "capacity": {"departments": {"urban_works": 1.0}},
}  # fmt: skip


def ran(study: Study, folder: Path, seeds: int = 1) -> list[Run]:
    return [read(path) for paths in make(study, folder, seeds).values() for path in paths]


def summary(run: Run, name: str) -> float:
    return float(next(row["value"] for row in run.table("summary") if row["indicator"] == name))


def test_an_order_is_due_though_it_is_closed_late_in_the_week_of_its_deadline(tmp_path: Path) -> None:
    """Due is what is closed in time, and what is not closed at a deadline within the run, lapsed ones left out."""
    lost = 0
    for run in ran(Study("due", SHORT_DEADLINES, 52, MODELS), tmp_path, 2):
        end = run.weeks * run.hours_per_week
        in_time = late = 0
        for case in books.problems(run):
            if case["detected"] is None:
                continue
            limit = case["detected"] + run.deadline[case["problem_class"]] * run.hours_per_week / books.DAYS
            closed = math.inf if case["closed"] is None else case["closed"]
            if closed <= limit:
                in_time += case["outcome"] != "lapsed"
            elif limit <= end:
                late += 1
                lost += closed < (int(limit // run.hours_per_week) + 1) * run.hours_per_week
        assert sum(float(row["reported_due"]) for row in run.table("weekly")) == in_time + late
    assert lost, "no order was closed late in the week of its deadline, so nothing is tested"


def test_who_died_gave_hours_for_as_long_as_he_or_she_lived(tmp_path: Path) -> None:
    """Hours of those of 75 and over are divided by the years that they lived, not by all of the run."""
    for run in ran(Study("old", OLD_AND_DYING, 260, MODELS), tmp_path):
        old = [person for person in run.residents if person["age"] >= 75]
        gone = [person for person in old if person["left_week"] is not None]
        assert 2 * len(gone) > len(old)
        lived = sum(books.weeks_lived(run, person) for person in old) / books.YEAR
        given = sum(person["hours_given"] for person in old)
        printed = next(
            float(row["value"]) for row in run.table("groups")
            if (row["group"], row["category"], row["indicator"]) == ("age", "75 and over", "hours")
        )  # fmt: skip
        assert given > 0
        assert printed == pytest.approx(given / lived, rel=1e-8)


def test_a_backlog_of_tasks_is_a_stock_whatever_the_length_of_the_run(tmp_path: Path) -> None:
    """What waits at the end is what waits in that week of a longer run, and is not divided by years."""
    lengths = (20, 52, 104, 260)
    runs: dict[int, Run] = {}
    for weeks in lengths:
        (tmp_path / str(weeks)).mkdir()
        (runs[weeks],) = ran(Study("stock", "tiny", weeks, MODELS[:1]), tmp_path / str(weeks))
    longest = runs[260].table("weekly")
    for weeks in lengths:
        printed = summary(runs[weeks], "undone_tasks")
        assert printed == pytest.approx(float(longest[weeks - 1]["tasks_undone"]), rel=1e-8)
        assert dictionary(runs[weeks].folder, "indicators")["undone_tasks"]["unit"] == "hours"


OF_PEOPLE = (
    "participation_4w",
    "participation_weekly",
    "registered_share",
    "participation_26w",
    "enrolled_share",
)


def nobody_takes_part_twice(runs: list[Run]) -> None:
    most = 0.0
    for run in runs:
        for name in OF_PEOPLE:
            assert 0 <= summary(run, name) <= 100
        for row in run.table("weekly"):
            assert 0 <= float(row["active_share"]) <= float(row["active_4w_share"]) <= 100
            most = max(most, float(row["active_share"]))
            for part, whole in (("active", "adults"), ("active_4w", "adults"), ("registered", "adults")):
                assert float(row[part]) <= float(row[whole])
        for row in run.table("groups"):
            if row["indicator"] in ("participation_26w", "registered") and row["value"] != books.NONE:
                assert 0 <= float(row["value"]) <= 100
        for row in tables.communities(run):
            assert 0 <= float(row["participation_4w"]) <= 100
    assert most > 90, "nowhere did nearly all take part, so nothing is tested"


def test_participation_stays_below_a_hundred_percent(tmp_path: Path) -> None:
    first = ("--capacity", "neutral", "--set", "run.first_seed=17")
    nobody_takes_part_twice(ran(Study("tipping", TIPPING, 60, MODELS, first), tmp_path, 5))


@pytest.mark.assurance
def test_participation_stays_below_a_hundred_percent_under_thirty_seeds(tmp_path: Path) -> None:
    nobody_takes_part_twice(ran(Study("tipping", TIPPING, 60, MODELS), tmp_path, 30))
