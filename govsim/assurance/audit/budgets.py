"""Whether the model was given what the baseline was given, and pays for what it does."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from govsim.assurance.audit.bench import AuditRuns, Trace
from govsim.assurance.audit.knobs import Knob, changed, knobs
from govsim.assurance.audit.rows import AuditRow
from govsim.assurance.audit.subject import Probes, Profile, Subject
from govsim.engine.recording import Activity, HourSource

_CLOSE = 1e-9
_STAFF = [int(HourSource.PAID), int(HourSource.SECONDED)]
_AT_HAND = np.zeros((len(HourSource), len(Activity)), bool)
_AT_HAND[np.ix_(_STAFF, [int(Activity.IDLE), int(Activity.CASEWORK)])] = True
"""Hours of staff that are there anyway: what is not spent on anything else is spent on these."""
_HOURS = ("hours", "meetings")
"""Words in the unit of a parameter that plans somebody's time."""


def equal(check: AuditRuns, subject: Subject, probes: Probes, profile: Profile) -> list[AuditRow]:
    """Compare what the model and the baseline were granted when hours and money are to be equal."""
    most, outside = 0.0, []
    for seed in profile.seeds:
        ours, theirs = (check.trace(probes.calm, model, seed) for model in (subject.model, subject.baseline))
        most = max(most, *(_apart(*pair) for pair in _grants(ours, theirs)))
        observed = check.trace(probes.calm, subject.model, seed, "observed")
        outside.append([a - b for a, b in _grants(observed, ours)])
    hours, money = np.mean(outside, axis=0)
    done = (
        f"{len(profile.seeds)} seeds, capacity-neutral: hours and money granted beside those of the baseline"
    )
    words = f"hours {ours.granted_hours:,.0f} and {theirs.granted_hours:,.0f}, yuan {ours.granted_money:,.0f} and "
    words += f"{theirs.granted_money:,.0f}, apart by {most:.1g} of it"
    words += f"; as observed {hours:+,.0f} hours, {money:+,.0f} yuan from outside"
    if most <= _CLOSE:
        return [AuditRow("budget equal", done, "pass", words, most)]
    return [AuditRow("budget equal", done, "fail", words, most, _capacity(subject))]


def _capacity(subject: Subject) -> str:
    """Return where the model says whence hours and money come."""
    lines = [subject.where(knob.path) for knob in knobs(subject.model) if knob.path[0] == "capacity"]
    return next((line for line in lines if "default" not in line), subject.loaded.file)


def _grants(one: Trace, other: Trace) -> list[tuple[float, float]]:
    return [(one.granted_hours, other.granted_hours), (one.granted_money, other.granted_money)]


def _apart(one: float, other: float) -> float:
    return abs(one - other) / max(abs(one), abs(other), 1.0)


def books(check: AuditRuns, subject: Subject, probes: Probes, profile: Profile) -> list[AuditRow]:
    """Compare hours booked with hours supplied, and both and the money spent with what was granted."""
    faults: list[str] = []
    most = 0.0
    for mode in ("neutral", "observed"):
        for scenario in probes.all:
            for seed in profile.seeds:
                run = check.trace(scenario, subject.model, seed, mode)
                most = max(most, run.left_over)
                faults += run.faults
                staff = float(run.hours[_STAFF].sum())
                if staff > run.granted_hours * (1 + _CLOSE):
                    faults.append(
                        f"{staff - run.granted_hours:,.1f} staff hours were worked that nobody was granted"
                    )
    if most > _CLOSE:
        faults.append(f"hours used and idle are {most:.3g} off those supplied in one week, office and source")
    runs = 2 * len(probes.all) * len(profile.seeds)
    done = (
        f"{runs} runs: each week, office and source, used + idle = supplied; staff and money within the grant"
    )
    words = f"largest remainder {most:.1g} hours, {len(faults)} faults"
    words += f": {faults[0]}" if faults else ""
    return [AuditRow("books close", done, "fail" if faults else "pass", words, len(faults))]


def charged(check: AuditRuns, subject: Subject, probes: Probes, profile: Profile) -> list[AuditRow]:
    """Run the model with each planned use of time at nothing, and look whose hours then are not spent."""
    planned = [knob for knob in knobs(subject.model) if _plans_time(knob) and knob.value]
    free, prices = [], []
    for knob in planned:
        price = _price(check, subject, probes, profile.seeds[:1], knob)
        if price is None:
            free.append(knob)
        else:
            prices.append(f"{knob.path[-1]} {price}")
    done = "set each planned share of hours, contact and meeting of the model to nothing, as observed"
    words = f"{len(prices)} of {len(planned)} are paid for in hours"
    words += f" ({'; '.join(prices)})" if prices else ""
    words += f"; free of charge: {', '.join(knob.name for knob in free)}" if free else ""
    where = subject.where(free[0].path) if free else ""
    return [AuditRow("levers charged", done, "fail" if free else "pass", words, len(free), where)]


def _plans_time(knob: Knob) -> bool:
    unit = knob.declared.extra("unit")
    return knob.numeric and any(word in unit for word in _HOURS)


def _price(
    check: AuditRuns, subject: Subject, probes: Probes, seeds: Sequence[int], knob: Knob
) -> str | None:
    """Return the activity whose hours a lever adds to most, with those hours, or None where there is none."""
    without = changed(subject.model, (knob.path, type(knob.value)(0)))
    if without is None:
        return "(cannot be nothing)"
    best, words = 0.0, None
    for scenario in probes.all:
        for seed in seeds:
            ours, theirs = (
                check.trace(scenario, model, seed, "observed").hours for model in (subject.model, without)
            )
            added = np.where(_AT_HAND, 0.0, ours - theirs)
            fresh = np.where(theirs > 0, 0.0, added)  # what nobody does without the lever is its own price
            added = fresh if fresh.max() > _CLOSE else added
            source, activity = divmod(int(added.argmax()), len(Activity))
            if added[source, activity] > max(best, _CLOSE):
                best = float(added[source, activity])
                words = f"{best:,.0f} h {HourSource(source).name.lower()} {Activity(activity).name.lower()}"
        if words:
            return words
    return words
