"""Who can be struck, seen, visited and called: what follows from a world and a governance model once and for all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from govsim.engine.columns import Residents
from govsim.engine.offices import ELDERLY_BIT, LAID_OFF_BIT
from govsim.engine.processes.experience import LOCAL_TIERS
from govsim.engine.processes.participation import ADULT, CHILD
from govsim.scenario.schema import Scenario
from govsim.scenario.schema.governance import GovernanceModel
from govsim.units import ADULT_AGE, ELDERLY_AGE, PER_1000
from govsim.world import Work, World


@dataclass(frozen=True)
class Reach:
    """Fixed columns of a run.

    Attributes
    ----------
    exposure : uint8 array, shape (households,)
        Bits of what each household is exposed to: the world's hazard zones, a laid-off or an elderly member.
    arrival_mean : float32 array, shape (households,)
        Mean number of new problems a week.
    task_mean : float64 array, shape (offices,)
        Mean number of tasks from above a week.
    visit_place : int64 array, shape (households,)
        Place in the community's round of visits, -1 where nobody visits.
    visit_round : int64 array, shape (communities,)
        Length of that round.
    contacts : float64 array, shape (households,)
        Contacts a week with the linked Party member, if that one takes part.
    liaison_members : int64 array
        Residents who are linked to households; ``contact_hours`` is what each spends on contacts in a week of taking part.
    in_organisation : uint8 array, shape (residents,)
        Whether the resident belongs to an organisation; ``members_reach`` counts them by community.
    branch_members : float64 array, shape (communities,)
        Adults in Party branches.
    grids : float64 array, shape (communities,)
        Number of grids.
    """

    exposure: NDArray[np.uint8]
    arrival_mean: NDArray[np.float32]
    task_mean: NDArray[np.float64]
    visit_place: NDArray[np.int64]
    visit_round: NDArray[np.int64]
    contacts: NDArray[np.float64]
    liaison_members: NDArray[np.int64]
    contact_hours: NDArray[np.float32]
    in_organisation: NDArray[np.uint8]
    members_reach: NDArray[np.float64]
    branch_members: NDArray[np.float64]
    grids: NDArray[np.float64]


def reach_of(
    world: World, scenario: Scenario, model: GovernanceModel, classes: NDArray[np.void], offices: int
) -> Reach:
    """Work out the reach of offices, members and organisations in a world."""
    people, households, communities = world.residents, world.households, len(world.communities.street)
    exposure = _exposure(world)
    mean = np.zeros(len(exposure))
    for item in classes:
        struck = (exposure & item["exposed"]) > 0 if item["exposed"] else np.ones(len(mean), bool)
        mean += np.where(struck, item["rate"], 0.0)
    arrival_mean = mean * world.communities.condition[households.community]
    in_organisation = np.zeros(len(people.age), np.uint8)
    in_organisation[world.memberships.resident] = 1
    links = np.bincount(world.links.member.astype(np.int64), minlength=len(people.age))
    linked = households.liaison >= 0
    contacts = np.zeros(len(linked))
    wanted = model.detection.member_contact_hours
    contacts[linked] = wanted / scenario.handling.contact_hours / links[households.liaison[linked]]
    members = np.flatnonzero(links)
    branch = (people.branch >= 0) & (people.age >= ADULT_AGE)
    place, length = _round_of_visits(world, model.detection.visit_targets, exposure)
    return Reach(
        exposure=exposure,
        arrival_mean=arrival_mean.astype(np.float32),
        task_mean=_task_mean(world, scenario, offices),
        visit_place=place,
        visit_round=length,
        contacts=contacts,
        liaison_members=members,
        contact_hours=np.minimum(wanted, people.free_hours[members]),
        in_organisation=in_organisation,
        members_reach=np.bincount(people.community, in_organisation, communities).astype(float),
        branch_members=np.bincount(people.community, branch, communities).astype(float),
        grids=np.bincount(world.grids.community, minlength=communities).astype(float),
    )


def _exposure(world: World) -> NDArray[np.uint8]:
    first = world.households.first.astype(np.int64)
    laid_off = np.maximum.reduceat(world.residents.work == Work.LAID_OFF, first[:-1])
    elderly = np.maximum.reduceat(world.residents.age >= ELDERLY_AGE, first[:-1])
    bits = world.households.exposure | (laid_off * LAID_OFF_BIT) | (elderly * ELDERLY_BIT)
    exposure: NDArray[np.uint8] = bits.astype(np.uint8)
    return exposure


def _round_of_visits(
    world: World, targets: str, exposure: NDArray[np.uint8]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return each household's place in its community's round of visits, and the length of each round."""
    if targets == "round":
        target = np.ones(len(exposure), bool)
    elif targets == "needy":
        target = exposure > 0
    else:
        first = world.households.first.astype(np.int64)
        target = np.maximum.reduceat(world.residents.acquainted, first[:-1]) > 0
    community = world.households.community
    running = np.cumsum(target)
    before = np.concatenate([[0], running])[world.communities.first_household[:-1].astype(np.int64)]
    place = np.where(target, running - 1 - before[community], -1).astype(np.int64)
    return place, np.bincount(community, target, len(world.communities.street)).astype(np.int64)


def _task_mean(world: World, scenario: Scenario, offices: int) -> NDArray[np.float64]:
    """Return the mean number of tasks from above a week by office: communities first, then street units."""
    tasks, people = scenario.tasks, np.diff(world.communities.first_resident).astype(float)
    streets = np.bincount(world.communities.street, people, len(world.street_names))
    work = np.concatenate([tasks.community_hours * people, tasks.street_hours * streets]) * PER_1000
    mean: NDArray[np.float64] = np.concatenate([work, np.zeros(offices - len(work))]) / tasks.effort_hours
    return mean


def residents_at_start(world: World, model: GovernanceModel) -> Residents:
    """Return the residents' changing columns at week 0: nobody active, opinions as trust has it."""
    people = world.residents
    count = len(people.age)
    adult = people.age >= ADULT_AGE
    registered = people.registered.copy()
    if model.mobilisation.enrolled == "branches":
        registered[(people.branch >= 0) & adult] = 1
    trust = people.trust.astype(np.float32, copy=True)
    return Residents(
        seen=np.where(adult, ADULT, CHILD).astype(np.uint8),
        opinion=np.where(adult, trust[:, :LOCAL_TIERS].mean(axis=1, dtype=np.float64), 0.0).astype(
            np.float32
        ),
        trust=trust,
        expectation=people.expectation.copy(),
        satisfaction=people.expectation.copy(),
        efficacy=people.efficacy.copy(),
        habit=np.zeros(count, np.float32),
        fatigue=np.zeros(count, np.float32),
        hours_given=np.zeros(count, np.float32),
        registered=registered,
        called=np.zeros(count, np.uint8),
        needed_call=np.zeros(count, np.uint8),
        weeks_active=np.zeros(count, np.uint16),
        last_active=np.full(count, -1, np.int16),
        active_share=np.zeros(count, np.float32),
        heard=np.full(count, -1.0, np.float32),
    )
