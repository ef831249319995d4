"""Indicators of problems: what comes to light, what is truly resolved, what is only said to be, and by whom."""

from __future__ import annotations

from functools import partial

from govsim.engine.recording import HALF_YEAR
from govsim.results import counts
from govsim.results.declare import Indicator, Window
from govsim.results.values import Value
from govsim.results.view import QUARTER, WINDOWS, View
from govsim.units import DAYS_PER_WEEK, PERCENT, THOUSAND, WEEKS_PER_YEAR


def _restricted(weeks: int, view: View) -> Value:
    return view.resolution(view.followed).restricted_mean(weeks * DAYS_PER_WEEK)


_EXISTING = tuple(
    Indicator(
        f"resolved_existing_{w}w", f"truly resolved in {w} weeks, of existing", f"{w}周内解决率（占实际）",
        "% of existing problems",
        f"Problems solved within {w} weeks of arising, in percent of all problems, known or not, whose {w} weeks "
        "end in the counted weeks.",
        definition_zh=f"发生后{w}周内解决的问题占全部问题的百分比，不论是否已被发现；只计满{w}周之时落在统计期内的问题。",
        direction=1, decimals=1, scale=PERCENT,
        events=counts.solved_within(w, "onset", "problem"),
        base=counts.count_watched(w, "onset", "problem", f"problems watched for {w} weeks", f"观察满{w}周的问题"),
        printed=f"{w}-week resolution, % of existing", headline=w == HALF_YEAR,
    )
    for w in WINDOWS
)  # fmt: skip

_REPORTED = tuple(
    Indicator(
        f"resolved_reported_{w}w", f"truly resolved in {w} weeks, of known", f"{w}周内解决率（占已知）",
        "% of known problems",
        f"Problems solved within {w} weeks of coming to light, in percent of known problems whose {w} weeks since then "
        "end in the counted weeks.",
        definition_zh=f"被发现后{w}周内解决的问题占已发现问题的百分比；只计被发现后满{w}周之时落在统计期内的问题。",
        direction=1, decimals=1, scale=PERCENT,
        events=counts.solved_within(w, "detected", "known"),
        base=counts.count_watched(w, "detected", "known", f"known problems watched for {w} weeks", f"观察满{w}周的已发现问题"),
        printed=f"{w}-week resolution, % of known", headline=w == HALF_YEAR,
    )
    for w in WINDOWS
)  # fmt: skip

LARGE_BACKLOG = 100.0
"""Known problems per 1,000 residents that are not closed, above which the backlog of a community counts as large."""


def _large_backlogs(view: View) -> Value:
    open_ = view.stocks["open"][view.counted].sum(axis=0)
    residents = view.recording.weekly["residents"][view.counted].sum(axis=0)
    return float((THOUSAND * open_ > LARGE_BACKLOG * residents).sum())


RESOLUTION: tuple[Indicator, ...] = (
    *_EXISTING,
    *_REPORTED,
    Indicator(
        "median_days", "median time to resolution", "真实解决时间中位数", "working days",
        "Kaplan-Meier median of the time from arising to being solved, problems that arose in the last two years. Problems "
        "that stay open, lapse or are explained away count as unsolved to the end of the run, so it can be out of reach.",
        definition_zh="最后两年内发生的问题从发生到解决所需时间的Kaplan-Meier中位数。一直未解决、自行消失或以解释办结的问题"
        "均按未解决观察到期末，因此中位数可能无法达到。",
        direction=-1, decimals=0, window=Window.FOLLOWED, measure=lambda v: v.resolution(v.followed).quantile(0.5),
        printed="median resolution time, working days", headline=True,
    ),
    *(
        Indicator(
            f"mean_days_{weeks}w", f"mean time to resolution within {span}", f"{span_zh}内平均解决时间", "working days",
            f"Mean time from arising to being solved, problems that arose in the last two years; a problem that is not solved "
            f"within {span} counts as {weeks * DAYS_PER_WEEK} working days (restricted mean, the area under the Kaplan-Meier "
            "curve). It has a value where the median is out of reach; not reached where no problem was watched for that long.",
            definition_zh=f"最后两年内发生的问题从发生到解决的平均时间；{span_zh}内未解决的按{weeks * DAYS_PER_WEEK}个工作日计"
            "（限制平均时间，即Kaplan-Meier曲线下的面积）。中位数无法达到时仍有数值；没有问题观察满该时间时为未达到。",
            direction=-1, decimals=1, window=Window.FOLLOWED, measure=partial(_restricted, weeks),
            printed=f"mean time to resolution, days (≤{weeks * DAYS_PER_WEEK})", headline=weeks == HALF_YEAR,
        )
        for weeks, span, span_zh in ((HALF_YEAR, "half a year", "半年"), (WEEKS_PER_YEAR, "a year", "一年"))
    ),
    Indicator(
        "median_days_ordinary", "same, without structural problems", "解决时间中位数（不含结构性问题）",
        "working days",
        "Kaplan-Meier median of the time from arising to being solved, problems that arose in the last two years, without "
        "structural ones, which need capital.",
        definition_zh="最后两年内发生的问题从发生到解决所需时间的Kaplan-Meier中位数，不含需要大额资金的结构性问题。",
        direction=-1, decimals=0, window=Window.FOLLOWED,
        measure=lambda v: v.resolution(v.followed & (v.kind != "structural")).quantile(0.5),
    ),
    Indicator(
        "problems_arisen", "problems that arose", "问题发生率", "per 1,000 residents and year",
        "Problems that arose in the counted weeks, problems that came back included, per 1,000 residents and year. Prevention "
        "lowers it.",
        definition_zh="统计期内发生的问题（含复发），按每千名居民每年计。预防使之降低。",
        direction=-1, decimals=1, scale=THOUSAND, events=counts.PROBLEMS_ARISEN, base=counts.RESIDENT_YEARS,
    ),
    Indicator(
        "still_open", "still unsolved at the end", "期末未解决占比", "% of problems arisen",
        "Problems open, undetected or closed by explanation when the run ends, in percent of those that arose in the counted "
        "weeks.",
        definition_zh="统计期内发生的问题中，期末仍在办理、未被发现或仅以解释办结者所占的百分比。",
        direction=-1, decimals=1, scale=PERCENT, events=counts.UNSOLVED_OF_ARISEN, base=counts.PROBLEMS_ARISEN,
        printed="problems unsolved at the end, %", headline=True,
    ),
    Indicator(
        "hidden_13w", "not come to light in 13 weeks", "13周内未被发现占比", "% of problems arisen",
        "Problems of which no office knew 13 weeks after they arose, those included that lapsed unseen, in percent of problems "
        "whose 13 weeks end in the counted weeks.",
        definition_zh="发生13周后仍无任何单位知晓的问题（含未被发现即自行消失者）占比；只计满13周之时落在统计期内的问题。",
        direction=-1, decimals=1, scale=PERCENT, events=counts.hidden_for(QUARTER),
        base=counts.count_watched(QUARTER, "onset", "problem", "problems watched for 13 weeks", "观察满13周的问题"),
    ),
    Indicator(
        "undetected_stock", "undetected part of existing problems", "存量问题未发现占比",
        "% of existing problems",
        "Problems on no office's table, those left by an explanation included, in percent of all that exist and are not closed; "
        "mean over the counted weeks.",
        definition_zh="不在任何单位案头的问题（含解释后仍存者）占全部存在且未办结问题的百分比，取统计期均值。",
        direction=-1, decimals=1, scale=PERCENT, events=counts.UNDETECTED, base=counts.EXISTING,
    ),
    Indicator(
        "backlog", "known problems not closed", "待办积压", "problems per 1,000 residents",
        "Known problems that are not closed, per 1,000 residents; mean over the counted weeks.",
        definition_zh="已发现而未办结的问题数，按每千名居民计，取统计期均值。",
        direction=-1, decimals=1, scale=THOUSAND, events=counts.OPEN, base=counts.RESIDENT_WEEKS,
    ),
    Indicator(
        "large_backlogs", "communities with a large backlog", "积压严重的社区", "communities",
        f"Communities in which more than {LARGE_BACKLOG:.0f} known problems per 1,000 residents are not closed, mean over the "
        "counted weeks. It shows what a mean over the district hides.",
        definition_zh=f"统计期内平均每千名居民未办结问题超过{LARGE_BACKLOG:.0f}件的社区数。全区均值看不出这种差别。",
        direction=-1, decimals=1, measure=_large_backlogs,
    ),
    Indicator(
        "recurrence_share", "resolved problems that came back", "半年内复发率", "% of resolved problems",
        f"Problems that came back within {HALF_YEAR} weeks of being solved, in percent of problems solved whose {HALF_YEAR} weeks "
        "end in the counted weeks.",
        definition_zh=f"解决后{HALF_YEAR}周内复发的问题占已解决问题的百分比；只计解决后满{HALF_YEAR}周之时落在统计期内的问题。",
        direction=-1, decimals=1, scale=PERCENT, events=counts.CAME_BACK, base=counts.COULD_COME_BACK,
    ),
    Indicator(
        "solved_again_share", "resolved problems that had come back before", "重复解决占比", "% of resolved problems",
        "Problems solved that were recurrences of problems solved before, in percent of problems solved; both are counted as "
        "solved.",
        definition_zh="已解决的问题中属于复发后再次解决者所占的百分比；两次均计为解决。",
        direction=-1, decimals=1, scale=PERCENT, events=counts.SOLVED_AGAIN, base=counts.PROBLEMS_SOLVED,
    ),
    Indicator(
        "explained_share", "closed by explanation only", "解释性办结占比", "% of closings of problems",
        "Closings of problems by explanation, accepted or not, in percent of all closings of problems by offices. Answers to "
        "questions are no closings of problems.",
        definition_zh="以解释办结（无论是否被接受）占单位办结问题总数的百分比。答复咨询不算办结问题。",
        direction=-1, decimals=1, scale=PERCENT, events=counts.EXPLAINED, base=counts.CLOSINGS,
    ),
    Indicator(
        "reported_completion", "reported as completed by the deadline", "上报按时办结率", "% of orders due, trifles included",
        "Orders that offices reported as done in time, in percent of orders due; trifles filed to meet a quota count as orders "
        "due and done. An administrative rate: what an office says of itself.",
        definition_zh="上报按期办结的工单占到期工单的百分比；为完成指标而上报的琐事计为到期且办结的工单。这是行政口径，即单位自报的结果。",
        direction=0, decimals=1, scale=PERCENT, events=counts.REPORTED_DONE, base=counts.ORDERS_AND_TRIFLES,
        printed="orders reported done in time, %", headline=True,
    ),
    Indicator(
        "true_completion", "truly resolved by the deadline", "真实按时解决率", "% of orders due",
        "Orders truly done in time, in percent of orders due.",
        definition_zh="实际按期解决的工单占到期工单的百分比。",
        direction=1, decimals=1, scale=PERCENT, events=counts.TRULY_DONE, base=counts.ORDERS_DUE,
        printed="orders truly done in time, %", headline=True,
    ),
    Indicator(
        "reporting_gap", "reported as completed but not resolved", "虚报办结占比", "% of orders due, trifles included",
        "Orders reported as done in time but not truly done in time, trifles included, in percent of orders due, trifles "
        "included.",
        definition_zh="上报按期办结但并未按期解决的工单（含凑数上报）占到期工单（含凑数上报）的百分比。",
        direction=-1, decimals=1, scale=PERCENT, events=counts.SAID_BUT_NOT_DONE, base=counts.ORDERS_AND_TRIFLES,
    ),
    Indicator(
        "callback_satisfaction", "satisfied on independent call-back", "独立回访满意率", "% of call-backs",
        "Residents satisfied with the result when an independent caller asks, in percent of answered "
        "calls.",
        definition_zh="独立第三方回访时对办理结果表示满意的居民占接受回访者的百分比。",
        direction=1, decimals=1, scale=PERCENT,
        events=counts.counter("callbacks_satisfied", "of those, satisfied", "其中满意者"),
        base=counts.counter("callbacks", "answered independent call-backs", "接受独立回访者"),
    ),
    Indicator(
        "official_satisfaction", "satisfied on official call-back", "官方回访满意率", "% of call-backs",
        "The administrative satisfaction rate: call-backs recorded as satisfied, in percent of "
        "call-backs.",
        definition_zh="行政口径的满意率：官方回访中记录为满意者占官方回访的百分比。",
        direction=0, decimals=1, scale=PERCENT,
        events=counts.counter("official_callbacks_satisfied", "of those, recorded as satisfied", "其中记录为满意者"),
        base=counts.counter("official_callbacks", "official call-backs", "官方回访"),
    ),
)  # fmt: skip

WHO_SOLVED: tuple[Indicator, ...] = tuple(
    Indicator(
        f"effort_{by}", f"work done by {en}", f"{zh}解决工时占比", "% of effort",
        f"Hours that {en} spent on problems solved in the counted weeks, at the desk, on registration and in joint meetings too, "
        "in percent of all hours spent on those.",
        definition_zh=f"{zh}用于统计期内已解决问题的工时（含热线、受理和联席会议）占这些问题全部工时的百分比。",
        direction=0, decimals=1, scale=PERCENT,
        events=counts.hours_on_solved(f"hours_{by}", f"of those, of {en}", f"其中{zh}的工时"),
        base=counts.HOURS_ON_SOLVED,
    )
    for by, en, zh in (
        ("government", "government staff", "政府人员"),
        ("members", "Party members on ordered service", "党员指令性服务"),
        ("residents", "residents", "居民自治"),
        ("organisations", "social organisations", "社会组织"),
        ("enterprises", "enterprises", "企业"),
    )
)  # fmt: skip
