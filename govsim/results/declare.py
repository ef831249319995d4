"""What an indicator is: declared once, with all that tables, dictionary and comparisons need."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from govsim.results.values import Value
from govsim.results.view import View

Measure = Callable[[View], Value]
"""How a number is read from a recording."""


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    direction : int
        +1 where more is better for residents or staff, -1 where less is, 0 where neither can be said.
    definition, definition_zh : str
        What it is, in English and in Chinese.
    """

    name: str
    label_en: str
    label_zh: str
    unit: str
    definition: str
    direction: int = 0
    definition_zh: str = field(default="", kw_only=True)


@dataclass(frozen=True)
class Indicator(Column):
    """A number about a whole run.

    Attributes
    ----------
    decimals : int
        Digits after the point where it is printed; files keep ten significant digits.
    compute : callable
        From the :class:`~govsim.results.view.View` of a recording to a value.
    printed : str
        Name and unit in at most 36 letters, for the printed table; empty where label and unit fit.
    headline : bool
        Whether it stands in the printed comparison, and in the family over which "clear" is corrected.
    target : tuple of (float, float), optional
        Range within which published figures lie, for pattern checks.
    source : str
        Where the range comes from.
    """

    decimals: int = 1
    compute: Measure = lambda view: 0.0
    printed: str = ""
    headline: bool = False
    target: tuple[float, float] | None = None
    source: str = ""

    @property
    def words(self) -> str:
        """Name and unit as they are printed."""
        return self.printed or f"{self.label_en}, {self.unit}"
