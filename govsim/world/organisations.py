"""Social organisations at week 0 and who belongs to them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from govsim.draws import Key, uniform
from govsim.kernels import kernel
from govsim.scenario.schema.population import Population
from govsim.units import ADULT_AGE
from govsim.world.chance import Chance, Entities
from govsim.world.columns import U1, U4, Memberships, OrganisationKind, Organisations, Work
from govsim.world.ties import Pools, sizes

_DISTRICT_WIDE = (OrganisationKind.SERVICE_PROVIDER, OrganisationKind.ENTERPRISE)


@kernel
def _enrol(draw: Key, entity: Entities, start: U4, size: U4, pool: U4, first: U4, member: U4) -> None:
    """Draw the members of each organisation from its part of a pool; nobody twice, the next one instead."""
    for o in range(len(entity)):
        low = int(first[o])
        for m in range(int(first[o + 1]) - low):
            at = int(uniform(draw, entity[o], np.uint64(m)) * size[o])
            searching = True
            while searching:
                candidate = pool[start[o] + at]
                searching = False
                for earlier in range(low, low + m):
                    if member[earlier] == candidate:
                        searching = True
                        at = (at + 1) % int(size[o])
                        break
            member[low + m] = candidate


def found_organisations(
    population: Population, edges: U4, age: U1, work: U1, registered: U1, chance: Chance
) -> tuple[Organisations, Memberships, Pools]:
    """Return the organisations, the table of memberships, and the members in the order of their draws.

    Volunteer teams draw on registered volunteers, district-wide organisations on the employed, the others on
    adults of their community.

    Parameters
    ----------
    edges : uint32 array, shape (communities + 1,)
        First resident of each community.
    """
    adults = np.flatnonzero(age >= ADULT_AGE).astype(np.uint32)
    eligible = {
        OrganisationKind.MUTUAL_AID: adults,
        OrganisationKind.VOLUNTEER_TEAM: np.flatnonzero(registered).astype(np.uint32),
        OrganisationKind.SERVICE_PROVIDER: np.flatnonzero(work == Work.EMPLOYED).astype(np.uint32),
        OrganisationKind.OWNERS_COMMITTEE: adults,
        OrganisationKind.ENTERPRISE: np.flatnonzero(work == Work.EMPLOYED).astype(np.uint32),
    }
    kinds, places, firsts, members = [], [], [np.zeros(1, np.int64)], []
    for kind in OrganisationKind:
        spec = getattr(population.organisations, kind.name.lower())
        pool = eligible[kind]
        place = _places(spec.per_10000, edges, kind in _DISTRICT_WIDE)
        if not len(place):
            continue
        here = np.maximum(place, 0)
        low = np.where(place < 0, 0, np.searchsorted(pool, edges[here]))
        size = np.where(place < 0, len(pool), np.searchsorted(pool, edges[here + 1])) - low
        count = np.minimum(spec.members, size)
        first = np.concatenate([[0], np.cumsum(count)]).astype(np.uint32)
        member = np.empty(int(first[-1]), np.uint32)
        rank = np.arange(len(place)) - np.searchsorted(place, place)
        entity = (here.astype(np.uint64) << np.uint64(40)) | rank.astype(np.uint64)
        draw = chance.key(f"organisation.{kind.name.lower()}")
        _enrol(draw, entity, low.astype(np.uint32), size.astype(np.uint32), pool, first, member)
        kinds.append(np.full(len(place), kind, np.uint8))
        places.append(place.astype(np.int32))
        firsts.append(firsts[-1][-1] + first[1:].astype(np.int64))
        members.append(member)
    first = np.concatenate(firsts).astype(np.uint32)
    drawn = np.concatenate([np.zeros(0, np.uint32), *members])
    number = np.repeat(np.arange(len(first) - 1, dtype=np.uint32), sizes(first))
    table = Organisations(
        np.concatenate([np.zeros(0, np.uint8), *kinds]),
        np.concatenate([np.zeros(0, np.int32), *places]),
        first,
        drawn[np.lexsort((drawn, number))],
    )
    order = np.lexsort((number, drawn))
    return table, Memberships(drawn[order], number[order]), Pools(first, drawn)


def _places(per_10000: float, edges: U4, district_wide: bool) -> NDArray[np.int64]:
    """Return the community of each organisation of a kind; -1 for district-wide ones."""
    people = edges.astype(np.float64)
    wanted = np.floor(np.round(people * per_10000 / 10_000.0, 9) + 0.5).astype(np.int64)
    if district_wide:
        return np.full(wanted[-1], -1, np.int64)
    return np.repeat(np.arange(len(edges) - 1), np.diff(wanted))
