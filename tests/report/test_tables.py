"""The pages on models and countermeasures: numbers from runs, words from rules, finished runs found again."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from govsim.engine.recording import Activity, HourSource, Recording
from govsim.report import stamps
from govsim.report.glossary import former
from govsim.report.request import ScenarioChanges
from govsim.report.shipped_tables import cells_in, measures_of, page_of, table_text
from govsim.report.tables import table_command
from govsim.results.indicators import INDICATORS
from govsim.results.load import load_run
from govsim.results.store import RunContext, RunIdentity, write_run
from govsim.results.values import Missing, Value
from govsim.runner.options import RunOptions
from govsim.runner.planning import Choice
from govsim.runner.replicates import Simulator, WeekDone
from govsim.scenario import list_governance, list_measures, load, load_governance, load_measure
from govsim.scenario.files import study_shelf
from govsim.statistics.multiple import alike, told_apart
from govsim.studies.compare import ArmRuns
from govsim.studies.effects import effect, moved, weekly_sum
from tests.asked import bundled
from tests.synthetic import make_recording

pytestmark = pytest.mark.slow

DOCS = Path(__file__).parents[2] / "docs"


def engine(ran: list[str] | None = None) -> Simulator:
    """Return one under which models with a convening right are fast, and measures move hours of patrols."""

    def simulate(world: Any, scenario: Any, arm: Any, seed: int, week_done: WeekDone) -> Recording:
        if ran is not None:
            ran.append(arm.key)
        convening = arm.model.routing.convening != "none"
        recording = make_recording(
            seed, weeks=scenario.run.weeks, speed=30.0 if convening else 1.0, cases=200, residents=60
        )
        if arm.steps:
            shift(recording, 3.0)
        return recording

    return Simulator(lambda scenario, seed: seed, simulate)


def shift(recording: Recording, hours: float) -> None:
    """Take paid casework of community offices and put it on patrols."""
    recording.hours[:, :2, HourSource.PAID, Activity.CASEWORK] -= hours
    recording.hours[:, :2, HourSource.PAID, Activity.PATROL] += hours


def write_page(kind: Any, tmp_path: Path, seeds: int = 3, **changes: Any) -> str:
    asked: dict[str, Any] = {
        "kind": kind, "scenario": "tiny", "overrides": [], "seeds": seeds, "weeks": 30, "start": 0,
        "out": tmp_path / "results", "docs": tmp_path / "docs", "jobs": 1, "engine": engine(),
    }  # fmt: skip
    assert table_command(**bundled(asked | changes, changed=ScenarioChanges, options=RunOptions)) == 0
    return (tmp_path / "docs" / f"{kind}.md").read_text(encoding="utf-8")


def table(page: str, heading: str) -> dict[str, list[str]]:
    """Return the cells of the first table after a heading, by the first cell."""
    lines = page[page.index(heading) :].splitlines()
    rows = [
        line
        for line in lines[: next((n for n, x in enumerate(lines) if n and x.startswith("###")), None)]
        if line.startswith("|")
    ]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    return {row[0]: row[1:] for row in (cells[0], *cells[2:])}


@pytest.mark.assurance
def test_models_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    by_convening: dict[bool, list[str]] = {True: [], False: []}
    for name in list_governance():
        by_convening[load_governance(name).model.routing.convening != "none"].append(name)
    some = sorted(by_convening[True][:2] + by_convening[False][:3])
    import govsim.assurance.verify  # noqa: F401 (else it would keep what stands there during this test)

    monkeypatch.setattr("govsim.scenario.loading.list_governance", lambda: some)
    page = write_page("models", tmp_path, seeds=6, weeks=60)
    labels = {load_governance(name).model.name.en for name in some}
    for heading in ("## Equal resources", "## With outside resources"):
        found = table(page, heading)
        assert set(found) - {"model"} == labels
    neutral = table(page, "## Equal resources")
    column = neutral["model"].index("resolved within half a year, % of existing")
    fast, slow = by_convening[True][:2], by_convening[False][:3]
    for kind in (fast, slow):  # within each kind the fake engine knows no difference
        assert len({neutral[load_governance(name).model.name.en][column] for name in kind}) == 1
    assert "*resolved within half a year, % of existing*: 6 of 10 pairs told apart" in page
    assert "*take part in four weeks, % of adults*: 0 of 10 pairs told apart" in page
    assert "No model can be told from any other." in page
    assert not re.search(r"\b(proves?|forecast|nan|better|worse)\b", page.lower())
    chinese = (tmp_path / "docs" / "models.zh.md").read_text(encoding="utf-8")
    assert "任何两种模式均尚难判断。" in chinese
    assert "Made by `govsim table models" in page
    assert "tiny_models.csv" in page
    assert "govsim table models --scenario tiny --seeds 6 --weeks 60" in page


@pytest.mark.assurance
def test_measures_page_and_finished_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ran: list[str] = []
    page = write_page("measures", tmp_path, seeds=2, engine=engine(ran))
    names = {
        load_measure(name).section.name.en
        for name in list_measures()
        if load_measure(name).section.kind == "countermeasure"
    }
    assert len(names) == 11
    per_hours = table(page, "### Per 1,000 hours")
    assert set(per_hours) - {"countermeasure"} == names
    moved_a_year = 3.0 * 2 * 52  # hours a week in each of two communities
    assert {row[0] for name, row in per_hours.items() if name in names} == {f"{moved_a_year:,.0f}"}
    assert page.count("too few hours for a rate by hours; per million yuan moved: ") == 2 * 11
    assert page.count("### In all") == 2
    first = len(ran)
    assert write_page("measures", tmp_path, seeds=2, engine=engine(ran)) == page
    assert len(ran) == first
    assert f"(0 runs and {first} found" in capsys.readouterr().out


@pytest.mark.slow
def test_one_seed_tells_nothing_apart(tmp_path: Path) -> None:
    page = write_page("models", tmp_path, seeds=1)
    assert "One model or one seed: nothing can be told apart." in page
    assert "±" not in page.split("## Equal resources")[1]


def runs(out: Path, label: str, hours: float, **changes: Any) -> ArmRuns:
    found = []
    for seed in range(1, 5):
        recording = make_recording(seed, weeks=40, cases=200, residents=60, **changes)
        shift(recording, hours * seed)
        identity = RunIdentity("s", label, seed)
        context = RunContext("s", label, "neutral", label, ["govsim"], {}, "2026-01-01T00:00:00Z", 1.0)
        write_run(out / identity.key, identity, context, recording)
        found.append(load_run(out / identity.key))
    return ArmRuns(label, label, "neutral", tuple(found))


def test_effect_per_thousand_hours_by_hand(tmp_path: Path) -> None:
    plain, under = runs(tmp_path, "a", 0.0), runs(tmp_path, "b", 1.0, speed=20.0)
    spent = [moved(a, b) for a, b in zip(plain.runs, under.runs, strict=True)]
    assert [item.hours for item in spent] == pytest.approx([40 * 2 * seed for seed in range(1, 5)])
    assert [item.money for item in spent] == [0.0] * 4
    found = effect(plain, under, weekly_sum("resolved"), spent)
    more = [
        b.weekly["resolved"].sum() - a.weekly["resolved"].sum()
        for a, b in zip(plain.runs, under.runs, strict=True)
    ]
    assert found.changes == pytest.approx(more)
    assert found.per_thousand_hours.value == pytest.approx(
        1000 * np.mean(more) / np.mean([i.hours for i in spent])
    )


def test_what_is_told_apart_and_what_is_alike() -> None:
    noise = np.random.default_rng(3).normal(0.0, 0.1, (4, 8))
    level = np.array([[0.0], [0.02], [5.0], [5.01]])
    rows: list[list[Value]] = (level + noise).tolist()
    places = [(a, b) for a in range(4) for b in range(a + 1, 4)]
    pairs = told_apart({"x": rows, "y": [[1.0] * 8] * 4}, places)
    assert [(p.first, p.second) for p in pairs["x"] if p.apart] == [(0, 2), (0, 3), (1, 2), (1, 3)]
    assert not any(p.apart for p in pairs["y"])
    assert alike(rows, pairs["x"]) == [
        sorted((0, 1), key=lambda n: np.mean(rows[n])),
        sorted((2, 3), key=lambda n: np.mean(rows[n])),
    ]


def test_a_number_that_some_seed_did_not_reach_is_compared_by_order() -> None:
    low: list[Value] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]
    late: list[Value] = [9.0, 9.0, Missing.NOT_REACHED, 9.0, 9.0, Missing.NOT_REACHED, 9.0, 9.0]
    few: list[Value] = [Missing.NO_BASE, *low[1:]]
    pairs = told_apart({"x": [low, late, few]}, [(0, 1), (0, 2)])["x"]
    assert pairs[0].difference is Missing.NOT_REACHED
    assert pairs[0].apart
    assert pairs[0].rises
    assert not pairs[1].tested
    assert not pairs[1].apart
    assert alike([low, late], pairs[:1]) == []


def test_chance_is_rarely_called_a_difference() -> None:
    """Six equal arms in three measures, 300 times: nothing is told apart in 95 % of them, as the correction promises."""
    draws = np.random.default_rng(11).normal(size=(300, 3, 6, 6))
    places = [(a, b) for a in range(6) for b in range(a + 1, 6)]
    wrong = 0
    for study in draws:
        pairs = told_apart({str(n): rows.tolist() for n, rows in enumerate(study)}, places)
        wrong += any(p.apart for found in pairs.values() for p in found)
    assert wrong / len(draws) <= 0.08


def numbers_in(page: str) -> Counter[str]:
    """Return every number in the tables of a page, and of what is said per million yuan, as a number."""
    text = re.sub(r"per 1,000|per million yuan", "", page.partition("\n## ")[2].partition("<!--")[0])
    lines = [
        re.sub(r"^\| [^|]+\|", "", line)
        for line in text.splitlines()
        if (line.startswith("| ") and "countermeasure" not in line) or "moves too few hours" in line
    ]
    return Counter(
        f"{float(one.replace(',', '')):g}"
        for line in lines
        for one in re.findall(r"[+-]?\d[\d,]*\.?\d*", line)
    )


MEASURES_CSV = study_shelf().folder / "yingzi_measures.csv"
MODELS_CSV = study_shelf().folder / "yingzi_models.csv"


@pytest.mark.parametrize("file", [MODELS_CSV, MEASURES_CSV], ids=["models", "measures"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_pages_are_made_from_the_shipped_table(file: Path, language: Any) -> None:
    """By rule; `govsim docs --check` holds them to that."""
    kind: Any = file.stem.partition("_")[2]
    page = page_of(kind, file.read_text("utf-8"), f"scenarios/studies/{file.name}", language)
    assert (DOCS / f"{kind}{'.zh' if language == 'zh' else ''}.md").read_text("utf-8") == page


def test_the_shipped_table_of_measures_holds_the_numbers_of_its_page() -> None:
    """Every one and no other, with the page's stamp."""
    page = (DOCS / "measures.md").read_text("utf-8")
    shipped = MEASURES_CSV.read_text("utf-8")
    cells = (row[name] for row in cells_in(shipped) for name in ("value", "low95", "high95", "half_width"))
    assert Counter(f"{float(cell):g}" for cell in cells if cell) == numbers_in(page)
    assert stamps.read_stamps(shipped.removeprefix("\ufeff")) == stamps.read_stamps(page)


def test_verdicts_of_measures_are_those_of_the_page() -> None:
    """Bold and only bold is a finding; which way is good hangs on the indicator."""
    rows = cells_in(MEASURES_CSV.read_text("utf-8"))
    found = [row for row in rows if row["verdict"] not in ("", "undecided")]
    assert len(found) == (DOCS / "measures.md").read_text("utf-8").partition("\n## ")[2].count("**") // 2
    directions = {item.name: item.direction for item in INDICATORS}
    for row in found:
        value = float(row["value"])
        if value:
            assert (row["verdict"] == "better") is (value * directions[row["quantity"]] > 0), row


def test_measures_are_shown_only_where_their_study_applies(monkeypatch: pytest.MonkeyPatch) -> None:
    yingzi, tiny = load("yingzi"), load("tiny")
    models = [load_governance(name) for name in ("legacy_administrative", "party_led_cogovernance")]
    rows = measures_of([Choice("yingzi", yingzi, model, "neutral") for model in models])
    assert rows
    assert {row["model"] for row in rows} == {"Legacy administrative", "Party-led co-governance"}
    one = measures_of(
        [Choice("yingzi", yingzi, model, "neutral") for model in (models[1], load_governance("qingdao"))]
    )
    assert one
    assert {row["model"] for row in one} == {"Party-led co-governance"}
    with monkeypatch.context() as patched:
        patched.setattr("govsim.report.shipped_tables.reasons", lambda made: ["the code changed"])
        assert measures_of([Choice("yingzi", yingzi, model, "neutral") for model in models]) is None
    assert measures_of([Choice("tiny", tiny, model, "neutral") for model in models]) is None
    assert (
        measures_of(
            [Choice("yingzi", load("yingzi", ["run.weeks=52"]), model, "neutral") for model in models]
        )
        is None
    )


def test_the_chinese_page_of_measures_has_the_numbers_of_the_english_one() -> None:
    page = (DOCS / "measures.zh.md").read_text("utf-8")
    told = page.partition("\n## ")[2]
    cells = re.sub(r"每占用百万元|一个季度|每千工时|0–1|16岁", "", told)
    mine = [
        re.sub(r"^\| [^|]+\|", "", line)
        for line in cells.splitlines()
        if (line.startswith("| ") and "| 对策 |" not in line) or line.startswith("*")
    ]
    found = Counter(
        f"{float(one.replace(',', '')):g}"
        for line in mine
        for one in re.findall(r"[+-]?\d[\d,]*\.?\d*", line)
    )
    assert found == numbers_in((DOCS / "measures.md").read_text("utf-8"))
    assert former(page) == []
    assert not re.search("[A-Za-z]{3,}", re.sub(r"`[^`]*`|\(measures\.md\)", "", page))


def test_the_shipped_table_of_models_has_all_models() -> None:
    rows = cells_in(MODELS_CSV.read_text("utf-8"))
    assert len({row["model"] for row in rows if row["model"]}) == len(list_governance())
    assert all(row["value"] for row in rows if row["model"])


def test_the_chinese_page_of_models_has_the_numbers_of_the_english_one() -> None:
    """Cell by cell, and in what is said of each indicator."""
    english, page = ((DOCS / f"models{name}.md").read_text("utf-8") for name in ("", ".zh"))

    def numbers(text: str) -> list[Counter[str]]:
        lines = [
            re.sub(r"^\| [^|]+ \||\*.+?\*", "", line)
            for line in text.splitlines()
            if line.startswith(("| ", "- "))
        ]
        plain = (re.sub(r"311|\D1 model", "", line) for line in lines if "±" in line or "153" in line)
        return [Counter(re.findall(r"\d[\d,]*\.?\d*\d|\d", line)) for line in plain]

    assert numbers(page.replace("5次中", "")) == numbers(re.sub(r"(in \d) of 5", r"\1", english))
    assert former(page) == []
    left = re.sub(r"`[^`]*`|\(models\.md\)|Benjamini|Hochberg|Yekutieli", "", page)
    assert not re.search("[A-Za-z]{2,}", left)


def test_odd_cells_of_models_keep_all_that_they_say() -> None:
    """Two groups of results, values beyond the end, seeds without a number, models with the same numbers."""
    shipped = MODELS_CSV.read_text("utf-8")
    rows = [row for row in cells_in(shipped) if row["capacity_mode"] == "neutral"]
    odd = {
        "participation_4w": {"value": "not reached", "spread": "", "in_seeds": "0"},
        "resolved_reported_26w": {"value": "n/a", "spread": "", "in_seeds": "0"},
        "median_days": {"value": "21", "spread": "", "beyond": "yes", "in_seeds": "4"},
        "unpaid_hours": {"value": "1234.50", "spread": "0.01", "in_seeds": "4", "other_value": "0.90", "other_seeds": "1"},
    }  # fmt: skip
    first = rows[0]["model"]
    rows = [row | odd.get(row["quantity"], {}) if row["model"] == first else row for row in rows]
    whole = {"same": "Jianghan and Qingdao", "nowhere": "14 pairs"}
    place = next(n for n, row in enumerate(rows) if not row["model"])
    empty = dict.fromkeys(rows[0], "") | {"capacity_mode": "neutral", "seeds": "5"}
    rows[place:place] = [empty | {"quantity": name, "alike": words} for name, words in whole.items()]
    rows[-1] |= {"pairs": "150", "alike": "all models"}
    (made,) = stamps.read_stamps(shipped.removeprefix("\ufeff"))
    text = table_text("models", rows, made)
    assert cells_in(text) == rows
    english, chinese = (page_of("models", text, "models.csv", language) for language in ("en", "zh"))
    cells = table(english, "## Equal resources")[first]
    assert (cells[0], cells[2], cells[3]) == ("not reached 0 of 5", "n/a 0 of 5", "beyond 21, 4 of 5")
    assert "1,234.50 ± 0.01 in 4 of 5, 0.90 in 1" in cells
    cells = table(chinese, "## 资源相同")["北京接诉即办"]
    assert (cells[0], cells[2], cells[3]) == ("未达到", "无", "大于21（5次中4次）")
    assert "1,234.50 ± 0.01（5次中4次），0.90（1次）" in cells
    assert (
        "- The same numbers in every seed: Jianghan and Qingdao.\n- Told apart in no measure: 14 pairs.\n- *"
        in english
    )
    assert "- 各次重复模拟数值完全相同：江汉模式与青岛模式。\n- 各项指标均尚难判断：14对。\n- *" in chinese
    assert (
        "3 pairs not tested, because seeds are few or some seed has no number. No model can be told from any other."
        in english
    )
    assert "另有3对因重复模拟少或缺数值未检验。任何两种模式均尚难判断。" in chinese


def test_a_countermeasure_whose_effect_has_no_number() -> None:
    """Later or sooner where the order of seeds tells; why there is no number where nothing does."""
    shipped = MEASURES_CSV.read_text("utf-8")
    rows = cells_in(shipped)
    days = [row for row in rows if row["quantity"] == "median_days"]
    days[0] |= {"value": "not reached", "half_width": "", "verdict": "worse"}
    days[1] |= {"value": "not reached", "half_width": "", "verdict": "better"}
    days[2] |= {"value": "n/a", "half_width": "", "verdict": "undecided"}
    (made,) = stamps.read_stamps(shipped.removeprefix("\ufeff"))
    text = table_text("measures", rows, made)
    english, chinese = (page_of("measures", text, "m.csv", language) for language in ("en", "zh"))
    found, in_chinese = table(english, "### In all"), table(chinese, "### 总体效果")
    column = found["countermeasure"].index("median working days to resolution")
    assert [found[row["measure"]][column] for row in days[:3]] == ["**later**", "**sooner**", "n/a"]
    assert [in_chinese[row["measure_zh"]][column] for row in days[:3]] == [
        "未达到 差于基准",
        "未达到 好于基准",
        "无",
    ]
