"""A recording as indicators read it: masks over the case ledger and totals over the weekly counters.

Everything here is computed from :class:`govsim.engine.recording.Recording` alone, which never holds the
governance model, so no indicator can look at what was assumed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from govsim.engine.recording import NEVER, Activity, Level, Outcome, Recording, Source
from govsim.results.estimate import Estimate, mean
from govsim.results.survival import Curve, product_limit
from govsim.results.values import Value, percent, ratio
from govsim.units import ADULT_AGE, DAYS_PER_WEEK, RECENT_WEEKS, WEEKS_PER_YEAR

QUARTER = 13
HALF_YEAR = 26
WINDOWS = (RECENT_WEEKS, QUARTER, HALF_YEAR)
"""Weeks within which a problem should come to light or be solved."""

STAFF = (int(Source.PAID), int(Source.SECONDED))
UNPAID = (int(Source.MEMBER), int(Source.VOLUNTEER))

Mask = NDArray[np.bool_]
Rows = NDArray[np.intp]


class View:
    """Read-only look at one recording.

    Attributes
    ----------
    recording : Recording
        What is looked at.
    horizon : float
        Length of the run, working hours.
    years : float
        Length of the run, years of 52 weeks.
    year : slice
        The last 52 weeks, or the whole run where it is shorter.
    """

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.horizon = recording.weeks * recording.hours_per_week
        self.years = recording.weeks / WEEKS_PER_YEAR
        self.year = slice(max(0, recording.weeks - WEEKS_PER_YEAR), recording.weeks)

    # Weekly counters of the whole district

    def weekly(self, name: str) -> NDArray[np.float64]:
        """Return one counter summed over communities, shape (weeks,)."""
        return np.asarray(self.recording.weekly[name].sum(axis=1), dtype=np.float64)

    def total(self, name: str) -> float:
        """Return a flow summed over the whole run."""
        return float(self.recording.weekly[name].sum())

    def over_year(self, name: str) -> float:
        """Return a counter summed over the weeks of the last year."""
        return float(self.recording.weekly[name][self.year].sum())

    def at_end(self, name: str) -> float:
        """Return a stock at the end of the run."""
        return float(self.recording.weekly[name][-1].sum())

    def share_of_adults(self, name: str) -> Value:
        """Return a stock or a weekly flow as mean percentage of the adults over the last year."""
        return percent(self.over_year(name), self.over_year("adults"))

    def mean_of_adults(self, name: str) -> Value:
        """Return a sum over adults as mean per adult over the last year."""
        return ratio(self.over_year(name), self.over_year("adults"))

    @cached_property
    def resident_years(self) -> float:
        """Residents times years lived in the run."""
        return self.total("residents") / WEEKS_PER_YEAR

    @cached_property
    def adult_years(self) -> float:
        """Adults times years lived in the run."""
        return self.total("adults") / WEEKS_PER_YEAR

    # The case ledger

    def case(self, column: str) -> NDArray[Any]:
        """Return one column of the case ledger, shape (cases,)."""
        return self.recording.cases[column]

    @cached_property
    def kind(self) -> NDArray[Any]:
        """Kind of problem of each case, as text."""
        kinds = np.asarray(self.recording.class_kinds, dtype=object)
        return np.asarray(kinds[self.case("problem_class").astype(np.intp)])

    @cached_property
    def problem(self) -> Mask:
        """Cases that are problems: everything but questions answered at the desk."""
        return np.asarray(self.kind != "consultation", dtype=np.bool_)

    @cached_property
    def resolved(self) -> Mask:
        """Problems truly resolved by work done."""
        return np.asarray(self.problem & (self.case("outcome") == Outcome.RESOLVED), dtype=np.bool_)

    @cached_property
    def come_to_light(self) -> Mask:
        """Problems that somebody in an office has known of."""
        return np.asarray(self.problem & (self.case("detected") > NEVER), dtype=np.bool_)

    @cached_property
    def unsolved(self) -> Mask:
        """Problems that still exist at the end: open, undetected, or closed by explanation."""
        outcome = self.case("outcome")
        gone = (outcome == Outcome.RESOLVED) | (outcome == Outcome.LAPSED)
        return np.asarray(self.problem & ~gone, dtype=np.bool_)

    def count_resolved(self, weeks: int, since: str, among: Mask) -> tuple[int, int]:
        """Return how many cases were truly resolved within some weeks of ``since``, and of how many.

        Only cases whose window fits into the run count, so that a late start is not mistaken for a slow
        office.
        """
        window = weeks * self.recording.hours_per_week
        start = self.case(since)
        fits = among & (start + window <= self.horizon)
        done = fits & self.resolved & (self.case("closed") - start <= window)
        return int(done.sum()), int(fits.sum())

    def resolved_within(self, weeks: int, since: str, among: Mask) -> Value:
        """Return the percentage of cases truly resolved within some weeks of ``since``."""
        return percent(*self.count_resolved(weeks, since, among))

    def count_hidden(self, weeks: int, among: Mask) -> tuple[int, int]:
        """Return how many cases had not come to light within some weeks of their onset, and of how many."""
        window = weeks * self.recording.hours_per_week
        onset, detected = self.case("onset"), self.case("detected")
        fits = among & (onset + window <= self.horizon)
        known = fits & (detected > NEVER) & (detected - onset <= window)
        return int(fits.sum() - known.sum()), int(fits.sum())

    def hidden_after(self, weeks: int, among: Mask) -> Value:
        """Return the percentage of cases that had not come to light within some weeks of their onset."""
        return percent(*self.count_hidden(weeks, among))

    def resolution(self, among: Mask) -> Curve:
        """Return the curve of time from onset to true resolution, in working days.

        Whatever ended otherwise, by lapse or by explanation, is watched to the end of the run as unresolved.
        """
        day = self.recording.hours_per_week / DAYS_PER_WEEK
        onset = self.case("onset")[among]
        solved = self.resolved[among]
        until = np.where(solved, self.case("closed")[among], self.horizon)
        return product_limit(np.maximum(0.0, (until - onset) / day), solved)

    # Offices

    def at_level(self, *levels: Level) -> Mask:
        """Return which offices are of these tiers, shape (offices,)."""
        return np.isin(self.recording.offices.level, [int(level) for level in levels])

    def staff_hours(self, levels: Mask, activity: Activity | None = None) -> float:
        """Return hours of paid and seconded staff over the run, of one activity or of all."""
        hours = self.recording.hours[:, levels][:, :, STAFF, :]
        return float(hours.sum() if activity is None else hours[..., int(activity)].sum())

    def mean_load(self, level: Level) -> Value:
        """Return a tier's demanded over available hours, mean over the last year, by posts filled."""
        at = self.at_level(level)
        filled = self.recording.filled[self.year][:, at]
        load = np.where(filled > 0, self.recording.load[self.year][:, at], 0.0)
        return ratio(float((load * filled).sum()), float(filled.sum()))

    # Residents at the end

    def resident(self, column: str) -> NDArray[Any]:
        """Return one column of the residents' last state, shape (residents, ...)."""
        return self.recording.residents[column]

    @cached_property
    def adult(self) -> Mask:
        """Residents old enough to take part."""
        return np.asarray(self.resident("age") >= ADULT_AGE, dtype=np.bool_)

    @cached_property
    def owners(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Problems that have an owner, and their owners."""
        owner = self.case("resident").astype(np.int64)
        problems = np.flatnonzero(self.problem & (owner >= 0) & (owner < self.adult.size))
        return problems, owner[problems]

    def of_residents(self, residents: Mask) -> Mask:
        """Return the problems that belong to these residents, shape (cases,)."""
        problems, owners = self.owners
        mine = np.zeros(self.problem.size, dtype=np.bool_)
        mine[problems] = residents[owners]
        return mine

    def group(self, residents: Mask) -> Group:
        """Return a group of residents with its adults and its problems."""
        return Group(self, residents, residents & self.adult, self.of_residents(residents))


class Part(View):
    """The same look at some residents and some cases alone; weekly counters stay those of the whole district.

    Parameters
    ----------
    residents, cases : index arrays
        In ascending order.
    """

    def __init__(self, whole: View, residents: Rows, cases: Rows) -> None:
        super().__init__(whole.recording)
        self._residents, self._cases = residents, cases

    def case(self, column: str) -> NDArray[Any]:
        """Return one column of the case ledger, of these cases."""
        return super().case(column)[self._cases]

    def resident(self, column: str) -> NDArray[Any]:
        """Return one column of the residents' last state, of these residents."""
        return super().resident(column)[self._residents]

    def whole(self) -> Group:
        """Return these residents as a group, with these cases as their problems."""
        adults = self.adult
        return Group(self, np.ones_like(adults), adults, np.ones(len(self._cases), np.bool_))


def rows_by(label: NDArray[np.integer], count: int) -> list[Rows]:
    """Return for each label from 0 to ``count - 1`` the rows that have it, in ascending order.

    One pass for all labels together: a mask for each would make tables quadratic in the number of communities.
    """
    order = np.argsort(label, kind="stable")
    edges = np.searchsorted(label[order], np.arange(count + 1))
    return [order[low:high] for low, high in pairwise(edges)]


@dataclass(frozen=True)
class Group:
    """Some residents.

    Attributes
    ----------
    members, adults : bool arrays, shape (residents,)
    problems : bool array, shape (cases,)
        Problems that are theirs.
    """

    view: View
    members: Mask
    adults: Mask
    problems: Mask

    def mean(self, column: str, scale: float = 1.0, tier: int | None = None) -> Estimate:
        """Return the mean of a column of the residents' last state over the group's adults."""
        values = self.view.resident(column)
        return mean(values[self.adults] if tier is None else values[self.adults, tier], scale)


def gini(amounts: NDArray[Any]) -> Value:
    """Return the Gini coefficient of non-negative amounts, 0 (equal) to almost 1 (one person has all)."""
    ordered = np.sort(np.asarray(amounts, dtype=np.float64))
    rank = np.arange(1, ordered.size + 1)
    return ratio(float(((2 * rank - ordered.size - 1) * ordered).sum()), float(ordered.size * ordered.sum()))
