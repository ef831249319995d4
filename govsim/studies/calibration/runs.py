"""Runs of points, each point with seeds of its own, of which only what is asked for is read."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from govsim.results.load import Results
from govsim.results.values import Missing
from govsim.runner.options import RunOptions
from govsim.runner.points import Beginning
from govsim.runner.replicates import Failure, run_all
from govsim.scenario.studies import LoadedStudy
from govsim.studies.design import Design, from_shares


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
