"""Tasks from above, and what becomes of those on no list (see :mod:`govsim.engine.processes.arrivals`)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from govsim.draws import Key, bits, uniform
from govsim.engine import columns as col
from govsim.engine.job_draws import EFFORT, LAPSE, UNCLEAR, amount, poisson
from govsim.engine.pool import take_record
from govsim.engine.rules import MOVE_UP, REFUSE, TAKE_ALL, WITH_FEE, TaskRule
from govsim.kernels import kernel, part


@kernel
def assign_tasks(
    mean: NDArray[np.float64],
    offices: NDArray[np.void],
    rule: TaskRule,
    jobs: NDArray[np.void],
    free: NDArray[np.int64],
    counts: NDArray[np.int64],
    start: float,
    hours_per_week: float,
    number_key: Key,
    address_key: Key,
    task_key: Key,
    inbox_job: NDArray[np.int64],
    inbox_time: NDArray[np.float64],
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
    sent = 0
    for office in range(mean.shape[0]):
        for order in range(1, filings[office] + 1):
            entity = bits(address_key, np.uint64(office), ~np.uint64(order))
            sent = _send_task(
                rule.intake_hours,
                offices[office].parent,
                entity,
                jobs,
                free,
                counts,
                start,
                hours_per_week,
                task_key,
                inbox_job,
                inbox_time,
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
                jobs,
                free,
                counts,
                start,
                hours_per_week,
                task_key,
                inbox_job,
                inbox_time,
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
    jobs: NDArray[np.void],
    free: NDArray[np.int64],
    counts: NDArray[np.int64],
    start: float,
    hours_per_week: float,
    task_key: Key,
    inbox_job: NDArray[np.int64],
    inbox_time: NDArray[np.float64],
    sent: int,
) -> int:
    """Put a task on its way to an office and return the number of jobs in the inbox, -1 when there was no room."""
    slot = take_record(jobs, free, counts, col.TASK)
    if slot < 0 or sent == inbox_job.shape[0]:
        return -1
    job = jobs[slot]
    job.entity = entity
    job.number = -counts[col.NEXT_TASK]
    counts[col.NEXT_TASK] += 1
    job.state = col.SENT
    job.office = target
    job.effort = work
    job.staff_left = work
    job.onset = job.detected = start + hours_per_week * uniform(task_key, entity, np.uint64(0))
    inbox_job[sent] = slot
    inbox_time[sent] = job.onset
    return sent + 1
