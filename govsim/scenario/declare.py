"""How a parameter is declared: once, with everything that other rooms derive from it; and shares that belong together."""

from __future__ import annotations

import ast
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

Status = Literal["found", "derived", "calibrated", "assumed", "design"]
"""Where a value comes from. ``calibrated`` values have no source of their own and were fitted to published figures; ``design``
marks choices about a run (its length, seeds) that no source gives."""


@cache
def _docstrings(module: str) -> dict[str, dict[str, str]]:
    """Return the docstrings of the fields of each class of a module."""
    file = getattr(sys.modules.get(module), "__file__", None)
    if file is None or not Path(file).is_file():
        return {}
    found: dict[str, dict[str, str]] = {}
    for item in ast.walk(ast.parse(Path(file).read_text(encoding="utf-8"))):
        if not isinstance(item, ast.ClassDef):
            continue
        for field, told in zip(item.body, item.body[1:], strict=False):
            if (
                isinstance(field, ast.AnnAssign)
                and isinstance(field.target, ast.Name)
                and isinstance(told, ast.Expr)
                and isinstance(told.value, ast.Constant)
            ):
                words = " ".join(str(told.value.value).split())
                found.setdefault(item.name, {})[field.target.id] = words
    return found


class Section(BaseModel):
    """A frozen group of parameters; unknown keys are refused and nothing is cast silently."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False, use_attribute_docstrings=False
    )

    def __init_subclass__(cls, **options: Any) -> None:
        """Give each field the docstring under it as its meaning.

        Pydantic can do that too (``use_attribute_docstrings``), but takes a second for all sections.
        """
        super().__init_subclass__(**options)
        meanings = _docstrings(cls.__module__).get(cls.__name__, {})
        for name, info in vars(cls).items():
            if isinstance(info, FieldInfo) and isinstance(info.json_schema_extra, dict) and name in meanings:
                info.json_schema_extra["meaning"] = meanings[name]


def parameter(
    default: Any,
    en: str,
    zh: str,
    unit: str,
    *,
    meaning: str = "",
    status: Status = "assumed",
    source: str = "",
    decoration: bool = False,
    repeats: bool = False,
    entries: Mapping[str, tuple[str, str]] | None = None,
    **limits: Any,
) -> Any:
    """Declare one parameter of a :class:`Section`; the docstring under it says in a sentence what it does in the model.

    Parameters
    ----------
    default
        Default value; ``...`` for a required parameter, or where ``default_factory`` makes it.
    en, zh
        Short label in English and Chinese.
    unit
        Unit in words: ``"hours per week"``, ``"share, 0-1"``, ``"count"``, ``"-"`` for a name or a switch.
    meaning
        The sentence, where a function makes the declaration and nothing stands under it.
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
    extra["meaning"] = meaning
    if decoration:
        extra["decoration"] = True
    if repeats:
        extra["repeats"] = True
    if entries:
        extra["entries"] = dict(entries)
    if "default_factory" in limits:
        return Field(json_schema_extra=extra, **limits)
    return Field(default, json_schema_extra=extra, **limits)


SLACK = 1e-9
"""What rounding of decimal shares may add up to."""


def at_most_one(section: Section, *names: str, rest: str) -> None:
    """Refuse shares that add up to more than 1.

    Parameters
    ----------
    names
        Fields of ``section``.
    rest
        What the remaining share is, in words.
    """
    total = sum(getattr(section, name) for name in names)
    if total > 1 + SLACK:
        raise contradiction(
            "{list} add up to {total}; at most 1 is possible, because the rest is {rest}",
            *names,
            list=" + ".join(names),
            total=f"{total:g}",
            rest=rest,
        )


def contradiction(message: str, *fields: str, **words: str) -> PydanticCustomError:
    """Return the error for fields that do not go together.

    Parameters
    ----------
    message
        Sentence with ``{names}`` of ``words``.
    fields
        Fields that took part, dotted, seen from the section that raises.
    """
    return PydanticCustomError("contradiction", message, {**words, "fields": list(fields)})


def scale_to(share: float, groups: list[tuple[float, float]]) -> float:
    """Return the factor x on ratios of chances with which a share comes out.

    Parameters
    ----------
    share
        Wanted sum of ``weight * min(1, x * ratio)``; if it is out of reach, the least x with the largest sum.
    groups
        Ratio of chances, and share of people, of each group.
    """
    low, high = 0.0, 1.0 / min((ratio for ratio, weight in groups if ratio > 0 and weight > 0), default=1.0)
    for _ in range(100):
        middle = 0.5 * (low + high)
        if sum(weight * min(1.0, middle * ratio) for ratio, weight in groups) < share:
            low = middle
        else:
            high = middle
    return high
