"""The sentence about plausible districts: in how many of them the main differences hold, from the shipped table.

The table stands beside a study of the same name (``govsim districts STUDY --beside``) and is used only where scenario and
models are those of that study.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from govsim.report.answers import write_whole
from govsim.report.glossary import indicator
from govsim.report.shipped_tables import cells_in
from govsim.report.stamps import file_hash, files_of, read_stamps, reasons, stamp
from govsim.results.csvtext import BOM, table_bytes
from govsim.results.indicators import HEADLINE
from govsim.runner.planning import Choice, arm_with_measures, scenario_hash
from govsim.scenario import load
from govsim.scenario.files import study_shelf
from govsim.scenario.messages import ScenarioError
from govsim.scenario.reader import decode
from govsim.scenario.studies import LoadedStudy, load_study
from govsim.studies.answer import Answer
from govsim.studies.districts import TABLE

MAIN = ("participation_4w", "resolved_existing_26w", "trust_community")
"""Indicators of the sentence, fixed beforehand, so that it cannot choose those that hold."""


@dataclass(frozen=True)
class Districts:
    """What the table says about a comparison.

    Attributes
    ----------
    models : tuple of (str, str)
        English and Chinese names of baseline and other.
    verdicts : mapping of str to tuple of str
        One verdict a district, by indicator.
    holds : bool
        Whether the code in force gives the same numbers (see :func:`govsim.report.stamps.reasons`).
    """

    models: tuple[tuple[str, str], ...]
    verdicts: Mapping[str, tuple[str, ...]]
    holds: bool

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """In how many districts each indicator is better, and in how many worse; empty where the code gives others now."""
        return {
            name: {"better": found.count("better"), "worse": found.count("worse"), "of": len(found)}
            for name, found in self.verdicts.items()
            if self.holds
        }

    def words(self, names: Sequence[str] = MAIN) -> dict[str, str]:
        """Return the sentence in English and Chinese, for at most three indicators that have a better and a worse."""
        (first, first_zh), (second, second_zh) = self.models
        chosen = [
            item for item in HEADLINE if item.name in names and item.direction and item.name in self.verdicts
        ][:3]
        told, told_zh = [], []
        for item in chosen:
            verdicts = self.verdicts[item.name]
            better, worse = verdicts.count("better"), verdicts.count("worse")
            name = indicator(item.name, item.label_en, item.label_zh)
            told.append(f"{name.en} better in {better} of {len(verdicts)}, worse in {worse}")
            told_zh.append(f"{name.zh}好于基准的有{better}个，差于基准的有{worse}个")
        count = max(len(verdicts) for verdicts in self.verdicts.values())
        old, old_zh = (
            ("", "")
            if self.holds
            else (" Computed with code that gave other numbers.", "（由结果不同的旧版程序算得）")
        )
        return {
            "en": f"In {count} plausible districts (accepted points of the calibration), {second} compared with {first}: "
            f"{'; '.join(told)}; undecided in the rest.{old}",
            "zh": f"在{count}个与公开数据相符的虚拟地区（校准接受的参数点）中，{second_zh}与{first_zh}相比："
            f"{'；'.join(told_zh)}；其余尚难判断。{old_zh}",
        }


def districts_of(choices: Sequence[Choice], folder: Path | None = None) -> Districts | None:
    """Return what a shipped table says about two models in a scenario; None where no table fits.

    Parameters
    ----------
    choices
        Baseline and other, as they run.
    folder
        Of studies with their tables; the shipped ones by default.
    """
    if len(choices) != 2 or any(choice.mode != "neutral" for choice in choices):
        return None
    files = files_of(*(part for choice in choices for part in (choice.loaded, choice.governance)))
    for file in sorted((folder or study_shelf().folder).glob("*.csv")):
        try:
            text, study = decode(file.read_bytes(), file.name), file.with_suffix(".yaml")
        except ScenarioError:
            continue  # no text, so none of these tables
        made = read_stamps(text)
        if not made or not study.is_file() or not files <= made[0].inputs.keys():
            continue
        if any(file_hash(name) != value for name, value in made[0].inputs.items()):
            continue
        loaded = load_study(study.stem if study_shelf().file(study.stem) == study else study)
        if _fits(loaded, choices):
            return _read(text, loaded, not reasons(made[0]))
    return None


def _fits(study: LoadedStudy, choices: Sequence[Choice]) -> bool:
    """Return whether the choices are the study's models in the study's scenario, whatever its varied values are."""
    if study.study.capacity_mode != "neutral" or not study.listed:
        return False
    keys = [
        arm_with_measures(Choice(study.asked, study.base, model, "neutral")).key for model in study.models
    ]
    if [arm_with_measures(choice).key for choice in choices] != keys:
        return False
    first = [factor.setting(value) for factor, value in zip(study.factors, study.listed[0], strict=True)]
    wanted = scenario_hash(study.load(first))
    return all(
        scenario_hash(load(choice.asked, [*choice.loaded.overrides, *first])) == wanted for choice in choices
    )


def _read(text: str, study: LoadedStudy, holds: bool) -> Districts:
    verdicts: dict[str, list[str]] = {}
    for row in cells_in(text):
        verdicts.setdefault(row["indicator"], []).append(row["verdict"])
    names = tuple(
        (model.model.name.en or model.name, model.model.name.zh or model.name) for model in study.models
    )
    return Districts(names, {name: tuple(found) for name, found in verdicts.items()}, holds)


def write_beside(study: LoadedStudy, again: Sequence[str], answer: Answer) -> None:
    """Write the table beside the study file, under its name, where ``govsim run`` looks for it."""
    file, table = Path(study.file).with_suffix(".csv"), answer.tables[TABLE]
    made = "".join(f"# {line}\n" for line in stamp(shlex.join(again), study).lines())
    text = table_bytes(TABLE, table.names, table.rows).decode("utf-8").removeprefix(BOM)
    write_whole(file, f"{BOM}{made}{text}".encode())
    print(f"written: {file.as_posix()}")
