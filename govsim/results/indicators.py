"""The indicators of a whole run, in the order in which they are printed.

They read the recording only. Percentages are stored as they are printed, 0-100, so that every number a person
sees can be found in the files.
"""

from __future__ import annotations

import numpy as np

from govsim.engine.recording import Activity, Level, Source
from govsim.results.declare import Indicator, Measure
from govsim.results.equity import EQUITY
from govsim.results.patterns import PATTERNS
from govsim.results.values import Value, difference, percent, ratio
from govsim.results.view import HALF_YEAR, QUARTER, UNPAID, WINDOWS, View, gini
from govsim.units import PERCENT, THOUSAND, WEEKS_PER_YEAR

_WORKERS = (Level.COMMUNITY, Level.STREET)


def _voluntary_hours(view: View) -> float:
    return view.total("self_started_hours") + view.total("called_hours")


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


def _mean_of_adults(column: str) -> Measure:
    return lambda view: view.mean_of_adults(column)


def _load_of(level: Level) -> Measure:
    return lambda view: view.mean_load(level)


def _staff_ratio(view: View, numerator: str, scale: float) -> Value:
    at = view.at_level(*_WORKERS)
    table = {"burnt_out": view.recording.burnt_out, "quits": view.recording.quits}[numerator]
    years = slice(None) if numerator == "quits" else view.year
    return ratio(float(table[years][:, at].sum()), float(view.recording.filled[years][:, at].sum()), scale)


def _paid_hours(view: View) -> float:
    return view.staff_hours(np.ones(view.recording.offices.level.size, dtype=np.bool_))


def _worked(view: View, level: Level) -> float:
    at = view.at_level(level)
    return view.staff_hours(at) - view.staff_hours(at, Activity.IDLE)


def _undone_tasks(view: View) -> Value:
    waiting = float(view.recording.tasks_undone[-1].sum())
    return ratio(waiting + view.total("task_hours_refused"), view.years)


def _count(view: View, mask_name: str) -> float:
    return float(getattr(view, mask_name).sum())


PARTICIPATION = (
    Indicator(
        "participation_4w", "take part voluntarily", "四周内自愿参与率", "% of adults, 4 weeks",
        "Adults who took part voluntarily at least once in four weeks, in percent of adults; mean over "
        "the last year.",
        direction=1, decimals=1, compute=lambda v: v.share_of_adults("active_4w"),
        printed="4-week participation, % of adults", headline=True,
    ),
    Indicator(
        "participation_weekly", "take part in a week", "每周自愿参与率", "% of adults, week",
        "Adults who took part voluntarily in a week, in percent of adults; mean over the last year.",
        direction=1, decimals=2, compute=lambda v: v.share_of_adults("active"),
    ),
    Indicator(
        "registered_share", "registered as volunteers", "志愿者注册率", "% of adults",
        "Adults registered as volunteers, in percent of adults; mean over the last year. Registered is "
        "not active.",
        direction=0, decimals=1, compute=lambda v: v.share_of_adults("registered"),
    ),
    Indicator(
        "ever_active_share", "ever took part", "曾参与率", "% of adults",
        "Adults who took part voluntarily at least once since the start, in percent of adults, at the end.",
        direction=1, decimals=1, compute=lambda v: percent(v.at_end("ever_active"), v.at_end("adults")),
    ),
    Indicator(
        "hours_per_adult", "voluntary hours", "人均志愿工时", "hours per adult-year",
        "Voluntary hours given over the run, per adult and year.",
        direction=1, decimals=2, compute=lambda v: ratio(_voluntary_hours(v), v.adult_years),
    ),
    Indicator(
        "hours_gini", "concentration of voluntary hours", "志愿工时基尼系数", "Gini, 0-1",
        "Gini coefficient of voluntary hours over adults, whole run: 0 if all give the same, near 1 if "
        "few give all.",
        direction=0, decimals=2, compute=lambda v: gini(v.resident("hours_given")[v.adult]),
    ),
    Indicator(
        "self_started_share", "self-started part of it", "自发参与工时占比", "% of voluntary hours",
        "Voluntary hours of those who took part without needing a call, in percent of all voluntary "
        "hours, whole run.",
        direction=1, decimals=1,
        compute=lambda v: percent(v.total("self_started_hours"), _voluntary_hours(v)),
    ),
    Indicator(
        "called_share", "called part of it", "动员参与工时占比", "% of voluntary hours",
        "Voluntary hours of those who took part because of a call, in percent of all voluntary hours, "
        "whole run.",
        direction=0, decimals=1, compute=lambda v: percent(v.total("called_hours"), _voluntary_hours(v)),
    ),
    Indicator(
        "mandated_hours", "ordered attendance", "指令性出席工时", "hours per adult-year",
        "Hours of attendance that was ordered, per adult and year; never counted as participation.",
        direction=0, decimals=2, compute=lambda v: ratio(v.total("mandated_hours"), v.adult_years),
    ),
)  # fmt: skip

_EXISTING = tuple(
    Indicator(
        f"resolved_existing_{w}w", f"truly resolved in {w} weeks, of existing", f"{w}周内解决率（占实际）",
        "% of existing problems",
        f"Problems truly resolved within {w} weeks of arising, in percent of all problems that arose, "
        f"known or not, at least {w} weeks before the end. Questions answered at the desk are no "
        "problems.",
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
        direction=1, decimals=1, compute=_resolved_known(w),
        printed=f"{w}-week resolution, % of known", headline=w == HALF_YEAR,
    )
    for w in WINDOWS
)  # fmt: skip

RESOLUTION = (
    *_EXISTING,
    *_REPORTED,
    Indicator(
        "median_days", "median time to resolution", "真实解决时间中位数", "working days",
        "Kaplan-Meier median of the time from arising to true resolution, all problems. Problems that "
        "stay open, lapse or are explained away count as unresolved to the end of the run, so it can be "
        "out of reach.",
        direction=-1, decimals=0, compute=lambda v: v.resolution(v.problem).quantile(0.5),
        printed="median resolution time, working days", headline=True,
    ),
    Indicator(
        "median_days_ordinary", "same, without structural problems", "解决时间中位数（不含结构性问题）",
        "working days",
        "Kaplan-Meier median of the time from arising to true resolution, without structural problems, "
        "which need capital.",
        direction=-1, decimals=0,
        compute=lambda v: v.resolution(v.problem & (v.kind != "structural")).quantile(0.5),
    ),
    Indicator(
        "still_open", "still unsolved at the end", "期末未解决占比", "% of problems arisen",
        "Problems open, undetected or closed by explanation when the run ends, in percent of all that "
        "arose in the run.",
        direction=-1, decimals=1, compute=lambda v: percent(_count(v, "unsolved"), _count(v, "problem")),
        printed="problems unsolved at the end, %", headline=True,
    ),
    Indicator(
        "hidden_13w", "not come to light in 13 weeks", "13周内未被发现占比", "% of problems arisen",
        "Problems of which no office knew 13 weeks after they arose, in percent of those that arose at "
        "least 13 weeks before the end.",
        direction=-1, decimals=1, compute=lambda v: v.hidden_after(QUARTER, v.problem),
    ),
    Indicator(
        "undetected_stock", "undetected part of existing problems", "存量问题未发现占比",
        "% of existing problems",
        "Problems nobody in an office knows of, in percent of all that exist and are not closed; mean "
        "over the last year.",
        direction=-1, decimals=1,
        compute=lambda v: percent(v.over_year("undetected"), v.over_year("undetected") + v.over_year("open")),
    ),
    Indicator(
        "backlog", "known cases not closed", "待办积压", "cases per 1,000 residents",
        "Known cases that are not closed, per 1,000 residents; mean over the last year.",
        direction=-1, decimals=1,
        compute=lambda v: ratio(v.over_year("open"), v.over_year("residents"), THOUSAND),
    ),
    Indicator(
        "recurrence_share", "resolved problems that came back", "复发率", "% of resolved problems",
        "Truly resolved problems that came back before the end of the run, in percent of truly resolved "
        "ones.",
        direction=-1, decimals=1,
        compute=lambda v: percent(v.case("recurred")[v.resolved].sum(), _count(v, "resolved")),
    ),
    Indicator(
        "explained_share", "closed by explanation only", "解释性办结占比", "% of closings",
        "Closings by explanation with the problem unsolved, in percent of all closings by offices, whole "
        "run.",
        direction=-1, decimals=1, compute=lambda v: percent(
            v.total("explained") + v.total("reopened"),
            v.total("explained") + v.total("reopened") + v.total("resolved")
        ),
    ),
    Indicator(
        "reported_completion", "reported as completed by the deadline", "上报按时办结率", "% of orders due",
        "Orders that the handling office reported as completed when they were due, in percent of orders "
        "due, last year. An administrative rate: what an office says of itself.",
        direction=0, decimals=1,
        compute=lambda v: percent(v.over_year("reported_done"), v.over_year("reported_due")),
        printed="orders reported done in time, %", headline=True,
    ),
    Indicator(
        "true_completion", "truly resolved by the deadline", "真实按时解决率", "% of orders due",
        "Orders truly resolved when they were due, in percent of orders due, last year.",
        direction=1, decimals=1,
        compute=lambda v: percent(v.over_year("truly_done"), v.over_year("reported_due")),
        printed="orders truly done in time, %", headline=True,
    ),
    Indicator(
        "reporting_gap", "reported minus true completion", "上报与真实差距", "% points",
        "Reported minus true completion by the deadline.",
        direction=-1, decimals=1, compute=lambda v: difference(
            percent(v.over_year("reported_done"), v.over_year("reported_due")),
            percent(v.over_year("truly_done"), v.over_year("reported_due")),
        ),
    ),
    Indicator(
        "callback_satisfaction", "satisfied on independent call-back", "独立回访满意率", "% of call-backs",
        "Residents satisfied with the result when an independent caller asks, in percent of answered "
        "calls, last year.",
        direction=1, decimals=1,
        compute=lambda v: percent(v.over_year("callbacks_satisfied"), v.over_year("callbacks")),
    ),
    Indicator(
        "official_satisfaction", "satisfied on official call-back", "官方回访满意率", "% of call-backs",
        "The administrative satisfaction rate: call-backs recorded as satisfied, in percent of "
        "call-backs, last year.",
        direction=0, decimals=1,
        compute=lambda v: percent(
            v.over_year("official_callbacks_satisfied"), v.over_year("official_callbacks")
        ),
    ),
)  # fmt: skip

WHO_SOLVED = tuple(
    Indicator(
        f"effort_{by}", f"work done by {en}", f"{zh}解决工时占比", "% of effort",
        f"Hours that {en} spent on problems that were truly resolved, in percent of all hours spent on "
        "those.",
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

TRUST = (
    *(
        Indicator(
            f"trust_{tier}", f"trust in {en}", f"对{zh}的信任", "0-1",
            f"Trust in {en}, mean over adults and over the last year.",
            direction=1, decimals=3, compute=_mean_of_adults(f"trust_{tier}"),
            printed="trust in the committee, 0-1", headline=tier == "community",
        )
        for tier, en, zh in (
            ("community", "the residents' committee", "居委会"),
            ("street", "the street office or town", "街道（镇）"),
            ("district", "the district", "区级政府"),
            ("centre", "the centre", "中央"),
        )
    ),
    Indicator(
        "satisfaction", "satisfaction with services", "服务满意度", "0-1",
        "Satisfaction with services, mean over adults and over the last year.",
        direction=1, decimals=3, compute=lambda v: v.mean_of_adults("satisfaction"),
    ),
    Indicator(
        "efficacy", "belief that acting together helps", "集体效能感", "0-1",
        "Collective efficacy, mean over adults and over the last year.",
        direction=1, decimals=3, compute=lambda v: v.mean_of_adults("efficacy"),
    ),
)  # fmt: skip

STAFF_INDICATORS = (
    *(
        Indicator(
            f"load_{level.name.lower()}", f"load of {en}", f"{zh}负荷", "demanded / available hours",
            f"Hours demanded of {en} over hours available, mean over the last year weighted by posts filled.",
            direction=-1, decimals=2, compute=_load_of(level),
        )
        for level, en, zh in (
            (Level.COMMUNITY, "community offices", "社区"),
            (Level.STREET, "street offices", "街道"),
            (Level.DEPARTMENT, "departments", "部门"),
        )
    ),
    Indicator(
        "burnout", "burnt-out community and street staff", "基层人员倦怠率", "% of staff",
        "Burnt-out people in percent of people in post, communities and street offices, mean over the "
        "last year.",
        direction=-1, decimals=1, compute=lambda v: _staff_ratio(v, "burnt_out", PERCENT),
        printed="burnt-out staff, % of staff", headline=True,
    ),
    Indicator(
        "quits", "quits", "离职率", "per 100 staff-years",
        "People who left per 100 years worked, communities and street offices, whole run.",
        direction=-1, decimals=1, compute=lambda v: _staff_ratio(v, "quits", PERCENT * WEEKS_PER_YEAR),
    ),
    Indicator(
        "admin_share", "community staff time on tasks from above", "社区行政任务占比", "% of hours worked",
        "Hours that paid and seconded community staff spent on tasks from above, in percent of hours "
        "they worked.",
        direction=-1, decimals=1, compute=lambda v: percent(
            v.staff_hours(v.at_level(Level.COMMUNITY), Activity.TASKS), _worked(v, Level.COMMUNITY)
        ),
    ),
)  # fmt: skip

COST = (
    Indicator(
        "paid_hours_per_resolved", "paid hours per resolved problem", "每解决一个问题的在岗工时", "hours",
        "All paid and seconded hours supplied in the run, per truly resolved problem.",
        direction=-1, decimals=1, compute=lambda v: ratio(_paid_hours(v), _count(v, "resolved")),
        printed="paid work per solved problem, hours", headline=True,
    ),
    Indicator(
        "yuan_per_resolved", "money per resolved problem", "每解决一个问题的资金", "yuan",
        "Money spent in the run, wages apart, per truly resolved problem.",
        direction=-1, decimals=0,
        compute=lambda v: ratio(float(v.recording.money_spent.sum()), _count(v, "resolved")),
    ),
    Indicator(
        "unpaid_hours", "unpaid hours of residents and members", "居民与党员无偿工时",
        "hours per resident-year",
        "Hours of volunteers and of Party members in their free time, per resident and year: a cost that "
        "no budget shows.",
        direction=0, decimals=2,
        compute=lambda v: ratio(float(v.recording.supplied[:, :, UNPAID].sum()), v.resident_years),
        printed="unpaid hours, per resident-year", headline=True,
    ),
    Indicator(
        "partner_hours", "hours of organisations and enterprises", "社会组织与企业工时",
        "hours per resident-year",
        "Hours of social organisations and enterprise partners, per resident and year.",
        direction=0, decimals=2, compute=lambda v: ratio(
            float(v.recording.supplied[:, :, (int(Source.ORGANISATION), int(Source.ENTERPRISE))].sum()),
            v.resident_years
        ),
    ),
    Indicator(
        "undone_tasks", "tasks from above left undone", "未完成行政任务", "hours per year",
        "Work of tasks from above that was refused, or still waited at the end, per year of the run.",
        direction=0, decimals=0, compute=_undone_tasks,
        printed="tasks left undone, hours per year", headline=True,
    ),
)  # fmt: skip

INDICATORS: tuple[Indicator, ...] = (
    *PARTICIPATION, *RESOLUTION, *WHO_SOLVED, *TRUST, *STAFF_INDICATORS, *COST, *EQUITY, *PATTERNS,
)  # fmt: skip
"""All of them; names are unique and a test says so."""

HEADLINE: tuple[Indicator, ...] = tuple(indicator for indicator in INDICATORS if indicator.headline)
"""Those of the printed comparison; the correction for looking at many counts these and no others."""


def summarise(view: View) -> dict[str, Value]:
    """Return every indicator of one run, by name, in printing order."""
    return {indicator.name: indicator.compute(view) for indicator in INDICATORS}
