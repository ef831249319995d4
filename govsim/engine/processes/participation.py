"""Mobilisation and participation: one contagion rule for everybody.

Requests to take part (calls) go out, contingent residents decide, those who take part give their hours, and these are shared
out: community meetings have the first claim on voluntary hours, then looking in on neighbours, then cases. Certain residents
always take part, others never do (refined Granovetter model: Granovetter 1978; Wiedermann et al. 2020). The decision is the
same for Party members and others: members differ by their ties and by being called along them. A Party branch matters for
who is enrolled, who is called first and who is trained. Hours that somebody gives, serves by order and trains are not
bounded together.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from govsim.engine.columns import ACTIVE
from govsim.engine.crowd import Around, Calls, Keys, People, take_part
from govsim.engine.process import Draw, Equation, Process, Vector
from govsim.engine.processes.effort import offer_hours
from govsim.engine.state import State
from govsim.engine.ties import encode_opinion


def run(state: State) -> None:
    """Let residents look around, decide, and give their hours."""
    now, week, first_resident = state.residents, state.week, state.first_resident
    keys = Keys(
        state.key("participation.cost", week),
        state.key("participation.relay", week),
        state.key("participation.registration", week),
    )
    fixed = state.world.residents
    people = People(
        fixed.household,
        state.participation_type,
        fixed.threshold,
        fixed.time_cost,
        fixed.free_hours,
        fixed.branch,
        state.world.households.liaison,
    )

    calls = Calls(state.plan.calls, state.call_from, state.exposure.contacts)
    around = Around(
        state.tie_index, state.rules.tie_weights, state.tie_totals, state.signal, state.active_share
    )

    def talk(first: int, last: int) -> None:
        encode_opinion(first_resident[first], first_resident[last], now.status, now.opinion, state.signal)

    def decide(first: int, last: int) -> None:
        take_part(
            first,
            last,
            first_resident,
            week,
            calls,
            around,
            now,
            people,
            state.rules.participation,
            keys,
            state.status_next,
            state.row.counters,
        )

    state.passes(talk)
    state.passes(decide)
    now.status[:] = state.status_next
    ties: NDArray[np.float64] = np.zeros(state.communities)
    if state.rules.effort.neighbour_share > 0.0:
        weights = now.active_share * state.tie_totals
        ties = np.bincount(fixed.community, weights, state.communities).astype(float)
    offer_hours(
        state.servers,
        state.posts,
        state.present,
        state.given,
        state.attendance,
        ties,
        _contact_hours_given(state),
        state.organisation_hours + state.establishment.bought_hours,
        state.enterprise_hours,
        state.rules.effort,
        state.row.counters,
        state.row.hours,
        state.row.supplied,
        state.plan,
    )


def _contact_hours_given(state: State) -> NDArray[np.float64]:
    """Return the hours that linked members who take part spend on contacts this week, by community."""
    members = state.exposure.liaison_members
    if not state.exposure.contact_hours.any():
        return np.zeros(state.communities)
    contacting = (state.residents.status[members] & ACTIVE) > 0
    where = state.world.residents.community[members]
    return np.bincount(where, contacting * state.exposure.contact_hours, state.communities).astype(float)


EQUATIONS = (
    Equation(
        "participation.signal",
        "share[i] = sum_j(w[ij] * active[j]) / tie_totals[i]; H[i] = sum_j(w[ij] * O[j]) / tie_totals[i]; share[i] = 0 "
        "and H[i] = -1 where tie_totals[i] = 0",
        "Every resident i, children and those who have left too, before anybody decides. j runs over the ties of i to "
        "adults who have not left, in the order of the network. active[j] is 1 if j took part last week; O[j] is the "
        "opinion of j at the end of last week. tie_totals[i] is the sum of w[ij] over the same j, worked out at the "
        "start and again where an adult leaves or somebody comes of age (institutions.demography_ties). The weight w "
        "of a tie goes by its layer: parameters `participation.tie_*`, one weight for both directions of a tie between "
        "a household and its linked member. If the timeline changes these parameters, w follows at once, but "
        "tie_totals[i] only when it is next worked out. Sums and quotients are in single precision. Column `signal` "
        "holds O[j], with its sign bit set if j took part last week (so -0 for an opinion of 0); only this equation "
        "uses it.",
        "每名居民i（含未成年人和已离开者），在任何人决定之前计算。j按网络中的顺序遍历i与未离开的成年人的关系。active[j]"
        "在j上周参与时为1；O[j]为j上周末的看法。tie_totals[i]为同一些j的w[ij]之和，在开始时计算，有成年人离开或有人成年"
        "时更新（institutions.demography_ties）。权重w按关系类别取participation.tie_*参数，联户关系两个方向同权。时间线"
        "改变这些参数时，w立即改变，tie_totals[i]到下次更新时才改变。求和与相除均用单精度。signal列为O[j]，j上周参与的则"
        "符号位取负（看法为0时为-0），仅供本式使用。",
        (
            Vector(
                {"w_1": 2, "active_1": 1, "O_1": 0.5, "w_2": 2, "active_2": 0, "O_2": 0.25},
                {"share": 0.5, "H": 0.375},
            ),
        ),
    ),
    Equation(
        "participation.quota",
        "quota[0] = min(calls, listed[0]); quota[1] = min(calls - quota[0], listed[1])",
        "Each community. `calls` is what staff's hours of calling buy this week (effort.calls) and may be a fraction. "
        "listed[g] counts the adults of group g who are registered as the week begins. Group 0: those with a Party "
        "branch, where the model calls branches first, else nobody; group 1: all others. Calls beyond both lists are "
        "not made; their hours stay booked as calls.",
        "每个社区。calls为本周动员工时可完成的人次（effort.calls），可为小数。listed[g]为周初第g组已注册的成年人数。模"
        "式规定先动员支部时，第0组为有党支部关系者，否则为空；第1组为其余注册者。超出两组名单的人次不再使用，其工时仍计"
        "为动员工时。",
        (Vector({"calls": 12.5, "listed_0": 8, "listed_1": 3}, {"quota_0": 8, "quota_1": 3}),),
    ),
    Equation(
        "participation.turn",
        "behind = place - pointer if place >= pointer, else place - pointer + listed; called if behind < quota",
        "Each registered adult of a group; place counts them from 0, in the order of residents. With a fractional "
        "pointer the first call goes to the next whole place. The list is made anew each week and the pointer is a "
        "number, not a person: if somebody registers, leaves or comes of age, all later places move by one; if a "
        "reform changes the groups, each pointer stays with its group number. If the list has become shorter than the "
        "pointer, behind is negative for the first places and they are called whatever the quota, even with a quota of "
        "0; participation.pointer mends this after one week. This is known and left as it is ([decision "
        "20](decisions/0020-text-and-engine.md)).",
        "某组的每名注册成年人；place按居民顺序自0编号。指针为小数时，先动员其后的第一个整数位置。名单每周重新编制，指针"
        "是数字而不是某个人：有人注册、离开或成年时，其后的位置都移动一位；模式切换改变分组时，指针随组号保留。名单缩短"
        "到小于指针时，最前面几个位置的behind为负，不论quota多少（包括0）都会被动员；participation.pointer在一周之后予"
        "以纠正。这一点已知，暂予保留（[决定20](decisions/0020-text-and-engine.md)）。",
        (
            Vector({"place": 3, "pointer": 2.5, "listed": 10, "quota": 1.25}, {"called": 1}),
            Vector({"place": 4, "pointer": 2.5, "listed": 10, "quota": 1.25}, {"called": 0}),
            Vector({"place": 0, "pointer": 9.5, "listed": 10, "quota": 1.25}, {"called": 1}),
            Vector({"place": 1, "pointer": 9.5, "listed": 8, "quota": 0}, {"called": 1}),
            Vector({"place": 2, "pointer": 9.5, "listed": 8, "quota": 0}, {"called": 0}),
        ),
    ),
    Equation(
        "participation.pointer",
        "pointer = (pointer + quota) mod listed",
        "Each group of each community, after the calls, also with a quota of 0; unchanged where nobody is listed. It "
        "starts at 0.",
        "每个社区每组，在动员之后，quota为0时也更新；名单为空时不变。初始为0。",
        (
            Vector({"pointer": 9.5, "quota": 1.25, "listed": 10}, {"pointer": 0.75}),
            Vector({"pointer": 9.5, "quota": 0, "listed": 8}, {"pointer": 1.5}),
        ),
    ),
    Equation(
        "participation.relay",
        "contacts = member_contact_hours / contact_hours / links[member]; called if u < contacts",
        "Where the model has members pass calls on: every adult, registered or not, who was not called in turn, whose "
        "household is linked to a Party member, and whose member took part last week. links[member] is the number of "
        "households linked to the member. contacts uses the values in force this week and, as in detection.member, is "
        "not bounded by the member's free hours. One draw u for each resident and week: adults of one household are "
        "called independently of each other, although the contact reaches the household. Relayed calls count like "
        "calls of staff and take no place in the turn. (A household with a Party member of its own is never linked, so "
        "nobody is called by himself or herself.)",
        "在由党员转达动员的模式下：未轮到动员的每名成年人（不论是否注册），其家庭有联户党员、且该党员上周参与。"
        "links[member]为该党员联系的家庭数。contacts取本周有效值，与detection.member相同，不以党员的空闲时间为上限。每"
        "人每周一个随机数u：同户成年人是否被动员相互独立，尽管联系到户。转达与工作人员动员同样计数，不占用轮次。（有党"
        "员成员的家庭不作为联系户，因此没有人动员自己。）",
        (
            Vector({"member_contact_hours": 2, "contact_hours": 0.5, "links": 8, "u": 0.4}, {"called": 1}),
            Vector({"member_contact_hours": 2, "contact_hours": 0.5, "links": 8, "u": 0.6}, {"called": 0}),
        ),
    ),
    Equation(
        "participation.score",
        "score = social * ((1 - visible_share) * share + visible_share * visible) + trust_weight * O + efficacy_weight "
        "* F + habit_weight * h",
        "Every adult. share is that of participation.signal this week; visible is the active share of the community's "
        "adults as measurement left it last week; O, F and h are as they were when the week began. trust_weight, "
        "efficacy_weight and habit_weight are the parameters `participation.trust`, `efficacy` and `habit`.",
        "每名成年人。share为本周participation.signal的结果；visible为上周测量得出的本社区成年人参与率；O、F、h取周初值。"
        "trust_weight、efficacy_weight、habit_weight为参数participation.trust、efficacy、habit。",
        (
            Vector(
                {
                    "social": 0.5,
                    "visible_share": 0.25,
                    "share": 0.2,
                    "visible": 0.1,
                    "trust_weight": 0.1,
                    "O": 0.6,
                    "efficacy_weight": 0.2,
                    "F": 0.5,
                    "habit_weight": 0.25,
                    "h": 0.4,
                },
                {"score": 0.3475},
            ),
        ),
    ),
    Equation(
        "participation.need",
        "need = threshold + time_cost * (1 + cost_noise * (2 * u - 1))",
        "Every adult. threshold and time_cost are the resident's own and are fixed from week 0 on, as are free_hours, "
        "from which time_cost was made: losing work, retiring or coming of age changes none of them. One draw u for "
        "each resident and week.",
        "每名成年人。threshold和time_cost属于本人，自第0周起固定；time_cost由free_hours算出，free_hours同样固定，失业、"
        "退休、成年都不改变它们。每人每周一个随机数u。",
        (Vector({"threshold": 0.3, "time_cost": 0.1, "cost_noise": 0.5, "u": 0.75}, {"need": 0.425}),),
    ),
    Equation(
        "participation.rest",
        "f = f * (1 - fatigue_decay)",
        "Every adult, before the decision and before a call of this week adds to it. Fatigue and habit of residents "
        "under 16 stay 0; those of residents who have left stay as they were.",
        "每名成年人，在决定之前，也在本周动员增加疲劳之前。16岁以下居民的疲劳和习惯保持为0；离开者的保持不变。",
        (Vector({"f": 0.5, "fatigue_decay": 0.1}, {"f": 0.45}),),
    ),
    Equation(
        "participation.decide",
        "alone = (score >= need); acts = alone or (called and score + call * (1 - f) >= need); needed_call = acts and "
        "not alone",
        "Adults of the contingent type. Columns are in single precision and everything is computed from them in "
        "double; each side of a comparison is then rounded once to single precision, `score + call * (1 - f)` after "
        "the sum. At equal values the resident acts. Adults of the certain type always act, and alone; those of the "
        "type never do not act. f, h and a are rounded to single precision once, at the end of the week, after the "
        "last equation that changes them.",
        "条件型成年人。各列为单精度，由其用双精度计算；比较前每一侧各舍入一次为单精度，score + call * (1 - f)在求和之后"
        "舍入。相等即参与。必参与型总是参与且视为自发；不参与型从不参与。f、h、a在本周最后一个改变它们的公式之后才舍入"
        "为单精度，各一次。",
        (
            Vector(
                {"score": 0.35, "need": 0.425, "call": 0.2, "f": 0.45, "called": 1},
                {"alone": 0, "acts": 1, "needed_call": 1},
            ),
            Vector(
                {"score": 0.35, "need": 0.425, "call": 0.2, "f": 0.75, "called": 1},
                {"alone": 0, "acts": 0, "needed_call": 0},
            ),
            Vector(
                {"score": 0.425, "need": 0.425, "call": 0.2, "f": 0.45, "called": 0},
                {"alone": 1, "acts": 1, "needed_call": 0},
            ),
        ),
    ),
    Equation(
        "participation.call_tires",
        "f = f + fatigue_gain * (1 - f); times_called = times_called + 1",
        "Every adult called, after the decision, whatever it was.",
        "每名被动员的成年人，在决定之后，不论是否参与。",
        (Vector({"f": 0.45, "fatigue_gain": 0.2}, {"f": 0.56}),),
    ),
    Equation(
        "participation.ordered",
        "asked_hours = ordered_hours * 12 / 52; mandated_hours = a * (1 - f) * ordered_hours * 12 / 52",
        "Every enrolled adult, of any type. ordered_hours is hours a month; 12 / 52 makes it hours a week. These are "
        "expected hours, not draws; f is what the call left, a the activity as the week began. They come on top of the "
        "hours of participation.hours and are not bounded by free_hours; nor are the hours of training.",
        "每名登记在册的成年人，不论参与类型。ordered_hours为每月工时，乘以12 / 52为每周工时。此为期望工时，不抽随机数；"
        "f为动员之后的疲劳，a为周初的参加率。这些工时与participation.hours的工时分别计算，不以free_hours为上限；培训工"
        "时亦同。",
        (Vector({"a": 0.5, "f": 0.2, "ordered_hours": 2.6}, {"asked_hours": 0.6, "mandated_hours": 0.24}),),
    ),
    Equation(
        "participation.order_tires",
        "f = f + fatigue_gain * 12 / 52 * (1 - f) if ordered_hours > 0",
        "Every enrolled adult, after participation.ordered. An order of a month tires like one call, so the order of a "
        "week like 12/52 of a call, however many hours it asks for and whether or not the resident comes.",
        "每名登记在册的成年人，在participation.ordered之后。每月的安排相当于一次动员的疲劳，每周即12/52次，与要求的工时"
        "多少、本人是否参加无关。",
        (Vector({"f": 0.35, "fatigue_gain": 0.2, "ordered_hours": 2.6}, {"f": 0.38}),),
    ),
    Equation(
        "participation.activity",
        "trained = a * (1 - f) * member_training_hours * 12 / 52; a = min(max(a + min(1 / fades, 1) * (response - a) + "
        "min(training_gain * trained, 1) * (1 - a), 0), 1)",
        "Every adult with a Party branch, called or not, enrolled or not, with f as participation.order_tires leaves "
        "it. Both terms use a as it was before. `trained` is booked as members' training. `fades`, `response` and "
        "`training_gain` are parameters of `duty`. a starts at `duty.response`; for an enrolled adult without a branch "
        "it stays there.",
        "每名有党支部关系的成年人，不论是否被动员或登记在册，f取participation.order_tires之后的值。两项均用更新前的a。"
        "trained计入党员培训工时。fades、response、training_gain为duty部分的参数。a的初始值为duty.response；登记在册而"
        "没有党支部关系者保持该值不变。",
        (
            Vector(
                {"a": 0.5, "trained": 0.2, "response": 0.4, "training_gain": 0.5, "fades": 50},
                {"a": 0.548},
            ),
        ),
    ),
    Equation(
        "participation.habit",
        "h = h + habit_gain * (1 - h) if alone; h = h * max(1 - habit_decay - crowding_out, 0) if it acts but not "
        "alone; h = h * (1 - habit_decay) if it does not act",
        "Every adult but those of the type never, after the decision.",
        "除不参与型外的每名成年人，在决定之后。",
        (
            Vector(
                {
                    "h": 0.4,
                    "habit_gain": 0.1,
                    "habit_decay": 0.05,
                    "crowding_out": 0.05,
                    "acts": 1,
                    "alone": 1,
                },
                {"h": 0.46},
            ),
            Vector(
                {
                    "h": 0.4,
                    "habit_gain": 0.1,
                    "habit_decay": 0.05,
                    "crowding_out": 0.05,
                    "acts": 1,
                    "alone": 0,
                },
                {"h": 0.36},
            ),
            Vector(
                {
                    "h": 0.4,
                    "habit_gain": 0.1,
                    "habit_decay": 0.05,
                    "crowding_out": 0.05,
                    "acts": 0,
                    "alone": 0,
                },
                {"h": 0.38},
            ),
        ),
    ),
    Equation(
        "participation.hours",
        "hours = free_hours * hours_share; hours_given = hours_given + hours; weeks_active = weeks_active + 1; "
        "last_active = week; first_active = week where it was -1",
        "Every adult who acts; week is the number of this week from 0. free_hours is fixed from week 0 on. The hours "
        "count as called hours where the call was needed, else as self-started hours; their sum over a community is "
        "`voluntary`. Others see from next week on who took part.",
        "每名参与的成年人；week为本周序号，从0起。free_hours自第0周起固定。需动员才参与的计入动员工时，其余计入自发工时；"
        "两者按社区合计为voluntary。他人自下周起看到谁参与了。",
        (Vector({"free_hours": 6, "hours_share": 0.5}, {"hours": 3}),),
    ),
    Equation(
        "participation.registration",
        "registered = 1 if u < self_registration, else unchanged",
        "Every adult who acts and is not registered; it counts from next week on, also for the counter "
        "active_registered. One draw u for each resident and week.",
        "每名参与且未注册的成年人，自下周起生效，active_registered也自下周起计入。每人每周一个随机数u。",
        (),
    ),
    Equation(
        "participation.attendance",
        "table_hours = meetings * meeting_hours; attended = min(voluntary, table_hours * meeting_residents); "
        "attendance = attended / table_hours; meetings_held = meetings * attendance / meeting_residents",
        "Each community: the meetings that effort planned this week have the first claim on voluntary hours. "
        "attendance is the mean number of residents at the table. It stays as it was where no meeting was planned, and "
        "is 0 where meetings were planned and nobody took part. A meeting with fewer residents than meeting_residents "
        "counts in proportion. With meeting_residents = 0, attendance and meetings_held are 0. From here on column "
        "`plan.meetings` is meetings_held.",
        "每个社区：effort本周安排的会议优先占用志愿工时。attendance为平均到会居民数；未安排会议时保持原值，安排了会议而"
        "无人参与时为0。到会人数少于meeting_residents时，会议按比例折算。meeting_residents为0时，attendance和"
        "meetings_held均为0。此后plan.meetings列即meetings_held。",
        (
            Vector(
                {"voluntary": 15, "meetings": 0.5, "meeting_hours": 2, "meeting_residents": 20},
                {"attended": 15, "attendance": 15, "meetings_held": 0.375},
            ),
            Vector(
                {"voluntary": 50, "meetings": 0.5, "meeting_hours": 2, "meeting_residents": 20},
                {"attended": 20, "attendance": 20, "meetings_held": 0.5},
            ),
        ),
    ),
    Equation(
        "participation.looking_in",
        "looking_in = (voluntary - attended) * neighbour_share; ties = sum_i(share[i] * tie_totals[i]); "
        "neighbour_contacts = looking_in / contact_hours / ties",
        "Each community: neighbour_share is a share of the hours left after meetings. The sum is over all residents i "
        "who live or lived in the community, children and those who have left included, with shares as "
        "participation.signal left them this week; the tie may be to somebody in another community. So the hours of a "
        "community are spread over its own residents, by their ties to people who took part last week, and are seen in "
        "the next. Where ties = 0, looking_in is 0 and the hours stay for cases; where neighbour_share = 0, "
        "neighbour_contacts is 0.",
        "每个社区：neighbour_share是会议之后剩余工时的比例。求和遍历住在（或曾住在）本社区的所有居民i，含未成年人和已离"
        "开者，share取本周participation.signal的结果；关系另一端可以在其他社区。因此，一个社区的工时分给本社区居民，按其"
        "与上周参与者的关系权重分配，下周用于发现。ties为0时looking_in为0，工时留给事项；neighbour_share为0时"
        "neighbour_contacts为0。",
        (
            Vector(
                {"voluntary": 50, "attended": 20, "neighbour_share": 0.2, "contact_hours": 0.5, "ties": 60},
                {"looking_in": 6, "neighbour_contacts": 0.2},
            ),
        ),
    ),
    Equation(
        "participation.members_contacts",
        "contacts_hours = sum over linked members who act of min(member_contact_hours, free_hours)",
        "Each community, by where the member lives: hours of linked Party members, booked as visits of members beside "
        "the voluntary hours. Only here are contacts bounded by free hours: detection.member and participation.relay "
        "use member_contact_hours itself.",
        "每个社区（按党员住所）：联户党员的联系工时，计为党员走访，不占用志愿工时。空闲时间的上限只用于此处；"
        "detection.member和participation.relay直接使用member_contact_hours。",
        (Vector({"member_contact_hours": 4, "free_hours": 3}, {"contacts_hours": 3}),),
    ),
    Equation(
        "participation.offered",
        "volunteers = voluntary - attended - looking_in; members = sum of mandated_hours; organisations = "
        "(organisation_hours + bought_hours) * (1 if organisations help, else 0) - outreach_hours; enterprises = "
        "enterprise_hours * (1 if enterprises help, else 0)",
        "Each community: hours offered for cases, by source. organisation_hours and enterprise_hours are as "
        "institutions left them last week. Hours of volunteers are offered whether or not the model lets them work on "
        "cases; where it does not, they are idle. Enrolled members may always work on them. From here on column "
        "`given` is `volunteers`.",
        "每个社区：可用于办件的工时，按来源。organisation_hours与enterprise_hours为上周institutions的结果。不论模式是否"
        "允许志愿者办件，其工时均列入，不允许时为空闲工时；登记在册的党员始终可以办件。此后given列即volunteers。",
        (Vector({"voluntary": 30, "attended": 8, "looking_in": 2}, {"volunteers": 20}),),
    ),
    Equation(
        "participation.places",
        "opened = min(max(ceil(offered / least_hours), 1), places); rate = offered / (opened * week) in the places "
        "numbered below opened, 0 in the others",
        "Each community and source. places is the number of working places of helpers there (at least 1), numbered "
        "from 0; week is the hours of a week. rate is hours worked for each hour of the clock. It is not bounded: "
        "where more hours are offered than the places have time, it is above 1, so that no hours are lost.",
        "每个社区、每种来源。places为该来源的工位数（至少1），自0编号；week为一周工时。rate为每小时完成的工时，不设上限："
        "可用工时超过工位时间时大于1，工时不会丢失。",
        (
            Vector(
                {"offered": 30, "least_hours": 8, "places": 10, "week": 40}, {"opened": 4, "rate": 0.1875}
            ),
            Vector(
                {"offered": 900, "least_hours": 8, "places": 10, "week": 40}, {"opened": 10, "rate": 2.25}
            ),
        ),
    ),
    Equation(
        "participation.supplied",
        "supplied[staff] = sum of fte * week over filled posts; supplied[volunteer] = voluntary; supplied[member] = "
        "mandated_hours + contacts_hours + trained; supplied[organisation] = organisations + outreach_hours; "
        "supplied[enterprise] = enterprises",
        "Each office and source, written from posts and people and not from what was booked; mandated_hours and "
        "trained are sums over the community.",
        "每个单位、每种来源，按岗位和人员计，不按已登记工时计；mandated_hours和trained为社区合计。",
        (),
    ),
)


PROCESS = Process(
    "participation",
    "动员与参与",
    "Calls go out; contingent residents act when ties, trust, efficacy, habit and a call exceed threshold and cost.",
    "发出动员；当关系网络、信任、效能感、习惯与动员之和超过阈值与时间成本时，条件型居民参与。",
    (
        "tie_index",
        "rules.tie_weights",
        "first_resident",
        "posts",
        "establishment",
        "world.residents",
        "world.communities",
        "world.households",
        "exposure",
        "present",
        "active_share",
        "tie_totals",
        "participation_type",
        "residents.opinion",
        "residents.efficacy",
        "residents.enrolled",
        "organisation_hours",
        "enterprise_hours",
    ),
    (
        "residents.status",
        "status_next",
        "signal",
        "residents.habit",
        "residents.fatigue",
        "residents.hours_given",
        "residents.registered",
        "residents.called",
        "residents.needed_call",
        "residents.weeks_active",
        "residents.last_active",
        "residents.active_share",
        "residents.heard",
        "residents.activity",
        "residents.times_called",
        "residents.first_active",
        "attendance",
        "servers",
        "plan",
        "given",
        "call_from",
        "row.counters",
        "row.hours",
        "row.supplied",
    ),
    (
        Draw(
            "participation.cost",
            "resident: community, number within it",
            "0: time cost",
            True,
            "居民：社区、社区内序号",
            "0：时间成本",
        ),
        Draw(
            "participation.relay",
            "resident: community, number within it",
            "0: whether a call is passed on",
            True,
            "居民：社区、社区内序号",
            "0：是否转达动员",
        ),
        Draw(
            "participation.registration",
            "resident: community, number within it",
            "0: whether one registers",
            True,
            "居民：社区、社区内序号",
            "0：是否注册",
        ),
    ),
    run,
    EQUATIONS,
)
