"""Runs spread over worker processes of this machine.

One run is under way in each worker at a time, and runs in one world follow each other in one worker. Workers are forked
from a server process that has imported govsim once; where the system cannot do that, each starts by itself. A worker says
through its pipe how far it is, and leaves its run between two weeks when it is asked to, or when this program has gone.
When a worker is killed, another one gets its run; a run that has killed two is given up.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Any, cast

from govsim.results.errors import EnvironmentProblem
from govsim.runner.locks import clear
from govsim.runner.one_run import Ended, Failed, Finished, Simulator, Task, Worlds, perform
from govsim.runner.stopping import Stop, Stopped

BETWEEN_EVENTS = 0.25
"""Seconds between two words of a worker on how far it is."""
BETWEEN_LOOKS = 0.1
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
    """A worker process: what it is told through, and its run; before it has said that it is there it gets none."""

    process: BaseProcess
    pipe: Connection
    ready: bool = False
    task: Task | None = None


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
        left = [worker.task.folder for worker in self._crew if worker.task and worker.task.locking]
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
        while waiting or any(worker.task for worker in self._crew):
            self._stop.check()
            self._replace_the_dead()
            for worker in self._crew:
                if worker.ready and worker.task is None:
                    task = waiting.next_for(id(worker))
                    if task is None:
                        break
                    worker.task = task
                    with contextlib.suppress(OSError):  # it has gone: its pipe tells
                        worker.pipe.send_bytes(_packed(task, engine))
            for worker in self._speaking():
                task, ended = worker.task, self._hear(worker)
                if task is None or ended is None:
                    continue
                if ended == "killed":
                    self._killed[task.index, task.seed] += 1
                    if self._killed[task.index, task.seed] < 2:
                        waiting.add(task)
                        continue
                    ended = Failed(KILLED, refused=False)
                yield task, ended

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

    def _hear(self, worker: _Worker) -> Any:
        """Take in what a worker says; return how its run ended, ``"killed"`` where it died, None while nothing ended."""
        task = worker.task
        try:
            said = worker.pipe.recv()
        except (EOFError, OSError, pickle.UnpicklingError):
            self._crew.remove(worker)
            _kill(worker)
            self._stillborn += not worker.ready
            return "killed"
        if said is None:
            worker.ready, self._stillborn = True, 0
        elif isinstance(said, int) and task is not None:
            self._begun.add((task.index, task.seed))
            self._at(task, said)
        else:
            worker.task = None
            if isinstance(said, Finished) and task is not None and (task.index, task.seed) in self._begun:
                return replace(said, computed=True)  # by a worker that was killed before it could say so
            return said
        return None

    def _leave(self) -> None:
        """Ask the runs under way to leave, and wait a little until they have."""
        for worker in self._crew:
            if worker.task is not None:
                with contextlib.suppress(OSError):
                    worker.pipe.send_bytes(b"")
        until = time.monotonic() + GRACE
        while any(worker.task for worker in self._crew) and time.monotonic() < until:
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
        for task in tasks:
            self.add(task)

    def add(self, task: Task) -> None:
        """Put a run with those that wait."""
        self._by_world.setdefault(task.world, []).append(task)

    def __bool__(self) -> bool:
        return bool(self._by_world)

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


def _packed(task: Task, engine: Simulator) -> bytes:
    import cloudpickle

    return cast(bytes, cloudpickle.dumps((task, engine)))


def _serve(pipe: Connection) -> None:
    """Do runs in a worker process until the program that has started it is gone."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # the program hears them, and tells
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    worlds = Worlds()
    with contextlib.suppress(EOFError, OSError):
        pipe.send(None)
        while True:
            packed = pipe.recv_bytes()
            if packed:  # else it was asked to leave a run that had ended
                task, engine = pickle.loads(packed)
                pipe.send(_one(pipe, task, engine, worlds))


def _one(pipe: Connection, task: Task, engine: Simulator, worlds: Worlds) -> Ended | str:
    told = 0.0

    def week_done(weeks: int) -> None:
        nonlocal told
        if pipe.poll():  # a request to leave, or nobody at the other end
            raise Stopped
        now = time.monotonic()
        if now - told >= BETWEEN_EVENTS:
            told = now
            pipe.send(weeks)

    try:
        return perform(task, engine, worlds, week_done)
    except Stopped:
        return "left"
