"""Institutions: people in offices wear out, leave and are replaced; compliance with summons comes back.

Burnout of each member of staff moves by ``B += gain * susceptibility * max(load - comfortable, 0) - decay * B``,
where load is the week's worked hours plus what would clear the office's queue within ``backlog_weeks``, over the
hours available. People leave with hazard ``quit_rate * exp(quit_burnout * B)``; the post stays vacant for a while and
goes to a newcomer with less skill, who learns. A job in hand goes back to the queue with the work still to be done.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from govsim import draws
from govsim.engine.process import Process
from govsim.scenario.schema import Scenario

PROCESS = Process(
    "institutions",
    "Overload burns people out, burnt-out people leave sooner, newcomers learn; compliance with summons recovers.",
    ("servers", "hours", "offices"),
    ("servers", "offices.compliance", "jobs"),
    ("institutions.quit", "institutions.person.speed", "institutions.person.susceptibility"),
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
    scenario: Scenario, servers: NDArray[np.void], present: NDArray[np.bool_], load: NDArray[np.float64]
) -> None:
    """Move burnout and skill of the staff who are present by one week."""
    workforce = scenario.workforce
    over = np.maximum(load[servers["office"]] - workforce.comfortable_load, 0.0)
    burnout = servers["burnout"]
    moved = (
        burnout
        + workforce.burnout_gain * servers["susceptibility"] * over
        - workforce.burnout_decay * burnout
    )
    servers["burnout"] = np.where(present, np.clip(moved, 0.0, 1.0), burnout)
    learnt = servers["skill"] + (workforce.skill - servers["skill"]) / max(workforce.learning_weeks, 1.0)
    servers["skill"] = np.where(present, learnt, servers["skill"])


def leavers(
    scenario: Scenario,
    servers: NDArray[np.void],
    addresses: NDArray[np.uint64],
    present: NDArray[np.bool_],
    seed: int,
    week: int,
) -> NDArray[np.intp]:
    """Return the staff who leave this week."""
    workforce = scenario.workforce
    chance = -np.expm1(-workforce.quit_rate * np.exp(workforce.quit_burnout * servers["burnout"]))
    luck = np.empty(len(servers))
    draws.fill_uniform(draws.key(seed, "institutions.quit", week), addresses, luck)
    return np.flatnonzero(present & (luck < chance))


def draw_people(
    scenario: Scenario,
    servers: NDArray[np.void],
    addresses: NDArray[np.uint64],
    which: NDArray[np.intp],
    seed: int,
) -> None:
    """Draw speed and susceptibility of the people now in the posts ``which``, by post and number of the person in it."""
    workforce = scenario.workforce
    luck = np.empty(len(which))
    for column, spread, purpose in (
        ("speed", workforce.speed_spread, "institutions.person.speed"),
        ("susceptibility", workforce.burnout_spread, "institutions.person.susceptibility"),
    ):
        person = addresses[which] + (servers["person"][which].astype(np.uint64) << draws.OCCUPANT)
        draws.fill_uniform(draws.key(seed, purpose), person, luck)
        servers[column][which] = 1.0 + spread * (2.0 * luck - 1.0)
    newcomer = servers["hired"][which] >= 0
    servers["skill"][which] = np.where(newcomer, workforce.newcomer_skill, workforce.skill)
    servers["burnout"][which] = 0.0
