"""Who takes part and what it leaves behind: ties by their weight, calls that tire, habit, and what crowds it out."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from govsim.draws import PLACE, fill_uniform
from govsim.engine import State
from govsim.engine.columns import ACTIVE, ADULT
from govsim.engine.crowd import CERTAIN_TYPE, CONTINGENT_TYPE, NEVER_TYPE
from govsim.engine.processes import participation
from govsim.engine.recording import COUNTER
from govsim.scenario.schema import Scenario
from govsim.scenario.schema.behaviour import Participation
from govsim.world.columns import TieLayer
from tests.behaviour.kit import SINGLE, begun, declared, examples, scale
from tests.engine.specs import tiny

WEIGHTS = {
    "tie_household": (TieLayer.HOUSEHOLD,),
    "tie_neighbour": (TieLayer.NEIGHBOUR,),
    "tie_kin_work_school": (TieLayer.KIN_WORK_SCHOOL,),
    "tie_branch": (TieLayer.BRANCH,),
    "tie_liaison": (TieLayer.LIAISON_MEMBER, TieLayer.LIAISON_HOUSEHOLD),
    "tie_organisation": (TieLayer.ORGANISATION,),
}
TERMS = ("social", "trust", "efficacy", "habit", "call")
Rule = dict[str, float]

RULE: st.SearchStrategy[Rule] = st.fixed_dictionaries(
    {
        name: declared(Participation, name, 1.0 if name in TERMS else None)
        for name in (*TERMS, "visible_share", "cost_noise", "habit_gain", "habit_decay", "crowding_out")
    }
    | {name: declared(Participation, name) for name in ("fatigue_gain", "fatigue_decay")}
    | {"self_registration": st.just(0.0)}
)
"""Weights of the terms up to 1, which is what thresholds can tell."""


class Week(NamedTuple):
    """One week of participation: the run after it, and the columns of residents before it."""

    there: State
    habit: NDArray[Any]
    fatigue: NDArray[Any]
    called: NDArray[Any]
    seen: NDArray[Any]


@cache
def district() -> Scenario:
    return tiny(
        "population.participation.contingent_share=0.7", "population.participation.registered_share=0.5"
    )


def week(rule: Rule, seed: int, calls: float = 20.0) -> Week:
    """Let the residents of the tiny district decide once, from columns drawn at random."""
    spec = district()
    spec = spec.model_copy(update={"participation": spec.participation.model_copy(update=rule)})
    there = begun(spec)
    now, count = there.residents, len(there.residents.status)
    luck = np.random.default_rng(seed)
    now.status[:] = np.where(now.status & ADULT, ADULT | (luck.random(count) < 0.4) * ACTIVE, now.status)
    for k, column in enumerate((now.opinion, now.efficacy, now.habit, now.fatigue)):
        column[:] = scale(count, seed + k)
    now.opinion[now.status & ADULT == 0] = 0.0  # children have none
    there.active_share[:] = luck.random(2)
    there.plan.calls[:] = calls
    before = now.habit.astype(float), now.fatigue.astype(float)
    seen = now.status.copy()
    participation.run(there)
    return Week(there, *before, now.called == 1, seen)


def ties_of(there: State, rule: Rule) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return who looks, at whom, and with what weight, for all ties."""
    ties = there.ties
    who = np.repeat(np.arange(len(ties.indptr) - 1), (ties.indptr[1:] - ties.indptr[:-1]).astype(np.int64))
    weight = np.zeros(len(TieLayer))
    for name, layers in WEIGHTS.items():
        weight[list(layers)] = rule.get(name, getattr(there.scenario.participation, name))
    return who, ties.other.astype(np.int64), weight[ties.layer]


def looked(done: Week, rule: Rule) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the active share and the mean opinion among each resident's ties to adults, NaN without."""
    who, other, weight = ties_of(done.there, rule)
    weight = weight * (done.seen[other] & ADULT > 0)
    total, acting, says = (
        np.bincount(who, weight * of[other], len(done.seen))
        for of in (np.ones(len(done.seen)), done.seen & ACTIVE > 0, done.there.residents.opinion)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        return acting / total, says / total


@examples(20)
@given(
    st.fixed_dictionaries({name: declared(Participation, name, 5.0) for name in WEIGHTS}), st.integers(0, 99)
)
def test_ties_count_by_the_weight_of_their_layer(weights: Rule, seed: int) -> None:
    """What residents see and hear is the weighted mean over ties to adults of last week."""
    done = week(weights, seed)
    share, heard = looked(done, weights)
    alone = np.isnan(share)
    now = done.there.residents
    np.testing.assert_allclose(now.active_share, np.where(alone, 0.0, share), rtol=2e-5, atol=2e-6)
    np.testing.assert_allclose(now.heard, np.where(alone, -1.0, heard), rtol=2e-5, atol=2e-6)


@examples(20)
@given(st.sampled_from(list(WEIGHTS)), st.integers(0, 99))
def test_a_heavier_tie_draws_towards_those_it_leads_to(name: str, seed: int) -> None:
    """Doubling one layer's weight moves what is heard towards the mean of that layer, by its share of the weight."""
    one, two = (week({name: weight}, seed) for weight in (1.0, 2.0))
    who, other, weight = ties_of(one.there, {name: 1.0})
    weight = weight * (one.seen[other] & ADULT > 0)
    of_layer = np.isin(one.there.ties.layer, WEIGHTS[name])
    count = len(one.seen)
    opinion = one.there.residents.opinion.astype(float)
    total, here = (np.bincount(who, weight * which, count) for which in (1.0, of_layer))
    says = np.bincount(who, weight * of_layer * opinion[other], count)
    at = here > 0
    assert at.any()
    before, after = one.there.residents.heard[at], two.there.residents.heard[at]
    pull = here[at] / (total + here)[at] * (says[at] / here[at] - before)
    np.testing.assert_allclose(after - before, pull, atol=5e-6)


def decided(done: Week, rule: Rule) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return who takes part, who would without a call, and for whom rounding does not matter, by the equation."""
    there, now, people = done.there, done.there.residents, done.there.world.residents
    count = len(done.seen)
    community = there.world.residents.community.astype(np.int64)
    number = np.arange(count) - there.first_resident.astype(np.int64)[community]
    luck = np.zeros(count)
    address = (community.astype(np.uint64) << PLACE) | number.astype(np.uint64)
    fill_uniform(there.key("participation.cost", 0), address, luck)
    share, _ = looked(done, rule)
    visible = there.active_share[community]
    social = (1 - rule["visible_share"]) * np.nan_to_num(share) + rule["visible_share"] * visible
    base = rule["social"] * social + rule["trust"] * now.opinion + rule["efficacy"] * now.efficacy
    base = base + rule["habit"] * done.habit
    rested = 1 - done.fatigue * (1 - rule["fatigue_decay"])
    need = people.threshold + people.time_cost * (1 + rule["cost_noise"] * (2 * luck - 1))
    kind = there.participation_type
    adult = done.seen & ADULT > 0
    alone = base >= need
    urged = done.called & (base + rule["call"] * rested >= need)
    clear = np.minimum(abs(base - need), abs(base + rule["call"] * rested - need)) > 1e-5
    alone = adult & ((kind == CERTAIN_TYPE) | ((kind == CONTINGENT_TYPE) & alone))
    acts = alone | (adult & (kind == CONTINGENT_TYPE) & urged)
    return acts, alone, clear


@examples(25)
@given(RULE, st.integers(0, 99))
def test_a_resident_takes_part_when_what_speaks_for_it_reaches_threshold_and_cost(
    rule: Rule, seed: int
) -> None:
    done = week(rule, seed)
    now = done.there.residents
    acts, alone, clear = decided(done, rule)
    np.testing.assert_array_equal((now.status & ACTIVE > 0)[clear], acts[clear])
    np.testing.assert_array_equal((now.needed_call == 1)[clear], (acts & ~alone)[clear])
    hours = acts * done.there.world.residents.free_hours * done.there.scenario.participation.hours_share
    np.testing.assert_allclose(now.hours_given[clear], hours[clear], rtol=SINGLE)


@examples(20)
@given(RULE, st.floats(0.0, 300.0), st.integers(0, 99))
def test_each_call_tires_by_a_share_of_what_is_left_and_weeks_rest(
    rule: Rule, calls: float, seed: int
) -> None:
    """Only those registered are called, as many as there are calls; fatigue fades first."""
    done = week(rule, seed, calls)
    now, adult = done.there.residents, done.seen & ADULT > 0
    for community in (0, 1):
        here = (done.there.world.residents.community == community) & adult
        listed = here & (now.registered == 1)
        assert not done.called[here & ~listed].any()
        assert done.called[here].sum() == min(np.ceil(calls), listed.sum())
    rested = done.fatigue * (1 - rule["fatigue_decay"])
    after = np.where(adult, rested + done.called * rule["fatigue_gain"] * (1 - rested), done.fatigue)
    np.testing.assert_allclose(now.fatigue, after, rtol=SINGLE, atol=SINGLE)
    assert (now.times_called == done.called).all()


@examples(25)
@given(RULE, st.integers(0, 99))
def test_habit_grows_by_acting_unasked_and_fades_faster_when_it_took_a_call(rule: Rule, seed: int) -> None:
    """Formation, fading, and crowding-out of it by being called."""
    done = week(rule, seed)
    now, old = done.there.residents, done.habit
    acts, alone, clear = decided(done, rule)
    moves = (done.seen & ADULT > 0) & (done.there.participation_type != NEVER_TYPE)
    faded = old * (1 - rule["habit_decay"])
    crowded = old * max(1 - rule["habit_decay"] - rule["crowding_out"], 0.0)
    after = np.where(alone, old + rule["habit_gain"] * (1 - old), np.where(acts, crowded, faded))
    after = np.where(moves, after, old)
    np.testing.assert_allclose(now.habit[clear], after[clear], rtol=SINGLE, atol=SINGLE)
    assert (now.habit[clear & alone] >= old[clear & alone] - SINGLE).all()
    assert (now.habit[clear & ~alone] <= old[clear & ~alone] + SINGLE).all()


def test_the_examples_show_all_that_is_tested() -> None:
    """There are people of every kind, so that nothing is compared with nothing."""
    rule = {name: getattr(district().participation, name) for name in Participation.model_fields}
    done = week(rule | {"call": 1.0, "trust": 0.4}, 1)
    acts, alone, clear = decided(done, rule | {"call": 1.0, "trust": 0.4})
    assert clear.mean() > 0.95
    counts = [(acts & alone).sum(), (acts & ~alone).sum(), (~acts & done.called).sum(), (~acts).sum()]
    assert min(counts) >= 3, counts
    counters = done.there.row.counters.sum(axis=0)
    assert counters[COUNTER["active_called"]] == done.there.residents.needed_call.sum()
