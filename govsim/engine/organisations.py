"""Social organisations form, grow with those who take part, and fade.

Strength of organisations of residents moves first, then credibility, then new ones begin; at last their hours of next week are
summed up. Service providers and enterprises live on contracts: their strength stays. A founder brings those of the own ties who
live in the community.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from govsim import draws
from govsim.engine import columns as col
from govsim.engine.process import Equation, Vector
from govsim.engine.recording import COUNTER, Activity, HourSource
from govsim.engine.rules import OrganisationRule
from govsim.engine.state import State
from govsim.kernels import kernel
from govsim.units import PER_1000
from govsim.world.columns import OrganisationKind

OF_RESIDENTS = (
    OrganisationKind.MUTUAL_AID,
    OrganisationKind.VOLUNTEER_TEAM,
    OrganisationKind.OWNERS_COMMITTEE,
)
"""Kinds that live on residents who take part."""

_OF_RESIDENTS = np.isin(np.arange(len(OrganisationKind)), OF_RESIDENTS)


@kernel
def live(
    table: NDArray[np.void],
    first: NDArray[np.int64],
    member: NDArray[np.int64],
    status: NDArray[np.uint8],
    of_residents: NDArray[np.bool_],
    incubation: NDArray[np.float64],
    used: NDArray[np.float64],
    everywhere: float,
    gain: float,
    rule: OrganisationRule,
) -> bool:
    """Let organisations of residents grow, fade and end, and all of them learn; return whether one ended.

    Parameters
    ----------
    table : ORGANISATION records, whose people are ``member[first[o]:first[o + 1]]``
    of_residents : shape (kinds,)
        Which kinds live on residents who take part.
    incubation : shape (communities,)
        Hours of staff, shared by the living organisations of residents of the community.
    used : shape (communities,)
        Share of organisations' hours that found work, ``everywhere`` in all communities together; credibility goes by
        ``gain`` of the way there.
    """
    number, ended = np.zeros(incubation.shape[0]), False
    for o in range(table.shape[0]):
        body = table[o]
        if body.strength > 0.0 and of_residents[body.kind] and body.community >= 0:
            number[body.community] += 1.0
    for o in range(table.shape[0]):
        body = table[o]
        met = used[body.community] if body.community >= 0 else everywhere
        body.credibility += gain * (met - body.credibility)
        if not (body.strength > 0.0 and of_residents[body.kind]):
            continue
        active, size = 0, first[o + 1] - first[o]
        for m in range(first[o], first[o + 1]):
            active += status[member[m]] & col.ACTIVE
        share = active / size if size > 0 else 0.0
        hours = incubation[body.community] / number[body.community] if body.community >= 0 else 0.0
        borne = min(share / rule.upkeep + hours / rule.incubation_upkeep, 1.0)
        body.strength += rule.growth * (borne - body.strength)
        if body.strength < rule.least:
            body.strength = 0.0
            ended = True
    return ended


def run(state: State) -> None:
    """Let organisations grow, fade, end and begin."""
    bodies, now, rule = state.organisations, state.residents, state.rules.organisations
    hours = state.row.hours[: state.communities]
    incubation = hours[:, :, Activity.INCUBATION].sum(axis=1)
    spent = hours[:, HourSource.ORGANISATION]
    offered = spent[:, Activity.CASEWORK] + spent[:, Activity.IDLE]
    in_all, gain = offered.sum(), rule.credibility_gain
    everywhere = spent[:, Activity.CASEWORK].sum() / in_all if in_all > 0 else 0.0
    used = np.full(state.communities, everywhere)
    np.divide(spent[:, Activity.CASEWORK], offered, out=used, where=offered > 0)
    ended = live(
        bodies.table,
        bodies.first,
        bodies.member,
        now.status,
        _OF_RESIDENTS,
        incubation,
        used,
        everywhere,
        gain if in_all > 0 else 0.0,
        rule,
    )
    founded = _found(state, incubation)
    if founded or ended:
        state.exposure.in_organisation[:] = bodies.people(len(now.status))
        state.exposure.count_people(state.world, now)
    strength, where = bodies.table["strength"], bodies.table["community"]
    living = np.flatnonzero((strength > 0) & (where >= 0))
    counters, where = state.row.counters, where[living]
    counters[:, COUNTER["organisations"]] = np.bincount(where, minlength=state.communities)
    counters[:, COUNTER["organisation_strength"]] = np.bincount(where, strength[living], state.communities)
    state.organisation_hours[:], state.enterprise_hours[:] = bodies.hours()


def _found(state: State, incubation: NDArray[np.float64]) -> int:
    """Let organisations begin, and return how many did."""
    life, counters, week = state.rules.organisations, state.row.counters, state.week
    alone = counters[:, COUNTER["active"]] - counters[:, COUNTER["active_called"]]
    helped = incubation * state.active_share
    mean = life.founding * alone * PER_1000 + life.incubation * helped
    places = np.arange(state.communities, dtype=np.uint64)
    luck, who, kind = np.empty((1 + 2, state.communities))
    draws.fill_uniform(state.key("institutions.founding", week), places, luck)
    begun = np.flatnonzero(luck < -np.expm1(-mean))  # at most one a week in a community
    if len(begun) == 0:
        return 0
    draws.fill_uniform(state.key("institutions.founder", week), places, who)
    draws.fill_uniform(state.key("institutions.organisation_kind", week), places, kind)
    for c in begun:
        first, last = state.first_resident[c], state.first_resident[c + 1]
        active = np.flatnonzero(state.residents.status[first:last] & col.ACTIVE) + int(first)
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
    near = others[(community[others] == community[founder]) & (state.residents.status[others] != col.CHILD)]
    return np.sort(np.concatenate([[founder], near[: max(most - 1, 0)]])).astype(np.int64)


TITLE_ZH = "社会组织"

EQUATIONS = (
    Equation(
        "institutions.organisations_strength",
        "help = incubation / bodies / incubation_upkeep; s = s + growth * (min(share / upkeep + help, 1) - s); "
        "s = 0 if s < least",
        "Each living organisation of residents: mutual aid, volunteer teams, owners' committees. share: part of "
        "its members who took "
        "part this week, those who left the district included among the members; incubation: staff's hours of "
        "incubation in its "
        "community this week; bodies: living organisations of residents there. No help where it works in the "
        "whole district. One that "
        "falls below `least` dissolves for good. Strength of service providers and enterprises stays.",
        "每个存续的居民组织：互助组织、志愿队、业主委员会。share为本周参与的成员比例（已迁出者仍计为成员）；"
        "incubation为本社区本周孵化工时；"
        "bodies为当地存续的居民组织数。全区性组织无孵化支持。低于least即永久解散。服务机构与企业的强度不变。",
        (
            Vector(
                {
                    "s": 0.5,
                    "growth": 0.1,
                    "share": 0.03,
                    "upkeep": 0.06,
                    "incubation": 2,
                    "bodies": 4,
                    "incubation_upkeep": 5,
                },
                {"s": 0.51},
            ),
        ),
    ),
    Equation(
        "institutions.organisations_credibility",
        "used = casework / (casework + idle); credibility = credibility + credibility_gain * (used - credibility)",
        "Every organisation, enterprises and dissolved ones too. used: hours of organisations this week in its "
        "community; where none "
        "were left after outreach, and for those that work in the whole district, the same share over all "
        "communities. Nothing "
        "moves in a week in which none were left anywhere.",
        "每个组织，含企业和已解散的组织。used按本社区本周组织工时计；扣除外展后无剩余的社区及全区性组织，"
        "用所有社区的合计比例。各处均无剩余的一周不变。",
        (Vector({"credibility": 0.6, "credibility_gain": 0.05, "used": 0.8}, {"credibility": 0.61}),),
    ),
    Equation(
        "institutions.organisations_founding",
        "alone = active - active_called; chance = 1 - exp(-(founding * alone / 1000 + incubation_rate * "
        "incubation * active_share)); "
        "begins if u < chance",
        "Each community: at most one a week. alone: those who took part this week without needing a call; "
        "active_share is last week's. "
        "incubation_rate is `organisations.life.incubation`.",
        "每个社区，每周至多一个。alone为本周无需动员而参与的人数；active_share为上周值。"
        "incubation_rate为organisations.life.incubation。",
        (
            Vector(
                {"founding": 2, "alone": 50, "incubation_rate": 0.01, "incubation": 20, "active_share": 0.5},
                {"chance": 0.18126924692201815},
            ),
        ),
    ),
    Equation(
        "institutions.organisations_begin",
        "founder = active[floor(u * n)]; kind = volunteer team if u' < 0.5, else mutual aid; "
        "people = founder and the first members - 1 ties; strength = start; credibility = life.credibility; "
        "founded = week",
        "Where one begins: u from `institutions.founder`, u' from `institutions.organisation_kind`. active: the "
        "n residents of the "
        "community who took part this week, in their order; with n = 0 nothing begins. Ties: adults of the same "
        "community among the "
        "founder's ties, in the order of the network. members: the declared size of an organisation of that kind.",
        "组织成立时：u取自institutions.founder，u'取自institutions.organisation_kind。"
        "active为本社区本周参与的n名居民，按顺序；n为0则不成立。"
        "关系为发起人在本社区的成年关系，按网络顺序。members为该类组织的设定人数。",
        (),
    ),
    Equation(
        "institutions.organisations_circle",
        "in_organisation = 1 for members of a living organisation; members_reach = number of those who are there",
        "Counted again only in a week in which an organisation dissolved or a founding was drawn.",
        "仅在有组织解散或抽中成立的一周重新计算。",
        (),
    ),
    Equation(
        "institutions.organisations_hours",
        "organisation_hours = sum of hours[kind] * s over organisations; enterprise_hours = the same over enterprises",
        "Each community, over those that work there, the new ones included. One that works in the whole "
        "district gives each community "
        "the share of its residents at the start. Counters: number and summed strength of those that live and "
        "work in one community.",
        "每个社区，遍历在当地活动的组织，含新成立者。全区性组织按开始时的居民占比分给各社区。"
        "计数为只在一个社区活动的存续组织数与强度之和。",
        (),
    ),
)
