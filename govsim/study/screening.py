"""A screening run: its points with the study's seeds, and those of the dummy with as many further ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from govsim.results.errors import RefusedError
from govsim.scenario.studies import LoadedStudy
from govsim.study.design import Design
from govsim.study.experiments import Experiments, run_design
from govsim.study.one_run import Engine
from govsim.study.progress import Reporter
from govsim.study.sensitivity import Analysis, Screening, analyse


@dataclass(frozen=True)
class Screened:
    """What came of a screening.

    Attributes
    ----------
    screening : Screening
    halves : tuple of Experiments
        Points with the first set of seeds, and with the second; the second is missing where the first was interrupted.
    """

    screening: Screening
    halves: tuple[Experiments, ...]

    @property
    def runs(self) -> int:
        """Runs that the screening needs; one that several points ask for counts once where its half was begun."""
        begun, study = self.halves, self.halves[0].study
        left = _gross(study, self.screening) - sum(
            len(half.design) * len(half.models) * len(half.seeds) for half in begun
        )
        return sum(half.runs for half in begun) + left

    @property
    def whole(self) -> bool:
        """Whether every run is there."""
        return len(self.halves) == 2 and not any(half.interrupted or half.failures for half in self.halves)

    def values(self, indicator: str) -> NDArray[np.float64]:
        """Return an indicator in the order of the screening, shape (points, models, seeds).

        Raises
        ------
        RefusedError
            If a run has no value, naming it and the reason.
        """
        parts = [half.values(indicator) for half in self.halves]
        found = np.empty((len(self.screening.design), *parts[0].shape[1:]))
        found[~self.screening.fresh], found[self.screening.fresh] = parts
        return found

    def analyse(self, indicator: str, model: int, baseline: int | None = None) -> Analysis:
        """Return influences on an indicator under a model, or on its difference from a baseline, paired by seed.

        Raises
        ------
        RefusedError
            As :meth:`values`.
        """
        values = self.values(indicator)
        under = values[:, model] if baseline is None else values[:, model] - values[:, baseline]
        return analyse(self.screening, under)


def _gross(study: LoadedStudy, screening: Screening) -> int:
    return len(screening.design) * len(study.models) * study.study.seeds


def run_screening(
    study: LoadedStudy,
    screening: Screening,
    out: Path,
    *,
    jobs: int = 0,
    scheduler: str | None = None,
    single_writer: bool = False,
    command: Sequence[str] = (),
    reporter: Reporter | None = None,
    engine: Engine | None = None,
    noted: int = 0,
) -> Screened:
    """Run a screening; the same call continues one that was stopped.

    Parameters
    ----------
    noted
        As for :func:`~govsim.study.experiments.run_design`; at least the runs of both halves.

    Raises
    ------
    RefusedError
        If there are fewer than two seeds: noise could not be told from effects.
    ScenarioError, EnvironmentProblem
        As :func:`~govsim.study.experiments.run_design`.
    """
    asked = study.study
    if asked.seeds < 2:
        raise RefusedError("one seed at each point cannot tell an effect from chance: ask for two or more")
    halves: list[Experiments] = []
    for fresh, first in ((False, asked.first_seed), (True, asked.first_seed + asked.seeds)):
        points = screening.design.points[screening.fresh == fresh]
        half = run_design(
            study,
            Design(screening.design.factors, points),
            out,
            seeds=range(first, first + asked.seeds),
            jobs=jobs,
            scheduler=scheduler,
            single_writer=single_writer,
            command=command,
            reporter=reporter,
            engine=engine,
            noted=max(noted, _gross(study, screening)),
        )
        halves.append(half)
        if half.interrupted:
            break
    return Screened(screening, tuple(halves))
