"""From a file name to a frozen, resolved scenario, or to all that is wrong with it."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from pydantic import ValidationError

from govsim.scenario.complaints import expected, place_of, translate
from govsim.scenario.declare import Section
from govsim.scenario.files import (
    Shelf,
    Source,
    governance_shelf,
    locate,
    project_root,
    read_chain,
    refer,
    scenario_shelf,
)
from govsim.scenario.layers import Layer, open_annotations, overlay, set_value
from govsim.scenario.messages import Problem, ScenarioError
from govsim.scenario.origins import Origin, content_hash, origins_of

if TYPE_CHECKING:
    from govsim.scenario.schema import Scenario
    from govsim.scenario.schema.governance import GovernanceModel

S = TypeVar("S", bound=Section)


@dataclass(frozen=True)
class Resolved(Generic[S]):
    """A section read from files, with the origin of every value.

    Attributes
    ----------
    section
        The frozen result.
    origins : dict of dotted path to Origin
        One entry for every single value, defaults included.
    sources : tuple of Source
        Files read, child first.
    layer : Layer
        Values as written, with places; for further messages about them.
    """

    section: S
    origins: dict[str, Origin]
    sources: tuple[Source, ...]
    layer: Layer


@dataclass(frozen=True)
class LoadedGovernance:
    """A governance model, ready to run.

    Attributes
    ----------
    model : GovernanceModel
        Frozen and complete.
    name : str
        What it was called in the scenario or on the command line: decoration.
    file : str
        As shown to people.
    origins : dict of dotted path to Origin
        Origin of every value.
    key : str
        :func:`~govsim.scenario.origins.content_hash` of the model: its identity.
    sources : tuple of Source
        Files read.
    """

    model: GovernanceModel
    name: str
    file: str
    origins: dict[str, Origin]
    key: str
    sources: tuple[Source, ...]


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
    sources : tuple of Source
        Files read, child first.
    governance : tuple of LoadedGovernance
        The models that the scenario names, in its order.
    overrides : tuple of str
        The ``--set`` arguments that were applied.
    """

    scenario: Scenario
    origins: dict[str, Origin]
    label: str
    sources: tuple[Source, ...]
    governance: tuple[LoadedGovernance, ...]
    overrides: tuple[str, ...]


@dataclass(frozen=True)
class _Attempt(Generic[S]):
    """What could be made of a file: a section unless there are problems."""

    section: S | None
    layer: Layer
    sources: tuple[Source, ...]
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


def _attempt(source: Source, model: type[S], shelf: Shelf, overrides: Sequence[str]) -> _Attempt[S]:
    documents, sources, whole = read_chain(source, shelf)
    layer = open_annotations(documents[-1], model)
    for document in reversed(documents[:-1]):
        layer = overlay(layer, open_annotations(document, model))
    for number, argument in enumerate(overrides, 1):
        layer = set_value(layer, argument, number, model)
    problems = list(layer.problems)
    for path, trouble in layer.unusable.items():
        hint = expected(model, path, layer.data)
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
        With every problem of the scenario, its parents, the overrides and the governance models it names.
    """
    from govsim.scenario.schema import Scenario

    attempt = _attempt(locate(name, scenario_shelf()), Scenario, scenario_shelf(), overrides)
    governance, problems = _named_governance(attempt)
    if too_large := _size_problem(attempt, must_fit):
        problems.append(too_large)
    resolved = attempt.resolved(problems)
    scenario = resolved.section
    label = scenario.name.en or scenario.name.zh or resolved.sources[0].file.stem
    return Loaded(scenario, resolved.origins, label, resolved.sources, tuple(governance), tuple(overrides))


def _named_governance(attempt: _Attempt[Scenario]) -> tuple[list[LoadedGovernance], list[Problem]]:
    """Load the models that a scenario names, also when something else in it is wrong, to tell all at once."""
    if attempt.section is not None:
        names = list(attempt.section.governance.models)
    else:
        chosen = attempt.layer.data.get("governance")
        written = chosen.get("models") if isinstance(chosen, dict) else None
        names = [item for item in written if isinstance(item, str)] if isinstance(written, list) else []
    root = project_root(attempt.sources[0].file)
    governance: list[LoadedGovernance] = []
    problems: list[Problem] = []
    for index, wanted in enumerate(names):
        path = ("governance", "models", index)
        place = place_of(path, attempt.layer.spots)
        holder = next(
            (source for source in attempt.sources if source.shown == place.file), attempt.sources[0]
        )
        found = refer(wanted, holder, root, governance_shelf())
        if isinstance(found, str):
            problems.append(Problem.at(place, path, found))
            continue
        try:
            governance.append(_governance(found, wanted))
        except ScenarioError as error:
            problems += error.problems
    return governance, problems


def _size_problem(attempt: _Attempt[Scenario], must_fit: bool) -> Problem | None:
    from govsim.scenario.estimate import refusal, size_hint

    path = ("population", "residents")
    message = ""
    if attempt.section is not None and must_fit:
        message = refusal(attempt.section)
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
    return _governance(locate(name, governance_shelf()), os.fspath(name))


def _governance(source: Source, name: str) -> LoadedGovernance:
    from govsim.scenario.schema.governance import GovernanceModel

    resolved = _attempt(source, GovernanceModel, governance_shelf(), ()).resolved()
    model = resolved.section
    return LoadedGovernance(
        model, name, source.shown, resolved.origins, content_hash(model), resolved.sources
    )


def list_governance() -> list[str]:
    """Names of the governance models that are shipped."""
    return governance_shelf().names()


def list_scenarios() -> list[str]:
    """Names of the built-in scenarios."""
    return scenario_shelf().names()
