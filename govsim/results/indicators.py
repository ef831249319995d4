"""The indicators of a whole run, in the order in which they are printed.

They read the recording only. Percentages are stored as they are printed, 0-100, so that every number a person
sees can be found in the files.
"""

from __future__ import annotations

from govsim.results.community import COMMUNITY
from govsim.results.cost import COST
from govsim.results.declare import Indicator
from govsim.results.equity import EQUITY
from govsim.results.participation import PARTICIPATION
from govsim.results.patterns import PATTERNS
from govsim.results.resolution import RESOLUTION, WHO_SOLVED
from govsim.results.trends import TRENDS
from govsim.results.trust_and_staff import STAFF_INDICATORS, TRUST
from govsim.results.values import Value
from govsim.results.view import View

INDICATORS: tuple[Indicator, ...] = (
    *PARTICIPATION, *RESOLUTION, *WHO_SOLVED, *TRUST, *STAFF_INDICATORS, *COST, *COMMUNITY, *EQUITY,
    *PATTERNS, *TRENDS,
)  # fmt: skip
"""All of them; names are unique and a test says so."""

HEADLINE: tuple[Indicator, ...] = tuple(indicator for indicator in INDICATORS if indicator.headline)
"""Those of the printed comparison; the correction for looking at many counts these and no others."""


def summarise(view: View) -> dict[str, Value]:
    """Return every indicator of one run, by name, in printing order."""
    return {indicator.name: indicator.compute(view) for indicator in INDICATORS}
