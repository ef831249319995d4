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

from govsim.results.provenance import portable
from govsim.results.store import MANIFEST
from govsim.study.one_run import Plan

_PREFIX = "asked-"


@dataclass(frozen=True)
class Asked:
    """A design that was begun.

    Attributes
    ----------
    command : str
        That began it, and continues it.
    done, runs : int
        Runs that are there, of all it needs.
    """

    command: str
    done: int
    runs: int


def note_asked(plans: Sequence[Plan], seeds: Sequence[int], runs: int, command: Sequence[str]) -> None:
    """Note which runs a part of a design needs, in the folder where they are kept; a disk that is full is told of later."""
    keys = sorted({plan.identity(seed).key for plan in plans for seed in seeds})
    said = portable(list(command))
    name = hashlib.blake2b("\n".join([*said, *keys]).encode(), digest_size=6).hexdigest()
    folder = plans[0].folder
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f".{_PREFIX}{name}.{os.getpid()}"
        part.write_text(json.dumps({"command": said, "runs": runs, "keys": keys}) + "\n", encoding="utf-8")
        part.replace(folder / f"{_PREFIX}{name}.json")


def asked(folder: Path) -> list[Asked]:
    """Return the designs that were begun in a folder of points, and how far each is, by what files there say."""
    wanted: dict[tuple[str, int], set[str]] = {}
    for path in sorted(folder.glob(f"{_PREFIX}*.json")):
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            said = json.loads(path.read_text(encoding="utf-8"))
            wanted.setdefault((shlex.join(said["command"]), int(said["runs"])), set()).update(said["keys"])
    return [
        Asked(command, sum((folder / key / MANIFEST).is_file() for key in keys), max(runs, len(keys)))
        for (command, runs), keys in wanted.items()
    ]
