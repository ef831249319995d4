"""The search: NSGA-II (Deb et al. 2002) by Optuna, one whole generation at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np

from govsim.studies.optimise.front import Floats, non_dominated
from govsim.studies.optimise.portfolios import Chooser

C = TypeVar("C")


@dataclass(frozen=True)
class Score:
    """What came of a candidate.

    Attributes
    ----------
    gains : tuple of float
        One for each goal, more is better.
    excess : tuple of float
        By how much each limit is passed; at most 0 where it is kept.
    """

    gains: tuple[float, ...]
    excess: tuple[float, ...] = ()

    @property
    def allowed(self) -> bool:
        """Whether every limit is kept."""
        return all(value <= 0 for value in self.excess)


@dataclass(frozen=True)
class Tried(Generic[C]):
    """Everything that a search has tried, in the order it came up.

    Attributes
    ----------
    candidates : list
        No two alike.
    scores : list of Score or None
        None where a candidate is impossible.
    """

    candidates: list[C]
    scores: list[Score | None]

    @property
    def gains(self) -> Floats:
        """Shape (candidates, goals); NaN where impossible."""
        width = max(len(score.gains) for score in self.scores if score is not None)
        rows = [score.gains if score is not None else (np.nan,) * width for score in self.scores]
        return np.array(rows, np.float64)

    def front(self) -> list[int]:
        """Return places of the candidates that keep every limit and that no other such beats."""
        kept = [n for n, score in enumerate(self.scores) if score is not None and score.allowed]
        if not kept:
            return []
        return [kept[n] for n in np.flatnonzero(non_dominated(self.gains[kept]))]


def search(
    suggest: Callable[[Chooser], C],
    evaluate: Callable[[Sequence[C]], Iterable[Score | None]],
    goals: int,
    population: int,
    generations: int,
    seed: int,
    first: Sequence[dict[str, Any]] = (),
) -> Tried[C]:
    """Search for the candidates that no other beats.

    Parameters
    ----------
    suggest
        From a chooser to a candidate; candidates are hashable.
    evaluate
        From candidates that are new to what came of each, in their order.
    goals
        How many gains a score has.
    population, generations, seed
        Size and seed of the search.
    first
        What choosers pick in the first candidates.

    Notes
    -----
    A generation is asked for as a whole before any of it is known, and told in that order, so that nothing depends on which
    run ends first. The search keeps no state of its own on the disk: runs do. Repeated, it takes the same way over runs
    that are there, and goes on where it was stopped.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    sampler = optuna.samplers.NSGAIISampler(population_size=population, seed=seed)
    study = optuna.create_study(directions=["maximize"] * goals, sampler=sampler)
    for genes in first:
        study.enqueue_trial(genes)
    known: dict[C, Score | None] = {}
    for number in range(generations):
        asked = max(population, len(first)) if number == 0 else population
        _generation(study, asked, suggest, evaluate, known)
    return Tried(list(known), list(known.values()))


def _generation(
    study: Any,
    asked: int,
    suggest: Callable[[Chooser], C],
    evaluate: Callable[[Sequence[C]], Iterable[Score | None]],
    known: dict[C, Score | None],
) -> None:
    """Ask, evaluate and tell; impossible candidates are replaced, so that the next generation has its parents."""
    from optuna.trial import TrialState

    left = asked
    for _ in range(asked):
        trials = [study.ask() for _ in range(left)]
        candidates = [suggest(trial) for trial in trials]
        new = [candidate for candidate in dict.fromkeys(candidates) if candidate not in known]
        if new:
            known.update(zip(new, evaluate(new), strict=True))
        for trial, candidate in zip(trials, candidates, strict=True):
            score = known[candidate]
            if score is None:
                study.tell(trial, state=TrialState.FAIL)
                continue
            for place, excess in enumerate(score.excess):
                trial.set_constraint(f"limit {place}", excess)
            study.tell(trial, list(score.gains))
            left -= 1
        if left == 0:
            return
