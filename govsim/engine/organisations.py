"""Social organisations form, grow with those who take part, and fade.

Residents who take part of their own accord found mutual-aid groups and volunteer teams at a rate, and more where staff
put hours into incubation and there are people to found with. A founder brings those of the own ties who live in the
community. The strength of an organisation of residents approaches ``min(1, active share of its people / upkeep +
help)``, where help is staff's hours of incubation for each organisation of residents in its community over
``incubation_upkeep``; below ``least`` it dissolves. Service providers and enterprises live on contracts: their strength stays. An organisation gives
its hours times its strength; its credibility approaches the share of hours that found work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from govsim import draws
from govsim.engine import columns as col
from govsim.engine.recording import COUNTER, Activity, Source
from govsim.scenario.schema import Scenario
from govsim.units import PER_1000
from govsim.world import World
from govsim.world.columns import OrganisationKind

if TYPE_CHECKING:
    from govsim.engine.state import State

OF_RESIDENTS = (
    OrganisationKind.MUTUAL_AID,
    OrganisationKind.VOLUNTEER_TEAM,
    OrganisationKind.OWNERS_COMMITTEE,
)
"""Kinds that live on residents who take part."""

_OF_RESIDENTS = np.isin(np.arange(len(OrganisationKind)), OF_RESIDENTS)


class Organisations:
    """The organisations of a run, those of week 0 first; dissolved ones keep their place with strength 0.

    Attributes
    ----------
    table : ORGANISATION records, shape (organisations,)
    first, member : int64 arrays
        The people of organisation ``o`` are the residents ``member[first[o]:first[o + 1]]``.
    """

    def __init__(self, world: World, scenario: Scenario) -> None:
        at_start = world.organisations
        self.table = np.zeros(len(at_start.kind), col.ORGANISATION)
        self.table["kind"], self.table["community"] = at_start.kind, at_start.community
        self.table["strength"], self.table["credibility"] = 1.0, scenario.organisations.life.credibility
        self.table["founded"] = -1
        self.first = at_start.first_member.astype(np.int64)
        self.member = at_start.member.astype(np.int64)
        self._per_kind = np.array(
            [getattr(scenario.organisations.hours, k.name.lower()) for k in OrganisationKind]
        )
        people = np.diff(world.communities.first_resident).astype(float)
        self._share = people / people.sum()
        self._sort()

    def _sort(self) -> None:
        """Note which organisations are enterprises, and which of both work in one community or in the whole area."""
        enterprise, local = self.table["kind"] == OrganisationKind.ENTERPRISE, self.table["community"] >= 0
        self._bodies, self._enterprises = (
            (np.flatnonzero(those & local), np.flatnonzero(those & ~local))
            for those in (~enterprise, enterprise)
        )
        self._hours = self._per_kind[self.table["kind"]]

    def add(
        self, kind: int, community: int, people: NDArray[np.int64], week: int, scenario: Scenario
    ) -> None:
        """Let an organisation begin."""
        life = scenario.organisations.life
        new = np.zeros(1, col.ORGANISATION)
        new["kind"], new["community"], new["founded"] = kind, community, week
        new["strength"], new["credibility"] = life.start, life.credibility
        self.table = np.concatenate([self.table, new])
        self.member = np.concatenate([self.member, people])
        self.first = np.append(self.first, len(self.member))
        self._sort()

    def hours(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return weekly hours of organisations and of enterprises, by community; district-wide ones are shared."""
        amount, where = self._hours * self.table["strength"], self.table["community"]
        given = []
        for local, wide in (self._bodies, self._enterprises):
            here = np.bincount(where[local], amount[local], len(self._share))
            given.append(here + amount[wide].sum() * self._share)
        return given[0], given[1]

    def credibility(self) -> NDArray[np.float64]:
        """Return the mean credibility of the organisations that work in each community, 0 where none does."""
        alive, credibility = self.table["strength"] > 0, self.table["credibility"]
        local, wide = (those[alive[those]] for those in self._bodies)
        where, count = self.table["community"][local], len(self._share)
        number = np.bincount(where, minlength=count) + len(wide)
        total = np.bincount(where, credibility[local], count) + credibility[wide].sum()
        return np.divide(total, number, out=np.zeros(count), where=number > 0)

    def people(self, residents: int) -> NDArray[np.uint8]:
        """Return who belongs to an organisation that lives; shape (residents,)."""
        alive = np.repeat(self.table["strength"] > 0, np.diff(self.first))
        flags = np.zeros(residents, np.uint8)
        flags[self.member[alive]] = 1
        return flags


def run(state: State) -> None:
    """Let organisations grow, fade, end and begin."""
    life, bodies, now = state.scenario.organisations.life, state.organisations, state.residents
    table = bodies.table
    alive = table["strength"] > 0
    taking_part = (now.seen & col.ACTIVE) > 0
    before = np.concatenate([[0], np.cumsum(taking_part[bodies.member])])
    sizes = np.diff(bodies.first)
    active = before[bodies.first[1:]] - before[bodies.first[:-1]]
    share = np.divide(active, sizes, out=np.zeros(len(table)), where=sizes > 0)
    voluntary = alive & _OF_RESIDENTS[table["kind"]]
    borne = np.minimum(share / life.upkeep + _help(state, voluntary), 1.0)
    moved = table["strength"] + life.growth * (borne - table["strength"])
    table["strength"][voluntary] = moved[voluntary]
    ended = voluntary & (table["strength"] < life.least)
    table["strength"][ended] = 0.0
    _learn(state)
    founded = _found(state)
    if founded or ended.any():
        state.reach.in_organisation[:] = bodies.people(len(now.seen))
        state.reach.count_people(state.world, now)
    strength, where = bodies.table["strength"], bodies.table["community"]
    living = np.flatnonzero((strength > 0) & (where >= 0))
    counters, where = state.row.counters, where[living]
    counters[:, COUNTER["organisations"]] = np.bincount(where, minlength=state.communities)
    counters[:, COUNTER["organisation_strength"]] = np.bincount(where, strength[living], state.communities)
    state.organisation_hours[:], state.enterprise_hours[:] = bodies.hours()


def _help(state: State, voluntary: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return what staff's hours of incubation add to what an organisation's people bear; shape (organisations,)."""
    where = state.organisations.table["community"]
    kept = voluntary & (where >= 0)
    number = np.bincount(where[kept], minlength=state.communities)
    hours = state.row.hours[: state.communities, :, Activity.INCUBATION].sum(axis=1)
    each = np.divide(hours, number, out=np.zeros(state.communities), where=number > 0)
    found = np.zeros(len(where))
    found[kept] = each[where[kept]] / state.scenario.organisations.life.incubation_upkeep
    return found


def _learn(state: State) -> None:
    """Move credibility towards the share of organisations' hours that found work."""
    row, table, gain = (
        state.row,
        state.organisations.table,
        state.scenario.organisations.life.credibility_gain,
    )
    spent = row.hours[: state.communities, Source.ORGANISATION]
    offered = spent[:, Activity.CASEWORK] + spent[:, Activity.IDLE]
    if not (offered > 0).any():
        return
    everywhere = spent[:, Activity.CASEWORK].sum() / offered.sum()
    used = np.divide(
        spent[:, Activity.CASEWORK], offered, out=np.full(state.communities, everywhere), where=offered > 0
    )
    met = np.where(table["community"] >= 0, used[table["community"]], everywhere)
    table["credibility"] += gain * (met - table["credibility"])


def _found(state: State) -> int:
    """Let organisations begin, and return how many did."""
    life, row, week = state.scenario.organisations.life, state.row, state.week
    counters = row.counters
    alone = counters[:, COUNTER["active"]] - counters[:, COUNTER["active_called"]]
    helped = row.hours[: state.communities, :, Activity.INCUBATION].sum(axis=1) * state.active_share
    mean = life.founding * alone * PER_1000 + life.incubation * helped
    places = np.arange(state.communities, dtype=np.uint64)
    luck, who, kind = (np.empty(state.communities) for _ in range(1 + 2))
    draws.fill_uniform(state.key("institutions.founding", week), places, luck)
    begun = np.flatnonzero(luck < -np.expm1(-mean))  # at most one a week in a community
    if len(begun) == 0:
        return 0
    draws.fill_uniform(state.key("institutions.founder", week), places, who)
    draws.fill_uniform(state.key("institutions.organisation_kind", week), places, kind)
    for c in begun:
        first, last = state.first_resident[c], state.first_resident[c + 1]
        active = np.flatnonzero(state.residents.seen[first:last] & col.ACTIVE) + int(first)
        if len(active) == 0:
            continue
        team = kind[c] < 0.5
        spec = state.scenario.population.organisations
        most = (spec.volunteer_team if team else spec.mutual_aid).members
        people = _circle(state, int(active[int(who[c] * len(active))]), most)
        of_kind = OrganisationKind.VOLUNTEER_TEAM if team else OrganisationKind.MUTUAL_AID
        state.organisations.add(int(of_kind), int(c), people, week, state.scenario)
    return len(begun)


def _circle(state: State, founder: int, most: int) -> NDArray[np.int64]:
    """Return a founder and the adults among the founder's ties in the community, at most so many."""
    ties, world = state.ties, state.world
    others = ties.other[ties.indptr[founder] : ties.indptr[founder + 1]].astype(np.int64)
    community = world.residents.community
    near = others[(community[others] == community[founder]) & (state.residents.seen[others] != col.CHILD)]
    return np.sort(np.concatenate([[founder], near[: max(most - 1, 0)]])).astype(np.int64)
