"""Negative controls in studies over many districts, against differences that are known."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from govsim.engine.recording import Recording
from govsim.report.exits import DONE
from govsim.runner.one_run import Simulator
from govsim.runner.options import RunOptions
from govsim.scenario.messages import ScenarioError
from govsim.scenario.studies import load_study
from govsim.studies.ablations import CONTROLS
from govsim.studies.sensitivity import Method, lay
from tests.asked import study_command
from tests.studies.synthetic_studies import study_file
from tests.synthetic import make_recording

pytestmark = pytest.mark.slow

Ask = Callable[[str, Path], int]


def engine(ran: list[str] | None = None) -> Simulator:
    """Return one in which the led model's turnout is carried by ties, half by who is tied to whom; more tasks, fewer people."""

    def simulate(world: Any, scenario: Any, arm: Any, seed: int, week_done: Any) -> Recording:
        led = arm.model.routing.convening != "none"
        if ran is not None:
            ran.append(scenario.controls.network)
        gain = {"as_built": 0.4, "shuffled": 0.2, "none": 0.0}[scenario.controls.network] if led else 0.0
        turnout = 0.2 + gain + 0.2 * (60.0 - scenario.tasks.community_hours) / 40.0
        return make_recording(seed, weeks=52, turnout=turnout, cases=60, residents=1000)

    return Simulator(lambda scenario, seed: seed, simulate)


def ask(kind: str, study: str, out: Path, **more: Any) -> int:
    options = RunOptions(out, 1, engine=engine())
    return study_command(kind)(study, options=options, figures=False, controls=True, **more)


def sweep(study: str, out: Path, **more: Any) -> int:
    return ask("sweep", study, out, **more)


def sensitivity(study: str, out: Path, **more: Any) -> int:
    return ask("sensitivity", study, out, size=4, **more)


def crossover(study: str, out: Path, **more: Any) -> int:
    return study_command("crossover")(
        over=study,
        options=RunOptions(out, 1, engine=engine()),
        switching=False,
        figures=False,
        controls=True,
        **more,
    )


def rows(out: Path, name: str) -> list[dict[str, str]]:
    (path,) = out.rglob(name)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.assurance
@pytest.mark.parametrize("ask", [sweep, sensitivity, crossover])
def test_what_is_left_over_a_design(ask: Ask, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """H23: the share that survives each control is the one that was planted, and stands in answer and table."""
    assert ask(study_file(tmp_path), tmp_path / "out") == DONE
    said = capsys.readouterr().out
    assert said.count("Negative controls: B - A") == 1
    assert all(control.en in said for control in CONTROLS)
    found = {(row["control"], row["indicator"]): row for row in rows(tmp_path / "out", "controls.csv")}
    assert {control for control, _ in found} == {control.name for control in CONTROLS}
    for control, share in (
        ("shuffled_network", 0.5),
        ("no_network", 0.0),
        ("ranking_off", 1.0),
        ("random_routing", 1.0),
    ):
        row = found[control, "participation_4w"]
        assert float(row["share"]) == pytest.approx(share, abs=0.05), control  # people come in whole numbers
        assert float(row["under"]) == pytest.approx(share * float(row["difference"]), abs=1.5)
        assert int(row["pairs"]) == (4 if ask is sensitivity else 8)


@pytest.mark.assurance
@pytest.mark.parametrize("ask", [sweep, sensitivity, crossover])
def test_controls_in_json(
    ask: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(study_file(tmp_path), tmp_path / "out", json_output=True) == DONE
    answer = json.loads(capsys.readouterr().out)
    assert {row["control"] for row in answer["controls"]} == {control.name for control in CONTROLS}


@pytest.mark.parametrize("ask", [sweep, sensitivity])
def test_one_model_has_no_difference_that_could_be_left(ask: Ask, tmp_path: Path) -> None:
    text = Path(study_file(tmp_path)).read_text(encoding="utf-8")
    one = study_file(
        tmp_path, text.replace("[legacy_administrative, party_led_cogovernance]", "[legacy_administrative]")
    )
    with pytest.raises(ScenarioError, match="one governance model"):
        ask(one, tmp_path / "out")


@pytest.mark.parametrize("method", ["morris", "sobol"])
def test_starts_are_one_point_of_each(method: Method, tmp_path: Path) -> None:
    screening = lay(load_study(study_file(tmp_path)).factors, method, 8, 3)
    starts = screening.starts.points
    assert len(starts) == 8
    each = len(screening.design) // 8
    for start, block in zip(starts, screening.design.points.reshape(8, each, -1), strict=True):
        assert (block == start).all(axis=1).any()
    assert len(np.unique(starts, axis=0)) > 1


def test_find_answers_once_more_under_each_control(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """40 % taking part: the led model with its ties bears 60 hours of tasks, with other people's ties 60, alone 20."""
    asked: list[str] = []
    code = study_command("find")(
        "participation_4w >= 40", "tiny", vary="tasks.community_hours=20..60", overrides=["run.weeks=52"],
        models=["party_led_cogovernance"], seeds=2, options=RunOptions(tmp_path, 1, engine=engine(asked)), controls=True,
    )  # fmt: skip
    assert code == DONE
    said = capsys.readouterr().out
    assert set(asked) == {"as_built", "shuffled", "none"}
    for control in CONTROLS:
        assert f", {control.en}: " in said
    met = {
        name: max(
            float(row["value"])
            for row in rows(tmp_path, "find.csv")
            if row["control"] == name and row["met"] == "yes"
        )
        for name in ("none", "ranking_off", "shuffled_network", "no_network")
        if any(row["control"] == name and row["met"] == "yes" for row in rows(tmp_path, "find.csv"))
    }
    assert met["none"] == met["ranking_off"] == 60
    assert met.get("no_network", 20) < met["shuffled_network"] <= 60
