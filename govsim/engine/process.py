"""What a process says about itself: its rule in words and equations, what it reads, writes and draws; and the symbols of equations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from govsim.engine.state import State

ENTITIES: Mapping[str, str] = {
    "community": "community",
    "office": "office",
    "post": "post",
    "server": "post",
    "organisation": "organisation",
    "household": "household",
    "resident": "resident",
    "person": "resident",
    "case": "case",
}
"""What a whole number in a variable of that name is the row of, in code that runs over rows one by one."""


def where_it_was(process: str, week: int, problem: BaseException) -> str:
    """Say in which process and week an error came up, and for whom, where a variable of the failing code says so."""
    frames = []
    trace = problem.__traceback__
    while trace is not None:
        frames.append(trace.tb_frame)
        trace = trace.tb_next
    whom: dict[str, int] = {}
    for frame in reversed(frames[1:]):  # the first one is the caller's
        for name, value in frame.f_locals.items():
            if name in ENTITIES and isinstance(value, int | np.integer) and not isinstance(value, bool):
                whom.setdefault(ENTITIES[name], int(value))
        if whom:
            break
    said = "".join(f", {entity} {row}" for entity, row in whom.items())
    return f"process {process}, week {week} (weeks and rows count from 0){said}"


class Vector(NamedTuple):
    """A worked example: numbers that go into an equation, and what comes out.

    Attributes
    ----------
    given, gives : dict of str to float
        By the symbols of the equation. A test reads them from the model description and computes them again.
    """

    given: Mapping[str, float]
    gives: Mapping[str, float]


class Equation(NamedTuple):
    """One rule of a process. Equations are numbered and applied in the order in which they are declared.

    Attributes
    ----------
    name : str
        What code and tests call it, for example ``"experience.trust"``.
    formula : str
        In the notation of :data:`govsim.engine.process.SYMBOLS`.
    en, zh : str
        To whom, when and on what condition it applies.
    vectors : tuple of Vector
        Worked examples.
    """

    name: str
    formula: str
    en: str
    zh: str
    vectors: tuple[Vector, ...] = ()


class Draw(NamedTuple):
    """Random draws of one purpose and where they are addressed (see :mod:`govsim.draws`).

    Attributes
    ----------
    purpose : str
    entity : str
        Whose draw it is: ``case``, ``resident``, ``community``, ``post``, ...
    slots : str
        Which draws an entity has under this purpose, by slot.
    weekly : bool
        Whether each week has draws of its own; else an entity has them once in a run.
    entity_zh, slots_zh : str
    """

    purpose: str
    entity: str
    slots: str
    weekly: bool = False
    entity_zh: str = ""
    slots_zh: str = ""


class Process(NamedTuple):
    """Declaration of one process of the weekly order; :mod:`govsim.engine.checked` holds it to that.

    Attributes
    ----------
    name : str
        Name of the file it lives in.
    title_zh : str
        Its name in Chinese.
    rule, rule_zh : str
        The rule in words, in English and Chinese.
    reads, writes : tuple of str
        Paths from :class:`govsim.engine.state.State` to the columns that it takes and changes; ``residents`` stands for all
        columns ``residents.*``. What is written may be read.
    draws : tuple of Draw
        Its random draws.
    run : callable or None
        Does the process for one week of a state; None where another process runs it at its own moments.
    equations : tuple of Equation
        In the order in which they apply.
    """

    name: str
    title_zh: str
    rule: str
    rule_zh: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    draws: tuple[Draw, ...]
    run: Callable[[State], None] | None = None
    equations: tuple[Equation, ...] = ()


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
    Symbol("detected, closed", "working hours", "pool.jobs", "when a case first came to light; when it was closed",
           "事项首次被发现的时间；办结时间"),
    Symbol("patience", "working hours", "classes", "delay at which performance is one half", "表现降为一半的时长"),
    Symbol("start, end, week", "working hours", "", "when the week begins and ends, and its length (hours_per_week)", "本周开始、结束的时间，以及一周时长（hours_per_week）"),
    Symbol("c, h, k", "-", "pool.jobs", "as an index in brackets: community, household, problem class; numbers from 0", "方括号内作下标时：社区、家庭、问题类别；编号自0起"),
    Symbol("u, u1, u2", "0-1", "", "uniform draws at the address that the table of draws gives; 1 is never drawn", "按抽取表所列地址得到的均匀随机数；不含1"),
    Symbol("x", "-", "", "exponential draw with mean 1: -ln(1 - u)", "均值为1的指数随机数：-ln(1 - u)"),
    Symbol("z", "-", "", "standard normal draw", "标准正态随机数"),
    Symbol("bits(p, e, n)", "-", "", "all 64 bits of the draw of purpose p for entity e at slot n", "用途p、对象e、抽取位n的全部64位"),
    Symbol("rate[k]", "per household and week", "classes.rate", "declared rate at which problems of class k arise", "第k类问题的设定发生率"),
    Symbol("condition[c]", "factor", "condition", "condition of infrastructure: factor on the rates", "基础设施状况：发生率的倍数"),
    Symbol("f[c, k]", "factor", "", "present factor on the declared rate", "设定发生率的当前倍数"),
    Symbol("mark", "0-1", "", "draw that decides whether a candidate arises", "决定候选问题是否发生的随机数"),
    Symbol("onset", "working hours", "pool.jobs.onset", "when a problem arises", "问题发生的时间"),
    Symbol("s", "0-1", "pool.jobs.severity", "severity of a case (in 9, of an organisation: strength)", "事项的严重程度（在9中为组织的强度）"),
    Symbol("W", "hours", "pool.jobs.effort", "work that a case or task needs", "事项或任务所需工时"),
    Symbol("M", "yuan", "pool.jobs.money", "money that a case needs", "事项所需资金"),
    Symbol("luck, hazard", "-", "pool.jobs", "a problem is detected when its accumulated hazard passes its luck, an exponential draw with mean 1", "累计风险超过luck值（均值为1的指数随机数）时问题被发现"),
    Symbol("g", "per week", "", "urge of a resident to report a problem", "居民反映问题的意愿"),
    Symbol("r", "per week", "", "hazard of detection: r[channel] of one channel, r of all together", "被发现的风险率：r[渠道]为单一渠道，r为合计"),
    Symbol("v[k]", "0-1", "classes.visit", "chance that a home visit shows a problem of class k", "入户走访看到第k类问题的机会"),
    Symbol("L", "0-1", "offices.listing", "compliance with the admission list", "准入清单的执行程度"),
    Symbol("compliance", "0-1", "offices.compliance", "chance that departments heed a call to a joint meeting", "部门响应召集的机会"),
    Symbol("fund", "yuan", "offices.fund", "money of an office", "单位资金余额"),
    Symbol("shared, rest", "hours", "pool.jobs.shared_left, pool.jobs.staff_left", "work still to do: co-producible part, and the rest", "尚待完成的工作：可共同生产部分和其余部分"),
    Symbol("explained_from", "working hours", "pool.jobs.explained_from", "from then on staff who take up the case close it with an explanation", "自此时起，接手的工作人员以解释办结"),
    Symbol("rank", "-", "pool.jobs.rank", "place in the order of handling, smallest first", "办理顺序值，小者在先"),
    Symbol("q", "0-1", "servers.rate", "in 7: share of every hour that a server has for the queue", "在7中：服务者每小时可用于排队工作的比例"),
    Symbol("remaining", "hours", "servers.remaining", "work left on the job in hand", "手中工作剩余工时"),
    Symbol("b", "0-1", "servers.burnout", "burnout of who serves, as casework reads it (B of institutions)", "办理者的倦怠（即机构过程中的B）"),
    Symbol("O[j]", "0-1", "residents.opinion", "opinion of resident j", "居民j的看法"),
    Symbol("w[ij]", "weight", "ties.layer", "weight of the tie between i and j, by its layer",
           "i与j的关系权重，按关系类别"),
    Symbol("share", "0-1", "residents.active_share", "weighted share of a resident's ties that took part in the week before it was worked out (6.1)",
           "计算（6.1）之前一周的参与者在居民社会关系中的加权占比"),
    Symbol("visible", "0-1", "active_share", "share of the community's adults that took part last week",
           "上周本社区成年人参与率"),
    Symbol("h", "0-1", "residents.habit", "outside brackets: habit of taking part", "不作下标时：参与习惯"),
    Symbol("f", "0-1", "residents.fatigue", "without brackets, in 6: request fatigue", "不带方括号、在6中：动员疲劳"),
    Symbol("a", "0-1", "residents.activity", "turnout for assigned service: chance that somebody enrolled who is not tired comes",
           "报到服务参加率：登记在册且不疲劳者参加的概率"),
    Symbol("threshold", "score", "world.residents.threshold", "what a resident waits for before taking part", "参与门槛"),
    Symbol("time_cost", "score", "world.residents.time_cost", "cost of a resident's time", "时间成本"),
    Symbol("pointer", "places", "call_from", "where the next call goes in the list of a group", "动员名单中的下一位置"),
    Symbol("quota", "calls", "", "calls to a group of the list this week", "本周对某组的动员人次"),
    Symbol("listed", "people", "", "registered adults of a group as the week begins", "周初某组已注册的成年人数"),
    Symbol("calls", "requests", "plan.calls", "requests to take part that staff can make this week", "本周工作人员可动员的人次"),
    Symbol("called", "0 or 1", "residents.called", "asked to take part this week", "本周被动员"),
    Symbol("registered", "0 or 1", "residents.registered", "registered volunteer", "注册志愿者"),
    Symbol("enrolled", "0 or 1", "residents.enrolled", "on the service roll by rule of the model", "按模式规定登记在册，参加报到服务"),
    Symbol("score, need", "score", "", "what speaks for taking part, and what it has to reach", "参与意愿，及其须达到的水平"),
    Symbol("alone, acts", "0 or 1", "", "would take part without a call; takes part", "无需动员即参与；参与"),
    Symbol("needed_call", "0 or 1", "residents.needed_call", "takes part and would not have without a call", "因动员才参与"),
    Symbol("tie_totals", "weight", "tie_totals", "sum of the weights of a resident's ties to adults who are there",
           "居民与在住成年人的关系权重之和"),
    Symbol("contacts", "per week", "exposure.contacts", "contacts of a household with its linked member, if that one takes part",
           "家庭与联户党员的每周联系次数（该党员参与时）"),
    Symbol("links", "households", "", "households linked to a Party member", "党员联系的家庭数"),
    Symbol("free_hours", "hours per week", "world.residents.free_hours", "hours a resident could give, fixed from week 0",
           "居民可付出的工时，自第0周起固定"),
    Symbol("voluntary", "hours", "", "hours given in a community this week, called and self-started", "本周社区志愿工时（动员与自发合计）"),
    Symbol("meetings", "per week", "plan.meetings", "community meetings that effort planned", "effort安排的会议次数"),
    Symbol("meetings_held", "per week", "plan.meetings", "the same times attendance over full attendance, after participation",
           "参与过程之后：按到会人数折算的会议次数"),
    Symbol("attendance", "residents", "attendance", "mean number of residents at a community meeting", "居民会议平均到会人数"),
    Symbol("neighbour_contacts", "per week and tie weight", "plan.neighbour_contacts", "contacts for each unit of tie weight to somebody who takes part",
           "与参与者每单位关系权重的照看次数"),
    Symbol("outreach_hours", "hours", "plan.outreach_hours", "hours that organisations spend on looking for people who need help",
           "社会组织外展服务工时"),
    Symbol("organisation_hours, enterprise_hours", "hours", "organisation_hours, enterprise_hours", "weekly hours of organisations and of enterprises",
           "社会组织、企业的每周工时"),
    Symbol("bought_hours", "hours", "", "weekly hours of organisations that the purchase of services pays", "购买服务所得的社会组织每周工时"),
    Symbol("given", "hours", "given", "after participation: voluntary hours that are left for cases", "参与过程之后：可用于办件的志愿工时"),
    Symbol("visits", "per week", "plan.visits", "home visits that staff can make in a community", "社区每周可走访户数"),
    Symbol("patrol_rounds", "per week", "plan.patrol_rounds", "patrol rounds through a whole community", "社区每周全区域巡查轮数"),
    Symbol("place", "-", "exposure.visit_place", "number from 0 in a list: in 3, of households to visit (in 6, of registered adults)",
           "名单中自0起的序号：在3中为走访家庭（在6中为注册的成年人）"),
    Symbol("turn", "places", "visit_from", "where in that list the visits of a week begin", "一周走访在名单中的起点"),
    Symbol("length", "households", "exposure.visit_round", "length of that list, at least 1", "该名单的长度，至少为1"),
    Symbol("ability", "0-1", "world.residents.ability", "how well a resident can report", "居民反映问题的能力"),
    Symbol("knows_staff", "0 or 1", "world.residents.acquainted", "the resident knows community staff", "认识社区工作人员"),
    Symbol("report_rate[k]", "per week", "classes.report_rate", "rate at which a problem of class k is reported at full urge",
           "意愿为1时第k类问题的反映率"),
    Symbol("patrol[k], meeting[k]", "0-1", "classes", "what one patrol round, and one meeting, can show of class k",
           "一轮巡查、一次会议发现第k类问题的机会"),
    Symbol("votes[c, k]", "classes", "votes", "rank of class k in the last vote: number of classes with fewer votes",
           "第k类问题在上次投票中的名次：票数更少的类别数"),
    Symbol("vote_rank", "classes", "pool.jobs.votes", "the same, as it was when the case was detected", "事项被发现时的该名次"),
    Symbol("filings", "reports", "filings", "padded reports that the street office registers next week", "凑数上报，下周由街道（乡镇）登记"),
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
    Symbol("s", "0-1", "organisations.table", "in 9: strength of an organisation, share of its full hours (elsewhere severity)",
           "在9中：组织的强度，占满额工时的比例（他处为严重程度）"),
    Symbol("credibility", "0-1", "organisations.table", "credibility of an organisation", "组织公信度"),
    Symbol("saved", "yuan", "saved", "money saved for rehousing", "搬迁安置积存经费"),
    Symbol("due", "working hours", "", "official deadline of an order", "工单期限"),
    Symbol("published", "0-1", "published", "running mean of the share of orders truly done in time; -1 before any was due",
           "按期真实办结率的滑动平均；尚无到期工单时为-1"),
    Symbol("left", "week", "residents.left", "week in which a resident left, -1 who is there", "居民离开的周，在住者为-1"),
    Symbol("x = f(x)", "", "", "x is replaced; equations apply in their order, each with what the last one left",
           "更新x；各式按顺序适用，取前一式的结果"),
)  # fmt: skip
