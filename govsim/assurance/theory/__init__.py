"""Theory suite: null models in which the real engine, through ordinary scenario keys, has to reproduce known laws.

``formulas`` holds the exact values; ``queues``, ``contagion``, ``opinions`` and ``detection`` the runs;
the ``*_laws`` files bring both together as :class:`Law`, which the page and the tests use.
"""

from govsim.assurance.theory.findings import Check, Diagram, Finding, Law, Series
from govsim.assurance.theory.laws import LAWS, quick_nulls

__all__ = ["LAWS", "Check", "Diagram", "Finding", "Law", "Series", "quick_nulls"]
