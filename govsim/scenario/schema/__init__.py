"""Every parameter of a scenario, declared once (see :mod:`govsim.scenario.declare`)."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from govsim.scenario.declare import Section, parameter
from govsim.scenario.schema.behaviour import Duty, Experience, Measurement, Participation, Reporting
from govsim.scenario.schema.capacity import Capacity
from govsim.scenario.schema.choice import GovernanceChoice
from govsim.scenario.schema.demography import Demography
from govsim.scenario.schema.lesson import Lesson
from govsim.scenario.schema.network import Network
from govsim.scenario.schema.offices import Handling, Workforce
from govsim.scenario.schema.organisations import Organisations
from govsim.scenario.schema.population import Population
from govsim.scenario.schema.problems import Infrastructure, Problems, Tasks
from govsim.scenario.schema.run import Controls, Label, Run
from govsim.scenario.schema.timeline import Entry


class Scenario(Section):
    """What is asked: a district, its problems and hours, how people behave, and which governance models are compared."""

    govsim: Literal[1] = parameter(
        en="format version",
        zh="格式版本",
        unit="-",
        status="design",
        meaning="Version of the file format.",
        decoration=True,
    )
    name: Label = parameter(
        default_factory=Label,
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
        meaning="What the scenario is; decoration, enters nothing.",
        decoration=True,
    )
    run: Run = parameter(
        default_factory=Run, en="run", zh="运行", unit="-", status="design", meaning="Length and repetitions."
    )
    governance: GovernanceChoice = parameter(
        default_factory=GovernanceChoice,
        en="governance",
        zh="治理模式",
        unit="-",
        status="design",
        meaning="Which models are compared.",
    )
    timeline: list[Entry] = parameter(
        default_factory=list,
        en="timeline",
        zh="时间线",
        unit="-",
        status="design",
        meaning="Shocks, countermeasures and reforms that happen under every model.",
        max_length=60,
    )
    controls: Controls = parameter(
        default_factory=Controls,
        en="negative controls",
        zh="阴性对照",
        unit="-",
        status="design",
        meaning="Mechanisms taken away to see what is left of a difference.",
    )
    population: Population = parameter(
        en="population", zh="人口", unit="-", status="design", meaning="Who lives there."
    )
    network: Network = parameter(
        default_factory=Network,
        en="network",
        zh="社区网络",
        unit="-",
        status="design",
        meaning="Who is tied to whom.",
    )
    problems: Problems = parameter(
        default_factory=Problems, en="problems", zh="问题", unit="-", status="design", meaning="What arises."
    )
    infrastructure: Infrastructure = parameter(
        default_factory=Infrastructure,
        en="infrastructure",
        zh="基础设施",
        unit="-",
        status="design",
        meaning="How the condition of infrastructure moves.",
    )
    demography: Demography = parameter(
        default_factory=Demography,
        en="demography",
        zh="人口变动",
        unit="-",
        status="design",
        meaning="How the population moves.",
    )
    tasks: Tasks = parameter(
        default_factory=Tasks,
        en="tasks from above",
        zh="上级任务",
        unit="-",
        status="design",
        meaning="Administrative load.",
    )
    capacity: Capacity = parameter(
        default_factory=Capacity,
        en="capacity",
        zh="资源",
        unit="-",
        status="design",
        meaning="Hours and money of the status quo.",
    )
    handling: Handling = parameter(
        default_factory=Handling,
        en="handling",
        zh="办理",
        unit="-",
        status="design",
        meaning="What acts of office work cost.",
    )
    workforce: Workforce = parameter(
        default_factory=Workforce,
        en="workforce",
        zh="队伍",
        unit="-",
        status="design",
        meaning="Skill, burnout and quitting.",
    )
    organisations: Organisations = parameter(
        default_factory=Organisations,
        en="organisations",
        zh="社会组织",
        unit="-",
        status="design",
        meaning="Hours of social organisations.",
    )
    participation: Participation = parameter(
        default_factory=Participation,
        en="participation",
        zh="参与",
        unit="-",
        status="design",
        meaning="The contagion rule.",
    )
    duty: Duty = parameter(
        default_factory=Duty,
        en="duty",
        zh="指令响应",
        unit="-",
        status="design",
        meaning="Whether people on duty by rule come.",
    )
    reporting: Reporting = parameter(
        default_factory=Reporting,
        en="reporting",
        zh="上报",
        unit="-",
        status="design",
        meaning="Whether residents report.",
    )
    experience: Experience = parameter(
        default_factory=Experience,
        en="experience",
        zh="体验",
        unit="-",
        status="design",
        meaning="How residents judge.",
    )
    measurement: Measurement = parameter(
        default_factory=Measurement,
        en="measurement",
        zh="测量",
        unit="-",
        status="design",
        meaning="How administrations measure.",
    )

    lesson: Lesson | None = parameter(
        None,
        en="lesson",
        zh="课程",
        unit="-",
        status="design",
        meaning="What a class sees of the scenario; changes no result.",
        decoration=True,
    )

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
