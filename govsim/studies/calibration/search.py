"""The search for the accepted region: a design, then rounds of runs where the region seems to be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from govsim import draws
from govsim.results.errors import RefusedError
from govsim.runner.options import RunOptions
from govsim.runner.progress import Reporter
from govsim.scenario.studies import LoadedStudy
from govsim.studies.calibration import Runs, Targets, add, empty, rounded, targets_of
from govsim.studies.calibration.emulator import Emulator, independent, learn
from govsim.studies.experiments import of_study

Floats = NDArray[np.float64]

DRAWS = 1024
"""Draws from the region, from which its widths and correlations are read."""
FEWEST = 20
"""Accepted points below which the tolerance is widened until there are as many."""
CHANCE = 2.0
"""Standard deviations between seeds by which a point's own runs may lie outside."""


@dataclass(frozen=True)
class Accepted:
    """Points that were run and are accepted.

    Attributes
    ----------
    points : int64 array
        Indices of points, those of the last round first.
    tolerance : float
        Largest distance from a range that was let pass, in half-widths; 0 where there are points enough inside.
    expected : float64 array, shape (points run, targets)
        Expected values, in the indicators' units.
    distances : float64 array, shape (points run, targets)
        Of the point from each range, in half-widths: of its expected value, or of what its own runs show less what
        chance may explain, whichever is farther; infinite where a run failed.
    """

    points: NDArray[np.int64]
    tolerance: float
    expected: Floats
    distances: Floats

    @property
    def worst(self) -> Floats:
        """Distance of the pattern that is farthest outside, shape (points run,)."""
        return np.asarray(self.distances.max(axis=1))


@dataclass(frozen=True)
class Calibrated:
    """What a calibration found.

    Attributes
    ----------
    study : LoadedStudy
    targets : Targets
    runs : Runs
    emulators : tuple of Emulator
        In the order of the fitted targets.
    drawn : Drawn
        Draws from the region: equally likely before the runs, weighted by the probability that one run lies in all
        ranges.
    accepted : Accepted
    """

    study: LoadedStudy
    targets: Targets
    runs: Runs
    emulators: tuple[Emulator, ...]
    drawn: Drawn
    accepted: Accepted


def calibrate(study: LoadedStudy, options: RunOptions) -> Calibrated | Runs:
    """Search the region; the same call goes on where it was stopped, with the same answer.

    Returns
    -------
    Calibrated, or the runs that are there where it was interrupted.

    Raises
    ------
    RefusedError
        If the study names several models, or a target is unknown or cannot be learnt.
    """
    if len(study.models) != 1:
        raise RefusedError(
            f"{study.label} names {len(study.models)} models: published figures describe one arrangement; name it under models"
        )
    targets = targets_of(study)
    asked = study.study.calibration
    said = options.reporter or Reporter()
    runs = empty(study)
    shares = of_study(study).shares
    emulators: tuple[Emulator, ...] = ()
    for number in range(asked.rounds + 1):
        said.say(
            f"round {number + 1} of {asked.rounds + 1}: {len(shares)} points x {runs.seeds} "
            f"{'run' if runs.seeds == 1 else 'runs'}"
        )
        add(runs, study, rounded(study, shares), options)
        if runs.interrupted:
            return runs
        said.say(f"learning {len(targets.fitted)} indicators from {len(runs.results)} runs")
        emulators = learn_all(targets, runs, emulators)
        drawn = draw(joint(emulators), len(study.factors), DRAWS, study.study.design.seed + number)
        shares = drawn.shares[:: max(1, DRAWS // asked.points)][: asked.points]
    return Calibrated(study, targets, runs, emulators, drawn, accept(targets, runs, emulators))


def learn_all(targets: Targets, runs: Runs, before: Sequence[Emulator] = ()) -> tuple[Emulator, ...]:
    """Learn every fitted indicator from the runs."""
    older: Sequence[Emulator | None] = before or [None] * len(targets.fitted)
    return tuple(
        learn(target, runs.design.shares, runs.values(target.name), old)
        for target, old in zip(targets.fitted, older, strict=True)
    )


def joint(emulators: Sequence[Emulator]) -> Callable[[Floats], Floats]:
    """Return the logarithm of the probability that one run lies in all ranges, as a function of shares.

    The product over indicators, to the power at which it weighs as much as that many independent ones (a composite
    likelihood with its magnitude adjusted: Pauli, Racugno and Ventura, Statistica Sinica 2011, 21, 149-164).
    """
    power = independent(emulators) / len(emulators)
    return lambda shares: np.asarray(power * np.sum([e.log_inside(shares) for e in emulators], axis=0))


def accept(targets: Targets, runs: Runs, emulators: Sequence[Emulator]) -> Accepted:
    """Accept points whose expected values lie in all ranges and whose own runs do not speak against that."""
    shares = runs.design.shares
    expected = np.stack([emulator.mean(shares) for emulator in emulators], axis=1)
    distances = np.empty_like(expected)
    for rank, (target, emulator) in enumerate(zip(targets.fitted, emulators, strict=True)):
        own = target.distance(emulator.at_best(runs.values(target.name), CHANCE))
        distances[:, rank] = np.maximum(
            target.distance(expected[:, rank]), np.where(np.isnan(own), np.inf, own)
        )
    worst = distances.max(axis=1)
    tolerance = float(np.sort(worst)[min(FEWEST, len(worst)) - 1])
    points = np.nonzero(worst <= tolerance)[0]
    latest_first = points[np.argsort(-runs.rounds[points], kind="stable")]
    return Accepted(latest_first, tolerance, expected, distances)


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
