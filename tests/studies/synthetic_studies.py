"""A study over the tiny district with an engine whose answer is known: participation follows one parameter, plus chance."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from govsim.draws import key, uniform
from govsim.engine.recording import Recording
from govsim.runner.one_run import Simulator, WeekDone
from tests.synthetic import make_recording

FILE = """study: 1
name: {en: synthetic}
scenario: tiny
settings: {run.weeks: 52}
models: [legacy_administrative, party_led_cogovernance]
seeds: 2
over:
  tasks.community_hours: [20, 60]
  network.liaison.linked_households: [1, 9]
design: {kind: sobol, points: 8}
"""


def study_file(folder: Path, text: str = FILE) -> str:
    """Write a study file and return its path."""
    path = folder / "synthetic.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def turnout(scenario: Any, seed: int, noise: float) -> float:
    """Return a share that rises from 0.1 to 0.3 with tasks.community_hours, 20-60, plus chance that no parameter steers."""
    address = key(seed, f"synthetic.turnout.{scenario.model_dump_json()}")
    luck = float(uniform(address, 0, 0)) - 0.5  # type: ignore[arg-type]
    return 0.1 + 0.2 * (scenario.tasks.community_hours - 20.0) / 40.0 + noise * luck


def engine(
    noise: float = 0.0,
    ran: list[int] | None = None,
    fail: Callable[[Any, int], bool] = lambda scenario, seed: False,
) -> Simulator:
    """Return an engine that simulates nothing; it notes seeds in ``ran`` and fails where ``fail`` says so."""

    def simulate(world: int, scenario: Any, arm: Any, seed: int, week_done: WeekDone) -> Recording:
        if fail(scenario, seed):
            raise ValueError("a planted fault")
        week_done(52)
        if ran is not None:
            ran.append(seed)
        share = turnout(scenario, seed, noise)
        return make_recording(seed, weeks=52, turnout=share, cases=60, residents=40)

    return Simulator(lambda scenario, seed: seed, simulate)
