"""What is wrong with a timeline: levers that cannot move, entries that collide, values that leave their range."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import TYPE_CHECKING

from govsim.scenario.levers import concrete, fault, target, unknown_classes
from govsim.scenario.messages import Path, Place, Problem, dotted
from govsim.scenario.schema.timeline import Lever, Measure, TimelineEntry
from govsim.scenario.timeline import LeverError, Step, effective, weight

if TYPE_CHECKING:
    from govsim.scenario.schema import Scenario
    from govsim.scenario.schema.governance import Governance

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


def written(entries: Sequence[TimelineEntry], path: Path) -> tuple[Written, ...]:
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
        aim = target(lever.path)
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
