"""One run as Mesa's model: from a constructor's plain arguments to a scenario, an arm and its weeks."""

from __future__ import annotations

import difflib
import json
import os
import warnings
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, NoReturn, cast

import mesa
import numpy as np
from mesa.agent import AgentSet
from numpy.typing import NDArray

from govsim.agents.views import Cadre, PartyMember, Resident, SocialOrganization
from govsim.engine import Arm, Recording, Run, resolve_arm
from govsim.engine.processes.measurement import measure_residents
from govsim.engine.recording import COUNTER, COUNTERS
from govsim.scenario import Loaded, LoadedGovernance, load, load_governance
from govsim.scenario.schema import Scenario
from govsim.units import RECENT_WEEKS
from govsim.world import build

Name = str | os.PathLike[str]
Settings = str | Sequence[str] | Mapping[str, Any]

_MODES = ("neutral", "observed")


def scenario_of(asked: Name | Loaded | Scenario, overrides: Sequence[str]) -> Scenario:
    """Return the scenario that was asked for.

    Raises
    ------
    ScenarioError
        With every problem of a file and the overrides.
    ValueError
        If a scenario that is loaded already shall be changed.
    """
    if isinstance(asked, str | os.PathLike):
        return load(asked, overrides).scenario
    if overrides:
        raise ValueError(
            f"{', '.join(overrides)} cannot be applied to a scenario that is already loaded; "
            "name the scenario by file or name, or give the settings to govsim.scenario.load"
        )
    return asked.scenario if isinstance(asked, Loaded) else asked


def arm_of(asked: Name | LoadedGovernance | Arm, mode: str) -> Arm:
    """Return the arm of a governance model under a capacity mode; an arm is returned as it is.

    Raises
    ------
    ScenarioError
        With every problem of a file.
    ValueError
        If there is no such mode.
    """
    if isinstance(asked, Arm):
        return asked
    if mode not in _MODES:
        raise ValueError(f"capacity_mode must be {' or '.join(_MODES)}, not {mode!r}")
    loaded = asked if isinstance(asked, LoadedGovernance) else load_governance(asked)
    return resolve_arm(loaded.model, cast(Literal["neutral", "observed"], mode))


def overrides_of(
    settings: Settings, dotted: Mapping[str, Any], weeks: int | None, known: Sequence[str]
) -> list[str]:
    """Return all changes of parameters as ``path=value``.

    Parameters
    ----------
    settings, dotted, weeks
        As in :class:`govsim.agents.GovernanceModel`.
    known
        Names of the constructor's own arguments.

    Raises
    ------
    TypeError
        If an argument is neither one of the constructor's own nor a dotted path.
    """
    for name in dotted:
        if "." not in name:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]}?" if near else "parameters go by their path, such as run.weeks"
            raise TypeError(f"GovernanceModel has no argument '{name}'; {hint}")
    named = {**settings, **dotted} if isinstance(settings, Mapping) else dict(dotted)
    if weeks is not None:
        named["run.weeks"] = weeks
    written = (
        [] if isinstance(settings, Mapping) else [settings] if isinstance(settings, str) else list(settings)
    )
    return [*written, *(f"{name}={_text(value)}" for name, value in named.items())]


def _text(value: Any) -> str:
    """Return a value as a scenario writes it; a sweep over an array hands over numpy's numbers."""
    if isinstance(value, str):
        return value
    return json.dumps(value.item() if isinstance(value, np.generic) else value, ensure_ascii=False)


_MESA_KEEPS_TIME = hasattr(mesa.Model, "time")
_ARGUMENTS = (
    *("scenario", "governance", "seed", "capacity_mode", "weeks", "settings", "threads"),
    *("model_reporters", "agent_reporters", "agenttype_reporters"),
)
_SEEDS = 2**31


class _Held(dict[Any, None]):
    """Agents held strongly, in the form in which Mesa before 3.5 expects an AgentSet to hold them weakly.

    Two weak references with callbacks for each of tens of thousands of agents would take more room than the
    agents do. Whatever is selected or copied from such a set is one of Mesa's usual sets.
    """

    def keys(self) -> Iterator[Any]:  # type: ignore[override]  # as of a WeakKeyDictionary
        return iter(self)

    def keyrefs(self) -> list[weakref.ref[Any]]:
        return [weakref.ref(agent) for agent in self]

    @property
    def data(self) -> dict[Any, None]:
        return dict.fromkeys(self.keyrefs())

    @data.setter
    def data(self, refs: Iterable[weakref.ref[Any]]) -> None:
        agents = [ref() for ref in refs]
        self.clear()
        self.update(dict.fromkeys(agents))


class GovernanceModel(mesa.Model):  # type: ignore[misc]  # Mesa carries no types
    """One run of a scenario under a governance model, one week a step.

    Parameters
    ----------
    scenario : str, path, Loaded or Scenario
        A scenario file, a built-in name such as ``tiny`` or ``yingzi``, or what
        :func:`govsim.scenario.load` returned.
    governance : str, path, LoadedGovernance or Arm
        A governance file, a built-in name, or what was loaded from one.
    seed : int
        Root seed of the world and of everything that happens, 0 or above. With ``None``, Mesa draws one and a
        warning says which; a sequence or SeedSequence, as ``rng`` of ``mesa.batch_run`` may hold, is turned
        into one number. ``model.seed`` is the seed that repeats the run.
    capacity_mode : str
        ``neutral``: the same hours and money as every model; ``observed``: with what the model brings from
        outside. An Arm has its own.
    weeks : int, optional
        Length of the run instead of the scenario's.
    settings : str, sequence of str or mapping, optional
        Parameters to change, as ``"participation.call=0.2"`` or ``{"participation.call": 0.2}``.
    threads : int
        Threads inside the run. Results are the same for any number.
    model_reporters, agent_reporters, agenttype_reporters : mapping, optional
        As in :class:`mesa.DataCollector`. Without ``model_reporters`` the seed and every weekly counter of
        the district are collected.
    **dotted
        Further parameters by their dotted path, as a sweep of ``mesa.batch_run`` names them:
        ``{"participation.call": [0.1, 0.2]}``.

    Attributes
    ----------
    engine : Run
        The run itself; its columns hang on ``engine.state``.
    world : World
        What is there at week 0.
    arm : Arm
        Governance model and capacity mode.
    seed : int
        Root seed.
    datacollector : mesa.DataCollector
        Collects at week 0 and at the end of every step: row ``k`` is the state after ``k`` weeks.
    changed_by_hand : bool
        Whether an attribute of an agent was set; the scenario alone then does not repeat the run.

    Raises
    ------
    ScenarioError
        With every problem of the scenario, the governance model and the settings.
    TypeError, ValueError
        For an argument that is unknown or out of range.

    Notes
    -----
    Every weekly counter (:data:`govsim.engine.recording.COUNTERS`) except ``residents`` is also an attribute
    of the model: see :meth:`total`.

    ``model.random`` and ``model.rng`` are Mesa's, for shuffling agents; the engine never draws from them.

    In ``mesa.batch_run``, seeds are a parameter (``{"seed": [1, 2, 3]}``) before Mesa 3.5, where
    ``iterations`` only repeats them, and the argument ``rng=[1, 2, 3]`` from 3.5 on. Before 3.5 a batch
    reports the last but one step of each run, whatever the model; with ``max_steps`` below the scenario's
    weeks every Mesa reports step ``max_steps``.
    """

    running: bool
    steps: int
    time: float
    rng: Any
    random: Any

    def __init__(
        self,
        scenario: Name | Loaded | Scenario = "tiny",
        governance: Name | LoadedGovernance | Arm = "party_led_cogovernance",
        seed: Any = 1,
        capacity_mode: str = "neutral",
        *,
        weeks: int | None = None,
        settings: Settings = (),
        threads: int = 1,
        model_reporters: Mapping[str, Any] | None = None,
        agent_reporters: Mapping[str, Any] | None = None,
        agenttype_reporters: Mapping[type, Mapping[str, Any]] | None = None,
        **dotted: Any,
    ) -> None:
        asked = scenario_of(scenario, overrides_of(settings, dotted, weeks, _ARGUMENTS))
        self.arm = arm_of(governance, capacity_mode)
        number = int(seed) if isinstance(seed, int | np.integer) else None
        if number is not None and number < 0:
            raise ValueError(f"seed must be a whole number from 0 upwards, not {number}")
        super().__init__(rng=seed if number is None else number)
        self.seed = int(self.rng.integers(_SEEDS)) if number is None else number
        if seed is None:
            warnings.warn(
                f"no seed was given: this run has seed {self.seed}. From Mesa 3.5 on, batch_run takes seeds "
                "as rng=[1, 2, 3] and passes over a seed among its parameters.",
                stacklevel=2,
            )
        self.world = build(asked.population, asked.network, self.seed)
        self.engine = Run(self.world, asked, self.arm, self.seed, threads)
        self.changed_by_hand = False
        self._people: list[Resident] = []
        self._residents: Any = None
        self._added = 0
        self._start = self._counters_at_start()
        if not _MESA_KEEPS_TIME:
            self.time = 0.0
        reporters = _every_counter() if model_reporters is None else model_reporters
        self.datacollector = mesa.DataCollector(reporters, agent_reporters, agenttype_reporters)
        self.datacollector.collect(self)

    def step(self) -> None:
        """Advance one week and collect.

        Raises
        ------
        RuntimeError
            After the last week.
        """
        if self.engine.week >= self.weeks:
            self.steps = self.engine.week
            raise RuntimeError(f"the run ended after {self.weeks} weeks; weeks= makes a longer one")
        self.engine.step()
        self.running = self.engine.week < self.weeks
        if not _MESA_KEEPS_TIME:
            self.time = float(self.steps)
        self.datacollector.collect(self)

    @property
    def weeks(self) -> int:
        """Length of the run."""
        return self.engine.state.scenario.run.weeks

    def recording(self) -> Recording:
        """Return what the run left behind so far; its residents' columns are the engine's own, not copies."""
        return self.engine.finish()

    def total(self, counter: str) -> float:
        """Return a weekly counter of the district in the last week.

        Trust, satisfaction and efficacy are means over adults, the other counters totals over communities.
        Before the first week, people are counted as they are and nothing has happened yet.
        """
        week, place = self.engine.week, COUNTER[counter]
        table = self.engine.state.recorder.row(week - 1).counters if week else self._start
        total = float(table[:, place].sum())
        if COUNTERS[place].kind != "sum":
            return total
        adults = float(table[:, COUNTER["adults"]].sum())
        return total / adults if adults else 0.0

    def __getattr__(self, name: str) -> float:
        if name in COUNTER:
            return self.total(name)
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def _counters_at_start(self) -> NDArray[np.float64]:
        """Return the counters before the first week, shape (communities, counters)."""
        first = self.world.communities.first_resident.astype(np.uint64)  # the type for which it is compiled
        counters = np.zeros((len(first) - 1, len(COUNTERS)))
        state = self.engine.state
        now = state.residents
        measure_residents(
            0, len(counters), first, 0, RECENT_WEEKS, state.eligible, now, now.trust.reshape(-1), counters
        )
        return counters

    @property
    def agents(self) -> Any:
        """AgentSet of all: residents, cadres, social organisations, and agents that a user added."""
        self._show()
        return self._all_agents

    @property
    def agents_by_type(self) -> Any:
        """AgentSets by class; Party members are not among the plain residents."""
        self._show()
        return self._agents_by_type

    @property
    def agent_types(self) -> list[type]:
        """Classes of the agents."""
        return list(self.agents_by_type)

    @property
    def residents(self) -> Any:
        """AgentSet of all residents, Party members included."""
        self._show()
        if self._residents is None:
            self._residents = self._hold(self._people)
        return self._residents

    def at(self, rows: Iterable[int] | NDArray[Any]) -> Any:
        """Return the AgentSet of the residents in these rows of the columns."""
        self._show()
        return AgentSet([self._people[int(row)] for row in rows], random=self.random)

    def register_agent(self, agent: Any) -> None:
        """Take in an agent that a user made, as Mesa's agents ask for when they are made."""
        self._show()
        super().register_agent(agent)
        self._added += 1
        ours = len(self._people) + len(self.engine.state.servers) + len(self.world.organisations.kind)
        agent.unique_id = ours + self._added

    def remove_all_agents(self) -> NoReturn:
        """Refuse: no process of the engine takes people away."""
        raise TypeError("the agents are part of the run and cannot be removed; make a new model instead")

    def _show(self) -> None:
        """Make the views of everybody, once."""
        if self._people:
            return
        groups: dict[type, list[Any]] = {Resident: [], PartyMember: [], Cadre: [], SocialOrganization: []}
        for row, member in enumerate(self.world.residents.party_member.tolist()):
            kind = PartyMember if member else Resident
            view = self._view(kind, row)
            self._people.append(view)
            groups[kind].append(view)
        for row in np.flatnonzero(self.engine.state.servers["staff"]).tolist():
            groups[Cadre].append(self._view(Cadre, row))
        for row in range(len(self.world.organisations.kind)):
            groups[SocialOrganization].append(self._view(SocialOrganization, row))
        self._all_agents = self._hold([*self._people, *groups[Cadre], *groups[SocialOrganization]])
        self._agents_by_type = {kind: self._hold(views) for kind, views in groups.items() if views}

    def _view(self, kind: type[Any], row: int) -> Any:
        view = object.__new__(kind)
        view.model, view.index = self, row
        return view

    def _hold(self, views: list[Any]) -> Any:
        """Return a set of the class in which this Mesa keeps a model's agents, holding them strongly."""
        held = type(self._all_agents)([], random=self.random)
        held._agents = _Held(dict.fromkeys(views)) if isinstance(held, AgentSet) else dict.fromkeys(views)
        return held


def _every_counter() -> dict[str, Callable[[GovernanceModel], float]]:
    def reporter(name: str) -> Callable[[GovernanceModel], float]:
        return lambda model: model.total(name)

    return {"seed": lambda model: model.seed, **{name: reporter(name) for name in COUNTER}}
