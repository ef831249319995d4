"""One run, from its lock to its folder, wherever it is done: in the caller's process or in a worker's."""

from __future__ import annotations

import contextlib
import datetime
import os
import socket
import sysconfig
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import govsim
from govsim.engine.recording import Recording
from govsim.results.errors import EnvironmentProblem, RefusedError
from govsim.results.provenance import source_hash
from govsim.results.store import (
    Keep,
    RunContext,
    RunIdentity,
    find_run,
    manifest_of,
    remove_leftovers,
    write_run,
)
from govsim.runner.locks import Holder, locked

WeekDone = Callable[[int], None]


@dataclass(frozen=True)
class Simulator:
    """What turns a question into a recording; exchanged in tests.

    Its functions are sent to worker processes: they must be picklable, best of all importable.

    Attributes
    ----------
    build_world : callable
        From (scenario, seed) to a world.
    simulate : callable
        From (world, scenario, arm, seed, week_done) to a recording; ``week_done`` is called with the weeks
        done so far.
    describe_world : callable
        From a world to plain measures of the network that was built, for the manifest.
    """

    build_world: Callable[[Any, int], Any]
    simulate: Callable[[Any, Any, Any, int, WeekDone], Recording]
    describe_world: Callable[[Any], dict[str, Any]] = field(default=lambda world: {})


@dataclass(frozen=True)
class Need:
    """What one run is expected to need.

    Attributes
    ----------
    memory_bytes, seconds : float
        Beyond a process at rest; 0 where nothing is known.
    disk_bytes : float
        Of its folder, everything kept.
    """

    memory_bytes: float = 0.0
    seconds: float = 0.0
    disk_bytes: float = 0.0


@dataclass(frozen=True)
class ArmJob:
    """One arm to be run.

    Attributes
    ----------
    arm : object
        The engine's arm.
    scenario : object
        The resolved scenario it runs in.
    scenario_hash, arm_hash, governance_hash, world_spec : str
        Content hashes; ``world_spec`` that of what the world is built from.
    documents : callable
        From a seed to the text files that make the run repeatable, by file name.
    repeat : str
        Command that runs one seed of it; ``{seed}`` stands for the seed.
    need : Need
        Expected memory and time of one run.
    keep : str
        ``everything``, or ``summary`` for a point of a design: indicators only, in a folder of its own kind.
    point : dict
        Of such a run, what it is run again from: see :mod:`govsim.runner.points`.
    """

    arm: Any
    scenario: Any
    label: str
    mode: str
    weeks: int
    scenario_label: str
    scenario_hash: str
    arm_hash: str
    governance_hash: str
    world_spec: str
    folder: Path
    documents: Callable[[int], dict[str, str]]
    repeat: str
    warnings: tuple[str, ...] = ()
    need: Need = Need()
    keep: Keep = "everything"
    point: dict[str, Any] = field(default_factory=dict)

    def identity(self, seed: int) -> RunIdentity:
        """Return what a run of this arm is, by content."""
        return RunIdentity(self.scenario_hash, self.arm_hash, seed)


@dataclass(frozen=True)
class Task:
    """One run to be done.

    Attributes
    ----------
    index, seed : int
        Which arm of the study, and its seed.
    folder : Path
        Where the run belongs.
    force : bool
        Compute it even if it is there.
    locking : bool
        Whether the file system has locks.
    """

    index: int
    seed: int
    plan: ArmJob
    folder: Path
    command: tuple[str, ...]
    force: bool
    locking: bool

    @property
    def name(self) -> str:
        """What it is, for people."""
        return f"seed {self.seed} of {self.plan.label} ({self.plan.mode})"

    @property
    def world(self) -> tuple[str, int]:
        """What its world is built from, and its seed."""
        return f"{self.plan.world_spec}:{self.plan.keep}", self.seed


@dataclass(frozen=True)
class Finished:
    """The run is there; ``computed`` says whether now, or by another process while this one was under way."""

    manifest: dict[str, Any]
    computed: bool


@dataclass(frozen=True)
class Failed:
    """The run did not end; ``refused`` if its result would have misled."""

    problem: str
    refused: bool


@dataclass(frozen=True)
class HeldElsewhere:
    """Another process is computing the run."""

    holder: Holder


@dataclass(frozen=True)
class Unwritable:
    """The machine did not let the run be kept; nothing else can be kept either."""

    problem: str


Ended = Finished | Failed | HeldElsewhere | Unwritable


class Worlds:
    """The last world with its measures; it is let go before another one is built."""

    def __init__(self) -> None:
        self._of: tuple[str, int] | None = None
        self._built: tuple[Any, dict[str, Any]] | None = None

    def get(self, task: Task, engine: Simulator) -> tuple[Any, dict[str, Any]]:
        """Return the world of a run and plain measures of it."""
        if self._of != task.world or self._built is None:
            self._of = self._built = None
            world = engine.build_world(task.plan.scenario, task.seed)
            measures = engine.describe_world(world) if task.plan.keep == "everything" else {}
            self._of, self._built = task.world, (world, measures)
        return self._built


def perform(
    task: Task,
    engine: Simulator,
    worlds: Worlds,
    week_done: WeekDone,
    writing: Callable[[], contextlib.AbstractContextManager[None]] = contextlib.nullcontext,
) -> Ended:
    """Do one run under its lock and write it; whatever goes wrong is returned in words.

    Parameters
    ----------
    week_done
        Called with the weeks done; may raise to leave the run.
    writing
        Context in which the run is written.
    """
    try:
        if task.folder.name != task.plan.identity(task.seed).key:
            where = f"the worker on {socket.gethostname()}"
            return Unwritable(f"{where} runs other code of govsim ({source_hash()}) than this program")
        with locked(task.folder, task.name) if task.locking else contextlib.nullcontext() as holder:
            if holder is not None:
                return HeldElsewhere(holder)
            if task.locking:
                remove_leftovers(task.folder, seconds=0.0)
            found = None if task.force else find_run(task.folder)
            if found is not None:
                return Finished(found, computed=False)
            return Finished(_compute(task, engine, worlds, week_done, writing), computed=True)
    except EnvironmentProblem as problem:
        return Unwritable(str(problem))
    except Exception as problem:
        return Failed(_words(problem), isinstance(problem, RefusedError))


def _compute(
    task: Task,
    engine: Simulator,
    worlds: Worlds,
    week_done: WeekDone,
    writing: Callable[[], contextlib.AbstractContextManager[None]],
) -> dict[str, Any]:
    plan = task.plan
    week_done(0)
    started = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    clock = time.perf_counter()
    world, network = worlds.get(task, engine)
    recording = engine.simulate(world, plan.scenario, plan.arm, task.seed, week_done)
    week_done(plan.weeks)
    context = RunContext(
        scenario_label=plan.scenario_label,
        arm_label=plan.label,
        capacity_mode=plan.mode,
        governance=plan.governance_hash,
        command=list(task.command),
        documents=plan.documents(task.seed),
        started=started,
        seconds=time.perf_counter() - clock,
        network=network,
        warnings=list(plan.warnings),
        point=plan.point,
    )
    with writing():
        write_run(task.folder, plan.identity(task.seed), context, recording, plan.keep)
    manifest = manifest_of(task.folder)
    if manifest is None:
        raise EnvironmentProblem(f"{task.folder.name} was written and is gone")
    return manifest


def _words(problem: BaseException) -> str:
    """Say what went wrong, at which line, and in which process and week; of libraries, the line that called them."""
    frames = traceback.extract_tb(problem.__traceback__)
    own = [frame for frame in frames if not _of_a_library(frame.filename)] or frames
    where = f" ({os.path.basename(own[-1].filename)}:{own[-1].lineno})" if own else ""
    notes = "".join(f"; {note}" for note in getattr(problem, "__notes__", ()))
    return f"{type(problem).__name__}: {problem}{where}{notes}"


def _of_a_library(file: str) -> bool:
    paths = sysconfig.get_paths()
    libraries = [paths[name] + os.sep for name in ("stdlib", "purelib", "platlib")]
    own = os.path.dirname(os.path.abspath(govsim.__file__)) + os.sep
    return file.startswith("<") or (file.startswith(tuple(libraries)) and not file.startswith(own))
