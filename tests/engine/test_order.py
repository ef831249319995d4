"""What the processes say they draw is what a run draws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from govsim import draws
from govsim.engine import loop, order, resolve_arm, simulate
from govsim.scenario import load
from govsim.world import build


def test_declared_draws_are_the_draws_made(monkeypatch: pytest.MonkeyPatch) -> None:
    made: set[str] = set()
    original = draws.key

    def listening(seed: int, purpose: str, tick: int = 0) -> draws.Key:
        made.add(purpose)
        return original(seed, purpose, tick)

    loaded: Any = load(
        "tiny",
        [
            "run.weeks=5",
            "demography.layoffs=0.1",
            "organisations.life.founding=100",
            "workforce.quit_rate=1",
            "workforce.vacancy_weeks=1",
        ],
    )
    world = build(loaded.scenario.population, loaded.scenario.network, 1)
    monkeypatch.setattr(draws, "key", listening)
    simulate(world, loaded.scenario, resolve_arm(loaded.governance[1].model, "neutral"), 1)
    declared = [draw.purpose for process in order() for draw in process.draws]
    assert made - set(declared) == {
        "controls.network",
        "institutions.birthday",
        "institutions.rehousing",
    }, "drawn once, at the start"
    assert set(declared) <= made


def test_a_process_that_does_nothing_but_draw_moves_no_other_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    """R13(b): one more process in the week leaves every counter and case as it was."""
    loaded: Any = load("tiny", ["run.weeks=8"])
    scenario, arm = loaded.scenario, resolve_arm(loaded.governance[1].model, "neutral")
    world = build(scenario.population, scenario.network, 1)
    before = simulate(world, scenario, arm, 1)
    step, luck = loop.Run.step, np.empty(1000)

    def longer_week(run: loop.Run) -> None:
        draws.fill_uniform(
            draws.key(run.state.seed, "idle.nothing", run.week), np.arange(1000, dtype=np.uint64), luck
        )
        step(run)

    monkeypatch.setattr(loop.Run, "step", longer_week)
    after = simulate(world, scenario, arm, 1)
    assert luck.min() >= 0.0
    assert luck.max() > luck.min()
    for name, counter in before.weekly.items():
        np.testing.assert_array_equal(counter, after.weekly[name])
    for name, column in before.cases.items():
        np.testing.assert_array_equal(column, after.cases[name])
