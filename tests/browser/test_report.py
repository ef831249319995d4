"""The report as people meet it: in a browser without a network, at three sizes, in both languages, on paper, by keyboard."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from govsim.report.html.numbers import printed
from govsim.report.html.page import build
from govsim.report.html.reading import read_material, table
from tests.browser.conftest import SIZES, Open, barriers, overflow
from tests.report.comparisons import PAIR, made

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

A4_MILLIMETRES = (210, 297)
_PIXELS = 96 / 25.4


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both capacity modes: the longest first page."""
    models = [word for name in PAIR for word in ("--model", name)]
    return made(
        tmp_path_factory.mktemp("c"), "run", "tiny", *models, "--seeds", "5", "--capacity", "both", apart=True
    )


@pytest.fixture(scope="module")
def report(folder: Path) -> Path:
    path = folder / "both.html"
    path.write_text(build(read_material(folder), "both"), "utf-8")
    return path


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from govsim.scenario import list_governance

    names = [*PAIR, *(name for name in list_governance() if name not in PAIR)][:6]
    made_here = made(
        tmp_path_factory.mktemp("m"), "compare", *names, "--scenario", "tiny", "--seeds", "3", apart=True
    )
    path = made_here / "many.html"
    path.write_text(build(read_material(made_here), "both"), "utf-8")
    return path


@pytest.mark.parametrize("language", ["en-US", "zh-CN"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("which", ["report", "many"])
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


def test_headline_numbers_are_those_of_the_table(open_page: Open, report: Path, folder: Path) -> None:
    page = open_page(report)
    rows = [
        r for r in table(folder / "compare.csv") if r["headline"] == "yes" and r["capacity_mode"] == "neutral"
    ]
    shown = page.locator(".sheet table.compared").first.locator("tbody tr")
    assert shown.count() == len(rows) >= 5
    for index, row in enumerate(rows):
        text = shown.nth(index).locator("td.d").inner_text()
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
        for r in table(folder / "weekly.csv")
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
@pytest.mark.parametrize("which", ["report", "many"])
def test_page_one_is_one_sheet_of_paper(
    which: str,
    browser: Browser,
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
    height = page.locator("main:visible .sheet").evaluate("e => e.getBoundingClientRect().height")
    assert height <= (A4_MILLIMETRES[1] - 2 * 11) * _PIXELS
    assert overflow(page) == 0
    pdf = page.pdf(prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF")


def test_arms_are_told_apart_without_colour(open_page: Open, many: Path) -> None:
    """P18, T11: dash and marker together differ between any two arms."""
    page = open_page(many)
    arms = page.locator("main:visible ul.arms li svg")
    looks = arms.evaluate_all(
        "all => all.map(s => s.querySelector('.line').getAttribute('stroke-dasharray')"
        " + s.querySelector('.marker').getAttribute('d'))"
    )
    assert len(looks) == len(set(looks)) == 6


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


def test_facts_are_those_of_the_comparison(open_page: Open, report: Path, folder: Path) -> None:
    facts = json.loads((folder / "comparison.json").read_text("utf-8"))
    page = open_page(report)
    text = page.locator("main:visible .sheet").inner_text()
    assert facts["budget"]["en"] in text
    assert facts["command"] in text
    assert facts["key"] in text
