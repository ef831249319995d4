"""How offices work: hours and money, what acts of office work cost, how people in offices learn, wear out and leave.

The same in every model.
"""

from __future__ import annotations

from govsim.scenario.declare import Section, parameter


class Staff(Section):
    """Full-time posts per 10,000 residents, by tier, as the district has them today."""

    community: float = parameter(
        12.0, "community workers", "社区工作者", "full-time posts per 10,000 residents", ge=0, le=5000
    )
    """Posts of the residents' committees."""
    grid: float = parameter(
        6.0, "grid workers", "网格员", "full-time posts per 10,000 residents", ge=0, le=5000
    )
    """Posts of grid workers, who belong to the community office."""
    street: float = parameter(
        14.0, "street officials", "街道干部", "full-time posts per 10,000 residents", ge=0, le=5000
    )
    """Posts of subdistrict offices and towns that deal with residents' affairs."""
    department: float = parameter(
        6.0, "department clerks", "部门工作人员", "full-time posts per 10,000 residents", ge=0, le=5000
    )
    """Posts of all departments together that deal with residents' affairs."""
    desk: float = parameter(
        0.25, "hotline operators", "热线坐席", "full-time posts per 10,000 residents", ge=0, le=5000
    )
    """Posts of the hotline desk."""


class Money(Section):
    """Money for problems, per year, by tier, as the district has it today."""

    community: float = parameter(
        40_000.0,
        "community office fund",
        "社区办公经费",
        "yuan per community and year",
        ge=0,
        le=1e12,
        status="found",
        source="Hebei Law News 2021-06-07: office funds in Chengde raised from 4,000 to 40,000 yuan per community and year",
    )
    """Fund that a community office may spend on problems."""
    street: float = parameter(20.0, "street fund", "街道经费", "yuan per resident and year", ge=0, le=1e9)
    """Money that street units may spend on problems."""
    department: float = parameter(
        300.0, "department budgets", "部门经费", "yuan per resident and year", ge=0, le=1e9
    )
    """Money that all departments together may spend on residents' problems, capital work included."""


class Prices(Section):
    """What money buys. The same in every model."""

    post: float = parameter(
        60_000.0,
        "post of a community worker",
        "社区工作者岗位成本",
        "yuan per full-time post and year",
        ge=1000,
        le=1e7,
    )
    """Cost of one further full-time post."""
    organisation_hour: float = parameter(40.0, "bought hour", "购买服务单价", "yuan per hour", ge=1, le=1e5)
    """Price of one hour of a social organisation."""
    task_hour: float = parameter(30.0, "fee of a task", "任务经费标准", "yuan per hour of work", ge=0, le=1e5)
    """Fee that comes with an unlisted task where tasks come with a fee."""
    rehousing: float = parameter(
        114_000.0,
        "rehousing",
        "搬迁安置成本",
        "yuan per household",
        ge=1,
        le=1e8,
        status="derived",
        source="800 m yuan for some 7,000 households in 2004-2014 (ifeng.com 2014-05-03)",
    )
    """Cost of moving one household out of the subsidence zone."""
    upkeep: float = parameter(4_000.0, "upkeep", "基础设施改善成本", "yuan per household", ge=1, le=1e8)
    """Money that brings the condition of a community's infrastructure down to 1/e of where it was."""


class Capacity(Section):
    """Supply of hours and money; governance models only move it about unless they run as observed."""

    hours_per_week: float = parameter(
        40.0,
        "working week",
        "每周工时",
        "hours",
        ge=1,
        le=168,
        status="assumed",
        source="the statutory week, from memory",
    )
    """Working hours of a full-time post in a week."""
    staff: Staff = parameter(..., "staff", "人员编制", "-", default_factory=Staff, status="design")
    """Posts by tier."""
    money: Money = parameter(..., "money", "资金", "-", default_factory=Money, status="design")
    """Money by tier."""
    prices: Prices = parameter(..., "prices", "价格", "-", default_factory=Prices, status="design")
    """What money buys."""
    departments: dict[str, float] = parameter(
        ..., "departments", "部门", "share of the department tier, 0-1", default_factory=dict, max_length=40
    )
    """The departments and each one's share of the tier's posts and money; normalised to sum 1."""


class Handling(Section):
    """What acts of office work cost, and how offices treat what is not clearly theirs. The same in every model."""

    desk_hours: float = parameter(
        0.09,
        "desk contact",
        "热线受理工时",
        "hours per contact",
        ge=0,
        le=40,
        status="derived",
        source="Beijing hotline: 80-100 contacts per operator and day, eight hours (bjnews 2021; China Daily)",
    )
    """Operator's time for one contact."""
    intake_hours: float = parameter(0.75, "intake", "受理转办工时", "hours per hop", ge=0, le=40)
    """Time to register, read and pass on a case at each office it goes through."""
    reluctance: float = parameter(0.6, "refusal of unclear cases", "推诿概率", "share, 0-1", ge=0, le=1)
    """Chance that a department refuses an unclear case each time one reaches it without a summons."""
    give_up: float = parameter(0.3, "giving up after a refusal", "被拒后放弃比例", "share, 0-1", ge=0, le=1)
    """Chance that the sender answers the resident with an explanation rather than sending a refused case again."""
    convening_hours: float = parameter(
        2.0, "joint meeting", "联席会议工时", "hours per person at the table", ge=0, le=40
    )
    """Time of each person at a joint meeting about one case."""
    convening_seats: int = parameter(2, "seats from departments", "参会部门人数", "people", ge=1, le=50)
    """People from departments who sit at a joint meeting."""
    summons_wear: float = parameter(
        0.02, "summons fatigue", "召集疲劳", "share of compliance lost per summons", ge=0, le=1
    )
    """Compliance of departments with one summoning office falls by this share at each summons."""
    summons_recovery: float = parameter(
        0.05, "recovery of compliance", "服从度恢复", "share of the loss per week", ge=0, le=1
    )
    """Share of the lost compliance that comes back every week."""
    list_wear: float = parameter(
        0.01, "erosion of permit lists", "准入清单侵蚀", "share of compliance lost per refusal", ge=0, le=1
    )
    """Compliance with a list of admitted tasks falls by this share each time an office invokes it; what is no longer
    complied with is passed down all the same."""
    list_recovery: float = parameter(
        0.02, "recovery of permit lists", "准入清单恢复", "share of the loss per week", ge=0, le=1
    )
    """How fast compliance with the list comes back."""
    generalist_factor: float = parameter(
        1.3, "lost specialisation", "非专业系数", "factor on effort", ge=1, le=10
    )
    """Effort is multiplied by this where a class is resolved below its competent level."""
    explain_rate: float = parameter(
        0.01, "explanation of overdue cases", "超期解释率", "per week", ge=0, le=10
    )
    """Hazard that an overdue case is closed by explanation."""
    explain_pressure: float = parameter(
        8.0, "closure pressure", "结案压力系数", "factor on the explanation hazard", ge=1, le=1000
    )
    """Factor on that hazard in offices that must meet a closure target."""
    reopening: float = parameter(
        0.5,
        "problems that stay after an explanation",
        "解释后仍存比例",
        "share at severity 1, 0-1",
        ge=0,
        le=1,
    )
    """Chance, times severity, that a resident does not accept an explanation: the case goes back to latent and may be
    reported again."""
    visit_hours: float = parameter(0.6, "home visit", "入户走访工时", "hours per visit", gt=0, le=40)
    """Time of one home visit, way included."""
    patrol_hours: float = parameter(
        3.0, "patrol round", "网格巡查工时", "hours per grid and round", gt=0, le=168
    )
    """Time of one patrol through one grid."""
    call_hours: float = parameter(0.1, "call", "动员联系工时", "hours per call", gt=0, le=40)
    """Time of one call that asks a resident to take part."""
    contact_hours: float = parameter(
        0.5, "member's contact", "党员联户工时", "hours per contact", gt=0, le=40
    )
    """Time of one contact of a Party member with a linked household."""
    meeting_hours: float = parameter(
        2.0, "community meeting", "社区议事会时长", "hours per person", gt=0, le=40
    )
    """Length of a community meeting."""
    meeting_staff: float = parameter(2.0, "staff at a meeting", "会议工作人员", "people", ge=0, le=100)
    """Staff who prepare and sit in a community meeting."""
    meeting_residents: float = parameter(
        20.0, "residents at a meeting", "会议居民人数", "people", ge=0, le=10_000
    )
    """Residents at a full community meeting; they come out of the people who take part."""
    publishing_hours: float = parameter(
        0.5, "publishing results", "结果公开工时", "staff hours per 1,000 residents and week", ge=0, le=40
    )
    """Time that staff of a community need to compile and post what was solved, where the model publishes results; with fewer
    hours residents learn less from it, with none nothing is published."""


class Workforce(Section):
    """Skill, burnout and quitting of paid staff."""

    speed_spread: float = parameter(0.2, "spread of speed", "效率差异", "share", ge=0, lt=1)
    """Individual speeds are uniform within one plus or minus this share."""
    skill: float = parameter(0.8, "skill of staff", "人员专业水平", "share, 0-1", ge=0, le=1)
    """Quality of work of experienced staff; poor work makes problems recur."""
    newcomer_skill: float = parameter(0.5, "skill of newcomers", "新人专业水平", "share, 0-1", ge=0, le=1)
    """Quality of work in a newcomer's first week."""
    learning_weeks: float = parameter(52.0, "learning time", "成长周期", "weeks", gt=0, le=2000)
    """Time constant with which a newcomer's skill approaches that of experienced staff."""
    volunteer_skill: float = parameter(0.5, "skill of volunteers", "志愿者专业水平", "share, 0-1", ge=0, le=1)
    """Quality of work of volunteers and members on duty."""
    organisation_skill: float = parameter(
        0.65, "skill of organisations", "社会组织专业水平", "share, 0-1", ge=0, le=1
    )
    """Quality of work of social organisations and enterprise partners."""
    rework: float = parameter(2.0, "rework from poor work", "返工系数", "factor", ge=0, le=100)
    """Recurrence is multiplied by 1 + rework * (1 - skill)."""
    trained_skill: float = parameter(0.95, "skill by training", "培训后专业水平", "share, 0-1", ge=0, le=1)
    """Quality of work that training leads to where it is above that of experience."""
    training_hours: float = parameter(80.0, "hours of training", "培训见效工时", "hours", gt=0, le=10_000)
    """Hours of training after which 1 - 1/e of the way to that skill is made."""
    training_fades: float = parameter(104.0, "fading of training", "培训效果消退周期", "weeks", gt=0, le=5200)
    """Time constant with which skill above that of experience fades."""
    comfortable_load: float = parameter(
        0.7, "comfortable load", "舒适负荷", "demanded over available hours", ge=0, le=10
    )
    """Load up to which nobody burns out; overload is what exceeds it."""
    burnout_gain: float = parameter(
        0.085, "burnout from overload", "过载倦怠系数", "per week and unit of overload", ge=0, le=10
    )
    """Growth of burnout per unit of load above the comfortable one."""
    burnout_decay: float = parameter(0.04, "recovery from burnout", "倦怠恢复率", "per week", ge=0, le=1)
    """Share of burnout that fades in a week."""
    burnout_spread: float = parameter(0.8, "spread of susceptibility", "倦怠易感差异", "share", ge=0, le=1)
    """Individual susceptibilities are uniform within one plus or minus this share."""
    burnout_tenure: float = parameter(
        0.02,
        "burnout with tenure",
        "任职年限倦怠系数",
        "share per year in post",
        ge=0,
        le=1,
        source="long tenure is a risk factor among community workers in Liaoning (Chinese Journal of Public Health 2019, 35(8)); the size is assumed",
    )
    """Susceptibility to burnout grows by this share of itself with each year in post."""
    tenure: float = parameter(6.0, "tenure at the start", "起始任职年限", "years", ge=0, le=40)
    """Mean time that staff have been in post when the run begins; uniform between nothing and twice as long."""
    burnt_out: float = parameter(0.5, "burnt-out threshold", "倦怠阈值", "burnout, 0-1", gt=0, le=1)
    """Above it a person counts as burnt out."""
    slowing: float = parameter(
        0.15, "slowing by burnout", "倦怠降效", "share of speed at burnout 1", ge=0, lt=1
    )
    """Speed is multiplied by 1 - slowing * burnout."""
    quit_rate: float = parameter(0.0016, "quit hazard", "离职率", "per week", ge=0, le=1)
    """Hazard of leaving without burnout (about 8 % a year)."""
    quit_burnout: float = parameter(1.5, "quitting with burnout", "倦怠离职系数", "exponent", ge=0, le=20)
    """The hazard is multiplied by exp(this * burnout)."""
    vacancy_weeks: int = parameter(8, "vacancy", "空缺时长", "weeks", ge=1, le=520)
    """Time until a person who left is replaced."""
    backlog_weeks: float = parameter(8.0, "horizon of felt backlog", "积压感知周期", "weeks", gt=0, le=520)
    """Staff feel a backlog as the work of clearing it within this time."""
