"""Paired differences against textbook numbers, and how often they err."""

from __future__ import annotations

import numpy as np
import pytest

from govsim.draws import key, normal
from govsim.results.values import Missing
from govsim.statistics.paired import chance_among_many, holm, interval_at, paired, quotient

SLEEP = (  # Student 1908, hours of sleep gained with two drugs by the same ten patients
    [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0],
    [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4],
)


def test_students_own_example() -> None:
    result = paired(*SLEEP)
    assert result.difference == pytest.approx(1.58)
    assert result.interval == pytest.approx((0.7001142, 2.4598858))
    assert result.p == pytest.approx(0.002832890)
    assert result.correlation == pytest.approx(0.7951702)
    variances = [np.var(x, ddof=1) for x in SLEEP]
    spread = np.var(np.subtract(*SLEEP), ddof=1)
    assert result.gain == pytest.approx(sum(variances) / spread)
    assert result.baseline_range == (-1.6, 3.7)


def test_equal_arms_are_identical() -> None:
    result = paired([1.0, 2.0, 3.0], [1.0, 2.0, 3.0])
    assert result.identical
    assert result.difference == 0.0
    assert result.interval == (0.0, 0.0)
    assert not paired([1.0, 2.0, 3.0], [1.0, 2.0, 3.1]).identical
    assert not paired([1.0, 2.0], [2.0, 1.0]).identical


def test_one_seed_has_no_interval() -> None:
    result = paired([1.0], [2.0])
    assert result.difference == 1.0
    assert result.interval is None
    assert result.p is None


def test_missing_values_are_dropped_in_pairs_and_counted() -> None:
    gone = Missing.NO_BASE
    result = paired([1.0, gone, 3.0], [2.0, 5.0, 4.0])
    assert result.pairs == 2
    assert result.difference == 1.0
    never = paired([gone, gone], [5.0, 6.0])
    assert never.pairs == 0
    assert never.difference is gone
    assert never.baseline is gone
    assert never.other == 5.5


def test_a_quantile_that_some_seed_did_not_reach_is_compared_by_order() -> None:
    result = paired([30.0, Missing.NOT_REACHED, 40.0], [20.0, 25.0, 30.0])
    assert result.pairs == result.seeds == result.other_seeds == 3
    assert result.baseline_seeds == 2
    assert result.p == pytest.approx(2 * 0.5**3)
    assert result.by_order
    assert not result.rises
    assert result.difference is Missing.NOT_REACHED
    assert result.baseline is Missing.NOT_REACHED
    assert result.baseline_spread is None
    assert result.other == 25.0
    assert result.other_spread == 5.0


def test_holm() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.01, None, 0.04]) == [pytest.approx(0.02), None, pytest.approx(0.04)]
    assert holm([0.9, 0.8]) == [1.0, 1.0]


@pytest.mark.slow
def test_equal_arms_with_other_luck() -> None:
    # 400 comparisons of 16 indicators over 20 seeds without any difference. The intervals cover 0 in 95 %:
    # with 6,400 the share lies outside 94-96 % with chance 0.0003. A corrected p below 0.05 occurs in at most
    # 5 % of the comparisons: of 400 more than 33 with chance 0.003 at most. The draws are fixed: no flicker.
    address = key(11, "test.aa")
    noise = np.array([normal(address, np.uint64(i), np.uint64(0)) for i in range(400 * 16 * 40)])
    covered = alarms = 0
    for block in noise.reshape(400, 16, 2, 20):
        results = [paired(a.tolist(), b.tolist()) for a, b in block]
        for result in results:
            assert result.interval is not None
            covered += result.interval[0] <= 0 <= result.interval[1]
        alarms += min(p for p in holm([result.p for result in results]) if p is not None) < 0.05
    assert 0.94 <= covered / 6400 <= 0.96
    assert alarms <= 33


def test_quotient_of_proportional_numbers_is_exact() -> None:
    found = quotient([5.0, 6.0, 7.0], [10.0, 12.0, 14.0])
    assert found.value == pytest.approx(0.5)
    assert found.low == pytest.approx(0.5)
    assert found.high == pytest.approx(0.5)


def test_quotient_covers_the_truth_as_often_as_it_says() -> None:
    """2,000 samples of 8 pairs with true ratio 0.5 and correlated noise: 95 % within what chance allows."""
    draws = np.random.default_rng(5).normal(size=(2000, 3, 8))
    covered = 0
    for common, first, second in draws:
        found = quotient((5 + 0.5 * common + first).tolist(), (10 + common + second).tolist())
        assert found.low is not None
        assert found.high is not None
        covered += found.low <= 0.5 <= found.high
    assert covered / len(draws) == pytest.approx(0.95, abs=0.015)


def test_quotient_of_nothing_has_no_interval() -> None:
    unsure = quotient([1.0, 2.0, 1.5, 2.5], [0.5, -0.4, 0.6, -0.5])
    assert not unsure.bounded
    assert quotient([1.0, Missing.NO_BASE], [1.0, 1.0]).pairs == 1
    assert quotient([1.0, Missing.NOT_REACHED], [1.0, 1.0]).value is Missing.NOT_REACHED
    assert quotient([1.0, 1.0], [0.0, 0.0]).value is Missing.NO_BASE


def test_interval_at_a_chance_is_the_paired_one_at_five_percent() -> None:
    differences = np.random.default_rng(1).normal(1.0, 1.0, 10).tolist()
    usual, rare = interval_at(differences, 0.05), interval_at(differences, 0.001)
    assert usual is not None
    assert rare is not None
    assert paired([0.0] * 10, differences).interval == pytest.approx(usual)
    assert rare[0] < usual[0] < usual[1] < rare[1]
    assert interval_at([1.0], 0.05) is None


def test_chance_among_many_in_the_example_of_its_authors() -> None:
    """Benjamini and Hochberg 1995, section 3.2: fifteen p values, of which four are found."""
    p = [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.3240,
        0.4262,
        0.5719,
        0.6528,
        0.7590,
        1.0,
    ]
    chance = chance_among_many([*p, None])
    assert sum(value <= chance for value in p) == 4
    assert chance == pytest.approx(0.05 * 4 / 15)
    assert chance_among_many([0.9, 0.8]) == pytest.approx(0.025)
    assert chance_among_many([]) == pytest.approx(0.05)
