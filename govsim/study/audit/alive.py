"""Whether every parameter does something, and why those that do not have no effect.

A parameter without effect is tried again with each other one turned too: what wakes it is the reason why it sleeps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from govsim.scenario.declare import Section
from govsim.scenario.messages import dotted, quoted
from govsim.scenario.schema import Scenario
from govsim.scenario.schema.governance import GovernanceModel
from govsim.scenario.schema.run import Label
from govsim.study.audit.bench import Bench, Mode, Trace
from govsim.study.audit.knobs import Knob, changed, knobs, variants
from govsim.study.audit.rows import Row
from govsim.study.audit.subject import SMALL, Probes, Profile, Subject

_SEED = 1
_ALL = 8
"""Other choices, or other contents of a list, that are tried."""
_STUDY = ("run", "governance")
"""Sections of a scenario that say which runs are made; of these only the length enters a run."""


@dataclass(frozen=True)
class Setting:
    """A scenario under a model, as observed so that what a model brings from outside counts too."""

    scenario: Scenario
    model: GovernanceModel


def governance_alive(check: Bench, subject: Subject, probes: Probes, profile: Profile) -> list[Row]:
    """Turn every parameter of the model in each probe."""
    every = knobs(subject.model)
    asleep = [model_row(check, subject, probes, profile, knob) for knob in every]
    rows = [row for row in asleep if row is not None]
    done = f"turned each of the model's {len(every)} parameters in 4 small worlds (calm, busy, willing, rich)"
    return [_whole("knobs alive", done, len(every), rows), *rows]


def model_row(check: Bench, subject: Subject, probes: Probes, profile: Profile, knob: Knob) -> Row | None:
    """Return None for a parameter of the model that moves an output, else why it does not."""
    keys = list(probes.calm.problems.classes)
    tried = profile.tried if knob.numeric else _ALL

    def turned(setting: Setting) -> Iterator[Setting]:
        for own in _same(setting.model, knob):
            for _, model in islice(variants(setting.model, own, keys), tried):
                yield Setting(setting.scenario, model)

    if _awake(check, subject, probes, turned):
        return None
    home = Setting(probes.willing, subject.model)
    why = _why(check, subject, home, knob, turned, profile) or _elsewhere(check, subject, probes, turned)
    return _asleep(knob, home, turned, why, subject.where(knob.path))


def _same(section: Section, knob: Knob) -> list[Knob]:
    """Return the knob as it is in another section; none where that has no such place."""
    return [own for own in knobs(section, knob.path) if own.path == knob.path]


def _awake(check: Bench, subject: Subject, probes: Probes, turned: Turned) -> bool:
    places = (probes.brief, *probes.all)
    return any(_moves(check, Setting(place, subject.model), turned) for place in places)


def scenario_alive(check: Bench, subject: Subject, probes: Probes, profile: Profile) -> list[Row]:
    """Turn every parameter of the scenario in each probe."""
    every = [
        knob for knob in knobs(probes.calm) if knob.path[0] not in _STUDY or knob.path == ("run", "weeks")
    ]
    asleep = [scenario_row(check, subject, probes, profile, knob) for knob in every]
    rows = [row for row in asleep if row is not None]
    done = (
        f"turned each of the scenario's {len(every)} parameters in 4 small worlds (calm, busy, willing, rich)"
    )
    return [_whole("scenario knobs alive", done, len(every), rows), *rows]


def scenario_row(check: Bench, subject: Subject, probes: Probes, profile: Profile, knob: Knob) -> Row | None:
    """Return None for a parameter of the scenario that moves an output, else why it does not."""

    def turned(setting: Setting) -> Iterator[Setting]:
        for own in _same(setting.scenario, knob):
            for _, scenario in islice(variants(setting.scenario, own), profile.tried):
                yield Setting(scenario, setting.model)

    if _awake(check, subject, probes, turned):
        return None
    home = Setting(probes.calm, subject.model)
    why = _why_of_scenario(check, subject, home, knob, turned, profile)
    return _asleep(knob, home, turned, why or _elsewhere(check, subject, probes, turned), "")


def _whole(check: str, done: str, total: int, rows: Sequence[Row]) -> Row:
    dead = [row.check.strip() for row in rows if row.result == "fail"]
    words = f"{total - len(rows)} of {total} move an output"
    words += f", {len(rows) - len(dead)} inert for a reason (below)" if len(rows) > len(dead) else ""
    words += f", dead: {', '.join(dead)}" if dead else ""
    return Row(check, done, "fail" if dead else "pass", words, len(dead))


Turned = Callable[..., Iterator[Setting]]
Waker = tuple[str, Setting]


def _trace(check: Bench, setting: Setting) -> Trace:
    mode: Mode = "observed"
    return check.trace(setting.scenario, setting.model, _SEED, mode)


def _moves(check: Bench, setting: Setting, turned: Turned) -> bool:
    return any(_trace(check, setting).digests != _trace(check, other).digests for other in turned(setting))


def _asleep(knob: Knob, home: Setting, turned: Turned, why: str, where: str) -> Row:
    name = f"  {knob.name}"
    done = "turned it together with others beside it, and under each shipped model"
    if next(turned(home), None) is None:
        return Row(name, done, "inert", "inert: no other value can be made up from its declaration", 0, where)
    if why:
        return Row(name, done, "inert", f"inert {why}", 0, where)
    return Row(
        name, done, "fail", "moves no output here, with others beside it, or in any shipped model", 1, where
    )


def _why(check: Bench, subject: Subject, home: Setting, knob: Knob, turned: Turned, profile: Profile) -> str:
    """Return what keeps a parameter of the model from having an effect, or "" where nothing is found that wakes it."""
    others = [other for other in knobs(home.model) if other.path != knob.path]
    near = [other for other in others if other.path[0] == knob.path[0]]
    if words := _first(check, turned, _gates(home, near if profile.narrow else [], profile)):
        return words
    donor = _donor(check, subject, home, knob, turned)
    if donor is None:
        return ""
    for block in type(donor).model_fields if profile.narrow else ():
        section = getattr(donor, block)
        graft = (
            changed(home.model, ((block,), section.model_dump(mode="json"))) if _is_block(section) else None
        )
        if graft is not None and _moves(check, Setting(home.scenario, graft), turned):
            inside = [other for other in others if other.path[0] == block]
            words = _first(check, turned, _gates(home, inside, profile))
            return words or f"while {block} is not as under {donor.name.en}"
    return f"with this model's other settings; alive under {donor.name.en}"


def _elsewhere(check: Bench, subject: Subject, probes: Probes, turned: Turned) -> str:
    """Return that a parameter is alive in the built-in small district, if it is: the scenario made small may lack things."""
    if any(_moves(check, Setting(place, subject.model), turned) for place in probes.spare):
        return f"in {probes.label} made this small; alive in the built-in {SMALL}"
    return ""


def _is_block(section: object) -> bool:
    return isinstance(section, Section) and not isinstance(section, Label)


def _first(check: Bench, turned: Turned, wakers: Iterator[Waker]) -> str:
    return next((words for words, setting in wakers if _moves(check, setting, turned)), "")


def _gates(home: Setting, others: Sequence[Knob], profile: Profile) -> Iterator[Waker]:
    """Yield the model with one other parameter turned."""
    keys = list(home.scenario.problems.classes)
    for other in others:
        for _, model in islice(variants(home.model, other, keys), profile.tried):
            yield _while(other), Setting(home.scenario, model)


def _donor(
    check: Bench, subject: Subject, home: Setting, knob: Knob, turned: Turned
) -> GovernanceModel | None:
    """Return a shipped model under which the parameter is alive; those that set it otherwise are tried first."""

    def alike(model: GovernanceModel) -> bool:
        return any(other.path == knob.path and other.value == knob.value for other in knobs(model))

    return next(
        (
            model
            for model in sorted(subject.others, key=alike)
            if model != home.model and _moves(check, Setting(home.scenario, model), turned)
        ),
        None,
    )


def _why_of_scenario(
    check: Bench, subject: Subject, home: Setting, knob: Knob, turned: Turned, profile: Profile
) -> str:
    """Return what keeps a parameter of the scenario from having an effect, or "" where nothing is found that wakes it."""

    def beside() -> Iterator[Waker]:
        for other in knobs(home.scenario):
            near = other.path != knob.path and other.path[:-1] == knob.path[: len(other.path) - 1]
            if near and len(other.path) > 1:
                for _, scenario in islice(variants(home.scenario, other), profile.tried):
                    yield _while(other), Setting(scenario, home.model)

    if words := _first(check, turned, beside()):
        return words
    donor = _donor(check, subject, home, knob, turned)
    return f"under this model; alive under {donor.name.en}" if donor else ""


def _while(other: Knob) -> str:
    empty = other.value in ([], {})
    return f"while {dotted(other.path)} is {'empty' if empty else quoted(other.value)}"
