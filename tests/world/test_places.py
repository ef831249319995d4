"""Residents are dealt to communities, households to grids, hazards to whole grids."""

from __future__ import annotations

import numpy as np
import pytest

from govsim.scenario.schema.network import Network
from govsim.scenario.schema.organisations import OrganisationKinds, OrganisationSizes
from govsim.scenario.schema.population import Community, Hazards, HousingShares, Population, StreetUnit
from govsim.world import Hazard, Housing, OrganisationKind, Work, World, build
from govsim.world.places import apportion
from tests.world.specs import two_communities


@pytest.fixture(scope="module")
def world() -> World:
    return build(two_communities(4000), Network(), 6)


def test_apportionment_is_exact_near_the_quota_and_monotone() -> None:
    weights = np.array([29595.0, 8881, 7500, 5500, 7667, 1.0])
    before = apportion(0, weights)
    assert before.sum() == 0
    for total in range(1, 400):
        after = apportion(total, weights)
        assert after.sum() == total
        assert (after >= before).all(), "one more resident is taken from no community"
        assert np.abs(after - total * weights / weights.sum()).max() <= 1
        before = after
    assert apportion(59144, weights).tolist() == [29595, 8881, 7500, 5500, 7667, 1]


def test_shares_of_units_and_communities() -> None:
    units = [
        StreetUnit(residents=3.0, communities=[Community(residents=1.0), Community(residents=2.0)]),
        StreetUnit(residents=1.0),
    ]
    world = build(Population(residents=8000, street_units=units), Network(), 1)
    assert np.diff(world.communities.first_resident).tolist() == [2000, 4000, 2000]
    assert world.communities.street.tolist() == [0, 0, 1]
    assert world.street_units.first_community.tolist() == [0, 2, 3]


def test_tables_nest(world: World) -> None:
    people, homes, communities = world.residents, world.households, world.communities
    assert homes.first[0] == 0
    assert homes.first[-1] == 4000
    assert np.array_equal(people.household, np.repeat(np.arange(len(homes.grid)), np.diff(homes.first)))
    assert np.array_equal(people.community, homes.community[people.household])
    assert np.array_equal(homes.community, world.grids.community[homes.grid])
    assert np.array_equal(homes.first[communities.first_household], communities.first_resident)
    assert np.array_equal(
        homes.grid, np.repeat(np.arange(len(world.grids.community)), np.diff(world.grids.first_household))
    )


def test_grid_sizes() -> None:
    world = build(Population(residents=40_000), Network(), 1)
    size = np.diff(world.grids.first_household)
    assert (size[:-1] == 300).all()
    assert 200 <= size[-1] < 500


def test_hazard_zones_are_connected_runs_of_whole_grids(world: World) -> None:
    homes = world.households
    for hazard in Hazard:
        hit = (homes.exposure & hazard) > 0
        by_grid = [hit[homes.grid == g] for g in range(len(world.grids.community))]
        assert all(grid.all() or not grid.any() for grid in by_grid)
        zone = np.array([grid.all() for grid in by_grid])
        for c in (0, 1):
            ring = zone[world.grids.community == c]
            assert (ring != np.roll(ring, 1)).sum() <= 2, "one run, the last grid beside the first"


def test_hazard_shares_hold_over_the_district() -> None:
    places = [Community(hazards=Hazards(subsidence=share)) for share in (0.0, 0.05, 0.1, 0.37, 1.0)]
    units = [StreetUnit(communities=places)]
    for seed in range(5):
        world = build(Population(residents=20_000, street_units=units, grid_households=50), Network(), seed)
        zone = np.array([world.households.exposure[h] & 1 for h in world.grids.first_household[:-1]])
        count = np.bincount(world.grids.community)
        wanted = (np.array([0.0, 0.05, 0.1, 0.37, 1.0]) * count).sum()
        assert abs(zone.sum() - wanted) <= 1
        assert zone[world.grids.community == 0].sum() == 0
        assert zone[world.grids.community == 4].all()


def test_housing_is_by_building() -> None:
    place = Community(housing=HousingShares(resettlement=0.3, commodity=0.2, village=0.1))
    world = build(Population(residents=60_000, street_units=[StreetUnit(communities=[place])]), Network(), 1)
    housing = world.households.housing
    building = np.arange(len(housing)) // 40
    first = housing[np.searchsorted(building, building)]
    assert np.array_equal(housing, first)
    kinds = housing[::40]
    # Fixed seed; five standard deviations over some 650 buildings.
    for kind, share in ((Housing.RESETTLEMENT, 0.3), (Housing.COMMODITY, 0.2), (Housing.VILLAGE, 0.1)):
        assert abs((kinds == kind).mean() - share) < 5 * np.sqrt(share * (1 - share) / len(kinds))


def test_condition_is_kept() -> None:
    units = [StreetUnit(communities=[Community(condition=1.5), Community(condition=0.5)])]
    world = build(Population(residents=10, street_units=units), Network(), 1)
    assert world.communities.condition.tolist() == [1.5, 0.5]


def test_organisations_and_their_members() -> None:
    world = build(two_communities(20_000), Network(), 6)
    table, people = world.organisations, world.residents
    count = np.bincount(table.kind, minlength=5)
    assert count.tolist() == [12, 12, 1, 2, 1]
    for o in range(len(table.kind)):
        members = table.member[table.first_member[o] : table.first_member[o + 1]]
        assert (np.diff(members.astype(int)) > 0).all(), "nobody is in twice"
        assert (people.age[members] >= 16).all()
        if table.kind[o] in (OrganisationKind.SERVICE_PROVIDER, OrganisationKind.ENTERPRISE):
            assert table.community[o] == -1
            assert (people.work[members] == Work.EMPLOYED).all()
        else:
            assert (people.community[members] == table.community[o]).all()
        if table.kind[o] == OrganisationKind.VOLUNTEER_TEAM:
            assert people.registered[members].all()
            assert len(members) == 20
    pairs = set(
        zip(world.memberships.resident.tolist(), world.memberships.organisation.tolist(), strict=True)
    )
    number = np.repeat(np.arange(len(table.kind)), np.diff(table.first_member.astype(int)))
    assert pairs == set(zip(table.member.tolist(), number.tolist(), strict=True))
    assert (np.diff(world.memberships.resident.astype(int)) >= 0).all()


def test_an_organisation_larger_than_its_community_takes_everybody_once() -> None:
    none, all_in = OrganisationSizes(per_10000=0.0), OrganisationSizes(per_10000=500.0, members=50)
    kinds = OrganisationKinds(
        mutual_aid=all_in, volunteer_team=none, service_provider=none, owners_committee=none, enterprise=none
    )
    world = build(Population(residents=20, organisations=kinds), Network(), 1)
    assert len(world.organisations.kind) == 1
    adults = np.flatnonzero(world.residents.age >= 16)
    assert np.array_equal(world.organisations.member, adults)
