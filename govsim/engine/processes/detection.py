"""Detection: a problem exists before anybody in an office knows of it.

Job records are gone through in their order: what arises this week becomes visible, undetected problems meet the
hazards of all channels, residents of open cases may call again; then grid workers file. Channels are independent
hazards that add (Poisson detection), so a case is equally lucky under every governance model. Every contact has been
paid for in hours by the effort process last week. The hazard of a meeting does not depend on the size of the
community (decision 20, D4). Its equations follow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from govsim.draws import Key, uniform
from govsim.engine import columns as col
from govsim.engine.notes import note
from govsim.engine.process import Draw, Equation, Process, Vector
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


EQUATIONS = (
    Equation(
        "detection.arises",
        "state = undetected from onset on, if onset < end",
        "A problem of arrivals, or one that comes back, enters the event log in the week of its onset; age and work of "
        "its owner are noted then. Its community counts it as arrived, and as recurred where its recurrence is above 0.",
        "新问题或复发问题在发生当周计入办理记录，并记下当事人当时的年龄和就业状况。所在社区计为发生；复发次数大于0时另计"
        "复发。",
    ),
    Equation(
        "detection.urge",
        "g = report_rate * s * ability * (floor + (1 - floor) * (O + E) / 2)",
        "Urge to report of the owner of an undetected problem. O and E as experience left them last week; all columns in "
        "single precision, the product in double.",
        "未被发现问题的当事人反映问题的意愿。O和E取上周experience之后的值；各列为单精度，乘积为双精度。",
        (
            Vector(
                {"report_rate": 0.5, "s": 0.4, "ability": 0.8, "floor": 0.3, "O": 0.6, "E": 0.4},
                {"g": 0.10400000000000001},
            ),
        ),
    ),
    Equation(
        "detection.residents",
        "r[hotline] = hotline * g; r[walk_in] = walk_in * g if the owner knows the staff, else walk_in * g * "
        "walk_in_stranger",
        "Hazards a week. r[hotline] = 0 in a model without a hotline.",
        "每周风险率。没有热线的模式中r[hotline] = 0。",
        (
            Vector(
                {"hotline": 0.6, "walk_in": 0.5, "walk_in_stranger": 0.2, "g": 0.1},
                {"r_hotline": 0.06, "r_walk_in": 0.010000000000000002},
            ),
        ),
    ),
    Equation(
        "detection.patrol",
        "r[patrol] = rounds[c] * patrol[k]",
        "`rounds` are patrol rounds through the community that last week's hours paid for, `patrol` what a patrol can "
        "see of the class.",
        "rounds为上周工时所支持的全社区巡查轮数，patrol为巡查能看到该类问题的机会。",
        (Vector({"rounds": 2, "patrol": 0.25}, {"r_patrol": 0.5}),),
    ),
    Equation(
        "detection.member",
        "r[member] = member_contact_hours / contact_hours / links[member] * v[k] if the linked member took part last "
        "week, else 0",
        "For households linked to a Party member; links[member] is the number of households that this member is linked "
        "to. v[k] is what a contact at home can show of the class. The first two factors together are `contacts`.",
        "适用于有党员联系的家庭；links[member]为该党员联系的家庭数。v[k]为入户接触能看到该类问题的机会。前两个因子合称"
        "contacts。",
        (Vector({"contacts": 0.25, "v": 0.5}, {"r_member": 0.125}),),
    ),
    Equation(
        "detection.outreach",
        "r[outreach] = outreach_hours[c] / contact_hours * credibility[c] / people[c] * v[k] if the owner belongs to an "
        "organisation, else 0",
        "outreach_hours of last week's plan. credibility is the unweighted mean over living organisations of residents "
        "that work in the community or district-wide, owners' committees included, enterprises not; 0 without any. "
        "people are residents of the community who belong to an organisation and are there; 0 where there are none.",
        "outreach_hours取上周计划。credibility为在本社区或全区开展活动的居民组织（含业主委员会，不含企业）公信力的简单平"
        "均，没有则为0。people为本社区在住的组织成员数；为0时风险率为0。",
        (
            Vector(
                {"outreach_hours": 6, "contact_hours": 0.5, "credibility": 0.5, "people": 24, "v": 0.4},
                {"r_outreach": 0.1},
            ),
        ),
    ),
    Equation(
        "detection.meeting",
        "r[meeting] = meetings[c] * meeting[k]",
        "Meetings of last week as attended. The same hazard for every household of the community, however large it is: "
        "in this model twenty people at a meeting see as much of four thousand neighbours as of four hundred.",
        "按实际出席折算的上周议事会次数。同一社区各家庭相同，且与社区规模无关：本模型中，二十人的会议对四千人社区和四百人"
        "社区的了解程度相同。",
        (Vector({"meetings": 0.5, "meeting": 0.25}, {"r_meeting": 0.125}),),
    ),
    Equation(
        "detection.neighbour",
        "r[neighbour] = neighbour_contacts[c] * active_share * tie_total * v[k] * neighbour",
        "neighbour_contacts: contacts for each unit of tie weight to somebody who took part, from last week's plan. "
        "active_share * tie_total, in single precision, is the weight of the owner's ties to them; a tie inside a "
        "household has its own weight. Who has no ties is not seen.",
        "neighbour_contacts为上周计划中每单位联系权重得到的照看次数。active_share * tie_total（单精度）为当事人与参与者之"
        "间的联系权重；家庭内联系有自己的权重。没有社会联系的人不会被看到。",
        (
            Vector(
                {"neighbour_contacts": 0.1, "ties_to_active": 2.5, "v": 0.4, "neighbour": 0.5},
                {"r_neighbour": 0.05},
            ),
        ),
    ),
    Equation(
        "detection.round",
        "visit = start + week * ((place - turn[c]) mod length[c]) / visits[c]",
        "When this week's round of home visits reaches the household; never if the household is not visited or visits[c] "
        "= 0. turn is the place at which the visits begin, length the number of households in the round (at least 1). A "
        "time at or after the week's end is no visit.",
        "本周入户走访到达该户的时间；不在走访范围内或visits[c] = 0则不会到达。turn为本周走访起点，length为走访户数（至少"
        "1）。时间在周末及以后则本周不走访。",
        (
            Vector(
                {"start": 80, "week": 40, "place": 3, "turn": 18, "length": 20, "visits": 10}, {"visit": 100}
            ),
        ),
    ),
    Equation(
        "detection.visit",
        "shown = -ln(max(1 - v[k], 1e-12)) if begin <= visit < end, else 0",
        "Hazard that a visit adds at its moment, so that it shows the problem with chance v. begin = max(start, onset). "
        "All other channels are rates: n contacts add n * v.",
        "走访当时一次性增加的风险，使其以机会v发现问题。begin = max(start, onset)。其他渠道为速率：n次接触增加n * v。",
        (
            Vector({"v": 0.5}, {"shown": 0.6931471805599453}),
            Vector({"v": 0}, {"shown": 0}),
        ),
    ),
    Equation(
        "detection.moment",
        "r = sum of r over channels; missing = luck - hazard; q = r * (visit - begin) / week if shown > 0, else "
        "infinite; time = visit if q < missing <= q + shown; else time = begin + missing / r * week if missing <= q; "
        "else time = begin + (missing - shown) / r * week; time = never if r = 0 and the visit does not do it",
        "When the hazard that has been accumulated passes the case's luck. The problem is detected this week if time < "
        "end and arrivals.lapse does not come first.",
        "累计风险超过该事项luck值的时间。若time < end且问题未先自行消失，则本周被发现。",
        (
            Vector(
                {"begin": 40, "week": 40, "r": 0.5, "luck": 0.9, "hazard": 0.7}, {"time": 56, "by_visit": 0}
            ),
            Vector(
                {"begin": 40, "week": 40, "r": 0.5, "luck": 0.9, "hazard": 0.5, "visit": 60, "v": 0.5},
                {"time": 60, "by_visit": 1},
            ),
        ),
    ),
    Equation(
        "detection.hazard",
        "hazard += r * (end - begin) / week + shown",
        "After detection.moment, for the whole week whatever happens in it.",
        "在detection.moment之后，按整周累计，与本周结果无关。",
    ),
    Equation(
        "detection.lapsed",
        "gone if lapses < min(time, end); closed = max(lapses, begin)",
        "The problem is gone without anybody having known of it, or after an explanation that was not accepted. In the "
        "latter case an order whose deadline fell in this week before that moment counts as due and as reported as "
        "completed.",
        "问题在无人知晓时（或解释未被接受之后）消失。后一情形下，若工单时限在本周且早于该时刻，则计为到期并上报办结。",
    ),
    Equation(
        "detection.channel",
        "channel = visit if the visit did it; else the first channel with u * r < sum of r over the channels up to it",
        "Order: hotline, walk-in, patrol, member, outreach, meeting, neighbour. The last one with a hazard is taken "
        "where rounding leaves none. A case that is found again after an explanation keeps its first time and channel "
        "and does not count as detected a second time; the event has the new channel.",
        "次序：热线、上门、巡查、党员联户、外展、议事会、邻里。因舍入无一满足时取最后一个风险率大于0的渠道。解释后重新被"
        "发现的事项保留首次时间和渠道，不重复计为发现；办理记录写新渠道。",
        (Vector({"r_hotline": 0.1, "r_walk_in": 0.2, "r_patrol": 0.1, "u": 0.5}, {"channel": 2}),),
    ),
    Equation(
        "detection.report",
        "office = hotline if channel = hotline, else community; votes = votes[c, k]",
        "The case reaches its office at `time`. votes[c, k] is the number of classes that this one beat in the last vote "
        "of the community (0 without a vote); the case keeps it until it is found again. Calls at the hotline count as "
        "contacts.",
        "事项在time到达该单位。votes[c, k]为上次社区投票中该类别胜过的类别数（未投票为0），保留至再次被发现。热线来电计为"
        "来电来件。",
    ),
    Equation(
        "detection.repeat",
        "a call with chance 1 - exp(-repeat_call * s), at start + week * u2",
        "For each case that is queued, in work or without money, in a model with a hotline; at most one a week. The call "
        "goes to the hotline as a job of its own and takes desk_hours there; the case does not move.",
        "在设有热线的模式下，针对每件排队、办理中或待资金的事项；每周至多一次。来电作为单独工作进入热线，占用desk_hours，"
        "事项本身不变。",
        (Vector({"repeat_call": 0.5, "s": 0.4}, {"chance": 0.18126924692201818}),),
    ),
    Equation(
        "detection.filings",
        "filings[c] = floor(max(reporting_quota * grids[c] - found[c], 0)) if rounds[c] > 0, else 0",
        "Padded reports: what grid workers file beyond what patrols found this week (cases found again after an "
        "explanation included). The street office registers them next week (arrivals.filed).",
        "凑数上报：网格员在本周巡查所发现数量（含解释后重新发现）之外补报的数量。街道（乡镇）下周登记（arrivals.filed）。",
        (
            Vector({"reporting_quota": 2, "grids": 5, "found": 3}, {"filings": 7}),
            Vector({"reporting_quota": 1, "grids": 5, "found": 8}, {"filings": 0}),
        ),
    ),
)


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
        Draw("detection.channel", "case: its address", "number of explanations not accepted"),
        Draw("detection.repeat", "case: its address", "0 whether, 1 time", True),
    ),
    run,
    EQUATIONS,
)
