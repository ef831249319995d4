"""The world at week 0: who lives where, and who is tied to whom; the same under every governance model."""

import warnings

from govsim.world.builder import build
from govsim.world.columns import (
    Communities,
    Grids,
    Hazard,
    Households,
    Housing,
    Links,
    Memberships,
    OrganisationKind,
    Organisations,
    ParticipationType,
    Residents,
    Schooling,
    StreetUnits,
    TieLayer,
    Tier,
    Ties,
    Work,
    World,
)
from govsim.world.measures import NetworkReport, measure_network
from govsim.world.ties import steps_from

__all__ = [
    "Communities",
    "Grids",
    "Hazard",
    "Households",
    "Housing",
    "Links",
    "Memberships",
    "NetworkReport",
    "OrganisationKind",
    "Organisations",
    "ParticipationType",
    "Residents",
    "Schooling",
    "StreetUnits",
    "TieLayer",
    "Tier",
    "Ties",
    "Work",
    "World",
    "build",
    "measure_network",
    "steps_from",
]

_RENAMED = {"Layer": "TieLayer", "measure": "measure_network"}


def __getattr__(name: str) -> object:
    """Return what 0.2.0 called otherwise."""
    if name not in _RENAMED:
        raise AttributeError(f"module 'govsim.world' has no attribute '{name}'")
    warnings.warn(f"govsim.world.{name} is called {_RENAMED[name]}", DeprecationWarning, stacklevel=2)
    return globals()[_RENAMED[name]]
