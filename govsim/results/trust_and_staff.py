"""Indicators of what residents think of it and what it does to staff."""

from __future__ import annotations

from govsim.engine.recording import Activity, Level
from govsim.results.declare import Indicator, Measure
from govsim.results.values import Value, percent, ratio
from govsim.results.view import View
from govsim.units import PERCENT, WEEKS_PER_YEAR

_WORKERS = (Level.COMMUNITY, Level.STREET)


def _mean_of_adults(column: str) -> Measure:
    return lambda view: view.mean_of_adults(column)


def _load_of(level: Level) -> Measure:
    return lambda view: view.mean_load(level)


def _staff_ratio(view: View, numerator: str, scale: float) -> Value:
    at = view.at_level(*_WORKERS)
    table = {"burnt_out": view.recording.burnt_out, "quits": view.recording.quits}[numerator]
    years = slice(None) if numerator == "quits" else view.year
    return ratio(float(table[years][:, at].sum()), float(view.recording.filled[years][:, at].sum()), scale)


def _worked(view: View, level: Level) -> float:
    at = view.at_level(level)
    return view.staff_hours(at) - view.staff_hours(at, Activity.IDLE)


TRUST: tuple[Indicator, ...] = (
    *(
        Indicator(
            f"trust_{tier}", f"trust in {en}", f"对{zh}的信任", "0-1",
            f"Trust in {en}, mean over adults and over the last year.",
            definition_zh=f"对{zh}的信任，取全部成年居民最后一年的均值。",
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
        definition_zh="对服务的满意度，取全部成年居民最后一年的均值。",
        direction=1, decimals=3, compute=lambda v: v.mean_of_adults("satisfaction"),
    ),
    Indicator(
        "efficacy", "belief that acting together helps", "集体效能感", "0-1",
        "Collective efficacy, mean over adults and over the last year.",
        definition_zh="集体效能感，即相信共同行动有用的程度，取全部成年居民最后一年的均值。",
        direction=1, decimals=3, compute=lambda v: v.mean_of_adults("efficacy"),
    ),
)  # fmt: skip

STAFF_INDICATORS: tuple[Indicator, ...] = (
    *(
        Indicator(
            f"load_{level.name.lower()}", f"load of {en}", f"{zh}负荷", "demanded / available hours",
            f"Hours demanded of {en} over hours available, mean over the last year weighted by posts filled.",
            definition_zh=f"对{zh}的工时需求与可用工时之比，按在岗人数加权，取最后一年的均值。",
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
        definition_zh="社区和街道在岗人员中处于职业倦怠者的百分比，取最后一年的均值。",
        direction=-1, decimals=1, compute=lambda v: _staff_ratio(v, "burnt_out", PERCENT),
        printed="burnt-out staff, % of staff", headline=True,
    ),
    Indicator(
        "quits", "quits", "离职率", "per 100 staff-years",
        "People who left per 100 years worked, communities and street offices, whole run.",
        definition_zh="社区和街道每100人年的离职人数，按整个模拟期计算。",
        direction=-1, decimals=1, compute=lambda v: _staff_ratio(v, "quits", PERCENT * WEEKS_PER_YEAR),
    ),
    Indicator(
        "admin_share", "community staff time on tasks from above", "社区行政任务占比", "% of hours worked",
        "Hours that paid and seconded community staff spent on tasks from above, in percent of hours "
        "they worked.",
        definition_zh="社区在岗和下派人员用于上级任务的工时占其实际工作工时的百分比。",
        direction=-1, decimals=1, compute=lambda v: percent(
            v.staff_hours(v.at_level(Level.COMMUNITY), Activity.TASKS), _worked(v, Level.COMMUNITY)
        ),
    ),
)  # fmt: skip
