"""From a loaded scenario and governance models to arms that can be run, each known by its content."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from govsim.engine.recording import Recording
from govsim.results.store import slug
from govsim.study.replicates import Engine, Plan, WeekDone

if TYPE_CHECKING:
    from govsim.scenario import Loaded, LoadedGovernance

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


def default_engine() -> Engine:
    """Return govsim's own engine."""
    from govsim.engine import simulate
    from govsim.world import build, measure

    def build_world(scenario: Any, seed: int) -> Any:
        return build(scenario.population, scenario.network, seed)

    def run(world: Any, scenario: Any, arm: Any, seed: int, week_done: WeekDone) -> Recording:
        return simulate(world, scenario, arm, seed, lambda done, _: week_done(done))

    return Engine(build_world, run, lambda world: asdict(measure(world)))


def plan(choice: Choice, out: Path) -> Plan:
    """Return the plan of one arm."""
    from govsim.engine import resolve_arm
    from govsim.scenario import content_hash

    loaded, governance, mode = choice.loaded, choice.governance, choice.mode
    scenario = loaded.scenario
    arm = resolve_arm(governance.model, mode)
    return Plan(
        arm=arm,
        scenario=scenario,
        label=arm.label or governance.name,
        mode=mode,
        weeks=scenario.run.weeks,
        scenario_label=loaded.label,
        scenario_hash=scenario_hash(loaded),
        arm_hash=arm.key,
        governance_hash=governance.key,
        world_spec=_joined(content_hash(scenario.population), content_hash(scenario.network)),
        folder=out / slug(loaded.label),
        documents=_documents(choice),
        repeat=_repeat(choice),
    )


def scenario_hash(loaded: Loaded) -> str:
    """Return the content hash of a scenario without how many seeds it runs with and which models it names."""
    from govsim.scenario import content_hash
    from govsim.scenario.schema.run import GovernanceChoice

    scenario = loaded.scenario
    run = scenario.run.model_copy(update={"seeds": 1, "first_seed": 0})
    return content_hash(scenario.model_copy(update={"run": run, "governance": GovernanceChoice()}))


def _documents(choice: Choice) -> Callable[[int], dict[str, str]]:
    def documents(seed: int) -> dict[str, str]:
        from govsim.scenario.show import as_yaml

        scenario = choice.loaded.scenario
        run = scenario.run.model_copy(update={"seeds": 1, "first_seed": seed})
        wanted = {"models": ["governance.yaml"], "capacity_mode": choice.mode}
        only = scenario.governance.model_copy(update=wanted)
        resolved = scenario.model_copy(update={"run": run, "governance": only})
        governance = choice.governance
        return {
            "scenario.yaml": as_yaml(resolved, choice.loaded.origins, comments=False, annotate=True),
            "governance.yaml": as_yaml(governance.model, governance.origins, comments=False, annotate=True),
        }

    return documents


def _repeat(choice: Choice) -> str:
    words = ["govsim", "run", choice.asked]
    for override in choice.loaded.overrides:
        if not override.startswith(("run.seeds", "run.first_seed", "governance.")):
            words += ["--set", override]
    words += ["--model", choice.governance.name, "--capacity", choice.mode, "--seeds", "1"]
    return f"{shlex.join(words).replace('{', '{{').replace('}', '}}')} --set run.first_seed={{seed}}"


def _joined(*digests: str) -> str:
    return hashlib.blake2b(":".join(digests).encode(), digest_size=16).hexdigest()


def content(plan: Plan) -> str:
    """Return the identity of an arm: equal for one model under two names."""
    return _joined(plan.scenario_hash, plan.arm_hash)


def distinct(plans: Sequence[Plan]) -> tuple[list[Plan], list[int]]:
    """Return the plans that differ in content, and for each given plan which of them it is."""
    kept: dict[str, int] = {}
    unique: list[Plan] = []
    where = []
    for item in plans:
        identity = content(item)
        if identity not in kept:
            kept[identity] = len(unique)
            unique.append(item)
        where.append(kept[identity])
    return unique, where


def told_apart(plans: Sequence[Plan]) -> list[Plan]:
    """Return the plans with labels under which no two different models can be taken for one."""
    labels = [item.label for item in plans]
    by_label: dict[str, set[str]] = {}
    for item in plans:
        by_label.setdefault(item.label, set()).add(content(item))
    return [
        replace(item, label=f"{label} [{content(item)[:6]}]") if len(by_label[label]) > 1 else item
        for item, label in zip(plans, labels, strict=True)
    ]


def modes(asked: str) -> tuple[Mode, ...]:
    """Return the capacity modes of a choice, the main one first."""
    return ("neutral", "observed") if asked == "both" else (cast(Mode, asked),)
