"""govsim: an agent-based simulation of community-governance models."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from govsim.agents import GovernanceModel
    from govsim.api import compare, run
    from govsim.studies.frames import load_results

__version__ = "0.2.0"
__all__ = ["GovernanceModel", "__version__", "compare", "load_results", "run"]

_HOMES = {
    "GovernanceModel": "govsim.agents",
    "compare": "govsim.api",
    "load_results": "govsim.studies.frames",
    "run": "govsim.api",
}


def __getattr__(name: str) -> Any:
    """Load what somebody asks for, and the libraries it stands on, not before."""
    if name not in _HOMES:
        raise AttributeError(f"module 'govsim' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)
