"""Measurement, from equations measurement.* of the model description."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from govsim.engine import columns as col
from govsim.engine.recording import COUNTER, NEVER, CaseStatus, Event
from govsim.units import OLD_AGE, RECENT_WEEKS
from tests.reference.follow import Before, Expected

_ON_A_TABLE = (col.QUEUED, col.SERVED, col.UNFUNDED)
UNDEFINED = -1.0


def reported_all_the_same(u: float, report_overdue: float, gaming: float, pressed: bool) -> bool:
    """measurement.reported"""
    missed = (1.0 - report_overdue) * (1.0 - gaming if pressed else 1.0)
    return u >= missed


def publish(published: float, due: float, done: float, weeks: float) -> float:
    """measurement.published"""
    if due == 0:
        return published
    before = done / due if published == UNDEFINED else published
    return before + (done / due - before) / max(weeks, 1.0)


def process(before: Before) -> Expected:
    """Return what measurement leaves behind."""
    agenda, classes, engine = before.model.agenda, before["classes"], before.engine
    names = [
        "pool.jobs",
        "pool.free",
        "pool.counts",
        "pool.events",
        "pool.gone",
        "votes",
        "tasks_waiting",
        "active_share",
        "published",
        "row.counters",
    ]
    out: dict[str, NDArray[Any]] = {name: before[name].copy() for name in names}
    jobs, count = out["pool.jobs"], out["row.counters"]
    rule, pressed = before.scenario.measurement, before.model.accountability.closure_target
    taken = agenda.rule == "vote" and (before.week + 1) % agenda.cycle_weeks == 0

    def add(community: int, name: str, value: float = 1.0) -> None:
        count[community, COUNTER[name]] += value

    def reported(entity: int) -> bool:
        u = before.uniform("measurement.report", entity)
        return reported_all_the_same(u, rule.report_overdue, rule.gaming, pressed)

    reopened, explained = np.zeros(engine.communities), np.zeros(engine.communities)
    for slot in before.closings:
        job = jobs[slot]
        c, entity, item = int(job["community"]), int(job["entity"]), classes[job["problem_class"]]
        resolved = job["outcome"] == CaseStatus.RESOLVED
        stays = job["state"] == col.LATENT
        due = float(job["detected"]) + float(item["deadline"])
        add(c, "resolved", resolved)
        reopened[c] += stays
        explained[c] += job["outcome"] == CaseStatus.EXPLAINED and not stays
        if item["problem"] and not stays:
            if job["closed"] <= due:
                add(c, "reported_due")
                add(c, "reported_done")
                add(c, "truly_done", resolved)
            elif due > before.start:
                add(c, "reported_due")
                add(c, "reported_done", reported(entity))
        S = float(before["residents.satisfaction"][job["resident"]])
        answers, asked, pleased = (before.uniform("measurement.callback", entity, slot) for slot in range(3))
        if asked >= rule.callback_share:
            continue
        satisfied = pleased < S
        if answers < rule.callback_answer:
            add(c, "callbacks")
            add(c, "callbacks_satisfied", satisfied)
        if answers < rule.callback_answer + rule.satisfied_answer * S:
            lost = pressed and not satisfied and before.uniform("measurement.report", entity, 1) < rule.gaming
            if not lost:
                add(c, "official_callbacks")
                add(c, "official_callbacks_satisfied", satisfied)

    votes = np.zeros_like(out["votes"])
    gone: list[int] = []
    out["tasks_waiting"][:] = 0.0
    for slot in range(before.used):
        job = jobs[slot]
        if job["kind"] == col.TASK and job["state"] in (col.QUEUED, col.SERVED):
            out["tasks_waiting"][job["office"]] += job["staff_left"]
        if job["kind"] != col.CASE:
            continue
        c, entity, item = int(job["community"]), int(job["entity"]), classes[job["problem_class"]]
        due = float(job["detected"]) + float(item["deadline"])
        falls_due = bool(item["problem"]) and job["detected"] >= 0 and before.start < due <= before.end
        if job["state"] == col.LATENT:
            add(c, "undetected")
            if falls_due:
                add(c, "reported_due")
                add(c, "reported_done", job["closed"] <= due or reported(entity))
        if job["state"] not in _ON_A_TABLE:
            continue
        if job["lapses"] <= before.end and job["state"] != col.SERVED and job["first_handled"] < 0:
            reached = job["queued"] if job["state"] == col.QUEUED else job["competent"]
            job["outcome"] = CaseStatus.LAPSED
            job["closed"] = max(job["lapses"], job["detected"], before.start, reached)
            event = out["pool.events"][out["pool.counts"][col.EVENTS]]
            out["pool.counts"][col.EVENTS] += 1
            event["case"], event["recurrence"], event["time"] = (
                job["number"],
                job["recurrence"],
                job["closed"],
            )
            event["what"], event["office"], event["source"] = Event.LAPSED, job["office"], col.NOBODY
            event["hours"] = event["channel"] = 0
            add(c, "lapsed")
            if falls_due and due < job["closed"]:
                add(c, "reported_due")
                add(c, "reported_done", reported(entity))
            gone.append(slot)
            continue
        add(c, "open")
        add(c, "waiting_for_money", job["state"] == col.UNFUNDED)
        if taken:
            first = before["world.households.first"]
            home = range(int(first[job["household"]]), int(first[job["household"] + 1]))
            last, weeks = before["residents.last_active"], before["residents.weeks_active"]
            votes[c, job["problem_class"]] += any(
                weeks[i] > 0 and last[i] > before.week - RECENT_WEEKS for i in home
            )
        if falls_due:
            add(c, "reported_due")
            add(c, "reported_done", reported(entity))

    for c in range(engine.communities):
        if taken:
            missed = before["attendance"][c] < agenda.quorum
            if missed:
                votes[c] = 0
            out["votes"][c] = [sum(other < mine for other in votes[c]) for mine in votes[c]]
            count[c, COUNTER["votes_due"]] = 1
            count[c, COUNTER["votes_missed"]] = missed
    out["pool.gone"][: len(gone)] = gone
    _give_up(out, gone)
    _people(before, add)
    for c in range(engine.communities):
        adults = count[c, COUNTER["adults"]]
        if adults > 0:
            out["active_share"][c] = count[c, COUNTER["active"]] / adults
        out["published"][c] = publish(
            float(out["published"][c]),
            float(count[c, COUNTER["reported_due"]]),
            float(count[c, COUNTER["truly_done"]]),
            before.scenario.experience.published_weeks,
        )
        count[c, COUNTER["reopened"]], count[c, COUNTER["explained"]] = reopened[c], explained[c]
    over, back = [], []
    for slot in before.closings:
        if jobs["state"][slot] == col.LATENT:
            jobs["closed"][slot] = NEVER
            continue
        over.append(int(slot))
        if jobs["recurs"][slot] == 1:
            back.append(int(slot))
    out["pool.recurring"] = jobs[back].copy()
    _give_up(out, over)
    out["row.tasks_undone"] = out["tasks_waiting"]
    return out


def _give_up(out: dict[str, NDArray[Any]], slots: list[int]) -> None:
    """measurement.records: free the records of cases that are over; those that stand in a queue are freed there."""
    for slot in slots:
        if out["pool.jobs"]["state"][slot] == col.QUEUED:
            out["pool.jobs"]["state"][slot] = col.GONE
        else:
            out["pool.jobs"]["kind"][slot] = col.FREE
            out["pool.free"][out["pool.counts"][col.FREE_TOP]] = slot
            out["pool.counts"][col.FREE_TOP] += 1


def _people(before: Before, add: Any) -> None:
    """measurement.people, measurement.adults"""
    now = {name: before[f"residents.{name}"] for name in (
        "left", "age", "enrolled", "activity", "registered", "weeks_active", "last_active", "trust", "satisfaction", "efficacy"
    )}  # fmt: skip
    tiers = ("community", "street", "district", "centre")
    for i, c in enumerate(before["world.residents.community"].tolist()):
        if now["left"][i] >= 0:
            if now["left"][i] != before.week:
                continue
            add(c, "left")
        add(c, "residents")
        add(c, "over_60", now["age"][i] > OLD_AGE)
        if not before["eligible"][i]:
            continue
        add(c, "adults")
        if now["enrolled"][i]:
            add(c, "enrolled")
            add(c, "activity", float(now["activity"][i]))
        add(c, "registered", now["registered"][i])
        ever = now["weeks_active"][i] > 0
        add(c, "ever_active", ever)
        add(c, "active_4w", ever and before.week - now["last_active"][i] < RECENT_WEEKS)
        for tier, name in enumerate(tiers):
            add(c, f"trust_{name}", float(now["trust"][i, tier]))
        add(c, "satisfaction", float(now["satisfaction"][i]))
        add(c, "efficacy", float(now["efficacy"][i]))


def _closing(n: dict[str, float]) -> dict[str, float]:
    due = n["detected"] + n["deadline"]
    if n["closed"] <= due:
        return {"reported_due": 1, "reported_done": 1, "truly_done": n["resolved"]}
    done = reported_all_the_same(n["u"], n["report_overdue"], 0.0, False)
    return {"reported_due": float(due > n["start"]), "reported_done": float(done), "truly_done": 0}


VECTORS = {
    "measurement.closed": _closing,
    "measurement.reported": lambda n: {
        "reported_done": float(reported_all_the_same(n["u"], n["report_overdue"], n["gaming"], n["pressed"] == 1))
    },
    "measurement.callback": lambda n: {
        "callbacks": float(n["u1"] < n["callback_share"] and n["u0"] < n["callback_answer"]),
        "callbacks_satisfied": float(
            n["u1"] < n["callback_share"] and n["u0"] < n["callback_answer"] and n["u2"] < n["S"]
        ),
    },
    "measurement.official": lambda n: {
        "official_callbacks": float(
            n["u1"] < n["callback_share"] and n["u0"] < n["callback_answer"] + n["satisfied_answer"] * n["S"]
        )
    },
    "measurement.lapsed": lambda n: {"closed": max(n["lapses"], n["detected"], n["start"], n["reached"])},
    "measurement.votes": lambda n: {
        f"rank_{k}": sum(n[f"votes_{j}"] < n[f"votes_{k}"] for j in range(3)) for k in range(3)
    },
    "measurement.published": lambda n: {
        "published": publish(n["published"], n["due"], n["done"], n["published_weeks"])
    },
    "measurement.active_share": lambda n: {"active_share": n["active"] / n["adults"]},
}  # fmt: skip
