"""Running again what a result holds, from its own files, and proving that every table is the same.

A result of other code or other packages is run again by what is installed here; what differs is named with the week, the
process and the indicator in which it first shows.

And small studies that every machine must get the same numbers from: one held against a stored hash, one kept by pages.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from govsim.assurance.divergence import RunRequest, writers
from govsim.engine import simulate
from govsim.results.differences import TableDifference, claim_differences, file_difference, raw_differences
from govsim.results.errors import EnvironmentProblem, RefusedError
from govsim.results.foreign import as_written
from govsim.results.indicators import HEADLINE, summarise
from govsim.results.load import Results, untrusted_folder
from govsim.results.provenance import source_hash, versions
from govsim.results.values import Value, text
from govsim.results.view import View
from govsim.runner.one_run import ArmJob
from govsim.runner.options import RunOptions
from govsim.runner.planning import Choice, arm_with_measures, content, distinct, plan, with_labels_apart
from govsim.runner.points import base_of, is_point, no_documents, settings_of
from govsim.runner.progress import Reporter
from govsim.runner.replicates import run_all
from govsim.scenario import Loaded, LoadedGovernance, list_governance, list_measures, load, load_measure
from govsim.scenario.messages import ScenarioError
from govsim.statistics.paired import contrast, holm
from govsim.world import build

EXPECTED = "72489dad96928f9e"
"""Hash of the accepted numbers; changes with the golden study, and a test says to what."""
WEEKS = ("run.weeks=26",)
SEED = 1


def indicators_digest(values: Mapping[str, Mapping[str, str]], without: str = "") -> str:
    """Return the hash of the indicators by model, as they are stored; one of them may be left out."""
    lines = [
        f"{model} {name} {value}"
        for model in sorted(values)
        for name, value in sorted(values[model].items())
        if name != without
    ]
    return hashlib.blake2b("\n".join(lines).encode(), digest_size=8).hexdigest()


def self_test() -> str:
    """Run 300 residents for half a year under the models of that scenario and return the hash of all indicators."""
    return indicators_digest(
        {arm.name: _told(values) for arm, values in _summaries(load("tiny", WEEKS), [SEED])}
    )


def probe() -> dict[str, dict[str, str]]:
    """Run 300 residents for half a year under every shipped model and countermeasure and return what is reported.

    It also covers the paired statistics of the first two models over three seeds. Pages with numbers keep its
    :func:`indicators_digest`: code that gives another one may give other numbers in them.
    """
    measures = [
        {"use": name, "start": 4}
        for name in list_measures()
        if load_measure(name).section.kind == "countermeasure"
    ]
    first = list_governance()[0]
    arms = [*list_governance(), *({"model": first, "measures": [measure]} for measure in measures)]
    every = load("tiny", [*WEEKS, f"governance.models={json.dumps(arms)}"])
    values = {
        f"{number} {arm.name}": _told(found) for number, (arm, found) in enumerate(_summaries(every, [SEED]))
    }
    pair = load("tiny", [*WEEKS, f"governance.models={json.dumps(list_governance()[:2])}"])
    runs = [found for _, found in _summaries(pair, range(SEED, SEED + 3))]
    statistics = {
        item.name: contrast([run[item.name] for run in runs[:3]], [run[item.name] for run in runs[3:]])
        for item in HEADLINE
    }
    corrected = holm([found.p for found in statistics.values()])
    values["statistics"] = {
        name: " ".join(
            f"{x:.6g}" if isinstance(x, float) else str(x) for x in (found.difference, found.half_width, p)
        )
        for (name, found), p in zip(statistics.items(), corrected, strict=True)
    }
    return values


def _summaries(loaded: Loaded, seeds: Sequence[int]) -> Iterator[tuple[LoadedGovernance, dict[str, Value]]]:
    """Yield the indicators of every model, seed by seed, in the order of models."""
    worlds = {seed: build(loaded.scenario.population, loaded.scenario.network, seed) for seed in seeds}
    for governance in loaded.governance:
        arm = arm_with_measures(Choice("tiny", loaded, governance, "observed"))
        for seed, world in worlds.items():
            yield governance, summarise(View(simulate(world, loaded.scenario, arm, seed)))


def _told(values: Mapping[str, Value]) -> dict[str, str]:
    return {name: text(value) for name, value in values.items()}


SCENARIO = "scenario.yaml"
"""File of a run folder from which it can be run again."""
_ROOM = 1.2
"""Free disk that must be there for the rerun, as a multiple of what the result takes."""


@dataclass(frozen=True)
class Checked:
    """What was found of one run.

    Attributes
    ----------
    folder : Path
    what : str
        Model, capacity mode and seed, for people.
    files, identical : int
        Files that were compared, the claims of the manifest counted as one, and those that are the same byte for byte.
    differences : tuple of TableDifference
        The others, the one in which the runs part first in front.
    week : int or None
        First week in which a table differs.
    processes : tuple of str
        Processes that write what differs there, in the order of the week.
    moved : dict of str to (str, str)
        Packages whose version then and now is not the same.
    other_code : bool
        Written by other code of govsim than the one that ran it again.
    problem : str
        Why it could not be compared; "" where it was.
    damaged : bool
        Its files are not what was written; nothing was run.
    failed : bool
        Running it again failed.
    not_of_itself : bool
        It was kept without what it could be run again from; nothing was run.
    notes : tuple of str
    """

    folder: Path
    what: str
    files: int = 0
    identical: int = 0
    differences: tuple[TableDifference, ...] = ()
    week: int | None = None
    processes: tuple[str, ...] = ()
    moved: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    other_code: bool = False
    problem: str = ""
    damaged: bool = False
    failed: bool = False
    not_of_itself: bool = False
    notes: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        """Whether every value is the same, in whatever bytes."""
        return not self.problem and all(item.same_values for item in self.differences)


@dataclass(frozen=True)
class RunToRepeat:
    """A run that is there, and how it is run again."""

    folder: Path
    manifest: dict[str, Any]
    choice: Choice
    plan: ArmJob
    seed: int

    @property
    def what(self) -> str:
        """Model, capacity mode and seed, for people."""
        return run_named(self.manifest)


def run_named(manifest: Mapping[str, Any]) -> str:
    """Return which model, capacity mode and seed a manifest says it is of."""
    return f"{manifest.get('arm')}, {manifest.get('capacity_mode')}, seed {manifest.get('seed')}"


class NotOfItselfError(RefusedError):
    """A run was kept without what it could be run again from."""


def subject(folder: Path, scratch: Path) -> RunToRepeat:
    """Return a run that is whole, read from its own scenario, to be run again in ``scratch``.

    Raises
    ------
    RefusedError
        If a file is not what was written, a link, or missing.
    ScenarioError
        If this govsim does not accept its scenario.
    """
    from govsim.scenario import load

    manifest = untrusted_folder(folder)
    source, settings = folder, list[str]()
    if is_point(manifest):
        source = base_of(folder, manifest)
        settings = [*settings_of(manifest), f"run.first_seed={int(manifest['seed'])}"]
    elif not {SCENARIO, "governance.yaml"} <= set(manifest["files"]):
        raise NotOfItselfError(
            f"it holds its indicators only, without {SCENARIO}; the command of its study computes it again"
        )
    loaded = load(source / SCENARIO, settings)
    loaded = replace(loaded, label=str(manifest["scenario"]))
    if len(loaded.governance) != 1 or loaded.scenario.governance.capacity_mode not in ("neutral", "observed"):
        raise RefusedError(f"run {folder.name}: {SCENARIO} is not of one run")
    mode = "neutral" if loaded.scenario.governance.capacity_mode == "neutral" else "observed"
    choice = Choice(str(source / SCENARIO), loaded, loaded.governance[0], mode)  # type: ignore[arg-type]
    planned = replace(plan(choice, scratch), keep=manifest.get("kept", "everything"))
    if is_point(manifest):
        planned = replace(planned, documents=no_documents, point=manifest["point"])
    return RunToRepeat(folder, manifest, choice, planned, loaded.scenario.run.first_seed)


def verify_runs(folders: Sequence[Path], options: RunOptions) -> list[Checked]:
    """Run again what some folders hold and compare every file.

    Parameters
    ----------
    options
        Those of the rerun. Its results folder is empty; what is in it afterwards may be thrown away.

    Raises
    ------
    EnvironmentProblem
        If there is no room for the rerun, or it cannot be written.
    KeyboardInterrupt
        If somebody asked to stop.
    """
    scratch = options.out
    options = replace(options, reporter=options.reporter or Reporter())
    checked: dict[Path, Checked] = {}
    subjects: list[RunToRepeat] = []
    for folder in folders:
        try:
            with as_written(folder):
                subjects.append(subject(folder, scratch))
        except RefusedError as problem:
            alone = isinstance(problem, NotOfItselfError)
            checked[folder] = Checked(
                folder, folder.name, problem=str(problem), damaged=not alone, not_of_itself=alone
            )
        except ScenarioError as problem:
            words = f"its {SCENARIO} is not accepted by this govsim: {problem.problems[0].message}"
            checked[folder] = Checked(folder, folder.name, problem=words)
    _make_room([item.folder for item in subjects], scratch)
    again = _run_again(subjects, options)
    for item in subjects:
        try:
            with as_written(item.folder):
                checked[item.folder] = _compare(item, again[item.folder])
        except RefusedError as problem:
            checked[item.folder] = Checked(item.folder, item.what, problem=str(problem), damaged=True)
    return [checked[folder] for folder in folders]


def _make_room(folders: Sequence[Path], scratch: Path) -> None:
    size = sum(path.stat().st_size for folder in folders for path in folder.iterdir())
    free = shutil.disk_usage(scratch).free
    if _ROOM * size > free:
        raise EnvironmentProblem(
            f"the rerun needs about {_ROOM * size / 1e6:,.0f} MB in {scratch.parent}, where {free / 1e6:,.0f} MB are free; "
            "--keep FOLDER puts it elsewhere"
        )


def _run_again(subjects: Sequence[RunToRepeat], options: RunOptions) -> dict[Path, Results | str]:
    """Return the rerun of each folder, or why it failed; arms with the same seeds are run together."""
    plans, where = distinct([item.plan for item in subjects])
    seeds: dict[int, set[int]] = {}
    for item, index in zip(subjects, where, strict=True):
        seeds.setdefault(index, set()).add(item.seed)
    batches: dict[tuple[int, ...], list[int]] = {}
    for index, wanted in seeds.items():
        batches.setdefault(tuple(sorted(wanted)), []).append(index)
    done: dict[tuple[str, int], Results | str] = {}
    for numbers, indices in batches.items():
        some = with_labels_apart([plans[index] for index in indices])
        outcome = run_all(some, numbers, options)
        if outcome.interrupted:
            raise KeyboardInterrupt
        by_label = {arm.label: content(arm) for arm in some}
        for (index, seed), results in outcome.results.items():
            done[content(some[index]), seed] = results
        for failure in outcome.failures:
            done[by_label[failure.label], failure.seed] = failure.problem
    return {item.folder: done[content(item.plan), item.seed] for item in subjects}


def _compare(item: RunToRepeat, again: Results | str) -> Checked:
    manifest = item.manifest
    moved = moved_versions(manifest)
    other_code = manifest["hashes"].get("code") != source_hash()
    if isinstance(again, str):
        words = f"running it again failed: {again}"
        return Checked(item.folder, item.what, problem=words, failed=True, moved=moved, other_code=other_code)
    compared = compare_folders(item.folder, manifest, again.folder, again.manifest)
    notes = []
    if manifest["hashes"].get("scenario") != item.plan.scenario_hash and not compared[1]:
        notes.append(
            "its parameters were declared differently when it was written; they give the same numbers"
        )
    week, processes = None, tuple[str, ...]()
    if any(not difference.same_values for difference in compared[1]):
        week, processes = _first_week(item, again.folder, compared[1])
    return Checked(
        item.folder,
        item.what,
        files=compared[0],
        identical=compared[0] - len(compared[1]),
        differences=tuple(compared[1]),
        week=week,
        processes=processes,
        moved=moved,
        other_code=other_code,
        notes=tuple(notes),
    )


def moved_versions(manifest: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Return packages whose version in a manifest is not the one installed here, as (then, now)."""
    then, now = manifest.get("versions") or {}, versions()
    return {
        name: (str(then.get(name, "not there")), now.get(name, "not there"))
        for name in sorted({*then, *now})
        if then.get(name) != now.get(name)
    }


def compare_folders(
    first: Path, ours: Mapping[str, Any], second: Path, theirs: Mapping[str, Any]
) -> tuple[int, list[TableDifference]]:
    """Return how many files two run folders have together, and how they differ, the earliest week first."""
    names = sorted({*ours["files"], *theirs["files"]})
    found = [file_difference(first / name, second / name, float(ours["hours_per_week"])) for name in names]
    differences = [item for item in found if item is not None] + claim_differences(ours, theirs)
    differences.sort(key=_when)
    return len(names) + 1, differences


def _when(item: TableDifference) -> tuple[bool, float, str]:
    week = item.first.week if item.first is not None else None
    return item.same_values, float("inf") if week is None else week, item.file


def _first_week(
    item: RunToRepeat, again: Path, differences: Sequence[TableDifference]
) -> tuple[int | None, tuple[str, ...]]:
    """Return the first week in which tables differ, and the processes that write there what differs."""
    weeks = [d.first.week for d in differences if d.first is not None and d.first.week is not None]
    if not weeks:
        return None, ()
    week = min(weeks)
    raw = raw_differences(item.folder, again, week)
    if not raw or week >= item.plan.weeks:
        return week, ()
    from govsim.world import build

    scenario = item.choice.loaded.scenario
    world = build(scenario.population, scenario.network, item.seed)
    found = []
    for name, written in writers(
        RunRequest(world, scenario, arm_with_measures(item.choice), item.seed), week
    ):
        if any(written[table][place] for table, places in raw.items() for place in places):
            found.append(name)
    return week, tuple(found)
