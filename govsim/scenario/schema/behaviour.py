"""How residents take part, report and judge. One parameter set for every governance model."""

from __future__ import annotations

from govsim.scenario.declare import Section, parameter


class Participation(Section):
    """The one contagion rule (refined Granovetter; Wiedermann et al. 2020).

    A contingent resident takes part when ``social * active share of ties + trust * opinion + efficacy * efficacy +
    habit * habit + call * called * (1 - fatigue) >= threshold + cost of time``.
    """

    social: float = parameter(1.0, "weight of ties", "社会影响权重", "-", ge=0, le=100)
    """Weight of the active share among a resident's ties."""
    trust: float = parameter(0.15, "weight of trust", "信任权重", "-", ge=0, le=100)
    """Weight of the resident's opinion of local government."""
    efficacy: float = parameter(0.1, "weight of efficacy", "效能感权重", "-", ge=0, le=100)
    """Weight of the belief that acting together helps."""
    habit: float = parameter(0.2, "weight of habit", "习惯权重", "-", ge=0, le=100)
    """Weight of having taken part of one's own accord before."""
    call: float = parameter(0.5, "weight of a call", "动员权重", "-", ge=0, le=100)
    """Weight of being called this week, before fatigue."""
    visible_share: float = parameter(0.1, "visible participation", "可见参与占比", "share, 0-1", ge=0, le=1)
    """Share of the social term that comes from the whole community's active share rather than from own ties (1 = well
    mixed)."""
    cost_noise: float = parameter(1.0, "weekly change of time cost", "时间成本波动", "share", ge=0, le=1)
    """Each week the cost of time is uniform within one plus or minus this share of its mean."""
    hours_share: float = parameter(
        0.04, "hours given", "投入时间比例", "share of weekly free hours", ge=0, le=1
    )
    """Hours a resident who takes part gives in a week."""
    habit_gain: float = parameter(0.06, "habit formation", "习惯形成", "per week", ge=0, le=1)
    """Approach of habit to 1 in a week of self-started participation."""
    habit_decay: float = parameter(0.03, "habit fading", "习惯消退", "per week", ge=0, le=1)
    """Share of habit lost in a week without."""
    crowding_out: float = parameter(0.03, "crowding-out", "挤出效应", "per week", ge=0, le=1)
    """Further share of habit lost in a week of participation that needed a call."""
    fatigue_gain: float = parameter(0.15, "fatigue from a call", "动员疲劳", "per call", ge=0, le=1)
    """Approach of fatigue to 1 at each call."""
    fatigue_decay: float = parameter(0.08, "recovery from calls", "疲劳恢复", "per week", ge=0, le=1)
    """Share of fatigue that fades in a week."""
    self_registration: float = parameter(
        0.003, "registration of participants", "自发注册", "per week", ge=0, le=1
    )
    """Chance that an unregistered participant registers as a volunteer in a week."""
    efficacy_gain: float = parameter(0.02, "learning of efficacy", "效能感更新", "per week", ge=0, le=1)
    """Approach of a participant's efficacy to the share of offered hours that found work."""
    published_gain: float = parameter(
        0.01, "effect of published results", "公开成效影响", "per week", ge=0, le=1
    )
    """Approach of everybody's efficacy to the published share of cases closed, where results are published."""
    tie_household: float = parameter(2.0, "weight of household ties", "家庭关系权重", "-", ge=0, le=100)
    """Weight of one household tie."""
    tie_neighbour: float = parameter(1.0, "weight of neighbour ties", "邻里关系权重", "-", ge=0, le=100)
    """Weight of one neighbour tie."""
    tie_kin_work_school: float = parameter(
        1.0, "weight of kin, work and school ties", "亲友同事关系权重", "-", ge=0, le=100
    )
    """Weight of one kin, work or school tie."""
    tie_branch: float = parameter(1.0, "weight of branch ties", "党支部关系权重", "-", ge=0, le=100)
    """Weight of one tie between members of a Party branch."""
    tie_liaison: float = parameter(1.0, "weight of liaison ties", "联户关系权重", "-", ge=0, le=100)
    """Weight of one tie between a household and the Party member linked to it."""
    tie_organisation: float = parameter(
        1.0, "weight of organisation ties", "社会组织关系权重", "-", ge=0, le=100
    )
    """Weight of one tie inside an organisation."""


class Duty(Section):
    """Whether people who are on duty by rule come when they are ordered, and what training does."""

    response: float = parameter(
        0.3,
        "answering an order",
        "指令响应率",
        "share, 0-1",
        ge=0,
        le=1,
        status="derived",
        source="over 300 of 999 registered members signed up on one call (Hudong street, Xinyang, wanbao.xyxww.com.cn 2020-07-23)",
    )
    """Activity of enrolled people at the start: the chance that one who is not tired comes when ordered."""
    training_gain: float = parameter(
        0.02, "effect of training", "培训增益", "share of what is missing per hour", ge=0, le=1
    )
    """Activity gained per hour of members' training."""
    fades: float = parameter(52.0, "fading of activity", "活跃度回落周期", "weeks", gt=0, le=5200)
    """Time constant with which activity returns to where it began."""


class Reporting(Section):
    """Whether and how residents report what they suffer."""

    floor: float = parameter(0.2, "reporting without trust", "无信任上报比例", "share, 0-1", ge=0, le=1)
    """Share of the urge to report that is left in somebody with neither trust nor expectation."""
    hotline: float = parameter(0.4, "hotline", "热线渠道", "share of the urge to report", ge=0, le=1e6)
    """Hazard of a hotline report per unit of the urge to report."""
    walk_in: float = parameter(0.5, "walk-in", "上门反映渠道", "share of the urge to report", ge=0, le=1e6)
    """Hazard of a walk-in at the committee per unit of the urge, for residents who know somebody there."""
    walk_in_stranger: float = parameter(
        0.3, "walk-in of strangers", "陌生居民上门系数", "share, 0-1", ge=0, le=1
    )
    """Factor on walk-ins for residents who know nobody at the committee."""
    neighbour: float = parameter(
        1.0, "what neighbours see", "邻里察觉系数", "share of what a home visit sees", ge=0, le=1
    )
    """Chance that somebody who looks in on a tie notices a problem there, relative to a home visit."""
    repeat_call: float = parameter(0.02, "repeated calls", "重复来电", "per week at severity 1", ge=0, le=100)
    """Hazard that the resident of an open case calls the hotline again."""


class Experience(Section):
    """Expectancy-disconfirmation per person served (Van Ryzin 2006; Zhang et al. 2022), and what neighbours hear (Friedkin & Johnsen 1999)."""

    gain: float = parameter(0.08, "trust gained", "信任增益", "share of what is missing", ge=0, le=1)
    """Trust gained per unit of positive disconfirmation."""
    loss: float = parameter(0.16, "trust lost", "信任损失", "share of what is there", ge=0, le=1)
    """Trust lost per unit of negative disconfirmation; losses weigh more than gains."""
    blame_community: float = parameter(1.0, "credit to the community", "社区归因", "share, 0-1", ge=0, le=1)
    """Share of an experience that is credited to, or blamed on, the residents' committee."""
    blame_street: float = parameter(0.8, "credit to the street", "街道归因", "share, 0-1", ge=0, le=1)
    """The same for the street office or town."""
    blame_district: float = parameter(0.5, "credit to the district", "区级归因", "share, 0-1", ge=0, le=1)
    """The same for the district."""
    blame_centre: float = parameter(0.1, "credit to the centre", "中央归因", "share, 0-1", ge=0, le=1)
    """The same for the centre."""
    expectation_rate: float = parameter(0.2, "learning of expectations", "预期更新", "share, 0-1", ge=0, le=1)
    """Approach of the expectation to the performance met."""
    explanation_mark: float = parameter(
        0.15, "mark for an explanation", "解释评分", "performance, 0-1", ge=0, le=1
    )
    """Performance residents see in a closing by explanation."""
    satisfaction_performance: float = parameter(0.6, "weight of performance", "绩效权重", "-", ge=0, le=2)
    """Weight of performance in satisfaction."""
    satisfaction_disconfirmation: float = parameter(
        0.4, "weight of disconfirmation", "期望差距权重", "-", ge=0, le=2
    )
    """Weight of performance minus expectation in satisfaction."""
    satisfaction_base: float = parameter(
        0.25, "base of satisfaction", "满意度基数", "satisfaction, 0-1", ge=0, le=1
    )
    """Satisfaction at zero performance that was expected."""
    published_weeks: float = parameter(
        13.0, "memory of published results", "公开成效记忆", "weeks", gt=0, le=520
    )
    """Time over which the published share of closed cases is averaged."""
    hearing: float = parameter(0.4, "susceptibility to neighbours", "邻里影响力", "share, 0-1", ge=0, le=1)
    """Weight of what ties say against one's own experience in the opinion of local government (1 = DeGroot)."""


class Measurement(Section):
    """How administrations measure: kept apart from what is true."""

    callback_share: float = parameter(0.1, "independent call-backs", "独立回访比例", "share, 0-1", ge=0, le=1)
    """Share of residents served who are called back independently."""
    callback_answer: float = parameter(0.4, "answering a call-back", "回访应答率", "share, 0-1", ge=0, le=1)
    """Chance that a resident answers a call-back."""
    satisfied_answer: float = parameter(
        0.3, "satisfied people answer more", "满意者应答差异", "share, 0-1", ge=0, le=1
    )
    """Further chance of an answer at satisfaction 1 in official call-backs."""
    report_overdue: float = parameter(
        0.85, "overdue cases reported as done", "超期报结比例", "share, 0-1", ge=0, le=1
    )
    """Share of orders not resolved by the deadline that offices report as completed (an interim answer counts)."""
    gaming: float = parameter(0.9, "gaming of targets", "指标博弈", "share, 0-1", ge=0, le=1)
    """Share of the remaining misses that offices under a closure target make disappear."""
