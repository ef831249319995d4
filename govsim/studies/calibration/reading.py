"""What a region says: which parameters it settles, which patterns pull against which, what moves what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from govsim.results.errors import RefusedError
from govsim.runner.options import RunOptions
from govsim.scenario.studies import Factor, LoadedStudy
from govsim.studies.calibration import Runs, Target, Targets, add, empty, rounded
from govsim.studies.calibration.search import DRAWS, Calibrated, Drawn, Emulator, draw_density, joint

Floats = NDArray[np.float64]

LOW, HIGH = 0.05, 0.95
"""Quantiles between which accepted points are told to lie."""
REGION = 0.9
"""Probability that intervals and regions hold."""
SETTLED, WIDE = 0.5, 0.8
"""Widths relative to the prior's below which a parameter counts as identified, and from which as not identifiable."""
TRADED = 0.6
"""Rank correlation from which two parameters trade off."""
APART, TOGETHER = 0.8, 1.25
"""Joint share over the product of single shares below which patterns pull against each other, above which they go together."""
_LOOKED_AT = 4096

Verdict = Literal["identified", "weakly identified", "not identifiable"]


@dataclass(frozen=True)
class Known:
    """What the region says of one parameter.

    Attributes
    ----------
    low, middle, high : float
        Ends of the 90 % interval and median, in the parameter's unit.
    width : float
        Width of that interval over that of the prior; 1 where nothing was learnt.
    partner : Factor or None
        Parameter with which it trades off most, where the rank correlation reaches :data:`TRADED`.
    correlation : float
        Strongest rank correlation with another parameter; 0 where there is none other.
    today_inside : bool
        Whether the scenario's own value lies in the interval.
    """

    factor: Factor
    low: float
    middle: float
    high: float
    width: float
    partner: Factor | None
    correlation: float
    today_inside: bool

    @property
    def verdict(self) -> Verdict:
        """Identified, weakly, or not: as wide as before, or known only together with another."""
        if self.width >= WIDE or (self.partner and self.width >= SETTLED):
            return "not identifiable"
        return "weakly identified" if self.width >= SETTLED else "identified"


def settled_by_region(factors: Sequence[Factor], drawn: Drawn) -> tuple[Known, ...]:
    """Return what draws from a region say of each parameter."""
    tail = (1 - REGION) / 2
    correlations = _ranks(drawn.shares, drawn.shares) - np.eye(len(factors))
    found = []
    for rank, factor in enumerate(factors):
        low, middle, high = np.quantile(drawn.shares[:, rank], [tail, 0.5, 1 - tail])
        strongest = int(np.abs(correlations[rank]).argmax())
        correlation = float(correlations[rank, strongest])
        ends = [factor.at(float(share)) for share in (low, middle, high)]
        found.append(
            Known(
                factor, ends[0], ends[1], ends[2], float(high - low) / REGION,
                factors[strongest] if abs(correlation) >= TRADED else None, correlation,
                ends[0] <= factor.today <= ends[2],
            )
        )  # fmt: skip
    return tuple(found)


@dataclass(frozen=True)
class Pull:
    """How two patterns go together over the whole space of parameters.

    Attributes
    ----------
    first, second : Target
    share_first, share_second, both : float
        Probability that a run at a point anywhere in the ranges lies in the one range, the other, both.
    ratio : float or None
        Of ``both`` to what it would be if the two had nothing to do with each other; None where one is never met.
    correlation : float
        Rank correlation of the distances from their ranges: negative where getting nearer to one means getting
        farther from the other.
    """

    first: Target
    second: Target
    share_first: float
    share_second: float
    both: float
    ratio: float | None
    correlation: float

    @property
    def verdict(self) -> Literal["against each other", "together", "hardly"]:
        """Whether they pull against each other, go together, or hardly touch."""
        if self.ratio is None:
            return "hardly"
        return (
            "against each other" if self.ratio < APART else "together" if self.ratio > TOGETHER else "hardly"
        )


def pulls(emulators: Sequence[Emulator], dimensions: int, seed: int) -> tuple[Pull, ...]:
    """Return every pair of patterns, those that pull hardest against each other first."""
    from scipy.stats import qmc

    shares = qmc.Sobol(dimensions, rng=seed).random_base2(_LOOKED_AT.bit_length() - 1)
    inside = np.exp([emulator.log_inside(shares) for emulator in emulators])
    misses = np.stack([e.target.distance(e.mean(shares)) for e in emulators], axis=1)
    correlations = _ranks(misses, misses)
    alone = inside.mean(axis=1)
    found = []
    for i, one in enumerate(emulators):
        for j in range(i + 1, len(emulators)):
            both, apart = float((inside[i] * inside[j]).mean()), float(alone[i] * alone[j])
            ratio = both / apart if apart > 0 else None
            found.append(
                Pull(one.target, emulators[j].target, float(alone[i]), float(alone[j]), both, ratio, float(correlations[i, j]))
            )  # fmt: skip
    return tuple(sorted(found, key=lambda pull: 1.0 if pull.ratio is None else pull.ratio))


def effects(targets: Targets, runs: Runs) -> Floats:
    """Return rank correlations of parameters with fitted indicators over the design's own runs.

    Returns
    -------
    float64 array, shape (parameters, targets)
    """
    first = runs.rounds == 0
    shares = runs.design.shares[first]
    found = np.zeros((shares.shape[1], len(targets.fitted)))
    for rank, target in enumerate(targets.fitted):
        values = runs.values(target.name)[first].mean(axis=1)
        there = np.isfinite(values)
        found[:, rank] = _ranks(shares[there], values[there, None])[:, 0]
    return found


def _ranks(left: Floats, right: Floats) -> Floats:
    """Return rank correlations of columns with columns; 0 where one does not vary."""
    from scipy.stats import rankdata

    a, b = (rankdata(each, axis=0) for each in (left, right))
    a, b = a - a.mean(axis=0), b - b.mean(axis=0)
    scale = np.sqrt(np.outer((a**2).sum(axis=0), (b**2).sum(axis=0)))
    return np.asarray(np.divide(a.T @ b, scale, out=np.zeros(scale.shape), where=scale > 0))


@dataclass(frozen=True)
class HeldOut:
    """A held-out pattern at accepted points, and at the points of the design.

    Attributes
    ----------
    values, before : float64 arrays
        Means over seeds at accepted points and at points of the design, without those that have no value.
    """

    target: Target
    values: Floats
    before: Floats


def reveal(found: Calibrated) -> tuple[HeldOut, ...]:
    """Read the held-out patterns; nothing else reads them."""
    held = []
    for target in found.targets.held_out:
        values = found.runs.values(target.name).mean(axis=1)
        there = values[found.accepted.points], values[found.runs.rounds == 0]
        held.append(HeldOut(target, *(each[np.isfinite(each)] for each in there)))
    return tuple(held)


_FAR = 1_000_000
"""Seeds of twins begin as far from those of the study."""
_WIDTH = 0.5
"""Half-width of a twin's ranges, in standard deviations between seeds: as exact as one observed district is."""


@dataclass(frozen=True)
class Twin:
    """One district with known parameters.

    Attributes
    ----------
    truth : float64 array, shape (parameters,)
        In their units.
    inside : bool
        Whether the truth lies in the 90 % region: the points of highest density that hold 90 % of the draws.
    known : tuple of Known
        What was found of each parameter.
    volume : float
        Mean over parameters of the interval's width over the prior's.
    """

    truth: NDArray[np.float64]
    inside: bool
    known: tuple[Known, ...]

    @property
    def volume(self) -> float:
        """Mean width of the intervals over the prior's: 1 where nothing was learnt."""
        return float(np.mean([each.width for each in self.known]))

    def intervals(self) -> list[bool]:
        """Return for each parameter whether its own 90 % interval holds the truth."""
        return [each.low <= value <= each.high for each, value in zip(self.known, self.truth, strict=True)]


def twins(
    study: LoadedStudy, emulators: Sequence[Emulator], number: int, options: RunOptions
) -> tuple[Twin, ...]:
    """Run districts with known parameters and find them again from one run of each.

    Parameters
    ----------
    emulators
        Learnt from the study's runs, which hold none of these districts.
    number
        Of districts; their parameters fill the ranges evenly.

    Raises
    ------
    RefusedError
        If a run failed or an indicator has no value.
    """
    from scipy.stats import qmc

    seed = study.study.design.seed
    shares = qmc.Sobol(len(study.factors), rng=seed + _FAR).random_base2(max(number - 1, 0).bit_length())
    runs = empty(study, study.study.first_seed + _FAR)
    add(runs, study, rounded(study, shares[:number]), options)
    if runs.interrupted:
        raise KeyboardInterrupt
    observed = [runs.values(emulator.target.name)[:, 0] for emulator in emulators]
    for emulator, values in zip(emulators, observed, strict=True):
        if not np.isfinite(values).all():
            raise RefusedError(
                f"{emulator.target.name} has no value in a twin: a larger district, or more weeks"
            )
    found = []
    for index in range(number):
        seen = [e.around(float(values[index]), _WIDTH) for e, values in zip(emulators, observed, strict=True)]
        density = joint(seen)
        drawn = draw_density(density, len(study.factors), DRAWS, seed + index)
        truth = density(runs.design.shares[index : index + 1])[0]
        inside = bool(truth >= np.quantile(drawn.log_density, 1 - REGION))
        found.append(Twin(runs.design.points[index], inside, settled_by_region(study.factors, drawn)))
    return tuple(found)


@dataclass(frozen=True)
class ReadCalibration:
    """A calibration with what was read from it.

    Attributes
    ----------
    found : Calibrated
    held_out : tuple of HeldOut
        Empty before they are revealed.
    twins : tuple of Twin
        Empty where none was asked for.
    """

    found: Calibrated
    held_out: tuple[HeldOut, ...] = ()
    twins: tuple[Twin, ...] = ()

    @cached_property
    def known(self) -> tuple[Known, ...]:
        """What the region says of each parameter."""
        return settled_by_region(self.found.study.factors, self.found.drawn)

    @cached_property
    def pulls(self) -> tuple[Pull, ...]:
        """Pairs of patterns, those that pull hardest against each other first."""
        return pulls(self.found.emulators, len(self.found.study.factors), self.found.study.study.design.seed)

    @cached_property
    def effects(self) -> Floats:
        """Rank correlations of parameters with patterns, shape (parameters, patterns)."""
        return effects(self.found.targets, self.found.runs)

    @cached_property
    def today(self) -> list[tuple[Target, float, float]] | None:
        """Target, expected value and distance at the scenario's own values; None where these are outside the ranges."""
        factors = self.found.study.factors
        shares = np.array([[(f.today - f.low) / (f.high - f.low) for f in factors]])
        if (shares < 0).any() or (shares > 1).any():
            return None
        values = [float(emulator.mean(shares)[0]) for emulator in self.found.emulators]
        return [
            (target, value, float(target.distance(np.array([value]))[0]))
            for target, value in zip(self.found.targets.fitted, values, strict=True)
        ]

    def inside(self, target: Target) -> float:
        """Return the probability that a run anywhere in the ranges of the parameters lies in the target's range."""
        for pull in self.pulls:
            if target in (pull.first, pull.second):
                return pull.share_first if pull.first == target else pull.share_second
        return float(np.mean(self.found.accepted.distances[:, 0] == 0))

    def ends(self, rank: int) -> tuple[float, float]:
        """Return the 5 % and 95 % quantile of a pattern's expected values at accepted points."""
        took = self.found.accepted
        low, high = np.quantile(took.expected[took.points, rank], [LOW, HIGH])
        return float(low), float(high)


def share_inside(target: Target, values: Floats) -> float:
    """Return the share of values in the range of a target."""
    return float((target.distance(values) == 0).mean())
