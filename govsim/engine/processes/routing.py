"""Routing: where a case goes when an office is done with its step.

- The desk answers what is clear and asks for no more than an answer; anything else becomes an order. Under *dispatch*
  it goes straight to the competent office, under *hops* to the community.
- An office that is not competent registers the case and passes it one hop up: community, street, department.
- A department refuses an unclear case with probability ``reluctance``; the sender then gives up with probability
  ``give_up`` and explains, or handles the case again and sends it once more.
- Under the negative control of random routing, whatever is sent on goes to a street unit or department drawn at random.
- An office with the convening right summons departments on an unclear case instead. If they comply (a draw against
  the office's compliance), a joint meeting takes hours of everybody at the table and the department takes the case;
  each summons wears compliance out, and it comes back slowly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from govsim.draws import Key, uniform
from govsim.engine import columns as col
from govsim.engine.process import Draw, Process
from govsim.engine.recording import Level
from govsim.kernels import part

if TYPE_CHECKING:
    pass

_COMMUNITY, _STREET, _DEPARTMENT, _DESK = (
    int(Level.COMMUNITY),
    int(Level.STREET),
    int(Level.DEPARTMENT),
    int(Level.DESK),
)
ANY, COMMUNITY, STREET, DEPARTMENT = range(4)
"""Ranks of tiers that resolve a class."""

HOPS, DISPATCH = range(2)
NO_CONVENING, STREET_CONVENES, COMMUNITY_CONVENES = range(3)
CLOSE, SEND, EXPLAIN, SUMMON, TAKE_ON = range(5)
"""What follows a step: close as answered, send to an office, explain, meet, or take the case on here."""


class RoutingRule(NamedTuple):
    """Rules of the governance model and parameters of ``handling`` that routing needs."""

    orders: int
    convening: int
    reluctance: float
    give_up: float
    summons_wear: float
    scattered: int
    first_street: int


class RoutingKeys(NamedTuple):
    """Addresses of this process's draws."""

    refusal: Key
    give_up: Key
    summons: Key
    control: Key


@part
def department_of(offices: NDArray[np.void], job: Any, item: Any) -> int:
    """Return the department for a class in the district where a case arose."""
    return offices[job.community].first_department + item.department


@part
def is_competent(offices: NDArray[np.void], office: int, job: Any, item: Any) -> bool:
    """Return whether an office may resolve a class under the governance model."""
    level = offices[office].level
    if level == _DESK:
        return item.resolves == ANY
    if item.resolves == DEPARTMENT:
        return office == department_of(offices, job, item)
    if level == _COMMUNITY:
        return item.resolves <= COMMUNITY
    return level == _STREET


@part
def competent_office(offices: NDArray[np.void], job: Any, item: Any) -> int:
    """Return the office that resolves a case under the governance model."""
    if item.resolves == DEPARTMENT:
        return department_of(offices, job, item)
    if item.resolves == STREET:
        return offices[job.community].parent
    return job.community


@part
def _at_random(offices: NDArray[np.void], job: Any, target: int, rule: RoutingRule, keys: RoutingKeys) -> int:
    """Return where a case goes: to its target, or anywhere under the control of random routing."""
    if not rule.scattered:
        return target
    offices_above = offices.shape[0] - 1 - rule.first_street
    step = np.uint64(job.hops) | (np.uint64(job.reopened) << np.uint64(col.BYTE_BITS))
    return int(rule.first_street + np.int64(uniform(keys.control, job.entity, step) * offices_above))


@part
def after_desk(
    offices: NDArray[np.void], job: Any, item: Any, rule: RoutingRule, keys: RoutingKeys
) -> tuple[int, int]:
    """Return what follows a contact at the desk, and the office it goes to."""
    if item.resolves == ANY and not job.unclear:
        return CLOSE, -1
    target = competent_office(offices, job, item) if rule.orders == DISPATCH else job.community
    return SEND, _at_random(offices, job, target, rule, keys)


@part
def after_intake(
    offices: NDArray[np.void], office: int, job: Any, item: Any, rule: RoutingRule, keys: RoutingKeys
) -> tuple[int, int]:
    """Return what follows registration at an office, and the office it goes to."""
    level = offices[office].level
    if level == _DEPARTMENT and is_competent(offices, office, job, item):
        if not job.unclear or job.accepted:
            return TAKE_ON, office
        step = np.uint64(job.refusals)
        if uniform(keys.refusal, job.entity, step) >= rule.reluctance:
            return TAKE_ON, office
        job.refusals = min(job.refusals + 1, col.BYTE_FULL)
        if uniform(keys.give_up, job.entity, step) < rule.give_up:
            return EXPLAIN, job.sender
        return SEND, _at_random(offices, job, job.sender, rule, keys)
    may_summon = rule.convening == COMMUNITY_CONVENES or (
        rule.convening == STREET_CONVENES and level == _STREET
    )
    if job.unclear and item.resolves == DEPARTMENT and may_summon and not job.convened:
        compliance = offices[office].compliance
        offices[office].compliance = compliance * (1.0 - rule.summons_wear)
        if uniform(keys.summons, job.entity, np.uint64(job.refusals)) < compliance:
            return SUMMON, office
    target = offices[office].parent if level == _COMMUNITY else competent_office(offices, job, item)
    return SEND, _at_random(offices, job, target, rule, keys)


PROCESS = Process(
    "routing",
    "Desk answer, hop by hop with refusal, direct dispatch, or a summons that wears out with use.",
    "热线直接解答，或逐级流转并可能被推诿，或直接派单，或召集（召集权越用越弱）。",
    ("classes",),
    (
        "jobs",
        "offices",
        "row.counters",
    ),
    (
        Draw("routing.refusal", "?", "?"),
        Draw("routing.give_up", "?", "?"),
        Draw("routing.summons", "?", "?"),
        Draw("routing.control", "?", "?"),
    ),
)
