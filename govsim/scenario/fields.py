"""Finding the declaration behind a path: what is allowed there, in which unit, and what it means."""

from __future__ import annotations

import difflib
import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Annotated, Any, Literal, Union, cast, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from govsim.scenario.declare import Section, Status
from govsim.scenario.messages import Path, quoted
from govsim.scenario.reader import visible

_DEEP = 4
"""Steps of a path from which on a label needs that of its group."""
_BOUNDS = ("ge", "gt", "le", "lt", "min_length", "max_length", "multiple_of", "pattern")


@dataclass
class Shape:
    """What an annotation allows, taken apart.

    Attributes
    ----------
    models : list of Section classes
        Sections that may stand here.
    item, entry
        Annotation of the items of a list, of the values of a mapping with free keys; None where not allowed.
    scalars : set of type
        ``int``, ``float``, ``bool``, ``str``, ``NoneType``.
    choices : list
        Allowed literal values.
    bounds : dict
        ``ge``, ``gt``, ``le``, ``lt``, ``min_length``, ``max_length``, ``multiple_of``, ``pattern``.
    """

    models: list[type[Section]] = field(default_factory=list)
    item: Any = None
    entry: Any = None
    scalars: set[type] = field(default_factory=set)
    choices: list[Any] = field(default_factory=list)
    bounds: dict[str, Any] = field(default_factory=dict)

    @property
    def is_leaf(self) -> bool:
        """Whether one value (a scalar or a list of scalars) stands here, with one origin."""
        return not self.models and self.entry is None and (self.item is None or shape(self.item).is_leaf)

    @property
    def named(self) -> bool:
        """Whether a section may stand here by the name of its file."""
        return bool(self.models) and str in self.scalars

    @property
    def numeric(self) -> bool:
        """Whether a number may stand here."""
        return bool(self.scalars & {int, float})


@dataclass(frozen=True)
class Declared:
    """A parameter as declared, or an item or entry of one.

    Attributes
    ----------
    path : str
        Dotted path; ``[]`` stands for a list position and ``*`` for a free key.
    info : FieldInfo
        Declaration of the parameter.
    annotation
        Type at this path (an item's type where the path leads into a list of scalars).
    default
        Value in force when nothing is written; ``PydanticUndefined`` where one is required.
    teller : FieldInfo
        Declaration that vouches for the default: that of the section around it where it supplies another
        default than the parameter's own.
    """

    path: str
    info: FieldInfo
    annotation: Any
    default: Any
    teller: FieldInfo

    @classmethod
    def of(cls, section: type[Section], name: str, holder: Declared | None = None) -> Declared:
        """Return the parameter ``name`` of ``section``, which stands at ``holder`` (None at the top)."""
        info = section.model_fields[name]
        own = (
            PydanticUndefined
            if info.is_required()
            else info.get_default(call_default_factory=True, validated_data={})
        )
        supplied = holder is not None and isinstance(holder.default, section)
        given = getattr(holder.default, name) if holder is not None and supplied else own
        teller = holder.teller if holder is not None and supplied and given != own else info
        path = f"{holder.path}.{name}" if holder else name
        return cls(path, info, info.annotation, given, teller)

    def part(self, step: str | int) -> Declared:
        """Return the item (integer step) or entry (text step) of this parameter."""
        taken, known = self.shape, PydanticUndefined
        if isinstance(step, int):
            if isinstance(self.default, list | tuple) and step < len(self.default):
                known = self.default[step]
            return Declared(f"{self.path}[]", self.info, taken.item, known, self.teller)
        if isinstance(self.default, dict):
            known = self.default.get(step, PydanticUndefined)
        return Declared(f"{self.path}.*", self.info, taken.entry, known, self.teller)

    def extra(self, name: str) -> str:
        """Look up ``label_en``, ``label_zh`` or ``unit``."""
        return str(_extra(self.info).get(name, ""))

    @property
    def entries(self) -> dict[str, tuple[str, str]]:
        """Words, English and Chinese, for the entries of a mapping that ship."""
        return cast(dict[str, tuple[str, str]], _extra(self.info).get("entries", {}))

    @property
    def status(self) -> Status:
        """Status of the default."""
        return cast(Status, _extra(self.teller).get("status", "assumed"))

    @property
    def meaning(self) -> str:
        """What the parameter does in the model, in a sentence."""
        return self.extra("meaning")

    @property
    def source(self) -> str:
        """Source of the default."""
        return str(_extra(self.teller).get("source", ""))

    @property
    def decoration(self) -> bool:
        """Whether the value is for people only and enters no identity."""
        return bool(_extra(self.info).get("decoration"))

    @property
    def repeats(self) -> bool:
        """Whether the value says how often the section around it stands in its list."""
        return bool(_extra(self.info).get("repeats"))

    @property
    def shape(self) -> Shape:
        """What may stand here; limits of the field hold for the field itself, not for its items."""
        taken = shape(self.annotation)
        if self.annotation is self.info.annotation:
            taken.bounds.update(_bounds(self.info.metadata))
        return taken

    def about(self) -> str:
        """Label, unit and meaning in brackets, for the end of a message."""
        unit = self.extra("unit")
        label = self.extra("label_en") + (f", {unit}" if unit not in ("", "-") else "")
        meaning = self.meaning.rstrip(".")
        return f"  ({': '.join(part for part in (label, meaning) if part)})" if label or meaning else ""

    def default_text(self) -> str:
        """Write the default as in a scenario, or ``required``."""
        if self.default is PydanticUndefined:
            return "required"
        value = self.default.value if isinstance(self.default, Enum) else self.default
        if isinstance(value, list | tuple):
            return f"[{', '.join(quoted(item) for item in value[:6])}{', …' if len(value) > 6 else ''}]"
        return quoted(value)


def _extra(info: FieldInfo) -> dict[str, Any]:
    found = info.json_schema_extra
    return found if isinstance(found, dict) else {}


def shape(annotation: Any) -> Shape:
    """Take an annotation apart."""
    result = Shape()
    _add(annotation, result)
    return result


def _add(annotation: Any, result: Shape) -> None:
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        _add(args[0], result)
        for extra in args[1:]:
            result.bounds.update(_bounds(extra.metadata if isinstance(extra, FieldInfo) else [extra]))
    elif origin in (Union, types.UnionType):
        for option in args:
            _add(option, result)
    elif origin is Literal:
        result.choices += args
    elif origin in (list, tuple, set, frozenset, Sequence):
        result.item = args[0] if args else str
        if origin is tuple and args and args[-1] is not Ellipsis:
            result.bounds.update(min_length=len(args), max_length=len(args))
    elif origin is dict:
        result.entry = args[1]
    elif isinstance(annotation, type) and issubclass(annotation, Section):
        result.models.append(annotation)
    elif isinstance(annotation, type) and issubclass(annotation, Enum):
        result.choices += [member.value for member in annotation]
    elif isinstance(annotation, type):
        result.scalars.add(annotation)


def _bounds(metadata: Sequence[Any]) -> dict[str, Any]:
    return {
        name: value
        for extra in metadata
        for name in _BOUNDS
        if (value := getattr(extra, name, None)) is not None
    }


def choose_section(models: Sequence[type[Section]], data: Any) -> type[Section] | None:
    """Pick the section that a mapping was meant as: its literal keys fit, then most of its keys are known."""
    if not models or not isinstance(data, dict):
        return models[0] if models else None

    def fit(model: type[Section]) -> tuple[int, int]:
        named = [
            (data.get(name), shape(info.annotation).choices) for name, info in model.model_fields.items()
        ]
        literal = sum(
            (value in choices) - (value not in choices) for value, choices in named if choices and value
        )
        return literal, len(data.keys() & model.model_fields.keys())

    return max(models, key=fit)


def find_declaration(model: type[Section], path: Path, data: Any = None) -> Declared | None:
    """Find the declaration behind ``path``, or None where nothing is declared.

    Parameters
    ----------
    model
        Section at the top.
    path
        Keys and positions; a list position may also be the text of a number or ``""``.
    data
        Values at the top, used to tell apart the sections of a choice.
    """
    current: type[Section] | None = model
    declared: Declared | None = None
    for step in path:
        if current is not None:
            if str(step) not in current.model_fields:
                return None
            declared = Declared.of(current, str(step), declared)
        else:
            assert declared is not None
            here = declared.shape
            listed = isinstance(step, int) or str(step).isdigit() or step == ""
            if here.item is not None and listed:
                declared = declared.part(int(step or 0))
            elif here.entry is not None:
                declared = declared.part(str(step))
            else:
                return None
        data = _child(data, step)
        current = choose_section(declared.shape.models, data)
    return declared


def labels(model: type[Section], path: Path, data: Any = None) -> tuple[str, str]:
    """Return labels, English and Chinese, that stand alone: deep down a parameter is only the *mean* or *rate* of something.

    Parameters
    ----------
    model, path, data
        As for :func:`find_declaration`, which must find something.
    """
    declared = find_declaration(model, path, data)
    assert declared is not None
    en, zh = declared.extra("label_en"), declared.extra("label_zh")
    if len(path) < _DEEP:
        return en, zh
    group, among = (find_declaration(model, path[:-up], data) for up in (1, 2))
    assert group is not None
    assert among is not None
    if among.shape.entry is not None:
        entry = str(path[-2])
        of_en, of_zh = among.entries.get(entry, (entry, entry))
        return f"{en}: {of_en}", f"{zh}（{of_zh}）"
    return f"{group.extra('label_en')}, {en}", f"{group.extra('label_zh')}（{zh}）"


def _child(data: Any, step: str | int) -> Any:
    if isinstance(data, dict):
        return data.get(step)
    if isinstance(data, list) and isinstance(step, int) and 0 <= step < len(data):
        return data[step]
    return None


def section_at(model: type[Section], path: Path, data: Any = None) -> type[Section] | None:
    """Return the section that stands at ``path``, or None where something else does."""
    if not path:
        return model
    declared = find_declaration(model, path, data)
    for step in path:
        data = _child(data, step)
    return choose_section(declared.shape.models, data) if declared else None


def walk(model: type[Section], holder: Declared | None = None) -> Iterator[Declared]:
    """Yield every parameter below ``model`` in declaration order, sections opened, containers not listed."""
    for name in model.model_fields:
        yield from opened(Declared.of(model, name, holder))


def opened(declared: Declared) -> Iterator[Declared]:
    """Yield the parameters inside a declared one, or itself where it is a single value or may be a name.

    What is a file of its own, such as a governance model, is described there and not opened.
    """
    taken = declared.shape
    if taken.named:
        yield declared
    for inner in taken.models:
        if not (taken.named and "govsim" in inner.model_fields):
            yield from walk(inner, declared)
    if taken.item is not None and not shape(taken.item).is_leaf:
        yield from opened(declared.part(0))
    elif taken.entry is not None:
        yield from opened(declared.part("*"))
    elif not taken.models:
        yield declared


def allowed(taken: Shape) -> str:
    """Say in words what may stand here: ``a whole number, 1–5200``; ``one of first_come, severity``."""
    if taken.models:
        names = list(taken.models[0].model_fields)
        mapping = f"a mapping with the keys {', '.join(names[:12])}{', …' if len(names) > 12 else ''}"
        return f"a name, a path or {mapping}" if taken.named else mapping
    words = ", ".join(map(str, taken.choices))
    options = [f"one of {words}" if len(taken.choices) > 1 else words] if taken.choices else []
    if taken.numeric:
        limits = bounds_text(taken.bounds)
        options.append(
            ("a number" if float in taken.scalars else "a whole number") + (f", {limits}" if limits else "")
        )
    if bool in taken.scalars:
        options.append("true or false")
    if str in taken.scalars:
        options.append("a text")
    if taken.item is not None:
        options.append(f"a list{_count(taken.bounds)} ({allowed(shape(taken.item))} each)")
    if taken.entry is not None:
        options.append(f"a mapping ({allowed(shape(taken.entry))} for each key)")
    if type(None) in taken.scalars:
        options.append("null")
    return " or ".join(options) or "a value"


def bounds_text(bounds: dict[str, Any]) -> str:
    """Write limits of a number: ``0–1``, ``at least 1``, ``above 0 and at most 5``."""
    ge, gt, le, lt = (bounds.get(name) for name in ("ge", "gt", "le", "lt"))
    if ge is not None and le is not None:
        return f"{figure(ge)}–{figure(le)}" if ge >= 0 else f"{figure(ge)} to {figure(le)}"
    low = f"at least {figure(ge)}" if ge is not None else f"above {figure(gt)}" if gt is not None else ""
    high = f"at most {figure(le)}" if le is not None else f"below {figure(lt)}" if lt is not None else ""
    return " and ".join(part for part in (low, high) if part)


def figure(value: float) -> str:
    """Write a number as in a scenario."""
    whole = isinstance(value, float) and value.is_integer() and abs(value) < 1e12
    return str(int(value)) if whole else repr(value)


def _count(bounds: dict[str, Any]) -> str:
    least, most = bounds.get("min_length"), bounds.get("max_length")
    if least is not None and most is not None:
        return f" of {least}" if least == most else f" of {least}–{most}"
    return f" of at least {least}" if least is not None else f" of at most {most}" if most is not None else ""


def nearest(word: str, known: Sequence[str], cutoff: float = 0.6) -> list[str]:
    """Return up to three known names like ``word``, best first."""
    plain = visible(word).lower().replace("-", "_").replace(" ", "_")
    by_plain = {name.lower(): name for name in known}
    if plain in by_plain:
        return [by_plain[plain]]
    found = [by_plain[name] for name in difflib.get_close_matches(plain, by_plain, 3, cutoff)]
    return (
        found
        or [name for low, name in by_plain.items() if len(plain) > 3 and (plain in low or low in plain)][:3]
    )
