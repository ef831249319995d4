"""Tables that grow with the weeks of a run: in memory while they are small, on disk beyond.

A large table lives in a file without a name, which the system removes when nobody uses it any more, however the run
ends; its columns are mapped into memory, so that reading takes no more memory than is looked at.
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from govsim.units import ROWS_TAKEN_APART, SAMPLED_ROWS, SORTED_PARTS, SORTED_ROWS, SPOOLED_BYTES


class LedgerOnDisk:
    """Rows of a table, appended chunk by chunk and read by column.

    Parameters
    ----------
    columns : dict
        Type of each column by name.
    folder : Path, optional
        Where files of large tables go; the system's folder for temporary files otherwise.
    """

    def __init__(self, columns: Mapping[str, DTypeLike], folder: Path | None = None) -> None:
        self._types = {name: np.dtype(kind) for name, kind in columns.items()}
        self._width = sum(kind.itemsize for kind in self._types.values())
        self._folder = folder
        self._fresh: list[NDArray[np.void]] = []
        self._rows_fresh = 0
        self._waiting: list[dict[str, NDArray[Any]]] = []
        self._rows_waiting = self._rows_written = 0
        self._files: dict[str, IO[bytes]] = {}

    def append(self, rows: NDArray[np.void]) -> None:
        """Add records that have at least the columns as fields; they must not change afterwards."""
        if len(rows) == 0:
            return
        self._fresh.append(rows)
        self._rows_fresh += len(rows)
        large = (self._rows_waiting + self._rows_fresh) * self._width > SPOOLED_BYTES
        if large or self._rows_fresh >= ROWS_TAKEN_APART:
            self._take_apart()
        if large:
            self._flush()

    def extend(self, columns: dict[str, NDArray[Any]]) -> None:
        """Add rows that are columns already, after records that were added before."""
        self._take_apart()
        self._waiting.append(columns)
        self._rows_waiting += len(next(iter(columns.values())))
        if self._rows_waiting * self._width > SPOOLED_BYTES:
            self._flush()

    def columns(self, and_then: NDArray[np.void] | None = None) -> dict[str, NDArray[Any]]:
        """Return all rows by column, and after them some that are not kept.

        Arrays, or maps of files where the table is large; those stand only until the table grows.
        """
        self._take_apart()
        last = {} if and_then is None else {name: and_then[name] for name in self._types}
        if not self._files:
            return {
                name: np.concatenate(
                    [np.empty(0, kind), *(chunk[name] for chunk in self._waiting), last.get(name, [])],
                    dtype=kind,
                    casting="unsafe",
                )
                for name, kind in self._types.items()
            }
        self._flush()
        rows = self._rows_written + (0 if and_then is None else len(and_then))
        for name, values in last.items():
            self._files[name].write(values.astype(self._types[name]).data)
            self._files[name].flush()
        return {
            name: np.asarray(np.memmap(self._files[name], kind, "r", shape=(rows,)))
            for name, kind in self._types.items()
        }

    def _take_apart(self) -> None:
        """Make columns of the records that came last, many weeks of a small run at once."""
        if not self._fresh:
            return
        rows, at = np.empty(self._rows_fresh, self._fresh[0].dtype), 0
        for some in self._fresh:  # np.concatenate would compare the fields of each of them
            rows[at : at + len(some)] = some
            at += len(some)
        self._waiting.append({name: rows[name].astype(kind) for name, kind in self._types.items()})
        self._rows_waiting += len(rows)
        self._fresh.clear()
        self._rows_fresh = 0

    def _flush(self) -> None:
        """Write what waits, after what was written before."""
        for name, kind in self._types.items():
            if name not in self._files:
                self._files[name] = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 (lives as long as the table)
            file = self._files[name]
            file.seek(self._rows_written * kind.itemsize)
            for chunk in self._waiting:
                file.write(chunk[name].data)
            file.flush()
        self._rows_written += self._rows_waiting
        self._waiting.clear()
        self._rows_waiting = 0


def zeros(shape: tuple[int, ...], folder: Path | None = None) -> NDArray[np.float64]:
    """Return an array of zeros that is filled in place, on disk where it is large."""
    size = int(np.prod(shape)) * np.dtype(np.float64).itemsize
    if size <= SPOOLED_BYTES:
        return np.zeros(shape)
    with tempfile.TemporaryFile(dir=folder) as file:
        file.truncate(size)
        return np.asarray(np.memmap(file, np.float64, "r+", shape=shape))


def in_order(
    columns: dict[str, NDArray[Any]], by: tuple[str, ...], folder: Path | None = None
) -> dict[str, NDArray[Any]]:
    """Return rows in ascending order of some columns, the first deciding; equal rows stay in the order they came in.

    A large table is sorted a range of the first column at a time, so that few rows are in memory, whatever its length.
    """
    first = columns[by[0]]
    if len(first) <= SORTED_ROWS:
        order = np.lexsort([columns[name] for name in reversed(by)])
        return {name: column[order] for name, column in columns.items()}
    done = LedgerOnDisk({name: column.dtype for name, column in columns.items()}, folder)
    for places in _ranges(first):
        order = places[np.lexsort([columns[name][places] for name in reversed(by)])]
        done.extend({name: column[order] for name, column in columns.items()})
    return done.columns()


def _ranges(values: NDArray[Any]) -> Iterator[NDArray[np.intp]]:
    """Yield the places of all values, a range of values at a time in ascending order, ranges of about equal length."""
    rows = max(SORTED_ROWS, -(-len(values) // SORTED_PARTS))
    sample = values[:: max(1, len(values) // SAMPLED_ROWS)]
    inner = np.unique(np.quantile(sample, np.linspace(0.0, 1.0, -(-len(values) // rows) + 1)[1:-1]))
    edges = (-np.inf, *inner.tolist(), np.inf)
    for low, high in itertools.pairwise(edges):
        found = []
        for start in range(0, len(values), rows):
            block = values[start : start + rows]
            found.append(start + np.flatnonzero((block >= low) & (block < high)))
        yield np.concatenate(found)
