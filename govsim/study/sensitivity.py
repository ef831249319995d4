"""Which parameters an indicator follows, told from chance: Morris screening and Sobol indices with a dummy parameter.

Indices of a noisy model are in good part noise: an inert parameter may seem to explain half of everything. So each point is run
with several seeds, the same everywhere, and a dummy parameter is carried along that changes nothing but the seeds: what it
appears to do is what chance does, and a parameter counts only if it does more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from govsim.scenario.studies import Factor
from govsim.study.design import Design, from_shares
from govsim.study.statistics import CONFIDENCE, holm

Method = Literal["morris", "sobol"]
_LEVELS = 4
"""Levels of a Morris design; half of them are left out of a step, as Morris (1991) advises."""
_RESAMPLES = 1000


@dataclass(frozen=True)
class Screening:
    """Where to run, for indices of every parameter and of a dummy.

    Attributes
    ----------
    method : str
        ``morris`` (Morris 1991; Campolongo et al. 2007) or ``sobol`` (Saltelli et al. 2010).
    design : Design
        Points in the units of the parameters.
    shares : float64 array, shape (points, factors + 1)
        As sampled, 0-1; the last column is the dummy.
    fresh : bool array, shape (points,)
        Points that are run with the second set of seeds.
    size : int
        Trajectories of Morris, base points of Sobol.
    seed : int
        Of the design.
    """

    method: Method
    design: Design
    shares: NDArray[np.float64]
    fresh: NDArray[np.bool_]
    size: int
    seed: int


@dataclass(frozen=True)
class Influence:
    """What one parameter does to one number.

    Attributes
    ----------
    rank : int
        Place of the parameter among the factors of the study; -1 for the dummy.
    index, low, high : float
        Of Morris, the mean size of elementary effects: change of the number from one end of the parameter's range
        to the other, in the number's unit. Of Sobol, the total index: share of variance, 0-1. With its 95 % interval.
    lean : float
        Of Morris, the mean elementary effect with its sign. Of Sobol, the first-order index.
    spread : float
        Of Morris, the standard deviation of elementary effects: how much the effect depends on the other parameters.
        Of Sobol, total minus first-order index.
    p : float
        One-sided, corrected over the parameters (Holm): chance to see so much more than the dummy if there were no more.
    above : bool
        Whether it does more than chance.
    """

    rank: int
    index: float
    low: float
    high: float
    lean: float
    spread: float
    p: float
    above: bool


@dataclass(frozen=True)
class Analysis:
    """Influences on one number.

    Attributes
    ----------
    noise_single, noise_mean : float
        Share of variance that is between seeds at one point: of a single run, and of the mean over the seeds.
    ranked : tuple of Influence
        The largest index first.
    dummy : Influence
        The floor.
    """

    noise_single: float
    noise_mean: float
    ranked: tuple[Influence, ...]
    dummy: Influence

    @property
    def inert(self) -> tuple[Influence, ...]:
        """Parameters that cannot be told from chance."""
        return tuple(item for item in self.ranked if not item.above)


def lay(factors: Sequence[Factor], method: Method, size: int, seed: int) -> Screening:
    """Return the points of a screening.

    Parameters
    ----------
    size
        Trajectories of Morris, of ``factors + 2`` points each; base points of Sobol, of ``factors + 3`` points each.

    Raises
    ------
    ValueError
        If ``size`` is below 2.
    """
    if size < 2:
        raise ValueError("a screening needs two trajectories or base points at least")
    count = len(factors) + 1
    problem = _problem(count)
    if method == "morris":
        from SALib.sample import morris

        shares = np.asarray(morris.sample(problem, size, num_levels=_LEVELS, seed=seed))
        fresh = shares[:, -1] > 0.5  # every step of the dummy goes from one half to the other
    else:
        from scipy.stats import qmc

        halves = qmc.Sobol(2 * count, rng=seed).random_base2(max(size - 1, 0).bit_length())[:size]
        first, second = halves[:, :count], halves[:, count:]
        blocks = np.repeat(first[:, None, :], count + 2, axis=1)
        for rank in range(count):
            blocks[:, rank + 1, rank] = second[:, rank]
        blocks[:, -1] = second
        shares = blocks.reshape(-1, count)
        fresh = np.tile(np.arange(count + 2) >= count, size)  # the dummy's own block, and the second sample
    return Screening(method, from_shares(factors, shares[:, :-1]), shares, fresh, size, seed)


def points_of(method: Method, factors: int, size: int) -> int:
    """Return the number of points of a screening."""
    return size * (factors + (2 if method == "morris" else 3))


def _problem(count: int) -> dict[str, object]:
    return {"num_vars": count, "names": [f"x{rank}" for rank in range(count)], "bounds": [[0.0, 1.0]] * count}


def analyse(screening: Screening, values: NDArray[np.float64]) -> Analysis:
    """Return what every parameter does to a number.

    Parameters
    ----------
    values
        Shape (points, seeds): the number in every run, in the order of the points. Finite; a difference between two models
        is taken seed by seed before.

    Raises
    ------
    ValueError
        If a value is not finite, or shapes do not fit.
    """
    if values.ndim != 2 or len(values) != len(screening.design) or not np.isfinite(values).all():
        raise ValueError("values must be finite, one row for each point and one column for each seed")
    single, mean = noise_shares(values)
    means = values.mean(axis=1)
    found = _morris(screening, means) if screening.method == "morris" else _sobol(screening, means)
    *real, dummy = found
    return Analysis(single, mean, tuple(sorted(real, key=lambda item: (-item.index, item.rank))), dummy)


def noise_shares(values: NDArray[np.float64]) -> tuple[float, float]:
    """Return the share of variance between seeds, of a single run and of the mean over seeds; NaN with one seed.

    Parameters
    ----------
    values
        Shape (points, seeds).
    """
    seeds = values.shape[1]
    if seeds < 2:
        return float("nan"), float("nan")
    within = float(values.var(axis=1, ddof=1).mean())
    of_means = float(values.mean(axis=1).var(ddof=1))
    between = max(0.0, of_means - within / seeds)
    if within == 0 and between == 0:
        return 0.0, 0.0
    return within / (within + between), min(1.0, within / seeds / (between + within / seeds))


def elementary_effects(screening: Screening, means: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the elementary effects of a Morris design, shape (trajectories, factors + 1), the dummy last.

    An effect is the change of the number over the whole range of a parameter, had it gone on as in the step.
    """
    count = screening.shares.shape[1]
    shares = screening.shares.reshape(screening.size, count + 1, count)
    steps = np.diff(shares, axis=1)
    moved = np.abs(steps).argmax(axis=2)
    widths = np.take_along_axis(steps, moved[..., None], axis=2)[..., 0]
    changes = np.diff(means.reshape(screening.size, count + 1), axis=1) / widths
    effects = np.empty((screening.size, count))
    np.put_along_axis(effects, moved, changes, axis=1)
    return effects


def _morris(screening: Screening, means: NDArray[np.float64]) -> list[Influence]:
    effects = elementary_effects(screening, means)
    sizes = np.abs(effects)
    half = _quantile(screening.size - 1) * sizes.std(axis=0, ddof=1) / np.sqrt(screening.size)
    more = sizes[:, :-1] - sizes[:, -1:]
    error = more.std(axis=0, ddof=1) / np.sqrt(screening.size)
    p = _one_sided(more.mean(axis=0), error, screening.size - 1)
    return _gather(sizes.mean(axis=0), half, effects.mean(axis=0), effects.std(axis=0, ddof=1), p, lowest=0.0)


def _sobol(screening: Screening, means: NDArray[np.float64]) -> list[Influence]:
    count = screening.shares.shape[1]
    if means.std() == 0:
        nothing = np.zeros(count)
        return _gather(nothing, nothing, nothing, nothing, np.ones(count - 1), lowest=0.0)
    from SALib.analyze import sobol

    found = sobol.analyze(
        _problem(count), means, calc_second_order=False, num_resamples=_RESAMPLES, keep_resamples=True,
        seed=screening.seed + 1,
    )  # fmt: skip
    total, first = np.asarray(found["ST"]), np.asarray(found["S1"])
    again = np.asarray(found["ST_conf_all"])
    error = (again[:, :-1] - again[:, -1:]).std(axis=0, ddof=1)
    p = _one_sided(total[:-1] - total[-1], error, screening.size - 1)
    return _gather(total, np.asarray(found["ST_conf"]), first, total - first, p, lowest=-np.inf)


def _gather(
    index: NDArray[np.float64],
    half: NDArray[np.float64],
    lean: NDArray[np.float64],
    spread: NDArray[np.float64],
    p: NDArray[np.float64],
    lowest: float,
) -> list[Influence]:
    corrected = [1.0 if value is None else value for value in holm([float(value) for value in p])]
    found = []
    for rank in range(len(index)):
        dummy = rank == len(index) - 1
        chance = 1.0 if dummy else corrected[rank]
        found.append(
            Influence(
                -1 if dummy else rank,
                float(index[rank]),
                float(max(lowest, index[rank] - half[rank])),
                float(index[rank] + half[rank]),
                float(lean[rank]),
                float(spread[rank]),
                chance,
                not dummy and chance < 1.0 - CONFIDENCE,
            )
        )
    return found


def _quantile(degrees: int) -> float:
    from scipy import special

    return float(special.stdtrit(degrees, 0.5 + CONFIDENCE / 2))


def _one_sided(more: NDArray[np.float64], error: NDArray[np.float64], degrees: int) -> NDArray[np.float64]:
    """Return the chance to see such a surplus over the dummy where there is none."""
    from scipy import special

    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(error > 0, more / error, np.where(more > 0, np.inf, -np.inf))
    return np.asarray(special.stdtr(degrees, -ratio))
