"""Threshold models of collective action: the engine's one rule of participation, with all else off."""

from __future__ import annotations

import numpy as np
import pytest

from govsim.assurance.theory.contagion import (
    RANDOM_TIES,
    active,
    cascades,
    crowd,
    iterated,
    normal_thresholds,
    one_step_missing,
    stairs,
    with_vanguard,
)
from govsim.assurance.theory.findings import Keys, arm, merged, run_engine, scenario, world_of
from govsim.assurance.theory.formulas import (
    cascade_window,
    critical_seeds,
    critical_spread,
    critical_vanguard,
    seeded_cascade,
    threshold_crowd,
    trigger_chance,
)
from govsim.engine.recording import Activity

pytestmark = pytest.mark.slow

STAIRS = stairs()


def test_thresholds_0_to_99_draw_in_everybody() -> None:
    """Granovetter 1978: each joiner is enough for the next one."""
    share = active(STAIRS)
    np.testing.assert_array_equal(np.round(100 * share[:100]), np.arange(1, 101))
    assert share[-1] == 1.0


def test_one_missing_step_stops_it() -> None:
    np.testing.assert_array_equal(active(STAIRS, world=one_step_missing(STAIRS)), 0.01)


@pytest.mark.parametrize(("sd", "final"), [(0.120, 0.0401), (0.122, 0.0546), (0.123, 1.0)])
def test_critical_spread(sd: float, final: float) -> None:
    """Thresholds around .25 tip between a spread of .122 and .123; people at their quantiles, 10,000 of them."""
    keys = crowd(10_000, 400, threshold=normal_thresholds(0.25, sd))
    share = active(keys)
    np.testing.assert_allclose(share, iterated(world_of(scenario(keys), 1), 400), atol=2e-4)
    assert share[-1] == pytest.approx(final, abs=5e-4)


@pytest.mark.assurance
@pytest.mark.parametrize(("sd", "final"), [(0.115, 0.0254), (0.130, 1.0)])
def test_random_thresholds_away_from_the_critical_spread(sd: float, final: float) -> None:
    """People who draw their thresholds do the same where chance cannot tip them: the mean over ten crowds."""
    keys = crowd(10_000, 200, threshold=normal_thresholds(0.25, sd, "random"))
    ends = np.array([active(keys, seed)[-1] for seed in range(1, 11)])
    assert ends.mean() == pytest.approx(final, abs=3.0 * max(ends.std(ddof=1) / np.sqrt(10), 1e-4))
    assert ends.std(ddof=1) < 0.006


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mean", "sd", "critical"), [(0.25, 0.10, 0.037), (0.35, 0.10, 0.143), (0.50, 0.20, 0.168)]
)
def test_critical_vanguard(mean: float, sd: float, critical: float) -> None:
    """A vanguard that always takes part tips the rest when it is just large enough."""
    few, enough = (
        active(with_vanguard(share, normal_thresholds(mean, sd), 10_000, 400))[-1]
        for share in (critical - 0.004, critical + 0.004)
    )
    assert critical < few < 0.45
    assert enough > 0.98


def test_those_who_never_take_part_bound_participation() -> None:
    """Refined model (Wiedermann et al. 2020): certain, contingent and never."""
    keys = crowd(10_000, 200, certain_share=0.1, contingent_share=0.5, threshold=normal_thresholds(0.25, 0.1))
    share = active(keys)
    np.testing.assert_allclose(share, iterated(world_of(scenario(keys), 1), 200), atol=2e-4)
    assert share[-1] == pytest.approx(0.6, abs=1e-3)


@pytest.mark.parametrize(
    ("degree", "seeds", "final"),
    [
        (4.0, 0.005, 0.98), (6.0, 0.005, 0.014), (6.0, 0.02, 0.998), (8.0, 0.01, 0.015), (8.0, 0.03, 1.0),
        (10.0, 0.03, 0.044), (10.0, 0.05, 1.0),
    ],
)  # fmt: skip
def test_finite_seeds_on_random_networks(degree: float, seeds: float, final: float) -> None:
    """Gleeson and Cahalane 2007: one threshold of 1/4 for all, Poisson degrees; 40,000 people, below 0.1 within a fifth."""
    keys = with_vanguard(seeds, normal_thresholds(0.25, 0.0), 40_000, 80, RANDOM_TIES, degree)
    share = active(keys, seed=4)[-1]
    assert share == pytest.approx(final, rel=0.2 if final < 0.1 else 0.01)


@pytest.mark.assurance
def test_cascade_window() -> None:
    """Watts 2002, thresholds of .18: one person sets off global cascades for degrees from 1.02 to 5.77 only."""
    for degree, least, most in [(0.7, 0, 0), (3.0, 6, 12), (9.0, 0, 0)]:
        assert least <= cascades(4_000, degree, 0.18, networks=12, weeks=120) <= most, degree


def test_exact_values_are_those_published() -> None:
    """Formulas against values that were computed independently of them."""
    assert critical_spread(0.25) == pytest.approx(0.12222, abs=1e-5)
    assert [threshold_crowd(0.25, sd) for sd in (0.120, 0.122, 0.123)] == pytest.approx(
        [0.0402, 0.0548, 1.0], abs=1e-4
    )
    for mean, sd, critical in [
        (0.25, 0.05, 0.130), (0.25, 0.10, 0.037), (0.35, 0.05, 0.233), (0.35, 0.10, 0.143), (0.35, 0.15, 0.065),
        (0.50, 0.10, 0.304), (0.50, 0.15, 0.232), (0.50, 0.20, 0.168),
    ]:  # fmt: skip
        assert critical_vanguard(mean, sd) == pytest.approx(critical, abs=6e-4), (mean, sd)
    for threshold, window in {0.10: (1.0, 13.66), 0.18: (1.021, 5.765), 0.25: (1.114, 3.863)}.items():
        assert cascade_window(threshold) == pytest.approx(window, abs=5e-3), threshold
    assert cascade_window(0.30) is None
    for degree, seeds, final in [
        (4.0, 0.005, 0.98), (6.0, 0.01, 0.032), (6.0, 0.02, 0.998), (8.0, 0.02, 0.037), (10.0, 0.03, 0.044),
    ]:  # fmt: skip
        assert seeded_cascade(0.25, degree, seeds) == pytest.approx(final, rel=0.02)
    for degree, critical in {6.0: 0.0140, 8.0: 0.0291, 10.0: 0.0413}.items():
        assert critical_seeds(0.25, degree) == pytest.approx(critical, abs=1e-4)


def test_chance_of_a_cascade_vanishes_at_the_edges_of_the_window() -> None:
    window = cascade_window(0.18)
    assert window is not None
    low, high = window
    assert trigger_chance(0.18, low - 0.01) == trigger_chance(0.18, high + 0.01) == 0.0
    assert 0.0 < trigger_chance(0.18, low + 0.01) < 0.05
    assert 0.0 < trigger_chance(0.18, high - 0.01) < 0.05
    assert trigger_chance(0.18, 3.5) > 0.85


def test_without_ties_nothing_spreads() -> None:
    keys = crowd(
        1_000, 20, RANDOM_TIES, certain_share=0.2, contingent_share=0.8, threshold=normal_thresholds(0.1, 0.0)
    )
    np.testing.assert_allclose(active(keys), 0.2)


CALLED: Keys = {
    "capacity": {"staff": {"community": 100.0}},
    "participation": {
        "social": 0.0, "trust": 0.0, "efficacy": 0.0, "habit": 0.0, "call": 0.5, "cost_noise": 0.0, "self_registration": 0.0,
        "fatigue_gain": 0.15, "fatigue_decay": 0.08,
    },
}  # fmt: skip
"""One worker, and residents whom nothing moves but a call."""


def test_calls_move_those_they_are_enough_for_until_they_tire() -> None:
    """Everybody is called every week; fatigue decays, then a call moves if ``call * (1 - fatigue)`` is enough."""
    stairs = {"distribution": "uniform", "low": 0.0025, "high": 0.5025, "placement": "quantile"}
    keys = merged(
        crowd(100, 30, CALLED, threshold=stairs, registered_share=1.0), {"handling": {"call_hours": 0.1}}
    )
    recording = run_engine(scenario(keys), 1, arm({"mobilisation": {"call_share": 0.25}}))
    np.testing.assert_allclose(recording.hours[:, 0, 0, Activity.CALL], 10.0)
    np.testing.assert_array_equal(recording.weekly["called"][:, 0], 100)
    threshold, fatigue, expected = 0.0025 + np.arange(100) * 0.005, 0.0, []
    for _ in range(30):
        fatigue *= 1 - 0.08
        expected.append(int((0.5 * (1 - fatigue) >= threshold).sum()))
        fatigue += 0.15 * (1 - fatigue)
    assert expected[0] == 100
    assert 30 < expected[-1] < 50
    np.testing.assert_array_equal(recording.weekly["active"][:, 0], expected)
    np.testing.assert_array_equal(recording.weekly["active_called"][:, 0], expected)
    assert recording.weekly["self_started_hours"].sum() == 0


def test_calls_go_in_turn() -> None:
    """Hours for ten calls a week: each of a hundred is called every tenth week, and each call is an hour's worth paid for."""
    keys = merged(
        crowd(100, 40, CALLED, threshold=normal_thresholds(0.3, 0.0), registered_share=1.0),
        {"handling": {"call_hours": 1.0}},
    )
    recording = run_engine(scenario(keys), 1, arm({"mobilisation": {"call_share": 0.25}}))
    np.testing.assert_array_equal(recording.weekly["called"][:, 0], 10)
    np.testing.assert_array_equal(recording.weekly["active"][:, 0], 10)
    np.testing.assert_array_equal(recording.residents["weeks_active"], 4)
    np.testing.assert_array_equal(
        recording.weekly["ever_active"][:, 0], np.minimum(10 * np.arange(1, 41), 100)
    )


def test_only_registered_residents_are_called() -> None:
    keys = merged(
        crowd(1_000, 20, CALLED, threshold=normal_thresholds(0.3, 0.0), registered_share=0.2),
        {"handling": {"call_hours": 0.01}},
    )
    recording = run_engine(scenario(keys), 1, arm({"mobilisation": {"call_share": 0.25}}))
    registered = recording.residents["registered"] == 1
    assert 150 < registered.sum() < 250
    assert (recording.residents["weeks_active"][registered] > 0).all()
    assert (recording.residents["weeks_active"][~registered] == 0).all()
