"""Answers of a class are judged by the spread over seeds, and a wrong one gets its hint."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from govsim.cli import main
from govsim.report.lessons.runs import Played, answer_verdicts, expected_number, read_answers, worst
from govsim.report.lessons.shelf import find_lesson
from govsim.scenario.messages import ScenarioError

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def played() -> Played:
    lesson = find_lesson("09")
    assert lesson.block.field is not None
    field = lesson.block.field.model_copy(
        update={"models": ["yantian", "grid_management", "qingdao"], "seeds": 4}
    )
    block = lesson.block.model_copy(update={"seeds": 6, "field": field})
    return Played(replace(lesson, block=block))


def test_right_ones_pass_and_wrong_ones_get_a_hint(played: Played) -> None:
    question = played.lesson.block.answers["two"]
    value = expected_number(played, question)
    assert value is not None
    middle, tolerance = value
    assert tolerance > 0.05
    model = worst(played.over_field, "burnout")
    assert model == "grid_management"
    given = {"burnout": model, "money": "grid_management", "two": middle + 0.9 * tolerance}
    found = {verdict.name: verdict for verdict in answer_verdicts(played, given)}
    assert found["burnout"].right
    assert found["two"].right
    assert not found["money"].right
    assert "Sort by that column" in found["money"].line()
    assert worst(played.over_field, "yuan_per_resolved") not in found["money"].line()
    off = answer_verdicts(played, {"two": middle + 1.1 * tolerance})
    assert not next(verdict for verdict in off if verdict.name == "two").right
    assert "not answered" in next(verdict for verdict in off if verdict.name == "burnout").line()


def test_more_seeds_make_the_tolerance_smaller() -> None:
    lesson = find_lesson("10")
    question = lesson.block.answers["difference"]

    def tolerance(seeds: int) -> float:
        block = lesson.block.model_copy(update={"seeds": seeds})
        found = expected_number(Played(replace(lesson, block=block)), question)
        assert found is not None
        return found[1]

    assert tolerance(4) > 1.3 * tolerance(24)


def test_equal_sides_leave_no_tolerance_but_rounding() -> None:
    lesson = find_lesson("01")
    block = lesson.block.model_copy(update={"seeds": 3})
    played = Played(replace(lesson, block=block))
    assert expected_number(played, block.answers["difference"]) == (0.0, 0.05)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("differense: 0", "did you mean  difference?"),
        ("difference: much", "is not a number"),
        ("difference: yes", "is not a number"),
        ("difference: [1]", "is not a number"),
    ],
)
def test_a_bad_file_is_refused_with_its_place(text: str, told: str, tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(text)
    with pytest.raises(ScenarioError) as caught:
        read_answers(file, find_lesson("01"))
    assert told in caught.value.report()
    assert "a.yaml:1" in caught.value.report()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"no\.yaml  cannot be read"):
        read_answers(tmp_path / "no.yaml", find_lesson("01"))


def test_the_door(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lesson", "list"]) == 0
    listed = capsys.readouterr().out
    assert "01_two_names" in listed
    assert "一种模式，两个名字" in listed
    file = tmp_path / "a.yaml"
    file.write_text("difference: 0\nresolved: 1000\n")
    assert main(["lesson", "check", "01", "--answers", str(file)]) == 4
    said = capsys.readouterr().out
    assert "difference: 0 % of existing problems is right" in said
    assert "resolved: 1000 % of existing problems is not right. The text under the picture" in said
    assert "1 of 2 right" in said
    assert main(["lesson", "build", "99"]) == 2
    assert main(["lesson", "build", "01", "-o", str(tmp_path)]) == 2


def test_build_leaves_one_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "one" / "l.html"
    assert main(["lesson", "build", "01", "-o", str(file)]) == 0
    assert [path.name for path in file.parent.iterdir()] == ["l.html"]
    assert "opens in a browser without a network" in capsys.readouterr().out
