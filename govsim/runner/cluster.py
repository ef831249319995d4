"""Runs spread over the workers of a Dask cluster that somebody else has started.

The rules are those of :mod:`govsim.runner.workers`: one run on each worker at a time, runs in one world on one worker, and
a run whose future is cancelled, or whose program has gone, leaves between two weeks.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, cast

from govsim.extras import require
from govsim.results.errors import EnvironmentProblem
from govsim.runner.locks import clear, holder
from govsim.runner.one_run import Ended, Failed, Finished, Simulator, Task, Worlds, perform
from govsim.runner.stopping import Stop, Stopped
from govsim.runner.workers import BETWEEN_EVENTS, BETWEEN_LOOKS, GRACE, KILLED, Waiting

if TYPE_CHECKING:
    from distributed import Client, Future

_TOPIC = "govsim"
_REFRESH = 1.0
_PATIENCE = 60.0
"""Seconds without any worker, or until a folder written elsewhere is seen here, after which something is wrong."""
_ANSWERING = 10
_FREED_AT_MOST = 2
"""Times that a run is taken back from workers that have all died, before it is taken for their murderer."""


class ClusterWorkers:
    """Workers of a cluster, while the context lasts.

    Parameters
    ----------
    scheduler : str
        Address of a running scheduler, or the file where it has written it.
    stop : Stop
        Looked at while waiting.
    at : callable
        Told (task, weeks) while runs are under way.

    Raises
    ------
    EnvironmentProblem
        If the scheduler does not answer.
    """

    def __init__(self, scheduler: str, stop: Stop, at: Callable[[Task, int], None]) -> None:
        self._scheduler = scheduler
        self._stop, self._at = stop, at
        self._opened = contextlib.ExitStack()
        self._client: Client
        self._under_way: dict[Future[Ended | None], tuple[Task, str]] = {}
        self._ended: queue.SimpleQueue[Future[Ended | None]] = queue.SimpleQueue()
        self._by_key: dict[object, Task] = {}
        self._begun: set[object] = set()
        self._stranded: set[object] = set()
        self._freed: dict[tuple[int, int], int] = {}
        self._asked = time.monotonic()
        self._threads: Mapping[str, int] = {}
        self._looked = self._seen = time.monotonic()

    def __enter__(self) -> ClusterWorkers:
        try:
            self._client = self._connect()
            self._client.subscribe_topic(_TOPIC, self._told)
        except BaseException:
            self._opened.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        left = [task.folder for task, _ in self._under_way.values() if task.locking]
        if left:
            self._leave(left)
        self._opened.close()
        for folder in left:
            clear(folder)

    def _connect(self) -> Client:
        require("distributed", "--scheduler")
        from distributed import Client

        _hush()
        asked = self._scheduler
        where = {"address": asked} if "://" in asked else {"scheduler_file": asked}
        try:
            if "scheduler_file" in where and not os.path.exists(asked):
                raise FileNotFoundError
            client = Client(**where, timeout=f"{_ANSWERING}s", set_as_default=False)
        except (OSError, ValueError, TypeError, KeyError) as problem:
            raise EnvironmentProblem(
                f"no Dask scheduler answers at {asked} ({type(problem).__name__}). Start one with  dask scheduler  and "
                "name the address that it prints, such as tcp://node1:8786, or the file of its --scheduler-file"
            ) from None
        return cast("Client", self._opened.enter_context(client))

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
        while waiting or self._under_way:
            self._stop.check()
            self._fill(waiting, engine)
            for task in self._free(waiting):
                yield task, Failed(KILLED, refused=False)
            try:
                future = self._ended.get(timeout=BETWEEN_LOOKS)
            except queue.Empty:
                continue
            if future not in self._under_way:  # freed
                continue
            task, _ = self._under_way.pop(future)
            del self._by_key[future.key]
            ended = self._result(future)
            if isinstance(ended, Finished) and future.key in self._begun:
                ended = replace(ended, computed=True)  # by a worker that was killed before it could say so
            if ended is None:  # left, though nobody here has asked for it
                waiting.add(task)
            else:
                yield task, ended

    def _fill(self, waiting: Waiting, engine: Simulator) -> None:
        """Give every idle worker a run."""
        now = time.monotonic()
        if (
            now - self._looked > _REFRESH
            or len(self._under_way) < sum(self._threads.values())
            or not self._threads
        ):
            self._looked = now
            self._threads = self._client.nthreads()
        if self._threads:
            self._seen = now
        elif now - self._seen > _PATIENCE:
            raise EnvironmentProblem(
                f"no worker process is left at {self._scheduler}; finished runs are kept"
            )
        busy = [address for _, address in self._under_way.values()]
        idle = [a for a, threads in self._threads.items() for _ in range(threads - busy.count(a))]
        for address in idle[: sum(self._threads.values()) - len(busy)]:
            task = waiting.next_for(address)
            if task is None:
                return
            future: Future[Ended | None] = self._client.submit(
                _on_worker,
                task,
                engine,
                self._client.id,
                pure=False,
                workers=[address],
                allow_other_workers=True,
            )
            self._under_way[future], self._by_key[future.key] = (task, address), task
            future.add_done_callback(self._ended.put)

    def _free(self, waiting: Waiting) -> list[Task]:
        """Take back runs that nobody will ever compute, and return those that have been taken back too often.

        When all workers die at once, Dask keeps their runs for the addresses that are gone, although others may have them.
        """
        gone = [future for future, (_, address) in self._under_way.items() if address not in self._threads]
        if not gone or not self._threads or time.monotonic() - self._asked < _REFRESH:
            return []
        self._asked = time.monotonic()
        at_work = {key for keys in self._client.processing().values() for key in keys}
        still: set[object] = {
            future.key for future in gone if future.key not in at_work and future.status == "pending"
        }
        given_up = []
        for future in gone:
            if future.key not in still or future.key not in self._stranded:
                continue
            task, _ = self._under_way.pop(future)
            del self._by_key[future.key]
            self._client.cancel([future], force=True)
            times = self._freed[task.index, task.seed] = self._freed.get((task.index, task.seed), 0) + 1
            if times > _FREED_AT_MOST:
                given_up.append(task)
            else:
                waiting.add(task)
        self._stranded = still
        return given_up

    def _result(self, future: Future[Ended | None]) -> Ended | None:
        from distributed import KilledWorker

        problem = future.exception() if future.status == "error" else None
        if isinstance(problem, KilledWorker):
            return Failed(KILLED, refused=False)
        if problem is not None:  # what goes wrong in a run itself is returned, not raised
            said = str(problem).strip().partition("\n")[0]
            raise EnvironmentProblem(
                f"the workers at {self._scheduler} cannot run govsim ({type(problem).__name__}: {said}): "
                "scheduler, workers and this program need the same govsim and the same Dask"
            )
        if future.status != "finished":
            raise EnvironmentProblem(
                f"the connection to the scheduler {self._scheduler} was lost; finished runs are kept, "
                "the same command continues"
            )
        return future.result()

    def _told(self, event: tuple[float, tuple[str, int]]) -> None:
        key, weeks = event[1]
        task = self._by_key.get(key)
        if task is not None:
            self._begun.add(key)
            self._at(task, weeks)

    def _leave(self, folders: Sequence[Path]) -> None:
        """Ask the runs under way to leave, and wait a little until they have."""
        with contextlib.suppress(Exception):
            self._client.cancel(list(self._under_way), force=True)
        self._under_way.clear()
        until = time.monotonic() + GRACE
        while any(map(holder, folders)) and time.monotonic() < until:
            time.sleep(BETWEEN_LOOKS / 2)


def _hush() -> None:
    """Keep Dask's log to itself; what matters of it comes back as an error."""
    for name in logging.root.manager.loggerDict:
        if name.partition(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL)


_here = threading.local()


def _on_worker(task: Task, engine: Simulator, study: str) -> Ended | None:
    """Do one run on a worker; None if it was left because nobody wants it any more."""
    from distributed import get_worker

    worker = get_worker()
    key = worker.get_current_task()
    if getattr(_here, "study", None) != study:
        _here.study, _here.worlds = study, Worlds()
    told = 0.0

    def week_done(weeks: int) -> None:
        nonlocal told
        known = worker.state.tasks.get(key)
        if known is None or known.state == "cancelled":
            raise Stopped
        now = time.monotonic()
        if now - told >= BETWEEN_EVENTS:
            told = now
            worker.log_event(_TOPIC, [key, weeks])

    try:
        return perform(task, engine, _here.worlds, week_done)
    except Stopped:
        return None


def seen(folder: Path) -> bool:
    """Return whether a run written elsewhere can be seen here; network shares take a while."""
    until = time.monotonic() + _PATIENCE
    while not (folder / "manifest.json").exists():
        if time.monotonic() > until:
            return False
        with contextlib.suppress(OSError):
            os.listdir(folder.parent)  # makes a network share look again
        time.sleep(BETWEEN_LOOKS)
    return True
