"""The figure of an optimisation: every portfolio in every goal, with its interval."""

from __future__ import annotations

import math

from govsim.report.style import COLOURS, FAINT, INK, as_bytes, drawable, drawing, sheet
from govsim.studies.optimise.answer import OptimiseAnswer
from govsim.studies.optimise.telling import letters

_COLUMNS = 4


def draw(answer: OptimiseAnswer, footer: str) -> dict[str, bytes]:
    """Return the figure as PNG and SVG, by kind."""
    names = letters(len(answer.shown))
    count = len(answer.goals)
    rows = math.ceil(count / _COLUMNS)
    footer = drawable(footer, footer.encode("ascii", "replace").decode())
    with drawing():
        figure, panels = sheet(
            "Change on doing nothing, goal by goal",
            "Mean and paired interval over fresh seeds, widened for all comparisons; hollow: undecided.\n"
            "Towards the right is better in every panel.",
            footer,
            height=1.3 + rows * (0.75 + 0.2 * len(names)),
            rows=rows,
            columns=min(count, _COLUMNS),
            sharey=True,
        )
        for place, (goal, panel) in enumerate(zip(answer.goals, panels, strict=False)):
            panel.axvline(0.0, color=FAINT, linewidth=0.9)
            for row, found in enumerate(answer.gains):
                gap = found[place]
                low, high = (goal.direction * end for end in (gap.low, gap.high))
                if math.isfinite(low) and math.isfinite(high):
                    panel.plot([low, high], [row, row], color=INK, linewidth=1.2)
                panel.plot(
                    goal.direction * gap.mean, row, marker="o", markersize=5.5, color=COLOURS[0],
                    markerfacecolor=COLOURS[0] if gap.sign else "white",
                )  # fmt: skip
            if goal.direction < 0:
                panel.invert_xaxis()
            panel.set_title("\n".join(_lines(goal.label)))
            panel.set_xlabel("\n".join(_lines(goal.unit)), fontsize=7.5)
            panel.set_yticks(range(len(names)), names)
            panel.grid(axis="y", visible=False)
            panel.locator_params(axis="x", nbins=4)
        panels[0].set_ylim(len(names) - 0.4, -0.6)
        for panel in panels[count:]:
            panel.set_visible(False)
        return as_bytes(figure)


def _lines(words: str, width: int = 24) -> list[str]:
    import textwrap

    return textwrap.wrap(words, width)
