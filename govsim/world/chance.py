"""Whole columns of keyed draws.

An entity is ``community << 40 | index within the community``: adding a resident moves nobody else's draws.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from govsim.draws import PLACE, Key, key, normal, uniform
from govsim.kernels import kernel

Entities = NDArray[np.uint64]
Column = NDArray[np.float64]


@kernel
def _uniforms(draw: Key, entity: Entities, slot: np.uint64) -> Column:
    out = np.empty(len(entity), np.float64)
    for i in range(len(entity)):
        out[i] = uniform(draw, entity[i], slot)
    return out


@kernel
def _triangulars(draw: Key, entity: Entities) -> Column:
    out = np.empty(len(entity), np.float64)
    for i in range(len(entity)):
        out[i] = uniform(draw, entity[i], np.uint64(0)) + uniform(draw, entity[i], np.uint64(1)) - 1.0
    return out


@kernel
def _number(
    community: NDArray[np.unsignedinteger], first: NDArray[np.unsignedinteger], out: Entities
) -> None:
    for i in range(len(out)):
        out[i] = np.uint64(community[i]) << PLACE | (np.uint64(i) - np.uint64(first[community[i]]))


@kernel
def _normals(draw: Key, entity: Entities) -> Column:
    out = np.empty(len(entity), np.float64)
    for i in range(len(entity)):
        out[i] = normal(draw, entity[i], np.uint64(0))
    return out


@dataclass(frozen=True)
class Chance:
    """Draws of one seed."""

    seed: int

    def key(self, purpose: str) -> Key:
        """Return the key of ``world.<purpose>``."""
        return key(self.seed, "world." + purpose)

    def uniform(self, purpose: str, entity: Entities, slot: int = 0) -> Column:
        """Return one draw from [0, 1) per entity."""
        column: Column = _uniforms(self.key(purpose), entity, np.uint64(slot))
        return column

    def normal(self, purpose: str, entity: Entities) -> Column:
        """Return one standard normal draw per entity."""
        column: Column = _normals(self.key(purpose), entity)
        return column

    def triangular(self, purpose: str, entity: Entities) -> Column:
        """Return one draw from the symmetric triangle on (-1, 1) per entity: bounded, with mean 0."""
        column: Column = _triangulars(self.key(purpose), entity)
        return column


def entities(community: NDArray[np.unsignedinteger], first: NDArray[np.unsignedinteger]) -> Entities:
    """Return the stable numbers of rows that are contiguous by community.

    Parameters
    ----------
    community : array, shape (rows,)
        Community of each row, rising.
    first : array, shape (communities + 1,)
        First row of each community.
    """
    stable: Entities = np.empty(len(community), np.uint64)
    _number(community, first, stable)
    return stable
