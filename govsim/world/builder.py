"""Build the world of week 0 from the population, the network and a seed."""

from __future__ import annotations

import numpy as np

from govsim.scenario.schema.network import Network
from govsim.scenario.schema.population import Population
from govsim.units import ADULT_AGE
from govsim.world import people, places
from govsim.world.chance import Chance, Entities, entities
from govsim.world.columns import (
    U4,
    Households,
    Links,
    Residents,
    TieLayer,
    Ties,
    Work,
    World,
    columns_hash,
)
from govsim.world.composition import GENERATION, compositions
from govsim.world.organisations import found_organisations
from govsim.world.ties import (
    NO_PAIRS,
    Pairs,
    Pools,
    assemble,
    half_degrees,
    household_pairs,
    link_households,
    mixture_pairs,
    poisson_half_degrees,
    pools,
    ring_pairs,
    sizes,
)


def build(population: Population, network: Network, seed: int) -> World:
    """Return the world of week 0; it knows of nothing but its three arguments.

    Raises
    ------
    ScenarioError
        If no mixture of households has both the declared sizes and the declared ages.
    """
    population = population.model_copy(update={"street_units": population.written_out()})
    chance = Chance(seed)
    families = compositions(population)
    communities, street_units = places.lay_out(population)
    homes = places.settle(communities.first_resident, families, chance)
    first_household = np.searchsorted(homes.community, np.arange(len(communities.street) + 1)).astype(
        np.uint32
    )
    communities = communities._replace(first_household=first_household)
    household = np.repeat(np.arange(len(homes.community), dtype=np.uint32), sizes(homes.first))
    where = homes.community[household]
    entity = entities(where, communities.first_resident)
    grids, grid = places.grids(population, communities, homes)
    housing = places.housing(population, homes, communities, chance)

    age, couple = places.ages(homes, families, entity, GENERATION, chance)
    female = people.sex(population, families.partnered, couple, entity, chance)
    level = people.schooling(population, age, entity, chance)
    status = people.work(population, age, female, entity, chance)
    migrant = (chance.uniform("migrant", homes.entity) < population.migrant).astype(np.uint8)[household]
    member = people.party_members(population, age, female, level, entity, chance)
    hours = people.free_hours(population, status, entity, chance)
    kind, threshold = people.character(population, age, entity, chance)
    attitudes = population.attitudes
    residents = Residents(
        household=household,
        community=where,
        age=age,
        female=female,
        schooling=level,
        work=status,
        migrant=migrant,
        party_member=member,
        branch=people.branches(member, communities.first_resident, population.party.branch_size),
        free_hours=hours,
        participation_type=kind,
        threshold=threshold,
        time_cost=people.time_cost(population, hours),
        ability=people.ability(population, age, level, migrant),
        acquainted=people.acquainted(
            population, network.staff, age, migrant, housing[household], entity, chance
        ),
        registered=people.registered(population, age, entity, chance),
        trust=people.trust_by_tier(population, entity, chance),
        expectation=people.attitude("expectation", attitudes.expectation, attitudes.spread, entity, chance),
        efficacy=people.attitude("efficacy", attitudes.efficacy, attitudes.spread, entity, chance),
    )
    members = np.flatnonzero(member).astype(np.uint32)
    households = Households(
        first=homes.first,
        community=homes.community,
        grid=grid,
        housing=housing,
        exposure=places.exposure(population, grids, grid, chance),
        liaison=link_households(
            household, members, grids.first_household, grid, network.liaison.linked_households
        ),
    )
    organisations, memberships, drawn = found_organisations(
        population, communities.first_resident, age, status, residents.registered, chance
    )
    linked = np.flatnonzero(households.liaison >= 0).astype(np.uint32)
    links = Links(households.liaison[linked].astype(np.uint32), linked)
    ties = _tie(population, network, residents, households, communities.first_resident, drawn, entity, chance)
    tables = (
        residents,
        households,
        grids,
        communities,
        street_units,
        organisations,
        memberships,
        links,
        ties,
    )
    units = population.street_units
    return World(
        *tables,
        community_names=tuple(place.name.en for unit in units for place in unit.communities),
        community_names_zh=tuple(place.name.zh for unit in units for place in unit.communities),
        street_names=tuple(unit.name.en for unit in units),
        street_names_zh=tuple(unit.name.zh for unit in units),
        district_names=tuple(name.en for name in population.districts),
        district_names_zh=tuple(name.zh for name in population.districts),
        seed=seed,
        hash=columns_hash(*tables),
        network_hash=columns_hash(ties),
    )


def district_of(population: Population) -> U4:
    """Return the district of each community, from 0 on; shape (communities,)."""
    units = population.street_units
    number = np.array([unit.district - 1 for unit in units], np.uint32)
    return np.repeat(number, [len(unit.communities) for unit in units])


def _tie(
    population: Population,
    network: Network,
    residents: Residents,
    households: Households,
    edges: U4,
    drawn: Pools,
    entity: Entities,
    chance: Chance,
) -> Ties:
    """Return the ties of all layers; children are tied inside their households only."""
    adults = np.flatnonzero(residents.age >= ADULT_AGE).astype(np.uint32)
    members = np.flatnonzero(residents.branch >= 0).astype(np.uint32)
    number = residents.branch[members].astype(np.int64)
    branch = pools(number, members, int(number.max()) + 1 if len(number) else 0)
    linked = np.flatnonzero(
        (households.liaison[residents.household] >= 0) & (residents.age >= ADULT_AGE)
    ).astype(np.uint32)
    return assemble(
        len(residents.age),
        {
            TieLayer.HOUSEHOLD: household_pairs(households.first) if network.household else NO_PAIRS,
            TieLayer.NEIGHBOUR: _neighbours(network, residents, adults, edges, entity, chance),
            TieLayer.KIN_WORK_SCHOOL: _kin(
                network, residents, adults, district_of(population), entity, chance
            ),
            TieLayer.BRANCH: ring_pairs(
                "branch", branch, network.branch.degree, 0.0, residents.household, False, entity, chance
            ),
            TieLayer.LIAISON_MEMBER: Pairs(
                linked, households.liaison[residents.household[linked]].astype(np.uint32)
            ),
            TieLayer.ORGANISATION: ring_pairs(
                "organisation",
                drawn,
                network.organisation.degree,
                0.0,
                residents.household,
                False,
                entity,
                chance,
            ),
        },
    )


def _neighbours(
    network: Network, residents: Residents, adults: U4, edges: U4, entity: Entities, chance: Chance
) -> Pairs:
    """Tie adults to others of their community, those next to them in a lattice or anybody."""
    spec = network.neighbours
    nearby = Pools(np.searchsorted(adults, edges).astype(np.uint32), adults)
    if spec.kind == "lattice":
        return ring_pairs(
            "neighbour", nearby, spec.degree, spec.rewired, residents.household, True, entity, chance
        )
    if spec.kind == "random" and spec.degree > 0:
        named = poisson_half_degrees("neighbour", spec.degree, entity[adults], chance)
        place = residents.community[adults].astype(np.uint32)
        return mixture_pairs(
            "neighbour", adults, named, (place, nearby), (place, nearby), 0.0, entity, chance
        )
    return NO_PAIRS


def _kin(
    network: Network, residents: Residents, adults: U4, district: U4, entity: Entities, chance: Chance
) -> Pairs:
    """Tie adults to others of their district, as kin, colleagues and schoolmates."""
    spec = network.kin_work_school
    label, count = likeness(residents, district)
    label = label[adults]
    reach = district[residents.community[adults]]
    return mixture_pairs(
        "kin_work_school",
        adults,
        half_degrees("kin_work_school", spec.degree, entity[adults], chance),
        (label, pools(label, adults, count)),
        (reach, pools(reach, adults, int(district.max()) + 1)),
        spec.homophily,
        entity,
        chance,
    )


def likeness(residents: Residents, district: U4) -> tuple[U4, int]:
    """Return the group inside which kin, colleagues and schoolmates are likelier, and the number of groups.

    A group shares district, age group (18-39 with the youngest adults, 40-60, 61 and over), work status and origin;
    ``district`` is by community.
    """
    age = np.maximum(people.age_group(residents.age), 1) - 1
    label = (age * len(Work) + residents.work) * 2 + residents.migrant  # below 42
    groups = 3 * len(Work) * 2
    return label + groups * district[residents.community], groups * (int(district.max()) + 1)
