"""The command report, and the report that `run` and `compare` write beside their tables."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from govsim.report.asking import Languages
from govsim.report.exits import BAD_INPUT, DONE
from govsim.report.html.page import build
from govsim.report.html.reading import DETAILS, FACTS, read_material
from govsim.results.errors import EnvironmentProblem, RefusedError
from govsim.results.foreign import as_written, read_json
from govsim.results.store import read_manifest
from govsim.runner.find_runs import RUNS, runs_of

LARGEST = 5_000_000
"""Bytes of a page, at most; it has to fit into a mail."""
NAME = "report.html"
BRIEF = "brief.html"
_LISTED = 12
"""Comparisons named in a message."""


def report_command(comparison: Path, out: Path | None, languages: Languages, studies: Sequence[Path]) -> int:
    """Write a comparison as one HTML file and return the exit code.

    Parameters
    ----------
    comparison
        Folder of a comparison, or one that holds a single one.
    out
        The file; without it, ``report.html`` in the folder of the comparison.
    """
    for folder in studies:
        if not folder.is_dir() or not any(folder.glob("*.csv")):
            print(f"govsim: --with {folder}: no folder of a study (it has no table)", file=sys.stderr)
            return BAD_INPUT
    return _write(comparison, out, languages, studies)


def brief_command(comparison: Path, out: Path | None, languages: Languages) -> int:
    """Write the first page of a report alone, as ``brief.html`` where no file is named; return the exit code."""
    return _write(comparison, out, languages, alone=True)


def _write(
    comparison: Path,
    out: Path | None,
    languages: Languages,
    studies: Sequence[Path] = (),
    alone: bool = False,
) -> int:
    """Find the comparison that is meant and write its page."""
    found = _comparisons(comparison)
    if len(found) > 1:
        print(
            f"govsim: {comparison} holds {len(found)} comparisons; name the one that you mean:",
            file=sys.stderr,
        )
        for folder in found[:_LISTED]:
            print(f"  {folder}   {_made_by(folder)}", file=sys.stderr)
        if len(found) > _LISTED:
            print(f"  and {len(found) - _LISTED} more", file=sys.stderr)
        return BAD_INPUT
    if not found:
        print(
            f"govsim: no comparison in {comparison}. Name the folder that `govsim compare` printed as Results, "
            "such as  results/tiny/comparison-0123456789abcdef",
            file=sys.stderr,
        )
        return BAD_INPUT
    _look_at_runs(found[0])
    from jinja2 import TemplateError

    with as_written(found[0], TemplateError):
        written = write_report(found[0], out, languages, studies, alone)
    print(f"{'Brief ' if alone else 'Report'}     {written}")
    return DONE


def _look_at_runs(comparison: Path) -> None:
    """Refuse a comparison of which a run that lies beside it was changed since; it may have been handed on without them."""
    if (comparison / RUNS).is_file():
        for run in runs_of(comparison):
            if run.is_dir():
                read_manifest(run)


def write_report(
    folder: Path,
    out: Path | None = None,
    languages: Languages = "both",
    studies: Sequence[Path] = (),
    alone: bool = False,
) -> Path:
    """Write the report, or its first page alone, and return where it is; of many arms and seeds it shows less, and says what.

    Raises
    ------
    RefusedError
        If the comparison is damaged or no comparison, or the page would have more than 5 MB.
    EnvironmentProblem
        If the file cannot be written.
    """
    material = read_material(folder)
    for detail in DETAILS:
        page = build(replace(material, detail=detail), languages, studies, alone).encode(
            "utf-8", "backslashreplace"
        )
        if len(page) <= LARGEST:
            break
    else:
        raise RefusedError(
            f"the report would have {len(page) / 1e6:.1f} MB, more than the {LARGEST / 1e6:.0f} MB that fit into a mail: "
            "take one language, fewer arms or fewer studies"
        )
    target = out or folder / (BRIEF if alone else NAME)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(page)
            os.chmod(part, 0o644)
            os.replace(part, target)
        except BaseException:
            Path(part).unlink(missing_ok=True)
            raise
    except OSError as problem:
        raise EnvironmentProblem(f"cannot write the report to {target}: {problem.strerror}") from problem
    return target


def _comparisons(given: Path) -> list[Path]:
    """Return the folder of a comparison if it is given, else all that lie below it, in the order of their names."""
    if (given / FACTS).is_file() or (given / "compare.csv").is_file():
        return [given]
    return sorted(path.parent for depth in ("*/", "*/*/") for path in given.glob(f"{depth}{FACTS}"))


def _made_by(folder: Path) -> str:
    """Return the command that a comparison was made by."""
    try:
        return str(read_json(folder / FACTS, {"command": str})["command"])
    except RefusedError:
        return "(cannot be read)"
