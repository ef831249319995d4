"""Tables as bytes that are the same on every machine and open as they are meant in a spreadsheet."""

from __future__ import annotations

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from govsim.results.errors import RefusedError
from govsim.results.foreign import open_regular
from govsim.results.values import MINUS_NOTHING, NUMBER, Missing, text

BOM = "\ufeff"
"""Tells spreadsheets that the file is UTF-8; without it Chinese labels turn to nonsense there."""

Cell = str | float | int | Missing
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def cell_text(words: str) -> str:
    """Return words as a cell that no spreadsheet takes for a formula."""
    return f"'{words}" if words.startswith(_FORMULA) else words


def table_bytes(name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a table as CSV bytes.

    Parameters
    ----------
    name
        Name of the file, for messages.
    header, rows
        Column names and cells; words are guarded against being read as formulas, numbers get ten digits.

    Raises
    ------
    RefusedError
        If a cell is NaN or infinite, naming table, row and column.
    """
    out = io.StringIO()
    out.write(BOM)
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    given = list(rows)
    columns = _columns_text(given, len(header))
    if columns is not None:
        out.writelines(f"{line}\n" for line in map(",".join, zip(*columns, strict=True)))
        given = []
    for row in given:
        if len(row) != len(header):
            raise ValueError(f"{name}, {_row(header, row)}: {len(row)} cells under {len(header)} columns")
        try:
            cells = [cell_text(cell) if isinstance(cell, str) else text(cell) for cell in row]
        except RefusedError:
            for column, cell in zip(header, row, strict=True):  # and say where it stands
                if not isinstance(cell, str):
                    text(cell, f"{name}, {_row(header, row)}, {column}")
            raise
        writer.writerow(cells)
    return out.getvalue().encode("utf-8")


def _columns_text(rows: Sequence[Sequence[Cell]], width: int) -> list[list[str]] | None:
    """Return cells as they are written, column by column; None where they must be looked at one by one.

    Columns hold much the same, so that most of their cells are written without a look at each.
    """
    if width < 2 or any(len(row) != width for row in rows):
        return None
    columns = []
    for column in zip(*rows, strict=True):
        kinds = set(map(type, column))
        if kinds == {str}:
            words = {word: _word(word) for word in dict.fromkeys(column)}
            columns.append(list(map(words.__getitem__, column)))
        elif not kinds <= _NUMBERS:
            return None
        else:
            numbers = column if Missing not in kinds else [n for n in column if type(n) is not Missing]
            if not all(map(math.isfinite, numbers)):
                return None
            written = list(map(NUMBER.__mod__, numbers))
            if MINUS_NOTHING in written:
                written = ["0" if number == MINUS_NOTHING else number for number in written]
            if Missing in kinds:
                known = iter(written)
                written = [cell.value if type(cell) is Missing else next(known) for cell in column]
            columns.append(written)
    return columns


_NUMBERS = {float, int, np.float64, Missing}


_SPECIAL = re.compile(r"""[,"'\s]""")


def _word(words: str) -> str:
    """Return words as they stand in a row of several cells, in quotes where they need them."""
    cell = cell_text(words)
    if not _SPECIAL.search(cell):
        return cell
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([cell, "0"])
    return out.getvalue().removesuffix(",0\n")


def _row(header: Sequence[str], row: Sequence[Cell]) -> str:
    first = row[0].value if isinstance(row[0], Missing) else row[0]
    return f"{header[0]} {first:g}" if isinstance(first, float) else f"{header[0]} {first}"


LARGEST_TABLE = 400_000_000
"""Bytes of a table that is read as text, at most."""
_MOST_CELLS = 20_000_000
"""Its cells, at most: a thousand runs of twenty models have a tenth of them in their longest table."""


def read_cells(path: Path, *needed: str) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of a table as text.

    Parameters
    ----------
    needed
        Columns that it must have.

    Raises
    ------
    RefusedError
        If the file cannot be read as a table, has not these columns or has one twice, or a cell is empty or not a number
        where NaN and infinity would stand, naming file, row and column.
    """
    name = f"{path.name} of run {path.parent.name}"
    rows: list[list[str]] = []
    cells = 0
    try:
        with (
            open_regular(path, LARGEST_TABLE) as content,
            io.TextIOWrapper(content, "utf-8-sig", newline="") as file,
        ):
            for row in csv.reader(file):
                rows.append(row)
                cells += 1 + len(row)
                if cells > _MOST_CELLS:
                    raise ValueError(f"it has more than {_MOST_CELLS:,} cells")
    except (OSError, ValueError, csv.Error) as problem:
        reason = problem.strerror if isinstance(problem, OSError) and problem.strerror else str(problem)
        raise RefusedError(f"{name} cannot be read: {reason}") from None
    if not rows:
        raise RefusedError(f"{name} is empty")
    header = rows[0]
    if missing := [column for column in needed if column not in header]:
        raise RefusedError(f"{name} has no column {', '.join(missing)}")
    if twice := [column for column, count in Counter(header).items() if count > 1]:
        raise RefusedError(f"{name} has the column {twice[0]} twice")
    for row in rows[1:]:
        where = f"{name}, {header[0] if header else 'row'} {row[0] if row else '?'}"
        if len(row) != len(header):
            raise RefusedError(f"{where}: {len(row)} cells where there should be {len(header)}")
        for column, cell in zip(header, row, strict=True):
            if cell.strip() == "" or cell.strip().lower().lstrip("+-") in ("nan", "inf", "infinity"):
                shown = cell if cell.strip() else "an empty cell"
                raise RefusedError(f"{where}, {column}: {shown} is not a result")
    return header, rows[1:]
