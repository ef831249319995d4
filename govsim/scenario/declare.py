"""How a parameter is declared: once, with everything that other rooms derive from it.

Validation, defaults, the JSON Schema, ``govsim describe``, the origin and status shown to a user and (later)
the sliders, sweeps and dead-knob tests all read these declarations; nothing about a parameter is written
twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Status = Literal["found", "derived", "calibrated", "assumed", "design"]
"""Where a value comes from. ``calibrated`` values have no source of their own and were fitted to published figures; ``design``
marks choices about a run (its length, seeds) that no source gives."""


class Section(BaseModel):
    """A frozen group of parameters; unknown keys are refused and nothing is cast silently."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False, use_attribute_docstrings=False
    )


def parameter(
    default: Any = ...,
    *,
    en: str,
    zh: str,
    unit: str,
    meaning: str,
    status: Status = "assumed",
    source: str = "",
    decoration: bool = False,
    repeats: bool = False,
    entries: Mapping[str, tuple[str, str]] | None = None,
    **limits: Any,
) -> Any:
    """Declare one parameter of a :class:`Section`.

    Parameters
    ----------
    default
        Default value; leave out for a required parameter.
    en, zh
        Short label in English and Chinese.
    unit
        Unit in words: ``"hours per week"``, ``"share, 0-1"``, ``"count"``, ``"-"`` for a name or a switch.
    meaning
        One sentence: what it does in the model.
    status
        ``found`` (in a source), ``derived`` (arithmetic on found values), ``assumed`` (no source) or
        ``design``.
    source
        Where the default comes from; required when the status is ``found`` or ``derived``.
    decoration
        For people only (a name, a label, a colour): enters no content hash, so that equal structures under
        two names are the same thing.
    entries
        For a mapping: words, English and Chinese, for the entries that ship.
    repeats
        How often the section around it stands in its list: the short form and the same entries written out
        have the same content hash.
    **limits
        ``ge``, ``gt``, ``le``, ``lt``, ``min_length``, ``max_length``, ``default_factory`` as in pydantic.
    """
    if status in ("found", "derived") and not source:
        raise ValueError(f"parameter {en!r} is {status} but names no source")
    extra: dict[str, Any] = {"label_en": en, "label_zh": zh, "unit": unit, "status": status, "source": source}
    if decoration:
        extra["decoration"] = True
    if repeats:
        extra["repeats"] = True
    if entries:
        extra["entries"] = dict(entries)
    if "default_factory" in limits:
        return Field(description=meaning, json_schema_extra=extra, **limits)
    return Field(default, description=meaning, json_schema_extra=extra, **limits)
