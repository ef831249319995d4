"""What a server does in an office's queue: take a job, work on it, pass it on (see :mod:`govsim.engine.processes.casework`)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from govsim.draws import Key, exponential, uniform
from govsim.engine import columns as col
from govsim.engine.pool import record, take_record
from govsim.engine.processes import routing
from govsim.engine.queue import (
    BY_CLASS,
    MAIN,
    MEETINGS,
    TASKS_FIRST,
    TASKS_LAST,
    UNFUNDED,
    QueueTables,
    free_server,
    is_answerable,
    plan_completion,
    pop,
    push,
    rank_of,
    release,
    stage_work,
)
from govsim.engine.recording import COUNTER, Activity, CaseStatus, Event, HourSource, Level
from govsim.engine.rules import EQUAL, FIRST, CaseworkRule
from govsim.kernels import part, shared_part

_DISPATCHED, _ANSWERED = COUNTER["dispatched"], COUNTER["desk_answered"]
_DESK_LEVEL, _DEPARTMENT_LEVEL = int(Level.DESK), int(Level.DEPARTMENT)
_DESK, _TASKS, _INTAKE = int(Activity.DESK), int(Activity.TASKS), int(Activity.INTAKE)
_CASEWORK, _CONVENING, _IDLE = int(Activity.CASEWORK), int(Activity.CONVENING), int(Activity.IDLE)
_MEMBER, _VOLUNTEER, _ORGANISATION, _ENTERPRISE = (
    int(HourSource.MEMBER),
    int(HourSource.VOLUNTEER),
    int(HourSource.ORGANISATION),
    int(HourSource.ENTERPRISE),
)
_E_DESK, _E_INTAKE, _E_REFUSED, _E_SUMMONS = (
    int(Event.DESK),
    int(Event.INTAKE),
    int(Event.REFUSED),
    int(Event.SUMMONS),
)
_E_MEETING, _E_TAKEN_ON, _E_WORKED = int(Event.MEETING), int(Event.TAKEN_ON), int(Event.WORKED)
_E_CALLED_AGAIN = int(Event.CALLED_AGAIN)
_E_WAITS, _E_FUNDED = int(Event.WAITS_FOR_MONEY), int(Event.FUNDED)
_E_EXPLAINED, _E_RESOLVED, _E_REOPENED = int(Event.EXPLAINED), int(Event.RESOLVED), int(Event.REOPENED)
_RESOLVED, EXPLAINED, _OPEN = int(CaseStatus.RESOLVED), int(CaseStatus.EXPLAINED), int(CaseStatus.OPEN)


class CaseworkKeys(NamedTuple):
    """Addresses of this process's draws, routing's included."""

    explanation: Key
    recurrence: Key
    routing: routing.RoutingKeys


@part
def _record(queue: QueueTables, slot: int, what: int, office: int, time: float) -> None:
    """Note an event that takes nobody's hours."""
    record(queue.events, queue.counts, queue.jobs, slot, what, office, time, col.NOBODY, 0.0, 0)


@part
def _join_queue(queue: QueueTables, rule: CaseworkRule, slot: int, office: int, time: float) -> None:
    """Let a job join the queue of an office."""
    job = queue.jobs[slot]
    job.state = col.QUEUED
    job.office = office
    job.queued = time
    heap = MAIN
    job.rank = time
    if job.kind == col.SEAT or (job.kind == col.CASE and job.stage == col.CONVENING):
        heap = MEETINGS
    elif job.kind == col.TASK and (queue.offices[office].station or rule.task_priority != EQUAL):
        first = queue.offices[office].station or rule.task_priority == FIRST
        heap = TASKS_FIRST if first else TASKS_LAST
    elif queue.offices[office].level != _DESK_LEVEL:
        job.rank = rank_of(queue, rule, slot, time)
        if job.kind == col.CASE and job.stage == col.SHARED:
            heap = BY_CLASS + job.problem_class
    queue.offices[office].waiting += stage_work(queue, rule, slot, True)
    push(queue.jobs, queue.queue_heads, office, heap, slot)


@shared_part
def enqueue(queue: QueueTables, rule: CaseworkRule, slot: int, office: int, time: float, end: float) -> None:
    """Let a job join the queue of an office, and let a free server take it up."""
    _join_queue(queue, rule, slot, office, time)
    if queue.offices[office].idle > 0:
        server = free_server(queue, office, slot)
        if server >= 0:
            take_next(queue, rule, server, time, end)


@part
def _choose(queue: QueueTables, server: int, office: int) -> int:
    """Return the heap from which a server takes its next job, -1 when there is none for it."""
    queue_heads, jobs = queue.queue_heads, queue.jobs
    staff = queue.servers[server].staff
    duty = queue.servers[server].duty
    if duty == col.TASKS_ONLY:
        return TASKS_FIRST if queue_heads[office, TASKS_FIRST] >= 0 else -1
    if staff:
        if queue_heads[office, MEETINGS] >= 0:
            return MEETINGS
        if queue_heads[office, TASKS_FIRST] >= 0 and duty != col.CASES_ONLY:
            return TASKS_FIRST
    best = MAIN if staff and queue_heads[office, MAIN] >= 0 else -1
    for k in range(queue.classes.shape[0]):
        heap = BY_CLASS + k
        top = queue_heads[office, heap]
        if top < 0:
            continue
        if not staff and (
            queue.classes[k].substitutability <= 0.0
            or not (queue.servers[server].takes >> np.uint32(k)) & np.uint32(1)
        ):
            continue
        other = queue_heads[office, max(best, 0)]
        if (
            best < 0
            or jobs[top].rank < jobs[other].rank
            or (jobs[top].rank == jobs[other].rank and jobs[top].number < jobs[other].number)
        ):
            best = heap
    if best < 0 and staff and duty == col.EVERYTHING and queue_heads[office, TASKS_LAST] >= 0:
        return TASKS_LAST
    return best


@part
def take_next(queue: QueueTables, rule: CaseworkRule, server: int, time: float, end: float) -> bool:
    """Let a free server take its next job; return whether there was one."""
    person = queue.servers[server]
    if person.rate <= 0.0:
        return False
    office = person.office
    while True:
        heap = _choose(queue, server, office)
        if heap < 0:
            return False
        slot = pop(queue.jobs, queue.queue_heads, office, heap)
        job = queue.jobs[slot]
        queue.offices[office].waiting -= stage_work(queue, rule, slot, True)
        if job.state != col.GONE:
            break
        release(queue, slot)
    if job.kind == col.CASE:
        if job.stage == col.SHARED or job.stage == col.WORK:
            if time >= job.explained_from and person.staff and job.first_handled < 0.0:
                job.stage = col.EXPLAINING
            elif job.first_handled < 0.0:
                job.first_handled = time
        elif job.stage == col.AT_DESK and is_answerable(queue, slot):
            job.first_handled = time
    job.state = col.SERVED
    work = stage_work(queue, rule, slot, person.staff > 0)
    if person.staff and job.kind != col.SEAT and job.stage != col.CONVENING:
        work /= person.speed * (1.0 - rule.slowing * person.burnout)
    person.job = slot
    person.remaining = work
    person.since = time
    queue.offices[office].idle -= 1
    done = time + work / person.rate
    if done <= end:
        plan_completion(queue, server, done)
    return True


@part
def book(queue: QueueTables, server: int, time: float) -> None:
    """Write the hours that a server has worked on its job since it was last looked at."""
    person = queue.servers[server]
    worked = (time - person.since) * person.rate
    person.since = time
    person.remaining -= worked
    person.booked += worked
    job = queue.jobs[person.job]
    activity = _CASEWORK
    if job.kind == col.TASK:
        activity = _TASKS
    elif job.kind == col.SEAT or (job.kind == col.CASE and job.stage == col.CONVENING):
        activity = _CONVENING
    elif job.kind == col.REPEAT_CALL or job.stage == col.AT_DESK:
        activity = _DESK
    elif job.stage == col.INTAKE or job.stage == col.EXPLAINING:
        activity = _INTAKE
    queue.hours[person.office, person.source, activity] += worked
    if job.kind != col.TASK and worked > 0.0:
        what = _E_WORKED
        if job.kind == col.REPEAT_CALL:
            what = _E_CALLED_AGAIN
        elif activity == _DESK:
            what = _E_DESK
        elif activity == _INTAKE:
            what = _E_INTAKE
        elif activity == _CONVENING:
            what = _E_MEETING
        record(
            queue.events,
            queue.counts,
            queue.jobs,
            person.job,
            what,
            person.office,
            time,
            person.source,
            worked,
            0,
        )
    if job.kind == col.CASE and (
        activity == _CASEWORK or (activity == _DESK and is_answerable(queue, person.job))
    ):
        job.skilled += worked * person.skill
        if person.source == _VOLUNTEER:
            job.hours_residents += worked
        elif person.source == _ORGANISATION:
            job.hours_organisations += worked
        elif person.source == _ENTERPRISE:
            job.hours_enterprises += worked
        elif person.source == _MEMBER:
            job.hours_members += worked
        else:
            job.hours_government += worked


@part
def _close(
    queue: QueueTables, rule: CaseworkRule, keys: CaseworkKeys, slot: int, time: float, outcome: int
) -> None:
    """Close a case and note it for those who hear of it."""
    job = queue.jobs[slot]
    job.closed = time
    job.outcome = outcome
    job.state = col.GONE
    _record(queue, slot, _E_RESOLVED if outcome == _RESOLVED else _E_EXPLAINED, job.office, time)
    if outcome == _RESOLVED:
        total = job.hours_government + job.hours_members + job.hours_residents
        total += job.hours_organisations + job.hours_enterprises
        skill = job.skilled / total if total > 0.0 else 1.0
        chance = queue.classes[job.problem_class].recurrence * (1.0 + rule.rework * (1.0 - skill))
        job.recurs = uniform(keys.recurrence, job.entity, np.uint64(0)) < chance
    queue.closings[queue.counts[col.CLOSED]] = slot
    queue.counts[col.CLOSED] += 1


@part
def arrive(
    queue: QueueTables,
    rule: CaseworkRule,
    keys: CaseworkKeys,
    slot: int,
    office: int,
    time: float,
    end: float,
) -> None:
    """Let a job arrive at an office."""
    job = queue.jobs[slot]
    job.office = office
    if job.kind == col.CASE:
        job.outcome = _OPEN
        item = queue.classes[job.problem_class]
        if queue.offices[office].level == _DESK_LEVEL:
            job.stage = col.AT_DESK
            if is_answerable(queue, slot):
                job.competent = time
        elif not routing.is_competent(queue.offices, office, job, item) or (
            queue.offices[office].level == _DEPARTMENT_LEVEL and job.unclear and not job.accepted
        ):
            job.stage = col.INTAKE
        else:
            _take_on(queue, rule, keys, slot, office, time, end)
            return
    enqueue(queue, rule, slot, office, time, end)


@part
def _take_on(
    queue: QueueTables,
    rule: CaseworkRule,
    keys: CaseworkKeys,
    slot: int,
    office: int,
    time: float,
    end: float,
) -> None:
    """Let the competent office take a case on: money first, then work."""
    job = queue.jobs[slot]
    item = queue.classes[job.problem_class]
    job.office = office
    job.competent = time
    _record(queue, slot, _E_TAKEN_ON, office, time)
    work = job.effort * (rule.generalist_factor if item.resolves < item.level else 1.0)
    job.handler = office
    job.shared_left = work * item.coproducible
    job.staff_left = work - job.shared_left
    rate = rule.explain_rate * (rule.explain_pressure if rule.closure_target else 1.0)
    if rate > 0.0:
        patience = exponential(keys.explanation, job.entity, np.uint64(job.reopened)) / rate
        job.explained_from = max(time, job.detected + item.deadline) + patience
    if (
        job.money > 0.0
        and job.funded < 0.0
        and (queue.queue_heads[office, UNFUNDED] >= 0 or queue.offices[office].fund < job.money)
    ):
        job.state = col.UNFUNDED
        _record(queue, slot, _E_WAITS, office, time)
        job.rank = rank_of(queue, rule, slot, time)
        push(queue.jobs, queue.queue_heads, office, UNFUNDED, slot)
        return
    fund(queue, rule, slot, office, time, end)


@part
def fund(queue: QueueTables, rule: CaseworkRule, slot: int, office: int, time: float, end: float) -> None:
    """Pay what a case needs and let its work begin."""
    job = queue.jobs[slot]
    if job.funded < 0.0:  # else it was paid before an explanation that was not accepted
        queue.offices[office].fund -= job.money
        queue.offices[office].spent += job.money
        job.funded = time
        if job.money > 0.0:
            _record(queue, slot, _E_FUNDED, office, time)
    if job.shared_left > 0.0:
        job.stage = col.SHARED
        enqueue(queue, rule, slot, job.community, time, end)
    else:
        job.stage = col.WORK
        enqueue(queue, rule, slot, office, time, end)


@part
def complete(
    queue: QueueTables, rule: CaseworkRule, keys: CaseworkKeys, server: int, time: float, end: float
) -> None:
    """Let a server finish its job: route the job on, then take the next one."""
    book(queue, server, time)
    person = queue.servers[server]
    slot = person.job
    office = person.office
    person.job = -1
    person.remaining = 0.0
    queue.offices[office].idle += 1
    job = queue.jobs[slot]
    if job.kind != col.CASE:
        release(queue, slot)
    elif job.stage == col.SHARED and job.staff_left > 0.0 and not (person.staff and job.handler == office):
        job.shared_left = 0.0
        job.stage = col.WORK
        enqueue(queue, rule, slot, job.handler, time, end)
    elif job.stage == col.SHARED or job.stage == col.WORK:
        job.shared_left = job.staff_left = 0.0
        _close(queue, rule, keys, slot, time, _RESOLVED)
    elif job.stage == col.EXPLAINING:
        _close(queue, rule, keys, slot, time, EXPLAINED)
    elif job.stage == col.CONVENING:
        job.accepted = 1
        job.hops = min(job.hops + 1, col.BYTE_FULL)
        target = routing.department_of(queue.offices, job, queue.classes[job.problem_class])
        arrive(queue, rule, keys, slot, target, time, end)
    else:
        _pass_on(queue, rule, keys, slot, office, time, end)
    if queue.servers[server].job < 0:
        take_next(queue, rule, server, time, end)


@part
def _pass_on(
    queue: QueueTables,
    rule: CaseworkRule,
    keys: CaseworkKeys,
    slot: int,
    office: int,
    time: float,
    end: float,
) -> None:
    """Carry out what routing decides after a desk contact or an intake."""
    job = queue.jobs[slot]
    item = queue.classes[job.problem_class]
    if job.stage == col.AT_DESK:
        step, target = routing.after_desk(queue.offices, job, item, rule.routing, keys.routing)
        queue.counters[job.community, _DISPATCHED if step == routing.SEND else _ANSWERED] += 1
    else:
        refusals = job.refusals
        step, target = routing.after_intake(queue.offices, office, job, item, rule.routing, keys.routing)
        if job.refusals > refusals:
            _record(queue, slot, _E_REFUSED, office, time)
    if step == routing.CLOSE:
        _close(queue, rule, keys, slot, time, _RESOLVED)
    elif step == routing.TAKE_ON:
        _take_on(queue, rule, keys, slot, office, time, end)
    elif step == routing.EXPLAIN:
        job.stage = col.EXPLAINING
        job.hops = min(job.hops + 1, col.BYTE_FULL)
        enqueue(queue, rule, slot, target, time, end)
    elif step == routing.SEND:
        job.hops = min(job.hops + 1, col.BYTE_FULL)
        job.sender = office
        arrive(queue, rule, keys, slot, target, time, end)
    else:
        job.stage = col.CONVENING
        job.convened = 1
        _record(queue, slot, _E_SUMMONS, office, time)
        enqueue(queue, rule, slot, office, time, end)
        seat = take_record(queue.jobs, queue.free, queue.counts, col.SEAT)
        if seat < 0:
            queue.counts[col.OUT_OF_ROOM] = 1
            return
        queue.jobs[seat].number = job.number
        queue.jobs[seat].recurrence = job.recurrence
        queue.jobs[seat].community = job.community
        queue.jobs[seat].staff_left = rule.convening_hours * rule.convening_seats
        enqueue(queue, rule, seat, routing.department_of(queue.offices, job, item), time, end)


@part
def put_back(queue: QueueTables, rule: CaseworkRule, server: int, time: float) -> None:
    """Put the job of a server that leaves or has no hours back into the queue, with the work still to be done."""
    person = queue.servers[server]
    slot = person.job
    person.job = -1
    job = queue.jobs[slot]
    if job.kind == col.TASK or (job.kind == col.CASE and (job.stage == col.SHARED or job.stage == col.WORK)):
        if person.staff:
            left = person.remaining * person.speed * (1.0 - rule.slowing * person.burnout)
            if job.kind == col.CASE and job.stage == col.SHARED and job.handler != job.office:
                job.shared_left = left
            else:
                job.staff_left = min(job.staff_left, left)
                job.shared_left = max(left - job.staff_left, 0.0)
        else:
            job.shared_left = person.remaining * queue.classes[job.problem_class].substitutability
    person.remaining = 0.0
    _join_queue(queue, rule, slot, person.office, time)
