"""What a process says about itself: its rule in words and equations, what it reads, writes and draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from govsim.engine.state import State

ENTITIES: Mapping[str, str] = {
    "community": "community",
    "office": "office",
    "post": "post",
    "server": "post",
    "organisation": "organisation",
    "household": "household",
    "resident": "resident",
    "person": "resident",
    "case": "case",
}
"""What a whole number in a variable of that name is the row of, in code that runs over rows one by one."""


def where_it_was(process: str, week: int, problem: BaseException) -> str:
    """Say in which process and week an error came up, and for whom, where a variable of the failing code says so."""
    frames = []
    trace = problem.__traceback__
    while trace is not None:
        frames.append(trace.tb_frame)
        trace = trace.tb_next
    whom: dict[str, int] = {}
    for frame in reversed(frames[1:]):  # the first one is the caller's
        for name, value in frame.f_locals.items():
            if name in ENTITIES and isinstance(value, int | np.integer) and not isinstance(value, bool):
                whom.setdefault(ENTITIES[name], int(value))
        if whom:
            break
    said = "".join(f", {entity} {row}" for entity, row in whom.items())
    return f"process {process}, week {week} (weeks and rows count from 0){said}"


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
    title_zh : str
        Its name in Chinese.
    rule, rule_zh : str
        The rule in words, in English and Chinese.
    reads, writes : tuple of str
        Paths from :class:`govsim.engine.state.State` to the columns that it takes and changes; ``residents`` stands for all
        columns ``residents.*``. What is written may be read.
    draws : tuple of Draw
        Its random draws.
    run : callable or None
        Does the process for one week of a state; None where another process runs it at its own moments.
    equations : tuple of Equation
        In the order in which they apply.
    """

    name: str
    title_zh: str
    rule: str
    rule_zh: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    draws: tuple[Draw, ...]
    run: Callable[[State], None] | None = None
    equations: tuple[Equation, ...] = ()
