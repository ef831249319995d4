"""Communities, households, grids and hazard zones."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from govsim.draws import Key, uniform
from govsim.kernels import kernel
from govsim.scenario.schema.population import Community, Population
from govsim.world.chance import Chance, Entities, entities
from govsim.world.columns import U1, U2, U4, Communities, Grids, Hazard, Housing, StreetUnits
from govsim.world.composition import OLDER, PARTNER, YOUNGER, Compositions


class Homes(NamedTuple):
    """Households before anybody is linked to them; ``entity`` is their stable number."""

    first: U4
    community: U2
    composition: U1
    entity: Entities


def apportion(total: int, weights: NDArray[np.float64]) -> NDArray[np.int64]:
    """Deal ``total`` people to places in proportion to their weights (Webster 1832, Sainte-Lague 1910).

    A divisor method, because it is monotone: one more resident is added to one place and taken from none.
    """
    low, high = 0.0, (total + len(weights) + 1.0) / float(weights.min())
    for _ in range(200):
        middle = 0.5 * (low + high)
        if np.floor(weights * middle + 0.5).sum() > total:
            high = middle
        else:
            low = middle
    seats = np.floor(weights * low + 0.5).astype(np.int64)
    # What is left goes to places that are level to the last digit, one each, the first ones first.
    claim = weights / (seats + 0.5)
    seats[np.argsort(-claim, kind="stable")[: total - seats.sum()]] += 1
    return seats


def lay_out(population: Population) -> tuple[Communities, StreetUnits]:
    """Return the tables of communities and street units; ``first_household`` is still empty."""
    weights, street, condition, bounds = [], [], [], [0]
    for s, unit in enumerate(population.street_units):
        inside = sum(place.residents for place in unit.communities)
        for place in unit.communities:
            weights.append(unit.residents * place.residents / inside)
            street.append(s)
            condition.append(place.condition)
        bounds.append(len(weights))
    people = apportion(population.residents, np.array(weights, np.float64))
    return Communities(
        np.array(street, np.uint16),
        np.zeros(0, np.uint32),
        np.concatenate([[0], np.cumsum(people)]).astype(np.uint32),
        np.array(condition, np.float32),
    ), StreetUnits(np.array(bounds, np.uint32))


@kernel
def _fill_homes(draw: Key, people: U4, cumulative: NDArray[np.float64], size: U1, first: U4, kind: U1) -> int:
    """Fill communities with households in order; the last one of a community ends where its residents end."""
    homes = 0
    for c in range(len(people) - 1):
        at, index = people[c], 0
        while at < people[c + 1]:
            u = uniform(draw, np.uint64(c) << np.uint64(40) | np.uint64(index), np.uint64(0))
            t = 0
            while cumulative[t] <= u:
                t += 1
            first[homes] = at
            kind[homes] = t
            at += size[t]
            homes += 1
            index += 1
    first[homes] = people[len(people) - 1]
    return homes


def settle(edges: U4, families: Compositions, chance: Chance) -> Homes:
    """Form the households of communities whose residents begin at ``edges``, shape (communities + 1,)."""
    residents = int(edges[-1])
    first, kind = np.empty(residents + 1, np.uint32), np.empty(residents, np.uint8)
    count = _fill_homes(chance.key("household"), edges, families.cumulative, families.size, first, kind)
    where = (np.searchsorted(edges, first[:count], side="right") - 1).astype(np.uint16)
    bounds = np.searchsorted(where, np.arange(len(edges))).astype(np.uint32)
    return Homes(first[: count + 1].copy(), where, kind[:count].copy(), entities(where, bounds))


@kernel
def _draw_ages(
    draw: Key,
    entity: Entities,
    first: U4,
    kind: U1,
    low: U1,
    high: U1,
    relation: U1,
    generation: int,
    age: U1,
    couple: U1,
) -> None:
    for h in range(len(first) - 1):
        t = kind[h]
        head = 0
        for m in range(first[h + 1] - first[h]):
            r = first[h] + m
            least, most = int(low[t, m]), int(high[t, m])
            u = uniform(draw, entity[r], np.uint64(0))
            if relation[t, m] == PARTNER:
                years = int(age[r - 1]) - 5 + int(u * 11.0)
                if years < least:
                    years = 2 * least - years
                if years > most:
                    years = 2 * most - years
                couple[r] = 1
            else:
                if relation[t, m] == YOUNGER:
                    most = min(most, head - generation)
                elif relation[t, m] == OLDER:
                    least = max(least, head + generation)
                years = least + int(u * (most - least + 1))
            age[r] = years
            if m == 0:
                head = years


def ages(
    homes: Homes, families: Compositions, entity: Entities, generation: int, chance: Chance
) -> tuple[U1, U1]:
    """Return the age of every resident, and whether the resident is the partner of the one before."""
    age, couple = np.empty(len(entity), np.uint8), np.zeros(len(entity), np.uint8)
    _draw_ages(
        chance.key("age"),
        entity,
        homes.first,
        homes.composition,
        families.low,
        families.high,
        families.relation,
        generation,
        age,
        couple,
    )
    return age, couple


def grids(population: Population, communities: Communities, homes: Homes) -> tuple[Grids, U4]:
    """Cut every community into grids of neighbouring households; return them and each household's grid."""
    size = population.grid_households
    households = np.diff(communities.first_household.astype(np.int64))
    full, rest = np.divmod(households, size)
    count = np.where(households > 0, np.maximum(1, full + (3 * rest >= 2 * size)), 0)
    offset = np.concatenate([[0], np.cumsum(count)])
    where = homes.community.astype(np.int64)
    inside = np.arange(len(where)) - communities.first_household.astype(np.int64)[where]
    grid = (offset[where] + np.minimum(inside // size, count[where] - 1)).astype(np.uint32)
    first = np.searchsorted(grid, np.arange(offset[-1] + 1)).astype(np.uint32)
    return Grids(np.repeat(np.arange(len(count)), count).astype(np.uint16), first), grid


def _places(population: Population) -> list[Community]:
    return [place for unit in population.street_units for place in unit.communities]


def exposure(population: Population, table: Grids, grid: U4, chance: Chance) -> U1:
    """Return the hazard bits of every household.

    A zone is one run of whole grids (the last grid's neighbour is the first). How many grids a community
    gives is rounded so that the district as a whole has its declared share to within one grid.
    """
    places = _places(population)
    count = np.bincount(table.community, minlength=len(places)).astype(np.int64)
    start = np.concatenate([[0], np.cumsum(count)])[table.community]
    inside = np.arange(len(table.community)) - start
    number = np.arange(len(places), dtype=np.uint64) << np.uint64(40)
    bits = np.zeros(len(table.community), np.uint8)
    for hazard in Hazard:
        name = hazard.name.lower()
        share = np.array([getattr(place.hazards, name) for place in places])
        offset = chance.uniform(f"hazard.{name}.rounding", np.zeros(1, np.uint64))[0]
        wanted = np.diff(np.floor(np.round(np.concatenate([[0.0], np.cumsum(share * count)]), 9) + offset))
        centre = np.floor(chance.uniform(f"hazard.{name}.place", number) * np.maximum(count, 1))
        steps = (inside - centre[table.community]) % np.maximum(count, 1)[table.community]
        bits |= np.where(steps < wanted[table.community], np.uint8(hazard), np.uint8(0))
    return bits[grid]


def housing(population: Population, homes: Homes, communities: Communities, chance: Chance) -> U1:
    """Return the housing of every household, the same for all in one building."""
    where = homes.community.astype(np.int64)
    inside = np.arange(len(where)) - communities.first_household.astype(np.int64)[where]
    building = (where.astype(np.uint64) << np.uint64(40)) | (inside // population.building_households).astype(
        np.uint64
    )
    u = chance.uniform("housing", building)
    shares = np.array(
        [[p.housing.resettlement, p.housing.commodity, p.housing.village] for p in _places(population)]
    )
    edges = np.cumsum(shares, axis=1)[where]
    kinds = (Housing.RESETTLEMENT, Housing.COMMODITY, Housing.VILLAGE)
    out = np.full(len(where), Housing.OLD_WORK_UNIT, np.uint8)
    for k in reversed(range(len(kinds))):
        out[u < edges[:, k]] = kinds[k]
    return out
