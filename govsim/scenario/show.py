"""A resolved scenario, written out: every value with its unit, origin and status."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any, get_args

from govsim.scenario.declare import Section, Status
from govsim.scenario.messages import Path, dotted
from govsim.scenario.origins import Leaf, Origin, leaves
from govsim.scenario.scalars import resolve

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
        text = _annotated(leaf, origin) if annotate else _inline(leaf.value)
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


def _annotated(leaf: Leaf, origin: Origin) -> str:
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
    plain = _SAFE.fullmatch(text) and text == text.strip() and isinstance(resolve(text), str)
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
