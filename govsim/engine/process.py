"""What a process says about itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from govsim.engine.state import State


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
    draws : tuple of str
        Purposes of its random draws (see :mod:`govsim.draws`).
    run : callable or None
        Does the process for one week of a state; None where another process runs it at its own moments.
    """

    name: str
    rule: str
    rule_zh: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    draws: tuple[str, ...]
    run: Callable[[State], None] | None = None
