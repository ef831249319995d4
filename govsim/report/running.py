"""Arms times seeds run for a person who waits: what is under way, what failed, and the runs that are whole."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from govsim.report.exits import (
    DONE,
    ENVIRONMENT,
    INTERRUPTED,
    NO_MEMORY,
    REFUSED,
    SOME_FAILED,
    wants_memory,
)
from govsim.results.store import prepare
from govsim.results.values import spans
from govsim.runner.options import RunOptions
from govsim.runner.planning import Choice, content, distinct, plan, with_labels_apart
from govsim.runner.progress import Reporter
from govsim.runner.replicates import ArmJob, StudyOutcome, run_all
from govsim.studies.compare import ArmRuns

Block = tuple[ArmRuns, ...]
"""Arms that are compared with each other."""


@dataclass(frozen=True)
class Ran:
    """What came of it.

    Attributes
    ----------
    blocks : list of tuples of ArmRuns
        Finished runs as they were asked for, over the seeds that are whole; empty where no seed is.
    outcome : StudyOutcome
    asked : int
        Seeds asked for.
    seconds : float
        Wall time.
    code : int
        Exit code.
    """

    blocks: list[Block]
    outcome: StudyOutcome
    asked: int
    seconds: float
    code: int


def run_blocks(
    blocks: Sequence[Sequence[Choice]],
    options: RunOptions,
    force: bool = False,
    seeds: range | None = None,
) -> Ran:
    """Run every arm with some seeds, by default those of the first one's scenario; failures are told on standard error.

    Raises
    ------
    EnvironmentProblem
        If results cannot be written or locked, or there are no workers.
    """
    from govsim.kernels import kept
    from govsim.runner.warming import warm

    prepare(options.out)
    planned = [with_labels_apart([plan(choice, options.out) for choice in block]) for block in blocks]
    unique, where = distinct([item for block in planned for item in block])
    run = blocks[0][0].loaded.scenario.run
    seeds = seeds or range(run.first_seed, run.first_seed + run.seeds)
    total = len(unique) * len(seeds)
    started = time.perf_counter()
    reporter = options.reporter or Reporter()
    size = f"{count(total, 'run')}: {count(len(unique), 'option')}, {count(len(seeds), 'replication')} each."
    reporter.say(size)
    if not kept():
        reporter.say("Compiling first, once on this machine: about 20 seconds.")
        warm()
    outcome = run_all(unique, seeds, replace(options, reporter=reporter), force=force)
    whole = [seed for seed in seeds if all((index, seed) in outcome.results for index in range(len(unique)))]
    code = _tell(outcome, total, whole)
    if code == INTERRUPTED:
        whole = []
    gathered = _gather(planned, where, outcome, whole) if whole else []
    return Ran(gathered, outcome, len(seeds), time.perf_counter() - started, code)


def _tell(outcome: StudyOutcome, total: int, whole: Sequence[int]) -> int:
    if outcome.interrupted:
        kept = len(outcome.results)
        print(f"interrupted: {kept}/{total} runs kept; the same command continues.", file=sys.stderr)
        return INTERRUPTED
    for failure in outcome.failures:
        print(f"seed {failure.seed} of {failure.label} failed: {failure.problem}", file=sys.stderr)
        print(f"  again: {failure.repeat}", file=sys.stderr)
    if not outcome.failures:
        return DONE
    if not outcome.results and all(wants_memory(item.problem) for item in outcome.failures):
        print(f"govsim: {NO_MEMORY}", file=sys.stderr)
        return ENVIRONMENT
    failed = spans(failure.seed for failure in outcome.failures)
    left = f"seeds {spans(whole)} are whole" if whole else "no seed is whole"
    print(f"{len(outcome.failures)} of {total} runs failed (seed {failed}); {left}.", file=sys.stderr)
    return REFUSED if any(failure.refused for failure in outcome.failures) else SOME_FAILED


def _gather(
    planned: list[list[ArmJob]], where: list[int], outcome: StudyOutcome, seeds: Sequence[int]
) -> list[Block]:
    places = iter(where)
    blocks = []
    for block in planned:
        arms = []
        for item in block:
            index = next(places)
            found = tuple(outcome.results[index, seed] for seed in seeds)
            arms.append(ArmRuns(item.label, content(item), item.mode, found, _chinese(item)))
        blocks.append(tuple(arms))
    return blocks


def _chinese(item: ArmJob) -> str:
    """Return the Chinese label of an arm, with the mark that tells it from another one of the same name."""
    label, label_zh = (getattr(item.arm, name, "") for name in ("label", "label_zh"))
    mark = item.label.removeprefix(label) if label_zh and item.label.startswith(label) else ""
    if mark == f", {item.scenario_label}":
        mark = f"（{item.scenario.name.zh or item.scenario_label}）"
    return f"{label_zh}{mark}"


def command() -> list[str]:
    """Return the command line as it is kept in manifests."""
    return ["govsim", *sys.argv[1:]]


def count(number: int, what: str) -> str:
    """Return a number with what it counts: ``1 run``, ``2 runs``."""
    return f"{number} {what}{'' if number == 1 else 's'}"
