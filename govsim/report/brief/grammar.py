"""Findings as sentences in two languages, made by rule from verdicts and means: the same rules for every model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from govsim.report.glossary import INDICATORS, Said

MOST_SAID = 2
"""Findings of one direction in a sentence."""


class Phrase(NamedTuple):
    """How a headline indicator is said.

    Attributes
    ----------
    name : Said
        What is measured, as a label.
    unit : Said
        Behind a number in a sentence; ``%`` stands at the number itself.
    more, less : Said
        A finding in words, where the number goes up and where it goes down.
    family : str
        Of indicators of one family the headline tells one.
    """

    name: Said
    unit: Said
    more: Said
    less: Said
    family: str


PHRASES: dict[str, Phrase] = {
    "resolved_existing_26w": Phrase(
        INDICATORS["resolved_existing_26w"], Said("of all problems", ""),
        Said("more problems are resolved", "解决的问题更多"), Said("fewer problems are resolved", "解决的问题更少"), "resolved",
    ),
    "participation_4w": Phrase(
        INDICATORS["participation_4w"], Said("of adults", ""),
        Said("more residents take part", "参与的居民更多"),
        Said("fewer residents take part", "参与的居民更少"), "participation",
    ),
    "burnout": Phrase(
        INDICATORS["burnout"], Said("of staff", ""),
        Said("more staff have burnout", "职业倦怠的人员更多"),
        Said("fewer staff have burnout", "职业倦怠的人员更少"), "burnout",
    ),
    "trust_community": Phrase(
        Said("trust in the residents' committee (0–1)", "对居（村）委会的信任（0–1）"), Said("", ""),
        Said("residents trust their committee more", "居民对居（村）委会的信任更高"),
        Said("residents trust their committee less", "居民对居（村）委会的信任更低"), "trust",
    ),
    "undone_tasks": Phrase(
        INDICATORS["undone_tasks"], Said("hours", "小时"),
        Said("more tasks from higher offices are left undone", "期末未完成的上级任务更多"),
        Said("fewer tasks from higher offices are left undone", "期末未完成的上级任务更少"), "tasks",
    ),
    "median_days": Phrase(
        INDICATORS["median_days"], Said("working days", "个工作日"),
        Said("problems take longer to resolve", "问题解决得更慢"),
        Said("problems are resolved sooner", "问题解决得更快"), "time",
    ),
    "mean_days_26w": Phrase(
        Said("mean time to resolution within half a year", "半年内平均解决时间"), Said("working days", "个工作日"),
        Said("problems take longer to resolve", "问题解决得更慢"),
        Said("problems are resolved sooner", "问题解决得更快"), "time",
    ),
    "true_completion": Phrase(
        INDICATORS["true_completion"], Said("of work orders due", ""),
        Said("more work orders are resolved in time", "按时解决的工单更多"),
        Said("fewer work orders are resolved in time", "按时解决的工单更少"), "orders",
    ),
    "still_open": Phrase(
        INDICATORS["still_open"], Said("of problems", ""),
        Said("more problems are unresolved at the end", "期末未解决的问题更多"),
        Said("fewer problems are unresolved at the end", "期末未解决的问题更少"),
        "resolved",
    ),
    "resolved_reported_26w": Phrase(
        INDICATORS["resolved_reported_26w"], Said("of detected problems", ""),
        Said("more of the detected problems are resolved", "已发现的问题解决得更多"),
        Said("fewer of the detected problems are resolved", "已发现的问题解决得更少"), "resolved",
    ),
    "paid_hours_per_resolved": Phrase(
        INDICATORS["paid_hours_per_resolved"], Said("hours", "小时"),
        Said("each resolved problem takes more staff hours", "解决每个问题所需人员工时更多"),
        Said("each resolved problem takes fewer staff hours", "解决每个问题所需人员工时更少"), "hours",
    ),
}  # fmt: skip
"""In the order in which the headline takes them; it is fixed and the same for every model."""
ALSO: dict[str, Phrase] = {
    "hidden_13w": Phrase(
        INDICATORS["hidden_13w"], Said("of problems", ""),
        Said("more problems stay undetected", "未被发现的问题更多"),
        Said("fewer problems stay undetected", "未被发现的问题更少"),
        "detection",
    ),
    "backlog": Phrase(
        INDICATORS["backlog"], Said("per 1,000 residents", "件/千人"),
        Said("the backlog is larger", "积压更多"), Said("the backlog is smaller", "积压更少"), "backlog",
    ),
}  # fmt: skip
"""What is said after the main indicators where it is better or worse."""

VERDICTS: dict[str, Said] = {
    "better": Said("better", "好于基准"),
    "worse": Said("worse", "差于基准"),
    "higher": Said("higher", "高于基准"),
    "lower": Said("lower", "低于基准"),
    "undecided": Said("undecided", "尚难判断"),
    "no difference": Said("no difference", "相同"),
    "not tested": Said("not tested", "未检验"),
    "n/a": Said("n/a", "无"),
}
_SHARES = (
    (0.95, Said("nearly all", "几乎全部")),
    (0.67, Said("most", "多数")),
    (0.33, Said("about half", "约半数")),
    (0.05, Said("few", "少数")),
    (0.0, Said("hardly any", "极少")),
)
"""Lower ends of the words for a share of plausible districts, printed beside their count."""


@dataclass(frozen=True)
class HeadlineChange:
    """An indicator under the baseline and under another arm.

    Attributes
    ----------
    before, after, difference, low, high : float or None
        Means over seeds, and the 95 % interval of the difference; None where there is none.
    verdict : str
        Of ``compare.csv``.
    direction : int
        1 more is better, -1 less is better, 0 neither.
    """

    name: str
    before: float | None
    after: float | None
    difference: float | None
    low: float | None
    high: float | None
    verdict: str
    direction: int
    decimals: int
    percent: bool

    @property
    def phrase(self) -> Phrase:
        """How it is said."""
        return PHRASES.get(self.name) or ALSO[self.name]

    @property
    def says(self) -> Said:
        """The finding in words."""
        return self.phrase.more if (self.difference or 0.0) > 0 else self.phrase.less

    def number(self, which: float | None, sign: bool = False) -> str:
        """Return one of its numbers for a sentence; what is 0 as printed has no sign."""
        if which is None:
            return "–"
        rounded = round(which, self.decimals) + 0.0
        shown = f"{rounded:{'+' if sign and rounded else ''},.{self.decimals}f}"
        return f"{shown}{'%' if self.percent else ''}".replace("-", "−")

    @property
    def numbers(self) -> Said:
        """What it is, and what it is under the baseline; no word of direction, since it may be undecided."""
        en, zh = self.phrase.unit
        before, after = self.number(self.before), self.number(self.after)
        return Said(f"{after} {en}".rstrip() + f" (baseline {before})", f"{after}{zh}（基准{before}）")

    @property
    def interval(self) -> str:
        """The difference with its interval; empty where there is none."""
        if self.difference is None or self.low is None or self.high is None:
            return ""
        middle, low, high = (
            self.number(end, sign=True).rstrip("%") for end in (self.difference, self.low, self.high)
        )
        return f"{middle} [{low}, {high}]"


def with_verdict(
    every: Mapping[str, HeadlineChange], verdict: str, most: int = MOST_SAID
) -> list[HeadlineChange]:
    """Return what has a verdict; of each family the first indicator that is better or worse stands for all."""
    first: dict[str, HeadlineChange] = {}
    for change in every.values():
        if change.verdict in ("better", "worse"):
            first.setdefault(change.phrase.family, change)
    return [change for change in first.values() if change.verdict == verdict][:most]


def headline(every: Mapping[str, HeadlineChange], other: Said, baseline: Said) -> Said:
    """Return the finding in one sentence: what gets better, what gets worse, or that nothing can be told."""
    better, worse = with_verdict(every, "better"), with_verdict(every, "worse")
    if better and worse:
        return Said(
            f"Under {other.en}, {_joined(better)}, but {_joined(worse)}",
            f"{other.zh}：{_joined_zh(better)}，但{_joined_zh(worse)}",
        )
    verdicts = {change.verdict for change in every.values()}
    mixed = Said("; indicators of the same thing disagree, see the table", "；同类指标方向不一，见表")
    if better:
        none = mixed if "worse" in verdicts else Said("; no main indicator is worse", "，没有主要指标变差")
        return Said(
            f"Under {other.en}, {_joined(better)}{none.en}", f"{other.zh}：{_joined_zh(better)}{none.zh}"
        )
    if worse:
        none = mixed if "better" in verdicts else Said("; no main indicator is better", "，没有主要指标变好")
        return Said(
            f"Under {other.en}, {_joined(worse)}{none.en}", f"{other.zh}：{_joined_zh(worse)}{none.zh}"
        )
    if verdicts <= {"no difference", "n/a"}:
        return Said(
            f"{other.en} and {baseline.en} give the same results", f"{other.zh}与{baseline.zh}的结果相同"
        )
    if "not tested" in verdicts and "undecided" not in verdicts:
        return Said(
            f"{other.en} and {baseline.en}: too few replications to tell",
            f"{other.zh}与{baseline.zh}：重复次数太少，无法判断",
        )
    return Said(
        f"{other.en} and {baseline.en}: every main indicator is undecided",
        f"{other.zh}与{baseline.zh}相比，各项主要指标均尚难判断",
    )


def _joined(items: Sequence[HeadlineChange]) -> str:
    return " and ".join(item.says.en for item in items)


def _joined_zh(items: Sequence[HeadlineChange]) -> str:
    return "、".join(item.says.zh for item in items)


def numbers(every: Mapping[str, HeadlineChange], equal: bool = True) -> Said:
    """Return the sentence with the numbers of the main findings, or of the first indicators where there is none.

    Parameters
    ----------
    equal
        Whether both were granted the same hours and money.
    """
    told = [*with_verdict(every, "better"), *with_verdict(every, "worse")] or one_each(list(every.values()))
    en = "; ".join(f"{item.phrase.name.en} {item.numbers.en}" for item in told)
    zh = "；".join(f"{item.phrase.name.zh}{item.numbers.zh}" for item in told)
    means = Said("the same", "相同") if equal else Said("different", "不同")
    return Said(f"With {means.en} hours and money: {en}.", f"工时和资金{means.zh}时：{zh}。")


def also(every: Mapping[str, HeadlineChange]) -> Said | None:
    """Return what is better or worse beside the main indicators as a sentence; None if nothing is."""
    told = [change for change in every.values() if change.verdict in ("better", "worse")]
    en = "; ".join(f"{one.phrase.name.en} {one.numbers.en}, {VERDICTS[one.verdict].en}" for one in told)
    zh = "；".join(f"{one.phrase.name.zh}{one.numbers.zh}，{VERDICTS[one.verdict].zh}" for one in told)
    return Said(f"Besides the main indicators: {en}.", f"主要指标之外：{zh}。") if told else None


def reconciled(
    equal: Mapping[str, HeadlineChange], outside: Mapping[str, HeadlineChange], extra: float | None
) -> Said | None:
    """Say whether the help from outside that a model brings changes what equal means showed.

    Parameters
    ----------
    extra
        Staff hours granted beyond those of equal means, relative; None where they are not known.
    """
    if not outside:
        return None
    some = extra is not None and round(extra, 3) != 0
    much = f" ({extra:+.1%} staff hours)".replace("-", "−") if some else ""
    much_zh = f"（人员工时{extra:+.1%}）".replace("-", "−") if some else ""
    turned = [item for name, item in outside.items() if name in equal and item.verdict != equal[name].verdict]
    if not turned:
        return Said(
            f"With the outside resources that it brings{much}, every main indicator gets the same verdict.",
            f"计入其带来的外部资源后{much_zh}，各项主要指标的判断不变。",
        )
    kept = one_each(turned)
    more = len(turned) - len(kept)
    en = [
        f"{i.phrase.name.en}, {i.numbers.en}: {VERDICTS[i.verdict].en}, but {VERDICTS[equal[i.name].verdict].en} with "
        "equal resources"
        for i in kept
    ]
    zh = [
        f"{i.phrase.name.zh}{i.numbers.zh}：{VERDICTS[i.verdict].zh}，而资源相同时{VERDICTS[equal[i.name].verdict].zh}"
        for i in kept
    ]
    rest = Said(f"; {more} more change" if more else "", f"；另有{more}项判断改变" if more else "")
    return Said(
        f"With the outside resources that it brings{much}: {'; '.join(en)}{rest.en}.",
        f"计入其带来的外部资源后{much_zh}：{'；'.join(zh)}{rest.zh}。",
    )


def one_each(items: Sequence[HeadlineChange]) -> list[HeadlineChange]:
    """Return the first ones, one of each family."""
    first: dict[str, HeadlineChange] = {}
    for item in items:
        first.setdefault(item.phrase.family, item)
    return list(first.values())[:MOST_SAID]


def likely(count: int, of: int) -> Said:
    """Return the word for a share of plausible districts, with the count."""
    share = count / of
    word = next(words for end, words in _SHARES if share >= end)
    if count in (0, of):
        word = Said("all", "全部") if count else Said("none", "没有一个")
    return Said(f"{word.en} ({count} of {of})", f"{word.zh}（{of}个中{count}个）")


def condition(every: Mapping[str, HeadlineChange], counts: Mapping[str, Mapping[str, int]]) -> Said | None:
    """Say in how many plausible districts the findings of the headline hold; None where that was not computed."""
    told = [*with_verdict(every, "better"), *with_verdict(every, "worse")]
    if not told or any(not counts.get(item.name, {}).get("of") for item in told):
        return None
    holds = [(counts[item.name][item.verdict], counts[item.name]["of"]) for item in told]
    if len(set(holds)) == 1 and holds[0][0]:
        said = likely(*holds[0])
        each = Said("Each of these holds", "上述各项") if len(told) > 1 else Said("This holds", "上述结论")
        return Said(
            f"{each.en} in {said.en} plausible districts, which match published data.",
            f"{each.zh}：与公开数据相符的虚拟地区中{said.zh}如此。",
        )
    shares = [(item.says, likely(*counted)) for item, counted in zip(told, holds, strict=True)]
    return Said(
        f"In plausible districts: {', '.join(f'{says.en} in {share.en}' for says, share in shares)}.",
        f"在与公开数据相符的虚拟地区中：{'；'.join(f'{says.zh}，{share.zh}' for says, share in shares)}。",
    )
