"""Data frames hold what the tables hold, and say where there is no number."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import govsim
from govsim.api import RunsFailedError
from govsim.cli.commands import run_command
from govsim.results.errors import RefusedError
from govsim.results.indicators import INDICATORS
from govsim.runner import replicates
from govsim.scenario import load
from govsim.scenario.messages import ScenarioError
from govsim.studies.frames import Frames
from tests.asked import bundled

pytestmark = pytest.mark.slow

LEGACY, PARTY = "Legacy administrative", "Party-led co-governance"
WEEKS = 10


def compute(out: Path, *overrides: str) -> None:
    asked: dict[str, Any] = {
        "scenario": "tiny", "overrides": list(overrides), "models": [], "seeds": 2, "weeks": WEEKS, "out": out,
        "jobs": 1, "capacity": "both", "allow_unequal_budget": False, "figures": False, "json_output": True,
        "force": False,
    }  # fmt: skip
    run_command(**bundled(asked))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("frames") / "results"
    compute(out)
    return out


@pytest.fixture(scope="module")
def results(folder: Path) -> Frames:
    return govsim.load_results(folder)


def cells(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_summary_holds_every_indicator_of_every_run(results: Frames) -> None:
    summary = results.summary
    assert len(summary) == len(results) == 6
    assert {item.name for item in INDICATORS} <= set(summary.columns)
    assert set(zip(summary["arm"], summary["mode"], summary["seed"], strict=True)) == {
        (LEGACY, "neutral", 1), (LEGACY, "neutral", 2), (PARTY, "neutral", 1), (PARTY, "neutral", 2),
        (PARTY, "observed", 1), (PARTY, "observed", 2),
    }  # fmt: skip
    missing = 0
    for run in results.runs:
        row = summary[summary["run"] == run.folder.name].iloc[0]
        reasons = results.reasons[results.reasons["run"] == run.folder.name].set_index("indicator")["reason"]
        for cell in cells(run.folder / "summary.csv"):
            if cell["value"] in ("n/a", "not reached"):
                missing += 1
                assert np.isnan(row[cell["indicator"]])
                assert reasons[cell["indicator"]] == cell["value"]
            else:
                assert row[cell["indicator"]] == float(cell["value"])
                assert cell["indicator"] not in reasons
    assert missing == len(results.reasons) > 0


@pytest.mark.parametrize("name", ["weekly", "groups"])
def test_tables_hold_what_the_files_hold(results: Frames, name: str) -> None:
    frame = getattr(results, name)
    for run in results.runs:
        rows = cells(run.folder / f"{name}.csv")
        part = frame[frame["run"] == run.folder.name].reset_index(drop=True)
        assert len(part) == len(rows)
        assert (part["seed"] == run.seed).all()
        for column in rows[0]:
            for value, row in zip(part[column].tolist(), rows, strict=True):
                cell = row[column]
                if isinstance(value, str):
                    assert value == cell
                elif cell in ("n/a", "not reached"):
                    assert np.isnan(value)
                else:
                    assert value == float(cell)
    assert frame.columns[:4].tolist() == ["run", "arm", "mode", "seed"]


def test_every_column_of_the_weekly_table_is_a_number(results: Frames) -> None:
    """There is a counter called activity, which in other tables is a word."""
    numbers = results.weekly.drop(columns=["run", "arm", "mode"])
    assert all(np.issubdtype(dtype, np.number) for dtype in numbers.dtypes)
    assert "activity" in numbers


@pytest.mark.parametrize("name", ["cases", "events", "residents", "hours", "counters"])
def test_ledgers_hold_what_the_files_hold(results: Frames, name: str) -> None:
    frame = getattr(results, name)
    for run in results.runs:
        stored = pd.read_parquet(run.folder / f"{name}.parquet")
        part = frame[frame["run"] == run.folder.name].reset_index(drop=True)
        assert len(part) == len(stored) > 0
        for column in stored.columns:
            expected = stored[column]
            assert (part[column].isna() == expected.isna()).all()
            there = ~expected.isna()
            assert (part[column][there].astype(str) == expected[there].astype(str)).all()


def test_hours_close_with_the_manifest(results: Frames) -> None:
    supplied = results.hours.groupby("run")["hours"].sum()
    for run in results.runs:
        expected = run.manifest["balance"]["hours_supplied"]
        assert supplied[run.folder.name] == pytest.approx(expected, rel=1e-9)


def test_any_folder_of_runs_will_do(folder: Path, results: Frames) -> None:
    run = results.runs[0].folder
    assert len(govsim.load_results(str(run))) == 1
    assert len(govsim.load_results(next(folder.glob("*/comparison-*")))) == 6
    assert [r.folder for r in govsim.load_results(folder / "tiny").runs] == [r.folder for r in results.runs]
    assert len(results.select(arm=PARTY, mode="observed")) == 2
    assert len(results.select(seed=1)) == 3
    assert set(results.dictionary["table"]) >= {"weekly", "cases", "indicators"}


def test_bad_folders_are_refused(folder: Path, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nothing"):
        with pytest.raises(RefusedError, match="no run folder"):
            govsim.load_results(path)
    shutil.copytree(folder, tmp_path / "copy")
    run = next(path for path in (tmp_path / "copy" / "tiny").iterdir() if len(path.name) == 16)
    shutil.move(run / "cases.parquet", tmp_path / "cases.parquet")
    (run / "cases.parquet").symlink_to(tmp_path / "cases.parquet")
    with pytest.raises(RefusedError, match=r"cases\.parquet is a link"):
        govsim.load_results(tmp_path / "copy")


def test_differences_are_those_of_the_command(folder: Path, results: Frames) -> None:
    rows = {
        (row["capacity_mode"], row["indicator"]): row for row in cells(next(folder.glob("*/*/compare.csv")))
    }
    for mode in ("neutral", "observed"):
        found = results.differences(LEGACY, PARTY, mode, allow_unequal_budget=mode == "observed")
        for name, row in found.iterrows():
            stored = rows[mode, str(name)]
            assert row["verdict"] == stored["verdict"]
            if stored["difference"] == "n/a" or stored["difference"] == "not reached":
                assert np.isnan(row["difference"])
            else:
                assert row["difference"] == pytest.approx(float(stored["difference"]), rel=1e-9)
    with pytest.raises(RefusedError, match="unequal budgets"):
        results.differences(LEGACY, PARTY, "observed")
    with pytest.raises(RefusedError, match="several runs"):
        results.differences(LEGACY, PARTY)
    with pytest.raises(RefusedError, match="no run of"):
        results.differences(LEGACY, "somebody")


@pytest.fixture(scope="module")
def design(tmp_path_factory: pytest.TempPathFactory) -> Frames:
    """Staff and a rate turned together, under two models with two seeds."""
    out = tmp_path_factory.mktemp("design") / "results"
    for staff, rate in ((1.0, 0.1), (2.0, 0.3), (3.0, 0.1), (4.0, 0.3)):
        govsim.run(
            "tiny", seeds=2, weeks=WEEKS, out=out, capacity="neutral",
            settings={"capacity.staff.community": staff, "problems.classes.water_supply.rate": rate},
        )  # fmt: skip
    return govsim.load_results(out)


def test_experiments_and_outcomes(design: Frames) -> None:
    experiments, outcomes = design.experiments_outcomes()
    varied = ["problems.classes.water_supply.rate", "capacity.staff.community"]
    assert experiments.columns.tolist() == [*varied, "seed", "scenario", "policy", "model"]
    assert len(experiments) == len(design) == 16
    assert set(experiments["policy"]) == {LEGACY, PARTY}
    assert experiments.groupby("scenario")[varied].nunique().eq(1).all(axis=None)
    assert experiments["scenario"].nunique() == 4
    for name in (item.name for item in INDICATORS):
        assert outcomes[name].shape == (16,)
        assert outcomes[name].dtype == np.float64
        np.testing.assert_array_equal(outcomes[name], design.summary[name].to_numpy())
    assert outcomes["weekly.active"].shape == (16, WEEKS)
    for row, run in enumerate(design.runs):
        assert outcomes["weekly.active"][row].tolist() == run.weekly["active"].tolist()
        scenario = load(run.folder / "scenario.yaml").scenario
        assert experiments[varied[1]][row] == scenario.capacity.staff.community
        assert experiments[varied[0]][row] == scenario.problems.classes["water_supply"].rate


def test_scenario_discovery_takes_the_pair(design: Frames) -> None:
    """PRIM of the EMA Workbench, an independent reader of this shape."""
    prim = pytest.importorskip("ema_workbench.analysis.prim")
    experiments, outcomes = design.experiments_outcomes(weekly=False)
    x = experiments.drop(columns=["seed", "model", "policy"])
    y = (x["capacity.staff.community"] > 2.0).to_numpy().astype(int)
    box = prim.Prim(x, y, threshold=0.5, peel_alpha=0.2, mass_min=0.2).find_box()
    assert "capacity.staff.community" in box.qp[-1]
    assert len(outcomes["hours_per_adult"]) == len(x)


def test_parameters_of_a_governance_model_that_vary_within_its_arm(tmp_path: Path) -> None:
    first = tmp_path / "mine.yaml"
    shipped = Path(govsim.__file__).parent / "governance" / "legacy_administrative.yaml"
    text = shipped.read_text(encoding="utf-8")
    first.write_text(text, encoding="utf-8")
    second = tmp_path / "other.yaml"
    changed = text.replace("visit_share: {value: 0.05", "visit_share: {value: 0.15")
    assert changed != text
    second.write_text(changed, encoding="utf-8")
    found = govsim.run(
        "tiny", models=[first, second], seeds=1, weeks=4, capacity="neutral", out=tmp_path / "out"
    )
    assert sorted(found.parameters["governance.detection.visit_share"]) == [0.05, 0.15]
    assert found.summary["arm"].nunique() == 2  # told apart by a part of their hash


def test_run_from_python_is_the_run_of_the_command(tmp_path: Path) -> None:
    compute(tmp_path / "command")
    found = govsim.run("tiny", seeds=2, weeks=WEEKS, capacity="both", out=tmp_path / "python")
    ours = {run.folder.name: run for run in found.runs}
    theirs = {run.folder.name: run for run in govsim.load_results(tmp_path / "command").runs}
    assert set(ours) == set(theirs)
    for key, run in ours.items():
        assert run.manifest["files"] == theirs[key].manifest["files"]
    again = govsim.run("tiny", seeds=2, weeks=WEEKS, capacity="both", out=tmp_path / "python")
    assert [run.manifest["started_utc"] for run in again.runs] == [
        run.manifest["started_utc"] for run in found.runs
    ]
    table = govsim.compare(
        "legacy_administrative", "party_led_cogovernance", "tiny", seeds=2, weeks=WEEKS, out=tmp_path / "python"
    )  # fmt: skip
    pd.testing.assert_frame_equal(table, found.differences(LEGACY, PARTY, "neutral"))


def test_mistakes_and_failures_are_exceptions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ScenarioError, match="residents"):
        govsim.run("tiny", settings={"population.residents": -1}, out=tmp_path)

    def fails(world: int, scenario: object, arm: object, seed: int, week_done: object) -> object:
        if seed == 2:
            raise ValueError("a planted fault")
        return honest.simulate(world, scenario, arm, seed, week_done)  # type: ignore[arg-type]

    honest = replicates.default_engine(tmp_path)
    monkeypatch.setattr(replicates, "default_engine", lambda out: replace(honest, simulate=fails))
    with pytest.raises(RunsFailedError, match="a planted fault") as caught:
        govsim.run("tiny", seeds=2, weeks=3, capacity="neutral", out=tmp_path)
    assert len(caught.value.failures) == 2
    assert {run.seed for run in caught.value.results.runs} == {1}


def test_importing_govsim_imports_nothing_heavy() -> None:
    heavy = "('pandas', 'numpy', 'mesa', 'scipy', 'pyarrow', 'numba', 'yaml')"
    code = f"import sys, govsim; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = govsim.nothing


def test_both_capacity_modes_are_refused_before_anything_runs(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match=r'capacity="both": one comparison is of one capacity mode'):
        govsim.compare("yantian", "hangzhou", "tiny", capacity="both", out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("kind", "known"), [("table", "weekly"), ("ledger", "events")])
def test_a_table_that_is_not_there_is_answered_with_those_that_are(
    results: Frames, kind: str, known: str
) -> None:
    with pytest.raises(RefusedError, match=f"has no {kind} nonsense: it has the {kind}s .*{known}") as caught:
        getattr(results, kind)("nonsense")
    assert "indicators only" not in str(caught.value)
