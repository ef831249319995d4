"""Three recommendations by rule, each with what would turn it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from govsim.report.brief.grammar import HeadlineChange, found, one_each
from govsim.report.brief.places import CommunityMap, KindRow
from govsim.report.comparing.words import Said

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
) -> list[Advice]:
    """Return three recommendations: which model, where first, and what to watch."""
    return [
        _which(every, counts, other, baseline),
        *([_first_where(drawn[-1])] if drawn else []),
        _watch(every, told),
    ]


def _which(
    every: Mapping[str, HeadlineChange], counts: Mapping[str, Mapping[str, int]], other: Said, baseline: Said
) -> Advice:
    main = every.get("resolved_existing_26w")
    verdict = "undecided" if main is None else main.verdict
    words = {
        "better": Said(f"Introduce {other.en}: more problems are resolved.", f"推行{other.zh}：解决的问题更多。"),
        "worse": Said(f"Keep {baseline.en}: fewer problems are resolved otherwise.",
                      f"保持{baseline.zh}：否则解决的问题更少。"),
    }.get(verdict, Said(
        f"Do not choose between {baseline.en} and {other.en} by resolution: it cannot be told apart.",
        f"不要以解决率在{baseline.zh}与{other.zh}之间取舍：尚难判断。",
    ))  # fmt: skip
    count = counts.get("resolved_existing_26w")
    if not count:
        turns = Said(
            "Would turn: not known; no plausible districts were computed for this comparison.",
            "何时不成立：未知；本比较尚未在与公开数据相符的虚拟地区中检验。",
        )
    else:
        against = count["worse"] if verdict == "better" else count["better"]
        rest = count["of"] - count["better"] - count["worse"]
        turns = Said(
            f"Would turn: in {against} of {count['of']} plausible districts it is the other way round, "
            f"in {rest} undecided.",
            f"何时不成立：{count['of']}个与公开数据相符的虚拟地区中，{against}个结论相反，{rest}个尚难判断。",
        )
    return Advice(words, turns)


def _first_where(drawn: CommunityMap) -> Advice:
    heavy = sorted(
        (one for one in drawn.communities if one.large), key=lambda one: (-one.large, -(one.backlog or 0.0))
    )
    loads = [one.load for one in drawn.communities if one.load is not None]
    if not heavy:
        top = max(drawn.communities, key=lambda one: one.backlog or 0.0)
        most = max(loads, default=0.0)
        return Advice(
            Said(
                f"No community needs relief first: the largest backlog, in {top.name.en}, is {top.backlog or 0:.0f} cases "
                "per 1,000 residents.",
                f"没有社区需要优先减负：积压最多的{top.name.zh}为每千名居民{top.backlog or 0:.0f}件。",
            ),
            Said(
                f"Would turn: a workload well above today's highest, {most:.0%} of the hours available.",
                f"何时不成立：工作负荷明显高于目前最高值（可用工时的{most:.0%}）。",
            ),
        )
    named = heavy[:_NAMED]
    more = len(heavy) - len(named)
    en = ", ".join(f"{one.name.en} ({one.large} of {one.seeds})" for one in named)
    zh = "、".join(f"{one.name.zh}（{one.seeds}次中{one.large}次）" for one in named)
    least = min((one.load for one in heavy if one.load is not None), default=None)
    turns = (
        Said("Would turn: not known; no workload was recorded.", "何时不成立：未知；没有工作负荷记录。")
        if least is None
        else Said(
            f"Would turn: a workload below {least:.0%} of the hours available; no community below that has a large backlog.",
            f"何时不成立：工作负荷低于可用工时的{least:.0%}；低于该值的社区均无严重积压。",
        )
    )
    return Advice(
        Said(
            f"First add staff or cut tasks where backlogs grow large: {en}{f' and {more} more' if more else ''}.",
            f"先在积压严重的社区补人手、减任务：{zh}{f'，另有{more}个' if more else ''}。",
        ),
        turns,
    )


def _watch(every: Mapping[str, HeadlineChange], told: Sequence[KindRow]) -> Advice:
    worse = found(every, "worse", 1)
    kind = max(
        (one for one in told if one.verdict == "worse"), key=lambda one: one.after - one.before, default=None
    )
    if worse:
        item = worse[0]
        return Advice(
            Said(
                f"Watch {item.phrase.name.en}: it goes {item.step.en}.",
                f"注意{item.phrase.name.zh}：{item.step.zh}。",
            ),
            Said(
                f"Would turn: a measure that brings it back below {item.number(item.before)}.",
                f"何时不成立：采取措施使其回到{item.number(item.before)}以内。",
            )
            if item.direction < 0
            else Said(
                f"Would turn: a measure that brings it back above {item.number(item.before)}.",
                f"何时不成立：采取措施使其回到{item.number(item.before)}以上。",
            ),
        )
    if kind is not None:
        return Advice(
            Said(
                f"Watch {kind.name.en}: unresolved after half a year from {kind.before:.1f}% to {kind.after:.1f}%.",
                f"注意{kind.name.zh}：半年后未解决的占比由{kind.before:.1f}%升至{kind.after:.1f}%。",
            ),
            Said("Would turn: more hours or money for this kind.", "何时不成立：为该类问题增加工时或资金。"),
        )
    open_rows = [item for item in every.values() if item.verdict == "undecided"]
    listed = one_each(open_rows)
    if listed:
        return Advice(
            Said(
                f"Still open: {', '.join(item.phrase.name.en for item in listed)}.",
                f"尚难判断：{'、'.join(item.phrase.name.zh for item in listed)}。",
            ),
            Said("Would turn: more replications (--seeds).", "何时不成立：增加重复次数（--seeds）。"),
        )
    return Advice(
        Said("Nothing that was looked at gets worse.", "所考察的各项均未变差。"),
        Said("Would turn: a measure that was not looked at.", "何时不成立：存在未考察的方面。"),
    )
