"""Detection on the real engine: reports, patrols and rounds of visits, and the delays they leave."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from govsim.assurance.theory.nulls import PROBLEM, Keys, merged
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


def counted(recording: Recording, first_onset: float = 1.0) -> NDArray[np.intp]:
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
    rows = counted(recording)
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
