"""Reads a finished run's folder: ledgers as plain rows, tables as text."""

from __future__ import annotations

import csv
import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import yaml

Row = dict[str, Any]


@dataclass
class Run:
    """What a run left behind; rows are dictionaries, a null is None."""

    folder: Path
    weeks: int
    hours_per_week: float
    granted_hours: float
    cases: list[Row]
    events: dict[tuple[int, int], list[Row]]
    residents: list[Row]
    hours: list[Row]
    offices: list[Row]
    counters: list[Row]
    level: dict[int, str]
    office_names: dict[int, str]
    kind: dict[str, str]
    deadline: dict[str, float]
    cache: dict[str, Any] = field(default_factory=dict)

    def table(self, name: str) -> list[dict[str, str]]:
        """Return the rows of a CSV table, as text."""
        return csv_rows(self.folder / f"{name}.csv")


def csv_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file, as text."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def rows(path: Path) -> list[Row]:
    """Return the rows of a Parquet file."""
    found = pq.read_table(path).to_pylist()
    for row in found:
        for name, value in row.items():
            if isinstance(value, float) and math.isnan(value):
                row[name] = None
    return found


def plain(value: Any, default: Any) -> Any:
    """Return a parameter's value, which may stand under the key value."""
    if value is None:
        return default
    return value["value"] if isinstance(value, dict) else value


def read(folder: Path) -> Run:
    """Read a run."""
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    scenario = yaml.safe_load((folder / "scenario.yaml").read_text("utf-8"))
    classes = scenario["problems"]["classes"]
    events: dict[tuple[int, int], list[Row]] = {}
    for event in rows(folder / "events.parquet"):
        events.setdefault((event["case"], event["recurrence"]), []).append(event)
    table = csv_rows(folder / "offices.csv")
    return Run(
        folder=folder,
        weeks=manifest["weeks"],
        hours_per_week=manifest["hours_per_week"],
        granted_hours=manifest["granted_hours"],
        cases=rows(folder / "cases.parquet"),
        events=events,
        residents=rows(folder / "residents.parquet"),
        hours=rows(folder / "hours.parquet"),
        offices=rows(folder / "offices.parquet"),
        counters=rows(folder / "counters.parquet"),
        level={int(row["office"]): row["level"] for row in table},
        office_names={int(row["office"]): row["name"] for row in table},
        kind={name: plain(one.get("kind"), "local_soft") for name, one in classes.items()},
        deadline={name: float(plain(one.get("deadline_days"), 15.0)) for name, one in classes.items()},
    )
