"""The state of one run: every column that processes read and write, what was asked for, and what is in force.

Plain data: :mod:`govsim.engine.setup` fills it, processes change it, and it knows none of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from govsim import draws
from govsim.engine import columns as col
from govsim.engine.exposure import Exposure
from govsim.engine.offices import Arm, Establishment
from govsim.engine.pool import JobPool
from govsim.engine.recorder import Recorder, WeekRow
from govsim.engine.rules import Rules
from govsim.engine.staff import Posts
from govsim.engine.ties import TieIndex
from govsim.scenario.schema import Scenario
from govsim.scenario.schema.governance import Governance
from govsim.scenario.timeline import Step
from govsim.world.columns import OrganisationKind, Ties, World


@dataclass
class Timeline:
    """What a run meets, week in which a condition started each step (None: none yet), and how strong each is now."""

    steps: tuple[Step, ...]
    started: list[int | None]
    weights: list[float]


@dataclass
class OrganisationState:
    """The organisations of a run, those of week 0 first; dissolved ones keep their place with strength 0.

    Attributes
    ----------
    table : ORGANISATION records, shape (organisations,)
    first, member : int64 arrays
        The people of organisation ``o`` are the residents ``member[first[o]:first[o + 1]]``.
    """

    table: NDArray[np.void]
    first: NDArray[np.int64]
    member: NDArray[np.int64]
    _per_kind: NDArray[np.float64]
    _share: NDArray[np.float64]

    @classmethod
    def at_start(cls, world: World, scenario: Scenario) -> OrganisationState:
        """Return the organisations of week 0."""
        at_start, people = world.organisations, np.diff(world.communities.first_resident).astype(float)
        table = np.zeros(len(at_start.kind), col.ORGANISATION)
        table["kind"], table["community"] = at_start.kind, at_start.community
        table["strength"], table["credibility"] = 1.0, scenario.organisations.life.credibility
        table["founded"] = -1
        return cls(
            table,
            at_start.first_member.astype(np.int64),
            at_start.member.astype(np.int64),
            np.array([getattr(scenario.organisations.hours, k.name.lower()) for k in OrganisationKind]),
            people / people.sum(),
        )

    def __post_init__(self) -> None:
        """Note what follows from the table."""
        self.sort()

    def sort(self) -> None:
        """Note which organisations are enterprises, and which of both work in one community or in the whole area."""
        enterprise, local = self.table["kind"] == OrganisationKind.ENTERPRISE, self.table["community"] >= 0
        self._bodies, self._enterprises = (
            (np.flatnonzero(those & local), np.flatnonzero(those & ~local))
            for those in (~enterprise, enterprise)
        )
        self._hours = self._per_kind[self.table["kind"]]

    def add(
        self, kind: int, community: int, people: NDArray[np.int64], week: int, scenario: Scenario
    ) -> None:
        """Let an organisation begin."""
        life = scenario.organisations.life
        new = np.zeros(1, col.ORGANISATION)
        new["kind"], new["community"], new["founded"] = kind, community, week
        new["strength"], new["credibility"] = life.start, life.credibility
        self.table = np.concatenate([self.table, new])
        self.member = np.concatenate([self.member, people])
        self.first = np.append(self.first, len(self.member))
        self.sort()

    def hours(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return weekly hours of organisations and of enterprises, by community; district-wide ones are shared."""
        amount, where = self._hours * self.table["strength"], self.table["community"]
        given = []
        for local, wide in (self._bodies, self._enterprises):
            here = np.bincount(where[local], amount[local], len(self._share))
            given.append(here + amount[wide].sum() * self._share)
        return given[0], given[1]

    def credibility(self) -> NDArray[np.float64]:
        """Return the mean credibility of the organisations that work in each community, 0 where none does."""
        alive, credibility = self.table["strength"] > 0, self.table["credibility"]
        local, wide = (those[alive[those]] for those in self._bodies)
        where, count = self.table["community"][local], len(self._share)
        number = np.bincount(where, minlength=count) + len(wide)
        total = np.bincount(where, credibility[local], count) + credibility[wide].sum()
        return np.divide(total, number, out=np.zeros(count), where=number > 0)

    def people(self, residents: int) -> NDArray[np.uint8]:
        """Return who belongs to an organisation that lives; shape (residents,)."""
        alive = np.repeat(self.table["strength"] > 0, np.diff(self.first))
        flags = np.zeros(residents, np.uint8)
        flags[self.member[alive]] = 1
        return flags


@dataclass
class State:
    """One run between two processes.

    Processes talk only through what is here. Times are in working hours since the start of the run. Columns are called by their
    path from here: ``residents.trust``, ``pool.jobs``; where two paths lead to one array, by the shorter one.

    Attributes
    ----------
    world, base_scenario, arm, seed
        What was asked; never changed.
    scenario, model, rules, classes
        What is in force this week: as asked, as far as no timeline moves it.
    week : int
        The week that runs now, or that runs next.
    sent : int
        Jobs in the inbox.
    hotline_office : int
        Number of the office that the hotline reaches.
    hazards, condition, saved
        Bits of the hazard zones of households, condition of infrastructure by community, yuan saved for rehousing by office.
    rehousing_order : int64 array
        Households of the subsidence zone in the order in which they are rehoused.
    signal, status_next : arrays, shape (residents,)
        What ties are told of a resident (see :func:`govsim.engine.ties.encode_opinion`), and the status after this week.
    eligible : uint8 array, shape (residents,)
        Not 0 for adults who were there this week, those included who leave at its end.
    posts : Posts
        What does not change about the posts until offices are reorganised.
    present : bool array, shape (servers,)
        Staff posts that are filled.
    call_from, visit_from, visit_next : float64 arrays
        Where calls and visits go on: in this week's round, and in the next one.
    given : float64 array, shape (communities,)
        Voluntary hours that are left for problems.
    plan : PlannedHours
        What the planned hours of this week buy; before effort has run, those of last week.
    row, last_week : WeekRow
        This week's places in the recording, and those of the week before.
    passes : callable
        Does a function of a first and a last community for all communities, on as many threads as the run has. Each pass
        writes rows of its own communities only.
    """

    world: World
    base_scenario: Scenario
    arm: Arm
    seed: int
    scenario: Scenario
    model: Governance
    rules: Rules
    timeline: Timeline
    communities: int
    streets: int
    hours_per_week: float
    hotline_office: int
    classes: NDArray[np.void]

    residents: col.ResidentState
    first_resident: NDArray[np.uint64]
    participation_type: NDArray[np.uint8]
    birthday: NDArray[np.uint8]
    eligible: NDArray[np.uint8]
    ties: Ties
    tie_index: TieIndex
    tie_totals: NDArray[np.float32]
    signal: NDArray[np.float32]
    status_next: NDArray[np.uint8]
    exposure: Exposure
    hazards: NDArray[np.uint8]
    condition: NDArray[np.float64]
    rehousing_order: NDArray[np.int64]
    organisations: OrganisationState
    organisation_hours: NDArray[np.float64]
    enterprise_hours: NDArray[np.float64]

    establishment: Establishment
    offices: NDArray[np.void]
    servers: NDArray[np.void]
    posts: Posts
    present: NDArray[np.bool_]
    calendar: NDArray[np.void]
    queue_heads: NDArray[np.int64]
    pool: JobPool
    tasks_waiting: NDArray[np.float64]
    filings: NDArray[np.int64]
    transfers: NDArray[np.float64]
    saved: NDArray[np.float64]

    plan: col.PlannedHours
    votes: NDArray[np.int64]
    call_from: NDArray[np.float64]
    visit_from: NDArray[np.float64]
    visit_next: NDArray[np.float64]
    active_share: NDArray[np.float64]
    attendance: NDArray[np.float64]
    published: NDArray[np.float64]
    given: NDArray[np.float64]

    recorder: Recorder
    row: WeekRow
    last_week: WeekRow
    passes: Callable[[Callable[[int, int], None]], None]
    exogenous: Any = field(default_factory=lambda: hashlib.blake2b(digest_size=16))
    week: int = 0
    sent: int = 0

    @property
    def start(self) -> float:
        """When the week begins, in working hours."""
        return self.week * self.hours_per_week

    @property
    def end(self) -> float:
        """When the week ends, in working hours."""
        return (self.week + 1) * self.hours_per_week

    @property
    def span(self) -> col.WeekSpan:
        """The week that runs, as kernels take it."""
        return col.WeekSpan(self.week, self.start, self.end, self.hours_per_week)

    @property
    def inbox(self) -> col.Inbox:
        """The inbox, as kernels take it."""
        return col.Inbox(self.pool.inbox_job, self.pool.inbox_time, self.sent)

    @property
    def closings(self) -> NDArray[np.int64]:
        """Records of the cases closed this week."""
        return self.pool.closings[: self.pool.counts[col.CLOSED]]

    def key(self, purpose: str, tick: int = 0) -> draws.Key:
        """Return the key of a draw."""
        return draws.key(self.seed, purpose, tick)

    def columns(self) -> dict[str, NDArray[Any]]:
        """Return every column by its path; the arrays themselves, not copies."""
        found: list[tuple[str, NDArray[Any]]] = []
        for path, column in sorted(_arrays("", self), key=lambda item: item[0].count(".")):
            if not any(column is known for _, known in found):
                found.append((path, column))
        return dict(found)


def _arrays(path: str, value: Any) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield the arrays that hang on a value by named fields, with their paths."""
    if isinstance(value, np.ndarray):
        yield path, value
        return
    named: tuple[str, ...] = getattr(type(value), "_fields", ())
    if is_dataclass(value):
        named = tuple(item.name for item in fields(value) if not item.name.startswith("_"))
    for name in named:
        yield from _arrays(f"{path}.{name}" if path else name, getattr(value, name))
