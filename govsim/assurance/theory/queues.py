"""Queues of one kind of problem on the real engine, and what to read from their ledgers."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from govsim.assurance.theory.nulls import PROBLEM, Keys, arm, communities, merged, run, scenario
from govsim.engine import Recording
from govsim.engine.recording import Activity
from govsim.scenario.schema import Scenario

Times = NDArray[np.float64]

RESIDENTS = 200
"""Of each community; how many they are changes nothing about its queue."""

WEEK = 160.0
"""Working hours; long weeks, so that most of the computing time goes into the queue."""

WARM_UP = 4.0
"""In relaxation times of the queue, ``1 / (c (1 - sqrt(rho))^2)`` service times."""

TASKS_FIRST: Keys = {"tasks": {"priority": "first"}}


class QueueMeans(NamedTuple):
    """What a run of independent queues gives, as means over batches of cases.

    Attributes
    ----------
    waits : array, shape (batches,)
        Mean wait from arrival at the office to the beginning of work, in service times.
    waited : array, shape (batches,)
        Share of cases that had to wait at all.
    load : float
        Share of the offices' time that went into cases.
    """

    waits: Times
    waited: Times
    load: float


def queue_keys(
    workers: int,
    load: float,
    *more: Keys,
    offices: int = 1,
    weeks: int = 52,
    week_hours: float = 40.0,
    effort: float = 1.0,
    **problem: Any,
) -> Keys:
    """Return the keys of a scenario in which each community is one queue.

    Parameters
    ----------
    workers
        Full-time workers of each community, all of speed 1.
    load
        Cases' share of their time.
    effort
        Mean hours of a case.
    problem
        Further keys of the problem class.
    """
    residents = RESIDENTS * offices
    per_week = load * workers / effort * week_hours
    item = merged(
        PROBLEM,
        {
            "rate": per_week * 52 * offices / residents,
            "effort_hours": effort,
            "effort_distribution": "exponential",
            **problem,
        },
    )
    keys: Keys = {
        "run": {"weeks": weeks},
        "population": {"residents": residents},
        "problems": {"classes": {"problem": item}},
        "capacity": {
            "hours_per_week": week_hours,
            "staff": {"community": workers * offices * 10_000 / residents},
        },
    }
    for change in (communities(offices), *more):
        keys = merged(keys, change)
    return keys


def queue(
    workers: int,
    load: float,
    *more: Keys,
    offices: int = 1,
    weeks: int = 52,
    week_hours: float = 40.0,
    effort: float = 1.0,
    **problem: Any,
) -> Scenario:
    """Return the scenario of :func:`queue_keys`."""
    return scenario(
        queue_keys(
            workers, load, *more,
            offices=offices, weeks=weeks, week_hours=week_hours, effort=effort, **problem,
        )
    )  # fmt: skip


def tasks_first(load: float, week_hours: float = WEEK) -> Keys:
    """Return the keys of tasks from above that take a share of one worker's time, exponential as the cases are."""
    return {
        "tasks": {
            "community_hours": load * week_hours * 1000 / RESIDENTS,
            "effort_hours": 1.0,
            "effort_distribution": "exponential",
        }
    }


def waits(recording: Recording) -> Times:
    """Return the time each case that was taken up stood in the queue, in order of taking on."""
    cases = recording.cases
    taken = np.flatnonzero(cases["first_handled"] >= 0)
    taken = taken[np.argsort(cases["competent"][taken], kind="stable")]
    result: Times = cases["first_handled"][taken] - cases["competent"][taken]
    return result


def batch_means(
    recording: Recording, warm_up: float, until: float, batches: int, waited: bool = False
) -> Times:
    """Return means of waits over batches of equal length in time, in all communities.

    A batch with more cases has longer waits, so the plain mean of batch means is too low where batches are short. The
    values returned are those of the linearised ratio of all waits to all cases (Cochran 1977, section 6.4): their mean is
    that ratio, and their spread gives its standard error.

    Parameters
    ----------
    warm_up, until : float
        Working hours between which cases that reach the office are counted; all of them must have been taken up.
    batches
        Of each community.
    waited
        Means of whether a case waited instead of how long.

    Returns
    -------
    array, shape (communities * batches,)
        Communities are independent queues, so only batches of one community can hang together.

    Raises
    ------
    ValueError
        If the run was too short for all counted cases to be taken up, or a batch is empty.
    """
    cases = recording.cases
    inside = (cases["competent"] >= warm_up) & (cases["competent"] < until)
    start, first = cases["competent"][inside], cases["first_handled"][inside]
    if (first < 0).any():
        raise ValueError("the run must be long enough for all counted cases to be taken up")
    bucket = np.minimum(((start - warm_up) / (until - warm_up) * batches).astype(int), batches - 1)
    bucket += cases["community"][inside].astype(int) * batches
    number = len(recording.communities) * batches
    count = np.bincount(bucket, minlength=number)
    if count.min() == 0:
        raise ValueError("each batch needs a case")
    total = np.bincount(bucket, first > start if waited else first - start, number)
    ratio = total.sum() / count.sum()
    means: Times = ratio + (total - ratio * count) / count.mean()
    return means


def deviation(means: Times, expected: float) -> float:
    """Return how many standard errors the mean of batch means is off."""
    return float((means.mean() - expected) / (means.std(ddof=1) / np.sqrt(len(means))))


def measure(
    workers: int,
    load: float,
    *more: Keys,
    jobs: int,
    offices: int = 40,
    batches: int = 1,
    total_load: float = 0.0,
    seed: int = 1,
    **problem: Any,
) -> QueueMeans:
    """Run queues long enough for a number of cases, without what the empty start has left a mark on.

    Parameters
    ----------
    jobs
        Cases in all offices together.
    offices, batches
        Independent queues, and batches of each.
    total_load
        Share of time that cases and tasks take together, if there are tasks.
    """
    warm_up = WARM_UP / (workers * (1 - np.sqrt(total_load or load)) ** 2)
    weeks = int(np.ceil(jobs / (offices * load * workers * WEEK) + warm_up / WEEK))
    spare = max(int(np.ceil(0.05 * weeks)), int(np.ceil(4 / workers)))  # for the last counted to be taken up
    spec = queue(workers, load, *more, offices=offices, weeks=weeks + spare, week_hours=WEEK, **problem)
    recording = run(spec, seed, arm(TASKS_FIRST))
    busy = recording.hours[:, :offices].sum(axis=(0, 1, 2))
    return QueueMeans(
        batch_means(recording, warm_up, weeks * WEEK, batches),
        batch_means(recording, warm_up, weeks * WEEK, batches, waited=True),
        float(busy[Activity.CASEWORK] / busy.sum()),
    )


class LittlesLaw(NamedTuple):
    """The two sides of Little's law, one value for each office; shapes (offices,).

    Attributes
    ----------
    stock
        Mean number of known, unclosed cases at the ends of weeks.
    flow
        Arrivals an hour times the mean hours from report to closing; what is open at the end counts with its time so far.
    """

    stock: Times
    flow: Times


EDGE = 10
"""Weeks left out at both ends, more than four relaxation times of the queues whose stocks are counted."""


def balance(recording: Recording) -> LittlesLaw:
    """Return the numbers of cases in each office, and what flow and time make of them."""
    cases, offices = recording.cases, len(recording.communities)
    begin, end = (week * recording.hours_per_week for week in (EDGE, recording.weeks - EDGE))
    inside = (cases["detected"] >= begin) & (cases["detected"] < end)
    known, closed, where = (cases[name][inside] for name in ("detected", "closed", "community"))
    hours = np.where(closed >= 0, closed, recording.weeks * recording.hours_per_week) - known
    flow = np.bincount(where, hours, offices) / (end - begin)
    return LittlesLaw(recording.weekly["open"][EDGE : recording.weeks - EDGE].mean(axis=0), flow)
