"""From a study file to what varies: parameters with their declared limits, and the scenario they belong to."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from govsim.scenario.declare import Status
from govsim.scenario.errors import place_of
from govsim.scenario.fields import allowed, find, labels, nearest
from govsim.scenario.files import (
    SourceFile,
    locate,
    measure_shelf,
    project_root,
    refer,
    scenario_shelf,
    study_shelf,
)
from govsim.scenario.loading import (
    Loaded,
    LoadedGovernance,
    Resolved,
    governance_named_in,
    list_measures,
    load,
    load_measure,
    resolve,
)
from govsim.scenario.messages import Path, Place, Problem, ScenarioError
from govsim.scenario.origins import Origin, leaves
from govsim.scenario.tables import ColumnLimits, read_table

if TYPE_CHECKING:
    from govsim.scenario.schema.study import Study
    from govsim.scenario.schema.timeline import Measure

_NO_PARAMETER = "the scenario has no such parameter"


@dataclass(frozen=True)
class Factor:
    """A parameter that varies in a study.

    Attributes
    ----------
    path : str
        As in the scenario, such as ``tasks.community_hours``.
    low, high : float
        Ends of its range.
    whole : bool
        Whether it takes whole numbers only.
    today : float
        Its value in the scenario.
    status : str
        ``found``, ``derived``, ``assumed`` or ``design``: how well that value is known.
    label_en, label_zh, unit : str
        As declared.
    """

    path: str
    low: float
    high: float
    whole: bool
    today: float
    status: Status
    label_en: str
    label_zh: str
    unit: str

    def at(self, share: float) -> float:
        """Return the value at a share of the range, 0-1; whole numbers are equally likely."""
        if self.whole:
            return self.low + min(math.floor(share * (self.high - self.low + 1)), self.high - self.low)
        return self.low + share * (self.high - self.low)

    def setting(self, value: float) -> str:
        """Return the ``--set`` argument for a value."""
        return f"{self.path}={round(value)}" if self.whole else f"{self.path}={value:.10g}"


@dataclass(frozen=True)
class LoadedStudy:
    """A study, ready to run.

    Attributes
    ----------
    study : Study
    label : str
        Name for people and folders.
    asked : str
        Scenario as a command names it.
    base : Loaded
        The scenario with the study's fixed settings, nothing varied.
    factors : tuple of Factor
        What varies, in the order of the file.
    models : tuple of LoadedGovernance
    listed : tuple of tuple of float
        Points of a list, one value for each factor.
    file : str
        The study file as messages call it.
    origins : dict of dotted path to Origin
        Of the study's own values.
    measures : tuple of (str, Measure)
        Countermeasures that an optimisation chooses from, by the name or path that finds them.
    """

    study: Study
    label: str
    asked: str
    base: Loaded
    factors: tuple[Factor, ...]
    models: tuple[LoadedGovernance, ...]
    listed: tuple[tuple[float, ...], ...] = ()
    measures: tuple[tuple[str, Measure], ...] = ()
    file: str = ""
    origins: Mapping[str, Origin] = field(default_factory=dict)
    where: Callable[[Path], Place] = lambda path: Place("study")

    @property
    def points(self) -> int:
        """Number of points of the design, without laying it."""
        design = self.study.design
        if design.kind == "list":
            return len(self.listed)
        return grid_size(self.factors, design.levels) if design.kind == "grid" else design.points

    def load(self, settings: Sequence[str]) -> Loaded:
        """Return the scenario with further settings on top of the study's."""
        return load(self.asked, [*self.base.overrides, *settings])


def load_study(name: str | os.PathLike[str], overrides: Sequence[str] = ()) -> LoadedStudy:
    """Load a study by path or built-in name.

    Parameters
    ----------
    overrides
        Changes of the scenario, as ``--set`` takes them.

    Raises
    ------
    ScenarioError
        With every problem of the study, and of the scenario and models it names.
    """
    from govsim.scenario.schema.study import Study

    try:
        resolved = resolve(name, Study, study_shelf())
    except ScenarioError as error:
        from govsim.scenario.catalogue import other_kind

        raise other_kind(os.fspath(name), "study", error) from None
    study, source = resolved.section, resolved.sources[0]
    root = project_root(source.file)
    problems: list[Problem] = []

    def wrong(path: Path, message: str, *hints: str) -> None:
        problems.append(Problem.at(place_of(path, resolved.layer.spots), path, message, hints))

    where = refer(study.scenario, source, root, scenario_shelf())
    if isinstance(where, str):
        raise ScenarioError([Problem.at(place_of(("scenario",), resolved.layer.spots), "scenario", where)])
    asked = study.scenario if scenario_shelf().holds(where) else where.shown
    fixed = [f"{path}={json.dumps(value, ensure_ascii=False)}" for path, value in study.settings.items()]
    inside = FilePath(os.path.realpath(root))
    for path, value in study.settings.items():
        named = value if isinstance(value, str) and os.path.isfile(value) else None
        if named is not None and not FilePath(os.path.realpath(named)).is_relative_to(inside):
            wrong(("settings", path), f"{named} leads out of the project folder ({root.name or root})")
    if problems:
        raise ScenarioError(problems)
    models: list[LoadedGovernance] = []
    for index, wanted in enumerate(study.models):
        try:
            model = governance_named_in(wanted, source.shown, [source])
        except ScenarioError as error:
            problems += error.problems
            continue
        if isinstance(model, str):
            wrong(("models", index), model)
        else:
            models.append(model)
    try:
        base = load(asked, [*fixed, *overrides], must_fit=False)
    except ScenarioError as error:
        raise ScenarioError([*problems, *error.problems]) from None
    factors = []
    for path, (low, high) in study.over.items():
        made = _factor(base, path, low, high)
        if isinstance(made, Factor):
            factors.append(made)
        else:
            wrong(("over", path), *made)
    measures = _measures(study, base, source, root, wrong)
    if problems:
        raise ScenarioError(problems)
    listed = _listed(resolved, factors) if study.design.kind == "list" else ()
    label = study.name.en or study.name.zh or source.file.stem
    return LoadedStudy(
        study, label, asked, base, tuple(factors), tuple(models) or base.governance, listed, measures,
        source.shown, resolved.origins, lambda path: place_of(path, resolved.layer.spots),
    )  # fmt: skip


def _measures(
    study: Study, base: Loaded, source: SourceFile, root: FilePath, wrong: Callable[..., None]
) -> tuple[tuple[str, Measure], ...]:
    """Load the countermeasures of an optimisation, all that are shipped unless it names some."""
    asked = study.optimise
    if asked is None:
        return ()
    for index, start in enumerate(asked.starts):
        if start >= base.scenario.run.weeks:
            last = base.scenario.run.weeks - 1
            wrong(
                ("optimise", "starts", index), f"week {start} is after the run, whose weeks are 0 to {last}"
            )
    loaded: list[tuple[str, Measure]] = []
    for index, wanted in enumerate(asked.measures or list_measures()):
        found = refer(wanted, source, root, measure_shelf())
        if isinstance(found, str):
            wrong(("optimise", "measures", index), found)
            continue
        name = wanted if measure_shelf().holds(found) else found.shown
        measure = load_measure(name).section
        if measure.kind == "countermeasure":
            loaded.append((name, measure))
        elif asked.measures:
            wrong(("optimise", "measures", index), f"{wanted} is a {measure.kind}, not a countermeasure")
    return tuple(loaded)


def check_ends(study: LoadedStudy) -> None:
    """Try each parameter at both ends of its range, the others as they are today.

    Raises
    ------
    ScenarioError
        If one of them makes no valid scenario together with the rest, naming all of them.
    """
    problems = []
    for item in study.factors:
        for value in (item.low, item.high):
            try:
                study.load([item.setting(value)])
            except ScenarioError as error:
                for problem in error.problems:
                    words = f"with {item.setting(value)}: {problem.path} {problem.message}"
                    problems.append(Problem.at(Place(study.file), f"over.{item.path}", words, problem.hints))
    if problems:
        raise ScenarioError(problems)


def grid_size(factors: Sequence[Factor], levels: int) -> int:
    """Return the number of points of a grid."""
    return math.prod(min(levels, round(f.high - f.low) + 1) if f.whole else levels for f in factors)


def factor(base: Loaded, path: str, low: float, high: float) -> Factor:
    """Return a parameter of a scenario as one that varies.

    Raises
    ------
    ScenarioError
        If there is no such parameter, it is no number, or the range leaves what is allowed.
    """
    made = _factor(base, path, low, high)
    if isinstance(made, Factor):
        return made
    message, *hints = made
    raise ScenarioError([Problem.at(Place("what varies"), path, message, hints)])


def _factor(base: Loaded, path: str, low: float, high: float) -> Factor | tuple[str, ...]:
    """Return the parameter, or what is wrong with it and hints."""
    from govsim.scenario.schema import Scenario

    values = {_written(leaf.path): leaf.value for leaf in leaves(base.scenario)}
    steps = tuple(
        int(step) if step.isdigit() else step for step in path.replace("[", ".").replace("]", "").split(".")
    )
    data = base.scenario.model_dump(mode="json")
    declared = find(Scenario, steps, data)
    if path not in values or declared is None:
        close = nearest(path, list(values))
        hint = f"did you mean  {close[0]}?" if close else "govsim describe  lists all parameters"
        return _NO_PARAMETER, hint
    today, taken = values[path], declared.shape
    if not taken.numeric or isinstance(today, bool) or not isinstance(today, int | float):
        return (
            f"is no single number but {allowed(taken)}: only numbers vary",
            "a grid of other choices: one study for each",
        )
    told = f"{declared.extra('label_en')}: {allowed(taken)}, {declared.extra('unit')}"
    whole = float not in taken.scalars
    if not low < high:
        return f"the range [{low:g}, {high:g}] has no width: write the lower value first", told
    if whole and not (float(low).is_integer() and float(high).is_integer()):
        return f"the range [{low:g}, {high:g}] does not end at whole numbers", told
    for end in (low, high):
        if not _within(end, taken.bounds):
            return f"{end:g} is outside of what is allowed", told
    origin = base.origins[path]
    en, zh = labels(Scenario, steps, data)
    return Factor(
        path, float(low), float(high), whole, float(today), origin.status, en, zh, declared.extra("unit")
    )  # fmt: skip


def _written(path: Path) -> str:
    words = ""
    for step in path:
        words += f"[{step}]" if isinstance(step, int) else f".{step}" if words else str(step)
    return words


def _within(value: float, bounds: dict[str, Any]) -> bool:
    return (
        math.isfinite(value)
        and value >= bounds.get("ge", -math.inf)
        and value > bounds.get("gt", -math.inf)
        and value <= bounds.get("le", math.inf)
        and value < bounds.get("lt", math.inf)
    )


def _listed(resolved: Resolved[Study], factors: Sequence[Factor]) -> tuple[tuple[float, ...], ...]:
    """Read the points of a list."""
    study, source = resolved.section, resolved.sources[0]
    file = source.file.parent / study.design.file
    shown = os.path.normpath(os.path.join(os.path.dirname(source.shown), study.design.file))
    return read_points(file, shown, factors)


def read_points(
    file: os.PathLike[str], shown: str, factors: Sequence[Factor]
) -> tuple[tuple[float, ...], ...]:
    """Read points from a table whose columns are parameters; see :mod:`govsim.scenario.tables`.

    Parameters
    ----------
    shown
        File as messages call it.

    Returns
    -------
    points
        One value for each factor, in its unit.

    Raises
    ------
    ScenarioError
        With every mistake of the table.
    """
    limits = {item.path: ColumnLimits(item.low, item.high, item.whole, item.unit) for item in factors}
    return read_table(file, shown).points(limits)


def read_region(
    file: os.PathLike[str], shown: str, base: Loaded
) -> tuple[tuple[Factor, ...], tuple[tuple[float, ...], ...]]:
    """Read districts from a table whose columns are any parameters of a scenario.

    Returns
    -------
    factors, points
        Parameters, each over the range that it has in the table, and the rows.

    Raises
    ------
    ScenarioError
        With every mistake of the table.
    """
    table = read_table(file, shown)
    try:
        points = table.points(dict.fromkeys(table.header, ColumnLimits()))
    except ScenarioError as error:
        problems, points = list(error.problems), ()
    else:
        problems = []
    factors = []
    for index, path in enumerate(table.header):
        values = [point[index] for point in points]
        made = _factor(base, path, min(values, default=-math.inf), max(values, default=math.inf))
        if isinstance(made, Factor):
            factors.append(made)
        elif values or made[0] == _NO_PARAMETER:
            message, *hints = made
            problems.append(Problem.at(table.at(table.head, path), path, message, hints))
    if problems:
        raise ScenarioError(problems)
    return tuple(factors), points


def list_studies() -> list[str]:
    """Names of the built-in studies."""
    return study_shelf().names()


def study_file(name: str | os.PathLike[str]) -> str:
    """Return the study file of a name as messages call it."""
    return locate(name, study_shelf()).shown
