"""govsim: an agent-based simulation of community-governance models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from govsim.agents import GovernanceModel

__version__ = "0.1.0"
__all__ = ["GovernanceModel", "__version__"]


def __getattr__(name: str) -> Any:
    """Load Mesa and the model that stands on it when somebody asks for it, not before."""
    if name != "GovernanceModel":
        raise AttributeError(f"module 'govsim' has no attribute '{name}'")
    from govsim.agents import GovernanceModel

    return GovernanceModel
