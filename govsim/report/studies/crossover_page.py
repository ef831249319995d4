"""The published search: classes of every pair of models at every point as data, and the page that is made from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from govsim.report.answers import as_markdown, write_whole
from govsim.report.glossary import wording
from govsim.report.stamps import stamp
from govsim.results.csvtext import Cell, read_cells, table_bytes
from govsim.results.declare import Indicator
from govsim.results.indicators import INDICATORS
from govsim.results.values import Missing
from govsim.studies.answer import ENDS, Answer, Command, Part, Passage, TextTable
from govsim.studies.crossover import (
    DOMINATING,
    LETTERS,
    MIDDLE,
    Crossover,
    PointOwner,
    Rank,
    Separation,
    ordinary,
    rank_models,
    region,
)
from govsim.studies.crossover.answer import CrossoverAnswer
from govsim.studies.experiments import Design
from govsim.studies.wording import Wording, counted, number

if TYPE_CHECKING:
    from govsim.scenario.studies import LoadedStudy
    from govsim.studies.experiments import Experiments

POINTS, CLASSES, SAMPLE = "crossover_points.csv", "crossover_classes.csv", "crossover_sample.csv"
_HEADER = [
    "indicator", "first", "second", "seeds", "chance", "today", "today_half_width", "quantile", "q10", "q50", "q90",
    "classes",
]  # fmt: skip
AGAIN = "govsim crossover --over crossover --no-switching --no-figures --docs docs"
"""Makes the page and its data."""


@dataclass(frozen=True)
class Published:
    """What the data files hold.

    Attributes
    ----------
    design : Design
    labels : tuple of str
        Of the models, in the order of the study.
    seeds : int
    indicators : tuple of Indicator
        The first is the one that the page is about.
    chance : tuple of float
        By indicator: chance with which an interval that decides misses.
    pairs : tuple of (int, int)
    sides : int8 array, shape (indicators, pairs, points)
    today, half_width, quantile : float64 arrays, shape (indicators, pairs)
        Second minus first at today's point, half of its 95% interval, its quantile among the points; NaN where
        there is none.
    spread : float64 array, shape (indicators, pairs, 3)
        10 %, 50 % and 90 % quantile of the difference over the points.
    """

    design: Design
    labels: tuple[str, ...]
    seeds: int
    indicators: tuple[Indicator, ...]
    chance: tuple[float, ...]
    pairs: tuple[tuple[int, int], ...]
    sides: NDArray[np.int8]
    today: NDArray[np.float64]
    half_width: NDArray[np.float64]
    quantile: NDArray[np.float64]
    spread: NDArray[np.float64]

    def ranks(self, indicator: int) -> NDArray[np.int8]:
        """Return how each model stands at each point, shape (models, points)."""
        return rank_models(self.pairs, self.sides[indicator], len(self.labels))


def publish_crossover(study: LoadedStudy, docs: Path, answer: Answer) -> None:
    """Write the data files and the page that is made from them.

    Parameters
    ----------
    study
        With its own number of points.
    """
    assert isinstance(answer, CrossoverAnswer)
    data = docs / "data"
    names = [found.indicator.name for found in answer.maps.maps]
    for name, content in (data_files(answer.maps) | sample_file(answer.ran, names)).items():
        write_whole(data / name, content)
    made = stamp(AGAIN, study, *answer.ran.models).comment()
    for language, end in ENDS.items():
        text = page(read_published(data, study), study, wording(language))
        write_whole(docs / f"crossover{end}.md", f"{text}\n{made}".encode())


def data_files(maps: Crossover) -> dict[str, bytes]:
    """Return points and classes as CSV by file name."""
    factors = maps.design.factors
    points: list[list[Cell]] = [
        [str(index), *map(float, row)] for index, row in enumerate(maps.design.points)
    ]
    rows: list[list[Cell]] = []
    for index, (found, now) in enumerate(zip(maps.maps, maps.today, strict=True)):
        half = now.half_width(0.95)
        for rank, (a, b) in enumerate(found.pairs):
            d = found.difference[rank][np.isfinite(found.difference[rank])]
            numbers = [
                now.difference[rank, 0], half[rank, 0], maps.place(index, rank),
                *(np.quantile(d, (0.1, 0.5, 0.9)) if len(d) else (np.nan,) * 3),
            ]  # fmt: skip
            letters = "".join(LETTERS[PointOwner(int(side))] for side in found.sides[rank])
            rows.append([
                found.indicator.name, maps.labels[a], maps.labels[b], maps.seeds, found.chance,
                *(Missing.NO_BASE if n is None or not np.isfinite(n) else float(n) for n in numbers), letters,
            ])  # fmt: skip
    return {
        POINTS: table_bytes(POINTS, ["point", *(factor.path for factor in factors)], points),
        CLASSES: table_bytes(CLASSES, _HEADER, rows),
    }


def sample_file(ran: Experiments, indicators: Sequence[str]) -> dict[str, bytes]:
    """Return the indicators of single runs: first and last point of the design, first and last model, every seed.

    The last point of ``ran`` is today's and no part of the design.
    """
    columns = {name: ran.values(name, missing=True) for name in indicators}
    rows: list[list[Cell]] = []
    for point in (0, len(ran.design) - 2):
        for model in (0, len(ran.models) - 1):
            for index, seed in enumerate(ran.seeds):
                cells = [float(column[point, model, index]) for column in columns.values()]
                numbers: list[Cell] = [cell if np.isfinite(cell) else Missing.NO_BASE for cell in cells]
                rows.append([str(point), ran.models[model].name, seed, *numbers])
    return {SAMPLE: table_bytes(SAMPLE, ["point", "model", "seed", *indicators], rows)}


def read_published(data: Path, study: LoadedStudy) -> Published:
    """Read the data files back."""
    header, points = read_cells(data / POINTS)
    paths = [factor.path for factor in study.factors]
    columns = [header.index(path) for path in paths]
    design = Design(study.factors, np.array([[float(row[c]) for c in columns] for row in points]))
    _, rows = read_cells(data / CLASSES)
    names = list(dict.fromkeys(row[0] for row in rows))
    labels = list(dict.fromkeys(label for row in rows for label in row[1:3]))
    by_name = {item.name: item for item in INDICATORS}
    count = len(rows) // len(names)
    letters = {letter: side for side, letter in LETTERS.items()}
    sides = [[letters[letter] for letter in row[-1]] for row in rows]
    numbers = np.array(
        [[np.nan if cell == Missing.NO_BASE.value else float(cell) for cell in row[5:11]] for row in rows]
    ).reshape(len(names), count, 6)
    return Published(
        design, tuple(labels), int(rows[0][3]), tuple(by_name[name] for name in names),
        tuple(float(rows[count * k][4]) for k in range(len(names))),
        tuple((labels.index(row[1]), labels.index(row[2])) for row in rows[:count]),
        np.array(sides, np.int8).reshape(len(names), count, len(design)),
        numbers[..., 0], numbers[..., 1], numbers[..., 2], numbers[..., 3:],
    )  # fmt: skip


def best_words(ranks: NDArray[np.int8], design: Design, say: Wording) -> str:
    """Return in words where a model is best; ``ranks`` has shape (points,)."""
    points = len(design)
    best = int((ranks == Rank.BEST).sum())
    if best > DOMINATING * points:
        return (
            say(f"best in {best / points:.0%} of points: ", f"{best / points:.0%}的样本点最优：")
            + f"**{_costs(say)}**"
        )
    if best:
        return _where(say("best", "最优"), ranks == Rank.BEST, design, say)
    level = int((ranks == Rank.UNDECIDED).sum())
    never = say(f"never best in {counted(points, 'point')}", f"{points}个样本点均非最优")
    if not level:
        return never
    return (
        never + say("; ", "；") + _where(say("not beaten", "未被超过"), ranks == Rank.UNDECIDED, design, say)
    )


def _costs(say: Wording) -> str:
    return say("dominating: check its costs", "普遍占优，须核对其成本")


def _where(what: str, inside: NDArray[np.bool_], design: Design, say: Wording) -> str:
    told = region(design, inside)
    if not told:
        count = int(inside.sum())
        return say(
            f"{what} in {counted(count, 'point')}, nowhere in particular",
            f"{count}个样本点{what}，没有明显规律",
        )
    sides = say.listed([_side(item, say) for item in told])
    return say(f"{what} where {sides}", f"{what}的情形：{sides}")


def _side(item: Separation, say: Wording) -> str:
    high = item.chance_higher > 0.5
    low_end, high_end, factor = f"{item.low:.3g}", f"{item.high:.3g}", item.factor
    return say(
        f"{factor.label_en} is {'high' if high else 'low'} ({low_end} to {high_end})",
        f"{say.parameter(factor)}较{'高' if high else '低'}（{low_end}至{high_end}）",
    )


def page(found: Published, study: LoadedStudy, say: Wording) -> str:
    """Return the page as Markdown; nothing but the data files and the study enters it."""
    asked, points = study.study, len(found.design)
    whole = points >= asked.design.points
    pairs, models = len(found.pairs), len(found.labels)
    top = found.indicators[0]
    runs, weeks = (points + 1) * models * found.seeds, study.base.scenario.run.weeks
    residents = study.base.scenario.population.residents
    chinese = {model.model.name.en: model.model.name.zh for model in study.models}
    found = replace(found, labels=tuple(say(label, chinese.get(label) or label) for label in found.labels))
    first = found.ranks(0)
    sections = [
        Passage("", [
        say(
            "# Crossover search: where which governance model is better",
            "# 各治理模式的适用条件",
        ),
        say(
            f"Every pair of the {models} shipped governance models ({pairs} pairs) in "
            f"{counted(points, 'district')} that differ in load, staff, trust, thresholds and ties, {found.seeds} paired seeds "
            f"each: {runs:,} runs of {weeks} weeks. The district is {study.base.label} "
            f"(`{study.asked}`, {residents:,} residents), with equal hours and money for every "
            "model. In this model, under these assumptions: it says for which districts a finding holds, not what will happen "
            "in any of them.",
            f"{models}种治理模式两两比较（{pairs}对），涉及{points}个在任务量、人员、信任、参与门槛和社会联系上各不相同的地区，"
            f"各{found.seeds}次配对重复模拟，共{runs:,}次模拟，每次{say.span(weeks)}。地区为{say.place(study)}"
            f"（`{study.asked}`，居民{residents:,}人），各模式的工时和资金相同。本页为模拟结果，多数输入值为假设；"
            "说明某一结论适用于哪些地区，不预测其中任何地区的实际情况。",
        ),
        *([] if whole else [say(
            f"**The search is not complete: {points} of {asked.design.points} points are in.** A Sobol sequence begins with "
            "its shorter ones, so these are a balanced part of the whole; the command below continues it.",
            f"**搜索尚未完成：{asked.design.points}个样本点中已有{points}个。** Sobol序列由较短的序列逐步延长，"
            "因此已有部分分布均衡；用下列命令可继续。",
        )]),
        ]),
        Passage(say("What varies", "变动的参数"), [
        say(
            "Ranges lie around the scenario's own values (*today*); points are a scrambled Sobol sequence (seed "
            f"{asked.design.seed}).",
            f"取值范围在情景现值附近；样本点为加扰的Sobol序列（随机种子{asked.design.seed}）。",
        ),
        TextTable([
            [say("parameter", "参数"), say("unit", "单位"), say("lowest", "下限"), say("today", "现值"),
             say("highest", "上限"), say("status", "依据")],
            *([say(f"`{f.path}`", say.parameter(f)), say(f.unit, say.unit(f.unit)), f"{f.low:g}", f"{f.today:g}",
               f"{f.high:g}", say.word(f.status)] for f in study.factors),
        ]),
        ]),
        Passage(say("How a point is classed", "样本点如何归类"), [
        say(
            "At each point two models are compared seed by seed with a paired t interval: one is better where the interval "
            "leaves zero out, undecided elsewhere. Of all calls of an indicator, over all points and pairs, at most 5 % are "
            "expected to be wrong (Benjamini and Hochberg 1995); the intervals are widened accordingly, to "
            f"{1 - found.chance[0]:.2%} for the first indicator. A model is *best* at a point where it is better than all "
            "the others, *not best* where some other one is better than it, *undecided* elsewhere; two models that do the same "
            "are therefore never best. A run that did not reach an indicator comes after all that did: such points have no "
            "mean, and the sign test decides them.",
            "在每个样本点，两种模式逐次配对比较，用配对t置信区间判断：区间不含零的，判为其中一种更好；否则尚难判断。"
            "同一指标在全部样本点和模式组合上的判断，预计至多5%有误（Benjamini和Hochberg，1995）；置信区间已相应放宽，第一项指标为"
            f"{1 - found.chance[0]:.2%}。某一模式在某个样本点好于其他所有模式为“最优”，有其他模式好于它为“非最优”，"
            "其余为“尚难判断”；效果相同的两种模式因此都不会最优。未达到某项数值的模拟排在已达到的之后：这类样本点没有均值，用符号检验判断。",
        ),
        ]),
        Passage(say(
            f"Best, undecided, not best: {top.label_en} ({top.unit})", f"最优、尚难判断、非最优：{say.measured(top)}"
        ), [
        TextTable([
            [say("model", "治理模式"), say("best", "最优"), say("undecided", "尚难判断"), say("not best", "非最优"),
             say("where", "情形")],
            *([label, *(str(int((first[m] == rank).sum())) for rank in (Rank.BEST, Rank.UNDECIDED, Rank.NOT_BEST)),
               best_words(first[m], found.design, say)]
              for m, label in enumerate(found.labels)),
        ]),
        say(
            "Ranges in brackets hold the middle 80 % of the points of that region. Only parameters are named that tell it from "
            "the other points beyond chance (Mann and Whitney, corrected by Bonferroni), at most three, the strongest first.",
            "括号内为该类样本点中间80%的取值。只列出与其他样本点的差别超出偶然波动的参数（曼-惠特尼检验，邦费罗尼校正），"
            "至多三个，最强的在前。",
        ),
        ]),
        _others(found, say),
        _pairs(found, say),
        _today(found, say),
        Passage(say("Data and how to repeat it", "数据与复现命令"), [
        say(
            f"[Points](data/{POINTS}), [single runs](data/{SAMPLE}) to check one's own against, and "
            f"[classes](data/{CLASSES}): one row an indicator and pair, one letter a point (A first "
            "better, B second better, . undecided, ? no value), with today's difference (second minus first), its 95% "
            "half width, and where it lies among the points. This page is made from points and classes.",
            f"[样本点](data/{POINTS})；[单次模拟](data/{SAMPLE})，可供核对；[归类](data/{CLASSES})：每项指标和每对模式一行，"
            "每个样本点一个字符（A为第一种更好，B为第二种更好，.为尚难判断，?为无数值），另有现值下的差值（第二种减第一种）、"
            "95%置信区间的一半及其在样本点中的位置。本页由样本点和归类两表生成。",
        ),
        Command(AGAIN),
        say("It can be stopped and continued; finished runs are kept.", "可中断后继续；已完成的模拟会保留。"),
        ]),
    ]  # fmt: skip
    return "\n\n".join(as_markdown(sections)) + "\n"


def _others(found: Published, say: Wording) -> Passage:
    ranks = [found.ranks(index) for index in range(len(found.indicators))]
    names = [say(item.label_en, say.name(item)) for item in found.indicators]
    rows = []
    for m, label in enumerate(found.labels):
        cells = []
        for states in ranks:
            best, level = int((states[m] == Rank.BEST).sum()), int((states[m] == Rank.UNDECIDED).sum())
            flagged = " **!**" if best > DOMINATING * len(found.design) else ""
            cells.append(f"{best} / {level}{flagged}")
        rows.append([label, *cells])
    costly = say("; ", "；").join(
        say(f"{label} in {names[k]}", f"{label}（{names[k]}）")
        for k, states in enumerate(ranks)
        for m, label in enumerate(found.labels)
        if (states[m] == Rank.BEST).sum() > DOMINATING * len(found.design)
    )
    most, points = f"{DOMINATING:.0%}", len(found.design)
    marked = say(
        f"**!** marks a model that is best in more than {most} of points – {_costs(say)}: {costly}.",
        f"**!**表示在{most}以上的样本点最优，{_costs(say)}：{costly}。",
    )
    none = say(
        f"No model is best in more than {most} of points in any of them.",
        f"没有一种模式在任何指标上于{most}以上的样本点最优。",
    )
    valued = [int((sides != PointOwner.NO_VALUE).sum()) for sides in found.sides]
    rows.append([
        say("pairs × points with a value", "有数值的模式对×样本点"),
        *(say(f"{count:,} of {found.sides[0].size:,}", f"{count:,}/{found.sides[0].size:,}") for count in valued),
    ])  # fmt: skip
    return Passage(
        say("All indicators", "全部指标"),
        [
            say(
                f"Points in which a model is best / undecided, of {points}; in the others it is not best. "
                f"{marked if costly else none} A pair of models without a value at a point counts as undecided there; the last "
                "row says how many pairs have one.",
                f"{points}个样本点中该模式最优/尚难判断的个数，其余为非最优。{marked if costly else none}"
                "某个样本点上没有数值的模式对按尚难判断计；最后一行为有数值的个数。",
            ),
            TextTable([[say("model", "治理模式"), *names], *rows]),
        ],
    )


def _pairs(found: Published, say: Wording) -> Passage:
    count, top = len(found.labels), found.indicators[0]
    better = np.zeros((count, count), np.intp)
    for (a, b), sides in zip(found.pairs, found.sides[0], strict=True):
        better[a, b], better[b, a] = (sides == PointOwner.FIRST).sum(), (sides == PointOwner.SECOND).sum()
    rows = [
        [f"{m + 1} {label}", *("" if m == k else str(better[m, k]) for k in range(count))]
        for m, label in enumerate(found.labels)
    ]
    return Passage(
        say(f"Pair by pair: {top.label_en}", f"两两比较：{say.name(top)}"),
        [
            say(
                "Points in which the model of the row is better than that of the column; what the two cells of a pair leave "
                "over is undecided.",
                "行所列模式好于列所列模式的样本点数；同一对模式两格之外的为尚难判断。",
            ),
            TextTable([["", *(str(k + 1) for k in range(count))], *rows]),
        ],
    )


def _today(found: Published, say: Wording) -> Passage:
    low, high = MIDDLE
    top = found.indicators[0]
    rows, outside, counted_pairs = [], 0, 0
    for rank, (a, b) in enumerate(found.pairs):
        place = float(found.quantile[0, rank])
        if not np.isfinite(place):
            continue
        counted_pairs += 1
        if ordinary(place):
            continue
        outside += 1
        mean, half = float(found.today[0, rank]), float(found.half_width[0, rank])
        first, second = found.labels[a], found.labels[b]
        ends = [number(float(found.spread[0, rank, end]), top.decimals, sign=True) for end in (0, 2)]
        rows.append([
            say(f"{second} minus {first}", f"{second}减{first}"), number(mean, top.decimals, sign=True),
            number(half, top.decimals), say(" to ", "至").join(ends), f"{place:.2f}",
        ])  # fmt: skip
    all_pairs = counted(counted_pairs, "pair")
    outliers = say(
        f"In {outside} of {all_pairs} today's difference lies outside; what is found of these pairs today "
        "holds for few of the other districts.",
        f"{counted_pairs}对模式中有{outside}对现值下的差值在此之外；对这些模式现值下的结论只适用于少数其他地区。",
    )
    inside = say(f"That holds for all {all_pairs}.", f"{counted_pairs}对模式均符合。")
    parts: list[Part] = [
        say(
            f"A default at the edge of such a map would be a default chosen for its result: today's difference in "
            f"“{top.label_en}” should lie between the {low:.0%} and the {high:.0%} quantile of the points. ",
            f"现值若处于边缘，便有按结果选取之嫌：现值下“{say.name(top)}”的差值应在各样本点的{low:.0%}至{high:.0%}分位数之间。",
        )
        + (outliers if outside else inside),
    ]
    if rows:
        head = [
            say("outside of the middle", "处于边缘的模式"), say("today", "现值"), "±",
            say("10 % to 90 % of points", "样本点的10%至90%分位数"), say("quantile", "分位数"),
        ]  # fmt: skip
        parts.append(TextTable([head, *rows]))
    return Passage(say("Today's district among the others", "现值所在地区在各地区中的位置"), parts)
