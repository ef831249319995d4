"""The crowd's week in C with OpenMP, compiled for this machine when it is asked for; see ``crowd.c``."""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.crowd.town import Town, degrees
from govsim import draws

SOURCE = Path(__file__).with_name("crowd.c")
FLAGS = ("-O3", "-march=native", "-fopenmp", "-fno-math-errno", "-fno-trapping-math")
_SPARE = 66  # ties and residents behind the last ones, so that looking ahead stays inside
_LANES = 16
_LAYER = 24  # bits of a tie below its layer


def compiler() -> str | None:
    """Return the C compiler, or nothing where there is none."""
    return shutil.which(os.environ.get("CC", "cc"))


class _Rule(ctypes.Structure):
    _FLOATS = (
        "social_ties", "social_seen", "trust", "efficacy", "habit", "call", "cost_noise",
        "habit_gain", "habit_keep", "habit_keep_called", "fatigue_gain", "fatigue_keep",
        "hearing", "efficacy_gain",
    )  # fmt: skip
    _fields_ = [*((name, ctypes.c_float) for name in _FLOATS), ("self_registration", ctypes.c_double)]


_COLUMNS = (
    "first", "first_row", "row", "tie", "weight", "per_weight", "address", "threshold", "cost", "hours", "own",
    "efficacy", "habit", "fatigue", "given", "registered", "called", "needed_call",
    "weeks_active", "times_called", "first_active", "last_active", "now", "next",
    "listed", "list_length", "calls", "call_from", "adults", "visible", "counters",
)  # fmt: skip


class _Town(ctypes.Structure):
    _fields_ = [("communities", ctypes.c_int64), *((name, ctypes.c_void_p) for name in _COLUMNS)]


@cache
def _library(sliced: bool, packed: bool) -> ctypes.CDLL:
    """Compile the source unless it has been compiled before for this machine.

    Raises
    ------
    RuntimeError
        If there is no compiler, or it does not take the source.
    """
    cc = compiler()
    if cc is None:
        raise RuntimeError("no C compiler: install one, or name it in CC")
    layout = [*(["-DSLICED"] if sliced else []), *(["-DPACKED"] if packed else [])]
    command = [cc, *FLAGS, *layout, "-shared", "-fPIC", str(SOURCE), "-lm"]
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / f"crowd-{hashlib.blake2b(SOURCE.read_bytes(), digest_size=4).hexdigest()}.so"
        done = subprocess.run([*command, "-o", str(target)], capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr}")
        return ctypes.CDLL(str(target))


class NativeCrowd:
    """A town in C.

    Parameters
    ----------
    sliced
        Ties of sixteen residents side by side instead of those of each one together.
    packed
        Opinions with 15 bits instead of a float.
    """

    def __init__(self, town: Town, threads: int = 1, sliced: bool = False, packed: bool = False) -> None:
        self._call = _library(sliced, packed).advance
        self._threads, self._seed, self._packed = threads, town.seed, packed
        self.week = 0
        self.order = _by_degree(town)
        self._rule = _rule(town)
        self._columns = _columns(town, self.order, sliced, packed)
        self._struct = _Town(
            len(town.calls), *(self._columns[name].ctypes.data_as(ctypes.c_void_p) for name in _COLUMNS)
        )

    def advance(self, weeks: int) -> None:
        """Let so many weeks pass."""
        keys = np.array(
            [
                [
                    *draws.key(self._seed, "participation.cost", week),
                    *draws.key(self._seed, "participation.registration", week),
                ]
                for week in range(self.week, self.week + weeks)
            ],
            np.uint64,
        )
        pointer = keys.ctypes.data_as(ctypes.c_void_p)
        self._call(
            ctypes.byref(self._struct), ctypes.byref(self._rule), weeks, self.week, pointer, self._threads
        )
        if weeks % 2:
            self._struct.now, self._struct.next = self._struct.next, self._struct.now
            columns = self._columns
            columns["now"], columns["next"] = columns["next"], columns["now"]
        self.week += weeks

    def averages(self) -> dict[str, float]:
        """Return what is compared, by name."""
        columns = self._columns
        adult = columns["adult"]
        now = columns["now"][: len(adult)][adult]
        if self._packed:
            active, opinion = now >> 15, (now & 0x7FFF) / 32767.0
        else:
            active, opinion = now >> 31, (now & 0x7FFFFFFF).view(np.float32)

        def mean(column: NDArray[np.generic]) -> float:
            return float(column.mean(dtype=np.float64))

        rest = ("habit", "fatigue", "efficacy", "registered", "weeks_active")
        means = {name.replace("_", " "): mean(columns[name][adult]) for name in rest}
        return {
            "active": mean(active),
            "opinion": mean(opinion),
            "spread of opinions": float(opinion.std(dtype=np.float64)),
            **means,
            "hours given": mean(columns["given"][adult]),
        }

    def weeks_active(self) -> NDArray[np.int64]:
        """Return the weeks in which each resident has taken part so far, in the order of the world."""
        weeks = np.empty(len(self.order), np.int64)
        weeks[self.order] = self._columns["weeks_active"]
        return weeks

    def size(self) -> int:
        """Return the bytes of all its columns, ties included."""
        return sum(self._columns[name].nbytes for name in _COLUMNS)


def _by_degree(town: Town) -> NDArray[np.int64]:
    """Return the residents by community and, inside it, by number of ties."""
    return np.lexsort((degrees(town), town.community))


def _rule(town: Town) -> _Rule:
    acting, hearing = town.acting, town.hearing
    return _Rule(
        social_ties=acting.social * (1.0 - acting.visible_share),
        social_seen=acting.social * acting.visible_share,
        trust=acting.trust,
        efficacy=acting.efficacy,
        habit=acting.habit,
        call=acting.call,
        cost_noise=acting.cost_noise,
        habit_gain=acting.habit_gain,
        habit_keep=1.0 - acting.habit_decay,
        habit_keep_called=max(1.0 - acting.habit_decay - acting.crowding_out, 0.0),
        fatigue_gain=acting.fatigue_gain,
        fatigue_keep=1.0 - acting.fatigue_decay,
        hearing=hearing.hearing,
        efficacy_gain=hearing.efficacy_gain,
        self_registration=acting.self_registration,
    )


def _columns(
    town: Town, order: NDArray[np.int64], sliced: bool, packed: bool
) -> dict[str, NDArray[np.generic]]:
    count, communities = town.residents, len(town.calls)
    first_row, row, tie = _slices(town, order) if sliced else _rows(town, order)
    adult = town.adult[order]
    own = np.where(adult, town.own[order], 0.0).astype(np.float32)
    total = np.bincount(
        np.repeat(np.arange(count), degrees(town)),
        town.weight[town.layer] * town.adult[town.other],
        count,
    )[order]
    per_weight = np.divide(1.0, total, out=np.zeros(count), where=(total > 0) & adult).astype(np.float32)
    words = np.rint(own * 32767.0).astype(np.uint16) if packed else own.view(np.uint32)
    words = np.pad(words, (0, _SPARE))
    first = town.first_resident
    threshold = np.where(town.contingent[order], town.threshold[order], np.float32(np.inf))
    threshold[town.certain[order]] = -np.inf
    registered = (town.registered & town.adult)[order]
    listed, length = _listed(registered, order, first)
    return {
        "first": first,
        "first_row": first_row,
        "row": row,
        "tie": tie,
        "weight": np.pad(town.weight, (0, 16 - len(town.weight))),
        "per_weight": per_weight,
        "address": (order - np.repeat(first[:-1], np.diff(first))).astype(np.uint16),
        "threshold": threshold.astype(np.float32),
        "cost": town.time_cost[order],
        "hours": town.free_hours[order] * np.float32(town.acting.hours_share),
        "own": own,
        "efficacy": town.efficacy[order],
        "habit": np.zeros(count, np.float32),
        "fatigue": np.zeros(count, np.float32),
        "given": np.zeros(count, np.float32),
        "registered": registered.astype(np.uint8),
        "called": np.zeros(count, np.uint8),
        "needed_call": np.zeros(count, np.uint8),
        "weeks_active": np.zeros(count, np.uint16),
        "times_called": np.zeros(count, np.uint16),
        "first_active": np.full(count, -1, np.int16),
        "last_active": np.full(count, -1, np.int16),
        "now": words,
        "next": words.copy(),
        "listed": listed,
        "list_length": length,
        "calls": town.calls,
        "call_from": np.zeros(communities),
        "adults": np.add.reduceat(adult, first[:-1]).astype(np.float32),
        "visible": np.zeros(communities, np.float32),
        "counters": np.zeros((communities, 6)),
        "adult": adult,
    }


def _numbered(town: Town, order: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """Return the ties in the new order, each as layer and new number of the other resident, and where rows begin."""
    start, degree = town.indptr.astype(np.int64), degrees(town)[order]
    row = np.concatenate([[0], np.cumsum(degree)])
    source = np.repeat(start[:-1][order] - row[:-1], degree) + np.arange(row[-1])
    number = np.empty(len(order), np.uint32)
    number[order] = np.arange(len(order), dtype=np.uint32)
    return row, number[town.other[source]] | town.layer[source].astype(np.uint32) << np.uint32(_LAYER)


Rows = tuple[NDArray[np.int64], NDArray[np.uint32], NDArray[np.uint32]]


def _rows(town: Town, order: NDArray[np.int64]) -> Rows:
    """Return the first row of each community, where rows begin, and their ties."""
    row, tie = _numbered(town, order)
    return town.first_resident, row.astype(np.uint32), np.pad(tie, (0, _SPARE))


def _slices(town: Town, order: NDArray[np.int64]) -> Rows:
    """Return the same for slices of sixteen residents, as long as their longest row."""
    row, tie = _numbered(town, order)
    degree = np.diff(row)
    first, size = town.first_resident, town.first_resident[1:] - town.first_resident[:-1]
    first_slice = np.concatenate([[0], np.cumsum(-(-size // _LANES))])
    inside = np.arange(len(order)) - np.repeat(first[:-1], size)
    slice_of = np.repeat(first_slice[:-1], size) + inside // _LANES
    length = np.zeros(first_slice[-1], np.int64)
    np.maximum.at(length, slice_of, degree)
    start = np.concatenate([[0], np.cumsum(length)])
    nobody = np.uint32(len(order))
    table = np.full(start[-1] * _LANES, nobody, np.uint32)
    begins = start[slice_of] * _LANES + inside % _LANES
    step = np.arange(len(tie)) - np.repeat(row[:-1], degree)
    table[np.repeat(begins, degree) + step * _LANES] = tie
    return first_slice, start.astype(np.uint32), table


def _listed(
    registered: NDArray[np.bool_], order: NDArray[np.int64], first: NDArray[np.int64]
) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Return the registered residents of each community in the order of the world, with room for everybody."""
    listed = np.zeros(len(order), np.uint32)
    length = np.zeros(len(first) - 1, np.int64)
    for c in range(len(first) - 1):
        here = np.flatnonzero(registered[first[c] : first[c + 1]]) + first[c]
        here = here[np.argsort(order[here])]
        listed[first[c] : first[c] + len(here)] = here
        length[c] = len(here)
    return listed, length
