"""What a comparison shows and what it cannot show, in plain English and Chinese sentences."""

from __future__ import annotations

from collections.abc import Sequence
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

WIDTH = 100
"""Letters of a printed line."""
_NAMED = 5
_TITLES = {
    "hidden": ("not come to light", "未被发现"),
    "resolved": ("truly resolved", "真实解决"),
    "trust_community": ("trust in the committee", "对居委会的信任"),
    "ever_active": ("took part", "参与"),
}


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
    low, high = ((number(p.at, decimals, sign), p.seeds) for p in found.peaks)
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
    named = [
        (_name(d.indicator), d.indicator.label_zh, number(d.detectable, d.indicator.decimals))
        for d in items[:_NAMED]
    ]
    more = len(items) - len(named)
    each = " each" if comparison.independent else ""
    return Said(
        f"With {seeds} seeds{each}, in brackets what would have been seen: "
        + _and([f"{name} ({least})" for name, _, least in named] + ([f"{more} more"] if more else [])) + f"{en}.",
        f"{seeds}个种子下，括号内为本可检出的最小差值："
        + _and_zh([f"{name}（{least}）" for _, name, least in named] + ([f"另外{more}项"] if more else [])) + f"{zh}。",
    )  # fmt: skip


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


def groups_said(found: Sequence[GroupDifference]) -> list[Said]:
    """Say in short which groups gain and which lose: a sentence for each measure in which any does, and one for the others."""
    looked = [g for g in found if g.looked_at]
    said: list[Said] = []
    none: list[Said] = []
    for name in LOOKED_AT:
        mine = [g for g in looked if g.measure.name == name and g.paired.p is not None]
        if not mine:
            continue
        title, measure = Said(*_TITLES[name]), mine[0].measure
        parts = (_gainers(mine, "gain", "gain", "受益"), _gainers(mine, "loss", "lose", "受损"))
        known = [part for part in parts if part is not None]
        if not known:
            none.append(title)
            continue
        said.append(Said(
            f"{title.en}, {measure.unit}: {'; '.join(p.en for p in known)}",
            f"{title.zh}（{unit_in(measure.unit, 'zh')}）：{'；'.join(p.zh for p in known)}",
        ))  # fmt: skip
    if none:
        said.append(Said(
            f"no group clearly gains or loses in: {', '.join(title.en for title in none)}",
            f"没有群体明确受益或受损：{'、'.join(title.zh for title in none)}",
        ))  # fmt: skip
    return said


def _gainers(items: Sequence[GroupDifference], verdict: str, en: str, zh: str) -> Said | None:
    mine = [g for g in items if g.verdict == verdict]
    if not mine:
        return None
    mine.sort(key=_size)
    if len(mine) == len(items):
        ends = [mine[-1], mine[0]]
        return Said(
            f"all {len(items)} groups {en}, from {_of(ends[0])} to {_of(ends[1])}",
            f"全部{len(items)}个群体{zh}，从{_of_zh(ends[0])}到{_of_zh(ends[1])}",
        )
    named, more = mine[:2], len(mine) - 2
    return Said(
        f"{en}: {', '.join(map(_of, named))}" + (f", {more} more" if more > 0 else ""),
        f"{zh}：{'、'.join(map(_of_zh, named))}" + (f"，另有{more}个" if more > 0 else ""),
    )


def _size(item: GroupDifference) -> float:
    gap = item.paired.difference
    return 0.0 if isinstance(gap, Missing) else -abs(gap)


def _of(item: GroupDifference) -> str:
    name = (
        f"{item.group} {item.category}"
        if item.category in ("none", "member", "not a member")
        else item.category
    )
    return f"{name} {number(item.paired.difference, group_decimals(item), sign=True)}"


def _of_zh(item: GroupDifference) -> str:
    name = category_zh(item.group, item.category)
    name = name if name != item.category or item.group == "community" else f"{group_zh(item.group)} {name}"
    return f"{name}{number(item.paired.difference, group_decimals(item), sign=True)}"


def _name(indicator: Indicator) -> str:
    name, _, unit = indicator.words.rpartition(", ")
    twins = sum(1 for other in HEADLINE if other.words.startswith(f"{name}, "))
    return name if twins < 2 else f"{name} ({unit.removeprefix('% of ')})"


def _and(items: Sequence[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def _and_zh(items: Sequence[str]) -> str:
    return items[0] if len(items) == 1 else f"{'、'.join(items[:-1])}和{items[-1]}"
