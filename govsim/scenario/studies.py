"""From a study file to what varies: parameters with their declared limits, and the scenario they belong to.

A study may name tables that somebody else wrote, by hand, in a spreadsheet or with a program: CSV in any of the usual
encodings. A first row names the columns; rows that begin with ``#`` and empty rows are passed over. Cells stand between
commas, semicolons or tabs, whichever the first row has most of.
"""

from __future__ import annotations

import csv
import io
import json
import math
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from govsim.scenario.declare import Status
from govsim.scenario.errors import place_of
from govsim.scenario.fields import allowed, find_declaration, labels, nearest
from govsim.scenario.files import (
    SourceFile,
    locate,
    measure_shelf,
    project_root,
    refer,
    scenario_shelf,
    study_shelf,
)
from govsim.scenario.kinds import other_kind
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
from govsim.scenario.messages import Path, Place, Problem, ScenarioError, quoted
from govsim.scenario.origins import Origin, leaves
from govsim.scenario.reader import decode, number_fix, visible

if TYPE_CHECKING:
    from govsim.scenario.schema.study import Study
    from govsim.scenario.schema.timeline import Measure

MAX_BYTES = 50_000_000
"""Bytes of a table that are read."""
_MOST_ROWS = 1_000_000
_MOST_PROBLEMS = 1_000
"""Problems after which a table is not read further."""


@dataclass(frozen=True)
class ColumnLimits:
    """What may stand in a column.

    Attributes
    ----------
    low, high : float
        Both may be infinite.
    whole : bool
        Whether it takes whole numbers only.
    unit : str
    """

    low: float = -math.inf
    high: float = math.inf
    whole: bool = False
    unit: str = ""

    def number(self, cell: str) -> float | str:
        """Return the number of a cell, or what is wrong with it, what is allowed, and how to mend it."""
        try:
            value = float(cell) if cell.isascii() and "_" not in cell else math.nan
        except ValueError:
            value = math.nan
        limits = f"{self.low:g}–{self.high:g} {self.unit}".rstrip() if self.low > -math.inf else ""
        if not math.isfinite(value) or (self.whole and not value.is_integer()):
            kind = "a whole number" if self.whole else "a number"
            fix = "a finite number is needed" if math.isinf(value) else number_fix(cell, bare=True)
            allowed = f", {limits}" if limits else ""
            return f"{quoted(cell)} is not {kind}{allowed}" + (
                f": {fix}" if fix and not math.isfinite(value) else ""
            )
        return value if self.low <= value <= self.high else f"{quoted(cell)} is outside {limits}"


@dataclass(frozen=True)
class Table:
    """A table as it was read, with all that is wrong with it so far.

    Attributes
    ----------
    file : str
        As messages call it.
    header : tuple of str
        Names of the columns.
    head : int
        Row of the header as a spreadsheet counts, from 1.
    rows : tuple of (int, tuple of str)
        Row as a spreadsheet counts, and its cells; as many as the header has.
    problems : tuple of Problem
    """

    file: str
    header: tuple[str, ...]
    head: int
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    problems: tuple[Problem, ...]

    def at(self, row: int, column: str = "") -> Place:
        """Return the place of a cell, or of a row."""
        return Place(self.file, row, self.header.index(column) + 1 if column in self.header else 0)

    def points(self, limits: dict[str, ColumnLimits]) -> tuple[tuple[float, ...], ...]:
        """Return the rows as numbers, in the order in which ``limits`` names the columns.

        Raises
        ------
        ScenarioError
            With every mistake: columns that are missing, unknown or there twice, rows with another number of cells, cells
            that are no number of their limits, rows that are there twice; or if there is no row.
        """
        problems = list(self.problems)
        missing = [name for name in limits if name not in self.header]
        for name in self.header:
            if name not in limits:
                close = nearest(name, missing or list(limits))
                hint = f"did you mean  {close[0]}?" if close else f"allowed here: {', '.join(limits)}"
                problems.append(Problem.at(self.at(self.head, name), name, "is no varied parameter", [hint]))
        for name in missing:
            problems.append(Problem.at(self.at(self.head), name, "has no column: the header must name it"))
        known = [(self.header.index(name), name, limits[name]) for name in limits if name in self.header]
        points: list[tuple[float, ...]] = []
        seen: dict[tuple[float, ...], int] = {}
        for row, cells in self.rows:
            if len(problems) > _MOST_PROBLEMS:
                break
            point = []
            for index, name, limit in known:
                value = limit.number(cells[index])
                if isinstance(value, float):
                    point.append(value)
                else:
                    problems.append(Problem.at(self.at(row, name), name, value))
            if len(point) < len(known):
                continue
            if not missing and (first := seen.setdefault(tuple(point), row)) != row:
                problems.append(Problem.at(self.at(row), "", f"is the same point as row {first}: remove one"))
            points.append(tuple(point))
        if not self.rows and not problems:
            problems.append(Problem.at(self.at(self.head), "", "holds no points"))
        if problems:
            raise ScenarioError(problems)
        return tuple(points)


def read_table(file: os.PathLike[str], shown: str) -> Table:
    """Read a CSV file: UTF-8, UTF-16 with a byte-order mark, or GBK (GB 18030).

    Parameters
    ----------
    shown
        File as messages call it.

    Raises
    ------
    ScenarioError
        If it cannot be read, is no text or too large, or has no header.
    """
    place = Place(shown)
    try:
        if not os.path.isfile(file):
            words = "is no file" if os.path.lexists(file) else "there is no such file"
            raise ScenarioError([Problem.at(place, "", f"cannot be read: {words}")])
        with open(file, "rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as problem:
        words = f"cannot be read: {problem.strerror or problem}"
        raise ScenarioError([Problem.at(place, "", words)]) from None
    if len(raw) > MAX_BYTES:
        raise ScenarioError([Problem.at(place, "", f"is larger than {MAX_BYTES / 1e6:.0f} MB")])
    return parse_table(decode(raw, shown), shown)


def parse_table(text: str, shown: str) -> Table:
    """Read the text of a table; see :func:`read_table`."""
    if "\0" in text:
        row = text.count("\n", 0, text.index("\0")) + 1
        words = "a zero byte was found: this is no table, or UTF-16 text without a byte-order mark; save it as UTF-8"
        raise ScenarioError([Problem.at(Place(shown, row), "", words)])
    lines = io.StringIO(text, newline="")
    first = next((line for line in lines if line.strip() and not line.startswith("#")), "")
    lines.seek(0)
    header: tuple[str, ...] | None = None
    head, rows, problems = 1, [], []
    row = 0
    try:
        for row, read in enumerate(csv.reader(lines, delimiter=max(",;\t", key=first.count)), 1):
            cells = tuple(cell.strip() for cell in read)
            if not any(cells) or cells[0].startswith("#"):
                continue
            if header is None:
                header, head = tuple(visible(cell) for cell in cells), row
            elif len(cells) != len(header):
                words = f"has {len(cells)} cell{'s'[: len(cells) != 1]}, the header has {len(header)}"
                problems.append(Problem.at(Place(shown, row), "", words))
            else:
                rows.append((row, cells))
            if len(rows) > _MOST_ROWS:
                problems.append(Problem.at(Place(shown, row), "", f"at most {_MOST_ROWS:,} rows are read"))
            if len(rows) > _MOST_ROWS or len(problems) > _MOST_PROBLEMS:
                break
    except csv.Error as problem:
        raise ScenarioError([Problem.at(Place(shown, row + 1), "", f"cannot be read: {problem}")]) from None
    if header is None:
        raise ScenarioError([Problem.at(Place(shown, 1), "", "is empty: the first row names the columns")])
    for column, name in enumerate(header, 1):
        place = Place(shown, head, column)
        if not name:
            problems.append(Problem.at(place, "", f"column {column} has no name"))
        elif name in header[: column - 1]:
            problems.append(
                Problem.at(
                    place, name, f"is a column twice: in columns {header.index(name) + 1} and {column}"
                )
            )
    return Table(shown, header, head, tuple(rows), tuple(problems))


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
    declared = find_declaration(Scenario, steps, data)
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
    """Read points from a table whose columns are parameters; see :mod:`govsim.scenario.studies`.

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
