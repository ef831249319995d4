"""The eight blocks of a governance model: structure only.

A governance file says who detects, who routes, who may resolve, who mobilises, where hours and money come from, whom
officials answer to, which tasks are admitted and who sets the agenda (beside Ostrom's rule types: information,
position, choice, boundary, payoff, scope and aggregation rules). It has no place for a duration, a success
probability, a satisfaction or a bonus: such a key is unknown and refused.
"""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from govsim.scenario.declare import Section, parameter
from govsim.scenario.schema.run import Label

Tier = Literal["community", "grid", "street", "department", "desk"]


class Detection(Section):
    """Who finds problems (information rules)."""

    hotline: bool = parameter(
        True,
        en="hotline",
        zh="热线",
        unit="true or false",
        status="design",
        meaning="Whether residents can report to a hotline desk.",
    )
    patrol_share: float = parameter(
        en="patrols",
        zh="巡查工时占比",
        unit="share of grid workers' hours, 0-1",
        ge=0,
        le=1,
        meaning="Hours of grid workers that go into patrols.",
    )
    visit_share: float = parameter(
        en="home visits",
        zh="走访工时占比",
        unit="share of community workers' hours, 0-1",
        ge=0,
        le=1,
        meaning="Hours of community workers and seconded cadres planned for home visits.",
    )
    visit_targets: Literal["known", "needy", "round"] = parameter(
        en="who is visited",
        zh="走访对象",
        unit="-",
        meaning="known: households with somebody whom the office knows; needy: households in hazard zones or with laid-off or elderly members; round: every household in turn.",
    )
    member_contact_hours: float = parameter(
        0.0,
        en="members' contacts",
        zh="党员联户时间",
        unit="hours per responding member and week",
        ge=0,
        le=40,
        meaning="Time that Party members who take part spend on contacts with the households linked to them.",
    )
    outreach_share: float = parameter(
        0.0,
        en="outreach",
        zh="社会组织外展占比",
        unit="share of organisations' hours, 0-1",
        ge=0,
        le=1,
        meaning="Hours of social organisations that go into outreach to their members' circles.",
    )
    meetings_per_month: float = parameter(
        0.0,
        en="community meetings",
        zh="社区议事会频次",
        unit="meetings per community and month",
        ge=0,
        le=30,
        meaning="Community meetings at which shared problems are raised.",
    )


class Routing(Section):
    """Where a case goes (position and choice rules)."""

    orders: Literal["hops", "dispatch"] = parameter(
        en="hotline orders",
        zh="派单方式",
        unit="-",
        meaning="hops: orders enter at the community and climb the line; dispatch: the desk sends them straight to the competent office.",
    )
    convening: Literal["none", "street", "community"] = parameter(
        "none",
        en="convening right",
        zh="召集权",
        unit="-",
        meaning="Lowest office that may summon departments to a joint meeting on an unclear case; everybody's hours at the table are charged and compliance wears out with use.",
    )


class Resolution(Section):
    """Who may resolve what (choice and scope rules)."""

    moved_down: dict[str, Literal["community", "street"]] = parameter(
        default_factory=dict,
        en="authority moved down",
        zh="权限下放",
        unit="-",
        meaning="Problem classes that a lower tier may resolve although it is not specialised in them, by class name.",
    )
    volunteers: bool = parameter(
        en="volunteers work on cases",
        zh="志愿者参与处置",
        unit="true or false",
        meaning="Whether hours of residents who take part may be used on co-producible work.",
    )
    organisations: bool = parameter(
        en="organisations work on cases",
        zh="社会组织参与处置",
        unit="true or false",
        meaning="Whether social organisations may work on co-producible work in their field.",
    )
    enterprises: bool = parameter(
        False,
        en="enterprises work on cases",
        zh="企业参与处置",
        unit="true or false",
        meaning="Whether enterprise partners may work on co-producible work in their field.",
    )


class Mobilisation(Section):
    """Who calls residents to take part, along which ties, at whose cost (boundary rules)."""

    call_share: float = parameter(
        en="calls",
        zh="动员工时占比",
        unit="share of community workers' hours, 0-1",
        ge=0,
        le=1,
        meaning="Hours of community workers that go into calls on registered residents.",
    )
    called: Literal["registered", "branches"] = parameter(
        "registered",
        en="who is called",
        zh="动员对象",
        unit="-",
        meaning="registered: registered volunteers in turn; branches: registered residents with ties to a Party branch first, others as hours allow.",
    )
    members_relay: bool = parameter(
        False,
        en="members pass calls on",
        zh="党员转达动员",
        unit="true or false",
        meaning="Whether a member's contact with a linked household also carries a call to take part.",
    )
    double_registration: bool = parameter(
        False,
        en="double registration",
        zh="双报到",
        unit="true or false",
        meaning="Whether everybody in a Party branch is registered as a volunteer where they live, active or not.",
    )
    ordered_hours: float = parameter(
        0.0,
        en="ordered attendance",
        zh="指令性活动时间",
        unit="hours per branch member and month",
        ge=0,
        le=160,
        meaning="Service that branch members attend by order: hours of work at volunteers' skill, counted apart from participation, and tiring like a call.",
    )


class Transfer(Section):
    """Hours or money moved from one tier to another; nothing is added."""

    from_tier: Tier = parameter(en="from", zh="来源层级", unit="-", meaning="Tier that gives.")
    to_tier: Tier = parameter(en="to", zh="去向层级", unit="-", meaning="Tier that receives.")
    share: float = parameter(
        en="share",
        zh="划转比例",
        unit="share of the giving tier, 0-1",
        ge=0,
        le=1,
        meaning="How much of it moves.",
    )
    seconded: bool = parameter(
        False,
        en="seconded",
        zh="下派",
        unit="true or false",
        meaning="Whether the people stay on the giver's payroll as seconded cadres.",
    )

    @model_validator(mode="after")
    def _two_tiers(self) -> Transfer:
        if self.from_tier == self.to_tier:
            raise PydanticCustomError(
                "transfer",
                "a transfer needs two different tiers, both are '{tier}'",
                {"tier": self.to_tier, "fields": ["from_tier", "to_tier"]},
            )
        return self


class MoneyTransfer(Section):
    """Money moved from one tier to another; nothing is added."""

    from_tier: Literal["community", "street", "department"] = parameter(
        en="from", zh="来源层级", unit="-", meaning="Tier that gives."
    )
    to_tier: Literal["community", "street", "department"] = parameter(
        en="to", zh="去向层级", unit="-", meaning="Tier that receives."
    )
    share: float = parameter(
        en="share",
        zh="划转比例",
        unit="share of the giving tier, 0-1",
        ge=0,
        le=1,
        meaning="How much of it moves.",
    )


class CapacityBlock(Section):
    """Where hours and money come from (boundary and payoff rules)."""

    transfers: list[Transfer] = parameter(
        default_factory=list,
        en="hours moved",
        zh="人力划转",
        unit="-",
        meaning="Hours moved between tiers, in this order.",
        max_length=20,
    )
    money_transfers: list[MoneyTransfer] = parameter(
        default_factory=list,
        en="money moved",
        zh="资金划转",
        unit="-",
        meaning="Money moved between tiers, in this order.",
        max_length=20,
    )
    observed_seconded: float = parameter(
        0.0,
        en="seconded from outside",
        zh="外部下派力量",
        unit="full-time posts per 10,000 residents",
        ge=0,
        le=5000,
        meaning="People whom units outside the district's offices lend to communities. Only in runs as observed; capacity-neutral runs leave them out.",
    )


class Accountability(Section):
    """Whom officials answer to (payoff rules)."""

    answers_to: Literal["upward", "residents"] = parameter(
        en="answers to",
        zh="负责对象",
        unit="-",
        meaning="upward: visits, calls and meetings give way while tasks from above wait; residents: planned contact with residents is protected.",
    )
    closure_target: bool = parameter(
        False,
        en="closure target",
        zh="结案率考核",
        unit="true or false",
        meaning="Whether offices are ranked by closed cases: overdue cases are then explained away faster and misses disappear from reports.",
    )
    publishes_results: bool = parameter(
        False,
        en="publishes results",
        zh="结果公开",
        unit="true or false",
        meaning="Whether the share of closed cases is published in each community.",
    )


class TaskRule(Section):
    """Which tasks from above are admitted, and when they are done (boundary rules)."""

    admission: Literal["all", "permit_list", "moved_up"] = parameter(
        "all",
        en="admission",
        zh="任务准入",
        unit="-",
        meaning="all: every task is taken; permit_list: unlisted tasks are refused, stay undone and are counted; moved_up: unlisted tasks go to the street unit, whose hours do them.",
    )
    priority: Literal["first", "equal", "last"] = parameter(
        en="priority",
        zh="任务优先级",
        unit="-",
        meaning="Whether tasks from above are done before residents' cases, in turn with them, or after them.",
    )


class Agenda(Section):
    """Which case comes next (aggregation rules)."""

    rule: Literal["first_come", "severity", "deadline", "easy_first", "vote"] = parameter(
        "first_come",
        en="next case",
        zh="办理顺序",
        unit="-",
        meaning="first_come: longest waiting here; severity: gravest; deadline: earliest official deadline; easy_first: least work; vote: the class with most open cases in the community.",
    )


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
        planned = self.detection.visit_share + self.mobilisation.call_share
        if planned > 0.9:
            raise PydanticCustomError(
                "planned_hours",
                "visits and calls plan {planned} of community workers' hours; together they may take at most 0.9, or nobody is left for tasks and cases",
                {
                    "planned": round(planned, 3),
                    "fields": ["detection.visit_share", "mobilisation.call_share"],
                },
            )
        return self
