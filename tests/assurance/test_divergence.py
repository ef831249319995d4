"""Two runs part where the first column differs; what recordings show can only be later."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from govsim.assurance.divergence import RunRequest, find_divergence, writers
from govsim.cli.commands import run_command
from govsim.cli.verifying import verify_command
from govsim.engine import resolve_arm, simulate
from govsim.engine.loop import ORDER
from govsim.engine.recording import COUNTER, Recording
from govsim.runner.planning import Choice, arm_with_measures
from govsim.scenario import load
from govsim.world import build
from tests.asked import bundled

pytestmark = pytest.mark.slow

WEEKS = 20


def asked(*overrides: str, seed: int = 1) -> RunRequest:
    loaded = load("tiny", [f"run.weeks={WEEKS}", *overrides])
    scenario = loaded.scenario
    arm = arm_with_measures(Choice("tiny", loaded, loaded.governance[0], "neutral"))
    return RunRequest(build(scenario.population, scenario.network, seed), scenario, arm, seed)


def recorded(item: RunRequest) -> Recording:
    return simulate(item.world, item.scenario, item.arm, item.seed)


def first_week(a: Recording, b: Recording) -> int:
    """First week in which any weekly counter differs, looked at from outside."""
    wrong = [np.flatnonzero((a.weekly[name] != b.weekly[name]).any(axis=1)) for name in COUNTER]
    return min(int(weeks[0]) for weeks in wrong if len(weeks))


def with_measure(name: str, start: int) -> str:
    models = [{"model": "legacy_administrative", "measures": [{"use": name, "start": start}]}]
    return f"governance.models={json.dumps(models)}"


def test_equal_runs_never_part() -> None:
    found = find_divergence(asked(), asked())
    assert not found.before
    assert not found.first
    assert found.world is None
    assert found.weeks == WEEKS


@pytest.mark.parametrize(("measure", "start"), [("cadre_campaign", 6), ("party_training", 11)])
def test_a_measure_parts_them_in_its_week(measure: str, start: int) -> None:
    plain, changed = asked(), asked(with_measure(measure, start))
    found = find_divergence(plain, changed)
    assert not found.before
    week = found.first[0].week
    assert week == start
    assert found.first[0].process in {process.name for process in ORDER}
    assert first_week(recorded(plain), recorded(changed)) >= week


def test_a_parameter_parts_them_in_the_process_that_reads_it() -> None:
    """Problems arise more often; the first to notice is what lets them arise."""
    plain, changed = asked(), asked("problems.classes.water_supply.rate=1.2")
    found = find_divergence(plain, changed)
    assert "classes.rate" in found.before
    assert found.first[0].process == "arrivals"
    assert found.first[0].kind == "case"
    assert "classes.rate" in found.reads
    assert found.resident is not None
    assert found.resident.week >= found.first[0].week
    assert found.resident.entity.startswith("resident ")
    assert found.first[0].week <= first_week(recorded(plain), recorded(changed))


def test_models_part_in_a_process_that_reads_what_they_set() -> None:
    legacy = asked()
    loaded = load("tiny", [f"run.weeks={WEEKS}"])
    other = RunRequest(legacy.world, legacy.scenario, resolve_arm(loaded.governance[1].model, "neutral"), 1)
    found = find_divergence(legacy, other)
    assert found.first
    assert found.reads
    assert found.first[0].week <= first_week(recorded(legacy), recorded(other))
    assert found.resident is not None


def test_other_seeds_are_other_worlds() -> None:
    found = find_divergence(asked(seed=1), asked(seed=2))
    assert found.world is not None
    assert found.world.kind == "resident"
    assert not found.first


def test_who_writes_what_in_a_week() -> None:
    found = dict(writers(asked(), 3))
    assert list(found) == [process.name for process in ORDER if process.run is not None]
    arrived, active = (COUNTER[name] for name in ("arrived", "active"))
    for name, written in found.items():
        assert not written["counters"][:, arrived].any() or name in ("arrivals", "detection")
        assert not written["counters"][:, active].any() or name == "participation"
    assert found["participation"]["counters"][:, active].any()
    assert found["effort"]["hours"].any()


def run(out: Path, *models: str, weeks: int = 8) -> list[Path]:
    asked: dict[str, Any] = {
        "scenario": "tiny", "overrides": [], "models": list(models), "seeds": 1, "weeks": weeks, "out": out,
        "jobs": 1, "capacity": "neutral", "allow_unequal_budget": False, "figures": False, "json_output": True,
        "force": False,
    }  # fmt: skip
    run_command(**bundled(asked))
    return sorted(path for path in out.glob("*/*") if len(path.name) == 16)


def test_the_command_names_week_process_and_resident(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a, b = run(tmp_path / "two", "legacy_administrative", "party_led_cogovernance")
    capsys.readouterr()
    assert verify_command(a, against=b) == 4
    words = capsys.readouterr().out
    assert "asked differently: governance." in words
    assert "they part in week 0, process " in words
    assert "first resident: week " in words
    assert verify_command(a, against=b, json_output=True) == 4
    answer = json.loads(capsys.readouterr().out)
    assert answer["partings"]["resident"]["kind"] == "resident"
    assert verify_command(a, against=a) == 0
    assert "every table is the same" in capsys.readouterr().out


def test_a_changed_table_that_nothing_explains_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from tests.assurance.test_verify import forge

    [a] = run(tmp_path / "a", "legacy_administrative")
    [b] = run(tmp_path / "b", "legacy_administrative")
    forge(b, "money.csv", lambda content: content.replace(b"\n3,", b"\n4,", 1))
    capsys.readouterr()
    assert verify_command(a, against=b) == 4
    words = capsys.readouterr().out
    assert "money.csv" in words
    assert "what was asked does not explain it" in words
