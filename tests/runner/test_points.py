"""A study hands on like any other result: its points run again from what lies beside them, elsewhere too."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from pathlib import Path

import pytest

import govsim
from govsim.cli import main
from govsim.results.errors import RefusedError
from govsim.results.store import file_digest
from govsim.runner.points import POINTS
from tests.studies.synthetic_studies import FILE, study_file

pytestmark = pytest.mark.slow

SMALL = FILE.replace("points: 8", "points: 2").replace("run.weeks: 52", "run.weeks: 8")


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sweep on the real engine, the results folder; shuffled networks as a control are points too."""
    folder = tmp_path_factory.mktemp("swept")
    here = Path.cwd()
    os.chdir(folder)
    try:
        study_file(folder, SMALL)
        assert main(["sweep", "synthetic.yaml", "--jobs", "1", "--no-figures", "--controls"]) == 0
    finally:
        os.chdir(here)
    return folder / "results"


@pytest.fixture
def result(swept: Path, tmp_path: Path) -> Path:
    shutil.copytree(swept, tmp_path / "elsewhere")
    return tmp_path / "elsewhere"


def points(result: Path) -> list[Path]:
    return sorted(path for path in (result / "synthetic" / POINTS).iterdir() if len(path.name) == 16)


@pytest.mark.assurance
def test_a_study_is_what_its_files_give(result: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two points, two models, two seeds, as built and under four controls; from results and study folder alike."""
    for folder in (result, result / "synthetic"):
        assert main(["verify", str(folder), "--jobs", "1"]) == 0
        said = capsys.readouterr().out
        assert "of 40 runs, run again" in said
        assert "synthetic/sweep: as it was written; not made again, which  " in said
        assert said.rstrip().endswith("verified")
    assert main(["verify", str(points(result)[0]), "--jobs", "1"]) == 0


def test_what_was_forged_is_found(result: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run, answer = points(result)[3], result / "synthetic" / "sweep" / "experiments.csv"
    table, manifest = run / "summary.csv", run / "manifest.json"
    lines = table.read_text("utf-8-sig").splitlines()
    row = next(n for n, line in enumerate(lines) if line.startswith("participation_4w,"))
    said = next(cell for cell in lines[row].split(",") if cell.replace(".", "").isdigit())
    lines[row] = lines[row].replace(f",{said}", f",{float(said) + 1}")
    table.write_text("\n".join(lines) + "\n", "utf-8-sig")
    claims = json.loads(manifest.read_text("utf-8"))
    claims["files"]["summary.csv"] = file_digest(table)
    manifest.write_text(json.dumps(claims), "utf-8")
    answer.write_bytes(answer.read_bytes().replace(b"1", b"2", 1))
    assert main(["verify", str(result), "--jobs", "1"]) == 4
    out = capsys.readouterr().out
    assert "participation_4w" in out
    assert "experiments.csv is not what was written" in out
    assert "NOT verified" in out


@pytest.mark.parametrize("spoil", ["scenario", "gone", "outside", "settings"])
def test_what_points_begin_with_is_not_trusted(
    result: Path, spoil: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run = points(result)[0]
    manifest = run / "manifest.json"
    claims = json.loads(manifest.read_text("utf-8"))
    base = run.parent / claims["point"]["base"]
    if spoil == "scenario":
        (base / "scenario.yaml").write_text("govsim: 1\nextends: tiny\n", "utf-8")
    elif spoil == "gone":
        shutil.rmtree(base)
    else:
        claims["point"] |= {"base": "../../secret"} if spoil == "outside" else {"settings": "run.weeks=1"}
        manifest.write_text(json.dumps(claims), "utf-8")
    assert main(["verify", str(run), "--jobs", "1"]) == 4
    assert {
        "scenario": "is not what was written", "gone": "is no folder",
        "outside": "no such folder", "settings": "does not say at which point",
    }[spoil] in capsys.readouterr().out  # fmt: skip


@pytest.mark.assurance
def test_packed_and_unpacked_it_verifies(
    swept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "study.zip"
    assert main(["pack", str(swept), "-o", str(target)]) == 0
    assert "40 runs, 1 table folder of studies" in capsys.readouterr().out
    with zipfile.ZipFile(target) as archive:
        archive.extractall(tmp_path / "unpacked")
        assert "40 runs" in archive.read("README.md").decode("utf-8")
    assert main(["verify", str(tmp_path / "unpacked" / "results"), "--jobs", "1"]) == 0
    other = tmp_path / "alone.zip"
    assert main(["pack", str(swept / "synthetic"), "-o", str(other)]) == 0
    assert other.read_bytes() == target.read_bytes()


def test_experiments_hold_the_parameters_of_every_point(swept: Path) -> None:
    found = govsim.load_results(swept / "synthetic")
    experiments, outcomes = found.experiments_outcomes()
    paths = ["tasks.community_hours", "network.liaison.linked_households"]
    controls = ["controls.network", "controls.ranking", "controls.routing"]
    plain = experiments[(experiments[controls] == ["as_built", "as_ruled", "as_ruled"]).all(axis=1)]
    assert len(experiments) == 40
    assert len(plain) == 8
    assert plain[paths].drop_duplicates().shape == (2, 2)
    assert plain["scenario"].nunique() == 2
    assert len(outcomes["participation_4w"]) == 40


def test_runs_of_older_versions_say_that_they_lack_them(result: Path) -> None:
    for run in points(result):
        manifest = run / "manifest.json"
        claims = json.loads(manifest.read_text("utf-8"))
        claims.pop("point")
        manifest.write_text(json.dumps(claims), "utf-8")
    assert main(["verify", str(result), "--jobs", "1"]) == 3
    with pytest.raises(RefusedError, match="without its parameters"):
        govsim.load_results(result / "synthetic").experiments_outcomes()


@pytest.mark.parametrize(
    "asked",
    [["sweep"], ["sensitivity"], ["calibrate"], ["crossover", "--over"]],
)
def test_a_design_that_does_not_fit_is_refused_before_it_is_laid(
    asked: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = FILE.replace("points: 8", "points: 10000000").replace("sobol", "latin_hypercube")
    models = "[legacy_administrative]" if asked[0] == "calibrate" else "[legacy_administrative, yantian]"
    file = study_file(tmp_path, text.replace("[legacy_administrative, party_led_cogovernance]", models))
    more = ["--size", "5000000"] if asked[0] == "sensitivity" else []
    assert main([*asked, file, "--out", str(tmp_path / "out"), *more]) == 2
    assert "The largest number of runs that fits is" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
