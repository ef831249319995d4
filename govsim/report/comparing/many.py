"""Many arms against one baseline, side by side."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from govsim.report.comparing.words import Said
from govsim.results.values import Missing
from govsim.studies.answer import WIDTH, letters, number
from govsim.studies.compare import DECIDED, ArmRuns, Comparison, Difference

_NAME, _CELL = 36, 8
_BESIDE = 7
"""Arms that stand beside each other and the baseline."""
_MARKS = {**dict.fromkeys(DECIDED, "*"), "no difference": "="}
_TOLD = 3
"""Arms that are named on either side."""


def many_arms(comparisons: Sequence[Comparison], arms: Sequence[ArmRuns]) -> Iterator[str]:
    """Yield a table of differences from the baseline, a few arms at a time, in the order in which they were given."""
    by_arm = dict(zip(map(id, arms), letters(arms), strict=True))
    named = [f"{by_arm[id(arm)]} = {arm.label}" for arm in arms]
    named[0] += " (baseline)"
    yield from textwrap.wrap("; ".join(named), WIDTH)
    for start in range(0, len(comparisons), _BESIDE):
        part = comparisons[start : start + _BESIDE]
        heads = "".join(f"{by_arm[id(c.other)] + ' - A ':>{_CELL}}" for c in part)
        yield f"{'':{_NAME}}{'A ':>{_CELL}}{heads}"
        for rows in zip(*(c.headline for c in part), strict=True):
            cells = "".join(f"{_cell(item):>{_CELL}}" for item in rows)
            yield f"{rows[0].indicator.words:{_NAME}}{_baseline(rows[0]):>{_CELL}}{cells}"
        yield ""
    yield from textwrap.wrap(many_said(comparisons, [by_arm[id(c.other)] for c in comparisons]).en, WIDTH)
    yield from textwrap.wrap(
        "* better, worse, higher or lower than A; = no difference in any seed; 2 two groups of results; unmarked: undecided "
        "or not tested. Intervals, spreads, numbers of seeds and groups: compare.csv, distribution.csv, groups.csv.",
        WIDTH,
    )


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
        f"In this model, under these assumptions: {decided} of {len(comparisons)} options differ from A in at least one row "
        f"({found} of {tests} tests, all looked at together)."
    ]
    zh = [
        f"在本模型的这些假设下：{len(comparisons)}个方案中有{decided}个至少一项与A不同（共{tests}次检验，其中{found}次可判断，一并校正）。"
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


def _baseline(item: Difference) -> str:
    found, decimals = item.baseline, item.indicator.decimals
    if found.peaks:
        return f"{number(found.rest.mean, decimals)}2"
    if found.beyond is not None:
        return f">{number(found.beyond, decimals)} "
    return f"{_short(number(item.paired.baseline, decimals))} "


def _cell(item: Difference) -> str:
    if item.split:
        return "2"
    value = item.paired.difference
    shown = (
        "n/a"
        if isinstance(value, Missing) or not item.paired.carries
        else number(value, item.indicator.decimals, sign=True)
    )
    return f"{shown}{_MARKS.get(item.verdict, ' ')}"


def _short(text: str) -> str:
    return "n.r." if text == Missing.NOT_REACHED.value else text
