"""Arms times seeds: what is there is used again, each run is written when it ends, one failing run never costs another."""

from __future__ import annotations

import contextlib
import json
import shutil
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from govsim.results.errors import EnvironmentProblem
from govsim.results.load import Results, load_run
from govsim.results.provenance import portable
from govsim.results.store import find_run
from govsim.runner.cluster import ClusterWorkers, seen
from govsim.runner.locks import clear, holder, locks_work
from govsim.runner.one_run import (
    ArmJob,
    Ended,
    Failed,
    Finished,
    HeldElsewhere,
    Simulator,
    Task,
    Unwritable,
    WeekDone,
    Worlds,
    perform,
)
from govsim.runner.options import RunOptions
from govsim.runner.planning import default_engine
from govsim.runner.progress import Reporter
from govsim.runner.stopping import Stop, Stopped
from govsim.runner.workers import CannotStartError, Workers
from govsim.scenario.estimate import BYTES_AT_REST, USABLE_SHARE, machine_memory, processors

_WORTH_SECONDS = 16.0
"""Less estimated work than this is done sooner by one process: each worker takes some three seconds to start."""
_PER_PROCESSOR = 2
"""Processes for each processor that still keep it busier than one, while files are written."""

_SUMMARY_BYTES = 2e4
"""Of a run that is kept as its indicators only."""


def disk_note(tasks: Sequence[Task]) -> str:
    """Say that some runs need more disk than is free where they belong; "" where it suffices."""
    if not tasks:
        return ""
    sizes = [
        task.plan.need.disk_bytes if task.plan.keep == "everything" else _SUMMARY_BYTES for task in tasks
    ]
    folder = next(path for path in (tasks[0].folder, *tasks[0].folder.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    if sum(sizes) <= free:
        return ""
    return (
        f"the disk may become full: {len(tasks)} runs take about {sum(sizes) / 1e6:,.0f} MB, {free / 1e6:,.0f} MB are free. "
        "Finished runs are kept; the same command continues elsewhere with --out, or here once there is room"
    )


def side_by_side(jobs: int, tasks: Sequence[Task]) -> tuple[int, str]:
    """Return how many processes serve for some runs, and in words why fewer than asked for.

    Parameters
    ----------
    jobs
        As asked for; 0 for what pays: one a processor, or the caller's alone where there is little to do.
    """
    wanted = min(jobs or processors(), len(tasks))
    if wanted < 2 or (not jobs and sum(task.plan.need.seconds for task in tasks) < _WORTH_SECONDS):
        return 1, ""
    each = BYTES_AT_REST + max(task.plan.need.memory_bytes for task in tasks)
    fitting = int((USABLE_SHARE * machine_memory() - BYTES_AT_REST) // each)
    most = _PER_PROCESSOR * processors()
    number = max(1, min(wanted, fitting, most))
    if number == wanted or not jobs:
        return number, ""
    reason = (
        f"{_processors()} no more than {most} busy" if most <= fitting else
        f"each, in a process of its own, takes some {each / 1e6:.0f} MB of the memory here"
    )  # fmt: skip
    return number, f"{number} instead of {wanted} runs at a time: {reason}"


def _processors() -> str:
    number = processors()
    return "one processor keeps" if number == 1 else f"{number} processors keep"


__all__ = ["ArmJob", "Failure", "Simulator", "StudyOutcome", "WeekDone", "run_all"]

_BETWEEN_LOOKS = 0.3
"""Seconds between two looks at runs that another process is computing."""

_Spread = Callable[[Sequence[Task]], Iterator[tuple[Task, Ended]]]


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
class StudyOutcome:
    """What came of a study.

    Attributes
    ----------
    results : dict of (arm index, seed) to Results
        Finished runs, fresh or found.
    failures : list of Failure
        In the order of the study.
    computed, reused : int
        Runs that were computed now by this process or its workers, and that were there before or that another
        process has computed meanwhile.
    interrupted : bool
        Whether it was stopped; finished runs are kept.
    """

    results: dict[tuple[int, int], Results] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    computed: int = 0
    reused: int = 0
    interrupted: bool = False


def failure_path(folder: Path) -> Path:
    """Return where it is kept that a run failed; gone when it has ended well."""
    return folder.with_name(f"{folder.name}.failed.json")


def run_all(
    plans: Sequence[ArmJob],
    seeds: Sequence[int],
    options: RunOptions,
    *,
    force: bool = False,
    only: Collection[tuple[int, int]] | None = None,
) -> StudyOutcome:
    """Run every arm with every seed; the outcome does not depend on who runs what and on the order of ending.

    Parameters
    ----------
    force
        Compute even what is there already.
    only
        Pairs of arm index and seed that are run, where not every arm runs with every seed.

    Raises
    ------
    RefusedError
        If a run that is there already was changed since.
    EnvironmentProblem
        If a run cannot be written or locked, or there are no workers; what was finished is kept.
    """
    outcome = StudyOutcome()
    pairs = [(i, seed) for seed in seeds for i in range(len(plans)) if only is None or (i, seed) in only]
    tasks = _missing(plans, pairs, force, options, outcome)
    reporter = options.reporter or Reporter()
    if outcome.reused:
        there = "1 run is" if outcome.reused == 1 else f"{outcome.reused} runs are"
        reporter.say(f"{there} there already, {len(tasks)} to be computed")
    if note := disk_note(tasks):
        reporter.say(note)
    failed: dict[tuple[int, int], Failure] = {}
    try:
        reporter.expect(len(tasks), sum(task.plan.weeks for task in tasks))
        with Stop() as stop, _spreading(tasks, options, reporter, stop) as spread:
            for task, ended in _all_of(tasks, spread, reporter, stop):
                _count(task, ended, outcome, failed, shared=options.scheduler is not None)
                reporter.run_finished((task.index, task.seed))
    except (KeyboardInterrupt, Stopped):
        outcome.interrupted = True
    finally:
        reporter.close()
    outcome.failures = [failed[task.index, task.seed] for task in tasks if (task.index, task.seed) in failed]
    if outcome.interrupted:  # some may have ended while the others were being stopped
        for task in tasks:
            folder = task.plan.folder / task.folder.name
            if (task.index, task.seed) not in outcome.results and (folder / "manifest.json").exists():
                outcome.results[task.index, task.seed] = load_run(folder)
                outcome.computed += 1
    return outcome


def _missing(
    plans: Sequence[ArmJob],
    pairs: Sequence[tuple[int, int]],
    force: bool,
    options: RunOptions,
    outcome: StudyOutcome,
) -> list[Task]:
    """Return the runs to be done, those in one world together; note the others as found."""
    tasks: list[Task] = []
    said = tuple(portable(list(options.command)))
    locking: dict[Path, bool] = {}
    for index, seed in pairs:
        plan = plans[index]
        folder = plan.folder / plan.identity(seed).key
        manifest = None if force else find_run(folder)
        if manifest is not None:
            outcome.results[index, seed] = Results(folder, manifest)
            outcome.reused += 1
            clear(folder)
            continue
        if plan.folder not in locking:
            locking[plan.folder] = _lockable(plan.folder, options.single_writer)
        tasks.append(Task(index, seed, plan, folder.absolute(), said, force, locking[plan.folder]))
    first: dict[tuple[str, int], int] = {}
    for number, task in enumerate(tasks):
        first.setdefault(task.world, number)
    return sorted(tasks, key=lambda task: first[task.world])


def _lockable(folder: Path, single_writer: bool) -> bool:
    if locks_work(folder):
        return True
    if single_writer:
        return False
    raise EnvironmentProblem(
        f"files in {folder} cannot be locked (a network share, or a system without locks), so nothing keeps a second "
        "govsim from computing the same runs. If no other one writes there, add  --single-writer"
    )


@contextlib.contextmanager
def _spreading(
    tasks: Sequence[Task],
    options: RunOptions,
    reporter: Reporter,
    stop: Stop,
) -> Iterator[_Spread]:
    """Give a function that spreads runs over processes: workers', or this one alone where that is quicker."""
    engine, scheduler = options.engine or default_engine(options.out), options.scheduler

    def at(task: Task, weeks: int) -> None:
        reporter.at((task.index, task.seed), weeks)

    def here(some: Sequence[Task]) -> Iterator[tuple[Task, Ended]]:
        worlds = Worlds()
        for task in some:

            def week_done(weeks: int, task: Task = task) -> None:
                stop.check()
                at(task, weeks)

            yield task, perform(task, engine, worlds, week_done, stop.later)
            stop.check()

    number, note = side_by_side(options.jobs, tasks)
    if note and not scheduler:
        reporter.say(note)
    with contextlib.ExitStack() as opened:
        if tasks and (number > 1 or scheduler):
            try:
                opened.enter_context(stop.later())
                workers: Workers | ClusterWorkers = (
                    opened.enter_context(ClusterWorkers(scheduler, stop, at))
                    if scheduler
                    else opened.enter_context(Workers(number, stop, at))
                )
                yield lambda some: workers.spread(some, engine)
                return
            except CannotStartError as problem:
                reporter.say(
                    f"no worker processes can be started here ({problem}): one run at a time instead"
                )
                opened.close()
        yield here


def _all_of(
    tasks: Sequence[Task], spread: _Spread, reporter: Reporter, stop: Stop
) -> Iterator[tuple[Task, Ended]]:
    """Yield all runs as they end; those that another process is computing come last, when it has done or left them."""
    left = list(tasks)
    told: set[str] = set()
    while left:
        held = []
        for task, ended in spread(left):
            if not isinstance(ended, HeldElsewhere):
                yield task, ended
                continue
            held.append(task)
            other = ended.holder
            if other.who not in told:
                told.add(other.who)
                reporter.say(
                    f"{other.who} is computing {other.run} since {other.since}; other runs first, then what it leaves"
                )
        left = held
        while left and all(holder(task.folder) for task in left):
            stop.check()
            time.sleep(_BETWEEN_LOOKS)


def _count(
    task: Task,
    ended: Ended,
    outcome: StudyOutcome,
    failed: dict[tuple[int, int], Failure],
    shared: bool,
) -> None:
    """Note how a run ended, here and, where it failed, beside its folder."""
    folder = task.plan.folder / task.folder.name
    where = task.index, task.seed
    if isinstance(ended, Finished):
        if shared and not seen(folder):
            raise EnvironmentProblem(
                f"a worker has written {folder.name}, but it cannot be seen in {task.plan.folder}: workers and this program "
                "need one results folder, on a disk that all of them share"
            )
        failure_path(folder).unlink(missing_ok=True)
        outcome.results[where] = Results(folder, ended.manifest)
        outcome.computed += ended.computed
        outcome.reused += not ended.computed
    elif isinstance(ended, Failed):
        again = task.plan.repeat.format(seed=task.seed)
        failed[where] = Failure(task.plan.label, task.seed, ended.problem, again, ended.refused)
        with contextlib.suppress(OSError):
            words = json.dumps(asdict(failed[where]), indent=1, ensure_ascii=False)
            failure_path(folder).unlink(missing_ok=True)  # what stands there may be a link
            failure_path(folder).write_text(words + "\n", encoding="utf-8")
    elif isinstance(ended, Unwritable):
        raise EnvironmentProblem(ended.problem)
