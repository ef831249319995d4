"""Whether a run's books close: cases, hours and money, each against figures counted independently."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from govsim.engine.recording import CaseStatus
from govsim.results.view import View, stock_moves

_ROUNDING = 1e-9
"""Relative error that summing a run's hours in another order may leave."""


@dataclass(frozen=True)
class Balance:
    """Sums and what is left over; every ``*_left_over`` should be nothing.

    Attributes
    ----------
    cases, undetected, open, resolved, explained, lapsed : int
        The case ledger by outcome.
    cases_left_over : float
        Cases by the weekly flows (arrived less resolved, explained and lapsed) less the stocks at the end.
    cases_miscounted : dict of str to float
        Where the case ledger and the weekly counts disagree: ledger minus counts, by outcome; empty when
        nowhere.
    hours_supplied, hours_used, hours_idle, hours_left_over : float
        Hours of all sources; the remainder is the largest in any week, office and source.
    money_granted, money_spent : float
        Yuan; spending is never above what was granted so far, ``money_overspent`` says by how much it was.
    """

    cases: int
    undetected: int
    open: int
    resolved: int
    explained: int
    lapsed: int
    cases_left_over: float
    cases_miscounted: dict[str, float]
    hours_supplied: float
    hours_used: float
    hours_idle: float
    hours_left_over: float
    money_granted: float
    money_spent: float
    money_overspent: float

    @property
    def faults(self) -> list[str]:
        """Say in words which books do not close; empty when all do."""
        faults = []
        if self.cases_left_over != 0:
            faults.append(f"the books of cases do not close: {self.cases_left_over:+g} cases")
        for outcome, surplus in self.cases_miscounted.items():
            faults.append(f"the case ledger and the weekly counts differ: {surplus:+g} cases {outcome}")
        if self.hours_left_over > _ROUNDING * max(1.0, self.hours_supplied):
            faults.append(
                f"the books of hours do not close: {self.hours_left_over:g} hours in one week and office"
            )
        if self.money_overspent > _ROUNDING * max(1.0, self.money_granted):
            faults.append(f"{self.money_overspent:g} yuan were spent that had not been granted")
        return faults


def balance(view: View) -> Balance:
    """Return the books of a run."""
    recording = view.recording
    outcome = view.case("outcome")
    count = {o: int((outcome == o).sum()) for o in CaseStatus}
    everything = np.ones(outcome.size, dtype=np.bool_)
    moves = stock_moves(recording, everything, view.case_of_event)
    flows = view.total("arrived") - view.total("resolved") - view.total("explained") - view.total("lapsed")
    stocks = view.at_end("undetected") + view.at_end("open")
    counted = {
        "arrived": (outcome.size, view.total("arrived")),
        "undetected": (count[CaseStatus.UNDETECTED], view.at_end("undetected")),
        "open": (count[CaseStatus.OPEN], view.at_end("open")),
        "resolved": (count[CaseStatus.RESOLVED], view.total("resolved")),
        "explained": (count[CaseStatus.EXPLAINED], view.total("explained")),
        "lapsed": (count[CaseStatus.LAPSED], view.total("lapsed")),
    }
    miscounted = {name: ledger - weekly for name, (ledger, weekly) in counted.items() if ledger != weekly}
    for name in ("undetected", "open"):  # week by week, from the events
        gap = np.abs(np.cumsum(moves[name], axis=0) - recording.weekly[name]).max(initial=0.0)
        if gap:
            miscounted[f"{name} in some week, from the events"] = float(gap)
    left = recording.supplied - recording.hours.sum(axis=3)
    idle = float(recording.hours[..., -1].sum())
    granted, spent = recording.money_granted.sum(), recording.money_spent.sum()
    ahead = np.cumsum(recording.money_spent - recording.money_granted, axis=0)
    return Balance(
        cases=int(outcome.size),
        undetected=count[CaseStatus.UNDETECTED],
        open=count[CaseStatus.OPEN],
        resolved=count[CaseStatus.RESOLVED],
        explained=count[CaseStatus.EXPLAINED],
        lapsed=count[CaseStatus.LAPSED],
        cases_left_over=flows - stocks,
        cases_miscounted=miscounted,
        hours_supplied=float(recording.supplied.sum()),
        hours_used=float(recording.hours.sum()) - idle,
        hours_idle=idle,
        hours_left_over=float(np.abs(left).max(initial=0.0)),
        money_granted=float(granted),
        money_spent=float(spent),
        money_overspent=float(max(0.0, ahead.max(initial=0.0))),
    )
