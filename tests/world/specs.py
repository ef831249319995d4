"""Specifications that the tests of the world share."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from govsim.scenario.schema.network import BranchPeers, KinWorkSchool, Liaison, Network, OrganisationTies
from govsim.scenario.schema.people import Ages
from govsim.scenario.schema.population import Community, Hazards, HousingShares, Population, StreetUnit
from govsim.world import TieLayer, World

SINGLES = [1.0, 0.0, 0.0, 0.0, 0.0, 0.0]
NO_CHILDREN = Ages(under_18=0.0)

ALONE = Network(
    household=False,
    kin_work_school=KinWorkSchool(degree=0.0),
    branch=BranchPeers(degree=0.0),
    liaison=Liaison(linked_households=0),
    organisation=OrganisationTies(degree=0.0),
)
"""Neighbour ties only."""


def two_communities(residents: int = 300, **fields: Any) -> Population:
    """Return a street unit of two equal communities with small grids and buildings."""
    first = Community(
        housing=HousingShares(resettlement=0.3, commodity=0.2, village=0.1),
        hazards=Hazards(subsidence=0.4, water=0.3, farmland=0.2),
    )
    second = Community(hazards=Hazards(subsidence=0.0, water=0.5, farmland=0.0))
    settings: dict[str, Any] = {"grid_households": 12, "building_households": 5}
    return Population(
        residents=residents, street_units=[StreetUnit(communities=[first, second])], **{**settings, **fields}
    )


def single_adults(residents: int, **fields: Any) -> Population:
    """Return adults who live alone, as theory likes them."""
    return Population(residents=residents, household_sizes=SINGLES, ages=NO_CHILDREN, **fields)


def rows(world: World) -> NDArray[np.int64]:
    """Return the resident at whose row each tie stands."""
    degree = np.diff(world.ties.indptr.astype(np.int64))
    return np.repeat(np.arange(len(degree)), degree)


def degrees(world: World) -> NDArray[np.int64]:
    """Return the number of ties of each resident."""
    return np.diff(world.ties.indptr.astype(np.int64))


def assert_ties_are_sound(world: World) -> None:
    """Check order, symmetry and layers of every tie."""
    ties, n = world.ties, len(world.residents.age)
    ego, other = rows(world), ties.other.astype(np.int64)
    assert ties.indptr[0] == 0
    assert ties.indptr[-1] == len(other) == len(ties.layer)
    assert not (ego == other).any()
    assert other.max(initial=-1) < n
    code = ego * n + other
    assert (np.diff(code) > 0).all(), "rows are sorted and hold nobody twice"
    back = np.array([0, 1, 2, 3, TieLayer.LIAISON_HOUSEHOLD, TieLayer.LIAISON_MEMBER, 6])
    there = set(zip(code.tolist(), ties.layer.tolist(), strict=True))
    assert there == set(zip((other * n + ego).tolist(), back[ties.layer].tolist(), strict=True))
