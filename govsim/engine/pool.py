"""The records of jobs that are alive: room for them, and what is given back when they are over."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from govsim.engine import columns as col
from govsim.engine.recording import NEVER
from govsim.kernels import kernel, part
from govsim.units import NEVER_EXCEEDED


class OutOfRoomError(RuntimeError):
    """A fixed-size table of one week was too small; the engine enlarges it before the week, so this is a defect."""


def enough(room: bool, what: str) -> None:
    """Stop the run when there was no room for something."""
    if not room:
        raise OutOfRoomError(f"no room for {what}")


@dataclass
class JobPool:
    """Job records, the stack of free ones, and the lists that a week fills.

    Attributes
    ----------
    jobs : JOB records
    free : int64 array
        Stack of free records, ``counts[FREE_TOP]`` high.
    counts : int64 array, shape (COUNTS,)
        See :mod:`govsim.engine.columns`.
    inbox_job, inbox_time : arrays
        Jobs that reach an office this week, and when (working hours).
    gone, closings : int64 arrays
        Records of cases that lapsed, and of cases closed.
    candidates : CANDIDATE records
        What could arise this week.
    events : EVENT records
        What happened to cases this week, ``counts[EVENTS]`` of them.
    recurring : JOB records
        Copies of cases closed last week that will come back.
    """

    counts: NDArray[np.int64] = field(default_factory=lambda: np.zeros(col.COUNTS, np.int64))
    jobs: NDArray[np.void] = field(default_factory=lambda: col.new_jobs(0))
    free: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    recurring: NDArray[np.void] = field(default_factory=lambda: col.new_jobs(0))
    inbox_job: NDArray[np.int64] = field(init=False)
    inbox_time: NDArray[np.float64] = field(init=False)
    gone: NDArray[np.int64] = field(init=False)
    closings: NDArray[np.int64] = field(init=False)
    candidates: NDArray[np.void] = field(init=False)
    events: NDArray[np.void] = field(init=False)

    def __post_init__(self) -> None:
        """Make the lists of a week."""
        self.counts[col.NEXT_TASK] = 1
        self._make_lists()

    def _make_lists(self) -> None:
        size = len(self.jobs)
        self.inbox_job, self.inbox_time = np.zeros(size, np.int64), np.zeros(size)
        self.gone, self.closings = np.zeros(size, np.int64), np.zeros(size, np.int64)
        self.candidates = np.zeros(size, col.CANDIDATE)
        self.events = np.zeros(col.EVENTS_PER_JOB * size, col.EVENT)

    @property
    def used(self) -> int:
        """Number of records ever used; all beyond it are free."""
        return int(self.counts[col.USED])

    def make_room(self, expected: float) -> None:
        """Make sure that a week cannot run out of records.

        Every case may bring a repeated call and, once, a seat at a joint meeting; ``expected`` arrivals and tasks get
        a margin that no week reaches.
        """
        alive = len(self.jobs) - int(self.counts[col.FREE_TOP])
        margin = int(expected + NEVER_EXCEEDED * np.sqrt(expected + 1)) + len(self.recurring)
        needed = 2 * alive + 2 * margin
        top = int(self.counts[col.FREE_TOP])
        if top >= needed:
            return
        old = len(self.jobs)
        more = max(needed, old)
        self.jobs = np.concatenate([self.jobs, col.new_jobs(more)])
        self.free = np.concatenate(
            [np.arange(old + more - 1, old - 1, -1), self.free[:top], np.zeros(old - top, np.int64)]
        )
        self.counts[col.FREE_TOP] += more
        self._make_lists()

    def give_up(self, slots: NDArray[np.int64]) -> NDArray[np.void]:
        """Return copies of cases that are over, and free their records unless they still stand in a queue."""
        records = self.jobs.take(slots)  # as whole records; an index would copy field by field
        if len(slots):
            records["state"] = col.GONE
            give_back(self.jobs, slots, self.free, self.counts)
        return records

    def alive(self) -> NDArray[np.void]:
        """Return the cases that have arisen and are not over."""
        jobs = self.jobs[: self.used]
        here = (jobs["kind"] == col.CASE) & (jobs["state"] != col.GONE) & (jobs["state"] != col.PENDING)
        return jobs[here]


@kernel
def give_back(
    jobs: NDArray[np.void], slots: NDArray[np.int64], free: NDArray[np.int64], counts: NDArray[np.int64]
) -> None:
    """Free the records of cases that are over; one that still stands in a queue is marked and freed there."""
    for k in range(slots.shape[0]):
        job = jobs[slots[k]]
        if job.state == col.QUEUED:
            job.state = col.GONE
        else:
            job.kind = col.FREE
            free[counts[col.FREE_TOP]] = slots[k]
            counts[col.FREE_TOP] += 1


@part
def take_record(jobs: NDArray[np.void], free: NDArray[np.int64], counts: NDArray[np.int64], kind: int) -> int:
    """Return a free job record, cleared of its former use; -1 when none is left."""
    if counts[col.FREE_TOP] == 0:
        return -1
    counts[col.FREE_TOP] -= 1
    slot = free[counts[col.FREE_TOP]]
    counts[col.USED] = max(counts[col.USED], slot + 1)
    job = jobs[slot]
    job.kind = kind
    job.state = col.PENDING
    job.detected = job.first_handled = job.competent = job.funded = job.closed = NEVER
    job.explained_from = job.lapses = np.inf
    job.skilled = job.hours_members = job.hours_government = job.hours_residents = job.hours_organisations = (
        job.hours_enterprises
    ) = 0.0
    job.effort = job.money = job.shared_left = job.staff_left = job.hazard = job.luck = job.rank = 0.0
    job.left = job.right = job.office = job.sender = job.handler = -1
    job.recurrence = 0
    job.hops = job.refusals = job.reopened = job.channel = job.accepted = job.convened = job.unclear = 0
    job.overdue = job.recurs = job.outcome = job.stage = 0
    return slot


@part
def record(
    events: NDArray[np.void],
    counts: NDArray[np.int64],
    jobs: NDArray[np.void],
    slot: int,
    what: int,
    office: int,
    time: float,
    source: int,
    hours: float,
    channel: int,
) -> None:
    """Note what happened to the case that a job belongs to, whose hours it took and, of a report, by which channel."""
    place = counts[col.EVENTS]
    if place == events.shape[0]:
        counts[col.OUT_OF_ROOM] = 1
        return
    counts[col.EVENTS] += 1
    event = events[place]
    job = jobs[slot]
    event.case = job.number
    event.recurrence = job.recurrence
    event.time = time
    event.what = what
    event.office = office
    event.source = source
    event.hours = hours
    event.channel = channel
