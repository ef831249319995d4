"""What shipped studies found about parameters: which were calibrated, and which assumptions matter how much."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path

from govsim.report.docs.words import Language
from govsim.scenario.files import study_shelf
from govsim.scenario.studies import load_study, read_points
from govsim.studies.calibration import targets_of

STUDY = "calibrate_yingzi"
REGION = "yingzi_region.csv"
INFLUENCE = "influence.csv"


def influences(paths: Iterable[str], folder: Path | None = None) -> dict[str, float]:
    """Return the influence of those declared parameters that a study looked at, by path.

    Where ``*`` stands for several, as for classes of problems, it is the largest of theirs.
    """
    file = (folder or study_shelf().folder) / INFLUENCE
    if not file.is_file():
        return {}
    with file.open(encoding="utf-8-sig", newline="") as text:
        rows = {row["parameter"]: float(row["influence"]) for row in csv.DictReader(text)}
    found = {
        path: [rows[name] for name in rows if fnmatchcase(name, path)] for path in paths if "[" not in path
    }
    return {path: max(values) for path, values in found.items() if values}


def calibration(language: Language, folder: Path | None = None) -> str:
    """Say whether the shipped district was calibrated, and where its values lie in the region of accepted points."""
    file = (folder or study_shelf().folder) / REGION
    if not file.is_file():
        return "There has been no calibration." if language == "en" else "尚未校准。"
    study = load_study(STUDY)
    points = read_points(file, REGION, study.factors)
    spans = [(min(column), max(column)) for column in zip(*points, strict=True)]
    outside = sum(
        not low <= factor.today <= high for factor, (low, high) in zip(study.factors, spans, strict=True)
    )
    fitted = len(targets_of(study).fitted)
    varied, accepted, name = len(study.factors), len(points), study.base.sources[0].shown
    if language == "en":
        return (
            f"A [calibration](calibration.md) varied {varied} values to fit {fitted} of these patterns and accepted "
            f"{accepted} points (`{study_shelf().shown}/{REGION}`). Of the {varied} values in `{name}`, {outside} lie outside "
            "the ranges of these points. All other values were not calibrated. The values before the calibration are kept as "
            "`yingzi_overloaded`, whose community offices work near their limit; [there the answer turns]"
            "(guide.md#two-districts-two-answers)."
        )
    return (
        f"[校准](calibration.md)调整了{varied}个取值，使其符合上述格局中的{fitted}项，接受了{accepted}个参数点"
        f"（`{study_shelf().shown}/{REGION}`）。`{name}`的这{varied}个取值中，有{outside}个在这些点的范围之外。其余数值未经校准。校准之前的取值保留为`yingzi_overloaded`，其社区工作接近满负荷，"
        "[结论在那里会反转](guide.md#two-districts-two-answers)。"
    )
