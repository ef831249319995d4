"""Keyed random numbers: the only source of chance in govsim.

A draw is *addressed*, never consumed: ``uniform(key, entity, slot)`` is a pure function of
(seed, purpose, tick, entity, slot). Adding a resident, a process or a thread therefore moves no other draw, and
two governance models with one seed meet the same luck.

The mixer is the finaliser of SplitMix64 (Steele, Lea & Flood 2014), applied twice with 128 bits of key, so that
two keys never share a window of outputs the way counter offsets of a single finaliser do.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from struct import Struct
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from govsim.kernels import kernel

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MUL1 = np.uint64(0xBF58476D1CE4E5B9)
_MUL2 = np.uint64(0x94D049BB133111EB)
_SLOT = np.uint64(0xD1B54A32D192ED03)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_TO_UNIT = 2.0**-53
_TWO_PI = 2.0 * np.pi
_HALVES = Struct("<QQ")


PLACE = np.uint64(40)
"""An entity inside a place (a resident in a community) has the address ``place << PLACE | number inside``, so that one more
resident elsewhere moves no address."""

OCCUPANT = np.uint64(20)
"""Likewise the holder of a post: ``address + (number of the person << OCCUPANT)``."""


class Key(NamedTuple):
    """The 128-bit address of one family of draws."""

    a: np.uint64
    b: np.uint64


def key(seed: int, purpose: str, tick: int = 0) -> Key:
    """Return the key of all draws for one purpose in one tick.

    Parameters
    ----------
    seed
        Root seed of the run, any non-negative integer.
    purpose
        Dotted ``process.purpose``, for instance ``"arrivals.time"``. A model's name must never be part of it.
    tick
        Week number; 0 for draws made once.
    """
    return _once(int(seed), purpose) if tick == 0 else _hashed(int(seed), purpose, tick)


def _hashed(seed: int, purpose: str, tick: int) -> Key:
    hashed = _begun(seed, purpose).copy()
    hashed.update(b"%d" % tick)
    a, b = _HALVES.unpack(hashed.digest())
    return Key(np.uint64(a), np.uint64(b))


@lru_cache(maxsize=1024)
def _once(seed: int, purpose: str) -> Key:
    """Return the key of draws made once; half of the keys that a week asks for."""
    return _hashed(seed, purpose, 0)


@lru_cache(maxsize=1024)
def _begun(seed: int, purpose: str) -> hashlib.blake2b:
    """Return the hash of what the keys of all ticks have in common."""
    return hashlib.blake2b(f"govsim:{seed}:{purpose}:".encode(), digest_size=16)


@kernel
def _finalise(z: np.uint64) -> np.uint64:
    z = (z ^ (z >> _S30)) * _MUL1
    z = (z ^ (z >> _S27)) * _MUL2
    return z ^ (z >> _S31)


@kernel
def bits(key: Key, entity: np.uint64, slot: np.uint64) -> np.uint64:
    """Return 64 random bits for one entity; ``slot`` numbers several draws for one entity and purpose."""
    z = _finalise((np.uint64(entity) + key.a) * _GOLDEN + np.uint64(slot) * _SLOT)
    return _finalise(z ^ key.b)


@kernel
def uniform(key: Key, entity: np.uint64, slot: np.uint64) -> float:
    """Return one draw from [0, 1) with 53 bits."""
    return np.float64(bits(key, entity, slot) >> _S11) * _TO_UNIT


@kernel
def exponential(key: Key, entity: np.uint64, slot: np.uint64) -> float:
    """Return one draw from the exponential distribution with mean 1."""
    return -np.log(1.0 - uniform(key, entity, slot))


@kernel
def normal(key: Key, entity: np.uint64, slot: np.uint64) -> float:
    """Return one standard normal draw (Box and Muller 1958); takes the slots ``slot`` and ``slot + 1``."""
    radius = np.sqrt(-2.0 * np.log(1.0 - uniform(key, entity, slot)))
    return radius * np.cos(_TWO_PI * uniform(key, entity, np.uint64(slot) + np.uint64(1)))


@kernel
def _fill(key: Key, entities: NDArray[np.uint64], out: NDArray[np.float64]) -> None:
    for i in range(entities.shape[0]):
        out[i] = uniform(key, entities[i], np.uint64(0))


def fill_uniform(key: Key, entities: NDArray[np.uint64], out: NDArray[np.float64]) -> None:
    """Write one draw from [0, 1) for each entity into ``out``; both of shape (n,)."""
    _fill(key, entities, out)
