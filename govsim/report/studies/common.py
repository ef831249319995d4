"""What commands about studies have in common: size before running, failures, and the folder of what was found."""

from __future__ import annotations

import math
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govsim.report.controls import COLUMNS as CONTROL_COLUMNS
from govsim.report.controls import control_lines, control_rows
from govsim.report.exits import DONE, INTERRUPTED, REFUSED, SOME_FAILED
from govsim.results.csvtext import Cell, table_bytes
from govsim.results.declare import Column, Indicator
from govsim.results.indicators import INDICATORS
from govsim.results.provenance import commit, portable, versions
from govsim.results.store import FORMAT, prepare, slug, write_folder
from govsim.results.tables import described
from govsim.results.values import Missing
from govsim.runner.options import RunOptions
from govsim.runner.progress import Reporter
from govsim.scenario.estimate import study_refusal, study_size
from govsim.scenario.fields import nearest
from govsim.scenario.messages import Place, Problem, ScenarioError
from govsim.studies.ablations import CONTROLS, Controlled, controlled_design, under_controls
from govsim.studies.experiments import Experiments

if TYPE_CHECKING:
    from govsim.scenario.studies import LoadedStudy

Table = tuple[tuple[Column, ...], list[list[Cell]]]
_MOST_TOLD = 10
_BASICS = ("participation_4w", "resolved_existing_26w", "trust_community")
"""Looked at where no indicator is named: they have a value in every run, however slow."""


@dataclass(frozen=True)
class StudyAsked:
    """A study, and what is asked of it other than its file says.

    Attributes
    ----------
    study : str
        Its file, or a built-in name.
    overrides : sequence of str
        Changes of its scenario, ``KEY=VALUE``.
    models : sequence of str
        Governance models, by name or file; the study's own where empty.
    seeds, points : int or None
        Numbers of them; the study's own where None.
    """

    study: str
    overrides: Sequence[str] = ()
    models: Sequence[str] = ()
    seeds: int | None = None
    points: int | None = None

    def load(self) -> LoadedStudy:
        """Return the study as asked for.

        Raises
        ------
        ScenarioError
            If the study or what it names is refused.
        """
        from govsim.scenario.studies import load_study

        return self.of(load_study(self.study, self.overrides))

    def of(self, study: LoadedStudy) -> LoadedStudy:
        """Return a study with these models, seeds and number of points instead of its own."""
        from govsim.scenario import load_governance

        section, points = study.study, self.points
        design = section.design if points is None else section.design.model_copy(update={"points": points})
        changed = {"design": design} | ({} if self.seeds is None else {"seeds": self.seeds})
        chosen = tuple(load_governance(name) for name in self.models) or study.models
        return replace(study, study=section.model_copy(update=changed), models=chosen)


def indicators(names: Sequence[str]) -> tuple[Indicator, ...]:
    """Return indicators by name; a few of the most important ones where none is named.

    Raises
    ------
    ScenarioError
        If there is no such indicator, with the nearest name.
    """
    known = {item.name: item for item in INDICATORS}
    problems = []
    for name in names:
        if name not in known:
            close = nearest(name, list(known))
            hint = f"did you mean  {close[0]}?" if close else f"such as {', '.join(_BASICS)}"
            problems.append(
                Problem.at(
                    Place("--indicator"),
                    name,
                    "there is no such indicator",
                    [hint, "all: docs/parameters"][:1],
                )
            )
    if problems:
        raise ScenarioError(problems)
    return tuple(known[name] for name in (names or _BASICS))


def refuse_unknown_names(study: LoadedStudy) -> None:
    """Refuse a study whose goals or check figures do not exist, as the commands that use them do.

    Raises
    ------
    ScenarioError
        With every unknown goal, or the first unknown check figure.
    """
    from govsim.results.errors import RefusedError
    from govsim.studies.calibration.targets import targets_of
    from govsim.studies.optimise.bench import goals_of

    if study.study.optimise is not None:
        goals_of(study)
    written = (path for path, item in study.origins.items() if item.kind != "default")
    if any(path.startswith("calibration.") for path in written):
        try:
            targets_of(study)
        except RefusedError as problem:
            raise ScenarioError([Problem.at(Place(study.file), "calibration", str(problem))]) from None


def refuse_size(study: LoadedStudy, points: int, out: Path, force: bool) -> None:
    """Refuse a study that does not fit, before anything is laid out or run.

    Raises
    ------
    ScenarioError
        Saying how much it needs and how much would fit.
    EnvironmentProblem
        If results cannot be written there.
    """
    there = out.absolute()
    while not there.exists():
        there = there.parent
    runs_of_point = len(study.models) * study.study.seeds
    size = study_size(study.base.scenario, points * runs_of_point)
    reason = study_refusal(size, shutil.disk_usage(there).free, force)
    if reason:
        each = f"{points:,} points x {len(study.models)} models x {study.study.seeds} seeds"
        raise ScenarioError([Problem.at(Place(study.file), "design", f"{each}: {reason}")])
    prepare(out)


def tell(parts: Sequence[Experiments], runs: int | None = None) -> int:
    """Tell on standard error what failed or was interrupted, and return the exit code.

    Parameters
    ----------
    runs
        All that there are to be, where that is more than the parts need that were begun.
    """
    total = sum(part.runs for part in parts) if runs is None else runs
    if any(part.interrupted for part in parts):
        kept = sum(part.computed + part.reused for part in parts)
        print(f"interrupted: {kept}/{total} runs kept; the same command continues.", file=sys.stderr)
        return INTERRUPTED
    failures = [failure for part in parts for failure in part.failures]
    for failure in failures[:_MOST_TOLD]:
        print(f"seed {failure.seed} of {failure.label} failed: {failure.problem}", file=sys.stderr)
        print(f"  again: {failure.repeat}", file=sys.stderr)
    if not failures:
        return DONE
    more = f" ({len(failures) - _MOST_TOLD} more not shown)" if len(failures) > _MOST_TOLD else ""
    print(f"{len(failures)} of {total} runs failed{more}.", file=sys.stderr)
    return REFUSED if any(failure.refused for failure in failures) else SOME_FAILED


def without_mechanisms(
    study: LoadedStudy, plain: Experiments, run: Callable[[LoadedStudy], Experiments], reporter: Reporter
) -> tuple[int, list[list[Controlled]]]:
    """Run a study again under every control; return the exit code, and what is left of each model's differences.

    Parameters
    ----------
    plain
        Its runs without a control.
    run
        Runs the same points, or the first of them, of another study.
    """
    under = []
    for control, other in under_controls(study):
        reporter.say(f"control: {control.en}")
        ran = run(other)
        code = tell([ran])
        if code != DONE:
            return code, []
        under.append((control, ran))
    return DONE, controlled_design(plain, under)


def refuse_controls_of_one(controls: bool, models: int, where: str) -> None:
    """Refuse controls where there is no difference between models that could survive them.

    Raises
    ------
    ScenarioError
    """
    if controls and models < 2:
        words = "one governance model: controls show what is left of a difference between models; name two or more"
        raise ScenarioError([Problem.at(Place(where), "models", words)])


def runs_times(controls: bool) -> int:
    """Return how many times as many runs it takes."""
    return 1 + len(CONTROLS) * controls


def controls_table(left: Sequence[Sequence[Controlled]]) -> Table:
    """Return the rows of all models and controls."""
    return CONTROL_COLUMNS, [row for items in left for item in items for row in control_rows(item)]


def control_words(left: Sequence[Sequence[Controlled]], letters: Sequence[str]) -> Iterator[str]:
    """Yield the printed tables, one a model after the first."""
    for letter, items in zip(letters[1:], left, strict=False):
        yield ""
        yield from control_lines(items, letter)


def records(columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> list[dict[str, Any]]:
    """Return rows as JSON takes them, by name of column."""
    return [
        {
            column.name: cell.value if isinstance(cell, Missing) else cell
            for column, cell in zip(columns, row, strict=True)
        }
        for row in rows
    ]


def write_study(
    options: RunOptions,
    study: LoadedStudy,
    kind: str,
    tables: Mapping[str, Table],
    figures: Mapping[str, bytes],
    more: Mapping[str, Any],
) -> Path:
    """Write what was found beside the runs and return the folder; what was there from an earlier call is replaced."""
    folder = options.out / slug(study.label) / kind
    files: dict[str, bytes] = {
        name: table_bytes(name, [column.name for column in columns], rows)
        for name, (columns, rows) in tables.items()
    }
    header, rows = described((name.removesuffix(".csv"), columns) for name, (columns, _) in tables.items())
    files["dictionary.csv"] = table_bytes("dictionary.csv", header, rows)
    manifest = {
        "format": FORMAT,
        "study": study.label,
        "scenario": study.base.label,
        "command": portable(list(options.command)),
        "versions": versions(),
        **commit(),
        **more,
    }
    write_folder(folder, {**files, **figures}, manifest)
    return folder


def shown(folder: Path) -> str:
    """Return a folder as seen from here."""
    path = folder.resolve()
    here = Path(os.getcwd())
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else str(path)


def smaller(bound: float, decimals: int) -> str:
    """Say what an effect is smaller than; the number is rounded up, so that it is a bound too."""
    if bound == 0:
        return "no difference"
    return f"smaller than {math.ceil(bound * 10**decimals) / 10**decimals:,.{decimals}f}"
