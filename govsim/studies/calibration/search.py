"""The search for the accepted region: a design, then rounds of runs where the region seems to be.

A Gaussian process learns one indicator from the runs: what a further run would show, and how surely
(Kennedy and O'Hagan, J. R. Stat. Soc. B 2001, 63, 425-464), by scikit-learn.
Every run is a row of its own, so that the noise the process finds is the chance between seeds.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from govsim import draws
from govsim.results.errors import RefusedError
from govsim.runner.options import RunOptions
from govsim.runner.progress import Reporter
from govsim.scenario.studies import LoadedStudy
from govsim.studies.calibration import Runs, Target, Targets, add, empty, rounded, targets_of
from govsim.studies.experiments import of_study

if TYPE_CHECKING:
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import Kernel

Floats = NDArray[np.float64]

_LENGTHS = (0.5, 50.0)
"""Shortest and longest scale, in widths of the ranges: anything rougher is taken for chance between seeds."""
_LEAST_ROWS = 12
_FOLDS = 4
_MOST_MISSING = 0.2
_NINETY = 1.6448536269514722
"""Standard deviations on either side that hold 90 % of a normal distribution."""


@dataclass(frozen=True)
class Emulator:
    """What was learnt of one indicator.

    Attributes
    ----------
    target : Target
    noise : float
        Standard deviation between seeds, in the scale that was learnt.
    logarithm : bool
        Whether logarithms were learnt.
    explained : float
        Share of the variance over runs that left out runs are predicted with.
    errors : float64 array, shape (runs,)
        Of runs that were left out, in the standard deviations expected of them; NaN where there is no value.
    widened : float
        Factor on standard deviations, 1 or more: scales that are fitted to few runs promise more than they hold.
    """

    target: Target
    noise: float
    logarithm: bool
    explained: float
    errors: Floats
    widened: float
    _middle: float
    _scale: float
    _process: GaussianProcessRegressor

    @property
    def runs(self) -> tuple[int, int]:
        """Runs that it was learnt from, and all that there were: the others have no value."""
        return int(np.isfinite(self.errors).sum()), self.errors.size

    @property
    def covered(self) -> float:
        """Share of left out runs that lie in their 90 % interval."""
        there = self.errors[np.isfinite(self.errors)]
        return float((np.abs(there) <= _NINETY).mean())

    def expected(self, shares: Floats) -> tuple[Floats, Floats]:
        """Return mean and standard deviation of one further run, in the scale that was learnt, shapes (points,)."""
        mean, deviation = self._process.predict(shares, return_std=True)
        return mean * self._scale + self._middle, deviation * self._scale * self.widened

    def mean(self, shares: Floats) -> Floats:
        """Return the expected value in the indicator's unit, shape (points,)."""
        mean = self._process.predict(shares) * self._scale + self._middle
        return np.asarray(np.exp(mean) if self.logarithm else mean)

    def log_inside(self, shares: Floats) -> Floats:
        """Return the logarithm of the probability that one run lies in the range, shape (points,)."""
        from scipy.special import log_ndtr

        mean, deviation = self.expected(shares)
        low, high = self._ends()
        lower, upper = (low - mean) / deviation, (high - mean) / deviation
        flip = lower > 0  # differences of tails are taken on the side where they are not lost to rounding
        lower, upper = np.where(flip, -upper, lower), np.where(flip, -lower, upper)
        above, below = log_ndtr(upper), log_ndtr(lower)
        with np.errstate(divide="ignore"):
            return np.asarray(above + np.log1p(-np.exp(below - above)))

    def at_best(self, values: Floats, deviations: float) -> Floats:
        """Return the mean of a point's runs, moved towards the range by so many standard deviations of that mean.

        Parameters
        ----------
        values
            Shape (points, seeds); NaN gives NaN.
        """
        learnt = (np.log(values) if self.logarithm else values).mean(axis=1)
        allowed = deviations * self.noise / np.sqrt(values.shape[1])
        nearest = np.clip(np.clip(learnt, *self._ends()), learnt - allowed, learnt + allowed)
        return np.asarray(np.exp(nearest) if self.logarithm else nearest)

    def around(self, value: float, width: float) -> Emulator:
        """Return the same with a range around a value: ``width`` standard deviations of one run to either side."""
        middle, half = float(np.log(value)) if self.logarithm else value, width * self.noise
        ends = (middle - half, middle + half)
        low, high = (float(np.exp(end)) for end in ends) if self.logarithm else ends
        return replace(self, target=Target(self.target.indicator, low, high))

    def _ends(self) -> tuple[float, float]:
        low, high = self.target.low, self.target.high
        if not self.logarithm:
            return low, high
        with np.errstate(divide="ignore"):
            return float(np.log(max(low, 0.0))), float(np.log(max(high, 0.0)))


def learn(target: Target, shares: Floats, values: Floats, before: Emulator | None = None) -> Emulator:
    """Learn an indicator from runs, or its logarithm where that makes the runs likelier.

    Parameters
    ----------
    shares
        Points as shares of the ranges, shape (points, parameters).
    values
        Of the indicator, shape (points, seeds); NaN where there is none.
    before
        Learnt from fewer runs; its scales are where the search for better ones begins.

    Raises
    ------
    RefusedError
        If there are too few values.
    """
    from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel

    rows = np.repeat(shares, values.shape[1], axis=0)
    flat = values.ravel()
    there = np.isfinite(flat)
    if there.sum() < _LEAST_ROWS or 1 - there.mean() > _MOST_MISSING:
        raise RefusedError(
            f"{target.name} has a value in {there.sum()} of {flat.size} runs: too few to learn it from "
            f"(at least {_LEAST_ROWS} runs and {1 - _MOST_MISSING:.0%} of them)"
        )
    rows, flat = rows[there], flat[there]
    start = before._process.kernel_ if before else (
        ConstantKernel(1.0, (1e-3, 1e3)) * RBF(np.ones(rows.shape[1]), _LENGTHS) + WhiteKernel(0.1, (1e-4, 2.0))
    )  # fmt: skip

    def fitted(logarithm: bool) -> tuple[float, bool, float, float, GaussianProcessRegressor]:
        learnt = np.log(flat) if logarithm else flat
        middle, scale = float(learnt.mean()), float(learnt.std()) or 1.0
        process = _fit(start, rows, (learnt - middle) / scale)
        density = process.log_marginal_likelihood_value_ - len(flat) * np.log(scale)
        return density - (np.log(flat).sum() if logarithm else 0.0), logarithm, middle, scale, process

    found = [fitted(False), *([fitted(True)] if flat.min() > 0 else [])]
    _, logarithm, middle, scale, process = max(found, key=lambda each: each[0])
    explained, left_out = _left_out(
        process, np.repeat(np.arange(len(values)), values.shape[1])[there] % _FOLDS
    )
    widened = max(1.0, float(np.sqrt((left_out**2).mean())))
    errors = np.full(values.size, np.nan)
    errors[there] = left_out / widened
    noise = float(np.sqrt(process.kernel_.k2.noise_level)) * scale
    return Emulator(target, noise, logarithm, explained, errors, widened, middle, scale, process)


def _fit(kernel: Kernel, rows: Floats, values: Floats) -> GaussianProcessRegressor:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.gaussian_process import GaussianProcessRegressor

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a scale at its bound does nothing
        return GaussianProcessRegressor(kernel, random_state=0).fit(rows, values)


def _left_out(process: GaussianProcessRegressor, fold: NDArray[np.int64]) -> tuple[float, Floats]:
    """Return how well runs are predicted from the other folds, whose scales are learnt anew, and by how much each is missed.

    Leaving out single runs at scales that they helped to fit would flatter (Hastie, Tibshirani and Friedman, The
    Elements of Statistical Learning, 2009, section 7.10).

    Parameters
    ----------
    fold
        Of each run, shape (runs,); all runs of a point are in the same.
    """
    rows, values = process.X_train_, process.y_train_
    means, deviations = np.empty(len(values)), np.empty(len(values))
    for number in range(_FOLDS):
        out = fold == number
        again = _fit(process.kernel_, rows[~out], values[~out])
        means[out], deviations[out] = again.predict(rows[out], return_std=True)
    spread = float(values.var())
    explained = 1 - float(((values - means) ** 2).mean()) / spread if spread else 1.0
    return explained, np.asarray((values - means) / deviations)


def independent(emulators: Sequence[Emulator]) -> float:
    """Return how many independent indicators the chance between seeds is worth, 1 to their number.

    A backlog that grows by chance moves waiting, satisfaction and burnout at once; counted as three, one district
    would say more than it does. From the correlations R of what the runs left out miss by: n^2 / sum of R^2, the
    participation ratio of its eigenvalues.
    """
    errors = np.stack([emulator.errors for emulator in emulators], axis=1)
    common = errors[np.isfinite(errors).all(axis=1)]
    if len(common) <= 2 or len(emulators) == 1:
        return 1.0
    spread = common - common.mean(axis=0)
    length = np.sqrt((spread**2).sum(axis=0))
    scaled = np.divide(spread, length, out=np.zeros_like(spread), where=length > 0)
    correlations = scaled.T @ scaled
    np.fill_diagonal(correlations, 1.0)
    return len(emulators) ** 2 / float((correlations**2).sum())


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
        drawn = draw_density(joint(emulators), len(study.factors), DRAWS, study.study.design.seed + number)
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


def draw_density(log_density: Callable[[Floats], Floats], dimensions: int, size: int, seed: int) -> Drawn:
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
