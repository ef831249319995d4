"""What the network that was built looks like."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from govsim.kernels import kernel
from govsim.units import ADULT_AGE
from govsim.world.builder import likeness
from govsim.world.columns import U1, U4, TieLayer, Ties, World
from govsim.world.ties import sizes

_QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)


@dataclass(frozen=True)
class NetworkReport:
    """Measures of one network.

    Attributes
    ----------
    residents, ties
        Number of residents, and of ties between two people.
    mean_degree
        Mean number of ties of a resident, all layers.
    degree_by_layer
        The same by layer; a tie counts in the strongest layer it belongs to.
    degree_quantiles
        Number of ties at 0 (least), 0.05, 0.25, 0.5, 0.75, 0.95 and 1 (most).
    clustering
        Mean over residents of the share of pairs of their ties that are tied (0 for those with fewer than
        two; Watts & Strogatz 1998), all layers.
    neighbour_clustering
        The same for household and neighbour ties alone, over adults.
    assortativity
        Newman's coefficient (2003), over ties among adults, of work, origin and community, and of likeness
        (age group, work and origin together) over kin, work and school ties alone. None where all are equal
        or no ties exist.
    components, largest_share
        Connected components, and the share of residents in the largest.
    isolated
        Residents without any tie.
    """

    residents: int
    ties: int
    mean_degree: float
    degree_by_layer: dict[str, float]
    degree_quantiles: dict[float, float]
    clustering: float
    neighbour_clustering: float
    assortativity: dict[str, float | None]
    components: int
    largest_share: float
    isolated: int


@kernel
def _corners(ties: Ties, counted: U1, degree: U4, triangles: U4) -> None:
    """Count the ties of some layers of every resident, and the triangles of such ties it is a corner of.

    Each triangle is found once, from the first of its three residents: rows are sorted, so that what two residents share
    beyond the second of them is where their rows, read side by side, agree.
    """
    indptr, other, layer = ties
    residents = len(indptr) - 1
    beyond = np.empty(residents, np.uint32)
    for r in range(residents):
        i, end = indptr[r], indptr[r + 1]
        for k in range(i, end):
            degree[r] += counted[layer[k]]
        while i < end and other[i] < r:
            i += np.uint32(1)
        beyond[r] = i
    for r in range(residents):
        end = indptr[r + 1]
        for i in range(beyond[r], end):
            friend = other[i]
            if counted[layer[i]] == 0:
                continue
            mine, theirs, stop = np.uint32(i + 1), beyond[friend], indptr[friend + 1]
            while mine < end and theirs < stop:
                one, two = other[mine], other[theirs]
                if one == two and counted[layer[mine]] != 0 and counted[layer[theirs]] != 0:
                    triangles[r] += 1
                    triangles[friend] += 1
                    triangles[one] += 1
                mine += np.uint32(one <= two)
                theirs += np.uint32(two <= one)


def clustering(ties: Ties, layers: Iterable[TieLayer] = TieLayer) -> NDArray[np.float64]:
    """Return the local clustering coefficient of every resident, by ties of some layers."""
    residents = len(ties.indptr) - 1
    degree, triangles = np.zeros(residents, np.uint32), np.zeros(residents, np.uint32)
    _corners(ties, _counted(layers), degree, triangles)
    ends = degree.astype(np.int64)
    pairs = ends * (ends - 1)
    local: NDArray[np.float64] = np.zeros(residents)
    np.divide(2 * triangles.astype(np.int64), pairs, out=local, where=pairs > 0)
    return local


def _counted(layers: Iterable[TieLayer]) -> U1:
    counted = np.zeros(len(TieLayer), np.uint8)
    counted[list(layers)] = 1
    return counted


@kernel
def _mixing(ties: Ties, counted: U1, chosen: NDArray[np.bool_], label: U4, ends: NDArray[np.int64]) -> int:
    """Count the ends of ties among the chosen by label, and return how many join two of one label."""
    indptr, other, layer = ties
    alike = 0
    for r in range(len(indptr) - 1):
        if chosen[r]:
            for i in range(indptr[r], indptr[r + 1]):
                if counted[layer[i]] != 0 and chosen[other[i]]:
                    ends[label[r]] += 1
                    alike += label[r] == label[other[i]]
    return alike


def assortativity(
    ties: Ties, label: NDArray[np.integer], chosen: NDArray[np.bool_], layers: Iterable[TieLayer] = TieLayer
) -> float | None:
    """Return Newman's coefficient over ties among the chosen: 1 if all are alike, 0 if at random, None without ties."""
    ends = np.zeros(int(label.max()) + 1, np.int64)
    alike = _mixing(ties, _counted(layers), chosen, label.astype(np.uint32), ends)
    total = int(ends.sum())
    if total == 0:
        return None
    share = np.trim_zeros(ends, "b") / total
    chance = float(share @ share)
    if chance >= 1.0:
        return None
    return (alike / total - chance) / (1.0 - chance)


@kernel
def _components(indptr: U4, other: U4, root: U4, size: U4) -> None:
    """Give everybody the first resident of the own component as root, and each root the size of its component."""
    for r in range(len(root)):
        root[r] = r
        for i in range(indptr[r], indptr[r + 1]):
            if other[i] < r:
                a, b = np.uint32(r), other[i]
                while root[a] != a:
                    root[a] = root[root[a]]
                    a = root[a]
                while root[b] != b:
                    root[b] = root[root[b]]
                    b = root[b]
                root[max(a, b)] = min(a, b)
    for r in range(len(root)):
        root[r] = root[root[r]]
        size[root[r]] += 1


@kernel
def _count_layers(layer: U1, count: NDArray[np.int64]) -> None:
    for i in range(len(layer)):
        count[layer[i]] += 1


def measure_network(world: World) -> NetworkReport:
    """Measure the network of a world."""
    ties, residents = world.ties, world.residents
    n = len(residents.age)
    degree = sizes(ties.indptr)
    by_layer = np.zeros(len(TieLayer), np.int64)
    _count_layers(ties.layer, by_layer)
    adult = residents.age >= ADULT_AGE
    like, _ = likeness(residents, np.zeros(len(world.communities.street), np.uint32))
    root, size = np.empty(n, np.uint32), np.zeros(n, np.uint32)
    _components(ties.indptr, ties.other, root, size)
    local = clustering(ties, (TieLayer.HOUSEHOLD, TieLayer.NEIGHBOUR))[adult]
    return NetworkReport(
        residents=n,
        ties=len(ties.other) // 2,
        mean_degree=float(degree.mean()),
        degree_by_layer={layer.name.lower(): float(by_layer[layer] / n) for layer in TieLayer},
        degree_quantiles=dict(zip(_QUANTILES, np.quantile(degree, _QUANTILES).tolist(), strict=True)),
        clustering=float(clustering(ties).mean()),
        neighbour_clustering=float(local.mean()) if len(local) else 0.0,
        assortativity={
            "work": assortativity(ties, residents.work, adult),
            "origin": assortativity(ties, residents.migrant, adult),
            "community": assortativity(ties, residents.community, adult),
            "likeness": assortativity(ties, like, adult, (TieLayer.KIN_WORK_SCHOOL,)),
        },
        components=int((size > 0).sum()),
        largest_share=float(size.max() / n),
        isolated=int((degree == 0).sum()),
    )
