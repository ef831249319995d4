"""An answer in every medium: the same tables as files and JSON, text for a terminal and a page, panels as the same bytes."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from govsim.report.answers import as_json, as_markdown, as_text, table_files
from govsim.report.panels import draw_sheet
from govsim.results.declare import Column
from govsim.results.values import Missing
from govsim.studies.answer import (
    Amount,
    Amounts,
    Answer,
    Bar,
    Bars,
    Cloud,
    Command,
    Curves,
    DataTable,
    Dot,
    Dots,
    Dumbbells,
    Intervals,
    Line,
    Lines,
    PagePicture,
    Panel,
    Passage,
    Pyramid,
    ReportedAndTrue,
    Scatter,
    Sheet,
    Span,
    Strip,
    Strips,
    TextTable,
    Tiles,
)

pytestmark = pytest.mark.slow

DAYS = Column("days", "days", "天数", "days", "How long it took.")
TABLE = DataTable(["name", DAYS], [["one", 2.5], ["two", Missing.NOT_REACHED]])
PASSAGE = Passage(
    "Found",
    [
        "a sentence " * 12,
        TextTable([["name", "days"], ["one", "2.5"], ["eleven", "13.0"]]),
        Lines(["as   it stands"]),
        Command("govsim run tiny"),
        PagePicture("found.png", "What was found"),
    ],
)


def test_a_terminal_shows_passages_without_headings_and_pictures() -> None:
    lines = as_text([PASSAGE, Passage("Next", ["  Undecided (2): " + "word, " * 30])]).splitlines()
    assert max(map(len, lines)) <= 100
    assert lines[2:7] == [
        "name    days",
        "one      2.5",
        "eleven  13.0",
        "as   it stands",
        "  govsim run tiny",
    ]
    assert lines[7] == ""
    assert lines[8].startswith("  Undecided (2): word")
    assert lines[9].startswith(" " * 13 + "word")


def test_a_page_has_headings_tables_and_pictures_that_were_drawn() -> None:
    text = "\n\n".join(as_markdown([PASSAGE]))
    assert text.startswith("## Found\n\na sentence")
    assert "| name | days |\n| :-- | --: |\n| one | 2.5 |" in text
    assert "```bash\ngovsim run tiny\n```" in text
    assert "![What was found](found.png)" in text
    assert "found.png" not in "".join(as_markdown([PASSAGE], figures=False))


def test_files_and_json_hold_the_same_table(tmp_path: Path) -> None:
    files = table_files({"found.csv": TABLE})
    rows = list(csv.DictReader(io.StringIO(files["found.csv"].decode("utf-8-sig"))))
    assert [list(row.values()) for row in rows] == [["one", "2.5"], ["two", "not reached"]]
    described = list(csv.DictReader(io.StringIO(files["dictionary.csv"].decode("utf-8-sig"))))
    assert [(row["table"], row["name"]) for row in described] == [("found", "days")]
    for nulls, missing in ((False, "not reached"), (True, None)):
        answer = Answer(
            "x", {"found.csv": TABLE}, {}, {"study": "s"}, {"found": TABLE}, lambda say: [], nulls=nulls
        )
        said = json.loads(as_json(answer, tmp_path))
        assert said["found"] == [{"name": "one", "days": 2.5}, {"name": "two", "days": missing}]
        assert list(said) == ["study", "folder", "found"]


@pytest.mark.parametrize(
    "panel",
    [
        Intervals("one", [Span("a", 0.1, 0.2, 0.4, False, cross=0.3), Span("b", -1, 0.0, float("inf"))]),
        Intervals("two", [Span("a", 0.1, 0.2, 0.4)], "unit", more_is_right=False, words=("low", "high")),
        Scatter(
            "three", [Cloud("a", [1, 2], [3, 4], 0), Cloud("b", [1], [1], None, False, ".")], "x", star=(1, 2)
        ),
        Tiles("four", ["a", "b"], {(1, 0): 0.3}),
        Curves("five", "", [Line(0, [0, 1], [1, None], [0, None], [2, None], ["1", "-"], "a")], "weeks"),
        Strips("six", "", [Strip(0, "A", [(1.0, "1")], [0, 0, 1, 2, 2]), Strip(1, "B", [])], "%"),
        Bars("seven", "", [Bar(0, "a", [(60.0, "60", 0), (1.0, "1", 1)])], "%", ["staff", "residents"]),
        Dumbbells("eight", "", ["x"], [ReportedAndTrue(0, 0, (80.0, "80"), None)], ["a"], "%"),
        Dots("nine", "", [Dot(0, 1.0, 2.0, "here")], "x", "y", {0: "a"}, cross=(1.0, 1.0)),
        Amounts("ten", ["desk"], [Amount(0, 0, 1.0, 2.0, 3.0, "2")], ["a"], "hours"),
        Pyramid(
            "eleven",
            "",
            ["0", "5"],
            [[1, 2], [0, 1]],
            [[2, 1], [1, 0]],
            ("men", "women"),
            ["a", "b"],
            "%",
            "age",
        ),
    ],
    ids=lambda panel: panel.title,
)
def test_the_same_panel_gives_the_same_bytes(panel: Panel) -> None:
    sheet = Sheet("What is shown", "How to read it", "Where it is from, 来源", [panel, panel], 2)
    first = draw_sheet(sheet)
    assert set(first) == {"png", "svg", "pdf"}
    assert draw_sheet(sheet) == first
