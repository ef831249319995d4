"""Reading a folder of results back, and packing it in one file to hand on.

What a folder may hold is checked first; a cell that is not a result is refused, never repaired. A pack has the same bytes
wherever and whenever it is made.
"""

from __future__ import annotations

import os
import re
import stat
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govsim.results.csvtext import LARGEST_TABLE, read_cells
from govsim.results.errors import EnvironmentProblem, RefusedError
from govsim.results.foreign import open_regular
from govsim.results.ledger import LEDGERS, MAY_BE_NULL, WORDS
from govsim.results.store import MANIFEST, read_manifest
from govsim.results.values import Missing, Value, parse

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

_MOST_FILES = 1_000
_MOST_UNFOLDED = 12_000_000_000
"""Bytes that a Parquet file may fill in memory; the events of ten years of the largest shipped district take a third of them."""
_LONGEST_WORD = 10_000
"""Bytes of a cell that holds words, at most."""
_ROWS_AT_ONCE = 1 << 17


def untrusted_folder(folder: Path) -> dict[str, Any]:
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
                raise RefusedError(f"{folder.name}: {entry.name} is no regular file")
    manifest = read_manifest(folder)
    if manifest is None:
        raise RefusedError(f"{folder.name} is not finished: it has no whole {MANIFEST}")
    return manifest


def read_ledger(path: Path) -> pa.Table:
    """Return a Parquet file.

    Columns that ledgers have (see :mod:`govsim.results.ledger`) are of the kind and without the gaps that they have there;
    others hold numbers or words.

    Raises
    ------
    RefusedError
        If it is none, or would fill more memory than a ledger of any district could, or a column is not of its kind, naming
        file and column.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    name = f"{path.name} of {path.parent.name}"
    try:
        with open_regular(path) as content, pq.ParquetFile(content) as file:
            schema = file.schema_arrow
            wrong = _kinds(schema, path.stem) or _size(file.metadata, schema)
            blocks, size = [], 0
            for block in file.iter_batches(_ROWS_AT_ONCE) if not wrong else ():
                size += block.nbytes
                wrong = _cells(block, path.stem) or (
                    "unfolds to too large a table" if size > _MOST_UNFOLDED else ""
                )
                if wrong:
                    break
                blocks.append(block)
    except (pa.ArrowException, OSError, ValueError, MemoryError) as problem:
        words = " ".join(str(problem).split())
        raise RefusedError(f"{name} cannot be read: {words[:200]}") from None
    if wrong:
        raise RefusedError(f"{name} {wrong}")
    return pa.Table.from_batches(blocks, schema)


def _is_words(kind: pa.DataType) -> bool:
    import pyarrow as pa

    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(inner) or pa.types.is_large_string(inner))


def _kinds(schema: pa.Schema, table: str) -> str:
    """Say which column does not hold what it must hold, or return an empty text."""
    import pyarrow as pa

    declared = {column.name for column in LEDGERS.get(table, ())}
    seen: set[str] = set()
    for field in schema:
        kind, words = field.type, _is_words(field.type)
        number = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)
        of_words = field.name in WORDS.get(table, ())
        if not (words or number) or (field.name in declared and words != of_words):
            wanted = "words" if of_words else "numbers"
            return f"holds {str(kind)[:40]} in column {field.name} where {wanted} should be"
        if field.name in seen:
            return f"has the column {field.name} twice"
        seen.add(field.name)
    return ""


def _size(said: pq.FileMetaData, schema: pa.Schema) -> str:
    """Say that a file would take too much memory by what it says of itself, or return an empty text."""
    width = sum(4 if _is_words(field.type) else max(1, field.type.bit_width // 8) for field in schema)
    chunks = [
        said.row_group(g).column(c) for g in range(said.num_row_groups) for c in range(said.num_columns)
    ]
    if max(said.num_rows * width, sum(chunk.total_uncompressed_size for chunk in chunks)) > _MOST_UNFOLDED:
        return f"would unfold to more than {_MOST_UNFOLDED / 1e9:.0f} GB: {said.num_rows:,} rows"
    for chunk in chunks:
        words = chunk.physical_type == "BYTE_ARRAY"
        if words and chunk.total_uncompressed_size > 16 * chunk.num_values + 100 * _LONGEST_WORD:
            return f"holds too long a text in column {chunk.path_in_schema}"
    return ""


def _cells(block: pa.RecordBatch, table: str) -> str:
    """Say in which column cells are missing or texts too long, or return an empty text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    declared = {column.name for column in LEDGERS.get(table, ())}
    for name, column in zip(block.schema.names, block.columns, strict=True):
        if column.null_count and name in declared and name not in MAY_BE_NULL:
            return f"has empty cells in column {name}"
        if _is_words(column.type):
            words = column.dictionary if pa.types.is_dictionary(column.type) else column
            if (pc.max(pc.binary_length(words)).as_py() or 0) > _LONGEST_WORD:
                return f"holds a text of more than {_LONGEST_WORD:,} bytes in column {name}"
    return ""


_WORDS = {"label_en", "label_zh", "unit", "inside", "small", "group", "category", "indicator", "kind"}
_WORDS |= {
    "level",
    "source",
    "activity",
    "community",
    "name",
    "table",
    "definition",
    "definition_zh",
    "events",
    "base",
    "window",
}


@dataclass(frozen=True)
class Results:
    """One finished run.

    Attributes
    ----------
    folder : Path
        Where it lies.
    manifest : dict
        What it says of itself; its files were checked against it.
    """

    folder: Path
    manifest: dict[str, Any]

    @property
    def seed(self) -> int:
        """Root seed."""
        return int(self.manifest["seed"])

    @cached_property
    def summary(self) -> dict[str, Value]:
        """Indicators of the whole run, by name."""
        header, rows = read_cells(self.folder / "summary.csv", "indicator", "value")
        name, value = header.index("indicator"), header.index("value")
        where = f"run {self.folder.name}, summary"
        return {row[name]: parse(row[value], f"{where}, {row[name]}") for row in rows}

    @cached_property
    def parts(self) -> dict[str, tuple[float, float]]:
        """What was counted and out of what, of the indicators that are ratios; empty for runs of 0.2."""
        header, rows = read_cells(self.folder / "summary.csv", "indicator")
        if not {"numerator", "denominator"} <= set(header):
            return {}
        name, over, under = (header.index(column) for column in ("indicator", "numerator", "denominator"))
        where = f"run {self.folder.name}, summary"
        read = ((row[name], [parse(row[n], f"{where}, {row[name]}") for n in (over, under)]) for row in rows)
        return {
            key: (a, b) for key, (a, b) in read if not isinstance(a, Missing) and not isinstance(b, Missing)
        }

    def table(self, name: str) -> pd.DataFrame:
        """Return a table as a frame; ``n/a`` becomes a missing number, and nothing else can.

        Raises
        ------
        RefusedError
            If a cell is empty, NaN, infinite or no number, naming run, row and column.
        """
        import pandas as pd

        header, rows = read_cells(self.folder / f"{name}.csv")
        columns: dict[str, Any] = {}
        for index, column in enumerate(header):
            cells = [row[index] for row in rows]
            if column in _WORDS and name != "weekly":  # where everything is a number, whatever it is called
                columns[column] = cells
                continue
            where = f"run {self.folder.name}, {name}.csv, {column}"
            numbers = [
                parse(cell, f"{where}, {header[0]} {row[0]}") for cell, row in zip(cells, rows, strict=True)
            ]
            columns[column] = [float("nan") if isinstance(n, Missing) else n for n in numbers]
        return pd.DataFrame(columns)

    @cached_property
    def weekly(self) -> pd.DataFrame:
        """The weekly table of the district, one row a week."""
        return self.table("weekly")

    @cached_property
    def groups(self) -> pd.DataFrame:
        """Groups of residents and what each got."""
        return self.table("groups")

    @cached_property
    def cases(self) -> pd.DataFrame:
        """The case ledger, one row a case."""
        frame: pd.DataFrame = read_ledger(self.folder / "cases.parquet").to_pandas()
        return frame


def load_run(folder: Path) -> Results:
    """Return a finished run.

    Raises
    ------
    RefusedError
        If the folder holds no finished run, or a file is not what was written, or a cell is not a result.
    """
    manifest = read_manifest(Path(folder))
    if manifest is None:
        raise RefusedError(f"{Path(folder).name} is no finished run: it has no complete manifest")
    return Results(Path(folder), manifest)


_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest that the format knows."""
_MODE = 0o644 << 16
_UNIX = 3
_TEXTS = (".csv", ".json", ".yaml", ".md", ".svg", ".txt")
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
            if name.endswith(_TEXTS):
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
