"""What pydantic found, told to a person: value found, what is allowed, unit, meaning, the nearest name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from govsim.scenario import fields
from govsim.scenario.declare import Section
from govsim.scenario.fields import (
    Declared,
    Shape,
    allowed,
    bounds_text,
    figure,
    find_declaration,
    nearest,
    section_at,
)
from govsim.scenario.messages import Path, Place, Problem, dotted, quoted
from govsim.scenario.reader import Spot, number_fix, switch_fix

_OUTCOMES = ("bonus", "success", "satisf", "duration", "probab", "resolution", "improve", "boost", "effect")
_STRUCTURE = {"Governance": "a governance model holds structure", "Measure": "a measure holds levers"}
_ADVISED = 300  # a file with more problems is of another kind; advice on each would take minutes
_OWN_WORDS = frozenset({"value_error", "assertion_error"})


def translate(
    error: ValidationError,
    model: type[Section],
    data: dict[str, Any],
    spots: Mapping[Path, Spot],
    unusable: Mapping[Path, str],
) -> list[Problem]:
    """Turn a validation error into problems, one per path, with places.

    Parameters
    ----------
    error
        What ``model`` had to say about ``data``.
    spots
        Where each key and value stands.
    unusable
        Paths whose values were found unusable while reading; told apart by the caller.
    """
    problems: dict[tuple[Path, str], Problem] = {}
    for number, detail in enumerate(error.errors(include_url=False)):
        path = _path(detail, data)
        if any(path[:end] in unusable for end in range(len(path) + 1)):
            continue
        kind = detail["type"]
        if number >= _ADVISED:
            problem = Problem.at(place_of(path, spots), path, detail["msg"])
        elif kind == "extra_forbidden":
            problem = _unknown(path, model, data, spots)
        elif kind == "missing":
            problem = _missing(path, model, data, spots)
        elif kind in _OWN_WORDS or "fields" in detail.get("ctx", {}) or kind == "conflict":
            problem = _conflict(detail, path, model, data, spots)
        else:
            problem = _misfit(path, model, data, spots, detail)
        # The options of a choice each complain about the same path; one problem tells them all.
        problems.setdefault((path, problem.message if kind in _OWN_WORDS else ""), problem)
    return list(problems.values())


def what_is_allowed(model: type[Section], path: Path, data: Any) -> str:
    """Say what is allowed at a path, with unit and meaning, or "" where nothing is declared."""
    declared = find_declaration(model, path, data)
    return f"allowed: {allowed(declared.shape)}{declared.about()}" if declared else ""


def place_of(path: Path, spots: Mapping[Path, Spot], key: bool = False) -> Place:
    """Return where a path stands: its value (or key), or else the key of the nearest section around it."""
    if path in spots:
        return spots[path].key if key else spots[path].value
    for end in range(len(path) - 1, -1, -1):
        if path[:end] in spots:
            return spots[path[:end]].key
    return Place("defaults")


def _path(detail: ErrorDetails, data: Any) -> Path:
    """Keep the steps of an error's location that are in the data; the rest name options inside pydantic."""
    path: list[str | int] = []
    steps = detail["loc"]
    for number, step in enumerate(steps):
        listed = isinstance(data, list) and isinstance(step, int) and step < len(data)
        if listed or (isinstance(data, dict) and step in data):
            data = data[step]
            path.append(step)
        elif number == len(steps) - 1 and detail["type"] == "missing":
            path.append(step)
    return tuple(path)


def _unknown(path: Path, model: type[Section], data: Any, spots: Mapping[Path, Spot]) -> Problem:
    name = str(path[-1])
    section = section_at(model, path[:-1], data)
    known = list(section.model_fields) if section else []
    hints = []
    close = nearest(name, known)
    for like in close[:1]:
        declared = find_declaration(model, (*path[:-1], like), data)
        if declared:
            hints.append(f"did you mean  {like}{declared.about()}?  {_more(declared)}".rstrip())
    elsewhere = [
        d.path for d in fields.walk(model) if d.path.rsplit(".", 1)[-1] == name and "*" not in d.path
    ]
    if elsewhere and not close:
        hints.append(f"did you mean  {elsewhere[0]}?  A key of that name belongs there.")
    if known and not close:
        hints.append(f"keys allowed here: {', '.join(known)}")
    message = "unknown key"
    if any(part in name.lower() for part in _OUTCOMES):
        for kind, words in _STRUCTURE.items():
            if kind in model.__name__:
                message += f": {words} only; what comes out of it cannot be written into it"
    return Problem.at(place_of(path, spots, key=True), path, message, hints)


def _more(declared: Declared) -> str:
    if declared.shape.models:
        return ""
    return f"allowed: {allowed(declared.shape)}; default: {declared.default_text()}"


def _missing(path: Path, model: type[Section], data: Any, spots: Mapping[Path, Spot]) -> Problem:
    declared = find_declaration(model, path, data)
    text = f"is missing; needed: {allowed(declared.shape)}{declared.about()}" if declared else "is missing"
    return Problem.at(place_of(path, spots), path, text)


def _conflict(
    detail: ErrorDetails, path: Path, model: type[Section], data: Any, spots: Mapping[Path, Spot]
) -> Problem:
    """A rule between several values, in the words of the validator, with the place of each value."""
    context = detail.get("ctx", {})
    reason = context.get("error")
    message = str(reason) if reason is not None else detail["msg"]
    named: Sequence[str] = context.get("fields") or getattr(reason, "fields", None) or ()
    places: list[Place] = []
    hints: list[str] = []
    for name in named:
        full = (*path, *_steps(name))
        spot = spots.get(full)
        hints.append(f"{dotted(full)}: {spot.value if spot else 'default, not set in a file'}")
        places += [spot.value] if spot else []
    if not named:
        declared = find_declaration(model, path, data)
        if declared and declared.shape.is_leaf:
            message = f"{_found(path, data, spots)}: {message}{declared.about()}"
    where = path or ((*path, *_steps(named[0])) if named else path)
    return Problem.at(places[0] if places else place_of(path, spots, key=True), where, message, hints)


def _steps(name: str) -> Path:
    return tuple(
        int(part) if part.isdigit() else part for part in name.replace("[", ".").replace("]", "").split(".")
    )


def _misfit(
    path: Path, model: type[Section], data: Any, spots: Mapping[Path, Spot], detail: ErrorDetails
) -> Problem:
    declared = find_declaration(model, path, data)
    value = _value(path, data)
    spot = spots.get(path)
    if declared is None:
        wanted = "" if path else f"; needed: {allowed(Shape(models=[model]))}"
        return Problem.at(place_of(path, spots), path, f"{quoted(value)} cannot stand here{wanted}")
    text, hints = _judge(value, declared.shape, spot.bare if spot else None)
    text = text or f"{_found(path, data, spots)}: {detail['msg'][:1].lower()}{detail['msg'][1:]}"
    return Problem.at(place_of(path, spots), path, text + declared.about(), hints)


def _value(path: Path, data: Any) -> Any:
    for step in path:
        data = data[step]
    return data


def _found(path: Path, data: Any, spots: Mapping[Path, Spot]) -> str:
    spot = spots.get(path)
    return spot.bare if spot and spot.bare else quoted(_value(path, data))


def _judge(value: Any, taken: Shape, bare: str | None) -> tuple[str, list[str]]:
    """Say why ``value`` does not fit, how to mend it, and what is allowed; "" where only pydantic knows."""
    found = bare if bare and not isinstance(value, str) else quoted(value)
    if isinstance(value, dict) and not taken.models and taken.entry is None:
        if value.keys() & {"status", "source", "note"}:
            return f"`value` is missing; needed: {allowed(taken)}", [_ANNOTATED]
        return f"found {found}; needed: {allowed(taken)}", [_ANNOTATED]
    if value is None:
        hints = ["did you mean  none?"] if "none" in taken.choices else []
        return f"is empty; needed: {allowed(taken)}", hints
    if taken.choices and not taken.scalars - {type(None)} and taken.item is None:
        options = ", ".join(map(str, taken.choices))
        close = nearest(str(value), [str(choice) for choice in taken.choices], 0.5)
        return f"{found} is not one of {options}", [f"did you mean  {close[0]}?"] if close else []
    if taken.numeric:
        return _judge_number(value, taken, found, bare is not None), []
    if taken.scalars == {bool}:
        fix = switch_fix(value)
        return f"{found} is not a switch: {fix or 'write true or false'}", []
    if str in taken.scalars and isinstance(value, int | float):
        return f'{found} is not a text: write it in quotes, "{found}"', []
    fits = (
        (isinstance(value, list) and taken.item is not None)
        or (isinstance(value, str) and str in taken.scalars)
        or (isinstance(value, dict) and taken.entry is not None)
    )
    if fits:
        return _judge_size(value, taken, found), []
    if taken.item is not None and not isinstance(value, list):
        return f"{found} is not a list; needed: {allowed(taken)}", []
    return f"found {found}; needed: {allowed(taken)}", []


def _judge_size(value: Any, taken: Shape, found: str) -> str:
    size = len(value)
    least, most = taken.bounds.get("min_length"), taken.bounds.get("max_length")
    unit = "characters" if isinstance(value, str) else "entries"
    if least is not None and size < least:
        return f"found {found}; needed: {unit}, at least {least}"
    if most is not None and size > most:
        shown = f"{found} has {size} characters" if isinstance(value, str) else f"found {size} entries"
        return f"{shown}; at most {most} are allowed"
    if "pattern" in taken.bounds:
        return f"{found} does not have the form {taken.bounds['pattern']}"
    return ""


_ANNOTATED = 'a value with its source is written  {value: 1200, status: found, source: "yearbook 2023"}'


def _judge_number(value: Any, taken: Shape, found: str, bare: bool) -> str:
    kind = "a number" if float in taken.scalars else "a whole number"
    limits = bounds_text(taken.bounds)
    permitted = f"; allowed: {limits}" if limits else ""
    if isinstance(value, bool):
        return f"{found} is a switch, not {kind}{permitted}"
    if isinstance(value, str):
        fix = number_fix(value, bare)
        return f"{found} is not {kind}{': ' + fix if fix else ''}{permitted}"
    if not isinstance(value, int | float):
        return f"found {found}; needed: {allowed(taken)}"
    if float not in taken.scalars and isinstance(value, float):
        fix = f": write {int(value)}" if value.is_integer() and abs(value) < 1e15 else ""
        return f"{found} is not a whole number{fix}{permitted}"
    ge, gt, le, lt = (taken.bounds.get(name) for name in ("ge", "gt", "le", "lt"))
    outside = (
        (ge is not None and value < ge) or (gt is not None and value <= gt)
        or (le is not None and value > le) or (lt is not None and value >= lt)
    )  # fmt: skip
    if outside:
        return (
            f"{found} is outside {limits}"
            if "–" in limits or " to " in limits
            else f"{found} is not {limits}"
        )
    if "multiple_of" in taken.bounds:
        return f"{found} is not a multiple of {figure(taken.bounds['multiple_of'])}"
    return ""
