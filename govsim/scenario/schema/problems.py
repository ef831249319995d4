"""Problem classes: what arises in households and public places, and what it takes to resolve it."""

from __future__ import annotations

from typing import Literal

from govsim.scenario.declare import Section, parameter

Kind = Literal["local_soft", "local_hard", "structural", "livelihood", "consultation"]
Exposed = Literal["all", "subsidence", "water", "farmland", "laid_off", "elderly"]
CompetentLevel = Literal["desk", "community", "street", "department"]

CLASSES = {
    "local_soft": ("sanitation, noise, disputes", "环境卫生、噪声、纠纷"),
    "local_hard": ("pipes, heating, roads, lights", "管网、供暖、道路、照明"),
    "subsidence_housing": ("housing on subsiding ground", "沉陷区住房"),
    "water_supply": ("water supply", "供水"),
    "farmland_loss": ("lost farmland", "耕地损失"),
    "job_loss_aid": ("aid after a lost job", "失业帮扶"),
    "elderly_care": ("care of the elderly", "养老照护"),
    "consultation": ("a question to the desk", "咨询"),
}
"""What the classes that ship are called, in English and Chinese."""
Distribution = Literal["lognormal", "exponential", "fixed"]


class ProblemClass(Section):
    """One class of problems, the same under every governance model."""

    kind: Kind = parameter(
        en="kind", zh="类别", unit="-", status="design", meaning="Group the class is reported under."
    )
    rate: float = parameter(
        en="arrival rate",
        zh="发生率",
        unit="problems per exposed household and year",
        meaning="Poisson rate at which the problem arises, times the community's infrastructure condition.",
        ge=0,
        le=1000,
    )
    exposed: Exposed = parameter(
        "all",
        en="exposed households",
        zh="受影响家庭",
        unit="-",
        status="design",
        meaning="Which households it can strike: all, those in a hazard zone, or those with a laid-off or elderly (65+) member.",
    )
    severity_low: float = parameter(
        0.2,
        en="lowest severity",
        zh="最低严重度",
        unit="share, 0-1",
        meaning="Severity is uniform between the two ends.",
        ge=0,
        le=1,
    )
    severity_high: float = parameter(
        0.8,
        en="highest severity",
        zh="最高严重度",
        unit="share, 0-1",
        meaning="Severity is uniform between the two ends.",
        ge=0,
        le=1,
    )
    effort_hours: float = parameter(
        en="mean effort",
        zh="平均所需工时",
        unit="hours of work",
        meaning="Mean of the skilled work needed to resolve one problem truly.",
        gt=0,
        le=2000,
    )
    effort_cv: float = parameter(
        1.0,
        en="spread of effort",
        zh="工时变异系数",
        unit="coefficient of variation",
        meaning="Spread of the effort over problems; used by the lognormal distribution.",
        ge=0,
        le=5,
    )
    effort_distribution: Distribution = parameter(
        "lognormal",
        en="effort distribution",
        zh="工时分布",
        unit="-",
        meaning="Shape of the effort over problems.",
    )
    money_yuan: float = parameter(
        0.0,
        en="mean money",
        zh="平均所需资金",
        unit="yuan",
        meaning="Mean of the money one problem needs.",
        ge=0,
        le=1e9,
    )
    money_cv: float = parameter(
        1.0,
        en="spread of money",
        zh="资金变异系数",
        unit="coefficient of variation",
        meaning="Spread of the money (lognormal).",
        ge=0,
        le=5,
    )
    level: CompetentLevel = parameter(
        en="competent level",
        zh="主管层级",
        unit="-",
        meaning="Lowest tier that may resolve the class by law and means.",
    )
    department: str = parameter(
        "",
        en="department",
        zh="主管部门",
        unit="-",
        meaning="Which department is competent, a key of capacity.departments; needed where the level is department.",
    )
    report_rate: float = parameter(
        en="urge to report",
        zh="上报意愿",
        unit="per week",
        meaning="Hazard of a report by an able resident who trusts the offices, for a problem of severity 1.",
        ge=0,
        le=1e9,
    )
    patrol_visibility: float = parameter(
        0.0,
        en="visible to a patrol",
        zh="巡查可见度",
        unit="share, 0-1",
        meaning="Chance that a passing patrol notices the problem.",
        ge=0,
        le=1,
    )
    visit_visibility: float = parameter(
        0.0,
        en="found by a visit",
        zh="入户可发现度",
        unit="share, 0-1",
        meaning="Chance that a visit or contact brings the problem to light.",
        ge=0,
        le=1,
    )
    meeting_visibility: float = parameter(
        0.0,
        en="raised at a meeting",
        zh="会议可发现度",
        unit="share, 0-1",
        meaning="Chance that a community meeting raises the problem.",
        ge=0,
        le=1,
    )
    coproducible: float = parameter(
        0.0,
        en="co-producible share",
        zh="可共同生产比例",
        unit="share, 0-1",
        meaning="Share of the effort that need not be done by staff (Ostrom 1996).",
        ge=0,
        le=1,
    )
    substitutability: float = parameter(
        0.0,
        en="substitutability",
        zh="替代率",
        unit="staff hours per volunteer hour",
        meaning="What one hour of a volunteer is worth on the co-producible share.",
        ge=0,
        le=1,
    )
    recurrence: float = parameter(
        0.0,
        en="recurrence after good work",
        zh="复发率",
        unit="share, 0-1",
        meaning="Share of well resolved problems that come back; poor work raises it.",
        ge=0,
        le=1,
    )
    lapse_rate: float = parameter(
        0.0,
        en="lapse rate",
        zh="自然消失率",
        unit="per week",
        meaning="Hazard that the problem goes away or is withdrawn while nothing has been done.",
        ge=0,
        le=10,
    )
    ambiguity: float = parameter(
        0.0,
        en="unclear competence",
        zh="权责不清比例",
        unit="share, 0-1",
        meaning="Share of problems for which no office is clearly competent: a department may refuse them, a desk cannot answer them.",
        ge=0,
        le=1,
    )
    patience_days: float = parameter(
        10.0,
        en="patience",
        zh="可接受时长",
        unit="working days",
        meaning="Time after which residents rate a true resolution at half the full mark.",
        gt=0,
        le=5000,
    )
    deadline_days: float = parameter(
        15.0,
        en="official deadline",
        zh="办理时限",
        unit="working days",
        meaning="Official deadline, from detection.",
        gt=0,
        le=5000,
    )


class Problems(Section):
    """All problem classes of a scenario."""

    classes: dict[str, ProblemClass] = parameter(
        default_factory=dict,
        en="problem classes",
        zh="问题类别",
        unit="-",
        status="design",
        meaning="The classes by name; a scenario adds its own or changes single values of one it inherits.",
        entries=CLASSES,
        max_length=30,
    )
    recurrence_weeks: float = parameter(
        26.0,
        en="time to recurrence",
        zh="复发间隔",
        unit="weeks",
        meaning="Mean time after which a problem that recurs comes back (exponential).",
        gt=0,
        le=1000,
    )


class Infrastructure(Section):
    """How the condition of pipes, roads and buildings moves; problems arise in proportion to it. The same in every model."""

    decay: float = parameter(
        0.02,
        en="decay",
        zh="基础设施老化",
        unit="per year",
        ge=0,
        le=1,
        meaning="Rate at which the condition of infrastructure gets worse without upkeep; a condition of 2 lets twice as many problems arise as one of 1.",
    )
    best: float = parameter(
        0.3,
        en="best condition",
        zh="最佳状况",
        unit="factor on arrival rates",
        ge=0,
        le=10,
        meaning="Condition that no upkeep improves any further.",
    )
    ceiling: float = parameter(
        5.0,
        en="ceiling",
        zh="发生率上限",
        unit="factor on arrival rates",
        ge=1,
        le=100,
        status="design",
        meaning="Problems are drawn at this many times the declared rates and thinned to condition and shocks, so that what arises under a lower rate is a part of what arises under a higher one; a rate cannot rise above it.",
    )


class Tasks(Section):
    """Administrative tasks from above: they consume staff hours and resolve nothing for residents."""

    community_hours: float = parameter(
        42.0,
        en="tasks at communities",
        zh="社区行政任务量",
        unit="hours per 1,000 residents and week",
        meaning="Work of the tasks from above that arrive at communities (Poisson), whatever the governance model.",
        ge=0,
        le=10_000,
    )
    street_hours: float = parameter(
        32.0,
        en="tasks at street units",
        zh="街道行政任务量",
        unit="hours per 1,000 residents and week",
        meaning="Work of the tasks from above that arrive at street units (Poisson).",
        ge=0,
        le=10_000,
    )
    effort_hours: float = parameter(
        6.0,
        en="mean task",
        zh="单项任务工时",
        unit="hours of work",
        meaning="Mean work of one task.",
        gt=0,
        le=500,
    )
    effort_cv: float = parameter(
        1.0,
        en="spread of tasks",
        zh="任务工时变异系数",
        unit="coefficient of variation",
        meaning="Spread of the work over tasks (lognormal).",
        ge=0,
        le=5,
    )
    effort_distribution: Distribution = parameter(
        "lognormal",
        en="task distribution",
        zh="任务工时分布",
        unit="-",
        meaning="Shape of the work over tasks.",
    )
    deadline_days: float = parameter(
        10.0,
        en="task deadline",
        zh="任务时限",
        unit="working days",
        meaning="Time within which a task is due, where tasks queue with cases by deadline.",
        gt=0,
        le=5000,
    )
    listed_share: float = parameter(
        0.6,
        en="share on a permit list",
        zh="准入清单内比例",
        unit="share, 0-1",
        meaning="Share of the tasks that a permit list would admit; the rest is refused or moved where a model has such a list.",
        ge=0,
        le=1,
    )
