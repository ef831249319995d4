"""The workbench of an audit: worlds built once, runs remembered by what they ran, and what is kept of each.

Small runs spend their time in Python rather than in kernels, so they run one after the other: side by side they would
only wait for each other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from govsim.engine import resolve_arm
from govsim.engine.offices import Arm
from govsim.engine.recording import Recording
from govsim.results.balance import balance
from govsim.results.indicators import summarise
from govsim.results.values import Value
from govsim.results.view import View
from govsim.scenario.schema import Scenario
from govsim.scenario.schema.governance import Governance
from govsim.world import World, build

Mode = Literal["neutral", "observed"]
Simulate = Callable[..., Recording]
"""``simulate(world, scenario, arm, seed, threads=1)``: the engine under audit."""

_WORLDS_KEPT = 24


@dataclass(frozen=True)
class Trace:
    """What is kept of a run.

    Attributes
    ----------
    values : dict of str to Value
        Every indicator.
    digests : dict of str to str
        A hash of each column of the recording, names of places, classes and offices left out.
    hours : float64 array, shape (len(HourSource), len(Activity))
        Hours of the run.
    granted_hours, granted_money, spent_money : float
        Hours and yuan of the whole run.
    left_over : float
        Hours supplied less hours booked, the largest in any week, office and source.
    faults : tuple of str
        Books that do not close, in words.
    """

    values: dict[str, Value]
    digests: dict[str, str]
    hours: NDArray[np.float64]
    granted_hours: float
    granted_money: float
    spent_money: float
    left_over: float
    faults: tuple[str, ...]

    def differs(self, other: Trace) -> bool:
        """Tell whether another run differs in any column or indicator."""
        return self.digests != other.digests or self.values != other.values


def columns(recording: Recording) -> dict[str, NDArray[Any]]:
    """Return all that a recording holds, by dotted name, without the names of places, classes and offices."""
    return dict(_columns("", recording))


def _columns(name: str, value: Any) -> Iterator[tuple[str, NDArray[Any]]]:
    if is_dataclass(value) and not isinstance(value, type):
        for item in fields(value):
            yield from _columns(f"{name}.{item.name}" if name else item.name, getattr(value, item.name))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _columns(f"{name}.{key}", item)
    elif not isinstance(value, tuple):
        yield name, np.ascontiguousarray(value)


def digests(recording: Recording) -> dict[str, str]:
    """Return a hash of type, shape and bytes of each column; equal ones are bit-identical recordings."""
    found = {}
    for name, column in columns(recording).items():
        content = f"{column.dtype.str}{column.shape}".encode() + column.tobytes()
        found[name] = hashlib.blake2b(content, digest_size=8).hexdigest()
    return found


def differing(ours: dict[str, str], theirs: dict[str, str], aside: tuple[str, ...] = ()) -> list[str]:
    """Return the columns in which two recordings differ, those left ``aside`` not looked at."""
    return [name for name in (ours | theirs) if name not in aside and ours.get(name) != theirs.get(name)]


def trace(recording: Recording) -> Trace:
    """Return what is kept of a recording."""
    view = View(recording)
    books = balance(view)
    return Trace(
        values=summarise(view),
        digests=digests(recording),
        hours=np.asarray(recording.hours.sum(axis=(0, 1)), np.float64),
        granted_hours=float(recording.granted_hours),
        granted_money=books.money_granted,
        spent_money=books.money_spent,
        left_over=books.hours_left_over,
        faults=tuple(books.faults),
    )


class AuditRuns:
    """Runs of one audit.

    Parameters
    ----------
    simulate
        The engine; another one can be put in to show that the checks see what it does wrong.
    """

    def __init__(self, simulate: Simulate) -> None:
        self._simulate = simulate
        self._worlds: dict[tuple[str, str, int], World] = {}
        self._traces: dict[tuple[str, str, int], Trace] = {}
        self.runs = 0

    def world(self, scenario: Scenario, seed: int) -> World:
        """Return the world of a scenario; the last ones built are kept."""
        key = (scenario.population.model_dump_json(), scenario.network.model_dump_json(), seed)
        if key not in self._worlds:
            if len(self._worlds) >= _WORLDS_KEPT:
                del self._worlds[next(iter(self._worlds))]
            self._worlds[key] = build(scenario.population, scenario.network, seed)
        return self._worlds[key]

    def run(
        self, scenario: Scenario, arm: Arm, seed: int, world: World | None = None, threads: int = 1
    ) -> Recording:
        """Run an arm afresh, whatever has been run before."""
        self.runs += 1
        place = self.world(scenario, seed) if world is None else world
        return self._simulate(place, scenario, arm, seed, threads=threads)

    def trace(self, scenario: Scenario, model: Governance, seed: int, mode: Mode = "neutral") -> Trace:
        """Return what is kept of a run; the same content is run once."""
        arm = resolve_arm(model, mode)
        key = (scenario.model_dump_json(), arm.key, seed)
        if key not in self._traces:
            self._traces[key] = trace(self.run(scenario, arm, seed))
        return self._traces[key]
