"""An audit of one governance model: was it favoured, does it cost what it does, is any of it without effect.

Every check runs the engine on small worlds through ``simulate``; none of them reads the engine's sources.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from govsim.assurance.audit import budgets, knobs, nulls
from govsim.assurance.audit.bench import (
    FULL,
    QUICK,
    SMALL,
    Audit,
    AuditRow,
    AuditRuns,
    Followed,
    Profile,
    Subject,
    baseline,
    probes,
)
from govsim.scenario import LoadedGovernance, list_governance, load_governance
from govsim.scenario.schema.governance import Governance


def closed_forms() -> list[AuditRow]:
    """Compare the engine with a few exact values, each on a null model of its own under the plainest governance."""
    from govsim.assurance.theory import quick_nulls  # its laws take SciPy along

    done = "null models of the theory suite, each under the plainest governance"
    checks = quick_nulls()
    off = [one for one in checks if not one.ok]
    words = f"{len(checks) - len(off)} of {len(checks)} closed forms met"
    shown = off or checks[:1]
    words += "; " + "; ".join(
        f"{one.name}: {one.engine:.4g}, exact {one.exact:.4g} ± {one.tolerance:.2g}" for one in shown[:3]
    )
    return [AuditRow("theory", done, "fail" if off else "pass", words, len(off))]


Say = Callable[[str], None]

_ALWAYS = (
    nulls.renamed_model, nulls.other_order, nulls.roles, nulls.sealed, nulls.one_experience,
    budgets.equal, budgets.books, budgets.charged, nulls.nulls,
)  # fmt: skip


def audit(
    model: LoadedGovernance,
    scenario: str = SMALL,
    profile: Profile = FULL,
    scenario_knobs: bool = False,
    bench: AuditRuns | None = None,
    say: Say | None = None,
) -> Audit:
    """Audit a governance model.

    Parameters
    ----------
    model
        The model, as read from its file.
    scenario
        Name or path of the scenario from which the small worlds are made.
    profile
        How thoroughly to look.
    scenario_knobs
        Turn every parameter of the scenario too.
    bench
        Where to run: one bench for several models runs what they have in common once, and one with another engine in
        place of govsim's own shows what the checks see.
    say
        Told what is being done.

    Raises
    ------
    ScenarioError
        With what is wrong with the scenario.
    """
    from govsim import engine

    started = time.perf_counter()
    tell = say or (lambda words: None)
    places = probes(scenario, profile)
    subject = Subject(model, load_governance(baseline()).model, _shipped())
    check = bench or AuditRuns(engine.simulate)
    already = check.runs
    rows: list[AuditRow] = []
    for step in _ALWAYS:
        tell((step.__doc__ or "").splitlines()[0])
        rows += step(check, subject, places, profile)
    switches, found = nulls.without_party(check, subject, places, profile)
    rows += found
    tell("Sweep the numbers of the model.")
    followed, found = budgets.pass_through(check, subject, places, profile)
    rows += found
    tell("Turn every parameter of the model.")
    rows += knobs.governance_alive(check, subject, places, profile)
    if scenario_knobs:
        tell("Turn every parameter of the scenario.")
        rows += knobs.scenario_alive(check, subject, places, profile)
    if profile.theory:
        tell("Closed forms of theory on the same engine.")
        rows += closed_forms()
    return Audit(
        model=model.model.name.en or model.model.name.zh or model.name,
        file=model.file,
        key=model.key,
        scenario=places.label,
        profile=profile.name,
        left_out=profile.left_out,
        runs=check.runs - already,
        seconds=time.perf_counter() - started,
        switches=switches,
        followed=tuple(followed),
        rows=tuple(rows),
    )


def _shipped() -> tuple[Governance, ...]:
    return tuple(load_governance(name).model for name in list_governance())


__all__ = ["FULL", "QUICK", "Audit", "AuditRow", "AuditRuns", "Followed", "Profile", "audit"]
