"""Files of results that somebody else may have written: regular ones only, of limited size, in the form they must have."""

from __future__ import annotations

import contextlib
import errno
import io
import json
import math
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

from govsim.results.errors import RefusedError

LARGEST_SMALL = 5_000_000
"""Bytes of a manifest or a list of runs at most; both take a few kilobytes."""
LARGEST = 8_000_000_000
"""Bytes of any file of a result at most."""
MOST_DEEP = 32
"""Levels to which values of a JSON file may be nested."""

_TOO_LARGE: Mapping[type, float] = {bool: 2, int: 2**63, float: math.inf}

Shape = Any
"""What a value of a JSON file must be: ``str``, ``int``, ``float`` (finite; whole ones too), ``bool``, ``None``, ``dict``,
``list``; a range of whole numbers; a set of constants; a tuple of alternatives; ``[shape]`` for a list; a dict for a mapping, in which a name ending in
``?`` may be missing, ``*`` stands for all names that are not given, and names that nobody asked for may be there."""

_WORDS: Mapping[Any, str] = {
    str: "a text", int: "a whole number", float: "a number", bool: "true or false", None: "null", dict: "a mapping",
    list: "a list",
}  # fmt: skip


class UnreadableError(RefusedError):
    """A file that says what a folder is cannot be read, or is not in the form that it must have."""


def open_regular(path: Path, most: int = LARGEST) -> io.BufferedReader:
    """Open a file of a result for reading: a regular file, no link, no pipe, no device, and not larger than it may be.

    Parameters
    ----------
    most
        Bytes; it is not read beyond them either, should it grow.

    Raises
    ------
    OSError
        If it is not there, or no regular file.
    ValueError
        If it is larger, now or while it is read.
    """
    flags = (
        os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    )
    handle = os.open(path, flags)
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "no regular file", str(path))
        if found.st_size > most:
            _too_large(path.name, most)
        return io.BufferedReader(_Measured(handle, path.name, most))
    except BaseException:
        os.close(handle)
        raise


class _Measured(io.RawIOBase):
    """An open file that is not read beyond some number of bytes."""

    def __init__(self, handle: int, name: str, most: int) -> None:
        self._handle, self._name, self._most = handle, name, most

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return os.lseek(self._handle, offset, whence)

    def readinto(self, into: Any) -> int:
        block = os.read(self._handle, len(into))
        if self.tell() > self._most:
            _too_large(self._name, self._most)
        into[: len(block)] = block
        return len(block)

    def close(self) -> None:
        if not self.closed:
            super().close()
            os.close(self._handle)


def _too_large(name: str, most: int) -> NoReturn:
    raise ValueError(f"{name} is larger than {most:,} bytes")


def read_small(path: Path) -> str:
    """Return the text of a small file, as manifests and lists of runs are.

    Raises
    ------
    OSError, ValueError
        If it cannot be read, is too large to be one, or no UTF-8.
    """
    with open_regular(path, LARGEST_SMALL) as file:
        return file.read().decode("utf-8")


def read_json(path: Path, shape: Shape) -> Any:
    """Return what a small JSON file says, in the form that it must have.

    Raises
    ------
    UnreadableError
        Naming folder and file, and in the file the entry, with what was found and what is allowed there.
    """
    where = f"{path.parent.name}: {path.name}"
    try:
        said = json.loads(read_small(path), parse_constant=_no_constant)
    except OSError as problem:
        reason = "it is a link" if problem.errno == errno.ELOOP else (problem.strerror or str(problem))
        raise UnreadableError(f"{where} cannot be read: {reason}") from None
    except UnicodeDecodeError as problem:
        raise UnreadableError(f"{where} is not UTF-8 at byte {problem.start}") from None
    except ValueError as problem:
        raise UnreadableError(f"{where} is not JSON: {problem}") from None
    except RecursionError:
        raise UnreadableError(f"{where} is nested more than {MOST_DEEP} levels deep") from None
    if wrong := _unsound(said) or misfit(said, shape):
        raise UnreadableError(f"{where}{wrong}")
    return said


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number of JSON")


def _unsound(value: Any) -> str:
    """Return what no file of a result may hold at any place, or an empty text."""
    level = [value]
    for _ in range(MOST_DEEP):
        below: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                below += [*item.keys(), *item.values()]
            elif isinstance(item, list):
                below += item
            elif isinstance(item, (int, float)) and not abs(item) < _TOO_LARGE[type(item)]:
                return " holds a number that is too large"
            elif isinstance(item, str) and any("\ud800" <= sign <= "\udfff" for sign in item):
                return " holds half a character (a lone surrogate)"
        if not below:
            return ""
        level = below
    return f" is nested more than {MOST_DEEP} levels deep"


def misfit(value: Any, shape: Shape, at: str = "") -> str:
    """Return where a value is not of a shape, what was found and what is allowed; empty where all is."""
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return _told(value, "a mapping", at)
        wrong = ""
        for name, inner in shape.items():
            bare = name.removesuffix("?")
            others = [key for key in value if key not in shape and f"{key}?" not in shape]
            for key in others if name == "*" else [bare] if bare in value else []:
                wrong = wrong or misfit(value[key], inner, f"{at}.{key}")
            if name == bare != "*" and bare not in value:
                wrong = wrong or f"{_entry(at)} has no entry {bare}"
        return wrong
    if isinstance(shape, list):
        if not isinstance(value, list):
            return _told(value, "a list", at)
        return next(filter(None, (misfit(v, shape[0], f"{at}[{n}]") for n, v in enumerate(value))), "")
    options = shape if isinstance(shape, tuple) else (shape,)
    if any(_is(value, option) for option in options):
        return ""
    return _told(value, " or ".join(map(_allowed, options)), at)


def _is(value: Any, option: Any) -> bool:
    if option is None:
        return value is None
    if isinstance(option, frozenset | range):
        return isinstance(value, str if isinstance(option, frozenset) else int) and value in option
    if option in (int, float):
        return isinstance(value, int if option is int else (int, float)) and not isinstance(value, bool)
    return isinstance(value, option)


def _allowed(option: Any) -> str:
    if isinstance(option, range):
        return f"a whole number, {option[0]} to {option[-1]},"
    return " or ".join(sorted(option)) if isinstance(option, frozenset) else _WORDS[option]


def _entry(at: str) -> str:
    return f", entry {at.lstrip('.')}," if at else ""


def _told(value: Any, allowed: str, at: str) -> str:
    text = json.dumps(value, ensure_ascii=False)
    shown = text if len(text) <= 40 else f"{text[:39]}…"
    return f"{_entry(at)} holds {shown} where {allowed} should be"


def foreign_text(words: str) -> str:
    """Return a name of a file as text, which it need not be: bytes that are none are written out."""
    return words.encode("utf-8", "backslashreplace").decode("utf-8")


@contextlib.contextmanager
def as_written(folder: Path, *more: type[Exception]) -> Iterator[None]:
    """Refuse a folder whose tables pass every check of their own and still do not fit each other.

    Parameters
    ----------
    more
        Further errors that say so.

    Raises
    ------
    RefusedError
        In place of what goes wrong inside.
    """
    wrong: tuple[type[Exception], ...] = (
        LookupError, ValueError, TypeError, AttributeError, ArithmeticError, RecursionError, *more,
    )  # fmt: skip
    try:
        yield
    except wrong as problem:
        words = " ".join(f"{type(problem).__name__}: {problem}".split())
        raise RefusedError(
            f"{folder.name}: its files are not what govsim writes, or do not fit each other ({words[:200]})"
        ) from problem
