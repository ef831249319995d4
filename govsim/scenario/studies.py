"""From a study file to what varies: parameters with their declared limits, and the scenario they belong to."""

from __future__ import annotations

import csv
import json
import math
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from govsim.scenario.complaints import place_of
from govsim.scenario.declare import Status
from govsim.scenario.fields import allowed, find, labels, nearest
from govsim.scenario.files import (
    Source,
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

if TYPE_CHECKING:
    from govsim.scenario.schema.study import Study
    from govsim.scenario.schema.timeline import Measure

_LONGEST_LIST = 50_000_000
"""Bytes of a list of points that are read."""


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
    study: Study, base: Loaded, source: Source, root: FilePath, wrong: Callable[..., None]
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
        return "the scenario has no such parameter", hint
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
    """Read the points of a list; columns that are no varied parameter are refused."""
    study, source = resolved.section, resolved.sources[0]
    file = source.file.parent / study.design.file
    shown = os.path.normpath(os.path.join(os.path.dirname(source.shown), study.design.file))
    return read_points(file, shown, factors)


def read_points(
    file: os.PathLike[str], shown: str, factors: Sequence[Factor]
) -> tuple[tuple[float, ...], ...]:
    """Read points from a CSV file whose header names parameters.

    Parameters
    ----------
    shown
        File as messages call it.

    Raises
    ------
    ScenarioError
        If the file cannot be read, a column is missing or unknown, or a cell is no number of its range.
    """

    def refuse(line: int, path: str, message: str) -> ScenarioError:
        return ScenarioError([Problem.at(Place(shown, line), path, message)])

    header, rows = _cells(file, shown)
    paths = [factor.path for factor in factors]
    if sorted(header) != sorted(paths):
        raise refuse(
            1,
            "",
            f"the header must name the varied parameters {', '.join(paths)}; it names {', '.join(header) or 'nothing'}",
        )
    points = []
    for number, row in enumerate(rows, 2):
        if not row:
            continue
        if len(row) != len(header):
            raise refuse(number, "", f"has {len(row)} cells, the header has {len(header)}")
        cells = dict(zip(header, row, strict=True))
        point = []
        for factor in factors:
            try:
                value = float(cells[factor.path])
            except ValueError:
                value = math.nan
            if not factor.low <= value <= factor.high or (factor.whole and not value.is_integer()):
                kind = "a whole number" if factor.whole else "a number"
                raise refuse(
                    number,
                    factor.path,
                    f'"{cells[factor.path]}" is not {kind}, {factor.low:g}–{factor.high:g} {factor.unit}',
                )
            point.append(value)
        points.append(tuple(point))
    if not points:
        raise refuse(1, "", "holds no points")
    return tuple(points)


def read_columns(file: os.PathLike[str], shown: str) -> dict[str, tuple[float, float]]:
    """Return lowest and highest number of each column of a CSV file, by its header.

    Raises
    ------
    ScenarioError
        If the file cannot be read, holds no points, or a cell is no number.
    """
    header, rows = _cells(file, shown)
    columns: dict[str, list[float]] = {path: [] for path in header}
    for number, row in enumerate(rows, 2):
        for path, cell in zip(header, row, strict=False):
            try:
                value = float(cell)
            except ValueError:
                value = math.nan
            if not math.isfinite(value):
                raise ScenarioError([Problem.at(Place(shown, number), path, f'"{cell}" is not a number')])
            columns[path].append(value)
    if not columns or not all(columns.values()):
        raise ScenarioError([Problem.at(Place(shown, 1), "", "holds no points")])
    return {path: (min(values), max(values)) for path, values in columns.items()}


def _cells(file: os.PathLike[str], shown: str) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of a CSV file."""

    def refuse(message: str) -> ScenarioError:
        return ScenarioError([Problem.at(Place(shown), "", message)])

    try:
        if os.path.getsize(file) > _LONGEST_LIST:
            raise refuse(f"is larger than {_LONGEST_LIST / 1e6:.0f} MB")
        with open(file, encoding="utf-8-sig", newline="") as text:
            rows = list(csv.reader(text))
    except (OSError, UnicodeDecodeError) as problem:
        raise refuse(f"cannot be read: {problem}") from None
    return (rows[0] if rows else []), rows[1:]


def list_studies() -> list[str]:
    """Names of the built-in studies."""
    return study_shelf().names()


def study_file(name: str | os.PathLike[str]) -> str:
    """Return the study file of a name as messages call it."""
    return locate(name, study_shelf()).shown
