"""Laws of detection by reports, patrols and rounds of visits, and experiments that hold the engine to them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from govsim.assurance.theory.findings import (
    PROBLEM,
    Check,
    Diagram,
    Finding,
    Keys,
    Law,
    Series,
    arm,
    array,
    estimated,
    measured,
    merged,
    run_engine,
    scenario,
)
from govsim.assurance.theory.findings import check_share as share_of
from govsim.engine import Recording
from govsim.engine.recording import Channel

WEEK = 40.0
"""Working hours."""

WEEKS = 200
LAST_ONSET = 150
"""Weeks; what arises later is left out, so that (all but) every delay is known."""

HOUSEHOLDS, GRID = 100, 10
"""Households in all, and in a grid where patrols go."""


def slow_reports(*more: Keys, **problem: object) -> Keys:
    """Return keys of some 20,000 problems of a hundred people that residents report after a while."""
    item = merged(PROBLEM, {"rate": 52.0, "effort_hours": 0.001, "report_rate": 0.5, **problem})
    keys: Keys = {
        "run": {"weeks": WEEKS},
        "problems": {"classes": {"problem": item}},
        "capacity": {"staff": {"community": 100.0}},
    }
    for change in more:
        keys = merged(keys, change)
    return keys


def counted_cases(recording: Recording, first_onset: float = 1.0) -> NDArray[np.intp]:
    """Return the rows of cases that arose between ``first_onset`` and ``LAST_ONSET`` weeks."""
    onset = recording.cases["onset"] / WEEK
    return np.flatnonzero((onset >= first_onset) & (onset < LAST_ONSET))


def delays(recording: Recording) -> NDArray[np.float64]:
    """Return weeks from onset to detection of the counted cases.

    Raises
    ------
    ValueError
        If one of them was never detected.
    """
    rows = counted_cases(recording)
    if (recording.cases["detected"][rows] < 0).any():
        raise ValueError("the run must be long enough for all counted cases to come to light")
    weeks: NDArray[np.float64] = (recording.cases["detected"] - recording.cases["onset"])[rows] / WEEK
    return weeks


FOUR_CHANNELS: Keys = slow_reports(
    {
        "reporting": {"hotline": 0.6, "walk_in": 0.4, "walk_in_stranger": 1.0},
        "capacity": {"staff": {"community": 100.0, "grid": 100.0, "desk": 100.0}},
        "handling": {"patrol_hours": 10.0, "visit_hours": 0.05},
        "population": {"grid_households": 50},
    },
    patrol_visibility=0.2,
    visit_visibility=0.1,
)
"""Hotline, walk-ins, patrols and visits at the same time; all hundred households are visited every week."""

FOUR_CHANNELS_MODEL: Keys = {"detection": {"hotline": True, "patrol_share": 0.5, "visit_share": 0.5}}

FOUR_RATES: dict[Channel, float] = {
    Channel.HOTLINE: 0.5 * 0.6,
    Channel.WALK_IN: 0.5 * 0.4,
    Channel.PATROL: 0.5 * WEEK / (2 * 10.0) * 0.2,  # one round a week through each of the two grids
    Channel.VISIT: float(-np.log1p(-0.1)),
}
"""Their hazards a week."""


def visits_every(period: float) -> Keys:
    """Return keys of a round of visits that reaches each household every ``period`` weeks and sees everything.

    Nobody reports; half of one worker's week goes into visits.
    """
    return slow_reports(
        {"handling": {"visit_hours": 0.5 * WEEK * period / HOUSEHOLDS}}, report_rate=0.0, visit_visibility=1.0
    )


VISITS: Keys = {"detection": {"visit_share": 0.5}}


def patrols_every(period: float) -> Keys:
    """Return keys of patrols that pass each place once in ``period`` weeks on average and see everything."""
    return slow_reports(
        {
            "run": {"weeks": LAST_ONSET + 350},
            "capacity": {"staff": {"grid": 100.0}},
            "handling": {"patrol_hours": 0.5 * WEEK * period * GRID / HOUSEHOLDS},
            "population": {"grid_households": GRID},
        },
        report_rate=0.0,
        patrol_visibility=1.0,
    )


PATROLS: Keys = {"detection": {"patrol_share": 0.5}}


RATES = (0.25, 0.5, 2.0)
FALSE_ALARM = 0.003
"""Of a comparison of whole distributions (Kolmogorov and Smirnov)."""


APART = 10
"""Between the seeds of two rates or periods: with one seed, delays at two rates are the same but for their scale."""


def compare_distribution(name: str, sample: NDArray[np.float64], exact: NDArray[np.float64]) -> Check:
    """Compare a whole distribution: the largest distance between what was found and the exact shares.

    Parameters
    ----------
    sample : array, shape (n,)
        Independent values in rising order.
    exact : array, shape (n,)
        Exact share below each of them.
    """
    from scipy import special

    n = len(sample)
    steps = np.arange(n + 1) / n
    distance = float(max((steps[1:] - exact).max(), (exact - steps[:-1]).max()))
    return Check(name, 0.0, distance, float(special.kolmogi(FALSE_ALARM)) / np.sqrt(n), FALSE_ALARM)


def _found(sample: NDArray[np.float64], at: NDArray[np.float64]) -> NDArray[np.float64]:
    return array(np.searchsorted(np.sort(sample), at, side="right") / len(sample))


def _exponential(where: str, sample: NDArray[np.float64], rate: float) -> tuple[Check, Check]:
    ordered = np.sort(sample)
    return (
        estimated(f"{where}: mean delay, weeks", 1 / rate, sample),
        compare_distribution(
            f"{where}: largest distance between distributions", ordered, -np.expm1(-rate * ordered)
        ),
    )


def _poisson(quick: bool, seed: int) -> Finding:
    checks: list[Check] = []
    series = []
    line, places = np.linspace(0.0, 12.0, 121), np.arange(0.0, 12.1, 1.0)
    for draws, rate in enumerate((2.0,) if quick else RATES):
        sample = delays(run_engine(scenario(slow_reports(report_rate=rate)), seed + APART * draws))
        checks += _exponential(f"reports at {rate:g} a week", sample, rate)
        label = f"{rate:g} a week"
        series.append(Series(label, (line, -np.expm1(-rate * line)), (places, _found(sample, places))))
    if not quick:
        recording = run_engine(scenario(FOUR_CHANNELS), seed, arm(FOUR_CHANNELS_MODEL))
        sample, total = delays(recording), sum(FOUR_RATES.values())
        checks += _exponential("four channels together", sample, total)
        series.append(
            Series("four channels", (line, -np.expm1(-total * line)), (places, _found(sample, places)))
        )
        channel = recording.cases["channel"][counted_cases(recording)]
        for which, rate in FOUR_RATES.items():
            name = f"four channels: share found by {which.name.lower().replace('_', '-')}"
            checks.append(share_of(name, rate / total, int((channel == which).sum()), len(channel)))
    panel = Diagram(
        "How soon problems come to light",
        "weeks since the problem arose",
        "share that is known",
        tuple(series),
    )
    return Finding(tuple(checks), (panel,))


POISSON = Law(
    "poisson-detection",
    "Poisson detection: delays and racing channels",
    "If residents report at a constant rate once a problem is there, the delay is exponential with mean 1 / rate. "
    "Independent channels race: their rates add, and each finds its share in proportion to its rate.",
    "competing exponential clocks; Kingman 1993, *Poisson Processes*",
    "Delay between a problem and its report",
    slow_reports(report_rate=0.5),
    _poisson,
)

PERIODS = (2.0, 5.0, 10.0, 20.0)


def _round(quick: bool, seed: int) -> Finding:
    visits, patrols, halves = [], [], []
    periods = (5.0,) if quick else PERIODS
    shown: list[Series] = []
    for draws, period in enumerate(periods):
        other = seed + APART * draws
        sample = delays(run_engine(scenario(visits_every(period)), other, arm(VISITS)))
        visits.append(estimated(f"visits every {period:g} weeks: mean delay, weeks", period / 2, sample))
        ordered = np.sort(sample)
        halves.append(
            compare_distribution(
                f"visits every {period:g} weeks: largest distance to the uniform distribution",
                ordered, np.clip(ordered / period, 0.0, 1.0),
            )
        )  # fmt: skip
        if not quick:
            sample = delays(run_engine(scenario(patrols_every(period)), other, arm(PATROLS)))
            patrols.append(
                estimated(f"patrols about every {period:g} weeks: mean delay, weeks", period, sample)
            )
    line = np.linspace(0.0, 21.0, 43)
    shown.append(measured("round of visits, in turn", periods, visits, (line, line / 2)))
    if patrols:
        shown.append(measured("patrols at random moments", periods, patrols, (line, line)))
    panel = Diagram(
        "How often somebody comes by, and how late problems are seen", "weeks between two visits or patrols of one place",
        "mean delay, weeks", tuple(shown),
    )  # fmt: skip
    return Finding((*visits, *halves, *patrols), (panel,))


ROUNDS = Law(
    "rounds",
    "Rounds: half a period",
    "A round that comes by every so many weeks and sees everything finds a problem after half of its period on average, "
    "and no delay up to the whole period is likelier than another. Home visits of the engine go in turn and do so. Its "
    "patrols pass at random moments, so that the mean delay is the whole time between two of them.",
    "renewal theory; Cox 1962, *Renewal Theory*, chapter 5",
    "Delay between a problem and the next visit or patrol",
    visits_every(10.0),
    _round,
    VISITS,
)
