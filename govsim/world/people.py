"""Attributes of residents. Party membership enters none of them: it acts through ties alone."""

from __future__ import annotations

from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from govsim.scenario.declare import scale_to
from govsim.scenario.schema.network import StaffAcquaintance
from govsim.scenario.schema.people import SchoolingShares
from govsim.scenario.schema.population import Population
from govsim.units import ADULT_AGE
from govsim.world.chance import Chance, Column, Entities
from govsim.world.columns import F4, I4, U1, Housing, ParticipationType, Schooling, Work
from govsim.world.composition import age_targets

MAJOR = 18
"""Age from which a resident may be a Party member, a registered volunteer, or known at the office."""
STUDENT_UNTIL = 22


class Character(NamedTuple):
    """What threshold models call the type of a resident."""

    participation_type: U1
    threshold: F4


_GROUP_OF_AGE = np.searchsorted(np.array([18, 40, 61]), np.arange(256), side="right").astype(np.uint8)


def age_group(age: U1) -> U1:
    """Return 0 under 18, 1 for 18-39, 2 for 40-60, 3 from 61."""
    group: U1 = _GROUP_OF_AGE[age]
    return group


def sex(population: Population, partnered: float, couple: U1, entity: Entities, chance: Chance) -> U1:
    """Return 1 for women; partners differ, the others make up for the declared share."""
    single_share = (population.female - 0.5 * partnered) / (1.0 - partnered) if partnered < 1.0 else 0.5
    second = couple.astype(bool)
    first = np.zeros(len(couple), bool)
    first[:-1] = second[1:]
    limit = np.where(first, 0.5, single_share)
    female = (chance.uniform("female", entity) < limit).astype(np.uint8)
    rows = np.flatnonzero(second)
    female[rows] = 1 - female[rows - 1]
    return female


def schooling(population: Population, age: U1, entity: Entities, chance: Chance) -> U1:
    """Return the highest schooling; children are on their way through primary and junior school."""
    education = population.education
    groups = (education.under_40, education.from_40_to_60, education.over_60)
    u, group = chance.uniform("schooling", entity), age_group(age)
    out = np.where(age >= 13, Schooling.JUNIOR, Schooling.PRIMARY).astype(np.uint8)
    for g, shares in enumerate(groups, start=1):
        rows = np.flatnonzero(group == g)
        out[rows] = Schooling.COLLEGE - np.searchsorted(_from_the_top(shares), u[rows], side="right")
    return out


def _from_the_top(shares: SchoolingShares) -> Column:
    return np.cumsum([shares.college, shares.senior, shares.junior])


def work(population: Population, age: U1, female: U1, entity: Entities, chance: Chance) -> U1:
    """Return the work status."""
    spec = population.work
    u = chance.uniform("work", entity)
    laid_off = np.where(age < 40, spec.laid_off_under_40, spec.laid_off_from_40)
    out = np.full(len(age), Work.EMPLOYED, np.uint8)
    out[u < laid_off + spec.self_employed + spec.none] = Work.NONE
    out[u < laid_off + spec.self_employed] = Work.SELF_EMPLOYED
    out[u < laid_off] = Work.LAID_OFF
    out[(age <= STUDENT_UNTIL) & (chance.uniform("student", entity) < spec.student)] = Work.STUDENT
    out[age >= np.where(female == 1, spec.retirement_women, spec.retirement_men)] = Work.RETIRED
    out[age < ADULT_AGE] = Work.CHILD
    return out


def free_hours(population: Population, status: U1, entity: Entities, chance: Chance) -> F4:
    """Return the hours a week that a resident could give away; a child's are those it will have when it is of age."""
    spec = population.free_hours
    mean = np.zeros(len(Work))
    for kind in Work:
        mean[kind] = getattr(spec, (Work.NONE if kind is Work.CHILD else kind).name.lower())
    return (mean[status] * (1.0 + spec.spread * chance.triangular("free_hours", entity))).astype(np.float32)


def party_members(
    population: Population, age: U1, female: U1, level: U1, entity: Entities, chance: Chance
) -> U1:
    """Return 1 for Party members, by chances that depend on age group, schooling and sex."""
    limits = np.array([[[0.0, 0.0], [0.0, 0.0]], *population.party_chances()])
    limit: Column = limits[age_group(age), (level == Schooling.COLLEGE).view(np.uint8), female]
    return (chance.uniform("party_member", entity) < limit).astype(np.uint8)


def branches(member: U1, first_resident: NDArray[np.unsignedinteger], size: int) -> I4:
    """Number the branches: neighbouring members of one community, ``size`` at a time; -1 for the rest."""
    out = np.full(len(member), -1, np.int32)
    rows = np.flatnonzero(member)
    if not len(rows):
        return out
    where = np.searchsorted(first_resident, rows, side="right") - 1
    rank = np.arange(len(rows)) - np.searchsorted(where, where)
    new = (rank % size == 0) | (rank == 0)
    out[rows] = np.cumsum(new) - 1
    return out


def character(population: Population, age: U1, entity: Entities, chance: Chance) -> Character:
    """Return type and threshold of every resident."""
    spec = population.participation
    kind = np.zeros(len(age), np.uint8)
    limit = np.zeros(len(age))
    u = chance.uniform("participation_type", entity)
    if spec.threshold.placement == "quantile":
        adults = np.flatnonzero(age >= ADULT_AGE)
        order = adults[np.argsort(u[adults], kind="stable")]
        certain = round(spec.certain_share * len(order))
        contingent = min(round(spec.contingent_share * len(order)), len(order) - certain)
        kind[order[:certain]] = ParticipationType.CERTAIN
        rows = order[certain : certain + contingent]
        kind[rows] = ParticipationType.CONTINGENT
        limit[rows] = _quantiles(population, contingent)
        # Somebody who never or always takes part still has a threshold, in case a process changes the type.
        others = np.concatenate([order[:certain], order[certain + contingent :]])
        limit[others] = _random_thresholds(population, entity[others], chance)
    else:
        kind[u < spec.certain_share + spec.contingent_share] = ParticipationType.CONTINGENT
        kind[u < spec.certain_share] = ParticipationType.CERTAIN
        limit = _random_thresholds(population, entity, chance)
    kind[age < ADULT_AGE] = ParticipationType.NEVER
    return Character(kind, limit.astype(np.float32))


def _random_thresholds(population: Population, entity: Entities, chance: Chance) -> Column:
    spec = population.participation.threshold
    if spec.distribution == "uniform":
        return spec.low + (spec.high - spec.low) * chance.uniform("threshold", entity)
    return spec.mean + spec.sd * chance.normal("threshold", entity)


def _quantiles(population: Population, n: int) -> Column:
    """Return n thresholds spread over the distribution; uniform ones start at ``low`` (Granovetter 1978)."""
    spec = population.participation.threshold
    if spec.distribution == "uniform":
        return spec.low + (spec.high - spec.low) * np.arange(n) / max(n, 1)
    if spec.sd == 0:
        return np.full(n, spec.mean)
    curve = NormalDist(spec.mean, spec.sd)
    return np.array([curve.inv_cdf((i + 0.5) / n) for i in range(n)])


def time_cost(population: Population, hours: F4) -> F4:
    """Return what is added to the threshold: ``time_cost`` without free time, 0 from ``ample_hours`` on."""
    spec = population.participation
    missing = np.maximum(0.0, 1.0 - hours.astype(np.float64) / spec.ample_hours)
    cost: F4 = (spec.time_cost * missing).astype(np.float32)
    return cost


def ability(population: Population, age: U1, level: U1, migrant: U1) -> F4:
    """Return how well a resident can report, between 0 and 1."""
    spec = population.ability
    loss = spec.elderly * (age > 60) + spec.migrant * migrant
    bounded: F4 = np.clip(spec.base + spec.schooling * level - loss, 0.0, 1.0).astype(np.float32)
    return bounded


def registered(population: Population, age: U1, entity: Entities, chance: Chance) -> U1:
    """Return 1 for registered volunteers."""
    limit = population.participation.registered_share / max(1.0 - population.ages.under_18, 1e-12)
    return ((age >= MAJOR) & (chance.uniform("registered", entity) < limit)).astype(np.uint8)


def acquainted(
    population: Population,
    spec: StaffAcquaintance,
    age: U1,
    migrant: U1,
    home: U1,
    entity: Entities,
    chance: Chance,
) -> U1:
    """Return 1 for those who know somebody at the community office: likelier if older, settled, local."""
    old, lasting_homes = _share_of_elderly(population), _share_of_settled(population)
    groups = [
        (
            spec.elderly_ratio**elderly * spec.settled_ratio**settled * spec.migrant_ratio**newcomer,
            (old if elderly else 1 - old)
            * (lasting_homes if settled else 1 - lasting_homes)
            * (population.migrant if newcomer else 1 - population.migrant),
        )
        for elderly in (0, 1)
        for settled in (0, 1)
        for newcomer in (0, 1)
    ]
    scale = scale_to(spec.share, groups)
    lasting = (home == Housing.OLD_WORK_UNIT) | (home == Housing.VILLAGE)
    factor = np.where(age > 60, spec.elderly_ratio, 1.0) * np.where(lasting, spec.settled_ratio, 1.0)
    factor *= np.where(migrant == 1, spec.migrant_ratio, 1.0)
    return ((age >= MAJOR) & (chance.uniform("acquainted", entity) < scale * factor)).astype(np.uint8)


def _share_of_elderly(population: Population) -> float:
    shares = age_targets(population)
    return float(shares[3:].sum() / max(shares[1:].sum(), 1e-12))


def _share_of_settled(population: Population) -> float:
    people, settled = 0.0, 0.0
    for unit in population.street_units:
        inside = sum(place.residents for place in unit.communities)
        for place in unit.communities:
            weight = unit.residents * place.residents / inside
            people += weight
            settled += weight * (1.0 - place.housing.resettlement - place.housing.commodity)
    return settled / people


def trust_by_tier(population: Population, entity: Entities, chance: Chance) -> F4:
    """Return trust by tier, shape (N, 4); one person's tiers share a part of their deviation."""
    spec = population.attitudes
    means = (spec.trust_community, spec.trust_street, spec.trust_district, spec.trust_centre)
    shared = spec.common * chance.triangular("trust", entity)
    out = np.empty((len(entity), len(means)), np.float32)
    for tier, mean in enumerate(means):
        own = (1.0 - spec.common) * chance.triangular(f"trust.{tier}", entity)
        out[:, tier] = _around(mean, spec.spread, shared + own)
    return out


def attitude(purpose: str, mean: float, spread: float, entity: Entities, chance: Chance) -> F4:
    """Return one attitude per resident."""
    return _around(mean, spread, chance.triangular(purpose, entity))


def _around(mean: float, spread: float, deviation: Column) -> F4:
    """Return values around a mean that stay in [0, 1] without being cut off, so that the mean is kept."""
    value = min(spread, mean, 1.0 - mean) * deviation
    value += mean
    return np.clip(value, 0.0, 1.0, out=value).astype(np.float32)
