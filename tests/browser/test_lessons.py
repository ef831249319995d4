"""Lessons as a class sees them: in a browser without a network, with the keyboard, in both languages, at every size."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from govsim.report.lessons.page import page as lesson_page
from govsim.report.lessons.runs import Played
from govsim.results.view import View
from govsim.results.weekly import weekly_rows
from tests.browser.conftest import SIZES, Open, barriers, overflow
from tests.lessons.test_lessons import smaller

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Path, Played]]:
    """Pages with a few stored seeds, made once each."""
    made: dict[str, tuple[Path, Played]] = {}
    folder = tmp_path_factory.mktemp("lessons")

    def build(name: str) -> tuple[Path, Played]:
        if name not in made:
            played = smaller(name, seeds=6)
            file = folder / f"{name}.html"
            file.write_text(lesson_page(played), encoding="utf-8")
            made[name] = file, played
        return made[name]

    return build


Built = Callable[[str], tuple[Path, Played]]


def week(page: Page) -> str | None:
    return page.get_attribute("#week", "data-week")


def test_five_steps_show_the_numbers_of_the_run(open_page: Open, built: Built) -> None:
    """T01 and T03: the week, and every cell of the weekly table."""
    file, played = built("03")
    page = open_page(file, locale="en-US")
    assert week(page) == "0"
    page.click("#store")
    for _ in range(5):
        page.click("#step")
    assert week(page) == "5"
    for side, watched in zip(("left", "right"), played.watched, strict=True):
        header, rows = weekly_rows(View(watched.recording))
        for name in played.lesson.block.curves:
            shown = page.get_attribute(f"#weekly tr[data-name={name}] td[data-side={side}]", "data-value")
            assert shown
            assert float(shown) == rows[4][header.index(name)]
        assert page.get_attribute(f"figure[data-side={side}] canvas.view", "aria-label")
    words = page.get_attribute("figure[data-side=left] canvas.view", "aria-label") or ""
    assert f"{len(played.watched[0].frames[5]['active'])} people take part" in words


def test_nothing_of_the_outcome_before_a_guess(open_page: Open, built: Built) -> None:
    """T05: and the guess is still there when the page is opened again."""
    file, played = built("03")
    page = open_page(file, locale="en-US")
    seen = page.inner_text("body")
    for name in played.lesson.block.indicators:
        for values in played.over_seeds:
            for value in values[name]:
                assert value is None or value == 0 or f"{value:.1f}" not in seen
    assert not page.is_visible("#after")
    assert page.is_disabled("#play")
    page.keyboard.press("ArrowRight")
    assert week(page) == "0"
    page.focus("#guess")
    page.keyboard.press("ArrowRight")
    assert "higher by 3.0" in page.inner_text("#guess-words")
    page.click("#store")
    assert page.is_visible("#after")
    page.click("#end")
    assert "Your guess: Party-led co-governance higher by 3.0" in page.inner_text("#guessed")
    page.reload()
    assert page.is_visible("#after")
    page.click("#again")
    assert not page.is_visible("#after")


def test_equal_sides_show_exactly_zero(open_page: Open, built: Built) -> None:
    """T04."""
    page = open_page(built("01")[0], locale="en-US")
    page.click("#store")
    page.keyboard.press("End")
    assert "exactly 0" in page.inner_text("#guessed")
    cells = page.eval_on_selector_all(
        "#summary td[data-side=difference]", "cells => cells.map(c => c.textContent)"
    )
    assert set(cells) == {"0"}
    other = open_page(built("02")[0], locale="en-US")
    other.click("#store")
    other.keyboard.press("End")
    assert "exactly 0" not in other.inner_text("#guessed")
    cells = other.eval_on_selector_all(
        "#summary td[data-side=difference]", "cells => cells.map(c => c.textContent)"
    )
    assert set(cells) != {"0"}


def test_a_name_is_a_seed(open_page: Open, built: Built) -> None:
    """T06: the same for the same name, in any script, without loading the page again; the histogram grows."""
    file, played = built("02")
    page = open_page(file)
    page.evaluate("window.untouched = true")
    page.click("#store")
    seeds = []
    for name in ("李伟", "Ada", "李伟", " ada "):
        page.fill("#name", name)
        page.press("#name", "Enter")
        seeds.append(page.get_attribute("#mine", "data-seed"))
    assert seeds[0] == seeds[2]
    assert seeds[1] == seeds[3]
    assert all(int(seed or 0) in played.seeds for seed in seeds)
    assert page.get_attribute("#histogram", "data-count") == "4"
    page.click("#all")
    assert page.get_attribute("#histogram", "data-count") == str(len(played.seeds))
    assert page.evaluate("window.untouched")
    drawn = page.evaluate(
        "document.getElementById('histogram').getContext('2d').getImageData(0,0,600,200).data.some(v => v)"
    )
    assert drawn


def test_the_keyboard_reaches_everything(open_page: Open, built: Built) -> None:
    """T11: steps, plays and resets without a mouse, and every control can be tabbed to and has a name."""
    page = open_page(built("03")[0], locale="en-US")
    page.focus("#store")
    page.keyboard.press("Enter")
    page.evaluate("document.activeElement.blur()")
    for key, expected in (
        ("ArrowRight", "1"),
        ("ArrowRight", "2"),
        ("ArrowLeft", "1"),
        ("End", "52"),
        ("Home", "0"),
    ):
        page.keyboard.press(key)
        assert week(page) == expected
    page.select_option("#speed", "150")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press(" ")
    page.wait_for_timeout(1500)
    page.keyboard.press(" ")
    stopped = week(page)
    assert int(stopped or 0) >= 2
    page.wait_for_timeout(400)
    assert week(page) == stopped
    nameless = page.evaluate(
        """[...document.querySelectorAll('button, input, select, a[href]')].filter(n => n.offsetParent).filter(n => {
          const label = n.labels && n.labels.length ? n.labels[0].textContent : '';
          return !(n.textContent + (n.getAttribute('aria-label') || '') + label).trim();
        }).map(n => n.outerHTML)"""
    )
    assert nameless == []
    unreachable = page.evaluate(
        "[...document.querySelectorAll('button, input, select')].filter(n => n.tabIndex < 0).length"
    )
    assert unreachable == 0
    silent = page.evaluate(
        """[...document.querySelectorAll('canvas')].filter(n => n.offsetParent)
        .filter(n => !n.getAttribute('aria-label') && n.getAttribute('aria-hidden') !== 'true').map(n => n.outerHTML)"""
    )
    assert silent == []


def test_projector_and_language_without_loading(open_page: Open, built: Built) -> None:
    """T12: letters of at least 18 pixels, canvas included, and the other language in place."""
    page = open_page(built("03")[0], "projector", locale="en-US")
    page.evaluate("window.untouched = true")
    page.click("#store")
    page.keyboard.press("f")
    page.keyboard.press("ArrowRight")
    small = page.evaluate(
        """[...document.querySelectorAll('body *')].filter(n => n.offsetParent)
        .filter(n => [...n.childNodes].some(t => t.nodeType === 3 && t.textContent.trim()))
        .filter(n => parseFloat(getComputedStyle(n).fontSize) < 18)
        .map(n => n.tagName + ' ' + n.textContent.slice(0, 40))"""
    )
    assert small == []
    page.keyboard.press("l")
    assert page.inner_text("h1") == "当上级任务占满一周"
    assert "第 1 周" in page.inner_text("#week")
    assert page.get_attribute("html", "lang") == "zh-CN"
    left = page.evaluate(
        """[...document.querySelectorAll('main *')].filter(n => n.offsetParent && n.children.length === 0)
        .map(n => n.textContent.trim()).filter(t => /[A-Za-z]{4,}/.test(t))"""
    )
    assert left == []
    page.keyboard.press("l")
    assert page.inner_text("h1") == "When tasks from above fill the week"
    assert page.evaluate("window.untouched")


def test_a_problem_can_be_followed_on_both_sides(open_page: Open, built: Built) -> None:
    file, played = built("03")
    page = open_page(file, locale="en-US")
    page.click("#store")
    number = page.eval_on_selector_all("#case option", "options => options[5].value")
    page.select_option("#case", number)
    for side in ("left", "right"):
        assert page.inner_text(f"#told-{side}").split("\n\n")[1].startswith(f"Case {number} ")
    page.click("#end")
    page.evaluate("document.querySelector('figure[data-side=right] canvas.view').scrollIntoView()")
    frame = played.watched[1].frames[52]
    home, shown = frame["problems"][0], frame["problems"][1]
    x, y = (played.watched[1].setting["households"][2 * home + k] for k in (0, 1))
    box = page.locator("figure[data-side=right] canvas.view").bounding_box()
    assert box
    page.mouse.click(box["x"] + x / 1000 * box["width"], box["y"] + y / 600 * box["height"])
    told = page.inner_text("#told-right")
    at_home = [n for h, n in zip(frame["problems"][::4], frame["problems"][1::4], strict=True) if h == home]
    assert any(f"Case {n} " in told for n in [shown, *at_home])


def test_the_knob_shows_the_stored_means(open_page: Open, built: Built) -> None:
    file, played = built("03")
    page = open_page(file, locale="en-US")
    page.click("#store")
    page.focus("#knob")
    page.keyboard.press("ArrowRight")
    value, left, _ = played.over_grid[1]
    assert page.inner_text("#knob-value") == f"{value:g}"
    shown = page.get_attribute("#knobs tr[data-name=backlog] td[data-side=left]", "data-value")
    known = [one for one in left["backlog"] if one is not None]
    assert float(shown or "nan") == pytest.approx(sum(known) / len(known))


def test_answers_are_judged_in_the_page(open_page: Open, tmp_path: Path) -> None:
    from govsim.report.lessons.shelf import Lesson, find_lesson

    lesson = find_lesson("01")
    block = lesson.block.model_copy(update={"seeds": 3})
    file = tmp_path / "a.html"
    file.write_text(
        lesson_page(Played(Lesson(lesson.name, lesson.file, lesson.loaded, block))), encoding="utf-8"
    )
    page = open_page(file, locale="en-US")
    page.click("#store")
    page.fill("#answer-difference", "0")
    page.click("#answers li:nth-child(1) button")
    assert page.is_visible(".right-answer")
    page.fill("#answer-difference", "5")
    page.click("#answers li:nth-child(1) button")
    assert "Show all stored seeds" in page.inner_text(".wrong-answer")
    assert "difference%3A%205" in (page.get_attribute("#hand-in", "href") or "")


@pytest.mark.parametrize("language", ["en-US", "zh-CN"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["03", "09"])
def test_it_fits_every_screen(
    open_page: Open, built: Built, photograph: Callable[..., None], name: str, size: str, language: str
) -> None:
    page = open_page(built(name)[0], size, locale=language)
    photograph(page, f"{name}-{size}-{language}-guess")
    assert overflow(page) == 0
    assert not barriers(page)
    page.click("#store")
    if size == "projector":
        page.keyboard.press("f")
    page.click("#end")
    page.click("#all")
    assert overflow(page) == 0
    assert not barriers(page)
    photograph(page, f"{name}-{size}-{language}")
