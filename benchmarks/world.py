"""(c) World building: govsim's world against networkx making the same kind of graph."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Sequence
from typing import Any

import networkx as nx
import numpy as np

from benchmarks import apart, machine
from benchmarks.apart import OutOfMemoryError, Say
from benchmarks.districts import PREFECTURE, YINGZI, yingzi
from benchmarks.tables import Aim, Section, Table, number, spread
from benchmarks.timing import Spread, interleaved, load_now, ratios, seconds
from govsim.scenario.schema.network import Network
from govsim.units import ADULT_AGE
from govsim.world import TieLayer, World, build

LARGE = (1_000_000, PREFECTURE)
BYTES_NEEDED = 900
MIB = 2.0**20


def with_networkx(world: World, network: Network, seed: int) -> nx.Graph[int]:
    """Make a graph with the people of a world and ties of the same kinds and mean degrees, as networkx offers them.

    Households are complete graphs, neighbours and Party branches Watts-Strogatz rings, kin, colleagues and schoolmates
    random graphs inside groups of likeness and over everybody; links to Party members are single edges. The strongest
    kind of tie is made last, so that it is the one that stays.
    """
    rng = random.Random(seed)
    people = world.residents
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(len(people.age)))
    first = world.households.first.tolist()
    adult = people.age >= ADULT_AGE

    def ring(members: list[int], degree: float, rewired: float, layer: TieLayer) -> None:
        if len(members) > degree + 1:
            made = nx.watts_strogatz_graph(len(members), int(degree), rewired, seed=rng)
        else:
            made = nx.complete_graph(len(members))
        graph.add_edges_from(((members[a], members[b]) for a, b in made.edges), layer=layer)

    def mixed(members: list[int], degree: float) -> None:
        made = nx.fast_gnp_random_graph(len(members), min(degree / max(len(members) - 1, 1), 1.0), seed=rng)
        graph.add_edges_from(
            ((members[a], members[b]) for a, b in made.edges), layer=TieLayer.KIN_WORK_SCHOOL
        )

    for start, end in itertools.pairwise(world.organisations.first_member.tolist()):
        members = world.organisations.member[start:end].tolist()
        ring(members, network.organisation.degree, 0.0, TieLayer.ORGANISATION)
    for member, household in zip(world.links.member.tolist(), world.links.household.tolist(), strict=True):
        linked = (person for person in range(first[household], first[household + 1]) if adult[person])
        graph.add_edges_from(((person, member) for person in linked), layer=TieLayer.LIAISON_MEMBER)
    for members in _groups(people.branch):
        ring(members, network.branch.degree, 0.0, TieLayer.BRANCH)
    likeness = np.column_stack([np.digitize(people.age, (40, 61)), people.work, people.migrant])
    kinds, label = np.unique(likeness, axis=0, return_inverse=True)
    kin = network.kin_work_school
    for group in range(len(kinds)):
        mixed(np.flatnonzero(adult & (label == group)).tolist(), kin.degree * kin.homophily)
    mixed(np.flatnonzero(adult).tolist(), kin.degree * (1.0 - kin.homophily))
    for community in range(len(world.communities.street)):
        here = np.flatnonzero(adult & (people.community == community)).tolist()
        rng.shuffle(here)  # else the ring goes through households, whose members are tied already
        ring(here, network.neighbours.degree, network.neighbours.rewired, TieLayer.NEIGHBOUR)
    for start, end in itertools.pairwise(first):
        graph.add_edges_from(itertools.combinations(range(start, end), 2), layer=TieLayer.HOUSEHOLD)
    return graph


def crossing(world: World, district: Sequence[int]) -> dict[str, list[float]]:
    """Return ties a resident by layer, and how many of them leave the community, the street unit and the district.

    Parameters
    ----------
    district
        Of each street unit.
    """
    ties, people, communities = world.ties, world.residents, world.communities
    residents = len(people.age)
    start = ties.indptr.astype(np.int64)
    one = people.community[np.repeat(np.arange(residents), start[1:] - start[:-1])]
    other = people.community[ties.other]
    street = communities.street
    place = np.asarray(district)[street]
    leaves = {
        "community": one != other,
        "street": street[one] != street[other],
        "district": place[one] != place[other],
    }
    counts = [np.ones(len(other)), *leaves.values()]
    table = np.array([np.bincount(ties.layer, each, len(TieLayer)) for each in counts]).T / residents
    rows = {layer.name.lower().replace("_", " "): table[layer].tolist() for layer in TieLayer}
    return rows | {"all": table.sum(axis=0).tolist()}


def _groups(number: np.ndarray[Any, np.dtype[np.int32]]) -> list[list[int]]:
    order = np.argsort(number, kind="stable")
    order = order[number[order] >= 0]
    cuts = np.flatnonzero(np.diff(number[order])) + 1
    return [group.tolist() for group in np.split(order, cuts)]


def side_by_side(say: Say, residents: int, rounds: int) -> dict[str, Any]:
    """Measure both at one size; return seconds by round, and mean degrees."""
    scenario, _ = yingzi(residents, 1)
    world = build(scenario.population, scenario.network, 1)  # compiles
    graph: nx.Graph[int] = nx.Graph()

    def theirs() -> float:
        nonlocal graph
        graph.clear()
        began = time.perf_counter()
        graph = with_networkx(world, scenario.network, 1)
        return time.perf_counter() - began

    variants = {
        "govsim": lambda: seconds(lambda: build(scenario.population, scenario.network, 1)),
        "networkx": theirs,
    }
    load = load_now()
    figures = interleaved(variants, rounds, lambda words: say(f"{residents:,} residents: {words}"))
    return {
        "seconds": figures,
        "degrees": [len(world.ties.other) / residents, 2.0 * graph.number_of_edges() / residents],
        "load": load,
    }


def alone(say: Say, residents: int) -> dict[str, Any]:
    """Build one large world; return seconds, memory in bytes, and its ties."""
    say(f"{residents:,} residents")
    scenario, _ = yingzi(1_000, 1)
    build(scenario.population, scenario.network, 1)
    scenario, _ = yingzi(residents, 1)
    before = apart.held()
    began = time.perf_counter()
    world = build(scenario.population, scenario.network, 1)
    found = {"seconds": time.perf_counter() - began, "before": before, "peak": apart.peak()}
    district = [unit.district for unit in scenario.population.street_units]
    return found | {"ties": crossing(world, district)}


def measure(quick: bool, say: Say) -> Section:
    """Measure world building."""
    size = YINGZI
    found = apart.call("benchmarks.world:side_by_side", say, size, 2 if quick else 3)
    took = found["seconds"]
    against = ratios(took["networkx"], took["govsim"])
    rows = [[f"{size:,}", spread(Spread.of(took["govsim"])), spread(Spread.of(took["networkx"])), "–", "–"]]
    section = Section([Aim(f"seconds of networkx / govsim, {size:,} residents", against, 50.0, True)])
    ties: dict[str, list[float]] = {}
    for large in () if quick else LARGE:
        if large * BYTES_NEEDED > machine.available():
            section.remarks.append(f"Left out for want of memory: {large:,} residents.")
            continue
        try:
            runs = [apart.call("benchmarks.world:alone", say, large) for _ in range(2)]
        except OutOfMemoryError:
            section.remarks.append(f"Memory ran out: {large:,} residents.")
            continue
        ties, largest = runs[0]["ties"], large
        peak = max(run["peak"] for run in runs)
        held = Spread.of([(run["peak"] - run["before"]) / large for run in runs])
        rows.append(
            [
                f"{large:,}",
                spread(Spread.of([run["seconds"] for run in runs])),
                "–",
                number(peak / MIB),
                number(held.median),
            ]
        )
    section.tables = [
        Table(
            "Seconds to build a world, one thread",
            ("residents", "govsim, whole world", "networkx, graph alone", "govsim's peak, MiB", "bytes a resident"),
            rows,
            (
                f"Mean degree at {size:,}: govsim {found['degrees'][0]:.2f}, networkx {found['degrees'][1]:.2f}. networkx gets "
                "households, groups and branches ready made; govsim makes people and places as well.",
                f"Load of the machine before: {found['load']:.1f}.",
            ),
            less=("govsim, whole world", "govsim's peak, MiB", "bytes a resident"),
        )
    ]  # fmt: skip
    if ties:
        head = ("layer", "ties", "to another community", "to another street unit", "to another district")
        title = f"Ties of a resident, in a world of {largest:,} residents in districts like Yingzi"
        section.tables.append(Table(title, head, [[name, *map(number, row)] for name, row in ties.items()]))
    return section
