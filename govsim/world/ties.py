"""From pairs to compressed rows."""

from __future__ import annotations

import numpy as np

from govsim.kernels import kernel
from govsim.world.columns import U1, U4, Layer, Ties
from govsim.world.layers import Pairs

_MEMBER, _HOUSEHOLD = int(Layer.LIAISON_MEMBER), int(Layer.LIAISON_HOUSEHOLD)


@kernel
def _count(a: U4, b: U4, ends: U4) -> None:
    for e in range(len(a)):
        ends[a[e]] += 1
        ends[b[e]] += 1


@kernel
def _place(a: U4, b: U4, layer: int, back: int, free: U4, cell: U4) -> None:
    """Write each pair into both rows, the other person in the upper 24 bits and the layer in the lower 8."""
    for e in range(len(a)):
        cell[free[a[e]]] = b[e] << 8 | layer
        free[a[e]] += 1
        cell[free[b[e]]] = a[e] << 8 | back
        free[b[e]] += 1


@kernel
def _tidy(first: U4, cell: U4, indptr: U4) -> int:
    """Sort every row and keep the strongest layer of each pair, moving rows together; return what is left."""
    kept = 0
    for r in range(len(first) - 1):
        low, high = int(first[r]), int(first[r + 1])
        for i in range(low + 1, high):
            moving = cell[i]
            j = i - 1
            while j >= low and cell[j] > moving:
                cell[j + 1] = cell[j]
                j -= 1
            cell[j + 1] = moving
        for i in range(low, high):
            if i == low or cell[i] >> 8 != cell[kept - 1] >> 8:
                cell[kept] = cell[i]
                kept += 1
        indptr[r + 1] = kept
    return kept


def assemble(residents: int, layers: dict[Layer, Pairs]) -> Ties:
    """Return the rows of all layers together.

    Parameters
    ----------
    residents
        Number of rows, at most 2**24 because a person and a layer share 32 bits while rows are sorted.
    layers
        Pairs by layer, nobody tied to themselves; pairs of LIAISON_MEMBER run from resident to member.
    """
    ends = np.zeros(residents, np.uint32)
    for pairs in layers.values():
        _count(pairs.a, pairs.b, ends)
    first = np.zeros(residents + 1, np.uint32)
    np.cumsum(ends, out=first[1:])
    cell = np.empty(int(first[-1]), np.uint32)
    free = first[:-1].copy()
    for layer, pairs in layers.items():
        _place(pairs.a, pairs.b, int(layer), _HOUSEHOLD if layer == _MEMBER else int(layer), free, cell)
    indptr = np.zeros(residents + 1, np.uint32)
    kept = _tidy(first, cell, indptr)
    other: U4 = cell[:kept] >> np.uint32(8)
    layer_of: U1 = (cell[:kept] & np.uint32(255)).astype(np.uint8)
    return Ties(indptr, other, layer_of)
