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
from govsim.engine.staff import Posts, draw_people
from govsim.engine.state import State
from govsim.scenario.schema import Scenario
from govsim.scenario.schema.governance import Governance
from govsim.units import PER_1000, WEEKS_PER_MONTH


def plan_week(
    scenario: Scenario,
    model: Governance,
    servers: NDArray[np.void],
    posts: Posts,
    present: NDArray[np.bool_],
    tasks_waiting: NDArray[np.float64],
    grids: NDArray[np.float64],
    people: NDArray[np.int64],
    organisation_hours: NDArray[np.float64],
    hours: NDArray[np.float64],
) -> col.PlannedHours:
    """Set the week's ``rate`` of all staff and book their planned hours.

    Parameters
    ----------
    present : shape (servers,)
        Staff posts that are filled.
    tasks_waiting : shape (offices,)
        Hours of tasks from above that wait.
    grids : shape (communities,)
        Number of grids.
    people : shape (communities,)
        Residents at the start.
    hours : shape (offices, sources, activities)
        This week's hour ledger.
    """
    week, handling, detection = scenario.capacity.hours_per_week, scenario.handling, model.detection
    communities, offices, office = len(grids), len(tasks_waiting), posts.office
    supply = np.where(present, posts.fte * week, 0.0)
    cut = np.zeros(offices)
    if model.accountability.answers_to == "upward":
        week_hours = np.bincount(office, supply, offices)
        np.divide(tasks_waiting, week_hours, out=cut, where=week_hours > 0)
        cut = np.minimum(cut, 1.0)
    workers = np.flatnonzero(present & posts.field)
    worker_office = office[workers]
    worker_hours = np.bincount(worker_office, supply[workers], offices)

    frequency = detection.meetings_per_month / WEEKS_PER_MONTH
    wanted, publishing = np.zeros(offices), np.zeros(offices)
    wanted[:communities] = frequency * handling.meeting_hours * handling.meeting_staff
    if model.accountability.publishes_results:
        publishing[:communities] = handling.publishing_hours * PER_1000 * people
    shares = {
        Activity.VISIT: detection.visit_share,
        Activity.CALL: model.mobilisation.call_share,
        Activity.TRAINING: model.capacity.training_share,
        Activity.INCUBATION: model.mobilisation.incubation_share,
    }
    free_share = np.full(offices, max(1.0 - sum(shares.values()), 0.0))
    by_office = {}
    for activity, needed in ((Activity.MEETING, wanted), (Activity.PUBLISHING, publishing)):
        asked = np.divide(needed, worker_hours, out=np.zeros(offices), where=worker_hours > 0)
        by_office[activity] = np.minimum(asked, free_share)
        free_share = free_share - by_office[activity]

    kept = 1.0 - cut
    planned = np.zeros((len(servers), len(Activity)))
    kept_here = kept[worker_office]
    for activity, share in shares.items():
        if share:
            planned[workers, activity] = share * kept_here
    for activity, of_office in by_office.items():
        planned[workers, activity] = (of_office * kept)[worker_office]
    planned[present & posts.patrol, Activity.PATROL] = detection.patrol_share
    rate = np.where(present, posts.fte * (1.0 - planned.sum(axis=1)), 0.0)
    np.copyto(servers["rate"], rate, where=posts.staff)
    np.add.at(hours, (office, posts.source), planned * supply[:, None])

    spent = hours[:communities, HourSource.PAID] + hours[:communities, HourSource.SECONDED]
    meetings = np.zeros(communities)
    full = wanted[:communities] > 0
    meetings[full] = frequency * spent[full, Activity.MEETING] / wanted[:communities][full]
    needed = publishing[:communities]
    done = np.divide(spent[:, Activity.PUBLISHING], needed, out=np.zeros(communities), where=needed > 0)
    outreach = (
        organisation_hours * detection.outreach_share
        if model.resolution.organisations
        else np.zeros(communities)
    )
    hours[:communities, HourSource.ORGANISATION, Activity.OUTREACH] += outreach
    return col.PlannedHours(
        spent[:, Activity.VISIT] / handling.visit_hours,
        np.divide(
            spent[:, Activity.PATROL],
            grids * handling.patrol_hours,
            out=np.zeros(communities),
            where=grids > 0,
        ),
        outreach,
        meetings,
        spent[:, Activity.CALL] / handling.call_hours,
        np.zeros(communities),
        done,
    )


def offer_hours(state: State, contact_hours: NDArray[np.float64]) -> None:
    """Turn the hours that people and organisations give this week into rates of the helpers' places, and book the rest.

    Equations participation.attendance to participation.supplied. Everything supplied is written into ``row.supplied``,
    counted from posts and people and not from what was booked.

    Parameters
    ----------
    contact_hours : shape (communities,)
        Hours of members' contacts.
    """
    scenario, model, plan, posts, row = state.scenario, state.model, state.plan, state.posts, state.row
    week, handling, helping = state.hours_per_week, scenario.handling, model.resolution
    counters, communities = row.counters, state.communities
    given = counters[:, COUNTER["self_started_hours"]] + counters[:, COUNTER["called_hours"]]
    chairs = plan.meetings * handling.meeting_hours
    attendance = np.minimum(given, chairs * handling.meeting_residents)
    np.divide(attendance, chairs, out=state.attendance, where=chairs > 0)
    plan.meetings[:] *= (
        state.attendance / handling.meeting_residents if handling.meeting_residents > 0 else 0.0
    )
    looking_in = (given - attendance) * model.detection.neighbour_share
    if model.detection.neighbour_share > 0.0:
        active_ties = state.residents.active_share * state.tie_totals
        ties = np.bincount(state.world.residents.community, active_ties, communities)
        looking_in[ties <= 0.0] = 0.0
        np.divide(looking_in / handling.contact_hours, ties, out=plan.neighbour_contacts, where=ties > 0)
    state.given[:] = given - attendance - looking_in
    row.hours[:communities, HourSource.VOLUNTEER, Activity.MEETING] += attendance
    row.hours[:communities, HourSource.VOLUNTEER, Activity.OUTREACH] += looking_in
    ordered, training = counters[:, COUNTER["mandated_hours"]], counters[:, COUNTER["training_hours"]]
    row.hours[:communities, HourSource.MEMBER, Activity.VISIT] += contact_hours
    row.hours[:communities, HourSource.MEMBER, Activity.TRAINING] += training
    organisations = (state.organisation_hours + state.establishment.bought_hours) * helping.organisations
    enterprises = state.enterprise_hours * helping.enterprises
    offered = {
        col.VOLUNTEERS: state.given,
        col.ORDERED_MEMBERS: ordered,
        col.ORGANISATIONS: organisations - plan.outreach_hours,
        col.ENTERPRISES: enterprises,
    }
    rate = state.servers["rate"]
    for kind, amount in offered.items():
        at, number = posts.places[kind]
        where, places = posts.office[at], len(at) // communities
        opened = np.minimum(
            np.maximum(np.ceil(amount / scenario.organisations.working_places.least_hours), 1), places
        )
        shared = (amount / (opened * week))[where]
        rate[at] = np.where(number < opened[where], shared, 0.0)
    staff = np.where(state.present, posts.fte, 0.0) * week
    np.add.at(row.supplied, (posts.office, posts.source), staff)
    row.supplied[:communities, HourSource.VOLUNTEER] = given
    row.supplied[:communities, HourSource.MEMBER] = ordered + contact_hours + training
    row.supplied[:communities, HourSource.ORGANISATION] = organisations
    row.supplied[:communities, HourSource.ENTERPRISE] = enterprises


def run(state: State) -> None:
    """Fill posts, split their week and book what is planned."""
    fill_posts(state)
    plan = plan_week(
        state.scenario,
        state.model,
        state.servers,
        state.posts,
        state.present,
        state.tasks_waiting,
        state.exposure.grids,
        np.diff(state.world.communities.first_resident),
        state.organisation_hours + state.establishment.bought_hours,
        state.row.hours,
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
