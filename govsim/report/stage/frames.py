"""What is seen of a running engine at the end of a week."""

from __future__ import annotations

from enum import IntEnum
from typing import Any, TypedDict

import numpy as np
from numpy.typing import NDArray

from govsim.engine import State
from govsim.engine import columns as col
from govsim.engine.recording import CaseStatus, Event


class ProblemMark(IntEnum):
    """How a problem is drawn."""

    HIDDEN = 0
    KNOWN = 1
    WORKED_ON = 2
    RESOLVED = 3
    EXPLAINED = 4


class Frame(TypedDict):
    """One week, in plain numbers for a script.

    ``active``: rows of residents who took part; ``gone``: rows of those who have left; ``problems``: household, number of the
    problem, class and mark of each that exists or was closed this week, flat; ``work``: office, household and source of
    hours of everything worked on this week, flat.
    """

    active: list[int]
    gone: list[int]
    problems: list[int]
    work: list[int]


def frame(state: State) -> Frame:
    """Return the last week of a run, or the state before the first one."""
    week, register, people = state.week - 1, state.pool, state.residents
    if week < 0:
        return Frame(active=[], gone=[], problems=[], work=[])
    closings = register.jobs[state.closings]
    # A problem that an explanation left where it was is alive, and in the dark again.
    closed = closings[(closings["kind"] == col.FREE) | (closings["state"] == col.GONE)]
    jobs = np.concatenate((register.alive(), closed))
    over = np.arange(len(jobs)) >= len(jobs) - len(closed)
    events = register.events[: register.counts[col.EVENTS]]
    worked = events[events["what"] == int(Event.WORKED)]
    row = _rows(jobs, worked)
    mark = np.full(len(jobs), int(ProblemMark.KNOWN))
    mark[row[row >= 0]] = int(ProblemMark.WORKED_ON)
    mark[jobs["state"] == col.LATENT] = int(ProblemMark.HIDDEN)
    done = over & (jobs["outcome"] == int(CaseStatus.RESOLVED))
    mark = np.where(over, int(ProblemMark.EXPLAINED), mark)
    mark = np.where(done, int(ProblemMark.RESOLVED), mark)
    problems = np.column_stack((jobs["household"], jobs["number"], jobs["problem_class"], mark))
    seen = worked[row >= 0]
    work = np.column_stack((seen["office"], jobs["household"][row[row >= 0]], seen["source"]))
    return Frame(
        active=np.flatnonzero(people.last_active == week).tolist(),
        gone=np.flatnonzero(people.left >= 0).tolist(),
        problems=_flat(problems),
        work=_flat(np.unique(work, axis=0)) if len(work) else [],
    )


def _rows(jobs: NDArray[np.void], events: NDArray[np.void]) -> NDArray[np.int64]:
    """Return for each event the row of its case, -1 where it is not there any more."""
    place = {
        key: k for k, key in enumerate(zip(jobs["number"].tolist(), jobs["recurrence"].tolist(), strict=True))
    }
    keys = zip(events["case"].tolist(), events["recurrence"].tolist(), strict=True)
    return np.array([place.get(key, -1) for key in keys], dtype=np.int64)


def _flat(table: NDArray[Any]) -> list[int]:
    flat: list[int] = table.astype(np.int64).reshape(-1).tolist()
    return flat
