"""The columns of week 0: residents, households, grids, communities, organisations and ties.

All tables are tuples of arrays, so that compiled kernels take them as they are. Residents are contiguous by
community, then by household; households by community, then by grid and building.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

U1 = NDArray[np.uint8]
U2 = NDArray[np.uint16]
U4 = NDArray[np.uint32]
I4 = NDArray[np.int32]
F4 = NDArray[np.float32]


class Schooling(IntEnum):
    """Highest schooling."""

    PRIMARY = 0
    JUNIOR = 1
    SENIOR = 2
    COLLEGE = 3


class Work(IntEnum):
    """Work status; children are under 16."""

    CHILD = 0
    EMPLOYED = 1
    LAID_OFF = 2
    SELF_EMPLOYED = 3
    RETIRED = 4
    STUDENT = 5
    NONE = 6


class ParticipationType(IntEnum):
    """Types of the refined Granovetter model (Wiedermann et al. 2020)."""

    NEVER = 0
    CONTINGENT = 1
    CERTAIN = 2


class Housing(IntEnum):
    """Kind of housing."""

    OLD_WORK_UNIT = 0
    RESETTLEMENT = 1
    COMMODITY = 2
    VILLAGE = 3


class Hazard(IntEnum):
    """Bits of ``households.exposure``."""

    SUBSIDENCE = 1
    WATER = 2
    FARMLAND = 4


class Tier(IntEnum):
    """Columns of ``residents.trust``."""

    COMMUNITY = 0
    STREET = 1
    DISTRICT = 2
    CENTRE = 3


class OrganisationKind(IntEnum):
    """Kind of social organisation."""

    MUTUAL_AID = 0
    VOLUNTEER_TEAM = 1
    SERVICE_PROVIDER = 2
    OWNERS_COMMITTEE = 3
    ENTERPRISE = 4


class TieLayer(IntEnum):
    """Meaning of a tie, strongest first: where two people share several, the first one is kept."""

    HOUSEHOLD = 0
    NEIGHBOUR = 1
    KIN_WORK_SCHOOL = 2
    BRANCH = 3
    LIAISON_MEMBER = 4
    """From a resident to the Party member linked to the household."""
    LIAISON_HOUSEHOLD = 5
    """From that member to the resident."""
    ORGANISATION = 6


class Residents(NamedTuple):
    """One entry per resident; shapes (N,) unless said.

    ``age`` in years; ``free_hours`` a week; ``branch`` is the number of the Party branch or -1; ``threshold``
    and ``time_cost`` are in units of the contagion rule; ``trust`` has shape (N, 4) by :class:`Tier`;
    ``trust``, ``ability``, ``expectation`` and ``efficacy`` lie between 0 and 1. Children have
    participation type NEVER.
    """

    household: U4
    community: U2
    age: U1
    female: U1
    schooling: U1
    work: U1
    migrant: U1
    party_member: U1
    branch: I4
    free_hours: F4
    participation_type: U1
    threshold: F4
    time_cost: F4
    ability: F4
    acquainted: U1
    registered: U1
    trust: F4
    expectation: F4
    efficacy: F4


class Households(NamedTuple):
    """One entry per household; shapes (H,), ``first`` (H + 1,).

    Household ``h`` holds the residents ``first[h]`` to ``first[h + 1] - 1``, the head first. ``exposure``
    has the bits of :class:`Hazard`. ``liaison`` is the Party member (a resident) linked to the
    household, or -1.
    """

    first: U4
    community: U2
    grid: U4
    housing: U1
    exposure: U1
    liaison: I4


class Grids(NamedTuple):
    """One entry per grid; shapes (G,), ``first_household`` (G + 1,)."""

    community: U2
    first_household: U4


class Communities(NamedTuple):
    """One entry per community; shapes (C,), the two ``first_`` columns (C + 1,).

    ``condition`` multiplies the arrival of problems; 1 is average.
    """

    street: U2
    first_household: U4
    first_resident: U4
    condition: F4


class StreetUnits(NamedTuple):
    """One entry per street unit; ``first_community`` has shape (S + 1,)."""

    first_community: U4


class Organisations(NamedTuple):
    """One entry per organisation; shapes (O,), ``first_member`` (O + 1,), ``member`` (memberships,).

    ``community`` is -1 for organisations that work district-wide. The members of organisation ``o`` are the
    residents ``member[first_member[o]:first_member[o + 1]]``, in rising order.
    """

    kind: U1
    community: I4
    first_member: U4
    member: U4


class Memberships(NamedTuple):
    """The same memberships as a table in the order of residents; shapes (memberships,)."""

    resident: U4
    organisation: U4


class Links(NamedTuple):
    """Households linked to Party members; shapes (links,), in the order of households."""

    member: U4
    household: U4


class Ties(NamedTuple):
    """Who is tied to whom, compressed rows; ``indptr`` (N + 1,), ``other`` and ``layer`` (M,).

    Both directions are stored; rows are sorted and hold nobody twice. ``layer`` is a :class:`TieLayer`.
    """

    indptr: U4
    other: U4
    layer: U1


@dataclass(frozen=True)
class World:
    """What is there at week 0, from population, network and seed alone; governance is no part of it.

    Attributes
    ----------
    community_names, community_names_zh, street_names, street_names_zh, district_names, district_names_zh : tuple of str
        Decoration for people; enters neither a draw nor a hash.
    hash, network_hash : str
        32 hexadecimal digits over all columns, and over the ties alone.
    """

    residents: Residents
    households: Households
    grids: Grids
    communities: Communities
    street_units: StreetUnits
    organisations: Organisations
    memberships: Memberships
    links: Links
    ties: Ties
    community_names: tuple[str, ...]
    community_names_zh: tuple[str, ...]
    street_names: tuple[str, ...]
    street_names_zh: tuple[str, ...]
    district_names: tuple[str, ...]
    district_names_zh: tuple[str, ...]
    seed: int
    hash: str
    network_hash: str


def columns_hash(*tables: tuple[NDArray[Any], ...]) -> str:
    """Return 32 hexadecimal digits (BLAKE2b) over type, shape and bytes of all columns in declared order."""
    digest = hashlib.blake2b(digest_size=16)
    for table in tables:
        for column in table:
            digest.update(f"{column.dtype.str}{column.shape}".encode())
            digest.update(np.ascontiguousarray(column).data)
    return digest.hexdigest()
