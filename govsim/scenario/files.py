"""Which file is meant: built-in names, the project folder that nothing may leave, chains of ``extends``."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath

import govsim
from govsim.scenario.fields import nearest
from govsim.scenario.messages import Place, Problem, ScenarioError
from govsim.scenario.reader import MAX_BYTES, Document, read_bytes

MAX_PARENTS = 8


@dataclass(frozen=True)
class Shelf:
    """Files that are known by name.

    Attributes
    ----------
    kind : str
        ``scenario``, ``governance model`` or ``measure``.
    folder : Path
        Where they lie.
    shown : str
        Folder as shown to people and kept in origins, whatever the machine.
    """

    kind: str
    folder: FilePath
    shown: str

    def names(self) -> list[str]:
        """Names of all files on the shelf."""
        return sorted(file.stem for file in self.folder.glob("*.yaml")) if self.folder.is_dir() else []

    def file(self, name: str) -> FilePath | None:
        """Return the file of that name, or None."""
        found = self.folder / f"{name}.yaml"
        return found if name.isidentifier() and os.path.isfile(found) else None

    def begun(self, text: str) -> list[str]:
        """Names whose first words are ``text``."""
        return [known for known in self.names() if text and known.startswith(f"{text}_")]

    def holds(self, source: SourceFile) -> bool:
        """Return whether a file is known by name here."""
        return source.shown.startswith(f"{self.shown}/") and source.file.parent == self.folder


def scenario_shelf() -> Shelf:
    """Scenarios of the repository, or of the installed package."""
    package = FilePath(govsim.__file__).parent
    folder = package / "scenarios"
    return Shelf("scenario", folder if folder.is_dir() else package.parent / "scenarios", "scenarios")


def study_shelf() -> Shelf:
    """Studies of the repository, or of the installed package; they lie in a folder of the scenarios."""
    scenarios = scenario_shelf()
    return Shelf("study", scenarios.folder / "studies", f"{scenarios.shown}/studies")


def governance_shelf() -> Shelf:
    """Governance models shipped with the package."""
    return Shelf("governance model", FilePath(govsim.__file__).parent / "governance", "govsim/governance")


def measure_shelf() -> Shelf:
    """Countermeasures and shocks shipped with the package."""
    return Shelf("measure", FilePath(govsim.__file__).parent / "measures", "govsim/measures")


@dataclass(frozen=True)
class SourceFile:
    """A file to read: where it lies, and how it is called in messages and origins."""

    file: FilePath
    shown: str

    @property
    def identity(self) -> tuple[int, int]:
        """What the file is for the disk, equal for links to it and, on a case-blind disk, other spellings."""
        found = self.file.stat()
        return found.st_dev, found.st_ino


def locate(name: str | os.PathLike[str], shelf: Shelf) -> SourceFile:
    """Find a file by the path a person typed, by its built-in name, or by the first words of exactly one such name.

    Raises
    ------
    ScenarioError
        When there is no such file; names the nearest built-in name and file.
    """
    text = os.fspath(name)
    file = FilePath(text)
    if os.path.isfile(text):
        return SourceFile(file, text)
    if built_in := shelf.file(text):
        return SourceFile(built_in, f"{shelf.shown}/{built_in.name}")
    if len(begun := shelf.begun(text)) == 1:
        print(f"{text}: taken as the built-in {shelf.kind} {begun[0]}", file=sys.stderr)
        return locate(begun[0], shelf)
    beside = file.parent if os.path.isdir(file.parent) else FilePath(".")
    files = sorted(entry.name for entry in beside.glob("*.y*ml"))
    beginnings = {known[: len(text)]: known for known in reversed(shelf.names())}
    close = [*nearest(text, shelf.names()), *(beginnings[found] for found in nearest(text, list(beginnings)))]
    close += [str(beside / found) for found in nearest(file.name, files)]
    hints = [f"did you mean  {close[0]}?"] if close else []
    hints.append(f"built-in: {', '.join(shelf.names()) or 'none found'}")
    what = "is a folder, not a file" if os.path.isdir(text) else "there is no such file"
    raise ScenarioError(
        [Problem.at(Place(text or '""'), "", f"{what}, and no built-in {shelf.kind} of that name", hints)]
    )


def project_root(file: FilePath) -> FilePath:
    """Return the folder that nothing read from ``file`` may leave.

    The nearest folder above it that holds ``pyproject.toml`` or a folder ``scenarios``, else its own folder; the folder of a
    run, which somebody else may have sent, holds all that its scenario needs.
    """
    here = FilePath(os.path.abspath(file)).parent
    if os.path.lexists(here / "manifest.json"):
        return here
    for folder in (here, *here.parents):
        if (folder / "pyproject.toml").is_file() or (folder / "scenarios").is_dir():
            return folder
    return here


def refer(target: object, source: SourceFile, root: FilePath, shelf: Shelf) -> SourceFile | str:
    """Find the file that a scenario refers to, or say why it may not.

    Parameters
    ----------
    target
        What stands in the file ``source``: a path relative to it, or a built-in name.
    root
        See :func:`project_root`.
    """
    if not isinstance(target, str) or not target.strip() or "\0" in target:
        return f"a {shelf.kind} is named by a text: a built-in name or a path relative to this file"
    built_in = shelf.file(target)
    called = target if len(target) <= 80 else f"{target[:79]}…"
    if FilePath(target).is_absolute() or "\\" in target or target.startswith("~"):
        return f"the path {called} is refused: write it relative to this file, with /"
    file = FilePath(os.path.normpath(source.file.parent / target))
    if os.path.isfile(file):
        if not FilePath(os.path.realpath(file)).is_relative_to(os.path.realpath(root)):
            how = "is a link that leads" if FilePath(os.path.abspath(file)).is_relative_to(root) else "leads"
            return f"{called} {how} out of the project folder ({root.name or root}), which is refused"
        return SourceFile(file, os.path.normpath(os.path.join(os.path.dirname(source.shown), target)))
    if built_in:
        return SourceFile(built_in, f"{shelf.shown}/{built_in.name}")
    if not FilePath(os.path.abspath(file)).is_relative_to(root):
        return f"{called} leads out of the project folder ({root.name or root}), which is refused"
    close = nearest(target, shelf.names())
    hint = f"; did you mean {close[0]}?" if close else ""
    return f"there is no file {called} beside this one and no built-in {shelf.kind} of that name{hint}"


def named_in(
    target: object, shown: str, sources: Sequence[SourceFile], root: FilePath, shelf: Shelf
) -> SourceFile | str:
    """Find a file that a scenario names, or say why it may not; see :func:`refer`.

    A name that a person typed (``--set``, ``--with``, Python) is a path from the current folder, as everywhere on the
    command line, and else one beside the scenario.

    Parameters
    ----------
    shown
        Where the name stands: one of ``sources`` as shown to people, or the command line.
    sources
        Files of the scenario, child first.
    """
    holder = next((source for source in sources if source.shown == shown), None)
    if holder is None and isinstance(target, str) and os.path.isfile(target):
        return SourceFile(FilePath(target), target)
    return refer(target, holder or sources[0], root, shelf)


def read_chain(source: SourceFile, shelf: Shelf) -> tuple[list[Document], list[SourceFile], bool]:
    """Read a file and all it extends, child first; ``extends`` is taken out of the data.

    Returns
    -------
    documents, sources
        What was read, child first.
    whole : bool
        Whether every parent was found; if not, the reason is among the problems of the last document.

    Raises
    ------
    ScenarioError
        When one of the files cannot be read at all.
    """
    root = project_root(source.file)
    documents: list[Document] = []
    sources: list[SourceFile] = []
    current: SourceFile | None = source
    while current is not None:
        documents.append(_read(current, [problem for document in documents for problem in document.problems]))
        sources.append(current)
        document = documents[-1]
        spot = document.spots.get(("extends",))
        target = document.data.pop("extends", None)
        if spot is None:
            break
        inside = project_root(shelf.folder / "x") if current.file.parent == shelf.folder else root
        found = refer(target, current, inside, shelf)
        if ("extends",) in document.unusable:
            found = document.unusable[("extends",)]
        if isinstance(found, SourceFile):
            chain = [known.shown for known in sources]
            if found.identity in [known.identity for known in sources]:
                found = f"files extend each other in a circle: {' → '.join([*chain, found.shown])}"
            elif len(sources) > MAX_PARENTS:
                found = (
                    f"more than {MAX_PARENTS} files extend each other: {' → '.join([*chain, found.shown])}"
                )
        if isinstance(found, str):
            document.problems.append(Problem.at(spot.value, "extends", found))
            return documents, sources, False
        current = found
    return documents, sources, True


def _read(source: SourceFile, before: list[Problem]) -> Document:
    try:
        with source.file.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as error:
        reason = f"cannot be read: {error.strerror or error}"
        raise ScenarioError([*before, Problem.at(Place(source.shown), "", reason)]) from None
    try:
        return read_bytes(raw, source.shown)
    except ScenarioError as error:
        raise ScenarioError([*before, *error.problems]) from None
