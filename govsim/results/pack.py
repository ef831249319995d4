"""Results in one file to hand on: the same bytes wherever and whenever it is packed."""

from __future__ import annotations

import os
import re
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from govsim.results.csvtext import LARGEST_TABLE
from govsim.results.errors import EnvironmentProblem, RefusedError
from govsim.results.foreign import open_regular
from govsim.results.load import untrusted_folder
from govsim.results.store import MANIFEST

_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest that the format knows."""
_MODE = 0o644 << 16
_UNIX = 3
_WORDS = (".csv", ".json", ".yaml", ".md", ".svg", ".txt")
_PLACES = re.compile(rb"/(?:home|Users|root|tmp)/[^\s\"',;]+|[A-Za-z]:\\+Users\\+[^\s\"',;]+")
"""A place on somebody's disk, which names the person."""


def pack(folders: Sequence[Path], root: Path, pages: Mapping[str, bytes], target: Path) -> list[str]:
    """Write finished runs and comparisons, and some pages, into one ZIP file; return the names in it.

    Entries are stored without compression (the ledgers are compressed already), in the order of their names, with one
    fixed time and mode: equal results give equal files on every machine.

    Parameters
    ----------
    folders
        Runs and comparisons.
    root
        Folder above all of them; in the file they lie under ``results/`` as they lie there.
    pages
        Further files by name.
    target
        The file; it appears whole or not at all.

    Raises
    ------
    RefusedError
        If one of them is not finished, was changed, holds a link, or names a place on this machine's disk.
    EnvironmentProblem
        If the file cannot be written.
    """
    entries: dict[str, bytes | Path] = dict(pages)
    for folder in folders:
        manifest = untrusted_folder(folder)
        inside = "results/" + folder.relative_to(root).as_posix()
        if not inside.isprintable():
            raise RefusedError(f"the folder name {inside!r} is no text; rename it before it is packed")
        for name in (*manifest["files"], MANIFEST):
            if name.endswith(_WORDS):
                _names_nobody(folder / name)
            entries[f"{inside}/{name}"] = folder / name
    names = sorted(entries)
    part: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
        part = Path(name)
        with os.fdopen(handle, "wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
                for name in names:
                    _add(archive, name, entries[name])
            file.flush()
            os.fsync(file.fileno())
        part.chmod(0o644)
        part.replace(target)
    except OSError as problem:
        raise EnvironmentProblem(f"cannot write {target}: {problem.strerror or problem}") from None
    finally:
        if part is not None:
            part.unlink(missing_ok=True)
    return names


def _names_nobody(path: Path) -> None:
    with open_regular(path, LARGEST_TABLE) as file:
        found = _PLACES.search(file.read())
    if found is not None:
        raise RefusedError(
            f"{path.parent.name}: {path.name} names a place on a disk, {found[0].decode('utf-8', 'replace')}, which says "
            "whose it is; such a run is not packed. Run it from a relative path"
        )


def _add(archive: zipfile.ZipFile, name: str, content: bytes | Path) -> None:
    entry = zipfile.ZipInfo(name, _TIME)
    entry.external_attr, entry.create_system = _MODE, _UNIX
    entry.compress_type = zipfile.ZIP_STORED
    if isinstance(content, bytes):
        archive.writestr(entry, content)
        return
    entry.file_size = content.stat().st_size
    with open_regular(content) as source, archive.open(entry, "w") as into:
        while block := source.read(1 << 20):
            into.write(block)
