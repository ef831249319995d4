"""What a study answers: tables, text and panels. One renderer a medium shows them (:mod:`govsim.report.answers`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from govsim.results.csvtext import Cell
from govsim.results.declare import Column, Indicator
from govsim.results.values import Missing
from govsim.scenario.studies import Factor
from govsim.studies.wording import Wording

INDICATOR = (
    Column("indicator", "indicator", "指标", "-", "Name; see dictionary.csv of a run."),
    Column("label_en", "label", "英文名称", "-", "English label of the indicator."),
    Column("label_zh", "Chinese label", "中文名称", "-", "Chinese label of the indicator."),
    Column("unit", "unit", "单位", "-", "Unit of the indicator."),
)
MODEL = Column("model", "model", "治理模式", "-", "Governance model.")


def parameter_columns(factors: Sequence[Factor]) -> list[Column]:
    """Return columns of values of parameters."""
    about = "Parameter {} of the scenario."
    return [Column(f.path, f.label_en, f.label_zh, f.unit, about.format(f.path)) for f in factors]


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
    words : pair of str, optional
        For 0 and 1 instead of numbers.
    ends : pair of float, optional
        Of the axis; without them, what the values need.
    unit : str
        Of the values; panels of one unit are of one family and share a scale.
    """

    title: str
    spans: Sequence[Span]
    x_label: str = ""
    zero: bool = True
    more_is_right: bool = True
    words: tuple[str, str] | None = None
    ends: tuple[float, float] | None = None
    unit: str = ""


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
    star_name : str
        What it is.
    line : float or None
        Where a dotted line stands.
    """

    title: str
    clouds: Sequence[Cloud]
    x_label: str
    y_label: str = ""
    star: tuple[float, float] | None = None
    star_name: str = ""
    line: float | None = None


@dataclass(frozen=True)
class Tiles:
    """A matrix of ratios to 1; None is empty."""

    title: str
    names: Sequence[str]
    ratios: Mapping[tuple[int, int], float]


@dataclass(frozen=True)
class Line:
    """Values of one arm along x, with the smallest and the largest over seeds; None is a gap.

    Attributes
    ----------
    arm : int
        Place among the arms, which fixes colour, dash and marker.
    printed : sequence of str
        The values as they are shown.
    name : str
        Of the arm.
    at_end : str or None
        What a figure prints at its end; the last value where it is None.
    """

    arm: int
    x: Sequence[float]
    middle: Sequence[float | None]
    low: Sequence[float | None]
    high: Sequence[float | None]
    printed: Sequence[str]
    name: str = ""
    at_end: str | None = None

    @property
    def last(self) -> str:
        """What a figure prints at its end."""
        return self.printed[-1] if self.at_end is None else self.at_end


@dataclass(frozen=True)
class Curves:
    """Lines with bands.

    Attributes
    ----------
    alternative : str
        What is shown, in words and numbers, for those who do not see it.
    x_per_tick : float
        Units of ``x`` in one unit of the axis, such as 52 where weeks are shown as years.
    ends : pair of float, optional
        Of the y axis; without them, what the values need.
    zero : bool
        Whether the y axis starts at 0.
    steps : bool
        Values hold until the next one.
    unit : str
        Of the values; panels of one unit are of one family and share a scale.
    level : float or None
        A value to be reached, drawn across.
    """

    title: str
    alternative: str
    lines: Sequence[Line]
    x_label: str
    x_per_tick: float = 1.0
    ends: tuple[float, float] | None = None
    zero: bool = True
    steps: bool = False
    unit: str = ""
    level: float | None = None


@dataclass(frozen=True)
class Strip:
    """Values of one arm over seeds, with quantiles (5, 25, 50, 75, 95 %) where there are any."""

    arm: int
    name: str
    values: Sequence[tuple[float, str]]
    quantiles: Sequence[float] = ()
    note: str = ""
    """Said above the row, such as in how many seeds there is a value at all."""


@dataclass(frozen=True)
class Strips:
    """One mark a seed, rows of arms, quantiles as a box without a mean."""

    title: str
    alternative: str
    rows: Sequence[Strip]
    x_label: str


@dataclass(frozen=True)
class Bar:
    """A bar of parts that follow each other: (value, printed, kind of part)."""

    arm: int
    name: str
    parts: Sequence[tuple[float, str, int]]


@dataclass(frozen=True)
class Bars:
    """Stacked bars on a scale to 100; ``parts`` are the names of the kinds of parts."""

    title: str
    alternative: str
    rows: Sequence[Bar]
    x_label: str
    parts: Sequence[str] = ()


@dataclass(frozen=True)
class ReportedAndTrue:
    """Two values of one arm in one row: as reported and as it is, each with its printed form."""

    arm: int
    row: int
    reported: tuple[float, str] | None
    true: tuple[float, str] | None


@dataclass(frozen=True)
class Dumbbells:
    """What is reported (hollow) and what is true (full), joined by a line, on a scale to 100.

    Attributes
    ----------
    names : sequence of str
        Of the rows.
    arms : sequence of str
        Names of the arms, each of which has a line in every row.
    """

    title: str
    alternative: str
    names: Sequence[str]
    found: Sequence[ReportedAndTrue]
    arms: Sequence[str]
    x_label: str


@dataclass(frozen=True)
class Dot:
    """One mark of an arm in a plane."""

    arm: int
    x: float
    y: float
    name: str


@dataclass(frozen=True)
class Dots:
    """Marks of arms in a plane.

    Attributes
    ----------
    arms : mapping of int to str
        Names of the arms by their place.
    named : bool
        Whether names stand beside the marks, on a larger panel.
    cross : pair of float, optional
        Where the baseline is.
    cross_name : str
        Its name.
    """

    title: str
    alternative: str
    points: Sequence[Dot]
    x_label: str
    y_label: str
    arms: Mapping[int, str] = field(default_factory=dict)
    named: bool = False
    cross: tuple[float, float] | None = None
    cross_name: str = ""


@dataclass(frozen=True)
class Amount:
    """A mean of one arm in one row, with the smallest and the largest over seeds."""

    arm: int
    row: int
    low: float
    middle: float
    high: float
    printed: str


@dataclass(frozen=True)
class Amounts:
    """Rows of bars, one an arm, from 0.

    Attributes
    ----------
    names : sequence of str
        Of the rows.
    arms : sequence of str
        Names of the arms.
    """

    title: str
    names: Sequence[str]
    found: Sequence[Amount]
    arms: Sequence[str]
    x_label: str


@dataclass(frozen=True)
class Pyramid:
    """People by age, one sex to each side, in parts that follow each other from the middle.

    Attributes
    ----------
    bands : sequence of str
        Names of the age bands, youngest first.
    left, right : sequence of sequences of float
        By part, then by band; percent of everybody.
    sides : pair of str
        Names of the two sexes.
    parts : sequence of str
        Names of the parts, at most six.
    """

    title: str
    alternative: str
    bands: Sequence[str]
    left: Sequence[Sequence[float]]
    right: Sequence[Sequence[float]]
    sides: tuple[str, str]
    parts: Sequence[str]
    x_label: str
    y_label: str


Panel = Intervals | Scatter | Tiles | Curves | Strips | Bars | Dumbbells | Dots | Amounts | Pyramid
"""What a figure is made of: data and words. ``report/panels.py`` draws it for files, ``report/html/plot.py`` for pages."""


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


ENDS: Mapping[Literal["en", "zh"], str] = {"en": "", "zh": ".zh"}
"""What the names of figures and pages end in, by language."""
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
    text : callable
        Says it for a terminal.
    sheets : callable
        Makes the figures by name, where they are wanted.
    """

    folder: str
    tables: Mapping[str, DataTable]
    manifest: Mapping[str, Any]
    facts: Mapping[str, Any]
    listed: Mapping[str, DataTable]
    text: Callable[[Wording], Sequence[Passage]]
    sheets: Callable[[Wording], Mapping[str, Sheet]] = lambda say: {}
    page: Callable[[Wording], Page] | None = None
    """For the documentation, where the command is given a folder for it."""
    pages: Mapping[str, str] = field(default_factory=dict)
    """Markdown that stands beside the tables, by file name."""
    once: bool = False
    """A folder of this name holds the same, and is not written again."""
    nulls: bool = False
    """JSON has null where a table has no number."""
