"""From a loaded scenario and governance models to arms that can be run, each known by its content."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from govsim.engine.recording import Recording
from govsim.results.store import slug
from govsim.runner.one_run import ArmJob, Need, Simulator, WeekDone
from govsim.scenario.origins import digest

if TYPE_CHECKING:
    from govsim.engine import Arm
    from govsim.scenario import Loaded, LoadedGovernance, Origin
    from govsim.scenario.schema import Scenario

Mode = Literal["neutral", "observed"]


@dataclass(frozen=True)
class Choice:
    """A governance model in a scenario under a capacity mode.

    Attributes
    ----------
    asked : str
        Scenario as it was named on the command line.
    """

    asked: str
    loaded: Loaded
    governance: LoadedGovernance
    mode: Mode


def arms_with(governance: Sequence[LoadedGovernance], measures: Sequence[str]) -> str:
    """Return the ``--set`` argument that compares each model with itself and measures.

    Parameters
    ----------
    governance
        Models of a scenario.
    measures
        ``NAME@START`` or ``NAME@START-END``, a measure's name or path and weeks; all of them together make one further
        arm of each model.

    Raises
    ------
    ScenarioError
        If one is written otherwise.
    """
    entries = [_entry(text, number) for number, text in enumerate(measures, 1)]
    models: list[Any] = []
    for model in governance:
        written = json.loads(model.words) if model.words else {"model": model.name, "measures": []}
        models += [written if model.words else model.name]
        models += [{"model": written["model"], "measures": [*written["measures"], *entries]}]
    return f"governance.models={json.dumps(models, ensure_ascii=False)}"


def _entry(text: str, number: int) -> dict[str, Any]:
    from govsim.scenario.messages import Place, Problem, ScenarioError

    found = re.fullmatch(r"(.+)@([0-9]{1,4})(?:-([0-9]{1,5}))?", text.strip())
    if found is None:
        words = f'"{text}" is not a measure with a week: write  cadre_campaign@26  or  cadre_campaign@26-130'
        raise ScenarioError([Problem.at(Place(f"--with #{number}"), "", words)])
    name, start, end = found.groups()
    return {"use": name, "start": int(start)} | ({"end": int(end)} if end else {})


def default_engine(out: Path) -> Simulator:
    """Return govsim's own engine; ledgers that outgrow the memory go to the disk of ``out``."""
    return Simulator(_build_world, partial(_simulate, folder=out.absolute()), _describe_world)


def _build_world(scenario: Any, seed: int) -> Any:
    from govsim.world import build

    return build(scenario.population, scenario.network, seed)


def _simulate(world: Any, scenario: Any, arm: Any, seed: int, week_done: WeekDone, folder: Path) -> Recording:
    from govsim.engine import simulate

    return simulate(world, scenario, arm, seed, lambda done, _: week_done(done), folder=folder)


def _describe_world(world: Any) -> dict[str, Any]:
    from govsim.world import measure_network

    return asdict(measure_network(world))


def plan(choice: Choice, out: Path) -> ArmJob:
    """Return the plan of one arm."""
    from govsim.scenario import content_hash
    from govsim.scenario.estimate import disk_of_one_run, of_one_run

    loaded, governance, mode = choice.loaded, choice.governance, choice.mode
    scenario = loaded.scenario
    arm = arm_with_measures(choice)
    return ArmJob(
        arm=arm,
        scenario=scenario,
        label=arm.label or governance.name,
        mode=mode,
        weeks=scenario.run.weeks,
        scenario_label=loaded.label,
        scenario_hash=scenario_hash(loaded),
        arm_hash=arm.key,
        governance_hash=governance.key,
        world_spec=digest(content_hash(scenario.population), content_hash(scenario.network)),
        folder=out / slug(loaded.label),
        documents=Documents(choice),
        repeat=_repeat(choice),
        need=Need(*of_one_run(scenario), disk_of_one_run(scenario)),
    )


def arm_with_measures(choice: Choice) -> Arm:
    """Return the arm of a choice, with the measures that the scenario gives to its model alone.

    Raises
    ------
    ScenarioError
        If the scenario's timeline would lead the model out of what is allowed.
    """
    from govsim.engine import resolve_arm
    from govsim.scenario.loading import refuse_misfit

    if choice.loaded.scenario.timeline:
        refuse_misfit(choice.loaded, choice.governance)
    return resolve_arm(choice.governance.model, choice.mode, choice.governance.measures)


def scenario_hash(loaded: Loaded) -> str:
    """Return the content hash of a scenario without how many seeds it runs with and which models it names."""
    from govsim.scenario import content_hash
    from govsim.scenario.schema.choice import GovernanceChoice
    from govsim.scenario.timeline import steps_of

    scenario = loaded.scenario
    run = scenario.run.model_copy(update={"seeds": 1, "first_seed": 0})
    bare = scenario.model_copy(update={"run": run, "governance": GovernanceChoice(), "timeline": []})
    timeline = [step.key for step in steps_of(scenario.timeline)]
    return digest(content_hash(bare), *timeline) if timeline else content_hash(bare)


class Documents:
    """The files that make runs of a choice repeatable, by seed: written out once, later seeds are put in their place."""

    def __init__(self, choice: Choice) -> None:
        self._choice = choice
        self._kept: tuple[dict[str, str], str, str] | None = None

    def __call__(self, seed: int) -> dict[str, str]:
        """Return the files of one seed by name."""
        if self._kept is not None and seed != self._default:
            made, before, after = self._kept
            return {**made, _SCENARIO: f"{before}{seed}{after}"}
        made = _documents(self._choice, seed)
        before, _, rest = made[_SCENARIO].partition(_SEED)
        line, end, after = rest.partition("\n")
        if seed != self._default and _SEED not in after and line.count(str(seed)) == 1:
            first, last = line.split(str(seed))
            self._kept = made, before + _SEED + first, last + end + after
        return made

    @property
    def _default(self) -> Any:
        """The seed that may be written in another way: a default needs no source."""
        return type(self._choice.loaded.scenario.run).model_fields["first_seed"].default


_SCENARIO, _SEED = "scenario.yaml", "\n  first_seed: "


def _documents(choice: Choice, seed: int) -> dict[str, str]:
    from govsim.scenario.schema.choice import ModelWithMeasures
    from govsim.scenario.show import as_yaml

    scenario, governance = choice.loaded.scenario, choice.governance
    run = scenario.run.model_copy(update={"seeds": 1, "first_seed": seed})
    model: str | ModelWithMeasures = "governance.yaml"
    if governance.measures:
        model = ModelWithMeasures(model="governance.yaml", measures=list(governance.measures))
    wanted = {"models": [model], "capacity_mode": choice.mode}
    only = scenario.governance.model_copy(update=wanted)
    resolved = scenario.model_copy(update={"run": run, "governance": only})
    origins = _origins_of_one(choice, resolved)
    return {
        _SCENARIO: as_yaml(resolved, origins, comments=False, annotate=True),
        "governance.yaml": as_yaml(governance.model, governance.origins, comments=False, annotate=True),
    }


def _origins_of_one(choice: Choice, resolved: Scenario) -> dict[str, Origin]:
    """Return the origins of a scenario that names one model only, with its measures; a search may have made them up."""
    from govsim.scenario import Origin
    from govsim.scenario.messages import dotted
    from govsim.scenario.origins import leaves

    only, written = "governance.models[0]", choice.governance.written
    run = Origin("default", "", 0, "design", "")
    origins = choice.loaded.origins
    kept = {path: origin for path, origin in origins.items() if not path.startswith("governance.models")}
    moved = {
        only + path.removeprefix(written): origin
        for path, origin in origins.items()
        if written and path.startswith(f"{written}.")
    }
    chosen = [dotted(leaf.path) for leaf in leaves(resolved) if leaf.path[:2] == ("governance", "models")]
    return dict.fromkeys(chosen, run) | kept | {only: run} | moved


def _repeat(choice: Choice) -> str:
    words = ["govsim", "run", choice.asked]
    for override in choice.loaded.overrides:
        if not override.startswith(("run.seeds", "run.first_seed", "governance.")):
            words += ["--set", override]
    if choice.governance.words:
        words += ["--set", f"governance.models=[{choice.governance.words}]"]
    else:
        words += ["--model", choice.governance.name]
    words += ["--capacity", choice.mode, "--seeds", "1"]
    return f"{shlex.join(words).replace('{', '{{').replace('}', '}}')} --set run.first_seed={{seed}}"


def content(plan: ArmJob) -> str:
    """Return the identity of an arm: equal for one model under two names."""
    return digest(plan.scenario_hash, plan.arm_hash)


def distinct(plans: Sequence[ArmJob]) -> tuple[list[ArmJob], list[int]]:
    """Return the plans that differ in content, and for each given plan which of them it is."""
    kept: dict[str, int] = {}
    unique: list[ArmJob] = []
    where = []
    for item in plans:
        identity = content(item)
        if identity not in kept:
            kept[identity] = len(unique)
            unique.append(item)
        where.append(kept[identity])
    return unique, where


def with_labels_apart(plans: Sequence[ArmJob]) -> list[ArmJob]:
    """Return the plans with labels under which no two different models can be taken for one.

    One model in several scenarios is named with them; else a part of the hash of their content tells models apart.
    """
    alike: dict[str, dict[str, str]] = {}
    for item in plans:
        alike.setdefault(item.label, {})[content(item)] = item.scenario_label
    named = []
    for item in plans:
        scenarios = alike[item.label]
        if len(scenarios) > 1 and len(set(scenarios.values())) == len(scenarios):
            item = replace(item, label=f"{item.label}, {item.scenario_label}")
        elif len(scenarios) > 1:
            item = replace(item, label=f"{item.label} [{content(item)[:6]}]")
        named.append(item)
    return named


def modes(asked: str) -> tuple[Mode, ...]:
    """Return the capacity modes of a choice, the main one first."""
    return ("neutral", "observed") if asked == "both" else (cast(Mode, asked),)
