"""Attributes of agents that are entries of columns."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Real
from operator import attrgetter
from typing import Any, Generic, Protocol, TypeVar, cast

from numpy.typing import NDArray

from govsim.engine import State

T = TypeVar("T")
Table = Callable[[State], NDArray[Any]]

WORLD = "is part of the world, which is the same under every governance model"
RECORD = "records what happened"
POST = "belongs to the post"
PERSON = "is drawn for each person"
GRANTED = "is what the governance model was granted"


class AgentView(Protocol):
    """An agent as its attributes see it."""

    model: Any
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
