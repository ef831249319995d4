"""Institutions, from equations institutions.* of the model description."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from govsim.draws import PLACE
from govsim.engine import columns as col
from govsim.engine.columns import ELDERLY_BIT, LAID_OFF_BIT
from govsim.engine.recording import COUNTER, Activity, HourSource, Level
from govsim.units import ADULT_AGE, ELDERLY_AGE, OLD_AGE, WEEKS_PER_YEAR, YOUNG_AGE
from govsim.world.columns import Hazard, OrganisationKind, ParticipationType, Work
from tests.reference.effort import post_address
from tests.reference.follow import Before, Expected
from tests.reference.participation import tie_weights

Out = dict[str, NDArray[Any]]
_OF_RESIDENTS = (
    OrganisationKind.MUTUAL_AID,
    OrganisationKind.VOLUNTEER_TEAM,
    OrganisationKind.OWNERS_COMMITTEE,
)


def burnout(
    B: float, gain: float, susceptibility: float, tenure: float, years: float, over: float, decay: float
) -> float:
    """institutions.burnout"""
    return min(max(B + gain * susceptibility * (1.0 + tenure * years) * over - decay * B, 0.0), 1.0)


def learnt(skill: float, goal: float, learning_weeks: float, fades: float) -> float:
    """institutions.skill"""
    pace = learning_weeks if goal > skill else fades
    return skill + (goal - skill) / max(pace, 1.0)


def trained(skill: float, goal: float, hours: float, training_hours: float) -> float:
    """institutions.training"""
    return skill + max(goal - skill, 0.0) * (1.0 - math.exp(-hours / training_hours))


def quit_chance(rate: float, factor: float, B: float) -> float:
    """institutions.quit"""
    return 1.0 - math.exp(-rate * math.exp(factor * B))


def strength(s: float, growth: float, share: float, upkeep: float, help: float) -> float:
    """institutions.organisations_strength"""
    return s + growth * (min(share / upkeep + help, 1.0) - s)


def founding_chance(
    founding: float, alone: float, incubation: float, hours: float, active_share: float
) -> float:
    """institutions.organisations_founding"""
    return 1.0 - math.exp(-(founding * alone / 1000 + incubation * hours * active_share))


def upkept(condition: float, best: float, money: float, price: float) -> float:
    """institutions.infrastructure_upkeep"""
    return best + (condition - best) * math.exp(-money / price) if condition > best else condition


def weekly(share_per_year: float) -> float:
    """institutions.demography_chance"""
    return 1.0 - (1.0 - min(share_per_year, 1.0 - 2.0**-52)) ** (1 / WEEKS_PER_YEAR)


def process(before: Before) -> Expected:
    """Return what institutions leave behind."""
    out: Out = {}
    _staff(before, out)
    _organisations(before, out)
    _infrastructure(before, out)
    out["eligible"] = before["residents.status"] & col.ADULT
    _population(before, out)
    return out


def _staff(before: Before, out: Out) -> None:
    scenario, workforce, handling = before.scenario, before.scenario.workforce, before.scenario.handling
    servers, offices, hours = before["servers"].copy(), before["offices"].copy(), before["row.hours"]
    week_hours = scenario.capacity.hours_per_week
    for name in ["load", "posts", "filled", "burnt_out", "quits"]:
        out[f"row.{name}"] = np.zeros(len(offices))
    of_office: list[list[int]] = [[] for _ in offices]
    for s in range(len(servers)):
        of_office[servers["office"][s]].append(s)
    for o in range(len(offices)):
        here = [s for s in of_office[o] if before["present"][s]]
        worked = trainings = 0.0
        for source in (HourSource.PAID, HourSource.SECONDED):
            worked += sum(float(hours[o, source, a]) for a in Activity if a != Activity.IDLE)
            trainings += float(hours[o, source, Activity.TRAINING])
        available = sum(float(servers["fte"][s]) for s in here) * week_hours
        demand = max(worked + float(offices["waiting"][o]) / workforce.backlog_weeks, 0.0)
        load = demand / available if available > 0 else 0.0
        field = [
            s for s in here
            if servers["post"][s] in (col.COMMUNITY_WORKER, col.SECONDED_CADRE)
            and servers["duty"][s] != col.TASKS_ONLY
        ]  # fmt: skip
        field_fte = sum(float(servers["fte"][s]) for s in field)
        out["row.load"][o] = load
        out["row.posts"][o] = sum(float(servers["fte"][s]) for s in of_office[o] if servers["staff"][s])
        out["row.filled"][o] = len(here)
        for s in here:
            B = burnout(
                float(servers["burnout"][s]),
                workforce.burnout_gain,
                float(servers["susceptibility"][s]),
                workforce.burnout_tenure,
                (before.week - int(servers["hired"][s])) / WEEKS_PER_YEAR,
                max(load - workforce.comfortable_load, 0.0),
                workforce.burnout_decay,
            )
            skill = learnt(
                float(servers["skill"][s]),
                workforce.skill,
                workforce.learning_weeks,
                workforce.training_fades,
            )
            if s in field and field_fte > 0:
                skill = trained(
                    skill, workforce.trained_skill, trainings / field_fte, workforce.training_hours
                )
            servers["burnout"][s], servers["skill"][s] = B, skill
            out["row.burnt_out"][o] += workforce.burnt_out < B
            u = before.uniform("institutions.quit", post_address(servers, s), weekly=True)
            if u < quit_chance(workforce.quit_rate, workforce.quit_burnout, B):
                out["row.quits"][o] += 1
                servers["leaving"][s] = 1
                servers["vacant_until"][s] = before.week + 1 + workforce.vacancy_weeks
                servers["person"][s] += 1
        for column, recovery in (
            ("compliance", handling.summons_recovery),
            ("listing", handling.list_recovery),
        ):
            offices[column][o] += recovery * (1.0 - float(offices[column][o]))
    out["servers"], out["offices"] = servers, offices


def _organisations(before: Before, out: Out) -> None:
    life, communities = before.scenario.organisations.life, before.engine.communities
    table, member = before["organisations.table"].copy(), before["organisations.member"].tolist()
    first, hours = before.engine.organisations.first.tolist(), before["row.hours"]
    seen, community = before["residents.status"], before["world.residents.community"]
    counters = out["row.counters"] = before["row.counters"].copy()
    people_of = [member[first[o] : first[o + 1]] for o in range(len(table))]
    alive = [bool(s > 0) for s in table["strength"]]
    incubation = [float(hours[c, :, Activity.INCUBATION].sum()) for c in range(communities)]
    kept = [0] * communities
    for o in range(len(table)):
        if alive[o] and table["kind"][o] in _OF_RESIDENTS and table["community"][o] >= 0:
            kept[table["community"][o]] += 1
    changed = False
    for o in range(len(table)):
        if not alive[o] or table["kind"][o] not in _OF_RESIDENTS:
            continue
        c, size = int(table["community"][o]), len(people_of[o])
        share = sum(bool(seen[i] & col.ACTIVE) for i in people_of[o]) / size if size else 0.0
        help = incubation[c] / kept[c] / life.incubation_upkeep if c >= 0 else 0.0
        s = strength(float(table["strength"][o]), life.growth, share, life.upkeep, help)
        changed |= s < life.least
        table["strength"][o] = 0.0 if s < life.least else s

    used, offered = np.zeros(communities), np.zeros(communities)
    for c in range(communities):
        used[c] = hours[c, HourSource.ORGANISATION, Activity.CASEWORK]
        offered[c] = used[c] + hours[c, HourSource.ORGANISATION, Activity.IDLE]
    if offered.max() > 0:
        everywhere = used.sum() / offered.sum()
        for o in range(len(table)):
            c = int(table["community"][o])
            met = used[c] / offered[c] if c >= 0 and offered[c] > 0 else everywhere
            table["credibility"][o] += life.credibility_gain * (met - float(table["credibility"][o]))

    new, kinds = [], before.scenario.population.organisations
    for c in range(communities):
        alone = counters[c, COUNTER["active"]] - counters[c, COUNTER["active_called"]]
        chance = founding_chance(
            life.founding, alone, life.incubation, incubation[c], float(before["active_share"][c])
        )
        if before.uniform("institutions.founding", c, weekly=True) >= chance:
            continue
        changed = True
        active = [i for i in range(len(seen)) if community[i] == c and seen[i] & col.ACTIVE]
        if not active:
            continue
        founder = active[int(before.uniform("institutions.founder", c, weekly=True) * len(active))]
        team = before.uniform("institutions.organisation_kind", c, weekly=True) < 0.5
        most = (kinds.volunteer_team if team else kinds.mutual_aid).members
        ties = before["ties.other"][
            before["ties.indptr"][founder] : before["ties.indptr"][founder + 1]
        ].tolist()
        near = [j for j in ties if community[j] == c and seen[j] & col.ADULT]
        people_of.append(sorted([founder, *near[: max(most - 1, 0)]]))
        kind = OrganisationKind.VOLUNTEER_TEAM if team else OrganisationKind.MUTUAL_AID
        new.append((kind, c, life.start, life.credibility, before.week))
    if new:
        table = np.concatenate([table, np.array(new, table.dtype)])
    out["organisations.table"] = table
    out["organisations.member"] = np.array([i for people in people_of for i in people], np.int64)
    out["organisations.first"] = np.cumsum([0, *map(len, people_of)], dtype=np.int64)
    belongs, reach = before["exposure.in_organisation"].copy(), before["exposure.members_reach"].copy()
    if changed:
        belongs[:], reach[:] = 0, 0.0
        for o, people in enumerate(people_of):
            if table["strength"][o] > 0:
                belongs[people] = 1
        for i in range(len(seen)):
            reach[community[i]] += bool(belongs[i]) and before["residents.left"][i] < 0
    out["exposure.in_organisation"], out["exposure.members_reach"] = belongs, reach

    residents = before["world.communities.first_resident"].astype(int)
    for name in ("organisation_hours", "enterprise_hours"):
        out[name] = np.zeros(communities)
    for name in ("organisations", "organisation_strength"):
        counters[:, COUNTER[name]] = 0
    for item in table:
        c, kind, full = int(item["community"]), OrganisationKind(item["kind"]), float(item["strength"])
        amount = getattr(before.scenario.organisations.hours, kind.name.lower()) * full
        to = out["enterprise_hours" if kind == OrganisationKind.ENTERPRISE else "organisation_hours"]
        if c >= 0:
            to[c] += amount
            counters[c, COUNTER["organisations"]] += full > 0
            counters[c, COUNTER["organisation_strength"]] += full
        else:
            for place in range(communities):
                to[place] += amount * (residents[place + 1] - residents[place]) / residents[-1]


def _infrastructure(before: Before, out: Out) -> None:
    spec, prices = before.scenario.infrastructure, before.scenario.capacity.prices
    capacity, communities, offices = before.model.capacity, before.engine.communities, before["offices"]
    condition, saved, hazards = (before[name].copy() for name in ("condition", "saved", "hazards"))
    spent, first_home = (
        before["row.money_spent"].copy(),
        before["world.communities.first_household"].astype(int),
    )
    home_community, dwellers = before["world.households.community"], before["exposure.dwellers"]
    money = [
        float(before.engine.establishment.weekly_money[o]) if offices["level"][o] == Level.DEPARTMENT else 0.0
        for o in range(len(offices))
    ]
    zone = np.flatnonzero(before["world.households.exposure"] & Hazard.SUBSIDENCE).tolist()

    def turn(home: int) -> tuple[float, int]:
        c = int(home_community[home])
        return before.uniform("institutions.rehousing", (c << int(PLACE)) | (home - first_home[c])), home

    zone.sort(key=turn)
    condition *= math.exp(spec.decay / WEEKS_PER_YEAR)
    for o in range(len(offices)):
        saved[o] += capacity.relocation_share * money[o]
    for district in range(int(offices["district"].max()) + 1):
        here = [o for o in range(len(offices)) if offices["district"][o] == district]
        places = [c for c in here if c < communities]
        upkeep = capacity.maintenance_share * sum(money[o] for o in here)
        weight = sum(condition[c] * (first_home[c + 1] - first_home[c]) for c in places)
        if upkeep > 0 and weight > 0:
            for c in places:
                condition[c] = upkept(
                    float(condition[c]), spec.best, upkeep * float(condition[c]) / weight, prices.upkeep
                )
        total = sum(float(saved[o]) for o in here)
        waiting = [
            home for home in zone
            if home_community[home] in places and hazards[home] & Hazard.SUBSIDENCE and dwellers[home] > 0
        ]  # fmt: skip
        moved = waiting[: int(total / prices.rehousing)]
        for home in moved:
            hazards[home] &= 255 - int(Hazard.SUBSIDENCE)
            out["row.counters"][home_community[home], COUNTER["rehoused"]] += 1
        if moved:
            for o in here:
                cost = len(moved) * prices.rehousing * float(saved[o]) / total
                saved[o] -= cost
                spent[o] += cost
    condition = np.minimum(condition, spec.ceiling)
    out["row.counters"][:, COUNTER["condition"]] = condition
    out["condition"], out["saved"], out["hazards"], out["row.money_spent"] = condition, saved, hazards, spent


def _population(before: Before, out: Out) -> None:
    spec, population = before.scenario.demography, before.scenario.population
    names = ["left", "status", "opinion", "called", "needed_call", "age", "work"]
    now = {name: before[f"residents.{name}"].copy() for name in names}
    out |= {f"residents.{name}": column for name, column in now.items()}
    for name in (
        "participation_type",
        "status_next",
        "tie_totals",
        "exposure.groups",
        "exposure.dwellers",
        "exposure.arrival_mean",
        "pool.jobs",
    ):
        out[name] = before[name].copy()
    kinds, trust = out["participation_type"], before["residents.trust"]
    community, first = before["world.households.community"], before["world.households.first"].astype(int)
    first_home, first_resident = (
        before[f"world.communities.first_{what}"].astype(int) for what in ("household", "resident")
    )
    young, other, deaths = (
        weekly(x) for x in (spec.moving_under_40, spec.moving_from_40, spec.deaths_over_60)
    )
    changed: list[int] = []
    touched: list[int] = []

    def leave(i: int) -> None:
        if now["left"][i] >= 0:
            return
        if now["status"][i]:
            changed.append(i)
        now["left"][i], now["status"][i], now["opinion"][i] = before.week, 0, 0.0
        now["called"][i] = now["needed_call"][i] = 0

    for home in range(len(community)):
        c = int(community[home])
        people = [i for i in range(first[home], first[home + 1]) if now["left"][i] < 0]
        oldest = max((int(now["age"][i]) for i in people), default=0)
        if oldest == 0:
            continue
        chance = young if oldest < YOUNG_AGE else other if oldest <= OLD_AGE else 0.0
        address = (c << int(PLACE)) | (home - first_home[c])
        if chance > 0 and before.uniform("institutions.moving", address, weekly=True) < chance:
            for i in people:
                leave(i)
            touched.append(home)
            continue
        for i in people:
            address = (c << int(PLACE)) | (i - first_resident[c])
            if (
                deaths > 0
                and now["age"][i] > OLD_AGE
                and before.uniform("institutions.death", address, weekly=True) < deaths
            ):
                leave(i)
                touched.append(home)
                continue
            if (
                spec.layoffs > 0
                and now["work"][i] == Work.EMPLOYED
                and before.uniform("institutions.layoff", address, weekly=True) < spec.layoffs
            ):
                now["work"][i] = Work.LAID_OFF
                touched.append(home)
            if not spec.ageing or before["birthday"][i] != before.week % WEEKS_PER_YEAR:
                continue
            now["age"][i] = min(int(now["age"][i]) + 1, 255)
            if now["age"][i] == ADULT_AGE:
                now["status"][i] = col.ADULT
                changed.append(i)
                now["opinion"][i] = sum(float(t) for t in trust[i, :3]) / 3
                u, mix = before.uniform("institutions.type", address), population.participation
                kinds[i] = (
                    ParticipationType.CERTAIN if u < mix.certain_share
                    else ParticipationType.CONTINGENT if u < mix.certain_share + mix.contingent_share
                    else ParticipationType.NEVER
                )  # fmt: skip
                if now["work"][i] == Work.CHILD:
                    now["work"][i] = Work.NONE
            women = before["world.residents.female"][i]
            limit = population.work.retirement_women if women else population.work.retirement_men
            working = now["work"][i] in (Work.EMPLOYED, Work.LAID_OFF, Work.SELF_EMPLOYED)
            if working and now["age"][i] >= limit:
                now["work"][i] = Work.RETIRED
                touched.append(home)
            if now["age"][i] == ELDERLY_AGE:
                touched.append(home)

    weight = tie_weights(before)
    start, tied, layer = (before[f"ties.{name}"] for name in ("indptr", "other", "layer"))
    neighbours = set()
    for i in changed:
        out["status_next"][i] = now["status"][i]
        neighbours |= set(tied[start[i] : start[i + 1]].tolist())
        if now["left"][i] >= 0 and out["exposure.in_organisation"][i]:
            out["exposure.members_reach"][before["world.residents.community"][i]] -= 1
    for j in neighbours:
        total = np.float32(0.0)
        for k in range(int(start[j]), int(start[j + 1])):
            if now["status"][tied[k]]:
                total += weight[int(layer[k])]
        out["tie_totals"][j] = total
    if not touched:
        return
    for home in set(touched):
        bits, adults, mean = int(before["world.households.exposure"][home]), 0, 0.0
        for i in range(first[home], first[home + 1]):
            if now["left"][i] >= 0:
                continue
            adults += bool(now["status"][i])
            bits |= LAID_OFF_BIT if now["work"][i] == Work.LAID_OFF else 0
            bits |= ELDERLY_BIT if now["age"][i] >= ELDERLY_AGE else 0
        for item in before["classes"]:
            if adults and (item["exposed"] == 0 or item["exposed"] & bits):
                mean += float(item["rate"])
        out["exposure.groups"][home], out["exposure.dwellers"][home] = bits, adults
        out["exposure.arrival_mean"][home] = mean
    for job in out["pool.jobs"][: before.used]:
        if job["kind"] == col.CASE and out["exposure.dwellers"][job["household"]] == 0:
            job["lapses"] = min(job["lapses"], max(before.end, job["onset"]))


VECTORS = {
    "institutions.load": lambda n: {
        "load": max(n["worked"] + n["waiting"] / n["backlog_weeks"], 0.0) / n["available"]
    },
    "institutions.burnout": lambda n: {
        "B": burnout(n["B"], n["burnout_gain"], n["susceptibility"], n["burnout_tenure"], n["years"],
                     max(n["load"] - n["comfortable_load"], 0.0), n["burnout_decay"])
    },
    "institutions.skill": lambda n: {
        "skill": learnt(n["skill"], n["skill_goal"], n["learning_weeks"], n["training_fades"])
    },
    "institutions.training": lambda n: {
        "skill": trained(n["skill"], n["trained_skill"], n["trained"], n["training_hours"])
    },
    "institutions.quit": lambda n: {"chance": quit_chance(n["quit_rate"], n["quit_burnout"], n["B"])},
    "institutions.vacancy": lambda n: {"vacant_until": n["week"] + 1 + n["vacancy_weeks"]},
    "institutions.compliance": lambda n: {"compliance": n["compliance"] + n["recovery"] * (1 - n["compliance"])},
    "institutions.organisations_strength": lambda n: {
        "s": strength(n["s"], n["growth"], n["share"], n["upkeep"],
                      n["incubation"] / n["bodies"] / n["incubation_upkeep"])
    },
    "institutions.organisations_credibility": lambda n: {
        "credibility": n["credibility"] + n["credibility_gain"] * (n["used"] - n["credibility"])
    },
    "institutions.organisations_founding": lambda n: {
        "chance": founding_chance(n["founding"], n["alone"], n["incubation_rate"], n["incubation"], n["active_share"])
    },
    "institutions.infrastructure_decay": lambda n: {"condition": n["condition"] * math.exp(n["decay"] / WEEKS_PER_YEAR)},
    "institutions.infrastructure_upkeep": lambda n: {
        "condition": upkept(n["condition"], n["best"], n["money"] * n["condition"] / n["weight"], n["price"])
    },
    "institutions.infrastructure_rehousing": lambda n: {"moved": int(n["saved"] / n["price"])},
    "institutions.demography_chance": lambda n: {"chance": weekly(n["yearly"])},
}  # fmt: skip
