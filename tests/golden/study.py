"""The golden study: 300 residents, every model of the shipped scenario, one seed, half a year."""

from __future__ import annotations

import hashlib
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import numpy as np

from govsim.engine import Recording, resolve_arm, simulate
from govsim.results.csvtext import table_bytes
from govsim.results.indicators import summarise
from govsim.results.tables import run_tables
from govsim.results.values import text
from govsim.results.view import View
from govsim.scenario import load
from govsim.world import build

GOLDEN = Path(__file__).with_name("tiny.json")
OVERRIDES = ("run.weeks=26", "governance.models=[legacy_administrative, party_led_cogovernance]")
SEED = 1
MODE: Literal["observed"] = "observed"
WORDS = "dictionary.csv"
"""Explains the tables and holds no result."""

Study = dict[str, Any]


def compute() -> Study:
    """Return hashes of the world, and of each model the indicators and a digest of each table.

    Tables and ledgers hold ten significant digits, so that the last bits of another machine's logarithm do not
    count as another result.
    """
    loaded = load("tiny", OVERRIDES)
    scenario = loaded.scenario
    world = build(scenario.population, scenario.network, SEED)
    models = {}
    for governance in loaded.governance:
        recording = simulate(world, scenario, resolve_arm(governance.model, MODE), SEED)
        view = View(recording)
        written = {
            name: table_bytes(name, header, rows)
            for name, (header, rows) in run_tables(view)
            if name != WORDS
        }
        written |= _ledgers(recording)
        models[governance.name] = {
            "indicators": {name: text(value) for name, value in summarise(view).items()},
            "tables": {
                name: hashlib.blake2b(content, digest_size=16).hexdigest()
                for name, content in written.items()
            },
        }
    return {
        "world": world.hash,
        "models": models,
        "made_with": {name: version(name) for name in ("numpy", "numba")} | {"machine": platform.machine()},
    }


def _ledgers(recording: Recording) -> dict[str, bytes]:
    """Return cases, hours, counters and residents as text."""
    ledgers = {
        "ledger of cases": recording.cases,
        "ledger of hours": {
            "hours": recording.hours,
            "supplied": recording.supplied,
            "money": recording.money_spent,
        },
        "counters": recording.weekly,
        "residents": recording.residents,
    }
    return {
        name: "\n".join(
            f"{column}: " + " ".join(f"{value:.10g}" for value in np.asarray(values, float).ravel().tolist())
            for column, values in ledger.items()
        ).encode()
        for name, ledger in ledgers.items()
    }


def differences(old: Study, new: Study) -> list[str]:
    """Say in words what differs between two golden studies; empty when no result does."""
    found = []
    if old.get("world") != new["world"]:
        found.append("the world of week 0 is another one")
    for model in sorted({*old.get("models", {}), *new["models"]}):
        before, after = (study.get("models", {}).get(model) for study in (old, new))
        if before is None or after is None:
            found.append(f"{model}: {'new' if before is None else 'gone'}")
            continue
        for name in sorted({*before["indicators"], *after["indicators"]}):
            was, now = before["indicators"].get(name, "not there"), after["indicators"].get(name, "not there")
            if was != now:
                found.append(f"{model}: {name} was {was}, is {now}")
        names = sorted({*before["tables"], *after["tables"]})
        changed = [name for name in names if before["tables"].get(name) != after["tables"].get(name)]
        if changed:
            found.append(f"{model}: other bytes in {', '.join(changed)}")
    return found
