"""A page taken apart: its words, the numbers in them, its elements."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from govsim.results.csvtext import read_cells

NUMBER = re.compile(r"(?<![\w.])[+\u2212-]?\d[\d,]*(?:\.\d+)?(?![\w])")
_VOID = {"meta", "link", "input", "img", "br"}
_INLINE = {"span", "b", "code", "output", "a"}


@dataclass
class Table:
    """A table as it is read: its caption, its classes, its head, and its rows with the row's name first."""

    kind: str
    caption: str = ""
    head: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


@dataclass
class Page(HTMLParser):
    """What a browser would make of a page."""

    text: str
    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    """Text that is seen or read aloud, without scales, code, scripts and styles."""
    hovers: list[dict[str, Any]] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    flow: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[tuple[str, dict[str, str]]] = []
        self._cell: list[str] | None = None
        self.feed(self.text)
        self.close()

    def __hash__(self) -> int:
        return id(self)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.elements.append((tag, given))
        if "data-hover" in given:
            self.hovers.append(json.loads(given["data-hover"]))
        if tag not in _VOID:
            self._open.append((tag, given))
        if tag not in _INLINE:
            self.flow.append(" ")
        if tag == "table":
            self.tables.append(Table(given.get("class", "")))
        elif tag == "tr" and "tbody" in [name for name, _ in self._open]:
            self.tables[-1].rows.append([])
        elif tag in ("td", "th", "caption"):
            self._cell = []

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "caption") and self._cell is not None:
            words, table = " ".join("".join(self._cell).split()), self.tables[-1]
            if tag == "caption":
                table.caption = words
            else:
                (table.head if "thead" in [name for name, _ in self._open] else table.rows[-1]).append(words)
            self._cell = None
        if tag not in _INLINE:
            self.flow.append(" ")
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        inside = [tag for tag, _ in self._open]
        if "script" not in inside and "style" not in inside:
            self.flow.append(data)
        if self._cell is not None:
            self._cell.append(data)
        if "script" in inside:
            self.scripts.append(data)
        elif "style" in inside:
            self.styles.append(data)
        elif "code" not in inside and not any(
            "tick" in given.get("class", "").split() for _, given in self._open
        ):
            self.words.append(data)

    @property
    def said(self) -> str:
        """All text as it is read, code included, each run of blanks as one."""
        return " ".join("".join(self.flow).split())

    def numbers(self) -> set[str]:
        """Return every number that a reader meets, pointing at curves included."""
        said = " ".join(self.words)
        shown = {value for hover in self.hovers for line in hover["lines"] for value in line["values"]}
        shown |= {value for hover in self.hovers for value in hover["at"]}
        return set(NUMBER.findall(said)) | {value for value in shown if NUMBER.fullmatch(value)}


def plain(number: str) -> float:
    """Return the value of a printed number."""
    return float(number.replace(",", "").replace("\u2212", "-"))


def known_numbers(folder: Path) -> tuple[list[float], set[str]]:
    """Return the values in the tables of a comparison, and the numbers inside its words."""
    values: set[float] = set()
    inside: set[str] = set()
    for path in sorted(folder.glob("*.csv")):
        header, rows = read_cells(path)
        for row in [header, *rows]:
            for cell in row:
                try:
                    values.add(float(cell))
                except ValueError:
                    inside |= set(NUMBER.findall(cell))
    facts: list[Any] = [json.loads((folder / "comparison.json").read_text(encoding="utf-8"))]
    while facts:
        item = facts.pop()
        if isinstance(item, dict | list):
            facts += item.values() if isinstance(item, dict) else item
            values.add(float(len(item)))  # such as the number of seeds
        elif isinstance(item, int | float):
            values.add(float(item))
        else:
            inside |= set(NUMBER.findall(str(item)))
    return sorted(values), inside


def printed_from(number: str, values: list[float]) -> bool:
    """Return whether some value gives this number at the number's own rounding."""
    import bisect

    decimals = len(number.partition(".")[2])
    half = 0.5 * 10.0**-decimals
    wanted = plain(number)
    at = bisect.bisect_left(values, wanted - half * (1 + 1e-9))
    return at < len(values) and values[at] <= wanted + half * (1 + 1e-9)
