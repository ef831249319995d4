"""The engine: a world and a governance model in, a recording out."""

from govsim.engine.loop import ORDER, Engine
from govsim.engine.offices import Arm, resolve_arm
from govsim.engine.recording import Recording
from govsim.engine.simulate import order, simulate

__all__ = ["ORDER", "Arm", "Engine", "Recording", "order", "resolve_arm", "simulate"]
