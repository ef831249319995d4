"""Which indicators are fitted, within which ranges, and which are held out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from govsim.results.declare import Indicator
from govsim.results.errors import RefusedError
from govsim.results.indicators import INDICATORS
from govsim.results.patterns import PATTERNS
from govsim.scenario.studies import LoadedStudy


@dataclass(frozen=True)
class Target:
    """An indicator with the range that is accepted.

    Attributes
    ----------
    indicator : Indicator
    low, high : float
        In the indicator's unit.
    """

    indicator: Indicator
    low: float
    high: float

    @property
    def name(self) -> str:
        """Name of the indicator."""
        return self.indicator.name

    @property
    def half(self) -> float:
        """Half of the range's width."""
        return (self.high - self.low) / 2

    def distance(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how far values are outside of the range, in half-widths of it; 0 inside."""
        beyond = np.maximum(self.low - values, values - self.high)
        return np.asarray(np.maximum(beyond, 0.0) / self.half)


@dataclass(frozen=True)
class Targets:
    """What is fitted and what is held out."""

    fitted: tuple[Target, ...]
    held_out: tuple[Target, ...]


def targets_of(study: LoadedStudy) -> Targets:
    """Return the targets that a study asks for.

    Raises
    ------
    RefusedError
        If an indicator is unknown, has no range, or is both fitted and held out.
    """
    asked = study.study.calibration
    held = list(asked.held_out)
    fit = list(asked.fit) or [pattern.name for pattern in PATTERNS if pattern.name not in held]
    both = sorted(set(fit) & set(held))
    if both:
        raise RefusedError(f"{both[0]} is both fitted and held out: what is fitted tests nothing afterwards")
    unused = sorted(set(asked.ranges) - set(fit) - set(held))
    if unused:
        raise RefusedError(f"there is a range of {unused[0]}, which is neither fitted nor held out")
    return Targets(_targets(fit, asked.ranges), _targets(held, asked.ranges))


def _targets(names: Sequence[str], ranges: dict[str, list[float]]) -> tuple[Target, ...]:
    from govsim.scenario.fields import nearest

    known = {indicator.name: indicator for indicator in INDICATORS}
    found = []
    for name in dict.fromkeys(names):
        if name not in known:
            close = nearest(name, list(known))
            raise RefusedError(f"there is no indicator {name}{f'; nearest: {close[0]}' if close else ''}")
        low, high = ranges.get(name, known[name].target or (0.0, 0.0))
        if not low < high:
            raise RefusedError(
                f"{name} has no range: name its lowest and highest accepted value under calibration.ranges"
            )
        found.append(Target(known[name], low, high))
    return tuple(found)
