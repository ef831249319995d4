"""The folder of a comparison: every printed number as a table, where the runs lie, and the figures."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from govsim.report.answers import table_files
from govsim.report.comparing.about import Request, record
from govsim.report.comparing.series import (
    COMMUNITIES,
    CURVES,
    HOURS,
    WEEKS,
    community_rows,
    curve_rows,
    hour_rows,
    week_rows,
)
from govsim.report.comparing.tables import (
    ARMS,
    COMPARE,
    DISTRIBUTION,
    GROUPS,
    PER_HOURS,
    SEEDS,
    arm_rows,
    comparison_rows,
    distribution_rows,
    group_rows,
    per_hour_rows,
    seed_rows,
)
from govsim.report.docs.words import Language
from govsim.report.html.reading import Material
from govsim.report.stamps import COMPARING
from govsim.results.equity import GAP_MEASURES, GROUP_MEASURES
from govsim.results.indicators import INDICATORS
from govsim.results.provenance import commit, portable, source_hash, versions
from govsim.results.store import FORMAT, read_manifest, write_folder
from govsim.studies.ablations import Controlled, controls_table
from govsim.studies.answer import DataTable
from govsim.studies.compare import PER_HOUR, ArmRuns, Comparison, compare_per_hour
from govsim.studies.groups import GroupDifference


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
    facts = record(about, key, main, second, comparisons, groups)
    files["comparison.json"] = _json(facts)
    if figures is not None:
        from govsim.report.figures import draw

        files |= draw(Material(folder, facts, files=files), figures)
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
        tables["compare.csv"] = compared(comparisons)
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
        tables["within.csv"] = compared(within)
    if controlled:
        tables["controls.csv"] = controls_table(controlled)
    measured = (
        ("indicators", INDICATORS),
        ("group_measures", GROUP_MEASURES),
        ("gap_measures", GAP_MEASURES),
    )
    files = table_files(tables, (*measured, ("yields", PER_HOUR)))
    files["runs.json"] = _json(runs(folder, arms, comparisons))
    return files


def compared(comparisons: Sequence[Comparison]) -> DataTable:
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
