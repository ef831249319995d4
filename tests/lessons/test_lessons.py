"""Every shipped lesson is an ordinary scenario, its page holds what a run gives, and its text claims nothing about models."""

from __future__ import annotations

import csv
import json
import re
import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from govsim.cli import main
from govsim.report.lessons.page import lesson_data, page
from govsim.report.lessons.runs import INDICATOR, Played
from govsim.report.lessons.shelf import find_lesson, lesson_files, load_lesson
from govsim.results.weekly import WEEKLY
from govsim.scenario import content_hash, list_governance, load, load_governance
from govsim.scenario.messages import ScenarioError

pytestmark = pytest.mark.slow

NAMES = list(lesson_files())


FORBIDDEN = (
    "good model", "bad model", "excellent", "modern", "backward", "outdated", "efficient", "superior", "inferior",
    "progressive", "democratic", "authoritarian", "forecast", "predicts that", "proves", "先进", "落后的模式",
    "优越", "科学的模式", "民主的模式", "证明",
)  # fmt: skip
"""Words that praise or blame a model, or say more than a model can."""


def smaller(name: str, seeds: int = 3, sides_only: bool = False) -> Played:
    """A lesson with few stored seeds and few values of its knob, for what does not depend on how many there are."""
    lesson = find_lesson(name)
    update: dict[str, object] = {"seeds": seeds, "answers": {}}
    if sides_only:
        update |= {"grid": None, "field": None}
        return Played(replace(lesson, block=lesson.block.model_copy(update=update)))
    if lesson.block.grid is not None:
        update["grid"] = lesson.block.grid.model_copy(
            update={"values": lesson.block.grid.values[:2], "seeds": min(seeds, 2)}
        )
    if lesson.block.field is not None:
        update["field"] = lesson.block.field.model_copy(
            update={"models": ["yantian", "qingdao"], "seeds": min(seeds, 2)}
        )
    block = lesson.block.model_copy(update=update)
    models = lesson.models | {name: load_governance(name) for name in ("yantian", "qingdao")}
    return Played(replace(lesson, block=block, models=models))


def test_there_are_at_least_eight() -> None:
    assert len(NAMES) >= 8
    assert [name[:2] for name in NAMES] == [f"{k:02}" for k in range(1, len(NAMES) + 1)]


@pytest.mark.parametrize("name", NAMES)
def test_texts_are_there_in_both_languages(name: str) -> None:
    block = find_lesson(name).block
    texts = [block.question, block.story, block.prediction.question, *block.steps, *block.discussion]
    texts += [text for answer in block.answers.values() for text in (answer.question, answer.hint)]
    for text in texts:
        assert text.en
        assert re.search(r"[\u4e00-\u9fff]", text.zh), text
    assert len(block.steps) >= 3
    assert block.discussion
    assert block.answers


@pytest.mark.parametrize("name", NAMES)
def test_no_word_praises_or_blames_a_model(name: str) -> None:
    """T09: models are described by what their people do, never by adjectives; nothing is forecast or proven."""
    text = lesson_files()[name].read_text(encoding="utf-8").lower()
    assert [word for word in FORBIDDEN if word in text] == []


@pytest.mark.parametrize("name", NAMES)
def test_units_and_labels_are_chinese_too(name: str) -> None:
    block = find_lesson(name).block
    from govsim.report.lessons.page import column_note

    columns = [column for column, _ in WEEKLY if column.name in block.curves]
    columns += [
        INDICATOR[one] for one in (*block.indicators, *(block.field.indicators if block.field else ()))
    ]
    for column in columns:
        about = column_note(column)
        for part in ("label", "unit", "definition"):
            zh = about[part]["zh"]
            assert re.search(r"[\u4e00-\u9fff]", zh) or not re.search(r"[A-Za-z]", zh), (
                column.name,
                part,
                zh,
            )


@pytest.mark.parametrize("name", NAMES)
def test_check_accepts_it(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """T07."""
    assert main(["check", str(lesson_files()[name])]) == 0


def test_a_lesson_changes_no_result() -> None:
    """The block is decoration: the scenario's identity is the same without it."""
    lesson = find_lesson("01")
    bare = lesson.loaded.scenario.model_copy(update={"lesson": None})
    assert content_hash(bare) == content_hash(lesson.loaded.scenario)


@pytest.mark.assurance
@pytest.mark.parametrize("name", NAMES)
def test_the_page_holds_what_a_run_gives(name: str, tmp_path: Path) -> None:
    """T03 and T07: `govsim run` with the page's own command gives every weekly number of both sides."""
    data = lesson_data(smaller(name, seeds=1, sides_only=True))
    for side in data["sides"].values():
        words = shlex.split(side["command"])
        assert words[:2] == ["govsim", "run"]
        words[2] = str(lesson_files()[name])
        out = tmp_path / str(side["seed"]) / str(len(list(tmp_path.iterdir())))
        assert main(["run", *words[2:], "--out", str(out), "--jobs", "1", "--no-figures"]) == 0
        (summary,) = out.rglob("summary.csv")
        with (summary.parent / "weekly.csv").open(encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
        for column, values in side["weekly"].items():
            for row, value in zip(rows, values, strict=True):
                written = row[column]
                if value is None:
                    assert written == "n/a"
                else:
                    assert float(written) == pytest.approx(value, rel=1e-9, abs=1e-12)
        with summary.open(encoding="utf-8-sig") as file:
            found = {row["indicator"]: row["value"] for row in csv.DictReader(file)}
        for indicator, value in side["indicators"].items():
            if value is not None:
                assert float(found[indicator]) == pytest.approx(value, rel=1e-9, abs=1e-12)


def test_frames_agree_with_the_weekly_table() -> None:
    """What is drawn is what is counted: people, and problems by where they stand."""
    played = smaller("03")
    for watched in played.watched:
        weekly = {name: table.sum(axis=1) for name, table in watched.recording.weekly.items()}
        for week, frame in enumerate(watched.frames[1:]):
            marks = frame["problems"][3::4]
            assert len(frame["active"]) == weekly["active"][week]
            assert marks.count(0) == weekly["undetected"][week]
            assert marks.count(1) + marks.count(2) == weekly["open"][week]
            assert marks.count(3) == weekly["resolved"][week]
            assert marks.count(4) == weekly["explained"][week]
            assert len(frame["gone"]) == weekly["left"][: week + 1].sum()


def test_two_names_differ_in_nothing_and_two_seeds_do() -> None:
    same, other = lesson_data(smaller("01")), lesson_data(smaller("02"))
    for part in ("frames", "weekly", "indicators", "stories"):
        assert same["sides"]["left"][part] == same["sides"]["right"][part]
        assert other["sides"]["left"][part] != other["sides"]["right"][part]
    assert same["sides"]["left"]["name"] != same["sides"]["right"]["name"]
    assert same["seeds"]["left"] == same["seeds"]["right"]


def test_seeds_are_many_where_the_lesson_is_about_noise() -> None:
    assert find_lesson("02").block.seeds == 200
    assert find_lesson("10").block.seeds == 200


def test_the_page_is_whole_and_closed(tmp_path: Path) -> None:
    text = page(smaller("01"))
    assert len(text.encode()) < 5_000_000
    assert "@" + "DATA@" not in text
    assert not re.search(r"""(?:src|href)\s*=\s*["'](?!data:)""", text)
    assert "default-src 'none'" in text
    assert "unsafe-eval" not in text


def test_a_text_cannot_break_out_of_the_page(tmp_path: Path) -> None:
    """F29: a name with markup stays text."""
    evil = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
    file = tmp_path / "evil.yaml"
    base = lesson_files()["01_two_names"].read_text(encoding="utf-8")
    file.write_text(
        base.replace("Model Red, zh", f"{json.dumps(evil)}, zh", 1).replace("weeks: 52", "weeks: 2")
    )
    lesson = load_lesson(file)
    text = page(
        Played(
            replace(lesson, name="evil", file="evil.yaml", block=lesson.block.model_copy(update={"seeds": 2}))
        )
    )
    assert evil not in text
    assert text.count("<script") == 2
    assert "\\u003c/script>" in text


def test_what_does_not_exist_is_named_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base = lesson_files()["03_task_load"].read_text(encoding="utf-8")
    file = tmp_path / "mine.yaml"
    file.write_text(
        base.replace("[open, undetected", "[opne, undetected")
        .replace("right: {model: party_led_cogovernance}", "right: {model: party_led}")
        .replace("moves: tasks.community_hours", "moves: tasks.community_hour")
    )
    with pytest.raises(ScenarioError) as caught:
        load_lesson(file)
    told = caught.value.report()
    assert "3 problems" in told
    assert "mine.yaml:" in told
    for words in ("did you mean  open?", "party_led_cogovernance", "tasks.community_hours"):
        assert words in told
    assert main(["check", str(file)]) == 2, "check sees what building would"
    assert "3 problems" in capsys.readouterr().out
    assert main(["check", str(lesson_files()["03_task_load"])]) == 0


@pytest.mark.parametrize("asked", ["01", "1", "01_two_names"])
def test_a_lesson_is_found_by_number_and_name(asked: str) -> None:
    assert find_lesson(asked).name == "01_two_names"


def test_a_wrong_name_is_answered_with_the_right_ones() -> None:
    with pytest.raises(ScenarioError, match="did you mean  01_two_names"):
        find_lesson("01_tow_names")
    with pytest.raises(ScenarioError, match="without a lesson"):
        load_lesson(Path("scenarios/tiny.yaml"))


def test_models_that_are_played_are_shipped() -> None:
    for name in NAMES:
        for model in (find_lesson(name).block.left.model, find_lesson(name).block.right.model):
            assert model in list_governance()
            assert load_governance(model).model.name.zh
    assert load(lesson_files()["01_two_names"]).label == "One model, two names"
