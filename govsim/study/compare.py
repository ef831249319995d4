"""Comparing two arms: only what is comparable, seed by seed, and chance never called a difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from govsim.results.declare import Indicator
from govsim.results.errors import RefusedError
from govsim.results.indicators import HEADLINE, INDICATORS
from govsim.results.load import Results
from govsim.results.values import Missing, Value, parse
from govsim.study.statistics import Paired, holm, paired

Verdict = Literal["clear", "undecided", "identical", "one seed", "n/a"]

SIGNIFICANCE = 0.05
"""Chance, at most, that any headline difference is called clear although none exists."""
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

    def values(self, indicator: str) -> list[Value]:
        """Return one number per seed."""
        return [run.summary[indicator] for run in self.runs]

    @property
    def seeds(self) -> tuple[int, ...]:
        """Seeds of the runs."""
        return tuple(run.seed for run in self.runs)

    def granted(self, what: str) -> float:
        """Return granted hours or money, mean over seeds."""
        return sum(float(run.manifest[what]) for run in self.runs) / len(self.runs)


@dataclass(frozen=True)
class Difference:
    """One indicator of a comparison."""

    indicator: Indicator
    paired: Paired
    p_corrected: float | None
    verdict: Verdict


@dataclass(frozen=True)
class Comparison:
    """Two arms over the same seeds.

    Attributes
    ----------
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

    @property
    def paired(self) -> bool:
        """Whether every pair of runs had equal worlds and equal exogenous events, by their hashes."""
        return all(
            a.seed == b.seed and a.manifest["hashes"].get(what) == b.manifest["hashes"].get(what) is not None
            for a, b in zip(self.baseline.runs, self.other.runs, strict=True)
            for what in ("world", "exogenous")
        )

    @property
    def headline(self) -> tuple[Difference, ...]:
        """Differences of the printed table."""
        return tuple(d for d in self.differences if d.indicator.headline)

    @property
    def identical(self) -> bool:
        """Whether no number differs in any seed."""
        return all(
            a == b for d in self.differences for a, b in zip(
                self.baseline.values(d.indicator.name), self.other.values(d.indicator.name), strict=True
            )
        )  # fmt: skip


def compare(baseline: ArmRuns, other: ArmRuns, *, allow_unequal_budget: bool = False) -> Comparison:
    """Compare two arms.

    Raises
    ------
    RefusedError
        If seeds, weeks, worlds or exogenous events differ, or the budgets do and that was not allowed.
    """
    _same_frame(baseline, other)
    equal = equal_budget(baseline, other)
    if not equal and not allow_unequal_budget:
        raise RefusedError(unequal_words(baseline, other))
    comparisons = [paired(baseline.values(i.name), other.values(i.name)) for i in INDICATORS]
    corrected = dict(
        zip(
            (i.name for i in HEADLINE),
            holm([c.p for i, c in zip(INDICATORS, comparisons, strict=True) if i.headline]),
            strict=True,
        )
    )
    differences = tuple(
        Difference(i, c, corrected.get(i.name), _verdict(c, corrected.get(i.name, c.p), len(baseline.runs)))
        for i, c in zip(INDICATORS, comparisons, strict=True)
    )
    return Comparison(baseline, other, baseline.content == other.content, equal, differences)


def _verdict(result: Paired, p: float | None, seeds: int) -> Verdict:
    if result.pairs < min(seeds, 2):
        return "n/a"
    if result.identical:
        return "identical"
    if p is None:
        return "one seed"
    return "clear" if p < SIGNIFICANCE else "undecided"


def _same_frame(baseline: ArmRuns, other: ArmRuns) -> None:
    names = f"{baseline.label!r} and {other.label!r}"
    if baseline.seeds != other.seeds:
        raise RefusedError(
            f"{names} ran with different seeds ({_listed(baseline.seeds)}; {_listed(other.seeds)}): "
            "a difference would mix the models with chance"
        )
    for a, b in zip(baseline.runs, other.runs, strict=True):
        for what, words in (("weeks", "lengths in weeks"), ("hours_per_week", "working weeks")):
            if a.manifest[what] != b.manifest[what]:
                raise RefusedError(
                    f"{names} have different {words}: {a.manifest[what]} and {b.manifest[what]}"
                )
        for what, words in (("world", "residents"), ("exogenous", "problems arising from outside")):
            first, second = a.manifest["hashes"].get(what), b.manifest["hashes"].get(what)
            if first != second or first is None:
                raise RefusedError(
                    f"{names} did not have the same {words} with seed {a.seed} "
                    f"({what} hash {_short(first)} and {_short(second)}): the difference would not be the "
                    f"models'"
                )


def equal_budget(baseline: ArmRuns, other: ArmRuns) -> bool:
    """Return whether granted hours and money agree in every seed but for rounding."""
    for a, b in zip(baseline.runs, other.runs, strict=True):
        for what in ("granted_hours", "granted_money"):
            first, second = float(a.manifest[what]), float(b.manifest[what])
            if abs(first - second) > BUDGET_ROUNDING * max(abs(first), abs(second)):
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


def compare_groups(baseline: ArmRuns, other: ArmRuns) -> list[list[Any]]:
    """Return paired differences by group of residents: who gains and who loses.

    Rows of group, category, indicator, unit, baseline, other, difference, half width, seeds and people.
    """
    first, second = ([_group_rows(run) for run in arm.runs] for arm in (baseline, other))
    rows: list[list[Any]] = []
    for key in first[0]:
        if all(key in run for run in (*first, *second)):
            result = paired([run[key][0] for run in first], [run[key][0] for run in second])
            people = sum(run[key][1] for run in first) / len(first)
            half = Missing.NO_BASE if result.half_width is None else result.half_width
            rows.append([*key, result.baseline, result.other, result.difference, half, result.pairs, people])
    return rows


def _group_rows(run: Results) -> dict[tuple[str, str, str, str], tuple[Value, float]]:
    from govsim.results.csvtext import read_cells

    header, rows = read_cells(run.folder / "groups.csv")
    at = {name: header.index(name) for name in header}
    found = {}
    for row in rows:
        key = (row[at["group"]], row[at["category"]], row[at["indicator"]], row[at["unit"]])
        found[key] = (
            parse(row[at["value"]], f"run {run.folder.name}, groups, {key[1]}"),
            float(row[at["people"]]),
        )
    return found


def _listed(seeds: Sequence[int]) -> str:
    if len(seeds) > 4 and seeds == tuple(range(seeds[0], seeds[0] + len(seeds))):
        return f"{seeds[0]}-{seeds[-1]}"
    return ", ".join(map(str, seeds))


def _short(digest: object) -> str:
    return str(digest)[:8]
