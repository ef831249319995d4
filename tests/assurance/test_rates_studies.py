"""Nominal against observed rates of what studies say: sensitivity, sweeps, crossover, find and optimise, on known truth."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from govsim.study.sensitivity import Analysis, Method, Screening, analyse, lay
from tests.assurance.battery import Case, check
from tests.study.test_design import factor

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
    Case("bound", "an effect is smaller than the bound that stands beside it", "at least", 0.95, _bounded, 500),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_rate(case: Case) -> None:
    check(case)
