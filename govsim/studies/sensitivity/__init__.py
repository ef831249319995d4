"""Which parameters an indicator follows: Morris screening and Sobol indices of a noisy model, with noise taken out.

Every point is run with the same seeds, so what a seed does to all points cancels in a step of a parameter. What is left of
chance differs from seed to seed: products of values of two different seeds hold none of it on average, and the indices are
made of such products. An inert parameter has an index of zero on average, and may come out below zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from govsim.results.csvtext import read_cells
from govsim.results.declare import Column
from govsim.scenario.files import study_shelf
from govsim.scenario.studies import Factor
from govsim.statistics.paired import CONFIDENCE, holm
from govsim.studies.experiments import Design, from_shares

Method = Literal["morris", "sobol"]
Floats = NDArray[np.float64]
FILE = "influence.csv"
INFLUENCE = (
    Column("place", "place", "位次", "-", "1 for the most influential parameter."),
    Column("parameter", "parameter", "参数", "-", "Path of the parameter in a scenario."),
    Column("label_en", "label", "英文名称", "-", "English label."),
    Column("label_zh", "Chinese label", "中文名称", "-", "Chinese label."),
    Column("status", "status", "依据", "-", "found, derived, calibrated, assumed or design."),
    Column("influence", "influence", "影响力", "0-1",
           "Mean over the indicators of its index, of the largest index of any parameter; 0 where undecided."),
    Column("moves", "moves", "影响的指标", "-", "Names of the indicators that it is found to move, or none."),
)  # fmt: skip
_LEVELS = 4
"""Levels of a Morris design; half of them are left out of a step, as Morris (1991) advises."""
_Indices = tuple[Floats, ...]
"""Index, low and high end, lean, spread, each of shape (factors,)."""


@dataclass(frozen=True)
class Screening:
    """Where to run, for indices of every parameter.

    Attributes
    ----------
    method : str
        ``morris`` (Morris 1991; Campolongo et al. 2007) or ``sobol`` (Saltelli et al. 2010).
    design : Design
        Points in the units of the parameters.
    shares : float64 array, shape (points, factors)
        As sampled, 0-1.
    size : int
        Trajectories of Morris, base points of Sobol.
    seed : int
        Of the design.
    """

    method: Method
    design: Design
    shares: Floats
    size: int
    seed: int

    @property
    def starts(self) -> Design:
        """One point of each trajectory or base point: drawn independently of each other."""
        return Design(self.design.factors, self.design.points[:: len(self.design) // self.size])


@dataclass(frozen=True)
class Influence:
    """What one parameter does to one number.

    Attributes
    ----------
    rank : int
        Place of the parameter among the factors of the study.
    index, low, high : float
        Of Morris, the mean size of elementary effects: change of the number from one end of the parameter's range
        to the other, in the number's unit. Of Sobol, the total index: share of variance, 0-1. With its 95 % interval.
        Noise adds nothing to an index on average, so it may be below zero.
    lean : float
        Of Morris, the mean elementary effect with its sign. Of Sobol, the first-order index.
    spread : float
        Of Morris, the standard deviation of elementary effects: how much the effect depends on the other parameters.
        Of Sobol, total minus first-order index.
    p : float
        Corrected over the parameters (Holm): chance to see steps as large if the parameter did nothing.
    bound : float
        What the index is smaller than, as far as these seeds tell (95 %): the size of effects, root of their mean square
        at the places that were run, that would nearly always have shown in larger steps.
    """

    rank: int
    index: float
    low: float
    high: float
    lean: float
    spread: float
    p: float
    bound: float

    @property
    def found(self) -> bool:
        """Whether it moves the number: its steps are larger than chance makes them."""
        return self.p < 1.0 - CONFIDENCE


@dataclass(frozen=True)
class Analysis:
    """Influences on one number.

    Attributes
    ----------
    noise_single, noise_mean : float
        Share of variance that is between seeds at one point: of a single run, and of the mean over the seeds.
    ranked : tuple of Influence
        The largest index first.
    """

    noise_single: float
    noise_mean: float
    ranked: tuple[Influence, ...]

    @property
    def found(self) -> tuple[Influence, ...]:
        """Parameters that move the number."""
        return tuple(item for item in self.ranked if item.found)

    @property
    def undecided(self) -> tuple[Influence, ...]:
        """The others; what they do is smaller than their bounds."""
        return tuple(item for item in self.ranked if not item.found)


def lay(factors: Sequence[Factor], method: Method, size: int, seed: int) -> Screening:
    """Return the points of a screening.

    Parameters
    ----------
    size
        Trajectories of Morris, of ``factors + 1`` points each; base points of Sobol, of ``factors + 2`` points each.

    Raises
    ------
    ValueError
        If ``size`` is below 2.
    """
    if size < 2:
        raise ValueError("a screening needs two trajectories or base points at least")
    count = len(factors)
    if method == "morris":
        from SALib.sample import morris

        problem = {"num_vars": count, "names": [f.path for f in factors], "bounds": [[0.0, 1.0]] * count}
        shares = np.asarray(morris.sample(problem, size, num_levels=_LEVELS, seed=seed))
    else:
        from scipy.stats import qmc

        halves = qmc.Sobol(2 * count, rng=seed).random_base2(max(size - 1, 0).bit_length())[:size]
        first, second = halves[:, :count], halves[:, count:]
        blocks = np.repeat(first[:, None, :], count + 2, axis=1)
        for rank in range(count):
            blocks[:, rank + 1, rank] = second[:, rank]
        blocks[:, -1] = second
        shares = blocks.reshape(-1, count)
    return Screening(method, from_shares(factors, shares), shares, size, seed)


def points_of(method: Method, factors: int, size: int) -> int:
    """Return the number of points of a screening."""
    return size * (factors + (1 if method == "morris" else 2))


def analyse(screening: Screening, values: Floats) -> Analysis:
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
    before, after, widths = _steps(screening)
    steps = values[after] - values[before]
    morris = screening.method == "morris"
    if morris:
        steps, widths = steps / widths[:, :, None], np.ones_like(widths)
    tests = [_test(steps[:, rank], widths[:, rank]) for rank in range(steps.shape[1])]
    p = [chance or 0.0 for chance in holm([one for one, _ in tests])]
    squares = np.array([most for _, most in tests])
    if morris:
        indices, bounds = _morris(steps), np.sqrt(squares)
    else:
        samples = _Samples.of(screening, values)
        indices, bounds = _sobol(samples), _share(squares / 2, samples.variance(), samples.luck)
    columns = zip(*(part.tolist() for part in (*indices, np.array(p), bounds)), strict=True)
    found = [Influence(rank, *numbers) for rank, numbers in enumerate(columns)]
    return Analysis(single, mean, tuple(sorted(found, key=lambda item: (-item.index, item.rank))))


def product(first: Floats, second: Floats) -> Floats:
    """Return the mean product of two numbers over all pairs of different seeds, the last axis.

    Chance that is independent from seed to seed adds nothing to it on average, so it estimates the product of the true means
    without bias (a U-statistic; Hoeffding 1948).
    """
    seeds = first.shape[-1]
    return np.asarray(
        (first.sum(axis=-1) * second.sum(axis=-1) - (first * second).sum(axis=-1)) / (seeds * (seeds - 1))
    )


def noise_shares(values: Floats) -> tuple[float, float]:
    """Return the share of variance between seeds, of a single run and of the mean over seeds.

    Parameters
    ----------
    values
        Shape (points, seeds), two seeds or more.
    """
    seeds = values.shape[1]
    within = float(values.var(axis=1, ddof=1).mean())
    centred = values - values.mean(axis=0)
    between = max(0.0, float(product(centred, centred).sum()) / (len(values) - 1))
    if within == 0 and between == 0:
        return 0.0, 0.0
    return within / (within + between), within / seeds / (between + within / seeds)


def _morris(effects: Floats) -> _Indices:
    """Return the indices of elementary effects, shape (trajectories, factors, seeds).

    An effect is the change of the number over the whole range of a parameter, had it gone on as in the step. Its size is that
    in one seed, with the sign that it has in the other seeds.
    """
    size = len(effects)
    others = effects.sum(axis=2, keepdims=True) - effects
    sizes = (effects * np.sign(others)).mean(axis=2)
    half = _quantile(size - 1) * sizes.std(axis=0, ddof=1) / np.sqrt(size)
    index, lean = sizes.mean(axis=0), effects.mean(axis=(0, 2))
    centred = effects - effects.mean(axis=0)
    spread = np.sqrt(np.maximum(product(centred, centred).sum(axis=0) / (size - 1), 0.0))
    return index, index - half, index + half, lean, spread


@dataclass(frozen=True)
class _Samples:
    """The points of a Sobol design by base point, shape (size, 1 or factors, seeds) each.

    Attributes
    ----------
    base, moved, second : float64 arrays
        The first sample, the first with one parameter of the second, and the second.
    luck : float
        Variance that chance alone gives a mean over the seeds, what a seed does to all points taken out.
    """

    base: Floats
    moved: Floats
    second: Floats
    luck: float

    @classmethod
    def of(cls, screening: Screening, values: Floats) -> _Samples:
        blocks = values.reshape(screening.size, -1, values.shape[1])
        both = blocks[:, [0, -1]]
        luck = (both - both.mean(axis=(0, 1))).var(axis=2, ddof=1).mean() / values.shape[1]
        blocks = blocks - both.mean(axis=(0, 1))
        return cls(blocks[:, :1], blocks[:, 1:-1], blocks[:, -1:], float(luck))

    def variance(self) -> Floats:
        """Return the parts of the variance of the true mean, shape (size, 1)."""
        return np.asarray(product(self.base, self.base) + product(self.second, self.second)) / 2


def _sobol(samples: _Samples) -> _Indices:
    """Return total indices after Jansen (1999), first-order ones after Saltelli et al. (2010), intervals by the jackknife."""
    steps, variance = samples.base - samples.moved, samples.variance()
    totals = product(steps, steps) / 2
    firsts = product(np.broadcast_to(samples.second, steps.shape), -steps)
    total, first = (_share(part, variance, samples.luck) for part in (totals, firsts))
    size = len(totals)
    without = np.array(
        [_share(np.delete(totals, n, 0), np.delete(variance, n, 0), samples.luck) for n in range(size)]
    )
    half = _quantile(size - 1) * np.sqrt((size - 1) * without.var(axis=0))
    return total, total - half, total + half, first, total - first


def _share(parts: Floats, variance: Floats, luck: float) -> Floats:
    """Return the mean of parts over that of a variance, which counts as no less than what chance alone makes of a mean."""
    whole = max(float(variance.mean()), luck)
    mean = parts.mean(axis=0) if parts.ndim == 2 else parts
    return np.asarray(mean / whole) if whole > 0 else np.zeros_like(mean)


def _test(steps: Floats, widths: Floats) -> tuple[float, float]:
    """Return the chance to see steps as large if only chance moved the number, and a bound on their mean square.

    A step is taken with the same seeds at both ends. The squares of the mean steps over what the differences between seeds make
    of them are an F ratio. Its degrees of freedom count how many independent pieces of chance there are (Dempster 1958; Box
    1954): as many as steps where every step has chance of its own, one where a seed shifts all steps of the parameter alike.

    Parameters
    ----------
    steps
        Shape (steps, seeds).
    widths
        How far each step goes; a seed that changes what the parameter does shifts them in this proportion.
    """
    from scipy import special

    count, seeds = steps.shape
    square = float((steps.mean(axis=1) ** 2).sum())
    luck = float((steps.var(axis=1, ddof=1) / seeds).sum())
    if luck == 0:
        return float(square == 0), square / count
    rank, ratio = _pieces(steps, widths), square / luck
    p = float(special.fdtrc(rank, rank * (seeds - 1), ratio))
    # Steps smaller than chance makes them are luck, and no reason for a smaller bound.
    most = float(special.ncfdtrinc(rank, rank * (seeds - 1), 1.0 - CONFIDENCE, max(ratio, 1.0)))
    return p, most * luck / rank / count


def _pieces(steps: Floats, widths: Floats) -> float:
    """Return the effective number of independent pieces of chance in so many steps (Satterthwaite 1946)."""
    count, seeds = steps.shape
    pattern = (widths / np.sqrt((widths**2).mean()))[:, None]
    chance = steps - steps.mean(axis=1, keepdims=True)
    common = (pattern * chance).mean(axis=0)
    own = float(((chance - pattern * common) ** 2).sum()) / ((seeds - 1) * max(1, count - 1))
    shared = max(0.0, float((common**2).sum()) / (seeds - 1) - own / count)
    return float(count * (own + shared) ** 2 / ((own + shared) ** 2 + (count - 1) * shared**2))


def _steps(screening: Screening) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """Return the points before and after each parameter's steps, and the shares of its range between them with their sign.

    Shape (size, factors) each.
    """
    count = screening.shares.shape[1]
    block = len(screening.shares) // screening.size
    starts = np.arange(screening.size)[:, None] * block
    ranks = np.arange(count)
    if screening.method == "sobol":
        before = np.broadcast_to(starts, (screening.size, count))
        after = before + 1 + ranks
    else:
        moved = np.abs(np.diff(screening.shares.reshape(screening.size, block, count), axis=1)).argmax(axis=2)
        before = starts + np.argsort(moved, axis=1)
        after = before + 1
    return before, after, screening.shares[after, ranks] - screening.shares[before, ranks]


def _quantile(degrees: int) -> float:
    from scipy import special

    return float(special.stdtrit(degrees, 0.5 + CONFIDENCE / 2))


@dataclass(frozen=True)
class Standing:
    """A parameter among those of a study.

    Attributes
    ----------
    place : int
        1 for the most influential.
    influence : float
        0-1, see :data:`INFLUENCE`.
    moves : tuple of str
        Indicators that it is found to move.
    """

    place: int
    parameter: str
    label_en: str
    label_zh: str
    status: str
    influence: float
    moves: tuple[str, ...]


def parameter_order(factors: Sequence[Factor], analyses: Sequence[tuple[str, Analysis]]) -> list[Standing]:
    """Return the parameters in order.

    Parameters
    ----------
    analyses
        Name of an indicator and what was found of it, each indicator once.
    """
    totals, moves = [0.0] * len(factors), [[] for _ in factors]  # type: tuple[list[float], list[list[str]]]
    for name, analysis in analyses:
        largest = max((item.index for item in analysis.ranked), default=0.0)
        for item in analysis.found:
            totals[item.rank] += max(item.index, 0.0) / largest / len(analyses) if largest > 0 else 0.0
            moves[item.rank].append(name)
    order = sorted(range(len(factors)), key=lambda rank: (-totals[rank], rank))
    return [
        Standing(
            place, factors[rank].path, factors[rank].label_en, factors[rank].label_zh, factors[rank].status,
            totals[rank], tuple(moves[rank]),
        )
        for place, rank in enumerate(order, 1)
    ]  # fmt: skip


def shipped_order() -> tuple[Standing, ...]:
    """Return the order that was found for the shipped district (docs/sensitivity.md), nothing where there is none."""
    path = study_shelf().folder / FILE
    return read_influence(path) if path.is_file() else ()


def read_influence(path: Path) -> tuple[Standing, ...]:
    """Return the order that a study wrote."""
    header, cells = read_cells(path, *(column.name for column in INFLUENCE))
    rows = [dict(zip(header, row, strict=True)) for row in cells]
    return tuple(
        Standing(
            int(row["place"]), row["parameter"], row["label_en"], row["label_zh"], row["status"],
            float(row["influence"]), tuple(name for name in row["moves"].split() if name != "none"),
        )
        for row in rows
    )  # fmt: skip
