"""Portfolios (which countermeasures, from which week, how long, how strongly, under which model) and the search for them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

import numpy as np

from govsim.scenario.loading import refuse_misfit
from govsim.studies.optimise.front import Floats, non_dominated

if TYPE_CHECKING:
    from govsim.scenario import Loaded, LoadedGovernance
    from govsim.scenario.studies import LoadedStudy

NOTHING = "-"
"""A place of a portfolio that is left empty."""


class Chooser(Protocol):
    """What picks one of several values by a name, such as a trial of Optuna."""

    def suggest_categorical(self, name: str, choices: Sequence[Any]) -> Any:
        """Return one of the choices."""
        ...


@dataclass(frozen=True, order=True)
class PortfolioPart:
    """A countermeasure of a portfolio.

    Attributes
    ----------
    start, length : int
        First week, and weeks it lasts; 0 is to the end of the run.
    measure : int
        Place among the measures of the study.
    strength : float
        Share of the full strength, 0-1.
    """

    start: int
    measure: int
    length: int
    strength: float


@dataclass(frozen=True, order=True)
class Portfolio:
    """Countermeasures under a governance model; the same portfolio however it was come by.

    Attributes
    ----------
    model : int
        Place among the models of the study.
    parts : tuple of PortfolioPart
        In the order of their starts; no measure twice.
    """

    model: int
    parts: tuple[PortfolioPart, ...] = ()

    @property
    def measures(self) -> frozenset[int]:
        """Places of its measures."""
        return frozenset(part.measure for part in self.parts)


TODAY = Portfolio(0)
"""Nothing is done under the first model of the study: what every gain and cost is counted against."""


class Space:
    """All portfolios that a study allows.

    Parameters
    ----------
    study
        One with a block ``optimise``.
    """

    def __init__(self, study: LoadedStudy) -> None:
        asked = study.study.optimise
        assert asked is not None
        self.study, self.asked = study, asked
        self.names = [measure.name.en or measure.name.zh or name for name, measure in study.measures]
        self.models = [model.model.name.en or model.name for model in study.models]

    @property
    def size(self) -> float:
        """How many portfolios there are, at most: some exclude each other."""
        each = len(self.asked.starts) * len(self._lengths) * len(self.asked.strengths)
        total, sets = 0.0, 1.0
        for count in range(self._places + 1):
            total += sets * each**count
            sets *= (len(self.names) - count) / (count + 1)
        return total * len(self.models)

    @property
    def _places(self) -> int:
        return min(self.asked.most, len(self.names))

    @property
    def _lengths(self) -> list[int]:
        return self.asked.lengths

    def suggest(self, chooser: Chooser) -> Portfolio:
        """Return the portfolio that a chooser picks, place by place; a measure that comes twice counts once."""
        model = chooser.suggest_categorical("model", range(len(self.models)))
        parts: dict[int, PortfolioPart] = {}
        for place in range(self._places):
            picked = [
                chooser.suggest_categorical(f"{name} {place + 1}", choices)
                for name, choices in self._genes().items()
            ]
            measure, start, length, strength = picked
            if measure != NOTHING:
                parts.setdefault(measure, PortfolioPart(start, measure, length, strength))
        return Portfolio(model, tuple(sorted(parts.values())))

    def genes(self, portfolio: Portfolio) -> dict[str, Any]:
        """Return what a chooser picks to get a portfolio."""
        picked: dict[str, Any] = {"model": portfolio.model}
        first = {name: choices[0] for name, choices in self._genes().items()}
        for place in range(self._places):
            values = dict(first)
            if place < len(portfolio.parts):
                part = portfolio.parts[place]
                values = {
                    "measure": part.measure, "start": part.start, "length": part.length,
                    "strength": part.strength,
                }  # fmt: skip
            picked |= {f"{name} {place + 1}": value for name, value in values.items()}
        return picked

    def _genes(self) -> Mapping[str, Sequence[Any]]:
        return {
            "measure": [NOTHING, *range(len(self.names))],
            "start": self.asked.starts,
            "length": self._lengths,
            "strength": self.asked.strengths,
        }

    def first(self) -> list[Portfolio]:
        """Return what every search begins with: nothing under each model, and each measure alone under the first."""
        fullest = max(self.asked.strengths)
        lasting = 0 if 0 in self._lengths else max(self._lengths)
        alone = [
            Portfolio(0, (PortfolioPart(min(self.asked.starts), measure, lasting, fullest),))
            for measure in range(len(self.names))
        ]
        return [*(Portfolio(model) for model in range(len(self.models))), *alone]

    def governance(self, portfolio: Portfolio, loaded: Loaded) -> LoadedGovernance:
        """Return the portfolio as a governance model with measures, in a scenario.

        Raises
        ------
        ScenarioError
            If its measures stand against each other there, or lead a value out of what is allowed.
        """
        from govsim.scenario.schema.timeline import TimelineEntry

        model = self.study.models[portfolio.model]
        if not portfolio.parts:
            return model
        written = self._written(portfolio)
        entries = tuple(
            TimelineEntry.model_validate({**item, "use": self.study.measures[part.measure][1]})
            for item, part in zip(written, portfolio.parts, strict=True)
        )
        words = json.dumps({"model": model.name, "measures": written}, ensure_ascii=False)
        made = replace(
            model, measures=(*model.measures, *entries), written="governance.models[0]", words=words
        )
        refuse_misfit(loaded, made)
        return made

    def _written(self, portfolio: Portfolio) -> list[dict[str, Any]]:
        return [
            {"use": self.study.measures[part.measure][0], "start": part.start}
            | ({"weeks": part.length} if part.length else {})
            | ({"strength": part.strength} if part.strength != 1.0 else {})
            for part in portfolio.parts
        ]

    def told(self, portfolio: Portfolio) -> str:
        """Return a portfolio in words, without its model."""
        return "; ".join(self._told(part) for part in portfolio.parts) or "nothing"

    def _told(self, part: PortfolioPart) -> str:
        strength = "" if part.strength == 1.0 else f" at {100 * part.strength:.0f} % strength"
        if part.length:
            return f"{self.names[part.measure]}{strength}, weeks {part.start}–{part.start + part.length - 1}"
        return f"{self.names[part.measure]}{strength}, from week {part.start}"


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
