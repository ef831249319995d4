"""Reform, from the equations of the model description: how strong a step is, and what it makes of a value."""

from __future__ import annotations

from tests.reference.follow import Before, Expected


def weight(strength: float, ramp: float, length: float, age: float) -> float:
    """reform.weight"""
    if age < 0:
        return 0.0
    if age < length:
        return strength * min(1.0, (age + 1) / (ramp + 1))
    return strength * min(1.0, length / (ramp + 1)) * max(0.0, (ramp - (age - length)) / (ramp + 1))


def lever(x: float, weight: float, goal: float) -> float:
    """reform.lever"""
    return x + weight * (goal - x)


def process(before: Before) -> Expected:
    """Return nothing: without a timeline every column stays as it is."""
    assert not before.scenario.timeline
    return {}


VECTORS = {
    "reform.weight": lambda n: {"weight": weight(n["strength"], n["ramp"], n["length"], n["age"])},
    "reform.lever": lambda n: {"x": lever(n["x"], n["weight"], n["goal"])},
}
"""Worked examples of the model description, computed again from their numbers."""
