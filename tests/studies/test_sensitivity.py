"""Indices against known functions, and noise that must not pass for influence (R22)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from SALib.analyze import morris as salib_morris
from SALib.analyze import sobol as salib_sobol

from govsim.studies.sensitivity import (
    Analysis,
    Method,
    analyse,
    lay,
    noise_shares,
    points_of,
)
from tests.studies.test_design import factor

Law = Callable[[NDArray[np.float64]], NDArray[np.float64]]
PI = float(np.pi)


def screened(
    names: str, law: Law, method: Method, size: int, noise: float, seeds: int = 4, low: float = 0.0, high: float = 1.0
) -> Analysis:  # fmt: skip
    """Analyse a law of the points, with chance that is independent in every run."""
    screening = lay([factor(name, low, high) for name in names], method, size, 5)
    luck = np.random.default_rng(11).normal(size=(len(screening.design), seeds))
    return analyse(screening, law(screening.design.points)[:, None] + noise * luck)


def only_a(points: NDArray[np.float64]) -> NDArray[np.float64]:
    return points[:, 0]


def ishigami(points: NDArray[np.float64]) -> NDArray[np.float64]:
    a, b, c = points.T
    return np.asarray(np.sin(a) + 7 * np.sin(b) ** 2 + 0.1 * c**4 * np.sin(a))


@pytest.mark.parametrize(("method", "size"), [("morris", 20), ("sobol", 128)])
def test_only_what_matters_is_found(method: Method, size: int) -> None:
    """Noise as large as the one driver: it is found, the five inert parameters are not, and their bounds are small."""
    found = screened("abcdef", only_a, method, size, noise=0.3)
    assert [item.rank for item in found.found] == [0]
    assert {item.rank for item in found.undecided} == {1, 2, 3, 4, 5}
    assert max(item.bound for item in found.undecided) < 0.5
    assert found.noise_single > 2 * found.noise_mean > 0


@pytest.mark.parametrize(("method", "size"), [("morris", 20), ("sobol", 128)])
def test_nothing_but_chance_has_no_influence(method: Method, size: int) -> None:
    found = screened("abcdef", lambda points: 0 * points[:, 0], method, size, noise=1.0)
    assert not found.found
    assert found.noise_single > 0.95
    assert found.noise_mean > 0.8


@pytest.mark.parametrize("method", ["morris", "sobol"])
def test_what_a_seed_does_to_all_points_changes_nothing(method: Method) -> None:
    screening = lay([factor(name) for name in "abc"], method, 8, 5)
    random = np.random.default_rng(2)
    values = only_a(screening.design.points)[:, None] + 0.2 * random.normal(size=(len(screening.design), 3))
    plain, shifted = (analyse(screening, values + seeds) for seeds in (0.0, 50.0 * random.normal(size=3)))
    for one, other in zip(plain.ranked, shifted.ranked, strict=True):
        assert (other.index, other.low, other.p, other.bound) == pytest.approx(
            (one.index, one.low, one.p, one.bound)
        )
    assert shifted.noise_single > 0.99


def test_without_noise_what_is_inert_is_zero() -> None:
    found = screened("abc", only_a, "morris", 4, noise=0.0, seeds=2)
    assert (found.noise_single, found.noise_mean) == (0, 0)
    assert [(item.rank, round(item.index, 9)) for item in found.ranked] == [(0, 1), (1, 0), (2, 0)]
    assert [item.found for item in found.ranked] == [True, False, False]
    assert [item.bound for item in found.undecided] == [0.0, 0.0]


def test_sobol_indices_of_ishigami() -> None:
    """Known totals 0.5576, 0.4424, 0.2437 and first-order indices 0.3139, 0.4424, 0; closer with more points."""
    totals, firsts = np.array([0.5576, 0.4424, 0.2437]), np.array([0.3139, 0.4424, 0.0])
    errors = []
    for size in (128, 2048):
        found = screened("abc", ishigami, "sobol", size, 0.0, 2, -PI, PI)
        by_rank = sorted(found.ranked, key=lambda item: item.rank)
        errors.append(np.abs(np.array([item.index for item in by_rank]) - totals).max())
        for item, truth in zip(by_rank, totals, strict=True):
            assert item.low - 0.02 <= truth <= item.high + 0.02
        if size == 2048:
            assert np.abs(np.array([item.lean for item in by_rank]) - firsts).max() < 0.03
    assert errors[1] < 0.03
    assert errors[1] <= errors[0]


def test_morris_indices_are_those_of_salib() -> None:
    """Without noise there is nothing to take out."""
    screening = lay([factor(name, -PI, PI) for name in "abc"], "morris", 12, 9)
    values = ishigami(screening.design.points)
    found = analyse(screening, np.repeat(values[:, None], 2, axis=1))
    problem = {"num_vars": 3, "names": list("abc"), "bounds": [[0, 1]] * 3}
    theirs = salib_morris.analyze(problem, screening.shares, values, num_levels=4, seed=1)
    ours = sorted(found.ranked, key=lambda item: item.rank)
    np.testing.assert_allclose([item.index for item in ours], theirs["mu_star"])
    np.testing.assert_allclose([item.lean for item in ours], theirs["mu"])
    np.testing.assert_allclose([item.spread for item in ours], theirs["sigma"])


def test_sobol_indices_are_those_of_salib() -> None:
    screening = lay([factor(name, -PI, PI) for name in "abc"], "sobol", 64, 9)
    values = ishigami(screening.design.points)
    found = analyse(screening, np.repeat(values[:, None], 3, axis=1))
    problem = {"num_vars": 3, "names": list("abc"), "bounds": [[0, 1]] * 3}
    theirs = salib_sobol.analyze(problem, values, calc_second_order=False, num_resamples=400, seed=1)
    ours = sorted(found.ranked, key=lambda item: item.rank)
    np.testing.assert_allclose([item.index for item in ours], theirs["ST"])
    np.testing.assert_allclose(
        [item.lean for item in ours], theirs["S1"], atol=0.02
    )  # SALib centres on all blocks
    np.testing.assert_allclose([item.high - item.index for item in ours], theirs["ST_conf"], rtol=0.2)


def test_an_effect_is_the_change_over_the_whole_range() -> None:
    screening = lay([factor("a", 10, 20), factor("b", 0, 3)], "morris", 5, 1)
    a, b = screening.design.points.T
    found = analyse(screening, np.repeat((2 * a - 4 * b)[:, None], 2, axis=1))
    assert [(item.rank, item.index, item.lean) for item in found.ranked] == [
        (0, pytest.approx(20), pytest.approx(20)),
        (1, pytest.approx(12), pytest.approx(-12)),
    ]


@pytest.mark.parametrize("method", ["morris", "sobol"])
def test_points_are_as_many_as_told(method: Method) -> None:
    screening = lay([factor(name) for name in "abc"], method, 8, 2)
    assert len(screening.design) == points_of(method, 3, 8) == len(screening.shares)


def test_noise_shares_are_those_of_known_variances() -> None:
    """Variance 1 between points and 3 between seeds: 3/4 of a single run, 3/12 over (1 + 3/12) of the mean of twelve."""
    random = np.random.default_rng(0)
    values = random.normal(size=(4000, 1)) + np.sqrt(3) * random.normal(size=(4000, 12))
    single, mean = noise_shares(values)
    assert single == pytest.approx(0.75, abs=0.02)
    assert mean == pytest.approx(0.2, abs=0.02)


def test_what_is_no_number_is_refused() -> None:
    screening = lay([factor("a")], "morris", 2, 1)
    values = np.zeros((len(screening.design), 2))
    values[1, 1] = np.nan
    with pytest.raises(ValueError, match="finite"):
        analyse(screening, values)
    with pytest.raises(ValueError, match="one seed"):
        analyse(screening, np.zeros((len(screening.design), 1)))
    with pytest.raises(ValueError, match="two"):
        lay([factor("a")], "morris", 1, 1)
