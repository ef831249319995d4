"""How many runs side by side: as many as there is memory for and processors can keep busy; and is there disk for them?"""

from __future__ import annotations

import shutil
from collections.abc import Sequence

from govsim.runner.one_run import Task
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
