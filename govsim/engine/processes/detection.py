"""Detection: a problem exists before anybody in an office knows of it.

Channels are independent hazards that add (Poisson detection: the chance within a week is ``1 - exp(-sum_r r)``):

- hotline and walk-in: ``report_rate * severity * ability * (floor + (1 - floor) * (opinion + expectation) / 2)``,
  walk-ins more for residents who know the staff;
- patrol: rounds per week times what a patrol can see;
- home visit: ``-ln(1 - visibility)`` at the moment at which the round of visits reaches the household;
- contact of the linked Party member, if the member takes part; outreach of organisations to their circles, in
  proportion to their credibility; meetings;
- neighbours who take part and look in on their ties: in proportion to the ties to them, so the unconnected are unseen.

Each case carries one unit-exponential draw from birth and comes to light when its accumulated hazard passes it, so a
case is equally lucky under every governance model. The channel is drawn in proportion to the hazards. Every contact
has been paid for in hours by the effort process.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from govsim.draws import Key, uniform
from govsim.engine import columns as col
from govsim.engine.notes import note
from govsim.engine.process import Draw, Process
from govsim.engine.recording import COUNTER, Channel, Event, Outcome
from govsim.engine.records import take_record
from govsim.engine.register import enough
from govsim.kernels import kernel, part
from govsim.units import UNSURE

if TYPE_CHECKING:
    from govsim.engine.state import State

_ARRIVED, _RECURRED, _DETECTED = COUNTER["arrived"], COUNTER["recurred"], COUNTER["detected"]
_LAPSED, _CONTACTS, _REPEATED = COUNTER["lapsed"], COUNTER["contacts"], COUNTER["repeated"]
_DUE, _DONE = COUNTER["reported_due"], COUNTER["reported_done"]
_HOTLINE, _WALK_IN, _PATROL, _VISIT = (
    int(Channel.HOTLINE),
    int(Channel.WALK_IN),
    int(Channel.PATROL),
    int(Channel.VISIT),
)
_MEMBER, _OUTREACH, _MEETING = int(Channel.MEMBER_CONTACT), int(Channel.OUTREACH), int(Channel.MEETING)
_ARISE, _RECURS, _DETECT, _LAPSE = int(Event.ARISE), int(Event.RECURS), int(Event.DETECT), int(Event.LAPSED)
_AGAIN, _NEIGHBOUR = int(Event.CALLED_AGAIN), int(Channel.NEIGHBOUR)
_TRIFLES, _FOUND_BY_PATROL = COUNTER["trifles"], COUNTER["found_by_patrol"]
_GONE_BY_ITSELF = int(Outcome.LAPSED)


class ReportingRule(NamedTuple):
    """Parameters of ``reporting``; ``hotline`` is 0 where a model has none."""

    floor: float
    hotline: float
    walk_in: float
    walk_in_stranger: float
    neighbour: float
    repeat_call: float


class Watch(NamedTuple):
    """What offices, members and organisations can see this week; by community unless said."""

    visit_place: NDArray[np.int64]  # by household: place in the round of visits, -1 never visited
    visit_round: NDArray[np.int64]  # households in the round
    visit_from: NDArray[np.float64]  # place at which this week's visits begin
    visits: NDArray[np.float64]
    patrol_rounds: NDArray[np.float64]
    outreach: NDArray[np.float64]  # contacts per resident with ties to an organisation
    meetings: NDArray[np.float64]
    neighbour_contacts: NDArray[np.float64]  # per unit of tie weight to people who take part
    active_ties: NDArray[np.float32]  # by resident: that weight
    member_contacts: NDArray[
        np.float64
    ]  # by household: contacts a week with the linked member, if that one takes part


@part
def _time_of_visit(
    watch: Watch, household: int, community: int, start: float, hours_per_week: float
) -> float:
    """Return when this week's round of visits reaches a household, infinity when it does not."""
    place = watch.visit_place[household]
    if place < 0 or watch.visits[community] <= 0.0:
        return np.inf
    ahead = (place - watch.visit_from[community]) % watch.visit_round[community]
    return start + hours_per_week * ahead / watch.visits[community]


@part
def _channel(hazard: NDArray[np.float64], left: float) -> int:
    """Return the channel at which the running sum of hazards passes ``left``."""
    channel = _HOTLINE
    for k in range(_HOTLINE, hazard.shape[0]):
        if hazard[k] > 0.0:
            channel = k
            left -= hazard[k]
            if left < 0.0:
                break
    return channel


@kernel
def detect(
    jobs: NDArray[np.void],
    used: int,
    classes: NDArray[np.void],
    opinion: NDArray[np.float32],
    expectation: NDArray[np.float32],
    seen: NDArray[np.uint8],
    age: NDArray[np.uint8],
    work: NDArray[np.uint8],
    ability: NDArray[np.float32],
    acquainted: NDArray[np.uint8],
    in_organisation: NDArray[np.uint8],
    liaison: NDArray[np.int32],
    votes: NDArray[np.int64],
    rule: ReportingRule,
    watch: Watch,
    desk: int,
    start: float,
    hours_per_week: float,
    channel_key: Key,
    repeat_key: Key,
    free: NDArray[np.int64],
    counts: NDArray[np.int64],
    counters: NDArray[np.float64],
    inbox_job: NDArray[np.int64],
    inbox_time: NDArray[np.float64],
    sent: int,
    gone: NDArray[np.int64],
    events: NDArray[np.void],
) -> tuple[int, int]:
    """Bring cases to light, let residents of open cases call again, and let latent problems lapse.

    Returns
    -------
    tuple of int
        Number of jobs in the inbox, and number of records in ``gone``, cases that lapsed; (-1, -1) when places ran out.
    """
    end = start + hours_per_week
    lost = 0
    hazard = np.zeros(_NEIGHBOUR + 1)
    for slot in range(used):
        job = jobs[slot]
        if job.kind != col.CASE:
            continue
        c = job.community
        if job.state == col.PENDING:
            if job.onset >= end:
                continue
            job.state = col.LATENT
            what = _RECURS if job.recurrence > 0 else _ARISE
            note(events, counts, jobs, slot, what, -1, job.onset, col.NOBODY, 0.0, 0)
            job.age, job.work = age[job.resident], work[job.resident]
            counters[c, _ARRIVED] += 1
            counters[c, _RECURRED] += job.recurrence > 0
        if job.state == col.LATENT:
            begin = max(start, job.onset)
            item = classes[job.problem_class]
            person = np.int64(job.resident)
            attitude = 0.5 * (np.float64(opinion[person]) + np.float64(expectation[person]))
            urge = (
                item.report_rate
                * job.severity
                * ability[person]
                * (rule.floor + (1.0 - rule.floor) * attitude)
            )
            household = int(np.int64(job.household))
            member = liaison[household]
            hazard[_HOTLINE] = rule.hotline * urge
            hazard[_WALK_IN] = rule.walk_in * urge * (1.0 if acquainted[person] else rule.walk_in_stranger)
            hazard[_PATROL] = watch.patrol_rounds[c] * item.patrol
            hazard[_MEMBER] = (
                watch.member_contacts[household] * item.visit if member >= 0 and seen[member] & 1 else 0.0
            )
            hazard[_OUTREACH] = watch.outreach[c] * item.visit if in_organisation[person] else 0.0
            hazard[_MEETING] = watch.meetings[c] * item.meeting
            looked_at = watch.neighbour_contacts[c] * watch.active_ties[person]
            hazard[_NEIGHBOUR] = looked_at * item.visit * rule.neighbour
            total = hazard.sum()
            visit = _time_of_visit(watch, household, c, start, hours_per_week)
            shown = -np.log(max(1.0 - item.visit, UNSURE)) if begin <= visit < end else 0.0
            missing = job.luck - job.hazard
            until_visit = total * (visit - begin) / hours_per_week if shown > 0.0 else np.inf
            by_visit = until_visit < missing <= until_visit + shown
            if by_visit:
                time = visit
            elif total > 0.0:
                left = missing if missing <= until_visit else missing - shown
                time = begin + left / total * hours_per_week
            else:
                time = np.inf
            job.hazard += total * (end - begin) / hours_per_week + shown
            if job.lapses < min(time, end):
                job.state = col.GONE
                job.outcome = _GONE_BY_ITSELF
                job.closed = max(job.lapses, begin)
                note(events, counts, jobs, slot, _LAPSE, -1, job.closed, col.NOBODY, 0.0, 0)
                counters[c, _LAPSED] += 1
                due = job.detected + item.deadline
                if item.problem and job.detected >= 0.0 and start < due < job.closed:
                    counters[c, _DUE] += 1  # explained by then, and not accepted
                    counters[c, _DONE] += 1
                if lost == gone.shape[0]:
                    return -1, -1
                gone[lost] = slot
                lost += 1
            elif time < end:
                channel = _VISIT
                if not by_visit:
                    channel = _channel(
                        hazard, uniform(channel_key, job.entity, np.uint64(job.reopened)) * total
                    )
                counters[c, _FOUND_BY_PATROL] += channel == _PATROL
                if job.detected < 0.0:  # a case that comes back from an explanation keeps its first report
                    job.detected = time
                    job.channel = channel
                    counters[c, _DETECTED] += 1
                job.votes = votes[c, job.problem_class]
                job.state = col.SENT
                job.office = desk if channel == _HOTLINE else c
                note(events, counts, jobs, slot, _DETECT, job.office, time, col.NOBODY, 0.0, channel)
                counters[c, _CONTACTS] += channel == _HOTLINE
                if sent == inbox_job.shape[0]:
                    return -1, -1
                inbox_job[sent] = slot
                inbox_time[sent] = time
                sent += 1
        elif job.state == col.QUEUED or job.state == col.SERVED or job.state == col.UNFUNDED:
            again = rule.repeat_call * job.severity if rule.hotline > 0.0 else 0.0
            if uniform(repeat_key, job.entity, np.uint64(0)) < 1.0 - np.exp(-again):
                extra = take_record(jobs, free, counts, col.REPEAT_CALL)
                if extra < 0 or sent == inbox_job.shape[0]:
                    return -1, -1
                call = jobs[extra]
                call.state = col.SENT
                call.office = desk
                call.number = job.number
                call.recurrence = job.recurrence
                call.community = job.community
                call.onset = start + hours_per_week * uniform(repeat_key, job.entity, np.uint64(1))
                note(events, counts, jobs, extra, _AGAIN, desk, call.onset, col.NOBODY, 0.0, _HOTLINE)
                counters[c, _CONTACTS] += 1
                counters[c, _REPEATED] += 1
                inbox_job[sent] = extra
                inbox_time[sent] = call.onset
                sent += 1
    return sent, lost


def run(state: State) -> None:
    """Bring problems to light with what last week's plan paid for."""
    register, reach, plan, week = state.register, state.reach, state.plan, state.week
    outreach = np.zeros(state.communities)
    contacts = plan.outreach_hours / state.scenario.handling.contact_hours * state.organisations.credibility()
    np.divide(contacts, reach.members_reach, out=outreach, where=reach.members_reach > 0)
    watch = Watch(
        reach.visit_place,
        np.maximum(reach.visit_round, 1),
        state.visit_from,
        plan.visits,
        plan.patrol_rounds,
        outreach,
        plan.meetings,
        plan.neighbour_contacts,
        state.residents.active_share * state.tie_totals,
        reach.contacts,
    )
    people = state.world.residents
    sent, lost = detect(
        register.jobs,
        register.used,
        state.classes,
        state.residents.opinion,
        state.residents.expectation,
        state.residents.seen,
        state.residents.age,
        state.residents.work,
        people.ability,
        people.acquainted,
        reach.in_organisation,
        state.world.households.liaison,
        state.votes,
        state.rules.reporting,
        watch,
        state.desk,
        state.start,
        state.hours_per_week,
        state.key("detection.channel"),
        state.key("detection.repeat", week),
        register.free,
        register.counts,
        state.row.counters,
        register.inbox_job,
        register.inbox_time,
        state.sent,
        register.gone,
        register.events,
    )
    enough(sent >= 0, "a report")
    state.sent = int(sent)
    state.recorder.keep(register.give_up(register.gone[:lost]))
    _file_trifles(state)


def _file_trifles(state: State) -> None:
    """Let grid workers fill up what patrols did not find to the reporting quota; the street unit registers it next week."""
    counters, quota = state.row.counters, state.model.accountability.reporting_quota
    missing = np.maximum(quota * state.reach.grids - counters[:, _FOUND_BY_PATROL], 0.0)
    patrolled = state.plan.patrol_rounds > 0  # nobody files anything where nobody walks
    state.filings[: state.communities] = np.where(patrolled, missing, 0.0)
    counters[:, _TRIFLES] = state.filings[: state.communities]


PROCESS = Process(
    "detection",
    "Channels are independent hazards that add; each contact costs hours; a case not found by any stays undetected.",
    "各发现渠道是相互独立、可相加的风险率；每次接触都花费工时；没有渠道发现的问题一直处于未发现状态。",
    (
        "residents.opinion",
        "residents.expectation",
        "residents.seen",
        "residents.age",
        "residents.work",
        "world.residents",
        "world.households",
        "classes",
        "reach",
        "plan",
        "turns.visit",
        "votes",
        "tie_totals",
        "residents.active_share",
        "organisations",
    ),
    (
        "jobs",
        "filings",
        "events",
        "inbox",
        "row.counters",
    ),
    (
        Draw("detection.channel", "?", "?"),
        Draw("detection.repeat", "?", "?"),
    ),
    run,
)
