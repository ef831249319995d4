"""(b) Casework: the engine's event queue against Ciw on the same lists of cases."""

from __future__ import annotations

import importlib.util
import time
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from benchmarks import apart
from benchmarks.apart import Say
from benchmarks.tables import ALL, Aim, Section, Table, spread
from benchmarks.timing import Spread, interleaved, load_now, ratios
from govsim.assurance.theory.findings import arm, world_of
from govsim.assurance.theory.queues import Times, queue
from govsim.engine import ORDER, Run

SAME = 1e-9
"""Hours by which waits may differ."""

QUEUES = ((1, 1, 5_000, 160.0), (1, 3, 10_000, 160.0), (26, 3, 26_000, 40.0))
"""Offices, workers of each, cases in all, and hours of a week."""


class Lists(NamedTuple):
    """What one office was given, and how long each case waited; shapes (cases,), in order of arrival."""

    arrived: Times
    effort: Times
    waited: Times


def on_engine(offices: int, workers: int, cases: int, week_hours: float) -> tuple[float, float, list[Lists]]:
    """Run queues on the engine; return seconds in its casework and in the whole run, and the lists of each office."""
    weeks = int(cases / (offices * 0.9 * workers * week_hours)) + 1
    spec = queue(workers, 0.9, offices=offices, weeks=weeks, week_hours=week_hours)
    engine = Run(world_of(spec, 1), spec, arm(), 1)
    inside = 0.0
    began = time.perf_counter()
    for _ in range(weeks):
        engine.begin_week()
        for process in ORDER:
            if process.run is not None:
                started = time.perf_counter()
                process.run(engine.state)
                inside += (time.perf_counter() - started) * (process.name == "casework")
        engine.end_week()
    whole = time.perf_counter() - began
    ledger = engine.finish().cases
    taken = np.flatnonzero(ledger["first_handled"] >= 0)
    taken = taken[np.argsort(ledger["competent"][taken], kind="stable")]
    lists = []
    for office in range(offices):
        here = taken[ledger["community"][taken] == office]
        arrived = ledger["competent"][here]
        lists.append(Lists(arrived, ledger["effort"][here], ledger["first_handled"][here] - arrived))
    return inside, whole, lists


def on_ciw(workers: int, lists: list[Lists]) -> tuple[float, list[Times]]:
    """Run the same lists in Ciw, a node for each office; return its seconds and the waits at each node."""
    import ciw

    network = ciw.create_network(
        arrival_distributions=[_in_turn(np.diff(each.arrived, prepend=0.0)) for each in lists],
        service_distributions=[_in_turn(each.effort) for each in lists],
        number_of_servers=[workers] * len(lists),
        routing=[[0.0] * len(lists)] * len(lists),
    )
    simulation = ciw.Simulation(network, exact=False)
    began = time.perf_counter()
    simulation.simulate_until_max_customers(sum(len(each.arrived) for each in lists), method="Finish")
    took = time.perf_counter() - began
    records = sorted(simulation.get_all_records(), key=lambda record: record.arrival_date)
    waits = [
        np.array([record.waiting_time for record in records if record.node == node + 1])
        for node in range(len(lists))
    ]
    return took, waits


def _in_turn(times: Times) -> Any:
    import ciw

    return ciw.dists.Sequential([*times.tolist(), np.inf])


def side_by_side(
    say: Say, offices: int, workers: int, cases: int, hours: float, rounds: int
) -> dict[str, Any]:
    """Measure both on one set of queues; return cases a second by round.

    Raises
    ------
    RuntimeError
        If a case waits longer in one than in the other.
    """
    on_engine(offices, workers, cases, hours)  # compiles
    figures: dict[str, list[float]] = {"casework": [], "run": []}
    number = 0
    worst = 0.0
    lists: list[Lists] = []

    def ours() -> float:
        nonlocal lists, number
        inside, whole, lists = on_engine(offices, workers, cases, hours)
        number = sum(len(each.arrived) for each in lists)
        figures["run"].append(number / whole)
        return number / inside

    def theirs() -> float:
        nonlocal worst
        took, waits = on_ciw(workers, lists)
        for each, waited in zip(lists, waits, strict=True):
            worst = max(worst, float(np.abs(each.waited - waited).max()))
        return number / took

    load = load_now()
    variants = {"casework": ours, "Ciw": theirs}
    found = interleaved(variants, rounds, partial(_say, say, offices, workers))
    if not worst <= SAME:
        raise RuntimeError(f"waits differ from Ciw's by up to {worst} hours")
    return {**figures, **found, "cases": number, "worst": worst, "load": load}


def _say(say: Say, offices: int, workers: int, words: str) -> None:
    say(f"{offices} offices with {workers} workers: {words}")


def measure(quick: bool, say: Say) -> Section:
    """Measure casework."""
    if not importlib.util.find_spec("ciw"):
        return Section(remarks=["Left out: Ciw is not installed (it is in the extra `dev`)."])
    section, worst = Section(), 0.0
    rows: list[list[str]] = []
    loads: list[str] = []
    for offices, workers, cases, hours in QUEUES:
        found = apart.call(
            "benchmarks.casework:side_by_side",
            say, offices, workers, cases // (5 if quick else 1), hours, 3 if quick else 7,
        )  # fmt: skip
        against = ratios(found["casework"], found["Ciw"])
        what = f"{offices} {'office' if offices == 1 else 'offices'}, {workers} {'worker' if workers == 1 else 'workers'}"
        bar = 30.0 if offices == 1 else 150.0
        section.aims.append(Aim(f"cases a second of the engine's queue / Ciw, {what}", against, bar, True))
        figures = [spread(Spread.of(found[name]), 1e-3) for name in ("casework", "run", "Ciw")]
        rows.append([f"{what}, {found['cases']:,} cases", *figures, spread(against)])
        worst, loads = max(worst, found["worst"]), [*loads, f"{found['load']:.1f}"]
    section.tables = [
        Table(
            "Thousand cases a second, load 0.9, exponential",
            ("queues", "govsim, casework alone", "govsim, whole run", "Ciw", "casework / Ciw"),
            rows,
            (
                f"Largest difference of any wait: {worst:.1g} hours. Ciw computes with floats (`exact=False`); only its "
                "simulation is timed, neither making the network nor reading its records. The engine's side also "
                "routes each case and writes its ledger.",
                f"Loads of the machine before each: {', '.join(loads)}.",
            ),
            more=(ALL,),
        )
    ]
    return section
