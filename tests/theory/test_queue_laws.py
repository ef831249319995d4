"""Mean waits on the real engine against the laws of queues.

Each community of a scenario is one queue of its own, so batch means of different communities are independent. With at
least 39 degrees of freedom a right engine is more than three standard errors off in at most 0.5 % of the draws; seeds are
fixed, so a test fails for good or not at all, and a change of all draws fails one of the some 25 comparisons below in
about one of ten cases. (Batches of one community hang together a little where few communities make many batches.)
"""

from __future__ import annotations

import numpy as np
import pytest

from govsim.engine.recording import Activity
from tests.theory.queues import RESIDENTS, Times, batch_means, deviation, erlang_c, queue, wait_mmc
from tests.theory.specs import Keys, arm, run

WARM_UP = 4.0
"""In relaxation times of the queue, ``1 / (c (1 - sqrt(rho))^2)`` service times."""

WEEK = 160.0
"""Long weeks, so that most of the time goes into the queue."""


def measure(
    workers: int,
    load: float,
    *more: Keys,
    jobs: int,
    offices: int = 40,
    batches: int = 1,
    total_load: float = 0.0,
    **problem: object,
) -> Times:
    """Return batch means of waits in service times, without what the empty start has left a mark on."""
    effort = 1.0
    warm_up = WARM_UP * effort / (workers * (1 - np.sqrt(total_load or load)) ** 2)
    weeks = int(np.ceil(jobs / (offices * load * workers * WEEK) + warm_up / WEEK))
    spare = max(int(np.ceil(0.05 * weeks)), 4)
    spec = queue(
        workers, load, *more, offices=offices, weeks=weeks + spare, week_hours=WEEK, effort=effort, **problem
    )
    recording = run(spec, seed=1, chosen=arm({"tasks": {"priority": "first"}}))
    busy = recording.hours[:, :offices, :, :].sum(axis=(0, 1, 2))
    assert abs(busy[Activity.CASEWORK] / busy.sum() - load) < 0.02
    return batch_means(recording, warm_up, weeks * WEEK, batches)


def test_table_of_erlang_c() -> None:
    """The formula itself, against published values."""
    for workers, load, chance, wait in [
        (1, 0.9, 0.9, 9.0), (2, 0.8, 0.7111, 1.778), (5, 0.8, 0.5541, 0.5541),
        (5, 0.9, 0.7625, 1.525), (10, 0.9, 0.6687, 0.6687), (20, 0.95, 0.7554, 0.7554),
    ]:  # fmt: skip
        assert erlang_c(workers, load) == pytest.approx(chance, abs=6e-5)
        assert wait_mmc(workers, load) == pytest.approx(wait, rel=4e-4)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("workers", "load", "jobs"),
    [
        (1, 0.7, 100_000), (1, 0.8, 200_000), (1, 0.9, 400_000),
        (2, 0.7, 100_000), (2, 0.8, 150_000), (2, 0.9, 300_000),
        (5, 0.7, 100_000), (5, 0.8, 150_000), (5, 0.9, 300_000),
        (10, 0.7, 100_000), (10, 0.8, 150_000), (10, 0.9, 300_000),
    ],
)  # fmt: skip
def test_erlang_c(workers: int, load: float, jobs: int) -> None:
    offices = max(40 // workers, 4)
    means = measure(workers, load, jobs=jobs, offices=offices, batches=40 // offices)
    assert means.std(ddof=1) / np.sqrt(len(means)) < 0.06 * wait_mmc(workers, load), "precise enough to tell"
    assert abs(deviation(means, wait_mmc(workers, load))) < 3.0


@pytest.mark.slow
@pytest.mark.parametrize(("shape", "spread"), [("fixed", 0.0), ("lognormal", 1.0), ("lognormal", 2.0)])
def test_pollaczek_khinchine(shape: str, spread: float) -> None:
    load = 0.8
    means = measure(1, load, jobs=200_000, effort_distribution=shape, effort_cv=spread)
    expected = load * (1 + spread**2) / (2 * (1 - load))
    assert means.std(ddof=1) / np.sqrt(len(means)) < 0.08 * expected
    assert abs(deviation(means, expected)) < 3.0


@pytest.mark.slow
@pytest.mark.parametrize("task_load", [0.0, 0.3, 0.5])
def test_cobham(task_load: float) -> None:
    """Tasks from above go first: they alone multiply the wait of residents."""
    load = 0.3
    tasks = {
        "community_hours": task_load * WEEK * 1000 / RESIDENTS, "effort_hours": 1.0, "effort_distribution": "exponential",
    }  # fmt: skip
    means = measure(1, load, {"tasks": tasks}, jobs=120_000, total_load=load + task_load)
    expected = (load + task_load) / ((1 - task_load) * (1 - task_load - load))
    assert expected == pytest.approx({0.0: 0.4286, 0.3: 2.143, 0.5: 8.0}[task_load], rel=1e-3)
    assert means.std(ddof=1) / np.sqrt(len(means)) < 0.06 * expected
    assert abs(deviation(means, expected)) < 3.0


@pytest.mark.slow
def test_one_pooled_queue_or_twenty_desks() -> None:
    """The same people and cases: twenty separate desks wait twenty-five times as long as one pooled queue."""
    pooled = measure(20, 0.95, jobs=300_000, offices=1, batches=30)
    apart = measure(1, 0.95, jobs=500_000, offices=20, batches=1)
    assert wait_mmc(20, 0.95) == pytest.approx(0.7554, abs=1e-4)
    assert wait_mmc(1, 0.95) == pytest.approx(19.0)
    assert abs(deviation(pooled, wait_mmc(20, 0.95))) < 3.0
    assert abs(deviation(apart, 19.0)) < 3.0
    assert apart.mean() / pooled.mean() > 15.0


@pytest.mark.slow
def test_little() -> None:
    """Stocks counted week by week, and times from the ledger of cases, are two measurements of one thing."""
    load, workers, offices, weeks, effort = 0.8, 2, 40, 150, 2.0
    recording = run(queue(workers, load, offices=offices, weeks=weeks, effort=effort), seed=3)
    cases, stock = recording.cases, recording.weekly["open"]
    ends = (np.arange(weeks) + 1) * 40.0
    closed = np.where(cases["closed"] >= 0, cases["closed"], np.inf)
    for office in range(offices):
        mine = (cases["community"] == office) & (cases["detected"] >= 0)
        known = np.searchsorted(np.sort(cases["detected"][mine]), ends)
        gone = np.searchsorted(np.sort(closed[mine]), ends)
        np.testing.assert_array_equal(stock[:, office], known - gone)
    assert recording.weekly["undetected"].max() <= 1, "reported at once"

    done = cases["closed"] >= 0
    present = (
        np.bincount(cases["community"], np.minimum(closed, ends[-1]) - cases["onset"], offices) / ends[-1]
    )
    number = np.bincount(cases["community"][done], minlength=offices)
    mean_time = np.bincount(cases["community"][done], (closed - cases["onset"])[done], offices) / number
    rate = np.bincount(cases["community"], minlength=offices) / ends[-1]
    np.testing.assert_allclose(present, rate * mean_time, rtol=0.02)
    # Offices are independent; ten weeks are more than four relaxation times.
    sampled = stock[10:].mean(axis=0)
    assert abs(deviation(sampled, workers * load + load * erlang_c(workers, load) / (1 - load))) < 3.0
    assert abs(deviation(sampled - present, 0.0)) < 3.0


def test_hours_in_the_ledger_are_the_work_of_the_cases() -> None:
    recording = run(queue(3, 0.9, weeks=100, effort=4.0), seed=2)
    cases = recording.cases
    resolved = cases["outcome"] == 2
    np.testing.assert_allclose(
        cases["hours_government"][resolved], cases["effort"][resolved], rtol=0, atol=1e-9
    )
    booked = recording.hours[:, :, :, Activity.CASEWORK].sum()
    assert booked == pytest.approx(cases["hours_government"].sum(), abs=1e-6)
