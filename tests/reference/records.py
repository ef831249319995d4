"""Job records in plain Python: rows of a table as objects, the stack of free ones, the event ledger and addressed draws."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from govsim import draws
from govsim.engine import columns as col
from govsim.engine.recording import NEVER
from tests.reference.follow import Before

PLACE = 2**40
ALL_BITS = 2**64 - 1


def rows(table: NDArray[Any]) -> list[Any]:
    """Return the rows of a table of records as objects with plain numbers."""
    names = table.dtype.names or ()
    return [SimpleNamespace(**dict(zip(names, values, strict=True))) for values in table.tolist()]


def write_back(table: NDArray[Any], objects: list[Any]) -> NDArray[Any]:
    """Return a copy of a table with its first rows as the objects have them."""
    out, names = table.copy(), table.dtype.names or ()
    written = [tuple(vars(item)[name] for name in names) for item in objects]
    out[: len(objects)] = np.array(written, table.dtype)
    return out


class Records:
    """Job records as objects with plain numbers, made when they are first looked at."""

    def __init__(self, table: NDArray[Any]) -> None:
        self.table, self.looked_at = table, dict[int, Any]()
        self.names = table.dtype.names or ()

    def __getitem__(self, slot: int) -> Any:
        if slot not in self.looked_at:
            values = dict(zip(self.names, self.table[slot].item(), strict=True))
            self.looked_at[slot] = SimpleNamespace(**values, slot=slot)
        return self.looked_at[slot]

    def in_use(self, used: int) -> list[Any]:
        """Return the first ``used`` records without the free ones."""
        kinds = self.table["kind"][:used].tolist()
        return [self[slot] for slot, kind in enumerate(kinds) if kind != col.FREE]

    def written(self) -> NDArray[Any]:
        out = self.table.copy()
        for slot, job in self.looked_at.items():
            out[slot] = tuple(vars(job)[name] for name in self.names)
        return out


def single(x: float) -> float:
    """Return a number as a column in single precision holds it."""
    return float(np.float32(x))


class Luck:
    """Draws of one purpose, by entity and slot."""

    def __init__(self, before: Before, purpose: str, weekly: bool = False) -> None:
        self.key = draws.key(before.seed, purpose, before.week if weekly else 0)

    def uniform(self, entity: int, slot: int = 0) -> float:
        return float(draws.uniform(self.key, np.uint64(entity), np.uint64(slot)))

    def exponential(self, entity: int, slot: int = 0) -> float:
        return -math.log(1.0 - self.uniform(entity, slot))

    def normal(self, entity: int, slot: int) -> float:
        radius = math.sqrt(-2.0 * math.log(1.0 - self.uniform(entity, slot)))
        return radius * math.cos(2.0 * math.pi * self.uniform(entity, slot + 1))

    def entity(self, entity: int, slot: int) -> int:
        """Return the address of something new: all 64 bits of the draw."""
        return int(draws.bits(self.key, np.uint64(entity), np.uint64(slot)))


class Register:
    """Job records as a process finds them, and what it does to them."""

    def __init__(self, before: Before) -> None:
        self.before = before
        self.jobs = Records(before["pool.jobs"])
        self.counts = before["pool.counts"].tolist()
        self.stack = before["pool.free"].tolist()
        self.inbox = list(
            zip(before["pool.inbox_job"].tolist(), before["pool.inbox_time"].tolist(), strict=True)
        )
        self.events: list[tuple[Any, ...]] = []
        self.first_event = self.counts[col.EVENTS]

    def take(self, kind: int) -> Any:
        """Take the record on top of the stack and clear what a former use left; owner, class and address stay."""
        self.counts[col.FREE_TOP] -= 1
        slot = self.stack[self.counts[col.FREE_TOP]]
        self.counts[col.USED] = max(self.counts[col.USED], slot + 1)
        job = self.jobs[slot]
        job.kind, job.state = kind, col.PENDING
        for name in ("detected", "first_handled", "competent", "funded", "closed"):
            setattr(job, name, NEVER)
        job.explained_from = job.lapses = math.inf
        for name in ("skilled", "effort", "money", "shared_left", "staff_left", "hazard", "luck", "rank"):
            setattr(job, name, 0.0)
        for name in ("members", "government", "residents", "organisations", "enterprises"):
            setattr(job, f"hours_{name}", 0.0)
        job.left = job.right = job.office = job.sender = job.handler = -1
        for name in ("recurrence", "hops", "refusals", "reopened", "channel", "accepted", "convened"):
            setattr(job, name, 0)
        job.unclear = job.overdue = job.recurs = job.outcome = job.stage = 0
        return job

    def release(self, slot: int) -> None:
        """Give a record back."""
        self.jobs[slot].kind = col.FREE
        self.stack[self.counts[col.FREE_TOP]] = slot
        self.counts[col.FREE_TOP] += 1

    def note(
        self,
        job: Any,
        what: int,
        office: int,
        time: float,
        source: int = col.NOBODY,
        hours: float = 0.0,
        channel: int = 0,
    ) -> None:
        """Write one row of the event ledger; its week is filled when the week is kept."""
        self.events.append((job.number, time, hours, office, job.recurrence, what, source, channel))
        self.counts[col.EVENTS] += 1

    def columns(self) -> dict[str, NDArray[Any]]:
        """Return the columns of jobs and events, the order inside the engine's heaps left out."""
        events = self.before["pool.events"].copy()
        fields = ("case", "time", "hours", "office", "recurrence", "what", "source", "channel")
        for row, event in enumerate(self.events, self.first_event):
            for name, value in zip(fields, event, strict=True):
                events[name][row] = value
        return {
            "pool.jobs": self.jobs.written(),
            "pool.free": np.array(self.stack, np.int64),
            "pool.counts": np.array(self.counts, np.int64),
            "pool.events": events,
        }

    def inbox_columns(self, sent: list[tuple[int, float]]) -> dict[str, NDArray[Any]]:
        """Return the inbox with ``sent`` in its first places."""
        whole = sent + self.inbox[len(sent) :]
        return {
            "pool.inbox_job": np.array([slot for slot, _ in whole], np.int64),
            "pool.inbox_time": np.array([time for _, time in whole], np.float64),
        }
