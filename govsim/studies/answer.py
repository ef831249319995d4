"""What a study answers: tables, text and panels. One renderer a medium shows them (:mod:`govsim.report.answers`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from govsim.results.csvtext import Cell
from govsim.results.declare import Column, Indicator
from govsim.results.values import Missing, Value

INDICATOR = (
    Column("indicator", "indicator", "指标", "-", "Name; see dictionary.csv of a run."),
    Column("label_en", "label", "英文名称", "-", "English label of the indicator."),
    Column("label_zh", "Chinese label", "中文名称", "-", "Chinese label of the indicator."),
    Column("unit", "unit", "单位", "-", "Unit of the indicator."),
)
MODEL = Column("model", "model", "治理模式", "-", "Governance model.")


def indicator_cells(indicator: Indicator) -> list[Cell]:
    """Return the cells of the columns :data:`INDICATOR`."""
    return [indicator.name, indicator.label_en, indicator.label_zh, indicator.unit]


@dataclass(frozen=True)
class DataTable:
    """Rows with columns that say what they mean.

    Attributes
    ----------
    columns : sequence of Column or str
        A name alone where the page beside the table says what it means.
    """

    columns: Sequence[Column | str]
    rows: Sequence[Sequence[Cell]]

    @property
    def names(self) -> list[str]:
        """Names of the columns."""
        return [item if isinstance(item, str) else item.name for item in self.columns]

    @property
    def described(self) -> tuple[Column, ...]:
        """The columns that have a description."""
        return tuple(item for item in self.columns if not isinstance(item, str))

    def records(self, nulls: bool = False) -> list[dict[str, Any]]:
        """Return rows as JSON takes them: a missing number is its word, or null."""
        return [
            {
                name: (None if nulls else cell.value) if isinstance(cell, Missing) else cell
                for name, cell in zip(self.names, row, strict=True)
            }
            for row in self.rows
        ]


@dataclass(frozen=True)
class TextTable:
    """A table of words, its header first.

    Attributes
    ----------
    left : tuple of int
        Columns of words; all others are numbers.
    """

    rows: Sequence[Sequence[str]]
    left: tuple[int, ...] = (0,)


@dataclass(frozen=True)
class Lines:
    """Lines as they stand."""

    lines: Sequence[str]


@dataclass(frozen=True)
class Command:
    """A command to type."""

    words: str


@dataclass(frozen=True)
class PagePicture:
    """The place of a figure on a page."""

    name: str
    alternative: str


Part = str | TextTable | Lines | Command | PagePicture
"""A paragraph, a table, lines, a command or a picture."""


@dataclass(frozen=True)
class Passage:
    """Parts that belong together under a heading; a terminal shows the parts alone."""

    heading: str
    parts: Sequence[Part]


@dataclass(frozen=True)
class Span:
    """A row of :class:`Intervals`.

    Attributes
    ----------
    full : bool
        Whether something is told, else it is drawn hollow.
    strength : float
        How dark it is drawn, 0-1.
    cross : float or None
        A further value to be marked, such as today's.
    """

    label: str
    low: float
    middle: float
    high: float
    full: bool = True
    strength: float = 1.0
    cross: float | None = None


@dataclass(frozen=True)
class Intervals:
    """Values with intervals, one below the other.

    Attributes
    ----------
    zero : bool
        Draw a line at 0.
    more_is_right : bool
        False turns the axis round.
    ends : pair of str, optional
        Words for 0 and 1 instead of numbers.
    """

    title: str
    spans: Sequence[Span]
    x_label: str = ""
    zero: bool = True
    more_is_right: bool = True
    ends: tuple[str, str] | None = None


@dataclass(frozen=True)
class Cloud:
    """Marks of one kind.

    Attributes
    ----------
    kind : int or None
        Place in the list of colours and markers; None is faint.
    """

    label: str
    x: Sequence[float]
    y: Sequence[float]
    kind: int | None
    full: bool = True
    marker: str = ""


@dataclass(frozen=True)
class Scatter:
    """Marks in a plane.

    Attributes
    ----------
    star : pair of float, optional
        A place marked above all others, such as today's.
    line : float or None
        Where a dotted line stands.
    """

    title: str
    clouds: Sequence[Cloud]
    x_label: str
    y_label: str = ""
    star: tuple[float, float] | None = None
    line: float | None = None


@dataclass(frozen=True)
class Tiles:
    """A matrix of ratios to 1; None is empty."""

    title: str
    names: Sequence[str]
    ratios: Mapping[tuple[int, int], float]


Panel = Intervals | Scatter | Tiles


@dataclass(frozen=True)
class Sheet:
    """A figure: panels with a title, a note on how to read them, and where they come from.

    Attributes
    ----------
    across : int
        Panels beside each other.
    widths : sequence of float, optional
        Of the columns.
    labels_once : bool
        Panels beside each other have the same rows.
    """

    title: str
    note: str
    footer: str
    panels: Sequence[Panel]
    across: int
    widths: Sequence[float] | None = None
    labels_once: bool = False


WIDTH = 100
"""Letters of a printed line."""


@dataclass(frozen=True)
class Page:
    """A page of the documentation, whose texts are Markdown."""

    name: str
    title: str
    sections: Sequence[Passage]


@dataclass(frozen=True)
class Answer:
    """What a study found, for every medium.

    Attributes
    ----------
    folder : str
        Where it is written, below the folder of the study; empty for that folder itself, which has no manifest.
    tables : mapping of str to DataTable
        By the name of the file.
    manifest : mapping
        What the folder of the answer says of the study.
    facts : mapping
        What JSON says before the tables, in this order; ``folder`` is put in.
    listed : mapping of str to DataTable
        The tables that JSON holds, by their name there.
    text : sequence of Passage
        For a terminal.
    sheets : callable
        Makes the figures by name, where they are wanted.
    """

    folder: str
    tables: Mapping[str, DataTable]
    manifest: Mapping[str, Any]
    facts: Mapping[str, Any]
    listed: Mapping[str, DataTable]
    text: Sequence[Passage]
    sheets: Callable[[], Mapping[str, Sheet]] = field(default=dict)
    page: Page | None = None
    """For the documentation, where the command is given a folder for it."""
    pages: Mapping[str, str] = field(default_factory=dict)
    """Markdown that stands beside the tables, by file name."""
    once: bool = False
    """A folder of this name holds the same, and is not written again."""
    nulls: bool = False
    """JSON has null where a table has no number."""

    @cached_property
    def drawn(self) -> Mapping[str, Sheet]:
        """The figures by name."""
        return self.sheets()


def number(value: Value | None, decimals: int, sign: bool = False) -> str:
    """Return a number for people, or why there is none."""
    if value is None:
        return "-"
    if isinstance(value, Missing):
        return value.value
    rounded = round(value, decimals) + 0.0
    return f"{rounded:+,.{decimals}f}" if sign else f"{rounded:,.{decimals}f}"


def letters(arms: Sequence[object]) -> list[str]:
    """Return the letters that stand for the arms in narrow columns."""
    return [chr(ord("A") + index) if index < 26 else f"A{index}" for index in range(len(arms))]


def listed(words: Sequence[str]) -> str:
    """Return ``a, b and c``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def counted(count: int, what: str) -> str:
    """Return ``1 pair`` or ``3 pairs``."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"
