"""The live app in a browser that reaches this machine only."""

from __future__ import annotations

import math
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from govsim.app.session import CURVES, Session
from tests.app.serving import served
from tests.browser.conftest import EVIL, SIZES, WRITTEN, Open, barriers, missing, overflow

if TYPE_CHECKING:
    from playwright.sync_api import Page

if find_spec("nicegui") is None:
    missing("the extra app is not installed: pip install -e '.[app]'")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served("tiny") as found:
        yield found


def ready(page: Page) -> Page:
    page.wait_for_selector("#view-left[aria-label]", timeout=60_000)  # set when a week is drawn
    return page


def to_week(page: Page, week: int) -> None:
    page.wait_for_function(f"Number(document.getElementById('week').dataset.week) >= {week}", timeout=60_000)


def step_both(page: Page, session: Session, weeks: int) -> None:
    """Step page and session from the week in which they are."""
    for _ in range(weeks):
        page.click("#step")
        to_week(page, session.week + 1)
        session.step()
    page.wait_for_function("document.getElementById('curve-open').getAttribute('aria-label')")


def shows(page: Page, session: Session) -> None:
    """Assert that the page has the last value of every curve of a session."""
    for side, curves in session.curves().items():
        for name in CURVES:
            shown = page.get_attribute(f"#now-{side}-{name}", "data-value")
            value = curves[name][-1]
            assert shown == "" if value is None else float(shown or "nan") == value


def test_steps_show_the_numbers_of_the_engine(open_page: Open, address: str) -> None:
    page = ready(open_page(address))
    session = Session("tiny")
    step_both(page, session, 5)
    assert page.inner_text("#week") == "Week 5 of 52"
    shows(page, session)
    words = page.get_attribute("#view-left", "aria-label") or ""
    assert f"{len(session.frames()['left']['active'])} people take part" in words


def test_play_pause_reset_and_stories(open_page: Open, address: str) -> None:
    page = ready(open_page(address))
    page.click("#play")
    to_week(page, 4)
    page.click("#play")
    page.wait_for_function("document.getElementById('play').innerText.trim() === 'Play'")
    page.wait_for_timeout(500)
    stopped = page.get_attribute("#week", "data-week")
    page.wait_for_timeout(500)
    assert page.get_attribute("#week", "data-week") == stopped
    page.fill("#resident", "17")
    page.click("#tell-resident")
    page.wait_for_function("document.getElementById('told-left').innerText.startsWith('Resident 17:')")
    page.click("#language")
    page.wait_for_function("document.getElementById('told-left').innerText.startsWith('居民17')")
    assert page.get_attribute("#week", "data-week") == stopped
    page.click("#reset")
    page.wait_for_function("document.getElementById('week').dataset.week === '0'")


@pytest.mark.slow
def test_three_thousand_residents_play_several_weeks_a_second(open_page: Open, tmp_path: Path) -> None:
    """Computed, sent and drawn on both sides. The engine takes 4 ms of it."""
    file = tmp_path / "large.yaml"
    file.write_text("govsim: 1\nextends: tiny\nname: {en: Large}\npopulation: {residents: 3000}\n", "utf-8")
    with served(str(file)) as address:
        page = ready(open_page(address))
        page.click("#play")
        to_week(page, 5)
        begun = time.monotonic()
        to_week(page, 35)
        weeks_a_second = 30 / (time.monotonic() - begun)
        page.close()  # before its server: a page that has lost it says so as an error
    assert weeks_a_second > 3, weeks_a_second


def test_a_click_tells_what_happened(open_page: Open, address: str) -> None:
    page = ready(open_page(address))
    session = Session("tiny")
    step_both(page, session, 8)
    home, case = session.frames()["left"]["problems"][:2]
    x, y = (session.setting["households"][2 * home + k] for k in (0, 1))
    page.evaluate("document.getElementById('view-left').scrollIntoView()")
    box = page.locator("#view-left").bounding_box()
    assert box
    page.mouse.click(box["x"] + x / 1000 * box["width"], box["y"] + y / 600 * box["height"])
    page.wait_for_function("/^(Problem|Resident) /.test(document.getElementById('told-left').innerText)")
    told = page.inner_text("#told-left")
    cases = session.frames()["left"]["problems"]
    here = [n for h, n in zip(cases[::4], cases[1::4], strict=True) if h == home]
    assert any(told.startswith(f"Problem {n} ") for n in [case, *here])


def test_a_click_on_a_resident_tells_of_them(open_page: Open, address: str) -> None:
    page = ready(open_page(address))
    session = Session("tiny")
    step_both(page, session, 3)
    people, homes = session.setting["people"], session.setting["households"]
    problems = [homes[2 * home : 2 * home + 2] for home in session.frames()["right"]["problems"][::4]]
    places = list(zip(people[::2], people[1::2], strict=True))
    row = max(range(len(places)), key=lambda k: min(math.dist(places[k], at) for at in problems))
    page.evaluate("document.getElementById('view-right').scrollIntoView()")
    box = page.locator("#view-right").bounding_box()
    assert box
    x, y = places[row]
    page.mouse.click(box["x"] + x / 1000 * box["width"], box["y"] + y / 600 * box["height"])
    page.wait_for_function(f"document.getElementById('told-right').innerText.startsWith('Resident {row}:')")
    assert "ow, in week 3," in page.inner_text("#told-left")


def test_models_sliders_and_added_settings_are_what_is_run(open_page: Open, address: str) -> None:
    """Another model, a moved slider and a setting that was added give the numbers of a session with the same."""
    page = ready(open_page(address))
    page.click("#model-left")
    page.click(".q-menu .q-item:has-text('Yantian')")
    page.wait_for_function("/Yantian/.test(document.querySelector('.side h2').innerText)")
    ready(page)
    page.click("#settings .q-item")
    page.click("[aria-label='Add a setting']")
    page.keyboard.type("run.weeks")
    page.click(".q-menu .q-item:has-text('run.weeks')")
    page.wait_for_selector("[data-path='run.weeks']")  # a new setting draws every slider again
    moved = {}
    for path, key in (("tasks.community_hours", "ArrowRight"), ("run.weeks", "ArrowLeft")):
        slider = page.locator(f"[data-path='{path}']")
        for _ in range(2):
            before = slider.get_attribute("aria-valuenow")
            slider.locator("[tabindex]").press(key)
            page.wait_for_selector(f"[data-path='{path}']:not([aria-valuenow='{before}'])")
        moved[path] = float(slider.get_attribute("aria-valuenow") or "nan")
    assert page.get_attribute("#week", "data-week") == "0", "the keys of a slider are its own"
    page.click("#apply")
    page.wait_for_function(
        f"document.getElementById('week').innerText === 'Week 0 of {moved['run.weeks']:.0f}'"
    )
    ready(page)
    session = Session("tiny")
    session.start(replace(session.asked, models=("yantian", session.asked.models[1]), moved=moved))
    step_both(page, session, 3)
    shows(page, session)
    assert session.commands()[0] in " ".join(page.inner_text("body").split())


def test_keys_do_what_the_page_says(open_page: Open, address: str) -> None:
    """Space plays and pauses, arrow right steps, Home resets, F is the projector; a field keeps its keys."""
    page = ready(open_page(address))
    for week in (1, 2):
        page.keyboard.press("ArrowRight")
        to_week(page, week)
    page.keyboard.press(" ")
    to_week(page, 5)
    page.keyboard.press(" ")
    page.wait_for_function("document.getElementById('play').innerText.trim() === 'Play'")
    page.wait_for_timeout(400)
    stopped = page.get_attribute("#week", "data-week")
    page.focus("#seed")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("f")
    page.wait_for_timeout(400)
    assert page.get_attribute("#week", "data-week") == stopped
    assert not page.evaluate("document.documentElement.classList.contains('projector')")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("f")
    page.wait_for_function("document.documentElement.classList.contains('projector')")
    page.keyboard.press("Home")
    page.wait_for_function("document.getElementById('week').dataset.week === '0'")


def test_fields_are_legible_on_a_projector(open_page: Open, address: str) -> None:
    """No label lies over the value of its field, no value is cut, and no letter is below 18 pixels."""
    page = ready(open_page(address, "projector"))
    page.fill("#resident", "17")
    page.evaluate("document.activeElement.blur()")
    page.evaluate(WRITTEN)
    page.keyboard.press("f")
    page.wait_for_timeout(600)
    fields = page.evaluate(
        """[...document.querySelectorAll('.q-field--float')].filter(n => n.offsetParent).map(n => {
          const label = n.querySelector('.q-field__label').getBoundingClientRect();
          const inner = n.querySelector('.q-field__native span') || n.querySelector('input.q-field__native');
          const style = getComputedStyle(inner), box = inner.getBoundingClientRect();
          const top = box.top + parseFloat(style.paddingTop), bottom = box.bottom - parseFloat(style.paddingBottom);
          const control = n.querySelector('.q-field__control').getBoundingClientRect();
          return { label: label.bottom, above: label.top - control.top, value: top, high: bottom - top,
            letters: parseFloat(style.fontSize), below: control.bottom - bottom };
        })"""
    )
    assert len(fields) == 4
    for field in fields:
        assert field["value"] >= field["label"] - 3, field  # the leading above the letters
        assert field["high"] >= 1.2 * field["letters"], field
        assert field["above"] >= 0, field
        assert field["below"] >= 0, field
    assert page.evaluate("window.written.length") > 20
    assert page.evaluate("Math.min(...window.written.map(text => text.size))") >= 18


def test_commands_break_between_words_only(open_page: Open, address: str) -> None:
    page = ready(open_page(address, "phone"))
    broken = page.evaluate(
        "[...document.querySelectorAll('code span')].filter(n => n.getClientRects().length > 1).map(n => n.textContent)"
    )
    assert broken == []
    for what in ("case", "resident"):
        field, button = (page.locator(one).bounding_box() for one in (f"#{what}", f"#tell-{what}"))
        assert field
        assert button
        assert abs(field["y"] + field["height"] / 2 - button["y"] - button["height"] / 2) < 12


def test_hostile_names_stay_text(open_page: Open, tmp_path: Path) -> None:
    """F29: markup in the names of a scenario, its street and its communities runs nowhere."""
    file = tmp_path / "evil.yaml"
    file.write_text(EVIL, encoding="utf-8")
    with served(str(file)) as address:
        page = open_page(address)
        dialogs: list[str] = []
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        ready(page)
        page.keyboard.press("ArrowRight")
        to_week(page, 1)
        page.fill("#resident", "3")
        page.click("#tell-resident")
        page.wait_for_function("/<img/.test(document.getElementById('told-left').innerText)")
        page.click("#language")
        page.wait_for_function("document.getElementById('told-left').innerText.startsWith('居民3')")
        assert page.evaluate("document.querySelectorAll('img[src=x], script[data-evil]').length") == 0
        assert page.evaluate("window.evil") is None
        assert dialogs == []
        page.close()


def test_two_windows_are_two_sessions(open_page: Open, address: str) -> None:
    one, other = ready(open_page(address)), ready(open_page(address))
    one.click("#step")
    to_week(one, 1)
    assert other.get_attribute("#week", "data-week") == "0"


def test_nobody_else_is_served(address: str) -> None:
    """It listens at 127.0.0.1 alone: at another of this machine's addresses nobody answers."""
    port = int(address.rstrip("/").rsplit(":", 1)[1])
    with socket.socket() as probe:
        probe.settimeout(2)
        assert probe.connect_ex(("127.0.0.2", port)) != 0


@pytest.mark.parametrize("size", SIZES)
def test_it_fits_every_screen(
    open_page: Open, address: str, photograph: Callable[..., None], size: str
) -> None:
    page = ready(open_page(address, size))
    page.click("#step")
    to_week(page, 1)
    page.click("#settings")
    page.wait_for_selector("#apply", state="visible")
    assert not barriers(page)
    assert overflow(page) == 0
    page.click("#settings .q-item")  # its head; the middle of it is a slider now
    page.wait_for_selector("#apply", state="hidden")
    assert overflow(page) == 0
    photograph(page, f"{size}-en")
    page.click("#language")
    page.wait_for_function("document.getElementById('week').innerText.startsWith('第')")
    assert overflow(page) == 0
    assert not barriers(page)
    page.click("#play")
    to_week(page, 30)
    page.click("#play")
    page.wait_for_function("document.getElementById('play').innerText.trim() === '播放'")
    page.fill("#resident", "17")
    page.click("#tell-resident")
    page.wait_for_function("document.getElementById('told-left').innerText.startsWith('居民17')")
    photograph(page, f"{size}-zh")
    page.click("#language")
    page.wait_for_function("document.getElementById('told-left').innerText.startsWith('Resident 17')")
    page.click("#settings .q-item")
    page.wait_for_selector("#apply", state="visible")
    page.wait_for_timeout(400)
    photograph(page, f"{size}-settings")
    page.click("#projector")
    page.wait_for_timeout(400)
    assert overflow(page) == 0
    assert not barriers(page)
    photograph(page, f"{size}-projector")
