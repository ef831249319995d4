"""Portfolios of countermeasures under one budget: the search, the front, and how much the answer hangs on."""

from __future__ import annotations

import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from govsim.results.errors import RefusedError
from govsim.runner.progress import Reporter
from govsim.scenario.origins import leaves
from govsim.studies.ablations import CONTROLS
from govsim.studies.experiments import Design
from govsim.studies.optimise.bench import Goal, PortfolioOutcomes, PortfolioRuns
from govsim.studies.optimise.front import Floats, Gap, Order, Robustness, gaps, order, robustness, shortlist
from govsim.studies.optimise.portfolios import TODAY, Portfolio, Score, Space, Tried, search

if TYPE_CHECKING:
    from govsim.scenario.schema.study import SpendingLimits

SEARCH = "in the district of the search"
"""The change to the settings of the search: what the search saw, beside what is answered."""


@dataclass(frozen=True)
class Change:
    """What is shown, run again with one thing changed.

    Attributes
    ----------
    label : str
        What was changed.
    portfolios : tuple of Portfolio
        What was run, in the order of what is shown.
    gains : list of list of Gap
        By portfolio and goal, on doing nothing under the same change; an impossible one has NaN.
    """

    label: str
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

    tried = search(
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
    stand = order(np.concatenate([each, nothing]))
    again = fresh[: asked.region_seeds]
    said.say(f"what is shown in {len(design)} districts of the region")
    elsewhere = () if asked.whole_region else fixed
    points = [(*design.settings(point), *elsewhere) for point in range(len(design))]
    region = _whole(bench.run(shown, points, again), space, shown).gains
    changes = tuple(_changes(bench, shown, again, elsewhere, fixed, controls))
    return OptimiseAnswer(
        space, goals, tried, front, shown, tuple(benefits), fresh, final, gaps(each), stand, design,
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
        yield Change(SEARCH, tuple(shown), _means(bench.run(shown, [search], seeds)))
    for sign in (-1, 1):
        words = "less" if sign < 0 else "more"
        settings = (*_budget(space, 1 + sign * share), *elsewhere)
        measured = bench.run(shown, [settings], seeds)
        yield Change(f"{100 * share:.0f} % {words} staff and money", tuple(shown), _means(measured))
    for model, name in enumerate(space.models):
        moved = tuple(Portfolio(model, portfolio.parts) for portfolio in shown)
        if all(portfolio.model == model for portfolio in shown):
            continue
        reference = Portfolio(model) if model else TODAY
        yield Change(f"under {name}", moved, _means(bench.run(moved, [elsewhere], seeds, reference)))
    for control in CONTROLS if controls else ():
        measured = bench.run(shown, [(control.setting, *elsewhere)], seeds)
        yield Change(f"control: {control.en}", tuple(shown), _means(measured))


def _means(measured: PortfolioOutcomes) -> list[list[Gap]]:
    if measured.gains.shape[2] > 1 and np.isfinite(measured.gains).all():
        return gaps(measured.gains[0])
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


def verdicts(row: Sequence[Gap], goals: Sequence[int]) -> Verdicts:
    """Return what is said of a row of a table in these goals; every sentence about a table is made of it."""
    better, worse, undecided = (tuple(n for n in goals if row[n].sign == sign) for sign in (1, -1, 0))
    return Verdicts(better, worse, undecided)


def letters(count: int) -> list[str]:
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
