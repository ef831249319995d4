"""Detection: a problem exists before anybody in an office knows of it.

Cases are gone through in the order of their records: what arises this week becomes visible, undetected problems meet the
hazards of all channels, owners of open cases may call again; then grid workers file. The hazards of the channels add. Each
problem has one luck, drawn when it arises, so it is equally lucky under every governance model. What detection sees with
was paid for in hours last week: visits, patrols, meetings and outreach in effort, contacts of members and of neighbours in
participation. Calls and walk-ins of residents take nobody's hours here. Rules and parameters are those in force this week;
the plan is last week's, and a reform does not change it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from govsim.draws import Key, uniform
from govsim.engine import columns as col
from govsim.engine.columns import Inbox, ResidentState, WeekSpan
from govsim.engine.pool import enough, record, take_record
from govsim.engine.process import Draw, Equation, Process, Vector
from govsim.engine.queue import QueueTables, queue_tables
from govsim.engine.recording import COUNTER, CaseStatus, Channel, Event
from govsim.engine.rules import ReportingRule
from govsim.engine.state import State
from govsim.kernels import kernel, part
from govsim.units import UNSURE

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
_GONE_BY_ITSELF = int(CaseStatus.LAPSED)


class Watch(NamedTuple):
    """What offices, members and organisations can see this week; by community unless said."""

    visit_place: NDArray[np.int64]  # by household: place in the round of visits, -1 never visited
    visit_round: NDArray[np.int64]  # households in the round
    visit_from: NDArray[np.float64]  # place at which this week's visits begin
    visits: NDArray[np.float64]
    patrol_rounds: NDArray[np.float64]
    outreach: NDArray[np.float64]  # contacts per resident with ties to an organisation
    in_organisation: NDArray[np.uint8]  # by resident: who has such ties
    meetings: NDArray[np.float64]
    neighbour_contacts: NDArray[np.float64]  # per unit of tie weight to people who take part
    tie_totals: NDArray[
        np.float32
    ]  # by resident: weight of ties to adults; that weight is their active share of it
    ability: NDArray[np.float32]  # by resident: how well somebody can report
    acquainted: NDArray[np.uint8]  # by resident: who knows somebody at the committee
    liaison: NDArray[np.int32]  # by household: the linked member, -1 none
    member_contacts: NDArray[
        np.float64
    ]  # by household: contacts a week with that member, if that one takes part
    grids: NDArray[np.float64]  # their number


class DetectionKeys(NamedTuple):
    """Addresses of this process's draws."""

    channel: Key
    repeat: Key


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
    queue: QueueTables,
    inbox: Inbox,
    residents: ResidentState,
    watch: Watch,
    votes: NDArray[np.int64],
    rule: ReportingRule,
    keys: DetectionKeys,
    week: WeekSpan,
    gone: NDArray[np.int64],
    filings: NDArray[np.int64],
) -> tuple[int, int]:
    """Bring cases to light, let residents of open cases call again, let latent problems lapse, and grid workers file.

    Parameters
    ----------
    gone
        Receives the records of cases that lapsed.
    filings : shape (offices,)
        Receives what grid workers of each community file to fill the quota; the street unit registers it next week.

    Returns
    -------
    tuple of int
        Number of jobs in the inbox, and of records in ``gone``; (-1, -1) when places ran out.
    """
    jobs, classes, free, counts = queue.jobs, queue.classes, queue.free, queue.counts
    counters, events = queue.counters, queue.events
    opinion, expectation, status = residents.opinion, residents.expectation, residents.status
    age, work, ability, acquainted = residents.age, residents.work, watch.ability, watch.acquainted
    inbox_job, inbox_time, sent = inbox.job, inbox.time, inbox.sent
    hotline_office = queue.offices.shape[0] - 1
    start, hours_per_week = week.start, week.hours
    end = start + hours_per_week
    lost = 0
    hazard = np.zeros(_NEIGHBOUR + 1)
    for slot in range(counts[col.USED]):
        job = jobs[slot]
        if job.kind != col.CASE:
            continue
        c = job.community
        if job.state == col.PENDING:
            if job.onset >= end:
                continue
            job.state = col.LATENT
            what = _RECURS if job.recurrence > 0 else _ARISE
            record(events, counts, jobs, slot, what, -1, job.onset, col.NOBODY, 0.0, 0)
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
            member = watch.liaison[household]
            hazard[_HOTLINE] = rule.hotline * urge
            hazard[_WALK_IN] = rule.walk_in * urge * (1.0 if acquainted[person] else rule.walk_in_stranger)
            hazard[_PATROL] = watch.patrol_rounds[c] * item.patrol
            hazard[_MEMBER] = (
                watch.member_contacts[household] * item.visit if member >= 0 and status[member] & 1 else 0.0
            )
            hazard[_OUTREACH] = watch.outreach[c] * item.visit if watch.in_organisation[person] else 0.0
            hazard[_MEETING] = watch.meetings[c] * item.meeting
            active_ties = residents.active_share[person] * watch.tie_totals[person]
            looked_at = watch.neighbour_contacts[c] * active_ties
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
                record(events, counts, jobs, slot, _LAPSE, -1, job.closed, col.NOBODY, 0.0, 0)
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
                        hazard, uniform(keys.channel, job.entity, np.uint64(job.reopened)) * total
                    )
                counters[c, _FOUND_BY_PATROL] += channel == _PATROL
                if job.detected < 0.0:  # a case that comes back from an explanation keeps its first report
                    job.detected = time
                    job.channel = channel
                    counters[c, _DETECTED] += 1
                job.votes = votes[c, job.problem_class]
                job.state = col.SENT
                job.office = hotline_office if channel == _HOTLINE else c
                record(events, counts, jobs, slot, _DETECT, job.office, time, col.NOBODY, 0.0, channel)
                counters[c, _CONTACTS] += channel == _HOTLINE
                if sent == inbox_job.shape[0]:
                    return -1, -1
                inbox_job[sent] = slot
                inbox_time[sent] = time
                sent += 1
        elif job.state == col.QUEUED or job.state == col.SERVED or job.state == col.UNFUNDED:
            again = rule.repeat_call * job.severity if rule.hotline > 0.0 else 0.0
            u = uniform(keys.repeat, job.entity, np.uint64(0))
            if u < again + UNSURE and u < 1.0 - np.exp(-again):  # the first saves most exponentials
                extra = take_record(jobs, free, counts, col.REPEAT_CALL)
                if extra < 0 or sent == inbox_job.shape[0]:
                    return -1, -1
                call = jobs[extra]
                call.state = col.SENT
                call.office = hotline_office
                call.number = job.number
                call.recurrence = job.recurrence
                call.community = job.community
                call.onset = start + hours_per_week * uniform(keys.repeat, job.entity, np.uint64(1))
                record(
                    events, counts, jobs, extra, _AGAIN, hotline_office, call.onset, col.NOBODY, 0.0, _HOTLINE
                )
                counters[c, _CONTACTS] += 1
                counters[c, _REPEATED] += 1
                inbox_job[sent] = extra
                inbox_time[sent] = call.onset
                sent += 1
    for c in range(watch.grids.shape[0]):
        missing = max(rule.reporting_quota * watch.grids[c] - counters[c, _FOUND_BY_PATROL], 0.0)
        if watch.patrol_rounds[c] <= 0.0:  # nobody files anything where nobody walks
            missing = 0.0
        filings[c] = int(missing)
        counters[c, _TRIFLES] = filings[c]
    return sent, lost


def run(state: State) -> None:
    """Bring problems to light with what last week's plan paid for."""
    pool, exposure, plan, week = state.pool, state.exposure, state.plan, state.week
    outreach = np.zeros(state.communities)
    if plan.outreach_hours.any():
        contacts = plan.outreach_hours / state.scenario.handling.contact_hours
        contacts *= state.organisations.credibility()
        np.divide(contacts, exposure.members_reach, out=outreach, where=exposure.members_reach > 0)
    watch = Watch(
        exposure.visit_place,
        np.maximum(exposure.visit_round, 1),
        state.visit_from,
        plan.visits,
        plan.patrol_rounds,
        outreach,
        exposure.in_organisation,
        plan.meetings,
        plan.neighbour_contacts,
        state.tie_totals,
        state.world.residents.ability,
        state.world.residents.acquainted,
        state.world.households.liaison,
        exposure.contacts,
        exposure.grids,
    )
    sent, lost = detect(
        queue_tables(state),
        state.inbox,
        state.residents,
        watch,
        state.votes,
        state.rules.reporting,
        DetectionKeys(state.key("detection.channel"), state.key("detection.repeat", week)),
        state.span,
        pool.gone,
        state.filings,
    )
    enough(sent >= 0, "a report")
    state.sent = int(sent)
    state.recorder.keep(pool.give_up(pool.gone[:lost]))


EQUATIONS = (
    Equation(
        "detection.arises",
        "state = undetected from onset on, if onset < end",
        "A new problem (arrivals) or a recurring one enters the event log in the week of its onset, with the age and "
        "work of its owner at that time. Its community counts it in `arrived`, and also in `recurred` if its number of "
        "recurrences is above 0.",
        "新问题或复发问题在发生当周写入办理记录，并记下当事人当时的年龄和就业状况。所在社区计入arrived；复发次数大于0时"
        "另计入recurred。",
    ),
    Equation(
        "detection.urge",
        "g = report_rate[k] * s * ability * (floor + (1 - floor) * (O + E) / 2)",
        "Urge of the owner to report an undetected problem. s is its severity. O and E are those at the end of last "
        "week. Columns are in single precision, the product in double. The owner is an adult of the household when the "
        "problem arises (arrivals.owner) and stays the same as long as the case exists. An owner who has moved away or "
        "died still counts while another adult lives in the household: O is then 0, E keeps its last value, and "
        "everything else about the owner that this process reads stays as it was, also for detection.residents, "
        "detection.outreach and detection.repeat.",
        "未被发现问题的当事人反映问题的意愿。s为严重程度；O和E取上周末的值。各列为单精度，乘积为双精度。当事人为问题发"
        "生时家中的一名成年人（arrivals.owner），事项存续期间不变。当事人已迁出或去世、但家中仍有其他成年人居住的，仍按"
        "原当事人计算：O为0，E保留最后的值，本过程用到的其他属性不变，detection.residents、detection.outreach和"
        "detection.repeat同此。",
        (
            Vector(
                {"report_rate": 0.5, "s": 0.4, "ability": 0.8, "floor": 0.3, "O": 0.6, "E": 0.4},
                {"g": 0.104},
            ),
        ),
    ),
    Equation(
        "detection.residents",
        "r[hotline] = hotline * g; r[walk_in] = walk_in * g if the owner knows the staff, else walk_in * g * "
        "walk_in_stranger",
        "Hazards a week. `hotline`, `walk_in` and `walk_in_stranger` are parameters of `reporting`. r[hotline] = 0 in "
        "a governance model that has no hotline this week. knows_staff is fixed from week 0 on.",
        "每周风险率。hotline、walk_in、walk_in_stranger为reporting部分的参数。本周没有热线的治理模式中r[hotline] = 0。"
        "是否认识工作人员（knows_staff）自第0周起固定。",
        (
            Vector(
                {"hotline": 0.6, "walk_in": 0.5, "walk_in_stranger": 0.2, "g": 0.1, "knows_staff": 0},
                {"r_hotline": 0.06, "r_walk_in": 0.01},
            ),
            Vector(
                {"hotline": 0.6, "walk_in": 0.5, "walk_in_stranger": 0.2, "g": 0.1, "knows_staff": 1},
                {"r_hotline": 0.06, "r_walk_in": 0.05},
            ),
        ),
    ),
    Equation(
        "detection.patrol",
        "r[patrol] = patrol_rounds[c] * patrol[k]",
        "patrol_rounds: rounds through the whole community that last week's hours paid for (effort.patrol_rounds). "
        "patrol[k] is what one round can see of class k.",
        "patrol_rounds为上周工时所支持的全社区巡查轮数（effort.patrol_rounds）。patrol[k]为一轮巡查看到第k类问题的机会。",
        (Vector({"patrol_rounds": 2, "patrol": 0.25}, {"r_patrol": 0.5}),),
    ),
    Equation(
        "detection.member",
        "contacts = member_contact_hours / contact_hours / links[member]; r[member] = contacts * v[k] if the linked "
        "member took part last week, else 0",
        "Households linked to a Party member; links[member] is the number of households linked to that member. v[k] is "
        "the chance that a contact at home shows a problem of class k. member_contact_hours and contact_hours are "
        "those in force this week. The hours booked for contacts are bounded by the member's free hours "
        "(participation.members_contacts), the contacts are not: a member with fewer free hours than "
        "member_contact_hours makes more contacts than are booked.",
        "适用于有联户党员的家庭；links[member]为该党员联系的家庭数。v[k]为入户接触看到第k类问题的机会。"
        "member_contact_hours和contact_hours取本周有效值。登记的联系工时以党员的空闲时间为上限（"
        "participation.members_contacts），联系次数则不设上限：空闲时间少于member_contact_hours的党员，联系次数多于登记"
        "工时所能支持的次数。",
        (Vector({"contacts": 0.25, "v": 0.5}, {"r_member": 0.125}),),
    ),
    Equation(
        "detection.outreach",
        "r[outreach] = outreach_hours[c] / contact_hours * credibility[c] / people[c] * v[k] if the owner belongs to "
        "an organisation, else 0",
        "outreach_hours of last week's plan. credibility is the unweighted mean over the living mutual-aid groups, "
        "volunteer teams, service providers and owners' committees that work in the community or in the whole "
        "district; enterprises are not counted; 0 where there are none. An owner belongs to an organisation who is a "
        "member of a living one of any kind, enterprises included. people[c] is the number of such members in the "
        "community who have not left; where it is 0, r[outreach] = 0.",
        "outreach_hours取上周计划。credibility为在本社区或全区开展活动的存续互助组、志愿服务队、服务机构和业主委员会公"
        "信力的简单平均，不含企业，没有则为0。当事人是任何一类存续组织（含企业）的成员，即属于组织。people[c]为本社区未"
        "离开的此类成员人数；为0时r[outreach] = 0。",
        (
            Vector(
                {"outreach_hours": 6, "contact_hours": 0.5, "credibility": 0.5, "people": 24, "v": 0.4},
                {"r_outreach": 0.1},
            ),
        ),
    ),
    Equation(
        "detection.meeting",
        "r[meeting] = meetings_held[c] * meeting[k]",
        "Last week's meetings, reduced to the attendance they had (participation.attendance). The hazard is the same "
        "for every household of the community, however large it is: twenty people at a meeting see as much of four "
        "thousand neighbours as of four hundred.",
        "上周会议，已按到会人数折算（participation.attendance）。同一社区各家庭的风险率相同，与社区规模无关：二十人的会"
        "议对四千人社区和四百人社区的了解程度相同。",
        (Vector({"meetings_held": 0.5, "meeting": 0.25}, {"r_meeting": 0.125}),),
    ),
    Equation(
        "detection.neighbour",
        "ties_to_active = share * tie_totals; r[neighbour] = neighbour_contacts[c] * ties_to_active * v[k] * neighbour",
        "neighbour_contacts is from last week (participation.looking_in): contacts for each unit of tie weight to "
        "somebody who took part. share is the owner's, as participation.signal computed it last week; so it counts ties "
        "to people who took part in the week before last. participation.looking_in divided by the same shares. "
        "tie_totals is the owner's sum of weights after last week's demography, so it can differ from the one divided "
        "by. ties_to_active is in single precision. Each tie counts with the weight of its layer, ties inside the "
        "household too. An owner without ties is not seen.",
        "neighbour_contacts取上周结果（participation.looking_in），为与参与者的每单位关系权重得到的照看次数。share为当"
        "事人的值，由上周participation.signal算出，因此反映的是两周前参与的人；participation.looking_in也用这一值作分母。"
        "tie_totals为当事人在上周人口变动之后的关系权重之和，可能与作分母时不同。ties_to_active为单精度。每条关系按其类"
        "别取权重，家庭内关系也计入。没有社会联系的当事人不会被看到。",
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
        "When a home visit reaches the household. place counts the households that the model visits from 0 in each "
        "community, in the order of households: all of them (`round`), those exposed to a hazard or with a laid-off or "
        "elderly member (`needy`), or those with a resident who knows the staff. Households without residents keep "
        "their place. The list is made at the start and anew in a week in which the timeline changes something; it "
        "does not follow what happens to households in between. length is the number of places, at least 1. turn and "
        "visits are those of last week's plan (effort.visit_turn, effort.visits). No visit if the household is not on "
        "the list, if visits[c] = 0, or if the time is at or after the week's end. A household gets at most one visit "
        "a week: visits beyond length show nothing more.",
        "入户走访到达该户的时间。place按家庭顺序、在每个社区内自0起为走访对象编号：全部家庭（round），受灾害影响或有下"
        "岗失业、老年成员的家庭（needy），或有成员认识工作人员的家庭。无人居住的家庭保留其位置。名单在开始时编制，时间"
        "线改变规则的当周重新编制，其间不随家庭情况变化。length为位置数，至少为1。turn和visits取上周计划（"
        "effort.visit_turn、effort.visits）。不在名单内、visits[c] = 0，或时间在周末及以后的，本周不走访。每户每周至多"
        "走访一次，超过length的走访次数不再发现问题。",
        (
            Vector(
                {"start": 80, "week": 40, "place": 3, "turn": 18, "length": 20, "visits": 10}, {"visit": 100}
            ),
        ),
    ),
    Equation(
        "detection.visit",
        "begin = max(start, onset); shown = -ln(max(1 - v[k], 1e-12)) if begin <= visit < end, else 0",
        "Hazard that a visit adds at its moment. A visit finds the problem with chance v[k] (the bound 1e-12 keeps the "
        "logarithm finite). The other channels are spread over the week: n contacts add n * v[k], so they find it with "
        "chance 1 - exp(-n * v[k]).",
        "走访当时一次性增加的风险。一次走访发现问题的机会为v[k]（下限1e-12使对数有限）。其他渠道在一周内均匀分布：n次接"
        "触增加n * v[k]，发现机会为1 - exp(-n * v[k])。",
        (
            Vector({"v": 0.5}, {"shown": 0.6931471806}),
            Vector({"v": 0}, {"shown": 0}),
        ),
    ),
    Equation(
        "detection.moment",
        "r = sum of r over channels; missing = luck - hazard; before_visit = r * (visit - begin) / week; no visit, or "
        "missing <= before_visit: time = begin + missing / r * week; before_visit < missing <= before_visit + shown: "
        "time = visit, by_visit = 1; missing > before_visit + shown: time = begin + (missing - shown) / r * week",
        "When the accumulated hazard passes the luck of the case. Three cases: the other channels find it first, the "
        "visit finds it, or the other channels find it later. 'No visit' means shown = 0; by_visit is 0 in the first "
        "and third. In the first and third case, time = never if r = 0. The problem is detected this week if time < "
        "end and it does not lapse before (detection.lapsed). By rounding, hazard can reach luck in a week whose time "
        "was not below end; next week missing is then 0 or just below, and time is at begin or lies before it by a "
        "rounding error, which the program does not correct. Such a problem is not found while r = 0.",
        "累计风险超过该事项luck值的时间。分三种情况：其他渠道先发现，走访发现，其他渠道在走访之后发现。“没有走访”指"
        "shown = 0。第一、三种情况下by_visit = 0，若r = 0则永不发现。若"
        "time < end且问题未先消失（detection.lapsed），则本周被发现。由于舍入，"
        "可能出现time不小于end而hazard已达到luck的情况；下周missing为0或略小于0，time等于begin或因舍入误差略早于begin，"
        "程序不作修正。此类问题在r = 0期间不会被发现。",
        (
            Vector(
                {"begin": 40, "end": 80, "week": 40, "r": 0.5, "luck": 0.9, "hazard": 0.7},
                {"time": 56, "by_visit": 0},
            ),
            Vector(
                {
                    "begin": 40,
                    "end": 80,
                    "week": 40,
                    "r": 0.5,
                    "luck": 0.9,
                    "hazard": 0.5,
                    "visit": 60,
                    "v": 0.5,
                },
                {"time": 60, "by_visit": 1},
            ),
            Vector(
                {
                    "begin": 40,
                    "end": 80,
                    "week": 40,
                    "r": 0.5,
                    "luck": 1.6,
                    "hazard": 0.5,
                    "visit": 60,
                    "v": 0.5,
                },
                {"time": 72.5482255552, "by_visit": 0},
            ),
        ),
    ),
    Equation(
        "detection.hazard",
        "hazard = hazard + r * (end - begin) / week + shown",
        "After detection.moment, for the whole week whatever happens in it.",
        "在detection.moment之后，按整周累计，与本周结果无关。",
        (
            Vector(
                {"hazard": 0.5, "r": 0.5, "begin": 60, "end": 80, "week": 40, "shown": 0.75}, {"hazard": 1.5}
            ),
        ),
    ),
    Equation(
        "detection.lapsed",
        "gone if lapses < min(time, end); closed = max(lapses, begin)",
        "The problem is gone by itself: undetected, or found again by nobody after an explanation that was not "
        "accepted. At equal times it is detected, not gone. In the second case its work order, if its deadline lies "
        "after start and before closed, counts as due and as reported as completed: it was explained by then.",
        "问题自行消失：一直未被发现，或解释未被接受之后没有再被发现。两个时间相等时算被发现。后一情形下，其工单时限若晚"
        "于start且早于closed，计为到期并上报办结，因为届时已作解释。",
        (Vector({"lapses": 50, "begin": 60}, {"closed": 60}),),
    ),
    Equation(
        "detection.channel",
        "channel = visit if by_visit = 1; else the first channel with u * r < sum of r over the channels up to it",
        "Order: hotline (1), walk-in (2), patrol (3), member, outreach, meeting, neighbour. If rounding leaves none, "
        "the last channel with a hazard above 0 is taken. A case that is found again after an explanation keeps the "
        "time and channel of its first detection and is not counted as detected again; the entry in the event log has "
        "the new channel.",
        "次序：热线（1）、上门（2）、巡查（3）、党员联户、外展、议事会、邻里。因舍入无一满足时，取最后一个风险率大于0的"
        "渠道。解释后重新被发现的事项保留首次发现的时间和渠道，不重复计为发现；办理记录写新渠道。",
        (Vector({"r_hotline": 0.1, "r_walk_in": 0.2, "r_patrol": 0.1, "u": 0.5}, {"channel": 2}),),
    ),
    Equation(
        "detection.report",
        "office = hotline if channel = hotline, else residents' committee of c; vote_rank = votes[c, k]",
        "The case reaches that office at `time`. votes[c, k] is the rank of its class in the last vote of the "
        "community (measurement.votes): the number of classes with fewer votes, 0 without a vote. The case keeps this "
        "rank as its vote_rank (column `votes`) even after later votes; it changes only if the case is found again "
        "after an explanation. Detections by the hotline count as contacts.",
        "事项在time到达该单位。votes[c, k]为上次社区投票中该类别的名次（measurement.votes），即票数更少的类别数，未投票"
        "为0。事项将其记为vote_rank（列名votes），以后的投票不再改变它，只有解释后重新被发现时才更新。经热线发现的计为"
        "来电来件。",
    ),
    Equation(
        "detection.repeat",
        "a call if u < 1 - exp(-repeat_call * s); time of the call = start + week * u2",
        "Each case that is queued, in work or without money as the week begins, where the model has a hotline and "
        "`reporting.hotline` is above 0; cases detected this week or on their way to an office do not call. u is slot "
        "0, u2 slot 1. At most one call a week. It takes place even if the case is closed earlier in the week. The "
        "call is a job of its own at the hotline and takes desk_hours there; the case does not move.",
        "周初排队、办理中或待资金的每一事项，且模式设有热线、reporting.hotline大于0；本周刚发现或正在送往某单位的事项不"
        "再来电。u为0号位，u2为1号位。每周至多一次；即使事项在本周较早时已办结，来电仍会发生。来电作为单独工作进入热线，"
        "占用desk_hours，事项本身不变。",
        (Vector({"repeat_call": 0.5, "s": 0.4}, {"chance": 0.18126924692}),),
    ),
    Equation(
        "detection.filings",
        "filings[c] = floor(max(reporting_quota * grids[c] - found[c], 0)) if patrol_rounds[c] > 0, else 0",
        "Padded reports: what grid workers file beyond what patrols found. found counts the detections by patrol of "
        "this week, cases found again after an explanation included; patrol_rounds is that of last week's plan, as in "
        "detection.patrol. The street office registers the filings next week (arrivals.filed).",
        "凑数上报：网格员在巡查发现之外补报的数量。found为本周由巡查发现的事项数，含解释后重新发现的；patrol_rounds同"
        "detection.patrol，取上周计划。街道（乡镇）下周登记（arrivals.filed）。",
        (
            Vector({"reporting_quota": 2, "grids": 5, "found": 3, "patrol_rounds": 0.5}, {"filings": 7}),
            Vector({"reporting_quota": 1, "grids": 5, "found": 8, "patrol_rounds": 0.5}, {"filings": 0}),
        ),
    ),
)


PROCESS = Process(
    "detection",
    "发现",
    "Channels are independent hazards that add; each contact costs hours; a case not found by any stays undetected.",
    "各发现渠道是相互独立、可相加的风险率；每次接触都花费工时；没有渠道发现的问题一直处于未发现状态。",
    (
        "residents.opinion",
        "residents.expectation",
        "residents.status",
        "residents.age",
        "residents.work",
        "residents.active_share",
        "world.residents",
        "world.households",
        "classes",
        "exposure",
        "plan",
        "visit_from",
        "votes",
        "tie_totals",
        "organisations",
    ),
    (
        "pool.jobs",
        "pool.free",
        "pool.counts",
        "pool.inbox_job",
        "pool.inbox_time",
        "pool.gone",
        "pool.events",
        "filings",
        "row.counters",
    ),
    (
        Draw(
            "detection.channel",
            "case: its address",
            "number of explanations not accepted",
            False,
            "事项：其地址",
            "未被接受的解释次数",
        ),
        Draw(
            "detection.repeat",
            "case: its address",
            "0: u, whether; 1: u2, time",
            True,
            "事项：其地址",
            "0：u，是否来电；1：u2，时间",
        ),
    ),
    run,
    EQUATIONS,
)
