"""The page of governance models: the blocks beside Ostrom's rule types, every key, every shipped model and measure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from govsim.report.docs.markdown import cell, code, table
from govsim.report.docs.parameters import STATUSES, default, kind, label, limits, written
from govsim.report.docs.words import RULES_ZH, Language, bracketed, unit, word
from govsim.scenario import (
    LoadedGovernance,
    Origin,
    list_governance,
    list_measures,
    load_governance,
    load_measure,
)
from govsim.scenario.declare import Section
from govsim.scenario.fields import Declared, walk
from govsim.scenario.schema.governance import Governance, Reference
from govsim.scenario.schema.timeline import Measure

_RULES = re.compile(r"\(([a-z, ]+) rules\)")


def blocks() -> Iterator[tuple[Declared, type[Section], list[str]]]:
    """Yield every block with its section and Ostrom's types of rules that its docstring names.

    Raises
    ------
    ValueError
        When a docstring names none, or one that is not among the seven.
    """
    for name in Governance.model_fields:
        declared = Declared.of(Governance, name)
        if declared.decoration or not declared.shape.models:
            continue
        section = declared.shape.models[0]
        told = _RULES.search(section.__doc__ or "")
        rules = re.split(r", | and ", told[1]) if told else []
        if not rules or set(rules) - RULES_ZH.keys():
            raise ValueError(
                f"{section.__name__}: the docstring names none of the rule types {', '.join(RULES_ZH)}"
            )
        yield declared, section, rules


def rule_types(rules: list[str], language: Language) -> str:
    """Write types of rules."""
    return ", ".join(rules) if language == "en" else "、".join(RULES_ZH[rule] for rule in rules)


def overview(language: Language) -> str:
    """Return the table of blocks, their rule types and how many keys they have."""
    rows = [
        [code(declared.path), cell(label(declared, language)), rule_types(rules, language),
         str(sum(1 for _ in walk(section))), cell(declared.meaning)]
        for declared, section, rules in blocks()
    ]  # fmt: skip
    return table([word(name, language) for name in ("block", "label", "rule types", "keys", "meaning")], rows)


def shipped() -> list[LoadedGovernance]:
    """Load every shipped model, by name of file, so that the order favours none."""
    return [load_governance(name) for name in list_governance()]


def parts(language: Language) -> dict[str, str]:
    """Return the generated parts of the page."""
    every = shipped()
    return {
        "block_count": str(sum(1 for _ in blocks())),
        "blocks": overview(language),
        "keys": "\n\n".join(_block(*block, every, language) for block in blocks()),
        "model_count": str(len(every)),
        "models": _models(every, language),
        "measure_count": str(len(list_measures())),
        "measures": _measures(language),
    }


def _block(
    declared: Declared,
    section: type[Section],
    rules: list[str],
    every: list[LoadedGovernance],
    language: Language,
) -> str:
    name = f"{label(declared, language)} {code(declared.path)}"
    heading = f"### {bracketed(name, rule_types(rules, language), language)}"
    head = ["parameter", "label", "type", "range", "unit", "default", "status", "meaning"]
    rows = [
        [code(item.path), cell(label(item, language)), kind(item.shape, language), limits(item.shape, language),
         cell(unit(item.extra("unit"), language)), default(item, language), word(item.status, language),
         cell(item.meaning)]
        for item in walk(section, declared)
    ]  # fmt: skip
    names = list(section.model_fields)
    set_by = [
        [code(model.name), *(_setting(model, declared.path, name, language) for name in names)]
        for model in every
    ]
    return "\n\n".join(
        [
            heading,
            table([word(name, language) for name in head], rows),
            table([word("model", language), *map(code, names)], set_by),
        ]
    )


def _setting(model: LoadedGovernance, block: str, name: str, language: Language) -> str:
    """Write what a model sets, with its status where the file says it itself."""
    path = f"{block}.{name}"
    text = _inline(getattr(getattr(model.model, block), name))
    said = [
        origin.status
        for at, origin in model.origins.items()
        if origin.kind == "file" and (at == path or at.startswith((f"{path}.", f"{path}[")))
    ]
    marks = [word(status, language) for status in STATUSES if status in said]
    value = code(text) or word("empty", language)
    return bracketed(value, ", ".join(marks), language) if marks else value


def _inline(value: Any) -> str:
    if isinstance(value, Section):
        held = {name: getattr(value, name) for name in type(value).model_fields}
        return _inline({name: item for name, item in held.items() if item is not None})
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_inline(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(map(_inline, value))
    return value if isinstance(value, str) else written(value)


def _models(every: list[LoadedGovernance], language: Language) -> str:
    rows = []
    for model in every:
        told = model.model
        name = getattr(told.name, language)
        about = getattr(told.description, language)
        rows.append([code(model.name), cell(name), cell(about), *_grounds(told, model.origins, language)])
    names = ("file", "model", "description", "sources", "values")
    return table([word(name, language) for name in names], rows)


def _measures(language: Language) -> str:
    rows = []
    for name in list_measures():
        found = load_measure(name)
        told = found.section
        levers = "<br>".join(code(_inline(lever)) for lever in told.levers)
        about = getattr(told.description, language)
        row = [code(name), word(told.kind, language), cell(getattr(told.name, language)), cell(about), levers]
        rows.append([*row, *_grounds(told, found.origins, language)])
    names = ("file", "kind", "measure", "description", "levers", "sources", "values")
    return table([word(name, language) for name in names], rows)


def _grounds(told: Governance | Measure, origins: Mapping[str, Origin], language: Language) -> list[str]:
    """Return the sources of a file, and the count of the values that it sets by status."""
    kind = type(told)
    statuses = [
        origin.status
        for path, origin in origins.items()
        if origin.kind == "file" and not Declared.of(kind, re.split(r"[.\[]", path)[0]).decoration
    ]
    counts = [
        f"{statuses.count(status)} {word(status, language)}" for status in STATUSES if status in statuses
    ]
    sources = "<br>".join(_source(source, language) for source in told.sources)
    return [sources or word("none", language), (", " if language == "en" else "、").join(counts)]


def _source(source: Reference, language: Language) -> str:
    stop, colon = ("; ", ": ") if language == "en" else ("；", "：")
    remark = word(source.status, language)
    if source.supports:
        remark += f"{stop}{word('supports', language)}{colon}{cell(source.supports)}"
    return bracketed(cell(source.text), remark, language)
