"""What a part of the benchmark hands over: tables, ratios to reach, and remarks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.timing import Spread


@dataclass(frozen=True)
class Aim:
    """A ratio to reach.

    Attributes
    ----------
    bar : float
        What the median is held to; ``at_least`` says from which side.
    """

    what: str
    reached: Spread
    bar: float
    at_least: bool

    @property
    def met(self) -> bool:
        """Whether the median reaches the bar."""
        return self.reached.median >= self.bar if self.at_least else self.reached.median <= self.bar


ALL = "*"
"""Stands for all columns of a table."""


@dataclass(frozen=True)
class Table:
    """A table of texts.

    Attributes
    ----------
    notes : tuple of str
        Paragraphs below it.
    more, less : tuple of str
        Columns in which more, or less, is better; others are no figures of speed or size.
    """

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()

    def markdown(self) -> str:
        """Return the table in Markdown."""
        lines = [f"| {' | '.join(row)} |" for row in (self.head, ["---"] * len(self.head), *self.rows)]
        return "\n\n".join([f"**{self.title}**", "\n".join(lines), *self.notes])


@dataclass
class Section:
    """One part of the page."""

    aims: list[Aim] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def markdown(self) -> str:
        """Return the section in Markdown, aims first."""
        parts = []
        if self.aims:
            rows = [
                [
                    aim.what,
                    f"{'≥' if aim.at_least else '≤'} {number(aim.bar)}",
                    spread(aim.reached),
                    "yes" if aim.met else "**no**",
                ]
                for aim in self.aims
            ]
            parts.append(Table("Aims", ("ratio", "aim", "median (least–most)", "reached"), rows).markdown())
        return "\n\n".join([*parts, *(table.markdown() for table in self.tables), *self.remarks])


def number(value: float) -> str:
    """Return a figure with three digits."""
    if value != value:
        return "–"
    if value == 0.0:
        return "0"
    size = abs(value)
    if size >= 1000:
        return f"{value:,.0f}"
    return f"{value:.{0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 3}f}"


def spread(values: Spread, scale: float = 1.0, unit: str = "") -> str:
    """Return median (least–most)."""
    low, middle, high = (number(value * scale) for value in (values.low, values.median, values.high))
    return f"{middle}{unit} ({low}–{high})"
