"""From pairs to compressed rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from govsim.kernels import kernel, part
from govsim.world.columns import I4, U1, U4, TieLayer, Ties
from govsim.world.layers import Pairs

_MEMBER, _HOUSEHOLD = int(TieLayer.LIAISON_MEMBER), int(TieLayer.LIAISON_HOUSEHOLD)
_SHORT, _STEP = 64, 16
_NOBODY = np.uint32(0xFFFFFFFF)


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


@part
def _by_rank(row: U4, padded: U4) -> None:
    """Sort a short row: a cell's place is the number of smaller ones, counted without a branch that could be mispredicted.

    Equal cells share a place; what stays empty for that holds ``_NOBODY``, and so does the rest of ``padded``.
    """
    n = len(row)
    width = (n + _STEP - 1) // _STEP * _STEP
    for i in range(n):
        padded[i] = row[i]
    for i in range(n, width):
        padded[i] = _NOBODY
    for i in range(n):
        row[i] = _NOBODY
    for i in range(n):
        smaller = np.uint32(0)
        for j in range(width):
            smaller += np.uint32(padded[j] < padded[i])
        row[smaller] = padded[i]


@kernel
def _tidy(first: U4, cell: U4, indptr: U4) -> int:
    """Sort every row and keep the strongest layer of each pair, moving rows together; return what is left."""
    kept = 0
    padded = np.empty(_SHORT, np.uint32)
    for r in range(len(first) - 1):
        low, high = int(first[r]), int(first[r + 1])
        row = cell[low:high]
        if high - low <= _SHORT:
            _by_rank(row, padded)
        else:
            row.sort()
        begin = kept
        for i in range(low, high):
            one = cell[i]
            if one != _NOBODY and (kept == begin or one >> 8 != cell[kept - 1] >> 8):
                cell[kept] = one
                kept += 1
        indptr[r + 1] = kept
    return kept


@kernel
def _spread(ties: Ties, steps: I4, reached: U4) -> None:
    """Number residents by steps from those at 0, breadth first; ``reached`` is room for who waits to pass it on."""
    last = 0
    for r in range(len(steps)):
        if steps[r] == 0:
            reached[last] = r
            last += 1
    for first in range(len(steps)):
        if first == last:
            break
        r = reached[first]
        for k in range(ties.indptr[r], ties.indptr[r + 1]):
            o = ties.other[k]
            if steps[o] < 0:
                steps[o] = steps[r] + 1
                reached[last] = o
                last += 1


def steps_from(ties: Ties, sources: NDArray[np.bool_]) -> I4:
    """Return how many steps along ties lead from each resident to the nearest of ``sources``.

    Parameters
    ----------
    sources
        Who is at distance 0, shape (N,).

    Returns
    -------
    ndarray of int32, shape (N,)
        Length of the shortest path, -1 where there is none.
    """
    steps = np.where(sources, np.int32(0), np.int32(-1))
    _spread(ties, steps, np.empty(len(steps), np.uint32))
    return steps


def assemble(residents: int, layers: dict[TieLayer, Pairs]) -> Ties:
    """Return the rows of all layers together.

    Parameters
    ----------
    residents
        Number of rows, at most 2**24 because a person and a layer share 32 bits while rows are sorted.
    layers
        Pairs by layer, nobody tied to themselves; pairs of LIAISON_MEMBER run from resident to member. Emptied, so that
        their memory is free again.
    """
    ends = np.zeros(residents, np.uint32)
    for pairs in layers.values():
        _count(pairs.a, pairs.b, ends)
    first = np.zeros(residents + 1, np.uint32)
    np.cumsum(ends, out=first[1:])
    cell = np.empty(int(first[-1]), np.uint32)
    free = first[:-1].copy()
    while layers:
        layer, pairs = layers.popitem()
        _place(pairs.a, pairs.b, int(layer), _HOUSEHOLD if layer == _MEMBER else int(layer), free, cell)
        del pairs
    indptr = np.zeros(residents + 1, np.uint32)
    kept = _tidy(first, cell, indptr)
    cell.resize(kept, refcheck=False)
    layer_of: U1 = cell.astype(np.uint8)  # the lower 8 bits
    np.right_shift(cell, np.uint32(8), out=cell)
    return Ties(indptr, cell, layer_of)
