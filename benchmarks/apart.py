"""Work in a process of its own: its memory is its own, and what it leaves behind strikes nobody else.

``python -m benchmarks.apart module:function ARGUMENTS`` calls ``function(say, *arguments)`` and writes one JSON object a line:
what it says on the way, and at last its result.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
Say = Callable[[str], None]


class OutOfMemoryError(Exception):
    """The process was ended from outside, most likely because memory ran out."""


def call(function: str, say: Say, *arguments: Any) -> Any:
    """Return what a function returns in a fresh interpreter; arguments and result are plain JSON values.

    Raises
    ------
    OutOfMemoryError
    RuntimeError
        If it ends with an error of its own; its traceback has been shown.
    """
    command = [sys.executable, "-m", "benchmarks.apart", function, json.dumps(arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as child:
        assert child.stdout is not None
        result = None
        for line in child.stdout:
            message = json.loads(line)
            if "say" in message:
                say(message["say"])
            else:
                result = message["result"]
    if child.returncode < 0:
        raise OutOfMemoryError(function)
    if child.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {child.returncode}")
    return result


def peak() -> int:
    """Return the most memory that this process has held at once, in bytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def held() -> int:
    """Return the memory that this process holds now, in bytes, once what is free has been given back.

    Its peak where the system does not tell.
    """
    gc.collect()
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "malloc_trim"):
        libc.malloc_trim(0)
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return peak()
    return pages * resource.getpagesize()


def own() -> int:
    """Return the memory that this process holds now without pages of files, which the system takes back when it needs them.

    Its peak where the system does not tell.
    """
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon:"))
    except (OSError, StopIteration):
        return peak()


def adopt() -> bool:
    """Take in what children that have ended leave behind, so that its time is counted here; False where that cannot be."""
    if sys.platform != "linux":
        return False
    return ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0


_PR_SET_CHILD_SUBREAPER = 36


def wait_for_all() -> None:
    """Wait until all children have ended, those taken in too."""
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()


class Watch:
    """The most memory of its own that this process holds while work is done in a ``with`` block, looked at every 2 ms."""

    def __init__(self) -> None:
        self.most = own()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()
        self.most = max(self.most, own())

    def _look(self) -> None:
        while not self._done.wait(0.002):
            self.most = max(self.most, own())


def main() -> None:
    """Do what the command line says."""
    module, _, name = sys.argv[1].partition(":")
    arguments = json.loads(sys.argv[2])
    lines, sys.stdout = sys.stdout, sys.stderr  # what a library prints is no message

    def send(message: dict[str, Any]) -> None:
        print(json.dumps(message), file=lines, flush=True)

    send(
        {
            "result": getattr(importlib.import_module(module), name)(
                lambda words: send({"say": words}), *arguments
            )
        }
    )


if __name__ == "__main__":
    main()
