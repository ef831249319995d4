"""Laws of queues, and queues of one kind of problem on the real engine that are held to them."""

from __future__ import annotations

from typing import Any, NamedTuple

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
    communities,
    estimated,
    measured,
    merged,
    run_engine,
    scenario,
)
from govsim.assurance.theory.formulas import erlang_c, wait_behind, wait_mg1, wait_mmc
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


def measure_queue(
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
    recording = run_engine(spec, seed, arm(TASKS_FIRST))
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


def littles_law(recording: Recording) -> LittlesLaw:
    """Return the numbers of cases in each office, and what flow and time make of them."""
    cases, offices = recording.cases, len(recording.communities)
    begin, end = (week * recording.hours_per_week for week in (EDGE, recording.weeks - EDGE))
    inside = (cases["detected"] >= begin) & (cases["detected"] < end)
    known, closed, where = (cases[name][inside] for name in ("detected", "closed", "community"))
    hours = np.where(closed >= 0, closed, recording.weeks * recording.hours_per_week) - known
    flow = np.bincount(where, hours, offices) / (end - begin)
    return LittlesLaw(recording.weekly["open"][EDGE : recording.weeks - EDGE].mean(axis=0), flow)


APART = 10
"""Between the seeds of two points, so that they are independent."""

QUEUES = 40
"""Independent offices of each point. One mean for each is better than many batches of a few offices: in a run with short
waits batches also differ less, so that low means look more certain than they are."""

_WAIT = "mean wait, service times"


class ErlangCell(NamedTuple):
    """Office size, load and number of cases of one point."""

    workers: int
    load: float
    jobs: int


ERLANG_CELLS = (
    ErlangCell(1, 0.5, 60_000), ErlangCell(1, 0.7, 100_000),
    ErlangCell(1, 0.8, 200_000), ErlangCell(1, 0.9, 400_000),
    ErlangCell(2, 0.5, 60_000), ErlangCell(2, 0.7, 100_000),
    ErlangCell(2, 0.8, 150_000), ErlangCell(2, 0.9, 300_000),
    ErlangCell(5, 0.5, 60_000), ErlangCell(5, 0.7, 100_000),
    ErlangCell(5, 0.8, 150_000), ErlangCell(5, 0.9, 300_000),
    ErlangCell(10, 0.5, 60_000), ErlangCell(10, 0.7, 100_000),
    ErlangCell(10, 0.8, 150_000), ErlangCell(10, 0.9, 300_000),
)  # fmt: skip
"""Loads and office sizes of the table; fewer cases where waits vary less."""

_QUICK_ERLANG = (ErlangCell(2, 0.7, 60_000),)


def erlang_point(cell: ErlangCell, seed: int = 1) -> QueueMeans:
    """Return waits of M/M/c."""
    return measure_queue(cell.workers, cell.load, jobs=cell.jobs, offices=QUEUES, seed=seed)


def _erlang(quick: bool, seed: int) -> Finding:
    waits: list[Check] = []
    waited: list[Check] = []
    cells = _QUICK_ERLANG if quick else ERLANG_CELLS
    for draws, cell in enumerate(cells):
        got = erlang_point(cell, seed + APART * draws)
        where = f"{cell.workers} {'worker' if cell.workers == 1 else 'workers'}, load {cell.load:g}"
        waits.append(estimated(f"{where}: {_WAIT}", wait_mmc(cell.workers, cell.load), got.waits))
        waited.append(estimated(f"{where}: share who wait", erlang_c(cell.workers, cell.load), got.waited))
    line = np.linspace(0.4, 0.92, 105)

    def series(checks: list[Check], chance: bool) -> tuple[Series, ...]:
        out = []
        for workers in dict.fromkeys(cell.workers for cell in cells):
            mine = [i for i, cell in enumerate(cells) if cell.workers == workers]
            exact = [(erlang_c if chance else wait_mmc)(workers, load) for load in line]
            label = f"{workers} {'worker' if workers == 1 else 'workers'}"
            places = [cells[i].load for i in mine]
            out.append(measured(label, places, [checks[i] for i in mine], (line, exact)))
        return tuple(out)

    load = "load (share of the office's time)"
    return Finding(
        tuple(check for pair in zip(waits, waited, strict=True) for check in pair),
        (
            Diagram("How long cases wait", load, _WAIT, series(waits, False), log_y=True),
            Diagram("Who has to wait at all", load, "share of cases", series(waited, True)),
        ),
    )


ERLANG = Law(
    "erlang-c",
    "Erlang C: waiting at one office",
    "Cases arrive at random (Poisson), each needs an exponential time of one worker's work, and whoever is free takes the "
    "next. Then the share of cases that have to wait, and how long they wait, follow from the number of workers and the "
    "load alone (M/M/c).",
    "Erlang 1917; Kleinrock 1975, *Queueing Systems* 1, section 3.5",
    "Waiting at one office of 1 to 10 workers",
    queue_keys(2, 0.8, effort=1.0),
    _erlang,
)


class PoolCell(NamedTuple):
    """Into how many separate offices twenty workers are divided, and the number of cases."""

    offices: int
    jobs: int


POOLED_WORKERS, POOLED_LOAD = 20, 0.95
POOL_CELLS = tuple(PoolCell(offices, 200_000) for offices in (1, 2, 4, 10, 20))
_QUICK_POOL = (PoolCell(10, 100_000),)


def pool_point(cell: PoolCell, seed: int = 1) -> QueueMeans:
    """Return the waits in forty offices, each of the size that twenty workers in separate offices make."""
    return measure_queue(
        POOLED_WORKERS // cell.offices, POOLED_LOAD, jobs=cell.jobs, offices=QUEUES, seed=seed
    )


def _pooling(quick: bool, seed: int) -> Finding:
    cells = _QUICK_POOL if quick else POOL_CELLS
    checks = []
    for draws, cell in enumerate(cells):
        workers = POOLED_WORKERS // cell.offices
        name = f"{cell.offices} {'office' if cell.offices == 1 else 'offices'} of {workers}: {_WAIT}"
        checks.append(
            estimated(name, wait_mmc(workers, POOLED_LOAD), pool_point(cell, seed + APART * draws).waits)
        )
    places = [float(cell.offices) for cell in POOL_CELLS]
    exact = [wait_mmc(POOLED_WORKERS // cell.offices, POOLED_LOAD) for cell in POOL_CELLS]
    series = measured("20 workers, load 0.95", [cell.offices for cell in cells], checks, (places, exact))
    panel = Diagram(
        "One pooled queue or many separate ones", "separate offices among which 20 workers are divided", _WAIT, (series,),
        log_x=True, log_y=True,
    )  # fmt: skip
    return Finding(tuple(checks), (panel,))


POOLING = Law(
    "pooling",
    "Pooled against separate queues",
    "The same workers and the same cases wait the longer the more separate queues they are divided among: one office of "
    "twenty at load 0.95 keeps a case 0.755 service times, twenty offices of one keep it 19. Central dispatch and separate "
    "committees differ by this alone, before anything else is said about them. Each point observes forty offices of its size.",
    "Erlang 1917; Smith and Whitt 1981, Bell System Technical Journal 60(1)",
    "The same twenty workers in one office or in many",
    queue_keys(1, POOLED_LOAD, offices=3),
    _pooling,
)

COBHAM_LOAD = 0.3
COBHAM_JOBS = {
    0.0: 120_000,
    0.1: 120_000,
    0.2: 120_000,
    0.3: 120_000,
    0.4: 120_000,
    0.5: 160_000,
    0.6: 300_000,
}
"""Share of time that tasks take, and number of residents' cases."""


def cobham_point(task_load: float, jobs: int, seed: int = 1) -> QueueMeans:
    """Return the waits of residents' cases where tasks from above go first."""
    more = tasks_first(task_load)
    return measure_queue(1, COBHAM_LOAD, more, jobs=jobs, total_load=COBHAM_LOAD + task_load, seed=seed)


def _cobham(quick: bool, seed: int) -> Finding:
    cells = {0.3: 40_000} if quick else COBHAM_JOBS
    checks = [
        estimated(
            f"tasks take {load:g}: {_WAIT}",
            wait_behind(load, COBHAM_LOAD),
            cobham_point(load, jobs, seed + APART * draws).waits,
        )
        for draws, (load, jobs) in enumerate(cells.items())
    ]
    line = np.linspace(0.0, 0.63, 127)
    series = measured(
        "residents' cases take 0.3", list(cells), checks, (line, [wait_behind(x, COBHAM_LOAD) for x in line])
    )
    panel = Diagram(
        "How long residents wait behind tasks from above", "share of the worker's time that tasks from above take",
        f"residents' {_WAIT}", (series,), log_y=True,
    )  # fmt: skip
    return Finding(tuple(checks), (panel,))


COBHAM = Law(
    "cobham",
    "Cobham: tasks from above go first",
    "One worker serves tasks from above before residents' cases, without breaking off what is begun. Residents' cases are "
    "as many in every point of the figure; the burden of tasks alone multiplies their wait.",
    "Cobham 1954, Operations Research 2(1)",
    "Residents' cases where tasks from above go first",
    merged(queue_keys(1, COBHAM_LOAD, week_hours=WEEK), tasks_first(0.5)),
    _cobham,
    TASKS_FIRST,
)

SPREAD_LOAD = 0.8
SPREADS: dict[float, tuple[str, int]] = {
    0.0: ("fixed", 200_000), 1.0: ("lognormal", 200_000), 1.5: ("lognormal", 200_000),
    2.0: ("lognormal", 300_000), 3.0: ("lognormal", 600_000),
}  # fmt: skip
"""Coefficient of variation of the work of a case: its distribution, and number of cases."""


def spread_point(spread: float, shape: str, jobs: int, seed: int = 1) -> QueueMeans:
    """Return the waits at one worker for work of a given spread."""
    return measure_queue(1, SPREAD_LOAD, jobs=jobs, effort_distribution=shape, effort_cv=spread, seed=seed)


def _pollaczek(quick: bool, seed: int) -> Finding:
    cells = {1.0: ("lognormal", 60_000)} if quick else SPREADS
    checks = [
        estimated(
            f"squared variation {spread**2:g} ({shape}): {_WAIT}",
            wait_mg1(SPREAD_LOAD, spread),
            spread_point(spread, shape, jobs, seed + APART * draws).waits,
        )
        for draws, (spread, (shape, jobs)) in enumerate(cells.items())
    ]
    line = np.linspace(0.0, 9.5, 96)
    exact = [wait_mg1(SPREAD_LOAD, np.sqrt(x)) for x in line]
    series = measured("one worker, load 0.8", [spread**2 for spread in cells], checks, (line, exact))
    panel = Diagram(
        "Uneven work makes everybody wait",
        "squared coefficient of variation of the work of a case",
        _WAIT,
        (series,),
    )
    return Finding(tuple(checks), (panel,))


POLLACZEK = Law(
    "pollaczek-khinchine",
    "Pollaczek-Khinchine: uneven work",
    "At one worker the mean wait grows with the squared coefficient of variation of the work of a case: at load 0.8 from 2 "
    "service times for equal cases to 20 for a squared variation of 9.",
    "Pollaczek 1930, Khinchine 1932; Kleinrock 1975, section 5.6",
    "One worker and cases of more or less uneven work",
    queue_keys(1, SPREAD_LOAD, effort_distribution="lognormal", effort_cv=2.0),
    _pollaczek,
)

LITTLE_EFFORT, LITTLE_WORKERS, LITTLE_WEEKS = 2.0, 2, 150
AGENDAS = {
    "first_come": "first come, first served",
    "easy_first": "easy cases first",
    "severity": "severe cases first",
}
LITTLE_LOADS = (0.5, 0.8, 0.9)


def little_point(agenda: str, load: float, seed: int = 3) -> LittlesLaw:
    """Return stocks and flows of forty offices under an agenda rule."""
    spec = queue(
        LITTLE_WORKERS, load, offices=QUEUES, weeks=LITTLE_WEEKS, effort=LITTLE_EFFORT, severity_low=0.0
    )
    return littles_law(run_engine(spec, seed, arm({"agenda": {"rule": agenda}})))


def _little(quick: bool, seed: int) -> Finding:
    checks: list[Check] = []
    series: list[Series] = []
    most = 0.0
    for agenda, label in list(AGENDAS.items())[: 1 if quick else None]:
        points = []
        for load in (0.8,) if quick else LITTLE_LOADS:
            got = little_point(agenda, load, seed)
            # Flow and time are what the stock is compared with, office by office: both are measured.
            off = estimated("", 0.0, got.stock - got.flow)
            flow = float(got.flow.mean())
            name = f"{label}, load {load:g}: mean number of cases"
            checks.append(Check(name, flow, flow + off.engine, off.tolerance, off.false_alarm, off.interval))
            points.append(checks[-1])
            most = max(most, flow)
        x = array([check.exact for check in points])
        series.append(
            Series(label, None, (x, array([c.engine for c in points])), array([c.interval for c in points]))
        )
    diagonal = array([0.0, 1.08 * most])
    panel = Diagram(
        "Stock, and flow times time", "arrivals an hour × mean hours from report to closing",
        "mean number of cases", (Series("equal", (diagonal, diagonal)), *series),
    )  # fmt: skip
    return Finding(tuple(checks), (panel,))


LITTLE = Law(
    "little",
    "Little: stock = flow × time",
    "The mean number of cases in an office is their rate of arrival times the mean time they stay, whatever comes first on "
    "the agenda. The weekly counts of open cases and the time stamps in the ledger of cases are two accounts that the engine "
    "keeps apart, so here its values stand beside each other.",
    "Little 1961, Operations Research 9(3)",
    "Weekly counts of cases against their time stamps",
    queue_keys(LITTLE_WORKERS, 0.8, effort=LITTLE_EFFORT, weeks=LITTLE_WEEKS, severity_low=0.0),
    _little,
    {"agenda": {"rule": "easy_first"}},
)
