"""Runs spread over worker processes: the same bytes, nothing lost when one is killed, nothing left behind."""

from __future__ import annotations

import io
import multiprocessing
import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from govsim.results.errors import EnvironmentProblem
from govsim.runner import replicates, workers
from govsim.runner.one_run import Failed, Finished, Need, Task
from govsim.runner.options import RunOptions
from govsim.runner.progress import Reporter
from govsim.runner.replicates import StudyOutcome, run_all, side_by_side
from govsim.runner.stopping import Stop
from tests.runner.engines import engine, noted, plan, tree, wait_for


def ran(
    tmp_path: Path, arms: list[str], seeds: Sequence[int], jobs: int, **options: Any
) -> tuple[StudyOutcome, str]:
    stream = io.StringIO()
    plans = [plan(tmp_path, arm) for arm in arms]
    asked = RunOptions(tmp_path, jobs, engine=engine(), reporter=Reporter(stream), **options)
    outcome = run_all(plans, seeds, asked)
    return outcome, stream.getvalue()


@pytest.mark.assurance
def test_number_of_processes_changes_nothing(tmp_path: Path) -> None:
    trees = []
    for jobs in (1, 2):
        out = tmp_path / str(jobs)
        out.mkdir()
        outcome, said = ran(out, ["slow", "fast"], range(1, 5), jobs)
        assert (outcome.computed, outcome.reused, outcome.failures) == (8, 0, [])
        assert all("runs, " in line for line in said.splitlines()), said
        trees.append(tree(out / "test"))
        assert len({pid for what, _, pid in noted(out) if what != "built"}) == jobs
    assert trees[0] == trees[1]
    built = Counter((seed, pid) for what, seed, pid in noted(tmp_path / "2") if what == "built")
    assert set(built.values()) == {1}, "a world is built at most once by a worker"
    assert len(built) <= 5, "and by one worker only, but for the last"


@pytest.mark.assurance
def test_a_failing_run_and_one_that_kills_its_worker_cost_no_other(tmp_path: Path) -> None:
    outcome, _ = ran(tmp_path, ["kills", "fails", "slow"], range(1, 5), 2)
    assert outcome.computed == 10
    assert [(failure.label, failure.seed) for failure in outcome.failures] == [("kills", 2), ("fails", 3)]
    killed, failed = outcome.failures
    assert "killed twice" in killed.problem
    assert killed.repeat == "govsim run test --model kills --set run.first_seed=2"
    assert "ValueError: a planted fault (engines.py:" in failed.problem
    assert sum(what == "kills" and seed == 2 for what, seed, _ in noted(tmp_path)) == 2


@pytest.mark.assurance
def test_a_worker_killed_once_costs_nothing(tmp_path: Path) -> None:
    outcome, _ = ran(tmp_path, ["fragile"], range(1, 6), 2)
    assert (outcome.computed, outcome.failures) == (5, [])
    calm = tmp_path / "calm"
    calm.mkdir()
    (calm / "killed").touch()
    ran(calm, ["fragile"], range(1, 6), 1)
    assert tree(tmp_path / "test") == tree(calm / "test")


@pytest.mark.assurance
@pytest.mark.parametrize(("arm", "failed"), [("fragile", 0), ("kills", 1)])
def test_when_the_last_worker_is_killed_another_one_goes_on(tmp_path: Path, arm: str, failed: int) -> None:
    """Nobody is there when the run is given back, and who comes then has another address."""
    one = plan(tmp_path, arm)
    one.folder.mkdir()
    tasks = [Task(0, seed, one, one.folder / one.identity(seed).key, (), False, True) for seed in range(1, 4)]
    with Stop() as stop, workers.Workers(1, stop, lambda task, weeks: None) as spread:
        ended = [end for _, end in spread.spread(tasks, engine())]
    assert sum(isinstance(end, Failed) for end in ended) == failed, ended
    assert sum(isinstance(end, Finished) for end in ended) == 3 - failed, ended


@pytest.mark.assurance
def test_short_runs_travel_in_batches_and_one_that_kills_its_worker_costs_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []

    def packed(batch: workers._Batch) -> bytes:
        sent.append(len(batch.runs))
        return pack(batch)

    pack = workers._packed
    monkeypatch.setattr(workers, "_packed", packed)
    outcome, _ = ran(tmp_path, ["kills"], [*range(10, 90), 2, *range(90, 130)], 2)
    assert (outcome.computed, outcome.reused) == (120, 0)
    assert [(failure.label, failure.seed) for failure in outcome.failures] == [("kills", 2)]
    assert max(sent) > 1
    assert len(sent) < 100
    assert sum(what == "kills" and seed == 2 for what, seed, _ in noted(tmp_path)) == 2
    assert not list((tmp_path / "test").glob(".*")), "no lock and no half folder is left"


def dies() -> None:
    os._exit(1)


@pytest.mark.assurance
def test_where_no_worker_can_be_replaced_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers that die while they start are no endless loop."""
    one = plan(tmp_path, "kills")
    one.folder.mkdir()
    task = Task(0, 2, one, one.folder / one.identity(2).key, (), False, True)
    started = []

    def start() -> workers._Worker:
        here, there = multiprocessing.Pipe()
        process = multiprocessing.get_context("spawn").Process(target=dies)
        process.start()
        there.close()
        started.append(process)
        return workers._Worker(process, here)

    with Stop() as stop, workers.Workers(1, stop, lambda task, weeks: None) as spread:
        monkeypatch.setattr(workers, "_start", start)
        with pytest.raises(EnvironmentProblem, match="no worker process is left here"):
            list(spread.spread([task], engine()))
    assert len(started) == workers._STILLBORN


@pytest.mark.assurance
def test_a_full_disk_in_a_worker_ends_the_study(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="the disk is full"):
        ran(tmp_path, ["full"], range(1, 4), 2)


@pytest.mark.assurance
def test_a_request_to_stop_reaches_the_workers(tmp_path: Path) -> None:
    """The first runs end, the others are left between two weeks, and the same again continues."""

    def ask() -> None:
        wait_for(lambda: sum(what == "steady" for what, *_ in noted(tmp_path)) >= 4)
        os.kill(os.getpid(), signal.SIGINT)

    asking = threading.Thread(target=ask)
    asking.start()
    started = time.monotonic()
    outcome, _ = ran(tmp_path, ["steady"], range(1, 12), 2)
    asking.join()
    assert outcome.interrupted
    assert 0 < len(outcome.results) < 11
    assert time.monotonic() - started < 20
    assert not list((tmp_path / "test").glob(".*")), "no lock and no half folder is left"
    again, said = ran(tmp_path, ["steady"], range(1, 12), 2)
    assert again.computed == 11 - len(outcome.results)
    assert re.search(
        rf"^{len(outcome.results)} runs? (is|are) there already, {again.computed} to be computed$",
        said,
        re.MULTILINE,
    )


@pytest.mark.assurance
def test_where_no_processes_can_be_started_runs_are_done_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused() -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(workers, "_start", refused)
    outcome, said = ran(tmp_path, ["slow"], range(1, 4), 2)
    assert outcome.computed == 3
    assert "no worker processes can be started here ([Errno 13] Permission denied)" in said
    assert {pid for *_, pid in noted(tmp_path)} == {os.getpid()}


@pytest.mark.assurance
def test_no_scheduler_answers(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match=r"tcp://127\.0\.0\.1:9 .*dask scheduler"):
        ran(tmp_path, ["slow"], range(1, 4), 0, scheduler="tcp://127.0.0.1:9")
    with pytest.raises(EnvironmentProblem, match="no Dask scheduler answers at nonsense://x"):
        ran(tmp_path, ["slow"], range(1, 4), 0, scheduler="nonsense://x")


def tasks(number: int, need: Need) -> list[Task]:
    from dataclasses import replace

    one = replace(plan(Path(), "slow"), need=need)
    return [Task(0, seed, one, Path(str(seed)), (), False, True) for seed in range(number)]


@pytest.mark.assurance
def test_how_many_run_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replicates, "processors", lambda: 4)
    monkeypatch.setattr(replicates, "machine_memory", lambda: 4e9)
    long, short, large = Need(1e6, 60.0), Need(1e6, 0.2), Need(1e9, 60.0)
    assert side_by_side(0, tasks(10, long)) == (4, "")
    assert side_by_side(0, tasks(10, short)) == (1, "")
    assert side_by_side(2, tasks(10, short)) == (2, "")
    assert side_by_side(0, tasks(3, long)) == (3, "")
    assert side_by_side(0, tasks(10, large)) == (2, "")
    assert side_by_side(1, tasks(10, long)) == (1, "")
    number, note = side_by_side(500, tasks(1000, Need(1e6, 60.0)))
    assert number == 6
    assert (
        note
        == "6 instead of 500 runs at a time: each, in a process of its own, takes some 401 MB of the memory here"
    )
    monkeypatch.setattr(replicates, "machine_memory", lambda: 4e12)
    assert side_by_side(500, tasks(1000, long)) == (
        8,
        "8 instead of 500 runs at a time: 4 processors keep no more than 8 busy",
    )
    monkeypatch.setattr(replicates, "machine_memory", lambda: 1e8)
    assert side_by_side(2, tasks(10, long))[0] == 1


LISTENING = """
import os, sys, threading, time
from pathlib import Path
from tests.runner.test_workers import ran
import psutil

def look():
    while not Path(sys.argv[1], "notes").exists():
        time.sleep(0.05)
    me = psutil.Process()
    found = [me, *me.children(recursive=True)]
    print("processes", len(found))
    for process in found:
        for connection in process.net_connections("inet"):
            if connection.status == psutil.CONN_LISTEN:
                print("listens", connection.laddr.ip, connection.laddr.port)
    print("threads", os.environ.get("NUMBA_NUM_THREADS"))

looking = threading.Thread(target=look)
looking.start()
ran(Path(sys.argv[1]), ["steady"], range(1, 4), 2)
looking.join()
"""


@pytest.mark.assurance
def test_nothing_listens_beyond_this_machine_and_no_settings_are_written(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    script = tmp_path / "script.py"
    script.write_text("if __name__ == '__main__':\n" + textwrap.indent(LISTENING, "    "))
    surroundings = os.environ | {"HOME": str(home), "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path)],
        capture_output=True,
        text=True,
        env=surroundings,
        check=True,
    )
    said = [line.split() for line in done.stdout.splitlines()]
    assert int(next(n for what, n, *_ in said if what == "processes")) >= 3
    assert [line for line in said if line[0] == "listens"] == []
    assert done.stderr == ""
    assert list(home.rglob("*")) == []


@pytest.mark.assurance
def test_no_start(tmp_path: Path) -> None:
    """A worker process that dies while it starts is an answer, not a wait."""
    script = """
        import os, time
        from govsim.runner import workers
        from govsim.runner.stopping import Stop

        if __name__ == "__main__":
            os.environ["PYTHONHOME"] = "/nowhere"
            before, started = dict(os.environ), time.monotonic()
            try:
                with Stop() as stop, workers.Workers(2, stop, lambda task, weeks: None):
                    print("started")
            except workers.CannotStartError as problem:
                print("cannot start:", problem)
            assert dict(os.environ) == before
            assert time.monotonic() - started < 30
    """
    (tmp_path / "script.py").write_text(textwrap.dedent(script))
    done = subprocess.run(
        [sys.executable, "script.py"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60,
        env=os.environ | {"PYTHONPATH": str(Path(workers.__file__).parents[2])},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("cannot start: "), done.stdout
