"""What the door writes: the same bytes again, in other surroundings, and under other names."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.engine.test_neutrality import renamed

pytestmark = pytest.mark.slow

OF_ITS_TIME = ("started_utc", "seconds", "command", "warnings")
"""What a manifest says about when and how it was made."""


def door(out: Path, *words: str, **surroundings: str) -> str:
    """Run ``govsim run tiny`` for some weeks and return what it prints."""
    command = [
        sys.executable,
        "-m",
        "govsim",
        "run",
        "tiny",
        "--weeks",
        "20",
        "--seeds",
        "2",
        "--no-figures",
        "--out",
        str(out),
    ]
    done = subprocess.run([*command, *words], env=os.environ | surroundings, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    return done.stdout.decode("utf-8", "replace")


def written(out: Path) -> dict[str, Any]:
    """Return the files of all run folders, manifests without what belongs to their time."""
    found: dict[str, Any] = {}
    for folder in sorted(path.parent for path in out.rglob("cases.parquet")):
        for path in sorted(folder.iterdir()):
            name = f"{folder.name}/{path.name}"
            if path.name == "manifest.json":
                manifest = json.loads(path.read_text(encoding="utf-8"))
                found[name] = {key: value for key, value in manifest.items() if key not in OF_ITS_TIME}
            else:
                found[name] = path.read_bytes()
    return found


@pytest.mark.assurance
def test_same_bytes_in_any_surroundings(tmp_path: Path) -> None:
    """Both capacity modes, one or several runs side by side, other locale, time zone and hash seed."""
    door(tmp_path / "a", "--jobs", "1", PYTHONHASHSEED="0", LC_ALL="C", TZ="UTC", OMP_NUM_THREADS="1")
    door(
        tmp_path / "b",
        "--jobs",
        "4",
        PYTHONHASHSEED="2",
        LC_ALL="zh_CN.UTF-8",
        TZ="Asia/Shanghai",
        OMP_NUM_THREADS="8",
    )
    first, second = written(tmp_path / "a"), written(tmp_path / "b")
    assert len([name for name in first if name.endswith("manifest.json")]) > 4
    assert list(first) == list(second)
    for name, content in first.items():
        assert second[name] == content, name


@pytest.mark.slow
def test_one_model_under_two_names_is_one_model(tmp_path: Path) -> None:
    """The copy has the same key, so there is one run folder for both; and the comparison says what it is."""
    copy = renamed("legacy_administrative", tmp_path)
    said = door(
        tmp_path / "out", "--model", "legacy_administrative", "--model", str(copy), "--capacity", "neutral"
    )
    assert "identical" in said
    assert "same model" in said
    manifests = [name for name in written(tmp_path / "out") if name.endswith("manifest.json")]
    assert len(manifests) == 2, "two seeds of one model"


@pytest.mark.assurance
def test_order_of_models_changes_signs_only(tmp_path: Path) -> None:
    """Neither name nor place in the study changes a run: the folders hold the same bytes."""
    names = ("legacy_administrative", "party_led_cogovernance")
    for out, order in (("a", names), ("b", names[::-1])):
        door(tmp_path / out, "--model", order[0], "--model", order[1], "--capacity", "neutral")
    assert written(tmp_path / "a") == written(tmp_path / "b")
