"""Indicators of problems: what comes to light, what is truly resolved, what is only said to be, and by whom."""

from __future__ import annotations

from govsim.results.declare import Indicator, Measure
from govsim.results.values import Value, difference, percent, ratio
from govsim.results.view import HALF_YEAR, QUARTER, WINDOWS, View
from govsim.units import THOUSAND


def reported_completion(view: View) -> Value:
    """Return what offices report as completed, in percent of orders due in the last year, trifles included."""
    trifles = view.over_year("trifles")
    return percent(view.over_year("reported_done") + trifles, view.over_year("reported_due") + trifles)


def _effort_by(column: str) -> Measure:
    def share(view: View) -> Value:
        groups = ("government", "members", "residents", "organisations", "enterprises")
        columns = [f"hours_{group}" for group in groups]
        spent = {name: float(view.case(name)[view.resolved].sum()) for name in columns}
        return percent(spent[column], sum(spent.values()))

    return share


def _resolved_existing(weeks: int) -> Measure:
    return lambda view: view.resolved_within(weeks, "onset", view.problem)


def _resolved_known(weeks: int) -> Measure:
    return lambda view: view.resolved_within(weeks, "detected", view.come_to_light)


_EXISTING = tuple(
    Indicator(
        f"resolved_existing_{w}w", f"truly resolved in {w} weeks, of existing", f"{w}周内解决率（占实际）",
        "% of existing problems",
        f"Problems truly resolved within {w} weeks of arising, in percent of all problems that arose, "
        f"known or not, at least {w} weeks before the end. Questions answered at the desk are no "
        "problems.",
        definition_zh=f"发生后{w}周内得到真实解决的问题占全部已发生问题的百分比，不论是否为单位所知；"
        f"只计期末前至少{w}周发生者。热线直接解答的咨询不算问题。",
        direction=1, decimals=1, compute=_resolved_existing(w),
        printed=f"{w}-week resolution, % of existing", headline=w == HALF_YEAR,
    )
    for w in WINDOWS
)  # fmt: skip

_REPORTED = tuple(
    Indicator(
        f"resolved_reported_{w}w", f"truly resolved in {w} weeks, of known", f"{w}周内解决率（占已知）",
        "% of known problems",
        f"Problems truly resolved within {w} weeks of coming to light, in percent of problems that came "
        f"to light at least {w} weeks before the end.",
        definition_zh=f"被发现后{w}周内得到真实解决的问题占已发现问题的百分比；只计期末前至少{w}周被发现者。",
        direction=1, decimals=1, compute=_resolved_known(w),
        printed=f"{w}-week resolution, % of known", headline=w == HALF_YEAR,
    )
    for w in WINDOWS
)  # fmt: skip

RESOLUTION: tuple[Indicator, ...] = (
    *_EXISTING,
    *_REPORTED,
    Indicator(
        "median_days", "median time to resolution", "真实解决时间中位数", "working days",
        "Kaplan-Meier median of the time from arising to true resolution, all problems. Problems that "
        "stay open, lapse or are explained away count as unresolved to the end of the run, so it can be "
        "out of reach.",
        definition_zh="全部问题从发生到真实解决所需时间的Kaplan-Meier中位数。一直未解决、自行消失或以解释办结的问题"
        "均按未解决观察到期末，因此中位数可能无法达到。",
        direction=-1, decimals=0, compute=lambda v: v.resolution(v.problem).quantile(0.5),
        printed="median resolution time, working days", headline=True,
    ),
    Indicator(
        "median_days_ordinary", "same, without structural problems", "解决时间中位数（不含结构性问题）",
        "working days",
        "Kaplan-Meier median of the time from arising to true resolution, without structural problems, "
        "which need capital.",
        definition_zh="从发生到真实解决所需时间的Kaplan-Meier中位数，不含需要大额资金的结构性问题。",
        direction=-1, decimals=0,
        compute=lambda v: v.resolution(v.problem & (v.kind != "structural")).quantile(0.5),
    ),
    Indicator(
        "still_open", "still unsolved at the end", "期末未解决占比", "% of problems arisen",
        "Problems open, undetected or closed by explanation when the run ends, in percent of all that "
        "arose in the run.",
        definition_zh="期末仍在办理、未被发现或仅以解释办结的问题占模拟期内全部已发生问题的百分比。",
        direction=-1, decimals=1,
        compute=lambda v: percent(float(v.unsolved.sum()), float(v.problem.sum())),
        printed="problems unsolved at the end, %", headline=True,
    ),
    Indicator(
        "hidden_13w", "not come to light in 13 weeks", "13周内未被发现占比", "% of problems arisen",
        "Problems of which no office knew 13 weeks after they arose, in percent of those that arose at "
        "least 13 weeks before the end.",
        definition_zh="发生13周后仍无任何单位知晓的问题占比；只计期末前至少13周发生者。",
        direction=-1, decimals=1, compute=lambda v: v.hidden_after(QUARTER, v.problem),
    ),
    Indicator(
        "undetected_stock", "undetected part of existing problems", "存量问题未发现占比",
        "% of existing problems",
        "Problems nobody in an office knows of, in percent of all that exist and are not closed; mean "
        "over the last year.",
        definition_zh="无任何单位知晓的问题占全部存在且未办结问题的百分比，取最后一年的均值。",
        direction=-1, decimals=1,
        compute=lambda v: percent(v.over_year("undetected"), v.over_year("undetected") + v.over_year("open")),
    ),
    Indicator(
        "backlog", "known cases not closed", "待办积压", "cases per 1,000 residents",
        "Known cases that are not closed, per 1,000 residents; mean over the last year.",
        definition_zh="已知而未办结的案件数，按每千名居民计，取最后一年的均值。",
        direction=-1, decimals=1,
        compute=lambda v: ratio(v.over_year("open"), v.over_year("residents"), THOUSAND),
    ),
    Indicator(
        "recurrence_share", "resolved problems that came back", "复发率", "% of resolved problems",
        "Truly resolved problems that came back before the end of the run, in percent of truly resolved "
        "ones.",
        definition_zh="真实解决后又在期末前复发的问题占真实解决问题的百分比。",
        direction=-1, decimals=1,
        compute=lambda v: percent(float(v.case("recurred")[v.resolved].sum()), float(v.resolved.sum())),
    ),
    Indicator(
        "explained_share", "closed by explanation only", "解释性办结占比", "% of closings",
        "Closings by explanation with the problem unsolved, in percent of all closings by offices, whole "
        "run.",
        definition_zh="问题未解决、仅以解释办结者占单位全部办结的百分比，按整个模拟期计算。",
        direction=-1, decimals=1, compute=lambda v: percent(
            v.total("explained") + v.total("reopened"),
            v.total("explained") + v.total("reopened") + v.total("resolved")
        ),
    ),
    Indicator(
        "reported_completion", "reported as completed by the deadline", "上报按时办结率", "% of orders due",
        "Orders that the handling office reported as completed when they were due, in percent of orders "
        "due, last year. An administrative rate: what an office says of itself; trifles filed to meet a quota "
        "count as orders done.",
        definition_zh="到期时承办单位上报已办结的工单占到期工单的百分比，按最后一年计算。这是行政口径，即单位自报的结果；为完成指标而上报的琐事也计为办结。",
        direction=0, decimals=1, compute=reported_completion,
        printed="orders reported done in time, %", headline=True,
    ),
    Indicator(
        "true_completion", "truly resolved by the deadline", "真实按时解决率", "% of orders due",
        "Orders truly resolved when they were due, in percent of orders due, last year.",
        definition_zh="到期时已真实解决的工单占到期工单的百分比，按最后一年计算。",
        direction=1, decimals=1,
        compute=lambda v: percent(v.over_year("truly_done"), v.over_year("reported_due")),
        printed="orders truly done in time, %", headline=True,
    ),
    Indicator(
        "reporting_gap", "reported minus true completion", "上报与真实差距", "% points",
        "Reported minus true completion by the deadline.",
        definition_zh="上报按时办结率减去真实按时解决率。",
        direction=-1, decimals=1, compute=lambda v: difference(
            reported_completion(v),
            percent(v.over_year("truly_done"), v.over_year("reported_due")),
        ),
    ),
    Indicator(
        "callback_satisfaction", "satisfied on independent call-back", "独立回访满意率", "% of call-backs",
        "Residents satisfied with the result when an independent caller asks, in percent of answered "
        "calls, last year.",
        definition_zh="独立第三方回访时对办理结果表示满意的居民占接受回访者的百分比，按最后一年计算。",
        direction=1, decimals=1,
        compute=lambda v: percent(v.over_year("callbacks_satisfied"), v.over_year("callbacks")),
    ),
    Indicator(
        "official_satisfaction", "satisfied on official call-back", "官方回访满意率", "% of call-backs",
        "The administrative satisfaction rate: call-backs recorded as satisfied, in percent of "
        "call-backs, last year.",
        definition_zh="行政口径的满意率：官方回访中记录为满意者占官方回访的百分比，按最后一年计算。",
        direction=0, decimals=1,
        compute=lambda v: percent(
            v.over_year("official_callbacks_satisfied"), v.over_year("official_callbacks")
        ),
    ),
)  # fmt: skip

WHO_SOLVED: tuple[Indicator, ...] = tuple(
    Indicator(
        f"effort_{by}", f"work done by {en}", f"{zh}解决工时占比", "% of effort",
        f"Hours that {en} spent on problems that were truly resolved, in percent of all hours spent on "
        "those.",
        definition_zh=f"{zh}用于真实解决之问题的工时占这些问题全部办理工时的百分比。",
        direction=0, decimals=1, compute=_effort_by(f"hours_{by}"),
    )
    for by, en, zh in (
        ("government", "government staff", "政府人员"),
        ("members", "Party members on ordered service", "党员指令性服务"),
        ("residents", "residents", "居民自治"),
        ("organisations", "social organisations", "社会组织"),
        ("enterprises", "enterprises", "企业"),
    )
)  # fmt: skip
