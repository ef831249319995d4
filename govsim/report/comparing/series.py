"""What figures and reports draw, as tables: arms week by week, curves of resolution, and what staff spend hours on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from govsim.report.comparing.tables import ARM, MODE, Rows
from govsim.results.csvtext import Cell
from govsim.results.declare import Column
from govsim.results.resolution import LARGE_BACKLOG
from govsim.results.values import Missing
from govsim.results.weekly import WEEKLY
from govsim.studies.compare import ArmRuns

if TYPE_CHECKING:
    import pandas as pd

_BAND = (
    Column("mean", "mean", "均值", "see unit", "Mean over seeds."),
    Column("smallest", "smallest", "最小值", "see unit", "Smallest over seeds."),
    Column("largest", "largest", "最大值", "see unit", "Largest over seeds."),
)
_UNIT = Column("unit", "unit", "单位", "-", "Unit of the row.")
WEEKS = (
    MODE,
    ARM,
    Column("week", "week", "周", "weeks", "Week of the run, from 0."),
    Column(
        "series",
        "series",
        "序列",
        "-",
        "What is counted: as in weekly.csv of a run, or per residents or adults.",
    ),
    _UNIT,
    *_BAND,
)
CURVES = (
    MODE,
    ARM,
    Column("kind", "kind of problem", "问题类别", "-", "Kind of problem; all for all problems together."),
    Column("days", "time since arising", "发生后时长", "working days", "Time since the problem arose."),
    *(
        Column(
            c.name,
            c.label_en,
            c.label_zh,
            "% of problems",
            f"Not resolved by then (Kaplan-Meier). {c.definition}",
        )
        for c in _BAND
    ),
)
HOURS = (
    MODE,
    ARM,
    Column("activity", "activity", "用途", "-", "What paid and seconded hours were spent on."),
    Column("label_en", "label", "英文名称", "-", "English label."),
    Column("label_zh", "Chinese label", "中文名称", "-", "Chinese label."),
    *(Column(c.name, c.label_en, c.label_zh, "hours per week", c.definition) for c in _BAND),
)
COMMUNITIES = (
    MODE,
    ARM,
    Column("community", "community", "社区", "-", "Name."),
    Column("community_zh", "community, Chinese", "社区（中文）", "-", "Chinese name."),
    Column("residents", "residents", "居民数", "residents", "Median over seeds of their mean in the counted weeks."),
    Column("load", "workload", "工作负荷", "hours needed / hours available", "Of its office; median over seeds."),
    Column("backlog", "backlog", "积压", "open cases per 1,000 residents", "Median over seeds."),
    Column("resolved_existing_26w", "resolved within half a year", "半年解决率（占全部问题）", "% of existing problems",
           "Median over seeds; n/a where no seed has one."),
    Column("large_backlogs", "seeds with a large backlog", "积压严重的次数", "seeds",
           f"Seeds in which the backlog is above {LARGE_BACKLOG:.0f} open cases per 1,000 residents."),
    Column("seeds", "seeds", "重复次数", "seeds", "All seeds."),
)  # fmt: skip
SHOWN_DAYS = 182
"""Working days of the curves; the run folders hold the rest."""

_Make = Callable[["pd.DataFrame"], NDArray[np.float64]]


def _plain(name: str) -> _Make:
    return lambda weekly: np.asarray(weekly[name], dtype=np.float64)


def _per(name: str, base: str, scale: float) -> _Make:
    return lambda weekly: np.asarray(scale * weekly[name] / weekly[base], dtype=np.float64)


_SERIES: tuple[tuple[str, str, _Make], ...] = (
    ("active_4w_share", "% of adults", _plain("active_4w_share")),
    ("registered_share", "% of adults", _per("registered", "adults", 100.0)),
    ("open_per_1000", "problems per 1,000 residents", _per("problems_open", "residents", 1000.0)),
    ("undetected_per_1000", "problems per 1,000 residents", _per("problems_undetected", "residents", 1000.0)),
    *(
        (f"trust_{tier}", "0-1", _plain(f"trust_{tier}"))
        for tier in ("community", "street", "district", "centre")
    ),
)
_ACTIVITIES = tuple(column for column, _ in WEEKLY if column.name.startswith("staff_"))


def week_rows(arms: Sequence[ArmRuns]) -> Rows:
    """Return mean and range over seeds of each series, arm and week; weeks without a base are left out."""
    rows: Rows = []
    for arm in arms:
        for name, unit, make in _SERIES:
            stacked = np.stack([make(run.weekly) for run in arm.runs])
            for week, band in enumerate(_bands(stacked)):
                if np.isfinite(band).all():
                    rows.append([arm.mode, arm.label, week, name, unit, *band])
    return rows


def curve_rows(arms: Sequence[ArmRuns]) -> Rows:
    """Return mean and range over seeds of the curves of resolution; kinds that some seed lacks are left out."""
    rows: Rows = []
    for arm in arms:
        tables = [run.table("resolution") for run in arm.runs]
        for kind in dict.fromkeys(tables[0]["kind"]):
            curves = [table[(table["kind"] == kind) & (table["days"] <= SHOWN_DAYS)] for table in tables]
            length = min(map(len, curves))
            if length:
                days: list[Any] = curves[0]["days"].tolist()
                stacked = np.stack([curve["unresolved"].to_numpy()[:length] for curve in curves])
                rows += [
                    [arm.mode, arm.label, str(kind), day, *band]
                    for day, band in zip(days, _bands(stacked), strict=False)
                ]
    return rows


def hour_rows(arms: Sequence[ArmRuns]) -> Rows:
    """Return what paid and seconded staff of each arm spend an average week on."""
    rows: Rows = []
    for arm in arms:
        for column in _ACTIVITIES:
            weeks = np.array([[float(run.weekly[column.name].mean())] for run in arm.runs])
            (band,) = _bands(weeks)
            rows.append(
                [
                    arm.mode,
                    arm.label,
                    column.name.removeprefix("staff_"),
                    column.label_en,
                    column.label_zh,
                    *band,
                ]
            )
    return rows


def community_rows(arms: Sequence[ArmRuns], names: Mapping[str, str]) -> Rows:
    """Return one row per arm and community; ``names`` are Chinese names by English ones."""
    rows: Rows = []
    for arm in arms:
        tables = [run.table("communities").set_index("community") for run in arm.runs]
        offices = [run.table("offices") for run in arm.runs]
        loads = [table[table["level"] == "community"].set_index("name")["load"] for table in offices]
        for name in tables[0].index:
            backlogs = [_number(table.at[name, "backlog"]) for table in tables]
            rows.append(
                [
                    arm.mode, arm.label, str(name), names.get(str(name), str(name)),
                    _median(_number(table.at[name, "residents"]) for table in tables),
                    _median(_number(load.get(name)) for load in loads),
                    _median(backlogs),
                    _median(_number(table.at[name, "resolved_existing_26w"]) for table in tables),
                    sum(backlog is not None and backlog > LARGE_BACKLOG for backlog in backlogs),
                    len(arm.runs),
                ]
            )  # fmt: skip
    return rows


def _number(cell: Any) -> float | None:
    """Return the number of a cell; None where the table says why there is none."""
    try:
        number = float(cell)
    except (TypeError, ValueError):
        return None
    return number if np.isfinite(number) else None


def _median(values: Iterable[float | None]) -> Cell:
    known = [value for value in values if value is not None]
    return float(np.median(known)) if known else Missing.NO_BASE


def _bands(stacked: NDArray[np.float64]) -> Iterator[tuple[float, float, float]]:
    """Yield mean, smallest and largest over the first axis."""
    yield from zip(
        stacked.mean(axis=0).tolist(), stacked.min(axis=0).tolist(), stacked.max(axis=0).tolist(), strict=True
    )
