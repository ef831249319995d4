"""Exit codes, help, versions, and run.py as another name of the same door."""

from __future__ import annotations

import errno
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import govsim
from govsim.cli import forward, main
from govsim.report.request import Presentation, ScenarioChanges
from govsim.results.errors import EnvironmentProblem, RefusedError
from govsim.runner.options import RunOptions
from govsim.scenario import Problem, ScenarioError

pytestmark = pytest.mark.slow

ROOT = Path(govsim.__file__).parent.parent


class Study:
    """Stands in for the room that runs and reports and notes how it was called."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: list[dict[str, Any]] = []
        self.outcome: int | BaseException = 0
        module = ModuleType("govsim.cli.commands")
        for name in ("run_command", "compare_command", "order_command"):
            setattr(module, name, self._answer)
        monkeypatch.setitem(sys.modules, "govsim.cli.commands", module)

    def _answer(self, **given: Any) -> int:
        self.calls.append(given)
        if isinstance(self.outcome, BaseException):
            raise self.outcome
        return self.outcome


@pytest.fixture
def study(monkeypatch: pytest.MonkeyPatch) -> Study:
    return Study(monkeypatch)


@pytest.mark.parametrize(
    ("outcome", "code", "words"),
    [
        (0, 0, ""),
        (3, 3, ""),
        (ScenarioError([Problem("f.yaml", 3, 4, "a.b", "is wrong")]), 2, "f.yaml:3:4  a.b  is wrong"),
        (RefusedError("worlds differ"), 4, "govsim: refused: worlds differ"),
        (EnvironmentProblem("no room in results"), 5, "govsim: no room in results"),
        (OSError(errno.ENOSPC, "No space left on device", "x.csv"), 5, "No space left on device: x.csv"),
        (MemoryError(), 5, "not enough memory"),
        (
            RuntimeError("cannot cache function 'f': no locator available for file 'f.py'"),
            5,
            "NUMBA_CACHE_DIR=",
        ),
        (KeyboardInterrupt(), 130, ""),
        (ValueError("boom"), 1, "internal error: ValueError: boom (test_door.py:"),
        (OSError(errno.EIO, "Input/output error"), 1, "internal error: OSError"),
    ],
)
def test_every_outcome_has_its_exit_code(
    outcome: int | BaseException, code: int, words: str, study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    study.outcome = outcome
    assert main(["run", "tiny"]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert words in err
    assert "Traceback" not in err
    assert len(err.splitlines()) <= 2


def test_debug_shows_the_trace(study: Study, capsys: pytest.CaptureFixture[str]) -> None:
    study.outcome = ValueError("boom")
    assert main(["run", "tiny"]) == 1
    assert "--debug" in capsys.readouterr().err
    assert main(["run", "tiny", "--debug"]) == 1
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize(
    "line",
    [
        "rnu",
        "run",
        "check",
        "run tiny --sedes 3",
        "run tiny --capacity x",
        "run tiny --seeds 0",
        "run tiny --seeds many",
        "schema x",
        "check a b",
    ],
)
def test_wrong_usage(line: str, study: Study, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(line.split()) == 2
    assert study.calls == []
    assert "Usage:" in capsys.readouterr().err


def test_a_misspelt_command_is_answered_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    main(["chek"])
    assert "Did you mean 'check'" in capsys.readouterr().err


def test_all_options_of_run_arrive(study: Study) -> None:
    words = "run tiny --set a=1 --set b=2 --model m --model n --seeds 3 --weeks 4 --out o --jobs 2"
    assert (
        main(
            [
                *words.split(),
                "--capacity",
                "both",
                "--allow-unequal-budget",
                "--no-figures",
                "--json",
                "--force",
                "--controls",
                "--with",
                "cadre_campaign@3",
                "--scheduler",
                "tcp://node1:8786",
                "--single-writer",
                "--until",
                "participation=±1",
                "--max-seeds",
                "9",
                "--report",
                "r.html",
                "--lang",
                "zh",
            ]
        )
        == 0
    )
    assert study.calls == [
        {
            "scenario": "tiny", "changed": ScenarioChanges(["a=1", "b=2"], 3, 4, "both"), "models": ["m", "n"],
            "options": RunOptions(Path("o"), 2, "tcp://node1:8786", True, ("govsim", *sys.argv[1:])),
            "presentation": Presentation(False, True, Path("r.html"), "zh"), "allow_unequal_budget": True,
            "force": True, "controls": True, "measures": ["cadre_campaign@3"],
            "until": "participation=±1", "max_seeds": 9,
        }
    ]  # fmt: skip


def test_compare_and_order_arrive(study: Study) -> None:
    assert main(["compare", "a.yaml", "b", "--scenario", "tiny", "--seeds", "2"]) == 0
    assert study.calls[0]["arms"] == ["a.yaml", "b"]
    assert study.calls[0]["scenario"] == "tiny"
    assert main(["order"]) == 0


def test_the_other_rooms_take_what_the_door_hands_over() -> None:
    import inspect

    from govsim.cli import commands

    def taken(function: object) -> set[str]:
        parameters = inspect.signature(function).parameters.values()  # type: ignore[arg-type]
        return {parameter.name for parameter in parameters if parameter.default is parameter.empty}

    common = {"scenario", "changed", "options", "presentation"}
    assert taken(commands.run_command) == common | {"models"}
    assert taken(commands.compare_command) == common | {"arms"}
    assert not taken(commands.order_command)


def test_version_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    line = capsys.readouterr().out
    assert line.startswith(f"govsim {govsim.__version__}")
    assert f"Python {sys.version_info.major}.{sys.version_info.minor}" in line
    assert line.count("\n") == 1


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["scenarios/yingzi.yaml"], ["run", "scenarios/yingzi.yaml"]),
        (["yingzi", "--seeds", "2"], ["run", "yingzi", "--seeds", "2"]),
        (["--seeds", "2", "yingzi"], ["run", "--seeds", "2", "yingzi"]),
        (["check", "x"], ["check", "x"]),
        (["run", "x"], ["run", "x"]),
        (["--help"], ["--help"]),
        ([], []),
    ],
)
def test_run_py_runs_a_scenario_and_passes_commands_on(given: list[str], words: list[str]) -> None:
    assert forward(given) == words


def test_three_doors_into_one_room(tmp_path: Path) -> None:
    doors = ([str(ROOT / "run.py")], ["-m", "govsim"])
    said = [
        subprocess.run(
            [sys.executable, *door, "check", "tiny"], capture_output=True, text=True, check=True, cwd=folder
        ).stdout
        for door in doors
        for folder in (ROOT, tmp_path)
        if door[0] != "-m" or folder == ROOT
    ]
    assert len(set(said)) == 1
    assert "scenarios/tiny.yaml is sound" in said[0]


def test_describe(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["describe"]) == 0
    table = capsys.readouterr().out
    for name in ("population.residents", "run.weeks", "problems.classes.*.rate", "detection.visit_share"):
        assert f"\n{name} " in table
    assert main(["describe", "run.weeks"]) == 0
    one = capsys.readouterr().out
    for words in ("weeks", "1–5200", "260", "design", "--set run.weeks="):
        assert words in one
    assert main(["describe", "population.street_units[0].communities[1].hazards.water"]) == 0
    assert main(["describe", "population.party"]) == 0
    assert "population.party.share_of_adults" in capsys.readouterr().out
    assert main(["describe", "residnets"]) == 2
    assert "did you mean  population.residents" in capsys.readouterr().err
    assert main(["describe", "participation_4w"]) == 0
    assert "participation_4w  (indicator: a result, which is not set)" in capsys.readouterr().out
    assert main(["describe", "run", "--json"]) == 0
    names = [item["path"] for item in json.loads(capsys.readouterr().out)["parameters"]]
    assert names == ["run.weeks", "run.seeds", "run.first_seed"]


def test_every_parameter_can_be_described(capsys: pytest.CaptureFixture[str]) -> None:
    from govsim.scenario.show import describe, records

    found = records()
    assert len(found) > 150
    for record in found:
        assert record["label_en"], record
        assert record["label_zh"], record
        assert record["meaning"], record
        assert record["status"] in ("found", "derived", "assumed", "design"), record
        assert record["source"] or record["status"] in ("assumed", "design"), record
        assert record["path"] in describe(record["path"])


def test_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert {"extends", "population", "run"} <= set(schema["properties"])
    weeks = schema["$defs"]["RunSettings"]["properties"]["weeks"]
    assert [kind["type"] for kind in weeks["anyOf"]] == ["integer", "object"]
    assert "Unit: weeks." in weeks["description"]
    assert main(["schema", "governance"]) == 0
    assert "agenda" in json.loads(capsys.readouterr().out)["properties"]


def test_the_schema_files_are_current() -> None:
    from govsim.scenario.show import schema_files, schema_text

    for name, schema in schema_files().items():
        kept = (ROOT / "scenarios" / "schema" / name).read_text(encoding="utf-8")
        assert kept == schema_text(schema), f"run: govsim schema --write  ({name} is out of date)"


def test_shipped_files_point_editors_to_their_schema() -> None:
    for folder, line in (
        ("scenarios", "# yaml-language-server: $schema=schema/scenario.schema.json"),
        (
            "govsim/governance",
            "# yaml-language-server: $schema=../../scenarios/schema/governance.schema.json",
        ),
    ):
        for file in (ROOT / folder).glob("*.yaml"):
            assert file.read_text(encoding="utf-8").splitlines()[0] == line, file
