"""One lock a run: two programs share a study, a dead owner's lock is nobody's, and no locks are told."""

from __future__ import annotations

import errno
import io
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from govsim.results.errors import EnvironmentProblem
from govsim.runner import locks
from govsim.runner.locks import clear, holder, lock_path, locked, locks_work
from govsim.runner.options import RunOptions
from govsim.runner.progress import Reporter
from govsim.runner.replicates import run_all
from tests.runner.engines import engine, noted, plan, tree, wait_for

pytestmark = pytest.mark.slow

SURROUNDINGS = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def quiet(out: Path) -> RunOptions:
    return RunOptions(out, 1, reporter=Reporter(io.StringIO()), engine=engine())


HOLDING = """
import sys, time
from pathlib import Path
from govsim.runner.locks import locked
with locked(Path(sys.argv[1]), "seed 1 of a") as other:
    print(other is None, flush=True)
    time.sleep(60)
"""


def held_elsewhere(folder: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(folder)], stdout=subprocess.PIPE, text=True, env=SURROUNDINGS
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "True\n"
    return process


def test_a_lock_says_who_holds_it_and_goes_with_its_owner(tmp_path: Path) -> None:
    folder = tmp_path / "k"
    process = held_elsewhere(folder)
    try:
        with locked(folder, "mine") as other:
            assert other is not None
            assert (other.run, other.pid) == ("seed 1 of a", process.pid)
            assert other.who == f"process {process.pid} on {os.uname().nodename}"
        assert holder(folder) == other, "who did not get it must not remove it"
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
    assert lock_path(folder).exists()
    assert holder(folder) is None
    with locked(folder, "mine") as other:
        assert other is None
        assert holder(folder) is not None
    assert not lock_path(folder).exists()


def test_what_a_dead_owner_leaves_is_cleared(tmp_path: Path) -> None:
    lock_path(tmp_path / "k").write_text("{}")
    (tmp_path / ".k-half").mkdir()
    clear(tmp_path / "k")
    assert list(tmp_path.iterdir()) == []


def test_a_held_lock_is_not_cleared(tmp_path: Path) -> None:
    (tmp_path / ".k-half").mkdir()
    with locked(tmp_path / "k", "mine"):
        clear(tmp_path / "k")
        assert (tmp_path / ".k-half").exists()
        assert holder(tmp_path / "k") is not None


def test_locks_are_exclusive_under_contention(tmp_path: Path) -> None:
    """Many take and remove the same lock at once; at no time do two hold it."""
    script = """
import os, sys, time
from pathlib import Path
from govsim.runner.locks import locked
folder, inside = Path(sys.argv[1], "k"), Path(sys.argv[1], "inside")
got = 0
while got < 100:
    with locked(folder, "x") as other:
        if other is None:
            os.close(os.open(inside, os.O_CREAT | os.O_EXCL))
            got += 1
            inside.unlink()
"""
    racing = [
        subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], env=SURROUNDINGS) for _ in range(4)
    ]
    assert [process.wait(timeout=60) for process in racing] == [0, 0, 0, 0]
    assert list(tmp_path.iterdir()) == []


TAKING_PART = """
import sys
from pathlib import Path
from govsim.runner.options import RunOptions
from govsim.runner.replicates import run_all
from tests.runner.engines import engine, plan
out, jobs = Path(sys.argv[1]), int(sys.argv[2])
if __name__ == "__main__":
    outcome = run_all([plan(out, "steady")], range(1, 9), RunOptions(out, jobs, engine=engine()))
    print(outcome.computed, outcome.reused, len(outcome.failures))
"""


@pytest.mark.assurance
@pytest.mark.parametrize("jobs", [1, 2])
def test_two_programs_on_one_study_compute_every_run_once(tmp_path: Path, jobs: int) -> None:
    script = tmp_path / "script.py"
    script.write_text(TAKING_PART)
    both = [
        subprocess.Popen(
            [sys.executable, str(script), str(tmp_path), str(jobs)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=SURROUNDINGS,
        )
        for _ in range(2)
    ]  # fmt: skip
    ended = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], ended
    counts = [tuple(map(int, said.split())) for said, _ in ended]
    assert [sum(count) for count in counts] == [8, 8]
    assert sum(computed for computed, *_ in counts) == 8
    runs = [seed for what, seed, _ in noted(tmp_path) if what == "steady"]
    assert sorted(runs) == list(range(1, 9)), "nothing is computed twice"
    calm = tmp_path / "calm"
    calm.mkdir()
    run_all([plan(calm, "steady")], range(1, 9), quiet(calm))
    assert tree(tmp_path / "test") == tree(calm / "test")
    told = "".join(err for _, err in ended)
    assert "is computing seed" in told
    assert any(f"process {pid} on " in told for *_, pid in noted(tmp_path))


def test_the_runs_of_a_program_that_dies_are_taken_over(tmp_path: Path) -> None:
    one = plan(tmp_path, "steady")
    (tmp_path / "test").mkdir()
    process = held_elsewhere(tmp_path / "test" / one.identity(1).key)
    stream = io.StringIO()
    reporter = Reporter(stream)
    try:
        import threading

        def die() -> None:
            wait_for(lambda: "is computing" in stream.getvalue() and len(noted(tmp_path)) == 4)
            time.sleep(0.5)
            process.send_signal(signal.SIGKILL)

        dying = threading.Thread(target=die)
        dying.start()
        outcome = run_all([one], [1, 2, 3], RunOptions(tmp_path, 1, engine=engine(), reporter=reporter))
        dying.join()
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
    assert outcome.computed == 3
    assert [seed for what, seed, _ in noted(tmp_path) if what == "steady"] == [2, 3, 1], "others first"
    assert stream.getvalue().count(f"process {process.pid} on ") == 1


@pytest.fixture
def no_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Act as a network share without locks does."""

    def refused(*given: Any) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(locks.fcntl, "flock", refused)


@pytest.mark.usefixtures("no_locks")
def test_without_locks_nobody_promises_exclusivity(tmp_path: Path) -> None:
    assert not locks_work(tmp_path)
    one = plan(tmp_path, "slow")
    options = quiet(tmp_path)
    with pytest.raises(EnvironmentProblem, match=r"cannot be locked.*--single-writer"):
        run_all([one], [1], options)
    assert noted(tmp_path) == []
    outcome = run_all([one], [1], replace(options, single_writer=True))
    assert outcome.computed == 1
    assert {path.name for path in (tmp_path / "test").iterdir()} == {one.identity(1).key}


def test_status_tells_what_is_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from govsim.cli.status import status_command

    run_all(
        [plan(tmp_path, "slow"), plan(tmp_path, "fails")],
        [1, 2, 3, 5],
        quiet(tmp_path),
    )
    folder = tmp_path / "test"
    keys = {seed: plan(tmp_path, "slow").identity(seed).key for seed in (1, 2, 3, 5, 9)}
    (folder / keys[2] / "manifest.json").write_text("")
    (folder / keys[3] / "summary.csv").unlink()
    (folder / f".{keys[1]}-left").mkdir()
    lock_path(folder / keys[5]).write_text("")
    process = held_elsewhere(folder / keys[9])
    try:
        assert status_command(tmp_path) == 0
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
    said = capsys.readouterr().out
    assert said.startswith(f"{folder}: 5 done, 1 under way, 1 failed, 3 broken; ")
    assert "done       fails, neutral: 3 seeds (1-2, 5)" in said
    assert "done       slow, neutral: 2 seeds (1, 5)" in said
    assert f"under way  seed 1 of a: process {process.pid} on " in said
    assert "failed     seed 3 of fails: ValueError: a planted fault" in said
    assert "again: govsim run test --model fails --set run.first_seed=3" in said
    assert f"broken     {keys[2]}: manifest.json is not JSON" in said
    assert f"broken     {keys[3]}: summary.csv is missing" in said
    assert f"broken     .{keys[1]}-left: half written by a process that was killed" in said
    (folder / keys[1] / "groups.csv").write_text("forged\n")
    assert status_command(folder, contents=True, json_output=True) == 0
    (held,) = json.loads(capsys.readouterr().out)
    assert len(held["done"]) == 4
    assert any("groups.csv is not what was written" in broken["reason"] for broken in held["broken"])
    assert status_command(tmp_path / "nowhere") == 2
