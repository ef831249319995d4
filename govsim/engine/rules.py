"""The plain tuples of numbers that compiled kernels take, made of the sections in which the numbers are declared.

A rule names sections and takes their numbers, switches (0 or 1) and choices (their place in the declaration). What is computed
from several values, or from a scenario's size, is named beside them and worked out in :func:`rules_of`.
"""

from __future__ import annotations

from collections import namedtuple
from functools import cache
from typing import Any, Literal, NamedTuple, get_args, get_origin

import numpy as np
from numpy.typing import NDArray

from govsim.scenario.declare import Section
from govsim.scenario.schema import Scenario
from govsim.scenario.schema.behaviour import Duty, Experience, Measurement, Participation, Reporting
from govsim.scenario.schema.blocks import (
    Accountability,
    Agenda,
    CapacityBlock,
    Detection,
    Mobilisation,
    Resolution,
    Routing,
    TaskAdmission,
)
from govsim.scenario.schema.governance import Governance
from govsim.scenario.schema.offices import Capacity, Handling, Workforce
from govsim.scenario.schema.organisations import OrganisationLife
from govsim.scenario.schema.problems import Distribution, Tasks
from govsim.scenario.schema.run import Controls
from govsim.units import DAYS_PER_WEEK, LAYERS, WEEKS_PER_MONTH
from govsim.world.columns import TieLayer


def choices(section: type[Section], field: str, *names: str) -> range:
    """Return the numbers of a choice, for names in the order of its declaration.

    Raises
    ------
    TypeError
        If the names are not those declared: a new choice needs a number and code that reads it.
    """
    declared = get_args(section.model_fields[field].annotation)
    if declared != names:
        raise TypeError(f"{section.__name__}.{field} has the choices {declared}, the engine knows {names}")
    return range(len(names))


FIRST_COME, SEVERITY, DEADLINE, EASY_FIRST, VOTE = choices(
    Agenda, "rule", "first_come", "severity", "deadline", "easy_first", "vote"
)
FIRST, EQUAL, LAST = choices(TaskAdmission, "priority", "first", "equal", "last")
TAKE_ALL, REFUSE, MOVE_UP, WITH_FEE = choices(
    TaskAdmission, "admission", "all", "permit_list", "moved_up", "with_fee"
)
"""What happens to unlisted tasks; the second and third are also places in the hours of tasks."""
UPWARD, TO_RESIDENTS = choices(Accountability, "answers_to", "upward", "residents")
HOPS, DISPATCH = choices(Routing, "orders", "hops", "dispatch")
NO_CONVENING, STREET_CONVENES, COMMUNITY_CONVENES = choices(
    Routing, "convening", "none", "street", "community"
)
SHAPES = get_args(Distribution)

_made: dict[Any, dict[str, tuple[type[Section], str]]] = {}
"""By type of tuple: where its numbers are declared, by the name of the number."""


@cache
def _numbers(section: type[Section]) -> dict[str, Any]:
    """Return the types of the numbers, switches and choices of a section."""
    types = {name: info.annotation for name, info in section.model_fields.items()}
    return {
        name: kind
        for name, kind in types.items()
        if kind in (int, float, bool) or get_origin(kind) is Literal
    }


def rule(
    name: str,
    *sections: type[Section] | tuple[type[Section], str],
    derived: str = "",
    **renamed: tuple[type[Section], str],
) -> Any:
    """Return the type of a rule; it is assigned to ``name`` in this module, where numba's cache finds it.

    Parameters
    ----------
    sections
        A section, of which the rule has all numbers, or a section and the names of some.
    derived
        Names of what :func:`rules_of` works out.
    **renamed
        Numbers of a section under names that are clear beside those of the others.
    """
    found = dict(renamed)
    for item in sections:
        section, names = item if isinstance(item, tuple) else (item, " ".join(_numbers(item)))
        found |= {name: (section, name) for name in names.split() if name not in derived.split()}
    kind = namedtuple(name, [*found, *derived.split()], module=__name__)  # type: ignore[misc]
    _made[kind] = found
    return kind


def _filled(kind: Any, scenario: Section, model: Section, **derived: Any) -> Any:
    """Return a rule with the numbers of a scenario and a governance model."""
    here = {type(section): section for part in (scenario, model) for _, section in part}
    numbers = {
        name: _number(_numbers(section)[field], getattr(here[section], field))
        for name, (section, field) in _made[kind].items()
    }
    return kind(**numbers, **derived)


def _number(kind: Any, value: Any) -> Any:
    if get_origin(kind) is Literal:
        return get_args(kind).index(value)
    return int(value) if kind is bool else kind(value)


RoutingRule: Any = rule(
    "RoutingRule",
    Routing,
    (Handling, "reluctance give_up summons_wear"),
    scattered=(Controls, "routing"),
    derived="first_street",
)
CaseworkRule: Any = rule(
    "CaseworkRule",
    (
        Handling,
        "desk_hours intake_hours convening_hours convening_seats generalist_factor explain_pressure",
    ),
    (Workforce, "slowing rework"),
    agenda=(Agenda, "rule"),
    task_priority=(TaskAdmission, "priority"),
    closure_target=(Accountability, "closure_target"),
    derived="explain_rate equal_task_deadline routing",
)
"""``explain_rate`` is per working hour; tasks that queue with cases are due within ``equal_task_deadline`` working hours."""
ReportingRule: Any = rule("ReportingRule", Reporting, (Accountability, "reporting_quota"), derived="hotline")
"""``hotline`` is 0 where a model has none."""
ParticipationRule: Any = rule(
    "ParticipationRule",
    Participation,
    Duty,
    branches_first=(Mobilisation, "called"),
    relay=(Mobilisation, "members_relay"),
    derived="orders ordered_hours training_hours fading",
)
"""By week: orders to everybody on duty, hours of those who come, hours of branch members who train; ``fading`` is the share of
the difference from the start that is lost in a week."""
ExperienceRule: Any = rule(
    "ExperienceRule", Experience, (Participation, "efficacy_gain published_gain"), derived="blame"
)
"""``blame`` is by tier."""
MeasurementRule: Any = rule("MeasurementRule", Measurement, (Accountability, "closure_target"))
TaskRule: Any = rule(
    "TaskRule",
    Tasks,
    (TaskAdmission, "admission"),
    (Handling, "list_wear intake_hours"),
    derived="effort_sigma fee departments",
)
"""``fee`` is yuan per hour of work, ``departments`` the number of one district."""


EffortRule: Any = rule(
    "EffortRule",
    (Detection, "visit_share patrol_share outreach_share neighbour_share"),
    (Mobilisation, "call_share incubation_share"),
    (CapacityBlock, "training_share"),
    (Accountability, "answers_to publishes_results"),
    (Resolution, "organisations enterprises"),
    (Handling, "visit_hours patrol_hours call_hours contact_hours publishing_hours"),
    (Handling, "meeting_hours meeting_staff meeting_residents"),
    (Capacity, "hours_per_week"),
    derived="meetings least_hours",
)
"""``meetings`` is a week; a helper's place is opened for at least ``least_hours`` a week."""
WorkforceRule: Any = rule("WorkforceRule", Workforce)
OrganisationRule: Any = rule("OrganisationRule", OrganisationLife)


class Rules(NamedTuple):
    """All rules of one run."""

    casework: CaseworkRule
    reporting: ReportingRule
    participation: ParticipationRule
    experience: ExperienceRule
    measurement: MeasurementRule
    tie_weights: NDArray[np.float32]
    tasks: TaskRule
    effort: EffortRule
    workforce: WorkforceRule
    organisations: OrganisationRule


def workforce_rule(scenario: Scenario) -> WorkforceRule:
    """Return how people in offices wear out and learn."""
    return _filled(WorkforceRule, scenario, scenario)


def rules_of(scenario: Scenario, model: Governance, first_street: int) -> Rules:
    """Return all rules of one run; ``first_street`` is the number of its first street office."""
    mobilisation, capacity, e = model.mobilisation, scenario.capacity, scenario.experience
    return Rules(
        casework=_filled(
            CaseworkRule,
            scenario,
            model,
            explain_rate=scenario.handling.explain_rate / capacity.hours_per_week,
            equal_task_deadline=scenario.tasks.deadline_days * (capacity.hours_per_week / DAYS_PER_WEEK),
            routing=_filled(RoutingRule, scenario, model, first_street=first_street),
        ),
        reporting=_filled(
            ReportingRule,
            scenario,
            model,
            hotline=scenario.reporting.hotline if model.detection.hotline else 0.0,
        ),
        participation=_filled(
            ParticipationRule,
            scenario,
            model,
            orders=float(mobilisation.ordered_hours > 0) / WEEKS_PER_MONTH,
            ordered_hours=mobilisation.ordered_hours / WEEKS_PER_MONTH,
            training_hours=mobilisation.member_training_hours / WEEKS_PER_MONTH,
            fading=min(1.0 / scenario.duty.fades, 1.0),
        ),
        experience=_filled(
            ExperienceRule,
            scenario,
            model,
            blame=(e.blame_community, e.blame_street, e.blame_district, e.blame_centre),
        ),
        measurement=_filled(MeasurementRule, scenario, model),
        tie_weights=tie_weights(scenario),
        tasks=_filled(
            TaskRule,
            scenario,
            model,
            effort_sigma=float(np.sqrt(np.log1p(scenario.tasks.effort_cv**2))),
            fee=capacity.prices.task_hour,
            departments=len(capacity.departments),
        ),
        effort=_filled(
            EffortRule,
            scenario,
            model,
            meetings=model.detection.meetings_per_month / WEEKS_PER_MONTH,
            least_hours=scenario.organisations.working_places.least_hours,
        ),
        workforce=workforce_rule(scenario),
        organisations=_filled(OrganisationRule, scenario.organisations, model),
    )


def tie_weights(scenario: Scenario) -> NDArray[np.float32]:
    """Return the weight of one tie by :class:`govsim.world.columns.TieLayer`; the last one, of no layer, is 0."""
    p = scenario.participation
    weights = np.zeros(LAYERS, np.float32)
    weights[TieLayer.HOUSEHOLD] = p.tie_household
    weights[TieLayer.NEIGHBOUR] = p.tie_neighbour
    weights[TieLayer.KIN_WORK_SCHOOL] = p.tie_kin_work_school
    weights[TieLayer.BRANCH] = p.tie_branch
    weights[TieLayer.LIAISON_MEMBER] = weights[TieLayer.LIAISON_HOUSEHOLD] = p.tie_liaison
    weights[TieLayer.ORGANISATION] = p.tie_organisation
    return weights
