"""Tables as bytes that are the same on every machine and open as they are meant in a spreadsheet."""

from __future__ import annotations

import csv
import errno
import io
import os
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path

from govsim.results.errors import RefusedError
from govsim.results.values import Missing, text

BOM = "\ufeff"
"""Tells spreadsheets that the file is UTF-8; without it Chinese labels turn to nonsense there."""

Cell = str | float | int | Missing
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def label(words: str) -> str:
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
        writer.writerow(
            [
                label(cell) if isinstance(cell, str) else text(cell, f"{name}, {_row(header, row)}, {column}")
                for column, cell in zip(header, row, strict=True)
            ]
        )
    return out.getvalue().encode("utf-8")


def _row(header: Sequence[str], row: Sequence[Cell]) -> str:
    first = row[0].value if isinstance(row[0], Missing) else row[0]
    return f"{header[0]} {first:g}" if isinstance(first, float) else f"{header[0]} {first}"


LARGEST_TABLE = 400_000_000
"""Bytes of a table that is read as text, at most."""


def open_regular(path: Path, most: int | None = None) -> io.BufferedReader:
    """Open a file of a result for reading: a regular file, no link, no pipe, no device, and not larger than it may be.

    Raises
    ------
    OSError
        If it is not there, or no regular file.
    ValueError
        If it is larger.
    """
    flags = (
        os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    )
    handle = os.open(path, flags)
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "no regular file", str(path))
        if most is not None and found.st_size > most:
            raise ValueError(f"{path.name} is larger than {most:,} bytes")
        return open(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


def read_cells(path: Path) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of a table as text.

    Raises
    ------
    RefusedError
        If the file cannot be read as a table, or a cell is empty or not a number where NaN and infinity would stand, naming
        file, row and column.
    """
    try:
        with (
            open_regular(path, LARGEST_TABLE) as content,
            io.TextIOWrapper(content, "utf-8-sig", newline="") as file,
        ):
            rows = list(csv.reader(file))
    except (OSError, ValueError, csv.Error) as problem:
        reason = problem.strerror if isinstance(problem, OSError) and problem.strerror else str(problem)
        raise RefusedError(f"{path.name} of run {path.parent.name} cannot be read: {reason}") from None
    if not rows:
        raise RefusedError(f"{path.name} of run {path.parent.name} is empty")
    header = rows[0]
    for row in rows[1:]:
        where = f"{path.name} of run {path.parent.name}, {header[0]} {row[0] if row else '?'}"
        if len(row) != len(header):
            raise RefusedError(f"{where}: {len(row)} cells where there should be {len(header)}")
        for column, cell in zip(header, row, strict=True):
            if cell.strip() == "" or cell.strip().lower().lstrip("+-") in ("nan", "inf", "infinity"):
                shown = cell if cell.strip() else "an empty cell"
                raise RefusedError(f"{where}, {column}: {shown} is not a result")
    return header, rows[1:]
