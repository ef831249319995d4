"""Who can be struck, seen, visited and called in a world under a governance model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from govsim.engine.columns import ADULT, CHILD, ELDERLY_BIT, LAID_OFF_BIT, LOCAL_TIERS, ResidentState
from govsim.kernels import kernel
from govsim.scenario.schema import Scenario
from govsim.scenario.schema.governance import Governance
from govsim.units import ADULT_AGE, ELDERLY_AGE, PER_1000
from govsim.world.columns import Work, World

_LAID_OFF = int(Work.LAID_OFF)


@dataclass
class Exposure:
    """What changes only when people move, age or lose work, or when the rules change.

    Attributes
    ----------
    groups : uint8 array, shape (households,)
        Bits of what each household is exposed to: hazard zones of week 0, a laid-off or an elderly member.
    dwellers : uint8 array, shape (households,)
        Adults who live there.
    arrival_mean : float32 array, shape (households,)
        Mean number of new problems a week at the declared rates.
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
        Whether the resident belongs to an organisation; ``members_reach`` counts those who are there, by community.
    grids : float64 array, shape (communities,)
        Number of grids.
    """

    groups: NDArray[np.uint8]
    dwellers: NDArray[np.uint8]
    arrival_mean: NDArray[np.float32]
    task_mean: NDArray[np.float64]
    visit_place: NDArray[np.int64]
    visit_round: NDArray[np.int64]
    contacts: NDArray[np.float64]
    liaison_members: NDArray[np.int64]
    contact_hours: NDArray[np.float32]
    in_organisation: NDArray[np.uint8]
    members_reach: NDArray[np.float64]
    grids: NDArray[np.float64]

    def count_people(self, world: World, now: ResidentState) -> None:
        """Count again who is there."""
        here = self.in_organisation * (now.left < 0)
        self.members_reach[:] = np.bincount(world.residents.community, here, len(self.members_reach))

    def set_rules(self, world: World, scenario: Scenario, model: Governance) -> None:
        """Follow rules that change while a run goes on: tasks, contacts and rounds of visits."""
        offices = len(self.task_mean)
        self.task_mean[:] = _task_mean(world, scenario, offices)
        self.contacts[:], self.contact_hours[:] = _contacts(world, scenario, model, self.liaison_members)
        self.visit_place[:], self.visit_round[:] = _round_of_visits(
            world, model.detection.visit_targets, self.groups
        )


def exposure_of(
    world: World,
    scenario: Scenario,
    model: Governance,
    classes: NDArray[np.void],
    now: ResidentState,
    offices: int,
) -> Exposure:
    """Work out the reach of offices, members and organisations in a world."""
    people, households, communities = (
        world.residents,
        len(world.households.community),
        len(world.communities.street),
    )
    everyone = np.arange(households)
    groups, dwellers = np.zeros(households, np.uint8), np.zeros(households, np.uint8)
    arrival_mean = np.zeros(households, np.float32)
    recount_households(
        everyone,
        world.households.first,
        world.households.exposure,
        now,
        classes,
        groups,
        dwellers,
        arrival_mean,
    )
    in_organisation = np.zeros(len(people.age), np.uint8)
    in_organisation[world.memberships.resident] = 1
    members = np.flatnonzero(np.bincount(world.links.member.astype(np.int64), minlength=len(people.age)))
    contacts, contact_hours = _contacts(world, scenario, model, members)
    place, length = _round_of_visits(world, model.detection.visit_targets, groups)
    return Exposure(
        groups=groups,
        dwellers=dwellers,
        arrival_mean=arrival_mean,
        task_mean=_task_mean(world, scenario, offices),
        visit_place=place,
        visit_round=length,
        contacts=contacts,
        liaison_members=members,
        contact_hours=contact_hours,
        in_organisation=in_organisation,
        members_reach=np.bincount(people.community, in_organisation, communities).astype(float),
        grids=np.bincount(world.grids.community, minlength=communities).astype(float),
    )


@kernel
def recount_households(
    which: NDArray[np.int64],
    first: NDArray[np.uint32],
    hazards: NDArray[np.uint8],
    now: ResidentState,
    classes: NDArray[np.void],
    groups: NDArray[np.uint8],
    dwellers: NDArray[np.uint8],
    mean: NDArray[np.float32],
) -> None:
    """Work out for some households what they are exposed to, how many adults live there, and how often they are struck.

    Parameters
    ----------
    which : shape (some,)
        The households.
    hazards : shape (households,)
        Bits of the hazard zones of week 0. Where no adult lives nothing arises.
    """
    for n in range(which.shape[0]):
        household = which[n]
        bits = np.int64(hazards[household])
        adults = 0
        for person in range(np.int64(first[household]), np.int64(first[household + 1])):
            if now.left[person] >= 0:
                continue
            adults += now.status[person] != CHILD
            if now.work[person] == _LAID_OFF:
                bits |= LAID_OFF_BIT
            if now.age[person] >= ELDERLY_AGE:
                bits |= ELDERLY_BIT
        groups[household] = bits
        dwellers[household] = adults
        total = 0.0
        if adults > 0:
            for k in range(classes.shape[0]):
                if classes[k].exposed == 0 or (classes[k].exposed & bits) != 0:
                    total += classes[k].rate
        mean[household] = total


def _contacts(
    world: World, scenario: Scenario, model: Governance, members: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """Return contacts a week of each household with its linked member, and the hours each member spends on them."""
    households, people = world.households, world.residents
    links = np.bincount(world.links.member.astype(np.int64), minlength=len(people.age))
    linked = households.liaison >= 0
    contacts = np.zeros(len(linked))
    wanted = model.detection.member_contact_hours
    contacts[linked] = wanted / scenario.handling.contact_hours / links[households.liaison[linked]]
    return contacts, np.minimum(wanted, people.free_hours[members]).astype(np.float32)


def _round_of_visits(
    world: World, targets: str, groups: NDArray[np.uint8]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return each household's place in its community's round of visits, and the length of each round."""
    if targets == "round":
        target = np.ones(len(groups), bool)
    elif targets == "needy":
        target = groups > 0
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


def residents_at_start(world: World, scenario: Scenario) -> ResidentState:
    """Return the residents' changing columns at week 0: nobody active, opinions as trust has it."""
    people = world.residents
    count = len(people.age)
    adult = people.age >= ADULT_AGE
    trust = people.trust.astype(np.float32, copy=True)
    return ResidentState(
        status=np.where(adult, ADULT, CHILD).astype(np.uint8),
        opinion=np.where(adult, trust[:, :LOCAL_TIERS].mean(axis=1, dtype=np.float64), 0.0).astype(
            np.float32
        ),
        trust=trust,
        expectation=people.expectation.copy(),
        satisfaction=people.expectation.copy(),
        efficacy=people.efficacy.copy(),
        habit=np.zeros(count, np.float32),
        fatigue=np.zeros(count, np.float32),
        hours_given=np.zeros(count),
        registered=people.registered.copy(),
        called=np.zeros(count, np.uint8),
        needed_call=np.zeros(count, np.uint8),
        weeks_active=np.zeros(count, np.uint16),
        last_active=np.full(count, -1, np.int16),
        age=people.age.copy(),
        work=people.work.copy(),
        enrolled=np.zeros(count, np.uint8),
        activity=np.full(count, scenario.duty.response, np.float32),
        times_called=np.zeros(count, np.uint16),
        first_active=np.full(count, -1, np.int16),
        left=np.full(count, -1, np.int16),
        active_share=np.zeros(count, np.float32),
        heard=np.full(count, -1.0, np.float32),
    )


def enrol(world: World, now: ResidentState, model: Governance) -> None:
    """Enrol whom the model enrols by rule; who was enrolled before stays registered, but is on duty no longer."""
    people, present = world.residents, now.status != CHILD
    now.enrolled[:] = 0
    if model.mobilisation.enrolled == "branches":
        now.enrolled[(people.branch >= 0) & present] = 1
    elif model.mobilisation.enrolled == "households":
        heads = np.flatnonzero(present)
        _, first = np.unique(people.household[heads], return_index=True)
        now.enrolled[heads[first]] = 1
    now.registered[now.enrolled == 1] = 1
