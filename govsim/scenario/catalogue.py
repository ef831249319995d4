"""The catalogue: scenarios, governance models, measures and studies, those that are shipped and those of a user.

A name is a path from where it stands (the current folder for what is typed, its file for what is written), else a
built-in name. Every command finds files through :mod:`govsim.scenario.loading`; :mod:`govsim.scenario.kinds` tells what kind
of file a name leads to; what there is to choose from is said here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from govsim.scenario.declare import Section
from govsim.scenario.files import governance_shelf, scenario_shelf
from govsim.scenario.kinds import Kind, kind_of
from govsim.scenario.loading import Loaded, LoadedGovernance, load, load_governance, load_measure
from govsim.scenario.messages import ScenarioError
from govsim.scenario.studies import load_study

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
