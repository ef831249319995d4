"""The report as people meet it: in a browser without a network, at three sizes, in both languages, on paper, by keyboard."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from govsim.report.html.page import build_page, write_report
from govsim.report.html.reading import printed, read_material, table_rows
from tests.browser.conftest import SIZES, Open, barriers, overflow
from tests.report.comparisons import EVERYBODY, PAIR, made, named

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

A4_MILLIMETRES = (210, 297)
_PIXELS = 96 / 25.4


DISTRICTS = {
    "en": "In 20 plausible districts (accepted points of the calibration), Party-led co-governance compared with Legacy "
    "administrative: take part voluntarily better in 20 of 20, worse in 0; truly resolved in 26 weeks, of existing better in "
    "20 of 20, worse in 0; trust in the residents' committee better in 0 of 20, worse in 14; undecided in the rest.",
    "zh": "在20个与公开数据相符的虚拟地区（校准接受的参数点）中，党建引领共治与传统行政管理相比：四周内自愿参与率好于基准的"
    "有20个，差于基准的有0个；26周内解决率（占实际）好于基准的有20个，差于基准的有0个；对居委会的信任好于基准的有0个，差于基准的有14个；其余尚难判断。",
}
"""As the main job says it; it is longer than in any other report."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both capacity modes: the longest first page."""
    models = [word for name in PAIR for word in ("--model", name)]
    return made(
        tmp_path_factory.mktemp("c"), "run", "tiny", *models, "--seeds", "5", "--capacity", "both", apart=True
    )


@pytest.fixture(scope="module")
def report(folder: Path) -> Path:
    path, material = folder / "both.html", read_material(folder)
    longest = replace(material, facts=material.facts | {"districts": DISTRICTS})
    path.write_text(build_page(longest, "both"), "utf-8")
    return path


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _models(tmp_path_factory.mktemp("m"), 6, seeds=3)


@pytest.fixture(scope="module")
def eighteen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _models(tmp_path_factory.mktemp("e"), 18, seeds=2)


def _models(out: Path, models: int, seeds: int) -> Path:
    names = EVERYBODY[:models]
    assert len(names) == models
    made_here = made(out, "compare", *names, "--scenario", "tiny", "--seeds", str(seeds), apart=True)
    return write_report(made_here, made_here / "many.html")


OPENED = [
    (which, size, lang) for which in ("report", "many") for size in SIZES for lang in ("en-US", "zh-CN")
]
OPENED += [
    ("eighteen", "phone", "zh-CN"),
    ("eighteen", "laptop", "en-US"),
]  # a large page; axe-core takes long over it


@pytest.mark.parametrize(("which", "size", "language"), OPENED)
def test_it_opens_and_fits(
    which: str,
    open_page: Open,
    photograph: Callable[..., None],
    size: str,
    language: str,
    request: pytest.FixtureRequest,
) -> None:
    """P02: `open_page` fails on script errors, console errors and requests."""
    page = open_page(request.getfixturevalue(which), size, locale=language)
    assert page.locator("main:visible").count() == 1
    assert page.locator("main:visible").get_attribute("lang") == language[:2]
    assert overflow(page) == 0
    assert not barriers(page)
    photograph(page, f"{which}-{size}-{language[:2]}")


@pytest.mark.parametrize("width", [600, 768, 900, 1024])
def test_it_fits_between_the_usual_sizes(open_page: Open, report: Path, width: int) -> None:
    """Tables become lists before they are wider than the window."""
    page = open_page(report)
    page.set_viewport_size({"width": width, "height": 900})
    assert overflow(page) == 0


def test_headline_numbers_are_those_of_the_table(open_page: Open, report: Path, folder: Path) -> None:
    page = open_page(report)
    rows = [
        r
        for r in table_rows(folder / "compare.csv")
        if r["headline"] == "yes" and r["capacity_mode"] == "neutral"
    ]
    shown = page.locator(".sheet table.compared").first.locator("tbody tr")
    assert shown.count() == len(rows) >= 5
    for index, row in enumerate(rows):
        text = shown.nth(index).locator("td.d").inner_text()
        if row["outcomes"] == "two" or row["test"] == "order":  # told in other words, see test_html_cells.py
            continue
        assert text.startswith(printed(row["difference"], row["decimals"], "en", sign=True))


def test_language_is_switched_without_loading(open_page: Open, report: Path) -> None:
    """T12 of lessons holds here too."""
    page = open_page(report)
    page.evaluate("window.stayed = true")
    page.click("button[data-language=zh]")
    assert page.locator("main:visible").get_attribute("lang") == "zh"
    assert page.get_attribute("html", "lang") == "zh"
    assert page.title() == page.locator("main:visible h1").inner_text()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    assert page.locator("main:visible").get_attribute("lang") == "en"
    assert page.evaluate("window.stayed") is True


def test_curves_are_read_by_keyboard_and_by_pointing(open_page: Open, report: Path, folder: Path) -> None:
    page = open_page(report)
    svg = page.locator("#en-weeks ~ .panels figure svg").first
    svg.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    words = svg.locator("xpath=..").locator("output").inner_text()
    rows = [
        r
        for r in table_rows(folder / "weekly.csv")
        if r["capacity_mode"] == "neutral" and r["series"] == "active_4w_share"
    ]
    assert words.startswith("week 3")
    for row in (row for row in rows if row["week"] == "3"):
        assert printed(row["mean"], 1, "en") in words
    page.keyboard.press("End")
    last = max(int(row["week"]) for row in rows)
    assert svg.locator("xpath=..").locator("output").inner_text().startswith(f"week {last}")
    svg.hover()
    moved = svg.locator("xpath=..").locator("output").inner_text()
    assert moved.startswith("week 2")
    assert svg.locator(".cursor").evaluate("e => getComputedStyle(e).visibility") == "visible"


def test_models_are_hidden_and_shown(open_page: Open, report: Path) -> None:
    page = open_page(report)
    lines = page.locator("main:visible .panels .line.arm-1")
    assert lines.first.is_visible()
    page.locator("main:visible input[data-arm='1']").uncheck()
    assert not lines.first.is_visible()
    assert page.locator("main:visible .panels .line.arm-0").first.is_visible()
    page.locator("main:visible input[data-arm='1']").check()
    assert lines.first.is_visible()


def test_one_measure_of_groups_is_chosen(open_page: Open, report: Path) -> None:
    page = open_page(report)
    section = page.locator("section[aria-labelledby=en-groups]")
    assert section.locator(".choice:visible").count() == 1
    before = section.locator("caption:visible").inner_text()
    section.locator("select").select_option(index=1)
    assert section.locator(".choice:visible").count() == 1
    assert section.locator("caption:visible").inner_text() != before


def test_without_scripts_everything_is_there(open_page: Open, report: Path) -> None:
    page = open_page(report, scripts=False)
    for language in ("en", "zh"):
        main = page.locator(f"main[lang={language}]")
        assert main.is_visible()
        assert all(choice.is_visible() for choice in main.locator(".choice").all())
        assert main.locator("figure svg").first.is_visible()
    assert not page.locator("select:visible, button:visible, input:visible").count()


@pytest.mark.parametrize("language", ["en-US", "zh-CN"])
@pytest.mark.parametrize("which", ["report", "many", "eighteen"])
def test_page_one_is_one_sheet_of_paper(
    which: str,
    open_page: Open,
    photograph: Callable[..., None],
    language: str,
    request: pytest.FixtureRequest,
) -> None:
    """P18."""
    page = open_page(request.getfixturevalue(which), locale=language)
    page.emulate_media(media="print")
    width = (A4_MILLIMETRES[0] - 2 * 12) * _PIXELS
    page.set_viewport_size({"width": int(width), "height": 1000})
    photograph(page, f"{which}-paper-{language[:2]}", whole=False)
    heights = page.locator("main:visible .sheet").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect().height)"
    )
    assert len(heights) == 2, "the brief, and what was asked with its table"
    assert max(heights) <= (A4_MILLIMETRES[1] - 2 * 11) * _PIXELS
    assert overflow(page) == 0
    whole = sheets(page)
    hide = (
        "chosen => document.querySelectorAll('main > ' + chosen).forEach(e => { e.style.display = 'none'; })"
    )
    for one in (".brief", ".sheet:not(.brief)"):
        page.evaluate(hide, f":not({one})")
        assert sheets(page) == 1, one
        page.reload()
    page.evaluate(hide, ".sheet")
    assert sheets(page) == whole - 2, "what follows does not begin where these two pages end"


def sheets(page: Page) -> int:
    """Return how many sheets of A4 the page is printed on."""
    printed_page = page.pdf(prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed_page)
    assert {(round(float(a)), round(float(b))) for a, b in boxes} == {(595, 842)}
    return len(re.findall(rb"/Type /Page\b", printed_page))


@pytest.mark.parametrize(("which", "models"), [("many", 6), ("eighteen", 18)])
def test_arms_are_told_apart_without_colour(
    which: str, models: int, open_page: Open, request: pytest.FixtureRequest
) -> None:
    """P18, T11: dash and marker together differ between any two arms."""
    page = open_page(request.getfixturevalue(which))
    arms = page.locator("main:visible ul.arms li svg")
    looks = arms.evaluate_all(
        "all => all.map(s => s.querySelector('.line').getAttribute('stroke-dasharray')"
        " + s.querySelector('.marker').getAttribute('d'))"
    )
    assert len(looks) == len(set(looks)) == models


@pytest.mark.parametrize("size", SIZES)
def test_the_choice_of_models_leaves_room(open_page: Open, eighteen: Path, size: str) -> None:
    """D7: it stays in view where it is a small part of the window only."""
    page = open_page(eighteen, size)
    bar = page.locator("main:visible .bar")
    page.locator("#en-weeks").scroll_into_view_if_needed()
    sticky = bar.evaluate("e => getComputedStyle(e).position") == "sticky"
    assert sticky == (size != "phone")
    height = bar.evaluate("e => e.getBoundingClientRect().height")
    assert height < (0.12 if sticky else 0.3) * SIZES[size][1]
    bar.locator("summary").click()
    assert bar.get_by_role("checkbox", name="Yantian").count() == 1
    assert bar.evaluate("e => e.getBoundingClientRect().height") < 0.6 * SIZES[size][1]


@pytest.mark.parametrize("size", SIZES)
def test_marks_of_eighteen_options_have_names_that_can_be_read(
    open_page: Open, eighteen: Path, size: str
) -> None:
    """Names, never letters; within their panel, clear of each other, in letters of ten pixels and more."""
    page = open_page(eighteen, size)
    for section in ("en-dist", "en-rep"):
        figure = page.locator(f"section[aria-labelledby={section}] figure").first
        names = figure.locator("text.row-name")
        assert "US 311 with neighbourhood councils" in names.all_text_contents()
        assert min(map(len, names.all_text_contents())) > 1
        boxes = names.evaluate_all(
            "all => all.map(e => { const r = e.getBoundingClientRect(); return [r.left, r.right, r.top, r.bottom]; })"
        )
        frame = figure.bounding_box()
        assert frame
        assert all(
            frame["x"] - 1 <= left and right <= frame["x"] + frame["width"] + 1 for left, right, *_ in boxes
        )
        assert all(
            upper[3] <= lower[2] + 3 for upper, lower in pairwise(sorted(boxes, key=lambda box: box[2]))
        )
        assert min(bottom - top for *_, top, bottom in boxes) >= 10


def test_one_of_eighteen_lines_is_chosen(open_page: Open, eighteen: Path) -> None:
    """The baseline in colour and the rest grey; one is put in colour by its name, or named when it is pointed at."""
    page = open_page(eighteen)
    figure = page.locator("#en-weeks ~ .panels figure").first
    widths = "all => all.map(e => getComputedStyle(e).strokeWidth)"
    assert figure.locator("path.line").evaluate_all(widths).count("2.6px") == 1
    page.locator("main:visible select[data-light]").select_option(label="Yantian")
    assert figure.locator("path.line").evaluate_all(widths).count("2.6px") == 2
    figure.locator("svg").hover()
    told = figure.locator("output span").all_inner_texts()
    assert 1 <= len(told) <= 4
    assert any(words.startswith("Legacy administrative ") for words in told)


@pytest.mark.parametrize("size", SIZES)
def test_a_wide_table_fits_or_shows_that_it_goes_on(open_page: Open, eighteen: Path, size: str) -> None:
    """It scrolls inside its own box, with a shade at the end that goes on, and the names stay; on paper it is whole."""
    page = open_page(eighteen, size)
    assert overflow(page) == 0
    box = page.locator("section[aria-labelledby=en-hours] .scroll")
    if box.evaluate("e => e.scrollWidth > e.clientWidth"):
        assert box.evaluate("e => getComputedStyle(e).overflowX") == "auto"
        assert "gradient" in box.evaluate("e => getComputedStyle(e).backgroundImage")
        name = box.locator("tbody th").first
        before = name.bounding_box()
        box.evaluate("e => { e.scrollLeft = 10000; }")
        assert name.bounding_box() == before
    page.emulate_media(media="print")
    page.set_viewport_size({"width": int((A4_MILLIMETRES[0] - 2 * 12) * _PIXELS), "height": 1000})
    assert box.locator("table").evaluate(
        "e => e.getBoundingClientRect().right <= document.documentElement.clientWidth"
    )


@pytest.mark.parametrize("language", ["en-US", "zh-CN"])
@pytest.mark.parametrize("which", ["report", "eighteen"])
def test_tables_are_read_on_a_phone(
    which: str, open_page: Open, language: str, request: pytest.FixtureRequest
) -> None:
    """D8: no column of one character a line, captions whole, and the interval of every group in view."""
    page = open_page(request.getfixturevalue(which), "phone", locale=language)
    page.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true; })")
    narrow = page.locator("main:visible table :is(td, th):visible").evaluate_all(
        "all => all.filter(e => e.innerText.trim().length > 3 && e.getBoundingClientRect().width < 48 &&"
        " e.getBoundingClientRect().height > 45).map(e => e.innerText)"
    )
    assert narrow == []
    for whole in ("caption span", "table.groups td.d", "table.compared td.d"):
        outside = page.locator(f"main:visible {whole}:visible").evaluate_all(
            "all => all.filter(e => { const r = e.getBoundingClientRect();"
            " return r.left < 0 || r.right > document.documentElement.clientWidth; }).map(e => e.innerText)"
        )
        assert outside == [], whole


@pytest.mark.parametrize("size", ["laptop", "projector"])
def test_names_of_models_are_not_broken(open_page: Open, report: Path, size: str) -> None:
    """D11."""
    page = open_page(report, size)
    names = page.locator("main:visible .question .whole")
    assert names.all_text_contents() == ["“Party-led co-governance”", "“Legacy administrative”"]
    assert names.evaluate_all("all => all.map(e => e.getClientRects().length)") == [1, 1]
    assert page.locator("main:visible .question").evaluate(
        "e => !/[?]$/.test(e.lastElementChild.textContent)"
    )


@pytest.mark.parametrize("size", SIZES)
def test_commands_break_between_words(open_page: Open, eighteen: Path, size: str) -> None:
    page = open_page(eighteen, size)
    words = page.locator("main:visible footer .word")
    assert "--seeds" in words.all_inner_texts()
    line = words.first.evaluate("e => e.getBoundingClientRect().height")
    assert words.evaluate_all("all => Math.max(...all.map(e => e.getBoundingClientRect().height))") == line


def test_names_for_those_who_do_not_see(open_page: Open, report: Path) -> None:
    """T11: every control and drawing has a name."""
    page = open_page(report)
    for role in ("img", "checkbox", "combobox", "button", "region", "table"):
        for item in page.locator("main:visible").get_by_role(role).all():
            name = item.evaluate(
                "e => e.getAttribute('aria-label') || (e.labels && e.labels.length && e.labels[0].textContent)"
                " || (e.getAttribute('aria-labelledby') || '').split(' ')"
                ".map(i => (document.getElementById(i) || {}).textContent).join(' ')"
                " || (e.caption && e.caption.textContent) || e.textContent"
            )
            assert name.strip(), role


def test_an_injected_script_does_not_run(
    open_page: Open, browser: Browser, report: Path, tmp_path: Path
) -> None:
    """F29: were a label ever not escaped, the policy would still stop it."""
    bad = tmp_path / "bad.html"
    text = report.read_text("utf-8")
    bad.write_text(text.replace("<h1>", "<script>document.title='ran'</script><h1>", 1), "utf-8")
    page: Page = browser.new_page()
    page.goto(bad.as_uri())
    assert page.title() != "ran"
    page.close()


def test_hostile_names_do_nothing(open_page: Open, tmp_path: Path) -> None:
    """F29: of the scenario, its street and communities, and a model; `open_page` fails on errors and requests."""
    words = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7*7 }}"
    folder = made(tmp_path / "out", "compare", *named(tmp_path, words), "--seeds", "2", apart=True)
    path = tmp_path / "hostile.html"
    path.write_text(build_page(read_material(folder), "both"), "utf-8")
    page = open_page(path)
    ran: list[str] = []
    page.on("dialog", lambda dialog: (ran.append(dialog.message), dialog.dismiss()))
    page.on("pageerror", lambda error: ran.append(str(error)))
    page.reload()
    for button in ("zh", "en"):
        page.click(f"button[data-language={button}]")
        page.wait_for_timeout(100)
        assert words in page.locator("main:visible h1").inner_text()
    assert words in page.title()
    assert (
        page.locator("main:visible td, main:visible th")
        .filter(has_text=words.partition("{")[0] + "0")
        .count()
    )
    page.locator("main:visible [data-hover]").first.focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("script").count() == 1
    assert page.locator("img").count() == 0
    assert not ran


def test_facts_are_those_of_the_comparison(open_page: Open, report: Path, folder: Path) -> None:
    facts = json.loads((folder / "comparison.json").read_text("utf-8"))
    page = open_page(report)
    text = page.locator("main:visible .sheet:not(.brief)").inner_text()
    assert facts["budget"]["en"] in text
    assert facts["command"] in text
    assert facts["key"] in text
