"""Laws of social influence, and experiments that hold the engine to them: opinions in towns and in groups."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from govsim.assurance.theory.findings import (
    Check,
    Diagram,
    Finding,
    Keys,
    Law,
    Series,
    arm,
    array,
    merged,
    run_engine,
    scenario,
    world_of,
)
from govsim.assurance.theory.formulas import (
    Matrix,
    Vector,
    anchored_opinions,
    anchored_path,
    consensus_weights,
    equally_susceptible,
)
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
    return Heard(spec, world, run_engine(spec, 5, world=world))


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
    return Heard(spec, world, run_engine(spec, 1, world=world))


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
    rules = engine.state.rules
    engine.state.rules = rules._replace(tie_weights=rules.tie_weights.astype(float))
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


SINGLE = 1e-6
"""Tolerance of opinions of small groups, which are kept with 24 bits: about what forty roundings add up to."""

THREE = np.array([[1, 1, 1], [1, 1, 0], [0, 1, 3]])
"""Who listens to whom among three, in ties; the rows stand for (1/3, 1/3, 1/3), (1/2, 1/2, 0) and (0, 1/4, 3/4)."""

THREE_WEEKS = 40
_NONE = np.zeros((3, 3), np.int64)


def three_apart() -> Vector:
    """Return the opinions of three groups of three with no ties between them, after forty weeks.

    In each group another person begins with 1 and the others with 0, so the consensus of group ``i`` is the weight of
    person ``i``, and groups that are not tied keep their own.
    """
    apart = np.kron(np.eye(3, dtype=np.int64), THREE)
    heard = group(apart, np.zeros_like(apart), np.eye(3).ravel(), 1.0, THREE_WEEKS)
    return array(heard.recording.residents["opinion"])


def _degroot(quick: bool, _seed: int) -> Finding:
    matrix = THREE / THREE.sum(axis=1)[:, None]
    weights = consensus_weights(matrix)
    opinions = three_apart().reshape(3, 3)
    checks = [
        Check(
            f"weight of person {'ABC'[i]} in the consensus of three",
            float(weights[i]),
            float(opinions[i, np.argmax(np.abs(opinions[i] - weights[i]))]),
            SINGLE,
        )
        for i in range(3)
    ]
    weeks, first = (3 if quick else 12), array([1.0, 0.0, 0.5])
    exact = anchored_path(matrix, np.ones(3), first, weeks)
    engine = path(THREE, _NONE, first, 1.0, weeks)
    checks.append(
        _farthest(f"three people, any of {weeks} weeks: opinion farthest off", exact[1:], engine, SINGLE)
    )
    panels = [_paths("Three people agree", ("A", "B", "C"), exact, engine)]
    if not quick:
        heard = outcome(1.0)
        matrix, tied = influence(heard.scenario, heard.world)
        limit = np.linalg.matrix_power(matrix, 512) @ own_opinions(heard.world)
        got = array(heard.recording.residents["opinion"])
        checks.append(
            _farthest("town of 200: opinion farthest off the consensus", limit[tied], got[tied], 5 * ROUNDING)
        )
    return Finding(tuple(checks), tuple(panels))


def _farthest(name: str, exact: Matrix, engine: Matrix, tolerance: float) -> Check:
    """Return the one value of many that is farthest from its exact one."""
    place = np.unravel_index(np.argmax(np.abs(engine - exact)), exact.shape)
    return Check(name, float(exact[place]), float(engine[place]), tolerance)


def _paths(title: str, names: tuple[str, ...], exact: Matrix, engine: Matrix) -> Diagram:
    weeks = np.arange(len(exact))
    series = tuple(
        Series(
            f"person {name}",
            (array(weeks), exact[:, i]),
            (array(weeks), np.concatenate([exact[:1, i], engine[:, i]])),
        )
        for i, name in enumerate(names)
    )
    return Diagram(title, "weeks", "opinion, 0-1", series)


DEGROOT = Law(
    "degroot",
    "DeGroot: consensus",
    "People who replace their opinion every week by the weighted mean of those they listen to come to agree on a weighted "
    "mean of the first opinions; the weights are the left eigenvector of who listens to whom. For the three people of the "
    "figure they are 3/11, 4/11 and 4/11. Groups without ties to each other each come to their own consensus. The three "
    "also listen to themselves, so their ties are put into the world's table by hand; the town is built as any other. "
    "Opinions are kept in single precision, which sets the tolerance.",
    "DeGroot 1974, Journal of the American Statistical Association 69",
    "Opinions of people who hear each other",
    town(1.0),
    _degroot,
)

FOUR = np.array(
    [
        [0.220, 0.120, 0.360, 0.300],
        [0.147, 0.215, 0.344, 0.294],
        [0.0, 0.0, 1.0, 0.0],
        [0.090, 0.178, 0.446, 0.286],
    ]
)
"""The group of Friedkin and Johnsen (1999); their susceptibilities are one less each own weight."""

FOUR_FIRST = np.array([0.25, 0.25, 0.75, 0.85])
FOUR_HEARING = 0.8
FOUR_WEEKS = 60
HEARINGS = (0.4, 0.9)
FEWER = 6
"""Of the adults of a town one in so many is drawn."""


def _friedkin(quick: bool, _seed: int) -> Finding:
    susceptible = 1.0 - np.diag(FOUR)
    limit = anchored_opinions(FOUR, susceptible, FOUR_FIRST)
    strong, weak = weights_in_hundredths(equally_susceptible(FOUR, susceptible, FOUR_HEARING))
    heard = group(strong, weak, FOUR_FIRST, FOUR_HEARING, FOUR_WEEKS)
    opinion = array(heard.recording.residents["opinion"])
    checks = [
        Check(
            f"person {'ABCD'[i]} of four, scale of 100",
            100.0 * float(limit[i]),
            100.0 * float(opinion[i]),
            0.01,
        )
        for i in range(4)
    ]
    weeks = 3 if quick else 12
    built = influence(heard.scenario, heard.world)[0]
    exact = anchored_path(built, np.full(4, FOUR_HEARING), FOUR_FIRST, weeks)
    engine = path(strong, weak, FOUR_FIRST, FOUR_HEARING, weeks)
    panels = [_paths("Four people (A and B nearly coincide)", tuple("ABCD"), exact, engine)]
    if not quick:
        apart = []
        for hearing in HEARINGS:
            town_heard = outcome(hearing)
            matrix, tied = influence(town_heard.scenario, town_heard.world)
            adult = town_heard.world.residents.age >= ADULT_AGE
            limits = anchored_opinions(matrix, np.where(tied, hearing, 0.0), own_opinions(town_heard.world))
            got = array(town_heard.recording.residents["opinion"])
            name = f"town of 200, susceptibility {hearing:g}: opinion farthest off"
            checks.append(_farthest(name, limits[adult], got[adult], ROUNDING))
            few = np.flatnonzero(adult)[::FEWER]
            apart.append(Series(f"susceptibility {hearing:g}", None, (limits[few], got[few])))
        ends = np.array([0.44, 0.74])
        panels.append(
            Diagram(
                f"A town of 200 (every {FEWER}th adult)", "exact limit, 0-1", "opinion after 400 weeks, 0-1",
                (Series("equal", (ends, ends)), *apart),
            )
        )  # fmt: skip
    return Finding(tuple(checks), tuple(panels))


FRIEDKIN = Law(
    "friedkin-johnsen",
    "Friedkin-Johnsen: disagreement that stays",
    "People who hear others but stay tied to their own first opinion move towards each other without agreeing; the limit is "
    "$(I - AW)^{-1}(I - A)x_0$. The four people of the published example end at 60.02, 59.98, 75 and 74.99 of 100. The engine "
    "has one susceptibility for all; somebody less susceptible is somebody who listens more to the own opinion of last week, "
    "which has the same limit by another path, and the figure shows that path.",
    "Friedkin and Johnsen 1999, Advances in Group Processes 16",
    "Opinions of people who hear each other and keep their own",
    town(0.9),
    _friedkin,
)
