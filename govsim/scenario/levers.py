"""Levers: which value a path means, whether a measure may move it, and what it becomes at a strength."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args

from govsim.scenario.declare import Section
from govsim.scenario.fields import Declared, Shape, allowed, find_declaration, nearest, walk
from govsim.scenario.messages import quoted
from govsim.scenario.schema import Scenario
from govsim.scenario.schema.governance import Governance
from govsim.scenario.schema.problems import Exposed, Kind
from govsim.scenario.schema.run import Label
from govsim.scenario.schema.timeline import Lever

_OPEN = (
    ("problems", "classes", "*", "rate"),
    ("tasks", "*"),
    ("capacity", "staff", "*"),
    ("capacity", "money", "*"),
    ("demography", "*"),
)
"""What a shock may move in a scenario; everything else there is fixed for a run."""

_SELECTORS = {"kind": get_args(Kind), "exposed": get_args(Exposed)}
_HALF = 0.5
_SAME = 1e-9


@dataclass(frozen=True)
class LeverTarget:
    """What a lever's path means.

    Attributes
    ----------
    home : str
        ``governance`` or ``scenario``: the file in which the value stands.
    steps : tuple of str
        The path, taken apart; the class of ``problems.classes.<class>.rate`` may be a selector.
    declared : Declared
    """

    home: Literal["governance", "scenario"]
    steps: tuple[str, ...]
    declared: Declared


def lever_target(path: str) -> LeverTarget | None:
    """Find what a path means, or None where no measure may move anything."""
    steps = tuple(path.split("."))
    found = find_declaration(Governance, steps)
    if found is not None and _is_structure(steps, found):
        return LeverTarget("governance", steps, found)
    if any(_along(steps, way) for way in _OPEN):
        found = find_declaration(Scenario, steps)
        if found is not None and found.shape.is_leaf:
            return LeverTarget("scenario", steps, found)
    return None


def _along(steps: tuple[str, ...], way: tuple[str, ...]) -> bool:
    return len(steps) == len(way) and all(w in ("*", s) for w, s in zip(way, steps, strict=True))


def _is_structure(steps: tuple[str, ...], declared: Declared) -> bool:
    """Whether a path leads to one value, or to a list of transfers, inside the blocks of a governance model."""
    if len(steps) < 2 or "[]" in declared.path or Governance.model_fields[steps[0]].annotation is Label:
        return False
    if declared.path.endswith(".*") and steps[-1] not in _free_keys(steps[:-1]):
        return False
    return declared.shape.item is not None or declared.shape.is_leaf


def _free_keys(steps: tuple[str, ...]) -> tuple[str, ...]:
    around = find_declaration(Governance, steps)
    return get_args(get_args(around.annotation)[0]) if around is not None else ()


@cache
def movable() -> tuple[str, ...]:
    """Return the paths that measures may move, classes of problems written as ``*``."""
    found: dict[str, None] = {}
    for item in walk(Governance):
        path = item.path.split("[]")[0]
        keys = _free_keys(tuple(path.split(".")[:-1])) if path.endswith(".*") else ("*",)
        found |= dict.fromkeys(path.replace("*", key) for key in keys)
    found |= dict.fromkeys(item.path for item in walk(Scenario))
    return tuple(path for path in found if lever_target(path) is not None)


def fault(lever: Lever) -> tuple[str, str, list[str]] | None:
    """Say what is wrong with a lever whatever it is applied to.

    Returns
    -------
    tuple or None
        Key of the lever at which it stands, words, hints.
    """
    aim = lever_target(lever.path)
    if aim is None:
        return "path", *_no_such(lever.path)
    about, taken = aim.declared.about(), aim.declared.shape
    operation = lever.operation
    if operation == "append":
        if taken.item is None:
            return "append", f"nothing can be appended to {lever.path}{about}", [f"allowed: {allowed(taken)}"]
        return None
    if taken.item is not None:
        return operation, f"{lever.path} is a list: a lever can append to it and do nothing else{about}", []
    if operation in ("add", "multiply"):
        if not taken.numeric:
            return operation, f"{lever.path} is not a number: use set{about}", [f"allowed: {allowed(taken)}"]
        return None
    if not _fits(lever.set, taken):
        close = nearest(str(lever.set), [str(choice) for choice in taken.choices], _HALF)
        hints = [f"did you mean  {close[0]}?"] if close else []
        return (
            "set",
            f"{quoted(lever.set)} cannot stand at {lever.path}; allowed: {allowed(taken)}{about}",
            hints,
        )
    return None


def _no_such(path: str) -> tuple[str, list[str]]:
    steps = tuple(path.split("."))
    inside = [known for known in movable() if known.startswith(f"{path}.")]
    if inside:
        return f"{path} has several parts: a lever moves one value", [f"allowed: {', '.join(inside[:12])}"]
    close = nearest(path, movable())
    if not close:
        last = nearest(steps[-1], [known.rsplit(".", 1)[-1] for known in movable()])
        close = [known for known in movable() if known.rsplit(".", 1)[-1] in last[:1]]
    ways = ", ".join(".".join(way) for way in _OPEN)
    ranges = f"a countermeasure moves values of a governance model; a shock also {ways}"
    if find_declaration(Scenario, steps) is None:
        hint = f"did you mean  {close[0]}?" if close else ranges
        return f"there is no value {path} that a measure could move", [hint]
    return f"{path} is fixed for a run and the same in every model: no measure may move it", [ranges]


def _fits(value: Any, taken: Shape) -> bool:
    if taken.numeric:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        whole = float in taken.scalars or (number and float(value).is_integer())
        return number and whole and within(float(value), taken)
    if taken.choices:
        return value in taken.choices
    return isinstance(value, bool if taken.scalars == {bool} else str)


def within(value: float, taken: Shape) -> bool:
    """Whether a number lies inside the declared limits."""
    ge, gt, le, lt = (taken.bounds.get(name) for name in ("ge", "gt", "le", "lt"))
    return not (
        (ge is not None and value < ge) or (gt is not None and value <= gt)
        or (le is not None and value > le) or (lt is not None and value >= lt)
    )  # fmt: skip


def unknown_classes(path: str, scenario: Scenario) -> str:
    """Say that the classes a path names do not exist in a scenario, or return ""."""
    steps = path.split(".")
    if steps[:2] != ["problems", "classes"] or concrete(path, scenario):
        return ""
    known = ", ".join(scenario.problems.classes) or "none"
    name, colon, value = steps[2].partition(":")
    if colon and value not in _SELECTORS.get(name, ()):
        choices = " or ".join(f"{key}: with one of {', '.join(values)}" for key, values in _SELECTORS.items())
        return f"{steps[2]} selects no classes; write the name of a class, * or {choices}"
    what = f"no class of problems with {name} {value}" if colon else f"no class of problems {steps[2]}"
    close = nearest(steps[2], list(scenario.problems.classes))
    return f"this scenario has {what}; its classes: {known}{f'; did you mean {close[0]}?' if close else ''}"


def concrete(path: str, scenario: Scenario) -> list[str]:
    """Write out the classes that a path selects; any other path is returned as it is."""
    steps = path.split(".")
    if steps[:2] != ["problems", "classes"]:
        return [path]
    name, colon, value = steps[2].partition(":")
    chosen = [
        key for key, item in scenario.problems.classes.items()
        if steps[2] in ("*", key) or (colon and name in _SELECTORS and getattr(item, name) == value)
    ]  # fmt: skip
    return [".".join([*steps[:2], key, *steps[3:]]) for key in chosen]


def under_lever(value: Any, lever: Lever, strength: float, taken: Shape) -> Any:
    """Return what a value becomes under a lever.

    Parameters
    ----------
    value
        As it was; None for a free key that is not there.
    strength
        0 to 1: a number goes this share of the way to where the lever takes it, a choice or switch changes from one
        half on.
    """
    if not taken.numeric:
        return lever.set if strength >= _HALF else value
    if lever.add is not None:
        goal = value + lever.add
    elif lever.multiply is not None:
        goal = value * lever.multiply
    else:
        assert isinstance(lever.set, int | float)
        goal = lever.set
    result = float(value + strength * (goal - value))
    for bound in (taken.bounds.get("ge"), taken.bounds.get("le")):
        if bound is not None and math.isclose(result, bound, rel_tol=0.0, abs_tol=_SAME):
            result = float(bound)
    return result if float in taken.scalars else math.floor(result + _HALF)


def transfer(lever: Lever, strength: float, path: str) -> dict[str, Any] | None:
    """Return the transfer that a lever appends at a strength, or None where it moves nothing."""
    assert lever.append is not None
    fields = lever.append.model_dump(mode="json")
    fields["share"] *= strength
    if path.endswith("money_transfers") and not fields["seconded"]:
        del fields["seconded"]
    return fields if fields["share"] > 0 else None


class Draft:
    """A section taken apart while levers move its values.

    Parameters
    ----------
    section
        Not changed.
    """

    def __init__(self, section: Section) -> None:
        self._kind = type(section)
        self._data: dict[str, Any] = json.loads(section.model_dump_json())

    def apply(self, lever: Lever, steps: tuple[str, ...], strength: float, declared: Declared) -> Any:
        """Move one value and return what it has become."""
        *way, last = steps
        node = self._data
        for step in way:
            node = node[step]
        if lever.append is not None:
            if (item := transfer(lever, strength, steps[-1])) is not None:
                node[last] = [*node[last], item]
            return lever.append.share * strength
        value = under_lever(node.get(last), lever, strength, declared.shape)
        if value is not None:
            node[last] = value
        return value

    def section(self) -> Section:
        """Return the changed section, validated.

        Raises
        ------
        pydantic.ValidationError
            If the values do not go together.
        """
        return self._kind.model_validate_json(json.dumps(self._data))
