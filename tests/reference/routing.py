"""Routing, from equations routing.* of the model description; the event queue of the casework reference calls it."""

from __future__ import annotations

from typing import Any, NamedTuple

from govsim.engine.recording import Level
from tests.reference.follow import Before
from tests.reference.records import Luck

ANY, COMMUNITY, STREET, DEPARTMENT = range(4)
FULL = 255


class Step(NamedTuple):
    """What follows a step: ``close``, ``send``, ``explain``, ``convene`` or ``take``, and at which office."""

    what: str
    office: int = -1


def refuses(u: float, reluctance: float) -> bool:
    """routing.refusal"""
    return u < reluctance


def compliance_after(compliance: float, summons_wear: float) -> float:
    """routing.wear"""
    return compliance * (1.0 - summons_wear)


def scattered_to(u: float, first: int, desk: int) -> int:
    """routing.control: street offices and departments are the offices from ``first`` to before the desk."""
    return first + int(u * (desk - first))


class Router:
    """Decisions on cases, with the offices whose compliance they change."""

    def __init__(self, before: Before, offices: list[Any]) -> None:
        self.offices, self.handling, self.rule = offices, before.scenario.handling, before.model.routing
        self.scattered = before.scenario.controls.routing != "as_ruled"
        self.first_street = before.engine.communities
        self.refusal, self.give_up = Luck(before, "routing.refusal"), Luck(before, "routing.give_up")
        self.summons, self.control = Luck(before, "routing.summons"), Luck(before, "routing.control")

    def department(self, job: Any, item: Any) -> int:
        return int(self.offices[job.community].first_department + item.department)

    def responsible(self, job: Any, item: Any) -> int:
        """routing.responsible"""
        if item.resolves == DEPARTMENT:
            return self.department(job, item)
        return int(self.offices[job.community].parent) if item.resolves == STREET else int(job.community)

    def may_resolve(self, office: int, job: Any, item: Any) -> bool:
        """routing.competence"""
        level = self.offices[office].level
        if level == Level.DESK:
            return bool(item.resolves == ANY)
        if item.resolves == DEPARTMENT:
            return office == self.department(job, item)
        return bool(item.resolves <= COMMUNITY) if level == Level.COMMUNITY else bool(level == Level.STREET)

    def _send(self, job: Any, target: int) -> Step:
        if self.scattered:
            u = self.control.uniform(job.entity, job.hops | job.reopened << 8)
            target = scattered_to(u, self.first_street, len(self.offices) - 1)
        return Step("send", target)

    def after_desk(self, job: Any, item: Any) -> Step:
        """routing.desk"""
        if item.resolves == ANY and not job.unclear:
            return Step("close")
        dispatched = self.rule.orders == "dispatch"
        return self._send(job, self.responsible(job, item) if dispatched else job.community)

    def after_intake(self, office: int, job: Any, item: Any) -> Step:
        """routing.refusal, routing.convening, routing.hop; counts refusals and wears compliance out."""
        here = self.offices[office]
        if here.level == Level.DEPARTMENT and self.may_resolve(office, job, item):
            if not job.unclear or job.accepted:
                return Step("take", office)
            attempt = job.refusals
            if not refuses(self.refusal.uniform(job.entity, attempt), self.handling.reluctance):
                return Step("take", office)
            job.refusals = min(attempt + 1, FULL)
            if self.give_up.uniform(job.entity, attempt) < self.handling.give_up:
                return Step("explain", job.sender)
            return self._send(job, job.sender)
        has_right = self.rule.convening == "community" or (
            self.rule.convening == "street" and here.level == Level.STREET
        )
        if job.unclear and item.resolves == DEPARTMENT and has_right and not job.convened:
            heeded = self.summons.uniform(job.entity, job.refusals) < here.compliance
            here.compliance = compliance_after(here.compliance, self.handling.summons_wear)
            if heeded:
                return Step("convene", office)
        up = here.parent if here.level == Level.COMMUNITY else self.responsible(job, item)
        return self._send(job, up)


def rounds(expected: dict[str, float]) -> dict[str, float]:
    """routing.loop: how often a department is asked in all on the average, and how often the sender gives up."""
    again = expected["reluctance"] * (1.0 - expected["give_up"])
    return {
        "asked": 1.0 / (1.0 - again),
        "explained": expected["reluctance"] * expected["give_up"] / (1.0 - again),
    }


VECTORS = {
    "routing.refusal": lambda n: {"refused": float(refuses(n["u"], n["reluctance"]))},
    "routing.loop": rounds,
    "routing.wear": lambda n: {"compliance": compliance_after(n["compliance"], n["summons_wear"])},
    "routing.control": lambda n: {"office": scattered_to(n["u"], int(n["first"]), int(n["desk"]))},
}
"""Worked examples of the model description, computed again from their numbers."""
