"""The prefecture: what was published of it is in the file, Yingzi is in it as by itself, and a world of this kind is sound."""

from __future__ import annotations

import numpy as np
import pytest

from govsim.scenario import Loaded, load
from govsim.scenario.schema.population import StreetUnit
from govsim.units import ADULT_AGE
from govsim.world import TieLayer, World, build
from tests.world.specs import degrees, rows

PUBLISHED = {
    "双桥区": 358_431,
    "双滦区": 187_361,
    "平泉市": 399_378,
    "承德县": 340_579,
    "兴隆县": 271_628,
    "滦平县": 268_647,
    "丰宁满族自治县": 326_353,
    "宽城满族自治县": 240_600,
    "围场满族蒙古族自治县": 423_676,
}
"""Residents of the census of 2020."""


@pytest.fixture(scope="module")
def chengde() -> Loaded:
    return load("chengde", must_fit=False)


def test_districts_have_their_published_residents(chengde: Loaded) -> None:
    population = chengde.scenario.population
    assert population.residents == 3_354_444
    units = population.street_units
    weights = np.bincount(
        [unit.district - 1 for unit in units], [unit.count * unit.residents for unit in units]
    )
    assert weights.sum() == pytest.approx(3_354_444, rel=1e-4)
    found = dict(zip([name.zh for name in population.districts], weights.tolist(), strict=True))
    assert len(found) == 12
    for name, people in PUBLISHED.items():
        assert found[name] == pytest.approx(people, rel=1e-4), name
    assert 1_000 < population.community_count() < 2_000


def test_yingzi_is_in_it_as_by_itself(chengde: Loaded) -> None:
    def content(units: list[StreetUnit]) -> list[dict[str, object]]:
        return [unit.model_dump() for unit in units]

    alone = load("yingzi").scenario.population.street_units
    inside = [unit for unit in chengde.scenario.population.street_units if unit.district == 1]
    assert content(inside) == content(alone)


def test_no_two_offices_have_one_name(chengde: Loaded) -> None:
    units = chengde.scenario.population.written_out()
    for language in ("en", "zh"):
        streets = [getattr(unit.name, language) for unit in units]
        communities = [getattr(place.name, language) for unit in units for place in unit.communities]
        assert len(set(streets)) == len(streets)
        assert len(set(communities)) == len(communities)


def test_found_values_name_their_sources(chengde: Loaded) -> None:
    places = {
        path: origin for path, origin in chengde.origins.items() if path.startswith("population.street_units")
    }
    known = [origin for origin in places.values() if origin.status in ("found", "derived")]
    assert len(known) >= 40
    assert all(len(origin.source) > 8 for origin in known)


@pytest.fixture(scope="module")
def part(chengde: Loaded) -> World:
    """A sixteenth of the prefecture: the same places with fewer people in each."""
    population = chengde.scenario.population.model_copy(update={"residents": 210_000})
    return build(population, chengde.scenario.network, 5)


def test_ties_of_a_large_world_are_sound(part: World) -> None:
    ties, n = part.ties, len(part.residents.age)
    ego, other = rows(part), ties.other.astype(np.int64)
    assert not (ego == other).any()
    assert other.max() < n
    code = ego * n + other
    assert (np.diff(code) > 0).all(), "rows are sorted and hold nobody twice"
    back = np.array([0, 1, 2, 3, TieLayer.LIAISON_HOUSEHOLD, TieLayer.LIAISON_MEMBER, 6])
    turned = other * n + ego
    order = np.argsort(turned)
    assert np.array_equal(turned[order], code), "every tie stands in both rows"
    assert np.array_equal(back[ties.layer][order], ties.layer)


def test_degrees_of_a_large_world_are_as_declared(chengde: Loaded, part: World) -> None:
    network, adult = chengde.scenario.network, part.residents.age >= ADULT_AGE
    layer, ego = part.ties.layer, rows(part)
    kin = np.bincount(ego[layer == TieLayer.KIN_WORK_SCHOOL], minlength=len(adult))[adult].mean()
    # What falls on a household member or a neighbour is counted there: hardly any at this size.
    assert kin == pytest.approx(network.kin_work_school.degree, rel=0.01)
    near = np.bincount(ego[layer == TieLayer.NEIGHBOUR], minlength=len(adult))[adult].mean()
    assert near == pytest.approx(network.neighbours.degree, rel=0.03)
    assert degrees(part).max() < 100


def test_kin_live_in_the_same_district_and_neighbours_in_the_same_community(
    part: World, chengde: Loaded
) -> None:
    units = np.array(chengde.scenario.population.district_of_units())
    community = part.residents.community
    district = units[part.communities.street][community]
    ego, other, layer = rows(part), part.ties.other, part.ties.layer
    near = np.isin(layer, (TieLayer.HOUSEHOLD, TieLayer.NEIGHBOUR, TieLayer.BRANCH))
    assert (community[ego[near]] == community[other[near]]).all()
    kin = layer == TieLayer.KIN_WORK_SCHOOL
    assert (district[ego[kin]] == district[other[kin]]).all()
    assert (community[ego[kin]] != community[other[kin]]).mean() > 0.9


def test_no_number_of_a_large_world_overflows(part: World) -> None:
    homes, grids = part.households, part.grids
    size = np.diff(homes.first.astype(np.int64))
    assert size.min() >= 1
    assert size.max() <= 6
    assert homes.first[-1] == len(part.residents.age) == 210_000
    assert (np.diff(part.communities.first_resident.astype(np.int64)) > 0).all()
    for column in (part.residents.community, homes.community, grids.community):
        assert column.max() == len(part.communities.street) - 1
        assert (np.diff(column.astype(np.int64)) >= 0).all()
    assert np.array_equal(part.residents.community, homes.community[part.residents.household])
    assert np.array_equal(homes.community, grids.community[homes.grid])
    linked = homes.liaison[homes.liaison >= 0]
    assert part.residents.party_member[linked].all()
