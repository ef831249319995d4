"""The eight blocks of a governance model: structure only.

A governance file says who detects, who routes, who may resolve, who mobilises, where hours and money come from, whom
officials answer to, which tasks are admitted and who sets the agenda (beside Ostrom's rule types: information,
position, choice, boundary, payoff, scope and aggregation rules). It has no place for a duration, a success
probability, a satisfaction or a bonus: such a key is unknown and refused.
"""

from __future__ import annotations

from typing import Literal, LiteralString

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from govsim.scenario.declare import Section, parameter
from govsim.scenario.schema.blocks import (
    Accountability,
    Agenda,
    CapacityBlock,
    Detection,
    Mobilisation,
    Resolution,
    Routing,
    TaskAdmission,
)
from govsim.scenario.schema.run import Label

MOST_PLANNED = 0.9
"""Most of a pot of hours or money that plans may take away from what comes up."""


class Reference(Section):
    """A source of a governance model."""

    text: str = parameter(..., "source", "来源", "-", status="design", max_length=1000)
    """Author, title, year, place."""
    status: Literal["found", "derived", "assumed"] = parameter(
        ..., "status", "可信状态", "-", status="design"
    )
    """Whether it was found, derived or assumed."""
    supports: str = parameter("", "supports", "支持内容", "-", status="design", max_length=1000)
    """What in the file it supports."""


class Governance(Section):
    """One governance model."""

    govsim: Literal[1] = parameter(..., "format version", "格式版本", "-", status="design", decoration=True)
    """Version of the file format."""
    name: Label = parameter(..., "name", "名称", "-", status="design", decoration=True)
    """Name in two languages; decoration, enters nothing."""
    description: Label = parameter(
        ..., "description", "说明", "-", default_factory=Label, status="design", decoration=True
    )
    """One paragraph; decoration, enters nothing."""
    sources: list[Reference] = parameter(
        ..., "sources", "来源", "-", default_factory=list, status="design", decoration=True, max_length=60
    )
    """Sources; decoration, enters nothing."""
    detection: Detection = parameter(..., "detection", "发现", "-", status="design")
    """Who finds problems."""
    routing: Routing = parameter(..., "routing", "流转", "-", status="design")
    """Where a case goes."""
    resolution: Resolution = parameter(..., "resolution", "处置", "-", status="design")
    """Who may resolve what."""
    mobilisation: Mobilisation = parameter(..., "mobilisation", "动员", "-", status="design")
    """Who calls residents to take part."""
    capacity: CapacityBlock = parameter(..., "capacity", "资源", "-", status="design")
    """Where hours and money come from."""
    accountability: Accountability = parameter(..., "accountability", "问责", "-", status="design")
    """Whom officials answer to."""
    tasks: TaskAdmission = parameter(..., "tasks", "上级任务", "-", status="design")
    """Which tasks from above are admitted and when they are done."""
    agenda: Agenda = parameter(..., "agenda", "议程", "-", status="design")
    """Which case comes next."""

    @model_validator(mode="after")
    def _hours_of_community_workers(self) -> Governance:
        return self._at_most(
            "visits, calls, training and incubation plan {planned} of the hours of community workers and seconded cadres; together they may take at most {most}, or nobody is left for tasks and cases",
            "detection.visit_share",
            "mobilisation.call_share",
            "mobilisation.incubation_share",
            "capacity.training_share",
        )

    @model_validator(mode="after")
    def _money_of_departments(self) -> Governance:
        return self._at_most(
            "posts, upkeep and rehousing plan {planned} of departments' money; together they may take at most {most}, or nothing is left for problems",
            "capacity.staffing_share",
            "capacity.maintenance_share",
            "capacity.relocation_share",
        )

    def _at_most(self, message: LiteralString, *fields: str) -> Governance:
        planned = sum(getattr(getattr(self, block), name) for block, name in (f.split(".") for f in fields))
        if planned > MOST_PLANNED:
            context = {"planned": round(planned, 3), "most": MOST_PLANNED, "fields": list(fields)}
            raise PydanticCustomError("planned_shares", message, context)
        return self
