"""Portfolios on the real engine: what they are, what they move, and the answer as a whole."""

from __future__ import annotations

import csv
import io
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from govsim.cli import main
from govsim.report.glossary import wording
from govsim.report.studies.optimise_page import page
from govsim.results.load import Results
from govsim.runner.options import RunOptions
from govsim.runner.points import Beginning
from govsim.runner.replicates import run_all
from govsim.scenario.messages import ScenarioError
from govsim.scenario.studies import LoadedStudy, load_study
from govsim.studies.ablations import CONTROLS
from govsim.studies.effects import moved, resident_years
from govsim.studies.experiments import of_study
from govsim.studies.optimise import PortfolioRuns, answer, goals_of, thinned
from govsim.studies.optimise.portfolios import TODAY, Gap, Portfolio, PortfolioPart, Space

STUDY = """\
study: 1
name: {en: small portfolios}
scenario: tiny
settings: {run.weeks: 26}
over:
  tasks.community_hours: [30, 50]
  capacity.staff.community: [9, 15]
models: [legacy_administrative, party_led_cogovernance]
seeds: 3
design: {kind: latin_hypercube, points: 3}
optimise:
  goals: [resolved_existing_13w, participation_4w, trust_community, hours_moved]
  measures: [cadre_campaign, task_reduction, deliberation_councils, organisation_management]
  most: 2
  starts: [0, 8]
  lengths: [0, 10]
  limits: {hours_moved: 900}
  population: 6
  generations: 2
  search_points: 1
  region_points: 2
  region_seeds: 2
  shown: 3
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("study") / "small.yaml"
    path.write_text(STUDY, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def study(file: Path) -> LoadedStudy:
    return load_study(file)


@pytest.fixture(scope="module")
def answered(file: Path) -> Path:
    """The folder of an answer that was never interrupted."""
    out = file.parent / "whole"
    assert main(["optimise", str(file), "--out", str(out), "--jobs", "1"]) == 0
    return out / "small-portfolios"


def written(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


# --- what a portfolio is


def picked(space: Space, portfolio: Portfolio) -> Portfolio:
    genes = space.genes(portfolio)

    class Fixed:
        def suggest_categorical(self, name: str, choices: object) -> object:
            assert genes[name] in choices  # type: ignore[operator]
            return genes[name]

    return space.suggest(Fixed())


@pytest.mark.assurance
def test_genes_give_the_portfolio_back(study: LoadedStudy) -> None:
    space = Space(study)
    some = Portfolio(1, (PortfolioPart(0, 3, 10, 0.5), PortfolioPart(8, 0, 0, 1.0)))
    for portfolio in (TODAY, some, *space.first()):
        assert picked(space, portfolio) == portfolio


@pytest.mark.assurance
def test_a_measure_that_is_picked_twice_counts_once(study: LoadedStudy) -> None:
    space = Space(study)
    genes = space.genes(Portfolio(0, (PortfolioPart(0, 2, 0, 1.0), PortfolioPart(8, 2, 0, 1.0))))

    class Fixed:
        def suggest_categorical(self, name: str, choices: object) -> object:
            return genes[name]

    assert space.suggest(Fixed()) == Portfolio(0, (PortfolioPart(0, 2, 0, 1.0),))


@pytest.mark.assurance
def test_the_number_of_portfolios(study: LoadedStudy) -> None:
    # 4 measures, each in 2 starts x 2 lengths x 2 strengths = 8 ways; none, one or two of them; two models
    assert Space(study).size == 2 * (1 + 4 * 8 + 6 * 64)


@pytest.mark.assurance
def test_a_portfolio_is_a_model_with_measures(study: LoadedStudy) -> None:
    space = Space(study)
    made = space.governance(Portfolio(1, (PortfolioPart(8, 0, 10, 0.5),)), study.base)
    entry = made.measures[0]
    assert (entry.start, entry.weeks, entry.strength) == (8, 10, 0.5)
    assert made.name == "party_led_cogovernance"
    assert space.governance(TODAY, study.base) is study.models[0]


@pytest.mark.assurance
def test_measures_that_exclude_each_other_are_refused(file: Path) -> None:
    words = STUDY.replace(
        "[cadre_campaign, task_reduction, deliberation_councils, organisation_management]", "[a.yaml, b.yaml]"
    )
    for name, quorum in (("a", 10), ("b", 20)):
        lever = f"{{path: agenda.quorum, set: {quorum}}}"
        file.with_name(f"{name}.yaml").write_text(
            f"govsim: 1\nkind: countermeasure\nname: {{en: {name}}}\nlevers:\n  - {lever}\n"
        )
    path = file.with_name("excluding.yaml")
    path.write_text(words)
    loaded = load_study(path)
    space = Space(loaded)
    space.governance(Portfolio(0, (PortfolioPart(0, 0, 0, 1.0),)), loaded.base)
    with pytest.raises(ScenarioError, match=r"agenda\.quorum is moved twice"):
        space.governance(
            Portfolio(0, (PortfolioPart(0, 0, 0, 1.0), PortfolioPart(0, 1, 0, 1.0))), loaded.base
        )


# --- what it moves


@pytest.mark.assurance
def test_what_a_point_keeps_tells_the_same_moved_hours_as_the_whole_run(
    study: LoadedStudy, tmp_path: Path
) -> None:
    space = Space(study)
    campaign = space.governance(Portfolio(0, (PortfolioPart(0, 0, 0, 1.0),)), study.base)
    found: dict[str, list[Results]] = {}
    for keep in ("spending", "everything"):
        plans = [
            Beginning(study, tmp_path, keep).plan(study.base, model)  # type: ignore[arg-type]
            for model in (study.models[0], campaign)
        ]
        outcome = run_all(plans, [1], RunOptions(tmp_path, 1))
        found[keep] = [outcome.results[n, 1] for n in range(2)]
    few, whole = (moved(*found[keep]) for keep in ("spending", "everything"))
    assert few.hours == pytest.approx(whole.hours, rel=0.02)  # by week, what comes and goes is not set off
    assert few.hours > 0
    assert few.money == pytest.approx(whole.money, rel=1e-9)
    weekly = found["everything"][0].weekly["residents"].sum() / 52
    assert resident_years(found["spending"][0]) == pytest.approx(weekly)


@pytest.mark.assurance
def test_gains_are_paired_with_doing_nothing(study: LoadedStudy, tmp_path: Path) -> None:
    goals = goals_of(study)
    bench = PortfolioRuns(Space(study), goals, RunOptions(tmp_path, 1))
    campaign = Portfolio(0, (PortfolioPart(0, 0, 0, 1.0),))
    found = bench.run([TODAY, campaign], [(), ("tasks.community_hours=50",)], [1, 2])
    assert found.gains.shape == (2, 2, 2, 4)
    assert not found.gains[:, 0].any(), "doing nothing gains and moves nothing"
    assert not found.spent[:, 0].any()
    assert (found.gains[:, 1, :, 3] < 0).all(), "a campaign moves hours, and that is a cost"
    assert np.allclose(-found.gains[:, 1, :, 3], found.spent[:, 1, :, 0])
    assert not np.array_equal(found.gains[0], found.gains[1])
    assert bench.computed == 8
    assert PortfolioRuns(Space(study), goals, RunOptions(tmp_path, 1)).run(
        [campaign], [()], [1]
    ).gains == pytest.approx(found.gains[:1, 1:, :1])


# --- the answer


@pytest.mark.assurance
def test_the_answer_keeps_its_limit_and_shows_what_no_other_beats(answered: Path) -> None:
    rows = table(answered / "tried.csv")
    front = [row for row in rows if row["front"] == "yes"]
    assert front
    assert all(row["within_limits"] == "yes" and float(row["gain_hours_moved"]) >= -900 for row in front)
    outside = [row for row in rows if row["within_limits"] == "no"]
    assert all(float(row["gain_hours_moved"]) < -900 for row in outside)
    names = [name for name in rows[0] if name.startswith("gain_")]
    gains = {
        row["number"]: np.array([float(row[name]) for name in names])
        for row in rows
        if row["within_limits"] == "yes"
    }
    for row in front:
        mine = gains[row["number"]]
        assert not any((other >= mine).all() and (other > mine).any() for other in gains.values())


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def missing_numbers(page: str, folder: Path) -> list[str]:
    """Return numbers of a page that stand in no table beside it, as they are or rounded."""
    cells = [cell for path in folder.glob("*.csv") for row in table(path) for cell in row.values()]
    words = {token.replace(",", "") for cell in cells for token in re.findall(r"\d[\d,]*(?:\.\d+)?", cell)}
    numbers = []
    for cell in cells:
        try:
            numbers.append(float(cell))
        except ValueError:
            continue
    known = np.array(numbers)
    lost = []
    for token in re.findall(r"[+-]?\d[\d,]*(?:\.\d+)?", page):
        plain = token.replace(",", "")
        decimals = len(plain.partition(".")[2])
        near = np.abs(np.abs(known) - abs(float(plain))) <= 0.5000001 * 10.0**-decimals
        if not near.any() and plain.lstrip("+-") not in words:
            lost.append(token)
    return lost


def told(page: str) -> str:
    """Return a page without the command and the literature."""
    lines = [line for line in page.splitlines() if not line.startswith("Made by")]
    return "\n".join(lines).replace("et al. 2002", "").replace("NSGA-II", "")


@pytest.mark.assurance
def test_every_number_of_the_page_stands_in_a_table(answered: Path) -> None:
    page = told((answered / "answer.md").read_text(encoding="utf-8"))
    assert missing_numbers(page, answered) == []
    number = re.search(r"\| A \| \*{0,2}([+-]\d+\.\d)", page)
    assert number is not None
    assert missing_numbers(page.replace(number.group(1), "+7654.3", 1), answered) == ["+7654.3"]


@pytest.mark.assurance
def test_the_page_says_what_it_must(answered: Path) -> None:
    page = (answered / "answer.md").read_text(encoding="utf-8")
    headings = [
        "In short",
        "What was searched",
        "Which measures",
        "Better and worse than doing nothing",
        "Against each other",
        "How fragile",
        "What this cannot",
    ]
    for words in (
        *headings,
        "In this model",
        "Other districts",
        "What is given up",
        "Scale, budget and governance model",
        "Other seeds",
    ):
        assert words in page
    assert "forecast" not in page
    assert "prove" not in page


def said(page: str, letter: str, labels: dict[str, str]) -> dict[str, str]:
    """Return what the sentence about a portfolio says of each goal."""
    sentence = re.search(rf"^- \*\*{letter}\*\*: ((?:Better|Worse|Undecided).*)$", page, re.MULTILINE)
    assert sentence is not None
    words = {}
    for part in sentence.group(1).rstrip(".").split("; "):
        words |= {name: part.split(" in ")[0].lower() for label, name in labels.items() if label in part}
    return words


def shown_in_table(page: str, letter: str, directions: dict[str, int]) -> dict[str, str]:
    """Return what the row of a portfolio shows of each goal: bold is better or worse, anything else undecided."""
    row = re.search(rf"^\| {letter} \| (.*) \|$", page, re.MULTILINE)
    assert row is not None
    words = {}
    for name, cell in zip(directions, row.group(1).split(" | "), strict=False):
        better = (cell.lstrip("*")[0] == "+") == (directions[name] > 0)
        words[name] = ("better" if better else "worse") if cell.startswith("**") else "undecided"
    return words


def praised(page: str) -> set[str]:
    """Return the portfolios that the answer in short calls better than doing nothing and worse in no goal."""
    top = page.split("## In short")[1].split("## What was searched")[0]
    lead = [line for line in top.splitlines() if line.startswith("- Better than doing nothing in some")]
    return set(re.findall(r"\b([A-L])\b", lead[0].split(":")[1])) if lead else set()


def agrees(page: str, goals: list[tuple[str, str, int]], letters: list[str]) -> dict[str, dict[str, str]]:
    """Assert that sentences and table of a page say the same; return what they say."""
    labels, directions = {label: name for name, label, _ in goals}, {name: way for name, _, way in goals}
    words = {letter: shown_in_table(page, letter, directions) for letter in letters}
    assert {letter: said(page, letter, labels) for letter in letters} == words
    fine = {n for n, row in words.items() if "better" in row.values() and "worse" not in row.values()}
    assert praised(page) == fine
    return words


@pytest.mark.assurance
def test_the_chinese_page_has_the_numbers_of_the_english_one(answered: Path) -> None:
    english, chinese = (
        (answered / name).read_text(encoding="utf-8") for name in ("answer.md", "answer.zh.md")
    )
    numbers = [re.findall(r"[+-]?[\d,.]+ ± [\d,.]+", text) for text in (english, chinese)]
    assert len(numbers[0]) > 20
    assert numbers[0] == numbers[1]
    left = re.sub(r"`.*?`|\(front\S+\)|NSGA-II|Deb|Optuna|small portfolios", "", chinese)
    assert not re.findall("[A-Za-z]{2,}", left)


@pytest.mark.assurance
def test_what_is_said_agrees_with_the_table(answered: Path) -> None:
    """The sentences at the top and below the table, read back, against the table's own rows and against front.csv."""
    page = (answered / "answer.md").read_text(encoding="utf-8")
    goals = [
        (row["goal"], row["label_en"], int(row["direction"]))
        for row in table(answered / "goals.csv")
        if row["goal"] != "hours_moved"
    ]
    rows = table(answered / "front.csv")
    words = agrees(page, goals, sorted({row["portfolio"] for row in rows}))
    told = {(n, name): word for n, row in words.items() for name, word in row.items()}
    assert told == {
        (row["portfolio"], row["goal"]): row["verdict"] for row in rows if row["goal"] != "hours_moved"
    }


@pytest.mark.assurance
def test_a_portfolio_that_loses_is_never_praised(study: LoadedStudy, answered: Path) -> None:
    """Planted gains: one only gains, one loses 42 points and gains elsewhere, one only loses."""
    bench = PortfolioRuns(Space(study), goals_of(study), RunOptions(answered.parent, 1))
    found = answer(bench, thinned(of_study(study), 2))
    sure = [
        [Gap(mean, mean - 1.0, mean + 1.0) for mean in row]
        for row in ([5, 0, 0, -9], [-42, 3, 0, -9], [-4, 0, -2, 0])
    ]
    planted = replace(found, gains=sure)
    text = page(planted, "again", lambda say: "a list", "front.svg", wording("en"))
    goals = [(goal.name, goal.label, goal.direction) for goal in found.goals if not goal.cost]
    words = agrees(text, goals, ["A", "B", "C"])
    assert [list(row.values()) for row in words.values()] == [
        ["better", "undecided", "undecided"],
        ["worse", "better", "undecided"],
        ["worse", "undecided", "worse"],
    ]
    short = text.split("## In short")[1].split("## What was searched")[0]
    assert (
        f"- Better in some of these goals, but worse in others (in brackets): B ({found.goals[0].label})."
        in short
    )
    assert "- Worse in some of these goals and better in none (in brackets): C" in short


@pytest.mark.assurance
def test_killed_and_repeated_gives_the_same_answer(file: Path, answered: Path) -> None:
    out = file.parent / "killed"
    command = [sys.executable, "-m", "govsim", "optimise", str(file), "--out", str(out), "--jobs", "1"]
    for runs in (4, 25):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 300
        while len(list(out.glob("*/spending/*/manifest.json"))) < runs and process.poll() is None:
            assert time.monotonic() < until
            time.sleep(0.05)
        assert process.poll() is None, "it was to be killed before it ended"
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert not (out / "small-portfolios" / "answer.md").exists()
    assert main(command[3:]) == 0
    again, whole = written(out / "small-portfolios"), written(answered)
    assert again == whole


@pytest.mark.assurance
def test_two_jobs_give_the_same_answer(file: Path, answered: Path) -> None:
    out = file.parent / "two"
    assert main(["optimise", str(file), "--out", str(out), "--jobs", "2"]) == 0
    assert written(out / "small-portfolios") == written(answered)


@pytest.mark.assurance
def test_a_region_of_ones_own(file: Path, answered: Path, tmp_path: Path) -> None:
    region = tmp_path / "region.csv"
    region.write_text("tasks.community_hours,tasks.street_hours\n40,30\n44,31\n48,33\n")
    out = answered.parent
    assert main(["optimise", str(file), "--out", str(out), "--jobs", "1", "--region", str(region)]) == 0
    rows = table(answered / "region.csv")
    assert {(row["tasks.community_hours"], row["tasks.street_hours"]) for row in rows} == {
        ("40", "30"),
        ("48", "33"),
    }
    assert "accepted points of `region.csv`" in (answered / "answer.md").read_text(encoding="utf-8")
    assert (
        main(["optimise", str(file), "--out", str(out), "--jobs", "1"]) == 0
    )  # as it was, for the other tests


@pytest.mark.assurance
def test_controls_are_columns_of_what_changes(file: Path, answered: Path) -> None:
    """H23: what is shown once more under each control; ranking off changes nothing where no model ranks."""
    out = answered.parent
    assert main(["optimise", str(file), "--out", str(out), "--jobs", "1", "--controls"]) == 0
    rows = table(answered / "changes.csv")
    found = {row["changed"] for row in rows}
    assert {f"control: {control.en}" for control in CONTROLS} <= found
    page = (answered / "answer.md").read_text(encoding="utf-8")
    assert all(f"control: {control.en}" in page for control in CONTROLS)
    assert not missing_numbers(told(page), answered)
    changes = {
        name: [row["change"] for row in rows if row["changed"] == f"control: {name}"]
        for name in ("no ties", "shuffled ties")
    }
    assert changes["no ties"] != changes["shuffled ties"]
    assert main(["optimise", str(file), "--out", str(out), "--jobs", "1"]) == 0
    assert "control:" not in (answered / "answer.md").read_text(
        encoding="utf-8"
    )  # as it was, for the other tests


# --- what is refused


@pytest.mark.assurance
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("trust_community", "trust_comunity", "did you mean  trust_community?"),
        ("trust_community", "gap_resolved_laid_off", "a gap also closes where everybody is worse off"),
        ("trust_community", "unpaid_hours", "neither more nor less is better"),
        ("cadre_campaign,", "cadre_campain,", "did you mean cadre_campaign?"),
        ("cadre_campaign,", "budget_cut,", "budget_cut is a shock"),
        ("starts: [0, 8]", "starts: [0, 26]", "week 26 is after the run"),
        ("starts: [0, 8]", "starts: [0, 0]", "starts holds 0 twice"),
        ("hours_moved: 900", "hours_moved: -1", "hours_moved"),
        ("  most: 2", "  moste: 2", "most"),
    ],
)
def test_bad_input_is_told_with_its_line(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, said: str
) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(STUDY.replace(old, new, 1), encoding="utf-8")
    assert main(["optimise", str(path), "--out", str(tmp_path / "out")]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert re.search(r"bad\.yaml:\d+", told)
    assert not (tmp_path / "out").exists()


@pytest.mark.assurance
def test_a_study_without_the_block_is_refused(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "other.yaml"
    path.write_text(STUDY.partition("optimise:")[0], encoding="utf-8")
    assert main(["optimise", str(path), "--out", str(tmp_path / "out")]) == 2
    assert "has no block optimise" in capsys.readouterr().err


@pytest.mark.assurance
def test_a_limit_that_nothing_keeps_is_told(
    file: Path, answered: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = file.with_name("tight.yaml")
    path.write_text(STUDY.replace("hours_moved: 900", "hours_moved: 0.001"), encoding="utf-8")
    assert main(["optimise", str(path), "--out", str(answered.parent), "--jobs", "1"]) == 4
    assert "keeps the limits" in capsys.readouterr().err
