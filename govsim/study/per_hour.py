"""What an arm gets for the hours and the money it was granted: the numbers to read where budgets are unequal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from govsim.results.declare import Column
from govsim.results.load import Results
from govsim.results.values import Value
from govsim.study.compare import ArmRuns
from govsim.study.contrast import contrast, unpaired
from govsim.study.statistics import Paired, about_ratio
from govsim.units import MILLION, THOUSAND


@dataclass(frozen=True)
class PerHour(Column):
    """A yield: something counted over something granted or spent."""

    compute: Callable[[Sequence[Results]], list[Value]] = lambda runs: []
    decimals: int = 2


def _over(
    counted: Callable[[Results], float], spent: Callable[[Results], float], scale: float
) -> Callable[[Sequence[Results]], list[Value]]:
    """Return the ratio of both sums over the seeds, as a number by seed."""
    return lambda runs: about_ratio([scale * counted(run) for run in runs], [spent(run) for run in runs])


def _solved(run: Results) -> float:
    return float(run.manifest["balance"]["resolved"])


def _known(run: Results) -> float:
    book = run.manifest["balance"]
    return float(book["cases"] - book["undetected"])


PER_HOUR: tuple[PerHour, ...] = (
    PerHour(
        "resolved_per_granted_hour", "truly resolved per 1,000 staff hours granted", "每千核定工时真实解决数",
        "problems per 1,000 hours", "Problems truly resolved in the run per 1,000 staff hours granted.", 1,
        definition_zh="模拟期内每千核定工时真实解决的问题数。",
        compute=_over(_solved, lambda run: float(run.manifest["granted_hours"]), THOUSAND),
    ),
    PerHour(
        "known_per_granted_hour", "come to light per 1,000 staff hours granted", "每千核定工时发现数",
        "problems per 1,000 hours", "Problems that came to light in the run per 1,000 staff hours granted.", 1,
        definition_zh="模拟期内每千核定工时发现的问题数。",
        compute=_over(_known, lambda run: float(run.manifest["granted_hours"]), THOUSAND),
    ),
    PerHour(
        "resolved_per_hour_spent", "truly resolved per 1,000 hours spent by anybody", "每千实际工时真实解决数",
        "problems per 1,000 hours",
        "Problems truly resolved per 1,000 hours that staff, members, volunteers and partners spent.", 1,
        definition_zh="工作人员、党员、志愿者和社会力量每实际投入千小时真实解决的问题数。",
        compute=_over(_solved, lambda run: float(run.manifest["balance"]["hours_used"]), THOUSAND),
    ),
    PerHour(
        "resolved_per_money", "truly resolved per million yuan granted", "每百万元拨款真实解决数",
        "problems per million yuan", "Problems truly resolved in the run per million yuan granted.", 1,
        definition_zh="模拟期内每百万元拨款真实解决的问题数。", decimals=1,
        compute=_over(_solved, lambda run: float(run.manifest["granted_money"]), MILLION),
    ),
)  # fmt: skip


def compare_per_hour(
    baseline: ArmRuns, other: ArmRuns, *, independent: bool = False
) -> list[tuple[PerHour, Paired]]:
    """Return the difference of two arms in every yield."""
    how = unpaired if independent else contrast
    return [(item, how(item.compute(baseline.runs), item.compute(other.runs))) for item in PER_HOUR]
