"""Designs: points in the ranges of parameters, the same for the same study whatever machine lays them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from govsim.scenario.studies import Factor, LoadedStudy


@dataclass(frozen=True)
class Design:
    """Points at which a scenario is run.

    Attributes
    ----------
    factors : tuple of Factor
    points : float64 array, shape (points, factors)
        In the units of the parameters.
    """

    factors: tuple[Factor, ...]
    points: NDArray[np.float64]

    def settings(self, point: int) -> tuple[str, ...]:
        """Return the ``--set`` arguments of a point."""
        return tuple(f.setting(value) for f, value in zip(self.factors, self.points[point], strict=True))

    @property
    def shares(self) -> NDArray[np.float64]:
        """Points as shares of the ranges, 0-1, same shape."""
        low = np.array([factor.low for factor in self.factors])
        high = np.array([factor.high for factor in self.factors])
        return np.asarray((self.points - low) / (high - low))

    def __len__(self) -> int:
        return len(self.points)


def from_shares(factors: Sequence[Factor], shares: NDArray[np.float64]) -> Design:
    """Return a design from shares of the ranges, shape (points, factors), 0-1."""
    points = [[factor.at(share) for factor, share in zip(factors, row, strict=True)] for row in shares]
    return Design(tuple(factors), np.array(points, np.float64).reshape(len(shares), len(factors)))


def space_filling(
    factors: Sequence[Factor], points: int, kind: Literal["sobol", "latin_hypercube"], seed: int
) -> Design:
    """Return a scrambled Sobol sequence or a Latin hypercube (scipy.stats.qmc)."""
    from scipy.stats import qmc

    if kind == "latin_hypercube":
        return from_shares(factors, qmc.LatinHypercube(len(factors), rng=seed).random(points))
    power = max(points - 1, 0).bit_length()  # a Sobol sequence is balanced at powers of two
    return from_shares(factors, qmc.Sobol(len(factors), rng=seed).random_base2(power)[:points])


def grid(factors: Sequence[Factor], levels: int) -> Design:
    """Return every combination of equally spaced levels; a parameter of whole numbers has no more levels than values."""
    axes = []
    for factor in factors:
        values = np.linspace(factor.low, factor.high, levels)
        axes.append(np.unique(np.round(values)) if factor.whole else values)
    return Design(tuple(factors), np.array(list(itertools.product(*axes)), np.float64))


def of_study(study: LoadedStudy) -> Design:
    """Return the design that a study asks for."""
    asked = study.study.design
    if asked.kind == "list":
        return Design(study.factors, np.array(study.listed, np.float64))
    if asked.kind == "grid":
        return grid(study.factors, asked.levels)
    return space_filling(study.factors, asked.points, asked.kind, asked.seed)
