"""Participation, from equations participation.* of the model description."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from govsim.draws import PLACE
from govsim.engine import columns as col
from govsim.engine.recording import COUNTER, Activity, HourSource
from govsim.units import WEEKS_PER_MONTH
from govsim.world.columns import ParticipationType, TieLayer
from tests.reference.follow import Before, Expected

Array = NDArray[Any]
single = np.float32


def score(n: dict[str, float]) -> float:
    """participation.score"""
    social = n["social"] * ((1.0 - n["visible_share"]) * n["share"] + n["visible_share"] * n["visible"])
    return social + (n["trust_weight"] * n["O"] + n["efficacy_weight"] * n["F"] + n["habit_weight"] * n["h"])


def need(threshold: float, time_cost: float, cost_noise: float, u: float) -> float:
    """participation.need"""
    return threshold + time_cost * (1.0 + cost_noise * (2.0 * u - 1.0))


def rested(f: float, fatigue_decay: float) -> float:
    """participation.rest"""
    return f * (1.0 - fatigue_decay)


def tired(f: float, fatigue_gain: float) -> float:
    """participation.call_tires"""
    return f + fatigue_gain * (1.0 - f)


def habit(h: float, acts: bool, alone: bool, gain: float, decay: float, crowding_out: float) -> float:
    """participation.habit"""
    if alone:
        return h + gain * (1.0 - h)
    return h * max(1.0 - decay - crowding_out, 0.0) if acts else h * (1.0 - decay)


def activity(a: float, trained: float, response: float, training_gain: float, fading: float) -> float:
    """participation.activity"""
    moved = a + fading * (response - a) + min(training_gain * trained, 1.0) * (1.0 - a)
    return min(max(moved, 0.0), 1.0)


def turn_comes(place: int, pointer: float, listed: int, quota: float) -> bool:
    """participation.turn"""
    behind = place - pointer if place >= pointer else place - pointer + listed
    return behind < quota


def places_open(hours: float, least: float, places: int) -> int:
    """participation.places"""
    return min(max(math.ceil(hours / least), 1), places)


def tie_weights(before: Before) -> dict[int, np.float32]:
    """Return the weight of a tie by its layer."""
    p = before.scenario.participation
    return {
        int(TieLayer.HOUSEHOLD): single(p.tie_household),
        int(TieLayer.NEIGHBOUR): single(p.tie_neighbour),
        int(TieLayer.KIN_WORK_SCHOOL): single(p.tie_kin_work_school),
        int(TieLayer.BRANCH): single(p.tie_branch),
        int(TieLayer.LIAISON_MEMBER): single(p.tie_liaison),
        int(TieLayer.LIAISON_HOUSEHOLD): single(p.tie_liaison),
        int(TieLayer.ORGANISATION): single(p.tie_organisation),
    }


def _look(before: Before, out: dict[str, Array]) -> None:
    """participation.signal, participation.share, participation.heard"""
    weight = tie_weights(before)
    start, other = before["ties.indptr"].tolist(), before["ties.other"].tolist()
    layer, seen = before["ties.layer"].tolist(), before["residents.status"].tolist()
    opinion, total = before["residents.opinion"], before["tie_totals"]
    for i in range(len(seen)):
        out["signal"][i] = -opinion[i] if seen[i] & col.ACTIVE else opinion[i]
        acting = says = single(0.0)
        for k in range(start[i], start[i + 1]):
            j, w = other[k], weight[layer[k]]
            if not seen[j] & col.ADULT:
                continue
            says += w * opinion[j]
            if seen[j] & col.ACTIVE:
                acting += w
        out["residents.active_share"][i] = acting / total[i] if total[i] > 0 else 0.0
        out["residents.heard"][i] = says / total[i] if total[i] > 0 else -1.0


def _call(before: Before, c: int, out: dict[str, Array]) -> dict[int, bool]:
    """participation.quota, participation.turn, participation.relay: who of a community is called."""
    mobilisation, first = before.model.mobilisation, before["world.communities.first_resident"]
    people = range(int(first[c]), int(first[c + 1]))
    seen, registered = before["residents.status"], before["residents.registered"]
    branch, household = before["world.residents.branch"], before["world.residents.household"]
    branches_first = mobilisation.called == "branches"
    groups: tuple[list[int], list[int]] = ([], [])
    for i in people:
        if seen[i] & col.ADULT and registered[i]:
            groups[0 if branches_first and branch[i] >= 0 else 1].append(i)
    calls = float(before["plan.calls"][c])
    quota = [min(calls, len(groups[0])), 0.0]
    quota[1] = min(calls - quota[0], len(groups[1]))
    called = dict.fromkeys(people, False)
    for g, group in enumerate(groups):
        pointer = float(before["call_from"][c, g])
        for place, i in enumerate(group):
            called[i] = turn_comes(place, pointer, len(group), quota[g])
        if group:
            out["call_from"][c, g] = (pointer + quota[g]) % len(group)
    if mobilisation.members_relay:
        liaison, contacts = before["world.households.liaison"], before["exposure.contacts"]
        for i in people:
            member = int(liaison[household[i]])
            if called[i] or not seen[i] & col.ADULT or member < 0 or member == i:
                continue
            if seen[member] & col.ACTIVE:
                address = (c << int(PLACE)) | (i - people.start)
                u = before.uniform("participation.relay", address, weekly=True)
                called[i] = u < contacts[household[i]]
    return called


def process(before: Before) -> Expected:
    """Return what participation leaves behind."""
    p, mobilisation, duty = before.scenario.participation, before.model.mobilisation, before.scenario.duty
    names = [
        "status",
        "habit",
        "fatigue",
        "hours_given",
        "registered",
        "called",
        "needed_call",
        "weeks_active",
        "last_active",
        "active_share",
        "heard",
        "activity",
        "times_called",
        "first_active",
    ]
    out: dict[str, Array] = {f"residents.{name}": before[f"residents.{name}"].copy() for name in names}
    for name in ("signal", "status_next", "call_from", "row.counters"):
        out[name] = before[name].copy()
    now = {name: out[f"residents.{name}"] for name in names}
    seen, kinds = before["residents.status"], before["participation_type"]
    opinion, efficacy = before["residents.opinion"], before["residents.efficacy"]
    enrolled, branch = before["residents.enrolled"], before["world.residents.branch"]
    threshold, time_cost = before["world.residents.threshold"], before["world.residents.time_cost"]
    free_hours, first = before["world.residents.free_hours"], before["world.communities.first_resident"]
    ordered_hours = mobilisation.ordered_hours / WEEKS_PER_MONTH
    orders = (1.0 if mobilisation.ordered_hours > 0 else 0.0) / WEEKS_PER_MONTH
    training_hours = mobilisation.member_training_hours / WEEKS_PER_MONTH
    fading = min(1.0 / duty.fades, 1.0)
    _look(before, out)
    for c in range(before.engine.communities):
        count = dict.fromkeys(COUNTER, 0.0)
        called = _call(before, c, out)
        for i in range(int(first[c]), int(first[c + 1])):
            address = (c << int(PLACE)) | (i - int(first[c]))
            now["called"][i], now["needed_call"][i] = called[i], 0
            out["status_next"][i] = seen[i] & col.ADULT
            if not seen[i] & col.ADULT:
                continue
            speaks = score(
                {
                    "social": p.social,
                    "visible_share": p.visible_share,
                    "share": float(now["active_share"][i]),
                    "visible": float(before["active_share"][c]),
                    "trust_weight": p.trust,
                    "O": float(opinion[i]),
                    "efficacy_weight": p.efficacy,
                    "F": float(efficacy[i]),
                    "habit_weight": p.habit,
                    "h": float(now["habit"][i]),
                }
            )
            u = before.uniform("participation.cost", address, weekly=True)
            needed = need(float(threshold[i]), float(time_cost[i]), p.cost_noise, u)
            f = rested(float(now["fatigue"][i]), p.fatigue_decay)
            alone = bool(single(speaks) >= single(needed))
            urged = bool(single(speaks + p.call * (1.0 - f)) >= single(needed))
            acts = alone or (urged and called[i])
            if kinds[i] == ParticipationType.NEVER:
                alone = acts = False
            elif kinds[i] == ParticipationType.CERTAIN:
                alone = acts = True
            if called[i]:
                f = tired(f, p.fatigue_gain)
                now["times_called"][i] += 1
                count["called"] += 1
            if enrolled[i]:
                count["ordered_asked"] += ordered_hours
                count["mandated_hours"] += float(now["activity"][i]) * (1.0 - f) * ordered_hours
                f += orders * p.fatigue_gain * (1.0 - f)
            if branch[i] >= 0:
                trained = float(now["activity"][i]) * (1.0 - f) * training_hours
                count["training_hours"] += trained
                now["activity"][i] = activity(
                    float(now["activity"][i]), trained, duty.response, duty.training_gain, fading
                )
                count["called_members"] += called[i]
                count["answered_members"] += called[i] and acts
            now["fatigue"][i] = f
            if kinds[i] != ParticipationType.NEVER:
                now["habit"][i] = habit(
                    float(now["habit"][i]), acts, alone, p.habit_gain, p.habit_decay, p.crowding_out
                )
            if not acts:
                continue
            hours = float(free_hours[i]) * p.hours_share
            out["status_next"][i] = col.ADULT | col.ACTIVE
            now["hours_given"][i] += hours
            now["weeks_active"][i] += 1
            now["last_active"][i] = before.week
            if now["first_active"][i] < 0:
                now["first_active"][i] = before.week
            count["active"] += 1
            count["self_started_hours" if alone else "called_hours"] += hours
            count["active_called"] += not alone
            now["needed_call"][i] = not alone
            if now["registered"][i]:
                count["active_registered"] += 1
            elif before.uniform("participation.registration", address, weekly=True) < p.self_registration:
                now["registered"][i] = 1
        for name, value in count.items():
            out["row.counters"][c, COUNTER[name]] += value
    now["status"][:] = out["status_next"]
    _offer(before, out)
    return out


def _offer(before: Before, out: dict[str, Array]) -> None:
    """participation.attendance to participation.supplied: what becomes of the hours given."""
    handling, helping, week = before.scenario.handling, before.model.resolution, before.end - before.start
    for name in (
        "attendance",
        "given",
        "row.hours",
        "row.supplied",
        "servers",
        "plan.meetings",
        "plan.neighbour_contacts",
    ):
        out[name] = before[name].copy()
    members, contact_hours = before["exposure.liaison_members"], before["exposure.contact_hours"]
    community, share = before["world.residents.community"], before.model.detection.neighbour_share
    least = before.scenario.organisations.working_places.least_hours
    servers, counters, hours = out["servers"], out["row.counters"], out["row.hours"]
    for c in range(before.engine.communities):
        given = float(counters[c, COUNTER["self_started_hours"]] + counters[c, COUNTER["called_hours"]])
        chairs = float(before["plan.meetings"][c]) * handling.meeting_hours
        attended = min(given, chairs * handling.meeting_residents)
        if chairs > 0:
            out["attendance"][c] = attended / chairs
        filled = out["attendance"][c] / handling.meeting_residents if handling.meeting_residents > 0 else 0.0
        out["plan.meetings"][c] *= filled
        looking = (given - attended) * share
        if share > 0:
            ties = 0.0
            for i in range(len(community)):
                if community[i] == c:
                    ties += float(out["residents.active_share"][i] * before["tie_totals"][i])
            if ties > 0:
                out["plan.neighbour_contacts"][c] = looking / handling.contact_hours / ties
            else:
                looking = 0.0
        left = given - attended - looking
        out["given"][c] = left
        contacts = 0.0
        for member, spent in zip(members.tolist(), contact_hours.tolist(), strict=True):
            if community[member] == c and out["residents.status"][member] & col.ACTIVE:
                contacts += spent
        ordered = float(counters[c, COUNTER["mandated_hours"]])
        training = float(counters[c, COUNTER["training_hours"]])
        hours[c, HourSource.VOLUNTEER, Activity.MEETING] += attended
        hours[c, HourSource.VOLUNTEER, Activity.OUTREACH] += looking
        hours[c, HourSource.MEMBER, Activity.VISIT] += contacts
        hours[c, HourSource.MEMBER, Activity.TRAINING] += training
        bought = float(before.engine.establishment.bought_hours[c])
        organisations = float(before["organisation_hours"][c] + bought) if helping.organisations else 0.0
        enterprises = float(before["enterprise_hours"][c]) if helping.enterprises else 0.0
        offered = {
            col.VOLUNTEERS: left,
            col.ORDERED_MEMBERS: ordered,
            col.ORGANISATIONS: organisations - float(before["plan.outreach_hours"][c]),
            col.ENTERPRISES: enterprises,
        }
        for kind, amount in offered.items():
            mine = [
                s for s in range(len(servers)) if servers["office"][s] == c and servers["post"][s] == kind
            ]
            opened = places_open(amount, least, len(mine))
            for number, s in enumerate(mine):
                servers["rate"][s] = amount / (opened * week) if number < opened else 0.0
        out["row.supplied"][c, HourSource.VOLUNTEER] = given
        out["row.supplied"][c, HourSource.MEMBER] = ordered + contacts + training
        out["row.supplied"][c, HourSource.ORGANISATION] = organisations
        out["row.supplied"][c, HourSource.ENTERPRISE] = enterprises
    for server, present in zip(before["servers"], before["present"], strict=True):
        if present:
            out["row.supplied"][server["office"], server["source"]] += float(server["fte"]) * week


def _decide(n: dict[str, float]) -> dict[str, float]:
    alone = single(n["score"]) >= single(n["need"])
    urged = n["called"] == 1 and single(n["score"] + n["call"] * (1 - n["f"])) >= single(n["need"])
    return {"alone": float(alone), "acts": float(alone or urged), "needed_call": float(urged and not alone)}


def _attendance(n: dict[str, float]) -> dict[str, float]:
    table_hours = n["meetings"] * n["meeting_hours"]
    attended = min(n["voluntary"], table_hours * n["meeting_residents"])
    attendance = attended / table_hours
    held = n["meetings"] * attendance / n["meeting_residents"]
    return {"attended": attended, "attendance": attendance, "meetings_held": held}


VECTORS = {
    "participation.hours": lambda n: {"hours": n["free_hours"] * n["hours_share"]},
    "participation.offered": lambda n: {"volunteers": n["voluntary"] - n["attended"] - n["looking_in"]},
    "participation.signal": lambda n: {
        "share": sum(n[f"w_{j}"] * n[f"active_{j}"] for j in (1, 2)) / (n["w_1"] + n["w_2"]),
        "H": sum(n[f"w_{j}"] * n[f"O_{j}"] for j in (1, 2)) / (n["w_1"] + n["w_2"]),
    },
    "participation.quota": lambda n: {
        "quota_0": min(n["calls"], n["listed_0"]),
        "quota_1": min(n["calls"] - min(n["calls"], n["listed_0"]), n["listed_1"]),
    },
    "participation.relay": lambda n: {
        "called": float(n["u"] < n["member_contact_hours"] / n["contact_hours"] / n["links"])
    },
    "participation.members_contacts": lambda n: {
        "contacts_hours": min(n["member_contact_hours"], n["free_hours"])
    },
    "participation.score": lambda n: {"score": score(n)},
    "participation.need": lambda n: {"need": need(n["threshold"], n["time_cost"], n["cost_noise"], n["u"])},
    "participation.rest": lambda n: {"f": rested(n["f"], n["fatigue_decay"])},
    "participation.decide": _decide,
    "participation.turn": lambda n: {
        "called": float(turn_comes(int(n["place"]), n["pointer"], int(n["listed"]), n["quota"]))
    },
    "participation.pointer": lambda n: {"pointer": (n["pointer"] + n["quota"]) % n["listed"]},
    "participation.call_tires": lambda n: {"f": tired(n["f"], n["fatigue_gain"])},
    "participation.ordered": lambda n: {
        "asked_hours": n["ordered_hours"] / WEEKS_PER_MONTH,
        "mandated_hours": n["a"] * (1 - n["f"]) * n["ordered_hours"] / WEEKS_PER_MONTH
    },
    "participation.order_tires": lambda n: {
        "f": n["f"] + (n["fatigue_gain"] / WEEKS_PER_MONTH * (1 - n["f"]) if n["ordered_hours"] > 0 else 0)
    },
    "participation.activity": lambda n: {
        "a": activity(n["a"], n["trained"], n["response"], n["training_gain"], min(1 / n["fades"], 1.0))
    },
    "participation.habit": lambda n: {
        "h": habit(n["h"], n["acts"] == 1, n["alone"] == 1, n["habit_gain"], n["habit_decay"], n["crowding_out"])
    },
    "participation.attendance": _attendance,
    "participation.looking_in": lambda n: {
        "looking_in": (n["voluntary"] - n["attended"]) * n["neighbour_share"],
        "neighbour_contacts": (n["voluntary"] - n["attended"]) * n["neighbour_share"] / n["contact_hours"] / n["ties"],
    },
    "participation.places": lambda n: {
        "opened": places_open(n["offered"], n["least_hours"], int(n["places"])),
        "rate": n["offered"] / (places_open(n["offered"], n["least_hours"], int(n["places"])) * n["week"]),
    },
}  # fmt: skip
