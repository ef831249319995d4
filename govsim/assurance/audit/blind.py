"""Whether anything but structure decides: names, order, the Party flag, what an indicator could see."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from govsim.assurance.audit.bench import (
    AuditRow,
    AuditRuns,
    Mode,
    Probes,
    Profile,
    Result,
    Subject,
    columns,
    differing,
    digests,
    disguised,
)
from govsim.assurance.audit.knobs import Knob, knobs, variants
from govsim.engine import resolve_arm
from govsim.engine.recording import Recording
from govsim.results.indicators import INDICATORS, summarise
from govsim.results.view import View
from govsim.scenario import content_hash
from govsim.scenario.declare import Section
from govsim.scenario.files import governance_shelf
from govsim.scenario.loading import resolve
from govsim.scenario.schema.governance import Governance

_MODES: tuple[Mode, ...] = ("neutral", "observed")
_OTHER_NAME = "zzz"
_FLAG = "residents.party_member"
_READ_OFF_IT = "residents.party_distance"
"""Describes where residents stand to those with the flag, for tables of groups; written once, after the last week."""
_TELLING = 2
"""Other values of a behavioural parameter that are tried."""


def names(check: AuditRuns, subject: Subject, probes: Probes, profile: Profile) -> list[AuditRow]:
    """Run the same content under another file, name, label and order of keys, and under the baseline's name."""
    copy = _under_another_name(subject.model)
    swapped = subject.model.model_copy(update={"name": subject.baseline.name})
    places = disguised(probes.calm, _OTHER_NAME)
    wrong: list[str] = []
    if content_hash(copy) != content_hash(subject.model):
        wrong.append("content hash")
    runs = 0
    for mode in _MODES:
        arm = resolve_arm(subject.model, mode)
        for seed in profile.seeds:
            original = digests(check.run(probes.calm, arm, seed))
            for scenario, model in ((probes.calm, copy), (probes.calm, swapped), (places, subject.model)):
                again = check.run(scenario, resolve_arm(model, mode), seed)
                wrong += differing(original, digests(again))
                runs += 1
    done = (
        f"{len(profile.seeds)} seeds, both capacity modes: other file, name, label, order of keys; "
        "the baseline's name; other names of places"
    )
    return [_same("names blind", done, runs, wrong)]


def _under_another_name(model: Governance) -> Governance:
    """Write a model to a file of another name, with other words and the keys in reverse, and read it again."""
    data = disguised(model, _OTHER_NAME).model_dump(mode="json")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{_OTHER_NAME}.yaml"
        file.write_text(
            yaml.safe_dump(_reversed(data), allow_unicode=True, sort_keys=False), encoding="utf-8"
        )
        return resolve(file, type(model), governance_shelf()).section


def _reversed(data: Any) -> Any:
    """Return data with the keys of declared sections in reverse order."""
    if isinstance(data, dict):
        return {key: _reversed(data[key]) for key in reversed(data)}
    return [_reversed(item) for item in data] if isinstance(data, list) else data


def order(check: AuditRuns, subject: Subject, probes: Probes, profile: Profile) -> list[AuditRow]:
    """Run the model first, after others, in another order of seeds and with more threads."""
    arm, others = resolve_arm(subject.model, "neutral"), [subject.baseline, *subject.others[:2]]
    first = {seed: digests(check.run(probes.calm, arm, seed)) for seed in profile.seeds}
    wrong, runs = [], 0
    for seed in reversed(profile.seeds):
        for other in others:
            check.run(probes.calm, resolve_arm(other, "neutral"), seed)
        for threads in (1, 2):
            again = check.run(probes.calm, arm, seed, threads=threads)
            wrong += differing(first[seed], digests(again))
            runs += 1
    done = f"{len(profile.seeds)} seeds: before and after other models, seeds in reverse, one and two threads"
    return [_same("order blind", done, runs, wrong)]


def roles(check: AuditRuns, subject: Subject, probes: Probes, profile: Profile) -> list[AuditRow]:
    """Deal the Party flag out anew among residents whose ties and attributes stay as they are."""
    wrong, runs, moved = [], 0, 0
    for mode in _MODES:
        arm, seed = resolve_arm(subject.model, mode), profile.seeds[0]
        world = check.world(probes.willing, seed)
        flag = world.residents.party_member
        original = check.run(probes.willing, arm, seed, world)
        for other in (flag[::-1].copy(), np.ones_like(flag), np.zeros_like(flag)):
            dealt = replace(world, residents=world.residents._replace(party_member=other))
            again = check.run(probes.willing, arm, seed, dealt)
            wrong += differing(digests(original), digests(again), (_FLAG, _READ_OFF_IT))
            kept = columns(again).get(_FLAG)
            if kept is None or not np.array_equal(kept, other):
                wrong.append(_FLAG)
            moved = max(moved, int((other != flag).sum()))
            runs += 1
    done = (
        f"{int(flag.sum())} of {flag.size} residents are Party members; flag dealt out anew, to all, to none; "
        "ties and attributes as they were"
    )
    row = _same("roles blind", done, runs, wrong)
    return [replace(row, evidence=f"{row.evidence} (flag of up to {moved} residents changed)")]


def _same(check: str, done: str, runs: int, wrong: list[str]) -> AuditRow:
    found = list(dict.fromkeys(wrong))
    result: Result = "fail" if found else "pass"
    words = f"{runs} runs, {len(found)} columns differ"
    if found:
        words += f": {', '.join(found[:4])}{', …' if len(found) > 4 else ''}"
    return AuditRow(check, done, result, words, len(found))


def sealed(check: AuditRuns, subject: Subject, probes: Probes, profile: Profile) -> list[AuditRow]:
    """Look for declarations in what indicators are given, and compute them from a bare copy of it."""
    seed = profile.seeds[0]
    recording = check.run(probes.calm, resolve_arm(subject.model, "neutral"), seed)
    found = list(dict.fromkeys(_assumptions("recording", recording)))
    bare: Recording = pickle.loads(pickle.dumps(recording))
    ours, theirs = summarise(View(recording)), summarise(View(bare))
    found += [name for name, value in ours.items() if theirs[name] != value]
    done = (
        "looked for parameters in what indicators read; computed them again from a copy of the columns alone"
    )
    words = f"{len(INDICATORS)} indicators read {len(columns(recording))} columns; {len(found)} assumptions among them"
    words += f": {', '.join(found[:4])}" if found else ""
    return [AuditRow("indicators see no model", done, "fail" if found else "pass", words, len(found))]


def _assumptions(name: str, value: Any, depth: int = 0) -> Iterator[str]:
    """Yield where a parameter, or anything that could reach one, hangs on a recording."""
    if isinstance(value, Section) or callable(value):
        yield name
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _assumptions(f"{name}.{key}", item, depth + 1)
    elif isinstance(value, list | tuple):
        for place, item in enumerate(value):
            yield from _assumptions(f"{name}[{place}]", item, depth + 1)
    elif isinstance(value, np.ndarray):
        if value.dtype.hasobject:
            yield f"{name} (holds objects)"
    elif hasattr(value, "__dict__"):
        for key, item in vars(value).items():
            yield from _assumptions(f"{name}.{key}", item, depth + 1)


def one_experience(check: AuditRuns, subject: Subject, probes: Probes, profile: Profile) -> list[AuditRow]:
    """Turn what residents judge by under both models, and look for any of it in the governance file."""
    behaviour = {_meaning(knob): knob.name for knob in knobs(probes.calm) if knob.path[0] in _BEHAVIOUR}
    owned = [knob for knob in knobs(subject.model) if _meaning(knob) in behaviour]
    judging = [knob for knob in knobs(probes.calm) if knob.path[0] == _JUDGING]
    moved = [
        {knob.name for knob in judging if _felt(check, probes, profile, model, knob)}
        for model in (subject.model, subject.baseline)
    ]
    asleep = [knob for knob in judging if not any(knob.name in under for under in moved)]
    dead = [
        knob.name
        for knob in asleep
        if not any(_felt(check, probes, profile, model, knob) for model in subject.others)
    ]
    done = (
        f"turned each of the {len(judging)} parameters by which residents judge, under this model and the baseline; "
        "looked in the model for parameters of behaviour"
    )
    only = sorted(moved[0] ^ moved[1])
    words = f"{len(moved[0] & moved[1])} of {len(judging)} move both models"
    words += f", one of them: {', '.join(only)}" if only else ""
    words += f", shipped ones only: {', '.join(knob.name for knob in asleep)}" if asleep else ""
    words += f"; {len(owned)} stand in the governance file"
    bad = [*(knob.name for knob in owned), *dead]
    words += f"; at fault: {', '.join(bad)}" if bad else ""
    where = subject.where(owned[0].path) if owned else ""
    return [AuditRow("one experience for all", done, "fail" if bad else "pass", words, len(bad), where)]


def _meaning(knob: Knob) -> tuple[str, str]:
    return str(knob.path[-1]), knob.declared.extra("unit")


def _felt(check: AuditRuns, probes: Probes, profile: Profile, model: Governance, knob: Knob) -> bool:
    seed = profile.seeds[0]
    for scenario in (probes.brief, probes.calm, probes.busy):
        base = check.trace(scenario, model, seed).digests
        for _, other in islice(variants(scenario, knob), _TELLING):
            if check.trace(other, model, seed).digests != base:
                return True
    return False


_JUDGING = "experience"
_BEHAVIOUR = ("experience", "participation", "reporting", "measurement", "workforce")
"""Sections of a scenario that say how people behave, equal under every model."""
