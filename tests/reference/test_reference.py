"""The engine does what the description says, week by week and cell by cell."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.reference import effort, experience, institutions, measurement, participation
from tests.reference.follow import Reference, engine_of, follow

REFERENCES: Mapping[str, Reference] = {
    "effort": effort.process,
    "participation": participation.process,
    "experience": experience.process,
    "institutions": institutions.process,
    "measurement": measurement.process,
}

COMPLETE = frozenset({"effort", "participation", "institutions", "measurement"})
"""Processes whose reference gives every column that they change."""

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

RUNS = [
    ("tiny", "legacy_administrative", 52, ()),
    ("tiny", "party_led_cogovernance", 104, ()),
    ("tiny", "shenzhen_party_mass_centre", 52, ()),
    ("tiny", "porto_alegre", 56, ()),
    ("tiny", "japan_chonaikai", 52, FEW_STAY),
    ("tiny", "nanjing", 52, FEW_STAY),
    ("yingzi_small", "party_led_cogovernance", 6, ()),
    ("yingzi_small", "beijing_hotline", 6, ()),
]


@pytest.mark.parametrize(("scenario", "governance", "weeks", "overrides"), RUNS)
def test_engine_and_reference_agree(
    scenario: str, governance: str, weeks: int, overrides: tuple[str, ...]
) -> None:
    engine = engine_of(scenario, governance, weeks, *overrides)
    found = next(follow(engine, REFERENCES, weeks, COMPLETE), None)
    assert found is None, found
