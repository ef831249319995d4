"""The engine does what the description says, week by week and cell by cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import ModuleType

import pytest

from tests.reference import arrivals, casework, detection, routing
from tests.reference.follow import Reference, engine_of, follow
from tests.reference.modules import MODULES

REFERENCES: Mapping[str, Reference] = {
    name: module.process for name, module in MODULES.items() if hasattr(module, "process")
}
"""Routing decides inside casework's queue and is held there."""

COMPLETE = frozenset({"reform", "effort", "participation", "institutions", "measurement"})
"""Processes whose reference gives every column that they change."""

STRAINED = ("workforce.quit_rate=1", "problems.recurrence_weeks=4", "handling.explain_rate=0.5")
"""Posts fall vacant, work comes back soon, and much is explained away."""

FEW_STAY = (
    "demography.moving_under_40=0.5",
    "demography.moving_from_40=0.3",
    "demography.deaths_over_60=0.3",
    "demography.layoffs=0.01",
    "workforce.quit_rate=0.02",
    "workforce.vacancy_weeks=2",
    "organisations.life.founding=20",
)
"""Many people leave, posts and district alike, and many organisations begin and end."""

RUNS: list[tuple[str, str, int, tuple[str, ...]]] = [
    ("tiny", "legacy_administrative", 52, ()),
    ("tiny", "party_led_cogovernance", 78, ()),
    ("tiny", "shenzhen_party_mass_centre", 40, STRAINED),
    ("tiny", "beijing_whistle", 40, (*STRAINED, "controls.routing=random", "capacity.staff.department=2")),
    ("tiny", "beijing_hotline", 40, (*STRAINED, "capacity.staff.community=4", "capacity.money.department=5")),
    ("tiny", "porto_alegre", 56, ()),
    ("tiny", "japan_chonaikai", 52, FEW_STAY),
    ("tiny", "nanjing", 52, FEW_STAY),
    ("tiny", "shenyang", 52, ()),
    ("tiny", "jianghan", 20, ()),
    ("tiny", "yantian", 20, ()),
    ("tiny", "us_311_councils", 20, ()),
    ("yingzi_small", "party_led_cogovernance", 6, ()),
    ("yingzi_small", "beijing_hotline", 6, ()),
]


@pytest.mark.assurance
@pytest.mark.parametrize(
    ("scenario", "governance", "weeks", "overrides"), RUNS, ids=["-".join(map(str, run[:3])) for run in RUNS]
)
def test_engine_and_reference_agree(
    scenario: str, governance: str, weeks: int, overrides: tuple[str, ...]
) -> None:
    engine = engine_of(scenario, governance, weeks, *overrides)
    found = next(follow(engine, REFERENCES, weeks, COMPLETE), None)
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
