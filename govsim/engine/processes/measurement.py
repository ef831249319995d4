"""Measurement: what is true and what offices report, kept apart.

True stocks and sums are counted from the columns. The administrative completion rate comes from a measurement model:
an order, a problem that has come to light, is *due* once: when it is closed for good or when its official deadline
passes, whichever is first. Closed by then counts as done, by work or by explanation; of the rest offices report a share
as done all the same, and under a closure target most of what is left. What is published is the share truly done. The
independent call-back asks a random share of the people served; the official one also hears more from the satisfied and,
under a closure target, loses complaints.

Where a vote sets the agenda, it is taken here when its cycle is over: one vote for its class from each open case whose
household has taken part in the last four weeks, where enough residents attended the meetings; else all classes are equal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from govsim.draws import Key, uniform
from govsim.engine import columns as col
from govsim.engine.columns import Residents
from govsim.engine.notes import note
from govsim.engine.process import Draw, Process
from govsim.engine.processes.experience import NOTHING_LEARNT
from govsim.engine.recording import COUNTER, NEVER, Event, Outcome
from govsim.engine.register import enough
from govsim.kernels import kernel, part
from govsim.units import OLD_AGE, RECENT_WEEKS

if TYPE_CHECKING:
    from govsim.engine.state import State

_UNDETECTED, _OPEN, _WAITING, _LAPSED = (
    COUNTER["undetected"],
    COUNTER["open"],
    COUNTER["waiting_for_money"],
    COUNTER["lapsed"],
)
_DUE, _DONE, _TRUE = COUNTER["reported_due"], COUNTER["reported_done"], COUNTER["truly_done"]
_CALLBACKS, _SATISFIED = COUNTER["callbacks"], COUNTER["callbacks_satisfied"]
_OFFICIAL, _OFFICIAL_SATISFIED = COUNTER["official_callbacks"], COUNTER["official_callbacks_satisfied"]
_ADULTS, _RESIDENTS, _REGISTERED = COUNTER["adults"], COUNTER["residents"], COUNTER["registered"]
_RECENT, _EVER = COUNTER["active_4w"], COUNTER["ever_active"]
_ENROLLED, _ACTIVITY, _OVER_60, _LEFT = (
    COUNTER["enrolled"],
    COUNTER["activity"],
    COUNTER["over_60"],
    COUNTER["left"],
)
_TRUST, _SATISFACTION, _EFFICACY = COUNTER["trust_community"], COUNTER["satisfaction"], COUNTER["efficacy"]
_RESOLVED_FLOW, _EXPLAINED_FLOW = COUNTER["resolved"], COUNTER["explained"]
_LAPSE = int(Event.LAPSED)
_RESOLVED, _GONE_BY_ITSELF = int(Outcome.RESOLVED), int(Outcome.LAPSED)


class MeasurementRule(NamedTuple):
    """Parameters of ``measurement``; ``pressed`` is 1 under a closure target."""

    callback_share: float
    callback_answer: float
    satisfied_answer: float
    report_overdue: float
    gaming: float
    pressed: int


@kernel
def measure_cases(
    jobs: NDArray[np.void],
    used: int,
    classes: NDArray[np.void],
    closings: NDArray[np.int64],
    satisfaction: NDArray[np.float32],
    rule: MeasurementRule,
    start: float,
    end: float,
    report_key: Key,
    callback_key: Key,
    counters: NDArray[np.float64],
    taken: int,
    votes: NDArray[np.int64],
    first_resident: NDArray[np.uint32],
    weeks_active: NDArray[np.uint16],
    last_active: NDArray[np.int16],
    since: int,
    tasks_waiting: NDArray[np.float64],
    gone: NDArray[np.int64],
    events: NDArray[np.void],
    counts: NDArray[np.int64],
) -> int:
    """Count cases, reports and call-backs at the week's end, and withdraw open cases that lapsed.

    Parameters
    ----------
    taken
        Whether a vote is taken: then each open case whose household has taken part after week ``since`` is a vote for
        its class in ``votes``, shape (communities, classes). What is kept of them is how many classes each one beats.

    Returns
    -------
    int
        Number of records written to ``gone``; -1 when places ran out.
    """
    if taken:
        votes[:, :] = 0
    tasks_waiting[:] = 0.0
    for k in range(closings.shape[0]):
        job = jobs[closings[k]]
        c = job.community
        resolved = job.outcome == _RESOLVED
        counters[c, _RESOLVED_FLOW] += resolved
        item = classes[job.problem_class]
        due = job.detected + item.deadline
        if item.problem and job.state != col.LATENT:
            if job.closed <= due:
                counters[c, _DUE] += 1
                counters[c, _DONE] += 1
                counters[c, _TRUE] += resolved
            elif due > start:
                counters[c, _DUE] += 1
                counters[c, _DONE] += _reported_all_the_same(job.entity, rule, report_key)
        satisfied = np.float64(satisfaction[job.resident])
        u = uniform(callback_key, job.entity, np.uint64(0))
        asked = uniform(callback_key, job.entity, np.uint64(1))
        pleased = uniform(callback_key, job.entity, np.uint64(2)) < satisfied
        if asked < rule.callback_share and u < rule.callback_answer:
            counters[c, _CALLBACKS] += 1
            counters[c, _SATISFIED] += pleased
        if asked < rule.callback_share and u < rule.callback_answer + rule.satisfied_answer * satisfied:
            hidden = (
                rule.pressed and not pleased and uniform(report_key, job.entity, np.uint64(1)) < rule.gaming
            )
            if not hidden:
                counters[c, _OFFICIAL] += 1
                counters[c, _OFFICIAL_SATISFIED] += pleased
    lost = 0
    for slot in range(used):
        job = jobs[slot]
        if job.kind == col.TASK and (job.state == col.QUEUED or job.state == col.SERVED):
            tasks_waiting[job.office] += job.staff_left
        if job.kind != col.CASE:
            continue
        c = job.community
        item = classes[job.problem_class]
        due = job.detected + item.deadline
        fell_due = item.problem != 0 and job.detected >= 0.0 and start < due <= end
        if job.state == col.LATENT:
            counters[c, _UNDETECTED] += 1
            if (
                fell_due
            ):  # its explanation was not accepted; it had been given in time, or was given after the deadline
                counters[c, _DUE] += 1
                counters[c, _DONE] += job.closed <= due or _reported_all_the_same(
                    job.entity, rule, report_key
                )
        if job.state != col.QUEUED and job.state != col.SERVED and job.state != col.UNFUNDED:
            continue
        if job.lapses <= end and job.state != col.SERVED and job.first_handled < 0.0:
            job.outcome = _GONE_BY_ITSELF
            reached = job.queued if job.state == col.QUEUED else job.competent
            job.closed = max(job.lapses, job.detected, start, reached)
            note(events, counts, jobs, slot, _LAPSE, job.office, job.closed, col.NOBODY, 0.0, 0)
            counters[c, _LAPSED] += 1
            if fell_due and due < job.closed:
                counters[c, _DUE] += 1
                counters[c, _DONE] += _reported_all_the_same(job.entity, rule, report_key)
            if lost == gone.shape[0]:
                return -1
            gone[lost] = slot
            lost += 1
            continue
        counters[c, _OPEN] += 1
        counters[c, _WAITING] += job.state == col.UNFUNDED
        if taken:
            for person in range(first_resident[job.household], first_resident[job.household + 1]):
                if weeks_active[person] > 0 and last_active[person] > since:
                    votes[c, job.problem_class] += 1
                    break
        if fell_due:
            counters[c, _DUE] += 1
            counters[c, _DONE] += _reported_all_the_same(job.entity, rule, report_key)
    return lost


@part
def _reported_all_the_same(entity: np.uint64, rule: MeasurementRule, report_key: Key) -> bool:
    """Return whether an office reports an order as done that it has not closed by its deadline."""
    miss = 1.0 - rule.report_overdue
    if rule.pressed:
        miss *= 1.0 - rule.gaming
    return bool(uniform(report_key, entity, np.uint64(0)) >= miss)


@part
def _measure_residents(
    first: np.uint64,
    last: np.uint64,
    week: int,
    recent: int,
    eligible: NDArray[np.uint8],
    state: Residents,
    counters: NDArray[np.float64],
) -> None:
    """Sum up the residents of one community who were there this week, in their order."""
    for i in range(first, last):
        if state.left[i] >= 0:
            if state.left[i] != week:
                continue
            counters[_LEFT] += 1
        counters[_RESIDENTS] += 1
        counters[_OVER_60] += state.age[i] > OLD_AGE
        if not eligible[i]:
            continue
        if state.enrolled[i]:
            counters[_ENROLLED] += 1
            counters[_ACTIVITY] += state.activity[i]
        counters[_ADULTS] += 1
        counters[_REGISTERED] += state.registered[i]
        counters[_EVER] += state.weeks_active[i] > 0
        counters[_RECENT] += state.weeks_active[i] > 0 and week - state.last_active[i] < recent
        for tier in range(state.trust.shape[1]):
            counters[_TRUST + tier] += state.trust[i, tier]
        counters[_SATISFACTION] += state.satisfaction[i]
        counters[_EFFICACY] += state.efficacy[i]


@kernel
def measure_residents(
    first_community: int,
    last_community: int,
    first_resident: NDArray[np.uint64],
    week: int,
    recent: int,
    eligible: NDArray[np.uint8],
    state: Residents,
    counters: NDArray[np.float64],
) -> None:
    """Sum up the residents of several communities, each into its own row of ``counters``."""
    for c in range(first_community, last_community):
        _measure_residents(
            first_resident[c], first_resident[c + 1], week, recent, eligible, state, counters[c]
        )


def run(state: State) -> None:
    """Count the week."""
    register, counters, week = state.register, state.row.counters, state.week
    closings, agenda = state.closings, state.model.agenda
    taken = agenda.rule == "vote" and (week + 1) % agenda.cycle_weeks == 0
    lost = measure_cases(
        register.jobs,
        register.used,
        state.classes,
        closings,
        state.residents.satisfaction,
        state.rules.measurement,
        state.start,
        state.end,
        state.key("measurement.report"),
        state.key("measurement.callback"),
        counters,
        int(taken),
        state.votes,
        state.world.households.first,
        state.residents.weeks_active,
        state.residents.last_active,
        week - RECENT_WEEKS,
        state.tasks_waiting,
        register.gone,
        register.events,
        register.counts,
    )
    enough(lost >= 0, "a withdrawn case")
    if taken:
        missed = state.attendance < agenda.quorum
        state.votes[missed] = 0
        state.votes[:] = (state.votes[:, None, :] < state.votes[:, :, None]).sum(axis=2)
        counters[:, COUNTER["votes_due"]] = 1.0
        counters[:, COUNTER["votes_missed"]] = missed
    state.recorder.keep(register.give_up(register.gone[:lost]))

    def count(first: int, last: int) -> None:
        measure_residents(
            first, last, state.first_resident, week, RECENT_WEEKS, state.eligible, state.residents, counters
        )

    state.passes(count)
    adults = counters[:, COUNTER["adults"]]
    np.divide(counters[:, COUNTER["active"]], adults, out=state.active_share, where=adults > 0)
    _publish(state)
    _settle(state, closings)
    state.row.tasks_undone[:] = state.tasks_waiting


def _publish(state: State) -> None:
    """Move what offices publish, a running mean of the share of orders truly done in time."""
    counters, published = state.row.counters, state.published
    due, done = counters[:, _DUE], counters[:, _TRUE]
    share = np.divide(done, due, out=published.copy(), where=due > 0)
    first = (published == NOTHING_LEARNT) & (due > 0)
    published[first] = share[first]
    published += (share - published) / max(state.scenario.experience.published_weeks, 1.0)


def _settle(state: State, closings: NDArray[np.int64]) -> None:
    """Write closed cases into the ledger; those whose explanation was not accepted are latent again and go on."""
    register, counters = state.register, state.row.counters
    closed = register.jobs[closings]
    stays = closed["state"] == col.LATENT
    explained = (closed["outcome"] == Outcome.EXPLAINED) & ~stays
    for name, which in (("reopened", stays), ("explained", explained)):
        counters[:, COUNTER[name]] = np.bincount(closed["community"][which], minlength=state.communities)
    register.jobs["closed"][closings[stays]] = NEVER
    register.recurring = register.jobs[closings[(closed["recurs"] == 1) & ~stays]]
    state.recorder.keep(register.give_up(closings[~stays]))


PROCESS = Process(
    "measurement",
    "True stocks from the columns; reported rates from call-backs, interim answers and gaming.",
    "真实存量来自各列；上报数字来自回访、临时答复与指标博弈。",
    (
        "classes",
        "eligible",
        "residents",
        "attendance",
        "world.households",
    ),
    (
        "jobs",
        "events",
        "votes",
        "tasks_waiting",
        "active_share",
        "published",
        "row.counters",
        "row.tasks_undone",
    ),
    (
        Draw("measurement.report", "?", "?"),
        Draw("measurement.callback", "?", "?"),
    ),
    run,
)
