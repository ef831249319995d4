"""Job by job, the casework of the engine is the queue that Ciw simulates from the same lists."""

from __future__ import annotations

import ciw
import numpy as np
import pytest

from govsim.assurance.theory.findings import arm, run_engine, world_of
from govsim.assurance.theory.queues import RESIDENTS, Times, queue
from govsim.engine import Recording, simulate
from govsim.engine.columns import TASK
from govsim.engine.processes import casework

JOBS = 2_000


def ciw_waits(arrivals: dict[str, Times], efforts: dict[str, Times], workers: int, wanted: str) -> Times:
    """Return the waits of one class in Ciw; classes stand in order of priority, service is not interrupted."""
    names = list(arrivals)

    def lists(times: dict[str, Times]) -> dict[str, list[object]]:
        return {name: [ciw.dists.Sequential([*times[name].tolist(), np.inf])] for name in names}

    network = ciw.create_network(
        arrival_distributions=lists({name: np.diff(arrivals[name], prepend=0.0) for name in names}),
        service_distributions=lists(efforts),
        priority_classes={name: rank for rank, name in enumerate(names)},
        number_of_servers=[workers],
    )
    simulation = ciw.Simulation(network, exact=False)
    total = sum(len(times) for times in arrivals.values())
    simulation.simulate_until_max_customers(total, method="Finish")
    records = [record for record in simulation.get_all_records() if record.customer_class == wanted]
    records.sort(key=lambda record: record.arrival_date)
    assert len(records) == len(arrivals[wanted])
    return np.array([record.service_start_date - record.arrival_date for record in records])


def engine_lists(recording: Recording) -> tuple[Times, Times, Times]:
    """Return arrival at the office, effort and wait of each case that was taken up, in order of arrival."""
    cases = recording.cases
    taken = np.flatnonzero(cases["first_handled"] >= 0)
    taken = taken[np.argsort(cases["competent"][taken])]
    start = cases["competent"][taken]
    return start, cases["effort"][taken], cases["first_handled"][taken] - start


@pytest.mark.parametrize(
    ("workers", "load", "shape"),
    [(1, 0.9, "exponential"), (3, 0.9, "exponential"), (3, 1.0, "lognormal"), (1, 0.8, "fixed")],
)
def test_first_come_first_served(workers: int, load: float, shape: str) -> None:
    """Eight-hour cases in a week of 40 hours: nearly every week ends with cases in hand and in the queue."""
    effort = 8.0
    weeks = int(JOBS / (load * workers * 40.0 / effort)) + 1
    spec = queue(workers, load, weeks=weeks, effort=effort, effort_distribution=shape, effort_cv=1.5)
    recording = run_engine(spec, seed=11)
    start, work, waited = engine_lists(recording)
    assert len(start) > 0.9 * JOBS
    assert (recording.weekly["open"][:, 0] > workers).mean() > 0.3, "queues cross the ends of weeks"
    expected = ciw_waits({"case": start}, {"case": work}, workers, "case")
    assert expected.max() > effort
    np.testing.assert_allclose(waited, expected, rtol=0.0, atol=1e-9)


@pytest.mark.parametrize(
    ("priority", "workers"), [("first", 1), ("first", 3), ("equal", 2), ("last", 1), ("last", 3)]
)
def test_tasks_from_above(priority: str, workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tasks are in no ledger of cases, so they are read where they enter the queue."""
    task_start: list[Times] = []
    task_work: list[Times] = []
    inner = casework.run_week

    def overheard(floor, rule, keys, used, inbox_job, inbox_time, *rest):  # type: ignore[no-untyped-def]
        tasks = floor.jobs["kind"][inbox_job] == TASK
        task_start.append(inbox_time[tasks].copy())
        task_work.append(floor.jobs["effort"][inbox_job[tasks]].copy())
        inner(floor, rule, keys, used, inbox_job, inbox_time, *rest)

    monkeypatch.setattr(casework, "run_week", overheard)
    effort, load = 4.0, 0.45
    weeks = int(JOBS / (load * workers * 40.0 / effort)) + 1
    tasks_from_above = {
        "community_hours": load * workers * 40.0 * 1000 / RESIDENTS,
        "effort_hours": 6.0,
        "effort_distribution": "exponential",
    }
    spec = queue(workers, load, {"tasks": tasks_from_above}, weeks=weeks, effort=effort)
    recording = simulate(world_of(spec, 5), spec, arm({"tasks": {"priority": priority}}), 5)
    start, work, waited = engine_lists(recording)
    task_times, task_efforts = np.concatenate(task_start), np.concatenate(task_work)
    assert len(task_times) > JOBS / 2
    if priority == "equal":
        both, efforts = np.concatenate([start, task_times]), np.concatenate([work, task_efforts])
        order = np.argsort(both)
        expected = ciw_waits({"any": both[order]}, {"any": efforts[order]}, workers, "any")
        expected = expected[order < len(start)]
    else:
        classes = ["task", "case"] if priority == "first" else ["case", "task"]
        arrivals, efforts_of = {"task": task_times, "case": start}, {"task": task_efforts, "case": work}
        expected = ciw_waits(
            {name: arrivals[name] for name in classes},
            {name: efforts_of[name] for name in classes},
            workers,
            "case",
        )
    np.testing.assert_allclose(waited, expected, rtol=0.0, atol=1e-9)
