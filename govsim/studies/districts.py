"""In how many plausible districts a difference between two models has which sign.

Plausible districts are the accepted points of a calibration. At each of them both models run with the same seeds; the verdict
at a point is that of its own 95 % interval, so that of twenty districts without a difference one gets a verdict by chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from govsim.results.csvtext import Cell
from govsim.results.declare import Column, Indicator
from govsim.results.errors import RefusedError
from govsim.results.indicators import HEADLINE
from govsim.results.values import Missing
from govsim.scenario.studies import LoadedStudy
from govsim.statistics.paired import contrast
from govsim.studies.answer import (
    Answer,
    DataTable,
    Part,
    Passage,
    TextTable,
)
from govsim.studies.experiments import Experiments, StudyRuns, of_study
from govsim.studies.wording import Wording

TABLE = "districts.csv"
_COLUMNS = (
    Column("district", "district", "地区", "-", "Number of the point in the list, from 1."),
    Column("indicator", "indicator", "指标", "-", "Name; see dictionary.csv of a run."),
    Column("unit", "unit", "单位", "-", "Unit of the differences of the row."),
    Column("difference", "difference", "差值", "see unit", "Second model minus first, mean over seeds."),
    Column("low", "low end", "区间下端", "see unit", "Low end of the 95 % interval."),
    Column("high", "high end", "区间上端", "see unit", "High end of the 95 % interval."),
    Column("seeds", "seeds", "种子数", "seeds", "Pairs of runs."),
    Column("verdict", "verdict", "结论", "-",
           "Second model compared with the first by this interval alone: better, worse, higher, lower, undecided, n/a."),
)  # fmt: skip
Verdict = Literal["better", "worse", "higher", "lower", "undecided", "n/a"]


@dataclass(frozen=True)
class DistrictDifference:
    """One indicator in one district: the second model compared with the first.

    Attributes
    ----------
    district : int
        Number in the list, from 1.
    difference, low, high : float or None
        Mean over seeds with its 95 % interval; None where a run has no value or there is one seed.
    """

    district: int
    indicator: Indicator
    difference: float | None
    low: float | None
    high: float | None
    seeds: int
    verdict: Verdict


def in_districts(experiments: Experiments) -> list[DistrictDifference]:
    """Return every headline indicator in every district.

    Raises
    ------
    RefusedError
        If there are not two models.
    """
    if len(experiments.models) != 2:
        raise RefusedError(f"a difference needs two models; the study has {len(experiments.models)}")
    values = {item.name: experiments.values(item.name, missing=True) for item in HEADLINE}
    return [
        _held(point + 1, item, *values[item.name][point])
        for point in range(len(experiments.design))
        for item in HEADLINE
    ]


def _held(district: int, indicator: Indicator, first: np.ndarray, second: np.ndarray) -> DistrictDifference:
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        return DistrictDifference(district, indicator, None, None, None, len(first), "n/a")
    found = contrast(first.tolist(), second.tolist())
    assert not isinstance(found.difference, Missing)
    if found.half_width is None:
        return DistrictDifference(district, indicator, found.difference, None, None, len(first), "undecided")
    low, high = found.difference - found.half_width, found.difference + found.half_width
    return DistrictDifference(
        district,
        indicator,
        found.difference,
        low,
        high,
        len(first),
        interval_verdict(low, high, indicator.direction),
    )


def interval_verdict(low: float, high: float, direction: int) -> Verdict:
    """Return what an interval of a difference says, given which direction is better (0: neither)."""
    if low <= 0 <= high:
        return "undecided"
    up = low > 0
    if direction == 0:
        return "higher" if up else "lower"
    return "better" if up == (direction > 0) else "worse"


def districts(study: LoadedStudy, runs: StudyRuns) -> Answer:
    """Run two models in every district of a list and count in how many which difference holds.

    Raises
    ------
    ScenarioError, RefusedError, EnvironmentProblem
        If the study is wrong or too large; if results cannot be compared or written.
    """
    runs.fit(study, study.points)
    count = study.study.seeds
    runs.say(f"{study.points} districts x {len(study.models)} models x {count} seeds.")
    runs.noted = study.points * len(study.models) * count
    ran = runs(study, of_study(study))
    found = in_districts(ran)
    table = DataTable(_COLUMNS, [_row(item) for item in found])
    facts = {"districts": study.points, "seeds": list(ran.seeds), "models": list(ran.labels)}
    return Answer(
        "districts", {TABLE: table}, facts, facts, {"districts": table}, lambda say: [_text(ran, found, say)]
    )


_VERDICTS_ZH = ("好于基准", "差于基准", "高于基准", "低于基准", "尚难判断", "无")


def _text(ran: Experiments, found: Sequence[DistrictDifference], say: Wording) -> Passage:
    words: tuple[Verdict, ...] = get_args(Verdict)
    rows = [["", *(say(en, zh) for en, zh in zip(words, _VERDICTS_ZH, strict=True))]]
    for indicator in HEADLINE:
        verdicts = [item.verdict for item in found if item.indicator is indicator]
        rows.append([say.printed(indicator), *(str(verdicts.count(word) or "") for word in words)])
    names, count = say.models(ran.labels, ran.models), len(ran.design)
    parts: list[Part] = [
        say(
            f"{names[1]} compared with {names[0]} in {count} districts",
            f"{count}个地区中{names[1]}与{names[0]}相比",
        ),
        TextTable(rows),
        say(
            "By the 95% interval of each district alone: of twenty districts without a difference, one gets a verdict by "
            "chance.",
            "按各地区各自的95%置信区间判断：二十个并无差异的地区中，约有一个会偶然得出有差异的判断。",
        ),
    ]
    return Passage(say("Districts", "各地区"), parts)


def _row(item: DistrictDifference) -> list[Cell]:
    numbers: list[Cell] = [
        Missing.NO_BASE if value is None else value for value in (item.difference, item.low, item.high)
    ]
    return [item.district, item.indicator.name, item.indicator.unit, *numbers, item.seeds, item.verdict]
