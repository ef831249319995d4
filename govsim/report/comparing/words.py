"""What a comparison of two or of many arms shows and cannot show, in plain English and Chinese sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from govsim.report.comparing.tables import category_zh, group_decimals, group_zh
from govsim.report.docs.words import unit as unit_in
from govsim.report.glossary import Said
from govsim.report.glossary import indicator as named
from govsim.results.declare import Indicator
from govsim.results.values import Missing, Value
from govsim.statistics.distribution import Distribution
from govsim.statistics.paired import FEWEST_SEEDS
from govsim.studies.compare import SIGNIFICANCE, Comparison, Difference, Verdict
from govsim.studies.groups import LOOKED_AT, WORST_OFF, GroupDifference
from govsim.studies.wording import listed, number
from govsim.units import PERCENT

_NAMED = 3
VERDICTS: Mapping[Verdict, str] = {
    "better": "好于基准",
    "worse": "差于基准",
    "higher": "高于基准",
    "lower": "低于基准",
}
"""Verdicts that say which way a difference goes, and in Chinese."""
_IN_CHINESE: Mapping[Verdict, str] = {
    **VERDICTS, "undecided": "尚难判断", "no difference": "相同", "not tested": "未检验", "n/a": "无",
}  # fmt: skip
_TITLES = {
    "hidden": ("undetected", "未被发现"),
    "resolved": ("resolved", "解决"),
    "trust_community": ("trust in the residents' committee", "对居（村）委会的信任"),
    "participation_26w": ("took part", "参与"),
}
_HAPPENS = {
    "hidden": (
        ("fewer problems stay undetected", "未被发现的问题减少"), ("more problems stay undetected", "未被发现的问题增多"),
    ),
    "resolved": (("fewer problems are resolved", "解决的问题减少"), ("more problems are resolved", "解决的问题增多")),
    "trust_community": (
        ("less trust in the residents' committee", "对居（村）委会的信任降低"),
        ("more trust in the residents' committee", "对居（村）委会的信任提高"),
    ),
    "participation_26w": (("fewer take part", "参与的居民减少"), ("more take part", "参与的居民增多")),
}  # fmt: skip
"""What happens where a measure goes down, and where it goes up."""
_WAYS = {"better": ("Better", "好于基准"), "worse": ("Worse", "差于基准")}


def told(value: Value | None, decimals: int, sign: bool = False) -> str:
    """Return a number for a sentence: with a proper minus."""
    return number(value, decimals, sign).replace("-", "\u2212")


def sentences(comparison: Comparison) -> list[Said]:
    """Say what the table shows and what it cannot show."""
    same = comparison.same_model
    if comparison.identical and same:
        return [Said(
            "Both are identical: the same model under two names. Every number is equal in every replication.",
            "两者完全相同：同一治理模式的两个名称，每次重复模拟的每个数字都相等。",
        )]  # fmt: skip
    if comparison.identical:
        return [Said(
            "Both are identical in every number and replication, although the models differ in content.",
            "两者内容不同，但每次重复模拟的每个数字都相等。",
        )]  # fmt: skip
    if comparison.seeds < FEWEST_SEEDS:
        return [Said(
            f"Too few replications for a verdict: {comparison.seeds}, and it takes {FEWEST_SEEDS}. Add --seeds 5 or more.",
            f"重复次数太少，无法判断：只有{comparison.seeds}次，至少需要{FEWEST_SEEDS}次。请加上 --seeds 5 或更多。",
        )]  # fmt: skip
    return [_finding(comparison)]


def _finding(comparison: Comparison) -> Said:
    by = {
        verdict: [d.indicator for d in comparison.headline if d.verdict == verdict]
        for verdict in (*VERDICTS, "undecided")
    }
    found = [(f"{verdict} in {_some(by[verdict])}", f"{_some_zh(by[verdict])}{VERDICTS[verdict]}")
             for verdict in VERDICTS if by[verdict]]  # fmt: skip
    en = [
        f"{comparison.other.label} is {'; '.join(words for words, _ in found)}."
        if found
        else "nothing is decided."
    ]
    zh = [
        f"{comparison.other.zh}的{'；'.join(words for _, words in found)}。" if found else "各项均尚难判断。"
    ]
    for item in comparison.splits:
        said = _two_groups(item, comparison)
        en.append(said.en)
        zh.append(said.zh)
    undecided = [d for d in comparison.headline if d.verdict == "undecided" and not d.split]
    if undecided:
        said = _undecided(undecided, comparison, not found)
        en.append(said.en)
        zh.append(said.zh)
    lead = Said("In this model, under these assumptions:", "在本模型的这些假设下：")
    return Said(" ".join([lead.en, *en]), lead.zh + "".join(zh))


def _some(items: Sequence[Indicator]) -> str:
    """Name the first few indicators and count the rest."""
    named = [_name(item).en for item in items[:_NAMED]]
    return listed(named + ([f"{len(items) - _NAMED} more"] if len(items) > _NAMED else []))


def _some_zh(items: Sequence[Indicator]) -> str:
    named = [_name(item).zh for item in items[:_NAMED]]
    return _and_zh(named + ([f"另外{len(items) - _NAMED}项"] if len(items) > _NAMED else []))


def _two_groups(item: Difference, comparison: Comparison) -> Said:
    d, result, name = item.indicator.decimals, item.paired, _name(item.indicator)
    arms = [
        (Said(arm.label, arm.zh), two(found, mean, spread, d))
        for arm, found, mean, spread in (
            (comparison.baseline, item.baseline, result.baseline, result.baseline_spread),
            (comparison.other, item.other, result.other, result.other_spread),
        )
    ]
    if not item.baseline.peaks and not item.other.peaks:
        arms = [(Said("difference", "差值"), two(item.spread, result.difference, None, d, sign=True))]
    return Said(
        f"{name.en[0].upper()}{name.en[1:]} falls into two groups of results, so that no mean difference is typical: "
        + "; ".join(f"{arm.en} {said.en}" for arm, said in arms) + ".",
        f"{name.zh}的结果分为两类，没有典型的平均差值："
        + "；".join(f"{arm.zh}：{said.zh}" for arm, said in arms) + "。",
    )  # fmt: skip


def two(found: Distribution, mean: Value, spread: float | None, decimals: int, sign: bool = False) -> Said:
    """Say of an arm, or of a difference, what most seeds give, how many lie apart from them, and how many may.

    Parameters
    ----------
    mean, spread
        Over all seeds, for an arm in which none lies apart.
    """
    low, high = (f"{PERCENT * end:.0f}" for end in found.chance)
    if not found.peaks:
        usual = _give(mean, spread, decimals, sign)
        return Said(
            f"{usual}, 0 of {found.seeds} replications apart (a true share of up to {high}% is possible)",
            f"{usual}，{found.seeds}次重复模拟中没有另一类结果（其概率最高可达{high}%）",
        )
    rest, other = found.rest, next(peak for peak in found.peaks if peak is not found.rest)
    usual, odd = _give(rest.mean, rest.spread, decimals, sign), told(other.at, decimals, sign)
    return Said(
        f"{usual} in {rest.seeds} of {found.seeds} replications, {odd} in {other.seeds} (true share between {low} and {high}%)",
        f"{found.seeds}次重复模拟中{rest.seeds}次为{usual}，{other.seeds}次为{odd}（后者的概率为{low}%至{high}%）",
    )


def _give(mean: Value, spread: float | None, decimals: int, sign: bool) -> str:
    words = told(mean, decimals, sign)
    return words if spread is None else f"{words} ± {told(spread, decimals)}"


def _undecided(items: Sequence[Difference], comparison: Comparison, nothing_found: bool) -> Said:
    seeds = comparison.seeds
    almost = sum(1 for d in items if d.p_corrected and d.paired.p is not None and d.paired.p < SIGNIFICANCE)
    en = f"; {almost} of them would count as a difference if it were the only row" if almost else ""
    zh = f"；其中{almost}项若单独检验则可判断" if almost else ""
    if not nothing_found:
        return Said(
            f"Undecided with {seeds} replications: {len(items)} {'row' if len(items) == 1 else 'rows'}{en}.",
            f"{seeds}次重复模拟下尚难判断：{len(items)}项{zh}。",
        )
    named = [(*_name(d.indicator), detectable(d)) for d in items[:_NAMED]]
    more = len(items) - len(named)
    each = " each" if comparison.independent else ""
    return Said(
        f"Undecided with {seeds} replications{each}, in brackets the smallest detectable difference (80% power): "
        + listed([f"{name} ({least.en})" for name, _, least in named] + ([f"{more} more"] if more else [])) + f"{en}.",
        f"{seeds}次重复模拟下尚难判断，括号内为最小可检出差异（检验效能80%）："
        + _and_zh([f"{name}（{least.zh}）" for _, name, least in named] + ([f"另外{more}项"] if more else [])) + f"{zh}。",
    )  # fmt: skip


def detectable(item: Difference) -> Said:
    """Return the smallest detectable difference; a share cannot differ by more than the whole."""
    unit = item.indicator.unit
    whole = PERCENT if unit.startswith("%") else 1.0 if unit == "0-1" else None
    if whole is not None and item.detectable is not None and item.detectable > whole:
        return Said("more than the scale allows", "超出可能范围")
    least = "n/a" if item.detectable is None else told(item.detectable, item.indicator.decimals)
    return Said(least, "无" if item.detectable is None else least)


def notes(comparison: Comparison) -> list[Said]:
    """Say what else a reader of the table must know: numbers that seeds lack, two groups of results, unpaired intervals."""
    said = []
    lacking = [d.indicator for d in comparison.headline if 0 < d.paired.pairs < d.paired.seeds]
    if lacking:
        said.append(Said(
            f"Not tested, because only some replications have the number: {listed([_name(i).en for i in lacking])}.",
            f"未检验，因为只有部分重复模拟有数值：{_and_zh([_name(i).zh for i in lacking])}。",
        ))  # fmt: skip
    late = [d.indicator for d in comparison.headline if d.paired.by_order]
    if late:
        said.append(Said(
            f"Not reached in some replications, which count as later than all others: {listed([_name(i).en for i in late])}. "
            "The verdict compares the order of the replications; read the mean time within half a year and a year beside it.",
            f"部分重复模拟未达到，按最晚排序：{_and_zh([_name(i).zh for i in late])}。判断依据各次模拟的先后次序；"
            "请同时参看半年内和一年内的平均解决时间。",
        ))  # fmt: skip
    if comparison.splits:
        split = [_name(d.indicator) for d in comparison.splits]
        said.append(Said(
            f"*: the same replications fall into two groups of results in {listed([name.en for name in split])}; "
            "what these rows show may depend on it.",
            f"*：同样的重复模拟在{_and_zh([name.zh for name in split])}上分为两类结果，这些行可能受其影响。",
        ))  # fmt: skip
    loose = [d.indicator for d in comparison.headline if d.paired.independent]
    if loose and not comparison.independent:
        said.append(Said(
            f"u: pairing made the interval wider, so the unpaired one is used: {listed([_name(i).en for i in loose])}.",
            f"u：配对反而使区间变宽，故采用非配对区间：{_and_zh([_name(i).zh for i in loose])}。",
        ))  # fmt: skip
    return said


def groups_said(found: Sequence[GroupDifference], communities: Mapping[str, str] = {}) -> list[Said]:
    """Say in short which groups gain and which lose: a sentence for each measure and way, and one for the other measures.

    Parameters
    ----------
    communities
        Chinese names of communities by their English ones.
    """
    looked = [g for g in found if g.looked_at and g.group != WORST_OFF]
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
            f"No group shows a difference in: {', '.join(title.en for title in none)}",
            f"各群体均尚难判断：{'、'.join(title.zh for title in none)}",
        ))  # fmt: skip
    worst = [g for g in found if g.group == WORST_OFF and g.verdict not in ("no difference", "n/a")]
    if worst:
        said.append(Said(
            "Worst-off group: "
            + "; ".join(f"{_TITLES[g.measure.name][0]} {_level(g)}, {g.verdict} ({_plain_name(g)})" for g in worst),
            "处境最差的群体："
            + "；".join(
                f"{_TITLES[g.measure.name][1]}{_level(g)}，{verdict_zh(g.verdict)}（{_plain_zh(g, communities)}）"
                for g in worst
            ),
        ))  # fmt: skip
    return said


def _level(item: GroupDifference) -> str:
    d = group_decimals(item)
    return f"{told(item.paired.baseline, d)} / {told(item.paired.other, d)}"


def _plain_name(item: GroupDifference) -> str:
    return "no work or no hazard" if item.category == "none" else item.category


def _plain_zh(item: GroupDifference, communities: Mapping[str, str]) -> str:
    return communities.get(item.category) or category_zh("", item.category, communities)


def verdict_zh(verdict: Verdict) -> str:
    """Return a verdict in Chinese."""
    return _IN_CHINESE[verdict]


def _apart(items: Sequence[GroupDifference]) -> list[GroupDifference]:
    """Return groups without those that are the same people as one before, such as Party members at distance 0."""
    return list({(g.people, g.paired): g for g in reversed(items)}.values())[::-1]


def _gainers(items: Sequence[GroupDifference], verdict: str, communities: Mapping[str, str]) -> Said | None:
    mine = sorted((g for g in items if g.verdict == verdict), key=_size)
    if not mine:
        return None
    way, measure = Said(*_WAYS[verdict]), mine[0].measure
    unit = Said(unit_in(measure.unit, "en").replace("0-1", "0\u20131"), unit_in(measure.unit, "zh"))
    what = Said(*_HAPPENS[measure.name][_gap(mine[0]) > 0])
    drawn = mine[0].shrunken is not None
    lead = Said(
        f"{way.en}: {what.en}, {unit.en}{', each drawn towards the mean of all groups' if drawn else ''}: ",
        f"{way.zh}：{what.zh}（{unit.zh}{'，已向各群体均值收缩' if drawn else ''}）：",
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
    gap = item.told
    return 0.0 if isinstance(gap, Missing) else gap


def _size(item: GroupDifference) -> float:
    return -abs(_gap(item))


def _of(item: GroupDifference) -> str:
    name = (
        f"{item.group} {item.category}"
        if item.group == "age" or item.category in ("none", "member", "not a member")
        else item.category
    )
    return f"{name} ({told(item.told, group_decimals(item), sign=True)})"


def _of_zh(item: GroupDifference, communities: Mapping[str, str]) -> str:
    name = category_zh(item.group, item.category, communities)
    name = name if name != item.category or item.group == "community" else f"{group_zh(item.group)} {name}"
    return f"{name}（{told(item.told, group_decimals(item), sign=True)}）"


def _name(indicator: Indicator) -> Said:
    return named(indicator.name, indicator.label_en, indicator.label_zh)


def _and_zh(items: Sequence[str]) -> str:
    return items[0] if len(items) == 1 else f"{'、'.join(items[:-1])}和{items[-1]}"


_TOLD = 3
"""Arms that are named on either side."""


def many_said(comparisons: Sequence[Comparison], names: Sequence[str], names_zh: Sequence[str] = ()) -> Said:
    """Say which arms are best and worst against the baseline, and how many are decided, when all are looked at together."""
    points = []
    for comparison in comparisons:
        verdicts = [d.verdict for d in comparison.headline]
        points.append((verdicts.count("better"), verdicts.count("worse")))
    decided = sum(any(d.decided for d in c.headline) for c in comparisons)
    tests = sum(d.p_corrected is not None for c in comparisons for d in c.headline)
    found = sum(d.decided for c in comparisons for d in c.headline)
    best = sorted(
        (n for n, (up, down) in enumerate(points) if up > down), key=lambda n: points[n][1] - points[n][0]
    )
    worst = sorted(
        (n for n, (up, down) in enumerate(points) if down > up), key=lambda n: points[n][0] - points[n][1]
    )
    zh_names = names_zh or names
    en = [
        f"In this model, under these assumptions: {decided} of {len(comparisons)} options differ from the baseline in at least "
        f"one row ({found} of {tests} tests, all looked at together)."
    ]
    zh = [
        f"在本模型的这些假设下：{len(comparisons)}个方案中有{decided}个至少一项与基准不同（共{tests}次检验，其中{found}次可判断，一并校正）。"
    ]
    for lead, lead_zh, some in (
        ("Better in most rows", "好于基准的项目最多", best),
        ("Worse in most rows", "差于基准的项目最多", worst),
    ):
        if some:
            en.append(
                lead
                + ": "
                + "; ".join(f"{names[n]} ({points[n][0]} better, {points[n][1]} worse)" for n in some[:_TOLD])
                + "."
            )
            zh.append(
                lead_zh
                + "："
                + "；".join(
                    f"{zh_names[n]}（{points[n][0]}项好于基准，{points[n][1]}项差于基准）"
                    for n in some[:_TOLD]
                )
                + "。"
            )
    return Said(" ".join(en), "".join(zh))
