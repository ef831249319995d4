"""How govsim compiles: one decorator for kernels that Python calls, one for the parts they are made of.

Compiled kernels are kept in a folder named after the content of all sources that hold kernels, because numba looks only
at the file a kernel stands in and would go on using one whose parts in other files have changed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba as nb
from numba.core import config as numba_config

F = TypeVar("F", bound=Callable[..., Any])

_PACKAGE = Path(__file__).parent


def _own_cache_folder() -> None:
    """Point numba to a folder that belongs to exactly these sources; leave its defaults where that cannot be written."""
    if os.environ.get("NUMBA_CACHE_DIR"):
        return
    digest = hashlib.blake2b(digest_size=6)
    for source in sorted(_PACKAGE.rglob("*.py")):
        text = source.read_bytes()
        if b"@kernel" in text or b"@part" in text or b"np.dtype" in text:
            digest.update(text)
    home = _PACKAGE / "__pycache__"
    folder = home / f"kernels-{digest.hexdigest()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return
    if not os.access(folder, os.W_OK):
        return
    for stale in home.glob("kernels-*"):
        if stale != folder:
            shutil.rmtree(stale, ignore_errors=True)
    vars(numba_config)["CACHE_DIR"] = str(folder)


_own_cache_folder()


def kernel(function: F) -> F:
    """Compile a kernel that Python calls: once per machine, free of the interpreter's lock, without fastmath."""
    return cast(F, nb.njit(cache=True, nogil=True, error_model="numpy")(function))


def part(function: F) -> F:
    """Compile a part of kernels: only other compiled code calls it, so it needs no way in from Python."""
    inner: Any = nb.njit
    return cast(
        F, inner(nogil=True, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)(function)
    )
