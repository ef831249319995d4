"""How figures stand beside those on the page: better, worse, or within what the page says they vary by."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from benchmarks.tables import ALL, Section, Table, number

_SAME = 0.1
"""Relative difference within which figures without a spread count as the same."""
_CELL = re.compile(r"([\d.,]+)(?: \(([\d.,]+)–([\d.,]+)\))?.*")
_COUNT = re.compile(r", [\d,]+ cases$")
"""Rates of few cases are told beside those of many."""
_TABLE = re.compile(r"\*\*([^*]+)\*\*\n\n((?:\|[^\n]*\|\n?)+)")


class Figure(NamedTuple):
    """A median, and the least and the most where they are told."""

    median: float
    low: float
    high: float

    @staticmethod
    def read(cell: str) -> Figure | None:
        """Return the figure in a cell, or None where there is none."""
        found = _CELL.fullmatch(cell.strip())
        if found is None:
            return None
        median = float(found[1].replace(",", ""))
        if found[2] is None:
            return Figure(median, median * (1.0 - _SAME), median * (1.0 + _SAME))
        return Figure(median, float(found[2].replace(",", "")), float(found[3].replace(",", "")))


Cells = dict[tuple[str, str, str], Figure]


def cells(text: str) -> Cells:
    """Return the figures of the tables in a text by title, row and column; numbers in titles may be others another time."""
    found: Cells = {}
    for title, lines in _TABLE.findall(text):
        head, _, *rows = [
            [cell.strip() for cell in line.strip("|").split("|")] for line in lines.splitlines()
        ]
        for row in rows:
            for column, cell in zip(head[1:], row[1:], strict=False):
                figure = Figure.read(cell)
                if figure is not None:
                    found[_plain(title), _COUNT.sub("", row[0]), column] = figure
    return found


def _plain(title: str) -> str:
    return re.sub(r"[\d.,]+", "#", title.partition(", load")[0])


def verdicts(section: Section, page: str) -> Iterator[str]:
    """Yield a line for each figure of a section: what it is on the page, what now, and which is better."""
    before = cells(page)
    for aim in section.aims:
        old = before.get(("Aims", aim.what, "median (least–most)"))
        yield _line(f"aim: {aim.what}", aim.reached.median, old, aim.at_least)
    for table in section.tables:
        yield from _of_table(table, before)


def _of_table(table: Table, before: Cells) -> Iterator[str]:
    for (title, row, column), now in cells(table.markdown() + "\n").items():
        more = any(name in (ALL, column) for name in table.more)
        if more or any(name in (ALL, column) for name in table.less):
            yield _line(f"{row}, {column}", now.median, before.get((title, row, column)), more)


def _line(what: str, now: float, old: Figure | None, more: bool) -> str:
    if old is None:
        return f"{what}: {number(now)}; not on the page"
    better = "better" if (now > old.median) == more else "worse"
    word = "same" if old.low <= now <= old.high else better
    return f"{what}: {number(now)}, on the page {number(old.median)}: {word}"
