"""Reading a run folder back: refused where a cell is not a result, never repaired."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govsim.results.csvtext import read_cells
from govsim.results.errors import RefusedError
from govsim.results.sealed import read_ledger
from govsim.results.store import read_manifest
from govsim.results.values import Missing, Value, parse

if TYPE_CHECKING:
    import pandas as pd

_WORDS = {"label_en", "label_zh", "unit", "inside", "small", "group", "category", "indicator", "kind"}
_WORDS |= {
    "level",
    "source",
    "activity",
    "community",
    "name",
    "table",
    "definition",
    "definition_zh",
    "events",
    "base",
    "window",
}


@dataclass(frozen=True)
class Results:
    """One finished run.

    Attributes
    ----------
    folder : Path
        Where it lies.
    manifest : dict
        What it says of itself; its files were checked against it.
    """

    folder: Path
    manifest: dict[str, Any]

    @property
    def seed(self) -> int:
        """Root seed."""
        return int(self.manifest["seed"])

    @cached_property
    def summary(self) -> dict[str, Value]:
        """Indicators of the whole run, by name."""
        header, rows = read_cells(self.folder / "summary.csv", "indicator", "value")
        name, value = header.index("indicator"), header.index("value")
        where = f"run {self.folder.name}, summary"
        return {row[name]: parse(row[value], f"{where}, {row[name]}") for row in rows}

    @cached_property
    def parts(self) -> dict[str, tuple[float, float]]:
        """What was counted and out of what, of the indicators that are ratios; empty for runs of 0.2."""
        header, rows = read_cells(self.folder / "summary.csv", "indicator")
        if not {"numerator", "denominator"} <= set(header):
            return {}
        name, over, under = (header.index(column) for column in ("indicator", "numerator", "denominator"))
        where = f"run {self.folder.name}, summary"
        read = ((row[name], [parse(row[n], f"{where}, {row[name]}") for n in (over, under)]) for row in rows)
        return {
            key: (a, b) for key, (a, b) in read if not isinstance(a, Missing) and not isinstance(b, Missing)
        }

    def table(self, name: str) -> pd.DataFrame:
        """Return a table as a frame; ``n/a`` becomes a missing number, and nothing else can.

        Raises
        ------
        RefusedError
            If a cell is empty, NaN, infinite or no number, naming run, row and column.
        """
        import pandas as pd

        header, rows = read_cells(self.folder / f"{name}.csv")
        columns: dict[str, Any] = {}
        for index, column in enumerate(header):
            cells = [row[index] for row in rows]
            if column in _WORDS and name != "weekly":  # where everything is a number, whatever it is called
                columns[column] = cells
                continue
            where = f"run {self.folder.name}, {name}.csv, {column}"
            numbers = [
                parse(cell, f"{where}, {header[0]} {row[0]}") for cell, row in zip(cells, rows, strict=True)
            ]
            columns[column] = [float("nan") if isinstance(n, Missing) else n for n in numbers]
        return pd.DataFrame(columns)

    @cached_property
    def weekly(self) -> pd.DataFrame:
        """The weekly table of the district, one row a week."""
        return self.table("weekly")

    @cached_property
    def groups(self) -> pd.DataFrame:
        """Groups of residents and what each got."""
        return self.table("groups")

    @cached_property
    def cases(self) -> pd.DataFrame:
        """The case ledger, one row a case."""
        frame: pd.DataFrame = read_ledger(self.folder / "cases.parquet").to_pandas()
        return frame


def load_results(folder: Path) -> Results:
    """Return a finished run.

    Raises
    ------
    RefusedError
        If the folder holds no finished run, or a file is not what was written, or a cell is not a result.
    """
    manifest = read_manifest(Path(folder))
    if manifest is None:
        raise RefusedError(f"{Path(folder).name} is no finished run: it has no complete manifest")
    return Results(Path(folder), manifest)
