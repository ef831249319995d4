"""The printed answer: what was run, on what terms, what differs, what cannot be told, what to do next."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from govsim.report.comparing.about import counted, moving, outside_budget
from govsim.report.comparing.words import groups_said, letter_of, many_arms, notes, sentences, two
from govsim.results.indicators import HEADLINE, INDICATORS
from govsim.results.values import Missing, Value, spans
from govsim.statistics.distribution import Distribution, distribution
from govsim.studies.answer import WIDTH, letters, number
from govsim.studies.compare import ArmRuns, Comparison, Difference, compare_per_hour
from govsim.studies.groups import GroupDifference
from govsim.units import THOUSAND

_INDENT = " " * 11
_MILLION = 1e6
_MANY = 3
"""Comparisons that are shown in full; more stand side by side."""
WHY_NEXT = "(halves the intervals; finished runs are kept)"
_SAME = "same residents and problems"
_NAME, _CELL, _DIFFERENCE = 36, 13, 24
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
    groups : tuple of lists of GroupDifference
        Of each of the comparisons.
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
    groups: tuple[Sequence[GroupDifference], ...] = ()
    until: str = ""
    why_next: str = WHY_NEXT
    report: str = ""


def answer(shown: Shown, further: Sequence[str] = ()) -> str:
    """Return the whole printed answer; ``further`` lines stand before the last two."""
    lines = [*_frame(shown)]
    if not shown.comparisons:
        lines += ["", *_alone(shown.main[0])]
    if len(shown.comparisons) > _MANY:
        lines += ["", *many_arms(shown.comparisons, shown.main)]
    for comparison, groups in zip(shown.comparisons, shown.groups, strict=True):
        if len(shown.comparisons) <= _MANY:
            lines += ["", *_table(comparison, shown.main, None), *_read(comparison, shown.main, groups)]
    for comparison in shown.second_comparisons:
        lines += ["", *_second(comparison, shown)]
    lines += further
    if further or shown.second_comparisons or not shown.comparisons:
        lines.append("")
    if shown.until:
        lines += textwrap.wrap(f"Until      {shown.until}", WIDTH, subsequent_indent=_INDENT)
    lines.append(f"Results    {shown.folder}")
    lines += [f"Report     {shown.report} (opens in a browser, offline)"] if shown.report else []
    lines += _next(shown.next_command, shown.why_next)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _read(comparison: Comparison, arms: Sequence[ArmRuns], groups: Sequence[GroupDifference]) -> list[str]:
    """Say in words what a table shows: differences, what pairing was not worth, yields, and who gains and loses."""
    b = letter_of(arms, comparison.other)
    lines = [line for said in sentences(comparison, b) for line in textwrap.wrap(said.en, WIDTH)]
    if comparison.identical:
        return lines
    lines += [line for said in notes(comparison) for line in textwrap.wrap(said.en, WIDTH)]
    if not comparison.equal_budget:
        lines += _yields(comparison, b)
    for place, said in enumerate(groups_said(groups)):
        lead = f"Groups {b}-A "[: len(_INDENT)].ljust(len(_INDENT)) if place == 0 else _INDENT
        lines += textwrap.wrap(said.en, WIDTH, initial_indent=lead, subsequent_indent=_INDENT + "  ")
    return lines


def _yields(comparison: Comparison, b: str) -> Iterator[str]:
    """Yield what each arm gets for its hours and money; the numbers to read under unequal budgets."""
    yield f"{'Per hour and yuan':{_NAME}}{'A':>{_CELL}}{b:>{_CELL}}{f'{b} - A [95 %]':>{_DIFFERENCE}}"
    for item, result in compare_per_hour(
        comparison.baseline, comparison.other, independent=comparison.independent
    ):
        shift = number(result.difference, item.decimals, sign=True)
        if result.interval is not None:
            low, high = (number(end, item.decimals, sign=True) for end in result.interval)
            shift = f"{shift} [{low}, {high}]"
        cells = (number(value, item.decimals) for value in (result.baseline, result.other))
        name = (
            item.label_en.replace("truly resolved", "resolved")
            .replace(" granted", "")
            .replace(" spent by anybody", " spent")
        )
        yield f"{name:{_NAME}}" + "".join(f"{cell:>{_CELL}}" for cell in cells) + f"{shift:>{_DIFFERENCE}}"


def _next(command: str, why: str) -> list[str]:
    """Return the next command, never broken over lines, so that it can be copied."""
    line = f"Next       {command}"
    return [f"{line}  {why}"] if len(line) + 2 + len(why) <= WIDTH else [line, _INDENT + why]


def _frame(shown: Shown) -> Iterator[str]:
    first = shown.main[0].runs[0]
    seeds = shown.main[0].seeds
    apart = [c for c in shown.comparisons if c.independent]
    paired = "seeds" if apart or not shown.comparisons else "paired seeds"
    listed = f"seed {seeds[0]}" if len(seeds) == 1 else f"{len(seeds)} {paired} ({spans(seeds)})"
    if apart and (others := shown.main[-1].seeds) != seeds:
        listed += f" against {len(others)} ({spans(others)})"
    people = first.weekly["residents"].iloc[0]
    did = f"{shown.computed} {'run' if shown.computed == 1 else 'runs'}"
    did += f" and {shown.reused} found" if shown.reused else ""
    weeks = first.manifest["weeks"]
    residents = "resident" if people == 1 else "residents"
    head = (
        f"{shown.scenario}: {people:,.0f} {residents}, {weeks} weeks, {listed}; {did}, {shown.seconds:.0f} s"
    )
    yield from textwrap.wrap(head, WIDTH, subsequent_indent=_INDENT)
    yield from budget(shown.main, same_chance=all(c.same_chance for c in shown.comparisons))
    if outside := outside_budget(shown.main):
        yield from textwrap.wrap(outside.en, WIDTH, initial_indent=_INDENT, subsequent_indent=_INDENT)
    yield from textwrap.wrap(f"Counted    {counted(shown.main).en}", WIDTH, subsequent_indent=_INDENT)
    if still := moving(shown.main):
        yield from textwrap.wrap(still.en, WIDTH, initial_indent=_INDENT, subsequent_indent=_INDENT)
    if apart:
        yield from textwrap.wrap(
            "UNPAIRED: the arms are independent samples; residents and chance are not the same seed by seed.",
            WIDTH, subsequent_indent=_INDENT,
        )  # fmt: skip
    books = [_mean_book(arm) for arm in shown.main]
    scale, unit = (THOUSAND, "1,000 hours") if books[0]["hours_supplied"] >= _MILLION else (1.0, "hours")
    sums = "; ".join(
        f"{letter} {_sum(book, scale)}" for letter, book in zip(letters(shown.main), books, strict=True)
    )
    words = f"Books      balance in every run; mean {unit} used + idle, residents' own included: {sums}"
    yield from textwrap.wrap(words, WIDTH, subsequent_indent=_INDENT)
    yield from _network(first.manifest["network"])
    yield from textwrap.wrap(patterns(shown.main), WIDTH, subsequent_indent=_INDENT)


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


def budget(arms: Sequence[ArmRuns], *, same_chance: bool = True) -> list[str]:
    """Say whether the arms were granted the same, in one or two lines."""
    hours = [arm.granted("granted_hours") for arm in arms]
    money = [arm.granted("granted_money") for arm in arms]
    same = f"; {_SAME}" if same_chance else ""
    if len(arms) == 1:
        return [f"Budget     {hours[0]:,.0f} staff hours and {money[0]:,.0f} yuan granted"]
    if np.ptp(hours) <= 1e-6 * max(hours) and np.ptp(money) <= 1e-6 * max(money):
        words = f"Budget     equal: {hours[0]:,.0f} staff hours and {money[0]:,.0f} yuan each{same}"
        return textwrap.wrap(words, WIDTH, subsequent_indent=_INDENT)
    parts = [
        f"{letter} {h:,.0f} staff hours, {m:,.0f} yuan"
        for letter, h, m in zip(letters(arms), hours, money, strict=True)
    ]
    words = f"UNEQUAL BUDGET: {'; '.join(parts)} granted. Part of any difference is one in means{same}."
    return textwrap.wrap(words, WIDTH, subsequent_indent=_INDENT)


def _table(comparison: Comparison, arms: Sequence[ArmRuns], only: Sequence[str] | None) -> Iterator[str]:
    a, b = (letter_of(arms, arm) for arm in (comparison.baseline, comparison.other))
    if only is None:
        yield from textwrap.wrap(
            f"{a} = {comparison.baseline.label} (baseline), {b} = {comparison.other.label}; ± over seeds",
            WIDTH,
        )
    title = f"{b} - {a} [95 %]"
    yield f"{'':{_NAME}}{a:>{_CELL}}{b:>{_CELL}}{title:>{_DIFFERENCE}} verdict"
    for difference in comparison.headline:
        if only is None or difference.indicator.name in only:
            yield _row(difference, comparison)
            yield from _groups_of_results(difference, a, b)


def table_within(comparison: Comparison, arms: Sequence[ArmRuns]) -> Iterator[str]:
    """Yield the table of one model without and with measures, where it is not the baseline of everything else."""
    yield "The same model without and with the measures:"
    yield from _table(comparison, arms, None)


def _groups_of_results(item: Difference, a: str, b: str) -> Iterator[str]:
    """Yield, where seeds fall into two groups of results, which they are, in either arm or in the difference."""
    d, result = item.indicator.decimals, item.paired
    said = []
    if item.baseline.peaks or item.other.peaks:
        said.append(f"{a}: {two(item.baseline, result.baseline, result.baseline_spread, d).en}")
        said.append(f"{b}: {two(item.other, result.other, result.other_spread, d).en}")
    if item.spread.peaks:
        said.append(f"{b} - {a}: {two(item.spread, result.difference, None, d, sign=True).en}")
    yield from textwrap.wrap("; ".join(said), WIDTH, initial_indent="  ", subsequent_indent="  ")


def _row(difference: Difference, comparison: Comparison) -> str:
    indicator, result = difference.indicator, difference.paired
    d = _digits(difference)
    a = _with_spread(result.baseline, result.baseline_spread, result.baseline_seeds, d, difference.baseline)
    b = _with_spread(result.other, result.other_spread, result.other_seeds, d, difference.other)
    shift = number(result.difference, d, sign=True)
    if result.by_order and not result.identical:
        shift = f"later {result.larger}, sooner {result.smaller}"
    elif isinstance(result.difference, Missing):
        shift = "n/a"
    elif difference.split:
        shift = "two groups"
    elif result.interval is not None and not result.identical:
        low, high = (number(end, d, sign=True) for end in result.interval)
        shift = f"{shift} [{low}, {high}]"
    mark = str(difference.verdict)
    if result.independent and not comparison.independent and not result.by_order:
        mark += " u"
    if comparison.splits and not difference.split:
        mark += " *"
    return f"{indicator.words:{_NAME}}{a:>{_CELL}}{b:>{_CELL}}{shift:>{_DIFFERENCE}} {mark}"


def _digits(item: Difference) -> int:
    """Return the digits after the point that a row has room for: none where numbers reach four before it."""
    ends = [end for pair in (item.paired.baseline_range, item.paired.other_range) for end in pair or ()]
    return 0 if any(abs(end) >= THOUSAND for end in ends) else item.indicator.decimals


def _with_spread(value: Value, spread: float | None, seeds: int, decimals: int, found: Distribution) -> str:
    """Return a cell: mean and spread, of the larger group where there are two; n/N where n of N seeds have a number."""
    if found.peaks:
        value, spread = found.rest.mean, found.rest.spread
        return f"{_plus_minus(value, spread, decimals)} {found.rest.seeds}/{found.of}"
    some = f" {seeds}/{found.of}" if 0 < seeds < found.of else ""
    if found.beyond is not None:
        return f">{number(found.beyond, decimals)}{some}"
    if some:
        return f"{number(value, decimals)}{some}"
    return _plus_minus(value, spread, decimals)


def _plus_minus(value: Value, spread: float | None, decimals: int) -> str:
    if isinstance(value, Missing) or spread is None:
        return number(value, decimals)
    return f"{number(value, decimals)}±{number(spread, decimals)}"


def _alone(arm: ArmRuns) -> Iterator[str]:
    yield f"{arm.label}, over {len(arm.runs)} seeds"
    yield f"{'':{_NAME}}{'mean':>12}{'spread':>12}{'smallest':>12}{'largest':>12}"
    for indicator in HEADLINE:
        values = arm.values(indicator.name)
        found, about = distribution(values), arm.about(indicator)
        d = indicator.decimals
        if found.range is None:
            yield f"{indicator.words:{_NAME}}{number(values[0], 0):>12}{'':36}   0 of {found.of} seeds"
            continue
        if found.peaks:
            yield f"{indicator.words:{_NAME}}  {two(found, 0.0, None, d).en}"
            continue
        numbers = [v for v in about if not isinstance(v, Missing)]
        mean = number(float(np.mean(numbers)), d)
        spread = number(float(np.std(numbers, ddof=1)) if len(numbers) > 1 else None, d)
        low, high = (number(end, d) for end in found.range)
        if found.beyond is not None:  # a mean over the seeds that reached it would leave out the slowest
            mean, spread, high = f"beyond {number(found.beyond, d)}", "-", Missing.NOT_REACHED.value
        missing = f"   {len(numbers)} of {found.of} seeds" if len(numbers) < found.of else ""
        yield f"{indicator.words:{_NAME}}" + "".join(f"{c:>12}" for c in (mean, spread, low, high)) + missing


def _second(comparison: Comparison, shown: Shown) -> Iterator[str]:
    b = letter_of(shown.second, comparison.other)
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
