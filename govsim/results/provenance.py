"""Where a run came from, as its manifest says it; no person, machine or place on a disk is named."""

from __future__ import annotations

import hashlib
import marshal
import os
import platform
import re
import subprocess
import sys
from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from operator import attrgetter, is_
from pathlib import Path, PurePath
from types import CodeType, ModuleType
from typing import Any, NamedTuple

import govsim
from govsim.results.foreign import foreign_text

_PACKAGES = ("numpy", "numba", "networkx", "mesa", "pandas", "pyarrow", "pydantic", "scipy")
_DECIDING = ("draws.py", "world", "engine", "results")
"""Rooms whose code decides the numbers in a run folder."""
COMPARING = ("runner", "statistics", "studies", "assurance", "report")
"""Rooms whose code decides what is said of runs."""
_IMPORT = re.compile(r"^from (govsim[\w.]*) import (\([^)]*\)|[^\n(]+)$", re.MULTILINE)


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


def source_hash(parts: tuple[str, ...] = _DECIDING) -> str:
    """Return a hash of the source of some rooms and of what was put in its place; by default of what decides a run's numbers.

    It enters every key, so that a run of other code is never taken for this one's.
    """
    digest = hashlib.blake2b(_files_hash(parts).encode(), digest_size=8)
    for name, code in foreign_code(parts):
        digest.update(name.encode() + marshal.dumps(code))
    return digest.hexdigest()


@lru_cache(maxsize=8)
def _files_hash(parts: tuple[str, ...]) -> str:
    root = Path(govsim.__file__).parent
    digest = hashlib.blake2b(digest_size=8)
    for part in parts:
        for path in sorted((root / part).rglob("*.py")) if (root / part).is_dir() else [root / part]:
            digest.update(path.relative_to(root).as_posix().encode())
            digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def foreign_code(parts: tuple[str, ...] = _DECIDING) -> list[tuple[str, CodeType]]:
    """Return the functions of loaded modules that are not those of their files, by name: what somebody put in their place.

    Functions and methods at the top of a module are compared with the compiled file, names that one module imports from
    another with what stands there, and processes in the weekly order with those of their files. Values that are no
    functions are not compared.
    """
    loaded = _loaded(parts, len(sys.modules))
    found = [] if all(map(_untouched, loaded)) else [item for name in loaded for item in _foreign(name)]
    if not found:
        _CLEAN.update((name, _held(name)) for name in loaded if name not in _CLEAN)
    order = sys.modules.get("govsim.engine.loop")
    if order is not None and "engine" in parts:
        for process in order.ORDER:
            shipped = _codes(f"govsim.engine.processes.{process.name}").get("run")
            code = _code(process.run)
            if code is not None and code != shipped:
                found.append((f"process {process.name}", code))
    return found


@lru_cache(maxsize=64)
def _loaded(parts: tuple[str, ...], modules: int) -> list[str]:
    """Return the loaded modules of some rooms; asked anew when the number of all modules is another one."""
    names = tuple(f"govsim.{part.removesuffix('.py')}" for part in parts)
    return [
        name
        for name in sorted(sys.modules)
        if name.startswith(names) and getattr(sys.modules[name], "__spec__", None) is not None
    ]


class _Known(NamedTuple):
    """What a module held when all of it was found to be its own: objects by name, functions and their code."""

    module: ModuleType
    spaces: list[tuple[Mapping[str, object], list[str], list[object]]]
    functions: list[object]
    codes: list[object]


_CLEAN: dict[str, _Known] = {}
_CODE = attrgetter("__code__")


def _held(name: str) -> _Known:
    """Return what a module holds now."""
    module = sys.modules[name]
    spaces: list[Mapping[str, object]] = [vars(module)]
    spaces += [
        vars(value) for value in spaces[0].values() if isinstance(value, type) and value.__module__ == name
    ]
    held = [
        (space, {word: v for word, v in space.items() if isinstance(v, type) or _code(v) is not None})
        for space in spaces
    ]
    functions = [value for _, items in held for value in items.values() if hasattr(value, "__code__")]
    return _Known(
        module,
        [(space, list(items), list(items.values())) for space, items in held],
        functions,
        list(map(_CODE, functions)),
    )


def _untouched(name: str) -> bool:
    """Say whether a module still holds the very objects that were compared with its file before."""
    held = _CLEAN.get(name)
    return (
        held is not None
        and sys.modules.get(name) is held.module
        and all(all(map(is_, map(space.get, words), values)) for space, words, values in held.spaces)
        and all(map(is_, map(_CODE, held.functions), held.codes))
    )


def _foreign(name: str) -> list[tuple[str, CodeType]]:
    module, codes = sys.modules[name], _codes(name)
    found = []
    for words, value in list(vars(module).items()):
        code = _code(value)
        if code is not None and words in codes and code != codes[words]:
            found.append((f"{name}.{words}", code))
        elif isinstance(value, type) and value.__module__ == name:
            for inner, method in list(vars(value).items()):
                code, own = _code(method), codes.get(f"{words}.{inner}")
                if code is not None and own is not None and code != own:
                    found.append((f"{name}.{words}.{inner}", code))
        elif code is not None and words in _borrowed(name):
            home = sys.modules.get(_borrowed(name)[words])
            if home is not None and getattr(home, words, value) is not value:
                found.append((f"{name}.{words}", code))
    return found


def _code(value: object) -> CodeType | None:
    """Return the code behind a function, however it is wrapped."""
    inner = getattr(value, "py_func", None) or value
    while hasattr(inner, "__wrapped__"):
        inner = inner.__wrapped__
    inner = getattr(inner, "fget", None) or getattr(inner, "__func__", None) or inner
    code = getattr(inner, "__code__", None)
    return code if isinstance(code, CodeType) else None


@lru_cache(maxsize=512)
def _codes(name: str) -> dict[str, CodeType]:
    """Return the code of the functions and methods at the top of a module's file, by name."""
    loader: Any = getattr(getattr(sys.modules.get(name), "__spec__", None), "loader", None)
    whole = loader.get_code(name) if hasattr(loader, "get_code") else None
    found: dict[str, CodeType] = {}
    for code in whole.co_consts if whole else ():
        if isinstance(code, CodeType):
            found[code.co_name] = code
            found |= {
                f"{code.co_name}.{inner.co_name}": inner
                for inner in code.co_consts
                if isinstance(inner, CodeType)
            }
    return found


@lru_cache(maxsize=512)
def _borrowed(name: str) -> dict[str, str]:
    """Return the names that a module of govsim takes from another one, and from which."""
    loader: Any = getattr(getattr(sys.modules.get(name), "__spec__", None), "loader", None)
    text = loader.get_source(name) if hasattr(loader, "get_source") else None
    return {
        item: module for module, items in _IMPORT.findall(text or "") for item in re.findall(r"\w+", items)
    }


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
    return [foreign_text(_portable(word)) for word in words]


def _portable(word: str) -> str:
    name, mark, value = word.partition("=")
    if mark and os.path.isabs(value):
        return f"{name}={_portable(value)}"
    if not os.path.isabs(word):
        return word
    path = PurePath(os.path.normpath(word))
    here = PurePath(os.getcwd())
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else path.name
