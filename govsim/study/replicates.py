"""Arms times seeds: worlds shared, each run written when it ends, one failing run never costing another."""

from __future__ import annotations

import datetime
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from govsim.engine.recording import Recording
from govsim.results.errors import EnvironmentProblem, RefusedError
from govsim.results.load import Results, load_results
from govsim.results.store import RunContext, RunIdentity, find_run, write_run
from govsim.study.progress import Reporter

WeekDone = Callable[[int], None]


@dataclass(frozen=True)
class Engine:
    """What turns a question into a recording; exchanged in tests.

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
class Plan:
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

    def identity(self, seed: int) -> RunIdentity:
        """Return what a run of this arm is, by content."""
        return RunIdentity(self.scenario_hash, self.arm_hash, seed)


@dataclass(frozen=True)
class Failure:
    """A run that did not end.

    Attributes
    ----------
    problem : str
        Exception in words, with file and line.
    repeat : str
        Command that does it again.
    refused : bool
        Whether its result was refused (not a number, books that do not close) rather than missing.
    """

    label: str
    seed: int
    problem: str
    repeat: str
    refused: bool


@dataclass
class Outcome:
    """What came of a study.

    Attributes
    ----------
    results : dict of (arm index, seed) to Results
        Finished runs, fresh or found.
    failures : list of Failure
        In the order of the study.
    computed, reused : int
        Runs that were computed now, and that were there before.
    interrupted : bool
        Whether it was stopped; finished runs are kept.
    """

    results: dict[tuple[int, int], Results] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    computed: int = 0
    reused: int = 0
    interrupted: bool = False


class _Stopped(BaseException):
    """Leaves a simulation between two weeks."""


class _Worlds:
    """Worlds with their measures by what they are built from and seed, built once and let go after their last run."""

    def __init__(self, tasks: Sequence[tuple[Plan, int]], engine: Engine) -> None:
        self._engine = engine
        self._guard = threading.Lock()
        self._left: dict[tuple[str, int], int] = {}
        for plan, seed in tasks:
            self._left[plan.world_spec, seed] = self._left.get((plan.world_spec, seed), 0) + 1
        self._locks = {key: threading.Lock() for key in self._left}
        self._built: dict[tuple[str, int], tuple[Any, dict[str, Any]]] = {}

    def get(self, plan: Plan, seed: int) -> tuple[Any, dict[str, Any]]:
        key = (plan.world_spec, seed)
        with self._locks[key]:
            if key not in self._built:
                world = self._engine.build_world(plan.scenario, seed)
                self._built[key] = world, self._engine.describe_world(world)
            return self._built[key]

    def release(self, plan: Plan, seed: int) -> None:
        key = (plan.world_spec, seed)
        with self._guard:
            self._left[key] -= 1
            if not self._left[key]:
                self._built.pop(key, None)


def run_all(
    plans: Sequence[Plan],
    seeds: Sequence[int],
    engine: Engine,
    *,
    jobs: int = 1,
    force: bool = False,
    command: Sequence[str] = (),
    reporter: Reporter | None = None,
) -> Outcome:
    """Run every arm with every seed; the outcome does not depend on ``jobs`` or on the order of ending.

    Raises
    ------
    RefusedError
        If a run that is there already was changed since.
    EnvironmentProblem
        If a run cannot be written; what was finished is kept.
    """
    outcome = Outcome()
    tasks: list[tuple[int, int]] = []
    for seed in seeds:
        for index, plan in enumerate(plans):
            folder = plan.folder / plan.identity(seed).key
            if not force and find_run(folder) is not None:
                outcome.results[index, seed] = load_results(folder)
                outcome.reused += 1
            else:
                tasks.append((index, seed))
    reporter = reporter or Reporter(len(tasks), sum(plans[index].weeks for index, _ in tasks))
    worlds = _Worlds([(plans[index], seed) for index, seed in tasks], engine)
    stop = threading.Event()
    failed: dict[tuple[int, int], Failure] = {}

    def one(index: int, seed: int) -> Results | None:
        plan = plans[index]
        try:
            return _run(plan, seed, worlds, engine, stop, reporter, command)
        except EnvironmentProblem:
            raise
        except Exception as problem:
            failed[index, seed] = Failure(
                plan.label,
                seed,
                _words(problem),
                plan.repeat.format(seed=seed),
                isinstance(problem, RefusedError),
            )
            return None
        finally:
            worlds.release(plan, seed)
            reporter.run_finished()

    try:
        for key, result in _spread(tasks, one, jobs, stop):
            if result is not None:
                outcome.results[key] = result
                outcome.computed += 1
    except KeyboardInterrupt:
        outcome.interrupted = True
    finally:
        reporter.close()
    outcome.failures = [failed[key] for key in tasks if key in failed]
    for key in tasks:  # runs that ended while the others were being stopped
        folder = plans[key[0]].folder / plans[key[0]].identity(key[1]).key
        if outcome.interrupted and key not in outcome.results and (folder / "manifest.json").exists():
            outcome.results[key] = load_results(folder)
            outcome.computed += 1
    return outcome


def _spread(
    tasks: Sequence[tuple[int, int]],
    work: Callable[[int, int], Results | None],
    jobs: int,
    stop: threading.Event,
) -> Any:
    """Yield (task, result) as tasks end; the one place that knows how work is spread over processors.

    Threads serve because the kernels let go of the interpreter. The main thread only waits, so that Ctrl-C
    reaches it.
    """
    with ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
        waiting: dict[Future[Results | None], tuple[int, int]] = {}
        for task in tasks:
            waiting[pool.submit(work, *task)] = task
        try:
            while waiting:
                done, _ = wait(waiting, timeout=0.2, return_when=FIRST_COMPLETED)
                for future in done:
                    yield waiting.pop(future), future.result()
        except BaseException:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _run(
    plan: Plan,
    seed: int,
    worlds: _Worlds,
    engine: Engine,
    stop: threading.Event,
    reporter: Reporter,
    command: Sequence[str],
) -> Results:
    done = 0

    def week_done(weeks: int) -> None:
        nonlocal done
        if stop.is_set():
            raise _Stopped
        reporter.weeks(weeks - done)
        done = weeks

    week_done(0)
    started = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    clock = time.perf_counter()
    world, network = worlds.get(plan, seed)
    recording = engine.simulate(world, plan.scenario, plan.arm, seed, week_done)
    week_done(plan.weeks)
    context = RunContext(
        scenario_label=plan.scenario_label,
        arm_label=plan.label,
        capacity_mode=plan.mode,
        governance=plan.governance_hash,
        command=list(command),
        documents=plan.documents(seed),
        started=started,
        seconds=time.perf_counter() - clock,
        network=network,
        warnings=list(plan.warnings),
    )
    identity = plan.identity(seed)
    folder = plan.folder / identity.key
    write_run(folder, identity, context, recording)
    return load_results(folder)


def _words(problem: BaseException) -> str:
    frames = traceback.extract_tb(problem.__traceback__)
    where = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return f"{type(problem).__name__}: {problem}{where}"
