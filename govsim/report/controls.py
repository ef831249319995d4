"""Negative controls as people see them: one table a comparison, and its numbers as a file."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from govsim.report.comparing.words import WIDTH, number
from govsim.results.csvtext import Cell
from govsim.results.declare import Column, Indicator
from govsim.results.values import Missing
from govsim.statistics.paired import Paired
from govsim.studies.ablations import Controlled, Survival

COLUMNS = (
    Column("control", "control", "阴性对照", "-", "Mechanism taken away; shuffled_network, no_network, ranking_off or "
    "random_routing."),
    Column("baseline", "baseline", "基准", "-", "Label of the baseline."),
    Column("other", "other", "对照", "-", "Label of the other arm."),
    Column("indicator", "indicator", "指标", "-", "Name; see dictionary.csv of a run."),
    Column("unit", "unit", "单位", "-", "Unit of the differences."),
    Column("difference", "difference", "差值", "see unit", "Mean of other minus baseline, nothing taken away."),
    Column("low95", "low end", "95%下限", "see unit", "Low end of its paired 95 % interval."),
    Column("high95", "high end", "95%上限", "see unit", "High end of it."),
    Column("under", "under control", "对照下差值", "see unit", "The same difference under the control."),
    Column("under_low95", "low end under control", "对照下95%下限", "see unit", "Low end of its interval."),
    Column("under_high95", "high end under control", "对照下95%上限", "see unit", "High end of it."),
    Column("share", "surviving share", "保留比例", "-", "under over difference; 1 if all of it survives."),
    Column("share_low95", "low end of share", "保留比例95%下限", "-", "Fieller interval; n/a where the difference cannot "
    "be told from none."),
    Column("share_high95", "high end of share", "保留比例95%上限", "-", "High end of it."),
    Column("pairs", "pairs", "配对数", "-", "Seeds, or points of a design, in which both differences are there."),
)  # fmt: skip
_NAME, _PLAIN, _CELL = 36, 8, 14


def control_rows(item: Controlled) -> list[list[Cell]]:
    """Return one row per headline indicator."""
    return [
        [
            item.control.name, item.baseline, item.other, left.indicator.name, left.indicator.unit,
            left.plain.difference, *_ends(left.plain.interval), left.under.difference, *_ends(left.under.interval),
            left.share.value, _or(left.share.low), _or(left.share.high), left.share.pairs,
        ]
        for left in item.survivals
    ]  # fmt: skip


def _ends(interval: tuple[float, float] | None) -> tuple[Cell, Cell]:
    return (Missing.NO_BASE, Missing.NO_BASE) if interval is None else interval


def _or(value: float | None) -> Cell:
    return Missing.NO_BASE if value is None else value


def control_lines(items: Sequence[Controlled], letter: str) -> Iterator[str]:
    """Yield the printed table of one comparison under all its controls."""
    gap = f"{letter} - A"
    yield f"Negative controls: {gap} when a mechanism is taken away, and the share of {gap} that is left [95 %]"
    yield f"{'':{_NAME}}{gap:>{_PLAIN}}" + "".join(f"{item.control.en:>{_CELL}}" for item in items)
    for row in zip(*(item.survivals for item in items), strict=True):
        cells = zip(items, row, strict=True)
        yield (
            f"{row[0].indicator.words:{_NAME}}{_difference(row[0].indicator, row[0].plain):>{_PLAIN}}"
            + "".join(f"{_difference(left.indicator, left.under):>{_CELL}}" for left in row)
        )
        if any(left.share.bounded for left in row):
            shares = "".join(
                f"{'not used' if item.unused else _share(left):>{_CELL}}" for item, left in cells
            )
            yield f"{'  share left':{_NAME + _PLAIN}}{shares}"
    yield from textwrap.wrap(
        f"A share of 1 means that all of it is left, 0 none, below 0 that it turns; no share where {gap} itself cannot be "
        f"told from none in these {items[0].over}, or where neither arm uses what is taken away. In this model, under these "
        "assumptions.",
        WIDTH,
    )


def _difference(indicator: Indicator, paired: Paired) -> str:
    value = paired.difference
    return (
        Missing.NO_BASE.value if isinstance(value, Missing) else number(value, indicator.decimals, sign=True)
    )


def _share(left: Survival) -> str:
    share = left.share
    if isinstance(share.value, Missing) or share.low is None or share.high is None:
        return "-"
    for decimals in (1, 0):
        words = f"{share.value:.{decimals}f} [{share.low:.{decimals}f},{share.high:.{decimals}f}]"
        if len(words) < _CELL:
            break
    return words
