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

    kind: Kind = parameter(..., "kind", "类别", "-", status="design")
    """Group the class is reported under."""
    rate: float = parameter(
        ..., "arrival rate", "发生率", "problems per exposed household and year", ge=0, le=1000
    )
    """Poisson rate at which the problem arises, times the community's infrastructure condition."""
    exposed: Exposed = parameter("all", "exposed households", "受影响家庭", "-", status="design")
    """Which households it can strike: all, those in a hazard zone, or those with a laid-off or elderly (65+) member."""
    severity_low: float = parameter(0.2, "lowest severity", "最低严重度", "share, 0-1", ge=0, le=1)
    """Severity is uniform between the two ends."""
    severity_high: float = parameter(0.8, "highest severity", "最高严重度", "share, 0-1", ge=0, le=1)
    """Severity is uniform between the two ends."""
    effort_hours: float = parameter(..., "mean effort", "平均所需工时", "hours of work", gt=0, le=2000)
    """Mean of the skilled work needed to resolve one problem truly."""
    effort_cv: float = parameter(
        1.0, "spread of effort", "工时变异系数", "coefficient of variation", ge=0, le=5
    )
    """Spread of the effort over problems; used by the lognormal distribution."""
    effort_distribution: Distribution = parameter("lognormal", "effort distribution", "工时分布", "-")
    """Shape of the effort over problems."""
    money_yuan: float = parameter(0.0, "mean money", "平均所需资金", "yuan", ge=0, le=1e9)
    """Mean of the money one problem needs."""
    money_cv: float = parameter(
        1.0, "spread of money", "资金变异系数", "coefficient of variation", ge=0, le=5
    )
    """Spread of the money (lognormal)."""
    level: CompetentLevel = parameter(..., "competent level", "主管层级", "-")
    """Lowest tier that may resolve the class by law and means."""
    department: str = parameter("", "department", "主管部门", "-")
    """Which department is competent, a key of capacity.departments; needed where the level is department."""
    report_rate: float = parameter(..., "urge to report", "上报意愿", "per week", ge=0, le=1e9)
    """Hazard of a report by an able resident who trusts the offices, for a problem of severity 1."""
    patrol_visibility: float = parameter(0.0, "visible to a patrol", "巡查可见度", "share, 0-1", ge=0, le=1)
    """Chance that a passing patrol notices the problem."""
    visit_visibility: float = parameter(0.0, "found by a visit", "入户可发现度", "share, 0-1", ge=0, le=1)
    """Chance that a visit or contact brings the problem to light."""
    meeting_visibility: float = parameter(
        0.0, "raised at a meeting", "会议可发现度", "share, 0-1", ge=0, le=1
    )
    """Chance that a community meeting raises the problem."""
    coproducible: float = parameter(0.0, "co-producible share", "可共同生产比例", "share, 0-1", ge=0, le=1)
    """Share of the effort that need not be done by staff (Ostrom 1996)."""
    substitutability: float = parameter(
        0.0, "substitutability", "替代率", "staff hours per volunteer hour", ge=0, le=1
    )
    """What one hour of a volunteer is worth on the co-producible share."""
    recurrence: float = parameter(0.0, "recurrence after good work", "复发率", "share, 0-1", ge=0, le=1)
    """Share of well resolved problems that come back; poor work raises it."""
    lapse_rate: float = parameter(0.0, "lapse rate", "自然消失率", "per week", ge=0, le=10)
    """Hazard that the problem goes away or is withdrawn while nothing has been done."""
    ambiguity: float = parameter(0.0, "unclear competence", "权责不清比例", "share, 0-1", ge=0, le=1)
    """Share of problems for which no office is clearly competent: a department may refuse them, a desk cannot answer them."""
    patience_days: float = parameter(10.0, "patience", "可接受时长", "working days", gt=0, le=5000)
    """Time after which residents rate a true resolution at half the full mark."""
    deadline_days: float = parameter(15.0, "official deadline", "办理时限", "working days", gt=0, le=5000)
    """Official deadline, from detection."""


class Problems(Section):
    """All problem classes of a scenario."""

    classes: dict[str, ProblemClass] = parameter(
        ...,
        "problem classes",
        "问题类别",
        "-",
        default_factory=dict,
        status="design",
        entries=CLASSES,
        max_length=30,
    )
    """The classes by name; a scenario adds its own or changes single values of one it inherits."""
    recurrence_weeks: float = parameter(26.0, "time to recurrence", "复发间隔", "weeks", gt=0, le=1000)
    """Mean time after which a problem that recurs comes back (exponential)."""


class Infrastructure(Section):
    """How the condition of pipes, roads and buildings moves; problems arise in proportion to it. The same in every model."""

    decay: float = parameter(0.02, "decay", "基础设施老化", "per year", ge=0, le=1)
    """Rate at which the condition of infrastructure gets worse without upkeep; a condition of 2 lets twice as many problems
    arise as one of 1."""
    best: float = parameter(0.3, "best condition", "最佳状况", "factor on arrival rates", ge=0, le=10)
    """Condition that no upkeep improves any further."""
    ceiling: float = parameter(
        5.0, "ceiling", "发生率上限", "factor on arrival rates", ge=1, le=100, status="design"
    )
    """Problems are drawn at this many times the declared rates and thinned to condition and shocks, so that what arises
    under a lower rate is a part of what arises under a higher one; a rate cannot rise above it."""


class Tasks(Section):
    """Administrative tasks from above: they consume staff hours and resolve nothing for residents."""

    community_hours: float = parameter(
        42.0, "tasks at communities", "社区行政任务量", "hours per 1,000 residents and week", ge=0, le=10_000
    )
    """Work of the tasks from above that arrive at communities (Poisson), whatever the governance model."""
    street_hours: float = parameter(
        32.0, "tasks at street units", "街道行政任务量", "hours per 1,000 residents and week", ge=0, le=10_000
    )
    """Work of the tasks from above that arrive at street units (Poisson)."""
    effort_hours: float = parameter(6.0, "mean task", "单项任务工时", "hours of work", gt=0, le=500)
    """Mean work of one task."""
    effort_cv: float = parameter(
        1.0, "spread of tasks", "任务工时变异系数", "coefficient of variation", ge=0, le=5
    )
    """Spread of the work over tasks (lognormal)."""
    effort_distribution: Distribution = parameter("lognormal", "task distribution", "任务工时分布", "-")
    """Shape of the work over tasks."""
    deadline_days: float = parameter(10.0, "task deadline", "任务时限", "working days", gt=0, le=5000)
    """Time within which a task is due, where tasks queue with cases by deadline."""
    listed_share: float = parameter(0.6, "share on a permit list", "准入清单内比例", "share, 0-1", ge=0, le=1)
    """Share of the tasks that a permit list would admit; the rest is refused or moved where a model has such a list."""
