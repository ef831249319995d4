"""Pictures of a study put into the page: no script in them can run, and nothing is asked from elsewhere."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path

from govsim.results.errors import RefusedError
from govsim.results.foreign import open_regular

_LARGEST = 1_000_000
"""Bytes of one picture; the page has to fit into a mail."""
_KINDS = {".svg": "image/svg+xml", ".png": "image/png"}


@dataclass(frozen=True)
class Picture:
    """A picture as an address that holds it."""

    name: str
    address: str


def picture_of(folder: Path) -> list[Picture]:
    """Return the pictures of a study, each once: the SVG where it is small enough, the PNG otherwise.

    Raises
    ------
    RefusedError
        If one is too large for a page that is sent by mail.
    """
    found: dict[str, Path] = {}
    for path in sorted(folder.glob("*.*")):
        if path.suffix in _KINDS and not path.is_symlink():
            fits = path.stat().st_size <= _LARGEST
            if path.stem not in found or (fits and path.suffix == ".svg"):
                found[path.stem] = path
    for path in found.values():
        if path.stat().st_size > _LARGEST:
            raise RefusedError(
                f"{path.name} in {folder.name} has more than {_LARGEST:,} bytes, too large for a page"
            )
    return [Picture(name, _address(path)) for name, path in found.items()]


def _address(path: Path) -> str:
    try:
        with open_regular(path, _LARGEST) as file:
            content = file.read()
    except (OSError, ValueError) as problem:
        raise RefusedError(f"{path.name} in {path.parent.name} cannot be read: {problem}") from None
    return f"data:{_KINDS[path.suffix]};base64,{base64.b64encode(content).decode()}"
