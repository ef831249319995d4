"""Opening a folder that somebody else has sent: what it may hold, before anything in it is read.

Nothing in a result is code: no pickle is ever loaded, tables are CSV and Parquet, the rest is JSON and YAML.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govsim.results.errors import RefusedError
from govsim.results.store import MANIFEST, read_manifest

if TYPE_CHECKING:
    import pyarrow as pa

_MOST_FILES = 1_000
_MOST_CELLS = 4_000_000_000
"""Cells of a Parquet file at most; ten years of the largest shipped district take a fifth of them."""


def sealed(folder: Path) -> dict[str, Any]:
    """Return the manifest of a run or a comparison whose files are what was written.

    Raises
    ------
    RefusedError
        Naming the file, if one is a link, a folder or a device, is not what was written, or is listed under a name
        that leads elsewhere; or if the folder is not finished.
    """
    if not folder.is_dir():
        raise RefusedError(f"{folder.name} is no folder")
    with os.scandir(folder) as entries:
        for number, entry in enumerate(entries):
            if number >= _MOST_FILES:
                raise RefusedError(f"{folder.name} holds more than {_MOST_FILES} files: it is no result")
            if entry.is_symlink():
                raise RefusedError(f"{folder.name}: {entry.name} is a link; links are refused in a result")
            if not stat.S_ISREG(entry.stat(follow_symlinks=False).st_mode):
                raise RefusedError(f"{folder.name}: {entry.name} is no ordinary file")
    manifest = read_manifest(folder)
    if manifest is None:
        raise RefusedError(f"{folder.name} is not finished: it has no whole {MANIFEST}")
    for name in manifest["files"]:
        if Path(name).name != name or name in ("", ".", ".."):
            raise RefusedError(f"{folder.name}: {MANIFEST} lists {name!r}, which is no file of this folder")
    return manifest


def read_ledger(path: Path) -> pa.Table:
    """Return a Parquet file.

    Raises
    ------
    RefusedError
        If it is none, or says that it would fill more memory than a ledger of any district could.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            if file.metadata.num_rows * file.metadata.num_columns > _MOST_CELLS:
                raise RefusedError(f"{path.name} of {path.parent.name} would unfold to too large a table")
            return file.read()
    except (pa.ArrowException, OSError) as problem:
        raise RefusedError(f"{path.name} of {path.parent.name} cannot be read: {problem}") from None
