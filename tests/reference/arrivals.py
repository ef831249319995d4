"""Arrivals, from equations arrivals.* of the model description."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from govsim.engine import columns as col
from govsim.engine.recording import COUNTER, Level
from govsim.world.columns import Hazard, Work
from tests.reference.follow import Before, Expected
from tests.reference.records import ALL_BITS, PLACE, Luck, Register, rows, single, write_back

SEVERITY, EFFORT, MONEY, UNCLEAR, LUCK, LAPSE, WHO = 0, 1, 3, 5, 6, 7, 8
CLASS_SLOT, ONSET_SLOT = 1, 2
ZONES = Hazard.SUBSIDENCE | Hazard.WATER | Hazard.FARMLAND
LAID_OFF, ELDERLY = 2 * Hazard.FARMLAND, 4 * Hazard.FARMLAND
OLD, PIECE = 65, 256.0


def factor(condition: float, rate_now: float, rate_declared: float, ceiling: float) -> float:
    """arrivals.factor"""
    return min(condition * (rate_now / rate_declared if rate_declared > 0 else 1.0), ceiling)


def poisson(mean: float, draws: Sequence[float] | Any) -> int:
    """arrivals.number, arrivals.task_number: invert the distribution, in pieces of a mean of at most 256."""
    number, piece = 0, 0
    while mean > 0:
        m = min(mean, PIECE)
        u = draws(piece) if callable(draws) else draws[piece]
        term = below = math.exp(-m)
        n = 0
        while u >= below and (term > 0 or n < m):
            n += 1
            term *= m / n
            below += term
        number, mean, piece = number + n, mean - m, piece + 1
    return number


def choose(weights: Sequence[float], u: float) -> int:
    """arrivals.class: the last class with a weight where rounding leaves something over."""
    left, chosen = u * sum(weights), 0
    for k, weight in enumerate(weights):
        if weight > 0:
            chosen = k
            left -= weight
            if left < 0:
                break
    return chosen


def amount(mean: float, sigma: float, shape: str, normal: float, exponential: float) -> float:
    """arrivals.effort, arrivals.money, arrivals.task_effort"""
    if shape == "fixed" or mean == 0:
        return mean
    return mean * exponential if shape == "exponential" else mean * math.exp(sigma * normal - sigma**2 / 2)


def drawn_amount(mean: float, sigma: float, shape: str, luck: Luck, entity: int, slot: int) -> float:
    return amount(mean, sigma, shape, luck.normal(entity, slot), luck.exponential(entity, slot))


def fill(job: Any, item: Any, onset: float, case: Luck, week: float) -> None:
    """arrivals.severity to arrivals.lapse: what chance has in store for a case."""
    shape = ("lognormal", "exponential", "fixed")[item.effort_shape]
    low, high = item.severity_low, item.severity_high
    job.onset = onset
    job.severity = single(low + (high - low) * case.uniform(job.entity, SEVERITY))
    job.effort = drawn_amount(item.effort, item.effort_sigma, shape, case, job.entity, EFFORT)
    job.money = drawn_amount(item.money, item.money_sigma, "lognormal", case, job.entity, MONEY)
    job.unclear = int(case.uniform(job.entity, UNCLEAR) < item.ambiguity)
    job.luck = case.exponential(job.entity, LUCK)
    if item.lapse_rate > 0:
        job.lapses = onset + week * case.exponential(job.entity, LAPSE) / item.lapse_rate


def owner(members: range, adult: Any, age: Any, work: Any, exposed: int, u: float) -> int:
    """arrivals.owner"""

    def struck(person: int) -> bool:
        if not exposed & (LAID_OFF | ELDERLY):
            return True
        return bool(
            (exposed & LAID_OFF and work[person] == Work.LAID_OFF)
            or (exposed & ELDERLY and age[person] >= OLD)
        )

    adults = [person for person in members if adult[person]]
    suited = [person for person in adults if struck(person)] or adults
    return suited[int(u * len(suited))] if suited else members[0]


def listing_after(L: float, list_wear: float) -> float:
    """arrivals.list"""
    return L * (1.0 - list_wear)


def process(before: Before) -> Expected:
    """Return what arrivals leave behind."""
    engine, start, week = before.engine, before.start, before.engine.hours_per_week
    register, classes = Register(before), rows(before["classes"])
    case = Luck(before, "arrivals.case")
    _new_problems(before, register, classes, case)
    comes_back = Luck(before, "arrivals.recurrence")
    mean = before.scenario.problems.recurrence_weeks * week
    for old in rows(before["pool.recurring"]):
        job = register.take(col.CASE)
        job.number, job.recurrence = old.number, old.recurrence + 1
        job.entity = comes_back.entity(old.entity, 0)
        job.household, job.resident, job.community = old.household, old.resident, old.community
        job.problem_class = old.problem_class
        onset = max(start, old.closed + mean * comes_back.exponential(old.entity, 1))
        fill(job, classes[job.problem_class], onset, case, week)
    sent, offices, transfers, hours = _tasks(before, register)
    counters = before["row.counters"].copy()
    for c in range(engine.communities):
        for place, name in enumerate(("task_hours_arrived", "task_hours_refused", "task_hours_moved")):
            counters[c, COUNTER[name]] = hours[c][place]
        counters[c, COUNTER["fees"]] = max(transfers[c], 0.0)
    transferred = before["transfers"].copy()
    transferred[:] = transfers
    return {
        **register.columns(),
        **register.inbox_columns(sent),
        "offices": write_back(before["offices"], offices),
        "transfers": transferred,
        "row.counters": counters,
    }


def _new_problems(before: Before, register: Register, classes: list[Any], case: Luck) -> None:
    engine, start, week = before.engine, before.start, before.engine.hours_per_week
    number, address = Luck(before, "arrivals.number", True), Luck(before, "arrivals.address", True)
    ceiling = before.scenario.infrastructure.ceiling
    declared = list(engine.base_scenario.problems.classes.values())
    now = list(before.scenario.problems.classes.values())
    exposure, hazards = before["exposure.groups"].tolist(), before["hazards"].tolist()
    adult, age, work = (before[f"residents.{name}"].tolist() for name in ("status", "age", "work"))
    first, first_household = (
        before.world.households.first.tolist(),
        before.world.communities.first_household.tolist(),
    )
    community, means = before.world.households.community.tolist(), before["exposure.arrival_mean"].tolist()
    condition = before["condition"].tolist()
    for household, mean in enumerate(means):
        c = community[household]
        entity = c * PLACE + household - first_household[c]
        count = poisson(mean * ceiling, lambda piece, entity=entity: number.uniform(entity, piece))
        for order in range(1, count + 1):
            own, problem = address.entity(entity, order), register.counts[col.NEXT_CASE]
            register.counts[col.NEXT_CASE] += 1
            weights = [
                item.rate if item.exposed == 0 or item.exposed & exposure[household] else 0.0
                for item in classes
            ]
            k = choose(weights, address.uniform(own, CLASS_SLOT))
            zone = classes[k].exposed & ZONES
            kept = address.uniform(own, 0) * ceiling < factor(
                condition[c], now[k].rate, declared[k].rate, ceiling
            )
            if not kept or (zone and not hazards[household] & zone):
                continue
            job = register.take(col.CASE)
            job.entity, job.number, job.problem_class = own, problem, k
            job.household, job.community = household, c
            onset = start + week * address.uniform(own, ONSET_SLOT)
            fill(job, classes[k], onset, case, week)
            members = range(first[household], first[household + 1])
            u = case.uniform(job.entity, WHO)
            job.resident = owner(members, adult, age, work, classes[k].exposed, u)


def _tasks(
    before: Before, register: Register
) -> tuple[list[tuple[int, float]], list[Any], list[float], list[list[float]]]:
    start, week, tasks = before.start, before.engine.hours_per_week, before.scenario.tasks
    number, address = Luck(before, "tasks.number", True), Luck(before, "tasks.address", True)
    luck, offices = Luck(before, "tasks.task", True), rows(before["offices"])
    admission, wear = before.model.tasks.admission, before.scenario.handling.list_wear
    sigma = math.sqrt(math.log1p(tasks.effort_cv**2))
    departments = [n for n, office in enumerate(offices) if office.level == Level.DEPARTMENT]
    transfers = [0.0] * len(offices)
    hours = [[0.0, 0.0, 0.0] for _ in offices]
    sent: list[tuple[int, float]] = []

    def send(work: float, target: int, entity: int) -> None:
        job = register.take(col.TASK)
        job.entity, job.state, job.office = entity, col.SENT, target
        job.number = -register.counts[col.NEXT_TASK]
        register.counts[col.NEXT_TASK] += 1
        job.effort = job.staff_left = work
        job.onset = job.detected = start + week * luck.uniform(entity, 0)
        sent.append((job.slot, job.onset))

    for place, mean in enumerate(before["exposure.task_mean"].tolist()):
        office = offices[place]
        for order in range(1, int(before["filings"][place]) + 1):
            entity = address.entity(place, ALL_BITS - order)
            send(before.scenario.handling.intake_hours, office.parent, entity)
        for order in range(1, poisson(mean, lambda piece, place=place: number.uniform(place, piece)) + 1):
            entity = address.entity(place, order)
            work = drawn_amount(tasks.effort_hours, sigma, tasks.effort_distribution, luck, entity, EFFORT)
            hours[place][0] += work
            target = place
            listed = luck.uniform(entity, UNCLEAR) < tasks.listed_share
            if admission != "all" and office.parent >= 0 and not listed:
                holds = luck.uniform(entity, LAPSE) < office.listing
                office.listing = listing_after(office.listing, wear)
                if holds and admission == "moved_up":
                    hours[place][2] += work
                    target = office.parent
                elif holds:
                    own = [n for n in departments if offices[n].district == office.district]
                    richest = max(own, key=lambda n: offices[n].fund, default=-1)
                    fee = work * before.scenario.capacity.prices.task_hour
                    if admission == "with_fee" and richest >= 0 and offices[richest].fund >= fee:
                        offices[richest].fund -= fee
                        office.fund += fee
                        transfers[richest] -= fee
                        transfers[place] += fee
                    else:
                        hours[place][1] += work
                        continue
            send(work, target, entity)
    return sent, offices, transfers, hours


VECTORS = {
    "arrivals.factor": lambda n: {"f": factor(n["condition"], n["rate_now"], n["rate"], n["ceiling"])},
    "arrivals.number": lambda n: {"N": poisson(n["m"], [n["u"]])},
    "arrivals.class": lambda n: {"k": choose([n["rate_0"], n["rate_1"], n["rate_2"]], n["u"])},
    "arrivals.onset": lambda n: {"onset": n["start"] + n["week"] * n["u"]},
    "arrivals.kept": lambda n: {"kept": float(n["mark"] * n["ceiling"] < n["f"])},
    "arrivals.severity": lambda n: {"s": n["low"] + (n["high"] - n["low"]) * n["u"]},
    "arrivals.effort": lambda n: {"W": amount(n["mean"], n["sigma"], "lognormal", n["z"], 0.0)},
    "arrivals.lapse": lambda n: {"lapses": n["onset"] + n["week"] * n["x"] / n["lapse_rate"]},
    "arrivals.recurrence": lambda n: {"onset": max(n["start"], n["closed"] + n["recurrence_weeks"] * n["week"] * n["x"])},
    "arrivals.list": lambda n: {"L": listing_after(n["L"], n["list_wear"])},
    "arrivals.fee": lambda n: {"fee": n["W"] * n["task_hour"]},
}  # fmt: skip
"""Worked examples of the model description, computed again from their numbers."""
