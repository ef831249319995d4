"""What happens at a week or on a condition: countermeasures, shocks, reforms, and the levers by which they act."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Tag, model_validator

from govsim.scenario.declare import Section, contradiction, parameter
from govsim.scenario.schema.blocks import Transfer
from govsim.scenario.schema.governance import Governance, Reference
from govsim.scenario.schema.run import Label

OPERATIONS = ("add", "multiply", "set", "append")
Watched = Literal["open_cases", "undetected_cases", "active_share", "trust_community", "tasks_waiting"]


class Lever(Section):
    """One value that a measure moves while it lasts."""

    path: str = parameter(..., "path", "参数路径", "-", status="design", min_length=1, max_length=200)
    """Which value moves, as in a governance model (detection.visit_share) or, for shocks only, in a scenario
    (tasks.community_hours, problems.classes.exposed:water.rate)."""
    add: float | None = parameter(None, "add", "增加", "in the unit of the value moved")
    """At full strength the value is higher by this; lower where it is negative."""
    multiply: float | None = parameter(None, "multiply", "倍数", "factor", ge=0)
    """At full strength the value is this many times what it was."""
    set: float | bool | str | None = parameter(None, "set", "设为", "in the unit of the value moved")
    """Value at full strength. A number moves there as the measure gains strength; a choice or switch changes when half of
    the full strength is reached."""
    append: Transfer | None = parameter(None, "append", "追加划转", "-")
    """A further transfer at the end of capacity.transfers (hours) or capacity.money_transfers (money); its share grows with
    the strength."""

    @model_validator(mode="after")
    def _one_operation(self) -> Lever:
        given = [name for name in OPERATIONS if getattr(self, name) is not None]
        if len(given) != 1:
            raise contradiction(
                "a lever does one thing: {given}; write exactly one of add, multiply, set, append",
                *(given or ["path"]),
                given=f"this one has {' and '.join(given)}" if given else "this one has none of them",
            )
        return self

    @property
    def operation(self) -> str:
        """Which of ``add``, ``multiply``, ``set`` and ``append`` it does."""
        return next(name for name in OPERATIONS if getattr(self, name) is not None)


class Measure(Section):
    """One countermeasure or shock: data like a governance model, one file each."""

    govsim: Literal[1] = parameter(..., "format version", "格式版本", "-", status="design", decoration=True)
    """Version of the file format."""
    kind: Literal["countermeasure", "shock"] = parameter(..., "kind", "类型", "-", status="design")
    """countermeasure: moves only how a district is governed, so that its hours and money come from the same budget, and may
    be given to one model alone; shock: may also move what happens to the district, and strikes every model alike."""
    name: Label = parameter(..., "name", "名称", "-", status="design", decoration=True)
    """Name in two languages; decoration, enters nothing."""
    description: Label = parameter(
        ..., "description", "说明", "-", default_factory=Label, status="design", decoration=True
    )
    """One paragraph: what it does, what it costs, how it can fail; decoration, enters nothing."""
    sources: list[Reference] = parameter(
        ..., "sources", "来源", "-", default_factory=list, status="design", decoration=True, max_length=60
    )
    """Sources; decoration, enters nothing."""
    levers: list[Lever] = parameter(
        ..., "levers", "作用参数", "-", status="design", min_length=1, max_length=60
    )
    """What it moves while it lasts."""


def _name_or_content(value: Any) -> str:
    return "name" if isinstance(value, str) else "content"


NamedMeasure = Annotated[
    Annotated[str, Tag("name")] | Annotated[Measure, Tag("content")], Discriminator(_name_or_content)
]
"""A file by name or path, which a loaded scenario holds by content."""

NamedModel = Annotated[
    Annotated[str, Tag("name")] | Annotated[Governance, Tag("content")], Discriminator(_name_or_content)
]


class Condition(Section):
    """When something starts that has no fixed week: in the week after a measure of the district passes a value."""

    measure: Watched = parameter(..., "measure", "触发指标", "-", status="design")
    """open_cases: known cases that are not closed, per 1,000 residents; undetected_cases: problems that no office knows of,
    per 1,000 residents; active_share: adults who took part in the week, 0-1; trust_community: mean trust in the
    residents' committee, 0-1; tasks_waiting: work of tasks from above that waits, hours per 1,000 residents."""
    above: float | None = parameter(
        None, "above", "高于", "in the unit of the measure", status="design", ge=0
    )
    """It starts when the measure is higher than this."""
    below: float | None = parameter(
        None, "below", "低于", "in the unit of the measure", status="design", ge=0
    )
    """It starts when the measure is lower than this."""
    not_before: int = parameter(
        0, "not before", "最早周次", "week, the first one is 0", status="design", ge=0, le=5200
    )
    """First week in which it may start."""

    @model_validator(mode="after")
    def _one_side(self) -> Condition:
        if (self.above is None) == (self.below is None):
            given = "neither is given" if self.above is None else "both are given"
            raise contradiction(
                "a condition watches one side: write above or below, {given}",
                *(["above", "below"] if self.above is not None else ["measure"]),
                given=given,
            )
        limit = self.above if self.above is not None else self.below
        if self.measure in ("active_share", "trust_community") and limit is not None and limit > 1:
            side = "above" if self.above is not None else "below"
            raise contradiction(
                "{measure} is a share between 0 and 1; {limit} is never passed",
                side,
                measure=self.measure,
                limit=f"{limit:g}",
            )
        return self


class TimelineEntry(Section):
    """One entry of a timeline: a measure, or the reform to another governance model, and when."""

    use: NamedMeasure | None = parameter(None, "measure", "措施", "-", status="design")
    """Name of a shipped countermeasure or shock, path of a file of one, or its content."""
    governance: NamedModel | None = parameter(None, "reform", "改制", "-", status="design")
    """Governance model that replaces the one in force: name, path or content."""
    start: int | None = parameter(
        None, "start", "开始周", "week, the first one is 0", status="design", ge=0, le=5200
    )
    """First week in which it is in force."""
    when: Condition | None = parameter(None, "condition", "触发条件", "-", status="design")
    """Starts it instead of a week, once in a run."""
    end: int | None = parameter(
        None, "end", "结束周", "week, the first one is 0", status="design", ge=0, le=10_400
    )
    """First week in which it is no longer at full strength; without end or weeks it stays."""
    weeks: int | None = parameter(None, "length", "持续周数", "weeks", status="design", ge=1, le=5200)
    """Its length instead of an end."""
    ramp: int = parameter(0, "ramp", "渐变周数", "weeks", status="design", ge=0, le=520)
    """Weeks of growing strength before it is full, and of falling strength after its end."""
    strength: float = parameter(
        1.0, "strength", "强度", "share of the full strength, 0-1", status="design", ge=0, le=1
    )
    """How much of the measure is done: levers move by this share."""

    @model_validator(mode="after")
    def _what(self) -> TimelineEntry:
        if (self.use is None) == (self.governance is None):
            given = "this one has neither" if self.use is None else "this one has both"
            raise contradiction(
                "an entry is a measure (use) or a reform (governance): {given}",
                *(["use", "governance"] if self.use is not None else []),
                given=given,
            )
        if self.governance is not None and (self.ramp or self.strength != 1.0):
            raise contradiction(
                "a governance model is switched whole: a reform has no {name}",
                "ramp" if self.ramp else "strength",
                "governance",
                name="ramp" if self.ramp else "strength",
            )
        return self

    @model_validator(mode="after")
    def _start(self) -> TimelineEntry:
        if (self.start is None) == (self.when is None):
            given = "this one has neither" if self.start is None else "this one has both"
            raise contradiction(
                "an entry starts at a week (start) or on a condition (when): {given}",
                *(["start", "when"] if self.start is not None else []),
                given=given,
            )
        return self

    @model_validator(mode="after")
    def _end(self) -> TimelineEntry:
        if self.end is not None and self.weeks is not None:
            raise contradiction("an entry has an end or a length in weeks, not both", "end", "weeks")
        if self.end is not None and self.start is None:
            raise contradiction(
                "what starts on a condition has no fixed end: write weeks, how long it lasts", "end", "when"
            )
        if self.end is not None and self.start is not None and self.end <= self.start:
            raise contradiction(
                "the end, week {end}, is not after the start, week {start}",
                "end",
                "start",
                end=str(self.end),
                start=str(self.start),
            )
        return self
