"""The catalogue: scenarios, governance models, measures and studies, those that are shipped and those of a user.

A name is a path from where it stands (the current folder for what is typed, its file for what is written), else a
built-in name. Every command finds files through :mod:`govsim.scenario.loading`; what kind of file a name leads to, and
what there is to choose from, is said here.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from govsim.scenario.declare import Section
from govsim.scenario.files import (
    Shelf,
    governance_shelf,
    locate,
    measure_shelf,
    read_chain,
    scenario_shelf,
    study_shelf,
)
from govsim.scenario.loading import Loaded, LoadedGovernance, load, load_governance, load_measure
from govsim.scenario.messages import Place, Problem, ScenarioError
from govsim.scenario.studies import load_study

Kind = Literal["scenario", "governance", "measure", "study"]

SHELVES: Mapping[Kind, Callable[[], Shelf]] = {
    "scenario": scenario_shelf,
    "governance": governance_shelf,
    "measure": measure_shelf,
    "study": study_shelf,
}
_FOLDERS: Mapping[str, Kind] = {"governance": "governance", "measures": "measure", "studies": "study"}
_MOST_FILES = 100
"""Files of a folder that are looked at."""


@dataclass(frozen=True)
class Item:
    """Something that can be chosen.

    Attributes
    ----------
    kind : str
    name : str
        What every command takes: a built-in name, or a path from the current folder.
    file : str
        As shown to people.
    label : dict
        What it is called in English (``en``) and Chinese (``zh``), as its file says.
    content : object
        The scenario, model, measure or study as it was loaded.
    """

    kind: Kind
    name: str
    file: str
    label: dict[str, str]
    content: Any


def labels_of(name: Section, otherwise: str) -> dict[str, str]:
    """Return a name in both languages; the other language's, or ``otherwise``, where one is missing."""
    en, zh = getattr(name, "en", ""), getattr(name, "zh", "")
    return {"en": en or zh or otherwise, "zh": zh or en or otherwise}


def kind_of(name: str) -> Kind | None:
    """Tell what a name leads to: by which keys are on top of the file, or by the built-in name; None if nowhere."""
    shelves = {kind: shelf() for kind, shelf in SHELVES.items()}
    if not os.path.isfile(name):
        known: list[Kind] = [kind for kind, shelf in shelves.items() if shelf.file(name) is not None]
        known = known or [kind for kind, shelf in shelves.items() if len(shelf.begun(name)) == 1]
        return known[0] if known else None
    try:
        keys, kind = _keys(name, shelves)
    except ScenarioError:
        return _FOLDERS.get(Path(name).resolve().parent.name, "scenario")
    if kind is not None:
        return kind
    from govsim.scenario.show import models

    tops = [set(model.model_fields) for model in models()]
    own = [top.difference(*(other for other in tops if other is not top)) for top in tops]
    found = {kind: len(keys & top) for kind, top in zip(shelves, own, strict=True)}
    return max(found, key=lambda kind: found[kind])


_WORDS: Mapping[Kind, tuple[str, str]] = {
    "scenario": ("a scenario", "run it:  govsim run {name}"),
    "governance": ("a governance model", "name it where models are named:  govsim run tiny --model {name}"),
    "measure": ("a measure", "name it with a week:  govsim run tiny --with {name}@10"),
    "study": ("a study", "run it:  govsim sweep {name}"),
}
_TO_MAKE: Mapping[Kind, str] = {
    "study": "a study is a file that names the scenario and what varies; an example:  govsim show load_and_staff"
}


def other_kind(name: str, wanted: Kind, error: ScenarioError) -> ScenarioError:
    """Return what to say where a file of one kind was expected and one of another was named; else the error as it is."""
    kind = kind_of(name)
    if kind is None or kind == wanted or not _sound(name):
        return error
    is_a, advice = _WORDS[kind]
    hints = [_TO_MAKE[wanted]] if wanted in _TO_MAKE else []
    message = f"is {is_a}, not {_WORDS[wanted][0]}"
    return ScenarioError([Problem.at(Place(name), "", message, [*hints, advice.format(name=name)])])


def _sound(name: str) -> bool:
    """Return whether a file is sound as what it was taken for; only then is it called that instead of what was asked for."""
    try:
        return find_entry(name) is not None
    except ScenarioError:
        return False


def _keys(name: str, shelves: Mapping[Kind, Shelf]) -> tuple[set[str], Kind | None]:
    """Return the keys on top of a file and its parents, and the kind of shelf on which alone they are all found."""
    documents, _, whole = read_chain(locate(name, shelves["scenario"]), shelves["scenario"])
    kind = None
    if not whole:
        others: list[Kind] = [other for other in shelves if other != "scenario"]
        kind = next((k for k in others if read_chain(locate(name, shelves[k]), shelves[k])[2]), None)
    return {key for document in documents for key in document.data}, kind


def find_entry(name: str) -> Item | None:
    """Return what a name leads to; None if nowhere.

    Raises
    ------
    ScenarioError
        With every problem of the file.
    """
    kind = kind_of(name)
    if kind is None:
        return None
    if kind == "governance":
        return item_of(load_governance(name))
    if kind == "measure":
        measure = load_measure(name)
        return Item(kind, name, measure.sources[0].shown, labels_of(measure.section.name, name), measure)
    if kind == "study":
        study = load_study(name)
        return Item(kind, name, study.file, labels_of(study.study.name, study.label), study)
    loaded = load(name, must_fit=False)
    return Item(kind, name, loaded.sources[0].shown, labels_of(loaded.scenario.name, loaded.label), loaded)


def item_of(model: LoadedGovernance) -> Item:
    """Return a governance model as something that can be chosen."""
    return Item("governance", model.name, model.file, labels_of(model.model.name, model.name), model)


def governance_choices(loaded: Loaded) -> dict[str, Item]:
    """Return the governance models that can be chosen for a scenario, by name.

    Shipped ones, those that the scenario names, and the files of the current folder and of the scenario's; a file there
    that is no sound governance model is no choice.
    """
    found = {name: item_of(load_governance(name)) for name in governance_shelf().names()}
    found |= {model.name: item_of(model) for model in loaded.governance}
    for name in _files_beside(loaded):
        if name not in found and kind_of(name) == "governance":
            try:
                found[name] = item_of(load_governance(name))
            except ScenarioError:
                continue
    return found


def _files_beside(loaded: Loaded) -> Iterator[str]:
    """Yield the YAML files of the current folder and of a user's scenario, as a person would type them."""
    folders = [Path(".")]
    if not scenario_shelf().holds(source := loaded.sources[0]):
        folders.append(Path(source.shown).parent)
    for folder in dict.fromkeys(folders):
        files = (file for file in sorted(folder.glob("*.y*ml")) if file.is_file())
        yield from (file.as_posix() for file, _ in zip(files, range(_MOST_FILES), strict=False))
