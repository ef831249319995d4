"""The answer of a calibration: the accepted region, what the patterns settle and what they do not."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence

import numpy as np

from govsim.extras import require
from govsim.results.csvtext import Cell
from govsim.results.declare import Column
from govsim.results.provenance import portable
from govsim.results.store import slug
from govsim.results.values import Missing
from govsim.scenario.studies import LoadedStudy
from govsim.studies.answer import (
    ENDS,
    INDICATOR,
    Answer,
    Command,
    DataTable,
    Intervals,
    Page,
    PagePicture,
    Part,
    Passage,
    Sheet,
    Span,
    TextTable,
    Tiles,
    parameter_columns,
)
from govsim.studies.calibration import Runs, Target
from govsim.studies.calibration.reading import HIGH, LOW, ReadCalibration, share_inside
from govsim.studies.calibration.reading import reveal as read_held_out
from govsim.studies.calibration.reading import twins as run_twins
from govsim.studies.calibration.search import calibrate, independent
from govsim.studies.experiments import StudyRuns
from govsim.studies.wording import Wording, counted

NAME = "calibration"
_COLUMNS = {item.name: item for item in (
    Column("point", "point", "样本点", "-", "Number of the point, from 0."),
    Column("round", "round", "轮次", "-", "0 for the design, then rounds in the region."),
    Column("first_seed", "seed", "随机种子", "-", "First seed of the point."),
    *INDICATOR,
    Column("low", "lower end", "下限", "see unit", "Lower end of the published range, or of the interval of a parameter."),
    Column("middle", "median", "中位数", "see unit", "Median of the region."),
    Column("high", "upper end", "上限", "see unit", "Upper end of it."),
    Column("runs_mean", "mean of its runs", "模拟均值", "see unit", "Mean over the runs of the point."),
    Column("expected", "expected", "期望值", "see unit", "What is expected at the point."),
    Column("distance", "distance", "偏离", "half-widths", "How far outside of its range, in half-widths of it."),
    Column("accepted", "accepted", "是否接受", "-", "yes or no."),
    Column("first", "first figure", "指标一", "-", "Check figure."),
    Column("second", "second figure", "指标二", "-", "Check figure."),
    Column("share_first", "first met", "指标一达到的概率", "0-1", "Chance that a run anywhere meets the first."),
    Column("share_second", "second met", "指标二达到的概率", "0-1", "Chance that a run anywhere meets the second."),
    Column("share_both", "both met", "同时达到的概率", "0-1", "Chance that it meets both."),
    Column("ratio", "over unrelated", "与互不相关时之比", "-", "share_both over the product of the two."),
    Column("rank_correlation", "rank correlation", "秩相关系数", "-", "Spearman's."),
    Column("verdict", "verdict", "判断", "-", "What follows."),
    Column("parameter", "parameter", "参数", "-", "Path of the parameter."),
    Column("status", "status", "依据", "-", "How well its value is known."),
    Column("prior_low", "lowest tried", "考察下限", "see unit", "Lower end of what was tried."),
    Column("prior_high", "highest tried", "考察上限", "see unit", "Upper end of what was tried."),
    Column("today", "today", "现值", "see unit", "Value in the scenario."),
    Column("width", "width", "相对宽度", "0-1", "Width of the interval over that of what was tried."),
    Column("partner", "trades off with", "此消彼长的参数", "-", "Parameter with which it trades off; - without."),
    Column("today_inside", "today inside", "现值是否在内", "-", "Whether the scenario's own value lies in the interval."),
    Column("runs_with_a_value", "runs with a value", "有数值的模拟次数", "runs", "Runs in which the figure has a value."),
    Column("runs", "runs", "模拟次数", "runs", "All runs."),
    Column("share_inside", "met anywhere", "任意点达到的概率", "0-1", "Chance that a run anywhere lies in the range."),
    Column("explained", "learnt", "可推知的比例", "0-1", "Share of the variance that other runs foretell."),
    Column("covered_90", "covered", "90%区间覆盖率", "0-1", "Share of runs inside of their 90 % intervals."),
    Column("noise", "noise", "偶然波动", "see unit", "Standard deviation by chance."),
    Column("logarithm", "logarithm", "是否取对数", "-", "Whether the logarithm was learnt."),
    Column("accepted_points", "accepted points", "可接受的样本点", "points", "Number of them."),
    Column("accepted_low", "lowest accepted", "可接受范围下限", "see unit", "5% quantile over accepted points."),
    Column("accepted_median", "median accepted", "可接受范围中位数", "see unit", "Median over them."),
    Column("accepted_high", "highest accepted", "可接受范围上限", "see unit", "95% quantile over them."),
    Column("accepted_inside", "accepted inside", "可接受样本点区间内占比", "0-1", "Share of accepted points in the range."),
    Column("design_inside", "design inside", "设计样本点区间内占比", "0-1", "Share of points of the design in the range."),
    Column("twin", "district", "检验地区", "-", "Number of the district with known parameters."),
    Column("in_region", "in the region", "是否在范围内", "-", "Whether the truth lies in the 90 % region."),
    Column("truth", "truth", "真实值", "see unit", "Value with which the district was made."),
    Column("in_interval", "in the interval", "是否在区间内", "-", "Whether the truth lies in its own 90 % interval."),
)}  # fmt: skip


def _heads(names: str) -> list[Column]:
    return [_COLUMNS[name] for name in names.split()]


_PULLS_SHOWN = 8
_POOR = 0.5
"""Share of variance below which a pattern is said to be mostly chance."""
_SHADES = {"identified": 1.0, "weakly identified": 0.6, "not identifiable": 0.25}
_VERDICTS_ZH = {"identified": "可确定", "weakly identified": "较难确定", "not identifiable": "无法确定"}
_SIDES = (0, -1)
"""Columns of words in printed tables."""


def calibration(
    study: LoadedStudy, runs: StudyRuns, again: Sequence[str], reveal: bool = False, twins: int = 0
) -> Answer:
    """Calibrate a study.

    Parameters
    ----------
    again
        Words of the command that reveals held-out patterns.
    reveal
        Read them.
    twins
        Districts with known parameters that are to be found again.
    """
    require("sklearn", "calibration")
    asked = study.study.calibration
    runs.fit(study, study.points + asked.rounds * asked.points)
    found = calibrate(study, runs.options)
    runs.judge((found if isinstance(found, Runs) else found.runs).outcome)
    assert not isinstance(found, Runs)
    if (runs.options.out / slug(study.label) / "held_out.csv").exists() and not reveal:
        runs.say("held_out.csv is there: held-out patterns of this study have been read before.")
    answer = ReadCalibration(
        found,
        read_held_out(found) if reveal else (),
        run_twins(study, found.emulators, twins, runs.options) if twins else (),
    )
    tables, command = _tables(answer), shlex.join(again)
    facts = {"study": study.label, "runs": len(found.runs.results), "tolerance": found.accepted.tolerance}
    return Answer(
        "", {f"{name}.csv": table for name, table in tables.items()}, {}, facts, tables,
        lambda say: list(_sections(answer, command, say)), lambda say: {NAME: _sheet(answer, say)}, nulls=True,
        page=lambda say: _page(answer, shlex.join(portable(list(again))), say),
    )  # fmt: skip


def _page(answer: ReadCalibration, again: str, say: Wording) -> Page:
    english = "Region of each parameter, and how often pairs of patterns are met together"
    about = say(english, "各参数的可接受范围，以及对照指标两两同时达到的情况")
    picture = PagePicture(f"{NAME}{ENDS[say.language]}.png", about)
    return Page(NAME, say.study(answer.found.study), [Passage("", [picture]), *_sections(answer, again, say)])


def _accepted_table(answer: ReadCalibration) -> DataTable:
    """Return accepted points, one a row; the header names parameters, so that it is a list of points for a study."""
    runs, chosen = answer.found.runs, answer.found.accepted.points
    most = answer.found.study.study.calibration.region
    header = parameter_columns(answer.found.study.factors)
    return DataTable(
        header, [[float(value) for value in runs.design.points[point]] for point in chosen[:most]]
    )


def _patterns_table(answer: ReadCalibration) -> DataTable:
    """Return every point with every fitted pattern: what its runs showed, what is expected, how far it is outside."""
    found = answer.found
    runs, took = found.runs, found.accepted
    values = {target.name: runs.values(target.name) for target in found.targets.fitted}
    rows: list[list[Cell]] = []
    kept = {int(point) for point in took.points}
    for point in range(len(runs)):
        for rank, target in enumerate(found.targets.fitted):
            distance = float(took.distances[point, rank])
            shown = float(values[target.name][point].mean())
            rows.append([
                point, int(runs.rounds[point]), runs.seed(point, 0), target.name, target.indicator.unit,
                target.low, target.high, shown if np.isfinite(shown) else Missing.NO_BASE, float(took.expected[point, rank]),
                distance if np.isfinite(distance) else Missing.NO_BASE, "yes" if point in kept else "no",
            ])  # fmt: skip
    return DataTable(
        _heads("point round first_seed indicator unit low high runs_mean expected distance accepted"), rows
    )


def _pulled_table(answer: ReadCalibration) -> DataTable:
    """Return every pair of patterns."""
    return DataTable(_heads("first second share_first share_second share_both ratio rank_correlation verdict"), [
        [
            pull.first.name, pull.second.name, pull.share_first, pull.share_second, pull.both,
            Missing.NO_BASE if pull.ratio is None else pull.ratio, pull.correlation, pull.verdict,
        ]
        for pull in answer.pulls
    ])  # fmt: skip


def _identifiable_table(answer: ReadCalibration) -> DataTable:
    """Return what the region says of each parameter."""
    header = (
        "parameter label_en label_zh unit status prior_low prior_high today low middle high width "
        "partner rank_correlation today_inside verdict"
    )
    return DataTable(_heads(header), [
        [
            one.factor.path, one.factor.label_en, one.factor.label_zh, one.factor.unit, one.factor.status,
            one.factor.low, one.factor.high, one.factor.today, one.low, one.middle, one.high, one.width,
            one.partner.path if one.partner else "-", one.correlation, "yes" if one.today_inside else "no", one.verdict,
        ]
        for one in answer.known
    ])  # fmt: skip


def _moved_table(answer: ReadCalibration) -> DataTable:
    """Return rank correlations of parameters with patterns over the design."""
    targets = answer.found.targets.fitted
    rows: list[list[Cell]] = [
        [factor.path, *(float(value) for value in row)]
        for factor, row in zip(answer.found.study.factors, answer.effects, strict=True)
    ]
    return DataTable([*_heads("parameter"), *(target.indicator for target in targets)], rows)


def _learnt_table(answer: ReadCalibration) -> DataTable:
    """Return how well each pattern was learnt from the runs."""
    header = (
        "indicator unit low high runs_with_a_value runs share_inside explained covered_90 noise logarithm accepted_low "
        "accepted_high"
    )
    rows: list[list[Cell]] = []
    for rank, emulator in enumerate(answer.found.emulators):
        target = emulator.target
        ends = answer.ends(rank)
        rows.append([
            target.name, target.indicator.unit, target.low, target.high, *emulator.runs, answer.inside(target),
            emulator.explained, emulator.covered, emulator.noise, "yes" if emulator.logarithm else "no", *ends,
        ])  # fmt: skip
    return DataTable(_heads(header), rows)


def _held_out_table(answer: ReadCalibration) -> DataTable:
    """Return the held-out patterns at accepted points and at the points of the design."""
    rows: list[list[Cell]] = []
    for one in answer.held_out:
        target = one.target
        if not len(one.values):
            continue
        low, middle, high = (float(q) for q in np.quantile(one.values, [LOW, 0.5, HIGH]))
        rows.append([
            target.name, target.indicator.unit, target.low, target.high, len(one.values), low, middle, high,
            share_inside(target, one.values), share_inside(target, one.before),
        ])  # fmt: skip
    return DataTable(
        _heads(
            "indicator unit low high accepted_points accepted_low accepted_median accepted_high accepted_inside design_inside"
        ),
        rows,
    )


def _twin_rows_table(answer: ReadCalibration) -> DataTable:
    """Return every parameter of every twin."""
    rows: list[list[Cell]] = []
    for number, twin in enumerate(answer.twins, 1):
        for one, truth, inside in zip(twin.known, twin.truth, twin.intervals(), strict=True):
            rows.append([
                number, "yes" if twin.inside else "no", one.factor.path, float(truth), one.low, one.middle, one.high,
                "yes" if inside else "no", one.width, one.verdict,
            ])  # fmt: skip
    return DataTable(_heads("twin in_region parameter truth low middle high in_interval width verdict"), rows)


def _tables(answer: ReadCalibration) -> dict[str, DataTable]:
    """Return all tables by name of their files; held-out patterns and twins only where there are any."""
    found = {
        "accepted": _accepted_table(answer), "patterns": _patterns_table(answer), "pulls": _pulled_table(answer),
        "identifiable": _identifiable_table(answer), "effects": _moved_table(answer), "emulators": _learnt_table(answer),
    }  # fmt: skip
    if answer.held_out:
        found["held_out"] = _held_out_table(answer)
    if answer.twins:
        found["twins"] = _twin_rows_table(answer)
    return found


def _sections(answer: ReadCalibration, again: str, say: Wording) -> Iterator[Passage]:
    yield Passage(say("What was run", "模拟内容"), _head(answer, say))
    yield Passage(say("The region", "可接受的参数范围"), _region(answer, say))
    yield Passage(say("Patterns", "对照指标"), _patterns(answer, say))
    yield Passage(say("Which patterns pull against which", "难以同时达到的对照指标"), _pulls(answer, say))
    settled = say("Parameters: what the patterns settle and what they do not", "参数：哪些可由对照指标确定")
    yield Passage(settled, _parameters(answer, say))
    yield Passage(say("The scenario as it is", "情景现值"), _today(answer, say))
    yield Passage(say("Held-out patterns", "预留的对照指标"), _held_out(answer, again, say))
    if answer.twins:
        yield Passage(say("Twin experiment", "已知参数的检验"), _twins(answer, say))


def _head(answer: ReadCalibration, say: Wording) -> list[Part]:
    found = answer.found
    rounds = [int((found.runs.rounds == number).sum()) for number in range(int(found.runs.rounds.max()) + 1)]
    sizes = say(f"{rounds[0]} points of the design", f"设计中的{rounds[0]}个样本点") + "".join(
        say(f", then {size} in the region", f"，再加范围内的{size}个") for size in rounds[1:]
    )
    study, runs = found.study, len(found.runs.results)
    parameters, patterns = len(study.factors), len(found.targets.fitted)
    (model,) = say.models([study.models[0].model.name.en], study.models[:1])
    return [
        say(f"{study.label}: {model}", f"{say.study(study)}：{model}"),
        say(
            f"{counted(runs, 'run')} ({sizes}), {counted(parameters, 'parameter')}, "
            f"{counted(patterns, 'pattern')}. Everything below holds in this model, under these assumptions.",
            f"{runs}次模拟（{sizes}），{parameters}个参数，{patterns}项对照指标。以下各项{say.terms}",
        ),
    ]


def _region(answer: ReadCalibration, say: Wording) -> list[Part]:
    took = answer.found.accepted
    count = len(took.points)
    points = counted(count, "point")
    if took.tolerance == 0:
        words = say(
            f"{points} accepted: every pattern lies in its range.",
            f"接受{count}个样本点：各项对照指标均在公开数据区间内。",
        )
    else:
        farthest = took.distances[took.points].max(axis=0)
        outside = say.listed([
            _short(target, say) + say(f" (by up to {far:.2g})", f"（最多{far:.2g}）")
            for target, far in zip(answer.found.targets.fitted, farthest, strict=True)
            if far > 0
        ])  # fmt: skip
        best = float(took.worst.min())
        few = int((took.worst == 0).sum())
        have = "points that were run have" if few > 1 else "point that was run has"
        many = f"{few:,} {have}" if few else f"No {have}"
        words = say(
            f"{many} every pattern in its range; the nearest {points} are accepted, which miss none by more than "
            f"{took.tolerance:.2g} half-widths of a range (the best by {best:.2g}). Outside at some of them: {outside}.",
            f"各项对照指标均在区间内的样本点有{few}个；接受最接近的{count}个，偏离均不超过区间半宽的{took.tolerance:.2g}倍"
            f"（最好的为{best:.2g}倍）。其中有样本点超出区间的：{outside}。",
        )
    power, patterns = independent(answer.found.emulators), len(answer.found.emulators)
    share = f"{np.exp(answer.found.drawn.log_mass):.1e}"
    return [words + say(
        f" Before the runs every point in the ranges was as likely as any other; a share of {share} of that space is left. "
        f"Chance moves patterns together: the {patterns} weigh as much as {power:.1f} independent ones.",
        f"模拟之前范围内各点同样可能，现余其中的{share}。偶然因素使对照指标同向变动：{patterns}项相当于{power:.1f}项独立指标。",
    )]  # fmt: skip


def _patterns(answer: ReadCalibration, say: Wording) -> list[Part]:
    rows = [[
        say("pattern", "对照指标"), say("range", "公开数据区间"), say("accepted points", "可接受的样本点"),
        say("met anywhere", "任意点达到的概率"), say("learnt", "可由模拟推知的比例"),
    ]]  # fmt: skip
    for rank, emulator in enumerate(answer.found.emulators):
        target, places = emulator.target, emulator.target.indicator.decimals
        low, high = answer.ends(rank)
        rows.append([
            _short(target, say), _span(f"{target.low:g}", f"{target.high:g}", say),
            _span(f"{low:.{places}f}", f"{high:.{places}f}", say),
            f"{answer.inside(target):.0%}", f"{max(emulator.explained, 0.0):.0%}",
        ])  # fmt: skip
    poor = [_short(e.target, say) for e in answer.found.emulators if e.explained < _POOR]
    note = say(
        "accepted points: where 90 % of their expected values lie. met anywhere: probability that a run at any point of the "
        "ranges lies inside. learnt: share of the variance over runs that the other runs foretell.",
        "可接受的样本点：其期望值的90%所在范围。任意点达到的概率：范围内任一样本点的一次模拟落入区间的概率。"
        "可由模拟推知的比例：各次模拟的方差中可由其他模拟推知的部分。",
    )
    partly = [
        _short(e.target, say) + say(" in {} of {} runs", "（{1}次模拟中{0}次）").format(*e.runs)
        for e in answer.found.emulators if e.runs[0] < e.runs[1]
    ]  # fmt: skip
    if partly:
        note += say(f" Has a value only: {say.listed(partly)}.", f"仅部分模拟有数值：{say.listed(partly)}。")
    if poor:
        note += say(
            f" Mostly chance, or too few runs to learn it: {say.listed(poor)}.",
            f"主要由偶然因素决定，或模拟次数不足以推知：{say.listed(poor)}。",
        )
    return [TextTable(rows, _SIDES), note]


def _span(low: str, high: str, say: Wording) -> str:
    return say(f"{low} to {high}", f"{low}至{high}")


def _pulls(answer: ReadCalibration, say: Wording) -> list[Part]:
    against = [pull for pull in answer.pulls if pull.verdict == "against each other"]
    if not against:
        return [say(
            "No two patterns pull against each other: each pair is met about as often as its members.",
            "没有难以同时达到的两项对照指标：每两项同时达到的机会与各自达到的机会相当。",
        )]  # fmt: skip
    met = say("met", "达到")
    rows = [[
        say("pull against each other", "难以同时达到"), met, met, say("both", "同时达到"), say("if unrelated", "互不相关时"),
    ]]  # fmt: skip
    rows += [
        [
            f"{_short(p.first, say)} / {_short(p.second, say)}", f"{p.share_first:.0%}", f"{p.share_second:.0%}",
            f"{p.both:.1%}", f"{p.share_first * p.share_second:.1%}",
        ]
        for p in against[:_PULLS_SHOWN]
    ]  # fmt: skip
    left = len(against) - _PULLS_SHOWN
    more = say(f"and {counted(left, 'pair')} more in pulls.csv", f"另有{left}对，见数据表pulls.csv")
    return [TextTable(rows, _SIDES), *([more] if left > 0 else [])]


def _parameters(answer: ReadCalibration, say: Wording) -> list[Part]:
    rows = [[
        say("parameter", "参数"), say("tried", "考察范围"), say("90 % of the region", "可接受范围的90%"),
        say("today", "现值"), say("verdict", "判断"),
    ]]  # fmt: skip
    for one in answer.known:
        verdict = say(one.verdict, _VERDICTS_ZH[one.verdict])
        if one.partner:
            verdict += say(
                f", trades off with {one.partner.path} ({one.correlation:+.2f})",
                f"，与“{say.parameter(one.partner)}”此消彼长（{one.correlation:+.2f}）",
            )
        rows.append([
            say(one.factor.path, say.parameter(one.factor)), _span(f"{one.factor.low:g}", f"{one.factor.high:g}", say),
            _span(f"{one.low:.3g}", f"{one.high:.3g}", say),
            f"{one.factor.today:g}{'' if one.today_inside else ' *'}", verdict,
        ])  # fmt: skip
    note = say(
        "not identifiable: the interval is nearly as wide as what was tried, or is known only together with another.",
        "无法确定：区间与考察范围几乎同宽，或只能与另一参数一起确定。",
    )
    if not all(one.today_inside for one in answer.known):
        note = say(f"* outside of the interval. {note}", f"*表示在区间之外。{note}")
    return [TextTable(rows, _SIDES), note, _assumptions(answer, say)]


def _assumptions(answer: ReadCalibration, say: Wording) -> str:
    """Say what stays an assumption: what was not settled, and what did not vary."""
    base = answer.found.study.base
    unsettled = [one.factor for one in answer.known if one.verdict == "not identifiable"]
    loose = say.listed([say(factor.path, say.parameter(factor)) for factor in unsettled])
    varied = {one.factor.path for one in answer.known}
    others = sum(origin.status == "assumed" for path, origin in base.origins.items() if path not in varied)
    words = say(
        f"{counted(others, 'other value')} that the scenario assumes did not vary, and stay as they are (govsim show).",
        f"情景中另有{others}个假设取值未变动，保持原样。",
    )
    return say(f"Stay assumptions: {loose}. {words}", f"仍为假设：{loose}。{words}") if loose else words


def _today(answer: ReadCalibration, say: Wording) -> list[Part]:
    if answer.today is None:
        return [say("The scenario's own values lie outside of what was tried.", "情景现值在考察范围之外。")]
    outside = [(target, value) for target, value, far in answer.today if far > 0]
    if not outside:
        return [say(
            "The scenario's own values: every pattern is expected in its range.",
            "按情景现值，各项对照指标预计均在公开数据区间内。",
        )]  # fmt: skip
    told = say.listed([
        _short(target, say) + say(
            f" ({value:.{target.indicator.decimals}f}, range {target.low:g} to {target.high:g})",
            f"（{value:.{target.indicator.decimals}f}，区间{target.low:g}至{target.high:g}）",
        )
        for target, value in outside
    ])  # fmt: skip
    return [say(
        f"The scenario's own values lie outside of the region: expected outside are {told}.",
        f"情景现值不在可接受范围内，预计超出区间的有：{told}。",
    )]  # fmt: skip


def _held_out(answer: ReadCalibration, again: str, say: Wording) -> list[Part]:
    targets = answer.found.targets.held_out
    if not targets:
        return [
            say(
                "No pattern is held out, so nothing tests the region.",
                "没有预留对照指标，可接受范围未经检验。",
            )
        ]
    if not answer.held_out:
        names = say.listed([_short(target, say) for target in targets])
        told = say(
            f"Held out and not read: {names}. To read them, when nothing is to be changed any more:",
            f"预留而未读取：{names}。不再改动时用下列命令读取：",
        )
        return [told, Command(again)]
    rows = [[
        say("held out", "预留的对照指标"), say("range", "公开数据区间"), say("accepted points", "可接受的样本点"),
        say("inside", "区间内占比"), say("design inside", "设计样本点区间内占比"),
    ]]  # fmt: skip
    for one in answer.held_out:
        target, places = one.target, one.target.indicator.decimals
        name, span = _short(target, say), _span(f"{target.low:g}", f"{target.high:g}", say)
        if not len(one.values):
            rows.append([name, span, say("no value", "无数值"), "-", "-"])
            continue
        low, high = np.quantile(one.values, [0.05, 0.95])
        rows.append([
            name, span, _span(f"{low:.{places}f}", f"{high:.{places}f}", say),
            f"{share_inside(target, one.values):.0%}", f"{share_inside(target, one.before):.0%}",
        ])  # fmt: skip
    read = say(
        "They are revealed: a study that is changed now has seen them.",
        "预留指标已读取：此后再改动的研究即已知晓它们。",
    )
    return [TextTable(rows, _SIDES), read]


def _twins(answer: ReadCalibration, say: Wording) -> list[Part]:
    twins = answer.twins
    inside, count = sum(twin.inside for twin in twins), len(twins)
    each = [inside for twin in twins for inside in twin.intervals()]
    width = float(np.mean([twin.volume for twin in twins]))
    loose = say.listed([
        say(factor.path, say.parameter(factor))
        for rank, factor in enumerate(answer.found.study.factors)
        if sum(twin.known[rank].verdict == "not identifiable" for twin in twins) > count / 2
    ])  # fmt: skip
    words = say(
        f"Twin experiment: {counted(count, 'district')} with known parameters, one run of each. "
        f"The truth lies in the 90 % region in {inside} of {count}; single parameters lie in their own "
        f"90 % interval in {np.mean(each):.0%}. Intervals are {width:.0%} as wide as before on average.",
        f"已知参数的检验：{count}个参数已知的地区，各模拟一次。真实参数落入90%范围的有{inside}个；"
        f"单个参数落入各自90%区间的占{np.mean(each):.0%}。区间平均为原宽度的{width:.0%}。",
    )
    if loose:
        words += say(
            f" Not identifiable even there, in most districts: {loose}.", f"在多数地区仍无法确定的：{loose}。"
        )
    return [words]


def _short(target: Target, say: Wording) -> str:
    """Return what a check figure is called."""
    item = target.indicator
    return say(item.label_en if item.target else item.words, _plainly(say.name(item)))


def _plainly(name: str) -> str:
    """Return the name of a check figure without its number."""
    return re.sub(r"^P\d+ ", "", name)


def _sheet(answer: ReadCalibration, say: Wording) -> Sheet:
    """Return where the region lies in what was tried, and which patterns pull against which."""
    found = answer.found
    spans = []
    for one in answer.known:
        scale = one.factor.high - one.factor.low
        low, middle, high, today = (
            (value - one.factor.low) / scale for value in (one.low, one.middle, one.high, one.factor.today)
        )
        cross = today if 0 <= today <= 1 else None
        name = say.parameter(one.factor)
        spans.append(Span(name, low, middle, high, strength=_SHADES[one.verdict], cross=cross))
    place = {target.name: rank for rank, target in enumerate(found.targets.fitted)}
    ratios = {
        (max(ends), min(ends)): pull.ratio
        for pull in answer.pulls
        if pull.ratio is not None and (ends := (place[pull.first.name], place[pull.second.name]))
    }
    names = [_plainly(say.name(target.indicator)) for target in found.targets.fitted]
    runs = len(found.runs.results)
    return Sheet(
        _message(answer, say),
        say(
            "First: 90% of the accepted region within the range tried (bar; the paler, the less is known), its median (white "
            "dot), the scenario's own value (cross). Then: how often two check figures are met together, over how often if "
            "they were unrelated; below 1 they are hard to meet together.",
            "上图：可接受范围的90%在考察范围中的位置（横条，颜色越浅越难确定），白点为中位数，叉号为情景现值。"
            "下图：两项对照指标同时达到的概率与互不相关时之比，小于1表示难以同时达到。",
        ),
        say(f"{found.study.label}: {counted(runs, 'run')}. ", f"{say.study(found.study)}：{runs}次模拟。") + say.terms,
        [Intervals(say("parameters", "参数"), spans, zero=False,
                   words=(say("lowest tried", "考察下限"), say("highest tried", "考察上限"))),
         Tiles(say("pairs of check figures", "对照指标两两之间"), names, ratios)],
        1,
    )  # fmt: skip


def _message(answer: ReadCalibration, say: Wording) -> str:
    """Say whether the check figures are met together, and how many parameters they settle."""
    fitted, met = len(answer.found.targets.fitted), int((answer.found.accepted.worst == 0).sum())
    settled, of = sum(one.verdict == "identified" for one in answer.known), len(answer.known)
    apart = sum(pull.verdict == "against each other" for pull in answer.pulls)
    figures = say(f"all {fitted} check figures" if fitted > 1 else "the check figure", f"{fitted}项对照指标")
    words = (
        say(f"{counted(met, 'run point')} met {figures}", f"{met}个样本点使{figures}全部达到")
        if met
        else say(f"No run point met {figures}", f"没有样本点使{figures}全部达到")
    )
    words += say(
        f"; {settled} of {counted(of, 'parameter')} {'is' if settled == 1 else 'are'} settled",
        f"；{of}个参数中可确定{settled}个",
    )
    if apart:
        words += say(
            f"; {counted(apart, 'pair')} of figures hard to meet together", f"；{apart}对指标难以同时达到"
        )
    return words
