"""Panels of answers as figures. They show what the tables beside them hold."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from govsim.report.style import COLOURS, FAINT, INK, MARKERS, as_bytes, drawable, drawing, key, sheet
from govsim.studies.answer import Intervals, Panel, Scatter, Sheet, Tiles

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_TITLE = {1: 96, 2: 44, 3: 30, 4: 24}
"""Characters of a line of a panel's title, by panels beside each other."""
_LABEL = 46
"""Characters of a line below an axis."""
_MANY = 150
"""Above this, marks are small."""
_FIXED, _HEAD = 1.0, 0.55
"""Inches: of a figure beside its panels, of a panel beside its rows."""


def draw(drawn: Sheet) -> dict[str, bytes]:
    """Return a figure as PNG and SVG, by kind; the same figure gives the same bytes."""
    across = min(drawn.across, len(drawn.panels))
    rows = -(-len(drawn.panels) // across)
    grid: dict[str, Any] = {} if drawn.widths is None else {"width_ratios": list(drawn.widths)}
    if drawn.labels_once:
        grid["sharey"] = True
    lines = max(_words(panel.title, across).count("\n") + 1 for panel in drawn.panels)
    height = _FIXED + 0.17 * drawn.note.count("\n") + rows * (0.17 * lines + max(map(_height, drawn.panels)))
    footer = drawable(drawn.footer, drawn.footer.encode("ascii", "replace").decode())
    with drawing():
        figure, axes = sheet(
            drawn.title, drawn.note, footer, height=height, rows=rows, columns=across, **grid
        )
        for axis, panel in zip(axes, drawn.panels, strict=False):
            # Names of rows take the room to the left of their panel, which titles may then use too.
            own_rows = isinstance(panel, Intervals) and not drawn.labels_once
            side: Literal["left", "right"] = "right" if own_rows else "left"
            axis.set_title(_words(panel.title, across), fontsize=8.5, loc=side, horizontalalignment=side)
            _DRAW[type(panel)](axis, panel)
        for axis in axes[len(drawn.panels) :]:
            axis.set_visible(False)
        if isinstance(drawn.panels[0], Scatter):
            key(figure)
        return as_bytes(figure)


def _words(title: str, across: int) -> str:
    lines = (drawable(line, "a model") for line in title.split("\n"))
    return "\n".join(textwrap.fill(line, _TITLE.get(across, 24)) for line in lines)


def _height(panel: Panel) -> float:
    if isinstance(panel, Intervals):
        return _HEAD + 0.2 * len(panel.spans)
    if isinstance(panel, Tiles):
        return _HEAD + 0.24 * len(panel.names) + 0.5
    return 2.3 if panel.star is None else 3.4


def _intervals(axis: Axes, panel: Intervals) -> None:
    if panel.zero:
        axis.axvline(0.0, color=FAINT, linewidth=0.9)
    for row, span in enumerate(panel.spans):
        looks: dict[str, Any] = {"color": COLOURS[0], "alpha": span.strength}
        if math.isfinite(span.low) and math.isfinite(span.high):
            axis.plot([span.low, span.high], [row, row], linewidth=1.4 if panel.ends is None else 7, **looks)
        face = COLOURS[0] if span.full and panel.ends is None else "white"
        axis.plot([span.middle], [row], "o", markersize=4.8, markerfacecolor=face, color=COLOURS[0])
        if span.cross is not None:
            axis.plot([span.cross], [row], "x", color=INK, markersize=6)
    axis.set_yticks(range(len(panel.spans)), [span.label for span in panel.spans], fontsize=7.5)
    axis.set_ylim(len(panel.spans) - 0.4, -0.6)
    axis.grid(axis="y", visible=False)
    axis.set_xlabel("\n".join(textwrap.wrap(panel.x_label, 24)), fontsize=7.5)
    if panel.ends is not None:
        axis.set_xlim(0, 1)
        axis.set_xticks([0, 0.5, 1], [panel.ends[0], "", panel.ends[1]], fontsize=8)
    else:
        axis.locator_params(axis="x", nbins=4)
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
            label="today", zorder=5,
        )  # fmt: skip
    if panel.line is not None:
        axis.axvline(panel.line, color=FAINT, linestyle=":", linewidth=1)
    axis.set_xlabel("\n".join(textwrap.fill(line, _LABEL) for line in panel.x_label.split("\n")), fontsize=8)
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
    axis.set_xticks(range(len(panel.names)), panel.names, fontsize=7, rotation=90)
    axis.set_yticks(range(len(panel.names)), panel.names, fontsize=7)
    axis.grid(False)
    axis.tick_params(length=0, labelcolor=FAINT)


_DRAW: dict[type, Callable[[Axes, Any], None]] = {Intervals: _intervals, Scatter: _scatter, Tiles: _tiles}
