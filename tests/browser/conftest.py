"""A real headless Chromium without a network, and pages opened in it at the sizes at which people look.

Chromium is found by name (``chromium``, ``google-chrome`` …) or through ``GOVSIM_CHROMIUM``; without it or without
Playwright these tests are skipped and say so, or fail where ``GOVSIM_BROWSER=required``, as continuous integration sets
it. ``GOVSIM_SCREENSHOTS=FOLDER`` keeps what the tests photograph.

While the browser is open its thread counts as one with a running event loop. Things that start loops of their own
(studies on Dask, servers) belong into a subprocess.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SIZES = {"phone": (390, 844), "laptop": (1366, 768), "projector": (1920, 1080)}
"""Width and height in CSS pixels."""

WRITTEN = """() => {
  window.written = [];
  const draw = CanvasRenderingContext2D.prototype.fillText;
  CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
    const wide = this.measureText(text).width, turn = this.getTransform().a / Math.min(devicePixelRatio, 2);
    const from = x - { left: 0, start: 0, center: wide / 2, right: wide, end: wide }[this.textAlign];
    window.written.push({ text, from: from * turn, size: parseFloat(this.font) * turn });
    return draw.apply(this, arguments);
  };
}"""
"""Makes a page keep what is written on its canvases from then on: text, left end and size of letters in CSS pixels."""

_MARKUP = "</script><script data-evil>window.evil=alert(1)</script><img src=x onerror=window.evil=alert(2)>"
_CALLED = f"{{en: '{_MARKUP}', zh: '{_MARKUP}'}}"
EVIL = f"""govsim: 1
extends: tiny
name: {_CALLED}
run: {{weeks: 8}}
population:
  residents: 60
  street_units:
    - name: {_CALLED}
      communities:
        - name: {_CALLED}
        - name: {_CALLED}
"""
"""A scenario whose every name is a script, F29."""

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_NO_NETWORK = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"
_LOCAL = ("file:", "data:", "blob:", "about:")


@dataclass
class Watch:
    """What a page did that it must not do."""

    allowed: tuple[str, ...]
    faults: list[str] = field(default_factory=list)

    def follow(self, page: Page) -> None:
        """Note script errors, error lines of the console and requests that leave the page."""
        page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))
        page.on("console", lambda line: line.type == "error" and self.faults.append(f"console: {line.text}"))
        page.on("request", lambda request: self._requested(request.url))

    def _requested(self, url: str) -> None:
        if not url.startswith(self.allowed):
            self.faults.append(f"request: {url[:200]}")


Open = Callable[..., "Page"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Count every test in a browser as assurance."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.assurance)


def _executable() -> str | None:
    return os.environ.get("GOVSIM_CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)


def missing(what: str) -> NoReturn:
    """Skip for want of something, or fail where the browser tests are required to run."""
    if os.environ.get("GOVSIM_BROWSER") == "required":
        pytest.fail(what, pytrace=False)
    pytest.skip(what, allow_module_level=True)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    if find_spec("playwright") is None:
        missing("Playwright is not installed: pip install -e '.[dev]'")
    executable = _executable()
    if executable is None:
        missing("no Chromium found: install it, or name it in GOVSIM_CHROMIUM")
    from playwright import sync_api as playwright

    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=executable, args=["--no-sandbox", _NO_NETWORK])
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """Open a file or a local address; when the test ends, no page may have erred or asked for anything.

    ``open_page(file_or_url, size="laptop", scripts=True, **context)`` gives a Playwright page; ``context`` goes to
    ``browser.new_context``. A local server's own address is allowed for a page opened from it, nothing else.
    """
    watches: list[Watch] = []
    contexts = []

    def opened(target: Path | str, size: str = "laptop", scripts: bool = True, **context: object) -> Page:
        url = target.resolve().as_uri() if isinstance(target, Path) else target
        width, height = SIZES[size]
        contexts.append(
            browser.new_context(
                viewport={"width": width, "height": height},
                java_script_enabled=scripts,
                **context,  # type: ignore[arg-type]
            )
        )
        page = contexts[-1].new_page()
        if url.startswith("file:"):
            allowed = (*_LOCAL[1:], url)
        else:
            origin = "/".join(url.split("/")[:3]) + "/"
            allowed = (*_LOCAL[1:], origin, origin.replace("http", "ws", 1))
        watches.append(Watch(allowed))
        watches[-1].follow(page)
        page.goto(url)
        return page

    yield opened
    for context in contexts:
        context.close()
    faults = [fault for watch in watches for fault in watch.faults]
    assert not faults, "\n".join(faults)


@pytest.fixture
def photograph(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Keep a picture of a page as PNG: ``photograph(page, "name")``; does nothing unless asked for."""
    folder = os.environ.get("GOVSIM_SCREENSHOTS")

    def taken(page: Page, name: str, whole: bool = True) -> None:
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(
                path=Path(folder) / f"{request.module.__name__.split('.')[-1]}-{name}.png", full_page=whole
            )

    return taken


def overflow(page: Page) -> float:
    """Return by how many CSS pixels a page is wider than its window; a reader would have to scroll sideways."""
    return float(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def barriers(page: Page) -> list[str]:
    """Return what axe-core finds on a page that keeps people out: rule, help and the first element of each."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response
    assert len(found["passes"]) > 5, "axe-core has looked at next to nothing"
    return [f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:200]}" for one in found["violations"]]
