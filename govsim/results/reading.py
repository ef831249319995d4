"""Ledgers of one run read back by row, for stories that name the rows they are made of."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from govsim.results.csvtext import read_cells
from govsim.results.errors import RefusedError
from govsim.results.load import Results
from govsim.results.sealed import read_ledger

Rows = dict[str, tuple[int, ...]]
"""Row numbers, from 0, by table."""


class Ledgers:
    """Columns of the ledgers of one run, and names of its offices and communities.

    Parameters
    ----------
    run : Results

    Attributes
    ----------
    hours_per_week : float
    weeks : int
    """

    def __init__(self, run: Results) -> None:
        self.run = run
        self.hours_per_week = float(run.manifest["hours_per_week"])
        self.weeks = int(run.manifest["weeks"])

    @cached_property
    def cases(self) -> dict[str, NDArray[Any]]:
        """The case ledger; a time that has not come is NaN."""
        return _columns(self.run.folder, "cases")

    @cached_property
    def events(self) -> dict[str, NDArray[Any]]:
        """The event ledger."""
        return _columns(self.run.folder, "events")

    @cached_property
    def residents(self) -> dict[str, NDArray[Any]]:
        """The residents' last state; a week that has not come is NaN."""
        return _columns(self.run.folder, "residents")

    @cached_property
    def offices(self) -> list[str]:
        """Names of the offices, by number."""
        return self._names("offices")

    @cached_property
    def communities(self) -> list[str]:
        """Names of the communities, by number."""
        return self._names("communities")

    def rows_of_case(self, number: int) -> NDArray[np.intp]:
        """Return the rows of the case ledger about one problem, the first time first."""
        return np.flatnonzero(self.cases["case"] == number)

    def events_of_case(self, number: int, recurrence: int) -> NDArray[np.intp]:
        """Return the rows of the event ledger about one problem."""
        numbers = self.events["case"]
        first, last = np.searchsorted(numbers, (number, number + 1))
        rows = np.arange(first, last)
        return np.asarray(rows[self.events["recurrence"][first:last] == recurrence], dtype=np.intp)

    def _names(self, table: str) -> list[str]:
        column = {"offices": "name", "communities": "community"}[table]
        header, rows = read_cells(self.run.folder / f"{table}.csv", column)
        return [row[header.index(column)].removeprefix("'") for row in rows]


class _Columns(dict[str, NDArray[Any]]):
    """Columns of a ledger; to ask for one that it lacks is to find out that somebody else wrote it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        read = read_ledger(path)
        super().__init__(
            {name: read[name].combine_chunks().to_numpy(zero_copy_only=False) for name in read.column_names}
        )

    def __missing__(self, name: str) -> NDArray[Any]:
        raise RefusedError(f"{self._path.name} of run {self._path.parent.name} has no column {name}")


def _columns(folder: Path, table: str) -> dict[str, NDArray[Any]]:
    path = folder / f"{table}.parquet"
    if not path.is_file():
        raise RefusedError(
            f"run {folder.name} has no {path.name}: it was written by a govsim that kept none; run it again"
        )
    return _Columns(path)
