"""Compiling ahead: after ``govsim warm`` no run waits for a compiler."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


def govsim(cache: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run one command with a cache of its own."""
    return subprocess.run(
        [sys.executable, "-m", "govsim", *words],
        capture_output=True,
        text=True,
        env=os.environ | {"NUMBA_CACHE_DIR": str(cache)},
        timeout=400,
    )


@pytest.mark.assurance
def test_nothing_is_left_to_compile(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    done = govsim(cache, "warm")
    assert done.returncode == 0, done.stderr
    assert "kept for all runs to come" in done.stdout
    kept = sorted(cache.rglob("*.nbi"))
    ran = govsim(cache, "run", "tiny", "--seeds", "1", "--no-figures", "--out", str(tmp_path / "results"))
    assert ran.returncode == 0, ran.stderr
    assert "Compiling" not in ran.stderr
    assert sorted(cache.rglob("*.nbi")) == kept
