"""Panels as figures by Matplotlib, for PNG, SVG and PDF. They show what the tables beside them hold."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from govsim.report.html.plot import MOST_BANDS, MOST_LOOKS, ends_named, every_label, one_scale, spread_labels
from govsim.report.style import (
    COLOURS,
    FAINT,
    HATCHES,
    INK,
    MARKERS,
    as_bytes,
    drawable,
    drawing,
    key_below,
    line,
    sheet,
)
from govsim.studies.answer import (
    Amounts,
    Bars,
    Curves,
    Dots,
    Dumbbells,
    Intervals,
    Panel,
    Pyramid,
    Scatter,
    Sheet,
    Strips,
    Tiles,
)
from govsim.studies.wording import wide, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_TITLE = {1: 96, 2: 44, 3: 30, 4: 20}
"""Latin letters of a line of a panel's title and below its axis, by panels beside each other."""
_ASIDE = 36
"""Latin letters of a line beside an axis, and of the name of a row."""
_ROW, _MORE = 0.21, 0.65
"""Inches of a row of intervals, and the share of that for each further line of its name."""
_MANY = 150
"""Above this, marks are small."""
_FIXED, _HEAD = 1.0, 0.55
"""Inches: of a figure beside its panels, of a panel beside its rows."""
_TOP, _NOTE = 76, 124
"""Latin letters of a line of a figure's title, and of its note."""
_MOST_NAMES = 5
"""More lines than these have their names in a key below instead of beside them."""
_GREY = "#b4bcc4"
_NAME = 18
"""Latin letters of a line of a name beside a curve."""
_BESIDE = 1.45
"""How much wider than its tiles a matrix is, with the names."""
_APART = 0.1
"""Height of a line of such a name, as a share of the axis."""


def draw_sheet(drawn: Sheet) -> dict[str, bytes]:
    """Return a figure as PNG and SVG, by kind; the same figure gives the same bytes."""
    families = [panel for panel in drawn.panels if isinstance(panel, Curves | Intervals)]
    if len(families) == len(drawn.panels):
        drawn = replace(drawn, panels=one_scale(families))
    across = min(drawn.across, len(drawn.panels))
    rows = -(-len(drawn.panels) // across)
    grid: dict[str, Any] = {} if drawn.widths is None else {"width_ratios": list(drawn.widths)}
    if drawn.labels_once:
        grid["sharey"] = True
    curves = [panel for panel in drawn.panels if isinstance(panel, Curves)]
    if len(curves) == len(drawn.panels):
        grid |= {"sharex": True, "sharey": len({panel.ends for panel in curves}) == 1}
    lines = max(_words(panel.title, across).count("\n") + 1 for panel in drawn.panels)
    title, note = _balanced(_plain(drawn.title), _TOP), wrapped(_plain(drawn.note), _NOTE)
    first = drawn.panels[0]
    keyed = isinstance(first, Scatter | Bars | Amounts | Dots | Pyramid)
    many = first.lines if isinstance(first, Curves) and _MOST_NAMES < len(first.lines) <= MOST_LOOKS else []
    heights = [
        0.17 * lines + max(map(_height, drawn.panels[row * across : (row + 1) * across]))
        for row in range(rows)
    ]
    height = _FIXED + 0.21 * title.count("\n") + 0.17 * note.count("\n") + sum(heights)
    with drawing():
        figure, axes = sheet(
            title, note, _plain(drawn.footer), height=height, rows=rows, columns=across,
            keyed=keyed or bool(many), height_ratios=heights, **grid,
        )  # fmt: skip
        for place, (axis, panel) in enumerate(zip(axes, drawn.panels, strict=False)):
            # Names of rows take the room to the left of their panel, which titles may then use too.
            own_rows = isinstance(panel, Intervals) and not drawn.labels_once
            side: Literal["left", "right"] = "right" if own_rows else "left"
            axis.set_title(_words(panel.title, across), fontsize=8.5, loc=side, horizontalalignment=side)
            _DRAW[type(panel)](axis, panel)
            axis.set_xlabel(wrapped(_plain(axis.get_xlabel()), _TITLE.get(across, 24)))
            axis.set_ylabel(wrapped(_plain(axis.get_ylabel()), _ASIDE))
            if isinstance(panel, Intervals | Scatter):
                axis.tick_params(labelsize=7.5)
                if isinstance(panel, Scatter) or panel.words is None:
                    axis.locator_params(
                        axis="x", nbins=3 if across > (1 if isinstance(panel, Intervals) else 2) else 5
                    )
            if isinstance(panel, Curves):
                last = place % across == across - 1 or place == len(drawn.panels) - 1
                crowd = len(panel.lines) > MOST_LOOKS
                _name_lines(axis, panel, crowd or (last and len(panel.lines) <= _MOST_NAMES))
        for axis in axes[len(drawn.panels) :]:
            axis.set_visible(False)
        if keyed or many:
            key_below(figure, [_name(one.name, one.arm) for one in many])
        return as_bytes(figure)


def _words(title: str, across: int) -> str:
    return wrapped("\n".join(drawable(line, "a model") for line in title.split("\n")), _TITLE.get(across, 24))


def _plain(text: str) -> str:
    return drawable(text, text.encode("ascii", "replace").decode())


def _balanced(text: str, most: int) -> str:
    """Return text in as few lines as it needs, about equally long."""
    lines = wrapped(text, most).count("\n")
    narrow = (wide(text) // (lines + 1), most + 1)
    return next(broken for width in range(*narrow) if (broken := wrapped(text, width)).count("\n") <= lines)


def _name(label: str, arm: int) -> str:
    return drawable(label, f"model {arm + 1}")


def _height(panel: Panel) -> float:
    if isinstance(panel, Intervals):
        return _HEAD + _ROW * _places(_rows(panel))[1]
    if isinstance(panel, Tiles):
        return _HEAD + 0.27 * len(panel.names)
    if isinstance(panel, Bars):
        return _HEAD + 0.55 * len(panel.rows)
    if isinstance(panel, Amounts):
        return _HEAD + (0.16 + 0.15 * len(panel.arms)) * len(panel.names)
    if isinstance(panel, Dumbbells):
        return _HEAD + (0.26 + 0.2 * len(panel.arms)) * len(panel.names)
    if isinstance(panel, Strips):
        return _HEAD + 0.3 * len(panel.rows)
    if isinstance(panel, Curves):
        return 1.5 if panel.level is None else 2.6
    if isinstance(panel, Dots):
        return 3.4
    if isinstance(panel, Pyramid):
        return 4.2
    return 2.3 if panel.star is None else 3.4


def _rows(panel: Intervals) -> list[str]:
    return [wrapped(drawable(span.label, f"row {n + 1}"), _ASIDE) for n, span in enumerate(panel.spans)]


def _places(names: Sequence[str]) -> tuple[list[float], float]:
    """Return the middles of rows below each other and where the last one ends; a row has room for its lines."""
    heights = [1 + _MORE * name.count("\n") for name in names]
    ends = [sum(heights[: n + 1]) for n in range(len(heights))]
    return [end - height / 2 for end, height in zip(ends, heights, strict=True)], sum(heights)


def _intervals(axis: Axes, panel: Intervals) -> None:
    names = _rows(panel)
    places, end = _places(names)
    if panel.zero:
        axis.axvline(0.0, color=FAINT, linewidth=0.9)
    for row, span in zip(places, panel.spans, strict=True):
        looks: dict[str, Any] = {"color": COLOURS[0], "alpha": span.strength}
        if math.isfinite(span.low) and math.isfinite(span.high):
            axis.plot([span.low, span.high], [row, row], linewidth=1.4 if panel.words is None else 7, **looks)
        face = COLOURS[0] if span.full and panel.words is None else "white"
        axis.plot([span.middle], [row], "o", markersize=4.8, markerfacecolor=face, color=COLOURS[0])
        if span.cross is not None:
            axis.plot([span.cross], [row], "x", color=INK, markersize=6, clip_on=False)
    axis.set_yticks(places, names, fontsize=7.5, linespacing=1.1)
    axis.set_ylim(end + 0.1, -0.1)
    axis.grid(axis="y", visible=False)
    axis.set_xlabel(panel.x_label, fontsize=7.5)
    if panel.words is not None:
        axis.set_xlim(0, 1)
        axis.set_xticks([0, 0.5, 1], [panel.words[0], "", panel.words[1]], fontsize=8)
    if panel.ends is not None:
        axis.set_xlim(panel.ends)
    if not panel.more_is_right:
        axis.invert_xaxis()


def _scatter(axis: Axes, panel: Scatter) -> None:
    marks = sum(len(cloud.x) for cloud in panel.clouds)
    size = 46.0 if panel.star is not None and marks <= _MANY else 20.0
    for place, cloud in enumerate(panel.clouds):
        colour = FAINT if cloud.kind is None else COLOURS[cloud.kind % len(COLOURS)]
        marker = cloud.marker or MARKERS[place % len(MARKERS)]
        axis.scatter(
            cloud.x, cloud.y, s=size if cloud.kind is not None else size / 2, marker=marker,
            label=drawable(cloud.label, f"model {place + 1}"), facecolors=colour if cloud.full else "white",
            edgecolors=None if marker == "x" else colour, linewidths=1.0, alpha=1.0 if panel.star else 0.75,
        )  # fmt: skip
    if panel.star is not None:
        axis.scatter(
            panel.star[:1], panel.star[1:], s=210, marker="*", color="white", edgecolors=INK, linewidths=1.3,
            label=_plain(panel.star_name), zorder=5,
        )  # fmt: skip
    if panel.line is not None:
        axis.axvline(panel.line, color=FAINT, linestyle=":", linewidth=1)
    axis.set_xlabel(panel.x_label, fontsize=8)
    axis.set_ylabel(panel.y_label, fontsize=8)


def _tiles(axis: Axes, panel: Tiles) -> None:
    ratios = np.full((len(panel.names), len(panel.names)), np.nan)
    for (row, column), ratio in panel.ratios.items():
        ratios[row, column] = ratio
        dark = abs(math.log2(max(ratio, 1e-9))) > 1
        shown = f"{ratio:.1f}" if ratio < 9.5 else ">9"
        axis.text(column, row, shown, ha="center", va="center", fontsize=6, color="white" if dark else INK)
    with np.errstate(divide="ignore"):
        axis.imshow(np.log2(ratios), cmap="PuOr", vmin=-2, vmax=2, aspect="auto")
    for place, name in enumerate(panel.names):  # once, where its row ends and its column begins
        axis.text(place - 0.45, place, _plain(name), va="center", fontsize=7)
    axis.set_xlim(-0.5, len(panel.names) * _BESIDE)
    axis.axis("off")


def _curves(axis: Axes, panel: Curves) -> None:
    for one in panel.lines:
        x = np.array(one.x) / panel.x_per_tick
        low, middle, high = (np.array(band, dtype=float) for band in (one.low, one.middle, one.high))
        looks = line(one.arm) | ({"drawstyle": "steps-post"} if panel.steps else {})
        if len(panel.lines) > MOST_LOOKS and one is not panel.lines[0]:
            looks |= {"color": _GREY, "linestyle": "-", "linewidth": 0.9, "marker": None, "zorder": 1}
        axis.plot(x, middle, **({"linewidth": 1.7} | looks))
        if len(panel.lines) <= MOST_BANDS and (low != high).any():
            axis.fill_between(
                x, low, high, color=looks["color"], alpha=0.18, linewidth=0,
                step="post" if panel.steps else None,
            )  # fmt: skip
    if panel.level is not None:
        axis.axhline(panel.level, color=INK, linewidth=1, linestyle=":")
    spec = axis.get_subplotspec()
    if spec is not None and spec.is_last_row():
        axis.set_xlabel(panel.x_label, fontsize=8)
    axis.tick_params(labelsize=8)
    axis.margins(x=0)
    reached = [at / panel.x_per_tick for one in panel.lines for at in (one.x[0], one.x[-1])]
    if panel.level is not None:  # whether or not there is a line everywhere
        axis.set_xlim(min(reached), max(reached))
    if panel.ends is not None:
        axis.set_ylim(panel.ends)
    elif panel.zero:
        axis.set_ylim(bottom=0)


def _name_lines(axis: Axes, panel: Curves, named: bool) -> None:
    """Write where each line ends, and with ``named`` whose it is, clear of each other."""
    low, high = axis.get_ylim()
    ended = [one for one in panel.lines if one.middle and one.middle[-1] is not None]
    crowd = len(panel.lines) > MOST_LOOKS
    if crowd and ended:
        ended = ends_named(panel.lines)
    words = [f"{one.last} {_name(one.name, one.arm)}".strip() if named else one.last for one in ended]
    words = [wrapped(text, _NAME) for text in words]
    heights = [_APART * (text.count("\n") + 1) for text in words]
    shares = [((one.middle[-1] or 0.0) - low) / (high - low) for one in ended]
    for one, text, at in zip(ended, words, spread_labels(shares, heights), strict=True):
        colour = INK if crowd and one is not panel.lines[0] else COLOURS[one.arm % len(COLOURS)]
        axis.annotate(
            text, (1, at), xytext=(3, 0), xycoords="axes fraction", textcoords="offset points", va="center",
            fontsize=7.5, color=colour, annotation_clip=False, linespacing=1.0,
        )  # fmt: skip


def _bars(axis: Axes, panel: Bars) -> None:
    rows = np.arange(len(panel.rows))[::-1]
    for y, row in zip(rows, panel.rows, strict=True):
        left = 0.0
        for share, printed, part in row.parts:
            axis.barh(
                y, share, left=left, height=0.62, color=COLOURS[part], hatch=HATCHES[part], edgecolor="white",
                linewidth=0.8,
            )  # fmt: skip
            if share >= _FEW:
                axis.text(
                    left + share / 2, y, f"{printed} %", ha="center", va="center", fontsize=8, bbox=_BOX
                )
            left += share
    used = {part for row in panel.rows for share, _, part in row.parts if share}
    for part in sorted(used):
        axis.barh(0, 0, color=COLOURS[part], hatch=HATCHES[part], edgecolor="white", label=panel.parts[part])
    axis.set_yticks(rows, [wrapped(_name(row.name, row.arm), 24) for row in panel.rows], fontsize=8)
    axis.set_xlim(0, 100)
    axis.set_xlabel(panel.x_label, fontsize=8)
    axis.grid(visible=False, axis="y")


_FEW = 6
"""Percent of a bar below which a part has no number."""
_BOX = {"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none"}


def _amounts(axis: Axes, panel: Amounts) -> None:
    arms = len(panel.arms)
    step = 0.72 / arms
    middle = np.arange(len(panel.names))[::-1]
    for arm, label in enumerate(panel.arms):
        own = [one for one in panel.found if one.arm == arm]
        y = [middle[one.row] + 0.36 - step * (arm + 0.5) for one in own]
        axis.barh(
            y, [one.middle for one in own], height=step * 0.92, color=COLOURS[arm % len(COLOURS)],
            hatch=HATCHES[arm % len(HATCHES)], edgecolor="white", linewidth=0.6, label=_name(label, arm),
        )  # fmt: skip
        axis.hlines(y, [one.low for one in own], [one.high for one in own], color=INK, linewidth=1.2)
        for at, one in zip(y, own, strict=True):
            axis.annotate(
                one.printed,
                (one.high, at),
                xytext=(3, 0),
                textcoords="offset points",
                va="center",
                fontsize=7.5,
            )
    axis.set_yticks(middle, panel.names, fontsize=8)
    axis.set_xlabel(panel.x_label, fontsize=8)
    axis.xaxis.set_major_formatter("{x:,.0f}")
    axis.margins(x=0.09, y=0.01)
    axis.grid(visible=False, axis="y")


def _dumbbells(axis: Axes, panel: Dumbbells) -> None:
    block = len(panel.arms) + 1.4
    for row, name in enumerate(panel.names):
        axis.text(0, row * block, name, fontsize=8, fontweight="bold", va="center")
    for one in panel.found:
        y = one.row * block + one.arm + 1
        looks: dict[str, Any] = {"color": COLOURS[one.arm % len(COLOURS)]}
        ends = [end[0] for end in (one.reported, one.true) if end]
        axis.hlines(y, min(ends, default=0), max(ends, default=0), linewidth=1.4, **looks)
        for end, other, face in ((one.reported, one.true, "white"), (one.true, one.reported, looks["color"])):
            if end is None:
                continue
            marker = MARKERS[one.arm % len(MARKERS)]
            axis.plot([end[0]], [y], marker, markersize=6.5, markerfacecolor=face, **looks)
            before = other is not None and (end[0] < other[0] or (end[0] == other[0] and face != "white"))
            axis.annotate(
                end[1], (end[0], y), xytext=(-7 if before else 7, 0), textcoords="offset points", va="center",
                ha="right" if before else "left", fontsize=7.5,
            )  # fmt: skip
    places = [row * block + arm + 1 for row in range(len(panel.names)) for arm in range(len(panel.arms))]
    labels = [_name(name, arm) for arm, name in enumerate(panel.arms)] * len(panel.names)
    axis.set_yticks(places, labels, fontsize=8)
    axis.set_ylim(len(panel.names) * block - 0.6, -0.8)
    axis.set_xlim(-4, 106)
    axis.set_xlabel(panel.x_label, fontsize=8)
    axis.grid(visible=False, axis="y")


def _strips(axis: Axes, panel: Strips) -> None:
    for y, row in enumerate(panel.rows):
        colour = COLOURS[row.arm % len(COLOURS)]
        if len(row.quantiles) == 5:
            low, left, middle, right, high = row.quantiles
            axis.hlines(y, low, high, color=FAINT, linewidth=0.9)
            axis.barh(y, right - left, left=left, height=0.5, facecolor="none", edgecolor=FAINT)
            axis.vlines(middle, y - 0.25, y + 0.25, color=INK, linewidth=1.2)
        values = [value for value, _ in row.values]
        axis.scatter(values, [y] * len(values), s=12, marker=MARKERS[row.arm % len(MARKERS)], color=colour)
    axis.set_yticks(range(len(panel.rows)), [row.name for row in panel.rows], fontsize=8)
    axis.set_ylim(len(panel.rows) - 0.4, -0.6)
    axis.set_xlabel(panel.x_label, fontsize=8)
    axis.grid(axis="y", visible=False)


def _dots(axis: Axes, panel: Dots) -> None:
    for arm in sorted({one.arm for one in panel.points}):
        own = [one for one in panel.points if one.arm == arm]
        axis.scatter(
            [one.x for one in own], [one.y for one in own], s=34, marker=MARKERS[arm % len(MARKERS)],
            color=COLOURS[arm % len(COLOURS)], edgecolors="white", label=_name(panel.arms[arm], arm),
        )  # fmt: skip
    if panel.cross is not None:
        axis.axvline(panel.cross[0], color=FAINT, linewidth=0.9)
        axis.axhline(panel.cross[1], color=FAINT, linewidth=0.9)
    axis.set_xlabel(panel.x_label, fontsize=8)
    axis.set_ylabel(panel.y_label, fontsize=8)


_FINE = 25
"""More bands than these are too thin for hatching."""


def _pyramid(axis: Axes, panel: Pyramid) -> None:
    places = np.arange(len(panel.bands))
    for part, name in enumerate(panel.parts):
        for sign, side in ((-1, panel.left), (1, panel.right)):
            start = np.sum(np.array(side[:part], float), axis=0) if part else np.zeros(len(places))
            axis.barh(
                places, sign * np.array(side[part]), left=sign * start, height=1.0, color=COLOURS[part],
                hatch=HATCHES[part] if len(places) <= _FINE else "", edgecolor="white",
                linewidth=0.6 if len(places) <= _FINE else 0.15, label=name if sign > 0 else None,
            )  # fmt: skip
    step = every_label(len(places))
    axis.set_yticks(places[::step], panel.bands[::step], fontsize=7.5)
    axis.set_ylim(-0.5, len(places) - 0.5)
    most = max(float(np.sum(np.array(side, float), axis=0).max()) for side in (panel.left, panel.right))
    axis.set_xlim(-1.08 * most, 1.08 * most)
    axis.xaxis.set_major_formatter(lambda value, _: f"{abs(value):g}")
    axis.axvline(0.0, color=INK, linewidth=0.8)
    for place, align, words in ((0.02, "left", panel.sides[0]), (0.98, "right", panel.sides[1])):
        axis.text(place, 0.97, words, transform=axis.transAxes, ha=align, va="top", fontsize=8.5)
    axis.set_xlabel(panel.x_label, fontsize=8)
    axis.set_ylabel(panel.y_label, fontsize=8)
    axis.grid(visible=False, axis="y")


_DRAW: dict[type, Callable[[Axes, Any], None]] = {
    Intervals: _intervals, Scatter: _scatter, Tiles: _tiles, Curves: _curves, Bars: _bars, Amounts: _amounts,
    Dumbbells: _dumbbells, Strips: _strips, Dots: _dots, Pyramid: _pyramid,
}  # fmt: skip
