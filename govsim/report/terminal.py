"""The printed answer: what was run, on what terms, what differs, what cannot be told, what to do next."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from govsim.results.declare import Indicator
from govsim.results.indicators import HEADLINE, INDICATORS
from govsim.results.values import Missing, Value
from govsim.study.compare import SIGNIFICANCE, ArmRuns, Comparison, Difference
from govsim.units import THOUSAND

WIDTH = 100
_INDENT = " " * 11
_MILLION = 1e6
_WHY_NEXT = "(halves the intervals; finished runs are kept)"
_SAME = "same residents and problems"
_LARGE, _HUGE = 10, 999
"""From here on a pairing gain is printed without decimals, and as being more."""
_NAME, _CELL, _DIFFERENCE, _GAIN = 36, 12, 24, 6
_BRIEF = (
    "participation_4w",
    "resolved_existing_26w",
    "resolved_reported_26w",
    "median_days",
    "trust_community",
)
"""Shown of the second block, which is about other budgets."""


@dataclass(frozen=True)
class Shown:
    """What the printed answer is about.

    Attributes
    ----------
    scenario : str
        Label of the scenario.
    main : tuple of ArmRuns
        Arms of the first block, the baseline first.
    second : tuple of ArmRuns
        Arms of the block as observed; empty where it was not asked for.
    comparisons, second_comparisons : tuple of Comparison
        Each other arm against the baseline.
    folder : str
        Where the comparison lies.
    """

    scenario: str
    main: tuple[ArmRuns, ...]
    second: tuple[ArmRuns, ...]
    comparisons: tuple[Comparison, ...]
    second_comparisons: tuple[Comparison, ...]
    computed: int
    reused: int
    seconds: float
    folder: str
    next_command: str


def number(value: Value | None, decimals: int, sign: bool = False) -> str:
    """Return a number for people, or why there is none."""
    if value is None:
        return "-"
    if isinstance(value, Missing):
        return value.value
    rounded = round(value, decimals) + 0.0
    return f"{rounded:+,.{decimals}f}" if sign else f"{rounded:,.{decimals}f}"


def answer(shown: Shown, further: Sequence[str] = ()) -> str:
    """Return the whole printed answer; ``further`` lines stand before the last two."""
    lines = [*_frame(shown)]
    if not shown.comparisons:
        lines += ["", *_alone(shown.main[0])]
    for comparison in shown.comparisons:
        lines += ["", *_table(comparison, shown.main, None), *sentences(comparison, shown.main)]
    for comparison in shown.second_comparisons:
        lines += ["", *_second(comparison, shown)]
    lines += further
    if further or shown.second_comparisons or not shown.comparisons:
        lines.append("")
    lines += [f"Results    {shown.folder}", *_next(shown.next_command)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _next(command: str) -> list[str]:
    """Return the next command, never broken over lines, so that it can be copied."""
    line = f"Next       {command}"
    return (
        [f"{line}  {_WHY_NEXT}"] if len(line) + 2 + len(_WHY_NEXT) <= WIDTH else [line, _INDENT + _WHY_NEXT]
    )


def _frame(shown: Shown) -> Iterator[str]:
    first = shown.main[0].runs[0]
    seeds = shown.main[0].seeds
    paired = "paired seeds" if shown.comparisons else "seeds"
    listed = f"seed {seeds[0]}" if len(seeds) == 1 else f"{len(seeds)} {paired} ({seeds[0]}-{seeds[-1]})"
    people = first.weekly["residents"].iloc[0]
    did = f"{shown.computed} {'run' if shown.computed == 1 else 'runs'}"
    did += f" and {shown.reused} found" if shown.reused else ""
    weeks = first.manifest["weeks"]
    residents = "resident" if people == 1 else "residents"
    yield f"{shown.scenario}: {people:,.0f} {residents}, {weeks} weeks, {listed}; {did}, {shown.seconds:.0f} s"
    yield from budget(shown.main)
    books = [_mean_book(arm) for arm in shown.main]
    scale, unit = (THOUSAND, "1,000 hours") if books[0]["hours_supplied"] >= _MILLION else (1.0, "hours")
    sums = "; ".join(
        f"{letter} {_sum(book, scale)}" for letter, book in zip(letters(shown.main), books, strict=True)
    )
    words = f"Books      balance in every run; mean {unit} used + idle: {sums}"
    yield from textwrap.wrap(words, WIDTH, subsequent_indent=_INDENT)
    yield from _network(first.manifest["network"])
    yield patterns(shown.main)


def _network(measures: Mapping[str, Any]) -> Iterator[str]:
    """Say what the network of the first seed looks like, where it was measured."""
    if measures:
        like = measures["assortativity"]["likeness"]
        yield (
            f"Network    {measures['mean_degree']:.1f} ties a resident, clustering {measures['clustering']:.2f}, "
            f"homophily {'n/a' if like is None else f'{like:.2f}'}, "
            f"{measures['components']:,} component{'s' if measures['components'] > 1 else ''} (all in manifest.json)"
        )


def _mean_book(arm: ArmRuns) -> dict[str, float]:
    names = ("hours_supplied", "hours_used")
    return {name: float(np.mean([run.manifest["balance"][name] for run in arm.runs])) for name in names}


def _sum(book: Mapping[str, float], scale: float) -> str:
    supplied, used = (round(book[name] / scale) for name in ("hours_supplied", "hours_used"))
    return f"{used:,} + {supplied - used:,}"


def letters(arms: Sequence[ArmRuns]) -> list[str]:
    """Return the letters that stand for the arms in narrow columns."""
    return [chr(ord("A") + index) if index < 26 else f"A{index}" for index in range(len(arms))]


def budget(arms: Sequence[ArmRuns]) -> list[str]:
    """Say whether the arms were granted the same, in one or two lines."""
    hours = [arm.granted("granted_hours") for arm in arms]
    money = [arm.granted("granted_money") for arm in arms]
    if len(arms) == 1:
        return [f"Budget     {hours[0]:,.0f} staff hours and {money[0]:,.0f} yuan granted"]
    if np.ptp(hours) <= 1e-6 * max(hours) and np.ptp(money) <= 1e-6 * max(money):
        words = f"Budget     equal: {hours[0]:,.0f} staff hours and {money[0]:,.0f} yuan each; {_SAME}"
        return textwrap.wrap(words, WIDTH, subsequent_indent=_INDENT)
    parts = [
        f"{letter} {h:,.0f} staff hours, {m:,.0f} yuan"
        for letter, h, m in zip(letters(arms), hours, money, strict=True)
    ]
    words = f"UNEQUAL BUDGET: {'; '.join(parts)} granted. Part of any difference is one in means; {_SAME}."
    return textwrap.wrap(words, WIDTH, subsequent_indent=_INDENT)


def _table(comparison: Comparison, arms: Sequence[ArmRuns], only: Sequence[str] | None) -> Iterator[str]:
    a = "A"
    b = letters(arms)[list(arms).index(comparison.other)]
    if only is None:
        yield from textwrap.wrap(
            f"A = {comparison.baseline.label} (baseline), {b} = {comparison.other.label}; "
            "± over seeds; unmarked: clear",
            WIDTH,
        )
    title = f"{b} - A [95 %]"
    yield f"{'':{_NAME}}{a:>{_CELL}}{b:>{_CELL}}{title:>{_DIFFERENCE}}{'pairing':>{_GAIN + 2}}"
    for difference in comparison.headline:
        if only is None or difference.indicator.name in only:
            yield _row(difference)


def _row(difference: Difference) -> str:
    indicator, result = difference.indicator, difference.paired
    d = indicator.decimals
    a = _with_spread(result.baseline, result.baseline_spread, d)
    b = _with_spread(result.other, result.other_spread, d)
    shift = number(result.difference, d, sign=True)
    if isinstance(result.difference, Missing):
        shift = "n/a"
    elif result.interval is not None and not result.identical:
        low, high = (number(end, d, sign=True) for end in result.interval)
        shift = f"{shift} [{low}, {high}]"
    gain = (
        ""
        if result.gain is None
        else f"{result.gain:.1f}x"
        if result.gain < _LARGE
        else f"{result.gain:.0f}x"
        if result.gain < _HUGE
        else f">{_HUGE}x"
    )
    mark = "" if difference.verdict in ("clear", "n/a", "one seed") else difference.verdict
    return f"{indicator.words:{_NAME}}{a:>{_CELL}}{b:>{_CELL}}{shift:>{_DIFFERENCE}}{gain:>{_GAIN}} {mark}"


def _with_spread(value: Value, spread: float | None, decimals: int) -> str:
    if isinstance(value, Missing) or spread is None:
        return number(value, decimals)
    return f"{number(value, decimals)}±{number(spread, decimals)}"


def _alone(arm: ArmRuns) -> Iterator[str]:
    yield f"{arm.label}, over {len(arm.runs)} seeds"
    yield f"{'':{_NAME}}{'mean':>12}{'spread':>12}{'smallest':>12}{'largest':>12}"
    for indicator in HEADLINE:
        values = arm.values(indicator.name)
        numbers = [v for v in values if not isinstance(v, Missing)]
        if not numbers:
            yield f"{indicator.words:{_NAME}}{number(values[0], 0):>12}"
            continue
        spread = float(np.std(numbers, ddof=1)) if len(numbers) > 1 else None
        cells = (float(np.mean(numbers)), spread, min(numbers), max(numbers))
        missing = f"   in {len(numbers)} of them" if len(numbers) < len(values) else ""
        yield (
            f"{indicator.words:{_NAME}}"
            + "".join(f"{number(c, indicator.decimals):>12}" for c in cells)
            + missing
        )


def sentences(comparison: Comparison, arms: Sequence[ArmRuns]) -> list[str]:
    """Say in plain words what the table shows and what it cannot show."""
    b = letters(arms)[list(arms).index(comparison.other)]
    if comparison.same_model:
        return [
            f"A and {b} are identical: the same model under two names. Every number is equal in every seed."
        ]
    if comparison.identical:
        return [f"A and {b} are identical in every number and seed, although the models differ in content."]
    by = {verdict: [d for d in comparison.headline if d.verdict == verdict] for verdict in _VERDICTS}
    if by["one seed"]:
        return ["One seed: no interval, so nothing here can be told from chance. Add --seeds 5 or more."]
    higher = [_name(d.indicator) for d in by["clear"] if _up(d)]
    lower = [_name(d.indicator) for d in by["clear"] if not _up(d)]
    found = [
        f"clearly {way} in {_and(names)}" for way, names in (("higher", higher), ("lower", lower)) if names
    ]
    words = f"{b} is {'; '.join(found)}." if found else "no detectable difference."
    parts = ["In this model, under these assumptions:", words]
    if by["undecided"]:
        parts.append(_undecided(by["undecided"], len(comparison.other.runs), not found))
    return textwrap.wrap(" ".join(parts), WIDTH)


_NAMED = 5
_VERDICTS = ("clear", "undecided", "identical", "one seed", "n/a")


def _up(difference: Difference) -> bool:
    return not isinstance(difference.paired.difference, Missing) and difference.paired.difference > 0


def _undecided(differences: Sequence[Difference], seeds: int, nothing_found: bool) -> str:
    almost = sum(
        1 for d in differences if d.p_corrected and d.paired.p is not None and d.paired.p < SIGNIFICANCE
    )
    looked = f"; {almost} of them would pass alone, but not among the {len(HEADLINE)} looked at together"
    more_words = looked if almost else ""
    if not nothing_found:
        return f"Undecided with {seeds} seeds: {len(differences)} rows{more_words}."
    named = [
        f"{_name(d.indicator)} ({number(d.paired.half_width, d.indicator.decimals)})"
        for d in differences[:_NAMED]
    ]
    more = len(differences) - len(named)
    named += [f"{more} more"] if more else []
    return f"With {seeds} seeds, in brackets what would have been seen: {_and(named)}{more_words}."


def _name(indicator: Indicator) -> str:
    name, _, unit = indicator.words.rpartition(", ")
    twins = sum(1 for other in HEADLINE if other.words.startswith(f"{name}, "))
    return name if twins < 2 else f"{name} ({unit.removeprefix('% of ')})"


def _and(items: Sequence[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def _second(comparison: Comparison, shown: Shown) -> Iterator[str]:
    b = letters(shown.second)[list(shown.second).index(comparison.other)]
    words = f"As observed, {b} with help from outside: "
    if comparison.equal_budget:
        words += "equal budget."
    else:
        words += f"UNEQUAL BUDGET, {b} has {_excess(comparison)}."
    yield from textwrap.wrap(words, WIDTH)
    yield from _table(comparison, shown.second, _BRIEF)


def _excess(comparison: Comparison) -> str:
    parts = []
    for what, words in (("granted_hours", "staff hours"), ("granted_money", "money")):
        had, has = comparison.baseline.granted(what), comparison.other.granted(what)
        if has != had:
            parts.append(
                f"{100 * (has / had - 1):+.1f} % {words}" if had else f"{has:,.0f} {words} against none"
            )
    return ", ".join(parts)


def patterns(arms: Sequence[ArmRuns]) -> str:
    """Say how many published ranges each arm meets."""
    checks = [indicator for indicator in INDICATORS if indicator.target]
    parts = []
    for letter, arm in zip(letters(arms), arms, strict=True):
        met = known = 0
        for check in checks:
            numbers = [v for v in arm.values(check.name) if not isinstance(v, Missing)]
            if numbers and check.target:
                known += 1
                met += check.target[0] <= float(np.mean(numbers)) <= check.target[1]
        parts.append(f"{letter} {met} of {known}")
    return f"Patterns   published ranges met: {', '.join(parts)} (rows pattern_* of summary.csv)"
