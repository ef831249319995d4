"""The report: every number from a table, every word escaped, nothing asked of anyone, refused where it cannot be trusted."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import os
import re
import shlex
import shutil
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from govsim.cli import main
from govsim.report.comparing.words import detectable
from govsim.report.docs.words import LANGUAGES
from govsim.report.glossary import INDICATORS, Said
from govsim.report.html.page import LARGEST, build_page, write_report
from govsim.report.html.plot import Scale, around, draw_interval, draw_panel, look
from govsim.report.html.reading import Detail, plain_cell, printed, read_material, table_rows
from govsim.report.html.words import WORDS, unit_beside
from govsim.report.style import COMMON
from govsim.results.csvtext import table_bytes
from govsim.results.indicators import HEADLINE
from govsim.results.store import write_folder
from govsim.scenario import load_governance
from govsim.statistics.distribution import distribution
from govsim.statistics.paired import paired
from govsim.studies.answer import Curves, Dumbbells, Line, ReportedAndTrue, Strip, Strips
from govsim.studies.compare import Difference
from govsim.studies.sensitivity import shipped_order
from tests.report.comparisons import EVERYBODY, PAIR, made, named
from tests.report.html_page import NUMBER, Page, known_numbers, plain, printed_from

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("pair")
    return made(
        out, "compare", *PAIR, "--scenario", "tiny", "--seeds", "5", "--set", "capacity.staff.community=18"
    )


@pytest.fixture(scope="module")
def unequal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both capacity modes, so that the second block has unequal budgets."""
    out = tmp_path_factory.mktemp("unequal")
    models = [word for name in PAIR for word in ("--model", name)]
    return made(out, "run", "tiny", *models, "--seeds", "4", "--capacity", "both")


@pytest.fixture(scope="module")
def page(pair: Path) -> Page:
    return Page(build_page(read_material(pair), "en"))


def page_one(text: str) -> str:
    return Page(first_sheet(text)).said


def first_sheet(text: str) -> str:
    return re.split(r'<article class="sheet[^"]*">', text)[1].split("</article>")[0]


@pytest.mark.assurance
@pytest.mark.parametrize("language", ["en", "zh", "both"])
@pytest.mark.parametrize("which", ["pair", "unequal"])
def test_every_number_stands_in_a_table(which: str, language: str, request: pytest.FixtureRequest) -> None:
    """P04. What is no number of a table must be part of a sentence or a label that is written somewhere."""
    folder = request.getfixturevalue(which)
    values, inside = known_numbers(folder)
    words = {number for both in WORDS.values() for text in both for number in NUMBER.findall(text)}
    numbers = Page(build_page(read_material(folder), language)).numbers()  # type: ignore[arg-type]
    assert len(numbers) > 200
    stray = sorted(n for n in numbers - inside - words if not printed_from(n, values))
    assert stray == []


def test_a_number_from_nowhere_would_be_found(pair: Path) -> None:
    values, _ = known_numbers(pair)
    assert not printed_from("31,415.9265", values)
    assert Page("<p>in all 31,415.9265 hours</p>").numbers() == {"31,415.9265"}


def test_page_one_holds_what_a_decision_needs(pair: Path, page: Page) -> None:
    """P03, P11, P15."""
    facts = json.loads((pair / "comparison.json").read_text("utf-8"))
    seen = page_one(page.text)
    assert facts["question"]["en"] in seen
    for arm in facts["arms"]:
        assert arm["label"] in seen
    assert facts["budget"]["en"] in seen
    assert facts["worlds"]["en"] in seen
    assert "5 replications" in seen
    assert len(re.findall(r"\[[+\u2212]?[\d.,]+, [+\u2212]?[\d.,]+\]", seen)) >= 5
    for sentence in facts["comparisons"][0]["sentences"]:
        assert sentence["en"] in seen
    for sentence in facts["cannot_tell"]:
        assert sentence["en"] in seen
    (change,) = facts["changes"]
    assert seen.count("→") == 1
    assert f"(capacity.staff.community): {change['from']} → {change['to']} " in seen
    assert change["from"] != change["to"] == 18
    assert facts["version"] in seen
    assert f"<code>{facts['key']}</code>" in page.text
    assert f"To reproduce: {facts['command']}" in seen
    assert "--set capacity.staff.community=18" in facts["command"]


@pytest.mark.parametrize(
    ("language", "budget", "worlds", "cannot"),
    [
        ("en", "Same hours, same money: yes (", "in every pair of runs: yes", "What this cannot tell you"),
        ("zh", "工时相同、资金相同：是（", "每对模拟的居民和问题相同：是", "本对比不能说明什么"),
    ],
)
def test_page_one_says_it_in_words(pair: Path, language: str, budget: str, worlds: str, cannot: str) -> None:
    """P03: what must stand there whatever ``comparison.json`` says."""
    sheet = first_sheet(build_page(read_material(pair), language))  # type: ignore[arg-type]
    seen = Page(sheet).said
    assert budget in seen
    assert worlds in seen
    listed = re.findall(r"<li>(.*?)</li>", sheet.split(f"<h2>{cannot}</h2>")[1].split("</ul>")[0])
    assert len(listed) >= 3
    assert all(len(words) > 20 for words in listed)
    (sentence,) = re.findall(r'<div class="plain"><p>(.*?)</p>', sheet)
    assert len(sentence) > 40
    assert re.search("assumptions" if language == "en" else "假设", sentence)


def test_the_differences_of_page_one_are_those_of_the_table(pair: Path, page: Page) -> None:
    shown = first_sheet(page.text).split('data-label="difference">')[1:]
    rows = [row for row in table_rows(pair / "compare.csv") if row["headline"] == "yes"]
    firsts = [re.split(r"[ <]", words)[0] for words in shown]
    expected = [
        "later"
        if row["test"] == "order"
        else printed(row["difference"], row["decimals"], "en", sign=True).split(" ")[0]
        for row in rows
    ]
    assert sorted(firsts) == sorted(expected)


def test_it_asks_nothing_of_anyone(page: Page) -> None:
    """P02: no address, and a policy under which a browser would not follow one."""
    for tag, given in page.elements:
        for name in ("src", "href", "srcset", "action", "data", "poster"):
            assert given.get(name, "data:").startswith("data:"), (tag, given)
    policy = next(given["content"] for tag, given in page.elements if "http-equiv" in given)
    assert policy.startswith("default-src 'none'")
    assert not re.search(r"https?:|unsafe|\*", policy)
    for kind, (text,) in (("script-src", page.scripts), ("style-src", page.styles)):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind} 'sha256-{digest}'" in policy
    assert not any("style" in given or any(n.startswith("on") for n in given) for _, given in page.elements)
    assert not re.search(r"@import|url\((?!data:|#)", page.styles[0])
    assert len(page.text.encode()) < LARGEST / 4


def test_every_drawing_has_words(page: Page) -> None:
    drawings = [
        given
        for tag, given in page.elements
        if tag == "svg" and "hidden" not in str(given.get("aria-hidden", ""))
    ]
    images = [given for given in drawings if given.get("role") == "img"]
    assert len(images) > 20
    ids = {given["id"] for _, given in page.elements if "id" in given}
    for given in images:
        assert set(given["aria-labelledby"].split()) <= ids
    told = re.findall(r"<desc[^>]*>(.*?)</desc>", page.text, re.S)
    assert len(told) == len(images)
    assert all(len(words) > 20 for words in told)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_is_in_one_language(pair: Path, language: str) -> None:
    text = " ".join(Page(build_page(read_material(pair), language)).words)  # type: ignore[arg-type]
    for english, chinese in WORDS.values():
        other = chinese if language == "en" else english
        if (
            len(other) > 3
            and "{" not in other
            and english != chinese
            and other not in "".join(WORDS[name][0 if language == "en" else 1] for name in WORDS)
        ):
            assert other not in text or (language == "zh" and other in ("found", "design"))


_LATIN = {"govsim", "Kaplan", "Meier", "seeds", "groups", "compare", "sensitivity", "assumptions"}
"""What a Chinese page may hold: names of people, programs, tables and commands."""


def test_the_chinese_page_is_in_chinese(unequal: Path) -> None:
    """D5: scenario, models, communities and sentences, in each of their places."""
    material = read_material(unequal)
    text = build_page(material, "zh").replace(
        str(material.facts["commit"])[:10], ""
    )  # its letters may make a word
    bare = re.sub(r"<code>.*?</code>|<(style|script)>.*?</\1>|<[^>]*>", " ", text, flags=re.S)
    bare = re.sub(r"[a-z_]+(\.[a-z_]+)+|--[a-z]+", " ", bare)  # parameters, files, options
    assert set(re.findall("[A-Za-z]{4,}", bare)) - _LATIN == set()
    said = " ".join(given.get("aria-label", "") + given.get("title", "") for _, given in Page(text).elements)
    assert set(re.findall("[A-Za-z]{4,}", said)) - _LATIN <= {"Language"}
    for words in (
        "在“微型示例”中",
        "“传统行政管理”",
        "老矿社区",
        "新城社区",
        "党建引领共治与传统行政管理相比",
    ):
        assert words in Page(text).said
    assert not re.search(r"[\u4e00-\u9fff] ?[:;?!](?!\S)|[\u4e00-\u9fff] ?\. ", bare)


@pytest.mark.parametrize("language", LANGUAGES)
def test_plausible_districts_are_told_once(pair: Path, language: str) -> None:
    """In how many districts the differences hold, where a study beside the scenario has computed it, as for Yingzi."""
    words = {"en": "Better in 20 of 20 districts.", "zh": "20个地区中有20个更好。"}
    material = read_material(pair)
    told = replace(material, facts=material.facts | {"districts": words})
    said = Page(build_page(told, language)).said  # type: ignore[arg-type]
    assert said.count(words[language]) == 1


def test_groups_that_are_not_searched_have_no_verdict(pair: Path) -> None:
    """D4: all residents, volunteers, small groups and other measures."""
    words = {"en": ("not tested", "Tested together"), "zh": ("未检验", "一并检验")}
    rows = [row for row in table_rows(pair / "groups.csv") if row["group"] != "gap"]
    assert {row["verdict"] for row in rows if row["looked_at"] == "no"} <= {
        "not tested",
        "no difference",
        "n/a",
    }
    whole = [row for row in rows if row["looked_at"] == "yes" and row["seeds"] == row["of"]]
    assert whole
    assert not [row for row in whole if row["verdict"] == "not tested"]
    for language, (mark, note) in words.items():
        page = Page(build_page(read_material(pair), language))  # type: ignore[arg-type]
        shown = [cells for item in page.tables if "groups" in item.kind for cells in item.rows]
        everybody = [cells[5] for cells in shown if cells[1] in ("all residents", "全体居民")]
        assert len(everybody) >= 5
        assert set(everybody) <= {mark, WORDS["no difference"][LANGUAGES.index(language)]}
        assert note in page.said


def test_who_gains_is_said_once_and_by_what_happens(unequal: Path) -> None:
    """D9."""
    facts = json.loads((unequal / "comparison.json").read_text("utf-8"))
    said = [sentence for item in facts["comparisons"] for sentence in item["groups"]]
    assert any("(" in sentence["en"] for sentence in said)
    for sentence in said:
        assert not re.search(r"(?<![0-9])-\d", sentence["en"] + sentence["zh"])
        assert not {"Party member", "Party members"} <= set(
            re.findall(r"(?:, |: )([^(,:]+) \(", sentence["en"])
        )
        if "(" in sentence["en"] and not sentence["en"].startswith("Worst-off group"):
            assert re.match("(Better|Worse): (fewer|more|less) ", sentence["en"])
            assert re.match("(好于基准|差于基准)：.*(减少|增多|降低|提高)（", sentence["zh"])
            more = re.match("(Better|Worse): (more)", sentence["en"]) is not None
            assert set(re.findall(r"\(([+\u2212])", sentence["en"])) == {"+" if more else "\u2212"}


def test_words_are_in_both_languages() -> None:
    for name, (english, chinese) in WORDS.items():
        assert english.isascii() or set(english) - set("±▲▼◦→–") != set(), name
        assert set(re.findall(r"\{\w+\}", english)) == set(re.findall(r"\{\w+\}", chinese)), name


def valued(text: str) -> list[str]:
    """Return the words on both first pages that call a difference good or bad, but for the key to ▲ and ▼."""
    sheets = re.split(r'<article class="sheet[^"]*">', text)[1:]
    seen = " ".join(Page(sheet.split("</article>")[0]).said for sheet in sheets)
    bare = re.sub("(more|less) is better|越[高低]越好", "", seen)
    return re.findall(r"\b(?:better|worse|improve\w*)\b|优于|劣于|更好|更差|改善|恶化", bare)


def test_identical_arms_are_called_so(tmp_path: Path) -> None:
    """P05: the same model twice."""
    folder = made(tmp_path, "compare", PAIR[0], PAIR[0], "--scenario", "tiny", "--seeds", "3")
    text = build_page(read_material(folder), "both")
    seen = page_one(text)
    assert "identical" in seen
    assert not valued(text)
    rows = re.findall(r'data-label="(?:difference|差值)">([^<]*)<', text)
    assert rows
    bare = {re.sub(r" ?\(\d of 3 replications\)| ?（3次中的\d次）", "", row).strip() for row in rows}
    assert bare <= {
        "0",
        "0.0",
        "0.00",
        "0.000",
        "n/a",
        "not reached",
        "无",
        "未达到",
    }


@pytest.mark.assurance
def test_one_model_with_other_seeds_is_not_called_different(tmp_path: Path) -> None:
    """P05: what could have been seen is said, and no word for a difference."""
    asked = ("--seeds", "12", "--against-seeds", "31-42", "--unpaired")
    folder = made(tmp_path, "compare", PAIR[0], "--scenario", "tiny", *asked)
    seen = page_one(build_page(read_material(folder), "en"))
    assert "nothing is decided" in seen
    assert "smallest detectable difference" in seen
    assert "UNPAIRED" in seen
    assert "identical" not in seen
    assert not valued(build_page(read_material(folder), "both"))
    chinese = page_one(build_page(read_material(folder), "zh"))
    assert "尚难判断" in chinese
    assert "完全相同" not in chinese


def test_the_command_of_the_page_gives_its_tables_again(pair: Path, tmp_path: Path) -> None:
    """P15: in an empty folder, every table byte for byte."""
    said = shlex.split(json.loads((pair / "comparison.json").read_text("utf-8"))["command"])
    assert said[0] == "govsim"
    again = made(tmp_path, *said[1:], anew=True)
    tables = {path.name: path.read_bytes() for path in pair.glob("*.csv")}
    assert len(tables) > 8
    assert {path.name: path.read_bytes() for path in again.glob("*.csv")} == tables


def test_reported_and_true_completion_stand_beside_their_gap(pair: Path, page: Page) -> None:
    """P08: as two rows of page one, and as a gap that is their difference."""
    rows = {(row["arm"], row["indicator"]): row for row in table_rows(pair / "arms.csv")}
    seen = page_one(page.text)
    arms = sorted({arm for arm, _ in rows})
    named = page.text.split(f"<caption><span>{WORDS['gap'][0]}")[1].split("</table>")[0]
    for indicator in ("reported_completion", "true_completion"):
        assert INDICATORS.get(indicator, Said(rows[arms[0], indicator]["label_en"], "")).en in seen
    for arm in arms:
        reported, true, gap = (
            float(rows[arm, name]["mean"])
            for name in ("reported_completion", "true_completion", "reporting_gap")
        )
        assert gap == pytest.approx(reported - true)
        assert gap > 1
        assert printed(str(gap), 1, "en", sign=True) in named


def test_what_it_rests_on_is_counted(pair: Path, page: Page) -> None:
    """P17: every value of the scenario once, by its status."""
    counts = json.loads((pair / "comparison.json").read_text("utf-8"))["values"]
    shown = page.text.split(WORDS["assumptions"][0])[-1]
    for status, count in counts.items():
        assert f"<dt>{WORDS[status][0]}</dt><dd>{count:,}</dd>" in shown
    assert counts["assumed"] > 100


@pytest.fixture(scope="module")
def eighteen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    assert len(EVERYBODY) >= 18
    out = tmp_path_factory.mktemp("eighteen")
    return made(out, "compare", *EVERYBODY, "--scenario", "tiny", "--seeds", "2")


@pytest.mark.assurance
def test_all_models_in_both_languages_fit_into_a_mail(eighteen: Path, tmp_path: Path) -> None:
    text = write_report(eighteen, tmp_path / "r.html").read_text("utf-8")
    assert len(text.encode()) < LARGEST
    assert "fits into a mail" not in text
    seen = page_one(text)
    assert all(arm["label"] in seen for arm in read_material(eighteen).facts["arms"])


@pytest.mark.assurance
def test_many_seeds_of_all_models_fit_too(eighteen: Path, tmp_path: Path) -> None:
    """P02: what was computed for hours is shown, if need be without a mark for every seed, and the page says so."""
    folder = more_seeds(eighteen, tmp_path / "comparison-large", 40)
    assert len(build_page(read_material(folder), "both").encode()) > LARGEST
    text = write_report(folder, tmp_path / "r.html").read_text("utf-8")
    assert len(text.encode()) <= LARGEST
    for words in WORDS["cut seeds"]:
        assert words in text
    assert text.count('class="median') >= 2 * 18 * 9
    assert text.count('class="dot') <= 2 * 18 * 40  # of the one indicator that some seeds lack
    for name, measures in (("cut groups", 1), ("cut groups", 0)):
        less = build_page(replace(read_material(folder), detail=Detail(seeds=False, measures=measures)), "en")
        assert WORDS[name][0] in less
        assert len({item.caption for item in Page(less).tables if "groups" in item.kind}) == 17 * measures


@pytest.mark.assurance
def test_no_share_differs_by_more_than_the_whole(eighteen: Path) -> None:
    """D21: of the smallest detectable difference; two seeds carry no verdict, and the page says so."""
    facts = json.loads((eighteen / "comparison.json").read_text("utf-8"))
    said = [sentence for item in facts["comparisons"] for sentence in item["sentences"]]
    assert all("Too few replications" in sentence["en"] for sentence in said)
    share = next(item for item in HEADLINE if item.unit.startswith("%"))
    few, none = distribution([]), [0.0] * 5
    wide, narrow = (
        Difference(share, paired(none, some), 1.0, "undecided", few, few, few)
        for some in ([90.0, -80.0, 70.0, -60.0, 50.0], [9.0, -8.0, 7.0, -6.0, 5.0])
    )
    assert detectable(wide) == Said("more than the scale allows", "超出可能范围")
    assert plain(detectable(narrow).en) <= 100


def test_what_hours_were_spent_on_is_told_alike_in_both_languages(pair: Path) -> None:
    """D10."""
    for language, words in (("en", "hotline"), ("zh", "热线")):
        page = Page(build_page(read_material(pair), language))  # type: ignore[arg-type]
        (item,) = (
            one for one in page.tables if one.caption == WORDS["hours note"][LANGUAGES.index(language)]
        )
        assert item.rows[0][0] == words


def test_results_per_hour_say_of_which_block_they_are(unequal: Path) -> None:
    """D12: budgets are equal above, and not in the block that this table is about."""
    (item,) = (
        t for t in Page(build_page(read_material(unequal), "en")).tables if "Budgets differ" in t.caption
    )
    assert item.caption.startswith(WORDS["observed"][0])
    assert item.head[2:4] == ["Baseline", "Other option"]


def more_seeds(folder: Path, target: Path, seeds: int) -> Path:
    """Write a comparison as if it were one of many more seeds: its runs again and again."""
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix in (".csv", ".json")}
    manifest = json.loads(files.pop("manifest.json"))
    facts = json.loads(files["comparison.json"])
    for arm in facts["arms"]:
        arm["seeds"] = list(range(1, seeds + 1))
    files["comparison.json"] = json.dumps(facts).encode()
    known = table_rows(folder / "seeds.csv")
    rows = [row | {"seed": str(2 * n + int(row["seed"]))} for n in range(seeds // 2) for row in known]
    files["seeds.csv"] = table_bytes("seeds.csv", list(known[0]), [list(row.values()) for row in rows])
    del manifest["files"]
    write_folder(target, files, manifest)
    return target


def test_unequal_budgets_stand_under_a_banner(unequal: Path, tmp_path: Path) -> None:
    """P09."""
    assert "UNEQUAL BUDGETS" in page_one(build_page(read_material(unequal), "en"))
    models = ["--set", "governance.capacity_mode=observed"]
    names = [word for name in PAIR for word in ("--model", name)]
    folder = made(tmp_path, "run", "tiny", *names, "--seeds", "3", "--allow-unequal-budget", *models)
    text = build_page(read_material(folder), "en")
    assert 'class="banner"' in text.split("</article>")[0]
    assert WORDS["per hour"][0] in " ".join(Page(text).words)


HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7*7 }}"


def test_labels_are_escaped(tmp_path: Path, page: Page) -> None:
    """F29."""
    asked = named(tmp_path, HOSTILE)
    assert load_governance(tmp_path / "mine.yaml").model.name.en == HOSTILE
    folder = made(tmp_path / "out", "compare", *asked, "--seeds", "2")
    hostile = Page(build_page(read_material(folder), "en"))
    assert len(hostile.scripts) == 1
    assert hostile.said.count(HOSTILE) > 10
    assert f"In {HOSTILE}, over" in hostile.said  # the scenario
    assert "instead of “Party-led co-governance”?" in hostile.said
    assert f"Party-led co-governance (baseline) {HOSTILE} " in hostile.said
    assert [
        cells
        for item in hostile.tables
        for cells in item.rows
        if cells[1:2] == [f"{HOSTILE.partition('{')[0]}0"]
    ]
    assert not [given for tag, given in hostile.elements if tag == "img" or "onerror" in given]
    assert {tag for tag, _ in hostile.elements} <= {tag for tag, _ in page.elements} | {"br"}
    assert all(len(hover["lines"]) == 2 for hover in hostile.hovers)


def test_a_label_like_a_formula_comes_back_whole(tmp_path: Path) -> None:
    """P13: comma, quotes and an equals sign, as names of a model, a scenario and communities, in every table."""
    words = '=南区, "old"'
    folder = made(tmp_path / "out", "compare", *named(tmp_path, words), "--seeds", "2")
    places = {"arm": words, "other": words, "category": f"{words}1", "category_zh": f"{words}1"}
    found = set()
    for path in folder.glob("*.csv"):
        raw = path.read_bytes()
        assert raw.startswith(b"\xef\xbb\xbf")
        header, *lines = csv.reader(io.StringIO(raw.decode("utf-8-sig")))
        assert {len(line) for line in lines} == {len(header)}
        assert not [cell for line in lines for cell in line if cell.startswith(("=", "@"))]
        rows = table_rows(path)
        again = io.StringIO()
        csv.writer(again, lineterminator="\n").writerows([header, *lines])
        assert again.getvalue() == raw.decode("utf-8-sig")
        found |= {
            (path.stem, name) for name, label in places.items() if any(row.get(name) == label for row in rows)
        }
    tables = ("arms", "distribution", "seeds", "weekly", "resolution", "hours")
    wanted = {(name, "arm") for name in tables} | {
        (name, "other") for name in ("compare", "groups", "per_hour")
    }
    assert found >= wanted | {("groups", "category"), ("groups", "category_zh")}
    assert words in Page(build_page(read_material(folder), "zh")).said


def test_all_chinese_characters_are_in_the_font_of_the_page(pair: Path) -> None:
    """P14: no machine shows boxes."""
    from fontTools.ttLib import TTFont

    text = build_page(read_material(pair), "zh")
    address = re.search(r"url\(data:font/woff;base64,([^)]+)\)", text)
    assert address
    font = TTFont(io.BytesIO(base64.b64decode(address[1])))
    wanted = {ord(c) for c in "".join(Page(text).words) if ord(c) >= 0x2E80}
    assert len(wanted) > 300
    assert wanted <= set(font.getBestCmap())
    assert "@font-face" not in build_page(read_material(pair), "en")


def test_shipped_words_are_in_the_shipped_font() -> None:
    from fontTools.ttLib import TTFont

    have = set(TTFont(COMMON).getBestCmap())
    files = [*COMMON.parents[2].rglob("*.py"), *COMMON.parents[2].rglob("*.yaml")]
    wanted = {ord(c) for path in files for c in path.read_text("utf-8") if "\u2e80" <= c <= "\uffef"}
    assert wanted - have == set(), "run tools/subset_font.py again"


def test_report_command(pair: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "deep" / "r.html"
    assert main(["report", str(pair), "-o", str(out), "--lang", "zh"]) == 0
    assert str(out) in capsys.readouterr().out
    assert '<html lang="zh">' in out.read_text("utf-8")
    assert main(["report", str(pair.parent.parent)]) == 0  # the only one below a results folder
    another = pair.with_name("comparison-another")
    shutil.copytree(pair, another)
    capsys.readouterr()
    for touched in (pair, another):  # whichever is newer
        os.utime(touched / "comparison.json")
        assert main(["report", str(pair.parent)]) == 2
        told = capsys.readouterr().err
        assert "holds 2 comparisons" in told
        for words in (str(pair), str(another), "govsim "):
            assert words in told
    shutil.rmtree(another)
    first = (pair / "report.html").read_bytes()
    assert main(["report", str(pair)]) == 0
    assert (pair / "report.html").read_bytes() == first


def test_refusals(pair: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """R20 and bad input."""
    assert main(["report", str(tmp_path)]) == 2
    assert "govsim compare" in capsys.readouterr().err
    assert main(["report", str(pair), "--with", str(tmp_path)]) == 2
    assert "no folder of a study" in capsys.readouterr().err
    forged = tmp_path / "comparison-forged"
    shutil.copytree(pair, forged)
    lines = (forged / "compare.csv").read_text("utf-8-sig").splitlines()
    header = lines[0].split(",")
    cells = next(csv.reader([lines[1]]))
    cells[header.index("difference")] = "nan"
    lines[1] = ",".join(f'"{cell}"' if "," in cell else cell for cell in cells)
    (forged / "compare.csv").write_text("\n".join(lines) + "\n", "utf-8-sig")
    assert main(["report", str(forged)]) == 4
    assert "nan" in capsys.readouterr().err
    assert not [path for path in forged.iterdir() if path.name.startswith(".report")]
    (tmp_path / "file").write_text("")
    assert main(["report", str(pair), "-o", str(tmp_path / "file" / "r.html")]) == 5


def test_studies_are_shown_as_they_are(pair: Path, tmp_path: Path) -> None:
    """P12, P16, P17: tables and pictures of other commands, the ranked assumptions by name."""
    study = tmp_path / "night"
    study.mkdir()
    head = "place,parameter,label_en,label_zh,status,influence,moves\n"
    rows = [
        f"{n},a.b{n},knob {n},参数{n},{'found' if n == 2 else 'assumed'},0.{9 - n},{'none' if n == 4 else 'median_days'}"
        for n in range(1, 9)
    ]
    (study / "influence.csv").write_text("\ufeff" + head + "\n".join(rows) + "\n", "utf-8")
    (study / "switching.csv").write_text("parameter,turns_at\na.b1,0.37\n", "utf-8")
    (study / "map.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    text = build_page(read_material(pair), "en", [study])
    words = Page(text).words
    assert "0.37" in words
    named = text.split(WORDS["influence"][0])[-1].split("</table>")[0]
    assert re.findall(r"knob (\d)", named) == ["1", "3", "5", "6", "7"]
    without = build_page(read_material(pair), "en").split(WORDS["influence"][0])[-1].split("</table>")[0]
    assert shipped_order()[0].parameter in without
    assert without.count("<tr>") == 1 + 5
    assert len(Page(text).scripts) == 1
    assert re.search(r'<img class="picture" src="data:image/svg\+xml;base64,', text)
    assert "参数3" in build_page(read_material(pair), "zh", [study])


@pytest.mark.parametrize(
    ("cell", "decimals", "sign", "words"),
    [
        ("1.25", 1, False, "1.2"), ("-0.04", 1, True, "0.0"), ("-12345.6", 0, True, "−12,346"), ("3", 2, True, "+3.00"),
        ("not reached", 1, False, "未达到"), ("n/a", 1, False, "无"),
    ],
)  # fmt: skip
def test_printed(cell: str, decimals: int, sign: bool, words: str) -> None:
    assert printed(cell, decimals, "zh", sign) == words


def test_brief_rounds_and_keeps_words() -> None:
    assert [plain_cell(c) for c in ("0.123456", "1234.5", "-7", "no", "2.0")] == [
        "0.123",
        "1,234",
        "−7",
        "no",
        "2",
    ]
    assert plain("−1,234.5") == -1234.5


@pytest.mark.parametrize(
    "values", [[0.0], [5.0, 5.0], [-3.0, 8.0], [1e-9, 2e-9], [0.59, 0.62], [1e6, 3.7e6], [-4.0, -1.0], []]
)
def test_axes_hold_what_is_drawn(values: list[float]) -> None:
    for zero in (False, True):
        low, high = around(values, zero)
        assert low < high
        assert all(low <= value <= high for value in values)
        assert not zero or low <= 0 <= high
        ticks = Scale(low, high, 0, 100).ticks
        assert 2 <= len(ticks) <= 6
        steps = {round((b - a) / (high - low), 6) for a, b in pairwise(ticks)}
        assert len(steps) == 1


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        ((85, 97.5), ["85.0", "87.5", "90.0", "92.5", "95.0", "97.5"]),
        ((-1, 1), ["\u22121.0", "\u22120.5", "0.0", "0.5", "1.0"]),
        ((0, 2000), ["0", "500", "1,000", "1,500", "2,000"]),
    ],
)
def test_ticks_of_an_axis_have_the_same_decimals(ends: tuple[float, float], words: list[str]) -> None:
    assert [text for _, text in Scale(*ends, 0, 100).labels] == words


def test_arms_differ_in_grey() -> None:
    """D6: by dash and marker alone, as many as there are models and more."""
    looks = [look(place) for place in range(40)]
    assert len({(like.dash, like.marker) for like in looks}) == len(looks)
    assert len({(like.dash, like.colour) for like in looks[:18]}) == 18


@pytest.mark.parametrize(("arms", "bands"), [(6, 6), (7, 0), (18, 0)])
def test_many_lines_have_no_bands(arms: int, bands: int) -> None:
    lines = [Line(n, [0, 1], [n, n], [n, n - 1], [n, n + 1], ["", ""]) for n in range(arms)]
    panel = draw_panel(Curves("t", "a", lines, "weeks"))
    assert sum(mark.kind == "band" for mark in panel.marks) == bands
    drawn = [mark for mark in panel.marks if mark.kind == "line"]
    assert len(drawn) == arms


def test_an_interval_beyond_the_scale_ends_in_an_arrowhead() -> None:
    """D23: nothing is drawn outside of the frame."""
    panel = draw_interval(-5.0, -20.0, 2.0, (-10.0, 4.0))
    whisker = next(mark.path for mark in panel.marks if mark.kind == "whisker")
    places = [float(n) for n in re.findall(r"[MLH](-?[\d.]+)", whisker)]
    assert all(0 <= place <= panel.width for place in places)
    assert whisker.count("V13") == 1
    assert whisker.count("L") == 2


def test_a_note_stands_clear_of_marks() -> None:
    """D20."""
    rows = [Strip(n, "A", [(float(n), "")] * 30, (), "2 of 3 seeds") for n in range(3)]
    panel = draw_panel(Strips("t", "a", rows, "h"))
    notes = [words.y for words in panel.words if words.text == "2 of 3 seeds"]
    for mark in panel.marks:
        if mark.at is not None:
            assert all(mark.at[1] - 4.5 >= note or mark.at[1] + 4.5 <= note - 8 for note in notes)


def test_reported_and_true_are_named_and_clear_of_their_names() -> None:
    """D6: by name, above the line, even where a value is zero."""
    found = [ReportedAndTrue(arm, row, (40.0, "40.0"), (0.0, "0.0")) for row in range(3) for arm in range(2)]
    panel = draw_panel(Dumbbells("t", "a", ["x", "y", "z"], found, ["one", "two"], "%"))
    names = [words for words in panel.words if words.text in ("one", "two")]
    assert [words.text for words in names] == ["one", "two"] * 3
    values = [words for words in panel.words if words.kind == "value"]
    assert min(words.x - 6.2 * len(words.text) for words in values if words.anchor == "end") > 0
    assert all(abs(value.y - name.y) >= 11 for value in values for name in names)


def test_units_are_not_said_twice() -> None:
    """D24."""
    label, chinese = "resolved within half a year, of those detected", "半年解决率（占全部问题）"
    assert unit_beside(label, "% of known problems", "en") == "%"
    assert unit_beside(chinese, "% of existing problems", "zh") == "%"
    assert unit_beside("ever took part", "% of adults", "en") == "% of adults"
    assert unit_beside("曾参与率", "% of adults", "zh") == "占16岁及以上居民%"


def test_gaps_stay_gaps() -> None:
    line = Line(0, [0, 1, 2, 3], [1, None, 2, 3], [1, None, 1, 2], [2, None, 3, 4], ["1", "–", "2", "3"])
    path = next(m.path for m in draw_panel(Curves("t", "a", [line], "weeks")).marks if m.kind == "line")
    assert path.count("M") == 2
    assert path.count("L") == 1


def test_every_seed_is_a_mark() -> None:
    values = [(float(n % 3), f"{n}") for n in range(30)]
    rows = [Strip(0, "A", values, [0, 0, 1, 2, 2]), Strip(1, "B", values[:4], (), "4 of 30")]
    panel = draw_panel(Strips("t", "a", rows, "h"))
    assert [sum(m.kind == "dot" and m.arm == arm for m in panel.marks) for arm in (0, 1)] == [30, 4]
    assert [m.arm for m in panel.marks if m.kind == "median"] == [0]
    assert {m.path for m in panel.marks if m.arm == 0 and m.kind == "dot"} != {
        m.path for m in panel.marks if m.arm == 1 and m.kind == "dot"
    }


@pytest.mark.parametrize(
    ("verdict", "difference", "direction", "now"),
    [
        ("clear", "1.5", "1", "better"), ("clear", "1.5", "-1", "worse"), ("clear", "-1.5", "0", "lower"),
        ("gain", "1", "1", "better"), ("loss", "-1", "1", "worse"), ("identical", "0", "1", "no difference"),
        ("one seed", "2", "1", "not tested"), ("two outcomes", "2", "1", "undecided"), ("undecided", "2", "1", "undecided"),
    ],
)  # fmt: skip
def test_rows_of_0_2_have_the_words_of_today(verdict: str, difference: str, direction: str, now: str) -> None:
    from govsim.report.html.reading import of_0_2

    row = of_0_2({"verdict": verdict, "difference": difference, "direction": direction, "seeds": "4"})
    assert row["verdict"] == now
    assert row["of"] == row["baseline_seeds"] == "4"
    assert row["hangs_on"] == "-"
