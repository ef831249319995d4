"""The districts that are measured, of any size."""

from __future__ import annotations

import json
from typing import Any

from govsim.engine import Arm, resolve_arm
from govsim.scenario import load
from govsim.scenario.schema import Scenario

YINGZI = 59_143
PREFECTURE = 3_354_444
"""Residents of Yingzi, and of the whole prefecture of Chengde."""

COMMUNITY, STREET_UNIT = 2_300, 16
"""Residents of an even community, and communities of a street unit."""

DISTRICTS = 9
"""Of the prefecture; kin, colleagues and schoolmates live in one of them."""

VALUES = "yingzi_overloaded"
"""The values with which all figures were measured, so that they can be compared; the residents are Yingzi's."""

STILL = (
    "problems.classes={}",
    "tasks.community_hours=0",
    "tasks.street_hours=0",
    "workforce.quit_rate=0",
    "workforce.burnout_gain=0",
    "infrastructure.decay=0",
    "demography.ageing=false",
    "demography.moving_under_40=0",
    "demography.moving_from_40=0",
    "demography.deaths_over_60=0",
)
"""Nothing happens but residents seeing, calling and hearing each other."""


def even(residents: int, weeks: int, *more: str) -> tuple[Scenario, Arm]:
    """Return equal communities with Yingzi's people and network, and its legacy administration.

    Districts have at most the ninth part of the prefecture's residents.
    """
    communities = max(1, round(residents / COMMUNITY))
    districts = max(1, round(residents * DISTRICTS / PREFECTURE))
    units = []
    for first in range(0, communities, STREET_UNIT):
        places: list[dict[str, Any]] = [{} for _ in range(first, min(first + STREET_UNIT, communities))]
        district = 1 + first * districts // communities
        units.append({"residents": len(places), "communities": places, "district": district})
    return _district(residents, weeks, f"population.street_units={json.dumps(units)}", *more)


def still(residents: int, weeks: int) -> tuple[Scenario, Arm]:
    """Return an even district in which nothing goes on but the crowd."""
    return even(residents, weeks, *STILL)


def yingzi(residents: int, weeks: int) -> tuple[Scenario, Arm]:
    """Return Yingzi with everything that goes on there: itself, several of it as districts, or a part of it.

    Notes
    -----
    A part is as many of its communities as come nearest to the size wanted, sizes scaled to fit.
    """
    if residents == YINGZI:
        return _district(residents, weeks)
    units = _written_units()
    if residents > YINGZI:
        units = [
            {**unit, "district": 1 + copy} for copy in range(round(residents / YINGZI)) for unit in units
        ]
    else:
        communities = [community for unit in units for community in unit["communities"]]
        count = max(1, round(len(communities) * residents / YINGZI))
        units = [{"communities": communities[:count]}]
    return _district(residents, weeks, f"population.street_units={json.dumps(units)}")


def _written_units() -> list[dict[str, Any]]:
    units = load("yingzi").scenario.population.street_units
    return [unit.model_dump(mode="json", exclude={"name": True}) for unit in units]


def _district(residents: int, weeks: int, *more: str) -> tuple[Scenario, Arm]:
    asked = [f"population.residents={residents}", f"run.weeks={weeks}", *more]
    loaded = load(VALUES, asked, must_fit=False)
    model = next(choice.model for choice in loaded.governance if choice.name == "legacy_administrative")
    return loaded.scenario, resolve_arm(model, "neutral")
