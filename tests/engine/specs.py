"""Small runs of shipped models, and the bytes of what they leave behind."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import pytest

from govsim.engine import Arm, Recording, resolve_arm, simulate
from govsim.results.csvtext import table_bytes
from govsim.results.tables import run_tables
from govsim.results.view import View
from govsim.scenario import list_governance, load, load_governance
from govsim.scenario.schema import Scenario
from govsim.world import World, build

Mode = Literal["neutral", "observed"]

MODELS = tuple(list_governance())
"""Every shipped governance model, also those of tomorrow."""

every_model = pytest.mark.parametrize("model", MODELS)
both_modes = pytest.mark.parametrize("mode", ["neutral", "observed"])

_DECORATION = ("communities", "classes", "offices")


def tiny(*overrides: str) -> Scenario:
    """Return the shipped scenario of 300 residents, with overrides as typed after ``--set``."""
    return load("tiny", overrides).scenario


def arm_of(model: str, mode: Mode = "neutral") -> Arm:
    return resolve_arm(load_governance(model).model, mode)


@lru_cache(maxsize=8)
def _world(spec: str, seed: int) -> World:
    scenario = Scenario.model_validate_json(spec)
    return build(scenario.population, scenario.network, seed)


def world_of(scenario: Scenario, seed: int) -> World:
    """Return a world; the last ones built are kept."""
    return _world(scenario.model_dump_json(), seed)


def run(scenario: Scenario, model: str, seed: int = 1, mode: Mode = "neutral", threads: int = 1) -> Recording:
    """Return the recording of one run of a shipped model."""
    return simulate(world_of(scenario, seed), scenario, arm_of(model, mode), seed, threads=threads)


def columns(recording: Recording, leave_out: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return all that a recording holds, by dotted name, without names of places and classes."""
    out: dict[str, Any] = {}
    for name, value in vars(recording).items():
        if name in _DECORATION or name in leave_out:
            continue
        if isinstance(value, dict):
            out |= {f"{name}.{key}": item for key, item in value.items() if f"{name}.{key}" not in leave_out}
        else:
            out[name] = value
    out |= {f"offices.{name}": getattr(recording.offices, name) for name in ("level", "community", "street")}
    return out


def digests(recording: Recording, leave_out: tuple[str, ...] = ()) -> dict[str, str]:
    """Return a hash of type, shape and bytes of each column; equal dictionaries are bit-identical recordings."""
    out = {}
    for name, value in columns(recording, leave_out).items():
        content = np.ascontiguousarray(value)
        text = f"{content.dtype.str}{content.shape}".encode()
        out[name] = hashlib.blake2b(text + content.tobytes(), digest_size=8).hexdigest()
    return out


def tables(recording: Recording) -> dict[str, bytes]:
    """Return the tables of a run folder as they are written."""
    return {name: table_bytes(name, header, rows) for name, (header, rows) in run_tables(View(recording))}
