"""What neighbours say: the engine's opinions in towns and in groups whose influence is given by a matrix."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from govsim.assurance.theory.formulas import Matrix, Vector
from govsim.assurance.theory.nulls import Keys, arm, merged, run, scenario, world_of
from govsim.engine import Recording, Run, rules
from govsim.scenario.schema import Scenario
from govsim.units import ADULT_AGE
from govsim.world import World
from govsim.world.columns import TieLayer, Ties

ROUNDING = 2e-5
"""Opinions are kept with 24 bits and averaged over some ten ties, several hundred times."""

TOWN: Keys = {
    "run": {"weeks": 400},
    "population": {
        "residents": 200,
        "household_sizes": [0.3, 0.3, 0.2, 0.1, 0.05, 0.05],
        "ages": {"under_18": 0.1},
        "party": {"share_of_adults": 0.1},
        "attitudes": {"spread": 0.35},
    },
    "network": {
        "household": True,
        "neighbours": {"kind": "lattice", "degree": 4.0, "rewired": 0.2},
        "kin_work_school": {"degree": 3.0},
        "branch": {"degree": 4.0},
        "liaison": {"linked_households": 2},
    },
    "participation": {"tie_household": 3.0, "tie_neighbour": 0.5, "tie_branch": 2.0, "tie_liaison": 1.5},
}
"""Two hundred people with ties of six kinds."""


class Heard(NamedTuple):
    """A run in which people do nothing but hear each other."""

    scenario: Scenario
    world: World
    recording: Recording


def influence(spec: Scenario, world: World) -> tuple[Matrix, NDArray[np.bool_]]:
    """Return the row-stochastic matrix of who listens to whom, dense, and who has anybody to listen to."""
    n = len(world.residents.age)
    matrix = np.zeros((n, n))
    row = np.repeat(np.arange(n), np.diff(world.ties.indptr.astype(int)))
    np.add.at(matrix, (row, world.ties.other), rules.tie_weights(spec)[world.ties.layer])
    adult = world.residents.age >= ADULT_AGE
    matrix[:, ~adult] = 0.0
    matrix[~adult] = 0.0
    strength = matrix.sum(axis=1)
    tied = strength > 0
    matrix[tied] /= strength[tied, None]
    return matrix, tied


def own_opinions(world: World) -> Vector:
    """Return what people think before they hear anybody: the mean of trust in the three local tiers."""
    mean: Vector = world.residents.trust[:, :3].astype(float).mean(axis=1)
    return mean


def town(hearing: float) -> Keys:
    """Return the keys of the town with one susceptibility for all."""
    return merged(TOWN, {"experience": {"hearing": hearing}})


def outcome(hearing: float) -> Heard:
    """Return the town after its opinions have come to rest."""
    spec = scenario(town(hearing))
    world = world_of(spec, 5)
    return Heard(spec, world, run(spec, 5, world=world))


FINE = 100
"""How many weak ties weigh as much as a strong one in a group."""


def group_keys(people: int, hearing: float, weeks: int) -> Keys:
    """Return the keys of a group whose ties are given by hand."""
    return {
        "run": {"weeks": weeks},
        "population": {"residents": people},
        "participation": {"tie_household": 1.0, "tie_neighbour": 1.0 / FINE},
        "experience": {"hearing": hearing},
    }


def group(
    strong: NDArray[np.int64], weak: NDArray[np.int64], first: Vector, hearing: float, weeks: int
) -> Heard:
    """Return a group in which each listens to each with a given weight.

    Parameters
    ----------
    strong, weak : array of int, shape (people, people)
        Numbers of ties of weight 1 and of weight ``1 / FINE`` from row to column, also to oneself. They are put into
        the world's table of ties; everything else is an ordinary run.
    first : array, shape (people,)
        First opinions between 0 and 1.
    """
    spec, world = group_of(strong, weak, first, hearing, weeks)
    return Heard(spec, world, run(spec, 1, world=world))


def group_of(
    strong: NDArray[np.int64], weak: NDArray[np.int64], first: Vector, hearing: float, weeks: int
) -> tuple[Scenario, World]:
    """Return scenario and world of a :func:`group` before anybody has heard anybody."""
    people = len(first)
    spec = scenario(group_keys(people, hearing, weeks))
    world = world_of(spec, 1)
    column = np.tile(np.arange(people), people)
    counts = np.stack([strong.ravel(), weak.ravel()], axis=1)
    layers = np.tile(np.array([TieLayer.HOUSEHOLD, TieLayer.NEIGHBOUR], np.uint8), people * people)
    ties = Ties(
        np.concatenate([[0], np.cumsum((strong + weak).sum(axis=1))]).astype(np.uint32),
        np.repeat(column, counts.sum(axis=1)).astype(np.uint32),
        np.repeat(layers, counts.ravel()),
    )
    trust = np.repeat(first[:, None], world.residents.trust.shape[1], axis=1).astype(np.float32)
    return spec, replace(world, ties=ties, residents=world.residents._replace(trust=trust))


def opinions_in_double(spec: Scenario, world: World) -> Vector:
    """Return the opinions at the end of a run whose columns of opinions have double precision; same kernels, same rule."""
    engine = Run(world, spec, arm(), 1)
    now = engine.state.residents
    engine.state.residents = now._replace(opinion=now.opinion.astype(float), heard=now.heard.astype(float))
    engine.state.signal = engine.state.signal.astype(float)
    for _ in range(spec.run.weeks):
        engine.step()
    return engine.state.residents.opinion.astype(float)


def weights_in_hundredths(matrix: Matrix) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return numbers of strong and weak ties that weigh as ``matrix`` says, to four decimals."""
    units = np.round(matrix * FINE * FINE).astype(np.int64)
    return units // FINE, units % FINE


def path(
    strong: NDArray[np.int64], weak: NDArray[np.int64], first: Vector, hearing: float, weeks: int
) -> Matrix:
    """Return the group's opinions after 1 to ``weeks`` weeks, shape (weeks, people), a run for each."""
    return np.array(
        [
            group(strong, weak, first, hearing, week).recording.residents["opinion"]
            for week in range(1, weeks + 1)
        ]
    )
