"""A process that raises: process, week, entity, seed, line and the command that repeats it, wherever the run was done."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import govsim
from govsim.api import RunsFailedError
from govsim.cli import main
from govsim.engine import loop
from govsim.engine.recording import Recording
from govsim.runner.one_run import WeekDone
from govsim.runner.options import RunOptions
from govsim.runner.planning import Choice, default_engine, plan
from govsim.runner.replicates import run_all
from govsim.scenario import load

pytestmark = pytest.mark.slow

SMALL = ["run.weeks=8", "population.residents=60"]
WORDS = [
    "run",
    "tiny",
    "--weeks",
    "8",
    "--set",
    "population.residents=60",
    "--model",
    "yantian",
    "--no-figures",
]
WORDS += ["--capacity", "neutral", "--jobs", "1"]
WHERE = "process experience, week 5 (weeks and rows count from 0), community 1"


def broken(state: Any) -> None:
    """Fail in week 5 of seed 2, at the second community."""
    for community in range(2):
        if (state.week, state.seed, community) == (5, 2, 1):
            raise ValueError("no such mood")


def without_loops(state: Any) -> None:
    if state.week == 3:
        json.loads("no json")


def instead(run: Any) -> tuple[Any, ...]:
    return tuple(p._replace(run=run) if p.name == "experience" else p for p in loop.ORDER)


def line_of(run: Any, text: str) -> str:
    """Return file and line at which a text stands, in a function of this file."""
    lines = Path(__file__).read_text("utf-8").splitlines()
    at = next(n for n, line in enumerate(lines, 1) if n > run.__code__.co_firstlineno and text in line)
    return f"({Path(__file__).name}:{at})"


RAISED = f"ValueError: no such mood {line_of(broken, 'raise')}; {WHERE}"


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "ORDER", instead(broken))


@pytest.mark.usefixtures("faulty")
def test_the_command_says_all_and_its_line_repeats_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*WORDS, "--seeds", "3", "--out", str(tmp_path)]) == 3
    told = capsys.readouterr()
    assert f"seed 2 of Yantian failed: {RAISED}" in told.err
    assert "1 of 3 runs failed (seed 2); seeds 1, 3 are whole." in told.err
    assert "2 replications (random seeds 1, 3)" in told.out
    line = re.search("^  again: govsim (.*)$", told.err, re.MULTILINE)
    assert line
    assert main([*shlex.split(line[1]), "--out", str(tmp_path), "--no-figures", "--jobs", "1"]) == 3
    again = capsys.readouterr().err
    assert f"seed 2 of Yantian failed: {RAISED}" in again
    assert "1 of 1 runs failed (seed 2); no seed is whole." in again


@pytest.mark.usefixtures("faulty")
def test_python_says_the_same(tmp_path: Path) -> None:
    changed = {"population.residents": 60}
    with pytest.raises(RunsFailedError) as caught:
        govsim.run(
            "tiny", models=["yantian"], weeks=8, seeds=3, settings=changed, capacity="neutral", out=tmp_path
        )
    assert RAISED in str(caught.value)
    assert "1 of 3 runs failed (seed 2)" in str(caught.value)
    assert f"Again: {caught.value.failures[0].repeat}" in str(caught.value)
    assert sorted(caught.value.results.summary["seed"].unique()) == [1, 3]


@pytest.mark.usefixtures("faulty")
def test_an_engine_in_python_carries_the_note() -> None:
    from govsim.engine import resolve_arm, simulate
    from govsim.scenario import load_governance
    from govsim.world import build

    scenario = load("tiny", SMALL).scenario
    world = build(scenario.population, scenario.network, 2)
    with pytest.raises(ValueError, match="no such mood") as caught:
        simulate(world, scenario, resolve_arm(load_governance("yantian").model, "neutral"), 2)
    assert caught.value.__notes__ == [WHERE]


def in_a_worker(world: Any, scenario: Any, arm: Any, seed: int, week_done: WeekDone) -> Recording:
    """Simulate with the broken process in the process in which this is called."""
    whole = loop.ORDER
    loop.ORDER = instead(broken)
    try:
        return default_engine(Path(".")).simulate(world, scenario, arm, seed, week_done)
    finally:
        loop.ORDER = whole


def test_a_worker_says_the_same(tmp_path: Path) -> None:
    loaded = load("tiny", [*SMALL, 'governance.models=["yantian"]'])
    plans = [plan(Choice("tiny", loaded, loaded.governance[0], "neutral"), tmp_path)]
    own = default_engine(tmp_path)
    outcome = run_all(plans, [1, 2, 3], RunOptions(tmp_path, 2, engine=replace(own, simulate=in_a_worker)))
    assert [(failure.seed, failure.problem) for failure in outcome.failures] == [(2, RAISED)]
    assert "--set run.first_seed=2" in outcome.failures[0].repeat
    assert sorted(seed for _, seed in outcome.results) == [1, 3]


def test_of_a_library_the_line_that_called_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "ORDER", instead(without_loops))
    with pytest.raises(RunsFailedError) as caught:
        govsim.run("tiny", models=["yantian"], weeks=8, seeds=1, capacity="neutral", out=tmp_path)
    said = caught.value.failures[0].problem
    assert (
        f"{line_of(without_loops, 'json.loads')}; process experience, week 3 (weeks and rows count from 0)"
        in said
    )
    assert said.endswith("from 0)"), "no entity is made up"
