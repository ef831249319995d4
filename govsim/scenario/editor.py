"""JSON Schema for editors: names, limits, units and meanings while a person types a scenario."""

from __future__ import annotations

import json
from pathlib import Path as FilePath
from typing import Any, get_args

from govsim.scenario.declare import Section, Status

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


def as_text(schema: dict[str, Any]) -> str:
    """Write a schema as it is kept in a file."""
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


def write_schemas(folder: FilePath) -> list[FilePath]:
    """Write the schema files that differ from what is there; return those written."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, schema in schema_files().items():
        file, text = folder / name, as_text(schema)
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8", newline="\n")
            written.append(file)
    return written
