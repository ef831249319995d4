"""Negative controls: what is left of a difference, against differences that are known."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from govsim.cli import commands
from govsim.engine.recording import Recording
from govsim.report.html.page import build_page
from govsim.report.html.reading import read_material
from govsim.report.html.words import WORDS
from govsim.runner.replicates import Simulator, WeekDone
from govsim.studies.ablations import CONTROLS
from tests.asked import bundled
from tests.report.html_page import Page
from tests.synthetic import make_recording


def engine() -> Simulator:
    """Return one in which the led model's turnout is carried by ties and its speed by ranking."""

    def simulate(world: Any, scenario: Any, arm: Any, seed: int, week_done: WeekDone) -> Recording:
        led = arm.model.routing.convening != "none"
        controls = scenario.controls
        turnout = {"as_built": 0.30, "shuffled": 0.20, "none": 0.10}[controls.network] if led else 0.10
        speed = 20.0 if led and controls.ranking == "as_ruled" else 1.0
        return make_recording(
            seed, weeks=scenario.run.weeks, speed=speed, turnout=turnout, cases=300, residents=60
        )

    return Simulator(lambda scenario, seed: seed, simulate)


def run(out: Path, **changes: Any) -> int:
    asked: dict[str, Any] = {
        "scenario": "tiny", "overrides": [], "models": [], "seeds": 4, "weeks": 40, "out": out, "jobs": 1,
        "capacity": "neutral", "allow_unequal_budget": False, "figures": False, "json_output": False,
        "force": False, "controls": True,
    }  # fmt: skip
    return commands.run_command(**bundled(asked | changes | {"engine": engine()}))


def table(out: Path) -> dict[tuple[str, str], dict[str, str]]:
    (path,) = (out / "tiny").glob("comparison-*/controls.csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {(row["control"], row["indicator"]): row for row in csv.DictReader(file)}


@pytest.mark.assurance
def test_what_is_left_of_a_difference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path) == 0
    rows = table(tmp_path)
    share = {key: row["share"] for key, row in rows.items()}
    assert float(share["shuffled_network", "participation_4w"]) == pytest.approx(0.5, abs=1e-6)
    assert float(share["no_network", "participation_4w"]) == pytest.approx(0.0, abs=1e-6)
    assert float(share["random_routing", "participation_4w"]) == pytest.approx(1.0, abs=1e-6)
    assert float(share["ranking_off", "resolved_existing_26w"]) == pytest.approx(0.0, abs=1e-6)
    assert float(share["no_network", "resolved_existing_26w"]) == pytest.approx(1.0, abs=1e-6)
    half = rows["shuffled_network", "participation_4w"]
    assert float(half["under"]) == pytest.approx(float(half["difference"]) / 2, rel=1e-6)
    assert half["pairs"] == "4"
    for row in rows.values():
        if row["share_low95"] != "n/a":
            assert float(row["share_low95"]) <= float(row["share"]) <= float(row["share_high95"])


@pytest.mark.assurance
def test_where_controls_stand_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(tmp_path)
    printed = capsys.readouterr().out
    assert "Control runs without one mechanism" in printed
    assert "controls.csv" in printed
    assert "--controls --seeds 16" in printed


@pytest.mark.assurance
def test_controls_in_json_and_nothing_without_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(tmp_path / "a", json_output=True)
    answer = json.loads(capsys.readouterr().out)
    assert {row["control"] for row in answer["controls"]} == {control.name for control in CONTROLS}
    run(tmp_path / "b", json_output=True, controls=False)
    assert json.loads(capsys.readouterr().out)["controls"] == []
    assert not list((tmp_path / "b").rglob("controls.csv"))


@pytest.mark.assurance
def test_compare_takes_controls_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked: dict[str, Any] = {
        "arms": ["legacy_administrative", "party_led_cogovernance"], "scenario": "tiny", "overrides": [],
        "seeds": 3, "weeks": 40, "out": tmp_path, "jobs": 1, "allow_unequal_budget": False, "json_output":
        False, "figures": False, "controls": True, "engine": engine(),
    }  # fmt: skip
    code = commands.compare_command(**bundled(asked))
    assert code == 0
    assert len({control for control, _ in table(tmp_path)}) == len(CONTROLS)


@pytest.mark.assurance
def test_a_report_says_whether_mechanisms_were_taken_away(tmp_path: Path) -> None:
    """H23: with what is left of each difference, or with the sentence that nobody has looked."""
    for controls in (True, False):
        run(tmp_path / str(controls), controls=controls)
        (folder,) = (tmp_path / str(controls)).glob("*/comparison-*")
        for language, place in (("en", 0), ("zh", 1)):
            text = build_page(read_material(folder), language)  # type: ignore[arg-type]
            section = text.split(f'<h2 id="{language}-controls">')[1].split("</section>")[0]
            assert (WORDS["no controls"][place] in Page(section).said) is not controls
            assert ("<table" in section) is controls
            assert not controls or section.count("<tr>") > len(CONTROLS)
