"""A scheduler and workers that somebody else has started, as on a cluster: the commands of docs/cluster.md."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from govsim.runner.locks import holder
from govsim.runner.options import RunOptions
from govsim.runner.progress import Reporter
from govsim.runner.replicates import run_all
from tests.runner.engines import engine, noted, plan, tree, wait_for

pytestmark = pytest.mark.slow

SURROUNDINGS = os.environ | {
    "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",
}
DASK = (sys.executable, "-m", "dask")


@pytest.fixture(scope="module")
def address_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Start a scheduler and two workers that stand in another folder; give the file with the address."""
    place = tmp_path_factory.mktemp("cluster")
    file = place / "scheduler.json"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": place, "env": SURROUNDINGS}
    words = [
        *DASK,
        "scheduler",
        "--host",
        "127.0.0.1",
        "--port",
        "0",
        "--no-dashboard",
        "--scheduler-file",
        str(file),
    ]
    started = [subprocess.Popen(words, **quiet)]  # type: ignore[call-overload]
    try:
        wait_for(file.exists)
        words = [*DASK, "worker", "--scheduler-file", str(file), "--host", "127.0.0.1", "--nthreads", "1"]
        words += ["--no-dashboard", "--death-timeout", "20", "--local-directory", str(place)]
        started += [subprocess.Popen(words, **quiet) for _ in range(2)]  # type: ignore[call-overload]
        yield file
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            process.wait(timeout=30)


@pytest.mark.assurance
def test_a_cluster_gives_the_same_bytes(
    tmp_path: Path, address_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relative results folder is this program's, wherever the workers stand."""
    import json

    monkeypatch.chdir(tmp_path)
    out, stream = Path("out"), io.StringIO()
    out.mkdir()
    plans = [plan(out, arm) for arm in ("slow", "fast", "fails")]
    plans = [type(one)(**{**vars(one), "scenario": tmp_path / "out"}) for one in plans]
    address = json.loads(address_file.read_text())["address"]
    outcome = run_all(
        plans, range(1, 4), RunOptions(out, 1, address, engine=engine(), reporter=Reporter(stream))
    )
    assert outcome.computed == 8
    assert [failure.label for failure in outcome.failures] == ["fails"]
    assert {run.folder.parent for run in outcome.results.values()} == {Path("out/test")}
    calm = tmp_path / "calm"
    calm.mkdir()
    run_all(
        [plan(calm, arm) for arm in ("slow", "fast", "fails")],
        range(1, 4),
        RunOptions(calm, 1, engine=engine(), reporter=Reporter(stream)),
    )
    assert tree(out / "test") == tree(calm / "test")
    pids = {pid for *_, pid in noted(out)}
    assert os.getpid() not in pids
    assert len(pids) == 2


@pytest.mark.assurance
def test_a_killed_worker_of_a_cluster_costs_nothing(tmp_path: Path, address_file: Path) -> None:
    outcome = run_all(
        [plan(tmp_path, "fragile"), plan(tmp_path, "kills")], [1, 2, 3],
        RunOptions(tmp_path, 1, str(address_file), engine=engine(), reporter=Reporter(io.StringIO())),
    )  # fmt: skip
    assert outcome.computed == 5
    assert [(failure.label, failure.seed) for failure in outcome.failures] == [("kills", 2)]


@pytest.mark.assurance
def test_runs_are_left_when_their_program_is_killed(tmp_path: Path, address_file: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import sys\n"
        "from pathlib import Path\n"
        "from govsim.runner.options import RunOptions\n"
        "from govsim.runner.replicates import run_all\n"
        "from tests.runner.engines import engine, plan\n"
        f"out = Path({str(tmp_path)!r})\n"
        f"options = RunOptions(out, 1, {str(address_file)!r}, engine=engine())\n"
        "run_all([plan(out, 'endless')], [1, 2], options)\n"
    )
    process = subprocess.Popen([sys.executable, str(script)], env=SURROUNDINGS)
    folders = [tmp_path / "test" / plan(tmp_path, "endless").identity(seed).key for seed in (1, 2)]
    wait_for(lambda: all(map(holder, folders)))
    process.send_signal(signal.SIGKILL)
    process.wait()
    killed = time.monotonic()
    wait_for(lambda: not any(map(holder, folders)), seconds=20)
    assert time.monotonic() - killed < 15, "after a week of the run, not after all of them"
    assert not list((tmp_path / "test").iterdir())
