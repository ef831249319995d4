"""From declared parameters to the plain tuples that compiled kernels take."""

from __future__ import annotations

from typing import NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from govsim.engine.crowd import ParticipationRule
from govsim.engine.floor import CaseworkRule
from govsim.engine.processes.detection import ReportingRule
from govsim.engine.processes.experience import ExperienceRule
from govsim.engine.processes.measurement import MeasurementRule
from govsim.engine.processes.routing import RoutingRule
from govsim.engine.tasks import TaskRule
from govsim.scenario.declare import Section
from govsim.scenario.schema import Scenario
from govsim.scenario.schema.blocks import Agenda, Routing, TaskAdmission
from govsim.scenario.schema.governance import Governance
from govsim.scenario.schema.problems import Distribution
from govsim.units import DAYS_PER_WEEK, WEEKS_PER_MONTH
from govsim.world.columns import TieLayer


def _choices(section: type[Section], name: str) -> tuple[str, ...]:
    """Return the values of a choice in the order of its declaration, which is that of the kernels' numbers."""
    return get_args(section.model_fields[name].annotation)


AGENDA = _choices(Agenda, "rule")
PRIORITY = _choices(TaskAdmission, "priority")
ADMISSION = _choices(TaskAdmission, "admission")
ORDERS = _choices(Routing, "orders")
CONVENING = _choices(Routing, "convening")
SHAPES = get_args(Distribution)


def casework_rule(scenario: Scenario, model: Governance, first_department: int, streets: int) -> CaseworkRule:
    """Return what the event queue needs to know."""
    handling, workforce = scenario.handling, scenario.workforce
    day = scenario.capacity.hours_per_week / DAYS_PER_WEEK
    return CaseworkRule(
        agenda=AGENDA.index(model.agenda.rule),
        task_priority=PRIORITY.index(model.tasks.priority),
        pressed=int(model.accountability.closure_target),
        desk_hours=handling.desk_hours,
        intake_hours=handling.intake_hours,
        convening_hours=handling.convening_hours,
        convening_seats=float(handling.convening_seats),
        generalist_factor=handling.generalist_factor,
        explain_rate=handling.explain_rate / scenario.capacity.hours_per_week,
        explain_pressure=handling.explain_pressure,
        slowing=workforce.slowing,
        rework=workforce.rework,
        equal_task_deadline=scenario.tasks.deadline_days * day,
        routing=RoutingRule(
            orders=ORDERS.index(model.routing.orders),
            convening=CONVENING.index(model.routing.convening),
            reluctance=handling.reluctance,
            give_up=handling.give_up,
            summons_wear=handling.summons_wear,
            scattered=int(scenario.controls.routing != "as_ruled"),
            first_street=first_department - streets,
        ),
    )


def reporting_rule(scenario: Scenario, model: Governance) -> ReportingRule:
    """Return how residents report."""
    reporting = scenario.reporting
    hotline = reporting.hotline if model.detection.hotline else 0.0
    return ReportingRule(
        reporting.floor,
        hotline,
        reporting.walk_in,
        reporting.walk_in_stranger,
        reporting.neighbour,
        reporting.repeat_call,
    )


def participation_rule(scenario: Scenario, model: Governance) -> ParticipationRule:
    """Return the contagion rule."""
    p, mobilisation = scenario.participation, model.mobilisation
    return ParticipationRule(
        social=p.social,
        trust=p.trust,
        efficacy=p.efficacy,
        habit=p.habit,
        call=p.call,
        visible_share=p.visible_share,
        cost_noise=p.cost_noise,
        hours_share=p.hours_share,
        habit_gain=p.habit_gain,
        habit_decay=p.habit_decay,
        crowding_out=p.crowding_out,
        fatigue_gain=p.fatigue_gain,
        fatigue_decay=p.fatigue_decay,
        self_registration=p.self_registration,
        branches_first=int(mobilisation.called == "branches"),
        relay=int(mobilisation.members_relay),
        ordered=float(mobilisation.ordered_hours > 0) / WEEKS_PER_MONTH,
        ordered_hours=mobilisation.ordered_hours / WEEKS_PER_MONTH,
        training_hours=mobilisation.member_training_hours / WEEKS_PER_MONTH,
        duty_response=scenario.duty.response,
        training_gain=scenario.duty.training_gain,
        duty_fading=min(1.0 / scenario.duty.fades, 1.0),
    )


def tie_weights(scenario: Scenario) -> NDArray[np.float32]:
    """Return the weight of one tie by :class:`govsim.world.columns.TieLayer`."""
    p = scenario.participation
    weights = np.zeros(len(TieLayer), np.float32)
    weights[TieLayer.HOUSEHOLD] = p.tie_household
    weights[TieLayer.NEIGHBOUR] = p.tie_neighbour
    weights[TieLayer.KIN_WORK_SCHOOL] = p.tie_kin_work_school
    weights[TieLayer.BRANCH] = p.tie_branch
    weights[TieLayer.LIAISON_MEMBER] = weights[TieLayer.LIAISON_HOUSEHOLD] = p.tie_liaison
    weights[TieLayer.ORGANISATION] = p.tie_organisation
    return weights


def experience_rule(scenario: Scenario) -> ExperienceRule:
    """Return how residents judge."""
    e, p = scenario.experience, scenario.participation
    return ExperienceRule(
        gain=e.gain,
        loss=e.loss,
        blame=(e.blame_community, e.blame_street, e.blame_district, e.blame_centre),
        expectation_rate=e.expectation_rate,
        explanation_mark=e.explanation_mark,
        performance_weight=e.satisfaction_performance,
        disconfirmation_weight=e.satisfaction_disconfirmation,
        base=e.satisfaction_base,
        hearing=e.hearing,
        efficacy_gain=p.efficacy_gain,
        published_gain=p.published_gain,
    )


def measurement_rule(scenario: Scenario, model: Governance) -> MeasurementRule:
    """Return how administrations measure."""
    m = scenario.measurement
    return MeasurementRule(
        m.callback_share,
        m.callback_answer,
        m.satisfied_answer,
        m.report_overdue,
        m.gaming,
        int(model.accountability.closure_target),
    )


def task_rule(scenario: Scenario, model: Governance) -> TaskRule:
    """Return how tasks from above come."""
    tasks = scenario.tasks
    return TaskRule(
        tasks.effort_hours,
        float(np.sqrt(np.log1p(tasks.effort_cv**2))),
        SHAPES.index(tasks.effort_distribution),
        tasks.listed_share,
        ADMISSION.index(model.tasks.admission),
        scenario.handling.list_wear,
        scenario.capacity.prices.task_hour,
        scenario.handling.intake_hours,
        len(scenario.capacity.departments),
    )


class Rules(NamedTuple):
    """All rules of one run."""

    casework: CaseworkRule
    reporting: ReportingRule
    participation: ParticipationRule
    experience: ExperienceRule
    measurement: MeasurementRule
    tie_weights: NDArray[np.float32]
    tasks: TaskRule


def rules_of(scenario: Scenario, model: Governance, first_department: int, streets: int) -> Rules:
    """Return all rules of one run."""
    return Rules(
        casework_rule(scenario, model, first_department, streets),
        reporting_rule(scenario, model),
        participation_rule(scenario, model),
        experience_rule(scenario),
        measurement_rule(scenario, model),
        tie_weights(scenario),
        task_rule(scenario, model),
    )
