"""Opening a folder that somebody else has sent: what it may hold, before anything in it is read.

Nothing in a result is code: no pickle is ever loaded, tables are CSV and Parquet, the rest is JSON and YAML.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govsim.results.errors import RefusedError
from govsim.results.foreign import open_regular
from govsim.results.ledger import LEDGERS, MAY_BE_NULL, WORDS
from govsim.results.store import MANIFEST, read_manifest

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

_MOST_FILES = 1_000
_MOST_UNFOLDED = 12_000_000_000
"""Bytes that a Parquet file may fill in memory; the events of ten years of the largest shipped district take a third of them."""
_LONGEST_WORD = 10_000
"""Bytes of a cell that holds words, at most."""
_ROWS_AT_ONCE = 1 << 17


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
