"""What several test processes need is made once for all of them."""

from __future__ import annotations

import fcntl
from collections.abc import Callable
from pathlib import Path


def once(temporary: Path, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder that ``make`` filled, for all processes of this test run.

    Parameters
    ----------
    temporary
        Any temporary folder of the running test: the common one lies above it.
    name
        What it is called; the same name is the same thing.
    make
        Fills the empty folder that it is given. Nobody may write there afterwards.
    """
    above = [temporary, *temporary.parents]
    root = next(folder for folder in above if folder.parent.name.startswith("pytest-of-"))
    folder, ready = root / "once" / name, root / "once" / f"{name}.ready"
    folder.parent.mkdir(exist_ok=True)
    with (root / "once" / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            folder.mkdir()
            make(folder)
            ready.touch()
    return folder
