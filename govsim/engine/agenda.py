"""Queues of offices: skew heaps threaded through the job records (Sleator and Tarjan 1986).

A heap is named by the record at its top, -1 when it is empty. Each job stands in at most one heap, so two child columns
in the record hold all of them, whatever their number and size. Ties on rank go to the older problem.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from govsim.kernels import part

MEETINGS, TASKS_FIRST, MAIN, TASKS_LAST, UNFUNDED, BY_CLASS = range(6)
"""Heaps of an office; from BY_CLASS on one for the co-producible part of each class."""


@part
def before(jobs: NDArray[np.void], a: int, b: int) -> bool:
    """Return whether job ``a`` comes before job ``b``."""
    if jobs[a].rank != jobs[b].rank:
        return jobs[a].rank < jobs[b].rank
    return jobs[a].number < jobs[b].number


@part
def meld(jobs: NDArray[np.void], a: int, b: int) -> int:
    """Join two heaps and return the top of the result."""
    if a < 0:
        return b
    if b < 0:
        return a
    if before(jobs, b, a):
        a, b = b, a
    top = a
    while True:
        right = jobs[a].right
        jobs[a].right = jobs[a].left
        if right < 0:
            jobs[a].left = b
            return top
        if before(jobs, b, right):
            right, b = b, right
        jobs[a].left = right
        a = right


@part
def push(jobs: NDArray[np.void], roots: NDArray[np.int64], office: int, heap: int, slot: int) -> None:
    """Put a job into a heap of an office."""
    jobs[slot].left = -1
    jobs[slot].right = -1
    roots[office, heap] = meld(jobs, roots[office, heap], slot)


@part
def pop(jobs: NDArray[np.void], roots: NDArray[np.int64], office: int, heap: int) -> int:
    """Take the first job out of a heap that is not empty."""
    slot = roots[office, heap]
    roots[office, heap] = meld(jobs, jobs[slot].left, jobs[slot].right)
    return slot
