"""Detection is a race of Poisson channels: delays are exponential, rates add, channels win in proportion."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from govsim.engine import Recording
from govsim.engine.recording import Activity, Channel, Outcome
from tests.theory.specs import PROBLEM, Keys, arm, merged, run, scenario

WEEK = 40.0
WEEKS = 200
LAST_ONSET = 150
"""Weeks; what arises later is left out, so that (all but) every delay is known."""


def slow_reports(*more: Keys, **problem: object) -> Keys:
    item = merged(PROBLEM, {"rate": 52.0, "effort_hours": 0.001, "report_rate": 0.5, **problem})
    keys: Keys = {
        "run": {"weeks": WEEKS},
        "problems": {"classes": {"problem": item}},
        "capacity": {"staff": {"community": 100.0}},
    }
    for change in more:
        keys = merged(keys, change)
    return keys


def counted(recording: Recording, first_onset: float = 1.0) -> NDArray[np.intp]:
    onset = recording.cases["onset"] / WEEK
    return np.flatnonzero((onset >= first_onset) & (onset < LAST_ONSET))


def delays(recording: Recording) -> NDArray[np.float64]:
    """Return weeks from onset to detection of the counted cases."""
    rows = counted(recording)
    assert (recording.cases["detected"][rows] >= 0).all()
    weeks: NDArray[np.float64] = (recording.cases["detected"] - recording.cases["onset"])[rows] / WEEK
    return weeks


def assert_exponential(sample: NDArray[np.float64], rate: float) -> None:
    """About 15,000 delays; each of the two checks gives a false alarm in 0.3 % of the draws."""
    assert len(sample) > 10_000
    assert abs(sample.mean() - 1 / rate) < 3.0 / rate / np.sqrt(len(sample))
    assert stats.kstest(sample, stats.expon(scale=1 / rate).cdf).pvalue > 0.003


@pytest.mark.parametrize("rate", [0.25, 2.0])
def test_reports(rate: float) -> None:
    assert_exponential(delays(run(scenario(slow_reports(report_rate=rate)), seed=1)), rate)


def test_reports_scale_with_severity_ability_and_attitude() -> None:
    """The urge is ``rate * severity * ability * (floor + (1 - floor) * attitude)``, all of them fixed here."""
    keys = slow_reports(
        {
            "population": {
                "ability": {"base": 0.8},
                "attitudes": {
                    "trust_community": 0.5, "trust_street": 0.5, "trust_district": 0.5, "expectation": 0.3, "spread": 0.0,
                },
            },
            "reporting": {"floor": 0.2},
            "experience": {"gain": 0.0, "loss": 0.0, "expectation_rate": 0.0},
        },
        severity_low=0.5, severity_high=0.5, report_rate=4.0,
    )  # fmt: skip
    assert_exponential(delays(run(scenario(keys), seed=2)), 4.0 * 0.5 * 0.8 * (0.2 + 0.8 * 0.4))


def test_channels_add_and_win_in_proportion() -> None:
    keys = slow_reports(
        {
            "reporting": {"hotline": 0.6, "walk_in": 0.4, "walk_in_stranger": 1.0},
            "capacity": {"staff": {"community": 100.0, "grid": 100.0, "desk": 100.0}},
            "handling": {"patrol_hours": 10.0, "visit_hours": 0.05},
            "population": {"grid_households": 50},
        },
        patrol_visibility=0.2,
        visit_visibility=0.1,
    )
    chosen = arm({"detection": {"hotline": True, "patrol_share": 0.5, "visit_share": 0.5}})
    recording = run(scenario(keys), seed=3, chosen=chosen)
    hours = recording.hours[1:, 0].sum(axis=1)
    np.testing.assert_allclose(hours[:, Activity.PATROL], 0.5 * WEEK)
    np.testing.assert_allclose(hours[:, Activity.VISIT], 0.5 * WEEK)
    rates = {
        Channel.HOTLINE: 0.5 * 0.6,
        Channel.WALK_IN: 0.5 * 0.4,
        Channel.PATROL: 0.5 * WEEK / (2 * 10.0) * 0.2,  # one round a week through each of the two grids
        Channel.VISIT: -np.log1p(
            -0.1
        ),  # 400 visits can be paid, so that all 100 households are seen every week
    }
    assert_exponential(delays(recording), sum(rates.values()))
    channel = recording.cases["channel"][counted(recording)]
    for which, rate in rates.items():
        share = rate / sum(rates.values())
        error = np.sqrt(share * (1 - share) / len(channel))
        assert abs((channel == which).mean() - share) < 3.0 * error, which


def test_households_are_visited_in_turn_and_unvisited_ones_stay_unseen() -> None:
    """Nobody reports; ten of a hundred households are visited each week, and a visit finds half of what is there."""
    keys = slow_reports({"handling": {"visit_hours": 2.0}}, report_rate=0.0, visit_visibility=0.5, rate=20.0)
    recording = run(scenario(keys), seed=4, chosen=arm({"detection": {"visit_share": 0.5}}))
    cases = recording.cases
    found = np.flatnonzero(cases["detected"] >= 0)
    assert len(found) > 5_000
    assert (cases["channel"][found] == Channel.VISIT).all()
    week, household = (cases["detected"][found] // WEEK).astype(int), cases["household"][found]
    turn = np.full(100, -1)
    turn[household] = week % 10
    np.testing.assert_array_equal(turn[household], week % 10)
    np.testing.assert_array_equal(np.bincount(turn, minlength=10), 10)
    # Of problems that were there when the week of the visit began, the k-th visit finds (1/2)^k.
    rows = counted(recording)
    onset = (cases["onset"][rows] // WEEK).astype(int)
    before = onset % 10 != turn[cases["household"][rows]]
    rows, onset = rows[before], onset[before]
    first_visit = onset + (turn[cases["household"][rows]] - onset) % 10
    visits = ((cases["detected"][rows] // WEEK).astype(int) - first_visit) // 10 + 1
    for k in (1, 2, 3):
        error = np.sqrt(0.5**k * (1 - 0.5**k) / len(rows))
        assert abs((visits == k).mean() - 0.5**k) < 3.0 * error


def test_lapsing_competes_with_reporting() -> None:
    recording = run(scenario(slow_reports(report_rate=0.3, lapse_rate=0.1)), seed=5)
    rows = counted(recording)
    lapsed = recording.cases["outcome"][rows] == Outcome.LAPSED
    share = 0.1 / 0.4
    assert abs(lapsed.mean() - share) < 3.0 * np.sqrt(share * (1 - share) / len(rows))


def test_poor_work_comes_back() -> None:
    """``recurrence * (1 + rework * (1 - skill))`` of the resolved problems come back after an exponential time."""
    keys = slow_reports(
        {
            "run": {"weeks": 300},
            "problems": {"recurrence_weeks": 10.0},
            "workforce": {"skill": 0.75, "newcomer_skill": 0.75, "rework": 2.0},
        },
        recurrence=0.2,
        report_rate=1e9,
    )
    recording = run(scenario(keys), seed=6)
    cases = recording.cases
    rows = np.flatnonzero((cases["outcome"] == Outcome.RESOLVED) & (cases["closed"] < LAST_ONSET * WEEK))
    share = 0.2 * (1 + 2.0 * 0.25)
    assert abs(cases["recurred"][rows].mean() - share) < 3.0 * np.sqrt(share * (1 - share) / len(rows))
    back = rows[cases["recurred"][rows] == 1]
    again = back + 1
    np.testing.assert_array_equal(cases["case"][again], cases["case"][back])
    np.testing.assert_array_equal(cases["recurrence"][again], cases["recurrence"][back] + 1)
    later = (cases["onset"][again] - cases["closed"][back]) / WEEK
    assert later.min() >= 0.0
    # A recurrence waits at least for the next week, which adds at most half a tick squared over the mean.
    assert abs(later.mean() - 10.0) < 3.0 * 10.0 / np.sqrt(len(later)) + 0.05
