"""What a measure does for the hours that it moves, each model against itself without the measure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from govsim.results.load import Results
from govsim.results.values import Value
from govsim.statistics.paired import Quotient, quotient
from govsim.studies.compare import ArmRuns
from govsim.units import MILLION, THOUSAND

if TYPE_CHECKING:
    import pandas as pd

_IDLE = "idle"


@dataclass(frozen=True)
class Moved:
    """What one run spent elsewhere than its twin without the measure.

    Attributes
    ----------
    hours : float
        Hours that some tier, source and use has more than without the measure: paid, seconded, unpaid and partners' alike,
        whoever gave them up. Idle hours count as far as a tier and source was given more hours, not where work got less.
    money : float
        Yuan that some tier spent more.
    """

    hours: float
    money: float


@dataclass(frozen=True)
class Effect:
    """A count with and without the measure.

    Attributes
    ----------
    plain, under : list of float
        By seed.
    per_thousand_hours : Quotient
        Change of the count per 1,000 hours moved.
    per_million_yuan : Quotient
        The same per million yuan moved.
    """

    plain: list[float]
    under: list[float]
    per_thousand_hours: Quotient
    per_million_yuan: Quotient

    @property
    def changes(self) -> list[float]:
        """By seed."""
        return [b - a for a, b in zip(self.plain, self.under, strict=True)]


Count = Callable[[Results], float]
"""A number of problems or weeks in one run."""


def moved(plain: Results, under: Results) -> Moved:
    """Return what the measure moved in one seed."""
    before, after = _hours(plain), _hours(under)
    used = [hours.drop(_IDLE, level="activity", errors="ignore") for hours in (before, after)]
    return Moved(_more(*used) + _idle_of_more(before, after), _more(_money(plain), _money(under)))


def effect(plain: ArmRuns, under: ArmRuns, count: Count, spent: Sequence[Moved]) -> Effect:
    """Return the effect of a measure on a count; ``spent`` is what it moved, by seed."""
    before, after = [count(run) for run in plain.runs], [count(run) for run in under.runs]
    changes: list[Value] = [b - a for a, b in zip(before, after, strict=True)]
    return Effect(
        before,
        after,
        quotient(changes, [item.hours / THOUSAND for item in spent]),
        quotient(changes, [item.money / MILLION for item in spent]),
    )


def weekly_sum(column: str) -> Count:
    """Return a count that is the sum of a weekly flow over the run."""
    return lambda run: float(run.weekly[column].sum())


def _more(plain: pd.Series[float], under: pd.Series[float]) -> float:
    change = under.sub(plain, fill_value=0.0)
    return float(change.clip(lower=0.0).sum())


def _idle_of_more(plain: pd.Series[float], under: pd.Series[float]) -> float:
    """Return idle hours of tiers and sources that were given more hours than without the measure, at most that many."""
    by = ["level", "source"]
    change = under.sub(plain, fill_value=0.0)
    more = change.groupby(by).sum().clip(lower=0.0)
    idle = change[change.index.get_level_values("activity") == _IDLE].groupby(by).sum().clip(lower=0.0)
    return float(idle.combine(more, min, fill_value=0.0).sum())


def _hours(run: Results) -> pd.Series[float]:
    by = ["level", "source", "activity"]
    if run.manifest["kept"] == "spending":
        return _spent(run, "hours").groupby(by)["amount"].sum()
    return run.table("hours").groupby(by)["hours"].sum()


def _money(run: Results) -> pd.Series[float]:
    if run.manifest["kept"] == "spending":
        return _spent(run, "money").groupby("level")["amount"].sum()
    return run.table("money").groupby("level")["spent"].sum()


def resident_years(run: Results) -> float:
    """Return the years that residents have lived in a run that keeps its spending."""
    return float(_spent(run, "residents")["amount"].sum())


def _spent(run: Results, kind: str) -> pd.DataFrame:
    table = run.table("spending")
    return table[table["kind"] == kind]
