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
    TaskRule,
)
from govsim.scenario.schema.run import Label

MOST_PLANNED = 0.9
"""Most of a pot of hours or money that plans may take away from what comes up."""


class Reference(Section):
    """A source of a governance model."""

    text: str = parameter(
        en="source",
        zh="来源",
        unit="-",
        status="design",
        meaning="Author, title, year, place.",
        max_length=1000,
    )
    status: Literal["found", "derived", "assumed"] = parameter(
        en="status",
        zh="可信状态",
        unit="-",
        status="design",
        meaning="Whether it was found, derived or assumed.",
    )
    supports: str = parameter(
        "",
        en="supports",
        zh="支持内容",
        unit="-",
        status="design",
        meaning="What in the file it supports.",
        max_length=1000,
    )


class GovernanceModel(Section):
    """One governance model."""

    govsim: Literal[1] = parameter(
        en="format version",
        zh="格式版本",
        unit="-",
        status="design",
        meaning="Version of the file format.",
        decoration=True,
    )
    name: Label = parameter(
        en="name",
        zh="名称",
        unit="-",
        status="design",
        meaning="Name in two languages; decoration, enters nothing.",
        decoration=True,
    )
    description: Label = parameter(
        default_factory=Label,
        en="description",
        zh="说明",
        unit="-",
        status="design",
        meaning="One paragraph; decoration, enters nothing.",
        decoration=True,
    )
    sources: list[Reference] = parameter(
        default_factory=list,
        en="sources",
        zh="来源",
        unit="-",
        status="design",
        meaning="Sources; decoration, enters nothing.",
        decoration=True,
        max_length=60,
    )
    detection: Detection = parameter(
        en="detection", zh="发现", unit="-", status="design", meaning="Who finds problems."
    )
    routing: Routing = parameter(
        en="routing", zh="流转", unit="-", status="design", meaning="Where a case goes."
    )
    resolution: Resolution = parameter(
        en="resolution", zh="处置", unit="-", status="design", meaning="Who may resolve what."
    )
    mobilisation: Mobilisation = parameter(
        en="mobilisation", zh="动员", unit="-", status="design", meaning="Who calls residents to take part."
    )
    capacity: CapacityBlock = parameter(
        en="capacity", zh="资源", unit="-", status="design", meaning="Where hours and money come from."
    )
    accountability: Accountability = parameter(
        en="accountability", zh="问责", unit="-", status="design", meaning="Whom officials answer to."
    )
    tasks: TaskRule = parameter(
        en="tasks",
        zh="上级任务",
        unit="-",
        status="design",
        meaning="Which tasks from above are admitted and when they are done.",
    )
    agenda: Agenda = parameter(
        en="agenda", zh="议程", unit="-", status="design", meaning="Which case comes next."
    )

    @model_validator(mode="after")
    def _hours_of_community_workers(self) -> GovernanceModel:
        return self._at_most(
            "visits, calls, training and incubation plan {planned} of the hours of community workers and seconded cadres; together they may take at most {most}, or nobody is left for tasks and cases",
            "detection.visit_share",
            "mobilisation.call_share",
            "mobilisation.incubation_share",
            "capacity.training_share",
        )

    @model_validator(mode="after")
    def _money_of_departments(self) -> GovernanceModel:
        return self._at_most(
            "posts, upkeep and rehousing plan {planned} of departments' money; together they may take at most {most}, or nothing is left for problems",
            "capacity.staffing_share",
            "capacity.maintenance_share",
            "capacity.relocation_share",
        )

    def _at_most(self, message: LiteralString, *fields: str) -> GovernanceModel:
        planned = sum(getattr(getattr(self, block), name) for block, name in (f.split(".") for f in fields))
        if planned > MOST_PLANNED:
            context = {"planned": round(planned, 3), "most": MOST_PLANNED, "fields": list(fields)}
            raise PydanticCustomError("planned_shares", message, context)
        return self
