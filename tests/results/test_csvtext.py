"""Tables as text: written column by column, the same as cell by cell."""

from __future__ import annotations

import numpy as np
import pytest

from govsim.results import csvtext
from govsim.results.csvtext import Cell, table_bytes
from govsim.results.errors import RefusedError
from govsim.results.values import Missing

WORDS = [
    "plain",
    "",
    "with, comma",
    'with "quotes"',
    "two\nlines",
    "=sum",
    "-1",
    "'single",
    "居民",
    " led",
    "1.5",
    "a\rb",
]
NUMBERS: list[Cell] = [
    0.0, -0.0, 1, -3, True, 1e-12, -1e-320, 123456789012, 1 / 3, np.float64(2.5), 1e300, Missing.NO_BASE,
]  # fmt: skip


def cell_by_cell(monkeypatch: pytest.MonkeyPatch, header: list[str], rows: list[list[Cell]]) -> bytes:
    with monkeypatch.context() as patched:
        patched.setattr(csvtext, "_columns_text", lambda rows, width: None)
        return table_bytes("t.csv", header, rows)


@pytest.mark.parametrize("kind", ["words", "numbers", "both", "mixed", "none"])
def test_columns_are_written_like_cells(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    rows: list[list[Cell]] = {
        "words": [[a, b] for a in WORDS for b in WORDS],
        "numbers": [[a, b] for a in NUMBERS for b in NUMBERS],
        "both": [[a, b] for a in WORDS for b in NUMBERS],
        "mixed": [["a", 1.0], [1.0, "a"], [Missing.NOT_REACHED, 2]],
        "none": [],
    }[kind]  # type: ignore[assignment]
    header = ["one, and", "two"]
    assert table_bytes("t.csv", header, rows) == cell_by_cell(monkeypatch, header, rows)


def test_a_single_column_keeps_its_empty_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[list[Cell]] = [["a"], [""], ["b"]]
    assert table_bytes("t.csv", ["one"], rows) == cell_by_cell(monkeypatch, ["one"], rows)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), np.float64("nan")])
def test_what_is_no_number_is_named(bad: float) -> None:
    with pytest.raises(RefusedError, match=r"t\.csv, week 1, share is "):
        table_bytes("t.csv", ["week", "share"], [[0, 1.0], [1, bad]])


def test_rows_of_another_length_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="3 cells under 2 columns"):
        table_bytes("t.csv", ["a", "b"], [[1, 2], [1, 2, 3]])
