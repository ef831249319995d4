"""Markdown of the tables: numbers with their spread, names that no table breaks at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from govsim.report.comparing.words import number
from govsim.results.declare import Indicator
from govsim.results.values import Missing, Value
from govsim.statistics.distribution import distribution


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; the first column is words, the rest numbers."""
    lines = [_line(header), _line([":--", *["--:"] * (len(header) - 1)]), *(_line(row) for row in rows)]
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def spread(values: Sequence[Value], indicator: Indicator) -> str:
    """Return mean ± standard deviation over seeds, and of how many where some have no number.

    Of two groups of results it is that of the larger one, with the number of seeds in the other.
    """
    found, d = distribution(values), indicator.decimals
    if found.range is None:
        return f"{values[0].value if values and isinstance(values[0], Missing) else Missing.NO_BASE.value} 0 of {len(values)}"
    if found.peaks:
        odd = next(peak for peak in found.peaks if peak is not found.rest)
        usual = _plus_minus(found.rest.mean, found.rest.spread, d)
        return f"{usual} in {found.rest.seeds} of {found.of}, {number(odd.at, d)} in {odd.seeds}"
    numbers = [value for value in values if not isinstance(value, Missing)]
    words = _plus_minus(
        float(np.mean(numbers)), float(np.std(numbers, ddof=1)) if len(numbers) > 1 else None, d
    )
    if found.beyond is not None:
        words = f"beyond {number(found.beyond, d)}"
    return words if len(numbers) == len(values) else f"{words}, {len(numbers)} of {len(values)}"


def _plus_minus(mean: float, spread: float | None, decimals: int) -> str:
    return (
        number(mean, decimals) if spread is None else f"{number(mean, decimals)} ± {number(spread, decimals)}"
    )


def listed(words: Sequence[str]) -> str:
    """Return ``a, b and c``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def counted(count: int, what: str) -> str:
    """Return ``1 pair`` or ``3 pairs``."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"
