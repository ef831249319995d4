"""Arms times seeds: order, reuse, failures and interruption."""

from __future__ import annotations

import contextlib
import io
import signal
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from govsim.engine.recording import Recording
from govsim.results.errors import EnvironmentProblem, RefusedError
from govsim.runner.options import RunOptions
from govsim.runner.progress import Reporter
from govsim.runner.replicates import ArmJob, Simulator, WeekDone, run_all
from tests.synthetic import make_recording

pytestmark = pytest.mark.slow


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

    def engine(self) -> Simulator:
        return Simulator(self.build, self.simulate)


def plan(out: Path, arm: str) -> ArmJob:
    return ArmJob(
        arm=arm, scenario=None, label=arm, mode="neutral", weeks=80, scenario_label="test", scenario_hash="s",
        arm_hash=arm, governance_hash=arm, world_spec="w", folder=out / "test", documents=lambda seed: {},
        repeat=f"govsim run test --model {arm} --set run.first_seed={{seed}}",
    )  # fmt: skip


def options(out: Path, engine: Simulator) -> RunOptions:
    return RunOptions(out, 1, reporter=Reporter(io.StringIO()), engine=engine)


def test_worlds_are_shared_and_runs_reused(tmp_path: Path) -> None:
    fake, plans = Fake(), [plan(tmp_path, "slow"), plan(tmp_path, "fast")]
    first = run_all(plans, [1, 2, 3], options(tmp_path, fake.engine()))
    assert fake.built == [1, 2, 3]
    assert len(fake.ran) == 6
    assert (first.computed, first.reused) == (6, 0)
    assert sorted(first.results) == [(arm, seed) for arm in (0, 1) for seed in (1, 2, 3)]
    again = run_all(plans, [1, 2, 3, 4], options(tmp_path, fake.engine()))
    assert (again.computed, again.reused) == (2, 6)
    forced = run_all(plans, [1], options(tmp_path, fake.engine()), force=True)
    assert (forced.computed, forced.reused) == (2, 0)


def test_one_failing_run_costs_no_other(tmp_path: Path) -> None:
    fake = Fake()
    fake.fail = {("slow", 3)}
    outcome = run_all([plan(tmp_path, "slow")], range(1, 11), options(tmp_path, fake.engine()))
    assert outcome.computed == 9
    (failure,) = outcome.failures
    assert failure.seed == 3
    assert "ValueError: a planted fault (test_replicates.py:" in failure.problem
    assert failure.repeat == "govsim run test --model slow --set run.first_seed=3"
    (note,) = (tmp_path / "test").glob("*.failed.json")
    assert "a planted fault" in note.read_text(encoding="utf-8")
    fake.fail.clear()
    again = run_all([plan(tmp_path, "slow")], range(1, 11), options(tmp_path, fake.engine()))
    assert (again.computed, again.reused) == (1, 9)
    assert not note.exists()


def test_worlds_of_several_kinds_are_built_once_each(tmp_path: Path) -> None:
    fake = Fake()
    plans = [
        plan(tmp_path, "slow"), replace(plan(tmp_path, "fast"), world_spec="v"), plan(tmp_path, "third"),
        replace(plan(tmp_path, "fourth"), world_spec="v"),
    ]  # fmt: skip
    run_all(plans, [1, 2], options(tmp_path, fake.engine()))
    assert fake.built == [1, 1, 2, 2]


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
    outcome = run_all(plans, range(1, 9), options(tmp_path, Simulator(fake.build, simulate)))
    assert outcome.interrupted
    assert outcome.computed == 3
    resumed = run_all(plans, range(1, 9), options(tmp_path, fake.engine()))
    assert (resumed.computed, resumed.reused) == (5, 3)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_a_run(tmp_path: Path, number: signal.Signals) -> None:
    fake, weeks = Fake(), []

    def simulate(world: int, scenario: Any, arm: str, seed: int, week_done: WeekDone) -> Recording:
        for week in range(1, 2000):
            if week == 5:
                signal.raise_signal(number)
            weeks.append(week)
            week_done(week)
        raise AssertionError("was not stopped")

    before = signal.getsignal(number)
    outcome = run_all([plan(tmp_path, "slow")], [1, 2], options(tmp_path, Simulator(fake.build, simulate)))
    assert outcome.interrupted
    assert not outcome.results
    assert weeks == [1, 2, 3, 4]
    assert signal.getsignal(number) is before
    assert list((tmp_path / "test").iterdir()) == []


def test_a_swallowed_interrupt_stops_after_the_week(tmp_path: Path) -> None:
    fake = Fake()

    def simulate(world: int, scenario: Any, arm: str, seed: int, week_done: WeekDone) -> Recording:
        with contextlib.suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        week_done(1)
        raise AssertionError("was not stopped")

    assert run_all(
        [plan(tmp_path, "slow")], [1], options(tmp_path, Simulator(fake.build, simulate))
    ).interrupted


def test_a_run_that_is_being_written_is_finished_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import govsim.runner.one_run as one_run

    write = one_run.write_run

    def slow(*given: Any) -> None:
        signal.raise_signal(signal.SIGTERM)
        write(*given)

    monkeypatch.setattr(one_run, "write_run", slow)
    outcome = run_all([plan(tmp_path, "slow")], [1, 2], options(tmp_path, Fake().engine()))
    assert outcome.interrupted
    assert sorted(outcome.results) == [(0, 1)]
    assert outcome.computed == 1


def test_what_was_ignored_stays_ignored(tmp_path: Path) -> None:
    """As under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        fake = Fake()

        def simulate(world: int, scenario: Any, arm: str, seed: int, week_done: WeekDone) -> Recording:
            signal.raise_signal(signal.SIGHUP)
            return fake.simulate(world, scenario, arm, seed, week_done)

        outcome = run_all([plan(tmp_path, "slow")], [1], options(tmp_path, Simulator(fake.build, simulate)))
    finally:
        signal.signal(signal.SIGHUP, before)
    assert outcome.computed == 1


def test_full_disk_stops_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object) -> None:
        raise EnvironmentProblem("disk is full")

    monkeypatch.setattr("govsim.runner.one_run.write_run", full)
    with pytest.raises(EnvironmentProblem):
        run_all([plan(tmp_path, "slow")], [1, 2], options(tmp_path, Fake().engine()))


def test_a_changed_result_is_never_reused(tmp_path: Path) -> None:
    plans = [plan(tmp_path, "slow")]
    outcome = run_all(plans, [1], options(tmp_path, Fake().engine()))
    (outcome.results[0, 1].folder / "cases.parquet").write_bytes(b"forged")
    with pytest.raises(RefusedError, match=r"cases\.parquet"):
        run_all(plans, [1], options(tmp_path, Fake().engine()))


def test_a_run_whose_books_do_not_close_is_a_refusal(tmp_path: Path) -> None:
    def simulate(world: int, scenario: Any, arm: str, seed: int, week_done: WeekDone) -> Recording:
        recording = make_recording(seed)
        recording.weekly["resolved"][0, 0] += 1
        return recording

    outcome = run_all([plan(tmp_path, "slow")], [1], options(tmp_path, Simulator(Fake().build, simulate)))
    assert [failure.refused for failure in outcome.failures] == [True]
    assert not outcome.results


def test_a_terminal_that_has_gone_ends_the_telling_not_the_study(tmp_path: Path) -> None:
    class Gone(io.StringIO):
        def write(self, words: str) -> int:
            raise OSError(5, "Input/output error")

    run_all([plan(tmp_path, "slow")], [1], options(tmp_path, Fake().engine()))
    outcome = run_all(
        [plan(tmp_path, "slow")],
        [1, 2],
        replace(options(tmp_path, Fake().engine()), reporter=Reporter(Gone())),
    )
    assert (outcome.computed, outcome.reused) == (1, 1)
