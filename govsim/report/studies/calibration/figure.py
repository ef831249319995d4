"""One figure: where the region lies in what was tried, and which patterns pull against which."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from govsim.report.studies.calibration.tables import CalibrationAnswer
from govsim.report.studies.figures import short
from govsim.report.style import COLOURS, FAINT, INK, as_bytes, drawing, sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROW = 0.24
"""Inches for each parameter."""
_SHADES = {"identified": 1.0, "weakly identified": 0.6, "not identifiable": 0.25}


def draw(answer: CalibrationAnswer) -> dict[str, bytes]:
    """Return the figure as PNG and SVG by name of the file."""
    found = answer.found
    rows = max(len(found.study.factors), len(found.targets.fitted))
    with drawing():
        figure, (left, right) = sheet(
            "Accepted region, and patterns that pull against each other",
            "Left: 90 % of the region in what was tried (bar; the paler, the less is known), its median (white),\n"
            "the scenario's own value (cross). Right: how often two patterns are met together, over how often if unrelated\n"
            "(below 1 they pull apart).",
            f"{found.study.label}; {len(found.runs.results)} runs; numbers: identifiable.csv, pulls.csv. "
            "In this model, under these assumptions.",
            height=1.9 + _ROW * rows,
            columns=2,
            width_ratios=[1.25, 1.0],
        )
        _region(left, answer)
        _pairs(right, answer)
        return {f"calibration.{kind}": content for kind, content in as_bytes(figure).items()}


def _region(panel: Axes, answer: CalibrationAnswer) -> None:
    for row, one in enumerate(answer.known):
        scale = one.factor.high - one.factor.low
        low, middle, high, today = (
            (value - one.factor.low) / scale for value in (one.low, one.middle, one.high, one.factor.today)
        )
        panel.barh(
            row, high - low, left=low, height=0.55, color=COLOURS[0], alpha=_SHADES[one.verdict], linewidth=0
        )
        panel.plot([middle, middle], [row - 0.27, row + 0.27], color="white", linewidth=2)
        if 0 <= today <= 1:
            panel.plot(today, row, marker="x", color=INK, markersize=6)
    panel.set_yticks(range(len(answer.known)), [short(one.factor.path) for one in answer.known], fontsize=8)
    panel.set_ylim(len(answer.known) - 0.4, -0.6)
    panel.set_xlim(0, 1)
    panel.set_xticks([0, 0.5, 1], ["lowest tried", "", "highest tried"], fontsize=8)
    panel.set_title("parameters")


def _pairs(panel: Axes, answer: CalibrationAnswer) -> None:
    targets = answer.found.targets.fitted
    place = {target.name: rank for rank, target in enumerate(targets)}
    ratios = np.full((len(targets), len(targets)), np.nan)
    for pull in answer.pulls:
        if pull.ratio is not None:
            row, column = sorted((place[pull.first.name], place[pull.second.name]), reverse=True)
            ratios[row, column] = pull.ratio
            shown = f"{pull.ratio:.1f}" if pull.ratio < 9.5 else ">9"
            dark = abs(np.log2(max(pull.ratio, 1e-9))) > 1
            panel.text(
                column, row, shown, ha="center", va="center", fontsize=6, color="white" if dark else INK
            )
    with np.errstate(divide="ignore"):
        panel.imshow(np.log2(ratios), cmap="PuOr", vmin=-2, vmax=2, aspect="auto")
    labels = [target.indicator.label_en.split(" ")[0] for target in targets]
    panel.set_xticks(range(len(targets)), labels, fontsize=7, rotation=90)
    panel.set_yticks(range(len(targets)), labels, fontsize=7)
    panel.grid(False)
    panel.set_title("pairs of patterns")
    panel.tick_params(length=0, labelcolor=FAINT)
