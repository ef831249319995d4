"""The answer of a sensitivity study: noise, which parameters move models and their difference, and how little the others."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from govsim.extras import require
from govsim.results.csvtext import Cell
from govsim.results.declare import Column, Indicator
from govsim.results.errors import RefusedError
from govsim.results.values import Missing
from govsim.scenario.studies import Factor, LoadedStudy
from govsim.studies.ablations import (
    Controlled,
    control_sections,
    controls_table,
    left_under_controls,
    refuse_controls_of_one,
    runs_times,
)
from govsim.studies.answer import (
    ENDS,
    INDICATOR,
    MODEL,
    Answer,
    DataTable,
    Intervals,
    Page,
    PagePicture,
    Part,
    Passage,
    Sheet,
    Span,
    TextTable,
    indicator_cells,
)
from govsim.studies.experiments import Experiments, StudyRuns
from govsim.studies.sensitivity import (
    FILE,
    INFLUENCE,
    Analysis,
    Influence,
    Method,
    Screening,
    Standing,
    analyse,
    lay,
    parameter_order,
    points_of,
)
from govsim.studies.wording import Wording, counted, letters, listed

NAME = "sensitivity"
_ROWS, _TOP, _BARS = 10, 5, 8
_COLUMNS = (
    *INDICATOR,
    MODEL,
    Column("baseline", "baseline", "基准", "-", "Model that is subtracted seed by seed; n/a for a model alone."),
    Column("rank", "rank", "排序", "-", "1 for the most influential parameter."),
    Column("parameter", "parameter", "参数", "-", "Path of the parameter."),
    Column("parameter_en", "parameter label", "参数英文名称", "-", "English label of the parameter."),
    Column("parameter_zh", "Chinese parameter label", "参数中文名称", "-", "Chinese label of the parameter."),
    Column("status", "status", "依据", "-", "How well its value is known: found, derived, calibrated, assumed or design."),
    Column("low", "lower end", "范围下限", "the parameter's", "Lower end of its range."),
    Column("today", "today", "现值", "the parameter's", "Its value in the scenario."),
    Column("high", "upper end", "范围上限", "the parameter's", "Upper end of its range."),
    Column("method", "method", "方法", "-", "morris or sobol."),
    Column("index", "index", "敏感度", "see method",
           "morris: mean size of elementary effects, change of the indicator over the whole range, in its unit; "
           "sobol: total index, share of variance. Noise adds nothing to it on average; it may be below zero."),
    Column("index_low95", "low end", "95%下限", "see method", "Low end of its 95% interval."),
    Column("index_high95", "high end", "95%上限", "see method", "High end of its 95% interval."),
    Column("lean", "lean", "方向性", "see method", "morris: mean elementary effect with sign; sobol: first-order index."),
    Column("spread", "spread", "交互性", "see method",
           "morris: standard deviation of elementary effects; sobol: total minus first-order index."),
    Column("p", "p value", "p值", "-", "Chance to see such steps if the parameter did nothing (Holm)."),
    Column("moves", "moves the indicator", "是否影响指标", "-", "yes where p is below 0.05, else undecided."),
    Column("smaller_than", "smaller than", "小于", "see method",
           "What the index is smaller than, as far as these seeds tell (95%); root of the mean square of effects."),
    Column("noise_single", "noise of a run", "单次运行噪声占比", "share of variance, 0-1",
           "Variance between seeds at one point, of all variance of single runs over the design."),
    Column("noise_mean", "noise of a mean", "均值噪声占比", "share of variance, 0-1",
           "The same of means over the seeds of a point."),
)  # fmt: skip


@dataclass(frozen=True)
class AnalysedIndicator:
    """An analysis and what it is about: an indicator under a model, or its difference from a baseline.

    Attributes
    ----------
    indicator : Indicator
    model, baseline : str
        Labels; an empty baseline for a model alone.
    analysis : Analysis
    """

    indicator: Indicator
    model: str
    baseline: str
    analysis: Analysis

    @property
    def words(self) -> str:
        """Which model, or which minus which."""
        return f"{self.model} minus {self.baseline}" if self.baseline else self.model

    def said(self, say: Wording, ran: Experiments) -> str:
        """Return the same in a language."""
        names = dict(zip(ran.labels, say.models(ran.labels, ran.models), strict=True))
        return say(
            self.words, f"{names[self.model]}减{names[self.baseline]}" if self.baseline else names[self.model]
        )


def sensitivity(
    study: LoadedStudy,
    runs: StudyRuns,
    method: Method,
    size: int | None,
    chosen: Sequence[Indicator],
    controls: bool = False,
) -> Answer:
    """Screen the parameters of a study.

    Parameters
    ----------
    size
        Trajectories of Morris (10), base points of Sobol (256).

    Raises
    ------
    ScenarioError, RefusedError, EnvironmentProblem
        Nothing is analysed where a run failed or has no value, or with fewer than two seeds.
    """
    if method == "morris":
        require("SALib", "the method of Morris")
    if study.study.seeds < 2:
        raise RefusedError("One seed at each point cannot tell an effect from chance: ask for two or more.")
    if controls:
        refuse_controls_of_one(study)
    number = size or (10 if method == "morris" else 256)
    runs.fit(study, points_of(method, len(study.factors), number))
    screening = lay(study.factors, method, number, study.study.design.seed)
    arms = f"{len(study.models)} models" if len(study.models) > 1 else "1 model"
    runs.say(f"{len(screening.design)} points x {arms} x {study.study.seeds} seeds.")
    each = len(study.models) * study.study.seeds
    runs.noted = each * (len(screening.design) + controls * runs_times(controls) * len(screening.starts))
    ran = runs(study, screening.design)
    left: list[list[Controlled]] = []
    if controls:
        at_starts = runs(study, screening.starts)
        left = left_under_controls(study, lambda other: runs(other, screening.starts), runs.say, at_starts)
    about = list(_about(screening, ran, chosen))
    influences = DataTable(_COLUMNS, [row for item in about for row in _rows(item, study.factors, method)])
    order = parameter_order(study.factors, _main(about))
    by_control = controls_table([item for items in left for item in items])
    tables = {
        "sensitivity.csv": influences,
        FILE: DataTable(INFLUENCE, [
            [one.place, one.parameter, one.label_en, one.label_zh, one.status, one.influence, " ".join(one.moves) or "none"]
            for one in order
        ]),
    }  # fmt: skip
    tables |= {"controls.csv": by_control} if left else {}
    counts = {"points": len(screening.design), "seeds": len(ran.seeds), "models": list(ran.labels)}
    return Answer(
        f"sensitivity-{method}", tables,
        {"method": method, "size": number, **counts, "parameters": {f.path: [f.low, f.high] for f in study.factors}},
        {"study": study.label, "method": method, **counts, "computed": ran.computed, "reused": ran.reused},
        {"influences": influences, "controls": by_control},
        lambda say: list(_text(screening, ran, about, left, runs.told, say)),
        lambda say: _sheets(screening, ran, about, say),
        page=lambda say: Page(
            NAME, say(f"Which assumptions matter: {study.label}", f"哪些假设影响结果：{say.study(study)}"),
            list(_page(screening, ran, about, order, say)),
        ),
    )  # fmt: skip


def _about(
    screening: Screening, ran: Experiments, chosen: Sequence[Indicator]
) -> Iterator[AnalysedIndicator]:
    first, *others = ran.labels
    for indicator in chosen:
        values = ran.values(indicator.name)
        for model, label in enumerate(ran.labels):
            yield AnalysedIndicator(indicator, label, "", analyse(screening, values[:, model]))
        for model, label in enumerate(others, 1):
            yield AnalysedIndicator(
                indicator, label, first, analyse(screening, values[:, model] - values[:, 0])
            )


def _main(about: Sequence[AnalysedIndicator]) -> list[tuple[str, Analysis]]:
    """Return differences from the first model, under the last of the others; of one model alone, that model."""
    last = {item.indicator.name: item for item in about}
    return [(name, item.analysis) for name, item in last.items()]


def _rows(item: AnalysedIndicator, factors: Sequence[Factor], method: Method) -> Iterator[list[Cell]]:
    indicator, analysis = item.indicator, item.analysis
    for place, found in enumerate(analysis.ranked, 1):
        factor = factors[found.rank]
        yield [
            *indicator_cells(indicator), item.model,
            item.baseline or Missing.NO_BASE, place,
            factor.path, factor.label_en, factor.label_zh, factor.status, factor.low, factor.today, factor.high, method,
            found.index, found.low, found.high, found.lean, found.spread,
            found.p, "yes" if found.found else "undecided", found.bound, analysis.noise_single, analysis.noise_mean,
        ]  # fmt: skip


def _text(
    screening: Screening,
    ran: Experiments,
    about: Sequence[AnalysedIndicator],
    left: Sequence[Sequence[Controlled]],
    told: Callable[[Wording], str],
    say: Wording,
) -> Iterator[Passage]:
    study, seeds = ran.study, len(ran.seeds)
    morris = screening.method == "morris"
    count = len(study.factors)
    yield Passage(say("What was run", "模拟内容"), [
        say(
            f"{study.label}: {_how(screening, say)} over {count} parameters of {study.base.label}: "
            f"{len(screening.design)} points, {seeds} seeds each",
            f"{say.study(study)}：{_how(screening, say)}，{say.place(study)}的{count}个参数，"
            f"{len(screening.design)}个样本点，各{seeds}次重复模拟",
        ),
        say("Runs       ", "模拟次数：") + told(say) + say("; ", "；") + say.means(study),
    ])  # fmt: skip
    first = (
        say("change over the whole range", "全范围内的变化")
        if morris
        else say("share of variance, total", "占方差比例（总效应）")
    )
    second = say("with sign", "带符号") if morris else say("alone", "单独效应")
    for item in about:
        analysis, decimals = item.analysis, _decimals(item.indicator, screening.method)
        parts: list[Part] = [
            f"{say.printed(item.indicator)}{say(': ', '：')}{item.said(say, ran)}",
            say(
                f"  Noise      {analysis.noise_single:.1%} of the variance of single runs is between seeds, "
                f"{analysis.noise_mean:.1%} of that of means over {seeds}",
                f"  偶然波动：单次模拟的方差中{analysis.noise_single:.1%}来自重复模拟之间，"
                f"{seeds}次重复模拟均值的方差中{analysis.noise_mean:.1%}",
            ),
        ]
        rows = [
            [
                say("  parameter (status)", "  参数，依据"),
                first + say(" [95% CI]", "［95%置信区间］"),
                second,
            ]
        ]
        for found in analysis.found[:_ROWS]:
            factor = study.factors[found.rank]
            interval = f"{found.index:,.{decimals}f} [{found.low:,.{decimals}f}, {found.high:,.{decimals}f}]"
            name = say(
                f"{factor.path} ({factor.status})", f"{say.parameter(factor)}，{say.word(factor.status)}"
            )
            rows.append([f"  {name}", interval, f"{found.lean:+,.{decimals}f}"])
        parts += [TextTable(rows)] if analysis.found else []
        if analysis.undecided:
            undecided = len(analysis.undecided)
            parts.append(
                say(f"  Undecided ({undecided}): ", f"  尚难判断（{undecided}个）：")
                + _smaller(analysis.undecided, study.factors, decimals, say)
            )
        yield Passage(
            f"{say(item.indicator.label_en, say.name(item.indicator))}: {item.said(say, ran)}", parts
        )
    if left:
        marks, names = letters(ran.labels), say.models(ran.labels, ran.models)
        yield Passage(
            say("Models", "治理模式"), [f"{mark} = {label}" for mark, label in zip(marks, names, strict=True)]
        )
        yield from control_sections(left, marks[1:], say)
    yield Passage(say("What it says", "如何理解"), [
        say(
            "In this model, over these ranges. Undecided does not mean none: the effect is smaller than the number beside "
            "it (95%).",
            "仅在本模型、这些取值范围内成立。尚难判断不等于没有影响：影响小于所列数值（95%）。",
        )
    ])  # fmt: skip


def _how(screening: Screening, say: Wording) -> str:
    if screening.method == "morris":
        return say(f"Morris, {screening.size} trajectories", f"Morris筛选法，{screening.size}条轨迹")
    return say(f"Sobol, {screening.size} base points", f"Sobol指数法，{screening.size}个基点")


def _smaller(
    items: Sequence[Influence], factors: Sequence[Factor], decimals: int, say: Wording, mark: str = ""
) -> str:
    """Say of parameters that are undecided what each does less than."""
    return say(", ", "；").join(
        say(f"{mark}{factors[one.rank].path}{mark} ", say.parameter(factors[one.rank]))
        + smaller(one.bound, decimals, say)
        for one in items
    )


def smaller(bound: float, decimals: int, say: Wording) -> str:
    """Say what an effect is smaller than; the number is rounded up, so that it is a bound too."""
    if bound == 0:
        return say("no difference", "相同")
    most = f"{math.ceil(bound * 10**decimals) / 10**decimals:,.{decimals}f}"
    return say(f"smaller than {most}", f"小于{most}")


def _decimals(indicator: Indicator, method: Method) -> int:
    return indicator.decimals if method == "morris" else 2


def _sheets(
    screening: Screening, ran: Experiments, about: Sequence[AnalysedIndicator], say: Wording
) -> dict[str, Sheet]:
    """Return ranked influences: on the differences between models, or on one model alone; then on each of several."""
    names = say.models(ran.labels, ran.models)
    differences = [item for item in about if item.baseline]
    if not differences:
        what = say(f"results under {names[0]}", f"{names[0]}的结果")
        return {NAME: _sheet(screening, ran, about, what, say)}
    what = say(
        f"the difference between {names[0]} and {listed(names[1:])}",
        f"{'、'.join(names[1:])}与{names[0]}之差",
    )
    models = say(f"results under {listed(names)}", f"{'、'.join(names)}各自的结果")
    alone = [item for item in about if not item.baseline]
    return {
        NAME: _sheet(screening, ran, differences, what, say),
        f"{NAME}-models": _sheet(screening, ran, alone, models, say),
    }


def _sheet(
    screening: Screening, ran: Experiments, about: Sequence[AnalysedIndicator], what: str, say: Wording
) -> Sheet:
    factors, morris = ran.study.factors, screening.method == "morris"
    panels = []
    for item in about:
        several = len({(one.model, one.baseline) for one in about}) > 1
        unit = say.unit(item.indicator.unit) if morris else say("share of variance", "占方差比例")
        spans = [
            Span(say.parameter(factors[one.rank]), one.low, one.index, one.high, one.found)
            for one in item.analysis.ranked[:_BARS]
        ]
        title = say.name(item.indicator) + (f"\n{item.said(say, ran)}" if several else "")
        panels.append(
            Intervals(title, spans, say(f"change, {unit}", f"变化，{unit}") if morris else unit, unit=unit)
        )
    measure = (
        say(
            "Change of an indicator when a parameter goes over its whole range",
            "参数从取值范围下限变到上限时指标的变化幅度",
        )
        if morris
        else say("Share of the variance of an indicator (total index)", "占指标方差的比例（总效应）")
    )
    return Sheet(
        moves_most(factors, about, what, say),
        measure + say(
            ", with 95% interval over the places in the ranges. Filled: more than chance between replications explains, "
            "whatever the interval; hollow: undecided.",
            "，横线为取值范围内各处的95%置信区间。实心：超出各次重复模拟间偶然波动所能解释，与横线是否含零无关；空心：尚难判断。",
        )
        + say(f" The {_BARS} largest of {len(factors)}.", f"图示{len(factors)}个参数中最大的{_BARS}个。")
        * (len(factors) > _BARS),
        say(
            f"{ran.study.label}: {counted(len(screening.design), 'point')}, {counted(len(ran.seeds), 'replication')} each. ",
            f"{say.study(ran.study)}：{len(screening.design)}个样本点，各{len(ran.seeds)}次重复模拟。",
        ) + say.terms,
        panels, 2,
    )  # fmt: skip


def moves_most(factors: Sequence[Factor], about: Sequence[AnalysedIndicator], what: str, say: Wording) -> str:
    """Say which parameter moves most of what was looked at, or that none is found to."""
    first = parameter_order(factors, [(item.indicator.name, item.analysis) for item in about])[0]
    if not first.moves:
        count = counted(len(factors), "parameter")
        return say(
            f"No influence found of {count} on {what}",
            f"未发现{len(factors)}个参数对{what}有明确影响",
        )
    name = say.parameter(next(factor for factor in factors if factor.path == first.parameter))
    moved, of = len(first.moves), len(about)
    return say(
        f"What moves {what} most: {name} ({moved} of {counted(of, 'result')})",
        f"{what}受“{name}”影响最大：{of}项中{moved}项有明确变化",
    )


def _page(
    screening: Screening,
    ran: Experiments,
    about: Sequence[AnalysedIndicator],
    order: Sequence[Standing],
    say: Wording,
) -> Iterator[Passage]:
    study = ran.study
    base = study.base.scenario
    seeds, count, points, models = len(ran.seeds), len(study.factors), len(screening.design), len(ran.labels)
    how = (
        f"Morris screening, {screening.size} trajectories"
        if screening.method == "morris"
        else f"Sobol indices, {screening.size} base points"
    )
    yield Passage("", [
        say(
            f"{how} over {count} parameters of {study.base.label} ({base.population.residents:,} residents, "
            f"{base.run.weeks} weeks): {points} points × {models} models × {seeds} seeds = "
            f"{points * models * seeds:,} runs, {say.means(study)}. "
            "Every parameter goes over its whole range while the others stand anywhere in theirs, so these are statements "
            "about the ranges and not about the district as it is.",
            f"{_how(screening, say)}，{say.place(study)}（居民{base.population.residents:,}人，"
            f"模拟{say.span(base.run.weeks)}）的{count}个参数：{points}个样本点×{models}种模式×{seeds}次重复模拟，"
            f"共{points * models * seeds:,}次模拟，{say.means(study)}。"
            "每个参数遍历其取值范围，其他参数在各自范围内任意取值，因此结论针对取值范围，而不针对该地区现状。",
        ),
        say(
            f"Every point has the same {seeds} seeds, and the number is the mean over them. What a seed does to all points "
            "cancels in the steps of a parameter; what is left of chance is taken out of the indices, which are products of "
            "different seeds: a parameter that does nothing has 0 on average. A parameter is found to move a number if its "
            "steps are larger than its own seeds explain (F ratio, corrected over parameters by Holm, 5%). All others are "
            "undecided, with the size that their effect is smaller than (95%, at the places that were run; root of the mean "
            "square). They may still matter outside of these ranges or in other indicators.",
            f"各样本点使用相同的{seeds}个随机种子，数值为其均值。随机种子对各点的共同影响在参数变动中抵消；其余偶然影响由不同随机种子"
            "相乘从敏感度中剔除，没有影响的参数敏感度平均为0。参数变动超出自身重复模拟所能解释的，判为有明确影响（F比，"
            "按Holm法对各参数校正，5%）。其余尚难判断，并列出其影响小于多少（95%，限于所模拟的位置；均方根）。"
            "它们在取值范围之外或对其他指标仍可能有影响。",
        ),
    ])  # fmt: skip
    what = (
        say("the difference between the models", "各模式之差") if models > 1 else say("the model", "该模式")
    )
    by_path = {factor.path: factor for factor in study.factors}
    named = {item.indicator.name: say(item.indicator.name, say.name(item.indicator)) for item in about}
    rows = [[
        "", say("parameter", "参数"), say("meaning", "含义"), say("status", "依据"), say("range", "取值范围"),
        say("today", "现值"), say("influence", "影响程度"), say("moves", "影响的指标"),
    ]]  # fmt: skip
    for one in [item for item in order if item.moves][:_TOP]:
        factor = by_path[one.parameter]
        rows.append([
            str(one.place), f"`{one.parameter}`", say(f"{one.label_en}, {factor.unit}", say.label(factor)),
            say.word(one.status), f"{factor.low:g}–{factor.high:g}", f"{factor.today:g}", f"{one.influence:.2f}",
            say(", ", "、").join(named[name] for name in one.moves),
        ])  # fmt: skip
    nothing = say(", ", "、").join(
        say(f"`{item.parameter}`", say.parameter(by_path[item.parameter])) for item in order if not item.moves
    )
    top: list[Part] = [
        say(
            f"Over all indicators below, by what they do to {what}: *influence* is the mean over the indicators of a "
            "parameter's index as a share of the largest index of any parameter, counted as 0 where it is undecided.",
            f"按对{what}的影响，综合以下各项指标：“影响程度”为该参数敏感度占各参数最大敏感度的比例在各指标上的均值，"
            "尚难判断的按0计。",
        ),
        TextTable(rows, (1, 2, 3, 7)),
    ]
    if nothing:
        top.append(say(
            f"Undecided for {what} in all of these indicators: {nothing}. The tables say how small that is.",
            f"对{what}在各项指标上均尚难判断的：{nothing}。其影响小于多少见下表。",
        ))  # fmt: skip
    picture = PagePicture(
        f"{NAME}{ENDS[say.language]}.png", say("Indices with 95% intervals", "敏感度及其95%置信区间")
    )
    yield Passage(say(f"The {_TOP} most influential", f"影响最大的{_TOP}个参数"), [*top, picture])
    noise = [[say("number", "指标"), say("of", "对象"), say("single runs", "单次模拟"), say("means", "均值")]]
    for item in about:
        shares = (f"{item.analysis.noise_single:.1%}", f"{item.analysis.noise_mean:.1%}")
        noise.append([say.printed(item.indicator), item.said(say, ran), *shares])
    yield Passage(say("Noise", "偶然波动"), [
        say(
            "Share of variance that is between seeds at one point, over the whole design: of single runs, and of means over "
            f"{seeds}.",
            f"同一样本点各次重复模拟之间的方差占全部方差的比例：单次模拟，以及{seeds}次重复模拟的均值。",
        ),
        TextTable(noise, (0, 1)),
    ])  # fmt: skip
    for item in about:
        name = say(item.indicator.label_en, say.name(item.indicator))
        heading = f"{name}{say(': ', '：')}{item.said(say, ran)}"
        yield Passage(heading, list(_table(screening, study.factors, item, say)))


def _table(
    screening: Screening, factors: Sequence[Factor], item: AnalysedIndicator, say: Wording
) -> Iterator[Part]:
    morris, decimals = screening.method == "morris", _decimals(item.indicator, screening.method)
    if item.analysis.found:
        unit = say(
            f"change over the range, {item.indicator.unit}",
            f"全范围内的变化，{say.unit(item.indicator.unit)}",
        )
        index = unit if morris else say("total index", "总效应")
        lean = say("with sign", "带符号") if morris else say("first order", "单独效应")
        rows = [
            [
                say("parameter", "参数"),
                index,
                say("95% interval", "95%置信区间"),
                lean,
                say("spread", "交互性"),
            ]
        ]
        for one in item.analysis.found:
            low, high = f"{one.low:.{decimals}f}", f"{one.high:.{decimals}f}"
            rows.append([
                say(f"`{factors[one.rank].path}`", say.parameter(factors[one.rank])), f"{one.index:.{decimals}f}",
                say(f"{low} to {high}", f"{low}至{high}"), f"{one.lean:+.{decimals}f}", f"{one.spread:.{decimals}f}",
            ])  # fmt: skip
        yield TextTable(rows)
    if item.analysis.undecided:
        undecided = _smaller(item.analysis.undecided, factors, decimals, say, "`")
        yield f"{say('Undecided: ', '尚难判断：')}{undecided}{say('.', '。')}"
