"""Whether the model was given what the baseline was given, pays for what it does, and gets nothing out that was written in.

Each number of a governance file is swept over its range. Where the logarithm of an indicator is a straight line of slope
one (or minus one) in that of the parameter, the "finding" was written into the file: the durations per scenario of the
published model that this check was made for come out as its mean durations, whatever else happens in it.

It must hold in two worlds, a calm and a busy one with other seeds: an input comes out as it went in whatever else happens,
while a real effect depends on where it happens, and a chance one does not come twice.

What a lever costs may rise with it: hours of ordered service are the hours that were ordered, reports filed for a quota are
the quota. Such amounts, which nobody can call an achievement, are listed as :data:`PRICES`; they are told and no fault.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from govsim.assurance.audit.bench import AuditRow, AuditRuns, Followed, Probes, Profile, Subject, Trace
from govsim.assurance.audit.knobs import Knob, changed, knobs
from govsim.engine.recording import Activity, HourSource
from govsim.results.declare import Indicator
from govsim.results.indicators import COST, INDICATORS
from govsim.results.values import Missing, Value
from govsim.scenario.schema import Scenario
from govsim.scenario.schema.governance import Governance

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


SLOPE_WITHIN, FIT_ABOVE = 0.05, 0.98
"""An indicator is flagged if its elasticity is that near to 1 and R2 is above that."""

FEWEST_POINTS = 5
_RATIO = 2.0
"""Between neighbouring values of a sweep."""
_BEYOND = 4.0
"""A range wider than this many times the largest value that any shipped model has is swept up to there."""
PRICES = frozenset(
    {
        *(cost.name for cost in COST if cost.direction <= 0 and "%" not in cost.unit),
        "mandated_hours",
        "trifles",
    }
)
"""Indicators that count what levers spend or waste: hours, money, and reports for a quota."""

Outcome = Mapping[str, Value]


def pass_through(
    check: AuditRuns, subject: Subject, probes: Probes, profile: Profile
) -> tuple[list[Followed], list[AuditRow]]:
    """Sweep the numbers of the model and return what follows them, with the row of the check."""
    found: list[Followed] = []
    swept = dismissed = 0
    elsewhere = tuple(seed + len(profile.sweep_seeds) for seed in profile.sweep_seeds)
    for knob in knobs(subject.model):
        if not knob.numeric or not (knob.value or profile.sweep_all):
            continue
        swept += 1
        values = doublings(subject, knob, profile.sweep_points)
        ranked = _ranked(check, probes.calm, knob, values, profile.sweep_seeds)
        same = {one.indicator for one in ranked if one.one_to_one}
        if same:
            again = _ranked(check, probes.busy, knob, values, elsewhere)
            kept = same & {one.indicator for one in again if one.one_to_one}
            dismissed += len(same - kept)
            ranked = [replace(one, one_to_one=one.indicator in kept) for one in ranked]
            ranked.sort(key=_closeness, reverse=True)
        found += [one for rank, one in enumerate(ranked) if rank == 0 or one.one_to_one]
    return found, [_row(subject, found, swept, dismissed, profile)]


def _ranked(
    check: AuditRuns,
    scenario: Scenario,
    knob: Knob,
    values: Sequence[tuple[float, Governance]],
    seeds: Iterable[int],
) -> list[Followed]:
    outcomes = [_outcomes(check, scenario, model, seeds) for _, model in values]
    return followers(knob.name, [value for value, _ in values], outcomes)


def _outcomes(check: AuditRuns, scenario: Scenario, model: Governance, seeds: Iterable[int]) -> list[Outcome]:
    return [check.trace(scenario, model, seed, "observed").values for seed in seeds]


def doublings(subject: Subject, knob: Knob, points: int) -> list[tuple[float, Governance]]:
    """Return values of a parameter, each twice the one before up to the top of its range, with the models that have them."""
    top = _top(subject, knob)
    whole = int in knob.declared.shape.scalars and float not in knob.declared.shape.scalars
    found: dict[float, Governance] = {}
    while top > 0 and len(found) < points:
        value = int(top) if whole else top
        model = changed(subject.model, (knob.path, value)) if value > 0 else None
        if model is not None:
            found[value] = model
        elif not found and top > _top(subject, knob) / _RATIO**points:
            top *= 0.9  # other shares may leave no room for the top of the range
            continue
        if whole and top <= 1:
            break
        top /= _RATIO
    return sorted(found.items())


def _top(subject: Subject, knob: Knob) -> float:
    bounds = knob.declared.shape.bounds
    high = bounds.get("le", bounds.get("lt"))
    used = [
        float(other.value)
        for model in (subject.model, *subject.others)
        for other in knobs(model)
        if other.declared.path == knob.declared.path and other.numeric
    ]
    meant = _BEYOND * max(used, default=0.0)
    if high is None:
        return meant or 1.0
    return float(high) if high <= 1 or not meant else min(float(high), meant)


def followers(
    parameter: str,
    values: Sequence[float],
    outcomes: Sequence[Sequence[Outcome]],
    indicators: Sequence[Indicator] = INDICATORS,
) -> list[Followed]:
    """Return the indicators that could be compared with a parameter, the one that follows it most closely first.

    Parameters
    ----------
    parameter
        Its name.
    values : sequence of float
        Values of the parameter, above 0.
    outcomes : sequence, one entry a value, of sequences, one entry a seed
        Indicators by name.
    """
    fits = []
    for indicator in indicators:
        means = [_mean(seeds, indicator.name) for seeds in outcomes]
        points = [(x, y) for x, y in zip(values, means, strict=True) if y is not None and y > 0]
        if len(points) < FEWEST_POINTS:
            continue
        slope, fit = _regression(*(np.log([point[k] for point in points]) for k in (0, 1)))
        one_to_one = bool(abs(abs(slope) - 1) <= SLOPE_WITHIN and fit > FIT_ABOVE)
        price = slope > 0 and indicator.name in PRICES
        fits.append(Followed(parameter, indicator.name, slope, fit, len(points), price, one_to_one))
    return sorted(fits, key=_closeness, reverse=True)


def _mean(seeds: Sequence[Outcome], name: str) -> float | None:
    numbers = [seed[name] for seed in seeds if name in seed]
    if len(numbers) < len(seeds) or any(isinstance(number, Missing) for number in numbers):
        return None
    return float(np.mean([number for number in numbers if not isinstance(number, Missing)]))


def _regression(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Return slope and R2 of y on x; a constant y follows nothing."""
    dx, dy = x - x.mean(), y - y.mean()
    spread = float((dy**2).sum())
    if spread <= np.finfo(float).eps * max(1.0, float((y**2).sum())):
        return 0.0, 0.0
    slope = float((dx * dy).sum() / (dx**2).sum())
    return slope, float((dx * dy).sum() ** 2 / ((dx**2).sum() * spread))


def _closeness(one: Followed) -> tuple[bool, bool, float]:
    return one.flagged, not one.price, one.fit - abs(abs(one.elasticity) - 1)


def _row(
    subject: Subject, found: Sequence[Followed], swept: int, dismissed: int, profile: Profile
) -> AuditRow:
    flagged = [one for one in found if one.flagged]
    seeds = "1 seed" if len(profile.sweep_seeds) == 1 else f"{len(profile.sweep_seeds)} seeds"
    runs = f"{profile.sweep_points} values up to the top of its range, {seeds}"
    done = f"swept {swept} numbers of the model, {runs}; regressed every indicator on each, log on log, in two worlds"
    names = {one.parameter for one in flagged}
    words = f"{len(names)} of {swept} parameters come out as a finding"
    where = ""
    if flagged:
        words += f": {'; '.join(_say(one) for one in flagged)}"
        paths = {knob.name: knob.path for knob in knobs(subject.model)}
        where = subject.where(paths[flagged[0].parameter])
    elif nearest := max((one for one in found if not one.one_to_one), key=_closeness, default=None):
        words += f"; nearest: {_say(nearest)}"
    if dismissed:
        words += f"; {dismissed} did so in the calm world but not in the busy one"
    if prices := [f"{one.indicator} of {one.parameter}" for one in found if one.one_to_one and one.price]:
        words += f"; prices that follow their lever: {', '.join(prices)}"
    return AuditRow("no pass-through", done, "fail" if flagged else "pass", words, len(names), where)


def _say(one: Followed) -> str:
    return f"{one.indicator} on {one.parameter}, elasticity {one.elasticity:+.2f}, R2 {one.fit:.3f}"
