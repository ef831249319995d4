"""The tool that moves Yingzi to a point of its calibration: the right point, all values, all comments; old values kept."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from govsim.scenario import Loaded, load
from govsim.scenario.files import scenario_shelf
from govsim.scenario.messages import dotted
from govsim.scenario.origins import leaves
from govsim.scenario.studies import load_study, read_points

pytestmark = pytest.mark.slow

STUDY = load_study("calibrate_yingzi")
PATHS = [factor.path for factor in STUDY.factors]
REGION = scenario_shelf().folder / "studies" / "yingzi_region.csv"
POINTS = np.array(read_points(REGION, REGION.name, STUDY.factors))


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    file = Path(__file__).parents[2] / "tools" / "take_region_point.py"
    spec = importlib.util.spec_from_file_location("take_region_point", file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "scenarios"
    shutil.copytree(scenario_shelf().folder, copy)
    return copy


def values(loaded: Loaded) -> dict[str, object]:
    told = ("name.", "description.")
    return {
        dotted(leaf.path): leaf.value
        for leaf in leaves(loaded.scenario)
        if not dotted(leaf.path).startswith(told)
    }


def comments(text: str) -> list[str]:
    body = text.split("\ngovsim: 1\n")[1]
    return [line[line.index("# ") :] for line in body.splitlines() if "# " in line]


def test_nothing_is_changed_without_being_asked(
    tool: ModuleType, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    assert tool.main(["--scenarios", str(folder)]) == 0
    assert "nothing was changed" in capsys.readouterr().out
    assert {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()} == before


def test_the_point_is_taken_and_all_else_stays(tool: ModuleType, folder: Path) -> None:
    file = folder / "yingzi.yaml"
    text, before = file.read_text(encoding="utf-8"), load(file)
    assert tool.main(["--scenarios", str(folder), "--point", "3", "--write"]) == 0
    after, written = load(file), file.read_text(encoding="utf-8")
    old, new = values(before), values(after)
    assert [new[path] for path in PATHS] == POINTS[2].tolist()
    assert {path for path in old if old[path] != new[path]} <= set(PATHS)
    assert {path for path, origin in after.origins.items() if origin.status == "calibrated"} == set(PATHS)
    assert all("accepted point 3 of yingzi_region.csv" in after.origins[path].source for path in PATHS)
    assert comments(written) == comments(text)
    assert "point 3 of" in written.split("\ngovsim: 1\n")[0]
    assert not (folder / "yingzi_calibrated.yaml").exists()
    kept = load(folder / "yingzi_overloaded.yaml")
    assert not [path for path in PATHS if kept.origins[path].status == "calibrated"]
    if before.origins[PATHS[0]].status != "calibrated":  # the shipped one still has its old values
        assert [values(kept)[path] for path in PATHS] == [old[path] for path in PATHS]
        assert all(kept.origins[path].status == before.origins[path].status for path in PATHS)


def test_another_point_replaces_the_first_one(tool: ModuleType, folder: Path) -> None:
    assert tool.main(["--scenarios", str(folder), "--point", "3", "--write"]) == 0
    kept = (folder / "yingzi_overloaded.yaml").read_bytes()
    assert tool.main(["--scenarios", str(folder), "--point", "5", "--write"]) == 0
    after = load(folder / "yingzi.yaml")
    assert [values(after)[path] for path in PATHS] == POINTS[4].tolist()
    assert (folder / "yingzi_overloaded.yaml").read_bytes() == kept
    assert (folder / "yingzi.yaml").read_text(encoding="utf-8").count("have the status calibrated") == 1


def test_the_point_nearest_to_the_centre_is_the_rule(
    tool: ModuleType, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shares = np.array([[0.0, 0.0], [0.4, 0.6], [1.0, 1.0], [0.6, 0.4]])
    assert tool.nearest_to_centre(shares) == 1
    tool.main(["--scenarios", str(folder)])
    taken = int(capsys.readouterr().out.split()[1]) - 1
    low, high = (np.array([getattr(factor, end) for factor in STUDY.factors]) for end in ("low", "high"))
    distances = np.linalg.norm(
        (POINTS - low) / (high - low) - ((POINTS - low) / (high - low)).mean(axis=0), axis=1
    )
    assert distances[taken] == distances.min()


def test_smaller_scenarios_follow(folder: Path) -> None:
    """They set none of the calibrated values themselves."""
    district = values(load("yingzi"))
    for name in ("yingzi_small", "yingzi_tenth"):
        smaller = values(load(name))
        assert [smaller[path] for path in PATHS] == [district[path] for path in PATHS]


def test_a_value_is_put_where_it_belongs(tool: ModuleType) -> None:
    text = "# head\na:  # about a\n  b: {c: 1, d: 2}  # about b\n  e:\n    f: 3\n\n# about g\ng: 4\n"
    assert tool.put(text, ["a", "b", "d"], "9") == text.replace("d: 2", "d: 9")
    assert tool.put(text, ["a", "e", "h"], "9") == text.replace("    f: 3\n", "    f: 3\n    h: 9\n")
    assert tool.put(text, ["a", "h", "i"], "9") == text.replace("    f: 3\n", "    f: 3\n  h:\n    i: 9\n")
    assert tool.put(text, ["x", "y"], "9") == text + "\nx:\n  y: 9\n"
    with pytest.raises(ValueError, match="z belongs into a section written in one line"):
        tool.put(text, ["a", "b", "z"], "9")
