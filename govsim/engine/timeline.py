"""The timeline of a run: what is in force in a week."""

from __future__ import annotations

from collections.abc import Callable

from govsim.engine.controls import unranked
from govsim.engine.offices import Arm
from govsim.scenario.schema import Scenario
from govsim.scenario.schema.governance import Governance
from govsim.scenario.timeline import effective, met, steps_met, weight


class Timeline:
    """Which steps have started, and how strong each is.

    Attributes
    ----------
    reformed : bool
        Whether the last change brought another governance model.
    """

    def __init__(self, scenario: Scenario, arm: Arm) -> None:
        self._scenario, self._model = scenario, arm.model
        self.steps = steps_met(scenario, arm.steps, arm.mode)
        self._started: list[int | None] = [None] * len(self.steps)
        self._weights = [0.0] * len(self.steps)
        self.reformed = False

    def advance(self, week: int, watched: Callable[[], dict[str, float]]) -> bool:
        """Go on to a week; return whether anything in force changes.

        Parameters
        ----------
        watched
            Returns what conditions look at, as it was at the end of the week before.
        """
        if not self.steps:
            return False
        waiting = [
            k for k, step in enumerate(self.steps) if step.when is not None and self._started[k] is None
        ]
        if waiting and week > 0:
            values = watched()
            for k in waiting:
                condition = self.steps[k].when
                if condition is not None and met(condition, values, week):
                    self._started[k] = week
        weights = [weight(step, self._started[k], week) for k, step in enumerate(self.steps)]
        if weights == self._weights:
            return False
        self.reformed = any(
            step.model is not None and (now > 0) != (before > 0)
            for step, now, before in zip(self.steps, weights, self._weights, strict=True)
        )
        self._weights = weights
        return True

    def in_force(self) -> tuple[Scenario, Governance]:
        """Return scenario and governance model as they are in force, negative controls included."""
        scenario, model = self._scenario, self._model
        if self.steps:
            scenario, model = effective(scenario, model, self.steps, self._weights, self._started)
        return scenario, unranked(model, scenario.controls)
