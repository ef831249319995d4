"""The brief of a real comparison: the order of its sentences, its recommendations, and its names in the tables beside it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from govsim.report.brief.answer import brief
from govsim.report.docs.words import LANGUAGES, Language
from govsim.report.glossary import Said, indicator
from govsim.report.html.page import build_page
from govsim.report.html.reading import Material, read_material, table_rows
from govsim.report.html.words import say
from govsim.report.terminal import Told, print_answer
from govsim.scenario import list_governance, load_governance, load_measure
from govsim.scenario.files import measure_shelf, scenario_shelf
from tests.report.comparisons import EVERYBODY, PAIR, made
from tests.report.html_page import Page


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("p"), "compare", *PAIR, "--scenario", "tiny", "--seeds", "2")


def with_verdicts(folder: Path, verdicts: Mapping[str, str]) -> Material:
    """Return a comparison in whose table some indicators have other verdicts."""
    material = read_material(folder)
    rows = [
        row | {"verdict": verdicts.get(row["indicator"], "undecided")}
        for row in table_rows(folder / "compare.csv")
    ]
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    files = {path.name: path.read_bytes() for path in folder.glob("*.csv")}
    return replace(material, files=files | {"compare.csv": text.getvalue().encode()})


@pytest.mark.parametrize("language", LANGUAGES)
def test_districts_stand_behind_the_findings_that_they_count(
    pair: Path, language: Language, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the brief and in the terminal, before what is said of further indicators."""
    material = with_verdicts(pair, {"burnout": "worse", "backlog": "worse"})
    counts = {"burnout": {"better": 0, "worse": 15, "of": 20}}
    material = replace(material, facts=material.facts | {"districts": {"en": "", "zh": "", "counts": counts}})
    seen = brief(material)
    assert seen.numbers
    assert seen.condition
    assert seen.also
    words = [getattr(said, language) for said in (seen.numbers, seen.condition, seen.also)]
    assert say("blank", language).join(words) in Page(build_page(material, language, alone=True)).said
    print_answer(material, Told(2, 0, 1.0, "here", "", "", Said("", "")), language)
    told = "".join(capsys.readouterr().out.split())
    places = ["".join(text.split()) for text in (getattr(seen.headline, language), *words[1:])]
    assert [told.index(place) for place in places] == sorted(told.index(place) for place in places)
    assert "".join(places[1:]) in told


def test_the_brief_of_many_options_recommends(tmp_path: Path) -> None:
    folder = made(tmp_path, "compare", *EVERYBODY[:6], "--scenario", "tiny", "--seeds", "3")
    too_few = Page(build_page(read_material(folder), "en", alone=True)).said
    assert "No recommendation: there are too few replications" in too_few
    many = with_verdicts(folder, {"resolved_existing_26w": "better", "burnout": "worse"})
    for language in LANGUAGES:
        page = Page(build_page(many, language, alone=True)).said
        told = brief(many).advice
        assert len(told) == 3
        for one in told:
            assert (
                say("blank", language).join(getattr(said, language) for said in (one.words, one.turns))
                in page
            )


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_letter_stands_for_an_option(pair: Path, language: Language) -> None:
    text = build_page(read_material(pair), language)
    assert not re.search(r">\s*[A-R]\s*<|data-letters", text)


def test_tables_beside_a_report_have_the_names_of_its_page(pair: Path) -> None:
    for name, column in (
        ("compare", "indicator"),
        ("arms", "indicator"),
        ("groups", "indicator"),
        ("per_hour", "measure"),
    ):
        for row in table_rows(pair / f"{name}.csv"):
            assert indicator(row[column], "?", "?") in (("?", "?"), (row["label_en"], row["label_zh"])), row
    words = {(row["table"], row["name"]): row for row in table_rows(pair / "dictionary.csv")}
    for table, column in (("weekly", "series"), ("resolution", "kind")):
        key = {"series": "series", "kind": "kinds"}[column]
        for name in {row[column] for row in table_rows(pair / f"{table}.csv")}:
            assert words[key, name]["label_zh"] == say(name, "zh")
    rows = table_rows(pair / "hours.csv")
    assert {row["label_zh"] for row in rows if row["activity"] == "tasks"} == {"人员工时：上级任务"}


def test_chinese_names_have_no_space_beside_latin_letters_and_digits() -> None:
    names = [load_governance(name).model.name.zh or "" for name in list_governance()]
    names += [load_measure(path.stem).section.name.zh or "" for path in measure_shelf().folder.glob("*.yaml")]
    texts = [path.read_text("utf-8") for path in scenario_shelf().folder.glob("*.yaml")]
    names += [found for text in texts for found in re.findall(r"name: \{en: .*, zh: (.*)\}", text)]
    assert [name for name in names if re.search(r"[一-鿿] [A-Za-z0-9]|[A-Za-z0-9] [一-鿿]", name)] == []
    assert "美国311热线与邻里议会" in names
