"""Tables as bytes that are the same on every machine and open as they are meant in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from govsim.results.errors import RefusedError
from govsim.results.foreign import open_regular
from govsim.results.values import Missing, text

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
    for row in rows:
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
