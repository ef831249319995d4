"""Interleaved repetitions: A B C A B C, so that whatever else the machine does strikes all alike."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """Least, median and most of several measurements."""

    low: float
    median: float
    high: float

    @staticmethod
    def of(values: Sequence[float]) -> Spread:
        """Return the spread of at least one value."""
        return Spread(min(values), statistics.median(values), max(values))


def load_now() -> float:
    """Return the load of the machine over the last minute, processes wanting a core; NaN where it is not known."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")


def clock_for(threads: int) -> Callable[[], float]:
    """Return the clock for work of so many threads: of one its CPU time, which other work on the machine moves least."""
    return time.thread_time if threads == 1 else time.perf_counter


def seconds(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """Return how long something takes."""
    started = clock()
    work()
    return clock() - started


def interleaved(
    variants: Mapping[str, Callable[[], float]], rounds: int, say: Callable[[str], None]
) -> dict[str, list[float]]:
    """Measure each variant once a round, in turn.

    Parameters
    ----------
    variants
        By name, something that does a piece of work and returns its figure.
    """
    figures: dict[str, list[float]] = {name: [] for name in variants}
    for number in range(rounds):
        say(f"round {number + 1} of {rounds}")
        for name, measure in variants.items():
            figures[name].append(measure())
    return figures


def ratios(above: Sequence[float], below: Sequence[float]) -> Spread:
    """Return the spread of ratios within each round."""
    return Spread.of([a / b for a, b in zip(above, below, strict=True)])
