"""The command table: runs what the page is about, or finds it, and writes the page."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from govsim.report.asking import ScenarioChanges
from govsim.report.running import Ran, run_blocks
from govsim.report.stamps import stamp
from govsim.report.tables.measures import measures_part
from govsim.report.tables.models import models_part
from govsim.report.writing import write_whole
from govsim.results.values import spans
from govsim.runner.options import RunOptions
from govsim.runner.planning import Choice
from govsim.studies.compare import compare

if TYPE_CHECKING:
    from govsim.scenario import Loaded

Kind = Literal["models", "measures"]
_TITLES = {"models": "Governance models side by side", "measures": "Countermeasures and the hours they take"}
_LEADS = {
    "models": "Every shipped model over the same residents, problems and chance; mean ± standard deviation over seeds.",
    "measures": "Each countermeasure against the same model without it, with the same residents, problems and chance; where "
    "it was granted more or less (posts bought with money, say), two columns say by how much. *Hours moved* are those "
    "that some tier, source and use has more than without the measure: paid, seconded, unpaid and partners' hours alike, "
    "whoever gave them up, those included that residents then gave of themselves; idle hours are no use. Money stands "
    "apart. Under *in all*, ± is half the paired interval, widened for all comparisons of that table; what it tells from "
    "none is set in bold, and of that at most 5 % is expected to be none (Benjamini and Hochberg 1995; Benjamini and "
    "Yekutieli 2005).",
}


def table_command(
    kind: Kind,
    scenario: str,
    changed: ScenarioChanges,
    start: int,
    options: RunOptions,
    docs: Path,
    models: Sequence[str] = (),
    measures: Sequence[str] = (),
) -> int:
    """Write ``docs/models.md`` or ``docs/measures.md`` and return the exit code; finished runs are used again.

    Parameters
    ----------
    start : int
        Week in which countermeasures begin.
    models, measures
        Names or files beside those that are shipped and those that the scenario names.

    Raises
    ------
    ScenarioError
        If the scenario is refused, with any of the measures.
    """
    if kind == "models":
        loaded, blocks, names = _models(scenario, changed.settings(), models)
    else:
        loaded, blocks, names = _measures(scenario, changed.settings(), start, models, measures)
    ran = run_blocks(blocks, options)
    if not ran.blocks:
        return ran.code
    if kind == "models":
        parts = [models_part(arms, observed=n > 0) for n, arms in enumerate(ran.blocks)]
    else:
        parts = _measure_parts(ran, names)
    again = ["govsim", "table", kind, "--scenario", scenario, "--seeds", str(loaded.scenario.run.seeds)]
    again += [] if changed.weeks is None else ["--weeks", str(changed.weeks)]
    again += ["--start", str(start)] if kind == "measures" and start else []
    for option, given in (("--set", changed.overrides), ("--model", models), ("--measure", measures)):
        again += [word for item in given for word in (option, item)]
    path, said = docs / f"{kind}.md", shlex.join(again)
    made = stamp(said, loaded, *(choice.governance for block in blocks for choice in block)).comment()
    write_whole(path, f"{_page(kind, loaded, ran, said, parts)}\n{made}".encode())
    print(
        f"written: {path.as_posix()}  ({ran.outcome.computed} runs and {ran.outcome.reused} found, {ran.seconds:.0f} s)"
    )
    return ran.code


def _models(
    scenario: str, overrides: list[str], more: Sequence[str]
) -> tuple[Loaded, list[list[Choice]], list[str]]:
    from govsim.scenario import list_governance, load, load_governance
    from govsim.scenario.files import governance_shelf

    loaded = load(scenario, overrides)
    own = [model for model in loaded.governance if governance_shelf().file(model.name) is None]
    every = [*map(load_governance, list_governance()), *own, *map(load_governance, more)]
    models = list({model.key: model for model in reversed(every) if not model.measures}.values())[::-1]
    modes: tuple[Literal["neutral", "observed"], ...] = ("neutral", "observed")
    blocks = [[Choice(scenario, loaded, model, mode) for model in models] for mode in modes]
    return loaded, blocks, [model.name for model in models]


def _measures(
    scenario: str, overrides: list[str], start: int, more_models: Sequence[str], more: Sequence[str]
) -> tuple[Loaded, list[list[Choice]], list[str]]:
    from govsim.scenario import Problem, ScenarioError, list_measures, load, load_governance, load_measure
    from govsim.scenario.messages import Place

    kinds = {name: load_measure(name).section.kind for name in (*list_measures(), *more)}
    for name in more:
        if kinds[name] != "countermeasure":
            words = f"{name} is a {kinds[name]}, and the table is about countermeasures"
            raise ScenarioError([Problem.at(Place("--measure"), "", words)])
    measures = [name for name, kind in kinds.items() if kind == "countermeasure"]
    models = [model.name for model in load(scenario, overrides).governance if not model.measures]
    models = list(dict.fromkeys([*models, *(load_governance(name).name for name in more_models)]))
    wanted: list[Any] = []
    for model in models:
        wanted += [
            model,
            *({"model": model, "measures": [{"use": name, "start": start}]} for name in measures),
        ]
    loaded = load(scenario, [*overrides, f"governance.models={json.dumps(wanted)}"])
    choices = [Choice(scenario, loaded, governance, "neutral") for governance in loaded.governance]
    size = 1 + len(measures)
    blocks = [choices[first : first + size] for first in range(0, len(choices), size)]
    return loaded, blocks, [load_measure(name).section.name.en for name in measures]


def _measure_parts(ran: Ran, names: Sequence[str]) -> list[str]:
    for plain, *under in ran.blocks:
        for arm in (
            under
        ):  # the same residents, problems and weeks, or no page; what was granted stands in the table
            compare(plain, arm, allow_unequal_budget=True)
    return [measures_part(names, plain, under) for plain, *under in ran.blocks]


def _page(kind: Kind, loaded: Loaded, ran: Ran, again: str, parts: Sequence[str]) -> str:
    first = ran.blocks[0][0]
    people = loaded.scenario.population.residents
    listed = spans(first.seeds).replace("-", " to ")
    terms = (
        f"{loaded.label}: {people:,} residents, {first.runs[0].manifest['weeks']} weeks, seeds {listed}. In this model, "
        f"under these assumptions; most parameters of the scenario are assumed."
    )
    made = f"Made by `{again}`. Do not edit: every number comes from the run folders."
    return "\n\n".join([f"# {_TITLES[kind]}", _LEADS[kind], terms, made, *parts]).rstrip() + "\n"
