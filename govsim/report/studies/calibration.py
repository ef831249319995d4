"""The answer of a calibration: the accepted region, what the patterns settle and what they do not."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

import numpy as np

from govsim.extras import require
from govsim.report.studies.sensitivity import short
from govsim.results.csvtext import Cell
from govsim.results.provenance import portable
from govsim.results.store import slug
from govsim.results.values import Missing
from govsim.scenario.studies import LoadedStudy
from govsim.studies.answer import (
    Answer,
    Command,
    DataTable,
    Intervals,
    Page,
    PagePicture,
    Part,
    Passage,
    Sheet,
    Span,
    TextTable,
    Tiles,
    counted,
    listed,
)
from govsim.studies.calibration import Runs, Target
from govsim.studies.calibration.reading import HIGH, LOW, ReadCalibration, share_inside
from govsim.studies.calibration.reading import reveal as read_held_out
from govsim.studies.calibration.reading import twins as run_twins
from govsim.studies.calibration.search import calibrate, independent
from govsim.studies.experiments import StudyRuns

NAME = "calibration"
_PULLS_SHOWN = 8
_POOR = 0.5
"""Share of variance below which a pattern is said to be mostly chance."""
_SHADES = {"identified": 1.0, "weakly identified": 0.6, "not identifiable": 0.25}
_SIDES = (0, -1)
"""Columns of words in printed tables."""


def calibration(
    study: LoadedStudy, runs: StudyRuns, again: Sequence[str], reveal: bool = False, twins: int = 0
) -> Answer:
    """Calibrate a study.

    Parameters
    ----------
    again
        Words of the command that reveals held-out patterns.
    reveal
        Read them.
    twins
        Districts with known parameters that are to be found again.
    """
    require("sklearn", "calibration")
    asked = study.study.calibration
    runs.fit(study, study.points + asked.rounds * asked.points)
    found = calibrate(study, runs.options)
    runs.judge((found if isinstance(found, Runs) else found.runs).outcome)
    assert not isinstance(found, Runs)
    if (runs.options.out / slug(study.label) / "held_out.csv").exists() and not reveal:
        runs.say("held_out.csv is there: held-out patterns of this study have been read before.")
    answer = ReadCalibration(
        found,
        read_held_out(found) if reveal else (),
        run_twins(study, found.emulators, twins, runs.options) if twins else (),
    )
    tables, sections = _tables(answer), list(_sections(answer, shlex.join(again)))
    picture = PagePicture(
        f"{NAME}.png", "Region of each parameter, and how often pairs of patterns are met together"
    )
    facts = {"study": study.label, "runs": len(found.runs.results), "tolerance": found.accepted.tolerance}
    return Answer(
        "", {f"{name}.csv": table for name, table in tables.items()}, {}, facts, tables,
        sections, lambda: {NAME: _sheet(answer)}, nulls=True,
        page=Page(NAME, study.label, [Passage("", [picture]), *_sections(answer, shlex.join(portable(list(again))))]),
    )  # fmt: skip


def _accepted_table(answer: ReadCalibration) -> DataTable:
    """Return accepted points, one a row; the header names parameters, so that it is a list of points for a study."""
    runs, chosen = answer.found.runs, answer.found.accepted.points
    most = answer.found.study.study.calibration.region
    header = [factor.path for factor in answer.found.study.factors]
    return DataTable(
        header, [[float(value) for value in runs.design.points[point]] for point in chosen[:most]]
    )


def _patterns_table(answer: ReadCalibration) -> DataTable:
    """Return every point with every fitted pattern: what its runs showed, what is expected, how far it is outside."""
    found = answer.found
    runs, took = found.runs, found.accepted
    values = {target.name: runs.values(target.name) for target in found.targets.fitted}
    rows: list[list[Cell]] = []
    kept = {int(point) for point in took.points}
    for point in range(len(runs)):
        for rank, target in enumerate(found.targets.fitted):
            shown = float(values[target.name][point].mean())
            rows.append([
                point, int(runs.rounds[point]), runs.seed(point, 0), target.name, target.indicator.unit,
                target.low, target.high, shown if np.isfinite(shown) else Missing.NO_BASE, float(took.expected[point, rank]),
                _finite(float(took.distances[point, rank])), "yes" if point in kept else "no",
            ])  # fmt: skip
    header = "point round first_seed indicator unit low high runs_mean expected distance accepted"
    return DataTable(header.split(), rows)


def _pulled_table(answer: ReadCalibration) -> DataTable:
    """Return every pair of patterns."""
    header = "first second share_first share_second share_both ratio rank_correlation verdict"
    return DataTable(header.split(), [
        [
            pull.first.name, pull.second.name, pull.share_first, pull.share_second, pull.both,
            Missing.NO_BASE if pull.ratio is None else pull.ratio, pull.correlation, pull.verdict,
        ]
        for pull in answer.pulls
    ])  # fmt: skip


def _identifiable_table(answer: ReadCalibration) -> DataTable:
    """Return what the region says of each parameter."""
    header = (
        "parameter label_en label_zh unit status prior_low prior_high today low middle high width "
        "partner rank_correlation today_inside verdict"
    )
    return DataTable(header.split(), [
        [
            one.factor.path, one.factor.label_en, one.factor.label_zh, one.factor.unit, one.factor.status,
            one.factor.low, one.factor.high, one.factor.today, one.low, one.middle, one.high, one.width,
            one.partner.path if one.partner else "-", one.correlation, "yes" if one.today_inside else "no", one.verdict,
        ]
        for one in answer.known
    ])  # fmt: skip


def _moved_table(answer: ReadCalibration) -> DataTable:
    """Return rank correlations of parameters with patterns over the design."""
    targets = answer.found.targets.fitted
    rows: list[list[Cell]] = [
        [factor.path, *(float(value) for value in row)]
        for factor, row in zip(answer.found.study.factors, answer.effects, strict=True)
    ]
    return DataTable(["parameter", *(target.name for target in targets)], rows)


def _learnt_table(answer: ReadCalibration) -> DataTable:
    """Return how well each pattern was learnt from the runs."""
    header = (
        "indicator unit low high runs_with_a_value runs share_inside explained covered_90 noise logarithm accepted_low "
        "accepted_high"
    )
    rows: list[list[Cell]] = []
    for rank, emulator in enumerate(answer.found.emulators):
        target = emulator.target
        ends = answer.ends(rank)
        rows.append([
            target.name, target.indicator.unit, target.low, target.high, *emulator.runs, answer.inside(target),
            emulator.explained, emulator.covered, emulator.noise, "yes" if emulator.logarithm else "no", *ends,
        ])  # fmt: skip
    return DataTable(header.split(), rows)


def _held_out_table(answer: ReadCalibration) -> DataTable:
    """Return the held-out patterns at accepted points and at the points of the design."""
    header = "indicator unit low high accepted_points accepted_low accepted_median accepted_high accepted_inside design_inside"
    rows: list[list[Cell]] = []
    for one in answer.held_out:
        target = one.target
        if not len(one.values):
            continue
        low, middle, high = (float(q) for q in np.quantile(one.values, [LOW, 0.5, HIGH]))
        rows.append([
            target.name, target.indicator.unit, target.low, target.high, len(one.values), low, middle, high,
            share_inside(target, one.values), share_inside(target, one.before),
        ])  # fmt: skip
    return DataTable(header.split(), rows)


def _twin_rows_table(answer: ReadCalibration) -> DataTable:
    """Return every parameter of every twin."""
    header = "twin in_region parameter truth low middle high in_interval width verdict"
    rows: list[list[Cell]] = []
    for number, twin in enumerate(answer.twins, 1):
        for one, truth, inside in zip(twin.known, twin.truth, twin.intervals(), strict=True):
            rows.append([
                number, "yes" if twin.inside else "no", one.factor.path, float(truth), one.low, one.middle, one.high,
                "yes" if inside else "no", one.width, one.verdict,
            ])  # fmt: skip
    return DataTable(header.split(), rows)


def _finite(value: float) -> Cell:
    return value if np.isfinite(value) else Missing.NO_BASE


def _tables(answer: ReadCalibration) -> dict[str, DataTable]:
    """Return all tables by name of their files; held-out patterns and twins only where there are any."""
    found = {
        "accepted": _accepted_table(answer),
        "patterns": _patterns_table(answer),
        "pulls": _pulled_table(answer),
        "identifiable": _identifiable_table(answer),
        "effects": _moved_table(answer),
        "emulators": _learnt_table(answer),
    }
    if answer.held_out:
        found["held_out"] = _held_out_table(answer)
    if answer.twins:
        found["twins"] = _twin_rows_table(answer)
    return found


def _sections(answer: ReadCalibration, again: str) -> Iterator[Passage]:
    yield Passage("What was run", _head(answer))
    yield Passage("The region", _region(answer))
    yield Passage("Patterns", _patterns(answer))
    yield Passage("Which patterns pull against which", _pulls(answer))
    yield Passage("Parameters: what the patterns settle and what they do not", _parameters(answer))
    yield Passage("The scenario as it is", _today(answer))
    yield Passage("Held-out patterns", _held_out(answer, again))
    if answer.twins:
        yield Passage("Twin experiment", _twins(answer))


def _head(answer: ReadCalibration) -> list[Part]:
    found = answer.found
    rounds = [int((found.runs.rounds == number).sum()) for number in range(int(found.runs.rounds.max()) + 1)]
    sizes = f"{rounds[0]} points of the design" + "".join(
        f", then {size} in the region" for size in rounds[1:]
    )
    return [
        f"{found.study.label}: {found.study.models[0].model.name.en}",
        (
            f"{counted(len(found.runs.results), 'run')} ({sizes}), {counted(len(found.study.factors), 'parameter')}, "
            f"{counted(len(found.targets.fitted), 'pattern')}. Everything below holds in this model, under these assumptions."
        ),
    ]


def _region(answer: ReadCalibration) -> list[Part]:
    took = answer.found.accepted
    points = counted(len(took.points), "point")
    if took.tolerance == 0:
        words = f"{points} accepted: every pattern lies in its range."
    else:
        farthest = took.distances[took.points].max(axis=0)
        outside = [
            f"{_short(target)} (by up to {far:.2g})"
            for target, far in zip(answer.found.targets.fitted, farthest, strict=True)
            if far > 0
        ]
        best = float(took.worst.min())
        few = int((took.worst == 0).sum())
        many = (
            f"{counted(few, 'point')} that were run have"
            if few > 1
            else f"{few or 'No'} point that was run has"
        )
        words = (
            f"{many} every pattern in its range; the nearest {points} are accepted, which miss none by more than "
            f"{took.tolerance:.2g} half-widths of a range (the best by {best:.2g}). Outside at some of them: {listed(outside)}."
        )
    power = independent(answer.found.emulators)
    return [
        f"{words} Before the runs every point in the ranges was as likely as any other; a share of "
        f"{np.exp(answer.found.drawn.log_mass):.1e} of that space is left. Chance moves patterns together: the "
        f"{len(answer.found.emulators)} weigh as much as {power:.1f} independent ones."
    ]


def _patterns(answer: ReadCalibration) -> list[Part]:
    rows = [["pattern", "range", "accepted points", "met anywhere", "learnt"]]
    for rank, emulator in enumerate(answer.found.emulators):
        target, places = emulator.target, emulator.target.indicator.decimals
        low, high = answer.ends(rank)
        rows.append([
            _short(target), f"{target.low:g} to {target.high:g}", f"{low:.{places}f} to {high:.{places}f}",
            f"{answer.inside(target):.0%}", f"{max(emulator.explained, 0.0):.0%}",
        ])  # fmt: skip
    poor = [_short(e.target) for e in answer.found.emulators if e.explained < _POOR]
    note = (
        "accepted points: where 90 % of their expected values lie. met anywhere: probability that a run at any point of the "
        "ranges lies inside. learnt: share of the variance over runs that the other runs foretell."
    )
    partly = [
        f"{_short(e.target)} in {e.runs[0]} of {e.runs[1]} runs"
        for e in answer.found.emulators
        if e.runs[0] < e.runs[1]
    ]
    if partly:
        note += f" Has a value only: {listed(partly)}."
    if poor:
        note += f" Mostly chance, or too few runs to learn it: {listed(poor)}."
    return [TextTable(rows, _SIDES), note]


def _pulls(answer: ReadCalibration) -> list[Part]:
    against = [pull for pull in answer.pulls if pull.verdict == "against each other"]
    if not against:
        return ["No two patterns pull against each other: each pair is met about as often as its members."]
    rows = [["pull against each other", "met", "met", "both", "if unrelated"]]
    rows += [
        [
            f"{_short(p.first)} / {_short(p.second)}", f"{p.share_first:.0%}", f"{p.share_second:.0%}",
            f"{p.both:.1%}", f"{p.share_first * p.share_second:.1%}",
        ]
        for p in against[:_PULLS_SHOWN]
    ]  # fmt: skip
    left = len(against) - _PULLS_SHOWN
    return [
        TextTable(rows, _SIDES),
        *([f"and {counted(left, 'pair')} more in pulls.csv"] if left > 0 else []),
    ]


def _parameters(answer: ReadCalibration) -> list[Part]:
    rows = [["parameter", "tried", "90 % of the region", "today", "verdict"]]
    for one in answer.known:
        verdict: str = one.verdict
        if one.partner:
            verdict += f", trades off with {one.partner.path} ({one.correlation:+.2f})"
        rows.append([
            one.factor.path, f"{one.factor.low:g} to {one.factor.high:g}", f"{one.low:.3g} to {one.high:.3g}",
            f"{one.factor.today:g}{'' if one.today_inside else ' *'}", verdict,
        ])  # fmt: skip
    note = "not identifiable: the interval is nearly as wide as what was tried, or is known only together with another."
    if not all(one.today_inside for one in answer.known):
        note = f"* outside of the interval. {note}"
    return [TextTable(rows, _SIDES), note, _assumptions(answer)]


def _assumptions(answer: ReadCalibration) -> str:
    """Say what stays an assumption: what was not settled, and what did not vary."""
    base = answer.found.study.base
    loose = [one.factor.path for one in answer.known if one.verdict == "not identifiable"]
    varied = {one.factor.path for one in answer.known}
    others = sum(origin.status == "assumed" for path, origin in base.origins.items() if path not in varied)
    words = f"{counted(others, 'other value')} that the scenario assumes did not vary, and stay as they are (govsim show)."
    return f"Stay assumptions: {listed(loose)}. {words}" if loose else words


def _today(answer: ReadCalibration) -> list[Part]:
    if answer.today is None:
        return ["The scenario's own values lie outside of what was tried."]
    outside = [(target, value) for target, value, far in answer.today if far > 0]
    if not outside:
        return ["The scenario's own values: every pattern is expected in its range."]
    told = [
        f"{_short(target)} ({value:.{target.indicator.decimals}f}, range {target.low:g} to {target.high:g})"
        for target, value in outside
    ]
    return [f"The scenario's own values lie outside of the region: expected outside are {listed(told)}."]


def _held_out(answer: ReadCalibration, again: str) -> list[Part]:
    targets = answer.found.targets.held_out
    if not targets:
        return ["No pattern is held out, so nothing tests the region."]
    if not answer.held_out:
        names = listed([_short(target) for target in targets])
        told = f"Held out and not read: {names}. To read them, when nothing is to be changed any more:"
        return [told, Command(again)]
    rows = [["held out", "range", "accepted points", "inside", "design inside"]]
    for one in answer.held_out:
        target, places = one.target, one.target.indicator.decimals
        if not len(one.values):
            rows.append([_short(target), f"{target.low:g} to {target.high:g}", "no value", "-", "-"])
            continue
        low, high = np.quantile(one.values, [0.05, 0.95])
        rows.append([
            _short(target), f"{target.low:g} to {target.high:g}", f"{low:.{places}f} to {high:.{places}f}",
            f"{share_inside(target, one.values):.0%}", f"{share_inside(target, one.before):.0%}",
        ])  # fmt: skip
    return [TextTable(rows, _SIDES), "They are revealed: a study that is changed now has seen them."]


def _twins(answer: ReadCalibration) -> list[Part]:
    twins = answer.twins
    inside = sum(twin.inside for twin in twins)
    each = [inside for twin in twins for inside in twin.intervals()]
    width = float(np.mean([twin.volume for twin in twins]))
    loose = [
        factor.path
        for rank, factor in enumerate(answer.found.study.factors)
        if sum(twin.known[rank].verdict == "not identifiable" for twin in twins) > len(twins) / 2
    ]
    words = (
        f"Twin experiment: {counted(len(twins), 'district')} with known parameters, one run of each. "
        f"The truth lies in the 90 % region in {inside} of {len(twins)}; single parameters lie in their own "
        f"90 % interval in {np.mean(each):.0%}. Intervals are {width:.0%} as wide as before on average."
    )
    if loose:
        words += f" Not identifiable even there, in most districts: {listed(loose)}."
    return [words]


def _short(target: Target) -> str:
    return target.indicator.label_en if target.indicator.target else target.indicator.words


def _sheet(answer: ReadCalibration) -> Sheet:
    """Return where the region lies in what was tried, and which patterns pull against which."""
    found = answer.found
    spans = []
    for one in answer.known:
        scale = one.factor.high - one.factor.low
        low, middle, high, today = (
            (value - one.factor.low) / scale for value in (one.low, one.middle, one.high, one.factor.today)
        )
        cross = today if 0 <= today <= 1 else None
        spans.append(
            Span(short(one.factor.path), low, middle, high, strength=_SHADES[one.verdict], cross=cross)
        )
    place = {target.name: rank for rank, target in enumerate(found.targets.fitted)}
    ratios = {
        (max(ends), min(ends)): pull.ratio
        for pull in answer.pulls
        if pull.ratio is not None and (ends := (place[pull.first.name], place[pull.second.name]))
    }
    names = [target.indicator.label_en.split(" ")[0] for target in found.targets.fitted]
    return Sheet(
        "Accepted region, and patterns that pull against each other",
        "Left: 90 % of the region in what was tried (bar; the paler, the less is known), its median (white),\n"
        "the scenario's own value (cross). Right: how often two patterns are met together, over how often if unrelated\n"
        "(below 1 they pull apart).",
        f"{found.study.label}; {len(found.runs.results)} runs; numbers: identifiable.csv, pulls.csv. "
        "In this model, under these assumptions.",
        [Intervals("parameters", spans, zero=False, ends=("lowest tried", "highest tried")),
         Tiles("pairs of patterns", names, ratios)],
        2, widths=(1.25, 1.0),
    )  # fmt: skip
