"""Kaplan-Meier against hand-computed examples and closed cases."""

from __future__ import annotations

import numpy as np
import pytest

from govsim.results.estimate import product_limit
from govsim.results.values import Missing


def test_without_open_cases_it_is_the_empirical_distribution() -> None:
    time = np.array([5.0, 1.0, 3.0, 3.0, 9.0])
    curve = product_limit(time, np.ones(5, dtype=bool))
    for t in (0.0, 1.0, 2.9, 3.0, 5.0, 8.0, 9.0):
        assert curve.at(np.array([t]))[0] == pytest.approx((time > t).mean())
    assert curve.quantile(0.5) == 3.0


def test_hand_computed_with_ties_and_open_cases() -> None:
    # 6 cases: event at 2, event and open at 3, open at 4, event at 5, open at 6.
    # S(2) = 5/6, S(3) = 5/6 * 4/5 = 2/3, S(5) = 2/3 * 1/2 = 1/3.
    time = np.array([2.0, 3.0, 3.0, 4.0, 5.0, 6.0])
    event = np.array([True, True, False, False, True, False])
    curve = product_limit(time, event)
    assert curve.survival == pytest.approx([5 / 6, 2 / 3, 1 / 3])
    assert curve.at_risk.tolist() == [6, 5, 2]
    assert curve.quantile(0.5) == 5.0
    assert curve.quantile(0.9) is Missing.NOT_REACHED


def test_freireich_remission_data() -> None:
    # 6-mercaptopurine arm of Freireich et al. 1963, the standard textbook example: median 23 weeks.
    time = [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    event = np.array([True] * 9 + [False] * 12)
    curve = product_limit(np.array(time, dtype=float), event)
    expected = [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    assert curve.survival == pytest.approx(expected, abs=5e-5)
    assert curve.quantile(0.5) == 23.0


def test_overload_does_not_look_fast() -> None:
    # Ten cases closed in a day, thirty still waiting: the mean over closed cases would say one day.
    curve = product_limit(np.array([1.0] * 10 + [50.0] * 30), np.array([True] * 10 + [False] * 30))
    assert curve.quantile(0.5) is Missing.NOT_REACHED
    assert curve.quantile(0.25) == 1.0


def test_a_half_that_is_reached_exactly_counts_as_reached() -> None:
    # 49 factors whose product is 1/2 only up to rounding.
    curve = product_limit(np.arange(98, dtype=float), np.arange(98) < 49)
    assert curve.quantile(0.5) == 48.0


def test_no_cases() -> None:
    curve = product_limit(np.empty(0), np.empty(0, dtype=bool))
    assert curve.quantile(0.5) is Missing.NO_BASE
    assert curve.at(np.array([0.0, 3.0])).tolist() == [1.0, 1.0]
