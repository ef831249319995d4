"""The population moves: people grow older, households move away, the old die, work is lost.

The draws are addressed by household and resident, so the same people leave under every governance model. Who leaves takes no
part, has no say and no problems; problems of an empty dwelling that nobody has taken up are withdrawn.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from govsim.draws import PLACE, Key, bits, uniform
from govsim.engine import columns as col
from govsim.engine.exposure import recount_households
from govsim.engine.process import Equation, Vector
from govsim.engine.state import State
from govsim.kernels import choose, kernel, part
from govsim.units import ADULT_AGE, BLOCK, ELDERLY_AGE, OLD_AGE, WEEKS_PER_YEAR, YOUNG_AGE
from govsim.world.columns import Communities, Households, ParticipationType, Work

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
    week = state.week
    touched = np.empty(len(world.households.community), np.int64)
    came_or_went = np.empty(len(now.status), np.int64)
    households, people = pass_week(
        week,
        world.households,
        world.residents.household,
        world.communities,
        world.residents.female,
        now,
        state.participation_type,
        state.birthday,
        rule,
        DemographyKeys(
            state.key("institutions.moving", week),
            state.key("institutions.death", week),
            state.key("institutions.layoff", week),
            state.key("institutions.type"),
        ),
        touched,
        came_or_went,
    )
    if people:
        changed, ties = came_or_went[:people], state.ties
        state.status_next[changed] = now.status[changed]
        update_totals(
            changed,
            ties.indptr,
            ties.other,
            ties.layer,
            state.rules.tie_weights,
            now.status,
            state.tie_totals,
        )
        left = changed[now.left[changed] >= 0]
        members = left[state.exposure.in_organisation[left] == 1]
        np.subtract.at(state.exposure.members_reach, world.residents.community[members], 1.0)
    if households:
        exposure = state.exposure
        recount_households(
            touched[:households],
            world.households.first,
            world.households.exposure,
            now,
            state.classes,
            exposure.groups,
            exposure.dwellers,
            exposure.arrival_mean,
        )
        withdraw(state.pool.jobs, state.pool.used, state.exposure.dwellers, state.end)


@kernel
def birthdays(first_resident: NDArray[np.uint64], key: Key) -> NDArray[np.uint8]:
    """Return the week of the year in which each resident grows a year older, 0 to 51."""
    week = np.empty(first_resident[-1], np.uint8)
    for c in range(first_resident.shape[0] - 1):
        for person in range(int(np.int64(first_resident[c])), int(np.int64(first_resident[c + 1]))):
            place = (np.uint64(c) << PLACE) | np.uint64(person - int(np.int64(first_resident[c])))
            week[person] = bits(key, place, np.uint64(0)) % np.uint64(WEEKS_PER_YEAR)
    return week


class DemographyKeys(NamedTuple):
    """Addresses of the draws of demography."""

    moving: Key
    death: Key
    layoff: Key
    type: Key


@kernel
def pass_week(
    week: int,
    households: Households,
    household_of: NDArray[np.uint32],
    communities: Communities,
    female: NDArray[np.uint8],
    now: col.ResidentState,
    participation_type: NDArray[np.uint8],
    birthday: NDArray[np.uint8],
    rule: DemographyRule,
    keys: DemographyKeys,
    touched: NDArray[np.int64],
    came_or_went: NDArray[np.int64],
) -> tuple[int, int]:
    """Let one week pass.

    Parameters
    ----------
    household_of, female, participation_type, birthday : shape (residents,)
    touched : shape (households,)
        Receives the households whose exposure may have changed, in their order.
    came_or_went : shape (residents,)
        Receives the residents who came of age, and the adults who left, in their order.

    Returns
    -------
    tuple of int
        How many of each.
    """
    first_household, first_resident = communities.first_household, communities.first_resident
    most = 0
    for c in range(first_household.shape[0] - 1):
        most = max(most, int(np.int64(first_household[c + 1] - first_household[c])))
    may, flag, chosen = np.empty(most, np.uint8), np.empty(BLOCK, np.uint8), np.empty(BLOCK + 1, np.uint16)
    households_touched = people_moved = 0
    for c in range(first_household.shape[0] - 1):
        first, last = int(np.int64(first_household[c])), int(np.int64(first_household[c + 1]))
        first_here, last_here = int(np.int64(first_resident[c])), int(np.int64(first_resident[c + 1]))
        address = np.uint64(c) << PLACE
        _may_move(address, last - first, rule, keys.moving, may)
        _may_change(
            address,
            first,
            first_here,
            last_here,
            household_of,
            birthday,
            now,
            rule,
            keys,
            may,
            flag,
            chosen,
        )
        for household in range(first, last):
            if not may[household - first]:
                continue
            low, high = (
                int(np.int64(households.first[household])),
                int(np.int64(households.first[household + 1])),
            )
            changed, people_moved = _pass_week_at_home(
                week,
                low,
                high,
                address + np.uint64(household - first),
                address + np.uint64(low - first_here),
                female,
                now,
                participation_type,
                birthday,
                rule,
                keys,
                came_or_went,
                people_moved,
            )
            if changed:
                touched[households_touched] = household
                households_touched += 1
    return households_touched, people_moved


@part
def _may_move(
    address: np.uint64, households: int, rule: DemographyRule, moving_key: Key, may: NDArray[np.uint8]
) -> None:
    """Flag the households of a community that move if they are as young as can be."""
    most = max(rule.moving_young, rule.moving_other)
    for h in range(np.uint64(households)):
        may[h] = uniform(moving_key, address + h, np.uint64(0)) < most


@part
def _may_change(
    address: np.uint64,
    first_household: int,
    first: int,
    last: int,
    household_of: NDArray[np.uint32],
    birthday: NDArray[np.uint8],
    now: col.ResidentState,
    rule: DemographyRule,
    keys: DemographyKeys,
    may: NDArray[np.uint8],
    flag: NDArray[np.uint8],
    chosen: NDArray[np.uint16],
) -> None:
    """Flag the households of a community in which somebody has a birthday, dies or loses work."""
    for at in range(first, last, BLOCK):
        size = min(last - at, BLOCK)
        born, age, work = birthday[at : at + size], now.age[at : at + size], now.work[at : at + size]
        left, home = now.left[at : at + size], household_of[at : at + size]
        own = address + np.uint64(at - first)
        for b in range(size):
            something = (int(np.int64(born[b])) == rule.birthday_week) | (age[b] > OLD_AGE)
            flag[b] = (left[b] < 0) & something
        count = choose(size, flag, chosen)
        _strike(count, own, keys.death, rule.deaths, chosen, flag)
        for n in range(count):
            b = chosen[n]
            if (flag[n] != 0 and age[b] > OLD_AGE) or int(np.int64(born[b])) == rule.birthday_week:
                may[int(np.int64(home[b])) - first_household] = 1
        if rule.layoffs > 0.0:
            for b in range(size):
                flag[b] = (left[b] < 0) & (work[b] == _EMPLOYED)
            count = choose(size, flag, chosen)
            _strike(count, own, keys.layoff, rule.layoffs, chosen, flag)
            for n in range(count):
                if flag[n]:
                    may[int(np.int64(home[chosen[n]])) - first_household] = 1


@part
def _strike(
    count: int,
    address: np.uint64,
    key: Key,
    chance: float,
    chosen: NDArray[np.uint16],
    flag: NDArray[np.uint8],
) -> None:
    """Flag those of the chosen ones of a block, of whom the first has an address, whom chance strikes."""
    for n in range(count):
        flag[n] = uniform(key, address + np.uint64(chosen[n]), np.uint64(0)) < chance


@part
def _pass_week_at_home(
    week: int,
    low: int,
    high: int,
    address: np.uint64,
    place: np.uint64,
    female: NDArray[np.uint8],
    now: col.ResidentState,
    participation_type: NDArray[np.uint8],
    birthday: NDArray[np.uint8],
    rule: DemographyRule,
    keys: DemographyKeys,
    came_or_went: NDArray[np.int64],
    moved: int,
) -> tuple[bool, int]:
    """Let one week pass for a household of residents ``low`` to ``high``; ``place`` is the address of the first of them.

    Returns whether its exposure may have changed, and how many are in ``came_or_went`` now.
    """
    oldest = 0
    for person in range(low, high):
        if now.left[person] < 0:
            oldest = max(oldest, int(np.int64(now.age[person])))
    if oldest == 0:
        return False, moved
    hazard = rule.moving_young if oldest < YOUNG_AGE else (rule.moving_other if oldest <= OLD_AGE else 0.0)
    if hazard > 0.0 and uniform(keys.moving, address, np.uint64(0)) < hazard:
        for person in range(low, high):
            moved = _leave(now, person, week, came_or_went, moved)
        return True, moved
    changed = False
    for person in range(low, high):
        if now.left[person] >= 0:
            continue
        own = place + np.uint64(person - low)
        if (
            rule.deaths > 0.0
            and now.age[person] > OLD_AGE
            and uniform(keys.death, own, np.uint64(0)) < rule.deaths
        ):
            moved = _leave(now, person, week, came_or_went, moved)
            changed = True
            continue
        if (
            rule.layoffs > 0.0
            and now.work[person] == _EMPLOYED
            and uniform(keys.layoff, own, np.uint64(0)) < rule.layoffs
        ):
            now.work[person] = _LAID_OFF
            changed = True
        if rule.birthday_week == int(np.int64(birthday[person])):
            if int(np.int64(now.age[person])) + 1 == ADULT_AGE:
                came_or_went[moved] = person
                moved += 1
            changed |= _grow_older(now, person, own, female, participation_type, rule, keys.type)
    return changed, moved


@part
def _leave(
    now: col.ResidentState, person: int, week: int, came_or_went: NDArray[np.int64], moved: int
) -> int:
    """Let a resident leave for good; return how many came of age or were adults who left."""
    if now.left[person] >= 0:
        return moved
    now.left[person] = week
    if now.status[person] != 0:
        came_or_went[moved] = person
        moved += 1
    now.status[person] = 0
    now.opinion[person] = 0.0
    now.called[person] = now.needed_call[person] = 0
    return moved


@part
def _grow_older(
    now: col.ResidentState,
    person: int,
    place: np.uint64,
    female: NDArray[np.uint8],
    participation_type: NDArray[np.uint8],
    rule: DemographyRule,
    type_key: Key,
) -> bool:
    """Let a resident be a year older; return whether the household's exposure may have changed."""
    if now.age[person] < col.BYTE_FULL:
        now.age[person] += 1
    age = int(np.int64(now.age[person]))
    if age == ADULT_AGE:
        now.status[person] = col.ADULT
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
    status: NDArray[np.uint8],
    total: NDArray[np.float32],
) -> None:
    """Sum up again the ties to adults of everybody tied to somebody who came of age or left."""
    for n in range(changed.shape[0]):
        i = changed[n]
        for k in range(indptr[i], indptr[i + 1]):
            j = other[k]
            sum_of_weights = np.float32(0.0)
            for m in range(indptr[j], indptr[j + 1]):
                if status[other[m]] != 0:
                    sum_of_weights += weight[layer[m]]
            total[j] = sum_of_weights


@kernel
def withdraw(jobs: NDArray[np.void], used: int, dwellers: NDArray[np.uint8], time: float) -> None:
    """Let problems of dwellings in which nobody lives any more lapse where nobody has taken them up."""
    for slot in range(used):
        job = jobs[slot]
        if job.kind == col.CASE and dwellers[job.household] == 0:
            job.lapses = min(job.lapses, max(time, job.onset))


TITLE_ZH = "人口变动"

EQUATIONS = (
    Equation(
        "institutions.demography_chance",
        "chance = 1 - (1 - min(yearly, 1 - 2 ** -52)) ** (1 / 52)",
        "The weekly chances of moving and dying from the declared ones of a year. Layoffs are declared by week.",
        "由年度概率换算迁出与死亡的每周概率。失业概率按周设定。",
        (Vector({"yearly": 0.1}, {"chance": 0.0020241124785004283}),),
    ),
    Equation(
        "institutions.demography_eligible",
        "eligible = 1 if adult",
        "Every resident, before anything of this week's demography: who could take part this week.",
        "每名居民，在本周人口变动之前：本周可参与者。",
        (),
    ),
    Equation(
        "institutions.demography_moving",
        "leaves if u < moving_under_40 if oldest < 40; moving_from_40 if 40 <= oldest <= 60; never if oldest > 60",
        "Each household, in order, by the age of its oldest member there: all its members leave. A household "
        "without anybody older "
        "than 0 is passed over altogether.",
        "每户，按顺序，以在住最年长者的年龄计：全户迁出。没有0岁以上在住者的户整体跳过。",
        (),
    ),
    Equation(
        "institutions.demography_death",
        "dies if age > 60 and u < deaths_over_60",
        "Each resident there of a household that stays, in order; equations up to demography_type apply to one "
        "resident before the "
        "next.",
        "未迁出户的每名在住居民，按顺序；至demography_type的各式对一人全部适用后再到下一人。",
        (),
    ),
    Equation(
        "institutions.demography_left",
        "left = week; status = 0; O = 0; called = 0; needed_call = 0",
        "Who moves or dies. All else stays as it was.",
        "迁出或死亡者。其余保持不变。",
        (),
    ),
    Equation(
        "institutions.demography_layoff",
        "work = laid off if work = employed and u < layoffs",
        "Each resident there. free_hours and time_cost stay as they are.",
        "每名在住居民。free_hours和time_cost不变。",
        (),
    ),
    Equation(
        "institutions.demography_birthday",
        "age = min(age + 1, 255) if birthday = week mod 52",
        "Each resident there, where the scenario has ageing. birthday is 64 random bits mod 52, drawn once "
        "(`institutions.birthday`, community and resident).",
        "设有老龄化时的每名在住居民。birthday为64位随机数除以52的余数，仅抽一次（institutions.birthday，"
        "按社区与居民）。",
        (),
    ),
    Equation(
        "institutions.demography_type",
        "at 16: adult; O = (T[community] + T[street] + T[district]) / 3; type = certain if u < certain_share, "
        "contingent if "
        "u < certain_share + contingent_share, else never; work = none if it was child; "
        "at retirement age or above: work = retired if employed, laid off or self-employed",
        "Each resident on the birthday, by the new age. Retirement age: `population.work.retirement_women`, "
        "`retirement_men`. free_hours, time_cost, threshold, ability and knows_staff are columns of the world that "
        "children have from week 0 too and that nothing changes: free_hours are drawn as for adults without work; the "
        "threshold is 0 with `placement: quantile`, else drawn like that of others.",
        "每名过生日的居民，按新年龄。退休年龄为population.work.retirement_women与retirement_men。free_hours、time_cost、threshold、"
        "ability和knows_staff为世界的固定列，未成年人自第0周起也有取值，此后不变：free_hours按无业成年人抽取；placement为quantile时"
        "threshold为0，否则与他人一样抽取。",
        (),
    ),
    Equation(
        "institutions.demography_ties",
        "tie_totals[j] = sum of w[jk] over ties k of j who are adults",
        "Every j tied to an adult who left or to somebody who came of age, in single precision, in the order of "
        "the network. An adult "
        "who left and belonged to an organisation lessens members_reach by 1. status_next of those who left or "
        "came of age is as seen.",
        "与离开的成年人或新成年者有关系的每名居民j，单精度，按网络顺序。"
        "离开的组织成员（成年）使members_reach减1。离开者与新成年者的seen_next等于seen。",
        (),
    ),
    Equation(
        "institutions.demography_households",
        "exposure = zones of week 0 + laid-off bit + elderly bit; dwellers = number of adults; "
        "arrival_mean = sum of rate[k] over classes k that reach the exposure, 0 without adults",
        "Each household from which somebody left, or in which somebody lost work, retired or became 65. "
        "Elderly: a resident aged 65 or "
        "over. Coming of age alone does not bring this about.",
        "有人离开、失业、退休或满65岁的每户。elderly指有65岁及以上居民。仅有人成年不触发更新。",
        (),
    ),
    Equation(
        "institutions.demography_withdrawn",
        "lapses = min(lapses, max(end, onset)) where dwellers = 0",
        "Every case, in a week with such a household.",
        "出现上述住户的一周内的每件事项。",
        (),
    ),
)
