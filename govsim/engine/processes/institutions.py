"""Institutions: people in offices wear out, leave and are replaced; compliance with summons comes back.

Burnout of each member of staff moves by ``B += gain * susceptibility * max(load - comfortable, 0) - decay * B``,
where load is the week's worked hours plus what would clear the office's queue within ``backlog_weeks``, over the
hours available. People leave with hazard ``quit_rate * exp(quit_burnout * B)``; the post stays vacant for a while and
goes to a newcomer with less skill, who learns. A job in hand goes back to the queue with the work still to be done.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from govsim import draws
from govsim.engine.process import Process
from govsim.engine.recording import Activity, Source
from govsim.scenario.schema import Scenario

if TYPE_CHECKING:
    from govsim.engine.state import State


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
    newcomer = servers["hired"][which] >= 0
    servers["skill"][which] = np.where(newcomer, workforce.newcomer_skill, workforce.skill)
    servers["burnout"][which] = 0.0


def run(state: State) -> None:
    """Let offices wear, people leave and compliance recover."""
    scenario, servers, row, week, count = (
        state.scenario,
        state.servers,
        state.row,
        state.week,
        len(state.offices),
    )
    office, present = servers["office"], state.present
    booked = row.hours[:, [Source.PAID, Source.SECONDED]].sum(axis=1)
    worked = booked.sum(axis=1) - booked[:, Activity.IDLE]
    hours = np.bincount(office, present * servers["fte"], count).astype(float) * state.hours_per_week
    row.load[:] = load_of_offices(scenario, worked, state.offices["waiting"], hours)
    wear(scenario, servers, present, row.load)
    staff = servers["staff"] == 1
    row.posts[:] = np.bincount(office, staff * servers["fte"], count)
    row.filled[:] = np.bincount(office, present, count)
    burnt = present & (servers["burnout"] > scenario.workforce.burnt_out)
    row.burnt_out[:] = np.bincount(office, burnt, count)
    gone = leavers(scenario, servers, state.place.addresses, present, state.key("institutions.quit", week))
    servers["leaving"][gone] = 1
    servers["vacant_until"][gone] = week + 1 + scenario.workforce.vacancy_weeks
    servers["person"][gone] += 1
    row.quits[:] = np.bincount(office[gone], minlength=count)
    state.offices["compliance"] += scenario.handling.summons_recovery * (1.0 - state.offices["compliance"])


PROCESS = Process(
    "institutions",
    "Overload burns people out, burnt-out people leave sooner, newcomers learn; compliance with summons recovers.",
    "超负荷使人倦怠，倦怠者更易离职，新人逐步成长；组织成立、成长与衰退；党员活跃度、基础设施和人口变动。",
    (
        "present",
        "row.hours",
    ),
    (
        "servers",
        "offices",
        "row.load",
        "row.posts",
        "row.filled",
        "row.burnt_out",
        "row.quits",
    ),
    ("institutions.quit",),
    run,
)
