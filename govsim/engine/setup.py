"""How a run begins: its state before the first week."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from govsim import draws
from govsim.engine import columns as col
from govsim.engine.demography import birthdays
from govsim.engine.exposure import enrol, exposure_of, residents_at_start
from govsim.engine.infrastructure import rehousing_order
from govsim.engine.offices import Arm, class_records, set_up_offices
from govsim.engine.pool import JobPool
from govsim.engine.processes.reform import in_force
from govsim.engine.queue import BY_CLASS
from govsim.engine.recorder import Recorder, WeekRow
from govsim.engine.rules import rules_of
from govsim.engine.staff import Posts
from govsim.engine.state import OrganisationState, State, Timeline
from govsim.engine.ties import index_ties, tie_totals
from govsim.scenario.schema import Scenario
from govsim.scenario.schema.run import Controls
from govsim.scenario.timeline import steps_met
from govsim.world.columns import Ties, World


def set_up(
    world: World,
    scenario: Scenario,
    arm: Arm,
    seed: int,
    passes: Callable[[Callable[[int, int], None]], None],
    folder: Path | None = None,
) -> State:
    """Return the state of a run before its first week.

    Parameters
    ----------
    passes
        See :class:`govsim.engine.state.State`.
    folder
        Where ledgers go that outgrow the memory, see :mod:`govsim.engine.ledger_on_disk`.
    """
    steps = steps_met(scenario, arm.steps, arm.mode)
    timeline = Timeline(steps, [None] * len(steps), [0.0] * len(steps))
    asked = scenario
    scenario, model = in_force(scenario, arm.model, timeline)
    communities, streets = len(world.communities.street), len(world.street_names)
    establishment = set_up_offices(scenario, model, world, seed)
    offices, servers = establishment.offices, establishment.servers
    classes, rules = class_records(asked, model), rules_of(scenario, model, communities)
    residents = residents_at_start(world, scenario)
    exposure = exposure_of(world, scenario, model, classes, residents, len(offices))
    enrol(world, residents, model)
    first_resident = world.communities.first_resident.astype(np.uint64)
    ties = ties_under(world, scenario.controls, draws.key(seed, "controls.network"))
    totals = np.zeros(len(residents.status), np.float32)
    tie_totals(ties.indptr, ties.other, ties.layer, rules.tie_weights, residents.status, totals)
    organisations = OrganisationState.at_start(world, scenario)
    organisation_hours, enterprise_hours = organisations.hours()
    recorder = Recorder(scenario.run.weeks, communities, len(offices), folder)
    row = recorder.row(0)

    def by_community() -> NDArray[np.float64]:
        return np.zeros(communities)

    def by_office() -> NDArray[np.float64]:
        return np.zeros(len(offices))

    return State(
        world=world,
        base_scenario=asked,
        arm=arm,
        seed=seed,
        scenario=scenario,
        model=model,
        rules=rules,
        timeline=timeline,
        communities=communities,
        streets=streets,
        hours_per_week=scenario.capacity.hours_per_week,
        hotline_office=len(offices) - 1,
        classes=classes,
        residents=residents,
        first_resident=first_resident,
        participation_type=world.residents.participation_type.copy(),
        birthday=birthdays(first_resident, draws.key(seed, "institutions.birthday")),
        eligible=(residents.status & col.ADULT).astype(np.uint8),
        ties=ties,
        tie_index=index_ties(ties.indptr, ties.other, ties.layer, first_resident),
        tie_totals=totals,
        signal=np.zeros(len(residents.status), np.float32),
        status_next=residents.status.copy(),
        exposure=exposure,
        hazards=world.households.exposure.copy(),
        condition=world.communities.condition.astype(float),
        rehousing_order=rehousing_order(world, draws.key(seed, "institutions.rehousing")),
        organisations=organisations,
        organisation_hours=organisation_hours,
        enterprise_hours=enterprise_hours,
        establishment=establishment,
        offices=offices,
        servers=servers,
        posts=Posts.of(servers, communities),
        present=np.zeros(len(servers), np.bool_),
        calendar=np.zeros(len(servers) + 1, col.COMPLETION),
        queue_heads=np.full((len(offices), BY_CLASS + len(classes)), -1, np.int64),
        pool=JobPool(),
        tasks_waiting=by_office(),
        filings=np.zeros(len(offices), np.int64),
        transfers=by_office(),
        saved=by_office(),
        plan=col.PlannedHours(*(by_community() for _ in col.PlannedHours._fields)),
        votes=np.zeros((communities, max(len(classes), 1)), np.int64),
        call_from=np.zeros((communities, 2)),
        visit_from=by_community(),
        visit_next=by_community(),
        active_share=by_community(),
        attendance=by_community(),
        published=np.full(communities, col.NOTHING_LEARNT),
        given=by_community(),
        recorder=recorder,
        row=row,
        last_week=WeekRow(*map(np.zeros_like, row)),
        passes=passes,
    )


def ties_under(world: World, controls: Controls, key: draws.Key) -> Ties:
    """Return the ties that a run uses: those of the world, none, or the same ones with people at other places."""
    ties = world.ties
    count = len(ties.indptr) - 1
    if controls.network == "none":
        return Ties(np.zeros_like(ties.indptr), ties.other[:0].copy(), ties.layer[:0].copy())
    if controls.network == "as_built":
        return ties
    luck = np.empty(count)
    draws.fill_uniform(key, np.arange(count, dtype=np.uint64), luck)
    at: NDArray[np.int64] = np.lexsort((np.arange(count), luck))  # whose place each resident takes
    who = np.empty(count, np.int64)
    who[at] = np.arange(count)
    start: NDArray[np.int64] = ties.indptr.astype(np.int64)
    degree = (start[1:] - start[:-1])[at]
    indptr = np.concatenate([[0], np.cumsum(degree)])
    source = np.repeat(start[:-1][at] - indptr[:-1], degree) + np.arange(indptr[-1])
    return Ties(
        indptr.astype(ties.indptr.dtype), who[ties.other[source]].astype(ties.other.dtype), ties.layer[source]
    )
