"""The event ledger of a week: one row for each thing that happens to a case."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from govsim.engine import columns as col
from govsim.kernels import part


@part
def note(
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
