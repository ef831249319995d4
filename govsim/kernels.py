"""How govsim compiles: one decorator for kernels that Python calls, one for the parts they are made of.

Compiled kernels are kept in a folder named after the content of all sources that hold kernels, inside whatever cache is in
force, because numba looks only at the file a kernel stands in and would go on using one whose parts in other files have
changed. What is kept carries a checksum; a damaged file is compiled again.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar, cast

import numba as nb
from numba.core import caching
from numba.core import config as numba_config

F = TypeVar("F", bound=Callable[..., Any])

_PACKAGE = Path(__file__).parent
_DIGEST = 16
"""Bytes of a checksum."""


def _homes() -> Iterator[Path]:
    """Yield where compiled kernels may be kept, the best place first."""
    asked = os.environ.get("NUMBA_CACHE_DIR")
    if asked:
        yield Path(asked)
    yield _PACKAGE / "__pycache__"
    own = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    try:
        yield (Path(own) if own else Path.home() / ".cache") / "govsim"
    except RuntimeError:  # nobody's home
        return


def sources_hash(package: Path | None = None) -> str:
    """Return a hash of all sources that hold kernels, their parts or the records they work on; by default of this package."""
    digest = hashlib.blake2b(digest_size=6)
    for source in sorted((package or _PACKAGE).rglob("*.py")):
        text = source.read_bytes()
        if b"@kernel" in text or b"@part" in text or b"np.dtype" in text:
            digest.update(text)
    return digest.hexdigest()


def _own_folder() -> Path | None:
    """Make the folder that belongs to exactly these sources; None where no cache can be written."""
    name = f"kernels-{sources_hash()}"
    for home in _homes():
        folder = home / name
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if not os.access(folder, os.W_OK):
            continue
        if home == _PACKAGE / "__pycache__":  # other folders may serve other checkouts
            for stale in home.glob("kernels-*"):
                if stale != folder:
                    shutil.rmtree(stale, ignore_errors=True)
        return folder
    return None


FOLDER = _own_folder()
"""Where compiled kernels are kept; None where no cache can be written and every start compiles."""
if FOLDER is not None:
    vars(numba_config)["CACHE_DIR"] = str(FOLDER)


_Files: Any = caching.IndexDataCacheFile


class Kept(_Files):  # type: ignore[misc]
    """Numba's files of one kernel with checksums: what is damaged counts as not there, what cannot be written is not kept."""

    def load(self, key: Any) -> Any:
        """Return what is kept under a key; None where nothing whole is."""
        try:
            return super().load(key)
        except (
            OSError,
            ValueError,
            EOFError,
            pickle.UnpicklingError,
            AttributeError,
            ImportError,
            IndexError,
        ):
            return None

    def save(self, key: Any, data: Any) -> None:
        """Keep what was compiled, if there is room."""
        try:
            super().save(key, data)
        except OSError:
            return

    def _load_index(self) -> Any:
        try:
            version, stamp, kept = pickle.loads(_whole(Path(self._index_path)))
        except (OSError, ValueError, EOFError, pickle.UnpicklingError):
            return {}
        return kept if (version, stamp) == (self._version, self._source_stamp) else {}

    def _save_index(self, overloads: Any) -> None:
        self._write(self._index_path, (self._version, self._source_stamp, overloads))

    def _load_data(self, name: str) -> Any:
        return pickle.loads(_whole(Path(self._data_path(name))))

    def _save_data(self, name: str, data: Any) -> None:
        self._write(self._data_path(name), data)

    def _write(self, path: str, content: Any) -> None:
        body = self._dump(content)
        with self._open_for_write(path) as file:
            file.write(hashlib.blake2b(body, digest_size=_DIGEST).digest() + body)


def _whole(path: Path) -> bytes:
    """Return the content behind a checksum.

    Raises
    ------
    ValueError
        If it is not what the checksum says.
    """
    text = path.read_bytes()
    if hashlib.blake2b(text[_DIGEST:], digest_size=_DIGEST).digest() != text[:_DIGEST]:
        raise ValueError(f"{path.name} is damaged")
    return text[_DIGEST:]


def kept() -> bool:
    """Return whether compiled kernels of these sources are there, so that a run need not wait for a compiler."""
    return FOLDER is not None and next(FOLDER.rglob("*.nbi"), None) is not None


def damaged() -> list[Path]:
    """Return the files of compiled kernels that are not what they were when they were kept."""
    found = []
    for path in sorted(FOLDER.rglob("*.nb[ic]")) if FOLDER is not None else ():
        try:
            _whole(path)
        except (OSError, ValueError):
            found.append(path)
    return found


def kernel(function: F) -> F:
    """Compile a kernel that Python calls: once per machine, free of the interpreter's lock, without fastmath."""
    compiled = nb.njit(cache=FOLDER is not None, nogil=True, error_model="numpy")(function)
    files = getattr(getattr(compiled, "_cache", None), "_cache_file", None)
    if type(files) is _Files:  # a private part of numba; where it is another, its own files serve
        files.__class__ = Kept
    return cast(F, compiled)


def part(function: F) -> F:
    """Compile a part of kernels: only other compiled code calls it, so it needs no way in from Python."""
    inner: Any = nb.njit
    return cast(
        F, inner(nogil=True, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)(function)
    )
