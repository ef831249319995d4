"""The crowd's week on the real engine: the two processes that let residents look around, act and hear."""

from __future__ import annotations

import numpy as np

from benchmarks.timing import clock_for
from govsim.engine import ORDER, Arm, Run
from govsim.scenario.schema import Scenario
from govsim.world import World

CROWD = ("participation", "experience")
"""Processes that are timed. The others run as well, as always, and are not counted."""


class EngineCrowd:
    """An engine that takes the time of its crowd.

    Attributes
    ----------
    seconds : float
        Spent in the processes of the crowd since the attribute was last set to 0: of one thread CPU time.
    """

    def __init__(self, world: World, scenario: Scenario, arm: Arm, seed: int, threads: int = 1) -> None:
        self.engine = Run(world, scenario, arm, seed, threads)
        self.seconds = 0.0
        self._clock = clock_for(threads)

    def advance(self, weeks: int) -> None:
        """Let so many weeks pass."""
        engine = self.engine
        for _ in range(weeks):
            engine.begin_week()
            for process in ORDER:
                if process.run is None:
                    continue
                started = self._clock()
                process.run(engine.state)
                if process.name in CROWD:
                    self.seconds += self._clock() - started
            engine.end_week()

    def averages(self) -> dict[str, float]:
        """Return what is compared, by name."""
        columns = self.engine.state.columns()
        adult = (columns["residents.status"] & 2) > 0

        def mean(name: str) -> float:
            return float(columns[f"residents.{name}"][adult].mean(dtype=np.float64))

        return {
            "active": float((columns["residents.status"][adult] & 1).mean()),
            "opinion": mean("opinion"),
            "spread of opinions": float(columns["residents.opinion"][adult].std(dtype=np.float64)),
            "habit": mean("habit"),
            "fatigue": mean("fatigue"),
            "efficacy": mean("efficacy"),
            "registered": mean("registered"),
            "weeks active": mean("weeks_active"),
            "hours given": mean("hours_given"),
        }

    def weeks_active(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """Return the weeks in which each resident has taken part so far."""
        return self.engine.state.columns()["residents.weeks_active"].astype(np.int64)

    def size(self) -> int:
        """Return the bytes of all columns of the engine and of the world."""
        arrays = {id(column): column.nbytes for column in self.engine.state.columns().values()}
        world = self.engine.state.world
        for name in world.__dataclass_fields__:
            table = getattr(world, name)
            if hasattr(table, "_fields"):
                arrays |= {id(column): column.nbytes for column in table}
        return sum(arrays.values())
