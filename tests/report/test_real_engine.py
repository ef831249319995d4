"""The main job on the real engine, small: one world for all, equal budgets, the same bytes for any jobs."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from govsim.cli.commands import run_command
from tests.asked import bundled


def run(out: Path, **changes: Any) -> int:
    asked: dict[str, Any] = {
        "scenario": "tiny", "overrides": [], "models": [], "seeds": 2, "weeks": 30, "out": out,
        "jobs": 1, "capacity": "both", "allow_unequal_budget": False, "figures": False,
        "json_output": True, "force": False,
    }  # fmt: skip
    return run_command(**bundled(asked | changes))


@pytest.mark.assurance
def test_main_job_end_to_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path / "one") == 0
    answer = json.loads(capsys.readouterr().out)
    assert all(comparison["paired"] for comparison in answer["comparisons"])
    neutral = [arm for arm in answer["arms"] if arm["capacity_mode"] == "neutral"]
    assert neutral[0]["granted_hours"] == pytest.approx(neutral[1]["granted_hours"], rel=1e-9)
    assert neutral[0]["granted_money"] == pytest.approx(neutral[1]["granted_money"], rel=1e-9)
    for seed in range(2):
        assert len({arm["runs"][seed]["world"] for arm in answer["arms"]}) == 1
        assert len({arm["runs"][seed]["exogenous"] for arm in answer["arms"]}) == 1
    assert run(tmp_path / "two", jobs=2) == 0
    one = {
        path.relative_to(tmp_path / "one"): path for path in (tmp_path / "one").rglob("*") if path.is_file()
    }
    two = {
        path.relative_to(tmp_path / "two"): path for path in (tmp_path / "two").rglob("*") if path.is_file()
    }
    assert set(one) == set(two)
    for name in one:
        if name.name != "manifest.json":
            assert one[name].read_bytes() == two[name].read_bytes(), name
    manifests = [
        path for path in one.values() if path.name == "manifest.json" and "comparison" not in str(path)
    ]
    for path in manifests:
        balance = json.loads(path.read_text(encoding="utf-8"))["balance"]
        assert balance["cases_left_over"] == 0
        assert balance["cases_miscounted"] == {}
        assert balance["hours_left_over"] < 1e-9 * balance["hours_supplied"]
        assert balance["money_overspent"] == 0


def test_nobody_finds_anything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from govsim.scenario import load

    silent = []
    for name in load("tiny").scenario.problems.classes:
        for rate in ("report_rate", "patrol_visibility", "visit_visibility", "meeting_visibility"):
            silent.append(f"problems.classes.{name}.{rate}=0.0")
    assert run(tmp_path, overrides=silent, seeds=1, weeks=40, capacity="neutral") == 0
    rows = json.loads(capsys.readouterr().out)["indicators"]
    values = {(row["arm"], row["indicator"]): row["mean"] for row in rows}
    for arm in {row["arm"] for row in rows}:
        assert values[arm, "resolved_existing_26w"] == 0.0
        assert values[arm, "resolved_reported_26w"] == "n/a"
        assert values[arm, "hidden_13w"] == 100.0
        assert values[arm, "median_days"] == "not reached"


@pytest.mark.assurance
def test_one_command_from_nothing_to_the_page(tmp_path: Path) -> None:
    """P01, by what two processors have in a minute: others may be using them while the tests run."""
    asked = [
        "compare", "legacy_administrative", "party_led_cogovernance", "--scenario", "tiny", "--seeds", "30",
        "--set", "population.residents=3000", "--report", "r.html",
    ]  # fmt: skip
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "govsim", *asked], cwd=tmp_path, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime <= 2 * 60.0
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "3,000 residents" in page
    assert "30 replications, compared in pairs" in page
    assert sorted(path.name for path in tmp_path.iterdir()) == ["r.html", "results"]
