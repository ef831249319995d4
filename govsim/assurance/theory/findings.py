"""Null models, what an experiment on them hands over, and what to draw of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from govsim.engine import Arm, Recording, resolve_arm, simulate
from govsim.scenario.schema import Scenario
from govsim.scenario.schema.governance import Governance
from govsim.world import World, build

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


def check_share(name: str, exact: float, hits: int, trials: int) -> Check:
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


Keys = dict[str, Any]

SILENT: Keys = {
    "govsim": 1,
    "run": {"weeks": 52, "seeds": 1},
    "population": {
        "residents": 100,
        "household_sizes": [1.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        "migrant": 0.0,
        "ages": {"under_18": 0.0},
        "party": {"share_of_adults": 0.0},
        "participation": {
            "certain_share": 0.0,
            "contingent_share": 0.0,
            "time_cost": 0.0,
            "registered_share": 0.0,
        },
        "ability": {"base": 1.0, "schooling": 0.0, "elderly": 0.0, "migrant": 0.0},
        "organisations": {
            kind: {"per_10000": 0.0, "members": 0}
            for kind in ("mutual_aid", "volunteer_team", "service_provider", "owners_committee", "enterprise")
        },
    },
    "network": {
        "household": False,
        "neighbours": {"kind": "none"},
        "kin_work_school": {"degree": 0.0},
        "branch": {"degree": 0.0},
        "liaison": {"linked_households": 0},
        "organisation": {"degree": 0.0},
    },
    "problems": {"classes": {}},
    "tasks": {"community_hours": 0.0, "street_hours": 0.0},
    "capacity": {
        "hours_per_week": 40.0,
        "staff": {"community": 0.0, "grid": 0.0, "street": 0.0, "department": 0.0, "desk": 0.0},
        "money": {"community": 0.0, "street": 0.0, "department": 0.0},
    },
    "handling": {
        "intake_hours": 0.0,
        "explain_rate": 0.0,
        "reopening": 0.0,
        "generalist_factor": 1.0,
    },
    "workforce": {"speed_spread": 0.0, "burnout_gain": 0.0, "slowing": 0.0, "quit_rate": 0.0},
    "infrastructure": {"decay": 0.0},
    "demography": {"ageing": False, "moving_under_40": 0.0, "moving_from_40": 0.0, "deaths_over_60": 0.0},
    "reporting": {"floor": 1.0, "walk_in": 1.0, "walk_in_stranger": 1.0, "hotline": 0.0, "repeat_call": 0.0},
}
"""A hundred adults, each alone in a household, to whom nothing happens."""

PLAIN: Keys = {
    "govsim": 1,
    "name": {"en": "Plain"},
    "detection": {"hotline": False, "patrol_share": 0.0, "visit_share": 0.0, "visit_targets": "round"},
    "routing": {"orders": "hops"},
    "resolution": {"volunteers": False, "organisations": False},
    "mobilisation": {"call_share": 0.0},
    "capacity": {},
    "accountability": {"answers_to": "residents"},
    "tasks": {"priority": "equal"},
    "agenda": {"rule": "first_come"},
}
"""An office that waits for people to walk in and serves them in turn."""

PROBLEM: Keys = {
    "kind": "local_soft",
    "rate": 0.0,
    "severity_low": 1.0,
    "severity_high": 1.0,
    "effort_hours": 1.0,
    "level": "community",
    "report_rate": 1e9,
}
"""A problem that the community office resolves and that is reported at once."""


def merged(base: Keys, changes: Keys) -> Keys:
    """Return ``base`` with the values of ``changes``, mappings merged key by key."""
    out = dict(base)
    for name, value in changes.items():
        old = out.get(name)
        out[name] = merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return out


def scenario(*changes: Keys) -> Scenario:
    """Return the silent scenario with changes, validated as a file would be."""
    keys = SILENT
    for change in changes:
        keys = merged(keys, change)
    return Scenario.model_validate_json(json.dumps(keys))


def governance(*changes: Keys) -> Governance:
    """Return the plain governance model with changes, validated as a file would be."""
    keys = PLAIN
    for change in changes:
        keys = merged(keys, change)
    return Governance.model_validate_json(json.dumps(keys))


def arm(*changes: Keys) -> Arm:
    """Return the plain model with changes as a capacity-neutral arm."""
    return resolve_arm(governance(*changes), "neutral")


def world_of(spec: Scenario, seed: int) -> World:
    """Return the world of a scenario."""
    return build(spec.population, spec.network, seed)


def run_engine(spec: Scenario, seed: int, chosen: Arm | None = None, world: World | None = None) -> Recording:
    """Return the recording of one run of the real engine."""
    return simulate(world or world_of(spec, seed), spec, chosen or arm(), seed)


def communities(number: int) -> Keys:
    """Return the keys of one street unit with equal communities."""
    return {"population": {"street_units": [{"communities": [{} for _ in range(number)]}]}}
