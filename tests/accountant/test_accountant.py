"""Every printed number of a run against the accountant's, who reads ledgers and definitions only."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.accountant import books, tables
from tests.accountant.books import BOOKS, NONE, NOT_REACHED, Ratio
from tests.accountant.ledgers import Run, read
from tests.accountant.runs import STUDIES, Study, dictionary, make

DIGITS = 2e-9
"""Ten significant digits are stored; sums in another order differ in their last bits."""


@pytest.fixture(scope="session", params=STUDIES, ids=lambda study: study.name.replace(" ", "-"))
def runs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Run]:
    study: Study = request.param
    made = make(study, tmp_path_factory.mktemp("accountant"))
    return [read(path) for paths in made.values() for path in paths]


def same(printed: str, value: float | str) -> bool:
    if isinstance(value, str) or printed in (NONE, NOT_REACHED):
        return printed == value
    return math.isclose(float(printed), value, rel_tol=DIGITS, abs_tol=1e-9)


def differing(where: str, row: dict[str, str], cells: dict[str, float | str]) -> Iterator[str]:
    """Yield what is printed otherwise than it was counted."""
    for name, value in cells.items():
        if not same(row[name], value):
            yield f"{where} {name}: printed {row[name]}, counted {value}"


def none_of(wrong: Iterable[str]) -> None:
    found = list(wrong)
    assert not found, "\n".join([f"{len(found)} differ", *found[:20]])


def where(run: Run) -> str:
    return f"{run.folder.parent.name}/{run.folder.name}"


@pytest.mark.assurance
def test_every_indicator_is_the_accountants(runs: list[Run]) -> None:
    wrong = []
    for run in runs:
        printed = {row["indicator"]: row for row in run.table("summary")}
        assert set(printed) == set(BOOKS)
        for name, row in printed.items():
            value = BOOKS[name](run)
            cells: dict[str, float | str] = {"numerator": NONE, "denominator": NONE, "value": NONE}
            if isinstance(value, Ratio):
                cells = {"value": value.value, "numerator": value.events, "denominator": value.base}
            else:
                cells["value"] = value
            wrong += differing(f"{where(run)} {name}", row, cells)
    none_of(wrong)


@pytest.mark.assurance
def test_a_ratio_says_what_it_counts(runs: list[Run]) -> None:
    """Whatever the accountant divides is declared with its events and its base, and nothing else is."""
    run = runs[0]
    declared = dictionary(run.folder, "indicators")
    assert set(declared) == set(BOOKS)
    for name, row in declared.items():
        is_ratio = isinstance(BOOKS[name](run), Ratio)
        assert is_ratio == (row["events"] != "none") == (row["base"] != "none"), name
        assert row["window"], name


ONLY_BOUNDED = {"waiting_for_money"}
"""A case whose time for an explanation has come leaves the wait for money without an event."""


@pytest.mark.assurance
def test_every_week_is_the_accountants(runs: list[Run]) -> None:
    wrong = []
    for run in runs:
        printed, counted = run.table("weekly"), tables.weekly(run)
        assert len(printed) == len(counted) == run.weeks
        assert set(printed[0]) == set(counted[0])
        for row, cells in zip(printed, counted, strict=True):
            exact = {name: value for name, value in cells.items() if name not in ONLY_BOUNDED}
            wrong += differing(f"{where(run)} week {row['week']}", row, exact)
            for name in ONLY_BOUNDED:
                assert float(row[name]) <= float(cells[name])
    none_of(wrong)


@pytest.mark.assurance
def test_every_community_counts_for_itself(runs: list[Run]) -> None:
    """What events say of a community is what its weekly counters hold."""
    wrong = []
    for run in runs:
        for place in books.communities(run):
            counters = [row for row in run.counters if row["community"] == place]
            for name, values in tables.from_events(run, place).items():
                if name not in ONLY_BOUNDED:
                    wrong += [
                        f"{where(run)} community {place} week {row['week']} {name}: {row[name]}, {value}"
                        for row, value in zip(counters, values, strict=True)
                        if row[name] != value
                    ]
    none_of(wrong)


@pytest.mark.assurance
def test_communities_offices_hours_and_money_are_the_accountants(runs: list[Run]) -> None:
    wrong = []
    for run in runs:
        for row, cells in zip(run.table("communities"), tables.communities(run), strict=True):
            wrong += differing(f"{where(run)} {row['community']}", row, cells)
        offices = tables.offices(run)
        for row in run.table("offices"):
            wrong += differing(f"{where(run)} {row['name']}", row, offices[int(row["office"])])
        hours, printed = tables.hours(run), run.table("hours")
        assert len(hours) == len(printed)
        for row in printed:
            key = (int(row["week"]), row["level"], row["source"], row["activity"])
            wrong += differing(f"{where(run)} {key}", row, {"hours": hours[key]})
        money, printed = tables.money(run), run.table("money")
        assert len(money) == len(printed)
        for row in printed:
            wrong += differing(f"{where(run)} money", row, money[int(row["week"]), row["level"]])
    none_of(wrong)


@pytest.mark.assurance
def test_the_curve_is_the_accountants(runs: list[Run]) -> None:
    wrong = []
    for run in runs:
        for row in run.table("resolution"):
            cells = tables.unresolved(run, row["kind"], float(row["days"]))
            wrong += differing(f"{where(run)} {row['kind']} day {row['days']}", row, cells)
    none_of(wrong)


@pytest.mark.assurance
def test_every_group_is_the_accountants(runs: list[Run]) -> None:
    wrong = []
    for run in runs:
        for row in run.table("groups"):
            cells = tables.group_row(run, row["group"], row["category"], row["indicator"])
            wrong += differing(
                f"{where(run)} {row['group']} {row['category']} {row['indicator']}", row, cells
            )
    none_of(wrong)


# ------------------------------------------------------------------------------- one ledger against another


@pytest.mark.assurance
def test_residents_and_counters_tell_the_same_story(runs: list[Run]) -> None:
    """What is counted week by week adds up to what each resident did."""
    for run in runs:
        everybody, weeks, last = run.residents, range(run.weeks), run.weeks - 1

        def whole(*names: str, run: Run = run, weeks: range = weeks) -> float:
            return sum(books.total(run, name, weeks) for name in names)

        assert sum(person["weeks_active"] for person in everybody) == whole("active")
        assert sum(person["times_called"] for person in everybody) == whole("called")
        given = sum(person["hours_given"] for person in everybody)
        assert math.isclose(given, whole("self_started_hours", "called_hours"), rel_tol=1e-6, abs_tol=1e-6)
        half = range(max(0, run.weeks - 26), run.weeks)
        lately = books.total(run, "self_started_hours", half) + books.total(run, "called_hours", half)
        by_person = sum(person["hours_26w"] for person in everybody)
        assert math.isclose(by_person, lately, rel_tol=1e-6, abs_tol=1e-6)
        for week in weeks:
            there = [person for person in everybody if books.present(person, week)]
            grown = [person for person in there if books.ages(run, person)[week] >= 16]
            counts = {
                "residents": len(there),
                "adults": len(grown),
                "left": sum(1 for person in everybody if person["left_week"] == week),
                # The text does not say when they are that old; it is with the birthdays of the week.
                "over_60": sum(1 for person in there if books.ages(run, person)[week + 1] > 60),
                "ever_active": sum(
                    1 for p in grown if p["first_active"] is not None and p["first_active"] <= week
                ),
            }
            for name, number in counts.items():
                assert books.total(run, name, [week]) == number, (where(run), week, name)
        end = books.adults_at_end(run)
        assert books.total(run, "registered", [last]) == sum(person["registered"] for person in end)
        assert books.total(run, "enrolled", [last]) == sum(person["enrolled"] for person in end)
        assert books.total(run, "active_4w", [last]) == sum(books.active_since(run, p, 4) for p in end)
        for name in (
            "trust_community",
            "trust_street",
            "trust_district",
            "trust_centre",
            "satisfaction",
            "efficacy",
        ):
            by_person = sum(person[name] for person in end)
            assert math.isclose(by_person, books.total(run, name, [last]), rel_tol=1e-5), name


@pytest.mark.assurance
def test_what_holds_a_draw_lies_between_its_bounds(runs: list[Run]) -> None:
    """Some counters depend on chance that no ledger keeps; they are still bounded by what ledgers say."""
    for run in runs:
        closed, due = [0] * run.weeks, [0] * run.weeks
        for order in books.orders(run):
            closed[order.week] += order.closed_in_time
            due[order.week] += 1
        for week in range(run.weeks):
            assert closed[week] <= books.total(run, "reported_done", [week]) <= due[week]
            for part, whole in (
                ("callbacks_satisfied", "callbacks"),
                ("official_callbacks_satisfied", "official_callbacks"),
                ("answered_members", "called_members"),
                ("called_members", "called"),
                ("active_called", "active"),
                ("active_registered", "active"),
                ("active", "active_4w"),
                ("active_4w", "adults"),
                ("active_4w", "ever_active"),
                ("registered", "adults"),
                ("enrolled", "adults"),
                ("adults", "residents"),
                ("over_60", "adults"),
                ("votes_missed", "votes_due"),
                ("task_hours_refused", "task_hours_arrived"),
            ):
                assert books.total(run, part, [week]) <= books.total(run, whole, [week]) + 1e-9, part
        everything = range(run.weeks)
        handled = books.total(run, "desk_answered", everything) + books.total(run, "dispatched", everything)
        assert handled <= books.total(run, "contacts", everything)


ENDS = {"resolved": "resolved", "explained": "explained", "lapsed": "lapsed"}


@pytest.mark.assurance
def test_cases_and_events_tell_the_same_story(runs: list[Run]) -> None:
    """What the case ledger says of a case is what its events say."""
    for run in runs:
        for case in run.cases:
            events = books.story(run, case)
            found = [event for event in events if event["what"] == "detect"]
            assert case["detected"] == (found[0]["time"] if found else None)
            assert case["channel"] == (books.first_channel(run, case) or "none")
            assert case["reopened"] == sum(1 for event in events if event["what"] == "reopened")
            assert case["refusals"] == sum(1 for event in events if event["what"] == "refused")
            assert bool(case["recurred"]) == (books.came_back(run, case) is not None)
            last = books.states(run, case)[-1]
            assert {"closed": case["outcome"]}.get(last, last) == case["outcome"]
            if case["outcome"] in ENDS:
                ends = [event for event in events if event["what"] == ENDS[case["outcome"]]]
                assert case["closed"] == ends[-1]["time"]
                # Repeated calls of a week may come after it. What lapses is found to be gone at the week's end, and dated
                # back to when it lapsed: an office may have done something on it in between.
                later = {event["what"] for event in events if event["time"] > case["closed"]}
                assert later <= {"called_again"} or case["outcome"] == "lapsed"
            assert all(
                event["week"] == min(int(event["time"] // run.hours_per_week), run.weeks - 1)
                or event["time"] == (event["week"] + 1) * run.hours_per_week
                for event in events
            )


@pytest.mark.assurance
def test_hours_are_in_exactly_one_row(runs: list[Run]) -> None:
    """Events, cases, the hour ledger and the manifest hold the same hours."""
    for run in runs:
        for case in run.cases:
            for name, sources in books.WHOSE.items():
                booked = books.effort(run, case, sources)
                assert math.isclose(booked, case[f"hours_{name}"], rel_tol=1e-4, abs_tol=1e-4)
        granted = sum(row["posts"] for row in run.offices) * run.hours_per_week
        assert math.isclose(granted, run.granted_hours, rel_tol=1e-9)
        by_week = tables.summed(
            (row for row in run.hours if row["source"] == "volunteer"), lambda row: row["week"], "hours"
        )
        for week in range(run.weeks):
            given = books.total(run, "self_started_hours", [week]) + books.total(run, "called_hours", [week])
            assert math.isclose(by_week.get(week, 0.0), given, rel_tol=1e-6, abs_tol=1e-6)


@pytest.mark.assurance
@pytest.mark.parametrize("runs", [study for study in STUDIES if study.name == "harsh"], indirect=True)
def test_runs_show_what_is_audited(runs: list[Run]) -> None:
    """A harsh run is one in which everything that can go wrong in counting does occur."""
    whats = [event["what"] for run in runs for events in run.events.values() for event in events]
    for what in ("reopened", "recurs", "lapsed", "explained", "called_again", "waits_for_money", "refused"):
        assert what in whats
    again = [
        case for run in runs for case in run.cases
        if [event["what"] for event in books.story(run, case)].count("detect") > 1
        and case["channel"] != next(
            event["channel"] for event in reversed(books.story(run, case)) if event["what"] == "detect"
        )
    ]  # fmt: skip
    assert again
    assert any(
        person["left_week"] is not None and person["hours_given"] > 0
        for run in runs
        for person in run.residents
    )
    late = [
        case for run in runs for case in run.cases if (order := books.due(run, case))
        and not order.closed_in_time and case["closed"] is not None
        and int(case["closed"] // run.hours_per_week) == order.week
    ]  # fmt: skip
    assert late


@pytest.mark.assurance
def test_ten_digits_are_compared(tmp_path: Path) -> None:
    assert same("1.000000001", 1.0000000012)
    assert not same("1.00000001", 1.0)
    assert not same(NONE, 0.0)
    assert same(NOT_REACHED, NOT_REACHED)


@pytest.mark.assurance
def test_a_groups_problems_are_those_of_its_people(runs: list[Run]) -> None:
    wrong = []
    for run in runs:
        for row in run.table("groups"):
            if row["group"] in ("age", "work") and row["indicator"] == "problems":
                test = tables.belongs(run, row["group"], row["category"])
                people = {person["resident"]: person for person in run.residents if test(person)}
                own = sum(1 for case in books.problems(run) if case["resident"] in people)
                lived = sum(books.weeks_lived(run, person) for person in people.values())
                cells = {"value": Ratio(own, lived / books.YEAR, 100).value}
                wrong += differing(f"{where(run)} {row['category']}", row, cells)
    none_of(wrong)
