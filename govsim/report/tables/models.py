"""The page on governance models: a table a capacity mode, and in words what cannot be told apart.

The words follow from rules: two models are *told apart* in a measure if the paired interval of their difference, widened
for all pairs and measures of the table (see :mod:`govsim.statistics.multiple`), leaves out zero; everything else is *not told
apart*, which is not the same as equal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from govsim.report.markdown import spread, table
from govsim.results.declare import Indicator
from govsim.results.indicators import INDICATORS
from govsim.statistics.multiple import ArmPair, Values, alike, told_apart
from govsim.studies.answer import counted, number
from govsim.studies.compare import ArmRuns

_SHOWN = {
    "participation_4w": "take part in four weeks, % of adults",
    "resolved_existing_26w": "truly resolved in 26 weeks, % of existing",
    "resolved_reported_26w": "truly resolved in 26 weeks, % of known",
    "median_days": "median working days to resolution",
    "trust_community": "trust in the committee, 0-1",
    "burnout": "burnt-out staff, %",
    "paid_hours_per_resolved": "paid hours per resolved problem",
    "unpaid_hours": "unpaid hours per resident-year",
    "resolved_laid_off": "truly resolved in 26 weeks, % of problems of laid-off",
}
MEASURES: tuple[tuple[Indicator, str], ...] = tuple(
    (indicator, _SHOWN[indicator.name]) for indicator in INDICATORS if indicator.name in _SHOWN
)
"""Columns of the table in the order of the indicators, with their headings."""
_MANY = 12
"""Up to so many pairs are named; more are only counted."""


def models_part(arms: Sequence[ArmRuns], observed: bool) -> str:
    """Return heading, table and words of one capacity mode."""
    title = "As observed" if observed else "Capacity-neutral"
    means = (
        "Each model with the hours and money that it brings from outside: differences are partly ones in means."
        if observed
        else "Every model has the same hours and money; only what it does with them differs."
    )
    budget = observed and ["staff hours granted", "yuan granted"]
    rows = []
    for arm in arms:
        granted = (
            [f"{arm.granted('granted_hours'):,.0f}", f"{arm.granted('granted_money'):,.0f}"] if budget else []
        )
        rows.append([arm.label, *granted, *(spread(arm.about(item), item) for item, _ in MEASURES)])
    header = ["model", *(budget or []), *(heading for _, heading in MEASURES)]
    return "\n\n".join(
        [f"## {title}", means, table(header, rows), "### What cannot be told apart", *_words(arms)]
    )


def _words(arms: Sequence[ArmRuns]) -> Iterator[str]:
    if len(arms) < 2 or len(arms[0].runs) < 2:
        yield "One model or one seed: nothing can be told apart."
        return
    places = list(combinations(range(len(arms)), 2))
    found = told_apart({item.name: [arm.about(item) for arm in arms] for item, _ in MEASURES}, places)
    yield (
        f"With {counted(len(arms[0].runs), 'paired seed')}. Told apart means that the paired interval of the difference "
        f"leaves out zero, after widening it for all {len(places) * len(MEASURES):,} comparisons of this table: of what is "
        "told apart, at most 5 % is expected not to be (Benjamini and Hochberg 1995; Benjamini and Yekutieli 2005). Where some "
        "seed did not reach a number, the order of the seeds is tested instead. What is not told apart need not be equal."
    )
    yield "\n".join([*_everywhere(arms, places, found), *_by_measure(arms, found)])


def _everywhere(
    arms: Sequence[ArmRuns], places: Sequence[tuple[int, int]], found: dict[str, list[ArmPair]]
) -> Iterator[str]:
    same = [place for place in places if _identical(*(arms[n] for n in place))]
    apart = {(pair.first, pair.second) for pairs in found.values() for pair in pairs if pair.apart}
    unlike = [place for place in places if place not in apart and place not in same]
    if same:
        yield f"- The same numbers in every seed: {_names(arms, same)}."
    if unlike:
        yield f"- Told apart in no measure: {_names(arms, unlike)}."
    else:
        yield f"- Every {'other ' if same else ''}pair is told apart in at least one measure."


def _by_measure(arms: Sequence[ArmRuns], found: dict[str, list[ArmPair]]) -> Iterator[str]:
    for item, heading in MEASURES:
        pairs = found[item.name]
        tested = [pair for pair in pairs if pair.tested]
        known = [pair.interval for pair in tested if pair.interval]
        words = f"- *{heading}*: {sum(p.apart for p in pairs)} of {counted(len(tested), 'pair')} told apart"
        widths = sorted((high - low) / 2 for low, high in known if high > low)
        if widths:
            half = number(widths[len(widths) // 2], item.decimals)
            words += f"; a difference of {half} would have been enough for half of the pairs that differ"
        if len(tested) < len(pairs):
            unknown = counted(len(pairs) - len(tested), "pair")
            words += f"; {unknown} not tested, because seeds are few or some seed has no number"
        yield f"{words}.{_groups(arms, [arm.about(item) for arm in arms], pairs)}"


def _groups(arms: Sequence[ArmRuns], values: Values, pairs: Sequence[ArmPair]) -> str:
    groups = alike(values, pairs)
    if not groups:
        return ""
    if len(groups[0]) == len(arms):
        return " No model can be told from any other."
    named = "; ".join(", ".join(arms[arm].label for arm in group) for group in groups)
    return f" From low to high, not told apart from each other: {named}."


def _identical(first: ArmRuns, second: ArmRuns) -> bool:
    return all(a.summary == b.summary for a, b in zip(first.runs, second.runs, strict=True))


def _names(arms: Sequence[ArmRuns], places: Sequence[tuple[int, int]]) -> str:
    if len(places) > _MANY:
        return counted(len(places), "pair")
    return "; ".join(f"{arms[a].label} and {arms[b].label}" for a, b in places)
