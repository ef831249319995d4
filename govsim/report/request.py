"""What was asked of run and compare: read, put into words again, and refused at once where it cannot be answered."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from govsim.report.comparing.about import differing_values
from govsim.report.docs.words import Language, Languages
from govsim.results.errors import RefusedError
from govsim.runner.options import RunOptions
from govsim.runner.planning import Choice
from govsim.studies.compare import MOST_SEEDS, Precision, read_target


@dataclass(frozen=True)
class Until:
    """Seeds are added until a difference is known this closely."""

    goal: Precision
    most: int


@dataclass(frozen=True)
class ScenarioChanges:
    """What is asked of a scenario other than its file says.

    Attributes
    ----------
    overrides : sequence of str
        ``KEY=VALUE``.
    seeds, weeks : int or None
        Numbers of them; the scenario's own where None.
    capacity : str or None
        ``neutral``, ``observed`` or ``both``; the scenario's own where None.
    """

    overrides: Sequence[str] = ()
    seeds: int | None = None
    weeks: int | None = None
    capacity: str | None = None

    def settings(self, *more: str) -> list[str]:
        """Return all changes, and more of them, as ``--set`` arguments."""
        chosen = {
            "run.seeds": self.seeds,
            "run.weeks": self.weeks,
            "governance.capacity_mode": self.capacity,
        }
        said = (f"{name}={value}" for name, value in chosen.items() if value is not None)
        return [*self.overrides, *more, *said]


@dataclass(frozen=True)
class Presentation:
    """How the answer is shown.

    Attributes
    ----------
    report : Path or None
        Where the report is written instead of beside the tables.
    languages : str
        Of the report.
    """

    figures: bool = True
    json_output: bool = False
    report: Path | None = None
    languages: Languages = "both"

    @property
    def drawn(self) -> Language | None:
        """Language of the figures: that of the report, English where it has both; None where none are drawn."""
        if not self.figures:
            return None
        return "zh" if self.languages == "zh" else "en"


@dataclass(frozen=True)
class SharedOptions:
    """What the two commands have in common.

    Attributes
    ----------
    again : str
        Command that asks the same again, without its number of seeds.
    independent : bool
        Compare without pairing.
    against : range or None
        Seeds of all arms but the baseline, where they are other ones.
    until : Until or None
    within : bool
        The arms are models without and with measures by turns; each is also compared with itself.
    """

    title: str
    options: RunOptions
    presentation: Presentation
    allow_unequal_budget: bool
    again: str
    force: bool = False
    independent: bool = False
    against: range | None = None
    until: Until | None = None
    within: bool = False


def again(words: Sequence[str], options: Mapping[str, object], out: Path) -> str:
    """Return the command that asks the same again; options that are None or False are left out, True stands alone."""
    said = ["govsim", *words]
    alone = [name for name, value in options.items() if value is True]
    for name, value in (*options.items(), ("--out", None if out == Path("results") else out)):
        values = value if isinstance(value, list | tuple) else [value]
        said += [
            word
            for item in values
            if item is not None and not isinstance(item, bool)
            for word in (name, str(item))
        ]
    return shlex.join([*said, *alone])


def seeds_of(text: str | None) -> range | None:
    """Read ``31-60`` or a single seed.

    Raises
    ------
    ScenarioError
        If it is written otherwise.
    """
    if text is None:
        return None
    found = re.fullmatch(r"\s*([0-9]{1,18})\s*(?:-\s*([0-9]{1,18})\s*)?", text)
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
    if last < first:
        raise _wrong(
            "--against-seeds", f'"{text}" are not seeds: write the first and the last one, such as  31-60'
        )
    return range(first, last + 1)


def until_of(text: str | None, most: int | None) -> Until | None:
    """Read ``participation=±0.5``.

    Raises
    ------
    ScenarioError
        If it is written otherwise, or there is a limit without it.
    """
    if text is None:
        if most is not None:
            raise _wrong("--max-seeds", "limits what --until adds, and there is no --until")
        return None
    try:
        return Until(read_target(text), most or MOST_SEEDS)
    except ValueError as problem:
        raise _wrong("--until", str(problem)) from None


def _wrong(option: str, words: str) -> Exception:
    from govsim.scenario import Problem, ScenarioError
    from govsim.scenario.messages import Place

    return ScenarioError([Problem.at(Place(option), "", words)])


def refuse_unlike(choices: Sequence[Choice], against: range | None) -> None:
    """Refuse, before anything runs, arms that could not be paired.

    Raises
    ------
    RefusedError
        If seeds, weeks or what the residents are made from differ, saying which.
    """
    first = choices[0]
    run = first.loaded.scenario.run
    seeds = range(run.first_seed, run.first_seed + run.seeds)
    if against is not None and against != seeds:
        raise RefusedError(
            f"other seeds on each side ({seeds[0]}-{seeds[-1]}; {against[0]}-{against[-1]}): a difference would mix the models "
            "with chance. --unpaired compares them as independent samples"
        )
    for choice in choices[1:]:
        differing = [
            item for item in differing_values(first.loaded, choice.loaded)
            if item["key"].startswith(("population.", "network.")) or item["key"] == "run.weeks"
        ]  # fmt: skip
        if differing:
            told = "; ".join(
                f"{item['key']} {_told(item['from'])} and {_told(item['to'])}" for item in differing[:3]
            )
            more = f"; {len(differing) - 3} more" if len(differing) > 3 else ""
            raise RefusedError(
                f"{first.asked} and {choice.asked} have other residents or other weeks ({told}{more}): the difference would "
                "not be the models'. --unpaired compares them as independent samples"
            )


def _told(value: object) -> str:
    text = "nothing" if value is None else str(value)
    return text if len(text) <= 40 else f"{text[:39]}…"
