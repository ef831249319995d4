"""The watch sees what it is there to see."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import SIZES, Open, Watch, barriers, missing, overflow

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """Address of a server of this machine that serves the test's folder."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("size", SIZES)
def test_a_harmless_page_passes_at_every_size(open_page: Open, tmp_path: Path, size: str) -> None:
    file = tmp_path / "a b.html"
    file.write_text(
        "<!doctype html><link rel=icon href=data:,><h1>治理</h1><script>document.title='ran'</script>"
    )
    page = open_page(file, size)
    assert page.title() == "ran"
    assert page.inner_text("h1") == "治理"
    assert page.evaluate("window.innerWidth") == SIZES[size][0]
    assert overflow(page) == 0


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("<script>throw new Error('boom')</script>", "script error: boom"),
        ("<script>console.error('odd')</script>", "console: odd"),
        ("<img src='https://example.org/x.png'>", "request: https://example.org/x.png"),
        ("<script src='beside.js'></script>", "request: file:"),
        ("<script>fetch('http://127.0.0.1:9/')</script>", "request: http://127.0.0.1:9/"),
    ],
)
def test_faults_are_seen(browser: Browser, tmp_path: Path, body: str, fault: str) -> None:
    file = tmp_path / "bad.html"
    file.write_text(f"<!doctype html><link rel=icon href=data:,>{body}")
    watch = Watch(("data:", file.as_uri()))
    page = browser.new_page()
    watch.follow(page)
    page.goto(file.as_uri())
    page.wait_for_timeout(50)
    page.close()
    assert any(fault in seen for seen in watch.faults), watch.faults


def test_barriers_are_seen(open_page: Open, tmp_path: Path) -> None:
    file = tmp_path / "barred.html"
    file.write_text(
        "<!doctype html><title>x</title><link rel=icon href=data:,><p style='color:#ccc'>pale</p><input>"
    )
    found = " ".join(barriers(open_page(file)))
    assert "html-has-lang" in found
    assert "label" in found
    assert "color-contrast" in found


def test_hosts_are_blocked_and_this_machine_is_not(
    open_page: Open, browser: Browser, tmp_path: Path, site: str
) -> None:
    (tmp_path / "index.html").write_text("<!doctype html><link rel=icon href=data:,><p>served</p>")
    assert open_page(site).inner_text("p") == "served"
    page = browser.new_page()
    with pytest.raises(Exception, match="ERR_NAME_NOT_RESOLVED"):
        page.goto("https://example.org/")
    page.close()


def test_a_page_may_run_without_scripts(open_page: Open, tmp_path: Path) -> None:
    file = tmp_path / "still.html"
    file.write_text(
        "<!doctype html><title>still</title><link rel=icon href=data:,><script>document.title='ran'</script>"
    )
    assert open_page(file, scripts=False).title() == "still"


@pytest.mark.parametrize(
    ("wanted", "raised"), [("required", pytest.fail.Exception), ("", pytest.skip.Exception)]
)
def test_what_is_required_may_not_be_missing(
    monkeypatch: pytest.MonkeyPatch, wanted: str, raised: type[BaseException]
) -> None:
    monkeypatch.setenv("GOVSIM_BROWSER", wanted)
    with pytest.raises(raised, match="no such thing"):
        missing("no such thing")
