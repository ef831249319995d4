"""Markdown of the tables: numbers with their spread, names that no table breaks at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from govsim.report.comparing.words import number
from govsim.results.declare import Indicator
from govsim.results.values import Missing, Value


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; the first column is words, the rest numbers."""
    lines = [_line(header), _line([":--", *["--:"] * (len(header) - 1)]), *(_line(row) for row in rows)]
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def spread(values: Sequence[Value], indicator: Indicator) -> str:
    """Return mean ± standard deviation over seeds; where some seed has no number, in how many there is one."""
    numbers = [value for value in values if not isinstance(value, Missing)]
    if not numbers:
        return values[0].value if values and isinstance(values[0], Missing) else Missing.NO_BASE.value
    if len(numbers) < len(values):
        reason = next(value.value for value in values if isinstance(value, Missing))
        return f"{reason} in {len(values) - len(numbers)} of {len(values)}"
    middle = number(float(np.mean(numbers)), indicator.decimals)
    return (
        middle
        if len(numbers) < 2
        else f"{middle} ± {number(float(np.std(numbers, ddof=1)), indicator.decimals)}"
    )


def listed(words: Sequence[str]) -> str:
    """Return ``a, b and c``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def counted(count: int, what: str) -> str:
    """Return ``1 pair`` or ``3 pairs``."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"
