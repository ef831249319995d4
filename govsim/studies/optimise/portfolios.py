"""Portfolios (which countermeasures, when, how strongly, under which model), the search for them, and the front.

The front holds those that no other beats.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic, Literal, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from govsim.scenario.loading import refuse_misfit
from govsim.statistics.paired import chance_among_many
from govsim.studies.crossover import differences as over_seeds

if TYPE_CHECKING:
    from govsim.scenario import Loaded, LoadedGovernance
    from govsim.scenario.studies import LoadedStudy

Floats = NDArray[np.float64]
Standing = Literal["better", "mixed", "worse", "undecided"]


def non_dominated(gains: Floats) -> NDArray[np.bool_]:
    """Return which rows no other row beats.

    Parameters
    ----------
    gains : float64 array, shape (portfolios, goals)
        More is better in every column.

    Notes
    -----
    A row beats another that is nowhere better and somewhere worse; equal rows do not beat each other.
    """
    better = (gains[:, None, :] >= gains[None, :, :]).all(axis=2) & (
        gains[:, None, :] > gains[None, :, :]
    ).any(axis=2)
    return np.asarray(~better.any(axis=0))


@dataclass(frozen=True)
class Gap:
    """A difference in one goal, over seeds.

    Attributes
    ----------
    mean : float
    low, high : float
        Interval widened for all differences looked at together; infinite where the seeds cannot carry one.
    sign : int
        1 or -1 where the interval leaves out zero, else 0.
    """

    mean: float
    low: float
    high: float

    @property
    def sign(self) -> int:
        """1 or -1 where the interval leaves out zero, else 0."""
        return int(self.low > 0) - int(self.high < 0)


def mean_gaps(differences: Floats) -> list[list[Gap]]:
    """Return mean and interval of each column of differences; all of them are looked at together.

    Parameters
    ----------
    differences : float64 array, shape (rows, seeds, goals)

    Notes
    -----
    Of those told apart from none at most 5 % are expected to be none, see
    :func:`~govsim.statistics.paired.chance_among_many`. Fewer seeds than a verdict takes, and equal differences too few
    for the sign test, have no bounds where they would leave out zero.
    """
    columns = np.swapaxes(differences, 1, 2)
    means, seeds = columns.mean(axis=2), columns.shape[2]
    half = np.full(means.shape, np.inf)
    if seeds > 1:
        from scipy import special

        found = over_seeds(np.zeros_like(columns), columns)
        chance = chance_among_many(found.counted)
        spread = -float(special.stdtrit(seeds - 1, chance / 2)) * found.error
        half = np.where((np.abs(means) > spread) & (found.p > chance), np.inf, spread)
    return [
        [Gap(mean, mean - wide, mean + wide) for mean, wide in zip(*row, strict=True)]
        for row in zip(means.tolist(), half.tolist(), strict=True)
    ]


def standing(row: Sequence[Gap], goals: Sequence[int]) -> Standing:
    """Return how a portfolio stands to doing nothing in these goals.

    ``better``: told apart as better in some and as worse in none; ``mixed``: better in some, worse in others; ``worse``:
    worse in some and better in none; ``undecided``: neither anywhere.
    """
    signs = {row[goal].sign for goal in goals}
    if 1 in signs:
        return "mixed" if -1 in signs else "better"
    return "worse" if -1 in signs else "undecided"


@dataclass(frozen=True)
class Order:
    """How portfolios stand to each other.

    Attributes
    ----------
    beaten_by : list of list of int
        For each portfolio, those that are told apart as better in some goal and have no worse mean in any.
    undecided : list of (int, int)
        Pairs that are told apart in no goal.
    """

    beaten_by: list[list[int]]
    undecided: list[tuple[int, int]]


def pareto_order(gains: Floats) -> Order:
    """Return how portfolios stand to each other over the same seeds.

    Parameters
    ----------
    gains : float64 array, shape (portfolios, seeds, goals)
        More is better in every goal.
    """
    count = len(gains)
    pairs = [(a, b) for a in range(count) for b in range(a + 1, count)]
    beaten: list[list[int]] = [[] for _ in range(count)]
    undecided = []
    found = mean_gaps(np.array([gains[b] - gains[a] for a, b in pairs])) if pairs else []
    for (a, b), row in zip(pairs, found, strict=True):
        signs = {gap.sign for gap in row} - {0}
        if not signs:
            undecided.append((a, b))
        for sign, winner, loser in ((1, b, a), (-1, a, b)):
            if sign in signs and all(gap.mean * sign >= 0 for gap in row):
                beaten[loser].append(winner)
    return Order(beaten, undecided)


def shortfalls(gains: Floats) -> Floats:
    """Return what each portfolio lacks to the best in each goal, as a share of the range, shape as ``gains``.

    Parameters
    ----------
    gains : float64 array, shape (..., portfolios, goals)
    """
    best, worst = gains.max(axis=-2, keepdims=True), gains.min(axis=-2, keepdims=True)
    width = best - worst
    return np.asarray(np.divide(best - gains, width, out=np.zeros_like(gains), where=width > 0))


def shortlist(gains: Floats, heads: Sequence[int], most: int) -> list[int]:
    """Return portfolios of a front that differ most, and what the first ones are.

    The one whose largest shortfall is smallest comes first, then the best in each of the goals ``heads``, then whichever is
    farthest from all that are chosen.

    Parameters
    ----------
    gains : float64 array, shape (portfolios, goals)
    heads
        Goals of which the best is wanted, most important first.
    most
        How many to return at most.
    """
    if not len(gains):
        return []
    lacks = shortfalls(gains)
    ranked = np.lexsort((lacks.mean(axis=1), lacks.max(axis=1)))
    chosen = [int(ranked[0])]
    for goal in heads:
        best = np.lexsort((lacks.mean(axis=1), lacks[:, goal]))
        if int(best[0]) not in chosen:
            chosen.append(int(best[0]))
    while len(chosen) < min(most, len(gains)):
        distance = np.linalg.norm(lacks[:, None, :] - lacks[None, chosen, :], axis=2).min(axis=1)
        farthest = int(distance.argmax())
        if distance[farthest] == 0:
            break
        chosen.append(farthest)
    return chosen[:most]


@dataclass(frozen=True)
class Robustness:
    """How a portfolio does over many districts, by goal.

    Attributes
    ----------
    better : list of float
        Share of districts in which its mean gains on doing nothing.
    change : list of Gap
        Mean gain on doing nothing over the districts.
    loss : list of Gap
        What it gives up, mean over the districts, to what is best in each district, see :func:`losses`; NaN with one seed.
    """

    better: list[float]
    change: list[Gap]
    loss: list[Gap]


def losses(gains: Floats) -> Floats:
    """Return what each portfolio gives up in each goal, shape (districts, portfolios, goals), in the goal's unit.

    The best of the others, or doing nothing, is picked in all seeds but one and compared in that one, each seed in turn: so the
    luck by which something looks best does not count as a loss, and between equal portfolios it is 0 on average. It may be
    below zero by chance.

    Parameters
    ----------
    gains : float64 array, shape (districts, portfolios, seeds, goals)
        On doing nothing; NaN comes back with one seed.
    """
    districts, _, seeds, goals = gains.shape
    options = np.concatenate([np.zeros((districts, 1, seeds, goals)), gains], axis=1)
    if seeds < 2:
        return np.full((districts, gains.shape[1], goals), np.nan)
    elsewhere = (options.sum(axis=2, keepdims=True) - options) / (seeds - 1)
    picked = np.take_along_axis(options, elsewhere.argmax(axis=1, keepdims=True), axis=1)
    return np.asarray((picked - gains).mean(axis=2))


def robustness(gains: Floats) -> list[Robustness]:
    """Return the robustness of each portfolio.

    Parameters
    ----------
    gains : float64 array, shape (districts, portfolios, seeds, goals)
        On doing nothing.
    """
    means = gains.mean(axis=2)
    better = (means > 0).mean(axis=0)
    change, loss = (mean_gaps(np.swapaxes(of, 0, 1)) for of in (means, losses(gains)))
    return [
        Robustness(share, told, lost) for share, told, lost in zip(better.tolist(), change, loss, strict=True)
    ]


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


def search_portfolios(
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
