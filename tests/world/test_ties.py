"""The layers of ties, their declared degrees, and the measures against networkx."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from scipy.stats import chisquare, poisson

from govsim.scenario.schema.network import (
    BranchPeers,
    KinWorkSchool,
    Liaison,
    Neighbours,
    Network,
    OrganisationTies,
)
from govsim.scenario.schema.organisations import OrganisationKinds, OrganisationSizes, Party
from govsim.scenario.schema.population import Population
from govsim.world import TieLayer, World, build, measure_network, steps_from
from tests.world.specs import ALONE, assert_ties_are_sound, degrees, rows, single_adults, two_communities


@pytest.fixture(scope="module")
def world() -> World:
    return build(two_communities(1500), Network(), 11)


def neighbours_only(**fields: object) -> Network:
    return ALONE.model_copy(update={"neighbours": Neighbours.model_validate(fields)})


def graph(world: World) -> nx.Graph:
    out = nx.Graph()
    out.add_nodes_from(range(len(world.residents.age)))
    out.add_edges_from(zip(rows(world).tolist(), world.ties.other.tolist(), strict=True))
    return out


def test_ties_are_symmetric_sorted_and_simple(world: World) -> None:
    assert_ties_are_sound(world)
    assert set(np.unique(world.ties.layer)) >= {0, 1, 2, 3, 4, 5}


def test_households_are_cliques_and_children_are_tied_inside_only(world: World) -> None:
    people = world.residents
    ego, other, household = rows(world), world.ties.other, world.ties.layer == TieLayer.HOUSEHOLD
    same = people.household[ego] == people.household[other]
    assert np.array_equal(same, household)
    size = np.diff(world.households.first)[people.household]
    assert np.array_equal(np.bincount(ego[household], minlength=1500), size - 1)
    assert not (~household & ((people.age[ego] < 16) | (people.age[other] < 16))).any()


def test_neighbour_ties_stay_in_the_community(world: World) -> None:
    people, ego, other = world.residents, rows(world), world.ties.other
    near = world.ties.layer == TieLayer.NEIGHBOUR
    assert (people.community[ego[near]] == people.community[other[near]]).all()


def test_a_ring_without_rewiring_is_the_textbook_lattice() -> None:
    world = build(single_adults(200), neighbours_only(kind="lattice", degree=6.0, rewired=0.0), 1)
    assert (degrees(world) == 6).all()
    # Watts & Strogatz 1998: 3 (k - 2) / (4 (k - 1)).
    assert measure_network(world).clustering == pytest.approx(0.6)
    assert measure_network(world).components == 1


def test_rewiring_lowers_clustering_and_keeps_the_degree() -> None:
    found = []
    for share in (0.0, 0.1, 0.4, 1.0):
        report = measure_network(build(single_adults(3000), neighbours_only(degree=8.0, rewired=share), 1))
        assert report.mean_degree == pytest.approx(8.0, rel=0.01)
        found.append(report.clustering)
    assert found[0] > 1.2 * found[1] > 1.5 * found[2] > 10 * found[3]


@pytest.mark.parametrize("degree", [0.7, 3.0, 12.5])
def test_random_neighbours_have_poisson_degrees(degree: float) -> None:
    world = build(single_adults(20_000), neighbours_only(kind="random", degree=degree), 5)
    counts = np.bincount(degrees(world))
    expected = poisson(degree).pmf(np.arange(200)) * 20_000
    last = int(np.flatnonzero(expected >= 10).max())
    first = int(np.flatnonzero(expected >= 10).min())
    seen = np.array([counts[: first + 1].sum(), *counts[first + 1 : last], counts[last:].sum()], float)
    wanted = np.array([expected[: first + 1].sum(), *expected[first + 1 : last], expected[last:].sum()])
    # Seeds are fixed; with free seeds one run in 10,000 would fall below this p-value by chance.
    assert chisquare(seen, wanted * seen.sum() / wanted.sum()).pvalue > 1e-4


@pytest.mark.parametrize("degree", [2.5, 4.0, 9.0])
def test_mean_degrees_are_as_declared(degree: float) -> None:
    people = single_adults(6000, party=Party(share_of_adults=0.2))
    lattice = build(people, neighbours_only(degree=degree), 1)
    assert degrees(lattice).mean() == pytest.approx(degree, rel=0.02)
    kin = ALONE.model_copy(
        update={
            "neighbours": Neighbours(kind="none"),
            "kin_work_school": KinWorkSchool(degree=degree, homophily=0.3),
        }
    )
    assert degrees(build(people, kin, 1)).mean() == pytest.approx(degree, rel=0.02)
    branch = ALONE.model_copy(
        update={"neighbours": Neighbours(kind="none"), "branch": BranchPeers(degree=degree)}
    )
    world = build(people, branch, 1)
    member = world.residents.party_member == 1
    assert degrees(world)[member].mean() == pytest.approx(degree, rel=0.03)
    assert degrees(world)[~member].sum() == 0


def test_homophily_moves_with_its_parameter() -> None:
    found = []
    for share in (0.0, 0.3, 0.6, 1.0):
        network = Network(kin_work_school=KinWorkSchool(degree=6.0, homophily=share))
        assortativity = measure_network(build(Population(residents=8000), network, 1)).assortativity[
            "likeness"
        ]
        assert assortativity is not None
        # In a mixture of own group and anybody the coefficient is the share itself (Newman 2003).
        assert assortativity == pytest.approx(share, abs=0.03)
        found.append(assortativity)
    assert found == sorted(found)


def test_branch_peers_belong_to_one_branch(world: World) -> None:
    branch, ego, other = world.residents.branch, rows(world), world.ties.other
    peers = world.ties.layer == TieLayer.BRANCH
    assert (branch[ego[peers]] >= 0).all()
    assert (branch[ego[peers]] == branch[other[peers]]).all()


def test_links_are_near_and_free(world: World) -> None:
    homes, people = world.households, world.residents
    member, household = world.links.member.astype(int), world.links.household.astype(int)
    assert np.array_equal(np.flatnonzero(homes.liaison >= 0), household)
    assert np.array_equal(homes.liaison[household], member)
    assert people.party_member[member].all()
    assert (homes.grid[people.household[member]] == homes.grid[household]).all()
    with_member = np.zeros(len(homes.grid), bool)
    with_member[people.household[people.party_member == 1]] = True
    assert not with_member[household].any()
    assert np.bincount(member).max() == 3


def test_liaison_ties_run_both_ways(world: World) -> None:
    people, homes = world.residents, world.households
    ego, other, layer = rows(world), world.ties.other, world.ties.layer
    to_member = layer == TieLayer.LIAISON_MEMBER
    assert (homes.liaison[people.household[ego[to_member]]] == other[to_member]).all()
    tied = set(zip(ego.tolist(), other.tolist(), strict=True))
    for r in np.flatnonzero((homes.liaison[people.household] >= 0) & (people.age >= 16)).tolist():
        assert (r, int(homes.liaison[people.household[r]])) in tied


def test_organisation_ties_join_co_members() -> None:
    kinds = OrganisationKinds(mutual_aid=OrganisationSizes(per_10000=100.0, members=10))
    network = ALONE.model_copy(
        update={"neighbours": Neighbours(kind="none"), "organisation": OrganisationTies(degree=4.0)}
    )
    world = build(two_communities(3000, organisations=kinds), network, 1)
    groups: dict[int, set[int]] = {}
    for r, o in zip(
        world.memberships.resident.tolist(), world.memberships.organisation.tolist(), strict=True
    ):
        groups.setdefault(r, set()).add(o)
    assert len(world.ties.other) > 0
    for a, b in zip(rows(world).tolist(), world.ties.other.tolist(), strict=True):
        assert groups[a] & groups[b]
    once = [r for r, o in groups.items() if len(o) == 1]
    assert degrees(world)[once].max() <= 4


def test_measures_equal_networkx() -> None:
    world = build(two_communities(400), Network(), 3)
    report, other = measure_network(world), graph(world)
    assert report.ties == other.number_of_edges()
    assert report.clustering == pytest.approx(nx.average_clustering(other), abs=1e-12)
    assert report.components == nx.number_connected_components(other)
    adults = other.subgraph(np.flatnonzero(world.residents.age >= 16).tolist())
    for name in ("work", "community"):
        column = getattr(world.residents, name)
        nx.set_node_attributes(adults, {r: int(column[r]) for r in adults}, name)
        expected = nx.attribute_assortativity_coefficient(adults, name)
        assert report.assortativity[name] == pytest.approx(expected, abs=1e-12)
    near = nx.Graph()
    near.add_nodes_from(range(400))
    keep = world.ties.layer <= TieLayer.NEIGHBOUR
    near.add_edges_from(zip(rows(world)[keep].tolist(), world.ties.other[keep].tolist(), strict=True))
    local = nx.clustering(near)
    assert report.neighbour_clustering == pytest.approx(np.mean([local[r] for r in adults]), abs=1e-12)
    assert sum(report.degree_by_layer.values()) == pytest.approx(report.mean_degree)


@pytest.mark.parametrize("share", [0.0, 0.005, 0.1])
def test_distances_equal_networkx(world: World, share: float) -> None:
    near = np.random.default_rng(3).random(1500) < share
    loose = build(two_communities(1500), ALONE, 11)  # households alone: many have no path to anybody chosen
    for one in (world, loose):
        sources = set(np.flatnonzero(near).tolist())
        paths = nx.multi_source_dijkstra_path_length(graph(one), sources) if sources else {}
        assert steps_from(one.ties, near).tolist() == [paths.get(r, -1) for r in range(1500)]


def test_every_layer_can_be_switched_off() -> None:
    silent = ALONE.model_copy(update={"neighbours": Neighbours(kind="none")})
    world = build(two_communities(200), silent, 1)
    assert len(world.ties.other) == 0
    assert measure_network(world).isolated == 200
    assert measure_network(world).assortativity["work"] is None
    for layer, fields in {
        TieLayer.HOUSEHOLD: {"household": True},
        TieLayer.NEIGHBOUR: {"neighbours": Neighbours(degree=4.0)},
        TieLayer.KIN_WORK_SCHOOL: {"kin_work_school": KinWorkSchool(degree=4.0)},
        TieLayer.BRANCH: {"branch": BranchPeers(degree=4.0)},
        TieLayer.LIAISON_MEMBER: {"liaison": Liaison(linked_households=2)},
    }.items():
        found = set(build(two_communities(200), silent.model_copy(update=fields), 1).ties.layer.tolist())
        assert found == ({4, 5} if layer == TieLayer.LIAISON_MEMBER else {int(layer)})
