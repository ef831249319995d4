"""What the processes say they draw is what a run draws."""

from __future__ import annotations

from typing import Any

import pytest

from govsim import draws
from govsim.engine import loop, order, resolve_arm, rules, simulate
from govsim.engine.processes import institutions
from govsim.scenario import load
from govsim.world import build


def test_declared_draws_are_the_draws_made(monkeypatch: pytest.MonkeyPatch) -> None:
    made: set[str] = set()
    original = draws.key

    def listening(seed: int, purpose: str, tick: int = 0) -> draws.Key:
        made.add(purpose)
        return original(seed, purpose, tick)

    for module in (loop, rules, institutions.draws):
        monkeypatch.setattr(module, "key", listening)
    loaded: Any = load("tiny", ["run.weeks=3"])
    world = build(loaded.scenario.population, loaded.scenario.network, 1)
    made.clear()  # the world's own draws
    simulate(world, loaded.scenario, resolve_arm(loaded.governance[1].model, "neutral"), 1)
    declared = [purpose for process in order() for purpose in process.draws]
    assert len(declared) == len(set(declared))
    assert made == set(declared)
