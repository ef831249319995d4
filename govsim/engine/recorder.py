"""Writing down a run week by week."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from govsim.engine import columns as col
from govsim.engine.recording import COUNTERS, NEVER, Activity, Offices, Outcome, Recording, Source
from govsim.engine.spool import Spool, in_order, zeros
from govsim.scenario.schema import Scenario
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
    "hours_government",
    "hours_members",
    "hours_residents",
    "hours_organisations",
    "hours_enterprises",
)
"""Columns of the case ledger that are columns of the job records."""


_EVENT_COLUMNS = ("case", "recurrence", "time", "what", "office", "source", "hours")


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

    def __init__(self, weeks: int, communities: int, offices: int, folder: Path | None = None) -> None:
        sizes: dict[str, tuple[int, ...]] = {
            "counters": (communities, len(COUNTERS)),
            "hours": (offices, len(Source), len(Activity)),
            "supplied": (offices, len(Source)),
        }
        self._folder = folder
        self._tables = Row(*(zeros((weeks, *sizes.get(name, (offices,))), folder) for name in Row._fields))
        self._over = Spool({name: col.JOB[name] for name in ("number", "state", *_PLAIN)}, folder)
        self._events = Spool({name: col.EVENT[name] for name in _EVENT_COLUMNS}, folder)

    def row(self, week: int) -> Row:
        """Return the places of one week."""
        return Row(*(table[week] for table in self._tables))

    def keep(self, records: NDArray[np.void]) -> None:
        """Keep the records of cases that are over."""
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
        cases = in_order(self._over.columns(and_then=live), ("number", "recurrence"), self._folder)
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
            cases=_case_ledger(cases),
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
            events=in_order(self._events.columns(), ("case", "recurrence", "time"), self._folder),
            hashes={"world": world.hash, "network": world.network_hash, "exogenous": exogenous},
        )


def _case_ledger(cases: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Return the case ledger from the records of all cases, which come in order of problem and recurrence."""
    ledger = {"case": cases["number"]} | {name: cases[name] for name in _PLAIN}
    state, detected = cases["state"], cases["detected"]
    ongoing = np.isin(state, (col.SENT, col.QUEUED, col.SERVED, col.UNFUNDED))
    outcome = np.where(ongoing, np.uint8(Outcome.OPEN), cases["outcome"])
    ledger["outcome"] = np.where(state == col.LATENT, np.uint8(Outcome.UNDETECTED), outcome).astype(np.uint8)
    ledger["channel"] = np.where(detected != NEVER, cases["channel"], 0).astype(np.uint8)
    later = np.flatnonzero(cases["recurrence"] > 0)
    ledger["recurred"] = np.zeros(len(state), np.uint8)
    ledger["recurred"][later - 1] = 1
    return ledger
