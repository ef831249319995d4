"""What an experiment hands over: comparisons of the engine with exact values, and what to draw of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from govsim.assurance.theory.nulls import Keys

ERRORS = 3.0
"""Standard errors that an estimate may be off."""

CONFIDENCE = 0.95
"""Of the intervals that are drawn."""


@dataclass(frozen=True)
class Check:
    """One value of the engine beside the exact one.

    Attributes
    ----------
    name
        What is compared and where, with its unit.
    exact, engine, tolerance
        The engine passes when it is within ``tolerance`` of ``exact``.
    false_alarm
        Chance that a right engine fails, over all draws; 0 where nothing is drawn.
    interval
        Half-width of the 95 % confidence interval of the engine's value, 0 where nothing is estimated.
    first
        The engine's value in other draws that were outside, where this is the second measurement.
    """

    name: str
    exact: float
    engine: float
    tolerance: float
    false_alarm: float = 0.0
    interval: float = 0.0
    first: float | None = None

    @property
    def ok(self) -> bool:
        """Whether the engine is within the tolerance."""
        return abs(self.engine - self.exact) <= self.tolerance


def estimated(
    name: str, exact: float, sample: NDArray[np.float64], errors: float = ERRORS, allowance: float = 0.0
) -> Check:
    """Compare the mean of independent measurements.

    Parameters
    ----------
    sample
        At least two independent measurements of the same thing.
    errors
        Standard errors that the mean may be off.
    allowance
        What the engine may differ beside them for a stated reason that is no error.
    """
    from scipy import special

    freedom = len(sample) - 1
    error = float(sample.std(ddof=1)) / np.sqrt(len(sample))
    return Check(
        name,
        exact,
        float(sample.mean()),
        errors * error + allowance,
        float(2.0 * special.stdtr(freedom, -errors)),
        float(special.stdtrit(freedom, 0.5 + CONFIDENCE / 2)) * error,
    )


def counted(name: str, exact: float, hits: int, trials: int) -> Check:
    """Compare a share of independent trials with its probability; the false alarm is exact (binomial)."""
    from scipy import special

    error = np.sqrt(exact * (1.0 - exact) / trials)
    low, high = (np.floor(trials * (exact + side * ERRORS * error)) for side in (-1.0, 1.0))
    if trials * (exact - ERRORS * error) > low:
        low += 1
    below = float(special.bdtr(low - 1, trials, exact)) if low >= 1 else 0.0
    above = float(special.bdtrc(high, trials, exact)) if high < trials else 0.0
    share = hits / trials
    spread = np.sqrt(share * (1.0 - share) / trials)
    return Check(
        name, exact, share, float(ERRORS * error), below + above, float(special.ndtri(0.975) * spread)
    )


@dataclass(frozen=True)
class Series:
    """One exact curve with the engine's values that belong to it.

    Attributes
    ----------
    label
        For the key.
    line
        Abscissae and exact values; a NaN breaks the line. None draws none.
    marks
        Abscissae and values of the engine.
    interval
        Half-widths around ``marks``, or shape (2, n) below and above them, or None.
    """

    label: str
    line: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None
    marks: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None
    interval: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class Diagram:
    """One diagram: its series, axes with units, and places to point out on the horizontal axis.

    The words of ``places`` stand at the height ``places_at``, 0 to 1.
    """

    title: str
    x: str
    y: str
    series: tuple[Series, ...]
    places: tuple[tuple[float, str], ...] = ()
    places_at: float = 0.5
    log_x: bool = False
    log_y: bool = False


@dataclass(frozen=True)
class Finding:
    """What one experiment found."""

    checks: tuple[Check, ...]
    panels: tuple[Diagram, ...]

    @property
    def ok(self) -> bool:
        """Whether all comparisons are within their tolerances."""
        return all(check.ok for check in self.checks)


@dataclass(frozen=True)
class Law:
    """A known law and the experiment that holds the engine to it.

    Attributes
    ----------
    name
        For files and links.
    title
        For people.
    says
        What the law says and how the experiment asks the engine, in a short paragraph.
    source
        Publications.
    drawn
        What the figure shows, for its title.
    scenario, governance
        What one run of the experiment changes in the null model.
    experiment
        Runs the experiment with a seed; ``True`` asks for a small part of it, which takes a second or two.
    """

    name: str
    title: str
    says: str
    source: str
    drawn: str
    scenario: Keys
    experiment: Callable[[bool, int], Finding]
    governance: Keys = field(default_factory=dict)

    def examine(self, quick: bool = False) -> Finding:
        """Run the experiment; what is outside its tolerance is measured once more in other draws, which then count.

        A right engine fails a comparison in both draws with the square of the chance to fail it once.
        """
        finding = self.experiment(quick, 1)
        if finding.ok:
            return finding
        again = self.experiment(quick, 2)
        checks = (
            one if one.ok else replace(two, false_alarm=one.false_alarm * two.false_alarm, first=one.engine)
            for one, two in zip(finding.checks, again.checks, strict=True)
        )
        return Finding(tuple(checks), again.panels)


def array(values: ArrayLike) -> NDArray[np.float64]:
    """Return values as an array of numbers."""
    return np.asarray(values, dtype=np.float64)


def measured(
    label: str,
    x: Sequence[float],
    checks: Sequence[Check],
    line: tuple[ArrayLike, ArrayLike],
    most: float = np.inf,
) -> Series:
    """Return comparisons at places ``x`` as a series with its exact curve; no interval goes beyond ``most``."""
    engine, half = array([check.engine for check in checks]), array([check.interval for check in checks])
    return Series(
        label,
        (array(line[0]), array(line[1])),
        (array(x), engine),
        np.stack([half, np.minimum(half, most - engine)]) if half.any() else None,
    )
