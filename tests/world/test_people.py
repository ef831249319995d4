"""Declared shares come out.

Seeds are fixed, so these tests always give the same answer; with free seeds each bound of five standard
deviations would fail about six times in ten million (households counted as clusters of 2.3).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from govsim.scenario.schema.network import Network, StaffAcquaintance
from govsim.scenario.schema.organisations import Party
from govsim.scenario.schema.people import Ages, Attitudes, Dispositions, FreeHours, Threshold
from govsim.scenario.schema.population import Population
from govsim.world import ParticipationType, Residents, Schooling, Work, World, build
from govsim.world.composition import age_targets, compositions
from tests.world.specs import NO_CHILDREN, SINGLES, single_adults

CLUSTER = 2.3


@pytest.fixture(scope="module")
def district() -> World:
    return build(Population(residents=40_000), Network(), 2)


def close(hits: NDArray[np.bool_], share: float) -> None:
    bound = 5 * np.sqrt(share * (1 - share) * CLUSTER / len(hits))
    assert abs(hits.mean() - share) <= bound, (hits.mean(), share, bound)


def test_age_structure(district: World) -> None:
    age, target = district.residents.age, age_targets(Population(residents=1))
    for (low, high), share in zip([(0, 17), (18, 39), (40, 60), (61, 74), (75, 95)], target, strict=True):
        close((age >= low) & (age <= high), share)
    assert age.max() <= 95


def test_household_sizes(district: World) -> None:
    size = np.diff(district.households.first)
    for number, share in enumerate([0.25, 0.38, 0.24, 0.09, 0.03, 0.01], start=1):
        close(size == number, share)


@pytest.mark.parametrize(
    ("under_18", "over_60"), [(0.0, 0.0), (0.0, 1.0), (0.3, 0.1), (0.05, 0.6), (0.1207, 0.2023), (0.45, 0.2)]
)
def test_raked_weights_meet_the_declared_shares(under_18: float, over_60: float) -> None:
    population = Population(residents=1, ages=Ages(under_18=under_18, over_60=over_60))
    table = compositions(population)
    weight = np.diff(table.cumulative, prepend=0.0)
    for number, share in enumerate(population.household_sizes, start=1):
        assert weight[table.size == number].sum() == pytest.approx(share, abs=1e-6)
    assert weight.min() >= 0


def test_families_fit_together(district: World) -> None:
    first, age = district.households.first.astype(int), district.residents.age.astype(int)
    assert (age[first[:-1]] >= 18).all(), "the head of a household is an adult"
    assert (np.add.reduceat(age >= 18, first[:-1]) >= 1).all()
    children = np.flatnonzero(age < 18)
    head = age[first[district.residents.household[children]]]
    assert (head - age[children] >= 20).all()


def test_sex(district: World) -> None:
    close(district.residents.female == 1, 0.495)


def test_schooling_by_age(district: World) -> None:
    age, level = district.residents.age, district.residents.schooling
    middle = level[(age >= 40) & (age <= 60)]
    close(middle == Schooling.COLLEGE, 0.12)
    close(middle == Schooling.SENIOR, 0.27)
    close(middle == Schooling.JUNIOR, 0.48)
    assert (level[age < 13] == Schooling.PRIMARY).all()


def test_work_by_age_and_sex(district: World) -> None:
    age, work, female = district.residents.age, district.residents.work, district.residents.female
    assert ((work == Work.CHILD) == (age < 16)).all()
    assert ((work == Work.RETIRED) == (age >= np.where(female == 1, 55, 60))).all()
    working_age = (age >= 40) & (work != Work.RETIRED)
    close(work[working_age] == Work.LAID_OFF, 0.22)
    close(work[working_age] == Work.SELF_EMPLOYED, 0.15)
    close(work[(age >= 16) & (age <= 22)] == Work.STUDENT, 0.55)


def test_party_members(district: World) -> None:
    people = district.residents
    member = people.party_member == 1
    assert people.age[member].min() >= 18
    close(people.party_member[people.age >= 18] == 1, 0.089)
    close(people.age[member] > 60, 0.45)
    close(people.age[member] < 40, 0.22)
    close(people.female[member] == 1, 0.309)
    assert ((people.branch >= 0) == member).all()


def test_branches_are_full_and_local(district: World) -> None:
    members = np.flatnonzero(district.residents.branch >= 0)
    branch = district.residents.branch[members]
    size = np.bincount(branch)
    assert size.max() == 19
    assert (size > 0).all()
    assert (size < 19).sum() <= len(district.communities.street)


def test_registered_and_acquainted(district: World) -> None:
    people = district.residents
    close(people.registered == 1, 0.086)
    assert people.age[people.registered == 1].min() >= 18
    close(people.acquainted[people.age >= 18] == 1, 0.25)
    known = people.acquainted
    assert known[people.age > 60].mean() > 1.7 * known[(people.age >= 18) & (people.age <= 60)].mean()
    assert known[people.migrant == 1].mean() < 0.6 * known[people.migrant == 0].mean()


@pytest.mark.parametrize("share", [0.0, 0.6, 1.0])
def test_acquaintance_has_the_declared_share_at_its_ends_too(share: float) -> None:
    people = build(Population(residents=20_000), Network(staff=StaffAcquaintance(share=share)), 1).residents
    close(people.acquainted[people.age >= 18] == 1, share)


def test_migrants_come_as_households(district: World) -> None:
    people = district.residents
    head = people.migrant[district.households.first[:-1]]
    close(head == 1, 0.032)
    assert (people.migrant == head[people.household]).all()


def test_free_hours_and_cost_of_time(district: World) -> None:
    people = district.residents
    for kind, mean in ((Work.EMPLOYED, 12.0), (Work.RETIRED, 28.0), (Work.CHILD, 18.0)):
        hours = people.free_hours[people.work == kind]
        # A triangle of half-width w has variance w**2 / 6.
        assert abs(hours.mean() - mean) <= 5 * 0.5 * mean / np.sqrt(6 * len(hours)) + 1e-6
        assert hours.min() >= 0.5 * mean - 1e-5
    expected = 0.15 * np.maximum(0, 1 - people.free_hours.astype(float) / 40)
    assert np.allclose(people.time_cost, expected, atol=1e-6)


def test_attitudes_have_their_means_and_stay_on_the_scale(district: World) -> None:
    people = district.residents
    assert people.trust.shape == (40_000, 4)
    for tier, mean in enumerate((0.60, 0.55, 0.62, 0.82)):
        column = people.trust[:, tier].astype(float)
        assert abs(column.mean() - mean) < 5 * 0.35 / np.sqrt(6 * len(column))
        assert column.min() >= 0
        assert column.max() <= 1
    assert (people.trust[:, 3].mean() > people.trust[:, 1].mean()).all()
    assert np.corrcoef(people.trust[:, 0], people.trust[:, 1])[0, 1] > 0.4


def test_attitudes_without_spread_are_their_means() -> None:
    flat = Attitudes(spread=0.0, trust_street=0.3)
    people = build(Population(residents=50, attitudes=flat), Network(), 1).residents
    assert np.allclose(people.trust[:, 1], 0.3)
    assert np.allclose(people.efficacy, 0.45)


def types(people: Residents) -> list[float]:
    adult = people.age >= 16
    return [float((people.participation_type[adult] == kind).mean()) for kind in ParticipationType]


def test_participation_types(district: World) -> None:
    people = district.residents
    adult = people.age >= 16
    close(people.participation_type[adult] == ParticipationType.CERTAIN, 0.02)
    close(people.participation_type[adult] == ParticipationType.CONTINGENT, 0.6)
    assert (people.participation_type[~adult] == ParticipationType.NEVER).all()
    # Normal thresholds: mean within five standard errors.
    declared = Threshold()
    assert abs(people.threshold.mean() - declared.mean) < 5 * declared.sd / np.sqrt(len(people.threshold))
    assert people.threshold.std() == pytest.approx(declared.sd, rel=0.02)


def quantile(**fields: float | str) -> Dispositions:
    certain = fields.pop("certain_share", 0.0)
    threshold = Threshold.model_validate({"placement": "quantile", **fields})
    return Dispositions(
        certain_share=float(certain), contingent_share=1.0 - float(certain), threshold=threshold
    )


def test_granovetters_hundred_people() -> None:
    spec = quantile(distribution="uniform", low=0.0, high=1.0)
    people = build(single_adults(100, participation=spec), Network(), 1).residents
    assert np.array_equal(np.sort(people.threshold), (np.arange(100) / 100).astype(np.float32))
    assert (people.participation_type == ParticipationType.CONTINGENT).all()
    assert not np.array_equal(people.threshold, np.sort(people.threshold)), "dealt out at random"


def test_normal_quantiles_and_an_exact_vanguard() -> None:
    from scipy.stats import norm

    spec = quantile(distribution="normal", mean=0.25, sd=0.1, certain_share=0.1)
    people = build(single_adults(1000, participation=spec), Network(), 1).residents
    assert types(people) == [0.0, 0.9, 0.1]
    contingent = np.sort(people.threshold[people.participation_type == ParticipationType.CONTINGENT])
    assert np.allclose(contingent, norm(0.25, 0.1).ppf((np.arange(900) + 0.5) / 900), atol=1e-6)


def test_one_parameter_moves_what_it_names() -> None:
    def shares(pick: Callable[[Residents], NDArray[np.bool_]], **fields: object) -> float:
        return float(pick(build(Population(residents=8000, **fields), Network(), 1).residents).mean())  # type: ignore[arg-type]

    assert shares(lambda p: p.age > 60, ages=Ages(over_60=0.4)) == pytest.approx(0.4, abs=0.04)
    assert shares(lambda p: p.migrant == 1, migrant=0.5) == pytest.approx(0.5, abs=0.05)
    assert shares(lambda p: p.party_member == 1, party=Party(share_of_adults=0.0)) == 0.0
    idle = FreeHours(employed=0, laid_off=0, self_employed=0, retired=0, student=0, none=0)
    assert shares(lambda p: p.free_hours == 0, free_hours=idle) == 1.0


def test_people_without_households() -> None:
    world = build(Population(residents=500, household_sizes=SINGLES, ages=NO_CHILDREN), Network(), 1)
    assert len(world.households.grid) == 500
    assert world.residents.age.min() >= 18


@pytest.mark.parametrize("share", [0.2, 0.4])
def test_many_party_members_are_still_the_declared_share(share: float) -> None:
    people = build(Population(residents=20_000, party=Party(share_of_adults=share)), Network(), 1).residents
    close(people.party_member[people.age >= 18] == 1, share)
