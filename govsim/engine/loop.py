"""The weekly loop: processes in one printed order over the state of one run."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from govsim.engine import columns as col
from govsim.engine.offices import Arm
from govsim.engine.pool import enough
from govsim.engine.process import Process, where_it_was
from govsim.engine.processes import (
    arrivals,
    casework,
    detection,
    effort,
    experience,
    institutions,
    measurement,
    participation,
    reform,
    routing,
)
from govsim.engine.recording import Recording
from govsim.engine.setup import set_up
from govsim.scenario.schema import Scenario
from govsim.world.columns import World

ORDER: tuple[Process, ...] = (
    reform.PROCESS,
    arrivals.PROCESS,
    detection.PROCESS,
    routing.PROCESS,
    effort.PROCESS,
    participation.PROCESS,
    casework.PROCESS,
    experience.PROCESS,
    institutions.PROCESS,
    measurement.PROCESS,
)
"""The weekly order. Routing decides inside the event queue, at the moment an office is done with its step."""


class Passes:
    """Passes over the residents of all communities, split among threads; each pass writes rows of its own communities only."""

    def __init__(self, threads: int, communities: int) -> None:
        self._threads, self._communities = threads, communities
        self._pool = ThreadPoolExecutor(threads) if threads > 1 else None

    def __call__(self, work: Callable[[int, int], None]) -> None:
        """Do one pass; ``work`` takes the first community and the one behind the last."""
        if self._pool is None:
            work(0, self._communities)
        else:
            cuts = np.linspace(0, self._communities, self._threads + 1).astype(int).tolist()
            list(self._pool.map(work, cuts[:-1], cuts[1:]))

    def stop(self) -> None:
        """Let the threads go; passes go on in the caller's."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None


class Run:
    """One run: a world, a scenario, one arm and a seed, advanced week by week.

    Parameters
    ----------
    world : World
        Made from the same scenario's population and network.
    scenario : Scenario
    arm : Arm
        Governance model under a capacity mode.
    seed : int
    threads : int
        Threads for the passes over residents. Results are the same for any number.
    folder : Path, optional
        Where ledgers go that outgrow the memory, see :mod:`govsim.engine.ledger_on_disk`.

    Attributes
    ----------
    state : State
        Every column, what was asked for, and what is in force.
    """

    def __init__(
        self,
        world: World,
        scenario: Scenario,
        arm: Arm,
        seed: int,
        threads: int = 1,
        folder: Path | None = None,
    ) -> None:
        self._passes = Passes(threads, len(world.communities.street))
        self.state = set_up(world, scenario, arm, seed, self._passes, folder)

    @property
    def week(self) -> int:
        """Number of weeks done."""
        return self.state.week

    def step(self) -> None:
        """Advance one week; an error carries a note on process, week and, where it can be known, entity."""
        self.begin_week()
        for process in ORDER:
            if process.run is None:
                continue
            try:
                process.run(self.state)
            except Exception as problem:
                problem.add_note(where_it_was(process.name, self.week, problem))
                raise
        self.end_week()

    def begin_week(self) -> None:
        """Open the week's places in the recording, and make room for what can arise."""
        state = self.state
        state.row = state.recorder.row(state.week)
        state.recorder.begin(state.week, state.residents)
        state.pool.counts[col.EVENTS] = 0
        arrivals.make_room(state)

    def end_week(self) -> None:
        """Keep the week's events and go on to the next one."""
        state, pool = self.state, self.state.pool
        enough(not pool.counts[col.OUT_OF_ROOM], "what happens in a week")
        state.recorder.end(
            state.week, state.establishment.granted_hours, pool.events[: pool.counts[col.EVENTS]]
        )
        state.last_week = state.row
        state.week += 1

    def finish(self) -> Recording:
        """Return what the run left behind so far; its threads end."""
        self._passes.stop()
        state = self.state
        return state.recorder.finish(
            state.week,
            state.seed,
            state.scenario,
            state.world,
            state.residents,
            state.establishment.table,
            state.birthday,
            state.pool.alive(),
            state.exogenous.hexdigest(),
        )


def simulate(
    world: World,
    scenario: Scenario,
    arm: Arm,
    seed: int,
    progress: Callable[[int, int], None] | None = None,
    threads: int = 1,
    folder: Path | None = None,
) -> Recording:
    """Run one arm in one world and return its recording.

    Parameters
    ----------
    world, scenario, arm, seed, threads, folder
        As in :class:`Run`.
    progress
        Called with weeks done and weeks in all after each week.
    """
    run = Run(world, scenario, arm, seed, threads, folder)
    for week in range(scenario.run.weeks):
        run.step()
        if progress is not None:
            progress(week + 1, scenario.run.weeks)
    return run.finish()


def order() -> tuple[Process, ...]:
    """Return the processes in the order in which a week runs them."""
    return ORDER
