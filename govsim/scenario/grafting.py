"""Files that a timeline names are read in place: a loaded scenario holds their content, with file and line of each value."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from typing import Any

from govsim.scenario.complaints import place_of
from govsim.scenario.declare import Section
from govsim.scenario.files import Shelf, SourceFile, governance_shelf, measure_shelf, named_in, project_root
from govsim.scenario.layers import Overlay
from govsim.scenario.messages import Path, Problem
from govsim.scenario.schema.governance import Governance
from govsim.scenario.schema.timeline import Measure

Read = Callable[
    [SourceFile, type[Section], Shelf], tuple[Overlay, tuple[SourceFile, ...], tuple[Problem, ...]]
]
"""Reads a file with its parents and says what is wrong with it."""


def graft(
    layer: Overlay, sources: Sequence[SourceFile], read: Read
) -> tuple[Overlay, list[SourceFile], list[Problem]]:
    """Put the content of measures and of reforms' models in the place of their names.

    Parameters
    ----------
    layer : Overlay
        A scenario as written; not changed.
    sources
        Files that it was read from, child first.
    read
        Reads a file and validates it by itself; its problems are told with its own lines.

    Returns
    -------
    layer : Overlay
        With the content of all files that could be read.
    sources : list of SourceFile
        Files read.
    problems : list of Problem
        Names that lead nowhere, and what is wrong with the files.
    """
    shelves: dict[str, tuple[type[Section], Shelf]] = {
        "use": (Measure, measure_shelf()),
        "governance": (Governance, governance_shelf()),
    }
    grown = Overlay(
        deepcopy(layer.data), dict(layer.spots), dict(layer.notes), dict(layer.unusable), list(layer.problems)
    )
    root = project_root(sources[0].file)
    files: list[SourceFile] = []
    problems: list[Problem] = []
    for path, entry in _entries(grown.data):
        for key, (kind, shelf) in shelves.items():
            name, here = entry.get(key), (*path, key)
            if not isinstance(name, str):
                continue
            found = named_in(name, place_of(here, layer.spots).file, sources, root, shelf)
            if isinstance(found, str):
                problems.append(Problem.at(place_of(here, layer.spots), here, found))
                continue
            inner, more, wrong = read(found, kind, shelf)
            problems += wrong
            if not wrong:
                entry[key] = inner.data
                files += more
                grown.spots.update({(*here, *step): spot for step, spot in inner.spots.items() if step})
                grown.notes.update({(*here, *step): note for step, note in inner.notes.items()})
    return grown, files, problems


def _entries(data: dict[str, Any]) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield the entries of all timelines of a scenario with their paths, whatever else is written there."""
    lists: list[tuple[Path, Any]] = [(("timeline",), data.get("timeline"))]
    chosen = data.get("governance")
    models = chosen.get("models") if isinstance(chosen, dict) else None
    for index, model in enumerate(models if isinstance(models, list) else []):
        if isinstance(model, dict):
            lists.append((("governance", "models", index, "measures"), model.get("measures")))
    for path, entries in lists:
        for index, entry in enumerate(entries if isinstance(entries, list) else []):
            if isinstance(entry, dict):
                yield (*path, index), entry
