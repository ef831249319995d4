"""Arms times seeds: order, reuse, failures and interruption."""

from __future__ import annotations

import io
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from govsim.engine.recording import Recording
from govsim.results.errors import EnvironmentProblem, RefusedError
from govsim.study.progress import Reporter
from govsim.study.replicates import Engine, Plan, WeekDone, run_all
from tests.synthetic import make_recording


class Fake:
    """An engine that counts what it was asked."""

    def __init__(self) -> None:
        self.built: list[int] = []
        self.ran: list[tuple[str, int]] = []
        self.fail: set[tuple[str, int]] = set()
        self.interrupt_after: int | None = None
        self.lock = threading.Lock()

    def build(self, scenario: Any, seed: int) -> int:
        self.built.append(seed)
        return seed

    def simulate(self, world: int, scenario: Any, arm: str, seed: int, week_done: WeekDone) -> Recording:
        assert world == seed
        if (arm, seed) in self.fail:
            raise ValueError("a planted fault")
        for week in range(1, 81, 8):
            week_done(week)
        with self.lock:
            self.ran.append((arm, seed))
        return make_recording(seed, speed=2.0 if arm == "fast" else 1.0, cases=60, residents=40)

    def engine(self) -> Engine:
        return Engine(self.build, self.simulate)


def plan(out: Path, arm: str) -> Plan:
    return Plan(
        arm=arm, scenario=None, label=arm, mode="neutral", weeks=80, scenario_label="test", scenario_hash="s",
        arm_hash=arm, governance_hash=arm, world_spec="w", folder=out / "test", documents=lambda seed: {},
        repeat=f"govsim run test --model {arm} --set run.first_seed={{seed}}",
    )  # fmt: skip


def quiet() -> Reporter:
    return Reporter(0, 0, io.StringIO())


def test_worlds_are_shared_and_runs_reused(tmp_path: Path) -> None:
    fake, plans = Fake(), [plan(tmp_path, "slow"), plan(tmp_path, "fast")]
    first = run_all(plans, [1, 2, 3], fake.engine(), reporter=quiet())
    assert fake.built == [1, 2, 3]
    assert len(fake.ran) == 6
    assert (first.computed, first.reused) == (6, 0)
    assert sorted(first.results) == [(arm, seed) for arm in (0, 1) for seed in (1, 2, 3)]
    again = run_all(plans, [1, 2, 3, 4], fake.engine(), reporter=quiet())
    assert (again.computed, again.reused) == (2, 6)
    forced = run_all(plans, [1], fake.engine(), force=True, reporter=quiet())
    assert (forced.computed, forced.reused) == (2, 0)


@pytest.mark.slow
def test_number_of_jobs_changes_nothing(tmp_path: Path) -> None:
    trees = []
    for jobs in (1, 2, 4):
        out = tmp_path / str(jobs)
        outcome = run_all(
            [plan(out, "slow"), plan(out, "fast")], [1, 2, 3], Fake().engine(), jobs=jobs, reporter=quiet()
        )
        trees.append({
            (key, path.name): path.read_bytes()
            for key, run in outcome.results.items()
            for path in run.folder.iterdir() if path.name != "manifest.json"
        })  # fmt: skip
    assert trees[0] == trees[1] == trees[2]


def test_one_failing_run_costs_no_other(tmp_path: Path) -> None:
    fake = Fake()
    fake.fail = {("slow", 3)}
    outcome = run_all([plan(tmp_path, "slow")], range(1, 11), fake.engine(), jobs=2, reporter=quiet())
    assert outcome.computed == 9
    (failure,) = outcome.failures
    assert failure.seed == 3
    assert "ValueError: a planted fault (test_replicates.py:" in failure.problem
    assert failure.repeat == "govsim run test --model slow --set run.first_seed=3"


def test_interrupt_keeps_what_is_done_and_continues(tmp_path: Path) -> None:
    fake = Fake()
    calls = 0

    def simulate(world: int, scenario: Any, arm: str, seed: int, week_done: WeekDone) -> Recording:
        nonlocal calls
        calls += 1
        if calls == 4:
            raise KeyboardInterrupt
        return fake.simulate(world, scenario, arm, seed, week_done)

    plans = [plan(tmp_path, "slow")]
    outcome = run_all(plans, range(1, 9), Engine(fake.build, simulate), reporter=quiet())
    assert outcome.interrupted
    assert outcome.computed == 3
    resumed = run_all(plans, range(1, 9), fake.engine(), reporter=quiet())
    assert (resumed.computed, resumed.reused) == (5, 3)


def test_a_running_simulation_is_left_between_two_weeks(tmp_path: Path) -> None:
    fake, weeks = Fake(), []

    def simulate(world: int, scenario: Any, arm: str, seed: int, week_done: WeekDone) -> Recording:
        if seed == 1:
            time.sleep(0.3)
            raise KeyboardInterrupt
        for week in range(1, 2000):
            time.sleep(0.01)
            weeks.append(week)
            week_done(week)
        raise AssertionError("was not stopped")

    started = time.monotonic()
    outcome = run_all(
        [plan(tmp_path, "slow")], [1, 2], Engine(fake.build, simulate), jobs=2, reporter=quiet()
    )
    assert outcome.interrupted
    assert not outcome.results
    assert weeks[-1] < 1999
    assert time.monotonic() - started < 10


def test_full_disk_stops_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object) -> None:
        raise EnvironmentProblem("disk is full")

    monkeypatch.setattr("govsim.study.replicates.write_run", full)
    with pytest.raises(EnvironmentProblem):
        run_all([plan(tmp_path, "slow")], [1, 2], Fake().engine(), reporter=quiet())


def test_a_changed_result_is_never_reused(tmp_path: Path) -> None:
    plans = [plan(tmp_path, "slow")]
    outcome = run_all(plans, [1], Fake().engine(), reporter=quiet())
    (outcome.results[0, 1].folder / "cases.parquet").write_bytes(b"forged")
    with pytest.raises(RefusedError, match=r"cases\.parquet"):
        run_all(plans, [1], Fake().engine(), reporter=quiet())


def test_a_run_whose_books_do_not_close_is_a_refusal(tmp_path: Path) -> None:
    def simulate(world: int, scenario: Any, arm: str, seed: int, week_done: WeekDone) -> Recording:
        recording = make_recording(seed)
        recording.weekly["resolved"][0, 0] += 1
        return recording

    outcome = run_all([plan(tmp_path, "slow")], [1], Engine(Fake().build, simulate), reporter=quiet())
    assert [failure.refused for failure in outcome.failures] == [True]
    assert not outcome.results


def test_progress_in_a_file_is_plain_and_rare(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr("govsim.study.progress.time.monotonic", lambda: clock[0])
    stream = io.StringIO()
    reporter = Reporter(4, 400, stream)
    for _ in range(400):
        clock[0] += 0.1
        reporter.weeks(1)
    lines = stream.getvalue().splitlines()
    assert 3 <= len(lines) <= 4
    assert "50 %, about 20 s left" in lines[1]
    assert stream.getvalue().isprintable() or "\x1b" not in stream.getvalue()
