"""What can be turned: every value of a section, and other values that its declaration allows in its place.

All of it comes from the declarations, so a parameter declared tomorrow is audited tomorrow.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, TypeVar, get_args, get_origin

from pydantic import ValidationError

from govsim.scenario.declare import Section
from govsim.scenario.fields import Declared, shape
from govsim.scenario.messages import Path, dotted

S = TypeVar("S", bound=Section)

_SPECIMENS = 60
_SMALL = 0.1
"""Part of a range that fits where other shares have taken most of it."""
_WIDE = 10.0
"""An end of a range further away than this many times the value is not a value that anybody means."""


@dataclass(frozen=True)
class Knob:
    """One value of a section, or a list or mapping that is empty in it.

    Attributes
    ----------
    path : tuple
        Keys and positions from the top of the section.
    declared : Declared
        Its declaration.
    value
        As it is written in a file.
    """

    path: Path
    declared: Declared
    value: Any

    @property
    def name(self) -> str:
        """Dotted path, as people type it."""
        return dotted(self.path)

    @property
    def numeric(self) -> bool:
        """Whether it is a number now."""
        return isinstance(self.value, int | float) and not isinstance(self.value, bool)


def knobs(section: Section, whole: Path = ()) -> list[Knob]:
    """Return every knob of a section in the order of the declarations, without what is decoration.

    Parameters
    ----------
    whole
        Path of a list or mapping that is to be one knob although it is not empty.
    """
    return list(_inside(section, (), None, whole))


def _inside(section: Section, path: Path, holder: Declared | None, whole: Path) -> Iterator[Knob]:
    for name in type(section).model_fields:
        declared = Declared.of(type(section), name, holder)
        if not declared.decoration:
            yield from _at(getattr(section, name), (*path, name), declared, whole)


def _at(value: Any, path: Path, declared: Declared, whole: Path) -> Iterator[Knob]:
    if path == whole and isinstance(value, list | tuple | dict):
        yield Knob(path, declared, type(value)() if isinstance(value, dict) else [])
    elif isinstance(value, Section):
        yield from _inside(value, path, declared, whole)
    elif isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from _at(item, (*path, key), declared.part(key), whole)
    elif isinstance(value, list | tuple) and value and not declared.shape.is_leaf:
        for place, item in enumerate(value):
            yield from _at(item, (*path, place), declared.part(place), whole)
    else:
        plain = list(value) if isinstance(value, tuple) else value
        yield Knob(path, declared, plain)


def changed(section: S, *changes: tuple[Path, Any]) -> S | None:
    """Return a section with other values at some paths, or None where it has no such path or they are refused."""
    data = section.model_dump(mode="json")
    try:
        for path, value in changes:
            node: Any = data
            for step in path[:-1]:
                node = node[step]
            node[path[-1]] = deepcopy(value)
    except (KeyError, IndexError, TypeError):
        return None
    return _valid(type(section), data)


def _valid(section: type[S], data: Any) -> S | None:
    try:
        return section.model_validate_json(json.dumps(data))
    except ValidationError:
        return None


def variants(section: S, knob: Knob, keys: Sequence[str] = ()) -> Iterator[tuple[Any, S]]:
    """Yield other values of a knob, each with the section that then results; the most telling first.

    Parameters
    ----------
    section
        Where the knob is.
    keys
        Names to try in a mapping whose keys are free.
    """
    found = False
    for value in candidates(section, knob, keys):
        other = changed(section, (knob.path, value))
        if other is not None:
            found = True
            yield value, other
    if not found and knob.numeric:
        yield from _balanced(section, knob)


def candidates(section: Section, knob: Knob, keys: Sequence[str] = ()) -> Iterator[Any]:
    """Yield other values of a knob, the most telling first; the section may refuse them."""
    taken, value = knob.declared.shape, knob.value
    if isinstance(value, bool):
        yield not value
        return
    if taken.numeric and (knob.numeric or value is None):
        yield from other_numbers(value or 0, taken.bounds, int not in taken.scalars)
    yield from (choice for choice in taken.choices if choice != value)
    if isinstance(value, str) and not taken.choices:
        same = (other.value for other in knobs(section) if other.declared.path == knob.declared.path)
        yield from dict.fromkeys(text for text in same if text != value)
    if isinstance(value, list) and value:
        yield from _other_lists(value, shape(taken.item).choices)
    elif isinstance(value, list) and taken.item is not None:
        yield from ([item] for item in specimens(taken.item))
    elif isinstance(value, dict) and taken.entry is not None:
        allowed, items = _keys_of(knob.declared.annotation) or keys, specimens(taken.entry)
        yield from (dict.fromkeys(allowed, item) for item in items)
        yield from ({key: item} for key in allowed for item in items)
    if value is not None and type(None) in taken.scalars:
        yield None


def other_numbers(value: float, bounds: Mapping[str, Any], real: bool) -> list[float]:
    """Return other numbers, the most telling first: the farther end of the range, ten times, half as much again, half."""
    ends = [bounds.get("ge", bounds.get("gt")), bounds.get("le", bounds.get("lt"))]
    reach = max(1.0, _WIDE * abs(value))
    near = [end for end in ends if end is not None and abs(end - value) <= reach]
    near.sort(key=lambda end: -abs(end - value))
    wanted: list[float] = [*near[:1], _WIDE * value, 1.5 * value, 0.5 * value, *near[1:]]
    if value == 0:
        top = near[0] if near and near[0] > 0 else 0.0
        wanted = [0.5 * top, _SMALL * top, top] if top else [_WIDE**2, 1.0, _WIDE]
    if not real:
        wanted = [*(int(number // 1) for number in wanted), int(value) + 1, int(value) - 1]
    return [number for number in dict.fromkeys(wanted) if number != value]


def _other_lists(value: list[Any], choices: Sequence[Any]) -> Iterator[list[Any]]:
    for place in range(len(value) - 1):
        swapped = list(value)
        swapped[place], swapped[place + 1] = swapped[place + 1], swapped[place]
        if swapped != value:
            yield swapped
    yield from ([*value, choice] for choice in choices if choice not in value)
    yield value[:-1]


def _balanced(section: S, knob: Knob) -> Iterator[tuple[Any, S]]:
    """Move half of a share to or from a sibling, where shares have to add up."""
    for sibling in knobs(section):
        beside = sibling.path[:-1] == knob.path[:-1] and sibling.path != knob.path and sibling.numeric
        for moved in (0.5 * knob.value, -0.5 * sibling.value) if beside else ():
            pair = ((knob.path, knob.value - moved), (sibling.path, sibling.value + moved))
            other = changed(section, *pair) if moved else None
            if other is not None:
                yield knob.value - moved, other


def _keys_of(annotation: Any) -> list[str]:
    """Return the keys that a mapping allows where they are a fixed choice."""
    kinds = get_args(annotation) if get_origin(annotation) is dict else ()
    return [str(choice) for choice in shape(kinds[0]).choices] if kinds else []


def specimens(annotation: Any) -> list[Any]:
    """Return values that an annotation allows, made up from its declaration alone."""
    taken = shape(annotation)
    made: list[Any] = list(taken.choices)
    for section in taken.models:
        fields = {name: info.annotation for name, info in section.model_fields.items() if info.is_required()}
        allowed = [specimens(kind) or _numbers_within(section, name) for name, kind in fields.items()]
        for values in itertools.islice(itertools.product(*allowed), _SPECIMENS):
            item = dict(zip(fields, values, strict=True))
            if _valid(section, item) is not None:
                made.append(item)
    if bool in taken.scalars:
        made += [True, False]
    return made


def _numbers_within(section: type[Section], name: str) -> list[float]:
    declared = Declared.of(section, name)
    taken = declared.shape
    if not taken.numeric:
        return []
    return other_numbers(taken.bounds.get("ge", 0), taken.bounds, int not in taken.scalars)[:1]
