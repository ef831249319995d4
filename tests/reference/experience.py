"""Experience, from equations experience.* of the model description."""

from __future__ import annotations

import numpy as np

from govsim.engine import columns as col
from govsim.engine.recording import Activity, CaseStatus, HourSource
from tests.reference.follow import Before, Expected

_WAITING = (col.QUEUED, col.SERVED, col.UNFUNDED)


def performance(
    resolved: bool, closed: float, detected: float, patience: float, explanation_mark: float
) -> float:
    """experience.performance, of a case that was closed."""
    return 2.0 ** (-(closed - detected) / patience) if resolved else explanation_mark


def trust(T: float, d: float, gain: float, loss: float, blame: float) -> float:
    """experience.trust"""
    return T + gain * blame * d * (1.0 - T) if d > 0 else T + loss * blame * d * T


def satisfaction(
    base: float, performance_weight: float, y: float, disconfirmation_weight: float, d: float
) -> float:
    """experience.satisfaction"""
    return min(max(base + performance_weight * y + disconfirmation_weight * d, 0.0), 1.0)


def approach(x: float, share: float, goal: float) -> float:
    """experience.efficacy, experience.published, experience.expectation with ``goal = y``"""
    return x + share * (goal - x)


def opinion(own: float, heard: float, hearing: float) -> float:
    """experience.opinion"""
    return own if heard < 0 else hearing * heard + (1.0 - hearing) * own


def process(before: Before) -> Expected:
    """Return what experience leaves behind."""
    rule, efficacy_gain, published_gain = (
        before.scenario.experience,
        before.scenario.participation.efficacy_gain,
        before.scenario.participation.published_gain,
    )
    jobs, classes = before["pool.jobs"].copy(), before["classes"]
    first = before.world.households.first
    T, E = before["residents.trust"].copy(), before["residents.expectation"].copy()
    S, opinions, F = (before[f"residents.{name}"].copy() for name in ("satisfaction", "opinion", "efficacy"))
    seen, heard = before["residents.status"], before["residents.heard"]
    blame = [getattr(rule, f"blame_{tier}") for tier in ("community", "street", "district", "centre")]
    base, weight, loss_weight = (
        rule.satisfaction_base,
        rule.satisfaction_performance,
        rule.satisfaction_disconfirmation,
    )

    def meet(household: int, y: float) -> None:
        for person in range(first[household], first[household + 1]):
            if not seen[person] & col.ADULT:
                continue
            d = y - float(E[person])
            for tier in range(4):
                T[person, tier] = trust(float(T[person, tier]), d, rule.gain, rule.loss, blame[tier])
            S[person] = satisfaction(base, weight, y, loss_weight, d)
            E[person] = float(E[person]) + rule.expectation_rate * d

    for slot in before.closings:
        job = jobs[slot]
        patience = float(classes[job["problem_class"]]["patience"])
        resolved = job["outcome"] == CaseStatus.RESOLVED
        y = performance(
            resolved, float(job["closed"]), float(job["detected"]), patience, rule.explanation_mark
        )
        meet(int(job["household"]), y)
    for job in jobs[: before.used]:
        if job["kind"] != col.CASE or job["overdue"] or job["state"] not in _WAITING:
            continue
        if before.end > job["detected"] + 2 * classes[job["problem_class"]]["patience"]:
            job["overdue"] = 1
            meet(int(job["household"]), 0.0)

    community = before.world.residents.community
    worked = before["row.hours"][: before.engine.communities, HourSource.VOLUNTEER, Activity.CASEWORK]
    for person in range(len(seen)):
        if not seen[person] & col.ADULT:
            continue
        c = int(community[person])
        opinions[person] = opinion(
            float(np.mean([float(t) for t in T[person, :3]])), float(heard[person]), rule.hearing
        )
        if before["given"][c] > 0 and seen[person] & col.ACTIVE:
            F[person] = approach(
                float(F[person]), efficacy_gain, float(worked[c]) / float(before["given"][c])
            )
        p = float(before["plan.publishing"][c])
        if before.model.accountability.publishes_results and p > 0 and before["published"][c] >= 0:
            F[person] = approach(float(F[person]), published_gain * p, float(before["published"][c]))
    return {
        "pool.jobs": jobs,
        "residents.trust": T,
        "residents.expectation": E,
        "residents.satisfaction": S,
        "residents.opinion": opinions,
        "residents.efficacy": F,
    }


VECTORS = {
    "experience.performance": lambda n: {"y": performance(n["resolved"] == 1, n["closed"], n["detected"], n["patience"], 0.0)},
    "experience.trust": lambda n: {"T": trust(n["T"], n["y"] - n["E"], n.get("gain", 0.0), n.get("loss", 0.0), n["blame"])},
    "experience.satisfaction": lambda n: {
        "S": satisfaction(n["base"], n["performance_weight"], n["y"], n["disconfirmation_weight"], n["d"])
    },
    "experience.expectation": lambda n: {"E": n["E"] + n["expectation_rate"] * n["d"]},
    "experience.opinion": lambda n: {
        "O": opinion((n["T_community"] + n["T_street"] + n["T_district"]) / 3, n["H"], n["hearing"])
    },
    "experience.efficacy": lambda n: {"F": approach(n["F"], n["efficacy_gain"], n["used"])},
    "experience.published": lambda n: {"F": approach(n["F"], n["published_gain"] * n["p"], n["published"])},
}  # fmt: skip
"""Worked examples of the model description, computed again from their numbers."""
