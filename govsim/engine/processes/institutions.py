"""Institutions: offices wear, organisations live and die, infrastructure decays, the population moves.

In this order: load, burnout and skill of staff; who leaves; compliance with summons and with lists of admitted tasks, which
comes back every week; organisations; infrastructure; population. The last three follow in
:mod:`govsim.engine.organisations`, :mod:`govsim.engine.infrastructure` and :mod:`govsim.engine.demography`, each with its own
equations; all of them follow.
"""

from __future__ import annotations

import numpy as np

from govsim.engine import demography, infrastructure, organisations
from govsim.engine.columns import ADULT
from govsim.engine.process import Draw, Equation, Process, Vector
from govsim.engine.recording import Activity, HourSource
from govsim.engine.staff import leavers, load_of_offices, wear
from govsim.engine.state import State


def run(state: State) -> None:
    """Let offices wear, people leave and compliance recover."""
    servers, posts, row, week = state.servers, state.posts, state.row, state.week
    rule, handling, count = state.rules.workforce, state.scenario.handling, len(state.offices)
    trained = np.empty(count)
    booked = row.hours[:, HourSource.PAID] + row.hours[:, HourSource.SECONDED]
    worked = booked.sum(axis=1) - booked[:, Activity.IDLE]
    load_of_offices(
        posts,
        state.present,
        state.offices,
        worked,
        booked[:, Activity.TRAINING],
        rule.backlog_weeks,
        state.hours_per_week,
        row.posts,
        row.filled,
        row.load,
        trained,
    )
    learnt = -np.expm1(-trained / rule.training_hours)
    wear(servers, state.present, posts.field, row.load, learnt, rule, week, row.burnt_out)
    gone = leavers(
        rule, servers, state.establishment.addresses, state.present, state.key("institutions.quit", week)
    )
    if len(gone):
        servers["leaving"][gone] = 1
        servers["vacant_until"][gone] = week + 1 + state.scenario.workforce.vacancy_weeks
        servers["person"][gone] += 1
        row.quits[:] = np.bincount(posts.office[gone], minlength=count)
    for column, recovery in (
        ("compliance", handling.summons_recovery),
        ("listing", handling.list_recovery),
    ):
        state.offices[column] += recovery * (1.0 - state.offices[column])
    organisations.run(state)
    infrastructure.run(state)
    np.bitwise_and(state.residents.status, ADULT, out=state.eligible)
    demography.run(state)


EQUATIONS = (
    Equation(
        "institutions.load",
        "load = max(worked + waiting / backlog_weeks, 0) / available",
        "Each office; 0 where nobody is present. worked: all hours of paid and seconded staff booked this week "
        "but idle ones; waiting: "
        "hours of work in its queues; available: fte * week of the posts filled.",
        "每个机构；无人在岗时为0。worked为本周本级与下沉人员除空闲外的全部登记工时；waiting为队列中的工时；"
        "available为在岗岗位的fte乘以一周工时。",
        (Vector({"worked": 110, "waiting": 60, "backlog_weeks": 4, "available": 100}, {"load": 1.25}),),
    ),
    Equation(
        "institutions.burnout",
        "over = max(load - comfortable_load, 0); years = (week - hired) / 52; "
        "B = min(max(B + burnout_gain * susceptibility * (1 + burnout_tenure * years) * over - burnout_decay * "
        "B, 0), 1)",
        "Each member of staff present, with the load of the own office.",
        "每名在岗人员，按本机构负荷。",
        (
            Vector(
                {
                    "B": 0.4,
                    "burnout_gain": 0.1,
                    "susceptibility": 1.2,
                    "burnout_tenure": 0.05,
                    "years": 5,
                    "load": 1.1,
                    "comfortable_load": 0.7,
                    "burnout_decay": 0.05,
                },
                {"B": 0.44},
            ),
        ),
    ),
    Equation(
        "institutions.skill",
        "skill = skill + (skill_goal - skill) / max(pace, 1); pace = learning_weeks if skill < skill_goal, else "
        "training_fades",
        "Each member of staff present: newcomers learn, training fades. skill_goal is `workforce.skill`.",
        "每名在岗人员：新人成长，培训效果消退。skill_goal为workforce.skill。",
        (
            Vector(
                {"skill": 0.6, "skill_goal": 0.8, "learning_weeks": 50, "training_fades": 100},
                {"skill": 0.604},
            ),
            Vector(
                {"skill": 0.9, "skill_goal": 0.8, "learning_weeks": 50, "training_fades": 100},
                {"skill": 0.899},
            ),
        ),
    ),
    Equation(
        "institutions.training",
        "trained = hours[training] / sum of fte; skill = skill + max(trained_skill - skill, 0) * (1 - "
        "exp(-trained / training_hours))",
        "Each field worker present, after institutions.skill. Hours and full-time posts are those of the field "
        "workers of the office, "
        "so a part-time post learns as much as a whole one.",
        "每名在岗一线人员，在institutions.skill之后。工时与岗位均指本机构一线人员，因此非全日岗位与全日岗位所得相同。",
        (
            Vector(
                {"skill": 0.8, "trained_skill": 0.9, "trained": 2, "training_hours": 40},
                {"skill": 0.8048770575499286},
            ),
        ),
    ),
    Equation(
        "institutions.row",
        "posts = sum of fte of staff posts; filled = number of people present; burnt_out = number of those with "
        "B > burnt_out",
        "Each office, with the burnout of this week and before anybody leaves.",
        "每个机构，用本周的倦怠值，在离职之前。",
        (),
    ),
    Equation(
        "institutions.quit",
        "chance = 1 - exp(-quit_rate * exp(quit_burnout * B)); leaves if u < chance",
        "Each member of staff present, with the burnout of this week. One draw for each post and week.",
        "每名在岗人员，用本周的倦怠值。每个岗位每周一个随机数。",
        (Vector({"quit_rate": 0.002, "quit_burnout": 2, "B": 0.5}, {"chance": 0.005421812289076899}),),
    ),
    Equation(
        "institutions.vacancy",
        "vacant_until = week + 1 + vacancy_weeks; person = person + 1; leaving = 1",
        "Each post whose holder leaves: empty for vacancy_weeks whole weeks, then filled by effort. A job in "
        "hand goes back to the "
        "queue with the work still to be done, when casework next begins.",
        "离职者的岗位：空缺vacancy_weeks个整周，之后由effort补员。手头事项在下次办件开始时带着剩余工作量回到队列。",
        (Vector({"week": 10, "vacancy_weeks": 8}, {"vacant_until": 19}),),
    ),
    Equation(
        "institutions.compliance",
        "compliance = compliance + summons_recovery * (1 - compliance); listing = listing + list_recovery * (1 "
        "- listing)",
        "Each office, every week, whether or not it summoned or used the list.",
        "每个机构，每周，不论是否召集过会议或动用过准入清单。",
        (Vector({"compliance": 0.8, "recovery": 0.05}, {"compliance": 0.81}),),
    ),
    *organisations.EQUATIONS,
    *infrastructure.EQUATIONS,
    *demography.EQUATIONS,
)


PROCESS = Process(
    "institutions",
    "机构与队伍",
    "Overload burns people out, burnt-out people leave sooner, newcomers learn; "
    "organisations form, grow and fade; infrastructure and population move.",
    "超负荷使人倦怠，倦怠者更易离职，新人逐步成长；组织成立、成长与衰退；党员活跃度、基础设施和人口变动。",
    (
        "present",
        "posts",
        "establishment",
        "birthday",
        "first_resident",
        "rehousing_order",
        "ties",
        "rules.tie_weights",
        "pool.counts",
        "active_share",
        "classes",
        "world.households",
        "world.communities",
        "world.residents",
    ),
    (
        "servers",
        "offices",
        "pool.jobs",
        "row",
        "organisations",
        "organisation_hours",
        "enterprise_hours",
        "condition",
        "hazards",
        "saved",
        "exposure",
        "residents",
        "participation_type",
        "eligible",
        "status_next",
        "tie_totals",
    ),
    (
        Draw(
            "institutions.quit",
            "post: office, kind, number",
            "0: leaves",
            True,
            "岗位：单位、类别、序号",
            "0：是否离职",
        ),
        Draw(
            "institutions.founding",
            "community",
            "0: an organisation begins",
            True,
            "社区：其编号",
            "0：是否成立组织",
        ),
        Draw("institutions.founder", "community", "0: who founds it", True, "社区：其编号", "0：发起人"),
        Draw(
            "institutions.organisation_kind", "community", "0: its kind", True, "社区：其编号", "0：组织类别"
        ),
        Draw(
            "institutions.moving",
            "household: community, number within it",
            "0: moves away",
            True,
            "家庭：社区、社区内序号",
            "0：是否迁出",
        ),
        Draw(
            "institutions.death",
            "resident: community, number within it",
            "0: dies",
            True,
            "居民：社区、社区内序号",
            "0：是否死亡",
        ),
        Draw(
            "institutions.layoff",
            "resident: community, number within it",
            "0: loses work",
            True,
            "居民：社区、社区内序号",
            "0：是否失业",
        ),
        Draw(
            "institutions.type",
            "resident: community, number within it",
            "0: type on coming of age",
            False,
            "居民：社区、社区内序号",
            "0：成年时的参与类型",
        ),
    ),
    run,
    EQUATIONS,
)
