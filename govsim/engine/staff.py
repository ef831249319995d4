"""People in offices: who they are, how they wear out, learn and leave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from govsim import draws
from govsim.engine import columns as col
from govsim.scenario.schema import Scenario
from govsim.units import WEEKS_PER_YEAR


@dataclass(frozen=True)
class Posts:
    """What does not change about the posts of a district until its offices are reorganised.

    Attributes
    ----------
    office, source : int64 arrays, shape (servers,)
    fte : float64 array, shape (servers,)
        Full-time equivalents.
    staff, field, patrol : bool arrays, shape (servers,)
        Paid or seconded; those in communities who visit, call, meet and train; grid workers.
    places : dict of kind of helper to (posts, number inside the community)
        Working places of helpers, the same number in every community, in the order of communities.
    """

    office: NDArray[np.int64]
    source: NDArray[np.int64]
    fte: NDArray[np.float64]
    staff: NDArray[np.bool_]
    field: NDArray[np.bool_]
    patrol: NDArray[np.bool_]
    places: dict[int, tuple[NDArray[np.intp], NDArray[np.int64]]]

    @classmethod
    def of(cls, servers: NDArray[np.void], communities: int) -> Posts:
        """Return the posts of a district's servers."""
        post, places = servers["post"], {}
        for kind in (col.VOLUNTEERS, col.ORDERED_MEMBERS, col.ORGANISATIONS, col.ENTERPRISES):
            at = np.flatnonzero(post == kind)
            places[kind] = at, np.tile(np.arange(len(at) // communities), communities)
        in_field = np.isin(post, (col.COMMUNITY_WORKER, col.SECONDED_CADRE))
        return cls(
            office=servers["office"].astype(np.int64),
            source=servers["source"].astype(np.int64),
            fte=servers["fte"].astype(np.float64),
            staff=servers["staff"] == 1,
            field=in_field & (servers["duty"] != col.TASKS_ONLY),
            patrol=post == col.GRID_WORKER,
            places=places,
        )


def load_of_offices(
    scenario: Scenario,
    worked: NDArray[np.float64],
    waiting: NDArray[np.float64],
    available: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return demanded over available hours of staff by office, 0 where nobody is there; all shapes (offices,)."""
    demand = np.maximum(
        worked + waiting / scenario.workforce.backlog_weeks, 0.0
    )  # sums may round below nothing
    return np.divide(demand, available, out=np.zeros_like(demand), where=available > 0)


def wear(
    scenario: Scenario,
    servers: NDArray[np.void],
    present: NDArray[np.bool_],
    load: NDArray[np.float64],
    trained: NDArray[np.float64],
    week: int,
) -> None:
    """Move burnout and skill of the staff who are present by one week.

    Parameters
    ----------
    load : shape (offices,)
    trained : shape (servers,)
        Hours of training in the week for each full-time post: a share of a post learns as much as a whole one.
    """
    workforce = scenario.workforce
    over = np.maximum(load[servers["office"]] - workforce.comfortable_load, 0.0)
    burnout = servers["burnout"]
    years = (week - servers["hired"]) / WEEKS_PER_YEAR
    tenure = 1.0 + workforce.burnout_tenure * years
    moved = (
        burnout
        + workforce.burnout_gain * servers["susceptibility"] * tenure * over
        - workforce.burnout_decay * burnout
    )
    servers["burnout"] = np.where(present, np.clip(moved, 0.0, 1.0), burnout)
    gap = workforce.skill - servers["skill"]
    pace = np.where(gap > 0, workforce.learning_weeks, workforce.training_fades)
    learnt = servers["skill"] + gap / np.maximum(pace, 1.0)
    missing = np.maximum(workforce.trained_skill - learnt, 0.0)
    learnt += missing * -np.expm1(-trained / workforce.training_hours)
    servers["skill"] = np.where(present, learnt, servers["skill"])


def leavers(
    scenario: Scenario,
    servers: NDArray[np.void],
    addresses: NDArray[np.uint64],
    present: NDArray[np.bool_],
    quit_key: draws.Key,
) -> NDArray[np.intp]:
    """Return the staff who leave this week."""
    workforce = scenario.workforce
    chance = -np.expm1(-workforce.quit_rate * np.exp(workforce.quit_burnout * servers["burnout"]))
    luck = np.empty(len(servers))
    draws.fill_uniform(quit_key, addresses, luck)
    return np.flatnonzero(present & (luck < chance))


def draw_people(
    scenario: Scenario,
    servers: NDArray[np.void],
    addresses: NDArray[np.uint64],
    which: NDArray[np.intp],
    key: Callable[[str], draws.Key],
) -> None:
    """Draw speed and susceptibility of the people now in the posts ``which``, by post and number of the person in it.

    ``key`` gives the key of a draw for its purpose.
    """
    workforce = scenario.workforce
    luck = np.empty(len(which))
    for column, spread, purpose in (
        ("speed", workforce.speed_spread, "institutions.person.speed"),
        ("susceptibility", workforce.burnout_spread, "institutions.person.susceptibility"),
    ):
        person = addresses[which] + (servers["person"][which].astype(np.uint64) << draws.OCCUPANT)
        draws.fill_uniform(key(purpose), person, luck)
        servers[column][which] = 1.0 + spread * (2.0 * luck - 1.0)
    at_start = which[servers["hired"][which] < 0]
    luck = np.empty(len(at_start))
    draws.fill_uniform(key("institutions.person.tenure"), addresses[at_start], luck)
    servers["hired"][at_start] = -1 - np.floor(2.0 * workforce.tenure * WEEKS_PER_YEAR * luck).astype(
        np.int64
    )
    newcomer = servers["hired"][which] >= 0
    servers["skill"][which] = np.where(newcomer, workforce.newcomer_skill, workforce.skill)
    servers["burnout"][which] = 0.0
