"""The population moves: people grow older, households move away, the old die, work is lost.

Each week a household leaves with a hazard that depends on its oldest member's age, a resident over 60 dies with a
hazard, and an employed adult loses work with a hazard; the draws are addressed by household and resident, so the same
people leave under every governance model. Once a year, in a week drawn for each, a resident is a year older: at 16 one
becomes an adult who may take part (of a type drawn with the population's shares), at retirement age one leaves the work
force, from 65 the household counts as one with an elderly member. Who leaves takes no part, has no say and no problems;
problems of an empty dwelling that nobody has taken up are withdrawn.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from govsim.draws import PLACE, Key, bits, uniform
from govsim.engine import columns as col
from govsim.engine.reach import look_again
from govsim.kernels import kernel, part
from govsim.units import ADULT_AGE, ELDERLY_AGE, OLD_AGE, WEEKS_PER_YEAR, YOUNG_AGE
from govsim.world.columns import ParticipationType, Work

if TYPE_CHECKING:
    from govsim.engine.state import State

_EMPLOYED, _LAID_OFF, _RETIRED = int(Work.EMPLOYED), int(Work.LAID_OFF), int(Work.RETIRED)
_SELF_EMPLOYED, _CHILD, _NONE = int(Work.SELF_EMPLOYED), int(Work.CHILD), int(Work.NONE)
_NEVER, _CONTINGENT, _CERTAIN = (
    int(ParticipationType.NEVER),
    int(ParticipationType.CONTINGENT),
    int(ParticipationType.CERTAIN),
)


class DemographyRule(NamedTuple):
    """Hazards a week, and what becomes of those who come of age or retire."""

    moving_young: float
    moving_other: float
    deaths: float
    layoffs: float
    retirement_men: float
    retirement_women: float
    certain: float
    contingent: float
    birthday_week: int


@cache
def weekly(share_per_year: float) -> float:
    """Return the chance in a week that has the given chance in a year."""
    return float(-np.expm1(np.log1p(-min(share_per_year, 1.0 - np.finfo(float).eps)) / WEEKS_PER_YEAR))


def run(state: State) -> None:
    """Let one week pass for the population."""
    world, now, spec = state.world, state.residents, state.scenario.demography
    taking_part, work = state.scenario.population.participation, state.scenario.population.work
    rule = DemographyRule(
        weekly(spec.moving_under_40),
        weekly(spec.moving_from_40),
        weekly(spec.deaths_over_60),
        spec.layoffs,
        float(work.retirement_men),
        float(work.retirement_women),
        taking_part.certain_share,
        taking_part.contingent_share,
        state.week % WEEKS_PER_YEAR if spec.ageing else -1,
    )
    if not (spec.ageing or rule.moving_young or rule.moving_other or rule.deaths or rule.layoffs):
        return
    touched = np.zeros(len(world.households.community), np.uint8)
    came_or_went = np.zeros(len(now.seen), np.uint8)
    pass_week(
        state.week,
        world.households.first,
        world.households.community,
        world.communities.first_household,
        world.communities.first_resident,
        world.residents.female,
        now,
        state.participation_type,
        rule,
        state.birthday,
        state.key("institutions.moving", state.week),
        state.key("institutions.death", state.week),
        state.key("institutions.layoff", state.week),
        state.key("institutions.type"),
        touched,
        came_or_went,
    )
    changed = np.flatnonzero(came_or_went)
    if len(changed):
        ties = state.ties
        state.seen_next[changed] = now.seen[changed]
        update_totals(
            changed, ties.indptr, ties.other, ties.layer, state.rules.tie_weights, now.seen, state.tie_totals
        )
        left = changed[now.left[changed] >= 0]
        members = left[state.reach.in_organisation[left] == 1]
        np.subtract.at(state.reach.members_reach, world.residents.community[members], 1.0)
    households = np.flatnonzero(touched)
    if len(households):
        reach = state.reach
        look_again(
            households,
            world.households.first,
            world.households.exposure,
            now,
            state.classes,
            reach.exposure,
            reach.dwellers,
            reach.arrival_mean,
        )
        withdraw(state.register.jobs, state.register.used, state.reach.dwellers, state.end)


@kernel
def birthdays(first_resident: NDArray[np.uint64], key: Key) -> NDArray[np.uint8]:
    """Return the week of the year in which each resident grows a year older, 0 to 51."""
    week = np.empty(first_resident[-1], np.uint8)
    for c in range(first_resident.shape[0] - 1):
        for person in range(np.int64(first_resident[c]), np.int64(first_resident[c + 1])):
            place = (np.uint64(c) << PLACE) | np.uint64(person - np.int64(first_resident[c]))
            week[person] = bits(key, place, np.uint64(0)) % np.uint64(WEEKS_PER_YEAR)
    return week


@kernel
def pass_week(
    week: int,
    first: NDArray[np.uint32],
    community: NDArray[np.uint16],
    first_household: NDArray[np.uint32],
    first_resident: NDArray[np.uint32],
    female: NDArray[np.uint8],
    now: col.Residents,
    participation_type: NDArray[np.uint8],
    rule: DemographyRule,
    birthday: NDArray[np.uint8],
    moving_key: Key,
    death_key: Key,
    layoff_key: Key,
    type_key: Key,
    touched: NDArray[np.uint8],
    came_or_went: NDArray[np.uint8],
) -> None:
    """Let one week pass; mark households whose exposure may have changed, and residents who came of age or left."""
    for household in range(community.shape[0]):
        c = np.int64(community[household])
        address = (np.uint64(c) << PLACE) | np.uint64(household - np.int64(first_household[c]))
        low, high = np.int64(first[household]), np.int64(first[household + 1])
        oldest = 0
        for person in range(low, high):
            if now.left[person] < 0:
                oldest = max(oldest, int(np.int64(now.age[person])))
        if oldest == 0:
            continue
        hazard = (
            rule.moving_young if oldest < YOUNG_AGE else (rule.moving_other if oldest <= OLD_AGE else 0.0)
        )
        if hazard > 0.0 and uniform(moving_key, address, np.uint64(0)) < hazard:
            for person in range(low, high):
                _leave(now, person, week, came_or_went)
            touched[household] = 1
            continue
        for person in range(low, high):
            if now.left[person] >= 0:
                continue
            place = (np.uint64(c) << PLACE) | np.uint64(person - np.int64(first_resident[c]))
            if (
                rule.deaths > 0.0
                and now.age[person] > OLD_AGE
                and uniform(death_key, place, np.uint64(0)) < rule.deaths
            ):
                _leave(now, person, week, came_or_went)
                touched[household] = 1
                continue
            if (
                rule.layoffs > 0.0
                and now.work[person] == _EMPLOYED
                and uniform(layoff_key, place, np.uint64(0)) < rule.layoffs
            ):
                now.work[person] = _LAID_OFF
                touched[household] = 1
            if rule.birthday_week == np.int64(birthday[person]) and _grow_older(
                now, person, place, female, participation_type, rule, type_key, came_or_went
            ):
                touched[household] = 1


@part
def _leave(now: col.Residents, person: int, week: int, came_or_went: NDArray[np.uint8]) -> None:
    """Let a resident leave for good."""
    if now.left[person] >= 0:
        return
    now.left[person] = week
    came_or_went[person] = now.seen[person] != 0
    now.seen[person] = 0
    now.opinion[person] = 0.0
    now.called[person] = now.needed_call[person] = 0


@part
def _grow_older(
    now: col.Residents,
    person: int,
    place: np.uint64,
    female: NDArray[np.uint8],
    participation_type: NDArray[np.uint8],
    rule: DemographyRule,
    type_key: Key,
    came_or_went: NDArray[np.uint8],
) -> bool:
    """Let a resident be a year older; return whether the household's exposure may have changed."""
    if now.age[person] < col.BYTE_FULL:
        now.age[person] += 1
    age = np.int64(now.age[person])
    if age == ADULT_AGE:
        now.seen[person] = col.ADULT
        came_or_went[person] = 1
        own = 0.0
        for tier in range(col.LOCAL_TIERS):
            own += now.trust[person, tier]
        now.opinion[person] = own / col.LOCAL_TIERS
        u = uniform(type_key, place, np.uint64(0))
        participation_type[person] = (
            _CERTAIN if u < rule.certain else (_CONTINGENT if u < rule.certain + rule.contingent else _NEVER)
        )
        if now.work[person] == _CHILD:
            now.work[person] = _NONE
    retirement = rule.retirement_women if female[person] else rule.retirement_men
    working = (
        now.work[person] == _EMPLOYED or now.work[person] == _LAID_OFF or now.work[person] == _SELF_EMPLOYED
    )
    retires = working and age >= retirement
    if retires:
        now.work[person] = _RETIRED
    return bool(retires or age == ELDERLY_AGE)


@kernel
def update_totals(
    changed: NDArray[np.int64],
    indptr: NDArray[np.uint32],
    other: NDArray[np.uint32],
    layer: NDArray[np.uint8],
    weight: NDArray[np.float32],
    seen: NDArray[np.uint8],
    total: NDArray[np.float32],
) -> None:
    """Sum up again the ties to adults of everybody tied to somebody who came of age or left."""
    for n in range(changed.shape[0]):
        i = changed[n]
        for k in range(indptr[i], indptr[i + 1]):
            j = other[k]
            sum_of_weights = np.float32(0.0)
            for m in range(indptr[j], indptr[j + 1]):
                if seen[other[m]] != 0:
                    sum_of_weights += weight[layer[m]]
            total[j] = sum_of_weights


@kernel
def withdraw(jobs: NDArray[np.void], used: int, dwellers: NDArray[np.uint8], time: float) -> None:
    """Let problems of dwellings in which nobody lives any more lapse where nobody has taken them up."""
    for slot in range(used):
        job = jobs[slot]
        if job.kind == col.CASE and dwellers[job.household] == 0:
            job.lapses = min(job.lapses, max(time, job.onset))
