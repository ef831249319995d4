"""Measurement: what is true and what offices report, kept apart.

Cases closed this week are counted first, with their call-backs; then all other cases in the order of their records, where those
that went away by themselves lapse; then votes, where a cycle is over; then people; then what is published. True stocks and sums
come from the columns; what offices report is a measurement model of its own (``measurement.reported``,
``measurement.official``). What is published is the share of orders truly done in time. The equations stand in ``EQUATIONS``
below.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from govsim.draws import Key, uniform
from govsim.engine import columns as col
from govsim.engine.columns import LOCAL_TIERS, NOTHING_LEARNT, TIERS, ResidentState, WeekSpan, in_tier
from govsim.engine.pool import enough, record
from govsim.engine.process import Draw, Equation, Process, Vector
from govsim.engine.queue import QueueTables, queue_tables
from govsim.engine.recording import COUNTER, NEVER, CaseStatus, Event
from govsim.engine.rules import MeasurementRule
from govsim.engine.state import State
from govsim.kernels import kernel, part
from govsim.units import BLOCK, OLD_AGE, RECENT_WEEKS

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
_REOPENED, _ACTIVE = COUNTER["reopened"], COUNTER["active"]
_LAPSE = int(Event.LAPSED)
_RESOLVED, _GONE_BY_ITSELF = int(CaseStatus.RESOLVED), int(CaseStatus.LAPSED)
_EXPLAINED = int(CaseStatus.EXPLAINED)


class MeasurementKeys(NamedTuple):
    """Addresses of this process's draws."""

    report: Key
    callback: Key


@kernel
def measure_cases(
    queue: QueueTables,
    residents: ResidentState,
    first_resident: NDArray[np.uint32],
    votes: NDArray[np.int64],
    taken: int,
    tasks_waiting: NDArray[np.float64],
    rule: MeasurementRule,
    keys: MeasurementKeys,
    week: WeekSpan,
    gone: NDArray[np.int64],
) -> int:
    """Count cases, reports and call-backs at the week's end, and withdraw open cases that lapsed.

    Parameters
    ----------
    first_resident : shape (households + 1,)
    taken
        Whether a vote is taken: then each open case whose household has taken part of late is a vote for its class in
        ``votes``, shape (communities, classes). What is kept of them is how many classes each one beats.
    tasks_waiting : shape (offices,)
        Receives the hours of tasks that wait.
    gone
        Receives the records of cases that lapsed.

    Returns
    -------
    int
        Number of records written to ``gone``; -1 when places ran out.
    """
    jobs, classes, closings, counters = queue.jobs, queue.classes, queue.closings, queue.counters
    events, counts, satisfaction = queue.events, queue.counts, residents.satisfaction
    weeks_active, last_active = residents.weeks_active, residents.last_active
    start, end, since = week.start, week.end, week.number - RECENT_WEEKS
    report_key, callback_key = keys.report, keys.callback
    if taken:
        votes[:, :] = 0
    tasks_waiting[:] = 0.0
    for k in range(counts[col.CLOSED]):
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
                rule.closure_target
                and not pleased
                and uniform(report_key, job.entity, np.uint64(1)) < rule.gaming
            )
            if not hidden:
                counters[c, _OFFICIAL] += 1
                counters[c, _OFFICIAL_SATISFIED] += pleased
    lost = 0
    for slot in range(counts[col.USED]):
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
            record(events, counts, jobs, slot, _LAPSE, job.office, job.closed, col.NOBODY, 0.0, 0)
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
    if rule.closure_target:
        miss *= 1.0 - rule.gaming
    return bool(uniform(report_key, entity, np.uint64(0)) >= miss)


@part
def _measure_residents(
    first: int,
    last: int,
    week: int,
    recent: int,
    eligible: NDArray[np.uint8],
    state: ResidentState,
    trust: NDArray[np.float32],
    counted: NDArray[np.uint8],
    counters: NDArray[np.float64],
) -> None:
    """Sum up the residents of one community who were there this week, in their order: numbers first, then what they hold.

    ``trust`` of shape (residents * TIERS,) is their trust, one resident after the other; ``counted`` of shape (BLOCK,) is
    written over.
    """
    gone = residents = old = adults = registered = ever = lately = enrolled = 0
    activity = satisfaction = efficacy = 0.0
    community = street = district = centre = 0.0
    for at in range(first, last, BLOCK):
        size = min(last - at, BLOCK)
        left, age, may = state.left[at : at + size], state.age[at : at + size], eligible[at : at + size]
        weeks, latest = state.weeks_active[at : at + size], state.last_active[at : at + size]
        listed, on_duty = state.registered[at : at + size], state.enrolled[at : at + size]
        for b in range(size):
            here = (left[b] < 0) | (left[b] == week)
            adult = here & (may[b] != 0)
            active = adult & (weeks[b] > 0)
            gone += left[b] == week
            residents += here
            old += here & (age[b] > OLD_AGE)
            adults += adult
            registered += adult & (listed[b] != 0)
            enrolled += adult & (on_duty[b] != 0)
            ever += active
            lately += active & (week - latest[b] < recent)
            counted[b] = adult
        pleased, able = state.satisfaction[at : at + size], state.efficacy[at : at + size]
        held, comes = trust[at * TIERS : (at + size) * TIERS], state.activity[at : at + size]
        for b in range(size):
            if counted[b]:
                community += in_tier(held, b, 0)
                street += in_tier(held, b, 1)
                district += in_tier(held, b, 2)
                centre += in_tier(held, b, LOCAL_TIERS)
                satisfaction += pleased[b]
                efficacy += able[b]
                activity += comes[b] if on_duty[b] else 0.0
    counters[_LEFT] += gone
    counters[_RESIDENTS] += residents
    counters[_OVER_60] += old
    counters[_ENROLLED] += enrolled
    counters[_ACTIVITY] += activity
    counters[_ADULTS] += adults
    counters[_REGISTERED] += registered
    counters[_EVER] += ever
    counters[_RECENT] += lately
    counters[_TRUST] += community
    counters[_TRUST + 1] += street
    counters[_TRUST + 2] += district
    counters[_TRUST + LOCAL_TIERS] += centre
    counters[_SATISFACTION] += satisfaction
    counters[_EFFICACY] += efficacy


@kernel
def measure_residents(
    first_community: int,
    last_community: int,
    first_resident: NDArray[np.uint64],
    week: int,
    recent: int,
    eligible: NDArray[np.uint8],
    state: ResidentState,
    trust: NDArray[np.float32],
    counters: NDArray[np.float64],
) -> None:
    """Sum up the residents of several communities, each into its own row of ``counters``."""
    counted = np.empty(BLOCK, np.uint8)
    for c in range(first_community, last_community):
        first, last = int(np.int64(first_resident[c])), int(np.int64(first_resident[c + 1]))
        _measure_residents(first, last, week, recent, eligible, state, trust, counted, counters[c])


def run(state: State) -> None:
    """Count the week."""
    pool, counters, week = state.pool, state.row.counters, state.week
    closings, agenda = state.closings, state.model.agenda
    taken = agenda.rule == "vote" and (week + 1) % agenda.cycle_weeks == 0
    lost = measure_cases(
        queue_tables(state),
        state.residents,
        state.world.households.first,
        state.votes,
        int(taken),
        state.tasks_waiting,
        state.rules.measurement,
        MeasurementKeys(state.key("measurement.report"), state.key("measurement.callback")),
        state.span,
        pool.gone,
    )
    enough(lost >= 0, "a withdrawn case")
    if taken:
        missed = state.attendance < agenda.quorum
        state.votes[missed] = 0
        state.votes[:] = (state.votes[:, None, :] < state.votes[:, :, None]).sum(axis=2)
        counters[:, COUNTER["votes_due"]] = 1.0
        counters[:, COUNTER["votes_missed"]] = missed
    state.recorder.keep(pool.give_up(pool.gone[:lost]))

    trust = state.residents.trust.reshape(-1)

    def count(first: int, last: int) -> None:
        measure_residents(
            first,
            last,
            state.first_resident,
            week,
            RECENT_WEEKS,
            state.eligible,
            state.residents,
            trust,
            counters,
        )

    state.passes(count)
    over, recurring = np.empty((2, len(closings)), np.int64)
    ended, again = close_week(
        pool.jobs,
        closings,
        counters,
        state.active_share,
        state.published,
        max(state.scenario.experience.published_weeks, 1.0),
        over,
        recurring,
    )
    pool.recurring = pool.jobs.take(recurring[:again])
    state.recorder.keep(pool.give_up(over[:ended]))
    state.row.tasks_undone[:] = state.tasks_waiting


@kernel
def close_week(
    jobs: NDArray[np.void],
    closings: NDArray[np.int64],
    counters: NDArray[np.float64],
    active_share: NDArray[np.float64],
    published: NDArray[np.float64],
    published_weeks: float,
    over: NDArray[np.int64],
    recurring: NDArray[np.int64],
) -> tuple[int, int]:
    """Move what is seen and published, and tell which closed cases are over; the others are latent again and go on.

    Published is a running mean of the share of orders truly done in time.

    Parameters
    ----------
    active_share, published : shape (communities,)
    over, recurring : shape (at least closings,)
        Receive the records of the cases that are over, and of those of them that will come back.

    Returns
    -------
    tuple of int
        How many of each.
    """
    for c in range(counters.shape[0]):
        counters[c, _REOPENED] = counters[c, _EXPLAINED_FLOW] = 0.0
        if counters[c, _ADULTS] > 0.0:
            active_share[c] = counters[c, _ACTIVE] / counters[c, _ADULTS]
        due, done = counters[c, _DUE], counters[c, _TRUE]
        if due > 0.0:
            share = done / due
            if published[c] == NOTHING_LEARNT:
                published[c] = share
            published[c] += (share - published[c]) / published_weeks
    ended = again = 0
    for k in range(closings.shape[0]):
        job = jobs[closings[k]]
        if job.state == col.LATENT:
            counters[job.community, _REOPENED] += 1.0
            job.closed = NEVER
            continue
        counters[job.community, _EXPLAINED_FLOW] += job.outcome == _EXPLAINED
        over[ended] = closings[k]
        ended += 1
        if job.recurs:
            recurring[again] = closings[k]
            again += 1
    return ended, again


EQUATIONS = (
    Equation(
        "measurement.order",
        "due = detected + deadline; order = problem and detected >= 0",
        "An order is a case that came to light and is no question. It is due once: when it is closed for good, "
        "or when the "
        "deadline passes, whichever is first; the deadline falls in a week if start < due <= end. Time is in "
        "working hours.",
        "工单指已被发现且不属于咨询的事项。每张工单只到期一次：办结或期限届满，以先者为准；start < due <= "
        "end时期限落在本周。时间以工时计。",
        (),
    ),
    Equation(
        "measurement.closed",
        "if closed <= due: reported_due = 1, reported_done = 1, truly_done = 1 if resolved else 0; "
        "else if due > start: reported_due = 1, reported_done by measurement.reported, truly_done = 0",
        "Each order closed for good this week, in the order of the register's closings: resolved, or explained "
        "with the "
        "explanation accepted. Of a late one whose deadline fell in an earlier week nothing more is counted. "
        "Counters are added "
        "up by community; `resolved` counts all cases resolved, questions too.",
        "本周最终办结的每张工单（已解决，或解释被接受），按登记的办结顺序。"
        "期限在更早周已届满的逾期工单不再计入。计数按社区累加；"
        "resolved计全部已解决事项，含咨询。",
        (
            Vector(
                {
                    "detected": 100,
                    "deadline": 120,
                    "closed": 210,
                    "resolved": 0,
                    "start": 200,
                    "u": 0.9,
                    "report_overdue": 0.5,
                },
                {"reported_due": 1, "reported_done": 1, "truly_done": 0},
            ),
            Vector(
                {
                    "detected": 100,
                    "deadline": 120,
                    "closed": 230,
                    "resolved": 1,
                    "start": 200,
                    "u": 0.4,
                    "report_overdue": 0.5,
                },
                {"reported_due": 1, "reported_done": 0, "truly_done": 0},
            ),
            Vector(
                {
                    "detected": 100,
                    "deadline": 80,
                    "closed": 230,
                    "resolved": 1,
                    "start": 200,
                    "u": 0.4,
                    "report_overdue": 0.5,
                },
                {"reported_due": 0, "reported_done": 0, "truly_done": 0},
            ),
        ),
    ),
    Equation(
        "measurement.reported",
        "missed = (1 - report_overdue) * (1 - gaming if there is a closure target, else 1); reported_done = 1 "
        "if u >= missed else 0",
        "Each order that is due and was not closed by its deadline: whether the office reports it as done in "
        "time all the same. "
        "One draw for each case and recurrence, so the answer does not depend on the week.",
        "到期而未按期办结的每张工单：机构是否仍上报为按期办结。每件事项每次出现一个随机数，与哪一周无关。",
        (
            Vector({"report_overdue": 0.5, "gaming": 0.8, "pressed": 0, "u": 0.4}, {"reported_done": 0}),
            Vector({"report_overdue": 0.5, "gaming": 0.8, "pressed": 1, "u": 0.4}, {"reported_done": 1}),
        ),
    ),
    Equation(
        "measurement.callback",
        "asked = u1 < callback_share; satisfied = u2 < S; callbacks = 1 if asked and u0 < callback_answer; "
        "callbacks_satisfied = 1 if also satisfied",
        "The independent call-back: each case closed this week, questions and explanations that were not "
        "accepted too. S is the "
        "satisfaction of the resident who owns the case, as experience left it this week. u0, u1, u2 are slots "
        "0, 1, 2.",
        "独立回访：本周办结的每件事项，含咨询和未被接受的解释。S为事项所属居民在本周感受过程之后的满意度。u0、"
        "u1、u2为slot 0、1、2。",
        (
            Vector(
                {"callback_share": 0.2, "callback_answer": 0.6, "S": 0.7, "u0": 0.5, "u1": 0.1, "u2": 0.3},
                {"callbacks": 1, "callbacks_satisfied": 1},
            ),
            Vector(
                {"callback_share": 0.2, "callback_answer": 0.6, "S": 0.7, "u0": 0.5, "u1": 0.1, "u2": 0.8},
                {"callbacks": 1, "callbacks_satisfied": 0},
            ),
        ),
    ),
    Equation(
        "measurement.official",
        "answers = u0 < callback_answer + satisfied_answer * S; lost = closure target and not satisfied and u < "
        "gaming; "
        "official_callbacks = 1 if asked and answers and not lost; official_callbacks_satisfied = 1 if also satisfied",
        "The official call-back: the same cases, draws and residents. u is slot 1 of `measurement.report`.",
        "官方回访：同样的事项、随机数和居民。u为measurement.report的1号位。",
        (
            Vector(
                {
                    "callback_share": 0.2,
                    "callback_answer": 0.6,
                    "satisfied_answer": 0.2,
                    "S": 0.7,
                    "u0": 0.7,
                    "u1": 0.1,
                },
                {"official_callbacks": 1},
            ),
        ),
    ),
    Equation(
        "measurement.tasks_waiting",
        "tasks_waiting = sum of staff_left over tasks queued or in work; tasks_undone = tasks_waiting",
        "Each office, at the week's end.",
        "每个机构，周末。",
        (),
    ),
    Equation(
        "measurement.latent",
        "undetected = undetected + 1; if order and start < due <= end: reported_due = 1, "
        "reported_done = 1 if closed <= due, else by measurement.reported",
        "Each case that no office has on its table, in the order of its record. An order is there only after an "
        "explanation that was "
        "not accepted: `closed` is when that was given this week, -1 when it was in an earlier week and "
        "therefore in time.",
        "没有机构经手的每件事项，按记录顺序。其中的工单均为解释未被接受而重新潜伏者："
        "closed为本周作出解释的时间，若在更早的周作出则为-1，即按期。",
        (),
    ),
    Equation(
        "measurement.lapsed",
        "closed = max(lapses, detected, start, reached) if lapses <= end; reached = queued in a queue, "
        "competent while it waits for "
        "money",
        "Each case queued or without money on which work has not begun (first_handled < 0): it goes away by "
        "itself, counts as "
        "`lapsed`, is noted in the event ledger and leaves the register. An order among them is due only if its "
        "deadline fell in "
        "the week and before `closed`; then measurement.reported decides.",
        "排队或等待经费且尚未开办（first_handled < 0）的每件事项：自行消失，计入lapsed，写入办理记录并移出登记。"
        "其中的工单只有期限落在本周且早于"
        "closed时才算到期，并按measurement.reported判定。",
        (Vector({"lapses": 205, "detected": 208, "start": 200, "reached": 210}, {"closed": 210}),),
    ),
    Equation(
        "measurement.open",
        "open = open + 1; waiting_for_money = waiting_for_money + 1 if without money; "
        "if order and start < due <= end: reported_due = 1, reported_done by measurement.reported",
        "Each case queued, in work or without money that did not lapse. Cases on their way between offices at "
        "the week's end do not "
        "exist.",
        "排队、在办或等待经费且未消失的每件事项。周末不存在在途事项。",
        (),
    ),
    Equation(
        "measurement.votes",
        "vote = (week + 1) mod cycle_weeks = 0; votes[k] = number of open cases of class k whose household took part; "
        "votes[k] = 0 if attendance < quorum; rank[k] = number of classes j with votes[j] < votes[k]",
        "Each community, where a vote sets the agenda, in the last week of each cycle. A household has taken "
        "part if one of its "
        "residents did with last_active > week - 4. `attendance` is that of the last meeting held "
        "(participation.attendance). "
        "Column `votes` keeps the ranks until the next vote; votes_due = 1, and votes_missed = 1 below the quorum.",
        "由投票确定议程的模式下的每个社区，在每个周期的最后一周。家庭中有人last_active > week - 4即算参与过。"
        "attendance为最近一次会议的到会数"
        "（participation.attendance）。votes列保存名次至下次投票；votes_due为1，未达法定人数时votes_missed为1。",
        (Vector({"votes_0": 5, "votes_1": 2, "votes_2": 2}, {"rank_0": 2, "rank_1": 0, "rank_2": 0}),),
    ),
    Equation(
        "measurement.people",
        "residents = number there; left = number of those who left this week; over_60 = number of those with age > 60",
        "Each community. Who leaves as the week ends (left = week) still counts; who left earlier does not. Age "
        "after this week's "
        "birthdays.",
        "每个社区。本周末离开者（left = week）仍计入，更早离开者不计。年龄为本周生日之后。",
        (),
    ),
    Equation(
        "measurement.adults",
        "adults, registered, ever_active, active_4w, enrolled = numbers; activity = sum of a over the enrolled; "
        "trust_k, satisfaction, efficacy = sums of T[k], S, F",
        "Each community, over those there who were adults as the week began (`eligible`). ever_active: "
        "weeks_active > 0; active_4w: "
        "moreover week - last_active < 4. Trust is as it is held.",
        "每个社区，遍历周初已成年（eligible）的在住者。ever_active指weeks_active > 0；active_4w另要求week - "
        "last_active < 4。信任为本人所持。",
        (),
    ),
    Equation(
        "measurement.active_share",
        "active_share = active / adults",
        "Each community; it stays as it was where there are no adults. Participation reads it next week as `visible`.",
        "每个社区；无成年人时不变。下周参与过程中作为visible。",
        (Vector({"active": 9, "adults": 120}, {"active_share": 0.075}),),
    ),
    Equation(
        "measurement.published",
        "q = truly_done / reported_due; published = q where it was -1; published = published + (q - published) / "
        "max(published_weeks, 1)",
        "Each community where an order was due this week; elsewhere it stays. It starts at -1, nothing to learn "
        "from. All models "
        "keep it; only those that publish let residents learn from it.",
        "本周有工单到期的每个社区，其余不变。初始为-1，表示无可公开。各模式均计算，只有公开结果的模式会影响居民。",
        (
            Vector({"published": -1, "due": 4, "done": 3, "published_weeks": 13}, {"published": 0.75}),
            Vector({"published": 0.5, "due": 4, "done": 3, "published_weeks": 12.5}, {"published": 0.52}),
            Vector({"published": 0.5, "due": 0, "done": 0, "published_weeks": 12.5}, {"published": 0.5}),
        ),
    ),
    Equation(
        "measurement.records",
        "explained = number closed by explanation for good; reopened = number whose explanation was not accepted; "
        "closed = -1 for the latter",
        "Each community. Cases that are over go to the case ledger and free their records; a record that still "
        "stands in a queue is "
        "marked as gone and freed there. Of those closed for good, copies of the ones that will come back "
        "(`recurs`) are kept for "
        "arrivals. Cases whose explanation was not accepted stay, latent.",
        "每个社区。结束的事项写入事项台账并释放记录；仍在队列中的记录标为已撤销，由队列释放。"
        "最终办结且会再次出现（recurs）的，留副本供arrivals使用。"
        "解释未被接受的事项保留，重新潜伏。",
        (),
    ),
)


PROCESS = Process(
    "measurement",
    "测量",
    "True stocks from the columns; reported rates from call-backs, interim answers and gaming.",
    "真实存量来自各列；上报数字来自回访、临时答复与指标博弈。",
    (
        "classes",
        "eligible",
        "residents",
        "attendance",
        "world.households",
        "first_resident",
        "pool.closings",
    ),
    (
        "pool.jobs",
        "pool.free",
        "pool.counts",
        "pool.recurring",
        "pool.gone",
        "pool.events",
        "votes",
        "tasks_waiting",
        "active_share",
        "published",
        "row.counters",
        "row.tasks_undone",
    ),
    (
        Draw(
            "measurement.report",
            "case: its address",
            "0: reported as done all the same; 1: a complaint is lost",
            False,
            "事项：其地址",
            "0：未完成仍上报办结；1：不满意的答复是否未计入",
        ),
        Draw(
            "measurement.callback",
            "case: its address",
            "0: answers; 1: is asked; 2: is satisfied",
            False,
            "事项：其地址",
            "0：是否接听；1：是否被抽中；2：是否满意",
        ),
    ),
    run,
    EQUATIONS,
)
