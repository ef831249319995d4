"""Comparing two arms: only what is comparable, seed by seed, and chance never called a difference.

Seeds may be added until a difference is known as closely as was asked for, by the rule of Chow and Robbins (1965) in batches:
begin with 30 seeds; stop as soon as half of the 95 % interval of the paired difference is no wider than asked; else add as many
seeds as its present spread says are missing, 5 at least and not more than there are. Intervals so stopped cover the truth in
94 % of cases where differences are bell-shaped, in 89-94 % where they are as skewed as an exponential distribution: a little
less than with a fixed number of seeds. Two samples never end it: one in which all seeds give the same number, unless there are
59 of them, and one of two groups of results of which the smaller has fewer than ten seeds.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from govsim.results.declare import Column, Indicator
from govsim.results.errors import RefusedError
from govsim.results.indicators import HEADLINE, INDICATORS
from govsim.results.load import Results
from govsim.results.values import Missing, Value, difference, spans
from govsim.statistics.distribution import Distribution, distribution
from govsim.statistics.paired import Paired, about_ratio, contrast, holm, paired, unpaired

Verdict = Literal["better", "worse", "higher", "lower", "undecided", "no difference", "not tested", "n/a"]
DECIDED = ("better", "worse", "higher", "lower")
"""Verdicts that say which way a difference goes."""

SIGNIFICANCE = 0.05
"""Chance, at most, that any headline difference is called better, worse, higher or lower although there is none."""
BUDGET_ROUNDING = 1e-6
"""Relative difference in granted hours or money that counts as rounding."""


@dataclass(frozen=True)
class ArmRuns:
    """Finished runs of one arm, one per seed, in the order of the seeds.

    Attributes
    ----------
    label : str
        For people; enters nothing.
    content : str
        Hash of scenario and governance model together: equal for one model under two names.
    """

    label: str
    content: str
    mode: str
    runs: tuple[Results, ...]
    label_zh: str = ""

    @property
    def zh(self) -> str:
        """Chinese label, or the English one where there is none."""
        return self.label_zh or self.label

    def values(self, indicator: str) -> list[Value]:
        """Return one number per seed; n/a where a run of another version does not know it."""
        return [run.summary.get(indicator, Missing.NO_BASE) for run in self.runs]

    def about(self, indicator: Indicator) -> list[Value]:
        """Return one number per seed whose mean is the number of the arm.

        For a ratio these are made of the sums of all seeds over each other, so that a seed with nothing to divide by counts
        with what it has; for all others, and in runs of 0.2, it is the number itself.
        """
        parts = [run.parts.get(indicator.name) for run in self.runs]
        known = [pair for pair in parts if pair is not None]
        if not known or len(known) < len(parts):
            return self.values(indicator.name)
        return about_ratio([indicator.scale * over for over, _ in known], [under for _, under in known])

    @property
    def seeds(self) -> tuple[int, ...]:
        """Seeds of the runs."""
        return tuple(run.seed for run in self.runs)

    def granted(self, what: str) -> float:
        """Return granted hours or money, mean over seeds."""
        return sum(float(run.manifest[what]) for run in self.runs) / len(self.runs)


@dataclass(frozen=True)
class Difference:
    """One indicator of a comparison.

    Attributes
    ----------
    p_corrected : float or None
        Corrected for all that is looked at together: a headline indicator for the headline indicators, any other one for
        all indicators, of all arms that stand beside each other.
    looks : int
        Numbers that are looked at together.
    baseline, other, spread : Distribution
        Of both arms and of the differences by seed; the last is empty where there are no pairs.
    """

    indicator: Indicator
    paired: Paired
    p_corrected: float | None
    verdict: Verdict
    baseline: Distribution
    other: Distribution
    spread: Distribution
    looks: int = 1

    @property
    def detectable(self) -> float | None:
        """Smallest difference that is found with 80 % power, however the other numbers looked at come out."""
        return self.paired.detectable(SIGNIFICANCE / self.looks)

    @property
    def decided(self) -> bool:
        """Whether the verdict says which way the difference goes."""
        return self.verdict in DECIDED

    @property
    def split(self) -> bool:
        """Whether seeds fall into two groups of results, not alike in both arms: the mean difference is no typical one."""
        alike = not self.paired.independent and self.baseline.apart == self.other.apart
        return bool(self.spread.peaks or (not alike and (self.baseline.peaks or self.other.peaks)))


@dataclass(frozen=True)
class Comparison:
    """Two arms.

    Attributes
    ----------
    independent : bool
        Compared without pairing, as asked: seeds, residents or weeks may be other ones.
    same_model : bool
        The two arms have the same content; names are decoration.
    equal_budget : bool
        Granted hours and money are the same but for rounding.
    differences : tuple of Difference
        One per indicator, in the order of the indicators.
    """

    baseline: ArmRuns
    other: ArmRuns
    same_model: bool
    equal_budget: bool
    differences: tuple[Difference, ...]
    independent: bool = False

    @property
    def paired(self) -> bool:
        """Whether runs were paired, and every pair had equal worlds and equal exogenous events by their hashes."""
        return not self.independent and self.same_chance

    @property
    def same_chance(self) -> bool:
        """Whether the arms met the same residents and the same exogenous events, seed by seed, by their hashes."""
        return self.baseline.seeds == self.other.seeds and all(
            a.manifest["hashes"].get(what) == b.manifest["hashes"].get(what) is not None
            for a, b in zip(self.baseline.runs, self.other.runs, strict=True)
            for what in ("world", "exogenous")
        )

    @property
    def headline(self) -> tuple[Difference, ...]:
        """Differences of the printed table."""
        return tuple(d for d in self.differences if d.indicator.headline)

    @property
    def splits(self) -> tuple[Difference, ...]:
        """Rows of the printed table whose seeds fall into two groups of results; all other rows may hang on these seeds."""
        return tuple(d for d in self.headline if d.split)

    @property
    def seeds(self) -> int:
        """Seeds of the arm that has fewer."""
        return min(len(self.baseline.runs), len(self.other.runs))

    @property
    def identical(self) -> bool:
        """Whether no number differs in any seed."""
        return self.baseline.seeds == self.other.seeds and all(
            a == b for d in self.differences for a, b in zip(
                self.baseline.values(d.indicator.name), self.other.values(d.indicator.name), strict=True
            )
        )  # fmt: skip


def compare(
    baseline: ArmRuns, other: ArmRuns, *, allow_unequal_budget: bool = False, independent: bool = False
) -> Comparison:
    """Compare two arms.

    Parameters
    ----------
    independent
        Compare without pairing: seeds, weeks, residents and events may differ.

    Raises
    ------
    RefusedError
        If seeds, weeks, worlds or exogenous events differ, or the budgets do and that was not allowed.
    """
    if not independent:
        _same_frame(baseline, other)
    equal = equal_budget(baseline, other)
    if not equal and not allow_unequal_budget:
        raise RefusedError(unequal_words(baseline, other))
    how = unpaired if independent else contrast
    differences = []
    for indicator in INDICATORS:
        a, b = baseline.values(indicator.name), other.values(indicator.name)
        gaps = [] if independent else [difference(y, x) for x, y in zip(a, b, strict=True)]
        result = how(baseline.about(indicator), other.about(indicator))
        differences.append(
            Difference(indicator, result, None, "n/a", distribution(a), distribution(b), distribution(gaps))
        )
    same = baseline.content == other.content
    alone = Comparison(baseline, other, same, equal, tuple(differences), independent)
    return looked_at_together([alone])[0]


def looked_at_together(comparisons: Sequence[Comparison]) -> list[Comparison]:
    """Return comparisons that stand beside each other, with p values and verdicts corrected for all of them (Holm 1979).

    The chance that any headline difference of any of them gets better, worse, higher or lower although there is none is at
    most 5 %. What carries no verdict is not counted.
    """
    every = [(n, d) for n, c in enumerate(comparisons) for d in c.differences]
    corrected: dict[tuple[int, str], tuple[float | None, int]] = {}
    for family in (every, [(n, d) for n, d in every if d.indicator.headline]):
        p_values = [d.paired.p if d.paired.carries else None for _, d in family]
        looks = sum(p is not None for p in p_values)
        found = zip(family, holm(p_values), strict=True)
        corrected |= {(n, d.indicator.name): (p, looks) for (n, d), p in found}
    result = []
    for n, comparison in enumerate(comparisons):
        result.append(
            replace(
                comparison,
                differences=tuple(
                    replace(d, p_corrected=p, verdict=_verdict(d, p), looks=max(1, looks))
                    for d in comparison.differences
                    for p, looks in (corrected[n, d.indicator.name],)
                ),
            )
        )
    return result


def _verdict(item: Difference, p: float | None) -> Verdict:
    result = item.paired
    if result.pairs == 0:
        return "n/a"
    if result.identical:
        return "no difference"
    if p is None:
        return "not tested"
    return verdict(item.indicator, result, p < SIGNIFICANCE and not item.split)


def verdict(what: Column, result: Paired, found: bool) -> Verdict:
    """Return the word for a difference that was tested; ``found``: told from none among all that were looked at."""
    if not found:
        return "undecided"
    if not what.direction:
        return "higher" if result.rises else "lower"
    return "better" if result.rises == (what.direction > 0) else "worse"


def _same_frame(baseline: ArmRuns, other: ArmRuns) -> None:
    names = f"{baseline.label!r} and {other.label!r}"
    if baseline.seeds != other.seeds:
        raise RefusedError(
            f"{names} ran with different seeds ({spans(baseline.seeds)}; {spans(other.seeds)}): "
            "a difference would mix the models with chance. --unpaired compares them as independent samples"
        )
    for a, b in zip(baseline.runs, other.runs, strict=True):
        for what, words in (("weeks", "lengths in weeks"), ("hours_per_week", "working weeks")):
            if a.manifest[what] != b.manifest[what]:
                raise RefusedError(
                    f"{names} have different {words}: {a.manifest[what]} and {b.manifest[what]}. "
                    "--unpaired compares them all the same"
                )
        for what, words in (("world", "residents"), ("exogenous", "problems arising from outside")):
            first, second = a.manifest["hashes"].get(what), b.manifest["hashes"].get(what)
            if first != second or first is None:
                raise RefusedError(
                    f"{names} did not have the same {words} with seed {a.seed} "
                    f"({what} hash {_short(first)} and {_short(second)}): the difference would not be the "
                    "models'. --unpaired compares them as independent samples"
                )


def equal_budget(baseline: ArmRuns, other: ArmRuns) -> bool:
    """Return whether granted hours and money agree in every seed, or on the mean of other seeds, but for rounding."""
    for what in ("granted_hours", "granted_money"):
        first, second = ([float(run.manifest[what]) for run in arm.runs] for arm in (baseline, other))
        if baseline.seeds != other.seeds:
            first, second = [baseline.granted(what)], [other.granted(what)]
        for a, b in zip(first, second, strict=True):
            if abs(a - b) > BUDGET_ROUNDING * max(abs(a), abs(b)):
                return False
    return True


def unequal_words(baseline: ArmRuns, other: ArmRuns) -> str:
    """Say by how much two budgets differ, and what to do about it."""
    hours = [arm.granted("granted_hours") for arm in (baseline, other)]
    money = [arm.granted("granted_money") for arm in (baseline, other)]
    return (
        f"unequal budgets: {baseline.label} was granted {hours[0]:,.0f} staff hours and {money[0]:,.0f} "
        f"yuan, "
        f"{other.label} {hours[1]:,.0f} and {money[1]:,.0f}. A difference in results would partly be one "
        f"in means. "
        "Compare capacity-neutral, or add --allow-unequal-budget to see it under a banner."
    )


def _short(digest: object) -> str:
    return str(digest)[:8]


_NAMES = (
    "resolved_per_granted_hour",
    "known_per_granted_hour",
    "resolved_per_hour_spent",
    "resolved_per_money",
)
PER_HOUR: tuple[Indicator, ...] = tuple(indicator for indicator in INDICATORS if indicator.name in _NAMES)


def compare_per_hour(
    baseline: ArmRuns, other: ArmRuns, *, independent: bool = False
) -> list[tuple[Indicator, Paired]]:
    """Return the difference of two arms in every yield."""
    how = unpaired if independent else contrast
    return [(item, how(baseline.about(item), other.about(item))) for item in PER_HOUR]


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


def read_target(text: str) -> Precision:
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
