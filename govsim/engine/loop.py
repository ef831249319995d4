"""The weekly loop: nine processes in one printed order over the columns of one run."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from govsim.draws import key
from govsim.engine import columns as col
from govsim.engine import rules
from govsim.engine.agenda import BY_CLASS
from govsim.engine.offices import ELDERLY_BIT, LAID_OFF_BIT, Arm, class_records, establish
from govsim.engine.process import Process
from govsim.engine.processes import (
    arrivals,
    casework,
    detection,
    effort,
    experience,
    institutions,
    measurement,
    participation,
    routing,
)
from govsim.engine.recorder import Recorder, Row
from govsim.engine.recording import COUNTER, NEVER, Activity, Recording, Source
from govsim.scenario.schema import Scenario
from govsim.units import ADULT_AGE, ELDERLY_AGE, NEVER_EXCEEDED, PER_1000, RECENT_WEEKS, WEEKS_PER_MONTH
from govsim.world import World
from govsim.world.columns import Work

ORDER: tuple[Process, ...] = (
    arrivals.PROCESS,
    detection.PROCESS,
    routing.PROCESS,
    effort.PROCESS,
    participation.PROCESS,
    casework.PROCESS,
    experience.PROCESS,
    institutions.PROCESS,
    measurement.PROCESS,
)
"""The weekly order. Routing decides inside the event queue, at the moment an office is done with its step."""

NOTHING_LEARNT = -1.0


class OutOfRoomError(RuntimeError):
    """A fixed-size table of one week was too small; the engine enlarges it before the week, so this is a defect."""


class Engine:
    """One run: a world, a scenario, one arm and a seed, advanced week by week.

    Parameters
    ----------
    world : World
        Made from the same scenario's population and network.
    scenario : Scenario
    arm : Arm
        Governance model under a capacity mode.
    seed : int
    threads : int
        Threads for the passes over residents. Results are the same for any number.
    """

    def __init__(self, world: World, scenario: Scenario, arm: Arm, seed: int, threads: int = 1) -> None:
        self.world, self.scenario, self.arm, self.seed = world, scenario, arm, seed
        self.week = 0
        self._pool = ThreadPoolExecutor(threads) if threads > 1 else None
        self._hours_per_week = scenario.capacity.hours_per_week
        place = establish(scenario, arm, world, seed)
        self.offices, self.servers, self.office_table = place.offices, place.servers, place.table
        self._addresses, self._weekly_money = place.addresses, place.weekly_money
        self._organisation_hours, self._enterprise_hours = place.organisation_hours, place.enterprise_hours
        self.granted_hours_per_week = place.granted_hours
        communities, streets = len(world.communities.street), len(world.street_names)
        self._communities, self._desk = communities, len(self.offices) - 1
        self.classes = class_records(scenario, arm.model, communities + streets)
        self.residents = _residents_at_start(world, arm)
        self._people = participation.People(
            world.residents.household,
            world.residents.participation_type,
            world.residents.threshold,
            world.residents.time_cost,
            world.residents.free_hours,
            world.residents.branch,
            world.households.liaison,
        )
        self._set_up_households()
        self._set_up_queue()
        self._set_up_rules()
        self.recorder = Recorder(scenario.run.weeks, communities, len(self.offices))
        self._exogenous = hashlib.blake2b(digest_size=16)

    def _set_up_households(self) -> None:
        world, scenario = self.world, self.scenario
        first = world.households.first.astype(np.int64)
        laid_off = np.maximum.reduceat(world.residents.work == Work.LAID_OFF, first[:-1])
        elderly = np.maximum.reduceat(world.residents.age >= ELDERLY_AGE, first[:-1])
        exposure = world.households.exposure | (laid_off * LAID_OFF_BIT).astype(np.uint8)
        self.exposure = (exposure | (elderly * ELDERLY_BIT).astype(np.uint8)).astype(np.uint8)
        mean = np.zeros(len(self.exposure))
        for item in self.classes:
            struck = (self.exposure & item["exposed"]) > 0 if item["exposed"] else np.ones(len(mean), bool)
            mean += np.where(struck, item["rate"], 0.0)
        self._arrival_mean = (mean * world.communities.condition[world.households.community]).astype(
            np.float32
        )
        self._grids = np.bincount(world.grids.community, minlength=self._communities).astype(float)

        organisation_tie = np.zeros(len(world.residents.age), np.uint8)
        organisation_tie[world.memberships.resident] = 1
        self._in_organisation = organisation_tie
        self._members_reach = np.bincount(world.residents.community, organisation_tie, self._communities)

        links = (
            np.bincount(world.links.member, minlength=len(world.residents.age))
            if len(world.links.member)
            else np.zeros(len(world.residents.age), int)
        )
        liaison = world.households.liaison
        contacts = self.arm.model.detection.member_contact_hours / scenario.handling.contact_hours
        self._contacts = np.zeros(len(liaison))
        linked = liaison >= 0
        self._contacts[linked] = contacts / links[liaison[linked]]
        self._liaison_members = np.flatnonzero(links)
        self._contact_hours = np.minimum(
            self.arm.model.detection.member_contact_hours, world.residents.free_hours[self._liaison_members]
        )
        branch = (world.residents.branch >= 0) & (world.residents.age >= ADULT_AGE)
        self._branch_members = np.bincount(world.residents.community, branch, self._communities)
        self._visit_place, self._visit_round = self._round_of_visits()

    def _round_of_visits(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return each household's place in its community's round of visits (-1 none), and the length of each round."""
        world, rule = self.world, self.arm.model.detection.visit_targets
        if rule == "round":
            target = np.ones(len(self.exposure), bool)
        elif rule == "needy":
            target = self.exposure > 0
        else:
            first = world.households.first.astype(np.int64)
            target = np.maximum.reduceat(world.residents.acquainted, first[:-1]) > 0
        community = world.households.community
        running = np.cumsum(target)
        before = np.concatenate([[0], running])[world.communities.first_household[:-1].astype(np.int64)]
        place = np.where(target, running - 1 - before[community], -1).astype(np.int64)
        return place, np.bincount(community, target, self._communities).astype(np.int64)

    def _set_up_queue(self) -> None:
        offices, classes, servers = len(self.offices), len(self.classes), len(self.servers)
        self._counts = np.zeros(col.COUNTS, np.int64)
        self._counts[col.NEXT_TASK] = 1
        self.jobs = col.new_jobs(0)
        self._free = np.zeros(0, np.int64)
        self._inbox_job, self._inbox_time = np.zeros(0, np.int64), np.zeros(0)
        self._closings, self._gone, self._slots = np.zeros((1 + 2, 0), np.int64)
        self._roots = np.full((offices, BY_CLASS + classes), -1, np.int64)
        self._open_cases = np.zeros((self._communities, max(classes, 1)), np.int64)
        self._tasks_waiting = np.zeros(offices)
        self._calendar = np.zeros(servers + 1, col.COMPLETION)
        self._recurring = col.new_jobs(0)
        self._call_from = np.zeros((self._communities, 2))
        self._visit_from = np.zeros(self._communities)
        self._visit_next = np.zeros(self._communities)
        self._seen_next = self.residents.seen.copy()
        self._active_share = np.zeros(self._communities)
        self._published = np.full(self._communities, NOTHING_LEARNT)
        self._watch_plan = effort.Plan(*(np.zeros(self._communities) for _ in effort.Plan._fields))
        tasks, people = self.scenario.tasks, np.diff(self.world.communities.first_resident).astype(float)
        work = np.zeros(offices)
        work[: self._communities] = tasks.community_hours * people * PER_1000
        streets = np.bincount(self.world.communities.street, people, len(self.world.street_names))
        work[self._communities : self._communities + len(streets)] = tasks.street_hours * streets * PER_1000
        self._task_mean = work / tasks.effort_hours

    def _set_up_rules(self) -> None:
        scenario, model, seed = self.scenario, self.arm.model, self.seed
        self._casework_rule, self._casework_keys = (
            rules.casework_rule(scenario, model),
            rules.casework_keys(seed),
        )
        self._reporting_rule = rules.reporting_rule(scenario, model)
        self._participation_rule = rules.participation_rule(scenario, model)
        self._experience_rule = rules.experience_rule(scenario)
        self._measurement_rule = rules.measurement_rule(scenario, model)
        self._weights = rules.tie_weights(scenario)
        ties = self.world.ties
        self._tie_totals = np.zeros(len(self.residents.seen), np.float32)
        participation.tie_totals(
            ties.indptr, ties.other, ties.layer, self._weights, self.residents.seen, self._tie_totals
        )
        self._case_key = key(seed, "arrivals.case")
        self._recurrence_key = key(seed, "arrivals.recurrence")
        self._task_sigma = float(np.sqrt(np.log1p(scenario.tasks.effort_cv**2)))

    def step(self) -> None:
        """Advance one week."""
        week, hours_per_week = self.week, self._hours_per_week
        start, end = week * hours_per_week, (week + 1) * hours_per_week
        row = self.recorder.row(week)
        self._make_room()
        floor = self._floor(row.counters, row.hours)
        sent, task_hours = self._arrivals(week, start)
        row.counters[:, COUNTER["task_hours_arrived"]] = task_hours[: self._communities, 0]
        row.counters[:, COUNTER["task_hours_refused"]] = task_hours[: self._communities, 1]
        row.counters[:, COUNTER["task_hours_moved"]] = task_hours[: self._communities, 2]
        sent = self._detection(week, start, sent, row.counters)
        present = self._present()
        plan = effort.plan_week(
            self.scenario,
            self.arm.model,
            self.servers,
            self.offices,
            present,
            self._tasks_waiting,
            self._grids,
            self._organisation_hours,
            row.hours,
        )
        self._participation(week, plan, present, row)
        self.offices["fund"] += self._weekly_money
        self.offices["spent"] = 0.0
        order = np.lexsort((self.jobs["number"][self._inbox_job[:sent]], self._inbox_time[:sent]))
        inbox_job, inbox_time = self._inbox_job[:sent][order], self._inbox_time[:sent][order]
        casework.run_week(
            floor,
            self._casework_rule,
            self._casework_keys,
            self._counts[col.USED],
            inbox_job,
            inbox_time,
            start,
            end,
        )
        if self._counts[col.OUT_OF_ROOM]:
            raise OutOfRoomError("no room for a joint meeting")
        closings = self._closings[: self._counts[col.CLOSED]]
        casework.reopen(
            self.jobs,
            closings,
            self.scenario.handling.reopening,
            key(self.seed, "casework.reopening"),
            self._case_key,
        )
        self._experience(closings, end, row.counters, row.hours)
        self._institutions(week, present, row)
        self._measurement(week, start, end, closings, row.counters)
        self._settle(closings, row.counters)
        self._watch_plan = plan
        self._visit_from = self._visit_next
        self._visit_next = (self._visit_next + plan.visits) % np.maximum(self._visit_round, 1)
        row.money_granted[:] = self._weekly_money
        row.money_spent[:] = self.offices["spent"]
        row.tasks_undone[:] = self._tasks_waiting
        self.week += 1

    def _passes(self, work: Callable[[int, np.uint64, np.uint64], None]) -> None:
        """Do one pass over the residents of every community; passes touch only their own community's rows."""
        first = self.world.communities.first_resident.astype(np.uint64)
        bounds = [(c, first[c], first[c + 1]) for c in range(self._communities)]
        if self._pool is None:
            for c, low, high in bounds:
                work(c, low, high)
        else:
            list(self._pool.map(lambda bound: work(*bound), bounds))

    def _make_room(self) -> None:
        """Make sure that this week cannot run out of job records or places in the lists.

        Every case may bring a repeated call and, once, a seat at a joint meeting; arrivals get a margin far beyond any week.
        """
        expected = float(self._arrival_mean.sum()) + float(self._task_mean.sum())
        margin = int(expected + NEVER_EXCEEDED * np.sqrt(expected + 1)) + len(self._recurring)
        live = len(self.jobs) - int(self._counts[col.FREE_TOP])
        needed = 2 * live + 2 * margin
        if self._counts[col.FREE_TOP] < needed:
            old = len(self.jobs)
            more = max(needed, old)
            self.jobs = np.concatenate([self.jobs, col.new_jobs(more)])
            free = np.zeros(len(self.jobs), np.int64)
            free[:more] = np.arange(old + more - 1, old - 1, -1, dtype=np.int64)
            free[more : more + self._counts[col.FREE_TOP]] = self._free[: self._counts[col.FREE_TOP]]
            self._free = free
            self._counts[col.FREE_TOP] += more
        size = len(self.jobs)
        if len(self._inbox_job) < size:
            self._inbox_job, self._inbox_time = np.zeros(size, np.int64), np.zeros(size)
            self._closings, self._gone, self._slots = np.zeros((1 + 2, size), np.int64)

    def _floor(self, counters: NDArray[np.float64], hours: NDArray[np.float64]) -> casework.Floor:
        return casework.Floor(
            self.jobs,
            self.servers,
            self.offices,
            self.classes,
            self._roots,
            self._calendar,
            self._free,
            self._closings,
            self._counts,
            counters,
            hours,
        )

    def _arrivals(self, week: int, start: float) -> tuple[int, NDArray[np.float64]]:
        world, tasks, seed = self.world, self.scenario.tasks, self.seed
        count = arrivals.arise(
            self._arrival_mean,
            self.exposure,
            world.households.community,
            world.communities.first_household,
            world.households.first,
            self.residents.seen,
            self.classes,
            self.jobs,
            self._free,
            self._counts,
            start,
            self._hours_per_week,
            key(seed, "arrivals.number", week),
            key(seed, "arrivals.address", week),
            self._case_key,
            self._slots,
        )
        if count < 0:
            raise OutOfRoomError("no room for an arrival")
        new = self.jobs[self._slots[:count]]
        for column in ("number", "household", "problem_class", "onset", "effort", "money", "severity"):
            self._exogenous.update(np.ascontiguousarray(new[column]).data)
        if not arrivals.recur(
            self._recurring,
            self.classes,
            self.jobs,
            self._free,
            self._counts,
            start,
            self.scenario.problems.recurrence_weeks * self._hours_per_week,
            self._hours_per_week,
            self._recurrence_key,
            self._case_key,
        ):
            raise OutOfRoomError("no room for a recurrence")
        task_hours = np.zeros((len(self.offices), 1 + 2))
        sent = arrivals.assign_tasks(
            self._task_mean,
            self.offices,
            tasks.effort_hours,
            self._task_sigma,
            rules.SHAPES.index(tasks.effort_distribution),
            tasks.listed_share,
            rules.ADMISSION.index(self.arm.model.tasks.admission),
            self.jobs,
            self._free,
            self._counts,
            start,
            self._hours_per_week,
            key(seed, "tasks.number", week),
            key(seed, "tasks.address", week),
            key(seed, "tasks.task", week),
            self._inbox_job,
            self._inbox_time,
            task_hours,
        )
        if sent < 0:
            raise OutOfRoomError("no room for a task")
        return sent, task_hours

    def _detection(self, week: int, start: float, sent: int, counters: NDArray[np.float64]) -> int:
        plan, handling = self._watch_plan, self.scenario.handling
        outreach = np.zeros(self._communities)
        np.divide(
            plan.outreach_hours / handling.contact_hours,
            self._members_reach,
            out=outreach,
            where=self._members_reach > 0,
        )
        watch = detection.Watch(
            self._visit_place,
            np.maximum(self._visit_round, 1),
            self._visit_from,
            plan.visits,
            plan.patrol_rounds,
            outreach,
            plan.meetings,
            self._contacts,
        )
        sent, lost = detection.detect(
            self.jobs,
            self._counts[col.USED],
            self.classes,
            self.residents.opinion,
            self.residents.expectation,
            self.residents.seen,
            self.world.residents.ability,
            self.world.residents.acquainted,
            self._in_organisation,
            self.world.households.liaison,
            self._open_cases,
            self._reporting_rule,
            watch,
            self._desk,
            start,
            self._hours_per_week,
            key(self.seed, "detection.channel"),
            key(self.seed, "detection.repeat", week),
            self._free,
            self._counts,
            counters,
            self._inbox_job,
            self._inbox_time,
            sent,
            self._gone,
        )
        if sent < 0:
            raise OutOfRoomError("no room for a report")
        self._give_up_records(self._gone[:lost])
        return int(sent)

    def _give_up_records(self, slots: NDArray[np.int64]) -> None:
        """Write cases that are over into the ledger and give their records back, unless they still stand in a queue."""
        records = self.jobs[slots]
        queued = records["state"] == col.QUEUED
        records["state"] = col.GONE
        self.recorder.keep(records)
        self.jobs["state"][slots[queued]] = col.GONE
        done = slots[~queued]
        self.jobs["kind"][done] = col.FREE
        top = self._counts[col.FREE_TOP]
        self._free[top : top + len(done)] = done
        self._counts[col.FREE_TOP] += len(done)

    def _present(self) -> NDArray[np.bool_]:
        """Fill posts whose vacancy is over, and return which staff posts are filled."""
        staff = self.servers["staff"] == 1
        back = np.flatnonzero(staff & (self.servers["vacant_until"] == self.week))
        if len(back):
            self.servers["vacant_until"][back] = -1
            self.servers["hired"][back] = self.week
            institutions.draw_people(self.scenario, self.servers, self._addresses, back, self.seed)
        present: NDArray[np.bool_] = staff & (self.servers["vacant_until"] < 0)
        return present

    def _participation(self, week: int, plan: effort.Plan, present: NDArray[np.bool_], row: Row) -> None:
        ties, state = self.world.ties, self.residents
        keys = [
            key(self.seed, f"participation.{purpose}", week) for purpose in ("cost", "relay", "registration")
        ]

        def look(_c: int, low: np.uint64, high: np.uint64) -> None:
            participation.gather(
                low,
                high,
                ties.indptr,
                ties.other,
                ties.layer,
                self._weights,
                self._tie_totals,
                state.seen,
                state.opinion,
                state.active_share,
                state.heard,
            )

        def decide(c: int, low: np.uint64, high: np.uint64) -> None:
            participation.take_part(
                c,
                low,
                high,
                week,
                self._active_share[c],
                plan.calls[c],
                self._call_from[c],
                self._contacts,
                state,
                self._people,
                self._participation_rule,
                keys[0],
                keys[1],
                keys[2],
                self._seen_next,
                row.counters[c],
            )

        self._passes(look)
        self._passes(decide)
        state.seen[:] = self._seen_next
        self._supply_helpers(plan, present, row)

    def _supply_helpers(self, plan: effort.Plan, present: NDArray[np.bool_], row: Row) -> None:
        """Turn the hours that people and organisations give this week into rates of the helpers' places, and book the rest."""
        communities, model = self._communities, self.arm.model
        counters, hours = row.counters, row.hours
        given = counters[:, COUNTER["self_started_hours"]] + counters[:, COUNTER["called_hours"]]
        wanted = (
            plan.meetings * self.scenario.handling.meeting_hours * self.scenario.handling.meeting_residents
        )
        attendance = np.minimum(given, wanted)
        hours[:communities, Source.VOLUNTEER, Activity.MEETING] += attendance
        held = np.divide(attendance, wanted, out=np.zeros(communities), where=wanted > 0)
        plan.meetings[:] *= held
        volunteers = given - attendance
        ordered = self._branch_members * model.mobilisation.ordered_hours / WEEKS_PER_MONTH
        counters[:, COUNTER["mandated_hours"]] = ordered
        organisations = (
            self._organisation_hours - plan.outreach_hours
            if model.resolution.organisations
            else np.zeros(communities)
        )
        enterprises = self._enterprise_hours if model.resolution.enterprises else np.zeros(communities)
        contacting = (self.residents.seen[self._liaison_members] & participation.ACTIVE) > 0
        where = self.world.residents.community[self._liaison_members]
        contact_hours = np.bincount(where, contacting * self._contact_hours, communities)
        hours[:communities, Source.MEMBER, Activity.VISIT] += contact_hours
        self._given = volunteers
        offered = {
            col.VOLUNTEERS: volunteers,
            col.ORDERED_MEMBERS: ordered,
            col.ORGANISATIONS: organisations,
            col.ENTERPRISES: enterprises,
        }
        post, office = self.servers["post"], self.servers["office"]
        for kind, amount in offered.items():
            at = post == kind
            places = np.bincount(office[at], minlength=len(self.offices))[:communities]
            self.servers["rate"][at] = (amount / (np.maximum(places, 1) * self._hours_per_week))[office[at]]
        staff = np.where(present, self.servers["fte"], 0.0) * self._hours_per_week
        np.add.at(row.supplied, (office, self.servers["source"]), staff)
        row.supplied[:communities, Source.VOLUNTEER] = given
        row.supplied[:communities, Source.MEMBER] = ordered + contact_hours
        row.supplied[:communities, Source.ORGANISATION] = organisations + plan.outreach_hours
        row.supplied[:communities, Source.ENTERPRISE] = enterprises

    def _experience(
        self,
        closings: NDArray[np.int64],
        end: float,
        counters: NDArray[np.float64],
        hours: NDArray[np.float64],
    ) -> None:
        experience.serve(
            self.jobs,
            self._counts[col.USED],
            self.classes,
            closings,
            self.world.households.first,
            self.residents,
            self._experience_rule,
            end,
        )
        worked = hours[: self._communities, Source.VOLUNTEER, Activity.CASEWORK]
        used = np.full(self._communities, NOTHING_LEARNT)
        np.divide(worked, self._given, out=used, where=self._given > 0)
        published = (
            self._published
            if self.arm.model.accountability.publishes_results
            else np.full(self._communities, NOTHING_LEARNT)
        )

        def listen(c: int, low: np.uint64, high: np.uint64) -> None:
            experience.hear(low, high, self.residents, self._experience_rule, used[c], published[c])

        self._passes(listen)

    def _institutions(self, week: int, present: NDArray[np.bool_], row: Row) -> None:
        staff_sources = [Source.PAID, Source.SECONDED]
        booked = row.hours[:, staff_sources].sum(axis=1)
        worked = booked.sum(axis=1) - booked[:, Activity.IDLE]
        available = (
            np.bincount(self.servers["office"], present * self.servers["fte"], len(self.offices)).astype(
                float
            )
            * self._hours_per_week
        )
        row.load[:] = institutions.load_of_offices(self.scenario, worked, self.offices["waiting"], available)
        institutions.wear(self.scenario, self.servers, present, row.load)
        office = self.servers["office"]
        staff = self.servers["staff"] == 1
        row.posts[:] = np.bincount(office, staff * self.servers["fte"], len(self.offices))
        row.filled[:] = np.bincount(office, present, len(self.offices))
        burnt = present & (self.servers["burnout"] > self.scenario.workforce.burnt_out)
        row.burnt_out[:] = np.bincount(office, burnt, len(self.offices))
        gone = institutions.leavers(self.scenario, self.servers, self._addresses, present, self.seed, week)
        self.servers["leaving"][gone] = 1
        self.servers["vacant_until"][gone] = week + 1 + self.scenario.workforce.vacancy_weeks
        self.servers["person"][gone] += 1
        row.quits[:] = np.bincount(office[gone], minlength=len(self.offices))
        recovery = self.scenario.handling.summons_recovery
        self.offices["compliance"] += recovery * (1.0 - self.offices["compliance"])

    def _measurement(
        self, week: int, start: float, end: float, closings: NDArray[np.int64], counters: NDArray[np.float64]
    ) -> None:
        lost = measurement.measure_cases(
            self.jobs,
            self._counts[col.USED],
            self.classes,
            closings,
            self.residents.satisfaction,
            self._measurement_rule,
            start,
            end,
            key(self.seed, "measurement.report"),
            key(self.seed, "measurement.callback"),
            counters,
            self._open_cases,
            self._tasks_waiting,
            self._gone,
        )
        if lost < 0:
            raise OutOfRoomError("no room for a withdrawn case")
        self._give_up_records(self._gone[:lost])

        def count(c: int, low: np.uint64, high: np.uint64) -> None:
            measurement.measure_residents(low, high, week, RECENT_WEEKS, self.residents, counters[c])

        self._passes(count)
        adults = counters[:, COUNTER["adults"]]
        np.divide(counters[:, COUNTER["active"]], adults, out=self._active_share, where=adults > 0)
        due, done = counters[:, COUNTER["reported_due"]], counters[:, COUNTER["reported_done"]]
        share = np.divide(done, due, out=self._published.copy(), where=due > 0)
        first = (self._published == NOTHING_LEARNT) & (due > 0)
        self._published[first] = share[first]
        self._published += (share - self._published) / max(self.scenario.experience.published_weeks, 1.0)

    def _settle(self, closings: NDArray[np.int64], counters: NDArray[np.float64]) -> None:
        """Write closed cases into the ledger; those whose explanation was not accepted are latent again and go on."""
        closed = self.jobs[closings]
        stays = self.jobs["state"][closings] == col.LATENT
        explained = (closed["outcome"] == casework.EXPLAINED) & ~stays
        counters[:, COUNTER["reopened"]] = np.bincount(
            closed["community"][stays], minlength=self._communities
        )
        counters[:, COUNTER["explained"]] = np.bincount(
            closed["community"][explained], minlength=self._communities
        )
        self.jobs["closed"][closings[stays]] = NEVER
        self._recurring = self.jobs[closings[(closed["recurs"] == 1) & ~stays]]
        self._give_up_records(closings[~stays])

    def finish(self) -> Recording:
        """Return what the run left behind so far."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None
        live = self.jobs[
            (self.jobs["kind"] == col.CASE)
            & (self.jobs["state"] != col.GONE)
            & (self.jobs["state"] != col.PENDING)
        ]
        return self.recorder.finish(self, live, self._exogenous.hexdigest())


def _residents_at_start(world: World, arm: Arm) -> col.Residents:
    people = world.residents
    count = len(people.age)
    adult = people.age >= ADULT_AGE
    registered = people.registered.copy()
    if arm.model.mobilisation.double_registration:
        registered[(people.branch >= 0) & adult] = 1
    trust = people.trust.astype(np.float32, copy=True)
    return col.Residents(
        seen=np.where(adult, participation.ADULT, participation.CHILD).astype(np.uint8),
        opinion=np.where(
            adult, trust[:, : experience.LOCAL_TIERS].mean(axis=1, dtype=np.float64), 0.0
        ).astype(np.float32),
        trust=trust,
        expectation=people.expectation.copy(),
        satisfaction=people.expectation.copy(),
        efficacy=people.efficacy.copy(),
        habit=np.zeros(count, np.float32),
        fatigue=np.zeros(count, np.float32),
        hours_given=np.zeros(count, np.float32),
        registered=registered,
        called=np.zeros(count, np.uint8),
        needed_call=np.zeros(count, np.uint8),
        weeks_active=np.zeros(count, np.uint16),
        last_active=np.full(count, -1, np.int16),
        active_share=np.zeros(count, np.float32),
        heard=np.full(count, -1.0, np.float32),
    )


def simulate(
    world: World,
    scenario: Scenario,
    arm: Arm,
    seed: int,
    progress: Callable[[int, int], None] | None = None,
    threads: int = 1,
) -> Recording:
    """Run one arm in one world and return its recording.

    Parameters
    ----------
    world, scenario, arm, seed, threads
        As in :class:`Engine`.
    progress
        Called with weeks done and weeks in all after each week.
    """
    engine = Engine(world, scenario, arm, seed, threads)
    for week in range(scenario.run.weeks):
        engine.step()
        if progress is not None:
            progress(week + 1, scenario.run.weeks)
    return engine.finish()


def order() -> tuple[Process, ...]:
    """Return the processes in the order in which a week runs them."""
    return ORDER
