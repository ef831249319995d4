"""What a sweep shows: ranges of indicators over the points, what each follows, and which model is best where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from govsim.results.csvtext import Cell
from govsim.results.declare import Column, Indicator
from govsim.results.indicators import HEADLINE, INDICATORS
from govsim.results.values import Missing, spans
from govsim.scenario.studies import Factor, LoadedStudy
from govsim.statistics.paired import chance_among_many, holm
from govsim.studies.ablations import (
    Controlled,
    control_sections,
    controls_table,
    left_under_controls,
    refuse_controls_of_one,
    runs_times,
)
from govsim.studies.answer import (
    INDICATOR,
    MODEL,
    Answer,
    Cloud,
    DataTable,
    Passage,
    Scatter,
    Sheet,
    TextTable,
    indicator_cells,
    parameter_columns,
)
from govsim.studies.crossover import Map, Rank, classify, differences, pairs_of, rank_models
from govsim.studies.experiments import Experiments, StudyRuns, of_study
from govsim.studies.wording import Wording, counted, letters

_DRAWN = (
    "participation_4w",
    "resolved_existing_26w",
    "still_open",
    "trust_community",
    "burnout",
    "undone_tasks",
)
_RANGES = (
    *INDICATOR,
    MODEL,
    Column("points", "points", "样本点", "points", "Points at which every run has a value or did not reach it."),
    Column("of_points", "of points", "样本点总数", "points", "Points of the design."),
    Column("not_reached", "not reached", "未达到的样本点", "points",
           "Points of these at which some run did not reach it; they count as beyond all others."),
    Column("low", "lowest", "最小值", "see unit", "Lowest mean over seeds at any point."),
    Column("mean", "mean", "均值", "see unit", "Mean over the points."),
    Column("high", "highest", "最大值", "see unit", "Highest mean over seeds at any point."),
    Column("follows", "follows", "主要跟随参数", "-",
           "Parameter with the largest rank correlation; none where no correlation is clear."),
    Column("correlation", "rank correlation", "秩相关系数", "-", "Kendall's, with that parameter."),
)  # fmt: skip
_BEST = (
    *INDICATOR,
    Column("direction", "direction", "方向", "-", "1 more is better, -1 less is better."),
    Column("best", "best model", "最优模式", "-",
           "Better than every other model, by paired intervals widened for all points, pairs and indicators; "
           "undecided; or no value."),
    Column("share", "share", "占比", "share of points, 0-1", "Points at which it is so."),
)  # fmt: skip
_LEAST_POINTS = 5
"""Fewer points have no rank correlation that could be told from none."""


@dataclass(frozen=True)
class Swept:
    """An indicator under one model, over the points of a design.

    Attributes
    ----------
    model : int
        Place among the models.
    points : int
        Points at which it has a value in every run, or was not reached in some.
    late : int
        Points of these at which it was not reached in some run: they count as beyond all others.
    low, mean, high : float
        Of the means over seeds, over those points; infinite where it was not reached, NaN where there are no points.
    follows : int or None
        The parameter, by place, with the largest rank correlation; None where none can be told from no correlation.
    correlation : float
        Kendall's, of that parameter; 0 without.
    """

    indicator: Indicator
    model: int
    points: int
    late: int
    low: float
    mean: float
    high: float
    follows: int | None
    correlation: float


@dataclass(frozen=True)
class Best:
    """Which model is best in an indicator, point by point.

    Attributes
    ----------
    winners : int array, shape (points,)
        Place of the model that is better than every other one; -1 where that is undecided, -2 where a run has no value.
    """

    indicator: Indicator
    winners: NDArray[np.int64]

    def share(self, winner: int) -> float:
        """Return the share of points with this winner."""
        return float((self.winners == winner).mean())


UNDECIDED, NO_VALUE = -1, -2


def swept(experiments: Experiments, indicators: Sequence[Indicator]) -> list[Swept]:
    """Return ranges of indicators and what they follow, model by model; points at which a run has no value are left out.

    All indicators, models and parameters are looked at together (Holm over the parameters of one, Benjamini and Hochberg over
    the rest).
    """
    found = [
        _swept(experiments, item, model) for item in indicators for model in range(len(experiments.models))
    ]
    chance = chance_among_many([p for _, p in found])
    return [item if p <= chance else replace(item, follows=None, correlation=0.0) for item, p in found]


def _swept(experiments: Experiments, indicator: Indicator, model: int) -> tuple[Swept, float]:
    """Return the range under one model, the parameter that it follows most, and the p value of that."""
    values = experiments.ordered(indicator.name)[:, model]
    whole = ~np.isnan(values).any(axis=1)
    means = values[whole].mean(axis=1)
    spread = (means.min(), means.mean(), means.max()) if whole.any() else (np.nan, np.nan, np.nan)
    low, mean, high = map(float, spread)
    late = int(np.isinf(means).sum())
    top, correlation, p = strongest(experiments.design.points[whole], means)
    return Swept(indicator, model, int(whole.sum()), late, low, mean, high, top, correlation), p


def strongest(points: NDArray[np.float64], means: NDArray[np.float64]) -> tuple[int, float, float]:
    """Return the column of ``points`` that ``means`` follow most, Kendall's correlation with it, and its p value.

    Few points have an exact p value, which Spearman's correlation has not. It is corrected over the columns (Holm); it is 1
    where there are too few points or nothing varies.
    """
    from scipy import stats

    ranks = stats.rankdata(means)
    if len(means) < _LEAST_POINTS or np.ptp(ranks) == 0:
        return 0, 0.0, 1.0
    found = [stats.kendalltau(column, ranks) if np.ptp(column) else None for column in points.T]
    correlations = [0.0 if one is None else float(one.statistic) for one in found]
    chances = holm([1.0 if one is None else float(one.pvalue) for one in found])
    top = int(np.argmax(np.abs(correlations)))
    return top, correlations[top], chances[top] or 0.0


def best(values: Sequence[NDArray[np.float64]], indicators: Sequence[Indicator]) -> list[Best]:
    """Return which model is best at each point, in each indicator.

    A model is best where it is told apart as better than every other one. All points, pairs of models and indicators are
    looked at together: of two equal models, at most 5 % of studies call one better anywhere.

    Parameters
    ----------
    values : one array an indicator, shape (points, models, seeds)
        Infinite where it was not reached, NaN where a run has no value.
    indicators
        Their directions say what better is; none may be 0.

    Raises
    ------
    ValueError
        If some indicator is neither better nor worse when it grows.
    """
    for item in indicators:
        if item.direction == 0:
            raise ValueError(f"{item.name} is neither better nor worse when it grows")
    missing = [np.isnan(found).any(axis=(1, 2)) for found in values]
    if any(found.shape[2] < 2 for found in values):  # one seed decides nothing
        level = [np.full(len(found), UNDECIDED) for found in values]
    else:
        pairs = np.array(pairs_of(values[0].shape[1]))
        by_model = [np.moveaxis(found, 1, 0) for found in values]
        chance = chance_among_many(
            [p for found in by_model for p in differences(found[pairs[:, 0]], found[pairs[:, 1]]).counted]
        )
        level = [
            _winners(classify(v, item, chance=chance)) for v, item in zip(values, indicators, strict=True)
        ]
    return [
        Best(item, np.where(without, NO_VALUE, winners))
        for item, without, winners in zip(indicators, missing, level, strict=True)
    ]


def _winners(found: Map) -> NDArray[np.int64]:
    """Return the place of the model that is best at each point, or that there is none."""
    models = found.pairs[-1][-1] + 1
    ranks = rank_models(found.pairs, found.sides, models) == Rank.BEST
    return np.where(ranks.any(axis=0), ranks.argmax(axis=0), UNDECIDED)


def judged(experiments: Experiments, chosen: Sequence[Indicator]) -> list[Best]:
    """Return which model is best where, for the indicators that have a better and a worse."""
    directed = [item for item in chosen if item.direction != 0]
    if len(experiments.models) < 2 or not directed:
        return []
    return best([experiments.ordered(item.name) for item in directed], directed)


def sweep(study: LoadedStudy, runs: StudyRuns, controls: bool = False) -> Answer:
    """Run the design of a study: one row a run, what each indicator follows, and which model is best where.

    Raises
    ------
    ScenarioError, RefusedError, EnvironmentProblem
        If the study is wrong or too large; if results cannot be used or written.
    """
    if controls:
        refuse_controls_of_one(study)
    times = runs_times(controls)
    runs.fit(study, study.points * times)
    design = of_study(study)
    arms = f"{len(study.models)} {'model' if len(study.models) == 1 else 'models'}"
    runs.say(f"{len(design)} points x {arms} x {study.study.seeds} seeds.")
    runs.noted = times * len(design) * len(study.models) * study.study.seeds
    ran = runs(study, design)
    left = left_under_controls(study, lambda other: runs(other, design), runs.say, ran) if controls else []
    every, bests = swept(ran, INDICATORS), judged(ran, HEADLINE)
    ranges = DataTable(_RANGES, [_range_row(ran, item) for item in every])
    best = DataTable(_BEST, [row for item in bests for row in _best_rows(ran, item)])
    by_control = controls_table([item for items in left for item in items])
    tables = {"experiments.csv": experiments_table(ran), "ranges.csv": ranges}
    tables |= {"best.csv": best} if bests else {}
    tables |= {"controls.csv": by_control} if left else {}
    counts = {"points": len(design), "seeds": list(ran.seeds), "models": list(ran.labels)}
    return Answer(
        "sweep", tables,
        {"design": study.study.design.model_dump(), **counts,
         "parameters": {f.path: [f.low, f.high] for f in design.factors}},
        {"study": study.label, **counts, "computed": ran.computed, "reused": ran.reused, "failed": len(ran.failures)},
        {"ranges": ranges, "best": best, "controls": by_control},
        lambda say: _text(ran, every, bests, left, runs.told, say), lambda say: {"sweep": _sheet(ran, every, say)},
    )  # fmt: skip


def experiments_table(ran: Experiments) -> DataTable:
    """Return one row a finished run: point, parameters, model, seed, indicators."""
    factors = ran.design.factors
    columns = (
        Column("point", "point", "样本点", "-", "Number of the point in the design, from 0."),
        *parameter_columns(factors),
        MODEL,
        Column("seed", "seed", "随机种子", "-", "Seed of the run."),
        *INDICATORS,
    )  # fmt: skip
    rows: list[list[Cell]] = []
    missing = {item.value: item for item in Missing}
    for point, model, seed in np.ndindex(ran.summaries.shape[:3]):
        numbers = ran.summaries[point, model, seed]
        if not np.isfinite(numbers).any():
            continue  # the run failed, and was told of
        cells: list[Cell] = [
            float(value) if np.isfinite(value) else missing[ran.reasons[point, model, seed, item.name]]
            for item, value in zip(INDICATORS, numbers, strict=True)
        ]
        at: list[Cell] = [float(value) for value in ran.design.points[point]]
        rows.append([point, *at, ran.labels[model], ran.seeds[seed], *cells])
    return DataTable(columns, rows)


def _range_row(ran: Experiments, item: Swept) -> list[Cell]:
    numbers: list[Cell] = [_cell(value) for value in (item.low, item.mean, item.high)]
    follows = "none" if item.follows is None else ran.design.factors[item.follows].path
    counts = [item.points, len(ran.design), item.late]
    return [
        *indicator_cells(item.indicator),
        ran.labels[item.model],
        *counts,
        *numbers,
        follows,
        item.correlation,
    ]


def _cell(value: float) -> float | Missing:
    if np.isfinite(value):
        return value
    return Missing.NO_BASE if np.isnan(value) else Missing.NOT_REACHED


def _best_rows(ran: Experiments, item: Best) -> list[list[Cell]]:
    words = [*indicator_cells(item.indicator), item.indicator.direction]
    named = [*enumerate(ran.labels), (UNDECIDED, "undecided"), (NO_VALUE, "no value")]
    return [[*words, name, item.share(winner)] for winner, name in named]


def _text(
    ran: Experiments,
    every: Sequence[Swept],
    bests: Sequence[Best],
    left: Sequence[Sequence[Controlled]],
    told: Callable[[Wording], str],
    say: Wording,
) -> list[Passage]:
    design, study = ran.design, ran.study
    marks, count = letters(ran.labels), len(design)
    kind, kind_zh = study.study.design.kind, _DESIGNS_ZH[study.study.design.kind]
    names = say.models(ran.labels, ran.models)
    head = [
        say(
            f"{study.label}: {count} points ({kind}) over {len(design.factors)} parameters of {study.base.label}, "
            f"seeds {spans(ran.seeds)}",
            f"{say.study(study)}：{say.place(study)}的{len(design.factors)}个参数，{count}个样本点（{kind_zh}），"
            f"随机种子{spans(ran.seeds)}",
        ),
        say("Runs       ", "模拟次数：") + told(say) + say("; ", "；") + say.means(study),
        *(f"{mark} = {label}" for mark, label in zip(marks, names, strict=True)),
    ]
    follows_most = say("follows most (rank correlation)", "主要跟随的参数（秩相关系数）")
    first = say("mean over seeds: lowest and highest point", "重复模拟均值：最低和最高的样本点")
    rows = [[first, "", say("lowest", "最低"), say("highest", "最高"), follows_most]]
    for item in every:
        if item.indicator not in HEADLINE:
            continue
        low, high = (say.number(_cell(value), item.indicator.decimals) for value in (item.low, item.high))
        follows = say("nothing clearly", "尚难判断")
        if item.follows is not None:
            factor = design.factors[item.follows]
            follows = f"{say(factor.path, say.parameter(factor))} ({item.correlation:+.2f})"
        if item.points != count:
            follows += say(
                f"  [{item.points} of {count} points have a value]",
                f"  ［{count}个样本点中{item.points}个有数值］",
            )
        if item.late:
            follows += say(
                f"  [not reached at {item.late} of {item.points}]",
                f"  ［{item.points}个中{item.late}个未达到］",
            )
        name = say.printed(item.indicator) if item.model == 0 else ""
        rows.append([name, marks[item.model], low, high, follows])
    sections = [
        Passage(say("What was run", "模拟内容"), head),
        Passage(say("Ranges", "取值范围"), [TextTable(rows, (0, 1, 4))]),
    ]
    if bests:
        without = any(best.share(NO_VALUE) for best in bests)
        last = [say("undecided", "尚难判断"), *([say("no value", "无")] if without else [])]
        rows = [[say("best in % of the points", "最优的样本点占比"), *marks, *last]]
        for best in bests:
            places = [*range(len(marks)), UNDECIDED, *([NO_VALUE] if without else [])]
            rows.append([say.printed(best.indicator), *(f"{best.share(place):.0%}" for place in places)])
        few = (
            say(" One seed decides nothing.", "只有一次重复模拟，不能作出判断。")
            if len(ran.seeds) < 2
            else ""
        )
        note = say(
            "Best: better than every other by paired intervals, widened for all points, pairs of models and indicators "
            "(5%).",
            "最优：按配对置信区间好于其他所有模式；区间已按全部样本点、模式组合和指标放宽（5%）。",
        )
        heading = say("Which model is best", "哪种模式最优")
        sections.append(Passage(heading, [TextTable(rows), note + few]))
    return [
        *sections, *control_sections(left, marks[1:], say),
        Passage(say("What it says", "如何理解"), [
            say(
                "In this model, over these ranges; shares of points say nothing about how likely a point is.",
                "仅在本模型、这些取值范围内成立；样本点占比不代表该情形出现的可能性。",
            )
        ]),
    ]  # fmt: skip


_DESIGNS_ZH = {
    "sobol": "Sobol序列", "latin_hypercube": "拉丁超立方抽样", "grid": "网格", "list": "列表",
}  # fmt: skip


def _sheet(ran: Experiments, every: Sequence[Swept], say: Wording) -> Sheet:
    """Return each indicator over the parameter it follows most, one mark for each point and model."""
    panels = []
    factors, names = ran.design.factors, say.models(ran.labels, ran.models)
    drawn = [item for item in HEADLINE if item.name in _DRAWN]
    for indicator in drawn:
        follow = [(abs(item.correlation), item.follows) for item in every
                  if item.indicator is indicator and item.follows is not None]  # fmt: skip
        place = max(follow)[1] if follow else 0
        values = ran.values(indicator.name, missing=True)
        finite = np.asarray(np.isfinite(values).all(axis=2))
        whole = int(finite.all(axis=1).sum())
        title = say.measured(indicator)
        if not follow:
            title += say("\nfollows no parameter clearly", "\n随哪个参数变化尚难判断")
        if whole != len(values):
            title += say(
                f"\n{whole} of {len(values)} points have a value in every run",
                f"\n{len(values)}个样本点中{whole}个在各次模拟中均有数值",
            )
        clouds = [
            Cloud(
                label,
                ran.design.points[finite[:, n], place].tolist(),
                values[finite[:, n], n].mean(axis=1).tolist(),
                n,
            )
            for n, label in enumerate(names)
        ]
        panels.append(Scatter(title, clouds, say.label(factors[place]), line=factors[place].today))
    points, seeds = len(ran.design), len(ran.seeds)
    return Sheet(
        _message([item for item in every if item.indicator in drawn], factors, say),
        say(
            "Each mark is the mean of one model at one point, over the parameter that the indicator follows most; dotted: "
            "today's value.",
            "每个标记为一种模式在一个样本点的均值；横轴为该指标主要跟随的参数，虚线为其现值。",
        ),
        say(
            f"{ran.study.label}: {counted(points, 'point')}, {counted(seeds, 'replication')} each. ",
            f"{say.study(ran.study)}：{points}个样本点，各{seeds}次重复模拟。",
        ) + say.terms,
        panels, 2,
    )  # fmt: skip


def _message(found: Sequence[Swept], factors: Sequence[Factor], say: Wording) -> str:
    """Say which parameter most of the results follow, or that none is seen to follow any."""
    followed = Counter(item.follows for item in found if item.follows is not None).most_common(1)
    if not followed:
        return say(
            f"Undecided which of {counted(len(factors), 'parameter')} the results follow",
            f"结果随{len(factors)}个参数中的哪一个变化，尚难判断",
        )
    (place, times), of = followed[0], len(found)
    name = say.parameter(factors[place])
    return say(
        f"What the results follow most: {name} ({times} of {counted(of, 'result')})",
        f"结果主要随“{name}”变化：{of}项中{times}项",
    )
