"""The command crossover, its table and figure, and the published search."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from govsim.cli import main
from govsim.engine.recording import Recording
from govsim.report import stamps
from govsim.report.glossary import wording
from govsim.report.stamps import without
from govsim.report.studies.crossover_page import (
    CLASSES,
    POINTS,
    SAMPLE,
    best_words,
    data_files,
    page,
    read_published,
)
from govsim.results.indicators import INDICATORS
from govsim.results.values import Missing
from govsim.runner.options import RunOptions
from govsim.runner.replicates import Simulator, WeekDone
from govsim.scenario import list_governance, load_governance
from govsim.scenario.studies import Factor, load_study
from govsim.studies.crossover import Crossover, Rank, classify
from govsim.studies.crossover.answer import TOP
from govsim.studies.experiments import Design, of_study, run_design
from tests.asked import study_command
from tests.synthetic import make_recording

pytestmark = pytest.mark.slow

ENGLISH, CHINESE = wording("en"), wording("zh")
DOCS = Path(__file__).parents[2] / "docs"
LEGACY, LED = "legacy_administrative", "party_led_cogovernance"
STUDY = """
study: 1
scenario: tiny
settings: {run.weeks: 40}
over:
  tasks.community_hours: [14, 70]
  capacity.staff.community: [6, 18]
models: [legacy_administrative, party_led_cogovernance]
seeds: 5
design: {kind: grid, levels: 4}
"""
TURN = 46.0


def fake() -> Simulator:
    """Return an engine in which the second model is quicker above TURN hours of tasks and slower below."""

    def simulate(world: Any, scenario: Any, arm: Any, seed: int, week_done: WeekDone) -> Recording:
        led = arm.model.routing.convening != "none"
        speed = 4.0 * 2.0 ** ((scenario.tasks.community_hours - TURN) / 7.0) if led else 4.0
        return make_recording(seed, weeks=scenario.run.weeks, speed=speed, cases=400, residents=60)

    return Simulator(lambda scenario, seed: seed, simulate)


@pytest.fixture
def study(tmp_path: Path) -> str:
    path = tmp_path / "map.yaml"
    path.write_text(STUDY, encoding="utf-8")
    return str(path)


def ask(study: str, out: Path, **changes: Any) -> int:
    options = RunOptions(out, 1, engine=changes.pop("engine", fake()))
    asked: dict[str, Any] = {"over": study, "indicator": [TOP], "figures": False}
    return study_command("crossover")(options=options, **(asked | changes))


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def folder(out: Path) -> Path:
    (found,) = out.glob("*/crossover-*")
    return found


@pytest.mark.assurance
def test_map_place_and_turn_of_a_known_answer(
    study: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Today's 42 hours lie just below the turn at 46; staff has no effect at all."""
    assert ask(study, tmp_path / "out", figures=True) == 0
    found = folder(tmp_path / "out")
    table = rows(found / "crossover.csv")
    assert len(table) == 17
    assert table[-1]["point"] == "today"
    assert float(table[-1]["tasks.community_hours"]) == 42.0
    sides = {(float(row["tasks.community_hours"]), row["class"]) for row in table[:-1]}
    assert {side for hours, side in sides if hours < 35} == {"first better"}
    assert {side for hours, side in sides if hours > 60} == {"second better"}
    for row in table:
        decided = float(row["low"]) > 0 or float(row["high"]) < 0
        assert decided == (row["class"] != "undecided")
    switching = {row["parameter"]: row for row in rows(found / "switching.csv")}
    hours = switching["tasks.community_hours"]
    assert float(hours["turns_at"]) == pytest.approx(TURN, abs=3.0)
    assert float(hours["undecided_from"]) <= float(hours["turns_at"]) <= float(hours["undecided_to"])
    assert hours["turns"] == "1"
    assert switching["capacity.staff.community"]["turns_at"] == Missing.NOT_REACHED.value
    text = capsys.readouterr().out
    assert "no turn seen at the values run (" in text
    assert "Today's difference in" in text
    assert "quantile" in text
    assert (found / "crossover.png").stat().st_size > 10_000
    dictionary = rows(found / "dictionary.csv")
    assert {row["table"] for row in dictionary} == {"crossover", "switching"}


@pytest.mark.assurance
def test_json_holds_the_same_numbers(study: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(study, tmp_path / "out", json_output=True, switching=False) == 0
    said = json.loads(capsys.readouterr().out)
    table = rows(folder(tmp_path / "out") / "crossover.csv")
    assert [row["class"] for row in said["crossover"]] == [row["class"] for row in table]
    assert said["switching"] == []


@pytest.mark.assurance
def test_asking_again_computes_nothing_and_says_the_same(
    study: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(study, tmp_path / "out", seeds=2) == 0
    first = capsys.readouterr().out
    before = folder(tmp_path / "out").stat().st_mtime_ns

    def broken(*_: Any) -> Recording:
        raise AssertionError("computed again")

    assert ask(study, tmp_path / "out", seeds=2, engine=Simulator(lambda scenario, seed: seed, broken)) == 0
    assert capsys.readouterr().out == first
    assert folder(tmp_path / "out").stat().st_mtime_ns == before


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["crossover", LEGACY], "needs two or more"),
        (["crossover", "--over", "load_and_staf"], "load_and_staff"),
        (["crossover", "--points", "8"], "the design is a grid"),
        (["crossover", "--indicator", "burnot"], "did you mean  burnout?"),
        (["crossover", "--indicator", "reported_completion"], "neither more nor less of it is better"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked(
    words: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words, "--out", str(tmp_path / "out")]) == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.assurance
def test_a_failed_run_costs_its_point_only(
    study: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    well = fake().simulate

    def simulate(world: Any, scenario: Any, arm: Any, seed: int, week_done: WeekDone) -> Recording:
        if seed == 2 and scenario.tasks.community_hours == 14.0 and scenario.capacity.staff.community == 6.0:
            raise ValueError("a planted fault")
        return well(world, scenario, arm, seed, week_done)

    engine = Simulator(lambda scenario, seed: seed, simulate)
    assert ask(study, tmp_path / "out", engine=engine, switching=False) == 3
    assert "a planted fault" in capsys.readouterr().err
    classes = [row["class"] for row in rows(folder(tmp_path / "out") / "crossover.csv")]
    assert classes.count("no value") == 1
    assert classes[0] == "no value"


@pytest.mark.assurance
def test_the_same_for_one_and_two_jobs(tmp_path: Path) -> None:
    path = tmp_path / "map.yaml"
    path.write_text(STUDY.replace("levels: 4", "levels: 2").replace("seeds: 5", "seeds: 3"), encoding="utf-8")
    tables = []
    for jobs in ("1", "2"):
        out = tmp_path / jobs
        words = ["crossover", "--over", str(path), "--jobs", jobs, "--out", str(out), "--no-figures"]
        assert main(words) == 0
        tables.append({file.name: file.read_bytes() for file in folder(out).glob("*.csv")})
    assert tables[0] == tables[1]
    assert set(tables[0]) == {"crossover.csv", "switching.csv", "dictionary.csv"}


def design(points: int = 64) -> Design:
    factors = tuple(
        Factor(path, 0.0, 10.0, False, 5.0, "assumed", f"label of {path}", path, "hours")
        for path in ("a", "b")
    )
    return Design(factors, np.random.default_rng(1).uniform(0.0, 10.0, (points, 2)))


def test_what_is_said_of_a_model() -> None:
    laid = design()
    never = np.full(64, Rank.NOT_BEST, np.int8)
    assert best_words(never, laid, ENGLISH) == "never best in 64 points"
    often = np.full(64, Rank.BEST, np.int8)
    often[:6] = Rank.NOT_BEST
    assert best_words(often, laid, ENGLISH) == "best in 91% of points: **dominating: check its costs**"
    often[:7] = Rank.NOT_BEST
    assert "dominating" not in best_words(often, laid, ENGLISH)
    here = np.where(laid.points[:, 0] > 6, Rank.BEST, Rank.NOT_BEST).astype(np.int8)
    assert best_words(here, laid, ENGLISH).startswith("best where label of a is high (6")
    level = np.where(laid.points[:, 1] < 3, Rank.UNDECIDED, Rank.NOT_BEST).astype(np.int8)
    assert best_words(level, laid, ENGLISH).startswith(
        "never best in 64 points; not beaten where label of b is low ("
    )


def test_published_classes_are_read_back_as_they_were(tmp_path: Path, study: str) -> None:
    loaded = load_study(study)
    laid = of_study(loaded)
    rng = np.random.default_rng(2)
    values = rng.normal(50.0, 3.0, (17, 3, 6)) + 10.0 * rng.random((17, 3, 1))
    values[3, 1, 2] = np.nan
    asked = [next(i for i in INDICATORS if i.name == name) for name in (TOP, "burnout")]
    maps = Crossover(
        laid, ("One", "Two", "Three"), 6, tuple(classify(values[:-1], i) for i in asked),
        tuple(classify(values[-1:], i) for i in asked),
    )  # fmt: skip
    for name, content in data_files(maps).items():
        (tmp_path / name).write_bytes(content)
    found = read_published(tmp_path, loaded)
    assert found.labels == maps.labels
    assert found.seeds == 6
    np.testing.assert_allclose(found.design.points, laid.points)
    for index, one in enumerate(maps.maps):
        np.testing.assert_array_equal(found.sides[index], one.sides)
        assert found.chance[index] == pytest.approx(one.chance)
        assert found.quantile[index, 1] == pytest.approx(maps.place(index, 1))
    np.testing.assert_allclose(found.today[0], maps.today[0].difference[:, 0])


PUBLISHED = pytest.mark.skipif(
    not (DOCS / "data" / CLASSES).exists(), reason="only in a checkout, which has docs/"
)


@PUBLISHED
def test_the_published_page_agrees_with_its_data() -> None:
    study = load_study("crossover")
    found = read_published(DOCS / "data", study)
    written = (DOCS / "crossover.md").read_text(encoding="utf-8")
    assert stamps.read_stamps(written)
    assert page(found, study, ENGLISH) == without(written)
    chinese = without((DOCS / "crossover.zh.md").read_text(encoding="utf-8"))
    assert page(found, study, CHINESE) == chinese
    assert not re.findall(
        "[A-Za-z]{3,}",
        re.sub(r"`.*?`|\(data.*?\)|^govsim.*$|Sobol|Benjamini|Hochberg", "", chinese, flags=re.S),
    )
    numbers = [
        [re.findall(r"(?<=\| )[+-]?[\d,.]+(?: / \d+)?(?= \|)", line) for line in text.splitlines()]
        for text in (without(written), chinese)
    ]
    assert numbers[0] == numbers[1]
    assert sum(map(len, numbers[0])) > 600
    names = [load_governance(name).model.name.en for name in study.study.models]
    assert sorted(study.study.models) == sorted(list_governance())
    assert list(found.labels) == names
    assert len(found.pairs) == 18 * 17 // 2
    assert found.seeds == study.study.seeds == 10
    assert study.study.design.points >= 512
    assert len(study.factors) >= 6
    laid = of_study(study)
    np.testing.assert_allclose(found.design.points, laid.points[: len(found.design)])
    size = sum((DOCS / "data" / name).stat().st_size for name in (POINTS, CLASSES, SAMPLE))
    assert size < 1_000_000


@PUBLISHED
@pytest.mark.slow
def test_published_runs_come_out_the_same(tmp_path: Path) -> None:
    """Two points under two models, two seeds: every published digit."""
    study = load_study("crossover")
    laid = of_study(study)
    published = rows(DOCS / "data" / SAMPLE)
    points = sorted({int(row["point"]) for row in published})
    models = [load_governance(name) for name in dict.fromkeys(row["model"] for row in published)]
    assert len(points) == len(models) == 2
    ran = run_design(
        study, Design(laid.factors, laid.points[points]), RunOptions(tmp_path, 1), models=models, seeds=(1, 2)
    )
    compared = 0
    for row in published:
        if int(row["seed"]) > 2:
            continue
        at = (
            points.index(int(row["point"])),
            [model.name for model in models].index(row["model"]),
            int(row["seed"]) - 1,
        )
        for name in list(row)[3:]:
            value = float(ran.values(name, missing=True)[at])
            want = np.nan if row[name] == Missing.NO_BASE.value else float(row[name])
            assert value == want or np.isnan([value, want]).all(), (row, name)
            compared += 1
    assert compared >= 8 * 6
