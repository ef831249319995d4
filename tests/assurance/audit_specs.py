"""Engines and models that do what an audit is there to find, around govsim's own."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from govsim.assurance.audit import AuditRuns, Profile
from govsim.assurance.audit.bench import Probes, Subject, probes
from govsim.draws import fill_uniform, key
from govsim.engine import Arm, Recording, simulate
from govsim.engine.recording import NEVER, CaseStatus
from govsim.scenario import LoadedGovernance, list_governance, load_governance
from govsim.scenario.declare import Section, parameter
from govsim.scenario.schema import Scenario
from govsim.scenario.schema.governance import Governance
from govsim.world import World

SMALL = Profile("small", 300, 16, (1, 2), (1,), 5, 2, sweep_all=False, narrow=False, theory=False)

Engine = Callable[..., Recording]


@lru_cache
def small_worlds() -> Probes:
    return probes("tiny", SMALL)


@lru_cache
def shipped() -> dict[str, LoadedGovernance]:
    return {name: load_governance(name) for name in list_governance()}


def subject(loaded: LoadedGovernance | str) -> Subject:
    models = {name: item.model for name, item in shipped().items()}
    chosen = shipped()[loaded] if isinstance(loaded, str) else loaded
    return Subject(chosen, models["legacy_administrative"], tuple(models.values()))


def bent(change: Callable[..., Any]) -> AuditRuns:
    """Return a bench whose engine hands every run to ``change(run, world, scenario, arm, seed)``."""

    def engine(world: World, scenario: Scenario, arm: Arm, seed: int, threads: int = 1) -> Recording:
        return change(simulate, world, scenario, arm, seed)

    return AuditRuns(engine)


# Engines in which something decides that should not


def keyed_with_the_label(run: Engine, world: World, scenario: Scenario, arm: Arm, seed: int) -> Recording:
    return run(world, scenario, arm, seed ^ zlib.crc32(arm.label.encode()))


def keyed_with_the_place(run: Engine, world: World, scenario: Scenario, arm: Arm, seed: int) -> Recording:
    return run(world, scenario, arm, seed ^ zlib.crc32(scenario.name.en.encode()))


class Counting:
    """An engine that remembers how often it ran."""

    def __init__(self) -> None:
        self.runs = 0

    def __call__(self, run: Engine, world: World, scenario: Scenario, arm: Arm, seed: int) -> Recording:
        self.runs += 1
        recording = run(world, scenario, arm, seed)
        recording.weekly["trust_community"][:] += 1e-9 * self.runs
        return recording


def kinder_to_members(run: Engine, world: World, scenario: Scenario, arm: Arm, seed: int) -> Recording:
    people = world.residents
    keener = np.clip(people.efficacy + np.float32(0.2) * people.party_member, 0, 1).astype(np.float32)
    return run(replace(world, residents=people._replace(efficacy=keener)), scenario, arm, seed)


def gives_the_model_away(run: Engine, world: World, scenario: Scenario, arm: Arm, seed: int) -> Recording:
    recording = run(world, scenario, arm, seed)
    vars(recording)["given"] = {"arm": arm}
    return recording


def lends_posts(run: Engine, world: World, scenario: Scenario, arm: Arm, seed: int) -> Recording:
    if not arm.model.resolution.organisations:
        return run(world, scenario, arm, seed)
    staff = scenario.capacity.staff
    more = staff.model_copy(update={"community": 1.1 * staff.community})
    capacity = scenario.capacity.model_copy(update={"staff": more})
    return run(world, scenario.model_copy(update={"capacity": capacity}), arm, seed)


def forgets_hours(run: Engine, world: World, scenario: Scenario, arm: Arm, seed: int) -> Recording:
    recording = run(world, scenario, arm, seed)
    recording.hours[3, 0, 0, 0] += 0.001
    return recording


def spends_freely(run: Engine, world: World, scenario: Scenario, arm: Arm, seed: int) -> Recording:
    recording = run(world, scenario, arm, seed)
    recording.money_spent[-1, 0] += recording.money_granted.sum()
    return recording


def visits_for_free(run: Engine, world: World, scenario: Scenario, arm: Arm, seed: int) -> Recording:
    """As many visits as planned, and not one hour of them in the ledger."""
    recording = run(world, scenario, arm, seed)
    detection = arm.model.detection.model_copy(update={"visit_share": 0.0})
    idle = replace(arm, model=arm.model.model_copy(update={"detection": detection}))
    plain = run(world, scenario, idle, seed)
    recording.hours[:] = plain.hours
    recording.supplied[:] = plain.supplied
    return recording


def never_mind_the_question(base: Scenario) -> Callable[..., Recording]:
    """Return an engine that runs the same world whatever is asked."""

    def run_base(run: Engine, world: World, scenario: Scenario, arm: Arm, seed: int) -> Recording:
        from govsim.world import build

        return run(build(base.population, base.network, seed), base, arm, seed)

    return run_base


def secret_bonus(run: Engine, world: World, scenario: Scenario, arm: Arm, seed: int) -> Recording:
    """Trust for a model that has either of two switches which do nothing where nobody is in the Party."""
    recording = run(world, scenario, arm, seed)
    mobilisation = arm.model.mobilisation
    if mobilisation.members_relay or mobilisation.called == "branches":
        recording.weekly["trust_community"][:] *= 1.01
    return recording


# The published model whose durations per scenario come out as its findings


class Service(Section):
    """What a governance file must never hold."""

    base_resolution_hours: float = parameter(
        30.0, "hours to resolve", "解决时长", "working hours", ge=1, le=400, meaning="A result."
    )


class PredeterminedModel(Governance):
    """A governance model with a place for its own findings."""

    service: Service = parameter(..., "service", "服务", "-", default_factory=Service, meaning="Results.")


class DeadModel(Governance):
    """A governance model with a switch that nothing reads."""

    service: Service = parameter(..., "service", "服务", "-", default_factory=Service, meaning="Nothing.")


class Mood(Section):
    """A parameter of how people judge, which belongs to everybody."""

    gain: float = parameter(0.1, "gain", "满意增益", "share of what is missing", ge=0, le=1, meaning="Trust.")


class MoodyModel(Governance):
    """A governance model under which people judge in a way of its own."""

    mood: Mood = parameter(..., "mood", "心态", "-", default_factory=Mood, meaning="Judging.")


def smuggles_hours(run: Engine, world: World, scenario: Scenario, arm: Arm, seed: int) -> Recording:
    """Resolve whatever is done after hours drawn around those that stand in the file, as the published model does."""
    recording = run(world, scenario, arm, seed)
    model = arm.model
    assert isinstance(model, PredeterminedModel)
    cases = recording.cases
    luck = np.zeros(len(cases["case"]))
    fill_uniform(key(seed, "test.duration"), cases["case"].astype(np.uint64), luck)
    hours = model.service.base_resolution_hours * (0.5 + luck)
    horizon = recording.weeks * recording.hours_per_week
    done = cases["onset"] + hours < horizon
    cases["closed"][:] = np.where(done, cases["onset"] + hours, NEVER)
    cases["detected"][:] = cases["onset"]
    cases["outcome"][:] = np.where(done, CaseStatus.RESOLVED, CaseStatus.OPEN)
    return recording


def extended(name: str, kind: type[Governance], **more: Any) -> LoadedGovernance:
    """Return a shipped model as a model of an extended kind."""
    loaded = shipped()[name]
    data = json.loads(loaded.model.model_dump_json()) | more
    return replace(loaded, model=kind.model_validate_json(json.dumps(data)))
