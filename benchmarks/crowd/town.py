"""The crowd's rule and the columns it starts from, as every implementation gets them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from govsim.engine import Arm, Run
from govsim.engine.rules import ExperienceRule, ParticipationRule, rules_of
from govsim.scenario.schema import Scenario
from govsim.units import ADULT_AGE
from govsim.world import ParticipationType, World

Numbers = NDArray[np.float32]


@dataclass(frozen=True)
class Town:
    """What the crowd is made of in week 0; residents stand in the order of the world.

    Attributes
    ----------
    first_resident : shape (communities + 1,)
    indptr, other, layer
        Ties as compressed rows; both directions.
    weight : shape (layers,)
    adult, certain, contingent, registered : bool arrays, shape (residents,)
    threshold, time_cost, free_hours, efficacy, own : shape (residents,)
        ``own`` is the mean of own trust in the three local tiers, which moves only when a case ends.
    calls : shape (communities,)
        Calls that staff make in a week.
    """

    seed: int
    first_resident: NDArray[np.int64]
    indptr: NDArray[np.uint32]
    other: NDArray[np.uint32]
    layer: NDArray[np.uint8]
    weight: Numbers
    adult: NDArray[np.bool_]
    certain: NDArray[np.bool_]
    contingent: NDArray[np.bool_]
    registered: NDArray[np.bool_]
    threshold: Numbers
    time_cost: Numbers
    free_hours: Numbers
    efficacy: Numbers
    own: Numbers
    calls: NDArray[np.float64]
    acting: ParticipationRule
    hearing: ExperienceRule

    @property
    def residents(self) -> int:
        """Number of residents, children among them."""
        return len(self.adult)

    @property
    def community(self) -> NDArray[np.int64]:
        """Community of each resident."""
        return np.repeat(np.arange(len(self.calls)), np.diff(self.first_resident))

    def size(self) -> int:
        """Return the bytes of all columns."""
        columns = (getattr(self, field.name) for field in fields(self))
        return sum(column.nbytes for column in columns if isinstance(column, np.ndarray))


def town_of(world: World, scenario: Scenario, arm: Arm, seed: int) -> Town:
    """Return the town of a scenario in which nothing goes on but the crowd.

    Raises
    ------
    ValueError
        If the governance model does more with residents than call those who are registered in turn.
    """
    people, model = world.residents, arm.model
    rules = rules_of(scenario, model, 0)
    acting, hearing = rules.participation, rules.experience
    asks_more = (acting.branches_first, acting.relay, acting.ordered_hours, acting.training_hours)
    offers_more = (
        model.mobilisation.enrolled != "nobody",
        model.detection.meetings_per_month,
        model.detection.neighbour_share,
        model.accountability.publishes_results,
    )
    if any((*asks_more, *offers_more)):
        raise ValueError("the reference implementations hold the plain rule: calls in turn, nothing else")
    engine = Run(world, scenario, arm, seed)
    engine.step()
    return Town(
        seed=seed,
        first_resident=world.communities.first_resident.astype(np.int64),
        indptr=world.ties.indptr,
        other=world.ties.other,
        layer=world.ties.layer,
        weight=rules.tie_weights,
        adult=people.age >= ADULT_AGE,
        certain=people.participation_type == ParticipationType.CERTAIN,
        contingent=people.participation_type == ParticipationType.CONTINGENT,
        registered=people.registered.astype(np.bool_),
        threshold=people.threshold,
        time_cost=people.time_cost,
        free_hours=people.free_hours,
        efficacy=people.efficacy,
        own=people.trust[:, :3].mean(axis=1, dtype=np.float64).astype(np.float32),
        calls=engine.state.plan.calls.copy(),
        acting=acting,
        hearing=hearing,
    )


def degrees(town: Town) -> NDArray[np.int64]:
    """Return the number of ties of each resident."""
    start = town.indptr.astype(np.int64)
    return start[1:] - start[:-1]


class Crowd(Protocol):
    """One implementation of the crowd's week."""

    def advance(self, weeks: int) -> None:
        """Let so many weeks pass."""

    def averages(self) -> dict[str, float]:
        """Return what is compared, by name: :data:`AVERAGES` over adults after the last week."""

    def size(self) -> int:
        """Return the bytes of all its columns, ties included."""


AVERAGES = (
    "active",
    "opinion",
    "spread of opinions",
    "habit",
    "fatigue",
    "efficacy",
    "registered",
    "weeks active",
    "hours given",
)
"""What is compared: means over adults, and the standard deviation of opinions."""
