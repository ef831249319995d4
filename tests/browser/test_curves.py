"""Axes of the charts in lessons and app: round numbers that enclose what is drawn."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from govsim.report.stage import script
from tests.browser.conftest import WRITTEN, Open

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture
def page(open_page: Open, tmp_path: Path) -> Page:
    """An empty page with the script and a canvas of the width of a chart in the app."""
    file = tmp_path / "curves.html"
    code = script("govsim.report.stage", "curves.js")
    body = "<canvas style='width: 300px; font-size: 16px'></canvas>"
    file.write_text(f"<!doctype html><link rel=icon href=data:,>{body}<script>{code}</script>", "utf-8")
    return open_page(file)


@pytest.fixture
def ticks(page: Page) -> object:

    def asked(low: float, high: float, most: int, counted: bool) -> tuple[list[float], list[str]]:
        found = page.evaluate(
            "([a, b, n, c]) => { var t = Curves.ticks(a, b, n, c); return [t.at, t.at.map(t.say)]; }",
            [low, high, most, counted],
        )
        return found[0], found[1]

    return asked


@pytest.mark.parametrize("counted", [False, True])
@pytest.mark.parametrize(
    ("low", "high"),
    [
        (0, 0),
        (0.6, 0.6),
        (1, 52),
        (1, 13),
        (0, 18),
        (44.3, 82.7),
        (0.571, 0.604),
        (-3, 3),
        (0, 165.8),
        (0, 12345),
    ],
)
def test_round_and_enclosing(ticks, low: float, high: float, counted: bool) -> None:  # type: ignore[no-untyped-def]
    at, said = ticks(low, high, 4, counted)
    step = at[1] - at[0]
    assert 2 <= len(at) <= 6
    assert at[0] <= low + 1e-9
    assert at[-1] >= high - 1e-9
    assert step * 10 ** -math.floor(math.log10(step) + 1e-9) == pytest.approx(
        min((1, 2, 2.5, 5), key=lambda n: abs(step * 10 ** -math.floor(math.log10(step) + 1e-9) - n))
    )
    assert [float(text.replace(",", "")) for text in said] == pytest.approx(at, abs=step * 1e-9)
    if counted:
        assert all(value == round(value) for value in at)


def written(page: Page, draw: str, given: dict[str, object]) -> list[dict[str, float | str]]:
    """Draw, and return every text on the canvas with its left end and the size of its letters."""
    page.evaluate(WRITTEN)
    page.evaluate(f"given => Curves.{draw}(document.querySelector('canvas'), given)", given)
    found: list[dict[str, float | str]] = page.evaluate("window.written")
    return found


def series(*values: float) -> dict[str, object]:
    """What ``Curves.lines`` takes, with equal sides."""
    weeks = list(range(1, len(values) + 1))
    return {"xs": weeks, "left": values, "right": values, "upTo": len(values), "xLabel": "week"}


@pytest.mark.parametrize("values", [(0.600475, 0.600473, 0.600474), (12345.6, 12351.2), (-0.00025, 0.00025)])
def test_numbers_of_an_axis_are_whole(page: Page, values: tuple[float, ...]) -> None:
    texts = written(page, "lines", series(*values))
    assert len(texts) > 4
    assert [text for text in texts if float(text["from"]) < 0] == []


@pytest.mark.parametrize("values", [(0.600475, 0.600473), (0.6, 0.6), (83.2, 83.21), (-0.5, -0.5)])
def test_what_hardly_changes_looks_so(page: Page, values: tuple[float, ...]) -> None:
    """The first and the last number of the axis are at least a fiftieth of the values apart."""
    texts = [str(text["text"]) for text in written(page, "lines", series(*values))]
    axis = [float(text) for text in texts[: texts.index("1")]]
    assert axis[-1] - axis[0] >= 0.02 * max(map(abs, values))
    assert axis[0] <= min(values)
    assert axis[-1] >= max(values)


def test_a_chart_grows_with_its_letters(page: Page) -> None:
    high = "() => document.querySelector('canvas').clientHeight"
    written(page, "lines", series(1, 2))
    before = page.evaluate(high)
    page.evaluate("document.querySelector('canvas').style.fontSize = '24px'")
    sizes = {text["size"] for text in written(page, "lines", series(1, 2))}
    assert sizes == {19}
    assert page.evaluate(high) / before == pytest.approx(19 / 13)


def test_both_rows_of_dots_say_whose_they_are(page: Page) -> None:
    runs = {"left": [1, 1, 1, 2], "right": [2, 2], "all": [1, 2], "xLabel": "share"}
    texts = written(page, "dots", runs | {"names": {"left": "One office", "right": "Four offices"}})
    assert {"One office", "Four offices"} <= {text["text"] for text in texts}


def test_sides_differ_in_dashes_and_marks(page: Page) -> None:
    """T11: not by colour alone."""
    drawn = page.evaluate(
        """() => {
          const canvas = document.querySelector('canvas'), context = canvas.getContext('2d'), seen = {};
          let strokes = [];
          for (const name of ['setLineDash', 'rect', 'arc']) {
            const draw = context[name].bind(context);
            context[name] = (...given) => { strokes.push(name === 'setLineDash' ? `dash ${given[0]}` : name); draw(...given); };
          }
          for (const side of ['left', 'right']) {
            strokes = [];
            const given = { xs: [1, 2, 3], left: [null, null, null], right: [null, null, null], upTo: 3, xLabel: '' };
            given[side] = [1, 2, 3];
            Curves.lines(canvas, given);
            seen[side] = strokes;
          }
          return seen;
        }"""
    )
    assert "arc" in drawn["left"]
    assert "rect" not in drawn["left"]
    assert "rect" in drawn["right"]
    assert "arc" not in drawn["right"]
    assert "dash 7,4" in drawn["right"]
