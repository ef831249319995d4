"""Lessons as a class sees them: in a browser without a network, with the keyboard, in both languages, at every size."""

from __future__ import annotations

import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from govsim.report.lessons.page import page as lesson_page
from govsim.report.lessons.runs import INDICATOR, Played
from govsim.report.lessons.shelf import lesson_files, load_lesson
from govsim.results.view import View
from govsim.results.weekly import weekly_rows
from tests.browser.conftest import EVIL, SIZES, WRITTEN, Open, barriers, overflow
from tests.lessons.test_lessons import FORBIDDEN, NAMES, smaller

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


@pytest.mark.slow
@pytest.mark.parametrize("name", ["04", "05"])
def test_a_lesson_is_built_in_half_a_minute(open_page: Open, tmp_path: Path, name: str) -> None:
    """T01: by the command, in a process of its own; the file opens and steps without anything else."""
    file = tmp_path / "l.html"
    command = [sys.executable, "-m", "govsim", "lesson", "build", name, "-o", str(file)]
    worked, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    wall, after = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = after.ru_utime + after.ru_stime - worked.ru_utime - worked.ru_stime
    # On a machine that others use, too, the hours worked count, shared by the two threads that every laptop has.
    assert min(wall, busy / 2) <= 30, (wall, busy)
    page = open_page(file, locale="en-US")
    page.click("#store")
    for _ in range(5):
        page.click("#step")
    assert week(page) == "5"
    cells = page.eval_on_selector_all("#weekly td[data-value]", "cells => cells.map(c => c.textContent)")
    assert cells
    assert all(cells)


@pytest.mark.parametrize("name", NAMES)
def test_every_lesson_is_played_to_its_end(open_page: Open, built: Built, name: str) -> None:
    """Guess, end, all seeds, the other language; nothing of the outcome before (T05), no word that judges (T09)."""
    file, played = built(name)
    page = open_page(file, locale="en-US")
    texts = [page.inner_text(place) for place in ("header", "main", "#speed")]
    before, speeds = (set(re.findall(r"\d[\d,]*\.\d+", text)) for text in (texts[0] + texts[1], texts[2]))
    for indicator in played.lesson.block.indicators:
        decimals = INDICATOR[indicator].decimals
        values = [value for side in played.over_seeds for value in side[indicator] if value]
        assert not decimals or not {f"{value:.{decimals}f}" for value in values} & (before - speeds), (
            indicator
        )
    page.click("#store")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("End")
    assert week(page) == str(played.lesson.loaded.scenario.run.weeks)
    page.click("#all")
    assert page.get_attribute("#histogram", "data-count") == str(len(played.seeds))
    number = page.eval_on_selector_all("#case option", "options => options[options.length - 1].value")
    for _ in ("en", "zh"):
        page.select_option("#case", number)
        seen = page.inner_text("body").lower() + (page.text_content("#told-left") or "").lower()
        assert [word for word in FORBIDDEN if word in seen] == []
        assert "_" not in page.inner_text("main")
        assert overflow(page) == 0
        assert not barriers(page)
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("l")
    assert page.get_attribute("html", "lang") == "en"


def test_the_list_and_the_story_name_one_week(open_page: Open, built: Built) -> None:
    """Both count weeks from 1, as the head of the page does, and name the kind of problem by the same words."""
    page = open_page(built("03")[0], locale="en-US")
    page.click("#store")
    for k in (1, 8, 15):
        number, kind, when = page.locator("#case option").nth(k).inner_text().split(" · ")
        page.select_option("#case", number)
        told = page.inner_text("#told-left")
        assert f"Problem {number} ({kind}, " in told
        assert f"arose in {when}, day " in told


def test_hostile_names_stay_text(open_page: Open, tmp_path: Path) -> None:
    """F29: markup in the names of a lesson, its street and its communities runs nowhere."""
    lesson = lesson_files()["01_two_names"].read_text(encoding="utf-8")
    file = tmp_path / "evil.yaml"
    file.write_text(EVIL + lesson[lesson.index("lesson:") :], encoding="utf-8")
    loaded = load_lesson(file)
    html = tmp_path / "evil.html"
    block = loaded.block.model_copy(update={"seeds": 2})
    html.write_text(lesson_page(Played(replace(loaded, block=block))), encoding="utf-8")
    page = open_page(html, locale="en-US")
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.click("#store")
    page.click("#end")
    page.select_option("#case", index=1)
    assert "<img src=x" in page.inner_text("#told-left")
    assert "<script" in page.inner_text("h1")
    page.click("#language")
    page.click("#projector")
    assert page.evaluate("document.querySelectorAll('img, script[data-evil]').length") == 0
    assert page.evaluate("window.evil") is None
    assert dialogs == []


def test_a_guess_is_kept(open_page: Open, built: Built) -> None:
    """T05: and it is still there when the page is opened again."""
    page = open_page(built("03")[0], locale="en-US")
    assert not page.is_visible("#after")
    assert page.is_disabled("#play")
    page.keyboard.press("ArrowRight")
    assert week(page) == "0"
    page.focus("#guess")
    page.keyboard.press("ArrowRight")
    assert "higher by 3.0 percentage points (% of existing problems)" in page.inner_text("#guess-words")
    page.keyboard.press("l")
    assert "3.0 个百分点（占全部问题%）" in page.inner_text("#guess-words")
    page.keyboard.press("l")
    page.click("#store")
    assert page.is_visible("#after")
    page.click("#end")
    assert "Your guess: Party-led co-governance higher by 3.0" in page.inner_text("#guessed")
    page.reload()
    assert page.is_visible("#after")
    page.click("#again")
    assert not page.is_visible("#after")


@pytest.mark.parametrize(
    ("language", "said"), [("en-US", "higher by 1.5 percentage points"), ("zh-CN", "高 1.5 个百分点")]
)
def test_a_gap_is_said_in_points_once(open_page: Open, built: Built, language: str, said: str) -> None:
    page = open_page(built("05")[0], locale=language)
    page.focus("#guess")
    page.keyboard.press("ArrowRight")
    assert page.inner_text("#guess-words").endswith(said)


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
    again = open_page(file)
    again.click("#store")
    again.fill("#name", "Ada")
    again.press("#name", "Enter")
    assert again.get_attribute("#mine", "data-seed") == seeds[1]
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
    controls = page.evaluate(
        """() => {
          window.reached = new Set();
          document.addEventListener('focusin', event => window.reached.add(event.target));
          document.body.focus();
          const all = [...document.querySelectorAll('button, input, select, summary, a[href], [tabindex]')];
          window.controls = all.filter(n => n.offsetParent && !n.disabled);
          return window.controls.length;
        }"""
    )
    assert controls > 15
    for _ in range(controls + 2):
        page.keyboard.press("Tab")
    missed = page.evaluate("window.controls.filter(n => !window.reached.has(n)).map(n => n.outerHTML)")
    assert missed == []
    silent = page.evaluate(
        """[...document.querySelectorAll('canvas')].filter(n => n.offsetParent)
        .filter(n => !n.getAttribute('aria-label') && n.getAttribute('aria-hidden') !== 'true').map(n => n.outerHTML)"""
    )
    assert silent == []


def test_projector_and_language_without_loading(open_page: Open, built: Built) -> None:
    """T12: letters of at least 18 pixels, those on canvases included, and the other language in place."""
    page = open_page(built("03")[0], "projector", locale="en-US")
    page.evaluate("window.untouched = true")
    page.click("#store")
    page.evaluate(WRITTEN)
    page.keyboard.press("f")
    page.keyboard.press("End")
    page.click("#all")
    assert page.evaluate("window.written.length") > 50
    assert page.evaluate("Math.min(...window.written.map(text => text.size))") >= 18
    page.keyboard.press("Home")
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


@pytest.mark.parametrize("language", ["en-US", "zh-CN"])
@pytest.mark.parametrize("name", NAMES)
def test_pictures_are_legible_on_a_projector(
    open_page: Open, built: Built, photograph: Callable[..., None], name: str, language: str
) -> None:
    """T12: names of offices and communities and the numbers of every axis have at least 18 pixels."""
    page = open_page(built(name)[0], "projector", locale=language)
    page.click("#store")
    page.evaluate(WRITTEN)
    page.keyboard.press("f")
    page.keyboard.press("End")
    page.click("#all")
    small = page.evaluate("window.written.filter(text => text.size < 18).map(text => text.text)")
    assert small == []
    assert page.evaluate("window.written.length") > 50
    page.evaluate("window.scrollTo(0, 0)")
    photograph(page, f"{name}-legible-{language}", whole=False)


def test_a_problem_can_be_followed_on_both_sides(open_page: Open, built: Built) -> None:
    file, played = built("03")
    page = open_page(file, locale="en-US")
    page.click("#store")
    number = page.eval_on_selector_all("#case option", "options => options[5].value")
    page.select_option("#case", number)
    for side in ("left", "right"):
        assert page.inner_text(f"#told-{side}").split("\n\n")[1].startswith(f"Problem {number} ")
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
    assert any(f"Problem {n} " in told for n in [shown, *at_home])


def test_the_knob_shows_the_stored_means(open_page: Open, built: Built) -> None:
    file, played = built("03")
    page = open_page(file, locale="en-US")
    page.click("#store")
    assert page.inner_text("#knob-value") == f"{played.lesson.loaded.scenario.tasks.community_hours:g}"
    page.focus("#knob")
    page.keyboard.press("ArrowLeft")
    value, left, _ = played.over_grid[0]
    assert page.inner_text("#knob-value") == f"{value:g}"
    shown = page.get_attribute("#knobs tr[data-name=backlog] td[data-side=left]", "data-value")
    known = [one for one in left["backlog"] if one is not None]
    assert float(shown or "nan") == pytest.approx(sum(known) / len(known))


def test_answers_are_judged_in_the_page(open_page: Open, tmp_path: Path) -> None:
    from govsim.report.lessons.shelf import find_lesson

    lesson = find_lesson("01")
    block = lesson.block.model_copy(update={"seeds": 3})
    file = tmp_path / "a.html"
    file.write_text(lesson_page(Played(replace(lesson, block=block))), encoding="utf-8")
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
