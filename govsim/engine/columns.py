"""The state of a run: residents as columns; jobs, servers, offices and classes as typed records.

Residents are visited all at once, so each attribute is an array of its own. Jobs (cases, tasks from above, seats at joint
meetings, repeated calls) and servers are visited one at a time by the event queue, so one row of them lies together
in memory; ``jobs["severity"]`` is still a column for numpy and for people.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from govsim.engine.recording import NEVER
from govsim.kernels import part
from govsim.world.columns import Hazard

LAID_OFF_BIT = 2 * int(Hazard.FARMLAND)
ELDERLY_BIT = 2 * LAID_OFF_BIT
"""Bits of what households are exposed to, beside the world's hazard zones."""

JOB = np.dtype(
    [
        # what the weekly passes over all jobs look at: one line of the processor's cache
        ("kind", "u1"),  # what the record holds
        ("state", "u1"),  # where it stands
        ("stage", "u1"),  # what it waits for or is worked on for
        ("overdue", "u1"),  # waiting far too long has been felt
        ("unclear", "u1"),  # no office is clearly competent
        ("accepted", "u1"),  # a joint meeting made the department take it
        ("convened", "u1"),  # a joint meeting was summoned
        ("reopened", "u1"),  # explanations that were not accepted
        ("detected", "f8"),  # when it first came to light
        ("lapses", "f8"),  # goes away by itself unless it is taken up before
        ("first_handled", "f8"),  # when work on it began
        ("problem_class", "i8"),  # index of the class
        ("entity", "u8"),  # address of its draws
        ("community", "i8"),
        ("severity", "f4"),  # 0-1
        ("household", "u4"),  # whose problem it is
        # what its queue looks at
        ("rank", "f8"),  # place on the agenda, smallest first
        ("number", "i8"),  # running number of the problem, equal under every governance model
        ("left", "i4"),  # children in the agenda heap
        ("right", "i4"),
        ("office", "i8"),
        ("shared_left", "f8"),  # hours of the co-producible part still to do
        ("staff_left", "f8"),  # hours of the rest still to do
        ("handler", "i4"),  # the competent office that took it on
        ("sender", "i4"),  # office that passed it on
        ("explained_from", "f8"),  # from then on an office that takes it up answers with an explanation
        # what few steps need
        ("onset", "f8"),  # when the problem arose
        ("hazard", "f8"),  # accumulated hazard of detection ...
        ("luck", "f8"),  # ... detected when it passes this unit-exponential draw
        ("resident", "u4"),  # adult of it who reports and is called back
        ("votes", "u4"),  # rank of its class in the last vote: number of classes with fewer votes
        ("queued", "f8"),  # joined the queue it stands in
        ("competent", "f8"),  # when it reached the competent office
        ("funded", "f8"),  # when its money was paid
        ("closed", "f8"),  # when it was resolved, explained or withdrawn
        ("effort", "f8"),  # hours of skilled work it needs
        ("money", "f8"),  # yuan it needs
        ("skilled", "f8"),  # hours worked times skill
        ("hours_government", "f8"),  # hours staff worked on it
        ("hours_members", "f8"),  # hours of ordered service
        ("hours_residents", "f8"),  # hours of volunteers
        ("hours_organisations", "f8"),  # hours of organisations
        ("hours_enterprises", "f8"),  # hours of enterprises
        ("recurrence", "u2"),
        ("hops", "u1"),  # offices it was passed on by
        ("refusals", "u1"),  # times a department refused it
        ("channel", "u1"),  # how it came to light
        ("recurs", "u1"),  # will come back
        ("age", "u1"),  # of the resident when it arose
        ("work", "u1"),  # likewise
        ("outcome", "u1"),
    ],
    align=True,
)

ANY, COMMUNITY, STREET, DEPARTMENT = range(4)
"""Ranks of tiers that resolve a class."""

FREE, CASE, TASK, SEAT, REPEAT_CALL = range(5)
"""Kinds of job."""

PENDING, LATENT, SENT, QUEUED, SERVED, UNFUNDED, GONE = range(7)
"""States of a job. SENT: on its way to an office; GONE: withdrawn, its place in a queue not yet given up."""

AT_DESK, INTAKE, SHARED, WORK, CONVENING, EXPLAINING = range(6)
"""Stages: desk contact, registration at an office on the way, co-producible part, the rest, joint meeting, explanation."""

BYTE_FULL = 255
"""Where counts of one byte stop."""

BYTE_BITS = 8

SERVER = np.dtype(
    [
        # what a job looks at that needs somebody
        ("job", "i8"),
        ("rate", "f8"),  # share of the clock this week for the queue
        ("since", "f8"),  # when it was last looked at, in working hours
        ("takes", "u4"),  # bit k: may work on the co-producible part of class k; staff take everything
        ("post", "u1"),  # kind of post
        ("source", "u1"),  # whose hours they are
        ("staff", "u1"),  # 1 for people in posts, 0 for places of helpers
        ("duty", "u1"),  # what somebody in an office with a work station works on
        ("office", "i8"),
        ("remaining", "f8"),  # hours still to work on the job in hand
        ("booked", "f8"),  # hours of this week already in the ledger
        ("speed", "f8"),  # factor on hours, 1 is average
        # what becomes of people
        ("fte", "f8"),  # full-time posts, as granted
        ("skill", "f8"),  # quality of work, 0-1
        ("burnout", "f8"),  # 0-1
        ("susceptibility", "f8"),  # factor on the growth of burnout
        ("hired", "i8"),  # week in which the person came, negative before the run
        ("vacant_until", "i4"),  # week in which the post is filled again, -1 filled
        ("person", "i4"),  # number of the person in the post
        ("leaving", "u1"),  # gone since the last week; a job in hand goes back to the queue
    ],
    align=True,
)

(
    COMMUNITY_WORKER,
    GRID_WORKER,
    STREET_OFFICIAL,
    CLERK,
    OPERATOR,
    SECONDED_CADRE,
    VOLUNTEERS,
    ORDERED_MEMBERS,
    ORGANISATIONS,
    ENTERPRISES,
) = range(10)
"""Posts. The last four are not people but places at which hours that a community is offered are worked."""

EVERYTHING, TASKS_ONLY, CASES_ONLY = range(3)
"""Duties of a server."""

OFFICE = np.dtype(
    [
        ("fund", "f8"),  # yuan
        ("spent", "f8"),  # yuan in this week
        ("waiting", "f8"),  # hours of work in its queues
        ("idle", "i8"),  # servers without a job
        ("first_department", "i4"),  # first department of the district, -1 for departments and the desk
        ("district", "i4"),  # -1 for the desk
        ("compliance", "f8"),  # of departments with a summons from here
        ("listing", "f8"),  # compliance with the list of tasks that this office admits
        ("first_server", "i8"),
        ("servers", "i8"),
        ("helpers", "i8"),  # of those, the first ones are places of helpers
        ("parent", "i8"),  # office one tier up, -1 none
        ("community", "i8"),
        ("street", "i4"),
        ("level", "u1"),
        ("station", "u1"),  # has a work station: tasks from above are its people's alone
    ],
    align=True,
)

CLASS = np.dtype(
    [
        ("rate", "f8"),  # per exposed household and week
        ("severity_low", "f8"),
        ("severity_high", "f8"),
        ("effort", "f8"),
        ("effort_sigma", "f8"),
        ("money", "f8"),
        ("money_sigma", "f8"),
        ("report_rate", "f8"),  # per week, of the urge to report
        ("patrol", "f8"),  # chance that a patrol sees it
        ("visit", "f8"),  # chance that a visit shows it
        ("meeting", "f8"),  # chance that a meeting raises it
        ("coproducible", "f8"),  # share of the effort
        ("substitutability", "f8"),  # staff hours per hour of a helper
        ("recurrence", "f8"),  # share that comes back after good work
        ("lapse_rate", "f8"),  # per week
        ("ambiguity", "f8"),  # share that is unclear
        ("patience", "f8"),  # working hours
        ("deadline", "f8"),  # working hours
        ("department", "i8"),  # number inside a district, -1 none
        ("exposed", "u1"),  # bit of the household mask
        ("effort_shape", "u1"),
        ("level", "u1"),  # competent tier as a rank: 0 any office, 1 community, 2 street, 3 department
        ("resolves", "u1"),  # tier that resolves it under this governance model
        ("problem", "u1"),  # 1 but for questions
    ],
    align=True,
)


CANDIDATE = np.dtype(
    [
        ("number", "i8"),
        ("onset", "f8"),
        ("effort", "f8"),
        ("money", "f8"),
        ("mark", "f8"),  # arises where this times the ceiling is below the present factor on the rate
        ("severity", "f8"),
        ("household", "i8"),
        ("problem_class", "i8"),
    ]
)
"""What could arise in a week, whatever the condition of infrastructure; equal under every governance model."""

COMPLETION = np.dtype([("time", "f8"), ("server", "i8")])

ORGANISATION = np.dtype(
    [
        ("kind", "u1"),  # govsim.world.columns.OrganisationKind
        ("community", "i4"),  # -1 works district-wide
        ("strength", "f8"),  # share of its full hours, 0 when dissolved
        ("credibility", "f8"),
        ("founded", "i4"),  # week, -1 before the run
    ]
)

EVENT = np.dtype(
    [
        ("case", "i8"),
        ("time", "f8"),
        ("hours", "f4"),
        ("office", "i2"),
        ("recurrence", "u2"),
        ("what", "u1"),
        ("source", "u1"),
        ("channel", "u1"),
        ("week", "u2"),
    ],
    align=True,
)
EVENTS_PER_JOB = 64
"""Room for what happens to one job in a week; a refusal and its return take two intakes of a working week."""

NOBODY = 255
"""Source of an event that took nobody's hours."""

FREE_TOP, NEXT_CASE, NEXT_TASK, PLANNED, CLOSED, OUT_OF_ROOM, USED, EVENTS, COUNTS = range(9)
"""Places in ``counts``: free job records, number of the next problem and of the next task, completions in the calendar,
closings this week, a flag that a table of the week ran out, job records ever used, and events noted this week. COUNTS
is how many there are."""


CHILD, ADULT, ACTIVE = 0, 2, 1
"""Bits of what neighbours see of a resident; who has left is seen as a child."""

LOCAL_TIERS = 1 + 2
"""Tiers of local government: community, street and district; the fourth one that people trust is the centre."""

TIERS = LOCAL_TIERS + 1


@part
def in_tier(trust: NDArray[np.float32], resident: int, tier: int) -> float:
    """Return a resident's trust in a tier, from an array that holds one resident after the other."""
    return np.float64(trust[np.uint64(resident) * np.uint64(TIERS) + np.uint64(tier)])


NOTHING_LEARNT = -1.0
"""Stands for a share where there was nothing to learn from."""


class ResidentState(NamedTuple):
    """What changes about residents, beside the world's fixed columns; every array has shape (residents,)."""

    status: NDArray[np.uint8]  # what neighbours see: bit 1 adult, bit 0 took part this week
    opinion: NDArray[np.float32]
    trust: NDArray[np.float32]  # (residents, 4): what own experience says of each tier
    expectation: NDArray[np.float32]
    satisfaction: NDArray[np.float32]
    efficacy: NDArray[np.float32]
    habit: NDArray[np.float32]
    fatigue: NDArray[np.float32]
    hours_given: NDArray[np.float64]
    registered: NDArray[np.uint8]
    called: NDArray[np.uint8]
    needed_call: NDArray[np.uint8]
    weeks_active: NDArray[np.uint16]
    last_active: NDArray[np.int16]
    age: NDArray[np.uint8]
    work: NDArray[np.uint8]  # govsim.world.Work
    enrolled: NDArray[np.uint8]  # on duty for ordered service by rule
    activity: NDArray[np.float32]  # chance that somebody on duty who is not tired comes
    times_called: NDArray[np.uint16]
    first_active: NDArray[np.int16]
    left: NDArray[np.int16]  # week in which the resident left the district, -1 who is there
    active_share: NDArray[np.float32]  # weighted active share of the ties, last week
    heard: NDArray[np.float32]  # weighted mean opinion of the ties, last week; negative without ties


class PlannedHours(NamedTuple):
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


class WeekSpan(NamedTuple):
    """The week that runs, in working hours since the start of the run."""

    number: int
    start: float
    end: float
    hours: float  # of a full post


class Inbox(NamedTuple):
    """Jobs that reach an office this week: their records, when, and how many there are."""

    job: NDArray[np.int64]
    time: NDArray[np.float64]
    sent: int


def new_jobs(count: int) -> NDArray[np.void]:
    """Return ``count`` free job records."""
    jobs = np.zeros(count, JOB)
    for stamp in ("detected", "first_handled", "competent", "funded", "closed"):
        jobs[stamp] = NEVER
    jobs["left"] = jobs["right"] = jobs["office"] = jobs["sender"] = jobs["handler"] = -1
    return jobs
