"""A calibration as a person reads it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

import numpy as np

from govsim.report.comparing.words import WIDTH
from govsim.report.studies.calibration.tables import CalibrationAnswer, ends_of_accepted, share_inside
from govsim.report.tables.markdown import counted, listed
from govsim.studies.calibration.emulator import independent
from govsim.studies.calibration.targets import Target

_PULLS_SHOWN = 8
_POOR = 0.5
"""Share of variance below which a pattern is said to be mostly chance."""


Rows = list[list[str]]
"""A table, its header first."""
Block = list[str | Rows]
"""Paragraphs and tables that belong together."""


def text(answer: CalibrationAnswer, folder: str, again: str) -> str:
    """Return the printed summary.

    Parameters
    ----------
    folder
        Where the tables are.
    again
        Command that reveals held-out patterns.
    """
    where: Block = [
        f"Tables and figure: {folder}",
        f"Region for other studies (a list of points): {folder}/accepted.csv",
    ]
    blocks = [block for _, block in sections(answer, again)]
    return "\n\n".join("\n".join(_lines(block)) for block in [*blocks, where]) + "\n"


def _lines(block: Block) -> Iterator[str]:
    for part in block:
        if isinstance(part, list):
            yield from aligned(part)
        elif part.startswith("  "):
            yield part
        else:
            yield from textwrap.wrap(part, WIDTH, break_long_words=False, break_on_hyphens=False)


def sections(answer: CalibrationAnswer, again: str) -> Iterator[tuple[str, Block]]:
    """Yield heading and content of each part of the summary."""
    yield "What was run", _head(answer)
    yield "The region", _region(answer)
    yield "Patterns", _patterns(answer)
    yield "Which patterns pull against which", _pulls(answer)
    yield "Parameters: what the patterns settle and what they do not", _parameters(answer)
    yield "The scenario as it is", _today(answer)
    yield "Held-out patterns", _held_out(answer, again)
    if answer.twins:
        yield "Twin experiment", _twins(answer)


def _head(answer: CalibrationAnswer) -> Block:
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


def _region(answer: CalibrationAnswer) -> Block:
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


def _patterns(answer: CalibrationAnswer) -> Block:
    rows = [["pattern", "range", "accepted points", "met anywhere", "learnt"]]
    for rank, emulator in enumerate(answer.found.emulators):
        target, places = emulator.target, emulator.target.indicator.decimals
        low, high = ends_of_accepted(answer, rank)
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
    return [rows, note]


def _pulls(answer: CalibrationAnswer) -> Block:
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
    return [rows, *([f"and {counted(left, 'pair')} more in pulls.csv"] if left > 0 else [])]


def _parameters(answer: CalibrationAnswer) -> Block:
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
    return [rows, note, _assumptions(answer)]


def _assumptions(answer: CalibrationAnswer) -> str:
    """Say what stays an assumption: what was not settled, and what did not vary."""
    base = answer.found.study.base
    loose = [one.factor.path for one in answer.known if one.verdict == "not identifiable"]
    varied = {one.factor.path for one in answer.known}
    others = sum(origin.status == "assumed" for path, origin in base.origins.items() if path not in varied)
    words = f"{counted(others, 'other value')} that the scenario assumes did not vary, and stay as they are (govsim show)."
    return f"Stay assumptions: {listed(loose)}. {words}" if loose else words


def _today(answer: CalibrationAnswer) -> Block:
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


def _held_out(answer: CalibrationAnswer, again: str) -> Block:
    targets = answer.found.targets.held_out
    if not targets:
        return ["No pattern is held out, so nothing tests the region."]
    if not answer.held_out:
        names = listed([_short(target) for target in targets])
        told = f"Held out and not read: {names}. To read them, when nothing is to be changed any more:"
        return [told, f"  {again}"]
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
    return [rows, "They are revealed: a study that is changed now has seen them."]


def _twins(answer: CalibrationAnswer) -> Block:
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


def aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield rows as lines with columns below each other; words to the left, numbers to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [
            cell.ljust(width) if column in (0, len(row) - 1) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()
