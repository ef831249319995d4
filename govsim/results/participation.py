"""Indicators of who takes part: registered, active and ever active, hours, and who started it."""

from __future__ import annotations

from govsim.results import counts
from govsim.results.declare import Count, Indicator, Window
from govsim.results.view import View, gini
from govsim.units import PERCENT


def _took_part_lately(view: View) -> float:
    return float((view.adult & view.took_part_lately).sum())


PARTICIPATION: tuple[Indicator, ...] = (
    Indicator(
        "participation_4w", "take part voluntarily", "四周内自愿参与率", "% of adults, 4 weeks",
        "Adults who took part voluntarily at least once in four weeks, in percent of adults; mean over "
        "the counted weeks.",
        definition_zh="四周内至少自愿参与一次的成年居民占全部成年居民的百分比，取统计期均值。",
        direction=1, decimals=1, scale=PERCENT,
        events=counts.counter("active_4w", "adults who took part in the last four weeks, week by week", "最近四周内参与过的成年居民（逐周）"), base=counts.ADULT_WEEKS,
        printed="4-week participation, % of adults", headline=True,
    ),
    Indicator(
        "participation_weekly", "take part in a week", "每周自愿参与率", "% of adults, week",
        "Adults who took part voluntarily in a week, in percent of adults; mean over the counted weeks.",
        definition_zh="一周内自愿参与的成年居民占全部成年居民的百分比，取统计期均值。",
        direction=1, decimals=2, scale=PERCENT,
        events=counts.counter("active", "adults who took part, week by week", "本周参与的成年居民（逐周）"), base=counts.ADULT_WEEKS,
    ),
    Indicator(
        "registered_share", "registered as volunteers", "志愿者注册率", "% of adults",
        "Adults registered as volunteers, in percent of adults; mean over the counted weeks. Registered is "
        "not active.",
        definition_zh="注册为志愿者的成年居民占全部成年居民的百分比，取统计期均值。注册不等于实际参与。",
        direction=0, decimals=1, scale=PERCENT,
        events=counts.counter("registered", "adults registered as volunteers, week by week", "注册为志愿者的成年居民（逐周）"), base=counts.ADULT_WEEKS,
    ),
    Indicator(
        "participation_26w", "took part in the last half year", "半年内自愿参与率", "% of adults, 26 weeks",
        "Adults who took part voluntarily at least once in the last 26 weeks, in percent of adults, at the end.",
        definition_zh="最后26周内至少自愿参与过一次的成年居民占全部成年居民的百分比，按期末计算。",
        direction=1, decimals=1, scale=PERCENT, window=Window.HALF_YEAR,
        events=Count("adults who took part in the last 26 weeks", "最后26周内参与过的成年居民", _took_part_lately),
        base=Count("adults at the end", "期末成年居民", lambda view: float(view.adult.sum())),
    ),
    Indicator(
        "hours_per_adult", "voluntary hours", "人均志愿工时", "hours per adult-year",
        "Voluntary hours given, per adult and year.",
        definition_zh="自愿服务工时，按每名成年居民每年计。",
        direction=1, decimals=2, events=counts.VOLUNTARY_HOURS, base=counts.ADULT_YEARS,
    ),
    Indicator(
        "hours_gini", "concentration of voluntary hours", "志愿工时基尼系数", "Gini, 0-1",
        "Gini coefficient of voluntary hours of the last 26 weeks over adults at the end: 0 if all give the same, near 1 if "
        "few give all.",
        definition_zh="最后26周的志愿工时在期末成年居民之间分布的基尼系数：人人相同为0，集中于少数人则接近1。",
        direction=0, decimals=2, window=Window.HALF_YEAR, measure=lambda v: gini(v.resident("hours_26w")[v.adult]),
    ),
    Indicator(
        "self_started_share", "self-started part of it", "自发参与工时占比", "% of voluntary hours",
        "Voluntary hours of those who took part without needing a call, in percent of all voluntary hours.",
        definition_zh="无须动员即参与者的志愿工时占全部志愿工时的百分比。",
        direction=1, decimals=1, scale=PERCENT, base=counts.VOLUNTARY_HOURS,
        events=counts.counter("self_started_hours", "of those, without needing a call", "其中无须动员者"),
    ),
    Indicator(
        "called_share", "called part of it", "动员参与工时占比", "% of voluntary hours",
        "Voluntary hours of those who took part because of a call, in percent of all voluntary hours.",
        definition_zh="因动员才参与者的志愿工时占全部志愿工时的百分比。",
        direction=0, decimals=1, scale=PERCENT, base=counts.VOLUNTARY_HOURS,
        events=counts.counter("called_hours", "of those, because of a call", "其中因动员者"),
    ),
    Indicator(
        "mandated_hours", "ordered attendance", "指令性出席工时", "hours per adult-year",
        "Hours of attendance that was ordered, per adult and year; never counted as participation.",
        definition_zh="按要求出席的工时，按每名成年居民每年计；从不计入自愿参与。",
        direction=0, decimals=2, base=counts.ADULT_YEARS,
        events=counts.counter("mandated_hours", "hours of ordered attendance", "指令性出席工时"),
    ),
)  # fmt: skip
