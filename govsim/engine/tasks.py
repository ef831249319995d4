"""Tasks from above, and what becomes of those on no list (see :mod:`govsim.engine.processes.arrivals`)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from govsim.draws import Key, bits, uniform
from govsim.engine import columns as col
from govsim.engine.columns import Inbox, WeekSpan
from govsim.engine.job_draws import EFFORT, LAPSE, UNCLEAR, amount, poisson
from govsim.engine.pool import take_record
from govsim.engine.queue import QueueTables
from govsim.engine.rules import MOVE_UP, REFUSE, TAKE_ALL, WITH_FEE, TaskRule
from govsim.kernels import kernel, part


class TaskKeys(NamedTuple):
    """Addresses of the draws of tasks."""

    number: Key
    address: Key
    task: Key


@kernel
def assign_tasks(
    queue: QueueTables,
    inbox: Inbox,
    mean: NDArray[np.float64],
    rule: TaskRule,
    keys: TaskKeys,
    week: WeekSpan,
    hours: NDArray[np.float64],
    filings: NDArray[np.int64],
    transfers: NDArray[np.float64],
) -> int:
    """Send this week's tasks from above to their offices.

    Parameters
    ----------
    mean : shape (offices,)
        Mean number of tasks a week.
    hours : shape (offices, 3)
        Receives the work that arrived, was refused and was moved.
    filings : shape (offices,)
        Trifles that each community's grid workers file with their street unit.
    transfers : shape (offices,)
        Receives the fees that offices paid (negative) and got, in yuan.

    Returns
    -------
    int
        Number of tasks in the inbox, or -1 when records or places ran out.
    """
    offices, number_key, address_key, task_key = queue.offices, keys.number, keys.address, keys.task
    sent = inbox.sent
    for office in range(mean.shape[0]):
        for order in range(1, filings[office] + 1):
            entity = bits(address_key, np.uint64(office), ~np.uint64(order))
            sent = _send_task(
                rule.intake_hours,
                offices[office].parent,
                entity,
                queue,
                inbox,
                task_key,
                week,
                sent,
            )
            if sent < 0:
                return -1
        if mean[office] <= 0.0:
            continue
        number = poisson(
            mean[office], uniform(number_key, np.uint64(office), np.uint64(0)), number_key, np.uint64(office)
        )
        for order in range(1, number + 1):
            entity = bits(address_key, np.uint64(office), np.uint64(order))
            work = amount(
                rule.effort_hours, rule.effort_sigma, rule.effort_distribution, task_key, entity, EFFORT
            )
            hours[office, 0] += work
            target = office
            listed = uniform(task_key, entity, np.uint64(UNCLEAR)) < rule.listed_share
            if rule.admission != TAKE_ALL and offices[office].parent >= 0 and not listed:
                listing = offices[office].listing
                offices[office].listing = listing * (1.0 - rule.list_wear)
                if uniform(task_key, entity, np.uint64(LAPSE)) < listing:
                    target = _unlisted(rule, offices, office, work, hours, transfers)
            if target < 0:
                continue
            sent = _send_task(
                work,
                target,
                entity,
                queue,
                inbox,
                task_key,
                week,
                sent,
            )
            if sent < 0:
                return -1
    return sent


@part
def _unlisted(
    rule: TaskRule,
    offices: NDArray[np.void],
    office: int,
    work: float,
    hours: NDArray[np.float64],
    transfers: NDArray[np.float64],
) -> int:
    """Return the office that does a task which is on no list, -1 when nobody does; fees change hands."""
    if rule.admission == MOVE_UP:
        hours[office, MOVE_UP] += work
        return offices[office].parent
    if rule.admission == WITH_FEE:
        fee = work * rule.fee
        first = richest = offices[office].first_department
        for payer in range(first, first + rule.departments):
            if offices[payer].fund > offices[richest].fund:
                richest = payer
        if rule.departments > 0 and offices[richest].fund >= fee:
            offices[richest].fund -= fee
            offices[office].fund += fee
            transfers[richest] -= fee
            transfers[office] += fee
            return office
    hours[office, REFUSE] += work
    return -1


@part
def _send_task(
    work: float,
    target: int,
    entity: np.uint64,
    queue: QueueTables,
    inbox: Inbox,
    task_key: Key,
    week: WeekSpan,
    sent: int,
) -> int:
    """Put a task on its way to an office and return the number of jobs in the inbox, -1 when there was no room."""
    counts = queue.counts
    slot = take_record(queue.jobs, queue.free, counts, col.TASK)
    if slot < 0 or sent == inbox.job.shape[0]:
        return -1
    job = queue.jobs[slot]
    job.entity = entity
    job.number = -counts[col.NEXT_TASK]
    counts[col.NEXT_TASK] += 1
    job.state = col.SENT
    job.office = target
    job.effort = work
    job.staff_left = work
    job.onset = job.detected = week.start + week.hours * uniform(task_key, entity, np.uint64(0))
    inbox.job[sent] = slot
    inbox.time[sent] = job.onset
    return sent + 1
