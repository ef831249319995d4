"""Every check of an audit fails where there is something to find, and says where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from govsim.assurance import theory
from govsim.assurance.audit import AuditRow, AuditRuns, Followed, budgets, closed_forms
from govsim.assurance.audit.bench import Subject
from govsim.assurance.audit.budgets import PRICES, books, charged, equal, followers, pass_through
from govsim.assurance.audit.knobs import changed, knobs, model_row, scenario_row, variants
from govsim.assurance.audit.nulls import (
    nulls,
    one_experience,
    other_order,
    renamed_model,
    roles,
    sealed,
    without_party,
)
from govsim.assurance.theory import Check
from govsim.engine import Arm, Recording, simulate
from govsim.engine.recording import Activity, HourSource
from govsim.results.declare import Indicator
from govsim.results.indicators import INDICATORS
from govsim.scenario.schema import Scenario
from govsim.world import World
from tests.assurance import audit_specs as specs
from tests.assurance.audit_specs import SMALL, bent, small_worlds, subject

pytestmark = pytest.mark.slow

PARTY, LEGACY = "party_led_cogovernance", "legacy_administrative"
HONEST = AuditRuns(simulate)

CHECKS: dict[str, tuple[Callable[..., list[AuditRow]], Callable[..., Any], str]] = {
    "a label in the key of the draws": (renamed_model, specs.keyed_with_the_label, "names blind"),
    "a place's name in the key": (renamed_model, specs.keyed_with_the_place, "names blind"),
    "what ran before": (other_order, specs.Counting(), "order blind"),
    "kinder to members": (roles, specs.kinder_to_members, "roles blind"),
    "the model hangs on the recording": (sealed, specs.gives_the_model_away, "indicators see no model"),
    "posts lent": (equal, specs.lends_posts, "budget equal"),
    "hours booked that nobody supplied": (books, specs.forgets_hours, "books close"),
    "money spent that nobody granted": (books, specs.spends_freely, "books close"),
    "visits free of charge": (charged, specs.visits_for_free, "levers charged"),
}


@pytest.mark.parametrize("fault", CHECKS)
def test_a_check_sees_its_fault_and_nothing_in_the_real_engine(fault: str) -> None:
    check, engine, name = CHECKS[fault]
    whom = subject(PARTY)
    (honest,) = check(HONEST, whom, small_worlds(), SMALL)
    assert (honest.check, honest.result, honest.number) == (name, "pass", pytest.approx(0, abs=1e-9))
    (found,) = check(bent(engine), whom, small_worlds(), SMALL)
    assert found.result == "fail"
    assert found.number > 0


def test_what_is_not_paid_for_is_named_with_its_line() -> None:
    (row,) = charged(bent(specs.visits_for_free), subject(PARTY), small_worlds(), SMALL)
    assert "detection.visit_share" in row.evidence
    line = row.where.rpartition(":")[2]
    assert row.where.startswith("govsim/governance/party_led_cogovernance.yaml:")
    assert line.isdigit()


def test_unequal_budgets_point_to_the_capacity_block() -> None:
    (row,) = equal(bent(specs.lends_posts), subject(PARTY), small_worlds(), SMALL)
    assert row.where.startswith("govsim/governance/party_led_cogovernance.yaml:")


def test_a_model_with_its_own_experience_is_seen() -> None:
    whom = subject(specs.extended(PARTY, specs.MoodyModel))
    (row,) = one_experience(HONEST, whom, small_worlds(), SMALL)
    assert row.result == "fail"
    assert "mood.gain" in row.evidence
    (honest,) = one_experience(HONEST, subject(PARTY), small_worlds(), SMALL)
    assert honest.result == "pass"


def row_of(whom: Subject, name: str) -> AuditRow | None:
    (knob,) = (knob for knob in knobs(whom.model) if knob.name == name)
    return model_row(HONEST, whom, small_worlds(), SMALL, knob)


def test_a_dead_switch_is_seen() -> None:
    row = row_of(subject(specs.extended(LEGACY, specs.DeadModel)), "service.base_resolution_hours")
    assert row is not None
    assert row.result == "fail"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("mobilisation.members_relay", "inert while detection.member_contact_hours is 0.0"),
        ("mobilisation.ordered_hours", 'inert while mobilisation.enrolled is "nobody"'),
    ],
)
def test_a_sleeping_switch_has_its_reason(name: str, why: str) -> None:
    whom = subject(LEGACY)
    (knob,) = (knob for knob in knobs(whom.model) if knob.name == name)
    row = model_row(HONEST, whom, small_worlds(), replace(SMALL, narrow=True), knob)
    assert row is not None
    assert (row.result, row.evidence) == ("inert", why)


@pytest.mark.parametrize("name", ["detection.visit_share", "mobilisation.call_share", "tasks.priority"])
def test_a_switch_that_works_has_no_row(name: str) -> None:
    assert row_of(subject(LEGACY), name) is None


@pytest.mark.assurance
def test_a_scenario_parameter_that_cannot_matter_has_its_reason() -> None:
    """The spread of money does nothing for problems that cost none."""
    knob = next(
        knob for knob in knobs(small_worlds().calm) if knob.path[-3:] == ("classes", "local_soft", "money_cv")
    )
    row = scenario_row(HONEST, subject(LEGACY), small_worlds(), SMALL, knob)
    assert row is not None
    assert row.evidence == "inert while problems.classes.local_soft.money_yuan is 0.0"


# Pass-through


def test_durations_in_a_governance_file_are_seen_as_its_findings() -> None:
    """The published model re-expressed: whatever its offices do, cases take the hours that the file says."""
    whom = subject(specs.extended(PARTY, specs.PredeterminedModel))
    found, (row,) = pass_through(bent(specs.smuggles_hours), whom, small_worlds(), SMALL)
    assert row.result == "fail"
    flagged = {(one.parameter, one.indicator) for one in found if one.flagged}
    assert ("service.base_resolution_hours", "median_days") in flagged
    assert {parameter for parameter, _ in flagged} == {"service.base_resolution_hours"}
    assert "service.base_resolution_hours" in row.evidence


@pytest.mark.parametrize("model", [LEGACY, PARTY])
def test_no_number_of_a_shipped_model_is_a_finding(model: str) -> None:
    found, (row,) = pass_through(HONEST, subject(model), small_worlds(), SMALL)
    assert row.result == "pass"
    assert len({one.parameter for one in found}) >= 3
    assert all(one.points >= 5 for one in found)


def test_what_holds_in_one_world_only_is_no_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    """A coincidence is dismissed, and the row says that there was one."""
    real = budgets.followers

    def lucky(parameter: str, values: Any, outcomes: Any) -> list[Followed]:
        ranked = real(parameter, values, outcomes)
        calm = outcomes[0][0] == HONEST.trace(small_worlds().calm, models[0], 1, "observed").values
        return [
            replace(one, one_to_one=calm, price=False) if rank == 0 else one
            for rank, one in enumerate(ranked)
        ]

    whom = subject(LEGACY)
    (knob,) = (knob for knob in knobs(whom.model) if knob.name == "detection.patrol_share")
    models = [model for _, model in budgets.doublings(whom, knob, SMALL.sweep_points)]
    monkeypatch.setattr(budgets, "followers", lucky)
    monkeypatch.setattr(budgets, "knobs", lambda section: [knob])
    found, (row,) = pass_through(HONEST, whom, small_worlds(), SMALL)
    assert row.result == "pass"
    assert "did so in the calm world but not in the busy one" in row.evidence
    assert not [one for one in found if one.one_to_one]


def test_ordered_hours_are_told_as_a_price() -> None:
    found, (row,) = pass_through(HONEST, subject(PARTY), small_worlds(), SMALL)
    prices = {(one.parameter, one.indicator) for one in found if one.one_to_one}
    assert ("mobilisation.ordered_hours", "mandated_hours") in prices
    assert "prices that follow their lever" in row.evidence


VALUES = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2)


def outcome(
    name: str, direction: int, unit: str, law: Callable[[float], float]
) -> tuple[Indicator, list[Any]]:
    indicator = Indicator(name, name, name, unit, name, direction)
    return indicator, [[{name: law(value)}] for value in VALUES]


@pytest.mark.parametrize(
    ("law", "flagged"),
    [
        (lambda x: 7 * x, True),
        (lambda x: 7 / x, True),
        (lambda x: 7 * x**1.04, True),
        (lambda x: 7 * x**1.06, False),
        (lambda x: 7 * x**0.5, False),
        (lambda x: 7.0, False),
        (lambda x: 7 + x, False),
        (lambda x: x / (1 + x), False),
        (lambda x: x * (1.6 if x in (0.2, 0.8) else 1.0), False),
    ],
)
def test_the_line_between_following_and_being_the_same(law: Callable[[float], float], flagged: bool) -> None:
    indicator, outcomes = outcome("days", -1, "working days", law)
    (one,) = followers("a.b", VALUES, outcomes, [indicator])
    assert one.flagged is flagged


def test_prices_are_amounts_that_nobody_can_be_praised_for() -> None:
    """And only while they rise with their lever."""
    known = {indicator.name: indicator for indicator in INDICATORS}
    for name in PRICES:
        assert known[name].direction <= 0, name
        assert "%" not in known[name].unit
        assert "days" not in known[name].unit
        for law, flagged in ((lambda x: 7 * x, False), (lambda x: 7 / x, True)):
            indicator, outcomes = outcome(name, 0, "", law)
            (one,) = followers("a.b", VALUES, outcomes, [indicator])
            assert one.one_to_one
            assert one.flagged is flagged


def test_too_few_points_say_nothing() -> None:
    indicator, outcomes = outcome("days", -1, "working days", lambda x: 7 * x)
    assert followers("a.b", VALUES[:4], outcomes[:4], [indicator]) == []


# Nulls, theory, the Party


def test_every_null_fails_in_an_engine_that_does_not_listen() -> None:
    base: Scenario = small_worlds().calm
    rows = nulls(bent(specs.never_mind_the_question(base)), subject(PARTY), small_worlds(), SMALL)
    assert {row.check: row.result for row in rows} == {row.check: "fail" for row in rows}
    honest = nulls(HONEST, subject(PARTY), small_worlds(), SMALL)
    assert {row.check: row.result for row in honest} == {row.check: "pass" for row in rows}
    assert len(rows) == 6


def test_a_bonus_behind_idle_switches_is_seen() -> None:
    switches, (row,) = without_party(HONEST, subject(PARTY), small_worlds(), SMALL)
    assert row.result == "pass"
    assert "routing.convening" in switches
    assert "mobilisation.members_relay" not in switches
    _, (found,) = without_party(bent(specs.secret_bonus), subject(PARTY), small_worlds(), SMALL)
    assert found.result == "fail"
    assert found.number > 0


def test_hours_of_members_where_there_are_none_are_seen() -> None:
    def ghosts(run: specs.Engine, world: World, scenario: Scenario, arm: Arm, seed: int) -> Recording:
        recording = run(world, scenario, arm, seed)
        recording.hours[0, 0, HourSource.MEMBER, Activity.VISIT] += 5
        return recording

    _, (row,) = without_party(bent(ghosts), subject(PARTY), small_worlds(), SMALL)
    assert row.result == "fail"


def test_the_baseline_has_no_switches_left() -> None:
    switches, (row,) = without_party(HONEST, subject(LEGACY), small_worlds(), SMALL)
    assert (switches, row.result) == ({}, "pass")


def test_a_missed_closed_form_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    checks = [Check("wait", 2.0, 2.01, 0.1), Check("share", 0.5, 0.9, 0.1)]
    monkeypatch.setattr(theory, "quick_nulls", lambda: checks)
    (row,) = closed_forms()
    assert (row.result, row.number) == ("fail", 1)
    assert "share" in row.evidence
    monkeypatch.setattr(theory, "quick_nulls", lambda: checks[:1])
    assert closed_forms()[0].result == "pass"


# What can be turned comes from the declarations


@pytest.mark.parametrize("model", [LEGACY, PARTY])
def test_every_knob_of_a_model_can_be_turned(model: str) -> None:
    section = subject(model).model
    classes = list(small_worlds().calm.problems.classes)
    for knob in knobs(section):
        found = list(variants(section, knob, classes))
        assert found, knob.name
        for value, other in found:
            assert other != section, (knob.name, value)
            assert type(section).model_validate_json(other.model_dump_json()) == other


def test_decoration_is_no_knob() -> None:
    tops = {knob.path[0] for knob in knobs(subject(PARTY).model)}
    assert "detection" in tops
    assert not tops & {"govsim", "name", "description", "sources"}


def test_shares_that_must_add_up_are_moved_together() -> None:
    scenario = small_worlds().calm
    for knob in knobs(scenario.population):
        only_one = isinstance(knob.value, str) or knob.path[-1] == "district"  # numbered from 1 without gaps
        assert next(variants(scenario.population, knob), None) is not None or only_one, knob


def test_a_change_that_is_not_allowed_is_none() -> None:
    model = subject(PARTY).model
    assert changed(model, (("detection", "visit_share"), 1.5)) is None
    assert changed(model, (("detection", "nothing"), 1)) is None
    assert changed(model, (("capacity", "transfers", 9, "share"), 0.1)) is None
    other = changed(model, (("detection", "visit_share"), 0.2))
    assert other is not None
    assert other.detection.visit_share == 0.2


def test_a_weight_that_is_alone_in_its_list_weighs_nothing() -> None:
    from govsim.assurance.audit.knobs import _weighs_alone

    calm = small_worlds().calm
    places = [knob for knob in knobs(calm) if knob.path[:2] == ("population", "street_units")]
    alone = {knob.name for knob in places if _weighs_alone(calm, knob)}
    assert alone == {"population.street_units[0].residents"}  # its two communities weigh against each other
    assert any(knob.name == "population.street_units[0].communities[0].residents" for knob in places)
