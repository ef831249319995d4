"""What can be turned: every value of a section, and other values that its declaration allows; and whether each does something.

All of it comes from the declarations, so a parameter declared tomorrow is audited tomorrow. A parameter without effect is
tried again with each other one turned too: what wakes it is the reason why it sleeps.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any, TypeVar, get_args, get_origin

from pydantic import ValidationError

from govsim.assurance.audit.bench import SMALL, AuditRow, AuditRuns, Mode, Probes, Profile, Subject, Trace
from govsim.scenario.declare import Section
from govsim.scenario.fields import Declared, shape
from govsim.scenario.messages import Path, dotted, quoted
from govsim.scenario.schema import Scenario
from govsim.scenario.schema.governance import Governance
from govsim.scenario.schema.run import Label

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


_SEED = 1
_SOME, _NUMBERS, _ALL = 3, 4, 8
"""Other values that are tried of what keeps another one asleep, of a scenario's number, and of a choice or list."""
_STUDY = ("run", "governance")
"""Sections of a scenario that say which runs are made; of these only the length enters a run."""


@dataclass(frozen=True)
class Setting:
    """A scenario under a model, as observed so that what a model brings from outside counts too."""

    scenario: Scenario
    model: Governance


def _or_stop(name: str, where: str, look: Callable[[], AuditRow | None]) -> AuditRow | None:
    """Return the row, or one that says at what the engine stopped: a declared value has to run."""
    try:
        return look()
    except Exception as error:
        words = f"the engine stops at another value of it: {type(error).__name__}: {error}"
        return AuditRow(f"  {name}", "turned it", "fail", words, 1, where)


def governance_alive(check: AuditRuns, subject: Subject, probes: Probes, profile: Profile) -> list[AuditRow]:
    """Turn every parameter of the model in each probe."""
    every = knobs(subject.model)
    asleep = [
        _or_stop(
            knob.name, subject.where(knob.path), partial(model_row, check, subject, probes, profile, knob)
        )
        for knob in every
    ]
    rows = [row for row in asleep if row is not None]
    done = f"turned each of the model's {len(every)} parameters in 4 small worlds (calm, busy, willing, rich)"
    return [_whole("knobs alive", done, len(every), rows), *rows]


def model_row(
    check: AuditRuns, subject: Subject, probes: Probes, profile: Profile, knob: Knob
) -> AuditRow | None:
    """Return None for a parameter of the model that moves an output, else why it does not."""
    keys = list(probes.calm.problems.classes)
    tried = profile.tried if knob.numeric else _ALL

    def turned(setting: Setting) -> Iterator[Setting]:
        for own in _same(setting.model, knob):
            for _, model in islice(variants(setting.model, own, keys), tried):
                yield Setting(setting.scenario, model)

    if _awake(check, subject, (probes.brief, *probes.all), turned):
        return None
    home = Setting(probes.willing, subject.model)
    why = _why(check, subject, home, knob, turned, profile) or _elsewhere(check, subject, probes, turned)
    return _asleep(knob, home, turned, why, subject.where(knob.path))


def _same(section: Section, knob: Knob) -> list[Knob]:
    """Return the knob as it is in another section; none where that has no such place."""
    return [own for own in knobs(section, knob.path) if own.path == knob.path]


def _awake(check: AuditRuns, subject: Subject, places: Sequence[Scenario], turned: Turned) -> bool:
    return any(_moves(check, Setting(place, subject.model), turned) for place in places)


def scenario_alive(check: AuditRuns, subject: Subject, probes: Probes, profile: Profile) -> list[AuditRow]:
    """Turn every parameter of the scenario in each probe."""
    every = [
        knob for knob in knobs(probes.calm) if knob.path[0] not in _STUDY or knob.path == ("run", "weeks")
    ]
    asleep = [
        _or_stop(knob.name, "", partial(scenario_row, check, subject, probes, profile, knob))
        for knob in every
    ]
    rows = [row for row in asleep if row is not None]
    done = f"turned each of the scenario's {len(every)} parameters in 5 worlds (calm, busy, willing, rich, large)"
    return [_whole("scenario knobs alive", done, len(every), rows), *rows]


def scenario_row(
    check: AuditRuns, subject: Subject, probes: Probes, profile: Profile, knob: Knob
) -> AuditRow | None:
    """Return None for a parameter of the scenario that moves an output, else why it does not."""

    tried = _NUMBERS if knob.numeric else _ALL

    def turned(setting: Setting) -> Iterator[Setting]:
        for own in _same(setting.scenario, knob):
            for _, scenario in islice(variants(setting.scenario, own), tried):
                yield Setting(scenario, setting.model)

    if _awake(check, subject, (probes.brief, probes.large, *probes.all), turned):
        return None
    home = Setting(probes.large, subject.model)
    why = _why_of_scenario(check, subject, home, knob, turned, profile)
    return _asleep(knob, home, turned, why or _elsewhere(check, subject, probes, turned), "")


def _whole(check: str, done: str, total: int, rows: Sequence[AuditRow]) -> AuditRow:
    dead = [row.check.strip() for row in rows if row.result == "fail"]
    words = f"{total - len(rows)} of {total} move an output"
    words += f", {len(rows) - len(dead)} inert for a reason (below)" if len(rows) > len(dead) else ""
    words += f", dead: {', '.join(dead)}" if dead else ""
    return AuditRow(check, done, "fail" if dead else "pass", words, len(dead))


Turned = Callable[..., Iterator[Setting]]
Waker = tuple[str, Setting]


def _trace(check: AuditRuns, setting: Setting) -> Trace:
    mode: Mode = "observed"
    return check.trace(setting.scenario, setting.model, _SEED, mode)


def _moves(check: AuditRuns, setting: Setting, turned: Turned) -> bool:
    return any(_trace(check, setting).differs(_trace(check, other)) for other in turned(setting))


def _asleep(knob: Knob, home: Setting, turned: Turned, why: str, where: str) -> AuditRow:
    name = f"  {knob.name}"
    done = "turned it together with others beside it, and under each shipped model"
    if next(turned(home), None) is None:
        return AuditRow(
            name, done, "inert", "inert: no other value can be made up from its declaration", 0, where
        )
    if why:
        return AuditRow(name, done, "inert", f"inert {why}", 0, where)
    if _weighs_alone(home.scenario, knob):
        words = "inert: a weight, and there is nothing else in its list to weigh it against"
        return AuditRow(name, done, "inert", words, 0, where)
    return AuditRow(
        name, done, "fail", "moves no output here, with others beside it, or in any shipped model", 1, where
    )


def _weighs_alone(scenario: Scenario, knob: Knob) -> bool:
    """Return whether a parameter of a scenario counts only relative to others of a list in which it is the only one."""
    if knob.declared.extra("unit") != "weight":
        return False
    here: Any = scenario
    fellows = 0
    for key in knob.path[:-1]:
        fellows = len(here) if isinstance(key, int) else fellows
        here = here[key] if isinstance(key, int) else getattr(here, key)
    return fellows == 1


def _why(
    check: AuditRuns, subject: Subject, home: Setting, knob: Knob, turned: Turned, profile: Profile
) -> str:
    """Return what keeps a parameter of the model from having an effect, or "" where nothing is found that wakes it."""
    others = [other for other in knobs(home.model) if other.path != knob.path]
    near = [other for other in others if other.path[0] == knob.path[0]]
    if words := _first(check, turned, _gates(home, near if profile.narrow else [], profile)):
        return words
    donor = _donor(check, subject, home, knob, turned)
    if donor is None:
        return ""
    for block in type(donor).model_fields if profile.narrow else ():
        section = getattr(donor, block)
        graft = (
            changed(home.model, ((block,), section.model_dump(mode="json"))) if _is_block(section) else None
        )
        if graft is not None and _moves(check, Setting(home.scenario, graft), turned):
            inside = [other for other in others if other.path[0] == block]
            words = _first(check, turned, _gates(home, inside, profile))
            return words or f"while {block} is not as under {donor.name.en}"
    return f"with this model's other settings; alive under {donor.name.en}"


def _elsewhere(check: AuditRuns, subject: Subject, probes: Probes, turned: Turned) -> str:
    """Return that a parameter is alive in the built-in small district, if it is: the scenario made small may lack things."""
    if any(_moves(check, Setting(place, subject.model), turned) for place in probes.spare):
        return f"in {probes.label} made this small; alive in the built-in {SMALL}"
    return ""


def _is_block(section: object) -> bool:
    return isinstance(section, Section) and not isinstance(section, Label)


def _first(check: AuditRuns, turned: Turned, wakers: Iterator[Waker]) -> str:
    return next((words for words, setting in wakers if _moves(check, setting, turned)), "")


def _is_gate(knob: Knob) -> bool:
    return not (knob.numeric and knob.value)


def _gates(home: Setting, others: Sequence[Knob], profile: Profile) -> Iterator[Waker]:
    """Yield the model with one other parameter turned that is a choice, or nothing now."""
    keys = list(home.scenario.problems.classes)
    for other in filter(_is_gate, others):
        for _, model in islice(variants(home.model, other, keys), profile.tried):
            yield _while(other), Setting(home.scenario, model)


def _donor(
    check: AuditRuns, subject: Subject, home: Setting, knob: Knob, turned: Turned
) -> Governance | None:
    """Return a shipped model under which the parameter is alive; those that set it otherwise are tried first."""

    def alike(model: Governance) -> bool:
        return any(other.path == knob.path and other.value == knob.value for other in knobs(model))

    return next(
        (
            model
            for model in sorted(subject.others, key=alike)
            if model != home.model and _moves(check, Setting(home.scenario, model), turned)
        ),
        None,
    )


def _why_of_scenario(
    check: AuditRuns, subject: Subject, home: Setting, knob: Knob, turned: Turned, profile: Profile
) -> str:
    """Return what keeps a parameter of the scenario from having an effect, or "" where nothing is found that wakes it."""

    beside = [
        other
        for other in knobs(home.scenario)
        if 1 < len(other.path) <= len(knob.path) + 1
        and other.path != knob.path
        and other.path[:-1] == knob.path[: len(other.path) - 1]
    ]
    for other in sorted(beside, key=lambda one: not _is_gate(one)):
        for gate in islice(candidates(home.scenario, other), _NUMBERS if other.numeric else _ALL):
            if _moves_behind(check, home, knob, (other.path, gate)):
                return _while(other)
    for path, items in _lists_around(home.scenario, knob):
        if _moves_behind(check, home, knob, (path, [*items, items[-1]])):
            return f"while {dotted(path)} has {len(items)} {'entry' if len(items) == 1 else 'entries'}"
    donor = _donor(check, subject, home, knob, turned)
    if donor is not None:
        return f"under this model; alive under {donor.name.en}"
    return _first(check, turned, _gates(home, knobs(home.model), profile))


def _moves_behind(check: AuditRuns, home: Setting, knob: Knob, gate: tuple[Path, Any]) -> bool:
    """Tell whether a parameter moves an output once another one is changed.

    Both are set together, because one alone may not be allowed: a department needs a class that one is competent for.
    """
    values = [knob.value, *islice(candidates(home.scenario, knob), _ALL)]
    places = (changed(home.scenario, gate, (knob.path, value)) for value in values)
    traces = [
        _trace(check, Setting(place, home.model))
        for place in islice((place for place in places if place is not None), _SOME)
    ]
    return any(found.differs(traces[0]) for found in traces)


def _lists_around(scenario: Scenario, knob: Knob) -> Iterator[tuple[Path, list[Any]]]:
    """Yield the lists that a parameter stands in."""
    data: Any = scenario.model_dump(mode="json")
    for depth, step in enumerate(knob.path):
        if isinstance(data, list):
            yield knob.path[:depth], data
        data = data[step]


def _while(other: Knob) -> str:
    empty = other.value in ([], {})
    return f"while {dotted(other.path)} is {'empty' if empty else quoted(other.value)}"
