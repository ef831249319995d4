"""What a process says about itself."""

from __future__ import annotations

from typing import NamedTuple


class Process(NamedTuple):
    """Declaration of one process of the weekly order.

    Attributes
    ----------
    name : str
        Name of the file it lives in.
    rule : str
        The rule in words.
    reads, writes : tuple of str
        Columns and ledgers it takes and changes.
    draws : tuple of str
        Purposes of its random draws (see :mod:`govsim.draws`).
    """

    name: str
    rule: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    draws: tuple[str, ...]
