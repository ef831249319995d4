"""The crowd's week in Starsim: one module with a state for each column, ties as one of its networks.

Agents are the adults; each tie stands once among the network's edges, with its weight as their ``beta``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import starsim as ss

from benchmarks.crowd.town import Town, degrees

_STEPS = 10_000
"""More weeks than anybody asks for; Starsim wants to know beforehand."""


class Participation(ss.Module):  # type: ignore[misc]
    """The rule of :mod:`govsim.engine.processes.participation`, and hearing."""

    def __init__(self, town: Town) -> None:
        super().__init__()
        self.define_states(
            ss.BoolState("contingent"), ss.BoolState("certain"), ss.BoolState("registered"),
            ss.BoolState("active"), ss.BoolState("called"), ss.BoolState("needed_call"),
            ss.FloatArr("threshold"), ss.FloatArr("time_cost"), ss.FloatArr("hours"), ss.FloatArr("own"),
            ss.FloatArr("opinion"), ss.FloatArr("efficacy"), ss.FloatArr("all_weights"),
            ss.FloatArr("habit", default=0.0), ss.FloatArr("fatigue", default=0.0), ss.FloatArr("hours_given", default=0.0),
            ss.IntArr("weeks_active", default=0), ss.IntArr("times_called", default=0),
            ss.IntArr("first_active", default=-1), ss.IntArr("last_active", default=-1),
        )  # fmt: skip
        self.luck, self.signing_up = ss.random(), ss.random()
        self.town = town

    def init_post(self) -> None:
        """Fill the states from the town."""
        super().init_post()
        town = self.town
        adult = town.adult
        for name in ("contingent", "certain", "registered", "threshold", "time_cost", "own", "efficacy"):
            self.state_dict[name][:] = getattr(town, name)[adult]
        self.opinion[:] = town.own[adult]
        self.hours[:] = town.free_hours[adult] * town.acting.hours_share
        self.community = town.community[adult]
        self.adults = np.bincount(self.community, minlength=len(town.calls))
        self.call_from, self.visible = np.zeros(len(town.calls)), np.zeros(len(town.calls))
        ties = self.sim.networks.ties
        self.all_weights[:] = self._over_ties(ties, np.ones(len(self.community)))

    def _over_ties(self, ties: Any, values: Any) -> Any:
        """Return the weighted sum over everybody's ties; each tie counts at both ends."""
        count = len(self.community)
        there = np.bincount(ties.p1, ties.beta * values[ties.p2], count)
        return there + np.bincount(ties.p2, ties.beta * values[ties.p1], count)

    def call(self) -> None:
        """Call the registered residents of each community in turn, as far as the staff's calls go."""
        calls = self.town.calls
        listed = np.flatnonzero(self.registered.values)
        where = self.community[listed]
        count = np.bincount(where, minlength=len(calls))
        quota = np.minimum(calls, count)
        behind = np.arange(len(listed)) - (np.cumsum(count) - count)[where] - self.call_from[where]
        behind += np.where(behind < 0.0, count[where], 0.0)
        called = ss.uids(listed[behind < quota[where]])
        self.called[:] = False
        self.called[called] = True
        self.times_called[called] += 1
        some = count > 0
        self.call_from[some] = (self.call_from[some] + quota[some]) % count[some]

    def step(self) -> None:
        """Let one week pass."""
        rule, hearing = self.town.acting, self.town.hearing
        ties, weights = self.sim.networks.ties, self.all_weights.values
        tied = weights > 0.0
        share = np.divide(
            self._over_ties(ties, self.active.values), weights, out=np.zeros(len(tied)), where=tied
        )
        heard = np.divide(
            self._over_ties(ties, self.opinion.values), weights, out=np.zeros(len(tied)), where=tied
        )
        self.call()
        self.fatigue *= 1.0 - rule.fatigue_decay
        seen = (1.0 - rule.visible_share) * share + rule.visible_share * self.visible[self.community]
        base = rule.social * seen + rule.trust * self.opinion.values
        base += rule.efficacy * self.efficacy.values + rule.habit * self.habit.values
        everybody = self.sim.people.auids
        moved = 2.0 * self.luck.rvs(everybody) - 1.0
        need = self.threshold.values + self.time_cost.values * (1.0 + rule.cost_noise * moved)
        contingent, called = self.contingent.values, self.called.values
        alone = self.certain.values | (contingent & (base >= need))
        pressed = base + rule.call * (1.0 - self.fatigue.values) >= need
        acts = alone | (contingent & called & pressed)
        self.fatigue[called] += rule.fatigue_gain * (1.0 - self.fatigue[called])
        habit = self.habit.values
        rusty = habit * np.where(
            acts, max(1.0 - rule.habit_decay - rule.crowding_out, 0.0), 1.0 - rule.habit_decay
        )
        self.habit[:] = np.where(alone, habit + rule.habit_gain * (1.0 - habit), rusty)
        self.active[:] = acts
        self.needed_call[:] = acts & ~alone
        active = ss.uids(np.flatnonzero(acts))
        self.hours_given[active] += self.hours[active]
        self.weeks_active[active] += 1
        self.last_active[active] = self.ti
        self.first_active[active[self.first_active[active] < 0]] = self.ti
        strangers = active[~self.registered[active]]
        self.registered[strangers[self.signing_up.rvs(strangers) < rule.self_registration]] = True
        where = self.community[active]
        self.visible = np.bincount(where, minlength=len(self.adults)) / np.maximum(self.adults, 1)
        given = np.bincount(where, self.hours[active], len(self.adults))
        learning = active[given[where] > 0.0]
        self.efficacy[learning] -= hearing.efficacy_gain * self.efficacy[learning]
        mixed = hearing.hearing * heard + (1.0 - hearing.hearing) * self.own.values
        self.opinion[:] = np.where(tied, mixed, self.own.values)


class Ties(ss.Network):  # type: ignore[misc]
    """Ties that stay as they are."""

    def step(self) -> None:
        """Let them be."""


class ModularCrowd:
    """A Starsim simulation of a town."""

    def __init__(self, town: Town) -> None:
        self._crowd = Participation(town)
        self._sim = ss.Sim(
            n_agents=int(town.adult.sum()),
            dur=_STEPS,
            networks=_network(town),
            modules=self._crowd,
            rand_seed=town.seed,
            copy_inputs=False,
            verbose=0,
        )
        self._sim.init()

    def advance(self, weeks: int) -> None:
        """Let so many weeks pass."""
        for _ in range(weeks):
            self._sim.run_one_step()

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
        states = {name: np.asarray(self._crowd.state_dict[name].values, float) for name in names}
        means = {name.replace("_", " "): float(state.mean()) for name, state in states.items()}
        return means | {"spread of opinions": float(states["opinion"].std())}

    def size(self) -> int:
        """Return the bytes of its states and edges."""
        states = sum(int(state.raw.nbytes) for state in self._crowd.state_list)
        return states + sum(int(column.nbytes) for column in self._sim.networks.ties.edges.values())


def _network(town: Town) -> Ties:
    """Return the ties among adults, each once."""
    ends = np.repeat(np.arange(town.residents), degrees(town)), town.other.astype(np.int64)
    once = (ends[0] < ends[1]) & town.adult[ends[0]] & town.adult[ends[1]]
    number = np.cumsum(town.adult) - 1
    beta = town.weight[town.layer[once]]
    return Ties(p1=number[ends[0][once]], p2=number[ends[1][once]], beta=beta, name="ties")
