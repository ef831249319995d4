"""A Gaussian process that learns one indicator from the runs: what a further run would show, and how surely.

Gaussian-process emulation of a simulator (Kennedy and O'Hagan, J. R. Stat. Soc. B 2001, 63, 425-464), by scikit-learn.
Every run is a row of its own, so that the noise the process finds is the chance between seeds.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from govsim.results.errors import RefusedError
from govsim.studies.calibration import Target

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
