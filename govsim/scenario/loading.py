"""From a file name to a frozen, resolved scenario, or to all that is wrong with it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import ValidationError

from govsim.scenario.declare import Section
from govsim.scenario.errors import place_of, translate, what_is_allowed
from govsim.scenario.files import (
    Shelf,
    SourceFile,
    governance_shelf,
    locate,
    measure_shelf,
    named_in,
    project_root,
    read_chain,
    scenario_shelf,
)
from govsim.scenario.kinds import other_kind
from govsim.scenario.messages import Path, Problem, ScenarioError, dotted
from govsim.scenario.origins import (
    Origin,
    Overlay,
    content_hash,
    open_annotations,
    origins_of,
    overlay,
    set_value,
)

if TYPE_CHECKING:
    from govsim.scenario.schema import Scenario
    from govsim.scenario.schema.governance import Governance
    from govsim.scenario.schema.timeline import Measure, TimelineEntry
    from govsim.scenario.timeline import Where

S = TypeVar("S", bound=Section)


@dataclass(frozen=True)
class Resolved(Generic[S]):
    """A section read from files, with the origin of every value.

    Attributes
    ----------
    section
        The frozen result.
    origins : dict of dotted path to Origin
        One entry for every single value, defaults included; what may be left out and is left out has none.
    sources : tuple of SourceFile
        Files read, child first.
    layer : Overlay
        Values as written, with places; for further messages about them.
    """

    section: S
    origins: dict[str, Origin]
    sources: tuple[SourceFile, ...]
    layer: Overlay


@dataclass(frozen=True)
class LoadedGovernance:
    """A governance model, ready to run.

    Attributes
    ----------
    model : Governance
        Frozen and complete.
    name : str
        What finds it again from the current folder: its built-in name, or the path of its file. Decoration.
    file : str
        As shown to people.
    origins : dict of dotted path to Origin
        Origin of every value.
    key : str
        :func:`~govsim.scenario.origins.content_hash` of the model: its identity.
    sources : tuple of SourceFile
        Files read.
    measures : tuple of TimelineEntry
        Countermeasures and reforms that the scenario gives to this model alone.
    written : str
        Path of the model with its measures in the scenario, such as ``governance.models[1]``; "" without measures.
    words : str
        The same as it was written, in one line of YAML.
    """

    model: Governance
    name: str
    file: str
    origins: dict[str, Origin]
    key: str
    sources: tuple[SourceFile, ...]
    measures: tuple[TimelineEntry, ...] = ()
    written: str = ""
    words: str = ""


@dataclass(frozen=True)
class Loaded:
    """A scenario, ready to run.

    Attributes
    ----------
    scenario : Scenario
        Frozen and complete.
    origins : dict of dotted path to Origin
        Origin of every value.
    label : str
        Name for people and folders.
    sources : tuple of SourceFile
        Files read, child first.
    governance : tuple of LoadedGovernance
        The models that the scenario names, in its order.
    overrides : tuple of str
        The ``--set`` arguments that were applied.
    """

    scenario: Scenario
    origins: dict[str, Origin]
    label: str
    sources: tuple[SourceFile, ...]
    governance: tuple[LoadedGovernance, ...]
    overrides: tuple[str, ...]


@dataclass(frozen=True)
class _Attempt(Generic[S]):
    """What could be made of a file: a section unless there are problems."""

    section: S | None
    layer: Overlay
    sources: tuple[SourceFile, ...]
    problems: tuple[Problem, ...]

    def resolved(self, more: Sequence[Problem] = ()) -> Resolved[S]:
        """Return the section with its origins, or raise all problems, those of the child file first."""
        if self.section is None or self.problems or more:
            order = {source.shown: rank for rank, source in enumerate(self.sources)}
            found = [*self.problems, *more]
            raise ScenarioError(sorted(found, key=lambda problem: order.get(problem.file, len(order))))
        return Resolved(self.section, origins_of(self.section, self.layer), self.sources, self.layer)


def resolve(
    name: str | os.PathLike[str], model: type[S], shelf: Shelf, overrides: Sequence[str] = ()
) -> Resolved[S]:
    """Read a file with its parents, apply overrides and validate against ``model``.

    Raises
    ------
    ScenarioError
        With every problem that was found.
    """
    return _attempt(locate(name, shelf), model, shelf, overrides).resolved()


def _attempt(source: SourceFile, model: type[S], shelf: Shelf, overrides: Sequence[str]) -> _Attempt[S]:
    return _validated(model, *_layered(source, model, shelf, overrides))


def _layered(
    source: SourceFile, model: type[S], shelf: Shelf, overrides: Sequence[str]
) -> tuple[Overlay, list[SourceFile], bool]:
    documents, sources, whole = read_chain(source, shelf)
    layer = open_annotations(documents[-1], model)
    for document in reversed(documents[:-1]):
        layer = overlay(layer, open_annotations(document, model))
    for number, argument in enumerate(overrides, 1):
        layer = set_value(layer, argument, number, model)
    return layer, sources, whole


def _validated(model: type[S], layer: Overlay, sources: Sequence[SourceFile], whole: bool) -> _Attempt[S]:
    problems = list(layer.problems)
    for path, trouble in layer.unusable.items():
        hint = what_is_allowed(model, path, layer.data)
        problems.append(Problem.at(place_of(path, layer.spots), path, trouble, [hint] if hint else []))
    section: S | None = None
    try:
        # Validated as JSON: strict, yet lists may fill tuples, and texts choices.
        section = model.model_validate_json(json.dumps(layer.data))
    except ValidationError as error:
        found = translate(error, model, layer.data, layer.spots, layer.unusable)
        # A parent that was not found would have given what now seems to be missing.
        problems += [problem for problem in found if whole or not problem.message.startswith("is missing")]
    return _Attempt(section, layer, tuple(sources), tuple(problems))


def load(name: str | os.PathLike[str], overrides: Sequence[str] = (), *, must_fit: bool = True) -> Loaded:
    """Load a scenario by path or built-in name.

    Parameters
    ----------
    name
        Path of a YAML file, or a built-in name such as ``yingzi``.
    overrides
        ``path.to.parameter=value``, applied in order on top of the files.
    must_fit
        Refuse a scenario that this machine cannot hold or finish (see :mod:`govsim.scenario.estimate`).

    Raises
    ------
    ScenarioError
        With every problem of the scenario, its parents, the overrides and the files it names.
    """
    from govsim.scenario.origins import graft
    from govsim.scenario.schema import Scenario

    layer, sources, whole = _layered(locate(name, scenario_shelf()), Scenario, scenario_shelf(), overrides)
    grown, files, problems = graft(layer, sources, _read_part)
    attempt = _validated(Scenario, grown, [*sources, *files], whole)
    governance, more = _named_governance(attempt, layer)
    problems += more
    if attempt.section is not None:
        problems += _timeline_problems(attempt.section, governance, lambda path: place_of(path, grown.spots))
    if too_large := _size_problem(attempt, must_fit):
        problems.append(too_large)
    resolved = attempt.resolved(problems)
    scenario = resolved.section
    label = scenario.name.en or scenario.name.zh or resolved.sources[0].file.stem
    return Loaded(scenario, resolved.origins, label, resolved.sources, tuple(governance), tuple(overrides))


def _read_part(
    source: SourceFile, model: type[Section], shelf: Shelf
) -> tuple[Overlay, tuple[SourceFile, ...], tuple[Problem, ...]]:
    try:
        attempt = _attempt(source, model, shelf, ())
    except ScenarioError as error:
        return Overlay(), (), error.problems
    return attempt.layer, attempt.sources, attempt.problems


def _named_governance(
    attempt: _Attempt[Scenario], as_written: Overlay
) -> tuple[list[LoadedGovernance], list[Problem]]:
    """Load the models that a scenario names, also when something else in it is wrong, to tell all at once."""
    chosen = as_written.data.get("governance")
    written = chosen.get("models") if isinstance(chosen, dict) else None
    if attempt.section is not None:
        models = attempt.section.governance.models
        names = [item if isinstance(item, str) else item.model for item in models]
        measures = [() if isinstance(item, str) else tuple(item.measures) for item in models]
    else:
        items = written if isinstance(written, list) else []
        called = [item.get("model") if isinstance(item, dict) else item for item in items]
        names = [name for name in called if isinstance(name, str)]
        measures = [()] * len(names)
    governance: list[LoadedGovernance] = []
    problems: list[Problem] = []
    for index, wanted in enumerate(names):
        path = ("governance", "models", index)
        place = place_of(path, attempt.layer.spots)
        try:
            model = governance_named_in(wanted, place.file, attempt.sources)
        except ScenarioError as error:
            problems += error.problems
            continue
        if isinstance(model, str):
            problems.append(Problem.at(place, path, model))
            continue
        if measures[index]:
            words = ""
            if isinstance(written, list):
                said = _said(written[index], path, model.name, attempt)
                words = json.dumps(said, ensure_ascii=False)
            model = replace(model, measures=measures[index], written=dotted(path), words=words)
        governance.append(model)
    return governance, problems


def _said(written: Mapping[str, Any], path: Path, model: str, attempt: _Attempt[Scenario]) -> dict[str, Any]:
    """Return a model with measures as the command line takes it: files by their paths from the current folder."""
    root = project_root(attempt.sources[0].file)
    entries = []
    for index, entry in enumerate(written["measures"]):
        said = dict(entry)
        for key, shelf in (("use", measure_shelf()), ("governance", governance_shelf())):
            place = place_of((*path, "measures", index, key), attempt.layer.spots)
            found = named_in(said.get(key), place.file, attempt.sources, root, shelf)
            if isinstance(found, SourceFile) and not shelf.holds(found):
                said[key] = found.shown
        entries.append(said)
    return {**written, "model": model, "measures": entries}


def _timeline_problems(scenario: Scenario, arms: Sequence[LoadedGovernance], where: Where) -> list[Problem]:
    """Return what is wrong with the timeline and with what each model makes of it."""
    from govsim.scenario import timeline

    common = timeline.with_paths(scenario.timeline, ("timeline",))
    problems = [
        p for item in common for p in timeline.entry_problems(scenario, item, where, of_one_arm=False)
    ]
    own: list[tuple[timeline.Written, ...]] = []
    for arm in arms:
        own.append(timeline.with_paths(arm.measures, (*_steps(arm.written), "measures")))
        for item in own[-1]:
            problems += timeline.entry_problems(scenario, item, where, of_one_arm=True)
    if problems:
        return problems
    known = set()
    for arm, entries in zip(arms, own, strict=True):
        name = arm.model.name.en or arm.model.name.zh or arm.name
        met = timeline.ArmTimeline(name, arm.model, (*common, *entries))
        for problem in timeline.arm_problems(scenario, met, where):
            if (found := replace(problem, hints=())) not in known:
                known.add(found)
                problems.append(problem)
    return problems


def _steps(path: str) -> Path:
    return tuple(int(step) if step.isdigit() else step for step in re.split(r"[.\[\]]+", path.rstrip("]")))


def refuse_misfit(loaded: Loaded, model: LoadedGovernance) -> None:
    """Refuse a governance model for which the scenario's timeline leads out of what is allowed.

    Raises
    ------
    ScenarioError
        Also for a model that the scenario itself does not name.
    """
    from govsim.scenario.timeline import from_origins

    lines = {path: (origin.file, origin.line) for path, origin in loaded.origins.items() if origin.line}
    if problems := _timeline_problems(loaded.scenario, [model], from_origins(lines)):
        raise ScenarioError(problems)


def _size_problem(attempt: _Attempt[Scenario], must_fit: bool) -> Problem | None:
    from govsim.scenario.estimate import size_hint, size_refusal

    path = ("population", "residents")
    message = ""
    if attempt.section is not None and must_fit:
        message = size_refusal(attempt.section)
    elif attempt.section is None:
        message = size_hint(attempt.layer.data)
    return Problem.at(place_of(path, attempt.layer.spots), path, message) if message else None


def load_governance(name: str | os.PathLike[str]) -> LoadedGovernance:
    """Load a governance model by path or built-in name.

    Raises
    ------
    ScenarioError
        With every problem of the file.
    """
    try:
        return _governance(locate(name, governance_shelf()), os.fspath(name))
    except ScenarioError as error:
        raise other_kind(os.fspath(name), "governance", error) from None


def _governance(source: SourceFile, name: str) -> LoadedGovernance:
    from govsim.scenario.schema.governance import Governance

    shelf = governance_shelf()
    resolved = _attempt(source, Governance, shelf, ()).resolved()
    model = resolved.section
    called = name if shelf.holds(source) else source.shown
    return LoadedGovernance(
        model, called, source.shown, resolved.origins, content_hash(model), resolved.sources
    )


def governance_named_in(name: str, shown: str, sources: Sequence[SourceFile]) -> LoadedGovernance | str:
    """Load a governance model that a file names, or say why it may not; see :func:`~govsim.scenario.files.named_in`.

    Raises
    ------
    ScenarioError
        With every problem of the model's file.
    """
    found = named_in(name, shown, sources, project_root(sources[0].file), governance_shelf())
    return found if isinstance(found, str) else _governance(found, name)


def load_measure(name: str | os.PathLike[str]) -> Resolved[Measure]:
    """Load a countermeasure or shock by path or built-in name.

    Raises
    ------
    ScenarioError
        With every problem of the file.
    """
    from govsim.scenario.schema.timeline import Measure
    from govsim.scenario.timeline import measure_problems

    attempt = _attempt(locate(name, measure_shelf()), Measure, measure_shelf(), ())
    found = attempt.section
    spots = attempt.layer.spots
    more = list(measure_problems(found, (), lambda path: place_of(path, spots))) if found is not None else []
    return attempt.resolved(more)


def list_measures() -> list[str]:
    """Names of the countermeasures and shocks that are shipped."""
    return measure_shelf().names()


def list_governance() -> list[str]:
    """Names of the governance models that are shipped."""
    return governance_shelf().names()


def list_scenarios() -> list[str]:
    """Names of the built-in scenarios."""
    return scenario_shelf().names()
