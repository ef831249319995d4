"""Comparing two arms: only what is comparable, seed by seed, and chance never called a difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from govsim.results.declare import Column, Indicator
from govsim.results.errors import RefusedError
from govsim.results.indicators import INDICATORS
from govsim.results.load import Results
from govsim.results.values import Missing, Value, difference, spans
from govsim.statistics.contrast import contrast, unpaired
from govsim.statistics.distribution import Distribution, distribution
from govsim.statistics.paired import Paired, about_ratio, holm

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
