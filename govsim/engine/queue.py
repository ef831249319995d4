"""Queues of offices and the calendar of completions: their tables, and the small acts that every part of casework needs.

Queues are skew heaps threaded through the job records (Sleator and Tarjan 1986). A heap is named by the record at its top, -1
when it is empty. Each job stands in at most one heap, so two child columns in the record hold all of them, whatever their
number and size. Ties on rank go to the older problem.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from govsim.draws import Key
from govsim.engine import columns as col
from govsim.engine.processes.routing import RoutingKeys
from govsim.engine.rules import DEADLINE, EASY_FIRST, SEVERITY, VOTE, CaseworkRule
from govsim.engine.state import State
from govsim.kernels import part

MEETINGS, TASKS_FIRST, MAIN, TASKS_LAST, UNFUNDED, BY_CLASS = range(6)
"""Heaps of an office; from BY_CLASS on one for the co-producible part of each class."""


class CaseworkKeys(NamedTuple):
    """Addresses of this process's draws, routing's included."""

    explanation: Key
    recurrence: Key
    routing: RoutingKeys


class QueueTables(NamedTuple):
    """Everything the event queue works on; few and small, because it is handed down with every call."""

    jobs: NDArray[np.void]
    servers: NDArray[np.void]
    offices: NDArray[np.void]
    classes: NDArray[np.void]
    queue_heads: NDArray[np.int64]  # (offices, heaps): tops of the agenda heaps
    calendar: NDArray[np.void]  # COMPLETION records, a binary heap by time and server
    free: NDArray[np.int64]  # stack of free job records
    closings: NDArray[np.int64]  # records of cases closed this week
    counts: NDArray[np.int64]  # see govsim.engine.columns
    counters: NDArray[np.float64]  # (communities, counters)
    hours: NDArray[np.float64]  # (offices, sources, activities)
    events: NDArray[np.void]  # what happens to cases this week


def queue_tables(state: State) -> QueueTables:
    """Return the tables of a run's event queue."""
    pool, row = state.pool, state.row
    return QueueTables(
        pool.jobs,
        state.servers,
        state.offices,
        state.classes,
        state.queue_heads,
        state.calendar,
        pool.free,
        pool.closings,
        pool.counts,
        row.counters,
        row.hours,
        pool.events,
    )


@part
def before(jobs: NDArray[np.void], a: int, b: int) -> bool:
    """Return whether job ``a`` comes before job ``b``."""
    if jobs[a].rank != jobs[b].rank:
        return jobs[a].rank < jobs[b].rank
    return jobs[a].number < jobs[b].number


@part
def meld(jobs: NDArray[np.void], a: int, b: int) -> int:
    """Join two heaps and return the top of the result."""
    if a < 0:
        return b
    if b < 0:
        return a
    if before(jobs, b, a):
        a, b = b, a
    top = a
    while True:
        right = jobs[a].right
        jobs[a].right = jobs[a].left
        if right < 0:
            jobs[a].left = b
            return top
        if before(jobs, b, right):
            right, b = b, right
        jobs[a].left = right
        a = right


@part
def push(jobs: NDArray[np.void], queue_heads: NDArray[np.int64], office: int, heap: int, slot: int) -> None:
    """Put a job into a heap of an office."""
    jobs[slot].left = -1
    jobs[slot].right = -1
    queue_heads[office, heap] = meld(jobs, queue_heads[office, heap], slot)


@part
def pop(jobs: NDArray[np.void], queue_heads: NDArray[np.int64], office: int, heap: int) -> int:
    """Take the first job out of a heap that is not empty."""
    slot = queue_heads[office, heap]
    queue_heads[office, heap] = meld(jobs, jobs[slot].left, jobs[slot].right)
    return slot


@part
def earlier(time: float, server: int, other_time: float, other_server: int) -> bool:
    """Return whether one completion comes before another; ties go to the server of lower number."""
    return time < other_time or (time == other_time and server < other_server)


@part
def plan_completion(queue: QueueTables, server: int, time: float) -> None:
    """Put a completion into the calendar, a binary heap by time and server."""
    calendar = queue.calendar
    k = queue.counts[col.PLANNED]
    queue.counts[col.PLANNED] += 1
    while k > 0:
        up = (k - 1) >> 1
        if not earlier(time, server, calendar[up].time, calendar[up].server):
            break
        calendar[k] = calendar[up]
        k = up
    calendar[k].time = time
    calendar[k].server = server


@part
def next_completion(queue: QueueTables) -> int:
    """Take the server of the earliest completion out of the calendar."""
    calendar = queue.calendar
    first = calendar[0].server
    queue.counts[col.PLANNED] -= 1
    size = queue.counts[col.PLANNED]
    time, server = calendar[size].time, calendar[size].server
    k = 0
    while True:
        child = 2 * k + 1
        if child >= size:
            break
        right = child + 1
        if right < size and earlier(
            calendar[right].time, calendar[right].server, calendar[child].time, calendar[child].server
        ):
            child = right
        if earlier(time, server, calendar[child].time, calendar[child].server):
            break
        calendar[k] = calendar[child]
        k = child
    calendar[k].time = time
    calendar[k].server = server
    return first


@part
def is_answerable(queue: QueueTables, slot: int) -> bool:
    """Return whether the desk can settle a case by its answer."""
    job = queue.jobs[slot]
    return queue.classes[job.problem_class].resolves == col.ANY and not job.unclear


@part
def stage_work(queue: QueueTables, rule: CaseworkRule, slot: int, staff: bool) -> float:
    """Return the hours a server of speed 1 needs for a job's present stage."""
    job = queue.jobs[slot]
    if job.kind == col.TASK or job.kind == col.SEAT:
        return job.staff_left
    if job.kind == col.REPEAT_CALL:
        return rule.desk_hours
    if job.stage == col.AT_DESK:
        return job.effort if is_answerable(queue, slot) else rule.desk_hours
    if job.stage == col.INTAKE or job.stage == col.EXPLAINING:
        return rule.intake_hours
    if job.stage == col.CONVENING:
        return rule.convening_hours
    if job.stage == col.WORK:
        return job.staff_left
    if staff:
        return job.shared_left + (job.staff_left if job.handler == job.office else 0.0)
    return job.shared_left / queue.classes[job.problem_class].substitutability


@part
def rank_of(queue: QueueTables, rule: CaseworkRule, slot: int, time: float) -> float:
    """Return a job's place on the agenda, smallest first."""
    job = queue.jobs[slot]
    task = job.kind == col.TASK
    if rule.agenda == SEVERITY:
        return -0.5 if task else -np.float64(job.severity)
    if rule.agenda == DEADLINE:
        return (
            time + rule.equal_task_deadline
            if task
            else job.detected + queue.classes[job.problem_class].deadline
        )
    if rule.agenda == EASY_FIRST:
        return job.staff_left + job.shared_left
    if rule.agenda == VOTE:
        return 0.0 if task else -np.float64(job.votes)
    return time


@part
def release(queue: QueueTables, slot: int) -> None:
    """Give a job record back."""
    queue.jobs[slot].kind = col.FREE
    queue.free[queue.counts[col.FREE_TOP]] = slot
    queue.counts[col.FREE_TOP] += 1


@part
def free_server(queue: QueueTables, office: int, slot: int) -> int:
    """Return the server that has been free longest among those who may take a job, helpers before staff; -1 when none is."""
    job = queue.jobs[slot]
    first = queue.offices[office].first_server
    staff = first + queue.offices[office].helpers
    last = first + queue.offices[office].servers
    found = -1
    if (
        job.kind == col.CASE
        and job.stage == col.SHARED
        and queue.classes[job.problem_class].substitutability > 0.0
    ):
        for server in range(first, staff):
            person = queue.servers[server]
            able = (person.takes >> np.uint32(job.problem_class)) & np.uint32(1)
            if (
                person.job < 0
                and person.rate > 0.0
                and able
                and (found < 0 or person.since < queue.servers[found].since)
            ):
                found = server
    if found >= 0:
        return found
    for server in range(staff, last):
        person = queue.servers[server]
        wrong = col.CASES_ONLY if job.kind == col.TASK else col.TASKS_ONLY
        if (
            person.job < 0
            and person.rate > 0.0
            and person.duty != wrong
            and (found < 0 or person.since < queue.servers[found].since)
        ):
            found = server
    return found
