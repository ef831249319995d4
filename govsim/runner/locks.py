"""One lock for each run, so that two programs on one study never compute a run twice.

The lock is the kernel's (``flock``): it goes with its owner, however that ends. The file says to people who holds it.
"""

from __future__ import annotations

import contextlib
import datetime
import errno
import json
import os
import socket
import stat
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from govsim.results.errors import EnvironmentProblem, RefusedError
from govsim.results.foreign import read_json
from govsim.results.store import remove_leftovers

try:
    import fcntl
except ImportError:  # a system without advisory locks
    fcntl = None  # type: ignore[assignment]

_NO_LOCKS = (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL)
_UNKNOWN = "unknown"
_CAREFUL = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
"""A link in the place of a lock is not followed, as what is locked is written to; a pipe there is not waited for."""


@dataclass(frozen=True)
class Holder:
    """Who computes a run.

    Attributes
    ----------
    run : str
        What it is, for people.
    pid : int
        Process; 0 where it has not said so yet.
    host, since : str
        Machine, and UTC time, ISO 8601.
    """

    run: str
    pid: int
    host: str
    since: str

    @property
    def who(self) -> str:
        """The process and its machine."""
        return f"process {self.pid or _UNKNOWN} on {self.host}"


def lock_path(folder: Path) -> Path:
    """Return the lock of a run folder, beside it."""
    return folder.with_name(f".{folder.name}.lock")


def locks_work(folder: Path) -> bool:
    """Return whether files in ``folder`` can be locked.

    Raises
    ------
    EnvironmentProblem
        If no file can be made there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise EnvironmentProblem(f"cannot write results to {folder}: {problem.strerror}") from None
    probe = folder / f"probe-{os.getpid()}"
    try:
        with locked(probe, "a probe") as other:
            return other is None
    except _NoLocksError:
        lock_path(probe).unlink(missing_ok=True)
        return False


class _NoLocksError(Exception):
    """The file system has no locks."""


@contextlib.contextmanager
def locked(folder: Path, run: str) -> Iterator[Holder | None]:
    """Hold the lock of a run while the context lasts; gives None, or the one who holds it instead.

    Parameters
    ----------
    folder
        Where the run belongs.
    run
        What it is, for people.

    Raises
    ------
    EnvironmentProblem
        If the lock's file cannot be made.
    """
    path = lock_path(folder)
    handle = _take(path)
    if handle is None:
        yield _read(path)
        return
    try:
        os.ftruncate(handle, 0)
        since = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        mine = Holder(run, os.getpid(), socket.gethostname(), since)
        with contextlib.suppress(OSError):  # a full disk: the lock holds all the same
            os.pwrite(handle, json.dumps(asdict(mine)).encode(), 0)
        yield None
    finally:
        with contextlib.suppress(OSError):
            path.unlink()  # before the lock is let go: whoever takes it looks whether its file is still there
        os.close(handle)


def holder(folder: Path) -> Holder | None:
    """Return who computes a run now, or None; a lock file that was left behind is nobody's."""
    path = lock_path(folder)
    try:
        handle = os.open(path, os.O_RDONLY | _CAREFUL)
    except OSError:
        return None
    try:
        _flock(handle, exclusive=False)
    except BlockingIOError:
        return _read(path)
    except _NoLocksError:
        return None
    finally:
        os.close(handle)
    return None


def clear(folder: Path) -> None:
    """Remove what an owner who was killed has left behind: the lock's file, and a half written run."""
    if lock_path(folder).exists():
        with (
            contextlib.suppress(_NoLocksError, EnvironmentProblem),
            locked(folder, "clearing away") as other,
        ):
            if other is None:
                remove_leftovers(folder, seconds=0.0)


def _take(path: Path) -> int | None:
    """Return a handle that holds the lock, or None where somebody else does."""
    while True:
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | _CAREFUL, 0o644)
        except OSError as problem:
            raise EnvironmentProblem(f"cannot make {path.name}: {problem.strerror}") from None
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise EnvironmentProblem(f"{path.name} is no regular file, so that it cannot be a lock")
            _flock(handle, exclusive=True)
            if os.path.samestat(os.fstat(handle), path.stat()):
                return handle
        except BlockingIOError:
            os.close(handle)
            return None
        except FileNotFoundError:
            pass  # its former owner removed it between the two steps
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


def _flock(handle: int, *, exclusive: bool) -> None:
    if fcntl is None:
        raise _NoLocksError
    try:
        fcntl.flock(handle, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except OSError as problem:
        if problem.errno in _NO_LOCKS:
            raise _NoLocksError from None
        if problem.errno == errno.EACCES:  # how some network shares say that somebody else holds it
            raise BlockingIOError from None
        raise


def _read(path: Path) -> Holder:
    try:
        said = read_json(path, {"run": str, "pid": int, "host": str, "since": str})
        return Holder(said["run"], said["pid"], said["host"], said["since"])
    except RefusedError:
        return Holder(path.name, 0, _UNKNOWN, _UNKNOWN)
