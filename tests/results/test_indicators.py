"""Indicators on recordings whose answers are known."""

from __future__ import annotations

import dataclasses
import inspect
import math
import re

import numpy as np
import pytest

from govsim.engine.recording import COUNTERS, NEVER, CaseStatus, Level, Recording
from govsim.results import indicators as room
from govsim.results.equity import GROUP_MEASURES
from govsim.results.indicators import HEADLINE, INDICATORS, summarise
from govsim.results.ledger import CHINESE
from govsim.results.values import Missing, Value
from govsim.results.view import View, gini
from govsim.results.weekly import WEEKLY, weekly_rows
from tests.synthetic import HOURS_PER_WEEK, events_of, make_recording


def summary(recording: Recording) -> dict[str, Value]:
    return summarise(View(recording))


def number(value: Value) -> float:
    assert not isinstance(value, Missing)
    return value


def without_cases(recording: Recording) -> Recording:
    weekly = {name: np.zeros_like(counts) for name, counts in recording.weekly.items()}
    for name in ("residents", "adults"):
        weekly[name] = recording.weekly[name]
    cases = {name: column[:0] for name, column in recording.cases.items()}
    events = {name: column[:0] for name, column in recording.events.items()}
    return dataclasses.replace(recording, weekly=weekly, cases=cases, events=events)


def with_cases(recording: Recording, rows: list[tuple[float, float, float, CaseStatus]]) -> Recording:
    """Replace the ledger by cases of class 0 given as (onset, detected, closed, outcome)."""
    columns = {name: np.resize(column, len(rows)).copy() for name, column in recording.cases.items()}
    for name, index in (("onset", 0), ("detected", 1), ("closed", 2)):
        columns[name] = np.array([row[index] for row in rows])
    columns["outcome"] = np.array([int(row[3]) for row in rows], dtype=np.int8)
    columns["problem_class"] = np.zeros(len(rows), dtype=np.int8)
    columns["case"], columns["recurrence"] = np.arange(len(rows)), np.zeros(len(rows), np.int16)
    events = events_of(columns, recording.weeks * HOURS_PER_WEEK)
    return dataclasses.replace(recording, cases=columns, events=events)


def test_declarations_are_complete_and_unique() -> None:
    names = [indicator.name for indicator in INDICATORS]
    assert len(names) == len(set(names))
    weekly = [column.name for column, _ in WEEKLY]
    assert len(weekly) == len(set(weekly))
    assert set(CHINESE) >= {counter.name for counter in COUNTERS}
    for column in (*INDICATORS, *GROUP_MEASURES, *(column for column, _ in WEEKLY)):
        assert column.label_en
        assert column.label_zh
        assert column.unit
        assert column.definition.endswith(".")
        assert re.fullmatch(r".*[\u4e00-\u9fff].*。", column.definition_zh), column.name
        assert column.direction in (-1, 0, 1)
    assert all(indicator.source for indicator in INDICATORS if indicator.target)
    assert 8 <= len(HEADLINE) <= 18


def test_every_value_is_finite_or_says_why_not() -> None:
    for value in summary(make_recording()).values():
        assert isinstance(value, Missing) or math.isfinite(value)


def test_indicators_read_the_recording_only() -> None:
    assert "governance" not in {field.name for field in dataclasses.fields(Recording)}
    for indicator in INDICATORS:
        assert len(inspect.signature(indicator.compute).parameters) == 1
    source = inspect.getsource(room)
    assert "scenario" not in source
    assert "govsim.world" not in source


def test_nobody_reports() -> None:
    result = summary(make_recording(report=0.0))
    assert result["resolved_existing_26w"] == 0.0
    assert result["resolved_reported_26w"] is Missing.NO_BASE
    assert result["hidden_13w"] == 100.0
    assert result["median_days"] is Missing.NOT_REACHED
    assert result["paid_hours_per_resolved"] is Missing.NO_BASE


def test_no_capacity() -> None:
    result = summary(make_recording(resolve=False))
    assert result["resolved_existing_26w"] == 0.0
    assert result["resolved_reported_26w"] == 0.0
    assert result["median_days"] is Missing.NOT_REACHED
    assert result["effort_government"] is Missing.NO_BASE


def test_no_arrivals() -> None:
    result = summary(without_cases(make_recording()))
    for name in ("resolved_existing_4w", "median_days", "still_open", "hidden_13w", "reported_completion"):
        assert result[name] is Missing.NO_BASE
    assert result["participation_4w"] == 0.0
    assert result["self_started_share"] is Missing.NO_BASE


def test_one_resident_and_no_staff() -> None:
    recording = make_recording(residents=1, cases=3)
    nobody = np.zeros_like(recording.filled)
    empty = dataclasses.replace(
        recording, filled=nobody, burnt_out=nobody, quits=nobody, load=np.full_like(nobody, np.inf),
        supplied=np.zeros_like(recording.supplied), hours=np.zeros_like(recording.hours),
        granted=np.zeros(recording.weeks),
    )  # fmt: skip
    result = summary(empty)
    assert result["burnout"] is Missing.NO_BASE
    assert result["load_community"] is Missing.NO_BASE
    assert all(isinstance(v, Missing) or math.isfinite(v) for v in result.values())


def test_denominators_on_cases_counted_by_hand() -> None:
    week, recording = HOURS_PER_WEEK, make_recording(weeks=80)  # weeks 40 to 79 are counted
    ledger = with_cases(recording, [
        (50 * week, 51 * week, 53 * week, CaseStatus.RESOLVED),  # within 4 weeks of onset and of detection
        (50 * week, 52 * week, 55 * week, CaseStatus.RESOLVED),  # 5 weeks from onset, 3 from detection
        (50 * week, NEVER, NEVER, CaseStatus.UNDETECTED),
        (50 * week, 51 * week, 52 * week, CaseStatus.EXPLAINED),  # closed, but not resolved
        (50 * week, NEVER, 52 * week, CaseStatus.LAPSED),
        (78 * week, 78 * week, 79 * week, CaseStatus.RESOLVED),  # its window does not fit into the run
        (10 * week, 11 * week, 12 * week, CaseStatus.RESOLVED),  # its windows of 4 and 13 weeks end before the counted weeks
    ])  # fmt: skip
    result = summary(ledger)
    assert result["resolved_existing_4w"] == pytest.approx(100 * 1 / 5)
    assert result["resolved_existing_13w"] == pytest.approx(100 * 2 / 5)
    assert result["resolved_reported_4w"] == pytest.approx(100 * 2 / 3)
    assert result["hidden_13w"] == pytest.approx(100 * 2 / 5)
    assert result["still_open"] == pytest.approx(100 * 2 / 6)
    # Of 7 cases one is resolved after 1 week, one after 2, one after 3, one after 5: half of them in 25 working days. The
    # one of week 78 is watched for 2 weeks, the others to the end.
    assert result["median_days"] == pytest.approx(25.0)


def test_explaining_cases_away_never_helps() -> None:
    week, recording = HOURS_PER_WEEK, make_recording(weeks=80)
    resolved = [(0.0, 0.0, k * week, CaseStatus.RESOLVED) for k in (1.0, 2.0, 3.0)]
    waiting = with_cases(recording, [*resolved, *[(0.0, 0.0, NEVER, CaseStatus.OPEN)] * 4])
    explained = with_cases(recording, [*resolved, *[(0.0, 0.0, week / 2, CaseStatus.EXPLAINED)] * 4])
    honest, gamed = summary(waiting), summary(explained)
    for name in (
        "resolved_existing_26w",
        "resolved_reported_26w",
        "median_days",
        "mean_days_26w",
        "still_open",
    ):
        assert honest[name] == gamed[name]
    assert gamed["median_days"] is Missing.NOT_REACHED


def test_consultations_are_no_problems() -> None:
    recording = make_recording()
    result = summary(recording)
    kept = recording.cases["problem_class"] != 3
    ledger = {name: column[kept] for name, column in recording.cases.items()}
    ledger["case"] = np.arange(kept.sum())
    events = events_of(ledger, recording.weeks * HOURS_PER_WEEK)
    without = summary(dataclasses.replace(recording, cases=ledger, events=events))
    counted = [
        indicator.name
        for indicator in INDICATORS
        if "problem" in indicator.unit or "closing" in indicator.unit
    ]
    assert {"median_days", "backlog", "explained_share", "resolved_existing_26w"} <= {*counted, "median_days"}
    for name in (*counted, "median_days", "paid_hours_per_resolved", "known_per_granted_hour"):
        assert without[name] == result[name], name
    assert 0 < kept.sum() < kept.size


def test_mandated_attendance_is_apart() -> None:
    recording = make_recording()
    ordered = dict(recording.weekly, mandated_hours=recording.weekly["adults"] * 1.0)
    plain, result = summary(recording), summary(dataclasses.replace(recording, weekly=ordered))
    assert number(result["mandated_hours"]) == pytest.approx(52.0)
    assert result["hours_per_adult"] == plain["hours_per_adult"]
    assert result["participation_4w"] == plain["participation_4w"]


def test_shares_of_who_solved_sum_to_all() -> None:
    result = summary(make_recording())
    parts = [
        number(result[f"effort_{by}"])
        for by in ("government", "members", "residents", "organisations", "enterprises")
    ]
    assert sum(parts) == pytest.approx(100.0)
    assert parts == pytest.approx([60.0, 0.0, 20.0, 15.0, 5.0])


def test_staff_indicators_by_hand() -> None:
    recording = make_recording()
    result = summary(recording)
    assert number(result["admin_share"]) == pytest.approx(100 * 0.5 / 0.85)
    workers = recording.offices.level <= Level.STREET
    rate = recording.quits[40:, workers].sum() / (recording.filled[40:, workers].sum() / 52)
    assert number(result["quits"]) == pytest.approx(100 * rate)


def test_gini() -> None:
    assert gini(np.array([1.0, 1.0, 1.0])) == pytest.approx(0.0)
    assert gini(np.array([0.0, 0.0, 0.0, 8.0])) == pytest.approx(0.75)
    assert gini(np.array([1.0, 3.0])) == pytest.approx(0.25)
    assert gini(np.zeros(4)) is Missing.NO_BASE


def test_equity_gap_by_hand() -> None:
    recording = make_recording()
    trust = recording.residents["trust"].copy()
    trust[recording.residents["migrant"] > 0, 0] = 0.3
    changed = dict(recording.residents, trust=trust)
    result = summary(dataclasses.replace(recording, residents=changed))
    assert number(result["gap_trust_migrant"]) == pytest.approx(-0.2, abs=1e-6)


def test_weekly_rates_without_denominator_have_none() -> None:
    header, rows = weekly_rows(View(without_cases(make_recording(weeks=10))))
    assert len(rows) == 10
    column = header.index("reported_completion")
    assert all(row[column] is Missing.NO_BASE for row in rows)
    assert header[0] == "week"
