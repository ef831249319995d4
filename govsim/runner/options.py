"""How and where runs are done: what every command that runs something takes, handed on as one thing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from govsim.runner.one_run import Simulator
    from govsim.runner.progress import Reporter


@dataclass(frozen=True)
class RunOptions:
    """How and where runs are done; none of it changes a number.

    Attributes
    ----------
    out : Path
        Results folder.
    jobs : int
        Runs side by side, each in a worker process of its own; 1 runs in this process, 0 decides by the work.
    scheduler : str or None
        Address (or address file) of a Dask scheduler whose workers run them instead; they must see the same folders.
    single_writer : bool
        Go on where files cannot be locked, because no other program writes there.
    command : tuple of str
        Command line, as it is kept in manifests.
    reporter : Reporter or None
        What tells of progress; a new one where it is None.
    engine : Simulator or None
        Exchanged in tests; govsim's own where it is None.
    """

    out: Path
    jobs: int = 0
    scheduler: str | None = None
    single_writer: bool = False
    command: tuple[str, ...] = ()
    reporter: Reporter | None = None
    engine: Simulator | None = None
