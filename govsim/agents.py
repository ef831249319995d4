"""Mesa's door to a run: a model that Mesa's tools step, collect from and batch, and agents that are views.

The state of a run stays in the engine's columns. A :class:`Resident`, :class:`PartyMember`, :class:`Cadre` or
:class:`SocialOrganization` is an index into them: reading an attribute reads the column, setting one writes the column, and
the engine goes on from there in the next week. What the world fixes and what is a record of past weeks can only be read.
Views are made when somebody first asks for agents, so a model that is only stepped runs at the engine's speed.

This is the one module that imports Mesa (3.3 to 3.5). Mesa 3.3 sets the start method of ``multiprocessing`` to ``spawn`` when it
is imported, as its own ``batch_run`` needs it.
"""

from __future__ import annotations

import difflib
import json
import os
import warnings
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from numbers import Real
from operator import attrgetter
from typing import Any, Generic, Literal, NoReturn, TypeVar, cast

import mesa
import numpy as np
from mesa.agent import AgentSet
from numpy.typing import NDArray

from govsim.engine import Arm, Engine, Recording, resolve_arm
from govsim.engine import columns as col
from govsim.engine.processes.measurement import measure_residents
from govsim.engine.processes.participation import ACTIVE, ADULT
from govsim.engine.recording import COUNTER, COUNTERS
from govsim.engine.recording import Level as OfficeLevel
from govsim.scenario import Loaded, LoadedGovernance, load, load_governance
from govsim.scenario.schema import Scenario
from govsim.scenario.schema.governance import GovernanceModel as GovernanceData
from govsim.units import RECENT_WEEKS
from govsim.world import (
    Hazard,
    Housing,
    OrganisationKind,
    ParticipationType,
    Schooling,
    Tier,
    Work,
    build,
)

__all__ = ["Cadre", "GovernanceModel", "PartyMember", "Resident", "SocialOrganization"]

T = TypeVar("T")
Table = Callable[[Engine], NDArray[Any]]
Reporters = Mapping[str, Any]

_WORLD = "is part of the world, which is the same under every governance model"
_RECORD = "is a record of what happened"
_POSTS = {
    col.COMMUNITY_WORKER: "community_worker",
    col.GRID_WORKER: "grid_worker",
    col.STREET_OFFICIAL: "street_official",
    col.CLERK: "clerk",
    col.OPERATOR: "operator",
    col.SECONDED_CADRE: "seconded_cadre",
}
_MODES = ("neutral", "observed")
_MESA_KEEPS_TIME = hasattr(mesa.Model, "time")
_MESA_HOLDS_WEAKLY = not hasattr(mesa.agent, "_HardKeyAgentSet") and not hasattr(mesa, "agentset")


def _words(names: Any) -> Callable[[int], str]:
    """Return what turns a code of an IntEnum without gaps into its name in lower case."""
    return tuple(item.name.lower() for item in names).__getitem__


class _Fact(Generic[T]):
    """An attribute that is one entry of a column and cannot be set."""

    def __init__(
        self,
        table: str | Table,
        doc: str,
        read: Callable[[Any], T] | None = None,
        column: int | None = None,
        why: str = _WORLD,
    ) -> None:
        self._table: Table = attrgetter(table) if isinstance(table, str) else table
        self._read, self._why = read, why
        self._column = () if column is None else (column,)
        self.__doc__ = doc

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, view: _View | None, owner: type) -> T:
        if view is None:
            return cast(T, self)
        value = self._table(view.model.engine).item(view.index, *self._column)
        return value if self._read is None else self._read(value)  # type: ignore[no-any-return]

    def __set__(self, view: _View, value: T) -> None:
        raise AttributeError(f"{self._name} of {view!r} cannot be set: it {self._why}")


class _State(_Fact[T]):
    """An attribute that is one entry of a column and can be set within its bounds."""

    def __init__(self, table: str | Table, doc: str, column: int | None = None) -> None:
        super().__init__(table, f"{doc}, from 0 to 1; can be set.", None, column)

    def __set__(self, view: _View, value: T) -> None:
        if not isinstance(value, Real) or not 0.0 <= float(value) <= 1.0:
            raise ValueError(f"{self._name} of {view!r} must be a number from 0 to 1, not {value!r}")
        self._table(view.model.engine)[(view.index, *self._column)] = value
        view.model.changed_by_hand = True


class _View(mesa.Agent):  # type: ignore[misc]  # Mesa carries no types
    """An index into the columns of a model's run.

    Mesa's own constructor is not called: it would keep three attributes per agent, and Mesa 3.3 never lets go of a model
    for which it has numbered an agent.
    """

    __slots__ = ("index", "model")

    model: GovernanceModel
    index: int
    kind: Any = ""
    pos: Any = None

    def __init__(self, *_: Any, **__: Any) -> None:
        raise TypeError(
            f"a {type(self).__name__} comes from the scenario and cannot be added to a run; "
            "find those that are there in model.agents"
        )

    def remove(self) -> NoReturn:
        """Refuse: no process of the engine takes this agent away."""
        raise TypeError(f"{self!r} is part of the run and cannot be removed; work on a selection of model.agents")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.unique_id}>"


class Resident(_View):
    """A resident. ``index`` is the row in the residents' columns, ``unique_id`` is one more.

    Trust per tier is what own experience says; ``opinion`` is the trust in local government after hearing the neighbours,
    which is what moves reporting and participation. The weekly counters of trust put both together.
    """

    __slots__ = ()
    kind = "resident"

    @property
    def unique_id(self) -> int:
        """Number of the agent in its model, from 1."""
        return self.index + 1

    household = _Fact[int]("world.residents.household", "Row of the household.")
    community = _Fact[int]("world.residents.community", "Row of the community.")
    age = _Fact[int]("world.residents.age", "Years.")
    female = _Fact("world.residents.female", "Whether a woman.", bool)
    schooling = _Fact("world.residents.schooling", "Highest schooling.", _words(Schooling))
    work = _Fact("world.residents.work", "Work status.", _words(Work))
    migrant = _Fact("world.residents.migrant", "Whether from elsewhere.", bool)
    party_member = _Fact("world.residents.party_member", "Whether a Party member.", bool)
    free_hours = _Fact[float]("world.residents.free_hours", "Hours a week.")
    participation_type = _Fact("world.residents.participation_type", "never, contingent or certain.", _words(ParticipationType))
    threshold = _Fact[float]("world.residents.threshold", "Threshold of the contagion rule.")
    time_cost = _Fact[float]("world.residents.time_cost", "Cost of time in the contagion rule.")
    ability = _Fact[float]("world.residents.ability", "Ability to report a problem, from 0 to 1.")
    acquainted = _Fact("world.residents.acquainted", "Whether acquainted with community staff.", bool)
    adult = _Fact("residents.seen", "Whether 16 or over.", lambda seen: bool(seen & ADULT))

    opinion = _State[float]("residents.opinion", "Trust in local government after hearing the ties")
    trust_community = _State[float]("residents.trust", "Trust in the residents' committee", Tier.COMMUNITY)
    trust_street = _State[float]("residents.trust", "Trust in the street office or town", Tier.STREET)
    trust_district = _State[float]("residents.trust", "Trust in the district", Tier.DISTRICT)
    trust_centre = _State[float]("residents.trust", "Trust in the centre", Tier.CENTRE)
    expectation = _State[float]("residents.expectation", "What is expected of services")
    satisfaction = _State[float]("residents.satisfaction", "Satisfaction with services")
    efficacy = _State[float]("residents.efficacy", "Belief that acting together helps")
    habit = _State[float]("residents.habit", "Habit of taking part")
    fatigue = _State[float]("residents.fatigue", "Fatigue from calls and ordered duty")

    hours_given = _Fact[float]("residents.hours_given", "Voluntary hours since the start.", why=_RECORD)
    weeks_active = _Fact[int]("residents.weeks_active", "Weeks of taking part since the start.", why=_RECORD)
    called = _Fact("residents.called", "Whether called to take part in the last week.", bool, why=_RECORD)
    needed_call = _Fact("residents.needed_call", "Whether took part in the last week because of a call.", bool, why=_RECORD)
    active_share = _Fact[float]("residents.active_share", "Weighted active share of the ties, as last seen.", why=_RECORD)

    @property
    def active(self) -> bool:
        """Whether took part in the last week; can be set, and the ties see it in the next week."""
        return bool(self.model.engine.residents.seen.item(self.index) & ACTIVE)

    @active.setter
    def active(self, value: bool) -> None:
        seen = self.model.engine.residents.seen
        seen[self.index] = ADULT | ACTIVE if self._yes_or_no("active", value) else seen[self.index] & ~ACTIVE
        self.model.changed_by_hand = True

    @property
    def registered(self) -> bool:
        """Whether registered as a volunteer; can be set."""
        return bool(self.model.engine.residents.registered.item(self.index))

    @registered.setter
    def registered(self, value: bool) -> None:
        self.model.engine.residents.registered[self.index] = self._yes_or_no("registered", value)
        self.model.changed_by_hand = True

    def _yes_or_no(self, name: str, value: Any) -> bool:
        if not isinstance(value, bool | np.bool_):
            raise ValueError(f"{name} of {self!r} must be True or False, not {value!r}")
        if value and not self.adult:
            raise ValueError(f"{name} of {self!r} cannot be True: children do not take part")
        return bool(value)

    @property
    def housing(self) -> str:
        """Kind of housing."""
        return _HOUSING(self.model.world.households.housing.item(self.household))

    @property
    def hazards(self) -> tuple[str, ...]:
        """Hazard zones in which the household lies."""
        bits = self.model.world.households.exposure.item(self.household)
        return tuple(hazard.name.lower() for hazard in Hazard if bits & hazard)

    @property
    def degree(self) -> int:
        """Number of ties."""
        first = self.model.world.ties.indptr
        return int(first[self.index + 1]) - int(first[self.index])

    @property
    def ties(self) -> Any:
        """AgentSet of the residents tied to this one."""
        ties = self.model.world.ties
        return self.model.at(ties.other[ties.indptr[self.index] : ties.indptr[self.index + 1]])

    @property
    def household_members(self) -> Any:
        """AgentSet of the household, this resident included."""
        first = self.model.world.households.first
        return self.model.at(range(int(first[self.household]), int(first[self.household + 1])))

    @property
    def organisations(self) -> Any:
        """AgentSet of the social organisations this resident belongs to."""
        table = self.model.world.memberships
        low, high = np.searchsorted(table.resident, [self.index, self.index + 1])
        every = self.model.agents_by_type.get(SocialOrganization, ())
        wanted = set(table.organisation[low:high].tolist())
        return AgentSet([item for item in every if item.index in wanted], random=self.model.random)


_HOUSING = _words(Housing)


class PartyMember(Resident):
    """A resident who is a Party member; nothing in the engine's rules tells one from another resident with the same ties."""

    __slots__ = ()
    kind = "party_member"

    branch = _Fact[int | None]("world.residents.branch", "Number of the branch, if any.", lambda branch: None if branch < 0 else branch)

    @property
    def linked_households(self) -> tuple[int, ...]:
        """Rows of the households linked to this member."""
        links = self.model.world.links
        return tuple(links.household[links.member == self.index].tolist())

    @property
    def linked_residents(self) -> Any:
        """AgentSet of the residents of the linked households."""
        first = self.model.world.households.first
        return self.model.at(i for h in self.linked_households for i in range(int(first[h]), int(first[h + 1])))


class Cadre(_View):
    """A staff post and whoever is in it. ``index`` is the row in the engine's servers."""

    __slots__ = ()
    kind = "cadre"

    @property
    def unique_id(self) -> int:
        """Number of the agent in its model; cadres come after the residents, with gaps where helpers' places lie."""
        return len(self.model.world.residents.age) + self.index + 1

    post = _Fact(lambda engine: engine.servers["post"], "Kind of post.", _POSTS.__getitem__, why="belongs to the post")
    hours = _Fact[float](
        lambda engine: engine.servers["fte"] * engine.scenario.capacity.hours_per_week,
        "Hours a week of the post.",
        why="is what the governance model was granted",
    )
    seconded = _Fact(lambda engine: engine.servers["post"], "Whether on secondment.", lambda post: post == col.SECONDED_CADRE, why="belongs to the post")
    speed = _Fact[float](lambda engine: engine.servers["speed"], "Hours of work done in an hour.", why="is drawn for each person")
    skill = _State[float](lambda engine: engine.servers["skill"], "Quality of work")
    burnout = _State[float](lambda engine: engine.servers["burnout"], "Burnout")
    vacant = _Fact(lambda engine: engine.servers["vacant_until"], "Whether nobody is in the post.", lambda until: until >= 0, why=_RECORD)
    busy = _Fact(lambda engine: engine.servers["job"], "Whether a case or task is in hand.", lambda job: job >= 0, why=_RECORD)
    person = _Fact[int](lambda engine: engine.servers["person"], "Number of people who left the post before.", why=_RECORD)
    _office = _Fact[int](lambda engine: engine.servers["office"], "Row of the office.")

    @property
    def office(self) -> str:
        """Name of the office."""
        return self.model.engine.office_table.names[self._office]

    @property
    def level(self) -> str:
        """Tier of the office: community, street, department or desk."""
        return OfficeLevel(self.model.engine.office_table.level.item(self._office)).name.lower()

    @property
    def community(self) -> int | None:
        """Row of the community that the office serves, if it serves one."""
        row = self.model.engine.office_table.community.item(self._office)
        return None if row < 0 else int(row)

    @property
    def tenure(self) -> int:
        """Weeks in the post since the start of the run; 0 while it is vacant."""
        engine = self.model.engine
        return 0 if self.vacant else engine.week - max(int(engine.servers["hired"][self.index]), 0)

    @property
    def load(self) -> float:
        """Demanded over available hours of the office's staff in the last week; 0 before the first week."""
        engine = self.model.engine
        return float(engine.recorder.row(engine.week - 1).load[self._office]) if engine.week else 0.0


class SocialOrganization(_View):
    """A social organisation. ``index`` is the row in the world's organisations."""

    __slots__ = ()

    @property
    def unique_id(self) -> int:
        """Number of the agent in its model; organisations come after the cadres."""
        return len(self.model.world.residents.age) + len(self.model.engine.servers) + self.index + 1

    kind = _Fact("world.organisations.kind", "Kind of organisation.", _words(OrganisationKind))
    community = _Fact[int | None]("world.organisations.community", "Row of the community; None district-wide.", lambda row: None if row < 0 else row)

    @property
    def hours(self) -> float:
        """Hours a week that it can give."""
        return float(getattr(self.model.engine.scenario.organisations.hours, self.kind))

    @property
    def size(self) -> int:
        """Number of members."""
        return len(self._members)

    @property
    def members(self) -> Any:
        """AgentSet of the members."""
        return self.model.at(self._members)

    @property
    def _members(self) -> NDArray[np.uint32]:
        table = self.model.world.organisations
        return table.member[table.first_member[self.index] : table.first_member[self.index + 1]]


class _Held(dict[Any, None]):
    """Agents held strongly, in the form in which Mesa 3.3's AgentSet expects them to be held weakly.

    Two weak references with callbacks for each of tens of thousands of agents would take more room than the agents do.
    Whatever is selected or copied from such a set is one of Mesa's usual sets.
    """

    def keys(self) -> Iterator[Any]:  # type: ignore[override]
        return iter(self)

    def keyrefs(self) -> list[weakref.ref[Any]]:
        return [weakref.ref(agent) for agent in self]

    @property
    def data(self) -> dict[Any, None]:
        return {ref: None for ref in self.keyrefs()}

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
        A scenario file, a built-in name such as ``tiny`` or ``yingzi``, or what :func:`govsim.scenario.load` returned.
    governance : str, path, LoadedGovernance or Arm
        A governance file, a built-in name, or what was loaded from one.
    seed : int
        Root seed of the world and of everything that happens. ``None`` takes one from the operating system and warns; it
        stands in ``model.seed``.
    capacity_mode : str
        ``neutral``: the same hours and money as every model; ``observed``: with what the model brings from outside.
    weeks : int, optional
        Length of the run instead of the scenario's.
    settings : str, sequence of str or mapping, optional
        Parameters to change, as ``"participation.call=0.2"`` or ``{"participation.call": 0.2}``.
    threads : int
        Threads inside the run. Results are the same for any number.
    model_reporters, agent_reporters, agenttype_reporters : mapping, optional
        As in :class:`mesa.DataCollector`. Without ``model_reporters`` the seed and every weekly counter are collected, in the
        district as a whole.
    **dotted
        Further parameters under their dotted paths, as a sweep of ``mesa.batch_run`` gives them:
        ``parameters={"participation.call": [0.1, 0.2]}``.

    Attributes
    ----------
    engine : Engine
        The run itself, with its columns.
    world : World
        What is there at week 0.
    arm : Arm
        Governance model and capacity mode.
    seed : int
        Root seed.
    datacollector : mesa.DataCollector
        Collects at week 0 and at the end of every step: row ``k`` is the state after ``k`` weeks.
    changed_by_hand : bool
        Whether an attribute of an agent was set: then the scenario alone does not repeat the run.

    Raises
    ------
    ScenarioError
        With every problem of the scenario, the governance model and the settings.

    Notes
    -----
    Every weekly counter (:data:`govsim.engine.recording.COUNTERS`) is also an attribute: the district's value in the last
    week, for trust, satisfaction and efficacy the mean over adults.

    ``model.random`` and ``model.rng`` are Mesa's, for shuffling agents; nothing in the engine draws from them.

    With ``mesa.batch_run``, seeds are a parameter (``{"seed": [1, 2, 3]}``) before Mesa 3.5 and the argument ``rng=[1, 2, 3]``
    from 3.5 on. Before 3.5 ``iterations`` repeats the same seed, and a batch reports the last but one step of each
    run, which is why ``max_steps`` should be smaller than the scenario's weeks there.
    """

    def __init__(
        self,
        scenario: str | os.PathLike[str] | Loaded | Scenario = "tiny",
        governance: str | os.PathLike[str] | LoadedGovernance | Arm = "party_led_cogovernance",
        seed: Any = 1,
        capacity_mode: str = "neutral",
        *,
        weeks: int | None = None,
        settings: str | Sequence[str] | Mapping[str, Any] = (),
        threads: int = 1,
        model_reporters: Reporters | None = None,
        agent_reporters: Reporters | None = None,
        agenttype_reporters: Mapping[type, Reporters] | None = None,
        **dotted: Any,
    ) -> None:
        asked = _scenario(scenario, _overrides(settings, dotted, weeks))
        self.arm = _arm(governance, capacity_mode)
        if isinstance(seed, int | np.integer) and seed < 0:
            raise ValueError(f"seed must be 0 or a positive integer, not {seed}")
        super().__init__(rng=int(seed) if isinstance(seed, int | np.integer) else seed)
        self.seed = int(seed) if isinstance(seed, int | np.integer) else int(self.rng.integers(2**31))
        if seed is None:
            warnings.warn(
                f"no seed was given, {self.seed} was drawn; in mesa.batch_run of Mesa 3.5 or newer seeds are given "
                "as rng=[1, 2, 3], and a seed among the parameters is passed over",
                stacklevel=2,
            )
        self.world = build(asked.population, asked.network, self.seed)
        self.engine = Engine(self.world, asked, self.arm, self.seed, threads)
        self.changed_by_hand = False
        self._people: list[Resident] = []
        self._start = self._counters_at_start()
        if not _MESA_KEEPS_TIME:
            self.time = 0.0
        reporters = _every_counter() if model_reporters is None else dict(model_reporters)
        self.datacollector = mesa.DataCollector(reporters, agent_reporters, agenttype_reporters)
        self.datacollector.collect(self)

    def step(self) -> None:
        """Advance one week and collect.

        Raises
        ------
        RuntimeError
            After the scenario's last week.
        """
        if not self.running:
            self.steps = self.engine.week
            raise RuntimeError(f"the run is over: the scenario has {self.weeks} weeks; a longer one is made with weeks=")
        self.engine.step()
        self.running = self.engine.week < self.weeks
        if not _MESA_KEEPS_TIME:
            self.time = float(self.steps)
        self.datacollector.collect(self)

    @property
    def weeks(self) -> int:
        """Length of the run."""
        return self.engine.scenario.run.weeks

    def recording(self) -> Recording:
        """Return what the run left behind so far: weekly counters, ledgers of hours, money and cases, residents."""
        return self.engine.finish()

    def total(self, counter: str) -> float:
        """Return the district's value of a weekly counter in the last week; means over adults for trust and the like."""
        week, place = self.engine.week, COUNTER[counter]
        table = self.engine.recorder.row(week - 1).counters if week else self._start
        total = float(table[:, place].sum())
        return total / float(table[:, COUNTER["adults"]].sum()) if COUNTERS[place].kind == "sum" else total

    def __getattr__(self, name: str) -> Any:
        if name in COUNTER:
            return self.total(name)
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def _counters_at_start(self) -> NDArray[np.float64]:
        """Return the counters before the first week, shape (communities, counters): stocks of people, and no flow."""
        first = self.world.communities.first_resident.astype(np.int64)
        counters = np.zeros((len(first) - 1, len(COUNTERS)))
        for c in range(len(counters)):
            measure_residents(int(first[c]), int(first[c + 1]), 0, RECENT_WEEKS, self.engine.residents, counters[c])
        return counters

    @property
    def agents(self) -> Any:
        """All agents: residents, cadres and social organisations, and whatever a user added."""
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
        return AgentSet(self._people, random=self.random)

    def at(self, rows: Iterable[int] | NDArray[Any]) -> Any:
        """Return the AgentSet of the residents in these rows of the columns."""
        self._show()
        return AgentSet([self._people[int(row)] for row in rows], random=self.random)

    def register_agent(self, agent: Any) -> None:
        """Take in an agent that a user made; Mesa's agents do this themselves."""
        number = max(self.agents, key=attrgetter("unique_id")).unique_id + 1
        super().register_agent(agent)
        agent.unique_id = number

    def remove_all_agents(self) -> NoReturn:
        """Refuse: no process of the engine takes people away."""
        raise TypeError("the agents of a run are part of it and cannot be removed; make a new model instead")

    def _show(self) -> None:
        """Make the views of everybody, once."""
        if self._people:
            return
        members = self.world.residents.party_member.tolist()
        self._people = [self._view(PartyMember if member else Resident, row) for row, member in enumerate(members)]
        staff = np.flatnonzero(self.engine.servers["staff"]).tolist()
        groups: dict[type, list[Any]] = {
            Resident: [view for view in self._people if not view.party_member],
            PartyMember: [view for view in self._people if view.party_member],
            Cadre: [self._view(Cadre, row) for row in staff],
            SocialOrganization: [self._view(SocialOrganization, row) for row in range(len(self.world.organisations.kind))],
        }
        every = [*self._people, *groups[Cadre], *groups[SocialOrganization]]
        self._all_agents = self._hold(every)
        self._agents_by_type = {kind: self._hold(views) for kind, views in groups.items() if views}

    def _view(self, kind: type[Any], row: int) -> Any:
        view = object.__new__(kind)
        view.model, view.index = self, row
        return view

    def _hold(self, views: list[Any]) -> Any:
        """Return a set of the kind in which this Mesa keeps a model's own agents, holding them strongly."""
        held = type(self._all_agents)([], random=self.random)
        held._agents = _Held(dict.fromkeys(views)) if _MESA_HOLDS_WEAKLY else dict.fromkeys(views)
        return held


def _scenario(asked: str | os.PathLike[str] | Loaded | Scenario, overrides: list[str]) -> Scenario:
    if isinstance(asked, str | os.PathLike):
        return load(asked, overrides).scenario
    if overrides:
        raise ValueError(
            f"{', '.join(overrides)} cannot be applied to a scenario that is already loaded; "
            "give its file or name, or give the settings to govsim.scenario.load"
        )
    return asked.scenario if isinstance(asked, Loaded) else asked


def _arm(asked: str | os.PathLike[str] | LoadedGovernance | GovernanceData | Arm, mode: str) -> Arm:
    if isinstance(asked, Arm):
        return asked
    if mode not in _MODES:
        raise ValueError(f"capacity_mode must be one of {', '.join(_MODES)}, not {mode!r}")
    loaded = load_governance(asked) if isinstance(asked, str | os.PathLike) else asked
    model = loaded.model if isinstance(loaded, LoadedGovernance) else loaded
    return resolve_arm(model, cast(Literal["neutral", "observed"], mode))


def _overrides(settings: str | Sequence[str] | Mapping[str, Any], dotted: Mapping[str, Any], weeks: int | None) -> list[str]:
    """Return all changes of parameters as ``path=value``."""
    known = ("scenario", "governance", "seed", "capacity_mode", "weeks", "settings", "threads")
    for name in dotted:
        if "." not in name:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]}?" if near else "a parameter is named by its dotted path, such as run.weeks"
            raise TypeError(f"GovernanceModel has no argument '{name}'; {hint}")
    if isinstance(settings, Mapping):
        dotted, settings = {**settings, **dotted}, ()
    changes = [settings] if isinstance(settings, str) else list(settings)
    changes += [f"{name}={value if isinstance(value, str) else json.dumps(_plain(value))}" for name, value in dotted.items()]
    return changes if weeks is None else [*changes, f"run.weeks={weeks}"]


def _plain(value: Any) -> Any:
    """Return a numpy number as Python's own, which a sweep over an array hands over."""
    return value.item() if isinstance(value, np.generic) else value


def _every_counter() -> dict[str, Callable[[GovernanceModel], Any]]:
    def reporter(name: str) -> Callable[[GovernanceModel], float]:
        return lambda model: model.total(name)

    return {"seed": lambda model: model.seed, **{name: reporter(name) for name in COUNTER}}
