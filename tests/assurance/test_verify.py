"""A result is what its own files give: proven by running it again, on the real engine and small districts."""

from __future__ import annotations

import json
import os
import pickle
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from govsim.assurance.verify import verify_runs
from govsim.cli.commands import run_command
from govsim.cli.verifying import verify_command
from govsim.engine import loop
from govsim.results import load as sealing
from govsim.results.errors import EnvironmentProblem, RefusedError
from govsim.results.load import read_ledger, untrusted_folder
from govsim.results.store import file_digest
from govsim.runner.options import RunOptions
from govsim.runner.planning import default_engine
from govsim.scenario.messages import ScenarioError
from tests.asked import bundled

pytestmark = pytest.mark.slow

WEEKS = 12


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two models over two seeds in tiny, as neutral and as observed, with their comparison."""
    out = tmp_path_factory.mktemp("study") / "results"
    asked: dict[str, Any] = {
        "scenario": "tiny", "overrides": [], "models": [], "seeds": 2, "weeks": WEEKS, "out": out, "jobs": 1,
        "capacity": "both", "allow_unequal_budget": False, "figures": False, "json_output": True, "force":
        False,
    }  # fmt: skip
    run_command(**bundled(asked))
    return out


@pytest.fixture
def result(study: Path, tmp_path: Path) -> Path:
    """A copy that may be spoilt."""
    shutil.copytree(study, tmp_path / "results")
    return tmp_path / "results"


def run_folders(result: Path) -> list[Path]:
    return sorted(path for path in result.glob("*/*") if len(path.name) == 16)


def comparison(result: Path) -> Path:
    return next(result.glob("*/comparison-*"))


def forge(folder: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    """Change a file and make the manifest agree with it, as somebody would who wants not to be noticed."""
    path = folder / name
    path.write_bytes(change(path.read_bytes()))
    amend(folder, lambda manifest: manifest["files"].update({name: file_digest(path)}))


def amend(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    change(manifest)
    path.write_text(json.dumps(manifest), encoding="utf-8")


def said(capsys: pytest.CaptureFixture[str], result: Path, **options: Any) -> tuple[int, dict[str, Any]]:
    code = verify_command(result, json_output=True, jobs=1, **options)
    return code, json.loads(capsys.readouterr().out)


def test_a_study_is_what_its_files_give(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, answer = said(capsys, study)
    assert code == 0
    assert answer["verified"]
    runs = run_folders(study)
    listed = sum(len(json.loads((run / "manifest.json").read_text())["files"]) for run in runs)
    assert {run["folder"] for run in answer["runs"]} == {run.name for run in runs}
    assert answer["files"] == answer["identical"] == listed + len(runs)
    assert [item["identical"] for item in answer["comparisons"]] == [13]


@pytest.mark.parametrize("pick", [lambda r: run_folders(r)[0], comparison, lambda r: r / "tiny"])
def test_any_part_of_it_can_be_verified(
    study: Path, capsys: pytest.CaptureFixture[str], pick: Callable[[Path], Path]
) -> None:
    assert verify_command(pick(study), jobs=1) == 0
    words = capsys.readouterr().out
    assert words.splitlines()[-1] == "verified"


def test_a_forged_number_is_found_with_week_and_column(
    result: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = run_folders(result)[0]

    def raise_active(content: bytes) -> bytes:
        lines = content.decode("utf-8").splitlines(keepends=True)
        header = lines[0].lstrip("\ufeff").split(",")
        cells = lines[8].split(",")
        at = header.index("residents")
        cells[at] = str(int(cells[at]) + 30)
        lines[8] = ",".join(cells)
        return "".join(lines).encode("utf-8")

    forge(folder, "weekly.csv", raise_active)
    code, answer = said(capsys, result)
    assert code == 4
    wrong = [run for run in answer["runs"] if not run["same"]]
    assert [run["folder"] for run in wrong] == [folder.name]
    [difference] = wrong[0]["differences"]
    assert difference["file"] == "weekly.csv"
    assert difference["cells"] == 1
    assert (difference["first"]["week"], difference["first"]["column"]) == (7, "residents")
    assert difference["largest"] == pytest.approx(30 / 330, rel=0.02)
    assert wrong[0]["week"] == 7


def test_a_forged_claim_of_the_manifest_is_found(result: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = run_folders(result)[0]
    amend(folder, lambda manifest: manifest["balance"].update(resolved=10_000))
    code, answer = said(capsys, folder)
    assert code == 4
    [difference] = answer["runs"][0]["differences"]
    assert (difference["file"], difference["first"]["column"]) == ("manifest.json", "balance")


def test_a_forged_comparison_is_found(result: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = comparison(result)
    forge(folder, "compare.csv", lambda content: content.replace(b"not tested", b"better"))
    code, answer = said(capsys, folder)
    assert code == 4
    assert all(run["same"] for run in answer["runs"])
    [difference] = answer["comparisons"][0]["differences"]
    assert (difference["file"], difference["first"]["column"]) == ("compare.csv", "verdict")


def test_a_changed_file_is_named_and_the_other_runs_are_still_verified(
    result: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = run_folders(result)[1]
    with (folder / "groups.csv").open("ab") as file:
        file.write(b"more\n")
    code, answer = said(capsys, result)
    assert code == 4
    wrong = [run for run in answer["runs"] if not run["same"]]
    assert [run["folder"] for run in wrong] == [folder.name]
    assert "groups.csv" in wrong[0]["problem"]
    assert not answer["comparisons"][0]["same"]


def test_an_edited_scenario_is_named(result: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = run_folders(result)[0]
    path = folder / "scenario.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("residents: 300", "residents: 310"))
    assert verify_command(folder, jobs=1) == 4
    assert "scenario.yaml" in capsys.readouterr().out


def test_another_scenario_under_the_same_tables_is_found(
    result: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = run_folders(result)[0]
    forge(folder, "scenario.yaml", lambda content: content.replace(b"residents: 300", b"residents: 310"))
    code, answer = said(capsys, folder)
    assert code == 4
    assert "residents.parquet" in [item["file"] for item in answer["runs"][0]["differences"]]


def test_other_code_and_packages_that_give_the_same_are_said(
    result: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = run_folders(result)[0]

    def older(manifest: dict[str, Any]) -> None:
        manifest["hashes"]["code"] = "0123456789abcdef"
        manifest["versions"]["numpy"] = "1.26.4"

    amend(folder, older)
    assert verify_command(folder, jobs=1) == 0
    words = capsys.readouterr().out
    assert "other code" in words
    assert "numpy 1.26.4 -> " in words


@pytest.mark.parametrize(("process", "column"), [("participation", "habit"), ("experience", "satisfaction")])
def test_code_that_gives_other_numbers_is_named_with_week_and_process(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, process: str, column: str
) -> None:
    """A process that does more than it did from week 5 on: the week and a process that writes what differs are found."""
    place = next(k for k, item in enumerate(loop.ORDER) if item.name == process)
    honest = loop.ORDER[place]

    def meddling(state: Any) -> None:
        assert honest.run is not None
        if state.week >= 5:
            getattr(state.residents, column)[:] = 0.9
        honest.run(state)

    folder = run_folders(study)[0]
    [before] = verify_runs([folder], RunOptions(made(tmp_path / "a"), 1))
    assert before.same
    order = (*loop.ORDER[:place], honest._replace(run=meddling), *loop.ORDER[place + 1 :])
    monkeypatch.setattr(loop, "ORDER", order)
    [after] = verify_runs([folder], RunOptions(made(tmp_path / "b"), 1))
    assert not after.same
    assert after.week == 5
    expected = {"participation": "participation", "experience": "measurement"}
    assert {process, expected[process]} & set(after.processes)
    assert {"weekly.csv", "counters.parquet"} <= {item.file for item in after.differences}


def made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def test_a_run_that_cannot_be_run_again_is_said(result: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def failing(*_: Any) -> Any:
        raise ValueError("a planted fault")

    folder = run_folders(result)[0]
    engine = replace(default_engine(result), simulate=failing)
    assert verify_command(folder, jobs=1, engine=engine) == 3
    assert "a planted fault" in capsys.readouterr().out


def test_a_scenario_that_is_not_accepted_is_said(result: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = run_folders(result)[0]
    forge(folder, "scenario.yaml", lambda content: content.replace(b"residents: 300", b"residents: -300"))
    assert verify_command(folder, jobs=1) == 4
    assert "not accepted" in capsys.readouterr().out


class Bomb:
    """Touches a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


@pytest.mark.parametrize("hostile", ["link", "folder_link", "pipe", "folder", "path", "outside", "absolute"])
def test_hostile_folders_are_refused(
    result: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], hostile: str
) -> None:
    folder = run_folders(result)[0]
    secret = tmp_path / "secret.csv"
    secret.write_text("secret\n")
    named = "weekly.csv"
    if hostile == "link":
        content = (folder / named).read_bytes()
        secret.write_bytes(content)
        (folder / named).unlink()
        (folder / named).symlink_to(secret)
    elif hostile == "folder_link":
        named = "more"
        (folder / named).symlink_to(tmp_path)
    elif hostile == "pipe":
        named = "pipe"
        os.mkfifo(folder / named)
    elif hostile == "folder":
        named = "deep"
        (folder / named).mkdir()
    elif hostile in ("path", "absolute"):
        named = "../../../secret.csv" if hostile == "path" else str(secret)
        shutil.copy(secret, folder / "secret.csv")
        amend(folder, lambda manifest: manifest["files"].update({named: file_digest(secret)}))
    elif hostile == "outside":
        named = "runs.json"
        folder = comparison(result)
        forge(folder, named, lambda content: content.replace(b"../", b"../../../", 1))
        with pytest.raises(RefusedError, match=r"\.\./\.\./"):
            verify_command(folder, jobs=1)
        return
    assert verify_command(folder, jobs=1) == 4
    assert Path(named).name in capsys.readouterr().out


def test_nothing_is_unpickled(result: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = run_folders(result)[0]
    for name in ("model.pkl", "cases.pickle"):
        (folder / name).write_bytes(pickle.dumps(Bomb(tmp_path / "burst")))
    assert verify_command(folder, jobs=1) == 0
    pickle.loads((folder / "model.pkl").read_bytes())
    assert (tmp_path / "burst").exists()  # it would have
    (tmp_path / "burst").unlink()
    forge(folder, "cases.parquet", lambda _: pickle.dumps(Bomb(tmp_path / "burst")))
    capsys.readouterr()
    assert verify_command(folder, jobs=1) == 4
    assert "cases.parquet" in capsys.readouterr().out
    assert not (tmp_path / "burst").exists()


def test_a_ledger_that_unfolds_to_too_much_is_refused(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = run_folders(study)[0] / "cases.parquet"
    assert read_ledger(path).num_rows > 0
    monkeypatch.setattr(sealing, "_MOST_UNFOLDED", 10)
    with pytest.raises(RefusedError, match="would unfold to more than"):
        read_ledger(path)


def test_a_huge_or_deep_manifest_is_no_manifest(result: Path) -> None:
    folder = run_folders(result)[0]
    path = folder / "manifest.json"
    path.write_text("[" * 200_000)
    with pytest.raises(RefusedError, match="levels deep"):
        untrusted_folder(folder)
    path.write_text('{"files": {' + " " * 6_000_000 + "}}")
    with pytest.raises(RefusedError, match="larger than"):
        untrusted_folder(folder)


def test_what_is_no_result_is_said(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nothing"):
        with pytest.raises(ScenarioError):
            verify_command(path)


def test_the_rerun_can_be_kept(study: Path, tmp_path: Path) -> None:
    folder = run_folders(study)[0]
    kept = tmp_path / "kept"
    assert verify_command(folder, keep=kept, jobs=1) == 0
    again = kept / "tiny" / folder.name
    assert (again / "weekly.csv").read_bytes() == (folder / "weekly.csv").read_bytes()
    with pytest.raises(EnvironmentProblem, match="not empty"):
        verify_command(folder, keep=kept, jobs=1)


def test_no_room_for_the_rerun(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: type("Usage", (), {"free": 1000})())
    with pytest.raises(EnvironmentProblem, match="free"):
        verify_command(run_folders(study)[0], jobs=1)
