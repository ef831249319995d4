"""A recording as indicators read it: queries over the ledgers of problems, events, hours, offices and people.

Everything here is computed from :class:`govsim.engine.recording.Recording` alone, which never holds the
governance model, so no indicator can look at what was assumed. The words that are used here are declared in
:mod:`govsim.results.tables`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from govsim.engine.recording import (
    HALF_YEAR,
    NEVER,
    QUESTION,
    Activity,
    CaseStatus,
    Event,
    HourSource,
    Level,
    Recording,
)
from govsim.results.estimate import Curve, Estimate, mean_with_interval, product_limit
from govsim.results.values import Value, ratio
from govsim.units import ADULT_AGE, DAYS_PER_WEEK, RECENT_WEEKS, SORTED_ROWS, WEEKS_PER_YEAR

QUARTER = 13
WINDOWS = (RECENT_WEEKS, QUARTER, HALF_YEAR)
"""Weeks within which a problem should come to light or be solved."""
FOLLOWED = 2 * WEEKS_PER_YEAR
"""Weeks before the end from which problems are followed for times to resolution."""

STAFF = (int(HourSource.PAID), int(HourSource.SECONDED))
UNPAID = (int(HourSource.MEMBER), int(HourSource.VOLUNTEER))
PARTNERS = (int(HourSource.ORGANISATION), int(HourSource.ENTERPRISE))

Mask = NDArray[np.bool_]
Rows = NDArray[np.intp]


def one_of(codes: NDArray[Any], wanted: Sequence[int]) -> Mask:
    """Return which codes of events or channels are among those wanted, by a look into a table."""
    table = np.zeros(1 + np.iinfo(np.uint8).max, dtype=np.bool_)
    table[list(wanted)] = True
    return np.asarray(table[codes])


def how_many(mask: Mask) -> float:
    """Return how many are marked, several times as fast as a sum."""
    return float(np.count_nonzero(mask))


def counted_from(weeks: int) -> int:
    """Return the week from which on flows are counted: the last year, of shorter runs at most the second half.

    The first weeks of a run are left out as far as they can be: a run starts without open problems and without tired staff.
    """
    return max(weeks - WEEKS_PER_YEAR, weeks // 2)


class View:
    """Read-only look at one recording.

    Attributes
    ----------
    recording : Recording
        What is looked at.
    horizon : float
        Length of the run, working hours.
    counted : slice
        Weeks over which flows and means are taken, see :func:`counted_from`.
    counted_since : float
        When those weeks begin, working hours.
    years : float
        Their length, years of 52 weeks.
    """

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.horizon = recording.weeks * recording.hours_per_week
        self.counted = slice(counted_from(recording.weeks), recording.weeks)
        self.counted_since = self.counted.start * recording.hours_per_week
        self.years = (self.counted.stop - self.counted.start) / WEEKS_PER_YEAR

    @cached_property
    def found(self) -> dict[str, object]:
        """What several tables and indicators ask for, by name, kept by whoever found it first."""
        return {}

    # Weekly counters

    def weekly(self, name: str) -> NDArray[np.float64]:
        """Return one counter summed over communities, shape (weeks,)."""
        return np.asarray(self.recording.weekly[name].sum(axis=1), dtype=np.float64)

    def total(self, name: str) -> float:
        """Return a flow summed over the whole run."""
        return float(self.recording.weekly[name].sum())

    def sum_of(self, name: str) -> float:
        """Return a counter summed over the counted weeks."""
        return float(self.recording.weekly[name][self.counted].sum())

    def at_end(self, name: str) -> float:
        """Return a stock at the end of the run."""
        return float(self.recording.weekly[name][-1].sum())

    @cached_property
    def resident_years(self) -> float:
        """Residents times years lived in the counted weeks."""
        return self.sum_of("residents") / WEEKS_PER_YEAR

    @cached_property
    def adult_years(self) -> float:
        """Adults times years lived in the counted weeks."""
        return self.sum_of("adults") / WEEKS_PER_YEAR

    # The ledger of problems

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
        """Cases that are problems: everything but questions."""
        counts = np.asarray([kind != QUESTION for kind in self.recording.class_kinds], dtype=np.bool_)
        return np.asarray(counts[self.case("problem_class").astype(np.intp)])

    @cached_property
    def known(self) -> Mask:
        """Problems that have come to light."""
        return np.asarray(self.problem & (self.case("detected") > NEVER), dtype=np.bool_)

    @cached_property
    def solved(self) -> Mask:
        """Problems truly resolved by work done."""
        return np.asarray(self.problem & (self.case("outcome") == CaseStatus.RESOLVED), dtype=np.bool_)

    @cached_property
    def unsolved(self) -> Mask:
        """Problems that still exist at the end: open, undetected, or closed by explanation."""
        outcome = self.case("outcome")
        gone = (outcome == CaseStatus.RESOLVED) | (outcome == CaseStatus.LAPSED)
        return np.asarray(self.problem & ~gone, dtype=np.bool_)

    def lately(self, stamp: str, among: Mask) -> Mask:
        """Return which cases have a time stamp in the counted weeks."""
        return np.asarray(among & (self.case(stamp) >= self.counted_since), dtype=np.bool_)

    @cached_property
    def arisen(self) -> Mask:
        """Problems that arose in the counted weeks."""
        return self.lately("onset", self.problem)

    @cached_property
    def solved_lately(self) -> Mask:
        """Problems solved in the counted weeks."""
        return self.lately("closed", self.solved)

    @cached_property
    def followed(self) -> Mask:
        """Problems that arose in the last two years, of shorter runs since the start."""
        since = (self.recording.weeks - FOLLOWED) * self.recording.hours_per_week
        return np.asarray(self.problem & (self.case("onset") >= since), dtype=np.bool_)

    def watched(self, weeks: int, stamp: str, among: Mask) -> Mask:
        """Return the cases that can be watched for some weeks after a time stamp, of as long a time as is counted.

        They are those whose window ends in the counted weeks: of a year's problems it is known what became of them within
        half a year when the year ended half a year ago.
        """
        if (weeks, stamp) not in self._windows:
            since, window = self.case(stamp), weeks * self.recording.hours_per_week
            fits = (since + window <= self.horizon) & (since + window >= self.counted_since)
            self._windows[weeks, stamp] = (since > NEVER) & fits
        return np.asarray(among & self._windows[weeks, stamp], dtype=np.bool_)

    @cached_property
    def _windows(self) -> dict[tuple[int, str], Mask]:
        """By weeks and time stamp, the cases whose window ends in the counted weeks: asked for by every group and indicator."""
        return {}

    def solved_within(self, weeks: int, stamp: str, among: Mask) -> Mask:
        """Return which of the cases that can be watched were solved within some weeks of a time stamp."""
        if (weeks, stamp) not in self._quick:
            window = weeks * self.recording.hours_per_week
            quick = self.case("closed") - self.case(stamp) <= window
            self._quick[weeks, stamp] = self.watched(weeks, stamp, self.solved) & quick
        return np.asarray(among & self._quick[weeks, stamp], dtype=np.bool_)

    @cached_property
    def _quick(self) -> dict[tuple[int, str], Mask]:
        """By weeks and time stamp, the cases solved within them, of those whose window ends in the counted weeks."""
        return {}

    def hidden_for(self, weeks: int, among: Mask) -> Mask:
        """Return which of the cases that can be watched no office knew of some weeks after they arose."""
        if weeks not in self._hidden:
            onset, detected = self.case("onset"), self.case("detected")
            found = (detected > NEVER) & (detected - onset <= weeks * self.recording.hours_per_week)
            self._hidden[weeks] = self.watched(weeks, "onset", ~found)
        return np.asarray(among & self._hidden[weeks], dtype=np.bool_)

    @cached_property
    def _hidden(self) -> dict[int, Mask]:
        """By weeks, the cases that nobody knew of by then, of those whose window ends in the counted weeks."""
        return {}

    @cached_property
    def next_onset(self) -> NDArray[np.float64]:
        """When each problem came back, infinity where it did not; rows come in order of problem and recurrence."""
        later = np.flatnonzero(self.case("recurrence") > 0)
        back = np.full(self.case("case").size, np.inf)
        back[later - 1] = self.case("onset")[later]
        return back

    def came_back(self, weeks: int) -> tuple[Mask, Mask]:
        """Return which solved problems came back within some weeks, and which could be watched for that long."""
        could = self.watched(weeks, "closed", self.solved)
        window = weeks * self.recording.hours_per_week
        return np.asarray(could & (self.next_onset - self.case("closed") <= window), dtype=np.bool_), could

    def resolution(self, among: Mask) -> Curve:
        """Return the curve of time from onset to true resolution, in working days.

        Whatever ended otherwise, by lapse or by explanation, is watched to the end of the run as unresolved.
        """
        day = self.recording.hours_per_week / DAYS_PER_WEEK
        onset = self.case("onset")[among]
        solved = self.solved[among]
        until = np.where(solved, self.case("closed")[among], self.horizon)
        return product_limit(np.maximum(0.0, (until - onset) / day), solved)

    # The ledger of events

    @cached_property
    def case_of_event(self) -> Rows:
        """Row of the case of each event."""
        events = self.recording.events
        first = np.searchsorted(self.recording.cases["case"], events["case"])
        return np.asarray(first + events["recurrence"], dtype=np.intp)

    def events(self, *what: Event) -> Rows:
        """Return the places of events of some kinds that happened to problems in the counted weeks."""
        events = self.recording.events
        rows = np.flatnonzero(one_of(events["what"], what) & (events["week"] >= self.counted.start))
        return np.asarray(rows[self.problem[self.case_of_event[rows]]], dtype=np.intp)

    @cached_property
    def stocks(self) -> dict[str, NDArray[np.float64]]:
        """Problems ``undetected`` and ``open`` at the end of each week, shape (weeks, communities)."""
        moves = stock_moves(self.recording, self.problem, self.case_of_event)
        return {name: np.cumsum(change, axis=0) for name, change in moves.items()}

    def weekly_problems(self, *what: Event) -> NDArray[np.float64]:
        """Return how many events of some kinds happened to problems in each week; coming to light counts the first time."""
        events = self.recording.events
        rows = np.flatnonzero(one_of(events["what"], what))
        cases = self.case_of_event[rows]
        again = (events["what"][rows] == Event.DETECT) & (
            events["time"][rows] > self.recording.cases["detected"][cases]
        )
        kept = rows[self.problem[cases] & ~again]
        return np.bincount(events["week"][kept], minlength=self.recording.weeks).astype(np.float64)

    # Offices

    def at_level(self, *levels: Level) -> Mask:
        """Return which offices are of these tiers, shape (offices,)."""
        return np.isin(self.recording.offices.level, [int(level) for level in levels])

    @property
    def everywhere(self) -> Mask:
        """All offices."""
        return np.ones(self.recording.offices.level.size, dtype=np.bool_)

    def hours(self, sources: tuple[int, ...], offices: Mask, activity: Activity | None = None) -> float:
        """Return hours under an activity in the counted weeks; without one all that were worked, idle hours apart."""
        spent = self.recording.hours[self.counted][:, offices][:, :, sources, :]
        if activity is not None:
            return float(spent[..., int(activity)].sum())
        return float(spent.sum() - spent[..., int(Activity.IDLE)].sum())

    def supplied(self, sources: tuple[int, ...]) -> float:
        """Return hours supplied in the counted weeks, worked or idle."""
        return float(self.recording.supplied[self.counted][:, :, sources].sum())

    def person_weeks(self, column: str, offices: Mask) -> float:
        """Return a count of people by office summed over the counted weeks."""
        table: NDArray[np.float64] = getattr(self.recording, column)
        return float(table[self.counted][:, offices].sum())

    def mean_load(self, level: Level) -> tuple[float, float]:
        """Return a tier's demanded over available hours times posts filled, and posts filled, over the counted weeks."""
        at = self.at_level(level)
        filled = self.recording.filled[self.counted][:, at]
        load = np.where(filled > 0, self.recording.load[self.counted][:, at], 0.0)
        return float((load * filled).sum()), float(filled.sum())

    # People

    def resident(self, column: str) -> NDArray[Any]:
        """Return one column of the residents, shape (residents, ...)."""
        return self.recording.residents[column]

    @cached_property
    def weeks_here(self) -> NDArray[np.int64]:
        """Weeks of the run in which each resident was there; who leaves does so at the end of a week."""
        left = self.resident("left_week").astype(np.int64)
        return np.where(left >= 0, left + 1, self.recording.weeks)

    @cached_property
    def weeks_adult(self) -> NDArray[np.int64]:
        """Weeks of the run in which each resident was there and, when the week began, of age."""
        missing = ADULT_AGE - self.resident("age").astype(np.int64)
        birthday = self.resident("birthday").astype(np.int64)
        of_age = birthday + WEEKS_PER_YEAR * (missing - 1) + 1
        minor = np.where(missing <= 0, 0, np.where(birthday < 0, self.recording.weeks, of_age))
        return np.asarray(np.maximum(self.weeks_here - minor, 0))

    @cached_property
    def adult(self) -> Mask:
        """Adults who were there in the last week."""
        here = self.weeks_here == self.recording.weeks
        return np.asarray(here & (self.weeks_adult > 0), dtype=np.bool_)

    @cached_property
    def took_part_lately(self) -> Mask:
        """Residents who took part voluntarily at least once in the last half year."""
        since = max(0, self.recording.weeks - HALF_YEAR)
        return np.asarray(
            (self.resident("weeks_active") > 0) & (self.resident("last_active") >= since), dtype=np.bool_
        )

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

    def group(self, residents: Mask, problems: Mask | None = None) -> Group:
        """Return a group of residents with its problems: those given, else those that belong to these residents."""
        owned = self.of_residents(residents)
        return Group(self, residents, owned if problems is None else problems, owned)


def stock_moves(recording: Recording, cases: Mask, case_of_event: Rows) -> dict[str, NDArray[np.float64]]:
    """Return by how much the undetected and the open among some cases change in each week, shape (weeks, communities)."""
    events, where = recording.events, recording.cases["community"]
    shape = recording.weeks, len(recording.communities)
    moves = {"undetected": np.zeros(shape), "open": np.zeros(shape)}
    for start in range(0, len(events["what"]), SORTED_ROWS):
        some = slice(start, start + SORTED_ROWS)
        rows, what = case_of_event[some], events["what"][some]
        here = cases[rows]
        # who lapses at no office had not come to light, or had left it again with an explanation
        lapsed = np.where(events["office"][some] < 0, np.int8(-1), np.int8(0))
        hidden = _LATENT[what] + np.where(what == Event.LAPSED, lapsed, 0)
        opened = _ON_A_TABLE[what] + np.where(what == Event.LAPSED, -1 - lapsed, 0)
        for name, change in (("undetected", hidden), ("open", opened)):
            moved = np.flatnonzero(here & (change != 0))
            place = events["week"][some][moved].astype(np.intp), where[rows[moved]].astype(np.intp)
            np.add.at(moves[name], place, change[moved].astype(np.float64))
    return moves


_LATENT, _ON_A_TABLE = np.zeros(len(Event), np.int8), np.zeros(len(Event), np.int8)
for _event, _hidden, _open in (
    (Event.ARISE, 1, 0), (Event.RECURS, 1, 0), (Event.DETECT, -1, 1), (Event.RESOLVED, 0, -1),
    (Event.EXPLAINED, 0, -1), (Event.REOPENED, 1, 0),
):  # fmt: skip
    _LATENT[_event], _ON_A_TABLE[_event] = _hidden, _open


class ViewPart(View):
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
        """Return one column of the residents, of these residents."""
        return super().resident(column)[self._residents]

    def whole(self) -> Group:
        """Return these residents as a group, with these cases as their problems."""
        everything = np.ones(len(self._cases), np.bool_)
        return Group(self, np.ones_like(self.adult), everything, everything)


def rows_by(label: NDArray[np.integer], count: int) -> list[Rows]:
    """Return for each label from 0 to ``count - 1`` the rows that have it, in ascending order.

    One pass for all labels together: a mask for each would make tables quadratic in the number of communities.
    """
    order = np.argsort(label, kind="stable")
    edges = np.searchsorted(label[order], np.arange(count + 1))
    return [order[low:high] for low, high in pairwise(edges)]


@dataclass(frozen=True)
class Group:
    """Some residents, and some problems.

    Attributes
    ----------
    members : bool array, shape (residents,)
        Who belongs to it, by what they were at the start.
    problems : bool array, shape (cases,)
        Problems that are looked at for them; of a group by age or work by what the owner was when they arose.
    owned : bool array, shape (cases,)
        Problems of its members.
    """

    view: View
    members: Mask
    problems: Mask
    owned: Mask

    @cached_property
    def adults(self) -> Mask:
        """Those of them who are adults and there at the end."""
        return np.asarray(self.members & self.view.adult, dtype=np.bool_)

    def mean(self, column: str, tier: int | None = None) -> Estimate:
        """Return the mean of a column of the residents over the group's adults at the end."""
        values = self.view.resident(column)
        return mean_with_interval((values if tier is None else values[:, tier])[self._rows])

    @cached_property
    def _rows(self) -> NDArray[np.intp]:
        """Numbers of the adults, asked for by every measure."""
        return np.flatnonzero(self.adults)


def gini(amounts: NDArray[Any]) -> Value:
    """Return the Gini coefficient of non-negative amounts, 0 (equal) to almost 1 (one person has all)."""
    ordered = np.sort(np.asarray(amounts, dtype=np.float64))
    rank = np.arange(1, ordered.size + 1)
    return ratio(float(((2 * rank - ordered.size - 1) * ordered).sum()), float(ordered.size * ordered.sum()))
