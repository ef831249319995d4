"""Effort: every post splits its week; what is planned elsewhere is not there for the queue.

First posts whose vacancy is over get a newcomer. Then the hours of community workers and seconded cadres are planned: the
shares of visits, calls, training and incubation are of the hours of both. Meetings take what is left of them, then publishing.
Grid workers patrol. Offices that answer upward cut all of it but the patrols by the tasks from higher offices that wait;
people of a work station do those tasks alone. What is left of each post works on the queue. Every hour is booked: planned
activity, work in the queue, or idle.

What the planned hours buy is what detection can see with in the next week, and the calls and meetings of participation in this
one. Its equations follow; what becomes of the hours of residents stands with participation.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from govsim.engine import columns as col
from govsim.engine.process import Draw, Equation, Process, Vector
from govsim.engine.recording import COUNTER, Activity, HourSource
from govsim.engine.rules import UPWARD, EffortRule
from govsim.engine.staff import Posts, draw_people
from govsim.engine.state import State
from govsim.kernels import kernel, part
from govsim.units import PER_1000

_PATROL, _VISIT, _MEETING, _CALL = (
    int(Activity.PATROL),
    int(Activity.VISIT),
    int(Activity.MEETING),
    int(Activity.CALL),
)
_TRAINING, _INCUBATION, _PUBLISHING = (
    int(Activity.TRAINING),
    int(Activity.INCUBATION),
    int(Activity.PUBLISHING),
)
_OUTREACH = int(Activity.OUTREACH)
_PAID, _SECONDED, _MEMBER = int(HourSource.PAID), int(HourSource.SECONDED), int(HourSource.MEMBER)
_VOLUNTEER, _ORGANISATION, _ENTERPRISE = (
    int(HourSource.VOLUNTEER),
    int(HourSource.ORGANISATION),
    int(HourSource.ENTERPRISE),
)
_SELF_HOURS, _CALLED_HOURS = COUNTER["self_started_hours"], COUNTER["called_hours"]
_ORDERED_HOURS, _TRAINING_HOURS = COUNTER["mandated_hours"], COUNTER["training_hours"]
_HELPERS = (col.VOLUNTEERS, col.ORDERED_MEMBERS, col.ORGANISATIONS, col.ENTERPRISES)
"""Kinds of helpers, in the order of their numbers."""


@kernel
def plan_week(
    servers: NDArray[np.void],
    posts: Posts,
    present: NDArray[np.bool_],
    tasks_waiting: NDArray[np.float64],
    grids: NDArray[np.float64],
    first_resident: NDArray[np.uint32],
    organisation_hours: NDArray[np.float64],
    rule: EffortRule,
    hours: NDArray[np.float64],
    plan: col.PlannedHours,
) -> None:
    """Set the week's ``rate`` of all staff, book their planned hours, and write what these buy.

    Parameters
    ----------
    present : shape (servers,)
        Staff posts that are filled.
    tasks_waiting : shape (offices,)
        Hours of tasks from above that wait.
    grids, organisation_hours : shape (communities,)
        Number of grids, and hours that organisations give.
    first_resident : shape (communities + 1,)
        Of the residents at the start.
    hours : shape (offices, sources, activities)
        This week's hour ledger.
    """
    offices, communities, week = tasks_waiting.shape[0], grids.shape[0], rule.hours_per_week
    supply, worker_hours, kept = np.zeros(offices), np.zeros(offices), np.ones(offices)
    meeting_share, publishing_share, to_publish = np.zeros(offices), np.zeros(offices), np.zeros(offices)
    for server in range(present.shape[0]):
        if present[server]:
            here = posts.office[server]
            supply[here] += posts.fte[server] * week
            worker_hours[here] += posts.fte[server] * week if posts.field[server] else 0.0
    shared = rule.visit_share + rule.call_share + rule.training_share + rule.incubation_share
    to_meet = rule.meetings * rule.meeting_hours * rule.meeting_staff
    for here in range(offices):
        if rule.answers_to == UPWARD and supply[here] > 0.0:
            kept[here] = 1.0 - min(tasks_waiting[here] / supply[here], 1.0)
        if here < communities and worker_hours[here] > 0.0:
            free = max(1.0 - shared, 0.0)
            meeting_share[here] = min(to_meet / worker_hours[here], free)
            free -= meeting_share[here]
            if rule.publishes_results:
                people = np.int64(first_resident[here + 1] - first_resident[here])
                to_publish[here] = rule.publishing_hours * PER_1000 * people
            publishing_share[here] = min(to_publish[here] / worker_hours[here], free)
    for server in range(present.shape[0]):
        here, fte = posts.office[server], posts.fte[server]
        if present[server]:
            on_field = kept[here] if posts.field[server] else 0.0
            visits, calls = rule.visit_share * on_field, rule.call_share * on_field
            training, incubation = rule.training_share * on_field, rule.incubation_share * on_field
            meeting, publishing = meeting_share[here] * on_field, publishing_share[here] * on_field
            patrol = rule.patrol_share if posts.patrol[server] else 0.0
            # in the order in which NumPy adds up a row of activities
            planned = (patrol + visits) + (meeting + calls) + training + incubation + publishing
            servers[server].rate = fte * (1.0 - planned)
            source = posts.source[server]
            hours[here, source, _PATROL] += patrol * (fte * week)
            hours[here, source, _VISIT] += visits * (fte * week)
            hours[here, source, _MEETING] += meeting * (fte * week)
            hours[here, source, _CALL] += calls * (fte * week)
            hours[here, source, _TRAINING] += training * (fte * week)
            hours[here, source, _INCUBATION] += incubation * (fte * week)
            hours[here, source, _PUBLISHING] += publishing * (fte * week)
        elif posts.staff[server]:
            servers[server].rate = 0.0
    for c in range(communities):
        plan.visits[c] = _spent(hours, c, _VISIT) / rule.visit_hours
        plan.calls[c] = _spent(hours, c, _CALL) / rule.call_hours
        if grids[c] > 0.0:
            plan.patrol_rounds[c] = _spent(hours, c, _PATROL) / (grids[c] * rule.patrol_hours)
        if to_meet > 0.0:
            plan.meetings[c] = rule.meetings * _spent(hours, c, _MEETING) / to_meet
        if to_publish[c] > 0.0:
            plan.publishing[c] = _spent(hours, c, _PUBLISHING) / to_publish[c]
        if rule.organisations:
            plan.outreach_hours[c] = organisation_hours[c] * rule.outreach_share
            hours[c, _ORGANISATION, _OUTREACH] += plan.outreach_hours[c]


@part
def _spent(hours: NDArray[np.float64], office: int, activity: int) -> float:
    """Return the hours of paid and seconded staff of an office on an activity."""
    return hours[office, _PAID, activity] + hours[office, _SECONDED, activity]


@kernel
def offer_hours(
    servers: NDArray[np.void],
    posts: Posts,
    present: NDArray[np.bool_],
    given: NDArray[np.float64],
    attendance: NDArray[np.float64],
    ties: NDArray[np.float64],
    contact_hours: NDArray[np.float64],
    organisation_hours: NDArray[np.float64],
    enterprise_hours: NDArray[np.float64],
    rule: EffortRule,
    counters: NDArray[np.float64],
    hours: NDArray[np.float64],
    supplied: NDArray[np.float64],
    plan: col.PlannedHours,
) -> None:
    """Turn the hours that people and organisations give this week into rates of the helpers' places, and book the rest.

    Equations participation.attendance to participation.supplied. Everything supplied is written into ``supplied``,
    counted from posts and people and not from what was booked.

    Parameters
    ----------
    given, attendance : shape (communities,)
        Receive the voluntary hours that are left for cases, and residents at meetings.
    ties : shape (communities,)
        Summed weight of ties to people who take part.
    contact_hours : shape (communities,)
        Hours of members' contacts.
    organisation_hours, enterprise_hours : shape (communities,)
        Hours they give.
    supplied : shape (offices, sources)
    """
    communities, week, least, kinds = given.shape[0], rule.hours_per_week, rule.least_hours, len(_HELPERS)
    opened, share = np.empty((communities, kinds)), np.empty((communities, kinds))
    for server in range(present.shape[0]):
        if present[server]:
            supplied[posts.office[server], posts.source[server]] += posts.fte[server] * week
    for c in range(communities):
        voluntary = counters[c, _SELF_HOURS] + counters[c, _CALLED_HOURS]
        chairs = plan.meetings[c] * rule.meeting_hours
        attended = min(voluntary, chairs * rule.meeting_residents)
        if chairs > 0.0:
            attendance[c] = attended / chairs
        plan.meetings[c] *= attendance[c] / rule.meeting_residents if rule.meeting_residents > 0.0 else 0.0
        looking_in = (voluntary - attended) * rule.neighbour_share
        if rule.neighbour_share > 0.0:
            looking_in = looking_in if ties[c] > 0.0 else 0.0
            plan.neighbour_contacts[c] = looking_in / rule.contact_hours / ties[c] if ties[c] > 0.0 else 0.0
        given[c] = voluntary - attended - looking_in
        hours[c, _VOLUNTEER, _MEETING] += attended
        hours[c, _VOLUNTEER, _OUTREACH] += looking_in
        hours[c, _MEMBER, _VISIT] += contact_hours[c]
        hours[c, _MEMBER, _TRAINING] += counters[c, _TRAINING_HOURS]
        organisations = organisation_hours[c] * rule.organisations
        enterprises = enterprise_hours[c] * rule.enterprises
        ordered = counters[c, _ORDERED_HOURS]
        for kind, amount in enumerate(
            (given[c], ordered, organisations - plan.outreach_hours[c], enterprises)
        ):
            opened[c, kind] = min(max(np.ceil(amount / least), 1.0), np.float64(posts.places[kind]))
            share[c, kind] = amount / (opened[c, kind] * week)
        supplied[c, _VOLUNTEER] = voluntary
        supplied[c, _MEMBER] = ordered + contact_hours[c] + counters[c, _TRAINING_HOURS]
        supplied[c, _ORGANISATION] = organisations
        supplied[c, _ENTERPRISE] = enterprises
    for server in range(present.shape[0]):
        if not posts.staff[server]:
            c, kind = posts.office[server], int(np.int64(servers[server].post)) - _HELPERS[0]
            servers[server].rate = share[c, kind] if posts.number[server] < opened[c, kind] else 0.0


def run(state: State) -> None:
    """Fill posts, split their week and book what is planned."""
    fill_posts(state)
    plan = col.PlannedHours(*np.zeros((len(col.PlannedHours._fields), state.communities)))
    plan_week(
        state.servers,
        state.posts,
        state.present,
        state.tasks_waiting,
        state.exposure.grids,
        state.world.communities.first_resident,
        state.organisation_hours + state.establishment.bought_hours,
        state.rules.effort,
        state.row.hours,
        plan,
    )
    state.plan = plan
    state.visit_from[:] = state.visit_next
    state.visit_next[:] = (state.visit_next + plan.visits) % np.maximum(state.exposure.visit_round, 1)


def fill_posts(state: State) -> None:
    """Let newcomers into posts whose vacancy is over, and note which staff posts are filled."""
    servers, staff = state.servers, state.posts.staff
    back = np.flatnonzero(staff & (servers["vacant_until"] == state.week))
    if len(back):
        servers["vacant_until"][back] = -1
        servers["hired"][back] = state.week
        draw_people(state.scenario, servers, state.establishment.addresses, back, state.key)
    state.present[:] = staff & (servers["vacant_until"] < 0)


EQUATIONS = (
    Equation(
        "effort.newcomer",
        "speed = 1 + speed_spread * (2 * u - 1); susceptibility = 1 + burnout_spread * (2 * u - 1); skill = "
        "newcomer_skill; "
        "burnout = 0; hired = week; vacant_until = -1",
        "Each staff post whose vacant_until is this week, before hours are planned. Speed and susceptibility "
        "have draws of "
        "their own. At the start of a run every post has a person likewise, but with `workforce.skill` and "
        "hired = -1 - floor(2 * tenure * 52 * u).",
        "本周空缺期满（vacant_until等于本周）的每个岗位，在安排工时之前。速度与易感性各有随机数。"
        "开始时每个岗位同样抽取一人，"
        "但技能为workforce.skill，hired = -1 - floor(2 * tenure * 52 * u)。",
        (Vector({"speed_spread": 0.2, "u": 0.75}, {"speed": 1.1}),),
    ),
    Equation(
        "effort.present",
        "present = vacant_until < 0",
        "Each staff post; a post is filled or empty for whole weeks.",
        "每个工作人员岗位；岗位按整周计为在岗或空缺。",
        (),
    ),
    Equation(
        "effort.cut",
        "cut = min(tasks_waiting / supply, 1) if the model answers upward and supply > 0, else 0",
        "Each office. tasks_waiting is hours of tasks from higher offices, as measurement counted them last "
        "week; supply is "
        "fte * week over its filled posts of all kinds.",
        "每个机构。tasks_waiting为上周测量得出的待办上级任务工时；supply为所有在岗岗位的fte乘以一周工时。",
        (Vector({"tasks_waiting": 30, "supply": 120}, {"cut": 0.25}),),
    ),
    Equation(
        "effort.shares",
        "free = max(1 - visit_share - call_share - training_share - incubation_share, 0)",
        "Field workers: filled posts of community workers and seconded cadres, but those who work at a station "
        "on tasks alone. "
        "These four shares are of their hours.",
        "一线人员：在岗的社区工作者与下沉干部，专办上级任务的工作站人员除外。四个比例均为其工时的比例。",
        (),
    ),
    Equation(
        "effort.meeting",
        "meeting_share = min(meetings_per_month * 12 / 52 * meeting_hours * meeting_staff / worker_hours, free)",
        "Each community; 0 where worker_hours, the hours of its field workers, are 0.",
        "每个社区；worker_hours为本社区一线人员工时，为0时取0。",
        (
            Vector(
                {
                    "meetings_per_month": 1,
                    "meeting_hours": 2.6,
                    "meeting_staff": 2,
                    "worker_hours": 60,
                    "free": 0.8,
                },
                {"meeting_share": 0.02},
            ),
        ),
    ),
    Equation(
        "effort.publishing",
        "publishing_share = min(publishing_hours * residents / 1000 / worker_hours, free - meeting_share)",
        "Each community where the model publishes results, else 0. `residents` is their number at the start of "
        "the run. In the "
        "example `free` is what meetings left.",
        "公开结果的模式下的每个社区，否则为0。residents为开始时的居民数。示例中的free为扣除会议之后。",
        (
            Vector(
                {"publishing_hours": 0.5, "residents": 3600, "worker_hours": 120, "free": 0.8},
                {"publishing_share": 0.015},
            ),
        ),
    ),
    Equation(
        "effort.planned",
        "hours[activity] = share[activity] * (1 - cut) * fte * week for field workers; "
        "hours[patrol] = patrol_share * fte * week for grid workers",
        "Each filled post, booked to its office under whose hours they are (paid or seconded). Patrols are not "
        "cut. Street "
        "officials, clerks, operators and station staff plan nothing.",
        "每个在岗岗位，记入所在机构并区分本级与下沉工时。巡查不削减。街道、部门、热线和工作站人员不作安排。",
        (Vector({"share": 0.2, "cut": 0.25, "fte": 0.5, "week": 40}, {"hours": 3}),),
    ),
    Equation(
        "effort.rate",
        "rate = fte * (1 - planned); rate = 0 where the post is empty",
        "Each staff post: what is left for the queue. `planned` is the sum of its shares after the cut.",
        "每个工作人员岗位：留给排队事项的部分。planned为削减后各比例之和。",
        (Vector({"fte": 0.5, "planned": 0.3}, {"rate": 0.35}),),
    ),
    Equation(
        "effort.visits",
        "visits = hours[visit] / visit_hours",
        "Each community, from hours booked by paid and seconded staff this week; likewise in the equations that "
        "follow. Detection "
        "sees with it next week.",
        "每个社区，按本周本级与下沉人员登记的工时计；以下各式相同。下周的发现过程使用。",
        (Vector({"hours": 12, "visit_hours": 0.75}, {"visits": 16}),),
    ),
    Equation(
        "effort.patrol_rounds",
        "patrol_rounds = hours[patrol] / (grids * patrol_hours)",
        "Each community; 0 where there is no grid. One round goes through all its grids.",
        "每个社区；没有网格时为0。一轮走遍所有网格。",
        (Vector({"hours": 48, "grids": 6, "patrol_hours": 4}, {"patrol_rounds": 2}),),
    ),
    Equation(
        "effort.calls",
        "calls = hours[call] / call_hours",
        "Each community; participation makes them this week.",
        "每个社区；本周参与过程中使用。",
        (Vector({"hours": 0.75, "call_hours": 0.1}, {"calls": 7.5}),),
    ),
    Equation(
        "effort.meetings",
        "meetings = meetings_per_month * 12 / 52 * hours[meeting] / (meetings_per_month * 12 / 52 * "
        "meeting_hours * meeting_staff)",
        "Each community where the model plans meetings, else 0. participation.attendance reduces it to the attendance.",
        "安排会议的模式下的每个社区，否则为0。随后参与过程按到会人数调减。",
        (),
    ),
    Equation(
        "effort.published",
        "p = hours[publishing] / (publishing_hours * residents / 1000)",
        "Each community where the model publishes results, else 0: the share of the hours of publishing that "
        "was spent.",
        "公开结果的模式下的每个社区，否则为0：结果公开所需工时的实际投入比例。",
        (),
    ),
    Equation(
        "effort.outreach",
        "outreach_hours = (organisation_hours + bought_hours) * outreach_share if the model lets organisations "
        "help, else 0",
        "Each community; booked to organisations. organisation_hours as institutions left them last week, "
        "bought_hours those that "
        "the purchase of services pays.",
        "每个社区；记入组织工时。organisation_hours为上周institutions的结果，bought_hours为购买服务所得工时。",
        (),
    ),
    Equation(
        "effort.visit_turn",
        "visit_from = next_visit; next_visit = (next_visit + visits) mod max(visit_round, 1)",
        "Each community: where this week's visits begin in the list of households that the model visits, and where next week's "
        "do. visit_round is the length of the list (detection.round). Both start at 0 and may be fractions. If the list "
        "changes, they stay and the modulo brings them back into it. visit_from is the `turn` of detection next week.",
        "每个社区：本周走访在走访名单中的起点，以及下周的起点。visit_round为名单长度（见detection.round）。两者初始为0，可为小数。"
        "名单变化时两者保留，取余后回到名单之内。visit_from即下周detection中的turn。",
        (Vector({"next_visit": 95.5, "visits": 16, "visit_round": 100}, {"next_visit": 11.5}),),
    ),
)


PERSON_DRAWS = (
    Draw(
        "institutions.person.speed",
        "person: post (office, kind, number), number of the person in it",
        "0: speed",
        False,
        "人员：岗位（单位、类别、序号）、该岗位第几任",
        "0：速度",
    ),
    Draw(
        "institutions.person.susceptibility",
        "person: post (office, kind, number), number of the person in it",
        "0: susceptibility to burnout",
        False,
        "人员：岗位（单位、类别、序号）、该岗位第几任",
        "0：倦怠易感性",
    ),
    Draw(
        "institutions.person.tenure",
        "post: office, kind, number",
        "0: years in post at the start",
        False,
        "岗位：单位、类别、序号",
        "0：开始时的任职年限",
    ),
)
"""Draws of :func:`govsim.engine.staff.draw_people`."""

PROCESS = Process(
    "effort",
    "工时分配",
    "Each post splits its hours over visits, calls, meetings, publishing, patrols and the queue; hours are conserved.",
    "每个岗位把工时分给走访、动员、会议、结果公开、巡查、培训和办件；工时守恒。",
    (
        "offices",
        "posts",
        "establishment",
        "tasks_waiting",
        "exposure",
        "world.communities",
        "organisation_hours",
    ),
    (
        "servers",
        "present",
        "row.hours",
        "plan",
        "visit_from",
        "visit_next",
    ),
    PERSON_DRAWS,
    run,
    EQUATIONS,
)
