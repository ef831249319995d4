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

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from govsim.draws import PLACE, Key, uniform
from govsim.engine.columns import ACTIVE, ADULT, CHILD, Residents
from govsim.engine.process import Process
from govsim.engine.processes.effort import offer_hours
from govsim.engine.recording import COUNTER
from govsim.kernels import kernel, part

if TYPE_CHECKING:
    from govsim.engine.state import State

NEVER_TYPE, CONTINGENT_TYPE, CERTAIN_TYPE = range(3)
_ACTIVE, _ACTIVE_CALLED, _ACTIVE_REGISTERED = (
    COUNTER["active"],
    COUNTER["active_called"],
    COUNTER["active_registered"],
)
_CALLED, _CALLED_MEMBERS, _ANSWERED_MEMBERS = (
    COUNTER["called"],
    COUNTER["called_members"],
    COUNTER["answered_members"],
)
_ORDERED_HOURS, _ORDERED_ASKED = COUNTER["mandated_hours"], COUNTER["ordered_asked"]
_TRAINING_HOURS = COUNTER["training_hours"]
_SELF_HOURS, _CALLED_HOURS = COUNTER["self_started_hours"], COUNTER["called_hours"]


class ParticipationRule(NamedTuple):
    """Parameters of ``participation`` and what of the governance model concerns it."""

    social: float
    trust: float
    efficacy: float
    habit: float
    call: float
    visible_share: float
    cost_noise: float
    hours_share: float
    habit_gain: float
    habit_decay: float
    crowding_out: float
    fatigue_gain: float
    fatigue_decay: float
    self_registration: float
    branches_first: int
    relay: int
    ordered: float  # orders a week to everybody on duty
    ordered_hours: float  # hours a week of those who come
    training_hours: float  # hours a week of branch members who come
    duty_response: float
    training_gain: float
    duty_fading: float  # share of the difference from the start that is lost in a week


FROM_RESIDENTS = ("household", "participation_type", "threshold", "time_cost", "free_hours", "branch")
"""Columns of :class:`People` that are columns of the world's residents."""


class People(NamedTuple):
    """Fixed columns of the world that the rule reads."""

    household: NDArray[np.uint32]
    participation_type: NDArray[np.uint8]
    threshold: NDArray[np.float32]
    time_cost: NDArray[np.float32]
    free_hours: NDArray[np.float32]
    branch: NDArray[np.int32]
    liaison: NDArray[np.int32]  # by household


@kernel
def tie_totals(
    indptr: NDArray[np.uint32],
    other: NDArray[np.uint32],
    layer: NDArray[np.uint8],
    weight: NDArray[np.float32],
    seen: NDArray[np.uint8],
    total: NDArray[np.float32],
) -> None:
    """Write each resident's summed weight of ties to adults; it stays the same for the whole run."""
    for i in range(indptr.shape[0] - 1):
        sum_of_weights = np.float32(0.0)
        for k in range(indptr[i], indptr[i + 1]):
            if seen[other[k]] != CHILD:
                sum_of_weights += weight[layer[k]]
        total[i] = sum_of_weights


@kernel
def gather(
    first: np.uint64,
    last: np.uint64,
    indptr: NDArray[np.uint32],
    other: NDArray[np.uint32],
    layer: NDArray[np.uint8],
    weight: NDArray[np.float32],
    total: NDArray[np.float32],
    seen: NDArray[np.uint8],
    opinion: NDArray[np.float32],
    share: NDArray[np.float32],
    heard: NDArray[np.float32],
) -> None:
    """Let residents ``first`` to ``last`` look at their adult ties of last week.

    Writes the weighted active share (0 without ties) and the weighted mean opinion (-1 without ties). Children say and
    do nothing: their opinion is 0, so they drop out of both sums without a question.
    """
    for i in range(first, last):
        acting = np.float32(0.0)
        says = np.float32(0.0)
        for k in range(indptr[i], indptr[i + 1]):
            j = other[k]
            w = weight[layer[k]]
            acting += w * np.float32(seen[j] & ACTIVE)
            says += w * opinion[j]
        if total[i] > 0.0:
            share[i] = acting / total[i]
            heard[i] = says / total[i]
        else:
            share[i] = np.float32(0.0)
            heard[i] = np.float32(-1.0)


@part
def _take_part(
    community: int,
    first: np.uint64,
    last: np.uint64,
    week: int,
    visible: float,
    calls: float,
    call_from: NDArray[np.float64],
    contacts: NDArray[np.float64],
    state: Residents,
    people: People,
    rule: ParticipationRule,
    cost_key: Key,
    relay_key: Key,
    registration_key: Key,
    seen_next: NDArray[np.uint8],
    counters: NDArray[np.float64],
) -> None:
    """Decide who of one community takes part this week.

    Parameters
    ----------
    visible
        Active share of the community's adults last week.
    calls
        Calls that staff can make; ``call_from``, shape (2,), is the place in the turn for branch members and for others.
    contacts : shape (households,)
        Contacts a week with the linked member, if that one takes part.
    counters : shape (counters,)
        This week's row of the community.
    """
    listed = np.zeros(2)
    for i in range(first, last):
        if state.seen[i] & ADULT and state.registered[i]:
            listed[0 if rule.branches_first and people.branch[i] >= 0 else 1] += 1
    quota = np.zeros(2)
    quota[0] = min(calls, listed[0])
    quota[1] = min(calls - quota[0], listed[1])
    turn = -call_from  # how far behind this week's first call a resident stands in the turn
    active = active_called = active_registered = all_called = called_members = answered_members = on_duty = 0
    self_hours = called_hours = ordered_hours = training_hours = 0.0
    for i in range(first, last):
        seen_next[i] = state.seen[i] & ADULT
        state.called[i] = state.needed_call[i] = 0
        if not state.seen[i] & ADULT:
            continue
        address = (np.uint64(community) << PLACE) | (i - first)
        called = False
        if state.registered[i]:
            group = 0 if rule.branches_first and people.branch[i] >= 0 else 1
            behind = turn[group] if turn[group] >= 0.0 else turn[group] + listed[group]
            called = behind < quota[group]
            turn[group] += 1.0
        if rule.relay and not called:
            household = people.household[i]
            member = people.liaison[household]
            if member >= 0 and np.uint64(member) != i and state.seen[member] & ACTIVE:
                called = uniform(relay_key, address, np.uint64(0)) < contacts[household]
        fatigue = state.fatigue[i] * (1.0 - rule.fatigue_decay)
        kind = people.participation_type[i]
        alone = kind == CERTAIN_TYPE
        acts = alone
        if kind == CONTINGENT_TYPE:
            base = rule.social * (
                (1.0 - rule.visible_share) * state.active_share[i] + rule.visible_share * visible
            )
            base += (
                rule.trust * state.opinion[i]
                + rule.efficacy * state.efficacy[i]
                + rule.habit * state.habit[i]
            )
            moved = 2.0 * uniform(cost_key, address, np.uint64(0)) - 1.0
            need = people.threshold[i] + people.time_cost[i] * (1.0 + rule.cost_noise * moved)
            alone = np.float32(base) >= np.float32(
                need
            )  # in the precision of the columns, so that equal is equal
            acts = alone or (called and np.float32(base + rule.call * (1.0 - fatigue)) >= np.float32(need))
        if called:
            state.called[i] = 1
            state.times_called[i] += 1
            fatigue += rule.fatigue_gain * (1.0 - fatigue)
            all_called += 1
        if state.enrolled[i]:
            on_duty += 1
            ordered_hours += state.activity[i] * (1.0 - fatigue) * rule.ordered_hours
            fatigue += rule.ordered * rule.fatigue_gain * (1.0 - fatigue)
        if people.branch[i] >= 0:
            activity = state.activity[i]
            trained = activity * (1.0 - fatigue) * rule.training_hours
            training_hours += trained
            activity += rule.duty_fading * (rule.duty_response - activity) + min(
                rule.training_gain * trained, 1.0
            ) * (1.0 - activity)
            state.activity[i] = min(max(activity, 0.0), 1.0)
            called_members += called
            answered_members += called and acts
        state.fatigue[i] = fatigue
        if kind == NEVER_TYPE:
            continue
        habit = state.habit[i]
        if acts and alone:
            habit += rule.habit_gain * (1.0 - habit)
        elif acts:
            habit *= max(1.0 - rule.habit_decay - rule.crowding_out, 0.0)
        else:
            habit *= 1.0 - rule.habit_decay
        state.habit[i] = habit
        if acts:
            seen_next[i] = ADULT | ACTIVE
            hours = people.free_hours[i] * rule.hours_share
            state.hours_given[i] += hours
            state.weeks_active[i] += 1
            state.last_active[i] = week
            if state.first_active[i] < 0:
                state.first_active[i] = week
            active += 1
            if alone:
                self_hours += hours
            else:
                state.needed_call[i] = 1
                active_called += 1
                called_hours += hours
            if state.registered[i]:
                active_registered += 1
            elif uniform(registration_key, address, np.uint64(0)) < rule.self_registration:
                state.registered[i] = 1
    counters[_ACTIVE] = active
    counters[_ACTIVE_CALLED] = active_called
    counters[_ACTIVE_REGISTERED] = active_registered
    counters[_CALLED] = all_called
    counters[_CALLED_MEMBERS] = called_members
    counters[_ANSWERED_MEMBERS] = answered_members
    counters[_SELF_HOURS] = self_hours
    counters[_CALLED_HOURS] = called_hours
    counters[_ORDERED_HOURS] = ordered_hours
    counters[_ORDERED_ASKED] = on_duty * rule.ordered_hours
    counters[_TRAINING_HOURS] = training_hours
    for group in range(2):
        if listed[group] > 0.0:
            call_from[group] = (call_from[group] + quota[group]) % listed[group]


@kernel
def take_part(
    first_community: int,
    last_community: int,
    first_resident: NDArray[np.uint64],
    week: int,
    visible: NDArray[np.float64],
    calls: NDArray[np.float64],
    call_from: NDArray[np.float64],
    contacts: NDArray[np.float64],
    state: Residents,
    people: People,
    rule: ParticipationRule,
    cost_key: Key,
    relay_key: Key,
    registration_key: Key,
    seen_next: NDArray[np.uint8],
    counters: NDArray[np.float64],
) -> None:
    """Decide who of several communities takes part this week.

    ``visible``, ``calls`` and the rows of ``call_from`` and ``counters`` are by community; the rest is as for one.
    """
    for c in range(first_community, last_community):
        _take_part(
            c,
            first_resident[c],
            first_resident[c + 1],
            week,
            visible[c],
            calls[c],
            call_from[c],
            contacts,
            state,
            people,
            rule,
            cost_key,
            relay_key,
            registration_key,
            seen_next,
            counters[c],
        )


def run(state: State) -> None:
    """Let residents look around, decide, and give their hours."""
    ties, now, rule, week = state.ties, state.residents, state.rules.participation, state.week
    first_resident, plan, counters = state.first_resident, state.plan, state.row.counters
    cost = state.key("participation.cost", week)
    relay = state.key("participation.relay", week)
    registration = state.key("participation.registration", week)

    def look(first: int, last: int) -> None:
        gather(
            first_resident[first],
            first_resident[last],
            ties.indptr,
            ties.other,
            ties.layer,
            state.rules.tie_weights,
            state.tie_totals,
            now.seen,
            now.opinion,
            now.active_share,
            now.heard,
        )

    def decide(first: int, last: int) -> None:
        take_part(
            first,
            last,
            first_resident,
            week,
            state.active_share,
            plan.calls,
            state.call_from,
            state.reach.contacts,
            now,
            state.people,
            rule,
            cost,
            relay,
            registration,
            state.seen_next,
            counters,
        )

    state.passes(look)
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
        "ties",
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
        "participation.cost",
        "participation.relay",
        "participation.registration",
    ),
    run,
)
