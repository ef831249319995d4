"""Nominal against observed rates of what studies say: sensitivity, sweeps, crossover, find and optimise, on known truth."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from govsim.results.indicators import INDICATORS
from govsim.statistics.paired import chance_among_many
from govsim.studies.crossover import PointOwner, Switch, classify, differences, levels_of, switch
from govsim.studies.find import FoundTarget, Question, search_range
from govsim.studies.optimise.portfolios import mean_gaps, robustness, standing
from govsim.studies.sensitivity import Analysis, Method, Screening, analyse, lay
from govsim.studies.sweep import best, swept
from tests.assurance.battery import Case, Rate, check
from tests.studies.test_design import factor
from tests.studies.test_sweep import experiments

pytestmark = pytest.mark.slow

Floats = NDArray[np.float64]

# --- sensitivity: six parameters, of which the first two move the number; a seed shifts all points alike


@cache
def _screening(method: Method) -> Screening:
    return lay([factor(name) for name in "abcdef"], method, 10 if method == "morris" else 32, 5)


def _screened(
    rng: np.random.Generator, method: Method, drivers: tuple[float, ...], slope: float = 0.0
) -> Analysis:
    """Return the analysis of a linear law with four seeds; ``slope`` is what a seed adds to the effect of the third."""
    screening = _screening(method)
    shares = screening.shares
    law = shares[:, : len(drivers)] @ np.array(drivers)
    seeds = 3.0 * rng.normal(size=4) + slope * shares[:, 2:3] * rng.normal(size=4)
    return analyse(screening, law[:, None] + seeds + 0.25 * rng.normal(size=(len(shares), 4)))


def _names_inert(rng: np.random.Generator, method: Method, slope: float = 0.0) -> bool:
    return any(item.rank > 1 for item in _screened(rng, method, (0.8, 0.4), slope).found)


def _names_driver(rng: np.random.Generator, method: Method) -> bool:
    return any(item.rank == 0 for item in _screened(rng, method, (0.6, 0.4)).found)


def _inert_above_zero(rng: np.random.Generator, method: Method) -> bool:
    (item,) = (item for item in _screened(rng, method, (0.8, 0.4)).ranked if item.rank == 5)
    return item.index > 0


def _bounded(rng: np.random.Generator) -> bool:
    (item,) = (item for item in _screened(rng, "morris", (0.8, 0.2)).ranked if item.rank == 1)
    return item.bound >= 0.2


# --- sweep, crossover: 20 points, three indicators, models that are equal, six seeds

MORE = [item for item in INDICATORS if item.direction == 1][:3]
DAYS = next(item for item in INDICATORS if item.name == "median_days")


def _models(rng: np.random.Generator, models: int = 2, points: int = 20, seeds: int = 6) -> Floats:
    """Return values of equal models with a common effect of each seed, shape (points, models, seeds)."""
    return 5.0 * rng.normal(size=(points, 1, seeds)) + rng.normal(size=(points, models, seeds))


def _best_of_equals(rng: np.random.Generator, models: int) -> bool:
    found = best([_models(rng, models) for _ in MORE], MORE)
    return any((item.winners >= 0).any() for item in found)


def _finds_best(rng: np.random.Generator) -> bool:
    """Return whether a model that is better by five standard errors in half of the points is found at most of these."""
    values = [_models(rng, seeds=10) for _ in MORE]
    values[0][:10, 1] += 5.0 * np.sqrt(2 / 10)
    found = best(values, MORE)[0]
    return bool((found.winners[:10] == 1).mean() > 0.5)


def _late_of_equals(rng: np.random.Generator) -> bool:
    """Return whether one of two equally slow models is called faster; what takes longer than 52 is not reached."""
    values = rng.exponential(40.0, size=(20, 2, 10))
    return bool((classify(np.where(values > 52.0, np.inf, values), DAYS).sides != PointOwner.UNDECIDED).any())


def _late_found(rng: np.random.Generator) -> bool:
    """Return whether a model that does not get there in half of the seeds is found to be slower at most points."""
    first, second = rng.normal(40.0, 4.0, size=(20, 10)), rng.normal(52.0, 4.0, size=(20, 10))
    values = np.stack([np.where(x > 52.0, np.inf, x) for x in (first, second)], axis=1)
    return bool((classify(values, DAYS).sides == PointOwner.FIRST).mean() > 0.5)


def _turn(rng: np.random.Generator, effect: float) -> Switch:
    """Return where the sign turns over eleven levels, five parameters looked at together."""
    levels = levels_of(factor("x", 0.0, 10.0), 11)
    rows = [rng.normal(size=(len(levels), 6)) for _ in range(5)]
    rows[0] += effect * (levels - 4.0)[:, None]
    tests = [differences(np.zeros_like(row), row) for row in rows]
    chance = chance_among_many([p for test in tests for p in test.counted])
    return min(
        (switch(factor("x", 0.0, 10.0), levels, test, 6, chance) for test in tests),
        key=lambda item: item.value is None,
    )


def _false_turn(rng: np.random.Generator) -> bool:
    return _turn(rng, 0.0).value is not None


def _true_turn(rng: np.random.Generator) -> bool:
    found = _turn(rng, 1.0)
    return found.value is not None and abs(found.value - 4.0) < 1.0


def _follows_nothing(rng: np.random.Generator) -> bool:
    """Return whether one of twenty indicators that follow neither parameter is said to follow one."""
    values = [np.repeat(rng.normal(size=(20, 1, 1)), 2, axis=2) for _ in range(20)]
    found = swept(experiments(rng.uniform(size=(20, 2)), *values), [DAYS] * 20)
    return any(item.follows is not None for item in found)


# --- find: from which value on a line that falls from 10 to 0 is at most 5; a line that is flat at the target


def _searched(rng: np.random.Generator, slope: float) -> FoundTarget:
    seeds = rng.normal(size=5)

    def evaluate(values: Sequence[float]) -> Floats:
        at = np.asarray(values)[:, None]
        return np.asarray(5.0 + slope * (5.0 - at) + seeds + 0.3 * rng.normal(size=(len(at), 5)))

    return search_range(evaluate, factor("x", 0, 10), Question(DAYS, True, 5.0))


def _interval_holds(rng: np.random.Generator) -> bool:
    found = _searched(rng, 1.0)
    return (
        (found.first if found.first is not None else 0.0)
        <= 5.0
        <= (found.last if found.last is not None else 10.0)
    )


def _sure_of_flat(rng: np.random.Generator) -> bool:
    found = _searched(rng, 0.0)
    return found.certain and found.where != "from" and found.where != "up to"


# --- optimise: gains of six portfolios over ten districts, in three goals; two seeds in each district


def _gains(rng: np.random.Generator, means: Floats) -> Floats:
    """Return gains with so large a mean, shape (districts, portfolios, seeds, goals); districts and seeds shift all alike."""
    common = rng.normal(size=(10, 1, 2, 3))
    return means[None, :, None, :] + 0.3 * common + rng.normal(size=(10, len(means), 2, 3))


def _equal_loses(rng: np.random.Generator) -> bool:
    """Return whether the first of six equal portfolios, all far better than nothing, seems to lose in some goal."""
    return any(gap.low > 0 for gap in robustness(_gains(rng, np.full((6, 3), 9.0)))[0].loss)


def _loss_above_zero(rng: np.random.Generator) -> bool:
    return robustness(_gains(rng, np.full((6, 3), 9.0)))[0].loss[0].mean > 0


def _loss_within(rng: np.random.Generator) -> bool:
    """Return whether the loss of a portfolio that lacks 4 to the best comes out within 1 of it."""
    means = np.full((6, 3), 9.0)
    means[0] -= 4.0
    return abs(robustness(_gains(rng, means))[0].loss[0].mean - 4.0) < 1.0


def _equal_better(rng: np.random.Generator) -> bool:
    """Return whether one of six portfolios that do nothing is said to be better than doing nothing."""
    rows = mean_gaps(rng.normal(size=(6, 4, 3)))
    return any(standing(row, (0, 1, 2)) in ("better", "mixed") for row in rows)


def _loser_stands(rng: np.random.Generator) -> bool:
    """Return whether a portfolio that is worse by 42 in one goal, by ten standard errors, is called better or undecided."""
    rows = mean_gaps(np.array([-42.0, 0.0, 3.0]) + np.array([8.4, 1.0, 1.0]) * rng.normal(size=(6, 4, 3)))
    return standing(rows[0], (0, 1, 2)) in ("better", "undecided")


CASES = (
    Case("morris inert", "Morris, four seeds: some parameter that does nothing is said to move the number",
         "at most", 0.05, lambda rng: _names_inert(rng, "morris"), 500),
    Case("sobol inert", "Sobol, four seeds: some parameter that does nothing is said to move the number",
         "at most", 0.05, lambda rng: _names_inert(rng, "sobol"), 300),
    Case("morris driver", "Morris, four seeds: a parameter that an F test finds is named", "at least", 0.95,
         lambda rng: _names_driver(rng, "morris"), 500, 0.1),
    Case("sobol driver", "Sobol, four seeds: a parameter that an F test finds is named", "at least", 0.95,
         lambda rng: _names_driver(rng, "sobol"), 300, 0.05),
    Case("morris zero", "Morris: the index of a parameter that does nothing is above zero (noise adds nothing: half of them)",
         "at most", 0.5, lambda rng: _inert_above_zero(rng, "morris"), 500, 1.0),
    Case("sobol zero", "Sobol: the index of a parameter that does nothing is above zero",
         "at most", 0.5, lambda rng: _inert_above_zero(rng, "sobol"), 300, 1.0),
    Case("best of two", "sweep of two equal models, 20 points, 3 indicators, 6 seeds: some model is called best",
         "at most", 0.05, lambda rng: _best_of_equals(rng, 2), 600, 0.97),
    Case("best of three", "sweep of three equal models, likewise", "at most", 0.05,
         lambda rng: _best_of_equals(rng, 3), 300, 0.1),
    Case("follows", "sweep: one of twenty indicators that follow no parameter is said to follow one", "at most", 0.05,
         _follows_nothing, 100),
    Case("best found", "sweep: a model that is better by five standard errors at half of the points is best at most of them",
         "at least", 0.9, _finds_best, 300),
    Case("late equals", "two equally slow models, a third of runs not reached, 20 points: some point is called",
         "at most", 0.05, _late_of_equals, 600),
    Case("late found", "a model that is not there in half of the runs is found to be slower at most points",
         "at least", 0.9, _late_found, 300, 0.0),
    Case("false turn", "no effect, five parameters at eleven values: a switching value is printed", "at most", 0.05,
         _false_turn, 600, 1.0),
    Case("true turn", "a difference that changes sign: a switching value within a tenth of the range of it", "at least", 0.9,
         _true_turn, 300),
    Case("find holds", "find: the true value lies in the interval in brackets", "at least", 0.95, _interval_holds, 300),
    Case("find flat", "find: an indicator that is on the target at every value is said to meet or miss it for certain",
         "at most", 0.05, _sure_of_flat, 300),
    Case("equal loss", "optimise: one of six equal portfolios has an expected loss above zero in some of three goals",
         "at most", 0.05, _equal_loses, 400),
    Case("loss sign", "optimise: the expected loss of one of six equal portfolios is above zero (half of them, if it is none)",
         "at most", 0.5, _loss_above_zero, 400, 1.0),
    Case("loss size", "optimise: an expected loss of 4 comes out between 3 and 5", "at least", 0.95, _loss_within, 300),
    Case("equal better", "optimise: one of six portfolios that change nothing is better than doing nothing in a goal",
         "at most", 0.05, _equal_better, 600),
    Case("loser", "optimise: a portfolio that is worse by ten standard errors in one goal is called better or undecided",
         "at most", 0.05, _loser_stands, 300, 1.0),
    Case("bound", "an effect is smaller than the bound that stands beside it", "at least", 0.95, _bounded, 500),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_rate(case: Case) -> None:
    check(case)


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.before is not None], ids=lambda case: case.name
)
def test_the_rule_that_was_replaced_would_fail(case: Case) -> None:
    assert case.before is not None
    assert not Rate(round(case.before * case.trials), case.trials).keeps(case)
