"""How far a study is: one line with the time left on a terminal, else a plain line now and then."""

from __future__ import annotations

import contextlib
import io
import sys
import threading
import time
from collections import deque
from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_QUIET_SECONDS = 10.0
_SPEED_SECONDS = 60.0
"""Time left is judged by as long a while as this, so that it recovers after the machine has slept."""
_TELLING_SHARE = 0.03
"""Share of the work from which on the time it took says something about the rest."""


class Reporter:
    """Counts weeks done over all runs and tells people on stderr; safe to call from several threads.

    A terminal that has gone ends the telling, not the study.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._runs = self._weeks = self._runs_done = self._weeks_done = 0
        self._lock = threading.Lock()
        self._weeks_of: dict[Hashable, int] = {}
        self._last = 0.0
        self._lately: deque[tuple[float, int]] = deque()
        self._bar: tuple[Progress, TaskID] | None = None

    @contextlib.contextmanager
    def _telling(self) -> Iterator[None]:
        with self._lock:
            try:
                yield
            except OSError:
                self._bar, self._stream = None, io.StringIO()

    def expect(self, runs: int, weeks: int) -> None:
        """Begin to count towards so many runs, and weeks over all of them."""
        with self._telling():
            self._runs, self._weeks = runs, weeks
            self._last = time.monotonic()
            self._lately = deque([(self._last, 0)])
            if weeks and self._stream.isatty():
                self._bar = self._terminal()

    def _terminal(self) -> tuple[Progress, TaskID]:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        bar = Progress(
            TextColumn("{task.fields[runs]} runs"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%"),
            TimeRemainingColumn(),
            TextColumn("left"),
            console=Console(file=self._stream),
            transient=True,
        )
        bar.start()
        return bar, bar.add_task("", total=self._weeks, runs=f"0/{self._runs}")

    def at(self, run: Hashable, weeks: int) -> None:
        """Note how many weeks a run has done so far; fewer than before if it was begun again."""
        with self._telling():
            self._weeks_done += weeks - self._weeks_of.get(run, 0)
            self._weeks_of[run] = weeks
            self._show()

    def run_finished(self) -> None:
        """Count a run as written."""
        with self._telling():
            self._runs_done += 1
            self._show()

    def say(self, words: str) -> None:
        """Print a line beside the progress."""
        with self._telling():
            if self._bar:
                self._bar[0].console.print(words, markup=False, highlight=False)
            else:
                print(words, file=self._stream, flush=True)

    def _show(self) -> None:
        if self._bar:
            bar, task = self._bar
            bar.update(task, completed=self._weeks_done, runs=f"{self._runs_done}/{self._runs}")
            return
        if not self._weeks:
            return
        now = time.monotonic()
        if now - self._lately[-1][0] >= 1.0:
            self._lately.append((now, self._weeks_done))
        while len(self._lately) > 2 and now - self._lately[1][0] >= _SPEED_SECONDS:
            self._lately.popleft()
        if now - self._last < _QUIET_SECONDS:
            return
        self._last = now
        share = self._weeks_done / self._weeks
        time_left = ", compiling or starting"
        then, before = self._lately[0]
        if share > _TELLING_SHARE and self._weeks_done > before:
            seconds = (now - then) * (self._weeks - self._weeks_done) / (self._weeks_done - before)
            time_left = f", about {seconds:.0f} s left"
        line = f"{self._runs_done}/{self._runs} runs, {100 * share:.0f} %{time_left}"
        print(line, file=self._stream, flush=True)

    def close(self) -> None:
        """Take the progress line off the terminal."""
        with self._telling():
            if self._bar:
                bar, self._bar = self._bar[0], None
                bar.stop()
