"""One label and unit mean one number over all tables: whatever stands in two of them agrees, by a rule that is written here."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

import numpy as np
import pytest

from govsim.engine import resolve_arm, simulate
from govsim.engine.recording import COUNTERS
from govsim.results.declare import Column
from govsim.results.equity import GROUP_MEASURES
from govsim.results.indicators import INDICATORS, summarise
from govsim.results.ledger import COUNTER_LEDGER, OFFICE_LEDGER
from govsim.results.tables import COMMUNITIES, OFFICES, community_table, group_table, office_table
from govsim.results.values import Missing, Value
from govsim.results.view import View
from govsim.results.weekly import WEEKLY, weekly_rows
from govsim.scenario import load
from govsim.world import build

TABLES: Mapping[str, Iterable[Column]] = {
    "weekly": [column for column, _ in WEEKLY],
    "communities": COMMUNITIES,
    "groups": GROUP_MEASURES,
    "summary": INDICATORS,
    "offices": OFFICES,
    "office ledger": OFFICE_LEDGER,
    "counters": COUNTER_LEDGER,
}
KEYS = {"week", "office", "community"}
"""What names a row."""


@pytest.fixture(scope="module")
def view() -> View:
    loaded = load("tiny", ("run.weeks=104", "population.residents=400", "demography.moving_under_40=0.2"))
    world = build(loaded.scenario.population, loaded.scenario.network, 3)
    model = next(g.model for g in loaded.governance if g.name == "party_led_cogovernance")
    return View(simulate(world, loaded.scenario, resolve_arm(model, "neutral"), 3))


def shared() -> dict[tuple[str, str], dict[str, str]]:
    """Return labels with unit that stand in several tables: the column's name by table."""
    found: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for table, columns in TABLES.items():
        for column in columns:
            if column.name not in KEYS:
                assert table not in found[column.label_en, column.unit], (
                    f"twice in {table}: {column.label_en}"
                )
                found[column.label_en, column.unit][table] = column.name
    return {key: where for key, where in found.items() if len(where) > 1}


def numbers(values: Iterable[Value]) -> np.ndarray:
    return np.array([math.nan if isinstance(v, Missing) else float(v) for v in values])


class Told:
    """What each table tells, as columns."""

    def __init__(self, view: View) -> None:
        header, rows = weekly_rows(view)
        self.week = {name: numbers(row[n] for row in rows) for n, name in enumerate(header)}
        self.offices = self._columns(*office_table(view))
        self.communities = self._columns(*community_table(view))
        self.summary = summarise(view)
        header, rows = group_table(view)
        at = {name: header.index(name) for name in ("group", "category", "indicator", "value")}
        self.group = {
            (row[at["group"]], row[at["category"]], row[at["indicator"]]): row[at["value"]] for row in rows
        }
        self.view = view

    @staticmethod
    def _columns(header: list[str], rows: list[list]) -> dict[str, list]:
        return {name: [row[n] for row in rows] for n, name in enumerate(header)}


def over_counted(told: Told, name: str, base: np.ndarray) -> float:
    """Mean of a weekly rate over the counted weeks, each week with its base; a week without one has no rate."""
    weeks, rate = told.view.counted, told.week[name]
    some = base[weeks] > 0
    return float((rate[weeks][some] * base[weeks][some]).sum() / base[weeks][some].sum())


def _weekly_base(told: Told, name: str) -> np.ndarray:
    week = told.week
    return {
        "undetected_share": week["problems_undetected"] + week["problems_open"],
        "reported_completion": week["reported_due"] + week["trifles"],
        "true_completion": week["reported_due"],
        "callback_satisfaction": week["callbacks"],
    }[name]


def weekly_and_summary(told: Told, where: dict[str, str]) -> tuple[float, float]:
    name = where["weekly"]
    return over_counted(told, name, _weekly_base(told, name)), float(told.summary[where["summary"]])


def weekly_and_ledger(told: Told, where: dict[str, str]) -> tuple[np.ndarray, np.ndarray]:
    table = getattr(told.view.recording, where["office ledger"])
    return told.week[where["weekly"]], table.sum(axis=1)


def weekly_and_counters(told: Told, where: dict[str, str]) -> tuple[np.ndarray, np.ndarray]:
    name = where["weekly"]
    counted = told.view.recording.weekly[name]
    if name == "condition":
        people = told.view.recording.weekly["residents"]
        return told.week[name], (counted * people).sum(axis=1) / people.sum(axis=1)
    return told.week[name], counted.sum(axis=1)


def offices_and_ledger(told: Told, where: dict[str, str]) -> tuple[np.ndarray, np.ndarray]:
    name = where["offices"]
    table, filled = getattr(told.view.recording, where["office ledger"]), told.view.recording.filled > 0
    by_office = {
        "filled": table.mean(axis=0),
        "tasks_undone": table[-1],
        "load": np.where(filled, table, 0.0).sum(axis=0) / np.maximum(filled.sum(axis=0), 1),
    }.get(name, table.sum(axis=0))
    told_of = numbers(told.offices[name])
    return told_of[~np.isnan(told_of)], by_office[~np.isnan(told_of)]


def everybody_and_summary(told: Told, where: dict[str, str]) -> tuple[float, float]:
    return float(told.group["all", "all residents", where["groups"]]), float(told.summary[where["summary"]])


def mean_of_communities(told: Told, where: dict[str, str]) -> tuple[float, float]:
    """Communities average to the district, each with its base."""
    view, name = told.view, where["communities"]
    weekly, weeks, where_of = view.recording.weekly, view.counted, view.case("community")

    def cases(mask: np.ndarray) -> np.ndarray:
        return np.bincount(where_of[mask], minlength=len(view.recording.communities)).astype(float)

    base = {
        "participation_4w": weekly["adults"][weeks].sum(axis=0),
        "trust_community": weekly["adults"][weeks].sum(axis=0),
        "backlog": weekly["residents"][weeks].sum(axis=0),
        "resolved_existing_26w": cases(view.watched(26, "onset", view.problem)),
        "hidden_13w": cases(view.watched(13, "onset", view.problem)),
        "still_open": cases(view.arisen),
    }[name]
    values = numbers(told.communities[name])
    some = base > 0
    return float((values[some] * base[some]).sum() / base.sum()), float(told.summary[where["summary"]])


RULES: Mapping[frozenset[str], Callable[[Told, dict[str, str]], tuple]] = {
    frozenset({"weekly", "summary"}): weekly_and_summary,
    frozenset({"weekly", "office ledger"}): weekly_and_ledger,
    frozenset({"weekly", "counters"}): weekly_and_counters,
    frozenset({"offices", "office ledger"}): offices_and_ledger,
    frozenset({"groups", "summary"}): everybody_and_summary,
    frozenset({"communities", "summary"}): mean_of_communities,
}


def pairs(where: dict[str, str]) -> list[frozenset[str]]:
    """Return pairs of tables that together tie all of them."""
    found = [pair for pair in RULES if pair <= set(where)]
    tied = set().union(*found) if found else set()
    assert tied == set(where), f"no rule ties {sorted(set(where) - tied)}"
    return found


def test_whatever_stands_in_two_tables_agrees(view: View) -> None:
    told, held = Told(view), 0
    for (label, unit), where in shared().items():
        for pair in pairs(where):
            first, second = RULES[pair](told, where)
            np.testing.assert_allclose(
                first, second, rtol=1e-9, atol=1e-9, err_msg=f"{label}, {unit}: {sorted(pair)}"
            )
            held += 1
    assert held > len(COUNTERS)


def test_a_label_that_stands_for_two_numbers_is_found(view: View) -> None:
    told, key = Told(view), ("truly resolved by the deadline", "% of orders due")
    where = shared()[key]
    first, second = RULES[pairs(where)[0]](told, where | {"summary": "reported_completion"})
    assert abs(first - second) > 1.0
