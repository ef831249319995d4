"""Making a comparison again from its runs, to see that its tables and its words follow from them."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from govsim.report.comparing.about import FACTS_SHAPE, Request, record
from govsim.report.files import comparison_tables
from govsim.results.differences import Cell, TableDifference, file_difference
from govsim.results.errors import RefusedError
from govsim.results.foreign import read_json
from govsim.results.indicators import INDICATORS
from govsim.results.load import load_results
from govsim.results.sealed import sealed
from govsim.runner.find_runs import RUNS, RUNS_SHAPE, runs_of
from govsim.studies.compare import ArmRuns, Comparison, compare, looked_at_together
from govsim.studies.groups import compare_groups

_WORDS = "comparison.json"
_OF_THE_PROGRAM = ("version", "commit", "dirty")
"""Entries of it that tell which program wrote it, not what the runs say."""


@dataclass(frozen=True)
class ComparisonChecked:
    """What was found of one comparison.

    Attributes
    ----------
    files, identical : int
        Files made again, and those that are the same.
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
        """Whether everything that was made again is the same."""
        return not self.problem and not self.differences


@dataclass(frozen=True)
class Recompared:
    """A comparison made again from its runs: its arms by block, its pairs, and what was asked."""

    main: tuple[ArmRuns, ...]
    second: tuple[ArmRuns, ...]
    comparisons: list[Comparison]
    about: Request


def verify_comparison(folder: Path) -> ComparisonChecked:
    """Make the tables of a comparison again from the runs that it names, and compare them byte for byte."""
    try:
        manifest = sealed(folder)
        said = read_json(folder / _WORDS, FACTS_SHAPE) if _WORDS in manifest["files"] else {}
        found = recompared(folder, said, bool(manifest.get("unpaired_asked")))
        groups = [compare_groups(c.baseline, c.other, independent=c.independent) for c in found.comparisons]
        made = comparison_tables(
            folder, found.main, found.second, found.comparisons, groups, communities=found.about.communities
        )
        key = folder.name.removeprefix("comparison-")
        words = record(found.about, key, found.main, found.second, found.comparisons, groups)
    except RefusedError as problem:
        return ComparisonChecked(folder, problem=str(problem))
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, StopIteration) as problem:
        if isinstance(problem, KeyError) and (name := problem.args[0]) in {one.name for one in INDICATORS}:
            return ComparisonChecked(
                folder, problem=f"its runs have no {name}: another version of govsim wrote them"
            )
        return ComparisonChecked(folder, problem=f"{RUNS} or {_WORDS} cannot be read: {problem}")
    unlisted = {name for name in manifest["files"] if name not in made}
    if unlisted & {"controls.csv", "within.csv"}:  # their columns stand in the dictionary too
        made.pop("dictionary.csv", None)
        unlisted.add("dictionary.csv")
    differences = _table_differences(folder, made)
    if said:
        unlisted.discard(_WORDS)
        differences.append(_word_difference(said, json.loads(json.dumps(words))))
    wrong = tuple(item for item in differences if item is not None)
    left = tuple(_kinds(sorted(unlisted)))
    return ComparisonChecked(folder, len(differences), len(differences) - len(wrong), wrong, left)


def _table_differences(folder: Path, made: dict[str, bytes]) -> list[TableDifference | None]:
    with tempfile.TemporaryDirectory(prefix="govsim-verify-") as scratch:
        found = []
        for name, content in made.items():
            again = Path(scratch) / name
            again.write_bytes(content)
            found.append(file_difference(folder / name, again, 1.0))
        return found


def _word_difference(said: dict[str, Any], again: dict[str, Any]) -> TableDifference | None:
    names = [name for name in dict.fromkeys([*said, *again]) if name not in _OF_THE_PROGRAM]
    wrong = [name for name in names if said.get(name) != again.get(name)]
    if not wrong:
        return None
    shown = [json.dumps(item.get(wrong[0]), ensure_ascii=False)[:60] for item in (said, again)]
    return TableDifference(_WORDS, cells=len(wrong), first=Cell(None, "entry", wrong[0], shown[0], shown[1]))


def _kinds(names: list[str]) -> list[str]:
    figures = [name for name in names if name.endswith((".png", ".svg"))]
    rest = [name for name in names if name not in figures]
    return rest + ([f"{len(figures)} figures"] if figures else [])


def recompared(folder: Path, said: dict[str, Any], independent: bool) -> Recompared:
    """Compare the runs of a comparison once more.

    Parameters
    ----------
    said
        Content of its ``comparison.json``; empty where it has none.
    independent
        Whether it was asked for without pairing.

    Raises
    ------
    RefusedError
        If a run is not there or not what was written.
    """
    listed: dict[str, Any] = read_json(folder / RUNS, RUNS_SHAPE)
    beside = {path.name: path for path in runs_of(folder)}
    chinese = [arm["label_zh"] for arm in said["arms"]] if said else [""] * len(listed["arms"])
    arms = [
        ArmRuns(
            arm["label"],
            arm["content"],
            arm["capacity_mode"],
            tuple(load_results(beside[Path(run["folder"]).name]) for run in arm["runs"]),
            zh,
        )
        for arm, zh in zip(listed["arms"], chinese, strict=True)
    ]
    blocks = max(1, len(arms) - len(listed["comparisons"]))
    if blocks > 2 or len(arms) % blocks:
        raise ValueError("arms and comparisons do not fit each other")
    main, second = arms[: len(arms) // blocks], arms[len(arms) // blocks :]
    comparisons = [*_block(main, independent), *_block(second, independent)]
    about = Request(
        title=str(said.get("title", "")),
        title_zh=str(said.get("title_zh", said.get("title", ""))),
        communities=said.get("communities", {}),
        command=str(said.get("command", "")),
        independent=independent,
        allow_unequal_budget=bool(said.get("budget", {}).get("allowed")),
        changes=said.get("changes", []),
        between=said.get("between_arms", []),
        values=said.get("values", {}),
        until=said.get("until"),
    )
    return Recompared(tuple(main), tuple(second), comparisons, about)


def _block(arms: Sequence[ArmRuns], independent: bool) -> list[Comparison]:
    """Compare the arms of a block with its first one; what was allowed then is allowed now."""
    return looked_at_together([
        compare(arms[0], other, allow_unequal_budget=True, independent=independent) for other in arms[1:]
    ])  # fmt: skip
