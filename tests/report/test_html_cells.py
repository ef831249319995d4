"""P04 and P06: every cell of the page's tables is the cell of the same row and column in the tables of the comparison."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from govsim.report.comparing.panels import indicator_label
from govsim.report.docs.words import LANGUAGES, Language
from govsim.report.html.page import build_page
from govsim.report.html.reading import Material, Row, read_material, table_rows
from govsim.report.html.words import WORDS
from govsim.results.csvtext import table_bytes
from tests.report.comparisons import PAIR, made
from tests.report.html_page import NUMBER, Page, Table, plain

pytestmark = pytest.mark.slow

SMALL = 20
SOME = re.compile(r" ?\(\d+ of \d+ replications\)|（\d+次中的\d+次）")
"""That n of N seeds have a number."""
TESTED = ("better", "worse", "higher", "lower", "undecided")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two models in both capacity modes: every kind of table that a page has."""
    out = tmp_path_factory.mktemp("cells")
    models = [word for name in PAIR for word in ("--model", name)]
    return made(out, "run", "tiny", *models, "--seeds", "4", "--capacity", "both")


def faults(text: str, folder: Path, language: Language) -> list[str]:
    """Return the cells of a page in one language that are not those of the tables in ``folder``."""
    found = Page(text).tables
    place = LANGUAGES.index(language)
    named = {words: item for item in found if (words := item.caption)}
    modes = ("neutral", "observed")
    compare, groups = table_rows(folder / "compare.csv"), table_rows(folder / "groups.csv")
    blocks = [item for item in found if "compared" in item.kind]
    brief = {
        "participation_4w",
        "resolved_existing_26w",
        "resolved_reported_26w",
        "median_days",
        "trust_community",
    }
    shown: list[tuple[Table, Iterable[Row]]] = [
        (blocks[0], [r for r in compare if r["capacity_mode"] == "neutral" and r["headline"] == "yes"]),
        (blocks[1], [r for r in compare if r["capacity_mode"] == "observed" and r["indicator"] in brief]),
        *(
            (blocks[2 + n], [r for r in compare if r["capacity_mode"] == mode])
            for n, mode in enumerate(modes)
        ),
    ]
    wrong = [] if len(blocks) == 4 else [f"{len(blocks)} tables of indicators"]
    for block, rows in shown:
        wrong += _rows(block, rows, lambda cells, row: _compared(folder, cells, row, language))
    by_group = [item for item in found if "groups" in item.kind]
    measures = {item.caption for item in by_group}
    for item in by_group:
        measured = [
            r for r in groups
            if r["capacity_mode"] == "neutral"
            and re.match(re.escape(indicator_label(r, language)) + r"( \(|（|$)", item.caption)
        ]  # fmt: skip
        known = [r for r in measured if r["group"] != "gap" and _is(r["difference"])]
        wrong += _groups(item, known, language)
    wrong += [] if len(measures) == len(by_group) >= 5 else [f"groups: {measures}"]
    arms = list(
        dict.fromkeys(r["arm"] for r in table_rows(folder / "arms.csv") if r["capacity_mode"] == "neutral")
    )
    ranges = {
        WORDS["hours note"][place]: [r for r in _of(folder, "hours") if _worked(folder, r["activity"])],
        WORDS["still open"][place]: list(
            {(r["kind"], r["arm"]): r for r in _of(folder, "resolution")}.values()
        ),
    }
    for caption, rows in ranges.items():
        cells = [cell for row in named[caption].rows for cell in row[1:]]
        key = "activity" if "activity" in rows[0] else "kind"
        order = list(dict.fromkeys(row[key] for row in rows))
        wanted = [next(r for r in rows if r[key] == one and r["arm"] == arm) for one in order for arm in arms]
        wrong += _same(
            caption,
            cells,
            wanted,
            lambda r: [r["mean"], *([r["smallest"], r["largest"]] if _ranged(r) else [])],
        )
    gaps = [r for r in _of(folder, "arms") if r["indicator"] == "reporting_gap"]
    wrong += _same("gaps", [row[1] for row in named[WORDS["gap"][place]].rows], gaps, lambda r: [r["mean"]])
    hourly = next(
        item
        for words, item in named.items()
        if words.startswith(WORDS["observed"][place] + WORDS["stop"][place].strip())
    )
    per_hour = [r for r in table_rows(folder / "per_hour.csv") if r["capacity_mode"] == "observed"]
    wrong += _rows(hourly, per_hour, lambda cells, r: _numbers(
        " ".join(cells[2:]), [r["baseline_mean"], r["other_mean"], r["difference"], r["low95"], r["high95"]], r["decimals"]
    ).replace("95 % ", ""))  # fmt: skip
    return wrong


def _of(folder: Path, name: str) -> Iterator[Row]:
    return (row for row in table_rows(folder / f"{name}.csv") if row["capacity_mode"] == "neutral")


def _worked(folder: Path, activity: str) -> bool:
    return any(float(row["largest"]) for row in _of(folder, "hours") if row["activity"] == activity)


def _ranged(row: Row) -> bool:
    return f"{float(row['smallest']):.1f}" != f"{float(row['largest']):.1f}"


def _is(cell: str) -> bool:
    return NUMBER.fullmatch(cell) is not None or re.fullmatch(r"-?[\d.]+(e-?\d+)?", cell) is not None


def _numbers(text: str, cells: Iterable[str], decimals: str | None) -> str:
    """Return what is wrong with the numbers of a text that are to be these cells, rounded as they are printed."""
    wanted = [float(cell) for cell in cells if _is(cell)]
    numbers = re.findall(r"(?<![\d.])[+\u2212]?\d[\d,]*(?:\.\d+)?", text)
    if len(numbers) != len(wanted):
        return f"{numbers} for {wanted}"
    for number, value in zip(numbers, wanted, strict=True):
        digits = len(number.partition(".")[2])
        if abs(plain(number) - value) > 0.5 * 10.0**-digits * (1 + 1e-9):
            return f"{number} for {value}"
        if decimals is not None and digits != int(decimals):
            return f"{number} with {digits} digits instead of {decimals}"
    return ""


def _rows(item: Table, rows: Iterable[Row], check: Callable[[list[str], Row], str]) -> list[str]:
    known = list(rows)
    if len(known) != len(item.rows) or not known:
        return [f"{item.caption}: {len(item.rows)} rows for {len(known)}"]
    found = [
        (
            cells[0],
            check(cells, row),
            any(cells[0].startswith(indicator_label(row, language)) for language in LANGUAGES),
        )
        for cells, row in zip(item.rows, known, strict=True)
    ]
    return [f"{name}: {problem or 'other row'}" for name, problem, right in found if problem or not right]


def _compared(folder: Path, cells: list[str], row: Row, language: Language) -> str:
    order = row["test"] == "order" and row["verdict"] != "no difference"
    sides = [
        [f"{side}_beyond"] if _is(row[f"{side}_beyond"]) else [f"{side}_mean", f"{side}_sd"]
        for side in ("baseline", "other")
    ] + [[] if order else ["difference", "low95", "high95"]]
    shown = [SOME.sub("", cell) for cell in cells[1:4]]
    if order:
        if sorted(re.findall(r"\d+", shown[2])) != sorted([row["larger"], row["smaller"]]):
            return f"order: {shown[2]}"
        shown[2] = ""
    for side, cell in zip(("baseline_", "other_", ""), cells[1:4], strict=True):
        counts = sorted(re.findall(r"\d+", "".join(SOME.findall(cell))))
        if counts and counts != sorted([row[f"{side}seeds"], row["of"]]):
            return f"{side}seeds: {cell}"
        if not counts and side and row[f"{side}seeds"] != row["of"]:
            return f"{side}seeds are not said: {cell}"
    for place, (cell, names) in enumerate(zip(shown, sides, strict=True)):
        side = ("baseline_", "other_", "")[place]
        if row[f"{side}outcomes"] == "two":
            arm, minus = ((row["baseline"], "-"), (row["other"], "-"), (row["other"], row["baseline"]))[place]
            problem = _two_groups(folder, cells[1 + place], row, arm, minus)
        else:
            problem = _numbers(cell, [row[name] for name in names], row["decimals"])
        if problem:
            return f"{names[0]}: {problem}"
    return (
        "" if cells[5].startswith(WORDS[row["verdict"]][LANGUAGES.index(language)]) else f"verdict {cells[5]}"
    )


def _two_groups(folder: Path, cell: str, row: Row, arm: str, minus: str) -> str:
    """Return what is wrong with a cell whose seeds fall into two groups of results: means, spread, counts and interval."""
    found = next(
        r for r in table_rows(folder / "distribution.csv")
        if (r["capacity_mode"], r["arm"], r["minus"], r["indicator"]) == (row["capacity_mode"], arm, minus, row["indicator"])
    )  # fmt: skip
    low, high = (
        (found["low_outcome"], found["low_seeds"]),
        (found["high_outcome"], found["high_seeds"]),
    )
    usual, odd = (low, high) if int(low[1]) >= int(high[1]) else (high, low)
    share = [str(round(100 * float(found[end]))) for end in ("apart_low95", "apart_high95")]
    spread = [found["rest_sd"]] if _is(found["rest_sd"]) else []
    ordered = [found["rest_mean"], *spread, usual[1], found["seeds"], odd[0], found["apart"], *share]
    numbers = re.findall(r"(?<![\d.])[+\u2212]?\d[\d,]*(?:\.\d+)?", cell)
    told = sorted(plain(number) for number in numbers)
    digits = int(row["decimals"])
    counts = {usual[1], found["seeds"], found["apart"], *share}
    wanted = sorted(float(n) if n in counts else round(float(n), digits) for n in ordered)
    close = len(told) == len(wanted) and all(
        abs(a - b) <= 10.0**-digits for a, b in zip(told, wanted, strict=True)
    )
    return "" if close else f"{told} for {wanted}"


def _groups(item: Table, rows: list[Row], language: Language) -> list[str]:
    if len(item.rows) != len(rows):
        return [f"{item.caption}: {len(item.rows)} rows for {len(rows)}"]
    wrong, grouping = [], ""
    ending = "_zh" if language == "zh" else ""
    for cells, row in zip(item.rows, rows, strict=True):
        grouping = cells[0] or grouping
        problems = [
            "" if (grouping, cells[1]) == (row[f"group{ending}"], row[f"category{ending}"]) else f"{grouping} {cells[1]}",
            "" if ("◦" in cells[2]) == (float(row["people"]) < SMALL) else "mark of small groups",
            _numbers(cells[2], [row["people"]], "0"),
            "" if ("[" in cells[3]) == _is(row["half_width"]) else "no interval",
            _numbers(SOME.sub("", cells[3]), [row["difference"], row["low95"], row["high95"]], row["decimals"]),
            "" if cells[5] == WORDS[row["verdict"]][LANGUAGES.index(language)] else f"verdict {cells[5]}",
            "" if (row["verdict"] in TESTED) <= (row["looked_at"] == "yes") else "not tested",
        ]  # fmt: skip
        wrong += [f"{item.caption}, {row['category']}: {problem}" for problem in problems if problem]
    return wrong


def _same(name: str, cells: list[str], rows: list[Row], values: Callable[[Row], list[str]]) -> list[str]:
    if len(cells) != len(rows):
        return [f"{name}: {len(cells)} cells for {len(rows)}"]
    found = (_numbers(cell, values(row), None) for cell, row in zip(cells, rows, strict=True))
    return [f"{name}: {problem}" for problem in found if problem]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_cell_is_that_of_its_table(folder: Path, language: Language) -> None:
    text = build_page(read_material(folder), language)
    assert faults(text, folder, language) == []
    assert "◦" in text


_NUMBERS = ("baseline_mean", "baseline_sd", "other_mean", "other_sd", "difference", "low95", "high95", "people", "mean",
            "smallest", "largest")  # fmt: skip


def _swap_rows(rows: list[Row]) -> None:
    first, second = (rows.index(row) for row in _unlike(rows))
    for name in set(_NUMBERS) & set(rows[0]):
        rows[first][name], rows[second][name] = rows[second][name], rows[first][name]


def _unlike(rows: list[Row]) -> list[Row]:
    """Return two rows that the page shows, with the same digits and other values."""
    value = "difference" if "difference" in rows[0] else "mean"
    shown = [
        r
        for r in rows
        if _is(r[value]) and r["capacity_mode"] == ("observed" if "measure" in r else "neutral")
    ]
    if "headline" in rows[0]:
        shown = [r for r in shown if r["headline"] == "yes" and r["decimals"] == "1"]
    if "kind" in rows[0]:
        shown = list({(r["kind"], r["arm"]): r for r in shown}.values())
    if "activity" in rows[0]:
        shown = [r for r in shown if float(r["mean"]) > 1]
    if "indicator" in rows[0] and "mean" in rows[0]:
        shown = [r for r in shown if r["indicator"] == "reporting_gap"]
    if "category" in rows[0]:
        shown = [r for r in shown if r["indicator"] == "hidden"]
    first = shown[0]
    return [first, next(r for r in shown if abs(float(r[value]) - float(first[value])) > 0.2)]


def _swap_arms(rows: list[Row]) -> None:
    for row in rows:
        row["baseline_mean"], row["other_mean"] = row["other_mean"], row["baseline_mean"]


@pytest.mark.parametrize(
    ("name", "change"),
    [
        *((name, _swap_rows) for name in ("compare", "groups", "hours", "resolution", "arms", "per_hour")),
        *((name, _swap_arms) for name in ("compare", "per_hour")),
    ],
)
def test_a_cell_in_a_wrong_place_is_found(
    folder: Path, tmp_path: Path, name: str, change: Callable[[list[Row]], None]
) -> None:
    """All of these numbers stand in the tables, and none where the page would show it."""
    other = tmp_path / folder.name
    shutil.copytree(folder, other)
    rows = table_rows(other / f"{name}.csv")
    change(rows)
    (other / f"{name}.csv").write_bytes(
        table_bytes(name, list(rows[0]), [list(row.values()) for row in rows])
    )
    forged = Material(other, read_material(folder).facts)
    assert faults(build_page(forged, "en"), folder, "en")
