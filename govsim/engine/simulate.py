"""One run from beginning to end, and the order of its weeks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from govsim.engine.loop import ORDER, Engine
from govsim.engine.offices import Arm
from govsim.engine.process import Process
from govsim.engine.recording import Recording
from govsim.scenario.schema import Scenario
from govsim.world.columns import World


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
        As in :class:`Engine`.
    progress
        Called with weeks done and weeks in all after each week.
    """
    engine = Engine(world, scenario, arm, seed, threads, folder)
    for week in range(scenario.run.weeks):
        engine.step()
        if progress is not None:
            progress(week + 1, scenario.run.weeks)
    return engine.finish()


def order() -> tuple[Process, ...]:
    """Return the processes in the order in which a week runs them."""
    return ORDER
