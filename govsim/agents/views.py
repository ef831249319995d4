"""Residents, Party members, cadres and social organisations as Mesa's agents: views on the engine's own columns."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Real
from operator import attrgetter
from typing import Any, Generic, NoReturn, Protocol, TypeVar, cast

import mesa
import numpy as np
from mesa.agent import AgentSet
from numpy.typing import NDArray

from govsim.engine import Run, State
from govsim.engine import columns as col
from govsim.engine.columns import ACTIVE, ADULT
from govsim.engine.recording import Level
from govsim.world import Hazard, Housing, OrganisationKind, ParticipationType, Schooling, Tier, Work, World

T = TypeVar("T")
Table = Callable[[State], NDArray[Any]]

WORLD = "is part of the world, which is the same under every governance model"
RECORD = "records what happened"
POST = "belongs to the post"
PERSON = "is drawn for each person"
GRANTED = "is what the governance model was granted"


class ViewedModel(Protocol):
    """What agents ask of the model they belong to: its run, its world and sets of its agents."""

    engine: Run
    world: World
    random: Any
    agents_by_type: Any
    changed_by_hand: bool

    def at(self, rows: Any) -> Any:
        """Return the AgentSet of the residents in these rows of the columns."""


class AgentView(Protocol):
    """An agent as its attributes see it."""

    model: ViewedModel
    index: int
    is_child: bool


class FixedAttribute(Generic[T]):
    """An attribute that is one entry of a column and cannot be set.

    Parameters
    ----------
    table : str or callable
        Where the column is: a dotted path from the state of the run, or a function of it.
    doc : str
        What it means.
    read : callable, optional
        Makes the attribute's value of the entry; without it, the entry as a Python number.
    column : int, optional
        Second index, where the column has two.
    why : str
        Why it cannot be set, after "it".
    """

    def __init__(
        self,
        table: str | Table,
        doc: str,
        read: Callable[[Any], T] | None = None,
        *,
        column: int | None = None,
        why: str = WORLD,
    ) -> None:
        self._table: Table = attrgetter(table) if isinstance(table, str) else table
        self._read, self._why = read, why
        self._column = () if column is None else (int(column),)
        self.__doc__ = doc

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, view: AgentView | None, owner: type) -> T:
        if view is None:
            return cast(T, self)
        value: Any = self._table(view.model.engine.state).item(view.index, *self._column)
        return cast(T, value) if self._read is None else self._read(value)

    def __set__(self, view: AgentView, value: T) -> None:
        raise AttributeError(f"{self._name} of {view!r} cannot be set: it {self._why}")


class SettableAttribute(FixedAttribute[float]):
    """An attribute that is one entry of a column and can be set to a number from 0 to 1.

    Not for children, of whom the engine's rules know that they hold no views and take no part.
    """

    def __init__(self, table: str | Table, doc: str, *, column: int | None = None) -> None:
        super().__init__(table, f"{doc}, from 0 to 1; can be set.", column=column)

    def __set__(self, view: AgentView, value: float) -> None:
        if not isinstance(value, Real) or not 0.0 <= float(value) <= 1.0:
            raise ValueError(f"{self._name} of {view!r} must be a number from 0 to 1, not {value!r}")
        if view.is_child:
            raise ValueError(f"{self._name} of {view!r} cannot be set: a child takes no part; select adults")
        self._table(view.model.engine.state)[(view.index, *self._column)] = value
        view.model.changed_by_hand = True


def field_of(column: str) -> Table:
    """Return the way to a column of the run's servers."""
    return lambda state: state.servers[column]


_POSTS = {
    col.COMMUNITY_WORKER: "community_worker",
    col.GRID_WORKER: "grid_worker",
    col.STREET_OFFICIAL: "street_official",
    col.CLERK: "clerk",
    col.OPERATOR: "operator",
    col.SECONDED_CADRE: "seconded_cadre",
}


def _words(names: Any) -> Callable[[int], str]:
    """Return what turns a code of an IntEnum without gaps into its name in lower case."""
    words: tuple[str, ...] = tuple(item.name.lower() for item in names)
    return words.__getitem__


def _one_of(row: int) -> int | None:
    """Return a row of another table, or None where there is none."""
    return None if row < 0 else row


_housing = _words(Housing)


class ColumnView(mesa.Agent):  # type: ignore[misc]  # Mesa carries no types
    """An index into the columns of a model's run.

    Mesa's own constructor is not called: it would keep three attributes per agent, and Mesa 3.3 never lets go
    of a model for which it has numbered an agent.
    """

    __slots__ = ("index", "model")

    model: ViewedModel
    index: int
    is_child: Any = False
    pos: Any = None

    def __init__(self, *_: Any, **__: Any) -> None:
        raise TypeError(
            f"a {type(self).__name__} comes from the scenario and cannot be added to a run; "
            "find those that are there in model.agents"
        )

    def remove(self) -> NoReturn:
        """Refuse: no process of the engine takes this agent away."""
        raise TypeError(
            f"{self!r} is part of the run and cannot be removed; select from model.agents instead"
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.unique_id}>"


class Resident(ColumnView):
    """A resident. ``index`` is the row in the residents' columns, ``unique_id`` is one more.

    Trust per tier is what own experience says; ``opinion`` is trust in local government after hearing the
    ties, which is what moves reporting and participation. The weekly counters of trust put both together.
    """

    __slots__ = ()
    kind = "resident"

    @property
    def unique_id(self) -> int:
        """Number of the agent in its model, from 1."""
        return self.index + 1

    household = FixedAttribute[int]("world.residents.household", "Row of the household.")
    community = FixedAttribute[int]("world.residents.community", "Row of the community.")
    age = FixedAttribute[int]("residents.age", "Years.")
    female = FixedAttribute("world.residents.female", "Whether a woman.", bool)
    schooling = FixedAttribute("world.residents.schooling", "Highest schooling.", _words(Schooling))
    work = FixedAttribute("residents.work", "Work status.", _words(Work))
    migrant = FixedAttribute("world.residents.migrant", "Whether from elsewhere.", bool)
    party_member = FixedAttribute("world.residents.party_member", "Whether a Party member.", bool)
    free_hours = FixedAttribute[float]("world.residents.free_hours", "Hours a week.")
    participation_type = FixedAttribute(
        "world.residents.participation_type", "never, contingent or certain.", _words(ParticipationType)
    )
    threshold = FixedAttribute[float]("world.residents.threshold", "Threshold of the contagion rule.")
    time_cost = FixedAttribute[float]("world.residents.time_cost", "Cost of time in the contagion rule.")
    ability = FixedAttribute[float]("world.residents.ability", "Ability to report a problem, from 0 to 1.")
    acquainted = FixedAttribute(
        "world.residents.acquainted", "Whether acquainted with community staff.", bool
    )
    adult = FixedAttribute(
        "residents.status",
        "Whether 16 or over and not gone from the district.",
        lambda seen: bool(seen & ADULT),
    )
    is_child = FixedAttribute(
        "residents.status", "Whether under 16, or gone from the district.", lambda seen: not seen & ADULT
    )

    opinion = SettableAttribute("residents.opinion", "Trust in local government after hearing the ties")
    trust_community = SettableAttribute(
        "residents.trust", "Trust in the residents' committee", column=Tier.COMMUNITY
    )
    trust_street = SettableAttribute(
        "residents.trust", "Trust in the street office or town", column=Tier.STREET
    )
    trust_district = SettableAttribute("residents.trust", "Trust in the district", column=Tier.DISTRICT)
    trust_centre = SettableAttribute("residents.trust", "Trust in the centre", column=Tier.CENTRE)
    expectation = SettableAttribute("residents.expectation", "What is expected of services")
    satisfaction = SettableAttribute("residents.satisfaction", "Satisfaction with services")
    efficacy = SettableAttribute("residents.efficacy", "Belief that acting together helps")
    habit = SettableAttribute("residents.habit", "Habit of taking part")
    fatigue = SettableAttribute("residents.fatigue", "Fatigue from calls and ordered duty")

    hours_given = FixedAttribute[float](
        "residents.hours_given", "Voluntary hours since the start.", why=RECORD
    )
    weeks_active = FixedAttribute[int](
        "residents.weeks_active", "Weeks of taking part since the start.", why=RECORD
    )
    called = FixedAttribute(
        "residents.called", "Whether called to take part in the last week.", bool, why=RECORD
    )
    needed_call = FixedAttribute(
        "residents.needed_call", "Whether a call decided in the last week.", bool, why=RECORD
    )
    active_share = FixedAttribute[float](
        "residents.active_share", "Weighted active share of the ties, as last seen.", why=RECORD
    )

    @property
    def active(self) -> bool:
        """Whether took part in the last week; can be set, and the ties see it in the next week."""
        return bool(self.model.engine.state.residents.status.item(self.index) & ACTIVE)

    @active.setter
    def active(self, value: bool) -> None:
        self._decide("active", value)
        if self.adult:
            self.model.engine.state.residents.status[self.index] = ADULT | ACTIVE if value else ADULT

    @property
    def registered(self) -> bool:
        """Whether registered as a volunteer; can be set."""
        return bool(self.model.engine.state.residents.registered.item(self.index))

    @registered.setter
    def registered(self, value: bool) -> None:
        self._decide("registered", value)
        self.model.engine.state.residents.registered[self.index] = value

    def _decide(self, name: str, value: Any) -> None:
        if not isinstance(value, bool | np.bool_):
            raise ValueError(f"{name} of {self!r} must be True or False, not {value!r}")
        if value and self.is_child:
            raise ValueError(f"{name} of {self!r} cannot be True: a child takes no part; select adults")
        self.model.changed_by_hand = True

    @property
    def housing(self) -> str:
        """Kind of housing."""
        return _housing(self.model.world.households.housing.item(self.household))

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
        """AgentSet of the social organisations that this resident belongs to."""
        table = self.model.world.memberships
        rows = set(table.organisation[table.resident == self.index].tolist())
        every = self.model.agents_by_type.get(SocialOrganization, ())
        return AgentSet([item for item in every if item.index in rows], random=self.model.random)


class PartyMember(Resident):
    """A resident who is a Party member; the engine's rules ask for ties, branch and links, never for this."""

    __slots__ = ()
    kind = "party_member"

    branch = FixedAttribute("world.residents.branch", "Number of the branch, None without one.", _one_of)

    @property
    def linked_households(self) -> tuple[int, ...]:
        """Rows of the households linked to this member."""
        links = self.model.world.links
        return tuple(links.household[links.member == self.index].tolist())

    @property
    def linked_residents(self) -> Any:
        """AgentSet of the residents of the linked households."""
        first = self.model.world.households.first.tolist()
        return self.model.at(row for h in self.linked_households for row in range(first[h], first[h + 1]))


class Cadre(ColumnView):
    """A staff post and whoever is in it. ``index`` is the row in the engine's servers."""

    __slots__ = ()
    kind = "cadre"

    @property
    def unique_id(self) -> int:
        """Number of the agent in its model, after the residents; the places of helpers leave gaps."""
        return len(self.model.world.residents.age) + self.index + 1

    post = FixedAttribute(field_of("post"), "Kind of post.", _POSTS.__getitem__, why=POST)
    fte = FixedAttribute[float](field_of("fte"), "Full-time posts; below 1 for part-time work.", why=GRANTED)
    speed = FixedAttribute[float](field_of("speed"), "Hours of work done in an hour.", why=PERSON)
    skill = SettableAttribute(field_of("skill"), "Quality of work")
    burnout = SettableAttribute(field_of("burnout"), "Burnout")
    person = FixedAttribute[int](field_of("person"), "People who left the post since the start.", why=RECORD)
    vacant = FixedAttribute(
        field_of("vacant_until"), "Whether nobody is in the post.", lambda until: until >= 0, why=RECORD
    )
    busy = FixedAttribute(
        field_of("job"), "Whether a case or task is in hand.", lambda job: job >= 0, why=RECORD
    )

    @property
    def office(self) -> str:
        """Name of the office."""
        return self.model.engine.state.establishment.table.names[self._office]

    @property
    def level(self) -> str:
        """Tier of the office: community, street, department or desk."""
        return Level(self.model.engine.state.establishment.table.level.item(self._office)).name.lower()

    @property
    def community(self) -> int | None:
        """Row of the community that the office serves, None where it serves more than one."""
        return _one_of(self.model.engine.state.establishment.table.community.item(self._office))

    @property
    def tenure(self) -> int:
        """Weeks in the post since the start of the run; 0 while it is vacant."""
        state = self.model.engine.state
        return 0 if self.vacant else state.week - state.servers["hired"].item(self.index)

    @property
    def load(self) -> float:
        """Demanded over available hours of the office's staff in the last week; 0 before the first week."""
        state = self.model.engine.state
        return float(state.last_week.load[self._office]) if state.week else 0.0

    @property
    def _office(self) -> int:
        return int(self.model.engine.state.servers["office"][self.index])


class SocialOrganization(ColumnView):
    """A social organisation. ``index`` is the row in the world's organisations."""

    __slots__ = ()

    @property
    def unique_id(self) -> int:
        """Number of the agent in its model, after the cadres."""
        return len(self.model.world.residents.age) + len(self.model.engine.state.servers) + self.index + 1

    kind = FixedAttribute("world.organisations.kind", "Kind of organisation.", _words(OrganisationKind))
    community = FixedAttribute(
        "world.organisations.community", "Row of the community; None district-wide.", _one_of
    )

    @property
    def hours(self) -> float:
        """Hours a week that it can give; whether they are taken up is the governance model's."""
        return float(getattr(self.model.engine.state.scenario.organisations.hours, self.kind))

    @property
    def size(self) -> int:
        """Number of members."""
        return len(self._rows)

    @property
    def members(self) -> Any:
        """AgentSet of the members."""
        return self.model.at(self._rows)

    @property
    def _rows(self) -> NDArray[np.uint32]:
        table = self.model.world.organisations
        return table.member[table.first_member[self.index] : table.first_member[self.index + 1]]
