"""Portfolios run in districts, each against doing nothing in the same district with the same seed."""

from __future__ import annotations

from collections.abc import Sequence
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
from govsim.runner.replicates import Failure, run_all
from govsim.scenario.messages import Problem, ScenarioError
from govsim.scenario.schema.study import COSTS
from govsim.studies.effects import moved, resident_years
from govsim.studies.optimise.front import Floats
from govsim.studies.optimise.portfolios import TODAY, Portfolio, Space
from govsim.units import THOUSAND

if TYPE_CHECKING:
    from govsim.scenario import Loaded
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
