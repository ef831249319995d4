"""Fronts, standings and robustness on numbers whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from govsim.studies.optimise.portfolios import (
    losses,
    mean_gaps,
    non_dominated,
    pareto_order,
    robustness,
    shortfalls,
    shortlist,
    standing,
)


def test_the_front_is_what_no_other_row_beats() -> None:
    gains = np.array([[0.0, 3.0], [1.0, 2.0], [1.0, 1.0], [3.0, 0.0], [3.0, 0.0], [2.0, 0.5], [0.0, 0.0]])
    assert non_dominated(gains).tolist() == [True, True, False, True, True, True, False]


def test_equal_rows_do_not_beat_each_other() -> None:
    assert non_dominated(np.ones((3, 2))).all()


def noisy(means: list[list[float]], seeds: int = 8, noise: float = 0.05) -> np.ndarray:
    """Gains of shape (portfolios, seeds, goals) with the given means and a common pattern of noise that is not paired away."""
    rows = np.arange(len(means))[:, None, None]
    pattern = np.sin(1.7 * np.arange(seeds)[None, :, None] * (rows + 2) + np.arange(len(means[0])))
    pattern = pattern - pattern.mean(axis=1, keepdims=True)
    return np.array(means)[:, None, :] + noise * pattern


def test_who_is_beaten_and_who_is_undecided() -> None:
    stand = pareto_order(noisy([[5.0, 0.0], [0.0, 5.0], [4.0, -1.0], [5.01, -0.01]]))
    assert stand.beaten_by == [[], [], [0, 3], []]
    assert stand.undecided == [(0, 3)]


def test_better_where_told_apart_but_worse_in_a_mean_does_not_beat() -> None:
    assert pareto_order(noisy([[5.0, 0.0], [4.0, 0.01]])).beaten_by == [[], []]


def test_one_seed_tells_nothing_apart() -> None:
    stand = pareto_order(noisy([[5.0, 0.0], [0.0, -5.0]], seeds=1))
    assert stand.beaten_by == [[], []]
    assert stand.undecided == [(0, 1)]


def test_equal_differences_carry_no_verdict_below_what_the_sign_test_needs() -> None:
    few, many = (mean_gaps(np.full((1, seeds, 1), 5.0))[0][0] for seeds in (3, 8))
    assert (few.sign, many.sign) == (0, 1)
    assert np.isinf(few.high)
    assert mean_gaps(np.zeros((1, 3, 1)))[0][0].high == 0.0


def test_four_standings_to_doing_nothing_costs_aside() -> None:
    """The third goal is a cost: what it takes does not make a portfolio worse."""
    rows = mean_gaps(noisy([[5.0, 0.0, -9.0], [5.0, -5.0, -9.0], [-42.0, 0.0, -9.0], [0.0, 0.0, -9.0]]))
    assert [standing(row, (0, 1)) for row in rows] == ["better", "mixed", "worse", "undecided"]


def test_gaps_widen_when_more_is_looked_at() -> None:
    differences = noisy([[1.0, 0.0]], noise=0.3)
    alone = mean_gaps(differences[:, :, :1])[0][0]
    among = mean_gaps(np.concatenate([differences, noisy([[0.0, 0.0]] * 30, noise=0.3)]))[0][0]
    assert alone.sign == among.sign == 1
    assert among.high - among.low > 1.2 * (alone.high - alone.low)
    assert alone.mean == pytest.approx(1.0)


def test_shortfalls_are_shares_of_the_range_and_flat_goals_count_nothing() -> None:
    lacks = shortfalls(np.array([[0.0, 7.0], [10.0, 7.0], [4.0, 7.0]]))
    assert lacks.tolist() == [[1.0, 0.0], [0.0, 0.0], [0.6, 0.0]]


def test_the_shortlist_begins_with_the_even_one_then_the_best_in_each_goal() -> None:
    gains = np.array(
        [[10.0, 0.0, 0.0], [0.0, 10.0, -1.0], [6.0, 6.0, -2.0], [6.0, 6.1, -2.1], [0.0, 0.0, 1.0]]
    )
    chosen = shortlist(gains, heads=[0, 1], most=4)
    lacks = shortfalls(gains)
    assert chosen[0] == int(np.lexsort((lacks.mean(axis=1), lacks.max(axis=1)))[0])
    assert {0, 1} <= set(chosen)
    assert 4 in chosen, "what differs most comes before a near copy"
    assert len(shortlist(gains, heads=[0, 1], most=2)) == 2
    assert shortlist(np.zeros((0, 2)), [0], 3) == []


def test_robustness_counts_districts() -> None:
    gains = np.array([
        [[1.0, -1.0], [2.0, -2.0]],
        [[1.0, -1.0], [0.5, -2.0]],
        [[-1.0, -1.0], [3.0, -2.0]],
    ])  # fmt: skip
    first, second = robustness(np.repeat(gains[:, :, None], 2, axis=2))
    assert first.better == pytest.approx([2 / 3, 0.0])
    assert first.change[0].mean == pytest.approx(1 / 3)
    assert second.change[0].mean == pytest.approx(5.5 / 3)
    assert first.loss[0].mean == pytest.approx((1.0 + 0.0 + 4.0) / 3)  # in the unit of the goal
    assert second.loss[0].mean == pytest.approx(0.5 / 3)
    assert [item.loss[1].mean for item in (first, second)] == [1.0, 2.0]  # doing nothing is best there


def test_one_seed_tells_no_loss() -> None:
    assert np.isnan(losses(np.zeros((2, 3, 1, 2)))).all()
    assert losses(np.zeros((2, 3, 4, 2))).tolist() == np.zeros((2, 3, 2)).tolist()
