"""Tables that somebody else wrote, by hand, in a spreadsheet or with a program: CSV in any of the usual encodings.

A first row names the columns; rows that begin with ``#`` and empty rows are passed over. Cells stand between commas,
semicolons or tabs, whichever the first row has most of.
"""

from __future__ import annotations

import csv
import io
import math
import os
from dataclasses import dataclass

from govsim.scenario.fields import nearest
from govsim.scenario.messages import Place, Problem, ScenarioError, quoted
from govsim.scenario.reader import decode, number_fix, visible

MAX_BYTES = 50_000_000
"""Bytes of a table that are read."""
_MOST_ROWS = 1_000_000
_MOST_PROBLEMS = 1_000
"""Problems after which a table is not read further."""


@dataclass(frozen=True)
class ColumnLimits:
    """What may stand in a column.

    Attributes
    ----------
    low, high : float
        Both may be infinite.
    whole : bool
        Whether it takes whole numbers only.
    unit : str
    """

    low: float = -math.inf
    high: float = math.inf
    whole: bool = False
    unit: str = ""

    def number(self, cell: str) -> float | str:
        """Return the number of a cell, or what is wrong with it, what is allowed, and how to mend it."""
        try:
            value = float(cell) if cell.isascii() and "_" not in cell else math.nan
        except ValueError:
            value = math.nan
        limits = f"{self.low:g}–{self.high:g} {self.unit}".rstrip() if self.low > -math.inf else ""
        if not math.isfinite(value) or (self.whole and not value.is_integer()):
            kind = "a whole number" if self.whole else "a number"
            fix = "a finite number is needed" if math.isinf(value) else number_fix(cell, bare=True)
            allowed = f", {limits}" if limits else ""
            return f"{quoted(cell)} is not {kind}{allowed}" + (
                f": {fix}" if fix and not math.isfinite(value) else ""
            )
        return value if self.low <= value <= self.high else f"{quoted(cell)} is outside {limits}"


@dataclass(frozen=True)
class Table:
    """A table as it was read, with all that is wrong with it so far.

    Attributes
    ----------
    file : str
        As messages call it.
    header : tuple of str
        Names of the columns.
    head : int
        Row of the header as a spreadsheet counts, from 1.
    rows : tuple of (int, tuple of str)
        Row as a spreadsheet counts, and its cells; as many as the header has.
    problems : tuple of Problem
    """

    file: str
    header: tuple[str, ...]
    head: int
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    problems: tuple[Problem, ...]

    def at(self, row: int, column: str = "") -> Place:
        """Return the place of a cell, or of a row."""
        return Place(self.file, row, self.header.index(column) + 1 if column in self.header else 0)

    def points(self, limits: dict[str, ColumnLimits]) -> tuple[tuple[float, ...], ...]:
        """Return the rows as numbers, in the order in which ``limits`` names the columns.

        Raises
        ------
        ScenarioError
            With every mistake: columns that are missing, unknown or there twice, rows with another number of cells, cells
            that are no number of their limits, rows that are there twice; or if there is no row.
        """
        problems = list(self.problems)
        missing = [name for name in limits if name not in self.header]
        for name in self.header:
            if name not in limits:
                close = nearest(name, missing or list(limits))
                hint = f"did you mean  {close[0]}?" if close else f"allowed here: {', '.join(limits)}"
                problems.append(Problem.at(self.at(self.head, name), name, "is no varied parameter", [hint]))
        for name in missing:
            problems.append(Problem.at(self.at(self.head), name, "has no column: the header must name it"))
        known = [(self.header.index(name), name, limits[name]) for name in limits if name in self.header]
        points: list[tuple[float, ...]] = []
        seen: dict[tuple[float, ...], int] = {}
        for row, cells in self.rows:
            if len(problems) > _MOST_PROBLEMS:
                break
            point = []
            for index, name, allowed in known:
                value = allowed.number(cells[index])
                if isinstance(value, float):
                    point.append(value)
                else:
                    problems.append(Problem.at(self.at(row, name), name, value))
            if len(point) < len(known):
                continue
            if not missing and (first := seen.setdefault(tuple(point), row)) != row:
                problems.append(Problem.at(self.at(row), "", f"is the same point as row {first}: remove one"))
            points.append(tuple(point))
        if not self.rows and not problems:
            problems.append(Problem.at(self.at(self.head), "", "holds no points"))
        if problems:
            raise ScenarioError(problems)
        return tuple(points)


def read_table(file: os.PathLike[str], shown: str) -> Table:
    """Read a CSV file: UTF-8, UTF-16 with a byte-order mark, or GBK (GB 18030).

    Parameters
    ----------
    shown
        File as messages call it.

    Raises
    ------
    ScenarioError
        If it cannot be read, is no text or too large, or has no header.
    """
    place = Place(shown)
    try:
        if not os.path.isfile(file):
            words = "is no file" if os.path.lexists(file) else "there is no such file"
            raise ScenarioError([Problem.at(place, "", f"cannot be read: {words}")])
        with open(file, "rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as problem:
        words = f"cannot be read: {problem.strerror or problem}"
        raise ScenarioError([Problem.at(place, "", words)]) from None
    if len(raw) > MAX_BYTES:
        raise ScenarioError([Problem.at(place, "", f"is larger than {MAX_BYTES / 1e6:.0f} MB")])
    return parse_table(decode(raw, shown), shown)


def parse_table(text: str, shown: str) -> Table:
    """Read the text of a table; see :func:`read_table`."""
    if "\0" in text:
        row = text.count("\n", 0, text.index("\0")) + 1
        words = "a zero byte was found: this is no table, or UTF-16 text without a byte-order mark; save it as UTF-8"
        raise ScenarioError([Problem.at(Place(shown, row), "", words)])
    lines = io.StringIO(text, newline="")
    first = next((line for line in lines if line.strip() and not line.startswith("#")), "")
    lines.seek(0)
    header: tuple[str, ...] | None = None
    head, rows, problems = 1, [], []
    row = 0
    try:
        for row, read in enumerate(csv.reader(lines, delimiter=max(",;\t", key=first.count)), 1):
            cells = tuple(cell.strip() for cell in read)
            if not any(cells) or cells[0].startswith("#"):
                continue
            if header is None:
                header, head = tuple(visible(cell) for cell in cells), row
            elif len(cells) != len(header):
                words = f"has {len(cells)} cell{'s'[: len(cells) != 1]}, the header has {len(header)}"
                problems.append(Problem.at(Place(shown, row), "", words))
            else:
                rows.append((row, cells))
            if len(rows) > _MOST_ROWS:
                problems.append(Problem.at(Place(shown, row), "", f"at most {_MOST_ROWS:,} rows are read"))
            if len(rows) > _MOST_ROWS or len(problems) > _MOST_PROBLEMS:
                break
    except csv.Error as problem:
        raise ScenarioError([Problem.at(Place(shown, row + 1), "", f"cannot be read: {problem}")]) from None
    if header is None:
        raise ScenarioError([Problem.at(Place(shown, 1), "", "is empty: the first row names the columns")])
    for column, name in enumerate(header, 1):
        place = Place(shown, head, column)
        if not name:
            problems.append(Problem.at(place, "", f"column {column} has no name"))
        elif name in header[: column - 1]:
            problems.append(
                Problem.at(
                    place, name, f"is a column twice: in columns {header.index(name) + 1} and {column}"
                )
            )
    return Table(shown, header, head, tuple(rows), tuple(problems))
