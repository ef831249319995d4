"""Threshold models of collective action: the engine's one rule of participation, with all else off."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from govsim.engine.recording import Activity
from govsim.world import ParticipationType, World
from tests.theory.specs import Keys, arm, merged, run, scenario, world_of

WELL_MIXED: Keys = {
    "participation": {
        "social": 1.0, "trust": 0.0, "efficacy": 0.0, "habit": 0.0, "call": 0.0, "visible_share": 1.0, "cost_noise": 0.0,
    },
}  # fmt: skip
RANDOM_TIES: Keys = merged(WELL_MIXED, {"participation": {"visible_share": 0.0}})


def crowd(
    residents: int, weeks: int, base: Keys = WELL_MIXED, degree: float = 0.0, **dispositions: object
) -> Keys:
    """Return keys of people of whom all who are not certain are contingent, unless said."""
    keys: Keys = {
        "run": {"weeks": weeks},
        "population": {"residents": residents, "participation": {"contingent_share": 1.0, **dispositions}},
    }
    if degree:
        keys["network"] = {"neighbours": {"kind": "random", "degree": degree}}
    return merged(base, keys)


def normal(mean: float, sd: float) -> Keys:
    return {"distribution": "normal", "mean": mean, "sd": sd, "placement": "quantile"}


def active(keys: Keys, seed: int = 1, world: World | None = None) -> NDArray[np.float64]:
    """Return the share of people who take part, by week."""
    recording = run(scenario(keys), seed, world=world)
    share: NDArray[np.float64] = recording.weekly["active"].sum(axis=1) / recording.weekly["adults"].sum(
        axis=1
    )
    return share


def iterated(world: World, weeks: int) -> NDArray[np.float64]:
    """Return Granovetter's ``r(t + 1) = F(r(t))`` for the people of a world."""
    kind = world.residents.participation_type
    threshold = world.residents.threshold.astype(np.float64)
    share, out = 0.0, []
    for _ in range(weeks):
        joined = (kind == ParticipationType.CERTAIN) | (
            (kind == ParticipationType.CONTINGENT) & (threshold <= share)
        )
        share = float(joined.mean())
        out.append(share)
    return np.array(out)


STAIRS = crowd(
    100, 110, threshold={"distribution": "uniform", "low": 0.0, "high": 1.0, "placement": "quantile"}
)


def test_thresholds_0_to_99_draw_in_everybody() -> None:
    """Granovetter 1978: each joiner is enough for the next one."""
    share = active(STAIRS)
    np.testing.assert_array_equal(np.round(100 * share[:100]), np.arange(1, 101))
    assert share[-1] == 1.0


def test_one_missing_step_stops_it() -> None:
    world = world_of(scenario(STAIRS), 1)
    threshold = world.residents.threshold.copy()
    threshold[np.argsort(threshold)[1]] = np.float32(0.02)
    changed = replace(world, residents=world.residents._replace(threshold=threshold))
    np.testing.assert_array_equal(active(STAIRS, world=changed), 0.01)


@pytest.mark.parametrize(("sd", "final"), [(0.120, 0.0401), (0.122, 0.0546), (0.123, 1.0)])
def test_critical_spread(sd: float, final: float) -> None:
    """Thresholds around .25 tip between a spread of .122 and .123; people at their quantiles, 10,000 of them."""
    keys = crowd(10_000, 400, threshold=normal(0.25, sd))
    share = active(keys)
    np.testing.assert_allclose(share, iterated(world_of(scenario(keys), 1), 400), atol=2e-4)
    assert share[-1] == pytest.approx(final, abs=5e-4)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mean", "sd", "critical"), [(0.25, 0.10, 0.037), (0.35, 0.10, 0.143), (0.50, 0.20, 0.168)]
)
def test_critical_vanguard(mean: float, sd: float, critical: float) -> None:
    """A vanguard that always takes part tips the rest when it is just large enough."""
    few, enough = (
        active(
            crowd(10_000, 400, certain_share=share, contingent_share=1.0 - share, threshold=normal(mean, sd))
        )[-1]
        for share in (critical - 0.004, critical + 0.004)
    )
    assert critical < few < 0.45
    assert enough > 0.98


def test_those_who_never_take_part_bound_participation() -> None:
    """Refined model (Wiedermann et al. 2020): certain, contingent and never."""
    keys = crowd(10_000, 200, certain_share=0.1, contingent_share=0.5, threshold=normal(0.25, 0.1))
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
    keys = crowd(
        40_000,
        80,
        RANDOM_TIES,
        degree,
        certain_share=seeds,
        contingent_share=1.0 - seeds,
        threshold=normal(0.25, 0.0),
    )
    share = active(keys, seed=4)[-1]
    assert share == pytest.approx(final, rel=0.2 if final < 0.1 else 0.01)


@pytest.mark.slow
def test_cascade_window() -> None:
    """Watts 2002, thresholds of .18: one person sets off global cascades for degrees from 1.02 to 5.77 only."""
    people = 4_000

    def cascades(degree: float) -> int:
        keys = crowd(
            people, 120, RANDOM_TIES, degree,
            certain_share=1 / people, contingent_share=1 - 1 / people, threshold=normal(0.18, 0.0),
        )  # fmt: skip
        return sum(active(keys, seed)[-1] > 0.1 for seed in range(1, 13))

    assert cascades(0.7) == 0
    assert cascades(3.0) >= 6
    assert cascades(9.0) == 0


def test_without_ties_nothing_spreads() -> None:
    keys = crowd(1_000, 20, RANDOM_TIES, certain_share=0.2, contingent_share=0.8, threshold=normal(0.1, 0.0))
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
    recording = run(scenario(keys), 1, arm({"mobilisation": {"call_share": 0.25}}))
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
        crowd(100, 40, CALLED, threshold=normal(0.3, 0.0), registered_share=1.0),
        {"handling": {"call_hours": 1.0}},
    )
    recording = run(scenario(keys), 1, arm({"mobilisation": {"call_share": 0.25}}))
    np.testing.assert_array_equal(recording.weekly["called"][:, 0], 10)
    np.testing.assert_array_equal(recording.weekly["active"][:, 0], 10)
    np.testing.assert_array_equal(recording.residents["weeks_active"], 4)
    np.testing.assert_array_equal(
        recording.weekly["ever_active"][:, 0], np.minimum(10 * np.arange(1, 41), 100)
    )


def test_only_registered_residents_are_called() -> None:
    keys = merged(
        crowd(1_000, 20, CALLED, threshold=normal(0.3, 0.0), registered_share=0.2),
        {"handling": {"call_hours": 0.01}},
    )
    recording = run(scenario(keys), 1, arm({"mobilisation": {"call_share": 0.25}}))
    registered = recording.residents["registered"] == 1
    assert 150 < registered.sum() < 250
    assert (recording.residents["weeks_active"][registered] > 0).all()
    assert (recording.residents["weeks_active"][~registered] == 0).all()
