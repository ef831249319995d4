"""The whole program when it is asked to stop and when it is suspended, on the real engine."""

from __future__ import annotations

import os
import re
import signal
import time
from pathlib import Path

import pytest

from tests.runner.crash_loop import end, start, undisturbed
from tests.runner.engines import tree, wait_for

LONG = (
    "run",
    "tiny",
    "--weeks",
    "260",
    "--set",
    "population.residents=1000",
    "--seeds",
    "20",
    "--no-figures",
)
SHORT = ("run", "tiny", "--weeks", "26", "--seeds", "4", "--jobs", "2", "--no-figures", "--json")


def runs_there(folder: Path) -> int:
    return len(list(folder.glob("results/*/*/summary.csv")))


@pytest.mark.assurance
@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_soon_with_what_is_done(tmp_path: Path, number: signal.Signals, jobs: str) -> None:
    """R18: two seconds, where nobody else wants the processors; measured with other work on two of them: half a second."""
    process = start((*LONG, "--jobs", jobs), tmp_path)
    wait_for(lambda: runs_there(tmp_path) >= 3, 120.0)
    asked = time.monotonic()
    (os.killpg if number == signal.SIGINT else os.kill)(process.pid, number)
    out, err = process.communicate(timeout=60)
    others = os.getloadavg()[0] / (os.cpu_count() or 1)
    assert time.monotonic() - asked < 2.0 * max(1.0, others)
    assert process.returncode == 130
    assert out == b""
    said = re.search(r"interrupted: (\d+)/60 runs kept; the same command continues\.", err.decode())
    assert said
    assert int(said[1]) == runs_there(tmp_path) >= 3
    assert "Traceback" not in err.decode()
    assert not [path for path in tmp_path.glob("results/tiny/.*") if path.is_dir()]


@pytest.mark.assurance
def test_a_suspended_study_goes_on_as_if_nothing_had_been(tmp_path: Path) -> None:
    """Program and workers together, as when a laptop sleeps: none is taken for dead when they wake."""
    calm = undisturbed(SHORT, tmp_path / "calm")
    folder = tmp_path / "suspended"
    folder.mkdir()
    process = start(SHORT, folder)
    wait_for(lambda: runs_there(folder) >= 1, 120.0)
    os.killpg(process.pid, signal.SIGSTOP)
    before = runs_there(folder)
    time.sleep(5.0)
    assert runs_there(folder) == before < calm.runs
    os.killpg(process.pid, signal.SIGCONT)
    end(process)
    assert tree(folder / "results") == calm.tree
