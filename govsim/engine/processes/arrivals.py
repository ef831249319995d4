"""Arrivals: problems arise in households, tasks come down from above.

In each household the number of new problems in a week is Poisson with mean ``condition * sum_k rate_k`` over the
classes the household is exposed to; each is of class ``k`` with probability proportional to ``rate_k`` (superposition
of Poisson processes) and falls at a uniform time inside the week. It is drawn at ``ceiling`` times the declared rates
and thinned with one mark per problem (Lewis and Shedler 1979): what arises under a better condition, or without a
shock, is a part of what arises under a worse one. Severity is uniform, effort and money have the declared mean and
spread. Every draw is addressed by household, week and order in the household, so the same problems with the same effort
arise under every model.

Tasks from above reach each community and street unit as a Poisson stream. Those that are on no list of admitted tasks
may be refused, moved up, or passed down with a fee, as the model has it and as long as the list is complied with; each
use of the list wears it out. Where reports are a quota, what patrols did not find last week is filed as trifles.

A problem that poor work left behind comes back after an exponential time: same number, next recurrence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from govsim.draws import PLACE, Key, bits, exponential, uniform
from govsim.engine import columns as col
from govsim.engine.offices import ELDERLY_BIT, LAID_OFF_BIT
from govsim.engine.process import Draw, Process
from govsim.engine.recording import COUNTER
from govsim.engine.records import WHO, fill_case, poisson, take_record
from govsim.engine.register import enough
from govsim.engine.tasks import assign_tasks
from govsim.kernels import kernel, part
from govsim.units import ELDERLY_AGE
from govsim.world.columns import Hazard, Work

if TYPE_CHECKING:
    from govsim.engine.state import State

ZONES = int(Hazard.SUBSIDENCE | Hazard.WATER | Hazard.FARMLAND)
"""Bits of exposure that a household leaves behind when it is rehoused."""
_LAID_OFF = int(Work.LAID_OFF)


@kernel
def arise(
    mean: NDArray[np.float32],
    exposure: NDArray[np.uint8],
    hazards: NDArray[np.uint8],
    community: NDArray[np.uint16],
    first_household: NDArray[np.uint32],
    first_resident: NDArray[np.uint32],
    seen: NDArray[np.uint8],
    age: NDArray[np.uint8],
    work: NDArray[np.uint8],
    classes: NDArray[np.void],
    factor: NDArray[np.float64],
    ceiling: float,
    jobs: NDArray[np.void],
    free: NDArray[np.int64],
    counts: NDArray[np.int64],
    start: float,
    hours_per_week: float,
    number_key: Key,
    address_key: Key,
    case_key: Key,
    candidates: NDArray[np.void],
) -> int:
    """Write this week's new cases into free job records.

    Parameters
    ----------
    mean : shape (households,)
        Mean number of new problems a week at the declared rates.
    exposure : shape (households,)
        Bits of what the household is exposed to where it lived at the start.
    hazards : shape (households,)
        Bits of the hazard zones it lives in now.
    factor : shape (communities, classes)
        Present factor on the declared rates, at most ``ceiling``.
    candidates : shape (at least the number of candidates,)
        Receives everything that could arise.

    Returns
    -------
    int
        Number of candidates, or -1 when there was no room.
    """
    written = 0
    for household in range(mean.shape[0]):
        c = np.int64(community[household])
        address = (np.uint64(c) << PLACE) | np.uint64(household - np.int64(first_household[c]))
        u = uniform(number_key, address, np.uint64(0))
        most = np.float64(mean[household]) * ceiling
        if u < 1.0 - most:  # exp(-m) >= 1 - m: nothing happens, without the exponential
            continue
        for order in range(1, poisson(most, u, number_key, address) + 1):
            slot = take_record(jobs, free, counts, col.CASE)
            if slot < 0 or written == candidates.shape[0]:
                return -1
            job = jobs[slot]
            job.entity = bits(address_key, address, np.uint64(order))
            job.number = counts[col.NEXT_CASE]
            counts[col.NEXT_CASE] += 1
            job.household = household
            job.community = c
            job.problem_class = _class(
                classes, exposure[household], uniform(address_key, job.entity, np.uint64(1))
            )
            onset = start + hours_per_week * uniform(address_key, job.entity, np.uint64(2))
            fill_case(jobs, slot, classes, case_key, onset, hours_per_week)
            candidate = candidates[written]
            written += 1
            candidate.number = job.number
            candidate.onset = onset
            candidate.effort = job.effort
            candidate.money = job.money
            candidate.mark = uniform(address_key, job.entity, np.uint64(0))
            candidate.severity = job.severity
            candidate.household = household
            candidate.problem_class = job.problem_class
            zone = classes[job.problem_class].exposed & ZONES
            left_zone = zone != 0 and hazards[household] & zone == 0
            if left_zone or candidate.mark * ceiling >= factor[c, job.problem_class]:
                job.kind = col.FREE
                free[counts[col.FREE_TOP]] = slot
                counts[col.FREE_TOP] += 1
                continue
            job.resident = _affected(
                seen,
                age,
                work,
                int(classes[job.problem_class].exposed),
                int(np.int64(first_resident[household])),
                int(np.int64(first_resident[household + 1])),
                uniform(case_key, job.entity, np.uint64(WHO)),
            )
    return written


@part
def _class(classes: NDArray[np.void], exposure: int, u: float) -> int:
    """Return a class with probability proportional to its rate among those the household is exposed to."""
    total = 0.0
    for k in range(classes.shape[0]):
        if classes[k].exposed == 0 or (classes[k].exposed & exposure) != 0:
            total += classes[k].rate
    left = u * total
    chosen = 0
    for k in range(classes.shape[0]):
        if (classes[k].exposed == 0 or (classes[k].exposed & exposure) != 0) and classes[k].rate > 0.0:
            chosen = k
            left -= classes[k].rate
            if left < 0.0:
                break
    return chosen


@part
def _affected(
    seen: NDArray[np.uint8],
    age: NDArray[np.uint8],
    work: NDArray[np.uint8],
    exposed: int,
    first: int,
    last: int,
    u: float,
) -> int:
    """Return an adult of a household whose problem it is: one of those that a class of the laid-off or the old strikes.

    Any adult for other classes, the first member where there is no adult.
    """
    for struck_only in (True, False):
        suited = 0
        for person in range(first, last):
            suited += seen[person] != 0 and (
                not struck_only or _is_struck(age[person], work[person], exposed)
            )
        pick = np.int64(u * suited)
        for person in range(first, last):
            if seen[person] != 0 and (not struck_only or _is_struck(age[person], work[person], exposed)):
                if pick == 0:
                    return person
                pick -= 1
    return first


@part
def _is_struck(age: int, work: int, exposed: int) -> bool:
    """Return whether a class strikes a resident: only the laid-off or the old where that is what it is about."""
    if not exposed & (LAID_OFF_BIT | ELDERLY_BIT):
        return True
    laid_off = exposed & LAID_OFF_BIT and work == _LAID_OFF
    return bool(laid_off or (exposed & ELDERLY_BIT and age >= ELDERLY_AGE))


@kernel
def recur(
    former: NDArray[np.void],
    classes: NDArray[np.void],
    jobs: NDArray[np.void],
    free: NDArray[np.int64],
    counts: NDArray[np.int64],
    start: float,
    mean_hours: float,
    hours_per_week: float,
    key: Key,
    case_key: Key,
) -> bool:
    """Let the cases ``former`` (records of cases closed last week) come back; return whether records sufficed."""
    for k in range(former.shape[0]):
        old = former[k]
        slot = take_record(jobs, free, counts, col.CASE)
        if slot < 0:
            return False
        job = jobs[slot]
        job.number = old.number
        job.recurrence = old.recurrence + 1
        job.entity = bits(key, old.entity, np.uint64(0))
        job.household = old.household
        job.resident = old.resident
        job.community = old.community
        job.problem_class = old.problem_class
        onset = max(start, old.closed + mean_hours * exponential(key, old.entity, np.uint64(1)))
        fill_case(jobs, slot, classes, case_key, onset, hours_per_week)
    return True


def run(state: State) -> None:
    """Let this week's problems and tasks arrive."""
    register, world, week, reach = state.register, state.world, state.week, state.reach
    case_key = state.key("arrivals.case")
    count = arise(
        reach.arrival_mean,
        reach.exposure,
        state.hazards,
        world.households.community,
        world.communities.first_household,
        world.households.first,
        state.residents.seen,
        state.residents.age,
        state.residents.work,
        state.classes,
        rate_factors(state),
        state.scenario.infrastructure.ceiling,
        register.jobs,
        register.free,
        register.counts,
        state.start,
        state.hours_per_week,
        state.key("arrivals.number", week),
        state.key("arrivals.address", week),
        case_key,
        register.candidates,
    )
    enough(count >= 0, "an arrival")
    state.exogenous.update(np.ascontiguousarray(register.candidates[:count]).data)
    recurred = recur(
        register.recurring,
        state.classes,
        register.jobs,
        register.free,
        register.counts,
        state.start,
        state.scenario.problems.recurrence_weeks * state.hours_per_week,
        state.hours_per_week,
        state.key("arrivals.recurrence"),
        case_key,
    )
    enough(recurred, "a recurrence")
    task_hours = np.zeros((len(state.offices), 1 + 2))
    state.transfers[:] = 0.0
    state.sent = assign_tasks(
        reach.task_mean,
        state.offices,
        state.rules.tasks,
        register.jobs,
        register.free,
        register.counts,
        state.start,
        state.hours_per_week,
        state.key("tasks.number", week),
        state.key("tasks.address", week),
        state.key("tasks.task", week),
        register.inbox_job,
        register.inbox_time,
        task_hours,
        state.filings,
        state.transfers,
    )
    enough(state.sent >= 0, "a task")
    for place, name in enumerate(("task_hours_arrived", "task_hours_refused", "task_hours_moved")):
        state.row.counters[:, COUNTER[name]] = task_hours[: state.communities, place]
    state.row.counters[:, COUNTER["fees"]] = np.maximum(state.transfers[: state.communities], 0.0)


def rate_factors(state: State) -> NDArray[np.float64]:
    """Return the present factor on the declared rate of each class in each community: condition times shocks."""
    declared = state.base_scenario.problems.classes.values()
    now = state.scenario.problems.classes.values()
    shock = np.array([b.rate / a.rate if a.rate > 0 else 1.0 for a, b in zip(declared, now, strict=True)])
    return np.minimum(state.condition[:, None] * shock, state.scenario.infrastructure.ceiling)


PROCESS = Process(
    "arrivals",
    "Problems arise per household and class as Poisson streams, tasks from above per office; exogenous to governance.",
    "居民问题按户、按类别以泊松过程发生，上级任务按机构到达；与治理模式无关。",
    (
        "world.households",
        "world.communities",
        "residents.seen",
        "residents.age",
        "residents.work",
        "classes",
        "reach",
        "condition",
        "hazards",
        "filings",
    ),
    (
        "jobs",
        "inbox",
        "offices",
        "transfers",
        "row.counters",
    ),
    (
        Draw("arrivals.number", "?", "?"),
        Draw("arrivals.address", "?", "?"),
        Draw("arrivals.case", "?", "?"),
        Draw("arrivals.recurrence", "?", "?"),
        Draw("tasks.number", "?", "?"),
        Draw("tasks.address", "?", "?"),
        Draw("tasks.task", "?", "?"),
    ),
    run,
)
