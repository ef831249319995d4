"""The crowd's week in NumPy and SciPy: one array per column, ties as a sparse matrix of weights.

Rows of the matrix are divided by their sums beforehand, children are left out, and one product gives the active share
and the mean opinion of everybody's ties.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from benchmarks.crowd.town import Town


class ArrayCrowd:
    """A town of arrays over its adults."""

    def __init__(self, town: Town) -> None:
        self.rule, self.hearing = town.acting, town.hearing
        self.rng = np.random.default_rng(town.seed)
        adult = town.adult
        self.adults = count = int(adult.sum())
        self.ties = _matrix(town)
        self.tied = np.diff(self.ties.indptr) > 0
        self.community = town.community[adult].astype(np.int32)
        self.of_community = np.bincount(self.community, minlength=len(town.calls))
        self.calls = town.calls
        self.call_from = np.zeros(len(town.calls))
        self.visible = np.zeros(len(town.calls), np.float32)
        self.contingent, self.certain = town.contingent[adult], town.certain[adult]
        self.never = ~(self.contingent | self.certain)
        self.threshold, self.time_cost = town.threshold[adult], town.time_cost[adult]
        self.hours = town.free_hours[adult] * np.float32(town.acting.hours_share)
        self.own = town.own[adult]
        self.efficacy = town.efficacy[adult]
        self.registered = town.registered[adult]
        self.heard_of = np.zeros((count, 2), np.float32)  # who took part, and opinion, of last week
        self.heard_of[:, 1] = self.own
        self.habit, self.fatigue, self.hours_given = np.zeros((3, count), np.float32)
        self.called, self.needed_call = np.zeros((2, count), np.bool_)
        self.weeks_active, self.times_called = np.zeros((2, count), np.uint16)
        self.first_active, self.last_active = np.full((2, count), -1, np.int16)
        self.week = 0

    def advance(self, weeks: int) -> None:
        """Let so many weeks pass."""
        for _ in range(weeks):
            self._step()

    def _call(self) -> None:
        """Call the registered residents of each community in turn, as far as the staff's calls go."""
        listed = np.flatnonzero(self.registered)
        where = self.community[listed]
        count = np.bincount(where, minlength=len(self.calls))
        quota = np.minimum(self.calls, count)
        first = np.cumsum(count) - count
        behind = np.arange(len(listed)) - first[where] - self.call_from[where]
        behind[behind < 0.0] += count[where[behind < 0.0]]
        called = listed[behind < quota[where]]
        self.called[:] = False
        self.called[called] = True
        self.times_called[called] += 1
        some = count > 0
        self.call_from[some] = (self.call_from[some] + quota[some]) % count[some]

    def _step(self) -> None:
        rule, hearing = self.rule, self.hearing
        share, heard = (self.ties @ self.heard_of).T
        self._call()
        self.fatigue *= np.float32(1.0 - rule.fatigue_decay)
        visible = self.visible[self.community]
        base = np.float32(rule.social * (1.0 - rule.visible_share)) * share
        base += np.float32(rule.social * rule.visible_share) * visible
        base += np.float32(rule.trust) * self.heard_of[:, 1]
        base += np.float32(rule.efficacy) * self.efficacy
        base += np.float32(rule.habit) * self.habit
        moved = self.rng.random(self.adults, np.float32)
        need = self.threshold + self.time_cost * (
            np.float32(1.0 - rule.cost_noise) + np.float32(2.0 * rule.cost_noise) * moved
        )
        alone = self.certain | (self.contingent & (base >= need))
        acts = alone.copy()
        asked = np.flatnonzero(self.called)
        pressed = base[asked] + np.float32(rule.call) * (1.0 - self.fatigue[asked])
        acts[asked] |= self.contingent[asked] & (pressed >= need[asked])
        self.fatigue[asked] += np.float32(rule.fatigue_gain) * (1.0 - self.fatigue[asked])
        active = np.flatnonzero(acts)
        needed = active[~alone[active]]
        self.needed_call[:] = False
        self.needed_call[needed] = True
        before_call, before_alone = self.habit[needed], self.habit[alone]
        self.habit *= np.float32(1.0 - rule.habit_decay)
        self.habit[needed] = before_call * np.float32(max(1.0 - rule.habit_decay - rule.crowding_out, 0.0))
        self.habit[alone] = before_alone + np.float32(rule.habit_gain) * (1.0 - before_alone)
        self.hours_given[active] += self.hours[active]
        self.weeks_active[active] += 1
        self.last_active[active] = self.week
        self.first_active[active[self.first_active[active] < 0]] = self.week
        strangers = active[~self.registered[active]]
        self.registered[strangers[self.rng.random(len(strangers)) < rule.self_registration]] = True
        where = self.community[active]
        self.visible = (
            np.bincount(where, minlength=len(self.calls)) / np.maximum(self.of_community, 1)
        ).astype(np.float32)
        given = np.bincount(where, self.hours[active], len(self.calls))
        learning = active[given[where] > 0.0]
        self.efficacy[learning] -= np.float32(hearing.efficacy_gain) * self.efficacy[learning]
        self.heard_of[:, 0] = acts
        mixed = np.float32(hearing.hearing) * heard + np.float32(1.0 - hearing.hearing) * self.own
        self.heard_of[:, 1] = np.where(self.tied, mixed, self.own)
        self.week += 1

    def averages(self) -> dict[str, float]:
        """Return what is compared, by name."""
        columns = {
            "active": self.heard_of[:, 0],
            "opinion": self.heard_of[:, 1],
            "habit": self.habit,
            "fatigue": self.fatigue,
            "efficacy": self.efficacy,
            "registered": self.registered,
            "weeks active": self.weeks_active,
            "hours given": self.hours_given,
        }
        means = {name: float(column.mean(dtype=np.float64)) for name, column in columns.items()}
        return means | {"spread of opinions": float(self.heard_of[:, 1].std(dtype=np.float64))}

    def size(self) -> int:
        """Return the bytes of all its columns, ties included."""
        own = (value.nbytes for value in vars(self).values() if isinstance(value, np.ndarray))
        ties = (self.ties.data, self.ties.indices, self.ties.indptr)
        return sum(own) + sum(int(part.nbytes) for part in ties)


def _matrix(town: Town) -> Any:
    """Return who listens to whom among adults; each row sums to 1, or is empty."""
    whole = sparse.csr_array(
        (town.weight[town.layer], town.other.astype(np.int32), town.indptr.astype(np.int32)),
        shape=(town.residents, town.residents),
    )
    adults = np.flatnonzero(town.adult)
    ties: Any = whole[adults][:, adults].tocsr()
    total = np.asarray(ties.sum(axis=1), np.float32)
    shares = np.asarray(ties.data, np.float32) / np.repeat(total, np.diff(ties.indptr))
    return sparse.csr_array((shares, ties.indices, ties.indptr), shape=ties.shape)
