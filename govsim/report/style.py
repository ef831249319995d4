"""How figures look: readable without colour, the same bytes every time; and the Chinese font that is shipped."""

from __future__ import annotations

import base64
import io
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govsim.studies.wording import wide

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
"""Told apart with any common kind of colour blindness (Okabe and Ito 2008)."""
DASHES: tuple[Any, ...] = (
    "-",
    (0, (5, 2)),
    (0, (1.2, 1.4)),
    (0, (6, 2, 1.2, 2)),
    (0, (3, 1, 1, 1, 1, 1)),
    (0, (11, 2)),
    (0, (1.2, 3.5)),
)
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
HATCHES = ("", "///", "...", "\\\\\\", "xxx", "+++")
_CHINESE = ("Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei")
INK, FAINT = "#222222", "#777777"
_PLACES = 5
_KINDS: dict[str, dict[str, None]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}
"""Kinds of files, and what they must not say so that they are the same every time."""
_FOOTER, _KEY, _KEY_ROW = 0.24, 0.3, 0.2
"""Inches kept free at the bottom for the footer, for the key above it and for each further row of the key."""

_KEY_LETTERS = 110
"""Latin letters of a row of the key."""
_MARGIN = 0.012
"""Share of the width kept free at both sides."""
WIDTH = 8.0
"""Inches; a column and a half of an A4 page."""


@lru_cache(maxsize=1)
def _fonts() -> tuple[str, ...]:
    from matplotlib import font_manager

    known = {font.name for font in font_manager.fontManager.ttflist}
    installed = [name for name in _CHINESE if name in known][:1]
    if not installed:
        font_manager.fontManager.addfont(COMMON)
        # One weight is shipped; it stands in for bold, which would else be asked for in vain at every figure.
        font_manager.fontManager.ttflist.append(replace(font_manager.fontManager.ttflist[-1], weight=700))
    return ("DejaVu Sans", *(installed or [_FONT]))


def can_draw(label: str) -> bool:
    """Return whether the fonts of figures have every character of a label."""
    from matplotlib import font_manager

    drawn = set()
    for name in _fonts():
        font = font_manager.get_font(font_manager.findfont(name))
        drawn |= {character for character in label if font.get_char_index(ord(character))}
    return set(label) <= drawn | {"\n"}


def drawable(label: str, otherwise: str) -> str:
    """Return the label, or ``otherwise`` where no font can draw it: never boxes for words, and one warning."""
    if can_draw(label):
        return label
    _warn_of_fonts()
    return otherwise


@cache
def _warn_of_fonts() -> None:
    print(
        "figures: no font here has all characters of a name; plain words stand for it (govsim doctor)",
        file=sys.stderr,
    )


@contextmanager
def drawing() -> Iterator[None]:
    """Set the style for a while, without touching that of a caller."""
    import matplotlib

    with matplotlib.rc_context(
        {
            "font.family": list(_fonts()),
            "font.size": 9.5,
            "axes.edgecolor": FAINT,
            "axes.labelcolor": INK,
            "axes.linewidth": 0.7,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.titlesize": 9.5,
            "axes.titlelocation": "left",
            "text.color": INK,
            "xtick.color": INK,
            "ytick.color": INK,
            "axes.grid": True,
            "grid.color": "#e6e6e6",
            "grid.linewidth": 0.7,
            "axes.axisbelow": True,
            "legend.frameon": False,
            "hatch.linewidth": 0.5,
            "svg.hashsalt": "govsim",
            "svg.fonttype": "path",
        }
    ):
        yield


def sheet(
    title: str,
    note: str,
    footer: str,
    *,
    height: float,
    rows: int = 1,
    columns: int = 1,
    keyed: bool = True,
    **grid: Any,
) -> tuple[Figure, list[Axes]]:
    """Return a figure with a sentence on top, a note below it and a footer, and its panels row by row.

    Parameters
    ----------
    title, note, footer
        What is shown or found, how to read it, and where it comes from.
    height
        Inches.
    keyed
        Keep room for a key.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, height), dpi=150)
    FigureCanvasAgg(figure)
    more = 0.21 * title.count("\n")
    top = (0.42 + more + 0.17 * (1 + note.count("\n"))) / height
    left, room = 0.012, 1 - 2 * 0.012
    for words in (
        figure.text(left, 1 - 0.08 / height, title, fontsize=12, fontweight="bold", va="top"),
        figure.text(left, 1 - (0.34 + more) / height, note, fontsize=8.5, color="#555555", va="top"),
        figure.text(left, 0.06 / height, footer, fontsize=7, color=FAINT, va="bottom"),
    ):
        wide = words.get_window_extent().width / figure.bbox.width
        if wide > room:  # of letters wider than most; nothing is cut off
            words.set_fontsize(float(words.get_fontsize()) * room / wide)
    axes = figure.subplots(rows, columns, squeeze=False, **grid)
    bottom = (_FOOTER + _KEY * keyed) / height
    figure.set_layout_engine("constrained", rect=(_MARGIN, bottom, 1 - 2 * _MARGIN, 1 - top - bottom))
    return figure, [panel for row in axes for panel in row]


def line(index: int) -> dict[str, Any]:
    """Return how the line of an arm is drawn: beyond the seventh, marks tell it from one of the same dashes, in grey too."""
    turn, first = divmod(index, len(DASHES))
    looks: dict[str, Any] = {"color": COLOURS[(first + 3 * turn) % len(COLOURS)], "linestyle": DASHES[first]}
    if turn:
        looks |= {"marker": MARKERS[(turn - 1) % len(MARKERS)], "markersize": 4.5, "markevery": 0.15}
    return looks


def key_below(figure: Figure, labels: Sequence[str] = ()) -> None:
    """Put one key for all panels at the bottom.

    Parameters
    ----------
    labels
        Names of lines drawn in the order of the styles; without them, whatever the panels have labelled.
    """
    from matplotlib.lines import Line2D

    handles: list[Any] = [
        Line2D([], [], linewidth=2, label=label, **line(i)) for i, label in enumerate(labels)
    ]
    if not handles:
        labelled, _ = figure.axes[0].get_legend_handles_labels()
        handles = list(labelled)
    longest = max((wide(str(item.get_label())) for item in handles), default=1)
    columns = max(1, min(4 if len(handles) == 4 else 3, _KEY_LETTERS // (longest + 8)))
    engine = figure.get_layout_engine()
    more = _KEY_ROW * ((len(handles) - 1) // columns) / figure.get_figheight()
    if more > 0 and engine is not None:
        left, bottom, width, height = engine.get()["rect"]
        engine.set(rect=(left, bottom + more, width, height - more))  # type: ignore[call-arg]
    figure.legend(
        handles=handles, loc="lower center", handlelength=3.2,
        bbox_to_anchor=(0.5, _FOOTER / figure.get_figheight()), ncols=columns, borderaxespad=0,
    )  # fmt: skip


def as_bytes(figure: Figure) -> dict[str, bytes]:
    """Return the figure as PNG, SVG and PDF; the same figure gives the same bytes."""
    files = {}
    figure.draw_without_rendering()
    figure.set_layout_engine(None)  # a placeholder would draw everything twice
    # The layout's last bits vary with what was drawn before, and names inside an SVG with them.
    for panel in figure.axes:
        x, y, width, height = (round(float(part), _PLACES) for part in panel.get_position().bounds)
        panel.set_position((x, y, width, height))
    for kind, metadata in _KINDS.items():
        out = io.BytesIO()
        figure.savefig(out, format=kind, metadata=metadata)
        files[kind] = out.getvalue()
    return files


COMMON = Path(__file__).parent / "fonts" / "NotoSansSC-common.otf"
_FONT = "Noto Sans SC common"
_FIRST_CHINESE = 0x2E80
"""Characters before it are in any font."""


def embedded(text: str) -> str:
    """Return a font with the Chinese characters of a text as a data address; empty where it has none."""
    wanted = {ord(character) for character in set(text) if ord(character) >= _FIRST_CHINESE}
    if not wanted:
        return ""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    font = TTFont(COMMON, lazy=True, recalcTimestamp=False)
    cutter = subset.Subsetter(subset.Options(layout_features=[], hinting=False))
    cutter.populate(unicodes=sorted(wanted))
    cutter.subset(font)
    font.flavor = "woff"
    out = io.BytesIO()
    font.save(out)
    return f"data:font/woff;base64,{base64.b64encode(out.getvalue()).decode()}"
