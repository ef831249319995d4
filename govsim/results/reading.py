"""Ledgers of one run read back by row, from its folder or from memory, for stories that name the rows they are made of."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from govsim.engine.recording import NEVER, CaseStatus, Channel, Event, HourSource, Recording
from govsim.results.csvtext import read_cells
from govsim.results.errors import RefusedError
from govsim.results.ledger import CASES, NOBODYS_HOURS, NULL_BELOW_ZERO, TIERS, TIMES
from govsim.results.load import Results, read_ledger

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


class HeldLedgers(Ledgers):
    """The same columns as :class:`~govsim.results.reading.Ledgers` reads from a run folder.

    Parameters
    ----------
    recording : Recording
        Of a run that is over or under way.
    offices, communities : sequence of str
        Other names for them, such as Chinese ones.
    """

    def __init__(
        self, recording: Recording, offices: Sequence[str] = (), communities: Sequence[str] = ()
    ) -> None:
        self._recording = recording
        self._called = list(offices) or list(recording.offices.names)
        self._places = list(communities) or list(recording.communities)
        self.hours_per_week = recording.hours_per_week
        self.weeks = recording.weeks

    @cached_property
    def cases(self) -> dict[str, NDArray[Any]]:
        """The case ledger; a time that has not come is NaN."""
        held = {column.name: self._recording.cases[column.name] for column in CASES}
        for name in TIMES:
            held[name] = np.where(held[name] <= NEVER, np.nan, held[name])
        names = {
            "problem_class": self._recording.classes,
            "channel": tuple(c.name.lower() for c in Channel),
            "outcome": tuple(o.name.lower() for o in CaseStatus),
        }
        return held | {name: _named(held[name], words) for name, words in names.items()}

    @cached_property
    def events(self) -> dict[str, NDArray[Any]]:
        """The event ledger."""
        events = dict(self._recording.events)
        sources = (*(s.name.lower() for s in HourSource), NOBODYS_HOURS)
        events["what"] = _named(events["what"], tuple(e.name.lower() for e in Event))
        events["source"] = _named(np.minimum(events["source"], len(HourSource)), sources)
        return events

    @cached_property
    def residents(self) -> dict[str, NDArray[Any]]:
        """The residents' state at the end of the recording; a week that has not come is NaN."""
        held = dict(self._recording.residents)
        for name in ("trust", "trust_start"):
            table = held.pop(name)
            held |= {f"{name}_{tier}": table[:, k] for k, tier in enumerate(TIERS)}
        for name in NULL_BELOW_ZERO:
            held[name] = np.where(held[name] < 0, np.nan, held[name].astype(float))
        return held | {"resident": np.arange(held["household"].size)}

    @cached_property
    def offices(self) -> list[str]:
        """Names of the offices, by number."""
        return self._called

    @cached_property
    def communities(self) -> list[str]:
        """Names of the communities, by number."""
        return self._places


def _named(codes: NDArray[Any], names: tuple[str, ...]) -> NDArray[Any]:
    return np.asarray(names, dtype=object)[codes.astype(np.intp)]
