"""The records of jobs that are alive: room for them, and what is given back when they are over."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from govsim.engine import columns as col
from govsim.units import NEVER_EXCEEDED


class OutOfRoomError(RuntimeError):
    """A fixed-size table of one week was too small; the engine enlarges it before the week, so this is a defect."""


def enough(room: bool, what: str) -> None:
    """Stop the run when there was no room for something."""
    if not room:
        raise OutOfRoomError(f"no room for {what}")


class Register:
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

    def __init__(self) -> None:
        self.counts = np.zeros(col.COUNTS, np.int64)
        self.counts[col.NEXT_TASK] = 1
        self.jobs = col.new_jobs(0)
        self.free = np.zeros(0, np.int64)
        self.recurring = col.new_jobs(0)
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
        self.counts[col.EVENTS] = 0
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
        records = self.jobs[slots]
        queued = records["state"] == col.QUEUED
        records["state"] = col.GONE
        self.jobs["state"][slots[queued]] = col.GONE
        done = slots[~queued]
        self.jobs["kind"][done] = col.FREE
        top = self.counts[col.FREE_TOP]
        self.free[top : top + len(done)] = done
        self.counts[col.FREE_TOP] += len(done)
        return records

    def alive(self) -> NDArray[np.void]:
        """Return the cases that have arisen and are not over."""
        jobs = self.jobs[: self.used]
        here = (jobs["kind"] == col.CASE) & (jobs["state"] != col.GONE) & (jobs["state"] != col.PENDING)
        return jobs[here]
