"""The smallest worlds, arbitrary small ones, refusals, and how long the large one takes."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from govsim.scenario import ScenarioError
from govsim.scenario.schema.network import KinWorkSchool, Liaison, Neighbours, Network
from govsim.scenario.schema.organisations import OrganisationKinds, OrganisationSizes, Party
from govsim.scenario.schema.people import Ages, Dispositions, SchoolingShares, Threshold, WorkShares
from govsim.scenario.schema.population import Community, Hazards, HousingShares, Population, StreetUnit
from govsim.world import build, measure_network
from tests.world.specs import assert_ties_are_sound, single_adults

NO_ORGANISATION = OrganisationSizes(per_10000=0.0)


def test_one_resident() -> None:
    world = build(Population(residents=1), Network(), 1)
    assert len(world.residents.age) == 1
    assert world.residents.age[0] >= 18
    assert world.ties.indptr.tolist() == [0, 0]
    assert world.ties.other.dtype == np.uint32
    assert measure_network(world).isolated == 1


def test_no_party_member_and_no_organisation() -> None:
    kinds = OrganisationKinds(**dict.fromkeys(OrganisationKinds.model_fields, NO_ORGANISATION))
    world = build(
        Population(residents=500, party=Party(share_of_adults=0.0), organisations=kinds), Network(), 1
    )
    assert world.residents.party_member.sum() == 0
    assert (world.residents.branch == -1).all()
    assert len(world.links.member) == 0
    assert (world.households.liaison == -1).all()
    assert world.organisations.first_member.tolist() == [0]
    assert len(world.organisations.member) == len(world.memberships.resident) == 0
    assert_ties_are_sound(world)


def test_fewer_residents_than_communities() -> None:
    units = [StreetUnit(communities=[Community() for _ in range(5)])]
    world = build(Population(residents=3, street_units=units), Network(), 1)
    assert sorted(np.diff(world.communities.first_resident).tolist()) == [0, 0, 1, 1, 1]
    assert (
        np.diff(world.communities.first_household.astype(int)) == np.diff(world.communities.first_resident)
    ).all()
    assert_ties_are_sound(world)


def test_the_smallest_types_are_used() -> None:
    world = build(Population(residents=200), Network(), 1)
    kinds = {name: getattr(world.residents, name).dtype.str for name in world.residents._fields}
    assert kinds["household"] == "<u4"
    assert kinds["community"] == "<u2"
    assert kinds["branch"] == "<i4"
    assert {kinds[n] for n in ("age", "female", "schooling", "work", "migrant", "acquainted")} == {"|u1"}
    assert {kinds[n] for n in ("threshold", "time_cost", "ability", "trust", "free_hours")} == {"<f4"}
    assert (world.ties.indptr.dtype, world.ties.other.dtype, world.ties.layer.dtype) == (
        np.uint32, np.uint32, np.uint8,
    )  # fmt: skip


shares = st.floats(0.0, 1.0)


@settings(max_examples=60, deadline=None)
@given(
    residents=st.integers(1, 160),
    weights=st.lists(st.floats(0.01, 10.0), min_size=1, max_size=4),
    under_18=st.floats(0.0, 0.3),
    over_60=st.floats(0.0, 0.6),
    party=st.floats(0.0, 0.15),
    hazard=shares,
    kind=st.sampled_from(["lattice", "random", "none"]),
    degree=st.floats(0.0, 30.0),
    rewired=shares,
    homophily=shares,
    linked=st.integers(0, 20),
    placement=st.sampled_from(["random", "quantile"]),
    certain=st.floats(0.0, 0.5),
    grid=st.integers(1, 40),
    seed=st.integers(0, 2**31),
)
def test_any_small_world_is_sound(
    residents: int,
    weights: list[float],
    under_18: float,
    over_60: float,
    party: float,
    hazard: float,
    kind: str,
    degree: float,
    rewired: float,
    homophily: float,
    linked: int,
    placement: str,
    certain: float,
    grid: int,
    seed: int,
) -> None:
    places = [Community(residents=weight, hazards=Hazards(subsidence=hazard)) for weight in weights]
    population = Population(
        residents=residents,
        street_units=[StreetUnit(communities=places)],
        ages=Ages(under_18=under_18, over_60=over_60),
        party=Party(share_of_adults=party, over_60=over_60, under_40=0.3 * (1 - over_60), college_ratio=1.0),
        participation=Dispositions(
            certain_share=certain,
            contingent_share=0.5,
            threshold=Threshold.model_validate({"placement": placement}),
        ),
        grid_households=grid,
    )
    network = Network(
        neighbours=Neighbours.model_validate({"kind": kind, "degree": degree, "rewired": rewired}),
        kin_work_school=KinWorkSchool(degree=degree, homophily=homophily),
        liaison=Liaison(linked_households=linked),
    )
    world = build(population, network, seed)
    assert_ties_are_sound(world)
    people, homes = world.residents, world.households
    assert len(people.age) == residents == world.communities.first_resident[-1] == homes.first[-1]
    assert (np.diff(homes.first.astype(int)) >= 1).all()
    assert (np.diff(homes.first.astype(int)) <= 6).all()
    assert (people.age[homes.first[:-1]] >= 18).all()
    for name in ("ability", "trust", "expectation", "efficacy"):
        column = getattr(people, name)
        assert ((column >= 0) & (column <= 1)).all(), name
    assert np.isfinite(people.threshold).all()
    assert (people.free_hours >= 0).all()
    assert (people.time_cost >= 0).all()
    assert build(population, network, seed).hash == world.hash


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Ages(under_18=0.5, over_60=0.6), "under_18 \\+ over_60 add up to 1.1"),
        (lambda: SchoolingShares(junior=0.5, senior=0.5, college=0.5), "primary school or less"),
        (lambda: WorkShares(laid_off_from_40=0.9), "laid_off_from_40"),
        (lambda: HousingShares(resettlement=0.8, commodity=0.3), "old work-unit"),
        (lambda: Party(over_60=0.9, under_40=0.2), "over_60 \\+ under_40"),
        (lambda: Dispositions(certain_share=0.7, contingent_share=0.7), "never take part"),
        (lambda: Threshold(low=0.9, high=0.1), "low is above high"),
        (lambda: Population(residents=5, household_sizes=[0.5, 0.2, 0.1, 0.1, 0.0, 0.0]), "add up to 0.9"),
        (lambda: Population(residents=5, household_sizes=[1.0, 0.0, 0.0, 0.0, 0.0, 0.0]), "without an adult"),
        (lambda: Population(residents=5, party=Party(share_of_adults=0.6)), "more Party members than people"),
        (lambda: Population(residents=0), "greater than or equal to 1"),
        (lambda: Population.model_validate({"residents": 5, "resident": 5}), "Extra inputs"),
        (
            lambda: single_adults(5, participation=Dispositions.model_validate({"registered_share": 1.5})),
            "less than or equal to 1",
        ),
    ],
)
def test_contradictions_are_refused(make: object, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        make()  # type: ignore[operator]


def test_ages_that_no_household_can_have() -> None:
    ages = Ages(under_18=0.5, over_60=0.5, oldest_of_elderly=1.0)
    with pytest.raises(ScenarioError, match="household_sizes and ages contradict"):
        build(Population(residents=5, ages=ages, party=Party(share_of_adults=0.0)), Network(), 1)


def test_yingzi_size_builds_fast() -> None:
    build(Population(residents=300), Network(), 1)  # compiles
    start = time.perf_counter()
    build(Population(residents=59_143), Network(), 1)
    # Measured at 0.1 s; the bound leaves room for a slow, busy machine.
    assert time.perf_counter() - start < 2.0
