"""The part of a week that touches every resident: look at one's ties, decide, act.

Residents go through in blocks that stay in the processor's first cache, one simple loop after the other, so that the
compiler can do several residents at once.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from govsim.draws import PLACE, Key, uniform
from govsim.engine.columns import ACTIVE, ADULT, ResidentState
from govsim.engine.recording import COUNTER
from govsim.engine.rules import ParticipationRule
from govsim.engine.ties import TieIndex, sum_over_ties
from govsim.kernels import choose, kernel, part
from govsim.units import BLOCK, LANES

NEVER_TYPE, CONTINGENT_TYPE, CERTAIN_TYPE = range(3)
_ACTS, _ALONE = 1, 2
"""Bits of what a resident does: acts, and would without a call."""

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


class People(NamedTuple):
    """Fixed columns of the world that the rule reads."""

    household: NDArray[np.uint32]
    participation_type: NDArray[np.uint8]
    threshold: NDArray[np.float32]
    time_cost: NDArray[np.float32]
    free_hours: NDArray[np.float32]
    branch: NDArray[np.int32]
    liaison: NDArray[np.int32]  # by household


class Keys(NamedTuple):
    """Addresses of this process's draws."""

    cost: Key
    relay: Key
    registration: Key


class Calls(NamedTuple):
    """Who is called: by staff in turn, and by linked members."""

    number: NDArray[np.float64]  # by community: calls that staff can make
    round_robin_start: NDArray[
        np.float64
    ]  # (communities, 2): where calls go on, for branch members and for others
    contacts: NDArray[
        np.float64
    ]  # by household: contacts a week with the linked member, if that one takes part


class Around(NamedTuple):
    """What residents see and hear of their ties."""

    tie_index: TieIndex
    weight: NDArray[np.float32]  # of a tie of each layer
    total: NDArray[np.float32]  # by resident: weight of ties to adults
    signal: NDArray[np.float32]  # by resident, see govsim.engine.ties.encode_opinion
    visible: NDArray[np.float64]  # by community: active share of the adults last week


class _Block(NamedTuple):
    """What is known of the residents of one block while they decide; shapes (BLOCK,)."""

    says: NDArray[np.float32]
    acting: NDArray[np.float32]
    called: NDArray[np.uint8]
    does: NDArray[np.uint8]
    tired: NDArray[np.float64]
    base: NDArray[np.float64]
    flag: NDArray[np.uint8]
    chosen: NDArray[np.uint16]  # shape (BLOCK + 1,)


@part
def _call_in_turn(
    first: int,
    last: int,
    number: float,
    call_from: NDArray[np.float64],
    state: ResidentState,
    people: People,
    rule: ParticipationRule,
    listed: NDArray[np.uint32],
) -> None:
    """Let staff of one community call registered residents in turn, if the model says so members of branches before others.

    ``listed`` of shape (residents of the community + 1,) is written over.
    """
    status, registered, called = (
        state.status[first:last],
        state.registered[first:last],
        state.called[first:last],
    )
    count = np.uint64(0)
    for i in range(np.uint64(last - first)):
        called[i] = 0
        listed[count] = i
        count += np.uint64((status[i] & ADULT != 0) & (registered[i] != 0))
    of_branch = 0.0
    if rule.branches_first:
        for n in range(count):
            of_branch += people.branch[first + int(np.int64(listed[n]))] >= 0
    others = np.float64(count) - of_branch
    calls_branch = min(number, of_branch)
    calls_others = min(number - calls_branch, others)
    ahead_branch, ahead_others = -call_from[0], -call_from[1]  # places from this week's first call
    for n in range(count):
        i = first + int(np.int64(listed[n]))
        if rule.branches_first and people.branch[i] >= 0:
            behind = ahead_branch if ahead_branch >= 0.0 else ahead_branch + of_branch
            state.called[i] = behind < calls_branch
            ahead_branch += 1.0
        else:
            behind = ahead_others if ahead_others >= 0.0 else ahead_others + others
            state.called[i] = behind < calls_others
            ahead_others += 1.0
    if of_branch > 0.0:
        call_from[0] = (call_from[0] + calls_branch) % of_branch
    if others > 0.0:
        call_from[1] = (call_from[1] + calls_others) % others


@part
def _call_by_members(
    at: int,
    size: int,
    place: np.uint64,
    state: ResidentState,
    people: People,
    relay_key: Key,
    contacts: NDArray[np.float64],
    block: _Block,
) -> None:
    """Let linked members who take part call those of a block whom staff do not."""
    status, household = state.status[at : at + size], people.household[at : at + size]
    called = state.called[at : at + size]
    for b in range(size):
        member = int(np.int64(people.liaison[household[b]]))
        linked = (member >= 0) & (member != at + b) & (state.status[max(member, 0)] & ACTIVE != 0)
        block.flag[b] = linked & (status[b] & ADULT != 0) & (called[b] == 0)
    for n in range(choose(size, block.flag, block.chosen)):
        b = block.chosen[n]
        u = uniform(relay_key, place + np.uint64(b), np.uint64(0))
        called[b] = u < contacts[household[b]]


@part
def _weigh(
    at: int,
    size: int,
    place: np.uint64,
    visible: float,
    state: ResidentState,
    people: People,
    rule: ParticipationRule,
    cost_key: Key,
    block: _Block,
) -> None:
    """Decide who of a block takes part: what speaks for it reaches threshold and cost, with a call or without.

    Most are out of reach even where the week's cost is as low as it can be; the others draw what it is.
    """
    share, opinion = state.active_share[at : at + size], state.opinion[at : at + size]
    efficacy, habit = state.efficacy[at : at + size], state.habit[at : at + size]
    threshold, time_cost = people.threshold[at : at + size], people.time_cost[at : at + size]
    fatigue, kinds = state.fatigue[at : at + size], people.participation_type[at : at + size]
    base, tired, does, called = block.base, block.tired, block.does, block.called
    for b in range(size):
        social = rule.social * ((1.0 - rule.visible_share) * share[b] + rule.visible_share * visible)
        base[b] = social + (rule.trust * opinion[b] + rule.efficacy * efficacy[b] + rule.habit * habit[b])
    for b in range(size):
        tired[b] = fatigue[b] * (1.0 - rule.fatigue_decay)
    for b in range(size):  # compared in the precision of the columns, so that equal is equal
        most = max(base[b], base[b] + rule.call * (1.0 - tired[b]) * np.float64(called[b]))
        least = threshold[b] + time_cost[b] * (1.0 - rule.cost_noise)
        block.flag[b] = (kinds[b] == CONTINGENT_TYPE) & (np.float32(most) >= np.float32(least))
        does[b] = np.uint8(_ACTS | _ALONE) * np.uint8(kinds[b] == CERTAIN_TYPE)
    for n in range(choose(size, block.flag, block.chosen)):
        b = int(np.int64(block.chosen[n]))
        moved = 2.0 * uniform(cost_key, place + np.uint64(b), np.uint64(0)) - 1.0
        need = np.float32(threshold[b] + time_cost[b] * (1.0 + rule.cost_noise * moved))
        alone = np.float32(base[b]) >= need
        urged = called[b] != 0 and np.float32(base[b] + rule.call * (1.0 - tired[b])) >= need
        does[b] = (_ACTS if alone or urged else 0) | (_ALONE if alone else 0)
    for b in range(size):
        tired[b] += (rule.fatigue_gain * (1.0 - tired[b])) * np.float64(called[b])


@part
def _serve_on_duty(
    at: int,
    size: int,
    state: ResidentState,
    people: People,
    rule: ParticipationRule,
    block: _Block,
    counters: NDArray[np.float64],
) -> None:
    """Let those on duty in a block come to ordered service and to training, and note who was called."""
    status, enrolled = state.status[at : at + size], state.enrolled[at : at + size]
    branch = people.branch[at : at + size]
    for b in range(size):
        block.flag[b] = (status[b] & ADULT != 0) & (
            (block.called[b] != 0) | (enrolled[b] != 0) | (branch[b] >= 0)
        )
    for n in range(choose(size, block.flag, block.chosen)):
        b = int(np.int64(block.chosen[n]))
        i = at + b
        if block.called[b]:
            state.times_called[i] += 1
            counters[_CALLED] += 1.0
        if state.enrolled[i]:
            counters[_ORDERED_ASKED] += 1.0
            counters[_ORDERED_HOURS] += state.activity[i] * (1.0 - block.tired[b]) * rule.ordered_hours
            block.tired[b] += rule.orders * rule.fatigue_gain * (1.0 - block.tired[b])
        if people.branch[i] >= 0:
            activity = np.float64(state.activity[i])
            trained = activity * (1.0 - block.tired[b]) * rule.training_hours
            counters[_TRAINING_HOURS] += trained
            activity += rule.fading * (rule.response - activity) + min(rule.training_gain * trained, 1.0) * (
                1.0 - activity
            )
            state.activity[i] = min(max(activity, 0.0), 1.0)
            counters[_CALLED_MEMBERS] += block.called[b]
            counters[_ANSWERED_MEMBERS] += block.called[b] and block.does[b] & _ACTS


@part
def _settle(
    at: int, size: int, state: ResidentState, people: People, rule: ParticipationRule, block: _Block
) -> None:
    """Write what the week leaves behind in everybody of a block: fatigue and habit."""
    status, kinds = state.status[at : at + size], people.participation_type[at : at + size]
    fatigue, habit = state.fatigue[at : at + size], state.habit[at : at + size]
    for b in range(size):
        fatigue[b] = block.tired[b] if status[b] & ADULT else fatigue[b]
    kept = 1.0 - rule.habit_decay
    pressed = max(1.0 - rule.habit_decay - rule.crowding_out, 0.0)
    for b in range(size):
        old = np.float64(habit[b])
        does = block.does[b]
        new = old * (pressed if does & _ACTS else kept)
        new = old + rule.habit_gain * (1.0 - old) if does & _ALONE else new
        moves = (status[b] & ADULT != 0) & (kinds[b] != NEVER_TYPE)
        habit[b] = new if moves else old


@part
def _act(
    at: int,
    size: int,
    place: np.uint64,
    week: int,
    state: ResidentState,
    people: People,
    rule: ParticipationRule,
    registration_key: Key,
    block: _Block,
    status_next: NDArray[np.uint8],
    counters: NDArray[np.float64],
) -> None:
    """Let those of a block who take part give their hours."""
    status, needed = state.status[at : at + size], state.needed_call[at : at + size]
    after = status_next[at : at + size]
    for b in range(size):
        adult = status[b] & np.uint8(ADULT)
        acts = (adult != 0) & (block.does[b] != 0)
        block.flag[b] = acts
        after[b] = adult | (np.uint8(acts) * np.uint8(ACTIVE))
        needed[b] = acts & (block.does[b] & _ALONE == 0)
    for n in range(choose(size, block.flag, block.chosen)):
        b = int(np.int64(block.chosen[n]))
        i = at + b
        hours = people.free_hours[i] * rule.hours_share
        state.hours_given[i] += hours
        state.weeks_active[i] += 1
        state.last_active[i] = week
        if state.first_active[i] < 0:
            state.first_active[i] = week
        counters[_ACTIVE] += 1.0
        if block.does[b] & _ALONE:
            counters[_SELF_HOURS] += hours
        else:
            counters[_ACTIVE_CALLED] += 1.0
            counters[_CALLED_HOURS] += hours
        if state.registered[i]:
            counters[_ACTIVE_REGISTERED] += 1.0
        elif uniform(registration_key, place + np.uint64(b), np.uint64(0)) < rule.self_registration:
            state.registered[i] = 1


@part
def _take_part(
    community: int,
    first: int,
    last: int,
    week: int,
    calls: Calls,
    around: Around,
    state: ResidentState,
    people: People,
    rule: ParticipationRule,
    keys: Keys,
    listed: NDArray[np.uint32],
    block: _Block,
    status_next: NDArray[np.uint8],
    counters: NDArray[np.float64],
) -> None:
    """Decide who of one community takes part this week; parameters as in :func:`take_part`."""
    visible, first_slice = around.visible[community], int(np.int64(around.tie_index.first_slice[community]))
    _call_in_turn(
        first, last, calls.number[community], calls.round_robin_start[community], state, people, rule, listed
    )
    for at in range(first, last, BLOCK):
        size = min(int(last) - at, BLOCK)
        place = (np.uint64(community) << PLACE) | np.uint64(at - first)
        sum_over_ties(
            at,
            size,
            first_slice + (at - first) // LANES,
            around.tie_index,
            around.weight,
            around.total,
            around.signal,
            block.says,
            block.acting,
            state.active_share,
            state.heard,
        )
        if rule.relay:
            _call_by_members(at, size, place, state, people, keys.relay, calls.contacts, block)
        called = state.called[at : at + size]
        for b in range(size):
            block.called[b] = called[b]
        _weigh(at, size, place, visible, state, people, rule, keys.cost, block)
        _serve_on_duty(at, size, state, people, rule, block, counters)
        _settle(at, size, state, people, rule, block)
        _act(at, size, place, week, state, people, rule, keys.registration, block, status_next, counters)
    counters[_ORDERED_ASKED] *= rule.ordered_hours


@kernel
def take_part(
    first_community: int,
    last_community: int,
    first_resident: NDArray[np.uint64],
    week: int,
    calls: Calls,
    around: Around,
    state: ResidentState,
    people: People,
    rule: ParticipationRule,
    keys: Keys,
    status_next: NDArray[np.uint8],
    counters: NDArray[np.float64],
) -> None:
    """Let the residents of several communities look around and decide whether they take part this week.

    Parameters
    ----------
    status_next : shape (residents,)
        Receives who takes part; what others see this week stays as it was.
    counters : shape (communities, counters)
        This week's row.
    """
    block = _Block(
        np.empty(BLOCK, around.signal.dtype),
        np.empty(BLOCK, around.signal.dtype),
        np.empty(BLOCK, np.uint8),
        np.empty(BLOCK, np.uint8),
        np.empty(BLOCK),
        np.empty(BLOCK),
        np.empty(BLOCK, np.uint8),
        np.empty(BLOCK + 1, np.uint16),
    )
    most = 0
    for c in range(first_community, last_community):
        most = max(most, int(np.int64(first_resident[c + 1] - first_resident[c])))
    listed = np.empty(most + 1, np.uint32)
    for c in range(first_community, last_community):
        _take_part(
            c,
            int(np.int64(first_resident[c])),
            int(np.int64(first_resident[c + 1])),
            week,
            calls,
            around,
            state,
            people,
            rule,
            keys,
            listed,
            block,
            status_next,
            counters[c],
        )
