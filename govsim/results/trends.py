"""Whether a run has settled: how far stocks still move within the counted weeks.

Rates of a run that has not settled hang on its length. What counts as moving is said by
:func:`still_moving`, over the seeds of an arm.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from govsim.engine.recording import Level
from govsim.results.declare import Indicator, Measure
from govsim.results.values import Missing, Value
from govsim.results.view import View
from govsim.units import PERCENT, THOUSAND

Series = NDArray[np.float64]


def _per_resident(stock: str) -> Callable[[View], Series]:
    return lambda view: THOUSAND * view.stocks[stock].sum(axis=1) / np.maximum(view.weekly("residents"), 1.0)


def _burnt_out(view: View) -> Series:
    at = view.at_level(Level.COMMUNITY, Level.STREET)
    burnt, filled = (getattr(view.recording, name)[:, at].sum(axis=1) for name in ("burnt_out", "filled"))
    return np.asarray(burnt / np.maximum(filled, 1.0))


def _change(series: Callable[[View], Series]) -> Measure:
    def change(view: View) -> Value:
        counted = series(view)[view.counted]
        half, level = counted.size // 2, float(counted.mean())
        if not half or level <= 0.0:
            return Missing.NO_BASE
        return float(PERCENT * (counted[-half:].mean() - counted[:half].mean()) / level)

    return change


TRENDS: tuple[Indicator, ...] = tuple(
    Indicator(
        f"change_{name}", f"change within the counted weeks: {en}", f"统计期内变化：{zh}", "% of its mean",
        f"{en[0].upper()}{en[1:]}: mean of the second half of the counted weeks minus mean of the first half, in percent of the "
        "mean of all of them.",
        definition_zh=f"{zh}：统计期后半段均值减去前半段均值，占统计期均值的百分比。",
        decimals=1, measure=_change(series),
    )
    for name, en, zh, series in (
        ("backlog", "known problems not closed, per resident", "人均待办积压", _per_resident("open")),
        ("hidden", "undetected problems, per resident", "人均未被发现的问题", _per_resident("undetected")),
        ("burnout", "burnt-out share of community and street staff", "基层人员倦怠率", _burnt_out),
    )
)  # fmt: skip

SMALLEST_CHANGE = 10.0
"""A stock still moves when it changes within the counted weeks by more than this, in percent of its mean ..."""
ERRORS = 2.0
"""... and by more than so many standard errors over seeds."""


def still_moving(changes: Sequence[Value]) -> float | None:
    """Return by how much a stock of an arm still moves, in percent of its mean, or None where it has settled.

    Parameters
    ----------
    changes
        One of :data:`TRENDS` by seed.
    """
    known = [value for value in changes if not isinstance(value, Missing)]
    if not known:
        return None
    mean = float(np.mean(known))
    error = float(np.std(known, ddof=1)) / len(known) ** 0.5 if len(known) > 1 else 0.0
    return mean if abs(mean) > max(SMALLEST_CHANGE, ERRORS * error) else None
