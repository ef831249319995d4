"""What an arm gets for the hours and the money it was granted: the numbers to read where budgets are unequal."""

from __future__ import annotations

from govsim.results.declare import Indicator
from govsim.results.indicators import INDICATORS
from govsim.statistics.contrast import contrast, unpaired
from govsim.statistics.paired import Paired
from govsim.studies.compare import ArmRuns

_NAMES = (
    "resolved_per_granted_hour",
    "known_per_granted_hour",
    "resolved_per_hour_spent",
    "resolved_per_money",
)
PER_HOUR: tuple[Indicator, ...] = tuple(indicator for indicator in INDICATORS if indicator.name in _NAMES)


def compare_per_hour(
    baseline: ArmRuns, other: ArmRuns, *, independent: bool = False
) -> list[tuple[Indicator, Paired]]:
    """Return the difference of two arms in every yield."""
    how = unpaired if independent else contrast
    return [(item, how(baseline.about(item), other.about(item))) for item in PER_HOUR]
