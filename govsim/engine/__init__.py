"""The engine: a world and a governance model in, a recording out."""

from govsim.engine.loop import ORDER, Run, order, simulate
from govsim.engine.offices import Arm, resolve_arm
from govsim.engine.recording import Recording
from govsim.engine.state import State

__all__ = ["ORDER", "Arm", "Recording", "Run", "State", "order", "resolve_arm", "simulate"]
