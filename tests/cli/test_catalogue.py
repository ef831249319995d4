"""A user's own model, measure and scenario, behind every door: found by path, called as their files say in both languages."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

import govsim
from govsim.app.session import Session
from govsim.cli import main
from govsim.report.lessons.shelf import load_lesson
from govsim.scenario import load
from govsim.scenario.catalogue import governance_choices
from govsim.scenario.kinds import kind_of
from govsim.scenario.messages import ScenarioError

pytestmark = pytest.mark.slow

TOWN = "districts/town.yaml"
MODEL = "models/mine.yaml"
MEASURE = "measures/relief.yaml"
FILES = {
    "pyproject.toml": "",
    TOWN: """govsim: 1
extends: tiny
name: {en: My Town, zh: 我的小镇}
run: {weeks: 30, seeds: 2}
population: {residents: 60}
governance:
  models: [../models/mine.yaml, legacy_administrative]
  capacity_mode: neutral
""",
    "districts/reform.yaml": """govsim: 1
extends: town.yaml
governance:
  models: [legacy_administrative, {model: ../models/mine.yaml, measures: [{use: ../measures/relief.yaml, start: 2}]}]
""",
    "districts/lesson.yaml": """govsim: 1
extends: town.yaml
lesson:
  question: {en: Who?, zh: 谁？}
  story: {en: A town., zh: 一个小镇。}
  left: {model: ../models/mine.yaml}
  right: {model: legacy_administrative}
  seeds: 2
  prediction: {question: {en: How much?, zh: 多少？}, indicator: participation_4w, reach: 10}
  indicators: [participation_4w]
  curves: [open]
""",
    MODEL: "govsim: 1\nextends: yantian\nname: {en: My Model, zh: 我的模式}\ndetection: {patrol_share: 0.3}\n",
    MEASURE: """govsim: 1
kind: countermeasure
name: {en: My Relief, zh: 我的减负}
description: {en: Fewer tasks., zh: 减少任务。}
levers: [{path: tasks.admission, set: permit_list}]
""",
    "studies/mine.yaml": """study: 1
name: {en: My Study, zh: 我的研究}
scenario: ../districts/town.yaml
models: [legacy_administrative, ../models/mine.yaml]
seeds: 2
over: {tasks.community_hours: [20, 60]}
design: {kind: sobol, points: 2}
""",
    "studies/portfolios.yaml": """study: 1
name: {en: My Portfolios, zh: 我的组合}
scenario: ../districts/town.yaml
models: [../models/mine.yaml]
seeds: 2
over: {tasks.community_hours: [20, 60]}
design: {kind: sobol, points: 2}
optimise:
  goals: [load_community, hours_moved]
  measures: [../measures/relief.yaml]
  most: 1
  strengths: [1.0]
  population: 4
  generations: 1
  search_points: 1
  search_seeds: 1
  region_points: 2
  region_seeds: 2
  shown: 1
""",
    "studies/districts.yaml": """study: 1
name: {en: My Districts, zh: 我的地区}
scenario: ../districts/town.yaml
models: [legacy_administrative, ../models/mine.yaml]
seeds: 4
over: {tasks.community_hours: [20, 60]}
design: {kind: list, file: points.csv}
""",
    "studies/fit.yaml": """study: 1
name: {en: My Fit, zh: 我的校准}
scenario: ../districts/town.yaml
models: [../models/mine.yaml]
seeds: 1
settings: {run.weeks: 8}
over: {reporting.hotline: [0.15, 1.0], problems.classes.consultation.rate: [0.15, 3.0]}
design: {kind: sobol, points: 16, seed: 3}
calibration: {rounds: 1, points: 4, fit: [pattern_contacts], ranges: {pattern_contacts: [0.01, 3]}}
""",
    "studies/points.csv": "tasks.community_hours\n30\n50\n",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project of a user; what was run for one door is found by the next."""
    made = tmp_path_factory.mktemp("project")
    for name, text in FILES.items():
        (made / name).parent.mkdir(exist_ok=True)
        (made / name).write_text(text, encoding="utf-8")
    return made


@pytest.fixture(autouse=True)
def here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)


QUIET = ["--no-figures", "--jobs", "1"]
DOORS: dict[str, tuple[list[str], tuple[str, ...]]] = {
    "run": (["run", TOWN, *QUIET], ("My Model", "My Town")),
    "run with measure": (["run", TOWN, "--model", MODEL, "--with", f"{MEASURE}@2", *QUIET], ("My Model + My Relief",)),
    "run of a scenario with a measure of its own": (["run", "districts/reform.yaml", *QUIET], ("My Model + My Relief",)),
    "compare": (["compare", MODEL, "legacy_administrative", "--scenario", TOWN, *QUIET], ("My Model",)),
    "compare scenarios": (["compare", TOWN, TOWN, "--against-seeds", "7-8", "--unpaired", *QUIET], ("My Model",)),
    "sweep": (["sweep", "studies/mine.yaml", *QUIET], ("My Model",)),
    "sensitivity": (
        ["sensitivity", "studies/mine.yaml", "--size", "2", "--indicator", "participation_4w", *QUIET],
        ("My Model",),
    ),
    "crossover": (
        ["crossover", "--over", "studies/mine.yaml", "--no-switching", "--indicator", "participation_4w", *QUIET],
        ("My Model",),
    ),
    "crossover of models": (
        ["crossover", MODEL, "legacy_administrative", "--over", "studies/mine.yaml", "--no-switching", *QUIET],
        ("My Model",),
    ),
    "find": (
        ["find", "participation_4w >= 90", TOWN, "--vary", "tasks.community_hours=20..60", "--model", MODEL, "--jobs", "1"],
        ("My Model", "My Town"),
    ),
    "optimise": (["optimise", "studies/portfolios.yaml", "--jobs", "1"], ("My Relief", "My Model")),
    "calibrate": (["calibrate", "studies/fit.yaml", *QUIET], ("results/my-fit",)),
    "districts": (["districts", "studies/districts.yaml", "--jobs", "1"], ("My Model",)),
    "check model": (["check", MODEL], ("My Model",)),
    "check measure": (["check", MEASURE], ("My Relief",)),
    "check scenario": (["check", "districts/reform.yaml"], ("My Town", "My Relief")),
    "check study": (["check", "studies/portfolios.yaml"], ("My Portfolios", MODEL)),
    "show model": (["show", MODEL], ("My Model", "我的模式")),
    "show measure": (["show", MEASURE], ("My Relief", "我的减负")),
    "show scenario": (["show", TOWN], ("My Town", "我的小镇")),
    "describe model": (["describe", MODEL], ("My Model / 我的模式", "governance model")),
    "describe measure": (["describe", MEASURE], ("My Relief / 我的减负", "减少任务")),
    "describe scenario": (["describe", TOWN], ("My Town / 我的小镇",)),
    "describe a built-in model": (["describe", "yantian"], ("Yantian / 盐田模式",)),
    "audit": (["audit", MODEL, "--quick"], ("Every check passed",)),
    "lesson build": (["lesson", "build", "districts/lesson.yaml", "-o", "lesson.html"], ("lesson.html",)),
}  # fmt: skip


@pytest.mark.assurance
@pytest.mark.parametrize("door", DOORS)
def test_every_door_takes_what_a_user_wrote(door: str, capsys: pytest.CaptureFixture[str]) -> None:
    words, expected = DOORS[door]
    code = main(words)
    told = capsys.readouterr()
    assert code == 0, told.err
    pages = re.findall(r"written: (\S+\.md)", told.out)
    pages += [
        page
        for folder in re.findall(r"^Results +(\S+)$", told.out, re.M)
        for page in Path(folder).glob("*.md")
    ]
    text = "\n".join([told.out, *(Path(page).read_text(encoding="utf-8") for page in pages)])
    for words_of_it in expected:
        assert words_of_it in text, text[:3000]


@pytest.mark.assurance
@pytest.mark.parametrize("kind", ["models", "measures"])
def test_tables_hold_a_users_model_and_measure(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    more = ["--measure", MEASURE] if kind == "measures" else []
    words = ["table", kind, "--scenario", TOWN, "--set", "governance.models=[models/mine.yaml]", *more]
    assert main([*words, "--weeks", "4", "--seeds", "1", "--jobs", "1", "--docs", "docs"]) == 0
    page = Path(f"docs/{kind}.md").read_text(encoding="utf-8")
    assert "My Model" in page
    assert ("My Relief" in page) == (kind == "measures")
    assert all(word in page for word in more)


def test_a_shock_is_no_row_of_the_table_of_countermeasures(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(["table", "measures", "--scenario", TOWN, "--measure", "water_failure", "--docs", "docs"]) == 2
    )
    assert "water_failure is a shock" in capsys.readouterr().err


def test_the_report_calls_them_as_their_files_say(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "districts/reform.yaml", *QUIET]) == 0
    found = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("Results"))
    assert main(["report", found.split()[1], "--out", "page.html"]) == 0
    page = Path("page.html").read_text(encoding="utf-8")
    for words in ("My Model + My Relief", "我的模式 + 我的减负", "我的小镇"):
        assert words in page


@pytest.mark.parametrize("scenario", [TOWN, "districts/reform.yaml", "tiny"])
def test_the_app_offers_and_runs_a_users_models(
    scenario: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if scenario == "tiny":  # the file lies in the current folder
        monkeypatch.chdir(folder / "models")
    name = "mine.yaml" if scenario == "tiny" else MODEL
    session = Session(scenario)
    assert session.choices[name].label == {"en": "My Model", "zh": "我的模式"}
    assert {"yantian", "legacy_administrative"} <= session.choices.keys()
    session.start(replace(session.asked, models=(name, "yantian")))
    session.step()
    assert f"--model {name}" in session.commands()[0]
    assert session.called(name)["zh"] == "我的模式"


def test_a_lesson_calls_a_users_model_as_its_file_says() -> None:
    lesson = load_lesson(Path("districts/lesson.yaml"))
    assert lesson.called("../models/mine.yaml") == {"en": "My Model", "zh": "我的模式"}
    assert lesson.models["../models/mine.yaml"].name == MODEL


def test_in_python_they_are_named_from_the_current_folder() -> None:
    found = govsim.run(TOWN, models=[MODEL], weeks=3, settings={"timeline": [{"use": MEASURE, "start": 1}]})
    assert set(found.summary["arm"]) == {"My Model"}
    assert load(TOWN, [f'timeline=[{{"use": "{MEASURE}", "start": 1}}]']).scenario.timeline[0].use is not None


@pytest.mark.parametrize("name", [TOWN, MODEL, MEASURE, "studies/mine.yaml"])
def test_a_command_to_repeat_finds_its_files_again(name: str) -> None:
    kinds = {TOWN: "scenario", MODEL: "governance", MEASURE: "measure"}
    assert kind_of(name) == kinds.get(name, "study")
    assert kind_of(f"{name}x") is None


def test_a_repeat_line_names_files_from_the_current_folder(capsys: pytest.CaptureFixture[str]) -> None:
    from govsim.runner.planning import Choice, plan

    loaded = load("districts/reform.yaml")
    line = plan(
        Choice("districts/reform.yaml", loaded, loaded.governance[1], "neutral"), Path("out")
    ).repeat.format(seed=1)
    assert f'"model": "{MODEL}"' in line
    assert f'"use": "{MEASURE}"' in line


def test_files_that_are_no_model_are_not_offered(folder: Path) -> None:
    broken = {
        "broken.yaml": "govsim: 1\ndetection: {patrol_share: 9}\n",
        "other.yml": "services: [a]\n",
        "x.yaml": "\x00",
    }
    for name, text in broken.items():
        (folder / name).write_text(text, encoding="utf-8")
    try:
        assert not broken.keys() & governance_choices(load(TOWN)).keys()
    finally:
        for name in broken:
            (folder / name).unlink()


def test_settings_of_a_study_lead_nowhere_outside(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "away.yaml").write_text(FILES[MEASURE], encoding="utf-8")
    setting = f'"timeline[0].use": "{tmp_path / "away.yaml"}"'
    text = FILES["studies/mine.yaml"].replace("seeds: 2", f"seeds: 2\nsettings: {{{setting}}}")
    (folder / "studies/away.yaml").write_text(text, encoding="utf-8")
    from govsim.scenario.studies import load_study

    with pytest.raises(ScenarioError, match="leads out of the project folder"):
        load_study("studies/away.yaml")


KINDS_MIXED_UP = {
    "a scenario as a study": (["sweep", TOWN], f"{TOWN}  is a scenario, not a study", f"govsim run {TOWN}"),
    "a built-in scenario as a study": (
        ["sweep", "tiny"],
        "tiny  is a scenario, not a study",
        "govsim run tiny",
    ),
    "a model as a study": (
        ["sensitivity", MODEL],
        f"{MODEL}  is a governance model, not a study",
        f"--model {MODEL}",
    ),
    "a measure as a model": (
        ["run", TOWN, "--model", MEASURE],
        f"{MEASURE}  is a measure, not a governance model",
        "@10",
    ),
    "a scenario as a model": (
        ["run", TOWN, "--model", "tiny"],
        "tiny  is a scenario, not a governance model",
        "run tiny",
    ),
}


@pytest.mark.parametrize("case", KINDS_MIXED_UP)
def test_a_file_of_another_kind_is_called_what_it_is(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    words, told, advice = KINDS_MIXED_UP[case]
    assert main(words) == 2
    said = capsys.readouterr().err
    assert told in said
    assert advice in said
    assert "unknown key" not in said
