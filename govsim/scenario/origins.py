"""Scenario files laid over each other, where each value of the result comes from, and the identity of its content.

Parents lie below, ``--set`` on top; files that a timeline names are read in place.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from typing import Any, Literal, NamedTuple, get_args

from govsim.scenario.declare import Section, Status
from govsim.scenario.errors import place_of
from govsim.scenario.fields import Declared, Shape, choose_section, find_declaration, nearest, shape
from govsim.scenario.files import Shelf, SourceFile, governance_shelf, measure_shelf, named_in, project_root
from govsim.scenario.messages import Path, Place, Problem, dotted, quoted
from govsim.scenario.reader import Document, Spot, read_value
from govsim.scenario.schema.governance import Governance
from govsim.scenario.schema.timeline import Measure

_WORDS = ("value", "status", "source", "note")
_STATUSES: tuple[str, ...] = get_args(Status)


class Note(NamedTuple):
    """What a scenario says about one of its values."""

    status: Status
    source: str
    note: str


@dataclass
class Overlay:
    """Plain values with the place of each and what is said about them.

    Attributes
    ----------
    data : dict
        Values, annotations taken off.
    spots : dict of path to Spot
        Where each stands.
    notes : dict of path to Note
        Status and source, for every single value (leaf) that has them.
    unusable : dict of path to str
        Values that nothing can take, and why.
    problems : list of Problem
        What is wrong with keys, structure and annotations.
    """

    data: dict[str, Any] = field(default_factory=dict)
    spots: dict[Path, Spot] = field(default_factory=dict)
    notes: dict[Path, Note] = field(default_factory=dict)
    unusable: dict[Path, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def open_annotations(document: Document, model: type[Section]) -> Overlay:
    """Take ``{value: …, status: …, source: …}`` off wherever the declarations expect something else.

    A whole list or section may be annotated too; its status and source then hold for every value in it that
    says nothing of its own.
    """
    layer = Overlay(problems=list(document.problems))
    layer.data = _Opener(document, layer).section(document.data, model)
    return layer


class _Opener:
    def __init__(self, document: Document, layer: Overlay) -> None:
        self.document = document
        self.layer = layer

    def section(self, data: dict[str, Any], model: type[Section]) -> dict[str, Any]:
        if () in self.document.spots:
            self.layer.spots[()] = self.document.spots[()]
        taken = {name: info.annotation for name, info in model.model_fields.items()}
        return {key: self.value(item, taken.get(key), (key,), (key,), None) for key, item in data.items()}

    def value(self, data: Any, annotation: Any, old: Path, new: Path, note: Note | None) -> Any:
        """Copy ``data`` from its path in the text to that in the scenario; they differ inside annotations."""
        spot = self.document.spots[old]
        taken = shape(annotation) if annotation is not None else None
        if taken is not None and isinstance(data, dict) and _annotated(data, taken):
            note = self._note(data, old, new) or note
            data, old = data["value"], (*old, "value")
            spot = Spot(spot.key, self.document.spots[old].value, self.document.spots[old].bare)
        self.layer.spots[new] = spot
        if old in self.document.unusable:
            self.layer.unusable[new] = self.document.unusable[old]
        if isinstance(data, dict):
            section = choose_section(taken.models, data) if taken else None
            inner = {name: info.annotation for name, info in section.model_fields.items()} if section else {}
            entry = taken.entry if taken else None
            return {
                key: self.value(item, inner.get(key, entry), (*old, key), (*new, key), note)
                for key, item in data.items()
            }
        if note is not None and (taken is None or taken.is_leaf):
            self.layer.notes[new] = note
        if isinstance(data, list):
            item_type = taken.item if taken else None
            inside = None if taken is None or taken.is_leaf else note
            return [self.value(item, item_type, (*old, i), (*new, i), inside) for i, item in enumerate(data)]
        return data

    def _note(self, data: dict[str, Any], old: Path, new: Path) -> Note | None:
        problems = self.layer.problems
        spots = self.document.spots

        def complain(word: str, message: str, hints: tuple[str, ...] = (), key: bool = False) -> None:
            spot = spots[(*old, word)]
            problems.append(Problem.at(spot.key if key else spot.value, (*new, word), message, hints))

        for word in data.keys() - set(_WORDS):
            close = nearest(word, _WORDS)
            hint = f"did you mean  {close[0]}?" if close else f"keys allowed here: {', '.join(_WORDS)}"
            complain(word, "unknown key in an annotated value", (hint,), key=True)
        texts = {}
        for word in ("source", "note"):
            texts[word] = data.get(word, "")
            if not isinstance(texts[word], str):
                complain(word, f"{quoted(texts[word])} is not a text: write it in quotes")
                texts[word] = ""
        status = data.get("status", "assumed")
        if status not in _STATUSES:
            close = nearest(str(status), _STATUSES)
            hints = (f"did you mean  {close[0]}?",) if close else ()
            complain("status", f"{quoted(status)} is not one of {', '.join(_STATUSES)}", hints)
            return None
        if status in ("found", "derived", "calibrated") and not texts["source"].strip():
            complain("status", f'a value that is {status} must name its source: add  source: "…"')
        return Note(status, texts["source"], texts["note"]) if data.keys() & set(_WORDS[1:]) else None


def _annotated(data: dict[str, Any], taken: Shape) -> bool:
    if "value" not in data or any("value" in model.model_fields for model in taken.models):
        return False
    if taken.is_leaf or (taken.item is not None and not taken.models):
        return True
    return (
        data.keys() <= set(_WORDS)
        and bool(data.keys() & {"status", "source"})
        and isinstance(data["value"], dict)
    )


def overlay(base: Overlay, top: Overlay) -> Overlay:
    """Lay ``top`` over ``base``: mappings are merged key by key, lists and values replaced whole."""
    replaced: set[Path] = set()

    def merge(below: dict[str, Any], above: dict[str, Any], path: Path) -> dict[str, Any]:
        merged = dict(below)
        for key, value in above.items():
            here = (*path, key)
            if key in below and isinstance(below[key], dict) and isinstance(value, dict):
                merged[key] = merge(below[key], value, here)
            else:
                replaced.add(here)
                merged[key] = value
        return merged

    data = merge(base.data, top.data, ())
    below = _without(base, replaced)
    return Overlay(
        data,
        {**below.spots, **top.spots},
        {**below.notes, **top.notes},
        {**below.unusable, **top.unusable},
        [*top.problems, *base.problems],
    )


def _without(layer: Overlay, paths: set[Path]) -> Overlay:
    def keep(path: Path) -> bool:
        return not any(path[:end] in paths for end in range(1, len(path) + 1))

    return Overlay(
        layer.data,
        {path: spot for path, spot in layer.spots.items() if keep(path)},
        {path: note for path, note in layer.notes.items() if keep(path)},
        {path: why for path, why in layer.unusable.items() if keep(path)},
        layer.problems,
    )


def set_value(layer: Overlay, argument: str, number: int, model: type[Section]) -> Overlay:
    """Apply one ``--set a.b[0].c=value``; what is wrong with it is added to the layer's problems."""
    file = f"--set #{number}"
    place = Place(file)
    layer = _without(layer, set())
    layer.problems = list(layer.problems)

    def refuse(path: Path | str, message: str, *hints: str) -> Overlay:
        layer.problems.append(Problem.at(place, path, message, hints))
        return layer

    name, equals, text = argument.partition("=")
    name = name.strip()
    if not equals or not name:
        return refuse("", f"{quoted(argument)} sets nothing; write  --set path.to.parameter=value")
    if not re.fullmatch(r"[^.\[\]]+(\.[^.\[\]]+|\[[0-9]+\])*", name):
        return refuse(
            "", f"{quoted(name)} is not a path; write  population.residents  or  street_units[0].name"
        )
    steps = tuple(int(step) if step.isdigit() else step for step in re.split(r"[.\[\]]+", name.rstrip("]")))
    data = layer.data = deepcopy(layer.data)
    path: Path = ()
    node: Any = data
    for rank, raw in enumerate(steps):
        last = rank == len(steps) - 1
        if isinstance(node, list):
            if not isinstance(raw, int) or raw >= len(node):
                size = f"the list has {len(node)} entries, counted from 0"
                return refuse((*path, raw), f"there is no such entry: {size}")
            step: str | int = raw
        elif isinstance(node, dict):
            step = str(raw)
        else:
            return refuse((*path, raw), f"{dotted(path)} is {quoted(node)}, which has no parts")
        path = (*path, step)
        if last:
            break
        if isinstance(node, dict) and node.get(step) is None:
            node[step] = _default(model, path, data)
            layer.spots.setdefault(path, Spot(place, place, None))
        node = node[step]
    return _put(layer, node, path, read_value(text, file), model)


def _default(model: type[Section], path: Path, data: Any) -> Any:
    """Spell out the default of a list or free mapping, so that one entry of it can be set."""
    declared = find_declaration(model, path, data)
    if declared is None or not isinstance(declared.default, list | tuple | dict):
        return {}
    return _spelled_out(declared.default)


def _spelled_out(value: Any) -> Any:
    if isinstance(value, Section):
        return value.model_dump(mode="json")
    if isinstance(value, dict):
        return {key: _spelled_out(item) for key, item in value.items()}
    return [_spelled_out(item) for item in value] if isinstance(value, list | tuple) else value


def _put(layer: Overlay, parent: Any, path: Path, read: Document, model: type[Section]) -> Overlay:
    declared = find_declaration(model, path, layer.data)
    parent[path[-1]] = read.data[""]
    opened = Overlay(
        problems=[
            Problem.at(Place(p.file), _absolute(p.path, path), p.message, p.hints) for p in read.problems
        ]
    )
    value = _Opener(read, opened).value(
        read.data[""], declared.annotation if declared else None, ("",), path, None
    )
    result = _without(layer, {path})
    parent[path[-1]] = value
    result.spots.update(opened.spots)
    result.notes.update(opened.notes)
    result.unusable.update(opened.unusable)
    result.problems = [*layer.problems, *opened.problems]
    return result


def _absolute(relative: str, path: Path) -> str:
    rest = relative.lstrip(".")
    return f"{dotted(path)}{'' if not rest or rest.startswith('[') else '.'}{rest}"


__all__ = ["Note", "Overlay", "open_annotations", "overlay", "set_value"]


Read = Callable[
    [SourceFile, type[Section], Shelf], tuple[Overlay, tuple[SourceFile, ...], tuple[Problem, ...]]
]
"""Reads a file with its parents and says what is wrong with it."""


def graft(
    layer: Overlay, sources: Sequence[SourceFile], read: Read
) -> tuple[Overlay, list[SourceFile], list[Problem]]:
    """Put the content of measures and of reforms' models in the place of their names.

    Parameters
    ----------
    layer : Overlay
        A scenario as written; not changed.
    sources
        Files that it was read from, child first.
    read
        Reads a file and validates it by itself; its problems are told with its own lines.

    Returns
    -------
    layer : Overlay
        With the content of all files that could be read.
    sources : list of SourceFile
        Files read.
    problems : list of Problem
        Names that lead nowhere, and what is wrong with the files.
    """
    shelves: dict[str, tuple[type[Section], Shelf]] = {
        "use": (Measure, measure_shelf()),
        "governance": (Governance, governance_shelf()),
    }
    grown = Overlay(
        deepcopy(layer.data), dict(layer.spots), dict(layer.notes), dict(layer.unusable), list(layer.problems)
    )
    root = project_root(sources[0].file)
    files: list[SourceFile] = []
    problems: list[Problem] = []
    for path, entry in _entries(grown.data):
        for key, (kind, shelf) in shelves.items():
            name, here = entry.get(key), (*path, key)
            if not isinstance(name, str):
                continue
            found = named_in(name, place_of(here, layer.spots).file, sources, root, shelf)
            if isinstance(found, str):
                problems.append(Problem.at(place_of(here, layer.spots), here, found))
                continue
            inner, more, wrong = read(found, kind, shelf)
            problems += wrong
            if not wrong:
                entry[key] = inner.data
                files += more
                grown.spots.update({(*here, *step): spot for step, spot in inner.spots.items() if step})
                grown.notes.update({(*here, *step): note for step, note in inner.notes.items()})
    return grown, files, problems


def _entries(data: dict[str, Any]) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield the entries of all timelines of a scenario with their paths, whatever else is written there."""
    lists: list[tuple[Path, Any]] = [(("timeline",), data.get("timeline"))]
    chosen = data.get("governance")
    models = chosen.get("models") if isinstance(chosen, dict) else None
    for index, model in enumerate(models if isinstance(models, list) else []):
        if isinstance(model, dict):
            lists.append((("governance", "models", index, "measures"), model.get("measures")))
    for path, entries in lists:
        for index, entry in enumerate(entries if isinstance(entries, list) else []):
            if isinstance(entry, dict):
                yield (*path, index), entry


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
