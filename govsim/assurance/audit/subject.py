"""What is audited, in which small worlds, and how thoroughly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from govsim.scenario import LoadedGovernance, Origin, load
from govsim.scenario.declare import Section
from govsim.scenario.fields import Declared
from govsim.scenario.messages import Path, dotted
from govsim.scenario.schema import Scenario
from govsim.scenario.schema.governance import Governance

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
