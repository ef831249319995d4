"""Casework, from equations casework.* of the model description: the week's event queue with plain lists."""

from __future__ import annotations

import heapq
import math
from typing import Any

from govsim.engine import columns as col
from govsim.engine.recording import COUNTER, NEVER, Activity, CaseStatus, Event, HourSource, Level
from tests.reference.follow import Before, Expected
from tests.reference.records import Luck, Register, rows, write_back
from tests.reference.routing import ANY, FULL, Router

MEETINGS, TASKS_FIRST, MAIN, TASKS_LAST, UNFUNDED, BY_CLASS = range(6)
LUCK_SLOT, CASE_SLOTS = 6, 9
OWN_HOURS = {
    HourSource.VOLUNTEER: "hours_residents",
    HourSource.ORGANISATION: "hours_organisations",
    HourSource.ENTERPRISE: "hours_enterprises",
    HourSource.MEMBER: "hours_members",
}


def pace(speed: float, slowing: float, burnout: float) -> float:
    """casework.pace"""
    return speed * (1.0 - slowing * burnout)


def split(effort: float, generalist: float, coproducible: float) -> tuple[float, float]:
    """casework.split"""
    work = effort * generalist
    shared = work * coproducible
    return shared, work - shared


def clock(time: float, detected: float, deadline: float, x: float, rate: float) -> float:
    """casework.explanation"""
    return max(time, detected + deadline) + x / rate if rate > 0 else math.inf


def recurrence(share: float, rework: float, skilled: float, worked: float) -> float:
    """casework.recurs"""
    return share * (1.0 + rework * (1.0 - (skilled / worked if worked > 0 else 1.0)))


def process(before: Before) -> Expected:
    """Return what casework leaves behind."""
    return _Week(before).expected()


class _Week:
    def __init__(self, before: Before) -> None:
        self.before, self.register = before, Register(before)
        self.jobs, self.servers = self.register.jobs, rows(before["servers"])
        self.offices, self.classes = rows(before["offices"]), rows(before["classes"])
        for table in (self.servers, self.offices):
            for number, row in enumerate(table):
                row.slot = number
        self.handling, self.model = before.scenario.handling, before.model
        self.hours, self.counters = before["row.hours"].copy(), before["row.counters"].copy()
        self.start, self.end = before.start, before.end
        self.router = Router(before, self.offices)
        self.explaining, self.recurring = (
            Luck(before, "casework.explanation"),
            Luck(before, "casework.recurrence"),
        )
        self.queues: dict[tuple[int, int], list[tuple[float, int, int]]] = {}
        self.calendar: list[tuple[float, int]] = []
        self.closings: list[int] = []
        week = before.engine.hours_per_week
        self.explain_rate = self.handling.explain_rate / week
        if before.model.accountability.closure_target:
            self.explain_rate *= self.handling.explain_pressure
        self.task_deadline = before.scenario.tasks.deadline_days * week / 5

    # what stands where

    def heap_of(self, job: Any, office: int) -> int:
        """casework.queues: which queue of an office a job stands in."""
        if job.kind == col.SEAT or (job.kind == col.CASE and job.stage == col.CONVENING):
            return MEETINGS
        station, priority = self.offices[office].station, self.model.tasks.priority
        if job.kind == col.TASK and (station or priority != "equal"):
            return TASKS_FIRST if station or priority == "first" else TASKS_LAST
        shared = job.kind == col.CASE and job.stage == col.SHARED
        if shared and self.offices[office].level != Level.DESK:
            return BY_CLASS + int(job.problem_class)
        return MAIN

    def rank(self, job: Any, time: float) -> float:
        """casework.agenda"""
        rule, task = self.model.agenda.rule, job.kind == col.TASK
        if rule == "severity":
            return -0.5 if task else -job.severity
        if rule == "deadline":
            if task:
                return time + self.task_deadline
            return float(job.detected + self.classes[job.problem_class].deadline)
        if rule == "easy_first":
            return float(job.staff_left + job.shared_left)
        if rule == "vote":
            return 0.0 if task else -float(job.votes)
        return time

    def work(self, job: Any, staff: bool) -> float:
        """casework.work: hours that somebody of pace 1 needs for what the job waits for."""
        if job.kind in (col.TASK, col.SEAT):
            return float(job.staff_left)
        if job.kind == col.REPEAT_CALL:
            return self.handling.desk_hours
        if job.stage == col.AT_DESK:
            return float(job.effort) if self.answerable(job) else self.handling.desk_hours
        if job.stage in (col.INTAKE, col.EXPLAINING):
            return self.handling.intake_hours
        if job.stage == col.CONVENING:
            return self.handling.convening_hours
        if job.stage == col.WORK:
            return float(job.staff_left)
        if staff:
            return float(job.shared_left + (job.staff_left if job.handler == job.office else 0.0))
        return float(job.shared_left / self.classes[job.problem_class].substitutability)

    def answerable(self, job: Any) -> bool:
        return self.classes[job.problem_class].resolves == ANY and not job.unclear

    def join(self, job: Any, office: int, time: float) -> None:
        job.state, job.office, job.queued = col.QUEUED, office, time
        heap = self.heap_of(job, office)
        ranked = heap in (MAIN, *range(BY_CLASS, BY_CLASS + len(self.classes)))
        job.rank = self.rank(job, time) if ranked and self.offices[office].level != Level.DESK else time
        self.offices[office].waiting += self.work(job, True)
        self.push(job, office, heap)

    def push(self, job: Any, office: int, heap: int) -> None:
        heapq.heappush(self.queues.setdefault((office, heap), []), (job.rank, job.number, job.slot))

    def enqueue(self, job: Any, office: int, time: float) -> None:
        self.join(job, office, time)
        server = self.free_server(job, office)
        if server is not None:
            self.take_next(server, time)

    # who takes what

    def of_office(self, office: int) -> list[Any]:
        here = self.offices[office]
        return self.servers[here.first_server : here.first_server + here.servers]

    def helps_with(self, server: Any, k: int) -> bool:
        return bool(self.classes[k].substitutability > 0 and server.takes >> k & 1)

    def free_server(self, job: Any, office: int) -> Any:
        """casework.server: helpers before staff, each the one free longest, then the first in the office."""
        free = [one for one in self.of_office(office) if one.job < 0 and one.rate > 0]
        shared = job.kind == col.CASE and job.stage == col.SHARED
        helpers = [
            one for one in free if not one.staff and shared and self.helps_with(one, job.problem_class)
        ]
        wrong = col.CASES_ONLY if job.kind == col.TASK else col.TASKS_ONLY
        staff = [one for one in free if one.staff and one.duty != wrong]
        return min(helpers or staff, key=lambda one: one.since, default=None)

    def choose(self, server: Any) -> int:
        """casework.choice: from which queue a free server takes its next job; -1 from none."""
        office = server.office

        def waits(heap: int) -> bool:
            return bool(self.queues.get((office, heap)))

        if server.duty == col.TASKS_ONLY:
            return TASKS_FIRST if waits(TASKS_FIRST) else -1
        if server.staff and waits(MEETINGS):
            return MEETINGS
        if server.staff and waits(TASKS_FIRST) and server.duty != col.CASES_ONLY:
            return TASKS_FIRST
        open_to = [MAIN] if server.staff else []
        open_to += [
            BY_CLASS + k for k in range(len(self.classes)) if server.staff or self.helps_with(server, k)
        ]
        tops = [(*self.queues[office, heap][0][:2], heap) for heap in open_to if waits(heap)]
        if tops:
            return min(tops)[2]
        if server.staff and server.duty == col.EVERYTHING and waits(TASKS_LAST):
            return TASKS_LAST
        return -1

    def take_next(self, server: Any, time: float) -> None:
        if server.rate <= 0:
            return
        while True:
            heap = self.choose(server)
            if heap < 0:
                return
            job = self.jobs[heapq.heappop(self.queues[server.office, heap])[2]]
            self.offices[server.office].waiting -= self.work(job, True)
            if job.state != col.GONE:
                break
            self.register.release(job.slot)
        if job.kind == col.CASE and job.stage in (col.SHARED, col.WORK) and job.first_handled < 0:
            if server.staff and time >= job.explained_from:
                job.stage = col.EXPLAINING
            else:
                job.first_handled = time
        elif job.kind == col.CASE and job.stage == col.AT_DESK and self.answerable(job):
            job.first_handled = time
        job.state = col.SERVED
        hours = self.work(job, bool(server.staff))
        if server.staff and job.kind != col.SEAT and job.stage != col.CONVENING:
            hours /= pace(server.speed, self.before.scenario.workforce.slowing, server.burnout)
        server.job, server.remaining, server.since = job.slot, hours, time
        self.offices[server.office].idle -= 1
        self.plan(server, time)

    def plan(self, server: Any, time: float) -> None:
        done = time + server.remaining / server.rate
        if done <= self.end:
            heapq.heappush(self.calendar, (done, server.slot))

    # what is booked

    def activity(self, job: Any) -> Activity:
        if job.kind == col.TASK:
            return Activity.TASKS
        if job.kind == col.SEAT or (job.kind == col.CASE and job.stage == col.CONVENING):
            return Activity.CONVENING
        if job.kind == col.REPEAT_CALL or job.stage == col.AT_DESK:
            return Activity.DESK
        return Activity.INTAKE if job.stage in (col.INTAKE, col.EXPLAINING) else Activity.CASEWORK

    def book(self, server: Any, time: float) -> None:
        """casework.hours"""
        worked = (time - server.since) * server.rate
        server.since = time
        server.remaining -= worked
        server.booked += worked
        job = self.jobs[server.job]
        activity = self.activity(job)
        self.hours[server.office, server.source, activity] += worked
        if job.kind != col.TASK and worked > 0:
            what = {
                Activity.DESK: Event.CALLED_AGAIN if job.kind == col.REPEAT_CALL else Event.DESK,
                Activity.INTAKE: Event.INTAKE,
                Activity.CONVENING: Event.MEETING,
                Activity.CASEWORK: Event.WORKED,
            }[activity]
            self.register.note(job, what, server.office, time, server.source, worked)
        answering = activity == Activity.DESK and job.kind == col.CASE and self.answerable(job)
        if job.kind == col.CASE and (activity == Activity.CASEWORK or answering):
            job.skilled += worked * server.skill
            name = OWN_HOURS.get(server.source, "hours_government")
            setattr(job, name, getattr(job, name) + worked)

    # what becomes of a case

    def close(self, job: Any, time: float, outcome: CaseStatus) -> None:
        job.closed, job.outcome, job.state = time, outcome, col.GONE
        resolved = outcome == CaseStatus.RESOLVED
        self.register.note(job, Event.RESOLVED if resolved else Event.EXPLAINED, job.office, time)
        if resolved:
            worked = sum(getattr(job, name) for name in ("hours_government", *OWN_HOURS.values()))
            rework = self.before.scenario.workforce.rework
            share = self.classes[job.problem_class].recurrence
            chance = recurrence(share, rework, job.skilled, worked)
            job.recurs = int(self.recurring.uniform(job.entity) < chance)
        self.closings.append(job.slot)

    def arrive(self, job: Any, office: int, time: float) -> None:
        job.office = office
        if job.kind == col.CASE:
            job.outcome = CaseStatus.OPEN
            item, level = self.classes[job.problem_class], self.offices[office].level
            undecided = level == Level.DEPARTMENT and job.unclear and not job.accepted
            if level == Level.DESK:
                job.stage = col.AT_DESK
                if self.answerable(job):
                    job.competent = time
            elif undecided or not self.router.may_resolve(office, job, item):
                job.stage = col.INTAKE
            else:
                self.take_on(job, office, time)
                return
        self.enqueue(job, office, time)

    def take_on(self, job: Any, office: int, time: float) -> None:
        item = self.classes[job.problem_class]
        job.office = job.handler = office
        job.competent = time
        self.register.note(job, Event.TAKEN_ON, office, time)
        lower = item.resolves < item.level
        generalist = self.handling.generalist_factor if lower else 1.0
        job.shared_left, job.staff_left = split(job.effort, generalist, item.coproducible)
        if self.explain_rate > 0:
            x = self.explaining.exponential(job.entity, job.reopened)
            job.explained_from = clock(time, job.detected, item.deadline, x, self.explain_rate)
        others_wait = bool(self.queues.get((office, UNFUNDED)))
        if job.money > 0 and job.funded < 0 and (others_wait or self.offices[office].fund < job.money):
            job.state = col.UNFUNDED
            self.register.note(job, Event.WAITS_FOR_MONEY, office, time)
            job.rank = self.rank(job, time)
            self.push(job, office, UNFUNDED)
        else:
            self.fund(job, office, time)

    def fund(self, job: Any, office: int, time: float) -> None:
        if job.funded < 0:
            self.offices[office].fund -= job.money
            self.offices[office].spent += job.money
            job.funded = time
            if job.money > 0:
                self.register.note(job, Event.FUNDED, office, time)
        job.stage = col.SHARED if job.shared_left > 0 else col.WORK
        self.enqueue(job, job.community if job.stage == col.SHARED else office, time)

    def complete(self, server: Any, time: float) -> None:
        self.book(server, time)
        job, office = self.jobs[server.job], server.office
        server.job, server.remaining = -1, 0.0
        self.offices[office].idle += 1
        if job.kind != col.CASE:
            self.register.release(job.slot)
        elif job.stage == col.SHARED and job.staff_left > 0 and not (server.staff and job.handler == office):
            job.shared_left, job.stage = 0.0, col.WORK
            self.enqueue(job, job.handler, time)
        elif job.stage in (col.SHARED, col.WORK):
            job.shared_left = job.staff_left = 0.0
            self.close(job, time, CaseStatus.RESOLVED)
        elif job.stage == col.EXPLAINING:
            self.close(job, time, CaseStatus.EXPLAINED)
        elif job.stage == col.CONVENING:
            job.accepted = 1
            job.hops += 1
            self.arrive(job, self.router.department(job, self.classes[job.problem_class]), time)
        else:
            self.pass_on(job, office, time)
        if server.job < 0:
            self.take_next(server, time)

    def pass_on(self, job: Any, office: int, time: float) -> None:
        item = self.classes[job.problem_class]
        if job.stage == col.AT_DESK:
            step = self.router.after_desk(job, item)
            name = "desk_answered" if step.what == "close" else "dispatched"
            self.counters[job.community, COUNTER[name]] += 1
        else:
            refusals = job.refusals
            step = self.router.after_intake(office, job, item)
            if job.refusals > refusals:
                self.register.note(job, Event.REFUSED, office, time)
        if step.what == "close":
            self.close(job, time, CaseStatus.RESOLVED)
        elif step.what == "take":
            self.take_on(job, office, time)
        elif step.what == "explain":
            job.stage = col.EXPLAINING
            job.hops += 1
            self.enqueue(job, step.office, time)
        elif step.what == "send":
            job.hops, job.sender = min(job.hops + 1, FULL), office
            self.arrive(job, step.office, time)
        else:
            job.stage, job.convened = col.CONVENING, 1
            self.register.note(job, Event.SUMMONS, office, time)
            self.enqueue(job, office, time)
            seat = self.register.take(col.SEAT)
            seat.number, seat.recurrence, seat.community = job.number, job.recurrence, job.community
            seat.staff_left = self.handling.convening_hours * self.handling.convening_seats
            self.enqueue(seat, self.router.department(job, item), time)

    def put_back(self, server: Any, time: float) -> None:
        """casework.handed_back"""
        job = self.jobs[server.job]
        server.job = -1
        working = job.kind == col.CASE and job.stage in (col.SHARED, col.WORK)
        if server.staff and (working or job.kind == col.TASK):
            left = server.remaining * pace(
                server.speed, self.before.scenario.workforce.slowing, server.burnout
            )
            if working and job.stage == col.SHARED and job.handler != job.office:
                job.shared_left = left
            else:
                job.staff_left = min(job.staff_left, left)
                job.shared_left = max(left - job.staff_left, 0.0)
        elif working:
            job.shared_left = server.remaining * self.classes[job.problem_class].substitutability
        server.remaining = 0.0
        self.join(job, server.office, time)

    # the week

    def open_week(self) -> None:
        place = self.before.engine.establishment
        for office in self.offices:
            granted, standing = float(place.weekly_money[office.slot]), float(place.standing[office.slot])
            office.fund += granted - standing - float(place.earmarked[office.slot])
            office.spent, office.idle = standing, 0
        for job in self.jobs.in_use(self.before.used):
            withdrawn = job.kind == col.CASE and job.state == col.GONE
            if job.kind != col.FREE and (job.state == col.QUEUED or withdrawn):
                self.push(job, job.office, self.heap_of(job, job.office))
        for server in self.servers:
            server.booked = 0.0
            if server.job >= 0:
                server.since = self.start
                if server.leaving or (not server.staff and server.rate <= 0):
                    self.put_back(server, self.start)
            server.leaving = 0
            if server.job < 0:
                self.offices[server.office].idle += 1
            elif server.rate > 0:
                self.plan(server, self.start)
        for job in self.jobs.in_use(self.before.used):
            if job.kind == col.CASE and job.state == col.UNFUNDED:
                if job.explained_from <= self.start:
                    job.stage = col.EXPLAINING
                    self.enqueue(job, job.office, self.start)
                else:
                    self.push(job, job.office, UNFUNDED)
        for office in self.offices:
            queue = self.queues.get((office.slot, UNFUNDED), [])
            while queue and self.jobs[queue[0][2]].money <= office.fund:
                self.fund(self.jobs[heapq.heappop(queue)[2]], office.slot, self.start)
        for server in self.servers:
            if server.job < 0:
                self.take_next(server, self.start)

    def run(self) -> None:
        self.open_week()
        inbox = self.register.inbox[: self.before.engine.sent]
        coming = sorted(inbox, key=lambda entry: (entry[1], self.jobs[entry[0]].number))
        while coming or self.calendar:
            arrives = coming[0][1] if coming else math.inf
            if self.calendar and self.calendar[0][0] <= arrives:
                time, server = heapq.heappop(self.calendar)
                self.complete(self.servers[server], time)
            else:
                slot, time = coming.pop(0)
                self.arrive(self.jobs[slot], self.jobs[slot].office, time)
        for server in self.servers:
            if server.job >= 0:
                self.book(server, self.end)
            idle = max(server.rate * (self.end - self.start) - server.booked, 0.0)
            self.hours[server.office, server.source, Activity.IDLE] += idle

    def reopen(self) -> None:
        """casework.reopening"""
        again, case = Luck(self.before, "casework.reopening"), Luck(self.before, "arrivals.case")
        for slot in self.closings:
            job = self.jobs[slot]
            if job.outcome != CaseStatus.EXPLAINED or job.reopened == FULL:
                continue
            if again.uniform(job.entity, job.reopened) < self.handling.reopening * job.severity:
                job.reopened += 1
                job.state, job.hazard = col.LATENT, 0.0
                self.register.note(job, Event.REOPENED, -1, job.closed)
                job.luck = case.exponential(job.entity, LUCK_SLOT + job.reopened * CASE_SLOTS)
                job.explained_from, job.first_handled = math.inf, NEVER
                job.accepted = job.convened = 0

    def expected(self) -> Expected:
        self.run()
        self.reopen()
        before, engine = self.before, self.before.engine
        self.register.counts[col.PLANNED], self.register.counts[col.CLOSED] = 0, len(self.closings)
        closings, roots = before["pool.closings"].copy(), before["queue_heads"].copy()
        closings[: len(self.closings)] = self.closings
        roots[:, :] = -1
        for (office, heap), queue in self.queues.items():
            if queue:
                roots[office, heap] = queue[0][2]
        spent, granted = before["row.money_spent"].copy(), before["row.money_granted"].copy()
        spent[:] = [office.spent for office in self.offices]
        granted[:] = engine.establishment.weekly_money + before["transfers"]
        return {
            "row.hours": self.hours,
            "row.counters": self.counters,
            "row.money_granted": granted,
            "row.money_spent": spent,
            "servers": write_back(before["servers"], self.servers),
            "offices": write_back(before["offices"], self.offices),
            "pool.closings": closings,
            "queue_heads": roots,
            **self.register.columns(),
        }


VECTORS = {
    "casework.money": lambda n: {"fund": n["fund"] + n["granted"] - n["standing"] - n["earmarked"]},
    "casework.split": lambda n: dict(
        zip(("shared", "rest"), split(n["W"], n["generalist_factor"], n["coproducible"]), strict=True)
    ),
    "casework.pace": lambda n: {"hours": n["work"] / pace(n["speed"], n["slowing"], n["b"])},
    "casework.completion": lambda n: {"done": n["time"] + n["hours"] / n["q"]},
    "casework.helpers": lambda n: {"hours": n["shared"] / n["substitutability"]},
    "casework.explanation": lambda n: {"explained_from": clock(n["time"], n["detected"], n["deadline"], n["x"], n["rate"])},
    "casework.hours": lambda n: {"worked": (n["time"] - n["since"]) * n["q"]},
    "casework.recurs": lambda n: {"chance": recurrence(n["recurrence"], n["rework"], n["skilled"], n["worked"])},
    "casework.reopening": lambda n: {"chance": n["reopening"] * n["s"]},
}  # fmt: skip
"""Worked examples of the model description, computed again from their numbers."""
