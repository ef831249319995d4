"""Comparisons that tests of the report are about, made by the command line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import govsim
from govsim.cli import main

ROOT = Path(govsim.__file__).parent.parent
PAIR = ("legacy_administrative", "party_led_cogovernance")


def made(out: Path, *words: str, apart: bool = False) -> Path:
    """Run a command that compares and return the folder of its comparison.

    ``apart`` runs it in a process of its own, for tests whose thread has a browser and its event loop.
    """
    asked = [*words, "--out", str(out), "--jobs", "1", "--no-figures"]
    if apart:
        command = [sys.executable, str(ROOT / "run.py"), *asked]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
        assert done.returncode == 0, done.stderr
    else:
        assert main(asked) == 0
    (found,) = out.glob("*/comparison-*/comparison.json")
    return found.parent
