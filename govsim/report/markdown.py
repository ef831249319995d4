"""Markdown of the tables: numbers with their spread, names that no table breaks at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from govsim.results.declare import Indicator
from govsim.results.values import Missing, Value
from govsim.statistics.distribution import distribution
from govsim.studies.answer import number


def table(header: Sequence[str], rows: Iterable[Sequence[str]], left: Sequence[int] = (0,)) -> str:
    """Return a table; the columns ``left`` are words, the rest numbers."""
    words = {column % len(header) for column in left}
    rule = [":--" if column in words else "--:" for column in range(len(header))]
    return "\n".join([_line(header), _line(rule), *(_line(row) for row in rows)])


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
