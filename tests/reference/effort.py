"""Effort, from equations effort.* of the model description."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from govsim.draws import OCCUPANT, PLACE
from govsim.engine import columns as col
from govsim.engine.recording import Activity, HourSource
from govsim.units import WEEKS_PER_MONTH
from tests.reference.follow import Before, Expected

KINDS_OF_POST = 10


def post_address(servers: NDArray[Any], s: int) -> int:
    """Return the address of a post: office, kind, and number among those of the office and kind."""
    office, post = int(servers["office"][s]), int(servers["post"][s])
    same = (servers["office"][:s] == office) & (servers["post"][:s] == post)
    return ((office * KINDS_OF_POST + post) << int(PLACE)) | int(same.sum())


def personal(spread: float, u: float) -> float:
    """effort.newcomer"""
    return 1.0 + spread * (2.0 * u - 1.0)


def cut(tasks_waiting: float, supply: float, upward: bool) -> float:
    """effort.cut"""
    return min(tasks_waiting / supply, 1.0) if upward and supply > 0 else 0.0


def process(before: Before) -> Expected:
    """Return what effort leaves behind."""
    scenario, model, communities = before.scenario, before.model, before.engine.communities
    week_hours = scenario.capacity.hours_per_week
    servers, hours = before["servers"].copy(), before["row.hours"].copy()
    workforce, handling, detection = scenario.workforce, scenario.handling, model.detection
    present = np.zeros(len(servers), bool)
    for s in range(len(servers)):
        if not servers["staff"][s]:
            continue
        if servers["vacant_until"][s] == before.week:
            person = post_address(servers, s) + (int(servers["person"][s]) << int(OCCUPANT))
            servers["vacant_until"][s], servers["hired"][s] = -1, before.week
            u = before.uniform("institutions.person.speed", person)
            servers["speed"][s] = personal(workforce.speed_spread, u)
            u = before.uniform("institutions.person.susceptibility", person)
            servers["susceptibility"][s] = personal(workforce.burnout_spread, u)
            servers["skill"][s], servers["burnout"][s] = workforce.newcomer_skill, 0.0
        present[s] = servers["vacant_until"][s] < 0

    offices = len(before["offices"])
    supply, worker_hours = np.zeros(offices), np.zeros(offices)
    workers, patrols = [], []
    for s in np.flatnonzero(present).tolist():
        office, hour = int(servers["office"][s]), float(servers["fte"][s]) * week_hours
        supply[office] += hour
        kind = servers["post"][s]
        if kind == col.GRID_WORKER:
            patrols.append(s)
        if kind in (col.COMMUNITY_WORKER, col.SECONDED_CADRE) and servers["duty"][s] != col.TASKS_ONLY:
            workers.append(s)
            worker_hours[office] += hour
    shares = {
        Activity.VISIT: detection.visit_share,
        Activity.CALL: model.mobilisation.call_share,
        Activity.TRAINING: model.capacity.training_share,
        Activity.INCUBATION: model.mobilisation.incubation_share,
    }
    frequency = detection.meetings_per_month / WEEKS_PER_MONTH
    meeting_need = frequency * handling.meeting_hours * handling.meeting_staff
    first = before["world.communities.first_resident"].astype(int)
    upward = model.accountability.answers_to == "upward"
    planned: list[dict[int, float]] = [{} for _ in range(len(servers))]
    np.zeros(communities)
    for s in workers:
        office = int(servers["office"][s])
        kept = 1.0 - cut(float(before["tasks_waiting"][office]), float(supply[office]), upward)
        for activity, share in shares.items():
            planned[s][activity] = share * kept
        free = max(1.0 - sum(shares.values()), 0.0)
        need_meeting = meeting_need if office < communities else 0.0
        need_publishing = 0.0
        if office < communities and model.accountability.publishes_results:
            need_publishing = handling.publishing_hours * (first[office + 1] - first[office]) / 1000
        for activity, needed in ((Activity.MEETING, need_meeting), (Activity.PUBLISHING, need_publishing)):
            share = min(needed / worker_hours[office] if worker_hours[office] > 0 else 0.0, free)
            planned[s][activity] = share * kept
            free -= share
    for s in patrols:
        planned[s][Activity.PATROL] = detection.patrol_share
    for s in range(len(servers)):
        if not servers["staff"][s]:
            continue
        fte = float(servers["fte"][s])
        servers["rate"][s] = fte * (1.0 - sum(planned[s].values())) if present[s] else 0.0
        for activity, share in planned[s].items():
            hours[servers["office"][s], servers["source"][s], activity] += share * fte * week_hours

    plan = {
        f"plan.{name}": np.zeros(communities)
        for name in [
            "visits",
            "patrol_rounds",
            "outreach_hours",
            "meetings",
            "calls",
            "neighbour_contacts",
            "publishing",
        ]
    }
    turn, following = before["visit_next"].copy(), np.zeros(communities)
    for c in range(communities):
        spent = {a: float(hours[c, HourSource.PAID, a] + hours[c, HourSource.SECONDED, a]) for a in Activity}
        plan["plan.visits"][c] = spent[Activity.VISIT] / handling.visit_hours
        plan["plan.calls"][c] = spent[Activity.CALL] / handling.call_hours
        grids = float(before["exposure.grids"][c])
        if grids > 0:
            plan["plan.patrol_rounds"][c] = spent[Activity.PATROL] / (grids * handling.patrol_hours)
        if meeting_need > 0:
            plan["plan.meetings"][c] = frequency * spent[Activity.MEETING] / meeting_need
        if model.accountability.publishes_results:
            needed = handling.publishing_hours * (first[c + 1] - first[c]) / 1000
            plan["plan.publishing"][c] = spent[Activity.PUBLISHING] / needed if needed > 0 else 0.0
        if model.resolution.organisations:
            offered = float(before["organisation_hours"][c]) + float(
                before.engine.establishment.bought_hours[c]
            )
            plan["plan.outreach_hours"][c] = offered * detection.outreach_share
            hours[c, HourSource.ORGANISATION, Activity.OUTREACH] += plan["plan.outreach_hours"][c]
        length = max(int(before["exposure.visit_round"][c]), 1)
        following[c] = (turn[c] + plan["plan.visits"][c]) % length
    return {
        "servers": servers,
        "present": present,
        "row.hours": hours,
        "visit_from": turn,
        "visit_next": following,
        **plan,
    }


def _meeting(n: dict[str, float]) -> dict[str, float]:
    needed = n["meetings_per_month"] / WEEKS_PER_MONTH * n["meeting_hours"] * n["meeting_staff"]
    return {"meeting_share": min(needed / n["worker_hours"], n["free"])}


VECTORS = {
    "effort.newcomer": lambda n: {"speed": personal(n["speed_spread"], n["u"])},
    "effort.cut": lambda n: {"cut": cut(n["tasks_waiting"], n["supply"], True)},
    "effort.meeting": _meeting,
    "effort.publishing": lambda n: {
        "publishing_share": min(n["publishing_hours"] * n["residents"] / 1000 / n["worker_hours"], n["free"])
    },
    "effort.planned": lambda n: {"hours": n["share"] * (1 - n["cut"]) * n["fte"] * n["week"]},
    "effort.rate": lambda n: {"rate": n["fte"] * (1 - n["planned"])},
    "effort.visits": lambda n: {"visits": n["hours"] / n["visit_hours"]},
    "effort.patrol_rounds": lambda n: {"patrol_rounds": n["hours"] / (n["grids"] * n["patrol_hours"])},
    "effort.calls": lambda n: {"calls": n["hours"] / n["call_hours"]},
    "effort.visit_turn": lambda n: {"next_visit": (n["next_visit"] + n["visits"]) % max(n["visit_round"], 1)},
}  # fmt: skip
