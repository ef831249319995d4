"""Run the engine week by week and hold each process to what the reference expects of it.

Before a process runs, every column is copied. The reference computes from that copy what the process should leave behind, in
plain Python, with the engine's own draws; then the engine runs and the two are compared cell by cell. What differs first is
named: process, week, column, entity, both values.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from govsim import draws
from govsim.engine.loop import ORDER, Run
from govsim.engine.state import State
from govsim.runner.planning import Choice, arm_with_measures
from govsim.scenario import load
from govsim.world import build

Expected = Mapping[str, NDArray[Any]]
"""Columns that the reference computes, by their names in the state."""
Reference = Callable[["Before"], Expected]

SINGLE = 2e-6
"""Relative difference at which columns in single precision, and sums in another order, still agree."""

PLACES_IN_A_HEAP = ("left", "right")
"""Fields of records that say how the engine keeps a queue, not which job stands in it or which comes first."""


class Before:
    """The state of a run as a process finds it: copies of all columns, and what is asked of the engine by name."""

    def __init__(self, engine: State) -> None:
        self.columns = {name: column.copy() for name, column in engine.columns().items()}
        self.scenario, self.model, self.world = engine.scenario, engine.model, engine.world
        self.week, self.start, self.end = engine.week, engine.start, engine.end
        self.seed, self.used, self.closings = engine.seed, engine.pool.used, engine.closings.copy()
        self.engine = engine

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self.columns[name]

    def uniform(self, purpose: str, entity: int, slot: int = 0, weekly: bool = False) -> float:
        """Return the draw that stands at an address, as the description gives it."""
        key = draws.key(self.seed, purpose, self.week if weekly else 0)
        return float(draws.uniform(key, np.uint64(entity), np.uint64(slot)))


def follow(
    run: Run, references: Mapping[str, Reference], weeks: int, complete: Collection[str] = ()
) -> Iterator[str]:
    """Run so many weeks; yield what differs first in each process and week.

    Of processes in ``complete`` the reference gives every column that changes: what it does not give has to stay.
    """
    state = run.state
    for _ in range(weeks):
        run.begin_week()
        for process in ORDER:
            if process.run is None:
                continue
            reference = references.get(process.name)
            before = Before(state) if reference else None
            expected = reference(before) if reference and before else {}
            stays = before.columns if before and process.name in complete else {}
            process.run(state)
            after = state.columns()
            for name, column in {**stays, **expected}.items():
                found = first_difference(after[name], column)
                if found:
                    yield f"{process.name}, week {run.week}: {name}{found}"
        run.end_week()


def first_difference(engine: NDArray[Any], reference: NDArray[Any]) -> str:
    """Say at which place two columns differ first, and how; empty where they agree."""
    if engine.shape != reference.shape:
        return f" has shape {engine.shape}, the reference {reference.shape}"
    if engine.dtype.names and len(engine):
        rows = np.flatnonzero((_bytes(engine) != _bytes(reference)).any(axis=1))
        for name in (name for name in engine.dtype.names if name not in PLACES_IN_A_HEAP):
            wrong = rows[~_same(engine[name][rows], reference[name][rows])]
            if len(wrong):
                row = int(wrong[0])
                values = f"engine {engine[name][row]}, reference {reference[name][row]}"
                return f".{name}[{row}]: {values} ({len(wrong)} rows differ)"
        return ""
    same = _same(engine, reference)
    if same.all():
        return ""
    at = tuple(int(i) for i in np.argwhere(~same)[0])
    return f"{list(at)}: engine {engine[at]}, reference {reference[at]} ({int((~same).sum())} cells differ)"


def _same(engine: NDArray[Any], reference: NDArray[Any]) -> NDArray[np.bool_]:
    if engine.dtype.kind == "f":
        return np.isclose(engine, reference, rtol=SINGLE, atol=SINGLE, equal_nan=True)
    return np.asarray(engine == reference)


def _bytes(table: NDArray[Any]) -> NDArray[np.uint8]:
    """Return records as rows of bytes."""
    return np.ascontiguousarray(table).view(np.uint8).reshape(len(table), table.dtype.itemsize)


def engine_of(scenario: str, governance: str, weeks: int, *overrides: str, seed: int = 1) -> Run:
    """Return a run that is about to begin."""
    arms = f'governance.models=["{governance}"]'
    loaded = load(scenario, [f"run.weeks={weeks}", arms, *overrides])
    arm = arm_with_measures(Choice(scenario, loaded, loaded.governance[0], "neutral"))
    world = build(loaded.scenario.population, loaded.scenario.network, seed)
    return Run(world, loaded.scenario, arm, seed)
