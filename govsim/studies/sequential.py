"""Seeds are added until a difference is known as closely as was asked for.

The rule is that of Chow and Robbins (1965), in batches: begin with 30 seeds; stop as soon as half of the 95 % interval of the
paired difference is no wider than asked; else add as many seeds as its present spread says are missing, 5 at least and not
more than there are. Intervals so stopped cover the truth in 94 % of cases where differences are bell-shaped, in 89-94 % where
they are as skewed as an exponential distribution: a little less than with a fixed number of seeds. Two samples never end it:
one in which all seeds give the same number, unless there are 59 of them, and one of two groups of results of which the smaller
has fewer than ten seeds.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from govsim.results.declare import Indicator
from govsim.results.indicators import HEADLINE, INDICATORS
from govsim.results.values import Missing, Value
from govsim.statistics.distribution import Distribution, distribution
from govsim.statistics.paired import paired
from govsim.studies.compare import Comparison

FEWEST_SEEDS = 30
"""One seed of these at least lies apart in 96 % of cases where a tenth of all seeds would."""
FEWEST_EQUAL = 59
"""If so many seeds give one and the same number, any other comes up in less than 5 % of seeds (0.95^59 < 0.05)."""
FEWEST_EACH = 10
"""Seeds in the smaller of two groups of results from which on a t interval over both holds."""
MOST_SEEDS = 1000
"""Unless another number is given."""
_BATCH = 5


@dataclass(frozen=True)
class Precision:
    """A difference to be known this closely."""

    indicator: Indicator
    half_width: float


@dataclass(frozen=True)
class Reached:
    """How closely it is known.

    Attributes
    ----------
    half_width : float or None
        The widest of all comparisons; None where a comparison has no interval.
    seeds : int
    missing : int or None
        Seeds that would still be needed at the present spread, 0 where the width is reached; None where that cannot be said.
    """

    half_width: float | None
    seeds: int
    missing: int | None


def target(text: str) -> Precision:
    """Read ``INDICATOR=±WIDTH``; an indicator may be named by the beginning of its name.

    Raises
    ------
    ValueError
        With what is allowed, if it is written otherwise, or names no indicator or several.
    """
    name, mark, width = (part.strip() for part in text.partition("="))
    number = re.fullmatch(r"(?:±|\+-|\+/-)?\s*([0-9]+(?:\.[0-9]*)?|\.[0-9]+)", width)
    if not mark or number is None or float(number[1]) <= 0:
        raise ValueError(f'"{text}" is not an indicator with a half-width: write  participation=±0.5')
    return Precision(_indicator(name), float(number[1]))


def _indicator(name: str) -> Indicator:
    from difflib import get_close_matches

    for known in (INDICATORS, HEADLINE):
        if exact := [i for i in known if i.name == name]:
            return exact[0]
    for known in (HEADLINE, INDICATORS):
        begun = [i for i in known if name and i.name.startswith(name)]
        if len(begun) == 1:
            return begun[0]
        if begun:
            raise ValueError(
                f'"{name}" may be any of {", ".join(i.name for i in begun)}: write one of them out'
            )
    close = get_close_matches(name, [i.name for i in INDICATORS], 1, 0.4)
    hint = f"; did you mean {close[0]}?" if close else ""
    raise ValueError(
        f'no indicator is called "{name}"{hint} (printed ones: {", ".join(i.name for i in HEADLINE)})'
    )


def reached(goal: Precision, comparisons: Sequence[Comparison], alone: Sequence[Value] = ()) -> Reached:
    """Return how closely the indicator is known: its difference in every comparison, or its mean in the only arm."""
    if comparisons:
        rows = [d for c in comparisons for d in c.differences if d.indicator is goal.indicator]
        found = [(d.paired, [d.baseline, d.other, d.spread]) for d in rows]
        seeds = len(comparisons[0].baseline.runs)
        same = all(c.same_model for c in comparisons)
    else:
        zero: list[Value] = [Missing.NO_BASE if isinstance(v, Missing) else 0.0 for v in alone]
        found = [(paired(zero, alone), [distribution(alone)])]
        seeds, same = len(alone), False
    widths = [result.half_width for result, _ in found]
    known = [width for width in widths if width is not None]
    if len(known) < len(widths) or not known:
        return Reached(None, seeds, None)
    widest = max(known)
    more = missing(widest, seeds, goal.half_width)
    if (
        widest == 0.0 and not same
    ):  # nothing has happened yet: that says how rare it is, and not that it never will
        more = max(more, FEWEST_EQUAL - seeds)
    return Reached(widest, seeds, max(more, *(_missing_apart(items, seeds) for _, items in found)))


def _missing_apart(found: Sequence[Distribution], seeds: int) -> int:
    """Return how many more seeds are needed until both of two groups of results have enough for a t interval to hold."""
    smaller = min((len(item.apart) for item in found if item.peaks), default=FEWEST_EACH)
    return 0 if smaller >= FEWEST_EACH else max(1, math.ceil(seeds * FEWEST_EACH / smaller) - seeds)


def missing(half_width: float, seeds: int, wanted: float) -> int:
    """Return how many more seeds are needed at the present spread: the interval shrinks with the root of their number."""
    return 0 if half_width <= wanted else max(1, math.ceil(seeds * (half_width / wanted) ** 2) - seeds)


def next_seeds(found: Reached, most: int) -> int:
    """Return how many seeds to run next; as many as there are already when there is no use in more."""
    if not found.missing:
        return found.seeds
    return min(most, found.seeds + max(_BATCH, min(found.missing, found.seeds)))
