"""How many runs a design needs, noted beside them before they are begun, so that anybody can see how far it is."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from govsim.results.errors import RefusedError
from govsim.results.foreign import read_json
from govsim.results.provenance import portable, source_hash
from govsim.results.store import MANIFEST
from govsim.runner.one_run import ArmJob

_PREFIX = "asked-"
_NOTE = {"command": [str], "code": str, "here": int, "runs": int, "keys": [str]}


@dataclass(frozen=True)
class DesignRequest:
    """A design that was begun.

    Attributes
    ----------
    command : str
        That began it, and continues it.
    done, runs : int
        Runs that are there, of all it needs; one that several points ask for counts once, as soon as its part is begun.
    """

    command: str
    done: int
    runs: int


def note_asked(
    plans: Sequence[ArmJob], seeds: Sequence[int], here: int, runs: int, command: Sequence[str]
) -> None:
    """Note which runs a part of a command needs, in the folder where they are kept; a disk that is full is told of later.

    Parameters
    ----------
    plans
        No two alike.
    here, runs
        Runs of this part, and of the whole command, where those that several points ask for count as often.
    """
    keys = sorted(plan.identity(seed).key for plan in plans for seed in seeds)
    said = portable(list(command))
    note = {"command": said, "code": source_hash(), "here": here, "runs": runs, "keys": keys}
    name = hashlib.blake2b("\n".join([*said, *keys]).encode(), digest_size=6).hexdigest()
    folder = plans[0].folder
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f".{_PREFIX}{name}.{os.getpid()}"
        with part.open("x", encoding="utf-8") as file:
            file.write(json.dumps(note) + "\n")
        part.replace(folder / f"{_PREFIX}{name}.json")


def asked(folder: Path) -> list[DesignRequest]:
    """Return the commands that were begun in a folder of points with the code installed now, and how far each is."""
    wanted: dict[str, set[str]] = {}
    later: dict[str, int] = {}
    for path in sorted(folder.glob(f"{_PREFIX}*.json")):
        with contextlib.suppress(RefusedError):
            said = read_json(path, _NOTE)
            if said["code"] == source_hash():
                command = shlex.join(said["command"])
                wanted.setdefault(command, set()).update(said["keys"])
                later[command] = later.get(command, said["runs"]) - said["here"]
    return [
        DesignRequest(
            command,
            sum((folder / key / MANIFEST).is_file() for key in keys),
            len(keys) + max(0, later[command]),
        )
        for command, keys in wanted.items()
    ]
