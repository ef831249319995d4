"""The command verify: is a result what its files give, does a comparison follow from its runs, where do two runs part?"""

from __future__ import annotations

import contextlib
import json
import shlex
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from govsim.assurance.verify import Checked, verify_runs
from govsim.report.comparing.about import FACTS_SHAPE, Request, comparison_record
from govsim.report.exits import DONE, REFUSED, SOME_FAILED
from govsim.report.files import comparison_tables
from govsim.report.running import command, count
from govsim.results.differences import Cell, TableDifference, file_difference
from govsim.results.errors import EnvironmentProblem, RefusedError
from govsim.results.foreign import read_json
from govsim.results.indicators import INDICATORS
from govsim.results.load import load_run, untrusted_folder
from govsim.results.store import MANIFEST, prepare
from govsim.runner.find_runs import RUNS, RUNS_SHAPE, answers_in, comparisons_in, runs_in, runs_of, unread_in
from govsim.runner.options import RunOptions
from govsim.runner.replicates import Simulator
from govsim.scenario.messages import Place, Problem, ScenarioError
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
        manifest = untrusted_folder(folder)
        said = read_json(folder / _WORDS, FACTS_SHAPE) if _WORDS in manifest["files"] else {}
        found = recompared(folder, said, bool(manifest.get("unpaired_asked")))
        groups = [compare_groups(c.baseline, c.other, independent=c.independent) for c in found.comparisons]
        made = comparison_tables(
            folder, found.main, found.second, found.comparisons, groups, communities=found.about.communities
        )
        key = folder.name.removeprefix("comparison-")
        words = comparison_record(found.about, key, found.main, found.second, found.comparisons, groups)
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
    figures = [name for name in names if name.endswith((".png", ".svg", ".pdf"))]
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
            tuple(load_run(beside[Path(run["folder"]).name]) for run in arm["runs"]),
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


_SHOWN = 5
"""Files that differ, or runs that are alike, named one by one."""


def verify_command(
    result: Path,
    against: Path | None = None,
    keep: Path | None = None,
    jobs: int = 0,
    json_output: bool = False,
    engine: Simulator | None = None,
) -> int:
    """Run again what a result holds, say whether every table is the same, and return the exit code.

    Parameters
    ----------
    result
        A run, a comparison, or a folder that holds them.
    against
        Another run; then the two are compared with each other (see :mod:`govsim.assurance.divergence`).
    keep
        Where the rerun is kept; without it, it is thrown away.

    Raises
    ------
    ScenarioError
        If there is no result there.
    EnvironmentProblem
        If the rerun cannot be written.
    """
    if against is not None:
        from govsim.cli.divergence import against_command

        return against_command(result, against, json_output)
    folders, comparisons, answers = contents(result)
    with scratch_folder(keep) as scratch:
        options = RunOptions(scratch, jobs, command=tuple(command()), engine=engine)
        checked = verify_runs(folders, options)
    compared = [verify_comparison(folder) for folder in comparisons]
    answered = [_look_at(folder) for folder in answers]
    if json_output:
        print(json.dumps(_as_json(result, checked, compared, answered), ensure_ascii=False, allow_nan=False))
    else:
        print("\n".join(_lines(checked, compared, answered)))
    if any(item.damaged for item in checked):
        return REFUSED
    if any(item.failed or item.not_of_itself for item in checked):
        return SOME_FAILED
    return DONE if _whole(checked, compared, answered) else REFUSED


@dataclass(frozen=True)
class AnswerChecked:
    """What a command on a study wrote: whether its files are what was written; they are not made again.

    Attributes
    ----------
    name : str
        Study and kind, for people.
    command : str
        That makes it again.
    problem : str
        What is not as it was written; "" where all is.
    """

    name: str
    command: str
    problem: str = ""


def _look_at(folder: Path) -> AnswerChecked:
    name = f"{folder.parent.name}/{folder.name}"
    try:
        return AnswerChecked(name, shlex.join(untrusted_folder(folder).get("command") or []))
    except RefusedError as problem:
        return AnswerChecked(name, "", str(problem))


def _whole(
    checked: Sequence[Checked], compared: Sequence[ComparisonChecked], answered: Sequence[AnswerChecked]
) -> bool:
    same = all(item.same for item in checked) and all(item.same for item in compared)
    return same and not any(item.problem for item in answered)


def contents(result: Path) -> tuple[list[Path], list[Path], list[Path]]:
    """Return the runs, the comparisons and the answers of studies that a result is or holds.

    Raises
    ------
    ScenarioError
        If there are none.
    """
    comparisons = comparisons_in(result) if result.is_dir() else []
    folders = [run.folder for run in runs_in(result, designs=True)] if result.is_dir() else []
    folders += unread_in(result) if result.is_dir() else []  # what is wrong with them is said by opening them
    if (result / MANIFEST).is_file() and not folders and not comparisons:
        folders = [result]
    for comparison in comparisons:
        folders += [folder for folder in runs_of(comparison) if folder.resolve() not in folders]
    if not folders:
        text = "holds no finished run" if result.is_dir() else "is no folder"
        hint = (
            f"a run folder is <out>/<scenario>/<key> and has a {MANIFEST}; a packed result is unzipped first"
        )
        raise ScenarioError([Problem.at(Place(str(result)), "", text, [hint])])
    return list(dict.fromkeys(folders)), comparisons, answers_in(result)


@contextlib.contextmanager
def scratch_folder(keep: Path | None) -> Iterator[Path]:
    """Give an empty folder for a rerun."""
    if keep is not None:
        prepare(keep)
        if any(keep.iterdir()):
            raise EnvironmentProblem(f"{keep} is not empty: the rerun needs a folder of its own")
        yield keep
        return
    try:
        with tempfile.TemporaryDirectory(prefix="govsim-verify-") as folder:
            yield Path(folder)
    except FileNotFoundError as problem:
        raise EnvironmentProblem(f"no folder for temporary files: {problem.strerror}") from None


def _lines(
    checked: Sequence[Checked], compared: Sequence[ComparisonChecked], answered: Sequence[AnswerChecked]
) -> list[str]:
    lines: list[str] = []
    files = sum(item.files for item in checked)
    identical = sum(item.identical for item in checked)
    same = [item for item in checked if item.same]
    lines.append(
        f"{identical}/{files} identical: files of {count(len(checked), 'run')}, run again from their own files"
    )
    lines += [f"  same       {item.what} ({item.folder.name})" for item in same[:_SHOWN]]
    lines += [f"  same       and {len(same) - _SHOWN} more"] if len(same) > _SHOWN else []
    for item in checked:
        if not item.same:
            lines += _not_same(item)
    others = [item for item in checked if not item.problem]
    lines += _circumstances(others)
    for comparison in compared:
        name = comparison.folder.name
        if comparison.problem:
            lines.append(f"{name}: {comparison.problem}")
        else:
            lines.append(
                f"{comparison.identical}/{comparison.files} identical: tables of {name}, made again from its runs"
            )
            lines += [f"  {_difference(item)}" for item in comparison.differences[:_SHOWN]]
            lines += [f"  not redone: {', '.join(comparison.left)}"] if comparison.left else []
    for answer in answered:
        again = f"; not made again, which  {answer.command}  does" if answer.command else ""
        lines.append(answer.problem or f"{answer.name}: as it was written{again}")
    lines.append("verified" if _whole(checked, compared, answered) else "NOT verified")
    return lines


def _not_same(item: Checked) -> list[str]:
    if item.problem:
        state = "damaged" if item.damaged else "not run"
        return [f"  {state:10} {item.what}: {item.problem}"]
    lines = [f"  DIFFERS    {item.what} ({item.folder.name})"]
    if item.week is not None:
        wrote = f", process {' or '.join(item.processes)}" if item.processes else ""
        lines.append(f"             first in week {item.week}{wrote}")
    differences = [difference for difference in item.differences if not difference.same_values]
    lines += [f"             {_difference(difference)}" for difference in differences[:_SHOWN]]
    if len(differences) > _SHOWN:
        lines.append(f"             and {len(differences) - _SHOWN} more files")
    return lines


def _difference(item: TableDifference) -> str:
    if item.first is None:
        return f"{item.file} {item.words}"
    size = "" if item.largest is None else f", by up to {100 * item.largest:.3g} %"
    cell = item.first
    return f"{item.file}: {count(item.cells, 'cell')}{size}; first {cell.row}, {cell.column}: {cell.first}, again {cell.second}"


def _circumstances(checked: Sequence[Checked]) -> list[str]:
    """Say what else differs: code, packages, bytes of equal values."""
    lines = []
    other = [item for item in checked if item.other_code]
    if other:
        kind = "gives the same values" if all(item.same for item in other) else "was run instead"
        lines.append(
            f"{len(other)} of them written by other code of govsim than is installed here, which {kind}"
        )
    moved = {name: pair for item in checked for name, pair in item.moved.items()}
    if moved:
        listed = ", ".join(f"{name} {then} -> {now}" for name, (then, now) in sorted(moved.items()))
        lines.append(f"versions then -> now: {listed}")
    bytes_only = {d.file for item in checked for d in item.differences if d.same_values}
    if bytes_only:
        lines.append(f"the same values in other bytes: {', '.join(sorted(bytes_only))}")
    lines += sorted({note for item in checked for note in item.notes})
    return lines


def _as_json(
    result: Path,
    checked: Sequence[Checked],
    compared: Sequence[ComparisonChecked],
    answered: Sequence[AnswerChecked],
) -> dict[str, Any]:
    return {
        "result": result.name,
        "verified": _whole(checked, compared, answered),
        "identical": sum(item.identical for item in checked),
        "files": sum(item.files for item in checked),
        "runs": [
            {**asdict(item), "folder": item.folder.name, "moved": dict(item.moved), "same": item.same}
            for item in checked
        ],
        "comparisons": [{**asdict(item), "folder": item.folder.name, "same": item.same} for item in compared],
        "answers": [asdict(item) for item in answered],
    }
