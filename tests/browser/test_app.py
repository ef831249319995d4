"""The live app in a browser that reaches this machine only."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from govsim.app.session import CURVES, Session
from tests.browser.conftest import SIZES, Open, barriers, overflow

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytest.importorskip("nicegui", reason="the extra app is not installed")


@contextlib.contextmanager
def served(scenario: str) -> Iterator[str]:
    """Serve the app on a free port; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "govsim", "app", scenario, "--no-browser", "--port", str(port)]
    # NiceGUI takes a program that runs under pytest for a test of its own.
    plain = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
    server = subprocess.Popen(command, env=plain, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        assert server.poll() is None, server.communicate()[0]
        time.sleep(0.1)
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served("tiny") as found:
        yield found


def ready(page: Page) -> Page:
    page.wait_for_selector("#view-left[aria-label]", timeout=60_000)  # set when a week is drawn
    return page


def to_week(page: Page, week: int) -> None:
    page.wait_for_function(f"Number(document.getElementById('week').dataset.week) >= {week}", timeout=60_000)


def test_steps_show_the_numbers_of_the_engine(open_page: Open, address: str) -> None:
    page = ready(open_page(address))
    session = Session("tiny")
    for week in range(1, 6):
        page.click("#step")
        to_week(page, week)
        session.step()
    assert page.inner_text("#week") == "Week 5 of 52"
    page.wait_for_function("document.getElementById('curve-open').getAttribute('aria-label')")
    for side, curves in session.curves().items():
        for name in CURVES:
            shown = page.get_attribute(f"#now-{side}-{name}", "data-value")
            value = curves[name][-1]
            assert shown == "" if value is None else float(shown or "nan") == value
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
    for week in range(1, 9):
        page.click("#step")
        to_week(page, week)
        session.step()
    home, case = session.frames()["left"]["problems"][:2]
    x, y = (session.setting["households"][2 * home + k] for k in (0, 1))
    page.evaluate("document.getElementById('view-left').scrollIntoView()")
    box = page.locator("#view-left").bounding_box()
    assert box
    page.mouse.click(box["x"] + x / 1000 * box["width"], box["y"] + y / 600 * box["height"])
    page.wait_for_function("/^(Case|Resident) /.test(document.getElementById('told-left').innerText)")
    told = page.inner_text("#told-left")
    cases = session.frames()["left"]["problems"]
    here = [n for h, n in zip(cases[::4], cases[1::4], strict=True) if h == home]
    assert any(told.startswith(f"Case {n} ") for n in [case, *here])


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
    photograph(page, f"{size}-zh")
