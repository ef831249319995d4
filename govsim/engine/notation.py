"""Symbols of the equations, each with its unit, its column or parameter, and its meaning in both languages."""

from __future__ import annotations

from typing import NamedTuple


class Symbol(NamedTuple):
    """A letter or word of the equations.

    Attributes
    ----------
    name, unit : str
    place : str
        Column of the state or key of the scenario; empty for what exists within one equation only.
    en, zh : str
    """

    name: str
    unit: str
    place: str
    en: str
    zh: str


SYMBOLS: tuple[Symbol, ...] = (
    Symbol("T[k]", "0-1", "residents.trust", "trust in tier k: community, street, district, centre", "对第k级机构的信任：社区、街道、区、中央"),
    Symbol("E", "0-1", "residents.expectation", "expected performance", "预期表现"),
    Symbol("S", "0-1", "residents.satisfaction", "satisfaction", "满意度"),
    Symbol("O", "0-1", "residents.opinion", "opinion of local government that others hear", "他人可听到的对地方机构的看法"),
    Symbol("H", "0-1", "residents.heard", "mean opinion of ties; negative where nobody was heard", "社会关系的平均看法；无人可听时为负"),
    Symbol("F", "0-1", "residents.efficacy", "efficacy: belief that taking part helps", "效能感：相信参与有用"),
    Symbol("y", "0-1", "", "performance that a household experiences", "家庭感受到的表现"),
    Symbol("d", "-1 to 1", "", "disconfirmation: performance minus expectation", "落差：表现减预期"),
    Symbol("p", "0-1", "plan.publishing", "share of the hours of publishing spent this week", "本周结果公开工时的投入比例"),
    Symbol("detected, closed", "working hours", "jobs", "when a case first came to light; when it was closed", "事项首次被发现的时间；办结时间"),
    Symbol("patience", "working hours", "classes", "delay at which performance is one half", "表现降为一半的时长"),
    Symbol("start, end, week", "working hours", "", "when the week begins and ends, and its length (hours_per_week)", "本周开始、结束的时间，以及一周时长（hours_per_week）"),
    Symbol("c, h, k", "-", "jobs", "community, household, problem class; numbers from 0", "社区、家庭、问题类别；编号自0起"),
    Symbol("u, u1, u2", "0-1", "", "uniform draws at the address that the table of draws gives; 1 is never drawn", "按抽取表所列地址得到的均匀随机数；不含1"),
    Symbol("x", "-", "", "exponential draw with mean 1: -ln(1 - u)", "均值为1的指数随机数：-ln(1 - u)"),
    Symbol("z", "-", "", "standard normal draw", "标准正态随机数"),
    Symbol("bits(p, e, n)", "-", "", "all 64 bits of the draw of purpose p for entity e at slot n", "用途p、对象e、抽取位n的全部64位"),
    Symbol("rate[k]", "per household and week", "classes.rate", "declared rate at which problems of class k arise", "第k类问题的设定发生率"),
    Symbol("condition[c]", "factor", "condition", "condition of infrastructure: factor on the rates", "基础设施状况：发生率的倍数"),
    Symbol("f[c, k]", "factor", "", "present factor on the declared rate", "设定发生率的当前倍数"),
    Symbol("mark", "0-1", "", "draw that decides whether a candidate arises", "决定候选问题是否发生的随机数"),
    Symbol("onset", "working hours", "jobs.onset", "when a problem arises", "问题发生的时间"),
    Symbol("s", "0-1", "jobs.severity", "severity", "严重程度"),
    Symbol("W", "hours", "jobs.effort", "work that a case or task needs", "事项或任务所需工时"),
    Symbol("M", "yuan", "jobs.money", "money that a case needs", "事项所需资金"),
    Symbol("luck, hazard", "-", "jobs", "a problem is detected when its accumulated hazard passes its luck", "累计风险超过luck值时问题被发现"),
    Symbol("g", "per week", "", "urge of a resident to report a problem", "居民反映问题的意愿"),
    Symbol("r", "per week", "", "hazard of detection, by channel or over all channels", "被发现的风险率，分渠道或合计"),
    Symbol("v[k]", "0-1", "classes.visit", "chance that a home visit shows a problem of class k", "入户走访看到第k类问题的机会"),
    Symbol("L", "0-1", "offices.listing", "compliance with the admission list", "准入清单的执行程度"),
    Symbol("compliance", "0-1", "offices.compliance", "chance that departments heed a call to a joint meeting", "部门响应召集的机会"),
    Symbol("fund", "yuan", "offices.fund", "money of an office", "单位资金余额"),
    Symbol("shared, rest", "hours", "jobs.shared_left, jobs.staff_left", "work still to do: co-producible part, and the rest", "尚待完成的工作：可共同生产部分和其余部分"),
    Symbol("explained_from", "working hours", "jobs.explained_from", "from then on staff who take up the case close it with an explanation", "自此时起，接手的工作人员以解释办结"),
    Symbol("rank", "-", "jobs.rank", "place in the order of handling, smallest first", "办理顺序值，小者在先"),
    Symbol("q", "0-1", "servers.rate", "share of every hour that a server has for the queue", "服务者每小时可用于排队工作的比例"),
    Symbol("remaining", "hours", "servers.remaining", "work left on the job in hand", "手中工作剩余工时"),
    Symbol("b", "0-1", "servers.burnout", "burnout", "职业倦怠"),
)  # fmt: skip
