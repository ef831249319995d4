"""A governance file to start from: every switch of another model, with what each means beside it."""

from __future__ import annotations

import json
import os
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from govsim.scenario.declare import Section
from govsim.scenario.fields import Declared, allowed
from govsim.scenario.files import governance_shelf
from govsim.scenario.loading import LoadedGovernance, load_governance
from govsim.scenario.messages import Place, Problem, ScenarioError

_WIDTH = 108


def new_model_command(name: str, base: str, out: Path) -> int:
    """Write one governance file and say what can be done with it; return the exit code."""
    model = load_governance(base)
    file = _free_file(name, out)
    text = as_file(name, model)
    try:
        with file.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        raise _refused(
            file, "is there already, and nothing is ever overwritten; choose another name"
        ) from None
    shown = os.path.relpath(file) if file.resolve().is_relative_to(Path.cwd()) else str(file)
    label = model.model.name.en or model.name
    print(f"written: {shown}, with every switch as in {label}")
    print(f"  1. change what differs, then  govsim check {shown}")
    print(f"  2. govsim compare {_called(model)} {shown} --scenario tiny --seeds 20")
    print(f"  3. govsim audit {shown}")
    return 0


def _called(model: LoadedGovernance) -> str:
    """Return how a model is named in a command: by path, or in full by its built-in name."""
    return model.name if os.path.isfile(model.name) else Path(model.file).stem


def _free_file(name: str, out: Path) -> Path:
    if not name.replace("-", "_").isidentifier():
        raise _refused(
            Path(name), "cannot be a file's name here: use letters, digits, _ and -, and begin with a letter"
        )
    if governance_shelf().file(name) is not None:
        raise _refused(
            Path(name), "is the name of a shipped model; choose another, so that the two are not mixed up"
        )
    if not out.is_dir():
        raise _refused(out, "is no folder; make it first, or name another with --out")
    return out / f"{name}.yaml"


def _refused(file: Path, reason: str) -> ScenarioError:
    return ScenarioError([Problem.at(Place(str(file)), "", reason)])


def as_file(name: str, base: LoadedGovernance) -> str:
    """Return the text of a governance file with the content of ``base``, called ``name``.

    Values count as assumed until the author names a source: the sources of ``base`` speak for ``base``.
    """
    model = base.model
    title = name.replace("_", " ").replace("-", " ")
    lines = [
        f"# A governance model made from {_called(base)}: the same structure until you change it.",
        "# Structure only: who detects, routes, resolves, mobilises, pays, answers to whom. There is no place for",
        "# a duration, a success rate, a satisfaction or a bonus; such a key is refused.",
        "# Every value counts as assumed until it names a source, as in",
        '#   patrol_share: {value: 0.2, status: found, source: "author, year, page"}',
        "govsim: 1",
        f'name: {{en: {json.dumps(title[:1].upper() + title[1:], ensure_ascii=False)}, zh: ""}}',
        'description: {en: "", zh: ""}  # one paragraph: what it is, what it pays, how it can fail',
        'sources: []  # - {text: "Author year, title, place", status: found, supports: "what in this file"}',
    ]
    kind = type(model)
    for block in kind.model_fields:
        section = getattr(model, block)
        if not Declared.of(kind, block).decoration and isinstance(section, Section):
            lines += ["", f"{block}:  # {Declared.of(kind, block).meaning}", *_switches(section)]
    return "\n".join(lines) + "\n"


def _switches(section: Section) -> Iterator[str]:
    data = section.model_dump(mode="json")
    for name in type(section).model_fields:
        declared = Declared.of(type(section), name)
        unit = declared.extra("unit")
        limits = allowed(declared.shape)
        told = f"{declared.meaning} [{limits if unit in ('', '-', limits) else f'{limits}; {unit}'}]"
        yield from textwrap.wrap(
            told, _WIDTH, initial_indent="  # ", subsequent_indent="  #   ", break_on_hyphens=False
        )
        yield f"  {name}: {_inline(data[name])}"


def _inline(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
