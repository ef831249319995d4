"""Detection is a race of Poisson channels: delays are exponential, rates add, channels win in proportion."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from govsim.assurance.theory.detection import (
    FOUR_CHANNELS,
    FOUR_CHANNELS_MODEL,
    FOUR_RATES,
    LAST_ONSET,
    PATROLS,
    VISITS,
    WEEK,
    counted_cases,
    delays,
    patrols_every,
    slow_reports,
    visits_every,
)
from govsim.assurance.theory.findings import arm, run_engine, scenario
from govsim.engine.recording import Activity, CaseStatus, Channel


def assert_exponential(sample: NDArray[np.float64], rate: float) -> None:
    """About 15,000 delays; each of the two checks gives a false alarm in 0.3 % of the draws."""
    assert len(sample) > 10_000
    assert abs(sample.mean() - 1 / rate) < 3.0 / rate / np.sqrt(len(sample))
    assert stats.kstest(sample, stats.expon(scale=1 / rate).cdf).pvalue > 0.003


@pytest.mark.parametrize("rate", [0.25, 2.0])
def test_reports(rate: float) -> None:
    assert_exponential(delays(run_engine(scenario(slow_reports(report_rate=rate)), seed=1)), rate)


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
    assert_exponential(delays(run_engine(scenario(keys), seed=2)), 4.0 * 0.5 * 0.8 * (0.2 + 0.8 * 0.4))


def test_channels_add_and_win_in_proportion() -> None:
    recording = run_engine(scenario(FOUR_CHANNELS), seed=3, chosen=arm(FOUR_CHANNELS_MODEL))
    hours = recording.hours[1:, 0].sum(axis=1)
    np.testing.assert_allclose(hours[:, Activity.PATROL], 0.5 * WEEK)
    np.testing.assert_allclose(hours[:, Activity.VISIT], 0.5 * WEEK)
    assert list(FOUR_RATES) == [Channel.HOTLINE, Channel.WALK_IN, Channel.PATROL, Channel.VISIT]
    assert_exponential(delays(recording), sum(FOUR_RATES.values()))
    channel = recording.cases["channel"][counted_cases(recording)]
    for which, rate in FOUR_RATES.items():
        share = rate / sum(FOUR_RATES.values())
        error = np.sqrt(share * (1 - share) / len(channel))
        assert abs((channel == which).mean() - share) < 3.0 * error, which


@pytest.mark.parametrize("period", [2.0, 10.0])
def test_a_round_finds_problems_after_half_its_period(period: float) -> None:
    """Visits in turn see everything: the delay is uniform up to the period."""
    sample = delays(run_engine(scenario(visits_every(period)), seed=9, chosen=arm(VISITS)))
    assert len(sample) > 10_000
    assert abs(sample.mean() - period / 2) < 3.0 * period / np.sqrt(12 * len(sample))
    assert stats.kstest(sample, stats.uniform(scale=period).cdf).pvalue > 0.003


def test_patrols_pass_at_random_moments() -> None:
    recording = run_engine(scenario(patrols_every(5.0)), seed=9, chosen=arm(PATROLS))
    assert_exponential(delays(recording), 1 / 5.0)
    assert (recording.cases["channel"][counted_cases(recording)] == Channel.PATROL).all()


def test_households_are_visited_in_turn_and_unvisited_ones_stay_unseen() -> None:
    """Nobody reports; ten of a hundred households are visited each week, and a visit finds half of what is there."""
    keys = slow_reports({"handling": {"visit_hours": 2.0}}, report_rate=0.0, visit_visibility=0.5, rate=20.0)
    recording = run_engine(scenario(keys), seed=4, chosen=arm({"detection": {"visit_share": 0.5}}))
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
    rows = counted_cases(recording)
    onset = (cases["onset"][rows] // WEEK).astype(int)
    before = onset % 10 != turn[cases["household"][rows]]
    rows, onset = rows[before], onset[before]
    first_visit = onset + (turn[cases["household"][rows]] - onset) % 10
    visits = ((cases["detected"][rows] // WEEK).astype(int) - first_visit) // 10 + 1
    for k in (1, 2, 3):
        error = np.sqrt(0.5**k * (1 - 0.5**k) / len(rows))
        assert abs((visits == k).mean() - 0.5**k) < 3.0 * error


def test_lapsing_competes_with_reporting() -> None:
    recording = run_engine(scenario(slow_reports(report_rate=0.3, lapse_rate=0.1)), seed=5)
    rows = counted_cases(recording)
    lapsed = recording.cases["outcome"][rows] == CaseStatus.LAPSED
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
    recording = run_engine(scenario(keys), seed=6)
    cases = recording.cases
    rows = np.flatnonzero((cases["outcome"] == CaseStatus.RESOLVED) & (cases["closed"] < LAST_ONSET * WEEK))
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
