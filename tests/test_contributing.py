"""The recipes of CONTRIBUTING.md work today: in a copy of the checkout edits apply, commands pass, what is added is there."""

from __future__ import annotations

import csv
import importlib.util
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
RECIPES = dict(re.findall(r"^### (.+?)\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL))


def _tool() -> ModuleType:
    file = ROOT / "tools" / "mutation_run.py"
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module
    spec.loader.exec_module(module)
    return module


COPIES = _tool()


def blocks(recipe: str, language: str) -> list[str]:
    """Return the code of a recipe in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", RECIPES[recipe], re.MULTILINE | re.DOTALL)


def indicators(folder: Path) -> dict[str, str]:
    """Return the values in the one ``summary.csv`` below a folder."""
    (file,) = folder.rglob("summary.csv")
    with file.open(encoding="utf-8-sig", newline="") as text:
        return {row["indicator"]: row["value"] for row in csv.DictReader(text)}


def an_indicator(copy: Path, printed: str) -> None:
    assert 0.0 < float(indicators(copy / "build/tried")["visit_share"]) < 100.0


def a_parameter(copy: Path, printed: str) -> None:
    before, after = (indicators(copy / "build" / name) for name in ("before", "after"))
    assert float(after["trust_community"]) < float(before["trust_community"])


def a_governance_value(copy: Path, printed: str) -> None:
    schema = json.loads((copy / "scenarios/schema/governance.schema.json").read_text(encoding="utf-8"))
    declared = schema["$defs"]["Detection"]["properties"]["visit_targets"]
    assert "elderly" in declared["anyOf"][0]["enum"]
    assert "elderly" in (copy / "docs/governance.en.md").read_text(encoding="utf-8")


def a_process(copy: Path, printed: str) -> None:
    assert re.search(r"^11\. forgetting$", printed, re.MULTILINE)
    assert "### 7.11 遗忘（forgetting）" in (copy / "docs/odd.zh.md").read_text(encoding="utf-8")


def a_study_kind(copy: Path, printed: str) -> None:
    assert re.search(r"^ *regret +Show what each model gives away", printed, re.MULTILINE)
    assert re.search(r"^ *Usage: govsim regret .*STUDY", printed, re.MULTILINE)


def a_chart(copy: Path, printed: str) -> None:
    assert {file.suffix for file in copy.glob("build/tried/**/communities.*")} == {
        ".png",
        ".svg",
        ".csv",
        ".pdf",
    }


ADDED: dict[str, Callable[[Path, str], None]] = {
    "An indicator": an_indicator,
    "A parameter": a_parameter,
    "A governance value": a_governance_value,
    "A process": a_process,
    "A study kind": a_study_kind,
    "A chart": a_chart,
}
"""What shows that the thing of a recipe is there."""


def test_every_recipe_is_tried() -> None:
    assert set(RECIPES) == set(ADDED)


@pytest.mark.parametrize("recipe", ADDED)
def test_a_recipe_says_what_it_costs(recipe: str) -> None:
    lines = "".join(blocks(recipe, "diff")).splitlines()
    files = sum(line.startswith("diff --git ") for line in lines)
    added, removed = (
        sum(line.startswith(sign) and not line.startswith(3 * sign) for line in lines) for sign in "+-"
    )
    assert f"*{files} files, {added} lines added, {removed} removed.*" in RECIPES[recipe]


@pytest.fixture(scope="module")
def kernels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compiled kernels of the checkout, to which each recipe adds those that it changes."""
    folder = tmp_path_factory.mktemp("kernels")
    COPIES.copy_kernels(folder)
    return folder


@pytest.mark.assurance
@pytest.mark.parametrize("recipe", ADDED)
def test_a_recipe_works(recipe: str, tmp_path: Path, kernels: Path) -> None:
    copy = tmp_path / "copy"
    COPIES.copy_checkout(copy)
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(copy),
        "NUMBA_CACHE_DIR": str(kernels),
        "GIT_CEILING_DIRECTORIES": str(tmp_path),
    }

    def do(*command: str, given: str | None = None) -> str:
        done = subprocess.run(
            command, cwd=copy, env=environment, input=given, capture_output=True, text=True, check=False
        )  # fmt: skip
        assert done.returncode == 0, f"{command[-1]}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    assert Path(do("python", "-c", "import govsim; print(govsim.__file__)").strip()).is_relative_to(copy)
    for edit in blocks(recipe, "diff"):
        do("git", "apply", "-C1", "--recount", given=edit)
    do("ruff", "check", "--no-cache", ".")
    do("ruff", "format", "--no-cache", "--check", ".")
    printed = "".join(do("bash", "-euo", "pipefail", "-c", commands) for commands in blocks(recipe, "sh"))
    ADDED[recipe](copy, printed)
