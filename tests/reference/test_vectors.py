"""The worked examples that the model description prints are what the reference computes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import govsim
from govsim.engine import order
from tests.reference import (
    arrivals,
    casework,
    detection,
    effort,
    experience,
    institutions,
    measurement,
    participation,
    routing,
)

PAGES = [Path(govsim.__file__).parents[1] / "docs" / f"odd.{language}.md" for language in ("en", "zh")]
_ROW = re.compile(r"^\| \(\d+\.\d+\) \| `([a-z_.]+)` \| (.+?) \| (.+?) \|$", re.MULTILINE)
_NUMBER = re.compile(r"`([^`=]+) = ([^`]+)`")
VECTORS = {
    **arrivals.VECTORS,
    **casework.VECTORS,
    **detection.VECTORS,
    **routing.VECTORS,
    **effort.VECTORS,
    **participation.VECTORS,
    **experience.VECTORS,
    **institutions.VECTORS,
    **measurement.VECTORS,
}


def numbers(text: str) -> dict[str, float]:
    """Return the numbers of a cell by their symbols."""
    return {name: float(value.replace(",", "")) for name, value in _NUMBER.findall(text)}


@pytest.mark.parametrize("page", PAGES, ids=["en", "zh"])
def test_worked_examples_come_out(page: Path) -> None:
    rows = _ROW.findall(page.read_text(encoding="utf-8"))
    assert rows
    for name, given, gives in rows:
        assert VECTORS[name](numbers(given)) == pytest.approx(numbers(gives), rel=1e-9), name


@pytest.mark.parametrize("process", order(), ids=lambda process: process.name)
def test_every_process_has_equations_and_worked_examples(process) -> None:  # type: ignore[no-untyped-def]
    assert process.equations
    assert any(equation.vectors for equation in process.equations)
    for equation in process.equations:
        assert equation.name.startswith(f"{process.name}.")
        if equation.vectors:
            assert equation.name in VECTORS
