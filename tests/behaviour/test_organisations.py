"""Organisations of residents: strength by those who take part and by staff who help, credibility by work found."""

from __future__ import annotations

from functools import cache

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from govsim.engine import State, organisations
from govsim.engine.columns import ACTIVE, ADULT
from govsim.engine.recording import Activity, HourSource
from govsim.scenario.schema import Scenario
from govsim.scenario.schema.organisations import OrganisationLife
from govsim.world.columns import OrganisationKind
from tests.behaviour.kit import FALSE_ALARM, SHARES, begun, declared, examples
from tests.engine.specs import tiny

OF_RESIDENTS = (
    OrganisationKind.MUTUAL_AID,
    OrganisationKind.VOLUNTEER_TEAM,
    OrganisationKind.OWNERS_COMMITTEE,
)
LIFE = st.fixed_dictionaries(
    {
        "growth": declared(OrganisationLife, "growth"),
        "upkeep": declared(OrganisationLife, "upkeep"),
        "least": declared(OrganisationLife, "least"),
        "incubation_upkeep": declared(OrganisationLife, "incubation_upkeep", 20.0),
        "credibility_gain": declared(OrganisationLife, "credibility_gain"),
        "founding": st.just(0.0),
        "incubation": st.just(0.0),
    }
)
Life = dict[str, float]


@cache
def district() -> Scenario:
    kinds = ("mutual_aid", "volunteer_team", "service_provider", "owners_committee", "enterprise")
    return tiny(*(f"population.organisations.{kind}.per_10000=200" for kind in kinds))


def living(life: Life, seed: int) -> State:
    """Return a run with some 30 organisations of every kind and people of whom a share takes part."""
    spec = district()
    changed = spec.organisations.model_copy(update={"life": spec.organisations.life.model_copy(update=life)})
    there = begun(spec.model_copy(update={"organisations": changed}))
    luck = np.random.default_rng(seed)
    now, table = there.residents, there.organisations.table
    acts = luck.random(len(now.status)) < luck.random()
    now.status[:] = np.where(now.status & ADULT, ADULT | acts * ACTIVE, now.status)
    table["strength"], table["credibility"] = luck.random(len(table)), luck.random(len(table))
    table["strength"][:3] = 0.0
    return there


SHARED = {
    "growth": 0.5, "upkeep": 1.0, "least": 0.0, "incubation_upkeep": 20.0, "credibility_gain": 0.1,
    "founding": 0.0, "incubation": 0.0,
}  # fmt: skip
"""Hours that sustain several organisations of a community in part and none in full."""


@examples(30)
@given(LIFE, st.floats(0.0, 200.0), st.integers(0, 99))
@example(SHARED, 8.0, 1)
def test_strength_goes_to_what_an_organisations_people_and_staff_bear(
    life: Life, incubated: float, seed: int
) -> None:
    """``min(1, active share / upkeep + hours of incubation each / incubation_upkeep)``; contracts stay as they are."""
    there = living(life, seed)
    bodies = there.organisations
    before = bodies.table.copy()
    kinds = set(bodies.table["kind"].tolist())
    assert kinds == {int(kind) for kind in OrganisationKind}
    there.row.hours[0, HourSource.PAID, Activity.INCUBATION] = incubated / 2
    there.row.hours[0, HourSource.SECONDED, Activity.INCUBATION] = incubated / 2
    organisations.run(there)
    active = there.residents.status & ACTIVE > 0
    of_residents = np.isin(before["kind"], OF_RESIDENTS) & (before["strength"] > 0)
    number = (of_residents & (before["community"] == 0)).sum()
    for n, row in enumerate(before):
        people = bodies.member[bodies.first[n] : bodies.first[n + 1]]
        helped = incubated / number / life["incubation_upkeep"] if row["community"] == 0 else 0.0
        borne = min(active[people].mean() / life["upkeep"] + helped, 1.0) if len(people) else min(helped, 1.0)
        after = row["strength"]
        if of_residents[n]:
            after += life["growth"] * (borne - after)
            after = 0.0 if after < life["least"] else after
        np.testing.assert_allclose(bodies.table["strength"][n], after, rtol=1e-12)


@examples(20)
@given(LIFE, SHARES, st.floats(0.0, 50.0), st.integers(0, 99))
def test_credibility_goes_to_the_share_of_hours_that_found_work(
    life: Life, used: float, hours: float, seed: int
) -> None:
    """Of the own community; where nothing was offered, and for those that work everywhere, of the whole district."""
    there = living(life, seed)
    before = there.organisations.table.copy()
    row = there.row.hours
    row[0, HourSource.ORGANISATION, Activity.CASEWORK] = used * hours
    row[0, HourSource.ORGANISATION, Activity.IDLE] = (1 - used) * hours
    row[0, HourSource.ORGANISATION, Activity.OUTREACH] = 9.0
    row[1, HourSource.ORGANISATION, Activity.CASEWORK] = hours / 2
    row[1, HourSource.ORGANISATION, Activity.IDLE] = 0.0
    organisations.run(there)
    met = np.array([used, 1.0])
    everywhere = (used * hours + hours / 2) / (1.5 * hours) if hours else 0.0
    share = np.where(before["community"] >= 0, met[before["community"]], everywhere)
    after = before["credibility"] + (life["credibility_gain"] if hours > 0 else 0.0) * (
        share - before["credibility"]
    )
    np.testing.assert_allclose(there.organisations.table["credibility"], after, rtol=1e-12, atol=1e-300)


@examples(10)
@given(SHARES, SHARES, st.integers(0, 99))
def test_outreach_finds_by_the_mean_credibility_of_the_living(one: float, other: float, seed: int) -> None:
    there = living({}, seed)
    table = there.organisations.table
    table["community"][:] = np.where(np.arange(len(table)) % 2 == 0, 0, 1)
    there.organisations.sort()
    table["credibility"] = np.where(
        table["kind"] == OrganisationKind.ENTERPRISE, 0.77, np.where(table["community"] == 0, one, other)
    )
    mean = there.organisations.credibility()
    for community, credibility in enumerate((one, other)):
        body = (table["community"] == community) & (table["kind"] != OrganisationKind.ENTERPRISE)
        assert (table["strength"][body] > 0).any()
        np.testing.assert_allclose(mean[community], credibility, rtol=1e-12)
    table["strength"] = 0.0
    assert (there.organisations.credibility() == 0.0).all()


def test_incubation_founds_where_there_are_people_to_found_with() -> None:
    """``incubation * hours * active share`` a week and community, at most one; 300 weeks, 4.5 standard errors."""
    rate, hours = 0.02, 30.0
    there = living({"founding": 0.0, "incubation": rate, "growth": 0.0, "least": 0.0}, 5)
    shares = np.array([0.5, 0.0])
    born = np.zeros(2)
    there.active_share[:] = shares
    there.row.hours[:2, HourSource.PAID, Activity.INCUBATION] = hours
    for week in range(300):
        there.week = week
        known = len(there.organisations.table)
        organisations.run(there)
        for community in there.organisations.table["community"][known:]:
            born[community] += 1
    chance = 1.0 - np.exp(-rate * hours * shares)
    assert born[1] == 0
    assert abs(born[0] - 300 * chance[0]) < FALSE_ALARM * np.sqrt(300 * chance[0] * (1 - chance[0]))
