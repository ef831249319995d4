"""The eight blocks of a governance model."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from govsim.scenario.declare import Section, parameter
from govsim.scenario.schema.problems import Kind

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
        unit="share of hours of community workers and seconded cadres, 0-1",
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
    neighbour_share: float = parameter(
        0.0,
        en="neighbours look in",
        zh="邻里照看时间占比",
        unit="share of voluntary hours after meetings, 0-1",
        ge=0,
        le=1,
        meaning="Hours of residents who take part that go into looking in on the people they are tied to and passing on what they see; those with few ties are seen less.",
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

    moved_down: dict[Kind, Literal["community", "street"]] = parameter(
        default_factory=dict,
        en="authority moved down",
        zh="权限下放",
        unit="-",
        meaning="Kinds of problems that a lower tier may resolve although it is not specialised in them, by kind.",
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
        unit="share of hours of community workers and seconded cadres, 0-1",
        ge=0,
        le=1,
        meaning="Hours of community workers and seconded cadres that go into calls on registered residents.",
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
    enrolled: Literal["nobody", "branches", "households"] = parameter(
        "nobody",
        en="enrolled by rule",
        zh="按制度登记对象",
        unit="-",
        meaning="Who is registered where they live whether active or not, and is on duty for ordered service: nobody; branches: everybody in a Party branch (double registration); households: one adult of every household.",
    )
    ordered_hours: float = parameter(
        0.0,
        en="ordered service",
        zh="指令性服务时间",
        unit="hours per enrolled person and month",
        ge=0,
        le=160,
        meaning="Service that enrolled people are ordered to. Those who come give these hours, at volunteers' skill, counted apart from participation; the order tires like a call, and the tired and the untrained stay away.",
    )
    member_training_hours: float = parameter(
        0.0,
        en="members' training",
        zh="党员培训时间",
        unit="hours per branch member and month",
        ge=0,
        le=40,
        meaning="Time that members of Party branches who answer their branch spend in training.",
    )
    incubation_share: float = parameter(
        0.0,
        en="incubation",
        zh="社会组织培育工时占比",
        unit="share of hours of community workers and seconded cadres, 0-1",
        ge=0,
        le=1,
        meaning="Hours of community workers and seconded cadres that go into helping residents to found organisations and to keep them going.",
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
    observed_money: float = parameter(
        0.0,
        en="money from outside",
        zh="外部资金",
        unit="yuan per resident and year",
        ge=0,
        le=1e5,
        meaning="Money that comes to communities from outside the district's budget: earmarked transfers, fees of members. Only in runs as observed; capacity-neutral runs leave it out.",
    )
    station_share: float = parameter(
        0.0,
        en="work station",
        zh="工作站人员占比",
        unit="share of community workers, 0-1",
        ge=0,
        le=1,
        meaning="Community workers who form a work station of their own: they do the tasks from above and nothing else, and the others do none.",
    )
    training_share: float = parameter(
        0.0,
        en="staff training",
        zh="培训工时占比",
        unit="share of hours of community workers and seconded cadres, 0-1",
        ge=0,
        le=1,
        meaning="Hours of community workers and seconded cadres that go into training.",
    )
    purchase_share: float = parameter(
        0.0,
        en="purchase of services",
        zh="购买服务资金占比",
        unit="share of communities' and street units' money, 0-1",
        ge=0,
        le=1,
        meaning="Money that buys hours of social organisations.",
    )
    staffing_share: float = parameter(
        0.0,
        en="money for posts",
        zh="增岗资金占比",
        unit="share of departments' money, 0-1",
        ge=0,
        le=1,
        meaning="Money that pays further posts of community workers.",
    )
    maintenance_share: float = parameter(
        0.0,
        en="upkeep",
        zh="基础设施维护资金占比",
        unit="share of departments' money, 0-1",
        ge=0,
        le=1,
        meaning="Money that goes into the upkeep of infrastructure rather than into reported problems.",
    )
    relocation_share: float = parameter(
        0.0,
        en="rehousing",
        zh="搬迁安置资金占比",
        unit="share of departments' money, 0-1",
        ge=0,
        le=1,
        meaning="Money that moves households out of the subsidence zone before they report a problem.",
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
    reporting_quota: float = parameter(
        0.0,
        en="reporting quota",
        zh="上报数量指标",
        unit="reports per grid and week",
        ge=0,
        le=100,
        meaning="Reports that grid workers must file. What patrols do not find is filled up with trifles, which cost the street unit's hours to register and count as orders done.",
    )


class TaskRule(Section):
    """Which tasks from above are admitted, and when they are done (boundary rules)."""

    admission: Literal["all", "permit_list", "moved_up", "with_fee"] = parameter(
        "all",
        en="admission",
        zh="任务准入",
        unit="-",
        meaning="all: every task is taken; permit_list: unlisted tasks are refused, stay undone and are counted; moved_up: unlisted tasks go to the street unit, whose hours do them; with_fee: unlisted tasks come with a fee from the departments' money or stay undone. Every use of a list wears it out.",
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
        meaning="first_come: longest waiting here; severity: gravest; deadline: earliest official deadline; easy_first: least work; vote: the class with most votes, one from each known case whose household took part in the last four weeks.",
    )
    quorum: int = parameter(
        0,
        en="quorum",
        zh="议事法定人数",
        unit="residents at a meeting",
        ge=0,
        le=10_000,
        meaning="Residents who must attend community meetings for a vote to be taken; the meeting before counts. Only with rule 'vote'.",
    )
    cycle_weeks: int = parameter(
        1,
        en="agenda cycle",
        zh="议程周期",
        unit="weeks",
        ge=1,
        le=520,
        meaning="How often a vote sets the agenda anew; in between it stands. Only with rule 'vote'.",
    )
