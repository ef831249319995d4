"""What an audit says: one row a check, and the table as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Result = Literal["pass", "fail", "inert", "not done"]
"""``inert`` is a parameter without effect and with a reason; ``not done`` could not be looked at here, and says why."""


@dataclass(frozen=True)
class AuditRow:
    """One check.

    Attributes
    ----------
    check : str
        What must hold, in a few words.
    done : str
        What was done to find out.
    result : str
        See :data:`Result`. Only ``fail`` makes the audit fail.
    evidence : str
        What was seen, with its number.
    number : float
        That number: differences, faults or parameters, as ``evidence`` says.
    where : str
        File and line of what is at fault, where it stands in a file.
    """

    check: str
    done: str
    result: Result
    evidence: str
    number: float
    where: str = ""


@dataclass(frozen=True)
class Followed:
    """A governance parameter and an indicator that follows it over a sweep.

    Attributes
    ----------
    parameter, indicator : str
        Their names.
    elasticity, fit : float
        Slope and R2 of the logarithm of the indicator on that of the parameter.
    points : int
        Values of the parameter, above 0, at which the indicator had a number in every seed.
    price : bool
        Whether the indicator counts what the lever spends, and rises with the parameter.
    one_to_one : bool
        Whether the indicator follows it one to one.
    """

    parameter: str
    indicator: str
    elasticity: float
    fit: float
    points: int
    price: bool
    one_to_one: bool

    @property
    def flagged(self) -> bool:
        """Whether an outcome is an input in other clothes."""
        return self.one_to_one and not self.price


@dataclass(frozen=True)
class Audit:
    """The whole table.

    Attributes
    ----------
    model, file, key : str
        Label, file and content hash of the governance model.
    scenario : str
        Label of the scenario that the small worlds were made from.
    profile : str
        ``full`` or ``quick``.
    left_out : tuple of str
        What a quick audit leaves out.
    runs, seconds
        What it took.
    switches : mapping of str to (value of the baseline, value of the model)
        What is left of the difference to the baseline without Party members and seconded hours.
    followed : tuple of Followed
        The closest follower of each parameter that was swept, and every one that follows one to one.
    rows : tuple of AuditRow
        In the order in which they were done.
    """

    model: str
    file: str
    key: str
    scenario: str
    profile: str
    left_out: tuple[str, ...]
    runs: int
    seconds: float
    switches: Mapping[str, tuple[str, str]]
    followed: tuple[Followed, ...]
    rows: tuple[AuditRow, ...]

    @property
    def failed(self) -> tuple[AuditRow, ...]:
        """Checks that did not hold, and the parameters that are their reason."""
        return tuple(row for row in self.rows if row.result == "fail")

    @property
    def passed(self) -> bool:
        """Whether no check failed."""
        return not self.failed
