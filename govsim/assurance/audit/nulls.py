"""What must change nothing: names, order, the Party flag, what an indicator could see.

At the ends of the scales nothing comes of nothing and no rate pretends otherwise; and what is left without Party members.
"""

from __future__ import annotations

import json
import pathlib
import pickle
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
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
    differing,
    digests,
    disguised,
    recorded_columns,
)
from govsim.assurance.audit.knobs import Knob, changed, knobs, variants
from govsim.engine import resolve_arm
from govsim.engine.recording import HALF_YEAR, HourSource, Recording
from govsim.results.equity import DISADVANTAGED
from govsim.results.indicators import INDICATORS, summarise
from govsim.results.values import Missing, Value
from govsim.results.view import View
from govsim.scenario import content_hash
from govsim.scenario.declare import Section
from govsim.scenario.files import governance_shelf
from govsim.scenario.loading import resolve
from govsim.scenario.messages import Path, dotted, quoted
from govsim.scenario.schema import Scenario
from govsim.scenario.schema.governance import Governance
from govsim.units import DAYS_PER_WEEK

_MODES: tuple[Mode, ...] = ("neutral", "observed")
_OTHER_NAME = "zzz"
_FLAG = "residents.party_member"
_READ_OFF_IT = "residents.party_distance"
"""Describes where residents stand to those with the flag, for tables of groups; written once, after the last week."""
_TELLING = 2
"""Other values of a behavioural parameter that are tried."""


def renamed_model(check: AuditRuns, subject: Subject, probes: Probes, profile: Profile) -> list[AuditRow]:
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
        file = pathlib.Path(folder) / f"{_OTHER_NAME}.yaml"
        file.write_text(
            yaml.safe_dump(_reversed(data), allow_unicode=True, sort_keys=False), encoding="utf-8"
        )
        return resolve(file, type(model), governance_shelf()).section


def _reversed(data: Any) -> Any:
    """Return data with the keys of declared sections in reverse order."""
    if isinstance(data, dict):
        return {key: _reversed(data[key]) for key in reversed(data)}
    return [_reversed(item) for item in data] if isinstance(data, list) else data


def other_order(check: AuditRuns, subject: Subject, probes: Probes, profile: Profile) -> list[AuditRow]:
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
            kept = recorded_columns(again).get(_FLAG)
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
    words = f"{len(INDICATORS)} indicators read {len(recorded_columns(recording))} columns; {len(found)} assumptions among them"
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


_OVERLOAD = 40.0
"""Times the work of each problem in the overloaded world."""
_YEARS_OF_OVERLOAD = 78

Changes = list[tuple[Path, object]]


def nulls(check: AuditRuns, subject: Subject, probes: Probes, profile: Profile) -> list[AuditRow]:
    """Run the model in worlds in which one thing is missing altogether."""
    calm, seed = probes.calm, profile.seeds[0]

    def run(changes: Changes) -> Recording:
        return check.run(_with(calm, changes), resolve_arm(subject.model, "neutral"), seed)

    return [
        _silence(run(_of_classes(calm, _is_sight, 0.0))),
        _overload(run([*_heavy(calm), (("run", "weeks"), _YEARS_OF_OVERLOAD)])),
        _no_capacity(
            run(_below(calm, ("capacity", "staff"), 0.0) + _below(calm, ("capacity", "money"), 0.0))
        ),
        _no_arrivals(run(_of_classes(calm, lambda field: field == "rate", 0.0))),
        _nobody_willing(run(_UNWILLING)),
        _no_ties(check, subject, probes, seed),
    ]


_UNWILLING: Changes = [
    (("population", "participation", share), 0.0) for share in ("certain_share", "contingent_share")
]


def _with(scenario: Scenario, changes: Changes) -> Scenario:
    other = changed(scenario, *changes)
    if other is None:
        names = ", ".join(str(path[-1]) for path, _ in changes[:3])
        raise ValueError(f"the declarations refuse the empty world of an audit ({names}, …)")
    return other


def _is_sight(field: str) -> bool:
    return field == "report_rate" or field.endswith("_visibility")


_LIMIT = HALF_YEAR * DAYS_PER_WEEK
"""Working days up to which the restricted mean counts."""


def _of_classes(scenario: Scenario, which: Callable[[str], bool], value: float) -> Changes:
    return [
        (("problems", "classes", name, field), value)
        for name, item in scenario.problems.classes.items()
        for field in type(item).model_fields
        if which(field)
    ]


def _heavy(scenario: Scenario) -> Changes:
    changes = _of_classes(scenario, lambda field: field == "lapse_rate", 0.0)
    for knob in knobs(scenario):
        if knob.path[0] == "problems" and knob.path[-1] == "effort_hours":
            most = knob.declared.shape.bounds.get("le", float("inf"))
            changes.append((knob.path, min(_OVERLOAD * knob.value, most)))
    return changes


def _below(scenario: Scenario, path: Path, value: float) -> Changes:
    return [(knob.path, value) for knob in knobs(scenario) if knob.path[: len(path)] == path]


def _row(check: str, done: str, holds: dict[str, bool], evidence: str) -> AuditRow:
    broken = [what for what, held in holds.items() if not held]
    words = f"{evidence}; broken: {', '.join(broken)}" if broken else evidence
    return AuditRow(check, done, "fail" if broken else "pass", words, len(broken))


def _silence(recording: Recording) -> AuditRow:
    values = summarise(View(recording))
    arrived = recording.weekly["arrived"].sum()
    existing, reported = _starting(values, "resolved_existing_"), _starting(values, "resolved_reported_")
    holds = {
        "problems arise": bool(arrived > 0),
        "none comes to light": bool(recording.weekly["detected"].sum() == 0),
        "of existing 0 % resolved": all(value in (0.0, Missing.NO_BASE) for value in existing.values()),
        "of known n/a": all(value is Missing.NO_BASE for value in reported.values()),
    }
    words = f"{arrived:,.0f} problems, 0 known; of existing {_say(existing.values())}, of known {_say(reported.values())}"
    return _row("null: silence", "nobody reports and nothing can be seen", holds, words)


def _starting(values: dict[str, Value], start: str) -> dict[str, Value]:
    return {name: value for name, value in values.items() if name.startswith(start)}


def _say(values: Iterable[Value]) -> str:
    texts = [value.value if isinstance(value, Missing) else f"{value:g} %" for value in values]
    return "/".join(dict.fromkeys(texts))


def _overload(recording: Recording) -> AuditRow:
    values = summarise(View(recording))
    backlog = recording.weekly["open"].sum(axis=1)
    thirds = [float(backlog[recording.weeks * k // 3 - 1]) for k in (1, 2, 3)]
    mean = values["mean_days_26w"]
    holds = {
        "the open share grows": thirds[0] < thirds[1] < thirds[2],
        "median not reached": values["median_days"] is Missing.NOT_REACHED,
        "restricted mean above half its limit": isinstance(mean, Missing) or mean > _LIMIT / 2,
    }
    growth = " < ".join(f"{cases:,.0f}" for cases in thirds)
    median = values["median_days"]
    reached = "not reached" if isinstance(median, Missing) else f"reached after {median:,.0f} working days"
    words = f"open cases {growth}, median {reached}"
    done = f"{_OVERLOAD:g} times the work of each problem, {recording.weeks} weeks"
    return _row("null: overload", done, holds, words)


def _no_capacity(recording: Recording) -> AuditRow:
    resolved = recording.weekly["resolved"].sum()
    holds = {
        "nothing granted": recording.granted_hours == 0,
        "nothing resolved": bool(resolved == 0),
        "problems arise": bool(recording.weekly["arrived"].sum() > 0),
    }
    words = f"{resolved:,.0f} of {recording.weekly['arrived'].sum():,.0f} problems resolved"
    return _row("null: capacity 0", "no posts and no money", holds, words)


def _no_arrivals(recording: Recording) -> AuditRow:
    values = summarise(View(recording))
    names = (*(group.name for group in DISADVANTAGED), "existing_", "reported_")
    rates = {k: v for name in names for k, v in _starting(values, f"resolved_{name}").items()}
    rates["still_open"] = values["still_open"]
    holds = {
        "no cases": len(recording.cases["case"]) == 0,
        "rates n/a": all(value is Missing.NO_BASE for value in rates.values()),
    }
    return _row(
        "null: arrivals 0", "no problem ever arises", holds, f"{len(rates)} rates {_say(rates.values())}"
    )


def _nobody_willing(recording: Recording) -> AuditRow:
    active = sum(
        float(recording.weekly[name].sum()) for name in ("active", "self_started_hours", "called_hours")
    )
    holds = {
        "nobody takes part": active == 0 and int(recording.residents["weeks_active"].sum()) == 0,
        "participation 0 %": summarise(View(recording))["participation_4w"] == 0.0,
    }
    called = recording.weekly["called"].sum()
    words = f"{called:,.0f} calls, {active:,.0f} active weeks and hours"
    return _row("null: nobody willing", "no resident would ever take part", holds, words)


def _no_ties(check: AuditRuns, subject: Subject, probes: Probes, seed: int) -> AuditRow:
    """Compare a world without ties in which people listen with one in which they do not, then one with ties."""
    lonely: Changes = [
        (("network", "household"), False),
        (("network", "neighbours", "kind"), "none"),
        (("network", "kin_work_school", "degree"), 0.0),
        (("network", "branch", "degree"), 0.0),
        (("network", "liaison", "linked_households"), 0),
        (("network", "organisation", "degree"), 0.0),
        (("participation", "visible_share"), 0.0),
    ]
    social, hearing = ("participation", "social"), ("experience", "hearing")
    deaf: Changes = [(social, 0.0), (hearing, 0.0)]
    keen: Changes = [(social, 5.0), (hearing, 1.0)]
    runs = [
        check.trace(_with(probes.calm, changes), subject.model, seed).digests
        for changes in ([*lonely, *deaf], [*lonely, *keen], deaf, keen)
    ]
    apart, tied = ([name for name in a if a[name] != b[name]] for a, b in (runs[:2], runs[2:]))
    holds = {"without ties nothing spreads": not apart, "with ties it does": bool(tied)}
    words = f"{len(apart)} columns differ without ties, {len(tied)} with them"
    done = "residents who listen to nobody beside residents who listen to everybody, without ties and with"
    return _row("null: no ties", done, holds, words)


Switches = Mapping[str, tuple[str, str]]
"""By parameter: value of the baseline, value of the model."""


def without_party(
    check: AuditRuns, subject: Subject, probes: Probes, profile: Profile
) -> tuple[Switches, list[AuditRow]]:
    """Find the switches in which the model still differs from the baseline, and equalise them."""
    nobody = changed(probes.calm, (("population", "party", "share_of_adults"), 0.0))
    assert nobody is not None
    seed = profile.seeds[0]
    stripped, plain = (_without_seconded(model) for model in (subject.model, subject.baseline))
    ours = check.trace(nobody, stripped, seed)
    live, idle = _switches(check, nobody, stripped, plain, seed)
    equalised = changed(plain, *live.values())
    shown = {name: (quoted(_plain(plain, path)), quoted(value)) for name, (path, value) in live.items()}
    done = "no Party members, nobody seconded; each difference to the baseline put back, then all idle ones at once"
    bare = check.trace(nobody, plain, seed)
    hours = float(
        ours.hours[HourSource.SECONDED].sum() + bare.hours[[HourSource.MEMBER, HourSource.SECONDED]].sum()
    )
    if equalised is None:
        words = f"{len(live)} switches are live, but the baseline refuses them together"
        return shown, [AuditRow("zero Party", done, "not done", words, len(live))]
    theirs = check.trace(nobody, equalised, seed)
    apart = [name for name in ours.digests if ours.digests[name] != theirs.digests[name]]
    words = f"{hours:,.0f} hours of seconded cadres, or of members in the baseline; "
    words += f"{len(live)} switches of the difference are live, "
    words += f"{len(idle)} idle; baseline with the live ones: {len(apart)} columns differ"
    bad = bool(apart) or hours > 0
    return shown, [AuditRow("zero Party", done, "fail" if bad else "pass", words, len(apart))]


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else quoted(value)


def _without_seconded(model: Governance) -> Governance:
    """Return a model that seconds nobody; capacity-neutral, nobody comes from outside either."""
    stay = [transfer for transfer in model.capacity.transfers if not transfer.seconded]
    return model.model_copy(update={"capacity": model.capacity.model_copy(update={"transfers": stay})})


Parts = dict[str, tuple[Path, object]]


def _switches(
    check: AuditRuns, scenario: Scenario, model: Governance, plain: Governance, seed: int
) -> tuple[Parts, Parts]:
    """Return the model's differences to the baseline that move something, and those that do not."""
    base = check.trace(scenario, model, seed)
    live: Parts = {}
    idle: Parts = {}
    for path in _differences(model, plain):
        back = changed(model, (path, _plain(plain, path)))
        name = dotted(path)
        moves = back is None or check.trace(scenario, back, seed).digests != base.digests
        (live if moves else idle)[name] = (path, _plain(model, path))
    return live, idle


def _differences(model: Governance, plain: Governance) -> list[Path]:
    """Return the paths of two steps (block and field) at which two models differ; lists and mappings count as one."""
    fields = {knob.path[:2]: None for one in (model, plain) for knob in knobs(one)}
    return [path for path in fields if _plain(model, path) != _plain(plain, path)]


def _plain(model: Governance, path: Path) -> object:
    node: object = model.model_dump(mode="json")
    for step in path:
        node = node[step]  # type: ignore[index]
    return node
