"""What a machine can do to a study: full disks, kills in the middle of a file, upgrades between two halves."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from govsim.cli.commands import run_command
from govsim.results.load import load_run
from govsim.results.provenance import versions
from govsim.results.store import (
    FORMAT,
    RunContext,
    RunIdentity,
    find_run,
    read_manifest,
    write_folder,
    write_run,
)
from govsim.runner import replicates
from govsim.runner.find_runs import Mixture
from tests.asked import bundled
from tests.runner.engines import plan as engine_plan
from tests.runner.engines import tree
from tests.synthetic import make_recording

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def program(out: Path, *words: str, limit: int | None = None) -> subprocess.CompletedProcess[str]:
    def limited() -> None:
        import resource

        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    said = [
        sys.executable,
        "-m",
        "govsim",
        "run",
        "tiny",
        "--weeks",
        "8",
        "--jobs",
        "1",
        "--no-figures",
        "--out",
        str(out),
    ]
    return subprocess.run(
        [*said, *words], cwd=ROOT, preexec_fn=limited, capture_output=True, text=True, check=False
    )  # fmt: skip


@pytest.mark.assurance
def test_a_limit_on_files_ends_the_study_and_costs_no_finished_run(tmp_path: Path) -> None:
    """As on a full disk: exit code 5 that names file and need, nothing half written; with room it goes on. Half a minute."""
    out = tmp_path / "results"
    assert program(out, "--seeds", "1").returncode == 0
    before = tree(out)
    done = program(out, "--seeds", "3", limit=30_000)
    assert done.returncode == 5
    assert "cannot write " in done.stderr
    assert "MB needed" in done.stderr
    assert any(f"{name} of " in done.stderr for name in ("groups.csv", "dictionary.csv", "weekly.csv"))
    after = tree(out)
    assert {name: after[name] for name in before} == before
    assert not [path for path in out.rglob(".*") if path.is_dir()]
    assert all(read_manifest(path) for path in (out / "tiny").iterdir() if path.is_dir())
    assert program(out, "--seeds", "3").returncode == 0
    whole = tmp_path / "whole"
    assert program(whole, "--seeds", "3").returncode == 0
    kept = {name: content for name, content in tree(out).items() if "comparison-" not in name}
    expected = {name: content for name, content in tree(whole).items() if "comparison-" not in name}
    assert {name for name in kept if not name.endswith("manifest.json")} == {
        name for name in expected if not name.endswith("manifest.json")
    }
    assert all(kept[name] == expected[name] for name in kept if not name.endswith("manifest.json"))


def test_too_little_disk_is_said_beforehand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from govsim.runner.one_run import Need, Task

    plan = replace(engine_plan(tmp_path, "slow"), need=Need(disk_bytes=4e6))
    tasks = [Task(0, seed, plan, tmp_path / "a" / "b", (), False, True) for seed in (1, 2)]
    usage = type("Usage", (), {"free": 7_000_000})
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    note = replicates.disk_note(tasks)
    assert "2 runs take about 8 MB" in note
    assert "7 MB are free" in note
    assert replicates.disk_note(tasks[:1]) == ""
    assert replicates.disk_note([]) == ""


@pytest.mark.parametrize(("residents", "weeks"), [(300, 52), (2000, 30)])
def test_the_size_of_a_run_folder_is_what_was_estimated(tmp_path: Path, residents: int, weeks: int) -> None:
    import govsim
    from govsim.scenario import load
    from govsim.scenario.estimate import disk_of_one_run

    settings = {"population.residents": residents}
    found = govsim.run("tiny", seeds=1, weeks=weeks, capacity="neutral", settings=settings, out=tmp_path)
    expected = disk_of_one_run(
        load("tiny", [f"run.weeks={weeks}", f"population.residents={residents}"]).scenario
    )
    for run in found.runs:
        size = sum(path.stat().st_size for path in run.folder.iterdir())
        assert 0.7 < size / expected < 1.4


def written(folder: Path, number: int) -> None:
    """Write a run whose content depends on a number, over whatever is there."""
    recording = make_recording(number, weeks=30, cases=80, residents=60)
    context = RunContext("test", "arm", "neutral", "g", [], {}, "2026-01-01T00:00:00Z", 0.0)
    write_run(folder, RunIdentity("s", "a", number), context, recording)


def put(folder: Path, number: int) -> None:
    """Write a folder of a dozen files whose content depends on a number."""
    files = {f"{name}.csv": bytes([number]) * (1 + 7_001 * name) for name in range(12)}
    write_folder(folder, files, {"format": FORMAT, "key": str(number)})


def killed_while_writing(folder: Path, chance: random.Random) -> None:
    """Let a child write the same folder again and again, and kill it (SIGKILL) at some moment."""
    child = os.fork()
    if child == 0:  # pragma: no cover
        try:
            number = 0
            while True:
                number += 1
                put(folder, number % 5)
        finally:
            os._exit(1)
    time.sleep(chance.uniform(0.0, 0.3))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


@pytest.mark.assurance
@pytest.mark.parametrize("rounds", [15, pytest.param(200, marks=pytest.mark.slow, id="200, half a minute")])
def test_a_kill_while_a_run_is_written_leaves_it_whole_or_not_there(tmp_path: Path, rounds: int) -> None:
    chance, seen = random.Random(rounds), 0
    folder = tmp_path / "0123456789abcdef"
    for _ in range(rounds):
        killed_while_writing(folder, chance)
        visible = [path for path in tmp_path.iterdir() if not path.name.startswith(".")]
        assert [path.name for path in visible] in ([], [folder.name])
        if visible:
            seen += 1
            manifest = read_manifest(folder)  # every file has the hash that the manifest says
            assert manifest is not None
            number = int(manifest["key"])
            assert (folder / "0.csv").read_bytes() == bytes([number])
            assert len(manifest["files"]) == 12
        left = [path for path in tmp_path.iterdir() if path.name.startswith(".")]
        assert all(path.name.startswith(f".{folder.name}-") for path in left)
    assert seen > rounds // 4
    put(folder, 3)
    manifest = read_manifest(folder)
    assert manifest is not None
    assert manifest["key"] == "3"


def test_a_good_looking_folder_without_a_manifest_is_set_aside_each_time(tmp_path: Path) -> None:
    folder = tmp_path / "0123456789abcdef"
    for number in (1, 2):
        written(folder, 1)
        (folder / "manifest.json").unlink()
        assert find_run(folder) is None
        assert (tmp_path / f"{folder.name}.broken-{number}" / "summary.csv").exists()
    written(folder, 1)
    assert find_run(folder) is not None


def asked(out: Path, **changes: Any) -> int:
    question: dict[str, Any] = {
        "scenario": "tiny", "overrides": [], "models": [], "seeds": 1, "weeks": 6, "out": out, "jobs": 1,
        "capacity": "neutral", "allow_unequal_budget": False, "figures": False, "json_output": False, "force": False,
    }  # fmt: skip
    return run_command(**bundled(question | changes))


def test_an_upgrade_between_two_halves_is_flagged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked(tmp_path)
    assert "MIXED VERSIONS" not in capsys.readouterr().out
    for path in tmp_path.glob("*/*/manifest.json"):
        manifest = json.loads(path.read_text(encoding="utf-8"))
        manifest["versions"]["numpy"] = "1.99.0"
        path.write_text(json.dumps(manifest), encoding="utf-8")
    assert asked(tmp_path, seeds=2) == 0
    words = capsys.readouterr().out
    assert "MIXED VERSIONS" in words
    assert f"numpy 1.99.0 and {versions()['numpy']}" in words
    (told,) = [
        path for path in tmp_path.glob("*/comparison-*/comparison.json") if "MIXED" in path.read_text()
    ]
    (banner,) = json.loads(told.read_text(encoding="utf-8"))["banners"]
    assert "版本混用" in banner["zh"]
    assert asked(tmp_path, seeds=2, json_output=True) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["mixed_versions"] == {"numpy": ["1.99.0", versions()["numpy"]]}


def test_equal_versions_are_not_mixed(tmp_path: Path) -> None:
    asked(tmp_path, json_output=True)
    runs = [load_run(path) for path in tmp_path.glob("*/*") if len(path.name) == 16]
    assert runs
    assert Mixture(runs).mixed == {}


def test_an_edited_scenario_has_runs_of_its_own(tmp_path: Path) -> None:
    """Half a study, an edit, the other half: the edited half is never mixed with the first."""
    scenario = tmp_path / "mine.yaml"
    scenario.write_text("govsim: 1\nextends: tiny\nname: {en: Mine}\n", encoding="utf-8")
    asked(tmp_path / "out", scenario=str(scenario), json_output=True)
    before = {path.name for path in (tmp_path / "out" / "mine").iterdir()}
    scenario.write_text(
        "govsim: 1\nextends: tiny\nname: {en: Mine}\nproblems: {classes: {water_supply: {rate: 0.2}}}\n",
        encoding="utf-8",
    )
    asked(tmp_path / "out", scenario=str(scenario), seeds=2, json_output=True)
    runs = [path for path in (tmp_path / "out" / "mine").iterdir() if len(path.name) == 16]
    assert len([path for path in runs if path.name not in before]) == 2 * 2
    assert len([path for path in runs if path.name in before]) == 2
