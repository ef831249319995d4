"""What a comparison shows and what it cannot show, in plain English and Chinese sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from govsim.report.comparing.group_names import category_zh, group_zh
from govsim.report.comparing.tables import group_decimals
from govsim.report.docs.words import unit as unit_in
from govsim.results.declare import Indicator
from govsim.results.indicators import HEADLINE
from govsim.results.values import Missing, Value
from govsim.study.compare import SIGNIFICANCE, ArmRuns, Comparison, Difference
from govsim.study.distribution import Distribution
from govsim.study.groups import LOOKED_AT, GroupDifference
from govsim.units import PERCENT

WIDTH = 100
"""Letters of a printed line."""
_NAMED = 5
_TITLES = {
    "hidden": ("not come to light", "未被发现"),
    "resolved": ("truly resolved", "真实解决"),
    "trust_community": ("trust in the committee", "对居委会的信任"),
    "ever_active": ("took part", "参与"),
}
_HAPPENS = {
    "hidden": (("fewer problems stay hidden", "未被发现的问题减少"), ("more problems stay hidden", "未被发现的问题增多")),
    "resolved": (("fewer problems are solved", "真实解决的问题减少"), ("more problems are solved", "真实解决的问题增多")),
    "trust_community": (
        ("less trust in the committee", "对居委会的信任降低"), ("more trust in the committee", "对居委会的信任提高"),
    ),
    "ever_active": (("fewer take part", "参与者减少"), ("more take part", "参与者增多")),
}  # fmt: skip
"""What happens where a measure goes down, and where it goes up."""
_WAYS = {"gain": ("Gain", "受益"), "loss": ("Lose", "受损")}


@dataclass(frozen=True)
class Said:
    """A sentence in both languages."""

    en: str
    zh: str

    @property
    def both(self) -> dict[str, str]:
        """As it is filed."""
        return {"en": self.en, "zh": self.zh}


def number(value: Value | None, decimals: int, sign: bool = False) -> str:
    """Return a number for people, or why there is none."""
    if value is None:
        return "-"
    if isinstance(value, Missing):
        return value.value
    rounded = round(value, decimals) + 0.0
    return f"{rounded:+,.{decimals}f}" if sign else f"{rounded:,.{decimals}f}"


def told(value: Value | None, decimals: int, sign: bool = False) -> str:
    """Return a number for a sentence: with a proper minus."""
    return number(value, decimals, sign).replace("-", "\u2212")


def letters(arms: Sequence[object]) -> list[str]:
    """Return the letters that stand for the arms in narrow columns."""
    return [chr(ord("A") + index) if index < 26 else f"A{index}" for index in range(len(arms))]


def letter_of(arms: Sequence[ArmRuns], arm: ArmRuns) -> str:
    """Return the letter of one of the arms."""
    return next(letter for letter, known in zip(letters(arms), arms, strict=True) if known is arm)


def sentences(comparison: Comparison, b: str) -> list[Said]:
    """Say what the table shows and what it cannot show; ``b`` is the letter of the other arm."""
    same = comparison.same_model
    if comparison.identical and same:
        return [Said(
            f"A and {b} are identical: the same model under two names. Every number is equal in every seed.",
            f"A与{b}完全相同：同一治理模式的两个名称，每个种子的每个数字都相等。",
        )]  # fmt: skip
    if comparison.identical:
        return [Said(
            f"A and {b} are identical in every number and seed, although the models differ in content.",
            f"A与{b}的内容不同，但每个种子的每个数字都相等。",
        )]  # fmt: skip
    if any(d.verdict == "one seed" for d in comparison.headline):
        return [Said(
            "One seed: no interval, so nothing here can be told from chance. Add --seeds 5 or more.",
            "只有一个种子：没有区间，因此无法把这里的任何结果与偶然区分开。请加上 --seeds 5 或更多。",
        )]  # fmt: skip
    return [_finding(comparison, b)]


def _finding(comparison: Comparison, b: str) -> Said:
    by = {
        verdict: [d for d in comparison.headline if d.verdict == verdict]
        for verdict in ("clear", "undecided", "two outcomes")
    }
    ways = (
        ("higher", "较高", [d for d in by["clear"] if _up(d)]),
        ("lower", "较低", [d for d in by["clear"] if not _up(d)]),
    )
    found = [(f"clearly {en} in {_and([_name(d.indicator) for d in items])}",
              f"在{_and_zh([d.indicator.label_zh for d in items])}上明确{zh}") for en, zh, items in ways if items]  # fmt: skip
    en = [f"{b} is {'; '.join(words for words, _ in found)}." if found else "no detectable difference."]
    zh = [f"{b}{'；'.join(words for _, words in found)}。" if found else "未检出差异。"]
    for item in by["two outcomes"]:
        said = _two_differences(comparison, item, b)
        en.append(said.en)
        zh.append(said.zh)
    if by["undecided"]:
        said = _undecided(by["undecided"], comparison, not found)
        en.append(said.en)
        zh.append(said.zh)
    lead = Said("In this model, under these assumptions:", "在本模型的这些假设下：")
    return Said(" ".join([lead.en, *en]), lead.zh + "".join(zh))


def _up(difference: Difference) -> bool:
    return not isinstance(difference.paired.difference, Missing) and difference.paired.difference > 0


def _two_differences(comparison: Comparison, item: Difference, b: str) -> Said:
    name, zh = _name(item.indicator), item.indicator.label_zh
    if item.spread.peaks:
        return Said(
            f"{name} has no typical difference: {two(item.spread, item.indicator.decimals, sign=True).en}.",
            f"{zh}没有典型差值：{two(item.spread, item.indicator.decimals, sign=True).zh}。",
        )
    who = [(letter, d) for letter, d in (("A", item.baseline), (b, item.other)) if d.peaks]
    return Said(
        f"{name} has no typical difference: "
        + "; ".join(f"{letter} has {two(d, item.indicator.decimals).en}" for letter, d in who) + ".",
        f"{zh}没有典型差值：" + "；".join(f"{letter}有{two(d, item.indicator.decimals).zh}" for letter, d in who) + "。",
    )  # fmt: skip


def two(found: Distribution, decimals: int, sign: bool = False) -> Said:
    """Say which two outcomes there are, and in how many seeds each."""
    low, high = ((told(p.at, decimals, sign), p.seeds) for p in found.peaks)
    return Said(
        f"two outcomes, {low[0]} in {low[1]} seeds and {high[0]} in {high[1]}",
        f"两种结局，{low[1]}个种子为{low[0]}，{high[1]}个种子为{high[0]}",
    )


def _undecided(items: Sequence[Difference], comparison: Comparison, nothing_found: bool) -> Said:
    seeds = min(len(comparison.baseline.runs), len(comparison.other.runs))
    almost = sum(1 for d in items if d.p_corrected and d.paired.p is not None and d.paired.p < SIGNIFICANCE)
    en = (
        f"; {almost} of them would pass alone, but not among all that are looked at together"
        if almost
        else ""
    )
    zh = f"；其中{almost}项单独看可以通过，与其他项一并检验则不能" if almost else ""
    if not nothing_found:
        return Said(
            f"Undecided with {seeds} seeds: {len(items)} {'row' if len(items) == 1 else 'rows'}{en}.",
            f"{seeds}个种子下未能判定：{len(items)}项{zh}。",
        )
    named = [(_name(d.indicator), d.indicator.label_zh, _detectable(d)) for d in items[:_NAMED]]
    more = len(items) - len(named)
    each = " each" if comparison.independent else ""
    return Said(
        f"With {seeds} seeds{each}, in brackets what would have been seen: "
        + _and([f"{name} ({least.en})" for name, _, least in named] + ([f"{more} more"] if more else [])) + f"{en}.",
        f"{seeds}个种子下，括号内为本可检出的最小差值："
        + _and_zh([f"{name}（{least.zh}）" for _, name, least in named] + ([f"另外{more}项"] if more else [])) + f"{zh}。",
    )  # fmt: skip


def _detectable(item: Difference) -> Said:
    """Return the least difference that would have been seen; a share cannot differ by more than the whole."""
    unit = item.indicator.unit
    whole = PERCENT if unit.startswith("%") else 1.0 if unit == "0-1" else None
    if whole is not None and item.detectable is not None and item.detectable > whole:
        return Said("more than possible", "超出可能范围")
    least = told(item.detectable, item.indicator.decimals)
    return Said(least, least)


def notes(comparison: Comparison) -> list[Said]:
    """Say what else a reader of the table must know: where pairing did not help, and which arms have two outcomes."""
    said = []
    loose = [d.indicator for d in comparison.headline if d.paired.independent]
    if loose and not comparison.independent:
        said.append(Said(
            f"u: pairing made the interval wider, so the unpaired one is used: {_and([_name(i) for i in loose])}.",
            f"u：配对反而使区间变宽，故采用非配对区间：{_and_zh([i.label_zh for i in loose])}。",
        ))  # fmt: skip
    opposed = [
        d.indicator
        for d in comparison.headline
        if d.paired.gain is not None and d.paired.gain < 1 and not d.paired.independent
    ]
    if opposed:
        said.append(Said(
            f"Pairing made the interval wider, and it is kept because the arms may be opposed over seeds or seeds are few: "
            f"{_and([_name(i) for i in opposed])}.",
            f"配对使区间变宽；由于两方案在各种子间可能反向变动或种子过少，仍保留配对区间："
            f"{_and_zh([i.label_zh for i in opposed])}。",
        ))  # fmt: skip
    return said


def groups_said(found: Sequence[GroupDifference], communities: Mapping[str, str] = {}) -> list[Said]:
    """Say in short which groups gain and which lose: a sentence for each measure and way, and one for the other measures.

    Parameters
    ----------
    communities
        Chinese names of communities by their English ones.
    """
    looked = [g for g in found if g.looked_at]
    said: list[Said] = []
    none: list[Said] = []
    for name in LOOKED_AT:
        mine = _apart([g for g in looked if g.measure.name == name and g.paired.p is not None])
        if not mine:
            continue
        ways = [_gainers(mine, verdict, communities) for verdict in _WAYS]
        said += [way for way in ways if way is not None]
        if ways == [None, None]:
            none.append(Said(*_TITLES[name]))
    if none:
        said.append(Said(
            f"No group clearly gains or loses in: {', '.join(title.en for title in none)}",
            f"没有群体明确受益或受损：{'、'.join(title.zh for title in none)}",
        ))  # fmt: skip
    return said


def _apart(items: Sequence[GroupDifference]) -> list[GroupDifference]:
    """Return groups without those that are the same people as one before, such as Party members at distance 0."""
    return list({(g.people, g.paired): g for g in reversed(items)}.values())[::-1]


def _gainers(items: Sequence[GroupDifference], verdict: str, communities: Mapping[str, str]) -> Said | None:
    mine = sorted((g for g in items if g.verdict == verdict), key=_size)
    if not mine:
        return None
    way, measure = Said(*_WAYS[verdict]), mine[0].measure
    unit = Said(measure.unit.replace("0-1", "0\u20131"), unit_in(measure.unit, "zh"))
    what = Said(*_HAPPENS[measure.name][_gap(mine[0]) > 0])
    lead = Said(
        f"{way.en}: {what.en}, {unit.en}: ",
        f"{way.zh}：{what.zh}（{unit.zh}）：",
    )
    if len(mine) == len(items):
        ends = (mine[-1], mine[0])
        return Said(
            f"{lead.en}all {len(items)} groups, from {_of(ends[0])} to {_of(ends[1])}",
            f"{lead.zh}全部{len(items)}个群体，从{_of_zh(ends[0], communities)}到{_of_zh(ends[1], communities)}",
        )
    named, more = mine[:2], len(mine) - 2
    return Said(
        lead.en + ", ".join(map(_of, named)) + (f", {more} more" if more > 0 else ""),
        lead.zh + "、".join(_of_zh(g, communities) for g in named) + (f"，另有{more}个" if more > 0 else ""),
    )


def _gap(item: GroupDifference) -> float:
    gap = item.paired.difference
    return 0.0 if isinstance(gap, Missing) else gap


def _size(item: GroupDifference) -> float:
    return -abs(_gap(item))


def _of(item: GroupDifference) -> str:
    name = (
        f"{item.group} {item.category}"
        if item.group == "age" or item.category in ("none", "member", "not a member")
        else item.category
    )
    return f"{name} ({told(item.paired.difference, group_decimals(item), sign=True)})"


def _of_zh(item: GroupDifference, communities: Mapping[str, str]) -> str:
    name = category_zh(item.group, item.category, communities)
    name = name if name != item.category or item.group == "community" else f"{group_zh(item.group)} {name}"
    return f"{name}（{told(item.paired.difference, group_decimals(item), sign=True)}）"


def _name(indicator: Indicator) -> str:
    name, _, unit = indicator.words.rpartition(", ")
    twins = sum(1 for other in HEADLINE if other.words.startswith(f"{name}, "))
    return name if twins < 2 else f"{name} ({unit.removeprefix('% of ')})"


def _and(items: Sequence[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def _and_zh(items: Sequence[str]) -> str:
    return items[0] if len(items) == 1 else f"{'、'.join(items[:-1])}和{items[-1]}"
