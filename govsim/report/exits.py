"""Exit codes, and what to say of an error that ends a command."""

from __future__ import annotations

import errno

DONE, INTERNAL, BAD_INPUT, SOME_FAILED, REFUSED, ENVIRONMENT, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130
_MACHINE = (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.EMFILE, errno.ENOMEM)

_NO_MEMORY_SIGNS = ("failed to map segment", "Could not find/load shared object", f"[Errno {errno.ENOMEM}]")
NO_MEMORY = (
    "not enough memory (or a limit on it, such as ulimit -v); fewer residents, or fewer runs side by side (--jobs 1), "
    "need less"
)


def wants_memory(problem: str) -> bool:
    """Return whether an error, as ``type: words``, says that memory does not suffice, be it for a library."""
    return problem.startswith("MemoryError") or any(sign in problem for sign in _NO_MEMORY_SIGNS)


def refusal(error: BaseException) -> tuple[int, str]:
    """Return exit code and words for an error."""
    from govsim.results.errors import EnvironmentProblem, RefusedError

    text = " ".join(str(error).split()) or type(error).__name__
    if isinstance(error, RefusedError):
        return REFUSED, f"refused: {error}"
    if isinstance(error, EnvironmentProblem):
        return ENVIRONMENT, str(error)
    if isinstance(error, MemoryError | ImportError | OSError) and wants_memory(
        f"{type(error).__name__}: {text}"
    ):
        return ENVIRONMENT, NO_MEMORY
    if isinstance(error, RuntimeError) and "no locator available" in text:
        return ENVIRONMENT, (
            "compiled code can be kept neither beside the program nor in your home folder; "
            "name a folder that you can write to, such as  NUMBA_CACHE_DIR=/tmp/govsim govsim run tiny"
        )
    if isinstance(error, OSError) and error.errno in _MACHINE:
        return ENVIRONMENT, f"{error.strerror}: {error.filename or 'no file named'}"
    return INTERNAL, text
