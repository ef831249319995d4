"""How far a study is: one line with the time left on a terminal, else a plain line now and then.

A run is built, simulated week by week, and written. What building and writing take of it is learnt from the runs that
have ended; the time left is that of the runs under way and those not begun, laid one after the other on as many workers
as are busy now.
"""

from __future__ import annotations

import contextlib
import heapq
import io
import math
import sys
import threading
import time
from collections import deque
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TextIO

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_QUIET_SECONDS = 10.0
_JUDGING_SECONDS = 0.5
"""Between two looks at the time left on a terminal."""
_SPEED_SECONDS = 60.0
"""Time left is judged by as long a while as this, so that it recovers after the machine has slept."""
_TELLING_SHARE = 0.03
"""Share of the work from which on the time it took says something about the rest."""
_BUILDING, _WRITING = 0.1, 0.3
"""Shares of a run's time before the first has ended; Yingzi's, measured."""
_LAID_OUT = 1_000
"""Runs not begun that are laid onto workers one by one; of more the ends do not matter."""


@dataclass
class _Run:
    """One under way: when it was begun, first simulated a week and last did so, and how many weeks it has done."""

    begun: float
    first: float | None = None
    last: float = 0.0
    weeks: int = 0


class _Mark(NamedTuple):
    """A moment: runs ended until then; weeks of each under way, and seconds since its last; seconds workers were busy."""

    time: float
    ended: int
    under_way: tuple[tuple[int, float], ...]
    busy: float


class Reporter:
    """Counts weeks done over all runs and tells people on stderr; safe to call from several threads.

    A terminal that has gone ends the telling, not the study.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._lock = threading.Lock()
        self._bar: tuple[Progress, TaskID] | None = None
        self._begin(0, 0)

    def _begin(self, runs: int, weeks: int) -> None:
        self._runs, self._weeks_each = runs, weeks / max(runs, 1)
        self._under_way: dict[Hashable, _Run] = {}
        self._ended = 0
        self._building: list[float] = []
        self._simulating = self._writing = 0.0
        self._busy = 0.0
        self._now = self._told = self._judged = time.monotonic()
        self._left: float | None = None
        self._lately: deque[_Mark] = deque()

    @contextlib.contextmanager
    def _telling(self) -> Iterator[None]:
        with self._lock:
            now = time.monotonic()
            self._busy += (now - self._now) * len(self._under_way)
            self._now = now
            try:
                yield
            except OSError:
                self._bar, self._stream = None, io.StringIO()

    def expect(self, runs: int, weeks: int) -> None:
        """Begin to count anew, towards so many runs, and weeks over all of them."""
        self.close()
        with self._telling():
            self._begin(runs, weeks)
            if weeks and self._stream.isatty():
                self._bar = self._terminal()

    def _terminal(self) -> tuple[Progress, TaskID]:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        bar = Progress(
            TextColumn("{task.fields[runs]} runs"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%"),
            TextColumn("{task.fields[left]}"),
            console=Console(file=self._stream),
            transient=True,
        )
        bar.start()
        return bar, bar.add_task("", total=1.0, runs=f"0/{self._runs}", left=_waiting())

    def at(self, run: Hashable, weeks: int) -> None:
        """Note how many weeks a run has done so far; fewer than before if it was begun again."""
        with self._telling():
            known = self._under_way.get(run)
            if known is None or weeks < known.weeks:
                known = self._under_way[run] = _Run(self._now)
            if weeks > known.weeks:
                known.first = self._now if known.first is None else known.first
                known.last = self._now
            known.weeks = weeks
            self._show()

    def run_finished(self, run: Hashable) -> None:
        """Count a run as ended, and learn from it what a run's time goes into."""
        with self._telling():
            self._ended += 1
            known = self._under_way.pop(run, None)
            if known is not None and known.first is not None:
                self._simulating += known.last - known.first
                self._writing += self._now - known.last
                if (
                    self._lately and known.begun > self._lately[0].time
                ):  # before, it may have waited for a compiler
                    self._building.append(known.first - known.begun)
            self._show()

    def say(self, words: str) -> None:
        """Print a line beside the progress."""
        with self._telling():
            if self._bar:
                self._bar[0].console.print(words, markup=False, highlight=False)
            else:
                print(words, file=self._stream, flush=True)

    def _shares(self) -> tuple[float, float]:
        """Return what building and writing take of a run."""
        rest = self._simulating + self._writing
        if not rest:
            return _BUILDING, _WRITING
        building = _BUILDING
        if self._building:
            each = sum(self._building) / len(self._building)
            building = each / (each + rest / self._ended)
        return building, (1.0 - building) * self._writing / rest

    def _parts(self, under_way: Iterable[tuple[int, float]]) -> list[float]:
        """Return how much of runs under way is done, 0-1."""
        building, writing = self._shares()
        each = (1.0 - building - writing) / self._weeks_each
        takes = self._writing / self._ended if self._writing else math.inf
        return [
            building
            + each * weeks
            + (writing * min(1.0, since / takes) if weeks >= self._weeks_each else 0.0)
            if weeks
            else 0.0
            for weeks, since in under_way
        ]

    def _mark(self) -> _Mark:
        """Return where things stand, and keep it where the last such mark is a while ago."""
        under_way = tuple((run.weeks, self._now - run.last) for run in self._under_way.values())
        mark = _Mark(self._now, self._ended, under_way, self._busy)
        begun = mark.ended or any(
            weeks for weeks, _ in under_way
        )  # what was compiled before says nothing about the rest
        if begun and (not self._lately or self._now - self._lately[-1].time >= 1.0):
            self._lately.append(mark)
        while len(self._lately) > 2 and self._now - self._lately[1].time >= _SPEED_SECONDS:
            self._lately.popleft()
        return mark

    def _seconds_left(self, parts: list[float]) -> float | None:
        """Return the seconds left, or None where there is nothing yet to judge by."""
        done = self._ended + sum(parts)
        if not self._lately or done < _TELLING_SHARE * self._runs:
            return None
        since = self._lately[0]
        more = done - since.ended - sum(self._parts(since.under_way))
        if more <= 0.0:
            return None
        each = (self._busy - since.busy) / more
        waiting = self._runs - self._ended - len(parts)
        workers = [each * (1.0 - part) for part in parts]
        if waiting:  # one may just have ended and not yet begun the next
            usual = round((self._busy - since.busy) / (self._now - since.time))
            workers += [0.0] * max(usual - len(workers), not workers)
        heapq.heapify(workers)
        for _ in range(min(waiting, _LAID_OUT)):
            heapq.heapreplace(workers, workers[0] + each)
        return max(workers, default=0.0) + each * max(0, waiting - _LAID_OUT) / max(len(workers), 1)

    def _show(self) -> None:
        if not self._runs or not self._weeks_each:
            return
        parts = self._parts(self._mark().under_way)
        share = min(1.0, (self._ended + sum(parts)) / self._runs)
        if self._bar:
            if self._now - self._judged >= _JUDGING_SECONDS:
                self._judged, self._left = self._now, self._seconds_left(parts)
            clock = _waiting() if self._left is None else f"{_clock(self._left)} left"
            self._bar[0].update(self._bar[1], completed=share, runs=f"{self._ended}/{self._runs}", left=clock)
        elif self._now - self._told >= _QUIET_SECONDS:
            self._told, left = self._now, self._seconds_left(parts)
            words = _waiting() if left is None else f"about {left:.0f} s left"
            print(
                f"{self._ended}/{self._runs} runs, {100 * share:.0f} %, {words}",
                file=self._stream,
                flush=True,
            )

    def close(self) -> None:
        """Take the progress line off the terminal."""
        with self._telling():
            if self._bar:
                bar, self._bar = self._bar[0], None
                bar.stop()


def _waiting() -> str:
    from govsim.kernels import kept

    return "starting" if kept() else "compiling (first use only) and starting"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"
