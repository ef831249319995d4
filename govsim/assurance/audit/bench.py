"""What is audited in which small worlds, the bench that builds and runs them, and the rows that an audit says.

Worlds are built once, and runs remembered by what they ran. Small runs spend their time in Python rather than in kernels,
so they run one after the other: side by side they would only wait for each other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from govsim.engine import resolve_arm
from govsim.engine.offices import Arm
from govsim.engine.recording import Recording
from govsim.results.indicators import summarise
from govsim.results.ledger import balance
from govsim.results.values import Value
from govsim.results.view import View
from govsim.scenario import LoadedGovernance, Origin, load
from govsim.scenario.declare import Section
from govsim.scenario.fields import Declared
from govsim.scenario.messages import Path, dotted
from govsim.scenario.schema import Scenario
from govsim.scenario.schema.governance import Governance
from govsim.world import World, build

Result = Literal["pass", "fail", "inert", "not done"]
"""``inert`` is a parameter without effect and with a reason; ``not done`` could not be looked at here, and says why."""


@dataclass(frozen=True)
class AuditRow:
    """One check.

    Attributes
    ----------
    check : str
        What must hold, in a few words.
    done : str
        What was done to find out.
    result : str
        See :data:`Result`. Only ``fail`` makes the audit fail.
    evidence : str
        What was seen, with its number.
    number : float
        That number: differences, faults or parameters, as ``evidence`` says.
    where : str
        File and line of what is at fault, where it stands in a file.
    """

    check: str
    done: str
    result: Result
    evidence: str
    number: float
    where: str = ""


@dataclass(frozen=True)
class Followed:
    """A governance parameter and an indicator that follows it over a sweep.

    Attributes
    ----------
    parameter, indicator : str
        Their names.
    elasticity, fit : float
        Slope and R2 of the logarithm of the indicator on that of the parameter.
    points : int
        Values of the parameter, above 0, at which the indicator had a number in every seed.
    price : bool
        Whether the indicator counts what the lever spends, and rises with the parameter.
    one_to_one : bool
        Whether the indicator follows it one to one.
    """

    parameter: str
    indicator: str
    elasticity: float
    fit: float
    points: int
    price: bool
    one_to_one: bool

    @property
    def flagged(self) -> bool:
        """Whether an outcome is an input in other clothes."""
        return self.one_to_one and not self.price


@dataclass(frozen=True)
class Audit:
    """The whole table.

    Attributes
    ----------
    model, file, key : str
        Label, file and content hash of the governance model.
    scenario : str
        Label of the scenario that the small worlds were made from.
    profile : str
        ``full`` or ``quick``.
    left_out : tuple of str
        What a quick audit leaves out.
    runs, seconds
        What it took.
    switches : mapping of str to (value of the baseline, value of the model)
        What is left of the difference to the baseline without Party members and seconded hours.
    followed : tuple of Followed
        The closest follower of each parameter that was swept, and every one that follows one to one.
    rows : tuple of AuditRow
        In the order in which they were done.
    """

    model: str
    file: str
    key: str
    scenario: str
    profile: str
    left_out: tuple[str, ...]
    runs: int
    seconds: float
    switches: Mapping[str, tuple[str, str]]
    followed: tuple[Followed, ...]
    rows: tuple[AuditRow, ...]

    @property
    def failed(self) -> tuple[AuditRow, ...]:
        """Checks that did not hold, and the parameters that are their reason."""
        return tuple(row for row in self.rows if row.result == "fail")

    @property
    def passed(self) -> bool:
        """Whether no check failed."""
        return not self.failed


S = TypeVar("S", bound=Section)


@dataclass(frozen=True)
class Profile:
    """How thoroughly an audit looks.

    Attributes
    ----------
    name : str
        For people.
    residents, weeks : int
        Size of the small worlds.
    seeds : tuple of int
        Seeds of the checks that compare bits.
    sweep_seeds, sweep_points
        Seeds and values of each parameter in the search for pass-through.
    tried : int
        Other values of a parameter that are tried for an effect.
    sweep_all : bool
        Sweep the numbers that the model leaves at 0 too.
    narrow : bool
        Find out which setting keeps an inert parameter inert.
    theory : bool
        Compare the engine with closed forms.
    left_out : tuple of str
        What is not looked at, in words.
    """

    name: str
    residents: int
    weeks: int
    seeds: tuple[int, ...]
    sweep_seeds: tuple[int, ...]
    sweep_points: int
    tried: int
    sweep_all: bool
    narrow: bool
    theory: bool
    left_out: tuple[str, ...] = ()


FULL = Profile("full", 600, 39, (1, 2, 3, 4, 5), (1, 2, 3), 6, 3, sweep_all=False, narrow=True, theory=True)
QUICK = Profile(
    "quick",
    1000,
    20,
    (1,),
    (1,),
    5,
    2,
    sweep_all=False,
    narrow=False,
    theory=False,
    left_out=(
        "all seeds but one, and half of the weeks",
        "which setting keeps an inert parameter inert",
        "closed forms of theory, which do not depend on the model",
    ),
)

SMALL = "tiny"
"""Name of the built-in scenario that is small and has some of everything."""
_EVENTS = ("timeline",)
"""What happens in a scenario on a date: an audit looks at quiet worlds."""
_BRIEF, _BUSY, _RICH = 10, 0.5, 10.0
_LARGE, _LONG = 10, 60
_WILLING: tuple[str, ...] = (
    "population.party.share_of_adults=0.3",
    "population.participation.contingent_share=0.95",
    "population.participation.certain_share=0.05",
    "population.participation.threshold.mean=0.4",
)


@dataclass(frozen=True)
class Probes:
    """Small worlds.

    Attributes
    ----------
    brief : Scenario
        The first weeks of the calm one, where most of what has an effect shows it.
    calm : Scenario
        As the scenario has it.
    busy : Scenario
        Half the staff: queues, refusals, overdue cases.
    willing : Scenario
        Many Party members, and many residents in two minds.
    rich : Scenario
        Ten times the staff and money: offices of several people, and what few residents' money would never pay for.
    large : Scenario
        Ten times the residents and more than a year, for what is rare.
    spare : tuple of Scenario
        The same made from the built-in small district, for what a scenario made small has none of; empty where
        that is the scenario.
    """

    label: str
    brief: Scenario
    calm: Scenario
    busy: Scenario
    willing: Scenario
    rich: Scenario
    large: Scenario
    spare: tuple[Scenario, ...] = ()

    @property
    def all(self) -> tuple[Scenario, ...]:
        """The whole probes in the order in which they are tried."""
        return self.calm, self.busy, self.willing, self.rich


def baseline() -> str:
    """Return the name of the first model that a scenario compares unless it says otherwise."""
    first = Scenario.model_fields["governance"].get_default(call_default_factory=True).models[0]
    return str(first)


def probes(name: str, profile: Profile) -> Probes:
    """Make the small worlds from a scenario, by name or path.

    Raises
    ------
    ScenarioError
        With what is wrong with the scenario.
    """
    small = (
        f"population.residents={profile.residents}",
        f"run.weeks={profile.weeks}",
        *(f"{events}=[]" for events in _EVENTS if events in Scenario.model_fields),
        f"governance.models=[{baseline()}]",
    )
    calm = load(name, small)

    def probe(settings: Iterable[str]) -> Scenario:
        return load(name, (*small, *settings)).scenario

    capacity = calm.scenario.capacity
    found = Probes(
        calm.label,
        probe([f"run.weeks={min(_BRIEF, profile.weeks)}"]),
        calm.scenario,
        probe(_times(_BUSY, "staff", capacity.staff)),
        probe(_WILLING),
        probe([*_times(_RICH, "staff", capacity.staff), *_times(_RICH, "money", capacity.money)]),
        probe([f"population.residents={_LARGE * profile.residents}", f"run.weeks={_LONG}"]),
    )
    return found if name == SMALL else replace(found, spare=probes(SMALL, profile).all)


def _times(factor: float, what: str, tiers: Section) -> list[str]:
    return [f"capacity.{what}.{tier}={factor * amount}" for tier, amount in tiers]


@dataclass(frozen=True)
class Subject:
    """The model under audit beside the baseline of every difference.

    Attributes
    ----------
    loaded : LoadedGovernance
        As read from its file.
    baseline : Governance
        First of the models that a scenario compares unless it says otherwise.
    others : tuple of Governance
        The shipped models.
    """

    loaded: LoadedGovernance
    baseline: Governance
    others: tuple[Governance, ...]

    @property
    def model(self) -> Governance:
        """The model under audit."""
        return self.loaded.model

    def where(self, path: Path) -> str:
        """Return file and line of a value of the model, or of the model's file where it is a default."""
        origin: Origin | None = self.loaded.origins.get(dotted(path))
        if origin is None or not origin.line:
            return f"{self.loaded.file} (default of {dotted(path)})"
        return f"{origin.file}:{origin.line}"


def disguised(section: S, words: str) -> S:
    """Return a section with everything that is decoration in it said otherwise, texts replaced and lists emptied."""
    changes: dict[str, Any] = {}
    for name in type(section).model_fields:
        value = getattr(section, name)
        if Declared.of(type(section), name).decoration:
            changes[name] = _other_words(value, words)
        else:
            changes[name] = _inside(value, words)
    return section.model_copy(update=changes)


def _inside(value: Any, words: str) -> Any:
    if isinstance(value, Section):
        return disguised(value, words)
    if isinstance(value, dict):
        return {key: _inside(item, words) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_inside(item, f"{words} {place}") for place, item in enumerate(value))
    return value


def _other_words(value: Any, words: str) -> Any:
    if isinstance(value, Section):
        texts = {name: words for name, old in value if isinstance(old, str)}
        return value.model_copy(update=texts)
    return type(value)() if isinstance(value, list | tuple) else words if isinstance(value, str) else value


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


def recorded_columns(recording: Recording) -> dict[str, NDArray[Any]]:
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
    for name, column in recorded_columns(recording).items():
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
