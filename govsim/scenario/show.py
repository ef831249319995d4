"""What can be set, and what is set.

All parameters in a table, everything about one of them, a JSON Schema for editors; and a resolved scenario, written out: every
value with its unit, origin and status.
"""

from __future__ import annotations

import json
import re
import textwrap
import unicodedata
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any, get_args

from govsim.scenario.declare import Section, Status
from govsim.scenario.fields import Declared, allowed, find_declaration, nearest, opened, walk
from govsim.scenario.messages import Path, Place, Problem, ScenarioError, dotted
from govsim.scenario.origins import Leaf, Origin, leaves
from govsim.scenario.reader import resolve_scalar

_KINDS = {
    "Scenario": "scenario",
    "Governance": "governance model",
    "Measure": "measure",
    "Study": "study",
}
_TITLES = {name: f"Parameters of a {kind}" for name, kind in _KINDS.items()}


def models() -> tuple[type[Section], ...]:
    """Return the sections at the top of a scenario file, and of the files of a model, a measure and a study."""
    from govsim.scenario.schema import Scenario
    from govsim.scenario.schema.governance import Governance
    from govsim.scenario.schema.study import Study
    from govsim.scenario.schema.timeline import Measure

    return Scenario, Governance, Measure, Study


def describe(path: str = "") -> str:
    """Describe all parameters, those of a section, or one parameter.

    Parameters
    ----------
    path
        Empty, or a dotted path such as ``population.residents``; positions and free keys may be written as in
        a scenario (``street_units[0].name``) or as in the table (``street_units[].name``).

    Raises
    ------
    ScenarioError
        When there is no such parameter; names the nearest.
    """
    if not path:
        return "\n\n".join(
            f"{_TITLES.get(m.__name__, m.__name__)}\n\n{_table(list(walk(m)))}" for m in models()
        )
    found = _matches(path)
    if not found:
        raise ScenarioError([_no_such(path)])
    parts = []
    for model, declared in found:
        inside = list(walk(model) if declared is None else opened(declared))
        one = declared is not None and declared.shape.is_leaf
        head = _one(declared, model) if one and declared else _section_head(declared, model)
        parts.append(head if one else f"{head}\n\n{_table(inside)}")
    return "\n\n".join(parts)


def is_known(path: str) -> bool:
    """Return whether there is such a parameter or section."""
    return bool(_matches(path))


def records(path: str = "") -> list[dict[str, Any]]:
    """List parameters with everything declared about them, for machines; ``path`` as in :func:`describe`."""
    found = _matches(path) if path else [(model, None) for model in models()]
    if not found:
        raise ScenarioError([_no_such(path)])
    result = []
    for model, declared in found:
        for item in walk(model) if declared is None else opened(declared):
            bounds = {name: str(v) if name == "pattern" else v for name, v in item.shape.bounds.items()}
            result.append(
                {
                    "file": _KINDS[model.__name__],
                    "path": item.path,
                    "label_en": item.extra("label_en"),
                    "label_zh": item.extra("label_zh"),
                    "meaning": item.meaning,
                    "unit": item.extra("unit"),
                    "allowed": allowed(item.shape),
                    "choices": item.shape.choices,
                    "limits": bounds,
                    "default": item.default_text(),
                    "status": item.status,
                    "source": item.source,
                }
            )
    return result


def _matches(path: str) -> list[tuple[type[Section], Declared | None]]:
    steps = tuple(step for step in re.split(r"[.\[]", path.replace("[]", "[0]").replace("]", "")) if step)
    steps = tuple("0" if step == "*" else step for step in steps)
    found: list[tuple[type[Section], Declared | None]] = []
    for model in models():
        declared = find_declaration(model, steps)
        if declared is not None:
            found.append((model, declared))
    return found


def _no_such(path: str) -> Problem:
    every = [(item.path, item) for model in models() for item in walk(model)]
    last = path.rsplit(".", 1)[-1]
    by_end = [f"{full}.".split(f".{last}.")[0] + f".{last}" for full, _ in every if f".{last}." in f"{full}."]
    by_end = list(dict.fromkeys(by_end))
    close = by_end[:3] or nearest(path, [full for full, _ in every])
    if not close:
        ends = nearest(path.rsplit(".", 1)[-1], sorted({full.rsplit(".", 1)[-1] for full, _ in every}))
        close = [full for full, _ in every if full.rsplit(".", 1)[-1] in ends[:1]][:3]
    sections = ", ".join(models()[0].model_fields)
    hint = f"did you mean  {', '.join(close)}?" if close else f"sections: {sections}"
    return Problem.at(Place(path), "", "there is no such parameter", [hint])


def _section_head(declared: Declared | None, model: type[Section]) -> str:
    if declared is None:
        return _TITLES.get(model.__name__, model.__name__)
    labels = f"{declared.extra('label_en')} / {declared.extra('label_zh')}"
    return f"{declared.path}  {labels}\n{declared.meaning}"


def _table(items: list[Declared]) -> str:
    rows = [
        (item.path, item.default_text(), "" if item.extra("unit") == "-" else item.extra("unit"),
         item.status, item.extra("label_en"))
        for item in items
    ]  # fmt: skip
    head = ("parameter", "default", "unit", "status", "label")
    limits = (62, 26, 34, 8, 60)
    widths = [
        min(limit, max(len(row[column]) for row in [head, *rows])) for column, limit in enumerate(limits)
    ]
    lines = []
    for row in [head, *rows]:
        cells = [
            (cell if len(cell) <= width else f"{cell[: width - 1]}…").ljust(width)
            for cell, width in zip(row, widths, strict=True)
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def _one(declared: Declared, model: type[Section]) -> str:
    source = declared.source or {
        "assumed": "none: an assumption", "design": "none: a choice about the run, not a fact"
    }.get(declared.status, "")  # fmt: skip
    rows = [
        ("label", f"{declared.extra('label_en')} / {declared.extra('label_zh')}"),
        ("meaning", declared.meaning),
        ("unit", declared.extra("unit")),
        ("allowed", allowed(declared.shape)),
        ("default", declared.default_text()),
        ("status", declared.status),
        ("source", source),
    ]
    if model is models()[0]:
        concrete = declared.path.replace("[]", "[0]").replace(".*", ".<name>")
        rows.append(("set it", f"--set {concrete}=…"))
    text = [f"{declared.path}  ({_KINDS[model.__name__]})"]
    for name, value in rows:
        text += textwrap.wrap(value, 96, initial_indent=f"  {name:<9}", subsequent_indent=" " * 11) or [
            f"  {name}"
        ]
    return "\n".join(text)


_STATUS = {
    "enum": list(get_args(Status)),
    "description": "found in a source, derived from it, fitted to published figures, assumed, or a choice about the run",
}
_PLAIN = (
    *(
        "type",
        "anyOf",
        "enum",
        "const",
        "items",
        "prefixItems",
        "additionalProperties",
        "multipleOf",
        "pattern",
    ),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength"),
    *("minItems", "maxItems", "minProperties", "maxProperties"),
)
_TEXT = {"type": "string"}


def json_schema(model: type[Section], title: str) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a file for ``model``, annotated values and ``extends`` included."""
    schema = model.model_json_schema()
    schema["properties"]["extends"] = {
        "type": "string",
        "description": "File (relative to this one) or built-in name that this file changes.",
    }
    for part in (schema, *schema.get("$defs", {}).values()):
        for name, declared in part.get("properties", {}).items():
            part["properties"][name] = _editable(declared)
    # A parent may give what is required, so a file on its own need not be complete.
    for part in (schema, *schema.get("$defs", {}).values()):
        part.pop("required", None)
    schema.setdefault("$defs", {})["Status"] = _STATUS
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": title}


def _editable(declared: dict[str, Any]) -> dict[str, Any]:
    """Put unit and source into the help text, and allow an annotated value beside a plain one."""
    unit, source = declared.pop("unit", ""), declared.pop("source", "")
    label = f"{declared.pop('label_en', '')} / {declared.pop('label_zh', '')}".strip(" /")
    status = declared.pop("status", "")
    status = "a matter of design" if status == "design" else status
    declared.pop("decoration", None)
    told = [declared.pop("meaning", ""), f"Unit: {unit}." if unit not in ("", "-") else ""]
    told.append(
        f"The default is {status}{f': {source}' if source else ''}."
        if "default" in declared and status
        else ""
    )
    if text := " ".join(part for part in told if part):
        declared["description"] = text
    if label:
        declared["title"] = label
    if "$ref" in declared or "allOf" in declared or _holds_sections(declared):
        return declared
    plain = {key: declared.pop(key) for key in _PLAIN if key in declared}
    if isinstance(entry := plain.get("additionalProperties"), dict):
        plain["additionalProperties"] = {"anyOf": [entry, _annotated(entry)]}
    return {**declared, "anyOf": [plain, _annotated(plain)]}


def _annotated(plain: dict[str, Any]) -> dict[str, Any]:
    words = {"value": plain, "status": {"$ref": "#/$defs/Status"}, "source": _TEXT, "note": _TEXT}
    return {"type": "object", "properties": words, "required": ["value"], "additionalProperties": False}


def _holds_sections(declared: dict[str, Any]) -> bool:
    return "$ref" in json.dumps(declared)


def schema_files() -> dict[str, dict[str, Any]]:
    """Return the schemas that are kept beside the scenarios, by file name."""
    from govsim.scenario.schema import Scenario
    from govsim.scenario.schema.governance import Governance
    from govsim.scenario.schema.study import Study
    from govsim.scenario.schema.timeline import Measure

    return {
        "scenario.schema.json": json_schema(Scenario, "govsim scenario"),
        "governance.schema.json": json_schema(Governance, "govsim governance model"),
        "measure.schema.json": json_schema(Measure, "govsim countermeasure or shock"),
        "study.schema.json": json_schema(Study, "govsim study"),
    }


def schema_text(schema: dict[str, Any]) -> str:
    """Write a schema as it is kept in a file."""
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


def write_schemas(folder: FilePath) -> list[FilePath]:
    """Write the schema files that differ from what is there; return those written."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, schema in schema_files().items():
        file, text = folder / name, schema_text(schema)
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8", newline="\n")
            written.append(file)
    return written


_SAFE = re.compile(r"[A-Za-z_\u4e00-\u9fff][A-Za-z0-9_./()\-\u4e00-\u9fff ]*")


def as_yaml(
    section: Section, origins: Mapping[str, Origin], *, comments: bool = True, annotate: bool = False
) -> str:
    """Write a resolved section as YAML that reads back to the same section.

    Parameters
    ----------
    section, origins
        As in ``Loaded.scenario`` and ``Loaded.origins``, or of a governance model.
    comments
        End every value's line with unit, origin and status.
    annotate
        Write values whose status does not follow from the declarations as ``{value, status, source}``, so
        that nothing is lost when the text is read again.
    """
    found = {leaf.path: leaf for leaf in leaves(section)}
    lines: list[str] = []
    _mapping(_values(section), (), "", found, origins, comments, annotate, lines)
    return "\n".join(lines) + "\n"


def _values(value: Any) -> Any:
    if isinstance(value, Section):
        return {name: _values(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, dict):
        return {key: _values(item) for key, item in value.items()}
    return [_values(item) for item in value] if isinstance(value, list | tuple) else value


def _mapping(
    data: dict[str, Any],
    path: Path,
    indent: str,
    found: Mapping[Path, Leaf],
    origins: Mapping[str, Origin],
    comments: bool,
    annotate: bool,
    lines: list[str],
) -> None:
    def shown(leaf: Leaf) -> str:
        origin = origins[dotted(leaf.path)]
        text = _with_origin(leaf, origin) if annotate else _inline(leaf.value)
        return f"{text}{'  # ' + remark(leaf, origin) if comments else ''}"

    for key, value in data.items():
        here = (*path, key)
        name = f"{indent}{_scalar(key)}:"
        if here in found:
            lines.append(f"{name} {shown(found[here])}")
        elif value is None:
            continue
        elif isinstance(value, dict) and value:
            lines.append(name)
            _mapping(value, here, f"{indent}  ", found, origins, comments, annotate, lines)
        elif isinstance(value, list) and value:
            lines.append(name)
            for index, item in enumerate(value):
                if (*here, index) in found:
                    lines.append(f"{indent}  - {shown(found[(*here, index)])}")
                    continue
                block: list[str] = []
                _mapping(item, (*here, index), f"{indent}    ", found, origins, comments, annotate, block)
                block[0] = f"{indent}  - {block[0].lstrip()}"
                lines += block
        else:
            lines.append(f"{name} {'{}' if isinstance(value, dict) else '[]'}")


def _with_origin(leaf: Leaf, origin: Origin) -> str:
    plain = _inline(leaf.value)
    design = origin.status == "design" and leaf.declared.status == "design"
    follows = (
        origin.status == leaf.declared.status and origin.source == leaf.declared.source
        if leaf.is_default
        else False
    )
    if follows or design or (origin.status == "assumed" and not origin.source and not leaf.is_default):
        return plain
    parts = [f"value: {plain}", f"status: {origin.status}"]
    parts += [f"{word}: {_in_quotes(text)}" for word, text in
              (("source", origin.source), ("note", origin.note)) if text]  # fmt: skip
    return f"{{{', '.join(parts)}}}"


def remark(leaf: Leaf, origin: Origin) -> str:
    """Unit, origin, status and source in one line."""
    unit = leaf.declared.extra("unit")
    parts = [unit if unit not in ("", "-") else "", str(origin), origin.status, origin.source]
    return "; ".join(" ".join(part.split()) for part in parts if part)


def _inline(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_inline(item) for item in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_scalar(key)}: {_inline(item)}' for key, item in value.items())}}}"
    return _scalar(value)


def _scalar(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    text = str(value)
    plain = _SAFE.fullmatch(text) and text == text.strip() and isinstance(resolve_scalar(text), str)
    return text if plain else _in_quotes(text)


def _in_quotes(text: str) -> str:
    """Write a text between double quotes, with escapes for what YAML or a reader could not see."""
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(
        ch if ch.isprintable() else f"\\u{ord(ch):04x}" if ord(ch) < 0x10000 else f"\\U{ord(ch):08x}"
        for ch in quoted
    )


def as_records(section: Section, origins: Mapping[str, Origin]) -> list[dict[str, Any]]:
    """List every value with path, value, unit, origin, status, source, note and label."""
    records = []
    for leaf in leaves(section):
        origin = origins[dotted(leaf.path)]
        records.append(
            {
                "path": dotted(leaf.path),
                "value": leaf.value,
                "unit": leaf.declared.extra("unit"),
                "origin": str(origin),
                "status": origin.status,
                "source": origin.source,
                "note": origin.note,
                "label": leaf.declared.extra("label_en"),
            }
        )
    return records


def as_table(section: Section, origins: Mapping[str, Origin]) -> str:
    """Write one line a value: path, value, unit, origin, status and source."""
    rows = [
        (
            record["path"],
            _inline(record["value"]),
            "" if record["unit"] == "-" else record["unit"],
            record["origin"],
            record["status"],
            record["source"],
        )
        for record in as_records(section, origins)
    ]
    widths = [
        min(limit, max((_columns(row[number]) for row in rows), default=0))
        for number, limit in enumerate(_WIDTHS)
    ]
    lines = []
    for row in rows:
        cells = [_fitted(cell, width) for cell, width in zip(row, widths, strict=False)]
        lines.append("  ".join([*cells, row[-1]]).rstrip())
    return "\n".join(lines)


_WIDTHS = (60, 28, 28, 40, 7)


def _columns(text: str) -> int:
    """Count the columns of a terminal that a text takes: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(ch) in "WF" else 1 for ch in text)


def _fitted(text: str, width: int) -> str:
    """Cut or fill a text to exactly ``width`` columns."""
    flat = " ".join(text.split())
    if _columns(flat) > width:
        while _columns(flat) > width - 1:
            flat = flat[:-1]
        flat += "…"
    return flat + " " * (width - _columns(flat))


def status_counts(origins: Mapping[str, Origin]) -> dict[str, int]:
    """Count values by status, in the order of its declaration; a status that no value has is left out."""
    counts: dict[str, int] = dict.fromkeys(get_args(Status), 0)
    for origin in origins.values():
        counts[origin.status] += 1
    return {status: count for status, count in counts.items() if count}
