"""How offices work: what acts of office work cost, and how people in offices learn, wear out and leave. The same in every model."""

from __future__ import annotations

from govsim.scenario.declare import Section, parameter


class Handling(Section):
    """What acts of office work cost, and how offices treat what is not clearly theirs. The same in every model."""

    desk_hours: float = parameter(
        0.09,
        en="desk contact",
        zh="热线受理工时",
        unit="hours per contact",
        ge=0,
        le=40,
        status="derived",
        source="Beijing hotline: 80-100 contacts per operator and day, eight hours (bjnews 2021; China Daily)",
        meaning="Operator's time for one contact.",
    )
    intake_hours: float = parameter(
        0.75,
        en="intake",
        zh="受理转办工时",
        unit="hours per hop",
        ge=0,
        le=40,
        meaning="Time to register, read and pass on a case at each office it goes through.",
    )
    reluctance: float = parameter(
        0.6,
        en="refusal of unclear cases",
        zh="推诿概率",
        unit="share, 0-1",
        ge=0,
        le=1,
        meaning="Chance that a department refuses an unclear case each time one reaches it without a summons.",
    )
    give_up: float = parameter(
        0.3,
        en="giving up after a refusal",
        zh="被拒后放弃比例",
        unit="share, 0-1",
        ge=0,
        le=1,
        meaning="Chance that the sender answers the resident with an explanation rather than sending a refused case again.",
    )
    convening_hours: float = parameter(
        2.0,
        en="joint meeting",
        zh="联席会议工时",
        unit="hours per person at the table",
        ge=0,
        le=40,
        meaning="Time of each person at a joint meeting about one case.",
    )
    convening_seats: int = parameter(
        2,
        en="seats from departments",
        zh="参会部门人数",
        unit="people",
        ge=1,
        le=50,
        meaning="People from departments who sit at a joint meeting.",
    )
    summons_wear: float = parameter(
        0.02,
        en="summons fatigue",
        zh="召集疲劳",
        unit="share of compliance lost per summons",
        ge=0,
        le=1,
        meaning="Compliance of departments with one summoning office falls by this share at each summons.",
    )
    summons_recovery: float = parameter(
        0.05,
        en="recovery of compliance",
        zh="服从度恢复",
        unit="share of the loss per week",
        ge=0,
        le=1,
        meaning="Share of the lost compliance that comes back every week.",
    )
    list_wear: float = parameter(
        0.01,
        en="erosion of permit lists",
        zh="准入清单侵蚀",
        unit="share of compliance lost per refusal",
        ge=0,
        le=1,
        meaning="Compliance with a list of admitted tasks falls by this share each time an office invokes it; what is no longer complied with is passed down all the same.",
    )
    list_recovery: float = parameter(
        0.02,
        en="recovery of permit lists",
        zh="准入清单恢复",
        unit="share of the loss per week",
        ge=0,
        le=1,
        meaning="How fast compliance with the list comes back.",
    )
    generalist_factor: float = parameter(
        1.3,
        en="lost specialisation",
        zh="非专业系数",
        unit="factor on effort",
        ge=1,
        le=10,
        meaning="Effort is multiplied by this where a class is resolved below its competent level.",
    )
    explain_rate: float = parameter(
        0.01,
        en="explanation of overdue cases",
        zh="超期解释率",
        unit="per week",
        ge=0,
        le=10,
        meaning="Hazard that an overdue case is closed by explanation.",
    )
    explain_pressure: float = parameter(
        8.0,
        en="closure pressure",
        zh="结案压力系数",
        unit="factor on the explanation hazard",
        ge=1,
        le=1000,
        meaning="Factor on that hazard in offices that must meet a closure target.",
    )
    reopening: float = parameter(
        0.5,
        en="problems that stay after an explanation",
        zh="解释后仍存比例",
        unit="share at severity 1, 0-1",
        ge=0,
        le=1,
        meaning="Chance, times severity, that a resident does not accept an explanation: the case goes back to latent and may be reported again.",
    )
    visit_hours: float = parameter(
        0.6,
        en="home visit",
        zh="入户走访工时",
        unit="hours per visit",
        gt=0,
        le=40,
        meaning="Time of one home visit, way included.",
    )
    patrol_hours: float = parameter(
        3.0,
        en="patrol round",
        zh="网格巡查工时",
        unit="hours per grid and round",
        gt=0,
        le=168,
        meaning="Time of one patrol through one grid.",
    )
    call_hours: float = parameter(
        0.1,
        en="call",
        zh="动员联系工时",
        unit="hours per call",
        gt=0,
        le=40,
        meaning="Time of one call that asks a resident to take part.",
    )
    contact_hours: float = parameter(
        0.5,
        en="member's contact",
        zh="党员联户工时",
        unit="hours per contact",
        gt=0,
        le=40,
        meaning="Time of one contact of a Party member with a linked household.",
    )
    meeting_hours: float = parameter(
        2.0,
        en="community meeting",
        zh="社区议事会时长",
        unit="hours per person",
        gt=0,
        le=40,
        meaning="Length of a community meeting.",
    )
    meeting_staff: float = parameter(
        2.0,
        en="staff at a meeting",
        zh="会议工作人员",
        unit="people",
        ge=0,
        le=100,
        meaning="Staff who prepare and sit in a community meeting.",
    )
    meeting_residents: float = parameter(
        20.0,
        en="residents at a meeting",
        zh="会议居民人数",
        unit="people",
        ge=0,
        le=10_000,
        meaning="Residents at a full community meeting; they come out of the people who take part.",
    )
    publishing_hours: float = parameter(
        0.5,
        en="publishing results",
        zh="结果公开工时",
        unit="staff hours per 1,000 residents and week",
        ge=0,
        le=40,
        meaning="Time that staff of a community need to compile and post what was solved, where the model publishes results; with fewer hours residents learn less from it, with none nothing is published.",
    )


class Workforce(Section):
    """Skill, burnout and quitting of paid staff."""

    speed_spread: float = parameter(
        0.2,
        en="spread of speed",
        zh="效率差异",
        unit="share",
        ge=0,
        lt=1,
        meaning="Individual speeds are uniform within one plus or minus this share.",
    )
    skill: float = parameter(
        0.8,
        en="skill of staff",
        zh="人员专业水平",
        unit="share, 0-1",
        ge=0,
        le=1,
        meaning="Quality of work of experienced staff; poor work makes problems recur.",
    )
    newcomer_skill: float = parameter(
        0.5,
        en="skill of newcomers",
        zh="新人专业水平",
        unit="share, 0-1",
        ge=0,
        le=1,
        meaning="Quality of work in a newcomer's first week.",
    )
    learning_weeks: float = parameter(
        52.0,
        en="learning time",
        zh="成长周期",
        unit="weeks",
        gt=0,
        le=2000,
        meaning="Time constant with which a newcomer's skill approaches that of experienced staff.",
    )
    volunteer_skill: float = parameter(
        0.5,
        en="skill of volunteers",
        zh="志愿者专业水平",
        unit="share, 0-1",
        ge=0,
        le=1,
        meaning="Quality of work of volunteers and members on duty.",
    )
    organisation_skill: float = parameter(
        0.65,
        en="skill of organisations",
        zh="社会组织专业水平",
        unit="share, 0-1",
        ge=0,
        le=1,
        meaning="Quality of work of social organisations and enterprise partners.",
    )
    rework: float = parameter(
        2.0,
        en="rework from poor work",
        zh="返工系数",
        unit="factor",
        ge=0,
        le=100,
        meaning="Recurrence is multiplied by 1 + rework * (1 - skill).",
    )
    trained_skill: float = parameter(
        0.95,
        en="skill by training",
        zh="培训后专业水平",
        unit="share, 0-1",
        ge=0,
        le=1,
        meaning="Quality of work that training leads to where it is above that of experience.",
    )
    training_hours: float = parameter(
        80.0,
        en="hours of training",
        zh="培训见效工时",
        unit="hours",
        gt=0,
        le=10_000,
        meaning="Hours of training after which 1 - 1/e of the way to that skill is made.",
    )
    training_fades: float = parameter(
        104.0,
        en="fading of training",
        zh="培训效果消退周期",
        unit="weeks",
        gt=0,
        le=5200,
        meaning="Time constant with which skill above that of experience fades.",
    )
    comfortable_load: float = parameter(
        0.7,
        en="comfortable load",
        zh="舒适负荷",
        unit="demanded over available hours",
        ge=0,
        le=10,
        meaning="Load up to which nobody burns out; overload is what exceeds it.",
    )
    burnout_gain: float = parameter(
        0.085,
        en="burnout from overload",
        zh="过载倦怠系数",
        unit="per week and unit of overload",
        ge=0,
        le=10,
        meaning="Growth of burnout per unit of load above the comfortable one.",
    )
    burnout_decay: float = parameter(
        0.04,
        en="recovery from burnout",
        zh="倦怠恢复率",
        unit="per week",
        ge=0,
        le=1,
        meaning="Share of burnout that fades in a week.",
    )
    burnout_spread: float = parameter(
        0.8,
        en="spread of susceptibility",
        zh="倦怠易感差异",
        unit="share",
        ge=0,
        le=1,
        meaning="Individual susceptibilities are uniform within one plus or minus this share.",
    )
    burnout_tenure: float = parameter(
        0.02,
        en="burnout with tenure",
        zh="任职年限倦怠系数",
        unit="share per year in post",
        ge=0,
        le=1,
        source="long tenure is a risk factor among community workers in Liaoning (Chinese Journal of Public Health 2019, 35(8)); the size is assumed",
        meaning="Susceptibility to burnout grows by this share of itself with each year in post.",
    )
    tenure: float = parameter(
        6.0,
        en="tenure at the start",
        zh="起始任职年限",
        unit="years",
        ge=0,
        le=40,
        meaning="Mean time that staff have been in post when the run begins; uniform between nothing and twice as long.",
    )
    burnt_out: float = parameter(
        0.5,
        en="burnt-out threshold",
        zh="倦怠阈值",
        unit="burnout, 0-1",
        gt=0,
        le=1,
        meaning="Above it a person counts as burnt out.",
    )
    slowing: float = parameter(
        0.15,
        en="slowing by burnout",
        zh="倦怠降效",
        unit="share of speed at burnout 1",
        ge=0,
        lt=1,
        meaning="Speed is multiplied by 1 - slowing * burnout.",
    )
    quit_rate: float = parameter(
        0.0016,
        en="quit hazard",
        zh="离职率",
        unit="per week",
        ge=0,
        le=1,
        meaning="Hazard of leaving without burnout (about 8 % a year).",
    )
    quit_burnout: float = parameter(
        1.5,
        en="quitting with burnout",
        zh="倦怠离职系数",
        unit="exponent",
        ge=0,
        le=20,
        meaning="The hazard is multiplied by exp(this * burnout).",
    )
    vacancy_weeks: int = parameter(
        8,
        en="vacancy",
        zh="空缺时长",
        unit="weeks",
        ge=1,
        le=520,
        meaning="Time until a person who left is replaced.",
    )
    backlog_weeks: float = parameter(
        8.0,
        en="horizon of felt backlog",
        zh="积压感知周期",
        unit="weeks",
        gt=0,
        le=520,
        meaning="Staff feel a backlog as the work of clearing it within this time.",
    )
