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

RUNS = [
    ("tiny", "legacy_administrative", 52),
    ("tiny", "party_led_cogovernance", 104),
    ("tiny", "shenzhen_party_mass_centre", 52),
]


@pytest.mark.parametrize(("scenario", "governance", "weeks"), RUNS)
def test_engine_and_reference_agree(scenario: str, governance: str, weeks: int) -> None:
    engine = engine_of(scenario, governance, weeks)
    found = next(follow(engine, REFERENCES, weeks), None)
    assert found is None, found
