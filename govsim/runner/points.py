"""A point of a design: a run that is kept as its indicators, and what it takes to run it again.

The scenario and the model that all points of a study begin with are kept once, beside the points; each point keeps the
settings that it adds to them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govsim.results.errors import RefusedError
from govsim.results.load import untrusted_folder
from govsim.results.store import FORMAT, MANIFEST, Keep, slug, write_folder
from govsim.runner.one_run import ArmJob
from govsim.runner.planning import Choice, plan
from govsim.scenario.origins import digest

if TYPE_CHECKING:
    from govsim.scenario import Loaded, LoadedGovernance
    from govsim.scenario.studies import LoadedStudy

POINTS = "points"
"""Folder of a study in which runs are kept that keep their indicators only."""
KINDS = (POINTS, "spending")
"""All folders of a study that hold points, by what is kept."""
_BASE = re.compile(r"base-[0-9a-f]{12}")


class Beginning:
    """What the points of a study begin with, written once for each model.

    Parameters
    ----------
    out
        Results folder.
    """

    def __init__(self, study: LoadedStudy, out: Path, keep: Keep = "summary") -> None:
        self.study = study
        self.folder = out / slug(study.label) / (POINTS if keep == "summary" else keep)
        self.keep = keep
        self._written: dict[str, str] = {}

    def plan(self, loaded: Loaded, model: LoadedGovernance) -> ArmJob:
        """Return the plan of a model at a point: the study's scenario with further settings.

        Raises
        ------
        EnvironmentProblem
            If what it begins with cannot be written.
        """
        study = self.study
        made = plan(Choice(study.asked, loaded, model, study.study.capacity_mode), self.folder)
        settings = list(loaded.overrides[len(study.base.overrides) :])
        point = {"base": self._base(model, made.arm_hash), "settings": settings}
        return replace(made, keep=self.keep, documents=no_documents, folder=self.folder, point=point)

    def _base(self, model: LoadedGovernance, arm: str) -> str:
        """Return the name of the folder that holds scenario and model, written if it is not there."""
        if arm not in self._written:
            study = self.study
            mode = study.study.capacity_mode
            whole = plan(Choice(study.asked, study.base, model, mode), self.folder)
            files = {name: words.encode("utf-8") for name, words in whole.documents(0).items()}
            name = f"base-{digest(*(content.decode('utf-8') for content in files.values()))[:12]}"
            if not (self.folder / name / MANIFEST).is_file():
                about = {
                    "format": FORMAT,
                    "scenario": study.base.label,
                    "arm": whole.label,
                    "capacity_mode": mode,
                }
                write_folder(self.folder / name, files, about)
            self._written[arm] = name
        return self._written[arm]


def no_documents(seed: int) -> dict[str, str]:
    """Return the files that a point keeps of its scenario: none."""
    return {}


def is_point(manifest: Mapping[str, Any]) -> bool:
    """Return whether a run was kept as a point, with what it takes to run it again."""
    return isinstance(manifest.get("point"), dict)


def base_of(folder: Path, manifest: Mapping[str, Any]) -> Path:
    """Return the folder of the scenario that a point begins with.

    Raises
    ------
    RefusedError
        If it is not there, was changed, or is named by another name than such folders have.
    """
    name = str(manifest["point"].get("base"))
    if not _BASE.fullmatch(name):
        raise RefusedError(
            f"{folder.name}: {MANIFEST} names {name!r} as what it begins with, which is no such folder"
        )
    untrusted_folder(folder.parent / name)
    return folder.parent / name


def settings_of(manifest: Mapping[str, Any]) -> list[str]:
    """Return the settings that a point adds, ``path=value`` each.

    Raises
    ------
    RefusedError
        If the manifest holds anything else.
    """
    found = manifest["point"].get("settings")
    if not isinstance(found, list) or not all(isinstance(item, str) and "=" in item for item in found):
        raise RefusedError(f"run {manifest.get('key')}: {MANIFEST} does not say at which point it was run")
    return list(found)
