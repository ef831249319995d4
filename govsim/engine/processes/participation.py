"""Mobilisation and participation: one contagion rule for everybody.

Calls go out, contingent residents decide, those who take part give their hours, and these are shared out: community meetings
have the first claim on voluntary hours, then looking in on ties, then cases. Certain residents always take part, others never
do (refined Granovetter model: Granovetter 1978; Wiedermann et al. 2020). Nothing in the rule knows who is a Party member:
members differ by their ties, by being called along them, and by age. An order to serve tires like 12/52 of a call a week,
however many hours it asks for. The passes over residents stand in :mod:`govsim.engine.crowd` and
:mod:`govsim.engine.looks`, the sharing out of hours in :mod:`govsim.engine.processes.effort`. Its equations
follow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from govsim.engine.columns import ACTIVE
from govsim.engine.crowd import Keys, take_part
from govsim.engine.looks import speak
from govsim.engine.process import Draw, Equation, Process, Vector
from govsim.engine.processes.effort import offer_hours

if TYPE_CHECKING:
    from govsim.engine.state import State


def run(state: State) -> None:
    """Let residents look around, decide, and give their hours."""
    now, week, first_resident = state.residents, state.week, state.first_resident
    keys = Keys(
        state.key("participation.cost", week),
        state.key("participation.relay", week),
        state.key("participation.registration", week),
    )

    def talk(first: int, last: int) -> None:
        speak(first_resident[first], first_resident[last], now.seen, now.opinion, state.voice)

    def decide(first: int, last: int) -> None:
        take_part(
            first,
            last,
            first_resident,
            week,
            state.active_share,
            state.plan.calls,
            state.call_from,
            state.reach.contacts,
            state.near,
            state.rules.tie_weights,
            state.tie_totals,
            state.voice,
            now,
            state.people,
            state.rules.participation,
            keys,
            state.seen_next,
            state.row.counters,
        )

    state.passes(talk)
    state.passes(decide)
    now.seen[:] = state.seen_next
    offer_hours(state, _contact_hours_given(state))


def _contact_hours_given(state: State) -> NDArray[np.float64]:
    """Return the hours that linked members who take part spend on contacts this week, by community."""
    members = state.reach.liaison_members
    contacting = (state.residents.seen[members] & ACTIVE) > 0
    where = state.world.residents.community[members]
    return np.bincount(where, contacting * state.reach.contact_hours, state.communities).astype(float)


EQUATIONS = (
    Equation(
        "participation.voice",
        "share[i] = sum_j(w[ij] * active[j]) / sum_j(w[ij]); H[i] = sum_j(w[ij] * O[j]) / sum_j(w[ij]); "
        "share[i] = 0 and H[i] = -1 where the sum of weights is 0",
        "Every resident i, children too, before anybody decides. j runs over the ties of i to adults who live "
        "there, in the order "
        "of the network. active[j] is 1 if j took part last week; O[j] is the opinion of j as experience left "
        "it last week. The "
        "weight w of a tie goes by its layer: parameters `participation.tie_*`, one weight for both directions "
        "of a tie between a "
        "household and its linked member. All sums and quotients are in single precision; the sum of weights is column "
        "`tie_totals`. Column `voice` is the opinion, negative for those who took part last week.",
        "每名居民i（含未成年人），在任何人决定之前计算。j遍历i与在住成年人的社会关系，按网络中的顺序。"
        "active[j]在j上周参与时为1；O[j]为上周"
        "感受过程留下的看法。权重w按关系类别取participation.tie_*参数，联户关系两个方向同权。"
        "求和与相除均用单精度；权重之和为tie_totals列。"
        "voice列为看法，上周参与者取负号。",
        (),
    ),
    Equation(
        "participation.quota",
        "quota[0] = min(calls, listed[0]); quota[1] = min(calls - quota[0], listed[1])",
        "Each community. `calls` is what staff's hours of calling buy (effort.calls) and may be a fraction. "
        "listed[g] counts the "
        "adults of group g who are registered as the week begins. Group 0: those with a Party branch, where the "
        "model calls "
        "branches first, else nobody; group 1: all others.",
        "每个社区。calls为工作人员动员工时可完成的人次（effort.calls），可为小数。"
        "listed[g]为周初第g组已注册的成年人数。"
        "模式规定先动员支部时，第0组为有党支部关系者，否则为空；第1组为其余注册者。",
        (),
    ),
    Equation(
        "participation.turn",
        "behind = place - pointer if place >= pointer, else place - pointer + listed; called if behind < quota",
        "Each registered adult of a group; `place` counts them from 0 in the order of residents. With a "
        "fractional pointer the "
        "call goes to the next whole place.",
        "某组的每名注册成年人；place按居民顺序从0编号。指针为小数时，轮到其后的第一个整数位置。",
        (
            Vector({"place": 3, "pointer": 2.5, "listed": 10, "quota": 1.25}, {"called": 1}),
            Vector({"place": 4, "pointer": 2.5, "listed": 10, "quota": 1.25}, {"called": 0}),
            Vector({"place": 0, "pointer": 9.5, "listed": 10, "quota": 1.25}, {"called": 1}),
        ),
    ),
    Equation(
        "participation.pointer",
        "pointer = (pointer + quota) mod listed",
        "Each group of each community, after the calls; unchanged where nobody is listed. It starts at 0.",
        "每个社区每组，在动员之后；名单为空时不变。初始为0。",
        (Vector({"pointer": 9.5, "quota": 1.25, "listed": 10}, {"pointer": 0.75}),),
    ),
    Equation(
        "participation.relay",
        "called if u < contacts[household]; contacts = member_contact_hours / contact_hours / households of the member",
        "Where the model has members pass calls on: every adult, registered or not, who was not called in turn, "
        "whose household is "
        "linked to a Party member, who is not that member, and whose member took part last week. One draw u for "
        "each resident and "
        "week. Relayed calls count like calls of staff and take no place in the turn.",
        "在由党员转达动员的模式下：未轮到动员的每名成年人（不论是否注册），其家庭有联户党员、本人不是该党员、"
        "且该党员上周参与。"
        "每人每周一个随机数u。转达与工作人员动员同样计数，不占用轮次。",
        (),
    ),
    Equation(
        "participation.score",
        "score = social * ((1 - visible_share) * share + visible_share * visible) + trust_weight * O + "
        "efficacy_weight * F "
        "+ habit_weight * h",
        "Every adult. `visible` is the active share of the community's adults as measurement left it last week; "
        "O, F and h are "
        "as they were when the week began. Weights: `participation.social`, `trust`, `efficacy`, `habit`.",
        "每名成年人。visible为上周测量得出的本社区成年人参与率；O、F、h取周初值。权重为participation.social、"
        "trust、efficacy、habit。",
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
        "Every adult; threshold and time cost are the resident's own and never change. One draw u a week.",
        "每名成年人；门槛和时间成本属于本人，始终不变。每周一个随机数u。",
        (Vector({"threshold": 0.3, "time_cost": 0.1, "cost_noise": 0.5, "u": 0.75}, {"need": 0.425}),),
    ),
    Equation(
        "participation.rest",
        "f = f * (1 - fatigue_decay)",
        "Every adult, before the decision and before a call of this week adds to it.",
        "每名成年人，在决定之前，也在本周动员增加疲劳之前。",
        (Vector({"f": 0.5, "fatigue_decay": 0.1}, {"f": 0.45}),),
    ),
    Equation(
        "participation.decide",
        "alone = score >= need; acts = alone or (called and score + call * (1 - f) >= need)",
        "Adults of the contingent type. Both sides are rounded to single precision before they are compared; "
        "equal is enough. "
        "Those of the certain type always act, and alone; those of the type never do not. Column `needed_call` "
        "is 1 for who acts "
        "and would not alone, else 0; `called` is 1 for who was called.",
        "条件型成年人。比较前两侧均舍入为单精度；相等即参与。必参与型总是参与且视为自发；不参与型从不参与。"
        "needed_call对因动员才参与者为1，其余为0；called对被动员者为1。",
        (
            Vector(
                {"score": 0.35, "need": 0.425, "call": 0.2, "f": 0.45, "called": 1}, {"alone": 0, "acts": 1}
            ),
            Vector(
                {"score": 0.35, "need": 0.425, "call": 0.2, "f": 0.75, "called": 1}, {"alone": 0, "acts": 0}
            ),
            Vector(
                {"score": 0.425, "need": 0.425, "call": 0.2, "f": 0.45, "called": 0}, {"alone": 1, "acts": 1}
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
        "Every adult on duty (`enrolled`), of any type. These are expected hours, not draws; f is what the call "
        "left. a is the "
        "activity as the week began.",
        "每名在岗（enrolled）成年人，不论参与类型。此为期望工时，不抽随机数；f为动员之后的疲劳，a为周初的到岗率。",
        (Vector({"a": 0.5, "f": 0.2, "ordered_hours": 2.6}, {"mandated_hours": 0.24}),),
    ),
    Equation(
        "participation.order_tires",
        "f = f + fatigue_gain * 12 / 52 * (1 - f) if ordered_hours > 0",
        "Every adult on duty, after the hours: an order tires like 12/52 of a call a week, however many hours "
        "it asks for and "
        "whether or not the resident comes.",
        "每名在岗成年人，在计工时之后：命令服务每周的疲劳相当于12/52次动员，与要求的工时多少、本人到岗与否无关。",
        (Vector({"f": 0.35, "fatigue_gain": 0.2}, {"f": 0.38}),),
    ),
    Equation(
        "participation.activity",
        "trained = a * (1 - f) * member_training_hours * 12 / 52; "
        "a = min(max(a + min(1 / fades, 1) * (response - a) + min(training_gain * trained, 1) * (1 - a), 0), 1)",
        "Every adult with a Party branch, called or not, on duty or not, with the fatigue that the week leaves. "
        "Both terms use a "
        "as it was before. `trained` is booked as members' training.",
        "每名有党支部关系的成年人，不论是否被动员或在岗，用本周结束时的疲劳。两项均用更新前的a。"
        "trained计入党员培训工时。",
        (
            Vector(
                {"a": 0.5, "trained": 0.2, "response": 0.4, "training_gain": 0.5, "fades": 50},
                {"a": 0.548},
            ),
        ),
    ),
    Equation(
        "participation.habit",
        "h = h + habit_gain * (1 - h) if alone; h = h * max(1 - habit_decay - crowding_out, 0) if it acts but "
        "not alone; "
        "h = h * (1 - habit_decay) if it does not act",
        "Every adult but those of the type never, after the decision.",
        "除不参与型外的每名成年人，在决定之后。",
        (
            Vector(
                {
                    "h": 0.4,
                    "acts": 1,
                    "alone": 1,
                    "habit_gain": 0.1,
                    "habit_decay": 0.05,
                    "crowding_out": 0.05,
                },
                {"h": 0.46},
            ),
            Vector(
                {
                    "h": 0.4,
                    "acts": 1,
                    "alone": 0,
                    "habit_gain": 0.1,
                    "habit_decay": 0.05,
                    "crowding_out": 0.05,
                },
                {"h": 0.36},
            ),
            Vector(
                {
                    "h": 0.4,
                    "acts": 0,
                    "alone": 0,
                    "habit_gain": 0.1,
                    "habit_decay": 0.05,
                    "crowding_out": 0.05,
                },
                {"h": 0.38},
            ),
        ),
    ),
    Equation(
        "participation.hours",
        "hours = free_hours * hours_share; hours_given = hours_given + hours; weeks_active = weeks_active + 1; "
        "last_active = week; first_active = week where it was -1",
        "Every adult who acts. The hours count as called hours where the call was needed, else as self-started "
        "hours. The sum of "
        "both over a community is `given`. Others see from next week on who took part (`seen`).",
        "每名参与的成年人。需动员才参与的计入动员工时，其余计入自发工时；两者按社区合计为given。"
        "他人自下周起看到谁参与了（seen）。",
        (),
    ),
    Equation(
        "participation.registration",
        "registered = 1 if u < self_registration",
        "Every adult who acts and is not registered; it counts from next week on. One draw u a week.",
        "每名参与且未注册的成年人，自下周起生效。每周一个随机数u。",
        (),
    ),
    Equation(
        "participation.attendance",
        "chairs = meetings * meeting_hours; attended = min(given, chairs * meeting_residents); attendance = "
        "attended / chairs; "
        "meetings = meetings * attendance / meeting_residents",
        "Each community: the meetings that effort planned have the first claim on voluntary hours. `attendance` "
        "is residents at "
        "the table, hours over length, and stays as it was where no meeting was held. A meeting with empty "
        "chairs shows less. "
        "With meeting_residents = 0, meetings are 0.",
        "每个社区：effort安排的会议优先占用志愿工时。attendance为到会居民数（工时除以时长），未开会时保持原值。"
        "到会不足时会议发现的问题相应减少。"
        "meeting_residents为0时会议计为0。",
        (
            Vector(
                {"given": 15, "meetings": 0.5, "meeting_hours": 2, "meeting_residents": 20},
                {"attended": 15, "attendance": 15},
            ),
            Vector(
                {"given": 50, "meetings": 0.5, "meeting_hours": 2, "meeting_residents": 20},
                {"attended": 20, "attendance": 20},
            ),
        ),
    ),
    Equation(
        "participation.looking_in",
        "looking_in = (given - attended) * neighbour_share; ties = sum_i(share[i] * tie_totals[i]); "
        "neighbour_contacts = looking_in / contact_hours / ties",
        "Each community: neighbour_share is a share of the hours left after meetings. The sum is over its "
        "residents, with shares "
        "as participation.voice left them. Where ties = 0 nobody is looked in on and the hours stay. "
        "neighbour_contacts is "
        "contacts for each unit of tie weight to somebody who takes part.",
        "每个社区：neighbour_share是会议之后剩余工时的比例。求和遍历本社区居民，"
        "share为participation.voice的结果。ties为0时不照看，工时保留。"
        "neighbour_contacts为与参与者每单位关系权重的联系次数。",
        (
            Vector(
                {"given": 50, "attended": 20, "neighbour_share": 0.2, "contact_hours": 0.5, "ties": 60},
                {"looking_in": 6, "neighbour_contacts": 0.2},
            ),
        ),
    ),
    Equation(
        "participation.members_contacts",
        "contacts_hours = sum over linked members who act of min(member_contact_hours, free_hours)",
        "Each community, by where the member lives: hours of linked Party members, booked as visits of members "
        "beside the voluntary "
        "hours.",
        "每个社区（按党员住所）：联户党员的联系工时，计为党员走访，不占用志愿工时。",
        (),
    ),
    Equation(
        "participation.offered",
        "volunteers = given - attended - looking_in; members = sum of mandated_hours; "
        "organisations = (organisation_hours + bought_hours) * (1 if organisations help, else 0) - outreach_hours; "
        "enterprises = enterprise_hours * (1 if enterprises help, else 0)",
        "Each community: hours offered for cases, by source. organisation_hours and enterprise_hours are as "
        "institutions left them "
        "last week. The first line is column `given` from here on.",
        "每个社区：可用于办件的工时，按来源。organisation_hours与enterprise_hours为上周institutions的结果。"
        "此后given列即第一行。",
        (),
    ),
    Equation(
        "participation.places",
        "opened = min(max(ceil(offered / least_hours), 1), places); rate = offered / (opened * week) in the "
        "first opened places, "
        "0 in the others",
        "Each community and source. `places` is the number of working places of helpers there; `week` the hours "
        "of a week. `rate` "
        "is the share of the clock that a place works on the queue.",
        "每个社区、每种来源。places为该来源的工位数，week为一周工时。rate为工位用于排队事项的时间比例。",
        (Vector({"offered": 30, "least_hours": 8, "places": 10, "week": 40}, {"opened": 4, "rate": 0.1875}),),
    ),
    Equation(
        "participation.supplied",
        "supplied[staff] = sum of fte * week over filled posts; supplied[volunteer] = given; "
        "supplied[member] = mandated_hours + contacts_hours + trained; supplied[organisation] = organisations + "
        "outreach_hours; "
        "supplied[enterprise] = enterprises",
        "Each office and source, written from posts and people and not from what was booked; `given` here "
        "before meetings.",
        "每个机构、每种来源，按岗位和人员计，不按已登记工时计；此处given为扣除会议之前。",
        (),
    ),
)


PROCESS = Process(
    "participation",
    "Calls go out; contingent residents act when ties, trust, efficacy, habit and a call exceed threshold and cost.",
    "发出动员；当关系网络、信任、效能感、习惯与动员之和超过阈值与时间成本时，条件型居民参与。",
    (
        "near",
        "world.residents",
        "world.communities",
        "world.households",
        "reach",
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
        "residents.seen",
        "seen_next",
        "voice",
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
        "turns.call",
        "row.counters",
        "row.hours",
        "row.supplied",
    ),
    (
        Draw("participation.cost", "resident: community, number within it", "0: time cost", weekly=True),
        Draw(
            "participation.relay",
            "resident: community, number within it",
            "0: whether a call is passed on",
            weekly=True,
        ),
        Draw(
            "participation.registration",
            "resident: community, number within it",
            "0: whether one registers",
            weekly=True,
        ),
    ),
    run,
    EQUATIONS,
)
