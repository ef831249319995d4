"""Mean waits on the real engine against the laws of queues.

Each community of a scenario is one queue of its own, so their means are independent. With 39 degrees of freedom a right
engine is more than three standard errors off in 0.5 % of the draws; seeds are fixed, so a test fails for good or not at
all, and a change of all draws fails one of the some 50 comparisons below in about one of five cases.
"""

from __future__ import annotations

import numpy as np
import pytest

from govsim.assurance.theory.findings import run_engine
from govsim.assurance.theory.formulas import erlang_c, wait_behind, wait_mg1, wait_mmc
from govsim.assurance.theory.queues import (
    COBHAM_LOAD,
    ERLANG_CELLS,
    POOL_CELLS,
    SPREAD_LOAD,
    ErlangCell,
    PoolCell,
    QueueMeans,
    Times,
    batch_means,
    cobham_point,
    deviation,
    erlang_point,
    little_point,
    pool_point,
    queue,
    spread_point,
    waits,
)
from govsim.engine.recording import Activity

pytestmark = pytest.mark.slow


def at_load(measured: QueueMeans, load: float) -> Times:
    """Return the waits; the load must be the one that was asked for."""
    assert abs(measured.load - load) < 0.02
    return measured.waits


def test_table_of_erlang_c() -> None:
    """The formula itself, against published values."""
    for workers, load, chance, wait in [
        (1, 0.9, 0.9, 9.0), (2, 0.8, 0.7111, 1.778), (5, 0.8, 0.5541, 0.5541),
        (5, 0.9, 0.7625, 1.525), (10, 0.9, 0.6687, 0.6687), (20, 0.95, 0.7554, 0.7554),
    ]:  # fmt: skip
        assert erlang_c(workers, load) == pytest.approx(chance, abs=6e-5)
        assert wait_mmc(workers, load) == pytest.approx(wait, rel=4e-4)


@pytest.mark.assurance
@pytest.mark.parametrize("cell", ERLANG_CELLS, ids=lambda cell: f"{cell.workers}-{cell.load}")
def test_erlang_c(cell: ErlangCell) -> None:
    measured = erlang_point(cell)
    means, expected = at_load(measured, cell.load), wait_mmc(cell.workers, cell.load)
    if cell.load >= 0.7:
        assert means.std(ddof=1) / np.sqrt(len(means)) < 0.06 * expected, "precise enough to tell"
    assert abs(deviation(means, expected)) < 3.0
    assert abs(deviation(measured.waited, erlang_c(cell.workers, cell.load))) < 3.0


@pytest.mark.slow
@pytest.mark.parametrize(("shape", "spread"), [("fixed", 0.0), ("lognormal", 1.0), ("lognormal", 2.0)])
def test_pollaczek_khinchine(shape: str, spread: float) -> None:
    means = at_load(spread_point(spread, shape, 200_000), SPREAD_LOAD)
    expected = wait_mg1(SPREAD_LOAD, spread)
    assert expected == pytest.approx({0.0: 2.0, 1.0: 4.0, 2.0: 10.0}[spread])
    assert means.std(ddof=1) / np.sqrt(len(means)) < 0.08 * expected
    assert abs(deviation(means, expected)) < 3.0


@pytest.mark.slow
@pytest.mark.parametrize("task_load", [0.0, 0.3, 0.5])
def test_cobham(task_load: float) -> None:
    """Tasks from above go first: they alone multiply the wait of residents."""
    means = at_load(cobham_point(task_load, 120_000), COBHAM_LOAD)
    expected = wait_behind(task_load, COBHAM_LOAD)
    assert expected == pytest.approx({0.0: 0.4286, 0.3: 2.143, 0.5: 8.0}[task_load], rel=1e-3)
    assert means.std(ddof=1) / np.sqrt(len(means)) < 0.06 * expected
    assert abs(deviation(means, expected)) < 3.0


@pytest.mark.assurance
def test_one_pooled_queue_or_twenty_desks() -> None:
    """The same people and cases: twenty separate desks wait twenty-five times as long as one pooled queue."""
    assert {1, 20} <= {cell.offices for cell in POOL_CELLS}
    pooled = at_load(pool_point(PoolCell(1, 200_000)), 0.95)
    apart = at_load(pool_point(PoolCell(20, 500_000)), 0.95)
    assert wait_mmc(20, 0.95) == pytest.approx(0.7554, abs=1e-4)
    assert wait_mmc(1, 0.95) == pytest.approx(19.0)
    assert abs(deviation(pooled, wait_mmc(20, 0.95))) < 3.0
    assert abs(deviation(apart, 19.0)) < 3.0
    assert apart.mean() / pooled.mean() > 15.0


def test_the_mean_of_batches_is_that_of_all_cases() -> None:
    """Also where batches are so short that busy ones wait longer."""
    recording = run_engine(queue(1, 0.9, offices=3, weeks=60), seed=4)
    cases = recording.cases
    counted = (cases["competent"] >= 0.0) & (cases["competent"] < 50 * 40.0)
    expected = (cases["first_handled"] - cases["competent"])[counted]
    means = batch_means(recording, 0.0, 50 * 40.0, 20)
    assert means.mean() == pytest.approx(expected.mean(), rel=1e-12)
    assert batch_means(recording, 0.0, 50 * 40.0, 20, waited=True).mean() == pytest.approx(
        (expected > 0).mean(), rel=1e-12
    )
    assert len(waits(recording)) == (cases["first_handled"] >= 0).sum()


@pytest.mark.slow
def test_little() -> None:
    """Stocks counted week by week, and times from the ledger of cases, are two measurements of one thing."""
    load, workers, offices, weeks, effort = 0.8, 2, 40, 150, 2.0
    recording = run_engine(queue(workers, load, offices=offices, weeks=weeks, effort=effort), seed=3)
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


@pytest.mark.slow
@pytest.mark.parametrize("agenda", ["easy_first", "severity"])
def test_little_holds_whatever_comes_first(agenda: str) -> None:
    got = little_point(agenda, 0.8)
    assert abs(deviation(got.stock - got.flow, 0.0)) < 3.0
    assert (got.stock - got.flow).std(ddof=1) / np.sqrt(len(got.flow)) < 0.02 * got.flow.mean()


def test_hours_in_the_ledger_are_the_work_of_the_cases() -> None:
    recording = run_engine(queue(3, 0.9, weeks=100, effort=4.0), seed=2)
    cases = recording.cases
    resolved = cases["outcome"] == 2
    np.testing.assert_allclose(
        cases["hours_government"][resolved], cases["effort"][resolved], rtol=1e-6, atol=1e-9
    )  # the events that are summed hold hours in single precision
    booked = recording.hours[:, :, :, Activity.CASEWORK].sum()
    assert booked == pytest.approx(cases["hours_government"].sum(), rel=1e-7)
