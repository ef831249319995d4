"""Queues of one kind of problem on the real engine, and what to read from their ledgers."""

from __future__ import annotations

from math import factorial

import numpy as np
from numpy.typing import NDArray

from govsim.engine import Recording
from govsim.scenario.schema import Scenario
from tests.theory.specs import PROBLEM, Keys, communities, merged, scenario

Times = NDArray[np.float64]

RESIDENTS = 200
"""Of each community; how many they are changes nothing about its queue."""


def queue(
    workers: int,
    load: float,
    *more: Keys,
    offices: int = 1,
    weeks: int = 52,
    week_hours: float = 40.0,
    effort: float = 1.0,
    **problem: object,
) -> Scenario:
    """Return a scenario in which each community is one queue.

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
    return scenario(communities(offices), keys, *more)


def waits(recording: Recording) -> Times:
    """Return the time each case that was taken up stood in the queue, in order of taking on."""
    cases = recording.cases
    taken = np.flatnonzero(cases["first_handled"] >= 0)
    taken = taken[np.argsort(cases["competent"][taken], kind="stable")]
    result: Times = cases["first_handled"][taken] - cases["competent"][taken]
    return result


def batch_means(recording: Recording, warm_up: float, until: float, batches: int) -> Times:
    """Return means of waits over batches of equal length in time, in all communities.

    Parameters
    ----------
    warm_up, until : float
        Working hours between which cases that reach the office are counted; all of them must have been taken up.
    batches
        Of each community.

    Returns
    -------
    array, shape (communities * batches,)
        Communities are independent queues, so only batches of one community can hang together.
    """
    cases = recording.cases
    inside = (cases["competent"] >= warm_up) & (cases["competent"] < until)
    start, first = cases["competent"][inside], cases["first_handled"][inside]
    assert (first >= 0).all(), "the run must be long enough for all counted cases to be taken up"
    bucket = np.minimum(((start - warm_up) / (until - warm_up) * batches).astype(int), batches - 1)
    bucket += cases["community"][inside].astype(int) * batches
    number = len(recording.communities) * batches
    count = np.bincount(bucket, minlength=number)
    assert count.min() > 0
    means: Times = np.bincount(bucket, first - start, number) / count
    return means


def deviation(means: Times, expected: float) -> float:
    """Return how many standard errors the mean of batch means is off."""
    return float((means.mean() - expected) / (means.std(ddof=1) / np.sqrt(len(means))))


def erlang_c(workers: int, load: float) -> float:
    """Return the chance of having to wait in M/M/c."""
    offered = workers * load
    top = offered**workers / factorial(workers) / (1 - load)
    return top / (sum(offered**k / factorial(k) for k in range(workers)) + top)


def wait_mmc(workers: int, load: float) -> float:
    """Return the mean wait in M/M/c, in service times."""
    return erlang_c(workers, load) / (workers * (1 - load))
