"""Where a run came from, as its manifest says it; no person, machine or place on a disk is named."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePath

import govsim

_PACKAGES = ("numpy", "numba", "networkx", "mesa", "pandas", "pyarrow", "pydantic", "scipy")
_DECIDING = ("draws.py", "world", "engine", "results")
"""Rooms whose code decides the numbers in a run folder."""


@lru_cache(maxsize=1)
def versions() -> dict[str, str]:
    """Return versions of govsim, Python and the packages that results may depend on."""
    found = {"govsim": govsim.__version__, "python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


@lru_cache(maxsize=8)
def source_hash(parts: tuple[str, ...] = _DECIDING) -> str:
    """Return a hash of the source of some rooms; by default of those that decide the numbers of a run.

    It enters every key, so that a run of other code is never taken for this one's.
    """
    root = Path(govsim.__file__).parent
    digest = hashlib.blake2b(digest_size=8)
    for part in parts:
        for path in sorted((root / part).rglob("*.py")) if (root / part).is_dir() else [root / part]:
            digest.update(path.relative_to(root).as_posix().encode())
            digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


@lru_cache(maxsize=1)
def commit() -> dict[str, object]:
    """Return the commit the code stands at and whether files were changed since, where it is a checkout."""
    root = Path(govsim.__file__).resolve().parent.parent
    if not (root / ".git").exists():
        return {"commit": None, "dirty": None}
    head = _git(root, "rev-parse", "--verify", "HEAD")
    changed = _git(root, "status", "--porcelain", "--", "govsim", "scenarios")
    return {"commit": head or None, "dirty": None if changed is None else bool(changed)}


def _git(root: Path, *words: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", *words], cwd=root, capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def portable(words: list[str]) -> list[str]:
    """Return a command line without places on this disk: paths below the working folder, else bare names."""
    return [_portable(word) for word in words]


def _portable(word: str) -> str:
    name, mark, value = word.partition("=")
    if mark and os.path.isabs(value):
        return f"{name}={_portable(value)}"
    if not os.path.isabs(word):
        return word
    path = PurePath(os.path.normpath(word))
    here = PurePath(os.getcwd())
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else path.name
