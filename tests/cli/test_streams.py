"""Streams that are closed, full or gone: work is done, and exit codes are right (K7)."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import govsim

pytestmark = pytest.mark.slow

PROGRAM = f"{sys.executable} {Path(govsim.__file__).parent.parent / 'run.py'}"
RUN = "run tiny --weeks 4 --seeds 1 --no-figures --capacity neutral --model legacy_administrative --jobs 1 --out here"


def shell(words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["bash", "-c", words], capture_output=True, text=True, cwd=folder, timeout=300)


def finished(folder: Path) -> int:
    return len(list(folder.glob("here/*/*/summary.csv")))


@pytest.mark.assurance
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-", "2>/dev/full"])
def test_work_is_done_without_streams(closed: str, tmp_path: Path) -> None:
    done = shell(f"{PROGRAM} {RUN} {closed}", tmp_path)
    assert done.returncode == 0, done.stderr
    assert finished(tmp_path) == 1
    assert "internal error" not in done.stderr


def test_a_full_output_is_said(tmp_path: Path) -> None:
    done = shell(f"{PROGRAM} {RUN} > /dev/full", tmp_path)
    assert done.returncode == 5
    assert "cannot be printed: No space left on device" in done.stderr
    assert finished(tmp_path) == 1
    assert shell(f"{PROGRAM} show tiny > /dev/full", tmp_path).returncode == 5


def test_short_commands_without_streams(tmp_path: Path) -> None:
    for closed in (">&-", "2>&-", ">&- 2>&-"):
        assert shell(f"{PROGRAM} check tiny {closed}", tmp_path).returncode == 0
        assert shell(f"{PROGRAM} check no-such-scenario {closed}", tmp_path).returncode == 2
    assert shell(f"{PROGRAM} show tiny | head -1; exit ${{PIPESTATUS[0]}}", tmp_path).returncode == 0


def test_a_lost_terminal_is_an_interruption(tmp_path: Path) -> None:
    """The terminal window is closed: finished runs are kept, exit code 130."""
    terminal, inside = pty.openpty()
    words = f"{PROGRAM} run tiny --weeks 400 --seeds 60 --no-figures --jobs 1 --out here"
    process = subprocess.Popen(
        words.split(), stdin=inside, stdout=inside, stderr=inside, cwd=tmp_path, start_new_session=True
    )
    os.close(inside)
    while finished(tmp_path) < 1 and process.poll() is None:
        time.sleep(0.2)
    os.close(terminal)
    process.send_signal(signal.SIGHUP)
    assert process.wait(timeout=120) == 130
    assert finished(tmp_path) >= 1
