"""Runs spread over worker processes of this machine.

One run is under way in each worker at a time, and runs in one world follow each other in one worker. Workers are forked
from a server process that has imported govsim once; where the system cannot do that, each starts by itself.

A worker gets runs in batches: one that lasts, or so many short ones that it is busy for a while; what many runs have in
common is sent once. Each run is on the disk when it ends. Now and then the worker says through its pipe what has ended and
how far it is. It leaves its run between two weeks when it is asked to, or when this program has gone. When a worker is
killed, others get its runs; a run that has killed two is given up.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import pickle
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Any, cast

from govsim.results.errors import EnvironmentProblem
from govsim.results.store import MANIFEST
from govsim.runner.locks import clear
from govsim.runner.one_run import ArmJob, Ended, Failed, Finished, Simulator, Task, Worlds, perform
from govsim.runner.stopping import Stop, Stopped

BETWEEN_EVENTS = 0.25
"""Seconds between two words of a worker on how far it is."""
BETWEEN_LOOKS = 0.1
_BATCH_SECONDS = 1.0
"""Runs are put together in batches that last about as long; longer runs go one by one."""
_BATCHES_LEFT = 3
"""A batch is at most such a part of each worker's share of what waits, so that all end at about the same time."""
_PLANS_KEPT = 64
"""Plans that a worker remembers."""
GRACE = 1.2
"""Seconds that runs get to leave, or to finish their writing, when somebody asks to stop."""
KILLED = "its worker process was killed twice (out of memory? another program? its own fault?)"
_PRELOADED = ["govsim.runner.workers", "govsim.runner.planning"]
_ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS", "NUMBA")}
_STARTING = 60.0
"""Seconds after which a worker that has not said that it is there counts as one that cannot start."""
_STILLBORN = 4
"""Workers that die one after the other while they start, after which no more are started."""


class CannotStartError(Exception):
    """No worker process could be started on this machine."""


@dataclass(eq=False)
class _Worker:
    """A worker process: what it is told through, and its runs; before it has said that it is there it gets none.

    Attributes
    ----------
    batch : list of Task
        Runs that it has got and has not said to have ended, in order.
    plans : dict of int to ArmJob
        Plans that it remembers, by a number; those used last come last.
    since : float
        When it got its batch, and how many runs that was.
    """

    process: BaseProcess
    pipe: Connection
    ready: bool = False
    batch: list[Task] = field(default_factory=list)
    plans: dict[int, ArmJob] = field(default_factory=dict)
    engine: Simulator | None = None
    since: float = 0.0
    got: int = 0


@dataclass(frozen=True)
class _Batch:
    """What a worker is sent: plans that it does not know, numbers of those that it may forget, and runs by number of plan."""

    engine: Simulator | None
    plans: dict[int, ArmJob]
    forget: list[int]
    runs: list[tuple[int, dict[str, Any]]]


@dataclass(frozen=True)
class _Word:
    """What a worker says: how runs ended since it last said so, in order, and the weeks of the next; None if it has no more."""

    ended: list[Ended]
    weeks: int | None


class Workers:
    """Worker processes, while the context lasts.

    Parameters
    ----------
    number : int
        Processes to start.
    stop : Stop
        Looked at while waiting.
    at : callable
        Told (task, weeks) while runs are under way.

    Raises
    ------
    CannotStartError
        If this machine refuses processes, or they die while they start.
    """

    def __init__(self, number: int, stop: Stop, at: Callable[[Task, int], None]) -> None:
        self._number, self._stop, self._at = number, stop, at
        self._crew: list[_Worker] = []
        self._begun: set[tuple[int, int]] = set()
        self._killed: Counter[tuple[int, int]] = Counter()
        self._stillborn = 0
        self._pace = 0.0

    def __enter__(self) -> Workers:
        try:
            self._crew += [_start() for _ in range(self._number)]
            until = time.monotonic() + _STARTING
            while not any(worker.ready for worker in self._crew):
                self._stop.check()
                for worker in self._speaking():
                    self._hear(worker)
                if not self._crew or time.monotonic() > until:
                    raise CannotStartError("a worker process ended while it started")
        except (OSError, EOFError, RuntimeError, MemoryError) as problem:
            self._end()
            raise CannotStartError(" ".join(str(problem).split()) or type(problem).__name__) from None
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        left = [task.folder for worker in self._crew for task in worker.batch if task.locking]
        self._leave()
        self._end()
        for folder in left:
            clear(folder)

    def spread(self, tasks: Sequence[Task], engine: Simulator) -> Iterator[tuple[Task, Ended]]:
        """Yield (task, end) as runs end.

        Raises
        ------
        Stopped
            If somebody asks to stop.
        EnvironmentProblem
            If there are no workers any more.
        """
        waiting = Waiting(tasks)
        while waiting or any(worker.batch for worker in self._crew):
            self._stop.check()
            self._replace_the_dead()
            for worker in self._crew:
                if worker.ready and not worker.batch and waiting:
                    self._give(worker, waiting, engine)
            for worker in self._speaking():
                for task, ended in self._hear(worker):
                    if ended is None:
                        waiting.add(task)
                    else:
                        yield task, ended

    def _give(self, worker: _Worker, waiting: Waiting, engine: Simulator) -> None:
        """Give a worker its next run, or several short ones."""
        fitting = int(_BATCH_SECONDS / self._pace) if self._pace else 1
        share = len(waiting) // (_BATCHES_LEFT * self._number)
        while len(worker.batch) < max(1, min(fitting, share)):
            task = waiting.next_for(id(worker))
            if task is None:
                break
            worker.batch.append(task)
            if task.force:  # its folder would not tell whether it is done
                break
        worker.since, worker.got = time.monotonic(), len(worker.batch)
        known, worker.engine = None if worker.engine is engine else engine, engine
        plans: dict[int, ArmJob] = {}
        runs = []
        for task in worker.batch:
            number = id(task.plan)
            if worker.plans.pop(number, None) is None:
                plans[number] = task.plan
            worker.plans[number] = task.plan  # keeps the number its own, too
            said = {item.name: getattr(task, item.name) for item in fields(task) if item.name != "plan"}
            runs.append((number, said))
        many = max(0, len(worker.plans) - max(_PLANS_KEPT, len({number for number, _ in runs})))
        forget = list(worker.plans)[:many]
        for number in forget:
            del worker.plans[number]
        with contextlib.suppress(OSError):  # it has gone: its pipe tells
            worker.pipe.send_bytes(_packed(_Batch(known, plans, forget, runs)))

    def _replace_the_dead(self) -> None:
        if self._stillborn < _STILLBORN:
            with contextlib.suppress(OSError, EOFError, RuntimeError, MemoryError):
                while len(self._crew) < self._number:
                    self._crew.append(_start())
        if not self._crew:
            raise EnvironmentProblem("no worker process is left here; finished runs are kept")

    def _speaking(self) -> list[_Worker]:
        by_pipe = {worker.pipe: worker for worker in self._crew}
        return [by_pipe[cast(Connection, pipe)] for pipe in wait(list(by_pipe), timeout=BETWEEN_LOOKS)]

    def _hear(self, worker: _Worker) -> list[tuple[Task, Ended | None]]:
        """Take in what a worker says; return how runs ended, None of those that are to be done by another."""
        try:
            said = worker.pipe.recv()
        except (EOFError, OSError, pickle.UnpicklingError):
            self._crew.remove(worker)
            _kill(worker)
            self._stillborn += not worker.ready
            return self._of_the_dead(worker)
        if said is None:
            worker.ready, self._stillborn = True, 0
            return []
        ended: list[tuple[Task, Ended | None]] = []
        for end in said.ended:
            task = worker.batch.pop(0)
            if isinstance(end, Finished) and (task.index, task.seed) in self._begun:
                end = replace(end, computed=True)  # by a worker that was killed before it could say so
            ended.append((task, end))
        if said.weeks is None:
            if worker.got:
                self._pace = (time.monotonic() - worker.since) / worker.got
            worker.batch.clear()
        elif worker.batch:
            self._begun.add((worker.batch[0].index, worker.batch[0].seed))
            self._at(worker.batch[0], said.weeks)
        return ended

    def _of_the_dead(self, worker: _Worker) -> list[tuple[Task, Ended | None]]:
        """Return what becomes of the runs of a worker that was killed: the first that is not on the disk was under way."""
        batch, worker.batch = worker.batch, []
        written = [not task.force and (task.folder / MANIFEST).exists() for task in batch]
        for task, done in zip(batch, written, strict=True):
            if not done:
                self._killed[task.index, task.seed] += 1
                break
            self._begun.add((task.index, task.seed))
        ends: list[tuple[Task, Ended | None]] = []
        for task in batch:
            given_up = self._killed[task.index, task.seed] > 1
            if given_up and task.locking:
                clear(task.folder)
            ends.append((task, Failed(KILLED, refused=False) if given_up else None))
        return ends

    def _leave(self) -> None:
        """Ask the runs under way to leave, and wait a little until they have."""
        for worker in self._crew:
            if worker.batch:
                with contextlib.suppress(OSError):
                    worker.pipe.send_bytes(b"")
        until = time.monotonic() + GRACE
        while any(worker.batch for worker in self._crew) and time.monotonic() < until:
            for worker in self._speaking():
                self._hear(worker)

    def _end(self) -> None:
        """End worker processes at once: what they have done is on the disk."""
        for worker in self._crew:
            _kill(worker)
        self._crew.clear()


class Waiting:
    """Runs to be done, by world: a worker stays in its world as long as there are runs in it."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        self._by_world: dict[tuple[str, int], list[Task]] = {}
        self._in: dict[object, tuple[str, int]] = {}
        self._number = 0
        for task in tasks:
            self.add(task)

    def add(self, task: Task) -> None:
        """Put a run with those that wait."""
        self._by_world.setdefault(task.world, []).append(task)
        self._number += 1

    def __len__(self) -> int:
        return self._number

    def next_for(self, worker: object) -> Task | None:
        """Take the next run for a worker; None where nothing waits."""
        if not self._by_world:
            return None
        world = self._in.get(worker)
        if world not in self._by_world:
            taken = set(self._in.values())
            free = (of for of in self._by_world if of not in taken)
            most = max(self._by_world, key=lambda of: len(self._by_world[of]))
            world = next(free, most)
        self._in[worker] = world
        task = self._by_world[world].pop(0)
        self._number -= 1
        if not self._by_world[world]:
            del self._by_world[world]
        return task


def _start() -> _Worker:
    """Start one worker process; it reports by itself that it is there."""
    forking = "forkserver" in multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if forking else "spawn")
    if forking:
        context.set_forkserver_preload(_PRELOADED)
    here, there = context.Pipe()
    process = cast(BaseProcess, context.Process(target=_serve, args=(there,), daemon=True))  # type: ignore[attr-defined]
    with _one_thread():
        process.start()
    there.close()
    return _Worker(process, here)


def _kill(worker: _Worker) -> None:
    worker.process.kill()
    worker.process.join()
    worker.pipe.close()


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """Let processes that start in this context use one thread each for libraries of linear algebra."""
    before = {name: os.environ.get(name) for name in _ONE_THREAD}
    os.environ.update(_ONE_THREAD)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _packed(batch: _Batch) -> bytes:
    import cloudpickle

    return cast(bytes, cloudpickle.dumps(batch))


def _serve(pipe: Connection) -> None:
    """Do runs in a worker process until the program that has started it is gone."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # the program hears them, and tells
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    gc.freeze()  # what is imported stays, and need not be looked at for what can be thrown away
    worlds = Worlds()
    plans: dict[int, ArmJob] = {}
    engine: Simulator | None = None
    with contextlib.suppress(EOFError, OSError):
        pipe.send(None)
        while True:
            packed = pipe.recv_bytes()
            if packed:  # else it was asked to leave a run that had ended
                batch: _Batch = pickle.loads(packed)
                engine = batch.engine or engine
                plans |= batch.plans
                for number in batch.forget:
                    del plans[number]
                assert engine is not None
                _work(pipe, [Task(plan=plans[number], **said) for number, said in batch.runs], engine, worlds)


def _work(pipe: Connection, tasks: Sequence[Task], engine: Simulator, worlds: Worlds) -> None:
    """Do some runs one after the other; say now and then what has ended, and at last that there are no more."""
    ended: list[Ended] = []
    told = 0.0

    def week_done(weeks: int) -> None:
        nonlocal told
        if pipe.poll():  # a request to leave, or nobody at the other end
            raise Stopped
        now = time.monotonic()
        if now - told >= BETWEEN_EVENTS:
            told = now
            pipe.send(_Word(ended.copy(), weeks))
            ended.clear()

    with contextlib.suppress(Stopped):
        for task in tasks:
            ended.append(perform(task, engine, worlds, week_done))
    pipe.send(_Word(ended, None))
