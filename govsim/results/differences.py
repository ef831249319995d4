"""Where two runs of what should be the same differ: file, row, column, both values and by how much."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from govsim.engine.recording import COUNTER, Activity, HourSource
from govsim.results.csvtext import read_cells
from govsim.results.foreign import open_regular
from govsim.results.load import read_ledger

if TYPE_CHECKING:
    import pandas as pd

KEYS: Mapping[str, tuple[str, ...]] = {
    "weekly.csv": ("week",),
    "communities.csv": ("community",),
    "groups.csv": ("group", "category", "indicator"),
    "hours.csv": ("week", "level", "source", "activity"),
    "money.csv": ("week", "level"),
    "offices.csv": ("office",),
    "resolution.csv": ("kind", "days"),
    "summary.csv": ("indicator",),
    "dictionary.csv": ("table", "name"),
    "cases.parquet": ("case", "recurrence"),
    "events.parquet": ("case", "recurrence"),
    "residents.parquet": ("resident",),
    "hours.parquet": ("week", "office", "source", "activity"),
    "counters.parquet": ("week", "community"),
    "offices.parquet": ("week", "office"),
    "compare.csv": ("capacity_mode", "baseline", "other", "indicator"),
    "arms.csv": ("capacity_mode", "arm", "indicator"),
}
"""Columns by which the rows of a table are told apart; rows of other tables go by their number."""

_STAMPS: Mapping[str, tuple[str, ...]] = {
    "cases.parquet": ("onset", "detected", "first_handled", "competent", "funded", "closed"),
    "events.parquet": ("time",),
}
_CLAIMS = (
    "weeks", "hours_per_week", "seed", "capacity_mode", "granted_hours", "granted_money", "balance", "network",
)  # fmt: skip
_CLAIMED_HASHES = ("world", "network", "exogenous")
_PLACE = "_place"
"""Name of the helper column that numbers rows with equal keys."""


@dataclass(frozen=True)
class Cell:
    """One cell that differs.

    Attributes
    ----------
    week : int or None
        Week of the row; None where it has none.
    row : str
        Which row, in words.
    first, second : str
        Both values as text; "no such row" where a row is in one table only.
    """

    week: int | None
    row: str
    column: str
    first: str
    second: str

    def __str__(self) -> str:
        return f"{self.row}, {self.column}: {self.first} and {self.second}"


@dataclass(frozen=True)
class TableDifference:
    """How one file of two runs differs.

    Attributes
    ----------
    file : str
    words : str
        What differs where no cell can be named: a file that is missing, or other bytes with the same values.
    cells : int
        How many cells differ, rows that one table lacks counted as one.
    first : Cell or None
        The first one by week, then by row.
    largest : float or None
        Largest relative difference of two numbers, 0-1.
    same_values : bool
        Other bytes, the same values: the library that wrote them is another one.
    """

    file: str
    words: str = ""
    cells: int = 0
    first: Cell | None = None
    largest: float | None = None
    same_values: bool = False


def claims(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a manifest claims of the numbers, without when, where and by which versions they were made."""
    hashes = manifest.get("hashes", {})
    return {name: manifest.get(name) for name in _CLAIMS} | {
        f"hashes.{name}": hashes.get(name) for name in _CLAIMED_HASHES
    }


def claim_differences(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[TableDifference]:
    """Return the claims of two manifests that differ, as one difference or none."""
    ours, theirs = claims(first), claims(second)
    wrong = [name for name in ours if ours[name] != theirs[name]]
    if not wrong:
        return []
    name = wrong[0]
    cell = Cell(None, "manifest", name, _short(ours[name]), _short(theirs[name]))
    return [TableDifference("manifest.json", cells=len(wrong), first=cell)]


def file_difference(first: Path, second: Path, hours_per_week: float) -> TableDifference | None:
    """Return how a file of two folders differs, or None where its bytes are the same.

    Parameters
    ----------
    first, second
        The file in both folders.
    hours_per_week
        Working hours, by which time stamps become weeks.
    """
    name = first.name
    if not second.is_file() or not first.is_file():
        where = "second" if second.is_file() else "first"
        return TableDifference(name, words=f"is in the {where} only")
    if _same_bytes(first, second):
        return None
    if first.suffix not in (".csv", ".parquet"):
        return TableDifference(name, words="differs")
    a, b = _frame(first), _frame(second)
    found = _table_difference(name, a, b, hours_per_week)
    return found or TableDifference(name, words="has the same values in other bytes", same_values=True)


def _same_bytes(first: Path, second: Path) -> bool:
    if first.stat().st_size != second.stat().st_size:
        return False
    with open_regular(first) as a, open_regular(second) as b:
        while block := a.read(1 << 20):
            if block != b.read(1 << 20):
                return False
    return True


def _frame(path: Path) -> pd.DataFrame:
    import pandas as pd

    if path.suffix == ".csv":
        header, rows = read_cells(path)
        return pd.DataFrame(rows, columns=header, dtype=str)
    frame: pd.DataFrame = read_ledger(path).to_pandas()
    for name in frame.columns:
        if isinstance(frame[name].dtype, pd.CategoricalDtype):
            frame[name] = frame[name].astype(str)
    return frame


def _table_difference(
    name: str, a: pd.DataFrame, b: pd.DataFrame, hours_per_week: float
) -> TableDifference | None:
    if list(a.columns) != list(b.columns):
        missing = sorted({*a.columns} ^ {*b.columns})
        return TableDifference(name, words=f"has other columns: {', '.join(missing) or 'in another order'}")
    keys = [key for key in KEYS.get(name, ()) if key in a.columns]
    for frame in (a, b):
        frame[_PLACE] = frame.groupby(keys, sort=False).cumcount() if keys else np.arange(len(frame))
    both = a.merge(
        b, on=[*keys, _PLACE], how="outer", suffixes=("", "_2"), indicator="_in", sort=False, validate="1:1"
    )
    alone = (both["_in"] != "both").to_numpy()
    weeks = _weeks(name, both, hours_per_week)
    total, largest, firsts = int(alone.sum()), 0.0, []
    if total:
        row = _earliest(alone, weeks)
        there = both["_in"].iloc[row] == "left_only"
        words = ("there", "no such row") if there else ("no such row", "there")
        firsts.append((row, Cell(_week(weeks, row), _row(both, keys, row), "row", *words)))
    for column in a.columns:
        if column in keys or column == _PLACE:
            continue
        x, y = both[column], both[f"{column}_2"]
        wrong = ((x != y) & ~(x.isna() & y.isna())).to_numpy(dtype=bool, na_value=True) & ~alone
        if wrong.any():
            total += int(wrong.sum())
            largest = max(largest, _relative(x[wrong], y[wrong]))
            row = _earliest(wrong, weeks)
            cell = Cell(
                _week(weeks, row), _row(both, keys, row), column, _short(x.iloc[row]), _short(y.iloc[row])
            )
            firsts.append((row, cell))
    if not firsts:
        return None
    first = min(firsts, key=lambda item: (math.inf if item[1].week is None else item[1].week, item[0]))[1]
    return TableDifference(name, cells=total, first=first, largest=largest or None)


def _weeks(name: str, both: pd.DataFrame, hours_per_week: float) -> Any:
    """Return the week of each row, infinite where it has none; for cases, of the first stamp that differs."""
    import pandas as pd

    weeks = np.full(len(both), np.inf)
    if "week" in both.columns:
        return pd.to_numeric(both["week"]).to_numpy(np.float64)
    for stamp in _STAMPS.get(name, ()):
        x, y = (both[s].to_numpy(np.float64, na_value=np.nan) for s in (stamp, f"{stamp}_2"))
        parted = (x != y) & ~(np.isnan(x) & np.isnan(y))
        earliest = np.fmin(x, y) // hours_per_week
        weeks = np.where(parted & ~np.isnan(earliest), np.minimum(weeks, earliest), weeks)
    if (
        name in _STAMPS
    ):  # a row that one table lacks; a case that differs in no stamp may do so at any later time
        x, y = (both[s].to_numpy(np.float64, na_value=np.nan) for s in _own_stamp(name))
        unknown = np.isinf(weeks) & ((both["_in"] != "both").to_numpy() | (name == "events.parquet"))
        weeks = np.where(unknown, np.fmin(x, y) // hours_per_week, weeks)
    return weeks


def _own_stamp(name: str) -> tuple[str, str]:
    stamp = _STAMPS[name][0]
    return stamp, f"{stamp}_2"


def _earliest(wrong: Any, weeks: Any) -> int:
    rows = np.flatnonzero(wrong)
    return int(rows[np.argmin(weeks[rows])])


def _week(weeks: Any, row: int) -> int | None:
    return None if math.isinf(weeks[row]) or math.isnan(weeks[row]) else int(weeks[row])


def _row(both: pd.DataFrame, keys: list[str], row: int) -> str:
    if not keys:
        return f"row {both[_PLACE].iloc[row] + 1}"
    return ", ".join(f"{key} {both[key].iloc[row]}" for key in keys)


def _relative(x: pd.Series[Any], y: pd.Series[Any]) -> float:
    """Return the largest relative difference of the cells in which both are numbers."""
    import pandas as pd

    a, b = (pd.to_numeric(item, errors="coerce").to_numpy(np.float64) for item in (x, y))
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.abs(a - b) / np.maximum(np.abs(a), np.abs(b))
    share = share[np.isfinite(share)]
    return float(share.max()) if share.size else 0.0


def _short(value: Any) -> str:
    if isinstance(value, dict | list):
        value = json.dumps(value, sort_keys=True)
    words = f"{value:.10g}" if isinstance(value, float) else str(value)
    words = "none" if words in ("nan", "None", "<NA>") else words
    return words if len(words) <= 60 else f"{words[:57]}..."


def raw_differences(first: Path, second: Path, week: int) -> dict[str, list[tuple[int, ...]]]:
    """Return the entries of one week's counters and hours that differ, as places in the engine's tables.

    Returns
    -------
    dict
        ``counters`` by (community, counter) and ``hours`` by (office, source, activity).
    """
    found: dict[str, list[tuple[int, ...]]] = {}
    names = ("counters.parquet", "hours.parquet")
    if not all((folder / name).is_file() for folder in (first, second) for name in names):
        return found
    a, b = (_week_of(folder / "counters.parquet", week) for folder in (first, second))
    if len(a) == len(b):
        for name in [name for name in a.columns if name in COUNTER and name in b.columns]:
            rows = np.flatnonzero(a[name].to_numpy() != b[name].to_numpy())
            places = [(int(a["community"].iloc[row]), COUNTER[name]) for row in rows]
            found.setdefault("counters", []).extend(places)
    ours, theirs = (_hours_of(folder, week) for folder in (first, second))
    wrong = [key for key in sorted({*ours, *theirs}) if ours.get(key) != theirs.get(key)]
    if wrong:
        found["hours"] = [(key[0], HourSource[key[1].upper()], Activity[key[2].upper()]) for key in wrong]
    return {table: places for table, places in found.items() if places}


def _week_of(path: Path, week: int) -> pd.DataFrame:
    frame = _frame(path)
    return frame[frame["week"] == week].reset_index(drop=True)


def _hours_of(folder: Path, week: int) -> dict[tuple[int, str, str], float]:
    frame = _week_of(folder / "hours.parquet", week)
    columns = (frame[name].tolist() for name in ("office", "source", "activity", "hours"))
    return {(int(o), str(s), str(a)): float(h) for o, s, a, h in zip(*columns, strict=True)}
