"""Which finished runs and comparisons a folder is, refers to or holds, and whether they were made with the same packages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from govsim.results.errors import RefusedError
from govsim.results.foreign import read_json
from govsim.results.load import Results
from govsim.results.store import MANIFEST, manifest_of

RUNS = "runs.json"
"""File in which a comparison says which runs it is made of."""
RUNS_SHAPE = {
    "arms": [
        {"label": str, "content": str, "capacity_mode": str, "runs": [{"seed": int, "folder": str}]},
    ],
    "comparisons": [dict],
}  # fmt: skip
"""Form of that file."""
_NAME = r"[0-9A-Za-z][0-9A-Za-z._-]*"
_BESIDE = re.compile(rf"\.\./(?:\.\./({_NAME})/)?({_NAME})")
"""How a comparison may name a run: a folder beside its own, or in that of another scenario of the same results folder."""


@dataclass(frozen=True)
class FoundRun:
    """A run folder and what its manifest says it is."""

    folder: Path
    model: str
    mode: str
    seed: int
    weeks: int
    started: str

    @property
    def what(self) -> tuple[str, str, int, int]:
        """Model, capacity mode, seed and weeks: runs that agree in them differ in age only."""
        return self.model, self.mode, self.seed, self.weeks


def runs_in(result: Path, designs: bool = False) -> list[FoundRun]:
    """Return the finished runs that a folder is, refers to or holds, in the order of their names.

    Parameters
    ----------
    designs
        Also of studies in a results folder; a study's own folder gives its runs in any case.

    Raises
    ------
    RefusedError
        If a comparison names runs that do not lie beside it.
    """
    if (result / RUNS).is_file():
        folders = runs_of(result)
    else:
        depths = ("", "*/", "*/*/", "*/*/*/") if designs else ("", "*/", "*/*/")
        folders = [path.parent for depth in depths for path in result.glob(f"{depth}{MANIFEST}")]
    found = [_found(folder.resolve()) for folder in sorted(set(folders))]
    return [run for run in found if run is not None]


def unusable_in(result: Path) -> list[str]:
    """Return which folders that a folder is, refers to or holds look like runs and cannot be used, each with the reason."""
    return [f"{folder.name}: {reason}" for folder, reason in _unusable(result)]


def unread_in(result: Path) -> list[Path]:
    """Return these folders themselves."""
    return [folder for folder, _ in _unusable(result)]


def refuse_unusable(result: Path) -> None:
    """Say why nothing in a folder can be used, where it holds what looks like runs.

    Raises
    ------
    RefusedError
        Naming the first of them and the reason.
    """
    for words in unusable_in(result) if result.is_dir() else ():
        raise RefusedError(f"{result.name} holds no run that can be used: {words}")


def _unusable(result: Path) -> list[tuple[Path, str]]:
    named = (result / RUNS).is_file()
    held = [path.parent for depth in ("", "*/", "*/*/") for path in result.glob(f"{depth}{MANIFEST}")]
    found = []
    for folder in runs_of(result) if named else sorted(set(held)):
        try:
            manifest = manifest_of(folder)
            reason = (
                ""
                if manifest is not None and (not named or "seed" in manifest)
                else f"no {MANIFEST} of a run"
            )
        except RefusedError as problem:
            reason = str(problem).removeprefix(f"{folder.name}: ")
        if reason:
            found.append((folder, reason if folder.is_dir() else "not there"))
    return found


def runs_of(comparison: Path) -> list[Path]:
    """Return the run folders that a comparison is made of.

    Raises
    ------
    RefusedError
        If it does not say so in its file, or names runs that do not lie beside it.
    """
    try:
        arms = read_json(comparison / RUNS, RUNS_SHAPE)["arms"]
    except RefusedError as problem:
        raise RefusedError(f"{problem}: it does not say which runs were compared") from None
    named = [run["folder"] for arm in arms for run in arm["runs"]]
    folders = []
    for name in dict.fromkeys(named):
        found = _BESIDE.fullmatch(name)
        if found is None:
            raise RefusedError(f"{comparison.name}: {RUNS} names a run that does not lie beside it: {name}")
        scenario, key = found.groups()
        home = comparison.resolve().parent
        folders.append((home.parent / scenario if scenario else home) / key)
    return folders


def comparisons_in(result: Path) -> list[Path]:
    """Return the comparison folders that a folder is or holds, in the order of their names."""
    return sorted({path.parent for depth in ("", "*/", "*/*/") for path in result.glob(f"{depth}{RUNS}")})


def answers_in(result: Path) -> list[Path]:
    """Return the folders in which commands on studies wrote what they found, in the order of their names."""
    depths = ("", "*/", "*/*/")
    found = {path.parent for depth in depths for path in result.glob(f"{depth}{MANIFEST}")}
    return sorted(folder for folder in found if "study" in _said(folder))


def _said(folder: Path) -> dict[str, Any]:
    try:
        return manifest_of(folder) or {}
    except RefusedError:
        return {}


def _found(folder: Path) -> FoundRun | None:
    manifest = _said(folder)
    if "seed" not in manifest:  # a comparison, or no finished run
        return None
    return FoundRun(
        folder, manifest["arm"], manifest["capacity_mode"], manifest["seed"], manifest["weeks"],
        manifest["started_utc"],
    )  # fmt: skip


class Mixture:
    """Versions of packages that runs were made with, run by run.

    Code of govsim that decides the numbers enters the key of a run, so runs of several codes are never mixed.
    """

    def __init__(self, runs: Iterable[Results] = ()) -> None:
        self._found: dict[str, dict[str, None]] = {}
        self.add(runs)

    def add(self, runs: Iterable[Results]) -> None:
        """Look at further runs."""
        for run in runs:
            for name, version in (run.manifest.get("versions") or {}).items():
                self._found.setdefault(name, {})[str(version)] = None

    @property
    def mixed(self) -> dict[str, list[str]]:
        """For each package of which there are several versions, these versions."""
        return {name: list(found) for name, found in sorted(self._found.items()) if len(found) > 1}


def mixture_words(mixed: dict[str, list[str]]) -> str:
    """Say which versions are mixed and what to do; "" where none are."""
    if not mixed:
        return ""
    listed = "; ".join(f"{name} {' and '.join(versions)}" for name, versions in mixed.items())
    return (
        f"MIXED VERSIONS: these runs were made with {listed}. `govsim verify` says whether all of them come out the same "
        "here; --force computes them again"
    )
