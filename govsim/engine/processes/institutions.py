"""Institutions: offices wear, organisations live and die, infrastructure decays, the population moves.

Burnout of each member of staff moves by ``B += gain * susceptibility * (1 + tenure_factor * years in post) *
max(load - comfortable, 0) - decay * B``, where load is the week's worked hours plus what would clear the office's queue
within ``backlog_weeks``, over the hours available. People leave with hazard ``quit_rate * exp(quit_burnout * B)``; the
post stays vacant for a while and goes to a newcomer with less skill, who learns. Training leads beyond what experience
teaches, and fades. A job in hand goes back to the queue with the work still to be done. Compliance with summons and with
lists of admitted tasks comes back slowly.

Organisations, infrastructure and population follow in :mod:`govsim.engine.organisations`,
:mod:`govsim.engine.infrastructure` and :mod:`govsim.engine.demography`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from govsim.engine import demography, infrastructure, organisations
from govsim.engine.columns import ADULT
from govsim.engine.process import Draw, Process
from govsim.engine.recording import Activity, Source
from govsim.engine.staff import leavers, load_of_offices, wear

if TYPE_CHECKING:
    from govsim.engine.state import State


def run(state: State) -> None:
    """Let offices wear, people leave and compliance recover."""
    scenario, servers, posts, row, week = state.scenario, state.servers, state.posts, state.row, state.week
    office, present, count = posts.office, state.present, len(state.offices)
    booked = row.hours[:, Source.PAID] + row.hours[:, Source.SECONDED]
    worked = booked.sum(axis=1) - booked[:, Activity.IDLE]
    hours = np.bincount(office, present * posts.fte, count).astype(float) * state.hours_per_week
    row.load[:] = load_of_offices(scenario, worked, state.offices["waiting"], hours)
    in_training = posts.field & present
    spent, full_posts = booked[:, Activity.TRAINING], np.bincount(office, in_training * posts.fte, count)
    per_post = np.divide(spent, full_posts, out=np.zeros(count), where=full_posts > 0)
    wear(scenario, servers, present, row.load, per_post[office] * in_training, week)
    row.posts[:] = np.bincount(office, posts.staff * posts.fte, count)
    row.filled[:] = np.bincount(office, present, count)
    burnt = present & (servers["burnout"] > scenario.workforce.burnt_out)
    row.burnt_out[:] = np.bincount(office, burnt, count)
    gone = leavers(scenario, servers, state.place.addresses, present, state.key("institutions.quit", week))
    servers["leaving"][gone] = 1
    servers["vacant_until"][gone] = week + 1 + scenario.workforce.vacancy_weeks
    servers["person"][gone] += 1
    row.quits[:] = np.bincount(office[gone], minlength=count)
    for column, recovery in (
        ("compliance", scenario.handling.summons_recovery),
        ("listing", scenario.handling.list_recovery),
    ):
        state.offices[column] += recovery * (1.0 - state.offices[column])
    organisations.run(state)
    infrastructure.run(state)
    np.bitwise_and(state.residents.seen, ADULT, out=state.eligible)
    demography.run(state)


PROCESS = Process(
    "institutions",
    "Overload burns people out, burnt-out people leave sooner, newcomers learn; "
    "organisations form, grow and fade; infrastructure and population move.",
    "超负荷使人倦怠，倦怠者更易离职，新人逐步成长；组织成立、成长与衰退；党员活跃度、基础设施和人口变动。",
    (
        "present",
        "birthday",
        "ties",
        "active_share",
        "classes",
        "world.households",
        "world.communities",
        "world.residents",
    ),
    (
        "servers",
        "offices",
        "jobs",
        "row",
        "organisations",
        "organisation_hours",
        "enterprise_hours",
        "condition",
        "hazards",
        "saved",
        "reach",
        "residents",
        "participation_type",
        "eligible",
        "seen_next",
        "tie_totals",
    ),
    (
        Draw("institutions.quit", "?", "?"),
        Draw("institutions.founding", "?", "?"),
        Draw("institutions.founder", "?", "?"),
        Draw("institutions.organisation_kind", "?", "?"),
        Draw("institutions.moving", "?", "?"),
        Draw("institutions.death", "?", "?"),
        Draw("institutions.layoff", "?", "?"),
        Draw("institutions.type", "?", "?"),
    ),
    run,
)
