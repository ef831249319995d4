"""Study files: checked like every other kind of file, wrong in words a person can act on."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from govsim.cli import main
from govsim.scenario import load
from govsim.scenario.files import scenario_shelf
from govsim.scenario.messages import ScenarioError
from govsim.scenario.studies import Factor, factor, list_studies, load_study, read_points, read_region

pytestmark = pytest.mark.slow

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
    assert "latin_hypercube" in json.dumps(schema["$defs"]["DesignSpec"])


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
        (rows.replace("tasks.", "task."), "did you mean  tasks.community_hours?"),
        (rows.splitlines()[0], "holds no points"),
        ("", "is empty"),
        (rows + "9,59.50\n", "points.csv:4  is the same point as row 3"),
        (rows.replace("\n", ",tasks.community_hours\n", 1), "is a column twice: in columns 2 and 3"),
    ):
        write(tmp_path, wrong, "points.csv")
        assert told in refused(str(tmp_path / "s.yaml"))
    (tmp_path / "points.csv").unlink()
    assert "cannot be read" in refused(str(tmp_path / "s.yaml"))


A_AND_B = [Factor(name, 0, 3, name == "a", 1, "assumed", name, name, "yuan") for name in ("a", "b")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk", "gb18030"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_list_is_read_as_spreadsheets_save_it(tmp_path: Path, encoding: str, mark: str) -> None:
    """Excel saves text as UTF-8, UTF-16 with tabs or, in Chinese Windows, GBK; notes and empty rows are passed over."""
    path = tmp_path / "p.csv"
    rows = [["# 备注：两个点", ""], ["b", "a"], ["1.5", "1"], ["", ""], ["2", "2"]]
    path.write_bytes("\r\n".join(mark.join(row) for row in rows).encode(encoding))
    assert read_points(path, "p.csv", A_AND_B) == ((1, 1.5), (2, 2))


def test_all_mistakes_of_a_table_are_told_at_once(tmp_path: Path) -> None:
    """Row as the spreadsheet counts it, column, value, what is allowed with its unit."""
    path = tmp_path / "p.csv"
    path.write_text("a,b\n1,4\n1.5,x\n# a note\n2,3\n1\n2,3.0\n２,1\n1,inf\n1,1_0\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as error:
        read_points(path, "p.csv", A_AND_B)
    told = error.value.report()
    for line in (
        'p.csv:2:2  b  "4" is outside 0–3 yuan',
        'p.csv:3:1  a  "1.5" is not a whole number, 0–3 yuan',
        'p.csv:3:2  b  "x" is not a number, 0–3 yuan',
        "p.csv:6  has 1 cell, the header has 2",
        "p.csv:7  is the same point as row 5: remove one",
        'p.csv:8:1  a  "２" is not a whole number, 0–3 yuan: written with full-width or invisible characters: write 2',
        'p.csv:9:2  b  "inf" is not a number, 0–3 yuan: a finite number is needed',
        'p.csv:10:2  b  "1_0" is not a number, 0–3 yuan',
    ):
        assert line in told, told
    assert "8 problems. Nothing was run" in told


def test_tables_of_the_fault_inputs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """K7: a GBK list was a codec error, and of two mistakes one was named."""
    text = (
        "study: 1\nname: {en: one}\nscenario: tiny\nmodels: [legacy_administrative]\nover:\n"
        "  capacity.staff.community: [5, 30]\n  tasks.community_hours: [10, 60]\ndesign: {kind: list, file: p.csv}\n"
    )
    path = write(tmp_path, text)
    (tmp_path / "p.csv").write_bytes(
        "capacity.staff.community,tasks.community_hours\n10,40\n# 备注\n".encode("gbk")
    )
    assert main(["check", path]) == 0
    assert "list of 1 points" in capsys.readouterr().out
    write(tmp_path, "capacity.staff.community,tasks.community_hours\n10,4000\n-3,40\n", "p.csv")
    assert main(["check", path]) == 2
    told = capsys.readouterr().out
    assert 'p.csv:2:2  tasks.community_hours  "4000" is outside 10–60 hours per 1,000 residents' in told
    assert 'p.csv:3:1  capacity.staff.community  "-3" is outside 5–30 full-time posts' in told


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"a,b\n1,\xff\xff\n", "p.csv:2:3  byte 0xFF is neither UTF-8 nor GBK"),
        ("a,b\n1,1\n".encode("utf-16-le"), "p.csv:1  a zero byte was found"),
        (b"PK\x03\x04\x00\x00a,b\n1,1\n", "p.csv:1  a zero byte was found"),
        (b'a,b\n1,"' + b"1" * 200_000 + b'"\n', "p.csv:2  cannot be read: field larger"),
        (b"a,b\n" + b"x,y\n" * 2_000, "more\n"),
        (b"a,,b\n1,2,3\n", "p.csv:1:2  column 2 has no name"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, raw: bytes, told: str) -> None:
    path = tmp_path / "p.csv"
    path.write_bytes(raw)
    with pytest.raises(ScenarioError) as error:
        read_points(path, "p.csv", A_AND_B)
    assert told in error.value.report()


def test_a_pipe_is_no_table(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "p.csv")
    with pytest.raises(ScenarioError, match="is no file"):
        read_points(tmp_path / "p.csv", "p.csv", A_AND_B)


def test_a_region_tells_all_mistakes_of_its_header_and_cells(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("tasks.comunity_hours,tasks.street_hours\n40,x\n30,1\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as error:
        read_region(path, "r.csv", load("tiny"))
    told = error.value.report()
    assert "r.csv:1:1  tasks.comunity_hours  the scenario has no such parameter" in told
    assert "did you mean  tasks.community_hours?" in told
    assert 'r.csv:2:2  tasks.street_hours  "x" is not a number' in told
    path.write_text("tasks.community_hours\n40\n30\n", encoding="utf-16")
    factors, points = read_region(path, "r.csv", load("tiny"))
    assert (factors[0].low, factors[0].high, points) == (30, 40, ((40,), (30,)))


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
