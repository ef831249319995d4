"""Figures of studies. They show what the tables beside them hold."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from govsim.report.style import COLOURS, FAINT, INK, MARKERS, as_bytes, drawable, drawing, key, sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from govsim.report.studies.sensitivity import AnalysedIndicator
    from govsim.results.declare import Indicator
    from govsim.scenario.studies import Factor
    from govsim.studies.experiments import Experiments
    from govsim.studies.sensitivity import Method
    from govsim.studies.sweeping import Swept

_TITLE = 44
"""Characters of a line of a panel's title."""
_BARS = 12
_ACROSS = 2


def influence_figure(
    about: Sequence[AnalysedIndicator], factors: Sequence[Factor], method: Method, footer: str
) -> dict[str, bytes]:
    """Return a figure of ranked influences, PNG and SVG: one panel for each indicator and model or difference."""
    bars = min(_BARS, len(factors))
    rows = -(-len(about) // _ACROSS)
    unit = "change over the whole range" if method == "morris" else "share of variance, total index"
    with drawing():
        figure, panels = sheet(
            "Which assumptions move what", f"{unit}, with 95% interval; hollow: undecided",
            drawable(footer, "govsim"), height=1.0 + rows * (0.75 + 0.17 * bars), rows=rows, columns=_ACROSS,
        )  # fmt: skip
        for panel, item in zip(panels, about, strict=False):
            _influences(panel, item, factors, bars)
        for panel in panels[len(about) :]:
            panel.set_visible(False)
        return {f"sensitivity.{kind}": content for kind, content in as_bytes(figure).items()}


def _influences(panel: Axes, item: AnalysedIndicator, factors: Sequence[Factor], bars: int) -> None:
    shown = item.analysis.ranked[:bars][::-1]
    for place, one in enumerate(shown):
        panel.plot([one.low, one.high], [place, place], color=COLOURS[0], linewidth=1.4)
        panel.plot(
            [one.index], [place], "o", color=COLOURS[0], markersize=4.5,
            markerfacecolor=COLOURS[0] if one.found else "white",
        )  # fmt: skip
    panel.axvline(0.0, color=INK, linewidth=0.8)
    panel.set_yticks(range(len(shown)), [short(factors[one.rank].path) for one in shown], fontsize=7)
    words = drawable(item.words, "difference" if item.baseline else "model")
    title = f"{item.indicator.words}\n{textwrap.fill(words, _TITLE)}"
    panel.set_title(title, fontsize=8, loc="right", horizontalalignment="right")
    panel.grid(axis="y", visible=False)


def short(path: str) -> str:
    """Return the last steps of a path, enough to know it by."""
    return ".".join(path.split(".")[-3:])


def sweep_figure(
    experiments: Experiments, swept: Sequence[Swept], chosen: Sequence[Indicator], footer: str
) -> dict[str, bytes]:
    """Return a figure of each indicator over the parameter it follows most, one mark for each point and model."""
    rows = -(-len(chosen) // _ACROSS)
    design = experiments.design
    with drawing():
        figure, panels = sheet(
            "Indicators over the parameters that they follow most", "one mark: mean over seeds at one point of the design",
            drawable(footer, "govsim"), height=1.0 + 2.3 * rows, rows=rows, columns=_ACROSS,
        )  # fmt: skip
        names = [drawable(label, f"model {n + 1}") for n, label in enumerate(experiments.labels)]
        for panel, indicator in zip(panels, chosen, strict=False):
            strongest = max(
                (item for item in swept if item.indicator is indicator and item.follows is not None),
                key=lambda item: abs(item.correlation),
                default=None,
            )
            rank = strongest.follows if strongest is not None and strongest.follows is not None else 0
            values = experiments.values(indicator.name, missing=True)
            whole = int(np.isfinite(values).all(axis=(1, 2)).sum())
            for model, name in enumerate(names):
                finite = np.isfinite(values[:, model]).all(axis=1)
                panel.plot(
                    design.points[finite, rank], values[finite, model].mean(axis=1), linestyle="", alpha=0.75,
                    marker=MARKERS[model % len(MARKERS)], color=COLOURS[model % len(COLOURS)], markersize=3.5, label=name,
                )  # fmt: skip
            factor = design.factors[rank]
            panel.axvline(factor.today, color=FAINT, linestyle=":", linewidth=1)
            panel.set_xlabel(f"{factor.label_en}, {factor.unit} (dotted: today)", fontsize=7.5)
            some = (
                "" if whole == len(values) else f"\n{whole} of {len(values)} points have a value in every run"
            )
            panel.set_title(indicator.words + some, fontsize=8.5)
        for panel in panels[len(chosen) :]:
            panel.set_visible(False)
        key(figure)
        return {f"sweep.{kind}": content for kind, content in as_bytes(figure).items()}
