"""What kind of file a name leads to: a scenario, a governance model, a measure or a study."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from govsim.scenario.files import (
    Shelf,
    governance_shelf,
    locate,
    measure_shelf,
    read_chain,
    scenario_shelf,
    study_shelf,
)
from govsim.scenario.messages import Place, Problem, ScenarioError
from govsim.scenario.show import models

Kind = Literal["scenario", "governance", "measure", "study"]

SHELVES: Mapping[Kind, Callable[[], Shelf]] = {
    "scenario": scenario_shelf,
    "governance": governance_shelf,
    "measure": measure_shelf,
    "study": study_shelf,
}
_FOLDERS: Mapping[str, Kind] = {"governance": "governance", "measures": "measure", "studies": "study"}


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
    tops = _top_keys()
    own = {
        kind: top.difference(*(tops[other] for other in tops if other != kind)) for kind, top in tops.items()
    }
    found = {kind: len(keys & top) for kind, top in own.items()}
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
    if kind is None or kind == wanted or (os.path.isfile(name) and not _has_only_keys_of(name, kind)):
        return error
    is_a, advice = _WORDS[kind]
    hints = [_TO_MAKE[wanted]] if wanted in _TO_MAKE else []
    message = f"is {is_a}, not {_WORDS[wanted][0]}"
    return ScenarioError([Problem.at(Place(name), "", message, [*hints, advice.format(name=name)])])


def _has_only_keys_of(name: str, kind: Kind) -> bool:
    """Return whether a file can be read and has no key on top that files of this kind lack."""
    try:
        keys, _ = _keys(name, {kind: shelf() for kind, shelf in SHELVES.items()})
    except ScenarioError:
        return False
    return keys <= _top_keys()[kind]


def _top_keys() -> dict[Kind, set[str]]:
    return {kind: set(model.model_fields) for kind, model in zip(SHELVES, models(), strict=True)}


def _keys(name: str, shelves: Mapping[Kind, Shelf]) -> tuple[set[str], Kind | None]:
    """Return the keys on top of a file and its parents, and the kind of shelf on which alone they are all found."""
    documents, _, whole = read_chain(locate(name, shelves["scenario"]), shelves["scenario"])
    kind = None
    if not whole:
        others: list[Kind] = [other for other in shelves if other != "scenario"]
        kind = next((k for k in others if read_chain(locate(name, shelves[k]), shelves[k])[2]), None)
    return {key for document in documents for key in document.data}, kind
