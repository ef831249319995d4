"""Ties as residents look at them each week: what neighbours see and hear of each other.

What is seen of a resident is one number, so that a tie costs one look. Sixteen residents look side by side, each in a lane of
the processor's wide registers; within a block they stand in the order of their number of ties, so that the lanes end at about
the same time. Neither changes a sum: each is over the ties of one resident in the order of the world.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import llvmlite.binding as llvm
import numba as nb
import numpy as np
from llvmlite import ir
from numba.extending import intrinsic
from numba.np import arrayobj
from numpy.typing import NDArray

from govsim.engine.columns import ACTIVE, CHILD
from govsim.kernels import kernel, part
from govsim.units import BLOCK, LANES, LAYER_BITS, LAYERS, RESIDENT_BITS

NO_TIE = np.uint32((LAYERS - 1) << RESIDENT_BITS)
"""A tie of the layer without weight: what fills a lane whose resident has looked at all own ties."""


class TieIndex(NamedTuple):
    """Ties in the order in which residents look at them, see :func:`index_ties`.

    Attributes
    ----------
    order : uint8 array, shape (residents,)
        In each block of a community its residents, counted from the block's first, by number of ties.
    first_slice : uint32 array, shape (communities + 1,)
        Where the slices of a community begin: each :data:`LANES` residents of that order, a block's last slice maybe fewer.
    first_row : uint32 array, shape (slices + 1,)
        Where the rows of a slice begin: the n-th row holds the n-th tie of each of its residents.
    tie : uint32 array, shape (rows, LANES)
        The other resident, and above ``RESIDENT_BITS`` the layer; :data:`NO_TIE` behind the last one.
    """

    order: NDArray[np.uint8]
    first_slice: NDArray[np.uint32]
    first_row: NDArray[np.uint32]
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
        place_of[int(np.int64(indptr[i + 1] - indptr[i])) + 1] += 1
    for k in range(1, place_of.shape[0]):
        place_of[k] += place_of[k - 1]
    for i in range(at, at + size):
        ties = int(np.int64(indptr[i + 1] - indptr[i]))
        order[at + place_of[ties]] = i - at
        place_of[ties] += 1


@kernel
def index_ties(
    indptr: NDArray[np.uint32],
    other: NDArray[np.uint32],
    layer: NDArray[np.uint8],
    first_resident: NDArray[np.uint64],
) -> TieIndex:
    """Return a copy of the ties in which the n-th ties of :data:`LANES` residents stand together."""
    most = slices = 0
    for i in range(indptr.shape[0] - 1):
        most = max(most, int(np.int64(indptr[i + 1] - indptr[i])))
    place_of = np.empty(most + 2, np.int64)
    order = np.empty(indptr.shape[0] - 1, np.uint8)
    first_slice = np.zeros(first_resident.shape[0], np.uint32)
    for c in range(first_resident.shape[0] - 1):
        first, last = int(np.int64(first_resident[c])), int(np.int64(first_resident[c + 1]))
        for at in range(first, last, BLOCK):
            _order_by_ties(indptr, at, min(last - at, BLOCK), order, place_of)
        slices += (last - first + LANES - 1) // LANES
        first_slice[c + 1] = slices
    first_row = np.zeros(slices + 1, np.uint32)
    for c in range(first_resident.shape[0] - 1):
        first, last = int(np.int64(first_resident[c])), int(np.int64(first_resident[c + 1]))
        for n in range(int(np.int64(first_slice[c])), int(np.int64(first_slice[c + 1]))):
            start = first + (n - int(np.int64(first_slice[c]))) * LANES
            longest = start - (start - first) % BLOCK + int(np.int64(order[min(start + LANES, last) - 1]))
            first_row[n + 1] = first_row[n] + (indptr[longest + 1] - indptr[longest])
    tie = np.full((int(np.int64(first_row[slices])), LANES), NO_TIE, np.uint32)
    for c in range(first_resident.shape[0] - 1):
        first, last = int(np.int64(first_resident[c])), int(np.int64(first_resident[c + 1]))
        for n in range(first, last):
            i = n - (n - first) % BLOCK + int(np.int64(order[n]))
            row = int(np.int64(first_row[np.int64(first_slice[c]) + (n - first) // LANES]))
            for k in range(indptr[i], indptr[i + 1]):
                tie[row, (n - first) % LANES] = other[k] | (np.uint32(layer[k]) << np.uint32(RESIDENT_BITS))
                row += 1
    return TieIndex(order, first_slice, first_row, tie)


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


def _looking(kind: Any) -> str:
    """Return what :data:`LANES` residents do, in LLVM's language, for numbers of single or double precision.

    Row by row of their ties ``says += w * abs(signal)``, and ``acting += w`` where the sign bit of ``signal`` is set. Numba
    does not use the wide registers for a sum over what an index points to.
    """
    real, bits = {nb.types.float32: "float", nb.types.float64: "double"}[kind], kind.bitwidth
    weights = "\n".join(
        f"  %w{n} = shufflevector <8 x {real}> %weights, <8 x {real}> poison, <16 x i32> splat (i32 {n})"
        for n in range(LAYERS)
    )
    layers = "\n".join(
        f"  %bit{n} = and <16 x i32> %layer, splat (i32 {1 << n})\n"
        f"  %is{n} = icmp ne <16 x i32> %bit{n}, zeroinitializer"
        for n in range(LAYER_BITS)
    )
    return f"""
declare <16 x {real}> @llvm.masked.gather.v16f{bits}.v16p0(<16 x ptr>, i32, <16 x i1>, <16 x {real}>)
declare <16 x {real}> @llvm.fabs.v16f{bits}(<16 x {real}>)

define void @govsim_look{bits}(ptr noalias %tie, i64 %rows, ptr noalias %signal, ptr noalias %weight,
                         ptr noalias %says, ptr noalias %acting) alwaysinline {{
start:
  %weights = load <8 x {real}>, ptr %weight, align 4
{weights}
  %any = icmp sgt i64 %rows, 0
  br i1 %any, label %look, label %end
look:
  %row = phi i64 [0, %start], [%next, %look]
  %said = phi <16 x {real}> [zeroinitializer, %start], [%said.now, %look]
  %acts = phi <16 x {real}> [zeroinitializer, %start], [%acts.now, %look]
  %place = mul i64 %row, 16
  %at = getelementptr i32, ptr %tie, i64 %place
  %ties = load <16 x i32>, ptr %at, align 4
  %who = and <16 x i32> %ties, splat (i32 {(1 << RESIDENT_BITS) - 1})
  %layer = lshr <16 x i32> %ties, splat (i32 {RESIDENT_BITS})
{layers}
  %w01 = select <16 x i1> %is0, <16 x {real}> %w1, <16 x {real}> %w0
  %w23 = select <16 x i1> %is0, <16 x {real}> %w3, <16 x {real}> %w2
  %w45 = select <16 x i1> %is0, <16 x {real}> %w5, <16 x {real}> %w4
  %w67 = select <16 x i1> %is0, <16 x {real}> %w7, <16 x {real}> %w6
  %w03 = select <16 x i1> %is1, <16 x {real}> %w23, <16 x {real}> %w01
  %w47 = select <16 x i1> %is1, <16 x {real}> %w67, <16 x {real}> %w45
  %w = select <16 x i1> %is2, <16 x {real}> %w47, <16 x {real}> %w03
  %from = getelementptr {real}, ptr %signal, <16 x i32> %who
  %heard = call <16 x {real}> @llvm.masked.gather.v16f{bits}.v16p0(
             <16 x ptr> %from, i32 4, <16 x i1> splat (i1 true), <16 x {real}> poison)
  %opinion = call <16 x {real}> @llvm.fabs.v16f{bits}(<16 x {real}> %heard)
  %part = fmul <16 x {real}> %w, %opinion
  %said.now = fadd <16 x {real}> %said, %part
  %bits = bitcast <16 x {real}> %heard to <16 x i{bits}>
  %took = icmp slt <16 x i{bits}> %bits, zeroinitializer
  %act = select <16 x i1> %took, <16 x {real}> %w, <16 x {real}> zeroinitializer
  %acts.now = fadd <16 x {real}> %acts, %act
  %next = add i64 %row, 1
  %more = icmp slt i64 %next, %rows
  br i1 %more, label %look, label %end
end:
  %said.end = phi <16 x {real}> [zeroinitializer, %start], [%said.now, %look]
  %acts.end = phi <16 x {real}> [zeroinitializer, %start], [%acts.now, %look]
  store <16 x {real}> %said.end, ptr %says, align 4
  store <16 x {real}> %acts.end, ptr %acting, align 4
  ret void
}}
"""


def _link_look(
    typing: Any, tie: Any, first: Any, rows: Any, signal: Any, weight: Any, says: Any, acting: Any, lane: Any
) -> Any:
    """Look from ``tie[first]`` on along so many rows, and write to ``says`` and ``acting`` from ``lane`` on."""
    tables = {"tie": tie, "signal": signal, "weight": weight, "says": says, "acting": acting}
    names = ("tie", "first", "rows", "signal", "weight", "says", "acting", "lane")
    view: Any = arrayobj.make_array
    bits = signal.dtype.bitwidth
    if {tables[name].dtype for name in tables if name != "tie"} != {signal.dtype}:
        raise nb.errors.TypingError("signal, weight, says and acting are of one type")

    def link(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        library = context.codegen().create_library(f"govsim_look{bits}")
        library.add_llvm_module(llvm.parse_assembly(_looking(signal.dtype)))
        library.finalize()
        context.active_code_library.add_linking_library(library)
        given = dict(zip(names, values, strict=True))
        pointer, number = ir.PointerType(), given["first"].type

        def at(name: str, *place: Any) -> Any:
            data = view(tables[name])(context, builder, given[name]).data
            return builder.bitcast(builder.gep(data, place) if place else data, pointer)

        takes = [pointer, number, pointer, pointer, pointer, pointer]
        look = builder.module.globals.get(f"govsim_look{bits}")
        if look is None:
            look = ir.Function(builder.module, ir.FunctionType(ir.VoidType(), takes), f"govsim_look{bits}")
        row = builder.mul(given["first"], ir.Constant(number, LANES))
        lanes = at("says", given["lane"]), at("acting", given["lane"])
        builder.call(look, [at("tie", row), given["rows"], at("signal"), at("weight"), *lanes])
        return context.get_dummy_value()

    return nb.types.void(tie, first, rows, signal, weight, says, acting, lane), link


_look: Any = intrinsic(_link_look)


@part
def sum_over_ties(
    at: int,
    size: int,
    first_slice: int,
    tie_index: TieIndex,
    weight: NDArray[np.float32],
    total: NDArray[np.float32],
    signal: NDArray[np.float32],
    says: NDArray[np.float32],
    acting: NDArray[np.float32],
    share: NDArray[np.float32],
    heard: NDArray[np.float32],
) -> None:
    """Let the residents of a block look at their adult ties of last week.

    Writes the weighted active share (0 without ties) and the weighted mean opinion (-1 without ties). Children say and
    do nothing: their signal is 0, so they drop out of both sums without a question. ``says`` and ``acting`` of shape
    (BLOCK,) are written over; ``first_slice`` is the block's.
    """
    nothing = np.float32(0.0)
    for lane in range(0, size, LANES):
        n = first_slice + lane // LANES
        first = int(np.int64(tie_index.first_row[n]))
        _look(
            tie_index.tie,
            first,
            int(np.int64(tie_index.first_row[n + 1])) - first,
            signal,
            weight,
            says,
            acting,
            int(np.int64(lane)),
        )
    order, weights = tie_index.order[at : at + size], total[at : at + size]
    active, opinion = share[at : at + size], heard[at : at + size]
    for n in range(size):
        active[order[n]], opinion[order[n]] = acting[n], says[n]
    for b in range(size):
        active[b] = active[b] / weights[b] if weights[b] > nothing else nothing
        opinion[b] = opinion[b] / weights[b] if weights[b] > nothing else np.float32(-1.0)
