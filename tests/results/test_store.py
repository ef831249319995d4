"""The run folder: whole or absent, byte-identical, found by content, refused where it was changed."""

from __future__ import annotations

import csv
import dataclasses
import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from govsim.engine.recording import Recording
from govsim.results.csvtext import BOM
from govsim.results.errors import EnvironmentProblem, RefusedError
from govsim.results.load import load_run
from govsim.results.provenance import portable
from govsim.results.store import RunContext, RunIdentity, find_run, prepare, slug, write_run
from govsim.results.values import Missing
from tests.synthetic import make_recording

IDENTITY = RunIdentity(scenario="s1", arm="a1", seed=1)
CONTEXT = RunContext(
    scenario_label="Yingzi", arm_label="党建引领", capacity_mode="neutral", governance="g1",
    command=["govsim", "run", "yingzi"], documents={"scenario.yaml": "name: x\n"},
    started="2026-01-01T00:00:00Z", seconds=1.0,
)  # fmt: skip


def write(folder: Path, recording: Recording | None = None) -> Path:
    write_run(folder, IDENTITY, CONTEXT, recording or make_recording())
    return folder


def test_everything_is_there_and_readable(tmp_path: Path) -> None:
    folder = write(tmp_path / "k")
    expected = {
        "weekly.csv", "communities.csv", "groups.csv", "hours.csv", "money.csv", "offices.csv",
        "resolution.csv", "summary.csv", "dictionary.csv", "cases.parquet", "hours.parquet",
        "counters.parquet", "offices.parquet", "events.parquet", "residents.parquet", "scenario.yaml", "manifest.json",
    }  # fmt: skip
    assert {path.name for path in folder.iterdir()} == expected
    assert [path.name for path in tmp_path.iterdir()] == ["k"]
    results = load_run(folder)
    recording = make_recording()
    assert len(results.weekly) == recording.weeks
    assert results.weekly["week"].tolist() == list(range(recording.weeks))
    assert len(results.cases) == recording.cases["case"].size
    assert results.cases["closed"].isna().sum() == (recording.cases["closed"] < 0).sum()
    assert results.summary["gap_trust_migrant"] == 0.0
    assert results.table("hours")["hours"].sum() == pytest.approx(recording.supplied.sum())


def test_every_column_is_in_the_dictionary(tmp_path: Path) -> None:
    folder = write(tmp_path / "k")
    with (folder / "dictionary.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    known = {(row["table"], row["name"]) for row in rows}
    for path in folder.glob("*.csv"):
        if path.name != "dictionary.csv":
            with path.open(encoding="utf-8-sig", newline="") as file:
                for column in next(csv.reader(file)):
                    assert (path.stem, column) in known
    results = load_run(folder)
    assert {("cases", column) for column in results.cases.columns} <= known
    assert all(row["label_zh"] and row["unit"] and row["definition"] for row in rows)


def test_csv_opens_in_a_spreadsheet(tmp_path: Path) -> None:
    folder = write(tmp_path / "k")
    content = (folder / "communities.csv").read_bytes()
    assert content.startswith(BOM.encode())
    assert b"\r" not in content
    with (folder / "communities.csv").open(encoding="utf-8-sig", newline="") as file:
        names = [row["community"] for row in csv.DictReader(file)]
    assert names == ["北街", '\'=South, "old"']
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.reader(file):
                for cell in row:
                    assert cell != ""
                    if cell[0] in "=+-@":
                        float(cell)


@pytest.mark.slow
def test_same_run_same_bytes_whatever_the_locale(tmp_path: Path) -> None:
    script = "import sys, pathlib, tests.results.test_store as t; t.write(pathlib.Path(sys.argv[1]))"
    root = Path(__file__).parents[2]
    for name, variables in (
        ("a", {"PYTHONHASHSEED": "0", "LC_ALL": "C", "OMP_NUM_THREADS": "1", "TZ": "UTC"}),
        (
            "b",
            {"PYTHONHASHSEED": "2", "LC_ALL": "zh_CN.UTF-8", "OMP_NUM_THREADS": "8", "TZ": "Asia/Shanghai"},
        ),
    ):
        subprocess.run(
            [sys.executable, "-c", script, str(tmp_path / name)],
            cwd=root,
            check=True,
            env=os.environ | variables,
        )
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes(), path.name


def test_manifest_says_where_it_came_from_and_names_nobody(tmp_path: Path) -> None:
    context = dataclasses.replace(
        CONTEXT,
        command=[
            "/home/somebody/bin/govsim",
            "run",
            "/srv/x/my.yaml",
            "--out=/srv/y",
            str(Path.cwd() / "a.yaml"),
        ],
    )
    write_run(tmp_path / "k", IDENTITY, context, make_recording())
    text = (tmp_path / "k" / "manifest.json").read_text(encoding="utf-8")
    manifest = json.loads(text)
    assert manifest["command"] == ["govsim", "run", "my.yaml", "--out=y", "a.yaml"]
    for name in ("govsim", "python", "numpy", "numba", "networkx"):
        assert manifest["versions"][name]
    assert {"scenario", "arm", "governance", "code", "world", "network", "exogenous"} <= set(
        manifest["hashes"]
    )
    assert {"commit", "dirty", "seed", "started_utc", "seconds", "warnings", "balance", "files"} <= set(
        manifest
    )
    for private in (os.environ.get("USER"), os.environ.get("HOME"), os.uname().nodename, str(tmp_path)):
        assert not private or len(private) < 4 or private not in text


def test_key_follows_content_only() -> None:
    assert RunIdentity("s", "a", 1).key == RunIdentity("s", "a", 1).key
    others = {RunIdentity("s2", "a", 1).key, RunIdentity("s", "a2", 1).key, RunIdentity("s", "a", 2).key}
    assert len(others | {RunIdentity("s", "a", 1).key}) == 4


def test_a_folder_without_a_whole_manifest_is_not_done(tmp_path: Path) -> None:
    folder = write(tmp_path / "k")
    assert find_run(folder) is not None
    (folder / "manifest.json").write_text("")
    assert find_run(folder) is None
    assert not folder.exists()
    assert (tmp_path / "k.broken-1" / "weekly.csv").exists()


@pytest.mark.parametrize(
    ("name", "kept"),
    [("summary.csv", 0.9), ("weekly.csv", 0.0), ("cases.parquet", 0.5), ("hours.parquet", 0.0)],
)
def test_a_file_that_was_cut_off_makes_the_run_not_done(tmp_path: Path, name: str, kept: float) -> None:
    """As after a power failure: set aside and computed again, while reading it is refused."""
    folder = write(tmp_path / "k")
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[: int(kept * len(content))])
    with pytest.raises(RefusedError, match=f"{name} is not what was written"):
        load_run(folder)
    assert find_run(folder) is None
    assert not folder.exists()
    assert (tmp_path / "k.broken-1" / "manifest.json").exists()


def test_an_interruption_while_writing_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(handle: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "k")
    assert list(tmp_path.iterdir()) == []


def test_a_changed_file_is_refused_by_name(tmp_path: Path) -> None:
    folder = write(tmp_path / "k")
    path = folder / "summary.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("0.", "1.", 1), encoding="utf-8")
    with pytest.raises(RefusedError, match=r"summary\.csv"):
        load_run(folder)
    with pytest.raises(RefusedError, match=r"summary\.csv"):
        find_run(folder)


@pytest.mark.parametrize("forged", ["nan", "inf", "", "-Infinity"])
def test_a_forged_cell_is_refused_naming_run_week_and_indicator(tmp_path: Path, forged: str) -> None:
    folder = write(tmp_path / "thekey")
    path = folder / "weekly.csv"
    lines = path.read_text(encoding="utf-8").split("\n")
    cells = lines[8].split(",")
    cells[2] = forged
    lines[8] = ",".join(cells)
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(RefusedError, match=r"thekey.*week 7.*active_4w_share"):
        load_run(folder)


def test_nan_never_leaves(tmp_path: Path) -> None:
    recording = make_recording()
    recording.weekly["efficacy"][5, 0] = np.nan
    with pytest.raises(RefusedError, match=r"weekly\.csv, week 5, efficacy"):
        write(tmp_path / "k", recording)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("fault", ["case", "hour", "money"])
def test_books_that_do_not_close_are_refused(tmp_path: Path, fault: str) -> None:
    recording = make_recording()
    if fault == "case":
        recording.weekly["resolved"][3, 0] += 1
    elif fault == "hour":
        recording.hours[2, 0, 0, 1] += 0.5
    else:
        recording.money_spent[0, 0] += 1000.0
    with pytest.raises(RefusedError, match=r"books|spent"):
        write(tmp_path / "k", recording)


def test_out_is_a_file(tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.write_text("mine")
    with pytest.raises(EnvironmentProblem, match="file"):
        prepare(target)
    assert target.read_text() == "mine"


def test_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = write(tmp_path / "kept")
    calls = []

    def full(handle: int) -> None:
        calls.append(handle)
        if len(calls) == 4:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EnvironmentProblem, match="disk is full"):
        write(tmp_path / "k")
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
    assert load_run(kept).seed == 1


def test_rewriting_replaces_the_whole_folder(tmp_path: Path) -> None:
    folder = write(tmp_path / "k")
    (folder / "stray.txt").write_text("x")
    write(folder)
    assert not (folder / "stray.txt").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["k"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [("Yingzi", "yingzi"), ("../../etc", "etc"), ("A b/c", "a-b-c"), ("x" * 300, "x" * 40)],
)
def test_slug(words: str, expected: str) -> None:
    assert slug(words) == expected


@pytest.mark.parametrize("words", ["CON", "鹰手营子", "", "\u202e", "😀", "nul"])
def test_slug_of_names_no_disk_can_hold(words: str) -> None:
    assert slug(words).startswith("scenario-")


def test_portable_keeps_relative_words() -> None:
    assert portable(["run", "scenarios/x.yaml", "--set", "a=1"]) == [
        "run",
        "scenarios/x.yaml",
        "--set",
        "a=1",
    ]


def test_not_reached_survives_the_file(tmp_path: Path) -> None:
    results = load_run(write(tmp_path / "k", make_recording(resolve=False)))
    assert results.summary["median_days"] is Missing.NOT_REACHED
    assert results.summary["effort_residents"] is Missing.NO_BASE


def test_what_is_there_and_equal_stays(tmp_path: Path) -> None:
    """Somebody may be reading it; a run that differs takes its place."""
    folder = write(tmp_path / "k")
    before = (folder / "manifest.json").stat().st_ino
    write(folder)
    assert (folder / "manifest.json").stat().st_ino == before
    write(folder, make_recording(turnout=0.2))
    assert (folder / "manifest.json").stat().st_ino != before
    assert [path.name for path in tmp_path.iterdir()] == ["k"]


@pytest.mark.slow
def test_many_write_the_same_run_at_once(tmp_path: Path) -> None:
    """Each of them ends well and one whole run is there, whoever was first."""
    recordings = [make_recording(turnout=turnout) for turnout in (0.1, 0.2)]
    folder = tmp_path / "k"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: write(folder, recordings[n % 2]), range(16)))
    assert find_run(folder) is not None
    assert [path.name for path in tmp_path.iterdir()] == ["k"]


def test_abandoned_parts_are_swept(tmp_path: Path) -> None:
    for name, age in ((".k-old", 7200), (".k-new", 60)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "half.csv").write_text("1,")
        then = time.time() - age
        os.utime(tmp_path / name, (then, then))
    write(tmp_path / "k")
    assert {path.name for path in tmp_path.iterdir()} == {"k", ".k-new"}
