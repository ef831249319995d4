"""Maps of a crossover: which model is better at which point, readable in grey, today's point marked."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from govsim.report.style import COLOURS, FAINT, INK, as_bytes, drawable, drawing, key, sheet
from govsim.studies.crossover import Crossover, PointOwner, influential

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from govsim.scenario.studies import Factor

_MOST_PAIRS = 10
"""Pairs of models that get a figure; the table holds all."""
_AXES = 3
"""Parameters shown against each other where there are more."""


def draw(maps: Crossover, footer: str) -> dict[str, bytes]:
    """Return one figure a pair for the first indicator, PNG and SVG, by file name."""
    files: dict[str, bytes] = {}
    pairs = maps.maps[0].pairs[:_MOST_PAIRS]
    footer = drawable(footer, footer.encode("ascii", "replace").decode())
    with drawing():
        for rank in range(len(pairs)):
            name = "crossover" if len(pairs) == 1 else f"crossover-{rank + 1}"
            for kind, content in as_bytes(figure_of(maps, rank, footer)).items():
                files[f"{name}.{kind}"] = content
    return files


def figure_of(maps: Crossover, pair: int, footer: str) -> Figure:
    """Return the map of one pair: one panel for two parameters, three for the three that matter most."""
    found = maps.maps[0]
    a, b = found.pairs[pair]
    factors = maps.design.factors
    chosen = factors if len(factors) <= _AXES else influential(maps.design, found.difference[pair], _AXES)
    panels = list(itertools.combinations(chosen, 2)) or [(chosen[0], chosen[0])]
    note = "Each mark is a district" + (f"; all {len(factors)} parameters vary." if len(factors) > 2 else ".")
    figure, axes = sheet(
        f"Which is better in: {found.indicator.words}", note, footer,
        height=5.2 if len(panels) == 1 else 3.9, columns=len(panels),
    )  # fmt: skip
    labels = [drawable(maps.labels[model], f"model {model + 1}") for model in (a, b)]
    for panel, (x, y) in zip(axes, panels, strict=True):
        _panel(panel, maps, pair, x, y, labels)
    key(figure)
    return figure


def _panel(panel: Axes, maps: Crossover, pair: int, x: Factor, y: Factor, labels: list[str]) -> None:
    sides = maps.maps[0].sides[pair]
    columns = [maps.design.factors.index(factor) for factor in (x, y)]
    across, up = (maps.design.points[:, column] for column in columns)
    size = 46.0 if len(sides) <= 150 else 20.0
    for side, marker, label, filled in (
        (PointOwner.FIRST, "s", f"{labels[0]} better", True),
        (PointOwner.SECOND, "^", f"{labels[1]} better", False),
        (PointOwner.UNDECIDED, ".", "undecided", True),
        (PointOwner.NO_VALUE, "x", "no value", True),
    ):
        here = sides == side
        if not here.any() and side == PointOwner.NO_VALUE:
            continue
        colour = {PointOwner.FIRST: COLOURS[0], PointOwner.SECOND: COLOURS[1]}.get(side, FAINT)
        panel.scatter(
            across[here], up[here], s=size if marker in "s^" else size / 2, marker=marker, label=label,
            facecolors=colour if filled else "white", edgecolors=None if marker == "x" else colour,
            linewidths=1.0,
        )  # fmt: skip
    panel.scatter(
        [x.today], [y.today], s=210, marker="*", color="white", edgecolors=INK, linewidths=1.3, label="today",
        zorder=5,
    )  # fmt: skip
    for factor, tell in ((x, panel.set_xlabel), (y, panel.set_ylabel)):
        tell(f"{factor.label_en}\n{factor.unit}", fontsize=8)
