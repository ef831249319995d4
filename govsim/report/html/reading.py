"""A comparison folder as the report reads it: text from tables, never a new number."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from govsim.report.docs.words import Language
from govsim.results.csvtext import read_cells
from govsim.results.errors import RefusedError
from govsim.results.store import read_manifest
from govsim.results.values import Missing

Row = dict[str, str]
"""One row of a table, cells as they are written, by column."""

FACTS = "comparison.json"
_LATER_FACTS = ("districts", "outside_budget", "counted", "moving")
"""What comparisons of earlier versions do not say."""


@dataclass(frozen=True)
class Arm:
    """One governance model in one capacity mode.

    Attributes
    ----------
    place : int
        Its position among the arms of its mode, which fixes its letter, colour, dash and marker.
    """

    place: int
    letter: str
    mode: str
    labels: Mapping[Language, str]
    key: str
    """Label by which tables name it."""


@dataclass(frozen=True)
class Detail:
    """How much of a comparison a page shows, so that one of many arms and seeds still fits into a mail.

    Attributes
    ----------
    seeds : bool
        A mark for every seed.
    measures : int or None
        Measures of groups, at most.
    """

    seeds: bool = True
    measures: int | None = None


DETAILS = (Detail(), Detail(seeds=False), Detail(seeds=False, measures=1), Detail(seeds=False, measures=0))
"""From the whole to what is shown at least."""


@dataclass(frozen=True)
class Material:
    """What a report is made of.

    Attributes
    ----------
    folder : Path
        The comparison.
    facts : dict
        What ``comparison.json`` says.
    """

    folder: Path
    facts: dict[str, Any]
    detail: Detail = DETAILS[0]

    @property
    def modes(self) -> list[str]:
        """Capacity modes, the main one first."""
        return list(dict.fromkeys(arm["capacity_mode"] for arm in self.facts["arms"]))

    def arms(self, mode: str) -> list[Arm]:
        """Return the arms of a capacity mode, the baseline first."""
        said = [arm for arm in self.facts["arms"] if arm["capacity_mode"] == mode]
        return [
            Arm(
                place,
                arm["letter"],
                mode,
                {"en": arm["label"], "zh": arm.get("label_zh") or arm["label"]},
                arm["label"],
            )
            for place, arm in enumerate(said)
        ]

    def comparisons(self, mode: str) -> list[dict[str, Any]]:
        """Return what is said of each comparison of a capacity mode."""
        return [item for item in self.facts["comparisons"] if item["capacity_mode"] == mode]

    def has(self, name: str) -> bool:
        """Return whether there is a table of that name."""
        return (self.folder / f"{name}.csv").is_file()

    def rows(self, name: str, /, **where: str) -> Iterator[Row]:
        """Yield the rows of a table whose cells are as asked; nothing where there is no such table."""
        for row in self._tables(name):
            if all(row[column] == text for column, text in where.items()):
                yield row

    def _tables(self, name: str) -> list[Row]:
        if name not in self._read:
            self._read[name] = table(self.folder / f"{name}.csv") if self.has(name) else []
        return self._read[name]

    @cached_property
    def _read(self) -> dict[str, list[Row]]:
        return {}

    @cached_property
    def indicators(self) -> dict[str, Row]:
        """What the dictionary says of each indicator."""
        return {row["name"]: row for row in self.rows("dictionary", table="indicators")}


def table(path: Path) -> list[Row]:
    """Return the rows of a table; the mark that keeps spreadsheets from reading a formula is taken off.

    Raises
    ------
    RefusedError
        If a cell is empty or not a result.
    """
    header, rows = read_cells(path)
    return [{name: cell.removeprefix("'") for name, cell in zip(header, row, strict=True)} for row in rows]


def read_material(folder: Path) -> Material:
    """Return a comparison that is whole.

    Raises
    ------
    RefusedError
        If the folder holds no finished comparison, or one that was changed or written by another version.
    """
    manifest = read_manifest(folder)
    if manifest is None:
        raise RefusedError(f"{folder.name} is no finished comparison: it has no complete manifest")
    if FACTS not in manifest["files"]:
        raise RefusedError(
            f"{folder.name} has no {FACTS}: it is a single run, or a comparison of an older govsim. "
            "A report is made of a comparison: `govsim compare` writes one."
        )
    facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
    return Material(folder, dict.fromkeys(_LATER_FACTS) | facts)


def value(cell: str) -> float | None:
    """Return the number of a cell, or None where it says why there is none."""
    return None if cell in {missing.value for missing in Missing} | {"-"} else float(cell)
