"""A command whose libraries are not installed says which to install, in a line, before it computes anything."""

from __future__ import annotations

import importlib.util
from importlib.metadata import requires
from pathlib import Path

import pytest

from govsim import extras
from govsim.cli import main
from tests.small import small_run

COMMANDS = {
    "sklearn": ["calibrate", "calibrate_yingzi"],
    "SALib": ["sensitivity", "load_and_staff"],
    "optuna": ["optimise", "optimise_yingzi"],
    "distributed": ["--scheduler", "tcp://127.0.0.1:9"],
}


@pytest.mark.parametrize("module", COMMANDS)
def test_what_is_missing_is_named(
    module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(extras, "find_spec", lambda name: None if name == module else found(name))
    words = COMMANDS[module]
    words = small_run(tmp_path, *words) if words[0].startswith("--") else [*words, "--out", str(tmp_path)]
    assert main(words) == 5
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.splitlines()[-1].endswith(
        f"needs {module}, which is not installed:  pip install 'govsim[{extras.EXTRAS[module]}]'"
    )
    assert not list(tmp_path.rglob("manifest.json"))


def test_the_extras_are_those_of_the_package() -> None:
    lines = [line for line in requires("govsim") or [] if "extra ==" in line]
    names = {"sklearn": "scikit-learn"}
    for module, extra in extras.EXTRAS.items():
        wanted = names.get(module, module).lower()
        assert any(line.lower().startswith(wanted) and extra in line for line in lines), module
