"""Fronts, standings and robustness on numbers whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from govsim.study.optimise.front import gaps, non_dominated, order, robustness, shortfalls, shortlist


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


def test_three_standings_and_who_cannot_be_told_apart() -> None:
    stand = order(noisy([[5.0, 0.0], [0.0, 5.0], [4.0, -1.0], [5.01, -0.01]]))
    assert stand.standing == ["stands", "stands", "dominated", "stands"]
    assert stand.alike == [(0, 3)]
    assert stand.beaten_by[2] == [0, 3]


def test_better_where_told_apart_but_worse_in_a_mean_is_undecided() -> None:
    stand = order(noisy([[5.0, 0.0], [4.0, 0.01]]))
    assert stand.standing == ["stands", "undecided"]
    assert stand.beaten_by == [[], [0]]


def test_one_seed_tells_nothing_apart() -> None:
    stand = order(noisy([[5.0, 0.0], [0.0, -5.0]], seeds=1))
    assert stand.standing == ["stands", "stands"]
    assert stand.alike == [(0, 1)]


def test_gaps_widen_when_more_is_looked_at() -> None:
    differences = noisy([[1.0, 0.0]], noise=0.3)
    alone = gaps(differences[:, :, :1])[0][0]
    among = gaps(np.concatenate([differences, noisy([[0.0, 0.0]] * 30, noise=0.3)]))[0][0]
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
    first, second = robustness(gains)
    assert first.undominated == pytest.approx(2 / 3)  # the third district: worse than nothing in both goals
    assert second.undominated == pytest.approx(2 / 3)  # the second: worse than the first in both
    assert first.better.tolist() == pytest.approx([2 / 3, 0.0])
    assert first.worst.tolist() == [-1.0, -1.0]
    assert second.middle.tolist() == [2.0, -2.0]
    assert 0.0 < first.regret < first.worst_regret <= 1.0
