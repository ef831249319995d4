"""Results change only when somebody means it, says why, and writes it into the changelog."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.golden.study import GOLDEN, Study, compute, differences

TOOL = Path(__file__).parents[2] / "tools" / "accept_golden.py"


@pytest.fixture(scope="module")
def study() -> Study:
    return compute()


def test_results_are_those_accepted(study: Study) -> None:
    accepted = json.loads(GOLDEN.read_text(encoding="utf-8"))
    found = differences(accepted, study)
    made = "" if accepted["made_with"] == study["made_with"] else (
        f"\nThe accepted ones were made with {accepted['made_with']}, these with {study['made_with']}."
    )  # fmt: skip
    assert not found, (
        "Results differ from the accepted ones:\n" + "\n".join(found) + made + "\n"
        "If that is meant: write the reason under 'Results change' in CHANGELOG.md, then run\n"
        '  python tools/accept_golden.py --reason "the same reason"'
    )


def test_study_is_the_same_twice(study: Study) -> None:
    assert differences(study, compute()) == []


def test_differences_name_what_changed(study: Study) -> None:
    other = json.loads(json.dumps(study))
    other["models"]["legacy_administrative"]["indicators"]["backlog"] = "-1"
    other["models"]["legacy_administrative"]["tables"]["weekly.csv"] = "0"
    (indicator, tables) = differences(other, study)
    assert indicator.startswith("legacy_administrative: backlog was -1, is ")
    assert tables == "legacy_administrative: other bytes in weekly.csv"
    assert differences({}, study)


def accept(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(TOOL), *words], capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_accepting_needs_a_reason() -> None:
    done = accept()
    assert done.returncode == 2
    assert "--reason" in done.stderr
    assert accept("--reason", "  ").returncode == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    "changelog",
    [
        "",
        "# Changelog\n\n- Visits fall at their own moment.\n",
        "# Changelog\n\n### Results change\n\n- Something else.\n\n### Added\n\n- Visits fall at their own moment.\n",
    ],
)
def test_accepting_needs_a_line_in_the_changelog(changelog: str, tmp_path: Path) -> None:
    (tmp_path / "CHANGELOG.md").write_text(changelog, encoding="utf-8")
    golden = tmp_path / "golden.json"
    done = accept(
        "--reason",
        "Visits fall at their own moment",
        "--changelog",
        str(tmp_path / "CHANGELOG.md"),
        "--golden",
        str(golden),
    )
    assert done.returncode == 2
    assert "Results change" in done.stderr
    assert not golden.exists()


@pytest.mark.slow
def test_accepting_writes_what_was_computed(study: Study, tmp_path: Path) -> None:
    changelog, golden = tmp_path / "CHANGELOG.md", tmp_path / "golden.json"
    changelog.write_text(
        "# Changelog\n\n## Unreleased\n\n**Results change**\n\n- Visits fall at their\n  own moment.\n",
        encoding="utf-8",
    )
    words = (
        "--reason",
        "visits fall at their own moment",
        "--changelog",
        str(changelog),
        "--golden",
        str(golden),
    )
    done = accept(*words)
    assert done.returncode == 0, done.stderr
    written = json.loads(golden.read_text(encoding="utf-8"))
    assert differences(written, study) == []
    assert written["reason"] == "visits fall at their own moment"
    again = accept(*words)
    assert again.returncode == 0
    assert "nothing to accept" in again.stdout
