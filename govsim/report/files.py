"""The folder of a comparison: every printed number and everything drawn as a table, where the runs lie, and the figures."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from govsim.report.answers import table_files
from govsim.report.brief.places import KINDS
from govsim.report.comparing.about import Request, comparison_record
from govsim.report.comparing.tables import (
    ARM,
    ARMS,
    COMPARE,
    DISTRIBUTION,
    GROUPS,
    MODE,
    PER_HOURS,
    SEEDS,
    Rows,
    arm_rows,
    comparison_rows,
    distribution_rows,
    group_rows,
    named,
    per_hour_rows,
    seed_rows,
)
from govsim.report.docs.words import Language
from govsim.report.glossary import Said
from govsim.report.html.reading import Material
from govsim.report.html.words import WORDS, say
from govsim.results.csvtext import Cell
from govsim.results.declare import Column
from govsim.results.equity import GAP_MEASURES, GROUP_MEASURES
from govsim.results.indicators import INDICATORS
from govsim.results.provenance import COMPARING, commit, portable, source_hash, versions
from govsim.results.resolution import LARGE_BACKLOG
from govsim.results.store import FORMAT, read_manifest, write_folder
from govsim.results.values import Missing
from govsim.results.weekly import WEEKLY
from govsim.studies.ablations import Controlled, controls_table
from govsim.studies.answer import DataTable
from govsim.studies.compare import PER_HOUR, ArmRuns, Comparison, compare_per_hour
from govsim.studies.groups import GroupDifference

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


def activity(column: Column) -> Said:
    """Return what an hour is spent on, as pages call it."""
    name, labels = column.name.removeprefix("staff_"), Said(column.label_en, column.label_zh)
    if name not in WORDS:
        return labels
    lead = Said(labels.en.partition(", ")[0], labels.zh.partition("：")[0])
    return Said(f"{lead.en}, {say(name, 'en')}", f"{lead.zh}：{say(name, 'zh')}")


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
                    *activity(column),
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


def comparison_key(arms: Sequence[ArmRuns], asked: Sequence[object] = ()) -> str:
    """Return sixteen hexadecimal digits for which runs are compared, in which order, on what terms, by which code."""
    words = [
        source_hash(COMPARING),
        *map(repr, asked),
        *(f"{a.label}:{a.mode}:{r.folder.name}" for a in arms for r in a.runs),
    ]
    return hashlib.blake2b("\n".join(words).encode(), digest_size=8).hexdigest()


def write_comparison(
    folder: Path,
    main: Sequence[ArmRuns],
    second: Sequence[ArmRuns],
    comparisons: Sequence[Comparison],
    groups: Sequence[Sequence[GroupDifference]],
    command: Sequence[str],
    about: Request,
    figures: Language | None,
    controlled: Sequence[Controlled] = (),
    within: Sequence[Comparison] = (),
) -> None:
    """Write the comparison beside its runs; every number a person was shown is in one of its tables.

    Parameters
    ----------
    figures
        In which language they are drawn, if they are.
    """
    files = comparison_tables(
        folder, main, second, comparisons, groups, controlled, about.communities, within
    )
    key = folder.name.removeprefix("comparison-")
    facts = comparison_record(about, key, main, second, comparisons, groups)
    files["comparison.json"] = _json(facts)
    if figures is not None:
        from govsim.report.figures import draw_figures

        files |= draw_figures(Material(folder, facts, files=files), figures)
    manifest = {
        "format": FORMAT,
        "key": key,
        "scenario": about.title,
        "unpaired_asked": about.independent,
        "paired": all(comparison.paired for comparison in comparisons) if comparisons else None,
        "command": portable(list(command)),
        "versions": versions(),
        **commit(),
    }
    write_folder(folder, files, manifest)


def comparison_tables(
    folder: Path,
    main: Sequence[ArmRuns],
    second: Sequence[ArmRuns],
    comparisons: Sequence[Comparison],
    groups: Sequence[Sequence[GroupDifference]],
    controlled: Sequence[Controlled] = (),
    communities: Mapping[str, str] = {},
    within: Sequence[Comparison] = (),
) -> dict[str, bytes]:
    """Return the tables of a comparison that belongs in ``folder``, and its list of runs; nothing is written.

    Parameters
    ----------
    communities
        Their Chinese names by their English ones; runs hold the English ones only.
    within
        Comparisons of further models with themselves, without and with measures.
    """
    arms = (*main, *second)
    tables = {
        "arms.csv": DataTable(ARMS, [row for arm in arms for row in arm_rows(arm)]),
        "distribution.csv": DataTable(DISTRIBUTION, distribution_rows(arms, comparisons)),
        "seeds.csv": DataTable(SEEDS, seed_rows(arms)),
        "weekly.csv": DataTable(WEEKS, week_rows(arms)),
        "resolution.csv": DataTable(CURVES, curve_rows(arms)),
        "hours.csv": DataTable(HOURS, hour_rows(arms)),
        "communities.csv": DataTable(COMMUNITIES, community_rows(arms, communities)),
    }
    if comparisons:
        tables["compare.csv"] = difference_table(comparisons)
        by_group = [
            row
            for c, found in zip(comparisons, groups, strict=True)
            for row in group_rows(c, found, communities)
        ]
        tables["groups.csv"] = DataTable(GROUPS, by_group)
        tables["per_hour.csv"] = DataTable(PER_HOURS, [
            row for c in comparisons
            for row in per_hour_rows(c, compare_per_hour(c.baseline, c.other, independent=c.independent))
        ])  # fmt: skip
    if within:
        tables["within.csv"] = difference_table(within)
    if controlled:
        tables["controls.csv"] = controls_table(controlled)
    measured = (
        ("indicators", INDICATORS),
        ("group_measures", GROUP_MEASURES),
        ("gap_measures", GAP_MEASURES),
        ("yields", PER_HOUR),
    )
    files = table_files(
        tables,
        [*((name, tuple(map(_as_on_pages, items))) for name, items in measured), *_KEYS],
    )
    files["runs.json"] = _json(runs(folder, arms, comparisons))
    return files


def _as_on_pages(item: Column) -> Column:
    words = named(item)
    return replace(item, label_en=words.en, label_zh=words.zh)


_KEYS = tuple(
    (table, tuple(Column(name, say(name, "en"), say(name, "zh"), unit, meaning) for name, unit in keys))
    for table, meaning, keys in (
        ("series", "Series of weekly.csv, as pages name it.", [(name, unit) for name, unit, _ in _SERIES]),
        (
            "kinds",
            "Kind of problem in resolution.csv, as pages name it.",
            [(kind, "-") for kind in ("all", *KINDS)],
        ),
    )
)
"""What the keys of tables without labels are called on pages."""


def difference_table(comparisons: Sequence[Comparison]) -> DataTable:
    """Return every difference of comparisons."""
    return DataTable(COMPARE, [row for c in comparisons for row in comparison_rows(c)])


def runs(folder: Path, arms: Sequence[ArmRuns], comparisons: Sequence[Comparison]) -> dict[str, Any]:
    """Return which runs were compared, as seen from ``folder``, and on what terms."""
    return {
        "arms": [
            {
                "label": arm.label,
                "capacity_mode": arm.mode,
                "content": arm.content,
                "granted_hours": arm.granted("granted_hours"),
                "granted_money": arm.granted("granted_money"),
                "runs": [
                    {
                        "seed": run.seed,
                        "folder": os.path.relpath(run.folder, folder).replace(os.sep, "/"),
                        "world": run.manifest["hashes"]["world"],
                        "exogenous": run.manifest["hashes"]["exogenous"],
                    }
                    for run in arm.runs
                ],
            }
            for arm in arms
        ],
        "comparisons": [
            {
                "baseline": c.baseline.label,
                "other": c.other.label,
                "capacity_mode": c.other.mode,
                "paired": c.paired,
                "unpaired_asked": c.independent,
                "same_model": c.same_model,
                "equal_budget": c.equal_budget,
            }
            for c in comparisons
        ],
    }


def is_written(folder: Path, figures: Language | None) -> bool:
    """Return whether the comparison is there already, whole, and with figures in a language if they are wanted."""
    manifest = read_manifest(folder)
    if manifest is None or figures is None:
        return manifest is not None
    drawn = [name for name in manifest["files"] if name.endswith(".png")]
    return any(name.endswith(".zh.png") == (figures == "zh") for name in drawn)


def _json(content: Any) -> bytes:
    return (json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()
