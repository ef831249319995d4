"""Writing down a run week by week, in ledgers that may outgrow the memory."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from govsim.engine import columns as col
from govsim.engine.recording import (
    COUNTERS,
    HALF_YEAR,
    NEVER,
    Activity,
    CaseStatus,
    HourSource,
    Offices,
    Recording,
)
from govsim.scenario.schema import Scenario
from govsim.units import ROWS_TAKEN_APART, SAMPLED_ROWS, SORTED_PARTS, SORTED_ROWS, SPOOLED_BYTES
from govsim.world import World, steps_from


class LedgerOnDisk:
    """Rows of a table that grows with the weeks of a run, appended chunk by chunk and read by column.

    They are in memory while they are few, on disk beyond: a large table lives in a file without a name, which the system
    removes when nobody uses it any more, however the run ends; its columns are mapped into memory, so that reading takes no
    more memory than is looked at.

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
        rows = _joined(self._fresh)
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


def _joined(tables: list[NDArray[np.void]]) -> NDArray[np.void]:
    """Return the records of some tables of one type, copied byte by byte: NumPy would go through their fields."""
    return np.concatenate([rows.view(np.uint8) for rows in tables]).view(tables[0].dtype)


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


_PLAIN = (
    "recurrence",
    "problem_class",
    "household",
    "resident",
    "community",
    "severity",
    "effort",
    "money",
    "onset",
    "detected",
    "channel",
    "first_handled",
    "competent",
    "funded",
    "closed",
    "outcome",
    "hops",
    "refusals",
    "convened",
    "reopened",
    "office",
    "age",
    "work",
)
"""Columns of the case ledger that are columns of the job records."""


_EVENT_COLUMNS = ("case", "recurrence", "time", "what", "office", "source", "hours", "channel", "week")
_HOURS_OF = {
    "hours_government": (HourSource.PAID, HourSource.SECONDED),
    "hours_members": (HourSource.MEMBER,),
    "hours_residents": (HourSource.VOLUNTEER,),
    "hours_organisations": (HourSource.ORGANISATION,),
    "hours_enterprises": (HourSource.ENTERPRISE,),
}
"""Columns of the case ledger that are sums over events, and whose hours they sum."""


class WeekRow(NamedTuple):
    """This week's places in the recording, written in place."""

    counters: NDArray[np.float64]  # (communities, counters)
    hours: NDArray[np.float64]  # (offices, sources, activities)
    supplied: NDArray[np.float64]  # (offices, sources)
    load: NDArray[np.float64]  # (offices,), like the rest
    posts: NDArray[np.float64]
    filled: NDArray[np.float64]
    burnt_out: NDArray[np.float64]
    quits: NDArray[np.float64]
    money_granted: NDArray[np.float64]
    money_spent: NDArray[np.float64]
    tasks_undone: NDArray[np.float64]


class Recorder:
    """Tables of one run, and the ledger of cases that are over."""

    def __init__(self, weeks: int, communities: int, offices: int, folder: Path | None = None) -> None:
        sizes: dict[str, tuple[int, ...]] = {
            "counters": (communities, len(COUNTERS)),
            "hours": (offices, len(HourSource), len(Activity)),
            "supplied": (offices, len(HourSource)),
        }
        self._folder = folder
        self._granted = np.zeros(weeks)
        self._hours_before: NDArray[np.float64] | None = None
        self._half_year = max(0, weeks - HALF_YEAR)
        self._tables = WeekRow(
            *(zeros((weeks, *sizes.get(name, (offices,))), folder) for name in WeekRow._fields)
        )
        self._over = LedgerOnDisk({name: col.JOB[name] for name in ("number", "state", *_PLAIN)}, folder)
        self._events = LedgerOnDisk({name: col.EVENT[name] for name in _EVENT_COLUMNS}, folder)

    def begin(self, week: int, now: col.ResidentState) -> None:
        """Note what residents had given before the last half year of the run."""
        if week == self._half_year and week > 0:
            self._hours_before = now.hours_given.copy()

    def end(self, week: int, granted_hours: float, events: NDArray[np.void]) -> None:
        """Keep the hours granted for a week and what happened in it."""
        self._granted[week] = granted_hours
        kept = _joined([events])
        kept["week"] = week
        self._events.append(kept)

    def row(self, week: int) -> WeekRow:
        """Return the places of one week."""
        return WeekRow(*(table[week] for table in self._tables))

    def keep(self, records: NDArray[np.void]) -> None:
        """Keep the records of cases that are over."""
        self._over.append(records)

    def finish(
        self,
        weeks: int,
        seed: int,
        scenario: Scenario,
        world: World,
        state: col.ResidentState,
        offices: Offices,
        birthday: NDArray[np.uint8],
        live: NDArray[np.void],
        exogenous: str,
    ) -> Recording:
        """Return the recording of the ``weeks`` done so far; ``live`` are the cases that are not over."""
        tables, people = self._tables, world.residents
        cases = in_order(self._over.columns(and_then=live), ("number", "recurrence"), self._folder)
        events = in_order(self._events.columns(), ("case", "recurrence", "time"), self._folder)
        before = self._hours_before
        return Recording(
            weeks=weeks,
            seed=seed,
            hours_per_week=scenario.capacity.hours_per_week,
            communities=world.community_names,
            classes=tuple(scenario.problems.classes),
            class_kinds=tuple(item.kind for item in scenario.problems.classes.values()),
            offices=offices,
            weekly={counter.name: tables.counters[:weeks, :, k] for k, counter in enumerate(COUNTERS)},
            hours=tables.hours[:weeks],
            supplied=tables.supplied[:weeks],
            granted=self._granted[:weeks],
            money_granted=tables.money_granted[:weeks],
            money_spent=tables.money_spent[:weeks],
            posts=tables.posts[:weeks],
            filled=tables.filled[:weeks],
            burnt_out=tables.burnt_out[:weeks],
            quits=tables.quits[:weeks],
            load=tables.load[:weeks],
            tasks_undone=tables.tasks_undone[:weeks],
            cases=_case_ledger(cases, events),
            residents={
                "household": people.household,
                "community": people.community,
                "age": people.age,
                "female": people.female,
                "schooling": people.schooling,
                "work": people.work,
                "migrant": people.migrant,
                "party_member": people.party_member,
                "exposure": world.households.exposure[people.household],
                "housing": world.households.housing[people.household],
                "degree": np.diff(world.ties.indptr),
                "party_distance": steps_from(world.ties, people.party_member != 0),
                "birthday": birthday.astype(np.int8)
                if scenario.demography.ageing
                else np.full(len(birthday), -1, np.int8),
                "registered_start": people.registered,
                "registered": state.registered,
                "weeks_active": state.weeks_active,
                "hours_given": state.hours_given,
                "hours_26w": state.hours_given if before is None else state.hours_given - before,
                "trust": state.trust,
                "opinion": state.opinion,
                "satisfaction": state.satisfaction,
                "efficacy": state.efficacy,
                "trust_start": people.trust,
                "first_active": state.first_active,
                "last_active": state.last_active,
                "times_called": state.times_called,
                "enrolled": state.enrolled,
                "activity": state.activity,
                "left_week": state.left,
            },
            events=events,
            hashes={"world": world.hash, "network": world.network_hash, "exogenous": exogenous},
        )


def _case_ledger(cases: dict[str, NDArray[Any]], events: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Return the case ledger from the records of all cases, which come in order of problem and recurrence."""
    ledger = {"case": cases["number"]} | {name: cases[name] for name in _PLAIN}
    state, detected = cases["state"], cases["detected"]
    ongoing = np.isin(state, (col.SENT, col.QUEUED, col.SERVED, col.UNFUNDED))
    outcome = np.where(ongoing, np.uint8(CaseStatus.OPEN), cases["outcome"])
    ledger["outcome"] = np.where(state == col.LATENT, np.uint8(CaseStatus.UNDETECTED), outcome).astype(
        np.uint8
    )
    ledger["channel"] = np.where(detected != NEVER, cases["channel"], 0).astype(np.uint8)
    later = np.flatnonzero(cases["recurrence"] > 0)
    ledger["recurred"] = np.zeros(len(state), np.uint8)
    ledger["recurred"][later - 1] = 1
    return ledger | _hours_on_cases(ledger["case"], events)


def _hours_on_cases(
    number: NDArray[np.int64], events: dict[str, NDArray[Any]]
) -> dict[str, NDArray[np.float64]]:
    """Return the hours that events book to each case, by whose they are; cases come in order of number and recurrence."""
    hours = {name: np.zeros(len(number)) for name in _HOURS_OF}
    for start in range(0, len(events["case"]), SORTED_ROWS):
        some = slice(start, start + SORTED_ROWS)
        spent = np.flatnonzero(events["hours"][some] > 0)
        source, worked = events["source"][some][spent], events["hours"][some][spent].astype(np.float64)
        rows = np.searchsorted(number, events["case"][some][spent]) + events["recurrence"][some][spent]
        for name, sources in _HOURS_OF.items():
            theirs = np.isin(source, [int(s) for s in sources])
            np.add.at(hours[name], rows[theirs], worked[theirs])
    return hours
