"""Where two runs part: both are run again in lockstep, and after each process of each week their columns are compared.

Results depend on nothing but what was asked and the seed, so the first column that differs, and the process that wrote
it, is where the difference came from. What is set up differently before the first week (rates, offices, who is called)
is named, and left aside from then on: a parting is what processes made of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from govsim.engine import columns as col
from govsim.engine.checked import declared
from govsim.engine.loop import ORDER, Run
from govsim.engine.offices import Arm
from govsim.engine.process import Process
from govsim.engine.recording import COUNTERS, Activity, HourSource
from govsim.engine.state import State
from govsim.scenario.schema import Scenario
from govsim.world import World

_BOOKKEEPING = (
    "pool.free", "pool.counts", "pool.gone", "pool.candidates", "pool.recurring", "calendar", "last_week.", "posts.",
    "first_resident",
)  # fmt: skip
"""Columns whose size depends on how much room was made, or that repeat what stands in others."""
_RESIDENTS = ("residents.", "participation_type", "status_next", "signal", "tie_totals", "world.residents.")
_HOUSEHOLDS = ("hazards", "world.households.")
_CASES = ("pool.",)
_OFFICES = (
    "offices", "row.hours", "row.supplied", "row.load", "row.posts", "row.filled", "row.burnt_out", "row.quits",
    "row.money", "row.tasks", "filings", "transfers", "tasks_waiting", "saved", "queue_heads",
)  # fmt: skip
_COMMUNITIES = (
    "row.counters", "condition", "attendance", "call_from", "visit_from", "visit_next", "active_share",
    "published", "given", "votes", "plan.",
    "world.communities.", "organisation_hours", "enterprise_hours",
)  # fmt: skip
_KINDS = ("resident", "household", "case", "post", "office", "community")
"""Kinds of entities, the most particular ones first."""


@dataclass(frozen=True)
class RunRequest:
    """One of two runs: what the engine is given."""

    world: World
    scenario: Scenario
    arm: Arm
    seed: int


@dataclass(frozen=True)
class Parting:
    """One column that differs where it was the same before.

    Attributes
    ----------
    week : int
        From 0.
    process : str
        Process that wrote it.
    column, kind, entity : str
        Column; ``resident``, ``case``, ``office`` and so on; and which of them.
    first, second : str
        Both values.
    differing : int
        Entries of the column that differ.
    """

    week: int
    process: str
    column: str
    kind: str
    entity: str
    first: str
    second: str
    differing: int


@dataclass
class Partings:
    """Where two runs part.

    Attributes
    ----------
    before : list of str
        Columns that were set up differently before the first week.
    world : Parting or None
        The first difference between their worlds; then nothing was run.
    weeks : int
        Weeks that were run and compared.
    first : list of Parting
        What the first process wrote differently that did, the most particular entities first; empty if they never part.
    reads : list of str
        Columns of ``before`` which that process declares to read.
    resident : Parting or None
        The first resident for whom something differs.
    """

    before: list[str] = field(default_factory=list)
    world: Parting | None = None
    weeks: int = 0
    first: list[Parting] = field(default_factory=list)
    reads: list[str] = field(default_factory=list)
    resident: Parting | None = None


def find_divergence(
    first: RunRequest, second: RunRequest, week_done: Callable[[int], None] = lambda week: None
) -> Partings:
    """Run both in lockstep until the first resident for whom something differs, or to the end of the shorter one.

    Parameters
    ----------
    week_done
        Called with the number of weeks that were compared; may raise to leave.
    """
    a, b = (Run(x.world, x.scenario, x.arm, x.seed) for x in (first, second))
    known = set(_differing(a, b, None))
    found = Partings(before=sorted(known))
    of_world = [name for name in found.before if name.startswith("world.")]
    if of_world:
        found.world = _most_particular(a, b, of_world, 0, "the world, before the first week")[0]
        return found
    for week in range(min(first.scenario.run.weeks, second.scenario.run.weeks)):
        for process in _steps(a, b):
            new = [column for column in _differing(a, b, _written_by(process)) if column not in known]
            if not new:
                continue
            known.update(new)
            partings = _most_particular(a, b, new, week, process.name)
            if not found.first:
                found.first = partings
                reads = _read_by(process)
                found.reads = [column for column in found.before if declared(column, reads)]
            if partings[0].kind == "resident" and found.resident is None:
                found.resident = partings[0]
        found.weeks = week + 1
        week_done(week + 1)
        if found.resident is not None:
            break
    return found


def writers(
    asked: RunRequest, week: int, week_done: Callable[[int], None] = lambda week: None
) -> list[tuple[str, dict[str, NDArray[np.bool_]]]]:
    """Return, for one week, which entries of the weekly tables each process writes, in the order of the processes.

    Entries of ``counters`` by (community, counter) and of ``hours`` by (office, source, activity).
    """
    run = Run(asked.world, asked.scenario, asked.arm, asked.seed)
    for done in range(week):
        run.step()
        week_done(done + 1)
    run.begin_week()
    state = run.state
    found = []
    for process in ORDER:
        if process.run is None:
            continue
        before = state.row.counters.copy(), state.row.hours.copy()
        process.run(state)
        row = state.row
        found.append((process.name, {"counters": row.counters != before[0], "hours": row.hours != before[1]}))
    run.end_week()
    return found


def _steps(a: Run, b: Run) -> Iterator[Process]:
    """Advance both by a week, giving the process that has just run."""
    a.begin_week()
    b.begin_week()
    for process in ORDER:
        if process.run is not None:
            process.run(a.state)
            process.run(b.state)
            yield process
    a.end_week()
    b.end_week()


def _hosted(process: Process) -> list[Process]:
    """Return a process with those that run inside it."""
    return [process, *(p for p in ORDER if p.run is None and process.name == "casework")]


def _written_by(process: Process) -> set[str]:
    return {name for party in _hosted(process) for name in party.writes}


def _read_by(process: Process) -> set[str]:
    return {name for party in _hosted(process) for name in (*party.reads, *party.writes)}


def _tables(state: State, writes: set[str] | None) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield columns by name, each as far as it is in use, records field by field and counters one by one."""
    pool = state.pool
    used = {
        "pool.jobs": pool.used,
        "pool.closings": int(pool.counts[col.CLOSED]),
        "pool.events": int(pool.counts[col.EVENTS]),
        "pool.inbox_job": state.sent,
        "pool.inbox_time": state.sent,
    }
    for name, column in state.columns().items():
        if name.startswith(_BOOKKEEPING) or (writes is not None and not declared(name, writes)):
            continue
        rows = column[: used[name]] if name in used else column
        if rows.dtype.names:
            yield from ((f"{name}.{item}", rows[item]) for item in rows.dtype.names)
        elif name == "row.counters":
            yield from ((f"{name}.{counter.name}", rows[:, k]) for k, counter in enumerate(COUNTERS))
        else:
            yield name, rows


def _differing(a: Run, b: Run, writes: set[str] | None) -> dict[str, tuple[Any, Any]]:
    """Return the columns that differ, of those a process may write or of all."""
    theirs = dict(_tables(b.state, writes))
    return {
        name: (column, theirs[name])
        for name, column in _tables(a.state, writes)
        if name in theirs and not _same(column, theirs[name])
    }


def _same(a: NDArray[Any], b: NDArray[Any]) -> bool:
    if a.shape != b.shape:
        return False
    return bool(np.array_equal(a, b, equal_nan=a.dtype.kind == "f"))


def _most_particular(a: Run, b: Run, columns: list[str], week: int, process: str) -> list[Parting]:
    """Return the partings of some columns, residents first, then cases, offices and communities."""
    ours, theirs = dict(_tables(a.state, None)), dict(_tables(b.state, None))
    found = [_parting(a, b, name, ours[name], theirs[name], week, process) for name in columns]
    order = {kind: rank for rank, kind in enumerate(_KINDS)}
    return sorted(found, key=lambda item: order.get(item.kind, len(order)))


def _parting(a: Run, b: Run, name: str, x: NDArray[Any], y: NDArray[Any], week: int, process: str) -> Parting:
    count = min(len(x), len(y))
    wrong = np.argwhere((x[:count] != y[:count]) & ((x[:count] == x[:count]) | (y[:count] == y[:count])))
    kind = kind_of_entries(name)
    if not len(wrong):  # one of them is only longer
        longer, values = (a, x) if len(x) > len(y) else (b, y)
        shown = _value(values[count])
        pair = (shown, "none") if len(x) > len(y) else ("none", shown)
        entity = _entity(longer.state, name, kind, count)
        return Parting(week, process, name, kind, entity, *pair, abs(len(x) - len(y)))
    place = tuple(int(index) for index in wrong[0])
    entity = _entity(a.state, name, kind, place[0])
    where = name + _inner(name, place[1:])
    return Parting(week, process, where, kind, entity, _value(x[place]), _value(y[place]), len(wrong))


def kind_of_entries(column: str) -> str:
    """Return what the entries of a column are: residents, cases, offices and so on."""
    kinds = (
        ("resident", _RESIDENTS), ("household", _HOUSEHOLDS), ("case", _CASES), ("post", ("servers", "present")),
        ("office", _OFFICES), ("community", _COMMUNITIES), ("organisation", ("organisations.",)),
        ("class", ("classes.",)),
    )  # fmt: skip
    return next((kind for kind, beginnings in kinds if column.startswith(beginnings)), "entry")


def _entity(state: State, column: str, kind: str, index: int) -> str:
    """Name one entry: cases by their number in the ledger, offices and communities by name."""
    pool = state.pool
    if kind == "case":
        table = column.split(".")[1]
        if table == "events":
            return f"case {int(pool.events['case'][index])}"
        slot = index
        if table in ("inbox_job", "inbox_time"):
            slot = int(pool.inbox_job[index])
        elif table == "closings":
            slot = int(pool.closings[index])
        job = pool.jobs[slot]
        return f"{'case' if job['kind'] == col.CASE else 'task'} {int(job['number'])}"
    if kind == "office" and column != "queue_heads" and index < len(state.establishment.table.names):
        return f"office {index} ({state.establishment.table.names[index]})"
    if kind == "community" and index < state.communities:
        return f"community {index} ({state.world.community_names[index]})"
    if kind == "class":
        return f"class {list(state.scenario.problems.classes)[index]}"
    return f"{kind} {index}"


def _inner(column: str, place: tuple[int, ...]) -> str:
    if column == "row.hours" and len(place) == 2:
        return f" ({HourSource(place[0]).name.lower()}, {Activity(place[1]).name.lower()})"
    if column == "row.supplied" and len(place) == 1:
        return f" ({HourSource(place[0]).name.lower()})"
    return "".join(f"[{index}]" for index in place)


def _value(value: Any) -> str:
    return f"{value:.9g}" if isinstance(value, float | np.floating) else str(value)
