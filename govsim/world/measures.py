"""What the network that was built looks like."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from govsim.kernels import kernel
from govsim.units import ADULT_AGE
from govsim.world.builder import likeness
from govsim.world.columns import U4, Layer, Ties, World
from govsim.world.layers import sizes

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
def _clustering(indptr: U4, other: U4, out: NDArray[np.float64]) -> None:
    for r in range(len(indptr) - 1):
        low, high = int(indptr[r]), int(indptr[r + 1])
        found = 0
        for i in range(low, high):
            friend = other[i]
            mine, theirs, end = low, int(indptr[friend]), int(indptr[friend + 1])
            while mine < high and theirs < end:
                if other[mine] == other[theirs]:
                    found += 1
                    mine += 1
                    theirs += 1
                elif other[mine] < other[theirs]:
                    mine += 1
                else:
                    theirs += 1
        pairs = (high - low) * (high - low - 1)
        out[r] = found / pairs if pairs > 0 else 0.0


def clustering(indptr: U4, other: U4) -> NDArray[np.float64]:
    """Return the local clustering coefficient of every resident."""
    out = np.empty(len(indptr) - 1)
    _clustering(indptr, other, out)
    return out


def only(ties: Ties, *layers: Layer) -> Ties:
    """Return the ties of some layers."""
    chosen = np.isin(ties.layer, layers)
    before = np.concatenate([[0], np.cumsum(chosen)])
    return Ties(before[ties.indptr].astype(np.uint32), ties.other[chosen], ties.layer[chosen])


def assortativity(label: NDArray[np.integer], ego: U4, other: U4) -> float | None:
    """Return Newman's coefficient of ties stored in both directions: 1 if all are alike, 0 if at random."""
    if not len(ego):
        return None
    ends = np.bincount(label[ego]) / len(ego)
    chance = float(ends @ ends)
    if chance >= 1.0:
        return None
    return (float(np.mean(label[ego] == label[other])) - chance) / (1.0 - chance)


def measure(world: World) -> NetworkReport:
    """Measure the network of a world."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    ties, residents = world.ties, world.residents
    n = len(residents.age)
    degree = sizes(ties.indptr)
    rows = np.repeat(np.arange(n, dtype=np.uint32), degree)
    by_layer = np.bincount(ties.layer, minlength=len(Layer))
    adult = residents.age >= ADULT_AGE
    among = adult[rows] & adult[ties.other]
    ego, other = rows[among], ties.other[among]
    kin = ties.layer[among] == Layer.KIN_WORK_SCHOOL
    like, _ = likeness(residents, np.zeros(len(world.communities.street), np.uint32))
    neighbours = only(ties, Layer.HOUSEHOLD, Layer.NEIGHBOUR)
    graph = csr_array(
        (np.ones(len(ties.other), np.uint8), ties.other.astype(np.int32), ties.indptr.astype(np.int32)),
        shape=(n, n),
    )
    components, label = connected_components(graph, directed=False)
    local = clustering(neighbours.indptr, neighbours.other)[adult]
    return NetworkReport(
        residents=n,
        ties=len(ties.other) // 2,
        mean_degree=float(degree.mean()),
        degree_by_layer={layer.name.lower(): float(by_layer[layer] / n) for layer in Layer},
        degree_quantiles=dict(zip(_QUANTILES, np.quantile(degree, _QUANTILES).tolist(), strict=True)),
        clustering=float(clustering(ties.indptr, ties.other).mean()),
        neighbour_clustering=float(local.mean()) if len(local) else 0.0,
        assortativity={
            "work": assortativity(residents.work.astype(np.int64), ego, other),
            "origin": assortativity(residents.migrant.astype(np.int64), ego, other),
            "community": assortativity(residents.community.astype(np.int64), ego, other),
            "likeness": assortativity(like, ego[kin], other[kin]),
        },
        components=int(components),
        largest_share=float(np.bincount(label).max() / n),
        isolated=int((degree == 0).sum()),
    )
