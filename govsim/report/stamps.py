"""Stamps: what a file with numbers was made from, and whether it still holds.

:func:`stamp` is the only place where stamps are made; :func:`read_stamps` and :func:`reasons` are what ``govsim docs --check``
uses. See decision 18.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govsim.results.indicators import INDICATORS
from govsim.results.provenance import portable, source_hash
from govsim.scenario.files import governance_shelf, measure_shelf, scenario_shelf, study_shelf
from govsim.scenario.reader import decode

if TYPE_CHECKING:
    from govsim.scenario import Loaded, LoadedGovernance
    from govsim.scenario.studies import LoadedStudy

ROOMS = ("draws.py", "scenario", "world", "engine", "results", "runner", "statistics", "studies", "assurance")
"""Rooms whose code decides the numbers of a page."""
_TOLD = ("source", "note")
"""Keys of an annotated value that change no number."""
_LINE = re.compile(r"^(?:# )?(made by|code|numbers|indicators|input \S+): (.*?)\s*$")


@dataclass(frozen=True)
class Stamp:
    """What a file was made from.

    Attributes
    ----------
    command : str
        Makes the file again.
    code : str
        Hash of the source of :data:`ROOMS`.
    numbers : str
        Hash of a small fixed study under that code; empty for timings, which hold for the code that was timed.
    indicators : str
        Hash of the definitions of indicators.
    inputs : dict of str to str
        Hash of each scenario, model, measure and study file, by its name.
    """

    command: str
    code: str
    numbers: str
    indicators: str
    inputs: Mapping[str, str] = field(default_factory=dict)

    def lines(self) -> list[str]:
        """Return the stamp as text."""
        numbers = [f"numbers: {self.numbers}"] if self.numbers else []
        inputs = [f"input {name}: {value}" for name, value in sorted(self.inputs.items())]
        head = [f"made by: {self.command}", f"code: {self.code}"]
        return [*head, *numbers, f"indicators: {self.indicators}", *inputs]

    def comment(self) -> str:
        """Return the stamp as a comment for the end of a Markdown page."""
        return "\n".join(["<!--", *self.lines(), "-->", ""])


def stamp(
    command: str, *inputs: Loaded | LoadedGovernance | LoadedStudy | Path, timed: bool = False
) -> Stamp:
    """Return the stamp of a file that is made now.

    Parameters
    ----------
    command
        Makes the file again.
    inputs
        What the numbers were computed from, with all files behind it.
    timed
        The numbers are timings.
    """
    numbers = "" if timed else small_study()
    hashes = {name: file_hash(name) for name in files_of(*inputs)}
    return Stamp(command, source_hash(ROOMS), numbers, indicators_hash(), hashes)


def files_of(*inputs: Loaded | LoadedGovernance | LoadedStudy | Path) -> set[str]:
    """Return the names of all files behind inputs."""
    return {name for item in inputs for name in _files(item)}


def read_stamps(text: str) -> list[Stamp]:
    """Return every stamp of a text; a page whose parts are measured one by one has several."""
    found: list[dict[str, str]] = []
    for line in text.splitlines():
        match = _LINE.match(line)
        if match and match[1] == "made by":
            found.append({"made by": match[2]})
        elif match and found:
            found[-1][match[1]] = match[2]
    return [
        Stamp(
            item["made by"],
            item.get("code", ""),
            item.get("numbers", ""),
            item.get("indicators", ""),
            {name.removeprefix("input "): value for name, value in item.items() if name.startswith("input ")},
        )
        for item in found
    ]


def without(text: str) -> str:
    """Return a page without its stamps."""
    return re.sub(r"\n<!--\nmade by: .*?\n-->\n", "", text, flags=re.DOTALL)


def reasons(made: Stamp) -> list[str]:
    """Return why a file no longer holds; empty where it does.

    Other code is no reason by itself: the small study is computed with it, and the file holds where that gives the same
    numbers. Nor is one more indicator than there was.
    """
    found = []
    added = added_since(made)
    if made.code != source_hash(ROOMS):
        if not made.numbers:
            found.append("timed with other code")
        elif made.numbers != small_study(added or ""):
            found.append("the code changed and gives other numbers")
    if added is None:
        found.append("definitions of indicators changed")
    for name, value in made.inputs.items():
        now = file_hash(name)
        if now != value:
            found.append(f"{name} changed" if now else f"{name} is not there")
    return found


def added_since(made: Stamp) -> str | None:
    """Return the indicator that a file does not know yet, "" where it knows all; None where definitions were changed."""
    names = ("", *(item.name for item in INDICATORS))
    return next((name for name in names if made.indicators == indicators_hash(name)), None)


def small_study(without: str = "") -> str:
    """Return the hash of a small fixed study: all models and measures, and the statistics of two models.

    Parameters
    ----------
    without
        An indicator that is left out.
    """
    from govsim.assurance.verify import indicators_digest

    return indicators_digest(_probed(), without)


@lru_cache(maxsize=1)
def _probed() -> Mapping[str, Mapping[str, str]]:
    from govsim.assurance.verify import probe

    return probe()


def indicators_hash(without: str = "") -> str:
    """Return a hash of what indicators are called and how they are defined; one of them may be left out."""
    return _hash([
        [item.name, item.label_en, item.unit, item.direction, item.definition, item.headline]
        for item in INDICATORS
        if item.name != without
    ])  # fmt: skip


def renewed(text: str) -> str:
    """Return a file that holds, with its stamps as of now: the code of today and all indicators of today."""
    for made in read_stamps(text.removeprefix("\ufeff")):
        if not reasons(made) and made.numbers:
            old, now = (
                made.lines(),
                replace(made, code=source_hash(ROOMS), numbers=small_study(), indicators=indicators_hash()),
            )
            for before, after in zip(old, now.lines(), strict=True):
                text = text.replace(before, after)
    return text


def file_hash(name: str) -> str:
    """Return a hash of what a file says: for YAML its values, without comments, sources and notes; empty if it is gone."""
    file = _found(name)
    if not file.is_file():
        return ""
    text = decode(file.read_bytes(), file.name).replace("\r\n", "\n").replace("\r", "\n")
    if file.suffix not in (".yaml", ".yml"):
        return _hash(text)
    import yaml

    data = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return _hash({key: _plain(value) for key, value in data.items() if key != "description"})


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    told = _TOLD if "value" in value else ()
    return {str(key): _plain(item) for key, item in value.items() if key not in told}


def _hash(content: object) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _files(item: Loaded | LoadedGovernance | LoadedStudy | Path) -> Iterable[str]:
    """Yield the names of the files behind an input, as they are shown to people."""
    from govsim.scenario.studies import LoadedStudy

    if isinstance(item, Path):
        yield _named(item)
        return
    if isinstance(item, LoadedStudy):
        yield portable([item.file])[0]
        design = item.study.design
        if design.kind == "list":
            yield _named(_found(item.file).parent / design.file)
        inner: tuple[Loaded | LoadedGovernance, ...] = (item.base, *item.models)
        for part in inner:
            yield from _files(part)
        yield from (_named(measure_shelf().file(name) or Path(name)) for name, _ in item.measures)
        return
    yield from portable([source.shown for source in item.sources])
    for model in getattr(item, "governance", ()):
        yield from _files(model)


def _shelves() -> list[tuple[str, Path]]:
    shelves = (study_shelf(), scenario_shelf(), governance_shelf(), measure_shelf())
    return [(shelf.shown, shelf.folder.resolve()) for shelf in shelves]


def _named(file: Path) -> str:
    for shown, folder in _shelves():
        if file.resolve().parent == folder:
            return f"{shown}/{file.name}"
    return portable([file.as_posix()])[0]


def _found(name: str) -> Path:
    here, _, last = name.rpartition("/")
    return next((folder / last for shown, folder in _shelves() if shown == here), Path(name))
