"""What the doctor says of a machine, and that its stored hash is that of the accepted numbers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from govsim.assurance import verify
from govsim.cli import doctor, main
from govsim.cli.doctor import _fits, examine
from tests.golden.study import GOLDEN


def test_the_stored_hash_is_that_of_the_golden_study() -> None:
    models = json.loads(GOLDEN.read_text(encoding="utf-8"))["models"]
    expected = verify.indicators_digest({name: model["indicators"] for name, model in models.items()})
    assert expected == verify.EXPECTED, f"write {expected} into govsim/assurance/verify.py"


def test_a_fit_machine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "results"
    assert main(["doctor", "--out", str(out)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 10
    assert all(line.startswith(("OK ", "WARN ")) for line in lines)
    assert lines[-1].startswith("OK    self-test")
    assert not out.exists()
    assert main(["doctor", "--out", str(out), "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 10


def test_a_folder_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "file"
    out.write_text("not a folder")
    assert main(["doctor", "--out", str(out)]) == 5
    words = capsys.readouterr().out
    assert f"FAIL  results    cannot write results to {out}: it is a file" in words


def test_other_numbers_are_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "EXPECTED", "0" * 16)
    found = {item.name: item for item in examine(tmp_path)}
    assert found["self-test"].state == "WARN"
    assert "other numbers" in found["self-test"].words


def test_a_missing_package_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_requirements", lambda: [("numpy", ">=99"), ("no-such-package", "")])
    found = {item.name: item for item in examine(tmp_path)}
    assert found["packages"].state == "FAIL"
    assert "numpy" in found["packages"].words
    assert "no-such-package is missing" in found["packages"].words


def test_names_of_packages_may_end_in_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = ["jinja2>=3.1", "mesa<4,>=3.3", "pyyaml", 'ciw>=3.2; extra == "dev"']
    monkeypatch.setattr(doctor, "requires", lambda name: wanted)
    assert doctor._requirements() == [("jinja2", ">=3.1"), ("mesa", "<4,>=3.3"), ("pyyaml", "")]


@pytest.mark.parametrize(
    ("there", "wanted", "fits"),
    [
        ("2.4.6", ">=2.1", True),
        ("2.0.9", ">=2.1", False),
        ("3.3.1", "<4,>=3.3", True),
        ("4.0", ">=3.3,<4", False),
    ],
)
def test_ranges_of_versions(there: str, wanted: str, fits: bool) -> None:
    assert _fits(there, wanted) is fits
