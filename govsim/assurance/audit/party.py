"""What is left of a model where there are no Party members and nobody is seconded."""

from __future__ import annotations

import json
from collections.abc import Mapping

from govsim.assurance.audit.bench import AuditRuns
from govsim.assurance.audit.knobs import changed, knobs
from govsim.assurance.audit.rows import AuditRow
from govsim.assurance.audit.subject import Probes, Profile, Subject
from govsim.engine.recording import HourSource
from govsim.scenario.messages import Path, dotted, quoted
from govsim.scenario.schema import Scenario
from govsim.scenario.schema.governance import Governance

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
