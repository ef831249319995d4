"""Ties as residents look at them each week: what neighbours see and hear of each other.

What is seen of a resident is one number, so that a tie costs one look. Residents look in the order of their number of ties
within a block, because a loop whose length is the same as the last time is guessed right; a copy of the ties lies in that
order. Neither changes a sum: each is over the ties of one resident in the order of the world.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from govsim.engine.columns import ACTIVE, CHILD
from govsim.kernels import kernel, part
from govsim.units import BLOCK, RESIDENT_BITS


class TieIndex(NamedTuple):
    """Ties in the order in which residents look at them, see :func:`index_ties`.

    Attributes
    ----------
    order : uint8 array, shape (residents,)
        In each block of a community its residents, counted from the block's first, by number of ties.
    indptr : uint32 array, shape (residents + 1,)
        Where the ties of each of these begin.
    tie : uint32 array, shape (ties,)
        The other resident, and above ``RESIDENT_BITS`` the layer.
    """

    order: NDArray[np.uint8]
    indptr: NDArray[np.uint32]
    tie: NDArray[np.uint32]


@kernel
def tie_totals(
    indptr: NDArray[np.uint32],
    other: NDArray[np.uint32],
    layer: NDArray[np.uint8],
    weight: NDArray[np.float32],
    status: NDArray[np.uint8],
    total: NDArray[np.float32],
) -> None:
    """Write each resident's summed weight of ties to adults."""
    for i in range(indptr.shape[0] - 1):
        sum_of_weights = np.float32(0.0)
        for k in range(indptr[i], indptr[i + 1]):
            if status[other[k]] != CHILD:
                sum_of_weights += weight[layer[k]]
        total[i] = sum_of_weights


@part
def _order_by_ties(
    indptr: NDArray[np.uint32], at: int, size: int, order: NDArray[np.uint8], place_of: NDArray[np.int64]
) -> None:
    """Write a block's residents by number of ties, those with equal numbers in the order of the world: a counting sort."""
    for k in range(place_of.shape[0]):
        place_of[k] = 0
    for i in range(at, at + size):
        place_of[np.int64(indptr[i + 1] - indptr[i]) + 1] += 1
    for k in range(1, place_of.shape[0]):
        place_of[k] += place_of[k - 1]
    for i in range(at, at + size):
        ties = np.int64(indptr[i + 1] - indptr[i])
        order[at + place_of[ties]] = i - at
        place_of[ties] += 1


@kernel
def index_ties(
    indptr: NDArray[np.uint32],
    other: NDArray[np.uint32],
    layer: NDArray[np.uint8],
    first_resident: NDArray[np.uint64],
) -> TieIndex:
    """Return a copy of the ties in which rows of about equal length stand together."""
    tie_index = TieIndex(
        np.empty(indptr.shape[0] - 1, np.uint8), np.empty_like(indptr), np.empty(other.shape[0], np.uint32)
    )
    tie_index.indptr[0] = 0
    most = 0
    for i in range(indptr.shape[0] - 1):
        most = max(most, np.int64(indptr[i + 1] - indptr[i]))
    place_of = np.empty(most + 2, np.int64)
    place = np.uint32(0)
    for c in range(first_resident.shape[0] - 1):
        for at in range(np.int64(first_resident[c]), np.int64(first_resident[c + 1]), BLOCK):
            size = min(int(first_resident[c + 1]) - at, BLOCK)
            _order_by_ties(indptr, at, size, tie_index.order, place_of)
            for n in range(at, at + size):
                i = at + np.int64(tie_index.order[n])
                for k in range(indptr[i], indptr[i + 1]):
                    tie_index.tie[place] = other[k] | (np.uint32(layer[k]) << np.uint32(RESIDENT_BITS))
                    place += np.uint32(1)
                tie_index.indptr[n + 1] = place
    return tie_index


@kernel
def encode_opinion(
    first: np.uint64,
    last: np.uint64,
    status: NDArray[np.uint8],
    opinion: NDArray[np.float32],
    signal: NDArray[np.float32],
) -> None:
    """Write what neighbours see and hear of residents into one number: the opinion, negative of those who took part."""
    for i in range(first, last):
        signal[i] = -opinion[i] if status[i] & ACTIVE else opinion[i]


@part
def sum_over_ties(
    at: int,
    size: int,
    tie_index: TieIndex,
    weight: NDArray[np.float32],
    total: NDArray[np.float32],
    signal: NDArray[np.float32],
    share: NDArray[np.float32],
    heard: NDArray[np.float32],
) -> None:
    """Let the residents of a block look at their adult ties of last week.

    Writes the weighted active share (0 without ties) and the weighted mean opinion (-1 without ties). Children say and
    do nothing: their signal is 0, so they drop out of both sums without a question.
    """
    nothing = np.float32(0.0)
    whose = np.uint32((1 << RESIDENT_BITS) - 1)
    k = tie_index.indptr[at]
    for n in range(np.uint64(at), np.uint64(at + size)):
        acting = says = nothing
        end = tie_index.indptr[n + np.uint64(1)]
        while k < end:
            tie = tie_index.tie[k]
            w = weight[tie >> np.uint32(RESIDENT_BITS)]
            said = signal[tie & whose]
            says += w * abs(said)
            acting += w if np.signbit(said) else nothing
            k += np.uint32(1)
        i = np.uint64(at) + np.uint64(tie_index.order[n])
        if total[i] > nothing:
            share[i] = acting / total[i]
            heard[i] = says / total[i]
        else:
            share[i] = nothing
            heard[i] = np.float32(-1.0)
