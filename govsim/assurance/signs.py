"""Face validity: signs that were fixed before anything was run, and where the default lies among other districts.

A sign says in which direction an indicator should move when one thing is changed, because theory or published studies
say so. It is a report and no gate: misses stay in the table. The second part asks of a difference between two models whether
the default scenario is an outlier among districts that differ from it in load, staff, network and thresholds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np

from govsim.engine.recording import CaseStatus, Channel
from govsim.results.indicators import summarise
from govsim.results.values import Missing, Value
from govsim.results.view import View
from govsim.statistics.paired import Paired, paired
from govsim.units import DAYS_PER_WEEK

if TYPE_CHECKING:
    from govsim.engine import Recording
    from govsim.scenario.schema import Scenario
    from govsim.scenario.schema.governance import Governance

Settings = tuple[str, ...]
Measure = Callable[["Recording"], float]

DISTRICT: Settings = ("population.residents=1200", "run.weeks=104")
"""The shipped tiny district, four times as large and twice as long."""


@dataclass(frozen=True)
class Sign:
    """One expectation.

    Attributes
    ----------
    claim : str
        What should happen.
    why : str
        Where the expectation comes from.
    less, more : tuple of str
        Settings of the scenario without and with more of the cause.
    blocks : tuple of mapping
        Changes of the governance model's blocks, without and with more of the cause.
    what : str
        Name of the measure, for people.
    measure : callable
        From a recording to a number, NaN where there is none.
    sign : int
        1 up, -1 down, 0 no change.
    """

    claim: str
    why: str
    less: Settings
    more: Settings
    blocks: tuple[Mapping[str, Mapping[str, object]], Mapping[str, Mapping[str, object]]]
    what: str
    measure: Measure
    sign: Literal[-1, 0, 1]


def _indicator(name: str) -> Measure:
    def read(recording: Recording) -> float:
        return _number(summarise(View(recording))[name])

    return read


def _wait(recording: Recording) -> float:
    """Return mean working days from the competent office taking a case on to work on it, what still waits counted in."""
    cases, end = recording.cases, recording.weeks * recording.hours_per_week
    day = recording.hours_per_week / DAYS_PER_WEEK
    known = (cases["competent"] >= 0) & (cases["money"] == 0)
    begun = np.where(cases["first_handled"] >= 0, cases["first_handled"], end)
    return float((begun - cases["competent"])[known].mean()) / day


def _reports(recording: Recording) -> float:
    """Return reports by residents themselves in percent of problems that arose."""
    by_residents = np.isin(recording.cases["channel"], (Channel.HOTLINE, Channel.WALK_IN)) & (
        recording.cases["detected"] >= 0
    )
    return 100.0 * float(by_residents.sum()) / max(len(by_residents), 1)


def _structural(recording: Recording) -> float:
    """Return truly resolved problems that need capital, in percent of those that arose."""
    kinds = np.array([kind == "structural" for kind in recording.class_kinds])[
        recording.cases["problem_class"]
    ]
    resolved = (recording.cases["outcome"] == CaseStatus.RESOLVED)[kinds]
    return 100.0 * float(resolved.mean()) if len(resolved) else float("nan")


NOTHING: Mapping[str, Mapping[str, object]] = {}

SIGNS: tuple[Sign, ...] = (
    Sign(
        "More tasks from above, longer waits of residents",
        "Cobham 1954: with tasks first a load of 0.65 multiplies waits fifty times",
        ("tasks.community_hours=20",), ("tasks.community_hours=60",), (NOTHING, NOTHING),
        "wait for work to begin, working days", _wait, 1,
    ),
    Sign(
        "More hops, later solutions",
        "each hop is a queue and may be refused",
        (), (), ({"routing": {"orders": "dispatch"}}, {"routing": {"orders": "hops"}}),
        "wait from arising to solution (share solved in 13 weeks, reversed)",
        lambda recording: 100.0 - _indicator("resolved_reported_13w")(recording), 1,
    ),
    Sign(
        "More responsive offices, more reports by residents",
        "hotline use grew with responsiveness in Boston and Beijing",
        ("tasks.community_hours=60",), ("tasks.community_hours=20",), (NOTHING, NOTHING),
        "reported by residents, % of problems", _reports, 1,
    ),
    Sign(
        "More mixed ties, less participation",
        "heterogeneity lowers neighbour ties and turnout (CLDS 2014; He 2014)",
        ("network.kin_work_school.homophily=1.0",), ("network.kin_work_school.homophily=0.0",), (NOTHING, NOTHING),
        "take part in four weeks, % of adults", _indicator("participation_4w"), -1,
    ),
    Sign(
        "More mobilisation leaves problems that need capital as they are",
        "no participation closes what only money closes",
        (), (),
        ({"mobilisation": {"call_share": 0.0}}, {"mobilisation": {"call_share": 0.1}}),
        "structural problems solved, %", _structural, 0,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class SignOutcome:
    """What came of a sign.

    Attributes
    ----------
    difference : Paired
        More of the cause against less, over seeds.
    verdict : str
        ``as expected``, ``against expectation`` or ``undecided``.
    """

    sign: Sign
    difference: Paired
    verdict: str


@lru_cache(maxsize=32)
def _scenario(settings: Settings) -> Scenario:
    from govsim.scenario import load

    return load("tiny", [*DISTRICT, *settings]).scenario


def _run(settings: Settings, model: Governance, seed: int) -> Recording:
    from govsim.engine import resolve_arm, simulate
    from govsim.world import build

    scenario = _scenario(settings)
    world = build(scenario.population, scenario.network, seed)
    return simulate(world, scenario, resolve_arm(model, "neutral"), seed)


def _changed(model: Governance, blocks: Mapping[str, Mapping[str, object]]) -> Governance:
    update = {name: getattr(model, name).model_copy(update=dict(change)) for name, change in blocks.items()}
    return model.model_copy(update=update)


def check_sign(sign: Sign, model: Governance, seeds: Sequence[int]) -> SignOutcome:
    """Run one sign under a governance model and return what came of it; the verdict looks at the 95 % interval."""
    sides = [
        [sign.measure(_run(settings, _changed(model, blocks), seed)) for seed in seeds]
        for settings, blocks in zip((sign.less, sign.more), sign.blocks, strict=True)
    ]
    difference = paired(sides[0], sides[1])
    if difference.interval is None:
        return SignOutcome(sign, difference, "undecided")
    low, high = difference.interval
    if sign.sign == 0:
        return SignOutcome(sign, difference, "as expected" if low <= 0 <= high else "against expectation")
    if low <= 0 <= high:
        return SignOutcome(sign, difference, "undecided")
    return SignOutcome(
        sign, difference, "as expected" if (low > 0) == (sign.sign > 0) else "against expectation"
    )


RANGES: Mapping[str, tuple[float, float]] = {
    "tasks.community_hours": (20.0, 60.0),
    "capacity.staff.community": (6.0, 24.0),
    "network.neighbours.degree": (2.0, 12.0),
    "population.participation.threshold.mean": (0.3, 0.8),
}
"""Where the districts lie that the default is compared with: load, staff, network, thresholds."""


@dataclass(frozen=True)
class DefaultRank:
    """Where the default lies among other districts in one difference between two models.

    Attributes
    ----------
    indicator : str
    default : float
        Difference in the default district, mean over seeds.
    others : tuple of float
        The same in the districts of the design (Sobol points over :data:`RANGES`).
    quantile : float
        Share of the others that lie below the default.
    """

    indicator: str
    default: float
    others: tuple[float, ...]

    @property
    def quantile(self) -> float:
        """Share of the others that lie below the default."""
        return float(np.mean([other < self.default for other in self.others]))


def place_of_default(
    baseline: Governance,
    other: Governance,
    indicators: Sequence[str],
    seeds: Sequence[int],
    points: int,
) -> list[DefaultRank]:
    """Return where the default lies in each indicator's difference, other minus baseline."""
    from scipy.stats import qmc

    design = qmc.Sobol(len(RANGES), scramble=False).random(points)
    settings: list[Settings] = [()]
    for point in design:
        values = [
            low + share * (high - low) for share, (low, high) in zip(point, RANGES.values(), strict=True)
        ]
        settings.append(tuple(f"{name}={value:.6g}" for name, value in zip(RANGES, values, strict=True)))
    differences: dict[str, list[float]] = {name: [] for name in indicators}
    for setting in settings:
        runs = [
            [summarise(View(_run(setting, model, seed))) for seed in seeds] for model in (baseline, other)
        ]
        for name in indicators:
            means = [np.mean([_number(run[name]) for run in side]) for side in runs]
            differences[name].append(float(means[1] - means[0]))
    return [DefaultRank(name, values[0], tuple(values[1:])) for name, values in differences.items()]


def _number(value: Value) -> float:
    return float("nan") if isinstance(value, Missing) else float(value)
