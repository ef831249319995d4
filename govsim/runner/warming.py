"""Compiling ahead: all kernels once, in two processes side by side, so that no run waits for a compiler.

A small district is built and lives a week. Its processes are shared out: this one compiles some, a second one the others
meanwhile, in the order that it likes, because what they compute is thrown away. Then the small run goes on, and finds compiled
what either has compiled.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable

from govsim.engine import Run, order, resolve_arm
from govsim.kernels import HOME, compiled, kept
from govsim.scenario import load
from govsim.world import World, build, measure_network

_SECOND = ("participation", "institutions", "measurement", "experience")
"""Processes of a week whose kernels the second one compiles; the others take about as long."""
_WEEKS = 26
"""After which something of everything has happened: people have moved, problems have come back."""
_BETWEEN_WORDS = 2.0


def warm(say: Callable[[int], None] = lambda number: None) -> None:
    """Compile whatever is not compiled yet.

    Parameters
    ----------
    say
        Told now and then how many kernels are compiled.
    """
    world, run = _small_run()
    second = None
    if HOME is not None and not kept():
        second = subprocess.Popen(
            [sys.executable, "-m", __name__], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
    try:
        run.begin_week()
        _do(run, [process.name for process in order() if process.name not in _SECOND], say)
        while second is not None and second.poll() is None:
            say(compiled())
            time.sleep(_BETWEEN_WORDS)
    finally:
        if second is not None and second.poll() is None:
            second.kill()
    _do(run, _SECOND, say)  # from the cache, or here if the second one could not
    run.end_week()
    for _ in range(_WEEKS):
        run.step()
    run.finish()
    measure_network(world)


def _small_run() -> tuple[World, Run]:
    asked = load("tiny")
    arm = resolve_arm(asked.governance[-1].model, "neutral")
    world = build(asked.scenario.population, asked.scenario.network, 1)
    return world, Run(world, asked.scenario, arm, 1)


def _do(run: Run, names: list[str] | tuple[str, ...], say: Callable[[int], None]) -> None:
    for process in order():
        if process.name in names and process.run is not None:
            process.run(run.state)
            say(compiled())


if __name__ == "__main__":
    there, beside = _small_run()
    beside.begin_week()
    _do(beside, _SECOND, lambda number: None)
    measure_network(there)
