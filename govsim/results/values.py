"""A measured value is a finite number or a named reason why there is none; never NaN, never an empty cell."""

from __future__ import annotations

import math
from collections.abc import Iterable
from enum import Enum

from govsim.results.errors import RefusedError
from govsim.units import PERCENT


class Missing(Enum):
    """Why an indicator has no number; the text is what is stored and printed."""

    NO_BASE = "n/a"
    """Nothing to divide by: no cases, no calls, nobody in the group."""
    NOT_REACHED = "not reached"
    """A quantile that the run was too short, or the resolution too rare, to reach."""


_REASONS = {missing.value: missing for missing in Missing}

Value = float | Missing


NUMBER, MINUS_NOTHING = "%.10g", "-0"
"""How numbers are written, and what is written as 0."""


def spans(numbers: Iterable[int]) -> str:
    """Return whole numbers in order, runs of them as ranges: ``1-18, 21, 23``."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def ratio(numerator: float, denominator: float, scale: float = 1.0) -> Value:
    """Return ``scale * numerator / denominator``, or :attr:`Missing.NO_BASE` with nothing to divide by."""
    return scale * float(numerator) / float(denominator) if denominator > 0 else Missing.NO_BASE


def percent(numerator: float, denominator: float) -> Value:
    """Return the share as a percentage, or :attr:`Missing.NO_BASE`."""
    return ratio(numerator, denominator, PERCENT)


def difference(a: Value, b: Value) -> Value:
    """Return ``a - b``, or the reason why one of them is missing."""
    if isinstance(a, Missing):
        return a
    return b if isinstance(b, Missing) else a - b


def text(value: Value | int, where: str = "") -> str:
    """Return the stored form: ten significant digits, the same on every machine and in every locale.

    Raises
    ------
    RefusedError
        If the value is NaN or infinite; ``where`` names the run, week and indicator.
    """
    if isinstance(value, Missing):
        return value.value
    if not math.isfinite(value):
        raise RefusedError(
            f"{where or 'a result'} is {value}: not a number, so nothing built on it can be trusted"
        )
    written = NUMBER % value
    return "0" if written == MINUS_NOTHING else written


def parse(cell: str, where: str = "") -> Value:
    """Read back what :func:`text` wrote; the inverse of it.

    Raises
    ------
    RefusedError
        If the cell is empty, NaN, infinite or no number.
    """
    for missing in Missing:
        if cell == missing.value:
            return missing
    try:
        value = float(cell)
    except ValueError:
        raise RefusedError(
            f"{where} holds {cell!r}, which is neither a number nor {Missing.NO_BASE.value}"
        ) from None
    if not math.isfinite(value):
        raise RefusedError(f"{where} holds {cell!r}: not a finite number")
    return value
