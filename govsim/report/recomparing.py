"""Making the tables of a comparison again from its runs, to see that they follow from them."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from govsim.report.files import comparison_files
from govsim.results.differences import TableDifference, file_difference
from govsim.results.errors import RefusedError
from govsim.results.load import load_results
from govsim.results.sealed import sealed
from govsim.results.store import read_small
from govsim.study.compare import ArmRuns, Comparison, compare
from govsim.study.finding import RUNS, runs_of


@dataclass(frozen=True)
class ComparisonChecked:
    """What was found of one comparison.

    Attributes
    ----------
    files, identical : int
        Tables made again, and those that are the same byte for byte.
    left : tuple of str
        Files that are only what was written by their hashes: figures, and tables of runs that it does not list.
    problem : str
        Why it could not be made again; "" where it was.
    """

    folder: Path
    files: int = 0
    identical: int = 0
    differences: tuple[TableDifference, ...] = ()
    left: tuple[str, ...] = ()
    problem: str = ""

    @property
    def same(self) -> bool:
        """Whether every table that was made again is the same."""
        return not self.problem and not self.differences


def verify_comparison(folder: Path) -> ComparisonChecked:
    """Make the tables of a comparison again from the runs that it names, and compare them byte for byte."""
    try:
        manifest = sealed(folder)
        arms, comparisons = recompared(folder)
        made = comparison_files(folder, arms, comparisons)
    except RefusedError as problem:
        return ComparisonChecked(folder, problem=str(problem))
    except (KeyError, TypeError, ValueError) as problem:
        return ComparisonChecked(folder, problem=f"{RUNS} cannot be read: {problem}")
    unlisted = {name for name in manifest["files"] if name not in made}
    if "controls.csv" in unlisted:  # its columns stand in the dictionary too
        made.pop("dictionary.csv", None)
        unlisted.add("dictionary.csv")
    differences = []
    with tempfile.TemporaryDirectory(prefix="govsim-verify-") as scratch:
        for name, content in made.items():
            again = Path(scratch) / name
            again.write_bytes(content)
            differences.append(file_difference(folder / name, again, 1.0))
    found = tuple(item for item in differences if item is not None)
    return ComparisonChecked(
        folder, len(made), len(made) - len(found), found, tuple(_kinds(sorted(unlisted)))
    )


def _kinds(names: list[str]) -> list[str]:
    figures = [name for name in names if name.endswith((".png", ".svg"))]
    rest = [name for name in names if name not in figures]
    return rest + ([f"{len(figures)} figures"] if figures else [])


def recompared(folder: Path) -> tuple[tuple[ArmRuns, ...], list[Comparison]]:
    """Return the arms of a comparison from its runs, and compare those that it compared.

    Raises
    ------
    RefusedError
        If a run is not there or not what was written.
    """
    said: dict[str, Any] = json.loads(read_small(folder / RUNS))
    beside = {path.name: path for path in runs_of(folder)}
    arms = []
    for arm in said["arms"]:
        runs = tuple(load_results(beside[Path(run["folder"]).name]) for run in arm["runs"])
        arms.append(ArmRuns(arm["label"], arm["content"], arm["capacity_mode"], runs))
    comparisons = []
    for item in said["comparisons"]:
        block = _block(arms, item["capacity_mode"])
        first = next(arm for arm in block if arm.label == item["baseline"])
        other = next(arm for arm in block if arm.label == item["other"])
        comparisons.append(compare(first, other, allow_unequal_budget=True))
    return tuple(arms), comparisons


def _block(arms: list[ArmRuns], mode: str) -> list[ArmRuns]:
    found = [arm for arm in arms if arm.mode == mode]
    return found or arms
