"""The world at week 0: who lives where, and who is tied to whom; the same under every governance model."""

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
