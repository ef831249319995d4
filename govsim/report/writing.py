"""Files for people, written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from govsim.results.errors import EnvironmentProblem


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place and rename it; who reads meanwhile sees the old one or the new one.

    Raises
    ------
    EnvironmentProblem
        If it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(part, 0o644)
        os.replace(part, path)
    except OSError as problem:
        raise EnvironmentProblem(f"cannot write {path}: {problem.strerror}; the runs are kept") from None
