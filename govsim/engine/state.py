"""The state of one run: every column that processes read and write, and how the run was asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from govsim import draws
from govsim.engine import columns as col
from govsim.engine import crowd, looks, rules
from govsim.engine.agenda import BY_CLASS
from govsim.engine.controls import ties_under
from govsim.engine.demography import birthdays
from govsim.engine.floor import Floor
from govsim.engine.infrastructure import rehousing_turn
from govsim.engine.offices import Arm, class_records, establish
from govsim.engine.organisations import OrganisationState
from govsim.engine.processes import casework, effort
from govsim.engine.processes.experience import NOTHING_LEARNT
from govsim.engine.reach import enrol, reach_of, residents_at_start
from govsim.engine.recorder import Recorder
from govsim.engine.recording import COUNTER
from govsim.engine.register import Register
from govsim.engine.staff import Posts
from govsim.engine.timeline import Timeline
from govsim.scenario.schema import Scenario
from govsim.units import THOUSAND
from govsim.world.columns import World

KEPT = (
    "speed",
    "skill",
    "burnout",
    "susceptibility",
    "remaining",
    "since",
    "job",
    "hired",
    "vacant_until",
    "person",
    "leaving",
)
"""What people in offices keep when offices are reorganised."""

WATCHED_COUNTERS = ("residents", "adults", "open", "undetected", "active", "trust_community")


class State:
    """One run between two processes.

    Processes talk only through what is here. Times are in working hours since the start of the run.

    Attributes
    ----------
    world, base_scenario, arm, seed
        What was asked; never changed.
    scenario, model
        What is in force this week: the same, as far as no timeline moves it.
    week : int
        The week that runs now, or that runs next.
    start, end : float
        When that week begins and ends.
    residents, register, offices, servers, classes, reach
        See :mod:`govsim.engine.columns`, :mod:`govsim.engine.register` and :mod:`govsim.engine.reach`.
    posts : Posts
        What does not change about the posts until offices are reorganised.
    plan : PlannedHours
        What the planned hours of this week buy; before effort has run, those of last week.
    row : WeekRow
        This week's places in the recording.
    present : bool array, shape (servers,)
        Staff posts that are filled.
    eligible : uint8 array, shape (residents,)
        Not 0 for adults who were there this week, those included who leave at its end.
    given : float64 array, shape (communities,)
        Voluntary hours that are left for problems.
    sent : int
        Jobs in the inbox.
    """

    def __init__(
        self,
        world: World,
        scenario: Scenario,
        arm: Arm,
        seed: int,
        threads: int = 1,
        folder: Path | None = None,
    ) -> None:
        self.world, self.base_scenario, self.arm, self.seed = world, scenario, arm, seed
        self.timeline = Timeline(scenario, arm)
        self.scenario, self.model = self.timeline.in_force()
        self.week, self.sent = 0, 0
        self.allowed: frozenset[str] | None = None
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads) if threads > 1 else None
        self.first_resident = world.communities.first_resident.astype(np.uint64)
        self.hours_per_week = scenario.capacity.hours_per_week
        self.communities, self.streets = len(world.communities.street), len(world.street_names)
        self.place = place = establish(self.scenario, self.model, world, seed)
        self.offices, self.servers, self.office_table = place.offices, place.servers, place.table
        self.posts = Posts(self.servers, self.communities)
        self.desk = len(self.offices) - 1
        self.classes = self._classes()
        self.ties = ties_under(world, scenario.controls, self.key("controls.network"))
        self._set_up_people()
        self._set_up_queue()
        self.rules = self._rules()
        enrol(world, self.residents, self.model)
        looks.tie_totals(
            self.ties.indptr,
            self.ties.other,
            self.ties.layer,
            self.rules.tie_weights,
            self.residents.seen,
            self.tie_totals,
        )
        self.recorder = Recorder(scenario.run.weeks, self.communities, len(self.offices), folder)
        self.row = self.recorder.row(0)
        self.exogenous = hashlib.blake2b(digest_size=16)

    def _classes(self) -> NDArray[np.void]:
        """Return the classes at their declared rates, resolved as the model in force has it."""
        return class_records(self.base_scenario, self.model)

    def _rules(self) -> rules.Rules:
        return rules.rules_of(self.scenario, self.model, self.communities)

    def _set_up_people(self) -> None:
        world, scenario = self.world, self.scenario
        self.residents = residents_at_start(world, scenario)
        self.participation_type = world.residents.participation_type.copy()
        columns = {name: getattr(world.residents, name) for name in crowd.FROM_RESIDENTS}
        columns["participation_type"] = self.participation_type
        self.people = crowd.People(**columns, liaison=world.households.liaison)
        self.hazards = world.households.exposure.copy()
        self.birthday = birthdays(self.first_resident, self.key("institutions.birthday"))
        self.condition = world.communities.condition.astype(float)
        self.rehousing_turn = rehousing_turn(world, self.key("institutions.rehousing"))
        self.organisations = OrganisationState(world, scenario)
        self.organisation_hours, self.enterprise_hours = self.organisations.hours()
        self.reach = reach_of(world, scenario, self.model, self.classes, self.residents, len(self.offices))
        self.tie_totals = np.zeros(len(self.residents.seen), np.float32)
        self.near = looks.surroundings(
            self.ties.indptr, self.ties.other, self.ties.layer, self.first_resident
        )
        self.voice = np.zeros(len(self.residents.seen), np.float32)
        self.seen_next = self.residents.seen.copy()
        self.eligible: NDArray[np.uint8] = (self.residents.seen & col.ADULT).astype(np.uint8)

    def _set_up_queue(self) -> None:
        self.register = Register()
        self.roots = np.full((len(self.offices), BY_CLASS + len(self.classes)), -1, np.int64)
        self.votes = np.zeros((self.communities, max(len(self.classes), 1)), np.int64)
        self.tasks_waiting = np.zeros(len(self.offices))
        self.filings, self.transfers = np.zeros(len(self.offices), np.int64), np.zeros(len(self.offices))
        self.saved = {"rehousing": np.zeros(len(self.offices))}
        self.calendar = np.zeros(len(self.servers) + 1, col.COMPLETION)
        self.present = np.zeros(len(self.servers), np.bool_)
        self.call_from = np.zeros((self.communities, 2))
        self.visit_from, self.visit_next = np.zeros(self.communities), np.zeros(self.communities)
        self.active_share, self.attendance = np.zeros(self.communities), np.zeros(self.communities)
        self.published = np.full(self.communities, NOTHING_LEARNT)
        self.given = np.zeros(self.communities)
        self.plan = effort.PlannedHours(*(np.zeros(self.communities) for _ in effort.PlannedHours._fields))

    def follow_timeline(self) -> None:
        """Put into force what the timeline has for this week."""
        before = self.scenario.capacity, self.model.capacity
        enrolled = self.model.mobilisation.enrolled
        if not self.timeline.advance(self.week, self.watched):
            return
        self.scenario, self.model = self.timeline.in_force()
        self.rules = self._rules()
        self.classes = self._classes()
        self.reach.set_rules(self.world, self.scenario, self.model)
        if self.model.mobilisation.enrolled != enrolled:
            enrol(self.world, self.residents, self.model)
        if (self.scenario.capacity, self.model.capacity) != before or self.timeline.reformed:
            self._reorganise()

    def _reorganise(self) -> None:
        """Set the offices up anew; people keep their posts as far as there are the same ones, and offices their queues."""
        old, place = self.place, establish(self.scenario, self.model, self.world, self.seed)
        _, stays, was = np.intersect1d(place.addresses, old.addresses, return_indices=True)
        gone = np.setdiff1d(np.arange(len(self.servers)), was)
        casework.dismiss(self.floor(), self.rules.casework, gone, self.start)
        for column in KEPT:
            place.servers[column][stays] = self.servers[column][was]
        for column in ("first_server", "servers", "helpers", "station"):
            self.offices[column] = place.offices[column]
        self.place, self.servers = place, place.servers
        self.posts = Posts(self.servers, self.communities)
        self.calendar = np.zeros(len(self.servers) + 1, col.COMPLETION)
        self.present = np.zeros(len(self.servers), np.bool_)

    def watched(self) -> dict[str, float]:
        """Return what conditions of the timeline look at, from last week's counts."""
        counters = self.row.counters
        total = {name: float(counters[:, COUNTER[name]].sum()) for name in WATCHED_COUNTERS}
        per_1000 = THOUSAND / total["residents"] if total["residents"] > 0 else 0.0
        adults = total["adults"] if total["adults"] > 0 else 1.0
        return {
            "open_cases": total["open"] * per_1000,
            "undetected_cases": total["undetected"] * per_1000,
            "active_share": total["active"] / adults,
            "trust_community": total["trust_community"] / adults,
            "tasks_waiting": float(self.tasks_waiting.sum()) * per_1000,
        }

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
        for name, column in self.ties._asdict().items():
            named[f"ties.{name}"] = column
        for name, column in self.near._asdict().items():
            named[f"near.{name}"] = column
        for table in ("residents", "households", "communities"):
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
            "votes": self.votes,
            "filings": self.filings,
            "transfers": self.transfers,
            "saved": self.saved["rehousing"],
            "organisations.table": self.organisations.table,
            "organisations.member": self.organisations.member,
            "organisation_hours": self.organisation_hours,
            "enterprise_hours": self.enterprise_hours,
            "condition": self.condition,
            "birthday": self.birthday,
            "hazards": self.hazards,
            "participation_type": self.participation_type,
            "seen_next": self.seen_next,
            "eligible": self.eligible,
            "attendance": self.attendance,
            "tasks_waiting": self.tasks_waiting,
            "turns.call": self.call_from,
            "turns.visit": self.visit_from,
            "turns.next_visit": self.visit_next,
            "active_share": self.active_share,
            "published": self.published,
            "given": self.given,
            "present": self.present,
            "tie_totals": self.tie_totals,
            "voice": self.voice,
        }
        return named
