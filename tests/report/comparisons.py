"""Comparisons that tests of the report are about, made by the command line in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import govsim

ROOT = Path(govsim.__file__).parent.parent
PAIR = ("legacy_administrative", "party_led_cogovernance")


def made(out: Path, *words: str, code: int = 0) -> Path:
    """Run a command that compares and return the folder of its comparison."""
    command = [sys.executable, str(ROOT / "run.py"), *words, "--out", str(out), "--jobs", "1"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == code, done.stderr
    (folder,) = out.glob("*/comparison-*/comparison.json")
    return folder.parent
