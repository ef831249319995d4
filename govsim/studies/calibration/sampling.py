"""Draws from a density over the unit cube that is known up to a factor.

Annealed importance sampling with resampling (Neal, Statistics and Computing 2001, 11, 125-139; Del Moral, Doucet and
Jasra, J. R. Stat. Soc. B 2006, 68, 411-436): from a Sobol sequence over the whole cube towards the density, in steps
after each of which half of the draws still count, with Metropolis moves in between.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from govsim import draws

Floats = NDArray[np.float64]

_KEPT = 0.5
"""Share of draws that still count after a step."""
_MOVES = 6
_LAST_MOVES = 18
_STEP = 2.38
"""Over the root of the dimension: the best scale of random-walk moves (Roberts, Gelman and Gilks 1997)."""
_WANTED = 0.234
"""Share of moves that are taken when their scale is best (ditto)."""
_NARROWEST = 1e-9
_MOST_STEPS = 200


@dataclass(frozen=True)
class Drawn:
    """Draws, all of the same weight.

    Attributes
    ----------
    shares : float64 array, shape (draws, dimensions)
        In the unit cube.
    log_density : float64 array, shape (draws,)
        Up to a constant.
    log_mass : float
        Logarithm of the mean density over the cube.
    """

    shares: Floats
    log_density: Floats
    log_mass: float


def draw(log_density: Callable[[Floats], Floats], dimensions: int, size: int, seed: int) -> Drawn:
    """Draw from a density.

    Parameters
    ----------
    log_density
        From points of shape (n, dimensions) to shape (n,).
    size
        Number of draws, a power of two.
    """
    from scipy.stats import qmc

    points = qmc.Sobol(dimensions, rng=seed).random_base2(size.bit_length() - 1)
    logs = log_density(points)
    reached, mass, scale, step = 0.0, 0.0, 1.0, 0
    while reached < 1.0:
        step += 1
        further = _further(logs, reached) if step < _MOST_STEPS else 1.0
        weights = (further - reached) * logs
        mass += float(np.log(np.mean(np.exp(weights - weights.max())))) + float(weights.max())
        chosen = _resampled(weights, _uniforms(seed, "resample", step, 1)[0])
        points, logs, reached = points[chosen], logs[chosen], further
        covariance = np.atleast_2d(np.cov(points.T)) + _NARROWEST * np.eye(dimensions)
        root = np.linalg.cholesky(covariance) * _STEP / np.sqrt(dimensions)
        for move in range(_MOVES if reached < 1.0 else _LAST_MOVES):
            tick = step * 1000 + move
            points, logs, taken = _moved(log_density, points, logs, reached, scale * root, seed, tick)
            scale *= float(np.exp(taken - _WANTED))
    return Drawn(points, logs, mass)


def _further(logs: Floats, reached: float) -> float:
    """Return the power of the density up to which enough draws still count."""

    def counting(power: float) -> float:
        weights = np.exp((power - reached) * (logs - logs.max()))
        return float(weights.sum() ** 2 / (weights**2).sum() / len(logs))

    if counting(1.0) >= _KEPT:
        return 1.0
    low, high = reached, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if counting(middle) >= _KEPT else (low, middle)
    return high


def _resampled(weights: Floats, shift: float) -> NDArray[np.int64]:
    """Return indices drawn in proportion to the weights, at even steps (Carpenter, Clifford and Fearnhead 1999)."""
    ends = np.cumsum(np.exp(weights - weights.max()))
    at = (np.arange(len(weights)) + shift) / len(weights) * ends[-1]
    return np.asarray(np.minimum(np.searchsorted(ends, at, side="right"), len(weights) - 1))


def _moved(
    log_density: Callable[[Floats], Floats], points: Floats, logs: Floats, power: float, root: Floats, seed: int, tick: int
) -> tuple[Floats, Floats, float]:  # fmt: skip
    from scipy.special import ndtri

    size, dimensions = points.shape
    even = _uniforms(seed, "move", tick, size * (dimensions + 1)).reshape(size, dimensions + 1)
    proposed = points + ndtri(np.clip(even[:, :-1], 1e-16, None)) @ root.T
    inside = ((proposed >= 0) & (proposed <= 1)).all(axis=1)
    there = np.full(size, -np.inf)
    if inside.any():
        there[inside] = log_density(proposed[inside])
    taken = np.log(np.maximum(even[:, -1], 1e-300)) < power * (there - logs)
    return np.where(taken[:, None], proposed, points), np.where(taken, there, logs), float(taken.mean())


def _uniforms(seed: int, purpose: str, tick: int, size: int) -> Floats:
    out = np.empty(size)
    draws.fill_uniform(draws.key(seed, f"calibration.{purpose}", tick), np.arange(size, dtype=np.uint64), out)
    return out
