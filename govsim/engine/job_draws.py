"""What chance has in store for a case."""

from __future__ import annotations

from typing import Any

import numpy as np

from govsim.draws import Key, exponential, normal, uniform
from govsim.kernels import part
from govsim.units import MOST_TERMS

SEVERITY, EFFORT, _EFFORT_2, MONEY, _MONEY_2, UNCLEAR, LUCK, LAPSE, WHO, SLOTS = range(10)
"""Slots of the draws that belong to a case for good; a normal draw takes two. SLOTS is how many there are."""


@part
def amount(mean: float, sigma: float, shape: int, key: Key, entity: np.uint64, slot: int) -> float:
    """Return a draw with the given mean; shape 0 is lognormal, 1 exponential, 2 fixed."""
    if shape == 2 or mean == 0.0:
        return mean
    if shape == 1:
        return mean * exponential(key, entity, np.uint64(slot))
    return mean * np.exp(sigma * normal(key, entity, np.uint64(slot)) - 0.5 * sigma * sigma)


@part
def poisson(mean: float, u: float, key: Key, entity: np.uint64) -> int:
    """Return a Poisson number from a uniform draw; a large mean is the sum of smaller ones with draws of their own."""
    number = 0
    left = mean
    slot = 0
    while left > 0.0:
        now = min(left, MOST_TERMS)
        left -= now
        term = np.exp(-now)
        below = term
        order = 0
        while u >= below and (term > 0.0 or order < now):
            order += 1
            term *= now / order
            below += term
        number += order
        slot += 1
        u = uniform(key, entity, np.uint64(slot))
    return number


@part
def extent(item: Any, key: Key, entity: np.uint64) -> tuple[np.float32, float, float]:
    """Return the severity of a case of a class, and the hours and yuan that it needs."""
    spread = item.severity_high - item.severity_low
    return (
        np.float32(item.severity_low + spread * uniform(key, entity, np.uint64(SEVERITY))),
        amount(item.effort, item.effort_sigma, item.effort_shape, key, entity, EFFORT),
        amount(item.money, item.money_sigma, 0, key, entity, MONEY),
    )


@part
def fill_case(job: Any, item: Any, key: Key, onset: float, hours_per_week: float) -> None:
    """Give a case of a class what else chance has in store for it; its entity is set already."""
    entity = job.entity
    job.onset = onset
    job.unclear = uniform(key, entity, np.uint64(UNCLEAR)) < item.ambiguity
    job.luck = exponential(key, entity, np.uint64(LUCK))
    if item.lapse_rate > 0.0:
        job.lapses = onset + hours_per_week * exponential(key, entity, np.uint64(LAPSE)) / item.lapse_rate
