"""The page of an optimisation: what was asked, what was found, what it hangs on, what it cannot tell."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence

from govsim.report.answers import as_markdown
from govsim.results.declare import Column
from govsim.results.values import spans
from govsim.studies.answer import Lines, PagePicture, Part, Passage, TextTable
from govsim.studies.optimise import (
    Goal,
    OptimiseAnswer,
    Verdicts,
    inside,
    portfolio_names,
    recurrences,
    row_verdicts,
    steady,
)
from govsim.studies.optimise.portfolios import Gap, Portfolio, standing
from govsim.studies.wording import Wording, counted, listed, number

_MARK = "**"


def page(
    answer: OptimiseAnswer, again: str, region: Callable[[Wording], str], figure: str, say: Wording
) -> str:
    """Return the page as Markdown.

    Parameters
    ----------
    again
        Command that makes it.
    region
        Says where the points of the region come from.
    figure
        Name of the figure's file.
    """
    study = answer.space.study
    head = [
        say(
            f"# {study.label}: portfolios of countermeasures under one budget",
            f"# {say.study(study)}：同一预算下的措施组合",
        ),
        _question(answer, say),
        say(
            f"Made by `{again}`. Do not edit: every number stands in a CSV table beside the page that the command writes.",
            f"由命令`{again}`生成，请勿手工修改：每个数字都见该命令所写的数据表。",
        ),
    ]
    portfolios: list[Part] = [
        *_names(answer, say),
        *_front(answer, say),
        PagePicture(
            figure,
            say("Gain of each portfolio in each goal, with intervals", "各组合在各目标上的变化及其置信区间"),
        ),
        say("### Better and worse than doing nothing", "### 与不采取措施相比的好与差"),
        say("Costs aside, with the changes of the table.", "不计成本，数值同上表。"),
        _bullets(_verdicts(answer, say)),
        say("### Against each other", "### 各组合相互比较"),
        _bullets(_against(answer, say)),
    ]
    fragile = [*_region(answer, region(say), say), *_changes(answer, say), _bullets(_seeds(answer, say))]
    sections = [
        Passage("", head),
        Passage(say("In short", "概要"), [_bullets(_short(answer, say))]),
        Passage(say("What was searched", "搜索范围"), [_searched(answer, say)]),
        Passage(say("The portfolios", "措施组合"), portfolios),
        Passage(say("Which measures", "哪些措施"), _measures(answer, say)),
        Passage(say("How fragile the answer is", "结论是否稳固"), fragile),
        Passage(say("What this cannot tell", "不能回答的问题"), [_bullets(_cannot(say.place(study), say))]),
    ]
    return "\n\n".join(as_markdown(sections)) + "\n"


def _bullets(lines: Iterable[str]) -> Lines:
    return Lines([f"- {line}" for line in lines])


def column(goal: Goal) -> Column:
    """Return a goal as a column, which the glossary knows."""
    return Column(goal.name, goal.label, goal.label_zh, goal.unit, "")


def _label(goal: Goal, say: Wording) -> str:
    return say(goal.label, say.name(column(goal)))


def _unit(goal: Goal, say: Wording) -> str:
    return say(goal.unit, say.unit(goal.unit))


def _nothing(say: Wording) -> str:
    return say("doing nothing", "不采取措施")


def measure(answer: OptimiseAnswer, place: int, say: Wording) -> str:
    """Return what a measure is called."""
    return say(
        answer.space.names[place], answer.space.study.measures[place][1].name.zh or answer.space.names[place]
    )


def _told(answer: OptimiseAnswer, portfolio: Portfolio, say: Wording) -> str:
    parts = []
    for part in portfolio.parts:
        words = measure(answer, part.measure, say)
        words += "" if part.strength == 1.0 else f"（力度{part.strength:.0%}）"
        last = part.start + part.length - 1
        parts.append(words + (f"，第{part.start}至{last}周" if part.length else f"，第{part.start}周起"))
    return say(answer.space.told(portfolio), "；".join(parts) or "不采取措施")


def _model(answer: OptimiseAnswer, place: int, say: Wording) -> str:
    return say.models(answer.space.models, answer.space.study.models)[place]


def _question(answer: OptimiseAnswer, say: Wording) -> str:
    study = answer.space.study
    scenario = study.base.scenario
    wanted = [(_way(goal, say), _label(goal, say)) for goal in answer.goals]
    goals = say.listed([say(f"{way} {label}", f"{label}（{way}）") for way, label in wanted])
    return say(
        "**The question.** Which countermeasures together, from when, for how long and how strongly, do best for "
        f"{study.base.label} ({scenario.population.residents:,} residents, {scenario.run.weeks} weeks), when several things "
        f"are wanted at once: {goals}? Countermeasures take their hours and money from the same budget as everything else. "
        "In this model, under these assumptions; most parameters of the scenario are assumed. Nothing here says what would "
        "happen in the real district.",
        f"**问题。** 在{say.place(study)}（居民{scenario.population.residents:,}人，模拟{say.span(scenario.run.weeks)}），"
        f"同时希望达到{goals}，应同时采取哪些措施、何时开始、持续多久、力度多大？措施所用工时和资金与其他工作出自同一预算。"
        "本页为模拟结果，多数输入值为假设；结果说明由这些假设得出什么，不是预测。",
    )


def _way(goal: Goal, say: Wording) -> str:
    return say("more", "越高越好") if goal.direction > 0 else say("less", "越低越好")


def _short(answer: OptimiseAnswer, say: Wording) -> Iterator[str]:
    names = portfolio_names(len(answer.shown))
    benefits, tried, shown = len(answer.heads), len(answer.tried.candidates), len(answer.shown)
    yield say(
        f"{tried:,} portfolios were tried. The table below shows "
        f"{counted(shown, 'portfolio')} that differ, run again with seeds that the search has not used.",
        f"共比较{tried:,}个措施组合。下表列出其中差别较大的{shown}个，用搜索中未用过的随机种子重新模拟。",
    )
    by_standing = {
        words: [
            name + (
                say(f" ({worse})", f"（{worse}）")
                if words in ("mixed", "worse") and (worse := _goals(answer, _said(answer, n).worse, say))
                else ""
            )
            for n, name in enumerate(names)
            if standing(answer.gains[n], answer.heads) == words
        ]
        for words in ("better", "mixed", "worse", "undecided")
    }  # fmt: skip
    told = {
        "better": say(
            f"Better than doing nothing in some of the {benefits} goals that are no costs, and worse in none",
            f"在{benefits}项非成本目标中部分好于不采取措施，且没有变差的目标",
        ),
        "mixed": say(
            "Better in some of these goals, but worse in others (in brackets)",
            "部分目标更好，但另一些目标变差（见括号）",
        ),
        "worse": say(
            "Worse in some of these goals and better in none (in brackets)",
            "部分目标变差（见括号），没有更好的目标",
        ),
        "undecided": say("Undecided in all of these goals", "各项目标均尚难判断"),
    }
    for words, found in by_standing.items():
        if found:
            yield f"{told[words]}{say(': ', '：')}{say.listed(found)}{say('.', '。')}"
    first = answer.shown[0]
    what, model = _told(answer, first, say), _model(answer, first.model, say)
    yield say(
        f"The most even one, {names[0]}, is {what}, under {model}. ",
        f"最均衡的是{names[0]}：{what}（{model}）。",
    ) + _row_words(answer, 0, say)
    named = {name: measure(answer, place, say) for place, name in enumerate(answer.space.names)}
    every = say.listed([named[item.measure] for item in recurrences(answer) if item.shown == shown])
    never = say.listed([named[item.measure] for item in recurrences(answer) if item.shown == 0])
    often = [item for item in recurrences(answer) if item.shown][:1]
    words = (
        say(f"In all portfolios shown: {every}. ", f"所列组合均含：{every}。")
        if every
        else say("No measure is in all portfolios shown. ", "没有一项措施为所列组合共有。")
    )
    if often and not every:
        most, times = named[often[0].measure], often[0].shown
        words += say(
            f"Most often: {most}, in {times} of {shown}. ", f"最常见的是{most}（{shown}个中{times}个）。"
        )
    yield words + (
        say(f"In none of them: {never}.", f"均不含：{never}。")
        if never
        else say("Every measure is in some of them.", "每项措施都见于部分组合。")
    )
    safe = [
        name
        for n, name in enumerate(names)
        if all(standing(row, answer.heads) == "better" for row in (answer.gains[n], answer.region[n].change))
    ]
    districts, which = len(answer.design), say.listed(safe)
    are = f"{which} {'is' if len(safe) == 1 else 'are'}" if safe else "no portfolio shown is"
    yield say(
        f"Over the {counted(districts, 'district')} of the region, as in the table, {are} "
        "better than doing nothing in some of these goals and worse in none.",
        f"在可接受范围的{districts}个地区中，与上表一样部分目标好于不采取措施且没有变差的组合：{which or '无'}。",
    )


def _said(answer: OptimiseAnswer, portfolio: int) -> Verdicts:
    return row_verdicts(answer.gains[portfolio], answer.heads)


def _goals(answer: OptimiseAnswer, places: Sequence[int], say: Wording) -> str:
    return say.listed([_label(answer.goals[n], say) for n in places])


def _row_words(answer: OptimiseAnswer, portfolio: int, say: Wording) -> str:
    """Say in which goals that are no costs a portfolio is better, worse and undecided, in the words of the table."""
    said = _said(answer, portfolio)
    parts = []
    for word, places in (
        (say("better in ", "更好："), said.better),
        (say("worse in ", "变差："), said.worse),
    ):
        cells = []
        for n in places:
            goal, cell = answer.goals[n], _cell(answer.goals[n], answer.gains[portfolio][n], say, bold=False)
            cells.append(
                say(
                    f"{goal.label} ({cell} {goal.unit})", f"{_label(goal, say)}（{cell}，{_unit(goal, say)}）"
                )
            )
        parts += [word + say.listed(cells)] if cells else []
    if said.undecided:
        parts.append(say("undecided in ", "尚难判断：") + _goals(answer, said.undecided, say))
    words = say("; ", "；").join(parts)
    return f"{words[0].upper()}{words[1:]}{say('.', '。')}"


def _cell(goal: Goal, gap: Gap, say: Wording, bold: bool = True) -> str:
    """Return a change in the goal's own unit with half its interval."""
    if not math.isfinite(gap.mean):
        return say("impossible", "不可行")
    words = number(goal.direction * gap.mean + 0.0, goal.decimals, sign=True)
    half = gap.high - gap.mean
    if math.isfinite(half):
        words += f" ± {number(half, goal.decimals)}"
    return f"{_MARK}{words}{_MARK}" if bold and gap.sign and math.isfinite(half) else words


def _searched(answer: OptimiseAnswer, say: Wording) -> str:
    space, asked = answer.space, answer.space.asked
    weeks = say.listed([say(f"week {start}", f"第{start}周") for start in asked.starts])
    lasting = say(" or ", "或").join(
        say("to the end", "持续到期末") if not length else say(f"for {length} weeks", f"持续{length}周")
        for length in asked.lengths
    )
    limits = say.listed([
        f"{number(limit, 0)}{say(' ', '')}{unit}"
        for limit, unit in (
            (asked.limits.hours_moved, say("hours moved per 1,000 residents and year", "工时/千人·年")),
            (asked.limits.yuan_moved, say("yuan moved per 1,000 residents and year", "元/千人·年")),
        )
        if limit is not None
    ])  # fmt: skip
    impossible = sum(score is None for score in answer.tried.scores)
    kept = sum(score is not None and score.allowed for score in answer.tried.scores)
    small = ", ".join(f"`{path}={value}`" for path, value in asked.search.items())
    districts = min(asked.search_points, len(answer.design)) + 1
    names = say(", ", "、").join(measure(answer, place, say) for place in range(len(space.names)))
    strengths = say(" or ", "或").join(f"{100 * s:.0f}{say(' %', '%')}" for s in asked.strengths)
    models = say(" or ", "或").join(say.models(space.models, space.study.models))
    where = (
        say("the scenario as it is", "情景本身")
        if districts == 1
        else say("the scenario as it is, and points of the region", "情景本身及可接受范围内的样本点")
    )
    tried, seeds = len(answer.tried.candidates), asked.search_seeds
    return say(
        f"Up to {asked.most} of {len(space.names)} countermeasures ({names}), each from {weeks}, "
        f"{lasting}, at {strengths} of its full strength, under {models}: at most {space.size:,.0f} portfolios. ",
        f"从{len(space.names)}项措施（{names}）中至多采取{asked.most}项，分别自{weeks}开始，{lasting}，力度为{strengths}，"
        f"治理模式为{models}：至多{space.size:,.0f}个组合。",
    ) + (
        say(f"Limits: at most {limits}. ", f"限额：至多占用{limits}。")
        if limits
        else say("No limit was set on what a portfolio moves. ", "对组合占用的工时和资金未设限额。")
    ) + say(
        "*Moved* are the hours that some tier, source and use has more than when nothing is done, and the money that some tier "
        "spends more, whoever gave them up. "
        f"NSGA-II (Deb et al. 2002) by Optuna tried {tried:,} different portfolios in "
        f"{counted(asked.generations, 'generation')} of {asked.population} (seed {asked.seed}), {kept:,} of them within the "
        f"limits, {impossible:,} impossible because their measures exclude each other. Each was run in "
        f"{counted(districts, 'district')} ({where}) with {counted(seeds, 'seed')}{', at ' + small if small else ''}, "
        "beside doing nothing with the same residents, problems and chance. A portfolio that was not tried may be better than "
        "any that was.",
        "“占用”指各层级、各来源、各用途中比不采取措施时多用的工时，以及各层级多用的资金，不论由谁让出。"
        f"用NSGA-II算法（Deb等，2002）经Optuna比较{tried:,}个不同组合，共{asked.generations}代，每代{asked.population}个"
        f"（随机种子{asked.seed}）；其中{kept:,}个在限额内，{impossible:,}个因措施互斥而不可行。每个组合在{districts}个地区"
        f"（{where}）各模拟{seeds}次{f'（设定{small}）' if small else ''}，并与居民、问题和偶然因素相同而不采取措施的情形比较。"
        "未比较的组合可能更好。",
    )  # fmt: skip


def _names(answer: OptimiseAnswer, say: Wording) -> list[Part]:
    lines = []
    for letter, portfolio in zip(portfolio_names(len(answer.shown)), answer.shown, strict=True):
        told, model = _told(answer, portfolio, say), _model(answer, portfolio.model, say)
        lines.append(
            say(
                f"{_MARK}{letter}{_MARK}: {told}. Under {model}.",
                f"{_MARK}{letter}{_MARK}：{told}。{model}。",
            )
        )
    lead = say(
        "A is the most even one (its largest shortfall to the best in any goal is smallest); then "
        "come the best in each goal "
        "that is no cost, as far as they differ, then whichever differ most from those before.",
        "A最均衡（与各目标最优者的最大差距最小）；其次为各非成本目标的最优者，再次为与前列差别最大者。",
    )
    return [lead, _bullets(lines)]


def _front(answer: OptimiseAnswer, say: Wording) -> list[Part]:
    header = [
        say("change on doing nothing", "与不采取措施相比的变化"),
        *(_heading(goal, say) for goal in answer.goals),
    ]
    rows = [
        [letter, *(_cell(goal, gap, say) for goal, gap in zip(answer.goals, row, strict=True))]
        for letter, row in zip(portfolio_names(len(answer.shown)), answer.gains, strict=True)
    ]
    today = answer.final.reference[0].mean(axis=0)
    values = [number(float(today[n]), goal.decimals, sign=False) for n, goal in enumerate(answer.goals)]
    model = _model(answer, 0, say)
    rows.append([say(f"doing nothing under {model}", f"不采取措施（{model}）"), *values])
    seeds = spans(answer.seeds).replace("-", say(" to ", "至"))
    lead = say(
        f"Run again in the whole district with {counted(len(answer.seeds), 'seed')} that the search has not used (seeds "
        f"{seeds}). ± is half the paired interval, widened for all comparisons of the table; in bold what it tells from none.",
        f"用搜索中未用过的随机种子（{seeds}）在全区重新模拟{len(answer.seeds)}次。±为配对置信区间的一半，已按本表全部比较放宽；"
        "加粗的为有明确差异。",
    )
    return [lead, TextTable([header, *rows])]


def _heading(goal: Goal, say: Wording) -> str:
    way = _way(goal, say)
    return say(f"{goal.label}, {goal.unit} ({way} is better)", f"{say.measured(column(goal))}（{way}）")


def _verdicts(answer: OptimiseAnswer, say: Wording) -> Iterator[str]:
    for n, name in enumerate(portfolio_names(len(answer.shown))):
        yield f"{_MARK}{name}{_MARK}{say(': ', '：')}{_row_words(answer, n, say)}"


def _against(answer: OptimiseAnswer, say: Wording) -> Iterator[str]:
    names = [*portfolio_names(len(answer.shown)), _nothing(say)]
    beaten = []
    for name, others in zip(names, answer.order.beaten_by, strict=True):
        by = say(", ", "、").join(names[other] for other in others)
        beaten += [say(f"{name} (by {by})", f"{name}（不如{by}）")] if others else []
    if beaten:
        yield say(
            f"Another is better in some goal, costs included, and has no worse mean in any: {say.listed(beaten)}.",
            f"另有组合在某项目标（含成本）上更好，且各项均值都不差：{say.listed(beaten)}。",
        )
    else:
        yield say(
            "None of them is beaten in some goal, costs included, by another that has no worse mean in any.",
            "没有一个组合被另一组合全面超过（含成本）。",
        )
    alike = say("; ", "；").join(
        say(f"{names[a]} and {names[b]}", f"{names[a]}与{names[b]}") for a, b in answer.order.undecided
    )
    if alike:
        yield say(
            f"Undecided in every goal with these seeds: {alike}.",
            f"按这些重复模拟，各项目标均尚难判断：{alike}。",
        )


def _measures(answer: OptimiseAnswer, say: Wording) -> list[Part]:
    shown = len(answer.shown)
    named = {name: measure(answer, place, say) for place, name in enumerate(answer.space.names)}
    rows = [
        [
            named[item.measure],
            say(f"{item.shown} of {shown}", f"{item.shown}/{shown}"),
            *(number(100 * v, 0) for v in (item.front, item.tried)),
        ]
        for item in recurrences(answer)
    ]
    header = [
        say("countermeasure", "措施"), say("in the portfolios shown", "所列组合中"), say("% of the front", "占未被超过组合%"),
        say("% of all tried", "占全部组合%"),
    ]  # fmt: skip
    front, goals = len(answer.front), len(answer.goals)
    lead = say(
        f"The front holds {counted(front, 'portfolio')}: those within the limits that no other beats in all "
        f"{goals} goals at once. With many goals few are beaten, whatever they do: to be on the front is no merit.",
        f"限额内未被其他组合在全部{goals}项目标上同时超过的组合有{front}个。目标较多时，很少有组合会被全面超过，"
        "因此未被超过并不说明其效果好。",
    )
    return [lead, TextTable([header, *rows])]


def _region(answer: OptimiseAnswer, region: str, say: Wording) -> list[Part]:
    count = len(answer.design)
    benefits = [(n, answer.goals[n]) for n in answer.heads]
    varied = say(", ", "、").join(
        say(f"`{f.path}` {f.low:g}–{f.high:g}", f"{say.parameter(f)}{f.low:g}–{f.high:g}")
        for f in answer.design.factors
    )
    named = list(zip(portfolio_names(len(answer.shown)), answer.region, strict=True))
    changes = []
    for letter, found in named:
        cells = [(_cell(goal, found.change[n], say), round(found.better[n] * count)) for n, goal in benefits]
        changes.append(
            [letter, *(say(f"{c}; better in {k} of {count}", f"{c}；{count}个中{k}个更好") for c, k in cells)]
        )
    losses = [[letter, *(_lost(goal, found.loss[n], say) for n, goal in benefits)] for letter, found in named]
    scale = _scale(answer, say)
    lead = say(
        f"**Other districts.** Each portfolio was run again in {counted(count, 'district')} of the "
        f"region ({region}), {scale}: {varied}. The change on doing nothing is the mean over the districts, ± half "
        "its interval, in bold where it leaves zero out; *better in* counts the districts whose mean is better.",
        f"**其他地区。** 每个组合在{count}个地区（{region}）重新模拟，{scale}：{varied}。与不采取措施相比的变化为各地区均值，"
        "±为置信区间的一半，加粗的区间不含零；“更好”按各地区的均值计数。",
    )
    lost = say(
        "**What is given up.** Expected loss against the best in each district of those shown and doing nothing, mean over "
        "the districts. The best is picked with other seeds than it is measured with, so equal portfolios have a loss of "
        "about 0.",
        "**放弃了多少。** 与各地区所列组合及不采取措施中最优者相比的预期损失，为各地区均值。"
        "选出最优者与衡量损失用不同的重复模拟，因此相同的组合损失约为0。",
    )
    header = [say(f"{goal.label}, {goal.unit}", say.measured(column(goal))) for _, goal in benefits]
    return [
        lead,
        TextTable([[say(f"change, {count} districts", f"变化，{count}个地区"), *header], *changes]),
        lost,
        TextTable([[say("expected loss", "预期损失"), *header], *losses]),
    ]


def _lost(goal: Goal, gap: Gap, say: Wording) -> str:
    if not math.isfinite(gap.mean):
        return say("n/a", "无")
    half = gap.high - gap.mean
    words = number(gap.mean + 0.0, goal.decimals)
    return f"{words} ± {number(half, goal.decimals)}" if math.isfinite(half) else words


def _scale(answer: OptimiseAnswer, say: Wording) -> str:
    asked = answer.space.asked
    seeds = say(f"{counted(asked.region_seeds, 'seed')} each", f"各{asked.region_seeds}次重复模拟")
    if asked.whole_region or not asked.search:
        return say(f"in the whole district, {seeds}", f"全区规模，{seeds}")
    settings = ", ".join(f"`{path}={value}`" for path, value in asked.search.items())
    return say(f"at the scale of the search ({settings}), {seeds}", f"搜索时的规模（{settings}），{seeds}")


def _changes(answer: OptimiseAnswer, say: Wording) -> list[Part]:
    main = answer.goals[answer.heads[0]]
    rows = []
    for n, letter in enumerate(portfolio_names(len(answer.shown))):
        row = [letter, _gained(answer, answer.gains[n], say)]
        row += [_gained(answer, change.gains[n], say) for change in answer.changes]
        rows.append(row)
    labels = (say(change.label, change.label_zh) for change in answer.changes)
    header = ["", say("the table above", "上表"), *labels]
    smaller = answer.space.asked.search
    lead = say(
        "**Scale, budget and governance model.** The same measures "
        f"{'in the smaller district of the search, ' if smaller else ''}"
        f"with other means, and under each model, {_scale(answer, say)}, each against doing nothing "
        f"there: in how many of the {len(answer.heads)} goals that are no costs the mean is better, and "
        f"the change in {main.label} ({main.unit}).",
        f"**规模、预算和治理模式。** 同样的措施{'在搜索时的较小地区、' if smaller else ''}在资源增减后和各治理模式下，"
        f"{_scale(answer, say)}，均与当地不采取措施相比：{len(answer.heads)}项非成本目标中均值更好的项数，"
        f"以及{_label(main, say)}的变化（{_unit(main, say)}）。",
    )
    return [lead, TextTable([header, *rows])]


def _gained(answer: OptimiseAnswer, row: list[Gap], say: Wording) -> str:
    if not all(math.isfinite(gap.mean) for gap in row):
        return say("impossible", "不可行")
    main, of = answer.goals[answer.heads[0]], len(answer.heads)
    better = sum(row[n].mean > 0 for n in answer.heads)
    change = number(main.direction * row[answer.heads[0]].mean + 0.0, main.decimals, sign=True)
    return say(f"{better} of {of}; {change}", f"{better}/{of}；{change}")


def _seeds(answer: OptimiseAnswer, say: Wording) -> Iterator[str]:
    asked, names = answer.space.asked, portfolio_names(len(answer.shown))
    same, of = steady(answer)
    yield say(
        f"**Other seeds, the whole district.** Of {of} gains in goals that are no costs, {same} have "
        "the same sign with fresh seeds in the whole district as in the search.",
        f"**其他随机种子，全区。** 非成本目标的{of}个变化中，{same}个在全区用新的随机种子模拟时与搜索时方向相同。",
    )
    limits = asked.limits
    if limits.hours_moved is None and limits.yuan_moved is None:
        return
    told = []
    for factor in (1.0, 1 - asked.budget_change, 1 + asked.budget_change):
        kept = [name for name, stays in zip(names, inside(answer, limits, factor), strict=True) if stays]
        share = f"{100 * factor:.0f}"
        english = f"{_who(kept)} {'them' if factor == 1.0 else f'{share} % of them'}"
        told.append(say(english, f"限额的{share}%：{'、'.join(kept) or '无'}"))
    yield say(
        f"The limits, with fresh seeds in the whole district: {'; '.join(told)}.",
        f"在全区用新的随机种子模拟时不超过限额的组合：{'；'.join(told)}。",
    )


def _who(names: list[str]) -> str:
    if not names:
        return "none keeps"
    return f"{listed(names)} {'keeps' if len(names) == 1 else 'keep'}"


def _cannot(label: str, say: Wording) -> tuple[str, ...]:
    return (
        say(
            f"What would happen in {label}: residents, offices and countermeasures are those of this model, and most of their "
            "numbers are assumptions.",
            f"{label}实际会怎样：居民、单位和措施均为本模型所设，多数数值为假设。",
        ),
        say(
            "Whether a portfolio outside of those that were tried is better: the search looks at a small part of what is "
            "possible.",
            "未比较的组合是否更好：搜索只涉及可能组合的一小部分。",
        ),
        say(
            "What a measure is worth that is not in the list, or done in another way than its file says.",
            "未列入的措施，或以其他方式实施的措施，效果如何。",
        ),
        say(
            "Which goal matters more: a front ranks nothing; who decides does. Hours and yuan moved stand beside each other "
            "and are not added up.",
            "哪项目标更重要：由决策者判断。占用的工时和资金分列，不相加。",
        ),
        say(
            "What lies beyond the end of the run, and what it takes to get a measure started: preparation, consent, law.",
            "模拟期以后的情况，以及启动措施所需的准备、同意和法规。",
        ),
        say(
            "Whether the region is the right one: outside of the ranges above nothing was tried.",
            "可接受范围是否恰当：上述范围之外未作模拟。",
        ),
    )
