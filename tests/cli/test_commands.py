"""The commands from the door to the folder, with an engine that answers at once."""

from __future__ import annotations

import csv
import errno
import json
import re
from pathlib import Path
from typing import Any

import pytest

from govsim.cli import commands, main
from govsim.engine.recording import Recording
from govsim.report.docs.words import Language
from govsim.report.figures import hours
from govsim.report.html.reading import Material
from govsim.results.errors import EnvironmentProblem, RefusedError
from govsim.runner.planning import Choice, plan, with_labels_apart
from govsim.runner.replicates import Simulator, WeekDone
from tests.asked import bundled
from tests.synthetic import make_recording

pytestmark = pytest.mark.slow

LEGACY, LED = "legacy_administrative", "party_led_cogovernance"


def fake(extra: bool = False, fail: int | None = None, ran: list[tuple[str, int]] | None = None) -> Simulator:
    """Return an engine that looks at an arm's content only; ``extra`` gives observed arms more hours."""

    def simulate(world: Any, scenario: Any, arm: Any, seed: int, week_done: WeekDone) -> Recording:
        if seed == fail:
            raise ValueError("a planted fault")
        if ran is not None:
            ran.append((arm.key, seed))
        led = arm.model.routing.convening != "none"
        hours = 1000.0 if extra and arm.model.capacity.observed_seconded else 0.0
        speed = 20.0 if led else 1.0
        return make_recording(
            seed, weeks=scenario.run.weeks, speed=speed, extra_hours=hours, cases=300, residents=60
        )

    return Simulator(lambda scenario, seed: seed, simulate)


def run(out: Path, engine: Simulator, **changes: Any) -> int:
    asked: dict[str, Any] = {
        "scenario": "tiny", "overrides": [], "models": [], "seeds": 4, "weeks": 40, "out": out, "jobs": 1,
        "capacity": "both", "allow_unequal_budget": False, "figures": False, "json_output": False,
        "force": False,
    }  # fmt: skip
    return commands.run_command(**bundled(asked | changes | {"engine": engine}))


def folder(out: Path) -> Path:
    (found,) = (out / "tiny").glob("comparison-*")
    return found


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_main_job(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, fake(extra=True)) == 0
    printed = capsys.readouterr().out
    lines = printed.splitlines()
    assert len(lines) <= 55
    commands_and_places = ("Next ", "Results ")
    assert max(len(line) for line in lines if not line.startswith(commands_and_places)) <= 80
    assert lines[0].startswith("Under Party-led co-governance, ")
    said = " ".join(printed.split())
    assert "Same hours, same money: yes" in said
    assert "the same residents, problems and chance for all" in said
    assert "With the outside resources that it brings" in said
    assert said.index("Under Party-led") < said.index("With the outside") < said.index("This is a simulation")
    assert f"Next       govsim run tiny --weeks 40 --capacity both --out {tmp_path} --seeds 16\n" in printed
    assert not re.search(r"\b(proves?|improves?|nan|inf)\b", printed.lower())
    assert "is not a forecast" in said
    assert str(folder(tmp_path)) in printed


@pytest.mark.parametrize(("scenario", "changed", "warned"), [
    ("yingzi", ["population.residents=1200"], True), ("yingzi_small", [], True),
    ("yingzi", ["run.weeks=30"], False), ("tiny", [], False),
])  # fmt: skip
def test_offices_that_become_fractions_are_warned_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], scenario: str, changed: list[str], warned: bool
) -> None:
    """Once, on standard error, in the language asked for; what is printed and written is not touched."""
    for language, words in (("en", "offices have less than one full-time post"), ("zh", "不足一个全职岗位")):
        where = tmp_path / language
        assert run(where, fake(), scenario=scenario, overrides=changed, languages=language) == 0
        printed = capsys.readouterr()
        assert printed.err.count(words) == warned
        assert words not in printed.out


def test_every_printed_number_is_in_the_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(tmp_path, fake(), capacity="neutral")
    printed = capsys.readouterr().out
    for row in rows(folder(tmp_path) / "compare.csv"):
        if row["indicator"] == "resolved_existing_26w":
            low, high = float(row["low95"]), float(row["high95"])
            wanted = f"{float(row['difference']):+.1f} [{low:+.1f}, {high:+.1f}]"
            (line,) = (line for line in printed.splitlines() if wanted.replace("-", "−") in line)
            assert line.startswith("better ")
            assert row["verdict"] == "better"
            assert row["equal_budget"] == "yes"
            break
    else:
        raise AssertionError("row is missing")


@pytest.mark.parametrize(
    ("asked", "here", "zh"),
    [
        ("zh", "en_GB.UTF-8", True),
        ("both", "zh_CN.UTF-8", True),
        ("both", "C", False),
        ("en", "zh_CN", False),
    ],
)
def test_it_is_printed_in_the_language_asked_for(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    asked: str,
    here: str,
    zh: bool,
) -> None:
    """Of both, in that of the terminal; in Chinese no English words, in either no letters for options."""
    monkeypatch.setenv("LC_ALL", here)
    assert run(tmp_path, fake(extra=True), languages=asked, seeds=5) == 0
    printed = capsys.readouterr().out
    assert ("党建引领共治：" in printed) is zh
    assert not re.search(r"\b[AB]\b(?! [a-z])", printed.replace(str(tmp_path), ""))
    if zh:
        found, _, _ = printed.partition("结果  ")
        assert set(re.findall("[A-Za-z]+", found)) <= {"compare", "csv"}


@pytest.mark.parametrize(("environment", "coloured"), [({"FORCE_COLOR": "1"}, True), ({}, False)])
def test_colours_only_repeat_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    environment: dict[str, str], coloured: bool,
) -> None:  # fmt: skip
    """No colour where it is not a terminal; with colours there are the same letters."""
    for name in ("FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    run(tmp_path, fake(), capacity="neutral")
    plain = capsys.readouterr().out
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    run(tmp_path, fake(), capacity="neutral")
    again = capsys.readouterr().out
    assert ("\x1b[32mbetter" in again) is coloured
    assert [line.rstrip() for line in re.sub(r"\x1b\[[\d;]*m", "", again).splitlines()][
        :12
    ] == plain.splitlines()[:12]


def test_comparison_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def footer(material: Material, language: Language) -> dict[str, bytes]:
        sheet = hours(material, language)
        assert sheet is not None
        return {"trust.png": sheet.footer.encode()}

    monkeypatch.setattr("govsim.report.figures.draw_figures", footer)
    run(tmp_path, fake(), figures=True, seeds=2)
    where = folder(tmp_path)
    names = {path.name for path in where.iterdir()}
    assert {"compare.csv", "arms.csv", "groups.csv", "dictionary.csv", "runs.json", "manifest.json"} <= names
    assert "Tiny, random seeds 1-2, equal hours and money, comparison-" in (where / "trust.png").read_text()
    known = {(row["table"], row["name"]) for row in rows(where / "dictionary.csv")}
    for table in ("compare", "arms", "groups"):
        assert {(table, column) for column in rows(where / f"{table}.csv")[0]} <= known
    runs = json.loads((where / "runs.json").read_text(encoding="utf-8"))
    assert all(c["paired"] for c in runs["comparisons"])
    for arm in runs["arms"]:
        for found in arm["runs"]:
            assert (where / found["folder"] / "manifest.json").exists()
    manifest = json.loads((where / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["paired"] is True


@pytest.mark.assurance
def test_second_time_nothing_is_computed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ran: list[tuple[str, int]] = []
    run(tmp_path, fake(ran=ran), seeds=2)
    first = len(ran)
    run(tmp_path, fake(ran=ran), seeds=2)
    assert len(ran) == first
    assert f"0 computed, {first} found" in capsys.readouterr().out
    run(tmp_path, fake(ran=ran), seeds=3)
    assert len(ran) == first * 3 // 2
    run(tmp_path, fake(ran=ran), seeds=3, force=True)
    assert len(ran) == first * 3


def test_json_is_one_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(tmp_path, fake(), json_output=True, seeds=2)
    captured = capsys.readouterr()
    answer = json.loads(captured.out)
    assert answer["seeds"] == [1, 2]
    assert {row["indicator"] for row in answer["differences"]} >= {"participation_4w", "median_days"}
    assert "replications each" in captured.err


def test_one_model_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, fake(), models=[LEGACY], seeds=3) == 0
    printed = capsys.readouterr().out
    assert "Smallest to largest" in printed
    assert not (folder(tmp_path) / "compare.csv").exists()


def test_one_seed_claims_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(tmp_path, fake(), seeds=1)
    printed = capsys.readouterr().out
    assert "too few replications to tell" in printed
    assert "A verdict takes 4 replications or more" in printed
    assert "clearly" not in printed
    assert " [" not in re.sub(r"\[95%\s*confidence", "", printed)


def test_unequal_budget_is_refused_or_under_a_banner(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    engine = fake(extra=True)
    with pytest.raises(RefusedError, match="unequal budgets"):
        run(tmp_path, engine, capacity="observed")
    assert run(tmp_path, engine, capacity="observed", allow_unequal_budget=True) == 0
    printed = capsys.readouterr().out
    assert "UNEQUAL BUDGET" in printed
    assert "Per hour of staff time" in printed
    assert {row["equal_budget"] for row in rows(folder(tmp_path) / "compare.csv")} == {"NO"}


def test_a_failing_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, fake(fail=3), capacity="neutral") == 3
    captured = capsys.readouterr()
    assert (
        "seed 3 of Legacy administrative failed: ValueError: a planted fault (test_commands.py:"
        in captured.err
    )
    assert f"--model {LEGACY}" in captured.err
    assert "--set run.first_seed=3" in captured.err
    assert "2 of 8 runs failed (seed 3); seeds 1-2, 4 are whole." in captured.err
    assert "3 replications (random seeds 1–2, 4)" in " ".join(captured.out.split())


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        OSError(errno.ENOMEM, "Cannot allocate memory"),
        ImportError("libarrow.so: failed to map segment from shared object"),
    ],
)
def test_a_machine_without_enough_memory(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], error: Exception
) -> None:
    """Where no run ends for want of memory, it is the machine's fault; where some do, those are kept."""

    def short(of: set[int]) -> Simulator:
        whole = fake()

        def simulate(world: Any, scenario: Any, arm: Any, seed: int, week_done: WeekDone) -> Recording:
            if seed in of:
                raise error
            return whole.simulate(world, scenario, arm, seed, week_done)

        return Simulator(whole.build_world, simulate)

    assert run(tmp_path / "none", short({1, 2, 3, 4}), capacity="neutral") == 5
    assert "not enough memory" in capsys.readouterr().err
    assert run(tmp_path / "some", short({2}), capacity="neutral") == 3
    assert f"seed 2 of Legacy administrative failed: {type(error).__name__}" in capsys.readouterr().err


def test_out_is_a_file_is_found_before_computing(tmp_path: Path) -> None:
    ran: list[tuple[str, int]] = []
    (tmp_path / "out").write_text("mine")
    with pytest.raises(EnvironmentProblem):
        run(tmp_path / "out", fake(ran=ran))
    assert ran == []


@pytest.fixture
def district(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make an empty study folder the working folder."""
    study = tmp_path / "study"
    study.mkdir()
    monkeypatch.chdir(study)
    return study


def renamed(name: str, words: str) -> str:
    from govsim.scenario import load_governance
    from govsim.scenario.show import as_yaml

    governance = load_governance(name)
    text = as_yaml(governance.model, governance.origins, comments=False)
    return text.replace(governance.model.name.en, words)


def test_one_model_under_two_names_is_one_model(district: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("copy.yaml").write_text(renamed(LEGACY, "Something else"), encoding="utf-8")
    ran: list[tuple[str, int]] = []
    assert run(district / "out", fake(ran=ran), models=[LEGACY, "copy.yaml"], capacity="neutral") == 0
    printed = capsys.readouterr().out
    assert "identical: the same model under two names" in " ".join(printed.split())
    assert len(ran) == 4
    differences = rows(folder(district / "out") / "compare.csv")
    assert {row["difference"] for row in differences} <= {"0", "n/a", "not reached"}
    assert {row["verdict"] for row in differences} <= {"no difference", "n/a"}


def test_two_models_under_one_name_are_told_apart(district: Path) -> None:
    from govsim.scenario import load, load_governance

    Path("copy.yaml").write_text(renamed(LED, "Legacy administrative"), encoding="utf-8")
    loaded = load("tiny")
    choices = [Choice("tiny", loaded, load_governance(name), "neutral") for name in (LEGACY, "copy.yaml")]
    labels = [item.label for item in with_labels_apart([plan(choice, district) for choice in choices])]
    assert labels[0] != labels[1]
    assert all(label.startswith("Legacy administrative [") for label in labels)


@pytest.mark.slow
def test_compare_models_and_scenarios(district: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked: dict[str, Any] = {
        "scenario": "tiny", "overrides": [], "seeds": 3, "weeks": 40, "out": district / "out", "jobs": 1,
        "allow_unequal_budget": False, "json_output": False, "figures": False,
    }  # fmt: skip
    assert commands.compare_command([LEGACY, LED], **bundled(asked | {"engine": fake()})) == 0
    assert capsys.readouterr().out.startswith("Party-led co-governance and Legacy administrative: ")
    Path("mine.yaml").write_text(
        "extends: tiny\nname: {en: Mine}\nhandling: {give_up: 0.9}\n", encoding="utf-8"
    )
    assert commands.compare_command(["tiny", "mine.yaml"], **bundled(asked | {"engine": fake()})) == 0
    assert "identical in every number" in capsys.readouterr().out


def test_resolved_scenario_of_a_run_is_the_run(district: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(district / "out", fake(), seeds=2, capacity="neutral", models=[LED])
    for manifest in sorted((district / "out" / "tiny").glob("*/manifest.json")):
        if manifest.parent.name.startswith("comparison-"):
            continue
        again = district / f"again-{manifest.parent.name}"
        run(
            again,
            fake(),
            scenario=str(manifest.parent / "scenario.yaml"),
            seeds=None,
            weeks=None,
            capacity=None,
        )
        keys = {path.parent.name for path in (again / "tiny").glob("*/manifest.json")}
        assert manifest.parent.name in keys


def test_bad_scenario_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert main(["run", "tiny", "--set", "run.weks=3", "--out", str(out)]) == 2
    assert "run.weks" in capsys.readouterr().err
    assert not out.exists()


def test_order(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["order"]) == 0
    printed = capsys.readouterr().out
    assert printed.index("arrivals") < printed.index("casework") < printed.index("measurement")
    assert max(map(len, printed.splitlines())) <= 100
    assert "reads" in printed
    assert "draws" in printed


def test_stdout_and_stderr_are_kept_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(tmp_path, fake(), json_output=True, seeds=1)
    assert len(capsys.readouterr().out.splitlines()) == 1


def by_measure() -> Simulator:
    """Return an engine in which measures alone make a difference."""

    def simulate(world: Any, scenario: Any, arm: Any, seed: int, week_done: WeekDone) -> Recording:
        speed = 20.0 if "+" in arm.label else 1.0
        return make_recording(seed, weeks=scenario.run.weeks, speed=speed, cases=300, residents=60)

    return Simulator(lambda scenario, seed: seed, simulate)


@pytest.mark.assurance
def test_each_model_is_compared_with_itself_under_measures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not only everything against the baseline; its numbers stand in a table, which verify accepts."""
    from govsim.cli.verifying import verify_comparison

    asked = {"models": [LEGACY, LED], "measures": ["cadre_campaign@10"], "capacity": "neutral"}
    assert run(tmp_path, by_measure(), **asked) == 0
    printed = capsys.readouterr().out
    part = printed.partition("Model and measure")[2]
    assert "campaign" in part
    assert "+0 hours, +0 yuan" in part
    found = rows(folder(tmp_path) / "within.csv")
    assert {(row["baseline"], row["other"]) for row in found} == {
        ("Party-led co-governance", "Party-led co-governance + cadre campaign")
    }
    assert {row["verdict"] for row in found} & {"better", "higher", "worse", "lower"}
    against_a = {
        row["indicator"]: row
        for row in rows(folder(tmp_path) / "compare.csv")
        if row["other"].endswith("campaign")
    }
    for row in found:  # C equals A here, and so D - C equals D - A
        assert row["difference"] == against_a[row["indicator"]]["difference"]
    assert verify_comparison(folder(tmp_path)).same
    assert run(tmp_path, by_measure(), **asked, json_output=True) == 0
    assert len(json.loads(capsys.readouterr().out)["within"]) == len(found)


def test_one_model_with_a_measure_has_nothing_further(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = {"models": [LEGACY], "measures": ["cadre_campaign@10"], "capacity": "neutral"}
    assert run(tmp_path, by_measure(), **asked) == 0
    assert "Model and measure" not in capsys.readouterr().out
    assert not (folder(tmp_path) / "within.csv").exists()


@pytest.mark.parametrize("there", [True, False])
def test_compiling_is_told_only_where_it_is_to_be_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], there: bool
) -> None:
    from govsim import kernels

    if there:
        (tmp_path / "some.nbi").touch()
    monkeypatch.setattr(kernels, "_folders", {tmp_path})
    assert run(tmp_path / "out", fake(), capacity="neutral") == 0
    assert ("Compiling" in capsys.readouterr().err) is not there
