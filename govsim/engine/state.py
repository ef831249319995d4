"""The state of one run: every column that processes read and write, and how the run was asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from govsim import draws
from govsim.engine import columns as col
from govsim.engine import rules
from govsim.engine.agenda import BY_CLASS
from govsim.engine.floor import Floor
from govsim.engine.offices import Arm, class_records, establish
from govsim.engine.processes import effort, participation
from govsim.engine.processes.experience import NOTHING_LEARNT
from govsim.engine.reach import reach_of, residents_at_start
from govsim.engine.recorder import Recorder
from govsim.engine.register import Register
from govsim.scenario.schema import Scenario
from govsim.world import World


class State:
    """One run between two processes.

    Processes talk only through what is here. Times are in working hours since the start of the run.

    Attributes
    ----------
    world, scenario, arm, seed
        What was asked; never changed.
    week : int
        The week that runs now, or that runs next.
    start, end : float
        When that week begins and ends.
    residents, register, offices, servers, classes, reach
        See :mod:`govsim.engine.columns`, :mod:`govsim.engine.register` and :mod:`govsim.engine.reach`.
    plan : Plan
        What the planned hours of this week buy; before effort has run, those of last week.
    row : Row
        This week's places in the recording.
    present : bool array, shape (servers,)
        Staff posts that are filled.
    given : float64 array, shape (communities,)
        Voluntary hours that are left for problems.
    sent : int
        Jobs in the inbox.
    """

    def __init__(self, world: World, scenario: Scenario, arm: Arm, seed: int, threads: int = 1) -> None:
        self.world, self.scenario, self.arm, self.seed = world, scenario, arm, seed
        self.week, self.sent = 0, 0
        self.allowed: frozenset[str] | None = None
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads) if threads > 1 else None
        self.first_resident = world.communities.first_resident.astype(np.uint64)
        self.hours_per_week = scenario.capacity.hours_per_week
        self.place = place = establish(scenario, arm, world, seed)
        self.offices, self.servers, self.office_table = place.offices, place.servers, place.table
        self.communities, streets = len(world.communities.street), len(world.street_names)
        self.desk = len(self.offices) - 1
        self.classes = class_records(scenario, arm.model, self.communities + streets)
        self.residents = residents_at_start(world, arm.model)
        columns = {name: getattr(world.residents, name) for name in participation.FROM_RESIDENTS}
        self.people = participation.People(**columns, liaison=world.households.liaison)
        self.reach = reach_of(world, scenario, arm.model, self.classes, len(self.offices))
        self.rules = rules.rules_of(scenario, arm.model)
        self._set_up_queue()
        ties, seen = world.ties, self.residents.seen
        self.tie_totals = np.zeros(len(seen), np.float32)
        participation.tie_totals(
            ties.indptr, ties.other, ties.layer, self.rules.tie_weights, seen, self.tie_totals
        )
        self.recorder = Recorder(scenario.run.weeks, self.communities, len(self.offices))
        self.row = self.recorder.row(0)
        self.exogenous = hashlib.blake2b(digest_size=16)

    def _set_up_queue(self) -> None:
        self.register = Register()
        self.roots = np.full((len(self.offices), BY_CLASS + len(self.classes)), -1, np.int64)
        self.open_cases = np.zeros((self.communities, max(len(self.classes), 1)), np.int64)
        self.tasks_waiting = np.zeros(len(self.offices))
        self.calendar = np.zeros(len(self.servers) + 1, col.COMPLETION)
        self.call_from = np.zeros((self.communities, 2))
        self.visit_from, self.visit_next = np.zeros(self.communities), np.zeros(self.communities)
        self.seen_next = self.residents.seen.copy()
        self.active_share = np.zeros(self.communities)
        self.published = np.full(self.communities, NOTHING_LEARNT)
        self.given = np.zeros(self.communities)
        self.present = np.zeros(len(self.servers), np.bool_)
        self.plan = effort.Plan(*(np.zeros(self.communities) for _ in effort.Plan._fields))

    @property
    def start(self) -> float:
        """When the week begins, in working hours."""
        return self.week * self.hours_per_week

    @property
    def end(self) -> float:
        """When the week ends, in working hours."""
        return (self.week + 1) * self.hours_per_week

    @property
    def closings(self) -> NDArray[np.int64]:
        """Records of the cases closed this week."""
        return self.register.closings[: self.register.counts[col.CLOSED]]

    def key(self, purpose: str, tick: int = 0) -> draws.Key:
        """Return the key of a draw; in checked mode only those that the running process declares."""
        if self.allowed is not None and purpose not in self.allowed:
            raise KeyError(purpose)
        return draws.key(self.seed, purpose, tick)

    def passes(self, work: Callable[[int, int], None]) -> None:
        """Do one pass over the residents of all communities, split among threads; passes write their own rows only."""
        if self._pool is None:
            work(0, self.communities)
        else:
            cuts = np.linspace(0, self.communities, self._threads + 1).astype(int).tolist()
            list(self._pool.map(work, cuts[:-1], cuts[1:]))

    def stop_threads(self) -> None:
        """Let the threads go; passes go on in the caller's."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None

    def floor(self) -> Floor:
        """Return the tables of the event queue."""
        register = self.register
        return Floor(
            register.jobs,
            self.servers,
            self.offices,
            self.classes,
            self.roots,
            self.calendar,
            register.free,
            register.closings,
            register.counts,
            self.row.counters,
            self.row.hours,
            register.events,
        )

    def columns(self) -> dict[str, NDArray[Any]]:
        """Return every column by the name under which processes declare it; the arrays themselves, not copies."""
        register, row = self.register, self.row
        named = {f"residents.{name}": column for name, column in self.residents._asdict().items()}
        for table in ("residents", "households", "communities", "ties"):
            for name, column in getattr(self.world, table)._asdict().items():
                named[f"world.{table}.{name}"] = column
        for name in self.reach.__dataclass_fields__:
            named[f"reach.{name}"] = getattr(self.reach, name)
        for name, column in self.plan._asdict().items():
            named[f"plan.{name}"] = column
        for name, column in row._asdict().items():
            named[f"row.{name}"] = column
        named |= {
            "jobs": register.jobs,
            "jobs.free": register.free,
            "jobs.counts": register.counts,
            "jobs.recurring": register.recurring,
            "jobs.closings": register.closings,
            "events": register.events,
            "inbox.job": register.inbox_job,
            "inbox.time": register.inbox_time,
            "servers": self.servers,
            "offices": self.offices,
            "classes": self.classes,
            "queues": self.roots,
            "open_cases": self.open_cases,
            "tasks_waiting": self.tasks_waiting,
            "turns.call": self.call_from,
            "turns.visit": self.visit_from,
            "turns.next_visit": self.visit_next,
            "active_share": self.active_share,
            "published": self.published,
            "given": self.given,
            "present": self.present,
            "tie_totals": self.tie_totals,
        }
        return named
