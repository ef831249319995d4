"""Figures of the theory suite: lines are exact, marks are the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from govsim.assurance.theory import Diagram, Finding, Law
from govsim.report.style import COLOURS, DASHES, INK, MARKERS, as_bytes, drawing, key, sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_HEIGHT = 4.1
_KEY = 0.3
"""Inches: of a figure, and of what a sheet keeps free for a key."""
_FEW_DECADES = 200.0
"""A logarithmic axis over a smaller ratio has ticks at 1, 2 and 5."""


def draw_law(law: Law, finding: Finding) -> dict[str, bytes]:
    """Return the figure of one law as ``png`` and ``svg``; the same finding gives the same bytes."""
    intervals = any(s.interval is not None for panel in finding.panels for s in panel.series)
    note = "Lines: exact. Marks: engine" + (", with 95 % interval." if intervals else ".")
    with drawing():
        figure, panels = sheet(
            law.drawn if len(finding.panels) > 1 else finding.panels[0].title,
            note,
            f"govsim theory suite: {law.title}",
            height=_HEIGHT,
            columns=len(finding.panels),
        )
        for axes, panel in zip(panels, finding.panels, strict=True):
            _draw(axes, panel)
            if len(panels) == 1:
                axes.set_title("")
        labels = [[series.label for series in panel.series] for panel in finding.panels]
        if len(labels[0]) > 1 and all(some == labels[0] for some in labels):
            key(figure)
        else:
            _use_the_room_of_the_key(figure)
            for axes, some in zip(panels, labels, strict=True):
                if len(some) > 1:
                    axes.legend(fontsize=8, handlelength=3.0, frameon=True, framealpha=0.9, edgecolor="none")
        return as_bytes(figure)


def _use_the_room_of_the_key(figure: Figure) -> None:
    engine = figure.get_layout_engine()
    if engine is not None:
        left, bottom, width, height = engine.get()["rect"]
        engine.set(rect=(left, bottom - _KEY / _HEIGHT, width, height + _KEY / _HEIGHT))  # type: ignore[call-arg]


def _draw(axes: Axes, panel: Diagram) -> None:
    for index, series in enumerate(panel.series):
        colour, dash, marker = COLOURS[index % 7], DASHES[index % 7], MARKERS[index % 7]
        if series.line is not None:
            axes.plot(
                *series.line, color=colour, linestyle=dash, linewidth=1.5,
                label=None if series.marks is not None else series.label,
            )  # fmt: skip
        if series.marks is not None:
            drawn = axes.errorbar(
                *series.marks, yerr=series.interval, fmt=marker, color=colour, markersize=5.5, markerfacecolor="white",
                markeredgewidth=1.4, elinewidth=1.2, capsize=2.5, zorder=3 + index,
            )  # fmt: skip
            # The key shows the line with its mark.
            axes.plot(
                [], [], color=colour, linestyle=dash if series.line is not None else "none", linewidth=1.5, marker=marker,
                markersize=5.5, markerfacecolor="white", markeredgewidth=1.4, label=series.label,
            )  # fmt: skip
            drawn.lines[0].set_clip_on(False)
    for place, words in panel.places:
        axes.axvline(place, color=INK, linewidth=0.8, linestyle=(0, (2, 2)), zorder=1)
        axes.annotate(
            words, (place, panel.places_at), xycoords=("data", "axes fraction"), xytext=(4, 0), textcoords="offset points",
            va="center", fontsize=8,
        )  # fmt: skip
    axes.set_title(panel.title)
    axes.set_xlabel(panel.x)
    axes.set_ylabel(panel.y)
    if panel.log_x:
        _plain_log(axes, "x", [x for s in panel.series for x in _all(s.marks, 0)])
    if panel.log_y:
        _plain_log(axes, "y", [])


def _all(pair: tuple[np.ndarray, np.ndarray] | None, which: int) -> list[float]:
    return [] if pair is None else pair[which].tolist()


def _plain_log(axes: Axes, which: str, ticks: list[float]) -> None:
    """Set a logarithmic axis with ordinary numbers, at the places of the marks if there are some."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, NullLocator

    axis = axes.xaxis if which == "x" else axes.yaxis
    (axes.set_xscale if which == "x" else axes.set_yscale)("log")
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())
    low, high = axis.get_view_interval()
    if high / low < _FEW_DECADES:
        axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    if ticks:
        axis.set_ticks(sorted(set(ticks)))
        axis.set_minor_locator(NullLocator())
