"""Casework: an exact event queue in continuous working hours, with staff as servers.

The order of a week is: money is granted; jobs of people who left go back to their queues; jobs in hand go on; cases
that wait for money are paid or explained; free servers take their next jobs; then events in the order of time; then
what is still in hand is booked; then explanations that were not accepted are undone. Service is never interrupted.
Helpers (volunteers, members on assigned service, organisations, enterprises) are servers limited to the co-producible
part of a class (Ostrom 1996). Routing decides inside the queue. An explanation becomes possible some time after the
deadline, or after the office took the case on where that is later. Its equations follow.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from govsim.draws import Key, exponential, uniform
from govsim.engine import columns as col
from govsim.engine.job_draws import LUCK, SLOTS
from govsim.engine.pool import enough, record
from govsim.engine.process import Draw, Equation, Process, Vector
from govsim.engine.processes import routing
from govsim.engine.queue import (
    UNFUNDED,
    QueueTables,
    next_completion,
    plan_completion,
    pop,
    push,
    queue_tables,
)
from govsim.engine.recording import NEVER, Activity, Event
from govsim.engine.rules import CaseworkRule
from govsim.engine.service import (
    EXPLAINED,
    CaseworkKeys,
    arrive,
    book,
    complete,
    enqueue,
    fund,
    put_back,
    take_next,
)
from govsim.engine.state import State
from govsim.kernels import kernel, part

IDLE, _E_REOPENED = int(Activity.IDLE), int(Event.REOPENED)


@kernel
def dismiss(queue: QueueTables, rule: CaseworkRule, gone: NDArray[np.int64], time: float) -> None:
    """Put back the jobs of servers that an office no longer has."""
    for k in range(gone.shape[0]):
        if queue.servers[gone[k]].job >= 0:
            put_back(queue, rule, gone[k], time)


@part
def _by_number(jobs: NDArray[np.void], inbox_job: NDArray[np.int64], inbox_time: NDArray[np.float64]) -> None:
    """Put jobs that reach their office at one moment into the order of their numbers; those of one visit do."""
    for place in range(1, inbox_job.shape[0]):
        k = place
        while (
            k > 0
            and inbox_time[k - 1] == inbox_time[k]
            and jobs[inbox_job[k]].number < jobs[inbox_job[k - 1]].number
        ):
            inbox_job[k - 1], inbox_job[k] = inbox_job[k], inbox_job[k - 1]
            k -= 1


@kernel
def run_week(
    queue: QueueTables,
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
        Jobs that reach their office this week, in order of time; each record names its office. Those of one moment are put
        into the order of their numbers.
    start, end
        The week, in working hours.
    """
    queue.counts[col.PLANNED] = queue.counts[col.CLOSED] = 0
    _by_number(queue.jobs, inbox_job, inbox_time)
    for office in range(queue.offices.shape[0]):
        queue.offices[office].idle = 0
        queue.queue_heads[office, UNFUNDED] = -1
    for server in range(queue.servers.shape[0]):
        person = queue.servers[server]
        person.booked = 0.0
        if person.job >= 0:
            person.since = start
        if person.job >= 0 and (person.leaving or (not person.staff and person.rate <= 0.0)):
            put_back(queue, rule, server, start)
        person.leaving = 0
        if person.job < 0:
            queue.offices[person.office].idle += 1
        elif person.rate > 0.0 and start + person.remaining / person.rate <= end:
            plan_completion(queue, server, start + person.remaining / person.rate)
    for slot in range(used):
        job = queue.jobs[slot]
        if job.kind == col.CASE and job.state == col.UNFUNDED:
            if job.explained_from <= start:
                job.stage = col.EXPLAINING
                enqueue(queue, rule, slot, job.office, start, end)
            else:
                push(queue.jobs, queue.queue_heads, job.office, UNFUNDED, slot)
    for office in range(queue.offices.shape[0]):
        while True:
            top = queue.queue_heads[office, UNFUNDED]
            if top < 0 or queue.jobs[top].money > queue.offices[office].fund:
                break
            pop(queue.jobs, queue.queue_heads, office, UNFUNDED)
            fund(queue, rule, top, office, start, end)
    for server in range(queue.servers.shape[0]):
        if queue.servers[server].job < 0:
            take_next(queue, rule, server, start, end)
    arrived = 0
    while True:
        coming = inbox_time[arrived] if arrived < inbox_time.shape[0] else np.inf
        finishing = queue.calendar[0].time if queue.counts[col.PLANNED] > 0 else np.inf
        if coming == np.inf and finishing == np.inf:
            break
        if finishing <= coming:
            complete(queue, rule, keys, next_completion(queue), finishing, end)
        else:
            slot = inbox_job[arrived]
            arrived += 1
            arrive(queue, rule, keys, slot, queue.jobs[slot].office, coming, end)
    for server in range(queue.servers.shape[0]):
        person = queue.servers[server]
        if person.job >= 0:
            book(queue, server, end)
        supplied = person.rate * (end - start)
        queue.hours[person.office, person.source, IDLE] += max(supplied - person.booked, 0.0)


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
            record(events, counts, jobs, closings[k], _E_REOPENED, -1, job.closed, col.NOBODY, 0.0, 0)
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
    pool, offices = state.pool, state.offices
    establishment = state.establishment
    offices["fund"] += establishment.weekly_money - establishment.standing - establishment.earmarked
    offices["spent"] = establishment.standing
    jobs, times = pool.inbox_job[: state.sent], pool.inbox_time[: state.sent]
    order = np.argsort(times)
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
        queue_tables(state),
        state.rules.casework,
        keys,
        pool.used,
        jobs[order],
        times[order],
        state.start,
        state.end,
    )
    enough(not pool.counts[col.OUT_OF_ROOM], "a joint meeting")
    reopen(
        pool.jobs,
        state.closings,
        state.scenario.handling.reopening,
        state.key("casework.reopening"),
        state.key("arrivals.case"),
        pool.events,
        pool.counts,
    )
    state.row.money_granted[:] = establishment.weekly_money + state.transfers
    state.row.money_spent[:] = offices["spent"]


EQUATIONS = (
    Equation(
        "casework.money",
        "fund += granted - standing - earmarked; spent = standing",
        "Every office, at the start of the week. standing is spent by rule (posts, upkeep, purchase of services), "
        "earmarked is saved for rehousing. Fees between offices (arrivals.fee) are in the fund already and are added to "
        "what the week's row says was granted.",
        "每个单位，每周开始时。standing按规定支出（岗位、维护、购买服务），earmarked为搬迁预留。单位间付费（"
        "arrivals.fee）已计入fund，并加入本周记录的拨款。",
        (Vector({"fund": 100, "granted": 50, "standing": 20, "earmarked": 5}, {"fund": 125}),),
    ),
    Equation(
        "casework.handed_back",
        "left = remaining * speed * (1 - slowing * b) for staff; shared = remaining * substitutability for helpers",
        "At the start, for servers in order of number: the job of somebody who left, or of a helper's place without "
        "hours this week, joins its queue again, with rank and time of joining new. For staff: in a co-producible part "
        "that is not of the office's own case shared = left; else rest = min(rest, left), shared = max(left - rest, 0). "
        "Steps other than tasks and work on cases begin anew. A server who stays goes on; nothing is lost at the end of "
        "a week.",
        "周初按编号逐一处理：离岗人员或本周无工时的协助岗位手中的工作重新排队，排序和入队时间更新。工作人员：若为非本单位"
        "承办事项的可共同生产部分，shared = left；否则rest = min(rest, left)，shared = max(left - rest, 0)。任务和办件以"
        "外的步骤从头开始。留岗者继续手中工作，周末不损失进度。",
    ),
    Equation(
        "casework.waiting_for_money",
        "first, each case without money and with explained_from <= start is queued for explanation; then, office by "
        "office, while the first case has M <= fund: it is paid",
        "After casework.handed_back. Explanations in the order of job records. The first case by rank, then number, must "
        "be paid before any other: a large case holds up smaller ones.",
        "在casework.handed_back之后。解释按事项记录次序。各单位按排序值、再按编号，排在首位的事项付款前，其他事项不得付"
        "款：大额事项会使小额事项等待。",
    ),
    Equation(
        "casework.begin",
        "each free server with q > 0 takes its next job at start",
        "In order of number; servers of one office stand together, helpers first. Those who got a job in the step before "
        "have it already.",
        "按编号次序；同一单位的服务者相邻，协助岗位在前。上一步已得到工作者不再取。",
    ),
    Equation(
        "casework.event",
        "next = the earlier of the first completion and the first arrival; the completion if both are at the same time",
        "Among completions at one time the server of lower number comes first, among arrivals the job of lower number "
        "(tasks, with negative numbers, first). A completion at exactly end is of this week. All arrivals of the week "
        "are known at its start: tasks, filings, reports, repeated calls.",
        "同一时刻的多个完成，编号小的服务者在先；多个到达，编号小的工作在先（任务编号为负，故在先）。恰在end完成的计入本"
        "周。本周所有到达（任务、凑数上报、发现、重复来电）在周初均已确定。",
    ),
    Equation(
        "casework.arrival",
        "stage = desk contact at the hotline; intake if may_resolve = 0 or (level = department and unclear = 1 and "
        "accepted = 0); else taken on at once",
        "A case that arrives at an office. A case that the hotline can answer counts as with the responsible office from "
        "its arrival. Tasks, seats and repeated calls just join the queue.",
        "事项到达单位时。热线可直接答复的事项自到达起视为已到承办单位。任务、席位和重复来电直接排队。",
    ),
    Equation(
        "casework.split",
        "work = W * generalist_factor if resolves < level, else W; shared = work * coproducible; rest = work - shared",
        "When the responsible office takes a case on. level is the tier that the class belongs to, so a delegated case "
        "takes longer. A reopened case begins anew with all its work.",
        "承办单位承接事项时。level为该类别所属层级，因此权限下放的事项耗时更长。重新出现的事项全部工作从头开始。",
        (Vector({"W": 10, "generalist_factor": 1.2, "coproducible": 0.25}, {"shared": 3, "rest": 9}),),
    ),
    Equation(
        "casework.explanation",
        "explained_from = max(time, detected + deadline) + x / rate; rate = explain_rate / week * (explain_pressure if "
        "the model ranks by closings, else 1)",
        "At the same moment, x = -ln(1 - u); never if rate = 0. `time` is when the office took the case on, detected the "
        "first report over reopenings too.",
        "同一时刻，x = -ln(1 - u)；rate = 0则永不。time为单位承接的时间；detected为首次发现时间，重新出现后不变。",
        (
            Vector(
                {"time": 130, "detected": 50, "deadline": 40, "x": 0.5, "rate": 0.025},
                {"explained_from": 150},
            ),
            Vector(
                {"time": 60, "detected": 50, "deadline": 40, "x": 0.5, "rate": 0.025}, {"explained_from": 110}
            ),
        ),
    ),
    Equation(
        "casework.funding",
        "waits for money if M > 0 and not yet paid and (another case waits here or fund < M); else fund -= M and spent "
        "+= M",
        "Right after. A case without money stands in no queue of work; it is looked at again at the start of each week "
        "only. What was paid before an explanation that was not accepted is not paid again.",
        "紧接其后。待资金的事项不在办理队列中，仅在每周开始时再看。解释未被接受之前已付的资金不再支付。",
    ),
    Equation(
        "casework.place",
        "queue of the community, stage shared, if shared > 0; else queue of the responsible office, stage work",
        "When a case is paid. The co-producible part comes first and is done in the community of the case, by helpers or "
        "its staff.",
        "付款之后。先完成可共同生产部分，在事项所在社区由协助者或社区工作人员完成。",
    ),
    Equation(
        "casework.queues",
        "meetings: seats and cases at the stage of a meeting; tasks first: tasks, if the model puts them first or the "
        "office has a work station; tasks last: tasks, if the model puts them last; class k: cases at stage shared, not "
        "at the hotline; main: all else",
        "Queues of one office. If tasks are equal to cases they stand in main.",
        "一个单位的各队列。任务与事项同等时，任务在主队列。",
    ),
    Equation(
        "casework.agenda",
        "rank = time (first_come); -s, tasks -0.5 (severity); detected + deadline, tasks time + task deadline "
        "(deadline); shared + rest (easy_first); -votes, tasks 0 (vote)",
        "Smallest first, ties by lower number. The rule holds in main and class queues, and for cases that wait for "
        "money. Meetings, tasks first, tasks last and the hotline go by time of joining. Under easy_first a case that "
        "has not been taken on has 0, a reopened one what was left of it before. rank is set on joining and does not "
        "change.",
        "小者在先，相同则编号小者在先。该规则用于主队列、各类别队列和待资金事项；会议、优先任务、靠后任务及热线按入队时"
        "间。easy_first下未承接事项为0，重新出现者为此前剩余工时。排序值在入队时确定，此后不变。",
    ),
    Equation(
        "casework.waiting",
        "waiting += work at joining; waiting -= work at leaving",
        "Hours of work in the queues of an office, counted as casework.work for staff. A case that lapsed while it stood "
        "in a queue is counted until somebody would have taken it; it is then dropped and the next one taken. "
        "Institutions read it as part of the load.",
        "单位各队列中的工作量，按casework.work的工作人员工时计。排队中自行消失的事项在轮到之前仍计入；轮到时剔除，改取下"
        "一项。institutions将其计入工作负荷。",
    ),
    Equation(
        "casework.choice",
        "staff: meetings, then tasks first, then the first by (rank, number) of main and all class queues, then tasks "
        "last; helpers: the first of the class queues that they may take",
        "What a server that becomes free takes. Somebody of a work station takes tasks first and nothing else; others of "
        "an office with a station take no tasks. A helper takes class k if substitutability[k] > 0 and the model and its "
        "field allow it.",
        "空闲服务者的选择。工作站人员只办任务；设站社区的其他人员不办任务。协助者仅在substitutability[k] > 0且模式和业务"
        "范围允许时承担第k类。",
    ),
    Equation(
        "casework.server",
        "the helper who may take it and has been free longest; else the staff member who may take it and has been free "
        "longest",
        "Who takes a job that joins a queue while somebody with q > 0 is free. `since` is when somebody last began or "
        "ended a job, or was booked at the end of a week; ties by lower number.",
        "工作入队时若有q > 0的空闲服务者，由谁承担。since为其最近一次开始、完成工作或周末结算的时间；相同则编号小者。",
    ),
    Equation(
        "casework.explained",
        "stage = explanation if time >= explained_from, when a member of staff takes up a case at stage shared or work "
        "on which no work has begun",
        "Helpers never explain; they begin the work. So does staff before that time, and first_handled = time. A case is "
        "explained away only when somebody takes it up.",
        "协助者不作解释，直接开始办理；此时间之前的工作人员也一样，first_handled = time。事项只有在有人接手时才可能以解释"
        "办结。",
    ),
    Equation(
        "casework.work",
        "desk contact: W if the hotline answers it, else desk_hours; repeated call: desk_hours; intake and explanation: "
        "intake_hours; meeting: convening_hours; work: rest; shared: shared, and rest too where the community is "
        "responsible; task, seat: its hours",
        "Hours that a step takes staff of pace 1.",
        "一个步骤所需工时（速度为1的工作人员）。",
    ),
    Equation(
        "casework.helpers",
        "hours = shared / substitutability",
        "Hours that the co-producible part takes a helper. They have pace 1 and do never more than that part.",
        "协助者完成可共同生产部分所需工时。其速度为1，且只做该部分。",
        (Vector({"shared": 3, "substitutability": 0.6}, {"hours": 5}),),
    ),
    Equation(
        "casework.pace",
        "hours = work / (speed * (1 - slowing * b))",
        "For staff, with burnout b at the moment of taking the job up; not for meetings and seats.",
        "工作人员适用，b为接手时的职业倦怠；会议和席位除外。",
        (Vector({"work": 3, "speed": 1.25, "slowing": 0.5, "b": 0.4}, {"hours": 3}),),
    ),
    Equation(
        "casework.completion",
        "done = time + hours / q",
        "q is the share of the week that the server has for the queue, as effort left it. If done > end the job stays in "
        "hand; hours that are left go on next week with its q.",
        "q为服务者本周可用于排队工作的时间比例，由effort给出。若done > end，工作留在手中，剩余工时下周按新的q继续。",
        (Vector({"time": 100, "hours": 3, "q": 0.75}, {"done": 104}),),
    ),
    Equation(
        "casework.hours",
        "worked = (time - since) * q",
        "Booked at each completion, and for jobs in hand at end, by office, source and activity (desk, tasks, intake, "
        "casework, convening), with an event if worked > 0 and the job is no task. Hours of casework, and of answers at "
        "the hotline, are added to the case by source, and worked * skill to its skilled hours.",
        "每次完成时及周末对手中工作记账，按单位、来源和用途（热线、任务、登记、办件、召集）；worked > 0且非任务时写入办理"
        "记录。办件工时和热线答复工时按来源计入事项，worked * skill计入其熟练工时。",
        (Vector({"time": 104, "since": 100, "q": 0.75}, {"worked": 3}),),
    ),
    Equation(
        "casework.next",
        "shared: rest remains, unless the community is responsible and its staff did both, and joins the queue of the "
        "responsible office; shared or work otherwise: resolved; explanation: explained; meeting: routing.meeting; desk "
        "and intake: routing",
        "When a server ends a job. The case moves first, then the server takes its next job, unless the move gave it "
        "one. Seats, tasks and repeated calls are over.",
        "服务者完成一项工作时。先处理事项去向，再由该服务者取下一项（若去向处理已给其工作则不取）。席位、任务、重复来电到"
        "此结束。",
    ),
    Equation(
        "casework.recurs",
        "comes back if u < recurrence[k] * (1 + rework * (1 - skilled / worked))",
        "When a case is resolved. worked: all hours of casework on it so far, whoever's; skilled / worked = 1 if there "
        "are none. When it comes back: arrivals.recurrence.",
        "事项解决时。worked为至今全部办件工时；没有则skilled / worked取1。复发时间见arrivals.recurrence。",
        (Vector({"recurrence": 0.1, "rework": 2, "skilled": 6, "worked": 8}, {"chance": 0.15}),),
    ),
    Equation(
        "casework.idle",
        "idle += max(q * week - booked, 0)",
        "Every server, at end, whether or not anybody stood in a queue that it may take.",
        "每个服务者，周末计算，无论是否有其可承担的排队工作。",
    ),
    Equation(
        "casework.reopening",
        "back to undetected if u < reopening * s; reopened += 1; hazard = 0; luck = -ln(1 - u2); explained_from = never; "
        "first_handled = never; accepted = convened = 0",
        "At end, for each case closed by explanation this week, in the order of closing; not after 255 times. Number, "
        "detected, channel, refusals, payment, hours worked so far and the time at which it lapses are kept. While "
        "undetected it cannot become overdue for the household; what was felt before is not felt again.",
        "周末，针对本周以解释办结的每一事项，按办结次序；满255次后不再发生。编号、首次发现时间、渠道、退单次数、已付资"
        "金、已用工时和自行消失时间保留。未被发现期间家庭不会再感到逾期；此前已感受过的不重复。",
        (Vector({"reopening": 0.5, "s": 0.4}, {"chance": 0.2}),),
    ),
)


PROCESS = Process(
    "casework",
    "办理",
    "Event queue in working hours: free servers take the next job on the agenda; money and co-producible parts are respected.",
    "连续工时内的事件队列：空闲人员按议程取下一件；遵守资金与可共同生产部分的约束。",
    (
        "pool.inbox_job",
        "pool.inbox_time",
        "classes",
        "transfers",
        "establishment",
    ),
    (
        "pool.jobs",
        "pool.free",
        "pool.counts",
        "pool.closings",
        "pool.events",
        "servers",
        "offices",
        "queue_heads",
        "calendar",
        "row.hours",
        "row.counters",
        "row.money_granted",
        "row.money_spent",
    ),
    (
        Draw(
            "casework.explanation",
            "case: its address",
            "number of explanations not accepted",
            False,
            "事项：其地址",
            "未被接受的解释次数",
        ),
        Draw("casework.recurrence", "case: its address", "0", False, "事项：其地址", "0"),
        Draw(
            "casework.reopening",
            "case: its address",
            "number of explanations not accepted before",
            False,
            "事项：其地址",
            "此前未被接受的解释次数",
        ),
        Draw(
            "arrivals.case",
            "case: its address",
            "6 + 9 * number of explanations not accepted",
            False,
            "事项：其地址",
            "6 + 9 * 未被接受的解释次数",
        ),
    ),
    run,
    EQUATIONS,
)
