"""Checked mode: a process that reads, writes or draws what it does not declare is refused.

Each process of the week runs twice from the same state: as it is, and on a copy in which every column that it does not
declare is blank. It may not change a column that it does not declare to write; what it writes may not depend on a
column that it does not declare to read; and it gets keys for declared draws only. This is slow and meant for small
worlds.
"""

from __future__ import annotations

import copy
from collections.abc import Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from govsim import draws
from govsim.engine.loop import ORDER, Run
from govsim.engine.process import Process
from govsim.engine.state import State


class UndeclaredError(RuntimeError):
    """A process touched a column or drew for a purpose that it does not declare."""


def checked_step(run: Run, order: tuple[Process, ...] = ORDER) -> None:
    """Advance one week and hold every process to its declaration.

    Raises
    ------
    UndeclaredError
        Naming process and column.
    """
    run.begin_week()
    hosted = [process for process in order if process.run is None]
    for process in order:
        if process.run is None:
            continue
        guests = hosted if process.name == "casework" else []
        _check(run.state, process, guests)
    run.end_week()


def _check(state: State, process: Process, guests: list[Process]) -> None:
    parties = [process, *guests]
    reads = {name for party in parties for name in (*party.reads, *party.writes)}
    writes = {name for party in parties for name in party.writes}
    purposes = frozenset(draw.purpose for party in parties for draw in party.draws)
    blind = _copy(state)
    for name, column in blind.columns().items():
        if not declared(name, reads):
            _blank(column)
    before = {name: column.copy() for name, column in state.columns().items()}
    blank = {name: column.copy() for name, column in blind.columns().items()}
    assert process.run is not None
    try:
        process.run(_drawing(state, purposes))
    except KeyError as problem:
        raise UndeclaredError(
            f"process '{process.name}' draws for {problem}, which it does not declare"
        ) from problem
    try:
        process.run(_drawing(blind, purposes))
    except Exception as problem:
        raise UndeclaredError(
            f"process '{process.name}' fails without a column that it does not declare"
        ) from problem
    found = blind.columns()
    for name, column in state.columns().items():
        if declared(name, writes):
            if not _same(column, found[name]):
                raise UndeclaredError(
                    f"process '{process.name}' writes '{name}' with the help of a column that it does not declare to read"
                )
        elif not _same(column, before[name]) or (
            not declared(name, reads) and not _same(found[name], blank[name])
        ):
            raise UndeclaredError(f"process '{process.name}' writes '{name}', which it does not declare")


def _drawing(state: State, purposes: frozenset[str]) -> State:
    """Return a state as a process sees it, which gives keys for some purposes only."""

    class StateForProcess(State):
        def key(self, purpose: str, tick: int = 0) -> draws.Key:
            if purpose not in purposes:
                raise KeyError(purpose)
            return draws.key(state.seed, purpose, tick)

    view = object.__new__(StateForProcess)
    view.__dict__ = state.__dict__
    return view


def declared(name: str, names: Collection[str]) -> bool:
    """Return whether a column is among the declared names, itself or with the whole table it belongs to."""
    parts = name.split(".")
    return any(".".join(parts[: k + 1]) in names for k in range(len(parts)))


def _same(a: NDArray[Any], b: NDArray[Any]) -> bool:
    if a.shape != b.shape:
        return False
    if a.dtype.names:  # what lies between the fields of a record is nobody's
        return all(_same(a[name], b[name]) for name in a.dtype.names)
    return a.tobytes() == b.tobytes()


def _blank(column: NDArray[Any]) -> None:
    column.flags.writeable = True
    column[...] = np.zeros(1, column.dtype)[0]


SHARED = {"base_scenario", "scenario", "arm", "model", "passes", "exogenous"}


def _copy(state: State) -> State:
    """Return a copy of a state with columns of its own; what was asked is shared."""
    twin, known = copy.copy(state), dict[int, Any]()
    for name, value in vars(state).items():
        if name not in SHARED:
            setattr(twin, name, copy.deepcopy(value, known))
    twin.exogenous = state.exogenous.copy()
    return twin
