"""govsim: an agent-based simulation of community-governance models."""

__version__ = "0.1.0"
