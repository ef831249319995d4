"""What a run leaves behind: weekly counters, the ledgers of hours, money and cases, and the residents' last state.

The engine writes it, the results room reads it, and it never holds the governance model, so no indicator can look
at what was assumed. Times are in *working hours* since the start of the run: week ``w`` covers
``[w * hours_per_week, (w + 1) * hours_per_week)``, a working day is a fifth of a week.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

NEVER = -1.0
"""Time stamp of something that has not happened."""


QUESTION = "consultation"
"""Kind of the classes that are questions, answered at a desk; every other case is a problem."""

HALF_YEAR = 26
"""Weeks before the end of a run from which ``hours_26w`` of residents are counted."""


class Level(IntEnum):
    """Tier of an office."""

    COMMUNITY = 0
    STREET = 1
    DEPARTMENT = 2
    DESK = 3


class HourSource(IntEnum):
    """Whose hours they are."""

    PAID = 0
    SECONDED = 1
    MEMBER = 2
    VOLUNTEER = 3
    ORGANISATION = 4
    ENTERPRISE = 5


class Activity(IntEnum):
    """What hours are spent on; every supplied hour is under exactly one."""

    DESK = 0
    TASKS = 1
    PATROL = 2
    VISIT = 3
    MEETING = 4
    CALL = 5
    INTAKE = 6
    CASEWORK = 7
    CONVENING = 8
    OUTREACH = 9
    TRAINING = 10
    INCUBATION = 11
    IDLE = 12
    PUBLISHING = 13


class CaseStatus(IntEnum):
    """Where a case stands."""

    UNDETECTED = 0
    OPEN = 1
    RESOLVED = 2
    EXPLAINED = 3
    LAPSED = 4


class Channel(IntEnum):
    """How a case came to light; NONE while it has not."""

    NONE = 0
    HOTLINE = 1
    WALK_IN = 2
    PATROL = 3
    VISIT = 4
    MEMBER_CONTACT = 5
    OUTREACH = 6
    MEETING = 7
    NEIGHBOUR = 8


class Event(IntEnum):
    """What happens to a case; each is one row of the event ledger."""

    ARISE = 0
    DETECT = 1
    DESK = 2
    INTAKE = 3
    REFUSED = 4
    SUMMONS = 5
    MEETING = 6
    TAKEN_ON = 7
    WAITS_FOR_MONEY = 8
    FUNDED = 9
    WORKED = 10
    EXPLAINED = 11
    RESOLVED = 12
    REOPENED = 13
    LAPSED = 14
    RECURS = 15
    CALLED_AGAIN = 16
    """A call about a case that is known: the call itself takes nobody's hours, the desk's time on it follows."""


class Counter(NamedTuple):
    """One weekly count per community. ``kind``: a stock at the week's end, a flow in the week, or a sum over adults."""

    name: str
    kind: str
    unit: str
    meaning: str


COUNTERS: tuple[Counter, ...] = (
    Counter("residents", "stock", "people", "residents, those included who leave when the week ends"),
    Counter(
        "adults", "stock", "people", "of those, aged 16 and over when the week began: who could take part"
    ),
    Counter("registered", "stock", "people", "adults registered as volunteers"),
    Counter("active", "flow", "people", "adults who took part voluntarily this week"),
    Counter("active_called", "flow", "people", "of those, who would not have taken part without a call"),
    Counter("active_registered", "flow", "people", "registered volunteers who took part this week"),
    Counter("active_4w", "stock", "people", "adults who took part voluntarily in the last four weeks"),
    Counter("ever_active", "stock", "people", "adults who have taken part at least once since the start"),
    Counter("called", "flow", "people", "adults who received a call to take part"),
    Counter("called_members", "flow", "people", "called adults with ties to a Party branch"),
    Counter("answered_members", "flow", "people", "of those, who took part this week"),
    Counter("mandated_hours", "flow", "hours", "attendance that was ordered, never counted as participation"),
    Counter(
        "self_started_hours", "flow", "hours", "voluntary hours of those who took part without needing a call"
    ),
    Counter("called_hours", "flow", "hours", "voluntary hours of those who took part because of a call"),
    Counter("arrived", "flow", "cases", "problems and questions that arose, recurrences included"),
    Counter("detected", "flow", "cases", "cases that came to light for the first time"),
    Counter("resolved", "flow", "cases", "cases closed by work done"),
    Counter("explained", "flow", "cases", "cases closed for good by explanation, the problem unsolved"),
    Counter(
        "reopened", "flow", "cases", "closings by explanation after which the problem stayed and went latent"
    ),
    Counter("lapsed", "flow", "cases", "cases that went away by themselves or were withdrawn"),
    Counter("recurred", "flow", "cases", "arrivals that are recurrences of a problem resolved before"),
    Counter(
        "undetected",
        "stock",
        "cases",
        "cases that exist and are on no office's table, those left by an explanation included",
    ),
    Counter("open", "stock", "cases", "known cases that are not closed"),
    Counter("waiting_for_money", "stock", "cases", "open cases that wait for money"),
    Counter(
        "contacts", "flow", "contacts", "contacts of residents with the hotline, repeated calls included"
    ),
    Counter(
        "repeated",
        "flow",
        "contacts",
        "of those, calls about a case that was known and not closed when the week began",
    ),
    Counter("desk_answered", "flow", "contacts", "contacts whose question the desk answered"),
    Counter("dispatched", "flow", "orders", "contacts sent on as orders"),
    Counter(
        "reported_due",
        "flow",
        "orders",
        "orders due: closed in time this week, or still not closed at a deadline that fell in it",
    ),
    Counter("reported_done", "flow", "orders", "of those, reported as done in time by the handling office"),
    Counter("truly_done", "flow", "orders", "of those, truly resolved by the deadline"),
    Counter("callbacks", "flow", "calls", "independent call-backs answered by a resident served this week"),
    Counter("callbacks_satisfied", "flow", "calls", "of those, satisfied with the result"),
    Counter("official_callbacks", "flow", "calls", "call-backs of the administrative satisfaction rate"),
    Counter("official_callbacks_satisfied", "flow", "calls", "of those, recorded as satisfied"),
    Counter("trust_community", "sum", "trust 0-1", "trust in the residents' committee, summed over adults"),
    Counter("trust_street", "sum", "trust 0-1", "trust in the street office or town, summed over adults"),
    Counter("trust_district", "sum", "trust 0-1", "trust in the district, summed over adults"),
    Counter("trust_centre", "sum", "trust 0-1", "trust in the centre, summed over adults"),
    Counter("satisfaction", "sum", "satisfaction 0-1", "satisfaction with services, summed over adults"),
    Counter("efficacy", "sum", "efficacy 0-1", "belief that acting together helps, summed over adults"),
    Counter("task_hours_arrived", "flow", "hours", "work of tasks from above that arrived at the community"),
    Counter("task_hours_refused", "flow", "hours", "of those, refused by permit list: undone, and counted"),
    Counter("task_hours_moved", "flow", "hours", "of those, moved up to the street, whose hours are counted"),
    Counter("fees", "flow", "yuan", "fees that came with tasks on no list"),
    Counter(
        "ordered_asked",
        "flow",
        "hours",
        "service that enrolled people were ordered to, whether they came or not",
    ),
    Counter("votes_due", "flow", "votes", "votes on the agenda that were due"),
    Counter(
        "votes_missed", "flow", "votes", "of those, not taken because too few residents attended the meetings"
    ),
    Counter("trifles", "flow", "reports", "trifles that grid workers filed to meet a reporting quota"),
    Counter(
        "found_by_patrol",
        "flow",
        "cases",
        "cases that patrols reported, those left by an explanation included",
    ),
    Counter("enrolled", "stock", "people", "adults enrolled by rule, on duty for ordered service"),
    Counter("activity", "sum", "chance 0-1", "chance of coming when ordered, summed over the enrolled"),
    Counter("training_hours", "flow", "hours", "members' training"),
    Counter("organisations", "stock", "organisations", "organisations that live and work in the community"),
    Counter(
        "organisation_strength", "stock", "full organisations", "those, each by its share of its full hours"
    ),
    Counter("condition", "stock", "factor", "condition of infrastructure: factor on the rates of problems"),
    Counter("rehoused", "flow", "households", "households moved out of the subsidence zone"),
    Counter("over_60", "stock", "people", "residents aged over 60 after the week's birthdays"),
    Counter("left", "flow", "people", "residents who died or moved away"),
)


@dataclass(frozen=True)
class Offices:
    """Table of offices, one row each.

    Attributes
    ----------
    names : tuple of str
        Decoration for people; enters nothing.
    level : int8 array, shape (offices,)
        :class:`Level`.
    community, street : int32 arrays, shape (offices,)
        Index of the community or street unit it serves, -1 where it serves all.
    """

    names: tuple[str, ...]
    level: NDArray[np.int8]
    community: NDArray[np.int32]
    street: NDArray[np.int32]


@dataclass
class Recording:
    """Everything a run leaves behind.

    Attributes
    ----------
    weekly : dict of float64 arrays, shape (weeks, communities)
        One entry per :data:`COUNTERS` name.
    hours : float64 array, shape (weeks, offices, len(HourSource), len(Activity))
        The hour ledger; the sum over activities is what was supplied.
    supplied : float64 array, shape (weeks, offices, len(HourSource))
        Hours supplied, counted from posts filled and people taking part, independently of ``hours``.
    granted : float64 array, shape (weeks,)
        Paid and seconded hours that the arm was given, before vacancies.
    money_granted, money_spent : float64 arrays, shape (weeks, offices)
        Yuan. What is neither spent nor returned stays in the office's fund.
    posts, filled, burnt_out, quits : float64 arrays, shape (weeks, offices)
        Established posts, people in them, of those burnt out, and people who left in the week.
    load : float64 array, shape (weeks, offices)
        Hours of work demanded over hours available, per paid server.
    tasks_undone : float64 array, shape (weeks, offices)
        Hours of tasks from above that wait at the week's end.
    cases : dict of arrays, shape (cases,)
        The case ledger: ``case`` (int64, equal for the same problem under every arm), ``recurrence``, ``problem_class``,
        ``household``, ``resident``, ``community``, ``severity`` (0-1), ``effort`` (hours), ``money`` (yuan), ``onset``,
        ``detected``, ``channel``, ``first_handled``, ``competent`` (reached the competent office), ``funded``, ``closed``
        (times in working hours, NEVER where it has not happened), ``outcome``, ``hops``, ``refusals``, ``convened``,
        ``reopened``, ``office`` (last handler, -1 none), ``recurred`` (came back later), ``age`` and ``work`` of the resident
        when it arose, and all hours that events book to it: ``hours_government``, ``hours_members`` (ordered service),
        ``hours_residents``, ``hours_organisations``, ``hours_enterprises``.
    residents : dict of arrays, shape (residents,)
        As at the start: ``household``, ``community``, ``age``, ``female``, ``schooling``, ``work``, ``migrant``,
        ``party_member``, ``exposure``, ``housing``, ``degree``, ``party_distance``, ``registered_start``, ``trust_start``;
        ``birthday`` (week of the year in which they grow a year older, -1 where nobody does). At the end, or in the week
        in which they left: ``registered``, ``weeks_active``, ``hours_given`` (voluntary, whole run), ``hours_26w`` (in the
        last 26 weeks), ``trust`` (shape (residents, 4)), ``opinion``, ``satisfaction``, ``efficacy``, ``left_week``.
    events : dict of arrays, shape (events,)
        The event ledger, by case, recurrence and time: ``case`` (int64), ``recurrence`` (uint16), ``time`` (float64,
        working hours), ``what`` (uint8, :class:`Event`), ``office`` (int16, -1 none), ``source`` (uint8, :class:`HourSource`,
        whose hours they are, 255 none), ``hours`` (float32, spent on the case in this step, 0 where none), ``channel`` (uint8,
        :class:`Channel` by which an office came to know, 0 where the event is no report) and ``week`` (uint16). Hours
        appear at the step they end with, or at the end of the week or run in which a step was interrupted.
    hashes : dict of str
        ``world``, ``network``, ``exogenous`` (arrivals with their effort and severity: equal under every
        governance model).
    classes : tuple of str
        Names of the problem classes, by ``problem_class``.
    class_kinds : tuple of str
        Kind of each class: local_soft, local_hard, structural, livelihood or consultation.
    """

    weeks: int
    seed: int
    hours_per_week: float
    communities: tuple[str, ...]
    classes: tuple[str, ...]
    class_kinds: tuple[str, ...]
    offices: Offices
    weekly: dict[str, NDArray[np.float64]]
    hours: NDArray[np.float64]
    supplied: NDArray[np.float64]
    granted: NDArray[np.float64]
    money_granted: NDArray[np.float64]
    money_spent: NDArray[np.float64]
    posts: NDArray[np.float64]
    filled: NDArray[np.float64]
    burnt_out: NDArray[np.float64]
    quits: NDArray[np.float64]
    load: NDArray[np.float64]
    tasks_undone: NDArray[np.float64]
    cases: dict[str, NDArray[Any]]
    residents: dict[str, NDArray[Any]]
    hashes: dict[str, str] = field(default_factory=dict)
    events: dict[str, NDArray[Any]] = field(default_factory=dict)

    @property
    def granted_hours(self) -> float:
        """Paid and seconded hours that the arm was given for the whole run, before vacancies."""
        return float(self.granted.sum())


COUNTER = {counter.name: index for index, counter in enumerate(COUNTERS)}
"""Place of each counter in a week's row."""
