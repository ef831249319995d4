"""Figures: the same bytes every time, no dates, and drawn for every odd result."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest

from govsim.engine.recording import Activity
from govsim.report import figures, style
from govsim.report.figures import draw
from tests.studies.test_compare import arm

NAMES = {
    "participation",
    "backlog",
    "resolution",
    "trust",
    "who_solved",
    "hours",
    "reported_and_true",
}


@pytest.mark.assurance
def test_all_are_drawn_and_repeatable(tmp_path: Path) -> None:
    arms = [arm(tmp_path, "Legacy", "x", range(1, 3)), arm(tmp_path, "党建引领", "y", range(1, 3), speed=3.0)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        files = draw(arms, "footer")
    assert set(files) == {f"{name}.{kind}" for name in NAMES for kind in ("png", "svg")}
    assert draw(arms, "footer") == files
    for name, content in files.items():
        if name.endswith("svg"):
            assert b"<dc:date>" not in content
            assert b"<svg" in content
        else:
            assert content.startswith(b"\x89PNG")
            assert b"Software" not in content


@pytest.mark.slow
def test_without_a_font_for_chinese(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """P14: plain words instead of boxes, said once, and no warning of a missing glyph."""
    monkeypatch.setattr(style, "_fonts", lambda: ("DejaVu Sans",))
    style._warn_of_fonts.cache_clear()
    arms = [
        arm(tmp_path, "党建引领", "x", range(1, 3)),
        arm(tmp_path, "传统管理", "y", range(1, 3), speed=3.0),
    ]
    assert [style.drawable(one.label, "model 1") for one in arms] == ["model 1"] * 2
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        files = draw(arms, "党建引领, seeds 1-2")
    assert set(files) == {f"{name}.{kind}" for name in NAMES for kind in ("png", "svg")}
    (line,) = capsys.readouterr().err.splitlines()
    assert "font" in line


@pytest.mark.slow
def test_seven_arms(tmp_path: Path) -> None:
    arms = [arm(tmp_path, f"model {n}", str(n), range(1, 3), weeks=20, speed=1.0 + n) for n in range(7)]
    assert len(draw(arms, "footer")) == 2 * len(NAMES)


@pytest.mark.slow
def test_nothing_happens(tmp_path: Path) -> None:
    quiet = arm(tmp_path, "quiet", "x", range(1, 2), weeks=3, cases=1, residents=2, report=0.0, turnout=0.0)
    assert len(draw([quiet], "footer")) == 2 * len(NAMES)


@pytest.mark.parametrize(
    ("ends", "heights"),
    [([40.0, 60.0], [40.0, 60.0]), ([50.0, 51.0], [50.0, 58.0]), ([97.0, 97.0, 99.0], [84.0, 92.0, 100.0])],
)
def test_numbers_at_line_ends_stay_apart_and_inside(ends: list[float], heights: list[float]) -> None:
    """What lies outside a panel is not drawn at all."""
    from matplotlib.figure import Figure
    from matplotlib.text import Annotation

    from govsim.report.figures import _label_ends

    panel = Figure().subplots()
    _label_ends(panel, 1.0, [(value, index) for index, value in enumerate(ends)])
    assert [text.xy[1] for text in panel.texts if isinstance(text, Annotation)] == heights


def test_readable_without_colour() -> None:
    from govsim.report.style import COLOURS, DASHES, HATCHES, MARKERS, line

    assert len({str(dash) for dash in DASHES[:5]}) == 5
    assert len(set(MARKERS)) == len(MARKERS)
    assert len(set(HATCHES)) == len(HATCHES)
    assert len({(str(line(n)["linestyle"]), line(n).get("marker")) for n in range(18)}) == 18
    rgb = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in COLOURS[:2]])
    grey = rgb @ np.array([0.299, 0.587, 0.114])
    assert abs(float(grey[0] - grey[1])) > 20


def test_the_hours_figure_leaves_no_activity_out() -> None:
    assert {name for name, _ in figures._ACTIVITIES} == {f"staff_{a.name.lower()}" for a in Activity}
