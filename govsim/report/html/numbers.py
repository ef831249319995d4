"""Numbers as they are printed on the page: rounded, never computed."""

from __future__ import annotations

from govsim.report.docs.words import Language
from govsim.report.html.reading import Row, value
from govsim.report.html.words import WORDS, say

_SIGNIFICANT = 3


def printed(cell: str, decimals: int | str, language: Language, sign: bool = False) -> str:
    """Return a cell with so many decimals and a proper minus, or the word for why there is no number."""
    number = value(cell)
    if number is None:
        return say(cell, language) if cell in WORDS else "–"
    rounded = round(number, int(decimals)) + 0.0
    text = f"{rounded:+,.{int(decimals)}f}" if sign and rounded else f"{rounded:,.{int(decimals)}f}"
    return text.replace("-", "\u2212")


def brief(cell: str) -> str:
    """Return a cell of a table of unknown content: a number to three digits or in full, or its words."""
    try:
        number = float(cell)
    except ValueError:
        return cell
    if number == int(number) and abs(number) < 1e9:
        return f"{int(number):,}".replace("-", "\u2212")
    shown = f"{number:.{_SIGNIFICANT}g}" if abs(number) < 10**_SIGNIFICANT else f"{number:,.0f}"
    return shown.replace("-", "\u2212")


def decimals_of(unit: str) -> int:
    """Return how many decimals a value of a table without that column is printed with."""
    if "0-1" in unit:
        return 3
    return 2 if unit.startswith("hours per") else 1


def interval(row: Row, decimals: int | str, language: Language) -> str:
    """Return the interval of a row in brackets; nothing where there is none."""
    ends = [printed(row[end], decimals, language, sign=True) for end in ("low95", "high95")]
    return "" if value(row["low95"]) is None else f"[{ends[0]}, {ends[1]}]"


def is_number(cell: str) -> bool:
    """Return whether a cell is a number as tables hold it."""
    try:
        float(cell)
    except ValueError:
        return False
    return True
