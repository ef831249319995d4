"""What a process says about itself: its rule in words and equations, what it reads, writes and draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from govsim.engine.state import State


class Vector(NamedTuple):
    """A worked example: numbers that go into an equation, and what comes out.

    Attributes
    ----------
    given, gives : dict of str to float
        By the symbols of the equation. A test reads them from the model description and computes them again.
    """

    given: Mapping[str, float]
    gives: Mapping[str, float]


class Equation(NamedTuple):
    """One rule of a process. Equations are numbered and applied in the order in which they are declared.

    Attributes
    ----------
    name : str
        What code and tests call it, for example ``"experience.trust"``.
    formula : str
        In the notation of :data:`govsim.engine.notation.SYMBOLS`.
    en, zh : str
        To whom, when and on what condition it applies.
    vectors : tuple of Vector
        Worked examples.
    """

    name: str
    formula: str
    en: str
    zh: str
    vectors: tuple[Vector, ...] = ()


class Draw(NamedTuple):
    """Random draws of one purpose and where they are addressed (see :mod:`govsim.draws`).

    Attributes
    ----------
    purpose : str
    entity : str
        Whose draw it is: ``case``, ``resident``, ``community``, ``post``, ...
    slots : str
        Which draws an entity has under this purpose, by slot.
    weekly : bool
        Whether each week has draws of its own; else an entity has them once in a run.
    entity_zh, slots_zh : str
    """

    purpose: str
    entity: str
    slots: str
    weekly: bool = False
    entity_zh: str = ""
    slots_zh: str = ""


class Process(NamedTuple):
    """Declaration of one process of the weekly order; :mod:`govsim.engine.checked` holds it to that.

    Attributes
    ----------
    name : str
        Name of the file it lives in.
    rule, rule_zh : str
        The rule in words, in English and Chinese.
    reads, writes : tuple of str
        Columns of :meth:`govsim.engine.state.State.columns` that it takes and changes; ``residents`` stands for all
        columns ``residents.*``. What is written may be read.
    draws : tuple of Draw
        Its random draws.
    run : callable or None
        Does the process for one week of a state; None where another process runs it at its own moments.
    equations : tuple of Equation
        In the order in which they apply.
    """

    name: str
    rule: str
    rule_zh: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    draws: tuple[Draw, ...]
    run: Callable[[State], None] | None = None
    equations: tuple[Equation, ...] = ()
