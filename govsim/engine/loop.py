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
from govsim.engine.floor import Floor
from govsim.engine.offices import Arm, class_records, establish
from govsim.engine.processes import (
    arrivals,
    casework,
    detection,
    effort,
    experience,
    institutions,
    measurement,
    participation,
)
from govsim.engine.reach import reach_of, residents_at_start
from govsim.engine.recorder import Recorder, Row
from govsim.engine.recording import COUNTER, NEVER, Activity, Outcome, Recording, Source
from govsim.engine.register import Register
from govsim.scenario.schema import Scenario
from govsim.units import RECENT_WEEKS
from govsim.world import World

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
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads) if threads > 1 else None
        self._first = world.communities.first_resident.astype(np.uint64)
        self._hours_per_week = scenario.capacity.hours_per_week
        self._place = place = establish(scenario, arm, world, seed)
        self.offices, self.servers, self.office_table = place.offices, place.servers, place.table
        communities, streets = len(world.communities.street), len(world.street_names)
        self._communities, self._desk = communities, len(self.offices) - 1
        self.classes = class_records(scenario, arm.model, communities + streets)
        self.residents = residents_at_start(world, arm.model)
        columns = {name: getattr(world.residents, name) for name in participation.FROM_RESIDENTS}
        self._people = participation.People(**columns, liaison=world.households.liaison)
        self.reach = reach_of(world, scenario, arm.model, self.classes, len(self.offices))
        self._set_up_queue()
        self.rules = rules.rules_of(scenario, arm.model, seed)
        ties, seen = world.ties, self.residents.seen
        self._tie_totals = np.zeros(len(seen), np.float32)
        weights = self.rules.tie_weights
        participation.tie_totals(ties.indptr, ties.other, ties.layer, weights, seen, self._tie_totals)
        self.recorder = Recorder(scenario.run.weeks, communities, len(self.offices))
        self._exogenous = hashlib.blake2b(digest_size=16)

    def _set_up_queue(self) -> None:
        self.register = Register()
        self._roots = np.full((len(self.offices), BY_CLASS + len(self.classes)), -1, np.int64)
        self._open_cases = np.zeros((self._communities, max(len(self.classes), 1)), np.int64)
        self._tasks_waiting = np.zeros(len(self.offices))
        self._calendar = np.zeros(len(self.servers) + 1, col.COMPLETION)
        self._call_from = np.zeros((self._communities, 2))
        self._visit_from = self._visit_next = np.zeros(self._communities)
        self._seen_next = self.residents.seen.copy()
        self._active_share = np.zeros(self._communities)
        self._published = np.full(self._communities, NOTHING_LEARNT)
        self._watch_plan = effort.Plan(*(np.zeros(self._communities) for _ in effort.Plan._fields))

    def step(self) -> None:
        """Advance one week."""
        week, hours_per_week = self.week, self._hours_per_week
        start, end = week * hours_per_week, (week + 1) * hours_per_week
        row = self.recorder.row(week)
        self.register.make_room(float(self.reach.arrival_mean.sum() + self.reach.task_mean.sum()))
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
            self.reach.grids,
            self._place.organisation_hours,
            row.hours,
        )
        self._participation(week, plan, present, row)
        self.offices["fund"] += self._place.weekly_money
        self.offices["spent"] = 0.0
        order = np.lexsort(
            (self.register.jobs["number"][self.register.inbox_job[:sent]], self.register.inbox_time[:sent])
        )
        inbox_job, inbox_time = self.register.inbox_job[:sent][order], self.register.inbox_time[:sent][order]
        casework.run_week(
            floor,
            self.rules.casework,
            self.rules.casework_keys,
            self.register.used,
            inbox_job,
            inbox_time,
            start,
            end,
        )
        if self.register.counts[col.OUT_OF_ROOM]:
            raise OutOfRoomError("no room for a joint meeting")
        closings = self.register.closings[: self.register.counts[col.CLOSED]]
        casework.reopen(
            self.register.jobs,
            closings,
            self.scenario.handling.reopening,
            key(self.seed, "casework.reopening"),
            self.rules.case_key,
        )
        self._experience(closings, end, row.counters, row.hours)
        self._institutions(week, present, row)
        self._measurement(week, start, end, closings, row.counters)
        self._settle(closings, row.counters)
        self._watch_plan = plan
        self._visit_from = self._visit_next
        self._visit_next = (self._visit_next + plan.visits) % np.maximum(self.reach.visit_round, 1)
        row.money_granted[:] = self._place.weekly_money
        row.money_spent[:] = self.offices["spent"]
        row.tasks_undone[:] = self._tasks_waiting
        self.week += 1

    def _passes(self, work: Callable[[int, int], None]) -> None:
        """Do one pass over the residents of all communities, split among threads; passes write their own rows only."""
        if self._pool is None:
            work(0, self._communities)
        else:
            cuts = np.linspace(0, self._communities, self._threads + 1).astype(int).tolist()
            list(self._pool.map(work, cuts[:-1], cuts[1:]))

    def _floor(self, counters: NDArray[np.float64], hours: NDArray[np.float64]) -> Floor:
        return Floor(
            self.register.jobs,
            self.servers,
            self.offices,
            self.classes,
            self._roots,
            self._calendar,
            self.register.free,
            self.register.closings,
            self.register.counts,
            counters,
            hours,
        )

    def _arrivals(self, week: int, start: float) -> tuple[int, NDArray[np.float64]]:
        world, tasks, seed = self.world, self.scenario.tasks, self.seed
        count = arrivals.arise(
            self.reach.arrival_mean,
            self.reach.exposure,
            world.households.community,
            world.communities.first_household,
            world.households.first,
            self.residents.seen,
            self.classes,
            self.register.jobs,
            self.register.free,
            self.register.counts,
            start,
            self._hours_per_week,
            key(seed, "arrivals.number", week),
            key(seed, "arrivals.address", week),
            self.rules.case_key,
            self.register.new,
        )
        if count < 0:
            raise OutOfRoomError("no room for an arrival")
        new = self.register.jobs[self.register.new[:count]]
        for column in ("number", "household", "problem_class", "onset", "effort", "money", "severity"):
            self._exogenous.update(np.ascontiguousarray(new[column]).data)
        if not arrivals.recur(
            self.register.recurring,
            self.classes,
            self.register.jobs,
            self.register.free,
            self.register.counts,
            start,
            self.scenario.problems.recurrence_weeks * self._hours_per_week,
            self._hours_per_week,
            self.rules.recurrence_key,
            self.rules.case_key,
        ):
            raise OutOfRoomError("no room for a recurrence")
        task_hours = np.zeros((len(self.offices), 1 + 2))
        sent = arrivals.assign_tasks(
            self.reach.task_mean,
            self.offices,
            tasks.effort_hours,
            self.rules.task_sigma,
            rules.SHAPES.index(tasks.effort_distribution),
            tasks.listed_share,
            rules.ADMISSION.index(self.arm.model.tasks.admission),
            self.register.jobs,
            self.register.free,
            self.register.counts,
            start,
            self._hours_per_week,
            key(seed, "tasks.number", week),
            key(seed, "tasks.address", week),
            key(seed, "tasks.task", week),
            self.register.inbox_job,
            self.register.inbox_time,
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
            self.reach.members_reach,
            out=outreach,
            where=self.reach.members_reach > 0,
        )
        watch = detection.Watch(
            self.reach.visit_place,
            np.maximum(self.reach.visit_round, 1),
            self._visit_from,
            plan.visits,
            plan.patrol_rounds,
            outreach,
            plan.meetings,
            self.reach.contacts,
        )
        sent, lost = detection.detect(
            self.register.jobs,
            self.register.used,
            self.classes,
            self.residents.opinion,
            self.residents.expectation,
            self.residents.seen,
            self.world.residents.ability,
            self.world.residents.acquainted,
            self.reach.in_organisation,
            self.world.households.liaison,
            self._open_cases,
            self.rules.reporting,
            watch,
            self._desk,
            start,
            self._hours_per_week,
            key(self.seed, "detection.channel"),
            key(self.seed, "detection.repeat", week),
            self.register.free,
            self.register.counts,
            counters,
            self.register.inbox_job,
            self.register.inbox_time,
            sent,
            self.register.gone,
        )
        if sent < 0:
            raise OutOfRoomError("no room for a report")
        self.recorder.keep(self.register.give_up(self.register.gone[:lost]))
        return int(sent)

    def _present(self) -> NDArray[np.bool_]:
        """Fill posts whose vacancy is over, and return which staff posts are filled."""
        staff = self.servers["staff"] == 1
        back = np.flatnonzero(staff & (self.servers["vacant_until"] == self.week))
        if len(back):
            self.servers["vacant_until"][back] = -1
            self.servers["hired"][back] = self.week
            institutions.draw_people(self.scenario, self.servers, self._place.addresses, back, self.seed)
        present: NDArray[np.bool_] = staff & (self.servers["vacant_until"] < 0)
        return present

    def _participation(self, week: int, plan: effort.Plan, present: NDArray[np.bool_], row: Row) -> None:
        ties, state = self.world.ties, self.residents
        keys = [
            key(self.seed, f"participation.{purpose}", week) for purpose in ("cost", "relay", "registration")
        ]

        def look(first: int, last: int) -> None:
            participation.gather(
                self._first[first],
                self._first[last],
                ties.indptr,
                ties.other,
                ties.layer,
                self.rules.tie_weights,
                self._tie_totals,
                state.seen,
                state.opinion,
                state.active_share,
                state.heard,
            )

        def decide(first: int, last: int) -> None:
            participation.take_part(
                first,
                last,
                self._first,
                week,
                self._active_share,
                plan.calls,
                self._call_from,
                self.reach.contacts,
                state,
                self._people,
                self.rules.participation,
                keys[0],
                keys[1],
                keys[2],
                self._seen_next,
                row.counters,
            )

        self._passes(look)
        self._passes(decide)
        state.seen[:] = self._seen_next
        self._given = effort.offer_hours(
            self.scenario,
            self.arm.model,
            plan,
            self.servers,
            present,
            self.reach,
            (self._place.organisation_hours, self._place.enterprise_hours),
            self._contact_hours_given(),
            row,
        )

    def _contact_hours_given(self) -> NDArray[np.float64]:
        """Return the hours that linked members who take part spend on contacts this week, by community."""
        members = self.reach.liaison_members
        contacting = (self.residents.seen[members] & participation.ACTIVE) > 0
        where = self.world.residents.community[members]
        return np.bincount(where, contacting * self.reach.contact_hours, self._communities).astype(float)

    def _experience(
        self,
        closings: NDArray[np.int64],
        end: float,
        counters: NDArray[np.float64],
        hours: NDArray[np.float64],
    ) -> None:
        experience.serve(
            self.register.jobs,
            self.register.used,
            self.classes,
            closings,
            self.world.households.first,
            self.residents,
            self.rules.experience,
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

        def listen(first: int, last: int) -> None:
            experience.hear(first, last, self._first, self.residents, self.rules.experience, used, published)

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
        gone = institutions.leavers(
            self.scenario, self.servers, self._place.addresses, present, self.seed, week
        )
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
            self.register.jobs,
            self.register.used,
            self.classes,
            closings,
            self.residents.satisfaction,
            self.rules.measurement,
            start,
            end,
            key(self.seed, "measurement.report"),
            key(self.seed, "measurement.callback"),
            counters,
            self._open_cases,
            self._tasks_waiting,
            self.register.gone,
        )
        if lost < 0:
            raise OutOfRoomError("no room for a withdrawn case")
        self.recorder.keep(self.register.give_up(self.register.gone[:lost]))

        def count(first: int, last: int) -> None:
            measurement.measure_residents(
                first, last, self._first, week, RECENT_WEEKS, self.residents, counters
            )

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
        closed = self.register.jobs[closings]
        stays = self.register.jobs["state"][closings] == col.LATENT
        explained = (closed["outcome"] == Outcome.EXPLAINED) & ~stays
        counters[:, COUNTER["reopened"]] = np.bincount(
            closed["community"][stays], minlength=self._communities
        )
        counters[:, COUNTER["explained"]] = np.bincount(
            closed["community"][explained], minlength=self._communities
        )
        self.register.jobs["closed"][closings[stays]] = NEVER
        self.register.recurring = self.register.jobs[closings[(closed["recurs"] == 1) & ~stays]]
        self.recorder.keep(self.register.give_up(closings[~stays]))

    def finish(self) -> Recording:
        """Return what the run left behind so far."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None
        return self.recorder.finish(
            self.week,
            self.seed,
            self.scenario,
            self.world,
            self.residents,
            self._place,
            self.register.alive(),
            self._exogenous.hexdigest(),
        )
