"""Take the pictures of the README: the brief of the main job in both languages, as the released code draws it.

    python tools/brief_picture.py results/yingzi-district/comparison-0123456789abcdef

Needs Chromium. Writes docs/brief.en.png and docs/brief.zh.png.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
WIDTH = 1040


def main(comparison: str) -> int:
    """Write both pictures."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for language in ("en", "zh"):
            page_file = Path(folder) / f"{language}.html"
            words = ["brief", comparison, "--lang", language, "-o", str(page_file)]
            if subprocess.run([sys.executable, "-m", "govsim", *words], cwd=ROOT).returncode:
                return 1
            page = browser.new_page(viewport={"width": WIDTH, "height": 900}, offline=True)
            page.goto(page_file.as_uri())
            target = ROOT / "docs" / f"brief.{language}.png"
            page.locator("article.brief").screenshot(path=target)
            print(f"written: {target}")
        browser.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
