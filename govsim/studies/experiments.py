"""Designs, and designs run: every point under every model with every seed, each run kept as its indicators and found again."""

from __future__ import annotations

import itertools
import math
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from govsim.results.errors import RefusedError
from govsim.results.indicators import INDICATORS
from govsim.results.store import prepare
from govsim.results.values import Missing, Value
from govsim.runner.find_runs import Mixture, mixture_words
from govsim.runner.folder_status import note_asked
from govsim.runner.options import RunOptions
from govsim.runner.planning import distinct
from govsim.runner.points import Beginning
from govsim.runner.progress import Reporter
from govsim.runner.replicates import Failure, StudyOutcome, run_all
from govsim.scenario.estimate import study_refusal, study_size
from govsim.scenario.messages import Place, Problem, ScenarioError
from govsim.scenario.studies import Factor, LoadedStudy

if TYPE_CHECKING:
    import pandas as pd

    from govsim.scenario import LoadedGovernance
    from govsim.studies.wording import Wording

AT_ONCE = 8_000
"""Runs that are handed to the runner together; larger designs go in parts, so that memory stays flat."""


@dataclass(frozen=True)
class DesignOutcome:
    """What there is to be told of runs, whatever was asked of them.

    Attributes
    ----------
    kept, runs : int
        Finished, and all that are needed.
    some : bool
        Whether there is any number to answer with.
    """

    interrupted: bool
    failures: Sequence[Failure]
    kept: int
    runs: int
    some: bool


@dataclass(frozen=True)
class Experiments:
    """What came of a design.

    Attributes
    ----------
    study : LoadedStudy
    design : Design
    models : tuple of LoadedGovernance
    seeds : tuple of int
    labels : tuple of str
        Of the models, for people; no two alike.
    summaries : float64 array, shape (points, models, seeds, indicators)
        In the order of :data:`~govsim.results.indicators.INDICATORS`; NaN where a run failed or an indicator has no
        value, see ``reasons``.
    reasons : dict of (point, model, seed index, indicator name) to str
        Why there is no value.
    failures : tuple of Failure
    computed, reused : int
        Runs done now, and found; one that several points ask for counts once.
    runs : int
        All that the design needs, likewise; of parts not begun, as many as points, models and seeds make.
    interrupted : bool
    """

    study: LoadedStudy
    design: Design
    models: tuple[LoadedGovernance, ...]
    seeds: tuple[int, ...]
    labels: tuple[str, ...]
    summaries: NDArray[np.float64]
    reasons: dict[tuple[int, int, int, str], str]
    failures: tuple[Failure, ...]
    computed: int
    reused: int
    runs: int
    interrupted: bool

    @cached_property
    def _column(self) -> dict[str, int]:
        return {indicator.name: index for index, indicator in enumerate(INDICATORS)}

    @property
    def outcome(self) -> DesignOutcome:
        """What there is to be told of the runs."""
        some = bool(np.isfinite(self.summaries).any())
        return DesignOutcome(self.interrupted, self.failures, self.computed + self.reused, self.runs, some)

    def values(self, indicator: str, *, missing: bool = False) -> NDArray[np.float64]:
        """Return an indicator, shape (points, models, seeds).

        Parameters
        ----------
        missing
            Let NaN stand for what has no value; otherwise that is refused.

        Raises
        ------
        RefusedError
            If a run has no value, naming point, model, seed and reason.
        """
        found = self.summaries[..., self._column[indicator]]
        if not missing and not np.isfinite(found).all():
            point, model, seed = (int(index[0]) for index in np.nonzero(~np.isfinite(found)))
            why = self.reasons.get((point, model, seed, indicator), "the run failed")
            at = ", ".join(self.design.settings(point))
            raise RefusedError(
                f"{indicator} has no value under {self.labels[model]} with seed {self.seeds[seed]} at {at}: {why}"
            )
        return found

    def ordered(self, indicator: str) -> NDArray[np.float64]:
        """Return an indicator, shape (points, models, seeds): infinite where it was not reached, NaN without a value."""
        found = self.values(indicator, missing=True).copy()
        for (point, model, seed, name), why in self.reasons.items():
            if name == indicator and why == Missing.NOT_REACHED.value:
                found[point, model, seed] = math.inf
        return found

    def means(self, indicator: str) -> NDArray[np.float64]:
        """Return the mean over seeds, shape (points, models); refused as in :meth:`values`."""
        return np.asarray(self.values(indicator).mean(axis=2))

    def at_points(self, indicator: str, model: int) -> list[Value]:
        """Return the mean over seeds under one model, point by point, or why a point has none."""
        values = self.values(indicator, missing=True)[:, model]
        found: list[Value] = []
        for point, numbers in enumerate(values):
            missing = np.flatnonzero(~np.isfinite(numbers))
            why = {
                self.reasons.get((point, model, int(s), indicator), Missing.NO_BASE.value) for s in missing
            }
            late = Missing.NOT_REACHED if Missing.NOT_REACHED.value in why else Missing.NO_BASE
            found.append(late if why else float(numbers.mean()))
        return found

    def frame(self) -> pd.DataFrame:
        """Return one row a run: point, parameters by path, model, seed, indicators by name."""
        import pandas as pd

        shape = self.summaries.shape[:3]
        point, model, seed = (index.ravel() for index in np.indices(shape))
        columns: dict[str, object] = {"point": point}
        for rank, factor in enumerate(self.design.factors):
            columns[factor.path] = self.design.points[point, rank]
        columns["model"] = np.array(self.labels)[model]
        columns["seed"] = np.array(self.seeds)[seed]
        for name, rank in self._column.items():
            columns[name] = self.summaries[..., rank].ravel()
        return pd.DataFrame(columns)


def run_design(
    study: LoadedStudy,
    design: Design,
    options: RunOptions,
    *,
    models: Sequence[LoadedGovernance] | None = None,
    seeds: Sequence[int] | None = None,
    noted: int = 0,
) -> Experiments:
    """Run a design; what is there already is used again, so the same call continues one that was stopped.

    Parameters
    ----------
    models, seeds
        Instead of the study's.
    noted
        Runs that the whole command needs, noted beside those that are there for ``govsim status``; 0 for no note.

    Raises
    ------
    ScenarioError
        If a point is no valid scenario (limits that hold for several parameters together), naming it.
    RefusedError, EnvironmentProblem
        As :func:`~govsim.runner.replicates.run_all`.
    """
    arms = tuple(models or study.models)
    asked = study.study
    chosen = tuple(seeds or range(asked.first_seed, asked.first_seed + asked.seeds))
    shape = (len(design), len(arms), len(chosen), len(INDICATORS))
    summaries = np.full(shape, np.nan)
    reasons: dict[tuple[int, int, int, str], str] = {}
    failures: list[Failure] = []
    mixture = Mixture()
    computed = reused = 0
    runs = math.prod(shape[:3])
    interrupted = False
    said = options.reporter or Reporter()
    options = replace(options, reporter=said)
    beginning = Beginning(study, options.out)
    parts = list(_parts(len(design), len(arms) * len(chosen)))
    for number, points in enumerate(parts, 1):
        plans = [
            beginning.plan(loaded, model)
            for loaded in (study.load(design.settings(point)) for point in points)
            for model in arms
        ]
        unique, places = distinct(plans)
        runs -= (len(plans) - len(unique)) * len(chosen)
        if noted:
            note_asked(unique, chosen, len(plans) * len(chosen), noted, options.command)
        if len(parts) > 1:
            said.say(
                f"part {number} of {len(parts)}: points {points.start + 1}–{points.stop} of {len(design)}"
            )
        outcome = run_all(unique, chosen, options)
        _fill(outcome, places, points.start, len(arms), chosen, summaries, reasons)
        mixture.add(outcome.results.values())
        failures += outcome.failures
        computed, reused = computed + outcome.computed, reused + outcome.reused
        if outcome.interrupted:
            interrupted = True
            break
    if words := mixture_words(mixture.mixed):
        said.say(words)
    return Experiments(
        study,
        design,
        arms,
        chosen,
        _labels(arms),
        summaries,
        reasons,
        tuple(failures),
        computed,
        reused,
        runs,
        interrupted,
    )


def _parts(points: int, each: int) -> Iterator[range]:
    step = max(1, AT_ONCE // max(each, 1))
    for start in range(0, points, step):
        yield range(start, min(start + step, points))


def _fill(
    outcome: StudyOutcome,
    places: Sequence[int],
    first: int,
    arms: int,
    seeds: Sequence[int],
    summaries: NDArray[np.float64],
    reasons: dict[tuple[int, int, int, str], str],
) -> None:
    for (index, place), (rank, seed) in product(enumerate(places), enumerate(seeds)):
        run = outcome.results.get((place, seed))
        if run is None:
            continue
        where = first + index // arms, index % arms, rank
        for column, (name, value) in enumerate(run.summary.items()):
            summaries[(*where, column)] = _number(value)
            if isinstance(value, Missing):
                reasons[(*where, name)] = value.value


def _number(value: Value) -> float:
    return math.nan if isinstance(value, Missing) else float(value)


def _labels(models: Sequence[LoadedGovernance]) -> tuple[str, ...]:
    names = [model.model.name.en or model.name for model in models]
    return tuple(
        f"{name} [{model.key[:6]}]" if names.count(name) > 1 else name
        for name, model in zip(names, models, strict=True)
    )


@dataclass
class StudyRuns:
    """Runs designs for a kind of study, and keeps what there is to be told of all of them.

    Attributes
    ----------
    options : RunOptions
    force : bool
        Begin even what would take more than a month.
    judge : callable
        Is told of every design that was run, and raises where there is nothing to go on with.
    noted : int
        Runs that the whole command needs, for ``govsim status``; 0 for no note.
    parts : list of Experiments
        Everything run so far.
    """

    options: RunOptions
    force: bool = False
    judge: Callable[[DesignOutcome], None] = lambda ran: None
    noted: int = 0
    parts: list[Experiments] = field(default_factory=list)
    started: float = field(default_factory=time.perf_counter)

    def __post_init__(self) -> None:
        self.options = replace(self.options, reporter=self.options.reporter or Reporter())

    def __call__(
        self,
        study: LoadedStudy,
        design: Design,
        *,
        models: Sequence[LoadedGovernance] | None = None,
        seeds: Sequence[int] | None = None,
    ) -> Experiments:
        """Run a design, see :func:`run_design`."""
        ran = run_design(study, design, self.options, models=models, seeds=seeds, noted=self.noted)
        self.parts.append(ran)
        self.judge(ran.outcome)
        return ran

    def say(self, words: str) -> None:
        """Say something beside the progress."""
        assert self.options.reporter is not None
        self.options.reporter.say(words)

    def fit(self, study: LoadedStudy, points: int) -> None:
        """Refuse a study that does not fit, before anything is laid out or run.

        Raises
        ------
        ScenarioError
            Saying how much it needs and how much would fit.
        EnvironmentProblem
            If results cannot be written there.
        """
        there = self.options.out.absolute()
        while not there.exists():
            there = there.parent
        runs_of_point = len(study.models) * study.study.seeds
        size = study_size(study.base.scenario, points * runs_of_point)
        reason = study_refusal(size, shutil.disk_usage(there).free, self.force)
        if reason:
            each = f"{points:,} points x {len(study.models)} models x {study.study.seeds} seeds"
            raise ScenarioError([Problem.at(Place(study.file), "design", f"{each}: {reason}")])
        prepare(self.options.out)

    @property
    def counts(self) -> dict[str, int]:
        """Runs done, and found."""
        return {name: sum(getattr(part, name) for part in self.parts) for name in ("computed", "reused")}

    def told(self, say: Wording) -> str:
        """Return the same in words, with the time that it took."""
        done, found = self.counts.values()
        seconds = f"{time.perf_counter() - self.started:.0f}"
        return say(
            f"{done} and {found} found, {seconds} s", f"新模拟{done}次，沿用{found}次，用时{seconds}秒"
        )


@dataclass(frozen=True)
class Design:
    """Points at which a scenario is run.

    Attributes
    ----------
    factors : tuple of Factor
    points : float64 array, shape (points, factors)
        In the units of the parameters.
    """

    factors: tuple[Factor, ...]
    points: NDArray[np.float64]

    def settings(self, point: int) -> tuple[str, ...]:
        """Return the ``--set`` arguments of a point."""
        return tuple(f.setting(value) for f, value in zip(self.factors, self.points[point], strict=True))

    @property
    def shares(self) -> NDArray[np.float64]:
        """Points as shares of the ranges, 0-1, same shape."""
        low = np.array([factor.low for factor in self.factors])
        high = np.array([factor.high for factor in self.factors])
        return np.asarray((self.points - low) / (high - low))

    def __len__(self) -> int:
        return len(self.points)


def from_shares(factors: Sequence[Factor], shares: NDArray[np.float64]) -> Design:
    """Return a design from shares of the ranges, shape (points, factors), 0-1."""
    points = [[factor.at(share) for factor, share in zip(factors, row, strict=True)] for row in shares]
    return Design(tuple(factors), np.array(points, np.float64).reshape(len(shares), len(factors)))


def space_filling(
    factors: Sequence[Factor], points: int, kind: Literal["sobol", "latin_hypercube"], seed: int
) -> Design:
    """Return a scrambled Sobol sequence or a Latin hypercube (scipy.stats.qmc)."""
    from scipy.stats import qmc

    if kind == "latin_hypercube":
        return from_shares(factors, qmc.LatinHypercube(len(factors), rng=seed).random(points))
    power = max(points - 1, 0).bit_length()  # a Sobol sequence is balanced at powers of two
    return from_shares(factors, qmc.Sobol(len(factors), rng=seed).random_base2(power)[:points])


def grid(factors: Sequence[Factor], levels: int) -> Design:
    """Return every combination of equally spaced levels; a parameter of whole numbers has no more levels than values."""
    axes = []
    for factor in factors:
        values = np.linspace(factor.low, factor.high, levels)
        axes.append(np.unique(np.round(values)) if factor.whole else values)
    return Design(tuple(factors), np.array(list(itertools.product(*axes)), np.float64))


def of_study(study: LoadedStudy) -> Design:
    """Return the design that a study asks for."""
    asked = study.study.design
    if asked.kind == "list":
        return Design(study.factors, np.array(study.listed, np.float64))
    if asked.kind == "grid":
        return grid(study.factors, asked.levels)
    return space_filling(study.factors, asked.points, asked.kind, asked.seed)
