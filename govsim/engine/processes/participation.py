"""Mobilisation and participation: one contagion rule for everybody.

A contingent resident takes part in a week when::

    social * share + trust * opinion + efficacy * e + habit * h + call * called * (1 - fatigue)
        >=  threshold + cost * (1 + noise * x)

where ``share`` mixes the weighted active share of the resident's ties with the community's active share, both of last
week, and ``x`` is uniform on [-1, 1]. Certain residents always take part, others never do (refined Granovetter model:
Granovetter 1978; Wiedermann et al. 2020). Nothing in the rule knows who is a Party member: members differ by their
ties, by being called along them, and by age.

Who is enrolled by rule and ordered to serve comes with the chance ``activity * (1 - fatigue)``; training raises activity,
and it returns to where it began. The hours of ordered service are expected values over those on duty.

Staff calls go in turn through the registered residents, those with branch ties first where the model calls branches;
a linked member who takes part passes a call on with each contact. Calls tire, and participation that needed a call
weakens habit (crowding-out).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from govsim.engine.columns import ACTIVE
from govsim.engine.crowd import Keys, take_part
from govsim.engine.looks import speak
from govsim.engine.process import Draw, Process
from govsim.engine.processes.effort import offer_hours

if TYPE_CHECKING:
    from govsim.engine.state import State


def run(state: State) -> None:
    """Let residents look around, decide, and give their hours."""
    now, week, first_resident = state.residents, state.week, state.first_resident
    keys = Keys(
        state.key("participation.cost", week),
        state.key("participation.relay", week),
        state.key("participation.registration", week),
    )

    def talk(first: int, last: int) -> None:
        speak(first_resident[first], first_resident[last], now.seen, now.opinion, state.voice)

    def decide(first: int, last: int) -> None:
        take_part(
            first,
            last,
            first_resident,
            week,
            state.active_share,
            state.plan.calls,
            state.call_from,
            state.reach.contacts,
            state.near,
            state.rules.tie_weights,
            state.tie_totals,
            state.voice,
            now,
            state.people,
            state.rules.participation,
            keys,
            state.seen_next,
            state.row.counters,
        )

    state.passes(talk)
    state.passes(decide)
    now.seen[:] = state.seen_next
    offer_hours(state, _contact_hours_given(state))


def _contact_hours_given(state: State) -> NDArray[np.float64]:
    """Return the hours that linked members who take part spend on contacts this week, by community."""
    members = state.reach.liaison_members
    contacting = (state.residents.seen[members] & ACTIVE) > 0
    where = state.world.residents.community[members]
    return np.bincount(where, contacting * state.reach.contact_hours, state.communities).astype(float)


PROCESS = Process(
    "participation",
    "Calls go out; contingent residents act when ties, trust, efficacy, habit and a call exceed threshold and cost.",
    "发出动员；当关系网络、信任、效能感、习惯与动员之和超过阈值与时间成本时，条件型居民参与。",
    (
        "near",
        "world.residents",
        "world.communities",
        "world.households",
        "reach",
        "present",
        "active_share",
        "tie_totals",
        "participation_type",
        "residents.opinion",
        "residents.efficacy",
        "residents.enrolled",
        "organisation_hours",
        "enterprise_hours",
    ),
    (
        "residents.seen",
        "seen_next",
        "voice",
        "residents.habit",
        "residents.fatigue",
        "residents.hours_given",
        "residents.registered",
        "residents.called",
        "residents.needed_call",
        "residents.weeks_active",
        "residents.last_active",
        "residents.active_share",
        "residents.heard",
        "residents.activity",
        "residents.times_called",
        "residents.first_active",
        "attendance",
        "servers",
        "plan",
        "given",
        "turns.call",
        "row.counters",
        "row.hours",
        "row.supplied",
    ),
    (
        Draw("participation.cost", "?", "?"),
        Draw("participation.relay", "?", "?"),
        Draw("participation.registration", "?", "?"),
    ),
    run,
)
