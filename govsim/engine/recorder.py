"""Writing down a run week by week."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from govsim.engine import columns as col
from govsim.engine.ledger_on_disk import LedgerOnDisk, in_order, zeros
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
from govsim.units import SORTED_ROWS
from govsim.world import World, steps_from

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
        kept = events.copy()
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
