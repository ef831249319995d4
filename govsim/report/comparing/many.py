"""Many arms against one baseline, side by side."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from govsim.report.comparing.words import WIDTH, letters, number
from govsim.results.values import Missing
from govsim.study.compare import ArmRuns, Comparison, Difference

_NAME, _CELL = 36, 8
_BESIDE = 7
"""Arms that stand beside each other and the baseline."""
_MARKS = {"clear": "*", "two outcomes": "2", "identical": "="}


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
    every = [d for c in comparisons for d in c.headline]
    looks = sum(d.p_corrected is not None for d in every)
    clear = sum(d.verdict == "clear" for d in every)
    yield from textwrap.wrap(
        f"In this model, under these assumptions: {clear} of {looks} differences are clear (*) when all are looked at "
        "together; = identical in every seed; 2 two typical outcomes, no typical difference; unmarked: undecided, no "
        "detectable difference. Intervals, spreads and groups: compare.csv, distribution.csv, groups.csv.",
        WIDTH,
    )


def _baseline(item: Difference) -> str:
    return (
        "two " if item.baseline.peaks else f"{_short(number(item.paired.baseline, item.indicator.decimals))} "
    )


def _cell(item: Difference) -> str:
    if item.split:
        return "two 2"
    value = item.paired.difference
    shown = "n/a" if isinstance(value, Missing) else number(value, item.indicator.decimals, sign=True)
    return f"{shown}{_MARKS.get(item.verdict, ' ')}"


def _short(text: str) -> str:
    return "n.r." if text == Missing.NOT_REACHED.value else text
