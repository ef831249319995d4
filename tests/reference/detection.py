"""Detection, from equations detection.* of the model description."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from govsim.engine import columns as col
from govsim.engine.recording import COUNTER, CaseStatus, Channel, Event
from govsim.world.columns import OrganisationKind
from tests.reference.follow import Before, Expected
from tests.reference.records import Luck, Register, rows

UNSURE = 1e-12
OPEN = (col.QUEUED, col.SERVED, col.UNFUNDED)


def urge(
    report_rate: float, s: float, ability: float, floor: float, opinion: float, expectation: float
) -> float:
    """detection.urge"""
    return report_rate * s * ability * (floor + (1.0 - floor) * 0.5 * (opinion + expectation))


def shown(v: float) -> float:
    """detection.visit"""
    return -math.log(max(1.0 - v, UNSURE))


def ahead(place: float, turn: float, length: float) -> float:
    """detection.round: households that are visited before this one."""
    return (place - turn) % length


def moment(
    begin: float, week: float, total: float, missing: float, visit: float, shows: float
) -> tuple[float, bool]:
    """detection.moment: when accumulated hazard passes the luck, and whether it is the visit that does it.

    Time runs at ``total`` a week from ``begin`` on and jumps by ``shows`` at the visit; no bound by the week's end.
    """
    before_visit = total * (visit - begin) / week if shows > 0 else math.inf
    if before_visit < missing <= before_visit + shows:
        return visit, True
    if total <= 0:
        return math.inf, False
    left = missing if missing <= before_visit else missing - shows
    return begin + left / total * week, False


def channel_of(hazards: Sequence[float], left: float) -> int:
    """detection.channel: channels in the order of their numbers; the last with a hazard where rounding leaves some over."""
    chosen = int(Channel.HOTLINE)
    for k, hazard in enumerate(hazards):
        if hazard > 0:
            chosen = k
            left -= hazard
            if left < 0:
                break
    return chosen


def repeat_chance(repeat_call: float, s: float) -> float:
    """detection.repeat"""
    return 1.0 - math.exp(-repeat_call * s)


def trifles(quota: float, grids: float, found: float) -> int:
    """detection.filings"""
    return int(max(quota * grids - found, 0.0))


def process(before: Before) -> Expected:
    """Return what detection leaves behind."""
    return _Week(before).expected()


class _Week:
    def __init__(self, before: Before) -> None:
        self.before, self.register = before, Register(before)
        self.classes = rows(before["classes"])
        self.counters = before["row.counters"].copy()
        self.sent = self.register.inbox[: before.engine.sent]
        self.start, self.end, self.week = before.start, before.end, before.engine.hours_per_week
        self.desk = len(before["offices"]) - 1
        self.channel, self.repeat = (
            Luck(before, "detection.channel"),
            Luck(before, "detection.repeat", True),
        )
        self.column = {
            name: before[name].tolist()
            for name in (
                "residents.opinion", "residents.expectation", "residents.status", "residents.age", "residents.work",
                "world.residents.ability", "world.residents.acquainted", "world.households.liaison", "exposure.contacts",
                "exposure.visit_place", "exposure.visit_round", "exposure.in_organisation", "plan.visits", "plan.patrol_rounds",
                "plan.meetings", "plan.neighbour_contacts", "visit_from",
            )
        }  # fmt: skip
        self.ties_to_active = (before["residents.active_share"] * before["tie_totals"]).tolist()
        self.outreach = self._outreach()

    def _outreach(self) -> list[float]:
        """detection.outreach: contacts of a member of an organisation, by community."""
        before = self.before
        living = [
            row
            for row in rows(before["organisations.table"])
            if row.kind != OrganisationKind.ENTERPRISE and row.strength > 0
        ]
        contacts = []
        for c in range(before.engine.communities):
            here = [row.credibility for row in living if row.community in (c, -1)]
            credibility = sum(here) / len(here) if here else 0.0
            people = float(before["exposure.members_reach"][c])
            paid = float(before["plan.outreach_hours"][c]) / before.scenario.handling.contact_hours
            contacts.append(paid * credibility / people if people > 0 else 0.0)
        return contacts

    def expected(self) -> Expected:
        register, before = self.register, self.before
        gone: list[int] = []
        for job in register.jobs.in_use(before.used):
            if job.kind != col.CASE:
                continue
            if job.state == col.PENDING:
                if job.onset >= self.end:
                    continue
                self._arise(job)
            if job.state == col.LATENT:
                if self._look(job):
                    gone.append(job.slot)
            elif job.state in OPEN:
                self._call_again(job)
        for slot in gone:
            register.release(slot)
        filings = before["filings"].copy()
        for c in range(before.engine.communities):
            quota, grids = before.model.accountability.reporting_quota, float(before["exposure.grids"][c])
            walked = self.column["plan.patrol_rounds"][c] > 0
            filings[c] = trifles(quota, grids, self.counters[c, COUNTER["found_by_patrol"]]) if walked else 0
            self.counters[c, COUNTER["trifles"]] = filings[c]
        return {
            **register.columns(),
            **register.inbox_columns(self.sent),
            "row.counters": self.counters,
            "filings": filings,
        }

    def _count(self, job: Any, name: str) -> None:
        self.counters[job.community, COUNTER[name]] += 1

    def _arise(self, job: Any) -> None:
        job.state = col.LATENT
        self.register.note(job, Event.RECURS if job.recurrence else Event.ARISE, -1, job.onset)
        job.age, job.work = (
            self.column["residents.age"][job.resident],
            self.column["residents.work"][job.resident],
        )
        self._count(job, "arrived")
        if job.recurrence:
            self._count(job, "recurred")

    def hazards(self, job: Any) -> list[float]:
        """detection.hotline to detection.neighbour: hazards a week by channel; the visit has none."""
        column, reporting = self.column, self.before.scenario.reporting
        item, c, person, household = (
            self.classes[job.problem_class],
            job.community,
            job.resident,
            job.household,
        )
        wish = urge(
            item.report_rate,
            job.severity,
            column["world.residents.ability"][person],
            reporting.floor,
            column["residents.opinion"][person],
            column["residents.expectation"][person],
        )
        out = [0.0] * len(Channel)
        out[Channel.HOTLINE] = reporting.hotline * wish if self.before.model.detection.hotline else 0.0
        known = column["world.residents.acquainted"][person]
        out[Channel.WALK_IN] = reporting.walk_in * wish * (1.0 if known else reporting.walk_in_stranger)
        out[Channel.PATROL] = column["plan.patrol_rounds"][c] * item.patrol
        member = column["world.households.liaison"][household]
        if member >= 0 and column["residents.status"][member] & col.ACTIVE:
            out[Channel.MEMBER_CONTACT] = column["exposure.contacts"][household] * item.visit
        if column["exposure.in_organisation"][person]:
            out[Channel.OUTREACH] = self.outreach[c] * item.visit
        out[Channel.MEETING] = column["plan.meetings"][c] * item.meeting
        looked_at = column["plan.neighbour_contacts"][c] * self.ties_to_active[person]
        out[Channel.NEIGHBOUR] = looked_at * item.visit * reporting.neighbour
        return out

    def visit_time(self, household: int, c: int) -> float:
        """detection.round"""
        place, visits = self.column["exposure.visit_place"][household], self.column["plan.visits"][c]
        if place < 0 or visits <= 0:
            return math.inf
        length = max(self.column["exposure.visit_round"][c], 1)
        return self.start + self.week * ahead(place, self.column["visit_from"][c], length) / visits

    def _look(self, job: Any) -> bool:
        """Let one unknown problem live through the week; return whether it lapsed."""
        c, item = job.community, self.classes[job.problem_class]
        begin = max(self.start, job.onset)
        hazards = self.hazards(job)
        total = sum(hazards)
        visit = self.visit_time(job.household, c)
        shows = shown(item.visit) if begin <= visit < self.end else 0.0
        time, by_visit = moment(begin, self.week, total, job.luck - job.hazard, visit, shows)
        job.hazard += total * (self.end - begin) / self.week + shows
        if job.lapses < min(time, self.end):
            job.state, job.outcome, job.closed = col.GONE, CaseStatus.LAPSED, max(job.lapses, begin)
            self.register.note(job, Event.LAPSED, -1, job.closed)
            self._count(job, "lapsed")
            due = job.detected + item.deadline
            if item.problem and job.detected >= 0 and self.start < due < job.closed:
                self._count(job, "reported_due")
                self._count(job, "reported_done")
            return True
        if time < self.end:
            channel = (
                int(Channel.VISIT)
                if by_visit
                else channel_of(hazards, self.channel.uniform(job.entity, job.reopened) * total)
            )
            self._detected(job, time, channel)
        return False

    def _detected(self, job: Any, time: float, channel: int) -> None:
        c = job.community
        if channel == Channel.PATROL:
            self._count(job, "found_by_patrol")
        if job.detected < 0:
            job.detected, job.channel = time, channel
            self._count(job, "detected")
        job.votes = int(self.before["votes"][c, job.problem_class])
        job.state = col.SENT
        job.office = self.desk if channel == Channel.HOTLINE else c
        self.register.note(job, Event.DETECT, job.office, time, channel=channel)
        if channel == Channel.HOTLINE:
            self._count(job, "contacts")
        self.sent.append((job.slot, time))

    def _call_again(self, job: Any) -> None:
        if not self.before.model.detection.hotline or not self.before.scenario.reporting.hotline > 0:
            return
        chance = repeat_chance(self.before.scenario.reporting.repeat_call, job.severity)
        if self.repeat.uniform(job.entity, 0) >= chance:
            return
        call = self.register.take(col.REPEAT_CALL)
        call.state, call.office = col.SENT, self.desk
        call.number, call.recurrence, call.community = job.number, job.recurrence, job.community
        call.onset = self.start + self.week * self.repeat.uniform(job.entity, 1)
        self.register.note(call, Event.CALLED_AGAIN, self.desk, call.onset, channel=int(Channel.HOTLINE))
        self._count(job, "contacts")
        self._count(job, "repeated")
        self.sent.append((call.slot, call.onset))


def _moment(n: dict[str, float]) -> dict[str, float]:
    shows = shown(n["v"]) if "v" in n else 0.0
    time, by_visit = moment(
        n["begin"], n["week"], n["r"], n["luck"] - n["hazard"], n.get("visit", np.inf), shows
    )
    return {"time": time, "by_visit": float(by_visit)}


VECTORS = {
    "detection.lapsed": lambda n: {"closed": max(n["lapses"], n["begin"])},
    "detection.urge": lambda n: {"g": urge(n["report_rate"], n["s"], n["ability"], n["floor"], n["O"], n["E"])},
    "detection.residents": lambda n: {
        "r_hotline": n["hotline"] * n["g"],
        "r_walk_in": n["walk_in"] * n["g"] * (1 if n["knows_staff"] else n["walk_in_stranger"]),
    },
    "detection.patrol": lambda n: {"r_patrol": n["patrol_rounds"] * n["patrol"]},
    "detection.member": lambda n: {"r_member": n["contacts"] * n["v"]},
    "detection.outreach": lambda n: {
        "r_outreach": n["outreach_hours"] / n["contact_hours"] * n["credibility"] / n["people"] * n["v"]
    },
    "detection.meeting": lambda n: {"r_meeting": n["meetings_held"] * n["meeting"]},
    "detection.neighbour": lambda n: {"r_neighbour": n["neighbour_contacts"] * n["ties_to_active"] * n["v"] * n["neighbour"]},
    "detection.round": lambda n: {"visit": n["start"] + n["week"] * ahead(n["place"], n["turn"], n["length"]) / n["visits"]},
    "detection.visit": lambda n: {"shown": shown(n["v"])},
    "detection.moment": _moment,
    "detection.hazard": lambda n: {
        "hazard": n["hazard"] + n["r"] * (n["end"] - n["begin"]) / n["week"] + n["shown"]
    },
    "detection.channel": lambda n: {
        "channel": channel_of(
            [0.0, n["r_hotline"], n["r_walk_in"], n["r_patrol"]], n["u"] * (n["r_hotline"] + n["r_walk_in"] + n["r_patrol"])
        )
    },
    "detection.repeat": lambda n: {"chance": repeat_chance(n["repeat_call"], n["s"])},
    "detection.filings": lambda n: {
        "filings": trifles(n["reporting_quota"], n["grids"], n["found"]) if n["patrol_rounds"] > 0 else 0
    },
}  # fmt: skip
"""Worked examples of the model description, computed again from their numbers."""
