"""The tutorial runs from its first line to its last."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FILE = Path(__file__).parents[2] / "docs" / "tutorial" / "first_model.py"


def test_the_tutorial_runs(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(FILE)], capture_output=True, text=True, cwd=tmp_path, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert "week 26:" in done.stdout
    assert done.stdout.count("hidden_13w") == 2
    assert list(tmp_path.iterdir()) == []


def test_it_is_made_of_cells() -> None:
    text = FILE.read_text(encoding="utf-8")
    assert text.startswith("# %% [markdown]")
    assert text.count("# %%") >= 8
