"""compare from the door to the folder: what is refused, what is said, and what the tables hold."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from govsim.cli import commands
from govsim.engine.recording import Recording
from govsim.report.html.page import report_command
from govsim.results.errors import RefusedError
from govsim.results.indicators import INDICATORS
from govsim.results.load import load_run
from govsim.results.values import Missing, Value, parse
from govsim.runner.find_runs import runs_of
from govsim.runner.replicates import Simulator, WeekDone
from govsim.scenario import ScenarioError, list_governance
from tests.asked import bundled
from tests.synthetic import make_recording

pytestmark = pytest.mark.slow

LEGACY, LED = "legacy_administrative", "party_led_cogovernance"
Change = Callable[[Any, int], dict[str, Any]]


def engine(change: Change = lambda arm, seed: {}) -> Simulator:
    """Return an engine whose recordings differ by what ``change`` makes of arm and seed."""

    def simulate(world: Any, scenario: Any, arm: Any, seed: int, week_done: WeekDone) -> Recording:
        settings = {"weeks": scenario.run.weeks, "cases": 120, "residents": 60} | change(arm, seed)
        return make_recording(seed, **settings)

    return Simulator(lambda scenario, seed: seed, simulate)


def led(arm: Any) -> bool:
    return bool(arm.model.routing.convening != "none")


def compare(out: Path, *arms: str, **changes: Any) -> int:
    asked: dict[str, Any] = {
        "scenario": "tiny", "overrides": [], "seeds": 12, "weeks": 30, "out": out, "jobs": 1,
        "allow_unequal_budget": False, "json_output": False, "figures": False, "engine": engine(),
    }  # fmt: skip
    return commands.compare_command(list(arms), **bundled(asked | changes))


def folder(out: Path) -> Path:
    (found,) = (out / "tiny").glob("comparison-*")
    return found


def rows(out: Path, table: str) -> list[dict[str, str]]:
    with (folder(out) / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def about(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder(out) / "comparison.json").read_text(encoding="utf-8"))
    return found


def faster(arm: Any, seed: int) -> dict[str, Any]:
    return {"speed": 20.0} if led(arm) else {}


def test_other_seeds_are_refused_before_anything_runs(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match=r"1-12; 31-42.*--unpaired"):
        compare(tmp_path, LEGACY, against_seeds="31-42")
    assert not tmp_path.joinpath("tiny").exists()


@pytest.mark.parametrize("words", ["1-", "9-3", "a-b", "-4"])
def test_what_are_no_seeds(tmp_path: Path, words: str) -> None:
    with pytest.raises(ScenarioError, match="--against-seeds"):
        compare(tmp_path, LEGACY, against_seeds=words, unpaired=True)


def test_one_model_against_itself_with_other_seeds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compare(tmp_path, LEGACY, against_seeds="31-42", unpaired=True) == 0
    printed = capsys.readouterr().out
    told = " ".join(printed.split())
    assert "12 replications each (random seeds 1–12; 31–42), not paired" in told
    assert "UNPAIRED" in printed
    assert "same residents, problems and chance" not in told
    assert "every main indicator is undecided" in told
    assert not re.search(r"\b(better|worse|improves?|identical)\b", printed)
    assert "--unpaired --seeds 48 --against-seeds 67-114" in printed
    said = about(tmp_path)
    (sentence,) = said["comparisons"][0]["sentences"]
    assert (
        "nothing is decided. Undecided with 12 replications each, in brackets the smallest" in sentence["en"]
    )
    assert said["paired"] is False
    assert said["unpaired_asked"] is True
    assert said["seeds"] == {"baseline": list(range(1, 13)), "others": list(range(31, 43))}
    assert said["banners"][0]["en"].startswith("UNPAIRED")
    assert [arm["label"] for arm in said["arms"]] == [
        "Legacy administrative, seeds 1-12", "Legacy administrative, seeds 31-42",
    ]  # fmt: skip
    found = rows(tmp_path, "compare")
    assert {row["interval"] for row in found} == {"unpaired"}
    assert {row["interval"] for row in rows(tmp_path, "groups")} == {"unpaired"}
    assert {row["pairing_gain"] for row in found} == {"n/a"}
    assert json.loads((folder(tmp_path) / "manifest.json").read_text(encoding="utf-8"))["paired"] is False


def test_the_same_twice_is_identical(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert compare(tmp_path, "tiny", "tiny", seeds=3) == 0
    assert "give the same results" in capsys.readouterr().out
    gaps = {row["difference"] for row in rows(tmp_path, "compare")} | {
        row["difference"] for row in rows(tmp_path, "groups")
    }
    assert gaps <= {"0", "n/a", "not reached"}
    assert about(tmp_path)["comparisons"][0]["identical"] is True


def test_other_weeks_and_residents(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "longer.yaml"
    other.write_text("extends: tiny\nrun:\n  weeks: 40\npopulation:\n  residents: 350\n", "utf-8")
    with pytest.raises(RefusedError, match=r"run\.weeks 52 and 40|population\.residents 300 and 350"):
        compare(tmp_path, "tiny", str(other), weeks=None, seeds=2)
    assert (
        compare(tmp_path, "tiny", str(other), weeks=None, seeds=2, unpaired=True, allow_unequal_budget=True)
        == 0
    )
    assert "UNPAIRED" in capsys.readouterr().out
    said = about(tmp_path)
    assert said["paired"] is False
    assert {"run.weeks", "population.residents"} <= {item["key"] for item in said["between_arms"]}


def test_what_was_changed_is_listed(tmp_path: Path) -> None:
    compare(tmp_path, LEGACY, LED, overrides=["capacity.staff.community=18"], weeks=None, seeds=2)
    (change,) = about(tmp_path)["changes"]
    assert change["key"] == "capacity.staff.community"
    assert (change["from"], change["to"]) == (12.0, 18.0)
    assert change["label_zh"] == "社区工作者"
    assert "--set capacity.staff.community=18" in about(tmp_path)["command"]


def test_unequal_hours(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    more = engine(lambda arm, seed: {"extra_hours": 900.0} if led(arm) else {})
    with pytest.raises(RefusedError, match="unequal budgets"):
        compare(tmp_path, LEGACY, LED, engine=more)
    assert compare(tmp_path, LEGACY, LED, engine=more, allow_unequal_budget=True) == 0
    printed = capsys.readouterr().out
    assert "UNEQUAL BUDGET" in printed
    assert "Per hour of staff time" in printed
    assert about(tmp_path)["banners"][0]["en"].startswith("UNEQUAL BUDGET")
    assert about(tmp_path)["budget"]["equal"] is False
    for table in ("compare", "groups", "per_hour"):
        assert {row["equal_budget"] for row in rows(tmp_path, table)} == {"NO"}
    found = {row["measure"]: row for row in rows(tmp_path, "per_hour")}
    runs = json.loads((folder(tmp_path) / "runs.json").read_text(encoding="utf-8"))["arms"]
    sums = np.zeros(2)
    for run in runs[0]["runs"]:
        sums += load_run(folder(tmp_path) / run["folder"]).parts["resolved_per_granted_hour"]
    assert float(found["resolved_per_granted_hour"]["baseline_mean"]) == pytest.approx(
        1000 * sums[0] / sums[1], rel=1e-8
    )
    assert "--allow-unequal-budget" in about(tmp_path)["command"]


@pytest.mark.assurance
def test_two_groups_of_results_have_no_mean(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tips = engine(lambda arm, seed: {"turnout": 0.8 if led(arm) and seed % 3 == 0 else 0.1})
    compare(tmp_path, LEGACY, LED, engine=tips, seeds=18)
    printed = " ".join(capsys.readouterr().out.split())
    (row,) = (row for row in rows(tmp_path, "compare") if row["indicator"] == "participation_4w")
    assert row["verdict"] == "undecided"
    assert (row["baseline_outcomes"], row["other_outcomes"], row["outcomes"]) == ("one", "two", "two")
    mean = f"{float(row['other_mean']):.1f}"
    assert mean not in printed
    (said,) = about(tmp_path)["comparisons"][0]["sentences"]
    assert "Legacy administrative " in said["en"]
    assert "0 of 18 replications apart (a true share of up to 15% is possible)" in said["en"]
    assert "in 12 of 18 replications" in said["en"]
    assert "Took part within four weeks falls into two groups of results" in said["en"]
    others = [
        r
        for r in rows(tmp_path, "compare")
        if r["headline"] == "yes" and r["indicator"] != "participation_4w"
    ]
    assert any("participation_4w" in r["hangs_on"].split() for r in others)
    spread = {
        (row["arm"], row["minus"]): row
        for row in rows(tmp_path, "distribution")
        if row["indicator"] == "participation_4w"
    }
    gap = spread["Party-led co-governance", "Legacy administrative"]
    assert (gap["low_seeds"], gap["high_seeds"]) == ("12", "6")
    assert float(gap["q95"]) > 50 > float(gap["q50"])


def test_what_pairing_gained_is_measured(tmp_path: Path) -> None:
    """H22: correlation over seeds, and variance without pairing by variance with it."""
    assert compare(tmp_path, LEGACY, LED, engine=engine(faster)) == 0
    values: dict[tuple[str, str], list[Value]] = {}
    for row in rows(tmp_path, "seeds"):
        values.setdefault((row["arm"], row["indicator"]), []).append(parse(row["value"]))
    seen = 0
    ratios = {
        indicator.name for indicator in INDICATORS if indicator.events
    }  # of which the sums are compared
    for row in rows(tmp_path, "compare"):
        if (
            row["indicator"] in ratios
            or row["interval"] != "paired"
            or "n/a" in (row["correlation"], row["pairing_gain"])
        ):
            continue
        sides = (values[row[side], row["indicator"]] for side in ("baseline", "other"))
        a, b = np.array([both for both in zip(*sides, strict=True) if not any(map(missing, both))], float).T
        gain = (a.var(ddof=1) + b.var(ddof=1)) / (b - a).var(ddof=1)
        assert float(row["correlation"]) == pytest.approx(np.corrcoef(a, b)[0, 1], rel=1e-6)
        assert float(row["pairing_gain"]) == pytest.approx(gain, rel=1e-6)
        seen += 1
    assert seen >= 3


def missing(value: Value) -> bool:
    return isinstance(value, Missing)


def test_quantiles_are_those_of_the_runs(tmp_path: Path) -> None:
    compare(tmp_path, LEGACY, LED, engine=engine(faster))
    values: dict[str, list[float]] = {}
    for row in rows(tmp_path, "seeds"):
        if row["indicator"] == "resolved_existing_26w":
            values.setdefault(row["arm"], []).append(float(row["value"]))
    first, second = values.values()
    wanted = {
        ("Legacy administrative", "'-"): np.array(first),
        ("Party-led co-governance", "'-"): np.array(second),
        ("Party-led co-governance", "Legacy administrative"): np.array(second) - np.array(first),
    }
    found = {
        (r["arm"], r["minus"]): r
        for r in rows(tmp_path, "distribution")
        if r["indicator"] == "resolved_existing_26w"
    }
    for key, sample in wanted.items():
        for name, q in (("q05", 0.05), ("q50", 0.5), ("q95", 0.95)):
            assert float(found[key][name]) == pytest.approx(np.quantile(sample, q), rel=1e-8)


def test_groups_that_gain(tmp_path: Path) -> None:
    compare(
        tmp_path,
        LEGACY,
        LED,
        engine=engine(lambda arm, seed: faster(arm, seed) | {"residents": 100, "cases": 400}),
    )
    said = [sentence["en"] for sentence in about(tmp_path)["comparisons"][0]["groups"]]
    assert any(one.startswith("Better: more problems are resolved, % of all problems") for one in said)
    found = rows(tmp_path, "groups")
    assert {row["small"] for row in found} == {"yes", "no"}
    assert all((float(row["people"]) < 20) == (row["small"] == "yes") for row in found)
    assert not any(row["looked_at"] == "yes" and row["small"] == "yes" for row in found)
    assert {"age", "housing", "Party", "community", "ties", "distance", "origin", "work", "hazard"} <= {
        row["group"] for row in found
    }
    named = [row for row in found if row["verdict"] in ("better", "worse")]
    assert named
    for row in named:
        up = float(row["difference"]) * int(row["direction"]) > 0
        assert up == (row["verdict"] == "better")
        assert float(row["low95"]) > 0 or float(row["high95"]) < 0
    assert not any(
        re.search("[A-Za-z]", row["category_zh"])
        for row in found
        if row["group"] not in ("community", "gap", "worst off")
    )


def test_dictionary_holds_every_column_and_comes_back_whole(tmp_path: Path) -> None:
    compare(tmp_path, LEGACY, LED, engine=engine(faster), seeds=2)
    known = {(row["table"], row["name"]): row for row in rows(tmp_path, "dictionary")}
    tables = [path.stem for path in folder(tmp_path).glob("*.csv") if path.stem != "dictionary"]
    assert {
        "compare",
        "arms",
        "groups",
        "distribution",
        "seeds",
        "weekly",
        "resolution",
        "hours",
        "per_hour",
    } <= set(tables)
    for table in tables:
        path = folder(tmp_path) / f"{table}.csv"
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")
        assert rows(tmp_path, table), table
        for column in rows(tmp_path, table)[0]:
            entry = known[table, column]
            assert all(
                entry[cell]
                for cell in ("label_en", "label_zh", "unit", "direction", "definition", "definition_zh")
            )
    for row in rows(tmp_path, "compare"):
        assert known["indicators", row["indicator"]]["label_zh"] == row["label_zh"]
        assert not isinstance(parse(row["seeds"]), str)


@pytest.mark.assurance
def test_all_models_side_by_side(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    models = list_governance()
    assert compare(tmp_path, *models, engine=engine(faster), seeds=4) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(len(line) for line in lines if not line.startswith(("Next", "Results"))) <= 80
    assert re.match(rf"(Of|None of) {len(models) - 1} options ?", lines[0])
    assert len(re.findall(r"\d / \d+ of 11$", "\n".join(lines), re.M)) == len(models) - 1, "a row each"
    found = rows(tmp_path, "compare")
    assert list(dict.fromkeys(row["other"] for row in found)) == [
        arm["label"] for arm in about(tmp_path)["arms"][1:]
    ]
    headline = [row for row in found if row["headline"] == "yes" and row["p_holm"] != "n/a"]
    least = min(headline, key=lambda row: float(row["p"]))
    assert float(least["p_holm"]) == pytest.approx(min(1.0, float(least["p"]) * len(headline)), rel=1e-6)


@pytest.mark.assurance
def test_until_a_width(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    noisy = engine(lambda arm, seed: {"turnout": 0.1 + 0.02 * (seed * 7919 % 13) * led(arm)})
    assert compare(tmp_path, LEGACY, LED, engine=noisy, seeds=2, until="participation=±3") == 0
    said = about(tmp_path)["until"]
    assert said["reached"] is True
    assert said["half_width"] <= 3
    (row,) = (row for row in rows(tmp_path, "compare") if row["indicator"] == "participation_4w")
    assert float(row["half_width"]) == pytest.approx(said["half_width"])
    assert int(row["seeds"]) == said["seeds"] >= 20
    assert "is known to ±" in capsys.readouterr().out
    assert "--until 'participation_4w=±3'" in about(tmp_path)["command"]


@pytest.mark.assurance
def test_seeds_that_are_missing_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    noisy = engine(lambda arm, seed: {"turnout": 0.1 + 0.02 * (seed * 7919 % 13) * led(arm)})
    assert compare(tmp_path, LEGACY, LED, engine=noisy, seeds=2, until="participation=0.1", max_seeds=24) == 0
    said = about(tmp_path)["until"]
    assert said["reached"] is False
    assert "Chow and Robbins" in said["rule"]["en"]
    guide = Path(__file__).parents[2] / "docs" / "guide.md"
    assert "Chow and Robbins 1965" in guide.read_text(encoding="utf-8")
    assert said["seeds"] == 24
    wanted = int(np.ceil(24 * (said["half_width"] / 0.1) ** 2)) - 24
    assert said["missing"] == wanted
    assert f"some {wanted} more are missing" in " ".join(capsys.readouterr().out.split())


def test_rows_of_too_few_seeds_are_marked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What one seed gives is not tested; of seeds without a number it is said how many there are."""
    apart = engine(lambda arm, seed: {"turnout": 0.4 if led(arm) else 0.2})
    compare(tmp_path / "one", LEGACY, LED, seeds=1, engine=apart)
    lines = [line for line in capsys.readouterr().out.splitlines() if "took part within" in line]
    assert lines
    assert all(line.startswith("not tested") for line in lines)
    some = engine(lambda arm, seed: {"cases": 60 if seed == 1 else 0})
    compare(tmp_path / "some", LEGACY, LED, seeds=3, engine=some)
    (mean,) = [r for r in rows(tmp_path / "some", "compare") if r["indicator"] == "mean_days_26w"]
    assert mean["of"] == "3"
    assert int(mean["baseline_seeds"]) < 3
    assert mean["verdict"] in ("not tested", "n/a")


def test_one_model_in_two_scenarios_is_named_with_them(tmp_path: Path) -> None:
    other = tmp_path / "mine.yaml"
    other.write_text(
        "govsim: 1\nextends: tiny\nname: {en: Mine, zh: 我的区}\ncapacity: {staff: {community: 30}}\n",
        "utf-8",
    )
    out = tmp_path / "out"
    assert compare(out, "tiny", str(other), seeds=2, allow_unequal_budget=True) == 0
    arms = about(out)["arms"]
    assert [arm["label"] for arm in arms] == ["Legacy administrative, Tiny", "Legacy administrative, Mine"]
    assert arms[1]["label_zh"] == "传统行政管理（我的区）"
    assert len(runs_of(folder(out))) == 4
    assert all(run.is_dir() for run in runs_of(folder(out)))
    assert report_command(folder(out), None, "en", ()) == 0


def test_a_limit_without_a_width(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="no --until"):
        compare(tmp_path, LEGACY, LED, max_seeds=30)


@pytest.mark.parametrize("forged", ["nan", "inf", ""])
def test_a_forged_cell_is_refused_with_its_place(tmp_path: Path, forged: str) -> None:
    """Also where the manifest was forged along with it."""
    from govsim.results.store import file_digest

    compare(tmp_path, LEGACY, LED, seeds=2)
    run = next(path.parent for path in (tmp_path / "tiny").glob("*/summary.csv"))
    for name, row, column in (("weekly.csv", 3, "active_4w_share"), ("summary.csv", 1, "value")):
        path, manifest = run / name, run / "manifest.json"
        whole, sealed = path.read_text(encoding="utf-8"), manifest.read_text(encoding="utf-8")
        lines = whole.splitlines()
        at = lines[0].removeprefix("\ufeff").split(",").index(column)
        cells = next(csv.reader([lines[row]]))
        cells[at] = forged
        lines[row] = ",".join(f'"{cell}"' for cell in cells)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        with pytest.raises(RefusedError, match=name.removesuffix(".csv")):
            compare(tmp_path, LEGACY, LED, seeds=2, allow_unequal_budget=True)
        if name == "weekly.csv":
            with pytest.raises(RefusedError, match=f"{run.name}, week 2, {column}"):
                report_command(folder(tmp_path), None, "en", ())
        said = json.loads(sealed)
        said["files"][name] = file_digest(path)
        manifest.write_text(json.dumps(said), encoding="utf-8")
        for folder_ in (tmp_path / "tiny").glob("comparison-*"):
            folder_.rename(folder_.with_name(f"old-{folder_.name}"))
        with pytest.raises(
            RefusedError, match=rf"{name}.*{run.name}|{run.name}.*{name.removesuffix('.csv')}"
        ):
            compare(tmp_path, LEGACY, LED, seeds=2)
        path.write_text(whole, encoding="utf-8")
        manifest.write_text(sealed, encoding="utf-8")
