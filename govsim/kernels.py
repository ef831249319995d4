"""How govsim compiles: one decorator for kernels that Python calls, one for the parts they are made of.

Numba looks only at the file a kernel stands in, and would go on using one whose parts in other files have changed. So what is
compiled is kept in a folder named after the content of the kernel's file and of all files that it imports, directly or not,
in the rooms where numbers are made: an edit compiles the kernels that can see it and no others, and equal sources share
what is compiled, wherever they lie. What is kept carries a checksum; a damaged file is compiled again.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import os
import pickle
import re
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba as nb
import numpy as np
from numba.core import caching, codegen, compiler, event, options
from numba.core import config as numba_config
from numpy.typing import NDArray

F = TypeVar("F", bound=Callable[..., Any])

_PACKAGE = Path(__file__).parent
_ROOMS = ("draws", "units", "kernels", "engine", "world")
"""What kernels are made of stands in these; what other rooms hold reaches a kernel as an argument."""
_NEVER_COMPILED = "engine.state"
"""What processes take and kernels cannot: a file that imports it is compiled without it."""
_IMPORT = re.compile(r"^from govsim\.([\w.]+) import (\([^)]*\)|[^\n(]+)$", re.MULTILINE)
"""An import at the top of a file; those that only tell types are indented."""
_DIGEST = 16
"""Bytes of a checksum."""
_OBJECTS = 50_000
"""New objects after which Python looks for garbage while numba compiles; that saves a fourteenth of the time."""


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


def _first_home() -> Path | None:
    """Return the folder of compiled kernels; None where no cache can be written."""
    for home in _homes():
        folder = home / "kernels"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    return None


HOME = _first_home()
"""Where compiled kernels are kept; None where no cache can be written and every start compiles."""
if HOME is not None:
    vars(numba_config)["CACHE_DIR"] = str(
        HOME
    )  # for numba a place that can be written, whatever it would choose
_folders: set[Path] = set()
"""Those below it that this process uses."""


def sources(file: Path) -> tuple[Path, ...]:
    """Return a file and all files of the rooms that it imports, directly or not, in order."""
    found, more = set[Path](), [file]
    while more:
        if (path := more.pop()) not in found:
            found.add(path)
            more += _imported(path)
    return tuple(sorted(found))


@cache
def _imported(file: Path) -> tuple[Path, ...]:
    """Return the files of the rooms that a file imports."""
    found = []
    for module, names in _IMPORT.findall(_text(file).decode("utf-8")):
        if module.split(".")[0] in _ROOMS and module != _NEVER_COMPILED:
            place = _PACKAGE.joinpath(*module.split("."))
            modules = [place / name for name in re.findall(r"(\w+)(?: as \w+)?", names)]
            found += [path for path in map(_file, modules) if path]
            if not all(map(_file, modules)) and (path := _file(place)):
                found.append(path)
    return tuple(found)


@cache
def _file(module: Path) -> Path | None:
    options = (module.with_suffix(".py"), module / "__init__.py")
    return next((path for path in options if path.is_file()), None)


@cache
def _text(file: Path) -> bytes:
    return file.read_bytes()


@cache
def _content(file: Path) -> str:
    """Return a hash of a file and of all that it imports."""
    digest = hashlib.blake2b(digest_size=_DIGEST)
    for path in sources(file):
        digest.update(path.name.encode() + hashlib.blake2b(_text(path), digest_size=_DIGEST).digest())
    return digest.hexdigest()


def _folder(file: Path, home: Path) -> Path:
    """Return the folder of a file's kernels; in the package's own cache those of the file's earlier forms go."""
    inside = file.is_relative_to(_PACKAGE)
    name = ".".join(file.relative_to(_PACKAGE).with_suffix("").parts) if inside else file.stem
    folder = home / f"{name}-{_content(file)}"
    if folder not in _folders and home.parent == _PACKAGE / "__pycache__":  # others may serve other checkouts
        for stale in home.glob(f"{name}-*"):
            if stale != folder:
                shutil.rmtree(stale, ignore_errors=True)
    _folders.add(folder)
    return folder


_Files: Any = caching.IndexDataCacheFile
_Cache: Any = caching.FunctionCache
_Library: Any = codegen.JITCodeLibrary


class ByFields(_Cache):  # type: ignore[misc]
    """Numba's cache of one kernel, in which the fields of tuples count by name: a kernel knows only their places."""

    def _index_key(self, sig: Any, codegen: Any) -> Any:
        return (*super()._index_key(sig, codegen), tuple(_fields(getattr(sig, "args", sig))))


def _fields(types: Any) -> Iterator[tuple[str, ...]]:
    """Yield the names of the fields of all named tuples among some types."""
    for kind in types:
        if isinstance(kind, nb.types.NamedTuple | nb.types.NamedUniTuple):
            yield kind.instance_class._fields
        if isinstance(kind, nb.types.BaseTuple):
            yield from _fields(kind)


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
            Path(self._cache_path).mkdir(parents=True, exist_ok=True)
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


class _Place(caching._CacheLocator):
    """Tells numba the folder of a kernel, and that what lies there is of its sources."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get_cache_path(self) -> str:
        return str(self._folder)

    def get_source_stamp(self) -> str:
        return self._folder.name

    def get_disambiguator(self) -> None:
        return None

    def ensure_cache_path(self) -> None:
        return


def kept() -> bool:
    """Return whether all files of kernels that are loaded have been compiled before, so that a run need not wait."""
    return bool(_folders) and all(next(folder.glob("*.nbi"), None) for folder in _folders)


def compiled() -> int:
    """Return how many of the kernels that are loaded are kept compiled."""
    return sum(1 for folder in _folders for _ in folder.glob("*.nbi"))


def damaged() -> list[Path]:
    """Return the files of compiled kernels that are not what they were when they were kept."""
    found = []
    for path in sorted(path for folder in _folders for path in folder.glob("*.nb[ic]")):
        try:
            _whole(path)
        except (OSError, ValueError):
            found.append(path)
    return found


class _SeldomCollected(event.Listener):
    """Lets Python look for garbage more seldom while numba compiles, which makes very many objects that all stay a while."""

    def __init__(self) -> None:
        self._depth, self._usual = 0, gc.get_threshold()

    def on_start(self, event: Any) -> None:
        if self._depth == 0:
            self._usual = gc.get_threshold()
            if 0 < self._usual[0] < _OBJECTS:
                gc.set_threshold(_OBJECTS, *self._usual[1:])
        self._depth += 1

    def on_end(self, event: Any) -> None:
        self._depth -= 1
        if self._depth == 0:
            gc.set_threshold(*self._usual)


cast(Any, event).register("numba:compile", _SeldomCollected())


def kernel(function: F) -> F:
    """Compile a kernel that Python calls: once per machine, free of the interpreter's lock, without fastmath."""
    made = nb.njit(nogil=True, error_model="numpy")(function)
    if HOME is not None:
        _keep(made, _folder(Path(function.__code__.co_filename), HOME))
    return cast(F, made)


def _keep(made: Any, folder: Path) -> None:
    """Keep in a folder what is compiled; where numba's private parts are other ones, nothing is kept."""
    try:
        cache: Any = ByFields(made.py_func)
        with contextlib.suppress(OSError):
            os.rmdir(cache._impl.locator.get_cache_path())  # which numba has made for itself
        cache._impl._locator = _Place(folder)
        cache._cache_path = str(folder)
        cache._cache_file = Kept(str(folder), cache._impl.filename_base, folder.name)
        made._cache = cache
    except (AttributeError, TypeError, RuntimeError):
        return


class _Linked(_Library):  # type: ignore[misc]
    """What a part is compiled to: linked into the kernels that use it, and optimised and made machine code only there."""

    @property
    def codegen(self) -> Any:
        return self

    def set_env(self, name: str, environment: Any) -> None:
        """Do nothing: a part raises no errors of its own, whose texts numba would keep there."""

    def finalize(self) -> None:
        self._raise_if_finalized()
        for library in dict.fromkeys(self._linking_libraries):
            self._reload_init.update(library._reload_init)
            self._final_module.link_in(library._get_module_for_linking(), preserve=True)
        self._finalize_dynamic_globals()
        self._finalized = True

    def _optimize_functions(self, module: Any) -> None:
        module.data_layout = self._codegen._data_layout


class _PartCompiler(compiler.CompilerBase):
    """Numba's steps for a function, with another library to put the result into."""

    def define_pipelines(self) -> list[Any]:
        state = self.state
        state.library = _Linked(state.targetctx.codegen(), state.func_id.func_qualname)
        state.library.enable_object_caching()
        steps: Any = compiler.DefaultPassBuilder
        return [steps.define_nopython_pipeline(state)]


LEAN = hasattr(options.DefaultOptions, "_nrt") and all(
    hasattr(_Library, name)
    for name in ("_raise_if_finalized", "_get_module_for_linking", "_finalize_dynamic_globals")
)
"""Whether numba has the private parts that make parts cheap; without them they are compiled like any other function."""


def part(function: F) -> F:
    """Compile a part of kernels into each place that calls it.

    Only other compiled code calls it, so it needs no way in from Python. It takes tables as numba hands them down, dozens of
    numbers a call, which is why it is no call. It counts no references, so it cannot allocate: the kernel hands it
    what it writes to.
    """
    return cast(F, _part(function, forceinline=True))


def shared_part(function: F) -> F:
    """Compile a part of kernels that is long and called from many places: a kernel holds it once and calls it."""
    return cast(F, _part(function))


def _part(function: F, **more: Any) -> Any:
    if LEAN:
        more |= {"_nrt": False, "pipeline_class": _PartCompiler}
    inner: Any = nb.njit
    made = inner(nogil=True, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True, **more)(
        function
    )
    template, plain = made.get_call_template, cast(Any, nb.types.unliteral)

    def without_constants(args: Any, named: Any) -> Any:
        """Keep numba from compiling a part anew for each constant that it is handed."""
        return template(tuple(map(plain, args)), {name: plain(kind) for name, kind in named.items()})

    made.get_call_template = without_constants
    return made


@part
def choose(size: int, flag: NDArray[np.uint8], chosen: NDArray[np.uint16]) -> int:
    """Write the places below ``size`` whose flag is 1, in their order, and return how many they are.

    So a loop over many, of whom few have something to do, asks first what the compiler can do for several at once.
    ``chosen`` of shape (size + 1,) is written over.
    """
    count = np.uint64(0)
    for place in range(np.uint64(size)):
        chosen[count] = place
        count += np.uint64(flag[place])
    return int(np.int64(count))
