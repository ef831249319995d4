"""The five countermeasures that the project set out from, marked ① to ⑤ wherever a page names one."""

from __future__ import annotations

from functools import cache

from govsim.report.glossary import Said
from govsim.scenario import load_measure

OF_THE_PROJECT = (
    "party_training", "cadre_staffing", "organisation_management", "soft_power", "primary_responsibility",
)  # fmt: skip
"""In the order of their marks."""
_FIRST = ord("①")
MARKS = Said("①–⑤: the five countermeasures that the project set out from.", "①–⑤为课题最初提出的五项对策。")


@cache
def _marks() -> dict[str, str]:
    names = (load_measure(name).section.name.en for name in OF_THE_PROJECT)
    return {name: chr(_FIRST + place) for place, name in enumerate(names)}


def marked(name: Said) -> Said:
    """Return the name of a countermeasure, or of a model with measures, with the marks of those that have one."""
    words = Said(" + ".join(map(_en, name.en.split(" + "))), name.zh)
    signs = [mark for part in name.en.split(" + ") if (mark := _marks().get(part))]
    return Said(words.en, f"{''.join(signs)}{name.zh}") if signs else name


def _en(part: str) -> str:
    return f"{_marks()[part]} {part}" if part in _marks() else part
