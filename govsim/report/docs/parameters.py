"""The parameter reference and the page of governance models.

The first has everything declared, assumptions first, what the shipped district sets, and what studies found of it; the second
the blocks beside Ostrom's rule types, every key, every shipped model and measure.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import groupby
from pathlib import Path
from typing import Any

from pydantic_core import PydanticUndefined

from govsim.report.docs.markdown import cell, code, codes, table
from govsim.report.docs.words import RULES_ZH, Language, bracketed, unit, word
from govsim.scenario import (
    Loaded,
    LoadedGovernance,
    list_governance,
    list_measures,
    load,
    load_governance,
    load_measure,
)
from govsim.scenario.declare import Section, Status
from govsim.scenario.fields import Declared, Shape, figure, find_declaration, opened, shape, walk
from govsim.scenario.files import study_shelf
from govsim.scenario.messages import dotted
from govsim.scenario.origins import Leaf, Origin, leaves
from govsim.scenario.schema.governance import Governance, Reference
from govsim.scenario.schema.timeline import Measure
from govsim.scenario.show import models
from govsim.scenario.studies import load_study, read_points
from govsim.studies.calibration import targets_of

STATUSES: tuple[Status, ...] = ("assumed", "derived", "found", "design")
"""Of defaults, in the order of the page: what deserves doubt comes first."""
VALUES: tuple[Status, ...] = ("assumed", "calibrated", *STATUSES[1:])
"""Of the values of a district, likewise; no default is calibrated."""

DISTRICT = "yingzi"
"""Shipped scenario whose values are listed; it extends the common ground of all shipped districts."""

_FILES = {
    "Scenario": "scenario file",
    "Governance": "governance file",
    "Measure": "measure file",
    "Study": "study file",
}


@dataclass(frozen=True)
class ParameterRow:
    """A declared parameter, the kind of file it stands in, and the part of that file around it."""

    file: str
    top: Declared
    declared: Declared

    @property
    def group(self) -> str:
        """Part at the top of the file; empty for what only names the file."""
        return "" if self.top.shape.is_leaf or self.top.decoration else self.top.path


def files() -> dict[type[Section], str]:
    """Return the sections that are files of their own, and what such a file is called."""
    return {model: _FILES[model.__name__] for model in models()}


def entries() -> list[ParameterRow]:
    """List every declared parameter in declaration order, file by file."""
    return [
        ParameterRow(file, top, declared)
        for model, file in files().items()
        for top in (Declared.of(model, name) for name in model.model_fields)
        for declared in opened(top)
    ]


def parameter_label(declared: Declared, language: Language) -> str:
    """Return the label of a parameter."""
    return declared.extra(f"label_{language}")


def kind(taken: Shape, language: Language) -> str:
    """Say what type of value may stand here."""
    options = ["choice"] if taken.choices else []
    if taken.numeric:
        options.append("number" if float in taken.scalars else "whole number")
    options += [name for name, scalar in (("true or false", bool), ("text", str)) if scalar in taken.scalars]
    options += [file for model, file in files().items() if model in taken.models]
    words = [word(option, language) for option in options]
    if taken.item is not None:
        of, item = word("list of", language), kind(shape(taken.item), language)
        words.append(f"{of} {item}" if language == "en" else f"{of}{item}")
    if type(None) in taken.scalars:
        words.append("null")
    return (" or " if language == "en" else " / ").join(words)


def limits(taken: Shape, language: Language) -> str:
    """Write what values may be taken: choices, ends of a range, lengths."""
    bounds = taken.bounds
    texts = [codes(map(str, taken.choices))]
    texts += [
        f"{sign} {figure(bounds[name])}" for name, sign in (("gt", "&gt;"), ("lt", "&lt;")) if name in bounds
    ]
    texts.append(_span(bounds.get("ge"), bounds.get("le")))
    if length := _span(bounds.get("min_length"), bounds.get("max_length")):
        texts.append(f"{length} {word('items' if taken.item is not None else 'characters', language)}")
    if taken.item is not None:
        texts.append(limits(shape(taken.item), language))
    return ", ".join(text for text in texts if text)


def _span(least: float | None, most: float | None) -> str:
    if least is None or most is None:
        return f"≥ {figure(least)}" if least is not None else f"≤ {figure(most)}" if most is not None else ""
    return figure(least) if least == most else f"{figure(least)} … {figure(most)}"


def default(declared: Declared, language: Language) -> str:
    """Write the default, or that a value is required."""
    if declared.path.endswith("[]"):  # a position of a list: what the list holds
        return code(as_in_file(declared.info.get_default(call_default_factory=True, validated_data={})))
    if declared.default is PydanticUndefined:
        return word("required", language)
    return code("null" if declared.default is None else declared.default_text())


def parameter_parts(language: Language) -> dict[str, str]:
    """Return the generated parts of the page."""
    every = entries()
    loaded = load(DISTRICT)
    values = list(district_values(loaded))
    result = {
        "total": str(len(every)),
        "studied": _studied(every, language),
        "value_total": str(len(values)),
        "value_counts": _counts([origin.status for _, origin in values], language),
        "value_files": ", ".join(code(source.shown) for source in loaded.sources),
        "values": _values(values, language),
    }
    for status in STATUSES:
        chosen = [entry for entry in every if entry.declared.status == status]
        result[status] = _sections(chosen, language)
        result[f"{status}_count"] = str(len(chosen))
    return result


def _studied(every: Sequence[ParameterRow], language: Language) -> str:
    paths = [entry.declared.path for entry in every if entry.declared.status == "assumed"]
    found, total = len(influences(paths)), len(paths)
    if language == "en":
        return (
            f"A study looked at {found} of the {total} assumed parameters ([which matter](sensitivity.md)); the others were "
            "not studied. *Influence* is how much a parameter moves the difference between two models, as a share of the most "
            "that any does; 0.00 is no more than chance."
        )
    return (
        f"{total}个假设参数中，有{found}个作过敏感性研究（[哪些重要](sensitivity.md)），其余未研究。"
        "“影响程度”指参数对两种模式之差的影响，以影响最大的参数为1；0.00表示不超过随机波动。"
    )


def _counts(statuses: Sequence[Status], language: Language) -> str:
    mark = ", " if language == "en" else "、"
    counts = [(statuses.count(status), word(status, language)) for status in VALUES]
    return mark.join(f"{count} {name}" for count, name in counts if count)


def _sections(chosen: Sequence[ParameterRow], language: Language) -> str:
    texts = []
    for (file, group), members in groupby(chosen, lambda entry: (entry.file, entry.group)):
        inside = list(members)
        colon = ": " if language == "en" else "："
        if group:
            name = parameter_label(inside[0].top, language)
            heading = f"{word(file, language)}{colon}{bracketed(name, code(group), language)}"
        else:
            heading = f"{word(file, language)}{colon}{word('head of the file', language)}"
        texts.append(f"### {heading[0].upper()}{heading[1:]}\n\n{_table(inside, language)}")
    return "\n\n".join(texts) or word("none", language)


def _table(chosen: Sequence[ParameterRow], language: Language) -> str:
    assumed = chosen[0].declared.status == "assumed"
    studied = influences(entry.declared.path for entry in chosen)
    head = ["parameter", "label", "type", "range", "unit", "default", "status"]
    head += [*(["influence"] if assumed else []), "source", "meaning"]
    rows = []
    for declared in (entry.declared for entry in chosen):
        row = [code(declared.path), cell(parameter_label(declared, language)), kind(declared.shape, language)]
        row += [limits(declared.shape, language), cell(unit(declared.extra("unit"), language))]
        row += [default(declared, language), word(declared.status, language)]
        if assumed:
            influence = studied.get(declared.path)
            row.append(word("not studied", language) if influence is None else f"{influence:.2f}")
        rows.append([*row, cell(declared.source), cell(declared.meaning)])
    return table([word(name, language) for name in head], rows)


def district_values(loaded: Loaded) -> Iterator[tuple[Leaf, Origin]]:
    """Yield the values that the district's files set, without names and descriptions."""
    for leaf in leaves(loaded.scenario):
        origin = loaded.origins[dotted(leaf.path)]
        if origin.kind == "file" and not _is_decoration(type(loaded.scenario), leaf):
            yield leaf, origin


def _is_decoration(model: type[Section], leaf: Leaf) -> bool:
    holders = (find_declaration(model, leaf.path[:length]) for length in range(1, len(leaf.path) + 1))
    return any(holder is not None and holder.decoration for holder in holders)


def _values(values: Sequence[tuple[Leaf, Origin]], language: Language) -> str:
    head = ["parameter", "label", "value", "unit", "status", "source and note", "file"]
    texts = []
    for status in VALUES:
        rows = []
        for leaf, origin in values:
            if origin.status == status:
                told = "; ".join(part for part in (origin.source, origin.note) if part)
                rows.append(
                    [
                        code(dotted(leaf.path)),
                        cell(parameter_label(leaf.declared, language)),
                        code(as_in_file(leaf.value)),
                        cell(unit(leaf.declared.extra("unit"), language)),
                        word(status, language),
                        cell(told),
                        code(origin.file),
                    ]
                )
        heading = word(status, language)
        if rows:
            heading = bracketed(f"{heading[0].upper()}{heading[1:]}", str(len(rows)), language)
            texts.append(f"### {heading}")
            texts.append(table([word(name, language) for name in head], rows))
    return "\n\n".join(texts)


def as_in_file(value: Any) -> str:
    """Write a value as in a file."""
    return json.dumps(value, ensure_ascii=False)


STUDY = "calibrate_yingzi"
REGION = "yingzi_region.csv"
INFLUENCE = "influence.csv"


def influences(paths: Iterable[str], folder: Path | None = None) -> dict[str, float]:
    """Return the influence of those declared parameters that a study looked at, by path.

    Where ``*`` stands for several, as for classes of problems, it is the largest of theirs.
    """
    file = (folder or study_shelf().folder) / INFLUENCE
    if not file.is_file():
        return {}
    with file.open(encoding="utf-8-sig", newline="") as text:
        rows = {row["parameter"]: float(row["influence"]) for row in csv.DictReader(text)}
    found = {
        path: [rows[name] for name in rows if fnmatchcase(name, path)] for path in paths if "[" not in path
    }
    return {path: max(values) for path, values in found.items() if values}


def about_calibration(language: Language, folder: Path | None = None) -> str:
    """Say whether the shipped district was calibrated, and where its values lie in the region of accepted points."""
    file = (folder or study_shelf().folder) / REGION
    if not file.is_file():
        return "There has been no calibration." if language == "en" else "尚未校准。"
    study = load_study(STUDY)
    points = read_points(file, REGION, study.factors)
    spans = [(min(column), max(column)) for column in zip(*points, strict=True)]
    outside = sum(
        not low <= factor.today <= high for factor, (low, high) in zip(study.factors, spans, strict=True)
    )
    fitted = len(targets_of(study).fitted)
    varied, accepted, name = len(study.factors), len(points), study.base.sources[0].shown
    if language == "en":
        return (
            f"A [calibration](calibration.md) varied {varied} values to fit {fitted} of these patterns and accepted "
            f"{accepted} points (`{study_shelf().shown}/{REGION}`). Of the {varied} values in `{name}`, {outside} lie outside "
            "the ranges of these points. All other values were not calibrated. The values before the calibration are kept as "
            "`yingzi_overloaded`, whose community offices work near their limit; [there the answer turns]"
            "(guide.md#two-districts-two-answers)."
        )
    return (
        f"[校准](calibration.md)调整了{varied}个取值，使其符合上述格局中的{fitted}项，接受了{accepted}个参数点"
        f"（`{study_shelf().shown}/{REGION}`）。`{name}`的这{varied}个取值中，有{outside}个在这些点的范围之外。其余数值未经校准。校准之前的取值保留为`yingzi_overloaded`，其社区工作接近满负荷，"
        "[结论在那里会反转](guide.md#two-districts-two-answers)。"
    )


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
        [code(declared.path), cell(parameter_label(declared, language)), rule_types(rules, language),
         str(sum(1 for _ in walk(section))), cell(declared.meaning)]
        for declared, section, rules in blocks()
    ]  # fmt: skip
    return table([word(name, language) for name in ("block", "label", "rule types", "keys", "meaning")], rows)


def shipped_models() -> list[LoadedGovernance]:
    """Load every shipped model, by name of file, so that the order favours none."""
    return [load_governance(name) for name in list_governance()]


def governance_parts(language: Language) -> dict[str, str]:
    """Return the generated parts of the page."""
    every = shipped_models()
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
    name = f"{parameter_label(declared, language)} {code(declared.path)}"
    heading = f"### {bracketed(name, rule_types(rules, language), language)}"
    head = ["parameter", "label", "type", "range", "unit", "default", "status", "meaning"]
    rows = [
        [code(item.path), cell(parameter_label(item, language)), kind(item.shape, language), limits(item.shape, language),
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
    return value if isinstance(value, str) else as_in_file(value)


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
