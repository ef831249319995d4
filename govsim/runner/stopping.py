"""Being asked to stop: Ctrl-C, SIGTERM and SIGHUP end a study between two weeks, and never in the middle of a file."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType, TracebackType
from typing import Any

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")


class Stopped(BaseException):
    """Leaves a simulation between two weeks."""


class Stop:
    """Knows whether somebody has asked to stop, while its context lasts.

    The first request raises ``KeyboardInterrupt`` at once, or, while :meth:`later` lasts, is only noted; a second
    one always raises. Signals that were ignored before (``nohup``) stay ignored, and outside the main thread
    nothing is changed.
    """

    def __init__(self) -> None:
        self.asked = False
        self._waits = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Stop:
        if threading.current_thread() is threading.main_thread():
            for name in _NAMES:
                number = getattr(signal, name, None)
                if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                    self._before[number] = signal.signal(number, self._noted)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _noted(self, number: int, frame: FrameType | None) -> None:
        again, self.asked = self.asked, True
        if again or not self._waits:
            raise KeyboardInterrupt

    @contextlib.contextmanager
    def later(self) -> Iterator[None]:
        """Only note a request in this context; whoever uses it looks at ``asked``."""
        self._waits = True
        try:
            yield
        finally:
            self._waits = False

    def check(self) -> None:
        """Raise ``Stopped`` if somebody has asked to stop."""
        if self.asked:
            raise Stopped
