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
_Indices = tuple[NDArray[np.float64], ...]
"""Index, low and high end, lean, spread, each of shape (factors + 1,), the dummy last."""


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

    @property
    def starts(self) -> Design:
        """One point of each trajectory or base point, with the first set of seeds: drawn independently of each other."""
        each = len(self.design) // self.size
        first = np.argmin(self.fresh.reshape(self.size, each), axis=1) + each * np.arange(self.size)
        return Design(self.design.factors, self.design.points[first])


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
        Corrected over the parameters (Holm): chance to see steps as large if only chance moved the number.
    above : bool
        Whether it does more than chance: p is below 0.05, and the index above the interval of the dummy.
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
    if values.shape[1] < 2:
        raise ValueError("one seed cannot tell an effect from chance")
    single, mean = noise_shares(values)
    means = values.mean(axis=1)
    indices = _morris(screening, means) if screening.method == "morris" else _sobol(screening, means)
    *real, dummy = _gather(screening, indices, chances(screening, values))
    return Analysis(single, mean, tuple(sorted(real, key=lambda item: (-item.index, item.rank))), dummy)


def noise_shares(values: NDArray[np.float64]) -> tuple[float, float]:
    """Return the share of variance between seeds, of a single run and of the mean over seeds.

    Parameters
    ----------
    values
        Shape (points, seeds), two seeds or more.
    """
    seeds = values.shape[1]
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
    before, after = _steps(screening)
    ranks = np.arange(screening.shares.shape[1])
    widths = screening.shares[after, ranks] - screening.shares[before, ranks]
    return np.asarray((means[after] - means[before]) / widths)


def _morris(screening: Screening, means: NDArray[np.float64]) -> _Indices:
    effects = elementary_effects(screening, means)
    sizes = np.abs(effects)
    half = _quantile(screening.size - 1) * sizes.std(axis=0, ddof=1) / np.sqrt(screening.size)
    index = sizes.mean(axis=0)
    return (
        index,
        np.maximum(index - half, 0.0),
        index + half,
        effects.mean(axis=0),
        effects.std(axis=0, ddof=1),
    )


def _sobol(screening: Screening, means: NDArray[np.float64]) -> _Indices:
    count = screening.shares.shape[1]
    if means.std() == 0:
        nothing = np.zeros(count)
        return nothing, nothing, nothing, nothing, nothing
    from SALib.analyze import sobol

    found = sobol.analyze(
        _problem(count), means, calc_second_order=False, num_resamples=_RESAMPLES, seed=screening.seed + 1
    )
    total, first, half = (np.asarray(found[name]) for name in ("ST", "S1", "ST_conf"))
    return total, total - half, total + half, first, total - first


def chances(screening: Screening, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return, for each parameter, the chance to see steps as large as its own if only chance moved the number.

    A step is taken with the same seeds at both ends, so the differences over seeds say how far chance alone moves its mean;
    the squares of all steps over what chance makes of them are an F ratio (analysis of variance).

    Parameters
    ----------
    values
        Shape (points, seeds), two seeds or more.
    """
    from scipy import special

    before, after = _steps(screening)
    seeds = values.shape[1]
    p = np.ones(len(screening.design.factors))
    for rank in range(len(p)):
        differences = values[after[:, rank]] - values[before[:, rank]]
        moved = float((differences.mean(axis=1) ** 2).sum())
        luck = float((differences.var(axis=1, ddof=1) / seeds).sum())
        if luck > 0:
            p[rank] = special.fdtrc(len(differences), len(differences) * (seeds - 1), moved / luck)
        elif moved > 0:
            p[rank] = 0.0
    return p


def _steps(screening: Screening) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the points before and after each parameter's steps, shape (size, factors + 1) each, the dummy last."""
    count = screening.shares.shape[1]
    block = len(screening.shares) // screening.size
    starts = np.arange(screening.size)[:, None] * block
    if screening.method == "sobol":
        return np.broadcast_to(starts, (screening.size, count)), starts + 1 + np.arange(count)
    moved = np.abs(np.diff(screening.shares.reshape(screening.size, block, count), axis=1)).argmax(axis=2)
    before = starts + np.argsort(moved, axis=1)
    return before, before + 1


def _gather(screening: Screening, indices: _Indices, p: NDArray[np.float64]) -> list[Influence]:
    index, low, high, lean, spread = indices
    found = []
    for rank, chance in enumerate([*(value or 0.0 for value in holm([float(one) for one in p])), 1.0]):
        dummy = rank == len(screening.design.factors)
        above = not dummy and chance < 1.0 - CONFIDENCE and float(index[rank]) > float(high[-1])
        at, least, most, leaning, spreading = (float(part[rank]) for part in (index, low, high, lean, spread))
        found.append(Influence(-1 if dummy else rank, at, least, most, leaning, spreading, chance, above))
    return found


def _quantile(degrees: int) -> float:
    from scipy import special

    return float(special.stdtrit(degrees, 0.5 + CONFIDENCE / 2))
