"""In how many plausible districts a difference between two models has which sign.

Plausible districts are the accepted points of a calibration. At each of them both models run with the same seeds; the verdict
at a point is that of its own 95 % interval, so that of twenty districts without a difference one gets a verdict by chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from govsim.results.declare import Indicator
from govsim.results.errors import RefusedError
from govsim.results.indicators import HEADLINE
from govsim.results.values import Missing
from govsim.statistics.contrast import contrast
from govsim.studies.experiments import Experiments

Verdict = Literal["better", "worse", "higher", "lower", "undecided", "n/a"]


@dataclass(frozen=True)
class DistrictDifference:
    """One indicator in one district: the second model compared with the first.

    Attributes
    ----------
    district : int
        Number in the list, from 1.
    difference, low, high : float or None
        Mean over seeds with its 95 % interval; None where a run has no value or there is one seed.
    """

    district: int
    indicator: Indicator
    difference: float | None
    low: float | None
    high: float | None
    seeds: int
    verdict: Verdict


def in_districts(experiments: Experiments) -> list[DistrictDifference]:
    """Return every headline indicator in every district.

    Raises
    ------
    RefusedError
        If there are not two models.
    """
    if len(experiments.models) != 2:
        raise RefusedError(f"a difference needs two models; the study has {len(experiments.models)}")
    values = {item.name: experiments.values(item.name, missing=True) for item in HEADLINE}
    return [
        _held(point + 1, item, *values[item.name][point])
        for point in range(len(experiments.design))
        for item in HEADLINE
    ]


def _held(district: int, indicator: Indicator, first: np.ndarray, second: np.ndarray) -> DistrictDifference:
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        return DistrictDifference(district, indicator, None, None, None, len(first), "n/a")
    found = contrast(first.tolist(), second.tolist())
    assert not isinstance(found.difference, Missing)
    if found.half_width is None:
        return DistrictDifference(district, indicator, found.difference, None, None, len(first), "undecided")
    low, high = found.difference - found.half_width, found.difference + found.half_width
    return DistrictDifference(
        district, indicator, found.difference, low, high, len(first), verdict(low, high, indicator.direction)
    )


def verdict(low: float, high: float, direction: int) -> Verdict:
    """Return what an interval of a difference says, given which direction is better (0: neither)."""
    if low <= 0 <= high:
        return "undecided"
    up = low > 0
    if direction == 0:
        return "higher" if up else "lower"
    return "better" if up == (direction > 0) else "worse"
