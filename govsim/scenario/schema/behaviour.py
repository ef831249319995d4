"""How residents take part, report and judge. One parameter set for every governance model."""

from __future__ import annotations

from govsim.scenario.declare import Section, parameter


class Participation(Section):
    """The one contagion rule (refined Granovetter; Wiedermann et al. 2020).

    A contingent resident takes part when ``social * active share of ties + trust * opinion + efficacy * efficacy +
    habit * habit + call * called * (1 - fatigue) >= threshold + cost of time``.
    """

    social: float = parameter(
        1.0,
        en="weight of ties",
        zh="社会影响权重",
        unit="-",
        ge=0,
        le=100,
        meaning="Weight of the active share among a resident's ties.",
    )
    trust: float = parameter(
        0.15,
        en="weight of trust",
        zh="信任权重",
        unit="-",
        ge=0,
        le=100,
        meaning="Weight of the resident's opinion of local government.",
    )
    efficacy: float = parameter(
        0.1,
        en="weight of efficacy",
        zh="效能感权重",
        unit="-",
        ge=0,
        le=100,
        meaning="Weight of the belief that acting together helps.",
    )
    habit: float = parameter(
        0.2,
        en="weight of habit",
        zh="习惯权重",
        unit="-",
        ge=0,
        le=100,
        meaning="Weight of having taken part of one's own accord before.",
    )
    call: float = parameter(
        0.5,
        en="weight of a call",
        zh="动员权重",
        unit="-",
        ge=0,
        le=100,
        meaning="Weight of being called this week, before fatigue.",
    )
    visible_share: float = parameter(
        0.1,
        en="visible participation",
        zh="可见参与占比",
        unit="share, 0-1",
        ge=0,
        le=1,
        meaning="Share of the social term that comes from the whole community's active share rather than from own ties (1 = well mixed).",
    )
    cost_noise: float = parameter(
        1.0,
        en="weekly change of time cost",
        zh="时间成本波动",
        unit="share",
        ge=0,
        le=1,
        meaning="Each week the cost of time is uniform within one plus or minus this share of its mean.",
    )
    hours_share: float = parameter(
        0.04,
        en="hours given",
        zh="投入时间比例",
        unit="share of weekly free hours",
        ge=0,
        le=1,
        meaning="Hours a resident who takes part gives in a week.",
    )
    habit_gain: float = parameter(
        0.06,
        en="habit formation",
        zh="习惯形成",
        unit="per week",
        ge=0,
        le=1,
        meaning="Approach of habit to 1 in a week of self-started participation.",
    )
    habit_decay: float = parameter(
        0.03,
        en="habit fading",
        zh="习惯消退",
        unit="per week",
        ge=0,
        le=1,
        meaning="Share of habit lost in a week without.",
    )
    crowding_out: float = parameter(
        0.03,
        en="crowding-out",
        zh="挤出效应",
        unit="per week",
        ge=0,
        le=1,
        meaning="Further share of habit lost in a week of participation that needed a call.",
    )
    fatigue_gain: float = parameter(
        0.15,
        en="fatigue from a call",
        zh="动员疲劳",
        unit="per call",
        ge=0,
        le=1,
        meaning="Approach of fatigue to 1 at each call.",
    )
    fatigue_decay: float = parameter(
        0.08,
        en="recovery from calls",
        zh="疲劳恢复",
        unit="per week",
        ge=0,
        le=1,
        meaning="Share of fatigue that fades in a week.",
    )
    self_registration: float = parameter(
        0.003,
        en="registration of participants",
        zh="自发注册",
        unit="per week",
        ge=0,
        le=1,
        meaning="Chance that an unregistered participant registers as a volunteer in a week.",
    )
    efficacy_gain: float = parameter(
        0.02,
        en="learning of efficacy",
        zh="效能感更新",
        unit="per week",
        ge=0,
        le=1,
        meaning="Approach of a participant's efficacy to the share of offered hours that found work.",
    )
    published_gain: float = parameter(
        0.01,
        en="effect of published results",
        zh="公开成效影响",
        unit="per week",
        ge=0,
        le=1,
        meaning="Approach of everybody's efficacy to the published share of cases closed, where results are published.",
    )
    tie_household: float = parameter(
        2.0,
        en="weight of household ties",
        zh="家庭关系权重",
        unit="-",
        ge=0,
        le=100,
        meaning="Weight of one household tie.",
    )
    tie_neighbour: float = parameter(
        1.0,
        en="weight of neighbour ties",
        zh="邻里关系权重",
        unit="-",
        ge=0,
        le=100,
        meaning="Weight of one neighbour tie.",
    )
    tie_kin_work_school: float = parameter(
        1.0,
        en="weight of kin, work and school ties",
        zh="亲友同事关系权重",
        unit="-",
        ge=0,
        le=100,
        meaning="Weight of one kin, work or school tie.",
    )
    tie_branch: float = parameter(
        1.0,
        en="weight of branch ties",
        zh="党支部关系权重",
        unit="-",
        ge=0,
        le=100,
        meaning="Weight of one tie between members of a Party branch.",
    )
    tie_liaison: float = parameter(
        1.0,
        en="weight of liaison ties",
        zh="联户关系权重",
        unit="-",
        ge=0,
        le=100,
        meaning="Weight of one tie between a household and the Party member linked to it.",
    )
    tie_organisation: float = parameter(
        1.0,
        en="weight of organisation ties",
        zh="社会组织关系权重",
        unit="-",
        ge=0,
        le=100,
        meaning="Weight of one tie inside an organisation.",
    )


class Duty(Section):
    """Whether people who are on duty by rule come when they are ordered, and what training does."""

    response: float = parameter(
        0.3,
        en="answering an order",
        zh="指令响应率",
        unit="share, 0-1",
        ge=0,
        le=1,
        status="derived",
        source="over 300 of 999 registered members signed up on one call (Hudong street, Xinyang, wanbao.xyxww.com.cn 2020-07-23)",
        meaning="Activity of enrolled people at the start: the chance that one who is not tired comes when ordered.",
    )
    training_gain: float = parameter(
        0.02,
        en="effect of training",
        zh="培训增益",
        unit="share of what is missing per hour",
        ge=0,
        le=1,
        meaning="Activity gained per hour of members' training.",
    )
    fades: float = parameter(
        52.0,
        en="fading of activity",
        zh="活跃度回落周期",
        unit="weeks",
        gt=0,
        le=5200,
        meaning="Time constant with which activity returns to where it began.",
    )


class Reporting(Section):
    """Whether and how residents report what they suffer."""

    floor: float = parameter(
        0.2,
        en="reporting without trust",
        zh="无信任上报比例",
        unit="share, 0-1",
        ge=0,
        le=1,
        meaning="Share of the urge to report that is left in somebody with neither trust nor expectation.",
    )
    hotline: float = parameter(
        0.4,
        en="hotline",
        zh="热线渠道",
        unit="share of the urge to report",
        ge=0,
        le=1e6,
        meaning="Hazard of a hotline report per unit of the urge to report.",
    )
    walk_in: float = parameter(
        0.5,
        en="walk-in",
        zh="上门反映渠道",
        unit="share of the urge to report",
        ge=0,
        le=1e6,
        meaning="Hazard of a walk-in at the committee per unit of the urge, for residents who know somebody there.",
    )
    walk_in_stranger: float = parameter(
        0.3,
        en="walk-in of strangers",
        zh="陌生居民上门系数",
        unit="share, 0-1",
        ge=0,
        le=1,
        meaning="Factor on walk-ins for residents who know nobody at the committee.",
    )
    neighbour: float = parameter(
        1.0,
        en="what neighbours see",
        zh="邻里察觉系数",
        unit="share of what a home visit sees",
        ge=0,
        le=1,
        meaning="Chance that somebody who looks in on a tie notices a problem there, relative to a home visit.",
    )
    repeat_call: float = parameter(
        0.02,
        en="repeated calls",
        zh="重复来电",
        unit="per week at severity 1",
        ge=0,
        le=100,
        meaning="Hazard that the resident of an open case calls the hotline again.",
    )


class Experience(Section):
    """Expectancy-disconfirmation per person served (Van Ryzin 2006; Zhang et al. 2022), and what neighbours hear (Friedkin & Johnsen 1999)."""

    gain: float = parameter(
        0.08,
        en="trust gained",
        zh="信任增益",
        unit="share of what is missing",
        ge=0,
        le=1,
        meaning="Trust gained per unit of positive disconfirmation.",
    )
    loss: float = parameter(
        0.16,
        en="trust lost",
        zh="信任损失",
        unit="share of what is there",
        ge=0,
        le=1,
        meaning="Trust lost per unit of negative disconfirmation; losses weigh more than gains.",
    )
    blame_community: float = parameter(
        1.0,
        en="credit to the community",
        zh="社区归因",
        unit="share, 0-1",
        ge=0,
        le=1,
        meaning="Share of an experience that is credited to, or blamed on, the residents' committee.",
    )
    blame_street: float = parameter(
        0.8,
        en="credit to the street",
        zh="街道归因",
        unit="share, 0-1",
        ge=0,
        le=1,
        meaning="The same for the street office or town.",
    )
    blame_district: float = parameter(
        0.5,
        en="credit to the district",
        zh="区级归因",
        unit="share, 0-1",
        ge=0,
        le=1,
        meaning="The same for the district.",
    )
    blame_centre: float = parameter(
        0.1,
        en="credit to the centre",
        zh="中央归因",
        unit="share, 0-1",
        ge=0,
        le=1,
        meaning="The same for the centre.",
    )
    expectation_rate: float = parameter(
        0.2,
        en="learning of expectations",
        zh="预期更新",
        unit="share, 0-1",
        ge=0,
        le=1,
        meaning="Approach of the expectation to the performance met.",
    )
    explanation_mark: float = parameter(
        0.15,
        en="mark for an explanation",
        zh="解释评分",
        unit="performance, 0-1",
        ge=0,
        le=1,
        meaning="Performance residents see in a closing by explanation.",
    )
    satisfaction_performance: float = parameter(
        0.6,
        en="weight of performance",
        zh="绩效权重",
        unit="-",
        ge=0,
        le=2,
        meaning="Weight of performance in satisfaction.",
    )
    satisfaction_disconfirmation: float = parameter(
        0.4,
        en="weight of disconfirmation",
        zh="期望差距权重",
        unit="-",
        ge=0,
        le=2,
        meaning="Weight of performance minus expectation in satisfaction.",
    )
    satisfaction_base: float = parameter(
        0.25,
        en="base of satisfaction",
        zh="满意度基数",
        unit="satisfaction, 0-1",
        ge=0,
        le=1,
        meaning="Satisfaction at zero performance that was expected.",
    )
    published_weeks: float = parameter(
        13.0,
        en="memory of published results",
        zh="公开成效记忆",
        unit="weeks",
        gt=0,
        le=520,
        meaning="Time over which the published share of closed cases is averaged.",
    )
    hearing: float = parameter(
        0.4,
        en="susceptibility to neighbours",
        zh="邻里影响力",
        unit="share, 0-1",
        ge=0,
        le=1,
        meaning="Weight of what ties say against one's own experience in the opinion of local government (1 = DeGroot).",
    )


class Measurement(Section):
    """How administrations measure: kept apart from what is true."""

    callback_share: float = parameter(
        0.1,
        en="independent call-backs",
        zh="独立回访比例",
        unit="share, 0-1",
        ge=0,
        le=1,
        meaning="Share of residents served who are called back independently.",
    )
    callback_answer: float = parameter(
        0.4,
        en="answering a call-back",
        zh="回访应答率",
        unit="share, 0-1",
        ge=0,
        le=1,
        meaning="Chance that a resident answers a call-back.",
    )
    satisfied_answer: float = parameter(
        0.3,
        en="satisfied people answer more",
        zh="满意者应答差异",
        unit="share, 0-1",
        ge=0,
        le=1,
        meaning="Further chance of an answer at satisfaction 1 in official call-backs.",
    )
    report_overdue: float = parameter(
        0.85,
        en="overdue cases reported as done",
        zh="超期报结比例",
        unit="share, 0-1",
        ge=0,
        le=1,
        meaning="Share of orders not resolved by the deadline that offices report as completed (an interim answer counts).",
    )
    gaming: float = parameter(
        0.9,
        en="gaming of targets",
        zh="指标博弈",
        unit="share, 0-1",
        ge=0,
        le=1,
        meaning="Share of the remaining misses that offices under a closure target make disappear.",
    )
