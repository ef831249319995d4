"""Recommendations by rule, each with its limit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from govsim.report.brief.grammar import HeadlineChange, one_each, with_verdict
from govsim.report.brief.places import CommunityMap, KindRow
from govsim.report.glossary import Said
from govsim.statistics.paired import FEWEST_SEEDS
from govsim.units import PERCENT

_NAMED = 3
"""Communities named in a sentence."""


@dataclass(frozen=True)
class Advice:
    """A recommendation, and what would turn it."""

    words: Said
    turns: Said


def advice(
    every: Mapping[str, HeadlineChange],
    counts: Mapping[str, Mapping[str, int]],
    drawn: Sequence[CommunityMap],
    told: Sequence[KindRow],
    other: Said,
    baseline: Said,
    helps: Advice | None = None,
) -> list[Advice]:
    """Return recommendations: which model, where first (where communities are known), which countermeasure or what to watch.

    Parameters
    ----------
    helps : Advice, optional
        On countermeasures, where some were found to help (see :func:`on_measures`).
    """
    return [
        _which(every, counts, other, baseline),
        *([_first_where(drawn[-1])] if drawn else []),
        helps or _watch(every, told),
    ]


Option = tuple[Said, Mapping[str, HeadlineChange]]
"""An option by its name, with its main indicators against the baseline."""
_MAIN = "resolved_existing_26w"


def advice_of_many(options: Sequence[Option], baseline: Said, helps: Advice | None = None) -> list[Advice]:
    """Return recommendations about several options, or why none can be given.

    Parameters
    ----------
    helps : Advice, optional
        On countermeasures, where some were found to help (see :func:`on_measures`).
    """
    if not options:
        return [
            Advice(
                Said(
                    "No recommendation: one option was simulated, and nothing to compare it with.",
                    "无法提出建议：只模拟了一个方案，没有可比较的对象。",
                ),
                Said(
                    "What would change this: a comparison (govsim compare).",
                    "需要：与其他方案比较（govsim compare）。",
                ),
            )
        ]
    verdicts = {change.verdict for _, every in options for change in every.values()}
    if verdicts <= {"not tested", "n/a"}:
        return [
            Advice(
                Said(
                    "No recommendation: there are too few replications to tell any option from the baseline.",
                    "无法提出建议：重复次数太少，各方案与基准均无法区分。",
                ),
                Said(
                    f"What would change this: {FEWEST_SEEDS} replications or more.",
                    f"需要：至少{FEWEST_SEEDS}次重复模拟。",
                ),
            )
        ]
    return [_which_of(options, baseline), _without_price(options, baseline), helps or _watch_of(options)]


def _which_of(options: Sequence[Option], baseline: Said) -> Advice:
    known = sorted(
        ((name, every) for name, every in options if _MAIN in every),
        key=lambda one: -(one[1][_MAIN].after or 0.0),
    )
    better = [(name, every) for name, every in known if every[_MAIN].verdict == "better"]
    worse = [name for name, every in known if every[_MAIN].verdict == "worse"]
    if better:
        (name, every), *rest = better
        cost = _price(every, "worse")
        return Advice(
            Said(
                f"If resolving more problems matters most: {name.en}, {every[_MAIN].numbers.en}. The price: {cost.en}.",
                f"如以多解决问题为先，选{name.zh}：{every[_MAIN].numbers.zh}。代价：{cost.zh}。",
            ),
            Said(
                "Limit: options were tested against the baseline, not against each other"
                + (f"; better too: {_names([n for n, _ in rest]).en}." if rest else "; no other is better."),
                "局限：各方案只与基准比较，相互之间未检验"
                + (
                    f"；同样好于基准：{_names([n for n, _ in rest]).zh}。"
                    if rest
                    else "；没有其他方案好于基准。"
                ),
            ),
        )
    fewer = Said("", "")
    if worse:
        fewer = Said(f"; fewer with {_names(worse).en}", f"；{_names(worse).zh}解决的更少")
    open_ = [(name, every[_MAIN]) for name, every in known if every[_MAIN].verdict == "undecided"]
    turns = Said("Limit: holds for these replications.", "局限：仅就本次重复模拟而言。")
    if open_:
        name, top = open_[0]
        turns = Said(
            f"Limit: {len(open_)} undecided, which does not mean equal; more replications may decide, first for {name.en} "
            f"({top.interval} points).",
            f"局限：{len(open_)}个尚难判断，并不等于相同；增加重复次数后或可判断，首先是{name.zh}（{top.interval}个百分点）。",
        )
    return Advice(
        Said(
            f"Do not replace {baseline.en} for the sake of resolution yet: no option is shown to resolve more "
            f"problems{fewer.en}.",
            f"暂不以解决率为由替换{baseline.zh}：没有方案被证明解决的问题更多{fewer.zh}。",
        ),
        turns,
    )


def _without_price(options: Sequence[Option], baseline: Said) -> Advice:
    counted = []
    for name, every in options:
        found = [change.verdict for change in every.values() if change.direction]
        counted.append((name, found.count("better"), found.count("worse"), found.count("undecided")))
    free = sorted((one for one in counted if one[1] and not one[2]), key=lambda one: -one[1])
    if free:
        en = ", ".join(f"{name.en} ({count})" for name, count, *_ in free[:_NAMED])
        zh = "、".join(f"{name.zh}（{count}项）" for name, count, *_ in free[:_NAMED])
        more = len(free) - len(free[:_NAMED])
        words = Said(
            f"If nothing may get worse, look at: {en}{f' and {more} more' if more else ''}; in brackets, main indicators that "
            "are better.",
            f"如要求各项主要指标均不变差，可考虑：{zh}{f'，另有{more}个' if more else ''}；括号内为好于基准的项数。",
        )
    elif any(one[1] for one in counted):
        words = Said(
            "No option is without a price: each that is better in some main indicator is worse in another.",
            "没有不付代价的方案：凡有主要指标好于基准的，都有另一项差于基准。",
        )
    else:
        words = Said(
            f"No option is better than {baseline.en} in any main indicator.",
            f"没有方案在任何主要指标上好于{baseline.zh}。",
        )
    low, high = min(one[3] for one in counted), max(one[3] for one in counted)
    span = Said(str(low), str(low)) if low == high else Said(f"{low} to {high}", f"{low}至{high}")
    return Advice(
        words,
        Said(
            f"Limit: undecided for each option: {span.en} main indicators, any of which may turn it.",
            f"局限：每个方案有{span.zh}项主要指标尚难判断，其中任何一项都可能改变这一结论。",
        ),
    )


def _watch_of(options: Sequence[Option]) -> Advice:
    found: dict[str, list[tuple[Said, HeadlineChange]]] = {}
    for name, every in options:
        for change in every.values():
            if change.verdict == "worse":
                found.setdefault(change.name, []).append((name, change))
    if not found:
        return Advice(
            Said("No main indicator is worse under any option.", "各方案均没有主要指标差于基准。"),
            Said("Limit: undecided does not mean equal.", "局限：尚难判断不等于相同。"),
        )
    most = max(found.values(), key=len)
    name, change = max(most, key=lambda one: abs(one[1].difference or 0.0))
    return Advice(
        Said(
            f"Watch {change.phrase.name.en}: worse under {len(most)} of {len(options)} options, most under {name.en}, "
            f"{change.numbers.en}.",
            f"关注{change.phrase.name.zh}：{len(options)}个方案中{len(most)}个差于基准，最明显的是{name.zh}：{change.numbers.zh}。",
        ),
        Said("Limit: no measure against it was tried in these runs.", "局限：本次未模拟相应措施。"),
    )


def _names(names: Sequence[Said]) -> Said:
    """Name the first few and count the rest."""
    more = len(names) - len(names[:_NAMED])
    return Said(
        ", ".join(one.en for one in names[:_NAMED]) + (f" and {more} more" if more else ""),
        "、".join(one.zh for one in names[:_NAMED]) + (f"等{len(names)}个" if more else ""),
    )


def _price(every: Mapping[str, HeadlineChange], verdict: str) -> Said:
    """Name what is lost, or given up, besides what is resolved."""
    lost = [item for item in with_verdict(every, verdict) if item.phrase.family != "resolved"]
    return Said(
        "; ".join(f"{item.phrase.name.en} {item.numbers.en}" for item in lost)
        or "none among the main indicators",
        "；".join(f"{item.phrase.name.zh}{item.numbers.zh}" for item in lost) or "主要指标中没有",
    )


def on_measures(told: Sequence[tuple[Said, str, int]]) -> Advice:
    """Return what follows from a study of countermeasures.

    Parameters
    ----------
    told : sequence of (Said, str, int)
        Name, change of what is resolved within half a year in points with its half-width, and hours moved a year: of the
        measure that brings most and, if there is one, of another that may bring as much for fewer hours.
    """
    (name, change, hours), *other = told
    less = Said("", "")
    if other:
        ((also, its_change, its_hours),) = other
        less = Said(
            f"; {also.en} may bring as much ({its_change}) for {its_hours:,} hours",
            f"；{also.zh}效果可能相当（{its_change}），只需{its_hours:,}工时",
        )
    return Advice(
        Said(
            f"Of the countermeasures studied, {name.en} brings most ({change} points, {hours:,} hours a year){less.en}.",
            f"已研究的对策中，{name.zh}效果最大（{change}个百分点，每年{hours:,}工时）{less.zh}。",
        ),
        Said(
            "Limit: each was tried alone, in this district only.",
            "局限：各项对策均单独实施，且只在本地区检验。",
        ),
    )


def _which(
    every: Mapping[str, HeadlineChange], counts: Mapping[str, Mapping[str, int]], other: Said, baseline: Said
) -> Advice:
    main = every.get("resolved_existing_26w")
    if main is None or main.verdict not in ("better", "worse"):
        found = main.interval if main else ""
        gap = Said(f": difference {found}, undecided", f"：差值{found}，尚难判断") if found else Said("", "")
        return Advice(
            Said(
                f"Do not choose yet between {baseline.en} and {other.en} by resolution{gap.en}.",
                f"暂不以解决率在{baseline.zh}与{other.zh}之间取舍{gap.zh}。",
            ),
            Said(
                "Limit: undecided does not mean equal; more replications may decide it.",
                "局限：尚难判断不等于相同，增加重复次数后或可判断。",
            ),
        )
    chosen, price = (other, "worse") if main.verdict == "better" else (baseline, "better")
    cost = _price(every, price)
    word = Said("The price", "代价") if price == "worse" else Said("What is given up", "放弃的好处")
    words = Said(
        f"If resolving more problems matters most: {chosen.en}. {word.en}: {cost.en}.",
        f"如以多解决问题为先，选{chosen.zh}。{word.zh}：{cost.zh}。",
    )
    count = counts.get(main.name)
    if not count:
        turns = Said(
            "Limit: not yet tried in other plausible districts.",
            "局限：尚未在其他与公开数据相符的虚拟地区中检验。",
        )
    else:
        against = count["worse" if main.verdict == "better" else "better"]
        open_ = count["of"] - count["better"] - count["worse"]
        turns = Said(
            f"Limit: of {count['of']} plausible districts the opposite holds in {_how_many(against).en}, undecided in "
            f"{_how_many(open_).en}; assumptions common to all of them were not varied.",
            f"局限：{count['of']}个与公开数据相符的虚拟地区中，结论相反的{_how_many(against).zh}，尚难判断的{_how_many(open_).zh}；"
            "各地区共同的假设未作变动。",
        )
    return Advice(words, turns)


def _how_many(number: int) -> Said:
    return Said(str(number), f"{number}个") if number else Said("none", "没有")


def _first_where(drawn: CommunityMap) -> Advice:
    heavy = sorted(
        (one for one in drawn.communities if one.large), key=lambda one: (-one.large, -(one.backlog or 0.0))
    )
    if not heavy:
        known = [one for one in drawn.communities if one.backlog is not None]
        top = max(known, key=lambda one: one.backlog or 0.0, default=None)
        least = (
            Said("", "")
            if top is None
            else Said(
                f" The largest, in {top.name.en}, is {top.backlog:.0f} open cases per 1,000 residents.",
                f"最多的{top.name.zh}为每千名居民{top.backlog:.0f}件。",
            )
        )
        return Advice(
            Said(
                f"Under {drawn.arm.en} no community has a large backlog.{least.en}",
                f"{drawn.arm.zh}下没有社区（村）积压严重。{least.zh}",
            ),
            Said("Limit: holds for the workload simulated here.", "局限：仅就本次模拟的工作负荷而言。"),
        )
    often = [one for one in heavy if 2 * one.large >= one.seeds] or heavy[:1]
    named, more = often[:_NAMED], len(heavy) - len(often[:_NAMED])
    en = ", ".join(f"{one.name.en} ({one.large} of {one.seeds} replications)" for one in named)
    zh = "、".join(f"{one.name.zh}（{one.seeds}次中{one.large}次）" for one in named)
    loads = [one.load for one in heavy if one.load is not None]
    turns = (
        Said("Limit: no workload was recorded.", "局限：没有工作负荷记录。")
        if not loads
        else Said(
            f"Limit: all of them work at {_floor(min(loads))}% of their hours or more.",
            f"局限：这些社区（村）的工作负荷均在{_floor(min(loads))}%以上。",
        )
    )
    return Advice(
        Said(
            f"Look first, under {drawn.arm.en}, at {en}{f'; {more} more now and then' if more else ''}.",
            f"{drawn.arm.zh}下优先关注{zh}{f'；另有{more}个偶有积压' if more else ''}。",
        ),
        turns,
    )


def _floor(load: float) -> int:
    return math.floor(PERCENT * load)


def _watch(every: Mapping[str, HeadlineChange], told: Sequence[KindRow]) -> Advice:
    worse = with_verdict(every, "worse", len(every))
    kind = max(
        (one for one in told if one.verdict == "worse"), key=lambda one: one.after - one.before, default=None
    )
    untried = Said("Limit: no measure against it was tried in these runs.", "局限：本次未模拟相应措施。")
    if worse:
        item = worse[0]
        return Advice(
            Said(
                f"Watch {item.phrase.name.en}: {item.numbers.en}.",
                f"关注{item.phrase.name.zh}：{item.numbers.zh}。",
            ),
            untried,
        )
    if kind is not None:
        return Advice(
            Said(
                f"Watch {kind.name.en}: {kind.after:.1f}% not resolved within half a year (baseline {kind.before:.1f}%).",
                f"关注{kind.name.zh}：{kind.after:.1f}%半年内未解决（基准{kind.before:.1f}%）。",
            ),
            untried,
        )
    listed = one_each([item for item in every.values() if item.verdict in ("undecided", "not tested")])
    if listed:
        return Advice(
            Said(
                f"Still open: {', '.join(item.phrase.name.en for item in listed)}.",
                f"尚难判断：{'、'.join(item.phrase.name.zh for item in listed)}。",
            ),
            Said("Limit: more replications may decide it.", "局限：增加重复次数后或可判断。"),
        )
    return Advice(
        Said("No main indicator gets worse.", "主要指标均未变差。"),
        Said("Limit: other indicators stand in the tables.", "局限：其他指标见数据表。"),
    )
