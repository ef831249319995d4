"""Figures: the same bytes every time, no dates, and drawn for every odd result."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from govsim.report import figures, style
from govsim.report.brief.answer import headline_changes
from govsim.report.comparing.about import Request, comparison_record
from govsim.report.docs.words import Language
from govsim.report.files import comparison_tables
from govsim.report.html.plot import spread_labels
from govsim.report.html.reading import Material
from govsim.studies.answer import Curves
from govsim.studies.compare import ArmRuns, compare
from govsim.studies.groups import compare_groups
from govsim.studies.wording import wrapped
from tests.studies.test_compare import arm

pytestmark = pytest.mark.slow

NAMES = {
    "participation",
    "backlog",
    "resolution",
    "trust",
    "who_solved",
    "hours",
    "reported_and_true",
}


KINDS = ("png", "svg", "pdf")


def material(folder: Path, *arms: ArmRuns, second: tuple[ArmRuns, ...] = ()) -> Material:
    """Return a comparison that is not written yet."""
    compared = [compare(arms[0], other) for other in arms[1:]]
    outside = [compare(second[0], other, allow_unequal_budget=True) for other in second[1:]]
    every = [*compared, *outside]
    groups = [compare_groups(one.baseline, one.other) for one in every]
    files = comparison_tables(folder, arms, second, every, groups)
    facts = comparison_record(Request("Town", "镇", "govsim run town"), "0", arms, second, every, groups)
    return Material(folder, facts, files=files)


def draw(found: Material, language: Language = "en") -> dict[str, bytes]:
    return figures.draw_figures(found, language)


@pytest.mark.assurance
def test_all_are_drawn_and_repeatable(tmp_path: Path) -> None:
    arms = [arm(tmp_path, "Legacy", "x", range(1, 3)), arm(tmp_path, "党建引领", "y", range(1, 3), speed=3.0)]
    found = material(tmp_path, *arms)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        files = draw(found)
        chinese = draw(found, "zh")
    assert set(files) == {f"{name}.{kind}" for name in NAMES for kind in KINDS}
    assert set(chinese) == {f"{name}.zh.{kind}" for name in NAMES for kind in KINDS}
    assert draw(found) == files
    starts = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}
    for name, content in files.items():
        assert content.startswith(starts[name.rpartition(".")[2]])
        assert not any(word in content for word in (b"<dc:date>", b"Software", b"CreationDate"))


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
        files = draw(material(tmp_path, *arms))
    assert set(files) == {f"{name}.{kind}" for name in NAMES for kind in KINDS}
    (line,) = capsys.readouterr().err.splitlines()
    assert "font" in line


@pytest.mark.slow
def test_seven_arms(tmp_path: Path) -> None:
    arms = [arm(tmp_path, f"model {n}", str(n), range(1, 3), weeks=20, speed=1.0 + n) for n in range(7)]
    assert len(draw(material(tmp_path, *arms))) == len(KINDS) * len(NAMES)


@pytest.mark.slow
def test_nothing_happens(tmp_path: Path) -> None:
    quiet = arm(tmp_path, "quiet", "x", range(1, 2), weeks=3, cases=1, residents=2, report=0.0, turnout=0.0)
    drawn = NAMES - {"resolution", "who_solved"}
    assert set(draw(material(tmp_path, quiet))) == {f"{name}.{kind}" for name in drawn for kind in KINDS}


@pytest.mark.parametrize(
    ("wanted", "places"),
    [([0.4, 0.6], [0.4, 0.6]), ([0.5, 0.51], [0.5, 0.6]), ([0.99, 0.97, 0.97], [0.95, 0.75, 0.85])],
)
def test_names_at_line_ends_stay_apart_and_inside(wanted: list[float], places: list[float]) -> None:
    assert spread_labels(wanted, [0.1] * len(wanted)) == pytest.approx(places)


def test_lines_break_between_words_and_between_chinese_characters() -> None:
    assert wrapped("Party-led co-governance", 16) == "Party-led\nco-governance"
    assert wrapped("党建引领共治", 8) == "党建引领\n共治"
    assert wrapped("受“社区”影响", 4) == "受\n“社\n区”\n影响", "none ends with what opens"
    assert wrapped("党建引领。", 8) == "党建引领。", "no line begins with a full stop"


def test_panels_of_one_unit_have_one_scale_and_outside_resources_stand_beside(tmp_path: Path) -> None:
    arms = [arm(tmp_path, "Legacy", "x", range(1, 3)), arm(tmp_path, "New", "y", range(1, 3), speed=3.0)]
    more = [replace(one, mode="observed") for one in arms]
    sheet = figures.trust(material(tmp_path, *arms, second=tuple(more)), "en")
    assert sheet is not None
    curves = [panel for panel in sheet.panels if isinstance(panel, Curves)]
    assert len(curves) == 8
    assert len({panel.ends for panel in curves}) == 1
    assert [panel.title.split("\n")[1] for panel in curves[:2]] == [
        "equal resources",
        "with outside resources",
    ]


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Under New, more problems"), ("zh", "New：解决的问题更多")]
)
def test_the_title_says_what_the_brief_says(tmp_path: Path, language: Language, words: str) -> None:
    arms = [arm(tmp_path, "Legacy", "x"), arm(tmp_path, "New", "y", speed=12.0)]
    sheet = figures.resolution(material(tmp_path, *arms), language)
    assert sheet is not None
    assert sheet.title.startswith(words)


@pytest.mark.parametrize(("language", "words"), [("en", "counted weeks"), ("zh", "统计期均值")])
def test_the_numbers_of_the_trust_figure_are_those_of_table_and_sentence(
    tmp_path: Path, language: Language, words: str
) -> None:
    """Means over the counted weeks at the lines, in the title and in the table; none of the last week."""
    found = material(tmp_path, arm(tmp_path, "Legacy", "x"), arm(tmp_path, "New", "y", speed=12.0))
    sheet = figures.trust(found, language)
    assert sheet is not None
    assert words in sheet.note
    for panel, tier in zip(sheet.panels, ("community", "street", "district", "centre"), strict=True):
        assert isinstance(panel, Curves)
        for one in panel.lines:
            (row,) = found.rows(
                "arms", capacity_mode="neutral", arm=["Legacy", "New"][one.arm], indicator=f"trust_{tier}"
            )
            assert one.last == f"{float(row['mean']):.3f}"
    change = headline_changes(found, "neutral", "New")["trust_community"]
    community = sheet.panels[0]
    assert isinstance(community, Curves)
    assert [one.last for one in community.lines] == [
        change.number(change.before),
        change.number(change.after),
    ]


def test_no_words_of_a_figure_are_cut_off() -> None:
    with style.drawing():
        figure, _ = style.sheet("W" * 90 + "\n短", "Line: mean. " * 20, "comparison-0 " * 30, height=4.0)
        sides = [text.get_window_extent() for text in figure.texts]
    assert len(sides) == 3
    assert all(side.x0 >= 0 and side.x1 <= figure.bbox.width for side in sides)


def test_readable_without_colour() -> None:
    from govsim.report.style import COLOURS, DASHES, HATCHES, MARKERS, line

    assert len({str(dash) for dash in DASHES[:5]}) == 5
    assert len(set(MARKERS)) == len(MARKERS)
    assert len(set(HATCHES)) == len(HATCHES)
    assert len({(str(line(n)["linestyle"]), line(n).get("marker")) for n in range(18)}) == 18
    rgb = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in COLOURS[:2]])
    grey = rgb @ np.array([0.299, 0.587, 0.114])
    assert abs(float(grey[0] - grey[1])) > 20
