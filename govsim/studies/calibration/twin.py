"""Twin experiment: data from known parameters, and whether the calibration finds them again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from govsim.results.errors import RefusedError
from govsim.runner.options import RunOptions
from govsim.scenario.studies import LoadedStudy
from govsim.studies.calibration.emulator import Emulator
from govsim.studies.calibration.reading import REGION, Known, known
from govsim.studies.calibration.runs import add, empty, rounded
from govsim.studies.calibration.sampling import draw
from govsim.studies.calibration.search import DRAWS, joint

_FAR = 1_000_000
"""Seeds of twins begin as far from those of the study."""
_WIDTH = 0.5
"""Half-width of a twin's ranges, in standard deviations between seeds: as exact as one observed district is."""


@dataclass(frozen=True)
class Twin:
    """One district with known parameters.

    Attributes
    ----------
    truth : float64 array, shape (parameters,)
        In their units.
    inside : bool
        Whether the truth lies in the 90 % region: the points of highest density that hold 90 % of the draws.
    known : tuple of Known
        What was found of each parameter.
    volume : float
        Mean over parameters of the interval's width over the prior's.
    """

    truth: NDArray[np.float64]
    inside: bool
    known: tuple[Known, ...]

    @property
    def volume(self) -> float:
        """Mean width of the intervals over the prior's: 1 where nothing was learnt."""
        return float(np.mean([each.width for each in self.known]))

    def intervals(self) -> list[bool]:
        """Return for each parameter whether its own 90 % interval holds the truth."""
        return [each.low <= value <= each.high for each, value in zip(self.known, self.truth, strict=True)]


def twins(
    study: LoadedStudy, emulators: Sequence[Emulator], number: int, options: RunOptions
) -> tuple[Twin, ...]:
    """Run districts with known parameters and find them again from one run of each.

    Parameters
    ----------
    emulators
        Learnt from the study's runs, which hold none of these districts.
    number
        Of districts; their parameters fill the ranges evenly.

    Raises
    ------
    RefusedError
        If a run failed or an indicator has no value.
    """
    from scipy.stats import qmc

    seed = study.study.design.seed
    shares = qmc.Sobol(len(study.factors), rng=seed + _FAR).random_base2(max(number - 1, 0).bit_length())
    runs = empty(study, study.study.first_seed + _FAR)
    add(runs, study, rounded(study, shares[:number]), options)
    if runs.interrupted:
        raise KeyboardInterrupt
    observed = [runs.values(emulator.target.name)[:, 0] for emulator in emulators]
    for emulator, values in zip(emulators, observed, strict=True):
        if not np.isfinite(values).all():
            raise RefusedError(
                f"{emulator.target.name} has no value in a twin: a larger district, or more weeks"
            )
    found = []
    for index in range(number):
        seen = [e.around(float(values[index]), _WIDTH) for e, values in zip(emulators, observed, strict=True)]
        density = joint(seen)
        drawn = draw(density, len(study.factors), DRAWS, seed + index)
        truth = density(runs.design.shares[index : index + 1])[0]
        inside = bool(truth >= np.quantile(drawn.log_density, 1 - REGION))
        found.append(Twin(runs.design.points[index], inside, known(study.factors, drawn)))
    return tuple(found)
