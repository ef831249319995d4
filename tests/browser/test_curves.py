"""Axes of the charts in lessons and app: round numbers that enclose what is drawn."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from govsim.report.stage import script
from tests.browser.conftest import Open


@pytest.fixture
def ticks(open_page: Open, tmp_path: Path) -> object:
    file = tmp_path / "curves.html"
    code = script("govsim.report.stage", "curves.js")
    file.write_text(f"<!doctype html><link rel=icon href=data:,><script>{code}</script>", "utf-8")
    page = open_page(file)

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
