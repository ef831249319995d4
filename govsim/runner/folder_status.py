"""How many runs were asked for in a results folder, and how many are done, under way, failed or broken, as the files say."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from govsim.results.errors import RefusedError
from govsim.results.foreign import read_json
from govsim.results.provenance import portable, source_hash
from govsim.results.store import MANIFEST, manifest_of, read_manifest
from govsim.runner.locks import Holder, holder
from govsim.runner.one_run import ArmJob
from govsim.runner.points import POINTS

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


_KEY = r"[0-9a-f]{16}"
_RUN = re.compile(_KEY)
_BROKEN = re.compile(rf"{_KEY}\.broken-\d+")
_FAILED = re.compile(rf"({_KEY})\.failed\.json")
_LOCK = re.compile(rf"\.({_KEY})\.lock")
_PART = re.compile(rf"\.({_KEY})-.+")


@dataclass(frozen=True)
class RunStatus:
    """A finished run; ``current`` if the code that is installed now would give it the same key."""

    key: str
    arm: str
    mode: str
    seed: int
    bytes: int
    current: bool


@dataclass(frozen=True)
class Broken:
    """A folder that is no run, and why."""

    name: str
    reason: str
    bytes: int


@dataclass
class Holding:
    """What one scenario's folder holds.

    Attributes
    ----------
    done : list of RunStatus
    running : list of Holder
        Who computes which run now.
    failed : list of dict
        As they were noted: label, seed, problem, repeat.
    broken : list of Broken
    asked : list of DesignRequest
        Designs that were begun there, and how far each is.
    """

    folder: Path
    done: list[RunStatus] = field(default_factory=list)
    running: list[Holder] = field(default_factory=list)
    failed: list[dict[str, Any]] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)
    asked: list[DesignRequest] = field(default_factory=list)


def holdings(results: Path, contents: bool = False) -> list[Holding]:
    """Return what the scenarios of a results folder hold, by name; or what one scenario's folder holds.

    Parameters
    ----------
    contents
        Compare every file with what was written; else only look whether it is there.
    """
    if any(_RUN.fullmatch(path.name) for path in results.iterdir()):
        return [_holding(results, contents)]
    folders = sorted(path for path in results.iterdir() if path.is_dir())
    folders = [item for path in folders for item in (path, path / POINTS) if item.is_dir()]
    found = [_holding(folder, contents) for folder in folders]
    return [item for item in found if item.done or item.running or item.failed or item.broken or item.asked]


def _holding(folder: Path, contents: bool) -> Holding:
    held = Holding(folder, asked=asked(folder))
    names = sorted(path.name for path in folder.iterdir())
    finished = set()
    for name in names:
        if _RUN.fullmatch(name):
            run = _run(folder / name, contents)
            if isinstance(run, RunStatus):
                held.done.append(run)
                finished.add(name)
            else:
                held.broken.append(run)
        elif _BROKEN.fullmatch(name):
            held.broken.append(Broken(name, "set aside, computed again", _size(folder / name)))
        elif lock := _LOCK.fullmatch(name):
            owner = holder(folder / lock[1])
            held.running += [owner] if owner else []
    for name in names:
        if (failed := _FAILED.fullmatch(name)) and failed[1] not in finished:
            held.failed.append(_note(folder / name))
        elif (part := _PART.fullmatch(name)) and holder(folder / part[1]) is None:
            reason = "half written by a process that was killed"
            held.broken.append(Broken(name, reason, _size(folder / name)))
    return held


def _run(folder: Path, contents: bool) -> RunStatus | Broken:
    size = _size(folder)
    try:
        manifest = read_manifest(folder) if contents else manifest_of(folder)
    except RefusedError as problem:
        return Broken(folder.name, str(problem).removeprefix(f"{folder.name}: "), size)
    if manifest is None or "seed" not in manifest:
        return Broken(folder.name, f"no {MANIFEST} of a run", size)
    missing = [name for name in manifest["files"] if not (folder / name).is_file()]
    if missing:
        return Broken(folder.name, f"{missing[0]} is missing", size)
    current = manifest["hashes"]["code"] == source_hash()
    return RunStatus(folder.name, manifest["arm"], manifest["capacity_mode"], manifest["seed"], size, current)


def _note(path: Path) -> dict[str, Any]:
    try:
        said = read_json(path, {"label": str, "seed": int, "problem": str, "repeat": str})
        return {name: said[name] for name in ("label", "seed", "problem", "repeat")}
    except RefusedError:
        return {"label": path.name, "seed": None, "problem": "unreadable note", "repeat": ""}


def _size(folder: Path) -> int:
    total = 0
    for path in folder.glob("*"):
        with contextlib.suppress(FileNotFoundError):  # it may just be put in place
            total += path.lstat().st_size
    return total
