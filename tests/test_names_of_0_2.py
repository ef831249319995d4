"""Public names of version 0.2.0 still lead to what they meant."""

from importlib import import_module

import pytest

PUBLIC = {
    "govsim": ["GovernanceModel", "__version__", "compare", "load_results", "run"],
    "govsim.agents": ["Cadre", "GovernanceModel", "PartyMember", "Resident", "SocialOrganization"],
    "govsim.engine": ["ORDER", "Arm", "Recording", "order", "resolve_arm", "simulate"],
    "govsim.scenario": [
        "Loaded", "LoadedGovernance", "Origin", "Problem", "ScenarioError", "content_hash", "list_governance", "list_measures",
        "list_scenarios", "load", "load_governance", "load_measure",
    ],
    "govsim.world": [
        "Communities", "Grids", "Hazard", "Households", "Housing", "Links", "Memberships", "NetworkReport", "OrganisationKind",
        "Organisations", "ParticipationType", "Residents", "Schooling", "StreetUnits", "Tier", "Ties", "Work", "World", "build",
        "steps_from",
    ],
}  # fmt: skip
RENAMED = {
    "govsim.engine": {"Engine": "Run"},
    "govsim.world": {"Layer": "TieLayer", "measure": "measure_network"},
}


@pytest.mark.parametrize("module", PUBLIC)
def test_public_names_are_there(module: str) -> None:
    for name in PUBLIC[module]:
        assert getattr(import_module(module), name) is not None


@pytest.mark.parametrize("module", RENAMED)
def test_renamed_ones_say_their_new_name(module: str) -> None:
    home = import_module(module)
    for old, new in RENAMED[module].items():
        with pytest.warns(DeprecationWarning, match=f"{old} is called {new}"):
            assert getattr(home, old) is getattr(home, new)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        home.nothing  # noqa: B018
