"""Pattern checks: numbers that published figures exist for, computed in the way the publication computed
them.

They test the model, they do not rank governance: an arm that meets all of them is plausible, not good.
"""

from __future__ import annotations

import numpy as np

from govsim.engine.recording import CaseStatus, Channel, Level
from govsim.results import counts
from govsim.results.declare import Count, Indicator, Window
from govsim.results.values import Missing, Value, percent
from govsim.results.view import Mask, View, one_of
from govsim.units import DAYS_PER_WEEK, PERCENT, WEEKS_PER_YEAR

_REPORTED = (int(Channel.HOTLINE), int(Channel.WALK_IN))


def _completed(view: View) -> Mask:
    outcome = view.case("outcome")
    ordinary = view.problem & (view.kind != "structural") & (view.case("channel") == Channel.HOTLINE)
    by_office = (outcome == CaseStatus.RESOLVED) | (outcome == CaseStatus.EXPLAINED)
    return view.lately("closed", ordinary & by_office)


def _completion_days(view: View) -> float:
    day = view.recording.hours_per_week / DAYS_PER_WEEK
    return float((view.case("closed") - view.case("detected"))[_completed(view)].sum()) / day


_FIFTEEN_MONTHS = 65
"""Weeks of the source of P7."""


def _report_once(view: View) -> Value:
    """Return the share of reporters who reported a single problem; calls about one problem count once."""
    events = view.recording.events
    reports = one_of(events["channel"], _REPORTED) & (
        events["week"] >= view.recording.weeks - _FIFTEEN_MONTHS
    )
    rows = np.unique(view.case_of_event[np.flatnonzero(reports)])
    who = view.case("resident")[rows[view.problem[rows]]]
    _, problems = np.unique(who, return_counts=True)
    return percent(float((problems == 1).sum()), float(problems.size))


def _registered(view: View) -> Mask:
    return np.asarray(view.adult & (view.resident("registered") > 0), dtype=np.bool_)


def _active_registered(view: View) -> float:
    lately = view.resident("last_active") >= max(0, view.recording.weeks - WEEKS_PER_YEAR)
    return float((_registered(view) & (view.resident("weeks_active") > 0) & lately).sum())


def _in_communities(column: str) -> Count:
    en, zh = {
        "burnt_out": ("burnt-out people in post", "倦怠的在岗人员"),
        "filled": ("people in post", "在岗人员"),
    }[column]
    return Count(
        f"{en} in community offices, week by week", f"社区{zh}（逐周）",
        lambda view: view.person_weeks(column, view.at_level(Level.COMMUNITY)),
    )  # fmt: skip


def yearly_change(view: View, counter: str) -> Value:
    """Return the mean yearly change of a stock between its first and last week, in percent."""
    first, last = float(view.weekly(counter)[0]), view.at_end(counter)
    years = (view.recording.weeks - 1) / WEEKS_PER_YEAR
    if first <= 0 or last <= 0 or years <= 0:
        return Missing.NO_BASE
    return float(PERCENT * ((last / first) ** (1 / years) - 1))


PATTERNS: tuple[Indicator, ...] = (
    Indicator(
        "pattern_contacts", "P1 hotline contacts", "P1 热线来电量", "per resident-year",
        "Contacts of residents with the hotline per resident and year, repeated calls included.",
        definition_zh="每名居民每年与热线联系的次数，含重复来电。",
        direction=0, decimals=3, events=counts.CALLS, base=counts.RESIDENT_YEARS,
        target=(0.056, 0.22),
        source="hotline bulletins of eight small and middle Chinese cities, 2018-2023 (Huaibei lowest, "
        "Panjin highest)",
    ),
    Indicator(
        "pattern_orders", "P2 dispatched orders", "P2 转办工单量", "per resident-year",
        "Contacts sent on as orders per resident and year.",
        definition_zh="每名居民每年被转办为工单的联系次数。",
        direction=0, decimals=3, base=counts.RESIDENT_YEARS,
        events=counts.counter("dispatched", "calls sent on as orders", "转办为工单的来电"),
        target=(0.011, 0.052),
        source="hotline bulletins: Chencang 2022 (lowest), Huaibei 2021, Zhangjiakou 2021, Ningguo 2022, "
        "Panjin 2023 (highest)",
    ),
    Indicator(
        "pattern_desk", "P3 answered at the desk", "P3 热线直接解答率", "% of contacts",
        "Calls whose question the desk answered, in percent of calls. A repeated call about an unsolved problem is a call, and is "
        "not answered.",
        definition_zh="热线直接解答咨询的来电占全部来电的百分比。就未解决问题的重复来电计入来电，但不算直接解答。",
        direction=0, decimals=1, scale=PERCENT, base=counts.CALLS,
        events=counts.counter("desk_answered", "calls answered at the desk", "热线直接解答的来电"),
        target=(72.0, 79.0),
        source="hotline bulletins: Panjin 2023, Huaibei 2021, Ningguo 2022; two very large cities are lower",
    ),
    Indicator(
        "pattern_reported", "P4 reported completion", "P4 上报办结率", "% of orders due, trifles included",
        "Orders that offices reported as done in time, in percent of orders due, trifles included; a mature hotline system.",
        definition_zh="上报按期办结的工单占到期工单的百分比（含凑数上报）；参照成熟的热线体系。",
        direction=0, decimals=1,
        scale=PERCENT, events=counts.REPORTED_DONE, base=counts.ORDERS_AND_TRIFLES,
        target=(95.0, 99.0),
        source="hotline bulletins: Panjin 2023, Yangling 2021, Ningguo 2022, Beijing 2025",
    ),
    Indicator(
        "pattern_callback", "P5 satisfied on call-back", "P5 回访满意率", "% of call-backs",
        "Satisfied with the result on independent call-back, in percent of answered calls.",
        definition_zh="独立回访时对办理结果满意者占接受回访者的百分比。",
        direction=0, decimals=1,
        scale=PERCENT,
        events=counts.counter("callbacks_satisfied", "of those, satisfied", "其中满意者"),
        base=counts.counter("callbacks", "answered independent call-backs", "接受独立回访者"),
        target=(60.0, 80.0),
        source="one prefecture's monthly hotline report: 71 % on the result, 98.7 % on the desk (single "
        "source)",
    ),
    Indicator(
        "pattern_days", "P6 mean completion time of orders", "P6 工单平均办结时长", "working days",
        "Mean time from first coming to light by hotline to closing for good, closed non-structural orders. Computed over closed "
        "orders because the published figure is; judge speed by the Kaplan-Meier median instead.",
        definition_zh="首次经热线被发现的非结构性工单从被发现到最终办结的平均时长。公布的数字只按已办结工单计算，这里照此口径；判断快慢应看Kaplan-Meier中位数。",
        direction=0, decimals=1, events=Count("working days from call to closing", "从来电到办结的工作日", _completion_days),
        base=Count("hotline orders closed", "已办结的热线工单", lambda view: float(_completed(view).sum())), target=(1.0, 5.0),
        source="Huaibei hotline bulletin, March 2021: 2 working days (single source)",
    ),
    Indicator(
        "pattern_once", "P7 reporters who report once", "P7 只报告一次者占比", "% of reporters",
        "Residents who reported exactly one problem, by hotline or in person, in percent of residents who reported at least one, "
        "last 65 weeks; a call about a problem that was known already is a report too, and calls about one problem count once.",
        definition_zh="最后65周内通过热线或上门只报告过一个问题的居民占报告过问题的居民的百分比；就已知问题来电也算报告，同一问题多次来电只计一次。",
        direction=0, decimals=1, window=Window.FIFTEEN_MONTHS, measure=_report_once, target=(70.0, 82.0),
        source="O'Brien, Environment and Behavior: 76 % of 12,361 registered users in Boston over 15 months, here 65 weeks (other "
        "country)",
    ),
    Indicator(
        "pattern_burnout", "P10 burnt-out community workers", "P10 社区工作者倦怠率", "% of staff",
        "Burnt-out people in percent of people in post in community offices, mean over the counted weeks.",
        definition_zh="社区在岗人员中处于职业倦怠者的百分比，取统计期均值。",
        direction=0, decimals=1, scale=PERCENT,
        events=_in_communities("burnt_out"), base=_in_communities("filled"), target=(35.0, 50.0),
        source="surveys of Chinese community workers: about 42 %",
    ),
    Indicator(
        "pattern_members", "P11 members who answer a call", "P11 党员响应率", "% of members called",
        "Called adults with ties to a Party branch who took part in that week, in percent of those called.",
        definition_zh="被动员且与党支部有联系的成年居民中当周参与者的百分比。",
        direction=0, decimals=1,
        scale=PERCENT,
        events=counts.counter("answered_members", "of those, who took part that week", "其中当周参与者"),
        base=counts.counter("called_members", "called adults with ties to a branch", "被动员且与党支部有联系的成年居民"),
        target=(15.0, 45.0),
        source="Hudong street, Xinyang, 2020: over 300 of 999 registered members signed up on one call "
        "(single source)",
    ),
    Indicator(
        "pattern_volunteers", "P12 active registered volunteers", "P12 注册志愿者活跃率", "% of registered",
        "Registered volunteers who took part at least once in the last year, in percent of registered ones, at the end.",
        definition_zh="最后一年内至少参与过一次的注册志愿者占全部注册志愿者的百分比，按期末计算。",
        direction=0, decimals=1, scale=PERCENT, window=Window.END,
        events=Count("of those, who took part in the last year", "其中最后一年参与过的人", _active_registered),
        base=Count("registered volunteers at the end", "期末注册志愿者", lambda view: float(_registered(view).sum())), target=(20.0, 50.0),
        source="Ningbo 2022, strict ('credit') activity rate: 28.3 % (single source)",
    ),
    Indicator(
        "pattern_registered", "P13 registered volunteers", "P13 注册志愿者占比", "% of residents",
        "Registered volunteers in percent of residents, mean over the counted weeks.",
        definition_zh="注册志愿者占全部居民的百分比，取统计期均值。",
        direction=0, decimals=1,
        scale=PERCENT, base=counts.RESIDENT_WEEKS,
        events=counts.counter("registered", "registered volunteers, week by week", "注册志愿者（逐周）"), target=(6.0, 17.0),
        source="national counts of registered volunteers, 2019 (8.6 %) to 2024",
    ),
    Indicator(
        "pattern_trust", "P14 trust in centre minus street", "P14 中央与基层信任差", "0-1",
        "Mean trust in the centre minus mean trust in the street office or town; the sign is "
        "what is known.",
        definition_zh="对中央的平均信任减去对街道（镇）的平均信任；已知的只有符号。",
        direction=0, decimals=3,
        base=counts.ADULT_WEEKS,
        events=Count(
            "trust in the centre minus trust in the street, summed over adults and weeks", "信任差（按成年居民逐周合计）",
            lambda view: view.sum_of("trust_centre") - view.sum_of("trust_street"),
        ),
        target=(0.0, 1.0),
        source="Ash Center surveys 2003-2016; Li 2016, China Quarterly",
    ),
    Indicator(
        "pattern_admin", "P25 administrative share of staff time", "P25 行政事务时间占比",
        "% of hours worked",
        "Hours that paid and seconded community staff spent on tasks from above, in percent of hours they worked.",
        definition_zh="社区在岗和下沉人员用于上级任务的工时占其工作工时的百分比。",
        direction=0, decimals=1, scale=PERCENT, events=counts.COMMUNITY_TASKS, base=counts.COMMUNITY_WORK, target=(40.0, 80.0),
        source="no publication found: plausible range only",
    ),
    Indicator(
        "pattern_decline", "P26 change of population", "P26 人口变化率", "% per year",
        "Mean yearly change of the number of residents over the run.",
        definition_zh="模拟期内居民人数的年均变化率。",
        direction=0, decimals=2, window=Window.RUN, measure=lambda v: yearly_change(v, "residents"), target=(-3.0, -0.5),
        source="registered population of the district 2004-2023: -0.9 % a year; a town of it 2011-2018: -3 %",
    ),
    Indicator(
        "pattern_ageing", "P26 residents over 60", "P26 60岁以上居民占比", "% of residents",
        "Residents aged over 60 in percent of residents, mean over the counted weeks.",
        definition_zh="60岁以上居民占全部居民的百分比，取统计期均值。",
        direction=0, decimals=1, scale=PERCENT, base=counts.RESIDENT_WEEKS,
        events=counts.counter("over_60", "residents over 60, week by week", "60岁以上居民（逐周）"),
        target=(20.0, 30.0),
        source="a town of the district, 2011: 20.2 % aged 61 and over; neighbouring cities 2020: 20-22 % aged 60 and over",
    ),
)  # fmt: skip
