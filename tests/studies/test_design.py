"""Designs: balanced, inside their ranges, the same every time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govsim.scenario.studies import Factor, grid_size
from govsim.studies.experiments import from_shares, grid, space_filling


def factor(name: str, low: float = 0.0, high: float = 1.0, whole: bool = False) -> Factor:
    return Factor(name, low, high, whole, low, "assumed", name, name, "-")


REAL = st.builds(lambda low, width: factor("x", low, low + width), st.floats(-100, 100), st.floats(0.01, 100))
WHOLE = st.builds(
    lambda low, width: factor("n", float(low), float(low + width), True),
    st.integers(-20, 20),
    st.integers(1, 30),
)
FACTORS = st.lists(st.one_of(REAL, WHOLE), min_size=1, max_size=4)


@settings(deadline=None, max_examples=60)
@given(FACTORS, st.integers(1, 40), st.sampled_from(["sobol", "latin_hypercube"]), st.integers(0, 5))
def test_points_lie_in_their_ranges_and_come_again(
    factors: list[Factor], points: int, kind: str, seed: int
) -> None:
    first = space_filling(factors, points, kind, seed)  # type: ignore[arg-type]
    assert first.points.shape == (points, len(factors))
    for rank, item in enumerate(factors):
        column = first.points[:, rank]
        assert (column >= item.low).all()
        assert (column <= item.high).all()
        if item.whole:
            assert (column == np.round(column)).all()
    again = space_filling(factors, points, kind, seed)  # type: ignore[arg-type]
    assert (first.points == again.points).all()


@pytest.mark.parametrize("power", [3, 5, 7])
def test_sobol_is_balanced_at_powers_of_two(power: int) -> None:
    """Every half, quarter and eighth of every range holds its share of points, and every quadrant too."""
    count = 2**power
    shares = space_filling([factor("a"), factor("b"), factor("c")], count, "sobol", 7).shares
    for column in shares.T:
        assert np.bincount((column * 8).astype(int), minlength=8).tolist() == [count // 8] * 8
    quadrants = (shares[:, 0] >= 0.5) * 2 + (shares[:, 1] >= 0.5)
    assert np.bincount(quadrants, minlength=4).tolist() == [count // 4] * 4


def test_sobol_points_of_a_smaller_design_are_those_of_a_larger_one() -> None:
    small, large = (space_filling([factor("a"), factor("b")], n, "sobol", 3).points for n in (32, 64))
    assert (large[:32] == small).all()


@settings(deadline=None, max_examples=20)
@given(st.integers(2, 60), st.integers(1, 5), st.integers(0, 3))
def test_a_latin_hypercube_has_one_point_in_each_row(points: int, count: int, seed: int) -> None:
    shares = space_filling([factor(str(n)) for n in range(count)], points, "latin_hypercube", seed).shares
    for column in shares.T:
        assert sorted((column * points).astype(int)) == list(range(points))


@settings(deadline=None, max_examples=60)
@given(FACTORS, st.integers(2, 6))
def test_a_grid_is_every_combination_once(factors: list[Factor], levels: int) -> None:
    points = grid(factors, levels).points
    assert len(points) == grid_size(factors, levels)
    assert len(np.unique(points, axis=0)) == len(points)
    assert points.min(axis=0).tolist() == [item.low for item in factors]
    assert points.max(axis=0).tolist() == [item.high for item in factors]


def test_whole_numbers_are_equally_likely() -> None:
    shares = (np.arange(700) / 700)[:, None]
    points = from_shares([factor("n", 3, 9, whole=True)], shares).points[:, 0]
    assert np.unique(points, return_counts=True)[1].tolist() == [100] * 7


def test_settings_are_what_set_takes() -> None:
    design = from_shares([factor("a.b", 0, 3), factor("n", 1, 5, whole=True)], np.array([[1 / 3, 0.99]]))
    assert design.settings(0) == ("a.b=1", "n=5")
