"""Sentences of the pages agree with the tables beside them, and pages with each other.

A claim is a pattern of a sentence and a function that says what is wrong with it, from the tables of its page. Pages may be
made again with other numbers. Where a page has no stamp, it is older than these claims: what fails there is an expected
failure until the page is made again.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest
import yaml

import govsim
from govsim.cli import main
from govsim.report.docs.pages import NUMBERS
from govsim.report.stamps import without
from govsim.scenario import list_governance, load
from govsim.scenario.files import study_shelf
from govsim.scenario.studies import load_study

ROOT = Path(govsim.__file__).parent.parent
Wrong = str | None


@dataclass(frozen=True)
class Table:
    """A table of a page: cells without marks, with the headings above it and where it begins."""

    headings: tuple[str, ...]
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    line: int

    def column(self, name: str) -> list[str]:
        at = next(index for index, head in enumerate(self.header) if head.startswith(name))
        return [row[at] for row in self.rows]


@dataclass(frozen=True)
class Page:
    """A page with its tables."""

    name: str
    text: str
    tables: tuple[Table, ...]

    def table(self, *heads: str) -> Table:
        """Return the first table whose header has cells that begin so."""
        return next(
            t for t in self.tables if all(any(cell.startswith(head) for cell in t.header) for head in heads)
        )

    def above(self, position: int, *heads: str) -> Table:
        """Return the last table before a position of the text whose header has cells that begin so."""
        line = self.text.count("\n", 0, position)
        fits = [
            t for t in self.tables if all(any(cell.startswith(head) for cell in t.header) for head in heads)
        ]
        return [t for t in fits if t.line < line][-1]


def tables_of(text: str) -> Iterator[Table]:
    headings: dict[int, str] = {}
    block: list[list[str]] = []
    for number, line in enumerate([*text.splitlines(), ""]):
        if found := re.match(r"(#+) (.+)", line):
            headings = {depth: words for depth, words in headings.items() if depth < len(found[1])}
            headings[len(found[1])] = found[2]
        if line.startswith("|"):
            block.append([cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))])
        elif block:
            rows = tuple(tuple(row) for row in block[2:])
            yield Table(tuple(headings.values()), tuple(block[0]), rows, number - len(block))
            block = []


@cache
def page(name: str) -> Page:
    whole = (ROOT / name if name == "README.md" else ROOT / "docs" / name).read_text(encoding="utf-8")
    text = without(whole)
    return Page(name, text, tuple(tables_of(text)))


def number(words: str) -> float:
    """Return the first number of a cell or sentence."""
    return float(re.findall(r"[-+]?[\d,]*\.?\d+", words.replace("−", "-"))[0].replace(",", ""))


def names(words: str, known: Iterable[str]) -> set[str]:
    """Return the names of a list in words; what is no known name is returned too, and so agrees with nothing."""
    found = set()
    for name in sorted(known, key=len, reverse=True):
        if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", words):
            found.add(name)
            words = words.replace(name, "")
    rest = re.sub(r"\band\b|[\s,.`]", "", words)
    return found | ({rest} if rest else set())


def differs(what: str, said: object, found: object) -> Wrong:
    return None if said == found else f"{what}: the sentence says {said}, the tables {found}"


# Claims: each takes the match and its page and returns what is wrong.


def part_of_whole(match: re.Match[str], here: Page) -> Wrong:
    return None if number(match[1]) <= number(match[2]) else f"{match[0]}: more than all"


def told_apart(match: re.Match[str], here: Page) -> Wrong:
    models = here.above(match.start(), "model").column("model")
    pairs = set(map(frozenset, combinations(models, 2)))
    line = here.text[match.start() : here.text.index("\n", match.start())]
    groups = line.partition("not told apart from each other: ")[2].rstrip(".").split("; ")
    open_pairs = {frozenset(pair) for group in groups if group for pair in combinations(group.split(", "), 2)}
    if not open_pairs <= pairs:
        return f"{match[0]}: names that the table does not have"
    fits = int(match[1]) + len(open_pairs) <= int(match[2]) <= len(pairs)
    return (
        None
        if fits
        else f"{match[0]}: {len(open_pairs)} pairs are named that are not told apart, of {len(pairs)}"
    )


def comparisons(match: re.Match[str], here: Page) -> Wrong:
    table = here.above(match.start(), "model")
    measures = [head for head in table.header[1:] if "granted" not in head]
    count = len(table.rows) * (len(table.rows) - 1) // 2 * len(measures)
    return differs(match[0], int(number(match[1])), count)


def seeds_of_command(match: re.Match[str], here: Page) -> Wrong:
    command = re.search(r"--seeds (\d+)", here.text)
    return differs(match[0], match[1], command[1] if command else None)


def residents(match: re.Match[str], here: Page) -> Wrong:
    scenario = re.search(r"--scenario (\w+)", here.text)
    asked = load(scenario[1] if scenario else "yingzi").scenario.population.residents
    return differs(match[0], int(number(match[1])), asked)


def moved_by_measures(match: re.Match[str], here: Page) -> Wrong:
    table = here.above(match.start(), "countermeasure", match[1])
    cells = dict(zip(table.column("countermeasure"), table.column(match[1]), strict=True))
    bold = {name: number(cell) for name, cell in cells.items() if cell.startswith("**")}
    listed = {}
    for way in ("higher", "lower"):
        said = re.search(rf"{way} with (.*?)(?:;|\.$|$)", match[2])
        listed[way] = names(said[1], cells) if said else set()
    clear = {
        way: {name for name, value in bold.items() if sign * value > 0}
        for way, sign in (("higher", 1), ("lower", -1))
    }
    whole = listed["higher"] | listed["lower"] == bold.keys()  # a change that is rounded to 0 may be either
    fits = whole and clear["higher"] <= listed["higher"] and clear["lower"] <= listed["lower"]
    return None if fits else f"{match[1]}: the sentence says {listed}, the table {bold}"


def verdict_of_sign(match: re.Match[str], here: Page) -> Wrong:
    table = here.table("should happen")
    for expected, interval, verdict in zip(
        table.column("expected"), table.column("difference"), table.column("verdict"), strict=True
    ):
        if " to " not in interval:
            continue
        low, high = map(float, interval.split(" to "))
        inside = low <= 0 <= high
        right = {"up": low > 0, "down": high < 0, "no change": inside}[expected]
        wanted = "as expected" if right else "undecided" if inside else "against expectation"
        if verdict.strip("*") != wanted:
            return f"{interval}, expected {expected}: {verdict}, should be {wanted}"
    return None


def place_of_quantile(match: re.Match[str], here: Page) -> Wrong:
    low, high = int(match[1]) / 100, int(match[2]) / 100
    table = here.table("quantile")
    for cell, words in zip(table.column("quantile"), (row[-1] for row in table.rows), strict=True):
        if ("outside" in words) == (low <= float(cell) <= high):
            return f"quantile {cell}: {words}"
    return None


def product(match: re.Match[str], here: Page) -> Wrong:
    *factors, runs = map(number, match.groups())
    result = 1.0
    for factor in factors:
        result *= factor
    return differs(match[0], runs, result)


def influence_rows() -> list[dict[str, str]]:
    with (study_shelf().folder / "influence.csv").open(encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text))


def most_influential(match: re.Match[str], here: Page) -> Wrong:
    table = here.table("", "parameter", "influence")
    said = [(row[1].strip("`"), row[-2]) for row in table.rows]
    found = [(row["parameter"], f"{float(row['influence']):.2f}") for row in influence_rows()][: len(said)]
    return differs("most influential", said, found)


def parameters_studied(match: re.Match[str], here: Page) -> Wrong:
    return differs(match[0], int(match[1]), len(influence_rows()))


def calibration_size(match: re.Match[str], here: Page) -> Wrong:
    runs, parts = int(match[1]), [int(count) for count in re.findall(r"\d+", match[2])]
    tables = here.table("parameter", "tried"), here.table("pattern", "range")
    return differs(
        match[0], (runs, *map(int, match.groups()[2:])), (sum(parts), *(len(t.rows) for t in tables))
    )


def accepted_points(match: re.Match[str], here: Page) -> Wrong:
    with (study_shelf().folder / "yingzi_region.csv").open(encoding="utf-8-sig", newline="") as text:
        return differs(match[0], int(match[1]), sum(1 for row in csv.reader(text) if row) - 1)


def stay_assumptions(match: re.Match[str], here: Page) -> Wrong:
    table = here.table("parameter", "tried")
    rows = dict(zip(table.column("parameter"), table.column("verdict"), strict=True))
    stay = {name for name, words in rows.items() if words == "not identifiable"}
    return differs("stay assumptions", names(match[1], rows), stay)


def outside_of_range(match: re.Match[str], here: Page) -> Wrong:
    value, low, high = map(float, match.groups())
    return None if not low <= value <= high else f"{match[0]}: lies inside"


def models_and_pairs(match: re.Match[str], here: Page) -> Wrong:
    models, pairs, districts, seeds, runs = (int(number(words)) for words in match.groups())
    with (ROOT / "docs" / "data" / "crossover_points.csv").open(encoding="utf-8-sig", newline="") as text:
        points = sum(1 for row in csv.reader(text) if row) - 1
    shipped = len(list_governance())
    found = (shipped, shipped * (shipped - 1) // 2, points, shipped * (points + 1) * seeds)
    return differs(match[0], (models, pairs, districts, runs), found)


def best_of_points(match: re.Match[str], here: Page) -> Wrong:
    table = here.table("model", "best", "undecided", "not best")
    for row in table.rows:
        if sum(map(int, row[1:4])) != int(match[1]):
            return f"{row[0]}: {row[1:4]} do not make {match[1]}"
        if ("never best" in row[4]) != (row[1] == "0"):
            return f"{row[0]}: best in {row[1]} points, but: {row[4]}"
    return None


def outside_pairs(match: re.Match[str], here: Page) -> Wrong:
    if not int(match[1]):
        return None
    return differs(match[0], int(match[1]), len(here.table("outside of the middle").rows))


def tried_and_kept(match: re.Match[str], here: Page) -> Wrong:
    tried = re.search(r"tried (\d+) different portfolios", here.text)
    front = re.search(r"The front holds (\d+) portfolios", here.text)
    return differs(match[0], (match[1], match[2]), (tried and tried[1], front and front[1]))


def portfolios_shown(match: re.Match[str], here: Page) -> Wrong:
    return differs(match[0], int(match[1]), len(here.table("change on doing nothing").rows) - 1)


def most_even(match: re.Match[str], here: Page) -> Wrong:
    table = here.table("change on doing nothing")
    row = next(row for row in table.rows if row[0] == match[1])
    for label, value in re.findall(r"([a-z][^()]*?) \(([-+][\d.,]+ ± [\d.,]+)", match[2]):
        label = label.removeprefix("and ").strip(" ,")
        cell = next(cell for head, cell in zip(table.header, row, strict=True) if head.startswith(label))
        if cell != f"**{value}**":
            return f"{label}: the sentence says {value}, the table {cell}"
    return None


def most_often(match: re.Match[str], here: Page) -> Wrong:
    cells = shown(here)
    most = max(cells.values(), key=number)
    return differs(
        match[0], (names(match[1], cells), match[2]), ({name for name in cells if cells[name] == most}, most)
    )


def in_none(match: re.Match[str], here: Page) -> Wrong:
    cells = shown(here)
    return differs(match[0], names(match[1], cells), {name for name in cells if number(cells[name]) == 0})


def shown(here: Page) -> dict[str, str]:
    table = here.table("countermeasure", "in the portfolios shown")
    return dict(zip(table.column("countermeasure"), table.column("in the portfolios shown"), strict=True))


def trades_most(match: re.Match[str], here: Page) -> Wrong:
    table = here.table("goals", "", "correlation")
    lowest = min(
        zip(table.column("correlation"), table.column("goals"), strict=True), key=lambda row: float(row[0])
    )
    return differs(match[0], f"{match[1]} / {match[2]}", lowest[1])


def better_everywhere(match: re.Match[str], here: Page) -> Wrong:
    """Who is said to do better in every goal does so in the region's table, and is told apart as worse in none above it."""
    region = here.table("", f"not beaten, of {match[1]}")
    front = here.table("change on doing nothing")
    for letter in sorted(names(match[2], region.column(""))):
        row = next(row for row in region.rows if row[0] == letter)
        cells = [cell for head, cell in zip(region.header, row, strict=True) if "better in" in head]
        if not all(cell.startswith(f"{match[1]} of {match[1]}") for cell in cells):
            return f"{letter}: not better in every goal in every district"
        whole = next(row for row in front.rows if row[0] == letter)
        for head, cell in zip(front.header[1:], whole[1:], strict=True):
            sign = "+" if "less is better" in head else "-"
            if cell.startswith(f"**{sign}") and " moved" not in head:
                return f"{letter}: said to do better in every goal, but in the whole district {head}: {cell}"
    return None


CLAIMS: tuple[tuple[str, str, Callable[[re.Match[str], Page], Wrong]], ...] = (
    ("models.md", r"(\d+) of (\d+) pairs told apart", told_apart),
    ("models.md", r"all ([\d,]+) comparisons of this table", comparisons),
    ("models.md", r"With (\d+) paired seeds", seeds_of_command),
    ("models.md", r"([\d,]+) residents", residents),
    ("measures.md", r"^- \*(.+?)\*: ((?:higher|lower) with .+)$", moved_by_measures),
    ("measures.md", r"([\d,]+) residents", residents),
    ("signs.md", r"Signs fixed before running", verdict_of_sign),
    ("signs.md", r"from the (\d+)% to the (\d+)% quantile", place_of_quantile),
    ("signs.md", r"; (\d+) paired seeds\.", seeds_of_command),
    ("sensitivity.md", r"([\d,]+) points × (\d+) models × (\d+) seeds = ([\d,]+) runs", product),
    ("sensitivity.md", r"## The \d+ most influential", most_influential),
    ("sensitivity.md", r"over (\d+) parameters of", parameters_studied),
    ("calibration.md", r"^(\d+) runs \((.+?)\), (\d+) parameters, (\d+) patterns", calibration_size),
    ("calibration.md", r"the nearest (\d+) points are accepted", accepted_points),
    ("calibration.md", r"^Stay assumptions: (.+?)\. \d+ other", stay_assumptions),
    ("calibration.md", r"\(([\d.]+), range ([\d.]+) to ([\d.]+)\)", outside_of_range),
    ("crossover.md",
     r"the (\d+) shipped governance models \((\d+) pairs\) in (\d+) districts [^:]*?, (\d+) paired seeds each: ([\d,]+) runs",
     models_and_pairs),
    ("crossover.md", r"best / undecided, of (\d+)", best_of_points),
    ("crossover.md", r"In (\d+) of \d+ pairs today's difference lies outside", outside_pairs),
    ("optimise.md", r"of (\d+) that were tried, (\d+) keep the limits", tried_and_kept),
    ("optimise.md", r"table below shows (\d+) portfolios", portfolios_shown),
    ("optimise.md", r"most even one, (\w+), is .*? It gains in (.+)", most_even),
    ("optimise.md", r"Most often: (.+?), in (\d+ of \d+)\.", most_often),
    ("optimise.md", r"In none of them: (.+?)\.$", in_none),
    ("optimise.md", r"What trades most against what: (.+?) against (.+?)\.", trades_most),
    ("optimise.md",
     r"In all (\d+) districts of the region, (.+?) do(?:es)? better than doing nothing in every", better_everywhere),
    *((name, r"(?<![\d.])(\d[\d,]*) of (?:the |all )?(\d[\d,]*)(?![\d.]*\d)", part_of_whole) for name in NUMBERS),
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "pattern", "claim"), CLAIMS, ids=[f"{name}-{claim.__name__}" for name, _, claim in CLAIMS]
)
def test_a_sentence_agrees_with_the_tables(
    name: str, pattern: str, claim: Callable[[re.Match[str], Page], Wrong]
) -> None:
    here = page(name)
    found = [
        wrong for match in re.finditer(pattern, here.text, re.MULTILINE) if (wrong := claim(match, here))
    ]
    assert not found


@pytest.mark.parametrize(
    "name", [name for name in NUMBERS if name not in ("theory.md", "benchmarks.md", "statistics.md")]
)
def test_claims_are_made(name: str) -> None:
    """Words change; a page of which no claim is found any more is looked at by nobody."""
    own = [pattern for where, pattern, claim in CLAIMS if where == name and claim is not part_of_whole]
    assert any(re.search(pattern, page(name).text, re.MULTILINE) for pattern in own)


def test_planted_contradictions_are_found() -> None:
    good = (
        "# T\n\nWith 2 paired seeds, all 2 comparisons of this table.\n\n| model | a, % | b, % |\n| --- | --- | --- |\n"
        "| X | 1 | 2 |\n| Y | 1 | 3 |\n\n- *a*: 0 of 1 pairs told apart; not told apart from each other: X, Y.\n"
        "- *b*: 1 of 1 pairs told apart.\n\nall 2 comparisons of this table\n"
    )

    def wrong(text: str, pattern: str, claim: Callable[[re.Match[str], Page], Wrong]) -> list[str]:
        here = Page("t.md", text, tuple(tables_of(text)))
        matches = list(re.finditer(pattern, text))[-2:]
        return [found for match in matches if (found := claim(match, here))]

    pattern = r"(\d+) of (\d+) pairs told apart"
    assert wrong(good, pattern, told_apart) == []
    assert wrong(good.replace("*a*: 0 of 1", "*a*: 1 of 1"), pattern, told_apart)
    assert wrong(good.replace("other: X, Y", "other: X, Z"), pattern, told_apart)
    last = r"(?<=\n)all (\d+) comparisons of this table"
    assert wrong(good, last, comparisons) == []
    assert wrong(good.replace("\nall 2 ", "\nall 3 "), last, comparisons)
    assert wrong("3 of 2", r"(\d+) of (\d+)", part_of_whole)
    effects = (
        "| countermeasure | wait, days |\n| --- | --- |\n| one | **+2 ± 1** |\n| two | -1 ± 3 |\n| three | **-4 ± 1** |\n\n"
        "- *wait, days*: higher with one; lower with three.\n"
    )
    pattern = r"- \*(.+?)\*: (.+)"
    assert wrong(effects, pattern, moved_by_measures) == []
    assert wrong(effects.replace("with one;", "with one and two;"), pattern, moved_by_measures)
    assert wrong(effects.replace("**-4 ± 1**", "-4 ± 1"), pattern, moved_by_measures)


def test_numbers_named_on_other_pages_are_those_of_their_page() -> None:
    """README and guide name numbers of pages, scenarios and studies."""
    readme, guide = page("README.md").text, page("guide.md").text
    crossover = re.search(r"\((\d+) pairs\) in (\d+) districts", page("crossover.md").text)
    assert crossover
    assert re.findall(r"all (\d+) pairs\]\(crossover\.md\)", guide) == [crossover[1]]
    for name, text in (("yingzi", readme), ("chengde", guide)):
        population = f"{load(name).scenario.population.residents:,}"
        assert population in re.findall(r"([\d,]{6,}) residents", text)
    words = {11: "eleven", 17: "seventeen", 18: "eighteen", 19: "nineteen", 20: "twenty"}
    assert f"{words[len(list_governance())]} models" in readme
    study = load_study("yingzi_districts")
    runs = study.points * len(study.models) * study.study.seeds
    assert re.findall(r"it is (\d+) runs of Yingzi", guide) == [str(runs)]


def test_the_finding_of_the_readme_is_that_of_its_pages() -> None:
    """Means of docs/models.md and counts of the plausible districts, in both languages."""
    models = page("models.md").text
    neutral = models[: models.index("### What cannot be told apart")]
    rows = [
        re.search(rf"^\| {model} \|(.+)\|$", neutral, re.MULTILINE)
        for model in ("Party-led co-governance", "Legacy administrative")
    ]
    with (ROOT / "scenarios" / "studies" / "yingzi_districts.csv").open(encoding="utf-8-sig") as text:
        table = list(csv.DictReader(line for line in text if not line.startswith("#")))
    for name, pattern in (
        ("README.md", r"([\d.]+)% (?:of adults in four weeks )?against ([\d.]+)%"),
        ("README.zh.md", r"（(?:16岁及以上居民的)?([\d.]+)%，传统行政管理([\d.]+)%）"),
    ):
        readme = (ROOT / name).read_text(encoding="utf-8")
        told = re.findall(pattern, readme)
        assert len(told) == 3, name
        for place, pair in zip((1, 0, 5), told, strict=True):
            assert pair == tuple(row[1].split("|")[place].split("±")[0].strip() for row in rows if row), name
        count = re.search(
            r"hold in (\d+) of the (\d+) districts|在(\d+)个与公开数据相符的虚拟地区中，这三项在(\d+)个中全部成立",
            readme,
        )
        assert count
        holds, of = (count[1], count[2]) if name == "README.md" else (count[4], count[3])
        for indicator, verdict in (
            ("resolved_existing_26w", "better"),
            ("participation_4w", "better"),
            ("burnout", "worse"),
        ):
            verdicts = [row["verdict"] for row in table if row["indicator"] == indicator]
            assert (verdicts.count(verdict), len(verdicts)) == (int(holds), int(of)), indicator


def test_both_readmes_say_the_same() -> None:
    """Same headings in number, same commands, same pages linked (each in its language), same pictures."""
    here, there = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh.md"))
    assert re.findall(r"^#+(?= )", here, re.MULTILINE) == re.findall(r"^#+(?= )", there, re.MULTILINE)
    for pattern in (r"```bash\n(.+?)```", r"<!-- (.+?) -->", r"`(govsim [a-z]+[^`]*)`"):
        assert re.findall(pattern, here, re.DOTALL) == re.findall(pattern, there, re.DOTALL), pattern

    def links(text: str) -> set[str]:
        return {link for link in re.findall(r"\]\(([^)]+)\)", text) if not link.startswith("README")}

    def pages(text: str) -> set[str]:
        return {re.sub(r"\.(en|zh)\.", ".", link) for link in links(text)}

    assert pages(here) == pages(there)
    for link in links(here) | links(there):
        assert (ROOT / link.partition("#")[0]).exists(), link


def test_the_citation_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    """CITATION.cff, pyproject.toml and `govsim cite` agree."""
    cff = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert cff["authors"] == project["authors"]
    assert (cff["version"], cff["license"]) == (project["version"], project["license"])
    assert cff["keywords"] == project["keywords"]
    assert main(["cite"]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"{cff['authors'][0]['name']}. {cff['title']}. ")
    assert f"title   = {{{cff['title']}}}" in said
    assert said.count("{") == said.count("}")


def test_the_two_districts_of_the_guide_are_those_of_the_models_page() -> None:
    """The columns of `yingzi` in the guide are means that stand in docs/models.md, of the same seeds."""
    guide, models = page("guide.md").text, page("models.md").text
    assert "seeds 1 to 5" in models[:600]
    neutral = models[: models.index("### What cannot be told apart")]
    columns = {
        "took part": 0,
        "resolved within half a year, % of all problems": 1,
        "median": 3,
        "trust": 4,
        "staff with burnout": 5,
    }
    for words, place in columns.items():
        row = re.search(rf"^\| {re.escape(words)}[^|]*\|([^|]+)\|([^|]+)\|", guide, re.MULTILINE)
        assert row, words
        for told, model in zip(
            row.groups(), ("Legacy administrative", "Party-led co-governance"), strict=True
        ):
            cells = re.search(rf"^\| {model} \|(.+)\|$", neutral, re.MULTILINE)
            assert cells
            assert told.strip() == cells[1].split("|")[place].split("±")[0].strip(), (words, model)
