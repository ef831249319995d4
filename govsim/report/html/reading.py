"""A comparison folder as the report reads it: text from tables, numbers as they are printed, pictures of studies."""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from govsim.report.comparing.about import FACTS_SHAPE
from govsim.report.docs.words import Language
from govsim.report.html.words import WORDS, say
from govsim.results.csvtext import read_cells
from govsim.results.errors import RefusedError
from govsim.results.foreign import open_regular, read_json
from govsim.results.store import read_manifest
from govsim.results.values import Missing

Row = dict[str, str]
"""One row of a table, cells as they are written, by column."""

FACTS = "comparison.json"
_LATER_FACTS = ("districts", "measures", "outside_budget", "counted", "moving")
"""What comparisons of earlier versions do not say."""
_EARLIER = {
    "en": "Written by an earlier version of govsim: the numbers follow its definitions, some of which were wrong.",
    "zh": "本比较由较早版本的govsim写成，数字按当时的定义计算，其中部分定义有误。",
}
_COUNTED = ("compare", "arms", "groups", "per_hour", "distribution")
"""Tables that say since then out of how many seeds a number is."""
_ADDED = {
    "hangs_on": "-", "test": "mean", "larger": "0", "smaller": "0", "apart": "0",
    **dict.fromkeys(
        ("beyond", "baseline_beyond", "other_beyond", "rest_mean", "rest_sd", "apart_low95", "apart_high95", "shrunken",
         "shrunken_sd"),
        Missing.NO_BASE.value,
    ),
}  # fmt: skip
_VERDICTS_OF_0_2 = {
    "identical": "no difference",
    "one seed": "not tested",
    "two outcomes": "undecided",
    "gain": "better",
    "loss": "worse",
}


@dataclass(frozen=True)
class ShownArm:
    """One governance model in one capacity mode.

    Attributes
    ----------
    place : int
        Its position among the arms of its mode, which fixes its colour, dash and marker.
    """

    place: int
    mode: str
    labels: Mapping[Language, str]
    key: str
    """Label by which tables name it."""


@dataclass(frozen=True)
class Detail:
    """How much of a comparison a page shows, so that one of many arms and seeds still fits into a mail.

    Attributes
    ----------
    seeds : bool
        A mark for every seed.
    measures : int or None
        Measures of groups, at most.
    """

    seeds: bool = True
    measures: int | None = None


DETAILS = (Detail(), Detail(seeds=False), Detail(seeds=False, measures=1), Detail(seeds=False, measures=0))
"""From the whole to what is shown at least."""


@dataclass(frozen=True)
class Material:
    """What a report is made of.

    Attributes
    ----------
    folder : Path
        The comparison.
    facts : dict
        What ``comparison.json`` says.
    files : mapping of str to bytes, optional
        Its tables, where they are not written yet.
    """

    folder: Path
    facts: dict[str, Any]
    detail: Detail = DETAILS[0]
    files: Mapping[str, bytes] | None = None

    @property
    def modes(self) -> list[str]:
        """Capacity modes, the main one first."""
        return list(dict.fromkeys(arm["capacity_mode"] for arm in self.facts["arms"]))

    def arms(self, mode: str) -> list[ShownArm]:
        """Return the arms of a capacity mode, the baseline first."""
        said = [arm for arm in self.facts["arms"] if arm["capacity_mode"] == mode]
        return [
            ShownArm(
                place,
                mode,
                {"en": arm["label"], "zh": arm.get("label_zh") or arm["label"]},
                arm["label"],
            )
            for place, arm in enumerate(said)
        ]

    def comparisons(self, mode: str) -> list[dict[str, Any]]:
        """Return what is said of each comparison of a capacity mode."""
        return [item for item in self.facts["comparisons"] if item["capacity_mode"] == mode]

    def has(self, name: str) -> bool:
        """Return whether there is a table of that name."""
        if self.files is not None:
            return f"{name}.csv" in self.files
        return (self.folder / f"{name}.csv").is_file()

    def rows(self, name: str, /, **where: str) -> Iterator[Row]:
        """Yield the rows of a table whose cells are as asked; nothing where there is no such table."""
        for row in self._tables(name):
            if all(row[column] == text for column, text in where.items()):
                yield row

    def _tables(self, name: str) -> list[Row]:
        if name not in self._read:
            rows = self._table(f"{name}.csv") if self.has(name) else []
            earlier = bool(rows) and name in _COUNTED and "of" not in rows[0]
            self._read[name] = [of_0_2(row) for row in rows] if earlier else rows
        return self._read[name]

    def _table(self, file: str) -> list[Row]:
        if self.files is None:
            return table_rows(self.folder / file)
        header, *rows = csv.reader(io.StringIO(self.files[file].decode("utf-8-sig"), newline=""))
        return _rows(header, rows)

    @cached_property
    def _read(self) -> dict[str, list[Row]]:
        return {}

    @cached_property
    def indicators(self) -> dict[str, Row]:
        """What the dictionary says of each indicator."""
        return {row["name"]: row for row in self.rows("dictionary", table="indicators")}


def table_rows(path: Path) -> list[Row]:
    """Return the rows of a table; the mark that keeps spreadsheets from reading a formula is taken off.

    Raises
    ------
    RefusedError
        If a cell is empty or not a result.
    """
    return _rows(*read_cells(path))


def _rows(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[Row]:
    return [{name: cell.removeprefix("'") for name, cell in zip(header, row, strict=True)} for row in rows]


def of_0_2(row: Row) -> Row:
    """Return a row of a comparison that version 0.2 wrote with the columns and the verdicts of today."""
    verdict = row.get("verdict", "")
    if verdict == "clear":
        up = float(row["difference"]) > 0
        judged = {"1": ("better", "worse"), "-1": ("worse", "better")}.get(
            row["direction"], ("higher", "lower")
        )
        verdict = judged[0 if up else 1]
    seeds = {"of": row["seeds"], "baseline_seeds": row["seeds"], "other_seeds": row["seeds"]}
    return _ADDED | seeds | row | {"verdict": _VERDICTS_OF_0_2.get(verdict, verdict)}


def read_material(folder: Path) -> Material:
    """Return a comparison that is whole.

    Raises
    ------
    RefusedError
        If the folder holds no finished comparison, or one that was changed or written by another version.
    """
    manifest = read_manifest(folder)
    if manifest is None:
        raise RefusedError(f"{folder.name} is no finished comparison: it has no complete manifest")
    if FACTS not in manifest["files"]:
        raise RefusedError(
            f"{folder.name} has no {FACTS}: it is a single run, or a comparison of an older govsim. "
            "A report is made of a comparison: `govsim compare` writes one."
        )
    facts = dict.fromkeys(_LATER_FACTS) | read_json(folder / FACTS, FACTS_SHAPE)
    if facts["counted"] is None:
        facts["banners"] = [_EARLIER, *facts["banners"]]
    return Material(folder, facts)


def value(cell: str) -> float | None:
    """Return the number of a cell, or None where it says why there is none."""
    return None if cell in _NO_NUMBERS else float(cell)


_NO_NUMBERS = {missing.value for missing in Missing} | {"-"}


_SIGNIFICANT = 3


def printed(cell: str, decimals: int | str, language: Language, sign: bool = False) -> str:
    """Return a cell with so many decimals and a proper minus, or the word for why there is no number."""
    number = value(cell)
    if number is None:
        return say(cell, language) if cell in WORDS else "–"
    rounded = round(number, int(decimals)) + 0.0
    text = f"{rounded:+,.{int(decimals)}f}" if sign and rounded else f"{rounded:,.{int(decimals)}f}"
    return text.replace("-", "\u2212")


def plain_cell(cell: str) -> str:
    """Return a cell of a table of unknown content: a number to three digits or in full, or its words."""
    try:
        number = float(cell)
    except ValueError:
        return cell
    if number == int(number) and abs(number) < 1e9:
        return f"{int(number):,}".replace("-", "\u2212")
    shown = f"{number:.{_SIGNIFICANT}g}" if abs(number) < 10**_SIGNIFICANT else f"{number:,.0f}"
    return shown.replace("-", "\u2212")


def decimals_of(unit: str) -> int:
    """Return how many decimals a value of a table without that column is printed with."""
    if "0-1" in unit:
        return 3
    return 2 if unit.startswith("hours per") else 1


def interval_text(row: Row, decimals: int | str, language: Language) -> str:
    """Return the interval of a row in brackets; nothing where there is none."""
    ends = [printed(row[end], decimals, language, sign=True) for end in ("low95", "high95")]
    return "" if value(row["low95"]) is None else f"[{ends[0]}, {ends[1]}]"


def is_number(cell: str) -> bool:
    """Return whether a cell is a number as tables hold it."""
    try:
        float(cell)
    except ValueError:
        return False
    return True


_LARGEST = 1_000_000
"""Bytes of one picture; the page has to fit into a mail."""
_KINDS = {".svg": "image/svg+xml", ".png": "image/png"}


@dataclass(frozen=True)
class Picture:
    """A picture as an address that holds it."""

    name: str
    address: str


def picture_of(folder: Path, language: Language) -> list[Picture]:
    """Return the pictures of a study, each once and in a language where there is one: the SVG if it is small enough, else PNG.

    Raises
    ------
    RefusedError
        If one is too large for a page that is sent by mail.
    """
    found: dict[str, Path] = {}
    for path in sorted(folder.glob("*.*")):
        if path.suffix in _KINDS and not path.is_symlink():
            fits = path.stat().st_size <= _LARGEST
            if path.stem not in found or (fits and path.suffix == ".svg"):
                found[path.stem] = path
    chinese = {name for name in found if name.endswith(".zh")}
    others = {name.removesuffix(".zh") for name in chinese} if language == "zh" else chinese
    found = {name: path for name, path in found.items() if name not in others}
    for path in found.values():
        if path.stat().st_size > _LARGEST:
            raise RefusedError(
                f"{path.name} in {folder.name} has more than {_LARGEST:,} bytes, too large for a page"
            )
    return [Picture(name, _address(path)) for name, path in found.items()]


def _address(path: Path) -> str:
    try:
        with open_regular(path, _LARGEST) as file:
            content = file.read()
    except (OSError, ValueError) as problem:
        raise RefusedError(f"{path.name} in {path.parent.name} cannot be read: {problem}") from None
    return f"data:{_KINDS[path.suffix]};base64,{base64.b64encode(content).decode()}"
