"""Small studies that every machine must get the same numbers from: one held against a stored hash, one kept by pages."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence

from govsim.engine import simulate
from govsim.results.indicators import HEADLINE, summarise
from govsim.results.values import Value, text
from govsim.results.view import View
from govsim.runner.planning import Choice, arm_of
from govsim.scenario import Loaded, LoadedGovernance, list_governance, list_measures, load, load_measure
from govsim.statistics.contrast import contrast
from govsim.statistics.paired import holm
from govsim.world import build

EXPECTED = "72489dad96928f9e"
"""Hash of the accepted numbers; changes with the golden study, and a test says to what."""
WEEKS = ("run.weeks=26",)
SEED = 1


def digest(values: dict[str, dict[str, str]]) -> str:
    """Return the hash of the indicators by model, as they are stored."""
    lines = [
        f"{model} {name} {value}" for model in sorted(values) for name, value in sorted(values[model].items())
    ]
    return hashlib.blake2b("\n".join(lines).encode(), digest_size=8).hexdigest()


def self_test() -> str:
    """Run 300 residents for half a year under the models of that scenario and return the hash of all indicators."""
    return digest({arm.name: _told(values) for arm, values in _summaries(load("tiny", WEEKS), [SEED])})


def probe() -> str:
    """Run 300 residents for half a year under every shipped model and countermeasure and return a hash of what is reported.

    It also covers the paired statistics of the first two models over three seeds. Pages with numbers keep it: code that
    gives another hash may give other numbers in them.
    """
    measures = [
        {"use": name, "start": 4}
        for name in list_measures()
        if load_measure(name).section.kind == "countermeasure"
    ]
    first = list_governance()[0]
    arms = [*list_governance(), *({"model": first, "measures": [measure]} for measure in measures)]
    every = load("tiny", [*WEEKS, f"governance.models={json.dumps(arms)}"])
    values = {
        f"{number} {arm.name}": _told(found) for number, (arm, found) in enumerate(_summaries(every, [SEED]))
    }
    pair = load("tiny", [*WEEKS, f"governance.models={json.dumps(list_governance()[:2])}"])
    runs = [found for _, found in _summaries(pair, range(SEED, SEED + 3))]
    statistics = {
        item.name: contrast([run[item.name] for run in runs[:3]], [run[item.name] for run in runs[3:]])
        for item in HEADLINE
    }
    corrected = holm([found.p for found in statistics.values()])
    values["statistics"] = {
        name: " ".join(
            f"{x:.6g}" if isinstance(x, float) else str(x) for x in (found.difference, found.half_width, p)
        )
        for (name, found), p in zip(statistics.items(), corrected, strict=True)
    }
    return digest(values)


def _summaries(loaded: Loaded, seeds: Sequence[int]) -> Iterator[tuple[LoadedGovernance, dict[str, Value]]]:
    """Yield the indicators of every model, seed by seed, in the order of models."""
    worlds = {seed: build(loaded.scenario.population, loaded.scenario.network, seed) for seed in seeds}
    for governance in loaded.governance:
        arm = arm_of(Choice("tiny", loaded, governance, "observed"))
        for seed, world in worlds.items():
            yield governance, summarise(View(simulate(world, loaded.scenario, arm, seed)))


def _told(values: Mapping[str, Value]) -> dict[str, str]:
    return {name: text(value) for name, value in values.items()}
