"""What moves slowly: organisations, infrastructure, population, training and duty, each against its closed form."""

from __future__ import annotations

import numpy as np
import pytest

from govsim.engine import Recording, Run
from govsim.engine.columns import ACTIVE, ADULT, EVERYTHING, TASKS_ONLY
from govsim.engine.recording import COUNTER, Activity, HourSource
from govsim.scenario.schema import Scenario
from govsim.units import ELDERLY_AGE
from govsim.world.columns import Hazard, Work
from tests.theory.specs import Keys, arm, merged, run, scenario, world_of

FALSE_ALARM = 4.0
"""Standard deviations: a check that is right fails once in 16,000 draws of the seed."""


def engine(spec: Scenario, seed: int = 1, **blocks: Keys) -> Run:
    return Run(world_of(spec, seed), spec, arm(blocks), seed)


# --- arrivals follow the condition of infrastructure ---------------------------------------------------------------

PROBLEMS: Keys = {
    "population": {"residents": 2000},
    "problems": {
        "classes": {
            "leak": {
                "kind": "local_hard",
                "rate": 5.0,
                "effort_hours": 1.0,
                "level": "community",
                "report_rate": 0.0,
            }
        }
    },
    "run": {"weeks": 52},
}


def arrivals(decay: float, ceiling: float = 5.0) -> Recording:
    return run(scenario(PROBLEMS, {"infrastructure": {"decay": decay, "ceiling": ceiling}}), 3)


def test_what_arises_in_a_better_condition_is_a_part_of_what_arises_in_a_worse_one() -> None:
    few, many = arrivals(0.0).cases, arrivals(0.9).cases
    assert len(few["case"]) < len(many["case"])
    assert set(few["case"]) < set(many["case"])
    shared = np.isin(many["case"], few["case"])
    for column in ("household", "onset", "effort", "severity"):
        np.testing.assert_array_equal(few[column], many[column][shared])


def test_the_number_that_arises_follows_decay_up_to_the_ceiling() -> None:
    """Poisson with mean rate * exp(decay * t); 4 standard deviations."""
    households = len(world_of(scenario(PROBLEMS), 3).households.community)
    for decay, ceiling, factor in ((0.0, 5.0, 1.0), (0.9, 5.0, (np.exp(0.9) - 1) / 0.9), (1.0, 1.0, 1.0)):
        count = len(arrivals(decay, ceiling).cases["case"])
        expected = 5.0 * households * factor
        assert abs(count - expected) < FALSE_ALARM * np.sqrt(expected) + 0.01 * expected


def test_upkeep_brings_the_condition_down_by_its_price_and_is_paid_for() -> None:
    keys = {
        "population": {"residents": 500},
        "capacity": {
            "money": {"department": 520.0}, "departments": {"works": 1.0}, "prices": {"upkeep": 1000.0},
            "staff": {"department": 10.0},
        },
        "infrastructure": {"best": 0.3},
        "run": {"weeks": 40},
    }  # fmt: skip
    spec = scenario(keys)
    recording = run(spec, 1, arm({"capacity": {"maintenance_share": 0.5}}))
    households = len(world_of(spec, 1).households.community)
    per_household = 0.5 * 520.0 * 500 / 52 * 40 / households
    expected = 0.3 + 0.7 * np.exp(-per_household / 1000.0)
    assert recording.weekly["condition"][-1, 0] == pytest.approx(expected, rel=1e-9)
    assert recording.money_spent.sum() == pytest.approx(0.5 * recording.money_granted.sum())


def test_money_for_rehousing_moves_that_many_households_out_of_the_zone() -> None:
    keys = {
        "population": {"residents": 600, "street_units": [{"communities": [{"hazards": {"subsidence": 0.5}}]}]},
        "problems": {"classes": {"crack": {
            "kind": "structural", "rate": 20.0, "exposed": "subsidence", "effort_hours": 1.0, "level": "community",
            "report_rate": 0.0,
        }}},
        "capacity": {
            "money": {"department": 5200.0}, "departments": {"housing": 1.0}, "prices": {"rehousing": 10_000.0},
        },
        "run": {"weeks": 20},
    }  # fmt: skip
    spec = scenario(keys)
    moved = run(spec, 1, arm({"capacity": {"relocation_share": 0.2}}))
    stayed = run(spec, 1, arm())
    money = 0.2 * 5200.0 * 600 / 52 * 20
    assert moved.weekly["rehoused"].sum() == money // 10_000.0
    assert moved.money_spent.sum() == pytest.approx(10_000.0 * moved.weekly["rehoused"].sum())
    gone = set(stayed.cases["case"]) - set(moved.cases["case"])
    assert gone
    assert set(moved.cases["case"]) < set(stayed.cases["case"])
    late = stayed.cases["onset"] > 19 * 40
    zone = np.flatnonzero(world_of(spec, 1).households.exposure & Hazard.SUBSIDENCE)
    still = np.isin(moved.cases["household"][moved.cases["onset"] > 19 * 40], zone).sum()
    expected = (1 - moved.weekly["rehoused"][:19].sum() / len(zone)) * late.sum()
    assert abs(still - expected) < FALSE_ALARM * np.sqrt(late.sum())


# --- population ----------------------------------------------------------------------------------------------------


def test_households_leave_and_the_old_die_at_their_rates() -> None:
    """Binomial numbers over a year; 4 standard deviations."""
    keys = {
        "population": {"residents": 20_000, "ages": {"under_18": 0.1, "over_60": 0.3},
                       "household_sizes": [0.5, 0.5, 0, 0, 0, 0]},
        "demography": {"moving_under_40": 0.3, "moving_from_40": 0.1, "deaths_over_60": 0.2},
        "run": {"weeks": 52},
    }  # fmt: skip
    spec = scenario(keys)
    recording, world = run(spec, 2), world_of(spec, 2)
    left = recording.residents["left_week"] >= 0
    oldest = np.maximum.reduceat(world.residents.age, world.households.first[:-1].astype(np.int64))
    whole = np.logical_and.reduceat(left, world.households.first[:-1].astype(np.int64))
    for which, share in ((oldest < 40, 0.3), ((oldest >= 40) & (oldest <= 60), 0.1)):
        n = which.sum()
        assert abs(whole[which].sum() - share * n) < FALSE_ALARM * np.sqrt(n * share * (1 - share))
    old = (world.residents.age > 60) & (oldest > 60)[world.residents.household]
    assert abs(left[old].sum() - 0.2 * old.sum()) < FALSE_ALARM * np.sqrt(old.sum() * 0.16)
    assert recording.weekly["left"].sum() == left.sum()
    gone_before = (recording.residents["left_week"] >= 0) & (recording.residents["left_week"] < 51)
    assert recording.weekly["residents"][0].sum() == len(left)
    assert recording.weekly["residents"][-1].sum() == len(left) - gone_before.sum()


def test_everybody_is_a_year_older_after_a_year_and_children_come_of_age() -> None:
    spec = scenario(
        {
            "population": {
                "residents": 3000,
                "ages": {"under_18": 0.3},
                "household_sizes": [0.0, 0.5, 0.5, 0, 0, 0],
            },
            "demography": {"ageing": True},
            "run": {"weeks": 52},
        }
    )
    whole = engine(spec)
    run_on = whole.state
    before = run_on.residents.age.copy()
    work = run_on.residents.work.copy()
    for _ in range(52):
        whole.step()
    now = run_on.residents
    np.testing.assert_array_equal(now.age, before + 1)
    np.testing.assert_array_equal((now.status & ADULT) > 0, now.age >= 16)
    assert (now.age == 16).sum() > 10
    retired = (work == Work.EMPLOYED) & (now.work == Work.RETIRED)
    assert (now.age[retired] >= spec.population.work.retirement_women).all()
    elderly = np.unique(run_on.world.residents.household[now.age >= ELDERLY_AGE])
    assert (run_on.exposure.groups[elderly] > 0).all()
    ties = np.zeros_like(run_on.tie_totals)
    from govsim.engine.ties import tie_totals

    tie_totals(
        run_on.ties.indptr, run_on.ties.other, run_on.ties.layer, run_on.rules.tie_weights, now.status, ties
    )
    np.testing.assert_array_equal(ties, run_on.tie_totals)


def test_who_has_left_neither_acts_nor_counts() -> None:
    keys = {
        "population": {"residents": 400, "participation": {"certain_share": 1.0}},
        "demography": {"moving_under_40": 0.9, "moving_from_40": 0.9, "deaths_over_60": 0.9},
        "run": {"weeks": 60},
    }
    whole = engine(scenario(keys))
    run_on = whole.state
    for _ in range(60):
        adults = (run_on.residents.status != 0).sum()
        whole.step()
        here = run_on.residents.left < 0
        assert not (run_on.residents.status[~here] & ACTIVE).any()
        assert run_on.row.counters[0, COUNTER["active"]] == adults
    assert 0 < here.sum() < 120


def test_layoffs_make_households_exposed_to_what_strikes_the_laid_off() -> None:
    keys = {
        "population": {"residents": 2000, "work": {"laid_off_under_40": 0.0, "laid_off_from_40": 0.0}},
        "demography": {"layoffs": 0.05},
        "problems": {"classes": {"aid": {
            "kind": "livelihood", "rate": 10.0, "exposed": "laid_off", "effort_hours": 1.0, "level": "community",
            "report_rate": 0.0,
        }}},
        "run": {"weeks": 20},
    }  # fmt: skip
    recording = run(scenario(keys), 1)
    assert recording.weekly["arrived"][0].sum() == 0
    assert recording.weekly["arrived"][-1].sum() > 20


# --- people in offices ---------------------------------------------------------------------------------------------

OFFICE: Keys = {"capacity": {"staff": {"community": 500.0}}, "run": {"weeks": 30}}


def test_training_leads_to_its_skill_and_takes_its_hours() -> None:
    keys = merged(OFFICE, {"workforce": {"skill": 0.6, "trained_skill": 0.9, "training_hours": 40.0}})
    spec = scenario(keys)
    whole = engine(spec, capacity={"training_share": 0.25})
    run_on = whole.state
    for _ in range(30):
        whole.step()
    staff = run_on.servers["staff"] == 1
    skill, hours = 0.6, 10.0
    for _ in range(30):
        skill += (0.6 - skill) / spec.workforce.training_fades
        skill += max(0.9 - skill, 0.0) * -np.expm1(-hours / 40.0)
    np.testing.assert_allclose(run_on.servers["skill"][staff], skill, rtol=1e-9)
    spent = run_on.recorder.row(3).hours[0, HourSource.PAID]
    assert spent[Activity.TRAINING] == pytest.approx(0.25 * spent.sum())


def test_overload_burns_out_and_more_so_after_long_service() -> None:
    """With everything else equal burnout follows its recursion, a person's own tenure included."""
    keys = merged(
        OFFICE,
        {
            "tasks": {"community_hours": 10_000.0, "effort_hours": 1.0},
            "workforce": {"burnout_gain": 0.01, "burnout_spread": 0.0, "burnout_tenure": 0.1, "tenure": 5.0},
        },
    )
    spec = scenario(keys)
    whole = engine(spec)
    run_on = whole.state
    staff = run_on.servers["staff"] == 1
    hired = run_on.servers["hired"][staff]
    years = -hired / 52
    assert 0 <= years.min() < years.max() <= 10.1
    burnout = np.zeros(staff.sum())
    for week in range(10):
        whole.step()
        over = max(run_on.row.load[0] - spec.workforce.comfortable_load, 0.0)
        gain = 0.01 * (1 + 0.1 * (week - hired) / 52) * over
        burnout = np.clip(burnout + gain - spec.workforce.burnout_decay * burnout, 0, 1)
    assert burnout.max() > burnout.min() > 0
    np.testing.assert_allclose(run_on.servers["burnout"][staff], burnout, rtol=1e-9)


def test_a_station_does_tasks_and_nothing_else_and_the_others_none() -> None:
    keys = merged(
        OFFICE,
        {
            "population": {"residents": 1000},
            "capacity": {"staff": {"community": 100.0}},
            "tasks": {"community_hours": 100.0, "effort_hours": 2.0},
            "problems": {"classes": {"soft": {
                "kind": "local_soft", "rate": 5.0, "effort_hours": 2.0, "level": "community", "report_rate": 1e9,
            }}},
        },
    )  # fmt: skip
    whole = engine(scenario(keys), capacity={"station_share": 0.4})
    run_on = whole.state
    servers, jobs = run_on.servers, run_on.pool
    assert (servers["duty"] == TASKS_ONLY).sum() == 4
    assert not (servers["duty"][servers["staff"] == 1] == EVERYTHING).any()
    seen = {1: 0, 2: 0}
    for _ in range(30):
        whole.step()
        for row in np.flatnonzero(servers["job"] >= 0):
            is_task = jobs.jobs["kind"][servers["job"][row]] == 2
            assert is_task == (servers["duty"][row] == TASKS_ONLY)
            seen[int(servers["duty"][row])] += 1
    assert min(seen.values()) > 5


# --- people on duty ------------------------------------------------------------------------------------------------


def test_ordered_service_is_given_by_those_who_come_and_training_raises_their_number() -> None:
    keys: Keys = {
        "population": {"residents": 3000, "party": {"share_of_adults": 0.2}},
        "participation": {"fatigue_gain": 0.0},
        "duty": {"response": 0.3, "training_gain": 0.02, "fades": 52.0},
        "run": {"weeks": 30},
    }
    spec = scenario(keys)
    world = world_of(spec, 1)
    members = ((world.residents.branch >= 0) & (world.residents.age >= 16)).sum()
    order: Keys = {"mobilisation": {"enrolled": "branches", "ordered_hours": 4.0}}
    plain = run(spec, 1, arm(order))
    asked = members * 4.0 * 12 / 52
    np.testing.assert_allclose(plain.weekly["ordered_asked"].sum(axis=1), asked)
    np.testing.assert_allclose(plain.weekly["mandated_hours"].sum(axis=1), 0.3 * asked, rtol=1e-6)
    trained = run(spec, 1, arm(merged(order, {"mobilisation": {"member_training_hours": 4.0}})))
    activity = 0.3
    for week in range(30):
        assert trained.weekly["mandated_hours"][week].sum() == pytest.approx(activity * asked, rel=1e-5)
        hours = activity * 4.0 * 12 / 52
        assert trained.weekly["training_hours"][week].sum() == pytest.approx(members * hours, rel=1e-5)
        activity += (0.3 - activity) / 52 + 0.02 * hours * (1 - activity)
    assert activity > 0.33


def test_orders_tire_and_the_tired_stay_away() -> None:
    keys: Keys = {
        "population": {"residents": 1000, "party": {"share_of_adults": 0.2}},
        "participation": {"fatigue_gain": 0.2, "fatigue_decay": 0.0},
        "run": {"weeks": 20},
    }
    recording = run(scenario(keys), 1, arm({"mobilisation": {"enrolled": "branches", "ordered_hours": 4.0}}))
    given = recording.weekly["mandated_hours"].sum(axis=1)
    assert (np.diff(given) < 0).all()
    np.testing.assert_allclose(given[1:] / given[:-1], 1 - 0.2 * 12 / 52, rtol=1e-5)


def test_one_adult_of_every_household_can_be_enrolled() -> None:
    spec = scenario({"population": {"residents": 500}, "run": {"weeks": 2}})
    run_on = engine(spec, mobilisation={"enrolled": "households"}).state
    enrolled = np.flatnonzero(run_on.residents.enrolled)
    households = run_on.world.residents.household[enrolled]
    assert len(np.unique(households)) == len(enrolled) == len(run_on.world.households.community)
    assert run_on.residents.registered[enrolled].all()


# --- organisations -------------------------------------------------------------------------------------------------


def groups(certain: float, **life: float) -> Recording:
    keys: Keys = {
        "population": {
            "residents": 2000,
            "participation": {"certain_share": certain},
            "organisations": {"mutual_aid": {"per_10000": 50.0, "members": 10}},
        },
        "organisations": {"life": {"founding": 0.0, **life}},
        "run": {"weeks": 120},
    }
    return run(scenario(keys), 1)


def test_organisations_live_on_people_who_take_part_and_end_without() -> None:
    strong, empty = groups(1.0), groups(0.0)
    np.testing.assert_allclose(strong.weekly["organisation_strength"].sum(axis=1), 10.0)
    assert strong.weekly["organisations"][-1].sum() == 10
    fading = 10 * (1 - 0.03) ** np.arange(1, 121)
    alive = fading >= 10 * 0.1
    np.testing.assert_allclose(empty.weekly["organisation_strength"].sum(axis=1)[alive], fading[alive])
    assert empty.weekly["organisations"].sum(axis=1)[~alive].max() == 0


def test_people_who_take_part_found_organisations_at_the_declared_rate() -> None:
    """At most one a week in a community, with chance 1 - exp(-rate); 4 standard deviations."""
    recording = groups(1.0, founding=0.1)
    adults = recording.weekly["active"][0].sum()
    chance = -np.expm1(-0.1 * adults / 1000)
    born = recording.weekly["organisations"][-1].sum() - 10
    assert abs(born - 120 * chance) < FALSE_ALARM * np.sqrt(120 * chance * (1 - chance))
