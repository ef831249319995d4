"""The tables of a calibration: every number that is printed or drawn."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from govsim.results.csvtext import Cell, table_bytes
from govsim.results.values import Missing
from govsim.studies.calibration.reading import HeldOut, Known, Pull, effects, known, pulls
from govsim.studies.calibration.search import Calibrated
from govsim.studies.calibration.targets import Target
from govsim.studies.calibration.twin import Twin

Table = tuple[list[str], list[list[Cell]]]
LOW, HIGH = 0.05, 0.95
"""Quantiles between which accepted points are told to lie."""


@dataclass(frozen=True)
class CalibrationAnswer:
    """A calibration with what was read from it.

    Attributes
    ----------
    found : Calibrated
    held_out : tuple of HeldOut
        Empty before they are revealed.
    twins : tuple of Twin
        Empty where none was asked for.
    """

    found: Calibrated
    held_out: tuple[HeldOut, ...] = ()
    twins: tuple[Twin, ...] = ()

    @cached_property
    def known(self) -> tuple[Known, ...]:
        """What the region says of each parameter."""
        return known(self.found.study.factors, self.found.drawn)

    @cached_property
    def pulls(self) -> tuple[Pull, ...]:
        """Pairs of patterns, those that pull hardest against each other first."""
        return pulls(self.found.emulators, len(self.found.study.factors), self.found.study.study.design.seed)

    @cached_property
    def effects(self) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Rank correlations of parameters with patterns, shape (parameters, patterns)."""
        return effects(self.found.targets, self.found.runs)

    @cached_property
    def today(self) -> list[tuple[Target, float, float]] | None:
        """Target, expected value and distance at the scenario's own values; None where these are outside the ranges."""
        factors = self.found.study.factors
        shares = np.array([[(f.today - f.low) / (f.high - f.low) for f in factors]])
        if (shares < 0).any() or (shares > 1).any():
            return None
        values = [float(emulator.mean(shares)[0]) for emulator in self.found.emulators]
        return [
            (target, value, float(target.distance(np.array([value]))[0]))
            for target, value in zip(self.found.targets.fitted, values, strict=True)
        ]

    def inside(self, target: Target) -> float:
        """Return the probability that a run anywhere in the ranges of the parameters lies in the target's range."""
        for pull in self.pulls:
            if target in (pull.first, pull.second):
                return pull.share_first if pull.first == target else pull.share_second
        return float(np.mean(self.found.accepted.distances[:, 0] == 0))


def accepted(answer: CalibrationAnswer) -> Table:
    """Return accepted points, one a row; the header names parameters, so that it is a list of points for a study."""
    runs, chosen = answer.found.runs, answer.found.accepted.points
    most = answer.found.study.study.calibration.region
    header = [factor.path for factor in answer.found.study.factors]
    return header, [[float(value) for value in runs.design.points[point]] for point in chosen[:most]]


def patterns(answer: CalibrationAnswer) -> Table:
    """Return every point with every fitted pattern: what its runs showed, what is expected, how far it is outside."""
    found = answer.found
    runs, took = found.runs, found.accepted
    values = {target.name: runs.values(target.name) for target in found.targets.fitted}
    rows: list[list[Cell]] = []
    kept = {int(point) for point in took.points}
    for point in range(len(runs)):
        for rank, target in enumerate(found.targets.fitted):
            shown = float(values[target.name][point].mean())
            rows.append([
                point, int(runs.rounds[point]), runs.seed(point, 0), target.name, target.indicator.unit,
                target.low, target.high, shown if np.isfinite(shown) else Missing.NO_BASE, float(took.expected[point, rank]),
                _finite(float(took.distances[point, rank])), "yes" if point in kept else "no",
            ])  # fmt: skip
    header = "point round first_seed indicator unit low high runs_mean expected distance accepted"
    return header.split(), rows


def pulled(answer: CalibrationAnswer) -> Table:
    """Return every pair of patterns."""
    header = "first second share_first share_second share_both ratio rank_correlation verdict"
    return header.split(), [
        [
            pull.first.name, pull.second.name, pull.share_first, pull.share_second, pull.both,
            Missing.NO_BASE if pull.ratio is None else pull.ratio, pull.correlation, pull.verdict,
        ]
        for pull in answer.pulls
    ]  # fmt: skip


def identifiable(answer: CalibrationAnswer) -> Table:
    """Return what the region says of each parameter."""
    header = (
        "parameter label_en label_zh unit status prior_low prior_high today low middle high width "
        "partner rank_correlation today_inside verdict"
    )
    return header.split(), [
        [
            one.factor.path, one.factor.label_en, one.factor.label_zh, one.factor.unit, one.factor.status,
            one.factor.low, one.factor.high, one.factor.today, one.low, one.middle, one.high, one.width,
            one.partner.path if one.partner else "-", one.correlation, "yes" if one.today_inside else "no", one.verdict,
        ]
        for one in answer.known
    ]  # fmt: skip


def moved(answer: CalibrationAnswer) -> Table:
    """Return rank correlations of parameters with patterns over the design."""
    targets = answer.found.targets.fitted
    rows: list[list[Cell]] = [
        [factor.path, *(float(value) for value in row)]
        for factor, row in zip(answer.found.study.factors, answer.effects, strict=True)
    ]
    return ["parameter", *(target.name for target in targets)], rows


def learnt(answer: CalibrationAnswer) -> Table:
    """Return how well each pattern was learnt from the runs."""
    header = (
        "indicator unit low high runs_with_a_value runs share_inside explained covered_90 noise logarithm accepted_low "
        "accepted_high"
    )
    rows: list[list[Cell]] = []
    for rank, emulator in enumerate(answer.found.emulators):
        target = emulator.target
        ends = ends_of_accepted(answer, rank)
        rows.append([
            target.name, target.indicator.unit, target.low, target.high, *emulator.runs, answer.inside(target),
            emulator.explained, emulator.covered, emulator.noise, "yes" if emulator.logarithm else "no", *ends,
        ])  # fmt: skip
    return header.split(), rows


def ends_of_accepted(answer: CalibrationAnswer, rank: int) -> tuple[float, float]:
    """Return the 5 % and 95 % quantile of a pattern's expected values at accepted points."""
    took = answer.found.accepted
    low, high = np.quantile(took.expected[took.points, rank], [LOW, HIGH])
    return float(low), float(high)


def held_out(answer: CalibrationAnswer) -> Table:
    """Return the held-out patterns at accepted points and at the points of the design."""
    header = "indicator unit low high accepted_points accepted_low accepted_median accepted_high accepted_inside design_inside"
    rows: list[list[Cell]] = []
    for one in answer.held_out:
        target = one.target
        if not len(one.values):
            continue
        low, middle, high = (float(q) for q in np.quantile(one.values, [LOW, 0.5, HIGH]))
        rows.append([
            target.name, target.indicator.unit, target.low, target.high, len(one.values), low, middle, high,
            share_inside(target, one.values), share_inside(target, one.before),
        ])  # fmt: skip
    return header.split(), rows


def share_inside(target: Target, values: np.ndarray[Any, np.dtype[np.float64]]) -> float:
    """Return the share of values in the range."""
    return float((target.distance(values) == 0).mean())


def twin_rows(answer: CalibrationAnswer) -> Table:
    """Return every parameter of every twin."""
    header = "twin in_region parameter truth low middle high in_interval width verdict"
    rows: list[list[Cell]] = []
    for number, twin in enumerate(answer.twins, 1):
        for one, truth, inside in zip(twin.known, twin.truth, twin.intervals(), strict=True):
            rows.append([
                number, "yes" if twin.inside else "no", one.factor.path, float(truth), one.low, one.middle, one.high,
                "yes" if inside else "no", one.width, one.verdict,
            ])  # fmt: skip
    return header.split(), rows


def _finite(value: float) -> Cell:
    return value if np.isfinite(value) else Missing.NO_BASE


def tables(answer: CalibrationAnswer) -> dict[str, Table]:
    """Return all tables by name of their files; held-out patterns and twins only where there are any."""
    found = {
        "accepted": accepted(answer),
        "patterns": patterns(answer),
        "pulls": pulled(answer),
        "identifiable": identifiable(answer),
        "effects": moved(answer),
        "emulators": learnt(answer),
    }
    if answer.held_out:
        found["held_out"] = held_out(answer)
    if answer.twins:
        found["twins"] = twin_rows(answer)
    return found


def write(folder: Path, answer: CalibrationAnswer, pictures: dict[str, bytes]) -> Sequence[str]:
    """Write tables and pictures and return the names of the files."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {f"{name}.csv": table_bytes(name, *table) for name, table in tables(answer).items()} | pictures
    for name, content in files.items():
        part = folder / f".{name}.part"
        part.write_bytes(content)
        os.replace(part, folder / name)
    return list(files)
