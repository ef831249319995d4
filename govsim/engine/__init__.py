"""The engine: a world and a governance model in, a recording out."""

import warnings

from govsim.engine.loop import ORDER, Run, order, simulate
from govsim.engine.offices import Arm, resolve_arm
from govsim.engine.recording import Recording
from govsim.engine.state import State

__all__ = ["ORDER", "Arm", "Recording", "Run", "State", "order", "resolve_arm", "simulate"]


def __getattr__(name: str) -> object:
    """Return what 0.2.0 called otherwise."""
    if name != "Engine":
        raise AttributeError(f"module 'govsim.engine' has no attribute '{name}'")
    warnings.warn("govsim.engine.Engine is called Run", DeprecationWarning, stacklevel=2)
    return Run
