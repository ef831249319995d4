"""Classes, quantiles and switching values on differences whose truth is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from govsim.results.indicators import INDICATORS
from govsim.scenario.studies import Factor
from govsim.statistics.paired import FEWEST_SEEDS, chance_among_many
from govsim.studies.crossover import (
    PointOwner,
    Rank,
    Switch,
    classify,
    differences,
    influential,
    levels_of,
    one_at_a_time,
    ordinary,
    pairs_of,
    quantile,
    rank_models,
    region,
    switch,
    with_today,
)
from govsim.studies.experiments import Design

MORE = next(item for item in INDICATORS if item.direction == 1)
LESS = next(item for item in INDICATORS if item.direction == -1)
NEITHER = next(item for item in INDICATORS if item.direction == 0)


def factor(path: str = "a.b", low: float = 0.0, high: float = 10.0, today: float = 5.0) -> Factor:
    return Factor(path, low, high, False, today, "assumed", path, path, "hours")


def two_models(truth: NDArray[np.float64], seeds: int, noise: float, seed: int) -> NDArray[np.float64]:
    """Values of two models whose second is ``truth`` above the first; shape (points, 2, seeds)."""
    rng = np.random.default_rng(seed)
    first = rng.normal(50.0, 5.0, (len(truth), seeds))
    second = first + truth[:, None] + rng.normal(0.0, noise, (len(truth), seeds))
    return np.stack([first, second], axis=1)


def test_classes_follow_a_known_boundary() -> None:
    """Second minus first is negative below 0.5 and positive above it: three classes in this order."""
    x = np.linspace(0.0, 1.0, 101)
    found = classify(two_models(20.0 * (x - 0.5), 10, 2.0, 1), MORE)
    sides = found.sides[0]
    assert (sides[x < 0.3] == PointOwner.FIRST).all()
    assert (sides[x > 0.7] == PointOwner.SECOND).all()
    undecided = x[sides == PointOwner.UNDECIDED]
    assert len(undecided)
    assert np.abs(undecided - 0.5).max() < 0.2
    assert found.chance <= 0.05


def test_less_is_better_where_the_indicator_says_so() -> None:
    values = two_models(np.array([8.0, -8.0]), 10, 1.0, 2)
    assert classify(values, MORE).sides.tolist() == [[PointOwner.SECOND, PointOwner.FIRST]]
    assert classify(values, LESS).sides.tolist() == [[PointOwner.FIRST, PointOwner.SECOND]]
    with pytest.raises(ValueError, match="neither more nor less"):
        classify(values, NEITHER)


def test_false_alarms_stay_below_the_stated_rate() -> None:
    """Of the calls in 300 maps in which three quarters of points have no difference at all, at most 5 % are wrong."""
    truth = np.where(np.arange(80) % 4 == 0, 3.0, 0.0)
    shares = []
    for seed in range(300):
        called = classify(two_models(truth, 6, 2.0, seed), MORE).sides[0] != PointOwner.UNDECIDED
        shares.append((called & (truth == 0)).sum() / max(1, called.sum()))
    assert 0.01 < np.mean(shares) < 0.05, "BH promises 5 % times three quarters, and that it uses it up"


def test_a_map_of_pure_chance_is_undecided() -> None:
    """Uncorrected, every map of 100 points would show some five; corrected, one map in twenty shows any."""
    any_called = [
        bool(classify(two_models(np.zeros(100), 6, 2.0, seed), MORE).sides.any()) for seed in range(300)
    ]
    assert np.mean(any_called) < 0.09


def test_intervals_leave_zero_out_exactly_where_a_point_is_called() -> None:
    found = classify(two_models(np.linspace(-4, 4, 60), 8, 3.0, 3), MORE)
    out = np.abs(found.difference) > found.half_width(1.0 - found.chance)
    assert (out == (found.sides != PointOwner.UNDECIDED)).all()
    assert 0 < out.sum() < 60


def test_runs_without_a_value_make_no_class() -> None:
    values = two_models(np.array([8.0, 8.0, 0.0]), 10, 1.0, 4)
    values[0, 1, 3] = np.nan
    assert classify(values, MORE).sides.tolist() == [
        [PointOwner.NO_VALUE, PointOwner.SECOND, PointOwner.UNDECIDED]
    ]


def test_one_model_twice_is_undecided_everywhere() -> None:
    values = two_models(np.zeros(5), 4, 0.0, 5)
    assert classify(values, MORE).sides.tolist() == [[PointOwner.UNDECIDED] * 5]


def test_best_needs_every_other_model() -> None:
    """Three points: the third model clearly best; two level above the third; all level."""
    levels = np.array([[10.0, 20.0, 30.0], [20.0, 20.0, 10.0], [20.0, 20.0, 20.0]])
    rng = np.random.default_rng(6)
    values = levels[:, :, None] + rng.normal(0.0, 0.5, (3, 3, 10))
    found = classify(values, MORE)
    assert found.pairs == pairs_of(3) == ((0, 1), (0, 2), (1, 2))
    N, U, B = Rank.NOT_BEST, Rank.UNDECIDED, Rank.BEST
    assert rank_models(found.pairs, found.sides, 3).T.tolist() == [[N, N, B], [U, U, N], [U, U, U]]


def test_quantile_of_today() -> None:
    others = np.array([1.0, 2.0, 3.0, 4.0, np.nan])
    assert quantile(2.5, others) == 0.5
    assert quantile(2.0, others) == 0.375, "a tie counts half"
    assert quantile(9.0, others) == 1.0
    assert quantile(np.nan, others) is None
    assert quantile(1.0, np.array([np.nan])) is None
    assert ordinary(0.1)
    assert ordinary(0.9)
    assert not ordinary(0.05)


def test_today_is_the_last_point() -> None:
    design = Design((factor(today=4.0),), np.array([[1.0], [9.0]]))
    assert with_today(design).points.ravel().tolist() == [1.0, 9.0, 4.0]


def test_a_region_names_the_parameter_that_makes_it() -> None:
    rng = np.random.default_rng(7)
    points = rng.uniform(0.0, 10.0, (256, 3))
    design = Design((factor("a"), factor("b"), factor("c")), points)
    told = region(design, points[:, 1] > 7.0)
    assert [item.factor.path for item in told] == ["b"]
    assert told[0].chance_higher == 1.0
    assert told[0].low > 7.0
    assert region(design, np.ones(256, bool)) == []
    assert region(design, np.zeros(256, bool)) == []
    difference = 2.0 * points[:, 2] - points[:, 0] ** 2 / 20 + rng.normal(0.0, 0.1, 256)
    assert [item.path for item in influential(design, difference, 2)] == ["c", "a"]


def sweep(
    root: float, noise: float, seed: int, seeds: int = 8
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    levels = levels_of(factor(), 11)
    rng = np.random.default_rng(seed)
    return levels, 3.0 * (levels - root)[:, None] + rng.normal(0.0, noise, (len(levels), seeds))


def turned(levels: NDArray[np.float64], gaps: NDArray[np.float64], today: float = 5.0) -> Switch:
    """Where the sign turns if this sweep is all that is looked at."""
    found = differences(np.zeros_like(gaps), gaps)
    return switch(factor(today=today), levels, found, gaps.shape[1], chance_among_many(found.counted))


def test_a_known_root_is_found() -> None:
    found = turned(*sweep(6.3, 0.0, 0))
    assert found.value == pytest.approx(6.3)
    assert found.turns == 1
    assert found.low == pytest.approx(6.3)
    assert found.high == pytest.approx(6.3)


def test_the_undecided_range_holds_the_root_at_least_as_often_as_stated() -> None:
    """95 % intervals at the levels; between them straight lines make the range of 600 noisy sweeps a little wider."""
    inside = []
    for seed in range(600):
        found = turned(*sweep(6.3, 3.0, seed))
        assert found.low is not None
        assert found.high is not None
        inside.append(found.low <= 6.3 <= found.high)
    assert 0.94 < np.mean(inside) < 1.0


def test_no_root_in_range() -> None:
    levels, gaps = sweep(-2.0, 0.5, 1)
    found = turned(levels, gaps)
    assert found.value is None
    assert (found.turns, found.decided) == (0, len(levels))
    assert turned(levels, np.zeros_like(gaps)).value is None, "no difference is no turn"


def test_the_turn_nearest_to_today_is_told_and_all_are_counted() -> None:
    levels = np.linspace(0.0, 10.0, 101)
    rng = np.random.default_rng(0)
    gaps = ((levels - 1.05) * (levels - 6.05))[:, None] + rng.normal(0.0, 0.01, (101, 4))
    found = turned(levels, gaps)
    assert found.turns == 2
    assert found.value == pytest.approx(6.05, abs=0.01)


def test_a_turn_needs_a_decided_level_on_each_side() -> None:
    levels = np.array([0.0, 5.0, 10.0])
    gaps = np.array([[-9.0, -8.0, -10.0, -9.5], [-1.0, -1.1, -0.9, -1.05], [2.0, -1.0, 3.0, 0.5]])
    found = turned(levels, gaps)
    assert (found.value, found.low, found.high) == (None, None, None)
    assert (found.turns, found.decided) == (0, 2)


def test_where_it_is_not_reached_the_sign_still_turns() -> None:
    """Second minus first is late at the upper levels: no means there, and a turn between the last two decided levels."""
    levels = np.array([0.0, 5.0, 10.0])
    rng = np.random.default_rng(1)
    gaps = np.array([-9.0, -5.0, 0.0])[:, None] + rng.normal(0.0, 0.5, (3, 10))
    gaps[2] = np.inf
    found = turned(levels, gaps)
    assert (found.value, found.low, found.high) == (7.5, 5.0, 10.0)


def test_not_reached_comes_after_everything_else() -> None:
    """More is worse: a model that is late in all ten seeds of a point loses it; late in both in some seeds is a tie there."""
    values = two_models(np.zeros(3), 10, 1.0, 8)
    values[0, 1] = np.inf
    values[1, :, :5] = np.inf
    values[1, 1, 5:] += 50.0
    values[2, 0, :9] = np.inf
    values[2, 1, 9] = values[2, 0, 9] + 1.0
    found = classify(values, LESS)
    assert found.sides.tolist() == [[PointOwner.FIRST, PointOwner.UNDECIDED, PointOwner.SECOND]]
    assert np.isinf(found.difference[0, [0, 2]]).all()


def test_equal_differences_have_no_spread_and_are_judged_by_their_signs() -> None:
    values = np.zeros((1, 2, 5))
    values[0, 1] = 1.0
    assert differences(values[:, 0], values[:, 1]).p.tolist() == [0.0625]
    assert classify(values, MORE).sides.tolist() == [[PointOwner.UNDECIDED]], (
        "five equal numbers prove nothing"
    )


def test_fewer_seeds_than_a_verdict_takes_decide_nothing() -> None:
    values = two_models(np.full(5, 50.0), FEWEST_SEEDS - 1, 0.1, 3)
    assert not classify(values, MORE).sides.any()
    assert classify(two_models(np.full(5, 50.0), FEWEST_SEEDS, 0.1, 3), MORE).sides.all()


def test_one_parameter_moves_at_a_time() -> None:
    first, second = factor("a", today=4.0), replace(factor("b", today=2.0), whole=True)
    design, places = one_at_a_time((first, second), (second, first), 3)
    assert [str(design.settings(k)) for k in range(len(design))][:2] == ["('a=4', 'b=0')", "('a=4', 'b=2')"]
    assert design.points[places[0], 0].tolist() == [4.0] * 4
    assert design.points[places[0], 1].tolist() == [0.0, 2.0, 5.0, 10.0]
    assert design.points[places[1], 0].tolist() == [0.0, 4.0, 5.0, 10.0]
