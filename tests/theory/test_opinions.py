"""What neighbours say: the engine's opinions reach the limits of DeGroot and of Friedkin and Johnsen."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from govsim.engine import Recording, rules
from govsim.scenario.schema import Scenario
from govsim.world import World
from tests.theory.specs import Keys, merged, run, scenario, world_of

ROUNDING = 2e-5
"""Opinions are kept with 24 bits and averaged over some ten ties, several hundred times."""

TOWN: Keys = {
    "run": {"weeks": 400},
    "population": {
        "residents": 200,
        "household_sizes": [0.3, 0.3, 0.2, 0.1, 0.05, 0.05],
        "ages": {"under_18": 0.1},
        "party": {"share_of_adults": 0.1},
        "attitudes": {"spread": 0.35},
    },
    "network": {
        "household": True,
        "neighbours": {"kind": "lattice", "degree": 4.0, "rewired": 0.2},
        "kin_work_school": {"degree": 3.0},
        "branch": {"degree": 4.0},
        "liaison": {"linked_households": 2},
    },
    "participation": {"tie_household": 3.0, "tie_neighbour": 0.5, "tie_branch": 2.0, "tie_liaison": 1.5},
}


def influence(spec: Scenario, world: World) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the row-stochastic matrix of who listens to whom, dense, and who has anybody to listen to."""
    n = len(world.residents.age)
    matrix = np.zeros((n, n))
    row = np.repeat(np.arange(n), np.diff(world.ties.indptr.astype(int)))
    matrix[row, world.ties.other] = rules.tie_weights(spec)[world.ties.layer]
    adult = world.residents.age >= 16
    matrix[:, ~adult] = 0.0
    matrix[~adult] = 0.0
    strength = matrix.sum(axis=1)
    tied = strength > 0
    matrix[tied] /= strength[tied, None]
    return matrix, tied


def own_opinions(world: World) -> NDArray[np.float64]:
    mean: NDArray[np.float64] = world.residents.trust[:, :3].astype(float).mean(axis=1)
    return mean


def outcome(hearing: float) -> tuple[Scenario, World, Recording]:
    spec = scenario(merged(TOWN, {"experience": {"hearing": hearing}}))
    world = world_of(spec, 5)
    return spec, world, run(spec, 5, world=world)


@pytest.mark.parametrize("hearing", [0.0, 0.4, 0.9])
def test_friedkin_johnsen(hearing: float) -> None:
    """``x = (I - A W)^-1 (I - A) x0`` with one susceptibility for all; who has no ties keeps the own opinion."""
    spec, world, recording = outcome(hearing)
    matrix, tied = influence(spec, world)
    adult = world.residents.age >= 16
    own = own_opinions(world)
    susceptible = np.where(tied, hearing, 0.0)
    limit = np.linalg.solve(np.eye(len(own)) - susceptible[:, None] * matrix, (1.0 - susceptible) * own)
    np.testing.assert_allclose(recording.residents["opinion"][adult], limit[adult], atol=ROUNDING)
    if hearing:
        assert np.ptp(limit[adult]) < 0.9 * np.ptp(own[adult]), "they did move towards each other"


def test_degroot() -> None:
    """With full susceptibility all agree on the mean weighted by strength of ties, the left eigenvector."""
    spec, world, recording = outcome(1.0)
    matrix, tied = influence(spec, world)
    reach = np.linalg.matrix_power(matrix, 512)
    people = np.flatnonzero(tied)
    assert (reach[np.ix_(people, people)] > 0).all(), "this town is one component"
    limit = reach @ own_opinions(world)
    assert np.ptp(limit[people]) < 1e-6
    np.testing.assert_allclose(recording.residents["opinion"][people], limit[people], atol=5 * ROUNDING)


def test_trust_moves_only_with_experience() -> None:
    _, world, recording = outcome(0.9)
    np.testing.assert_array_equal(recording.residents["trust"], world.residents.trust)
