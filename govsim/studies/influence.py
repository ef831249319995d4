"""The order of assumptions by what they do to a difference between models, over several indicators at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from govsim.results.csvtext import read_cells
from govsim.results.declare import Column
from govsim.scenario.files import study_shelf
from govsim.scenario.studies import Factor
from govsim.studies.sensitivity import Analysis

FILE = "influence.csv"
COLUMNS = (
    Column("place", "place", "位次", "-", "1 for the most influential parameter."),
    Column("parameter", "parameter", "参数", "-", "Path of the parameter in a scenario."),
    Column("label_en", "label", "英文名称", "-", "English label."),
    Column("label_zh", "Chinese label", "中文名称", "-", "Chinese label."),
    Column("status", "status", "依据", "-", "found, derived, calibrated, assumed or design."),
    Column("influence", "influence", "影响力", "0-1",
           "Mean over the indicators of its index, of the largest index of any parameter; 0 where undecided."),
    Column("moves", "moves", "影响的指标", "-", "Names of the indicators that it is found to move, or none."),
)  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """A parameter among those of a study.

    Attributes
    ----------
    place : int
        1 for the most influential.
    influence : float
        0-1, see :data:`COLUMNS`.
    moves : tuple of str
        Indicators that it is found to move.
    """

    place: int
    parameter: str
    label_en: str
    label_zh: str
    status: str
    influence: float
    moves: tuple[str, ...]


def standings(factors: Sequence[Factor], analyses: Sequence[tuple[str, Analysis]]) -> list[Standing]:
    """Return the parameters in order.

    Parameters
    ----------
    analyses
        Name of an indicator and what was found of it, each indicator once.
    """
    totals, moves = [0.0] * len(factors), [[] for _ in factors]  # type: tuple[list[float], list[list[str]]]
    for name, analysis in analyses:
        largest = max((item.index for item in analysis.ranked), default=0.0)
        for item in analysis.found:
            totals[item.rank] += max(item.index, 0.0) / largest / len(analyses) if largest > 0 else 0.0
            moves[item.rank].append(name)
    order = sorted(range(len(factors)), key=lambda rank: (-totals[rank], rank))
    return [
        Standing(
            place, factors[rank].path, factors[rank].label_en, factors[rank].label_zh, factors[rank].status,
            totals[rank], tuple(moves[rank]),
        )
        for place, rank in enumerate(order, 1)
    ]  # fmt: skip


def shipped() -> tuple[Standing, ...]:
    """Return the order that was found for the shipped district (docs/sensitivity.md), nothing where there is none."""
    path = study_shelf().folder / FILE
    return read(path) if path.is_file() else ()


def read(path: Path) -> tuple[Standing, ...]:
    """Return the order that a study wrote."""
    header, cells = read_cells(path, *(column.name for column in COLUMNS))
    rows = [dict(zip(header, row, strict=True)) for row in cells]
    return tuple(
        Standing(
            int(row["place"]), row["parameter"], row["label_en"], row["label_zh"], row["status"],
            float(row["influence"]), tuple(name for name in row["moves"].split() if name != "none"),
        )
        for row in rows
    )  # fmt: skip
