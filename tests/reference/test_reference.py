"""The engine does what the description says, week by week and cell by cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import ModuleType

import pytest

from tests.reference import arrivals, casework, detection, experience, routing
from tests.reference.follow import Reference, engine_of, follow

REFERENCES: Mapping[str, Reference] = {
    "arrivals": arrivals.process,
    "casework": casework.process,
    "detection": detection.process,
    "experience": experience.process,
}

STRAINED = ("workforce.quit_rate=1", "problems.recurrence_weeks=4", "handling.explain_rate=0.5")
"""Posts fall vacant, work comes back soon, and much is explained away."""

RUNS: list[tuple[str, str, int, tuple[str, ...]]] = [
    ("tiny", "legacy_administrative", 52, ()),
    ("tiny", "party_led_cogovernance", 104, ()),
    ("tiny", "shenzhen_party_mass_centre", 40, STRAINED),
    ("tiny", "beijing_whistle", 40, (*STRAINED, "controls.routing=random", "capacity.staff.department=2")),
    ("tiny", "beijing_hotline", 40, (*STRAINED, "capacity.staff.community=4", "capacity.money.department=5")),
    ("tiny", "shenyang", 52, ()),
    ("tiny", "jianghan", 20, ()),
    ("tiny", "yantian", 20, ()),
    ("tiny", "us_311_councils", 20, ()),
]


@pytest.mark.parametrize(("scenario", "governance", "weeks", "overrides"), RUNS)
def test_engine_and_reference_agree(
    scenario: str, governance: str, weeks: int, overrides: tuple[str, ...]
) -> None:
    engine = engine_of(scenario, governance, weeks, *overrides)
    found = next(follow(engine, REFERENCES, weeks), None)
    assert found is None, found


WRONG: list[tuple[ModuleType, str, Callable[..., object]]] = [
    (arrivals, "listing_after", lambda L, list_wear: L),
    (arrivals, "factor", lambda condition, rate_now, rate_declared, ceiling: 1.0),
    (detection, "shown", lambda v: v),
    (detection, "channel_of", lambda hazards, left: 1),
    (routing, "compliance_after", lambda compliance, summons_wear: compliance),
    (casework, "pace", lambda speed, slowing, burnout: speed),
    (casework, "clock", lambda time, detected, deadline, x, rate: time + x / rate),
]


@pytest.mark.parametrize(("module", "name", "rule"), WRONG, ids=[name for _, name, _ in WRONG])
def test_a_wrong_rule_is_found(
    module: ModuleType, name: str, rule: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, name, rule)
    engine = engine_of("tiny", "shenzhen_party_mass_centre", 30)
    assert next(follow(engine, REFERENCES, 30), "") != ""
