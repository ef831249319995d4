"""Null models: scenarios in which everything is switched off through ordinary keys but the mechanism under test."""

from __future__ import annotations

import json
from typing import Any

from govsim.engine import Arm, Recording, resolve_arm, simulate
from govsim.scenario.schema import Scenario
from govsim.scenario.schema.governance import Governance
from govsim.world import World, build

Keys = dict[str, Any]

SILENT: Keys = {
    "govsim": 1,
    "run": {"weeks": 52, "seeds": 1},
    "population": {
        "residents": 100,
        "household_sizes": [1.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        "migrant": 0.0,
        "ages": {"under_18": 0.0},
        "party": {"share_of_adults": 0.0},
        "participation": {
            "certain_share": 0.0,
            "contingent_share": 0.0,
            "time_cost": 0.0,
            "registered_share": 0.0,
        },
        "ability": {"base": 1.0, "schooling": 0.0, "elderly": 0.0, "migrant": 0.0},
        "organisations": {
            kind: {"per_10000": 0.0, "members": 0}
            for kind in ("mutual_aid", "volunteer_team", "service_provider", "owners_committee", "enterprise")
        },
    },
    "network": {
        "household": False,
        "neighbours": {"kind": "none"},
        "kin_work_school": {"degree": 0.0},
        "branch": {"degree": 0.0},
        "liaison": {"linked_households": 0},
        "organisation": {"degree": 0.0},
    },
    "problems": {"classes": {}},
    "tasks": {"community_hours": 0.0, "street_hours": 0.0},
    "capacity": {
        "hours_per_week": 40.0,
        "staff": {"community": 0.0, "grid": 0.0, "street": 0.0, "department": 0.0, "desk": 0.0},
        "money": {"community": 0.0, "street": 0.0, "department": 0.0},
    },
    "handling": {
        "intake_hours": 0.0,
        "explain_rate": 0.0,
        "reopening": 0.0,
        "generalist_factor": 1.0,
    },
    "workforce": {"speed_spread": 0.0, "burnout_gain": 0.0, "slowing": 0.0, "quit_rate": 0.0},
    "infrastructure": {"decay": 0.0},
    "demography": {"ageing": False, "moving_under_40": 0.0, "moving_from_40": 0.0, "deaths_over_60": 0.0},
    "reporting": {"floor": 1.0, "walk_in": 1.0, "walk_in_stranger": 1.0, "hotline": 0.0, "repeat_call": 0.0},
}
"""A hundred adults, each alone in a household, to whom nothing happens."""

PLAIN: Keys = {
    "govsim": 1,
    "name": {"en": "Plain"},
    "detection": {"hotline": False, "patrol_share": 0.0, "visit_share": 0.0, "visit_targets": "round"},
    "routing": {"orders": "hops"},
    "resolution": {"volunteers": False, "organisations": False},
    "mobilisation": {"call_share": 0.0},
    "capacity": {},
    "accountability": {"answers_to": "residents"},
    "tasks": {"priority": "equal"},
    "agenda": {"rule": "first_come"},
}
"""An office that waits for people to walk in and serves them in turn."""

PROBLEM: Keys = {
    "kind": "local_soft",
    "rate": 0.0,
    "severity_low": 1.0,
    "severity_high": 1.0,
    "effort_hours": 1.0,
    "level": "community",
    "report_rate": 1e9,
}
"""A problem that the community office resolves and that is reported at once."""


def merged(base: Keys, changes: Keys) -> Keys:
    """Return ``base`` with the values of ``changes``, mappings merged key by key."""
    out = dict(base)
    for name, value in changes.items():
        old = out.get(name)
        out[name] = merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return out


def scenario(*changes: Keys) -> Scenario:
    """Return the silent scenario with changes, validated as a file would be."""
    keys = SILENT
    for change in changes:
        keys = merged(keys, change)
    return Scenario.model_validate_json(json.dumps(keys))


def governance(*changes: Keys) -> Governance:
    """Return the plain governance model with changes, validated as a file would be."""
    keys = PLAIN
    for change in changes:
        keys = merged(keys, change)
    return Governance.model_validate_json(json.dumps(keys))


def arm(*changes: Keys) -> Arm:
    """Return the plain model with changes as a capacity-neutral arm."""
    return resolve_arm(governance(*changes), "neutral")


def world_of(spec: Scenario, seed: int) -> World:
    """Return the world of a scenario."""
    return build(spec.population, spec.network, seed)


def run(spec: Scenario, seed: int, chosen: Arm | None = None, world: World | None = None) -> Recording:
    """Return the recording of one run of the real engine."""
    return simulate(world or world_of(spec, seed), spec, chosen or arm(), seed)


def communities(number: int) -> Keys:
    """Return the keys of one street unit with equal communities."""
    return {"population": {"street_units": [{"communities": [{} for _ in range(number)]}]}}
