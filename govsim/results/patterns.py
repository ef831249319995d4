"""Pattern checks: numbers that published figures exist for, computed in the way the publication computed
them.

They test the model, they do not rank governance: an arm that meets all of them is plausible, not good.
"""

from __future__ import annotations

import numpy as np

from govsim.engine.recording import NEVER, Activity, Channel, Level, Outcome
from govsim.results.community import yearly_change
from govsim.results.declare import Indicator
from govsim.results.resolution import reported_completion
from govsim.results.values import Value, difference, percent, ratio
from govsim.results.view import View
from govsim.units import DAYS_PER_WEEK


def _completion_days(view: View) -> Value:
    day = view.recording.hours_per_week / DAYS_PER_WEEK
    outcome = view.case("outcome")
    ordinary = view.problem & (view.kind != "structural") & (view.case("channel") == Channel.HOTLINE)
    by_office = (outcome == Outcome.RESOLVED) | (outcome == Outcome.EXPLAINED)
    completed = ordinary & by_office & (view.case("closed") > NEVER)
    taken = (view.case("closed") - view.case("detected"))[completed] / day
    return ratio(float(taken.sum()), float(completed.sum()))


def _report_once(view: View) -> Value:
    own = np.isin(view.case("channel"), (int(Channel.HOTLINE), int(Channel.WALK_IN)))
    who = view.case("resident")[own & view.come_to_light]
    _, reports = np.unique(who[who >= 0], return_counts=True)
    return percent(float((reports == 1).sum()), float(reports.size))


def _active_registered(view: View) -> Value:
    registered = view.adult & (view.resident("registered") > 0)
    active = registered & (view.resident("weeks_active") >= np.ceil(view.years))
    return percent(float(active.sum()), float(registered.sum()))


def _burnout(view: View) -> Value:
    at = view.at_level(Level.COMMUNITY)
    return percent(
        float(view.recording.burnt_out[view.year][:, at].sum()),
        float(view.recording.filled[view.year][:, at].sum()),
    )


def _admin_share(view: View) -> Value:
    at = view.at_level(Level.COMMUNITY)
    return percent(view.staff_hours(at, Activity.TASKS), view.staff_hours(at))


PATTERNS: tuple[Indicator, ...] = (
    Indicator(
        "pattern_contacts", "P1 hotline contacts", "P1 热线来电量", "per resident-year",
        "Contacts of residents with the hotline per resident and year, repeated calls included, whole run.",
        definition_zh="每名居民每年与热线联系的次数，含重复来电，按整个模拟期计算。",
        direction=0, decimals=3, compute=lambda v: ratio(v.total("contacts"), v.resident_years),
        target=(0.056, 0.22),
        source="hotline bulletins of eight small and middle Chinese cities, 2018-2023 (Huaibei lowest, "
        "Panjin highest)",
    ),
    Indicator(
        "pattern_orders", "P2 dispatched orders", "P2 转办工单量", "per resident-year",
        "Contacts sent on as orders per resident and year, whole run.",
        definition_zh="每名居民每年被转办为工单的联系次数，按整个模拟期计算。",
        direction=0, decimals=3, compute=lambda v: ratio(v.total("dispatched"), v.resident_years),
        target=(0.011, 0.052),
        source="hotline bulletins: Chencang 2022 (lowest), Huaibei 2021, Zhangjiakou 2021, Ningguo 2022, "
        "Panjin 2023 (highest)",
    ),
    Indicator(
        "pattern_desk", "P3 answered at the desk", "P3 热线直接解答率", "% of contacts",
        "Contacts answered at the desk in percent of contacts, whole run.",
        definition_zh="热线直接解答的来电占全部来电的百分比，按整个模拟期计算。",
        direction=0, decimals=1, compute=lambda v: percent(v.total("desk_answered"), v.total("contacts")),
        target=(72.0, 79.0),
        source="hotline bulletins: Panjin 2023, Huaibei 2021, Ningguo 2022; two very large cities are lower",
    ),
    Indicator(
        "pattern_reported", "P4 reported completion", "P4 上报办结率", "% of orders due",
        "Orders reported as completed when due, in percent of orders due, last year; a mature hotline "
        "system.",
        definition_zh="到期时上报为已办结的工单占到期工单的百分比，按最后一年计算；参照成熟的热线体系。",
        direction=0, decimals=1,
        compute=reported_completion,
        target=(95.0, 99.0),
        source="hotline bulletins: Panjin 2023, Yangling 2021, Ningguo 2022, Beijing 2025",
    ),
    Indicator(
        "pattern_callback", "P5 satisfied on call-back", "P5 回访满意率", "% of call-backs",
        "Satisfied with the result on independent call-back, in percent of answered calls, last year.",
        definition_zh="独立回访时对办理结果满意者占接受回访者的百分比，按最后一年计算。",
        direction=0, decimals=1,
        compute=lambda v: percent(v.over_year("callbacks_satisfied"), v.over_year("callbacks")),
        target=(60.0, 80.0),
        source="one prefecture's monthly hotline report: 71 % on the result, 98.7 % on the desk (single "
        "source)",
    ),
    Indicator(
        "pattern_days", "P6 mean completion time of orders", "P6 工单平均办结时长", "working days",
        "Mean time from call to closing of closed non-structural hotline orders. Computed over closed "
        "orders because the "
        "published figure is; judge speed by the Kaplan-Meier median instead.",
        definition_zh="已办结的非结构性热线工单从来电到办结的平均时长。公布的数字只按已办结工单计算，这里照此口径；判断快慢应看Kaplan-Meier中位数。",
        direction=0, decimals=1, compute=_completion_days, target=(1.0, 5.0),
        source="Huaibei hotline bulletin, March 2021: 2 working days (single source)",
    ),
    Indicator(
        "pattern_once", "P7 reporters who report once", "P7 只报告一次者占比", "% of reporters",
        "Residents with exactly one problem that they reported by hotline or in person, in percent of "
        "residents with at least one, whole run; repeated calls about one problem count once. It falls with "
        "the length of the run.",
        definition_zh="通过热线或上门只报告过一个问题的居民占报告过问题的居民的百分比，按整个模拟期计算；"
        "就同一问题重复来电只计一次。模拟期越长，该值越低。",
        direction=0, decimals=1, compute=_report_once, target=(70.0, 82.0),
        source="O'Brien, Environment and Behavior: 76 % of 12,361 registered users in Boston (other country)",
    ),
    Indicator(
        "pattern_burnout", "P10 burnt-out community workers", "P10 社区工作者倦怠率", "% of staff",
        "Burnt-out people in percent of people in post in community offices, mean over the last year.",
        definition_zh="社区在岗人员中处于职业倦怠者的百分比，取最后一年的均值。",
        direction=0, decimals=1, compute=_burnout, target=(35.0, 50.0),
        source="surveys of Chinese community workers: about 42 %",
    ),
    Indicator(
        "pattern_members", "P11 members who answer a call", "P11 党员响应率", "% of members called",
        "Called adults with ties to a Party branch who took part in that week, in percent of those called, "
        "whole run.",
        definition_zh="被动员且与党支部有联系的成年居民中当周参与者的百分比，按整个模拟期计算。",
        direction=0, decimals=1,
        compute=lambda v: percent(v.total("answered_members"), v.total("called_members")),
        target=(15.0, 45.0),
        source="Hudong street, Xinyang, 2020: over 300 of 999 registered members signed up on one call "
        "(single source)",
    ),
    Indicator(
        "pattern_volunteers", "P12 active registered volunteers", "P12 注册志愿者活跃率", "% of registered",
        "Registered volunteers who took part in at least one week for every year of the run, in percent of "
        "registered ones.",
        definition_zh="参与周数不少于模拟年数的注册志愿者占全部注册志愿者的百分比。",
        direction=0, decimals=1, compute=_active_registered, target=(20.0, 50.0),
        source="Ningbo 2022, strict ('credit') activity rate: 28.3 % (single source)",
    ),
    Indicator(
        "pattern_registered", "P13 registered volunteers", "P13 注册志愿者占比", "% of residents",
        "Registered volunteers in percent of residents, mean over the last year.",
        definition_zh="注册志愿者占全部居民的百分比，取最后一年的均值。",
        direction=0, decimals=1,
        compute=lambda v: percent(v.over_year("registered"), v.over_year("residents")), target=(6.0, 17.0),
        source="national counts of registered volunteers, 2019 (8.6 %) to 2024",
    ),
    Indicator(
        "pattern_trust", "P14 trust in centre minus street", "P14 中央与基层信任差", "0-1",
        "Mean trust in the centre minus mean trust in the street office or town, last year; the sign is "
        "what is known.",
        definition_zh="最后一年对中央的平均信任减去对街道（镇）的平均信任；已知的只有符号。",
        direction=0, decimals=3,
        compute=lambda v: difference(v.mean_of_adults("trust_centre"), v.mean_of_adults("trust_street")),
        target=(0.0, 1.0),
        source="Ash Center surveys 2003-2016; Li 2016, China Quarterly",
    ),
    Indicator(
        "pattern_admin", "P25 administrative share of staff time", "P25 行政事务时间占比",
        "% of hours supplied",
        "Hours of paid and seconded community staff on tasks from above, in percent of hours supplied, "
        "whole run.",
        definition_zh="社区在岗和下派人员用于上级任务的工时占供给工时的百分比，按整个模拟期计算。",
        direction=0, decimals=1, compute=_admin_share, target=(40.0, 80.0),
        source="no publication found: plausible range only",
    ),
    Indicator(
        "pattern_decline", "P26 change of population", "P26 人口变化率", "% per year",
        "Mean yearly change of the number of residents over the run.",
        definition_zh="模拟期内居民人数的年均变化率。",
        direction=0, decimals=2, compute=lambda v: yearly_change(v, "residents"), target=(-3.0, -0.5),
        source="registered population of the district 2004-2023: -0.9 % a year; a town of it 2011-2018: -3 %",
    ),
    Indicator(
        "pattern_ageing", "P26 residents over 60", "P26 60岁以上居民占比", "% of residents",
        "Residents aged over 60 in percent of residents, mean over the last year.",
        definition_zh="60岁以上居民占全部居民的百分比，取最后一年的均值。",
        direction=0, decimals=1, compute=lambda v: percent(v.over_year("over_60"), v.over_year("residents")),
        target=(20.0, 30.0),
        source="a town of the district, 2011: 20.2 % aged 61 and over; neighbouring cities 2020: 20-22 % aged 60 and over",
    ),
)  # fmt: skip
