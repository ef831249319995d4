"""Nominal rates against observed ones: what a verdict promises, measured on synthetic data whose truth is known.

A case draws a sample, asks govsim, and says whether what must be rare (or frequent) happened. The draws are fixed, so a test of
a case never flickers; on fresh draws a case that keeps its promise exactly would fail with chance :data:`ALARM`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

ALARM = 1e-3
"""Chance that a test of a rate fails although the rate is exactly the promised one."""

Trial = Callable[[np.random.Generator], bool | None]
"""One sample: whether it happened; None where the sample says nothing about it and is not counted."""


@dataclass(frozen=True)
class Case:
    """A promise of the statistics.

    Attributes
    ----------
    name : str
        For the test.
    what : str
        What is counted, in plain words, for the page.
    promise : {"at most", "at least"}
        Which side of the nominal rate is a fault.
    nominal : float
        The promised rate.
    trial : callable
    trials : int
        Samples.
    before : float or None
        The rate under the rule that was replaced, as it was measured; None where there was no such rule.
    """

    name: str
    what: str
    promise: Literal["at most", "at least"]
    nominal: float
    trial: Trial
    trials: int = 1000
    before: float | None = None


@dataclass(frozen=True)
class Rate:
    """How often it happened."""

    hits: int
    trials: int

    @property
    def observed(self) -> float:
        """Share of the samples."""
        return self.hits / self.trials

    @property
    def error(self) -> float:
        """Monte-Carlo standard error of the share, not smaller than that of one hit."""
        share = min(max(self.observed, 1 / self.trials), 1 - 1 / self.trials)
        return float(np.sqrt(share * (1 - share) / self.trials))

    def keeps(self, case: Case) -> bool:
        """Whether so many hits are compatible with the promise: an exact binomial test at :data:`ALARM`."""
        from scipy import stats

        if case.promise == "at most":
            return bool(stats.binom.sf(self.hits - 1, self.trials, case.nominal) >= ALARM)
        return bool(stats.binom.cdf(self.hits, self.trials, case.nominal) >= ALARM)


def measure(case: Case) -> Rate:
    """Return the rate of a case; its draws hang on its name only."""
    rng = np.random.default_rng(list(case.name.encode()))
    found = [said for _ in range(case.trials) if (said := case.trial(rng)) is not None]
    return Rate(sum(found), len(found))


def check(case: Case) -> None:
    """Fail unless the promise is kept."""
    rate = measure(case)
    words = f"{case.what}: promised {case.promise} {case.nominal}, observed {rate.observed:.4f} ± {rate.error:.4f}"
    assert rate.keeps(case), words
