"""Effort: every post splits its week; what is planned elsewhere is not there for the queue.

For community workers and seconded cadres the model plans shares for home visits, calls, training and incubation, plus
the hours of staff at community meetings and of publishing results, where the model publishes them; for grid workers a share for patrols. Offices that answer upward cut all of it
but the patrols by the share of a week's hours that waits as tasks from above. People of a work station do tasks alone.
What is left of each post works on the queue (``rate``). Every hour is booked: planned activity, work in the queue, or
idle.

What the planned hours buy (visits, patrol rounds, contacts, outreach, meetings) is what detection can see with in the
next week.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from govsim.engine import columns as col
from govsim.engine.process import Draw, Process
from govsim.engine.recording import COUNTER, Activity, Source
from govsim.engine.staff import Posts, draw_people
from govsim.scenario.schema import Scenario
from govsim.scenario.schema.governance import GovernanceModel
from govsim.units import PER_1000, WEEKS_PER_MONTH

if TYPE_CHECKING:
    from govsim.engine.state import State


class Plan(NamedTuple):
    """What planned hours buy in one week, by community.

    Shapes are (communities,): visits, rounds through the whole community, hours of outreach, meetings, calls,
    contacts of those who take part with each of their ties (per unit of tie weight), and how much of the hours that
    publishing results takes was spent on it (0-1).
    """

    visits: NDArray[np.float64]
    patrol_rounds: NDArray[np.float64]
    outreach_hours: NDArray[np.float64]
    meetings: NDArray[np.float64]
    calls: NDArray[np.float64]
    neighbour_contacts: NDArray[np.float64]
    publishing: NDArray[np.float64]


def plan_week(
    scenario: Scenario,
    model: GovernanceModel,
    servers: NDArray[np.void],
    posts: Posts,
    present: NDArray[np.bool_],
    tasks_waiting: NDArray[np.float64],
    grids: NDArray[np.float64],
    people: NDArray[np.int64],
    organisation_hours: NDArray[np.float64],
    hours: NDArray[np.float64],
) -> Plan:
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

    spent = hours[:communities, Source.PAID] + hours[:communities, Source.SECONDED]
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
    hours[:communities, Source.ORGANISATION, Activity.OUTREACH] += outreach
    return Plan(
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

    Residents first fill the chairs of the community meetings: a meeting that few attend shows less. Then they look in
    on their ties, as far as the model plans it. Everything supplied is written into ``row.supplied``, counted from posts
    and people and not from what was booked.

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
    row.hours[:communities, Source.VOLUNTEER, Activity.MEETING] += attendance
    row.hours[:communities, Source.VOLUNTEER, Activity.OUTREACH] += looking_in
    ordered, training = counters[:, COUNTER["mandated_hours"]], counters[:, COUNTER["training_hours"]]
    row.hours[:communities, Source.MEMBER, Activity.VISIT] += contact_hours
    row.hours[:communities, Source.MEMBER, Activity.TRAINING] += training
    organisations = (state.organisation_hours + state.place.bought_hours) * helping.organisations
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
    row.supplied[:communities, Source.VOLUNTEER] = given
    row.supplied[:communities, Source.MEMBER] = ordered + contact_hours + training
    row.supplied[:communities, Source.ORGANISATION] = organisations
    row.supplied[:communities, Source.ENTERPRISE] = enterprises


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
        state.reach.grids,
        np.diff(state.world.communities.first_resident),
        state.organisation_hours + state.place.bought_hours,
        state.row.hours,
    )
    state.plan = plan
    state.visit_from[:] = state.visit_next
    state.visit_next[:] = (state.visit_next + plan.visits) % np.maximum(state.reach.visit_round, 1)


def fill_posts(state: State) -> None:
    """Let newcomers into posts whose vacancy is over, and note which staff posts are filled."""
    servers, staff = state.servers, state.posts.staff
    back = np.flatnonzero(staff & (servers["vacant_until"] == state.week))
    if len(back):
        servers["vacant_until"][back] = -1
        servers["hired"][back] = state.week
        draw_people(state.scenario, servers, state.place.addresses, back, state.key)
    state.present[:] = staff & (servers["vacant_until"] < 0)


PROCESS = Process(
    "effort",
    "Each post splits its hours over visits, calls, meetings, publishing, patrols and the queue; hours are conserved.",
    "每个岗位把工时分给走访、动员、会议、结果公开、巡查、培训和办件；工时守恒。",
    (
        "offices",
        "tasks_waiting",
        "reach",
        "world.communities",
        "organisation_hours",
    ),
    (
        "servers",
        "present",
        "row.hours",
        "plan",
        "turns.visit",
        "turns.next_visit",
    ),
    (
        Draw("institutions.person.speed", "?", "?"),
        Draw("institutions.person.susceptibility", "?", "?"),
        Draw("institutions.person.tenure", "?", "?"),
    ),
    run,
)
