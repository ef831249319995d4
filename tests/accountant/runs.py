"""The runs that are audited: many arrangements, lengths and districts, made through the public door."""

from __future__ import annotations

import csv
import hashlib
import json
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from govsim.cli import main
from tests.once import once

HARSH: dict[str, Any] = {
    "govsim": 1, "extends": "tiny", "name": {"en": "Harsh", "zh": "严峻"},
    "demography": {
        "ageing": True, "moving_under_40": 0.15, "moving_from_40": 0.15, "deaths_over_60": 0.2, "layoffs": 0.01,
    },
    "handling": {"reopening": 1.0, "explain_rate": 0.3, "explain_pressure": 20.0},
    "problems": {
        "recurrence_weeks": 6.0,
        "classes": {
            "local_soft": {"recurrence": 0.9, "lapse_rate": 0.2, "deadline_days": 4.0, "rate": 2.0},
            "local_hard": {"recurrence": 0.9, "lapse_rate": 0.1, "deadline_days": 7.0, "rate": 1.0},
        },
    },
    "capacity": {"money": {"community": 0.0, "department": 20.0}},
}  # fmt: skip
"""People go, problems come back, lapse and are explained away, money is short, deadlines are close."""


class Study(NamedTuple):
    """A scenario, its length, how it is changed and under what it is run."""

    name: str
    scenario: str | dict[str, Any]
    weeks: int
    models: tuple[str, ...]
    options: tuple[str, ...] = ("--capacity", "neutral")


STUDIES = (
    Study(
        "year", "tiny", 52,
        (
            "legacy_administrative", "party_led_cogovernance", "beijing_whistle", "shenyang",
            "porto_alegre", "grid_management", "japan_chonaikai",
        ),
    ),
    Study("two years", "tiny", 104, ("party_led_cogovernance", "shenyang", "beijing_hotline")),
    Study("five years", "tiny", 260, ("legacy_administrative", "party_led_cogovernance", "grid_management")),
    Study(
        "harsh", HARSH, 104,
        ("legacy_administrative", "beijing_whistle", "party_led_cogovernance", "grid_management"),
    ),
    Study(
        "sixty", "tiny", 61, ("legacy_administrative", "party_led_cogovernance", "porto_alegre"),
        ("--set", "population.residents=60", "--capacity", "observed", "--allow-unequal-budget"),
    ),
    Study("small", "yingzi_small", 104, ("legacy_administrative", "party_led_cogovernance")),
)  # fmt: skip


def make(study: Study, folder: Path, seeds: int = 1) -> dict[str, list[Path]]:
    """Run a study once for all tests, and return the folders of its runs by model, in the order of their seeds."""
    folder = once(
        folder, hashlib.blake2b(repr((study, seeds)).encode()).hexdigest()[:16], partial(_run, study, seeds)
    )
    found: dict[str, list[tuple[int, Path]]] = {}
    for manifest in (folder / "out").glob("*/*/manifest.json"):
        document = json.loads(manifest.read_text("utf-8"))
        if "seed" in document:
            found.setdefault(document["arm"], []).append((document["seed"], manifest.parent))
    assert len(found) == len(study.models)
    return {arm: [path for _, path in sorted(runs)] for arm, runs in sorted(found.items())}


def _run(study: Study, seeds: int, folder: Path) -> None:
    scenario = study.scenario
    if not isinstance(scenario, str):
        file = folder / "scenario.yaml"
        file.write_text(yaml.safe_dump(scenario, allow_unicode=True), "utf-8")
        scenario = str(file)
    models = [word for model in study.models for word in ("--model", model)]
    code = main(
        ["run", scenario, *models, "--weeks", str(study.weeks), "--seeds", str(seeds), *study.options,
         "--no-figures", "--jobs", "1", "--out", str(folder / "out")]
    )  # fmt: skip
    assert code in (0, None)


def dictionary(folder: Path, table: str) -> dict[str, dict[str, str]]:
    """Return the rows of a run's dictionary for a table, by name."""
    with (folder / "dictionary.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["name"]: row for row in csv.DictReader(file) if row["table"] == table}
