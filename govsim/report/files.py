"""The folder of a comparison: every printed number as a table, where the runs lie, and the figures."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from govsim.report.controls import COLUMNS, control_rows
from govsim.results.csvtext import Cell, table_bytes
from govsim.results.declare import Column
from govsim.results.indicators import INDICATORS
from govsim.results.provenance import commit, portable, source_hash, versions
from govsim.results.store import FORMAT, read_manifest, write_folder
from govsim.results.tables import described
from govsim.results.values import Missing
from govsim.study.compare import ArmRuns, Comparison, compare_groups
from govsim.study.controls import Controlled

_WHO = (
    Column("capacity_mode", "capacity mode", "资源口径", "-", "neutral or observed."),
    Column("baseline", "baseline", "基准", "-", "Label of the baseline."),
    Column("other", "other", "对照", "-", "Label of the other arm."),
)
_WHAT = (
    Column("indicator", "indicator", "指标", "-", "Name; see dictionary.csv of a run."),
    Column("label_en", "label", "英文名称", "-", "English label."),
    Column("label_zh", "Chinese label", "中文名称", "-", "Chinese label."),
    Column("unit", "unit", "单位", "-", "Unit of all values of the row."),
    Column("direction", "direction", "方向", "-", "1 more is better, -1 less is better, 0 neither."),
)
COMPARE = (
    *_WHO,
    *_WHAT,
    Column("headline", "headline", "主要指标", "-", "yes if it is in the printed table."),
    Column("baseline_mean", "baseline mean", "基准均值", "see unit", "Mean over seeds."),
    Column("baseline_sd", "baseline spread", "基准标准差", "see unit", "Standard deviation over seeds."),
    Column("other_mean", "other mean", "对照均值", "see unit", "Mean over seeds."),
    Column("other_sd", "other spread", "对照标准差", "see unit", "Standard deviation over seeds."),
    Column("difference", "difference", "差值", "see unit", "Mean over seeds of other minus baseline."),
    Column("low95", "low end", "95%下限", "see unit", "Low end of the paired 95 % t interval."),
    Column("high95", "high end", "95%上限", "see unit", "High end of the paired 95 % t interval."),
    Column("half_width", "detectable", "可检出差值", "see unit", "Half the interval: could be seen."),
    Column("p", "p value", "p值", "-", "Two-sided paired t test."),
    Column("p_holm", "corrected p value", "校正p值", "-", "Over headline indicators (Holm)."),
    Column("pairing_gain", "pairing gain", "配对增益", "-", "Unpaired over paired variance."),
    Column("correlation", "correlation", "相关系数", "-", "Between the arms over seeds."),
    Column("seeds", "seeds", "种子数", "seeds", "Seeds in which both arms have the value."),
    Column("verdict", "verdict", "判断", "-", "clear, undecided, identical, one seed or n/a."),
    Column("equal_budget", "equal budget", "资源相等", "-", "Same hours and money granted."),
)  # fmt: skip
ARMS = (
    Column("capacity_mode", "capacity mode", "资源口径", "-", "neutral or observed."),
    Column("arm", "arm", "方案", "-", "Label of the arm."),
    *_WHAT,
    Column("mean", "mean", "均值", "see unit", "Mean over seeds."),
    Column("sd", "spread", "标准差", "see unit", "Standard deviation over seeds."),
    Column("smallest", "smallest", "最小值", "see unit", "Smallest over seeds."),
    Column("largest", "largest", "最大值", "see unit", "Largest over seeds."),
    Column("seeds", "seeds", "种子数", "seeds", "Seeds in which the value exists."),
)
GROUPS = (
    *_WHO,
    Column("group", "grouping", "分组", "-", "By what residents are grouped."),
    Column("category", "category", "类别", "-", "Which of the groups."),
    Column("indicator", "indicator", "指标", "-", "What is measured."),
    Column("unit", "unit", "单位", "-", "Unit of the values."),
    Column("baseline_mean", "baseline mean", "基准均值", "see unit", "Mean over seeds."),
    Column("other_mean", "other mean", "对照均值", "see unit", "Mean over seeds."),
    Column("difference", "difference", "差值", "see unit", "Mean over seeds of other minus baseline."),
    Column("half_width", "detectable", "可检出差值", "see unit", "Half of the paired 95 % t interval."),
    Column("seeds", "seeds", "种子数", "seeds", "Seeds in which both arms have the value."),
    Column("people", "people", "人数", "people", "Residents in the group, mean over seeds."),
)


def comparison_key(arms: Sequence[ArmRuns]) -> str:
    """Return sixteen hexadecimal digits for which runs are compared, in which order, by which code."""
    words = [
        source_hash(("study", "report")),
        *(f"{a.label}:{a.mode}:{r.folder.name}" for a in arms for r in a.runs),
    ]
    return hashlib.blake2b("\n".join(words).encode(), digest_size=8).hexdigest()


def comparison_rows(comparison: Comparison) -> list[list[Cell]]:
    """Return one row per indicator."""
    rows: list[list[Cell]] = []
    for item in comparison.differences:
        indicator, result = item.indicator, item.paired
        low, high = result.interval or (None, None)
        rows.append([
            comparison.other.mode, comparison.baseline.label, comparison.other.label,
            indicator.name, indicator.label_en, indicator.label_zh, indicator.unit, indicator.direction,
            "yes" if indicator.headline else "no",
            result.baseline, _or(result.baseline_spread), result.other, _or(result.other_spread),
            result.difference, _or(low), _or(high), _or(result.half_width), _or(result.p),
            _or(item.p_corrected), _or(result.gain), _or(result.correlation), result.pairs,
            item.verdict, "yes" if comparison.equal_budget else "NO",
        ])  # fmt: skip
    return rows


def _or(value: float | None) -> float | Missing:
    return Missing.NO_BASE if value is None else value


def arm_rows(arm: ArmRuns) -> list[list[Cell]]:
    """Return one row per indicator of one arm."""
    rows: list[list[Cell]] = []
    for indicator in INDICATORS:
        values = arm.values(indicator.name)
        numbers = [v for v in values if not isinstance(v, Missing)]
        words = (indicator.name, indicator.label_en, indicator.label_zh, indicator.unit, indicator.direction)
        reason = next((v for v in values if isinstance(v, Missing)), Missing.NO_BASE)
        cells: list[Cell] = [reason, Missing.NO_BASE, Missing.NO_BASE, Missing.NO_BASE]
        if numbers:
            spread = float(np.std(numbers, ddof=1)) if len(numbers) > 1 else Missing.NO_BASE
            cells = [float(np.mean(numbers)), spread, min(numbers), max(numbers)]
        rows.append([arm.mode, arm.label, *words, *cells, len(numbers)])
    return rows


def write_comparison(
    folder: Path,
    arms: Sequence[ArmRuns],
    comparisons: Sequence[Comparison],
    command: Sequence[str],
    scenario: str,
    figures: dict[str, bytes],
    controlled: Sequence[Controlled] = (),
) -> None:
    """Write the comparison beside its runs; every number a person was shown is in one of its tables."""
    files = comparison_files(folder, arms, comparisons, controlled) | figures
    manifest = {
        "format": FORMAT,
        "key": folder.name.removeprefix("comparison-"),
        "scenario": scenario,
        "paired": all(comparison.paired for comparison in comparisons) if comparisons else None,
        "command": portable(list(command)),
        "versions": versions(),
        **commit(),
    }
    write_folder(folder, files, manifest)


def comparison_files(
    folder: Path,
    arms: Sequence[ArmRuns],
    comparisons: Sequence[Comparison],
    controlled: Sequence[Controlled] = (),
) -> dict[str, bytes]:
    """Return the tables of a comparison that belongs in ``folder``, and its list of runs; nothing is written."""
    tables: dict[str, tuple[tuple[Column, ...], list[list[Cell]]]] = {
        "arms.csv": (ARMS, [row for arm in arms for row in arm_rows(arm)])
    }
    if comparisons:
        tables["compare.csv"] = (COMPARE, [row for c in comparisons for row in comparison_rows(c)])
        tables["groups.csv"] = (
            GROUPS,
            [
                [c.other.mode, c.baseline.label, c.other.label, *row]
                for c in comparisons
                for row in compare_groups(c.baseline, c.other)
            ],
        )
    if controlled:
        tables["controls.csv"] = (COLUMNS, [row for item in controlled for row in control_rows(item)])
    files = {
        name: table_bytes(name, [column.name for column in columns], rows)
        for name, (columns, rows) in tables.items()
    }
    header, rows = described((name.removesuffix(".csv"), columns) for name, (columns, _) in tables.items())
    files["dictionary.csv"] = table_bytes("dictionary.csv", header, rows)
    files["runs.json"] = _json(runs(folder, arms, comparisons))
    return files


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
                "same_model": c.same_model,
                "equal_budget": c.equal_budget,
            }
            for c in comparisons
        ],
    }


def is_written(folder: Path, figures: bool) -> bool:
    """Return whether the comparison is there already, whole, and with figures if they are wanted."""
    manifest = read_manifest(folder)
    return manifest is not None and (not figures or any(name.endswith(".png") for name in manifest["files"]))


def _json(content: Any) -> bytes:
    return (json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()
