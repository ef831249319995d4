"""What studies say: the same in Chinese as in English, and titles of figures that follow from the tables by rule."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from govsim.report.docs.words import LANGUAGES
from govsim.report.glossary import PARAMETERS, wording
from govsim.report.html.reading import picture_of
from govsim.report.panels import draw_sheet
from govsim.report.studies import optimise
from govsim.results.declare import Column
from govsim.results.indicators import INDICATORS
from govsim.runner.options import RunOptions
from govsim.scenario.files import study_shelf
from govsim.scenario.studies import Factor, load_study
from govsim.studies import districts, find, sweep
from govsim.studies.answer import Answer, Command, PagePicture
from govsim.studies.calibration import answer as calibration
from govsim.studies.crossover import Crossover, classify
from govsim.studies.crossover import answer as crossover
from govsim.studies.experiments import Design, StudyRuns
from govsim.studies.find import FoundTarget, ModelTarget, Point, question
from govsim.studies.optimise.portfolios import Gap, Portfolio, PortfolioPart
from govsim.studies.sensitivity import Analysis, Influence
from govsim.studies.sensitivity import answer as sensitivity
from tests.studies.synthetic_studies import FILE, engine, study_file
from tests.studies.test_calibration import small

pytestmark = pytest.mark.slow

ENGLISH, CHINESE = wording("en"), wording("zh")
BY_NAME = {item.name: item for item in INDICATORS}
NAMED = FILE.replace("{en: synthetic}", "{en: synthetic, zh: 合成研究}")
FACTORS = tuple(
    Factor(path, 0.0, 10.0, False, 5.0, "assumed", "label", "名称", "hours")
    for path in ("tasks.community_hours", "capacity.staff.community", "participation.call")
)
NAMES_OF_METHODS = {"Morris", "Sobol", "Holm", "csv", "pulls"}
MODELS = [
    SimpleNamespace(model=SimpleNamespace(name=SimpleNamespace(en=en, zh=zh)))
    for en, zh in (("Legacy", "传统管理"), ("Party-led", "党建共治"))
]


def asked(
    folder: Path, kind: Callable[..., Answer], text: str = NAMED, noise: float = 0.02, **more: Any
) -> Answer:
    """Return the answer of a kind of study over an engine that simulates nothing."""
    study = load_study(study_file(folder, text))
    return kind(study, StudyRuns(RunOptions(folder / "out", 1, engine=engine(noise))), **more)


def of_find(folder: Path) -> Answer:
    study = find.study_of(
        "tiny", "tasks.community_hours=20..60", ["run.weeks=52"], ["legacy_administrative"], 2
    )
    runs = StudyRuns(RunOptions(folder / "out", 1, engine=engine(0.02)))
    return find.find(study, runs, question("participation_4w >= 20"), controls=True)


def of_districts(folder: Path) -> Answer:
    (folder / "places.csv").write_text(
        "tasks.community_hours,network.liaison.linked_households\n30,2\n50,4\n"
    )
    text = NAMED.replace("{kind: sobol, points: 8}", "{kind: list, file: places.csv}")
    return asked(folder, districts.districts, text)


def of_calibration(folder: Path) -> Answer:
    study = small(folder)
    study = replace(
        study, study=study.study.model_copy(update={"name": study.study.name.model_copy(update={"zh": "小"})})
    )
    return calibration.calibration(study, StudyRuns(RunOptions(folder / "out", 1)), ["govsim"], twins=1)


CHOSEN = [BY_NAME["participation_4w"], BY_NAME["resolved_existing_26w"], BY_NAME["burnout"]]
KINDS: dict[str, Callable[[Path], Answer]] = {
    "sweep": partial(asked, kind=sweep.sweep, controls=True),
    "morris": partial(
        asked, kind=sensitivity.sensitivity, method="morris", size=4, chosen=CHOSEN, controls=True
    ),
    "sobol": partial(asked, kind=sensitivity.sensitivity, method="sobol", size=4, chosen=CHOSEN),
    "crossover": partial(asked, kind=crossover.find_crossover, chosen=CHOSEN, controls=True),
    "find": of_find,
    "districts": of_districts,
    "calibration": of_calibration,
}


def said(part: Any) -> Iterator[str]:
    """Yield every text of passages and figures that people read; commands stay as they are typed."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        yield from said(list(part.values()))
    elif isinstance(part, list | tuple):
        for item in part:
            yield from said(item)
    elif is_dataclass(part) and not isinstance(part, Command | PagePicture):
        yield from said([getattr(part, field.name) for field in fields(part)])


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_said_in_english_is_said_in_chinese(kind: str, tmp_path: Path) -> None:
    answer = KINDS[kind](tmp_path)
    english, chinese = (
        [
            *said(answer.text(say)),
            *said(dict(answer.sheets(say))),
            *said(answer.page and answer.page(say).sections),
        ]
        for say in (ENGLISH, CHINESE)
    )
    assert len(english) == len(chinese)
    plain = (re.sub(r"`[^`]*`", "", text) for text in chinese)
    left = [text for text in plain if set(re.findall(r"[A-Za-z]{2,}", text)) - NAMES_OF_METHODS]
    assert not left
    assert not [text for text in english if re.search(r"[\u4e00-\u9fff]", text)]
    columns = [column for table in answer.tables.values() for column in table.columns]
    assert not [column for column in columns if not isinstance(column, Column) or not column.label_zh]


def test_figures_are_drawn_in_both_languages(tmp_path: Path) -> None:
    answer = KINDS["morris"](tmp_path)
    for language in LANGUAGES:
        for sheet in answer.sheets(wording(language)).values():
            assert set(draw_sheet(sheet)) == {"png", "svg", "pdf"}


def test_a_report_shows_a_picture_in_its_language_where_there_is_one(tmp_path: Path) -> None:
    for name in ("map.svg", "map.png", "map.zh.svg", "own.png"):
        (tmp_path / name).write_bytes(b"<svg/>")
    assert [item.name for item in picture_of(tmp_path, "en")] == ["map", "own"]
    assert [item.name for item in picture_of(tmp_path, "zh")] == ["map.zh", "own"]


def test_parameters_of_shipped_studies_stand_alone() -> None:
    """A label that is only understood beside its section has a name of its own."""
    short = {"hotline", "home visit", "homophily", "thresholds, mean", "weight of a call", "trust lost"}
    shipped = [load_study(file.stem) for file in sorted(study_shelf().folder.glob("*.yaml"))]
    for factor in {factor for study in shipped for factor in study.factors}:
        assert factor.path in PARAMETERS or factor.label_en not in short, factor.path


def analysed(*found: bool) -> Analysis:
    ranked = [
        Influence(n, 3.0 - n, 1.0, 4.0, 1.0, 0.0, 0.01 if yes else 0.9, 1.0) for n, yes in enumerate(found)
    ]
    return Analysis(0.1, 0.05, tuple(ranked))


@pytest.mark.parametrize(
    ("found", "english", "chinese"),
    [
        (
            (True, False, False),
            "What moves it most: tasks from higher offices to communities (1 of 1 result)",
            "结果受“社区承担的上级任务量”影响最大：1项中1项有明确变化",
        ),
        (
            (False, False, False),
            "No influence found of 3 parameters on it",
            "未发现3个参数对结果有明确影响",
        ),
    ],
)
def test_title_of_a_screening(found: Sequence[bool], english: str, chinese: str) -> None:
    items = [sensitivity.AnalysedIndicator(BY_NAME["burnout"], "B", "A", analysed(*found))]
    assert sensitivity.moves_most(FACTORS, items, "it", ENGLISH) == english
    assert sensitivity.moves_most(FACTORS, items, "结果", CHINESE) == chinese


@pytest.mark.parametrize(
    ("follows", "english", "chinese"),
    [
        ([1, 1, 0], "What the results follow most: label (2 of 3 results)", "结果主要随“名称”变化：3项中2项"),
        (
            [None],
            "Undecided which of 3 parameters the results follow",
            "结果随3个参数中的哪一个变化，尚难判断",
        ),
    ],
)
def test_title_of_a_sweep(follows: Sequence[int | None], english: str, chinese: str) -> None:
    found = [sweep.Swept(BY_NAME["burnout"], 0, 1, 0, 0.0, 0.0, 0.0, item, 0.9) for item in follows]
    assert sweep._message(found, FACTORS, ENGLISH) == english
    assert sweep._message(found, FACTORS, CHINESE) == chinese


@pytest.mark.parametrize(
    ("gains", "english", "chinese"),
    [
        (
            [9.0, 9.0, 9.0],
            "Party-led is better in 3 of 3 districts, Legacy in 0; 0 undecided",
            "3个地区中，党建共治在3个更好",
        ),
        (
            [9.0, -9.0, 0.0],
            "Party-led is better in 1 of 3 districts, Legacy in 1; 1 undecided",
            "传统管理在1个更好，1个尚难判断",
        ),
        ([0.0], "Undecided in all of 1 district which is better: Legacy or Party-led", "1个地区均尚难判断"),
    ],
)
def test_title_of_a_crossover(gains: Sequence[float], english: str, chinese: str) -> None:
    noise = np.array([-0.1, 0.1, -0.05, 0.05, 0.02])
    values = np.array([[noise, gain + noise[::-1]] for gain in gains])
    found = classify(values, BY_NAME["resolved_existing_26w"], chance=0.05)
    points = np.linspace(0.0, 10.0, 2 * len(gains)).reshape(len(gains), 2)
    maps = cast("Crossover", SimpleNamespace(
        maps=(found,), labels=("Legacy", "Party-led"), seeds=5, design=Design(FACTORS[:2], points)
    ))  # fmt: skip
    named = SimpleNamespace(label="study", study=SimpleNamespace(name=SimpleNamespace(zh="研究")))
    ran = cast("Any", SimpleNamespace(models=MODELS, study=named))
    sheets = [crossover._sheet(maps, ran, 0, say) for say in (ENGLISH, CHINESE)]
    assert sheets[0].title == english
    assert chinese in sheets[1].title
    assert all(draw_sheet(sheet)["png"] for sheet in sheets)


@pytest.mark.parametrize(
    ("where", "value", "english", "chinese"),
    [
        ("from", 4.0, "from 4.0 on under Legacy", "传统管理需达到4.0"),
        ("nowhere", None, "not reached under Legacy", "传统管理各取值均未达到"),
        ("everywhere", None, "at every value run under Legacy", "传统管理各取值均达到"),
    ],
)
def test_title_of_a_target(where: Any, value: float | None, english: str, chinese: str) -> None:
    points = (Point(1.0, 9.0, 8.0, 10.0), Point(4.0, float("inf"), 4.0, float("inf")))
    item = ModelTarget(
        "Legacy", "传统管理", None, FoundTarget(where, value, None, None, True, (), points), ""
    )
    study = load_study("load_and_staff")
    study = replace(study, factors=FACTORS[:1])
    for say, words in ((ENGLISH, english), (CHINESE, chinese)):
        sheet = find._sheet([item], study, question("median_days <= 5"), say)
        assert sheet.title.endswith(words)
        assert draw_sheet(sheet)["svg"]
    many = find._sheet([item] * 3, study, question("median_days <= 5"), ENGLISH)
    assert many.title.endswith(f"reached under {0 if where == 'nowhere' else 3} of 3 models within the range")


def test_packages_are_named_by_their_measures_and_told_apart() -> None:
    study = load_study("optimise_yingzi")
    names = [measure.name.en for _, measure in study.measures]
    shown = [
        Portfolio(0, (PortfolioPart(0, 0, 0, 0.5), PortfolioPart(52, 1, 10, 1.0))),
        Portfolio(0, (PortfolioPart(52, 0, 0, 0.5), PortfolioPart(52, 1, 10, 1.0))),
        Portfolio(0, (PortfolioPart(0, 2, 0, 1.0),)),
    ]
    space = SimpleNamespace(study=study, names=names, models=["Legacy", "Party-led"])
    goals = optimise.goals_of(study)
    row = [Gap(1.0, 0.5, 1.5), *[Gap(0.0, -1.0, 1.0)] * (len(goals) - 1)]
    answer = cast("Any", SimpleNamespace(
        space=space, shown=shown, goals=goals, gains=[row] * 3, heads=[0, 1], seeds=(1, 2)
    ))  # fmt: skip
    assert optimise.packages(answer, ENGLISH) == [
        "cadre campaign 50% (from week 0)\n+ cadre staffing and training (weeks 52–61)",
        "cadre campaign 50% (from week 52)\n+ cadre staffing and training (weeks 52–61)",
        "deliberation councils",
    ]
    assert optimise.packages(answer, CHINESE)[2] == "居民议事会"
    for say in (ENGLISH, CHINESE):
        assert draw_sheet(optimise._sheet(answer, say))["pdf"]
    sheet = optimise._sheet(answer, ENGLISH)
    assert sheet.title.startswith(
        "3 of 3 packages are better than doing nothing in some goals and worse in none"
    )
    answer.gains[:] = [row[1:] + row[1:2]] * 3
    assert optimise._sheet(answer, ENGLISH).title.startswith("None of 3 packages is better")
    assert "有0个" in optimise._sheet(answer, CHINESE).title


@pytest.mark.parametrize(
    ("worst", "english", "chinese"),
    [
        (
            [0.0, 2.0],
            "1 run point met all 2 check figures; 1 of 2 parameters is settled",
            "1个样本点使2项对照指标全部达到",
        ),
        ([1.0], "No run point met all 2 check figures", "没有样本点使2项对照指标全部达到"),
    ],
)
def test_title_of_a_calibration(worst: Sequence[float], english: str, chinese: str) -> None:
    known = [SimpleNamespace(verdict=verdict) for verdict in ("identified", "not identifiable")]
    found = SimpleNamespace(
        targets=SimpleNamespace(fitted=[1, 2]), accepted=SimpleNamespace(worst=np.array(worst))
    )
    answer = cast(
        "Any",
        SimpleNamespace(found=found, known=known, pulls=[SimpleNamespace(verdict="against each other")]),
    )
    assert calibration._message(answer, ENGLISH).startswith(english)
    assert calibration._message(answer, ENGLISH).endswith("; 1 pair of figures hard to meet together")
    assert calibration._message(answer, CHINESE).startswith(chinese)
