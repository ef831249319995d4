"""The layers of ties as lists of pairs, and from pairs to compressed rows."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from govsim.draws import Key, uniform
from govsim.kernels import kernel, part
from govsim.world.chance import Chance, Entities
from govsim.world.columns import I4, U1, U4, TieLayer, Ties

_TRIES = 8


class Pairs(NamedTuple):
    """Two ends of each tie; shapes (pairs,)."""

    a: U4
    b: U4


NO_PAIRS = Pairs(np.zeros(0, np.uint32), np.zeros(0, np.uint32))


class Pools(NamedTuple):
    """Groups of residents, compressed: pool p holds ``member[first[p]:first[p + 1]]``."""

    first: U4
    member: U4


def pools(label: NDArray[np.integer], member: U4, count: int) -> Pools:
    """Group residents by their labels 0 to ``count - 1``, keeping their order inside each group."""
    # NumPy sorts numbers of 16 bits by counting, ten times as fast as longer ones.
    order = np.argsort(label.astype(np.min_scalar_type(count)), kind="stable")
    first = np.concatenate([[0], np.cumsum(np.bincount(label, minlength=count))]).astype(np.uint32)
    return Pools(first, member[order])


def sizes(first: U4) -> NDArray[np.int64]:
    """Return the sizes of contiguous groups that begin at ``first``, shape (groups + 1,)."""
    ends = first.astype(np.int64)
    return ends[1:] - ends[:-1]


@kernel
def _cliques(first: U4, a: U4, b: U4) -> int:
    n = 0
    for h in range(len(first) - 1):
        for i in range(first[h], first[h + 1]):
            for j in range(i + 1, first[h + 1]):
                a[n] = i
                b[n] = j
                n += 1
    return n


def household_pairs(first: U4) -> Pairs:
    """Tie all members of each household; ``first`` as in the table of households."""
    size = sizes(first)
    total = int((size * (size - 1) // 2).sum())
    out = Pairs(np.empty(total, np.uint32), np.empty(total, np.uint32))
    _cliques(first, *out)
    return out


@kernel
def _ring(
    draw: Key,
    first: U4,
    member: U4,
    steps: U4,
    rewired: float,
    home: U4,
    apart: bool,
    entity: Entities,
    a: U4,
    b: U4,
) -> int:
    n = 0
    for p in range(len(first) - 1):
        size = int(first[p + 1]) - int(first[p])
        for i in range(size):
            ego = member[first[p] + i]
            made, ahead = 0, 1
            wanted = int(steps[first[p] + i])
            while made < wanted and ahead < size:
                other = member[first[p] + (i + ahead) % size]
                ahead += 1
                if apart and home[other] == home[ego]:
                    continue
                slot = np.uint64(p) << np.uint64(16) | np.uint64(16 * made)
                made += 1
                if rewired > 0.0 and uniform(draw, entity[ego], slot) < rewired:
                    for attempt in range(_TRIES):
                        u = uniform(draw, entity[ego], slot + np.uint64(1 + attempt))
                        far = member[first[p] + int(u * size)]
                        if far != ego and not (apart and home[far] == home[ego]):
                            other = far
                            break
                a[n] = ego
                b[n] = other
                n += 1
    return n


def ring_pairs(
    purpose: str,
    groups: Pools,
    degree: float,
    rewired: float,
    home: U4,
    apart: bool,
    entity: Entities,
    chance: Chance,
) -> Pairs:
    """Tie the members of each pool in a ring.

    Parameters
    ----------
    degree
        Mean ties of a member; in a pool of at most ``degree`` others, everybody.
    rewired
        Share of ties whose far end is any member of the pool.
    home, apart
        Household of every resident, and whether those of one household are skipped.
    """
    if degree == 0 or not len(groups.member):
        return NO_PAIRS
    steps = np.floor(0.5 * degree + chance.uniform(purpose + ".degree", entity[groups.member])).astype(
        np.uint32
    )
    limit = np.repeat(sizes(groups.first), sizes(groups.first))
    total = int(np.minimum(steps, limit).sum())
    a, b = np.empty(total, np.uint32), np.empty(total, np.uint32)
    n = _ring(chance.key(purpose), groups.first, groups.member, steps, rewired, home, apart, entity, a, b)
    return Pairs(a[:n], b[:n])


@kernel
def _mixture(
    draw: Key,
    ego: U4,
    ties: U4,
    own: U4,
    own_first: U4,
    own_member: U4,
    wide: U4,
    wide_first: U4,
    wide_member: U4,
    share: float,
    entity: Entities,
    a: U4,
    b: U4,
) -> int:
    n = 0
    for i in range(len(ego)):
        me = ego[i]
        for k in range(ties[i]):
            slot = np.uint64(16 * k)
            alone = own_first[own[i] + 1] - own_first[own[i]] == 1
            if uniform(draw, entity[me], slot) < share and not alone:
                start, size = own_first[own[i]], own_first[own[i] + 1] - own_first[own[i]]
                member = own_member
            else:
                start, size = wide_first[wide[i]], wide_first[wide[i] + 1] - wide_first[wide[i]]
                member = wide_member
            for attempt in range(_TRIES):
                other = member[start + int(uniform(draw, entity[me], slot + np.uint64(1 + attempt)) * size)]
                if other != me:
                    a[n] = me
                    b[n] = other
                    n += 1
                    break
    return n


def mixture_pairs(
    purpose: str,
    ego: U4,
    ties: U4,
    own: tuple[U4, Pools],
    wide: tuple[U4, Pools],
    share: float,
    entity: Entities,
    chance: Chance,
) -> Pairs:
    """Tie each ego to ``ties`` random others: with chance ``share`` from its own pool, else a wider one.

    Parameters
    ----------
    own, wide
        Pool of every ego, and the pools.
    """
    total = int(ties.sum())
    if total == 0:
        return NO_PAIRS
    a, b = np.empty(total, np.uint32), np.empty(total, np.uint32)
    n = _mixture(chance.key(purpose), ego, ties, own[0], *own[1], wide[0], *wide[1], share, entity, a, b)
    return Pairs(a[:n], b[:n])


def half_degrees(purpose: str, degree: float, entity: Entities, chance: Chance) -> U4:
    """Return how many ties each ego names: the mean degree is exact in expectation, the spread the least."""
    return np.floor(0.5 * degree + chance.uniform(purpose + ".degree", entity)).astype(np.uint32)


def poisson_half_degrees(purpose: str, degree: float, entity: Entities, chance: Chance) -> U4:
    """Return Poisson numbers of ties to name; both ends together, degrees are Poisson of mean ``degree``."""
    mean = 0.5 * degree
    last = int(mean + 12.0 * np.sqrt(mean) + 20.0)
    steps = np.concatenate([[0.0], np.log(mean) - np.log(np.arange(1, last))]) if mean > 0 else np.zeros(1)
    cumulative = np.cumsum(np.exp(np.cumsum(steps) - mean))
    return np.searchsorted(cumulative, chance.uniform(purpose + ".degree", entity), side="right").astype(
        np.uint32
    )


@kernel
def _link(home: U4, member: U4, grid_first: U4, grid: U4, wanted: int, taken: U1, liaison: I4) -> None:
    for i in range(len(member)):
        h = int(home[member[i]])
        low, high = int(grid_first[grid[h]]), int(grid_first[grid[h] + 1])
        found, step = 0, 1
        while found < wanted and (h - step >= low or h + step < high):
            for side in (h + step, h - step):
                if found < wanted and low <= side < high and taken[side] == 0:
                    taken[side] = 1
                    liaison[side] = member[i]
                    found += 1
            step += 1


def link_households(home: U4, member: U4, grid_first: U4, grid: U4, wanted: int) -> I4:
    """Link Party members to the nearest free households of their grids; return each household's member or -1.

    A household with a member of its own is not free; members choose in the order of residents.
    """
    liaison = np.full(len(grid), -1, np.int32)
    taken = np.zeros(len(grid), np.uint8)
    taken[home[member]] = 1
    if wanted > 0 and len(member):
        _link(home, member, grid_first, grid, wanted, taken, liaison)
    return liaison


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


@part
def _by_heap(row: U4) -> None:
    """Sort a long row by a heap (Williams 1964): numba would take seconds to compile NumPy's sort."""
    end = len(row)
    start = end // 2
    while end > 1:
        if start > 0:
            start -= 1
        else:
            end -= 1
            row[end], row[0] = row[0], row[end]
        root = start
        while 2 * root + 1 < end:
            child = 2 * root + 1
            if child + 1 < end and row[child] < row[child + 1]:
                child += 1
            if row[root] >= row[child]:
                break
            row[root], row[child] = row[child], row[root]
            root = child


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
            _by_heap(row)
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
