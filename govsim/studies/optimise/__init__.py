"""Portfolios of countermeasures under one budget: the search, the front, and how much the answer hangs on.

Portfolios are run in districts, each against doing nothing in the same district with the same seed.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from govsim.results.errors import RefusedError
from govsim.results.indicators import INDICATORS
from govsim.results.load import Results
from govsim.results.values import Missing
from govsim.runner.options import RunOptions
from govsim.runner.planning import distinct
from govsim.runner.points import Beginning
from govsim.runner.progress import Reporter
from govsim.runner.replicates import Failure, run_all
from govsim.scenario.messages import Problem, ScenarioError
from govsim.scenario.origins import leaves
from govsim.scenario.schema.study import COSTS
from govsim.studies.ablations import CONTROLS
from govsim.studies.effects import moved, resident_years
from govsim.studies.experiments import Design
from govsim.studies.optimise.portfolios import (
    TODAY,
    Floats,
    Gap,
    Order,
    Portfolio,
    Robustness,
    Score,
    Space,
    Tried,
    mean_gaps,
    pareto_order,
    robustness,
    search_portfolios,
    shortlist,
)
from govsim.units import THOUSAND

if TYPE_CHECKING:
    from govsim.scenario import Loaded
    from govsim.scenario.schema.study import SpendingLimits
    from govsim.scenario.studies import LoadedStudy


@dataclass(frozen=True)
class Goal:
    """What is to be gained.

    Attributes
    ----------
    direction : int
        1 where more is better, -1 where less is.
    decimals : int
        Digits after the point where it is printed.
    cost : bool
        Whether it is hours or money moved.
    """

    name: str
    label: str
    label_zh: str
    unit: str
    direction: int
    decimals: int
    cost: bool = False


_COSTS = {
    "hours_moved": Goal(
        "hours_moved", "hours moved", "调整的工时", "hours per 1,000 residents and year", -1, 0, True
    ),
    "yuan_moved": Goal(
        "yuan_moved", "money moved", "调整的资金", "yuan per 1,000 residents and year", -1, 0, True
    ),
}


def goals_of(study: LoadedStudy) -> tuple[Goal, ...]:
    """Return the goals of an optimisation.

    Raises
    ------
    ScenarioError
        If one is no indicator, or one of which neither more nor less is better.
    """
    from govsim.scenario.fields import nearest

    asked = study.study.optimise
    assert asked is not None
    known = {item.name: item for item in INDICATORS}
    found, problems = [], []
    for index, name in enumerate(asked.goals):
        path = ("optimise", "goals", index)
        item = known.get(name)
        if name in _COSTS:
            found.append(_COSTS[name])
        elif item is None:
            close = nearest(name, [*known, *COSTS])
            hints = [f"did you mean  {close[0]}?"] if close else [f"beside indicators: {', '.join(COSTS)}"]
            problems.append(Problem.at(study.where(path), path, f"there is no indicator {name}", hints))
        elif name.startswith("gap_"):
            words = f"{name}: a gap also closes where everybody is worse off, so it can be no goal"
            hints = ["take the level of the group:  resolved_laid_off"]
            problems.append(Problem.at(study.where(path), path, words, hints))
        elif not item.direction:
            words = f"of {item.label_en} neither more nor less is better: it can be no goal"
            problems.append(Problem.at(study.where(path), path, words))
        else:
            found.append(Goal(name, item.label_en, item.label_zh, item.unit, item.direction, item.decimals))
    if problems:
        raise ScenarioError(problems)
    return tuple(found)


@dataclass(frozen=True)
class PortfolioOutcomes:
    """What came of portfolios in districts.

    Attributes
    ----------
    gains : float64 array, shape (districts, portfolios, seeds, goals)
        On the reference, in the unit of each goal, more is better: costs are negative. NaN where a run failed, the portfolio
        is impossible in that district or an indicator has no value.
    reference : float64 array, shape (districts, seeds, goals)
        The goals under the reference itself; costs are 0.
    spent : float64 array, shape (districts, portfolios, seeds, 2)
        Hours and yuan moved, per 1,000 residents and year.
    """

    gains: Floats
    reference: Floats
    spent: Floats


class InterruptedSearchError(KeyboardInterrupt):
    """The search was stopped; finished runs are kept and the same command continues."""


@dataclass
class PortfolioRuns:
    """Runs portfolios and counts what was computed.

    Attributes
    ----------
    computed, reused : int
        Runs done now, and found, so far.
    failures : list of Failure
    """

    space: Space
    goals: tuple[Goal, ...]
    options: RunOptions
    computed: int = 0
    reused: int = 0
    failures: list[Failure] = field(default_factory=list)
    _loaded: dict[tuple[str, ...], Loaded] = field(default_factory=dict)

    @cached_property
    def _beginning(self) -> Beginning:
        return Beginning(self.space.study, self.options.out, "spending")

    def run(
        self,
        portfolios: Sequence[Portfolio],
        districts: Sequence[Sequence[str]],
        seeds: Sequence[int],
        reference: Portfolio = TODAY,
    ) -> PortfolioOutcomes:
        """Run portfolios and the reference in districts.

        Parameters
        ----------
        districts
            Settings of each on top of the study's.

        Raises
        ------
        RefusedError
            If the reference has no value somewhere, so that nothing can be compared with it.
        InterruptedSearchError
        """
        plans, where = [], []
        for d, settings in enumerate(districts):
            loaded = self._district(tuple(settings))
            for p, portfolio in enumerate([reference, *portfolios]):
                try:
                    model = self.space.governance(portfolio, loaded)
                    plans.append(self._beginning.plan(loaded, model))
                except ScenarioError:
                    if portfolio == reference:
                        raise
                    continue  # impossible here; stays NaN
                where.append((d, p))
        unique, places = distinct(plans)
        outcome = run_all(unique, seeds, self.options)
        self.computed, self.reused = self.computed + outcome.computed, self.reused + outcome.reused
        self.failures += outcome.failures
        if outcome.interrupted:
            raise InterruptedSearchError
        runs = {
            (d, p, s): outcome.results[place, seed]
            for (d, p), place in zip(where, places, strict=True)
            for s, seed in enumerate(seeds)
            if (place, seed) in outcome.results
        }
        return self._measured(runs, len(districts), len(portfolios), seeds, districts)

    def _district(self, settings: tuple[str, ...]) -> Loaded:
        if settings not in self._loaded:
            self._loaded[settings] = self.space.study.load(settings)
        return self._loaded[settings]

    def _measured(
        self,
        runs: dict[tuple[int, int, int], Results],
        districts: int,
        portfolios: int,
        seeds: Sequence[int],
        settings: Sequence[Sequence[str]],
    ) -> PortfolioOutcomes:
        gains = np.full((districts, portfolios, len(seeds), len(self.goals)), np.nan)
        spent = np.full((districts, portfolios, len(seeds), 2), np.nan)
        base = np.full((districts, len(seeds), len(self.goals)), np.nan)
        for d in range(districts):
            for s, seed in enumerate(seeds):
                plain = runs.get((d, 0, s))
                if plain is None:
                    raise RefusedError(f"doing nothing with seed {seed} failed, so nothing can be compared")
                base[d, s] = self._values(plain)
                if not np.isfinite(base[d, s]).all():
                    goal = self.goals[int(np.flatnonzero(~np.isfinite(base[d, s]))[0])]
                    at = ", ".join(settings[d]) or "the scenario as it is"
                    raise RefusedError(
                        f"{goal.name} has no value when nothing is done, with seed {seed} at {at}: "
                        "take another goal, more residents or more weeks"
                    )
                for p in range(portfolios):
                    under = runs.get((d, p + 1, s))
                    if under is None:
                        continue
                    spent[d, p, s] = _moved(plain, under)
                    gains[d, p, s] = self._gains(plain, under, spent[d, p, s], base[d, s])
        return PortfolioOutcomes(gains, base, spent)

    def _values(self, run: Results) -> Floats:
        values = [0.0 if goal.cost else run.summary[goal.name] for goal in self.goals]
        return np.array([np.nan if isinstance(v, Missing) else float(v) for v in values])

    def _gains(self, plain: Results, under: Results, spent: Floats, base: Floats) -> Floats:
        direction = np.array([goal.direction for goal in self.goals], np.float64)
        change = self._values(under) - base
        for place, goal in enumerate(self.goals):
            if goal.cost:
                change[place] = spent[COSTS.index(goal.name)]
        return np.asarray(direction * change + 0.0)  # no -0.0


def _moved(plain: Results, under: Results) -> tuple[float, float]:
    thousands = resident_years(plain) / THOUSAND
    found = moved(plain, under)
    return found.hours / thousands, found.money / thousands


SEARCH = "in the district of the search"
"""The change to the settings of the search: what the search saw, beside what is answered."""


@dataclass(frozen=True)
class Change:
    """What is shown, run again with one thing changed.

    Attributes
    ----------
    label, label_zh : str
        What was changed.
    portfolios : tuple of Portfolio
        What was run, in the order of what is shown.
    gains : list of list of Gap
        By portfolio and goal, on doing nothing under the same change; an impossible one has NaN.
    """

    label: str
    label_zh: str
    portfolios: tuple[Portfolio, ...]
    gains: list[list[Gap]]


@dataclass(frozen=True)
class OptimiseAnswer:
    """What came of an optimisation.

    Attributes
    ----------
    tried : Tried
        All portfolios of the search, with gains as means over its districts and seeds.
    front : list of int
        Places in ``tried`` of those that keep every limit and that no other such beats.
    shown : tuple of Portfolio
        Those of the front that were run again, in the order of their names A, B, C...
    heads : tuple of int
        Goals of which what is shown holds the best of the front.
    seeds : tuple of int
        Fresh ones.
    final : PortfolioOutcomes
        What is shown, in the scenario as it is.
    gains : list of list of Gap
        By portfolio and goal, on doing nothing.
    order : Order
        How what is shown stands to each other and to doing nothing, which comes last.
    design : Design
        The districts of the region.
    region : list of Robustness
    region_gains : float64 array, shape (districts, portfolios, goals)
        Means over seeds.
    changes : tuple of Change
    computed, reused : int
        Runs done now, and found.
    """

    space: Space
    goals: tuple[Goal, ...]
    tried: Tried[Portfolio]
    front: list[int]
    shown: tuple[Portfolio, ...]
    heads: tuple[int, ...]
    seeds: tuple[int, ...]
    final: PortfolioOutcomes
    gains: list[list[Gap]]
    order: Order
    design: Design
    region: list[Robustness]
    region_gains: Floats
    changes: tuple[Change, ...]
    computed: int
    reused: int


def answer(bench: PortfolioRuns, design: Design, controls: bool = False) -> OptimiseAnswer:
    """Search, and run again what is shown.

    Parameters
    ----------
    design
        Points of the region that the answer must hold over.
    controls
        Whether what is shown is also run without its network, ranking or routing.

    Raises
    ------
    RefusedError
        If no portfolio keeps the limits and gains anything, or one that is shown fails.
    """
    space, goals, asked = bench.space, bench.goals, bench.space.asked
    said = bench.options.reporter or Reporter()
    first_seed = space.study.study.first_seed
    search_seeds = range(first_seed, first_seed + asked.search_seeds)
    fixed = tuple(f"{path}={value}" for path, value in asked.search.items())
    sample = _spread(len(design), asked.search_points)
    districts = [fixed, *((*design.settings(point), *fixed) for point in sample)]

    def evaluate(portfolios: Sequence[Portfolio]) -> Iterator[Score | None]:
        said.say(f"search: {len(portfolios)} new portfolios in {len(districts)} districts")
        found = bench.run(portfolios, districts, search_seeds)
        for p in range(len(portfolios)):
            means, spent = found.gains[:, p].mean(axis=(0, 1)), found.spent[:, p].mean(axis=(0, 1))
            yield _score(means, spent, asked.limits.hours_moved, asked.limits.yuan_moved)

    tried = search_portfolios(
        space.suggest, evaluate, len(goals), asked.population, asked.generations, asked.seed,
        [space.genes(portfolio) for portfolio in space.first()],
    )  # fmt: skip
    front = tried.front()
    benefits = [place for place, goal in enumerate(goals) if not goal.cost]
    useful = [n for n in front if (tried.gains[n][benefits] > 0).any()]
    if not useful:
        raise RefusedError("no portfolio that was tried keeps the limits and gains anything on doing nothing")
    picked = shortlist(tried.gains[useful], benefits, asked.shown)
    shown = tuple(tried.candidates[useful[n]] for n in picked)

    fresh = tuple(range(search_seeds.stop, search_seeds.stop + space.study.study.seeds))
    said.say(f"what is shown, again: {len(shown)} portfolios in the scenario as it is")
    final = _whole(bench.run(shown, [()], fresh), space, shown)
    each = final.gains[0]
    nothing = np.zeros((1, *each.shape[1:]))
    stand = pareto_order(np.concatenate([each, nothing]))
    again = fresh[: asked.region_seeds]
    said.say(f"what is shown in {len(design)} districts of the region")
    elsewhere = () if asked.whole_region else fixed
    points = [(*design.settings(point), *elsewhere) for point in range(len(design))]
    region = _whole(bench.run(shown, points, again), space, shown).gains
    changes = tuple(_changes(bench, shown, again, elsewhere, fixed, controls))
    return OptimiseAnswer(
        space, goals, tried, front, shown, tuple(benefits), fresh, final, mean_gaps(each), stand, design,
        robustness(region), region.mean(axis=2), changes, bench.computed, bench.reused,
    )  # fmt: skip


def _score(means: Floats, spent: Floats, most_hours: float | None, most_yuan: float | None) -> Score | None:
    if not (np.isfinite(means).all() and np.isfinite(spent).all()):
        return None
    limits = zip(spent.tolist(), (most_hours, most_yuan), strict=True)
    return Score(
        tuple(means.tolist()), tuple(value / most - 1.0 for value, most in limits if most is not None)
    )


def _spread(of: int, count: int) -> list[int]:
    """Return places spread evenly over a list."""
    taken = min(of, count)
    return [(2 * n + 1) * of // (2 * taken) for n in range(taken)]


def thinned(design: Design, points: int) -> Design:
    """Return a design of at most so many points, evenly spaced in the given one."""
    return Design(design.factors, design.points[_spread(len(design), points)])


def _whole(measured: PortfolioOutcomes, space: Space, shown: Sequence[Portfolio]) -> PortfolioOutcomes:
    """Refuse what has a gap: the page compares everything with everything."""
    lost = ~np.isfinite(measured.gains).all(axis=(0, 2, 3))
    if lost.any():
        portfolio = shown[int(np.flatnonzero(lost)[0])]
        raise RefusedError(
            f"the portfolio {space.told(portfolio)} has no value in some district or seed: a run failed (see above), it is "
            "impossible there, or a goal has no value"
        )
    return measured


def _changes(
    bench: PortfolioRuns,
    shown: Sequence[Portfolio],
    seeds: Sequence[int],
    elsewhere: tuple[str, ...],
    search: tuple[str, ...],
    controls: bool,
) -> Iterator[Change]:
    """Run what is shown as in the search, with more and less of everything, under every other model and under the controls."""
    space, share = bench.space, bench.space.asked.budget_change
    if search:
        yield Change(SEARCH, "搜索时的设定", tuple(shown), _means(bench.run(shown, [search], seeds)))
    for sign in (-1, 1):
        words = "less" if sign < 0 else "more"
        settings = (*_budget(space, 1 + sign * share), *elsewhere)
        measured = bench.run(shown, [settings], seeds)
        chinese = f"人员和资金{'减少' if sign < 0 else '增加'}{100 * share:.0f}%"
        yield Change(f"{100 * share:.0f} % {words} staff and money", chinese, tuple(shown), _means(measured))
    for model, name in enumerate(space.models):
        moved = tuple(Portfolio(model, portfolio.parts) for portfolio in shown)
        if all(portfolio.model == model for portfolio in shown):
            continue
        reference = Portfolio(model) if model else TODAY
        chinese = f"采用{space.study.models[model].model.name.zh or name}"
        yield Change(f"under {name}", chinese, moved, _means(bench.run(moved, [elsewhere], seeds, reference)))
    for control in CONTROLS if controls else ():
        measured = bench.run(shown, [(control.setting, *elsewhere)], seeds)
        yield Change(f"control: {control.en}", f"对照：{control.zh}", tuple(shown), _means(measured))


def _means(measured: PortfolioOutcomes) -> list[list[Gap]]:
    if measured.gains.shape[2] > 1 and np.isfinite(measured.gains).all():
        return mean_gaps(measured.gains[0])
    means = measured.gains[0].mean(axis=1)
    return [[Gap(float(mean), -np.inf, np.inf) for mean in row] for row in means]


def _budget(space: Space, factor: float) -> tuple[str, ...]:
    """Return the settings of a district with so many times the staff and money."""
    scenario = space.study.base.scenario
    settings = []
    for leaf in leaves(scenario):
        group = leaf.path[:2]
        if group in (("capacity", "staff"), ("capacity", "money")) and isinstance(leaf.value, int | float):
            settings.append(f"{'.'.join(map(str, leaf.path))}={float(leaf.value) * factor:.10g}")
    return tuple(settings)


@dataclass(frozen=True)
class Recurrence:
    """How often a measure comes up.

    Attributes
    ----------
    shown : int
        Of the portfolios that are shown.
    front : float
        Share of the portfolios of the front.
    tried : float
        Share of all that were tried.
    """

    measure: str
    shown: int
    front: float
    tried: float


@dataclass(frozen=True)
class Verdicts:
    """Goals, by place, in which a portfolio is better and worse than doing nothing, and in which that is undecided."""

    better: tuple[int, ...]
    worse: tuple[int, ...]
    undecided: tuple[int, ...]


def row_verdicts(row: Sequence[Gap], goals: Sequence[int]) -> Verdicts:
    """Return what is said of a row of a table in these goals; every sentence about a table is made of it."""
    better, worse, undecided = (tuple(n for n in goals if row[n].sign == sign) for sign in (1, -1, 0))
    return Verdicts(better, worse, undecided)


def portfolio_names(count: int) -> list[str]:
    """Return the names A, B, C... of what is shown."""
    return list(string.ascii_uppercase[:count])


def recurrences(answer: OptimiseAnswer) -> list[Recurrence]:
    """Return how often each measure comes up, most often in the front first."""
    tried = answer.tried.candidates
    front = [tried[n] for n in answer.front]
    found = [
        Recurrence(
            name,
            sum(place in portfolio.measures for portfolio in answer.shown),
            sum(place in portfolio.measures for portfolio in front) / len(front),
            sum(place in portfolio.measures for portfolio in tried) / len(tried),
        )
        for place, name in enumerate(answer.space.names)
    ]
    return sorted(found, key=lambda item: (-item.shown, -item.front, item.measure))


def inside(answer: OptimiseAnswer, limits: SpendingLimits, factor: float) -> list[bool]:
    """Return which of what is shown keeps the limits times a factor, by means over the fresh seeds."""
    spent = answer.final.spent[0].mean(axis=1)
    kept = []
    for hours, yuan in spent.tolist():
        most = (limits.hours_moved, limits.yuan_moved)
        kept.append(
            all(
                limit is None or value <= limit * factor
                for value, limit in zip((hours, yuan), most, strict=True)
            )
        )
    return kept


def steady(answer: OptimiseAnswer) -> tuple[int, int]:
    """Return how many gains have the same sign with fresh seeds in the whole district as in the search, and of how many."""
    places = [answer.tried.candidates.index(portfolio) for portfolio in answer.shown]
    before = np.sign(answer.tried.gains[places])
    after = np.sign([[gap.mean for gap in row] for row in answer.gains])
    benefits = list(answer.heads)
    same = before[:, benefits] == after[:, benefits]
    return int(same.sum()), int(same.size)
