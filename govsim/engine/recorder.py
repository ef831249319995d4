"""Writing down a run week by week."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from govsim.engine import columns as col
from govsim.engine.recording import COUNTERS, NEVER, Activity, Offices, Outcome, Recording, Source
from govsim.scenario.schema import Scenario
from govsim.world import World

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
    "hours_government",
    "hours_members",
    "hours_residents",
    "hours_organisations",
    "hours_enterprises",
)
"""Columns of the case ledger that are columns of the job records."""


class Row(NamedTuple):
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

    def __init__(self, weeks: int, communities: int, offices: int) -> None:
        sizes: dict[str, tuple[int, ...]] = {
            "counters": (communities, len(COUNTERS)),
            "hours": (offices, len(Source), len(Activity)),
            "supplied": (offices, len(Source)),
        }
        self._tables = Row(*(np.zeros((weeks, *sizes.get(name, (offices,)))) for name in Row._fields))
        self._over: list[NDArray[np.void]] = []
        self._events: list[NDArray[np.void]] = []

    def row(self, week: int) -> Row:
        """Return the places of one week."""
        return Row(*(table[week] for table in self._tables))

    def keep(self, records: NDArray[np.void]) -> None:
        """Keep the records of cases that are over."""
        if len(records):
            self._over.append(records)

    def keep_events(self, events: NDArray[np.void]) -> None:
        """Keep what happened in a week."""
        self._events.append(events.copy())

    def finish(
        self,
        weeks: int,
        seed: int,
        scenario: Scenario,
        world: World,
        state: col.Residents,
        offices: Offices,
        granted_hours: float,
        live: NDArray[np.void],
        exogenous: str,
    ) -> Recording:
        """Return the recording of the ``weeks`` done so far; ``live`` are the cases that are not over."""
        tables, people = self._tables, world.residents
        records = np.concatenate([*self._over, live]) if self._over else live
        records = records[np.lexsort((records["recurrence"], records["number"]))]
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
            granted_hours=granted_hours,
            money_granted=tables.money_granted[:weeks],
            money_spent=tables.money_spent[:weeks],
            posts=tables.posts[:weeks],
            filled=tables.filled[:weeks],
            burnt_out=tables.burnt_out[:weeks],
            quits=tables.quits[:weeks],
            load=tables.load[:weeks],
            tasks_undone=tables.tasks_undone[:weeks],
            cases=_case_ledger(records),
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
                "registered": state.registered,
                "weeks_active": state.weeks_active,
                "hours_given": state.hours_given,
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
            events=_event_ledger(self._events),
            hashes={"world": world.hash, "network": world.network_hash, "exogenous": exogenous},
        )


def _event_ledger(weeks: list[NDArray[np.void]]) -> dict[str, NDArray[Any]]:
    """Return the event ledger as columns, by case, recurrence and time; what happens at one time keeps its order."""
    events = np.concatenate(weeks) if weeks else np.zeros(0, col.EVENT)
    order = np.lexsort((events["time"], events["recurrence"], events["case"]))
    return {
        name: np.ascontiguousarray(events[name][order])
        for name in ("case", "recurrence", "time", "what", "office", "source", "hours")
    }


def _case_ledger(records: NDArray[np.void]) -> dict[str, NDArray[Any]]:
    """Return the case ledger from the records of all cases, in order of problem and recurrence."""
    ledger: dict[str, NDArray[Any]] = {"case": records["number"].copy()}
    ledger |= {name: records[name].copy() for name in _PLAIN}
    known = records["detected"] != NEVER
    ongoing = np.isin(records["state"], (col.SENT, col.QUEUED, col.SERVED, col.UNFUNDED))
    outcome = np.where(ongoing, int(Outcome.OPEN), records["outcome"])
    ledger["outcome"] = np.where(records["state"] == col.LATENT, int(Outcome.UNDETECTED), outcome).astype(
        np.uint8
    )
    ledger["channel"] = np.where(known, records["channel"], 0).astype(np.uint8)
    later = np.flatnonzero(records["recurrence"] > 0)
    ledger["recurred"] = np.zeros(len(records), np.uint8)
    ledger["recurred"][later - 1] = 1
    return ledger
