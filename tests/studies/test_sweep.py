"""What a sweep says: ranges with what was not reached, what an indicator follows, and which model is best."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from govsim.results.indicators import INDICATORS
from govsim.studies.experiments import Design, Experiments
from govsim.studies.sweep import NO_VALUE, UNDECIDED, best, swept
from tests.studies.test_design import factor

DAYS = next(item for item in INDICATORS if item.name == "median_days")
MORE = next(item for item in INDICATORS if item.direction == 1)


class Swept:
    """Stands for experiments: points of two parameters and one array of values for every indicator asked for."""

    def __init__(self, points: NDArray[np.float64], values: list[NDArray[np.float64]]) -> None:
        self.design = Design((factor("a"), factor("b")), points)
        self.models = ("one",) * values[0].shape[1]
        self._values = iter(np.repeat(values, values[0].shape[1], axis=0))

    def ordered(self, indicator: str) -> NDArray[np.float64]:
        return next(self._values)


def experiments(points: NDArray[np.float64], *values: NDArray[np.float64]) -> Experiments:
    return cast("Experiments", cast("Any", Swept(points, list(values))))


def test_what_was_not_reached_counts_as_the_largest() -> None:
    points = np.random.default_rng(0).uniform(size=(12, 2))
    values = np.repeat((10 + 80 * points[:, :1])[:, None], 3, axis=2)
    values[values > 60] = np.inf
    values[0] = np.nan
    (found,) = swept(experiments(points, values), [DAYS])
    late = int((10 + 80 * points[1:, 0] > 60).sum())
    assert (found.points, found.late) == (11, late)
    assert found.low == pytest.approx(10 + 80 * points[1:, 0].min())
    assert np.isinf(found.high)
    assert found.follows == 0
    assert found.correlation > 0.8


def test_what_is_followed_is_corrected_over_all_indicators() -> None:
    """A correlation that is clear alone is not among two hundred."""
    rng = np.random.default_rng(5)
    points = rng.uniform(size=(12, 2))
    one = np.repeat((points[:, :1] + 0.3 * rng.normal(size=(12, 1)))[:, None], 2, axis=2)
    noise = [np.repeat(rng.normal(size=(12, 1, 1)), 2, axis=2) for _ in range(199)]
    assert swept(experiments(points, one), [MORE])[0].follows == 0
    assert swept(experiments(points, one, *noise), [MORE] * 200)[0].follows is None


def test_best_needs_a_value_of_every_run_and_two_seeds() -> None:
    values = np.zeros((3, 2, 8))
    values[:, 1] = 5.0 + np.random.default_rng(1).normal(size=(3, 8))
    values[2, 0, 3] = np.nan
    assert best([values], [MORE])[0].winners.tolist() == [1, 1, NO_VALUE]
    assert best([values[:, :, :1]], [MORE])[0].winners.tolist() == [UNDECIDED] * 3
    with pytest.raises(ValueError, match="neither better nor worse"):
        best([values], [next(item for item in INDICATORS if item.direction == 0)])
