"""Ledgers of a run that is still in memory, for stories about runs that were never written."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from govsim.engine.recording import NEVER, CaseStatus, Channel, Event, HourSource, Recording
from govsim.results.ledger import CASES, NOBODYS_HOURS, NULL_BELOW_ZERO, TIERS, TIMES
from govsim.results.reading import Ledgers


class HeldLedgers(Ledgers):
    """The same columns as :class:`~govsim.results.reading.Ledgers` reads from a run folder.

    Parameters
    ----------
    recording : Recording
        Of a run that is over or under way.
    offices, communities : sequence of str
        Other names for them, such as Chinese ones.
    """

    def __init__(
        self, recording: Recording, offices: Sequence[str] = (), communities: Sequence[str] = ()
    ) -> None:
        self._recording = recording
        self._called = list(offices) or list(recording.offices.names)
        self._places = list(communities) or list(recording.communities)
        self.hours_per_week = recording.hours_per_week
        self.weeks = recording.weeks

    @cached_property
    def cases(self) -> dict[str, NDArray[Any]]:
        """The case ledger; a time that has not come is NaN."""
        held = {column.name: self._recording.cases[column.name] for column in CASES}
        for name in TIMES:
            held[name] = np.where(held[name] <= NEVER, np.nan, held[name])
        names = {
            "problem_class": self._recording.classes,
            "channel": tuple(c.name.lower() for c in Channel),
            "outcome": tuple(o.name.lower() for o in CaseStatus),
        }
        return held | {name: _named(held[name], words) for name, words in names.items()}

    @cached_property
    def events(self) -> dict[str, NDArray[Any]]:
        """The event ledger."""
        events = dict(self._recording.events)
        sources = (*(s.name.lower() for s in HourSource), NOBODYS_HOURS)
        events["what"] = _named(events["what"], tuple(e.name.lower() for e in Event))
        events["source"] = _named(np.minimum(events["source"], len(HourSource)), sources)
        return events

    @cached_property
    def residents(self) -> dict[str, NDArray[Any]]:
        """The residents' state at the end of the recording; a week that has not come is NaN."""
        held = dict(self._recording.residents)
        for name in ("trust", "trust_start"):
            table = held.pop(name)
            held |= {f"{name}_{tier}": table[:, k] for k, tier in enumerate(TIERS)}
        for name in NULL_BELOW_ZERO:
            held[name] = np.where(held[name] < 0, np.nan, held[name].astype(float))
        return held | {"resident": np.arange(held["household"].size)}

    @cached_property
    def offices(self) -> list[str]:
        """Names of the offices, by number."""
        return self._called

    @cached_property
    def communities(self) -> list[str]:
        """Names of the communities, by number."""
        return self._places


def _named(codes: NDArray[Any], names: tuple[str, ...]) -> NDArray[Any]:
    return np.asarray(names, dtype=object)[codes.astype(np.intp)]
