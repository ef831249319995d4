"""What neighbours say: the engine's opinions reach the limits of DeGroot and of Friedkin and Johnsen."""

from __future__ import annotations

import numpy as np
import pytest

from govsim.assurance.theory.formulas import (
    anchored_opinions,
    consensus_weights,
    equally_susceptible,
)
from govsim.assurance.theory.opinions import (
    FOUR,
    FOUR_FIRST,
    FOUR_HEARING,
    FOUR_WEEKS,
    ROUNDING,
    THREE,
    THREE_WEEKS,
    group,
    group_of,
    influence,
    opinions_in_double,
    outcome,
    own_opinions,
    three_apart,
    weights_in_hundredths,
)


@pytest.mark.parametrize("hearing", [0.0, 0.4, 0.9])
def test_friedkin_johnsen(hearing: float) -> None:
    """``x = (I - A W)^-1 (I - A) x0`` with one susceptibility for all; who has no ties keeps the own opinion."""
    spec, world, recording = outcome(hearing)
    matrix, tied = influence(spec, world)
    adult = world.residents.age >= 16
    own = own_opinions(world)
    susceptible = np.where(tied, hearing, 0.0)
    limit = anchored_opinions(matrix, susceptible, own)
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


def test_three_people_and_groups_apart() -> None:
    """The published weights (3, 4, 4) / 11; each of three groups without ties between them has its own consensus."""
    weights = np.array([3.0, 4.0, 4.0]) / 11
    np.testing.assert_allclose(consensus_weights(THREE / THREE.sum(axis=1)[:, None]), weights, atol=1e-12)
    # Opinions are kept in single precision.
    np.testing.assert_allclose(three_apart(), np.repeat(weights, 3), atol=1e-6)


@pytest.mark.assurance
def test_three_people_agree_to_nine_decimals_in_double_precision() -> None:
    """The kernels compiled for columns of double precision: what is missing above is rounding and nothing else."""
    apart = np.kron(np.eye(3, dtype=np.int64), THREE)
    spec, world = group_of(apart, np.zeros_like(apart), np.eye(3).ravel(), 1.0, THREE_WEEKS)
    weights = np.array([3.0, 4.0, 4.0]) / 11
    np.testing.assert_allclose(opinions_in_double(spec, world), np.repeat(weights, 3), rtol=0.0, atol=1e-9)


def test_four_people_of_friedkin_and_johnsen() -> None:
    susceptible = 1.0 - np.diag(FOUR)
    published = [0.6002, 0.5998, 0.75, 0.7499]
    np.testing.assert_allclose(anchored_opinions(FOUR, susceptible, FOUR_FIRST), published, atol=1e-4)
    same = equally_susceptible(FOUR, susceptible, FOUR_HEARING)
    np.testing.assert_allclose(same.sum(axis=1), 1.0)
    assert same.min() >= 0.0
    np.testing.assert_allclose(
        anchored_opinions(same, np.full(4, FOUR_HEARING), FOUR_FIRST),
        anchored_opinions(FOUR, susceptible, FOUR_FIRST),
        atol=1e-12,
    )
    heard = group(*weights_in_hundredths(same), FOUR_FIRST, FOUR_HEARING, FOUR_WEEKS)
    np.testing.assert_allclose(influence(heard.scenario, heard.world)[0], same, atol=1e-4)
    np.testing.assert_allclose(heard.recording.residents["opinion"], published, atol=1e-4)
