"""Fitting assumed parameters to published figures: a region that is accepted, and what it does not settle.

Here: what is fitted and what is held out, and points with their runs. ``emulator`` learns each indicator from the runs,
``search`` draws from the region and runs where it seems to be, ``reading`` says what the region tells, and tries the whole on
data whose parameters are known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from govsim.results.declare import Indicator
from govsim.results.errors import RefusedError
from govsim.results.indicators import INDICATORS
from govsim.results.load import Results
from govsim.results.patterns import PATTERNS
from govsim.results.values import Missing
from govsim.runner.options import RunOptions
from govsim.runner.points import Beginning
from govsim.runner.replicates import Failure, run_all
from govsim.scenario.studies import LoadedStudy
from govsim.studies.experiments import Design, DesignOutcome, from_shares


@dataclass(frozen=True)
class Target:
    """An indicator with the range that is accepted.

    Attributes
    ----------
    indicator : Indicator
    low, high : float
        In the indicator's unit.
    """

    indicator: Indicator
    low: float
    high: float

    @property
    def name(self) -> str:
        """Name of the indicator."""
        return self.indicator.name

    @property
    def half(self) -> float:
        """Half of the range's width."""
        return (self.high - self.low) / 2

    def distance(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how far values are outside of the range, in half-widths of it; 0 inside."""
        beyond = np.maximum(self.low - values, values - self.high)
        return np.asarray(np.maximum(beyond, 0.0) / self.half)


@dataclass(frozen=True)
class Targets:
    """What is fitted and what is held out."""

    fitted: tuple[Target, ...]
    held_out: tuple[Target, ...]


def targets_of(study: LoadedStudy) -> Targets:
    """Return the targets that a study asks for.

    Raises
    ------
    RefusedError
        If an indicator is unknown, has no range, or is both fitted and held out.
    """
    asked = study.study.calibration
    held = list(asked.held_out)
    fit = list(asked.fit) or [pattern.name for pattern in PATTERNS if pattern.name not in held]
    both = sorted(set(fit) & set(held))
    if both:
        raise RefusedError(f"{both[0]} is both fitted and held out: what is fitted tests nothing afterwards")
    unused = sorted(set(asked.ranges) - set(fit) - set(held))
    if unused:
        raise RefusedError(f"there is a range of {unused[0]}, which is neither fitted nor held out")
    return Targets(_targets(fit, asked.ranges), _targets(held, asked.ranges))


def _targets(names: Sequence[str], ranges: dict[str, list[float]]) -> tuple[Target, ...]:
    from govsim.scenario.fields import nearest

    known = {indicator.name: indicator for indicator in INDICATORS}
    found = []
    for name in dict.fromkeys(names):
        if name not in known:
            close = nearest(name, list(known))
            raise RefusedError(f"there is no indicator {name}{f'; nearest: {close[0]}' if close else ''}")
        low, high = ranges.get(name, known[name].target or (0.0, 0.0))
        if not low < high:
            raise RefusedError(
                f"{name} has no range: name its lowest and highest accepted value under calibration.ranges"
            )
        found.append(Target(known[name], low, high))
    return tuple(found)


@dataclass
class Runs:
    """Points that were run.

    Attributes
    ----------
    design : Design
    rounds : int64 array, shape (points,)
        In which round a point was run; 0 is the design.
    seeds : int
        Runs of each point.
    first_seed : int
    results : dict of (point, repeat) to Results
    failures : list of Failure
    interrupted : bool
    """

    design: Design
    rounds: NDArray[np.int64]
    seeds: int
    first_seed: int
    results: dict[tuple[int, int], Results] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    interrupted: bool = False

    def __len__(self) -> int:
        return len(self.design)

    def values(self, name: str) -> NDArray[np.float64]:
        """Return an indicator, shape (points, seeds); NaN where a run failed or it has no value."""
        found = np.full((len(self), self.seeds), np.nan)
        for where, run in self.results.items():
            value = run.summary[name]
            if not isinstance(value, Missing):
                found[where] = value
        return found

    @property
    def outcome(self) -> DesignOutcome:
        """What there is to be told of the runs."""
        kept = len(self.results)
        return DesignOutcome(self.interrupted, self.failures, kept, len(self) * self.seeds, kept > 0)

    def seed(self, point: int, repeat: int) -> int:
        """Return the seed of a point's run; no two points share one."""
        return self.first_seed + point * self.seeds + repeat


def empty(study: LoadedStudy, first_seed: int | None = None) -> Runs:
    """Return no runs yet."""
    nothing = Design(study.factors, np.empty((0, len(study.factors))))
    start = study.study.first_seed if first_seed is None else first_seed
    return Runs(nothing, np.empty(0, np.int64), study.study.seeds, start)


def add(runs: Runs, study: LoadedStudy, points: NDArray[np.float64], options: RunOptions) -> None:
    """Run a further round of points and keep what came of them.

    The same seed at every point would be one and the same luck everywhere, which no design could tell from an effect;
    so each point has seeds of its own.

    Parameters
    ----------
    points
        Shape (points, parameters), in their units.
    """
    start, number = len(runs), int(runs.rounds.max(initial=-1)) + 1
    runs.design = Design(study.factors, np.concatenate([runs.design.points, points]))
    runs.rounds = np.concatenate([runs.rounds, np.full(len(points), number)])
    beginning = Beginning(study, options.out)
    plans = [
        beginning.plan(study.load(runs.design.settings(start + i)), study.models[0])
        for i in range(len(points))
    ]
    pairs = {
        (i, runs.seed(start + i, k)): (start + i, k) for i in range(len(points)) for k in range(runs.seeds)
    }
    outcome = run_all(plans, sorted(seed for _, seed in pairs), options, only=pairs)
    runs.results |= {pairs[where]: run for where, run in outcome.results.items()}
    runs.failures += outcome.failures
    runs.interrupted |= outcome.interrupted


def rounded(study: LoadedStudy, shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return points from shares of the ranges, with six significant digits, as files hold them.

    Parameters
    ----------
    shares
        Shape (points, parameters), 0-1.
    """
    exact = from_shares(study.factors, shares).points
    low = np.array([factor.low for factor in study.factors])
    high = np.array([factor.high for factor in study.factors])
    shown = np.array([[float(f"{value:.6g}") for value in row] for row in exact]).reshape(exact.shape)
    return np.asarray(np.clip(shown, low, high))
