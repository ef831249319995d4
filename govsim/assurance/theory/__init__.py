"""Theory suite: null models in which the real engine, through ordinary scenario keys, has to reproduce known laws."""

from __future__ import annotations

from govsim.assurance.theory.contagion import GLEESON, GRANOVETTER, VANGUARD, WATTS
from govsim.assurance.theory.detection import POISSON, ROUNDS
from govsim.assurance.theory.findings import Check, Diagram, Finding, Law, Series
from govsim.assurance.theory.opinions import DEGROOT, FRIEDKIN
from govsim.assurance.theory.queues import COBHAM, ERLANG, LITTLE, POLLACZEK, POOLING

LAWS: tuple[Law, ...] = (
    ERLANG, POOLING, COBHAM, POLLACZEK, LITTLE, GRANOVETTER, VANGUARD, WATTS, GLEESON, DEGROOT, FRIEDKIN, POISSON, ROUNDS,
)  # fmt: skip

_QUICK = (ERLANG, COBHAM, GRANOVETTER, DEGROOT, POISSON)


def quick_nulls() -> list[Check]:
    """Return a handful of comparisons of the real engine with exact values, in a few seconds.

    Erlang C, Cobham, Granovetter's hundred people and critical spread, DeGroot's three people and Poisson reports, each on
    a null model of its own under the plainest governance.
    """
    return [check for law in _QUICK for check in law.examine(True).checks]


__all__ = ["LAWS", "Check", "Diagram", "Finding", "Law", "Series", "quick_nulls"]
