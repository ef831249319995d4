"""The page on countermeasures: each against the same model without it, and per 1,000 hours that it moves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from govsim.report.markdown import table
from govsim.report.tables.models import MEASURES
from govsim.results.declare import Indicator
from govsim.results.values import Missing
from govsim.statistics.multiple import ArmPair, told_apart
from govsim.statistics.paired import Quotient
from govsim.studies.answer import listed, number
from govsim.studies.compare import ArmRuns
from govsim.studies.effects import effect, moved, weekly_sum
from govsim.units import THOUSAND, WEEKS_PER_YEAR

COUNTS = (
    ("problems that arose", weekly_sum("problems_arisen")),
    ("problems solved", weekly_sum("problems_solved")),
    ("problems come to light", weekly_sum("problems_found")),
    ("adult-weeks of participation", weekly_sum("active")),
)
"""What is counted per 1,000 hours."""
_EFFECTS = tuple((item, words) for item, words in MEASURES if item.name != "unpaid_hours")
_SPENT = (
    "hours moved a year",
    "yuan moved a year",
    "staff hours granted, change a year",
    "yuan granted, change a year",
)
_MARK = "**"
FEWEST_HOURS = 1000.0
"""A measure that moves fewer hours a year works by money; a rate per 1,000 hours would say nothing about it."""


def measures_part(names: Sequence[str], plain: ArmRuns, under: Sequence[ArmRuns]) -> str:
    """Return heading, tables and words of one model.

    Parameters
    ----------
    names
        Of the measures.
    plain, under
        Runs of the model without any of them, and with each.
    """
    arms = (plain, *under)
    values = {item.name: [arm.about(item) for arm in arms] for item, _ in _EFFECTS}
    found = told_apart(values, [(0, n) for n in range(1, len(arms))])
    parts = [f"## {plain.label}", "### Per 1,000 hours", _per_hours(names, plain, under)]
    parts += ["### In all", _in_all(names, found), "\n".join(_words(names, found))]
    return "\n\n".join(parts)


def _per_hours(names: Sequence[str], plain: ArmRuns, under: Sequence[ArmRuns]) -> str:
    header = ["countermeasure", *_SPENT, *(f"{name} [95 %]" for name, _ in COUNTS)]
    years = float(plain.runs[0].manifest["weeks"]) / WEEKS_PER_YEAR
    rows, by_money = [], []
    for name, arm in zip(names, under, strict=True):
        spent = [moved(a, b) for a, b in zip(plain.runs, arm.runs, strict=True)]
        means = [float(np.mean([getattr(item, what) for item in spent])) for what in ("hours", "money")]
        more = [arm.granted(what) - plain.granted(what) for what in ("granted_hours", "granted_money")]
        shown = [number(mean / years, 0) for mean in means] + [
            number(change / years, 0, sign=True) for change in more
        ]
        effects = [effect(plain, arm, count, spent) for _, count in COUNTS]
        few_hours = means[0] / years < FEWEST_HOURS
        rates = ["-" if few_hours else _rate(one.per_thousand_hours) for one in effects]
        rows.append([name, *shown, *rates])
        if few_hours:
            by_money.append((name, [_rate(one.per_million_yuan) for one in effects]))
    return "\n\n".join([table(header, rows), *(_per_yuan(name, rates) for name, rates in by_money)])


def _per_yuan(name: str, rates: Sequence[str]) -> str:
    told = listed([f"{rate} {words}" for rate, (words, _) in zip(rates, COUNTS, strict=True)])
    return f"*{name}* moves too few hours for a rate by hours; per million yuan moved: {told}."


def _rate(found: Quotient) -> str:
    if isinstance(found.value, Missing) or found.low is None or found.high is None:
        return Missing.NO_BASE.value
    decimals = 1 if abs(found.value) < THOUSAND else 0
    low, middle, high = (number(v, decimals, sign=True) for v in (found.low, found.value, found.high))
    return f"{middle} [{low}, {high}]"


def _in_all(names: Sequence[str], found: dict[str, list[ArmPair]]) -> str:
    header = ["countermeasure", *(words for _, words in _EFFECTS)]
    rows = [
        [name, *(_change(found[item.name][n], item) for item, _ in _EFFECTS)] for n, name in enumerate(names)
    ]
    return table(header, rows)


def _change(pair: ArmPair, item: Indicator) -> str:
    if isinstance(pair.difference, Missing):
        words = pair.difference.value
        return f"{_MARK}{'later' if pair.rises else 'sooner'}{_MARK}" if pair.apart else words
    words = number(pair.difference, item.decimals, sign=True)
    if pair.interval is not None:
        words += f" ± {number((pair.interval[1] - pair.interval[0]) / 2, item.decimals)}"
    return f"{_MARK}{words}{_MARK}" if pair.apart else words


def _words(names: Sequence[str], found: dict[str, list[ArmPair]]) -> Iterator[str]:
    for item, heading in _EFFECTS:
        apart = [(name, pair) for name, pair in zip(names, found[item.name], strict=True) if pair.apart]
        up, down = ([name for name, pair in apart if pair.rises == way] for way in (True, False))
        told = [f"{way} with {listed(some)}" for way, some in (("higher", up), ("lower", down)) if some]
        yield f"- *{heading}*: {'; '.join(told) or 'undecided'}."
    silent = [name for n, name in enumerate(names) if not any(pairs[n].apart for pairs in found.values())]
    if silent:
        yield f"- Undecided in every column of this table: {listed(silent)}."
