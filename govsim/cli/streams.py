"""Standard streams that are closed, full or gone: the work goes on without them."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Any, TextIO, cast


class _Forgiving:
    """A stream of messages that may be full, or a terminal that is gone: what cannot be said there stops no work."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except OSError:
            return len(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            self._stream.flush()


def open_streams() -> None:
    """Put the null device where standard streams are closed, as under cron, services and launchers."""
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115
    sys.stderr = cast(TextIO, _Forgiving(sys.stderr))


def let_go_of_output(word: str = "") -> OSError | None:
    """Return why standard output takes no word more, and put the null device in its place; None where it does."""
    try:
        sys.stdout.write(word)
        sys.stdout.flush()
    except OSError as problem:
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return problem
    return None
