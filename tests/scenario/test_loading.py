"""Files over files: annotations, extends, --set, and what is said when they are wrong."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable

import pytest

from govsim.scenario.loading import resolve
from govsim.scenario.messages import ScenarioError
from tests.scenario.conftest import Files, Small

Refused = Callable[..., str]


def test_the_example_of_five_mistakes_is_answered_in_file_order(refused: Refused) -> None:
    report = refused(
        "weeks: two years\nenabled: no\nshre: 0.1\nrule: severty\nspan: {low: 5%}\nweeks: 3\n",
        "share=1.6",
    )
    lines = [line for line in report.splitlines() if not line.startswith("    ")]
    heads = [" ".join(line.split()[:2]) for line in lines[:-1]]
    assert heads == [
        "main.yaml:1:8 weeks", "main.yaml:2:10 enabled", "main.yaml:3:1 shre", "main.yaml:4:7 rule",
        "main.yaml:5:13 span.low", "main.yaml:6:1 weeks", "--set #1",
    ]  # fmt: skip
    assert lines[-1] == "7 problems. Nothing was run, nothing was written."
    for words in (
        '"two years" is not a whole number; allowed: 1–5200',
        "(length, weeks: Weeks simulated)",
        '"no" is not a switch: write false',
        "unknown key\n    did you mean  share  (share, share, 0-1: A share)?",
        '"severty" is not one of first_come, severity, none',
        "did you mean  severity?",
        "write 0.05 for 5%",
        "given twice: first in line 1, again in line 6",
        "share  1.6 is outside 0–1  (share, share, 0-1: A share)",
    ):
        assert words in report


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("weeks: 52.5", "1:8  weeks", "52.5 is not a whole number"),
        ("weeks: 52.0", "1:8  weeks", "write 52"),
        ("weeks: '52'", "1:8  weeks", "in quotes: write 52"),
        ("weeks: 010", "1:8  weeks", "write 10 without the leading zero"),
        ("weeks: 12:30", "1:8  weeks", "time of day"),
        ("weeks: １２", "1:8  weeks", "write 12"),
        ("weeks: true", "1:8  weeks", "true is a switch, not a whole number"),
        ("weeks:", "1:7  weeks", "is empty; needed: a whole number, 1–5200"),
        ("weeks: [1]", "1:8  weeks", "found a list of 1"),
        ("weeks: {a: 1}", "1:8  weeks", "{value: 1200, status: found"),
        ("weeks: -3", "1:8  weeks", "-3 is outside 1–5200"),
        ("weeks: 1000000000000000000000000000000", "1:8  weeks", "beyond the largest whole number"),
        ("share: 0,5", "1:8  share", "write 0.5: the decimal mark is a point"),
        ("share: .nan", "1:8  share", ".nan is not a finite number"),
        ("share: NaN", "1:8  share", "a finite number is needed"),
        ("share: 1e400", "1:8  share", "larger than any number"),
        ("sizes: 0.5", "1:8  sizes", "is not a list"),
        ("sizes: []", "1:8  sizes", "at least 1"),
        ("sizes: [1, 2, 3, 4, 5]", "1:8  sizes", "at most 4"),
        ("sizes: [0.1, x]", "1:14  sizes[1]", '"x" is not a number'),
        ("pair: [1, 2, 3]", "1:7  pair", "found 3 entries; at most 2 are allowed"),
        ("people: [{share: 0.1}]", "1:10  people[0].name", "is missing; needed: a text"),
        ("people:\n  - name: A\n    shere: 1", "3:5  people[0].shere", "did you mean  share"),
        ("people: [{name: 5}]", "1:17  people[0].name", 'write it in quotes, "5"'),
        ("people: [{name: true}]", "1:17  people[0].name", 'write it in quotes, "true"'),
        ("rates: {a: b}", "1:12  rates.a", '"b" is not a number'),
        ("rates: 5", "1:8  rates", "needed: a mapping"),
        ("span: 5", "1:7  span", "needed: a mapping with the keys low, high"),
        ("rule: ~", "1:7  rule", "did you mean  none?"),
        ("title: [x]", "1:8  title", "needed: a text"),
        ("low: 1", "1:1  low", "did you mean  span.low?"),
        ("enabled: 1", "1:10  enabled", "write true"),
        ("weeks：52", "1:1", "full-width colon"),
        ("extends: 5", "1:10  extends", "named by a text"),
    ],
)
def test_one_mistake(refused: Refused, text: str, place: str, words: str) -> None:
    report = refused(text)
    assert report.startswith(f"main.yaml:{place}  ")
    assert words in report
    assert "1 problem." in report


def test_a_rule_between_two_values_names_both_and_their_lines(refused: Refused, files: Files) -> None:
    report = refused("span:\n  low: 3\n  high: 2\n")
    assert "main.yaml:2:8  span  low 3.0 is above high 2.0" in report
    assert "span.low: main.yaml:2:8" in report
    assert "span.high: main.yaml:3:9" in report
    assert "span.high: default" in refused("span: {low: 3}")


@pytest.mark.parametrize("word", ["no", "010", "12:30", "5%", "2023-01-01", "１２３", "=cmd()", "C:\\x"])
def test_text_stays_text(files: Files, word: str) -> None:
    assert files.write(main=f"title: {word}").load().section.title == word


def test_annotated_values_carry_status_and_source(files: Files) -> None:
    loaded = files.write(
        main='weeks: {value: 30, status: derived, source: "a, b"}\n'
        "sizes: {value: [0.5, 0.5], status: found, source: census, note: rounded}\n"
        "rates: {a: {value: 2, status: assumed}, b: 3}\n"
        "people: [{name: A, share: {value: 0.2}}]\n"
    ).load()
    assert loaded.section.weeks == 30
    assert loaded.section.sizes == [0.5, 0.5]
    assert loaded.section.rates == {"a": 2.0, "b": 3.0}
    origins = loaded.origins
    assert (origins["weeks"].status, origins["weeks"].source) == ("derived", "a, b")
    assert (origins["sizes"].status, origins["sizes"].note) == ("found", "rounded")
    assert [origins[path].status for path in ("rates.a", "rates.b", "people[0].share")] == ["assumed"] * 3
    assert str(origins["rates.a"]) == "main.yaml:3"


def test_a_whole_section_may_be_annotated(files: Files) -> None:
    loaded = files.write(
        main="span: {value: {low: 0.2, high: {value: 0.4, status: assumed}}, status: found, source: S}\n"
    ).load()
    assert [(loaded.origins[f"span.{end}"].status) for end in ("low", "high")] == ["found", "assumed"]
    assert loaded.section.span.low == 0.2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("share: {value: 0.1, status: found}", "a value that is found must name its source"),
        ("share: {value: 0.1, status: fuond, source: x}", "did you mean  found?"),
        (
            "share: {value: 0.1, sorce: x}",
            "share.sorce  unknown key in an annotated value\n    did you mean  source?",
        ),
        ("share: {value: 0.1, source: 5}", "5 is not a text"),
        ("share: {status: found, source: x}", "`value` is missing"),
        ("share: {value: 1.5, status: found, source: x}", "main.yaml:1:16  share  1.5 is outside 0–1"),
        ("share: {value: {value: 1}}", "found a mapping"),
    ],
)
def test_annotations_that_are_wrong(refused: Refused, text: str, words: str) -> None:
    assert words in refused(text)


def test_status_of_plain_values(files: Files) -> None:
    origins = files.write(main="share: 0.3\nweeks: 7\nsizes: [1]\n").load().origins
    assert origins["share"].status == "found"  # equal to the default: still the yearbook's
    assert origins["share"].source == "Yearbook"
    assert origins["weeks"].status == "design"
    assert origins["sizes"].status == "assumed"
    assert files.write(main="share: 0.31").load().origins["share"].status == "assumed"
    assert files.write(main="weeks: 1").load().origins["share"].kind == "default"


def test_children_lie_over_parents(files: Files) -> None:
    loaded = files.write(
        ground="weeks: 5\nshare: {value: 0.9, status: found, source: S}\nrates: {a: 1, b: 2}\n"
        "span: {low: 0.2}\nsizes: [1, 2]\n",
        middle="extends: ground.yaml\nshare: 0.8\nrates: {b: 3, c: 4}\n",
        main="extends: middle.yaml\nspan: {high: 0.5}\nsizes: [3]\n",
    ).load("main", "weeks=6")
    section = loaded.section
    assert (section.weeks, section.share, section.rates) == (6, 0.8, {"a": 1.0, "b": 3.0, "c": 4.0})
    assert (section.span.low, section.span.high, section.sizes) == (0.2, 0.5, [3.0])
    shown = {path: str(origin) for path, origin in loaded.origins.items()}
    assert shown["weeks"] == "--set #1"
    assert shown["share"] == "middle.yaml:2"
    assert (
        loaded.origins["share"].status == "assumed"
    )  # the parent's source does not vouch for the child's number
    assert shown["rates.a"] == "ground.yaml:3"
    assert shown["rates.b"] == "middle.yaml:3"
    assert shown["span.high"] == "main.yaml:2"
    assert shown["rule"] == "default"
    assert "limit" not in shown  # what may be left out and is left out has no value
    assert [source.shown for source in loaded.sources] == ["main.yaml", "middle.yaml", "ground.yaml"]


def test_mistakes_of_a_parent_are_found_where_they_stand_after_those_of_the_child(files: Files) -> None:
    report = files.write(
        ground="weeks: -1\nshare: 3\nx: 1\n", main="extends: ground.yaml\nshare: 0.5\ny: 1\n"
    ).refused()
    assert [line.split("  ")[0] for line in report.splitlines() if ":" in line.split()[0]] == [
        "main.yaml:3:1", "ground.yaml:1:8", "ground.yaml:3:1",
    ]  # fmt: skip


def test_parents_by_name_and_in_folders(files: Files) -> None:
    (files.folder / "shelf").mkdir()
    (files.folder / "deep").mkdir()
    files.write(**{"shelf/known": "weeks: 3", "deep/a": "extends: ../b.yaml", "b": "extends: known"})
    loaded = files.load("deep/a")
    assert loaded.section.weeks == 3
    assert [source.shown for source in loaded.sources] == ["deep/a.yaml", "b.yaml", "scenarios/known.yaml"]


def test_nothing_leaves_the_project(files: Files) -> None:
    secret = files.folder.parent / "secret.yaml"
    secret.write_text("weeks: 9")
    os.symlink(secret, files.folder / "link.yaml")
    os.symlink(files.folder.parent, files.folder / "up")
    for target in (
        "../secret.yaml",
        "../nowhere.yaml",
        str(secret),
        "~/x.yaml",
        "link.yaml",
        "up/secret.yaml",
        "a\\b.yaml",
    ):
        report = files.write(main=f"extends: '{target}'\nweeks: 3\n").refused()
        assert "main.yaml:1:10  extends" in report
        assert (
            "out of the project folder (project)" in report or "write it relative to this file" in report
        ), report
        assert "1 problem." in report
    assert "is a link that leads out" in files.write(main="extends: link.yaml").refused()


def test_circles_are_printed_as_a_chain(files: Files) -> None:
    report = files.write(main="extends: b.yaml", b="extends: c.yaml", c="extends: main.yaml").refused()
    assert "main.yaml → b.yaml → c.yaml → main.yaml" in report
    assert "main.yaml → main.yaml" in files.write(main="extends: main.yaml").refused()
    os.symlink("main.yaml", files.folder / "twin.yaml")
    assert "circle" in files.write(main="extends: twin.yaml").refused()


def test_at_most_eight_parents(files: Files) -> None:
    files.write(**{f"p{i}": f"extends: p{i + 1}.yaml" for i in range(60)}, p60="weeks: 2")
    assert "more than 8 files extend each other" in files.refused("p0")
    assert files.load("p52").section.weeks == 2
    assert "more than 8" in files.refused("p51")


def test_a_missing_parent_hides_no_other_mistake_and_invents_none(files: Files) -> None:
    report = files.write(main="extends: gone.yaml\npeople: [{share: 2}]\n").refused()
    assert "there is no file gone.yaml beside this one" in report
    assert "people[0].share  2 is outside 0–1" in report
    assert "is missing" not in report


def test_missing_files_and_their_neighbours(files: Files) -> None:
    files.write(maine="weeks: 1")
    assert "main.yaml  there is no such file" in files.refused()
    assert "did you mean  maine.yaml?" in files.refused()
    (files.folder / "main.yaml").mkdir()
    assert "is a folder" in files.refused()


def test_set_reaches_every_shape(files: Files) -> None:
    files.write(main="people: [{name: A}, {name: B}]\n")
    section = files.load(
        "main", "people[0].share=0.1", "people.1.name=C", "span.low=0", "rates.x=2", "sizes=[1, 2]",
        "sizes[1]=3", "limit=null", "enabled=false", "title=a: b", "pair[1]=9",
        "share={value: 0.4, status: found, source: S}",
    )  # fmt: skip
    assert [person.share for person in section.section.people] == [0.1, 0.5]
    assert section.section.people[1].name == "C"
    assert section.section.rates == {"x": 2.0}
    assert section.section.sizes == [1.0, 3.0]
    assert section.section.pair == (1, 9)
    assert section.section.title == "a: b"
    assert section.origins["share"].status == "found"
    assert section.origins["people[0].share"].kind == "set"
    assert section.origins["people[0].name"].kind == "file"
    assert section.origins["span.high"].kind == "default"


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("weeks", "write  --set path.to.parameter=value"),
        ("=5", "sets nothing"),
        ("a..b=1", "is not a path"),
        ("weeks=010", '--set #2  weeks  "010" is not a whole number: write 10'),
        ("weeks=.nan", "--set #2  weeks  .nan is not a finite number"),
        ("weeks=!!python/name:os.system x", "the tag !!python/name:os.system is refused"),
        ("weeks=[1", "--set #2"),
        ("wekes=5", "did you mean  weeks"),
        ("people[3].share=0.1", "people[3]  there is no such entry: the list has 1 entries"),
        ("people[0].shere=1", "people[0].shere  unknown key\n    did you mean  share"),
        ("weeks.x=1", "weeks is 52, which has no parts"),
        ("rates={a: 1, a: 2}", "rates.a  is given twice"),
        ("span={low: 5}", "low 5.0 is above high"),
        ("enabled=off", "write false"),
    ],
)
def test_set_refused(files: Files, override: str, words: str) -> None:
    report = files.write(main="weeks: 52\npeople: [{name: A}]\n").refused("main", "share=0.2", override)
    assert words in report
    assert "--set #2" in report


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    ["".join(f"k{i}: 1\n" for i in range(12_000)), "weeks: 1\n" * 12_000, f"sizes: [{'.nan,' * 12_000}]"],
)
def test_thousands_of_mistakes_are_counted_but_not_all_told(refused: Refused, text: str) -> None:
    start = time.perf_counter()
    report = refused(text)
    assert time.perf_counter() - start < 10  # seconds; without a limit on advice it takes minutes
    assert len(report) < 100_000
    assert re.search(r"… and 11[0-9]{3} more\n1[12][0-9]{3} problems\.", report)


@pytest.mark.parametrize("name", ["a" * 5000, "\u202e", "铁", ".", "/", "con.yaml"])
def test_any_name_may_be_asked_for(files: Files, name: str) -> None:
    with pytest.raises(ScenarioError):
        resolve(name, Small, files.shelf)
    assert "extends" in files.write(main=f"extends: '{name}'").refused()
