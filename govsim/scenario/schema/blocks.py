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

    hotline: bool = parameter(True, "hotline", "热线", "true or false", status="design")
    """Whether residents can report to a hotline desk."""
    patrol_share: float = parameter(
        ..., "patrols", "巡查工时占比", "share of grid workers' hours, 0-1", ge=0, le=1
    )
    """Hours of grid workers that go into patrols."""
    visit_share: float = parameter(
        ...,
        "home visits",
        "走访工时占比",
        "share of hours of community workers and seconded cadres, 0-1",
        ge=0,
        le=1,
    )
    """Hours of community workers and seconded cadres planned for home visits."""
    visit_targets: Literal["known", "needy", "round"] = parameter(..., "who is visited", "走访对象", "-")
    """known: households with somebody whom the office knows; needy: households in hazard zones or with laid-off or elderly
    members; round: every household in turn."""
    member_contact_hours: float = parameter(
        0.0, "members' contacts", "党员联户时间", "hours per responding member and week", ge=0, le=40
    )
    """Time that Party members who take part spend on contacts with the households linked to them."""
    outreach_share: float = parameter(
        0.0, "outreach", "社会组织外展占比", "share of organisations' hours, 0-1", ge=0, le=1
    )
    """Hours of social organisations that go into outreach to their members' circles."""
    meetings_per_month: float = parameter(
        0.0, "community meetings", "社区议事会频次", "meetings per community and month", ge=0, le=30
    )
    """Community meetings at which shared problems are raised."""
    neighbour_share: float = parameter(
        0.0,
        "neighbours look in",
        "邻里照看时间占比",
        "share of voluntary hours after meetings, 0-1",
        ge=0,
        le=1,
    )
    """Hours of residents who take part that go into looking in on the people they are tied to and passing on what they see;
    those with few ties are seen less."""


class Routing(Section):
    """Where a case goes (position and choice rules)."""

    orders: Literal["hops", "dispatch"] = parameter(..., "hotline orders", "派单方式", "-")
    """hops: orders enter at the community and climb the line; dispatch: the desk sends them straight to the competent
    office."""
    convening: Literal["none", "street", "community"] = parameter("none", "convening right", "召集权", "-")
    """Lowest office that may summon departments to a joint meeting on an unclear case; everybody's hours at the table are
    charged and compliance wears out with use."""


class Resolution(Section):
    """Who may resolve what (choice and scope rules)."""

    moved_down: dict[Kind, Literal["community", "street"]] = parameter(
        ..., "authority moved down", "权限下放", "-", default_factory=dict
    )
    """Kinds of problems that a lower tier may resolve although it is not specialised in them, by kind."""
    volunteers: bool = parameter(..., "volunteers work on cases", "志愿者参与处置", "true or false")
    """Whether hours of residents who take part may be used on co-producible work."""
    organisations: bool = parameter(..., "organisations work on cases", "社会组织参与处置", "true or false")
    """Whether social organisations may work on co-producible work in their field."""
    enterprises: bool = parameter(False, "enterprises work on cases", "企业参与处置", "true or false")
    """Whether enterprise partners may work on co-producible work in their field."""


class Mobilisation(Section):
    """Who calls residents to take part, along which ties, at whose cost (boundary rules)."""

    call_share: float = parameter(
        ...,
        "calls",
        "动员工时占比",
        "share of hours of community workers and seconded cadres, 0-1",
        ge=0,
        le=1,
    )
    """Hours of community workers and seconded cadres that go into calls on registered residents."""
    called: Literal["registered", "branches"] = parameter("registered", "who is called", "动员对象", "-")
    """registered: registered volunteers in turn; branches: registered residents with ties to a Party branch first, others as
    hours allow."""
    members_relay: bool = parameter(False, "members pass calls on", "党员转达动员", "true or false")
    """Whether a member's contact with a linked household also carries a call to take part."""
    enrolled: Literal["nobody", "branches", "households"] = parameter(
        "nobody", "enrolled by rule", "按制度登记对象", "-"
    )
    """Who is registered where they live whether active or not, and is on duty for ordered service: nobody; branches:
    everybody in a Party branch (double registration); households: one adult of every household."""
    ordered_hours: float = parameter(
        0.0, "ordered service", "指令性服务时间", "hours per enrolled person and month", ge=0, le=160
    )
    """Service that enrolled people are ordered to. Those who come give these hours, at volunteers' skill, counted apart from
    participation; the order tires like a call, and the tired and the untrained stay away."""
    member_training_hours: float = parameter(
        0.0, "members' training", "党员培训时间", "hours per branch member and month", ge=0, le=40
    )
    """Time that members of Party branches who answer their branch spend in training."""
    incubation_share: float = parameter(
        0.0,
        "incubation",
        "社会组织培育工时占比",
        "share of hours of community workers and seconded cadres, 0-1",
        ge=0,
        le=1,
    )
    """Hours of community workers and seconded cadres that go into helping residents to found organisations and to keep them
    going."""


class Transfer(Section):
    """Hours or money moved from one tier to another; nothing is added."""

    from_tier: Tier = parameter(..., "from", "来源层级", "-")
    """Tier that gives."""
    to_tier: Tier = parameter(..., "to", "去向层级", "-")
    """Tier that receives."""
    share: float = parameter(..., "share", "划转比例", "share of the giving tier, 0-1", ge=0, le=1)
    """How much of it moves."""
    seconded: bool = parameter(False, "seconded", "下派", "true or false")
    """Whether the people stay on the giver's payroll as seconded cadres."""

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

    from_tier: Literal["community", "street", "department"] = parameter(..., "from", "来源层级", "-")
    """Tier that gives."""
    to_tier: Literal["community", "street", "department"] = parameter(..., "to", "去向层级", "-")
    """Tier that receives."""
    share: float = parameter(..., "share", "划转比例", "share of the giving tier, 0-1", ge=0, le=1)
    """How much of it moves."""


class CapacityBlock(Section):
    """Where hours and money come from (boundary and payoff rules)."""

    transfers: list[Transfer] = parameter(
        ..., "hours moved", "人力划转", "-", default_factory=list, max_length=20
    )
    """Hours moved between tiers, in this order."""
    money_transfers: list[MoneyTransfer] = parameter(
        ..., "money moved", "资金划转", "-", default_factory=list, max_length=20
    )
    """Money moved between tiers, in this order."""
    observed_seconded: float = parameter(
        0.0, "seconded from outside", "外部下派力量", "full-time posts per 10,000 residents", ge=0, le=5000
    )
    """People whom units outside the district's offices lend to communities. Only in runs as observed; capacity-neutral runs
    leave them out."""
    observed_money: float = parameter(
        0.0, "money from outside", "外部资金", "yuan per resident and year", ge=0, le=1e5
    )
    """Money that comes to communities from outside the district's budget: earmarked transfers, fees of members. Only in runs
    as observed; capacity-neutral runs leave it out."""
    station_share: float = parameter(
        0.0, "work station", "工作站人员占比", "share of community workers, 0-1", ge=0, le=1
    )
    """Community workers who form a work station of their own: they do the tasks from above and nothing else, and the others
    do none."""
    training_share: float = parameter(
        0.0,
        "staff training",
        "培训工时占比",
        "share of hours of community workers and seconded cadres, 0-1",
        ge=0,
        le=1,
    )
    """Hours of community workers and seconded cadres that go into training."""
    purchase_share: float = parameter(
        0.0,
        "purchase of services",
        "购买服务资金占比",
        "share of communities' and street units' money, 0-1",
        ge=0,
        le=1,
    )
    """Money that buys hours of social organisations."""
    staffing_share: float = parameter(
        0.0, "money for posts", "增岗资金占比", "share of departments' money, 0-1", ge=0, le=1
    )
    """Money that pays further posts of community workers."""
    maintenance_share: float = parameter(
        0.0, "upkeep", "基础设施维护资金占比", "share of departments' money, 0-1", ge=0, le=1
    )
    """Money that goes into the upkeep of infrastructure rather than into reported problems."""
    relocation_share: float = parameter(
        0.0, "rehousing", "搬迁安置资金占比", "share of departments' money, 0-1", ge=0, le=1
    )
    """Money that moves households out of the subsidence zone before they report a problem."""


class Accountability(Section):
    """Whom officials answer to (payoff rules)."""

    answers_to: Literal["upward", "residents"] = parameter(..., "answers to", "负责对象", "-")
    """upward: visits, calls and meetings give way while tasks from above wait; residents: planned contact with residents is
    protected."""
    closure_target: bool = parameter(False, "closure target", "结案率考核", "true or false")
    """Whether offices are ranked by closed cases: overdue cases are then explained away faster and misses disappear from
    reports."""
    publishes_results: bool = parameter(False, "publishes results", "结果公开", "true or false")
    """Whether the share of closed cases is published in each community."""
    reporting_quota: float = parameter(
        0.0, "reporting quota", "上报数量指标", "reports per grid and week", ge=0, le=100
    )
    """Reports that grid workers must file. What patrols do not find is filled up with trifles, which cost the street unit's
    hours to register and count as orders done."""


class TaskAdmission(Section):
    """Which tasks from above are admitted, and when they are done (boundary rules)."""

    admission: Literal["all", "permit_list", "moved_up", "with_fee"] = parameter(
        "all", "admission", "任务准入", "-"
    )
    """all: every task is taken; permit_list: unlisted tasks are refused, stay undone and are counted; moved_up: unlisted
    tasks go to the street unit, whose hours do them; with_fee: unlisted tasks come with a fee from the departments' money
    or stay undone. Every use of a list wears it out."""
    priority: Literal["first", "equal", "last"] = parameter(..., "priority", "任务优先级", "-")
    """Whether tasks from above are done before residents' cases, in turn with them, or after them."""


class Agenda(Section):
    """Which case comes next (aggregation rules)."""

    rule: Literal["first_come", "severity", "deadline", "easy_first", "vote"] = parameter(
        "first_come", "next case", "办理顺序", "-"
    )
    """first_come: longest waiting here; severity: gravest; deadline: earliest official deadline; easy_first: least work;
    vote: the class with most votes, one from each known case whose household took part in the last four weeks."""
    quorum: int = parameter(0, "quorum", "议事法定人数", "residents at a meeting", ge=0, le=10_000)
    """Residents who must attend community meetings for a vote to be taken; the meeting before counts. Only with rule 'vote'."""
    cycle_weeks: int = parameter(1, "agenda cycle", "议程周期", "weeks", ge=1, le=520)
    """How often a vote sets the agenda anew; in between it stands. Only with rule 'vote'."""
