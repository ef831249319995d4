"""What happened to one problem or one resident, as facts that each name the ledger rows they are made of.

Ledgers of one run are read back by row, from its folder or from memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
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
from govsim.units import DAYS_PER_WEEK

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
    """The same columns as :class:`~govsim.results.story.Ledgers` reads from a run folder.

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


Hours = list[tuple[str, int, float]]
"""Source, office and hours, in the order of first mention."""

MOST_TOLD = 3
"""Refusals, explanations and problems of a household that are told one by one; the rest are counted."""
MOST_RETURNS = 2
"""The same for returns of a problem, so that no story has more than fifteen lines."""


class UnknownNumberError(LookupError):
    """A problem or resident that the run does not have."""


@dataclass(frozen=True)
class Fact:
    """One sentence before it is put into words.

    Attributes
    ----------
    kind : str
        Which sentence.
    values : dict
        Numbers, times (working hours since the start), names by number; durations are in working days.
    rows : dict
        Row numbers by table; every number of the sentence follows from these rows.
    """

    kind: str
    values: dict[str, Any] = field(default_factory=dict)
    rows: Rows = field(default_factory=dict)


def case_story(ledgers: Ledgers, number: int) -> list[Fact]:
    """Return what happened to a problem, in the order in which it happened.

    Raises
    ------
    UnknownNumberError
        If the run has no problem of this number.
    """
    rows = ledgers.rows_of_case(number)
    if not rows.size:
        raise UnknownNumberError(number)
    return [*_Case(ledgers, int(rows[0])).told(), *_returns(ledgers, rows[1:])]


class _Case:
    """One row of the case ledger with its events."""

    def __init__(self, ledgers: Ledgers, row: int) -> None:
        self._row = row
        self._day = ledgers.hours_per_week / DAYS_PER_WEEK
        self._end = ledgers.weeks * ledgers.hours_per_week
        self._case = {name: column[row] for name, column in ledgers.cases.items()}
        self._at = ledgers.events_of_case(int(self._case["case"]), int(self._case["recurrence"]))
        self._events = {name: column[self._at] for name, column in ledgers.events.items()}

    def told(self) -> Iterator[Fact]:
        yield self._arose()
        yield from self._came_to_light()
        yield from self._registered()
        yield from self._refused()
        yield from self._met()
        yield from self._taken_on()
        yield from self._money()
        yield from self._worked()
        yield from self._explained()
        yield self._ended()
        yield from self._in_all()

    def _pick(self, *what: str) -> NDArray[np.intp]:
        return np.flatnonzero(np.isin(self._events["what"], what))

    def _fact(
        self, kind: str, events: NDArray[np.intp] | None = None, of_case: bool = True, **values: Any
    ) -> Fact:
        rows: Rows = {"cases": (self._row,)} if of_case else {}
        if events is not None and events.size:
            rows["events"] = tuple(int(self._at[e]) for e in events)
        return Fact(kind, values, rows)

    def _days(self, since: float, until: float) -> float:
        return max(0.0, float(until) - float(since)) / self._day

    def _time(self, event: np.intp) -> float:
        return float(self._events["time"][event])

    def _office(self, event: np.intp) -> int:
        return int(self._events["office"][event])

    def _hours(self, events: NDArray[np.intp]) -> Hours:
        spent: dict[tuple[str, int], float] = {}
        for event in events:
            if self._events["hours"][event] > 0:
                key = str(self._events["source"][event]), self._office(event)
                spent[key] = spent.get(key, 0.0) + float(self._events["hours"][event])
        return [(*key, hours) for key, hours in spent.items()]

    def _arose(self) -> Fact:
        names = ("case", "problem_class", "community", "household", "resident", "severity", "effort", "money")
        return self._fact(
            "arose", self._pick("arise"), time=self._case["onset"], **{n: self._case[n] for n in names}
        )

    def _came_to_light(self) -> Iterator[Fact]:
        if np.isnan(self._case["detected"]):
            yield self._fact("stayed_hidden")
            return
        found = self._pick("detect")
        days = self._days(self._case["onset"], self._case["detected"])
        yield self._fact(
            "found", found[:1], channel=self._case["channel"], time=self._case["detected"], days=days
        )

    def _registered(self) -> Iterator[Fact]:
        steps, about = self._pick("desk", "intake"), self._pick("called_again")
        again = about[self._events["source"][about] == NOBODYS_HOURS]
        if steps.size:
            hops = int(self._case["hops"])
            path = [self._office(e) for e in steps]
            path = [office for n, office in enumerate(path) if n == 0 or path[n - 1] != office]
            rows = np.union1d(steps, about)
            yield self._fact(
                "registered", rows, hours=self._hours(rows), path=path, hops=hops, again=int(again.size)
            )

    def _refused(self) -> Iterator[Fact]:
        refusals = self._pick("refused")
        if refusals.size:
            told = [(self._office(e), self._time(e)) for e in refusals[:MOST_TOLD]]
            yield self._fact("refused", refusals, count=int(refusals.size), told=told)

    def _met(self) -> Iterator[Fact]:
        summons, meetings = self._pick("summons"), self._pick("meeting")
        if summons.size and not meetings.size:
            yield self._fact(
                "summoned", summons, count=int(summons.size), office=self._office(summons[0]), of_case=False
            )
        elif meetings.size:
            both = np.sort(np.concatenate((summons, meetings)))
            yield self._fact(
                "met",
                both,
                count=int(self._case["convened"]),
                time=self._time(meetings[0]),
                hours=self._hours(meetings),
            )

    def _taken_on(self) -> Iterator[Fact]:
        taken = self._pick("taken_on")
        if taken.size:
            first = taken[0]
            days = self._days(self._case["detected"], self._time(first))
            yield self._fact(
                "taken_on", taken[:1], office=self._office(first), time=self._time(first), days=days
            )

    def _money(self) -> Iterator[Fact]:
        waits, funded = self._pick("waits_for_money"), self._pick("funded")
        if waits.size:
            end = self._end if np.isnan(self._case["closed"]) else float(self._case["closed"])
            until = self._time(funded[0]) if funded.size else end
            kind = "paid_later" if funded.size else "never_paid"
            both = np.concatenate((waits[:1], funded[:1]))
            days = self._days(self._time(waits[0]), until)
            yield self._fact(
                kind, both, money=self._case["money"], time=self._time(waits[0]), until=until, days=days
            )
        elif funded.size:
            yield self._fact("paid", funded[:1], money=self._case["money"], time=self._time(funded[0]))

    def _worked(self) -> Iterator[Fact]:
        work = self._pick("worked")
        if work.size:
            times = self._events["time"][work]
            yield self._fact(
                "worked", work, hours=self._hours(work), first=float(times.min()), last=float(times.max()),
                count=int(work.size), of_case=False,
            )  # fmt: skip

    def _explained(self) -> Iterator[Fact]:
        again = self._pick("reopened")
        if again.size:
            told = [(self._office(e), self._time(e)) for e in again[:MOST_TOLD]]
            yield self._fact("reopened", again, count=int(again.size), told=told, of_case=False)

    def _ended(self) -> Fact:
        outcome = str(self._case["outcome"])
        if np.isnan(self._case["closed"]):
            return self._fact(
                "open", outcome=outcome, time=self._end, days=self._days(self._case["onset"], self._end)
            )
        closed, last = float(self._case["closed"]), self._pick(outcome)
        return self._fact(outcome, last[-1:], time=closed, days=self._days(self._case["onset"], closed))

    def _in_all(self) -> Iterator[Fact]:
        spent = np.flatnonzero(self._events["source"] != NOBODYS_HOURS)
        by_source: dict[str, float] = {}
        for source, _, hours in self._hours(spent):
            by_source[source] = by_source.get(source, 0.0) + hours
        if by_source:
            yield self._fact("in_all", spent, hours=by_source, total=sum(by_source.values()), of_case=False)


def _returns(ledgers: Ledgers, rows: NDArray[np.intp]) -> Iterator[Fact]:
    for row in rows[:MOST_RETURNS]:
        case = {name: column[row] for name, column in ledgers.cases.items()}
        closed = None if np.isnan(case["closed"]) else float(case["closed"])
        values = {"time": float(case["onset"]), "outcome": str(case["outcome"]), "closed": closed}
        yield Fact("came_back", values, {"cases": (int(row),)})
    if rows.size > MOST_RETURNS:
        left = tuple(int(row) for row in rows[MOST_RETURNS:])
        yield Fact("came_back_more", {"count": len(left)}, {"cases": left})


def resident_story(ledgers: Ledgers, number: int) -> list[Fact]:
    """Return who a resident is, what became of the household's problems, and what the resident did and thought.

    Raises
    ------
    UnknownNumberError
        If the run has no resident of this number.
    """
    if not 0 <= number < ledgers.residents["resident"].size:
        raise UnknownNumberError(number)
    return list(_resident(ledgers, number))


def _resident(ledgers: Ledgers, number: int) -> Iterator[Fact]:
    person = {name: column[number] for name, column in ledgers.residents.items()}
    own: Rows = {"residents": (number,)}

    def fact(kind: str, *names: str, **values: Any) -> Fact:
        return Fact(kind, {name: person[name] for name in names} | values, own)

    yield fact(
        "person", "resident", "female", "age", "work", "schooling", "migrant", "party_member", "degree"
    )
    together = tuple(np.flatnonzero(ledgers.residents["household"] == person["household"]).tolist())
    values = {name: person[name] for name in ("household", "community", "housing", "exposure")}
    yield Fact("home", values | {"people": len(together)}, {"residents": together})
    if not np.isnan(person["left_week"]):
        yield fact("left", "left_week")
    yield from _problems(ledgers, int(person["household"]), together)
    if person["weeks_active"] > 0:
        yield fact("took_part", "weeks_active", "first_active", "last_active", "hours_given")
    else:
        yield fact("never_took_part", "weeks_active")
    yield fact("called", "times_called", "registered")
    tiers = ("community", "street", "district", "centre")
    yield fact("trust", *(f"{name}_{tier}" for tier in tiers for name in ("trust_start", "trust")))
    yield fact("views", "satisfaction", "efficacy")


def _problems(ledgers: Ledgers, household: int, people: tuple[int, ...]) -> Iterator[Fact]:
    cases = ledgers.cases
    rows = np.flatnonzero(cases["household"] == household)
    counts: dict[str, int] = {}
    for row in rows:
        outcome = str(cases["outcome"][row])
        counts[outcome] = counts.get(outcome, 0) + 1
    if not rows.size:
        yield Fact("no_problems", rows={"residents": people})
        return
    yield Fact("problems", {"count": int(rows.size), "outcomes": counts}, {"cases": tuple(rows.tolist())})
    day = ledgers.hours_per_week / DAYS_PER_WEEK
    for row in rows[:MOST_TOLD]:
        names = ("case", "recurrence", "problem_class", "onset", "channel", "outcome")
        values: dict[str, Any] = {name: cases[name][row] for name in names}
        for name in ("detected", "closed"):
            time = cases[name][row]
            values[name] = None if np.isnan(time) else (time - cases["onset"][row]) / day
        yield Fact("problem" if not values["recurrence"] else "problem_again", values, {"cases": (int(row),)})
    if rows.size > MOST_TOLD:
        yield Fact(
            "problems_more",
            {"count": int(rows.size) - MOST_TOLD},
            {"cases": tuple(rows[MOST_TOLD:].tolist())},
        )
