"""Timelines in runs: when they act, that every shipped measure does something, and that a reform is what it brings."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from govsim.engine import Recording, resolve_arm, simulate
from govsim.scenario import list_measures, load, load_measure
from govsim.units import ROUNDING
from tests.engine.specs import MODELS, digests, world_of

pytestmark = pytest.mark.slow

LEGACY, PARTY_LED = "legacy_administrative", "party_led_cogovernance"
WEEKS, START = 40, 10
KINDS = {name: load_measure(name).section.kind for name in list_measures()}

Entry = dict[str, object]


def run(model: str, *measures: Entry, timeline: tuple[Entry, ...] = ()) -> Recording:
    """Return the capacity-neutral run of a model with measures of its own in the tiny scenario with a timeline."""
    models = [{"model": model, "measures": list(measures)}]
    loaded = load(
        "tiny",
        [f"governance.models={json.dumps(models)}", f"timeline={json.dumps(timeline)}", f"run.weeks={WEEKS}"],
    )
    arm = resolve_arm(loaded.governance[0].model, "neutral", loaded.governance[0].measures)
    return simulate(world_of(loaded.scenario, 1), loaded.scenario, arm, 1)


@pytest.fixture(scope="module")
def plain() -> Recording:
    return run(PARTY_LED)


def first_difference(one: Recording, other: Recording) -> int | None:
    """Return the first week in which any weekly counter differs."""
    weeks = [
        np.flatnonzero((one.weekly[name] != other.weekly[name]).reshape(WEEKS, -1).any(axis=1))
        for name in one.weekly
    ]
    return min((int(found[0]) for found in weeks if len(found)), default=None)


@pytest.mark.parametrize("name", list_measures())
def test_a_shipped_measure_moves_something_and_nothing_before_it_starts(name: str, plain: Recording) -> None:
    entry: Entry = {"use": name, "start": START, "ramp": 4}
    moved = run(PARTY_LED, timeline=(entry,)) if KINDS[name] == "shock" else run(PARTY_LED, entry)
    first = first_difference(moved, plain)
    assert first is not None
    assert first >= START


def test_a_measure_that_only_moves_hours_and_money_adds_none(plain: Recording) -> None:
    for name in ("cadre_campaign", "primary_responsibility", "task_reduction"):
        moved = run(PARTY_LED, {"use": name, "start": START})
        assert moved.granted_hours == pytest.approx(plain.granted_hours, abs=ROUNDING * plain.granted_hours)
        assert moved.money_granted.sum() == pytest.approx(plain.money_granted.sum())


@pytest.mark.parametrize("model", MODELS)
def test_a_reform_in_the_first_week_is_a_run_of_the_new_model(model: str) -> None:
    reformed = run(LEGACY, timeline=({"governance": model, "start": 0},))
    assert digests(reformed) == digests(run(model))


def test_a_reform_to_the_model_in_force_changes_nothing(plain: Recording) -> None:
    assert digests(run(PARTY_LED, timeline=({"governance": PARTY_LED, "start": START},))) == digests(plain)


def test_what_is_done_at_strength_zero_changes_nothing(plain: Recording) -> None:
    entry: Entry = {"use": "cadre_campaign", "start": START, "strength": 0.0}
    assert digests(run(PARTY_LED, entry)) == digests(plain)


def test_a_measure_under_another_name_is_the_same_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other.yaml").write_text("extends: cadre_campaign\nname: {en: Another thing, zh: 别的事}\n")
    content = load_measure(tmp_path / "other.yaml").section.model_dump(mode="json")
    assert content["name"]["en"] == "Another thing"
    named = run(PARTY_LED, {"use": "cadre_campaign", "start": START})
    assert digests(run(PARTY_LED, {"use": content, "start": START})) == digests(named)


def test_a_condition_starts_in_the_week_after_it_is_met(plain: Recording) -> None:
    """With a bound that the weekly record passes at a known week."""
    adults = plain.weekly["adults"].sum(axis=1)
    share = plain.weekly["active"].sum(axis=1) / adults
    week = START + int(np.argmax(share[START : WEEKS - 8]))
    bound = float(np.max(share[START:week], initial=0.0))
    bound = (bound + float(share[week])) / 2
    condition = {"measure": "active_share", "above": bound, "not_before": START + 1}
    waiting = run(PARTY_LED, timeline=({"use": "task_surge", "when": condition, "weeks": 8},))
    fixed = run(PARTY_LED, timeline=({"use": "task_surge", "start": week + 1, "weeks": 8},))
    assert digests(waiting) == digests(fixed)
    assert digests(fixed) != digests(plain)


def test_after_a_shock_its_lever_is_back_where_it_was(plain: Recording) -> None:
    """Tasks arrive by the same draws again once the surge is over."""
    surge = run(PARTY_LED, timeline=({"use": "task_surge", "start": START, "end": START + 6},))
    arrived = surge.weekly["task_hours_arrived"].sum(axis=1), plain.weekly["task_hours_arrived"].sum(axis=1)
    during = slice(START, START + 6)
    assert arrived[0][during].sum() > 1.3 * arrived[1][during].sum()
    np.testing.assert_array_equal(arrived[0][START + 6 :], arrived[1][START + 6 :])
