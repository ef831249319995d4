"""People in offices: who they are, how they wear out, learn and leave."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from govsim import draws
from govsim.engine import columns as col
from govsim.engine.rules import WorkforceRule
from govsim.kernels import kernel
from govsim.scenario.schema import Scenario
from govsim.units import WEEKS_PER_YEAR


class Posts(NamedTuple):
    """What does not change about the posts of a district until its offices are reorganised; shapes (servers,) unless said."""

    office: NDArray[np.int64]
    source: NDArray[np.int64]  # whose hours they are
    fte: NDArray[np.float64]  # full-time posts
    staff: NDArray[np.bool_]  # paid or seconded
    field: NDArray[np.bool_]  # those in communities who visit, call, meet and train
    patrol: NDArray[np.bool_]  # grid workers
    number: NDArray[np.int64]  # of a helper's working place among those of its kind in the community, from 0
    places: NDArray[np.int64]  # (kinds of helpers,): working places of each kind in every community

    @classmethod
    def of(cls, servers: NDArray[np.void], communities: int) -> Posts:
        """Return the posts of a district's servers."""
        post, number, places = servers["post"], np.zeros(len(servers), np.int64), []
        for kind in (col.VOLUNTEERS, col.ORDERED_MEMBERS, col.ORGANISATIONS, col.ENTERPRISES):
            at = np.flatnonzero(post == kind)
            places.append(len(at) // communities)
            number[at] = np.tile(np.arange(places[-1]), communities)
        in_field = np.isin(post, (col.COMMUNITY_WORKER, col.SECONDED_CADRE))
        return cls(
            office=servers["office"].astype(np.int64),
            source=servers["source"].astype(np.int64),
            fte=servers["fte"].astype(np.float64),
            staff=servers["staff"] == 1,
            field=in_field & (servers["duty"] != col.TASKS_ONLY),
            patrol=post == col.GRID_WORKER,
            number=number,
            places=np.array(places, np.int64),
        )


@kernel
def load_of_offices(
    posts: Posts,
    present: NDArray[np.bool_],
    offices: NDArray[np.void],
    worked: NDArray[np.float64],
    training: NDArray[np.float64],
    backlog_weeks: float,
    hours_per_week: float,
    granted: NDArray[np.float64],
    filled: NDArray[np.float64],
    load: NDArray[np.float64],
    trained: NDArray[np.float64],
) -> None:
    """Count posts and people, and work out load and training, by office.

    Parameters
    ----------
    worked, training : shape (offices,)
        Hours of paid and seconded staff this week: all but idle ones, and those of training.
    granted, filled, load, trained : shape (offices,)
        Receive full-time posts of staff, people present, demanded over available hours (0 where nobody is there), and hours
        of training for each full-time post of field workers: a share of a post learns as much as a whole one.
    """
    available, in_field = np.zeros(offices.shape[0]), np.zeros(offices.shape[0])
    granted[:] = 0.0
    filled[:] = 0.0
    for server in range(present.shape[0]):
        here, fte = posts.office[server], posts.fte[server]
        if posts.staff[server]:
            granted[here] += fte
        if present[server]:
            filled[here] += 1.0
            available[here] += fte
            in_field[here] += fte if posts.field[server] else 0.0
    for here in range(offices.shape[0]):
        demand = max(
            worked[here] + offices[here].waiting / backlog_weeks, 0.0
        )  # sums may round below nothing
        load[here] = demand / (available[here] * hours_per_week) if available[here] > 0.0 else 0.0
        trained[here] = training[here] / in_field[here] if in_field[here] > 0.0 else 0.0


@kernel
def wear(
    servers: NDArray[np.void],
    present: NDArray[np.bool_],
    field: NDArray[np.bool_],
    load: NDArray[np.float64],
    learnt: NDArray[np.float64],
    rule: WorkforceRule,
    week: int,
    burnt_out: NDArray[np.float64],
) -> None:
    """Move burnout and skill of the staff who are present by one week, and count the burnt-out.

    Parameters
    ----------
    present, field : shape (servers,)
        Filled posts, and those of field workers, who train.
    load : shape (offices,)
    learnt : shape (offices,)
        Share of the way to the skill of those who are trained that this week's training makes.
    burnt_out : shape (offices,)
        Receives their number.
    """
    burnt_out[:] = 0.0
    for server in range(servers.shape[0]):
        if not present[server]:
            continue
        person = servers[server]
        over = max(load[person.office] - rule.comfortable_load, 0.0)
        years = (week - person.hired) / WEEKS_PER_YEAR
        tenure = 1.0 + rule.burnout_tenure * years
        burnout = person.burnout
        moved = (
            burnout + rule.burnout_gain * person.susceptibility * tenure * over - rule.burnout_decay * burnout
        )
        person.burnout = min(max(moved, 0.0), 1.0)
        gap = rule.skill - person.skill
        pace = rule.learning_weeks if gap > 0.0 else rule.training_fades
        skill = person.skill + gap / max(pace, 1.0)
        if field[server]:
            skill += max(rule.trained_skill - skill, 0.0) * learnt[person.office]
        person.skill = skill
        burnt_out[person.office] += person.burnout > rule.burnt_out


def leavers(
    rule: WorkforceRule,
    servers: NDArray[np.void],
    addresses: NDArray[np.uint64],
    present: NDArray[np.bool_],
    quit_key: draws.Key,
) -> NDArray[np.intp]:
    """Return the staff who leave this week."""
    luck = np.empty(len(servers))
    draws.fill_uniform(quit_key, addresses, luck)
    most = 2.0 * rule.quit_rate * np.exp(rule.quit_burnout)  # above any chance: burnout is at most 1
    may = np.flatnonzero(present & (luck < most))
    chance = -np.expm1(-rule.quit_rate * np.exp(rule.quit_burnout * servers["burnout"][may]))
    return may[luck[may] < chance]


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
