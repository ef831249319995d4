"""Where each value of a resolved scenario comes from, and the identity of its content."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any, Literal

from govsim.scenario.declare import Section, Status
from govsim.scenario.fields import Declared
from govsim.scenario.messages import Path, dotted
from govsim.scenario.overlay import Overlay


@dataclass(frozen=True)
class Origin:
    """Where one value comes from and how well it is known.

    Attributes
    ----------
    kind : str
        ``default``, ``file`` or ``set`` (given on the command line).
    file, line
        Of the value; the file is ``--set #n`` for the command line and empty for a default.
    status, source
        ``found``, ``derived``, ``assumed`` or ``design``, and the source as text.
    note : str
        Remark of the scenario's author.
    """

    kind: Literal["default", "file", "set"]
    file: str
    line: int
    status: Status
    source: str
    note: str = ""

    def __str__(self) -> str:
        return "default" if self.kind == "default" else f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True)
class Leaf:
    """One single value of a resolved scenario: a scalar or a list of scalars.

    Attributes
    ----------
    path : tuple
        Keys and positions.
    value
        As in the section; enumerations as their values.
    declared : Declared
        Its declaration, with the default in force here, its status and source.
    is_default : bool
        Whether the value equals that default.
    """

    path: Path
    value: Any
    declared: Declared
    is_default: bool


def leaves(section: Section) -> Iterator[Leaf]:
    """Yield every single value of a resolved section in declaration order, without what is left out (null by default)."""
    yield from _section(section, (), None)


def _section(section: Section, path: Path, holder: Declared | None) -> Iterator[Leaf]:
    for name in type(section).model_fields:
        yield from _value(getattr(section, name), (*path, name), Declared.of(type(section), name, holder))


def _value(value: Any, path: Path, declared: Declared) -> Iterator[Leaf]:
    if value is None and declared.default is None:
        return  # what may be left out and is left out has no value
    if isinstance(value, Section):
        yield from _section(value, path, declared)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _value(item, (*path, key), declared.part(key))
    elif isinstance(value, list | tuple) and not declared.shape.is_leaf:
        for index, item in enumerate(value):
            yield from _value(item, (*path, index), declared.part(index))
    else:
        default = declared.default
        yield Leaf(path, _plain(value), declared, type(default) is type(value) and default == value)


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def origins_of(section: Section, layer: Overlay) -> dict[str, Origin]:
    """Tell the origin of every single value of ``section``, by dotted path."""
    return {dotted(leaf.path): _origin(leaf, layer) for leaf in leaves(section)}


def _origin(leaf: Leaf, layer: Overlay) -> Origin:
    spot = layer.spots.get(leaf.path)
    if spot is None:
        return Origin("default", "", 0, leaf.declared.status, leaf.declared.source)
    kind: Literal["file", "set"] = "file" if spot.value.line else "set"
    if note := layer.notes.get(leaf.path):
        return Origin(kind, spot.value.file, spot.value.line, note.status, note.source, note.note)
    if leaf.is_default:
        return Origin(kind, spot.value.file, spot.value.line, leaf.declared.status, leaf.declared.source)
    # A choice about a run stays one whatever is chosen; any other plain value has no source unless named.
    status: Status = "design" if leaf.declared.status == "design" else "assumed"
    return Origin(kind, spot.value.file, spot.value.line, status, "")


def content_hash(section: Section) -> str:
    """Hash the content of a resolved section, without what is declared as decoration.

    Returns
    -------
    str
        BLAKE2b of the canonical JSON, 32 hexadecimal digits. Equal for equal content whatever it is called
        and however it was written (order of keys, defaults spelled out or not, alike entries counted or one by one).
    """
    text = json.dumps(
        _content(section), sort_keys=True, ensure_ascii=True, separators=(",", ":"), allow_nan=False
    )
    return digest(text)


def digest(*parts: str) -> str:
    """Return the hash of texts, such as other hashes, in their order."""
    return hashlib.blake2b(":".join(parts).encode(), digest_size=16).hexdigest()


def _content(value: Any) -> Any:
    if isinstance(value, Section):
        return {name: _content(getattr(value, name)) for name in _kept(type(value))[0]}
    if isinstance(value, Mapping):
        return {str(key): _content(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [content for item in value for content in [_content(item)] * _times(item)]
    return _plain(value)


@cache
def _kept(kind: type[Section]) -> tuple[list[str], list[str]]:
    """Return the fields of a section that are content, and those that say how often it stands in a list."""
    declared = [(name, Declared.of(kind, name)) for name in kind.model_fields]
    repeats = [name for name, field in declared if field.repeats]
    return [name for name, field in declared if not (field.decoration or field.repeats)], repeats


def _times(item: Any) -> int:
    """Return how often an item of a list stands in it."""
    return math.prod(getattr(item, name) for name in _kept(type(item))[1]) if isinstance(item, Section) else 1
