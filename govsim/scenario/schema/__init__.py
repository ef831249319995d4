"""Every parameter of a scenario, declared once (see :mod:`govsim.scenario.declare`)."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from govsim.scenario.declare import Section, parameter
from govsim.scenario.schema.behaviour import Duty, Experience, Measurement, Participation, Reporting
from govsim.scenario.schema.choice import GovernanceChoice
from govsim.scenario.schema.lesson import Lesson
from govsim.scenario.schema.network import Network
from govsim.scenario.schema.offices import Capacity, Handling, Workforce
from govsim.scenario.schema.organisations import OrganisationRules
from govsim.scenario.schema.population import Demography, Population
from govsim.scenario.schema.problems import Infrastructure, Problems, Tasks
from govsim.scenario.schema.run import Controls, Label, RunSettings
from govsim.scenario.schema.timeline import TimelineEntry


class Scenario(Section):
    """What is asked: a district, its problems and hours, how people behave, and which governance models are compared."""

    govsim: Literal[1] = parameter(..., "format version", "格式版本", "-", status="design", decoration=True)
    """Version of the file format."""
    name: Label = parameter(..., "name", "名称", "-", default_factory=Label, status="design", decoration=True)
    """Name in two languages; decoration, enters nothing."""
    description: Label = parameter(
        ..., "description", "说明", "-", default_factory=Label, status="design", decoration=True
    )
    """What the scenario is; decoration, enters nothing."""
    run: RunSettings = parameter(..., "run", "运行", "-", default_factory=RunSettings, status="design")
    """Length and repetitions."""
    governance: GovernanceChoice = parameter(
        ..., "governance", "治理模式", "-", default_factory=GovernanceChoice, status="design"
    )
    """Which models are compared."""
    timeline: list[TimelineEntry] = parameter(
        ..., "timeline", "时间线", "-", default_factory=list, status="design", max_length=60
    )
    """Shocks, countermeasures and reforms that happen under every model."""
    controls: Controls = parameter(
        ..., "negative controls", "阴性对照", "-", default_factory=Controls, status="design"
    )
    """Mechanisms taken away to see what is left of a difference."""
    population: Population = parameter(..., "population", "人口", "-", status="design")
    """Who lives there."""
    network: Network = parameter(..., "network", "社区网络", "-", default_factory=Network, status="design")
    """Who is tied to whom."""
    problems: Problems = parameter(..., "problems", "问题", "-", default_factory=Problems, status="design")
    """What arises."""
    infrastructure: Infrastructure = parameter(
        ..., "infrastructure", "基础设施", "-", default_factory=Infrastructure, status="design"
    )
    """How the condition of infrastructure moves."""
    demography: Demography = parameter(
        ..., "demography", "人口变动", "-", default_factory=Demography, status="design"
    )
    """How the population moves."""
    tasks: Tasks = parameter(..., "tasks from above", "上级任务", "-", default_factory=Tasks, status="design")
    """Administrative load."""
    capacity: Capacity = parameter(..., "capacity", "资源", "-", default_factory=Capacity, status="design")
    """Hours and money of the status quo."""
    handling: Handling = parameter(..., "handling", "办理", "-", default_factory=Handling, status="design")
    """What acts of office work cost."""
    workforce: Workforce = parameter(
        ..., "workforce", "队伍", "-", default_factory=Workforce, status="design"
    )
    """Skill, burnout and quitting."""
    organisations: OrganisationRules = parameter(
        ..., "organisations", "社会组织", "-", default_factory=OrganisationRules, status="design"
    )
    """Hours of social organisations."""
    participation: Participation = parameter(
        ..., "participation", "参与", "-", default_factory=Participation, status="design"
    )
    """The contagion rule."""
    duty: Duty = parameter(..., "duty", "指令响应", "-", default_factory=Duty, status="design")
    """Whether people on duty by rule come."""
    reporting: Reporting = parameter(
        ..., "reporting", "上报", "-", default_factory=Reporting, status="design"
    )
    """Whether residents report."""
    experience: Experience = parameter(
        ..., "experience", "体验", "-", default_factory=Experience, status="design"
    )
    """How residents judge."""
    measurement: Measurement = parameter(
        ..., "measurement", "测量", "-", default_factory=Measurement, status="design"
    )
    """How administrations measure."""

    lesson: Lesson | None = parameter(None, "lesson", "课程", "-", status="design", decoration=True)
    """What a class sees of the scenario; changes no result."""

    @model_validator(mode="after")
    def _classes_have_their_departments(self) -> Scenario:
        for name, item in self.problems.classes.items():
            if item.level == "department" and item.department not in self.capacity.departments:
                known = ", ".join(self.capacity.departments) or "none is declared"
                raise PydanticCustomError(
                    "department",
                    "'{department}' is not a department of capacity.departments ({known}), which a class of level department needs",
                    {
                        "department": item.department,
                        "known": known,
                        "fields": [f"problems.classes.{name}.department", "capacity.departments"],
                    },
                )
            if item.severity_low > item.severity_high:
                raise PydanticCustomError(
                    "range",
                    "the lowest severity {low} is above the highest {high}",
                    {
                        "low": item.severity_low,
                        "high": item.severity_high,
                        "fields": [
                            f"problems.classes.{name}.severity_low",
                            f"problems.classes.{name}.severity_high",
                        ],
                    },
                )
        return self
