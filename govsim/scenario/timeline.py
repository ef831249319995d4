"""What a timeline makes of a scenario and a governance model in one week.

An entry is resolved to a :class:`Step`. Its strength in a week is a :func:`weight`; :func:`effective` replaces the
governance model where a reform is in force and lets the levers of all other steps move their values by their weights.

And what is wrong with a timeline: levers that cannot move, entries that collide, values that leave their range.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import TYPE_CHECKING, cast

from pydantic import ValidationError

from govsim.scenario.declare import Section
from govsim.scenario.fields import allowed, figure
from govsim.scenario.levers import Draft, concrete, fault, lever_target, unknown_classes, within
from govsim.scenario.messages import Path, Place, Problem, dotted
from govsim.scenario.origins import content_hash, digest
from govsim.scenario.schema.run import Label
from govsim.scenario.schema.timeline import Condition, Lever, Measure, TimelineEntry

if TYPE_CHECKING:
    from govsim.scenario.schema import Scenario
    from govsim.scenario.schema.governance import Governance

OUTSIDE = "observed_"
"""How the names of parameters begin that bring hours or money from outside the district's budget."""


class LeverError(ValueError):
    """Levers that lead a value out of its declared range, or to values that do not go together.

    Attributes
    ----------
    step, lever : int
        Position of the step, and of the lever in it, that did it.
    """

    def __init__(self, step: int, lever: int, words: str) -> None:
        self.step, self.lever = step, lever
        super().__init__(words)


@dataclass(frozen=True)
class Step:
    """One resolved entry of a timeline.

    Attributes
    ----------
    levers : tuple of Lever
        Empty for a reform.
    model : Governance or None
        The model that a reform brings.
    start : int or None
        First week in force; None where a condition decides.
    when : Condition or None
        Starts it once, in the week after it is met.
    length : int or None
        Weeks from the start to the end; None where it stays.
    ramp : int
        Weeks of growing strength at the start, and of falling strength after the end.
    strength : float
        Share of the full strength, 0-1.
    label : Label
        For people; enters nothing.
    key : str
        Hash of the content, without names.
    """

    levers: tuple[Lever, ...]
    model: Governance | None
    start: int | None
    when: Condition | None
    length: int | None
    ramp: int
    strength: float
    label: Label
    key: str

    @classmethod
    def of(cls, entry: TimelineEntry, mode: str = "observed") -> Step:
        """Resolve an entry whose files have been read, for a capacity mode (``neutral`` or ``observed``).

        In a capacity-neutral run it brings nothing from outside the district's budget.

        Raises
        ------
        ValueError
            If it still names a file.
        """
        content = entry.use if entry.use is not None else entry.governance
        if content is None or isinstance(content, str):
            raise ValueError(f"the entry names {content!r}: load the scenario, which reads the file")
        levers: tuple[Lever, ...] = ()
        model = None
        if isinstance(content, Measure):
            outside = f"capacity.{OUTSIDE}"
            levers = tuple(
                lever for lever in content.levers if mode != "neutral" or not lever.path.startswith(outside)
            )
        else:
            model = from_inside(content) if mode == "neutral" else content
        length = entry.weeks
        if entry.end is not None and entry.start is not None:
            length = entry.end - entry.start
        what = (
            content_hash(model) if model is not None else [lever.model_dump(mode="json") for lever in levers]
        )
        condition = entry.when.model_dump(mode="json") if entry.when is not None else None
        identity = [what, entry.start, condition, length, entry.ramp, entry.strength]
        return cls(
            levers, model, entry.start, entry.when, length, entry.ramp, entry.strength,
            label=content.name, key=digest(json.dumps(identity, sort_keys=True)),
        )  # fmt: skip

    @property
    def last_week(self) -> int | None:
        """Last week in which a step with a fixed start is in force; None where it stays or a condition starts it."""
        if self.start is None or self.length is None:
            return None
        return self.start + self.length + self.ramp - 1


def steps_of(entries: Iterable[TimelineEntry], mode: str = "observed") -> tuple[Step, ...]:
    """Resolve entries for a capacity mode; one that would only bring help from outside to a neutral run is left out."""
    steps = (Step.of(entry, mode) for entry in entries)
    return tuple(step for step in steps if step.levers or step.model is not None)


def steps_met(scenario: Scenario, own: Iterable[Step], mode: str) -> tuple[Step, ...]:
    """Return all that a run meets under a capacity mode: the timeline of the scenario, then the arm's own steps."""
    return (*steps_of(scenario.timeline, mode), *own)


def from_inside(model: Governance) -> Governance:
    """Return a governance model without the hours and money that it brings from outside the district's budget."""
    brought = {name: 0.0 for name in type(model.capacity).model_fields if name.startswith(OUTSIDE)}
    return model.model_copy(update={"capacity": model.capacity.model_copy(update=brought)})


def begin(step: Step, started: int | None) -> int | None:
    """Return the week in which a step begins: its own, or that in which its condition started it."""
    return step.start if step.start is not None else started


def weight(step: Step, started: int | None, week: int) -> float:
    """Return the strength of a step in a week.

    Parameters
    ----------
    started
        Week in which its condition started it; not looked at where the step has a fixed start.

    Returns
    -------
    float
        0 before the start; with a ramp of r weeks 1/(r+1), 2/(r+1), ... and full in week ``start + r``; after the end
        as many falling steps, from what was reached; times ``step.strength``.
    """
    first = begin(step, started)
    if first is None or week < first:
        return 0.0
    age, length, steps = week - first, step.length, step.ramp + 1
    if length is None or age < length:
        return step.strength * min(1.0, (age + 1) / steps)
    reached = min(1.0, length / steps)
    return step.strength * reached * max(0.0, (step.ramp - (age - length)) / steps)


def met(condition: Condition, measures: Mapping[str, float], week: int) -> bool:
    """Whether a condition holds at the end of a week, so that its step starts in the next one.

    Parameters
    ----------
    measures
        The week's values by name, in the units that :class:`Condition` declares. One that is not a number, such as a
        mean over nobody, meets no condition.
    week
        The week that follows.
    """
    if week < condition.not_before:
        return False
    value = measures[condition.measure]
    if condition.above is not None:
        return value > condition.above
    assert condition.below is not None
    return value < condition.below


def effective(
    scenario: Scenario,
    model: Governance,
    steps: Sequence[Step],
    weights: Sequence[float],
    started: Sequence[int | None] | None = None,
) -> tuple[Scenario, Governance]:
    """Return scenario and governance model as they are in force while the steps have these weights.

    Parameters
    ----------
    scenario, model
        As they are without a timeline; not changed, and returned themselves where nothing moves them.
    steps, weights
        Of equal length; steps of weight 0 do nothing. The reform that started last replaces the model, then levers move
        values in the order of the steps.
    started
        Weeks in which steps with a condition were started, to find the last reform; without it the later one in the
        list is the last.

    Raises
    ------
    LeverError
        If a value leaves its declared range, or values do not go together.
    """
    began = started or [None] * len(steps)
    in_force = [number for number, share in enumerate(weights) if share > 0]
    reforms = [number for number in in_force if steps[number].model is not None]
    if reforms:
        last = max(reforms, key=lambda number: (_known(begin(steps[number], began[number])), number))
        model = cast("Governance", steps[last].model)
    drafts: dict[str, Draft] = {}
    touched: dict[tuple[str, str], tuple[int, int]] = {}
    for number in in_force:
        for place, lever in enumerate(steps[number].levers):
            aim = lever_target(lever.path)
            if aim is None:
                raise LeverError(number, place, f"no measure may move {lever.path}")
            for path in concrete(lever.path, scenario):
                home, *way = ("model", *path.split(".")) if aim.home == "governance" else path.split(".")
                if home not in drafts:
                    drafts[home] = Draft(model if home == "model" else getattr(scenario, home))
                value = drafts[home].apply(lever, tuple(way), weights[number], aim.declared)
                touched[home, ".".join(way)] = number, place
                if aim.declared.shape.numeric and not within(value, aim.declared.shape):
                    limits = f"{allowed(aim.declared.shape)}{aim.declared.about()}"
                    raise LeverError(number, place, f"{path} would become {value:g}; allowed: {limits}")
                if home == "problems" and value > (most := _most(path, scenario)):
                    limits = f"{figure(scenario.infrastructure.ceiling)} times the declared rate (infrastructure.ceiling)"
                    words = f"{path} would become {value:g}{aim.declared.about()}; allowed: at most {most:g}, {limits}"
                    raise LeverError(number, place, words)
    changed = {home: _validated(draft, home, touched) for home, draft in drafts.items()}
    model = cast("Governance", changed.pop("model", model))
    return (scenario.model_copy(update=changed) if changed else scenario), model


def _known(week: int | None) -> float:
    return float("inf") if week is None else week


def _most(path: str, scenario: Scenario) -> float:
    """Return the rate up to which problems of a class are drawn before they are thinned."""
    return scenario.infrastructure.ceiling * scenario.problems.classes[path.split(".")[2]].rate


def _validated(draft: Draft, home: str, touched: Mapping[tuple[str, str], tuple[int, int]]) -> Section:
    try:
        return draft.section()
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        where = ".".join(str(step) for step in detail["loc"])
        named = [
            where,
            *(
                ".".join(part for part in (where, name) if part)
                for name in detail.get("ctx", {}).get("fields", ())
            ),
        ]
        mine = [
            at
            for (room, path), at in touched.items()
            if room == home and any(_together(path, name) for name in named)
        ]
        step, lever = max(mine or touched.values())
        reason = detail["msg"][:1].lower() + detail["msg"][1:]
        raise LeverError(step, lever, f"{where}: {reason}" if where else reason) from None


def _together(path: str, name: str) -> bool:
    return bool(name) and (path.startswith(name) or name.startswith(path))


Where = Callable[[Path], Place]
_MOST_AT_ONCE = 6
"""Steps with a condition of which all combinations are tried; of more, none, each one and all."""


@dataclass(frozen=True)
class Written:
    """An entry of a timeline, with its path in the scenario."""

    entry: TimelineEntry
    path: Path

    @property
    def measure(self) -> Measure | None:
        """The measure, or None where the entry is a reform or its file could not be read."""
        return self.entry.use if isinstance(self.entry.use, Measure) else None

    @property
    def whole(self) -> bool:
        """Whether the file it names was read."""
        return not isinstance(self.entry.use, str) and not isinstance(self.entry.governance, str)

    @property
    def starts_at(self) -> Path:
        """Path of what says when it starts."""
        return (*self.path, "start") if self.entry.start is not None else (*self.path, "when")


@dataclass(frozen=True)
class ArmTimeline:
    """What one arm meets: the entries of the scenario, then its own."""

    label: str
    model: Governance
    entries: tuple[Written, ...]


def with_paths(entries: Sequence[TimelineEntry], path: Path) -> tuple[Written, ...]:
    """Give each entry of a list its path."""
    return tuple(Written(entry, (*path, index)) for index, entry in enumerate(entries))


def measure_problems(measure: Measure, path: Path, where: Where) -> Iterator[Problem]:
    """Yield what is wrong with a measure wherever it is used."""
    for index, lever in enumerate(measure.levers):
        here = (*path, "levers", index)
        if found := fault(lever):
            key, words, hints = found
            yield Problem.at(where((*here, key)), (*here, key), words, hints)
            continue
        aim = lever_target(lever.path)
        if measure.kind == "countermeasure" and aim is not None and aim.home == "scenario":
            yield Problem.at(
                where((*here, "path")),
                (*here, "path"),
                f"{lever.path} happens to a district: a countermeasure moves only how it is governed, so that its "
                "hours and money come from the same budget",
                ["only a measure of kind shock may move it, and a shock strikes every model alike"],
            )


def entry_problems(scenario: Scenario, item: Written, where: Where, of_one_arm: bool) -> Iterator[Problem]:
    """Yield what is wrong with one entry, apart from all others."""
    entry, path, weeks = item.entry, item.path, scenario.run.weeks
    last = f"the run has {weeks} weeks, 0 to {weeks - 1} (run.weeks)"
    if entry.start is not None and entry.start >= weeks:
        at = (*path, "start")
        yield Problem.at(where(at), at, f"week {entry.start} is after the end of the run: {last}")
    if entry.when is not None and entry.when.not_before >= weeks:
        at = (*path, "when", "not_before")
        yield Problem.at(where(at), at, f"week {entry.when.not_before} is after the end of the run: {last}")
    measure = item.measure
    if measure is None:
        return
    if of_one_arm and measure.kind == "shock":
        text = "a shock strikes every model alike, or they would not meet the same chance: write it under timeline"
        yield Problem.at(where((*path, "use")), (*path, "use"), text)
    faults = list(measure_problems(measure, (*path, "use"), where))
    yield from faults
    if faults:
        return
    for index, lever in enumerate(measure.levers):
        at = (*path, "use", "levers", index, "path")
        if words := unknown_classes(lever.path, scenario):
            yield Problem.at(where(at), at, words, [f"used at {where(path)} ({dotted(path)})"])


def arm_problems(scenario: Scenario, arm: ArmTimeline, where: Where) -> list[Problem]:
    """Return what is wrong between the entries that one arm meets, and with the values they lead to."""
    entries = tuple(item for item in arm.entries if item.whole)
    problems = list(_collisions(scenario, entries, where))
    if problems or not entries:
        return problems
    steps = [Step.of(item.entry) for item in entries]
    found = _out_of_range(scenario, arm.model, steps)
    if found is None:
        return []
    item, lever = entries[found.step], found.lever
    measure = item.measure
    assert measure is not None
    at = (*item.path, "use", "levers", lever, measure.levers[lever].operation)
    together = f"under {arm.label}, at full strength"
    return [
        Problem.at(
            where(at), at, str(found), [f"{together}, used at {where(item.path)} ({dotted(item.path)})"]
        )
    ]


def _collisions(scenario: Scenario, entries: Sequence[Written], where: Where) -> Iterator[Problem]:
    """Yield pairs of entries that set one value in one week, and reforms that start in the same week."""
    steps = [Step.of(item.entry) for item in entries]
    moves = [_moves(item, scenario) for item in entries]
    for first, second in combinations(range(len(entries)), 2):
        one, other = entries[first], entries[second]
        if one.entry.governance is not None and other.entry.governance is not None:
            if one.entry.start is not None and one.entry.start == other.entry.start:
                yield _collision(
                    one.starts_at, other.starts_at, where, f"two reforms start in week {one.entry.start}"
                )
            continue
        if not _overlap(steps[first], steps[second]):
            continue
        for path, (lever, at) in moves[first].items():
            if path in moves[second] and not _go_together(lever, moves[second][path][0]):
                again, there = moves[second][path]
                words = (
                    f"{path} is moved twice in the same week, by {lever.operation} and by {again.operation}"
                )
                yield _collision(at, there, where, words, (one, other))
                break


def _collision(one: Path, other: Path, where: Where, words: str, used: tuple[Written, ...] = ()) -> Problem:
    """Return the problem of two values that stand against each other, told at the second."""
    hints = [f"{dotted(path)}: {where(path)}" for path in (one, other)]
    hints += [f"used at {where(item.path)} ({dotted(item.path)})" for item in used]
    if used:
        hints.append("two entries may both add, or both multiply, or come after one another")
    return Problem.at(where(other), other, words, hints)


def _moves(item: Written, scenario: Scenario) -> dict[str, tuple[Lever, Path]]:
    """Return the values that an entry moves, classes written out, with the lever that moves each last."""
    measure = item.measure
    if measure is None:
        return {}
    return {
        path: (lever, (*item.path, "use", "levers", index, lever.operation))
        for index, lever in enumerate(measure.levers)
        for path in concrete(lever.path, scenario)
    }


def _go_together(one: Lever, other: Lever) -> bool:
    if one.operation != other.operation:
        return False
    same_choice = one.set == other.set and not isinstance(one.set, float)
    return one.operation != "set" or same_choice


def _overlap(one: Step, other: Step) -> bool:
    """Whether two steps can be in force in the same week; one that waits for a condition may be so at any time."""
    if one.start is None or other.start is None:
        return True
    early, late = sorted((one, other), key=lambda step: step.start or 0)
    return early.last_week is None or early.last_week >= (late.start or 0)


def _out_of_range(scenario: Scenario, model: Governance, steps: Sequence[Step]) -> LeverError | None:
    """Try every week in which something with a fixed start changes, with steps on conditions in and out of force."""
    last = scenario.run.weeks - 1
    turns = sorted({week for step in steps for week in _turns(step) if week <= last} | {0})
    waiting = [number for number, step in enumerate(steps) if step.start is None]
    for week in turns:
        fixed = [weight(step, None, week) for step in steps]
        for chosen in _choices(waiting):
            weights = [steps[n].strength if n in chosen else share for n, share in enumerate(fixed)]
            try:
                effective(scenario, model, steps, weights)
            except LeverError as error:
                return error
    return None


def _turns(step: Step) -> Iterator[int]:
    if step.start is not None:
        yield step.start
        yield step.start + step.ramp
        if step.length is not None:
            yield from (step.start + step.length - 1, step.start + step.length + step.ramp)


def _choices(waiting: Sequence[int]) -> Iterator[frozenset[int]]:
    if len(waiting) <= _MOST_AT_ONCE:
        for bits in product((False, True), repeat=len(waiting)):
            yield frozenset(number for number, chosen in zip(waiting, bits, strict=True) if chosen)
    else:
        yield from (frozenset(), frozenset(waiting), *(frozenset({number}) for number in waiting))


def from_origins(lines: Mapping[str, tuple[str, int]]) -> Where:
    """Return where a value stands, from file and line by dotted path; the nearest section around it otherwise."""

    def where(path: Path) -> Place:
        for end in range(len(path), 0, -1):
            around = dotted(path[:end])
            inside = [
                at
                for name, at in lines.items()
                if name == around or name.startswith((f"{around}.", f"{around}["))
            ]
            if inside:
                return Place(*min(inside, key=lambda at: at[1]))
        return Place("defaults")

    return where
