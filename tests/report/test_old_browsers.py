"""T02: pages for class and mail stay with what Chrome, Firefox and Safari could do three years ago."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import govsim

ROOMS = [Path(govsim.__file__).parent / room for room in ("report", "app")]
FILES = sorted(path for room in ROOMS for kind in ("js", "css", "html") for path in room.rglob(f"*.{kind}"))

TOO_NEW = {
    "set operations": r"\.(union|intersection|difference|symmetricDifference|isSubsetOf|isSupersetOf|isDisjointFrom)\(",
    "copying array methods": r"\.(toSorted|toReversed|toSpliced|with)\(",
    "grouping": r"\b(Object|Map)\.groupBy\(",
    "Promise helpers": r"\bPromise\.(withResolvers|try)\(",
    "Array.fromAsync": r"\bArray\.fromAsync\(",
    "iterator helpers": r"\b(Iterator\.from\(|\.values\(\)\.(map|filter|take|drop|toArray)\()",
    "escaping in patterns": r"\bRegExp\.escape\(",
    "sets in patterns": r"/[dgimsuy]*v[dgimsuy]*[;,.)]",
    "explicit resources": r"\busing\s+\w+\s*=",
    "view transitions": r"\bstartViewTransition\(",
    "popover": r"\bpopover(target)?=|\.showPopover\(",
    "rules inside rules": r"(?m)^\s*&[\s:.\[>+~]",
    ":has()": r":has\(",
    "light-dark()": r"\blight-dark\(",
    "relative colours": r"\b(rgb|hsl|oklch|lab|color)\(from\b",
    "anchors": r"\banchor-name\s*:",
    "scope": r"@scope\b",
    "starting style": r"@starting-style\b",
    "modules or imports": r"\bimport\s*\(|^\s*import\s",
}
"""What came to all three browsers later than that, by a pattern of its use."""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_nothing_newer_is_used(path: Path) -> None:
    text = path.read_text("utf-8")
    assert {what for what, sign in TOO_NEW.items() if re.search(sign, text)} == set()


def test_what_is_newer_would_be_seen() -> None:
    for text, what in (
        ("const a = b.toSorted();", "copying array methods"),
        ("Object.groupBy(rows, r => r.arm)", "grouping"),
        (".card { color: red;\n  &:hover { color: blue; } }", "rules inside rules"),
        ("main:has(> p) { margin: 0; }", ":has()"),
        ("const m = s.match(/[\\p{L}--[a-z]]/v);", "sets in patterns"),
    ):
        assert re.search(TOO_NEW[what], text), what
    assert {
        "lesson.js",
        "stage.js",
        "curves.js",
        "report.js",
        "report.css",
        "lesson.css",
        "app.js",
        "app.css",
    } <= {p.name for p in FILES}
