"""Study files: checked like every other kind of file, wrong in words a person can act on."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from govsim.cli import main
from govsim.scenario import load
from govsim.scenario.files import scenario_shelf
from govsim.scenario.messages import ScenarioError
from govsim.scenario.studies import Factor, factor, list_studies, load_study, read_points

GOOD = """study: 1
name: {en: one}
scenario: tiny
settings: {run.weeks: 26}
models: [legacy_administrative]
over:
  tasks.community_hours: [20, 60]
  network.liaison.linked_households: [1, 9]
"""


def write(folder: Path, text: str, name: str = "s.yaml") -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


def refused(path: str) -> str:
    with pytest.raises(ScenarioError) as error:
        load_study(path)
    return error.value.report()


def test_a_study_knows_what_varies(tmp_path: Path) -> None:
    study = load_study(write(tmp_path, GOOD))
    hours, homes = study.factors
    assert (hours.path, hours.low, hours.high, hours.whole) == ("tasks.community_hours", 20.0, 60.0, False)
    assert (homes.whole, homes.today, homes.unit) == (True, 3.0, "households per member")
    assert hours.status == load("tiny").origins[hours.path].status == "assumed"
    assert study.base.scenario.run.weeks == 26
    assert (study.points, [model.name for model in study.models]) == (64, ["legacy_administrative"])
    assert study.load([hours.setting(30.5)]).scenario.tasks.community_hours == 30.5
    assert study.load([homes.setting(4.0)]).scenario.network.liaison.linked_households == 4


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("  tasks.comunity_hours: [1, 2]", "did you mean  tasks.community_hours?"),
        ("  tasks.listed_share: [0.5, 1.5]", "1.5 is outside of what is allowed"),
        ("  capacity.staff.community: [20, 6]", "no width"),
        ("  network.liaison.staff: [1, 2]", "no such parameter"),
        ("  workforce.vacancy_weeks: [1.5, 6]", "does not end at whole numbers"),
        ("  network.household: [0, 1]", "only numbers vary"),
        ("  problems.classes.local_soft.kind: [0, 1]", "only numbers vary"),
        ("  tasks.effort_hours: [1]", "at least 2"),
        ("  tasks.effort_hours: [1, x]", "a number"),
    ],
)
def test_a_wrong_range_is_told_with_its_line(tmp_path: Path, wrong: str, told: str) -> None:
    report = refused(write(tmp_path, GOOD + wrong))
    assert "s.yaml:9" in report
    assert told in report


def test_limits_are_told_with_unit(tmp_path: Path) -> None:
    report = refused(write(tmp_path, GOOD + "  capacity.staff.community: [5, -3]"))
    assert "full-time posts per 10,000 residents" in report


def test_all_mistakes_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two ranges, two models and a setting: five problems in one report, and nothing is run."""
    text = GOOD.replace("[legacy_administrative]", "[legacy_administrativ, nobody]")
    report = refused(write(tmp_path, text + "  tasks.nope: [1, 2]\n  tasks.effort_hours: [3, 1]\n"))
    for told in ("legacy_administrativ ", "nobody", "tasks.nope", "tasks.effort_hours"):
        assert told in report
    assert "4 problems" in report
    both = text.replace("run.weeks: 26", "run.weeks: minus")
    report = refused(write(tmp_path, both))
    for told in ("nobody", "run.weeks"):
        assert told in report
    assert main(["check", str(tmp_path / "s.yaml")]) == 2
    assert "nobody" in capsys.readouterr().out


def test_check_tries_the_ends_of_ranges(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Shares that are fine each and too much together are found before anything runs."""
    text = GOOD + "  population.participation.contingent_share: [0.1, 0.99]\n"
    assert main(["check", write(tmp_path, text)]) == 2
    told = capsys.readouterr().out
    assert "with population.participation.contingent_share=0.99" in told
    assert main(["check", write(tmp_path, GOOD)]) == 0
    told = capsys.readouterr().out
    assert "2 parameters of tiny vary; sobol of 64 points" in told
    assert "64 points x 1 model x 2 seeds: 128 runs" in told


def test_labels_stand_alone() -> None:
    found = {item.path: (item.label_en, item.label_zh) for item in load_study("assumptions").factors}
    assert found["population.participation.threshold.mean"] == ("thresholds, mean", "参与阈值（均值）")
    assert found["problems.classes.local_soft.rate"][0] == "arrival rate: sanitation, noise, disputes"
    assert found["capacity.staff.community"][0] == "community workers"
    assert len(set(found.values())) == len(found)


@pytest.mark.parametrize("name", list_studies())
def test_shipped_studies_are_sound(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", name]) == 0
    assert f"{name}.yaml is sound" in capsys.readouterr().out
    assert main(["show", name]) == 0
    assert "over:" in capsys.readouterr().out
    file = scenario_shelf().folder / "studies" / f"{name}.yaml"
    first = file.read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=../schema/study.schema.json"


def test_check_in_json_and_describe(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", write(tmp_path, GOOD), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ok"]
    assert main(["describe", "design.points"]) == 0
    assert "(study)" in capsys.readouterr().out
    assert main(["check", write(tmp_path, GOOD), "--set", "run.weeks=5"]) == 2


def test_the_schema_takes_what_the_program_takes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "study"]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert schema["title"] == "govsim study"
    assert {"study", "scenario", "over", "models", "design", "extends"} <= set(schema["properties"])
    assert "latin_hypercube" in json.dumps(schema["$defs"]["Design"])


def test_points_of_a_list(tmp_path: Path) -> None:
    text = GOOD + "design: {kind: list, file: points.csv}\n"
    rows = "network.liaison.linked_households,tasks.community_hours\n2,20\n9,59.5\n"
    write(tmp_path, rows, "points.csv")
    study = load_study(write(tmp_path, text))
    assert study.listed == ((20.0, 2.0), (59.5, 9.0))
    assert study.points == 2
    for wrong, told in (
        (rows + "3\n", "points.csv:4"),
        (rows + "2.5,30\n", '"2.5" is not a whole number'),
        (rows + "2,61\n", "20–60 hours per 1,000 residents and week"),
        (rows + "2,nan\n", '"nan" is not a number'),
        (rows.replace("tasks.", "task."), "the header must name"),
        (rows.splitlines()[0], "holds no points"),
        ("", "it names nothing"),
    ):
        write(tmp_path, wrong, "points.csv")
        assert told in refused(str(tmp_path / "s.yaml"))
    (tmp_path / "points.csv").unlink()
    assert "cannot be read" in refused(str(tmp_path / "s.yaml"))


def test_a_list_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("a\n1\n2\n", encoding="utf-8-sig")
    assert read_points(path, "p.csv", [Factor("a", 0, 3, True, 1, "assumed", "a", "a", "-")]) == ((1,), (2,))


def test_a_factor_of_a_scenario() -> None:
    made = factor(load("tiny"), "problems.classes.local_soft.rate", 0.1, 0.9)
    assert (made.today, made.label_en) == (0.35, "arrival rate: sanitation, noise, disputes")
    inside = factor(load("tiny"), "population.street_units[0].communities[1].condition", 0.5, 2)
    assert inside.today == 0.8
    with pytest.raises(ScenarioError, match="no such parameter"):
        factor(load("tiny"), "population.street_units[0].communities[2].condition", 0.5, 2)


@pytest.mark.parametrize(
    ("design", "told"),
    [
        ("{kind: grid, levels: 1000}", "1,000,000,000 points"),
        ("{kind: sobol, points: 10000000}", "10,000,000 points"),
    ],
)
def test_too_large_a_design_is_refused_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], design: str, told: str
) -> None:
    """F12: refused within a second, with what it would need and what fits; memory and disk hold even under --force."""
    text = GOOD.replace("network.liaison.linked_households: [1, 9]", "tasks.effort_hours: [1, 9]")
    path = write(tmp_path, text + f"  tasks.deadline_days: [5, 20]\ndesign: {design}\n")
    main(["sweep", path, "--out", str(tmp_path / "out")])  # imports are not what is timed
    capsys.readouterr()
    for more in ([], ["--force"]):
        started = time.process_time()
        assert main(["sweep", path, "--out", str(tmp_path / "out"), *more]) == 2
        assert time.process_time() - started < 1.0
        said = capsys.readouterr().err
        assert told in said
        assert "of disk" in said
        assert "The largest number of runs that fits is" in said
        assert ("with --force" in said) == (not more)
    assert not (tmp_path / "out").exists()
