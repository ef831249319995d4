"""Casework: an exact event queue in continuous working hours, with staff as servers.

Inside the week every office is a queue whose servers are its people, each with an own speed and skill. A server that
becomes free takes the next job under the model's agenda; service is never interrupted; a job still in hand when the
week ends goes on in the next. Among free servers the one free longest begins. A server gives the queue ``rate`` of
every hour, what is left of a post after the hours planned for patrols, visits, calls and meetings. Volunteers,
members on duty, organisations and enterprises are servers too, limited to the co-producible part of a class, where
one of their hours is worth ``substitutability`` staff hours (Ostrom 1996). That part is done in the community, by
them or by its staff, and before the rest, which is the competent office's. A case that needs money waits for the fund
of the office that resolves it, first on the agenda first.

Money that a model has earmarked by rule (posts, upkeep, purchase of services, rehousing) is gone before any case is
paid. Where there is a work station, its people take tasks from above and nothing else, and the others none.

A case closes by work done, or by explanation when it has been overdue for longer than an exponential time that
pressure to close shortens. Recurrence after true closing is ``recurrence * (1 + rework * (1 - skill))`` with the mean
skill of the hours worked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from govsim.draws import Key, exponential, uniform
from govsim.engine import columns as col
from govsim.engine.agenda import UNFUNDED, pop, push
from govsim.engine.floor import (
    CaseworkKeys,
    CaseworkRule,
    Floor,
    next_completion,
    plan_completion,
)
from govsim.engine.notes import note
from govsim.engine.process import Draw, Process
from govsim.engine.processes import routing
from govsim.engine.recording import NEVER, Activity, Event
from govsim.engine.records import LUCK, SLOTS
from govsim.engine.register import enough
from govsim.engine.service import (
    EXPLAINED,
    arrive,
    book,
    complete,
    enqueue,
    fund,
    put_back,
    take_next,
)
from govsim.kernels import kernel

if TYPE_CHECKING:
    from govsim.engine.state import State


IDLE, _E_REOPENED = int(Activity.IDLE), int(Event.REOPENED)


@kernel
def dismiss(floor: Floor, rule: CaseworkRule, gone: NDArray[np.int64], time: float) -> None:
    """Put back the jobs of servers that an office no longer has."""
    for k in range(gone.shape[0]):
        if floor.servers[gone[k]].job >= 0:
            put_back(floor, rule, gone[k], time)


@kernel
def run_week(
    floor: Floor,
    rule: CaseworkRule,
    keys: CaseworkKeys,
    used: int,
    inbox_job: NDArray[np.int64],
    inbox_time: NDArray[np.float64],
    start: float,
    end: float,
) -> None:
    """Work through one week.

    Parameters
    ----------
    used
        Number of job records ever used.
    inbox_job, inbox_time
        Jobs that reach their office this week, in order of time; each record names its office.
    start, end
        The week, in working hours.
    """
    floor.counts[col.PLANNED] = floor.counts[col.CLOSED] = 0
    for office in range(floor.offices.shape[0]):
        floor.offices[office].idle = 0
    for server in range(floor.servers.shape[0]):
        person = floor.servers[server]
        person.booked = 0.0
        if person.job >= 0:
            person.since = start
        if person.job >= 0 and (person.leaving or (not person.staff and person.rate <= 0.0)):
            put_back(floor, rule, server, start)
        person.leaving = 0
        if person.job < 0:
            floor.offices[person.office].idle += 1
        elif person.rate > 0.0 and start + person.remaining / person.rate <= end:
            plan_completion(floor, server, start + person.remaining / person.rate)
    floor.roots[:, UNFUNDED] = -1
    for slot in range(used):
        job = floor.jobs[slot]
        if job.kind == col.CASE and job.state == col.UNFUNDED:
            if job.explained_from <= start:
                job.stage = col.EXPLAINING
                enqueue(floor, rule, slot, job.office, start, end)
            else:
                push(floor.jobs, floor.roots, job.office, UNFUNDED, slot)
    for office in range(floor.offices.shape[0]):
        while True:
            top = floor.roots[office, UNFUNDED]
            if top < 0 or floor.jobs[top].money > floor.offices[office].fund:
                break
            pop(floor.jobs, floor.roots, office, UNFUNDED)
            fund(floor, rule, top, office, start, end)
    for server in range(floor.servers.shape[0]):
        if floor.servers[server].job < 0:
            take_next(floor, rule, server, start, end)
    arrived = 0
    while True:
        coming = inbox_time[arrived] if arrived < inbox_time.shape[0] else np.inf
        finishing = floor.calendar[0].time if floor.counts[col.PLANNED] > 0 else np.inf
        if coming == np.inf and finishing == np.inf:
            break
        if finishing <= coming:
            complete(floor, rule, keys, next_completion(floor), finishing, end)
        else:
            slot = inbox_job[arrived]
            arrived += 1
            arrive(floor, rule, keys, slot, floor.jobs[slot].office, coming, end)
    for server in range(floor.servers.shape[0]):
        person = floor.servers[server]
        if person.job >= 0:
            book(floor, server, end)
        supplied = person.rate * (end - start)
        floor.hours[person.office, person.source, IDLE] += max(supplied - person.booked, 0.0)


@kernel
def reopen(
    jobs: NDArray[np.void],
    closings: NDArray[np.int64],
    share: float,
    key: Key,
    luck_key: Key,
    events: NDArray[np.void],
    counts: NDArray[np.int64],
) -> None:
    """Send cases whose explanation was not accepted back to latent: the problem is still there.

    ``share`` is the chance at severity 1. The case keeps its number and its first detection, and meets new luck.
    """
    for k in range(closings.shape[0]):
        job = jobs[closings[k]]
        if job.outcome != EXPLAINED or job.reopened == col.BYTE_FULL:
            continue
        if uniform(key, job.entity, np.uint64(job.reopened)) < share * job.severity:
            job.reopened += 1
            job.state = col.LATENT
            note(events, counts, jobs, closings[k], _E_REOPENED, -1, job.closed, col.NOBODY, 0.0, 0)
            job.hazard = 0.0
            job.luck = exponential(
                luck_key, job.entity, np.uint64(LUCK) + np.uint64(job.reopened) * np.uint64(SLOTS)
            )
            job.explained_from = np.inf
            job.first_handled = NEVER
            job.accepted = 0
            job.convened = 0


def run(state: State) -> None:
    """Grant the week's money and work through the week's queue."""
    register, offices = state.register, state.offices
    place = state.place
    offices["fund"] += place.weekly_money - place.standing - place.earmarked
    offices["spent"] = place.standing
    jobs, times = register.inbox_job[: state.sent], register.inbox_time[: state.sent]
    order = np.lexsort((register.jobs["number"][jobs], times))
    keys = CaseworkKeys(
        state.key("casework.explanation"),
        state.key("casework.recurrence"),
        routing.RoutingKeys(
            state.key("routing.refusal"),
            state.key("routing.give_up"),
            state.key("routing.summons"),
            state.key("routing.control"),
        ),
    )
    run_week(
        state.floor(),
        state.rules.casework,
        keys,
        register.used,
        jobs[order],
        times[order],
        state.start,
        state.end,
    )
    enough(not register.counts[col.OUT_OF_ROOM], "a joint meeting")
    reopen(
        register.jobs,
        state.closings,
        state.scenario.handling.reopening,
        state.key("casework.reopening"),
        state.key("arrivals.case"),
        register.events,
        register.counts,
    )
    state.row.money_granted[:] = place.weekly_money + state.transfers
    state.row.money_spent[:] = offices["spent"]


PROCESS = Process(
    "casework",
    "Event queue in working hours: free servers take the next job on the agenda; money and co-producible parts are respected.",
    "连续工时内的事件队列：空闲人员按议程取下一件；遵守资金与可共同生产部分的约束。",
    (
        "inbox",
        "classes",
        "transfers",
    ),
    (
        "jobs",
        "events",
        "servers",
        "offices",
        "queues",
        "row.hours",
        "row.counters",
        "row.money_granted",
        "row.money_spent",
    ),
    (
        Draw("casework.explanation", "?", "?"),
        Draw("casework.recurrence", "?", "?"),
        Draw("casework.reopening", "?", "?"),
        Draw("arrivals.case", "?", "?"),
    ),
    run,
)
