"""In how many plausible districts a difference holds, and the sentence of the main job that says so."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from govsim.cli import main
from govsim.cli.commands import run_command
from govsim.report.districts import MAIN, districts_of
from govsim.report.request import Presentation, ScenarioChanges
from govsim.report.stamps import read_stamps
from govsim.results.errors import RefusedError
from govsim.runner.options import RunOptions
from govsim.runner.planning import Choice
from govsim.scenario import load, load_governance
from govsim.scenario.studies import list_studies, load_study
from govsim.studies.districts import in_districts, interval_verdict
from govsim.studies.experiments import of_study, run_design
from tests.asked import study_command
from tests.studies.synthetic_studies import engine

pytestmark = pytest.mark.slow

STUDY = """study: 1
name: {en: small}
scenario: tiny
settings: {run.weeks: 26}
models: [legacy_administrative, party_led_cogovernance]
capacity_mode: neutral
seeds: 2
over:
  tasks.community_hours: [20, 60]
  participation.call: [0.1, 1]
design: {kind: list, file: small_region.csv}
"""
REGION = "tasks.community_hours,participation.call\n30,0.3\n35,0.5\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a study of two districts, and this as the working folder."""
    (tmp_path / "small.yaml").write_text(STUDY, encoding="utf-8")
    (tmp_path / "small_region.csv").write_text(REGION, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def choices(
    *overrides: str, models: tuple[str, ...] = ("legacy_administrative", "party_led_cogovernance")
) -> list[Choice]:
    loaded = load("tiny", ["run.weeks=26", *overrides])
    return [Choice("tiny", loaded, load_governance(model), "neutral") for model in models]


@pytest.mark.parametrize(
    ("low", "high", "direction", "word"),
    [
        (1, 2, 1, "better"), (1, 2, -1, "worse"), (1, 2, 0, "higher"), (-2, -1, 1, "worse"), (-2, -1, -1, "better"),
        (-2, -1, 0, "lower"), (-1, 1, 1, "undecided"), (0, 0, 1, "undecided"), (0, 1, -1, "undecided"),
    ],
)  # fmt: skip
def test_a_verdict_is_that_of_the_interval(low: float, high: float, direction: int, word: str) -> None:
    assert interval_verdict(low, high, direction) == word


def test_the_sentence_is_that_of_the_runs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = RunOptions(folder / "results", 1)
    assert study_command("districts")("small.yaml", seeds=3, options=options, beside=True) == 0
    printed = capsys.readouterr().out
    text = (folder / "small.csv").read_text(encoding="utf-8-sig")
    assert [made.command for made in read_stamps(text)] == ["govsim districts small.yaml --seeds 3 --beside"]
    assert {"small.yaml", "small_region.csv", "scenarios/tiny.yaml"} <= set(read_stamps(text)[0].inputs)
    rows = list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
    ran = run_design(
        load_study("small.yaml"),
        of_study(load_study("small.yaml")),
        RunOptions(folder / "results"),
        seeds=range(1, 4),
    )
    values = ran.values("participation_4w")
    for row in rows:
        assert row["seeds"] == "3"
        if row["indicator"] == "participation_4w":
            point = int(row["district"]) - 1
            wanted = (values[point, 1] - values[point, 0]).mean()
            assert float(row["difference"]) == pytest.approx(wanted)
            assert float(row["low"]) <= wanted <= float(row["high"])
    found = districts_of(choices(), folder)
    assert found is not None
    assert found.holds
    words = found.words()
    for name in MAIN:
        verdicts = [row["verdict"] for row in rows if row["indicator"] == name]
        assert list(found.verdicts[name]) == verdicts
        told = f"better in {verdicts.count('better')} of 2, worse in {verdicts.count('worse')}"
        assert told in words["en"]
    assert words["en"].startswith(
        "In 2 plausible districts (accepted points of the calibration), Party-led co-governance"
    )
    assert words["zh"].startswith("在2个与公开数据相符的虚拟地区")
    assert "compared with Legacy administrative in 2 districts" in printed


def test_only_the_scenario_and_models_of_the_table_get_a_sentence(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert districts_of(choices(), folder) is None
    options = RunOptions(folder / "results", 1, engine=engine())
    assert study_command("districts")("small.yaml", options=options, beside=True) == 0
    assert districts_of(choices(), folder)
    assert districts_of(choices("run.seeds=7", "tasks.community_hours=50"), folder)
    assert districts_of(choices("run.weeks=27"), folder) is None
    assert districts_of(choices("population.residents=299"), folder) is None
    assert districts_of(choices(models=("party_led_cogovernance", "legacy_administrative")), folder) is None
    assert districts_of(choices(models=("legacy_administrative", "qingdao")), folder) is None
    assert districts_of(choices()[:1], folder) is None
    monkeypatch.setattr(
        "govsim.report.districts.reasons", lambda stamp: ["the code changed and gives other numbers"]
    )
    found = districts_of(choices(), folder)
    assert found
    assert not found.holds
    assert found.words()["en"].endswith("Computed with code that gave other numbers.")
    (folder / "small_region.csv").write_text(REGION.replace("0.5", "0.6"), encoding="utf-8")
    assert districts_of(choices(), folder) is None


def test_the_main_job_says_in_how_many_districts_it_holds(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    options = RunOptions(folder / "results", 1, engine=engine())
    assert study_command("districts")("small.yaml", options=options, beside=True) == 0
    monkeypatch.setattr("govsim.report.render.districts_of", lambda arms: districts_of(arms, folder))
    shown = Presentation(False, True)
    models = ["legacy_administrative", "party_led_cogovernance"]
    capsys.readouterr()
    run_command("tiny", ScenarioChanges([], 4, 26, "neutral"), models, options, shown)
    told = json.loads(capsys.readouterr().out)["districts"]
    assert told["en"].startswith("In 2 plausible districts (accepted points of the calibration)")


def test_one_model_has_no_difference(folder: Path) -> None:
    study = load_study("small.yaml")
    options = RunOptions(folder / "out", 1, engine=engine())
    ran = run_design(study, of_study(study), options, models=study.models[:1])
    with pytest.raises(RefusedError, match="needs two models; the study has 1"):
        in_districts(ran)


def test_a_shipped_table_belongs_to_the_main_job() -> None:
    """The study of the main job names its models and its scenario."""
    assert "yingzi_districts" in list_studies()
    study, job = load_study("yingzi_districts"), load("yingzi")
    assert [model.key for model in study.models] == [model.key for model in job.governance]
    assert study.asked == "yingzi"
    calibration = load_study("calibrate_yingzi")
    assert {f.path: (f.low, f.high) for f in study.factors} == {
        f.path: (f.low, f.high) for f in calibration.factors
    }


def test_the_command_stands_in_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["districts", "--help"]) == 0
    assert "Compare two models in every plausible district." in capsys.readouterr().out
