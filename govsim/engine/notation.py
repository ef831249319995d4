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
    Symbol("T[k]", "0-1", "residents.trust", "trust in tier k: community, street, district, centre",
           "对第k级机构的信任：社区、街道、区、中央"),
    Symbol("E", "0-1", "residents.expectation", "expected performance", "预期表现"),
    Symbol("S", "0-1", "residents.satisfaction", "satisfaction", "满意度"),
    Symbol("O", "0-1", "residents.opinion", "opinion of local government that others hear", "他人可听到的对地方机构的看法"),
    Symbol("H", "0-1", "residents.heard", "mean opinion of ties; negative where nobody was heard",
           "社会关系的平均看法；无人可听时为负"),
    Symbol("F", "0-1", "residents.efficacy", "efficacy: belief that taking part helps", "效能感：相信参与有用"),
    Symbol("y", "0-1", "", "performance that a household experiences", "家庭感受到的表现"),
    Symbol("d", "-1 to 1", "", "disconfirmation: performance minus expectation", "落差：表现减预期"),
    Symbol("p", "0-1", "plan.publishing", "share of the hours of publishing spent this week", "本周结果公开工时的投入比例"),
    Symbol("detected, closed", "working hours", "jobs", "when a case first came to light; when it was closed",
           "事项首次被发现的时间；办结时间"),
    Symbol("patience", "working hours", "classes", "delay at which performance is one half", "表现降为一半的时长"),
    Symbol("start, end, week", "working hours", "", "when the week begins and ends, and its length (hours_per_week)", "本周开始、结束的时间，以及一周时长（hours_per_week）"),
    Symbol("c, h, k", "-", "jobs", "as an index: community, household, problem class; numbers from 0", "作下标时：社区、家庭、问题类别；编号自0起"),
    Symbol("u, u1, u2", "0-1", "", "uniform draws at the address that the table of draws gives; 1 is never drawn", "按抽取表所列地址得到的均匀随机数；不含1"),
    Symbol("x", "-", "", "exponential draw with mean 1: -ln(1 - u)", "均值为1的指数随机数：-ln(1 - u)"),
    Symbol("z", "-", "", "standard normal draw", "标准正态随机数"),
    Symbol("bits(p, e, n)", "-", "", "all 64 bits of the draw of purpose p for entity e at slot n", "用途p、对象e、抽取位n的全部64位"),
    Symbol("rate[k]", "per household and week", "classes.rate", "declared rate at which problems of class k arise", "第k类问题的设定发生率"),
    Symbol("condition[c]", "factor", "condition", "condition of infrastructure: factor on the rates", "基础设施状况：发生率的倍数"),
    Symbol("f[c, k]", "factor", "", "present factor on the declared rate", "设定发生率的当前倍数"),
    Symbol("mark", "0-1", "", "draw that decides whether a candidate arises", "决定候选问题是否发生的随机数"),
    Symbol("onset", "working hours", "jobs.onset", "when a problem arises", "问题发生的时间"),
    Symbol("s", "0-1", "jobs.severity", "of a case: severity", "事项的严重程度"),
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
    Symbol("b", "0-1", "servers.burnout", "burnout of who serves, as casework reads it (B of institutions)", "办理者的倦怠（即机构过程中的B）"),
    Symbol("O[j]", "0-1", "residents.opinion", "opinion of resident j", "居民j的看法"),
    Symbol("w[ij]", "weight", "ties.layer", "weight of the tie between i and j, by its layer",
           "i与j的关系权重，按关系类别"),
    Symbol("share", "0-1", "residents.active_share", "weighted share of ties that took part last week",
           "上周参与者在社会关系中的加权占比"),
    Symbol("visible", "0-1", "active_share", "share of the community's adults that took part last week",
           "上周本社区成年人参与率"),
    Symbol("h", "0-1", "residents.habit", "habit of taking part", "参与习惯"),
    Symbol("f", "0-1", "residents.fatigue", "request fatigue", "动员疲劳"),
    Symbol("a", "0-1", "residents.activity", "chance that somebody on duty who is not tired comes",
           "在岗且不疲劳者到岗的概率"),
    Symbol("threshold", "score", "world.residents.threshold", "what a resident waits for before taking part", "参与门槛"),
    Symbol("time_cost", "score", "world.residents.time_cost", "cost of a resident's time", "时间成本"),
    Symbol("pointer", "places", "turns.call", "where the next call goes in the list of a group", "动员名单中的下一位置"),
    Symbol("quota", "calls", "", "calls to a group of the list this week", "本周对某组的动员人次"),
    Symbol("attendance", "residents", "attendance", "residents at a community meeting", "居民会议到会人数"),
    Symbol("given", "hours", "given", "voluntary hours; after participation, what is left of them for cases",
           "志愿工时；参与过程之后为可用于办件的部分"),
    Symbol("week", "hours, or number", "capacity.hours_per_week",
           "hours of a full post in a week; where weeks are counted, the number of "
           "the week from 0", "全日岗位一周工时；计周时为周序号，从0起"),
    Symbol("fte", "full-time posts", "servers.fte", "size of a post", "岗位规模（全日岗位）"),
    Symbol("rate[server]", "0-1", "servers.rate", "share of the clock that a post or place works on the queue",
           "岗位或工位用于排队事项的时间比例"),
    Symbol("hours[x]", "hours", "row.hours", "hours booked to activity x this week", "本周登记于活动x的工时"),
    Symbol("B", "0-1", "servers.burnout", "burnout", "职业倦怠"),
    Symbol("skill", "0-1", "servers.skill", "quality of work", "工作质量"),
    Symbol("load", "ratio", "row.load", "workload: hours needed over hours available", "工作负荷：所需工时除以可用工时"),
    Symbol("waiting", "hours", "offices.waiting", "hours of work in the queues of an office", "机构队列中的工时"),
    Symbol("compliance, listing", "0-1", "offices",
           "of an office, as institutions moves them: compliance with its summonses, and with its list of admitted tasks",
           "机构过程所更新的部门响应召集程度与准入清单遵守程度"),
    Symbol("s", "0-1", "organisations.table", "of an organisation: strength, share of its full hours",
           "组织的强度：占满额工时的比例"),
    Symbol("credibility", "0-1", "organisations.table", "credibility of an organisation", "组织公信度"),
    Symbol("saved", "yuan", "saved", "money saved for rehousing", "搬迁安置积存经费"),
    Symbol("due", "working hours", "", "official deadline of an order", "工单期限"),
    Symbol("published", "0-1", "published", "running mean of the share of orders truly done in time; -1 before any was due",
           "按期真实办结率的滑动平均；尚无到期工单时为-1"),
    Symbol("left", "week", "residents.left", "week in which a resident left, -1 who is there", "居民离开的周，在住者为-1"),
    Symbol("x = f(x)", "", "", "x is replaced; equations apply in their order, each with what the last one left",
           "更新x；各式按顺序适用，取前一式的结果"),
)  # fmt: skip
