"""A packed result is the same bytes wherever it is packed, names nobody, and verifies elsewhere."""

from __future__ import annotations

import getpass
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

import govsim
from govsim.cli import main
from govsim.cli.commands import run_command
from govsim.cli.packing import licence, pack_command
from govsim.results.errors import EnvironmentProblem, RefusedError
from govsim.results.store import file_digest
from govsim.runner.locks import locked
from govsim.scenario.messages import ScenarioError
from tests.asked import bundled

pytestmark = pytest.mark.slow


def compute(out: Path, **changes: Any) -> None:
    asked: dict[str, Any] = {
        "scenario": "tiny", "overrides": [], "models": [], "seeds": 2, "weeks": 8, "out": out, "jobs": 1,
        "capacity": "neutral", "allow_unequal_budget": False, "figures": False, "json_output": True, "force": False,
    }  # fmt: skip
    assert run_command(**bundled(asked | changes)) == 0


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("study") / "results"
    compute(out)
    return out


@pytest.fixture(scope="module")
def packed(study: Path) -> Path:
    target = study.parent / "study.zip"
    assert main(["pack", str(study), "-o", str(target)]) == 0
    return target


def test_equal_results_give_equal_files(study: Path, packed: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "other" / "place"
    shutil.copytree(study, elsewhere)
    for number, path in enumerate(sorted(elsewhere.rglob("*"))):
        os.utime(path, (1_600_000_000 + number, 1_600_000_000 + number))
        path.chmod(0o700)
    again = tmp_path / "again.zip"
    time.sleep(2.1)  # the format's clock ticks every two seconds
    assert pack_command(elsewhere, again) == 0
    assert again.read_bytes() == packed.read_bytes()


def test_it_holds_what_somebody_else_needs(packed: Path) -> None:
    with zipfile.ZipFile(packed) as archive:
        names = archive.namelist()
        assert names == sorted(names)
        assert {"README.md", "LICENSE", "model.en.md", "model.zh.md"} <= set(names)
        assert sum(name.endswith("scenario.yaml") for name in names) == 4
        readme = archive.read("README.md").decode("utf-8")
        assert archive.read("LICENSE").decode("utf-8") == licence()
        assert "Legacy administrative, neutral, seeds 1, 2" in readme
        assert "govsim verify results" in readme
        assert f"govsim {govsim.__version__}" in readme
        assert all(info.date_time == (1980, 1, 1, 0, 0, 0) for info in archive.infolist())


def test_nobody_is_named(packed: Path) -> None:
    with zipfile.ZipFile(packed) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    words = {str(Path.home()), str(packed.parent), os.getcwd(), socket.gethostname()}
    words |= {getpass.getuser()} - {"root"}  # a word of its own: root seed
    for name, text in content.items():
        for word in words:
            assert word.encode() not in text, f"{name} names {word}"


@pytest.mark.slow
def test_unpacked_elsewhere_it_verifies(packed: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(tmp_path / "there")
    root = str(Path(govsim.__file__).parents[1])
    words = [sys.executable, "-m", "govsim", "verify", "results", "--json", "--jobs", "1"]
    environment = os.environ | {"PYTHONPATH": root}
    done = subprocess.run(
        words, cwd=tmp_path / "there", env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["verified"]
    assert len(answer["runs"]) == 4
    assert answer["comparisons"][0]["same"]


@pytest.fixture
def copy(study: Path, tmp_path: Path) -> Path:
    shutil.copytree(study, tmp_path / "results")
    return tmp_path / "results"


def a_run(result: Path) -> Path:
    return sorted(path for path in result.glob("*/*") if len(path.name) == 16)[0]


def refused(result: Path, match: str) -> None:
    target = result.parent / "out.zip"
    with pytest.raises(RefusedError, match=match):
        pack_command(result, target)
    assert not [path for path in result.parent.iterdir() if "zip" in path.name]


def test_links_are_refused(copy: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    table = a_run(copy) / "money.csv"
    shutil.move(table, secret)
    table.symlink_to(secret)
    refused(copy, r"money\.csv is a link")


def test_changed_runs_are_refused(copy: Path) -> None:
    with (a_run(copy) / "money.csv").open("ab") as file:
        file.write(b"1,street,1,1\n")
    refused(copy, r"money\.csv")


def test_unfinished_runs_are_refused(copy: Path) -> None:
    (a_run(copy) / "manifest.json").unlink()
    refused(copy, "not finished")


def test_runs_under_way_are_refused(copy: Path) -> None:
    with locked(a_run(copy).with_name("0" * 16), "seed 9 of a model"):
        refused(copy, "seed 9 of a model")


def test_a_place_on_a_disk_is_refused(copy: Path) -> None:
    folder = a_run(copy)
    path = folder / "scenario.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "# /home/somebody/district.yaml\n", encoding="utf-8")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["files"]["scenario.yaml"] = file_digest(path)
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    refused(copy, "/home/somebody")


def test_what_others_left_in_the_folder_is_not_packed(copy: Path, study: Path, packed: Path) -> None:
    (a_run(copy) / "notes.txt").write_text("mine")
    (copy / "tiny" / "letter.txt").write_text("mine")
    assert pack_command(copy, copy.parent / "out.zip") == 0
    assert (copy.parent / "out.zip").read_bytes() == packed.read_bytes()


def test_one_run_alone(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = copy.parent / "one.zip"
    assert pack_command(a_run(copy), target, json_output=True) == 0
    assert json.loads(capsys.readouterr().out)["runs"] == 1
    with zipfile.ZipFile(target) as archive:
        assert f"results/tiny/{a_run(copy).name}/manifest.json" in archive.namelist()


def test_where_it_cannot_be_written(study: Path, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="no folder"):
        pack_command(study, tmp_path / "nothing" / "a.zip")
    with pytest.raises(ScenarioError, match=r"\.zip"):
        pack_command(study, tmp_path / "a.tar")
    with pytest.raises(ScenarioError, match="no finished run"):
        pack_command(tmp_path, tmp_path / "a.zip")
