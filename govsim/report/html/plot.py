"""Panels as small SVG drawings: places and words only; what they look like stands in the style sheet of the page."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, TypeVar

from govsim.studies.answer import Bars, Curves, Dots, Dumbbells, Intervals, Line, Panel, Pyramid, Strips
from govsim.studies.wording import wide, wrapped

WIDTH = 340.0
"""Units of a panel: about CSS pixels on a phone, so that its text stays readable there."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 40.0, 12.0, 10.0, 34.0
_CURVES_HEIGHT = 215.0
_CHARACTER = 6.2
"""Width of an average letter of an axis label."""
_BOLD = 1.25 * _CHARACTER
"""The same of a name beside a mark, at most."""

DASHES = ("", "7 3", "2 2.5", "9 3 2 3", "5 2 1.5 2 1.5 2", "12 4", "1 4")
MARKERS = (
    "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
    "M-3.6-3.6h7.2v7.2h-7.2z",
    "M0-4.6L4.4 3.4H-4.4z",
    "M0-5L4.4 0L0 5L-4.4 0z",
    "M0 4.6L4.4-3.4H-4.4z",
    "M-1.5-4.5h3v3h3v3h-3v3h-3v-3h-3v-3h3z",
    "M-4-2.2L-2.2-4L0-1.8L2.2-4L4-2.2L1.8 0L4 2.2L2.2 4L0 1.8L-2.2 4L-4 2.2L-1.8 0z",
)
"""Outlines about the origin: circle, square, triangle, diamond, triangle upside down, plus, cross."""
_COLOUR_SHIFT = 3
"""By how many colours the second turn through the dashes is shifted, so that a dash comes back in another colour."""
MOST_BANDS = 6
"""More lines than these have no bands: laid over each other they would be one grey."""
MOST_LOOKS = len(DASHES)
"""Of more lines than these only the first has its colour; it is named, and so are the highest and the lowest at the end."""
_LINE = 13.0
"""Units of a line of a name above its row."""


@dataclass(frozen=True)
class Look:
    """What tells an arm from the others.

    Attributes
    ----------
    colour : int
        Place in the list of colours.
    """

    dash: str
    marker: str
    colour: int


def look(place: int) -> Look:
    """Return how the arm at a place is drawn: dash and marker together are its own even in grey, up to 49 arms."""
    turn, first = divmod(place, len(DASHES))
    return Look(
        DASHES[first], MARKERS[(first + turn) % len(MARKERS)], (first + _COLOUR_SHIFT * turn) % len(DASHES)
    )


@dataclass(frozen=True)
class Mark:
    """One thing drawn.

    Attributes
    ----------
    path : str
        SVG path.
    kind : str
        Class names for the style sheet.
    arm : int or None
        Place of the arm that it belongs to; it vanishes with it.
    at : tuple of (float, float), optional
        Where the path's origin is put.
    tip : str
        Words shown when pointed at.
    """

    path: str
    kind: str
    arm: int | None = None
    at: tuple[float, float] | None = None
    tip: str = ""
    dash: str = ""


@dataclass(frozen=True)
class Words:
    """Text in a drawing. ``kind`` ``tick`` marks those of a scale, which are no results."""

    x: float
    y: float
    text: str
    kind: str = "tick"
    anchor: str = "middle"
    arm: int | None = None


@dataclass
class Drawing:
    """A panel drawn, with its title and its text alternative.

    Attributes
    ----------
    alternative : str
        What it shows, in words and numbers, for those who do not see it.
    hover : str
        JSON of positions and printed values along x; empty where there is nothing to follow.
    """

    title: str
    alternative: str
    width: float
    height: float
    marks: list[Mark] = field(default_factory=list)
    words: list[Words] = field(default_factory=list)
    hover: str = ""
    note: str = ""
    crowd: bool = False
    """Whether it has so many lines that only the first has its colour."""


@dataclass(frozen=True)
class Scale:
    """From values to places along one axis."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the place of a value, to a tenth of a unit."""
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)

    @property
    def ticks(self) -> list[float]:
        """Round values within the axis."""
        step = _step(self.high - self.low)
        first = math.ceil(self.low / step - 1e-9)
        return [index * step for index in range(first, math.floor(self.high / step + 1e-9) + 1)]

    @property
    def labels(self) -> list[tuple[float, str]]:
        """The same with the words beside them, all with as many decimals as their distance needs."""
        step = _step(self.high - self.low)
        decimals = next(
            d for d in range(_MOST_DECIMALS + 1) if d == _MOST_DECIMALS or _is_whole(step * 10**d)
        )
        return [(value, f"{value:,.{decimals}f}".replace("-", "\u2212")) for value in self.ticks]


_MOST_DECIMALS = 10


def _is_whole(number: float) -> bool:
    return abs(number - round(number)) < 1e-6 and round(number) > 0


def _step(span: float, most: int = 5) -> float:
    power = 10.0 ** math.floor(math.log10(span / most))
    return next(power * factor for factor in (1, 2, 2.5, 5, 10) if span / (power * factor) <= most)


def around(values: Iterable[float], zero: bool = False) -> tuple[float, float]:
    """Return ends of an axis that hold all values, and zero if asked; never of no length."""
    known = [*values, *([0.0] if zero else [])] or [0.0, 1.0]
    low, high = min(known), max(known)
    if high - low < 1e-9 * max(1.0, abs(high)):
        spare = abs(high) / 10 or 1.0
        return (low if zero else low - spare), high + spare
    step = _step(high - low)
    return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step


Family = TypeVar("Family", bound=Curves | Intervals)


def one_scale(panels: Sequence[Family]) -> list[Family]:
    """Return panels whose values have one unit, and no ends of their own, on one scale, so that they can be compared by eye."""
    values: dict[str, list[float]] = {}
    for panel in panels:
        if isinstance(panel, Curves):
            bands = [band for line in panel.lines for band in (line.low, line.middle, line.high)]
        else:
            bands = [(span.low, span.middle, span.high) for span in panel.spans]
        found = (v for band in bands for v in band if v is not None and math.isfinite(v))
        values.setdefault(panel.unit, []).extend(found)
    return [
        replace(panel, ends=around(values[panel.unit], panel.zero))
        if panel.unit and panel.ends is None
        else panel
        for panel in panels
    ]


def _axes(drawing: Drawing, x: Scale, y: Scale, x_ticks: Sequence[tuple[float, str]], x_label: str) -> None:
    for value, text in y.labels:
        place = y(value)
        drawing.marks.append(Mark(f"M{x.start} {place}H{x.end}", "grid"))
        drawing.words.append(Words(x.start - 4, place + 3.5, text, anchor="end"))
    for value, text in x_ticks:
        drawing.marks.append(Mark(f"M{x(value)} {y.start}v4", "axis"))
        drawing.words.append(Words(x(value), y.start + 15, text))
    drawing.marks.append(Mark(f"M{x.start} {y.start}H{x.end}", "axis"))
    drawing.words.append(Words((x.start + x.end) / 2, y.start + 29, x_label, "axis-label"))


def _curves(panel: Curves) -> Drawing:
    """Draw lines with bands."""
    lines = panel.lines
    drawing = Drawing(panel.title, panel.alternative, WIDTH, _CURVES_HEIGHT, crowd=len(lines) > MOST_LOOKS)
    every = [
        v for line in lines for part in (line.middle, line.low, line.high) for v in part if v is not None
    ]
    every += [] if panel.level is None else [panel.level]
    low, high = panel.ends or around(every, panel.zero)
    y = Scale(low, high, _CURVES_HEIGHT - _BOTTOM, _TOP)
    widest = max(len(text) for _, text in y.labels)
    last = max((line.x[-1] for line in lines if len(line.x)), default=1.0)
    first = min((line.x[0] for line in lines if len(line.x)), default=0.0)
    left = max(_LEFT * 0.6, widest * _CHARACTER + 10)
    x = Scale(first, max(last, first + 1), left, WIDTH - _RIGHT)
    shown = Scale(first / panel.x_per_tick, x.high / panel.x_per_tick, left, WIDTH - _RIGHT)
    ticks = [(value * panel.x_per_tick, text) for value, text in shown.labels]
    _axes(drawing, x, y, ticks, panel.x_label)
    if panel.level is not None:
        drawing.marks.append(Mark(f"M{x.start} {y(panel.level)}H{x.end}", "zero"))
    for line in lines if len(lines) <= MOST_BANDS else ():
        if any(a != b for a, b in zip(line.low, line.high, strict=True)):
            drawing.marks.append(Mark(_band(line, x, y, panel.steps), "band", line.arm))
    for line in lines:
        like = look(line.arm)
        drawing.marks.append(
            Mark(_path(line.x, line.middle, x, y, panel.steps), "line", line.arm, dash=like.dash)
        )
        at = [index for index, v in enumerate(line.middle) if v is not None]
        for share in (0.15, 0.5, 0.85):  # a few markers tell lines apart where dashes are short
            if len(at) > 3:
                index = at[int((share + 0.04 * (line.arm % 3)) * (len(at) - 1))]
                middle = line.middle[index] or 0.0
                drawing.marks.append(Mark(like.marker, "marker", line.arm, (x(line.x[index]), y(middle))))
    if drawing.crowd:
        drawing.words += _names_at_ends(lines, y, x.end)
    drawing.hover = (
        json.dumps(
            {
                "x": [x(v) for v in lines[0].x],
                "at": [f"{v:g}" for v in lines[0].x],
                "top": y.end,
                "bottom": y.start,
                "lines": [
                    {"arm": line.arm, "values": list(line.printed)}
                    | ({"y": [None if v is None else y(v) for v in line.middle]} if drawing.crowd else {})
                    for line in lines
                ],
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )
        if lines
        else ""
    )
    return drawing


def ends_named(lines: Sequence[Line]) -> list[Line]:
    """Return which of many lines are named: the first one, and those that end lowest and highest, from low to high."""
    ended = [line for line in lines if line.middle and line.middle[-1] is not None]
    by_end = sorted(ended, key=lambda line: line.middle[-1] or 0.0)
    return [line for line in by_end if line in (lines[0], by_end[0], by_end[-1])]


def _names_at_ends(lines: Sequence[Line], y: Scale, end: float) -> list[Words]:
    """Return the names of some of many lines above their ends, clear of each other."""
    named, high = ends_named(lines), y.start - y.end
    shares = [(y.start - y(line.middle[-1] or 0.0) + 8) / high for line in named]
    places = spread_labels(shares, [12 / high] * len(named))
    return [
        Words(end, round(y.start - high * place + 4, 1), line.name, "value", "end", line.arm)
        for line, place in zip(named, places, strict=True)
    ]


def spread_labels(wanted: Sequence[float], heights: Sequence[float]) -> list[float]:
    """Return middles of labels near those wanted, so that none of these heights covers another; within 0 and 1 if they fit."""
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    places = list(wanted)
    for before, index in pairwise(order):
        places[index] = max(places[index], places[before] + (heights[before] + heights[index]) / 2)
    limit = 1.0
    for index in reversed(order):  # what is pushed out at the top goes down again
        places[index] = min(places[index], limit - heights[index] / 2)
        limit = places[index] - heights[index] / 2
    return places


def _path(xs: Sequence[float], ys: Sequence[float | None], x: Scale, y: Scale, steps: bool) -> str:
    parts: list[str] = []
    broken = True
    for at, value in zip(xs, ys, strict=True):
        if value is None:
            broken = True
            continue
        if broken:
            parts.append(f"M{x(at)} {y(value)}")
        else:
            parts.append(f"H{x(at)}V{y(value)}" if steps else f"L{x(at)} {y(value)}")
        broken = False
    return "".join(parts)


def _band(line: Line, x: Scale, y: Scale, steps: bool) -> str:
    known = [
        (at, low, high)
        for at, low, high in zip(line.x, line.low, line.high, strict=True)
        if low is not None and high is not None
    ]
    forth = [(at, high) for at, _, high in known]
    back = [(at, low) for at, low, _ in known]
    if steps:
        forth = [
            p for (a, v), (b, _) in zip(forth, [*forth[1:], forth[-1]], strict=True) for p in ((a, v), (b, v))
        ]
        back = [
            p for (a, v), (b, _) in zip(back, [*back[1:], back[-1]], strict=True) for p in ((a, v), (b, v))
        ]
    return "M" + "L".join(f"{x(at)} {y(value)}" for at, value in [*forth, *reversed(back)]) + "z"


def _strips(panel: Strips) -> Drawing:
    """Draw one point a seed, rows of arms under their names, quantiles as a box."""
    rows = panel.rows
    names = [[*_lines_of(row.name), *([row.note] if row.note else [])] for row in rows]
    step = 24.0
    height = _TOP + step * len(rows) + _LINE * sum(map(len, names)) + _BOTTOM
    drawing = Drawing(panel.title, panel.alternative, WIDTH, height)
    low, high = around(v for row in rows for v in (*(value for value, _ in row.values), *row.quantiles))
    left = 8.0
    x = Scale(low, high, left, WIDTH - _RIGHT)
    bottom = height - _BOTTOM
    for value, text in x.labels:
        drawing.marks.append(Mark(f"M{x(value)} {_TOP}V{bottom}", "grid"))
        drawing.words.append(Words(x(value), bottom + 15, text))
    drawing.words.append(Words((left + WIDTH - _RIGHT) / 2, bottom + 29, panel.x_label, "axis-label"))
    top = _TOP
    for row, said in zip(rows, names, strict=True):
        for number, text in enumerate(said, 1):
            kind = "value" if row.note and number == len(said) else "row-name"
            drawing.words.append(Words(2, top + _LINE * number - 2, text, kind, "start", row.arm))
        top += _LINE * len(said)
        y = round(top + 9, 1)
        top += step
        if len(row.quantiles) == 5:
            ends = [x(v) for v in row.quantiles]
            whisker = f"M{ends[0]} {y}H{ends[4]}M{ends[1]} {y - 9}H{ends[3]}V{y + 9}H{ends[1]}z"
            drawing.marks.append(Mark(whisker, "box", row.arm))
            drawing.marks.append(Mark(f"M{ends[2]} {y - 9}V{y + 9}", "median", row.arm))
        counts: dict[float, int] = {}
        for value, tip in sorted(row.values):
            place = x(value)
            cell = round(place / 6)
            order = counts.get(cell, 0)
            counts[cell] = order + 1
            lift = min(6.0, 3.0 * ((order + 1) // 2)) * (1 if order % 2 else -1)
            drawing.marks.append(Mark(look(row.arm).marker, "dot", row.arm, (place, round(y + lift, 1)), tip))
    return drawing


def _lines_of(name: str) -> list[str]:
    """Return a name in as many lines as it needs above its row."""
    return wrapped(name, int((WIDTH - _RIGHT) / _BOLD)).split("\n")


def _dots(panel: Dots) -> Drawing:
    """Draw marks in a plane: with names on a larger panel; a cross where the baseline is."""
    points, named, cross = panel.points, panel.named, panel.cross
    width, height = (2 * WIDTH, 300.0) if named else (WIDTH, 190.0)
    extra = [cross] if cross else []
    x = Scale(
        *around([*(p.x for p in points), *(c[0] for c in extra)]), _LEFT, width - (130.0 if named else _RIGHT)
    )
    y = Scale(
        *around([*(p.y for p in points), *(c[1] for c in extra)], zero=not named),
        height - _BOTTOM, _TOP + 14,
    )  # fmt: skip
    drawing = Drawing(panel.title, panel.alternative, width, height)
    _axes(drawing, x, y, x.labels, panel.x_label)
    drawing.words.append(Words(2, _TOP + 2, panel.y_label, "axis-label", "start"))
    if cross:
        drawing.marks.append(
            Mark(f"M{x(cross[0])} {y.start}V{y.end}M{x.start} {y(cross[1])}H{x.end}", "zero")
        )
    taken = [(x(p.x) - 5, x(p.x) + 5, y(p.y) + 3.5) for p in points]
    for point in sorted(points, key=lambda p: (y(p.y), x(p.x))):
        at = (x(point.x), y(point.y))
        drawing.marks.append(Mark(look(point.arm).marker, "marker", point.arm, at, point.name))
        if named:
            start, line, side = _free(taken, at, _BOLD * wide(point.name), width)
            drawing.words.append(Words(start, line, point.name, "row-name", side, point.arm))
    if cross and panel.cross_name:
        at = (x(cross[0]), y(cross[1]) - 8)
        start, line, side = _free(taken, at, _BOLD * wide(panel.cross_name), width)
        drawing.words.append(Words(start, line, panel.cross_name, "axis-label halo", side))
    return drawing


def _free(
    taken: list[tuple[float, float, float]], at: tuple[float, float], long: float, width: float
) -> tuple[float, float, str]:
    """Return where the name of a mark stands clear of what is taken, as near as may be, and note that it is taken now."""
    for lift in range(0, 100, 3):
        for line in (at[1] + 3.5 + lift, at[1] + 3.5 - lift):
            for start, side in ((at[0] + 7, "start"), (at[0] - 7 - long, "end")):
                inside = start >= 0 and start + long <= width
                if inside and not any(
                    abs(line - y) < 11 and start < b and a < start + long for a, b, y in taken
                ):
                    taken.append((start, start + long, line))
                    return (start if side == "start" else start + long), line, side
    return at[0] + 7, at[1] + 3.5, "start"


def _bars(panel: Bars) -> Drawing:
    """Draw stacked bars, each part with its own hatching and its number where it fits."""
    rows = panel.rows
    step = 44.0
    height = _TOP + step * len(rows) + _BOTTOM
    drawing = Drawing(panel.title, panel.alternative, WIDTH, height)
    x = Scale(0, 100, 6, WIDTH - _RIGHT)
    bottom = height - _BOTTOM
    for value, text in x.labels:
        drawing.marks.append(Mark(f"M{x(value)} {_TOP}V{bottom}", "grid"))
        drawing.words.append(Words(x(value), bottom + 15, text))
    drawing.words.append(Words((6 + WIDTH - _RIGHT) / 2, bottom + 29, panel.x_label, "axis-label"))
    for index, row in enumerate(rows):
        y = _TOP + step * index
        drawing.words.append(Words(6, y + 11, row.name, "row-name", "start", row.arm))
        start = 0.0
        for share, printed, part in row.parts:
            a, b = x(start), x(min(100.0, start + share))
            if b > a:
                drawing.marks.append(
                    Mark(f"M{a} {y + 16}H{b}V{y + 38}H{a}z", f"part part-{part}", row.arm, tip=printed)
                )
            if b - a > len(printed) * _CHARACTER + 4:
                drawing.words.append(Words((a + b) / 2, y + 31.5, printed, "value", arm=row.arm))
            start += share
    return drawing


def _dumbbells(panel: Dumbbells) -> Drawing:
    """Draw what is reported and what is true, joined by a line under the name of the arm."""
    names = panel.names
    said = [_lines_of(name) for name in panel.arms]
    starts = [_LINE * sum(map(len, said[:arm])) + 17.0 * arm for arm in range(len(said) + 1)]
    head = 20.0 if len(names) > 1 else 0.0
    step = head + starts[-1] + (6 if head else 0)
    height = _TOP + step * len(names) + _BOTTOM
    drawing = Drawing(panel.title, panel.alternative, WIDTH, height)
    x = Scale(0, 100, 46, WIDTH - 30)
    bottom = height - _BOTTOM
    for value, text in x.labels:
        drawing.marks.append(Mark(f"M{x(value)} {_TOP}V{bottom}", "grid"))
        drawing.words.append(Words(x(value), bottom + 15, text))
    drawing.words.append(Words(WIDTH / 2, bottom + 29, panel.x_label, "axis-label"))
    for index, name in enumerate(names if head else ()):
        drawing.words.append(Words(6, _TOP + step * index + 11, name, "row-name", "start"))
    for item in panel.found:
        above = _TOP + step * item.row + head + starts[item.arm]
        y = round(above + _LINE * len(said[item.arm]) + 7, 1)
        like = look(item.arm)
        drawing.words += [
            Words(2, round(above + _LINE * number - 2, 1), text, "row-name", "start", item.arm)
            for number, text in enumerate(said[item.arm], 1)
        ]
        ends = [x(end[0]) for end in (item.true, item.reported) if end]
        if len(ends) == 2:
            drawing.marks.append(Mark(f"M{ends[0]} {y}H{ends[1]}", "join", item.arm, dash=like.dash))
        for kind, end, other in (("hollow", item.reported, item.true), ("full", item.true, item.reported)):
            if end:
                drawing.marks.append(Mark(like.marker, kind, item.arm, (x(end[0]), y), end[1]))
                before = other is not None and (end[0] < other[0] or (end[0] == other[0] and kind == "full"))
                place = x(end[0]) + (-7 if before else 7)
                drawing.words.append(
                    Words(place, y + 3.5, end[1], "value", "end" if before else "start", item.arm)
                )
    return drawing


def every_label(bands: int) -> int:
    """Return which bands of a pyramid are named: every one, every second, every fifth or every tenth."""
    return next((every for every in (1, 2, 5) if bands <= 12 * every), 10)


def _pyramid(panel: Pyramid) -> Drawing:
    """Draw bars to both sides of the middle, oldest on top."""
    bands = len(panel.bands)
    step = max(4.0, min(12.0, 280.0 / bands))
    height = _TOP + 14 + step * bands + _BOTTOM
    drawing = Drawing(panel.title, panel.alternative, WIDTH, round(height, 1))
    bottom = round(height - _BOTTOM, 1)
    most = max(
        sum(part[band] for part in side) for side in (panel.left, panel.right) for band in range(bands)
    )
    _, high = around([most], zero=True)
    x = Scale(-high, high, _LEFT, WIDTH - _RIGHT)
    for value, text in x.labels:
        drawing.marks.append(Mark(f"M{x(value)} {_TOP + 14}V{bottom}", "grid"))
        drawing.words.append(Words(x(value), bottom + 15, text.lstrip("\u2212")))
    drawing.words.append(Words(x(0), bottom + 29, panel.x_label, "axis-label"))
    for place, anchor, words in ((x.start, "start", panel.sides[0]), (x.end, "end", panel.sides[1])):
        drawing.words.append(Words(place, _TOP + 8, words, "row-name", anchor))
    every = every_label(bands)
    for band, name in enumerate(panel.bands):
        top = round(bottom - step * (band + 1), 1)
        if band % every == 0:
            drawing.words.append(Words(x.start - 4, round(top + step / 2 + 3.5, 1), name, anchor="end"))
        for sign, side in ((-1, panel.left), (1, panel.right)):
            start = 0.0
            for part, values in enumerate(side):
                a, b = sorted((x(sign * start), x(sign * (start + values[band]))))
                if b > a:
                    tip = f"{name}, {panel.parts[part]}: {values[band]:.2f}"
                    drawing.marks.append(
                        Mark(f"M{a} {top}H{b}V{round(top + step, 1)}H{a}z", f"part part-{part}", tip=tip)
                    )
                start += values[band]
    drawing.marks.append(Mark(f"M{x(0)} {_TOP + 14}V{bottom}", "axis"))
    return drawing


_DRAW: dict[type, Callable[[Any], Drawing]] = {
    Curves: _curves,
    Strips: _strips,
    Dots: _dots,
    Bars: _bars,
    Dumbbells: _dumbbells,
    Pyramid: _pyramid,
}


def draw_panel(panel: Panel) -> Drawing:
    """Return a panel as places and words."""
    return _DRAW[type(panel)](panel)


def draw_interval(
    middle: float, low: float, high: float, scale: tuple[float, float], width: float = 120.0
) -> Drawing:
    """Draw one difference with its interval beside a line at zero.

    Parameters
    ----------
    scale
        Its ends, with zero between them; an interval that goes on there ends in an arrowhead.
    """
    x = Scale(*scale, 4, width - 4)
    within = [max(x.low, min(x.high, end)) for end in (low, high)]
    whisker = f"M{x(within[0])} 9H{x(within[1])}"
    for end, shown in zip((low, high), within, strict=True):
        back = x(shown) + (4 if end < shown else -4)
        whisker += f"M{x(shown)} 5V13" if end == shown else f"M{back} 5L{x(shown)} 9L{back} 13"
    drawing = Drawing("", "", width, 18)
    drawing.marks = [Mark(f"M{x(0)} 0V18", "zero"), Mark(whisker, "whisker")]
    if x.low <= middle <= x.high:
        drawing.marks.append(Mark("M0-4.4L4.4 0L0 4.4L-4.4 0z", "point", at=(x(middle), 9)))
    return drawing
