"""What an indicator is: declared once, with all that tables, dictionary and comparisons need."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from govsim.results.values import Missing, Value, ratio
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
class Count:
    """Something that is counted, see :mod:`govsim.results.tables`."""

    en: str
    zh: str
    of: Callable[[View], float]


class Window(Enum):
    """Over which weeks an indicator looks; the value is how it is said in English and in Chinese."""

    COUNTED = ("the counted weeks", "统计期")
    END = ("the end of the run", "期末")
    HALF_YEAR = ("the last half year", "最后半年")
    FOLLOWED = ("problems that arose in the last two years", "最后两年内发生的问题")
    FIFTEEN_MONTHS = ("the last 65 weeks", "最后65周")
    RUN = ("the whole run", "整个模拟期")


@dataclass(frozen=True)
class Indicator(Column):
    """A number about a whole run: a ratio of two counts, or a ``measure`` of another form.

    Attributes
    ----------
    events, base : Count, optional
        What is counted, and out of what; None where the number is no ratio.
    scale : float
        Factor on the ratio.
    window : Window
        Over which weeks.
    measure : callable
        From the :class:`~govsim.results.view.View` of a recording to a value, where the number is no ratio.
    decimals : int
        Digits after the point where it is printed; files keep ten significant digits.
    printed : str
        Name and unit in at most 36 letters, for the printed table; empty where label and unit fit.
    headline : bool
        Whether it stands in the printed comparison, and in the family over which "clear" is corrected.
    target : tuple of (float, float), optional
        Range within which published figures lie, for pattern checks.
    source : str
        Where the range comes from.
    """

    events: Count | None = None
    base: Count | None = None
    scale: float = 1.0
    window: Window = Window.COUNTED
    measure: Measure = lambda view: Missing.NO_BASE
    decimals: int = 1
    printed: str = ""
    headline: bool = False
    target: tuple[float, float] | None = None
    source: str = ""

    @property
    def words(self) -> str:
        """Name and unit as they are printed."""
        return self.printed or f"{self.label_en}, {self.unit}"

    def parts(self, view: View) -> tuple[float, float] | None:
        """Return what was counted and out of how much, or None where the number is no ratio.

        Over several runs the ratio is that of the sums, so that no run drops out because its base is nothing.
        """
        if self.events is None or self.base is None:
            return None
        return float(self.events.of(view)), float(self.base.of(view))

    def compute(self, view: View) -> Value:
        """Return the number of one run."""
        return self.with_parts(view)[0]

    def with_parts(self, view: View) -> tuple[Value, tuple[float, float] | None]:
        """Return the number of one run, and what :meth:`parts` does."""
        parts = self.parts(view)
        return self.measure(view) if parts is None else ratio(*parts, self.scale), parts
