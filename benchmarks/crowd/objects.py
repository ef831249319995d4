"""The crowd's week in Mesa: one agent per adult, ties as lists of agents, three stages in step for everybody.

Children neither act nor speak, so they are no agents; ties know their weight. This is the fastest of the ways that
Mesa's documentation shows: its ``Network`` space with cells between the agents takes about twice the time.
"""

from __future__ import annotations

import mesa
import numpy as np

from benchmarks.crowd.town import Town


class Resident(mesa.Agent):  # type: ignore[misc]
    """One adult."""

    def __init__(self, model: ObjectCrowd, town: Town, number: int, community: int) -> None:
        super().__init__(model)
        self.community = community
        self.certain = bool(town.certain[number])
        self.contingent = bool(town.contingent[number])
        self.threshold = float(town.threshold[number])
        self.time_cost = float(town.time_cost[number])
        self.hours = float(town.free_hours[number]) * town.acting.hours_share
        self.own = self.opinion = float(town.own[number])
        self.efficacy = float(town.efficacy[number])
        self.registered = bool(town.registered[number])
        self.habit = self.fatigue = self.hours_given = 0.0
        self.active = self.called = self.needed_call = False
        self.weeks_active = self.times_called = 0
        self.first_active = self.last_active = -1
        self.ties: list[tuple[Resident, float]] = []
        self.all_weights = self.share = self.heard = 0.0

    def look(self) -> None:
        """See who of the ties took part last week, and hear their opinions."""
        acting = says = 0.0
        for other, weight in self.ties:
            if other.active:
                acting += weight
            says += weight * other.opinion
        if self.ties:
            self.share = acting / self.all_weights
            self.heard = says / self.all_weights

    def decide(self) -> None:
        """Take part or not; get used to it; tire of calls."""
        model, rule = self.model, self.model.rule
        fatigue = self.fatigue * (1.0 - rule.fatigue_decay)
        acts = alone = self.certain
        if self.contingent:
            visible = model.visible[self.community]
            base = (
                rule.social * ((1.0 - rule.visible_share) * self.share + rule.visible_share * visible)
                + rule.trust * self.opinion
                + rule.efficacy * self.efficacy
                + rule.habit * self.habit
            )
            moved = 2.0 * model.random.random() - 1.0
            need = self.threshold + self.time_cost * (1.0 + rule.cost_noise * moved)
            acts = alone = base >= need
            if self.called and not alone:
                acts = base + rule.call * (1.0 - fatigue) >= need
        if self.called:
            self.times_called += 1
            fatigue += rule.fatigue_gain * (1.0 - fatigue)
        self.fatigue = fatigue
        self.needed_call = acts and not alone
        if alone:
            self.habit += rule.habit_gain * (1.0 - self.habit)
        elif acts:
            self.habit *= max(1.0 - rule.habit_decay - rule.crowding_out, 0.0)
        else:
            self.habit *= 1.0 - rule.habit_decay
        self.active = acts
        if acts:
            self.hours_given += self.hours
            self.weeks_active += 1
            self.last_active = model.week
            if self.first_active < 0:
                self.first_active = model.week
            model.count(self)
            if not self.registered and model.random.random() < rule.self_registration:
                self.registered = True
                model.newly_registered.append(self)

    def hear(self) -> None:
        """Mix what the ties say with own experience; learn from hours that found no work."""
        if self.ties:
            hearing = self.model.hearing.hearing
            self.opinion = hearing * self.heard + (1.0 - hearing) * self.own
        if self.active and self.model.given[self.community] > 0.0:
            self.efficacy -= self.model.hearing.efficacy_gain * self.efficacy


class ObjectCrowd(mesa.Model):  # type: ignore[misc]
    """A town of Mesa agents."""

    def __init__(self, town: Town) -> None:
        super().__init__(rng=town.seed)
        self.rule, self.hearing = town.acting, town.hearing
        self.week = 0
        communities = len(town.calls)
        self.calls = town.calls.tolist()
        self.call_from = [0.0] * communities
        self.active = [0] * communities
        self.given = [0.0] * communities
        self.visible = [0.0] * communities
        self.newly_registered: list[Resident] = []
        where = town.community
        adults = np.flatnonzero(town.adult).tolist()
        people = {number: Resident(self, town, number, int(where[number])) for number in adults}
        weights = town.weight.tolist()
        for number, person in people.items():
            row = slice(town.indptr[number], town.indptr[number + 1])
            for other, layer in zip(town.other[row].tolist(), town.layer[row].tolist(), strict=True):
                if other in people:
                    person.ties.append((people[other], weights[layer]))
            person.all_weights = sum(weight for _, weight in person.ties)
        self.adults = [0] * communities
        self.listed: list[list[Resident]] = [[] for _ in range(communities)]
        for person in people.values():
            self.adults[person.community] += 1
            if person.registered:
                self.listed[person.community].append(person)
        self.was_called: list[Resident] = []

    def count(self, person: Resident) -> None:
        """Count somebody who takes part."""
        self.active[person.community] += 1
        self.given[person.community] += person.hours

    def call(self) -> None:
        """Call the registered residents of each community in turn, as far as the staff's calls go."""
        for person in self.was_called:
            person.called = False
        self.was_called = []
        for community, listed in enumerate(self.listed):
            if not listed:
                continue
            start, quota = self.call_from[community], min(self.calls[community], len(listed))
            for place, person in enumerate(listed):
                behind = place - start
                if behind < 0.0:
                    behind += len(listed)
                if behind < quota:
                    person.called = True
                    self.was_called.append(person)
            self.call_from[community] = (start + quota) % len(listed)

    def step(self) -> None:
        """Let one week pass."""
        self.agents.do("look")
        self.call()
        self.visible = [
            active / max(adults, 1) for active, adults in zip(self.active, self.adults, strict=True)
        ]
        self.active = [0] * len(self.active)
        self.given = [0.0] * len(self.given)
        self.agents.do("decide")
        self.agents.do("hear")
        for person in self.newly_registered:
            listed = self.listed[person.community]
            listed.append(person)
            listed.sort(key=lambda one: one.unique_id)
        self.newly_registered = []
        self.week += 1

    def advance(self, weeks: int) -> None:
        """Let so many weeks pass."""
        for _ in range(weeks):
            self.step()

    def averages(self) -> dict[str, float]:
        """Return what is compared, by name."""
        names = (
            "active",
            "opinion",
            "habit",
            "fatigue",
            "efficacy",
            "registered",
            "weeks_active",
            "hours_given",
        )
        means = {name.replace("_", " "): float(self.agents.agg(name, np.mean)) for name in names}
        return means | {"spread of opinions": float(self.agents.agg("opinion", np.std))}

    def size(self) -> int:
        """Return 0: what objects take shows in the memory of the process alone."""
        return 0
